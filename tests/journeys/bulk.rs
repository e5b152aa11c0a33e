//! Many services at once: a sheet that a provider takes, changes and sends back; and the register's file that is read again.

use std::io::Write;

use serde_json::json;

use super::marketplace::{Town, names};
use crate::support::app::{Engine, TestApp, fast_folder};
use crate::support::visitor::{Reply, Visitor};

/// Sends a sheet by the form.
#[track_caller]
fn send(provider: &Visitor, name: &str, bytes: &[u8]) -> Reply {
    let page = provider.open("/provider/bulk");
    let mut pairs = provider.form(&page, "/provider/bulk", &[]);
    pairs.retain(|(name, _)| name != "sheet");
    provider.post_bytes("/provider/bulk", &pairs, ("sheet", name, bytes))
}

/// What a sheet would change, row by row: what happens, and how.
#[track_caller]
fn planned(provider: &Visitor, sent: &Reply) -> (String, Vec<(String, String)>) {
    sent.must_be(303);
    let location = sent.location.clone().unwrap();
    let page = provider.get_json(&location).must_be(200).json();
    let row = |row: &serde_json::Value| {
        let says: Vec<&str> = row["says"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        (row["state"].as_str().unwrap().to_owned(), says.join(" "))
    };
    (location, page["rows"].as_array().unwrap().iter().map(row).collect())
}

fn town(engine: Engine) -> Town {
    let town = Town::found(engine);
    town.state_vat("not_registered", "", "1 1 2020");
    town.service("Garden club", "DT1 1XJ", "30.00", "day", "net");
    town.service("Music club", "DT4 8AA", "12.50", "hour", "net");
    town
}

#[test]
fn what_is_taken_and_sent_back_changes_nothing_and_changes_are_shown_before_they_are_done() {
    for engine in Engine::all() {
        let town = town(engine);
        let provider = town.app.signed_in("provider@example.org");
        provider.open("/provider").must_say("Many at once, from a sheet");
        for (path, kind) in [
            ("csv", "text/csv; charset=utf-8"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ] {
            let taken = provider.get(&format!("/provider/services.{path}"));
            assert_eq!(taken.must_be(200).header("content-type"), Some(kind));
            let (_, rows) = planned(&provider, &send(&provider, &format!("a.{path}"), &taken.bytes));
            assert_eq!(rows, vec![("As it is".to_owned(), String::new()); 2], "{path}");
        }
        let csv = provider.get("/provider/services.csv").body;
        let changed = csv.replace("12.50", "13.75").replace("Garden club", "Garden and kitchen club")
            + ",Choir,Arts%,Singing,DT1 1XJ,welfare,no,session,5.00,net,2026-11-02\n"
            + ",Band,arts_and_learning,Playing,DT1 1XJ,not_welfare,no,per session,6.00,net,\n"
            + "999,,,,,,,,,,\n,Garden and kitchen club,,,,,,,,,\n";
        let changed =
            changed.replace("2026-04-01", "2026-12-01").replace("30.00,net,2026-12-01", "30.00,net,2026-04-01");
        let sent = send(&provider, "changed.csv", changed.as_bytes());
        let (location, rows) = planned(&provider, &sent);
        let says = |row: usize| rows[row].clone();
        assert_eq!(says(0), ("Changed".to_owned(), "Name: Garden club → Garden and kitchen club".to_owned()));
        assert_eq!(
            says(1),
            ("Changed".to_owned(), "Price: £12.50 per hour → £13.75 per hour from 1 December 2026".to_owned())
        );
        assert_eq!(says(2), ("Cannot be done".to_owned(), "category: Choose a kind of help from the list.".to_owned()));
        assert_eq!(says(3).0, "New");
        assert_eq!(says(4), ("Cannot be done".to_owned(), "You list no service with the number 999.".to_owned()));
        assert_eq!(rows[5].0, "Cannot be done", "{rows:?}");
        provider
            .open(&location)
            .must_say("Nothing is changed yet.")
            .must_say("1 new, 2 changed, 0 as they are, 3 that cannot be done");
        // Nothing was done so far; somebody else's sheet is nobody's.
        assert_eq!(names(&town.app.visitor().get_json("/search?words=kitchen")), [""; 0]);
        let done = format!("{location}/confirmation");
        provider.submit(&location, &done, &[]).must_say("Garden and kitchen club").must_say("Band");
        assert_eq!(names(&town.app.visitor().get_json("/search?words=kitchen")), ["Garden and kitchen club"]);
        assert_eq!(
            names(&town.app.visitor().get_json("/search?words=band")),
            [""; 0],
            "a new one is no one's to see yet"
        );
        assert_eq!(town.app.number("SELECT count(*) AS n FROM service_rates WHERE entered_price = 137500"), 1);
        provider.open(&location).must_say("This sheet was done.");
        provider.post_json(&done, &json!({ "plan": "x" })).must_be(409);
        let again = send(&provider, "again.csv", changed.as_bytes());
        let (_, rows) = planned(&provider, &again);
        assert_eq!((rows[0].0.as_str(), rows[1].0.as_str(), rows[3].0.as_str()), ("As it is", "As it is", "As it is"));
    }
}

#[test]
fn what_changed_in_between_is_not_done() {
    for engine in Engine::all() {
        let town = town(engine);
        let provider = town.app.signed_in("provider@example.org");
        let sent = send(&provider, "a.csv", b"name,summary\nGarden club,Other words\n");
        let (location, _) = planned(&provider, &sent);
        let page = provider.open(&location);
        let done = format!("{location}/confirmation");
        let pairs = provider.form(&page, &done, &[]);
        town.app.fresh.execute(
            "UPDATE services SET summary = 'Changed meanwhile', version = version + 1 WHERE name = 'Garden club'",
        );
        provider.post_pairs(&done, &pairs).must_be(409).must_say("has changed since");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM services WHERE summary = 'Other words'"), 0);
        provider.submit(&location, &done, &[]);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM services WHERE summary = 'Other words'"), 1);
        // A price for a day that has passed is refused, as by the form.
        let sent = send(&provider, "a.csv", b"name;price;from\nGarden club;31.00;2026-10-01\n");
        let (_, rows) = planned(&provider, &sent);
        assert!(rows[0].0 == "Cannot be done" && rows[0].1.contains("people rely on the prices"), "{rows:?}");
        // In a sheet that was taken from here stands the day of the price that holds: a new price begins today.
        let taken = provider.get("/provider/services.csv").must_be(200).body.clone();
        let sent = send(&provider, "a.csv", taken.replace("30.00", "32.00").as_bytes());
        let (_, rows) = planned(&provider, &sent);
        assert!(
            rows.iter().any(|row| row.1 == "Price: £30.00 per day → £32.00 per day from 2 November 2026"),
            "{rows:?}"
        );
        // Without a day it holds from today, with everything else on the card.
        let sent = send(&provider, "a.csv", b"name;price\nGarden club;31\n");
        let (_, rows) = planned(&provider, &sent);
        assert_eq!(rows[0].1, "Price: £30.00 per day → £31.00 per day from 2 November 2026");
    }
}

#[test]
fn other_providers_see_no_sheet_and_bad_files_are_refused_in_words() {
    let town = town(Engine::Sqlite);
    let provider = town.app.signed_in("provider@example.org");
    let (location, _) = planned(&provider, &send(&provider, "a.csv", b"name\nGarden club\n"));
    let other = town.app.organisation("Others", tailormade::people::OrganisationKind::Company, &["provider"]);
    town.app.works_for(town.app.user("other@example.org", "Other"), other);
    let stranger = town.app.signed_in("other@example.org");
    stranger.get(&location).must_be(404);
    stranger.post_json(&format!("{location}/confirmation"), &json!({ "plan": "x" })).must_be(404);
    let number = town.app.number("SELECT min(id) AS n FROM services");
    let theirs = format!("service,summary\n{number},Mine now\n");
    let (_, rows) = planned(&stranger, &send(&stranger, "a.csv", theirs.as_bytes()));
    assert_eq!(rows[0].0, "Cannot be done");
    town.app.signed_in("person@example.org").get("/provider/services.csv").must_be(403);
    let refused = |name: &str, bytes: &[u8], says: &str| {
        send(&provider, name, bytes).must_be(422).must_say(says);
    };
    refused("a.csv", b"", "Choose a file.");
    refused("a.csv", b"\xff\xfe\x41", "UTF-8");
    refused("a.csv", b"name,name\n", "stands there twice");
    refused("a.csv", b"price\n1\n", "column");
    refused("a.csv", b"name,bank account\n", "is none that we know");
    refused("a.xlsx", b"PK\x03\x04 and nothing", "neither a CSV file nor a spreadsheet");
    refused("a.csv", format!("name\n{}", "a\n".repeat(1_001)).as_bytes(), "more than 1000 rows");
    // A small file that unpacks to a hundred megabytes.
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..100 {
        bomb.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20);
    refused("bomb.xlsx", &bomb, "There is more in this file than we read.");
    refused("large.csv", &vec![b'a'; 6 << 20], "at most 5 MB");
}

/// A packed file of some parts.
fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, content) in parts {
        file.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(content.as_bytes()).unwrap();
    }
    file.finish().unwrap().into_inner()
}

