//! Members, what was given and taken, policies, and who said that a payment was made.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::rules::{self, Change};
use super::{Confirmation, DutyException, Held, Member, PaymentSeen, Policy, RoleEvent, SetPolicy};
use crate::auth::rights::{Actor, CouncilOfficer, OrganisationAdmin, Role};
use crate::auth::store as auth;
use crate::db::Tx;
use crate::db::schema::{duty_exceptions, membership_events, organisation_policies, payment_confirmations, users};
use crate::error::Error;
use crate::ids::{InvoiceId, OrganisationId, UserId};
use crate::people::{NewOrganisation, Organisation, store as people};
use crate::places::{self, Postcode, adult_social_care_council};

/// The most events that a page lists.
const LISTED: i64 = 100;

/// An organisation that the actor belongs to.
///
/// # Errors
/// Not found, when there is none or the actor does not belong to it.
pub fn organisation(tx: &mut Tx, actor: &Actor, id: OrganisationId) -> Result<Organisation, Error> {
    if actor.works_for(id) { people::organisation(tx, id) } else { Err(Error::NotFound) }
}

/// The right of an officer of the council that answers for adult social care at a postcode; of any council where none here
/// answers for it.
///
/// # Errors
/// When the database fails.
pub fn officer_for_place(tx: &mut Tx, actor: &Actor, postcode: &str) -> Result<Option<CouncilOfficer>, Error> {
    let Ok(officer) = actor.council_officer() else { return Ok(None) };
    let postcode = Postcode::parse(postcode).ok();
    let place = postcode.map_or(Ok(None), |postcode| places::store::place_of(tx, &postcode))?;
    let council = place.and_then(|(_, code)| adult_social_care_council(&code));
    let answering = match council {
        Some(council) => people::councils_of_area(tx, &council.code)?,
        None => vec![],
    };
    Ok((answering.is_empty() || answering.contains(&officer.council())).then_some(officer))
}

