//! Which postings each event makes, and what the books never allow.

use super::{Account, Balances, Posting};
use crate::ids::OrganisationId;
use crate::money::Pence;

/// Why the books do not take an entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More would be used than is free.
    #[error("{free} is free in this fund. This needs {needed}: {short} too much.")]
    NotEnoughFree {
        /// What is free.
        free: Pence,
        /// What was asked for.
        needed: Pence,
        /// The difference.
        short: Pence,
    },
    /// More would be paid than is held.
    #[error("{held} is held for this person. This payment needs {needed}: {short} too much.")]
    NotEnoughMoney {
        /// What is held.
        held: Pence,
        /// What was asked for.
        needed: Pence,
        /// The difference.
        short: Pence,
    },
    /// A state would fall below nothing.
    #[error("Only {0} is {1} in this fund.")]
    StateTooSmall(Pence, &'static str),
}

/// Who paid money in, and to whom it goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funder {
    /// The council.
    Council,
    /// The person.
    Person,
}

impl Funder {
    const fn account(self) -> Account {
        match self {
            Self::Council => Account::FromCouncil,
            Self::Person => Account::FromPerson,
        }
    }
}

/// What an invoice, or a part of it, means for the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Who sent it.
    pub provider: OrganisationId,
    /// Whether it is the holder's fee.
    pub is_fee: bool,
    /// Without VAT.
    pub net: Pence,
    /// With VAT: what the provider is paid.
    pub total: Pence,
    /// What the budget pays in the end.
    pub budget: Pence,
}

impl Bill {
    /// The VAT that nobody gets back.
    fn vat_lost(&self) -> Pence {
        self.budget - self.net
    }

    /// The VAT that comes back; negative where a holder's own VAT is lost on top of the invoice.
    fn recoverable(&self) -> Pence {
        self.total - self.budget
    }

    fn expense(&self) -> Account {
        if self.is_fee { Account::Fee } else { Account::Support }
    }
}

/// One posting without a party.
fn plain(account: Account, amount: Pence) -> Posting {
    Posting { account, party: None, amount }
}

/// One posting that concerns an organisation.
fn with(account: Account, party: OrganisationId, amount: Pence) -> Posting {
    Posting { account, party: Some(party), amount }
}

/// Moves an amount from one state to another.
fn moved(from: Account, to: Account, amount: Pence) -> Vec<Posting> {
    vec![plain(from, amount), plain(to, -amount)]
}

/// Money came in: it is held, and free.
#[must_use]
pub fn money_in(funder: Funder, amount: Pence) -> Vec<Posting> {
    let mut postings = vec![plain(Account::Bank, amount), plain(funder.account(), -amount)];
    postings.extend(moved(Account::Granted, Account::Free, amount));
    postings
}

/// An order reserves what the budget will pay.
#[must_use]
pub fn reserve(amount: Pence) -> Vec<Posting> {
    moved(Account::Free, Account::Reserved, amount)
}

/// What an order did not use is free again.
#[must_use]
pub fn release(amount: Pence) -> Vec<Posting> {
    moved(Account::Reserved, Account::Free, amount)
}

/// Support was delivered and confirmed.
#[must_use]
pub fn deliver(amount: Pence) -> Vec<Posting> {
    moved(Account::Reserved, Account::Delivered, amount)
}

/// An invoice came for what was delivered; what it costs less or more than was reserved goes to or comes from what is free.
#[must_use]
pub fn invoice_received(delivered: Pence, budget: Pence) -> Vec<Posting> {
    let mut postings = moved(Account::Delivered, Account::Invoiced, budget);
    if delivered != budget {
        postings.extend(moved(Account::Delivered, Account::Free, delivered - budget));
    }
    postings
}

