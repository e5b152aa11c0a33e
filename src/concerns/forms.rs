//! What is sent about something that is wrong.

use super::{Contacts, Judgement, NewComplaint, NewConcern, NewStep, Reply, Step, Thing};
use crate::error::Invalid;
use crate::ids::PersonId;
use crate::web::form::{Fields, LINE, MOST_CHANGES, Reader, TEXT};

/// What the form for a complaint is asked for.
pub const ASKED: &[(&str, &str)] = &[
    ("about", "The thing that is wrong, like invoice-7; may be left out."),
    ("person", "Whose complaint it is, where no thing is named."),
];

/// The fields of the form for a complaint.
pub const COMPLAINT: &[(&str, &str)] = &[
    ("person", "Whose complaint it is."),
    ("about", "The thing that is wrong, like invoice-7; may be left out."),
    ("whom", "Whom it is about: provider-2, holder-2, council, decision, representative-9."),
    ("what", "What is wrong, in your own words."),
];

/// The fields of the form that acknowledges a complaint.
pub const SEEN: &[(&str, &str)] = &[("version", "The version of the complaint that was seen.")];

/// The fields of a form with words about a complaint.
pub const REPLY: &[(&str, &str)] =
    &[("version", "The version of the complaint that was seen."), ("text", "What you want to say.")];

/// The fields of the form for how a council is reached.
pub const CONTACTS: &[(&str, &str)] = &[
    ("complaints_team", "The complaints team: address, telephone, e-mail."),
    ("care_line", "The telephone of adult social care, by day and by night."),
];

/// Reads which thing a form is asked for about.
///
/// # Errors
/// When it is no name of a thing.
pub fn thing(fields: &Fields) -> Result<Option<Thing>, Invalid> {
    let unknown = || Invalid::field("about", "Name the thing like this: invoice-7.");
    fields.get("about").map(|text| Thing::parse(text).ok_or_else(unknown)).transpose()
}

/// Reads whose complaint a form is asked for.
///
/// # Errors
/// When it is no number.
pub fn person(fields: &Fields) -> Result<Option<PersonId>, Invalid> {
    let unknown = |_| Invalid::field("person", "Choose the person from the list.");
    fields.get("person").map(|text| text.parse().map_err(unknown)).transpose()
}

/// Reads a complaint.
///
/// # Errors
/// A message for each wrong field.
pub fn complaint(fields: &Fields) -> Result<NewComplaint, Invalid> {
    let thing = thing(fields)?;
    let mut reader = Reader::new(fields);
    let person = reader.id("person", "the person");
    let whom = reader.choice("whom", "whom it is about", |code| Some(code.to_owned()));
    let what = reader.text("what", "what is wrong", TEXT);
    reader.finish(|| Some(NewComplaint { person: person?, thing, whom: whom?, what: what? }))
}

/// Reads the version of a complaint that somebody saw, with words that may be left out.
///
/// # Errors
/// A message for each wrong field.
pub fn seen(fields: &Fields) -> Result<Reply, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let text = reader.optional_text("text", "what you want to say", TEXT);
    reader.finish(|| Some(Reply { version: version?, text: text? }))
}

/// Reads words about a complaint.
///
/// # Errors
/// A message for each wrong field.
pub fn reply(fields: &Fields) -> Result<Reply, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let text = reader.text("text", "what you want to say", TEXT);
    reader.finish(|| Some(Reply { version: version?, text: text? }))
}

/// Reads how a council is reached.
///
/// # Errors
/// A message for each wrong field.
pub fn contacts(fields: &Fields) -> Result<Contacts, Invalid> {
    let mut reader = Reader::new(fields);
    let complaints_team = reader.text("complaints_team", "how the complaints team is reached", LINE);
    let care_line = reader.text("care_line", "the telephone of adult social care", LINE);
    reader.finish(|| Some(Contacts { complaints_team: complaints_team?, care_line: care_line? }))
}

/// The fields of the form for a safeguarding concern.
pub const CONCERN: &[(&str, &str)] = &[
    ("person", "The person who may be at risk."),
    ("what", "What was seen or heard."),
    ("about_words", "Whom it is about, in words; may be empty."),
];

/// The fields of the form that writes to a safeguarding concern.
pub const STEP: &[(&str, &str)] = &[
    ("seen", "How many steps were seen."),
    ("step", "note, enquiry, no_enquiry or closed."),
    ("text", "What was found, or the reason."),
];

/// The fields of the form that judges a signal.
pub const JUDGEMENT: &[(&str, &str)] = &[("judgement", "dismissed or taken_up."), ("reason", "Why, in words.")];

/// Reads a safeguarding concern.
///
/// # Errors
/// A message for each wrong field.
pub fn concern(fields: &Fields) -> Result<NewConcern, Invalid> {
    let mut reader = Reader::new(fields);
    let person = reader.id("person", "the person");
    let what = reader.text("what", "what you saw or heard", TEXT);
    let about_words = reader.optional_text("about_words", "whom it is about", LINE);
    reader.finish(|| Some(NewConcern { person: person?, about_words: about_words?, what: what? }))
}

/// Reads what is written to a safeguarding concern.
///
/// # Errors
/// A message for each wrong field.
pub fn step(fields: &Fields) -> Result<NewStep, Invalid> {
    let mut reader = Reader::new(fields);
    let seen = reader.whole("seen", "the steps that were seen", 0..=MOST_CHANGES);
    let step = reader.choice("step", "what it is", Step::from_code);
    let text = reader.text("text", "what you found, or why", TEXT);
    reader.finish(|| Some(NewStep { seen: seen?, step: step?, text: text? }))
}

/// Reads how a signal is judged.
///
/// # Errors
/// A message for each wrong field.
pub fn judgement(fields: &Fields) -> Result<(Judgement, String), Invalid> {
    let mut reader = Reader::new(fields);
    let judgement = reader.choice("judgement", "what it is", Judgement::from_code);
    let reason = reader.text("reason", "why", TEXT);
    reader.finish(|| Some((judgement?, reason?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_complaint_says_whose_about_whom_and_what() {
        let refused = complaint(&fields(&[("about", "invoice-7")])).unwrap_err();
        let named: Vec<&str> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["person", "whom", "what"]);
        let read = complaint(&fields(&[("person", "1"), ("about", "order-3"), ("whom", "council"), ("what", "x")]));
        assert_eq!(read.unwrap().thing, Thing::parse("order-3"));
    }

    #[test]
    fn a_thing_is_a_kind_and_a_number() {
        for wrong in ["invoice", "invoice-", "7", "person-7", "invoice-x", "-"] {
            assert!(thing(&fields(&[("about", wrong)])).is_err(), "{wrong:?}");
        }
        assert_eq!(thing(&fields(&[])), Ok(None));
        assert_eq!(thing(&fields(&[("about", "delivery-7")])).unwrap().unwrap().to_string(), "delivery-7");
    }

    #[test]
    fn an_answer_needs_words_and_an_acknowledgement_does_not() {
        assert!(reply(&fields(&[("version", "1")])).is_err());
        assert_eq!(seen(&fields(&[("version", "1")])), Ok(Reply { version: 1, text: String::new() }));
        assert!(contacts(&fields(&[("care_line", "0000 000 0000")])).is_err());
    }
}
