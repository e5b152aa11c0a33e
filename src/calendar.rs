//! Dates, weeks, four-weekly periods and the time in Europe/London; [`Clock`], the only reader of the present.
//!
//! Instants are kept in UTC; what people see and type is the time on the clock in London.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
    Weekday,
};
use chrono_tz::Europe::London;
use serde::{Deserialize, Serialize};

use crate::money::Pence;

/// The years in which a typed date may lie: births of people served today to agreements of tomorrow.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// The months, in the order of the year.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Where the present comes from: the system in service, a stopped clock in tests and in the demo's story.
///
/// Cheap to clone; all clones of a stopped clock show the same time and move together.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Microseconds since 1970.
    Stopped(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the system.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that shows one instant until it is moved.
    pub fn stopped_at(instant: DateTime<Utc>) -> Clock {
        Clock(Source::Stopped(Arc::new(AtomicI64::new(instant.timestamp_micros()))))
    }

    /// Moves a stopped clock to another instant. The clock of the system cannot be moved and goes on.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Source::Stopped(micros) = &self.0 {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Moves a stopped clock on (or back) by a span. The clock of the system cannot be moved and goes on.
    pub fn advance(&self, span: TimeDelta) {
        if let (Source::Stopped(micros), Some(step)) = (&self.0, span.num_microseconds()) {
            micros.fetch_add(step, Ordering::SeqCst);
        }
    }

    /// The present instant, in whole microseconds: what both databases keep, so what is read back equals what was written.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            Source::System => Utc::now().timestamp_micros(),
            Source::Stopped(micros) => micros.load(Ordering::SeqCst),
        };
        // Only an instant some 290,000 years away could not be shown; it would become 1970.
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Today's date in London.
    pub fn today(&self) -> NaiveDate {
        london(self.now()).date()
    }
}

/// Why a typed date, time or period was refused. Its Display is the sentence to show beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// Nothing was typed.
    NoDate,
    /// The day is missing.
    NoDay,
    /// The month is missing.
    NoMonth,
    /// The year is missing.
    NoYear,
    /// The year is not written with four digits or is far away.
    NotAYear,
    /// It is not written as a date, or there is no such day.
    NotADate,
    /// The time does not exist on that day, because the clocks go forward.
    NoSuchTime,
    /// The end lies before the start.
    EndsBeforeStart,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CalendarError::NoDate => "Enter a date, like 2 November 2026",
            CalendarError::NoDay => "The date must include a day",
            CalendarError::NoMonth => "The date must include a month",
            CalendarError::NoYear => "The date must include a year",
            CalendarError::NotAYear => "The year must have 4 digits, from 1900 to 2200",
            CalendarError::NotADate => "Enter a real date, like 2 November 2026",
            CalendarError::NoSuchTime => "That time does not exist on that day: the clocks go forward from 1am to 2am",
            CalendarError::EndsBeforeStart => "The end must not be before the start",
        })
    }
}

impl std::error::Error for CalendarError {}

/// Reads a typed date: "2/11/2026" (day first), "2 November 2026", "2 Nov 2026" or "2026-11-02".
pub fn parse_date(text: &str) -> Result<NaiveDate, CalendarError> {
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [] => Err(CalendarError::NoDate),
        [year, month, day] if year.len() == 4 && text.contains('-') => date_from_parts(day, month, year),
        [day, month, year] => date_from_parts(day, month, year),
        _ => Err(CalendarError::NotADate),
    }
}

/// Reads a date typed into three fields; the month may be a number or a name.
pub fn date_from_parts(day: &str, month: &str, year: &str) -> Result<NaiveDate, CalendarError> {
    let (day, month, year) = (day.trim(), month.trim(), year.trim());
    match (day.is_empty(), month.is_empty(), year.is_empty()) {
        (true, true, true) => return Err(CalendarError::NoDate),
        (true, ..) => return Err(CalendarError::NoDay),
        (_, true, _) => return Err(CalendarError::NoMonth),
        (_, _, true) => return Err(CalendarError::NoYear),
        _ => {}
    }
    let day = small_number(day).ok_or(CalendarError::NotADate)?;
    let month = month_number(month).ok_or(CalendarError::NotADate)?;
    let digits_only = year.bytes().all(|byte| byte.is_ascii_digit());
    let year = year.parse().ok().filter(|number| year.len() == 4 && digits_only && YEARS.contains(number));
    NaiveDate::from_ymd_opt(year.ok_or(CalendarError::NotAYear)?, month, day).ok_or(CalendarError::NotADate)
}

/// A number of one or two digits.
fn small_number(text: &str) -> Option<u32> {
    let well_formed = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    if well_formed { text.parse().ok() } else { None }
}

