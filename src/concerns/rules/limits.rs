//! By when a complaint is acknowledged and answered: rows with dates and sources, because law and practice change.

use chrono::{Days, NaiveDate};

use crate::calendar;
use crate::concerns::Deadlines;

/// What must be done in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Say that it was received.
    Acknowledge,
    /// Say so at the very latest.
    AcknowledgeAtLatest,
    /// Answer.
    Answer,
}

/// How long somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// So many working days after the day on which it came.
    WorkingDays(u32),
    /// So many days that begin with the day on which it came.
    DaysFrom(u64),
}

/// A limit that holds from a date until the next row of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// For what.
    pub step: Step,
    /// Year, month and day from which it holds.
    from: (i32, u32, u32),
    /// How long.
    pub span: Span,
    /// In words: "3 working days".
    pub words: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

/// Oldest first in each step.
const LIMITS: &[Limit] = &[
    Limit {
        step: Step::Acknowledge,
        from: (2009, 4, 1),
        span: Span::WorkingDays(3),
        words: "3 working days",
        source: "The law for councils: the Local Authority Social Services and National Health Service Complaints \
                 (England) Regulations 2009, regulation 13. Our practice for everybody else.",
    },
    Limit {
        step: Step::AcknowledgeAtLatest,
        from: (2009, 4, 1),
        span: Span::DaysFrom(30),
        words: "30 days",
        source: "Our practice.",
    },
    Limit {
        step: Step::AcknowledgeAtLatest,
        from: (2026, 6, 19),
        span: Span::DaysFrom(30),
        words: "30 days",
        source: "The law for everybody, where it is about what was done with information about you: the Data Protection \
                 Act 2018, section 164A, from the Data (Use and Access) Act 2025, section 103. Our practice for the rest.",
    },
    Limit {
        step: Step::Answer,
        from: (2009, 4, 1),
        span: Span::WorkingDays(10),
        words: "10 working days",
        source: "Our practice. The law gives councils up to 6 months: the Regulations of 2009, regulation 14.",
    },
];

impl Limit {
    /// Whether it holds on a date.
    fn holds(&self, on: NaiveDate) -> bool {
        let (year, month, day) = self.from;
        NaiveDate::from_ymd_opt(year, month, day).is_some_and(|from| from <= on)
    }

    /// The last day, for what came on a date.
    #[must_use]
    pub fn last_day(&self, came: NaiveDate) -> NaiveDate {
        match self.span {
            Span::WorkingDays(days) => calendar::working_days_after(came, days),
            Span::DaysFrom(days) => came + Days::new(days.saturating_sub(1)),
        }
    }
}

/// The limit of a step that holds for what comes on a date; nothing for a date before all rows.
#[must_use]
pub fn limit(step: Step, came: NaiveDate) -> Option<&'static Limit> {
    LIMITS.iter().rfind(|limit| limit.step == step && limit.holds(came))
}

/// The last days for a complaint that comes to somebody on a date.
#[must_use]
pub fn deadlines(came: NaiveDate) -> Deadlines {
    let last = |step| limit(step, came).map_or(came, |limit| limit.last_day(came));
    Deadlines {
        acknowledge_by: last(Step::Acknowledge),
        acknowledge_at_latest: last(Step::AcknowledgeAtLatest),
        answer_by: last(Step::Answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    #[test]
    fn last_days_leave_out_weekends_and_bank_holidays_where_working_days_count() {
        let came = deadlines(day("2026-12-21"));
        assert_eq!(came.acknowledge_by, day("2026-12-24"));
        assert_eq!(came.acknowledge_at_latest, day("2027-01-19"), "the first of 30 days is the day on which it came");
        assert_eq!(came.answer_by, day("2027-01-07"), "25 and 28 December and 1 January do not count");
    }

    #[test]
    fn each_row_names_its_source_from_its_date() {
        let source = |on: &str| limit(Step::AcknowledgeAtLatest, day(on)).unwrap().source;
        assert_eq!(source("2026-06-18"), "Our practice.");
        assert!(source("2026-06-19").contains("section 164A"));
        assert!(limit(Step::Acknowledge, day("2026-11-02")).unwrap().source.contains("regulation 13"));
    }
}
