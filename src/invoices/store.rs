//! Rows of invoices, their lines and the series of numbers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Addressee, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, Parties, Sums, number_text, rules};
use crate::auth::rights::{Actor, SeeMoney};
use crate::budgets::Payer;
use crate::calendar;
use crate::db::columns::word;
use crate::db::schema::{funds, invoice_lines, invoice_series, invoices, organisations, users};
use crate::db::{Tx, dialect};
use crate::deliveries;
use crate::error::Error;
use crate::ids::{DocumentId, FundId, InvoiceId, MandateId, OrderId, OrderLineId, OrganisationId, PersonId, UserId};
use crate::money::{BasisPoints, Pence, Quantity, UnitPrice};
use crate::vat::{Category, Class, Form};

word! {
    InvoiceKind;
    InvoiceStatus;
    Payer;
}

/// The most rows that one page lists.
const PAGE: i64 = 200;

/// The rows of an invoice; diesel's tuples end at a number of columns, so it is read in parts.
type Row = (DocumentRow, AddressRow, AmountRow, DecisionRow, AroundRow);
type DocumentRow = (InvoiceId, InvoiceKind, i64, OrganisationId, FundId, OrderId, Option<InvoiceId>, Option<String>);
type AddressRow = (Payer, String, String, String, NaiveDate, NaiveDate, NaiveDate, NaiveDate);
type AmountRow = (Pence, Pence, Pence, Pence);
type DecisionRow = (
    InvoiceStatus,
    Option<String>,
    Option<String>,
    Option<NaiveDateTime>,
    Option<NaiveDate>,
    Option<String>,
    DocumentId,
    i64,
    UserId,
    Option<UserId>,
);
type AroundRow = (String, PersonId, OrganisationId, Option<OrganisationId>, Option<UserId>, Form);

/// The columns of [`Row`].
macro_rules! columns {
    () => {
        (
            (
                invoices::id,
                invoices::kind,
                invoices::number,
                invoices::provider_id,
                invoices::fund_id,
                invoices::order_id,
                invoices::credits_invoice_id,
                invoices::credit_reason,
            ),
            (
                invoices::payer,
                invoices::addressee_name,
                invoices::addressee_address,
                invoices::person_reference,
                invoices::issued_on,
                invoices::period_from,
                invoices::period_to,
                invoices::due_on,
            ),
            (invoices::net_pence, invoices::vat_pence, invoices::total_pence, invoices::budget_pence),
            (
                invoices::status,
                invoices::query_reason,
                invoices::decided_authority,
                invoices::decided_at,
                invoices::paid_on,
                invoices::payment_reference,
                invoices::document_id,
                invoices::version,
                invoices::issued_by,
                invoices::decided_by,
            ),
            (
                organisations::name,
                funds::person_id,
                funds::council_id,
                funds::holder_organisation_id,
                funds::holder_user_id,
                funds::form,
            ),
        )
    };
}

/// Invoices with their providers' names and their funds' parties.
macro_rules! with_parties {
    () => {
        invoices::table
            .inner_join(organisations::table.on(organisations::id.eq(invoices::provider_id)))
            .inner_join(funds::table.on(funds::id.eq(invoices::fund_id)))
            .select(columns!())
    };
}

fn noun(row: Row) -> Invoice {
    let (document, address, amounts, decision, around) = row;
    let (id, kind, number, provider, fund, order, credits, credit_reason) = document;
    let (payer, name, lines, person_reference, issued_on, period_from, period_to, due_on) = address;
    let (net, vat, total, budget) = amounts;
    let (
        status,
        query_reason,
        authority,
        decided_at,
        paid_on,
        payment_reference,
        document,
        version,
        issued_by,
        decided_by,
    ) = decision;
    let (provider_name, person, council, holder, nominee, form) = around;
    Invoice {
        id,
        kind,
        number,
        parties: Parties { provider, person, council, holder, nominee, form, payer },
        provider_name,
        fund,
        order,
        credits,
        credit_reason,
        addressee: Addressee { name, address: lines.lines().map(str::to_owned).collect() },
        person_reference,
        issued_on,
        period_from,
        period_to,
        due_on,
        net,
        vat,
        total,
        budget,
        status,
        query_reason,
        issued_by,
        decided_by,
        authority,
        decided_on: decided_at.map(|at| calendar::london(at.and_utc()).date()),
        paid_on,
        payment_reference,
        document,
        version,
    }
}

