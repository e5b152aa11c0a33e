//! The whole journal in the plain-text form of hledger (<https://hledger.org>), for an accountant's own tools.
//!
//! Every fund has its own accounts, by number; every entry is one transaction that balances in the money set and in the
//! state set alike. Nobody's name is in it: people appear as their fund's number, organisations as theirs, with the name
//! of an organisation (a sole trader's is a person's, and left out) beside its accounts.
//!
//! The text is plain ASCII, pounds are `GBP`: in a plain locale hledger refuses every letter beyond.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::db::Tx;
use crate::error::Error;
use crate::ids::{EntryId, FundId, OrganisationId};
use crate::ledger::store::walk;
use crate::ledger::{Account, Posting, RecordedEntry};
use crate::people::store::organisations_by_id;
use crate::people::{Organisation, OrganisationKind};

/// How many organisations are looked up at once.
const AT_ONCE: usize = 500;

/// An account of the exported journal: of a fund, and of an organisation where it concerns one.
type Name = (Account, FundId, Option<OrganisationId>);

/// The journal, in the order of the days and within a day of recording.
///
/// # Errors
/// When the database fails.
pub fn journal(tx: &mut Tx) -> Result<String, Error> {
    let mut accounts: BTreeSet<Name> = BTreeSet::new();
    let mut transactions: Vec<(NaiveDate, EntryId, String)> = vec![];
    walk(tx, |entry| {
        accounts.extend(entry.postings.iter().map(|posting| (posting.account, entry.fund, posting.party)));
        transactions.push((entry.on, entry.id, transaction(&entry)));
        Ok(())
    })?;
    transactions.sort_by_key(|(on, id, _)| (*on, *id));
    let parties: BTreeSet<OrganisationId> = accounts.iter().filter_map(|(_, _, party)| *party).collect();
    let names = names(tx, &parties.into_iter().collect::<Vec<_>>())?;
    let directives = accounts.iter().map(|name| directive(name, &names)).collect::<String>();
    let head = "; The journal of Tailormade. Each transaction is one entry, with its number in brackets.\n\
                ; assets, liabilities, equity and expenses say where the money is; commitments say which of the five\n\
                ; states it is in.\n\ncommodity GBP 1000.00\n\n";
    let transactions: String = transactions.into_iter().map(|(_, _, text)| text).collect();
    Ok(format!("{head}{directives}{transactions}"))
}

/// The names of organisations that are no persons.
fn names(tx: &mut Tx, ids: &[OrganisationId]) -> Result<BTreeMap<OrganisationId, String>, Error> {
    let mut names = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let shown = |found: &Organisation| found.kind != OrganisationKind::SoleTrader;
        let found = organisations_by_id(tx, some)?.into_iter().filter(shown);
        names.extend(found.map(|found| (found.id, plain(&found.name))));
    }
    Ok(names)
}

fn account(account: Account, fund: FundId, party: Option<OrganisationId>) -> String {
    let party = party.map(|party| format!(":organisation-{party}")).unwrap_or_default();
    format!("{}:fund-{fund}{party}", account.code())
}

fn directive(name: &Name, names: &BTreeMap<OrganisationId, String>) -> String {
    let (of, fund, party) = *name;
    let comment = party.and_then(|party| names.get(&party)).map(|name| format!("  ; {name}")).unwrap_or_default();
    format!("account {}{comment}\n", account(of, fund, party))
}

/// One entry: its day, number, kind, what it was made from, and its sides.
fn transaction(entry: &RecordedEntry) -> String {
    let (kind, id) = &entry.source;
    let source = if kind == "fund" { String::new() } else { format!("{} {id}, ", kind.replace('_', " ")) };
    let title = format!("{} | {source}fund {}", entry.kind.words(), entry.fund);
    let sides: String = entry.postings.iter().map(|posting| side(entry.fund, posting)).collect();
    format!("\n{} * ({}) {}\n{sides}", entry.on, entry.id, plain(&title))
}

fn side(fund: FundId, posting: &Posting) -> String {
    format!("    {}  GBP {}\n", account(posting.account, fund, posting.party), posting.amount.decimal())
}

/// A text on one line, in ASCII, without what hledger would take for the start of a comment.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            ';' => ',',
            ' '..='~' => letter,
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            'à'..='å' => 'a',
            'ç' => 'c',
            'è'..='ë' => 'e',
            'ì'..='ï' => 'i',
            'ñ' => 'n',
            'ò'..='ö' | 'ø' => 'o',
            'ù'..='ü' => 'u',
            'À'..='Å' => 'A',
            'Ç' => 'C',
            'È'..='Ë' => 'E',
            'Ì'..='Ï' => 'I',
            'Ñ' => 'N',
            'Ò'..='Ö' | 'Ø' => 'O',
            'Ù'..='Ü' => 'U',
            letter if letter.is_whitespace() || letter.is_control() => ' ',
            _ => '?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::rules::{Funder, money_in, vat_recovered};
    use crate::ledger::{EntryKind, RecordedEntry};
    use crate::money::Pence;

    #[test]
    fn an_entry_is_one_transaction_without_its_description() {
        let entry = RecordedEntry {
            id: EntryId::new(7),
            fund: FundId::new(3),
            kind: EntryKind::FundingReceived,
            on: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            description: "Money for somebody with a name".to_owned(),
            source: ("payment".to_owned(), 1),
            postings: money_in(Funder::Council, Pence::from_pence(1000)),
        };
        let expected = "\n2026-11-02 * (7) Money from the council | payment 1, fund 3\n    \
                        assets:bank:fund-3  GBP 10.00\n    equity:from-council:fund-3  GBP -10.00\n    \
                        commitments:granted:fund-3  GBP 10.00\n    commitments:free:fund-3  GBP -10.00\n";
        assert_eq!(transaction(&entry), expected);
        let posting = &vat_recovered(OrganisationId::new(9), Pence::from_pence(250))[1];
        assert_eq!(side(FundId::new(3), posting), "    assets:recoverable-vat:fund-3:organisation-9  GBP -2.50\n");
    }

    #[test]
    fn names_fit_one_line_of_ascii() {
        assert_eq!(plain("Zoë’s; day –\nclub"), "Zoe's, day - club");
    }
}
