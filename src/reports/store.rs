//! What is read across the features, and the statements that were kept: the one table that is written here.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::KeptStatement;
use crate::calendar::{self, Period};
use crate::db::schema::{
    agreement_signatures, agreements, documents, funds, invoice_lines, invoice_series, invoices, journal_entries,
    orders, statements,
};
use crate::db::{Tx, dialect};
use crate::error::Error;
use crate::ids::{AgreementId, DocumentId, FundId, InvoiceId, OrganisationId, UserId};
use crate::money::Pence;

/// How many kept statements a fund's page lists.
const LISTED: i64 = 60;

/// Remembers of which fund and for which days a paper is the statement.
///
/// # Errors
/// When the database fails.
pub fn keep(
    tx: &mut Tx,
    fund: FundId,
    document: DocumentId,
    period: Period,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        statements::fund_id.eq(fund),
        statements::document_id.eq(document),
        statements::from_date.eq(period.from()),
        statements::to_date.eq(period.to()),
        statements::kept_by.eq(by),
        statements::kept_at.eq(now.naive_utc()),
    );
    diesel::insert_into(statements::table).values(row).execute(tx)?;
    Ok(())
}

/// The statements that were kept of a fund, the newest first. The caller has loaded the fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn kept(tx: &mut Tx, fund: FundId) -> Result<Vec<KeptStatement>, Error> {
    let rows: Vec<(DocumentId, NaiveDate, NaiveDate, NaiveDateTime)> = statements::table
        .filter(statements::fund_id.eq(fund))
        .select((statements::document_id, statements::from_date, statements::to_date, statements::kept_at))
        .order(statements::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let statement = |(document, from, to, kept_at): (_, _, _, NaiveDateTime)| {
        let kept_on = calendar::london(kept_at.and_utc()).date();
        KeptStatement { document, from, to, kept_on }
    };
    Ok(rows.into_iter().map(statement).collect())
}

/// Whether a paper is a statement of a fund.
///
/// # Errors
/// When the database fails.
pub fn is_statement_of(tx: &mut Tx, fund: FundId, document: DocumentId) -> Result<bool, Error> {
    let found = statements::table.filter(statements::fund_id.eq(fund).and(statements::document_id.eq(document)));
    Ok(diesel::select(diesel::dsl::exists(found)).get_result(tx)?)
}

/// How many of each kind of thing there are: the number, then the words for one and for many.
///
/// # Errors
/// When the database fails.
pub fn counts(tx: &mut Tx) -> Result<Vec<(i64, &'static str, &'static str)>, Error> {
    Ok(vec![
        (funds::table.count().get_result(tx)?, "fund", "funds"),
        (journal_entries::table.count().get_result(tx)?, "entry of the journal", "entries of the journal"),
        (documents::table.count().get_result(tx)?, "document", "documents"),
        (agreement_signatures::table.count().get_result(tx)?, "signature", "signatures"),
        (orders::table.count().get_result(tx)?, "order", "orders"),
        (invoices::table.count().get_result(tx)?, "invoice or credit note", "invoices and credit notes"),
    ])
}

/// Signatures that were not given under the text that the agreement has.
///
/// # Errors
/// When the database fails.
pub fn unsound_signatures(tx: &mut Tx) -> Result<Vec<String>, Error> {
    type Row = (AgreementId, String, String, Option<String>);
    let rows: Vec<Row> = agreement_signatures::table
        .inner_join(agreements::table.on(agreements::id.eq(agreement_signatures::agreement_id)))
        .left_join(documents::table.on(agreements::document_id.eq(documents::id.nullable())))
        .select((
            agreements::id,
            agreement_signatures::signer_name,
            agreement_signatures::document_sha256,
            documents::sha256.nullable(),
        ))
        .filter(documents::sha256.is_null().or(documents::sha256.ne(agreement_signatures::document_sha256)))
        .order(agreement_signatures::id)
        .load(tx)?;
    let finding = |(agreement, signer, _, document): Row| match document {
        None => format!("agreement {agreement} was signed by {signer} and has no text"),
        Some(_) => format!("agreement {agreement} has another text than the one that {signer} signed"),
    };
    Ok(rows.into_iter().map(finding).collect())
}