/// An invoice or credit note that the actor may see.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn invoice(tx: &mut Tx, actor: &Actor, id: InvoiceId) -> Result<Invoice, Error> {
    let found = invoice_of_record(tx, id)?;
    if rules::sees(actor, &found.parties) && !is_hidden(actor, &found, &deliveries::store::bills_of_hidden(tx, actor)?)
    {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// Whether the person keeps an invoice, the one that it credits, its fund, or a line that it bills from an actor.
fn is_hidden(actor: &Actor, found: &Invoice, of_hidden: &[InvoiceId]) -> bool {
    actor.hides(found.id)
        || actor.hides(found.fund)
        || found.credits.is_some_and(|original| actor.hides(original))
        || of_hidden.contains(&found.id)
}

/// The invoices and credit notes that the person keeps from an actor: those of a fund that are kept by themselves and, of
/// whichever fund, those that bill something else that is kept.
///
/// # Errors
/// When the database fails.
pub fn hidden(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Vec<InvoiceId>, Error> {
    let mut found = deliveries::store::bills_of_hidden(tx, actor)?;
    let single: Vec<InvoiceId> = actor.hidden();
    if !single.is_empty() {
        let theirs =
            invoices::id.eq_any(single.clone()).or(invoices::credits_invoice_id.assume_not_null().eq_any(single));
        let of: Vec<InvoiceId> =
            invoices::table.filter(invoices::fund_id.eq(fund)).filter(theirs).select(invoices::id).load(tx)?;
        found.extend(of);
    }
    Ok(found)
}

/// An invoice by itself, for a verb whose caller has loaded what gives the right to it.
///
/// # Errors
/// Not found, when there is none.
pub fn invoice_of_record(tx: &mut Tx, id: InvoiceId) -> Result<Invoice, Error> {
    let row: Row = with_parties!().filter(invoices::id.eq(id)).first(tx)?;
    Ok(noun(row))
}

/// The invoices and credit notes that the actor sees: those of their providers and of the funds that they see. What is not
/// settled comes first, the oldest first; then the newest of the rest.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx, actor: &Actor) -> Result<(Vec<Invoice>, Vec<Invoice>), Error> {
    let visible = || {
        let sent = invoices::provider_id.eq_any(actor.providers());
        let own = funds::person_id.eq_any(actor.people_for::<SeeMoney>());
        let held = funds::holder_organisation_id.eq_any(actor.holders());
        let funded = funds::council_id.eq_any(actor.councils());
        sent.nullable().or(own.nullable()).or(funded.nullable()).or(held)
    };
    let settled = || invoices::status.eq_any([InvoiceStatus::Paid, InvoiceStatus::Credited]);
    let open: Vec<Row> = with_parties!()
        .filter(visible())
        .filter(diesel::dsl::not(settled()))
        .order(invoices::id)
        .limit(PAGE)
        .load(tx)?;
    let done: Vec<Row> =
        with_parties!().filter(visible()).filter(settled()).order(invoices::id.desc()).limit(PAGE).load(tx)?;
    let hidden = deliveries::store::bills_of_hidden(tx, actor)?;
    let seen = |rows: Vec<Row>| rows.into_iter().map(noun).filter(|found| !is_hidden(actor, found, &hidden)).collect();
    Ok((seen(open), seen(done)))
}

/// The credit notes of an invoice, the oldest first. The caller has loaded the invoice for the actor.
///
/// # Errors
/// When the database fails.
pub fn credit_notes(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Invoice>, Error> {
    Ok(credit_notes_of(tx, &[invoice])?.remove(&invoice).unwrap_or_default())
}

/// The credit notes of each of some invoices, the oldest first. The caller has loaded the invoices for the actor.
///
/// # Errors
/// When the database fails.
pub fn credit_notes_of(tx: &mut Tx, some: &[InvoiceId]) -> Result<BTreeMap<InvoiceId, Vec<Invoice>>, Error> {
    let theirs = invoices::credits_invoice_id.assume_not_null().eq_any(some.to_vec());
    let rows: Vec<Row> = with_parties!().filter(theirs).order(invoices::id).load(tx)?;
    let mut notes: BTreeMap<InvoiceId, Vec<Invoice>> = BTreeMap::new();
    for note in rows.into_iter().map(noun) {
        if let Some(original) = note.credits {
            notes.entry(original).or_default().push(note);
        }
    }
    Ok(notes)
}

type LineRow = (
    InvoiceId,
    (OrderLineId, String, String, Quantity, UnitPrice, String, String),
    (BasisPoints, Pence, Pence, Pence, String, Quantity),
);

/// The lines of an invoice, in their order. The caller has loaded the invoice for the actor.
///
/// # Errors
/// When the database fails.
pub fn lines(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<InvoiceLine>, Error> {
    Ok(lines_of(tx, &[invoice])?.remove(&invoice).unwrap_or_default())
}

/// The lines of each of some invoices, in their order. The caller has loaded the invoices for the actor.
///
/// # Errors
/// When the database fails.
pub fn lines_of(tx: &mut Tx, some: &[InvoiceId]) -> Result<BTreeMap<InvoiceId, Vec<InvoiceLine>>, Error> {
    let rows: Vec<LineRow> = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq_any(some.to_vec()))
        .select((
            invoice_lines::invoice_id,
            (
                invoice_lines::order_line_id,
                invoice_lines::description,
                invoice_lines::unit,
                invoice_lines::quantity,
                invoice_lines::unit_price,
                invoice_lines::vat_class,
                invoice_lines::vat_category,
            ),
            (
                invoice_lines::vat_rate_basis_points,
                invoice_lines::net_pence,
                invoice_lines::vat_pence,
                invoice_lines::budget_pence,
                invoice_lines::ground,
                invoice_lines::base_quantity,
            ),
        ))
        .order(invoice_lines::id)
        .load(tx)?;
    let mut lines: BTreeMap<InvoiceId, Vec<InvoiceLine>> = BTreeMap::new();
    for row in rows {
        lines.entry(row.0).or_default().push(line_noun(row)?);
    }
    Ok(lines)
}

fn line_noun(row: LineRow) -> Result<InvoiceLine, Error> {
    let (_, (order_line, description, unit, quantity, unit_price, class, category), amounts) = row;
    let (rate, net, vat, budget, ground, base) = amounts;
    let class = Class::parse(&class).ok_or_else(|| Error::internal("a kept VAT class", class))?;
    let category = Category::parse(&category).ok_or_else(|| Error::internal("a kept VAT category", category))?;
    Ok(InvoiceLine {
        order_line,
        description,
        unit,
        quantity,
        unit_price,
        base,
        class,
        category,
        rate,
        net,
        vat,
        budget,
        ground,
    })
}

/// How much of an order line was put on invoices, credited or not.
///
/// # Errors
/// When the database fails.
pub fn billed(tx: &mut Tx, line: OrderLineId) -> Result<Quantity, Error> {
    let sum: i64 = invoice_lines::table
        .inner_join(invoices::table.on(invoices::id.eq(invoice_lines::invoice_id)))
        .filter(invoice_lines::order_line_id.eq(line).and(invoices::kind.eq(InvoiceKind::Invoice)))
        .select(dialect::sum("invoice_lines.quantity"))
        .first(tx)?;
    Ok(Quantity::from_hundredths(sum))
}

diesel::allow_columns_to_appear_in_same_group_by_clause!(funds::person_id, invoices::provider_id);

/// The first invoice of each provider for each of some people.
///
/// # Errors
/// When the database fails.
pub fn first_of_providers(
    tx: &mut Tx,
    people: &[PersonId],
) -> Result<BTreeMap<(PersonId, OrganisationId), InvoiceId>, Error> {
    type Row = (PersonId, OrganisationId, Option<InvoiceId>);
    let rows: Vec<Row> = invoices::table
        .inner_join(funds::table.on(funds::id.eq(invoices::fund_id)))
        .filter(funds::person_id.eq_any(people.to_vec()).and(invoices::kind.eq(InvoiceKind::Invoice)))
        .group_by((funds::person_id, invoices::provider_id))
        .select((funds::person_id, invoices::provider_id, diesel::dsl::min(invoices::id)))
        .load(tx)?;
    Ok(rows.into_iter().filter_map(|(person, provider, first)| Some(((person, provider), first?))).collect())
}

/// That an invoice which is not credited whole bills a line of an order for some days.
#[derive(Clone, Debug)]
pub struct Billed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its place in its provider's series.
    pub number: i64,
    /// The line.
    pub line: OrderLineId,
    /// The first and the last day.
    pub period: (NaiveDate, NaiveDate),
}

/// Which invoices bill some lines of orders; not those that were credited whole.
///
/// # Errors
/// When the database fails.
pub fn billed_of(tx: &mut Tx, lines: &[OrderLineId]) -> Result<Vec<Billed>, Error> {
    type Row = (InvoiceId, i64, OrderLineId, (NaiveDate, NaiveDate));
    let rows: Vec<Row> = invoices::table
        .inner_join(invoice_lines::table.on(invoice_lines::invoice_id.eq(invoices::id)))
        .filter(invoices::kind.eq(InvoiceKind::Invoice).and(invoices::status.ne(InvoiceStatus::Credited)))
        .filter(invoice_lines::order_line_id.eq_any(lines.to_vec()))
        .select((
            invoices::id,
            invoices::number,
            invoice_lines::order_line_id,
            (invoices::period_from, invoices::period_to),
        ))
        .load(tx)?;
    let noun = |(invoice, number, line, period): Row| Billed { invoice, number, line, period };
    Ok(rows.into_iter().map(noun).collect())
}

/// The name of somebody who signs in.
///
/// # Errors
/// Not found, when there is nobody.
pub fn name_of(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    Ok(users::table.filter(users::id.eq(user)).select(users::name).first(tx)?)
}

/// Takes the next number of a provider's series. It is given out with the transaction that asked for it or not at all, so
/// the series has no gap; two who ask at once are put one after the other by the database.
///
/// # Errors
/// When the database fails.
pub fn next_number(tx: &mut Tx, provider: OrganisationId, kind: InvoiceKind) -> Result<i64, Error> {
    let series = invoice_series::provider_id.eq(provider).and(invoice_series::kind.eq(kind));
    let last: Option<i64> =
        invoice_series::table.filter(series).select(invoice_series::last_number).first(tx).optional()?;
    let Some(last) = last else {
        let first = (
            invoice_series::provider_id.eq(provider),
            invoice_series::kind.eq(kind),
            invoice_series::last_number.eq(1),
        );
        diesel::insert_into(invoice_series::table).values(first).execute(tx)?;
        return Ok(1);
    };
    diesel::update(invoice_series::table.filter(series)).set(invoice_series::last_number.eq(last + 1)).execute(tx)?;
    Ok(last + 1)
}

/// What a new invoice or credit note is.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    /// What kind of document it is.
    pub kind: InvoiceKind,
    /// Its number in the provider's series.
    pub number: i64,
    /// Who sends it.
    pub provider: OrganisationId,
    /// The fund that pays.
    pub fund: FundId,
    /// The order.
    pub order: OrderId,
    /// For a credit note: the invoice that it credits, and why.
    pub credits: Option<(InvoiceId, String)>,
    /// Who must pay.
    pub payer: Payer,
    /// To whom it is addressed.
    pub addressee: Addressee,
    /// The reference that stands for the person.
    pub person_reference: String,
    /// The day of issue.
    pub issued_on: NaiveDate,
    /// The days that it covers.
    pub period: (NaiveDate, NaiveDate),
    /// By when it must be paid.
    pub due_on: NaiveDate,
    /// Its sums.
    pub sums: Sums,
    /// The state in which it begins.
    pub status: InvoiceStatus,
    /// The paper.
    pub document: DocumentId,
}

