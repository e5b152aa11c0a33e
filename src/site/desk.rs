//! What somebody finds on the first page after signing in: one section for each thing that they are here. Every list is
//! bounded, and so is the number of queries, whatever there is.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::pages::{Case, DeskLink, DeskSection, FundCard, HomePage};
use super::store;
use super::waiting::List;
use crate::auth::rights::{Access, AccessGround, Actor, Choose, Mandate, Membership, SeeMoney};
use crate::budgets::{self, Books, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, OrganisationId, PersonId};
use crate::ledger::Balances;
use crate::money::Pence;
use crate::people;
use crate::provider_documents;
use crate::vat_watch;

/// A person's funds are shown as cards up to this number.
const CARDS: usize = 6;

/// People for whom somebody acts are shown in full up to this number, with more in lines.
const IN_FULL: usize = 3;

/// People whose records somebody may look at for a time are listed up to this number.
const LOOKED_AT: i64 = 200;

/// A holder's funds are listed up to this number.
const HELD: usize = 50;

/// What the sections are made of, read once.
struct Desk<'a> {
    actor: &'a Actor,
    /// The funds of the person and of those they act for.
    funds: Vec<Fund>,
    books: BTreeMap<FundId, Books>,
    holders: BTreeMap<OrganisationId, String>,
}

