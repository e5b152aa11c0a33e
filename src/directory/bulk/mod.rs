//! Services and rates from a sheet, many at once: what each row would change, by the same rules as the forms, and the same
//! sheet written out.

pub mod pages;
pub mod reading;
pub mod writing;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::forms;
use super::store::rates::NewRate;
use super::store::services;
use super::{Category, Listing, Rate, RateCard, RateTerms, Service, ServiceWords, Unit, rules};
use crate::auth::rights::ProviderMember;
use crate::calendar;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::fingerprint::sha256;
use crate::ids::ServiceId;
use crate::money::UnitPrice;
use crate::people::{Organisation, VatRegistration, store as people};
use crate::vat::{Answer, Nature, PriceBasis};
use crate::web::form::Fields;

/// The columns that say what a service is, in the order in which they are written; the fields of a rate follow.
pub const SERVICE: [&str; 7] =
    ["service", "name", "category", "summary", "postcode", "nature", "inside_regulated_activity"];
/// The fields of the price of one unit.
pub const TERMS: [&str; 4] = ["unit", "price", "basis", "from"];
/// The most rows that a sheet may have.
pub const MOST_ROWS: usize = 1_000;
/// The most columns.
pub const MOST_COLUMNS: usize = 150;

/// A sheet as it was read: every cell is a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The columns, by the names of the forms' fields.
    pub columns: Vec<String>,
    /// The rows, with their number in the file.
    pub rows: Vec<(usize, Vec<String>)>,
}

impl Sheet {
    /// A sheet from its rows, of which the first names the columns; rows without content are left out.
    ///
    /// # Errors
    /// When a column is not known, stands twice, or there are too many rows.
    pub fn from_rows(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Self, String> {
        let mut rows = rows.into_iter().enumerate().map(|(number, cells)| (number + 1, cells));
        let (_, names) = rows.next().ok_or("There is nothing in the file.")?;
        let mut columns: Vec<String> = names.iter().map(|name| column(name)).collect();
        while columns.last().is_some_and(String::is_empty) {
            columns.pop();
        }
        let mut seen = BTreeSet::new();
        for (name, column) in names.iter().zip(&columns) {
            let known =
                SERVICE.contains(&column.as_str()) || forms::rates::RATE.iter().any(|(field, _)| field == column);
            if !known {
                return Err(format!(
                    "The first row must name the columns; “{}” is none that we know.",
                    shortened(name)
                ));
            }
            if !seen.insert(column) {
                return Err(format!("The column {column} stands there twice."));
            }
        }
        if !seen.contains(&"name".to_owned()) && !seen.contains(&"service".to_owned()) {
            return Err(
                "There must be a column “service” with the numbers of your services, or a column “name”.".to_owned()
            );
        }
        let mut found = vec![];
        for (number, cells) in rows.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())) {
            if found.len() == MOST_ROWS {
                return Err(format!("There are more than {MOST_ROWS} rows. Send them in parts."));
            }
            found.push((number, cells.into_iter().take(columns.len()).map(plain).collect()));
        }
        Ok(Self { columns, rows: found })
    }
}

/// The field of a column, however it is spelt.
fn column(name: &str) -> String {
    name.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_")
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A cell without the sign that keeps a spreadsheet from taking it for a formula.
fn plain(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if writing::looks_like_formula(rest) => rest.to_owned(),
        _ => cell,
    }
}

/// What a row would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new service.
    New,
    /// A service of theirs becomes different: what, from what, to what.
    Changed(Vec<String>),
    /// Everything is as it is.
    Unchanged,
    /// It cannot be done: every reason.
    Refused(Vec<String>),
}

/// A row and what it would do.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The row's number in the file.
    pub line: usize,
    /// What the service is called.
    pub name: String,
    /// What it would do.
    pub outcome: Outcome,
    step: Option<Step>,
}

/// What is done for a row.
#[derive(Clone, Debug)]
struct Step {
    service: Option<(ServiceId, i64)>,
    words: Option<ServiceWords>,
    rate: Option<(RateTerms, UnitPrice, RateCard)>,
}

/// What a whole sheet would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Each row.
    pub rows: Vec<Planned>,
}

