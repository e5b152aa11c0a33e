//! Which VAT class a service has, from what is known of it and of its provider; and what must still be asked.
//!
//! The welfare exemption (VATA 1994 Sch 9 Group 7 item 9) belongs to the service, not to the company: a charity's welfare
//! is exempt, a business's only where the Care Quality Commission regulates that very service (Note 6; LIFE Services and
//! The Learning Centre (Romford), Court of Appeal 2020). Nothing is guessed: what is not known is asked, costed at the
//! standard rate meanwhile, and kept from publication.

use serde::{Deserialize, Serialize};

use super::Class;

vat_vocabulary! {
    /// An answer that may be missing.
    pub enum Answer {
        /// Yes.
        Yes = "yes", "Yes";
        /// No.
        No = "no", "No";
        /// Nobody has said yet.
        Unknown = "unknown", "Not known";
    }
}

vat_vocabulary! {
    /// What kind of provider it is.
    pub enum ProviderKind {
        /// A company or other for-profit body.
        Company = "company", "Company";
        /// A self-employed person.
        SoleTrader = "sole_trader", "Sole trader";
        /// A charity or charitable incorporated organisation.
        Charity = "charity", "Charity";
        /// A council.
        Council = "council", "Council";
        /// A business that supplies workers for whom somebody else is responsible.
        EmploymentBusiness = "employment_business", "Employment business";
        /// A business that finds workers and is paid a commission.
        Introducer = "introducer", "Introducer";
        /// A personal assistant whom the person employs.
        EmployedAssistant = "employed_assistant", "Employed personal assistant";
    }
}

vat_vocabulary! {
    /// Whether the provider is a charity in law.
    pub enum CharityStatus {
        /// It is none.
        NotACharity = "none", "Not a charity";
        /// It is on the register of charities.
        Registered = "registered", "Registered charity";
        /// It is exempt or excepted from registering, with evidence.
        ExemptOrExcepted = "exempt_or_excepted", "Exempt or excepted charity";
        /// Nobody has said yet.
        Unknown = "unknown", "Not known";
    }
}

vat_vocabulary! {
    /// What the service is.
    pub enum Nature {
        /// Care or support that promotes the welfare of an elderly, sick, distressed or disabled person.
        Welfare = "welfare", "Care or support (welfare)";
        /// Cleaning, cooking, shopping: welfare for some people, not for others.
        DomesticHelp = "domestic_help", "Help in the household";
        /// Workers, for whom the customer is responsible.
        StaffSupply = "staff_supply", "Supply of staff";
        /// Advice or information on welfare for anyone, not on one person's circumstances.
        GeneralWelfareAdvice = "general_welfare_advice", "General welfare advice or information";
        /// Brokerage and advice for one person, fund and account fees, payroll.
        IndividualSupport = "individual_support", "Brokerage for one person, management fee or payroll";
        /// Goods designed solely for disabled people.
        QualifyingGoods = "qualifying_goods", "Goods designed solely for disabled people";
        /// Anything else, such as leisure, an art class, travel, ordinary goods.
        NotWelfare = "not_welfare", "Not welfare";
        /// Nobody has said yet.
        Unknown = "unknown", "Not known";
    }
}

/// What is known of a service and its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What kind of provider it is.
    pub provider: ProviderKind,
    /// Whether the provider is registered for VAT.
    pub registered_for_vat: Answer,
    /// Whether the provider is a charity.
    pub charity: CharityStatus,
    /// Whether the provider is registered with the Care Quality Commission.
    pub regulated: Answer,
    /// What the service is.
    pub nature: Nature,
    /// Whether this service is inside the activity for which the provider is registered with the Commission.
    pub inside_regulated_activity: Answer,
}

/// The class of a service, or what must still be found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The class, if the facts decide it.
    pub class: Option<Class>,
    /// Why, or what is missing, in a sentence.
    pub reason: String,
}

impl Decision {
    fn is(class: Class, reason: &str) -> Decision {
        Decision { class: Some(class), reason: reason.to_owned() }
    }

    fn open(question: &str) -> Decision {
        let meanwhile = "Until then it is costed with VAT at the standard rate and cannot be published.";
        Decision { class: None, reason: format!("{question} {meanwhile}") }
    }

    /// Whether the listing may be published.
    pub const fn publishable(&self) -> bool {
        self.class.is_some()
    }

    /// The class to cost with: while undecided the standard rate, the safe side for the person's budget.
    pub fn costed_as(&self) -> Class {
        self.class.unwrap_or(Class::D)
    }
}

impl Facts {
    const fn is_charity(&self) -> bool {
        matches!(self.charity, CharityStatus::Registered | CharityStatus::ExemptOrExcepted)
    }

