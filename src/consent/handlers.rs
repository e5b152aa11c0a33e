//! When a person must be asked before an invoice is approved: see it, set it.

use actix_web::web::Path;

use super::pages::ConsentPage;
use super::{Rule, SetRule, forms, pages, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::PersonId;
use crate::mandates;
use crate::people::store as people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const SHOW: &str = "consent/show.html";

/// The rule that holds, and those before it.
pub async fn show(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let id = *path;
    let page = page(&visit, &actor, id).await?;
    visit.seen(id, Thing::of(ThingKind::Consent, id)).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<ConsentPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let (history, holding) = (store::history(tx, id)?, store::rule_on(tx, id, today)?);
        let given = mandates::store::seen(tx, &who, &person)?;
        let sees = |mandate| !who.stands_for(id) || given.iter().any(|given| given.id == mandate);
        let holding = holding.map(|set| rules::as_seen(set, sees));
        let history: Vec<SetRule> = history.into_iter().map(|set| rules::as_seen(set, sees)).collect();
        Ok(pages::show(&person, &history, holding.as_ref(), &given, &who, today))
    };
    visit.app.db.read(read).await
}

/// Sets another rule.
pub async fn set(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    let outcome = save(&visit, &actor, id, &sent).await;
    visit.done_or_again(outcome, "It is set.", SHOW, page(&visit, &actor, id)).await
}

async fn save(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, clock) = (actor.clone(), &visit.app.clock);
    let (now, today, fields) = (clock.now(), clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let right = rules::may_set(&who, id)?;
        let (rule, from) = forms::rule(&fields, today)?;
        // Whom one may not know of one cannot name either.
        rules::check(&right, rule, from, &mandates::store::seen(tx, &who, &person)?, today)?;
        let before = store::rule_on(tx, id, from)?;
        store::set(tx, &right, rule, from, now)?;
        let before = before.as_ref().map_or(Rule::Always, |set| set.rule);
        let says = format!("set when to ask before an invoice is approved, from {} on", calendar::full(from));
        let act = Act::new("consent.set", says, Thing::of(ThingKind::Consent, id)).concerning(id);
        Ok(Done::new(format!("/people/{id}/consent"), act.before(&before.code()).after(&rule.code())))
    };
    visit.write_once(actor.user(), sent, save).await
}
