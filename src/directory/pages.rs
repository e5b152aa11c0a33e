//! What the marketplace's pages receive, worded and formatted.

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    Category, DISTANCES, Entry, Found, ListedVat, Listing, MOST_FOUND, Missing, PAGE, Rate, ShownRating, Sort, Source,
    Unit, UnitCost, View, Wanted, rules,
};
use crate::auth::rights::Actor;
use crate::budgets::Fund;
use crate::calendar;
use crate::ids::FundId;
use crate::money::{Pence, UnitPrice};
use crate::people::rules::vat_on;
use crate::people::{Organisation, Person, VatRegistration, VatStatus};
use crate::places::distance_in_words;
use crate::register::{REGISTER_ATTRIBUTION, RegisterLocation};
use crate::vat::{self, Answer, Arrangement, CharityStatus, Class, CostRow, Nature, PriceBasis, Recipient, Recovery};
use crate::web::form::Fields;
use crate::web::parts::{Choice, Fact};

/// The choices of a closed list, each with its code and words.
macro_rules! choices {
    ($list:expr, $chosen:expr) => {{
        let (chosen, mut choices) = ($chosen, vec![]);
        for one in $list.iter() {
            choices.push(Choice::new(one.code(), one.words()).checked(Some(*one) == chosen));
        }
        choices
    }};
}

/// A fund as which prices can be shown, with the words for it.
#[derive(Clone, Debug)]
pub struct FundChoice {
    /// The fund.
    pub fund: Fund,
    /// What it is and whose.
    pub words: String,
}

/// The funds of an actor's choices, each with whose it is, where that is not the actor.
#[must_use]
pub fn fund_choices(funds: Vec<Fund>, people: &[Person], actor: &Actor) -> Vec<FundChoice> {
    let words = |fund: &Fund| {
        let form = fund.arrangement().map_or_else(|_| fund.form.words().to_owned(), Arrangement::words);
        let whose = people.iter().find(|person| person.id == fund.person && actor.person() != Some(person.id));
        let of = whose.map(|person| format!(" of {}", person.name)).unwrap_or_default();
        format!("{form}{of}, {} per week", fund.weekly)
    };
    funds.into_iter().map(|fund| FundChoice { words: words(&fund), fund }).collect()
}

/// The choices of a select: as a person would pay, or as one of the funds.
fn fund_select(funds: &[FundChoice], chosen: Option<FundId>) -> Vec<Choice> {
    let choice = |one: &FundChoice| Choice::new(one.fund.id, &one.words).checked(chosen == Some(one.fund.id));
    funds.iter().map(choice).collect()
}

/// The regulator's rating: never without its date, never without the regulator's page.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Rating {
    /// The judgement, or that there is none.
    pub words: String,
    /// The code of the judgement, where there is one.
    pub code: Option<String>,
    /// When it was published.
    #[schema(value_type = Option<String>, format = Date)]
    pub published: Option<NaiveDate>,
    /// The regulator's page.
    pub href: String,
}

fn rating(shown: &ShownRating) -> Option<Rating> {
    if shown.url.is_empty() {
        return None;
    }
    let words = match (shown.rating, shown.published) {
        (Some(rating), Some(day)) => format!("{}, published on {}", rating.words(), calendar::full(day)),
        (Some(rating), None) => format!("{}, without a date in the files read here", rating.words()),
        (None, _) => "Not rated in the files read here".to_owned(),
    };
    let code = shown.rating.map(|rating| rating.code().to_owned());
    Some(Rating { words, code, published: shown.published, href: shown.url.clone() })
}

