//! Claims, their letters and what happened to them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::rules::{self, Refusal};
use super::{Claim, ClaimEvent, ClaimStatus, Claimant, Letter};
use crate::auth::rights::{Actor, CouncilOfficer};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{claim_events, claim_letters, organisations, register_claims, users};
use crate::directory::store::{register, services};
use crate::error::Error;
use crate::ids::{ClaimId, OrganisationId, RegisterLocationId, UserId};
use crate::organisations::store as inside;
use crate::people::{NewOrganisation, store as people};
use crate::register::RegisterLocation;
use crate::web::token::{Keys, sha256};

word! {
    ClaimStatus;
}

/// The most claims that a page lists.
const LISTED: i64 = 200;
/// How long a code is, in letters.
const CODE: usize = 12;

type Row = (ClaimId, String, OrganisationId, String, ClaimStatus, String, NaiveDateTime, i64);

const COLUMNS: (
    register_claims::id,
    register_claims::location,
    register_claims::organisation_id,
    organisations::name,
    register_claims::status,
    register_claims::evidence,
    register_claims::claimed_at,
    register_claims::version,
) = (
    register_claims::id,
    register_claims::location,
    register_claims::organisation_id,
    organisations::name,
    register_claims::status,
    register_claims::evidence,
    register_claims::claimed_at,
    register_claims::version,
);

fn noun((id, location, organisation, organisation_name, status, evidence, at, version): Row) -> Claim {
    Claim { id, location, organisation, organisation_name, status, evidence, at: at.and_utc(), version }
}

/// The right of an officer of the council that answers for a location; of any council where none here answers for it.
fn officer(tx: &mut Tx, actor: &Actor, location: Option<&RegisterLocation>) -> Result<Option<CouncilOfficer>, Error> {
    let Ok(officer) = actor.council_officer() else { return Ok(None) };
    let answering = match location.and_then(|location| location.council_code.as_deref()) {
        Some(code) => people::councils_of_area(tx, code)?,
        None => vec![],
    };
    Ok((answering.is_empty() || answering.contains(&officer.council())).then_some(officer))
}

/// A claim as the actor sees it, with the location: a member of the provider, or an officer of the place.
///
/// # Errors
/// Not found, for everybody else.
pub fn claim(tx: &mut Tx, actor: &Actor, id: ClaimId) -> Result<(Claim, RegisterLocation), Error> {
    let row: Row = register_claims::table
        .inner_join(organisations::table.on(organisations::id.eq(register_claims::organisation_id)))
        .filter(register_claims::id.eq(id))
        .select(COLUMNS)
        .first(tx)?;
    let claim = noun(row);
    let location = register::location(tx, &claim.location)?;
    let seen = actor.works_for(claim.organisation) || officer(tx, actor, location.as_ref())?.is_some();
    if seen { Ok((claim, location.ok_or(Error::NotFound)?)) } else { Err(Error::NotFound) }
}

/// The right of an officer to decide on a claim: of the place, and not of the provider.
///
/// # Errors
/// Not found, for who does not see it; forbidden for who sees it.
pub fn to_decide(tx: &mut Tx, actor: &Actor, id: ClaimId) -> Result<(Claim, RegisterLocation, CouncilOfficer), Error> {
    let (claim, location) = claim(tx, actor, id)?;
    let officer = officer(tx, actor, Some(&location))?.ok_or(Refusal::NotOfficer)?;
    if actor.works_for(claim.organisation) {
        return Err(Refusal::OwnClaim.into());
    }
    Ok((claim, location, officer))
}

/// The claims that an actor has to do with, the newest first: of their organisations, and of the place of their council.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<(Claim, RegisterLocation)>, Error> {
    let own: Vec<OrganisationId> = actor.memberships().iter().map(|place| place.organisation).collect();
    let all = register_claims::table
        .inner_join(organisations::table.on(organisations::id.eq(register_claims::organisation_id)))
        .select(COLUMNS)
        .order(register_claims::id.desc())
        .limit(LISTED);
    let rows: Vec<Row> = match actor.council_officer() {
        Ok(_) => all.load(tx)?,
        Err(_) => all.filter(register_claims::organisation_id.eq_any(own.clone())).load(tx)?,
    };
    let mut seen = vec![];
    for claim in rows.into_iter().map(noun) {
        let Some(location) = register::location(tx, &claim.location)? else { continue };
        if own.contains(&claim.organisation) || officer(tx, actor, Some(&location))?.is_some() {
            seen.push((claim, location));
        }
    }
    Ok(seen)
}

/// A location that can be looked at to be claimed, and whether somebody has claimed it.
///
/// # Errors
/// Not found, when there is none.
pub fn to_claim(tx: &mut Tx, id: RegisterLocationId) -> Result<(RegisterLocation, bool, bool), Error> {
    let location = register::location_by_id(tx, id)?.ok_or(Error::NotFound)?;
    let taken = register::claimant(tx, &location.location_id)?.is_some();
    let open =
        register_claims::location.eq(&location.location_id).and(register_claims::status.eq(ClaimStatus::Claimed));
    let claimed: i64 = register_claims::table.filter(open).count().get_result(tx)?;
    Ok((location, taken, claimed > 0))
}

