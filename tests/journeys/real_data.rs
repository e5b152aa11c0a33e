//! The whole register and every postcode of England, searched by postcode in a browser.

use chrono::NaiveDate;
use tailormade::calendar::Clock;
use tailormade::directory::import::{Options as ImportOptions, Source, cqc, postcodes};
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, morning};
use crate::support::axe::Axe;
use crate::support::browser::{Browser, DESK, Options, PHONE};
use crate::support::parts;

#[test]
fn the_full_register_and_all_postcodes_searched_by_postcode_in_a_browser() {
    let Some(data) = parts::data() else { return };
    let Some(browser) = Browser::for_tests(Options { size: PHONE, ..Options::default() }) else { return };
    let Some(axe) = Axe::for_tests() else { return };
    let fresh = FreshDb::new(Engine::Sqlite);
    let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    let ratings = [Source::File(data.join("cqc_locations_2021-01.csv.gz"))];
    let register = cqc(&fresh.db, &ratings, ImportOptions::default(), today, &mut |_| ()).unwrap();
    assert_eq!((register.read, register.imported, register.refused), (31_966, 23_131, 0));
    let places = postcodes(&fresh.db, &Source::File(data.join("postcodes_england.csv.zst")), &mut |_| ()).unwrap();
    assert_eq!((places.read, places.refused), (2_264_892, 0));

    let app = TestApp::serve(fresh, Clock::stopped_at(morning("2026-11-02")), Keys::random().unwrap());
    let Some(plain) = Browser::for_tests(Options { size: PHONE, javascript: false }) else { return };
    // The third one runs no script, so axe has looked at the same pages in the first.
    for (browser, size, has_script) in [(&browser, PHONE, true), (&browser, DESK, true), (&plain, PHONE, false)] {
        browser.resize(size);
        browser.goto(&app.url);
        browser.fill("The help", "home care");
        browser.fill("Near", "DT1 1XJ");
        browser.press("Find help");
        browser.must_show("DT1 1XJ");
        browser.must_show("Dorchester");
        browser.must_show("miles");
        browser.must_show("Care Quality Commission");
        if has_script {
            axe.must_pass(browser);
        }
        assert!(!browser.overflows());
        // In one box, as one would say it; the register says nothing of days.
        browser.goto(&app.url);
        browser.fill("The help", "bathing help near DT1 1XJ on Sundays");
        browser.press("Find help");
        browser.must_show("None of these has said: Sunday.");
        browser.must_show("miles");
        if has_script {
            axe.must_pass(browser);
        }
        browser.follow("Rated outstanding");
        browser.must_show("Care Quality Commission: Outstanding");
    }
}
