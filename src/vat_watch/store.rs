//! Rows of alerts about VAT and of their endings; what they are found from.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Alert, AlertKind, Billed, Cause, Watched, rules};
use crate::auth::rights::{Actor, Role};
use crate::calendar;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    funds, invoice_lines, invoices, order_lines, orders, organisations, users, vat_alert_councils, vat_alert_endings,
    vat_alerts, vat_registrations,
};
use crate::directory::rules::WATCHERS;
use crate::directory::store::{former_words, register, services};
use crate::directory::{Listing, rules as directory};
use crate::error::Error;
use crate::ids::{InvoiceId, OrderLineId, OrganisationId, ServiceId, UserId, VatAlertId};
use crate::invoices::InvoiceKind;
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::money::Pence;
use crate::organisations::store as inside;
use crate::packages::OrderStatus;
use crate::people::store as people;
use crate::vat::{Answer, Class};

word! {
    AlertKind;
}

/// Who looks at alerts for a council.
const COUNCIL_WATCHERS: [Role; 2] = [Role::Finance, Role::Officer];
/// The most alerts that a page lists.
const LISTED: i64 = 500;

/// The providers that ever said something about VAT or that a location of the register is theirs: who is looked at.
///
/// # Errors
/// When the database fails.
pub fn to_watch(tx: &mut Tx) -> Result<Vec<OrganisationId>, Error> {
    let stated = vat_registrations::table.select(vat_registrations::organisation_id);
    let watched = organisations::id.eq_any(stated).or(organisations::register_location.is_not_null());
    Ok(organisations::table.filter(watched).select(organisations::id).order(organisations::id).load(tx)?)
}

/// Records what is new of a provider and tells whom it concerns; ends what is gone. Done again, it does nothing twice.
///
/// # Errors
/// When the database fails.
pub fn watch(tx: &mut Tx, desk: &Desk<'_>, provider: OrganisationId, today: NaiveDate) -> Result<(), Error> {
    let causes = rules::causes(&watched(tx, provider, today)?, today);
    let known = known(tx, provider)?;
    for (id, key, _, ended) in &known {
        if ended.is_none() && !causes.iter().any(|cause| cause.key == *key) {
            add_ending(tx, *id, None, desk.now)?;
        }
    }
    for cause in causes {
        // Oldest first: the last one of a cause says how it stands.
        let rounds: Vec<&Known> = known.iter().filter(|(_, key, ..)| *key == cause.key).collect();
        let open = match rounds.last() {
            Some((id, .., None)) => *id,
            Some((.., Some((with_reason, on)))) if rules::is_settled(cause.kind, *with_reason, *on, today) => continue,
            _ => raise(tx, desk, provider, &cause, rounds.len())?,
        };
        if rules::concerns_councils(cause.kind) {
            tell_councils(tx, desk, provider, (open, &cause))?;
        }
    }
    Ok(())
}

/// An alert, its cause, its round; nothing while it is open, else whether the provider gave a reason, and the day.
type Known = (VatAlertId, String, i64, Option<(bool, NaiveDate)>);

fn known(tx: &mut Tx, provider: OrganisationId) -> Result<Vec<Known>, Error> {
    type Row = (VatAlertId, String, i64, Option<NaiveDateTime>, Option<String>);
    let rows: Vec<Row> = vat_alerts::table
        .left_join(vat_alert_endings::table.on(vat_alert_endings::alert_id.eq(vat_alerts::id)))
        .filter(vat_alerts::organisation_id.eq(provider))
        .select((
            vat_alerts::id,
            vat_alerts::cause,
            vat_alerts::round,
            vat_alert_endings::ended_at.nullable(),
            vat_alert_endings::reason.nullable(),
        ))
        .order(vat_alerts::id)
        .load(tx)?;
    let on = |at: NaiveDateTime| calendar::london(at.and_utc()).date();
    let one = |(id, key, round, ended, reason): Row| (id, key, round, ended.map(|at| (reason.is_some(), on(at))));
    Ok(rows.into_iter().map(one).collect())
}

