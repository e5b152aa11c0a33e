//! The monthly ratings: every location with an overall rating, one row each.

use super::fields::{self, Fields};
use super::{Carried, LocationRating, RegisterAddress, RegisterLocation, Setting};

/// Columns by which the form is known.
pub(super) const COLUMNS: &[&str] =
    &["location_id", "location_type", "primary_inspection_category", "overall_rating", "rating_published"];

/// The column of the location's number.
pub(super) const LOCATION_ID: &str = "location_id";

/// Columns that hold dates.
pub(super) const DATES: &[&str] = &["rating_published"];

/// Adult social care by the type of the location or by how it is inspected.
///
/// # Errors
/// When neither is given.
pub(super) fn in_scope(row: &Fields<'_>) -> Result<bool, String> {
    let (location_type, category) = (row.text("location_type"), row.text("primary_inspection_category"));
    if location_type.is_empty() && category.is_empty() {
        return Err("neither the location type nor the inspection category is given".to_owned());
    }
    Ok(location_type == "Social Care Org" || super::export::is_care_category(category))
}

/// The location of a row.
///
/// # Errors
/// The reason why the row cannot be taken.
pub(super) fn location(row: &Fields<'_>) -> Result<RegisterLocation, String> {
    let location_id = row.number_of(LOCATION_ID)?;
    let postcode = row.postcode("postcode")?;
    let council = row.council("local_authority", "district_code", postcode.as_ref());
    let care_home = row.yes_or_no("care_home")?.unwrap_or_default();
    Ok(RegisterLocation {
        location_name: row.required("location_name")?,
        provider_id: row.number_of("provider_id")?,
        provider_name: row.required("provider_name")?,
        setting: if care_home { Setting::CareHome } else { Setting::Community },
        cqc_council_name: row.some("local_authority"),
        council_code: council.map(|council| council.code.clone()),
        region: fields::region(council, row.some("region")),
        url: fields::regulator_page(row.text("url"), &location_id),
        brand: row.carried("brand_name").map(fields::brand),
        also_known_as: Carried::NotCarried,
        address: Carried::Known(RegisterAddress {
            lines: [row.some("street"), row.some("address_2")].into_iter().flatten().collect(),
            town: row.some("city"),
            county: None,
        }),
        postcode: Carried::Known(postcode),
        point: Carried::Known(row.point("latitude", "longitude")?),
        rating: Carried::Known(LocationRating {
            overall: row.rating("overall_rating")?,
            published: Carried::Known(row.date("rating_published")?),
            inherited: Carried::Known(row.yes_or_no("rating_inherited")?.unwrap_or_default()),
            sub_ratings: Carried::NotCarried,
        }),
        last_report: Carried::NotCarried,
        website: Carried::NotCarried,
        service_types: Carried::NotCarried,
        service_users: Carried::NotCarried,
        beds: Carried::NotCarried,
        registered_from: Carried::NotCarried,
        registered_until: Carried::NotCarried,
        dormant: Carried::NotCarried,
        companies_house: Carried::NotCarried,
        ownership: Carried::NotCarried,
        location_id,
    })
}
