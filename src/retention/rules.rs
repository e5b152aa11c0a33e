//! The rules of retention as data, what follows from them for a person, and when something may be erased.

use chrono::{Months, NaiveDate};

use super::{Erasure, Facts, Ground, Hold, Rule};

/// One clock: what it is about, how long, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What is kept.
    pub what: &'static str,
    /// How long, in months.
    pub months: u32,
    /// After what.
    pub after: &'static str,
    /// From which day the rule holds.
    pub since: NaiveDate,
    /// Where it comes from.
    pub source: &'static str,
}

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// The clocks, each with the day from which it holds; a rule that changes gets a new row (domain reference 10).
pub const CLOCKS: [Clock; 4] = [CASE_RECORD, INITIAL_CONTACT, PROVIDER_RECORD, ACCOUNTING];

/// The record of somebody who had support.
const CASE_RECORD: Clock = Clock {
    what: "The case record: who the person is, needs, plan, agreements, notes",
    months: 8 * 12,
    after: "the support ended",
    since: day(2021, 8, 1),
    source: "NHS Records Management Code of Practice; councils’ schedules, such as Blackpool’s",
};

/// The record of somebody who asked once.
const INITIAL_CONTACT: Clock = Clock {
    what: "The record of a first contact that led to no support",
    months: 2 * 12,
    after: "the first contact",
    since: day(2021, 8, 1),
    source: "Councils’ schedules, such as Blackpool’s",
};

/// What providers recorded of support that was given.
const PROVIDER_RECORD: Clock = Clock {
    what: "What providers recorded of support that was given",
    months: 6 * 12,
    after: "the support was given",
    since: day(2010, 1, 1),
    source: "Manchester’s guidance: three years at least, six advised",
};

/// Invoices and the books.
const ACCOUNTING: Clock = Clock {
    what: "Invoices, credit notes, VAT and the books",
    months: 6 * 12,
    after: "the invoice was issued",
    since: day(1995, 10, 20),
    source: "VAT Act 1994 Schedule 11 paragraph 6; HMRC Notice 700/21",
};

/// Why something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A hold stands against it.
    #[error("A legal hold stands against it. Lift the hold first.")]
    OnHold,
    /// Its time is not over.
    #[error("The time of this record is not over. Choose the other ground if the person has asked for it.")]
    NotDue,
    /// Support goes on, or a fund is open.
    #[error("A fund is open. While support goes on, the council needs the record for its duty.")]
    GoesOn,
    /// A complaint or a safeguarding concern is open: one sentence for both, so that nobody learns of a concern by it.
    #[error(
        "Something is still open about this person, such as a complaint. The record stays until it is closed. Ask whoever \
         is responsible for data protection at your council."
    )]
    SomethingOpen,
    /// The reference that was typed is another one.
    #[error("Type the reference of the person whose record is erased.")]
    OtherReference,
}

impl Refusal {
    /// The field that it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::OtherReference => "reference",
            Self::NotDue => "ground",
            Self::OnHold | Self::GoesOn | Self::SomethingOpen => "",
        }
    }
}

