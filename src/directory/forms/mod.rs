//! What browsers and programs send to the marketplace.

pub mod details;
pub mod files;
pub mod rates;
pub mod visits;

use super::rules::asking::{self, Asking, Place};
use super::rules::marks;
use super::{
    BandDays, Category, DISTANCES, Feature, LONGEST_VISIT, ListedVat, MOST_COMPARED, MOST_FOUND, NewOverride, PAGE,
    SameVisits, ServiceWords, Sort, Unit, rules,
};
use crate::error::{Error, Invalid};
use crate::ids::{FundId, ServiceId};
use crate::money::{Pence, Quantity, UnitPrice};
use crate::people::rules::{check_charity, check_vat};
use crate::people::store::EntryEdit;
use crate::people::{Address, OrganisationKind, VatRegistration, VatStatus};
use crate::places::Postcode;
use crate::register::Rating;
use crate::vat::{Answer, CharityStatus, Class, Nature, VatNumber};
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The query of a search.
pub const SEARCH: &[(&str, &str)] = &[
    ("words", "What is looked for, as one would say it: \"bathing help near DT1 1XJ on Sundays\"."),
    ("exact", "true, to look for the words as they are typed, and for nothing that they may mean."),
    ("category", "The code of a kind of help."),
    ("place", "A postcode, its first half, a town, or a council for its whole area."),
    ("within", "The distance from there in miles: 5, 10, 25 or 50; 10 when left out."),
    ("vat", "The provider's registration for VAT: not_registered, registered, applied_for or unknown."),
    ("max_price", "The most that one unit may cost the fund, in pounds."),
    ("unit", "What the price must be for: the code of a unit."),
    ("at", "Where it is given: home, premises, community or online."),
    ("for", "The code of a group of people for whom it is."),
    ("language", "The code of a language that is spoken."),
    ("way", "The code of a way of communicating."),
    ("access", "The code of something that makes the place usable."),
    ("day", "A day of the week on which it is given."),
    ("room", "true, when it must be able to begin now."),
    ("rating", "The regulator's rating: good, for good or better, or outstanding."),
    ("sort", "distance (needs a place; the default with one), price (the default else), name, soonest or rating."),
    ("fund", "The fund whose prices are shown; by default the only one that you choose for."),
    ("page", "Which page, from 1."),
    ("rules", "shown, to see what the rules of the fund's council hide as well."),
];
/// The query of a comparison.
pub const COMPARE: &[(&str, &str)] = &[
    ("services", "The ids of up to four services, with commas between them; or a box for each, like s12=true."),
    ("weekly", "How many units of each a week, like 2; 1 when left out."),
    ("days", "Instead: visits on which days, every, weekdays, weekend or a day's name; with start and minutes."),
    ("start", "When each of these visits begins, like 8:30am."),
    ("minutes", "How many minutes each of them lasts, 1 to 1440."),
    ("place", "A postcode, its first half or a town, for the distance."),
    ("fund", "The fund as which prices are shown."),
];
/// The query of a page about one service.
pub const SHOW: &[(&str, &str)] = &[
    ("fund", "The fund as which the price is shown."),
    ("day", "To learn what a visit would cost: its day."),
    ("start", "When it begins, like 9:30am; needed where prices are by time."),
    ("minutes", "How many minutes it lasts, 1 to 1440; needed where prices are by time."),
    ("staff", "How many people give it together; as many as the price is for when left out."),
    ("miles", "How many miles are driven for it, where travel is charged by the mile."),
];
/// The query of "What it costs".
pub const WHAT_IT_COSTS: &[(&str, &str)] = &[
    ("net", "The price without VAT, in pounds and pence."),
    ("class", "The VAT class of what is bought: A, B, B0, C, C0, D, E5, F, G; H and J have no invoice."),
    ("declaration", "For goods (class G): whether the disabled person has declared; true when left out."),
];
/// The fields of a provider's own entry.
pub const ENTRY: &[(&str, &str)] = &[
    ("version", "The version that you saw."),
    ("kind", "What you are in law."),
    ("address_line", "House and street."),
    ("town", "The town."),
    ("postcode", "The postcode."),
    ("about", "Who you are, in some sentences."),
    ("charity_status", "Whether you are a charity."),
    ("charity_number", "Your number on the register of charities."),
    ("regulated", "Whether the Care Quality Commission regulates you: true or false."),
];
/// The fields of a statement about VAT.
pub const VAT: &[(&str, &str)] = &[
    ("vat_status", "not_registered, registered or applied_for."),
    ("vat_number", "The VAT registration number, when registered."),
    ("vat_from", "From which day it holds."),
    ("vat_charity", "Whether you are a charity from that day on, if it is not what your entry says."),
    ("vat_regulated", "Whether the Care Quality Commission regulates you from that day on: yes or no."),
    ("vat_evidence", "What shows it."),
    ("evidence", "In multipart/form-data: a file that shows it, PDF, PNG or JPEG, at most 5 MB."),
];
/// The fields of a provider’s own decision about the VAT class of a service.
pub const VAT_CLASS: &[(&str, &str)] = &[
    ("class", "The class, or rules: from that day on the rules decide again."),
    ("reason", "Why."),
    ("evidence_note", "What shows it."),
    ("evidence", "In multipart/form-data: a file that shows it, PDF, PNG or JPEG, at most 5 MB."),
    ("from", "From which day it holds; today or later."),
];
/// The fields of a new service.
pub const NEW_SERVICE: &[(&str, &str)] = &[
    ("name", "The name."),
    ("category", "The code of a kind of help."),
    ("summary", "What it is, for whom, where and when."),
    ("postcode", "Where it is given, or from where it comes."),
    ("nature", "What it is for VAT."),
    ("inside_regulated_activity", "Whether the Care Quality Commission regulates you for it: yes, no or unknown."),
];
/// The fields of a service.
pub const SERVICE: &[(&str, &str)] = &[
    ("version", "The version that you saw."),
    ("name", "The name."),
    ("category", "The code of a kind of help."),
    ("summary", "What it is, for whom, where and when."),
    ("postcode", "Where it is given, or from where it comes."),
    ("nature", "What it is for VAT."),
    ("inside_regulated_activity", "Whether the Care Quality Commission regulates you for it: yes, no or unknown."),
];
/// The fields of a publication.
pub const PUBLICATION: &[(&str, &str)] =
    &[("version", "The version that you saw."), ("published", "true to publish, false to take back.")];

