//! Offers of mandates: made by mail to an address, read and answered by whoever signs in with it, taken back.

use actix_web::web::Path;
use chrono::{DateTime, NaiveDate, Utc};

use super::{person_to_record_for, to_list};
use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::auth::store as auth;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{MandateOfferId, PersonId};
use crate::mail::desk::Desk;
use crate::mandates::forms::{self, MandateToOffer};
use crate::mandates::letters;
use crate::mandates::pages::offers::{self as pages, OfferPage};
use crate::mandates::rules::{self, offers as offering};
use crate::mandates::store::{self, offers};
use crate::mandates::{NewMandate, NewOffer, Offer, Outcome, Recorder};
use crate::paper::store as papers;
use crate::people::{Person, store as people};
use crate::web::App;
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::upload::Upload;

const SHOW: &str = "mandates/offer.html";

/// Offers somebody to act for a person.
pub async fn make(visit: Visit, actor: Actor, path: Path<PersonId>, upload: Upload) -> Answer {
    let id = *path;
    let outcome = save(&visit, &actor, id, &upload).await;
    visit.app.wake.wake();
    to_list(&visit, &actor, id, outcome, "They are asked by mail. They can act as soon as they say yes.").await
}

/// Whether anybody signs in with the address is never looked at: neither the answer nor the time that it takes tells it.
async fn save(visit: &Visit, actor: &Actor, id: PersonId, upload: &Upload) -> Result<String, Error> {
    let (who, app, now) = (actor.clone(), visit.app.clone(), visit.app.clock.now());
    let (today, fields) = (visit.app.clock.today(), upload.sent.fields.clone());
    let file = upload.file();
    let work = move |tx: &mut Tx| {
        let (person, recorder) = person_to_record_for(tx, &who, id)?;
        let command = forms::mandate(&fields)?;
        let file = file.clone()?;
        check(tx, &who, (&person, recorder), (&command, file.is_some()), (now, today))?;
        let file = file.map(|file| papers::keep_file(tx, &file, who.user(), now)).transpose()?;
        let new = NewOffer {
            person: id,
            email: command.email,
            organisation: command.organisation,
            authority: command.authority,
            scopes: command.scopes,
            from: command.from,
            to: command.to,
            note: match (recorder, command.note.is_empty()) {
                (Recorder::Person, true) => "Given by the person, signed in as themself.".to_owned(),
                _ => command.note,
            },
            file,
            by: who.user(),
            offered_as: recorder,
        };
        let offer = offers::add(tx, &new, now)?;
        post(tx, &app, (offer, &new), &person)?;
        let says = format!("asked somebody to act as {} (offer {offer})", new.authority.words());
        Ok(Done::new(format!("/people/{id}/mandates"), Act::new("mandate.offered", says, offer).concerning(id)))
    };
    visit.write_once(actor.user(), &upload.sent, work).await
}

/// Everything that can be checked before anybody has said yes.
fn check(
    tx: &mut Tx,
    actor: &Actor,
    (person, recorder): (&Person, Recorder),
    (command, has_file): (&MandateToOffer, bool),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(), Error> {
    let own = auth::email_of(tx, actor.user())?;
    offering::check_address(command.email.as_str(), &own)?;
    rules::check_recorder(recorder, command.authority, person)?;
    rules::check_days(person, store::died_on(tx, person.id)?, command.authority, command.to, today)?;
    rules::check_scopes(command.authority, &command.scopes)?;
    rules::check_evidence(recorder, &command.note, has_file)?;
    if let Some(organisation) = command.organisation {
        store::check_agent(tx, organisation)?;
    }
    let made = offers::of_person(tx, person.id)?;
    Ok(offering::check_beside(&made, (command.email.as_str(), command.authority), now)?)
}

fn post(tx: &mut Tx, app: &App, offer: (MandateOfferId, &NewOffer), person: &Person) -> Result<(), Error> {
    let (desk, council) = (Desk::of(app), people::organisation(tx, person.council)?.name);
    let letter = letters::offer(desk.public_url, offer, &person.name, &council);
    desk.post(tx, offer.1.email.as_str(), letters::SUBJECT, &letter)
}

/// An offer: for whoever is asked what it means, for the others how it stands.
pub async fn show(visit: Visit, actor: Actor, path: Path<MandateOfferId>) -> Answer {
    let id = *path;
    let (page, person) = page(&visit, &actor, id).await?;
    visit.seen(person, id).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: MandateOfferId) -> Result<(OfferPage, PersonId), Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (person, offer, address) = offers::offer(tx, &who, id)?;
        Ok((pages::show(&person, &offer, &who, &address, today), person.id))
    };
    visit.app.db.read(read).await
}

/// Onward, or the offer's page again with what was wrong.
async fn onward(
    visit: &Visit,
    actor: &Actor,
    id: MandateOfferId,
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    let again = async { page(visit, actor, id).await.map(|(page, _)| page) };
    visit.done_or_again(outcome, notice, SHOW, again).await
}

