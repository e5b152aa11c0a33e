//! The first halves of all postcodes of the United Kingdom, with the middle of each.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::councils::shipped_rows;
use super::points::Point;

/// Worked out from the ONS Postcode Directory, November 2025, OGL v3.0: the median point of each outcode's postcodes.
/// Ended outcodes are in it; the Isle of Man, Jersey and Guernsey are not.
const OUTCODES: &[u8] = include_bytes!("outcodes.csv");

/// A country of the United Kingdom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Country {
    /// England.
    England,
    /// Northern Ireland.
    NorthernIreland,
    /// Scotland.
    Scotland,
    /// Wales.
    Wales,
}

/// What is known of an outcode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcodePlace {
    /// The outcode in its proper spelling.
    pub outcode: &'static str,
    /// The middle of its postcodes.
    pub point: Point,
    /// The country.
    pub country: Country,
    /// The code of the district or unitary council in which most of its postcodes lie.
    pub main_council_code: &'static str,
    /// Whether all its postcodes lie in that council.
    pub only_one_council: bool,
}

/// The place of an outcode in its proper spelling, such as `DT1`; nothing if there is no such outcode.
#[must_use]
pub fn outcode(outcode: &str) -> Option<&'static OutcodePlace> {
    table().get(outcode)
}

/// All outcodes, in no particular order.
pub fn outcodes() -> impl Iterator<Item = &'static OutcodePlace> {
    table().values()
}

fn table() -> &'static HashMap<&'static str, OutcodePlace> {
    static TABLE: OnceLock<HashMap<&'static str, OutcodePlace>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let places = shipped_rows(OUTCODES).filter_map(place);
        places.map(|place| (place.outcode, place)).collect()
    })
}

fn place(row: Vec<String>) -> Option<OutcodePlace> {
    let [outcode, easting, northing, country, council, only] = row.try_into().ok()?;
    let country = match country.as_str() {
        "England" => Country::England,
        "Northern Ireland" => Country::NorthernIreland,
        "Scotland" => Country::Scotland,
        "Wales" => Country::Wales,
        _ => return None,
    };
    Some(OutcodePlace {
        // Leaked once for the life of the program, as the table itself is.
        outcode: outcode.leak(),
        point: Point { easting: easting.parse().ok()?, northing: northing.parse().ok()? },
        country,
        main_council_code: council.leak(),
        only_one_council: only == "Y",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::{Outcode, council_by_code, distance_metres};

    #[test]
    fn the_shipped_table_is_whole() {
        assert_eq!(outcodes().count(), 3_078);
        for place in outcodes() {
            let read = Outcode::parse(place.outcode).unwrap();
            assert_eq!(read.place(), Some(place));
            if place.country == Country::England {
                assert!(council_by_code(place.main_council_code).is_some(), "{place:?}");
            }
        }
    }

    #[test]
    fn outcodes_lie_where_they_should() {
        let dorchester = outcode("DT1").unwrap();
        let weymouth = outcode("DT4").unwrap();
        let metres = distance_metres(dorchester.point, weymouth.point);
        assert!((10_000..14_000).contains(&metres), "{metres}");
        assert!(dorchester.only_one_council);
        assert_eq!(outcode("AB10").unwrap().country, Country::Scotland);
        assert_eq!(outcode("ZZ99"), None);
        assert_eq!(outcode("dt1"), None, "the proper spelling only; Outcode::parse makes it");
    }
}
