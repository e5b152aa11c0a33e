//! What the pages about deliveries receive, worded.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Delivery, DeliveryStatus};
use crate::calendar;
use crate::directory::rules::visits;
use crate::directory::{Outcome, PricePart};
use crate::money::Pence;
use crate::packages::rules::times::{self, PricedBy};
use crate::packages::{OrderLine, PlannedVisit};
use crate::vocabulary::capital;
use crate::web::parts::Choice;

/// What an actor has to do with deliveries; template `deliveries/overview.html`.
#[derive(Serialize, ToSchema)]
pub struct Overview {
    /// The state in one sentence.
    pub state: String,
    /// For somebody who works for a provider: what they have to deliver.
    pub provider: Option<ProviderPart>,
    /// For a person, or somebody who acts for them: what waits to be confirmed, by order.
    pub waiting: Vec<OrderPart>,
    /// For them as well: what was ordered, the newest first.
    pub orders: Vec<OrderLink>,
}

/// An order, as a link to what was given under it.
#[derive(Serialize, ToSchema)]
pub struct OrderLink {
    /// Its number.
    pub order: i64,
    /// For whom.
    pub whose: String,
    /// Its days.
    pub period: String,
}

/// What a provider has to deliver.
#[derive(Serialize, ToSchema)]
pub struct ProviderPart {
    /// The provider's name.
    pub name: String,
    /// Its open order lines.
    pub lines: Vec<LinePart>,
    /// What was queried and is not settled.
    pub queried: Vec<Row>,
}

/// One order line with what is left of it, and the ids of the fields of its form.
#[derive(Serialize, ToSchema)]
pub struct LinePart {
    /// The line's id.
    pub line: i64,
    /// The order's id.
    pub order: i64,
    /// What was ordered.
    pub description: String,
    /// For whom.
    pub for_whom: String,
    /// Where they live.
    pub address: String,
    /// When the order runs.
    pub period: String,
    /// How much was ordered.
    pub ordered: String,
    /// How much was confirmed.
    pub confirmed: String,
    /// How much is recorded and waits for an answer.
    pub waiting: String,
    /// How much is left to deliver.
    pub left: String,
    /// Whether anything is left, so that there is a form.
    pub may_record: bool,
    /// Whether it is the holder's fee, which is billed by weeks.
    pub is_fee: bool,
    /// Whether the actor bills and there is something to bill: confirmed and on no invoice, or a fee.
    pub may_bill: bool,
    /// The unit, for the quantity field.
    pub unit: String,
    /// Today, or the day of the order that is nearest to it, for the date field.
    pub today: String,
    /// The id of the date field.
    pub on_id: String,
    /// The id of the quantity field.
    pub quantity_id: String,
    /// The id of the note field.
    pub note_id: String,
    /// What its form asks instead of a quantity, where it was ordered by days and times.
    pub visit: Option<VisitForm>,
}

/// What is asked of a visit, and what is usual of it.
#[derive(Serialize, ToSchema)]
pub struct VisitForm {
    /// On which days and at which times it was ordered, in words.
    pub planned: Vec<String>,
    /// Whether its prices are by time, so that it needs a length.
    pub by_time: bool,
    /// Whether travel is charged by the mile.
    pub by_mile: bool,
    /// When it begins, if all visits begin at the same time.
    pub start: String,
    /// How many minutes it lasts, if all last as long.
    pub minutes: String,
    /// How many people give it.
    pub staff: String,
    /// What can become of it.
    pub outcomes: Vec<Choice>,
}

impl VisitForm {
    /// The form for a line, by what its prices depend on.
    #[must_use]
    pub fn new(line: &OrderLine, priced: PricedBy) -> Self {
        let visits = &line.times.visits;
        let only = |of: fn(&PlannedVisit) -> String| -> String {
            let all: BTreeSet<String> = visits.iter().map(of).collect();
            all.into_iter().next().filter(|first| visits.iter().all(|one| of(one) == *first)).unwrap_or_default()
        };
        let outcome = |one: Outcome| Choice::new(one.code(), one.words()).checked(one == Outcome::Given);
        Self {
            planned: visits.iter().map(|one| times::words(one, priced.time)).collect(),
            by_time: priced.time,
            by_mile: priced.miles,
            start: only(|one| calendar::time(one.start)),
            minutes: only(|one| one.minutes.to_string()),
            staff: only(|one| one.staff.to_string()),
            outcomes: Outcome::recordable().map(outcome).collect(),
        }
    }
}

/// What waits under one order.
#[derive(Serialize, ToSchema)]
pub struct OrderPart {
    /// The order's id.
    pub order: i64,
    /// Whose it is.
    pub whose: String,
    /// The deliveries that wait.
    pub rows: Vec<Row>,
    /// What was shown, for the button that confirms all of it.
    pub seen: String,
}

