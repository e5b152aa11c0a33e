//! What a provider sends of a delivery, and a person of their answer.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::{NewDelivery, NewVisit, Seen};
use crate::calendar;
use crate::directory::{Became, LONGEST_VISIT, MOST_MILES, MOST_STAFF, Outcome, Visit};
use crate::error::Invalid;
use crate::ids::{DeliveryId, OrderLineId};
use crate::money::Quantity;
use crate::web::form::{Fields, MOST_CHANGES, Reader, TEXT};

/// The fields of the form that records a delivery.
pub const RECORD: &[(&str, &str)] = &[
    ("on", "The day on which it was given, not in the future."),
    ("quantity", "How much, in the unit of the order line."),
    ("note", "A note for the person; may be empty."),
    ("start", "For what was ordered by days and times: when the visit began, like 9:05am."),
    ("minutes", "How many minutes it lasted, 1 to 1440; needed where prices are by time."),
    ("staff", "How many people gave it together; 1 when left out."),
    ("miles", "How many miles were driven for it, where travel is charged by the mile."),
    (
        "outcome",
        "given (also when left out), cancelled_by_person, nobody_there, cancelled_by_provider, missed or hospital.",
    ),
    ("cancelled_on", "The day on which the person cancelled it."),
    ("cancelled_at", "The time at which the person cancelled it."),
    ("hospital_since", "The day since which the person was in hospital."),
];

/// The fields of the form that confirms a delivery.
pub const CONFIRM: &[(&str, &str)] = &[("version", "The version of the delivery that was seen.")];

/// The fields of the form that confirms several deliveries of an order.
pub const CONFIRM_ALL: &[(&str, &str)] =
    &[("seen", "The deliveries that were shown, as id:version pairs with commas between them.")];

/// The fields of the form that queries a delivery.
pub const QUERY: &[(&str, &str)] =
    &[("version", "The version of the delivery that was seen."), ("reason", "What was different, in words.")];

/// The most deliveries that are confirmed at once.
const MOST_AT_ONCE: usize = 500;

/// Reads a delivery.
///
/// # Errors
/// A message for each wrong field.
pub fn record(fields: &Fields) -> Result<NewDelivery, Invalid> {
    let mut reader = Reader::new(fields);
    let on = reader.date("on", "the day");
    let quantity = reader.quantity("quantity", "how much was given");
    let note = reader.optional_text("note", "the note", TEXT);
    reader.finish(|| Some(NewDelivery { on: on?, quantity: quantity?, note: note? }))
}

/// The day that a record is about, if it can be read: by it a visit is priced.
#[must_use]
pub fn day(fields: &Fields) -> Option<NaiveDate> {
    calendar::parse_date(fields.get("on")?).ok()
}

/// Reads what became of a visit that was ordered by day and time.
///
/// # Errors
/// A message for each wrong field.
pub fn visit(fields: &Fields, by_time: bool) -> Result<NewVisit, Invalid> {
    let mut reader = Reader::new(fields);
    let given = |name: &str| fields.get(name).is_some();
    let on = reader.date("on", "the day");
    let start = reader.time("start", "when it began");
    let starts = on.zip(start).and_then(|(on, start)| instant(&mut reader, "start", on, start));
    let minutes = match by_time || given("minutes") {
        true => reader.whole("minutes", "how many minutes it lasted", 1..=LONGEST_VISIT),
        false => Some(1),
    };
    let staff = match given("staff") {
        true => reader.whole("staff", "how many people gave it", 1..=MOST_STAFF),
        false => Some(1),
    };
    let miles = miles(&mut reader, fields);
    let outcome = match given("outcome") {
        true => {
            reader.choice("outcome", "what became of it", |code| Outcome::recordable().find(|one| one.code() == code))
        }
        false => Some(Outcome::Given),
    };
    let became = outcome.and_then(|outcome| became(&mut reader, outcome, starts));
    let note = reader.optional_text("note", "the note", TEXT);
    reader.finish(|| {
        let (minutes, staff) = (u32::try_from(minutes?).ok()?, u32::try_from(staff?).ok()?);
        let visit = Visit { starts: starts?, minutes, staff, miles: miles? };
        Some(NewVisit { visit, became: became?, note: note? })
    })
}

/// A time on a day, unless the clock leaves it out.
fn instant(reader: &mut Reader<'_>, field: &str, on: NaiveDate, time: NaiveTime) -> Option<DateTime<Utc>> {
    calendar::from_london(on.and_time(time)).map_err(|error| reader.refuse(field, error.to_string())).ok()
}

fn miles(reader: &mut Reader<'_>, fields: &Fields) -> Option<Quantity> {
    if fields.get("miles").is_none_or(|typed| typed == "0") {
        return Some(Quantity::default());
    }
    let miles = reader.quantity("miles", "how many miles were driven")?;
    if miles > Quantity::whole(MOST_MILES) {
        reader.refuse("miles", format!("Enter at most {MOST_MILES} miles for one visit."));
        return None;
    }
    Some(miles)
}

