//! The arithmetic of a statement: what was left, what came in, what it was spent on, what is left now.
//!
//! What is left counts an approved invoice as spent, paid or not, and VAT that will come back as still there. So a
//! statement adds up by itself: what was left, and what came in, less support, fee and lost VAT, is what is left.

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::ids::OrganisationId;
use crate::ledger::{Account, Balances, EntryKind, RecordedEntry};
use crate::money::Pence;

/// What was spent with one organisation, or by the person as they reported it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Support, without VAT.
    pub support: Pence,
    /// The holder's fee, without VAT.
    pub fee: Pence,
    /// VAT that nobody gets back.
    pub vat_lost: Pence,
}

impl Spent {
    /// All of it.
    #[must_use]
    pub fn together(&self) -> Pence {
        self.support + self.fee + self.vat_lost
    }
}

/// A statement of a fund for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The days.
    pub period: Period,
    /// What was left before the first day.
    pub opening: Pence,
    /// What the council paid in.
    pub from_council: Pence,
    /// What the person paid in.
    pub from_person: Pence,
    /// What was spent, by organisation; what belongs to none was reported by the person.
    pub spent: BTreeMap<Option<OrganisationId>, Spent>,
    /// What went back to the council.
    pub to_council: Pence,
    /// What went back to the person.
    pub to_person: Pence,
}

impl Statement {
    /// Adds up the entries of a period. `opening` are the balances at the end of the day before it.
    #[must_use]
    pub fn of(period: Period, opening: &Balances, entries: &[RecordedEntry]) -> Self {
        let mut statement = Self {
            period,
            opening: left(opening),
            from_council: Pence::ZERO,
            from_person: Pence::ZERO,
            spent: BTreeMap::new(),
            to_council: Pence::ZERO,
            to_person: Pence::ZERO,
        };
        for entry in entries {
            statement.add(entry);
        }
        statement.spent.retain(|_, spent| *spent != Spent::default());
        statement
    }

    fn add(&mut self, entry: &RecordedEntry) {
        let returned = entry.kind == EntryKind::Returned;
        for posting in &entry.postings {
            let amount = posting.amount;
            match posting.account {
                Account::FromCouncil if returned => self.to_council += amount,
                Account::FromPerson if returned => self.to_person += amount,
                Account::FromCouncil => self.from_council += -amount,
                Account::FromPerson => self.from_person += -amount,
                Account::Support => self.spent.entry(posting.party).or_default().support += amount,
                Account::Fee => self.spent.entry(posting.party).or_default().fee += amount,
                Account::VatLost => self.spent.entry(posting.party).or_default().vat_lost += amount,
                _ => {}
            }
        }
    }

    /// What came in.
    #[must_use]
    pub fn money_in(&self) -> Pence {
        self.from_council + self.from_person
    }

    /// Everything that was spent, by kind.
    #[must_use]
    pub fn all_spent(&self) -> Spent {
        let mut all = Spent::default();
        for spent in self.spent.values() {
            all.support += spent.support;
            all.fee += spent.fee;
            all.vat_lost += spent.vat_lost;
        }
        all
    }

    /// What is left after the last day.
    #[must_use]
    pub fn closing(&self) -> Pence {
        self.opening + self.money_in() - self.all_spent().together() - self.to_council - self.to_person
    }

    /// The holder's fee as tenths of a penny of every pound that came in; nothing when no fee was taken or nothing came in.
    #[must_use]
    pub fn fee_tenths_of_a_penny_per_pound(&self) -> Option<i64> {
        let (fee, base) = (self.all_spent().fee, self.money_in());
        (fee > Pence::ZERO && base > Pence::ZERO)
            .then(|| Pence::from_pence(1_000).pro_rata(fee.pence(), base.pence()).pence())
    }
}

