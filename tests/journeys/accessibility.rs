//! The pages that people need rarely, judged by axe on a telephone and on a desk: who is asked, who looked, how to write and
//! speak, copies, what is kept, lost second factors, locks, complaints, what is not safe; and all pages of money in large
//! print.

use tailormade::demo::seed::{self, OFFICER, PASSWORD, PERSON, SAFEGUARDING};

use super::site::sign_in;
use crate::permissions::{examples, filled};
use crate::support::app::{Engine, TestApp, recovery_code};
use crate::support::axe::Axe;
use crate::support::browser::{Browser, DESK, Options, PHONE};

/// What is wider than the page, for whoever must mend it.
const WIDEST: &str = "const most = document.documentElement.clientWidth + 1;
    const wide = [...document.querySelectorAll('body *')].filter(part => part.getBoundingClientRect().right > most);
    return wide.slice(-3).map(part => part.outerHTML.slice(0, 200))";

/// One browser in which people sign in one after the other.
struct Walk {
    app: TestApp,
    browser: Browser,
    axe: Axe,
}

impl Walk {
    /// The demonstration's world; nothing where there is no browser.
    fn begin() -> Option<Self> {
        let browser = Browser::for_tests(Options { size: DESK, ..Options::default() })?;
        Some(Self { app: TestApp::in_the_story(Engine::Sqlite), browser, axe: Axe::for_tests()? })
    }

    fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.app.url));
    }

    fn becomes(&self, party: &seed::Party) {
        self.open("/sign-in");
        if self.browser.text().contains("Signed in as") {
            self.browser.press("Sign out");
            self.open("/sign-in");
        }
        self.browser.fill("E-mail address", party.email);
        self.browser.fill("Password", PASSWORD);
        self.browser.press("Sign in");
        if self.browser.path().starts_with("/sign-in/code") {
            self.browser.fill("Code", &recovery_code(self.app.db(), party.email));
            self.browser.press("Sign in");
        }
    }

    /// Opens each page in both sizes: it is there, it passes, it fits its window, and there is one main thing to do at most.
    fn sees(&self, paths: &[String]) {
        let ids = examples(self.app.db());
        for path in paths {
            let path = filled(path, &ids);
            for size in [PHONE, DESK] {
                self.browser.resize(size);
                self.open(&path);
                assert_eq!(self.browser.path().split('?').next(), path.split('?').next(), "led elsewhere");
                assert!(!self.browser.title().contains("There is nothing here"), "{path} is not there");
                self.axe.must_pass(&self.browser);
                assert!(
                    !self.browser.overflows(),
                    "{path} is wider than {size:?}: {}",
                    self.browser.script(WIDEST, serde_json::json!([]))
                );
                let main = "return document.querySelectorAll('main .button-main').length";
                let main = self.browser.script(main, serde_json::json!([])).as_u64().unwrap();
                assert!(main <= 1, "{path} has {main} main buttons");
            }
        }
    }
}

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

#[test]
fn the_pages_that_people_need_rarely_pass_axe() {
    let Some(walk) = Walk::begin() else { return };
    let ids = examples(walk.app.db());
    let person = ids["people"].to_string();
    let told = serde_json::json!({ "person": person, "what": "Her purse is always empty after the visits." });
    sign_in(&walk.app, &OFFICER).post_json("/safeguarding/new", &told);
    walk.sees(&owned(&["/sign-in", "/sign-in/unlocking", "/password-reset"]));
    walk.becomes(&PERSON);
    walk.sees(&owned(&[
        "/",
        "/people/{id}",
        "/people/{id}/consent",
        "/people/{id}/record",
        "/people/{id}/communication",
        "/people/{id}/exports",
        "/account/second-factor/removals",
        "/concerns",
        "/concerns/new",
        "/concerns/{id}",
        "/safeguarding/new",
        "/deliveries",
        "/invoices/{id}",
        "/funds/{id}/money",
        "/quotes",
        "/quotes/{id}",
        "/quote-asks/{id}",
        "/reviews",
        "/reviews/{id}",
    ]));
    walk.becomes(&OFFICER);
    walk.sees(&owned(&[
        "/council-rules",
        "/council-rules/{id}",
        "/council-rules/new",
        "/reviews",
        "/people/{id}",
        "/people/{id}/consent",
        "/people/{id}/record",
        "/people/{id}/communication",
        "/people/{id}/exports",
        "/people/{id}/retention",
        "/people/{id}/second-factor",
        "/retention",
        "/concerns",
        "/concerns/{id}",
        "/concerns/contacts",
        "/access",
    ]));
    walk.becomes(&SAFEGUARDING);
    walk.sees(&owned(&["/safeguarding"]));
    walk.becomes(&seed::AGENCY);
    walk.sees(&owned(&["/", "/deliveries", "/provider", "/invoices"]));
}

