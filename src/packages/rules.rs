//! What a package costs in an arrangement, whether it may be ordered, and what an order freezes.

pub mod limits;
pub mod times;

use chrono::NaiveDate;

use super::{HolderFee, MOST_LINES, OrderLineKind, PackageLine, Times, UnpricedLine};
use crate::budgets::{Fund, rules::needs_agreement};
use crate::calendar::{self, Period};
use crate::directory::Unit;
use crate::directory::rules::visits;
use crate::ids::{OrganisationId, ServiceId};
use crate::money::{Pence, Quantity, UnitPrice, line_net};
use crate::vat::{self, Arrangement, Class, Cost, Costing, Recovery};

/// Why a package cannot be changed or ordered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The fund has ended.
    #[error("This fund has ended. Nothing can be chosen or ordered from it any more.")]
    FundEnded,
    /// There is no service in it.
    #[error("There is nothing in this package yet. Find support and add it first.")]
    Empty,
    /// There are too many services in it.
    #[error("A package has at most {MOST_LINES} services. Start another one.")]
    TooManyLines,
    /// A service has no price on the day.
    #[error("{0}: {1} Take it out of the package, or choose another day.")]
    Unpriced(String, String),
    /// The first day is over already.
    #[error("Choose a first day that is not before today, {}.", calendar::full(*.0))]
    Past(NaiveDate),
    /// The first day is before the fund's own.
    #[error("This fund begins on {}. Choose that day or a later one.", calendar::full(*.0))]
    BeforeFund(NaiveDate),
    /// The first day is after the agreement's last one.
    #[error("The agreement on this fund ends on {}. Choose that day or an earlier one.", calendar::full(*.0))]
    AfterAgreement(NaiveDate),
    /// More than the fund has for a week.
    #[error("{}", beyond_words(*.cost, *.others, *.weekly))]
    BeyondWeekly {
        /// What the package costs the budget per week.
        cost: Pence,
        /// What is ordered already for the same weeks.
        others: Pence,
        /// What the fund has per week.
        weekly: Pence,
    },
    /// More than the fund has for a week, though an ordinary week fits.
    #[error(
        "With its bank holidays and changes of price this package costs {cost} per week on average, and {others} per week is ordered already for the same time. The fund has {weekly} per week."
    )]
    BeyondOnAverage {
        /// What the package costs the budget per week, on average of all its weeks.
        cost: Pence,
        /// What is ordered already for the same weeks.
        others: Pence,
        /// What the fund has per week.
        weekly: Pence,
    },
    /// Nobody may spend from the fund yet.
    #[error("There is no agreement in force for this fund. Everybody must sign one before anything can be ordered.")]
    NoAgreement,
    /// The law of VAT knows no invoice for it, or no rate.
    #[error("{0}.")]
    Vat(vat::Refusal),
}

impl From<vat::Refusal> for Refusal {
    fn from(refusal: vat::Refusal) -> Self {
        Self::Vat(refusal)
    }
}

impl Refusal {
    /// The field of the order's form that it is about; empty for the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Past(_) | Self::BeforeFund(_) | Self::AfterAgreement(_) => "starts_on",
            _ => "",
        }
    }
}

/// The sentence for a package beyond the fund, with every amount that it takes to see why.
fn beyond_words(cost: Pence, others: Pence, weekly: Pence) -> String {
    let over = cost + others - weekly;
    if others.is_zero() {
        return format!("This package costs {cost} per week. The fund has {weekly} per week: {over} too much.");
    }
    format!(
        "This package costs {cost} per week, and {others} per week is ordered already for the same time. The fund has \
         {weekly} per week: {over} too much."
    )
}

