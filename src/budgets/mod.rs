//! Personal budgets and their funds: how much, from when, in which of the six forms, held by whom.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::ids::{AgreementId, BudgetId, FundId, OrganisationId, PersonId, UserId};
use crate::ledger::Balances;
use crate::money::Pence;
use crate::vat::{Arrangement, Form, Recovery, Structure};
use crate::vocabulary;

vocabulary! {
    /// How often money is paid into a fund.
    PaymentFrequency {
        /// Every week.
        Weekly = "weekly", "every week";
        /// Every two weeks.
        TwoWeekly = "two_weekly", "every two weeks";
        /// Every four weeks: thirteen times a year.
        FourWeekly = "four_weekly", "every four weeks";
        /// Every month: twelve times a year, which is not every four weeks.
        Monthly = "monthly", "every month";
    }
}

vocabulary! {
    /// How the person's contribution meets the fund (domain reference 6.2).
    ContributionMode {
        /// The council pays the whole and invoices the person.
        CouncilInvoices = "council_invoices", "the council pays the whole and sends the person a bill";
        /// The council pays its part; the holder collects the person's.
        HolderCollects = "holder_collects", "the council pays its part and the holder collects the person's part";
        /// The council pays its part; the person pays theirs into the account.
        PersonPaysIn = "person_pays_in", "the council pays its part and the person pays theirs into the account";
    }
}

/// One version of a personal budget: what the council has agreed from a day on (Care Act 2014 s.26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalBudget {
    /// Its id.
    pub id: BudgetId,
    /// Whose it is.
    pub person: PersonId,
    /// Which council agreed it.
    pub council: OrganisationId,
    /// The cost of meeting the needs, per week, the person's part included.
    pub weekly: Pence,
    /// The most that the person contributes, per week, across all funds.
    pub contribution_weekly: Pence,
    /// From which day.
    pub starts_on: NaiveDate,
    /// Who agreed it, in words.
    pub agreed_note: String,
}

/// A part of a personal budget in one of the six forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// Its id.
    pub id: FundId,
    /// Whose money it is.
    pub person: PersonId,
    /// The council that funds it.
    pub council: OrganisationId,
    /// The form.
    pub form: Form,
    /// The amount per week, the person's contribution included.
    pub weekly: Pence,
    /// What the council gives on top per week, so that VAT which nobody recovers does not shrink the support.
    pub vat_uplift_weekly: Pence,
    /// The organisation that holds it: a trust, a broker or a provider.
    pub holder: Option<OrganisationId>,
    /// The nominated or authorised person who holds an indirect payment.
    pub nominee: Option<UserId>,
    /// Whether a VAT officer has confirmed that VAT is recovered as the structure says.
    pub recovery: Recovery,
    /// What the holder is in law, as intended before an agreement is in force.
    pub intended_structure: Option<Structure>,
    /// The newest agreement on this fund that is being drawn up or is in force.
    pub terms: Option<Terms>,
    /// How often money is paid in.
    pub payment_frequency: PaymentFrequency,
    /// How the person's contribution meets the fund.
    pub contribution_mode: ContributionMode,
    /// From which day.
    pub starts_on: NaiveDate,
    /// The last day, once it has ended.
    pub ended_on: Option<NaiveDate>,
    /// Counts changes.
    pub version: i64,
}

impl Fund {
    /// What the holder is in law: by the agreement in force, else as intended.
    #[must_use]
    pub fn structure(&self) -> Option<Structure> {
        self.agreement_in_force().map_or(self.intended_structure, |terms| terms.structure)
    }

    /// The agreement that is signed by all and has not ended; only under it does money flow where a third party holds the
    /// fund.
    #[must_use]
    pub fn agreement_in_force(&self) -> Option<&Terms> {
        self.terms.as_ref().filter(|terms| terms.in_force)
    }

    /// The form with its structure.
    ///
    /// # Errors
    /// When a form that needs a structure has none; the database forbids such a fund.
    pub fn arrangement(&self) -> Result<Arrangement, crate::vat::Refusal> {
        Arrangement::new(self.form, self.structure())
    }

    /// What may be spent per week: the amount and the VAT uplift.
    #[must_use]
    pub fn spendable_weekly(&self) -> Pence {
        self.weekly + self.vat_uplift_weekly
    }
}

/// The terms of an agreement that the costing of a fund needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Which agreement.
    pub agreement: AgreementId,
    /// Whether it is signed by all and has not ended.
    pub in_force: bool,
    /// Its last day, once notice was given.
    pub ends_on: Option<NaiveDate>,
    /// What the holder is in law, where the form needs it.
    pub structure: Option<Structure>,
    /// What the holder takes per week for holding the fund, without VAT.
    pub fee_weekly: Pence,
    /// Whether the council pays the fee on top, so that it does not come out of the budget.
    pub fee_on_top: bool,
}

/// What a new fund is.
#[derive(Clone, Debug)]
pub struct NewFund {
    /// Whose money it is.
    pub person: PersonId,
    /// The form.
    pub form: Form,
    /// The amount per week, the person's contribution included.
    pub weekly: Pence,
    /// What the council gives on top per week for VAT.
    pub vat_uplift_weekly: Pence,
    /// The organisation that holds it.
    pub holder: Option<OrganisationId>,
    /// The nominated or authorised person who holds it.
    pub nominee: Option<UserId>,
    /// Whether VAT recovery is confirmed.
    pub recovery: Recovery,
    /// The intended structure.
    pub intended_structure: Option<Structure>,
    /// How often money is paid in.
    pub payment_frequency: PaymentFrequency,
    /// How the person's contribution meets the fund.
    pub contribution_mode: ContributionMode,
    /// From which day.
    pub starts_on: NaiveDate,
}

