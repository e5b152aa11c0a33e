//! What may be recorded as delivered, who may confirm it, and what of an order's money it is worth.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Delivery, DeliveryStatus, NewDelivery, NewVisit};
use crate::auth::rights::{ActingFor, Actor, Approve, ProviderMember};
use crate::calendar::{self, Period};
use crate::directory::rules::visits;
use crate::directory::{Charge, Outcome, PricePart, Unit, Visit};
use crate::error::{Error, Invalid};
use crate::ids::{OrganisationId, PersonId};
use crate::money::{Pence, Quantity};
use crate::packages::rules::times;
use crate::packages::{Order, OrderLine, OrderLineKind, OrderStatus};

/// Why a delivery cannot be recorded or answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The order has ended.
    #[error("This order is closed, so nothing more can be recorded under it.")]
    OrderClosed,
    /// The line is the holder's fee.
    #[error("A fee is not delivered: it is billed for the weeks that have passed.")]
    Fee,
    /// The day is not in the order's period.
    #[error("The order is for {}. Enter a day in that time.", calendar::range(.0.from(), .0.to()))]
    OutsideOrder(Period),
    /// The day has not come yet.
    #[error("Enter {} or a day before: what has not happened yet cannot be recorded.", calendar::full(*.0))]
    InTheFuture(NaiveDate),
    /// More than is left of what was ordered.
    #[error("{left} of the {ordered} that were ordered are left. {asked} would be more.")]
    MoreThanLeft {
        /// What is left, with its unit.
        left: String,
        /// What was ordered, with its unit.
        ordered: String,
        /// What was to be recorded, with its unit.
        asked: String,
    },
    /// All of it is delivered.
    #[error("All of the {0} that were ordered have been recorded. Nothing is left.")]
    NothingLeft(String),
    /// More than what was ordered is worth.
    #[error(
        "What was ordered comes to {ordered} without VAT, and {left} of it is left. This visit comes to {asked}. Ask the person to order more."
    )]
    MoreMoneyThanLeft {
        /// What is left, without VAT.
        left: Pence,
        /// What was ordered, without VAT.
        ordered: Pence,
        /// What the visit comes to.
        asked: Pence,
        /// Whether that follows from how long it lasted.
        by_time: bool,
    },
    /// It is said to have been given and has not ended.
    #[error("This visit would end on {}, which has not come yet. Record it when it has ended.", calendar::moment(*.0))]
    NotOver(DateTime<Utc>),
    /// It overlaps a visit that was given.
    #[error(
        "A visit that was given on {} is recorded already, and this one overlaps it. Enter the times as they were, or withdraw \
         that one first, if it is wrong.",
        span(.0)
    )]
    Overlaps(Visit),
    /// A stay in hospital that is to come.
    #[error("Enter {} or a day before: a stay in hospital that has not begun cannot be recorded.", calendar::full(*.0))]
    HospitalToCome(NaiveDate),
    /// A visit at the same time.
    #[error("A visit that began then is recorded already. Withdraw that one first, if it is wrong.")]
    SameTime,
    /// A cancellation that is to come.
    #[error("Enter when it was cancelled: that time has not come yet.")]
    NotCancelledYet,
    /// A line that was ordered by quantity, or by times.
    #[error("This was ordered {0}. Record it like that.")]
    OtherWay(&'static str),
    /// Somebody who works for the provider.
    #[error("Somebody who works for the provider cannot confirm or query what it delivered.")]
    OwnDelivery,
    /// Neither the person nor somebody who acts for them.
    #[error("Only the person, or somebody who acts for them, may confirm or query what was delivered.")]
    NotForThem,
    /// Another provider's line.
    #[error("Only the provider of this line may record what was delivered.")]
    NotTheProvider,
}

