//! The VAT class of a service: what its provider charges, on what ground.

use std::fmt;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use super::Refusal;
use super::forms::Recipient;
use super::rates::{reduced_rate, standard_rate};
use crate::money::BasisPoints;

vat_vocabulary! {
    /// The VAT class of a listed service, decided once per service and from a date, on evidence.
    pub enum Class {
        /// Any service of a provider that is not registered for VAT.
        A = "A", "Provider not registered for VAT";
        /// Welfare by a charity that is registered for VAT.
        B = "B", "Welfare by a charity registered for VAT";
        /// Welfare by a charity that is not registered for VAT.
        B0 = "B0", "Welfare by a charity not registered for VAT";
        /// Care that a registered business is regulated for by the Care Quality Commission.
        C = "C", "Care inside its regulated activity by a provider registered for VAT";
        /// The same by one that is not registered for VAT.
        C0 = "C0", "Care inside its regulated activity by a provider not registered for VAT";
        /// A business's welfare service that it is not regulated for, such as a day club; also what is not welfare at all.
        D = "D", "Service outside any regulated activity";
        /// General welfare advice or information by a charity or a regulated body.
        E5 = "E5", "General welfare advice by a charity or a regulated provider";
        /// Brokerage for one person, fund and account fees, payroll, supply of staff.
        F = "F", "Brokerage, management fee, payroll or supply of staff";
        /// Goods designed solely for disabled people.
        G = "G", "Goods designed solely for disabled people";
        /// Care by the council's own staff.
        H = "H", "Care by the council's own staff";
        /// Work of a personal assistant whom the person employs.
        J = "J", "Work of an employed personal assistant";
    }
}

vat_vocabulary! {
    /// The VAT category of an electronic invoice (EN 16931, code list UNCL5305).
    pub enum Category {
        /// Taxed at the standard or a reduced rate.
        Taxed = "S", "Taxed";
        /// Zero-rated.
        ZeroRated = "Z", "Zero-rated";
        /// Exempt, by a seller who is registered.
        Exempt = "E", "Exempt";
        /// Outside the scope, or by a seller who is not registered.
        OutsideScope = "O", "Not subject to VAT";
    }
}

impl Category {
    /// The code of the reason why there is no VAT (code list VATEX), where the category must give one.
    pub const fn exemption_code(self) -> Option<&'static str> {
        match self {
            Category::Exempt => Some("VATEX-EU-132-1G"),
            Category::OutsideScope => Some("VATEX-EU-O"),
            Category::Taxed | Category::ZeroRated => None,
        }
    }
}

/// On what ground VAT is charged or not. Its Display is the sentence for the invoice and the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// The provider is not registered.
    NotRegistered,
    /// The welfare exemption.
    ExemptWelfare,
    /// The standard rate of the day.
    StandardRate(BasisPoints),
    /// The reduced rate of the day for welfare advice.
    ReducedRate(BasisPoints),
    /// Goods for a disabled person, whose declaration the provider holds.
    ZeroRatedGoods,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ground::NotRegistered => f.write_str("Not registered for VAT"),
            Ground::ExemptWelfare => {
                f.write_str("Exempt: VATA 1994 Sch 9 Group 7 item 9 (Value Added Tax Act 1994, Schedule 9)")
            }
            Ground::StandardRate(rate) => write!(f, "Standard rate {rate}"),
            Ground::ReducedRate(rate) => {
                write!(f, "Reduced rate {rate}: VATA 1994 Sch 7A Group 9 (Value Added Tax Act 1994, Schedule 7A)")
            }
            Ground::ZeroRatedGoods => f.write_str(
                "Zero rate: VATA 1994 Sch 8 Group 12 (Value Added Tax Act 1994, Schedule 8), declaration held",
            ),
        }
    }
}

impl Serialize for Ground {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How one supply is taxed: its category, its rate (zero where none is charged) and the ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Treatment {
    /// The category of the electronic invoice.
    pub category: Category,
    /// The rate on the provider's invoice.
    pub rate: BasisPoints,
    /// Why.
    pub ground: Ground,
}

impl Treatment {
    const fn untaxed(category: Category, ground: Ground) -> Treatment {
        Treatment { category, rate: BasisPoints::ZERO, ground }
    }

    const fn taxed(rate: BasisPoints, ground: Ground) -> Treatment {
        Treatment { category: Category::Taxed, rate, ground }
    }

    /// The rate as an electronic invoice must give it: absent, not zero, outside the scope of VAT (BR-O-05).
    pub fn percent(self) -> Option<BasisPoints> {
        (self.category != Category::OutsideScope).then_some(self.rate)
    }
}

impl Class {
    /// How a supply of this class to a recipient is taxed on a date.
    ///
    /// `declaration` matters for goods only (class G): the zero rate needs the disabled person's own declaration and a
    /// supply to that person; the same goods bought by a council or a holder are standard-rated (VAT Notice 701/7).
    /// Refused for what is never invoiced (H, J) and before the first known rate.
    pub fn treatment(self, declaration: bool, recipient: Recipient, on: NaiveDate) -> Result<Treatment, Refusal> {
        match self {
            Class::A | Class::B0 | Class::C0 => Ok(Treatment::untaxed(Category::OutsideScope, Ground::NotRegistered)),
            Class::B | Class::C => Ok(Treatment::untaxed(Category::Exempt, Ground::ExemptWelfare)),
            Class::G if declaration && recipient == Recipient::Person => {
                Ok(Treatment::untaxed(Category::ZeroRated, Ground::ZeroRatedGoods))
            }
            Class::D | Class::F | Class::G => {
                standard_rate(on).map(|rate| Treatment::taxed(rate, Ground::StandardRate(rate)))
            }
            Class::E5 => reduced_rate(on).map(|rate| Treatment::taxed(rate, Ground::ReducedRate(rate))),
            Class::H => Err(Refusal::CouncilsOwnCare),
            Class::J => Err(Refusal::EmployedAssistant),
        }
    }