/// Records an invoice or a credit note with its lines.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &mut Tx,
    new: &NewInvoice,
    lines: &[InvoiceLine],
    by: UserId,
    now: DateTime<Utc>,
) -> Result<InvoiceId, Error> {
    let row = (
        (
            invoices::kind.eq(new.kind),
            invoices::number.eq(new.number),
            invoices::provider_id.eq(new.provider),
            invoices::fund_id.eq(new.fund),
            invoices::order_id.eq(new.order),
            invoices::credits_invoice_id.eq(new.credits.as_ref().map(|(id, _)| *id)),
            invoices::credit_reason.eq(new.credits.as_ref().map(|(_, reason)| reason)),
            invoices::payer.eq(new.payer),
            invoices::addressee_name.eq(&new.addressee.name),
            invoices::addressee_address.eq(new.addressee.address.join("\n")),
            invoices::person_reference.eq(&new.person_reference),
        ),
        (
            invoices::issued_on.eq(new.issued_on),
            invoices::period_from.eq(new.period.0),
            invoices::period_to.eq(new.period.1),
            invoices::due_on.eq(new.due_on),
            invoices::net_pence.eq(new.sums.net),
            invoices::vat_pence.eq(new.sums.vat),
            invoices::total_pence.eq(new.sums.total),
            invoices::budget_pence.eq(new.sums.budget),
            invoices::status.eq(new.status),
            invoices::document_id.eq(new.document),
            invoices::issued_by.eq(by),
            invoices::issued_at.eq(now.naive_utc()),
            invoices::version.eq(1),
        ),
    );
    let id: InvoiceId = diesel::insert_into(invoices::table).values(row).returning(invoices::id).get_result(tx)?;
    for line in lines {
        add_line(tx, id, line)?;
    }
    Ok(id)
}

