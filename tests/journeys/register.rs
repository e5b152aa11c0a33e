//! The register and the postcodes: imported from the files as they come, again, older, newer, broken off.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use tailormade::directory::import::{self, Event, Options, Source, Summary};
use tailormade::directory::store::register::location;
use tailormade::error::Error;
use tailormade::places::{Postcode, store::place_of};
use tailormade::register::Rating;

use crate::support::app::{Engine, FreshDb, fast_folder};
use crate::support::parts;

const RATINGS: &str = "location_id,location_name,provider_id,provider_name,brand_name,care_home,location_type,\
primary_inspection_category,street,address_2,city,postcode,local_authority,region,overall_rating,rating_published,\
rating_inherited,url,latitude,longitude,district_code,point_from\n";

fn rated(id: &str, name: &str, rating: &str, published: &str) -> String {
    format!(
        "{id},{name},1-9,Harbour Care Limited,,N,Social Care Org,Community based adult social care services,\
         1 Quay Road,,Dorchester,DT1 1XJ,Dorset,South West,{rating},{published},N,\
         https://www.cqc.org.uk/location/{id},50.7148,-2.4377,E06000059,source\n"
    )
}

/// A database of its own, with the files that a test writes.
struct Place {
    folder: tempfile::TempDir,
    fresh: FreshDb,
}

impl Place {
    fn new(engine: Engine) -> Self {
        Self { folder: fast_folder(), fresh: FreshDb::new(engine) }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    fn try_cqc(&self, file: &Path, options: Options) -> Result<(Summary, Vec<String>), Error> {
        let mut refused = vec![];
        let mut tell = |event: Event<'_>| {
            if let Event::Refused { row, .. } = event {
                refused.push(row.to_string());
            }
        };
        let source = [Source::File(file.to_owned())];
        import::cqc(&self.fresh.db, &source, options, day("2026-11-22"), &mut tell).map(|summary| (summary, refused))
    }

    fn cqc(&self, file: &Path) -> Summary {
        self.try_cqc(file, Options::default()).unwrap().0
    }

    fn whole(&self, file: &Path) -> Summary {
        self.try_cqc(file, Options { as_of: None, whole: true }).unwrap().0
    }

