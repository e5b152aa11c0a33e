//! Rows of agreements, signatures and what was done to them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::rules::{Side, ending, terms as term_rules};
use super::{
    Agreement, Cause, Choices, Deed, Event, FeePosition, FinalAccount, Fixed, Ground, NoticeWeeks, Parties, Party,
    Signature, Status, SurplusRule, Terms, Whole,
};
use crate::auth::rights::Actor;
use crate::budgets::{self, ContributionMode, Fund, PaymentFrequency, PersonalBudget};
use crate::communication;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{agreement_events, agreement_signatures, agreements, users};
use crate::error::Error;
use crate::ids::{AgreementId, DocumentId, FundId, OrganisationId, PersonId, UserId};
use crate::ledger::{self, Account, Entry, EntryKind, Source};
use crate::money::Pence;
use crate::packages::{self, OrderStatus};
use crate::paper::{self, PaperKind, Print};
use crate::people::{self, VatStatus};
use crate::vat::Structure;

word! {
    Status;
    Party;
    FeePosition;
    SurplusRule;
    Deed;
}

#[derive(Queryable)]
struct Row {
    id: AgreementId,
    fund: FundId,
    status: Status,
    structure: Option<Structure>,
    starts_on: NaiveDate,
    weekly: Pence,
    contribution_mode: ContributionMode,
    contribution_weekly: Pence,
    payment_frequency: PaymentFrequency,
    advance_days: i64,
    fee_weekly: Pence,
    fee_position: FeePosition,
    surplus_rule: SurplusRule,
    surplus_cap_weeks: i64,
    notice_person: i64,
    notice_holder: i64,
    notice_council: i64,
    document: Option<DocumentId>,
    _proposed_at: Option<NaiveDateTime>,
    in_force_at: Option<NaiveDateTime>,
    notice_by: Option<Party>,
    notice_reason: Option<String>,
    ends_on: Option<NaiveDate>,
    _closed_at: Option<NaiveDateTime>,
    _drafted_by: UserId,
    _created_at: NaiveDateTime,
    version: i64,
}

impl From<Row> for Agreement {
    fn from(row: Row) -> Self {
        let choices = Choices {
            structure: row.structure,
            starts_on: row.starts_on,
            payment_frequency: row.payment_frequency,
            advance_days: row.advance_days,
            fee_weekly: row.fee_weekly,
            fee_position: row.fee_position,
            surplus_rule: row.surplus_rule,
            surplus_cap_weeks: row.surplus_cap_weeks,
            notice: NoticeWeeks { person: row.notice_person, holder: row.notice_holder, council: row.notice_council },
        };
        Self {
            id: row.id,
            fund: row.fund,
            status: row.status,
            terms: Terms {
                choices,
                weekly: row.weekly,
                contribution_mode: row.contribution_mode,
                contribution_weekly: row.contribution_weekly,
            },
            document: row.document,
            in_force_at: row.in_force_at.map(|at| at.and_utc()),
            notice_by: row.notice_by,
            notice_reason: row.notice_reason,
            ends_on: row.ends_on,
            version: row.version,
        }
    }
}

/// An agreement with its fund, for an actor who may see them: as the person, somebody who acts for them, the holder or
/// the council.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn agreement(tx: &mut Tx, actor: &Actor, id: AgreementId) -> Result<(Agreement, Fund), Error> {
    if actor.hides(id) {
        return Err(Error::NotFound);
    }
    let row: Row = agreements::table.filter(agreements::id.eq(id)).first(tx)?;
    let fund = budgets::store::fund(tx, actor, row.fund)?;
    Ok((row.into(), fund))
}

/// Whose an agreement is, for a caller who has loaded it for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn person_of(tx: &mut Tx, id: AgreementId) -> Result<PersonId, Error> {
    let fund = agreements::table.filter(agreements::id.eq(id)).select(agreements::fund_id).first(tx)?;
    budgets::store::person_of_fund(tx, fund)
}

/// The agreements of a fund, oldest first. The caller has loaded the fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn agreements_of_fund(tx: &mut Tx, fund: FundId) -> Result<Vec<Agreement>, Error> {
    let rows: Vec<Row> = agreements::table.filter(agreements::fund_id.eq(fund)).order(agreements::id).load(tx)?;
    Ok(rows.into_iter().map(Agreement::from).collect())
}

