//! The public directory: address, website and service types of locations of every kind, but no ratings.

use super::fields::{self, Fields};
use super::{Carried, RegisterAddress, RegisterLocation, Setting, words};

/// Columns by which the form is known.
pub(super) const COLUMNS: &[&str] = &[
    "Name",
    "Postcode",
    "CQC Provider ID (for office use only)",
    "CQC Location ID (for office use only)",
    "Service types",
    "Provider name",
];

/// The column of the location's number.
pub(super) const LOCATION_ID: &str = "CQC Location ID (for office use only)";

/// Columns that hold dates.
pub(super) const DATES: &[&str] = &["Report publication date"];

/// Adult social care by the kinds of service.
///
/// # Errors
/// When no kind is given at all.
pub(super) fn in_scope(row: &Fields<'_>) -> Result<bool, String> {
    let types = words::service_types(row.text("Service types"));
    if types.is_empty() {
        return Err("no service type is given".to_owned());
    }
    Ok(words::any_adult_social_care(&types))
}

/// The location of a row.
///
/// # Errors
/// The reason why the row cannot be taken.
pub(super) fn location(row: &Fields<'_>) -> Result<RegisterLocation, String> {
    let location_id = row.number_of(LOCATION_ID)?;
    let postcode = row.postcode("Postcode")?;
    let council = row.council("Local authority", "district_code", postcode.as_ref());
    let service_types = words::service_types(row.text("Service types"));
    let care_home = words::any_care_home(&service_types);
    // The point is not the regulator's: it was added from the postcode where the postcode was known.
    let point = row.point("latitude", "longitude")?;
    Ok(RegisterLocation {
        location_name: row.required("Name")?,
        provider_id: row.number_of("CQC Provider ID (for office use only)")?,
        provider_name: row.required("Provider name")?,
        setting: if care_home { Setting::CareHome } else { Setting::Community },
        cqc_council_name: row.some("Local authority"),
        council_code: council.map(|council| council.code.clone()),
        region: fields::region(council, row.some("Region")),
        url: fields::regulator_page(row.text("URL"), &location_id),
        brand: Carried::NotCarried,
        also_known_as: row.carried("Also known as"),
        address: Carried::Known(RegisterAddress {
            lines: [row.some("Address 1"), row.some("Address 2")].into_iter().flatten().collect(),
            town: row.some("Town/City"),
            county: row.some("County"),
        }),
        postcode: Carried::Known(postcode),
        point: point.map_or(Carried::NotCarried, |point| Carried::Known(Some(point))),
        rating: Carried::NotCarried,
        last_report: Carried::Known(row.date("Report publication date")?),
        website: row.carried("Website").map(fields::website),
        service_types: Carried::Known(service_types),
        service_users: Carried::Known(words::service_users(row.text("Specialisms/services"))),
        beds: Carried::NotCarried,
        registered_from: Carried::NotCarried,
        registered_until: Carried::NotCarried,
        dormant: Carried::NotCarried,
        companies_house: Carried::NotCarried,
        ownership: ownership(row),
        location_id,
    })
}

/// The ownership, where the directory puts it among the service types.
fn ownership(row: &Fields<'_>) -> Carried<Option<String>> {
    let mut pieces = row.text("Service types").split(',').map(str::trim);
    let found = pieces.find_map(|piece| words::OWNERSHIPS.iter().find(|known| known.eq_ignore_ascii_case(piece)));
    found.map_or(Carried::NotCarried, |known| Carried::Known(Some((*known).to_owned())))
}
