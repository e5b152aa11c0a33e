use std::io::{Cursor, Write};

use super::*;

const RATINGS_HEADER: &str = "location_id,location_name,provider_id,provider_name,brand_name,care_home,location_type,\
primary_inspection_category,street,address_2,city,postcode,local_authority,region,overall_rating,rating_published,\
rating_inherited,url,latitude,longitude,district_code,point_from";

const EXPORT_HEADER: &str = "Location Name,Location ID,Location Web Address,Location Local Authority,\
Location ADASS Region,Primary inspection category,Service Types,Care homes beds,Location HSCA start date,\
Location HSCA end date,Dormant,Location Latest Overall Rating,Publication Date,Service users supported,\
Location safe rating,Location effective rating,Location caring rating,Location responsive rating,\
Location well-led rating,Provider Name,Provider ID,Provider HSCA start date,Provider Ownership Type,\
Provider Companies House Number,Brand Name,postcode (from the 2021-01 file),latitude (2021-01),longitude (2021-01)";

const DIRECTORY_HEADER: &str = "Name,Address 1,Address 2,Town/City,County,Postcode,\
CQC Provider ID (for office use only),CQC Location ID (for office use only),Website,Local authority,Region,\
Report publication date,URL,Also known as,Specialisms/services,Service types,Provider name,latitude,longitude,\
district_code";

fn open(header: &str, rows: &str) -> RegisterFile {
    let text = format!("{header}\n{rows}");
    RegisterFile::read(Cursor::new(text.into_bytes())).unwrap()
}

fn read(header: &str, rows: &str) -> Vec<RegisterRow> {
    open(header, rows).map(|row| row.unwrap()).collect()
}

fn location(row: &RegisterRow) -> RegisterLocation {
    match row {
        RegisterRow::Location { location, .. } => (**location).clone(),
        other => panic!("not a location: {other:?}"),
    }
}