/// Invoices and credit notes whose totals are not the sums of their lines.
///
/// # Errors
/// When the database fails.
pub fn unsound_invoices(tx: &mut Tx) -> Result<Vec<String>, Error> {
    type Row = (InvoiceId, OrganisationId, i64, Pence, Pence, Pence, Pence, i64, i64, i64);
    let rows: Vec<Row> = invoices::table
        .inner_join(invoice_lines::table.on(invoice_lines::invoice_id.eq(invoices::id)))
        .group_by((
            invoices::id,
            invoices::provider_id,
            invoices::number,
            invoices::net_pence,
            invoices::vat_pence,
            invoices::total_pence,
            invoices::budget_pence,
        ))
        .select((
            invoices::id,
            invoices::provider_id,
            invoices::number,
            invoices::net_pence,
            invoices::vat_pence,
            invoices::total_pence,
            invoices::budget_pence,
            dialect::sum("invoice_lines.net_pence"),
            dialect::sum("invoice_lines.vat_pence"),
            dialect::sum("invoice_lines.budget_pence"),
        ))
        .order(invoices::id)
        .load(tx)?;
    let wrong = |row: &Row| {
        let (_, _, _, net, vat, total, budget, net_lines, vat_lines, budget_lines) = *row;
        (net.pence(), vat.pence(), budget.pence()) != (net_lines, vat_lines, budget_lines) || total != net + vat
    };
    let finding = |(id, provider, number, ..): Row| {
        format!("invoice {id} (number {number} of organisation {provider}) does not add up to its lines")
    };
    let mut findings: Vec<String> = rows.into_iter().filter(wrong).map(finding).collect();
    let lines = invoice_lines::table.filter(invoice_lines::invoice_id.eq(invoices::id));
    let bare: Vec<InvoiceId> =
        invoices::table.filter(diesel::dsl::not(diesel::dsl::exists(lines))).select(invoices::id).load(tx)?;
    findings.extend(bare.into_iter().map(|id| format!("invoice {id} has no line")));
    Ok(findings)
}

/// Series of invoice numbers with a gap, or whose last number is not the last one given out.
///
/// # Errors
/// When the database fails.
pub fn broken_series(tx: &mut Tx) -> Result<Vec<String>, Error> {
    type Row = (OrganisationId, String, i64, Option<i64>);
    let used: Vec<Row> = invoices::table
        .group_by((invoices::provider_id, invoices::kind))
        .select((invoices::provider_id, invoices::kind, diesel::dsl::count_star(), diesel::dsl::max(invoices::number)))
        .order((invoices::provider_id, invoices::kind))
        .load(tx)?;
    let given: Vec<(OrganisationId, String, i64)> = invoice_series::table
        .select((invoice_series::provider_id, invoice_series::kind, invoice_series::last_number))
        .load(tx)?;
    let mut findings = vec![];
    for (provider, kind, last) in given {
        let found = used.iter().find(|(of, what, ..)| *of == provider && *what == kind);
        let (count, highest) = found.map_or((0, 0), |(_, _, count, highest)| (*count, highest.unwrap_or_default()));
        if count != last || highest != last {
            findings.push(format!(
                "the {} numbers of organisation {provider} have a gap: {last} were given out, {count} are there, the \
                 highest is {highest}",
                kind.replace('_', " ")
            ));
        }
    }
    Ok(findings)
}

/// What the features say about a fund's money, to be compared with what its books say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Budgets of open orders together: no more can be reserved.
    pub ordered: Pence,
    /// Confirmed deliveries that are on no invoice.
    pub delivered: Pence,
    /// Invoices that are not settled, less what was credited of them.
    pub invoiced: Pence,
    /// Invoices that were paid, less what was credited before or came back after.
    pub paid: Pence,
    /// Approved invoices with their VAT, less credits, and less what providers owe back.
    pub payable: Pence,
}