    /// Regulated for this very service.
    fn regulated_for_it(&self) -> bool {
        self.regulated == Answer::Yes && self.inside_regulated_activity == Answer::Yes
    }
}

/// The VAT class of a service from the facts, with the reason; without a class where a fact is missing.
pub fn class_for(facts: &Facts) -> Decision {
    match (facts.provider, facts.registered_for_vat) {
        (ProviderKind::EmployedAssistant, _) => Decision::is(
            Class::J,
            "The person employs the assistant: wages are no supply, so there is no VAT and no invoice.",
        ),
        (ProviderKind::Council, _) => {
            Decision::is(Class::H, "The council provides it with its own staff, so it is not invoiced here.")
        }
        (_, Answer::Unknown) => Decision::open("Say whether the provider is registered for VAT."),
        (_, Answer::No) => of_unregistered(facts),
        (_, Answer::Yes) => of_registered(facts),
    }
}

/// Without registration no VAT is charged, whatever the service; the class says what would count towards registering.
fn of_unregistered(facts: &Facts) -> Decision {
    if facts.nature == Nature::Welfare && facts.is_charity() {
        return Decision::is(Class::B0, "Welfare by a charity that is not registered for VAT.");
    }
    if facts.nature == Nature::Welfare && facts.regulated_for_it() {
        return Decision::is(Class::C0, "Care that the provider is regulated for; it is not registered for VAT.");
    }
    Decision::is(Class::A, "The provider is not registered for VAT, so it charges none.")
}

/// The class of a registered provider's service, by what the service is.
fn of_registered(facts: &Facts) -> Decision {
    match facts.nature {
        Nature::Unknown => Decision::open("Say what kind of service it is."),
        Nature::QualifyingGoods => Decision::is(
            Class::G,
            "Goods designed solely for disabled people: no VAT for a disabled person who declares it.",
        ),
        Nature::StaffSupply => {
            Decision::is(Class::F, "Supplying staff for whom somebody else is responsible is taxed on the full charge.")
        }
        Nature::IndividualSupport => Decision::is(
            Class::F,
            "Brokerage, advice for one person, management fees and payroll are not welfare services.",
        ),
        Nature::NotWelfare => Decision::is(Class::D, "It is not a welfare service, so the standard rate applies."),
        Nature::DomesticHelp => Decision::open(
            "Help in the household is welfare only for people who cannot safely do it themselves: \
             ask for a tax review and record its result.",
        ),
        Nature::GeneralWelfareAdvice => welfare_advice(facts),
        Nature::Welfare => welfare(facts),
    }
}

/// General advice: the reduced rate is for charities and regulated bodies (VATA 1994 Sch 7A Group 9).
fn welfare_advice(facts: &Facts) -> Decision {
    if facts.is_charity() || facts.regulated == Answer::Yes {
        return Decision::is(
            Class::E5,
            "General welfare advice by a charity or a regulated provider has the reduced rate.",
        );
    }
    if facts.charity == CharityStatus::Unknown {
        return Decision::open("Say whether the provider is a charity.");
    }
    if facts.regulated == Answer::Unknown {
        return Decision::open("Say whether the provider is registered with the Care Quality Commission.");
    }
    Decision::is(Class::D, "The reduced rate for welfare advice is only for charities and regulated providers.")
}

/// Welfare of a registered provider.
fn welfare(facts: &Facts) -> Decision {
    match facts.provider {
        _ if facts.is_charity() => Decision::is(Class::B, "Welfare by a charity is exempt."),
        ProviderKind::Introducer => {
            Decision::is(Class::F, "An introducer's own supply is its commission, which is taxed.")
        }
        ProviderKind::EmploymentBusiness => {
            Decision::open("Say whether this business is itself responsible for the care or only supplies the staff.")
        }
        _ if facts.charity == CharityStatus::Unknown => Decision::open("Say whether the provider is a charity."),
        ProviderKind::Charity => {
            Decision::open("Give the charity's registration number, or the evidence that it need not register.")
        }
        _ => welfare_of_business(facts),
    }
}