/// A month from its number, its name, or the first three or more letters of its name.
fn month_number(text: &str) -> Option<u32> {
    let typed = text.to_ascii_lowercase();
    let named = |name: &&str| typed.len() >= 3 && name.to_ascii_lowercase().starts_with(&typed);
    small_number(text).or_else(|| (1..=12).zip(MONTHS.iter()).find(|(_, name)| named(name)).map(|(number, _)| number))
}

/// The name of a date's month.
fn month_name(date: NaiveDate) -> &'static str {
    MONTHS.get(date.month0() as usize).copied().unwrap_or_default()
}

/// The name of a day of the week: "Saturday".
pub const fn weekday_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

/// A date with its day of the week: "Saturday 21 November 2026".
pub fn long(date: NaiveDate) -> String {
    format!("{} {}", weekday_name(date.weekday()), full(date))
}

/// A date in full without its day of the week: "21 November 2026".
pub fn full(date: NaiveDate) -> String {
    format!("{} {} {}", date.day(), month_name(date), date.year())
}

/// A date for narrow columns: "21 Nov 2026".
pub fn short(date: NaiveDate) -> String {
    let month: String = month_name(date).chars().take(3).collect();
    format!("{} {month} {}", date.day(), date.year())
}

/// The days from one date to another without repeating what they share: "2 to 29 November 2026".
pub fn range(from: NaiveDate, to: NaiveDate) -> String {
    if from == to {
        full(from)
    } else if from.year() != to.year() {
        format!("{} to {}", full(from), full(to))
    } else if from.month() != to.month() {
        format!("{} {} to {}", from.day(), month_name(from), full(to))
    } else {
        format!("{} to {}", from.day(), full(to))
    }
}

/// A time of day as people say it: "9:30am", "9am", "midday", "midnight".
pub fn time(time: NaiveTime) -> String {
    match (time.hour(), time.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, minute) => {
            let (afternoon, hour) = time.hour12();
            let minutes = if minute == 0 { String::new() } else { format!(":{minute:02}") };
            format!("{hour}{minutes}{}", if afternoon { "pm" } else { "am" })
        }
    }
}

/// An instant as the clock in London showed it: "Saturday 21 November 2026 at 9:30am".
pub fn moment(instant: DateTime<Utc>) -> String {
    let local = london(instant);
    format!("{} at {}", long(local.date()), time(local.time()))
}

/// What the clock in London shows at an instant.
pub fn london(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&London).naive_local()
}

/// The instant at which the clock in London shows a time.
///
/// In the hour that comes twice in October it is the first one. A time in the hour that is left out in March is refused.
pub fn from_london(local: NaiveDateTime) -> Result<DateTime<Utc>, CalendarError> {
    match London.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Ok(instant.with_timezone(&Utc)),
        LocalResult::None => Err(CalendarError::NoSuchTime),
    }
}

/// The Monday of a date's week.
pub fn monday_of(date: NaiveDate) -> NaiveDate {
    let days = u64::from(date.weekday().num_days_from_monday());
    date.checked_sub_days(Days::new(days)).unwrap_or(date)
}

/// Days from a first to a last, both included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "TypedPeriod")]
pub struct Period {
    from: NaiveDate,
    to: NaiveDate,
}

/// A period as it arrives, before its order is checked.
#[derive(Deserialize)]
struct TypedPeriod {
    from: NaiveDate,
    to: NaiveDate,
}

impl TryFrom<TypedPeriod> for Period {
    type Error = CalendarError;

    fn try_from(typed: TypedPeriod) -> Result<Period, CalendarError> {
        Period::new(typed.from, typed.to)
    }
}

