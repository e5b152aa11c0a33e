//! What may be listed, in which words it is found, and what it costs whom.

pub mod asking;
pub mod changes;
pub mod documents;
pub mod files;
pub mod kinds;
pub mod limits;
pub mod marks;
pub mod mending;
pub mod overrides;
pub mod rates;
pub mod reviews;
pub mod statements;
pub mod stretches;
pub mod visits;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    BandPrice, CardPrice, Category, Entry, ListedPrice, ListedVat, Listing, Missing, PayerKind, Rate, RateCard,
    RateTerms, ServiceWords, ShownRating, Source, UnitCost, UnitCosts, View, Wait, is_stale, sinks_on,
};
use crate::auth::rights::Role;
use crate::calendar;
use crate::ids::RegisterLocationId;
use crate::money::{BasisPoints, Pence, UnitPrice, round_half_away};
use crate::people::rules::vat_on;
use crate::people::{Organisation, OrganisationKind, VatRegistration, VatStatus};
use crate::places::{Point, Postcode, council_by_code};
use crate::register::{Carried, RegisterLocation, SERVICE_TYPES, Setting};
use crate::vat::{self, Answer, Arrangement, Class, Decision, Facts, PriceBasis, Recipient, Recovery};

/// The longest text that is searched by words, in words: what is beyond adds nothing that anybody looks for.
const MOST_WORDS: usize = 200;

/// The words of a text as the search compares them: lower case, letters and digits only.
pub fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Who looks at a provider's VAT for it.
pub const WATCHERS: [Role; 2] = [Role::Finance, Role::Admin];

/// Words in names of organisations that tell nobody apart.
const NOT_TELLING: [&str; 8] = ["the", "ltd", "limited", "cic", "plc", "llp", "and", "of"];

/// The words of a name that tell it from others.
pub fn telling_words(name: &str) -> impl Iterator<Item = String> {
    words_of(name).filter(|word| !NOT_TELLING.contains(&word.as_str()))
}

/// By what two sources are taken to speak of the same service: whose it is, what it is called, where it is.
#[must_use]
pub fn same_as(provider: &str, name: &str, postcode: &str) -> String {
    let joined = |text: &str| telling_words(text).collect::<Vec<_>>().join(" ");
    let place: String = words_of(postcode).collect();
    format!("{}|{}|{place}", joined(provider), joined(name))
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
        marks: marks::of(
            (category, ListedVat::Unknown, None),
            location.council_code.as_deref().unwrap_or_default(),
            &[],
            Wait::Unknown,
        ),
        vat: ListedVat::Unknown,
        class: None,
        price: None,
        next_change_on: closes_later,
        confirmed_on: None,
        sunk: false,
        wait: Wait::Unknown,
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
        location.setting.words(),
        address.town.as_deref().unwrap_or_default(),
        address.county.as_deref().unwrap_or_default(),
        council.map_or("", |council| council.name.as_str()),
        &brand,
        &alias,
    ];
    kinds::texts(category).for_each(|text| texts.push(text));
    texts.extend(plain_types(location));
    texts.extend(types.iter().chain(users).map(String::as_str));
    search_words(texts)
}

/// Why something cannot be listed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody can say which VAT class the service has.
    #[error("{0}")]
    ClassOpen(String),
    /// The council's own care, or an employee's work.
    #[error("{0}.")]
    NotInvoiced(vat::Refusal),
    /// A service without a price.
    #[error("Give the service a price first: nobody can plan with a service that has none.")]
    NoPrice,
    /// A price with VAT inside, while nobody can say how much VAT.
    #[error("Enter the price without VAT: which VAT is inside cannot be said before the VAT class is known. {0}")]
    InclusiveUnknown(String),
    /// A price with VAT inside that is no whole number of pence.
    #[error("Enter a price with VAT inside as pounds and pence, like 26.40.")]
    InclusiveParts,
    /// A price with VAT inside that no whole-penny price without VAT comes to.
    #[error("{0}.")]
    Unreachable(vat::Unreachable),
    /// A new rate for days that have passed.
    #[error("Choose {} or a later day: people rely on the prices of the days before.", calendar::full(*.0))]
    PastRate(NaiveDate),
    /// A price for what is offered as free.
    #[error("Free help from the community costs nothing. Enter 0.00, or choose another kind of help.")]
    FreeCosts,
}