/// The first page of somebody who is signed in.
///
/// # Errors
/// When the database fails.
pub(super) fn page(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<HomePage, Error> {
    let funds = budgets::store::open_funds::<SeeMoney>(tx, actor)?;
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    let books = budgets::store::books(tx, actor, &ids)?;
    let holders: Vec<OrganisationId> = funds.iter().filter_map(|fund| fund.holder).collect();
    let holders = people::store::organisations_by_id(tx, &holders)?.into_iter().map(|found| (found.id, found.name));
    let desk = Desk { actor, funds, books, holders: holders.collect() };
    let mut sections = vec![];
    sections.extend(actor.person().map(|person| desk.own_money(person)));
    match actor.mandates() {
        few if few.len() <= IN_FULL => sections.extend(few.iter().map(|mandate| desk.acting_for(mandate))),
        many => sections.push(desk.caseload(many)),
    }
    if !actor.providers().is_empty() {
        sections.push(provider(tx, actor, today)?);
    }
    if !actor.holders().is_empty() {
        let held = budgets::store::funds_held(tx, actor)?;
        sections.push(holder(tx, &held)?);
    }
    if let Ok(reader) = actor.council_reader() {
        sections.push(council(actor, people::store::people_of_council(tx, &reader)?.len()));
    }
    sections.extend(organisations(actor));
    for access in actor.accesses() {
        sections.push(looking(tx, access)?);
    }
    sections.extend(actor.is_operator().then(operator));
    // Also for whom a second factor is still missing: the link leads them to set it up.
    if matches!(actor.safeguarding(), Ok(_) | Err(Error::SecondFactor)) {
        let links = vec![DeskLink::new("Concerns and signals", "/safeguarding")];
        sections.push(DeskSection { heading: "Safeguarding".to_owned(), links, ..DeskSection::default() });
    }
    let list = List::of(tx, actor, today)?;
    let (title, state) = (format!("Good to see you, {}", actor.name()), desk.state(list.count_all()));
    let (numbers, waiting) = list.shown();
    Ok(HomePage { title, state, numbers, waiting, sections })
}

impl Desk<'_> {
    /// How things stand, in a sentence or two.
    fn state(&self, waiting: usize) -> String {
        let waits = match waiting {
            0 => "Nothing waits for you.".to_owned(),
            1 => "1 thing waits for you.".to_owned(),
            more => format!("{more} things wait for you."),
        };
        let own = |fund: &&Fund| self.actor.person() == Some(fund.person);
        let free: Vec<Pence> = self.funds.iter().filter(own).map(|fund| self.books_of(fund).free).collect();
        if free.is_empty() {
            return waits;
        }
        format!("{} is free to use. {waits}", free.into_iter().sum::<Pence>())
    }

    fn books_of(&self, fund: &Fund) -> Books {
        self.books.get(&fund.id).cloned().unwrap_or_default()
    }

    fn own_money(&self, person: PersonId) -> DeskSection {
        let links = vec![
            DeskLink::new("Find support", "/search"),
            DeskLink::new("Your short list", "/shortlist"),
            searches(),
            DeskLink::new("Ask several providers for a quote", "/quotes"),
            DeskLink::new("Say how a service was", "/reviews"),
            DeskLink::new("What you are owed and who may act for you", format!("/people/{person}")),
            DeskLink::new("Who looked at your record, and who changed it", format!("/people/{person}/record")),
            complaints(),
        ];
        DeskSection { heading: "Your money".to_owned(), funds: self.cards(person), links, ..DeskSection::default() }
    }

    fn acting_for(&self, mandate: &Mandate) -> DeskSection {
        let until = mandate.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
        let heading = format!("Acting for {}{until}", mandate.person_name);
        let mut links = vec![DeskLink::new("Find support", "/search")];
        links.extend(self.actor.may::<Choose>(mandate.person).then(short_lists));
        links.extend(vec![
            searches(),
            DeskLink::new("Ask several providers for a quote", "/quotes"),
            DeskLink::new(&format!("About {}", mandate.person_name), format!("/people/{}", mandate.person)),
            complaints(),
        ]);
        DeskSection { heading, funds: self.cards(mandate.person), links, ..DeskSection::default() }
    }

    /// The people for whom somebody with many mandates acts, by name, and what is free in their funds.
    fn caseload(&self, mandates: &[Mandate]) -> DeskSection {
        let names: BTreeMap<PersonId, &str> =
            mandates.iter().map(|mandate| (mandate.person, mandate.person_name.as_str())).collect();
        let case = |fund: &Fund| {
            Some(Case {
                person: (*names.get(&fund.person)?).to_owned(),
                person_href: format!("/people/{}", fund.person),
                fund: format!("{}, {} per week", fund.form.words(), fund.weekly),
                fund_href: format!("/funds/{}", fund.id),
                free: self.books_of(fund).free.decimal(),
            })
        };
        let mut caseload: Vec<Case> = self.funds.iter().filter_map(case).collect();
        caseload.sort_by(|one, other| one.person.cmp(&other.person));
        let heading = format!("You act for {} people", names.len());
        let mut links = vec![DeskLink::new("Find support", "/search")];
        links.extend((!self.actor.people_for::<Choose>().is_empty()).then(short_lists));
        links.extend([searches(), complaints()]);
        DeskSection { heading, caseload, links, ..DeskSection::default() }
    }

    fn cards(&self, person: PersonId) -> Vec<FundCard> {
        let own = self.funds.iter().filter(|fund| fund.person == person);
        own.take(CARDS).map(|fund| self.card(fund)).collect()
    }

    fn card(&self, fund: &Fund) -> FundCard {
        let books = self.books_of(fund);
        let holder = fund.holder.and_then(|holder| self.holders.get(&holder));
        FundCard {
            name: format!("{}, {} per week", fund.form.words(), fund.weekly),
            holder: holder.map(|name| format!("Held by {name}")).unwrap_or_default(),
            free: books.free.decimal(),
            states: books.sums.as_ref().map(Balances::states),
            granted_text: books.sums.as_ref().map(|sums| sums.granted().to_string()),
            not_shown: books.instead(),
            href: format!("/funds/{}", fund.id),
            statement_href: (!self.actor.is_kept_from(fund.person)).then(|| format!("/funds/{}/statement", fund.id)),
        }
    }
}

/// The organisations that somebody belongs to, where they see who else does.
fn organisations(actor: &Actor) -> Option<DeskSection> {
    let link = |place: &Membership| DeskLink::new(&place.name, format!("/organisations/{}", place.organisation));
    let links: Vec<DeskLink> = actor.memberships().iter().map(link).collect();
    let heading = "Where you belong: people, roles, who approves and who pays".to_owned();
    (!links.is_empty()).then(|| DeskSection { heading, links, ..DeskSection::default() })
}

/// For those who choose for somebody.
fn short_lists() -> DeskLink {
    DeskLink::new("Short lists", "/shortlist")
}

fn searches() -> DeskLink {
    DeskLink::new("Searches that you keep", "/saved-searches")
}

fn complaints() -> DeskLink {
    DeskLink::new("Complaints", "/concerns")
}

