//! Who may record which money, and when money may flow.

use chrono::{Datelike, Days, NaiveDate};

use super::MoneyIn;
use crate::agreements::MOST_ADVANCE_DAYS;
use crate::auth::rights::{Actor, Approve, NoSecondFactor};
use crate::budgets::{ContributionMode, Fund, PaymentFrequency, rules as budget_rules};
use crate::calendar::{self, Period};
use crate::error::{Error, Invalid};
use crate::invoices::{Invoice, InvoiceKind, InvoiceStatus, rules as invoice_rules};
use crate::money::Pence;
use crate::vat::Form;

/// Why money cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No money.
    #[error("Enter an amount of more than £0.00.")]
    NoAmount,
    /// The day has not come yet.
    #[error("Enter {} or a day before: what has not happened yet cannot be recorded.", calendar::full(*.0))]
    InTheFuture(NaiveDate),
    /// The day was before the thing itself.
    #[error("Enter {} or a day after: it was {what} on that day.", calendar::full(*.from))]
    TooEarly {
        /// The first day that fits.
        from: NaiveDate,
        /// What happened on it.
        what: &'static str,
    },
    /// The day was long before the fund began.
    #[error(
        "Enter {} or a day after: the fund begins on {}, and money comes at most {MOST_ADVANCE_DAYS} days before.",
        calendar::full(*.from), calendar::full(*.starts_on)
    )]
    BeforeFund {
        /// The first day that fits.
        from: NaiveDate,
        /// The fund's first day.
        starts_on: NaiveDate,
    },
    /// No agreement is in force.
    #[error(
        "No agreement is in force for this fund. Money can be paid in once the person, the holder and the council have signed one."
    )]
    NoAgreement,
    /// The fund has ended.
    #[error("This fund ended on {}. No more money can be paid in.", calendar::full(*.0))]
    Ended(NaiveDate),
    /// Not an officer of the council that funds it.
    #[error("Only an officer of the council that funds it may record this.")]
    NotTheCouncil,
    /// The council invoices the person itself.
    #[error(
        "The council pays the whole of this fund and sends the person a bill for the contribution. So the contribution is no part of this fund."
    )]
    CouncilInvoices,
    /// Somebody else collects.
    #[error("The contribution to this fund is recorded by {0}.")]
    SomebodyElseCollects(&'static str),
    /// Not the holder.
    #[error("Only the organisation that holds this fund may record that VAT came back.")]
    NotTheHolder,
    /// More than comes back.
    #[error("{0} of VAT is still to come back from this provider's invoices. Enter that much or less.")]
    MoreThanRecoverable(Pence),
    /// None comes back from there.
    #[error("No VAT is still to come back from this provider's invoices. Choose a provider from the list.")]
    NothingRecoverable,
    /// Not a direct payment.
    #[error("Only what was spent from a direct payment is reported here. This fund is paid from invoices.")]
    NotDirect,
    /// Neither the person nor somebody who acts for them.
    #[error("Only the person, or somebody who acts for them, may report what was spent.")]
    NotForThem,
    /// It was recorded before.
    #[error("This was recorded already: {amount} on {}, “{reference}”.", calendar::full(*.on))]
    Again {
        /// How much.
        amount: Pence,
        /// On which day.
        on: NaiveDate,
        /// Under what reference.
        reference: String,
    },
    /// It is theirs, but not in this session.
    #[error(transparent)]
    NoSecondFactor(#[from] NoSecondFactor),
    /// The credit note asks for no money back.
    #[error("No money is to come back for {0}: it is in the state “{1}”.")]
    NothingBack(String, &'static str),
}

impl Refusal {
    /// The field that it is about, if it is about one.
    const fn field(&self) -> Option<&'static str> {
        match self {
            Self::NoAmount | Self::MoreThanRecoverable(_) => Some("amount"),
            Self::NothingRecoverable => Some("provider"),
            Self::InTheFuture(_) | Self::TooEarly { .. } | Self::BeforeFund { .. } => Some("on"),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotTheCouncil | Refusal::SomebodyElseCollects(_) | Refusal::NotTheHolder | Refusal::NotForThem => {
                Self::Forbidden(sentence)
            }
            Refusal::NoSecondFactor(missing) => missing.into(),
            Refusal::Again { .. } | Refusal::NothingBack(..) => Self::Conflict(sentence),
            other => match other.field() {
                Some(field) => Self::Invalid(Invalid::field(field, sentence)),
                None => Self::Refused(sentence),
            },
        }
    }
}

/// Checks an amount and a day.
///
/// # Errors
/// When there is no amount, or the day has not come yet.
pub fn check_amount(amount: Pence, on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if amount <= Pence::ZERO {
        return Err(Refusal::NoAmount);
    }
    check_day(on, today)
}

/// Checks that a day has come.
///
/// # Errors
/// When it has not.
pub fn check_day(on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if on > today { Err(Refusal::InTheFuture(today)) } else { Ok(()) }
}

/// Checks that money belongs to a fund by its day: a wrong year would stand in its books for good.
///
/// # Errors
/// When the day is longer before the fund's first than money is ever paid ahead.
pub fn check_day_of_fund(fund: &Fund, on: NaiveDate) -> Result<(), Refusal> {
    let ahead = Days::new(MOST_ADVANCE_DAYS.unsigned_abs());
    match fund.starts_on.checked_sub_days(ahead) {
        Some(from) if on < from => Err(Refusal::BeforeFund { from, starts_on: fund.starts_on }),
        _ => Ok(()),
    }
}

/// Checks that money may flow into a fund: where a third party holds it, only under an agreement that all have signed.
///
/// # Errors
/// Why it may not.
pub fn check_money_in(fund: &Fund, money: &MoneyIn, today: NaiveDate) -> Result<(), Refusal> {
    if let Some(ended) = fund.ended_on {
        return Err(Refusal::Ended(ended));
    }
    if budget_rules::needs_agreement(fund.form) && fund.agreement_in_force().is_none() {
        return Err(Refusal::NoAgreement);
    }
    check_amount(money.amount, money.on, today)?;
    check_day_of_fund(fund, money.on)
}

/// Whether an actor may record the council's money.
///
/// # Errors
/// Who may.
pub fn may_fund(actor: &Actor, fund: &Fund) -> Result<(), Refusal> {
    actor.council_finance(fund.council).ok_or(Refusal::NotTheCouncil)??;
    Ok(())
}

/// Whether somebody is offered a deed: they may do it, or they may once they have a second factor.
#[must_use]
pub const fn is_offered(right: &Result<(), Refusal>) -> bool {
    matches!(right, Ok(()) | Err(Refusal::NoSecondFactor(_)))
}

/// The holder's right to the money of a fund, as far as somebody has it.
fn as_holder(actor: &Actor, fund: &Fund) -> Option<Result<(), Refusal>> {
    let right = fund.holder.and_then(|holder| actor.holder_finance(holder))?;
    Some(right.map(|_| ()).map_err(Refusal::from))
}

/// Whether an actor may record the person's contribution: whoever collects it.
///
/// # Errors
/// Who may, or that it is no part of this fund.
pub fn may_contribute(actor: &Actor, fund: &Fund) -> Result<(), Refusal> {
    let nominee = || actor.is_nominee(fund.nominee, fund.person).then_some(Ok(()));
    let person = || actor.may::<Approve>(fund.person).then_some(Ok(()));
    let (found, who) = match fund.contribution_mode {
        ContributionMode::CouncilInvoices => return Err(Refusal::CouncilInvoices),
        ContributionMode::HolderCollects => (nominee().or_else(|| as_holder(actor, fund)), "whoever holds the fund"),
        ContributionMode::PersonPaysIn => (
            person().or_else(nominee).or_else(|| as_holder(actor, fund)),
            "the person, somebody who acts for them, or whoever holds the fund",
        ),
    };
    found.ok_or(Refusal::SomebodyElseCollects(who))?
}

/// Whether an actor may record that VAT came back: the holder, who reclaimed it or was given it by the council.
///
/// # Errors
/// Who may.
pub fn may_recover(actor: &Actor, fund: &Fund) -> Result<(), Refusal> {
    as_holder(actor, fund).ok_or(Refusal::NotTheHolder)?
}

/// What to post for VAT of a provider's invoices: what came back, or, where a holder owes VAT on what it supplies on, what
/// it paid (then `recoverable` is below zero, and so is the answer).
///
/// # Errors
/// When nothing is open, or it is more than is.
pub fn vat_back(recoverable: Pence, amount: Pence) -> Result<Pence, Refusal> {
    if recoverable.is_zero() {
        return Err(Refusal::NothingRecoverable);
    }
    if amount > recoverable.abs() {
        return Err(Refusal::MoreThanRecoverable(recoverable.abs()));
    }
    Ok(if recoverable.is_negative() { -amount } else { amount })
}

/// Whether an actor may report what was spent.
///
/// # Errors
/// Who may, or that it is no direct payment.
pub fn may_report(actor: &Actor, fund: &Fund) -> Result<(), Refusal> {
    if fund.form != Form::DirectPayment {
        return Err(Refusal::NotDirect);
    }
    actor.acting_for::<Approve>(fund.person).map(|_| ()).ok_or(Refusal::NotForThem)
}

/// Checks the day of a payment: not before the invoice was approved, so that the books are sound on every day.
///
/// # Errors
/// Why it cannot have been on that day.
pub fn check_paid_on(invoice: &Invoice, on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let (from, what) = match (invoice.kind, invoice.decided_on) {
        (InvoiceKind::Invoice, Some(approved)) => (approved, "approved"),
        _ => (invoice.issued_on, "issued"),
    };
    if on < from { Err(Refusal::TooEarly { from, what }) } else { check_day(on, today) }
}

/// Checks that the money of a credit note is still to come back.
///
/// # Errors
/// When it is not, or when it is no credit note.
pub fn check_refund(note: &Invoice) -> Result<(), Refusal> {
    match (note.kind, note.status) {
        (InvoiceKind::CreditNote, InvoiceStatus::Approved) => Ok(()),
        (kind, status) => Err(Refusal::NothingBack(note.number_text(), invoice_rules::status_words(kind, status))),
    }
}

/// The days of the payment into a fund that a day falls in: payments follow one another from the fund's first day on.
#[must_use]
pub fn period_of(fund: &Fund, day: NaiveDate) -> Option<Period> {
    let (frequency, first) = (fund.payment_frequency, fund.starts_on);
    let since = day.max(first);
    let from = match frequency {
        PaymentFrequency::Monthly => {
            let months = |date: NaiveDate| date.year() * 12 + date.month0().cast_signed();
            let begun = |count: i32| first.checked_add_months(chrono::Months::new(u32::try_from(count).ok()?));
            let count = months(since) - months(first);
            begun(count).filter(|from| *from <= since).or_else(|| begun(count - 1))?
        }
        _ => {
            let length = payment_period(frequency, first)?.days();
            let begun = (since - first).num_days() / length;
            first.checked_add_signed(chrono::TimeDelta::try_days(begun * length)?)?
        }
    };
    payment_period(frequency, from)
}

/// Over which days one payment into a fund goes that begins on a day.
#[must_use]
pub fn payment_period(frequency: PaymentFrequency, from: NaiveDate) -> Option<Period> {
    match frequency {
        PaymentFrequency::Weekly => Period::of_weeks(from, 1).ok(),
        PaymentFrequency::TwoWeekly => Period::of_weeks(from, 2).ok(),
        PaymentFrequency::FourWeekly => Period::of_weeks(from, 4).ok(),
        PaymentFrequency::Monthly => {
            let next = from.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
            Period::new(from, next).ok()
        }
    }
}

/// What the council and the person would pay in for one period: days by a seventh of the weekly amount; the council also
/// gives its VAT uplift.
#[must_use]
pub fn suggested(fund: &Fund, contribution_weekly: Pence, period: Period) -> (Pence, Pence) {
    let (council, person) = budget_rules::parts(fund.weekly, contribution_weekly, fund.contribution_mode);
    (period.of_weekly(council + fund.vat_uplift_weekly), period.of_weekly(person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::{Membership, Role};
    use crate::budgets::Terms;
    use crate::ids::{AgreementId, FundId, OrganisationId, PersonId};
    use crate::vat::{Recovery, Structure};

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    fn pounds(text: &str) -> Pence {
        Pence::parse_signed(text).unwrap()
    }

    fn fund(form: Form, mode: ContributionMode, signed: bool) -> Fund {
        let terms = Terms {
            agreement: AgreementId::new(1),
            in_force: signed,
            ends_on: None,
            structure: Some(Structure::AgentOfPerson),
            fee_weekly: pounds("8.50"),
            fee_on_top: false,
        };
        Fund {
            id: FundId::new(1),
            person: PersonId::new(7),
            council: OrganisationId::new(1),
            form,
            weekly: pounds("420.00"),
            vat_uplift_weekly: Pence::ZERO,
            holder: form.held_by_third_party().then(|| OrganisationId::new(2)),
            nominee: None,
            recovery: Recovery::Confirmed,
            intended_structure: form.needs_structure().then_some(Structure::AgentOfPerson),
            terms: Some(terms),
            payment_frequency: PaymentFrequency::FourWeekly,
            contribution_mode: mode,
            starts_on: day("2026-11-02"),
            ended_on: None,
            version: 1,
        }
    }

    fn member(organisation: i64) -> Actor {
        let membership = Membership {
            organisation: OrganisationId::new(organisation),
            name: "Example".to_owned(),
            roles: vec![Role::Finance],
            is_council: organisation == 1,
            is_provider: organisation != 1,
            is_holder: organisation == 2,
            is_broker: false,
        };
        Actor::for_test(None, vec![membership], vec![])
    }

    fn person() -> Actor {
        Actor::for_test(Some(PersonId::new(7)), vec![], vec![])
    }

    const ISF: Form = Form::IndividualServiceFund;

    #[test]
    fn money_flows_only_under_a_signed_agreement_where_a_third_party_holds_it() {
        let money = MoneyIn { amount: pounds("1434.52"), on: day("2026-11-02"), reference: "Four weeks".to_owned() };
        let today = day("2026-11-02");
        let check = |fund: &Fund| check_money_in(fund, &money, today);
        assert_eq!(check(&fund(ISF, ContributionMode::HolderCollects, false)), Err(Refusal::NoAgreement));
        assert!(check(&fund(ISF, ContributionMode::HolderCollects, true)).is_ok());
        assert!(check(&fund(Form::DirectPayment, ContributionMode::PersonPaysIn, false)).is_ok());
        let ended = Fund { ended_on: Some(today), ..fund(ISF, ContributionMode::HolderCollects, true) };
        assert_eq!(check(&ended), Err(Refusal::Ended(today)));
        let tomorrow = MoneyIn { on: day("2026-11-03"), ..money.clone() };
        let refused = check_money_in(&fund(ISF, ContributionMode::HolderCollects, true), &tomorrow, today);
        assert_eq!(refused, Err(Refusal::InTheFuture(today)));
        let nothing = MoneyIn { amount: Pence::ZERO, ..money };
        let refused = check_money_in(&fund(ISF, ContributionMode::HolderCollects, true), &nothing, today);
        assert_eq!(refused, Err(Refusal::NoAmount));
    }

    #[test]
    fn each_records_their_own_money() {
        let collects = fund(ISF, ContributionMode::HolderCollects, true);
        assert!(may_fund(&member(1), &collects).is_ok());
        assert_eq!(may_fund(&member(2), &collects), Err(Refusal::NotTheCouncil));
        assert!(may_contribute(&member(2), &collects).is_ok());
        assert!(may_contribute(&person(), &collects).is_err());
        let pays_in = fund(ISF, ContributionMode::PersonPaysIn, true);
        assert!(may_contribute(&person(), &pays_in).is_ok() && may_contribute(&member(2), &pays_in).is_ok());
        let invoiced = fund(ISF, ContributionMode::CouncilInvoices, true);
        assert_eq!(may_contribute(&member(2), &invoiced), Err(Refusal::CouncilInvoices));
        assert!(may_recover(&member(2), &collects).is_ok() && may_recover(&member(1), &collects).is_err());
        assert_eq!(may_report(&person(), &collects), Err(Refusal::NotDirect));
        let direct = fund(Form::DirectPayment, ContributionMode::PersonPaysIn, false);
        assert!(may_report(&person(), &direct).is_ok() && may_report(&member(1), &direct).is_err());
    }

    #[test]
    fn four_weeks_of_the_worked_account_come_from_the_council_and_the_person() {
        // Domain reference 6.2: 420.00 a week with a contribution of 61.37.
        let period = payment_period(PaymentFrequency::FourWeekly, day("2026-11-02")).unwrap();
        let net = fund(ISF, ContributionMode::HolderCollects, true);
        assert_eq!(suggested(&net, pounds("61.37"), period), (pounds("1434.52"), pounds("245.48")));
        let gross = fund(ISF, ContributionMode::CouncilInvoices, true);
        assert_eq!(suggested(&gross, pounds("61.37"), period), (pounds("1680.00"), Pence::ZERO));
        let month = payment_period(PaymentFrequency::Monthly, day("2026-11-02")).unwrap();
        assert_eq!((month.days(), suggested(&gross, Pence::ZERO, month).0), (30, pounds("1800.00")));
    }

    #[test]
    fn payments_follow_one_another_from_the_first_day() {
        let mut fund = fund(Form::DirectPayment, ContributionMode::CouncilInvoices, false);
        fund.starts_on = day("2026-10-19");
        fund.payment_frequency = PaymentFrequency::FourWeekly;
        let days = |fund: &Fund, on: &str| period_of(fund, day(on)).map(|period| (period.from(), period.to())).unwrap();
        assert_eq!(days(&fund, "2026-10-01"), (day("2026-10-19"), day("2026-11-15")));
        assert_eq!(days(&fund, "2026-11-15"), (day("2026-10-19"), day("2026-11-15")));
        assert_eq!(days(&fund, "2026-11-22"), (day("2026-11-16"), day("2026-12-13")));
        fund.payment_frequency = PaymentFrequency::Monthly;
        assert_eq!(days(&fund, "2026-11-18"), (day("2026-10-19"), day("2026-11-18")));
        assert_eq!(days(&fund, "2027-01-19"), (day("2027-01-19"), day("2027-02-18")));
    }

    #[test]
    fn no_more_vat_comes_back_than_was_charged() {
        assert_eq!(vat_back(pounds("21.60"), pounds("21.60")), Ok(pounds("21.60")));
        assert_eq!(vat_back(pounds("21.60"), pounds("21.61")), Err(Refusal::MoreThanRecoverable(pounds("21.60"))));
        assert_eq!(vat_back(pounds("-21.60"), pounds("20.00")), Ok(pounds("-20.00")), "owed on what is supplied on");
    }
}