/// The agreement under which money may flow, if there is one.
///
/// # Errors
/// When the database fails.
pub fn in_force(tx: &mut Tx, fund: FundId) -> Result<Option<Agreement>, Error> {
    Ok(agreements_of_fund(tx, fund)?.into_iter().rfind(|agreement| agreement.status.is_in_force()))
}

/// The signatures under an agreement, oldest first. The caller has loaded the agreement.
///
/// # Errors
/// When the database fails.
pub fn signatures(tx: &mut Tx, id: AgreementId) -> Result<Vec<Signature>, Error> {
    type Columns = (Party, UserId, String, String, String, NaiveDateTime);
    let rows: Vec<Columns> = agreement_signatures::table
        .filter(agreement_signatures::agreement_id.eq(id))
        .order(agreement_signatures::id)
        .select((
            agreement_signatures::party,
            agreement_signatures::user_id,
            agreement_signatures::signer_name,
            agreement_signatures::authority,
            agreement_signatures::document_sha256,
            agreement_signatures::signed_at,
        ))
        .load(tx)?;
    let signature = |(party, user, name, authority, sha256, at): Columns| Signature {
        party,
        user,
        name,
        authority,
        sha256,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(signature).collect())
}

fn events(tx: &mut Tx, id: AgreementId) -> Result<Vec<Event>, Error> {
    type Columns = (Deed, String, String, String, NaiveDateTime);
    let rows: Vec<Columns> = agreement_events::table
        .filter(agreement_events::agreement_id.eq(id))
        .order(agreement_events::id)
        .select((
            agreement_events::deed,
            agreement_events::user_name,
            agreement_events::authority,
            agreement_events::detail,
            agreement_events::happened_at,
        ))
        .load(tx)?;
    let event =
        |(deed, name, authority, detail, at): Columns| Event { deed, name, authority, detail, at: at.and_utc() };
    Ok(rows.into_iter().map(event).collect())
}

/// Who the three parties of a fund's agreements are.
fn parties(tx: &mut Tx, fund: &Fund) -> Result<Parties, Error> {
    let person = people::store::person_of_record(tx, fund.person)?;
    let council = people::store::organisation(tx, fund.council)?;
    let (holder, holder_address) = match (fund.holder, fund.nominee) {
        (Some(holder), _) => {
            let holder = people::store::organisation(tx, holder)?;
            (holder.name, Some(holder.address.on_one_line()))
        }
        (None, Some(nominee)) => (user_name(tx, nominee)?, None),
        (None, None) => (String::new(), None),
    };
    Ok(Parties {
        person: person.name,
        reference: person.reference,
        holder,
        holder_address,
        council: council.name,
        council_address: council.address.on_one_line(),
        fictional: person.fictional,
    })
}

fn user_name(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    Ok(users::table.filter(users::id.eq(user)).select(users::name).first(tx)?)
}

/// Whether the holder is registered for VAT on a day, and so charges VAT on its fee.
fn holder_registered(tx: &mut Tx, fund: &Fund, on: NaiveDate) -> Result<bool, Error> {
    let Some(holder) = fund.holder else { return Ok(false) };
    let vat = people::store::vat_on(tx, holder, on)?;
    Ok(vat.is_some_and(|vat| vat.status == VatStatus::Registered))
}

fn budget_of(tx: &mut Tx, fund: &Fund, on: NaiveDate) -> Result<Option<PersonalBudget>, Error> {
    budgets::store::budget_on(tx, fund.person, on)
}

