//! Rows of the marketplace: what the register says, services and their rates, and the read model of the search.

pub mod bulk;
pub mod changes;
pub mod documents;
pub mod entries;
pub mod files;
pub mod former_words;
pub mod limits;
pub mod listings;
pub mod overrides;
pub mod published;
pub mod rates;
pub mod register;
pub mod reviews;
pub mod search;
pub mod services;

use crate::db::columns::word;
use crate::directory::{Category, DocumentKind, ListedVat, Rounding, Unit};
use crate::register::Rating;
use crate::vat::{Answer, Class, Nature, PriceBasis};

word! {
    Category;
    Unit;
    Rounding;
    DocumentKind;
    ListedVat;
    Rating;
    Answer;
    Class;
    Nature;
    PriceBasis;
}