fn raise(
    tx: &mut Tx,
    desk: &Desk<'_>,
    provider: OrganisationId,
    cause: &Cause,
    rounds: usize,
) -> Result<VatAlertId, Error> {
    let round = i64::try_from(rounds).unwrap_or(i64::MAX).saturating_add(1);
    let row = (
        vat_alerts::organisation_id.eq(provider),
        vat_alerts::kind.eq(cause.kind),
        vat_alerts::cause.eq(&cause.key),
        vat_alerts::round.eq(round),
        vat_alerts::council_id.eq(cause.invoice.map(|(_, council)| council)),
        vat_alerts::invoice_id.eq(cause.invoice.map(|(invoice, _)| invoice)),
        vat_alerts::service_id.eq(cause.service),
        vat_alerts::says.eq(&cause.says),
        vat_alerts::raised_at.eq(desk.now.naive_utc()),
    );
    let id: VatAlertId = diesel::insert_into(vat_alerts::table).values(row).returning(vat_alerts::id).get_result(tx)?;
    let name = people::organisation(tx, provider)?.name;
    tell(tx, desk, provider, &WATCHERS, (id, &name, cause))?;
    cause.invoice.map_or(Ok(()), |(_, council)| tell(tx, desk, council, &[Role::Finance], (id, &name, cause)))?;
    Ok(id)
}

/// Tells the councils of a provider's running orders what it has lost, each once: also one whose order comes later.
fn tell_councils(
    tx: &mut Tx,
    desk: &Desk<'_>,
    provider: OrganisationId,
    (alert, cause): (VatAlertId, &Cause),
) -> Result<(), Error> {
    let told: Vec<OrganisationId> = vat_alert_councils::table
        .filter(vat_alert_councils::alert_id.eq(alert))
        .select(vat_alert_councils::council_id)
        .load(tx)?;
    let name = people::organisation(tx, provider)?.name;
    for council in councils_of(tx, provider)?.into_iter().filter(|council| !told.contains(council)) {
        let row = (
            vat_alert_councils::alert_id.eq(alert),
            vat_alert_councils::council_id.eq(council),
            vat_alert_councils::told_at.eq(desk.now.naive_utc()),
        );
        diesel::insert_into(vat_alert_councils::table).values(row).execute(tx)?;
        tell(tx, desk, council, &COUNCIL_WATCHERS, (alert, &name, cause))?;
    }
    Ok(())
}

/// The councils with whose money a provider is paid: those of its running orders.
fn councils_of(tx: &mut Tx, provider: OrganisationId) -> Result<Vec<OrganisationId>, Error> {
    Ok(order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .inner_join(funds::table.on(funds::id.eq(orders::fund_id)))
        .filter(order_lines::provider_id.eq(provider).and(orders::status.eq(OrderStatus::Open)))
        .select(funds::council_id)
        .distinct()
        .order(funds::council_id)
        .load(tx)?)
}

/// Tells those who do some work in an organisation, in the transaction that records the alert: once, also after a stop.
fn tell(
    tx: &mut Tx,
    desk: &Desk<'_>,
    organisation: OrganisationId,
    roles: &[Role],
    (id, provider, cause): (VatAlertId, &str, &Cause),
) -> Result<(), Error> {
    for member in inside::members(tx, organisation)? {
        if !roles.iter().any(|role| member.does(*role)) {
            continue;
        }
        let letter = Letter {
            greeting: format!("Dear {}", member.name),
            // What was sold to whom and when stays here.
            paragraphs: vec![format!("{provider}: {}.", cause.kind.words())],
            action: Some(Action {
                label: "Look at it".to_owned(),
                href: format!("{}/vat-alerts/{id}", desk.public_url),
            }),
            afterwards: vec!["It ends by itself when its cause is gone.".to_owned()],
        };
        desk.post(tx, &member.email, &rules::subject(cause.kind), &letter)?;
    }
    Ok(())
}

/// Ends an alert: with a reason by somebody, or because its cause is gone.
///
/// # Errors
/// When the database fails.
pub fn add_ending(tx: &mut Tx, id: VatAlertId, why: Option<(&str, UserId)>, now: DateTime<Utc>) -> Result<(), Error> {
    let row = (
        vat_alert_endings::alert_id.eq(id),
        vat_alert_endings::reason.eq(why.map(|(reason, _)| reason)),
        vat_alert_endings::ended_by.eq(why.map(|(_, by)| by)),
        vat_alert_endings::ended_at.eq(now.naive_utc()),
    );
    diesel::insert_into(vat_alert_endings::table).values(row).execute(tx)?;
    Ok(())
}