/// Claims a location for an organisation, which is made where it is new.
///
/// # Errors
/// Why it cannot be claimed.
pub fn add(
    tx: &mut Tx,
    actor: &Actor,
    id: RegisterLocationId,
    (claimant, evidence): (&Claimant, &str),
    now: DateTime<Utc>,
) -> Result<ClaimId, Error> {
    let (location, taken, _) = to_claim(tx, id)?;
    if taken {
        return Err(Refusal::TakenAlready.into());
    }
    let organisation = match claimant {
        Claimant::New { name, kind } => inside::found(tx, actor.user(), &NewOrganisation::provider(name, *kind), now)?,
        Claimant::Known(id) if rules::own_providers(actor).iter().any(|place| place.organisation == *id) => *id,
        Claimant::Known(_) => return Err(Refusal::NotYours.into()),
    };
    if people::organisation(tx, organisation)?.register_location.is_some() {
        return Err(Refusal::HasEntry.into());
    }
    let same = register_claims::location
        .eq(&location.location_id)
        .and(register_claims::organisation_id.eq(organisation))
        .and(register_claims::status.eq(ClaimStatus::Claimed));
    if register_claims::table.filter(same).count().get_result::<i64>(tx)? > 0 {
        return Err(Refusal::ClaimedAlready.into());
    }
    let row = (
        register_claims::location.eq(&location.location_id),
        register_claims::organisation_id.eq(organisation),
        register_claims::status.eq(ClaimStatus::Claimed),
        register_claims::evidence.eq(evidence),
        register_claims::claimed_by.eq(actor.user()),
        register_claims::claimed_at.eq(now.naive_utc()),
        register_claims::version.eq(1),
    );
    let claim =
        diesel::insert_into(register_claims::table).values(row).returning(register_claims::id).get_result(tx)?;
    happened(tx, claim, ("Claimed", ""), actor.user(), now)?;
    Ok(claim)
}

fn happened(
    tx: &mut Tx,
    claim: ClaimId,
    (what, detail): (&str, &str),
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        claim_events::claim_id.eq(claim),
        claim_events::what.eq(what),
        claim_events::detail.eq(detail),
        claim_events::done_by.eq(by),
        claim_events::done_at.eq(now.naive_utc()),
    );
    diesel::insert_into(claim_events::table).values(row).execute(tx)?;
    Ok(())
}

/// What happened to a claim, the first first. The caller has loaded the claim for the actor.
///
/// # Errors
/// When the database fails.
pub fn events(tx: &mut Tx, claim: ClaimId) -> Result<Vec<ClaimEvent>, Error> {
    let rows: Vec<(String, String, String, NaiveDateTime)> = claim_events::table
        .inner_join(users::table.on(users::id.eq(claim_events::done_by)))
        .filter(claim_events::claim_id.eq(claim))
        .select((claim_events::what, claim_events::detail, users::name, claim_events::done_at))
        .order(claim_events::id)
        .load(tx)?;
    let event = |(what, detail, by, at): (String, String, String, NaiveDateTime)| ClaimEvent {
        what,
        detail,
        by,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(event).collect())
}

/// The newest letter of a claim.
///
/// # Errors
/// When the database fails.
pub fn letter(tx: &mut Tx, claim: ClaimId) -> Result<Option<Letter>, Error> {
    let row: Option<(i64, String, i64, NaiveDateTime)> = claim_letters::table
        .filter(claim_letters::claim_id.eq(claim))
        .select((
            claim_letters::number,
            claim_letters::code_sha256,
            claim_letters::tries_left,
            claim_letters::expires_at,
        ))
        .order(claim_letters::number.desc())
        .first(tx)
        .optional()?;
    let noun = |(number, code_sha256, tries_left, expires_at): (i64, String, i64, NaiveDateTime)| Letter {
        number,
        code_sha256,
        tries_left,
        expires_at: expires_at.and_utc(),
    };
    Ok(row.map(noun))
}

/// The code of a letter: it follows from the key, so that a letter can be printed again though only its hash is kept.
///
/// # Errors
/// When the key cannot be used.
pub fn code(keys: &Keys, claim: ClaimId, number: i64) -> Result<String, Error> {
    let signed = keys.signed("claim letter", &format!("{claim}.{number}"))?;
    Ok(sha256(&signed).chars().take(CODE).map(|letter| letter.to_ascii_uppercase()).collect())
}

/// A code as it is kept.
fn kept(claim: ClaimId, number: i64, code: &str) -> String {
    sha256(&format!("{claim}|{number}|{code}"))
}