/// What the marketplace shows to who looks for help, to who sells it and to the council: searches that find something, a
/// comparison, prices worked out, what a provider fills in.
#[test]
fn the_pages_of_the_marketplace_pass_axe() {
    let Some(walk) = Walk::begin() else { return };
    let number = |query: &str| walk.app.number(query);
    let club = number(
        "SELECT min(s.id) AS n FROM services s JOIN organisations o ON o.id = s.organisation_id
        JOIN memberships m ON m.organisation_id = o.id JOIN users u ON u.id = m.user_id
        WHERE s.published AND u.email = 'dayclub@demo.example'",
    );
    let home = number("SELECT min(id) AS n FROM services WHERE published AND category = 'care_at_home'");
    let seller = number(&format!("SELECT organisation_id AS n FROM services WHERE id = {club}"));
    let asked = format!("/services/{home}?day=29+11+2026&start=11:30pm&minutes=57&staff=1&miles=2");
    let compared = format!("/compare?services={club},{home}&weekly=2&place=DT1");
    let looking = ["/search", "/search?words=care&place=DT1+1XJ&radius=25", "/search?words=baething&place=Dorchester"];
    let everybody = [owned(&looking), vec![format!("/services/{club}"), asked, compared]].concat();
    walk.sees(&everybody);
    walk.becomes(&PERSON);
    walk.sees(&everybody);
    walk.sees(&[
        "/shortlist".to_owned(),
        format!("/shortlist?service={club}"),
        "/saved-searches".to_owned(),
        "/saved-searches?keep=words%3Dcare%26place%3DDT1".to_owned(),
        format!("/packages/add?service={home}"),
        "/packages/{id}".to_owned(),
        "/quotes/new".to_owned(),
        format!("/quotes/new?services={home}"),
    ]);
    walk.becomes(&seed::DAY_CLUB);
    let own = |path: &str| path.replace("{own}", &club.to_string());
    walk.sees(&[
        own("/services/{own}/edit"),
        own("/services/{own}/details"),
        own("/services/{own}/files"),
        own("/services/{own}/rates/new"),
        own("/services/{own}/vat-class"),
        "/services/new".to_owned(),
        "/provider".to_owned(),
        "/provider/checklist".to_owned(),
        "/provider/bulk".to_owned(),
        format!("/organisations/{seller}/documents"),
        "/vat-alerts".to_owned(),
        "/council-rules".to_owned(),
        "/deliveries".to_owned(),
    ]);
    walk.becomes(&OFFICER);
    walk.sees(&[
        own("/services/{own}/vat-class"),
        format!("/organisations/{seller}/documents"),
        "/vat-alerts".to_owned(),
    ]);
}

#[test]
fn pages_of_money_fit_a_telephone_in_the_largest_print() {
    let Some(walk) = Walk::begin() else { return };
    let communication = filled("/people/{id}/communication", &examples(walk.app.db()));
    let needs = [("format_large_print", "true"), ("print_size", "28")];
    sign_in(&walk.app, &PERSON).submit(&communication, &communication, &needs);
    walk.becomes(&PERSON);
    walk.sees(&owned(&[
        "/",
        "/people/{id}",
        "/people/{id}/consent",
        "/people/{id}/record",
        "/funds/{id}",
        "/funds/{id}/money",
        "/funds/{id}/statement",
        "/funds/{id}/packages",
        "/invoices",
        "/invoices/{id}",
        "/deliveries",
        "/search",
    ]));
}
