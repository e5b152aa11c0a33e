//! Rows of offers of mandates and what became of them. Whom an address belongs to is looked up for whoever is signed in
//! alone, never for whoever offers.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::auth::rights::{Actor, Approval, Authority};
use crate::auth::store::{self as auth, ScopesRow, scopes_of};
use crate::db::Tx;
use crate::db::schema::{files, mandate_offer_answers, mandate_offers, organisations, users};
use crate::error::Error;
use crate::ids::{FileId, MandateId, MandateOfferId, OrganisationId, PersonId, UserId};
use crate::mandates::{NewOffer, Offer, OfferAnswer, Outcome, Recorder, rules::offers as rules};
use crate::people::{Person, store as people};

/// The most offers of a person that are listed, and of those that wait for somebody.
const LISTED: i64 = 100;

/// Records an offer.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx, new: &NewOffer, now: DateTime<Utc>) -> Result<MandateOfferId, Error> {
    let row = (
        mandate_offers::person_id.eq(new.person),
        mandate_offers::email.eq(new.email.as_str()),
        mandate_offers::organisation_id.eq(new.organisation),
        mandate_offers::authority.eq(new.authority),
        mandate_offers::see_plan.eq(new.scopes.see_plan),
        mandate_offers::see_money.eq(new.scopes.see_money),
        mandate_offers::choose.eq(new.scopes.choose),
        mandate_offers::sign.eq(new.scopes.sign),
        mandate_offers::approve.eq(new.scopes.approve > Approval::Nothing),
        mandate_offers::approve_up_to_pence.eq(match new.scopes.approve {
            Approval::UpTo(most) => Some(most.pence()),
            Approval::Nothing | Approval::AnyAmount => None,
        }),
        mandate_offers::from_date.eq(new.from),
        mandate_offers::to_date.eq(new.to),
        mandate_offers::note.eq(&new.note),
        mandate_offers::file_id.eq(new.file),
        mandate_offers::offered_by.eq(new.by),
        mandate_offers::offered_as.eq(new.offered_as),
        mandate_offers::offered_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(mandate_offers::table).values(row).returning(mandate_offers::id).get_result(tx)?)
}

/// Records what became of an offer: once, whoever is first.
///
/// # Errors
/// A conflict when somebody else has just said something about it.
pub fn answer(
    tx: &mut Tx,
    offer: MandateOfferId,
    (outcome, mandate): (Outcome, Option<MandateId>),
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        mandate_offer_answers::offer_id.eq(offer),
        mandate_offer_answers::outcome.eq(outcome),
        mandate_offer_answers::mandate_id.eq(mandate),
        mandate_offer_answers::answered_by.eq(by),
        mandate_offer_answers::answered_at.eq(now.naive_utc()),
    );
    diesel::insert_into(mandate_offer_answers::table).values(row).execute(tx)?;
    Ok(())
}

type OfferRow = (
    (MandateOfferId, PersonId, String, Option<OrganisationId>, Option<String>),
    (Authority, NaiveDate, Option<NaiveDate>, ScopesRow),
    (String, Option<FileId>, Option<String>),
    (UserId, String, Recorder, NaiveDateTime),
);

/// The columns of [`OfferRow`].
macro_rules! offered {
    () => {
        mandate_offers::table
            .inner_join(users::table.on(users::id.eq(mandate_offers::offered_by)))
            .left_join(organisations::table.on(organisations::id.nullable().eq(mandate_offers::organisation_id)))
            .left_join(files::table.on(files::id.nullable().eq(mandate_offers::file_id)))
            .select((
                (
                    mandate_offers::id,
                    mandate_offers::person_id,
                    mandate_offers::email,
                    mandate_offers::organisation_id,
                    organisations::name.nullable(),
                ),
                (
                    mandate_offers::authority,
                    mandate_offers::from_date,
                    mandate_offers::to_date,
                    (
                        mandate_offers::see_plan,
                        mandate_offers::see_money,
                        mandate_offers::choose,
                        mandate_offers::sign,
                        mandate_offers::approve,
                        mandate_offers::approve_up_to_pence,
                    ),
                ),
                (mandate_offers::note, mandate_offers::file_id, files::name.nullable()),
                (users::id, users::name, mandate_offers::offered_as, mandate_offers::offered_at),
            ))
            .order(mandate_offers::id.desc())
    };
}

fn noun(row: OfferRow, answers: &mut BTreeMap<MandateOfferId, OfferAnswer>) -> Offer {
    let ((id, person, email, organisation, organisation_name), mandate, (note, file, file_name), offered) = row;
    let (authority, from, to, scopes) = mandate;
    let (by, by_name, offered_as, at) = offered;
    Offer {
        id,
        person,
        email,
        organisation: organisation.zip(organisation_name),
        authority,
        scopes: scopes_of(scopes),
        from,
        to,
        note,
        file: file.zip(file_name),
        by: (by, by_name),
        offered_as,
        at: at.and_utc(),
        answer: answers.remove(&id),
    }
}