impl Refusal {
    /// The field of a form that it is about; empty when it is about the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::ClassOpen(_) | Self::NotInvoiced(_) | Self::NoPrice => "",
            Self::InclusiveUnknown(_) | Self::InclusiveParts | Self::Unreachable(_) | Self::FreeCosts => "price",
            Self::PastRate(_) => "from",
        }
    }
}

/// The kinds that a provider may choose from.
#[must_use]
pub fn selling_kinds(is: OrganisationKind) -> Vec<OrganisationKind> {
    let fixed = |kind: &OrganisationKind| matches!(kind, OrganisationKind::Council | OrganisationKind::Trust);
    if fixed(&is) { vec![is] } else { OrganisationKind::ALL.iter().copied().filter(|kind| !fixed(kind)).collect() }
}

/// What a provider must still do before people can find and plan with everything it sells.
#[must_use]
pub fn missing(
    organisation: &Organisation,
    history: &[VatRegistration],
    listings: &[Listing],
    today: NaiveDate,
) -> Vec<Missing> {
    let vat = vat_on(history, today).is_none().then_some(Missing::Vat);
    let about = organisation.about.is_empty().then_some(Missing::About);
    let services = listings.is_empty().then_some(Missing::Services);
    let open = listings.iter().filter_map(|listing| {
        let refusal = check_publication(&listing.decision, &listing.rates, today).err();
        let (id, name) = (listing.service.id, listing.service.words.name.clone());
        match refusal {
            Some(refusal) => Some(Missing::Service(id, name, refusal.to_string())),
            None if !listing.service.published => Some(Missing::Publication(id, name)),
            None => None,
        }
    });
    vat.into_iter().chain(about).chain(services).chain(open).collect()
}

/// The VAT class of a service on a day by the rules alone, with the reason.
#[must_use]
pub fn class_on(
    organisation: &Organisation,
    vat_history: &[VatRegistration],
    words: &ServiceWords,
    day: NaiveDate,
) -> Decision {
    let holds = vat_on(vat_history, day);
    let regulated = holds.and_then(|said| said.regulated).unwrap_or(organisation.regulated);
    let registered_for_vat = match holds.map(|said| said.status) {
        None => Answer::Unknown,
        Some(VatStatus::Registered) => Answer::Yes,
        // Until the number comes no VAT may be shown or charged.
        Some(VatStatus::NotRegistered | VatStatus::AppliedFor) => Answer::No,
    };
    vat::class_for(&Facts {
        provider: organisation.kind.provider_kind(),
        registered_for_vat,
        charity: holds.and_then(|said| said.charity).unwrap_or(organisation.charity_status),
        regulated: if regulated { Answer::Yes } else { Answer::No },
        nature: words.nature,
        inside_regulated_activity: words.inside_regulated_activity,
    })
}

/// An organisation as it stands on a day: charity and regulation by the statement about VAT that is in force.
#[must_use]
pub fn organisation_on(organisation: &Organisation, history: &[VatRegistration], day: NaiveDate) -> Organisation {
    let mut organisation = organisation.clone();
    if let Some(said) = vat_on(history, day) {
        organisation.charity_status = said.charity.unwrap_or(organisation.charity_status);
        organisation.regulated = said.regulated.unwrap_or(organisation.regulated);
    }
    organisation
}

/// The rate that holds on a day: the newest that has begun, the later one of two from the same day.
#[must_use]
pub fn rate_on(rates: &[Rate], day: NaiveDate) -> Option<&Rate> {
    rates.iter().filter(|rate| rate.terms.from <= day).max_by_key(|rate| (rate.terms.from, rate.id))
}

/// The next day after this on which a rate or a statement about VAT begins.
#[must_use]
pub fn next_change(rates: &[Rate], history: &[VatRegistration], day: NaiveDate) -> Option<NaiveDate> {
    let days = rates.iter().map(|rate| rate.terms.from).chain(history.iter().map(|statement| statement.from));
    days.filter(|from| *from > day).min()
}

