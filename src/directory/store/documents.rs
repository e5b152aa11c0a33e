//! What everybody sees of providers' documents: that one holds and until when; `provider_documents` keeps them.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::provider_documents;
use crate::directory::DocumentKind;
use crate::directory::rules::documents::{Version, with_replacement};
use crate::error::Error;
use crate::ids::OrganisationId;

/// The documents of a provider that hold on a day, each with its last day.
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
    let versions: Vec<Version> = rows.into_iter().map(|(kind, from, until)| Version { kind, from, until }).collect();
    let found = with_replacement(&versions);
    let held = |kind: &DocumentKind| {
        let holds = found.iter().find(|(one, replaced)| one.kind == *kind && one.holds_on(day, *replaced));
        holds.map(|(one, _)| (*kind, one.until))
    };
    Ok(DocumentKind::ALL.iter().filter_map(held).collect())
}