    /// How a listing shows it: sold to the person, who has made a declaration where one is needed.
    fn as_listed(self, on: NaiveDate) -> Result<Treatment, Refusal> {
        self.treatment(true, Recipient::Person, on)
    }

    /// The category as listed (sold to the person, declaration held).
    pub fn category(self, on: NaiveDate) -> Result<Category, Refusal> {
        self.as_listed(on).map(|treatment| treatment.category)
    }

    /// The rate on a date as listed (sold to the person, declaration held).
    pub fn rate(self, on: NaiveDate) -> Result<BasisPoints, Refusal> {
        self.as_listed(on).map(|treatment| treatment.rate)
    }

    /// The ground on a date as listed (sold to the person, declaration held).
    pub fn ground(self, on: NaiveDate) -> Result<Ground, Refusal> {
        self.as_listed(on).map(|treatment| treatment.ground)
    }

    /// Whether the provider must be registered for VAT to sell in this class, or must not be; nothing where neither.
    pub const fn registered(self) -> Option<bool> {
        match self {
            Class::A | Class::B0 | Class::C0 => Some(false),
            Class::B | Class::C | Class::D | Class::E5 | Class::F | Class::G => Some(true),
            Class::H | Class::J => None,
        }
    }

    /// Whether sales of this class are taxable supplies, or would be if the provider were registered.
    pub const fn counts_towards_registration(self) -> bool {
        matches!(self, Class::A | Class::D | Class::E5 | Class::F | Class::G)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;

    /// Every row of the class table.
    #[test]
    fn each_class_is_charged_as_the_table_says() {
        let on = parse_date("2026-11-21").unwrap();
        let rows = [
            ("A", "O", "0", "Not registered for VAT"),
            ("B", "E", "0", "Exempt: VATA 1994 Sch 9 Group 7 item 9 (Value Added Tax Act 1994, Schedule 9)"),
            ("B0", "O", "0", "Not registered for VAT"),
            ("C", "E", "0", "Exempt: VATA 1994 Sch 9 Group 7 item 9 (Value Added Tax Act 1994, Schedule 9)"),
            ("C0", "O", "0", "Not registered for VAT"),
            ("D", "S", "20", "Standard rate 20%"),
            ("E5", "S", "5", "Reduced rate 5%: VATA 1994 Sch 7A Group 9 (Value Added Tax Act 1994, Schedule 7A)"),
            ("F", "S", "20", "Standard rate 20%"),
            (
                "G",
                "Z",
                "0",
                "Zero rate: VATA 1994 Sch 8 Group 12 (Value Added Tax Act 1994, Schedule 8), declaration held",
            ),
        ];
        for (code, category, rate, ground) in rows {
            let class = Class::parse(code).unwrap();
            assert_eq!(class.code(), code);
            assert_eq!(class.category(on).unwrap().code(), category, "{code}");
            assert_eq!(class.rate(on).unwrap().decimal(), rate, "{code}");
            assert_eq!(class.ground(on).unwrap().to_string(), ground, "{code}");
        }
        assert_eq!(Class::H.rate(on), Err(Refusal::CouncilsOwnCare));
        assert_eq!(Class::J.rate(on), Err(Refusal::EmployedAssistant));
        assert_eq!(Class::ALL.len(), rows.len() + 2);
    }

    #[test]
    fn the_same_goods_are_zero_rated_only_for_the_person_with_a_declaration() {
        let on = parse_date("2026-11-21").unwrap();
        for recipient in Recipient::ALL.iter().copied() {
            for declaration in [true, false] {
                let treatment = Class::G.treatment(declaration, recipient, on).unwrap();
                let zero = declaration && recipient == Recipient::Person;
                let expected = if zero { ("Z", "0") } else { ("S", "20") };
                assert_eq!((treatment.category.code(), treatment.rate.decimal().as_str()), expected);
            }
        }
    }

    #[test]
    fn outside_the_scope_there_is_no_rate_at_all() {
        let on = parse_date("2026-11-21").unwrap();
        let percent = |class: Class| class.treatment(true, Recipient::Council, on).unwrap().percent();
        assert_eq!(percent(Class::A), None);
        assert_eq!(percent(Class::B), Some(BasisPoints::ZERO));
        assert_eq!(Category::OutsideScope.exemption_code(), Some("VATEX-EU-O"));
        assert_eq!(Category::Taxed.exemption_code(), None);
    }
}