/// The price of one unit without VAT.
///
/// # Errors
/// When VAT is said to be inside and cannot be taken out to the penny; the two nearest prices are named.
pub fn net_price(terms: &RateTerms, decision: &Decision) -> Result<UnitPrice, Refusal> {
    if terms.basis == PriceBasis::Net {
        return Ok(terms.price);
    }
    let class = decision.class.ok_or_else(|| Refusal::InclusiveUnknown(decision.reason.clone()))?;
    let rate = class.rate(terms.from).map_err(Refusal::NotInvoiced)?;
    let hundredths = terms.price.hundredths_of_a_penny();
    if hundredths % 100 != 0 {
        return Err(Refusal::InclusiveParts);
    }
    vat::net_of_inclusive(Pence::from_pence(hundredths / 100), rate).map_err(Refusal::Unreachable)?;
    // To the hundredth of a penny: two days at 70.00 are 140.00, not 139.99.
    Ok(vat::net_unit_price(terms.price, rate))
}

/// A rate while its service has a class. What was entered with VAT inside stays what is paid: when the class changes, as when
/// a provider registers, another part of it is VAT, to the hundredth of a penny so that lines come out right (domain
/// reference 4.7 example 9). Where no rate of VAT is known for the day, it is as it was recorded.
#[must_use]
pub fn while_class(mut rate: Rate, class: Class, day: NaiveDate) -> Rate {
    let Some(vat_rate) = class.rate(day).ok().filter(|_| rate.terms.basis == PriceBasis::Inclusive) else {
        return rate;
    };
    let mile = rate.mile_entered();
    let inside = |entered: UnitPrice| vat::net_unit_price(entered, vat_rate);
    rate.net = inside(rate.terms.price);
    for other in &mut rate.card.prices {
        other.price.net = inside(other.entered);
    }
    rate.card.mile_net = mile.map(inside);
    rate
}

/// Whether a new rate may begin on its day: the first of a service may have begun already, later ones may not.
///
/// # Errors
/// When people may have relied on another price for its days.
pub fn check_rate_day(held: &[Rate], from: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if from < today && !held.is_empty() { Err(Refusal::PastRate(today)) } else { Ok(()) }
}

/// Whether a service may be called free help: nothing that holds or is announced has a price.
///
/// # Errors
/// That something has one.
pub fn check_free(category: Category, rates: &[Rate], today: NaiveDate) -> Result<(), Refusal> {
    let holds = rate_on(rates, today).map(|rate| rate.id);
    let mut told = rates.iter().filter(|rate| rate.terms.from > today || Some(rate.id) == holds);
    let costs = |rate: &Rate| {
        let prices = rate.prices().into_iter().map(|price| price.net).chain(rate.card.mile_net);
        prices.into_iter().any(|net| net.hundredths_of_a_penny() > 0)
    };
    if category == Category::FreeHelp && told.any(costs) { Err(Refusal::FreeCosts) } else { Ok(()) }
}

/// The net price of a new rate and its card, when it may be recorded.
///
/// # Errors
/// When it begins too early, or VAT cannot be taken out of one of its prices; the price of which row, 0 for the price of one
/// unit.
pub fn new_rate(
    listing: &Listing,
    card: &rates::Card,
    today: NaiveDate,
) -> Result<(UnitPrice, RateCard), (usize, Refusal)> {
    check_rate_day(&listing.rates, card.terms.from, today).map_err(|refusal| (0, refusal))?;
    let costs = |price: UnitPrice| price.hundredths_of_a_penny() > 0;
    let others = card.prices.iter().map(|entered| (entered.row, entered.price));
    let mut entered = [(0, card.terms.price)].into_iter().chain(others).chain(card.mile.map(|price| (0, price)));
    if listing.service.words.category == Category::FreeHelp
        && let Some((row, _)) = entered.find(|(_, price)| costs(*price))
    {
        return Err((row, Refusal::FreeCosts));
    }
    let then = overrides::class_of(listing, card.terms.from);
    let net = |price, row| net_price(&RateTerms { price, ..card.terms }, &then).map_err(|refusal| (row, refusal));
    let other = |entered: &rates::Entered| {
        let price = BandPrice { band: entered.band, minutes: entered.minutes, net: net(entered.price, entered.row)? };
        Ok(CardPrice { entered: entered.price, price })
    };
    let made = RateCard {
        prices: card.prices.iter().map(other).collect::<Result<_, _>>()?,
        counting: card.counting,
        staff: card.staff,
        people: card.people,
        mile_net: card.mile.map(|price| net(price, 0)).transpose()?,
        cancellation: card.cancellation.clone(),
    };
    Ok((net(card.terms.price, 0)?, made))
}