impl Plan {
    /// What tells this plan from another: somebody confirms what they saw.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let rows: Vec<String> =
            self.rows.iter().map(|row| format!("{} {} {:?}", row.line, row.name, row.outcome)).collect();
        sha256(&rows.join("\n"))
    }

    /// How many rows do something.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.rows.iter().filter(|row| row.step.is_some()).count()
    }
}

/// What is known of the provider whose sheet it is.
struct Own {
    organisation: Organisation,
    vat_history: Vec<VatRegistration>,
    listings: HashMap<ServiceId, Listing>,
    today: NaiveDate,
}

/// What a sheet would do today.
///
/// # Errors
/// When the database fails.
pub fn plan(tx: &mut Tx, provider: &ProviderMember, sheet: &Sheet, today: NaiveDate) -> Result<Plan, Error> {
    let listings = services::listings(tx, provider.provider(), today)?;
    let own = Own {
        organisation: people::organisation(tx, provider.provider())?,
        vat_history: people::vat_history(tx, provider.provider())?,
        listings: listings.into_iter().map(|listing| (listing.service.id, listing)).collect(),
        today,
    };
    let mut seen = BTreeSet::new();
    let rows = sheet.rows.iter().map(|(line, cells)| own.planned(*line, &sheet.columns, cells, &mut seen)).collect();
    Ok(Plan { rows })
}

impl Own {
    fn planned(&self, line: usize, columns: &[String], cells: &[String], seen: &mut BTreeSet<String>) -> Planned {
        let said = columns.iter().zip(cells).filter(|(_, cell)| !cell.trim().is_empty());
        let said: HashMap<&str, String> = said.map(|(name, cell)| (name.as_str(), coded(name, cell.trim()))).collect();
        let name = said.get("name").cloned();
        let outcome = self.listing(&said).and_then(|listing| {
            let own = listing.map_or_else(|| name.clone().unwrap_or_default(), |one| one.service.id.to_string());
            if !seen.insert(own) {
                return Err(vec!["This service stands in the sheet more than once.".to_owned()]);
            }
            self.step(listing, columns, &said).map(|(outcome, step)| (listing, outcome, step))
        });
        match outcome {
            Ok((listing, outcome, step)) => {
                let name = name.or_else(|| listing.map(|one| one.service.words.name.clone())).unwrap_or_default();
                Planned { line, name, outcome, step }
            }
            Err(reasons) => {
                Planned { line, name: name.unwrap_or_default(), outcome: Outcome::Refused(reasons), step: None }
            }
        }
    }

