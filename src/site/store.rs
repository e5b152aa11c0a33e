//! What the desks list that no feature lists for itself: read across the features, with the actor's own rights.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::auth::rights::{Actor, Sign};
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{agreement_signatures, agreements, funds, people};
use crate::error::Error;
use crate::ids::{AgreementId, OrganisationId, PersonId, UserId};

/// How many things of one kind a desk lists.
const LISTED: i64 = 50;

/// An agreement that waits for a signature which the actor may give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSign {
    /// Which.
    pub agreement: AgreementId,
    /// Whose fund it is about.
    pub person: String,
    /// For whom the actor signs, in words.
    pub signs_for: &'static str,
    /// Since when its text has waited.
    pub since: NaiveDate,
}

/// Agreements that wait for the actor's signature: for a person, for a holder, for a council.
///
/// # Errors
/// When the database fails.
pub fn to_sign(tx: &mut Tx, actor: &Actor) -> Result<Vec<ToSign>, Error> {
    let persons: Vec<PersonId> = actor.people_for::<Sign>();
    let holders: Vec<OrganisationId> =
        actor.holders().into_iter().filter(|holder| actor.holder_of(*holder).is_some()).collect();
    let council = actor.council_officer().ok().map(|officer| officer.council());
    let mut found = waiting(tx, "person", Signer::People(persons), "for the person")?;
    found.extend(waiting(tx, "holder", Signer::Holders(holders, actor.user(), actor.people()), "for the holder")?);
    if let Some(council) = council {
        found.extend(waiting(tx, "council", Signer::Council(council), "for the council")?);
    }
    found.retain(|wanted| !actor.hides(wanted.agreement));
    Ok(found)
}

/// Whose funds somebody may sign for.
enum Signer {
    People(Vec<PersonId>),
    Holders(Vec<OrganisationId>, UserId, Vec<PersonId>),
    Council(OrganisationId),
}

/// Agreements that await a party's signature, on the funds of a signer.
fn waiting(tx: &mut Tx, party: &str, signer: Signer, signs_for: &'static str) -> Result<Vec<ToSign>, Error> {
    let signed = agreement_signatures::table
        .filter(agreement_signatures::agreement_id.eq(agreements::id).and(agreement_signatures::party.eq(party)));
    let open = agreements::table
        .inner_join(funds::table.on(funds::id.eq(agreements::fund_id)))
        .inner_join(people::table.on(people::id.eq(funds::person_id)))
        .filter(agreements::status.eq("awaiting_signatures").and(diesel::dsl::not(diesel::dsl::exists(signed))))
        .select((agreements::id, people::name, agreements::proposed_at))
        .order(agreements::id)
        .limit(LISTED);
    let rows: Vec<(AgreementId, String, Option<NaiveDateTime>)> = match signer {
        Signer::People(persons) => open.filter(funds::person_id.eq_any(persons)).load(tx)?,
        Signer::Holders(holders, nominee, persons) => {
            // Who holds a payment holds it under a mandate: one that has ended shows nothing here.
            let nominated = funds::holder_user_id.eq(nominee).and(funds::person_id.nullable().eq_any(persons));
            let held = funds::holder_organisation_id.eq_any(holders).or(nominated);
            open.filter(held).load(tx)?
        }
        Signer::Council(council) => open.filter(funds::council_id.eq(council)).load(tx)?,
    };
    let wanted = |(agreement, person, proposed): (AgreementId, String, Option<NaiveDateTime>)| {
        let since = calendar::london(proposed.unwrap_or_default().and_utc()).date();
        ToSign { agreement, person, signs_for, since }
    };
    Ok(rows.into_iter().map(wanted).collect())
}

/// The names of people whose funds the caller has loaded for the actor.
///
/// # Errors
/// When the database fails.
pub fn names_of(tx: &mut Tx, persons: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Error> {
    let rows: Vec<(PersonId, String)> =
        people::table.filter(people::id.eq_any(persons.to_vec())).select((people::id, people::name)).load(tx)?;
    Ok(rows.into_iter().collect())
}