fn with_answers(tx: &mut Tx, rows: Vec<OfferRow>) -> Result<Vec<Offer>, Error> {
    type Row = (MandateOfferId, Outcome, Option<MandateId>, UserId);
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<MandateOfferId> = rows.iter().map(|row| row.0.0).collect();
    let answered: Vec<Row> = mandate_offer_answers::table
        .filter(mandate_offer_answers::offer_id.eq_any(ids))
        .select((
            mandate_offer_answers::offer_id,
            mandate_offer_answers::outcome,
            mandate_offer_answers::mandate_id,
            mandate_offer_answers::answered_by,
        ))
        .load(tx)?;
    let answer = |(id, outcome, mandate, by): Row| (id, OfferAnswer { outcome, mandate, by });
    let mut answers: BTreeMap<MandateOfferId, OfferAnswer> = answered.into_iter().map(answer).collect();
    Ok(rows.into_iter().map(|row| noun(row, &mut answers)).collect())
}

/// The offers that were made for a person, the newest first. The caller has loaded the person for the actor and says nothing
/// of them to whoever may not see them.
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Offer>, Error> {
    let rows: Vec<OfferRow> = offered!().filter(mandate_offers::person_id.eq(person)).limit(LISTED).load(tx)?;
    with_answers(tx, rows)
}

/// An offer that the actor may see, its person, and the address with which the actor signs in.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn offer(tx: &mut Tx, actor: &Actor, id: MandateOfferId) -> Result<(Person, Offer, String), Error> {
    let rows: Vec<OfferRow> = offered!().filter(mandate_offers::id.eq(id)).load(tx)?;
    let offer = with_answers(tx, rows)?.pop().ok_or(Error::NotFound)?;
    let person = people::person_of_record(tx, offer.person)?;
    let address = auth::email_of(tx, actor.user())?;
    if rules::sees(actor, &person, &offer, &address) { Ok((person, offer, address)) } else { Err(Error::NotFound) }
}

/// The offers that wait for whoever is signed in, the newest first.
///
/// # Errors
/// When the database fails.
pub fn waiting_for(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Vec<Offer>, Error> {
    let address = auth::email_of(tx, actor.user())?;
    let answered = mandate_offer_answers::table.select(mandate_offer_answers::offer_id);
    let rows: Vec<OfferRow> = offered!()
        .filter(mandate_offers::email.eq(&address).and(mandate_offers::id.ne_all(answered)))
        .limit(LISTED)
        .load(tx)?;
    let mut found = with_answers(tx, rows)?;
    found.retain(|offer| rules::standing(offer, today) == rules::Standing::Open);
    Ok(found)
}

/// The offer from which a mandate came, if it did.
///
/// # Errors
/// When the database fails.
pub fn of_mandate(tx: &mut Tx, mandate: MandateId) -> Result<Option<Offer>, Error> {
    let from = mandate_offer_answers::table.filter(mandate_offer_answers::mandate_id.eq(Some(mandate)));
    let Some(id) = from.select(mandate_offer_answers::offer_id).first::<MandateOfferId>(tx).optional()? else {
        return Ok(None);
    };
    let rows: Vec<OfferRow> = offered!().filter(mandate_offers::id.eq(id)).load(tx)?;
    Ok(with_answers(tx, rows)?.pop())
}

/// The files that were sent with offers of a person's mandates.
///
/// # Errors
/// When the database fails.
pub fn files_of(tx: &mut Tx, person: PersonId) -> Result<Vec<FileId>, Error> {
    let theirs = mandate_offers::table.filter(mandate_offers::person_id.eq(person));
    let found: Vec<Option<FileId>> = theirs.select(mandate_offers::file_id).load(tx)?;
    Ok(found.into_iter().flatten().collect())
}

/// Takes back what is still open of a person whose record is erased, and takes out who was asked and what was seen.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, person: PersonId, by: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let answered = mandate_offer_answers::table.select(mandate_offer_answers::offer_id);
    let open = mandate_offers::person_id.eq(person).and(mandate_offers::id.ne_all(answered));
    let open: Vec<MandateOfferId> = mandate_offers::table.filter(open).select(mandate_offers::id).load(tx)?;
    for offer in open {
        answer(tx, offer, (Outcome::Withdrawn, None), by, now)?;
    }
    diesel::update(mandate_offers::table.filter(mandate_offers::person_id.eq(person)))
        .set((mandate_offers::email.eq(""), mandate_offers::note.eq("")))
        .execute(tx)?;
    Ok(())
}