/// A line whose quantity still means what it meant: it was chosen for a unit, and a provider may come to sell by another one.
/// Days and times mean the same in every unit.
///
/// # Errors
/// A sentence on what to do.
pub fn in_unit(line: PackageLine, chosen: Option<&str>) -> Result<PackageLine, String> {
    if line.times.is_planned() || chosen.is_none_or(|chosen| chosen == line.unit) {
        return Ok(line);
    }
    let words = |code: &str| Unit::from_code(code).map_or_else(|| code.to_owned(), Unit::per);
    Err(format!(
        "Its price is {} now, and was {} when you chose how much: say again how much of it each week.",
        words(&line.unit),
        words(chosen.unwrap_or_default())
    ))
}

/// A package costed for one week in one arrangement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekCosting {
    /// The cost of each line, in their order.
    pub lines: Vec<Cost>,
    /// The cost of the holder's fee, where it comes out of the budget.
    pub fee: Option<Cost>,
    /// The sums, the fee included.
    pub total: vat::Totals,
}

/// The price of a week of a line, without VAT.
#[must_use]
pub fn weekly_net(line: &PackageLine) -> Pence {
    if line.times.is_planned() {
        return visits::net(&line.times.parts);
    }
    line_net(line.unit_price, line.weekly_quantity)
}

/// The fee in an arrangement: only where an organisation holds the fund, and only when the budget pays it.
#[must_use]
pub fn fee_in(fee: Option<&HolderFee>, arrangement: Arrangement, own: Arrangement) -> Option<&HolderFee> {
    let held = arrangement.form().held_by_third_party() || arrangement == own;
    fee.filter(|fee| held && !fee.on_top && fee.weekly > Pence::ZERO)
}

/// What a week of a package costs, line by line and in all. VAT is rounded once per provider, category and rate, as it
/// will be on the invoices.
///
/// # Errors
/// When something in it can have no invoice, or the rates of VAT are not known for the day.
pub fn cost_week(
    lines: &[PackageLine],
    fee: Option<&HolderFee>,
    arrangement: Arrangement,
    recovery: Recovery,
    on: NaiveDate,
) -> Result<WeekCosting, vat::Refusal> {
    let mut priced: Vec<vat::PackageLine> = lines.iter().map(|line| for_vat(line, weekly_net(line))).collect();
    priced.extend(fee.map(|fee| fee_for_vat(fee, fee.weekly)));
    let Costing { lines: mut costs, total } = vat::costing(&priced, arrangement, recovery, on)?;
    let fee = fee.and_then(|_| costs.pop());
    Ok(WeekCosting { lines: costs, fee, total })
}

fn for_vat(line: &PackageLine, net: Pence) -> vat::PackageLine {
    let provider = document_of(line.provider);
    vat::PackageLine { provider, net, class: line.class, declaration: line.declaration }
}

fn fee_for_vat(fee: &HolderFee, net: Pence) -> vat::PackageLine {
    vat::PackageLine { provider: document_of(fee.holder), net, class: fee.class, declaration: false }
}

/// Lines of one provider come on one document.
fn document_of(provider: OrganisationId) -> u64 {
    provider.number().unsigned_abs()
}

/// What a package would cost in each arrangement that is shown, in the fixed order of the vocabulary, for confirmed
/// recovery; the fund's own as it is. Information only: nothing is ranked or proposed (HMRC Spotlight 70).
///
/// # Errors
/// As [`cost_week`].
pub fn side_by_side(
    lines: &[PackageLine],
    fee: Option<&HolderFee>,
    own: Arrangement,
    recovery: Recovery,
    on: NaiveDate,
) -> Result<Vec<(Arrangement, WeekCosting)>, vat::Refusal> {
    // A brokered fund can stand in a structure that is not among the rows: then it comes first, as the fund's own.
    let missing = Some(own).filter(|own| !Arrangement::SHOWN.contains(own));
    let cost = |arrangement: Arrangement| {
        let recovery = if arrangement == own { recovery } else { Recovery::Confirmed };
        let fee = fee_in(fee, arrangement, own);
        Ok((arrangement, cost_week(lines, fee, arrangement, recovery, on)?))
    };
    missing.into_iter().chain(Arrangement::SHOWN).map(cost).collect()
}