/// What an agreement on a fund would be drawn up from, once it is sure that one can be.
///
/// # Errors
/// Not found, when the actor may not know of the fund; why no agreement can be drawn up on it.
pub fn ground(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Ground, Error> {
    let fund = budgets::store::fund(tx, actor, fund)?;
    let before = agreements_of_fund(tx, fund.id)?;
    let open = before.iter().find(|agreement| agreement.status.is_open()).map(|agreement| agreement.id);
    term_rules::check_fund(&fund, open)?;
    if let Some(holder) = fund.holder {
        let holder = people::store::organisation(tx, holder)?;
        if !holder.is_holder {
            return Err(super::rules::Refusal::MayNotHold(holder.name).into());
        }
    }
    let parties = parties(tx, &fund)?;
    Ok(Ground { fund, parties, earlier: before.last().map(|agreement| agreement.terms) })
}

/// Makes terms of what was chosen, with what the fund and the budget say now.
///
/// # Errors
/// What is missing or impossible.
pub fn terms(tx: &mut Tx, fund: &Fund, choices: &Choices, today: NaiveDate) -> Result<Terms, Error> {
    let budget = budget_of(tx, fund, choices.starts_on)?;
    let registered = holder_registered(tx, fund, choices.starts_on)?;
    Ok(term_rules::terms(choices, fund, budget.as_ref(), registered, today)?)
}

/// Who does something, from which side, when.
#[derive(Clone, Copy, Debug)]
pub struct Doer<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// From which side.
    pub side: &'a Side,
    /// When.
    pub now: DateTime<Utc>,
}

/// Records what somebody did.
fn record(tx: &mut Tx, id: AgreementId, deed: Deed, doer: Doer, detail: &str) -> Result<(), Error> {
    let row = (
        agreement_events::agreement_id.eq(id),
        agreement_events::deed.eq(deed),
        agreement_events::user_id.eq(doer.actor.user()),
        agreement_events::user_name.eq(doer.actor.name()),
        agreement_events::authority.eq(doer.side.authority()),
        agreement_events::mandate_id.eq(doer.side.mandate()),
        agreement_events::detail.eq(detail),
        agreement_events::happened_at.eq(doer.now.naive_utc()),
    );
    diesel::insert_into(agreement_events::table).values(row).execute(tx)?;
    Ok(())
}

/// Keeps the terms of a new agreement.
///
/// # Errors
/// When the database fails.
pub fn draw_up(tx: &mut Tx, fund: &Fund, terms: &Terms, doer: Doer) -> Result<AgreementId, Error> {
    let choices = &terms.choices;
    let row = (
        agreements::fund_id.eq(fund.id),
        agreements::status.eq(Status::Drafting),
        agreements::structure.eq(choices.structure),
        agreements::starts_on.eq(choices.starts_on),
        agreements::weekly_pence.eq(terms.weekly),
        agreements::contribution_mode.eq(terms.contribution_mode),
        agreements::contribution_weekly_pence.eq(terms.contribution_weekly),
        agreements::payment_frequency.eq(choices.payment_frequency),
        agreements::advance_days.eq(choices.advance_days),
        agreements::fee_weekly_pence.eq(choices.fee_weekly),
        agreements::fee_position.eq(choices.fee_position),
        agreements::surplus_rule.eq(choices.surplus_rule),
        agreements::surplus_cap_weeks.eq(choices.surplus_cap_weeks),
        agreements::notice_person_weeks.eq(choices.notice.person),
        agreements::notice_holder_weeks.eq(choices.notice.holder),
        agreements::notice_council_weeks.eq(choices.notice.council),
        agreements::drafted_by.eq(doer.actor.user()),
        agreements::created_at.eq(doer.now.naive_utc()),
        agreements::version.eq(1),
    );
    let id: AgreementId =
        diesel::insert_into(agreements::table).values(row).returning(agreements::id).get_result(tx)?;
    record(tx, id, Deed::DrawnUp, doer, "")?;
    Ok(id)
}

/// Changes the row of an agreement if it is still the version that was seen.
macro_rules! change {
    ($tx:expr, $agreement:expr, $version:expr, $set:expr) => {{
        let seen = agreements::id.eq($agreement.id).and(agreements::version.eq($version));
        let changed = diesel::update(agreements::table.filter(seen))
            .set(($set, agreements::version.eq($version + 1)))
            .execute($tx)?;
        if changed == 1 { Ok(()) } else { Err(Error::changed_since("The agreement")) }
    }};
}

