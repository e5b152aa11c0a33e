//! What the pages of one service receive: for everybody, and for its provider.

use chrono::NaiveDate;
use serde::Serialize;

use super::details;
use super::files::{DocumentShown, PhotoShown, documents, photos};
use super::rates::{CardShown, card};
use super::visits::{Calculator, calculator};
use super::{FundChoice, Price, Rating, as_whom, choices, fund_select, price, price_note, rating};
use crate::calendar;
use crate::directory::rules::stretches::{Stretch, stretches};
use crate::directory::rules::{limits, reviews};
use crate::directory::{
    Category, DocumentKind, Limit, Listing, Question, Rate, RateCard, ServiceFile, ShownReview, Unit, View, confirmed,
    is_stale, rules,
};
use crate::ids::{FundId, ServiceId};
use crate::people::Organisation;
use crate::people::rules::vat_on;
use crate::vat::{Answer, CharityStatus, Class, Nature, PriceBasis};
use crate::web::parts::{Choice, Fact};

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

/// What a service costs from today on: where its rate, or its class of VAT, changes, a row begins.
fn price_rows(listing: &Listing, view: &View, today: NaiveDate) -> Vec<RateRow> {
    let row = |stretch: Stretch| {
        let (rate, day) = (stretch.rate, stretch.from.max(today));
        RateRow {
            from: calendar::full(stretch.from),
            from_date: stretch.from,
            state: if stretch.from > today { "to come" } else { "holds today" },
            price: price(rate.terms.unit, rate.net, stretch.class, view, day),
            entered: entered(&rate),
        }
    };
    let mut rows: Vec<RateRow> = stretches(listing, today).into_iter().map(row).collect();
    rows.dedup_by(|later, before| later.price == before.price && later.entered == before.entered);
    rows
}

fn entered(rate: &Rate) -> String {
    format!("{} {} {}", rate.terms.price, rate.terms.unit.per(), rate.terms.basis.words())
}

/// All rates of a service, also those that have passed.
fn rate_rows(listing: &Listing, view: &View, today: NaiveDate) -> Vec<RateRow> {
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
        entered: entered(rate),
    };
    listing.rates.iter().map(row).collect()
}

/// A service; template `directory/service.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Service {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: ServiceId,
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
    /// What else stands on the card that holds today.
    pub card: Option<CardShown>,
    /// What a visit would cost; none while there is no price.
    pub calculator: Option<Calculator>,
    /// What it costs today and later.
    pub rates: Vec<RateRow>,
    /// As whom prices are shown.
    pub as_whom: String,
    /// What one must know about prices shown so.
    pub price_note: Option<String>,
    /// The funds that can be chosen.
    pub funds: Vec<Choice>,
    /// Whether whoever looks chooses for somebody, and so has a short list.
    pub chooses: bool,
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
    /// Where a provider's own people and councils read how the class was decided.
    pub vat_class_href: Option<String>,
    /// Where those who rely on them see the provider's documents.
    pub documents_href: Option<String>,
    /// The councils that have accepted the provider.
    pub accepted_by: Vec<String>,
    /// The regulator's rating of the provider's location.
    pub rating: Option<Rating>,
    /// When its provider last said that all of this is so, in a sentence.
    pub confirmed: String,
    /// Whether nobody has said so for too long.
    pub stale: bool,
    /// For whom, where and when.
    pub details: Vec<Fact>,
    /// What else is known.
    pub facts: Vec<Fact>,
    /// Where its provider changes it; for its provider alone.
    pub edit_href: Option<String>,
    /// Whether everybody can find it.
    pub published: bool,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
    /// The rule of the fund's council that hides it in a search.
    pub council_rule: Option<String>,
    /// Photographs of it.
    pub photos: Vec<PhotoShown>,
    /// Documents of it.
    pub documents: Vec<DocumentShown>,
    /// What people who used it say.
    pub reviews: Reviews,
}

/// What one person who used a service says.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SaidReview {
    /// In which month: a day could tell who it was.
    pub when: String,
    /// In words.
    pub words: String,
    /// What the provider answered.
    pub reply: Option<String>,
}

/// What people who used a service say.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Reviews {
    /// How many there are, in a sentence.
    pub state: String,
    /// The averages; none of a few.
    pub averages: Vec<Fact>,
    /// What was said in words, the newest first.
    pub said: Vec<SaidReview>,
}

/// What people who used a service say, as a page shows it.
pub(super) fn reviews_of(shown: &[ShownReview]) -> Reviews {
    let averages = reviews::averages(shown);
    let few =
        if averages.is_some() { String::new() } else { format!(" There are figures from {} on.", reviews::ENOUGH) };
    let state = match shown.len() {
        0 => "Nobody has said yet how it was.".to_owned(),
        1 => format!("One person has said how it was.{few}"),
        many => format!("{many} people have said how it was.{few}"),
    };
    let fact = |(question, tenths): (&Question, i64)| Fact::new(question.words(), reviews::average_words(tenths));
    let said = |review: &ShownReview| SaidReview {
        when: review.on.format("%B %Y").to_string(),
        words: review.words.clone(),
        reply: review.reply.clone(),
    };
    Reviews {
        state,
        averages: averages.map(|all| Question::ALL.iter().zip(all).map(fact).collect()).unwrap_or_default(),
        said: shown.iter().filter(|review| !review.words.is_empty()).map(said).collect(),
    }
}

