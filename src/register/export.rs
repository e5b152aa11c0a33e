//! The richer export of locations: service types, people served, beds, sub-ratings, but no address.

use chrono::NaiveDate;

use super::fields::{self, Fields};
use super::{Carried, LocationRating, RegisterLocation, Setting, SubRatings, words};

/// Columns by which the form is known.
pub(super) const COLUMNS: &[&str] = &[
    "Location ID",
    "Location Name",
    "Primary inspection category",
    "Service Types",
    "Location Latest Overall Rating",
    "Service users supported",
];

/// The column of the location's number.
pub(super) const LOCATION_ID: &str = "Location ID";

/// Columns that hold dates.
pub(super) const DATES: &[&str] = &["Publication Date", "Location HSCA start date", "Provider HSCA start date"];

/// Columns that were added from the 2021 file; an empty one says only that the location was not in that file.
const POSTCODE: &str = "postcode (from the 2021-01 file)";
const LATITUDE: &str = "latitude (2021-01)";
const LONGITUDE: &str = "longitude (2021-01)";

/// Whether this inspection category is adult social care.
pub(super) fn is_care_category(category: &str) -> bool {
    matches!(category, "Residential social care" | "Community based adult social care services")
}

/// Adult social care by how it is inspected; a new location that has no category yet is not counted as such.
pub(super) fn in_scope(row: &Fields<'_>) -> bool {
    is_care_category(row.text("Primary inspection category"))
}

/// The location of a row.
///
/// # Errors
/// The reason why the row cannot be taken.
pub(super) fn location(row: &Fields<'_>) -> Result<RegisterLocation, String> {
    let location_id = row.number_of(LOCATION_ID)?;
    let postcode = row.postcode(POSTCODE)?;
    let council = row.council("Location Local Authority", "", postcode.as_ref());
    let service_types = words::service_types(row.text("Service Types"));
    let beds = row.whole_number("Care homes beds")?.filter(|beds| *beds > 0);
    let care_home = beds.is_some() || words::any_care_home(&service_types);
    let registered_from = row.date("Location HSCA start date")?;
    Ok(RegisterLocation {
        location_name: row.required("Location Name")?,
        provider_id: row.number_of("Provider ID")?,
        provider_name: row.required("Provider Name")?,
        setting: if care_home { Setting::CareHome } else { Setting::Community },
        cqc_council_name: row.some("Location Local Authority"),
        council_code: council.map(|council| council.code.clone()),
        region: fields::region(council, row.some("Location ADASS Region")),
        url: fields::regulator_page("", &location_id),
        brand: row.carried("Brand Name").map(fields::brand),
        also_known_as: Carried::NotCarried,
        address: Carried::NotCarried,
        postcode: postcode.map_or(Carried::NotCarried, |postcode| Carried::Known(Some(postcode))),
        point: row.point(LATITUDE, LONGITUDE)?.map_or(Carried::NotCarried, |point| Carried::Known(Some(point))),
        rating: Carried::Known(rating(row, registered_from)?),
        last_report: Carried::NotCarried,
        website: row.carried("Location Web Address").map(fields::website),
        service_types: Carried::Known(service_types),
        service_users: Carried::Known(words::service_users(row.text("Service users supported"))),
        beds: Carried::Known(beds),
        registered_from: Carried::Known(registered_from),
        registered_until: Carried::Known(row.date("Location HSCA end date")?),
        dormant: row.yes_or_no("Dormant")?.map_or(Carried::NotCarried, Carried::Known),
        companies_house: row.carried("Provider Companies House Number").map(fields::companies_house),
        ownership: row.carried("Provider Ownership Type"),
        location_id,
    })
}

fn rating(row: &Fields<'_>, registered_from: Option<NaiveDate>) -> Result<LocationRating, String> {
    // In the file at hand "Publication Date" repeats the start date in every row, rated or not, so a date that equals
    // it is not the date of a rating.
    let published = row.date("Publication Date")?.filter(|date| Some(*date) != registered_from);
    Ok(LocationRating {
        overall: row.rating("Location Latest Overall Rating")?,
        published: published.map_or(Carried::NotCarried, |date| Carried::Known(Some(date))),
        inherited: Carried::NotCarried,
        sub_ratings: Carried::Known(SubRatings {
            safe: row.rating("Location safe rating")?,
            effective: row.rating("Location effective rating")?,
            caring: row.rating("Location caring rating")?,
            responsive: row.rating("Location responsive rating")?,
            well_led: row.rating("Location well-led rating")?,
        }),
    })
}