/// A search as it was typed, before the place and the fund are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Beginnings of words.
    pub words: Vec<String>,
    /// Words after "near" that may begin with the name of a town.
    pub near: Vec<String>,
    /// Whether the words are looked for exactly as they were typed.
    pub exact: bool,
    /// What kind of help.
    pub category: Option<Category>,
    /// Where.
    pub place: Option<Place>,
    /// Within how many miles.
    pub within: u32,
    /// The provider's registration for VAT.
    pub vat: Option<ListedVat>,
    /// The most that one unit may cost.
    pub most: Option<UnitPrice>,
    /// What the price must be for.
    pub unit: Option<Unit>,
    /// What must be said of it.
    pub features: Vec<Feature>,
    /// Whether it must be able to begin now.
    pub room: bool,
    /// The regulator's rating must be this or better.
    pub rating: Option<Rating>,
    /// In which order; without a word on it the nearest first, or the lowest price where no place was typed.
    pub sort: Option<Sort>,
    /// As which fund.
    pub fund: Option<FundId>,
    /// Which page, from 1.
    pub page: i64,
    /// With what the rules of the fund's council hide.
    pub all: bool,
}

/// Reads the query of a search.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn search(fields: &Fields) -> Result<Asked, Invalid> {
    let mut reader = Reader::new(fields);
    let exact = reader.flag("exact");
    let understood = reader.optional_text("words", "the words", LINE).map(|text| {
        let typed = || Asking { words: rules::words_of(&text).collect(), ..Asking::default() };
        if exact { typed() } else { asking::understand(&text) }
    });
    let category = optional(&mut reader, fields, "category", "a kind of help", Category::from_code);
    let place = place(&mut reader, fields);
    let within = within(&mut reader, fields);
    let vat = optional(&mut reader, fields, "vat", "a VAT status", ListedVat::from_code);
    let unit = optional(&mut reader, fields, "unit", "what the price is for", Unit::from_code);
    let features = features(&mut reader, fields);
    let room = reader.flag("room");
    let rated = |code: &str| Rating::from_code(code).filter(|rating| marks::RATED.contains(rating));
    let rating = optional(&mut reader, fields, "rating", "a rating", rated);
    let sort = optional(&mut reader, fields, "sort", "an order", Sort::from_code);
    let most = given(fields, "max_price").then(|| reader.unit_price("max_price", "the highest price"));
    let fund = given(fields, "fund").then(|| reader.id("fund", "a fund"));
    let pages = (MOST_FOUND + PAGE - 1) / PAGE;
    let page = if given(fields, "page") { reader.whole("page", "the page", 1..=pages) } else { Some(1) };
    let placed = understood.as_ref().is_some_and(|asking| asking.place.is_some() || !asking.near.is_empty());
    if sort == Some(Some(Sort::Distance)) && !given(fields, "place") && !placed {
        reader.refuse("place", "Enter a postcode to sort by distance, like DT1 1XJ.");
    }
    reader.finish(|| {
        let Asking { words, place: said, near, features: also, room: now } = understood?;
        let place = place?.or(said);
        let mut features = features?;
        features.extend(also.into_iter().filter(|feature| !features.contains(feature)).collect::<Vec<_>>());
        Some(Asked {
            words,
            near,
            exact,
            category: category?,
            sort: sort?,
            place,
            within: within?,
            vat: vat?,
            most: settled(most)?,
            unit: unit?,
            features,
            room: room || now,
            rating: rating?,
            fund: settled(fund)?,
            page: page?,
            all: fields.get("rules") == Some("shown"),
        })
    })
}

