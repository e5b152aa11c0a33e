//! What a browser or a program sends: named texts, read field by field into a command, with a message for each field that
//! cannot be used. What was typed is kept.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime};

use crate::calendar;
use crate::error::{Error, FieldError, Invalid};
use crate::money::{Pence, Quantity, UnitPrice};

/// The longest single line that may be sent, in characters.
pub const LINE: usize = 200;
/// The longest longer text, in characters.
pub const TEXT: usize = 2_000;
/// More often than this nothing is changed.
pub const MOST_CHANGES: i64 = 1_000_000_000;

/// What was sent, by field name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    values: BTreeMap<String, String>,
    secrets: BTreeMap<String, String>,
    repeated: Vec<String>,
}

/// Whether a field holds a password.
fn is_password(name: &str) -> bool {
    name == "password" || name.ends_with("_password")
}

/// Whether what was typed into a field is never sent back: a password or a code.
fn is_secret(name: &str) -> bool {
    is_password(name) || name == "code"
}

impl Fields {
    /// Collects pairs; a name that comes twice is remembered and refused by [`Reader::finish`].
    #[must_use]
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields = Self::default();
        for (name, value) in pairs {
            let kept = if is_secret(&name) { &mut fields.secrets } else { &mut fields.values };
            match kept.entry(name) {
                Entry::Occupied(known) => fields.repeated.push(known.key().clone()),
                Entry::Vacant(new) => {
                    new.insert(value);
                }
            }
        }
        fields
    }

    /// Reads a JSON object whose members are texts, numbers or booleans.
    ///
    /// # Errors
    /// When it is something else.
    pub fn from_json(body: &[u8]) -> Result<Self, Invalid> {
        use serde_json::Value;
        let Members(members) = serde_json::from_slice(body)
            .map_err(|cause| Invalid::whole(format!("Send one JSON object. It could not be read: {cause}.")))?;
        let mut pairs = vec![];
        for (name, value) in members {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(yes) => yes.to_string(),
                Value::Null => continue,
                Value::Array(_) | Value::Object(_) => {
                    return Err(Invalid::field(&name, format!("Send {name} as a text, a number, true or false.")));
                }
            };
            pairs.push((name, text));
        }
        Ok(Self::from_pairs(pairs))
    }

    /// What was sent in a field, trimmed; nothing when it is missing or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let sent = self.values.get(name).or_else(|| self.secrets.get(name));
        sent.map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Takes a field out, for what is no part of the form's content.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.values.remove(name).or_else(|| self.secrets.remove(name))
    }

    /// Everything that was sent but its passwords: by this a form that is sent twice is known again, and what is kept of it
    /// must not be a password's.
    #[must_use]
    pub fn content(&self) -> BTreeMap<&str, &str> {
        let all = self.values.iter().chain(&self.secrets).filter(|(name, _)| !is_password(name));
        all.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Everything that was sent and may be shown again: neither passwords nor codes.
    #[must_use]
    pub fn typed(&self) -> &BTreeMap<String, String> {
        &self.values
    }
}

/// An error as a page with several such forms shows it: messages and what was typed go to the fields of the form that was
/// sent, whose ids there `id_of` gives.
#[must_use]
pub fn shown_in(error: Error, fields: &Fields, id_of: impl Fn(&str) -> String) -> Error {
    let mut invalid = match error {
        Error::Invalid(invalid) => invalid,
        Error::Refused(sentence) => Invalid::whole(sentence),
        other => return other,
    };
    for message in invalid.errors.iter_mut().filter(|message| !message.field.is_empty()) {
        message.field = id_of(&message.field);
    }
    invalid.typed = fields.typed().iter().map(|(name, value)| (id_of(name), value.clone())).collect();
    Error::Invalid(invalid)
}

/// The same, where a field's id is the name of its form and its own: `amount` of the form `funding` is `funding-amount`.
#[must_use]
pub fn shown_in_form(error: Error, fields: &Fields, form: &str) -> Error {
    shown_in(error, fields, |name| format!("{form}-{name}"))
}

