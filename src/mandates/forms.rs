//! What the forms about mandates, capacity and death send.

use chrono::NaiveDate;

use super::{CapacityDecision, Matter};
use crate::auth::rights::{Approval, Authority, Item, ItemKind, Scopes};
use crate::error::Invalid;
use crate::ids::OrganisationId;
use crate::mail::{EmailAddress, typed};
use crate::money::Pence;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The fields of a new mandate's form.
pub const MANDATE: &[(&str, &str)] = &[
    ("email", "The e-mail address of the one who is to act: they are asked by mail, and answer signed in with it."),
    (
        "authority",
        "By what authority: broker, nominated_person, authorised_person, attorney, deputy, appointee, trustee, advocate or carer.",
    ),
    ("organisation", "The number of the broker or trust for which they act; empty for a single person."),
    (
        "see_plan",
        "true when they see the plan and the support. Of these five at least one; without any, what is usual.",
    ),
    ("see_money", "true when they see the money."),
    ("choose", "true when they choose and order."),
    ("sign", "true when they sign agreements."),
    ("approve", "none, up_to or any: which bills they approve."),
    ("approve_up_to", "The amount in pounds, for up_to."),
    ("from", "From which day."),
    ("to", "The last day; empty when it has none."),
    ("evidence_note", "What was seen that shows the authority."),
    ("evidence", "In multipart/form-data: a file that shows it, PDF, PNG or JPEG, at most 5 MB."),
];

/// A mandate to offer.
#[derive(Clone, Debug)]
pub struct MandateToOffer {
    /// Who is asked.
    pub email: EmailAddress,
    /// For which organisation, if any.
    pub organisation: Option<OrganisationId>,
    /// By what authority.
    pub authority: Authority,
    /// How far it goes.
    pub scopes: Scopes,
    /// From which day.
    pub from: NaiveDate,
    /// The last day, if there is one.
    pub to: Option<NaiveDate>,
    /// What was seen.
    pub note: String,
}

/// Reads a new mandate's form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn mandate(fields: &Fields) -> Result<MandateToOffer, Invalid> {
    let mut reader = Reader::new(fields);
    let email = typed::address(&mut reader, "the e-mail address");
    let organisation = match fields.get("organisation") {
        None => Some(None),
        Some(_) => reader.id("organisation", "the organisation").map(Some),
    };
    let authority = reader.choice("authority", "by what authority they act", Authority::from_code);
    let scopes = scopes(&mut reader, fields, authority);
    let from = reader.date("from", "the first day");
    let to = match fields.get("to") {
        None => Some(None),
        Some(_) => reader.date("to", "the last day").map(Some),
    };
    if let (Some(from), Some(Some(to))) = (from, to)
        && to < from
    {
        reader.refuse("to", "Enter a last day that is not before the first.");
    }
    let note = reader.optional_text("evidence_note", "what you have seen", TEXT);
    reader.finish(|| {
        Some(MandateToOffer {
            email: email?,
            organisation: organisation?,
            authority: authority?,
            scopes: scopes?,
            from: from?,
            to: to?,
            note: note?,
        })
    })
}

/// How far the mandate goes; when nothing is said about it, as far as is usual.
fn scopes(reader: &mut Reader<'_>, fields: &Fields, authority: Option<Authority>) -> Option<Scopes> {
    const NAMES: [&str; 5] = ["see_plan", "see_money", "choose", "sign", "approve"];
    if NAMES.iter().all(|name| fields.get(name).is_none()) {
        return authority.map(Authority::usual);
    }
    let approve = match fields.get("approve") {
        None | Some("none") => Some(Approval::Nothing),
        Some("any") => Some(Approval::AnyAmount),
        Some("up_to") => match reader.money("approve_up_to", "up to what amount") {
            Some(Pence::ZERO) => {
                reader.refuse("approve_up_to", "Enter an amount above £0.00.");
                None
            }
            amount => amount.map(Approval::UpTo),
        },
        Some(_) => {
            reader.refuse("approve", "Choose which bills they approve from the list.");
            None
        }
    };
    let [see_plan, see_money, choose, sign, _] = NAMES.map(|name| reader.flag(name));
    Some(Scopes { see_plan, see_money, choose, sign, approve: approve? })
}

/// The fields of the form that ends a mandate.
pub const ENDING: &[(&str, &str)] = &[("note", "Why; empty when nothing needs to be said.")];

/// Reads the form that ends a mandate.
///
/// # Errors
/// A message about the note.
pub fn ending(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let note = reader.optional_text("note", "why", TEXT);
    reader.finish(|| note)
}

/// The fields of the form that keeps a thing from a mandate, or shows it again.
pub const ITEM: &[(&str, &str)] = &[(
    "item",
    "What: fund, package, order_line, delivery, invoice or agreement, a colon, and its number, like invoice:7.",
)];

/// Reads which thing is kept from a mandate, or shown again.
///
/// # Errors
/// When it names none.
pub fn item(fields: &Fields) -> Result<Item, Invalid> {
    let mut reader = Reader::new(fields);
    let item = reader.choice("item", "what is kept from them", item_of);
    reader.finish(|| item)
}

