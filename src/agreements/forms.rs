//! What may be sent about agreements.

use super::{Cause, Choices, FeePosition, MOST_ADVANCE_DAYS, MOST_WEEKS, NoticeWeeks, Party, SurplusRule};
use crate::budgets::PaymentFrequency;
use crate::error::Invalid;
use crate::vat::{Form, Structure};
use crate::web::form::{Fields, Reader, TEXT};

/// The fields of the terms of a new agreement.
pub const NEW: &[(&str, &str)] = &[
    (
        "structure",
        "What the holder is in law: agent_of_person, agent_of_council, principal_exempt or principal_taxable; only for a brokered fund and an Individual Service Fund.",
    ),
    ("starts_on", "The first day."),
    ("payment_frequency", "How often the council pays in: weekly, two_weekly, four_weekly or monthly."),
    ("advance_days", "How many days ahead it pays, 0 to 56."),
    ("fee_weekly", "The holder's fee per week without VAT; 0.00 for none."),
    ("fee_position", "Where the fee comes from: from_budget or on_top."),
    ("surplus_rule", "To whom goes what is left at the end: pro_rata or council_first."),
    ("surplus_cap_weeks", "How many weeks' money may be kept for later, 0 to 52."),
    ("notice_person_weeks", "The person's notice in weeks, 0 to 52."),
    ("notice_holder_weeks", "The holder's notice in weeks, 0 to 52."),
    ("notice_council_weeks", "The council's notice in weeks, 0 to 52."),
];

/// The fields of changed terms.
pub const TERMS: &[(&str, &str)] = &[
    ("version", "The version that was seen."),
    NEW[0],
    NEW[1],
    NEW[2],
    NEW[3],
    NEW[4],
    NEW[5],
    NEW[6],
    NEW[7],
    NEW[8],
    NEW[9],
    NEW[10],
];

/// The field of a proposal, a withdrawal or a final account.
pub const VERSION: &[(&str, &str)] = &[("version", "The version that was seen.")];

/// The fields of a signature.
pub const SIGNATURE: &[(&str, &str)] = &[
    ("sha256", "The fingerprint of the text that was shown."),
    ("party", "For whom: person, holder or council; may be left out by who stands on one side only."),
    ("read", "true: I have read it."),
];

/// The fields of an ending.
pub const ENDING: &[(&str, &str)] = &[
    ("version", "The version that was seen."),
    ("party", "As whom: person, holder or council; may be left out by who stands on one side only."),
    ("cause", "Why: notice, safeguarding, fraud, insolvency or death."),
    ("reason", "The reason in words; needed when it ends at once."),
];

/// Reads the terms of an agreement on a fund of a form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn choices(fields: &Fields, form: Form) -> Result<Choices, Invalid> {
    let mut reader = Reader::new(fields);
    let structure = if form.needs_structure() {
        reader.choice("structure", "what the holder is in law", Structure::from_code).map(Some)
    } else {
        Some(None)
    };
    let starts_on = reader.date("starts_on", "the first day");
    let payment_frequency =
        reader.choice("payment_frequency", "how often the council pays", PaymentFrequency::from_code);
    let advance_days = reader.whole("advance_days", "how many days ahead the council pays", 0..=MOST_ADVANCE_DAYS);
    let fee_weekly = reader.money("fee_weekly", "the fee per week, 0.00 for none");
    let fee_position = reader.choice("fee_position", "where the fee comes from", FeePosition::from_code);
    let surplus_rule = reader.choice("surplus_rule", "to whom goes what is left", SurplusRule::from_code);
    let surplus_cap_weeks = reader.whole("surplus_cap_weeks", "how many weeks’ money may be kept", 0..=MOST_WEEKS);
    let person = reader.whole("notice_person_weeks", "the person’s notice in weeks", 0..=MOST_WEEKS);
    let holder = reader.whole("notice_holder_weeks", "the holder’s notice in weeks", 0..=MOST_WEEKS);
    let council = reader.whole("notice_council_weeks", "the council’s notice in weeks", 0..=MOST_WEEKS);
    reader.finish(|| {
        Some(Choices {
            structure: structure?,
            starts_on: starts_on?,
            payment_frequency: payment_frequency?,
            advance_days: advance_days?,
            fee_weekly: fee_weekly?,
            fee_position: fee_position?,
            surplus_rule: surplus_rule?,
            surplus_cap_weeks: surplus_cap_weeks?,
            notice: NoticeWeeks { person: person?, holder: holder?, council: council? },
        })
    })
}

/// Reads the version that was seen.
///
/// # Errors
/// When it is missing or no number.
pub fn version(fields: &Fields) -> Result<i64, Invalid> {
    let mut reader = Reader::new(fields);
    let version = seen(&mut reader);
    reader.finish(|| version)
}

fn seen(reader: &mut Reader) -> Option<i64> {
    reader.version("the version that you saw")
}

/// The party that was named, if one was.
fn party(reader: &mut Reader, fields: &Fields) -> Option<Option<Party>> {
    match fields.get("party") {
        None => Some(None),
        Some(_) => reader.choice("party", "for whom you act", Party::from_code).map(Some),
    }
}

/// A signature under a text.
#[derive(Clone, Debug)]
pub struct SignatureGiven {
    /// The fingerprint of the text that was shown.
    pub sha256: String,
    /// For whom, where it was said.
    pub party: Option<Party>,
}

/// Reads a signature.
///
/// # Errors
/// When the box was not ticked, or the fingerprint is missing or none.
pub fn signature(fields: &Fields) -> Result<SignatureGiven, Invalid> {
    let mut reader = Reader::new(fields);
    let party = party(&mut reader, fields);
    let sha256 = reader.text("sha256", "the fingerprint of the text that you read", 64);
    let is_fingerprint = |text: &String| text.len() == 64 && text.bytes().all(|letter| letter.is_ascii_hexdigit());
    if sha256.as_ref().is_some_and(|text| !is_fingerprint(text)) {
        reader.refuse("sha256", "Send the fingerprint (SHA-256) of the text that you read.");
    }
    if !reader.flag("read") {
        reader.refuse("read", "Read the agreement. Then tick that you have read it.");
    }
    reader.finish(|| Some(SignatureGiven { sha256: sha256?.to_lowercase(), party: party? }))
}

/// The end of an agreement as a party wants it.
#[derive(Clone, Debug)]
pub struct EndingGiven {
    /// The version that was seen.
    pub version: i64,
    /// As whom, where it was said.
    pub party: Option<Party>,
    /// Why.
    pub cause: Cause,
    /// The reason in words; may be empty with notice.
    pub reason: String,
}

/// Reads an ending.
///
/// # Errors
/// A message for each field that cannot be used; an end at once needs its reason.
pub fn ending(fields: &Fields) -> Result<EndingGiven, Invalid> {
    let mut reader = Reader::new(fields);
    let version = seen(&mut reader);
    let party = party(&mut reader, fields);
    let cause = reader.choice("cause", "how it ends", Cause::from_code);
    let reason = match cause {
        Some(Cause::Notice) | None => reader.optional_text("reason", "the reason", TEXT),
        Some(_) => reader.text("reason", "what has happened", TEXT),
    };
    reader.finish(|| Some(EndingGiven { version: version?, party: party?, cause: cause?, reason: reason? }))
}