/// The price of one unit, as a fund would pay it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Price {
    /// The code of what it is for.
    pub unit: String,
    /// "per hour".
    pub per: String,
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: UnitPrice,
    /// The VAT on the provider's invoice.
    #[schema(value_type = String)]
    pub vat_charged: UnitPrice,
    /// The VAT that a taxable holder charges on.
    #[schema(value_type = String)]
    pub onward_vat: UnitPrice,
    /// What the fund pays in the end.
    #[schema(value_type = String)]
    pub pays: UnitPrice,
    /// Net and VAT and who gets it back, in a sentence.
    pub detail: String,
    /// Why VAT is charged or not.
    pub ground: String,
}

fn price(unit: Unit, net: UnitPrice, class: Class, view: &View, today: NaiveDate) -> Option<Price> {
    let cost = rules::unit_cost(net, class, view, today).ok()?;
    Some(Price {
        unit: unit.code().to_owned(),
        per: unit.per(),
        net,
        vat_charged: cost.vat_charged,
        onward_vat: cost.onward_vat,
        pays: cost.pays,
        detail: price_detail(&cost, view),
        ground: cost.ground.to_string(),
    })
}

/// Net, VAT, and who gets it back.
fn price_detail(cost: &UnitCost, view: &View) -> String {
    let UnitCost { net, vat_charged, onward_vat, .. } = cost;
    let none = UnitPrice::from_hundredths_of_a_penny(0);
    let confirmed = view.recovery == Recovery::Confirmed;
    match view.arrangement.recipient() {
        Recipient::TaxableHolder if confirmed => {
            format!(
                "{net} net. The holder gets {vat_charged} VAT back, and the council the {onward_vat} VAT charged on."
            )
        }
        Recipient::TaxableHolder => format!(
            "{net} net, {vat_charged} VAT and {onward_vat} VAT that the holder charges on. Nobody has confirmed that VAT comes back."
        ),
        _ if *vat_charged == none => format!("{net} net, no VAT."),
        Recipient::Council if confirmed => format!("{net} net. The council gets {vat_charged} VAT back."),
        Recipient::Council => format!("{net} net and {vat_charged} VAT. Nobody has confirmed that VAT comes back."),
        Recipient::Person | Recipient::ExemptHolder => {
            format!("{net} net and {vat_charged} VAT, which nobody gets back.")
        }
    }
}

/// As whom prices are shown, in a sentence.
fn as_whom(view: &View, funds: &[FundChoice]) -> String {
    match view.fund {
        None => "Prices as a person who holds the money would pay them.".to_owned(),
        Some(id) => {
            let chosen = funds.iter().find(|one| one.fund.id == id).map(|one| one.words.clone());
            format!("Prices as this fund pays them: {}.", chosen.unwrap_or_else(|| view.arrangement.words()))
        }
    }
}

/// What one must know about prices shown so.
fn price_note(view: &View) -> Option<String> {
    match (view.fund, view.recovery) {
        (None, _) => Some("What a budget really pays depends on who holds the money.".to_owned()),
        (Some(_), Recovery::NotConfirmed) => {
            Some("Nobody has confirmed for this fund that VAT comes back. So none is counted.".to_owned())
        }
        (Some(_), Recovery::Confirmed) => None,
    }
}

/// One result of a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ResultCard {
    /// Its page here; nothing for a location that is in the register alone.
    pub href: Option<String>,
    /// The service's id, where it is one.
    #[schema(value_type = Option<i64>)]
    pub service: Option<crate::ids::ServiceId>,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// What it is.
    pub summary: String,
    /// What kind of help it is.
    pub category: String,
    /// Where it is.
    pub place: String,
    /// How far it is from the place that was asked for.
    pub distance: Option<String>,
    /// What it costs; nothing where no price is in force.
    pub price: Option<Price>,
    /// Why there is no price, where there is none.
    pub no_price: Option<&'static str>,
    /// The provider's registration for VAT, in words.
    pub vat: &'static str,
    /// The regulator's rating.
    pub rating: Option<Rating>,
    /// Whether it is in the regulator's register alone.
    pub from_register: bool,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
}

