//! The six forms of a personal budget, what a fund's holder is in law, and so who receives the supply.
//!
//! Six forms are lived; English law knows three ways to deploy a personal budget (Care and Support Statutory Guidance
//! 11.30). Who recovers VAT follows the recipient of the supply, never the label of the budget.

use serde::{Deserialize, Serialize};

use super::Refusal;

vat_vocabulary! {
    /// The six forms in which a fund of a personal budget may be held.
    pub enum Form {
        /// The person holds the money.
        DirectPayment = "direct_payment", "Direct payment";
        /// A nominated or authorised person holds the money for them.
        IndirectPayment = "indirect_payment", "Indirect payment";
        /// Trustees hold the money for them.
        TrustFund = "trust_fund", "Trust fund";
        /// A professional broker holds the money.
        BrokeredFund = "brokered_fund", "Brokered fund";
        /// A provider of the person's choice holds the money.
        IndividualServiceFund = "individual_service_fund", "Individual Service Fund";
        /// The council keeps the money and buys.
        CareManaged = "care_managed", "Care-managed by the council";
    }
}

vat_vocabulary! {
    /// What the holder of a fund is when it buys for the person.
    pub enum Structure {
        /// It buys in the person's name; the supply is to the person.
        AgentOfPerson = "agent_of_person", "Agent of the person";
        /// It buys in the council's name; the supply is to the council.
        AgentOfCouncil = "agent_of_council", "Agent of the council";
        /// It buys for itself and its own supply on is exempt, so VAT on what it buys is lost.
        PrincipalExempt = "principal_exempt", "Principal, its own supply exempt from VAT";
        /// It buys for itself and charges VAT on what it supplies on.
        PrincipalTaxable = "principal_taxable", "Principal, its own supply with VAT";
    }
}

vat_vocabulary! {
    /// The three ways in which the law lets a personal budget be deployed.
    pub enum LegalForm {
        /// Money instead of services (Care Act 2014 s.31 and s.32).
        DirectPayment = "direct_payment", "Direct payment";
        /// An account that a third party manages.
        ThirdPartyManaged = "third_party_managed", "Account managed by a third party";
        /// An account that the council manages.
        CouncilManaged = "council_managed", "Account managed by the council";
    }
}

vat_vocabulary! {
    /// Who receives the supply in law; whoever that is may recover its VAT, or not.
    pub enum Recipient {
        /// The person, or the nominee or trust that stands in for them: recovers nothing.
        Person = "person", "The person";
        /// The council: recovers what it buys for its statutory duties (VATA 1994 s.33).
        Council = "council", "The council";
        /// A holder whose own supply is exempt: recovers nothing.
        ExemptHolder = "exempt_holder", "The fund holder, its own supply exempt";
        /// A holder whose own supply is taxed: recovers its input tax and charges VAT on.
        TaxableHolder = "taxable_holder", "The fund holder, its own supply taxed";
    }
}

impl Form {
    /// The legal form, where the form alone decides it: a brokered fund may be either of two, by its structure.
    pub const fn legal_form(self) -> Option<LegalForm> {
        match self {
            Form::DirectPayment | Form::IndirectPayment | Form::TrustFund => Some(LegalForm::DirectPayment),
            Form::BrokeredFund => None,
            Form::IndividualServiceFund => Some(LegalForm::ThirdPartyManaged),
            Form::CareManaged => Some(LegalForm::CouncilManaged),
        }
    }

    /// Whether the fund must say what its holder is in law.
    pub const fn needs_structure(self) -> bool {
        self.held_by_third_party()
    }

    /// Whether a broker or provider holds the money under an agreement. A nominee and a trust receive a direct payment.
    pub const fn held_by_third_party(self) -> bool {
        matches!(self, Form::BrokeredFund | Form::IndividualServiceFund)
    }
}

/// A form together with its structure, where it needs one: only possible combinations exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Recorded")]
pub struct Arrangement {
    form: Form,
    structure: Option<Structure>,
}

/// An arrangement as it arrives, before it is checked.
#[derive(Deserialize)]
struct Recorded {
    form: Form,
    structure: Option<Structure>,
}

impl TryFrom<Recorded> for Arrangement {
    type Error = Refusal;

    fn try_from(recorded: Recorded) -> Result<Arrangement, Refusal> {
        Arrangement::new(recorded.form, recorded.structure)
    }
}

impl Arrangement {
    /// The arrangements that are shown side by side, in their order: the rows of "What it costs".
    pub const SHOWN: [Arrangement; 10] = [
        Arrangement::without(Form::DirectPayment),
        Arrangement::without(Form::IndirectPayment),
        Arrangement::without(Form::TrustFund),
        Arrangement::without(Form::CareManaged),
        Arrangement::with(Form::BrokeredFund, Structure::AgentOfPerson),
        Arrangement::with(Form::BrokeredFund, Structure::PrincipalExempt),
        Arrangement::with(Form::IndividualServiceFund, Structure::AgentOfPerson),
        Arrangement::with(Form::IndividualServiceFund, Structure::AgentOfCouncil),
        Arrangement::with(Form::IndividualServiceFund, Structure::PrincipalExempt),
        Arrangement::with(Form::IndividualServiceFund, Structure::PrincipalTaxable),
    ];

