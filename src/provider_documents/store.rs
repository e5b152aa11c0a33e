//! Rows of providers' documents, of what was found of them, and of reminders.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::rules::{self, Reminder};
use super::{Check, Document, NewDocument, Step};
use crate::auth::rights::{Actor, ProviderMember, Role};
use crate::bank_details::store as bank;
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{
    files, organisations, provider_document_checks, provider_document_reminders, provider_documents, users,
};
use crate::directory::DocumentKind;
use crate::directory::rules::documents::{Version, checks_for, sees, with_replacement};
use crate::directory::store::services;
use crate::error::Error;
use crate::ids::{FileId, OrganisationId, ProviderDocumentId, UserId};
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::organisations::store as inside;
use crate::people::store as people;

type Row = (
    (ProviderDocumentId, OrganisationId, DocumentKind, FileId, String),
    (NaiveDate, Option<NaiveDate>, String, NaiveDateTime),
);

/// The documents of a provider with what was found of each, the newest first. The caller has looked at the right.
fn of_provider(tx: &mut Tx, provider: OrganisationId) -> Result<Vec<Document>, Error> {
    let rows: Vec<Row> = provider_documents::table
        .inner_join(files::table.on(files::id.eq(provider_documents::file_id)))
        .inner_join(users::table.on(users::id.eq(provider_documents::added_by)))
        .filter(provider_documents::organisation_id.eq(provider))
        .select((
            (
                provider_documents::id,
                provider_documents::organisation_id,
                provider_documents::kind,
                provider_documents::file_id,
                files::name,
            ),
            (
                provider_documents::valid_from,
                provider_documents::valid_until,
                users::name,
                provider_documents::added_at,
            ),
        ))
        .order(provider_documents::id.desc())
        .load(tx)?;
    type CheckRow = (ProviderDocumentId, String, bool, String, String, NaiveDateTime);
    let checks: Vec<CheckRow> = provider_document_checks::table
        .inner_join(organisations::table.on(organisations::id.eq(provider_document_checks::organisation_id)))
        .inner_join(users::table.on(users::id.eq(provider_document_checks::checked_by)))
        .filter(provider_document_checks::document_id.eq_any(rows.iter().map(|row| row.0.0).collect::<Vec<_>>()))
        .select((
            provider_document_checks::document_id,
            organisations::name,
            provider_document_checks::accepted,
            provider_document_checks::note,
            users::name,
            provider_document_checks::checked_at,
        ))
        .order(provider_document_checks::id)
        .load(tx)?;
    let version = |row: &Row| Version { kind: row.0.2, from: row.1.0, until: row.1.1 };
    let versions = with_replacement(&rows.iter().map(version).collect::<Vec<_>>());
    let mut documents: Vec<Document> = vec![];
    for (((id, provider, _, file, name), (_, _, by, at)), (version, replaced_from)) in rows.into_iter().zip(versions) {
        let found =
            checks.iter().filter(|check| check.0 == id).map(|(_, organisation, accepted, note, by, at)| Check {
                organisation: organisation.clone(),
                accepted: *accepted,
                note: note.clone(),
                by: by.clone(),
                at: at.and_utc(),
            });
        let (checks, at) = (found.collect(), at.and_utc());
        documents.push(Document { id, provider, version, replaced_from, file: (file, name), by, at, checks });
    }
    Ok(documents)
}

/// The right to look at a document of a provider and say what one found: for a council or a broker, never one's own.
#[derive(Clone, Debug)]
pub struct Checker {
    organisation: OrganisationId,
    authority: String,
    user: UserId,
}

/// Whether an actor may check the documents of a provider.
///
/// # Errors
/// Forbidden, for everybody else who sees them.
pub fn checker(actor: &Actor, provider: OrganisationId) -> Result<Checker, Error> {
    let refusal = "Only an officer of a council or a broker may do this, and nobody for an organisation of their own.";
    let found = checks_for(actor).filter(|_| !actor.works_for(provider));
    let place = found.ok_or_else(|| Error::Forbidden(refusal.to_owned()))?;
    Ok(Checker { organisation: place.organisation, authority: format!("for {}", place.name), user: actor.user() })
}

