//! What everybody sees of providers' documents: that one holds and until when; `provider_documents` keeps them.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::provider_documents;
use crate::directory::DocumentKind;
use crate::error::Error;
use crate::ids::OrganisationId;

/// The documents of a provider that hold on a day, each with its last day: of each kind the newest counts.
///
/// # Errors
/// When the database fails.
pub fn held(
    tx: &mut Tx,
    provider: OrganisationId,
    day: NaiveDate,
) -> Result<Vec<(DocumentKind, Option<NaiveDate>)>, Error> {
    let rows: Vec<(DocumentKind, NaiveDate, Option<NaiveDate>)> = provider_documents::table
        .filter(provider_documents::organisation_id.eq(provider))
        .select((provider_documents::kind, provider_documents::valid_from, provider_documents::valid_until))
        .order(provider_documents::id.desc())
        .load(tx)?;
    // One that begins later replaces nothing before its day.
    let newest = |kind: &DocumentKind| rows.iter().find(|row| row.0 == *kind && row.1 <= day);
    let holds = |(kind, _, until): &(DocumentKind, NaiveDate, Option<NaiveDate>)| {
        until.is_none_or(|until| until >= day).then_some((*kind, *until))
    };
    Ok(DocumentKind::ALL.iter().filter_map(newest).filter_map(holds).collect())
}
