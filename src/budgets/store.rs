//! Rows of personal budgets and funds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{Books, ContributionMode, Fund, NewBudget, NewFund, PaymentFrequency, PersonalBudget, Terms};
use crate::auth::rights::{Actor, CouncilOfficer, Scope, SeeMoney};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{agreements, deliveries, funds, invoices, order_lines, orders, personal_budgets};
use crate::error::Error;
use crate::ids::{
    AgreementId, BudgetId, DeliveryId, FundId, InvoiceId, OrderLineId, OrganisationId, PackageId, PersonId, UserId,
};
use crate::ledger;
use crate::money::Pence;
use crate::people::Person;
use crate::vat::{Form, Recovery, Structure};

word! {
    Form;
    Structure;
    PaymentFrequency;
    ContributionMode;
}

/// The states of an agreement that is signed by all and has not ended.
const IN_FORCE: [&str; 2] = ["in_force", "notice"];

/// The states of an agreement whose terms the costing of its fund uses.
const OPEN: [&str; 4] = ["drafting", "awaiting_signatures", "in_force", "notice"];

#[derive(Queryable)]
struct FundRow {
    id: FundId,
    person: PersonId,
    council: OrganisationId,
    form: Form,
    weekly: Pence,
    vat_uplift_weekly: Pence,
    holder: Option<OrganisationId>,
    nominee: Option<UserId>,
    recovery_confirmed: bool,
    intended_structure: Option<Structure>,
    payment_frequency: PaymentFrequency,
    contribution_mode: ContributionMode,
    starts_on: NaiveDate,
    ended_on: Option<NaiveDate>,
    version: i64,
    _recorded_by: UserId,
    _recorded_at: chrono::NaiveDateTime,
}

impl FundRow {
    fn with_terms(self, terms: Option<Terms>) -> Fund {
        Fund {
            id: self.id,
            person: self.person,
            council: self.council,
            form: self.form,
            weekly: self.weekly,
            vat_uplift_weekly: self.vat_uplift_weekly,
            holder: self.holder,
            nominee: self.nominee,
            recovery: if self.recovery_confirmed { Recovery::Confirmed } else { Recovery::NotConfirmed },
            intended_structure: self.intended_structure,
            terms,
            payment_frequency: self.payment_frequency,
            contribution_mode: self.contribution_mode,
            starts_on: self.starts_on,
            ended_on: self.ended_on,
            version: self.version,
        }
    }
}

/// Adds the terms of each fund's agreement; one in force goes before one that is being drawn up.
fn with_agreements(tx: &mut Tx, rows: Vec<FundRow>) -> Result<Vec<Fund>, Error> {
    type TermsRow = (FundId, AgreementId, String, Option<Structure>, Pence, String, Option<NaiveDate>);
    let ids: Vec<FundId> = rows.iter().map(|row| row.id).collect();
    let agreed: Vec<TermsRow> = agreements::table
        .filter(agreements::fund_id.eq_any(ids).and(agreements::status.eq_any(OPEN)))
        .select((
            agreements::fund_id,
            agreements::id,
            agreements::status,
            agreements::structure,
            agreements::fee_weekly_pence,
            agreements::fee_position,
            agreements::ends_on,
        ))
        .order(agreements::id)
        .load(tx)?;
    let mut terms: BTreeMap<FundId, Terms> = BTreeMap::new();
    for (fund, agreement, status, structure, fee_weekly, fee_position, ends_on) in agreed {
        let in_force = IN_FORCE.contains(&status.as_str());
        if in_force || terms.get(&fund).is_none_or(|before| !before.in_force) {
            let fee_on_top = fee_position == "on_top";
            terms.insert(fund, Terms { agreement, in_force, ends_on, structure, fee_weekly, fee_on_top });
        }
    }
    let with_terms = |row: FundRow| {
        let found = terms.remove(&row.id);
        row.with_terms(found)
    };
    Ok(rows.into_iter().map(with_terms).collect())
}

