//! The terms: what must be decided, what follows from the fund and the budget, what the fee costs.

use chrono::{Days, NaiveDate};

use super::super::{Choices, FeePosition, Terms};
use super::Refusal;
use crate::budgets::rules::{needs_agreement, parts};
use crate::budgets::{Fund, PaymentFrequency, PersonalBudget};
use crate::ids::AgreementId;
use crate::money::Pence;
use crate::vat::{Arrangement, Class, Cost, cost};

/// How far ahead an agreement may begin, in days.
const FURTHEST_START: u64 = 731;

/// Checks that an agreement can be drawn up on a fund at all.
///
/// # Errors
/// Why not.
pub fn check_fund(fund: &Fund, open: Option<AgreementId>) -> Result<(), Refusal> {
    if !needs_agreement(fund.form) {
        return Err(Refusal::NotNeeded(fund.form.words()));
    }
    if let Some(last) = fund.ended_on {
        return Err(Refusal::FundEnded(last));
    }
    open.map_or(Ok(()), |open| Err(Refusal::OpenAlready(open)))
}

/// Makes the terms: what was chosen, and what follows from the fund and the budget on the first day.
///
/// # Errors
/// What is missing or impossible.
pub fn terms(
    choices: &Choices,
    fund: &Fund,
    budget: Option<&PersonalBudget>,
    holder_registered: bool,
    today: NaiveDate,
) -> Result<Terms, Refusal> {
    Arrangement::new(fund.form, choices.structure).map_err(|refusal| Refusal::Structure(refusal.to_string()))?;
    if choices.starts_on < fund.starts_on {
        return Err(Refusal::StartsBeforeFund(fund.starts_on));
    }
    if today.checked_add_days(Days::new(FURTHEST_START)).is_none_or(|last| choices.starts_on > last) {
        return Err(Refusal::StartsTooLate);
    }
    let budget = budget.ok_or(Refusal::NoBudget(choices.starts_on))?;
    check_fee(choices, fund, holder_registered)?;
    Ok(Terms {
        choices: *choices,
        weekly: fund.weekly,
        contribution_mode: fund.contribution_mode,
        contribution_weekly: budget.contribution_weekly.min(fund.weekly),
    })
}

/// A person who holds an indirect payment takes no fee; a fee out of the budget is no more than the budget.
fn check_fee(choices: &Choices, fund: &Fund, holder_registered: bool) -> Result<(), Refusal> {
    if choices.fee_weekly.is_zero() {
        return Ok(());
    }
    if fund.nominee.is_some() {
        return Err(Refusal::NobodyTakesFee);
    }
    let fee = fee(choices, fund, holder_registered)?.budget_pays;
    if choices.fee_position == FeePosition::FromBudget && fee > fund.weekly {
        return Err(Refusal::FeeAboveFund { fee, weekly: fund.weekly });
    }
    Ok(())
}

/// What the holder's fee costs each week. A holder who is registered charges VAT on it (domain reference 4.2, class F);
/// one who is not may not.
///
/// # Errors
/// When the structure does not fit the fund or the rates of the first day are not known.
pub fn fee(choices: &Choices, fund: &Fund, holder_registered: bool) -> Result<Cost, Refusal> {
    let class = if holder_registered { Class::F } else { Class::A };
    let arrangement = Arrangement::new(fund.form, choices.structure);
    arrangement
        .and_then(|arrangement| cost(choices.fee_weekly, class, true, arrangement, fund.recovery, choices.starts_on))
        .map_err(|refusal| Refusal::FeeWithoutCost(refusal.to_string()))
}

/// What the council and the person each pay in per week.
#[must_use]
pub fn weekly_parts(terms: &Terms) -> (Pence, Pence) {
    parts(terms.weekly, terms.contribution_weekly, terms.contribution_mode)
}

/// How many weeks one payment is for; a month is no number of weeks.
#[must_use]
pub const fn weeks_paid(frequency: PaymentFrequency) -> Option<i64> {
    match frequency {
        PaymentFrequency::Weekly => Some(1),
        PaymentFrequency::TwoWeekly => Some(2),
        PaymentFrequency::FourWeekly => Some(4),
        PaymentFrequency::Monthly => None,
    }
}