/// A sheet as LibreOffice packs it; the empty rest of the sheet stands in it as one repeated row.
fn ods(rows: &str) -> Vec<u8> {
    let space = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"";
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {space}><office:body><office:spreadsheet>\
         <table:table table:name=\"A\">{rows}<table:table-row table:number-rows-repeated=\"1048570\">\
         <table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("META-INF/manifest.xml", manifest.to_owned()),
        ("content.xml", content),
    ])
}

#[test]
fn spreadsheets_of_both_kinds_are_read_and_bombs_are_not() {
    let town = town(Engine::Sqlite);
    let provider = town.app.signed_in("provider@example.org");
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number =
        "<table:table-cell office:value-type=\"float\" office:value=\"31.5\"><text:p>31.5</text:p></table:table-cell>";
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let names = row(&(text("Name") + &text("Price")));
    let sheet = ods(&(names.clone() + &row(&(text("Garden club") + number))));
    let (_, rows) = planned(&provider, &send(&provider, "a.ods", &sheet));
    assert_eq!(rows[0].1, "Price: £30.00 per day → £31.50 per day from 2 November 2026");
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "name").unwrap().write_string(0, 1, "price").unwrap();
    page.write_string(1, 0, "Garden club").unwrap().write_number(1, 1, 31.5).unwrap();
    let (_, rows) = planned(&provider, &send(&provider, "a.xlsx", &book.save_to_buffer().unwrap()));
    assert_eq!(rows[0].1, "Price: £30.00 per day → £31.50 per day from 2 November 2026");
    // A time that a spreadsheet program keeps as a part of a day.
    let evening = rust_xlsxwriter::ExcelDateTime::parse_from_str("18:30").unwrap();
    let clock = rust_xlsxwriter::Format::new().set_num_format("hh:mm");
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    for (column, name) in (0..).zip(["name", "days_1", "from_1", "until_1", "price_1", "unit"]) {
        page.write_string(0, column, name).unwrap();
    }
    page.write_string(1, 0, "Garden club").unwrap().write_string(1, 1, "weekdays").unwrap();
    page.write_datetime_with_format(1, 2, &evening, &clock).unwrap().write_string(1, 3, "22:00").unwrap();
    page.write_number(1, 4, 40).unwrap().write_string(1, 5, "hour").unwrap();
    let (_, rows) = planned(&provider, &send(&provider, "a.xlsx", &book.save_to_buffer().unwrap()));
    assert_eq!(rows[0].0, "Changed", "{rows:?}");
    let time = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"time\" office:time-value=\"{text}\"><text:p>x</text:p></table:table-cell>"
        )
    };
    let names_of_times = row(&["name", "days_1", "from_1", "until_1", "price_1", "unit"].map(text).concat());
    let times = row(&(text("Garden club")
        + &text("weekdays")
        + &time("PT18H30M00S")
        + &text("22:00")
        + number
        + &text("hour")));
    let (_, rows) = planned(&provider, &send(&provider, "a.ods", &ods(&(names_of_times + &times))));
    assert_eq!(rows[0].0, "Changed", "{rows:?}");
    let far = "<table:table-row table:number-rows-repeated=\"900000\"><table:table-cell/></table:table-row>";
    let wide = "<table:table-cell table:number-columns-repeated=\"100000000\"><text:p>a</text:p></table:table-cell>";
    let long = row(&format!(
        "<table:table-cell table:number-columns-repeated=\"140\"><text:p>{}</text:p></table:table-cell>",
        "a".repeat(1 << 20)
    ));
    let shared = packed(&[
        ("xl/worksheets/sheet1.xml", "<c r=\"A1\" t=\"s\"/>".repeat(1_000)),
        ("xl/sharedStrings.xml", format!("<sst><si><t>{}</t></si></sst>", "a".repeat(1 << 20))),
    ]);
    for bomb in [
        ods(&(names.clone() + far + &row(&text("x")))),
        ods(&(names.clone() + &row(wide))),
        ods(&(names + &long)),
        shared,
        packed(&[("xl/worksheets/sheet1.xml", "<c r=\"XFD1048576\"/>".to_owned())]),
    ] {
        send(&provider, "bomb.ods", &bomb).must_be(422).must_say("There is more in this file than we read.");
    }
}