/// A fund by itself, for a verb whose caller has loaded what gives the right to it (an order, an invoice).
///
/// # Errors
/// Not found, when there is none.
pub fn fund_of_record(tx: &mut Tx, id: FundId) -> Result<Fund, Error> {
    let row: FundRow = funds::table.filter(funds::id.eq(id)).first(tx)?;
    with_agreements(tx, vec![row])?.pop().ok_or(Error::NotFound)
}

/// Whose a fund is, for a caller who has loaded it for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn person_of_fund(tx: &mut Tx, id: FundId) -> Result<PersonId, Error> {
    Ok(funds::table.filter(funds::id.eq(id)).select(funds::person_id).first(tx)?)
}

/// A fund that the actor may see whole: as the person, somebody who acts for them, the holder, or the council.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn fund(tx: &mut Tx, actor: &Actor, id: FundId) -> Result<Fund, Error> {
    let fund = fund_of_record(tx, id)?;
    if sees(actor, &fund) { Ok(fund) } else { Err(Error::NotFound) }
}

/// Who sees a fund whole.
#[must_use]
pub fn sees(actor: &Actor, fund: &Fund) -> bool {
    if actor.hides(fund.id) {
        return false;
    }
    actor.may::<SeeMoney>(fund.person)
        || actor.looks_into(fund.person, fund.council)
        || fund.holder.is_some_and(|holder| actor.holders().contains(&holder))
        || actor.is_nominee(fund.nominee, fund.person)
}

/// The books of some funds, as far as the actor may see them. The caller has loaded the funds for the actor.
///
/// # Errors
/// When the database fails.
pub fn books(tx: &mut Tx, actor: &Actor, of: &[FundId]) -> Result<BTreeMap<FundId, Books>, Error> {
    let (mut balances, kept) = (ledger::store::balances_of(tx, of)?, funds_with_something_kept(tx, actor)?);
    let books = |id: &FundId| (*id, Books::of(balances.remove(id).unwrap_or_default(), kept.contains(id)));
    Ok(of.iter().map(books).collect())
}

/// The books of one fund, as far as the actor may see them. The caller has loaded the fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn books_of(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Books, Error> {
    Ok(books(tx, actor, &[fund])?.remove(&fund).unwrap_or_default())
}

/// The funds in which something with money is kept from the actor: an invoice, a delivery, a line of an order, the orders of
/// a package. Most have nothing kept from them, and nothing is asked then.
fn funds_with_something_kept(tx: &mut Tx, actor: &Actor) -> Result<BTreeSet<FundId>, Error> {
    let mut found: BTreeSet<FundId> = BTreeSet::new();
    let hidden: Vec<InvoiceId> = actor.hidden();
    if !hidden.is_empty() {
        let of: Vec<FundId> =
            invoices::table.filter(invoices::id.eq_any(hidden)).select(invoices::fund_id).distinct().load(tx)?;
        found.extend(of);
    }
    let hidden: Vec<DeliveryId> = actor.hidden();
    if !hidden.is_empty() {
        let of: Vec<FundId> =
            deliveries::table.filter(deliveries::id.eq_any(hidden)).select(deliveries::fund_id).distinct().load(tx)?;
        found.extend(of);
    }
    let hidden: Vec<OrderLineId> = actor.hidden();
    if !hidden.is_empty() {
        let lines = order_lines::table.inner_join(orders::table.on(orders::id.eq(order_lines::order_id)));
        let of: Vec<FundId> =
            lines.filter(order_lines::id.eq_any(hidden)).select(orders::fund_id).distinct().load(tx)?;
        found.extend(of);
    }
    let hidden: Vec<PackageId> = actor.hidden();
    if !hidden.is_empty() {
        let of: Vec<FundId> =
            orders::table.filter(orders::package_id.eq_any(hidden)).select(orders::fund_id).distinct().load(tx)?;
        found.extend(of);
    }
    Ok(found)
}