fn card(entry: &Entry, seen: &Seen, today: NaiveDate) -> ResultCard {
    let service = match entry.source {
        Source::Service(id, _) => Some(id),
        Source::Register(_) => None,
    };
    let fund = seen.view.fund.map(|fund| format!("?fund={fund}")).unwrap_or_default();
    let shown = entry.price.zip(entry.class);
    let price = shown.and_then(|(listed, class)| price(listed.unit, listed.net, class, &seen.view, today));
    let from_register = service.is_none();
    let no_price = match (&price, from_register) {
        (Some(_), _) => None,
        (None, true) => Some("On the regulator’s register; has not listed services or prices here."),
        (None, false) => Some("No price is in force today."),
    };
    let near = seen.wanted.near.zip(entry.point);
    let place = [entry.town.as_str(), &entry.postcode];
    ResultCard {
        href: service.map(|id| format!("/services/{id}{fund}")),
        service,
        name: entry.name.clone(),
        provider: entry.provider_name.clone(),
        summary: entry.summary.clone(),
        category: entry.category.words().to_owned(),
        place: place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        distance: near.map(|((from, _), to)| distance_in_words(from.distance_metres(to))),
        price,
        no_price,
        vat: entry.vat.words(),
        rating: rating(&entry.rating),
        from_register,
        fictional: entry.fictional,
    }
}

/// A search that was done: what was found, for what, as whom.
pub struct Seen {
    /// What was found.
    pub found: Found,
    /// What was looked for.
    pub wanted: Wanted,
    /// As whom.
    pub view: View,
}

/// The search; template `directory/search.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Search {
    /// How many were found and in which order, in a sentence.
    pub state: String,
    /// As whom prices are shown.
    pub as_whom: String,
    /// What one must know about prices shown so.
    pub price_note: Option<String>,
    /// The results of this page.
    pub results: Vec<ResultCard>,
    /// How many there are in all, counted to one more than 1,000.
    pub count: i64,
    /// The page before.
    pub previous_href: Option<String>,
    /// The page after.
    pub next_href: Option<String>,
    /// Which results this page shows.
    pub page_words: String,
    /// Whether a search was done; not when something typed could not be used.
    pub done: bool,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// The distances.
    pub distances: Vec<Choice>,
    /// The registrations for VAT.
    pub vat_statuses: Vec<Choice>,
    /// What prices are for.
    pub units: Vec<Choice>,
    /// The orders.
    pub sorts: Vec<Choice>,
    /// The funds that can be chosen.
    pub funds: Vec<Choice>,
    /// What was typed into the text fields.
    pub asked: AskedWords,
    /// What must be said where the register is shown.
    pub attribution: &'static str,
}

/// What was typed into the text fields of a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AskedWords {
    /// The words.
    pub words: Option<String>,
    /// The place.
    pub place: Option<String>,
    /// The highest price.
    pub max_price: Option<String>,
}

/// The page of a search: what was found, or only the form where nothing could be done.
#[must_use]
pub fn search(query: &Fields, funds: &[FundChoice], seen: Option<&Seen>, today: NaiveDate) -> Search {
    let person = View::of_a_person();
    let view = seen.map_or(&person, |seen| &seen.view);
    let sort = seen.map(|seen| seen.wanted.sort).or_else(|| query.get("sort").and_then(Sort::from_code));
    let count = seen.map_or(0, |seen| seen.found.count);
    let miles = query.get("within").unwrap_or("10");
    let distance = |one: u32| Choice::new(one, format!("{one} miles")).checked(one.to_string() == miles);
    let text = |name: &str| query.get(name).map(str::to_owned);
    let (previous_href, next_href, page_words) = seen.map_or_else(Default::default, |seen| turning(query, seen));
    Search {
        state: seen.map(search_state).unwrap_or_default(),
        as_whom: as_whom(view, funds),
        price_note: price_note(view),
        results: seen.map(|seen| cards(seen, today)).unwrap_or_default(),
        count,
        previous_href,
        next_href,
        page_words,
        done: seen.is_some(),
        categories: choices!(Category::ALL, query.get("category").and_then(Category::from_code)),
        distances: DISTANCES.into_iter().map(distance).collect(),
        vat_statuses: choices!(ListedVat::ALL, query.get("vat").and_then(ListedVat::from_code)),
        units: choices!(Unit::ALL, query.get("unit").and_then(Unit::from_code)),
        sorts: choices!(Sort::ALL, sort),
        funds: fund_select(funds, view.fund),
        asked: AskedWords { words: text("words"), place: text("place"), max_price: text("max_price") },
        attribution: REGISTER_ATTRIBUTION,
    }
}