fn add_line(tx: &mut Tx, invoice: InvoiceId, line: &InvoiceLine) -> Result<(), Error> {
    let row = (
        invoice_lines::invoice_id.eq(invoice),
        invoice_lines::order_line_id.eq(line.order_line),
        invoice_lines::description.eq(&line.description),
        invoice_lines::unit.eq(&line.unit),
        invoice_lines::quantity.eq(line.quantity),
        invoice_lines::unit_price.eq(line.unit_price),
        invoice_lines::vat_class.eq(line.class.code()),
        invoice_lines::vat_category.eq(line.category.code()),
        invoice_lines::vat_rate_basis_points.eq(line.rate),
        invoice_lines::net_pence.eq(line.net),
        invoice_lines::vat_pence.eq(line.vat),
        invoice_lines::budget_pence.eq(line.budget),
        invoice_lines::ground.eq(&line.ground),
        invoice_lines::base_quantity.eq(line.base),
    );
    diesel::insert_into(invoice_lines::table).values(row).execute(tx)?;
    Ok(())
}

/// A decision of whoever pays.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The state that follows.
    pub status: InvoiceStatus,
    /// For a query: why.
    pub reason: Option<String>,
    /// Who decided.
    pub by: UserId,
    /// By what authority, in words.
    pub authority: String,
    /// Under which mandate, if it was one.
    pub mandate: Option<MandateId>,
}

