//! Rows of council rules and of their endings.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::{About, Cap, CouncilRule, Ending, NewRule, RuleKind, rules};
use crate::auth::rights::{Actor, CouncilOfficer, Role};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{council_rule_endings, council_rules, organisations, users};
use crate::directory::rules::limits::most_of;
use crate::directory::{Category, Cause, Unit, store::limits};
use crate::error::Error;
use crate::ids::{CouncilRuleId, OrganisationId};
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::money::UnitPrice;
use crate::organisations::store as inside;

word! {
    RuleKind;
}

diesel::define_sql_function! {
    /// A text in lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The most rules that a page lists.
const LISTED: i64 = 500;
/// The most providers from whom one is chosen by a part of the name.
const CHOICES: i64 = 20;

type Row = (
    (CouncilRuleId, OrganisationId, String, RuleKind),
    (Option<OrganisationId>, Option<String>, Option<CouncilRuleId>),
    (Option<Category>, Option<Unit>, Option<UnitPrice>, Option<Cause>),
    (String, NaiveDate, Option<NaiveDate>),
    (String, String, NaiveDateTime),
    Option<(NaiveDate, String, String, NaiveDateTime)>,
);

fn noun(((id, council, name, kind), about, figures, (reason, from, until), by, ending): Row) -> CouncilRule {
    let (provider, provider_name, relies_on) = about;
    let (category, unit, most, cause) = figures;
    let cap = |((category, unit), most)| Cap { category, unit, most };
    let ended = |(from, reason, by, at): (NaiveDate, String, String, NaiveDateTime)| Ending {
        from,
        reason,
        by,
        at: at.and_utc(),
    };
    CouncilRule {
        id,
        council: (council, name),
        kind,
        provider: provider.map(|provider| (provider, provider_name.unwrap_or_default())),
        relies_on,
        cap: category.zip(unit).zip(most).map(cap),
        cause,
        reason,
        from,
        until,
        ending: ending.map(ended),
        by: by.0,
        authority: by.1,
        at: by.2.and_utc(),
    }
}

/// The rules with everything that is known of them, for a condition.
macro_rules! rules_where {
    ($tx:expr, $condition:expr) => {{
        let (providers, enders) = diesel::alias!(organisations as rule_providers, users as rule_enders);
        let rows: Vec<Row> = council_rules::table
            .inner_join(organisations::table.on(organisations::id.eq(council_rules::council_id)))
            .inner_join(users::table.on(users::id.eq(council_rules::recorded_by)))
            .left_join(providers.on(providers.field(organisations::id).nullable().eq(council_rules::provider_id)))
            .left_join(council_rule_endings::table.on(council_rule_endings::rule_id.eq(council_rules::id)))
            .left_join(enders.on(enders.field(users::id).eq(council_rule_endings::ended_by)))
            .filter($condition)
            .select((
                (council_rules::id, council_rules::council_id, organisations::name, council_rules::kind),
                (
                    council_rules::provider_id,
                    providers.field(organisations::name).nullable(),
                    council_rules::relies_on_id,
                ),
                (council_rules::category, council_rules::unit, council_rules::most, council_rules::cause),
                (council_rules::reason, council_rules::from_date, council_rules::to_date),
                (users::name, council_rules::authority, council_rules::recorded_at),
                (
                    council_rule_endings::from_date,
                    council_rule_endings::reason,
                    enders.field(users::name),
                    council_rule_endings::ended_at,
                )
                    .nullable(),
            ))
            .order(council_rules::id.desc())
            .limit(LISTED)
            .load($tx)?;
        rows.into_iter().map(noun).collect::<Vec<CouncilRule>>()
    }};
}

/// The rules of a council, the newest first.
///
/// # Errors
/// When the database fails.
pub fn of_council(tx: &mut Tx, council: OrganisationId) -> Result<Vec<CouncilRule>, Error> {
    Ok(rules_where!(tx, council_rules::council_id.eq(council)))
}

/// The rules that concern some providers, the newest first: about them, and amounts for what they sell.
///
/// # Errors
/// When the database fails.
pub fn concerning(tx: &mut Tx, providers: &[OrganisationId]) -> Result<Vec<CouncilRule>, Error> {
    let mut found = rules_where!(tx, council_rules::provider_id.eq_any(providers.to_vec()));
    let sold = limits::sold_by(tx, providers)?;
    let categories: Vec<Category> = sold.iter().map(|(category, _)| *category).collect();
    let capped = rules_where!(tx, council_rules::category.eq_any(categories));
    let bounds = |cap: Cap, sold: Option<Unit>| most_of(cap.unit, cap.most).iter().any(|(unit, _)| Some(*unit) == sold);
    let sells = |cap: Cap| sold.iter().any(|(category, unit)| *category == cap.category && bounds(cap, *unit));
    found.extend(capped.into_iter().filter(|rule| rule.cap.is_some_and(sells)));
    Ok(found)
}

/// The accreditations of a provider by other councils than one, which gave them themselves.
///
/// # Errors
/// When the database fails.
pub fn accreditations(
    tx: &mut Tx,
    provider: OrganisationId,
    except: OrganisationId,
) -> Result<Vec<CouncilRule>, Error> {
    let wanted = council_rules::provider_id
        .eq(provider)
        .and(council_rules::kind.eq(RuleKind::Accepted))
        .and(council_rules::relies_on_id.is_null())
        .and(council_rules::council_id.ne(except));
    Ok(rules_where!(tx, wanted.assume_not_null()))
}

/// What some rules rely on, by their ids.
///
/// # Errors
/// When the database fails.
pub fn relied_on(tx: &mut Tx, some: &[CouncilRule]) -> Result<BTreeMap<CouncilRuleId, CouncilRule>, Error> {
    let ids: Vec<CouncilRuleId> = some.iter().filter_map(|rule| rule.relies_on).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = rules_where!(tx, council_rules::id.eq_any(ids));
    Ok(found.into_iter().map(|rule| (rule.id, rule)).collect())
}

/// A rule by itself, for a verb whose caller has looked at the right to it.
fn of_record(tx: &mut Tx, id: CouncilRuleId) -> Result<CouncilRule, Error> {
    rules_where!(tx, council_rules::id.eq(id)).pop().ok_or(Error::NotFound)
}

/// A rule that the actor may see: whoever reads for a council or a provider. What a council has decided about a provider is
/// no secret among them; people meet it in their searches.
///
/// # Errors
/// Not found, for everybody else.
pub fn rule(tx: &mut Tx, actor: &Actor, id: CouncilRuleId) -> Result<CouncilRule, Error> {
    let rule = of_record(tx, id)?;
    let concerned = match &rule.provider {
        Some((provider, _)) => actor.providers().contains(provider),
        None => !actor.providers().is_empty(),
    };
    if concerned || actor.council_reader().is_ok() { Ok(rule) } else { Err(Error::NotFound) }
}

/// A rule that the actor may end, as an officer of the council that made it.
///
/// # Errors
/// Not found, for who does not see it; forbidden for who sees it.
pub fn to_end(tx: &mut Tx, actor: &Actor, id: CouncilRuleId) -> Result<(CouncilRule, CouncilOfficer), Error> {
    let rule = rule(tx, actor, id)?;
    let own = actor.council_officer().ok().filter(|officer| officer.council() == rule.council.0);
    let officer =
        own.ok_or_else(|| Error::Forbidden("Only an officer of that council may end its rule.".to_owned()))?;
    rules::check_officer(actor, rule.provider.as_ref().map(|(provider, _)| *provider))?;
    Ok((rule, officer))
}

/// The providers whose name holds some letters, to choose from.
///
/// # Errors
/// When the database fails.
pub fn providers_named(tx: &mut Tx, part: &str) -> Result<Vec<(OrganisationId, String, String)>, Error> {
    let part: String = part.to_lowercase().chars().filter(|letter| !matches!(letter, '%' | '_' | '\\')).collect();
    let found = organisations::table
        .filter(organisations::is_provider.eq(true).and(lower(organisations::name).like(format!("%{part}%"))))
        .select((organisations::id, organisations::name, organisations::town))
        .order((organisations::name, organisations::id))
        .limit(CHOICES);
    Ok(found.load(tx)?)
}

/// A provider, for a rule about it.
///
/// # Errors
/// Not found, when there is no such provider.
pub fn provider(tx: &mut Tx, id: OrganisationId) -> Result<(OrganisationId, String), Error> {
    let found = organisations::table.filter(organisations::id.eq(id).and(organisations::is_provider.eq(true)));
    Ok(found.select((organisations::id, organisations::name)).first(tx)?)
}

/// Records a rule of a council and tells whom it concerns.
///
/// # Errors
/// What the rules refuse.
pub fn add(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (actor, officer): (&Actor, &CouncilOfficer),
    new: &NewRule,
    today: NaiveDate,
) -> Result<CouncilRule, Error> {
    let about = new.about.provider();
    rules::check_officer(actor, about)?;
    if let Some(id) = about {
        provider(tx, id).map_err(|error| match error {
            Error::NotFound => rules::Refusal::NoProvider.into(),
            other => other,
        })?;
    }
    let relies_on = match new.about {
        About::Accepted(_, relies_on) => relies_on,
        About::Suspended(_) | About::Capped(_) => None,
    };
    let relied = match relies_on.map(|id| of_record(tx, id)).transpose() {
        Err(Error::NotFound) => None,
        found => found?,
    };
    let own = of_council(tx, officer.council())?;
    rules::check_new(new, officer.council(), &own, relied.as_ref(), today)?;
    let cap = match new.about {
        About::Capped(cap) => Some(cap),
        About::Accepted(..) | About::Suspended(_) => None,
    };
    let row = (
        (
            council_rules::council_id.eq(officer.council()),
            council_rules::kind.eq(new.about.kind()),
            council_rules::provider_id.eq(about),
            council_rules::relies_on_id.eq(relies_on),
            council_rules::category.eq(cap.map(|cap| cap.category)),
            council_rules::unit.eq(cap.map(|cap| cap.unit)),
            council_rules::most.eq(cap.map(|cap| cap.most)),
        ),
        council_rules::cause.eq(rules::cause(new.about.kind())),
        council_rules::reason.eq(&new.reason),
        council_rules::from_date.eq(new.from),
        council_rules::to_date.eq(new.until),
        council_rules::recorded_by.eq(officer.user()),
        council_rules::authority.eq(officer.authority()),
        council_rules::recorded_at.eq(desk.now.naive_utc()),
    );
    let id = diesel::insert_into(council_rules::table).values(row).returning(council_rules::id).get_result(tx)?;
    let rule = of_record(tx, id)?;
    tell(tx, desk, &rule, "A council has decided something that concerns you")?;
    if rule.kind == RuleKind::Suspended {
        tell_relying(tx, desk, &rule, today)?;
    }
    Ok(rule)
}

/// Ends a rule from a day on and tells whom it concerned.
///
/// # Errors
/// What the rules refuse.
pub fn end(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (rule, officer): (&CouncilRule, &CouncilOfficer),
    (from, reason): (NaiveDate, &str),
    today: NaiveDate,
) -> Result<(), Error> {
    rules::check_ending(rule, from, today)?;
    let row = (
        council_rule_endings::rule_id.eq(rule.id),
        council_rule_endings::from_date.eq(from),
        council_rule_endings::reason.eq(reason),
        council_rule_endings::ended_by.eq(officer.user()),
        council_rule_endings::authority.eq(officer.authority()),
        council_rule_endings::ended_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(council_rule_endings::table).values(row).execute(tx)?;
    let ended = of_record(tx, rule.id)?;
    tell(tx, desk, &ended, "A council has ended a rule that concerned you")?;
    if ended.kind == RuleKind::Accepted { tell_relying(tx, desk, &ended, today) } else { Ok(()) }
}

/// The rules of other councils that rely on the accreditation that a rule ends, or whose provider it suspends.
fn relying(tx: &mut Tx, rule: &CouncilRule, today: NaiveDate) -> Result<Vec<CouncilRule>, Error> {
    let provider = rule.provider.as_ref().map(|(provider, _)| *provider);
    let mut accreditations = of_council(tx, rule.council.0)?;
    accreditations.retain(|one| match rule.kind {
        RuleKind::Accepted => one.id == rule.id,
        RuleKind::Suspended => one.kind == RuleKind::Accepted && one.provider.as_ref().map(|of| of.0) == provider,
        RuleKind::Capped => false,
    });
    let ids: Vec<CouncilRuleId> = accreditations.iter().map(|one| one.id).collect();
    let mut found = rules_where!(tx, council_rules::relies_on_id.eq_any(ids));
    found.retain(|one| rules::standing(one, today) != rules::Standing::Over);
    Ok(found)
}

/// Tells the officers of councils that rely on an accreditation that it ends, or that its council suspends the provider; each
/// council once.
fn tell_relying(tx: &mut Tx, desk: &Desk<'_>, rule: &CouncilRule, today: NaiveDate) -> Result<(), Error> {
    let mut told = BTreeSet::new();
    for own in relying(tx, rule, today)?.into_iter().filter(|own| told.insert(own.council.0)) {
        for member in inside::members(tx, own.council.0)?.into_iter().filter(|member| member.does(Role::Officer)) {
            let letter = Letter {
                greeting: format!("Dear {}", member.name),
                paragraphs: vec![rules::says(rule), rules::for_relying(rule.kind).to_owned()],
                action: Some(Action {
                    label: "Read your council’s rule".to_owned(),
                    href: format!("{}/council-rules/{}", desk.public_url, own.id),
                }),
                afterwards: vec![],
            };
            desk.post(tx, &member.email, "An accreditation on which your council relies", &letter)?;
        }
    }
    Ok(())
}

/// Tells whoever runs the daily work of the providers that a rule concerns.
fn tell(tx: &mut Tx, desk: &Desk<'_>, rule: &CouncilRule, subject: &str) -> Result<(), Error> {
    let concerned = match (&rule.provider, rule.cap) {
        (Some((provider, _)), _) => vec![*provider],
        (None, Some(cap)) => limits::sellers_above(tx, cap.category, cap.unit, cap.most)?,
        (None, None) => vec![],
    };
    for provider in concerned {
        for member in inside::members(tx, provider)?.into_iter().filter(|member| member.does(Role::Coordinator)) {
            let letter = Letter {
                greeting: format!("Dear {}", member.name),
                paragraphs: vec![rules::says(rule), rules::effect(rule.kind).to_owned()],
                action: Some(Action {
                    label: "Read the rule".to_owned(),
                    href: format!("{}/council-rules/{}", desk.public_url, rule.id),
                }),
                afterwards: vec![
                    "If you think that it is wrong, write to the council: it must give its reason.".to_owned(),
                ],
            };
            desk.post(tx, &member.email, subject, &letter)?;
        }
    }
    Ok(())
}
