//! What the statement's page and its paper receive.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::KeptStatement;
use super::rules::{Spent, Statement, left};
use crate::auth::rights::Actor;
use crate::budgets::Fund;
use crate::calendar;
use crate::communication;
use crate::ids::OrganisationId;
use crate::ledger::{Account, Balances, StateAmount};
use crate::money::Pence;
use crate::people::Person;

/// A statement of a fund; templates `reports/statement.html` and `paper/statement.html`.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementPage {
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
    /// Whose fund it is, for somebody who is not that person; empty for the person.
    pub whose: String,
    /// The person's name.
    pub person: String,
    /// The pseudonymous reference that stands for the person.
    pub reference: String,
    /// The fund: its form and the amount per week.
    pub fund: String,
    /// The fund's page.
    pub fund_href: String,
    /// Who holds it; empty when nobody but the person or the council does.
    pub holder: String,
    /// In which forms a kept statement is owed and not made here.
    pub owed: Option<String>,
    /// The council that funds it.
    pub council: String,
    /// The days, in words.
    pub period: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: NaiveDate,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: NaiveDate,
    /// The first day as one would type it.
    pub from_typed: String,
    /// The last day as one would type it.
    pub to_typed: String,
    /// The last day, in words.
    pub to_words: String,
    /// The day on which it was made, in words.
    pub made_on: String,
    /// How things stand on the last day, in a sentence or two.
    pub state: String,
    /// The sum, line by line: what was left, what came in, what it was spent on.
    pub lines: Vec<SumLine>,
    /// What is left after the last day.
    pub closing: SumLine,
    /// What was spent, by provider.
    pub spent: Vec<SpentRow>,
    /// All of it.
    pub spent_together: SpentRow,
    /// The holder's fee, in a sentence.
    pub fee_words: String,
    /// VAT that was lost, in a sentence.
    pub vat_words: String,
    /// Where what is left is: held, still to be paid, still to come back.
    pub whereabouts: Vec<SumLine>,
    /// What is approved and still to be paid, by provider.
    pub to_be_paid: Vec<Owed>,
    /// What providers still owe back, by provider.
    pub owed_back: Vec<Owed>,
    /// The five states on the last day.
    pub states: Vec<StateAmount>,
    /// All five together.
    pub states_total: String,
    /// The five states in a sentence.
    pub states_words: String,
    /// Statements that were kept as papers.
    pub kept: Vec<KeptRow>,
}

/// One line of a sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct SumLine {
    /// What it is.
    pub label: String,
    /// The amount with its sign, in pounds.
    pub amount: String,
    /// The amount as it is read, with a plus or a minus where it is added or taken off.
    pub text: String,
}

/// What was spent with one provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpentRow {
    /// The provider.
    pub name: String,
    /// Support, without VAT.
    pub support: String,
    /// The fee for holding the fund, without VAT.
    pub fee: String,
    /// VAT that nobody gets back.
    pub vat_lost: String,
    /// All of it.
    pub together: String,
}

/// What is owed to or by a provider.
#[derive(Debug, Serialize, ToSchema)]
pub struct Owed {
    /// The provider.
    pub name: String,
    /// The amount, in pounds.
    pub amount: String,
}

/// A statement that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptRow {
    /// The days, in words.
    pub period: String,
    /// When it was kept, in words.
    pub kept_on: String,
    /// The paper.
    pub href: String,
}

/// What a statement's page is made from, as it was loaded.
#[derive(Debug)]
pub struct Material {
    /// The fund.
    pub fund: Fund,
    /// Whose it is.
    pub person: Person,
    /// How they need to be spoken and written to.
    pub needs: Option<communication::Version>,
    /// The names of the organisations that it mentions.
    pub names: BTreeMap<OrganisationId, String>,
    /// The arithmetic.
    pub statement: Statement,
    /// The balances on the last day.
    pub closing: Balances,
    /// What was approved and not paid on the last day, by organisation, as it was posted: what is owed is negative.
    pub payable: Vec<(OrganisationId, Pence)>,
    /// Statements that were kept.
    pub kept: Vec<KeptStatement>,
}