fn later(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The day on which support ended: the last day of the last fund or of support that was given; nothing while a fund goes on
/// or when there was none.
#[must_use]
pub fn support_ended(facts: &Facts) -> Option<NaiveDate> {
    if facts.funds.iter().any(Option::is_none) {
        return None;
    }
    facts.funds.iter().flatten().copied().max().map(|ended| facts.last_support.map_or(ended, |last| last.max(ended)))
}

/// By which rule and from which day a record's time is over; nothing while nobody can say.
#[must_use]
pub fn due(facts: &Facts) -> Option<(Rule, NaiveDate)> {
    if facts.funds.is_empty() {
        let contact = !facts.had_budget;
        return contact.then(|| (Rule::InitialContact, later(facts.recorded_on, INITIAL_CONTACT.months)));
    }
    support_ended(facts).map(|ended| (Rule::CaseRecord, later(ended, CASE_RECORD.months)))
}

/// Until when each kind of thing is kept, for the page: what, until when, and why.
#[must_use]
pub fn kept(facts: &Facts) -> Vec<(Clock, Option<NaiveDate>)> {
    let record = match due(facts) {
        Some((Rule::InitialContact, day)) => (INITIAL_CONTACT, Some(day)),
        Some((Rule::CaseRecord, day)) => (CASE_RECORD, Some(day)),
        None => (CASE_RECORD, None),
    };
    let mut kept = vec![record];
    kept.extend(facts.last_support.map(|last| (PROVIDER_RECORD, Some(later(last, PROVIDER_RECORD.months)))));
    kept.extend(facts.last_invoice.map(|last| (ACCOUNTING, Some(later(last, ACCOUNTING.months)))));
    kept
}

/// Whether an invoice must still be kept whole on a day, with its paper and its addressee.
#[must_use]
pub fn accounting_needs(issued_on: NaiveDate, today: NaiveDate) -> bool {
    today < later(issued_on, ACCOUNTING.months)
}

/// Whether a record may be erased on a day: not while a hold stands or a fund is open, and when its time is over unless the
/// person asked.
///
/// # Errors
/// When it may not.
pub fn check_erasure(facts: &Facts, holds: &[Hold], ground: Ground, today: NaiveDate) -> Result<(), Refusal> {
    if holds.iter().any(|hold| hold.lifted.is_none()) {
        return Err(Refusal::OnHold);
    }
    if facts.funds.iter().any(Option::is_none) {
        return Err(Refusal::GoesOn);
    }
    if facts.something_open {
        return Err(Refusal::SomethingOpen);
    }
    let over = due(facts).is_some_and(|(_, day)| day <= today);
    if ground == Ground::Due && !over { Err(Refusal::NotDue) } else { Ok(()) }
}

/// What a page says of erasures.
#[must_use]
pub fn erased_words(erasures: &[Erasure]) -> Option<&'static str> {
    (!erasures.is_empty()).then_some(
        "The record was erased: names, addresses, needs, notes, the sign-in and the papers are gone. Amounts, dates, the \
         reference and the fingerprints of the papers stay.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::HoldId;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facts(funds: Vec<Option<NaiveDate>>) -> Facts {
        Facts {
            recorded_on: day("2018-01-10"),
            funds,
            had_budget: false,
            last_invoice: None,
            last_support: None,
            something_open: false,
        }
    }

    #[test]
    fn a_case_record_is_kept_eight_years_after_the_support_ended() {
        assert_eq!(due(&facts(vec![None])), None, "support goes on");
        assert_eq!(due(&facts(vec![Some(day("2018-05-31")), None])), None, "another fund goes on");
        let ended = facts(vec![Some(day("2018-05-31")), Some(day("2018-02-28"))]);
        assert_eq!(due(&ended), Some((Rule::CaseRecord, day("2026-05-31"))));
        let after = Facts { last_support: Some(day("2018-06-02")), ..ended };
        assert_eq!(due(&after), Some((Rule::CaseRecord, day("2026-06-02"))));
    }

    #[test]
    fn a_first_contact_is_kept_two_years() {
        assert_eq!(due(&facts(vec![])), Some((Rule::InitialContact, day("2020-01-10"))));
        assert_eq!(due(&Facts { had_budget: true, ..facts(vec![]) }), None, "a budget was agreed: support may begin");
    }

    #[test]
    fn invoices_have_a_clock_of_their_own() {
        assert!(accounting_needs(day("2020-11-03"), day("2026-11-02")));
        assert!(!accounting_needs(day("2020-11-02"), day("2026-11-02")));
        let both = Facts { last_invoice: Some(day("2025-01-01")), ..facts(vec![Some(day("2018-05-31"))]) };
        assert_eq!(kept(&both).last().map(|(_, until)| *until), Some(Some(day("2031-01-01"))));
    }

    #[test]
    fn nothing_is_erased_against_a_hold_or_before_its_time() {
        let today = day("2026-11-02");
        let hold =
            Hold { id: HoldId::new(1), reason: String::new(), from: today, authority: String::new(), lifted: None };
        let over = facts(vec![Some(day("2018-05-31"))]);
        assert_eq!(check_erasure(&over, &[], Ground::Due, today), Ok(()));
        assert_eq!(check_erasure(&over, &[hold], Ground::Due, today), Err(Refusal::OnHold));
        let open = Facts { something_open: true, ..over };
        assert_eq!(check_erasure(&open, &[], Ground::Due, today), Err(Refusal::SomethingOpen));
        let early = facts(vec![Some(day("2019-05-31"))]);
        assert_eq!(check_erasure(&early, &[], Ground::Due, today), Err(Refusal::NotDue));
        assert_eq!(check_erasure(&early, &[], Ground::Request, today), Ok(()));
        assert_eq!(check_erasure(&facts(vec![None]), &[], Ground::Request, today), Err(Refusal::GoesOn));
    }
}