#[test]
fn no_cell_of_a_sheet_is_a_formula() {
    let town = town(Engine::Sqlite);
    town.app
        .fresh
        .execute("UPDATE services SET summary = '=HYPERLINK(\"https://example.org\")' WHERE name = 'Garden club'");
    let provider = town.app.signed_in("provider@example.org");
    let csv = provider.get("/provider/services.csv");
    assert!(csv.body.contains("'=HYPERLINK"), "{}", csv.body);
    let (_, rows) = planned(&provider, &send(&provider, "a.csv", &csv.bytes));
    assert!(rows.iter().all(|(state, _)| state == "As it is"), "{rows:?}");
}

#[test]
fn the_registers_file_is_read_every_day_when_it_has_changed() {
    for engine in Engine::all() {
        let folder = fast_folder();
        let file = folder.path().join("register.csv");
        let register = |rating: &str| {
            format!(
                "location_id,location_name,provider_id,provider_name,brand_name,care_home,location_type,\
                 primary_inspection_category,street,address_2,city,postcode,local_authority,region,overall_rating,\
                 rating_published,rating_inherited,url,latitude,longitude,district_code,point_from\n\
                 1-1,Harbour Care,1-9,Harbour Care Limited,,N,Social Care Org,Community based adult social care services,\
                 1 Quay Road,,Dorchester,DT1 1XJ,Dorset,South West,{rating},2020-05-01,N,\
                 https://www.cqc.org.uk/location/1-1,50.7148,-2.4377,E06000059,source\n"
            )
        };
        std::fs::write(&file, register("Good")).unwrap();
        let name: &'static str = file.display().to_string().leak();
        let app = TestApp::start_on(engine, &[("TAILORMADE_CQC_FILE", name)]);
        let imports = || app.number("SELECT count(*) AS n FROM audit_events WHERE what = 'import.done'");
        app.work();
        app.visitor().open("/search?words=harbour").must_say("Good, published on 1 May 2020");
        assert_eq!(imports(), 1);
        app.on("3 November 2026");
        app.work();
        assert_eq!(imports(), 1, "nothing is done while the file is what it was");
        std::fs::write(&file, register("Outstanding")).unwrap();
        app.on("4 November 2026");
        app.work();
        assert_eq!(imports(), 2);
        app.visitor().open("/search?words=harbour").must_say("Outstanding");
    }
}