    /// The service that a row is about: by its number, else by its name; nothing when it is a new one.
    fn listing(&self, said: &HashMap<&str, String>) -> Result<Option<&Listing>, Vec<String>> {
        if let Some(number) = said.get("service") {
            let found = number.parse().ok().and_then(|id| self.listings.get(&ServiceId::new(id)));
            return found
                .map(Some)
                .ok_or_else(|| vec![format!("You list no service with the number {}.", shortened(number))]);
        }
        let name = said.get("name").ok_or_else(|| vec!["Enter the name of the service, or its number.".to_owned()])?;
        let called = |one: &&Listing| one.service.words.name.to_lowercase() == name.to_lowercase();
        let mut found = self.listings.values().filter(called);
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(vec![
                "You list several services of this name: say which one by its number in the column “service”."
                    .to_owned(),
            ]),
            (one, _) => Ok(one),
        }
    }

    fn step(
        &self,
        listing: Option<&Listing>,
        columns: &[String],
        said: &HashMap<&str, String>,
    ) -> Result<(Outcome, Option<Step>), Vec<String>> {
        let words = forms::new_service(&self.words(listing, said)).map_err(reasons)?;
        let subject = self.subject(listing, &words);
        let rate = self.rate(&subject, columns, said)?;
        if rate.is_none() {
            rules::check_free(words.category, &subject.rates, self.today)
                .map_err(|refusal| vec![refusal.to_string()])?;
        }
        let changed = listing.map(|one| differences(&one.service.words, &words)).unwrap_or_default();
        let mut told = changed.clone();
        told.extend(rate.as_ref().map(|(terms, ..)| rate_in_words(listing.and_then(|one| self.holding(one)), terms)));
        let Some(listing) = listing else {
            return Ok((Outcome::New, Some(Step { service: None, words: Some(words), rate })));
        };
        if told.is_empty() {
            return Ok((Outcome::Unchanged, None));
        }
        let service = Some((listing.service.id, listing.service.version));
        let words = Some(words).filter(|_| !changed.is_empty());
        Ok((Outcome::Changed(told), Some(Step { service, words, rate })))
    }

    /// What a row says of a service: what it leaves empty stays as it is.
    fn words(&self, listing: Option<&Listing>, said: &HashMap<&str, String>) -> Fields {
        let held = listing.map(|one| texts(&one.service.words)).unwrap_or_default();
        let text = |name: &&str| said.get(name).cloned().or_else(|| held.get(name).cloned());
        let names = SERVICE.iter().skip(1);
        Fields::from_pairs(names.filter_map(|name| Some(((*name).to_owned(), text(name)?))))
    }

    /// The listing as it would be, with its new words.
    fn subject(&self, listing: Option<&Listing>, words: &ServiceWords) -> Listing {
        let overrides = listing.map(|held| held.overrides.clone()).unwrap_or_default();
        let said = (self.vat_history.as_slice(), overrides.as_slice());
        let decision = rules::overrides::decided_on(&self.organisation, said, words, self.today);
        match listing {
            Some(held) => {
                let service = Service { words: words.clone(), ..held.service.clone() };
                Listing { service, decision, ..held.clone() }
            }
            None => Listing {
                service: Service {
                    id: ServiceId::new(0),
                    organisation: self.organisation.id,
                    words: words.clone(),
                    details: super::Details::default(),
                    confirmed_on: self.today,
                    published: false,
                    version: 1,
                },
                organisation: self.organisation.clone(),
                vat_history: self.vat_history.clone(),
                overrides,
                rates: vec![],
                location: None,
                place: None,
                decision,
            },
        }
    }

    fn holding<'a>(&self, listing: &'a Listing) -> Option<&'a Rate> {
        rules::rate_on(&listing.rates, self.today).or(listing.rates.first())
    }

    /// The rate that a row says, where it is not one that is there already.
    fn rate(
        &self,
        subject: &Listing,
        columns: &[String],
        said: &HashMap<&str, String>,
    ) -> Result<Option<(RateTerms, UnitPrice, RateCard)>, Vec<String>> {
        let is_of_rate = |name: &&&str| forms::rates::RATE.iter().any(|(field, _)| *field == **name);
        if said.keys().filter(is_of_rate).count() == 0 {
            return Ok(None);
        }
        let held = self.holding(subject);
        let mut fields: HashMap<String, String> = said
            .iter()
            .filter(|(name, _)| is_of_rate(name))
            .map(|(name, text)| ((*name).to_owned(), text.clone()))
            .collect();
        let dated = fields.contains_key("from");
        if let Some(held) = held {
            // What the sheet has no column for stays as it is; of the price of one unit every part does.
            let stays = |name: &str| TERMS.contains(&name) || !columns.iter().any(|column| column == name);
            for (name, text) in writing::card(held).into_iter().filter(|(name, _)| stays(name)) {
                fields.entry(name).or_insert(text);
            }
        }
        fields.entry("from".to_owned()).or_insert_with(|| self.today.to_string());
        let mile = held.filter(|held| held.terms.basis == PriceBasis::Inclusive).and_then(|held| held.card.mile_net);
        let fields = Fields::from_pairs(fields);
        let card = forms::rates::rate(&fields).map_err(reasons)?;
        // What is there already is no new rate, whenever it began.
        let fresh = Listing { rates: vec![], ..subject.clone() };
        let made = |listing: &Listing, card: &rules::rates::Card| {
            let (net, made) = rules::new_rate(listing, card, self.today).map_err(|(_, no)| vec![no.to_string()])?;
            Ok::<_, Vec<String>>((net, RateCard { mile_net: made.mile_net.or(mile), ..made }))
        };
        let (net, would_be) = made(&fresh, &card)?;
        let same = |one: &&Rate| one.terms == card.terms && one.net == net && one.card == would_be;
        if subject.rates.iter().any(|one| same(&one)) {
            return Ok(None);
        }
        // The day of the price that holds stands in every sheet that was taken from here: a change of it begins today.
        let is_of_held = held.is_some_and(|held| held.terms.from == card.terms.from && held.terms.from < self.today);
        let from = if held.is_none() || (dated && !is_of_held) { card.terms.from } else { self.today };
        let card = rules::rates::Card { terms: RateTerms { from, ..card.terms }, ..card };
        let (net, made) = made(subject, &card)?;
        Ok(Some((card.terms, net, made)))
    }
}

