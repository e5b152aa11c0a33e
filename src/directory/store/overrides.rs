//! Rows of providers' own decisions about the VAT class of a service.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{services, users, vat_class_overrides, vat_registrations};
use crate::directory::{ClassOverride, NewOverride};
use crate::error::Error;
use crate::ids::{FileId, OrganisationId, ServiceId, UserId};
use crate::vat::Class;

type Row =
    ((ServiceId, i64, Option<Class>, NaiveDate), (String, String, Option<FileId>), (String, String, NaiveDateTime));

/// The decisions about some services, oldest first, in one query.
///
/// # Errors
/// When the database fails.
pub fn of_services(tx: &mut Tx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<ClassOverride>>, Error> {
    let rows: Vec<Row> = vat_class_overrides::table
        .inner_join(users::table.on(users::id.eq(vat_class_overrides::recorded_by)))
        .filter(vat_class_overrides::service_id.eq_any(ids.to_vec()))
        .order((vat_class_overrides::from_date, vat_class_overrides::id))
        .select((
            (
                vat_class_overrides::service_id,
                vat_class_overrides::id,
                vat_class_overrides::vat_class,
                vat_class_overrides::from_date,
            ),
            (vat_class_overrides::reason, vat_class_overrides::evidence, vat_class_overrides::evidence_file_id),
            (users::name, vat_class_overrides::authority, vat_class_overrides::recorded_at),
        ))
        .load(tx)?;
    let mut found: HashMap<ServiceId, Vec<ClassOverride>> = HashMap::new();
    for ((service, number, class, from), (reason, evidence, file), (by, authority, at)) in rows {
        let one = ClassOverride { number, class, reason, evidence, file, from, by, authority, at: at.and_utc() };
        found.entry(service).or_default().push(one);
    }
    Ok(found)
}

/// Records a decision; whoever calls has looked at the right and the rules, and makes the entry of the search again.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &mut Tx,
    service: ServiceId,
    new: &NewOverride,
    file: Option<FileId>,
    (by, authority): (UserId, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        vat_class_overrides::service_id.eq(service),
        vat_class_overrides::vat_class.eq(new.class),
        vat_class_overrides::reason.eq(&new.reason),
        vat_class_overrides::evidence.eq(&new.evidence),
        vat_class_overrides::evidence_file_id.eq(file),
        vat_class_overrides::from_date.eq(new.from),
        vat_class_overrides::recorded_by.eq(by),
        vat_class_overrides::authority.eq(authority),
        vat_class_overrides::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(vat_class_overrides::table).values(row).execute(tx)?;
    Ok(())
}

/// Whose evidence about VAT a file is.
///
/// # Errors
/// Not found, when it is nobody's.
pub fn owner_of_evidence(tx: &mut Tx, file: FileId) -> Result<OrganisationId, Error> {
    let stated: Option<OrganisationId> = vat_registrations::table
        .filter(vat_registrations::evidence_file_id.eq(file))
        .select(vat_registrations::organisation_id)
        .first(tx)
        .optional()?;
    if let Some(owner) = stated {
        return Ok(owner);
    }
    let decided = vat_class_overrides::table
        .inner_join(services::table.on(services::id.eq(vat_class_overrides::service_id)))
        .filter(vat_class_overrides::evidence_file_id.eq(file));
    Ok(decided.select(services::organisation_id).first(tx)?)
}