fn cards(seen: &Seen, today: NaiveDate) -> Vec<ResultCard> {
    seen.found.entries.iter().map(|entry| card(entry, seen, today)).collect()
}

/// "23 results, the nearest first."
fn search_state(seen: &Seen) -> String {
    let count = match seen.found.count {
        0 => return "Nothing was found.".to_owned(),
        1 => "One result".to_owned(),
        many if many > MOST_FOUND => "More than 1,000 results".to_owned(),
        some => format!("{some} results"),
    };
    let order = match seen.wanted.sort {
        Sort::Distance if seen.wanted.near.is_some() => "the nearest first",
        Sort::Distance | Sort::Name => "by name",
        Sort::Price => "the lowest price first within each unit; what has no price comes last",
    };
    format!("{count}, {order}.")
}

/// The pages before and after, and which results this one shows.
fn turning(query: &Fields, seen: &Seen) -> (Option<String>, Option<String>, String) {
    let (page, count) = (seen.wanted.page, seen.found.count);
    let (first, last) = ((page - 1) * PAGE + 1, (page * PAGE).min(count).min(MOST_FOUND));
    let of = if count > MOST_FOUND { "1,000+".to_owned() } else { count.to_string() };
    let previous = (page > 1).then(|| page_href(query, page - 1));
    let next = (page * PAGE < count.min(MOST_FOUND)).then(|| page_href(query, page + 1));
    let words = if first <= last { format!("{first} to {last} of {of}") } else { format!("Nothing more of {of}") };
    (previous, next, words)
}

fn page_href(query: &Fields, page: i64) -> String {
    let typed = query.typed().iter().filter(|(name, value)| *name != "page" && !value.trim().is_empty());
    let mut pairs: Vec<(&str, String)> = typed.map(|(name, value)| (name.as_str(), value.clone())).collect();
    pairs.push(("page", page.to_string()));
    format!("/search?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}

/// A rate in a list of rates.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RateRow {
    /// From which day.
    pub from: String,
    /// The first day, for programs.
    #[schema(value_type = String, format = Date)]
    pub from_date: NaiveDate,
    /// Whether it holds today, has passed or is to come.
    pub state: &'static str,
    /// What it costs.
    pub price: Option<Price>,
    /// As the provider entered it.
    pub entered: String,
}

/// The rates of a service from the one that holds today on; `all` adds those that have passed.
fn rate_rows(listing: &Listing, view: &View, all: bool, today: NaiveDate) -> Vec<RateRow> {
    let holds = rules::rate_on(&listing.rates, today).map(|rate| rate.id);
    let state = |rate: &Rate| match rate.terms.from > today {
        true => "to come",
        false if Some(rate.id) == holds => "holds today",
        false => "has passed",
    };
    let row = |rate: &Rate| RateRow {
        from: calendar::full(rate.terms.from),
        from_date: rate.terms.from,
        state: state(rate),
        price: listing.decision.class.and_then(|class| price(rate.terms.unit, rate.net, class, view, today)),
        entered: format!("{} {} {}", rate.terms.price, rate.terms.unit.per(), rate.terms.basis.words()),
    };
    let shown = |rate: &&Rate| all || rate.terms.from > today || Some(rate.id) == holds;
    listing.rates.iter().filter(shown).map(row).collect()
}

/// A service; template `directory/service.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Service {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: crate::ids::ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// What the provider says of itself.
    pub about: String,
    /// What it is.
    pub summary: String,
    /// What kind of help it is.
    pub category: String,
    /// What it costs today.
    pub price: Option<Price>,
    /// What it costs today and later.
    pub rates: Vec<RateRow>,
    /// As whom prices are shown.
    pub as_whom: String,
    /// What one must know about prices shown so.
    pub price_note: Option<String>,
    /// The funds that can be chosen.
    pub funds: Vec<Choice>,
    /// The fund as which prices are shown.
    #[schema(value_type = Option<i64>)]
    pub fund: Option<FundId>,
    /// The VAT class, where it is known.
    #[schema(value_type = Option<String>)]
    pub vat_class: Option<Class>,
    /// The VAT class in words.
    pub vat_class_words: String,
    /// Why it has that class.
    pub vat_reason: String,
    /// The provider's registration for VAT.
    pub vat_status: &'static str,
    /// The regulator's rating of the provider's location.
    pub rating: Option<Rating>,
    /// What else is known.
    pub facts: Vec<Fact>,
    /// Where its provider changes it; for its provider alone.
    pub edit_href: Option<String>,
    /// Whether everybody can find it.
    pub published: bool,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
}