/// One delivery.
#[derive(Serialize, ToSchema)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// The version that is shown.
    pub version: i64,
    /// The order's id.
    pub order: i64,
    /// The day.
    pub when: String,
    /// What was delivered.
    pub what: String,
    /// How much.
    pub amount: String,
    /// Who gave it.
    pub provider: String,
    /// What the provider wrote.
    pub note: String,
    /// What became of a visit that was not made, in words.
    pub outcome: Option<&'static str>,
    /// Why it is charged, or not, where it was not made.
    pub why: String,
    /// What it costs; for whoever sees the money, where it was ordered by days and times.
    pub price: Option<VisitPrice>,
    /// The state, as a code.
    pub status: &'static str,
    /// The state in words.
    pub status_words: &'static str,
    /// The tone of the state.
    pub tone: &'static str,
    /// Why it was queried.
    pub query_reason: Option<String>,
    /// By what authority it was answered.
    pub authority: Option<String>,
    /// The invoice that it is on.
    pub invoice: Option<i64>,
    /// Whether the actor may confirm it.
    pub may_confirm: bool,
    /// Whether the actor may query it.
    pub may_query: bool,
    /// Whether the actor may withdraw it.
    pub may_withdraw: bool,
    /// The id of the reason field.
    pub reason_id: String,
}

/// What a visit costs.
#[derive(Serialize, ToSchema)]
pub struct VisitPrice {
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// How that comes about.
    pub parts: Vec<String>,
}

impl VisitPrice {
    fn new(parts: &[PricePart]) -> Self {
        let said = |part: &PricePart| format!("{}: {}", part.words, visits::part_words(part));
        Self { net: visits::net(parts), parts: parts.iter().map(said).collect() }
    }
}

/// The deliveries of one order; template `deliveries/order.html`.
#[derive(Serialize, ToSchema)]
pub struct OrderDeliveries {
    /// The order's id.
    pub order: i64,
    /// Whose order it is.
    pub whose: String,
    /// When it runs.
    pub period: String,
    /// The state in one sentence.
    pub state: String,
    /// Each line that the actor sees: what was ordered and what became of it.
    pub lines: Vec<LineSummary>,
    /// The deliveries, the oldest day first.
    pub rows: Vec<Row>,
    /// What was shown and can be confirmed, for the button that confirms all of it; empty when there is nothing.
    pub seen: String,
    /// Whether the actor runs the daily work of a provider with a line here.
    pub may_record: bool,
    /// Whether the actor bills for a provider that has something to bill here.
    pub may_bill: bool,
}

/// One line of an order and what became of it.
#[derive(Serialize, ToSchema)]
pub struct LineSummary {
    /// The line's id.
    pub id: i64,
    /// Whether the actor may record more of it.
    pub may_record: bool,
    /// What was ordered.
    pub description: String,
    /// Who gives it.
    pub provider: String,
    /// How much was ordered.
    pub ordered: String,
    /// How much waits to be confirmed, or was queried.
    pub waiting: String,
    /// How much was confirmed.
    pub confirmed: String,
    /// How much is left.
    pub left: String,
}

/// How the state of a delivery looks.
#[must_use]
pub const fn tone(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Recorded => "waiting",
        DeliveryStatus::Confirmed | DeliveryStatus::Invoiced => "good",
        DeliveryStatus::Queried => "warning",
        DeliveryStatus::Withdrawn => "plain",
    }
}

/// What the actor may do with a delivery.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    /// Confirm or query it, for the person.
    pub answer: bool,
    /// Withdraw it, for the provider.
    pub withdraw: bool,
}

impl Row {
    /// Words a delivery; the line's description, unit amount and provider come from its order line.
    #[must_use]
    pub fn new(found: &Delivery, what: &str, amount: String, provider: &str, may: May, reason_id: String) -> Self {
        let open = super::rules::is_open(found.status);
        let kept = found.visit.as_ref();
        let status_words = match found.status {
            DeliveryStatus::Confirmed if found.is_free() => "Confirmed, nothing to bill",
            status => status.words(),
        };
        Self {
            id: found.id.number(),
            version: found.version,
            order: found.order.number(),
            when: calendar::long(found.on),
            what: what.to_owned(),
            amount: kept.map_or(amount, |kept| capital(&super::rules::visit_words(&kept.visit))),
            provider: provider.to_owned(),
            note: found.note.clone(),
            outcome: kept.map(|kept| kept.became.outcome).filter(|one| *one != Outcome::Given).map(Outcome::words),
            why: kept.map(|kept| kept.charge.reason.clone()).unwrap_or_default(),
            price: kept.map(|kept| VisitPrice::new(&kept.charge.parts)),
            status: found.status.code(),
            status_words,
            tone: tone(found.status),
            query_reason: found.query_reason.clone(),
            authority: found.authority.clone(),
            invoice: found.invoice.map(crate::ids::InvoiceId::number),
            may_confirm: may.answer && open,
            may_query: may.answer && found.status == DeliveryStatus::Recorded,
            may_withdraw: may.withdraw && open,
            reason_id,
        }
    }

    /// What was shown and can be confirmed, as the form sends it back.
    #[must_use]
    pub fn seen(rows: &[Self]) -> String {
        let waiting = rows.iter().filter(|row| row.may_confirm && row.status == DeliveryStatus::Recorded.code());
        waiting.map(|row| format!("{}:{}", row.id, row.version)).collect::<Vec<_>>().join(",")
    }
}
