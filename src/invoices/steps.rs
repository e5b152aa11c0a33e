//! What somebody can do next with a document, from what was loaded of it.

use super::{Asking, Invoice, InvoiceKind, InvoiceStatus, May, Step, issuing, rules};
use crate::auth::rights::Actor;

/// What an actor is to an invoice that nobody has decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Voice {
    /// They decide on it.
    decides: bool,
    /// They say yes or no for the person, so that nobody else need be asked.
    speaks: bool,
}

impl Voice {
    /// What is offered to somebody: also what waits for a second factor alone.
    fn offered(actor: &Actor, invoice: &Invoice) -> Self {
        let decides = rules::is_offered(&rules::may_approve(actor, &invoice.parties, invoice.total));
        Self { decides, speaks: speaks(actor, invoice) }
    }

    /// Whether they may approve it now; `is_open` where a yes is still missing.
    const fn approves(self, is_open: bool) -> bool {
        self.decides && (self.speaks || !is_open)
    }
}

fn speaks(actor: &Actor, invoice: &Invoice) -> bool {
    rules::speaks_for_person(actor, &invoice.parties, invoice.total).is_ok()
}

/// Whether a yes that is missing changes what somebody can do next with a document: not for who both decides and speaks for
/// the person, nor for who does neither.
#[must_use]
pub fn depends_on_yes(actor: &Actor, invoice: &Invoice) -> bool {
    let voice = Voice::offered(actor, invoice);
    rules::is_undecided(invoice) && voice.decides != voice.speaks
}

/// Whether the actor may approve an invoice now: the right to decide, and the yes that is needed for it.
fn approves_now(actor: &Actor, invoice: &Invoice, asking: Option<&Asking>) -> bool {
    let decides = rules::may_approve(actor, &invoice.parties, invoice.total).is_ok();
    let voice = Voice { decides, speaks: speaks(actor, invoice) };
    rules::is_undecided(invoice) && voice.approves(asking.is_some_and(Asking::is_open))
}

/// What the actor may do with a document on its page; `asking` is what must come before it is approved.
#[must_use]
pub fn may(actor: &Actor, invoice: &Invoice, asking: Option<&Asking>) -> May {
    let (parties, is_invoice) = (&invoice.parties, invoice.kind == InvoiceKind::Invoice);
    let approve = approves_now(actor, invoice, asking);
    let is_open = rules::sees_fund(actor, parties) && asking.is_some_and(Asking::is_open);
    let queries = || rules::is_offered(&rules::may_query(actor, parties));
    May {
        approve,
        consent: speaks(actor, invoice) && !approve && is_open,
        query: is_invoice && invoice.status == InvoiceStatus::Issued && queries(),
        credit: is_invoice && invoice.status != InvoiceStatus::Credited && issuing::offers_credit(actor, parties),
        settle: invoice.status == InvoiceStatus::Approved && rules::is_offered(&rules::may_pay(actor, parties)),
    }
}

/// What the actor can do next with a document, where a yes to it is still missing (`is_open`) or not: whoever holds the
/// money waits where somebody must be asked first.
#[must_use]
pub fn next_step(actor: &Actor, invoice: &Invoice, is_open: bool) -> Step {
    if !rules::is_undecided(invoice) {
        return settling_step(actor, invoice);
    }
    let voice = Voice::offered(actor, invoice);
    match (voice.decides, voice.speaks && is_open) {
        (true, _) if voice.approves(is_open) => Step::Act("Approve or query it"),
        (true, _) => Step::Wait("See it, or query it"),
        (false, true) => Step::Act("Say yes or query it"),
        (false, false) => settling_step(actor, invoice),
    }
}

/// What the actor can do next with a document that is decided on or queried.
fn settling_step(actor: &Actor, invoice: &Invoice) -> Step {
    let parties = &invoice.parties;
    let pays = || rules::is_offered(&rules::may_pay(actor, parties));
    match (invoice.kind, invoice.status) {
        (InvoiceKind::Invoice, InvoiceStatus::Queried) if issuing::offers_credit(actor, parties) => {
            Step::Act("Answer the query")
        }
        (InvoiceKind::Invoice, InvoiceStatus::Approved) if pays() => Step::Act("Record the payment"),
        (InvoiceKind::CreditNote, InvoiceStatus::Approved) if pays() => Step::Act("Record the money back"),
        _ => Step::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budgets::Payer;
    use crate::invoices::rules::tests::{DAY_CLUB, HOLDER, invoice, member, parties, person};
    use crate::vat::Form;

    const APPROVE: Step = Step::Act("Approve or query it");

    fn sent(payer: Payer, status: InvoiceStatus) -> Invoice {
        Invoice { status, ..invoice(parties(payer, DAY_CLUB, Form::IndividualServiceFund)) }
    }

    #[test]
    fn whoever_holds_the_money_waits_for_a_yes_and_the_person_gives_it() {
        let theirs = sent(Payer::Holder, InvoiceStatus::Issued);
        let step = |actor: &Actor, is_open| next_step(actor, &theirs, is_open);
        let (holder, mary, club) = (member(HOLDER), person(), member(DAY_CLUB));
        assert_eq!([true, false].map(|open| step(&holder, open)), [Step::Wait("See it, or query it"), APPROVE]);
        assert_eq!([true, false].map(|open| step(&mary, open)), [Step::Act("Say yes or query it"), Step::Nothing]);
        assert_eq!([true, false].map(|open| step(&club, open)), [Step::Nothing; 2]);
        assert_eq!([&holder, &mary, &club].map(|actor| depends_on_yes(actor, &theirs)), [true, true, false]);
        // Where the person decides themself, nobody asks them twice.
        let own = sent(Payer::Person, InvoiceStatus::Issued);
        assert_eq!([true, false].map(|open| next_step(&mary, &own, open)), [APPROVE; 2]);
        assert!(!depends_on_yes(&mary, &own) && depends_on_yes(&holder, &own));
    }

    #[test]
    fn what_is_decided_on_is_settled() {
        let step = |actor: &Actor, status| next_step(actor, &sent(Payer::Holder, status), false);
        let (holder, club) = (member(HOLDER), member(DAY_CLUB));
        assert_eq!(step(&holder, InvoiceStatus::Approved), Step::Act("Record the payment"));
        assert_eq!(step(&club, InvoiceStatus::Queried), Step::Act("Answer the query"));
        assert_eq!(step(&holder, InvoiceStatus::Paid), Step::Nothing);
        let note = Invoice { kind: InvoiceKind::CreditNote, ..sent(Payer::Holder, InvoiceStatus::Approved) };
        assert_eq!(next_step(&holder, &note, false), Step::Act("Record the money back"));
        assert!(!depends_on_yes(&holder, &note));
    }

    #[test]
    fn nobody_approves_without_the_yes_that_is_needed() {
        let theirs = sent(Payer::Holder, InvoiceStatus::Issued);
        let asking = |reasons: &[&str]| Asking {
            set: None,
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            yes: None,
        };
        let (open, settled) = (asking(&["Ask."]), asking(&[]));
        let holder = member(HOLDER);
        let may = |asking| approves_now(&holder, &theirs, asking);
        assert_eq!([may(None), may(Some(&settled)), may(Some(&open))], [true, true, false]);
        assert!(!approves_now(&holder, &sent(Payer::Holder, InvoiceStatus::Paid), None));
        assert!(approves_now(&person(), &sent(Payer::Person, InvoiceStatus::Queried), Some(&open)));
    }
}