/// One kind of amount, by fund.
#[derive(QueryableByName)]
struct Amount {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    fund: FundId,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    amount: Pence,
}

/// What invoices and credit notes say, by fund. A credit note that began as credited was taken off its invoice before it
/// was paid; the others wait to be paid back, or were.
const BILLS: &str = "
    SELECT fund_id AS fund, CAST(SUM({what}) AS BIGINT) AS amount FROM (
        SELECT fund_id,
            CASE WHEN status IN ('issued', 'queried', 'approved') THEN budget_pence ELSE 0 END AS invoiced,
            CASE WHEN paid_on IS NOT NULL THEN budget_pence ELSE 0 END AS paid,
            CASE WHEN status = 'approved' THEN total_pence ELSE 0 END AS payable
        FROM invoices WHERE kind = 'invoice'
        UNION ALL
        SELECT note.fund_id,
            CASE WHEN note.status = 'credited' AND bill.status IN ('issued', 'queried', 'approved')
                THEN -note.budget_pence ELSE 0 END,
            CASE WHEN note.status = 'paid' OR (note.status = 'credited' AND bill.paid_on IS NOT NULL)
                THEN -note.budget_pence ELSE 0 END,
            CASE WHEN note.status = 'approved' OR (note.status = 'credited' AND bill.status = 'approved')
                THEN -note.total_pence ELSE 0 END
        FROM invoices note JOIN invoices bill ON bill.id = note.credits_invoice_id WHERE note.kind = 'credit_note'
    ) AS bills GROUP BY fund_id";

/// What the features say about the money of every fund.
///
/// # Errors
/// When the database fails.
pub fn said(tx: &mut Tx) -> Result<BTreeMap<FundId, Said>, Error> {
    let ids: Vec<FundId> = funds::table.select(funds::id).load(tx)?;
    let mut said: BTreeMap<FundId, Said> = ids.into_iter().map(|fund| (fund, Said::default())).collect();
    let mut note = |sql: String, place: fn(&mut Said) -> &mut Pence| -> Result<(), Error> {
        for Amount { fund, amount } in diesel::sql_query(sql).load::<Amount>(tx)? {
            *place(said.entry(fund).or_default()) += amount;
        }
        Ok(())
    };
    let ordered = "SELECT fund_id AS fund, CAST(SUM(budget_pence) AS BIGINT) AS amount FROM orders WHERE status = 'open' \
                   GROUP BY fund_id";
    let delivered = "SELECT fund_id AS fund, CAST(SUM(value_pence) AS BIGINT) AS amount FROM deliveries \
                     WHERE status = 'confirmed' GROUP BY fund_id";
    note(ordered.to_owned(), |said| &mut said.ordered)?;
    note(delivered.to_owned(), |said| &mut said.delivered)?;
    note(BILLS.replace("{what}", "invoiced"), |said| &mut said.invoiced)?;
    note(BILLS.replace("{what}", "paid"), |said| &mut said.paid)?;
    note(BILLS.replace("{what}", "payable"), |said| &mut said.payable)?;
    // What a person reported as spent has no invoice: the journal is its only record.
    let reported = "SELECT postings.fund_id AS fund, CAST(SUM(-amount_pence) AS BIGINT) AS amount FROM postings \
                    JOIN journal_entries ON journal_entries.id = postings.entry_id \
                    WHERE kind = 'spending_reported' AND account = 'commitments:paid' GROUP BY postings.fund_id";
    note(reported.to_owned(), |said| &mut said.paid)?;
    Ok(said)
}

/// The papers of the statements of some funds.
///
/// # Errors
/// When the database fails.
pub fn papers_of(tx: &mut Tx, funds: &[FundId]) -> Result<Vec<DocumentId>, Error> {
    let theirs = statements::table.filter(statements::fund_id.eq_any(funds.to_vec()));
    Ok(theirs.select(statements::document_id).order(statements::id).load(tx)?)
}