/// Says yes: from now on there is a mandate.
pub async fn accept(visit: Visit, actor: Actor, path: Path<MandateOfferId>, sent: Submitted) -> Answer {
    let (id, who, clock) = (*path, actor.clone(), visit.app.clock.clone());
    let (now, today) = (clock.now(), clock.today());
    let work = move |tx: &mut Tx| {
        let (person, offer, address) = offers::offer(tx, &who, id)?;
        offering::may_answer(&offer, &address)?;
        begin(tx, &who, (&person, &offer), (now, today))
    };
    let outcome = visit.write_once(actor.user(), &sent, work).await;
    onward(&visit, &actor, id, outcome, "You said yes. This is your mandate, and here you can give it up again.").await
}

/// Everything is looked at again today; then the mandate is there, on what was seen when it was offered.
fn begin(
    tx: &mut Tx,
    actor: &Actor,
    (person, offer): (&Person, &Offer),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Done, Error> {
    let present = offering::Present {
        user: actor.user(),
        died_on: store::died_on(tx, person.id)?,
        can_decide: store::given_back_since(tx, person.id, offer.at)?,
        lacks_capacity: store::lost_since(tx, person.id, offer.at)?,
        belongs: match &offer.organisation {
            Some((organisation, _)) => store::belongs(tx, actor.user(), *organisation)?,
            None => true,
        },
        today,
    };
    if let Some((organisation, _)) = &offer.organisation {
        store::check_agent(tx, *organisation)?;
    }
    // Whatever stands against it, the page has no field for it.
    offering::check_yes(offer, person, &present).map_err(|why| Error::Refused(why.to_string()))?;
    let new = NewMandate {
        person: person.id,
        user: actor.user(),
        organisation: offer.organisation.as_ref().map(|(organisation, _)| *organisation),
        authority: offer.authority,
        scopes: offer.scopes,
        // Nobody has acted before they said yes.
        from: offer.from.max(today),
        to: offer.to,
    };
    let mandate = store::add(tx, &new, now)?;
    let file = offer.file.as_ref().map(|(file, _)| *file);
    store::add_evidence(tx, mandate, &offer.note, file, offer.by.0, offer.at)?;
    offers::answer(tx, offer.id, (Outcome::Accepted, Some(mandate)), actor.user(), now)?;
    let says = format!("said yes to offer {}, and has mandate {mandate}: {}", offer.id, offer.authority.words());
    Ok(Done::new(format!("/mandates/{mandate}"), Act::new("mandate.recorded", says, mandate).concerning(person.id)))
}

/// Says no.
pub async fn decline(visit: Visit, actor: Actor, path: Path<MandateOfferId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let work = move |tx: &mut Tx| {
        let (person, offer, address) = offers::offer(tx, &who, id)?;
        offering::may_answer(&offer, &address)?;
        offers::answer(tx, id, (Outcome::Declined, None), who.user(), now)?;
        let act = Act::new("mandate.declined", format!("said no to offer {id}"), id).concerning(person.id);
        Ok(Done::new("/", act))
    };
    let outcome = visit.write_once(actor.user(), &sent, work).await;
    onward(&visit, &actor, id, outcome, "You said no. Whoever asked you reads that, and nothing else happens.").await
}

/// Takes an offer back.
pub async fn withdraw(visit: Visit, actor: Actor, path: Path<MandateOfferId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let work = move |tx: &mut Tx| {
        let (person, offer, _) = offers::offer(tx, &who, id)?;
        offering::may_withdraw(&who, &person, &offer)?;
        offers::answer(tx, id, (Outcome::Withdrawn, None), who.user(), now)?;
        let act = Act::new("mandate.offer_withdrawn", format!("took offer {id} back"), id).concerning(person.id);
        Ok(Done::new(format!("/people/{}/mandates", person.id), act))
    };
    let outcome = visit.write_once(actor.user(), &sent, work).await;
    onward(&visit, &actor, id, outcome, "It is taken back. Nobody can say yes to it any more.").await
}

/// The file that shows the authority, as it was sent: to keep, never to show. Whoever is asked reads it once they said yes.
pub async fn file(visit: Visit, actor: Actor, path: Path<MandateOfferId>) -> Answer {
    let id = *path;
    let read = move |tx: &mut Tx| {
        let (person, offer, _) = offers::offer(tx, &actor, id)?;
        rules::recorder(&actor, &person)?;
        let (file, _) = offer.file.ok_or(Error::NotFound)?;
        Ok((person.id, papers::file(tx, file)?))
    };
    let (person, kept) = visit.app.db.read(read).await?;
    visit.seen(person, id).await?;
    Ok(visit.file(&kept.name, kept.kind.content_type(), kept.bytes))
}
