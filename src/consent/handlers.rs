//! When a person must be asked before an invoice is approved: see it, set it.

use actix_web::web::Path;

use super::pages::ConsentPage;
use super::{forms, pages, rules, store};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::PersonId;
use crate::mandates;
use crate::people::store as people;
use crate::web::page::{Answer, Submitted, Visit};

const SHOW: &str = "consent/show.html";

/// The rule that holds, and those before it.
pub async fn show(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let page = page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<ConsentPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let (history, holding) = (store::history(tx, id)?, store::rule_on(tx, id, today)?);
        let given = mandates::store::of_person(tx, id)?;
        Ok(pages::show(&person, &history, holding.as_ref(), &given, &who, today))
    };
    visit.app.db.read(read).await
}

/// Sets another rule.
pub async fn set(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    match save(&visit, &actor, id, &sent).await {
        Ok(location) => Ok(visit.done(&location, "It is set.")),
        Err(error) => {
            let typed = sent.fields.typed().clone();
            let error = match error {
                Error::Invalid(invalid) => Invalid { typed, ..invalid }.into(),
                other => other,
            };
            visit.show_again(error, SHOW, &page(&visit, &actor, id).await?)
        }
    }
}

async fn save(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, clock) = (actor.clone(), &visit.app.clock);
    let (now, today, fields) = (clock.now(), clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        people::person(tx, &who, id)?;
        let right = rules::may_set(&who, id)?;
        let (rule, from) = forms::rule(&fields, today)?;
        rules::check(&right, rule, from, &mandates::store::of_person(tx, id)?, today)?;
        store::set(tx, &right, rule, from, now)?;
        Ok(format!("/people/{id}/consent"))
    };
    visit.write_once(actor.user(), sent, save).await
}