/// What the price of a visit that was not made depends on.
fn became(reader: &mut Reader<'_>, outcome: Outcome, starts: Option<DateTime<Utc>>) -> Option<Became> {
    let plain = Became { outcome, ..Became::GIVEN };
    match outcome {
        Outcome::CancelledByPerson => {
            let (on, time) = (
                reader.date("cancelled_on", "the day on which it was cancelled"),
                reader.time("cancelled_at", "when it was cancelled"),
            );
            let at = instant(reader, "cancelled_at", on?, time?)?;
            if starts.is_some_and(|starts| at >= starts) {
                let late = "Enter a time before the visit was to begin. If somebody came and nobody was there, say so instead.";
                reader.refuse("cancelled_at", late);
                return None;
            }
            Some(Became { cancelled_at: Some(at), ..plain })
        }
        Outcome::Hospital => {
            let since = reader.date("hospital_since", "the day since which they were in hospital")?;
            if starts.is_some_and(|starts| since > calendar::london(starts).date()) {
                reader.refuse("hospital_since", "Enter the day of the visit or one before.");
                return None;
            }
            Some(Became { hospital_since: Some(since), ..plain })
        }
        _ => Some(plain),
    }
}

/// Reads the version that somebody saw.
///
/// # Errors
/// When it is missing.
pub fn version(fields: &Fields) -> Result<i64, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    reader.finish(|| version)
}

/// Reads a query: the version that was seen and the reason.
///
/// # Errors
/// A message for each wrong field.
pub fn query(fields: &Fields) -> Result<(i64, String), Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let reason = reader.text("reason", "what was different", TEXT);
    reader.finish(|| Some((version?, reason?)))
}

/// Reads which deliveries were shown: "3:1,5:2".
///
/// # Errors
/// When it cannot be read, is empty, or names one twice.
pub fn seen(fields: &Fields) -> Result<Vec<Seen>, Invalid> {
    let one = |text: &str| {
        let (id, version) = text.trim().split_once(':')?;
        let version = version.parse().ok().filter(|version| (1..=MOST_CHANGES).contains(version))?;
        Some(Seen { delivery: id.parse::<DeliveryId>().ok()?, version })
    };
    Reader::new(fields).finish(|| Some(()))?;
    let refused = || Invalid::field("seen", "Send the deliveries that were shown, like 3:1,5:2.");
    let pairs: Vec<&str> = fields.get("seen").unwrap_or_default().split(',').collect();
    if pairs.len() > MOST_AT_ONCE {
        return Err(Invalid::field("seen", format!("Confirm at most {MOST_AT_ONCE} at once.")));
    }
    let all: Vec<Seen> = pairs.into_iter().map(one).collect::<Option<_>>().ok_or_else(refused)?;
    let mut ids: Vec<DeliveryId> = all.iter().map(|seen| seen.delivery).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() == all.len() { Ok(all) } else { Err(Invalid::field("seen", "Send each delivery only once.")) }
}

/// The id of a field in the form of one order line: several such forms stand on one page.
#[must_use]
pub fn field_of_line(line: OrderLineId, field: &str) -> String {
    format!("line-{line}-{field}")
}

/// The id of a field in the form of one delivery.
#[must_use]
pub fn field_of_delivery(delivery: DeliveryId, field: &str) -> String {
    format!("delivery-{delivery}-{field}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::web::form::shown_in;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_delivery_needs_a_day_and_a_quantity() {
        let refused = record(&fields(&[("on", "32/1/2026"), ("quantity", "-1")])).unwrap_err();
        let named: Vec<&str> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["on", "quantity"]);
        assert!(record(&fields(&[("on", "3/11/2026"), ("quantity", "1.5")])).is_ok());
    }

    #[test]
    fn a_visit_that_was_not_made_says_when_it_was_called_off() {
        let planned = [("on", "24 11 2026"), ("start", "9am"), ("minutes", "30")];
        assert_eq!(visit(&fields(&planned), true).unwrap().became, Became::GIVEN);
        let wrong = |more: &[(&str, &str)]| -> Vec<String> {
            let sent = [&planned[..], more].concat();
            visit(&fields(&sent), true).unwrap_err().errors.into_iter().map(|error| error.field).collect()
        };
        let cancelled = ("outcome", "cancelled_by_person");
        assert_eq!(wrong(&[cancelled]), ["cancelled_on", "cancelled_at"]);
        assert_eq!(wrong(&[cancelled, ("cancelled_on", "24 11 2026"), ("cancelled_at", "9am")]), ["cancelled_at"]);
        assert_eq!(wrong(&[("outcome", "hospital"), ("hospital_since", "25 11 2026")]), ["hospital_since"]);
        assert_eq!(wrong(&[("staff", "-1"), ("miles", "1e9"), ("outcome", "lost")]), ["staff", "miles", "outcome"]);
        assert_eq!(wrong(&[("outcome", "not_given")]), ["outcome"], "that is what an erasure leaves");
    }

    #[test]
    fn what_was_shown_is_read_back() {
        let all = seen(&fields(&[("seen", "3:1,5:2")])).unwrap();
        assert_eq!(all[1], Seen { delivery: DeliveryId::new(5), version: 2 });
        for wrong in ["", "3", "3:1,3:1", "a:b"] {
            assert!(seen(&fields(&[("seen", wrong)])).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn messages_and_typed_values_go_to_the_form_that_was_sent() {
        let sent = fields(&[("on", "x")]);
        let error = record(&sent).unwrap_err().into();
        let Error::Invalid(invalid) = shown_in(error, &sent, |name| field_of_line(OrderLineId::new(7), name)) else {
            panic!("not shown");
        };
        assert_eq!(invalid.errors[0].field, "line-7-on");
        assert_eq!(invalid.typed["line-7-on"], "x");
    }
}