/// Records a decision, if the invoice is still the version that was seen.
///
/// # Errors
/// A conflict when it was changed in between.
pub fn decide(tx: &mut Tx, invoice: &Invoice, seen: i64, decision: &Decision, now: DateTime<Utc>) -> Result<(), Error> {
    let as_seen = invoices::id.eq(invoice.id).and(invoices::version.eq(seen));
    let changed = diesel::update(invoices::table.filter(as_seen))
        .set((
            invoices::status.eq(decision.status),
            invoices::query_reason.eq(&decision.reason),
            invoices::decided_by.eq(decision.by),
            invoices::decided_authority.eq(&decision.authority),
            invoices::decided_mandate_id.eq(decision.mandate),
            invoices::decided_at.eq(now.naive_utc()),
            invoices::version.eq(seen + 1),
        ))
        .execute(tx)?;
    as_one(changed, invoice)
}

/// Makes a new version of an invoice of which the yes no longer counts, so that it can be said again; answers the version.
///
/// # Errors
/// A conflict when it was changed in between.
pub fn ask_again(tx: &mut Tx, invoice: &Invoice) -> Result<i64, Error> {
    let as_seen = invoices::id.eq(invoice.id).and(invoices::version.eq(invoice.version));
    let changed =
        diesel::update(invoices::table.filter(as_seen)).set(invoices::version.eq(invoice.version + 1)).execute(tx)?;
    as_one(changed, invoice)?;
    Ok(invoice.version + 1)
}