/// Whether a service may be published.
///
/// # Errors
/// What must be found out first.
pub fn check_publication(decision: &Decision, rates: &[Rate], today: NaiveDate) -> Result<(), Refusal> {
    let class = decision.class.ok_or_else(|| Refusal::ClassOpen(decision.reason.clone()))?;
    class.treatment(true, Recipient::Person, today).map_err(Refusal::NotInvoiced)?;
    if rates.is_empty() { Err(Refusal::NoPrice) } else { Ok(()) }
}

/// What one unit costs in each way in which a fund can stand to VAT, for a disabled person who declares it.
///
/// # Errors
/// When the class is never invoiced, or no rate of VAT is known for the day.
pub fn unit_costs(net: UnitPrice, class: Class, day: NaiveDate) -> Result<UnitCosts, vat::Refusal> {
    let charged = |recipient| class.treatment(true, recipient, day).map(|treatment| share(net, treatment.rate));
    let holder = plus(net, charged(Recipient::ExemptHolder)?);
    Ok(UnitCosts {
        recovered: net,
        person: plus(net, charged(Recipient::Person)?),
        holder,
        onward: plus(holder, share(net, vat::rates::standard_rate(day)?)),
    })
}

/// What one unit costs a fund, step by step.
///
/// # Errors
/// When the class is never invoiced, or no rate of VAT is known for the day.
pub fn unit_cost(net: UnitPrice, class: Class, view: &View, day: NaiveDate) -> Result<UnitCost, vat::Refusal> {
    let recipient = view.arrangement.recipient();
    let treatment = class.treatment(true, recipient, day)?;
    let onward_vat = match recipient {
        Recipient::TaxableHolder => share(net, vat::rates::standard_rate(day)?),
        _ => UnitPrice::from_hundredths_of_a_penny(0),
    };
    let pays = cost_for(&unit_costs(net, class, day)?, payer_kind(view.arrangement, view.recovery));
    Ok(UnitCost { net, vat_charged: share(net, treatment.rate), onward_vat, pays, ground: treatment.ground })
}

fn plus(net: UnitPrice, vat: UnitPrice) -> UnitPrice {
    UnitPrice::from_hundredths_of_a_penny(net.hundredths_of_a_penny() + vat.hundredths_of_a_penny())
}

/// A share of a unit price, to the hundredth of a penny.
fn share(net: UnitPrice, rate: BasisPoints) -> UnitPrice {
    let product = i128::from(net.hundredths_of_a_penny()) * i128::from(rate.basis_points());
    let share = round_half_away(product, i128::from(BasisPoints::WHOLE.basis_points()));
    // A share is never more than the whole, which fits.
    UnitPrice::from_hundredths_of_a_penny(i64::try_from(share).unwrap_or(i64::MAX))
}

/// What a fund pays for one unit: who recovers follows from the recipient of the supply, and nothing is counted that
/// nobody has confirmed.
#[must_use]
pub const fn cost_for(costs: &UnitCosts, payer: PayerKind) -> UnitPrice {
    match payer {
        PayerKind::Recovers => costs.recovered,
        PayerKind::Person => costs.person,
        PayerKind::Bears => costs.holder,
        PayerKind::BearsTwice => costs.onward,
    }
}

