//! What the pages and the letter of claims receive, worded.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Claim, ClaimEvent, ClaimStatus, Letter, rules};
use crate::auth::rights::Membership;
use crate::bank_details::store::Waiting;
use crate::calendar;
use crate::register::RegisterLocation;
use crate::web::parts::{Choice, Fact, Happened};

/// The form that claims an entry; template `claims/claim.html`.
#[derive(Serialize, ToSchema)]
pub struct ClaimPage {
    /// The entry's id.
    pub id: i64,
    /// The name of the location.
    pub name: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// What the register says.
    pub facts: Vec<Fact>,
    /// Whether it can be claimed.
    pub open: bool,
    /// For whom: one's own providers, and a new one.
    pub organisations: Vec<Choice>,
    /// What a new one may be in law.
    pub kinds: Vec<Choice>,
}

/// The form that claims an entry.
#[must_use]
pub fn claim(
    id: i64,
    (location, taken, claimed): (&RegisterLocation, bool, bool),
    own: &[&Membership],
    kinds: Vec<Choice>,
) -> ClaimPage {
    let state = match (taken, claimed) {
        (true, _) => "This entry belongs to a provider here already.",
        (_, true) => {
            "Somebody has claimed this entry already, and the claim waits to be checked. You can claim it as well: the first that is verified gets it."
        }
        _ => "Nobody has claimed this entry yet.",
    };
    let mut organisations: Vec<Choice> =
        own.iter().map(|place| Choice::new(place.organisation, place.name.as_str())).collect();
    organisations.push(Choice::new("new", "A new organisation, whose administrator you will be"));
    ClaimPage {
        id,
        name: location.location_name.clone(),
        state: state.to_owned(),
        facts: facts(location),
        open: !taken,
        organisations,
        kinds,
    }
}

fn facts(location: &RegisterLocation) -> Vec<Fact> {
    vec![
        Fact::new("Provider in the register", location.provider_name.as_str()),
        Fact::new("Address in the register", address_lines(location).join(", ")),
        Fact::new("The regulator’s page", location.location_id.as_str()).href(location.url.as_str()),
    ]
}

/// Where the register says that a location is: the letter goes there and nowhere else.
fn address_lines(location: &RegisterLocation) -> Vec<String> {
    let address = location.address.known().cloned().unwrap_or_default();
    let postcode = location.postcode.known().cloned().flatten().map(|postcode| postcode.as_str().to_owned());
    address.lines.into_iter().chain(address.town).chain(address.county).chain(postcode).collect()
}

/// A claim in a list.
#[derive(Serialize, ToSchema)]
pub struct ClaimRow {
    /// Its page.
    pub href: String,
    /// The name of the location.
    pub location: String,
    /// Who claims it.
    pub organisation: String,
    /// Since when.
    pub since: String,
    /// How far it has come.
    pub status: &'static str,
    /// The tone of that.
    pub tone: &'static str,
}

/// New bank details that wait for an officer.
#[derive(Serialize, ToSchema)]
pub struct BankRow {
    /// Its page.
    pub href: String,
    /// Whose.
    pub organisation: String,
    /// Since when.
    pub since: String,
}

/// The claims that somebody has to do with; template `claims/list.html`.
#[derive(Serialize, ToSchema)]
pub struct ClaimsPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// The claims, the newest first.
    pub claims: Vec<ClaimRow>,
    /// New bank details that wait for an officer.
    pub bank_details: Vec<BankRow>,
}

/// The list of claims, and of bank details that an officer confirms.
#[must_use]
pub fn list(claims: &[(Claim, RegisterLocation)], waiting: &[Waiting]) -> ClaimsPage {
    let row = |(claim, location): &(Claim, RegisterLocation)| ClaimRow {
        href: format!("/claims/{}", claim.id),
        location: location.location_name.clone(),
        organisation: claim.organisation_name.clone(),
        since: calendar::full(calendar::london(claim.at).date()),
        status: claim.status.words(),
        tone: tone(claim.status),
    };
    let bank = |waiting: &Waiting| BankRow {
        href: format!("/organisations/{}/bank-details", waiting.organisation),
        organisation: waiting.name.clone(),
        since: calendar::full(calendar::london(waiting.since).date()),
    };
    let open = claims.iter().filter(|(claim, _)| claim.status == ClaimStatus::Claimed).count();
    let claimed = match open {
        0 => "No claim waits to be checked.".to_owned(),
        1 => "1 claim waits to be checked.".to_owned(),
        many => format!("{many} claims wait to be checked."),
    };
    let banks = match waiting.len() {
        0 => String::new(),
        1 => " 1 change of bank details waits for you.".to_owned(),
        many => format!(" {many} changes of bank details wait for you."),
    };
    ClaimsPage {
        state: format!("{claimed}{banks}"),
        claims: claims.iter().map(row).collect(),
        bank_details: waiting.iter().map(bank).collect(),
    }
}