/// A comparison as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedToCompare {
    /// Which services.
    pub services: Vec<ServiceId>,
    /// How many units of each a week.
    pub weekly: Quantity,
    /// The visits of every week, where they were asked for instead.
    pub visits: Option<SameVisits>,
    /// From where.
    pub place: Option<Place>,
    /// As which fund.
    pub fund: Option<FundId>,
}

/// Reads the query of a comparison.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn compare(fields: &Fields) -> Result<AskedToCompare, Invalid> {
    let mut reader = Reader::new(fields);
    let services = compared(fields);
    match services.as_ref().map(Vec::len) {
        None => reader.refuse("services", "Send the ids of services as whole numbers with commas between them."),
        Some(0) => reader.refuse("services", "Choose the services to compare first: tick them in the search."),
        Some(many) if many > MOST_COMPARED => {
            reader.refuse("services", format!("Compare up to {MOST_COMPARED} services at once. You chose {many}."));
        }
        Some(_) => {}
    }
    let weekly =
        if given(fields, "weekly") { reader.quantity("weekly", "how many a week") } else { Some(Quantity::ONE) };
    let visits = same_visits(&mut reader, fields);
    let place = place(&mut reader, fields);
    let fund = given(fields, "fund").then(|| reader.id("fund", "a fund"));
    reader.finish(|| {
        let (services, weekly, visits) = (services?, weekly?, visits?);
        Some(AskedToCompare { services, weekly, visits, place: place?, fund: settled(fund)? })
    })
}

/// The most services that one is asked to choose from.
const MOST_CHOSEN: usize = 20;