/// How a fund stands to VAT.
#[must_use]
pub const fn payer_kind(arrangement: Arrangement, recovery: Recovery) -> PayerKind {
    match (arrangement.recipient(), recovery) {
        (Recipient::Person, _) => PayerKind::Person,
        (Recipient::ExemptHolder, _) | (Recipient::Council, Recovery::NotConfirmed) => PayerKind::Bears,
        (Recipient::Council | Recipient::TaxableHolder, Recovery::Confirmed) => PayerKind::Recovers,
        (Recipient::TaxableHolder, Recovery::NotConfirmed) => PayerKind::BearsTwice,
    }
}

/// Whether everybody can find a service on a day: it is published, and nothing speaks against that now.
#[must_use]
pub fn is_offered(listing: &Listing, today: NaiveDate) -> bool {
    listing.service.published && check_publication(&listing.decision, &listing.rates, today).is_ok()
}

/// Whether the place of a service may be where somebody lives, as it may be for all who work alone, whatever their entry says.
/// Then everybody reads no more of it than its first half, and it lies in the middle of that.
fn may_be_a_home(listing: &Listing) -> bool {
    listing.organisation.kind == OrganisationKind::SoleTrader
}

/// Where a service is, as everybody reads it: its postcode, and the point and council of it.
#[must_use]
pub fn shown_place(listing: &Listing) -> (String, Option<(Point, String)>) {
    let postcode = &listing.service.words.postcode;
    let exact = || (postcode.clone(), listing.place.clone());
    if !may_be_a_home(listing) {
        return exact();
    }
    let Ok(outcode) = Postcode::parse(postcode).map(|postcode| postcode.outcode()) else { return exact() };
    let council = listing.place.as_ref().map(|(_, council)| council.clone());
    let middle = outcode.place().map(|place| (place.point, council.unwrap_or(place.main_council_code.to_owned())));
    (outcode.to_string(), middle)
}

/// The address of an organisation as everybody reads it: who works alone may live there, so of theirs only the town.
#[must_use]
pub fn shown_address(organisation: &Organisation) -> String {
    match organisation.kind {
        OrganisationKind::SoleTrader => organisation.address.town.clone(),
        _ => organisation.address.on_one_line(),
    }
}

/// The entry of a service on a day; nothing when it is not to be found.
#[must_use]
pub fn service_entry(listing: &Listing, today: NaiveDate) -> Option<Entry> {
    let Listing { service, organisation, vat_history, overrides, rates, location, decision, .. } = listing;
    let (postcode, place) = shown_place(listing);
    let class = decision.class.filter(|_| is_offered(listing, today))?;
    let words = &service.words;
    let rate = rate_on(rates, today);
    let vat = listed_vat(vat_on(vat_history, today));
    let (wait, features) = (service.details.wait(), service.details.features.iter().copied().collect::<Vec<_>>());
    let sunk = is_stale(service.confirmed_on, today);
    let la_code = place.as_ref().map(|(_, council)| council.clone()).unwrap_or_default();
    let sinks = (!sunk).then(|| sinks_on(service.confirmed_on));
    let price = rate.and_then(|rate| {
        let costs = unit_costs(rate.net, class, today).ok()?;
        Some(ListedPrice { unit: rate.terms.unit, net: rate.net, costs })
    });
    Some(Entry {
        source: Source::Service(service.id, organisation.id),
        name: words.name.clone(),
        provider_name: organisation.name.clone(),
        summary: words.summary.clone(),
        category: words.category,
        town: organisation.address.town.clone(),
        postcode,
        point: place.as_ref().map(|(point, _)| *point),
        words: service_words(listing),
        marks: marks::of((words.category, vat, price.map(|price| price.unit)), &la_code, &features, wait)
            + &marks::reach(service.details.reach_miles),
        la_code,
        vat,
        class: Some(class),
        price,
        next_change_on: next_change(rates, vat_history, today)
            .into_iter()
            .chain(overrides::next_override(overrides, today))
            .chain(sinks)
            .min(),
        confirmed_on: Some(service.confirmed_on),
        sunk,
        wait,
        rating: location.as_ref().map(shown_rating).unwrap_or_default(),
        fictional: organisation.fictional,
    })
}

