//! The rules of a council that bear on its funds; `council_rules` records and ends them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::entries::unit_at;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{council_rule_endings, council_rules, funds, organisations, search_entries};
use crate::directory::rules::{limits::most_of, marks::unit_order};
use crate::directory::{Category, Cause, Limit, LimitOn, Unit};
use crate::error::Error;
use crate::ids::{CouncilRuleId, FundId, OrganisationId};
use crate::money::UnitPrice;

word! {
    Cause;
}

/// The most providers that are told of one rule for one unit.
const TOLD: i64 = 500;

type Row = (
    CouncilRuleId,
    String,
    Option<OrganisationId>,
    Option<String>,
    (Option<Category>, Option<Unit>, Option<UnitPrice>),
    Option<Cause>,
    String,
    NaiveDate,
    Option<NaiveDate>,
);

/// A rule as the search holds it against what it finds; nothing for one that takes nothing out.
fn limit((id, council, provider, name, (category, unit, most), cause, reason, from, until): Row) -> Option<Limit> {
    let on = match (provider, category, unit, most) {
        (Some(provider), ..) => LimitOn::Provider(provider, name.unwrap_or_default()),
        (None, Some(category), Some(unit), Some(most)) => LimitOn::Price(category, unit, most),
        _ => return None,
    };
    Some(Limit { id, council, on, cause: cause?, reason, from, until })
}

/// The rules that hold on a day in a fund of a council, and take something out of its searches. The caller has loaded the
/// fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_fund(tx: &mut Tx, fund: FundId, day: NaiveDate) -> Result<Vec<Limit>, Error> {
    let providers = diesel::alias!(organisations as providers);
    let rows: Vec<Row> = council_rules::table
        .inner_join(funds::table.on(funds::council_id.eq(council_rules::council_id)))
        .inner_join(organisations::table.on(organisations::id.eq(council_rules::council_id)))
        .left_join(providers.on(providers.field(organisations::id).nullable().eq(council_rules::provider_id)))
        .left_join(council_rule_endings::table.on(council_rule_endings::rule_id.eq(council_rules::id)))
        .filter(funds::id.eq(fund).and(council_rules::cause.is_not_null()))
        .filter(council_rules::from_date.le(day))
        .filter(council_rules::to_date.is_null().or(council_rules::to_date.ge(day)))
        .filter(council_rule_endings::id.is_null().or(council_rule_endings::from_date.gt(day)))
        .select((
            council_rules::id,
            organisations::name,
            council_rules::provider_id,
            providers.field(organisations::name).nullable(),
            (council_rules::category, council_rules::unit, council_rules::most),
            council_rules::cause,
            council_rules::reason,
            council_rules::from_date,
            council_rules::to_date,
        ))
        .order(council_rules::id)
        .load(tx)?;
    Ok(rows.into_iter().filter_map(limit).collect())
}

/// The councils that accept a provider on a day: each by its own look, or on an accreditation that still holds; none that
/// suspends it on that day.
///
/// # Errors
/// When the database fails.
pub fn accepted_by(tx: &mut Tx, provider: OrganisationId, day: NaiveDate) -> Result<Vec<String>, Error> {
    type Held = (CouncilRuleId, Option<CouncilRuleId>, OrganisationId, Option<Cause>, String);
    let rows: Vec<Held> = council_rules::table
        .inner_join(organisations::table.on(organisations::id.eq(council_rules::council_id)))
        .left_join(council_rule_endings::table.on(council_rule_endings::rule_id.eq(council_rules::id)))
        .filter(council_rules::provider_id.eq(provider))
        .filter(council_rules::from_date.le(day))
        .filter(council_rules::to_date.is_null().or(council_rules::to_date.ge(day)))
        .filter(council_rule_endings::id.is_null().or(council_rule_endings::from_date.gt(day)))
        .select((
            council_rules::id,
            council_rules::relies_on_id,
            council_rules::council_id,
            council_rules::cause,
            organisations::name,
        ))
        .order(organisations::name)
        .load(tx)?;
    let (accepted, suspended): (Vec<Held>, Vec<Held>) = rows.into_iter().partition(|held| held.3.is_none());
    let holds = |id: CouncilRuleId| accepted.iter().any(|held| held.0 == id);
    let suspends = |council: OrganisationId| suspended.iter().any(|held| held.2 == council);
    let shown = |held: &&Held| held.1.is_none_or(holds) && !suspends(held.2);
    let mut names: Vec<String> = accepted.iter().filter(shown).map(|held| held.4.clone()).collect();
    names.dedup();
    Ok(names)
}

/// The providers that sell something of a kind above a price in at least one form of fund, in whatever unit of time they tell
/// theirs.
///
/// # Errors
/// When the database fails.
pub fn sellers_above(
    tx: &mut Tx,
    category: Category,
    unit: Unit,
    most: UnitPrice,
) -> Result<Vec<OrganisationId>, Error> {
    let mut sellers = BTreeSet::new();
    for (unit, most) in most_of(unit, most) {
        let above: Vec<OrganisationId> = search_entries::table
            .filter(search_entries::category.eq(category).and(search_entries::unit_order.eq(unit_order(Some(unit)))))
            .filter(search_entries::cost_onward.gt(most))
            .filter(search_entries::organisation_id.is_not_null())
            .select(search_entries::organisation_id.assume_not_null())
            .distinct()
            .order(search_entries::organisation_id)
            .limit(TOLD)
            .load(tx)?;
        sellers.extend(above);
    }
    Ok(sellers.into_iter().collect())
}

/// What some providers sell: kinds of help and units.
///
/// # Errors
/// When the database fails.
pub fn sold_by(tx: &mut Tx, providers: &[OrganisationId]) -> Result<Vec<(Category, Option<Unit>)>, Error> {
    let rows: Vec<(Category, i64)> = search_entries::table
        .filter(search_entries::organisation_id.eq_any(providers.to_vec()))
        .select((search_entries::category, search_entries::unit_order))
        .distinct()
        .load(tx)?;
    Ok(rows.into_iter().map(|(category, place)| (category, unit_at(place))).collect())
}
