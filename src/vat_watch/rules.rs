//! What of a provider's VAT somebody should look at, by the numbers of the domain reference, 4.1, 4.5 and 4.8.

use chrono::{Months, NaiveDate};

use super::{Alert, AlertKind, Billed, Cause, Watched};
use crate::calendar;
use crate::directory::LostLocation;
use crate::money::Pence;
use crate::people::rules::vat_on;
use crate::people::{VatRegistration, VatStatus};
use crate::vat::rates::{must_register, registration_threshold, taxable_turnover};
use crate::vat::{CharityStatus, Class, Recipient};

/// From which share of the threshold on its nearness is told, in hundredths.
const NEAR: i64 = 85;
/// For how long sales count towards the threshold.
pub const COUNTED: Months = Months::new(12);

/// Why an alert cannot be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has ended.
    #[error("This has ended already.")]
    Ended,
}

/// Whether an alert may be ended with a reason.
///
/// # Errors
/// When it has ended.
pub fn check_ending(alert: &Alert) -> Result<(), Refusal> {
    if alert.ended.is_some() { Err(Refusal::Ended) } else { Ok(()) }
}

/// The subject of the mail about something to look at: “VAT: near the VAT threshold”.
#[must_use]
pub fn subject(kind: AlertKind) -> String {
    let words = kind.words();
    if words.starts_with("VAT") {
        return format!("VAT: {words}");
    }
    let mut letters = words.chars();
    let small: String = letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default();
    format!("VAT: {small}")
}

/// Whether what has ended is answered: a reason answers it, about the threshold for as long as the sales of its day count.
#[must_use]
pub fn is_settled(kind: AlertKind, with_reason: bool, ended_on: NaiveDate, today: NaiveDate) -> bool {
    let rolls = matches!(kind, AlertKind::ThresholdNear | AlertKind::ThresholdOver);
    let is_over = ended_on.checked_add_months(COUNTED).is_some_and(|last| last < today);
    with_reason && !(rolls && is_over)
}

/// Whether councils whose people a provider supports are told as well: of what it has lost, not of how much it sells.
#[must_use]
pub const fn concerns_councils(kind: AlertKind) -> bool {
    matches!(kind, AlertKind::RegistrationLost | AlertKind::CharityRemoved | AlertKind::RegulationLost)
}

/// Everything that somebody should look at today.
#[must_use]
pub fn causes(watched: &Watched, today: NaiveDate) -> Vec<Cause> {
    let mut found = vec![];
    found.extend(registration_lost(&watched.statements, today));
    found.extend(charity_removed(&watched.statements, today));
    found.extend(regulation_lost(watched, today));
    found.extend(threshold(watched, today));
    for cause in watched.billed.iter().filter_map(wrongly_billed) {
        // One for an invoice, however many of its lines are wrong.
        if !found.iter().any(|known| known.key == cause.key) {
            found.push(cause);
        }
    }
    found
}

fn cause(kind: AlertKind, which: impl std::fmt::Display, says: String) -> Cause {
    Cause { kind, key: format!("{} {which}", kind.code()), service: None, invoice: None, says }
}

/// Since when something that was so before is not any more: the first statement after the last one that still said it.
fn lost_since(
    statements: &[VatRegistration],
    today: NaiveDate,
    is_so: impl Fn(&VatRegistration) -> bool,
) -> Option<NaiveDate> {
    let holds = vat_on(statements, today).filter(|holds| !is_so(holds))?;
    let begun = statements.iter().filter(|statement| statement.from <= holds.from);
    let begun: Vec<&VatRegistration> = begun.collect();
    let last = begun.iter().rposition(|statement| is_so(statement))?;
    begun.get(last + 1).map(|statement| statement.from)
}

fn registration_lost(statements: &[VatRegistration], today: NaiveDate) -> Option<Cause> {
    let since = lost_since(statements, today, |said| said.status == VatStatus::Registered)?;
    let says = format!(
        "The provider is no longer registered for VAT from {} on. It may not show or charge VAT, and cannot get back the VAT \
         on what it buys: look at every price.",
        calendar::full(since)
    );
    Some(cause(AlertKind::RegistrationLost, since, says))
}

