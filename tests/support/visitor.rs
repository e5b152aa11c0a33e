//! Somebody at a browser without script: keeps cookies, follows links, fills in the forms that a page really shows.

use std::cell::RefCell;
use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

/// A visitor with cookies of their own.
pub struct Visitor {
    url: String,
    agent: ureq::Agent,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub location: Option<String>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    /// The text of the page as a person reads it, with single spaces.
    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.body);
        let main = html.select(&selector("main")).next();
        let text: Vec<&str> = match main {
            Some(main) => main.text().collect(),
            None => html.root_element().text().collect(),
        };
        text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    #[track_caller]
    pub fn must_say(&self, wanted: &str) -> &Self {
        let text = self.text();
        assert!(text.contains(wanted), "the page ({}) does not say {wanted:?}; it says: {text}", self.status);
        self
    }

    #[track_caller]
    pub fn must_not_say(&self, unwanted: &str) -> &Self {
        let text = self.text();
        assert!(!text.contains(unwanted), "the page says {unwanted:?}: {text}");
        self
    }

    #[track_caller]
    pub fn must_be(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{:?} {}", self.location, self.text());
        self
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

impl Visitor {
    pub fn new(url: &str) -> Self {
        // The server closes what was idle for five seconds; a visitor who reads for longer opens anew.
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .max_idle_age(std::time::Duration::from_secs(2))
            .build();
        Self { url: url.to_owned(), agent: config.into(), cookies: RefCell::default() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// All cookies, as a browser sends them.
    pub fn all_cookies(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    pub fn drop_cookie(&self, name: &str) {
        self.cookies.borrow_mut().remove(name);
    }

    /// One request; `headers` come on top of what a browser of the same site sends.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Reply {
        self.request_bytes(method, path, headers, body.map(String::into_bytes))
    }

    fn request_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("sec-fetch-site")) {
            request = request.header("sec-fetch-site", "same-origin");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies = self.all_cookies();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = response.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        for cookie in response.headers().get_all("set-cookie") {
            self.keep(cookie.to_str().unwrap());
        }
        let headers = response.headers().iter();
        let headers: Vec<(String, String)> =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        let location = headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: response.status().as_u16(), location, headers, body, bytes }
    }

    fn keep(&self, cookie: &str) {
        let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
        let (name, value) = pair.split_once('=').unwrap();
        if attributes.contains("Max-Age=0") {
            self.drop_cookie(name);
        } else {
            self.set_cookie(name, value);
        }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &[("accept", "text/html")], None)
    }

    /// A page that must be there.
    #[track_caller]
    pub fn open(&self, path: &str) -> Reply {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "GET {path}: {:?} {}", reply.location, reply.text());
        reply
    }

    pub fn get_json(&self, path: &str) -> Reply {
        self.request("GET", path, &[("accept", "application/json")], None)
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Reply {
        let headers = [("accept", "application/json"), ("content-type", "application/json")];
        self.request("POST", path, &headers, Some(body.to_string()))
    }

    /// Posts pairs as a form would, without looking at any page.
    pub fn post_pairs(&self, path: &str, pairs: &[(String, String)]) -> Reply {
        let body = serde_urlencoded::to_string(pairs).unwrap();
        let headers = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
        self.request("POST", path, &headers, Some(body))
    }

    /// Fills in the form on a page and sends it with a file, as a browser sends forms that carry one.
    #[track_caller]
    pub fn send_file(&self, path: &str, action: &str, typed: &[(&str, &str)], file: (&str, &str)) -> Reply {
        let page = self.open(path);
        let mut pairs = self.form(&page, action, typed);
        pairs.retain(|(name, _)| name != "evidence");
        self.post_file(action, &pairs, file)
    }

    /// Posts pairs and a file of any bytes in a field, in parts.
    pub fn post_bytes(
        &self,
        path: &str,
        pairs: &[(String, String)],
        (field, name, bytes): (&str, &str, &[u8]),
    ) -> Reply {
        const LINE: &str = "----parts-of-a-form";
        let mut body = vec![];
        for (field, value) in pairs {
            body.extend(
                format!("--{LINE}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        let head = format!(
            "--{LINE}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(format!("\r\n--{LINE}--\r\n").bytes()));
        let form = format!("multipart/form-data; boundary={LINE}");
        self.request_bytes("POST", path, &[("accept", "text/html"), ("content-type", &form)], Some(body))
    }

    /// Posts pairs and a file in parts, without looking at any page.
    pub fn post_file(&self, path: &str, pairs: &[(String, String)], (name, content): (&str, &str)) -> Reply {
        const LINE: &str = "----parts-of-a-form";
        let mut body = String::new();
        for (field, value) in pairs {
            body.push_str(&format!("--{LINE}\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n"));
        }
        body.push_str(&format!(
            "--{LINE}\r\ncontent-disposition: form-data; name=\"evidence\"; filename=\"{name}\"\r\n\
             content-type: text/html\r\n\r\n{content}\r\n--{LINE}--\r\n"
        ));
        let form = format!("multipart/form-data; boundary={LINE}");
        self.request("POST", path, &[("accept", "text/html"), ("content-type", &form)], Some(body))
    }

    /// What a browser would send for the form of a page whose action is `action`, with some fields typed over.
    #[track_caller]
    pub fn form(&self, page: &Reply, action: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
        let html = Html::parse_document(&page.body);
        let forms: Vec<ElementRef> = html.select(&selector("form")).collect();
        let by_button = |form: &&ElementRef| {
            form.select(&selector("button")).any(|button| button.value().attr("formaction") == Some(action))
        };
        let found = forms.iter().find(|form| form.value().attr("action") == Some(action));
        let found = found.or_else(|| forms.iter().find(by_button));
        let actions: Vec<_> = forms.iter().filter_map(|form| form.value().attr("action")).collect();
        let form = found.unwrap_or_else(|| panic!("no form for {action}; there are {actions:?}: {}", page.text()));
        let mut pairs = defaults(form);
        for (name, value) in typed {
            let known =
                form.select(&selector("input, select, textarea")).any(|field| field.value().attr("name") == Some(name));
            assert!(known, "the form for {action} has no field {name}");
            pairs.retain(|(known, _)| known != name);
            pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        pairs
    }

    /// Fills in the form on a page and sends it; the reply is what the server answered at once.
    #[track_caller]
    pub fn send(&self, path: &str, action: &str, typed: &[(&str, &str)]) -> Reply {
        let page = self.open(path);
        let pairs = self.form(&page, action, typed);
        self.post_pairs(action, &pairs)
    }

    /// Fills in the form on a page, sends it, and follows to the page after it, which must come.
    #[track_caller]
    pub fn submit(&self, path: &str, action: &str, typed: &[(&str, &str)]) -> Reply {
        let reply = self.send(path, action, typed);
        assert_eq!(reply.status, 303, "POST {action}: {}", reply.text());
        self.follow(&reply)
    }

    /// Opens the page that a reply leads to.
    #[track_caller]
    pub fn follow(&self, reply: &Reply) -> Reply {
        let location = reply.location.clone().unwrap_or_else(|| panic!("leads nowhere: {}", reply.text()));
        let mut page = self.open(&location);
        page.location = Some(location);
        page
    }

    /// Signs in somebody who has no second factor.
    #[track_caller]
    pub fn sign_in(&self, email: &str, password: &str) {
        self.sign_in_with(email, password, || panic!("{email} needs a code"));
    }

    /// Signs in, with a code where one is asked for.
    #[track_caller]
    pub fn sign_in_with(&self, email: &str, password: &str, code: impl FnOnce() -> String) {
        let reply = self.send("/sign-in", "/sign-in", &[("email", email), ("password", password)]);
        assert_eq!(reply.status, 303, "{email} could not sign in: {}", reply.text());
        let second_step = reply.location.filter(|location| location.starts_with("/sign-in/code"));
        if let Some(second_step) = second_step {
            let reply = self.send(&second_step, "/sign-in/code", &[("code", &code())]);
            assert_eq!(reply.status, 303, "{email} could not enter a code: {}", reply.text());
        }
    }
}

/// What a form sends when nothing is typed: hidden fields, values, what is checked, the selected option.
fn defaults(form: &ElementRef) -> Vec<(String, String)> {
    let mut pairs = vec![];
    for field in form.select(&selector("input, select, textarea")) {
        let Some(name) = field.value().attr("name") else { continue };
        let value = match (field.value().name(), field.value().attr("type")) {
            ("select", _) => {
                let options: Vec<ElementRef> = field.select(&selector("option")).collect();
                let chosen = options.iter().find(|option| option.value().attr("selected").is_some());
                chosen.or(options.first()).and_then(|option| option.value().attr("value")).map(str::to_owned)
            }
            ("textarea", _) => Some(field.text().collect()),
            (_, Some("radio" | "checkbox")) => {
                field.value().attr("checked").map(|_| field.value().attr("value").unwrap_or("on").to_owned())
            }
            (_, Some("submit")) => None,
            _ => Some(field.value().attr("value").unwrap_or_default().to_owned()),
        };
        pairs.extend(value.map(|value| (name.to_owned(), value)));
    }
    pairs
}