fn tone(status: ClaimStatus) -> &'static str {
    match status {
        ClaimStatus::Claimed => "waiting",
        ClaimStatus::Verified => "good",
        ClaimStatus::Refused | ClaimStatus::Undone => "plain",
    }
}

/// A claim; template `claims/show.html`.
#[derive(Serialize, ToSchema)]
pub struct ShowPage {
    /// Its id.
    pub id: i64,
    /// The name of the location.
    pub location: String,
    /// Who claims it.
    pub organisation: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// How far it has come.
    pub status: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// What the register says.
    pub facts: Vec<Fact>,
    /// Why it should be believed.
    pub evidence: String,
    /// What is so with the letter, in a sentence.
    pub letter: Option<String>,
    /// Whether the actor may enter the code.
    pub may_enter: bool,
    /// Whether the actor may decide, and make a letter.
    pub may_decide: bool,
    /// Whether a letter can be printed.
    pub has_letter: bool,
    /// Whether the actor may undo it.
    pub may_undo: bool,
    /// What has happened.
    pub events: Vec<Happened>,
}

/// What the page of a claim needs to know of whoever looks.
#[derive(Clone, Copy, Debug)]
pub struct Looker {
    /// Runs the provider.
    pub claims: bool,
    /// Decides, as an officer of the place.
    pub decides: bool,
}

/// The page of a claim.
#[must_use]
pub fn show(
    (claim, location): (&Claim, &RegisterLocation),
    letter: Option<&Letter>,
    events: &[ClaimEvent],
    looker: Looker,
) -> ShowPage {
    let open = claim.status == ClaimStatus::Claimed;
    let (organisation, place) = (&claim.organisation_name, &location.location_name);
    let state = match claim.status {
        ClaimStatus::Claimed => {
            format!("{organisation} says that {place} is theirs. Nothing of the entry has changed.")
        }
        ClaimStatus::Verified => format!("{place} belongs to {organisation}."),
        ClaimStatus::Refused => format!("It was not accepted that {place} belongs to {organisation}."),
        ClaimStatus::Undone => format!("{place} no longer belongs to {organisation} here."),
    };
    let letter_words = |letter: &Letter| {
        let until = calendar::full(calendar::london(letter.expires_at).date());
        format!("A letter with a code was made. It is good until {until}, for {} more tries.", letter.tries_left)
    };
    let event = |event: &ClaimEvent| Happened {
        when: calendar::moment(event.at),
        what: event.what.clone(),
        who: event.by.clone(),
        detail: event.detail.clone(),
    };
    ShowPage {
        id: claim.id.number(),
        location: place.clone(),
        organisation: organisation.clone(),
        state,
        status: claim.status.words(),
        tone: tone(claim.status),
        facts: facts(location),
        evidence: claim.evidence.clone(),
        letter: letter.filter(|_| open).map(letter_words),
        may_enter: open && looker.claims && letter.is_some(),
        may_decide: open && looker.decides,
        has_letter: open && looker.decides && letter.is_some(),
        may_undo: claim.status == ClaimStatus::Verified && looker.decides,
        events: events.iter().map(event).collect(),
    }
}

/// The letter with the code; template `paper/claim_letter.html`.
#[derive(Serialize)]
pub struct LetterPage {
    /// To whom: the location's name and the register's address.
    pub address: Vec<String>,
    /// From whom.
    pub council: String,
    /// Of which day.
    pub on: String,
    /// The location.
    pub location: String,
    /// Who claims it.
    pub organisation: String,
    /// The code, in groups.
    pub code: String,
    /// Where it is entered.
    pub href: String,
    /// Until when it is good.
    pub until: String,
}

/// The letter with the code.
#[must_use]
pub fn letter(
    (claim, location): (&Claim, &RegisterLocation),
    letter: &Letter,
    (code, council, public_url): (&str, &str, &str),
    now: DateTime<Utc>,
) -> LetterPage {
    let named = [location.location_name.clone(), location.provider_name.clone()];
    LetterPage {
        address: named.into_iter().chain(address_lines(location)).collect(),
        council: council.to_owned(),
        on: calendar::full(calendar::london(now).date()),
        location: location.location_name.clone(),
        organisation: claim.organisation_name.clone(),
        code: rules::printed_code(code),
        href: format!("{public_url}/claims/{}", claim.id),
        until: calendar::full(calendar::london(letter.expires_at).date()),
    }
}