/// Checks the day on which an order begins.
///
/// # Errors
/// When it is over, before the fund began, or after the agreement under which money flows has ended.
pub fn check_first_day(fund: &Fund, starts_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if fund.ended_on.is_some() {
        return Err(Refusal::FundEnded);
    }
    if starts_on < today {
        return Err(Refusal::Past(today));
    }
    if starts_on < fund.starts_on {
        return Err(Refusal::BeforeFund(fund.starts_on));
    }
    match fund.agreement_in_force().and_then(|terms| terms.ends_on) {
        Some(last) if starts_on > last => Err(Refusal::AfterAgreement(last)),
        _ => Ok(()),
    }
}

/// What is ordered already for some days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// For which days.
    pub period: Period,
    /// What it costs the budget per week.
    pub weekly: Pence,
    /// Whether the holder's fee of these days is in it.
    pub has_fee: bool,
}

/// The most that is ordered for any one day of a period, per week.
#[must_use]
pub fn committed(period: Period, others: &[Commitment]) -> Pence {
    // It can only rise on a first day.
    let days = std::iter::once(period.from()).chain(others.iter().map(|other| other.period.from()));
    let on = |day: NaiveDate| -> Pence {
        others.iter().filter(|other| other.period.contains(day)).map(|other| other.weekly).sum()
    };
    days.filter(|day| period.contains(*day)).map(on).max().unwrap_or_default()
}

/// For how many weeks of a period the holder's fee is still to be paid: a week whose first day another order covers with
/// the fee has it already.
#[must_use]
pub fn fee_weeks(period: Period, others: &[Commitment]) -> i64 {
    let covered = |day: NaiveDate| others.iter().any(|other| other.has_fee && other.period.contains(day));
    let open = period.weeks().into_iter().filter(|week| !covered(week.from())).count();
    i64::try_from(open).unwrap_or(i64::MAX)
}

/// Checks whether a package may be ordered: it must fit the week, and the money must be allowed to flow.
///
/// # Errors
/// The first reason why not.
pub fn check_order(fund: &Fund, week: &WeekCosting, others: Pence) -> Result<(), Refusal> {
    let (cost, weekly) = (week.total.budget_pays, fund.spendable_weekly());
    if cost + others > weekly {
        return Err(Refusal::BeyondWeekly { cost, others, weekly });
    }
    if needs_agreement(fund.form) && fund.agreement_in_force().is_none() {
        return Err(Refusal::NoAgreement);
    }
    Ok(())
}

/// Checks whether what was frozen fits the fund on average of its weeks: with times, weeks differ.
///
/// # Errors
/// When it costs more than the fund has.
pub fn check_average(fund: &Fund, frozen: &[FrozenLine], weeks: i64, others: Pence) -> Result<(), Refusal> {
    if !frozen.iter().any(|line| line.times.is_planned()) {
        return Ok(());
    }
    let whole: Pence = frozen.iter().map(|line| line.budget).sum();
    let (cost, weekly) = (whole.pro_rata(1, weeks.max(1)), fund.spendable_weekly());
    if cost + others > weekly { Err(Refusal::BeyondOnAverage { cost, others, weekly }) } else { Ok(()) }
}

/// Checks that there is something to order and that all of it has a price.
///
/// # Errors
/// What is missing.
pub fn check_lines(lines: &[PackageLine], unpriced: &[UnpricedLine]) -> Result<(), Refusal> {
    if let Some(line) = unpriced.first() {
        return Err(Refusal::Unpriced(line.service_name.clone(), line.reason.clone()));
    }
    if lines.is_empty() { Err(Refusal::Empty) } else { Ok(()) }
}