/// Changes the terms of a draft.
///
/// # Errors
/// A conflict when somebody changed the agreement in between.
pub fn change_terms(tx: &mut Tx, agreement: &Agreement, version: i64, terms: &Terms, doer: Doer) -> Result<(), Error> {
    let choices = &terms.choices;
    let set = (
        agreements::structure.eq(choices.structure),
        agreements::starts_on.eq(choices.starts_on),
        agreements::weekly_pence.eq(terms.weekly),
        agreements::contribution_mode.eq(terms.contribution_mode),
        agreements::contribution_weekly_pence.eq(terms.contribution_weekly),
        agreements::payment_frequency.eq(choices.payment_frequency),
        agreements::advance_days.eq(choices.advance_days),
        agreements::fee_weekly_pence.eq(choices.fee_weekly),
        agreements::fee_position.eq(choices.fee_position),
        agreements::surplus_rule.eq(choices.surplus_rule),
        agreements::surplus_cap_weeks.eq(choices.surplus_cap_weeks),
        agreements::notice_person_weeks.eq(choices.notice.person),
        agreements::notice_holder_weeks.eq(choices.notice.holder),
        agreements::notice_council_weeks.eq(choices.notice.council),
    );
    change!(tx, agreement, version, set)?;
    record(tx, agreement.id, Deed::TermsChanged, doer, "")
}

/// Fixes the text of an agreement: kept once, never rendered again.
///
/// # Errors
/// A conflict when somebody changed the agreement in between.
pub fn propose(
    tx: &mut Tx,
    agreement: &Agreement,
    version: i64,
    paper: (&str, Print),
    doer: Doer,
) -> Result<(), Error> {
    let name = format!("agreement-{}.html", agreement.id);
    let document = paper::store::issue(tx, PaperKind::Agreement, &name, paper, doer.now)?;
    let set = (
        agreements::status.eq(Status::AwaitingSignatures),
        agreements::document_id.eq(Some(document)),
        agreements::proposed_at.eq(Some(doer.now.naive_utc())),
    );
    change!(tx, agreement, version, set)?;
    record(tx, agreement.id, Deed::Proposed, doer, "")
}

/// Gives up an agreement that is not in force.
///
/// # Errors
/// A conflict when somebody changed the agreement in between.
pub fn withdraw(tx: &mut Tx, agreement: &Agreement, version: i64, doer: Doer) -> Result<(), Error> {
    let set = (agreements::status.eq(Status::Withdrawn), agreements::closed_at.eq(Some(doer.now.naive_utc())));
    change!(tx, agreement, version, set)?;
    record(tx, agreement.id, Deed::Withdrawn, doer, "")
}

/// Records a signature; the last of the three puts the agreement in force.
///
/// # Errors
/// When the database fails, or somebody signed for the same party at the same moment.
pub fn sign(tx: &mut Tx, agreement: &Agreement, sha256: &str, is_last: bool, doer: Doer) -> Result<(), Error> {
    let row = (
        agreement_signatures::agreement_id.eq(agreement.id),
        agreement_signatures::party.eq(doer.side.party()),
        agreement_signatures::user_id.eq(doer.actor.user()),
        agreement_signatures::signer_name.eq(doer.actor.name()),
        agreement_signatures::authority.eq(doer.side.authority()),
        agreement_signatures::mandate_id.eq(doer.side.mandate()),
        agreement_signatures::document_sha256.eq(sha256),
        agreement_signatures::signed_at.eq(doer.now.naive_utc()),
    );
    diesel::insert_into(agreement_signatures::table).values(row).execute(tx)?;
    let (status, in_force_at) =
        if is_last { (Status::InForce, Some(doer.now.naive_utc())) } else { (agreement.status, None) };
    let set = (agreements::status.eq(status), agreements::in_force_at.eq(in_force_at));
    change!(tx, agreement, agreement.version, set)
}

/// Records that a party ends an agreement.
///
/// # Errors
/// A conflict when somebody changed the agreement in between.
pub fn end(
    tx: &mut Tx,
    agreement: &Agreement,
    version: i64,
    (cause, reason, last): (Cause, &str, NaiveDate),
    doer: Doer,
) -> Result<(), Error> {
    let detail =
        if reason.is_empty() { cause.in_short().to_owned() } else { format!("{}: {reason}", cause.in_short()) };
    let set = (
        agreements::status.eq(Status::Notice),
        agreements::notice_by.eq(Some(doer.side.party())),
        agreements::notice_reason.eq(Some(&detail)),
        agreements::ends_on.eq(Some(last)),
    );
    change!(tx, agreement, version, set)?;
    record(tx, agreement.id, Deed::Ending, doer, &detail)
}