/// Does what a plan says, for the provider whose sheet it is; answers the services with what was done to each.
///
/// # Errors
/// When somebody changed a service in between, or the provider lists as many as it may: then nothing is done.
pub fn carry_out(
    tx: &mut Tx,
    provider: &ProviderMember,
    plan: &Plan,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Vec<(ServiceId, String)>, Error> {
    let mut done = vec![];
    for row in &plan.rows {
        let Some(step) = &row.step else { continue };
        let (id, verb) = match (step.service, &step.words) {
            (None, Some(words)) => (services::add(tx, provider, words, (now, today))?, "listed"),
            (None, None) => continue,
            (Some((id, version)), words) => {
                if let Some(words) = words {
                    services::edit(tx, provider, id, version, words, today)?;
                }
                (id, "changed")
            }
        };
        if let Some((terms, net, card)) = &step.rate {
            services::add_rate(tx, provider, id, &NewRate { terms, net: *net, card }, (now, today))?;
        }
        done.push((id, format!("{verb} “{}” from a sheet", row.name)));
    }
    Ok(done)
}

fn reasons(invalid: Invalid) -> Vec<String> {
    let named = |error: crate::error::FieldError| match error.field.as_str() {
        "" => error.message,
        field => format!("{field}: {}", error.message),
    };
    invalid.errors.into_iter().map(named).collect()
}

/// What a service says, by the names of its fields, as it is sent.
fn texts(words: &ServiceWords) -> HashMap<&'static str, String> {
    HashMap::from([
        ("name", words.name.clone()),
        ("category", words.category.code().to_owned()),
        ("summary", words.summary.clone()),
        ("postcode", words.postcode.clone()),
        ("nature", words.nature.code().to_owned()),
        ("inside_regulated_activity", words.inside_regulated_activity.code().to_owned()),
    ])
}

/// What becomes different, in words: "Name: Day club → Day centre".
fn differences(held: &ServiceWords, words: &ServiceWords) -> Vec<String> {
    let pairs = [
        ("Name", held.name.clone(), words.name.clone()),
        ("Kind of help", held.category.words().to_owned(), words.category.words().to_owned()),
        ("What it is", held.summary.clone(), words.summary.clone()),
        ("Postcode", held.postcode.clone(), words.postcode.clone()),
        ("For VAT", held.nature.words().to_owned(), words.nature.words().to_owned()),
        (
            "Inside your regulated activity",
            held.inside_regulated_activity.words().to_owned(),
            words.inside_regulated_activity.words().to_owned(),
        ),
    ];
    let different = |(what, from, to): (&str, String, String)| (from != to).then(|| format!("{what}: {from} → {to}"));
    pairs.into_iter().filter_map(different).collect()
}

fn rate_in_words(held: Option<&Rate>, terms: &RateTerms) -> String {
    let price = |terms: &RateTerms| format!("{} {}", terms.price, terms.unit.per());
    let from = calendar::full(terms.from);
    match held {
        Some(held) if price(&held.terms) != price(terms) => {
            format!("Price: {} → {} from {from}", price(&held.terms), price(terms))
        }
        Some(_) => format!("Price: another card at {} from {from}", price(terms)),
        None => format!("Price: {} from {from}", price(terms)),
    }
}

/// The code of a cell of a closed list, where its words were written; every other cell as it stands.
fn coded(column: &str, cell: &str) -> String {
    let code = |all: Vec<(&'static str, &'static str)>| {
        let said = cell.trim_start_matches("per ").to_lowercase();
        let found = all.into_iter().find(|(code, words)| *code == said || words.to_lowercase() == said);
        found.map_or_else(|| cell.to_owned(), |(code, _)| code.to_owned())
    };
    macro_rules! list {
        ($name:ty) => {
            code(<$name>::ALL.iter().map(|one| (one.code(), one.words())).collect())
        };
    }
    match column {
        "category" => list!(Category),
        "nature" => list!(Nature),
        "inside_regulated_activity" => list!(Answer),
        "unit" => list!(Unit),
        "basis" => list!(PriceBasis),
        _ => cell.to_owned(),
    }
}