/// The documents of a provider that an actor may see: its own people, those who read for a council, brokers.
///
/// # Errors
/// Not found, for everybody else, and where there is no such provider.
pub fn documents(tx: &mut Tx, actor: &Actor, provider: OrganisationId) -> Result<(String, Vec<Document>), Error> {
    let organisation = people::organisation(tx, provider)?;
    if !sees(actor, provider) || !organisation.is_provider {
        return Err(Error::NotFound);
    }
    Ok((organisation.name, of_provider(tx, provider)?))
}

/// What a provider has done and has still to do.
///
/// # Errors
/// When the database fails.
pub fn steps(tx: &mut Tx, member: &ProviderMember, today: NaiveDate) -> Result<Vec<Step>, Error> {
    let organisation = people::organisation(tx, member.provider())?;
    let history = people::vat_history(tx, organisation.id)?;
    let listings = services::listings(tx, organisation.id, today)?;
    let documents = of_provider(tx, organisation.id)?;
    let paid = bank::has_details(tx, organisation.id)?;
    Ok(rules::steps(&organisation, (&history, &listings), &documents, paid, today))
}

/// A document that an actor may see.
///
/// # Errors
/// Not found, for everybody else.
pub fn document(tx: &mut Tx, actor: &Actor, id: ProviderDocumentId) -> Result<Document, Error> {
    let provider: OrganisationId = provider_documents::table
        .filter(provider_documents::id.eq(id))
        .select(provider_documents::organisation_id)
        .first(tx)?;
    let (_, all) = documents(tx, actor, provider)?;
    all.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
}

/// Keeps a document; the one of its kind before it stays, and holds no more from the first day of this one on.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &mut Tx,
    provider: OrganisationId,
    new: &NewDocument,
    file: FileId,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<ProviderDocumentId, Error> {
    let row = (
        provider_documents::organisation_id.eq(provider),
        provider_documents::kind.eq(new.kind),
        provider_documents::file_id.eq(file),
        provider_documents::valid_from.eq(new.from),
        provider_documents::valid_until.eq(new.until),
        provider_documents::added_by.eq(by),
        provider_documents::added_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(provider_documents::table).values(row).returning(provider_documents::id).get_result(tx)?)
}