fn charity_removed(statements: &[VatRegistration], today: NaiveDate) -> Option<Cause> {
    let is_charity = |said: &VatRegistration| {
        matches!(said.charity, Some(CharityStatus::Registered | CharityStatus::ExemptOrExcepted))
    };
    let since = lost_since(statements, today, is_charity)?;
    let says = format!(
        "The provider is no longer a charity from {} on. Its welfare services are exempt from VAT only where it is regulated \
         for them: look at the VAT class of every service.",
        calendar::full(since)
    );
    Some(cause(AlertKind::CharityRemoved, since, says))
}

fn regulation_lost(watched: &Watched, today: NaiveDate) -> Vec<Cause> {
    let stated = lost_since(&watched.statements, today, |said| said.regulated == Some(true));
    let (since, how) = match (&watched.lost, stated) {
        (Some(LostLocation { name, since, is_missing: true }), _) => {
            (*since, format!("{name} is not on the regulator’s register any more"))
        }
        (Some(LostLocation { name, since, .. }), _) => (*since, format!("the register says that {name} is closed")),
        (None, Some(since)) => (Some(since), "the provider says that it is regulated no more".to_owned()),
        (None, None) => return vec![],
    };
    let day = since.map(|day| format!(" from {} on", calendar::full(day))).unwrap_or_default();
    let one = |(service, name): &(crate::ids::ServiceId, String)| Cause {
        service: Some(*service),
        ..cause(
            AlertKind::RegulationLost,
            format!("{service} {}", since.map(|day| day.to_string()).unwrap_or_default()),
            format!(
                "“{name}” is said to be inside a regulated activity, but {how}{day}. Look at what it is for VAT \
                 without the registration; it may not be offered where the law asks for one."
            ),
        )
    };
    watched.claims.iter().map(one).collect()
}

/// The taxable sales of twelve months on this platform, of who is not registered: near the threshold, or above it. Exactly the
/// threshold is not above it.
fn threshold(watched: &Watched, today: NaiveDate) -> Option<Cause> {
    if vat_on(&watched.statements, today).is_some_and(|said| said.status == VatStatus::Registered) {
        return None;
    }
    let sold = taxable_turnover(&watched.sales);
    let most = registration_threshold(today).ok()?;
    let sums = format!("taxable sales of twelve months on this platform are {sold}; the threshold is {most}");
    if must_register(sold, today).ok()? {
        let says = format!(
            "The provider’s {sums}. It must tell HM Revenue and Customs (the tax authority) within 30 days of the end of the \
             month and be registered. Sales elsewhere count too."
        );
        return Some(cause(AlertKind::ThresholdOver, most, says));
    }
    near(sold, most).then(|| {
        let says = format!("The provider’s {sums}. Who exceeds it must register for VAT. Sales elsewhere count too.");
        cause(AlertKind::ThresholdNear, most, says)
    })
}

fn near(sold: Pence, most: Pence) -> bool {
    i128::from(sold.pence()) * 100 >= i128::from(most.pence()) * i128::from(NEAR)
}

/// Whether VAT is charged on a class on a day, as far as that is known; goods depend on a declaration and are left alone.
fn is_taxed(class: Class, day: NaiveDate) -> Option<bool> {
    let treatment = class.treatment(true, Recipient::Person, day).ok().filter(|_| class != Class::G)?;
    Some(treatment.rate.basis_points() > 0)
}

