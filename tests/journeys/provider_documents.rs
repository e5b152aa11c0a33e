//! A provider's checklist, its documents with their days, and what councils and brokers found.

use serde_json::json;
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

const PAPER: &str = "%PDF-1.7\nInsured";

struct Town {
    app: TestApp,
    page: String,
}

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        let club = app.organisation("Sunrise Days", OrganisationKind::Company, &["provider"]);
        app.works_for(app.user("club@example.org", "Clara Club"), club);
        let other = app.organisation("Open Door", OrganisationKind::Charity, &["provider"]);
        app.works_for(app.user("other@example.org", "Otto Other"), other);
        let brokers = app.organisation("Choice Brokers", OrganisationKind::Company, &["broker"]);
        app.works_for(app.user("broker@example.org", "Bo Broker"), brokers);
        super::council_rules::lists(&app, "club@example.org", "Outings", "100.00");
        Self { app, page: format!("/organisations/{club}/documents") }
    }

    fn is(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn insured(&self, until: &str) {
        let typed = [("kind", "insurance"), ("valid_from", "1 1 2026"), ("valid_until", until)];
        self.is("club").send_file(&self.page, &self.page, &typed, ("cover.pdf", PAPER)).must_be(303);
    }

    fn mails(&self, subject: &str) -> usize {
        self.app.mails().iter().filter(|mail| format!("{mail:?}").contains(subject)).count()
    }
}

#[test]
fn a_checklist_counts_what_is_done_and_leads_to_the_rest() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let club = town.is("club");
        // Not regulated, VAT said, a service listed and published.
        club.open("/").must_say("Your checklist: 4 of 8 done");
        let page = club.open("/provider/checklist");
        page.must_say("4 of 8 done").must_say("Show your insurance");
        assert!(page.body.contains(&format!("href=\"{}\"", town.page)), "{}", page.body);
        town.insured("31 12 2026");
        club.open("/provider/checklist").must_say("5 of 8 done");
        town.app.on("2027-01-01");
        town.is("club").open("/provider/checklist").must_say("4 of 8 done");
        town.is("officer").get("/provider/checklist").must_be(403);
    }
}

#[test]
fn a_document_is_seen_by_who_relies_on_it_and_everybody_sees_that_it_is_there() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (club, page) = (town.is("club"), town.page.clone());
        let typed = [("kind", "insurance"), ("valid_from", "1 1 2026"), ("valid_until", "31 12 2026")];
        club.send_file(&page, &page, &typed, ("cover.pdf", "<html>")).must_be(422).must_say("Choose a PDF");
        club.send(&page, &page, &typed).must_be(422).must_say("Choose the file of the document.");
        let over = [typed[0], typed[1], ("valid_until", "1 11 2026")];
        club.send_file(&page, &page, &over, ("cover.pdf", PAPER)).must_be(422).must_say("send the one that holds");
        let before = [typed[0], ("valid_from", "31 12 2026"), ("valid_until", "1 12 2026")];
        club.send_file(&page, &page, &before, ("cover.pdf", PAPER)).must_be(422).must_say("not before the first");
        let strange = [("kind", "diary"), typed[1], typed[2]];
        let mut pairs = club.form(&club.open(&page), &page, &[]);
        pairs.retain(|(name, _)| name != "evidence" && !strange.iter().any(|(other, _)| other == name));
        pairs.extend(strange.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        club.post_file(&page, &pairs, ("cover.pdf", PAPER)).must_be(422);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM files"), 0, "nothing is kept of what was refused");
        town.insured("31 12 2026");
        let file = "/provider-documents/1/file";
        for sees in ["club", "officer", "broker"] {
            town.is(sees).open(&page).must_say("cover.pdf").must_say("Valid until 31 December 2026");
            assert_eq!(town.is(sees).open(file).body, PAPER);
        }
        // Who relies on a service finds them from its page.
        for (who, led) in [("officer", true), ("broker", true), ("club", true), ("other", false), ("person", false)] {
            let href = format!("href=\"{page}\"");
            assert_eq!(town.is(who).open("/services/1").body.contains(&href), led, "{who}");
        }
        for blind in ["other", "person"] {
            town.is(blind).get(&page).must_be(404);
            town.is(blind).get(file).must_be(404);
            town.is(blind).post_json("/provider-documents/1/checks", &json!({})).must_be(404);
        }
        town.is("officer").get("/organisations/1/documents").must_be(404);
        let open = town.app.visitor();
        open.get(file).must_be(303);
        open.open("/services/1").must_say("There, until 31 December 2026").must_not_say("cover.pdf");
        open.get_json("/open-referral/services").must_not_say("insurance").must_not_say("cover");
        for who in ["officer", "broker"] {
            town.is(who).post_json(&page, &json!({ "kind": "insurance" })).must_be(403);
        }
    }
}

