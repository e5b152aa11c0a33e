//! Who may say what somebody needs, what fits together, and what follows from it.

use chrono::{Months, NaiveDate};

use super::{Flag, Format, Interpreter, Language, Needs, Version};
use crate::auth::rights::visibility::{Around, Data, Viewer, viewers};
use crate::auth::rights::{Actor, SeePlan};
use crate::calendar;
use crate::error::Error;
use crate::people::Person;

/// After so many months it is talked through again: the standard asks for a review, and a year is the usual one.
const REVIEW_AFTER: Months = Months::new(12);
/// The furthest that a first day may lie ahead.
const AHEAD: Months = Months::new(12);

/// Why needs cannot be recorded as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Large print without its size.
    #[error("Choose how large the print must be.")]
    SizeMissing,
    /// A size without large print.
    #[error("Tick large print as well, or choose no size.")]
    SizeWithoutLargePrint,
    /// A language that is not in the list, and nothing said about it.
    #[error("Write in the note which language it is.")]
    LanguageMissing,
    /// An interpreter of a language that needs none.
    #[error("Choose the language in which they are at home.")]
    InterpreterOfEnglish,
    /// A first day that lies too far ahead.
    #[error("Enter a first day within the next year.")]
    TooFarAhead,
    /// A talk that has not happened.
    #[error("Enter a day that is not after today.")]
    NotTalkedThrough,
}

impl Refusal {
    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::SizeMissing | Self::SizeWithoutLargePrint => "print_size",
            Self::LanguageMissing => "note",
            Self::InterpreterOfEnglish => "language",
            Self::TooFarAhead => "from",
            Self::NotTalkedThrough => "reviewed_on",
        }
    }
}

/// As what somebody may say what a person needs: the person, somebody who decides for them and sees the plan, an officer of
/// their council (domain reference 1.3; brokers and advocates read it). The authority in words.
///
/// # Errors
/// Forbidden, for everybody else.
pub fn may_change(actor: &Actor, person: &Person) -> Result<String, Error> {
    let around = Around { person: person.id, council: person.council, holder: None, provider: None };
    let decides = viewers(actor, &around, Data::Identity).contains(&Viewer::Person);
    if let Some(right) = actor.acting_for::<SeePlan>(person.id).filter(|_| decides) {
        return Ok(right.authority());
    }
    let own = actor.council_officer().ok().filter(|officer| officer.council() == person.council);
    own.map(|officer| officer.authority()).ok_or_else(|| {
        let who = "Only the person, somebody who decides for them and sees the plan, or an officer of their council may do this.";
        Error::Forbidden(who.to_owned())
    })
}

/// What is said must fit together.
///
/// # Errors
/// When it does not.
pub fn check(needs: &Needs, from: NaiveDate, reviewed_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    let large = needs.formats.contains(&Format::LargePrint);
    match needs.print_size {
        None if large => return Err(Refusal::SizeMissing),
        Some(_) if !large => return Err(Refusal::SizeWithoutLargePrint),
        _ => {}
    }
    if needs.language == Language::Another && needs.note.is_empty() {
        return Err(Refusal::LanguageMissing);
    }
    if needs.interpreter == Interpreter::Spoken && needs.language == Language::English {
        return Err(Refusal::InterpreterOfEnglish);
    }
    if from > today.checked_add_months(AHEAD).unwrap_or(today) {
        return Err(Refusal::TooFarAhead);
    }
    if reviewed_on > today { Err(Refusal::NotTalkedThrough) } else { Ok(()) }
}

/// The version that holds on a day: the newest that has begun. Versions come in the order of their first days.
#[must_use]
pub fn on(versions: &[Version], day: NaiveDate) -> Option<&Version> {
    versions.iter().rfind(|version| version.from <= day)
}

/// The day from which the needs have to be talked through again.
#[must_use]
pub fn review_due(version: &Version) -> NaiveDate {
    version.reviewed_on.checked_add_months(REVIEW_AFTER).unwrap_or(version.reviewed_on)
}

/// Each need in a line.
#[must_use]
pub fn lines(needs: &Needs) -> Vec<String> {
    let mut lines = vec![];
    for format in &needs.formats {
        lines.push(match (format, needs.print_size) {
            (Format::LargePrint, Some(size)) => format!("Large print, {} or more", size.words()),
            (format, _) => format.words().to_owned(),
        });
    }
    if needs.plain_background {
        lines.push("A plain background".to_owned());
    }
    if needs.language != Language::English {
        lines.push(format!("Language: {}", needs.language.words()));
    }
    if needs.interpreter != Interpreter::NotNeeded {
        lines.push(format!("{} must be there", needs.interpreter.words()));
    }
    if !needs.contacts.is_empty() {
        let ways: Vec<String> = needs.contacts.iter().map(|way| lower(way.words())).collect();
        lines.push(format!("Reach them {}", ways.join(" or ")));
    }
    lines.extend(needs.supports.iter().map(|support| support.words().to_owned()));
    if !needs.note.is_empty() {
        lines.push(needs.note.clone());
    }
    lines
}

fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// What whoever contacts the person must know; nothing where there is nothing to know.
#[must_use]
pub fn flag(version: Option<&Version>, name: &str, today: NaiveDate) -> Option<Flag> {
    let version = version?;
    let says = lines(&version.needs);
    if says.is_empty() {
        return None;
    }
    let review = (review_due(version) <= today).then(|| {
        format!("Last talked through on {}. Ask again whether it is still right.", calendar::full(version.reviewed_on))
    });
    Some(Flag { name: name.to_owned(), says, review, href: None })
}

/// In which forms a paper is owed that this service does not make. It makes large print, and pages that a screen reader
/// reads.
#[must_use]
pub fn owed(needs: &Needs) -> Vec<&'static str> {
    let not_made = [Format::EasyRead, Format::Braille, Format::Audio];
    let mut owed: Vec<&str> =
        not_made.into_iter().filter(|format| needs.formats.contains(format)).map(Format::words).collect();
    if !matches!(needs.language, Language::English) {
        owed.push(needs.language.words());
    }
    owed
}

/// What is said beside a paper that is not made in the form in which the person needs it.
#[must_use]
pub fn owed_words(version: Option<&Version>, council: &str) -> Option<String> {
    let owed = owed(&version?.needs);
    let (last, before) = owed.split_last()?;
    let forms = if before.is_empty() { (*last).to_owned() } else { format!("{} and {last}", before.join(", ")) };
    Some(format!("This paper is owed in {forms} as well. It is not made here: {council} makes it and sends it."))
}

#[cfg(test)]
mod tests {
    use super::super::{Contact, PrintSize, Support};
    use super::*;
    use crate::ids::{NeedsId, PersonId};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn version(needs: Needs, from: &str) -> Version {
        Version {
            id: NeedsId::new(1),
            person: PersonId::new(1),
            needs,
            from: day(from),
            reviewed_on: day(from),
            authority: "the person".to_owned(),
            recorded_on: day(from),
        }
    }

    fn large() -> Needs {
        Needs { formats: vec![Format::LargePrint], print_size: Some(PrintSize::Eighteen), ..Needs::nothing() }
    }

    #[test]
    fn what_is_said_fits_together() {
        let today = day("2026-11-02");
        let check = |needs: Needs| check(&needs, today, today, today);
        assert_eq!(check(Needs::nothing()), Ok(()));
        assert_eq!(check(large()), Ok(()));
        assert_eq!(check(Needs { print_size: None, ..large() }), Err(Refusal::SizeMissing));
        assert_eq!(check(Needs { formats: vec![], ..large() }), Err(Refusal::SizeWithoutLargePrint));
        let another = Needs { language: Language::Another, ..Needs::nothing() };
        assert_eq!(check(another), Err(Refusal::LanguageMissing));
        let english = Needs { interpreter: Interpreter::Spoken, ..Needs::nothing() };
        assert_eq!(check(english), Err(Refusal::InterpreterOfEnglish));
        let late = super::check(&Needs::nothing(), day("2027-11-03"), today, today);
        assert_eq!(late, Err(Refusal::TooFarAhead));
        let dreamt = super::check(&Needs::nothing(), today, day("2026-11-03"), today);
        assert_eq!(dreamt, Err(Refusal::NotTalkedThrough));
    }

    #[test]
    fn the_newest_that_has_begun_holds() {
        let versions = [version(large(), "2026-01-01"), version(Needs::nothing(), "2027-01-01")];
        assert_eq!(on(&versions, day("2025-12-31")), None);
        assert_eq!(on(&versions, day("2026-12-31")), Some(&versions[0]));
        assert_eq!(on(&versions, day("2027-01-01")), Some(&versions[1]));
    }

    #[test]
    fn the_flag_says_what_is_needed_and_when_to_ask_again() {
        let needs = Needs {
            contacts: vec![Contact::TextMessage, Contact::Letter],
            supports: vec![Support::MoreTime],
            interpreter: Interpreter::BritishSignLanguage,
            language: Language::BritishSignLanguage,
            ..large()
        };
        let found = flag(Some(&version(needs, "2026-01-01")), "Mary", day("2026-06-01")).unwrap();
        assert_eq!(
            found.says,
            [
                "Large print, 18 point or more",
                "Language: British Sign Language",
                "A British Sign Language interpreter must be there",
                "Reach them by text message or by letter",
                "Needs more time to think and to answer"
            ]
        );
        assert_eq!(found.review, None);
        let later = flag(Some(&version(large(), "2026-01-01")), "Mary", day("2027-01-01")).unwrap();
        assert!(later.review.unwrap().contains("1 January 2026"));
        assert_eq!(flag(Some(&version(Needs::nothing(), "2026-01-01")), "Mary", day("2026-06-01")), None);
        assert_eq!(flag(None, "Mary", day("2026-06-01")), None);
    }

    #[test]
    fn what_is_not_made_here_is_owed_and_large_print_is_made() {
        assert_eq!(owed_words(Some(&version(large(), "2026-01-01")), "Example Council"), None);
        let formats = vec![Format::LargePrint, Format::EasyRead, Format::Braille];
        let needs = Needs { formats, ..large() };
        let said = owed_words(Some(&version(needs, "2026-01-01")), "Example Council").unwrap();
        assert!(
            said.contains("in Easy Read and Braille as well") && said.contains("Example Council makes it"),
            "{said}"
        );
    }
}