fn refusal(row: &RegisterRow) -> String {
    match row {
        RegisterRow::Refused { row, .. } => row.to_string(),
        other => panic!("not refused: {other:?}"),
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A row of the ratings file with some of its values changed.
fn rated(changes: &[(&str, &str)]) -> String {
    let mut values = vec![
        "1-100",
        "Harbour House",
        "1-900",
        "Harbour Care Limited",
        "BRAND Harbour",
        "Y",
        "Social Care Org",
        "Residential social care",
        "1 Quay Road",
        "",
        "Weymouth",
        "DT4 8AA",
        "Dorset",
        "South West",
        "Good",
        "2019-05-04",
        "N",
        "https://www.cqc.org.uk/location/1-100",
        "50.6100",
        "-2.4500",
        "E06000059",
        "source",
    ];
    for (column, value) in changes {
        let index = RATINGS_HEADER.split(',').position(|name| name == *column).unwrap();
        values[index] = *value;
    }
    values.join(",")
}

fn rated_location(changes: &[(&str, &str)]) -> RegisterLocation {
    location(&read(RATINGS_HEADER, &rated(changes))[0])
}

const EXPORTED: &str = "Harbour House,1-100,www.example.org,Bristol,South West (ADASS Region),Residential social care,\
\"Care home service with nursing, Domiciliary care service\",12,2010-12-20,,N,Requires Improvement,\
12/20/2010 12:00:00 AM,\"Dementia, Learning Disabilities or autistic spectrum disorder\",Good,No published rating,\
Outstanding,Inadequate,Inspected but not rated,Harbour Care Limited,1-900,10/1/2010 12:00:00 AM,Organisation,\
7488164    ,BRAND Harbour,,,\n";

const IN_DIRECTORY: &str = "Harbour House,1 Quay Road,Old Town,Weymouth,Dorset,DT4 8AA,1-900,1-100,\
https://www.example.org,Dorset,South West,2024-04-03T16:04:29Z,https://www.cqc.org.uk/location/1-100,The Harbour,\
\"Sensory impairments,Treatment of disease, disorder or injury,Dementia\",\"Nursing homes,Partnership\",\
Harbour Care Limited,50.6100,-2.4500,E06000059\n";

#[test]
fn a_row_of_the_ratings_becomes_a_location() {
    let location = rated_location(&[("brand_name", "-"), ("address_2", " - ")]);
    assert_eq!(location.location_id, "1-100");
    assert_eq!(location.setting, Setting::CareHome);
    assert_eq!(location.brand, Carried::Known(None));
    assert_eq!(location.address.known().unwrap().lines, ["1 Quay Road"]);
    assert_eq!(location.postcode.known().unwrap().as_ref().unwrap().as_str(), "DT4 8AA");
    assert_eq!(location.council_code.as_deref(), Some("E06000059"));
    assert_eq!(location.region.as_deref(), Some("South West"));
    let rating = location.rating.known().unwrap();
    assert_eq!(rating.overall, Some(Rating::Good));
    assert_eq!(rating.published, Carried::Known(Some(day(2019, 5, 4))));
    assert_eq!(rating.sub_ratings, Carried::NotCarried);
    assert_eq!(location.service_types, Carried::NotCarried);
    assert!(location.point.known().unwrap().is_some());
}

#[test]
fn adult_social_care_is_told_by_type_or_by_inspection() {
    let rows = [
        rated(&[]),
        rated(&[("location_type", "NHS Healthcare Organisation"), ("care_home", "N")]),
        rated(&[("primary_inspection_category", "Community substance misuse"), ("care_home", "N")]),
        rated(&[("location_type", "Primary Medical Services"), ("primary_inspection_category", "GP Practices")]),
    ];
    let rows = read(RATINGS_HEADER, &rows.join("\n"));
    assert_eq!(location(&rows[1]).setting, Setting::Community);
    assert_eq!(location(&rows[2]).setting, Setting::Community);
    assert_eq!(rows[3], RegisterRow::OutOfScope { line: 5 });
}

#[test]
fn councils_that_were_split_resolve_to_those_of_today() {
    let council = |changes: &[(&str, &str)]| rated_location(changes).council_code.unwrap();
    let cumbria = ("local_authority", "Cumbria");
    assert_eq!(council(&[cumbria, ("district_code", "E06000064")]), "E06000064");
    assert_eq!(council(&[cumbria, ("district_code", "E07000026")]), "E06000063", "a former district");
    assert_eq!(council(&[cumbria, ("district_code", ""), ("postcode", "LA9 4AA")]), "E06000064");
    assert_eq!(council(&[("local_authority", "East Sussex"), ("district_code", "E07000062")]), "E10000011");
}

#[test]
fn bad_rows_are_refused_with_their_line_and_the_rest_goes_on() {
    let rows = [
        rated(&[("location_id", "")]),
        rated(&[("location_id", "1-100 or so")]),
        rated(&[("rating_published", "2021-02-30")]),
        rated(&[("overall_rating", "Splendid")]),
        rated(&[("postcode", "somewhere")]),
        rated(&[("care_home", "perhaps")]),
        rated(&[("latitude", "")]),
        rated(&[("location_type", ""), ("primary_inspection_category", "-")]),
        rated(&[("provider_name", "-")]),
        rated(&[]) + ",more",
        rated(&[]),
    ];
    let rows = read(RATINGS_HEADER, &rows.join("\n"));
    let reasons: Vec<String> = rows[..10].iter().map(refusal).collect();
    assert_eq!(
        reasons,
        [
            "line 2: the column “location_id” is empty",
            "line 3: “1-100 or so” in the column “location_id” is not a number of the regulator",
            "line 4: “2021-02-30” in the column “rating_published” is not a date",
            "line 5: “Splendid” in the column “overall_rating” is not a rating",
            "line 6: “somewhere” in the column “postcode” is not a postcode",
            "line 7: “perhaps” in the column “care_home” is neither Y nor N",
            "line 8: the latitude “” is not a number of degrees",
            "line 9: neither the location type nor the inspection category is given",
            "line 10: the column “provider_name” is empty",
            "line 11: the row has 23 values where the header has 22",
        ]
    );
    assert_eq!(location(&rows[10]).location_id, "1-100");
}

#[test]
fn bytes_that_are_no_text_cost_one_row() {
    let mut bytes = format!("{RATINGS_HEADER}\n{}\n", rated(&[])).into_bytes();
    bytes.extend(rated(&[("location_name", "Caf?")]).into_bytes().iter().map(|b| if *b == b'?' { 0xE9 } else { *b }));
    bytes.push(b'\n');
    bytes.extend(rated(&[]).into_bytes());
    let rows: Vec<_> = RegisterFile::read(Cursor::new(bytes)).unwrap().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(refusal(&rows[1]), "line 3: value 2 is not UTF-8 text");
}

#[test]
fn a_row_of_the_export_becomes_a_location() {
    let found = location(&read(EXPORT_HEADER, EXPORTED)[0]);
    assert_eq!(found.council_code.as_deref(), Some("E06000023"));
    assert_eq!(found.url, "https://www.cqc.org.uk/location/1-100");
    assert_eq!(found.website, Carried::Known(Some("https://www.example.org".to_owned())));
    assert_eq!(found.brand, Carried::Known(Some("Harbour".to_owned())));
    assert_eq!(found.companies_house, Carried::Known(Some("07488164".to_owned())));
    assert_eq!(found.beds, Carried::Known(Some(12)));
    assert_eq!(found.setting, Setting::CareHome);
    assert_eq!(found.registered_from, Carried::Known(Some(day(2010, 12, 20))));
    assert_eq!(found.dormant, Carried::Known(false));
    assert_eq!(found.address, Carried::NotCarried);
    assert_eq!(found.postcode, Carried::NotCarried, "an empty added column says nothing");
    assert_eq!(
        *found.service_users.known().unwrap(),
        ["Dementia", "Learning disabilities or autistic spectrum disorder"]
    );
    let rating = found.rating.known().unwrap();
    assert_eq!(rating.overall, Some(Rating::RequiresImprovement));
    assert_eq!(rating.published, Carried::NotCarried, "it only repeats the start date");
    let five = rating.sub_ratings.known().unwrap();
    assert_eq!(
        (five.safe, five.effective, five.caring, five.responsive, five.well_led),
        (
            Some(Rating::Good),
            None,
            Some(Rating::Outstanding),
            Some(Rating::Inadequate),
            Some(Rating::InspectedNotRated)
        )
    );
}

#[test]
fn the_export_gives_the_date_of_a_rating_only_where_it_is_one() {
    let row = EXPORTED.replace("12/20/2010 12:00:00 AM", "3/9/2024 12:00:00 AM");
    let found = location(&read(EXPORT_HEADER, &row)[0]);
    assert_eq!(found.rating.known().unwrap().published, Carried::Known(Some(day(2024, 3, 9))));
    let clinic = EXPORTED.replace("Residential social care", "Remote clinical advice");
    assert_eq!(read(EXPORT_HEADER, &clinic), [RegisterRow::OutOfScope { line: 2 }]);
}

#[test]
fn a_row_of_the_directory_becomes_a_location() {
    let found = location(&read(DIRECTORY_HEADER, IN_DIRECTORY)[0]);
    assert_eq!(found.also_known_as, Carried::Known(Some("The Harbour".to_owned())));
    assert_eq!(found.last_report, Carried::Known(Some(day(2024, 4, 3))));
    assert_eq!(*found.service_types.known().unwrap(), ["Care home service with nursing"]);
    assert_eq!(*found.service_users.known().unwrap(), ["Sensory impairment", "Dementia"]);
    assert_eq!(found.ownership, Carried::Known(Some("Partnership".to_owned())));
    assert_eq!(found.setting, Setting::CareHome);
    assert_eq!(found.rating, Carried::NotCarried);
    assert_eq!(found.address.known().unwrap().county.as_deref(), Some("Dorset"));
}

#[test]
fn the_directory_tells_care_by_the_service_types() {
    let dentist = IN_DIRECTORY.replace("\"Nursing homes,Partnership\"", "Dentist");
    let provider = IN_DIRECTORY.replace(",1-100,", ",,");
    let nothing = IN_DIRECTORY.replace("\"Nursing homes,Partnership\"", "Partnership");
    let rows = read(DIRECTORY_HEADER, &(dentist + &provider + &nothing));
    assert_eq!(rows[0], RegisterRow::OutOfScope { line: 2 });
    assert_eq!(refusal(&rows[1]), "line 3: the column “CQC Location ID (for office use only)” is empty");
    assert_eq!(refusal(&rows[2]), "line 4: no service type is given");
}

#[test]
fn what_a_form_does_not_carry_blanks_nothing() {
    let directory = location(&read(DIRECTORY_HEADER, IN_DIRECTORY)[0]);
    let ratings = rated_location(&[]);
    let mut held = ratings.clone();
    held.take(directory.clone(), true);
    assert_eq!(held.rating, ratings.rating);
    assert_eq!(held.brand, ratings.brand);
    assert_eq!(held.website, directory.website);
    assert_eq!(held.address, directory.address);

    let once = held.clone();
    held.take(directory, true);
    assert_eq!(held, once, "the same again changes nothing");
}

#[test]
fn older_data_only_fills_what_nothing_was_said_about() {
    let export = location(&read(EXPORT_HEADER, EXPORTED)[0]);
    let mut held = export.clone();
    held.take(rated_location(&[("location_name", "Old Name"), ("brand_name", "")]), false);
    assert_eq!(held.location_name, "Harbour House");
    assert_eq!(held.rating, export.rating, "an older rating does not come back");
    assert_eq!(held.brand, export.brand);
    assert_eq!(held.postcode.known().unwrap().as_ref().unwrap().as_str(), "DT4 8AA");
}

#[test]
fn a_rating_is_taken_as_one_thing() {
    let export = location(&read(EXPORT_HEADER, EXPORTED)[0]);
    let mut held = rated_location(&[]);
    held.take(export.clone(), true);
    let rating = held.rating.known().unwrap();
    assert_eq!(rating.overall, Some(Rating::RequiresImprovement));
    assert_eq!(rating.published, Carried::NotCarried, "the old date belonged to the old judgement");

    let mut held = rated_location(&[("overall_rating", "Requires improvement")]);
    held.take(export, true);
    let rating = held.rating.known().unwrap();
    assert_eq!(rating.published, Carried::Known(Some(day(2019, 5, 4))), "the same judgement keeps its date");
    assert!(rating.sub_ratings.known().is_some());

    let mut held = rated_location(&[]);
    held.take(rated_location(&[("overall_rating", "Inadequate"), ("rating_published", "2020-01-01")]), false);
    assert_eq!(held.rating.known().unwrap().overall, Some(Rating::Inadequate), "published later than the one held");
}

#[test]
fn the_form_is_known_by_its_header() {
    assert_eq!(open(RATINGS_HEADER, "").form(), Form::Ratings);
    assert_eq!(open(&EXPORT_HEADER.to_uppercase(), "").form(), Form::Export);
    let remarks = format!("CQC directory\n\n\"Extracted on, and so on\"\n{DIRECTORY_HEADER}");
    assert_eq!(read(&remarks, IN_DIRECTORY).len(), 1);
    let RegisterRow::Location { line, .. } = &read(&remarks, IN_DIRECTORY)[0] else { panic!() };
    assert_eq!(*line, 5);

    let error = |text: &str| RegisterFile::read(Cursor::new(text.as_bytes().to_vec())).err().unwrap().to_string();
    let unknown = error("colour,size\nred,1\n");
    assert!(unknown.contains("Its columns: colour, size\n"), "{unknown}");
    assert!(unknown.contains("- monthly ratings, with the columns location_id, "), "{unknown}");
    assert!(error("").contains("none; the file is empty"));
    assert!(error(&"x,".repeat(10_000)).len() < 1_500);
    assert!(RegisterFile::open(std::path::Path::new("no such file")).is_err());
}

#[test]
fn packed_files_are_read_alike() {
    let text = format!("{RATINGS_HEADER}\n{}\n", rated(&[]));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let zstandard = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
    let plain = read(RATINGS_HEADER, &rated(&[]));
    for packed in [gzip.finish().unwrap(), zstandard] {
        let rows: Vec<_> = RegisterFile::read(Cursor::new(packed)).unwrap().map(|row| row.unwrap()).collect();
        assert_eq!(rows, plain);
    }
}

#[test]
fn the_newest_date_is_found_without_trusting_slips_of_the_pen() {
    let rows = [
        rated(&[]),
        rated(&[("rating_published", "2021-01-30")]),
        rated(&[("rating_published", "2091-01-30")]),
        rated(&[("rating_published", "soon")]),
    ];
    let today = day(2026, 11, 22);
    let newest = |header: &str, rows: &str| newest_date(open(header, rows), today).unwrap();
    assert_eq!(newest(RATINGS_HEADER, &rows.join("\n")), Some(day(2021, 1, 30)));
    assert_eq!(newest(RATINGS_HEADER, ""), None);
    assert_eq!(newest(EXPORT_HEADER, EXPORTED), Some(day(2010, 12, 20)));
    assert_eq!(newest(DIRECTORY_HEADER, IN_DIRECTORY), Some(day(2024, 4, 3)));
}

#[test]
fn the_extract_that_the_demo_ships_is_read_whole() {
    let extract: &[u8] = include_bytes!("../demo/register-extract.csv");
    let rows: Vec<_> = RegisterFile::read(Cursor::new(extract)).unwrap().map(|row| row.unwrap()).collect();
    let mut councils: Vec<_> = rows.iter().map(|row| location(row).council_code.unwrap()).collect();
    assert_eq!(councils.len(), 406);
    councils.sort();
    councils.dedup();
    assert_eq!(councils, ["E06000058", "E06000059"]);
}