/// The funds of a person, the newest last. The caller has loaded the person for the actor.
///
/// # Errors
/// When the database fails.
pub fn funds_of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Fund>, Error> {
    let rows: Vec<FundRow> = funds::table.filter(funds::person_id.eq(person)).order(funds::id).load(tx)?;
    with_agreements(tx, rows)
}

/// Whether an actor sees what a person's budget is: the person, a mandate that shows the money, their council.
#[must_use]
pub fn sees_money(actor: &Actor, person: &Person) -> bool {
    actor.may::<SeeMoney>(person.id) || actor.looks_into(person.id, person.council)
}

/// The funds of a person that the actor may see, the newest last.
///
/// # Errors
/// When the database fails.
pub fn funds_seen(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<Vec<Fund>, Error> {
    let mut all = funds_of_person(tx, person)?;
    all.retain(|fund| sees(actor, fund));
    Ok(all)
}

/// The funds of some people, by person. The caller has loaded the people for the actor.
///
/// # Errors
/// When the database fails.
pub fn funds_of_people(tx: &mut Tx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Vec<Fund>>, Error> {
    let theirs = funds::table.filter(funds::person_id.eq_any(people.to_vec()));
    let rows: Vec<FundRow> = theirs.order(funds::id).load(tx)?;
    let mut found: BTreeMap<PersonId, Vec<Fund>> = BTreeMap::new();
    for fund in with_agreements(tx, rows)? {
        found.entry(fund.person).or_default().push(fund);
    }
    Ok(found)
}

/// The budget of each of some people that holds on a day, where there is one. The caller has loaded the people.
///
/// # Errors
/// When the database fails.
pub fn budgets_of_people(
    tx: &mut Tx,
    people: &[PersonId],
    day: NaiveDate,
) -> Result<BTreeMap<PersonId, PersonalBudget>, Error> {
    let theirs = personal_budgets::person_id.eq_any(people.to_vec());
    let rows: Vec<BudgetRow> = personal_budgets::table
        .filter(theirs.and(personal_budgets::starts_on.le(day)))
        .order((personal_budgets::starts_on, personal_budgets::id))
        .select(BUDGET)
        .load(tx)?;
    // The newest comes last and stays.
    Ok(rows.into_iter().map(|row| (row.1, budget_of(row))).collect())
}

/// The funds that are not ended, of the actor and of those for whom they may do one thing: choose, see the money.
///
/// # Errors
/// When the database fails.
pub fn open_funds<S: Scope>(tx: &mut Tx, actor: &Actor) -> Result<Vec<Fund>, Error> {
    let people = actor.people_for::<S>();
    if people.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<FundRow> = funds::table
        .filter(funds::person_id.eq_any(people).and(funds::ended_on.is_null()))
        .order(funds::id)
        .limit(200)
        .load(tx)?;
    with_agreements(tx, rows.into_iter().filter(|row| !actor.hides(row.id)).collect())
}

/// The funds that the actor's organisations hold.
///
/// # Errors
/// When the database fails.
pub fn funds_held(tx: &mut Tx, actor: &Actor) -> Result<Vec<Fund>, Error> {
    let held = funds::holder_organisation_id.eq_any(actor.holders());
    let rows: Vec<FundRow> = funds::table.filter(held).order(funds::id).limit(500).load(tx)?;
    with_agreements(tx, rows.into_iter().filter(|row| !actor.hides(row.id)).collect())
}

/// Records a new version of a person's budget.
///
/// # Errors
/// When the database fails.
pub fn add_budget(
    tx: &mut Tx,
    officer: &CouncilOfficer,
    person: PersonId,
    new: &NewBudget,
    now: DateTime<Utc>,
) -> Result<BudgetId, Error> {
    let row = (
        personal_budgets::person_id.eq(person),
        personal_budgets::council_id.eq(officer.council()),
        personal_budgets::weekly_pence.eq(new.weekly),
        personal_budgets::contribution_weekly_pence.eq(new.contribution_weekly),
        personal_budgets::starts_on.eq(new.starts_on),
        personal_budgets::agreed_note.eq(&new.agreed_note),
        personal_budgets::recorded_by.eq(officer.user()),
        personal_budgets::recorded_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(personal_budgets::table).values(row).returning(personal_budgets::id).get_result(tx)?)
}

type BudgetRow = (BudgetId, PersonId, OrganisationId, Pence, Pence, NaiveDate, String);

const BUDGET: (
    personal_budgets::id,
    personal_budgets::person_id,
    personal_budgets::council_id,
    personal_budgets::weekly_pence,
    personal_budgets::contribution_weekly_pence,
    personal_budgets::starts_on,
    personal_budgets::agreed_note,
) = (
    personal_budgets::id,
    personal_budgets::person_id,
    personal_budgets::council_id,
    personal_budgets::weekly_pence,
    personal_budgets::contribution_weekly_pence,
    personal_budgets::starts_on,
    personal_budgets::agreed_note,
);

fn budget_of(row: BudgetRow) -> PersonalBudget {
    let (id, person, council, weekly, contribution_weekly, starts_on, agreed_note) = row;
    PersonalBudget { id, person, council, weekly, contribution_weekly, starts_on, agreed_note }
}

/// Every version of a person's budget, oldest first. The caller has loaded the person for the actor.
///
/// # Errors
/// When the database fails.
pub fn budgets_of(tx: &mut Tx, person: PersonId) -> Result<Vec<PersonalBudget>, Error> {
    let rows: Vec<BudgetRow> = personal_budgets::table
        .filter(personal_budgets::person_id.eq(person))
        .order((personal_budgets::starts_on, personal_budgets::id))
        .select(BUDGET)
        .load(tx)?;
    Ok(rows.into_iter().map(budget_of).collect())
}

/// The version of a person's budget that holds on a day: the newest that has begun.
///
/// # Errors
/// When the database fails.
pub fn budget_on(tx: &mut Tx, person: PersonId, day: NaiveDate) -> Result<Option<PersonalBudget>, Error> {
    Ok(budgets_of(tx, person)?.into_iter().rfind(|budget| budget.starts_on <= day))
}

/// Records a fund.
///
/// # Errors
/// When the database fails.
pub fn add_fund(tx: &mut Tx, officer: &CouncilOfficer, new: &NewFund, now: DateTime<Utc>) -> Result<FundId, Error> {
    let row = (
        funds::person_id.eq(new.person),
        funds::council_id.eq(officer.council()),
        funds::form.eq(new.form),
        funds::weekly_pence.eq(new.weekly),
        funds::vat_uplift_weekly_pence.eq(new.vat_uplift_weekly),
        funds::holder_organisation_id.eq(new.holder),
        funds::holder_user_id.eq(new.nominee),
        funds::recovery_confirmed.eq(new.recovery == Recovery::Confirmed),
        funds::intended_structure.eq(new.intended_structure),
        funds::payment_frequency.eq(new.payment_frequency),
        funds::contribution_mode.eq(new.contribution_mode),
        funds::starts_on.eq(new.starts_on),
        funds::version.eq(1),
        funds::recorded_by.eq(officer.user()),
        funds::recorded_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(funds::table).values(row).returning(funds::id).get_result(tx)?)
}

/// Ends a fund.
///
/// # Errors
/// When the database fails.
pub fn end_fund(tx: &mut Tx, fund: FundId, on: NaiveDate) -> Result<(), Error> {
    diesel::update(funds::table.filter(funds::id.eq(fund))).set(funds::ended_on.eq(Some(on))).execute(tx)?;
    Ok(())
}

/// Takes what was written out of a person's budgets; the erasure is recorded.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    diesel::update(personal_budgets::table.filter(personal_budgets::person_id.eq(person)))
        .set(personal_budgets::agreed_note.eq(""))
        .execute(tx)?;
    Ok(())
}