/// An invoice was approved: it is owed, and it is spent.
#[must_use]
pub fn approve(bill: &Bill) -> Vec<Posting> {
    let mut postings = vec![
        with(bill.expense(), bill.provider, bill.net),
        with(Account::VatLost, bill.provider, bill.vat_lost()),
        with(Account::RecoverableVat, bill.provider, bill.recoverable()),
        with(Account::Payable, bill.provider, -bill.total),
    ];
    postings.retain(|posting| !posting.amount.is_zero());
    postings
}

/// An approved invoice was paid. A council that pays from its own books reclaims its VAT itself, in the same moment.
#[must_use]
pub fn pay(bill: &Bill, council_reclaims_itself: bool) -> Vec<Posting> {
    let mut postings = vec![with(Account::Payable, bill.provider, bill.total), plain(Account::Bank, -bill.total)];
    if council_reclaims_itself && !bill.recoverable().is_zero() {
        postings.push(plain(Account::Bank, bill.recoverable()));
        postings.push(with(Account::RecoverableVat, bill.provider, -bill.recoverable()));
    }
    postings.extend(moved(Account::Invoiced, Account::Paid, bill.budget));
    postings
}

/// How far an invoice had come when it was credited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credited {
    /// Not approved yet.
    BeforeApproval,
    /// Approved, not paid yet.
    BeforePayment,
    /// Paid already: the provider owes the money back.
    AfterPayment,
}

/// A credit note took back (a part of) an invoice.
#[must_use]
pub fn credit(bill: &Bill, when: Credited) -> Vec<Posting> {
    let mut postings = match when {
        Credited::BeforeApproval => vec![],
        Credited::BeforePayment | Credited::AfterPayment => {
            approve(bill).into_iter().map(|posting| Posting { amount: -posting.amount, ..posting }).collect()
        }
    };
    if when != Credited::AfterPayment {
        postings.extend(moved(Account::Invoiced, Account::Free, bill.budget));
    }
    postings
}

/// A provider paid back a credited amount that had been paid.
#[must_use]
pub fn refund(bill: &Bill, council_reclaims_itself: bool) -> Vec<Posting> {
    pay(bill, council_reclaims_itself)
        .into_iter()
        .map(|posting| match posting.account {
            Account::Invoiced => plain(Account::Free, -posting.amount),
            _ => Posting { amount: -posting.amount, ..posting },
        })
        .collect()
}

/// VAT came back.
#[must_use]
pub fn vat_recovered(provider: OrganisationId, amount: Pence) -> Vec<Posting> {
    vec![plain(Account::Bank, amount), with(Account::RecoverableVat, provider, -amount)]
}

/// The person reported what they spent from a direct payment.
#[must_use]
pub fn spending_reported(amount: Pence) -> Vec<Posting> {
    let mut postings = vec![plain(Account::Support, amount), plain(Account::Bank, -amount)];
    postings.extend(moved(Account::Free, Account::Paid, amount));
    postings
}

/// What is left goes back to whom it belongs.
#[must_use]
pub fn returned(to_council: Pence, to_person: Pence) -> Vec<Posting> {
    let whole = to_council + to_person;
    let mut postings = vec![
        plain(Account::FromCouncil, to_council),
        plain(Account::FromPerson, to_person),
        plain(Account::Bank, -whole),
    ];
    postings.extend(moved(Account::Free, Account::Granted, whole));
    postings.retain(|posting| !posting.amount.is_zero());
    postings
}

/// Whether an entry balances in each of its two sets.
#[must_use]
pub fn balances(postings: &[Posting]) -> bool {
    let sum = |state: bool| -> Pence {
        postings.iter().filter(|posting| posting.account.is_state() == state).map(|posting| posting.amount).sum()
    };
    sum(false).is_zero() && sum(true).is_zero() && !postings.is_empty()
}

