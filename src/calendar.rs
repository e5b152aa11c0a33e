//! Dates, weeks, four-weekly periods, bank holidays and the time in Europe/London; [`Clock`], the only reader of the
//! present.
//!
//! Instants are kept in UTC; what people see and type is the time on the clock in London, so a night of the clock change
//! is an hour longer or shorter, as it was for whoever worked it.
//!
//! `calendar/bank-holidays.json` is GOV.UK's list of bank holidays, unchanged (<https://www.gov.uk/bank-holidays.json>).
//! Contains public sector information licensed under the Open Government Licence v3.0.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

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
    /// It is not written as a time of day.
    NotATime,
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
            CalendarError::NotATime => "Enter a time, like 9:30am or 21:30",
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

/// Reads a typed time of day: "9:30am", "9am", "9.30 pm", "21:30", "midday", "midnight".
pub fn parse_time(text: &str) -> Result<NaiveTime, CalendarError> {
    let typed = text.trim().to_ascii_lowercase();
    match typed.as_str() {
        "midday" | "noon" => return clock_time(12, 0),
        "midnight" => return clock_time(0, 0),
        _ => {}
    }
    let (digits, half) = match (typed.strip_suffix("am"), typed.strip_suffix("pm")) {
        (Some(rest), _) => (rest.trim_end(), Some(0)),
        (_, Some(rest)) => (rest.trim_end(), Some(12)),
        _ => (typed.as_str(), None),
    };
    let parts = digits.split_once([':', '.']);
    let minute = match parts {
        Some((_, minute)) if minute.len() == 2 => small_number(minute),
        Some(_) => None,
        None => half.map(|_| 0),
    };
    let hour = small_number(parts.map_or(digits, |(hour, _)| hour));
    match (hour, minute, half) {
        (Some(hour), Some(minute), None) => clock_time(hour, minute),
        (Some(hour @ 1..=12), Some(minute), Some(half)) => clock_time(hour % 12 + half, minute),
        _ => Err(CalendarError::NotATime),
    }
}

/// A time of day from checked or unchecked parts.
fn clock_time(hour: u32, minute: u32) -> Result<NaiveTime, CalendarError> {
    NaiveTime::from_hms_opt(hour, minute, 0).ok_or(CalendarError::NotATime)
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

/// The minutes that really passed between two times on the clock in London, across a clock change if there was one.
pub fn elapsed_minutes(from: NaiveDateTime, to: NaiveDateTime) -> Result<i64, CalendarError> {
    let (from, to) = (from_london(from)?, from_london(to)?);
    if to < from {
        return Err(CalendarError::EndsBeforeStart);
    }
    Ok((to - from).num_minutes())
}

/// The minutes worked in a turn that starts on a date; one that ends at or before its starting time ends the next day.
///
/// A waking night from 10pm to 7am is nine hours, but ten or eight when the clocks change.
pub fn worked_minutes(starts_on: NaiveDate, from: NaiveTime, until: NaiveTime) -> Result<i64, CalendarError> {
    let nights = u64::from(until <= from);
    let ends_on = starts_on.checked_add_days(Days::new(nights)).ok_or(CalendarError::NotADate)?;
    elapsed_minutes(starts_on.and_time(from), ends_on.and_time(until))
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

    /// How many full weeks fit.
    pub fn whole_weeks(self) -> i64 {
        self.days() / 7
    }

    /// Whether it is full weeks and no day more.
    pub fn is_whole_weeks(self) -> bool {
        self.days() % 7 == 0
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

    /// The days that two periods share, if any.
    pub fn overlap(self, other: Period) -> Option<Period> {
        Period::new(self.from.max(other.from), self.to.min(other.to)).ok()
    }

    /// What a weekly amount comes to over these days: days / 7, rounded once; never months of four weeks or years of 52.
    pub fn of_weekly(self, weekly: Pence) -> Pence {
        weekly.pro_rata(self.days(), 7)
    }

    /// The part of an amount paid for this whole period that falls on another period's days, by days, rounded once.
    pub fn part_of(self, amount: Pence, other: Period) -> Pence {
        let shared = self.overlap(other).map_or(0, Period::days);
        amount.pro_rata(shared, self.days())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&range(self.from, self.to))
    }
}

/// The file of GOV.UK, as far as we read it.
#[derive(Deserialize)]
struct BankHolidayFile {
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

/// The holidays of one part of the United Kingdom.
#[derive(Deserialize)]
struct Division {
    events: Vec<BankHoliday>,
}

/// One holiday of the file.
#[derive(Deserialize)]
struct BankHoliday {
    title: String,
    date: NaiveDate,
}

/// The bank holidays of England and Wales by date, read once. The file is part of the program; a test reads it.
fn bank_holidays() -> &'static BTreeMap<NaiveDate, String> {
    static HOLIDAYS: OnceLock<BTreeMap<NaiveDate, String>> = OnceLock::new();
    HOLIDAYS.get_or_init(|| {
        let file = serde_json::from_str::<BankHolidayFile>(include_str!("calendar/bank-holidays.json"));
        let events = file.map(|file| file.england_and_wales.events).unwrap_or_default();
        events.into_iter().map(|holiday| (holiday.date, holiday.title)).collect()
    })
}

/// The name of the bank holiday in England and Wales on a date, if it is one.
pub fn bank_holiday(date: NaiveDate) -> Option<&'static str> {
    bank_holidays().get(&date).map(String::as_str)
}

