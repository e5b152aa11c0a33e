//! What may be recorded of a personal budget and its funds, who pays, and when an agreement is needed.

use chrono::NaiveDate;

use super::{Books, ContributionMode, Fund, NewBudget, NewFund, Payer, PersonalBudget, Waiting};
use crate::calendar;
use crate::ledger::Account;
use crate::money::Pence;
use crate::vat::{Arrangement, Form, Recipient, Recovery, Structure};

/// Why a budget or a fund cannot be recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A budget of nothing.
    #[error("A personal budget is more than £0.00 per week.")]
    NoAmount,
    /// The contribution is more than the budget.
    #[error("The contribution of {0} per week is more than the personal budget of {1} per week.")]
    ContributionAboveBudget(Pence, Pence),
    /// There is no budget that has begun.
    #[error("Record the personal budget first: there is none that has begun on {}.", calendar::full(*.0))]
    NoBudget(NaiveDate),
    /// The funds together would be more than the budget.
    #[error("The funds would be {funds} per week together. The personal budget is {budget} per week: {over} too much.")]
    FundsAboveBudget {
        /// All funds together, per week.
        funds: Pence,
        /// The budget, per week.
        budget: Pence,
        /// The difference.
        over: Pence,
    },
    /// The form needs an organisation that holds the fund.
    #[error("{0}: choose the organisation that holds the fund.")]
    HolderMissing(&'static str),
    /// The form needs a person who holds the payment.
    #[error(
        "Indirect payment: choose the nominated or authorised person who holds the money. They need a mandate first."
    )]
    NomineeMissing,
    /// The form has no such holder.
    #[error("{0}: nobody else holds this money, so leave the holder empty.")]
    HolderImpossible(&'static str),
    /// The form has no such person.
    #[error("{0}: no nominated or authorised person holds this money, so leave that empty.")]
    NomineeImpossible(&'static str),
    /// The funds that go on are more than the new budget.
    #[error("The funds are {funds} per week together. A personal budget of {budget} per week would not cover them.")]
    BudgetBelowFunds {
        /// All funds together, per week.
        funds: Pence,
        /// The budget, per week.
        budget: Pence,
    },
    /// The structure is missing or impossible.
    #[error("{0}.")]
    Structure(String),
    /// The mode does not fit the form.
    #[error("{0}: there is no holder who could collect the contribution.")]
    NobodyCollects(&'static str),
}

impl Refusal {
    /// The field of the form that it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoAmount | Self::FundsAboveBudget { .. } | Self::BudgetBelowFunds { .. } => "weekly",
            Self::ContributionAboveBudget(..) => "contribution_weekly",
            Self::NoBudget(_) => "starts_on",
            Self::HolderMissing(_) | Self::HolderImpossible(_) => "holder",
            Self::NomineeMissing | Self::NomineeImpossible(_) => "nominee",
            Self::Structure(_) => "structure",
            Self::NobodyCollects(_) => "contribution_mode",
        }
    }
}

/// Checks a new version of a personal budget against the funds that go on.
///
/// # Errors
/// Why it cannot be recorded.
pub fn check_budget(new: &NewBudget, funds: &[Fund]) -> Result<(), Refusal> {
    if new.weekly <= Pence::ZERO {
        return Err(Refusal::NoAmount);
    }
    if new.contribution_weekly > new.weekly {
        return Err(Refusal::ContributionAboveBudget(new.contribution_weekly, new.weekly));
    }
    let taken = together(funds);
    if taken > new.weekly {
        return Err(Refusal::BudgetBelowFunds { funds: taken, budget: new.weekly });
    }
    Ok(())
}

/// Checks a new fund against the budget in force on its first day and the funds that go on.
///
/// # Errors
/// Why it cannot be recorded.
pub fn check_fund(new: &NewFund, budget: Option<&PersonalBudget>, others: &[Fund]) -> Result<(), Refusal> {
    let budget = budget.ok_or(Refusal::NoBudget(new.starts_on))?;
    if new.weekly <= Pence::ZERO {
        return Err(Refusal::NoAmount);
    }
    check_holder(new)?;
    Arrangement::new(new.form, new.intended_structure).map_err(|refusal| Refusal::Structure(refusal.to_string()))?;
    let taken = together(others);
    let funds = taken + new.weekly;
    if funds > budget.weekly {
        return Err(Refusal::FundsAboveBudget { funds, budget: budget.weekly, over: funds - budget.weekly });
    }
    Ok(())
}

