//! The ledger: a chart of accounts and a journal of balanced entries, append-only. It knows funds by their number and no
//! feature at all.
//!
//! Each fund has two sets of accounts. The *money* set says where the money is and what it was spent on. The *state* set
//! says in which of five states each granted pound is: free, reserved, delivered, invoiced or paid. Every entry balances
//! in each set by itself, so the five states always add up to what was granted.

pub mod rules;
pub mod store;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::ids::{EntryId, FundId, OrganisationId};
use crate::money::Pence;
use crate::vocabulary;

vocabulary! {
    /// The chart of accounts; the code is the account's name in the exported journal.
    Account {
        /// Money held for the person: at the holder, in the person's own account, or in the council's books.
        Bank = "assets:bank", "Money held";
        /// VAT that was charged and comes back.
        RecoverableVat = "assets:recoverable-vat", "VAT that comes back";
        /// Approved invoices that are not paid yet; a debit is what a provider owes back.
        Payable = "liabilities:payable", "Approved, to be paid";
        /// What the council has paid in.
        FromCouncil = "equity:from-council", "Paid in by the council";
        /// What the person has paid in.
        FromPerson = "equity:from-person", "Paid in by the person";
        /// Support, without VAT that was lost.
        Support = "expenses:support", "Support";
        /// What the holder takes for holding the fund.
        Fee = "expenses:fee", "Fee of the holder";
        /// VAT that nobody gets back.
        VatLost = "expenses:vat-lost", "VAT that nobody gets back";
        /// What was granted to the fund: the sum of the five states.
        Granted = "commitments:granted", "Granted";
        /// Free to use.
        Free = "commitments:free", "Free";
        /// Ordered, not delivered yet.
        Reserved = "commitments:reserved", "Reserved";
        /// Delivered and confirmed, not billed yet.
        Delivered = "commitments:delivered", "Delivered, not billed";
        /// Billed, not paid yet.
        Invoiced = "commitments:invoiced", "Invoiced";
        /// Paid.
        Paid = "commitments:paid", "Paid";
    }
}

impl Account {
    /// The five states, in the order in which a pound passes through them.
    pub const STATES: [Account; 5] = [Self::Free, Self::Reserved, Self::Delivered, Self::Invoiced, Self::Paid];

    /// Whether it belongs to the state set rather than to the money set.
    #[must_use]
    pub const fn is_state(self) -> bool {
        matches!(self, Self::Granted | Self::Free | Self::Reserved | Self::Delivered | Self::Invoiced | Self::Paid)
    }
}

vocabulary! {
    /// What an entry records.
    EntryKind {
        /// The council paid money in.
        FundingReceived = "funding_received", "Money from the council";
        /// The person's contribution came in.
        ContributionReceived = "contribution_received", "Contribution";
        /// An order reserved money.
        Reserved = "reserved", "Ordered";
        /// What an order did not use was set free.
        Released = "released", "Not used, free again";
        /// Support was delivered and confirmed.
        Delivered = "delivered", "Delivered";
        /// A provider sent an invoice.
        InvoiceReceived = "invoice_received", "Invoice received";
        /// An invoice was approved.
        InvoiceApproved = "invoice_approved", "Invoice approved";
        /// The holder's fee was approved.
        Fee = "fee", "Fee approved";
        /// An invoice was paid.
        Paid = "paid", "Paid";
        /// A credit note took back an invoice or a part of it.
        Credit = "credit", "Credit note";
        /// A provider paid back what it was paid too much.
        RefundReceived = "refund_received", "Money back from a provider";
        /// VAT came back.
        VatRecovered = "vat_recovered", "VAT came back";
        /// The person reported what they spent.
        SpendingReported = "spending_reported", "Spent, as reported";
        /// What was left went back to whom it belongs.
        Returned = "returned", "Returned at the end";
    }
}

/// One side of an entry: debits are positive, credits negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// The organisation that it concerns, where there is one.
    pub party: Option<OrganisationId>,
    /// The amount: a debit is positive, a credit negative.
    pub amount: Pence,
}

/// What an entry was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The kind of thing: `order`, `invoice`, `delivery`, `payment`, `agreement`.
    pub kind: &'static str,
    /// Its number.
    pub id: i64,
}

/// An entry before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it records.
    pub kind: EntryKind,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// What it is about, in words a person can read.
    pub description: String,
    /// What it was made from.
    pub source: Source,
    /// Its sides; each set balances.
    pub postings: Vec<Posting>,
}

/// An entry as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEntry {
    /// Its number.
    pub id: EntryId,
    /// Whose fund.
    pub fund: FundId,
    /// What it records.
    pub kind: EntryKind,
    /// The day on which it happened.
    pub on: NaiveDate,
    /// What it is about.
    pub description: String,
    /// What it was made from: kind and number.
    pub source: (String, i64),
    /// Its sides.
    pub postings: Vec<Posting>,
}

/// The balance of each account of a fund.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances(pub BTreeMap<Account, Pence>);

impl Balances {
    /// An account's balance as it was posted: debits positive.
    #[must_use]
    pub fn of(&self, account: Account) -> Pence {
        self.0.get(&account).copied().unwrap_or_default()
    }

    /// What is in a state, or was paid in: an account whose credits are its growth.
    #[must_use]
    pub fn credit(&self, account: Account) -> Pence {
        -self.of(account)
    }

    /// What is free to use.
    #[must_use]
    pub fn free(&self) -> Pence {
        self.credit(Account::Free)
    }

    /// What was granted: the sum of the five states.
    #[must_use]
    pub fn granted(&self) -> Pence {
        self.of(Account::Granted)
    }

    /// What is held at the bank.
    #[must_use]
    pub fn bank(&self) -> Pence {
        self.of(Account::Bank)
    }

    /// The five states, in the order in which a pound passes through them, as a page shows them.
    #[must_use]
    pub fn states(&self) -> Vec<StateAmount> {
        let state = |account: Account| StateAmount {
            key: account.code().rsplit(':').next().unwrap_or_default(),
            label: account.words(),
            amount_text: self.credit(account).to_string(),
            amount_pence: self.credit(account).pence(),
        };
        Account::STATES.map(state).into()
    }

    /// Adds postings.
    pub fn add(&mut self, postings: &[Posting]) {
        for posting in postings {
            *self.0.entry(posting.account).or_default() += posting.amount;
        }
    }
}

/// How much is in one of the five states, for the bar and its table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct StateAmount {
    /// The state: `free`, `reserved`, `delivered`, `invoiced` or `paid`.
    pub key: &'static str,
    /// The state in words.
    pub label: &'static str,
    /// The amount as it is read.
    pub amount_text: String,
    /// The amount in pence, for the picture.
    pub amount_pence: i64,
}

/// Something that `check` found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The entry, where one can be named.
    pub entry: Option<EntryId>,
    /// What is wrong, in a sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_states_have_their_keys_and_add_up() {
        let mut balances = Balances::default();
        for (account, pence) in [(Account::Granted, 42_000), (Account::Free, -3_900), (Account::Reserved, -38_100)] {
            balances.add(&[Posting { account, party: None, amount: Pence::from_pence(pence) }]);
        }
        let states = balances.states();
        let keys: Vec<_> = states.iter().map(|state| state.key).collect();
        assert_eq!(keys, ["free", "reserved", "delivered", "invoiced", "paid"]);
        assert_eq!(states.iter().map(|state| state.amount_pence).sum::<i64>(), 42_000);
        assert_eq!(states[0].amount_text, "£39.00");
    }
}