/// The page of a service.
#[must_use]
pub fn service(listing: &Listing, view: &View, funds: &[FundChoice], is_own: bool, today: NaiveDate) -> Service {
    let (service, words, organisation) = (&listing.service, &listing.service.words, &listing.organisation);
    let class = listing.decision.class;
    let rate = rules::rate_on(&listing.rates, today).zip(class);
    Service {
        id: service.id,
        name: words.name.clone(),
        provider: organisation.name.clone(),
        about: organisation.about.clone(),
        summary: words.summary.clone(),
        category: words.category.words().to_owned(),
        price: rate.and_then(|(rate, class)| price(rate.terms.unit, rate.net, class, view, today)),
        rates: rate_rows(listing, view, false, today),
        as_whom: as_whom(view, funds),
        price_note: price_note(view),
        funds: fund_select(funds, view.fund),
        fund: view.fund,
        vat_class: class,
        vat_class_words: class.map_or("Not known", Class::words).to_owned(),
        vat_reason: listing.decision.reason.clone(),
        vat_status: rules::listed_vat(vat_on(&listing.vat_history, today)).words(),
        rating: listing.location.as_ref().map(rules::shown_rating).as_ref().and_then(rating),
        facts: service_facts(listing),
        edit_href: is_own.then(|| format!("/services/{}/edit", service.id)),
        published: service.published,
        fictional: organisation.fictional,
    }
}

fn service_facts(listing: &Listing) -> Vec<Fact> {
    let (words, organisation) = (&listing.service.words, &listing.organisation);
    let mut facts = vec![
        Fact::new("Kind of help", words.category.words()),
        Fact::new("Where", &words.postcode),
        Fact::new("Provider", &organisation.name).note(organisation.kind.words()),
        Fact::new("Address of the provider", organisation.address.on_one_line()),
    ];
    if organisation.charity_status != CharityStatus::NotACharity {
        let number = organisation.charity_number.as_deref().map(|number| format!("number {number}"));
        facts.push(Fact::new("Charity", organisation.charity_status.words()).note(number.unwrap_or_default()));
    }
    let regulated = if organisation.regulated { "Yes, by its own statement" } else { "No" };
    facts.push(Fact::new("Regulated by the Care Quality Commission", regulated));
    facts
}

/// The forms of a new service; template `directory/new_service.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewService {
    /// The provider's name.
    pub provider: String,
    /// The provider's postcode, to begin with.
    pub postcode: String,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// What it can be for VAT.
    pub natures: Vec<Choice>,
    /// Whether the provider is regulated for it.
    pub answers: Vec<Choice>,
}

