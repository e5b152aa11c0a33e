//! What a provider sends of a delivery, and a person of their answer.

use super::{NewDelivery, Seen};
use crate::error::Invalid;
use crate::ids::{DeliveryId, OrderLineId};
use crate::web::form::{Fields, MOST_CHANGES, Reader, TEXT};

/// The fields of the form that records a delivery.
pub const RECORD: &[(&str, &str)] = &[
    ("on", "The day on which it was given, not in the future."),
    ("quantity", "How much, in the unit of the order line."),
    ("note", "A note for the person; may be empty."),
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