/// What is shown of a provider's registration for VAT.
#[must_use]
pub fn listed_vat(registration: Option<&VatRegistration>) -> ListedVat {
    match registration.map(|registration| registration.status) {
        None => ListedVat::Unknown,
        Some(VatStatus::NotRegistered) => ListedVat::NotRegistered,
        Some(VatStatus::Registered) => ListedVat::Registered,
        Some(VatStatus::AppliedFor) => ListedVat::AppliedFor,
    }
}

fn service_words(listing: &Listing) -> String {
    let words = &listing.service.words;
    let council = listing.place.as_ref().and_then(|(_, code)| council_by_code(code));
    let town = &listing.organisation.address.town;
    let mut texts = vec![words.name.as_str(), &listing.organisation.name, town];
    // Before the summary: however long that is, the kind is found.
    kinds::texts(words.category).for_each(|text| texts.push(text));
    texts.extend(council.map(|council| council.name.as_str()));
    texts.extend(listing.service.details.features.iter().map(|feature| feature.words()));
    texts.push(&words.summary);
    search_words(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_9_what_was_entered_with_vat_inside_stays_what_is_paid() {
        let price = |text: &str| UnitPrice::parse(text).unwrap();
        let from = day("2026-04-01");
        let terms = RateTerms { unit: Unit::Hour, price: price("16.00"), basis: PriceBasis::Inclusive, from };
        let card = RateCard { mile_net: Some(price("0.60")), ..RateCard::default() };
        let unregistered = Rate { id: crate::ids::RateId::new(1), terms, net: price("16.00"), card };
        let december = day("2026-12-01");
        let registered = while_class(unregistered.clone(), Class::D, december);
        assert_eq!((registered.net.decimal(), registered.card.mile_net), ("13.3333".to_owned(), Some(price("0.50"))));
        assert_eq!(while_class(registered, Class::C, december), unregistered, "and back");
        assert_eq!(while_class(unregistered.clone(), Class::A, december), unregistered);
        let exclusive = Rate { terms: RateTerms { basis: PriceBasis::Net, ..terms }, ..unregistered };
        assert_eq!(while_class(exclusive.clone(), Class::D, december), exclusive, "VAT comes on top");
    }
    use crate::directory::Unit;
    use crate::ids::RateId;
    use crate::vat::{Form, Structure};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn terms(text: &str, basis: PriceBasis, from: &str) -> RateTerms {
        RateTerms { unit: Unit::Session, price: price(text), basis, from: day(from) }
    }

    fn decided(class: Class) -> Decision {
        Decision { class: Some(class), reason: String::new() }
    }

    /// The four costs that stand ready say the same as the costing of a package, for whole pence.
    #[test]
    fn a_unit_costs_what_the_costing_says_in_every_arrangement() {
        let today = day("2026-11-21");
        let classes = [Class::A, Class::B, Class::B0, Class::C, Class::C0, Class::D, Class::E5, Class::F, Class::G];
        let third_party = [Form::BrokeredFund, Form::IndividualServiceFund];
        let arrangements = third_party
            .iter()
            .flat_map(|form| Structure::ALL.iter().map(|structure| Arrangement::new(*form, Some(*structure)).unwrap()))
            .chain(Arrangement::SHOWN);
        for arrangement in arrangements {
            for (class, recovery) in
                classes.iter().flat_map(|class| Recovery::ALL.iter().map(|recovery| (*class, *recovery)))
            {
                let expected = vat::cost(Pence::from_pence(10_800), class, true, arrangement, recovery, today).unwrap();
                let view = View { fund: None, arrangement, recovery };
                let cost = unit_cost(price("108.00"), class, &view, today).unwrap();
                let seen = [cost.vat_charged, cost.onward_vat, cost.pays].map(UnitPrice::decimal);
                let wanted = [expected.vat_charged, expected.onward_vat, expected.budget_pays].map(Pence::decimal);
                assert_eq!(seen, wanted, "{class:?} {} {recovery}", arrangement.words());
            }
        }
        assert!(unit_costs(price("1.00"), Class::J, today).is_err());
    }

    #[test]
    fn the_newest_rate_that_has_begun_holds_and_a_correction_of_the_same_day_wins() {
        let rate = |id, text, from| Rate {
            id: RateId::new(id),
            terms: terms(text, PriceBasis::Net, from),
            net: price(text),
            card: RateCard::default(),
        };
        let rates = [
            rate(1, "52.00", "2026-04-01"),
            rate(2, "54.00", "2026-10-01"),
            rate(3, "53.50", "2026-10-01"),
            rate(4, "56.00", "2027-04-01"),
        ];
        let on = |text: &str| rate_on(&rates, day(text)).map(|rate| rate.net.decimal());
        assert_eq!(on("2026-03-31"), None);
        assert_eq!(on("2026-09-30").as_deref(), Some("52.00"));
        assert_eq!(on("2026-10-01").as_deref(), Some("53.50"));
        assert_eq!(on("2027-04-01").as_deref(), Some("56.00"));
        assert_eq!(next_change(&rates, &[], day("2026-10-01")), Some(day("2027-04-01")));
        assert_eq!(next_change(&rates, &[], day("2027-04-01")), None);
        assert_eq!(check_rate_day(&[], day("2020-01-01"), day("2026-11-21")), Ok(()));
        assert!(check_rate_day(&rates, day("2026-11-20"), day("2026-11-21")).is_err());
        assert_eq!(check_rate_day(&rates, day("2026-11-21"), day("2026-11-21")), Ok(()));
    }

    #[test]
    fn vat_is_taken_out_of_an_inclusive_price_to_the_penny_or_not_at_all() {
        let net = |text: &str, class| net_price(&terms(text, PriceBasis::Inclusive, "2026-11-21"), &decided(class));
        assert_eq!(net("64.80", Class::D), Ok(price("54.00")));
        assert_eq!(net("16.00", Class::A), Ok(price("16.00")));
        let day_out = net("70.00", Class::D).unwrap();
        assert_eq!(day_out, price("58.3333"));
        assert_eq!(
            unit_costs(day_out, Class::D, day("2026-11-21")).unwrap().person,
            price("70.00"),
            "as it was entered"
        );
        assert_eq!(
            net("16.05", Class::D).unwrap_err().to_string(),
            "No price in whole pence comes to £16.05 with 20% VAT inside: the nearest are £16.04 and £16.06."
        );
        assert_eq!(net("0.4375", Class::A), Err(Refusal::InclusiveParts));
        let open = Decision { class: None, reason: "Say whether.".to_owned() };
        let refused = net_price(&terms("16.00", PriceBasis::Inclusive, "2026-11-21"), &open);
        assert_eq!(refused, Err(Refusal::InclusiveUnknown("Say whether.".to_owned())));
        assert_eq!(net_price(&terms("16.00", PriceBasis::Net, "2026-11-21"), &open), Ok(price("16.00")));
    }

    #[test]
    fn a_service_is_published_once_its_class_is_known_and_it_has_a_price() {
        let today = day("2026-11-21");
        let rates = [Rate {
            id: RateId::new(1),
            terms: terms("54.00", PriceBasis::Net, "2026-12-01"),
            net: price("54.00"),
            card: RateCard::default(),
        }];
        assert_eq!(check_publication(&decided(Class::D), &rates, today), Ok(()));
        assert_eq!(check_publication(&decided(Class::D), &[], today), Err(Refusal::NoPrice));
        let own = check_publication(&decided(Class::H), &rates, today);
        assert_eq!(own, Err(Refusal::NotInvoiced(vat::Refusal::CouncilsOwnCare)));
        let open = Decision { class: None, reason: "Say whether.".to_owned() };
        assert_eq!(check_publication(&open, &rates, today), Err(Refusal::ClassOpen("Say whether.".to_owned())));
    }

    #[test]
    fn words_are_split_alike_whatever_stands_between_them() {
        let words: Vec<String> = words_of("  St. Anne's \"Day-Club\" (No 3), CAFÉ\u{a0}– £5 ").collect();
        assert_eq!(words, ["st", "anne", "s", "day", "club", "no", "3", "café", "5"]);
        assert_eq!(words_of("-- \" '; *").count(), 0);
        assert_eq!(search_words(["Day club", "A club for the day"]), "day club a for the");
    }
}
