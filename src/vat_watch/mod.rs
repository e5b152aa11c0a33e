//! What somebody should look at about a provider's VAT: registration, charity or regulation lost, the threshold near, VAT
//! charged where none is due and none where it is. A daily job records each cause once, tells whom it concerns once, and ends
//! what is gone; the provider may end the rest with a reason.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::directory::LostLocation;
use crate::ids::{InvoiceId, OrganisationId, ServiceId, VatAlertId};
use crate::money::Pence;
use crate::people::VatRegistration;
use crate::vat::Class;
use crate::vocabulary;

/// The kind of the daily job.
pub const JOB: &str = "watch_vat";

vocabulary! {
    /// What an alert is about.
    AlertKind {
        /// The provider was registered for VAT and is not any more.
        RegistrationLost = "registration_lost", "No longer registered for VAT";
        /// The provider was a charity and is not any more.
        CharityRemoved = "charity_removed", "No longer a charity";
        /// A service is said to be inside a regulated activity, and the registration for it has ended.
        RegulationLost = "regulation_lost", "Registration with the regulator ended";
        /// The taxable sales of twelve months come near the threshold.
        ThresholdNear = "threshold_near", "Near the VAT threshold";
        /// The taxable sales of twelve months exceed the threshold.
        ThresholdOver = "threshold_over", "Above the VAT threshold";
        /// An invoice charges VAT on what is exempt.
        ChargedOnExempt = "charged_on_exempt", "VAT charged where none is due";
        /// An invoice charges no VAT on what is taxable.
        NoneOnTaxable = "none_on_taxable", "No VAT charged where it is due";
    }
}

/// What the rules look at: everything about one provider's VAT on this platform.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// What it said about VAT, oldest first.
    pub statements: Vec<VatRegistration>,
    /// Its location in the regulator's register, if it is closed or not there any more.
    pub lost: Option<LostLocation>,
    /// Its published services that are said to be inside a regulated activity.
    pub claims: Vec<(ServiceId, String)>,
    /// What it sold in twelve months, credits taken off.
    pub sales: Vec<(Class, Pence)>,
    /// What it billed in twelve months, and before them where an alert is open.
    pub billed: Vec<Billed>,
}

/// What an invoice bills of an order line, beside the class that its service had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billed {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: i64,
    /// The council whose money it touches.
    pub council: OrganisationId,
    /// What was sold.
    pub what: String,
    /// The last day that it covers.
    pub day: NaiveDate,
    /// The class that was billed.
    pub class: Class,
    /// The VAT that was charged.
    pub charged: Pence,
    /// What credit notes have left of it: without VAT, and of the VAT.
    pub left: (Pence, Pence),
    /// The class that it had on that day by what its service said then, as far as is known today.
    pub then: Option<Class>,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it is about.
    pub kind: AlertKind,
    /// Tells it from other causes of the same provider.
    pub key: String,
    /// The service, if it is about one.
    pub service: Option<ServiceId>,
    /// The invoice and the council whose money it touches, if it is about one.
    pub invoice: Option<(InvoiceId, OrganisationId)>,
    /// What is so and what to do, in sentences.
    pub says: String,
}

/// How an alert ended: the reason and who gave it, or nothing where its cause was gone; and when.
pub type Ended = (Option<(String, String)>, DateTime<Utc>);

/// An alert as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id.
    pub id: VatAlertId,
    /// The provider.
    pub provider: (OrganisationId, String),
    /// What it is about.
    pub kind: AlertKind,
    /// What is so and what to do.
    pub says: String,
    /// The council whose money it touches.
    pub council: Option<OrganisationId>,
    /// The invoice that it is about.
    pub invoice: Option<InvoiceId>,
    /// The service that it is about.
    pub service: Option<ServiceId>,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// How it ended: with which reason by whom, or because its cause was gone; and when.
    pub ended: Option<Ended>,
}