    fn rating(&self, number: &str) -> Option<Rating> {
        let number = number.to_owned();
        let found = self.fresh.db.read_now(|tx| location(tx, &number)).unwrap()?;
        found.rating.known()?.overall
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn counts(summary: &Summary) -> [u64; 6] {
    [summary.read, summary.imported, summary.updated, summary.unchanged, summary.out_of_scope, summary.refused]
}

#[test]
fn a_file_goes_in_once_and_older_data_never_overwrites_newer() {
    Engine::all().into_iter().for_each(a_file_goes_in_once_and_older_data_never_overwrites_newer_on);
}

fn a_file_goes_in_once_and_older_data_never_overwrites_newer_on(engine: Engine) {
    let place = Place::new(engine);
    let newer = place.file(
        "newer.csv",
        &(RATINGS.to_owned()
            + &rated("1-1", "Harbour", "Good", "2020-05-01")
            + &rated("1-2", "Quay", "Good", "2020-06-01")),
    );
    assert_eq!(counts(&place.cqc(&newer)), [2, 2, 0, 0, 0, 0]);
    assert_eq!(counts(&place.cqc(&newer)), [2, 0, 0, 2, 0, 0]);
    let older = place.file(
        "older.csv",
        &(RATINGS.to_owned()
            + &rated("1-1", "Old name", "Inadequate", "2018-05-01")
            + &rated("1-3", "New", "Good", "2018-01-01")),
    );
    assert_eq!(counts(&place.cqc(&older)), [2, 1, 0, 1, 0, 0]);
    assert_eq!(place.rating("1-1"), Some(Rating::Good));
    let newest =
        place.file("newest.csv", &(RATINGS.to_owned() + &rated("1-1", "Harbour", "Outstanding", "2021-01-01")));
    assert_eq!(counts(&place.cqc(&newest)), [1, 0, 1, 0, 0, 0]);
    assert_eq!(place.rating("1-1"), Some(Rating::Outstanding));
}

#[test]
fn a_bad_row_is_refused_by_its_line_and_the_rest_goes_in() {
    Engine::all().into_iter().for_each(a_bad_row_is_refused_by_its_line_and_the_rest_goes_in_on);
}

fn a_bad_row_is_refused_by_its_line_and_the_rest_goes_in_on(engine: Engine) {
    let place = Place::new(engine);
    let text = RATINGS.to_owned()
        + &rated("1-1", "Harbour", "Good", "2020-05-01")
        + &rated("1-2", "Quay", "Splendid", "2020-05-01")
        + "1-3,too short\n"
        + &rated("1-1", "Twice", "Good", "2020-05-01")
        + &rated("1-4", "Last", "Good", "2020-05-01")
            .replace("Social Care Org", "Dental")
            .replace("Community based adult social care services", "Dentists");
    let file = place.file("bad.csv", &text);
    let (summary, refused) = place.try_cqc(&file, Options::default()).unwrap();
    assert_eq!(counts(&summary), [5, 1, 0, 0, 1, 3]);
    assert_eq!(
        refused,
        [
            "line 3: “Splendid” in the column “overall_rating” is not a rating",
            "line 4: the row has 2 values where the header has 22",
            "line 5: the location 1-1 was already in this file",
        ]
    );
    let other = place.file("other.csv", "a,b\n1,2\n");
    let refusal = place.try_cqc(&other, Options::default()).unwrap_err().to_string();
    assert!(refusal.contains("not a file of the regulator"), "{refusal}");
    let nothing = place.folder.path().join("nothing.csv");
    assert!(matches!(place.try_cqc(&nothing, Options::default()), Err(Error::Refused(_))));
}

#[test]
fn only_a_whole_register_marks_what_is_missing() {
    Engine::all().into_iter().for_each(only_a_whole_register_marks_what_is_missing_on);
}

fn only_a_whole_register_marks_what_is_missing_on(engine: Engine) {
    let place = Place::new(engine);
    let both =
        RATINGS.to_owned() + &rated("1-1", "One", "Good", "2020-05-01") + &rated("1-2", "Two", "Good", "2020-05-01");
    let one = RATINGS.to_owned() + &rated("1-1", "One", "Good", "2020-05-01");
    let (both, one) = (place.file("both.csv", &both), place.file("one.csv", &one));
    place.cqc(&both);
    place.cqc(&one);
    assert_eq!(place.rating("1-2"), Some(Rating::Good));
    assert_eq!(place.whole(&one).no_longer_registered, 1);
    assert_eq!(place.rating("1-2"), None);
    assert_eq!(place.whole(&one).no_longer_registered, 0);
    // A row that is refused is in the file all the same.
    let refused = RATINGS.to_owned() + &rated("1-1", "One", "Splendid", "2020-05-01");
    let refused = place.file("refused.csv", &refused);
    let options = Options { as_of: Some(day("2020-06-01")), whole: true };
    assert_eq!(place.try_cqc(&refused, options).unwrap().0.no_longer_registered, 0);
    assert_eq!(place.rating("1-1"), Some(Rating::Good));
    assert_eq!(counts(&place.cqc(&both)), [2, 0, 1, 1, 0, 0]);
    assert_eq!(place.rating("1-2"), Some(Rating::Good));
}

#[test]
fn postcodes_go_in_once_and_move_when_the_file_says_so() {
    Engine::all().into_iter().for_each(postcodes_go_in_once_and_move_when_the_file_says_so_on);
}

fn postcodes_go_in_once_and_move_when_the_file_says_so_on(engine: Engine) {
    let place = Place::new(engine);
    let header = "postcode,latitude,longitude,la_code\n";
    let import = |name: &str, rows: &str| {
        let file = place.file(name, &format!("{header}{rows}"));
        let mut refused = vec![];
        let mut tell = |event: Event<'_>| {
            if let Event::Refused { row, .. } = event {
                refused.push(row.to_string());
            }
        };
        let summary = import::postcodes(&place.fresh.db, &Source::File(file), &mut tell).unwrap();
        (counts(&summary), refused)
    };
    let rows = "DT1 1XJ,50.7148,-2.4377,E06000059\nDT1 1XZ,50.7150,-2.4370,E06000059\n";
    assert_eq!(import("a.csv", rows), ([2, 2, 0, 0, 0, 0], vec![]));
    assert_eq!(import("b.csv", rows), ([2, 0, 0, 2, 0, 0], vec![]));
    let moved = "DT1 1XJ,50.7200,-2.4377,E06000059\n\ndt11xj,50.7,-2.4,E06000059\nnonsense,50.7,-2.4,E06000059\n";
    let refused = [
        "line 4: the postcode DT1 1XJ was already in this file",
        "line 5: “nonsense” is not a postcode. Enter one like DT1 1XJ",
    ];
    assert_eq!(import("c.csv", moved), ([3, 0, 1, 0, 0, 2], refused.map(str::to_owned).to_vec()));
    let found = place.fresh.db.read_now(|tx| place_of(tx, &Postcode::parse("DT1 1XJ").unwrap())).unwrap();
    assert_eq!(found.unwrap().1, "E06000059");
}

#[test]
fn the_whole_ratings_file_goes_in_and_the_newer_forms_after_it() {
    let Some(data) = parts::data() else { return };
    for engine in Engine::all() {
        let place = Place::new(engine);
        let ratings = data.join("cqc_locations_2021-01.csv.gz");
        assert_eq!(counts(&place.cqc(&ratings)), [31_966, 23_131, 0, 0, 8_835, 0]);
        let export = place.cqc(&data.join("cqc_asc_locations_2025-08_first_999.csv"));
        assert_eq!((export.read, export.imported + export.updated + export.unchanged), (999, 987));
        let directory = place.cqc(&data.join("cqc_directory_2025-08_sample.csv"));
        assert_eq!((directory.read, directory.imported + directory.updated + directory.unchanged), (330, 148));
        assert_eq!(counts(&place.cqc(&ratings)), [31_966, 0, 0, 23_131, 8_835, 0]);
    }
}