/// What is still open in the books of a fund, in sentences; without amounts where those would tell what is kept from the
/// actor.
///
/// # Errors
/// When the database fails.
pub fn unsettled(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Vec<String>, Error> {
    let balances = ledger::store::balances(tx, fund)?;
    let mut found: Vec<(Account, OrganisationId, Pence)> = vec![];
    for account in [Account::Payable, Account::RecoverableVat] {
        let each = ledger::store::by_party(tx, fund, account)?;
        found.extend(each.into_iter().map(|(party, balance)| (account, party, balance)));
    }
    let names = names(tx, found.iter().map(|(_, party, _)| *party).collect())?;
    let named = |(account, party, balance): (Account, OrganisationId, Pence)| {
        (account, names.get(&party).cloned().unwrap_or_default(), balance)
    };
    let by_party: Vec<(Account, String, Pence)> = found.into_iter().map(named).collect();
    let found = ending::unsettled(&balances, &by_party);
    match budgets::store::books_of(tx, actor, fund)?.sums {
        None if !found.is_empty() => Ok(vec!["Something in this fund is not settled yet.".to_owned()]),
        _ => Ok(found),
    }
}

fn names(tx: &mut Tx, mut ids: Vec<OrganisationId>) -> Result<BTreeMap<OrganisationId, String>, Error> {
    ids.sort_unstable();
    ids.dedup();
    let found = people::store::organisations_by_id(tx, &ids)?;
    Ok(found.into_iter().map(|organisation| (organisation.id, organisation.name)).collect())
}

/// Makes the final account: closes open orders, returns what is left to whom it belongs, ends the fund.
///
/// # Errors
/// A refusal of the books; an internal error when anything were left in them; a conflict when somebody changed the
/// agreement in between.
pub fn close(
    tx: &mut Tx,
    (agreement, fund): (&Agreement, &Fund),
    version: i64,
    (last, today): (NaiveDate, NaiveDate),
    doer: Doer,
) -> Result<(), Error> {
    let user = doer.actor.user();
    for order in packages::store::orders_of_fund(tx, fund.id)? {
        if order.status == OrderStatus::Open {
            packages::store::close_order(tx, &order, Pence::ZERO, today, user, doer.now)?;
        }
    }
    let source = Source { kind: "agreement", id: agreement.id.number() };
    let before = ledger::store::balances(tx, fund.id)?;
    let reserved = before.credit(Account::Reserved);
    if !reserved.is_zero() {
        let description = "What orders did not use is free again: the agreement has ended".to_owned();
        let postings = ledger::rules::release(reserved);
        let entry = Entry { kind: EntryKind::Released, on: today, description, source, postings };
        ledger::store::post(tx, fund.id, &entry, user, doer.now)?;
    }
    let (council, person) = (before.credit(Account::FromCouncil), before.credit(Account::FromPerson));
    let left = before.free() + reserved;
    let (to_council, to_person) = ending::shares(agreement.terms.choices.surplus_rule, left, council, person);
    if !left.is_zero() {
        let description = format!("Final account: {to_council} to the council, {to_person} to the person");
        let postings = ledger::rules::returned(to_council, to_person);
        let entry = Entry { kind: EntryKind::Returned, on: today, description, source, postings };
        ledger::store::post(tx, fund.id, &entry, user, doer.now)?;
    }
    nothing_left(tx, fund.id)?;
    budgets::store::end_fund(tx, fund.id, last)?;
    let set = (agreements::status.eq(Status::Closed), agreements::closed_at.eq(Some(doer.now.naive_utc())));
    change!(tx, agreement, version, set)?;
    record(tx, agreement.id, Deed::Closed, doer, "")
}

/// The accounts that hold nothing once a fund has been returned.
const EMPTY_AT_THE_END: [Account; 7] = [
    Account::Bank,
    Account::Payable,
    Account::RecoverableVat,
    Account::Free,
    Account::Reserved,
    Account::Delivered,
    Account::Invoiced,
];

/// Makes sure that no penny is left unowned.
fn nothing_left(tx: &mut Tx, fund: FundId) -> Result<(), Error> {
    let after = ledger::store::balances(tx, fund)?;
    match EMPTY_AT_THE_END.iter().find(|account| !after.of(**account).is_zero()) {
        None => Ok(()),
        Some(account) => {
            Err(Error::Internal(format!("fund {fund} would end with {} in {}", after.of(*account), account.code())))
        }
    }
}

/// The fixed text of an agreement. The caller has loaded the agreement for the actor.
///
/// # Errors
/// Not found, when it is not fixed yet.
pub fn fixed(tx: &mut Tx, agreement: &Agreement) -> Result<Fixed, Error> {
    let paper = paper::store::paper(tx, agreement.document.ok_or(Error::NotFound)?)?;
    Ok(Fixed { body: paper.body, name: paper.name, sha256: paper.sha256 })
}

/// An agreement with all that its page shows, for an actor who may see it.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn whole(tx: &mut Tx, actor: &Actor, id: AgreementId, today: NaiveDate) -> Result<Whole, Error> {
    let (agreement, fund) = agreement(tx, actor, id)?;
    let parties = parties(tx, &fund)?;
    let choices = &agreement.terms.choices;
    let registered = holder_registered(tx, &fund, choices.starts_on)?;
    let fee = term_rules::fee(choices, &fund, registered)?;
    let fixed = match agreement.document {
        Some(_) => Some(fixed(tx, &agreement)?),
        None => None,
    };
    let account = match agreement.status {
        // Its sums would tell what the person keeps from whoever looks.
        Status::Closed if budgets::store::books_of(tx, actor, fund.id)?.sums.is_some() => {
            Some(final_account(tx, &fund, &parties)?)
        }
        _ => None,
    };
    let unsettled = if agreement.status == Status::Notice { unsettled(tx, actor, fund.id)? } else { vec![] };
    let signatures = signatures(tx, id)?;
    let events = events(tx, id)?;
    let needs = communication::store::on(tx, fund.person, today)?;
    let communication = communication::rules::flag(needs.as_ref(), &parties.person, today);
    let owed = communication::rules::owed_words(needs.as_ref(), &parties.council);
    Ok(Whole { agreement, fund, parties, fee, signatures, events, fixed, account, unsettled, communication, owed })
}

