//! What a provider says about VAT, with what shows it; its own decision about the class of a service; who sees that.

use actix_web::web::Path;

use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::directory::forms;
use crate::directory::pages::vat as pages;
use crate::directory::rules::{overrides as rules, statements};
use crate::directory::store::{overrides, services};
use crate::error::Error;
use crate::ids::{FileId, OrganisationId, ServiceId};
use crate::paper::store as papers;
use crate::people::store as people;
use crate::web::page::{Answer, Done, Visit};
use crate::web::upload::Upload;

const VAT_CLASS: &str = "directory/vat_class.html";

/// Records what a provider says about VAT from a day on.
pub async fn state_vat(visit: Visit, actor: Actor, upload: Upload) -> Answer {
    let provider = actor.provider_member()?;
    let (to_save, fields, file) = (provider.clone(), upload.sent.fields.clone(), upload.file());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let save = move |tx: &mut Tx| {
        let own = to_save.provider();
        let mut statement = forms::vat(&fields)?;
        let before = people::organisation(tx, own)?;
        statements::check_charity(statement.charity, before.charity_number.as_deref())
            .map_err(|refusal| forms::wrong("vat_charity", &refusal.to_string(), &fields))?;
        let file = file.clone()?;
        statement.file = file.map(|file| papers::keep_file(tx, &file, to_save.user(), now)).transpose()?;
        people::add_vat_registration(tx, own, &statement, Some(to_save.user()), now)?;
        let holds = people::vat_on(tx, own, today)?;
        if let Some((charity, regulated)) = holds.and_then(|said| said.charity.zip(said.regulated)) {
            people::set_standing(tx, own, (charity, regulated))?;
        }
        services::refresh_all(tx, own, None, today)?;
        let after = serde_json::json!({ "status": statement.status.code(), "from": statement.from });
        let act = Act::new("vat.stated", "recorded the VAT status of the provider", own).after(&after);
        Ok(Done::new("/provider", act.on_behalf_of(own)))
    };
    match visit.write_once(provider.user(), &upload.sent, save).await {
        Ok(location) => {
            Ok(visit.done(&location, "Your VAT status is recorded. Earlier statements stay in the record."))
        }
        Err(error) => {
            visit.show_again(error, "directory/provider.html", &super::provider_page(&visit, &actor, provider).await?)
        }
    }
}

fn check_sees(actor: &Actor, provider: OrganisationId) -> Result<(), Error> {
    if statements::sees(actor, provider) { Ok(()) } else { Err(Error::NotFound) }
}

/// How the VAT class of a service was decided: by the rules, or by the provider with reason and evidence.
pub async fn vat_class(visit: Visit, actor: Actor, path: Path<ServiceId>) -> Answer {
    let page = class_page(&visit, &actor, *path).await?;
    visit.show(VAT_CLASS, &page)
}

async fn class_page(visit: &Visit, actor: &Actor, id: ServiceId) -> Result<pages::VatClassPage, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let listing = services::listing(tx, id, today)?;
        check_sees(&actor, listing.organisation.id)?;
        let may_decide = actor.admin_of(listing.organisation.id).is_some();
        Ok(pages::vat_class(&listing, may_decide, today))
    };
    visit.app.db.read(read).await
}

/// Records a provider's own decision about the VAT class of a service, or that the rules decide again.
pub async fn decide_class(visit: Visit, actor: Actor, path: Path<ServiceId>, upload: Upload) -> Answer {
    let (id, who) = (*path, actor.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let (fields, file) = (upload.sent.fields.clone(), upload.file());
    let save = move |tx: &mut Tx| {
        let listing = services::listing(tx, id, today)?;
        let own = listing.organisation.id;
        check_sees(&who, own)?;
        let admin = who.admin_of(own).ok_or_else(|| {
            Error::Forbidden("Only an administrator of the provider may decide the class of its service.".to_owned())
        })?;
        let new = forms::vat_class(&fields)?;
        let file = file.clone()?;
        rules::check_override(&listing, &new, file.is_some(), today)
            .map_err(|refusal| forms::wrong(refusal.field(), &refusal.to_string(), &fields))?;
        let file = file.map(|file| papers::keep_file(tx, &file, admin.user(), now)).transpose()?;
        overrides::add(tx, id, &new, file, (admin.user(), &admin.authority()), now)?;
        services::refresh(tx, id, today)?;
        let before = serde_json::json!({ "class": listing.decision.class.map(crate::vat::Class::code) });
        let after = serde_json::json!({ "class": new.class.map(crate::vat::Class::code), "from": new.from });
        let says = format!("decided the VAT class of “{}”", listing.service.words.name);
        let act = Act::new("vat.class_decided", says, id).before(&before).after(&after).on_behalf_of(own);
        Ok(Done::new(format!("/services/{id}/vat-class"), act))
    };
    let outcome = visit.write_once(actor.user(), &upload.sent, save).await;
    let notice = "The decision is recorded. Councils see it with its reason.";
    match outcome {
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        outcome => visit.done_or_again(outcome, notice, VAT_CLASS, class_page(&visit, &actor, id)).await,
    }
}

/// A file on which the VAT of a provider rests, as it was sent: to keep, never to show.
pub async fn evidence(visit: Visit, actor: Actor, path: Path<FileId>) -> Answer {
    let id = *path;
    let read = move |tx: &mut Tx| {
        check_sees(&actor, overrides::owner_of_evidence(tx, id)?)?;
        papers::file(tx, id)
    };
    let kept = visit.app.db.read(read).await?;
    Ok(visit.file(&kept.name, kept.kind.content_type(), kept.bytes))
}

/// When the entry says something else of charity or regulation than the statement in force, a new one begins today.
pub(super) fn follow_entry(
    tx: &mut Tx,
    provider: &crate::auth::rights::ProviderMember,
    (now, today): (chrono::DateTime<chrono::Utc>, chrono::NaiveDate),
) -> Result<(), Error> {
    let own = people::organisation(tx, provider.provider())?;
    let history = people::vat_history(tx, own.id)?;
    let Some(statement) = statements::following_entry(&own, &history, today) else { return Ok(()) };
    people::add_vat_registration(tx, own.id, &statement, Some(provider.user()), now)
}