impl StatementPage {
    /// Words a statement for an actor.
    #[must_use]
    pub fn new(actor: &Actor, material: &Material, today: NaiveDate) -> Self {
        let Material { fund, person, statement, closing, kept, .. } = material;
        let period = statement.period;
        let kept_row = |kept: &KeptStatement| KeptRow {
            period: calendar::range(kept.from, kept.to),
            kept_on: calendar::full(kept.kept_on),
            href: format!("/funds/{}/statements/{}", fund.id, kept.document),
        };
        Self {
            fictional: person.fictional,
            whose: whose(actor, person),
            person: person.name.clone(),
            reference: person.reference.clone(),
            fund: format!("{}, {} per week", fund.form.words(), fund.weekly),
            fund_href: format!("/funds/{}", fund.id),
            holder: fund.holder.map(|holder| material.name(holder)).unwrap_or_default(),
            council: material.name(fund.council),
            owed: communication::rules::owed_words(material.needs.as_ref(), &material.name(fund.council)),
            period: calendar::range(period.from(), period.to()),
            from: period.from(),
            to: period.to(),
            from_typed: period.from().format("%-d %-m %Y").to_string(),
            to_typed: period.to().format("%-d %-m %Y").to_string(),
            to_words: calendar::full(period.to()),
            made_on: calendar::full(today),
            state: state(statement, closing),
            lines: lines(statement),
            closing: SumLine::plain(&format!("Left on {}", calendar::full(period.to())), statement.closing()),
            spent: statement.spent.iter().map(|(party, spent)| material.spent_row(*party, spent)).collect(),
            spent_together: SpentRow::new("Together", &statement.all_spent()),
            fee_words: fee_words(statement),
            vat_words: vat_words(statement),
            whereabouts: whereabouts(closing),
            to_be_paid: material.owed(|amount| -amount),
            owed_back: material.owed(|amount| amount),
            states: closing.states(),
            states_total: closing.granted().to_string(),
            states_words: states_words(closing),
            kept: kept.iter().map(kept_row).collect(),
        }
    }
}

impl Material {
    fn name(&self, organisation: OrganisationId) -> String {
        self.names.get(&organisation).cloned().unwrap_or_else(|| format!("Organisation {organisation}"))
    }

    fn spent_row(&self, party: Option<OrganisationId>, spent: &Spent) -> SpentRow {
        let name = party.map_or_else(|| "Spent, as reported".to_owned(), |party| self.name(party));
        SpentRow::new(&name, spent)
    }

    /// The organisations for which the amount, seen from one side, is more than nothing.
    fn owed(&self, side: impl Fn(Pence) -> Pence) -> Vec<Owed> {
        let amounts = self.payable.iter().map(|(party, amount)| (*party, side(*amount)));
        amounts
            .filter(|(_, amount)| *amount > Pence::ZERO)
            .map(|(party, amount)| Owed { name: self.name(party), amount: amount.decimal() })
            .collect()
    }
}

impl SpentRow {
    fn new(name: &str, spent: &Spent) -> Self {
        Self {
            name: name.to_owned(),
            support: spent.support.decimal(),
            fee: spent.fee.decimal(),
            vat_lost: spent.vat_lost.decimal(),
            together: spent.together().decimal(),
        }
    }
}

impl SumLine {
    fn plain(label: &str, amount: Pence) -> Self {
        Self { label: label.to_owned(), amount: amount.decimal(), text: amount.to_string() }
    }

    /// A line that is added, or taken off where it is negative.
    fn signed(label: &str, amount: Pence) -> Self {
        let text = if amount.is_negative() { format!("\u{2212} {}", -amount) } else { format!("+ {amount}") };
        Self { label: label.to_owned(), amount: amount.decimal(), text }
    }
}

/// Whose fund it is, for somebody who is not that person.
fn whose(actor: &Actor, person: &Person) -> String {
    if actor.person() == Some(person.id) {
        return String::new();
    }
    match actor.mandates().iter().find(|mandate| mandate.person == person.id) {
        Some(mandate) => {
            let until = mandate.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
            format!("Acting for {}{until}", person.name)
        }
        None => format!("The fund of {}", person.name),
    }
}

fn state(statement: &Statement, closing: &Balances) -> String {
    let day = calendar::full(statement.period.to());
    let to_be_paid = -closing.of(Account::Payable);
    let paid = if to_be_paid > Pence::ZERO {
        format!("{to_be_paid} of what was approved is still to be paid.")
    } else {
        "Everything that was approved is paid.".to_owned()
    };
    format!("{} is left on {day}. {paid}", statement.closing())
}

