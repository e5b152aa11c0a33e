//! The councils of England: which of them answers for adult social care at a place, today.
//!
//! Two-tier counties and their districts, councils that were replaced, and the regulator's own spellings all meet here.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::OnceLock;

use super::outcodes::Country;
use super::{Outcode, rows::Rows};

/// mySociety, UK local authority names and codes 1.6.1, CC BY 4.0; with Barnsley's and Sheffield's codes of April 2025.
const COUNCILS: &[u8] = include_bytes!("councils.csv");
/// From the same source: councils that are no more, with those that took over, down to the present ones.
const FORMER: &[u8] = include_bytes!("former_councils.csv");

/// What sort of council it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CouncilKind {
    /// One of the districts of a two-tier county; its county has the duty of adult social care.
    District,
    /// A county council above districts.
    County,
    /// A unitary authority.
    Unitary,
    /// A metropolitan district.
    Metropolitan,
    /// A London borough, or the City of London.
    London,
}

/// A council of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Council {
    /// The code of the Office for National Statistics, such as `E06000059`.
    pub code: String,
    /// The short name, such as "Dorset Council" or "Camden".
    pub name: String,
    /// How the regulator writes it; only for councils with the duty of adult social care.
    pub cqc_name: Option<String>,
    /// The full name, such as "London Borough of Camden".
    pub official_name: String,
    /// What sort of council it is.
    pub kind: CouncilKind,
    /// The region of England.
    pub region: String,
    /// Whether it has the duty of adult social care itself.
    pub adult_social_care: bool,
    /// The code of the council with that duty here: its county for a district, else itself.
    pub adult_social_care_code: String,
    /// Codes that this same council had before.
    pub former_codes: Vec<String>,
    /// Other ways of writing its name.
    pub other_names: Vec<String>,
}

/// The tables and the ways into them, built once.
struct Tables {
    councils: Vec<Council>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    successors_by_code: HashMap<String, Vec<usize>>,
    successors_by_name: HashMap<String, Vec<usize>>,
}

/// All councils of today, by code.
#[must_use]
pub fn councils() -> &'static [Council] {
    &tables().councils
}

/// The 153 councils with the duty of adult social care, by code.
pub fn councils_with_adult_social_care() -> impl Iterator<Item = &'static Council> {
    councils().iter().filter(|council| council.adult_social_care)
}

/// The council with this code; a former code leads to the one council that took over, or to nothing if several did.
#[must_use]
pub fn council_by_code(code: &str) -> Option<&'static Council> {
    let tables = tables();
    let code = code.trim().to_ascii_uppercase();
    let now = tables.by_code.get(&code).copied();
    let index = now.or_else(|| match tables.successors_by_code.get(&code)?.as_slice() {
        [only] => Some(*only),
        _ => None,
    })?;
    tables.councils.get(index)
}

/// The council with the duty of adult social care that the regulator, or anyone, calls by this name.
///
/// All spellings met in the regulator's files are known: "Bristol, City of", "Bristol" and "City of Bristol" are one.
#[must_use]
pub fn council_by_cqc_name(name: &str) -> Option<&'static Council> {
    let tables = tables();
    let index = tables.by_name.get(&plain(name))?;
    tables.councils.get(*index)
}

/// The council, with or without the duty of adult social care, that anybody calls by this name, however it is spelt.
#[must_use]
pub fn council_by_any_name(name: &str) -> Option<&'static Council> {
    static DISTRICTS: OnceLock<HashMap<String, usize>> = OnceLock::new();
    let tables = tables();
    let districts = DISTRICTS.get_or_init(|| {
        let names = tables.councils.iter().enumerate().flat_map(|(index, council)| {
            let short = council.official_name.trim_end_matches(" Council");
            let own = [council.name.as_str(), council.official_name.as_str(), short];
            own.into_iter().chain(council.other_names.iter().map(String::as_str)).map(move |name| (plain(name), index))
        });
        names.filter(|(name, _)| !name.is_empty()).collect()
    });
    let name = plain(name);
    let index = tables.by_name.get(&name).or_else(|| districts.get(&name))?;
    tables.councils.get(*index)
}

/// The council with the duty of adult social care where this council lies: the county for a district, else itself.
#[must_use]
pub fn adult_social_care_council(code: &str) -> Option<&'static Council> {
    council_by_code(&council_by_code(code)?.adult_social_care_code)
}

