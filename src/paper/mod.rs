//! Papers that were issued and files that were sent: kept byte for byte with their SHA-256. Knows no feature.

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
