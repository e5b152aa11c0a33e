//! The check of everything: books, papers, signatures, orders, invoices, and the triggers that guard them.

use chrono::{DateTime, Utc};

use super::store::{self, Said};
use crate::db::{Tx, dialect, migrate};
use crate::error::Error;
use crate::ids::FundId;
use crate::ledger::{Account, Balances};
use crate::{audit, ledger, paper};

/// What a check looked at and what it found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is wrong, each in a sentence that names the thing; empty when all is well.
    pub findings: Vec<String>,
    /// How many of each kind of thing were looked at: the number, then the words for one and for many.
    pub counts: Vec<(i64, &'static str, &'static str)>,
}

impl Outcome {
    /// What was looked at, in a sentence.
    #[must_use]
    pub fn looked_at(&self) -> String {
        let each =
            self.counts.iter().map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }));
        format!("Looked at {}.", each.collect::<Vec<_>>().join(", "))
    }
}

/// Looks for anything wrong in the whole database, in one state of it. A backup is looked at without a time: what waited for
/// its seal when it was made waits still.
///
/// # Errors
/// When the database fails; what is wrong in it is an outcome, not an error.
pub fn everything(tx: &mut Tx, now: Option<DateTime<Utc>>) -> Result<Outcome, Error> {
    let mut findings: Vec<String> = ledger::store::check(tx)?.into_iter().map(|finding| finding.message).collect();
    findings.extend(paper::store::check(tx)?);
    findings.extend(paper::store::check_files(tx)?);
    let expected = migrate::expected_triggers(tx);
    let in_place = dialect::triggers(tx)?;
    findings.extend(missing(&expected, &in_place));
    findings.extend(audit::check::check(tx, now)?);
    findings.extend(store::unsound_signatures(tx)?);
    findings.extend(store::unsound_invoices(tx)?);
    findings.extend(store::broken_series(tx)?);
    findings.extend(disagreements(tx)?);
    let mut counts = store::counts(tx)?;
    counts.push((paper::store::erased(tx)?, "erased document", "erased documents"));
    counts.push((audit::store::count(tx)?, "audit event", "audit events"));
    counts.push((i64::try_from(expected.len()).unwrap_or(i64::MAX), "trigger", "triggers"));
    Ok(Outcome { findings, counts })
}

/// How many funds are compared at once: bounds the memory.
const AT_ONCE: usize = 500;

/// Funds whose books say something else than their orders, deliveries and invoices.
fn disagreements(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let said: Vec<(FundId, Said)> = store::said(tx)?.into_iter().collect();
    let mut findings = vec![];
    for some in said.chunks(AT_ONCE) {
        let ids: Vec<FundId> = some.iter().map(|(fund, _)| *fund).collect();
        let books = ledger::store::balances_of(tx, &ids)?;
        for (fund, said) in some {
            let balances = books.get(fund).cloned().unwrap_or_default();
            findings.extend(compare(said, &balances).into_iter().map(|finding| format!("fund {fund}: {finding}")));
        }
    }
    Ok(findings)
}

/// What the books of one fund say otherwise than its features.
fn compare(said: &Said, balances: &Balances) -> Vec<String> {
    let pairs = [
        ("delivered and not billed", Account::Delivered, said.delivered, "deliveries"),
        ("invoiced", Account::Invoiced, said.invoiced, "invoices"),
        ("paid", Account::Paid, said.paid, "paid invoices"),
        ("to be paid", Account::Payable, said.payable, "approved invoices"),
    ];
    let differs = pairs.into_iter().filter(|(_, account, said, _)| balances.credit(*account) != *said);
    let mut findings: Vec<String> = differs
        .map(|(what, account, said, whose)| {
            format!("{} is {what} by the books, {said} by the {whose}", balances.credit(account))
        })
        .collect();
    let reserved = balances.credit(Account::Reserved);
    if reserved > said.ordered {
        findings.push(format!("{reserved} is reserved by the books, {} by the open orders", said.ordered));
    }
    findings
}

/// The triggers that should be there and are not.
fn missing(expected: &[String], in_place: &[String]) -> Vec<String> {
    let gone = expected.iter().filter(|trigger| !in_place.contains(trigger));
    gone.map(|trigger| format!("trigger {trigger} is missing or switched off")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DatabaseUrl;
    use crate::db::Db;
    use crate::ledger::rules::{Funder, deliver, money_in, reserve};
    use crate::money::Pence;

    fn fresh() -> (tempfile::TempDir, Db) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::sqlite(&folder.path().join("check.sqlite"))).unwrap();
        migrate::up(&db).unwrap();
        (folder, db)
    }

    #[test]
    fn a_fresh_database_has_every_trigger_and_nothing_wrong() {
        let (_folder, db) = fresh();
        let outcome = db.read_now(|tx| everything(tx, None)).unwrap();
        assert_eq!(outcome.findings, Vec::<String>::new());
        assert!(outcome.looked_at().contains("0 entries of the journal"), "{}", outcome.looked_at());
        let (expected, in_place) =
            db.read_now(|tx| Ok((migrate::expected_triggers(tx), dialect::triggers(tx)?))).unwrap();
        assert_eq!(expected, in_place, "the migrations and the database name the same triggers");
        assert!(expected.iter().any(|trigger| trigger == "postings_no_update"));
    }

    #[test]
    fn books_that_say_something_else_than_the_invoices_are_named() {
        let pounds = |text| Pence::parse(text).unwrap();
        let mut balances = Balances::default();
        balances.add(&money_in(Funder::Council, pounds("100.00")));
        balances.add(&reserve(pounds("40.00")));
        balances.add(&deliver(pounds("10.00")));
        let said = Said { ordered: pounds("40.00"), delivered: pounds("10.00"), ..Said::default() };
        assert_eq!(compare(&said, &balances), Vec::<String>::new());
        let said = Said { ordered: pounds("20.00"), delivered: pounds("9.00"), ..Said::default() };
        assert_eq!(
            compare(&said, &balances),
            [
                "£10.00 is delivered and not billed by the books, £9.00 by the deliveries",
                "£30.00 is reserved by the books, £20.00 by the open orders"
            ]
        );
    }

    #[test]
    fn a_trigger_that_was_dropped_is_named() {
        let named = missing(
            &["postings_no_delete".to_owned(), "postings_no_update".to_owned()],
            &["postings_no_update".to_owned()],
        );
        assert_eq!(named, ["trigger postings_no_delete is missing or switched off"]);
    }
}