/// What is wrong with the VAT of what was billed, for as long as anything of it is not credited.
fn wrongly_billed(line: &Billed) -> Option<Cause> {
    let due = is_taxed(line.then?, line.day)?;
    // What was billed as goods is left alone as well.
    is_taxed(line.class, line.day)?;
    let is_charged = line.charged > Pence::ZERO;
    let (net_left, vat_left) = line.left;
    if net_left <= Pence::ZERO {
        return None;
    }
    let (number, what, then) = (line.number, &line.what, line.then?.words().to_lowercase());
    let (kind, says) = match (is_charged, due) {
        (true, false) if vat_left > Pence::ZERO => (
            AlertKind::ChargedOnExempt,
            format!(
                "Invoice {number} charges VAT of {} on “{what}”, on which none is due ({then}). Credit it and bill it again.",
                line.charged
            ),
        ),
        (false, true) => (
            AlertKind::NoneOnTaxable,
            format!(
                "Invoice {number} charges no VAT on “{what}”, on which it is due ({then}). The provider owes it all the \
                 same: credit it and bill it again."
            ),
        ),
        _ => return None,
    };
    Some(Cause { invoice: Some((line.invoice, line.council)), ..cause(kind, line.invoice, says) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{InvoiceId, OrganisationId, ServiceId};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn today() -> NaiveDate {
        day("2026-11-21")
    }

    fn pence(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn said(status: VatStatus, from: &str) -> VatRegistration {
        VatRegistration {
            charity: Some(CharityStatus::NotACharity),
            regulated: Some(false),
            ..VatRegistration::new(status, None, day(from))
        }
    }

    fn kinds(watched: &Watched) -> Vec<AlertKind> {
        causes(watched, today()).into_iter().map(|cause| cause.kind).collect()
    }

    fn sold(sales: &[(Class, Pence)]) -> Watched {
        let statements = vec![said(VatStatus::NotRegistered, "2024-01-01")];
        Watched { statements, sales: sales.to_vec(), ..Watched::default() }
    }

    #[test]
    fn a_mail_is_called_by_what_it_is_about() {
        assert_eq!(subject(AlertKind::ThresholdNear), "VAT: near the VAT threshold");
        assert_eq!(subject(AlertKind::ChargedOnExempt), "VAT: VAT charged where none is due");
        assert_eq!(subject(AlertKind::NoneOnTaxable), "VAT: no VAT charged where it is due");
    }

    /// Domain reference, example 10 and trap 22: “exceeds”, rolling, taxable only.
    #[test]
    fn the_threshold_is_told_at_85_per_cent_and_above_it() {
        let told = |text: &str| kinds(&sold(&[(Class::A, pence(text)), (Class::C0, pence("200000.00"))]));
        assert_eq!(told("76499.99"), []);
        assert_eq!(told("76500.00"), [AlertKind::ThresholdNear]);
        assert_eq!(told("90000.00"), [AlertKind::ThresholdNear], "exactly the threshold is not above it");
        assert_eq!(told("90000.01"), [AlertKind::ThresholdOver]);
        let mut months = vec![(Class::A, pence("7500.00")); 12];
        assert_eq!(kinds(&sold(&months)), [AlertKind::ThresholdNear]);
        months.push((Class::A, pence("0.01")));
        assert_eq!(kinds(&sold(&months)), [AlertKind::ThresholdOver]);
        let registered = Watched {
            statements: vec![said(VatStatus::Registered, "2024-01-01")],
            ..sold(&[(Class::D, pence("1000000.00"))])
        };
        assert_eq!(kinds(&registered), [], "who is registered has no threshold to watch");
        let before = causes(&sold(&[(Class::A, pence("85000.01"))]), day("2024-03-31"));
        assert_eq!(before[0].kind, AlertKind::ThresholdOver, "£85,000 until 31 March 2024");
    }

    #[test]
    fn a_reason_answers_the_threshold_for_twelve_months_and_anything_else_for_ever() {
        let settled = |kind, with_reason, now: &str| is_settled(kind, with_reason, day("2026-11-04"), day(now));
        for kind in [AlertKind::ThresholdNear, AlertKind::ThresholdOver] {
            assert!(settled(kind, true, "2027-11-04") && !settled(kind, true, "2027-11-05"));
            assert!(!settled(kind, false, "2026-11-05"), "what was gone comes again");
        }
        assert!(settled(AlertKind::RegulationLost, true, "2036-11-05"));
        assert!(!settled(AlertKind::RegulationLost, false, "2026-11-05"));
    }

    #[test]
    fn what_was_lost_is_told_from_its_day_until_it_is_there_again() {
        let mut watched = Watched {
            statements: vec![
                said(VatStatus::Registered, "2025-01-01"),
                said(VatStatus::NotRegistered, "2026-11-01"),
                said(VatStatus::NotRegistered, "2026-11-10"),
            ],
            ..Watched::default()
        };
        assert_eq!(causes(&watched, day("2026-10-31")), []);
        let lost = causes(&watched, today());
        assert_eq!(lost[0].key, "registration_lost 2026-11-01", "the same cause, however often it is said");
        watched.statements.push(said(VatStatus::Registered, "2026-11-15"));
        assert_eq!(kinds(&watched), []);
        let charity =
            |status, from: &str| VatRegistration { charity: Some(status), ..said(VatStatus::Registered, from) };
        watched.statements =
            vec![charity(CharityStatus::Registered, "2025-01-01"), charity(CharityStatus::NotACharity, "2026-11-01")];
        assert_eq!(kinds(&watched), [AlertKind::CharityRemoved]);
    }

    #[test]
    fn a_service_that_claims_to_be_regulated_needs_a_registration() {
        let lost = LostLocation { name: "Riverside".to_owned(), since: Some(day("2026-11-01")), is_missing: false };
        let mut watched = Watched { lost: Some(lost.clone()), ..Watched::default() };
        assert_eq!(kinds(&watched), [], "nothing is claimed");
        watched.claims = vec![(ServiceId::new(3), "Care at home".to_owned())];
        let found = causes(&watched, today());
        assert_eq!((found[0].kind, found[0].service), (AlertKind::RegulationLost, Some(ServiceId::new(3))));
        assert!(found[0].says.contains("the register says that Riverside is closed from 1 November 2026 on"));
        watched.lost = Some(LostLocation { is_missing: true, ..lost });
        let missing = causes(&watched, today());
        assert_eq!(missing[0].key, found[0].key, "closed and then missing is one cause");
        assert!(missing[0].says.contains("Riverside is not on the regulator’s register any more from 1 November"));
        watched.lost = None;
        assert_eq!(kinds(&watched), []);
    }

    /// Domain reference, trap 5: care 264.00 is exempt, the day club 108.00 bears 21.60.
    #[test]
    fn an_invoice_is_told_when_its_vat_is_not_what_its_service_bears() {
        let line = |class, charged: &str, then| Billed {
            invoice: InvoiceId::new(7),
            number: 12,
            council: OrganisationId::new(1),
            what: "A day".to_owned(),
            day: today(),
            class,
            charged: pence(charged),
            left: (pence("108.00"), pence(charged)),
            then,
        };
        let told = |one: Billed| wrongly_billed(&one).map(|cause| cause.kind);
        assert_eq!(told(line(Class::C, "0.00", Some(Class::C))), None);
        assert_eq!(told(line(Class::D, "21.60", Some(Class::D))), None);
        assert_eq!(told(line(Class::D, "21.60", Some(Class::C))), Some(AlertKind::ChargedOnExempt));
        assert_eq!(told(line(Class::D, "21.60", Some(Class::A))), Some(AlertKind::ChargedOnExempt));
        assert_eq!(told(line(Class::A, "0.00", Some(Class::D))), Some(AlertKind::NoneOnTaxable));
        assert_eq!(told(line(Class::A, "0.00", None)), None, "what nobody knows is no fault");
        assert_eq!(told(line(Class::G, "0.00", Some(Class::D))), None);
        let twice = Watched { billed: vec![line(Class::A, "0.00", Some(Class::D)); 2], ..Watched::default() };
        assert_eq!(causes(&twice, today()).len(), 1);
        // A credit note ends it only when it has left nothing of what was wrong; what is right stays right.
        let left = |billed: Billed, net: &str, vat: &str| Billed { left: (pence(net), pence(vat)), ..billed };
        let exempt = || line(Class::D, "21.60", Some(Class::C));
        assert_eq!(told(left(exempt(), "107.99", "21.60")), Some(AlertKind::ChargedOnExempt), "a penny is not all");
        assert_eq!(told(left(exempt(), "0.05", "0.01")), Some(AlertKind::ChargedOnExempt));
        assert_eq!(told(left(exempt(), "0.01", "0.00")), None, "no VAT is left");
        assert_eq!(told(left(exempt(), "0.00", "0.01")), None, "how VAT is split over lines leaves a penny at most");
        let untaxed = || line(Class::A, "0.00", Some(Class::D));
        assert_eq!(told(left(untaxed(), "0.01", "0.00")), Some(AlertKind::NoneOnTaxable));
        assert_eq!(told(left(untaxed(), "0.00", "0.00")), None);
        assert_eq!(told(left(line(Class::D, "21.60", Some(Class::D)), "0.01", "0.00")), None, "VAT was charged");
    }
}