/// Checks that postings leave no state and no bank balance below nothing.
///
/// # Errors
/// The first that would fall below, with how much is missing.
pub fn allow(before: &Balances, postings: &[Posting]) -> Result<(), Refusal> {
    let mut after = before.clone();
    after.add(postings);
    if after.free().is_negative() && after.free() < before.free() {
        let (free, short) = (before.free(), after.free().abs());
        return Err(Refusal::NotEnoughFree { free, needed: free + short, short });
    }
    if after.bank().is_negative() && after.bank() < before.bank() {
        let (held, short) = (before.bank(), after.bank().abs());
        return Err(Refusal::NotEnoughMoney { held, needed: held + short, short });
    }
    for state in Account::STATES {
        if after.credit(state).is_negative() && after.credit(state) < before.credit(state) {
            return Err(Refusal::StateTooSmall(before.credit(state), state.words()));
        }
    }
    Ok(())
}

/// Splits what is left between the council and the person, in proportion to what each paid in (domain reference 3.2,
/// clawback). The parts add up; the odd penny goes to the larger fraction.
#[must_use]
pub fn split_pro_rata(left: Pence, from_council: Pence, from_person: Pence) -> (Pence, Pence) {
    if from_person.is_zero() || left.is_zero() {
        return (left, Pence::ZERO);
    }
    let parts = left.split(&[from_council.pence(), from_person.pence()]);
    (parts[0], parts[1])
}

/// Splits what is left so that the council's money comes back first: the person's own money was spent last.
#[must_use]
pub fn split_council_first(left: Pence, from_council: Pence) -> (Pence, Pence) {
    let to_council = left.min(from_council);
    (to_council, left - to_council)
}