#[test]
fn councils_and_brokers_say_what_they_found_and_nobody_of_their_own() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.insured("31 12 2026");
        let (officer, checks) = (town.is("officer"), "/provider-documents/1/checks");
        officer.send(&town.page, checks, &[("outcome", "refused")]).must_be(422).must_say("what you found");
        let pairs =
            officer.form(&officer.open(&town.page), checks, &[("outcome", "refused"), ("note", "Too little cover")]);
        town.is("club").post_json(checks, &json!({ "outcome": "accepted", "note": "Good" })).must_be(403);
        officer.post_pairs(checks, &pairs).must_be(303);
        officer.post_pairs(checks, &pairs);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM provider_document_checks"), 1, "sent twice, done once");
        assert_eq!(town.mails("A document of yours was refused"), 1);
        // The newest decision counts: it is not there for everybody, and not done for its provider.
        town.app.visitor().open("/services/1").must_not_say("There, until");
        let checklist = town.is("club").open("/provider/checklist");
        checklist.must_say("4 of 8 done").must_say("Refused by Example Council: Too little cover");
        town.is("broker").submit(&town.page, checks, &[("outcome", "accepted"), ("note", "Enough for us")]);
        let shown = town.is("club").open(&town.page);
        shown.must_say("Refused by Example Council (Olive Officer)").must_say("Too little cover");
        shown.must_say("Accepted by Choice Brokers (Bo Broker)");
        town.app.visitor().open("/services/1").must_not_say("Too little cover").must_say("There, until");
        town.is("club").open("/provider/checklist").must_say("5 of 8 done").must_not_say("Refused by");
        // A new version takes its place; the old one stays, and is not checked any more.
        town.insured("31 12 2027");
        town.is("club").open(&town.page).must_say("A newer one took its place");
        officer.post_json(checks, &json!({ "outcome": "accepted", "note": "Fine" })).must_be(409);
    }
}

#[test]
fn a_provider_is_reminded_once_before_a_document_ends_and_once_when_it_has() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.insured("31 12 2026");
        for day in ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-31"] {
            town.app.on(day);
            town.app.work();
            assert_eq!(town.mails("A document ends soon"), usize::from(day != "2026-11-30"), "{day}");
        }
        assert_eq!(town.mails("A document has ended"), 0, "the last day still counts");
        for day in ["2027-01-01", "2027-01-02"] {
            town.app.on(day);
            town.app.work();
            assert_eq!(town.mails("A document has ended"), 1, "{day}");
        }
        town.insured("31 1 2027");
        town.app.on("2027-01-03");
        town.app.work();
        assert_eq!(town.mails("A document ends soon"), 2, "the new one has reminders of its own");
    }
}

#[test]
fn the_next_version_takes_the_place_on_its_first_day_and_not_before() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (club, page) = (town.is("club"), town.page.clone());
        town.insured("31 12 2026");
        let sends = |from: &str| {
            let typed = [("kind", "insurance"), ("valid_from", from), ("valid_until", "31 12 2027")];
            town.is("club").send_file(&page, &page, &typed, ("next.pdf", PAPER)).must_be(303);
        };
        // It leaves a gap: the present one holds, is checked, and its provider is still reminded.
        sends("1 2 2027");
        let shown = club.open(&page);
        shown.must_say("One document holds today.").must_say("its first day is still to come");
        shown.must_say("A newer one takes its place from").must_not_say("A newer one took its place");
        club.open("/provider/checklist").must_say("5 of 8 done");
        town.is("broker").submit(&page, "/provider-documents/1/checks", &[("outcome", "accepted"), ("note", "Good")]);
        town.app.on("2026-12-01");
        town.app.work();
        assert_eq!(town.mails("A document ends soon"), 1);
        town.is("club")
            .open(&page)
            .must_say("It ends soon: the next one is needed.")
            .must_say("One document ends soon.");
        // It follows without one: nobody is told that it ends, and it has taken the place when its day has come.
        sends("1 1 2027");
        town.is("club").open(&page).must_say("A newer one takes its place from 1 January 2027 on.");
        for day in ["2026-12-31", "2027-01-01"] {
            town.app.on(day);
            town.app.work();
        }
        assert_eq!(town.mails("A document has ended"), 0);
        town.is("club").open(&page).must_say("A newer one took its place.");
        town.is("club").open("/provider/checklist").must_say("5 of 8 done");
        town.app.visitor().open("/services/1").must_say("There, until 31 December 2027");
    }
}
