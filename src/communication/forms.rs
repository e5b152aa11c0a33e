//! What the form of communication needs may send. A box of a list is a field of its own, named for the list and the code.

use chrono::NaiveDate;

use super::{Contact, Format, Interpreter, Language, Needs, PrintSize, Support, box_name};
use crate::error::Invalid;
use crate::web::form::{Fields, Reader, TEXT};

/// The fields.
pub const NEEDS: &[(&str, &str)] = &[
    ("format_large_print", "true, if large print is needed"),
    ("format_easy_read", "true, if Easy Read is needed"),
    ("format_braille", "true, if braille is needed"),
    ("format_audio", "true, if audio is needed"),
    ("format_plain_text", "true, if plain text for a screen reader is needed"),
    ("print_size", "16, 18, 20, 24 or 28 points, with large print"),
    ("plain_background", "true, if pages must have a plain background"),
    ("language", "the code of a language; other for one that the note names"),
    ("interpreter", "none, spoken, bsl, sse, makaton, lipspeaker, speech_to_text or deafblind_manual"),
    (
        "contact_letter",
        "true, as for each contact_ of telephone, text_relay, video_relay, text_message, email, in_person, through_somebody",
    ),
    (
        "support_more_time",
        "true, as for each support_ of short_sentences, lip_reading, hearing_loop, read_aloud, communication_aid, written_down, somebody_with_them, touch_first",
    ),
    ("note", "what no list says"),
    ("from", "the first day, like 2 11 2026"),
    ("reviewed_on", "the day on which it was talked through with the person"),
    ("seen", "the id of the newest version that was shown; 0 when there was none"),
];

/// What was sent.
pub struct NewVersion {
    /// What they need.
    pub needs: Needs,
    /// From which day.
    pub from: NaiveDate,
    /// When it was talked through.
    pub reviewed_on: NaiveDate,
    /// The newest version that was shown.
    pub seen: i64,
}

/// Reads the form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn needs(fields: &Fields) -> Result<NewVersion, Invalid> {
    let mut reader = Reader::new(fields);
    let formats = ticked(&reader, "format", Format::ALL, Format::code);
    let contacts = ticked(&reader, "contact", Contact::ALL, Contact::code);
    let supports = ticked(&reader, "support", Support::ALL, Support::code);
    let plain_background = reader.flag("plain_background");
    let print_size = match fields.get("print_size") {
        None => Some(None),
        Some(_) => reader.choice("print_size", "the size of the print", PrintSize::from_code).map(Some),
    };
    let language = reader.choice("language", "the language", Language::from_code);
    let interpreter = reader.choice("interpreter", "whether an interpreter is needed", Interpreter::from_code);
    let note = reader.optional_text("note", "the note", TEXT);
    let from = reader.date("from", "the first day");
    let reviewed_on = reader.date("reviewed_on", "the day on which it was talked through");
    let seen = reader.whole("seen", "the version that was shown", 0..=i64::MAX);
    reader.finish(|| {
        let (print_size, language, interpreter, note) = (print_size?, language?, interpreter?, note?);
        let needs = Needs { formats, print_size, plain_background, language, interpreter, contacts, supports, note };
        Some(NewVersion { needs, from: from?, reviewed_on: reviewed_on?, seen: seen? })
    })
}

fn ticked<T: Copy>(reader: &Reader<'_>, list: &str, all: &[T], code: fn(T) -> &'static str) -> Vec<T> {
    all.iter().copied().filter(|value| reader.flag(&box_name(list, code(*value)))).collect()
}