/// The members of a JSON object as they were written: of two with one name a map would silently keep the last.
struct Members(Vec<(String, serde_json::Value)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> serde::de::Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = vec![];
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads fields one by one and collects the messages.
pub struct Reader<'a> {
    fields: &'a Fields,
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Starts reading.
    #[must_use]
    pub fn new(fields: &'a Fields) -> Self {
        let errors = fields
            .repeated
            .iter()
            .map(|name| FieldError { field: name.clone(), message: format!("Send {name} only once.") })
            .collect();
        Self { fields, errors }
    }

    /// Adds a message about a field, for what only the form knows.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    /// A text that must be there, of at most `longest` characters. `label` completes "Enter ...".
    pub fn text(&mut self, name: &str, label: &str, longest: usize) -> Option<String> {
        match self.optional_text(name, label, longest) {
            Some(text) if text.is_empty() => {
                self.refuse(name, format!("Enter {label}."));
                None
            }
            other => other,
        }
    }

    /// A text that may be empty, of at most `longest` characters.
    pub fn optional_text(&mut self, name: &str, label: &str, longest: usize) -> Option<String> {
        let text = self.fields.get(name).unwrap_or_default();
        let count = text.chars().count();
        if count > longest {
            self.refuse(name, format!("Shorten {label} to {longest} characters; it has {count}."));
            return None;
        }
        let allowed = |letter: char| !letter.is_control() || (longest > LINE && matches!(letter, '\n' | '\r' | '\t'));
        if !text.chars().all(allowed) {
            self.refuse(name, format!("Enter {label} without control characters."));
            return None;
        }
        Some(text.to_owned())
    }

    /// An amount of pounds and pence that is not negative.
    pub fn money(&mut self, name: &str, label: &str) -> Option<Pence> {
        self.parsed(name, label, |text| Pence::parse(text).map_err(|error| error.to_string()))
    }

    /// An amount that may be left empty, which means nothing.
    pub fn optional_money(&mut self, name: &str, label: &str) -> Option<Pence> {
        if self.fields.get(name).is_none() { Some(Pence::ZERO) } else { self.money(name, label) }
    }

    /// A price for one unit.
    pub fn unit_price(&mut self, name: &str, label: &str) -> Option<UnitPrice> {
        self.parsed(name, label, |text| UnitPrice::parse(text).map_err(|error| error.to_string()))
    }

    /// A number of hours, days, visits or items, more than none.
    pub fn quantity(&mut self, name: &str, label: &str) -> Option<Quantity> {
        self.parsed(name, label, |text| match Quantity::parse(text) {
            Ok(quantity) if quantity.hundredths() > 0 => Ok(quantity),
            Ok(_) => Err(format!("Enter {label} as more than 0.")),
            Err(error) => Err(error.to_string()),
        })
    }

    /// A date.
    pub fn date(&mut self, name: &str, label: &str) -> Option<NaiveDate> {
        self.parsed(name, label, |text| calendar::parse_date(text).map_err(|error| error.to_string()))
    }

    /// A time of day.
    pub fn time(&mut self, name: &str, label: &str) -> Option<NaiveTime> {
        self.parsed(name, label, |text| calendar::parse_time(text).map_err(|error| error.to_string()))
    }

    /// A whole number within a range.
    pub fn whole(&mut self, name: &str, label: &str, range: RangeInclusive<i64>) -> Option<i64> {
        self.parsed(name, label, |text| {
            text.parse()
                .ok()
                .filter(|number| range.contains(number))
                .ok_or_else(|| format!("Enter {label} as a whole number from {} to {}.", range.start(), range.end()))
        })
    }

    /// The version of a thing that somebody saw: it counts changes, so it stays far below what would overflow.
    pub fn version(&mut self, label: &str) -> Option<i64> {
        self.whole("version", label, 1..=MOST_CHANGES)
    }

    /// The id of a thing; whether it exists and may be seen is the store's to say.
    pub fn id<T: FromStr>(&mut self, name: &str, label: &str) -> Option<T> {
        self.parsed(name, label, |text| text.parse().map_err(|_| format!("Choose {label} from the list.")))
    }

    /// One of a closed list.
    pub fn choice<T>(&mut self, name: &str, label: &str, from_code: impl Fn(&str) -> Option<T>) -> Option<T> {
        match self.fields.get(name) {
            None => {
                self.refuse(name, format!("Choose {label}."));
                None
            }
            Some(code) => from_code(code).or_else(|| {
                self.refuse(name, format!("Choose {label} from the list."));
                None
            }),
        }
    }

    /// Whether a box was ticked or `true` was sent.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.fields.get(name), Some("true" | "yes" | "on" | "1"))
    }

    /// Ends the reading: the command, or every message together with what was typed.
    ///
    /// # Errors
    /// When any field was refused.
    pub fn finish<T>(self, command: impl FnOnce() -> Option<T>) -> Result<T, Invalid> {
        let missing = || FieldError { field: String::new(), message: "Fill in the form.".to_owned() };
        match command() {
            Some(command) if self.errors.is_empty() => Ok(command),
            _ => {
                let errors = if self.errors.is_empty() { vec![missing()] } else { self.errors };
                Err(Invalid { errors, typed: self.fields.typed().clone() })
            }
        }
    }

    fn parsed<T>(&mut self, name: &str, label: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let outcome = match self.fields.get(name) {
            None => Err(format!("Enter {label}.")),
            Some(text) if text.chars().count() > LINE => Err(format!("Shorten {label}.")),
            Some(text) => parse(text),
        };
        outcome.map_err(|message| self.refuse(name, message)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_wrong_field_has_its_message_and_what_was_typed_is_kept() {
        let sent = fields(&[("weekly", "12.345"), ("from", "32/1/2026"), ("name", " ")]);
        let mut reader = Reader::new(&sent);
        let (name, weekly) = (reader.text("name", "the name", LINE), reader.money("weekly", "the weekly amount"));
        let from = reader.date("from", "the first day");
        let invalid = reader.finish(|| Some((name?, weekly?, from?))).unwrap_err();
        let named: Vec<_> = invalid.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["name", "weekly", "from"]);
        assert_eq!(invalid.typed["weekly"], "12.345");
    }

    #[test]
    fn passwords_and_codes_are_read_and_never_sent_back() {
        let sent = fields(&[("old_password", "a secret"), ("password", "x"), ("code", "123456"), ("name", "Anna")]);
        assert_eq!((sent.get("old_password"), sent.get("code")), (Some("a secret"), Some("123456")));
        assert_eq!(sent.typed().keys().collect::<Vec<_>>(), ["name"]);
        assert_eq!(sent.content().into_keys().collect::<Vec<_>>(), ["code", "name"]);
    }

    #[test]
    fn a_field_sent_twice_is_refused() {
        let sent = fields(&[("name", "a"), ("name", "b")]);
        let mut reader = Reader::new(&sent);
        let name = reader.text("name", "the name", LINE);
        assert_eq!(reader.finish(|| name).unwrap_err().errors[0].message, "Send name only once.");
    }

    #[test]
    fn json_takes_texts_numbers_and_booleans() {
        let sent = Fields::from_json(br#"{"weekly": "420.00", "weeks": 4, "ask": true, "note": null}"#).unwrap();
        assert_eq!((sent.get("weekly"), sent.get("weeks"), sent.get("ask")), (Some("420.00"), Some("4"), Some("true")));
        assert!(Fields::from_json(br#"{"weekly": ["1"]}"#).is_err());
        assert!(Fields::from_json(b"[]").is_err());
    }

    #[test]
    fn too_long_and_control_characters_are_refused() {
        let long = "x".repeat(LINE + 1);
        let sent = fields(&[("a", &long), ("b", "one\u{7}two")]);
        let mut reader = Reader::new(&sent);
        assert_eq!((reader.text("a", "a name", LINE), reader.text("b", "a name", LINE)), (None, None));
        assert_eq!(reader.finish(|| Some(())).unwrap_err().errors.len(), 2);
    }
}