/// Whether a date is a bank holiday in England and Wales.
pub fn is_bank_holiday(date: NaiveDate) -> bool {
    bank_holiday(date).is_some()
}

/// The last bank holiday that has been announced: about later years nothing is known, so a page that shows later dates
/// must say so.
pub fn bank_holidays_known_until() -> Option<NaiveDate> {
    bank_holidays().keys().next_back().copied()
}

/// Whether banks move money on a date: neither a weekend nor a bank holiday.
pub fn is_banking_day(date: NaiveDate) -> bool {
    !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !is_bank_holiday(date)
}

/// The date itself when it is a banking day, otherwise the last one before it.
pub fn banking_day_on_or_before(date: NaiveDate) -> NaiveDate {
    nearest_banking_day(date, NaiveDate::pred_opt)
}

/// The date itself when it is a banking day, otherwise the first one after it.
pub fn banking_day_on_or_after(date: NaiveDate) -> NaiveDate {
    nearest_banking_day(date, NaiveDate::succ_opt)
}

/// The last banking day before a date.
pub fn banking_day_before(date: NaiveDate) -> NaiveDate {
    date.pred_opt().map_or(date, banking_day_on_or_before)
}

/// The day that is so many working days after a date, which does not count itself. A working day is any but a weekend day
/// or a bank holiday of England and Wales, Christmas Day and Good Friday included; so are the days of banks.
pub fn working_days_after(date: NaiveDate, days: u32) -> NaiveDate {
    (0..days).fold(date, |day, _| day.succ_opt().map_or(day, banking_day_on_or_after))
}

