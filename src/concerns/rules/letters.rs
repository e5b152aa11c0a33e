//! Who is told of what in a complaint, and in which words.

use crate::calendar;
use crate::concerns::{Complaint, Deed};

/// One of the two sides of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The person, and whoever raised it for them.
    Person,
    /// Whoever must answer now.
    Answers,
}

/// Who has something to do or to read after a deed. What goes outside or is settled waits for nobody here.
#[must_use]
pub const fn told(deed: Deed, by_persons_side: bool) -> &'static [Side] {
    match (deed, by_persons_side) {
        (Deed::Raised | Deed::Escalated, _) | (Deed::Message, true) => &[Side::Answers],
        (Deed::Acknowledged | Deed::Answered, _) | (Deed::Message, false) => &[Side::Person],
        (Deed::Overdue, _) => &[Side::Answers, Side::Person],
        (Deed::Settled | Deed::Outside, _) => &[],
    }
}

/// The subject and what is said: nobody's name but that of whoever must answer.
#[must_use]
pub fn words(complaint: &Complaint, deed: Deed, side: Side, with: &str) -> (String, String) {
    let by = |day| calendar::long(day);
    let (subject, said) = match (side, deed) {
        (Side::Answers, Deed::Message) => {
            ("Somebody wrote to a complaint", format!("Somebody wrote to a complaint that {with} must answer."))
        }
        (Side::Answers, _) => (
            "A complaint waits for an answer",
            format!(
                "A complaint has come to {with}. Say by {} that it was received, and answer by {}.",
                by(complaint.deadlines.acknowledge_by),
                by(complaint.deadlines.answer_by)
            ),
        ),
        (Side::Person, Deed::Acknowledged) => {
            ("A complaint was received", format!("{with} said that a complaint of yours was received."))
        }
        (Side::Person, Deed::Answered) => (
            "A complaint was answered",
            format!("{with} has answered a complaint of yours. Say whether that settles it."),
        ),
        (Side::Person, Deed::Overdue) => (
            "A complaint went on to the council",
            format!("There was no answer in time, so a complaint of yours went on by itself. {with} must answer now."),
        ),
        (Side::Person, _) => ("Somebody wrote to a complaint", "Somebody wrote to a complaint of yours.".to_owned()),
    };
    (subject.to_owned(), said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deed_is_told_to_who_goes_on() {
        assert_eq!(told(Deed::Raised, true), [Side::Answers]);
        assert_eq!(told(Deed::Answered, false), [Side::Person]);
        assert_eq!(
            (told(Deed::Message, true), told(Deed::Message, false)),
            (&[Side::Answers][..], &[Side::Person][..])
        );
        assert_eq!(told(Deed::Overdue, false), [Side::Answers, Side::Person]);
        assert!(told(Deed::Settled, true).is_empty() && told(Deed::Outside, true).is_empty());
    }
}