/// The page of a service.
#[must_use]
pub fn service(
    listing: &Listing,
    (view, council_rules): (&View, &[Limit]),
    shown: &[ShownReview],
    funds: &[FundChoice],
    is_own: bool,
    today: NaiveDate,
) -> Service {
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
        card: rules::rate_on(&listing.rates, today).map(|rate| card(rate, class, view, today)),
        calculator: calculator(listing, today),
        rates: price_rows(listing, view, today),
        as_whom: as_whom(view, funds),
        price_note: price_note(view),
        funds: fund_select(funds, view.fund),
        chooses: false,
        fund: view.fund,
        vat_class: class,
        vat_class_words: class.map_or("Not known", Class::words).to_owned(),
        vat_reason: listing.decision.reason.clone(),
        vat_class_href: None,
        documents_href: None,
        accepted_by: vec![],
        vat_status: rules::listed_vat(vat_on(&listing.vat_history, today)).words(),
        rating: listing.location.as_ref().map(rules::shown_rating).as_ref().and_then(rating),
        confirmed: confirmed(service.confirmed_on, today),
        stale: is_stale(service.confirmed_on, today),
        details: details::facts(&service.details),
        facts: service_facts(listing),
        edit_href: is_own.then(|| format!("/services/{}/edit", service.id)),
        published: service.published,
        fictional: organisation.fictional,
        reviews: reviews_of(shown),
        photos: vec![],
        documents: vec![],
        council_rule: council_rule(listing, council_rules, view, today),
    }
}

/// The rule of the fund's council that hides a service in a search, in a sentence.
pub(super) fn council_rule(
    listing: &Listing,
    council_rules: &[Limit],
    view: &View,
    today: NaiveDate,
) -> Option<String> {
    let entry = rules::service_entry(listing, today)?;
    let offered = limits::offered(&entry, rules::payer_kind(view.arrangement, view.recovery));
    limits::limit_on(&offered, council_rules).map(limits::says)
}

impl Service {
    /// With what its provider shows beside the words.
    #[must_use]
    pub fn with_files(self, shown: &[ServiceFile]) -> Self {
        Self { photos: photos(self.id, shown), documents: documents(self.id, shown), ..self }
    }
}

/// Which documents of the provider hold, and until when: more of them nobody sees here.
#[must_use]
pub fn document_facts(held: &[(DocumentKind, Option<NaiveDate>)]) -> Vec<Fact> {
    let until = |day: Option<NaiveDate>| {
        day.map_or("There, without a last day".to_owned(), |day| format!("There, until {}", calendar::full(day)))
    };
    held.iter().map(|(kind, last)| Fact::new(kind.words(), until(*last))).collect()
}

fn service_facts(listing: &Listing) -> Vec<Fact> {
    let (words, organisation) = (&listing.service.words, &listing.organisation);
    let mut facts = vec![
        Fact::new("Kind of help", words.category.words()),
        Fact::new("Where", rules::shown_place(listing).0),
        Fact::new("Provider", &organisation.name).note(organisation.kind.words()),
        Fact::new("Address of the provider", rules::shown_address(organisation)),
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
    pub id: ServiceId,
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
    /// Whether the newest price has others beside it, which a price alone would drop.
    pub has_card: bool,
    /// What prices can be for.
    pub units: Vec<Choice>,
    /// Whether VAT is inside.
    pub bases: Vec<Choice>,
    /// The VAT class in words.
    pub vat_class_words: String,
    /// Why it has that class, or what is missing.
    pub vat_reason: String,
    /// For whom, where and when, as far as the provider has said.
    pub details: Vec<Fact>,
    /// When it was last confirmed, in a sentence.
    pub confirmed: String,
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
        rates: rate_rows(listing, &View::of_a_person(), today),
        has_card: listing.rates.last().is_some_and(|rate| rate.card != RateCard::default()),
        units: choices!(Unit::ALL, listing.rates.last().map(|rate| rate.terms.unit)),
        bases: choices!(PriceBasis::ALL, Some(PriceBasis::Net)),
        vat_class_words: listing.decision.class.map_or("Not known", Class::words).to_owned(),
        vat_reason: listing.decision.reason.clone(),
        details: details::facts(&service.details),
        confirmed: confirmed(service.confirmed_on, today),
        published: service.published,
        refusal: refusal.map(|refusal| refusal.to_string()),
        state: state.to_owned(),
        href: format!("/services/{}", service.id),
        today: calendar::short(today),
    }
}