/// The page of a new service.
#[must_use]
pub fn new_service(organisation: &Organisation) -> NewService {
    let not_regulated = (!organisation.regulated).then_some(Answer::No);
    NewService {
        provider: organisation.name.clone(),
        postcode: organisation.address.postcode.clone(),
        categories: choices!(Category::ALL, None),
        natures: choices!(Nature::ALL, None),
        answers: choices!(Answer::ALL, not_regulated),
    }
}

/// The forms with which a provider changes a service; template `directory/edit_service.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct EditService {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: crate::ids::ServiceId,
    /// The version that is shown.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub summary: String,
    /// Where it is given.
    pub postcode: String,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// What it can be for VAT.
    pub natures: Vec<Choice>,
    /// Whether the provider is regulated for it.
    pub answers: Vec<Choice>,
    /// All rates.
    pub rates: Vec<RateRow>,
    /// What prices can be for.
    pub units: Vec<Choice>,
    /// Whether VAT is inside.
    pub bases: Vec<Choice>,
    /// The VAT class in words.
    pub vat_class_words: String,
    /// Why it has that class, or what is missing.
    pub vat_reason: String,
    /// Whether everybody can find it.
    pub published: bool,
    /// Why it cannot be found, though it is published, or cannot be published.
    pub refusal: Option<String>,
    /// Whether it is shown and what is missing, in a sentence.
    pub state: String,
    /// Its public page.
    pub href: String,
    /// Today, as a date field shows it.
    pub today: String,
}

/// The page of a provider's forms for a service.
#[must_use]
pub fn edit_service(listing: &Listing, today: NaiveDate) -> EditService {
    let (service, words) = (&listing.service, &listing.service.words);
    let refusal = rules::check_publication(&listing.decision, &listing.rates, today).err();
    let state = match (service.published, &refusal) {
        (true, None) => "Everybody can find this service.",
        (true, Some(_)) => "This service is published, but nobody can find it until something is put right.",
        (false, None) => "Nobody can find this service yet. It is ready to be published.",
        (false, Some(_)) => "Nobody can find this service yet. Something is missing.",
    };
    EditService {
        id: service.id,
        version: service.version,
        name: words.name.clone(),
        summary: words.summary.clone(),
        postcode: words.postcode.clone(),
        categories: choices!(Category::ALL, Some(words.category)),
        natures: choices!(Nature::ALL, Some(words.nature)),
        answers: choices!(Answer::ALL, Some(words.inside_regulated_activity)),
        rates: rate_rows(listing, &View::of_a_person(), true, today),
        units: choices!(Unit::ALL, listing.rates.last().map(|rate| rate.terms.unit)),
        bases: choices!(PriceBasis::ALL, Some(PriceBasis::Net)),
        vat_class_words: listing.decision.class.map_or("Not known", Class::words).to_owned(),
        vat_reason: listing.decision.reason.clone(),
        published: service.published,
        refusal: refusal.map(|refusal| refusal.to_string()),
        state: state.to_owned(),
        href: format!("/services/{}", service.id),
        today: calendar::full(today),
    }
}

/// Something that a provider must still do.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ToDo {
    /// What, in a sentence.
    pub sentence: String,
    /// Where.
    pub href: String,
}

/// A service in its provider's list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnService {
    /// Where it is changed.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What kind of help it is.
    pub category: String,
    /// What it costs today, as entered.
    pub price: String,
    /// The VAT class in words.
    pub vat: String,
    /// Whether everybody can find it, in words.
    pub state: &'static str,
    /// The tone of the state.
    pub tone: &'static str,
}