impl Period {
    /// The days from a first to a last date; refused where the last comes before the first.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Period, CalendarError> {
        if to < from { Err(CalendarError::EndsBeforeStart) } else { Ok(Period { from, to }) }
    }

    /// So many days from a first one; refused for none and beyond the calendar.
    pub fn of_days(from: NaiveDate, days: u32) -> Result<Period, CalendarError> {
        let last = days.checked_sub(1).ok_or(CalendarError::EndsBeforeStart)?;
        let to = from.checked_add_days(Days::new(u64::from(last))).ok_or(CalendarError::NotADate)?;
        Period::new(from, to)
    }

    /// So many weeks from a first day; refused for none and beyond the calendar.
    pub fn of_weeks(from: NaiveDate, weeks: u32) -> Result<Period, CalendarError> {
        Period::of_days(from, weeks.saturating_mul(7))
    }

    /// The first day.
    pub const fn from(self) -> NaiveDate {
        self.from
    }

    /// The last day, included.
    pub const fn to(self) -> NaiveDate {
        self.to
    }

    /// How many days, the first and the last included.
    pub fn days(self) -> i64 {
        (self.to - self.from).num_days() + 1
    }

    /// The weeks it consists of, counted from its first day; the last may be shorter.
    pub fn weeks(self) -> Vec<Period> {
        self.cut_into(7)
    }

    /// The four-weekly periods it consists of, counted from its first day; the last may be shorter.
    pub fn four_weekly(self) -> Vec<Period> {
        self.cut_into(28)
    }

    /// Pieces of so many days; the last may be shorter.
    fn cut_into(self, days: u64) -> Vec<Period> {
        let mut pieces = Vec::new();
        let mut next = Some(self.from);
        while let Some(from) = next.filter(|from| *from <= self.to) {
            next = from.checked_add_days(Days::new(days));
            let to = next.and_then(|after| after.pred_opt()).map_or(self.to, |last| last.min(self.to));
            pieces.push(Period { from, to });
        }
        pieces
    }

    /// Whether a day lies in it.
    pub fn contains(self, date: NaiveDate) -> bool {
        self.from <= date && date <= self.to
    }

    /// What a weekly amount comes to over these days: days / 7, rounded once; never months of four weeks or years of 52.
    pub fn of_weekly(self, weekly: Pence) -> Pence {
        weekly.pro_rata(self.days(), 7)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&range(self.from, self.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn pence(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn period(from: &str, to: &str) -> Period {
        Period::new(day(from), day(to)).unwrap()
    }

    #[test]
    fn a_stopped_clock_moves_only_when_told() {
        let clock = Clock::stopped_at(at("2026-11-21T09:30:00.123456789Z"));
        let same = clock.clone();
        assert_eq!(clock.now(), at("2026-11-21T09:30:00.123456Z"));
        same.set(at("2026-11-22T00:00:00Z"));
        assert_eq!(clock.now(), at("2026-11-22T00:00:00Z"));
        same.advance(TimeDelta::days(7));
        assert_eq!(clock.today(), day("2026-11-29"));
        fn shared<T: Send + Sync + Clone>(_: &T) {}
        shared(&clock);
    }

    #[test]
    fn the_system_clock_goes_on_in_whole_microseconds() {
        let clock = Clock::system();
        clock.set(at("2001-01-01T00:00:00Z"));
        let now = clock.now();
        assert!(now > at("2026-01-01T00:00:00Z"));
        assert_eq!(now.timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn today_is_the_date_in_london() {
        let summer = Clock::stopped_at(at("2026-07-01T23:30:00Z"));
        assert_eq!(summer.today(), day("2 July 2026"));
        let winter = Clock::stopped_at(at("2026-12-01T23:30:00Z"));
        assert_eq!(winter.today(), day("1 December 2026"));
    }

    #[test]
    fn reads_dates_as_people_type_them() {
        let expected = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        for typed in [
            "2/11/2026",
            "02/11/2026",
            "2 November 2026",
            "2 nov 2026",
            "2026-11-02",
            "2-11-2026",
            " 2.11.2026 ",
            "2 NOVEMBER, 2026",
        ] {
            assert_eq!(parse_date(typed), Ok(expected), "{typed}");
        }
        assert_eq!(date_from_parts(" 2", "November ", "2026"), Ok(expected));
        assert_eq!(day("29 February 2028"), NaiveDate::from_ymd_opt(2028, 2, 29).unwrap());
    }

    #[test]
    fn refuses_what_is_no_date_with_a_sentence() {
        let cases = [
            ("", CalendarError::NoDate),
            ("soon", CalendarError::NotADate),
            ("31/11/2026", CalendarError::NotADate),
            ("29 February 2027", CalendarError::NotADate),
            ("2/13/2026", CalendarError::NotADate),
            ("2 Ju 2026", CalendarError::NotADate),
            ("2/11/26", CalendarError::NotAYear),
            ("2/11/0026", CalendarError::NotAYear),
            ("2/11/+026", CalendarError::NotAYear),
            ("+2/11/2026", CalendarError::NotADate),
            ("2/11/2026/1", CalendarError::NotADate),
        ];
        for (typed, why) in cases {
            assert_eq!(parse_date(typed), Err(why), "{typed}");
        }
        assert_eq!(date_from_parts("", "11", "2026"), Err(CalendarError::NoDay));
        assert_eq!(date_from_parts("2", " ", "2026"), Err(CalendarError::NoMonth));
        assert_eq!(date_from_parts("2", "11", ""), Err(CalendarError::NoYear));
        assert_eq!(date_from_parts("", " ", ""), Err(CalendarError::NoDate));
        assert_eq!(CalendarError::NotADate.to_string(), "Enter a real date, like 2 November 2026");
    }

    #[test]
    fn writes_dates_as_people_read_them() {
        assert_eq!(long(day("21/11/2026")), "Saturday 21 November 2026");
        assert_eq!(full(day("1/5/2026")), "1 May 2026");
        assert_eq!(short(day("21/11/2026")), "21 Nov 2026");
        assert_eq!(range(day("2/11/2026"), day("29/11/2026")), "2 to 29 November 2026");
        assert_eq!(range(day("2/11/2026"), day("2/11/2026")), "2 November 2026");
        assert_eq!(range(day("30/11/2026"), day("27/12/2026")), "30 November to 27 December 2026");
        let over_new_year = range(day("28/12/2026"), day("24/1/2027"));
        assert_eq!(over_new_year, "28 December 2026 to 24 January 2027");
        assert_eq!(moment(at("2026-07-01T08:30:00Z")), "Wednesday 1 July 2026 at 9:30am");
    }

    #[test]
    fn times_are_written_as_people_say_them() {
        for (hour, minute, shown) in [
            (9, 30, "9:30am"),
            (21, 30, "9:30pm"),
            (9, 0, "9am"),
            (0, 0, "midnight"),
            (12, 0, "midday"),
            (0, 5, "12:05am"),
        ] {
            assert_eq!(time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap()), shown);
        }
    }

    #[test]
    fn london_and_utc_agree_both_ways() {
        let local = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        assert_eq!(from_london(local("2026-07-01T09:30:00")), Ok(at("2026-07-01T08:30:00Z")));
        assert_eq!(london(at("2026-07-01T08:30:00Z")), local("2026-07-01T09:30:00"));
        assert_eq!(from_london(local("2026-12-01T09:30:00")), Ok(at("2026-12-01T09:30:00Z")));
        let twice = from_london(local("2026-10-25T01:30:00"));
        assert_eq!(twice, Ok(at("2026-10-25T00:30:00Z")), "the first of the two");
        let left_out = from_london(local("2027-03-28T01:30:00"));
        assert_eq!(left_out, Err(CalendarError::NoSuchTime));
    }

    #[test]
    fn periods_count_both_ends() {
        let four_weeks = period("2026-11-02", "2026-11-29");
        assert_eq!(four_weeks.days(), 28);
        assert_eq!(four_weeks, Period::of_weeks(day("2026-11-02"), 4).unwrap());
        assert_eq!(four_weeks.to_string(), "2 to 29 November 2026");
        assert_eq!(four_weeks.weeks().len(), 4);
        assert_eq!(four_weeks.weeks()[3], period("2026-11-23", "2026-11-29"));
        assert!(four_weeks.contains(day("2026-11-29")) && !four_weeks.contains(day("2026-11-30")));
        assert_eq!(Period::new(day("2026-11-02"), day("2026-11-01")), Err(CalendarError::EndsBeforeStart));
        assert_eq!(Period::of_days(day("2026-11-02"), 0), Err(CalendarError::EndsBeforeStart));
        let single = period("2026-11-02", "2026-11-02");
        assert_eq!((single.days(), single.weeks()), (1, vec![single]));
        assert_eq!(monday_of(day("2026-11-08")), day("2026-11-02"));
        assert_eq!(monday_of(day("2026-11-02")), day("2026-11-02"));
    }

    #[test]
    fn periods_travel_in_json_and_are_checked() {
        let json = r#"{"from":"2026-11-02","to":"2026-11-29"}"#;
        let four_weeks: Period = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&four_weeks).unwrap(), json);
        assert!(serde_json::from_str::<Period>(r#"{"from":"2026-11-29","to":"2026-11-02"}"#).is_err());
    }

    #[test]
    fn weekly_amounts_go_by_days_over_seven() {
        let weekly = pence("427.35");
        let year = period("2026-11-02", "2027-11-01");
        assert_eq!(year.days(), 365);
        assert_eq!(year.of_weekly(weekly), pence("22283.25"));
        assert_eq!(Period::of_weeks(year.from(), 52).unwrap().of_weekly(weekly), pence("22222.20"));
        assert_eq!(Period::of_weeks(year.from(), 4).unwrap().of_weekly(weekly), pence("1709.40"));
        assert_eq!(Period::of_days(year.from(), 3).unwrap().of_weekly(weekly), pence("183.15"));
        let payments = Period::of_weeks(year.from(), 52).unwrap().four_weekly();
        assert_eq!(payments.len(), 13);
        assert!(payments.iter().all(|payment| payment.days() == 28));
        assert_eq!(year.four_weekly().last().map(|last| last.days()), Some(1));
    }
}