/// Records what somebody found, and tells the provider.
///
/// # Errors
/// What the rules refuse.
pub fn add_check(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (document, checker): (&Document, &Checker),
    (accepted, note): (bool, &str),
) -> Result<(), Error> {
    rules::check_check(document, calendar::london(desk.now).date())
        .map_err(|refusal| Error::Conflict(refusal.to_string()))?;
    let row = (
        provider_document_checks::document_id.eq(document.id),
        provider_document_checks::organisation_id.eq(checker.organisation),
        provider_document_checks::accepted.eq(accepted),
        provider_document_checks::note.eq(note),
        provider_document_checks::checked_by.eq(checker.user),
        provider_document_checks::authority.eq(&checker.authority),
        provider_document_checks::checked_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(provider_document_checks::table).values(row).execute(tx)?;
    let by = people::organisation(tx, checker.organisation)?.name;
    let outcome = if accepted { "accepted" } else { "refused" };
    let says = format!("{by} has {outcome} your {}: {note}", document.version.kind.words().to_lowercase());
    tell(tx, desk, document.provider, &format!("A document of yours was {outcome}"), &says)
}

/// Tells those who run a provider's daily work, and its administrators.
fn tell(tx: &mut Tx, desk: &Desk<'_>, provider: OrganisationId, subject: &str, says: &str) -> Result<(), Error> {
    for member in inside::members(tx, provider)? {
        if !member.does(Role::Coordinator) && !member.does(Role::Admin) {
            continue;
        }
        let letter = Letter {
            greeting: format!("Dear {}", member.name),
            paragraphs: vec![says.to_owned()],
            action: Some(Action {
                label: "Your documents".to_owned(),
                href: format!("{}/organisations/{provider}/documents", desk.public_url),
            }),
            afterwards: vec![],
        };
        desk.post(tx, &member.email, subject, &letter)?;
    }
    Ok(())
}

/// The documents that end soon or have ended, and of which their providers were not reminded of that.
///
/// # Errors
/// When the database fails.
pub fn to_remind_of(tx: &mut Tx, today: NaiveDate) -> Result<Vec<ProviderDocumentId>, Error> {
    let newer = diesel::alias!(provider_documents as newer_documents);
    let replaced = newer
        .filter(newer.field(provider_documents::organisation_id).eq(provider_documents::organisation_id))
        .filter(newer.field(provider_documents::kind).eq(provider_documents::kind))
        .filter(newer.field(provider_documents::id).gt(provider_documents::id))
        .filter(newer.field(provider_documents::valid_from).le(today));
    let told_of_end = provider_document_reminders::table.filter(
        provider_document_reminders::document_id
            .eq(provider_documents::id)
            .and(provider_document_reminders::what.eq(Reminder::Ended.code())),
    );
    Ok(provider_documents::table
        .filter(provider_documents::valid_until.le(Some(rules::reminded_until(today))))
        .filter(not(exists(replaced)).and(not(exists(told_of_end))))
        .select(provider_documents::id)
        .order(provider_documents::id)
        .load(tx)?)
}

/// Reminds a provider of one of its documents, if that is due, once.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx, desk: &Desk<'_>, id: ProviderDocumentId, today: NaiveDate) -> Result<(), Error> {
    let (provider, kind): (OrganisationId, DocumentKind) = provider_documents::table
        .filter(provider_documents::id.eq(id))
        .select((provider_documents::organisation_id, provider_documents::kind))
        .first(tx)?;
    let versions: Vec<Version> = provider_documents::table
        .filter(provider_documents::organisation_id.eq(provider).and(provider_documents::kind.eq(kind)))
        .filter(provider_documents::id.ge(id))
        .select((provider_documents::valid_from, provider_documents::valid_until))
        .order(provider_documents::id.desc())
        .load::<(NaiveDate, Option<NaiveDate>)>(tx)?
        .into_iter()
        .map(|(from, until)| Version { kind, from, until })
        .collect();
    let one = with_replacement(&versions).pop();
    let due = one.and_then(|(one, next)| Some((one.until?, rules::reminder(one.until?, next, today)?)));
    let Some((until, reminder)) = due else { return Ok(()) };
    let told = provider_document_reminders::table.filter(
        provider_document_reminders::document_id.eq(id).and(provider_document_reminders::what.eq(reminder.code())),
    );
    let told: bool = diesel::select(exists(told)).get_result(tx)?;
    if told { Ok(()) } else { tell_of(tx, desk, (id, provider, kind), (until, reminder)) }
}

/// Notes the reminder and writes the mail in one transaction: once, also after a stop.
fn tell_of(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (id, provider, kind): (ProviderDocumentId, OrganisationId, DocumentKind),
    (until, reminder): (NaiveDate, Reminder),
) -> Result<(), Error> {
    let row = (
        provider_document_reminders::document_id.eq(id),
        provider_document_reminders::what.eq(reminder.code()),
        provider_document_reminders::reminded_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(provider_document_reminders::table).values(row).execute(tx)?;
    let (what, day) = (kind.words().to_lowercase(), calendar::full(until));
    let (subject, says) = match reminder {
        Reminder::Soon => ("A document ends soon", format!("Your {what} ends on {day}. Send the next one before.")),
        Reminder::Ended => ("A document has ended", format!("Your {what} ended on {day}. Send the one that holds.")),
    };
    tell(tx, desk, provider, subject, &says)
}