/// A provider's own entry; template `directory/provider.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// The version of the entry that is shown.
    pub version: i64,
    /// What is so, in a sentence.
    pub state: String,
    /// What must still be done.
    pub missing: Vec<ToDo>,
    /// Its services.
    pub services: Vec<OwnService>,
    /// What it can be in law.
    pub kinds: Vec<Choice>,
    /// House and street.
    pub address_line: String,
    /// The town.
    pub town: String,
    /// The postcode.
    pub postcode: String,
    /// What it says of itself.
    pub about: String,
    /// Whether it can be a charity.
    pub charity_statuses: Vec<Choice>,
    /// Its number on the register of charities.
    pub charity_number: Option<String>,
    /// Whether it says that it is regulated.
    pub regulated: bool,
    /// The location in the register that it says is its own.
    pub register_location: Option<String>,
    /// What the register says of that location.
    pub location: Option<Fact>,
    /// Its VAT status today, in words.
    pub vat_status: &'static str,
    /// What it can say about VAT.
    pub vat_statuses: Vec<Choice>,
    /// The VAT registration number that holds today.
    pub vat_number: Option<String>,
    /// Everything that it ever said about VAT.
    pub vat_history: Vec<Fact>,
    /// Today, as a date field shows it.
    pub today: String,
}

/// The page of a provider's own entry.
#[must_use]
pub fn provider(
    organisation: &Organisation,
    history: &[VatRegistration],
    listings: &[Listing],
    location: Option<&RegisterLocation>,
    today: NaiveDate,
) -> Provider {
    let holds = vat_on(history, today);
    let missing: Vec<ToDo> = rules::missing(organisation, history, listings, today).iter().map(to_do).collect();
    let services: Vec<OwnService> = listings.iter().map(|listing| own_service(listing, today)).collect();
    let found = services.iter().filter(|service| service.tone == "good").count();
    Provider {
        name: organisation.name.clone(),
        version: organisation.version,
        state: provider_state(services.len(), found, missing.len()),
        missing,
        services,
        kinds: choices!(rules::selling_kinds(organisation.kind), Some(organisation.kind)),
        address_line: organisation.address.line.clone(),
        town: organisation.address.town.clone(),
        postcode: organisation.address.postcode.clone(),
        about: organisation.about.clone(),
        charity_statuses: choices!(CharityStatus::ALL, Some(organisation.charity_status)),
        charity_number: organisation.charity_number.clone(),
        regulated: organisation.regulated,
        register_location: organisation.register_location.clone(),
        location: location.map(location_fact),
        vat_status: rules::listed_vat(holds).words(),
        vat_statuses: choices!(VatStatus::ALL, holds.map(|statement| statement.status)),
        vat_number: holds.and_then(|statement| statement.number.as_ref()).map(ToString::to_string),
        vat_history: history.iter().map(vat_fact).collect(),
        today: calendar::full(today),
    }
}

fn provider_state(services: usize, found: usize, missing: usize) -> String {
    let services = match (services, found) {
        (0, _) => "You have not listed a service yet.".to_owned(),
        (all, found) if all == found => "Everybody can find all your services.".to_owned(),
        (all, found) => format!("Everybody can find {found} of your {all} services."),
    };
    match missing {
        0 => format!("{services} Nothing is missing."),
        1 => format!("{services} One thing is missing."),
        some => format!("{services} {some} things are missing."),
    }
}

fn to_do(missing: &Missing) -> ToDo {
    let (sentence, href) = match missing {
        Missing::Vat => ("Say whether you are registered for VAT (value added tax).".to_owned(), "#vat".to_owned()),
        Missing::About => ("Say in some sentences who you are.".to_owned(), "#about".to_owned()),
        Missing::Services => ("List your first service.".to_owned(), "/services/new".to_owned()),
        Missing::Service(id, name, why) => (format!("{name}: {why}"), format!("/services/{id}/edit")),
        Missing::Publication(id, name) => (format!("{name} is ready: publish it."), format!("/services/{id}/edit")),
    };
    ToDo { sentence, href }
}

