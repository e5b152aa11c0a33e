//! What may be listed, in which words it is found, and what it costs whom.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Category, Entry, ListedVat, ShownRating, Source};
use crate::ids::RegisterLocationId;
use crate::places::council_by_code;
use crate::register::{Carried, RegisterLocation, SERVICE_TYPES, Setting};

/// The longest text that is searched by words, in words: what is beyond adds nothing that anybody looks for.
const MOST_WORDS: usize = 200;

/// The words of a text as the search compares them: lower case, letters and digits only.
pub fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Everything that an entry is found by, each word once, in one text.
#[must_use]
pub fn search_words<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = BTreeSet::new();
    let words = texts.into_iter().flat_map(words_of).filter(|word| seen.insert(word.clone()));
    words.take(MOST_WORDS).collect::<Vec<String>>().join(" ")
}

/// The entry of a location of the register: its own words and the regulator's, no price, nothing known of VAT.
#[must_use]
pub fn register_entry(id: RegisterLocationId, location: &RegisterLocation, today: NaiveDate) -> Entry {
    let address = location.address.known().cloned().unwrap_or_default();
    let postcode = location.postcode.known().and_then(Option::as_ref);
    let point = location.point.known().copied().flatten();
    let outcode_point = || postcode.and_then(|postcode| postcode.outcode().place()).map(|place| place.point);
    let category = register_category(location);
    let closes_later = location.closes_on().filter(|last| *last > today);
    Entry {
        source: Source::Register(id),
        name: location.location_name.clone(),
        provider_name: location.provider_name.clone(),
        summary: register_summary(location),
        category,
        town: address.town.clone().unwrap_or_default(),
        postcode: postcode.map(ToString::to_string).unwrap_or_default(),
        la_code: location.council_code.clone().unwrap_or_default(),
        point: point.or_else(outcode_point),
        words: register_words(location, category),
        vat: ListedVat::Unknown,
        class: None,
        price: None,
        next_change_on: closes_later,
        rating: shown_rating(location),
        fictional: false,
    }
}

/// The regulator's rating of a location with its date and page.
#[must_use]
pub fn shown_rating(location: &RegisterLocation) -> ShownRating {
    let rating = location.rating.known();
    ShownRating {
        rating: rating.and_then(|rating| rating.overall),
        published: rating.and_then(|rating| rating.published.known().copied().flatten()),
        url: location.url.clone(),
    }
}

/// The plain names of a location's kinds of service.
fn plain_types(location: &RegisterLocation) -> Vec<&str> {
    let types = location.service_types.known().map_or(&[][..], Vec::as_slice);
    let plain = |name: &String| SERVICE_TYPES.iter().find(|known| known.name == name).map(|known| known.plain_name);
    types.iter().map(|name| plain(name).unwrap_or(name.as_str())).collect()
}

/// The kind of help: a care home where people live in one, else by its kinds of service, care at home first.
fn register_category(location: &RegisterLocation) -> Category {
    let types = location.service_types.known().map_or(&[][..], Vec::as_slice);
    let has = |name: &str| types.iter().any(|one| one == name);
    let living = ["Supported living service", "Shared Lives", "Extra Care housing services"];
    match location.setting {
        Setting::CareHome => Category::CareHome,
        Setting::Community if has("Domiciliary care service") => Category::CareAtHome,
        Setting::Community if living.into_iter().any(has) => Category::SupportedLiving,
        Setting::Community => Category::CareAtHome,
    }
}

/// What a location is and for whom, as far as the register says.
fn register_summary(location: &RegisterLocation) -> String {
    let types = plain_types(location);
    let what = if types.is_empty() { location.setting.words().to_owned() } else { types.join(", ") };
    match location.service_users.known() {
        Some(users) if !users.is_empty() => format!("{what}. For: {}.", users.join(", ")),
        _ => format!("{what}."),
    }
}

fn register_words(location: &RegisterLocation, category: Category) -> String {
    let address = location.address.known().cloned().unwrap_or_default();
    let council = location.council_code.as_deref().and_then(council_by_code);
    let types = location.service_types.known().map_or(&[][..], Vec::as_slice);
    let users = location.service_users.known().map_or(&[][..], Vec::as_slice);
    let known = |value: &Carried<Option<String>>| value.known().cloned().flatten().unwrap_or_default();
    let (brand, alias) = (known(&location.brand), known(&location.also_known_as));
    let mut texts = vec![
        location.location_name.as_str(),
        &location.provider_name,
        category.words(),
        location.setting.words(),
        address.town.as_deref().unwrap_or_default(),
        address.county.as_deref().unwrap_or_default(),
        council.map_or("", |council| council.name.as_str()),
        &brand,
        &alias,
    ];
    texts.extend(plain_types(location));
    texts.extend(types.iter().chain(users).map(String::as_str));
    search_words(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_alike_whatever_stands_between_them() {
        let words: Vec<String> = words_of("  St. Anne's \"Day-Club\" (No 3), CAFÉ\u{a0}– £5 ").collect();
        assert_eq!(words, ["st", "anne", "s", "day", "club", "no", "3", "café", "5"]);
        assert_eq!(words_of("-- \" '; *").count(), 0);
        assert_eq!(search_words(["Day club", "A club for the day"]), "day club a for the");
    }
}
