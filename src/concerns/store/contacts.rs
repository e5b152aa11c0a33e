//! Rows of how councils are reached when something is wrong.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::rights::CouncilOfficer;
use crate::concerns::Contacts;
use crate::db::Tx;
use crate::db::schema::council_contacts;
use crate::error::Error;
use crate::ids::OrganisationId;

/// How a council is reached; nothing when it has not said. It is no secret.
///
/// # Errors
/// When the database fails.
pub fn of_council(tx: &mut Tx, council: OrganisationId) -> Result<Option<Contacts>, Error> {
    let row: Option<(String, String)> = council_contacts::table
        .filter(council_contacts::council_id.eq(council))
        .order(council_contacts::id.desc())
        .select((council_contacts::complaints_team, council_contacts::care_line))
        .first(tx)
        .optional()?;
    Ok(row.map(|(complaints_team, care_line)| Contacts { complaints_team, care_line }))
}

/// Records how a council is reached from now on.
///
/// # Errors
/// When the database fails.
pub fn record(tx: &mut Tx, officer: &CouncilOfficer, new: &Contacts, now: DateTime<Utc>) -> Result<(), Error> {
    let row = (
        council_contacts::council_id.eq(officer.council()),
        council_contacts::complaints_team.eq(&new.complaints_team),
        council_contacts::care_line.eq(&new.care_line),
        council_contacts::recorded_by.eq(officer.user()),
        council_contacts::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(council_contacts::table).values(row).execute(tx)?;
    Ok(())
}