/// One line of an order before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenLine {
    /// Support, or the holder's fee.
    pub kind: OrderLineKind,
    /// The service; nothing for a fee.
    pub service: Option<ServiceId>,
    /// Who gives it.
    pub provider: OrganisationId,
    /// What it is.
    pub description: String,
    /// What the price is for.
    pub unit: String,
    /// The price of one unit without VAT.
    pub unit_price: UnitPrice,
    /// The VAT class.
    pub class: Class,
    /// For goods (class G): whether the person's declaration is held.
    pub declaration: bool,
    /// How much in the whole period.
    pub quantity: Quantity,
    /// The price of all of it without VAT.
    pub net: Pence,
    /// What the budget pays for all of it.
    pub budget: Pence,
    /// On which days and at which times, where that was planned, with what they cost in the whole period.
    pub times: Times,
}

/// Freezes a package for some weeks: quantities of the whole period (lines with times come with what they cost in it), and what the budget pays for each line, so that the
/// lines add up to the order to the penny.
///
/// # Errors
/// As [`cost_week`].
pub fn freeze(
    lines: &[PackageLine],
    fee: Option<(&HolderFee, i64)>,
    weeks: i64,
    (arrangement, recovery): (Arrangement, Recovery),
    on: NaiveDate,
) -> Result<Vec<FrozenLine>, vat::Refusal> {
    let mut frozen: Vec<FrozenLine> = lines.iter().map(|line| frozen_service(line, weeks)).collect();
    frozen.extend(fee.filter(|(_, weeks)| *weeks > 0).map(|(fee, weeks)| frozen_fee(fee, weeks)));
    let for_vat: Vec<vat::PackageLine> = frozen
        .iter()
        .map(|line| vat::PackageLine {
            provider: document_of(line.provider),
            net: line.net,
            class: line.class,
            declaration: line.declaration,
        })
        .collect();
    let costs = vat::costing(&for_vat, arrangement, recovery, on)?.lines;
    for (line, cost) in frozen.iter_mut().zip(costs) {
        line.budget = cost.budget_pays;
    }
    Ok(frozen)
}

fn frozen_service(line: &PackageLine, weeks: i64) -> FrozenLine {
    // Typed quantities and weeks are bounded far below what could overflow.
    let quantity = Quantity::from_hundredths(line.weekly_quantity.hundredths().saturating_mul(weeks));
    FrozenLine {
        kind: OrderLineKind::Service,
        service: Some(line.service),
        provider: line.provider,
        description: line.service_name.clone(),
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        class: line.class,
        declaration: line.declaration,
        quantity,
        net: match line.times.is_planned() {
            true => visits::net(&line.times.parts),
            false => line_net(line.unit_price, quantity),
        },
        budget: Pence::ZERO,
        times: line.times.clone(),
    }
}