/// Visits that are alike, where one of their fields was filled in: then all of them are needed.
fn same_visits(reader: &mut Reader<'_>, fields: &Fields) -> Option<Option<SameVisits>> {
    if !["days", "start", "minutes"].into_iter().any(|name| given(fields, name)) {
        return Some(None);
    }
    let weekly = |code: &str| BandDays::WEEKLY.into_iter().find(|days| days.code() == code);
    let days = reader.choice("days", "on which days", weekly);
    let start = reader.time("start", "when each visit begins");
    let minutes = reader.whole("minutes", "how many minutes", 1..=LONGEST_VISIT);
    let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
    Some(Some(SameVisits { days: days?, start: start?, minutes: minutes? }))
}

/// The services that were chosen, where they can be read at all; not more than can be shown to choose from.
#[must_use]
pub fn chosen_to_compare(fields: &Fields) -> Vec<ServiceId> {
    compared(fields).into_iter().flatten().take(MOST_CHOSEN).collect()
}

/// The services of the list and of the boxes, each once.
fn compared(fields: &Fields) -> Option<Vec<ServiceId>> {
    let listed = fields.get("services").into_iter().flat_map(|list| list.split(','));
    let ticked =
        fields.typed().keys().filter_map(|name| name.strip_prefix('s')).filter(|rest| rest.parse::<i64>().is_ok());
    let mut found: Vec<ServiceId> = vec![];
    for id in listed.map(str::trim).chain(ticked) {
        let id = id.parse().ok()?;
        if !found.contains(&id) {
            found.push(id);
        }
    }
    Some(found)
}

/// What must be said of what is found: one of each list at most.
fn features(reader: &mut Reader<'_>, fields: &Fields) -> Option<Vec<Feature>> {
    let one = |list: &'static str| {
        let from_code = |value: &str| Feature::from_code(&format!("{list}_{value}"));
        let read = given(fields, list).then(|| reader.choice(list, "one of the list", from_code));
        settled(read)
    };
    let read: Vec<Option<Option<Feature>>> = Feature::LISTS.into_iter().map(one).collect();
    read.into_iter().collect::<Option<Vec<_>>>().map(|found| found.into_iter().flatten().collect())
}

/// Whether something was sent.
fn given(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_some()
}

/// What was not sent is no mistake; what was sent and refused is.
fn settled<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}

/// A choice that may be left out.
fn optional<T>(
    reader: &mut Reader<'_>,
    fields: &Fields,
    name: &str,
    label: &str,
    from_code: impl Fn(&str) -> Option<T>,
) -> Option<Option<T>> {
    settled(given(fields, name).then(|| reader.choice(name, label, from_code)))
}

fn place(reader: &mut Reader<'_>, fields: &Fields) -> Option<Option<Place>> {
    let Some(text) = fields.get("place") else { return Some(None) };
    asking::place(text).map_err(|refusal| reader.refuse("place", refusal)).ok().map(Some)
}

fn within(reader: &mut Reader<'_>, fields: &Fields) -> Option<u32> {
    let known = |text: &str| DISTANCES.into_iter().find(|miles| miles.to_string() == text);
    match fields.get("within") {
        None => Some(10),
        Some(_) => reader.choice("within", "a distance", known),
    }
}

/// What "What it costs" is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostQuestion {
    /// The price without VAT.
    pub net: Pence,
    /// The class of what is bought.
    pub class: Class,
    /// Whether a disabled person has declared, for goods.
    pub declaration: bool,
}

/// Reads the query of "What it costs".
///
/// # Errors
/// A message for each field that cannot be used.
pub fn what_it_costs(fields: &Fields) -> Result<CostQuestion, Invalid> {
    let mut reader = Reader::new(fields);
    let net = reader.money("net", "a price before VAT");
    let class = reader.choice("class", "what is bought", Class::from_code);
    let yes_or_no = |text: &str| text.parse().ok();
    let declaration = optional_bool(&mut reader, fields, "declaration", yes_or_no);
    reader.finish(|| Some(CostQuestion { net: net?, class: class?, declaration: declaration? }))
}

