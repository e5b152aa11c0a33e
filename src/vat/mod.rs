//! VAT in social care: who is charged, on what ground, who recovers it, and what a budget really pays.
//!
//! `effective cost = net + VAT x (1 - recovery of the recipient of the supply)`: recovery belongs to whoever receives the
//! supply in law, not to the label of the budget. Where nobody has confirmed a recovery, none is counted: the safe side
//! for the person's budget.
//!
//! [`forms`] says who receives a supply, [`classes`] how it is taxed, [`rates`] at what rate and when; [`mod@costing`] what it
//! costs a fund, [`documents`] what an invoice shows; [`deciding`] which class a service has; [`inclusive`] takes the VAT
//! out of a price; [`numbers`] checks registration numbers. All of it is pure.

#[macro_use]
mod vocabulary;

pub mod classes;
pub mod costing;
pub mod deciding;
pub mod documents;
pub mod forms;
pub mod inclusive;
pub mod numbers;
pub mod rates;

use std::fmt;

use chrono::NaiveDate;

pub use classes::{Category, Class, Ground, Treatment};
pub use costing::{
    Cost, CostRow, Costing, PackageLine, RecoveredBy, Recovery, Totals, cost, costing, what_it_costs_rows,
};
pub use deciding::{Answer, CharityStatus, Decision, Facts, Nature, ProviderKind, class_for};
pub use documents::{DocumentLine, DocumentVat, Group, document};
pub use forms::{Arrangement, Form, LegalForm, Recipient, Structure};
pub use inclusive::{PriceBasis, Unreachable, net_of_inclusive, net_unit_price};
pub use numbers::{VatNumber, VatNumberError};

use crate::calendar;

/// Why something cannot be costed or invoiced. Its Display is the sentence that a person reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Class H: the council's own care.
    CouncilsOwnCare,
    /// Class J: an employee's work.
    EmployedAssistant,
    /// The state's rates are not known for so early a date.
    NoRateKnown(NaiveDate),
    /// The form needs a structure and none was given.
    StructureMissing(Form),
    /// The form has nobody who could have a structure.
    StructureImpossible(Form),
    /// A document would mix what is outside VAT with what is inside (BR-O-11 to BR-O-14).
    CannotShareDocument,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::CouncilsOwnCare => f.write_str(
                "There is no invoice for care by the council's own staff: the council keeps its cost in its own books",
            ),
            Refusal::EmployedAssistant => f.write_str(
                "There is no invoice for the work of a personal assistant whom the person employs: \
                 wages go through payroll and are outside VAT",
            ),
            Refusal::NoRateKnown(on) => {
                write!(f, "The VAT rates of {} are not known here: choose a later date", calendar::full(*on))
            }
            Refusal::StructureMissing(form) => write!(
                f,
                "{form}: say whether the holder buys as agent of the person, as agent of the council or as principal",
            ),
            Refusal::StructureImpossible(form) => {
                write!(f, "{form}: no broker or provider holds this fund, so there is no contract structure to choose",)
            }
            Refusal::CannotShareDocument => f.write_str(
                "Supplies that are not subject to VAT cannot share an invoice with others: make two documents",
            ),
        }
    }
}

impl std::error::Error for Refusal {}