/// What is left of the money by some balances: what is held, less what is approved and not paid, and VAT that comes back.
#[must_use]
pub fn left(balances: &Balances) -> Pence {
    balances.bank() + balances.of(Account::Payable) + balances.of(Account::RecoverableVat)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::ids::{EntryId, FundId};
    use crate::ledger::Posting;
    use crate::ledger::rules::{
        Bill, Credited, Funder, approve, credit, money_in, pay, refund, returned, spending_reported, vat_recovered,
    };

    const HOLDER: OrganisationId = OrganisationId::new(1);
    const DAY_CLUB: OrganisationId = OrganisationId::new(2);
    const ART: OrganisationId = OrganisationId::new(3);
    const BEFRIENDING: OrganisationId = OrganisationId::new(4);

    fn pounds(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn november() -> Period {
        Period::of_weeks(NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(), 4).unwrap()
    }

    fn entry(kind: EntryKind, postings: Vec<Posting>) -> RecordedEntry {
        RecordedEntry {
            id: EntryId::new(1),
            fund: FundId::new(3),
            kind,
            on: november().from(),
            description: String::new(),
            source: ("payment".to_owned(), 1),
            postings,
        }
    }

    /// A bill of which the budget pays the whole, VAT included.
    fn bill(provider: OrganisationId, net: &str, vat: &str, is_fee: bool) -> Bill {
        let total = pounds(net) + pounds(vat);
        Bill { provider, is_fee, net: pounds(net), total, budget: total }
    }

    /// Domain reference 3.4: four weeks of the individual service fund of the story.
    fn four_weeks() -> Vec<RecordedEntry> {
        let mut entries = vec![
            entry(EntryKind::FundingReceived, money_in(Funder::Council, pounds("1434.52"))),
            entry(EntryKind::ContributionReceived, money_in(Funder::Person, pounds("245.48"))),
        ];
        for _ in 0..4 {
            let bills = [
                bill(HOLDER, "264.00", "0.00", false),
                bill(DAY_CLUB, "54.00", "10.80", false),
                bill(ART, "18.00", "0.00", false),
                bill(BEFRIENDING, "24.00", "0.00", false),
                bill(HOLDER, "8.50", "1.70", true),
            ];
            for bill in &bills {
                entries.push(entry(EntryKind::InvoiceApproved, approve(bill)));
                entries.push(entry(EntryKind::Paid, pay(bill, false)));
            }
        }
        entries
    }

    fn after(entries: &[RecordedEntry]) -> Balances {
        let mut balances = Balances::default();
        entries.iter().for_each(|entry| balances.add(&entry.postings));
        balances
    }

    #[test]
    fn the_worked_account_of_four_weeks() {
        let statement = Statement::of(november(), &Balances::default(), &four_weeks());
        let all = statement.all_spent();
        assert_eq!(statement.money_in(), pounds("1680.00"));
        assert_eq!(all.together(), pounds("1524.00"));
        assert_eq!(statement.closing(), pounds("156.00"));
        assert_eq!(
            (all.support, all.fee, all.vat_lost),
            (pounds("1440.00"), pounds("34.00"), pounds("12.50").times(4))
        );
        assert_eq!(statement.spent[&Some(DAY_CLUB)].together(), pounds("259.20"));
        assert_eq!(statement.spent[&Some(HOLDER)].support, pounds("1056.00"));
        assert_eq!(statement.fee_tenths_of_a_penny_per_pound(), Some(20), "8.50 of 420.00 is 2.0 pence of a pound");
        assert_eq!(left(&after(&four_weeks())), pounds("156.00"));
    }

    #[test]
    fn the_surplus_that_went_back_is_on_the_statement() {
        let mut entries = four_weeks();
        entries.push(entry(EntryKind::Returned, returned(pounds("133.21"), pounds("22.79"))));
        let statement = Statement::of(november(), &Balances::default(), &entries);
        assert_eq!((statement.to_council, statement.to_person), (pounds("133.21"), pounds("22.79")));
        assert_eq!((statement.money_in(), statement.closing()), (pounds("1680.00"), Pence::ZERO));
    }

    #[test]
    fn what_is_approved_is_spent_and_what_comes_back_is_there() {
        let recovered = Bill { budget: pounds("108.00"), ..bill(DAY_CLUB, "108.00", "21.60", false) };
        let entries = [
            entry(EntryKind::FundingReceived, money_in(Funder::Council, pounds("200.00"))),
            entry(EntryKind::InvoiceApproved, approve(&recovered)),
        ];
        let statement = Statement::of(november(), &Balances::default(), &entries);
        assert_eq!(statement.closing(), pounds("92.00"));
        assert_eq!(left(&after(&entries)), pounds("92.00"));
    }

    proptest! {
        #[test]
        fn every_history_adds_up(steps in prop::collection::vec((0_u8..7, 1_i64..100_000, 0_i64..20_000, 0_i64..=100), 0..40), cut in 0_usize..40) {
            let entries: Vec<RecordedEntry> = steps.into_iter().map(|(step, net, vat, lost)| {
                let (net, vat) = (Pence::from_pence(net), Pence::from_pence(vat));
                let bill = Bill { provider: ART, is_fee: step == 2, net, total: net + vat, budget: net + vat.pro_rata(lost, 100) };
                let (kind, postings) = match step {
                    0 => (EntryKind::FundingReceived, money_in(Funder::Council, net)),
                    1 | 2 => (EntryKind::InvoiceApproved, approve(&bill)),
                    3 => (EntryKind::Paid, pay(&bill, lost % 2 == 0)),
                    4 => (EntryKind::Credit, credit(&bill, Credited::AfterPayment)),
                    5 => (EntryKind::RefundReceived, refund(&bill, false)),
                    _ if lost % 2 == 0 => (EntryKind::VatRecovered, vat_recovered(ART, vat)),
                    _ => (EntryKind::SpendingReported, spending_reported(net)),
                };
                entry(kind, postings)
            }).collect();
            let (before, within) = entries.split_at(cut.min(entries.len()));
            let statement = Statement::of(november(), &after(before), within);
            prop_assert_eq!(statement.closing(), left(&after(&entries)));
        }
    }
}
