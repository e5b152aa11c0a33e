//! Our vocabularies and their terms.

use super::{Site, Taxonomy, TaxonomyTerm};
use crate::open_referral::{FeedId, Term, Vocabulary};

/// A vocabulary, as a list has it.
#[must_use]
pub fn taxonomy(site: &Site, vocabulary: Vocabulary) -> Taxonomy {
    Taxonomy {
        id: vocabulary.id().to_string(),
        name: vocabulary.words(),
        description: vocabulary.description(),
        uri: feed_address(site, "taxonomies", vocabulary.id()),
        version: env!("CARGO_PKG_VERSION"),
        taxonomy_terms: None,
    }
}

/// A vocabulary with its terms.
#[must_use]
pub fn full_taxonomy(site: &Site, vocabulary: Vocabulary) -> Taxonomy {
    let terms = vocabulary.terms().into_iter().map(|term| taxonomy_term(site, term)).collect();
    Taxonomy { taxonomy_terms: Some(terms), ..taxonomy(site, vocabulary) }
}

/// A term.
#[must_use]
pub fn taxonomy_term(site: &Site, term: Term) -> TaxonomyTerm {
    TaxonomyTerm {
        id: term.id().to_string(),
        name: term.words(),
        description: term.description(),
        taxonomy: term.vocabulary().words(),
        taxonomy_id: term.vocabulary().id().to_string(),
        term_uri: feed_address(site, "taxonomy_terms", term.id()),
        term: term.code(),
        x_lga_service_type: term.lga_service_type(),
    }
}

fn feed_address(site: &Site, list: &str, id: FeedId) -> String {
    site.address(&format!("/open-referral/{list}/{id}"))
}