/// The council with the duty of adult social care for a location in the register.
///
/// The regulator's own name decides where it names a council of today. Where that council is no more (Cumbria and
/// Northamptonshire were split), the district decides, then the outcode if it lies in one of the councils that took
/// over. Where no name is given, the district or an outcode within a single council decides.
#[must_use]
pub fn council_of_location(
    cqc_name: Option<&str>,
    district_code: Option<&str>,
    outcode: Option<&Outcode>,
) -> Option<&'static Council> {
    if let Some(council) = cqc_name.and_then(council_by_cqc_name) {
        return Some(council);
    }
    if let Some(council) = district_code.and_then(adult_social_care_council) {
        return Some(council);
    }
    let place = outcode.and_then(Outcode::place);
    let place = place.filter(|place| place.country == Country::England);
    let there = place.and_then(|place| adult_social_care_council(place.main_council_code));
    match cqc_name.map_or(&[][..], successors_by_name) {
        [] => there.filter(|_| place.is_some_and(|place| place.only_one_council)),
        [only] => Some(*only),
        several => there.filter(|council| several.contains(council)),
    }
}

/// The councils that took over from the one of this name.
fn successors_by_name(name: &str) -> &'static [&'static Council] {
    static RESOLVED: OnceLock<HashMap<String, Vec<&'static Council>>> = OnceLock::new();
    let resolved = RESOLVED.get_or_init(|| {
        let tables = tables();
        let of = |indexes: &Vec<usize>| {
            let found = indexes.iter().filter_map(|index| tables.councils.get(*index));
            found.collect()
        };
        let names = tables.successors_by_name.iter();
        names.map(|(name, indexes)| (name.clone(), of(indexes))).collect()
    });
    resolved.get(&plain(name)).map_or(&[], Vec::as_slice)
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let councils: Vec<Council> = shipped_rows(COUNCILS).filter_map(|row| council(&row)).collect();
        let mut tables = Tables {
            by_code: by_code(&councils),
            by_name: by_name(&councils),
            councils,
            successors_by_code: HashMap::new(),
            successors_by_name: HashMap::new(),
        };
        for row in shipped_rows(FORMER) {
            add_former(&mut tables, &row);
        }
        tables
    })
}

/// The rows of a shipped table without its header. The tests see to it that every row is taken.
pub(super) fn shipped_rows(table: &'static [u8]) -> impl Iterator<Item = Vec<String>> {
    let rows = Rows::open(Cursor::new(table)).into_iter().flatten();
    rows.filter_map(|row| row.ok()?.ok()).skip(1).map(|row| row.values)
}

fn council(row: &[String]) -> Option<Council> {
    let [code, name, cqc_name, official_name, kind, region, duty, duty_code, _, former, others] = row else {
        return None;
    };
    let kind = match kind.as_str() {
        "Non-metropolitan district" => CouncilKind::District,
        "County" => CouncilKind::County,
        "Unitary authority" => CouncilKind::Unitary,
        "Metropolitan district" => CouncilKind::Metropolitan,
        "London borough" | "City corporation" => CouncilKind::London,
        _ => return None,
    };
    Some(Council {
        code: code.clone(),
        name: name.clone(),
        cqc_name: (!cqc_name.is_empty()).then(|| cqc_name.clone()),
        official_name: official_name.clone(),
        kind,
        region: region.clone(),
        adult_social_care: duty == "Y",
        adult_social_care_code: duty_code.clone(),
        former_codes: parts(former),
        other_names: parts(others),
    })
}

