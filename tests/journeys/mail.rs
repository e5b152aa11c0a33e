//! Mails: written with what they tell of, sent once over real SMTP, kept with the answer when nobody takes them.

use chrono::TimeDelta;
use tailormade::db::Tx;
use tailormade::error::Error;
use tailormade::ids::MailId;
use tailormade::mail::layout::lay_out;
use tailormade::mail::{Action, EmailAddress, Letter, MailState, NewMail, SENT_WITHIN, Subject, TOKEN, store};
use tailormade::queue::{NewJob, store as queue_store};
use tailormade::render::Renderer;
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, morning};
use crate::support::smtp::MailServer;

fn mail_to(address: &str) -> NewMail {
    let letter = Letter {
        greeting: "Hello".to_owned(),
        paragraphs: vec!["Something is so: £1 is due.".to_owned()],
        action: Some(Action { label: "Look at it".to_owned(), href: format!("http://127.0.0.1/x/{TOKEN}") }),
        afterwards: vec![],
    };
    let (to, subject) = (EmailAddress::parse(address).unwrap(), Subject::new("Something – is so").unwrap());
    let renderer = Renderer::load().unwrap();
    lay_out(&renderer, to, subject, &letter, Some("nonce".to_owned())).unwrap()
}

fn post(app: &TestApp, address: &str) -> MailId {
    let (new, now) = (mail_to(address), app.clock.now());
    app.db().write_now(move |tx| store::post(tx, &new, now)).unwrap()
}

/// A server with its own way to a mail server.
fn sending(engine: Engine, server: &MailServer) -> TestApp {
    let clock = tailormade::calendar::Clock::stopped_at(morning("2026-11-02"));
    let settings =
        [("TAILORMADE_SMTP_URL", server.url.as_str()), ("TAILORMADE_MAIL_FROM", "no-reply@tailormade.example")];
    TestApp::serve_with(FreshDb::new(engine), clock, Keys::random().unwrap(), &settings)
}

fn state(app: &TestApp, id: MailId) -> (MailState, Option<String>) {
    let mail = app.mails().into_iter().find(|mail| mail.id == id).unwrap();
    (mail.state, mail.error)
}

#[test]
fn a_mail_is_sent_once_over_smtp_however_often_the_server_is_told() {
    for engine in Engine::all() {
        let server = MailServer::start();
        let app = sending(engine, &server);
        let id = post(&app, "anna@example.org");
        app.work();
        let taken = server.taken();
        assert_eq!(taken.len(), 1, "{engine:?}");
        assert_eq!(taken[0].to, ["anna@example.org"]);
        assert!(taken[0].from.contains("no-reply@tailormade.example"), "{}", taken[0].from);
        let data = &taken[0].data;
        for wanted in ["To: anna@example.org", "Message-ID: <", "Date: Mon, 02 Nov 2026", "text/plain", "text/html"] {
            assert!(data.contains(wanted), "{wanted}: {data}");
        }
        assert!(data.contains("Subject: Something =?utf-8?") && !data.contains(TOKEN), "{data}");
        assert_eq!(state(&app, id), (MailState::Sent, None));
        // A second job for the same mail, as after a restore or by somebody's hand.
        let (about, now) = (id.to_string(), app.clock.now());
        let again = move |tx: &mut Tx| {
            queue_store::enqueue(tx, &NewJob { kind: tailormade::mail::JOB, about: &about, dedupe_key: None }, now)
        };
        app.db().write_now(again).unwrap();
        assert_eq!(app.work(), 1);
        assert_eq!(app.work(), 0);
        assert_eq!(server.taken().len(), 1, "{engine:?}");
    }
}

#[test]
fn a_refused_recipient_is_kept_with_the_answer_and_not_tried_again() {
    let server = MailServer::start();
    let app = sending(Engine::Sqlite, &server);
    let id = post(&app, "refused@example.org");
    app.work();
    let (state, error) = state(&app, id);
    assert_eq!(state, MailState::Refused);
    assert!(error.unwrap().contains("No such mailbox here"));
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(app.work(), 0);
    let undelivered = app.db().read_now(store::undelivered).unwrap();
    assert_eq!((undelivered.len(), undelivered[0].to.as_str()), (1, "refused@example.org"));
}

#[test]
fn a_server_that_is_busy_is_asked_again_and_at_last_it_is_too_late() {
    let server = MailServer::start();
    let app = sending(Engine::Sqlite, &server);
    let id = post(&app, "busy@example.org");
    app.work();
    assert_eq!(state(&app, id), (MailState::Waiting, None));
    let failing = app.db().read_now(queue_store::failing).unwrap();
    assert!(failing[0].last_error.contains("Come back later"), "{failing:?}");
    assert_eq!(app.work(), 0, "not before its pause is over");
    app.clock.advance(TimeDelta::seconds(30));
    assert_eq!(app.work(), 1);
    app.clock.advance(SENT_WITHIN);
    app.work();
    assert_eq!(state(&app, id).0, MailState::TooLate);
    assert!(app.db().read_now(queue_store::failing).unwrap().is_empty());
}

#[test]
fn without_a_server_for_mail_they_wait() {
    let app = TestApp::start(Engine::Sqlite);
    let id = post(&app, "anna@example.org");
    app.work();
    assert_eq!(state(&app, id), (MailState::Waiting, None));
    app.visitor().get("/demo/mail").must_be(404);
}

#[test]
fn a_mail_whose_transaction_fails_was_never_written() {
    let app = TestApp::start(Engine::Sqlite);
    let (new, now) = (mail_to("anna@example.org"), app.clock.now());
    let refused = app.db().write_now(move |tx| {
        store::post(tx, &new, now)?;
        Err::<(), _>(Error::Refused("No.".to_owned()))
    });
    assert!(refused.is_err());
    assert!(app.mails().is_empty());
    assert_eq!(app.db().read_now(queue_store::waiting).unwrap(), 0);
}

#[test]
fn what_is_kept_of_a_mail_opens_nothing() {
    let app = TestApp::start(Engine::Sqlite);
    post(&app, "anna@example.org");
    let shown = app.mails().remove(0);
    let token = shown.text.split("/x/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits: {token}");
    assert!(shown.html.contains(&token));
    use diesel::prelude::*;
    let kept: Vec<(String, String, Option<String>)> = app
        .db()
        .read_now(|tx| {
            use tailormade::db::schema::mails;
            Ok(mails::table.select((mails::text_body, mails::html_body, mails::link_nonce)).load(tx)?)
        })
        .unwrap();
    assert!(!format!("{kept:?}").contains(&token));
}

#[test]
fn the_past_is_forgotten_and_every_day_has_its_jobs_once() {
    let app = TestApp::start(Engine::Sqlite);
    assert_eq!(
        app.work(),
        10,
        "the register's file, the day's prices, saved searches, what to look at about VAT, documents that end, overdue complaints, signals, old copies, records that are due, and what is forgotten"
    );
    assert_eq!(app.work(), 0);
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.work(), 10);
    app.clock.advance(TimeDelta::days(40));
    app.work();
    assert_eq!(app.db().read_now(queue_store::waiting).unwrap(), 0);
}