/// What is wrong with a fund's balances; nothing when they are sound.
#[must_use]
pub fn faults(balances: &Balances) -> Vec<String> {
    let states: Pence = Account::STATES.iter().map(|state| balances.credit(*state)).sum();
    let mut faults = vec![];
    if states != balances.granted() {
        faults.push(format!("the five states add up to {states}, granted were {}", balances.granted()));
    }
    for state in Account::STATES.iter().filter(|state| balances.credit(**state).is_negative()) {
        faults.push(format!("{} is {}", state.words(), balances.credit(*state)));
    }
    if balances.bank().is_negative() {
        faults.push(format!("money held is {}", balances.bank()));
    }
    let paid_in = balances.credit(Account::FromCouncil) + balances.credit(Account::FromPerson);
    if paid_in != balances.granted() {
        faults.push(format!("paid in is {paid_in}, granted is {}", balances.granted()));
    }
    faults
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pounds(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn provider() -> OrganisationId {
        OrganisationId::new(7)
    }

    fn day_club() -> Bill {
        Bill {
            provider: provider(),
            is_fee: false,
            net: pounds("108.00"),
            total: pounds("129.60"),
            budget: pounds("129.60"),
        }
    }

    fn after(entries: &[Vec<Posting>]) -> Balances {
        let mut balances_now = Balances::default();
        for postings in entries {
            assert!(balances(postings), "{postings:?}");
            allow(&balances_now, postings).unwrap();
            balances_now.add(postings);
            assert_eq!(faults(&balances_now), Vec::<String>::new());
        }
        balances_now
    }

    #[test]
    fn a_pound_passes_through_the_five_states() {
        let bill = day_club();
        let now = after(&[
            money_in(Funder::Council, pounds("400.00")),
            reserve(pounds("200.00")),
            deliver(pounds("129.60")),
            invoice_received(pounds("129.60"), bill.budget),
            approve(&bill),
            pay(&bill, false),
            release(pounds("70.40")),
        ]);
        assert_eq!((now.free(), now.bank()), (pounds("270.40"), pounds("270.40")));
        assert_eq!(now.credit(Account::Paid), pounds("129.60"));
        assert_eq!((now.of(Account::Support), now.of(Account::VatLost)), (pounds("108.00"), pounds("21.60")));
    }

    #[test]
    fn the_agent_of_the_council_waits_for_its_vat_and_a_council_reclaims_itself() {
        let bill = Bill { budget: pounds("108.00"), ..day_club() };
        let events = |council| {
            vec![
                money_in(Funder::Council, pounds("200.00")),
                reserve(bill.budget),
                deliver(bill.budget),
                invoice_received(bill.budget, bill.budget),
                approve(&bill),
                pay(&bill, council),
            ]
        };
        let holder = after(&events(false));
        assert_eq!((holder.bank(), holder.of(Account::RecoverableVat)), (pounds("70.40"), pounds("21.60")));
        assert_eq!(holder.free(), pounds("92.00"));
        let council = after(&events(true));
        assert_eq!((council.bank(), council.of(Account::RecoverableVat)), (pounds("92.00"), Pence::ZERO));
    }

    #[test]
    fn a_credit_undoes_at_every_stage() {
        let bill = day_club();
        let mut events = vec![
            money_in(Funder::Person, pounds("129.60")),
            reserve(bill.budget),
            deliver(bill.budget),
            invoice_received(bill.budget, bill.budget),
        ];
        let free_again = |events: &[Vec<Posting>], when| {
            let mut events = events.to_vec();
            events.push(credit(&bill, when));
            if when == Credited::AfterPayment {
                events.push(refund(&bill, false));
            }
            let now = after(&events);
            assert_eq!(
                (now.free(), now.bank(), now.of(Account::Payable)),
                (pounds("129.60"), pounds("129.60"), Pence::ZERO)
            );
        };
        free_again(&events, Credited::BeforeApproval);
        events.push(approve(&bill));
        free_again(&events, Credited::BeforePayment);
        events.push(pay(&bill, false));
        free_again(&events, Credited::AfterPayment);
    }

    #[test]
    fn nothing_is_used_that_is_not_free_and_nothing_paid_that_is_not_held() {
        let mut now = Balances::default();
        now.add(&money_in(Funder::Council, pounds("100.00")));
        let refused = allow(&now, &reserve(pounds("100.01"))).unwrap_err();
        assert_eq!(refused.to_string(), "£100.00 is free in this fund. This needs £100.01: £0.01 too much.");
        assert!(matches!(allow(&now, &pay(&day_club(), false)), Err(Refusal::NotEnoughMoney { .. })));
        assert!(matches!(allow(&now, &deliver(pounds("1.00"))), Err(Refusal::StateTooSmall(..))));
    }

    #[test]
    fn the_surplus_of_the_worked_account_goes_back_in_proportion() {
        // Domain reference 3.4 and 6.2: 156.00 left of 1,434.52 from the council and 245.48 from the person.
        let (council, person) = split_pro_rata(pounds("156.00"), pounds("1434.52"), pounds("245.48"));
        assert_eq!((council, person), (pounds("133.21"), pounds("22.79")));
        assert_eq!(split_council_first(pounds("156.00"), pounds("100.00")), (pounds("100.00"), pounds("56.00")));
        assert!(balances(&returned(council, person)));
    }

    proptest! {
        #[test]
        fn every_event_balances_and_no_penny_is_lost(
            council in 1_i64..10_000_000, person in 0_i64..10_000_000, net in 1_i64..1_000_000, vat in 0_i64..200_000, lost in 0_i64..=100,
        ) {
            let (net, vat) = (Pence::from_pence(net), Pence::from_pence(vat));
            let budget = net + vat.pro_rata(lost, 100);
            let bill = Bill { provider: provider(), is_fee: lost % 2 == 0, net, total: net + vat, budget };
            for postings in [
                money_in(Funder::Council, Pence::from_pence(council)), invoice_received(budget + Pence::from_pence(3), budget), approve(&bill),
                pay(&bill, false), pay(&bill, true), credit(&bill, Credited::BeforeApproval), credit(&bill, Credited::AfterPayment), refund(&bill, true),
            ] {
                prop_assert!(balances(&postings));
            }
            let left = Pence::from_pence(council / 2);
            let (a, b) = split_pro_rata(left, Pence::from_pence(council), Pence::from_pence(person));
            prop_assert_eq!(a + b, left);
            prop_assert!(!a.is_negative() && !b.is_negative());
        }
    }
}