/// What the funds that go on come to per week.
fn together(funds: &[Fund]) -> Pence {
    funds.iter().filter(|fund| fund.ended_on.is_none()).map(|fund| fund.weekly).sum()
}

/// Each form has the holder that its nature needs, and no other.
fn check_holder(new: &NewFund) -> Result<(), Refusal> {
    let words = new.form.words();
    let needs_organisation = matches!(new.form, Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund);
    let needs_nominee = new.form == Form::IndirectPayment;
    match (new.holder, new.nominee) {
        (None, _) if needs_organisation => Err(Refusal::HolderMissing(words)),
        (_, None) if needs_nominee => Err(Refusal::NomineeMissing),
        (Some(_), _) if !needs_organisation => Err(Refusal::HolderImpossible(words)),
        (_, Some(_)) if !needs_nominee => Err(Refusal::NomineeImpossible(words)),
        _ if new.contribution_mode == ContributionMode::HolderCollects && !needs_organisation && !needs_nominee => {
            Err(Refusal::NobodyCollects(words))
        }
        _ => Ok(()),
    }
}

/// Whether money may flow only under a signed agreement: a third party holds the fund. A direct payment is the person's
/// own, a care-managed fund the council's.
#[must_use]
pub const fn needs_agreement(form: Form) -> bool {
    !matches!(form, Form::DirectPayment | Form::CareManaged)
}

/// Who must pay invoices: it follows from form and structure and is never typed (domain reference section 2, 4.6).
#[must_use]
pub const fn payer(arrangement: Arrangement) -> Payer {
    match (arrangement.form(), arrangement.structure()) {
        (Form::DirectPayment, _) | (_, Some(Structure::AgentOfPerson)) => Payer::Person,
        (Form::IndirectPayment, _) => Payer::Nominee,
        (Form::TrustFund, _) => Payer::Trust,
        (Form::CareManaged, _) | (_, Some(Structure::AgentOfCouncil)) => Payer::Council,
        (Form::BrokeredFund | Form::IndividualServiceFund, _) => Payer::Holder,
    }
}

/// What the council pays into a fund for some weeks, and what the person does, when the whole is `weekly`.
#[must_use]
pub fn parts(weekly: Pence, contribution_weekly: Pence, mode: ContributionMode) -> (Pence, Pence) {
    match mode {
        ContributionMode::CouncilInvoices => (weekly, Pence::ZERO),
        ContributionMode::HolderCollects | ContributionMode::PersonPaysIn => {
            let contribution = contribution_weekly.min(weekly);
            (weekly - contribution, contribution)
        }
    }
}

/// What waits for somebody in a fund, the first thing first. An amount that would tell what is kept from them is not said.
#[must_use]
pub fn waits(fund: &Fund, books: &Books) -> Vec<Waiting> {
    let mut waits = vec![];
    let mut say = |sentence: String, link: Option<(&'static str, String)>| {
        let (action, href) = link.map_or((None, None), |(action, href)| (Some(action), Some(href)));
        waits.push(Waiting { sentence, action, href });
    };
    if fund.ended_on.is_some() {
        return waits;
    }
    let money = |leaf: &str| format!("/funds/{}/{leaf}", fund.id);
    let may_flow = !needs_agreement(fund.form) || fund.agreement_in_force().is_some();
    match &fund.terms {
        None if !may_flow => say(
            "There is no agreement yet. No money can come in before everybody has signed one.".to_owned(),
            Some(("Draw up the agreement", money("agreements/new"))),
        ),
        Some(terms) if !terms.in_force => say(
            "The agreement is not signed by everybody yet.".to_owned(),
            Some(("Read the agreement", format!("/agreements/{}", terms.agreement))),
        ),
        _ => {}
    }
    if may_flow && !books.granted_any {
        say("No money has come in yet.".to_owned(), Some(("Record money that came in", money("money"))));
    }
    for (account, sentence) in [
        (Account::Delivered, "was delivered, and no invoice has come for it yet."),
        (Account::Invoiced, "is billed and not paid yet."),
    ] {
        let amount = books.sums.as_ref().map(|sums| sums.credit(account)).unwrap_or_default();
        if amount > Pence::ZERO {
            say(format!("{amount} {sentence}"), None);
        }
    }
    if recovery_is_open(fund) {
        say("Nobody has confirmed that VAT comes back to this fund. It is costed as if none did.".to_owned(), None);
    }
    waits
}