/// Makes a letter for an open claim; letters before it are no good any more.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn issue_letter(tx: &mut Tx, keys: &Keys, actor: &Actor, id: ClaimId, now: DateTime<Utc>) -> Result<(), Error> {
    let (claim, ..) = to_decide(tx, actor, id)?;
    rules::check_open(&claim)?;
    let number = letter(tx, id)?.map_or(1, |letter| letter.number + 1);
    let row = (
        claim_letters::claim_id.eq(id),
        claim_letters::number.eq(number),
        claim_letters::code_sha256.eq(kept(id, number, &code(keys, id, number)?)),
        claim_letters::tries_left.eq(rules::TRIES),
        claim_letters::issued_by.eq(actor.user()),
        claim_letters::issued_at.eq(now.naive_utc()),
        claim_letters::expires_at.eq((now + rules::CODE_LASTS).naive_utc()),
    );
    diesel::insert_into(claim_letters::table).values(row).execute(tx)?;
    happened(tx, id, ("A letter with a code was made", ""), actor.user(), now)
}

/// A claim whose code the actor may enter: of a provider that they run.
///
/// # Errors
/// Not found, for who does not see it; forbidden for who sees it.
pub fn to_enter(tx: &mut Tx, actor: &Actor, id: ClaimId) -> Result<Claim, Error> {
    let (claim, _) = claim(tx, actor, id)?;
    let runs = rules::own_providers(actor).iter().any(|place| place.organisation == claim.organisation);
    if runs { Ok(claim) } else { Err(Refusal::NotClaimant.into()) }
}

/// Tries the code of a letter. A wrong one is counted, so the refusal is an answer that is committed and no failure.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn try_code(
    tx: &mut Tx,
    actor: &Actor,
    (id, typed): (ClaimId, &str),
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<Result<(), Refusal>, Error> {
    let claim = to_enter(tx, actor, id)?;
    rules::check_open(&claim)?;
    let letter = letter(tx, id)?;
    let number = letter.as_ref().map_or(0, |letter| letter.number);
    let outcome = rules::check_code(letter.as_ref(), &kept(id, number, typed), now);
    if outcome.is_ok() {
        verify(tx, &claim, ("Verified by the code of the letter", ""), actor.user(), (now, today))?;
    } else if let Some(letter) = letter.filter(|letter| letter.tries_left > 0) {
        let of = claim_letters::claim_id.eq(id).and(claim_letters::number.eq(letter.number));
        diesel::update(claim_letters::table.filter(of))
            .set(claim_letters::tries_left.eq(letter.tries_left - 1))
            .execute(tx)?;
        happened(tx, id, ("A wrong code was entered", ""), actor.user(), now)?;
    }
    Ok(outcome)
}

/// Decides on a claim.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn decide(
    tx: &mut Tx,
    actor: &Actor,
    id: ClaimId,
    (verified, reason): (bool, &str),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(), Error> {
    let (claim, _, officer) = to_decide(tx, actor, id)?;
    rules::check_open(&claim)?;
    if verified {
        let what = format!("Verified by an {}", officer.authority());
        return verify(tx, &claim, (&what, reason), actor.user(), (now, today));
    }
    set_status(tx, &claim, ClaimStatus::Refused)?;
    happened(tx, id, (&format!("Refused by an {}", officer.authority()), reason), actor.user(), now)
}

/// The entry is theirs from now on. The first that is verified wins.
fn verify(
    tx: &mut Tx,
    claim: &Claim,
    what: (&str, &str),
    by: UserId,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(), Error> {
    if register::claimant(tx, &claim.location)?.is_some() {
        return Err(Refusal::TakenAlready.into());
    }
    if people::organisation(tx, claim.organisation)?.register_location.is_some() {
        return Err(Refusal::HasEntry.into());
    }
    set_status(tx, claim, ClaimStatus::Verified)?;
    people::set_register_location(tx, claim.organisation, Some(&claim.location))?;
    services::refresh_all(tx, claim.organisation, None, today)?;
    happened(tx, claim.id, what, by, now)
}

/// Undoes a verified claim: the entry is nobody's again; what the provider wrote itself stays with the provider.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn undo(
    tx: &mut Tx,
    actor: &Actor,
    (id, reason): (ClaimId, &str),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(), Error> {
    let (claim, _, officer) = to_decide(tx, actor, id)?;
    rules::check_undoing(&claim)?;
    set_status(tx, &claim, ClaimStatus::Undone)?;
    people::set_register_location(tx, claim.organisation, None)?;
    services::refresh_all(tx, claim.organisation, Some(&claim.location), today)?;
    happened(tx, id, (&format!("Undone by an {}", officer.authority()), reason), actor.user(), now)
}

fn set_status(tx: &mut Tx, claim: &Claim, status: ClaimStatus) -> Result<(), Error> {
    let as_seen = register_claims::id.eq(claim.id).and(register_claims::version.eq(claim.version));
    let changed = diesel::update(register_claims::table.filter(as_seen))
        .set((register_claims::status.eq(status), register_claims::version.eq(claim.version + 1)))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The claim")) }
}