impl Refusal {
    /// The field that it is about, if it is about one.
    const fn field(&self) -> Option<&'static str> {
        match self {
            Self::OutsideOrder(_) | Self::InTheFuture(_) => Some("on"),
            Self::MoreThanLeft { .. } | Self::NothingLeft(_) => Some("quantity"),
            Self::MoreMoneyThanLeft { by_time: true, .. } => Some("minutes"),
            // The form has no length then: the price follows from the day.
            Self::MoreMoneyThanLeft { by_time: false, .. } => Some("on"),
            Self::SameTime | Self::NotOver(_) | Self::Overlaps(_) => Some("start"),
            Self::NotCancelledYet => Some("cancelled_at"),
            Self::HospitalToCome(_) => Some("hospital_since"),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::OwnDelivery | Refusal::NotForThem | Refusal::NotTheProvider => Self::Forbidden(sentence),
            other => match other.field() {
                Some(field) => Self::Invalid(Invalid::field(field, sentence)),
                None => Self::Refused(sentence),
            },
        }
    }
}

/// An amount of a unit in words: "1 hour", "2.5 hours".
#[must_use]
pub fn amount(quantity: Quantity, unit: &str) -> String {
    let plural = if quantity == Quantity::ONE || unit.ends_with('s') { "" } else { "s" };
    format!("{} {unit}{plural}", quantity.decimal())
}

/// What is left of an order line when so much was recorded, withdrawn deliveries not counted.
#[must_use]
pub fn left(line: &OrderLine, recorded: Quantity) -> Quantity {
    Quantity::from_hundredths((line.quantity.hundredths() - recorded.hundredths()).max(0))
}

/// How much of some deliveries uses up the order.
#[must_use]
pub fn recorded(deliveries: &[Delivery]) -> Quantity {
    total(deliveries.iter().filter(|delivery| delivery.status.counts()))
}

/// How much of some deliveries was confirmed, whether billed or not.
#[must_use]
pub fn confirmed(deliveries: &[Delivery]) -> Quantity {
    total(deliveries.iter().filter(|delivery| delivery.status.is_confirmed()))
}

/// A visit for which nothing is charged uses up nothing.
fn total<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Quantity {
    let charged = deliveries.filter(|delivery| !delivery.is_free());
    Quantity::from_hundredths(charged.map(|delivery| delivery.quantity.hundredths()).sum())
}

/// Checks what a provider wants to record under a line of which so much is recorded already.
///
/// # Errors
/// Why it cannot be recorded.
pub fn check_record(
    member: &ProviderMember,
    (order, period): (&Order, Period),
    (line, recorded): (&OrderLine, Quantity),
    new: &NewDelivery,
    today: NaiveDate,
) -> Result<(), Refusal> {
    check_open(member, (order, period), line, new.on)?;
    if line.times.is_planned() {
        return Err(Refusal::OtherWay("by days and times"));
    }
    if new.on > today {
        return Err(Refusal::InTheFuture(today));
    }
    let left = left(line, recorded);
    if left == Quantity::from_hundredths(0) {
        return Err(Refusal::NothingLeft(amount(line.quantity, &line.unit)));
    }
    if new.quantity > left {
        return Err(Refusal::MoreThanLeft {
            left: amount(left, &line.unit),
            ordered: amount(line.quantity, &line.unit),
            asked: amount(new.quantity, &line.unit),
        });
    }
    Ok(())
}

/// Whether a line can take a record of a day.
fn check_open(
    member: &ProviderMember,
    (order, period): (&Order, Period),
    line: &OrderLine,
    on: NaiveDate,
) -> Result<(), Refusal> {
    if line.provider != member.provider() {
        return Err(Refusal::NotTheProvider);
    }
    if line.kind == OrderLineKind::Fee {
        return Err(Refusal::Fee);
    }
    if order.status != OrderStatus::Open {
        return Err(Refusal::OrderClosed);
    }
    if period.contains(on) { Ok(()) } else { Err(Refusal::OutsideOrder(period)) }
}