/// Steps in one direction until a banking day; at the end of the calendar it stays.
fn nearest_banking_day(date: NaiveDate, step: fn(&NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
    let mut day = date;
    while !is_banking_day(day) {
        match step(&day) {
            Some(next) => day = next,
            None => return day,
        }
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn working_days_leave_out_weekends_and_bank_holidays() {
        assert_eq!(working_days_after(day("2026-11-20"), 3), day("2026-11-25"), "a weekend in between");
        assert_eq!(working_days_after(day("2026-12-24"), 3), day("2026-12-31"), "Christmas and a day in its place");
        assert_eq!(working_days_after(day("2026-11-21"), 1), day("2026-11-23"), "from a Saturday");
        assert_eq!(working_days_after(day("2026-11-20"), 0), day("2026-11-20"));
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
    fn reads_and_writes_times() {
        for (typed, shown) in [
            ("9:30am", "9:30am"),
            ("09:30", "9:30am"),
            ("9.30 PM", "9:30pm"),
            ("21:30", "9:30pm"),
            ("9am", "9am"),
            ("12am", "midnight"),
            ("12pm", "midday"),
            ("00:05", "12:05am"),
            ("noon", "midday"),
            ("midnight", "midnight"),
            ("12:05pm", "12:05pm"),
        ] {
            assert_eq!(parse_time(typed).map(time).unwrap(), shown, "{typed}");
        }
        for typed in ["", "9", "25:00", "9:60", "13pm", "0am", "9:3", "9:300", "am", "-9:30", "9:+3"] {
            assert_eq!(parse_time(typed), Err(CalendarError::NotATime), "{typed}");
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
    fn a_waking_night_is_as_long_as_it_was() {
        let (ten, seven) = (parse_time("10pm").unwrap(), parse_time("7am").unwrap());
        for (starts_on, hours, cost) in
            [("2026-11-02", 9, "162.00"), ("2026-10-24", 10, "180.00"), ("2027-03-27", 8, "144.00")]
        {
            let minutes = worked_minutes(day(starts_on), ten, seven).unwrap();
            assert_eq!(minutes, hours * 60, "{starts_on}");
            assert_eq!(pence("18.00").pro_rata(minutes, 60), pence(cost));
        }
        assert_eq!(worked_minutes(day("2026-11-02"), seven, ten), Ok(15 * 60));
        let backwards = elapsed_minutes(day("2026-11-03").and_time(seven), day("2026-11-02").and_time(ten));
        assert_eq!(backwards, Err(CalendarError::EndsBeforeStart));
    }

    #[test]
    fn periods_count_both_ends() {
        let four_weeks = period("2026-11-02", "2026-11-29");
        assert_eq!((four_weeks.days(), four_weeks.whole_weeks()), (28, 4));
        assert!(four_weeks.is_whole_weeks());
        assert!(!period("2026-11-02", "2026-11-30").is_whole_weeks());
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
    fn periods_overlap_or_do_not() {
        let november = period("2026-11-01", "2026-11-30");
        assert_eq!(november.overlap(period("2026-11-30", "2026-12-27")), Some(period("2026-11-30", "2026-11-30")));
        assert_eq!(november.overlap(period("2026-12-01", "2026-12-27")), None);
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

    #[test]
    fn a_payment_that_ends_early_is_used_by_days() {
        let paid_for = period("2026-11-02", "2026-11-29");
        let used = paid_for.part_of(pence("1434.52"), period("2026-11-02", "2026-11-11"));
        assert_eq!((used, pence("1434.52") - used), (pence("512.33"), pence("922.19")));
        let before = paid_for.part_of(pence("1434.52"), period("2026-10-01", "2026-11-01"));
        assert_eq!(before, Pence::ZERO);
    }

    #[test]
    fn bank_holidays_of_england_and_wales_are_all_read() {
        assert_eq!(bank_holidays().len(), 140);
        assert_eq!(bank_holiday(day("2026-12-28")), Some("Boxing Day"));
        assert!(is_bank_holiday(day("2027-03-29")) && !is_bank_holiday(day("2026-12-24")));
        assert!(!is_bank_holiday(day("2026-11-30")), "Saint Andrew's day is Scotland's");
        assert_eq!(bank_holidays_known_until(), Some(day("2028-12-26")));
    }

    #[test]
    fn money_moves_on_banking_days() {
        assert_eq!(banking_day_on_or_before(day("2026-12-25")), day("2026-12-24"));
        assert_eq!(banking_day_on_or_after(day("2026-12-25")), day("2026-12-29"));
        assert_eq!(banking_day_on_or_before(day("2026-12-24")), day("2026-12-24"));
        assert_eq!(banking_day_before(day("2026-12-24")), day("2026-12-23"));
        assert_eq!(banking_day_before(day("2027-03-30")), day("2027-03-25"), "over Easter");
    }
}
