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
        let given = mandates::store::seen(tx, &who, &person)?;
        let told = |mandate| rules::is_told_of(&who, id, &given, mandate);
        let history: Vec<SetRule> = store::history(tx, id)?.into_iter().map(|set| rules::as_seen(set, told)).collect();
        Ok(pages::show(&person, &history, &given, &who, today))
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
        let history = store::history(tx, id)?;
        store::set(tx, &right, rule, from, now)?;
        let before = rules::holding(&history, from).map_or(Rule::Always, |set| set.rule);
        let says = format!("set when to ask before an invoice is approved, from {} on", calendar::full(from));
        let act = Act::new("consent.set", says, Thing::of(ThingKind::Consent, id)).concerning(id);
        Ok(Done::new(format!("/people/{id}/consent"), act.before(&before.code()).after(&rule.code())))
    };
    visit.write_once(actor.user(), sent, save).await
}
