//! What invoices are like beside the order and the invoices before them, loaded for many at once and no further than the
//! rules on consent ask.

use std::collections::BTreeMap;

use super::store::{self, Billed};
use super::{Invoice, InvoiceLine, number_text, rules};
use crate::consent::{Facts, Rule};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{InvoiceId, OrderLineId, OrganisationId, PersonId};
use crate::packages::{OrderLine, store as orders};

/// What some invoices are compared with.
#[derive(Default)]
pub struct Around {
    credit_notes: BTreeMap<InvoiceId, Vec<Invoice>>,
    lines: BTreeMap<InvoiceId, Vec<InvoiceLine>>,
    ordered: BTreeMap<OrderLineId, OrderLine>,
    first: BTreeMap<(PersonId, OrganisationId), InvoiceId>,
    billed: Vec<Billed>,
}

impl Around {
    /// Loads what each invoice's rule asks: an amount asks what is owed, what is unusual asks for the lines and for what went
    /// before, the others ask nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(tx: &mut Tx, ruled: &[(&Invoice, Rule)]) -> Result<Self, Error> {
        let by = |wanted: fn(Rule) -> bool| -> Vec<&Invoice> {
            ruled.iter().filter(|(_, rule)| wanted(*rule)).map(|(invoice, _)| *invoice).collect()
        };
        let ids = |some: &[&Invoice]| -> Vec<InvoiceId> { some.iter().map(|invoice| invoice.id).collect() };
        let mut around = Self::default();
        let above = by(|rule| matches!(rule, Rule::Above(_)));
        if !above.is_empty() {
            around.credit_notes = store::credit_notes_of(tx, &ids(&above))?;
        }
        let unusual = by(|rule| rule == Rule::Unusual);
        if !unusual.is_empty() {
            around.lines = store::lines_of(tx, &ids(&unusual))?;
            let billed: Vec<OrderLineId> = around.lines.values().flatten().map(|line| line.order_line).collect();
            around.ordered = orders::lines_by_id(tx, &billed)?.into_iter().map(|line| (line.id, line)).collect();
            around.billed = store::billed_of(tx, &billed)?;
            let people: Vec<PersonId> = unusual.iter().map(|invoice| invoice.parties.person).collect();
            around.first = store::first_of_providers(tx, &people)?;
        }
        Ok(around)
    }

    /// What an invoice is like, as far as its rule asks.
    #[must_use]
    pub fn facts(&self, invoice: &Invoice) -> Facts {
        let credit_notes = self.credit_notes.get(&invoice.id).map_or(&[][..], Vec::as_slice);
        let lines = self.lines.get(&invoice.id).map_or(&[][..], Vec::as_slice);
        let mut facts = Facts {
            amount: rules::owed(invoice, credit_notes).total,
            first_of_provider: self.first.get(&(invoice.parties.person, invoice.parties.provider)) == Some(&invoice.id),
            same_days: self.same_days(invoice, lines),
            ..Facts::default()
        };
        for line in lines {
            let Some(ordered) = self.ordered.get(&line.order_line) else { continue };
            let planned = ordered.times.parts.iter().find(|part| line.bills(ordered, part));
            let (known, most) = match ordered.times.is_planned() {
                true => (planned.is_some(), planned.map_or(line.quantity, |part| part.quantity)),
                false => (line.unit_price == ordered.unit_price, ordered.quantity),
            };
            if !known {
                facts.price_changed.push(line.description.clone());
            }
            if line.quantity > most {
                facts.more_than_ordered.push(line.description.clone());
            }
        }
        facts
    }

    /// The oldest earlier invoice that bills one of the same order lines for some of the same days, in words.
    fn same_days(&self, invoice: &Invoice, lines: &[InvoiceLine]) -> Option<String> {
        let earlier = |billed: &&Billed| {
            billed.invoice < invoice.id
                && billed.period.0 <= invoice.period_to
                && billed.period.1 >= invoice.period_from
                && lines.iter().any(|line| line.order_line == billed.line)
        };
        let found = self.billed.iter().filter(earlier).min_by_key(|billed| billed.invoice)?;
        Some(format!("Invoice {}", number_text(super::InvoiceKind::Invoice, found.number)))
    }
}