/// Checks a visit that a provider wants to record under a line with these deliveries, by what is charged for it and whether that
/// follows from its length: all of them together cost no more than what was ordered. What was called off may be recorded
/// before its day.
///
/// # Errors
/// Why it cannot be recorded.
pub fn check_visit(
    member: &ProviderMember,
    order: (&Order, Period),
    (line, before): (&OrderLine, &[Delivery]),
    (new, (charge, by_time)): (&NewVisit, (&Charge, bool)),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(), Refusal> {
    check_open(member, order, line, calendar::london(new.visit.starts).date())?;
    if !line.times.is_planned() {
        return Err(Refusal::OtherWay("by quantity"));
    }
    check_time(new, (now, today))?;
    let counts: Vec<&Delivery> = before.iter().filter(|found| found.status.counts()).collect();
    check_alone(line, &counts, new)?;
    let used = visits::net(counts.iter().flat_map(|found| found.parts()));
    let with_it = visits::net(counts.iter().flat_map(|found| found.parts()).chain(&charge.parts));
    if with_it > line.net {
        let (left, asked) = (line.net - used, visits::net(&charge.parts));
        return Err(Refusal::MoreMoneyThanLeft { left, ordered: line.net, asked, by_time });
    }
    Ok(())
}

/// Whether what is said of a visit has happened: what was called off may be recorded before its day.
fn check_time(new: &NewVisit, (now, today): (DateTime<Utc>, NaiveDate)) -> Result<(), Refusal> {
    let called_off =
        matches!(new.became.outcome, Outcome::CancelledByPerson | Outcome::CancelledByProvider | Outcome::Hospital);
    if new.visit.starts > now && !called_off {
        return Err(Refusal::InTheFuture(today));
    }
    let ends = visits::ends(&new.visit);
    if new.became.outcome == Outcome::Given && ends > now {
        return Err(Refusal::NotOver(ends));
    }
    if new.became.cancelled_at.is_some_and(|at| at > now) {
        return Err(Refusal::NotCancelledYet);
    }
    if new.became.hospital_since.is_some_and(|since| since > today) {
        return Err(Refusal::HospitalToCome(today));
    }
    Ok(())
}

/// Whether a visit stands beside those that are recorded: no more begin at one time and are given at once than were ordered so.
fn check_alone(line: &OrderLine, recorded: &[&Delivery], new: &NewVisit) -> Result<(), Refusal> {
    let kept = || recorded.iter().filter_map(|found| found.visit.as_ref());
    let ordered = times::at_once(&line.times.visits, calendar::london(new.visit.starts).date());
    if kept().filter(|kept| kept.visit.starts == new.visit.starts).count() >= ordered {
        return Err(Refusal::SameTime);
    }
    // Nobody comes twice at once, also where nobody was there.
    let came = |outcome: Outcome| matches!(outcome, Outcome::Given | Outcome::NobodyThere);
    if !came(new.became.outcome) {
        return Ok(());
    }
    let given: Vec<Visit> = kept().filter(|kept| came(kept.became.outcome)).map(|kept| kept.visit).collect();
    let other = given.iter().find(|other| visits::overlap(&new.visit, other));
    match other.filter(|_| visits::at_once_with(&new.visit, &given) > ordered) {
        Some(other) => Err(Refusal::Overlaps(*other)),
        None => Ok(()),
    }
}

/// From when until when a visit was given: "Monday 2 November 2026 at 8:05am until 8:32am".
fn span(visit: &Visit) -> String {
    let ends = visits::ends(visit);
    let (first, last) = (calendar::london(visit.starts), calendar::london(ends));
    let until = if first.date() == last.date() { calendar::time(last.time()) } else { calendar::moment(ends) };
    format!("{} until {until}", calendar::moment(visit.starts))
}

/// How much of a service a visit is.
#[must_use]
pub fn visit_quantity(visit: &Visit, unit: Unit) -> Quantity {
    match unit.minutes() {
        Some(of_unit) => times::in_units(i64::from(visit.minutes) * i64::from(visit.staff), of_unit),
        None => Quantity::ONE,
    }
}

/// When a visit was and how long: "from 9am, 30 minutes, by 2 people".
#[must_use]
pub fn visit_words(visit: &Visit) -> String {
    let begins = calendar::time(calendar::london(visit.starts).time());
    // Where nothing is priced by time a visit is kept with a minute.
    let long = if visit.minutes > 1 { format!(", {}", visits::hours(i64::from(visit.minutes))) } else { String::new() };
    let staff = if visit.staff > 1 { format!(", by {} people", visit.staff) } else { String::new() };
    let miles = match visit.miles.hundredths() {
        0 => String::new(),
        _ => format!(", {} miles", visit.miles),
    };
    format!("from {begins}{long}{staff}{miles}")
}

/// The right to answer for the person what a provider says it delivered; never for somebody who works for that provider.
///
/// # Errors
/// Who may answer, in a sentence.
pub fn may_answer(actor: &Actor, person: PersonId, provider: OrganisationId) -> Result<ActingFor<Approve>, Refusal> {
    if actor.works_for(provider) {
        return Err(Refusal::OwnDelivery);
    }
    actor.acting_for(person).ok_or(Refusal::NotForThem)
}

/// The right to record and withdraw for a provider: somebody who works there.
///
/// # Errors
/// Who may, in a sentence.
pub fn recorder(actor: &Actor, provider: OrganisationId) -> Result<ProviderMember, Refusal> {
    let member = actor.provider_member().ok().filter(|member| member.provider() == provider);
    member.ok_or(Refusal::NotTheProvider)
}

/// Whether a delivery can still be confirmed or queried.
#[must_use]
pub const fn is_open(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Recorded | DeliveryStatus::Queried)
}