fn provider(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<DeskSection, Error> {
    let mut links = vec![];
    if let Ok(member) = actor.provider_member() {
        let steps = provider_documents::store::steps(tx, &member, today)?;
        let label = format!("Your checklist: {}", provider_documents::rules::progress(&steps));
        links.push(DeskLink::new(&label, "/provider/checklist"));
        links.push(DeskLink::new("Your entry and services", "/provider"));
    }
    for own in actor.providers() {
        links.push(DeskLink::new("Your documents: insurance, policies", format!("/organisations/{own}/documents")));
    }
    links.extend(vec![
        DeskLink::new("Orders and deliveries", "/deliveries"),
        DeskLink::new("Invoices", "/invoices"),
        DeskLink::new("What you are asked: quotes", "/quotes"),
        DeskLink::new("What people say of your services", "/reviews"),
        DeskLink::new("What councils have decided about you", "/council-rules"),
    ]);
    links.extend((!vat_watch::store::own_providers(actor).is_empty()).then(vat));
    links.push(complaints());
    Ok(DeskSection { heading: "What you provide".to_owned(), links, ..DeskSection::default() })
}

fn vat() -> DeskLink {
    DeskLink::new("VAT: what to look at", "/vat-alerts")
}

fn holder(tx: &mut Tx, funds: &[Fund]) -> Result<DeskSection, Error> {
    let open: Vec<&Fund> = funds.iter().filter(|fund| fund.ended_on.is_none()).collect();
    let persons: Vec<PersonId> = open.iter().take(HELD).map(|fund| fund.person).collect();
    let names = store::names_of(tx, &persons)?;
    let label = |fund: &Fund| match names.get(&fund.person) {
        Some(name) => format!("Fund of {name}: {}, {} per week", fund.form.words(), fund.weekly),
        None => format!("Fund {}: {} per week", fund.id, fund.weekly),
    };
    let links = open.iter().take(HELD).map(|fund| DeskLink::new(&label(fund), format!("/funds/{}", fund.id)));
    let heading = match open.len() {
        0 => "You hold no fund now".to_owned(),
        1 => "You hold 1 fund".to_owned(),
        many => format!("You hold {many} funds"),
    };
    Ok(DeskSection { heading, links: links.chain([complaints()]).collect(), ..DeskSection::default() })
}

/// Whose records somebody may look at for a time.
fn looking(tx: &mut Tx, access: &Access) -> Result<DeskSection, Error> {
    let until = match &access.ground {
        AccessGround::Grant { until, .. } => format!("until {}", calendar::full(*until)),
        AccessGround::BrokenGlass => "for an hour".to_owned(),
    };
    let found = people::store::people_within(tx, access, LOOKED_AT)?;
    let links = found.iter().map(|person| DeskLink::new(&person.name, format!("/people/{}", person.id)));
    let heading = format!("You may look {until}: {}", access.purpose);
    Ok(DeskSection { heading, links: links.collect(), ..DeskSection::default() })
}

fn operator() -> DeskSection {
    let links = vec![DeskLink::new("Look at a person’s record, and say why", "/break-glass")];
    DeskSection { heading: "You run this service".to_owned(), links, ..DeskSection::default() }
}

fn council(actor: &Actor, people: usize) -> DeskSection {
    let heading = match people {
        0 => "Nobody is recorded yet".to_owned(),
        1 => "Your council has recorded 1 person".to_owned(),
        many => format!("Your council has recorded {many} people"),
    };
    let mut links = vec![DeskLink::new("People and budgets", "/people")];
    links.extend(actor.council_officer().is_ok().then(|| DeskLink::new("Record a person", "/people/new")));
    links.extend(actor.access_giver().is_ok().then(|| DeskLink::new("Who may look for a time", "/access")));
    links.push(complaints());
    links.push(DeskLink::new("Rules about providers", "/council-rules"));
    links.extend((!vat_watch::store::own_councils(actor).is_empty()).then(vat));
    links.push(DeskLink::new("Reviews to read before they are shown", "/reviews"));
    links.push(DeskLink::new("Claims to entries of the register, bank details to confirm", "/claims"));
    DeskSection { heading, links, ..DeskSection::default() }
}