/// Whether VAT would come back to a fund, had it been confirmed.
#[must_use]
pub fn recovery_is_open(fund: &Fund) -> bool {
    let recipient = fund.arrangement().map(Arrangement::recipient);
    fund.recovery == Recovery::NotConfirmed && matches!(recipient, Ok(Recipient::Council | Recipient::TaxableHolder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BudgetId, FundId, OrganisationId, PersonId, UserId};
    use crate::vat::Recovery;

    use super::super::PaymentFrequency;

    fn pounds(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn budget() -> PersonalBudget {
        PersonalBudget {
            id: BudgetId::new(1),
            person: PersonId::new(1),
            council: OrganisationId::new(1),
            weekly: pounds("420.00"),
            contribution_weekly: pounds("61.37"),
            starts_on: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            agreed_note: String::new(),
        }
    }

    fn fund(form: Form, weekly: &str) -> NewFund {
        let organisation = matches!(form, Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund);
        NewFund {
            person: PersonId::new(1),
            form,
            weekly: pounds(weekly),
            vat_uplift_weekly: Pence::ZERO,
            holder: organisation.then(|| OrganisationId::new(2)),
            nominee: (form == Form::IndirectPayment).then(|| UserId::new(3)),
            recovery: Recovery::Confirmed,
            intended_structure: form.needs_structure().then_some(Structure::AgentOfPerson),
            payment_frequency: PaymentFrequency::FourWeekly,
            contribution_mode: ContributionMode::CouncilInvoices,
            starts_on: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
        }
    }

    fn recorded(new: &NewFund) -> Fund {
        Fund {
            id: FundId::new(1),
            person: new.person,
            council: OrganisationId::new(1),
            form: new.form,
            weekly: new.weekly,
            vat_uplift_weekly: new.vat_uplift_weekly,
            holder: new.holder,
            nominee: new.nominee,
            recovery: new.recovery,
            intended_structure: new.intended_structure,
            terms: None,
            payment_frequency: new.payment_frequency,
            contribution_mode: new.contribution_mode,
            starts_on: new.starts_on,
            ended_on: None,
            version: 1,
        }
    }

    #[test]
    fn every_form_can_be_recorded_with_its_own_kind_of_holder() {
        for form in Form::ALL {
            assert_eq!(check_fund(&fund(*form, "420.00"), Some(&budget()), &[]), Ok(()), "{form}");
        }
    }

    #[test]
    fn funds_never_exceed_the_budget() {
        let first = recorded(&fund(Form::IndividualServiceFund, "300.00"));
        assert_eq!(
            check_fund(&fund(Form::DirectPayment, "120.00"), Some(&budget()), std::slice::from_ref(&first)),
            Ok(())
        );
        let refused = check_fund(&fund(Form::DirectPayment, "120.01"), Some(&budget()), &[first]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "The funds would be £420.01 per week together. The personal budget is £420.00 per week: £0.01 too much."
        );
    }

    #[test]
    fn holders_and_structures_must_fit_the_form() {
        let mut isf = fund(Form::IndividualServiceFund, "10.00");
        isf.holder = None;
        assert!(matches!(check_fund(&isf, Some(&budget()), &[]), Err(Refusal::HolderMissing(_))));
        let mut direct = fund(Form::DirectPayment, "10.00");
        direct.holder = Some(OrganisationId::new(2));
        assert!(matches!(check_fund(&direct, Some(&budget()), &[]), Err(Refusal::HolderImpossible(_))));
        let mut structured = fund(Form::CareManaged, "10.00");
        structured.intended_structure = Some(Structure::AgentOfCouncil);
        assert!(matches!(check_fund(&structured, Some(&budget()), &[]), Err(Refusal::Structure(_))));
        assert!(matches!(check_fund(&fund(Form::DirectPayment, "1.00"), None, &[]), Err(Refusal::NoBudget(_))));
    }

    #[test]
    fn who_pays_follows_from_form_and_structure() {
        let payers: Vec<_> = Arrangement::SHOWN.iter().map(|arrangement| payer(*arrangement)).collect();
        use Payer::{Council, Holder, Nominee, Person, Trust};
        assert_eq!(payers, [Person, Nominee, Trust, Council, Person, Holder, Person, Council, Holder, Holder]);
    }

    #[test]
    fn the_contribution_meets_the_fund_net_or_gross() {
        // Domain reference 6.2: 420.00 with 61.37 is 358.63 net.
        let (council, person) = parts(pounds("420.00"), pounds("61.37"), ContributionMode::HolderCollects);
        assert_eq!((council, person), (pounds("358.63"), pounds("61.37")));
        assert_eq!(council.times(4), pounds("1434.52"));
        assert_eq!(parts(pounds("420.00"), pounds("61.37"), ContributionMode::CouncilInvoices).0, pounds("420.00"));
    }

    #[test]
    fn a_new_budget_must_cover_the_funds_that_go_on() {
        let funds = [recorded(&fund(Form::DirectPayment, "300.00"))];
        let new = |weekly: &str| NewBudget {
            weekly: pounds(weekly),
            contribution_weekly: pounds("61.37"),
            starts_on: budget().starts_on,
            agreed_note: String::new(),
        };
        assert_eq!(check_budget(&new("300.00"), &funds), Ok(()));
        let refused = check_budget(&new("299.99"), &funds).unwrap_err();
        assert_eq!(
            (refused.field(), refused.to_string().as_str()),
            (
                "weekly",
                "The funds are £300.00 per week \
            together. A personal budget of £299.99 per week would not cover them."
            )
        );
        assert_eq!(check_budget(&new("61.36"), &[]).unwrap_err().field(), "contribution_weekly");
        assert_eq!(check_budget(&new("0.00"), &[]), Err(Refusal::NoAmount));
    }

    #[test]
    fn what_waits_comes_in_the_order_in_which_it_can_be_done() {
        let mut isf = recorded(&fund(Form::IndividualServiceFund, "420.00"));
        let said = |fund: &Fund, books: &Books| -> Vec<String> {
            waits(fund, books).into_iter().filter_map(|waiting| waiting.href).collect()
        };
        let none = Books::default();
        assert_eq!(said(&isf, &none), ["/funds/1/agreements/new"]);
        let terms = super::super::Terms {
            agreement: crate::ids::AgreementId::new(5),
            in_force: false,
            ends_on: None,
            structure: isf.intended_structure,
            fee_weekly: pounds("8.50"),
            fee_on_top: false,
        };
        isf.terms = Some(terms.clone());
        assert_eq!(said(&isf, &none), ["/agreements/5"]);
        isf.terms = Some(super::super::Terms { in_force: true, ..terms });
        assert_eq!(said(&isf, &none), ["/funds/1/money"]);
        let mut funded = crate::ledger::Balances::default();
        funded.add(&crate::ledger::rules::money_in(crate::ledger::rules::Funder::Council, pounds("1680.00")));
        let mut billed = funded.clone();
        billed.add(&crate::ledger::rules::reserve(pounds("40.00")));
        billed.add(&crate::ledger::rules::deliver(pounds("40.00")));
        assert_eq!(waits(&isf, &Books::of(billed.clone(), false)).len(), 1);
        assert!(waits(&isf, &Books::of(billed, true)).is_empty(), "an amount would tell what is kept");
        let funded = Books::of(funded, false);
        assert!(waits(&isf, &funded).is_empty());
        isf.recovery = Recovery::NotConfirmed;
        assert!(waits(&isf, &funded).is_empty(), "an agent of the person recovers nothing anyway");
        isf.ended_on = Some(isf.starts_on);
        assert!(waits(&isf, &none).is_empty());
    }
}