fn optional_bool(
    reader: &mut Reader<'_>,
    fields: &Fields,
    name: &str,
    yes_or_no: fn(&str) -> Option<bool>,
) -> Option<bool> {
    if given(fields, name) { reader.choice(name, "true or false", yes_or_no) } else { Some(true) }
}

/// A change with the version that its author saw.
#[derive(Clone, Debug)]
pub struct Change<T> {
    /// The version.
    pub version: i64,
    /// The change.
    pub to: T,
}

/// Reads a provider's own entry. `is` is what it is now: a council stays one, others do not become one.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn entry(fields: &Fields, is: OrganisationKind) -> Result<Change<EntryEdit>, Invalid> {
    let mut reader = Reader::new(fields);
    let version = version(&mut reader);
    let kind = reader.choice("kind", "what you are in law", |code| {
        OrganisationKind::from_code(code).filter(|kind| rules::selling_kinds(is).contains(kind))
    });
    let line = reader.text("address_line", "house and street", LINE);
    let town = reader.text("town", "the town", LINE);
    let postcode = postcode(&mut reader, fields);
    let about = reader.optional_text("about", "who you are", TEXT);
    let charity_status = reader.choice("charity_status", "whether you are a charity", CharityStatus::from_code);
    let charity_number = charity_number(&mut reader, fields, charity_status);
    let regulated = reader.flag("regulated");
    reader.finish(|| {
        let to = EntryEdit {
            kind: kind?,
            address: Address { line: line?, town: town?, postcode: postcode? },
            about: about?,
            charity_status: charity_status?,
            charity_number: charity_number?,
            regulated,
        };
        Some(Change { version: version?, to })
    })
}

fn version(reader: &mut Reader<'_>) -> Option<i64> {
    reader.version("the version that you saw")
}

/// A postcode that is somewhere: without a place nobody finds it.
fn postcode(reader: &mut Reader<'_>, fields: &Fields) -> Option<String> {
    let text = reader.text("postcode", "the postcode, like DT1 1XJ", LINE)?;
    let parsed = Postcode::parse(&text).map_err(|error| reader.refuse("postcode", format!("{error}.")));
    let postcode = parsed.ok()?;
    if postcode.outcode().place().is_none() {
        reader.refuse("postcode", format!("There is no {}. Check “{}”.", postcode.outcode(), fields.get("postcode")?));
        return None;
    }
    Some(postcode.to_string())
}

/// A number of the register of charities: digits, perhaps with a dash for a branch.
fn charity_number(reader: &mut Reader<'_>, fields: &Fields, status: Option<CharityStatus>) -> Option<Option<String>> {
    let text = reader.optional_text("charity_number", "the charity number", LINE)?;
    let number = (!text.is_empty()).then_some(text);
    let fits = |text: &String| {
        (6..=10).contains(&text.len()) && text.chars().all(|letter| letter.is_ascii_digit() || letter == '-')
    };
    if number.as_ref().is_some_and(|number| !fits(number)) {
        reader.refuse("charity_number", "Enter the charity number as 6 or 7 digits, like 1012345.");
        return None;
    }
    if let Err(refusal) = check_charity(status?, fields.get("charity_number")) {
        reader.refuse("charity_number", refusal.to_string());
        return None;
    }
    Some(number)
}

/// Reads a statement about VAT.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn vat(fields: &Fields) -> Result<VatRegistration, Invalid> {
    let mut reader = Reader::new(fields);
    let status = reader.choice("vat_status", "whether you are registered for VAT", VatStatus::from_code);
    let number = vat_number(&mut reader, fields, status);
    let from = reader.date("vat_from", "the day from which it holds");
    let mut optional = |name: &str, label: &str, codes: &[&str]| match fields.get(name) {
        None => Some(None),
        Some(_) => reader.choice(name, label, |code| codes.contains(&code).then(|| code.to_owned())).map(Some),
    };
    let charities: Vec<&str> = CharityStatus::ALL.iter().map(|one| one.code()).collect();
    let charity = optional("vat_charity", "whether you are a charity", &charities);
    let regulated = optional("vat_regulated", "whether you are regulated", &["yes", "no"]);
    let evidence = reader.optional_text("vat_evidence", "what shows it", TEXT);
    reader.finish(|| {
        Some(VatRegistration {
            charity: charity?.and_then(|code| CharityStatus::from_code(&code)),
            regulated: regulated?.map(|code| code == "yes"),
            evidence: evidence?,
            ..VatRegistration::new(status?, number?, from?)
        })
    })
}

