//! A real Chromium, driven as a person would use it: by the words on the page. It speaks the W3C
//! WebDriver protocol to chromedriver over plain HTTP, blocking, so it works from any test; the
//! server that it visits must run on another thread.
//!
//! Every helper panics when it cannot do what it was asked, with the page's title and text, because
//! that is what one needs to see to mend the page or the test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::parts;

/// The width and height of a small phone, in CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);
/// The width and height of a window on a desk, in CSS pixels.
pub const DESK: (u32, u32) = (1280, 900);

/// The name that the WebDriver standard gives to a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take to follow a click.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the machine notes of headless servers ask for: no sandbox of its own, and no calls home.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
];

/// How a browser is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Width and height of the page's view, in CSS pixels.
    pub size: (u32, u32),
    /// Whether the pages' own scripts run.
    pub javascript: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { size: DESK, javascript: true }
    }
}

/// An open browser window with a profile of its own; closed when dropped.
pub struct Browser {
    http: ureq::Agent,
    session: String,
    driver: Driver,
}

/// The running chromedriver and the folder of the browser's profile.
struct Driver {
    port: u16,
    profile: PathBuf,
    process: Child,
    /// Ends both when this process ends without having dropped the browser.
    watchdog: Child,
}

/// Fills in a form by the names of its fields and gives its button, or says what is missing.
const FILL_FORM: &str = "const [action, typed] = arguments;
    const form = [...document.forms].find(form => form.getAttribute('action') === action);
    if (!form) return 'is not there; there are ' + [...document.forms].map(form => form.getAttribute('action')).join(' ');
    for (let part = form.parentElement; part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true;
    for (const [name, value] of typed) {
        const fields = [...form.elements].filter(field => field.name === name);
        if (!fields.length) return 'has no field ' + name;
        const many = ['radio', 'checkbox'].includes(fields[0].type);
        const field = many ? fields.find(field => field.value === value) : fields[0];
        if (!field) return 'field ' + name + ' has no choice ' + value;
        if (many) field.checked = true; else field.value = value;
    }
    const buttons = [...form.querySelectorAll('button[type=submit], button:not([type])')];
    const other = button => button.hasAttribute('formaction') || button.name === 'look';
    return buttons.find(button => !other(button)) || buttons[0] || 'has no button';";

impl Browser {
    /// A browser with these options; `None` where Chromium is missing and not required.
    pub fn for_tests(options: Options) -> Option<Browser> {
        parts::take("browser", Browser::open(options))
    }

    /// A browser with these options, or why there is none.
    pub fn open(options: Options) -> Result<Browser, String> {
        let chromium = find(&["chromium", "chromium-browser", "google-chrome"])?;
        let driver = Driver::start()?;
        let http = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .new_agent();
        let mut flags: Vec<String> = FLAGS.iter().map(ToString::to_string).collect();
        flags.push(format!("--user-data-dir={}", driver.profile.display()));
        let mut chrome = json!({ "binary": chromium, "args": flags });
        if !options.javascript {
            // 2 is "block" in Chromium's settings of what a site may do.
            chrome["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": chrome,
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let mut browser = Browser { http, session: String::new(), driver };
        let started = browser.post("/session", wanted)?;
        browser.session = word(&started["sessionId"]).to_owned();
        browser.resize(options.size);
        Ok(browser)
    }

    /// Gives the view another size, exact to the pixel.
    pub fn resize(&self, (width, height): (u32, u32)) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Opens an address and waits until it is loaded.
    pub fn goto(&self, url: &str) {
        self.act("/url", json!({ "url": url }), &format!("open {url}"));
    }

    /// The whole address of the page.
    pub fn url(&self) -> String {
        word(&self.read("/url")).to_owned()
    }

    /// The path of the page's address, with its query.
    pub fn path(&self) -> String {
        word(&self.script("return location.pathname + location.search", json!([]))).to_owned()
    }

    /// The page's title.
    pub fn title(&self) -> String {
        word(&self.read("/title")).to_owned()
    }

    /// The text that a person can see.
    pub fn text(&self) -> String {
        word(&self.script("return document.body.innerText", json!([]))).to_owned()
    }

    /// Panics unless the page shows this text; runs of white space count as one space.
    pub fn must_show(&self, wanted: &str) {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !squeeze(&self.text()).contains(&squeeze(wanted)) {
            self.fail(&format!("the page does not show \"{wanted}\""));
        }
    }

    /// Types into the field with this label, in place of what it held.
    pub fn fill(&self, label: &str, text: &str) {
        let field = self.field(label);
        let kind = self.script("return arguments[0].type", json!([field]));
        if matches!(kind.as_str(), Some("date" | "time" | "month" | "week" | "datetime-local")) {
            // The keys for a date depend on the machine's language; its value does not.
            const SET: &str = "arguments[0].value = arguments[1];
                for (const kind of ['input', 'change'])
                    arguments[0].dispatchEvent(new Event(kind, {bubbles: true}));";
            self.script(SET, json!([field, text]));
            return;
        }
        let doing = format!("fill \"{label}\"");
        self.act_on(&field, "clear", json!({}), &doing);
        self.act_on(&field, "value", json!({ "text": text }), &doing);
    }

    /// Chooses the radio button, or ticks or unticks the box, with this label.
    pub fn choose(&self, label: &str) {
        self.click(&self.field(label), &format!("choose \"{label}\""));
    }

    /// The same inside the group (fieldset, row, section) that shows the text `group`.
    pub fn choose_in(&self, group: &str, label: &str) {
        let field = self.find("field", label, Some(group));
        self.click(&field, &format!("choose \"{label}\" in \"{group}\""));
    }

    /// Chooses an option of the list with this label, by the option's text.
    pub fn select(&self, label: &str, option: &str) {
        let list = self.field(label);
        const FIND: &str = "const squeeze = text => text.replace(/\\s+/g, ' ').trim();
            return [...arguments[0].options || []].find(o => squeeze(o.text) === arguments[1]) || null";
        let found = self.script(FIND, json!([list, option]));
        if found.is_null() {
            self.fail(&format!("the list \"{label}\" has no option \"{option}\""));
        }
        self.click(&found, &format!("select \"{option}\""));
    }

    /// What the field with this label now holds.
    pub fn value_of(&self, label: &str) -> String {
        let value = self.script("return arguments[0].value", json!([self.field(label)]));
        word(&value).to_owned()
    }

    /// Presses the button with this text and waits for the page that follows, if any.
    pub fn press(&self, button: &str) {
        self.leave_by(&self.find("button", button, None), &format!("press \"{button}\""));
    }

    /// Presses the button inside the smallest part of the page (row, item, form, section) that
    /// shows the text `group`.
    pub fn press_in(&self, group: &str, button: &str) {
        let found = self.find("button", button, Some(group));
        self.leave_by(&found, &format!("press \"{button}\" in \"{group}\""));
    }

    /// Fills in the form that is sent to `action`, field by field as a person would leave them, and presses its button.
    pub fn send_form(&self, action: &str, typed: &[(&str, &str)]) {
        let button = self.script(FILL_FORM, json!([action, typed]));
        if !button[ELEMENT].is_string() {
            self.fail(&format!("the form for {action}: {button}"));
        }
        self.leave_by(&button, &format!("send the form for {action}"));
    }

    /// Follows the link with this text.
    pub fn follow(&self, link: &str) {
        self.leave_by(&self.find("link", link, None), &format!("follow \"{link}\""));
    }

    /// Follows the link inside the smallest part of the page that shows the text `group`.
    pub fn follow_in(&self, group: &str, link: &str) {
        let found = self.find("link", link, Some(group));
        self.leave_by(&found, &format!("follow \"{link}\" in \"{group}\""));
    }

    /// Runs the body of a function in the page; its arguments are in `arguments`. The page's content
    /// security policy does not apply, and it works with the page's own scripts switched off.
    pub fn script(&self, body: &str, arguments: Value) -> Value {
        let call = json!({ "script": body, "args": arguments });
        self.act("/execute/sync", call, "run a script")
    }

    /// The same for a script that hands its result to its last argument, a function, later.
    pub fn script_later(&self, body: &str, arguments: Value) -> Value {
        let call = json!({ "script": body, "args": arguments });
        self.act("/execute/async", call, "run a script")
    }

    /// Complaints of the browser since the last call: script errors, what the content security
    /// policy refused, missing files. A page that answers with an error status counts as one too.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.act("/se/log", json!({ "type": "browser" }), "read the browser's log");
        let entries = log.as_array().map(Vec::as_slice).unwrap_or_default();
        entries
            .iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")))
            .map(|entry| word(&entry["message"]).to_owned())
            .collect()
    }

    /// Whether the page is wider than its view, so that one would have to scroll sideways.
    pub fn overflows(&self) -> bool {
        const WIDER: &str = "const page = document.documentElement;
            return page.scrollWidth > page.clientWidth";
        self.script(WIDER, json!([])) == json!(true)
    }

    /// Saves a picture of the whole page, also of what is below the fold, as PNG.
    pub fn screenshot(&self, path: &Path) {
        let how = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.devtools("Page.captureScreenshot", how);
        let bytes = STANDARD
            .decode(word(&shot["data"]))
            .unwrap_or_else(|error| self.fail(&format!("the picture is no base64: {error}")));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).unwrap_or_else(|error| self.fail(&error.to_string()));
        }
        fs::write(path, bytes).unwrap_or_else(|error| self.fail(&error.to_string()));
    }

    fn field(&self, label: &str) -> Value {
        self.find("field", label, None)
    }

    /// The one visible element of this kind with this name.
    fn find(&self, kind: &str, name: &str, group: Option<&str>) -> Value {
        let mut found = self.script(FINDER, json!([kind, name, group]));
        match found["elements"].as_array_mut() {
            Some(elements) if elements.len() == 1 => elements.remove(0),
            Some(elements) if !elements.is_empty() => {
                let count = elements.len();
                self.fail(&format!("{count} of kind {kind} are called \"{name}\""))
            }
            _ => self.fail(&format!(
                "no {kind} is called \"{name}\"{}; there are {}",
                group.map(|group| format!(" beside \"{group}\"")).unwrap_or_default(),
                found["names"],
            )),
        }
    }

    fn click(&self, element: &Value, doing: &str) {
        self.act_on(element, "click", json!({}), doing);
    }

    /// Clicks what may lead to another page, and waits until that page is there. WebDriver's own
    /// click may answer before Chromium has begun to send a form.
    fn leave_by(&self, element: &Value, doing: &str) {
        let leaves = self.script(LEAVES, json!([element])) == json!(true);
        self.click(element, doing);
        let give_up = Instant::now() + PATIENCE;
        while leaves && !self.has_left() {
            if Instant::now() > give_up {
                self.fail(&format!("could not {doing}: no page followed"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether another page than the marked one is there, or a script kept the marked one.
    fn has_left(&self) -> bool {
        const LEFT: &str = "const mark = window.tailormadeLeaving;
            return mark ? mark.kept : document.readyState === 'complete'";
        let call = json!({ "script": LEFT, "args": [] });
        // Between two pages there is nothing to ask, which WebDriver calls an error.
        let left = self.post(&format!("/session/{}/execute/sync", self.session), call);
        left.is_ok_and(|left| left == json!(true))
    }

    fn act_on(&self, element: &Value, verb: &str, body: Value, doing: &str) {
        self.act(&format!("/element/{}/{verb}", word(&element[ELEMENT])), body, doing);
    }

    fn devtools(&self, command: &str, parameters: Value) -> Value {
        let call = json!({ "cmd": command, "params": parameters });
        self.act("/goog/cdp/execute", call, command)
    }

    fn act(&self, path: &str, body: Value, doing: &str) -> Value {
        self.post(&format!("/session/{}{path}", self.session), body)
            .unwrap_or_else(|why| self.fail(&format!("could not {doing}: {why}")))
    }

    fn read(&self, path: &str) -> Value {
        let url = self.driver.url(&format!("/session/{}{path}", self.session));
        let answer = self.http.get(&url).call().map_err(|error| error.to_string());
        answer.and_then(value).unwrap_or_else(|why| panic!("could not read {path}: {why}"))
    }

    fn post(&self, path: &str, body: Value) -> Result<Value, String> {
        let answer = self.http.post(&self.driver.url(path)).send_json(body);
        value(answer.map_err(|error| error.to_string())?)
    }

    /// Panics with what went wrong and what a person would see now.
    fn fail(&self, why: &str) -> ! {
        let page = "return [document.title, location.href, document.body ? document.body.innerText : '']";
        let call = json!({ "script": page, "args": [] });
        let seen = self.post(&format!("/session/{}/execute/sync", self.session), call);
        match seen {
            Ok(seen) => panic!("{why}\ntitle: {}\naddress: {}\n{}", word(&seen[0]), word(&seen[1]), word(&seen[2])),
            Err(unseen) => panic!("{why}\n(the page could not be read: {unseen})"),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closes Chromium in good order; the driver's own drop deals with what is left.
        let url = self.driver.url(&format!("/session/{}", self.session));
        let _ = self.http.delete(&url).call();
    }
}

impl Driver {
    /// Starts chromedriver on a port that is free.
    fn start() -> Result<Driver, String> {
        let program = find(&["chromedriver"])?;
        let profile = make_profile()?;
        let mut process = Command::new(program)
            .arg("--port=0")
            .env("HOME", &profile)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| error.to_string())?;
        let watchdog = watch(process.id(), &profile)?;
        let port = read_port(&mut process);
        let mut driver = Driver { port: 0, profile, process, watchdog };
        driver.port = port?;
        Ok(driver)
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The watchdog ends the driver and removes the profile as soon as its pipe closes.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a process that waits for its pipe to close, which a killed test run does too, and then
/// ends chromedriver with the Chromium that it started, and removes the profile.
fn watch(driver: u32, profile: &Path) -> Result<Child, String> {
    const SCRIPT: &str = "cat >/dev/null
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            kill -s TERM -- \"-$1\" 2>/dev/null
            rm -rf \"$2\" && test ! -e \"$2\" && ! kill -s 0 -- \"-$1\" 2>/dev/null && exit 0
            sleep 0.2
        done
        kill -s KILL -- \"-$1\" 2>/dev/null
        rm -rf \"$2\"";
    let mut watchdog = Command::new("sh");
    watchdog.args(["-c", SCRIPT, "sh", &driver.to_string()]).arg(profile);
    watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    watchdog.process_group(0).spawn().map_err(|error| error.to_string())
}

/// The port that chromedriver chose, from the line that it prints when it listens.
fn read_port(process: &mut Child) -> Result<u16, String> {
    let stdout = process.stdout.take().ok_or("chromedriver has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Reads on, so that chromedriver never waits for somebody to take its output.
    std::thread::spawn(move || lines.for_each(drop));
    port.ok_or_else(|| "chromedriver did not say on which port it listens".to_owned())
}

fn make_profile() -> Result<PathBuf, String> {
    let mktemp = Command::new("mktemp").args(["-d", "-t", "tailormade-browser-XXXXXXXX"]).output();
    let made = mktemp.map_err(|error| error.to_string())?;
    let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim_end());
    if made.status.success() { Ok(folder) } else { Err("mktemp made no folder".to_owned()) }
}

/// The first of these programs that is on the PATH.
fn find(names: &[&str]) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
        .ok_or_else(|| format!("{} was not found", names.join(" or ")))
}

/// The answer's value, or the error in words.
fn value(answer: ureq::http::Response<ureq::Body>) -> Result<Value, String> {
    let ok = answer.status().is_success();
    let mut body: Value = answer.into_body().read_json().map_err(|error| format!("no JSON: {error}"))?;
    if ok {
        return Ok(body["value"].take());
    }
    let error = &body["value"];
    Err(format!("{}: {}", word(&error["error"]), word(&error["message"])))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Marks the page, and answers whether a click on this link or button is to lead to another one: not
/// for a link within the page, a button of no form, or a form that the browser will not send as it
/// is. The mark also notes when a script of the page keeps the click to itself.
const LEAVES: &str = r#"
const element = arguments[0];
const mark = window.tailormadeLeaving = { kept: false };
const note = event => { mark.kept = event.defaultPrevented; };
const link = element.closest('a[href]');
if (link) {
    window.addEventListener('click', note, { once: true });
    const within = link.href.split('#')[0] === location.href.split('#')[0] && link.hash;
    return !within && !link.hasAttribute('download') && link.target !== '_blank';
}
const form = element.form;
if (!form || element.type !== 'submit') return false;
window.addEventListener('submit', note, { once: true });
return form.method !== 'dialog' && (form.noValidate || element.formNoValidate || form.checkValidity());
"#;

/// Finds a field by its label, a button or a link by its text, as a person reads it: among what is
/// shown, an exact name before a name that begins so, the main part of the page before its frame,
/// and links to the same place as one. Answers the elements and the names that there are.
const FINDER: &str = r#"
const [kind, wanted, group] = arguments;
const squeeze = text => (text || '').replace(/\s+/g, ' ').trim();
const shown = element => element.getClientRects().length > 0;
const byIds = ids => ids.split(/\s+/).map(id => document.getElementById(id)?.textContent || '').join(' ');
const ownName = element => squeeze(
    element.getAttribute('aria-labelledby') ? byIds(element.getAttribute('aria-labelledby'))
    : element.getAttribute('aria-label') || element.innerText || element.value || element.title);
const visibleName = element => squeeze(element.innerText || element.value || '');
const selectors = {
    field: 'input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]), select, textarea',
    button: 'button, input[type=submit], input[type=button], [role=button], summary',
    link: 'a[href]',
};
const named = element => {
    if (kind !== 'field') return [visibleName(element), ownName(element)];
    const labels = [...element.labels || []].filter(shown).map(label => squeeze(label.innerText));
    const aria = element.getAttribute('aria-label');
    const by = element.getAttribute('aria-labelledby');
    return [...labels, ...(aria ? [squeeze(aria)] : []), ...(by ? [squeeze(byIds(by))] : [])];
};
const reachable = element => shown(element) || [...element.labels || []].some(shown);
let all = [...document.querySelectorAll(selectors[kind])].filter(reachable);
if (group) {
    const places = 'tr, li, dl > div, fieldset, form, details, article, section, main, body';
    const around = [...document.querySelectorAll(places)]
        .filter(place => squeeze(place.innerText).includes(squeeze(group)))
        .filter(place => all.some(e => place.contains(e) && named(e).some(n => n.startsWith(squeeze(wanted)))));
    const smallest = around.filter(place => !around.some(other => other !== place && place.contains(other)));
    all = all.filter(element => smallest.some(place => place.contains(element)));
}
const names = [...new Set(all.flatMap(element => named(element).slice(0, 1)))];
const name = squeeze(wanted);
let elements = all.filter(element => named(element).includes(name));
if (elements.length === 0) elements = all.filter(element => named(element).some(n => n.startsWith(name)));
const main = elements.filter(element => element.closest('main'));
if (elements.length > 1 && main.length > 0) elements = main;
if (kind === 'link' && new Set(elements.map(link => link.href)).size === 1) elements = elements.slice(0, 1);
return { elements, names };
"#;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::support::axe::Axe;

    const FORM: &str = r##"<!doctype html><html lang="en-GB"><head><title>A form</title></head><body>
        <nav><a href="/other">Other page</a></nav>
        <main><h1 id="top">A form</h1>
        <form action="/sent" method="get">
        <p><label for="name">Full name</label> <input id="name" name="name" value="old"></p>
        <p><label for="day">Start date</label> <input id="day" name="day" type="date"></p>
        <p><label for="unit">Unit</label> <select id="unit" name="unit"><option value="h">per hour</option>
        <option value="d">per day</option></select></p>
        <fieldset><legend>Is it regulated?</legend>
        <label><input type="radio" name="regulated" value="yes"> Yes</label>
        <label><input type="radio" name="regulated" value="no"> No</label></fieldset>
        <fieldset><legend>Does it charge VAT?</legend>
        <label><input type="radio" name="vat" value="yes"> Yes</label>
        <label><input type="radio" name="vat" value="no"> No</label></fieldset>
        <table><tr><th>First</th><td><button name="row" value="1">Pick</button></td></tr>
        <tr><th>Second</th><td><button name="row" value="2">Pick</button></td></tr></table>
        <button>Send it</button></form>
        <p><a href="/other">Other page</a> <a href="#top">To the top</a></p>
        <form action="/sent"><label for="must">Needed</label> <input id="must" name="must" required>
        <button>Send the other</button></form>
        <form action="/sent" id="kept"><button>Kept by script</button></form>
        <script src="/script.js"></script></main></body></html>"##;
    const BAD: &str = "<!doctype html><html><head><title>Bad</title></head><body>
        <main><h1>Bad</h1><img src=\"/dot.png\"><input></main></body></html>";
    const GOOD: &str = "<!doctype html><html lang=\"en-GB\"><head><title>Other</title></head><body>
        <main><h1>Other page</h1><p>Nothing wrong here.</p></main></body></html>";
    const SCRIPT: &str = "document.getElementById('top').textContent = 'A form with script';
        document.getElementById('kept').addEventListener('submit', event => event.preventDefault());";

    /// Serves the pages above under a strict content security policy, until the test run ends.
    fn serve() -> String {
        let pages =
            BTreeMap::from([("/form", FORM), ("/bad", BAD), ("/other", GOOD), ("/sent", GOOD), ("/script.js", SCRIPT)]);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let pages = pages.clone();
                // Chromium opens connections ahead of need: one must not hold up the next.
                std::thread::spawn(move || answer(stream, &pages));
            }
        });
        address
    }

    fn answer(mut stream: std::net::TcpStream, pages: &BTreeMap<&str, &str>) {
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap_or(0);
        let request = String::from_utf8_lossy(&request[..length]);
        let path = request.split([' ', '?']).nth(1).unwrap_or_default();
        let (status, body) = pages.get(path).map_or(("404 Not Found", ""), |body| ("200 OK", body));
        let kind = if path.ends_with(".js") { "text/javascript" } else { "text/html" };
        let head = "Content-Security-Policy: default-src 'none'; script-src 'self'; form-action 'self'\r\n\
                    Set-Cookie: __Host-seen=1; Path=/; Secure; HttpOnly; SameSite=Lax\r\nConnection: close";
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\n{head}\r\nContent-Type: {kind}; charset=utf-8\r\n\
                              Content-Length: {length}\r\n\r\n{body}"
        );
        let _ = stream.write_all(answer.as_bytes());
    }

    #[test]
    fn a_form_is_filled_by_its_words() {
        let Some(browser) = Browser::for_tests(Options::default()) else {
            return;
        };
        let site = serve();
        browser.goto(&format!("{site}/form"));
        assert_eq!(browser.title(), "A form");
        browser.must_show("A form with script");
        // Chromium trusts loopback, so the sign-in cookie works there without TLS.
        assert!(browser.read("/cookie").to_string().contains("__Host-seen"));
        browser.fill("Full name", "Zoë Ó Briain");
        browser.fill("Start date", "2026-11-02");
        assert_eq!(browser.value_of("Start date"), "2026-11-02");
        browser.select("Unit", "per day");
        browser.choose_in("Is it regulated?", "No");
        browser.choose_in("Does it charge VAT?", "Yes");
        browser.press("Send it");
        let sent = "/sent?name=Zo%C3%AB+%C3%93+Briain&day=2026-11-02&unit=d&regulated=no&vat=yes";
        assert_eq!(browser.path(), sent);
        assert!(browser.url().ends_with(sent));
        browser.goto(&format!("{site}/form"));
        browser.press_in("Second", "Pick");
        assert!(browser.path().ends_with("row=2"), "{}", browser.path());
        browser.goto(&format!("{site}/form"));
        browser.follow("Other page");
        assert_eq!(browser.path(), "/other");
        browser.goto(&format!("{site}/form"));
        browser.follow_in("Other", "Other page");
        assert_eq!(browser.path(), "/other");
    }

    #[test]
    fn a_press_that_leads_nowhere_is_not_waited_for() {
        let Some(browser) = Browser::for_tests(Options::default()) else {
            return;
        };
        browser.goto(&format!("{}/form", serve()));
        browser.press("Send the other");
        browser.press("Kept by script");
        assert_eq!(browser.path(), "/form");
        browser.follow("To the top");
        assert!(browser.url().ends_with("/form#top"));
    }

    #[test]
    fn a_phone_without_script_sees_the_plain_page() {
        let options = Options { size: PHONE, javascript: false };
        let Some(browser) = Browser::for_tests(options) else {
            return;
        };
        let site = serve();
        browser.goto(&format!("{site}/form"));
        assert!(!browser.text().contains("with script"));
        browser.press("Kept by script");
        assert_eq!(browser.path(), "/sent");
        browser.goto(&format!("{site}/form"));
        let width = || browser.script("return [innerWidth, innerHeight]", json!([]));
        assert_eq!(width(), json!([390, 844]));
        assert!(!browser.overflows());
        browser.resize(DESK);
        assert_eq!(width(), json!([1280, 900]));
        browser.resize((60, 900));
        assert!(browser.overflows());
        let folder = tempfile::tempdir().unwrap();
        let picture = folder.path().join("shots/form.png");
        browser.screenshot(&picture);
        assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_missing_or_doubtful_name_shows_the_page() {
        let Some(browser) = Browser::for_tests(Options::default()) else {
            return;
        };
        browser.goto(&format!("{}/form", serve()));
        let complaint = |act: &dyn Fn(&Browser)| {
            let act = std::panic::AssertUnwindSafe(|| act(&browser));
            *std::panic::catch_unwind(act).unwrap_err().downcast::<String>().unwrap()
        };
        let missing = complaint(&|browser| browser.fill("Surname", "x"));
        assert!(missing.contains("Surname") && missing.contains("title: A form"), "{missing}");
        assert!(missing.contains("Does it charge VAT?"), "{missing}");
        let doubtful = complaint(&|browser| browser.choose("Yes"));
        assert!(doubtful.contains("2 of kind field"), "{doubtful}");
        assert!(complaint(&|browser| browser.must_show("not there")).contains("Full name"));
    }

    #[test]
    fn axe_finds_what_is_wrong_and_passes_what_is_right() {
        let Some(browser) = Browser::for_tests(Options::default()) else {
            return;
        };
        let Some(axe) = Axe::for_tests() else { return };
        let site = serve();
        browser.goto(&format!("{site}/bad"));
        let violations = axe.violations(&browser).join("\n");
        for rule in ["html-has-lang", "image-alt", "label"] {
            assert!(violations.contains(&format!("{rule} (")), "{rule} in {violations}");
        }
        browser.goto(&format!("{site}/other"));
        axe.must_pass(&browser);
    }

    #[test]
    fn complaints_tell_what_the_policy_refused() {
        let Some(browser) = Browser::for_tests(Options::default()) else {
            return;
        };
        let site = serve();
        browser.goto(&format!("{site}/other"));
        let complaints = browser.complaints();
        assert!(complaints.iter().all(|line| line.contains("favicon")), "{complaints:?}");
        browser.goto(&format!("{site}/bad"));
        let complaints = browser.complaints().join("\n");
        assert!(complaints.contains("Content Security Policy"), "{complaints}");
    }
}
