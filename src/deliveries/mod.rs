//! Deliveries: support that a provider gave on a day under an order line, recorded by the provider and confirmed or queried
//! by the person. Money moves on confirmation only; silence is never consent.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::directory::{Became, Charge, PricePart, Visit};
use crate::ids::{DeliveryId, FundId, InvoiceId, OrderId, OrderLineId, OrganisationId, RateId};
use crate::money::{Pence, Quantity};
use crate::vocabulary;

vocabulary! {
    /// How far a delivery has come.
    DeliveryStatus {
        /// The provider says so; the person has not answered.
        Recorded = "recorded", "Waits to be confirmed";
        /// The person, or somebody who acts for them, says so too.
        Confirmed = "confirmed", "Confirmed, not billed yet";
        /// The person says that it was not so.
        Queried = "queried", "Queried";
        /// The provider took it back.
        Withdrawn = "withdrawn", "Withdrawn";
        /// It is on an invoice.
        Invoiced = "invoiced", "On an invoice";
    }
}

impl DeliveryStatus {
    /// Whether it uses up what was ordered: everything but what was withdrawn.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Withdrawn)
    }

    /// Whether somebody has said yes to it.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        matches!(self, Self::Confirmed | Self::Invoiced)
    }
}

/// Support that was given on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Under which line of an order.
    pub line: OrderLineId,
    /// The order.
    pub order: OrderId,
    /// The fund that pays.
    pub fund: FundId,
    /// Who gave it.
    pub provider: OrganisationId,
    /// On which day.
    pub on: NaiveDate,
    /// How much, in the unit of the line.
    pub quantity: Quantity,
    /// What the provider wrote about it.
    pub note: String,
    /// How far it has come.
    pub status: DeliveryStatus,
    /// What the budget pays for it; known once it is confirmed.
    pub value: Option<Pence>,
    /// Why the person queried it.
    pub query_reason: Option<String>,
    /// The invoice that it is on.
    pub invoice: Option<InvoiceId>,
    /// By what authority it was confirmed, queried or withdrawn, in words.
    pub authority: Option<String>,
    /// Counts changes: an answer names the version that was seen.
    pub version: i64,
    /// What became of it and what is charged, where it is a visit that was ordered by day and time.
    pub visit: Option<DeliveredVisit>,
}

impl Delivery {
    /// Whether nothing is charged for it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.visit.as_ref().is_some_and(|visit| visit.charge.parts.is_empty())
    }

    /// The parts of its price; none where it is counted by quantity, and where nothing is charged.
    #[must_use]
    pub fn parts(&self) -> &[PricePart] {
        self.visit.as_ref().map_or(&[], |visit| &visit.charge.parts)
    }
}

/// A visit with the price that was kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredVisit {
    /// As it was made, or as it had been planned.
    pub visit: Visit,
    /// What became of it.
    pub became: Became,
    /// What is charged, and why.
    pub charge: Charge,
    /// By which rate.
    pub rate: RateId,
    /// Whether the price was agreed for the fund.
    pub agreed: bool,
}

/// A visit that a provider records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVisit {
    /// As it was made, or as it had been planned.
    pub visit: Visit,
    /// What became of it.
    pub became: Became,
    /// What the provider writes about it; may be empty.
    pub note: String,
}

/// What a provider records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// On which day.
    pub on: NaiveDate,
    /// How much, in the unit of the line.
    pub quantity: Quantity,
    /// What the provider writes about it; may be empty.
    pub note: String,
}

/// A delivery as somebody saw it who answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub delivery: DeliveryId,
    /// The version that they saw.
    pub version: i64,
}
