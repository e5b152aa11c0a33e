//! What the marketplace's pages receive, worded and formatted; here what several of them show.

mod compare;
mod costs;
mod details;
mod facets;
mod files;
mod map;
mod provider;
mod rates;
mod search;
mod service;
mod visits;
pub mod vat;

use chrono::NaiveDate;
use serde::Serialize;

use super::{ShownRating, Unit, UnitCost, View, rules};
use crate::auth::rights::Actor;
use crate::budgets::Fund;
use crate::calendar;
use crate::ids::FundId;
use crate::money::UnitPrice;
use crate::people::Person;
use crate::vat::{Arrangement, Class, Recipient, Recovery};
use crate::web::parts::Choice;

pub use compare::{ComparePage, Compared, Shown, compare, compare_nothing};
pub use costs::{WhatItCosts, WhatItCostsPage, WordedCostRow, refused_field, what_it_costs_page};
pub use details::{BoxList, DetailsPage, details_page};
pub use facets::{Facet, FacetList, Narrowed};
pub use files::{DocumentShown, FilesPage, PhotoShown, files};
pub use map::{Dot, Map};
pub use provider::{OwnService, Provider, ToDo, provider};
pub use rates::{CardPriceShown, CardShown, NewRatePage, NoticeRow, PriceRow, new_rate};
pub use search::{AskedWords, Hidden, HiddenBy, Located, ResultCard, Rules, Search, Seen, capitals, search};
pub use service::document_facts;
pub use service::{EditService, NewService, RateRow, Reviews, SaidReview, Service, edit_service, new_service, service};
pub use visits::{Calculator, VisitPrice, answered, calculator};

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
use choices;

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
#[derive(PartialEq, Eq, Serialize, utoipa::ToSchema)]
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