fn parts(list: &str) -> Vec<String> {
    let parts = list.split(';').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn by_code(councils: &[Council]) -> HashMap<String, usize> {
    let mut map = HashMap::new();
    for (index, council) in councils.iter().enumerate() {
        for code in std::iter::once(&council.code).chain(&council.former_codes) {
            map.insert(code.clone(), index);
        }
    }
    map
}

/// Names of the councils with the duty; the regulator's spelling comes first, loose alternatives last.
fn by_name(councils: &[Council]) -> HashMap<String, usize> {
    let mut map = HashMap::new();
    let with_duty = || councils.iter().enumerate().filter(|(_, council)| council.adult_social_care);
    let mut add = |name: &str, index: usize| {
        let name = plain(name);
        if !name.is_empty() {
            map.entry(name).or_insert(index);
        }
    };
    for (index, council) in with_duty() {
        add(council.cqc_name.as_deref().unwrap_or_default(), index);
    }
    for (index, council) in with_duty() {
        add(&council.name, index);
        add(&council.official_name, index);
        add(council.official_name.trim_end_matches(" Council"), index);
    }
    for (index, council) in with_duty() {
        for name in &council.other_names {
            add(name, index);
        }
    }
    map
}

fn add_former(tables: &mut Tables, row: &[String]) {
    let [code, name, successors] = row else {
        return;
    };
    let successors = parts(successors);
    let indexes = successors.iter().filter_map(|code| tables.by_code.get(code));
    let indexes: Vec<usize> = indexes.copied().collect();
    let with_duty = |index: &usize| {
        let council = tables.councils.get(*index)?;
        tables.by_code.get(&council.adult_social_care_code).copied()
    };
    let duty = indexes.iter().filter_map(with_duty).collect();
    tables.successors_by_name.insert(plain(name), duty);
    tables.successors_by_code.insert(code.clone(), indexes);
}

/// A name for comparing: lower case, letters and digits only, "&" as "and".
fn plain(name: &str) -> String {
    let name = name.replace('&', " and ").to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<&str>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_tables_are_whole() {
        assert_eq!(councils().len(), 317);
        assert_eq!(councils_with_adult_social_care().count(), 153);
        assert_eq!(tables().successors_by_code.len(), 48);
        assert!(tables().successors_by_code.values().all(|now| !now.is_empty()));
        assert!(tables().successors_by_name.values().all(|now| !now.is_empty()));
        for council in councils() {
            let duty = adult_social_care_council(&council.code).unwrap();
            assert!(duty.adult_social_care, "{}", council.name);
            assert_eq!(duty.code, council.adult_social_care_code);
        }
    }

    #[test]
    fn a_district_leads_to_its_county() {
        assert_eq!(adult_social_care_council("E07000062").unwrap().name, "East Sussex");
        assert_eq!(adult_social_care_council("e06000059").unwrap().name, "Dorset Council");
        assert_eq!(adult_social_care_council("S12000033"), None);
    }

    #[test]
    fn former_codes_lead_to_the_council_that_took_over() {
        assert_eq!(council_by_code("E08000016").unwrap().name, "Barnsley");
        assert_eq!(council_by_code("E07000100").unwrap().name, "St Albans");
        assert_eq!(adult_social_care_council("E07000026").unwrap().name, "Cumberland");
        assert_eq!(adult_social_care_council("E07000190").unwrap().name, "Somerset");
        assert_eq!(council_by_code("E10000006"), None, "Cumbria was split");
    }

    #[test]
    fn every_spelling_of_the_regulator_is_known() {
        for (name, code) in [
            ("Dorset", "E06000059"),
            ("Bristol, City of", "E06000023"),
            ("Bristol", "E06000023"),
            ("Bedford Borough", "E06000055"),
            ("Kingston upon Hull, City of", "E06000010"),
            ("Kingston upon Hull", "E06000010"),
            ("Durham", "E06000047"),
            ("Herefordshire", "E06000019"),
            ("Bournemouth, Christchurch & Poole", "E06000058"),
        ] {
            assert_eq!(council_by_cqc_name(name).unwrap().code, code, "{name}");
        }
        assert_eq!(council_by_cqc_name("Cumbria"), None);
        assert_eq!(council_by_cqc_name(""), None);
        for council in councils_with_adult_social_care() {
            let name = council.cqc_name.as_deref().unwrap();
            assert_eq!(council_by_cqc_name(name), Some(council));
        }
    }

    #[test]
    fn split_councils_resolve_by_district_then_by_outcode() {
        let found = |name, district, outcode: Option<&str>| {
            let outcode = outcode.map(|text| Outcode::parse(text).unwrap());
            council_of_location(name, district, outcode.as_ref()).map(|council| council.name.as_str())
        };
        let cumbria = Some("Cumbria");
        assert_eq!(found(cumbria, Some("E06000063"), None), Some("Cumberland"));
        assert_eq!(found(cumbria, Some("E07000031"), None), Some("Westmorland and Furness"));
        assert_eq!(found(cumbria, None, Some("CA28")), Some("Cumberland"));
        assert_eq!(found(cumbria, None, Some("LA9")), Some("Westmorland and Furness"));
        assert_eq!(found(cumbria, None, Some("DT1")), None, "not in what was Cumbria");
        assert_eq!(found(cumbria, None, None), None);
        assert_eq!(found(Some("Northamptonshire"), None, Some("NN14")), Some("North Northamptonshire"));
        assert_eq!(found(Some("Poole"), None, None), Some("Bournemouth, Christchurch and Poole"));
    }

    #[test]
    fn the_regulators_name_wins_over_the_district() {
        let council = council_of_location(Some("Hertfordshire"), Some("E09000015"), None);
        assert_eq!(council.unwrap().name, "Hertfordshire");
        let council = council_of_location(None, Some("E09000015"), None);
        assert_eq!(council.unwrap().name, "Harrow");
        let outcode = Outcode::parse("DT1").unwrap();
        assert_eq!(council_of_location(None, None, Some(&outcode)).unwrap().code, "E06000059");
        assert_eq!(council_of_location(None, None, Some(&Outcode::parse("AB10").unwrap())), None);
        assert_eq!(council_of_location(None, None, None), None);
    }
}