/// The members of an organisation, the longest first. The caller has the right to know.
///
/// # Errors
/// When the database fails.
pub fn members(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Member>, Error> {
    let mut members: Vec<Member> = vec![];
    for held in auth::roles_in(tx, organisation)? {
        let role = Held { role: held.role, since: held.since };
        match members.iter_mut().find(|member| member.user == held.user.id) {
            Some(member) => member.roles.push(role),
            None => members.push(Member {
                user: held.user.id,
                name: held.user.name,
                email: held.user.email,
                roles: vec![role],
            }),
        }
    }
    Ok(members)
}

/// Takes in whoever accepted an invitation, in its role beside those that they have. The caller has seen that the invitation
/// is good and is theirs.
///
/// # Errors
/// What rules refuse: nobody invites themself to handle the money.
pub fn take_in(
    tx: &mut Tx,
    (organisation, invited_by): (OrganisationId, UserId),
    (user, role): (UserId, Role),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let organisation = people::organisation(tx, organisation)?;
    let members = members(tx, organisation.id)?;
    let mut wanted = rules::roles_of_user(&members, user);
    if wanted.contains(&role) {
        return Ok(());
    }
    wanted.push(role);
    let name = auth::user_name(tx, user)?;
    let change = rules::change_roles(organisation.kind, &members, invited_by, (user, &name), &wanted)?;
    apply(tx, (organisation.id, invited_by), user, &change, now)
}

/// Gives a member exactly these roles, if they still have those that were seen.
///
/// # Errors
/// Not found, when nobody of this organisation is meant; a conflict when the roles are others by now; what rules refuse.
pub fn set_roles(
    tx: &mut Tx,
    admin: &OrganisationAdmin,
    user: UserId,
    (wanted, seen): (&[Role], &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let organisation = people::organisation(tx, admin.organisation())?;
    let members = members(tx, organisation.id)?;
    let member = members.iter().find(|member| member.user == user).ok_or(Error::NotFound)?;
    if member.seen() != seen {
        return Err(Error::changed_since("Who does what here"));
    }
    let who = (member.user, member.name.as_str());
    let change = rules::change_roles(organisation.kind, &members, admin.user(), who, wanted)?;
    apply(tx, (admin.organisation(), admin.user()), user, &change, now)
}

/// Ends a membership: the next request of whoever was a member finds no right any more.
///
/// # Errors
/// Not found, when nobody of this organisation is meant; what rules refuse.
pub fn end_member(tx: &mut Tx, admin: &OrganisationAdmin, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let members = members(tx, admin.organisation())?;
    if !members.iter().any(|member| member.user == user) {
        return Err(Error::NotFound);
    }
    let change = rules::end(&members, user)?;
    apply(tx, (admin.organisation(), admin.user()), user, &change, now)
}

fn apply(
    tx: &mut Tx,
    (organisation, by): (OrganisationId, UserId),
    user: UserId,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    for role in &change.taken {
        auth::end_membership(tx, user, organisation, *role, now)?;
        record(tx, (organisation, by), (user, *role, false), &change.note, now)?;
    }
    for role in &change.given {
        auth::add_membership(tx, user, organisation, *role, now)?;
        let note = if *role == Role::Finance { change.note.as_str() } else { "" };
        record(tx, (organisation, by), (user, *role, true), note, now)?;
    }
    Ok(())
}

/// Makes an organisation whose only member does everything there, which is recorded.
///
/// # Errors
/// When the database fails.
pub fn found(tx: &mut Tx, user: UserId, new: &NewOrganisation, now: DateTime<Utc>) -> Result<OrganisationId, Error> {
    let id = people::add_organisation(tx, new, now)?;
    for role in [Role::Admin, Role::Coordinator, Role::Finance] {
        auth::add_membership(tx, user, id, role, now)?;
        record(tx, (id, user), (user, role, true), "Made the organisation.", now)?;
    }
    Ok(id)
}

fn record(
    tx: &mut Tx,
    (organisation, by): (OrganisationId, UserId),
    (user, role, given): (UserId, Role, bool),
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        membership_events::organisation_id.eq(organisation),
        membership_events::user_id.eq(user),
        membership_events::role.eq(role),
        membership_events::given.eq(given),
        membership_events::note.eq(note),
        membership_events::recorded_by.eq(by),
        membership_events::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(membership_events::table).values(row).execute(tx)?;
    Ok(())
}

/// What was given and taken, the newest first. The caller has the right to know.
///
/// # Errors
/// When the database fails.
pub fn role_events(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<RoleEvent>, Error> {
    let by = diesel::alias!(users as by_users);
    let rows: Vec<(String, Role, bool, String, String, NaiveDateTime)> = membership_events::table
        .inner_join(users::table.on(users::id.eq(membership_events::user_id)))
        .inner_join(by.on(by.field(users::id).eq(membership_events::recorded_by)))
        .filter(membership_events::organisation_id.eq(organisation))
        .select((
            users::name,
            membership_events::role,
            membership_events::given,
            membership_events::note,
            by.field(users::name),
            membership_events::recorded_at,
        ))
        .order(membership_events::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let event = |(name, role, given, note, by, at): (String, Role, bool, String, String, NaiveDateTime)| RoleEvent {
        name,
        role,
        given,
        note,
        by,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(event).collect())
}

/// How an organisation divides its work with money now.
///
/// # Errors
/// When the database fails.
pub fn policy(tx: &mut Tx, organisation: OrganisationId) -> Result<Policy, Error> {
    let row: Option<(bool, i64)> = organisation_policies::table
        .filter(organisation_policies::organisation_id.eq(organisation))
        .select((organisation_policies::separate_payments, organisation_policies::quorum))
        .order(organisation_policies::id.desc())
        .first(tx)
        .optional()?;
    Ok(row.map(|(separate_payments, quorum)| Policy { separate_payments, quorum }).unwrap_or_default())
}

/// Every policy that was set, the newest first. The caller has the right to know.
///
/// # Errors
/// When the database fails.
pub fn policies(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<SetPolicy>, Error> {
    let rows: Vec<(bool, i64, String, String, NaiveDateTime)> = organisation_policies::table
        .inner_join(users::table.on(users::id.eq(organisation_policies::recorded_by)))
        .filter(organisation_policies::organisation_id.eq(organisation))
        .select((
            organisation_policies::separate_payments,
            organisation_policies::quorum,
            organisation_policies::reason,
            users::name,
            organisation_policies::recorded_at,
        ))
        .order(organisation_policies::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let set = |(separate_payments, quorum, reason, by, at): (bool, i64, String, String, NaiveDateTime)| SetPolicy {
        policy: Policy { separate_payments, quorum },
        reason,
        by,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(set).collect())
}

/// Sets how an organisation divides its work, if it is still as it was seen.
///
/// # Errors
/// A conflict when it was changed in between; what rules refuse.
pub fn set_policy(
    tx: &mut Tx,
    admin: &OrganisationAdmin,
    (wanted, seen, reason): (Policy, i64, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let organisation = people::organisation(tx, admin.organisation())?;
    if policy_number(tx, organisation.id)? != seen {
        return Err(Error::changed_since("What holds here"));
    }
    let (members, before) = (members(tx, organisation.id)?, policy(tx, organisation.id)?);
    rules::check_policy(organisation.kind, &members, admin.user(), before, wanted)?;
    let row = (
        organisation_policies::organisation_id.eq(organisation.id),
        organisation_policies::separate_payments.eq(wanted.separate_payments),
        organisation_policies::quorum.eq(wanted.quorum),
        organisation_policies::reason.eq(reason),
        organisation_policies::recorded_by.eq(admin.user()),
        organisation_policies::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(organisation_policies::table).values(row).execute(tx)?;
    Ok(())
}

/// How often a policy was set: what a form has seen.
///
/// # Errors
/// When the database fails.
pub fn policy_number(tx: &mut Tx, organisation: OrganisationId) -> Result<i64, Error> {
    let of = organisation_policies::table.filter(organisation_policies::organisation_id.eq(organisation));
    Ok(of.count().get_result(tx)?)
}

/// Who said that an invoice was paid, the first first. The caller has loaded the invoice for the actor.
///
/// # Errors
/// When the database fails.
pub fn confirmations(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<Confirmation>, Error> {
    type Row = (UserId, String, i64, NaiveDate, String, NaiveDateTime);
    let rows: Vec<Row> = payment_confirmations::table
        .inner_join(users::table.on(users::id.eq(payment_confirmations::confirmed_by)))
        .filter(payment_confirmations::invoice_id.eq(invoice))
        .select((
            users::id,
            users::name,
            payment_confirmations::invoice_version,
            payment_confirmations::paid_on,
            payment_confirmations::reference,
            payment_confirmations::confirmed_at,
        ))
        .order(payment_confirmations::id)
        .load(tx)?;
    let noun = |(user, name, version, on, reference, at): Row| Confirmation {
        user,
        name,
        seen: PaymentSeen { version, on, reference },
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(noun).collect())
}

/// Records that a trustee says that an invoice was paid; answers whether enough have said so now.
///
/// # Errors
/// A conflict when they have said so already.
pub fn confirm_payment(
    tx: &mut Tx,
    (trust, by): (OrganisationId, UserId),
    invoice: InvoiceId,
    seen: &PaymentSeen,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let (said, members, policy) = (confirmations(tx, invoice)?, members(tx, trust)?, policy(tx, trust)?);
    let enough = rules::confirm(&said, &members, by, seen, policy.quorum)?;
    let row = (
        payment_confirmations::invoice_id.eq(invoice),
        payment_confirmations::organisation_id.eq(trust),
        payment_confirmations::invoice_version.eq(seen.version),
        payment_confirmations::paid_on.eq(seen.on),
        payment_confirmations::reference.eq(&seen.reference),
        payment_confirmations::confirmed_by.eq(by),
        payment_confirmations::confirmed_at.eq(now.naive_utc()),
    );
    diesel::insert_into(payment_confirmations::table).values(row).execute(tx)?;
    Ok(enough)
}

/// Checks that somebody may record for an organisation the payment of what may be their own approval; answers why, where
/// that is an exception.
///
/// # Errors
/// Who does it instead.
pub fn check_payer(
    tx: &mut Tx,
    organisation: OrganisationId,
    approved_by: Option<UserId>,
    payer: UserId,
) -> Result<Option<&'static str>, Error> {
    if approved_by != Some(payer) {
        return Ok(None);
    }
    let name = people::organisation(tx, organisation)?.name;
    let (members, policy) = (members(tx, organisation)?, policy(tx, organisation)?);
    Ok(rules::check_payer(&name, &members, policy, approved_by, payer)?)
}

/// Records that the same person approved and paid, and why that was allowed.
///
/// # Errors
/// When the database fails.
pub fn add_exception(
    tx: &mut Tx,
    (organisation, by): (OrganisationId, UserId),
    invoice: InvoiceId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        duty_exceptions::organisation_id.eq(organisation),
        duty_exceptions::invoice_id.eq(invoice),
        duty_exceptions::user_id.eq(by),
        duty_exceptions::reason.eq(reason),
        duty_exceptions::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(duty_exceptions::table).values(row).execute(tx)?;
    Ok(())
}

/// Whether the same person approved and paid an invoice. The caller has loaded the invoice for the actor.
///
/// # Errors
/// When the database fails.
pub fn exceptions(tx: &mut Tx, invoice: InvoiceId) -> Result<Vec<DutyException>, Error> {
    let rows: Vec<(String, String, NaiveDateTime)> = duty_exceptions::table
        .inner_join(users::table.on(users::id.eq(duty_exceptions::user_id)))
        .filter(duty_exceptions::invoice_id.eq(invoice))
        .select((users::name, duty_exceptions::reason, duty_exceptions::recorded_at))
        .order(duty_exceptions::id)
        .load(tx)?;
    let noun = |(name, reason, at): (String, String, NaiveDateTime)| DutyException { name, reason, at: at.and_utc() };
    Ok(rows.into_iter().map(noun).collect())
}