/// Days before and after everything that is recorded, within what both engines can keep.
const FIRST_DAY: NaiveDate = day(1900, 1, 1);
const LAST_DAY: NaiveDate = day(2200, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MAX,
    }
}

fn final_account(tx: &mut Tx, fund: &Fund, parties: &Parties) -> Result<FinalAccount, Error> {
    let entries = ledger::store::entries(tx, fund.id, FIRST_DAY, LAST_DAY)?;
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    let providers = postings.filter_map(|posting| posting.party).collect();
    let names = names(tx, providers)?;
    Ok(ending::final_account(&entries, &names, parties))
}

/// The papers of the agreements on some funds.
///
/// # Errors
/// When the database fails.
pub fn papers_of(tx: &mut Tx, funds: &[FundId]) -> Result<Vec<DocumentId>, Error> {
    let papers: Vec<Option<DocumentId>> = agreements::table
        .filter(agreements::fund_id.eq_any(funds.to_vec()))
        .select(agreements::document_id)
        .order(agreements::id)
        .load(tx)?;
    Ok(papers.into_iter().flatten().collect())
}

/// Takes the person's name and what was written out of the agreements on some funds; the erasure is recorded.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, funds: &[FundId], user: Option<UserId>) -> Result<(), Error> {
    let ids: Vec<AgreementId> =
        agreements::table.filter(agreements::fund_id.eq_any(funds.to_vec())).select(agreements::id).load(tx)?;
    diesel::update(agreements::table.filter(agreements::id.eq_any(ids.clone())))
        .set(agreements::notice_reason.eq(None::<String>))
        .execute(tx)?;
    let theirs =
        agreement_signatures::agreement_id.eq_any(ids.clone()).and(agreement_signatures::party.eq(Party::Person));
    diesel::update(agreement_signatures::table.filter(theirs))
        .set(agreement_signatures::signer_name.eq(""))
        .execute(tx)?;
    let events = agreement_events::agreement_id.eq_any(ids);
    diesel::update(agreement_events::table.filter(events.clone())).set(agreement_events::detail.eq("")).execute(tx)?;
    if let Some(user) = user {
        diesel::update(agreement_events::table.filter(events.and(agreement_events::user_id.eq(user))))
            .set((agreement_events::detail.eq(""), agreement_events::user_name.eq("")))
            .execute(tx)?;
    }
    Ok(())
}
