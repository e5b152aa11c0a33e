//! What everybody sees of providers' documents: that one holds and until when; `provider_documents` keeps them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{provider_document_checks, provider_documents};
use crate::directory::DocumentKind;
use crate::directory::rules::documents::{Version, with_replacement};
use crate::error::Error;
use crate::ids::{OrganisationId, ProviderDocumentId};

/// The documents of a provider that hold on a day, each with its last day; none that was refused when it was looked at last.
///
/// # Errors
/// When the database fails.
pub fn held(
    tx: &mut Tx,
    provider: OrganisationId,
    day: NaiveDate,
) -> Result<Vec<(DocumentKind, Option<NaiveDate>)>, Error> {
    let rows: Vec<(ProviderDocumentId, DocumentKind, NaiveDate, Option<NaiveDate>)> = provider_documents::table
        .filter(provider_documents::organisation_id.eq(provider))
        .select((
            provider_documents::id,
            provider_documents::kind,
            provider_documents::valid_from,
            provider_documents::valid_until,
        ))
        .order(provider_documents::id.desc())
        .load(tx)?;
    let checks: Vec<(ProviderDocumentId, bool)> = provider_document_checks::table
        .filter(provider_document_checks::document_id.eq_any(rows.iter().map(|row| row.0).collect::<Vec<_>>()))
        .select((provider_document_checks::document_id, provider_document_checks::accepted))
        .order(provider_document_checks::id)
        .load(tx)?;
    // The newest check of each is the last one put in.
    let accepted: BTreeMap<ProviderDocumentId, bool> = checks.into_iter().collect();
    let versions: Vec<Version> = rows.iter().map(|&(_, kind, from, until)| Version { kind, from, until }).collect();
    let found = with_replacement(&versions);
    let held = |kind: &DocumentKind| {
        let is_held = |((id, ..), (one, replaced)): &(&(ProviderDocumentId, _, _, _), &(Version, _))| {
            one.kind == *kind && one.holds_on(day, *replaced) && accepted.get(id) != Some(&false)
        };
        rows.iter().zip(&found).find(is_held).map(|(_, (one, _))| (*kind, one.until))
    };
    Ok(DocumentKind::ALL.iter().filter_map(held).collect())
}