/// Records that an invoice was paid, or that the money of a credit note came back.
///
/// # Errors
/// A conflict when it was changed in between.
pub fn settle(tx: &mut Tx, invoice: &Invoice, seen: i64, on: NaiveDate, reference: &str) -> Result<(), Error> {
    let as_seen = invoices::id.eq(invoice.id).and(invoices::version.eq(seen));
    let changed = diesel::update(invoices::table.filter(as_seen))
        .set((
            invoices::status.eq(InvoiceStatus::Paid),
            invoices::paid_on.eq(on),
            invoices::payment_reference.eq(reference),
            invoices::version.eq(seen + 1),
        ))
        .execute(tx)?;
    as_one(changed, invoice)
}

/// Moves an invoice on after a credit note, if it is still the version that was seen.
///
/// # Errors
/// A conflict when it was changed in between.
pub fn credited(tx: &mut Tx, invoice: &Invoice, seen: i64, status: InvoiceStatus) -> Result<(), Error> {
    let as_seen = invoices::id.eq(invoice.id).and(invoices::version.eq(seen));
    let changed = diesel::update(invoices::table.filter(as_seen))
        .set((invoices::status.eq(status), invoices::version.eq(seen + 1)))
        .execute(tx)?;
    as_one(changed, invoice)
}

fn as_one(changed: usize, invoice: &Invoice) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::changed_since(&number_text(invoice.kind, invoice.number))) }
}

/// The invoices of some funds: their papers and the days of their issue.
///
/// # Errors
/// When the database fails.
pub fn papers_of(tx: &mut Tx, funds: &[FundId]) -> Result<Vec<(InvoiceId, DocumentId, NaiveDate)>, Error> {
    Ok(invoices::table
        .filter(invoices::fund_id.eq_any(funds.to_vec()))
        .select((invoices::id, invoices::document_id, invoices::issued_on))
        .order(invoices::id)
        .load(tx)?)
}

/// Takes the addressee and what was written out of some invoices; amounts, days and the person's reference stay.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, invoices: &[InvoiceId]) -> Result<(), Error> {
    diesel::update(invoices::table.filter(invoices::id.eq_any(invoices.to_vec())))
        .set((
            invoices::addressee_name.eq(""),
            invoices::addressee_address.eq(""),
            invoices::query_reason.eq(None::<String>),
            invoices::credit_reason.eq(None::<String>),
        ))
        .execute(tx)?;
    Ok(())
}