    const fn without(form: Form) -> Arrangement {
        Arrangement { form, structure: None }
    }

    const fn with(form: Form, structure: Structure) -> Arrangement {
        Arrangement { form, structure: Some(structure) }
    }

    /// A form with the structure that it needs; refused where one is missing or where there is nobody to have one.
    pub fn new(form: Form, structure: Option<Structure>) -> Result<Arrangement, Refusal> {
        match (form.needs_structure(), structure) {
            (true, None) => Err(Refusal::StructureMissing(form)),
            (false, Some(_)) => Err(Refusal::StructureImpossible(form)),
            _ => Ok(Arrangement { form, structure }),
        }
    }

    /// The form of the fund.
    pub const fn form(self) -> Form {
        self.form
    }

    /// What the holder is in law, for the forms that a third party holds.
    pub const fn structure(self) -> Option<Structure> {
        self.structure
    }

    /// Who receives what is bought from the fund.
    pub const fn recipient(self) -> Recipient {
        match (self.form, self.structure) {
            (Form::CareManaged, _) | (_, Some(Structure::AgentOfCouncil)) => Recipient::Council,
            (_, Some(Structure::PrincipalExempt)) => Recipient::ExemptHolder,
            (_, Some(Structure::PrincipalTaxable)) => Recipient::TaxableHolder,
            (_, Some(Structure::AgentOfPerson) | None) => Recipient::Person,
        }
    }

    /// The legal form: a broker who is the person's agent manages a direct payment, otherwise holds a third-party account.
    pub const fn legal_form(self) -> LegalForm {
        match (self.form.legal_form(), self.structure) {
            (Some(legal_form), _) => legal_form,
            (None, Some(Structure::AgentOfPerson)) => LegalForm::DirectPayment,
            (None, _) => LegalForm::ThirdPartyManaged,
        }
    }

    /// The form and, where there is one, the structure, in words.
    pub fn words(self) -> String {
        match self.structure {
            Some(structure) => format!("{} ({})", self.form, structure.words().to_lowercase()),
            None => self.form.words().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_travel_in_json() {
        for form in Form::ALL {
            assert_eq!(Form::parse(form.code()), Some(*form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.code());
        }
        let codes: Vec<&str> = Form::ALL.iter().map(|form| form.code()).collect();
        assert_eq!(
            codes.join(" "),
            "direct_payment indirect_payment trust_fund brokered_fund individual_service_fund care_managed"
        );
        assert_eq!(Structure::parse("agent_of_council"), Some(Structure::AgentOfCouncil));
        assert_eq!(Structure::parse("agent"), None);
        assert!(serde_json::from_str::<Form>(r#""isf""#).is_err());
    }

    #[test]
    fn only_possible_arrangements_exist() {
        for form in Form::ALL.iter().copied() {
            let third_party = matches!(form, Form::BrokeredFund | Form::IndividualServiceFund);
            assert_eq!(Arrangement::new(form, None).is_ok(), !third_party);
            for structure in Structure::ALL.iter().copied() {
                assert_eq!(Arrangement::new(form, Some(structure)).is_ok(), third_party);
            }
        }
        let json = r#"{"form":"care_managed","structure":"agent_of_person"}"#;
        assert!(serde_json::from_str::<Arrangement>(json).is_err());
        let json = r#"{"form":"care_managed","structure":null}"#;
        let care_managed: Arrangement = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&care_managed).unwrap(), json);
        let sentence = Arrangement::new(Form::BrokeredFund, None).unwrap_err().to_string();
        assert!(sentence.starts_with("Brokered fund: say whether the holder"), "{sentence}");
    }

    #[test]
    fn the_law_knows_three_forms() {
        let legal = |form, structure| Arrangement::new(form, structure).unwrap().legal_form();
        assert_eq!(legal(Form::TrustFund, None), LegalForm::DirectPayment);
        assert_eq!(legal(Form::CareManaged, None), LegalForm::CouncilManaged);
        assert_eq!(legal(Form::BrokeredFund, Some(Structure::AgentOfPerson)), LegalForm::DirectPayment);
        assert_eq!(legal(Form::BrokeredFund, Some(Structure::PrincipalExempt)), LegalForm::ThirdPartyManaged);
        let isf = legal(Form::IndividualServiceFund, Some(Structure::AgentOfPerson));
        assert_eq!(isf, LegalForm::ThirdPartyManaged);
    }

    #[test]
    fn words_are_in_full() {
        let fund = Arrangement::new(Form::IndividualServiceFund, Some(Structure::AgentOfPerson)).unwrap();
        assert_eq!(fund.words(), "Individual Service Fund (agent of the person)");
        assert!(Arrangement::SHOWN.iter().all(|shown| Arrangement::new(shown.form(), shown.structure()).is_ok()));
    }
}