fn own_service(listing: &Listing, today: NaiveDate) -> OwnService {
    let (service, words) = (&listing.service, &listing.service.words);
    let price = rules::rate_on(&listing.rates, today)
        .map(|rate| format!("{} {} {}", rate.terms.price, rate.terms.unit.per(), rate.terms.basis.words()));
    let (state, tone) = match (service.published, rules::service_entry(listing, today).is_some()) {
        (_, true) => ("Everybody can find it", "good"),
        (true, false) => ("Published, but something must be put right", "warning"),
        (false, false) => ("Not published", "waiting"),
    };
    OwnService {
        href: format!("/services/{}/edit", service.id),
        name: words.name.clone(),
        category: words.category.words().to_owned(),
        price: price.unwrap_or_else(|| "No price today".to_owned()),
        vat: listing.decision.class.map_or("VAT class not known", Class::words).to_owned(),
        state,
        tone,
    }
}

fn location_fact(location: &RegisterLocation) -> Fact {
    let shown = rules::shown_rating(location);
    let rated = rating(&shown).map(|rating| rating.words).unwrap_or_default();
    Fact::new(&location.location_name, rated).href(&shown.url)
}

fn vat_fact(statement: &VatRegistration) -> Fact {
    let number = statement.number.as_ref().map(|number| format!(", {number}")).unwrap_or_default();
    Fact::new(format!("From {}", calendar::full(statement.from)), format!("{}{number}", statement.status.words()))
}

/// What one price costs in each form, as JSON.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WhatItCosts {
    /// The price without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT class.
    #[schema(value_type = String)]
    pub class: Class,
    /// One row for each form and structure.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<CostRow>,
}

/// What one price costs in each form, as a page; template `site/what_it_costs.html`.
#[derive(Serialize)]
pub struct WhatItCostsPage {
    /// The price without VAT.
    pub net: Option<Pence>,
    /// The VAT classes.
    pub classes: Vec<Choice>,
    /// Whether goods come with a declaration.
    pub declaration: bool,
    /// The rows.
    pub rows: Vec<WordedCostRow>,
}

/// A row in words.
#[derive(Serialize)]
pub struct WordedCostRow {
    /// The form.
    pub form_words: &'static str,
    /// The structure, where there is one.
    pub structure_words: Option<&'static str>,
    /// The VAT on the provider's invoice.
    pub vat_charged: Pence,
    /// The VAT that a taxable holder charges on.
    pub onward_vat: Pence,
    /// Who gets VAT back.
    pub recovered_by_words: &'static str,
    /// What the budget pays.
    pub budget_pays: Pence,
    /// Why.
    pub ground: String,
}

/// The page of "What it costs", with an answer or only the form.
#[must_use]
pub fn what_it_costs_page(answer: Option<&WhatItCosts>) -> WhatItCostsPage {
    let row = |row: &CostRow| WordedCostRow {
        form_words: row.arrangement.form().words(),
        structure_words: row.arrangement.structure().map(vat::Structure::words),
        vat_charged: row.cost.vat_charged,
        onward_vat: row.cost.onward_vat,
        recovered_by_words: row.cost.recovered_by.map_or("No VAT is charged", vat::RecoveredBy::words),
        budget_pays: row.cost.budget_pays,
        ground: row.cost.ground.to_string(),
    };
    WhatItCostsPage {
        net: answer.map(|answer| answer.net),
        classes: choices!(Class::ALL, answer.map(|answer| answer.class)),
        declaration: true,
        rows: answer.map(|answer| answer.rows.iter().map(row).collect()).unwrap_or_default(),
    }
}

/// The field that a refusal of the costing is about.
#[must_use]
pub const fn refused_field(refusal: &vat::Refusal) -> &'static str {
    match refusal {
        vat::Refusal::CouncilsOwnCare | vat::Refusal::EmployedAssistant => "class",
        _ => "",
    }
}