fn frozen_fee(fee: &HolderFee, weeks: i64) -> FrozenLine {
    FrozenLine {
        kind: OrderLineKind::Fee,
        service: None,
        provider: fee.holder,
        description: "Fee for holding the fund".to_owned(),
        unit: "week".to_owned(),
        unit_price: fee.weekly.into(),
        class: fee.class,
        declaration: false,
        quantity: Quantity::whole(weeks),
        net: fee.weekly.times(weeks),
        budget: Pence::ZERO,
        times: Times::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::{ContributionMode, PaymentFrequency, Terms};
    use crate::ids::{AgreementId, FundId, PersonId};
    use crate::vat::{Form, Structure};

    fn pounds(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    fn on() -> NaiveDate {
        day("2026-11-02")
    }

    fn line(number: i64, price: &str, quantity: &str, class: Class) -> PackageLine {
        PackageLine {
            service: ServiceId::new(number),
            service_name: format!("Service {number}"),
            provider: OrganisationId::new(number),
            provider_name: format!("Provider {number}"),
            unit: "hour".to_owned(),
            unit_price: UnitPrice::parse(price).unwrap(),
            agreed: false,
            class,
            declaration: false,
            weekly_quantity: Quantity::parse(quantity).unwrap(),
            times: Times::default(),
        }
    }

    /// The mixed package of domain reference 4.7 example 3.
    fn mixed() -> Vec<PackageLine> {
        vec![
            line(1, "26.40", "10", Class::C),
            line(2, "54.00", "2", Class::D),
            line(3, "18.00", "1", Class::A),
            line(4, "16.00", "1.5", Class::B),
        ]
    }

    /// The package of domain reference 3.4: the day club only once a week.
    fn journey() -> Vec<PackageLine> {
        let mut lines = mixed();
        lines[1].weekly_quantity = Quantity::ONE;
        lines
    }

    fn fee() -> HolderFee {
        HolderFee {
            holder: OrganisationId::new(1),
            holder_name: "Provider 1".to_owned(),
            weekly: pounds("8.50"),
            class: Class::F,
            on_top: false,
        }
    }

    fn isf(structure: Structure) -> Arrangement {
        Arrangement::new(Form::IndividualServiceFund, Some(structure)).unwrap()
    }

    fn plain(form: Form) -> Arrangement {
        Arrangement::new(form, None).unwrap()
    }

    fn fund(arrangement: Arrangement, in_force: bool) -> Fund {
        let terms = Terms {
            agreement: AgreementId::new(1),
            in_force,
            ends_on: None,
            structure: arrangement.structure(),
            fee_weekly: pounds("8.50"),
            fee_on_top: false,
        };
        Fund {
            id: FundId::new(1),
            person: PersonId::new(1),
            council: OrganisationId::new(9),
            form: arrangement.form(),
            weekly: pounds("420.00"),
            vat_uplift_weekly: Pence::ZERO,
            holder: arrangement.form().held_by_third_party().then(|| OrganisationId::new(1)),
            nominee: None,
            recovery: Recovery::Confirmed,
            intended_structure: arrangement.structure(),
            terms: arrangement.form().held_by_third_party().then_some(terms),
            payment_frequency: PaymentFrequency::FourWeekly,
            contribution_mode: ContributionMode::CouncilInvoices,
            starts_on: on(),
            ended_on: None,
            version: 1,
        }
    }

    fn week(lines: &[PackageLine], arrangement: Arrangement) -> WeekCosting {
        let fee = fee();
        let fee = fee_in(Some(&fee), arrangement, arrangement).filter(|_| arrangement.form().held_by_third_party());
        cost_week(lines, fee, arrangement, Recovery::Confirmed, on()).unwrap()
    }

    fn said(arrangement: Arrangement) -> String {
        let refused = check_order(&fund(arrangement, true), &week(&mixed(), arrangement), Pence::ZERO);
        refused.map_or_else(|refusal| refusal.to_string(), |()| "ordered".to_owned())
    }

    #[test]
    fn the_mixed_package_fits_only_where_vat_comes_back() {
        assert_eq!(week(&mixed(), plain(Form::CareManaged)).total.budget_pays, pounds("414.00"));
        assert_eq!(said(plain(Form::CareManaged)), "ordered");
        assert_eq!(
            said(plain(Form::DirectPayment)),
            "This package costs £435.60 per week. The fund has £420.00 per week: £15.60 too much."
        );
        assert_eq!(
            said(isf(Structure::AgentOfPerson)),
            "This package costs £445.80 per week. The fund has £420.00 per week: £25.80 too much."
        );
        assert_eq!(
            said(isf(Structure::AgentOfCouncil)),
            "This package costs £422.50 per week. The fund has £420.00 per week: £2.50 too much."
        );
    }

    #[test]
    fn an_exempt_principal_loses_the_vat_of_the_day_club() {
        let costing = week(&mixed(), isf(Structure::PrincipalExempt));
        assert_eq!(costing.lines[1].budget_pays, pounds("129.60"));
        assert_eq!(costing.lines[1].recovered_by, Some(vat::RecoveredBy::Nobody));
    }

    #[test]
    fn all_forms_stand_side_by_side_in_one_order_with_the_fee_where_somebody_holds_the_fund() {
        let own = isf(Structure::AgentOfPerson);
        let fee = fee();
        let rows = side_by_side(&mixed(), Some(&fee), own, Recovery::Confirmed, on()).unwrap();
        let shown: Vec<String> = rows.iter().map(|(_, week)| week.total.budget_pays.decimal()).collect();
        assert_eq!(
            shown,
            ["435.60", "435.60", "435.60", "414.00", "445.80", "445.80", "445.80", "422.50", "445.80", "422.50"]
        );
        assert!(rows.iter().map(|(arrangement, _)| *arrangement).eq(Arrangement::SHOWN));
        let unusual = Arrangement::new(Form::BrokeredFund, Some(Structure::AgentOfCouncil)).unwrap();
        let rows = side_by_side(&mixed(), None, unusual, Recovery::NotConfirmed, on()).unwrap();
        assert_eq!((rows.len(), rows[0].0), (11, unusual));
        assert_eq!(rows[0].1.total.budget_pays, pounds("435.60"), "not confirmed: costed with none");
        assert_eq!(rows[4].1.total.budget_pays, pounds("414.00"), "the others as information, confirmed");
    }

    #[test]
    fn an_order_freezes_whole_period_lines_that_add_up() {
        let own = isf(Structure::AgentOfPerson);
        let fee = fee();
        let frozen = freeze(&journey(), Some((&fee, 4)), 4, (own, Recovery::Confirmed), on()).unwrap();
        let budgets: Vec<String> = frozen.iter().map(|line| line.budget.decimal()).collect();
        assert_eq!(budgets, ["1056.00", "259.20", "72.00", "96.00", "40.80"]);
        let total: Pence = frozen.iter().map(|line| line.budget).sum();
        assert_eq!((total, pounds("1680.00") - total), (pounds("1524.00"), pounds("156.00")));
        assert_eq!(week(&journey(), own).total.budget_pays.times(4), total);
        assert_eq!(frozen[3].quantity, Quantity::whole(6));
    }

    #[test]
    fn a_fee_that_the_council_pays_on_top_is_no_cost_of_the_budget() {
        let on_top = HolderFee { on_top: true, ..fee() };
        let own = isf(Structure::AgentOfPerson);
        assert_eq!(fee_in(Some(&on_top), own, own), None);
        let unregistered = HolderFee { class: Class::A, ..fee() };
        let costing = cost_week(&mixed(), Some(&unregistered), own, Recovery::Confirmed, on()).unwrap();
        assert_eq!(costing.fee.unwrap().budget_pays, pounds("8.50"));
    }

    /// A visit of an hour on every day, as domain reference 7 prices it: 26.40 an hour, twice that on bank holidays.
    fn an_hour_a_day(days: Period) -> PackageLine {
        use crate::directory::{Band, BandDays, BandPrice, CardPrice, Rate, RateCard, RateTerms, Unit};
        let price = |text: &str| UnitPrice::parse(text).unwrap();
        let band = Band { days: BandDays::BankHolidays, times: None };
        let double = BandPrice { band, minutes: None, net: price("52.80") };
        let prices = vec![CardPrice { entered: price("52.80"), price: double }];
        let basis = vat::PriceBasis::Net;
        let terms = RateTerms { unit: Unit::Hour, price: price("26.40"), basis, from: day("2026-01-01") };
        let card = RateCard { prices, ..RateCard::default() };
        let rate = Rate { id: crate::ids::RateId::new(1), terms, net: price("26.40"), card };
        let start = calendar::parse_time("9am").unwrap();
        let visits = vec![crate::packages::PlannedVisit {
            days: BandDays::Every,
            start,
            minutes: 60,
            staff: 1,
            miles: Quantity::default(),
        }];
        let on = days.from().iter_days().take_while(|day| *day <= days.to());
        let parts = times::cost(&visits, on, |day| day, (&[rate], &[])).unwrap();
        PackageLine { times: Times { visits, parts, averages: vec![] }, ..line(1, "26.40", "7", Class::C) }
    }

    /// From 21 December 2026 two weeks have Christmas Day, the day for Boxing Day and New Year's Day: 14 hours at 26.40 and
    /// three times 26.40 more are 448.80, 224.40 a week, where an ordinary week comes to 184.80.
    #[test]
    fn what_is_planned_by_times_fits_on_average_of_its_weeks() {
        let (own, days) = (plain(Form::DirectPayment), super::super::period(day("2026-12-21"), 2).unwrap());
        let (fund, line) = (fund(own, true), an_hour_a_day(days));
        let frozen = freeze(&[line], None, 2, (own, Recovery::Confirmed), day("2026-12-21")).unwrap();
        assert_eq!((frozen[0].net, frozen[0].budget), (pounds("448.80"), pounds("448.80")));
        let tried = |others| check_average(&fund, &frozen, 2, pounds(others));
        assert_eq!(tried("0.00"), Ok(()));
        assert_eq!(tried("195.60"), Ok(()), "420.00 to the penny");
        let refused = tried("195.61").unwrap_err();
        let (cost, others, weekly) = (pounds("224.40"), pounds("195.61"), pounds("420.00"));
        assert_eq!(refused, Refusal::BeyondOnAverage { cost, others, weekly });
        assert_eq!(
            refused.to_string(),
            "With its bank holidays and changes of price this package costs £224.40 per week on average, and £195.61 per week \
             is ordered already for the same time. The fund has £420.00 per week."
        );
        // The week itself would fit: an ordinary one is 184.80. What is planned by quantity alone is not looked at here.
        let by_quantity = FrozenLine { times: Times::default(), ..frozen[0].clone() };
        assert_eq!(check_average(&fund, &[by_quantity], 2, pounds("420.00")), Ok(()));
    }

    #[test]
    fn nothing_is_ordered_without_an_agreement_beyond_the_day_or_after_the_end() {
        let own = isf(Structure::AgentOfPerson);
        let refused = check_order(&fund(own, false), &week(&journey(), own), Pence::ZERO);
        assert_eq!(refused, Err(Refusal::NoAgreement));
        let mut ended = fund(own, true);
        assert_eq!(check_first_day(&ended, day("2026-11-01"), on()), Err(Refusal::Past(on())));
        assert_eq!(check_first_day(&ended, day("2026-11-01"), day("2026-10-01")), Err(Refusal::BeforeFund(on())));
        assert_eq!(check_first_day(&ended, on(), on()), Ok(()));
        ended.ended_on = Some(on());
        assert_eq!(check_first_day(&ended, on(), on()), Err(Refusal::FundEnded));
        assert_eq!(check_lines(&[], &[]), Err(Refusal::Empty));
    }

    #[test]
    fn what_is_ordered_already_for_the_same_days_counts() {
        let weeks = |from: &str, weeks: u32| Period::of_weeks(day(from), weeks).unwrap();
        let order = |from: &str, length: u32, weekly: &str, has_fee: bool| Commitment {
            period: weeks(from, length),
            weekly: pounds(weekly),
            has_fee,
        };
        // Two orders one after the other are never added up.
        let others = [order("2026-11-02", 2, "100.00", true), order("2026-11-16", 2, "150.00", true)];
        assert_eq!(committed(weeks("2026-11-02", 4), &others), pounds("150.00"));
        assert_eq!(committed(weeks("2026-11-30", 4), &others), Pence::ZERO);
        assert_eq!(fee_weeks(weeks("2026-11-02", 4), &others), 0);
        assert_eq!(fee_weeks(weeks("2026-11-16", 4), &others), 2);
        assert_eq!(fee_weeks(weeks("2026-11-16", 4), &[order("2026-11-02", 52, "1.00", false)]), 4);
        let own = plain(Form::CareManaged);
        let refused = check_order(&fund(own, true), &week(&mixed(), own), pounds("150.00")).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "This package costs £414.00 per week, and £150.00 per week is ordered already for the same time. The fund \
             has £420.00 per week: £144.00 too much."
        );
    }
}