/// The sum from what was left before to what is left now; lines of nothing are left out, but for the money from the council.
fn lines(statement: &Statement) -> Vec<SumLine> {
    let all = statement.all_spent();
    let first = calendar::full(statement.period.from());
    let mut lines = vec![
        SumLine::plain(&format!("Left before {first}"), statement.opening),
        SumLine::signed("Paid in by the council", statement.from_council),
    ];
    let rest = [
        ("Contribution, paid in by the person", statement.from_person),
        ("Support", -all.support),
        ("Fee of the holder", -all.fee),
        ("VAT (value added tax) that nobody gets back", -all.vat_lost),
        ("Returned to the council", -statement.to_council),
        ("Returned to the person", -statement.to_person),
    ];
    let told = rest.into_iter().filter(|(_, amount)| !amount.is_zero());
    lines.extend(told.map(|(label, amount)| SumLine::signed(label, amount)));
    lines
}

/// Where what is left is.
fn whereabouts(closing: &Balances) -> Vec<SumLine> {
    let mut lines = vec![SumLine::plain("Money held", closing.bank())];
    let rest = [
        ("Approved, still to be paid", closing.of(Account::Payable)),
        ("VAT (value added tax) that still comes back", closing.of(Account::RecoverableVat)),
    ];
    let told = rest.into_iter().filter(|(_, amount)| !amount.is_zero());
    lines.extend(told.map(|(label, amount)| SumLine::signed(label, amount)));
    lines.push(SumLine::plain("Left", left(closing)));
    lines
}

fn fee_words(statement: &Statement) -> String {
    let fee = statement.all_spent().fee;
    if fee.is_zero() {
        return "No fee was taken for holding this money.".to_owned();
    }
    let share = statement.fee_tenths_of_a_penny_per_pound();
    let share = share.map(|tenths| format!(": {}.{} pence of every pound that came in", tenths / 10, tenths % 10));
    format!("The holder took {fee} for holding this money{}.", share.unwrap_or_default())
}

fn vat_words(statement: &Statement) -> String {
    let lost = statement.all_spent().vat_lost;
    if lost.is_zero() {
        "No VAT (value added tax) was lost.".to_owned()
    } else {
        format!("{lost} went on VAT (value added tax) that nobody can claim back.")
    }
}

/// The five states, in a sentence; those of nothing are left out.
fn states_words(closing: &Balances) -> String {
    let words = |state: Account| match state {
        Account::Free => "is free to use",
        Account::Reserved => "is ordered and not delivered yet",
        Account::Delivered => "is delivered and not billed yet",
        Account::Invoiced => "is billed and not paid yet",
        _ => "is paid",
    };
    let told = Account::STATES.iter().filter(|state| !closing.credit(**state).is_zero());
    let parts: Vec<String> = told.map(|state| format!("{} {}", closing.credit(*state), words(*state))).collect();
    if parts.is_empty() {
        return "There is no money in this fund.".to_owned();
    }
    format!("{} altogether: {}.", closing.granted(), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::ledger::rules::{Funder, money_in, reserve};

    fn pounds(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn statement(spent: Spent) -> Statement {
        let first = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let mut statement = Statement::of(Period::of_weeks(first, 4).unwrap(), &Balances::default(), &[]);
        statement.from_council = pounds("1680.00");
        statement.spent.insert(None, spent);
        statement
    }

    #[test]
    fn the_sum_can_be_followed() {
        let spent = Spent { support: pounds("1440.00"), fee: pounds("34.00"), vat_lost: pounds("50.00") };
        let statement = statement(spent);
        let texts: Vec<_> = lines(&statement).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["£0.00", "+ £1,680.00", "− £1,440.00", "− £34.00", "− £50.00"]);
        assert_eq!(
            fee_words(&statement),
            "The holder took £34.00 for holding this money: 2.0 pence of every pound that came in."
        );
        assert_eq!(vat_words(&statement), "£50.00 went on VAT (value added tax) that nobody can claim back.");
    }

    #[test]
    fn the_states_are_said_in_words() {
        let mut closing = Balances::default();
        assert_eq!(states_words(&closing), "There is no money in this fund.");
        closing.add(&money_in(Funder::Council, pounds("420.00")));
        closing.add(&reserve(pounds("381.00")));
        assert_eq!(
            states_words(&closing),
            "£420.00 altogether: £39.00 is free to use, £381.00 is ordered and not delivered yet."
        );
    }
}