/// Welfare of a registered business: exempt only inside what it is regulated for (Note 6).
fn welfare_of_business(facts: &Facts) -> Decision {
    match (facts.regulated, facts.inside_regulated_activity) {
        (_, Answer::No) => Decision::is(
            Class::D,
            "A business's welfare service is exempt only where it is regulated for that very service, and this one is not.",
        ),
        (Answer::Yes, Answer::Yes) => {
            Decision::is(Class::C, "The provider is regulated for this very service: exempt.")
        }
        (Answer::No, Answer::Yes) => Decision::open(
            "A regulated activity needs registration with the Care Quality Commission, and the provider has none: check both.",
        ),
        (Answer::No, Answer::Unknown) => Decision::is(
            Class::D,
            "The provider is not registered with the Care Quality Commission, so its welfare service is not exempt.",
        ),
        (Answer::Unknown, _) => {
            Decision::open("Say whether the provider is registered with the Care Quality Commission.")
        }
        (Answer::Yes, Answer::Unknown) => {
            Decision::open("Say whether this service is inside the activity the provider is regulated for.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(nature: Nature) -> Facts {
        Facts {
            provider: ProviderKind::Company,
            registered_for_vat: Answer::Yes,
            charity: CharityStatus::NotACharity,
            regulated: Answer::No,
            nature,
            inside_regulated_activity: Answer::No,
        }
    }

    fn charity(nature: Nature) -> Facts {
        Facts { provider: ProviderKind::Charity, charity: CharityStatus::Registered, ..company(nature) }
    }

    fn agency(inside_regulated_activity: Answer) -> Facts {
        Facts { regulated: Answer::Yes, inside_regulated_activity, ..company(Nature::Welfare) }
    }

    fn unregistered(facts: Facts) -> Facts {
        Facts { registered_for_vat: Answer::No, ..facts }
    }

    #[test]
    fn every_row_of_the_class_table_is_decided() {
        let employed = Facts { provider: ProviderKind::EmployedAssistant, ..company(Nature::Welfare) };
        let council = Facts { provider: ProviderKind::Council, ..company(Nature::Welfare) };
        let teacher = Facts { provider: ProviderKind::SoleTrader, ..company(Nature::NotWelfare) };
        let rows = [
            (Class::A, unregistered(teacher)),
            (Class::A, unregistered(company(Nature::Welfare))),
            (Class::B, charity(Nature::Welfare)),
            (Class::B0, unregistered(charity(Nature::Welfare))),
            (Class::C, agency(Answer::Yes)),
            (Class::C0, unregistered(agency(Answer::Yes))),
            (Class::D, agency(Answer::No)),
            (Class::D, company(Nature::Welfare)),
            (Class::D, teacher),
            (Class::E5, charity(Nature::GeneralWelfareAdvice)),
            (Class::E5, Facts { nature: Nature::GeneralWelfareAdvice, ..agency(Answer::Yes) }),
            (Class::D, company(Nature::GeneralWelfareAdvice)),
            (Class::F, charity(Nature::IndividualSupport)),
            (Class::F, Facts { nature: Nature::IndividualSupport, ..agency(Answer::Yes) }),
            (Class::F, company(Nature::StaffSupply)),
            (Class::F, Facts { provider: ProviderKind::Introducer, ..company(Nature::Welfare) }),
            (Class::G, company(Nature::QualifyingGoods)),
            (Class::H, council),
            (Class::J, employed),
        ];
        for (class, facts) in rows {
            let decision = class_for(&facts);
            assert_eq!(decision.class, Some(class), "{facts:?}: {}", decision.reason);
            assert!(decision.publishable() && decision.reason.ends_with('.'));
        }
    }

    #[test]
    fn what_is_not_known_is_asked_and_not_guessed() {
        let unknown = Answer::Unknown;
        let rows = [
            ("registered for VAT", Facts { registered_for_vat: unknown, ..company(Nature::Welfare) }),
            ("inside the activity", agency(unknown)),
            ("Care Quality Commission", Facts { regulated: unknown, ..agency(Answer::Yes) }),
            ("check both", Facts { regulated: Answer::No, ..agency(Answer::Yes) }),
            ("is a charity", Facts { charity: CharityStatus::Unknown, ..agency(Answer::Yes) }),
            (
                "charity's registration number",
                Facts { charity: CharityStatus::NotACharity, ..charity(Nature::Welfare) },
            ),
            ("what kind of service", company(Nature::Unknown)),
            ("tax review", charity(Nature::DomesticHelp)),
            ("responsible for the care", Facts { provider: ProviderKind::EmploymentBusiness, ..agency(Answer::Yes) }),
        ];
        for (question, facts) in rows {
            let decision = class_for(&facts);
            assert_eq!(decision.class, None, "{facts:?}");
            assert!(decision.reason.contains(question), "{}", decision.reason);
            assert_eq!((decision.publishable(), decision.costed_as()), (false, Class::D));
        }
    }

    #[test]
    fn the_class_agrees_with_the_registration_it_was_decided_from() {
        for nature in Nature::ALL.iter().copied() {
            for facts in [company(nature), charity(nature)] {
                for facts in [facts, unregistered(facts)] {
                    if let Some(class) = class_for(&facts).class {
                        assert_eq!(class.registered(), Some(facts.registered_for_vat == Answer::Yes));
                    }
                }
            }
        }
    }
}
