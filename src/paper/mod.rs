//! Papers that were issued: kept byte for byte with their SHA-256, never rendered again. Knows no feature.

pub mod store;

use crate::vocabulary;

vocabulary! {
    /// What kind of paper it is.
    PaperKind {
        /// The fixed text of an agreement.
        Agreement = "agreement", "Agreement";
        /// An invoice.
        Invoice = "invoice", "Invoice";
        /// A credit note.
        CreditNote = "credit_note", "Credit note";
        /// A statement of a fund.
        Statement = "statement", "Statement";
    }
}
