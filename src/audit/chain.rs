//! The chain: the seal of an event is the fingerprint of the seal before it and of the event's row in one fixed form.
//! Whoever changes a row, or takes one out, would have to make every seal after it anew.

use super::store::Recorded;
use crate::fingerprint::sha256;

/// What stands before the first event, in the place of a seal.
pub const START: &str = "tailormade audit chain 1";

/// The seal of an event behind another one.
#[must_use]
pub fn seal(before: &str, event: &Recorded) -> String {
    sha256(&format!("{before}\n{}", canonical(event)))
}

/// Every column of a row, in the order of the table, as one JSON array: no two rows have the same.
fn canonical(event: &Recorded) -> String {
    serde_json::json!([
        event.id,
        event.at.and_utc().timestamp_micros(),
        event.kind,
        event.user_id,
        event.user_name,
        event.capacity,
        event.mandate_id,
        event.organisation_id,
        event.person_id,
        event.what,
        event.says,
        event.thing_kind,
        event.thing_id,
        event.before_json,
        event.after_json,
        event.purpose,
        event.reference,
    ])
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::store::example;

    #[test]
    fn every_column_and_the_seal_before_are_in_the_seal() {
        let event = example(7);
        let original = seal(START, &event);
        assert_eq!(original, seal(START, &event));
        assert_ne!(original, seal("another seal", &event));
        let changes: [fn(&mut Recorded); 17] = [
            |event| event.id = 8,
            |event| event.at += chrono::TimeDelta::microseconds(1),
            |event| event.kind.push('x'),
            |event| event.user_id = None,
            |event| event.user_name.push('x'),
            |event| event.capacity.push('x'),
            |event| event.mandate_id = Some(1),
            |event| event.organisation_id = None,
            |event| event.person_id = None,
            |event| event.what.push('x'),
            |event| event.says.push('x'),
            |event| event.thing_kind.push('x'),
            |event| event.thing_id = None,
            |event| event.before_json = Some("1".to_owned()),
            |event| event.after_json = None,
            |event| event.purpose = Some(String::new()),
            |event| event.reference.push('x'),
        ];
        let mut seen = vec![original];
        for change in changes {
            let mut changed = event.clone();
            change(&mut changed);
            let other = seal(START, &changed);
            assert!(!seen.contains(&other), "{changed:?}");
            seen.push(other);
        }
    }

    #[test]
    fn what_stands_in_one_column_cannot_be_read_as_standing_in_another() {
        let mut one = example(7);
        (one.user_name, one.capacity) = ("Olive\",\"".to_owned(), String::new());
        let mut other = example(7);
        (other.user_name, other.capacity) = ("Olive".to_owned(), "\",\"".to_owned());
        assert_ne!(canonical(&one), canonical(&other));
    }
}