/// Reads a provider's own decision about the VAT class of a service.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn vat_class(fields: &Fields) -> Result<NewOverride, Invalid> {
    let mut reader = Reader::new(fields);
    let class = reader.choice("class", "a class, or that the rules decide", |code| match code {
        "rules" => Some(None),
        code => Class::from_code(code).filter(|class| class.registered().is_some()).map(Some),
    });
    let reason = reader.text("reason", "why", TEXT);
    let evidence = reader.optional_text("evidence_note", "what shows it", TEXT);
    let from = reader.date("from", "the day from which it holds");
    reader.finish(|| Some(NewOverride { class: class?, reason: reason?, evidence: evidence?, from: from? }))
}

fn vat_number(reader: &mut Reader<'_>, fields: &Fields, status: Option<VatStatus>) -> Option<Option<VatNumber>> {
    let number = match fields.get("vat_number").map(VatNumber::parse).transpose() {
        Ok(number) => number,
        Err(error) => {
            reader.refuse("vat_number", format!("{error}."));
            return None;
        }
    };
    if let Err(refusal) = check_vat(status?, number.as_ref()) {
        reader.refuse("vat_number", refusal.to_string());
        return None;
    }
    Some(number)
}

/// Reads what a new service says.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn new_service(fields: &Fields) -> Result<ServiceWords, Invalid> {
    let mut reader = Reader::new(fields);
    let words = service_words(&mut reader, fields);
    reader.finish(|| words)
}

/// Reads what a service shall say.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn service(fields: &Fields) -> Result<Change<ServiceWords>, Invalid> {
    let mut reader = Reader::new(fields);
    let version = version(&mut reader);
    let words = service_words(&mut reader, fields);
    reader.finish(|| Some(Change { version: version?, to: words? }))
}

fn service_words(reader: &mut Reader<'_>, fields: &Fields) -> Option<ServiceWords> {
    let name = reader.text("name", "the name of the service", LINE);
    let category = reader.choice("category", "a kind of help", Category::from_code);
    let summary = reader.text("summary", "what the service is", TEXT);
    let postcode = postcode(reader, fields);
    let nature = reader.choice("nature", "what it is for VAT", Nature::from_code);
    let inside =
        reader.choice("inside_regulated_activity", "whether you are regulated for this service", Answer::from_code);
    Some(ServiceWords {
        name: name?,
        category: category?,
        summary: summary?,
        postcode: postcode?,
        nature: nature?,
        inside_regulated_activity: inside?,
    })
}

/// Reads a publication.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn publication(fields: &Fields) -> Result<Change<bool>, Invalid> {
    let mut reader = Reader::new(fields);
    let version = version(&mut reader);
    let published = reader.choice("published", "whether to publish", |text| text.parse().ok());
    reader.finish(|| Some(Change { version: version?, to: published? }))
}

/// A rule's refusal at the field that it is about, with what was typed.
#[must_use]
pub fn refused(refusal: &rules::Refusal, typed: &Fields) -> Error {
    wrong(refusal.field(), &refusal.to_string(), typed).into()
}

/// A message about one field that only the database could know, with what was typed.
#[must_use]
pub fn wrong(field: &str, message: &str, typed: &Fields) -> Invalid {
    Invalid { typed: typed.typed().clone(), ..Invalid::field(field, message) }
}
