//! What services said of themselves before that decides their class for VAT.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::service_former_words;
use crate::directory::{FormerWords, ServiceWords};
use crate::error::Error;
use crate::ids::ServiceId;
use crate::vat::{Answer, Nature};

/// The former words of some services, oldest first, in one query.
///
/// # Errors
/// When the database fails.
pub fn of_services(tx: &mut Tx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<FormerWords>>, Error> {
    type Row = (ServiceId, Nature, Answer, NaiveDate);
    let rows: Vec<Row> = service_former_words::table
        .filter(service_former_words::service_id.eq_any(ids.to_vec()))
        .order(service_former_words::id)
        .select((
            service_former_words::service_id,
            service_former_words::nature,
            service_former_words::inside_regulated_activity,
            service_former_words::until_date,
        ))
        .load(tx)?;
    let mut found: HashMap<ServiceId, Vec<FormerWords>> = HashMap::new();
    for (service, nature, inside_regulated_activity, until) in rows {
        found.entry(service).or_default().push(FormerWords { nature, inside_regulated_activity, until });
    }
    Ok(found)
}

/// Keeps what a service said until today, where what it says now decides its class otherwise.
pub(super) fn keep(
    tx: &mut Tx,
    service: ServiceId,
    (before, now): (&ServiceWords, &ServiceWords),
    today: NaiveDate,
) -> Result<(), Error> {
    let deciding = |words: &ServiceWords| (words.nature, words.inside_regulated_activity);
    if deciding(before) == deciding(now) {
        return Ok(());
    }
    let row = (
        service_former_words::service_id.eq(service),
        service_former_words::nature.eq(before.nature),
        service_former_words::inside_regulated_activity.eq(before.inside_regulated_activity),
        service_former_words::until_date.eq(today),
    );
    diesel::insert_into(service_former_words::table).values(row).execute(tx)?;
    Ok(())
}