fn item_of(code: &str) -> Option<Item> {
    let (kind, number) = code.split_once(':')?;
    Some(Item { kind: ItemKind::from_code(kind)?, number: number.parse().ok()? })
}

/// The fields of the form for more evidence.
pub const EVIDENCE: &[(&str, &str)] = &[
    ("evidence_note", "What was seen."),
    ("evidence", "In multipart/form-data: a file that shows it, PDF, PNG or JPEG, at most 5 MB."),
];

/// Reads the form for more evidence: a note, a file, or both.
///
/// # Errors
/// When neither is there.
pub fn evidence(fields: &Fields, has_file: bool) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let note = reader.optional_text("evidence_note", "what you have seen", TEXT);
    if note.as_deref() == Some("") && !has_file {
        reader.refuse("evidence_note", "Say what you have seen, or choose a file.");
    }
    reader.finish(|| note)
}

/// The fields of the form for a capacity decision.
pub const CAPACITY: &[(&str, &str)] = &[
    ("decided_on", "The day of the decision."),
    ("about", "About what: money, care or other."),
    ("outcome", "has_capacity or lacks_capacity."),
    ("decided_by", "Who decided."),
    ("note", "What else should be known; for other, about what."),
];

/// Reads the form for a capacity decision.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn capacity(fields: &Fields) -> Result<CapacityDecision, Invalid> {
    let mut reader = Reader::new(fields);
    let decided_on = reader.date("decided_on", "the day of the decision");
    let about = reader.choice("about", "about what", Matter::from_code);
    let has_capacity = reader.choice("outcome", "what was found", |code| match code {
        "has_capacity" => Some(true),
        "lacks_capacity" => Some(false),
        _ => None,
    });
    let decided_by = reader.text("decided_by", "who decided", LINE);
    let note = match about {
        Some(Matter::Other) => reader.text("note", "about what it was", TEXT),
        _ => reader.optional_text("note", "the note", TEXT),
    };
    reader.finish(|| {
        Some(CapacityDecision {
            decided_on: decided_on?,
            about: about?,
            has_capacity: has_capacity?,
            decided_by: decided_by?,
            note: note?,
            recorded_by: String::new(),
        })
    })
}

/// The fields of the form for a death.
pub const DEATH: &[(&str, &str)] = &[
    ("died_on", "The day; empty together with mistake."),
    ("mistake", "true when the death was recorded by mistake."),
];

/// Reads the form for a death: the day, or nothing when it was recorded by mistake.
///
/// # Errors
/// A message about the day.
pub fn death(fields: &Fields) -> Result<Option<NaiveDate>, Invalid> {
    let mut reader = Reader::new(fields);
    if reader.flag("mistake") {
        return Ok(None);
    }
    let day = reader.date("died_on", "the day on which the person died");
    reader.finish(|| day.map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn wrong(invalid: Invalid) -> Vec<String> {
        invalid.errors.into_iter().map(|error| error.field).collect()
    }

    const BROKER: [(&str, &str); 3] = [("email", "a@example.org"), ("authority", "broker"), ("from", "3 11 2026")];

    #[test]
    fn a_mandate_ends_after_it_began() {
        let sent = [&BROKER[..], &[("to", "2 11 2026")]].concat();
        assert_eq!(wrong(mandate(&fields(&sent)).unwrap_err()), ["to"]);
        assert!(mandate(&fields(&BROKER)).unwrap().to.is_none());
    }

    #[test]
    fn without_a_word_about_it_a_mandate_goes_as_far_as_is_usual() {
        assert_eq!(mandate(&fields(&BROKER)).unwrap().scopes, Authority::Broker.usual());
        let sent = [&BROKER[..], &[("see_money", "true"), ("approve", "up_to"), ("approve_up_to", "50")]].concat();
        let scopes = mandate(&fields(&sent)).unwrap().scopes;
        assert_eq!(scopes.approve, Approval::UpTo(Pence::from_pence(5_000)));
        assert!(scopes.see_money && !scopes.see_plan && !scopes.choose && !scopes.sign);
        for (approve, amount, field) in
            [("all", "1", "approve"), ("up_to", "", "approve_up_to"), ("up_to", "0", "approve_up_to")]
        {
            let sent = [&BROKER[..], &[("approve", approve), ("approve_up_to", amount)]].concat();
            assert_eq!(wrong(mandate(&fields(&sent)).unwrap_err()), [field]);
        }
    }

    #[test]
    fn a_decision_about_something_else_says_about_what() {
        let sent =
            [("decided_on", "2 11 2026"), ("about", "other"), ("outcome", "has_capacity"), ("decided_by", "A doctor")];
        assert_eq!(wrong(capacity(&fields(&sent)).unwrap_err()), ["note"]);
        assert_eq!(death(&fields(&[("mistake", "true")])).unwrap(), None);
        assert_eq!(wrong(death(&fields(&[])).unwrap_err()), ["died_on"]);
    }
}
