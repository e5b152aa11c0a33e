//! What is done once on every day: what cannot be done for one keeps nobody else from being told, and is seen and tried again.

use tailormade::people::OrganisationKind;
use tailormade::queue::store as queue_store;

use super::council_rules::lists;
use crate::support::app::{Engine, TestApp};

const PAPER: &str = "%PDF-1.7\nInsured";

/// How many mails with a subject somebody got.
fn told(app: &TestApp, who: &str, subject: &str) -> usize {
    app.mails().iter().filter(|mail| mail.to.contains(who) && mail.subject.contains(subject)).count()
}

/// Why a job of a kind failed last, if it did.
fn failure(app: &TestApp, kind: &str) -> Option<String> {
    let failing = app.db().read_now(queue_store::failing).unwrap();
    failing.into_iter().find(|job| job.kind == kind).map(|job| job.last_error)
}

#[test]
fn what_cannot_be_read_of_one_provider_keeps_no_other_from_being_told() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        app.organisation("Example Council", OrganisationKind::Council, &[]);
        for (who, name) in [("club", "Sunrise Days"), ("other", "Open Door")] {
            let provider = app.organisation(name, OrganisationKind::Company, &["provider"]);
            let email = format!("{who}@example.org");
            app.works_for(app.user(&email, name), provider);
            lists(&app, &email, "Outings", "100.00");
            let (papers, typed) = (
                format!("/organisations/{provider}/documents"),
                [("kind", "insurance"), ("valid_from", "1 1 2026"), ("valid_until", "31 12 2026")],
            );
            app.signed_in(&email).send_file(&papers, &papers, &typed, ("cover.pdf", PAPER)).must_be(303);
            let left = [("vat_status", "not_registered"), ("vat_number", "")];
            app.signed_in(&email).submit("/provider", "/provider/vat", &left);
        }
        // Of the first one, a service and a document are not what they can be.
        app.fresh.execute(
            "UPDATE services SET category = 'nonsense' WHERE id = 1;
             INSERT INTO provider_documents
                 (organisation_id, kind, file_id, valid_from, valid_until, added_by, added_at)
                 SELECT organisation_id, 'diary', file_id, valid_from, '2026-12-30', added_by, added_at
                 FROM provider_documents WHERE id = 1;
             INSERT INTO provider_documents
                 (organisation_id, kind, file_id, valid_from, valid_until, added_by, added_at)
                 SELECT organisation_id, 'dbs_policy', file_id, valid_from, '2026-12-30', added_by, added_at
                 FROM provider_documents WHERE id = 2;",
        );
        app.on("2026-12-01");
        app.work();
        assert_eq!(told(&app, "other", "VAT: no longer registered"), 1, "{engine:?}");
        assert_eq!(told(&app, "other", "A document ends soon"), 2, "the one before and the one after it");
        assert_eq!(told(&app, "club", "VAT: no longer registered"), 0);
        assert!(failure(&app, "watch_vat").unwrap().starts_with("organisation 2: "), "{engine:?}");
        assert!(failure(&app, "remind_of_documents").unwrap().starts_with("document 3: "), "{engine:?}");
        // Mended, it is told when the job is tried again; who was told is not told twice.
        app.fresh.execute("UPDATE services SET category = 'day_service' WHERE id = 1;");
        app.clock.set(app.clock.now() + chrono::TimeDelta::minutes(1));
        app.work();
        assert_eq!(failure(&app, "watch_vat"), None);
        for who in ["club", "other"] {
            assert_eq!(told(&app, who, "VAT: no longer registered"), 1, "{who}");
        }
        assert_eq!(told(&app, "other", "A document ends soon"), 2);
    }
}
