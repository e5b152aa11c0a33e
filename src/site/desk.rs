//! What somebody finds on the first page after signing in: one section for each thing that they are here. Every list is
//! bounded, and so is the number of queries, whatever there is.

use std::collections::BTreeMap;

use super::pages::{DeskLink, DeskNumber, DeskSection, FundCard, HomePage};
use crate::auth::rights::{Actor, Mandate};
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, OrganisationId, PersonId};
use crate::ledger::{self, Balances};
use crate::money::Pence;
use crate::people;

/// A person's funds are shown as cards up to this number.
const CARDS: usize = 6;

/// What the sections are made of, read once.
struct Desk<'a> {
    actor: &'a Actor,
    /// The funds of the person and of those they act for.
    funds: Vec<Fund>,
    balances: BTreeMap<FundId, Balances>,
    holders: BTreeMap<OrganisationId, String>,
}

/// The first page of somebody who is signed in.
///
/// # Errors
/// When the database fails.
pub(super) fn page(tx: &mut Tx, actor: &Actor) -> Result<HomePage, Error> {
    let funds = budgets::store::funds_to_choose_for(tx, actor)?;
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    let balances = ledger::store::balances_of(tx, &ids)?;
    let holders: Vec<OrganisationId> = funds.iter().filter_map(|fund| fund.holder).collect();
    let holders = people::store::organisations_by_id(tx, &holders)?.into_iter().map(|found| (found.id, found.name));
    let desk = Desk { actor, funds, balances, holders: holders.collect() };
    let mut sections = vec![];
    sections.extend(actor.person().map(|person| desk.own_money(person)));
    sections.extend(actor.mandates().iter().map(|mandate| desk.acting_for(mandate)));
    if !actor.providers().is_empty() {
        sections.push(provider());
    }
    if !actor.holders().is_empty() {
        sections.push(holder(&budgets::store::funds_held(tx, actor)?));
    }
    if let Ok(officer) = actor.council_officer() {
        sections.push(council(people::store::people_of_council(tx, &officer)?.len()));
    }
    Ok(HomePage { title: format!("Good to see you, {}", actor.name()), state: desk.state(&sections), sections })
}

impl Desk<'_> {
    /// How things stand, in a sentence or two.
    fn state(&self, sections: &[DeskSection]) -> String {
        let waiting: usize = sections.iter().map(|section| section.waiting.len()).sum();
        let waits = match waiting {
            0 => "Nothing waits for you.".to_owned(),
            1 => "1 thing waits for you.".to_owned(),
            more => format!("{more} things wait for you."),
        };
        let own = |fund: &&Fund| self.actor.person() == Some(fund.person);
        let free: Vec<Pence> = self.funds.iter().filter(own).map(|fund| self.balances_of(fund).free()).collect();
        if free.is_empty() {
            return waits;
        }
        format!("{} is free to use. {waits}", free.into_iter().sum::<Pence>())
    }

    fn balances_of(&self, fund: &Fund) -> Balances {
        self.balances.get(&fund.id).cloned().unwrap_or_default()
    }

    fn own_money(&self, person: PersonId) -> DeskSection {
        let links = vec![
            DeskLink::new("Find support", "/search"),
            DeskLink::new("What you are owed and who may act for you", format!("/people/{person}")),
        ];
        DeskSection { heading: "Your money".to_owned(), funds: self.cards(person), links, ..DeskSection::default() }
    }

    fn acting_for(&self, mandate: &Mandate) -> DeskSection {
        let until = mandate.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
        let heading = format!("Acting for {}{until}", mandate.person_name);
        let links = vec![
            DeskLink::new("Find support", "/search"),
            DeskLink::new(&format!("About {}", mandate.person_name), format!("/people/{}", mandate.person)),
        ];
        DeskSection { heading, funds: self.cards(mandate.person), links, ..DeskSection::default() }
    }

    fn cards(&self, person: PersonId) -> Vec<FundCard> {
        let own = self.funds.iter().filter(|fund| fund.person == person);
        own.take(CARDS).map(|fund| self.card(fund)).collect()
    }

    fn card(&self, fund: &Fund) -> FundCard {
        let balances = self.balances_of(fund);
        let holder = fund.holder.and_then(|holder| self.holders.get(&holder));
        FundCard {
            name: format!("{}, {} per week", fund.form.words(), fund.weekly),
            holder: holder.map(|name| format!("Held by {name}")).unwrap_or_default(),
            free: balances.free().decimal(),
            states: balances.states(),
            granted_text: balances.granted().to_string(),
            href: format!("/funds/{}", fund.id),
            statement_href: format!("/funds/{}/statement", fund.id),
        }
    }
}

fn provider() -> DeskSection {
    let links = vec![
        DeskLink::new("Your entry and services", "/provider"),
        DeskLink::new("Orders and deliveries", "/deliveries"),
        DeskLink::new("Invoices", "/invoices"),
    ];
    DeskSection { heading: "What you provide".to_owned(), links, ..DeskSection::default() }
}

fn holder(funds: &[Fund]) -> DeskSection {
    let open: Vec<&Fund> = funds.iter().filter(|fund| fund.ended_on.is_none()).collect();
    let links = open
        .iter()
        .take(CARDS)
        .map(|fund| {
            DeskLink::new(&format!("Fund {}: {} per week", fund.id, fund.weekly), format!("/funds/{}", fund.id))
        })
        .collect();
    let label = if open.len() == 1 { "fund that you hold" } else { "funds that you hold" };
    let numbers = vec![DeskNumber { count: open.len(), label: label.to_owned(), href: "/funds".to_owned() }];
    DeskSection { heading: "Money that you hold".to_owned(), numbers, links, ..DeskSection::default() }
}

fn council(people: usize) -> DeskSection {
    let label = if people == 1 { "person" } else { "people" };
    let numbers = vec![DeskNumber { count: people, label: label.to_owned(), href: "/people".to_owned() }];
    DeskSection { heading: "Your council's people".to_owned(), numbers, ..DeskSection::default() }
}