fn watched(tx: &mut Tx, provider: OrganisationId, today: NaiveDate) -> Result<Watched, Error> {
    let listings = services::listings(tx, provider, today)?;
    let inside = |one: &&Listing| one.service.published && one.service.words.inside_regulated_activity == Answer::Yes;
    let number = people::organisation(tx, provider)?.register_location;
    let lost = number.map_or(Ok(None), |number| register::lost_location(tx, &number, today))?;
    let (sales, billed) = sold(tx, provider, &listings, today)?;
    Ok(Watched {
        statements: people::vat_history(tx, provider)?,
        lost,
        claims: listings.iter().filter(inside).map(|one| (one.service.id, one.service.words.name.clone())).collect(),
        sales,
        billed,
    })
}

type Line = (
    (InvoiceId, InvoiceKind, i64, Option<InvoiceId>, NaiveDate, NaiveDate, OrganisationId),
    (OrderLineId, Option<ServiceId>, String, Class, Pence, Pence),
);

/// Sales by their class, and what was billed with what is left of it.
type Sold = (Vec<(Class, Pence)>, Vec<Billed>);

/// The invoices of a provider about which an alert is open: they are looked at however old they are.
fn alerted(tx: &mut Tx, provider: OrganisationId) -> Result<Vec<InvoiceId>, Error> {
    let found: Vec<Option<InvoiceId>> = vat_alerts::table
        .left_join(vat_alert_endings::table.on(vat_alert_endings::alert_id.eq(vat_alerts::id)))
        .filter(vat_alerts::organisation_id.eq(provider).and(vat_alert_endings::id.is_null()))
        .select(vat_alerts::invoice_id)
        .load(tx)?;
    Ok(found.into_iter().flatten().collect())
}

/// The lines of a provider's invoices and credit notes of the days after one, and of those about which an alert is open.
fn lines(tx: &mut Tx, provider: OrganisationId, after: NaiveDate) -> Result<Vec<Line>, Error> {
    let open = alerted(tx, provider)?;
    let credits_open = invoices::credits_invoice_id
        .is_not_null()
        .and(invoices::credits_invoice_id.assume_not_null().eq_any(open.clone()));
    Ok(invoice_lines::table
        .inner_join(invoices::table.on(invoices::id.eq(invoice_lines::invoice_id)))
        .inner_join(order_lines::table.on(order_lines::id.eq(invoice_lines::order_line_id)))
        .inner_join(funds::table.on(funds::id.eq(invoices::fund_id)))
        .filter(invoices::provider_id.eq(provider))
        .filter(invoices::issued_on.gt(after).or(invoices::id.eq_any(open)).or(credits_open))
        .select((
            (
                invoices::id,
                invoices::kind,
                invoices::number,
                invoices::credits_invoice_id,
                invoices::issued_on,
                invoices::period_to,
                funds::council_id,
            ),
            (
                order_lines::id,
                order_lines::service_id,
                invoice_lines::description,
                invoice_lines::vat_class,
                invoice_lines::net_pence,
                invoice_lines::vat_pence,
            ),
        ))
        .order(invoice_lines::id)
        .load(tx)?)
}

/// What a provider sold in the twelve months to today, and what it billed of it, with what credit notes have left.
fn sold(tx: &mut Tx, provider: OrganisationId, listings: &[Listing], today: NaiveDate) -> Result<Sold, Error> {
    let after = today.checked_sub_months(rules::COUNTED).unwrap_or(today);
    let lines = lines(tx, provider, after)?;
    let ids: Vec<ServiceId> = listings.iter().map(|one| one.service.id).collect();
    let former = former_words::of_services(tx, &ids)?;
    let listings: HashMap<ServiceId, &Listing> = listings.iter().map(|one| (one.service.id, one)).collect();
    let mut credited: HashMap<(InvoiceId, OrderLineId), (Pence, Pence)> = HashMap::new();
    let mut sales = vec![];
    for ((_, kind, _, credits, issued_on, ..), (order_line, _, _, class, net, vat)) in &lines {
        let is_credit = *kind == InvoiceKind::CreditNote;
        if let Some(invoice) = credits.filter(|_| is_credit) {
            let taken = credited.entry((invoice, *order_line)).or_default();
            *taken = (taken.0 + *net, taken.1 + *vat);
        }
        if *issued_on > after {
            sales.push((*class, if is_credit { Pence::ZERO - *net } else { *net }));
        }
    }
    // Visits are billed part by part, credited perhaps only in part: what is left counts for all parts of an order line.
    let mut billed: BTreeMap<(InvoiceId, OrderLineId), Billed> = BTreeMap::new();
    for ((invoice, kind, number, _, _, day, council), (order_line, service, what, class, net, charged)) in lines {
        let listing = service.and_then(|service| listings.get(&service));
        let Some(listing) = listing.filter(|_| kind == InvoiceKind::Invoice) else { continue };
        let one = billed.entry((invoice, order_line)).or_insert_with(|| {
            let former = former.get(&listing.service.id).map_or(&[][..], Vec::as_slice);
            let then = directory::overrides::class_then(listing, former, day).class;
            let taken = credited.get(&(invoice, order_line)).copied().unwrap_or_default();
            let left = (Pence::ZERO - taken.0, Pence::ZERO - taken.1);
            Billed { invoice, number, council, what, day, class, charged: Pence::ZERO, left, then }
        });
        one.charged += charged;
        one.left = (one.left.0 + net, one.left.1 + charged);
    }
    Ok((sales, billed.into_values().collect()))
}

