//! Council rules over HTTP: recorded and ended by officers, read by whom they concern.

use actix_web::web;
use chrono::NaiveDate;

use super::forms::{self, Asked};
use super::pages::{self, NewRuleData, NewRulePage, RulePage, WithRelied};
use super::{CouncilRule, RuleKind, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::CouncilRuleId;
use crate::mail::desk::Desk;
use crate::people::store as people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "council_rules/list.html";
const NEW: &str = "council_rules/new.html";
const SHOW: &str = "council_rules/show.html";

/// The rules of one's own council, and those that concern one's own providers.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let (reader, providers, today) = (actor.council_reader().ok(), actor.providers(), visit.app.clock.today());
    if reader.is_none() && providers.is_empty() {
        let why = "Only somebody who works for a council or a provider has to do with this.";
        return Err(Error::Forbidden(why.to_owned()).into());
    }
    let may_record = actor.council_officer().is_ok();
    let read = move |tx: &mut Tx| {
        let own = match reader {
            Some(reader) => Some(with_relied(tx, |tx| store::of_council(tx, reader.council()))?),
            None => None,
        };
        let concerning = match providers.as_slice() {
            [] => None,
            some => Some(with_relied(tx, |tx| store::concerning(tx, some))?),
        };
        Ok(pages::list(own.as_deref(), concerning.as_deref(), may_record, today))
    };
    visit.show(LIST, &visit.app.db.read(read).await?)
}

/// Rules, each with what it relies on.
fn with_relied(
    tx: &mut Tx,
    load: impl FnOnce(&mut Tx) -> Result<Vec<CouncilRule>, Error>,
) -> Result<Vec<WithRelied>, Error> {
    let some = load(tx)?;
    let relied = store::relied_on(tx, &some)?;
    let with = |rule: CouncilRule| {
        let on = rule.relies_on.and_then(|id| relied.get(&id).cloned());
        (rule, on)
    };
    Ok(some.into_iter().map(with).collect())
}

/// A rule.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<CouncilRuleId>) -> Answer {
    let page = show_page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, id: CouncilRuleId) -> Result<RulePage, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let mut found = with_relied(tx, |tx| Ok(vec![store::rule(tx, &actor, id)?]))?;
        let may_end = store::to_end(tx, &actor, id).is_ok();
        Ok(pages::show(&found.pop().ok_or(Error::NotFound)?, may_end, today))
    };
    visit.app.db.read(read).await
}

/// The form for a rule.
pub async fn new(visit: Visit, actor: Actor) -> Answer {
    let asked = forms::asked(&visit.query()?)?;
    let page = new_page(&visit, &actor, asked).await?;
    visit.show(NEW, &page)
}

async fn new_page(visit: &Visit, actor: &Actor, asked: Asked) -> Result<NewRulePage, Error> {
    let (officer, today) = (actor.council_officer()?, visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let provider = match asked.provider.map(|id| store::provider(tx, id)).transpose() {
            Err(Error::NotFound) => None,
            found => found?,
        };
        let accreditations = match (asked.kind, asked.provider) {
            (RuleKind::Accepted, Some(id)) => {
                let mut found = store::accreditations(tx, id, officer.council())?;
                found.retain(|rule| rules::can_be_relied_on(rule, officer.council(), id, today));
                found
            }
            _ => vec![],
        };
        let data = NewRuleData {
            kind: asked.kind,
            council: people::organisation(tx, officer.council())?.name,
            provider,
            providers: match asked.name.as_deref() {
                Some(part) => store::providers_named(tx, part)?,
                None => vec![],
            },
            name: asked.name,
            accreditations,
        };
        Ok(pages::new(data, today))
    };
    visit.app.db.read(read).await
}

/// Records a rule.
pub async fn record(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let officer = actor.council_officer()?;
    let (app, who, today) = (visit.app.clone(), actor.clone(), visit.app.clock.today());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::rule(&sent.fields), move |tx, new| {
            let rule = store::add(tx, &Desk::of(&app), (&who, &officer), new, today)?;
            Ok(done(&rule, "council_rule.made", "made a rule"))
        })
        .await;
    visit.app.wake.wake();
    let again = || async {
        let asked = forms::asked(&sent.fields).map_err(Error::from)?;
        new_page(&visit, &actor, asked).await
    };
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The rule is recorded. Whom it concerns is told by mail.")),
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        Err(error) => visit.show_again(error, NEW, &again().await?),
    }
}

/// Ends a rule.
pub async fn end(visit: Visit, actor: Actor, path: web::Path<CouncilRuleId>, sent: Submitted) -> Answer {
    let (id, today) = (*path, visit.app.clock.today());
    may_end(&visit, &actor, id, today).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::ending(&sent.fields), move |tx, (from, reason)| {
            let (rule, officer) = store::to_end(tx, &who, id)?;
            store::end(tx, &Desk::of(&app), (&rule, &officer), (*from, reason), today)?;
            Ok(done(&rule, "council_rule.ended", "ended a rule"))
        })
        .await;
    visit.app.wake.wake();
    visit
        .done_or_again(
            outcome,
            "The rule is ended. Whom it concerned is told by mail.",
            SHOW,
            show_page(&visit, &actor, id),
        )
        .await
}

/// The right is looked at before the form, which may be wrong.
async fn may_end(visit: &Visit, actor: &Actor, id: CouncilRuleId, today: NaiveDate) -> Result<(), Error> {
    let actor = actor.clone();
    let may = move |tx: &mut Tx| {
        let (rule, _) = store::to_end(tx, &actor, id)?;
        rules::check_ending(&rule, today, today).map_err(Error::from)
    };
    visit.app.db.read(may).await
}

/// Leads to a rule, and records what was done with it.
fn done(rule: &CouncilRule, what: &'static str, says: &str) -> Done {
    let says = format!("{says} of {}: {}", rule.council.1, rules::says(rule));
    let act = Act::new(what, says, Thing::of(ThingKind::CouncilRule, rule.id)).on_behalf_of(rule.council.0);
    Done::new(format!("/council-rules/{}", rule.id), act)
}
