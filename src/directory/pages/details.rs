//! What pages show of for whom, where and when a service is, and the form with which a provider says so.

use chrono::{NaiveDate, NaiveTime};
use serde::Serialize;

use crate::calendar;
use crate::directory::{Details, Feature, Listing, confirmed};
use crate::web::parts::{Choice, Fact};

/// A list of boxes.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BoxList {
    /// What is asked.
    pub label: &'static str,
    /// The boxes; the value is the name of the field.
    pub boxes: Vec<Choice>,
    /// Whether it is long, and folded until somebody asks for it.
    pub long: bool,
}

/// The form; template `directory/details.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DetailsPage {
    /// The service.
    pub name: String,
    /// Its own page for its provider.
    pub edit_href: String,
    /// Where the form goes.
    pub action: String,
    /// The version that is shown.
    pub version: i64,
    /// The lists of boxes.
    pub lists: Vec<BoxList>,
    /// From what time.
    pub opens: Option<String>,
    /// Until what time.
    pub closes: Option<String>,
    /// From which age on.
    pub minimum_age: Option<u32>,
    /// Up to which age.
    pub maximum_age: Option<u32>,
    /// How far the provider travels.
    pub reach_miles: Option<u32>,
    /// How many places are free.
    pub places_left: Option<u32>,
    /// How long one waits.
    pub waiting_weeks: Option<u32>,
    /// When it was confirmed.
    pub confirmed: String,
}

/// What is asked of each list.
const QUESTIONS: [(&str, &str); 6] = [
    ("at", "Where is it given?"),
    ("for", "For whom is it?"),
    ("day", "On which days?"),
    ("access", "What has the place?"),
    ("language", "Which languages are spoken?"),
    ("way", "Which other ways of communicating are you used to?"),
];

/// The page of a provider's form.
#[must_use]
pub fn details_page(listing: &Listing, today: NaiveDate) -> DetailsPage {
    let (service, details) = (&listing.service, &listing.service.details);
    let ticked = |one: Feature| Choice::new(one.code(), one.words()).checked(details.features.contains(&one));
    let list = |(list, label): (&str, &'static str)| BoxList {
        label,
        boxes: Feature::all().filter(|one| one.list() == list).map(ticked).collect(),
        long: list == "language",
    };
    let time = |time: NaiveTime| time.format("%H:%M").to_string();
    DetailsPage {
        name: service.words.name.clone(),
        edit_href: format!("/services/{}/edit", service.id),
        action: format!("/services/{}/details", service.id),
        version: service.version,
        lists: QUESTIONS.into_iter().map(list).collect(),
        opens: details.hours.map(|(opens, _)| time(opens)),
        closes: details.hours.map(|(_, closes)| time(closes)),
        minimum_age: details.minimum_age,
        maximum_age: details.maximum_age,
        reach_miles: details.reach_miles,
        places_left: details.places_left,
        waiting_weeks: details.waiting_weeks,
        confirmed: confirmed(service.confirmed_on, today),
    }
}

/// For whom, where and when, as facts; what nobody has said is left out.
pub(super) fn facts(details: &Details) -> Vec<Fact> {
    let listed = |label: &str, list: &'static str| {
        let words: Vec<&str> = details.of_list(list).map(Feature::words).collect();
        (!words.is_empty()).then(|| Fact::new(label, words.join("; ")))
    };
    let free = details.places_left.map(|places| match places {
        1 => "1 place is free".to_owned(),
        places => format!("{places} places are free"),
    });
    let begins =
        details.wait().words().map(|words| Fact::new("When it can begin", words).note(free.unwrap_or_default()));
    let reach = details.reach_miles.map(|miles| Fact::new("How far they travel", format!("{miles} miles")));
    let days = days(details).map(|words| Fact::new("When", words));
    let ages = ages(details).map(|words| Fact::new("Age", words));
    let lists = [listed("For", "for"), listed("Given", "at"), listed("The place has", "access")];
    let spoken = [listed("Languages", "language"), listed("Used to", "way")];
    begins
        .into_iter()
        .chain(days)
        .chain(lists.into_iter().flatten())
        .chain(ages)
        .chain(reach)
        .chain(spoken.into_iter().flatten())
        .collect()
}

/// On which days and between which times.
fn days(details: &Details) -> Option<String> {
    let days: Vec<&str> = details.of_list("day").map(Feature::words).collect();
    let days = match days.len() {
        0 => None,
        7 => Some("Every day".to_owned()),
        _ => Some(days.join(", ")),
    };
    let hours = details.hours.map(|(from, until)| format!("{} to {}", calendar::time(from), calendar::time(until)));
    match (days, hours) {
        (Some(days), Some(hours)) => Some(format!("{days}, {hours}")),
        (days, hours) => days.or(hours),
    }
}

fn ages(details: &Details) -> Option<String> {
    match (details.minimum_age, details.maximum_age) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("From {least} on")),
        (None, Some(most)) => Some(format!("Up to {most}")),
        (None, None) => None,
    }
}