/// The providers for which an actor looks at VAT: as its finance or its administrator.
#[must_use]
pub fn own_providers(actor: &Actor) -> Vec<OrganisationId> {
    actor.providers_where(&WATCHERS)
}

/// The councils for which an actor looks at what their money is billed and what their providers have lost.
#[must_use]
pub fn own_councils(actor: &Actor) -> Vec<OrganisationId> {
    actor.councils_where(&COUNCIL_WATCHERS)
}

type Row = (
    (VatAlertId, OrganisationId, String, AlertKind, String),
    (Option<OrganisationId>, Option<InvoiceId>, Option<ServiceId>, NaiveDateTime),
    (Option<String>, Option<String>, Option<NaiveDateTime>),
);

fn noun(((id, provider, name, kind, says), about, (reason, by, ended_at)): Row) -> Alert {
    let (council, invoice, service, at) = about;
    Alert {
        id,
        provider: (provider, name),
        kind,
        says,
        council,
        invoice,
        service,
        at: at.and_utc(),
        ended: ended_at.map(|at| (reason.zip(by), at.and_utc())),
    }
}

/// The alerts that an actor sees, the newest first: of their own provider, on invoices to their council's money, and of what
/// their council was told.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx, actor: &Actor, only: Option<VatAlertId>) -> Result<Vec<Alert>, Error> {
    let told = vat_alert_councils::table
        .filter(vat_alert_councils::council_id.eq_any(own_councils(actor)))
        .select(vat_alert_councils::alert_id);
    let mut query = vat_alerts::table
        .inner_join(organisations::table.on(organisations::id.eq(vat_alerts::organisation_id)))
        .left_join(vat_alert_endings::table.on(vat_alert_endings::alert_id.eq(vat_alerts::id)))
        .left_join(users::table.on(users::id.nullable().eq(vat_alert_endings::ended_by.nullable())))
        .filter(
            vat_alerts::organisation_id
                .eq_any(own_providers(actor))
                .or(vat_alerts::council_id
                    .is_not_null()
                    .and(vat_alerts::council_id.assume_not_null().eq_any(own_councils(actor))))
                .or(vat_alerts::id.eq_any(told)),
        )
        .into_boxed();
    if let Some(id) = only {
        query = query.filter(vat_alerts::id.eq(id));
    }
    let rows: Vec<Row> = query
        .select((
            (vat_alerts::id, vat_alerts::organisation_id, organisations::name, vat_alerts::kind, vat_alerts::says),
            (vat_alerts::council_id, vat_alerts::invoice_id, vat_alerts::service_id, vat_alerts::raised_at),
            (vat_alert_endings::reason.nullable(), users::name.nullable(), vat_alert_endings::ended_at.nullable()),
        ))
        .order(vat_alerts::id.desc())
        .limit(LISTED)
        .load(tx)?;
    Ok(rows.into_iter().map(noun).collect())
}

/// An alert that an actor sees.
///
/// # Errors
/// Not found, for everybody else.
pub fn alert(tx: &mut Tx, actor: &Actor, id: VatAlertId) -> Result<Alert, Error> {
    seen(tx, actor, Some(id))?.pop().ok_or(Error::NotFound)
}