/// What of a line's money the next part of it is worth, when `before` of it was confirmed already: the line's budget by
/// quantity, counted from its beginning, so that the parts always add up to the whole.
#[must_use]
pub fn value(line: &OrderLine, before: Quantity, part: Quantity) -> Pence {
    let up_to = |quantity: i64| line.budget.pro_rata(quantity, line.quantity.hundredths());
    up_to(before.hundredths() + part.hundredths()) - up_to(before.hundredths())
}

/// What of a line's money a delivery is worth when it is confirmed after these others: by quantity, or by price where it is a
/// visit.
#[must_use]
pub fn worth(line: &OrderLine, others: &[Delivery], found: &Delivery) -> Pence {
    if found.visit.is_none() {
        return value(line, confirmed(others), found.quantity);
    }
    let before: Vec<&PricePart> =
        others.iter().filter(|other| other.status.is_confirmed()).flat_map(Delivery::parts).collect();
    let up_to = |net: Pence| match line.net.pence() {
        0 => Pence::ZERO,
        whole => line.budget.pro_rata(net.pence(), whole),
    };
    let after = before.iter().copied().chain(found.parts());
    up_to(visits::net(after)) - up_to(visits::net(before.iter().copied()))
}

/// Who answered, from the authority that is on record, as the page says it; to the person themself where it is their `own`.
#[must_use]
pub fn answered_by(authority: &str, own: bool) -> &str {
    match (authority, own) {
        // What the right to act says of a person who acts for themself.
        ("the person", true) => "you",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::auth::rights::{Membership, Role};
    use crate::ids::{FundId, OrderId, OrderLineId, PackageId, UserId};
    use crate::money::UnitPrice;
    use crate::vat::{Class, Form, Recovery};

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    fn order() -> (Order, Period) {
        let order = Order {
            id: OrderId::new(1),
            package: PackageId::new(1),
            fund: FundId::new(1),
            agreement: None,
            form: Form::DirectPayment,
            structure: None,
            recovery: Recovery::Confirmed,
            starts_on: day("2 November 2026"),
            weeks: 4,
            budget: Pence::parse("1524.00").unwrap(),
            status: OrderStatus::Open,
            ordered_by: UserId::new(1),
            authority: String::new(),
            version: 1,
        };
        let period = order.period().unwrap();
        (order, period)
    }

    /// Four weeks of the day club, one day a week: 54.00 + 10.80 each, nobody recovers.
    fn day_club() -> OrderLine {
        OrderLine {
            id: OrderLineId::new(1),
            order: OrderId::new(1),
            kind: OrderLineKind::Service,
            service: None,
            provider: OrganisationId::new(2),
            provider_name: "Day club".to_owned(),
            description: "Day club".to_owned(),
            unit: "day".to_owned(),
            unit_price: UnitPrice::parse("54.00").unwrap(),
            class: Class::D,
            declaration: false,
            quantity: Quantity::whole(4),
            net: Pence::parse("216.00").unwrap(),
            budget: Pence::parse("259.20").unwrap(),
            times: crate::packages::Times::default(),
        }
    }

    fn worker_of(organisation: i64) -> Actor {
        let membership = Membership {
            organisation: OrganisationId::new(organisation),
            name: "Example".to_owned(),
            roles: vec![Role::Coordinator],
            is_council: false,
            is_provider: true,
            is_holder: false,
            is_broker: false,
        };
        Actor::for_test(Some(PersonId::new(9)), vec![membership], vec![])
    }

    fn tried(on: &str, quantity: &str, recorded: &str) -> String {
        let member = worker_of(2).provider_member().unwrap();
        let (order, period) = order();
        let new = NewDelivery { on: day(on), quantity: Quantity::parse(quantity).unwrap(), note: String::new() };
        let recorded = Quantity::parse(recorded).unwrap();
        check_record(&member, (&order, period), (&day_club(), recorded), &new, day("2026-11-10"))
            .map_or_else(|refusal| refusal.to_string(), |()| "recorded".to_owned())
    }

    #[test]
    fn only_what_was_ordered_and_has_happened_is_recorded() {
        assert_eq!(tried("2026-11-03", "1", "0"), "recorded");
        assert_eq!(tried("2026-11-10", "1", "3"), "recorded");
        assert_eq!(
            tried("2026-11-03", "2", "3"),
            "1 day of the 4 days that were ordered are left. 2 days would be more."
        );
        assert!(tried("2026-11-03", "1", "4").starts_with("All of the 4 days"));
        assert!(tried("2026-11-11", "1", "0").starts_with("Enter 10 November 2026 or a day before"));
        assert!(tried("2026-11-01", "1", "0").starts_with("The order is for 2 to 29 November 2026."));
    }

    #[test]
    fn another_provider_and_a_fee_are_refused() {
        let member = worker_of(3).provider_member().unwrap();
        let (order, period) = order();
        let new = NewDelivery { on: day("2026-11-03"), quantity: Quantity::ONE, note: String::new() };
        let none = Quantity::from_hundredths(0);
        let refused = check_record(&member, (&order, period), (&day_club(), none), &new, day("2026-11-10"));
        assert_eq!(refused, Err(Refusal::NotTheProvider));
        let fee = OrderLine { kind: OrderLineKind::Fee, provider: OrganisationId::new(3), ..day_club() };
        let refused = check_record(&member, (&order, period), (&fee, none), &new, day("2026-11-10"));
        assert_eq!(refused, Err(Refusal::Fee));
    }

    #[test]
    fn the_person_answers_and_nobody_answers_for_their_own_provider() {
        let person = Actor::for_test(Some(PersonId::new(9)), vec![], vec![]);
        assert!(may_answer(&person, PersonId::new(9), OrganisationId::new(2)).is_ok());
        assert_eq!(may_answer(&person, PersonId::new(8), OrganisationId::new(2)), Err(Refusal::NotForThem));
        assert_eq!(
            may_answer(&worker_of(2), PersonId::new(9), OrganisationId::new(2)),
            Err(Refusal::OwnDelivery),
            "even where it is their own support"
        );
    }

    #[test]
    fn four_days_are_worth_the_line() {
        let line = day_club();
        let days: Vec<Pence> = (0..4).map(|before| value(&line, Quantity::whole(before), Quantity::ONE)).collect();
        assert_eq!(days, vec![Pence::parse("64.80").unwrap(); 4]);
    }

    fn half_hours(quantity: i64) -> PricePart {
        PricePart {
            words: "At any time".to_owned(),
            unit: "minute".to_owned(),
            quantity: Quantity::whole(20 * quantity),
            base: Quantity::whole(60),
            price: UnitPrice::parse("25.00").unwrap(),
        }
    }

    fn ordered_by_times() -> OrderLine {
        let start = chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap();
        let days = crate::directory::BandDays::Every;
        let visit = crate::packages::PlannedVisit { days, start, minutes: 20, staff: 1, miles: Quantity::default() };
        let times = crate::packages::Times { visits: vec![visit], parts: vec![half_hours(7)], averages: vec![] };
        let (net, budget) = (Pence::parse("58.33").unwrap(), Pence::parse("70.00").unwrap());
        OrderLine { net, budget, times, ..day_club() }
    }

    fn visited(id: i64, day: u32) -> Delivery {
        let starts = crate::packages::rules::times::begins(
            NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
            chrono::NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
        );
        let visit = Visit { starts, minutes: 20, staff: 1, miles: Quantity::default() };
        let charge = Charge { parts: vec![half_hours(1)], percent: 100, reason: String::new() };
        let became = crate::directory::Became::GIVEN;
        let kept = crate::deliveries::DeliveredVisit {
            visit,
            became,
            charge,
            rate: crate::ids::RateId::new(1),
            agreed: false,
        };
        Delivery {
            id: crate::ids::DeliveryId::new(id),
            line: OrderLineId::new(1),
            order: OrderId::new(1),
            fund: FundId::new(1),
            provider: OrganisationId::new(2),
            on: calendar::london(starts).date(),
            quantity: Quantity::from_hundredths(33),
            note: String::new(),
            status: DeliveryStatus::Confirmed,
            value: None,
            query_reason: None,
            invoice: None,
            authority: None,
            version: 1,
            visit: Some(kept),
        }
    }

    #[test]
    fn visits_are_worth_what_was_ordered_to_the_penny_and_no_more() {
        // domain.md trap 16: seven visits of 20 minutes at 25.00 an hour come to 58.33 together, and 70.00 with VAT.
        let (line, mut before, mut worth) = (ordered_by_times(), vec![], Pence::ZERO);
        for day in 2..9 {
            let found = visited(i64::from(day), day);
            worth += super::worth(&line, &before, &found);
            before.push(found);
        }
        assert_eq!(worth, line.budget);
        let member = worker_of(2).provider_member().unwrap();
        let (order, period) = order();
        let more = visited(9, 9).visit.unwrap();
        let new = NewVisit { visit: more.visit, became: more.became, note: String::new() };
        let now = calendar::from_london(day("2026-11-10").and_time(chrono::NaiveTime::MIN)).unwrap();
        let tried = |before: &[Delivery], new: &NewVisit| {
            check_visit(
                &member,
                (&order, period),
                (&line, before),
                (new, (&more.charge, true)),
                (now, day("2026-11-10")),
            )
        };
        let refused = tried(&before, &new).unwrap_err();
        assert_eq!((refused.field(), matches!(refused, Refusal::MoreMoneyThanLeft { .. })), (Some("minutes"), true));
        assert_eq!(tried(&before[..6], &new), Ok(()));
        let again = NewVisit { visit: before[0].visit.as_ref().unwrap().visit, ..new };
        assert_eq!(tried(&before[..6], &again), Err(Refusal::SameTime));
    }

    /// A visit that a provider records on 2 November, at a time and so long, and what becomes of it.
    fn new_visit(start: &str, minutes: u32, became: crate::directory::Became) -> NewVisit {
        let starts = times::begins(day("2026-11-02"), calendar::parse_time(start).unwrap());
        NewVisit { visit: Visit { starts, minutes, staff: 1, miles: Quantity::default() }, became, note: String::new() }
    }

    /// What is said to such a visit at ten in the morning, where some are recorded.
    fn recorded_at_ten(line: &OrderLine, before: &[Delivery], new: &NewVisit) -> String {
        let member = worker_of(2).provider_member().unwrap();
        let (order, period) = order();
        let now = times::begins(day("2026-11-02"), calendar::parse_time("10am").unwrap());
        let charge = Charge { parts: vec![half_hours(1)], percent: 100, reason: String::new() };
        check_visit(&member, (&order, period), (line, before), (new, (&charge, true)), (now, day("2026-11-02")))
            .map_or_else(|refusal| refusal.to_string(), |()| "recorded".to_owned())
    }

    #[test]
    fn what_is_said_of_a_visit_has_happened() {
        use crate::directory::Became;
        let line = ordered_by_times();
        let tried = |start: &str, minutes, became| recorded_at_ten(&line, &[], &new_visit(start, minutes, became));
        assert_eq!(tried("9:40am", 20, Became::GIVEN), "recorded", "it ends now");
        assert_eq!(
            tried("9:40am", 21, Became::GIVEN),
            "This visit would end on Monday 2 November 2026 at 10:01am, which has not come yet. Record it when it has ended."
        );
        assert_eq!(tried("9:40am", 21, Became { outcome: Outcome::NobodyThere, ..Became::GIVEN }), "recorded");
        let hospital = |since| Became { outcome: Outcome::Hospital, hospital_since: Some(day(since)), ..Became::GIVEN };
        assert_eq!(tried("9pm", 20, hospital("2026-11-02")), "recorded", "of a visit to come");
        let refused = tried("9pm", 20, hospital("2026-11-03"));
        assert!(refused.starts_with("Enter 2 November 2026 or a day before"), "{refused}");
    }

    #[test]
    fn a_visit_overlaps_no_other_that_was_given_unless_two_are_ordered_at_once() {
        use crate::directory::Became;
        let mut line = ordered_by_times();
        let before = |status, outcome| {
            let mut found = Delivery { status, ..visited(1, 2) };
            found.visit.as_mut().unwrap().became.outcome = outcome;
            found
        };
        let given = before(DeliveryStatus::Recorded, Outcome::Given);
        let tried = |line: &OrderLine, before: &[Delivery], start: &str| {
            recorded_at_ten(line, before, &new_visit(start, 20, Became::GIVEN))
        };
        for (start, free) in [("8:40am", true), ("8:41am", false), ("9:19am", false), ("9:20am", true)] {
            assert_eq!(tried(&line, std::slice::from_ref(&given), start) == "recorded", free, "{start}");
        }
        assert_eq!(
            tried(&line, std::slice::from_ref(&given), "9:10am"),
            "A visit that was given on Monday 2 November 2026 at 9am until 9:20am is recorded already, and this one overlaps \
             it. Enter the times as they were, or withdraw that one first, if it is wrong."
        );
        assert!(tried(&line, std::slice::from_ref(&given), "9am").starts_with("A visit that began then"));
        assert_eq!(tried(&line, &[before(DeliveryStatus::Withdrawn, Outcome::Given)], "9am"), "recorded");
        assert_eq!(tried(&line, &[before(DeliveryStatus::Recorded, Outcome::Missed)], "9:10am"), "recorded");
        // Two are ordered at once, and no third.
        line.times.visits.push(line.times.visits[0]);
        assert_eq!(tried(&line, std::slice::from_ref(&given), "9am"), "recorded");
        assert_eq!(tried(&line, std::slice::from_ref(&given), "9:10am"), "recorded");
        assert!(tried(&line, &[given.clone(), visited(2, 2)], "9am").starts_with("A visit that began then"));
        assert!(tried(&line, &[given, visited(2, 2)], "9:10am").starts_with("A visit that was given on"));
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_line(budget in 1_i64..10_000_000, parts in prop::collection::vec(1_i64..5_000, 1..30)) {
            let whole: i64 = parts.iter().sum();
            let line = OrderLine { budget: Pence::from_pence(budget), quantity: Quantity::from_hundredths(whole), ..day_club() };
            let mut before = 0;
            let mut sum = Pence::ZERO;
            for part in parts {
                let worth = value(&line, Quantity::from_hundredths(before), Quantity::from_hundredths(part));
                prop_assert!(!worth.is_negative());
                sum += worth;
                before += part;
            }
            prop_assert_eq!(sum, line.budget);
        }
    }

    #[test]
    fn a_person_reads_that_they_answered_themself() {
        let mary = PersonId::new(7);
        let own = Actor::for_test(Some(mary), vec![], vec![]).acting_for::<Approve>(mary).unwrap().authority();
        assert_eq!([false, true].map(|reads_own| answered_by(&own, reads_own)), ["the person", "you"]);
        let carer = "carer under mandate 5";
        assert_eq!([false, true].map(|reads_own| answered_by(carer, reads_own)), [carer; 2]);
    }
}