/// What a new version of a personal budget says.
#[derive(Clone, Debug)]
pub struct NewBudget {
    /// Per week, the person's part included.
    pub weekly: Pence,
    /// The most that the person contributes per week.
    pub contribution_weekly: Pence,
    /// From which day.
    pub starts_on: NaiveDate,
    /// Who agreed it, in words.
    pub agreed_note: String,
}

vocabulary! {
    /// Who must pay an invoice, and so to whom it is addressed (domain reference section 2).
    Payer {
        /// The person: a direct payment, or a fund whose holder is their agent.
        Person = "person", "the person";
        /// The nominated or authorised person who holds an indirect payment.
        Nominee = "nominee", "the person who holds the money for them";
        /// The trust that holds the fund.
        Trust = "trust", "the trust";
        /// The holder, as principal.
        Holder = "holder", "the fund holder";
        /// The council: it buys itself, or through a holder who is its agent.
        Council = "council", "the council";
    }
}

/// What each form means, in words for a person (domain reference section 2).
#[must_use]
pub const fn explained(form: Form) -> &'static str {
    match form {
        Form::DirectPayment => "The person has the money in an account of their own, and buys and pays themselves.",
        Form::IndirectPayment => {
            "Somebody whom the person trusts has the money for them: a nominated or authorised person. They buy and pay."
        }
        Form::TrustFund => "Trustees have the money for the person, in the trust's account. They buy and pay.",
        Form::BrokeredFund => {
            "A professional broker has the money in a client account. The agreement says for whom the broker buys."
        }
        Form::IndividualServiceFund => {
            "A provider of the person's choice has the money, apart from its own. It gives support itself or buys it from \
             others, as the person wants. The agreement says for whom it buys."
        }
        Form::CareManaged => "The council keeps the money, buys what was chosen, and pays.",
    }
}

/// What each form means, said to the person whose money it is.
#[must_use]
pub const fn explained_to_person(form: Form) -> &'static str {
    match form {
        Form::DirectPayment => "You have the money in an account of your own. You buy and pay yourself.",
        Form::IndirectPayment => {
            "Somebody whom you trust has the money for you: a nominated or authorised person. They buy and pay."
        }
        Form::TrustFund => "Trustees have the money for you, in the trust's account. They buy and pay.",
        Form::IndividualServiceFund => {
            "A provider of your choice has the money, apart from its own. It gives support itself or buys it from others, \
             as you want. The agreement says for whom it buys."
        }
        Form::BrokeredFund | Form::CareManaged => explained(form),
    }
}

/// What each structure means in law, without judging it (domain reference 4.6).
#[must_use]
pub const fn structure_explained(structure: Structure) -> &'static str {
    match structure {
        Structure::AgentOfPerson => {
            "The holder buys in the name of the person. Invoices are addressed to the person. The holder pays them from \
             the fund."
        }
        Structure::AgentOfCouncil => {
            "The holder buys in the name of the council. Invoices are addressed to the council. The council's own funds \
             pay them."
        }
        Structure::PrincipalExempt => {
            "The holder buys for itself. Invoices are addressed to the holder. What it supplies on is exempt from VAT."
        }
        Structure::PrincipalTaxable => {
            "The holder buys for itself. Invoices are addressed to the holder. It charges VAT on what it supplies on."
        }
    }
}

/// What each structure means in law, said to the person whose money it is.
#[must_use]
pub const fn structure_explained_to_person(structure: Structure) -> &'static str {
    match structure {
        Structure::AgentOfPerson => {
            "The holder buys in your name. Invoices are addressed to you. The holder pays them from the fund."
        }
        other => structure_explained(other),
    }
}

impl ContributionMode {
    /// The same said to the person who contributes.
    #[must_use]
    pub const fn words_to_person(self) -> &'static str {
        match self {
            Self::CouncilInvoices => "the council pays the whole and sends you a bill",
            Self::HolderCollects => "the council pays its part and the holder collects yours",
            Self::PersonPaysIn => "the council pays its part and you pay yours into the account",
        }
    }
}

/// What stands where the totals of a fund would tell what the person keeps from whoever looks.
pub const SUMS_KEPT: &str = "The totals of this fund are not shown to you.";

/// A fund's books, as far as somebody may see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// What is free to use: who chooses needs it.
    pub free: Pence,
    /// Whether any money has come in.
    pub granted_any: bool,
    /// All of them; not for somebody from whom the person keeps something with money in this fund, which every sum would
    /// tell.
    pub sums: Option<Balances>,
}

impl Books {
    /// All of a fund's books, or what is left of them for somebody from whom something in it is kept.
    #[must_use]
    pub fn of(balances: Balances, is_kept: bool) -> Self {
        let (free, granted_any) = (balances.free(), !balances.granted().is_zero());
        Self { free, granted_any, sums: (!is_kept).then_some(balances) }
    }

    /// The sentence that stands in place of the totals, where they are not shown.
    #[must_use]
    pub fn instead(&self) -> Option<&'static str> {
        self.sums.is_none().then_some(SUMS_KEPT)
    }
}

/// Something that waits for somebody, and where it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What waits, in a sentence.
    pub sentence: String,
    /// The verb on the link, where somebody can do something about it.
    pub action: Option<&'static str>,
    /// Where it is done.
    pub href: Option<String>,
}
