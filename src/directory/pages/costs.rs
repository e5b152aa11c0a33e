//! What "What it costs" receives.

use serde::Serialize;

use super::choices;
use crate::money::Pence;
use crate::vat::{self, Class, CostRow};
use crate::web::parts::Choice;

/// What one price costs in each form, as JSON.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WhatItCosts {
    /// The price without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT class.
    #[schema(value_type = String)]
    pub class: Class,
    /// One row for each form and structure.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<CostRow>,
}

/// What one price costs in each form, as a page; template `site/what_it_costs.html`.
#[derive(Serialize)]
pub struct WhatItCostsPage {
    /// The price without VAT.
    pub net: Option<Pence>,
    /// The VAT classes.
    pub classes: Vec<Choice>,
    /// Whether goods come with a declaration.
    pub declaration: bool,
    /// The rows.
    pub rows: Vec<WordedCostRow>,
}

/// A row in words.
#[derive(Serialize)]
pub struct WordedCostRow {
    /// The form.
    pub form_words: &'static str,
    /// The structure, where there is one.
    pub structure_words: Option<&'static str>,
    /// The VAT on the provider's invoice.
    pub vat_charged: Pence,
    /// The VAT that a taxable holder charges on.
    pub onward_vat: Pence,
    /// Who gets VAT back.
    pub recovered_by_words: &'static str,
    /// What the budget pays.
    pub budget_pays: Pence,
    /// Why.
    pub ground: String,
}

/// The page of "What it costs", with an answer or only the form.
#[must_use]
pub fn what_it_costs_page(answer: Option<&WhatItCosts>) -> WhatItCostsPage {
    let row = |row: &CostRow| WordedCostRow {
        form_words: row.arrangement.form().words(),
        structure_words: row.arrangement.structure().map(vat::Structure::words),
        vat_charged: row.cost.vat_charged,
        onward_vat: row.cost.onward_vat,
        recovered_by_words: row.cost.recovered_by.map_or("No VAT is charged", vat::RecoveredBy::words),
        budget_pays: row.cost.budget_pays,
        ground: row.cost.ground.to_string(),
    };
    WhatItCostsPage {
        net: answer.map(|answer| answer.net),
        classes: choices!(Class::ALL, answer.map(|answer| answer.class)),
        declaration: true,
        rows: answer.map(|answer| answer.rows.iter().map(row).collect()).unwrap_or_default(),
    }
}

/// The field that a refusal of the costing is about.
#[must_use]
pub const fn refused_field(refusal: &vat::Refusal) -> &'static str {
    match refusal {
        vat::Refusal::CouncilsOwnCare | vat::Refusal::EmployedAssistant => "class",
        _ => "",
    }
}
