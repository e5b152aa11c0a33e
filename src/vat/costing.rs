//! What a supply, or a package of them, costs a fund: VAT charged, VAT a taxable holder charges on, who recovers, and what
//! is left for the budget to pay.

use chrono::NaiveDate;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::documents::vat_by_group;
use super::rates::standard_rate;
use super::{Arrangement, Category, Class, Ground, Recipient, Refusal, Treatment};
use crate::money::{BasisPoints, Pence};

vat_vocabulary! {
    /// Whether the VAT officer of the council or holder has confirmed that VAT is recovered.
    pub enum Recovery {
        /// It was confirmed.
        Confirmed = "confirmed", "Confirmed";
        /// It was not; the budget is costed as if nothing came back, and the page says so.
        NotConfirmed = "not_confirmed", "Not confirmed: costed as if no VAT came back";
    }
}

vat_vocabulary! {
    /// Who gets VAT back.
    pub enum RecoveredBy {
        /// The council.
        Council = "council", "The council";
        /// The fund holder.
        Holder = "holder", "The fund holder";
        /// The holder its input tax, the council what the holder charges on.
        HolderAndCouncil = "holder_and_council", "The fund holder and the council";
        /// Nobody: the VAT is lost to the budget.
        Nobody = "nobody", "Nobody";
    }
}

/// What one supply costs a fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The provider's price without VAT.
    pub net: Pence,
    /// The category on the provider's invoice.
    pub category: Category,
    /// The rate on the provider's invoice; zero where no VAT is charged.
    pub rate: BasisPoints,
    /// The VAT on the provider's invoice.
    pub vat_charged: Pence,
    /// The VAT that a taxable holder charges on.
    pub onward_vat: Pence,
    /// How much of both comes back.
    pub recovered: Pence,
    /// Who gets it back; nothing where there is no VAT at all.
    pub recovered_by: Option<RecoveredBy>,
    /// What the budget pays in the end.
    pub budget_pays: Pence,
    /// Why the provider charges VAT or not.
    pub ground: Ground,
}

impl Cost {
    /// The VAT that nobody gets back.
    pub fn vat_lost(&self) -> Pence {
        self.vat_charged + self.onward_vat - self.recovered
    }

    /// Works out the cost when both taxes are known.
    fn settle(
        net: Pence,
        treatment: Treatment,
        (vat_charged, onward_vat): (Pence, Pence),
        recipient: Recipient,
        recovery: Recovery,
    ) -> Cost {
        let (by_holder, by_council) = match (recovery, recipient) {
            (Recovery::NotConfirmed, _) => (Pence::ZERO, Pence::ZERO),
            (_, Recipient::Person | Recipient::ExemptHolder) => (Pence::ZERO, Pence::ZERO),
            (_, Recipient::Council) => (Pence::ZERO, vat_charged),
            (_, Recipient::TaxableHolder) => (vat_charged, onward_vat),
        };
        let recovered = by_holder + by_council;
        let no_vat = vat_charged.is_zero() && onward_vat.is_zero();
        let recovered_by = match (by_holder.is_zero(), by_council.is_zero()) {
            _ if no_vat => None,
            (true, true) => Some(RecoveredBy::Nobody),
            (true, false) => Some(RecoveredBy::Council),
            (false, true) => Some(RecoveredBy::Holder),
            (false, false) => Some(RecoveredBy::HolderAndCouncil),
        };
        let budget_pays = net + vat_charged + onward_vat - recovered;
        let Treatment { category, rate, ground } = treatment;
        Cost { net, category, rate, vat_charged, onward_vat, recovered, recovered_by, budget_pays, ground }
    }
}

/// What one supply costs a fund on a date. `declaration` matters for goods only (class G).
pub fn cost(
    net: Pence,
    class: Class,
    declaration: bool,
    arrangement: Arrangement,
    recovery: Recovery,
    on: NaiveDate,
) -> Result<Cost, Refusal> {
    let recipient = arrangement.recipient();
    let treatment = class.treatment(declaration, recipient, on)?;
    let vat_charged = net.share(treatment.rate);
    let onward_vat = match recipient {
        Recipient::TaxableHolder => net.share(standard_rate(on)?),
        _ => Pence::ZERO,
    };
    Ok(Cost::settle(net, treatment, (vat_charged, onward_vat), recipient, recovery))
}

/// One line of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLine {
    /// Stands for the provider: lines of one provider come on one document, where VAT is rounded once per group.
    pub provider: u64,
    /// The line's price without VAT.
    pub net: Pence,
    /// The class of the service.
    pub class: Class,
    /// For goods (class G): whether the person has made the declaration.
    pub declaration: bool,
}

/// The sums of a costed package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// The prices without VAT.
    pub net: Pence,
    /// The VAT on the providers' invoices.
    pub vat_charged: Pence,
    /// The VAT that a taxable holder charges on.
    pub onward_vat: Pence,
    /// How much of both comes back.
    pub recovered: Pence,
    /// What the budget pays in the end.
    pub budget_pays: Pence,
}

/// A package costed line by line and in all; the lines always add up to the totals, and to the invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Costing {
    /// The cost of each line, in the order in which the lines were given.
    pub lines: Vec<Cost>,
    /// Their sums.
    pub total: Totals,
}

/// What a package costs a fund on a date: VAT once per provider, category and rate, as on the invoices, allotted back to
/// the lines. What a taxable holder charges on comes on the holder's one invoice.
pub fn costing(
    lines: &[PackageLine],
    arrangement: Arrangement,
    recovery: Recovery,
    on: NaiveDate,
) -> Result<Costing, Refusal> {
    let recipient = arrangement.recipient();
    let treatment = |line: &PackageLine| line.class.treatment(line.declaration, recipient, on);
    let treatments: Vec<Treatment> = lines.iter().map(treatment).collect::<Result<_, _>>()?;
    let taxed = lines.iter().zip(&treatments);
    let vat = vat_by_group(
        &taxed
            .map(|(line, taxed)| ((line.provider, taxed.category, taxed.rate), line.net, taxed.rate))
            .collect::<Vec<_>>(),
    );
    let onward_rate = match recipient {
        Recipient::TaxableHolder => standard_rate(on)?,
        _ => BasisPoints::ZERO,
    };
    let onward = vat_by_group(&lines.iter().map(|line| ((), line.net, onward_rate)).collect::<Vec<_>>());
    let taxes = vat.into_iter().zip(onward);
    let costs: Vec<Cost> = (lines.iter().zip(treatments).zip(taxes))
        .map(|((line, treatment), taxes)| Cost::settle(line.net, treatment, taxes, recipient, recovery))
        .collect();
    let total = costs.iter().fold(Totals::default(), |sum, cost| Totals {
        net: sum.net + cost.net,
        vat_charged: sum.vat_charged + cost.vat_charged,
        onward_vat: sum.onward_vat + cost.onward_vat,
        recovered: sum.recovered + cost.recovered,
        budget_pays: sum.budget_pays + cost.budget_pays,
    });
    Ok(Costing { lines: costs, total })
}

/// One row of "What it costs": an arrangement and what the supply costs in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostRow {
    /// The form, with its structure where it has one.
    pub arrangement: Arrangement,
    /// The cost in it.
    pub cost: Cost,
}

impl Serialize for CostRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("CostRow", 6)?;
        row.serialize_field("form", &self.arrangement.form())?;
        row.serialize_field("structure", &self.arrangement.structure())?;
        row.serialize_field("vat_charged", &self.cost.vat_charged)?;
        row.serialize_field("onward_vat", &self.cost.onward_vat)?;
        row.serialize_field("recovered_by", &self.cost.recovered_by)?;
        row.serialize_field("budget_pays", &self.cost.budget_pays)?;
        row.end()
    }
}

/// What one supply costs in each arrangement that is shown, for confirmed recovery. Information only: rows other than a
/// fund's own are never ranked or proposed (HMRC Spotlight 70).
pub fn what_it_costs_rows(net: Pence, class: Class, declaration: bool, on: NaiveDate) -> Result<Vec<CostRow>, Refusal> {
    let row = |arrangement| {
        let cost = cost(net, class, declaration, arrangement, Recovery::Confirmed, on)?;
        Ok(CostRow { arrangement, cost })
    };
    Arrangement::SHOWN.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;
    use crate::money::{Quantity, UnitPrice, line_net};
    use crate::vat::{Form, Structure};

    fn pence(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    fn on() -> NaiveDate {
        parse_date("2026-11-21").unwrap()
    }

    fn direct() -> Arrangement {
        Arrangement::new(Form::DirectPayment, None).unwrap()
    }

    fn managed() -> Arrangement {
        Arrangement::new(Form::CareManaged, None).unwrap()
    }

    fn isf(structure: Structure) -> Arrangement {
        Arrangement::new(Form::IndividualServiceFund, Some(structure)).unwrap()
    }

    fn confirmed(net: &str, class: Class, declaration: bool, arrangement: Arrangement) -> Cost {
        cost(pence(net), class, declaration, arrangement, Recovery::Confirmed, on()).unwrap()
    }

    fn pays(net: &str, class: Class, arrangement: Arrangement) -> String {
        confirmed(net, class, true, arrangement).budget_pays.decimal()
    }

    fn line(provider: u64, net: &str, class: Class) -> PackageLine {
        PackageLine { provider, net: pence(net), class, declaration: true }
    }

    fn package_cost(lines: &[PackageLine], arrangement: Arrangement) -> Totals {
        costing(lines, arrangement, Recovery::Confirmed, on()).unwrap().total
    }

    /// The mixed package of example 3.
    fn mixed_package() -> Vec<PackageLine> {
        let care = line_net(UnitPrice::parse("26.40").unwrap(), Quantity::whole(10));
        let day_club = line_net(UnitPrice::parse("54.00").unwrap(), Quantity::whole(2));
        let befriending = line_net(UnitPrice::parse("16.00").unwrap(), Quantity::parse("1.5").unwrap());
        vec![
            line(1, &care.decimal(), Class::C),
            line(2, &day_club.decimal(), Class::D),
            line(3, "18.00", Class::A),
            line(4, &befriending.decimal(), Class::B),
        ]
    }

    /// Every cell of the cost table for a net price of 100.00. Each cell: VAT charged, onward VAT, who recovers (a dash
    /// where there is no VAT), what the budget pays.
    #[test]
    fn every_cell_of_the_cost_table() {
        const NONE: &str = "0.00 0.00 - 100.00";
        const LOST: &str = "20.00 0.00 nobody 120.00";
        const COUNCIL: &str = "20.00 0.00 council 100.00";
        const BOTH: &str = "20.00 20.00 holder_and_council 100.00";
        const ONWARD: &str = "0.00 20.00 council 100.00";
        const LOST_5: &str = "5.00 0.00 nobody 105.00";
        const COUNCIL_5: &str = "5.00 0.00 council 100.00";
        const BOTH_5: &str = "5.00 20.00 holder_and_council 100.00";
        let untaxed = [NONE, NONE, NONE, ONWARD, NONE, NONE];
        let standard = [LOST, LOST, LOST, BOTH, COUNCIL, COUNCIL];
        // Columns: person; agent of the person; exempt principal; taxable principal; agent of the council; council.
        let rows = [
            (Class::A, true, untaxed),
            (Class::B, true, untaxed),
            (Class::B0, true, untaxed),
            (Class::C, true, untaxed),
            (Class::C0, true, untaxed),
            (Class::D, true, standard),
            (Class::F, true, standard),
            (Class::E5, true, [LOST_5, LOST_5, LOST_5, BOTH_5, COUNCIL_5, COUNCIL_5]),
            (Class::G, true, [NONE, NONE, LOST, BOTH, COUNCIL, COUNCIL]),
            (Class::G, false, standard),
        ];
        for (class, declaration, cells) in rows {
            for (cell, arrangements) in cells.into_iter().zip(columns()) {
                for arrangement in arrangements {
                    let cost = confirmed("100.00", class, declaration, arrangement);
                    assert_eq!(cell_of(&cost), cell, "{class:?} {declaration} {}", arrangement.words());
                    assert_eq!(cost.vat_lost(), cost.budget_pays - cost.net);
                }
            }
        }
    }

    fn columns() -> [Vec<Arrangement>; 6] {
        let both = |structure| {
            let forms = [Form::BrokeredFund, Form::IndividualServiceFund];
            forms.map(|form| Arrangement::new(form, Some(structure)).unwrap()).to_vec()
        };
        let persons = [Form::DirectPayment, Form::IndirectPayment, Form::TrustFund];
        [
            persons.map(|form| Arrangement::new(form, None).unwrap()).to_vec(),
            both(Structure::AgentOfPerson),
            both(Structure::PrincipalExempt),
            both(Structure::PrincipalTaxable),
            both(Structure::AgentOfCouncil),
            vec![managed()],
        ]
    }

    fn cell_of(cost: &Cost) -> String {
        let recovered_by = cost.recovered_by.map_or("-", RecoveredBy::code);
        format!(
            "{} {} {recovered_by} {}",
            cost.vat_charged.decimal(),
            cost.onward_vat.decimal(),
            cost.budget_pays.decimal()
        )
    }

    #[test]
    fn the_council_and_an_employee_have_no_invoice() {
        assert_eq!(what_it_costs_rows(pence("100.00"), Class::H, true, on()), Err(Refusal::CouncilsOwnCare));
        let refusal = what_it_costs_rows(pence("100.00"), Class::J, true, on()).unwrap_err();
        assert!(refusal.to_string().starts_with("There is no invoice for the work of a personal assistant"));
    }

    #[test]
    fn unconfirmed_recovery_is_costed_with_none() {
        let unconfirmed = |class, arrangement| {
            cell_of(&cost(pence("100.00"), class, true, arrangement, Recovery::NotConfirmed, on()).unwrap())
        };
        assert_eq!(unconfirmed(Class::D, managed()), "20.00 0.00 nobody 120.00");
        assert_eq!(unconfirmed(Class::D, isf(Structure::AgentOfCouncil)), "20.00 0.00 nobody 120.00");
        assert_eq!(unconfirmed(Class::D, isf(Structure::PrincipalTaxable)), "20.00 20.00 nobody 140.00");
        assert_eq!(unconfirmed(Class::A, isf(Structure::PrincipalTaxable)), "0.00 20.00 nobody 120.00");
        assert_eq!(unconfirmed(Class::C, managed()), "0.00 0.00 - 100.00");
    }

    #[test]
    fn what_it_costs_has_ten_rows_in_their_order() {
        let rows = what_it_costs_rows(pence("108.00"), Class::D, true, on()).unwrap();
        let shown: Vec<String> = rows
            .iter()
            .map(|row| {
                let structure = row.arrangement.structure().map_or("null", Structure::code);
                format!("{} {structure} {}", row.arrangement.form().code(), cell_of(&row.cost))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "direct_payment null 21.60 0.00 nobody 129.60",
                "indirect_payment null 21.60 0.00 nobody 129.60",
                "trust_fund null 21.60 0.00 nobody 129.60",
                "care_managed null 21.60 0.00 council 108.00",
                "brokered_fund agent_of_person 21.60 0.00 nobody 129.60",
                "brokered_fund principal_exempt 21.60 0.00 nobody 129.60",
                "individual_service_fund agent_of_person 21.60 0.00 nobody 129.60",
                "individual_service_fund agent_of_council 21.60 0.00 council 108.00",
                "individual_service_fund principal_exempt 21.60 0.00 nobody 129.60",
                "individual_service_fund principal_taxable 21.60 21.60 holder_and_council 108.00",
            ]
        );
        assert_eq!(
            serde_json::to_string(&rows[7]).unwrap(),
            r#"{"form":"individual_service_fund","structure":"agent_of_council","vat_charged":"21.60","onward_vat":"0.00","recovered_by":"council","budget_pays":"108.00"}"#
        );
        let untaxed = what_it_costs_rows(pence("108.00"), Class::A, true, on()).unwrap();
        assert_eq!(
            serde_json::to_string(&untaxed[0]).unwrap(),
            r#"{"form":"direct_payment","structure":null,"vat_charged":"0.00","onward_vat":"0.00","recovered_by":null,"budget_pays":"108.00"}"#
        );
    }

    #[test]
    fn example_1_the_day_service_of_a_hundred_pounds() {
        let council = confirmed("100.00", Class::D, true, managed());
        assert_eq!((council.net + council.vat_charged, council.recovered), (pence("120.00"), pence("20.00")));
        assert_eq!(council.budget_pays, pence("100.00"));
        assert_eq!(pays("100.00", Class::D, direct()), "120.00");
        let from_the_direct_payment = confirmed("83.33", Class::D, true, direct());
        assert_eq!(from_the_direct_payment.vat_charged, pence("16.67"));
        assert_eq!(from_the_direct_payment.budget_pays, pence("100.00"));
        let whole_hours = line_net(UnitPrice::parse("20.00").unwrap(), Quantity::whole(4));
        let four_hours = confirmed(&whole_hours.decimal(), Class::D, true, direct());
        assert_eq!((four_hours.net, four_hours.vat_charged), (pence("80.00"), pence("16.00")));
        assert_eq!(pence("100.00") - four_hours.budget_pays, pence("4.00"));
    }

    #[test]
    fn example_3_the_mixed_package() {
        let package = mixed_package();
        let council = package_cost(&package, managed());
        assert_eq!((council.net, council.vat_charged), (pence("414.00"), pence("21.60")));
        assert_eq!((council.recovered, council.budget_pays), (pence("21.60"), pence("414.00")));
        assert_eq!(pence("420.00") - council.budget_pays, pence("6.00"));
        let person = package_cost(&package, direct());
        assert_eq!(person.budget_pays, pence("435.60"));
        assert_eq!(person.budget_pays - pence("420.00"), pence("15.60"));
        assert_eq!(package_cost(&package, isf(Structure::AgentOfPerson)).budget_pays, pence("435.60"));
        assert_eq!(package_cost(&package, isf(Structure::AgentOfCouncil)).budget_pays, pence("414.00"));
    }

    #[test]
    fn example_4_the_mixed_package_with_the_holders_fee() {
        let mut package = mixed_package();
        package.push(line(5, "8.50", Class::F));
        let as_agent_of_person = package_cost(&package, isf(Structure::AgentOfPerson)).budget_pays;
        assert_eq!(as_agent_of_person, pence("445.80"));
        assert_eq!(as_agent_of_person - pence("420.00"), pence("25.80"));
        let as_agent_of_council = package_cost(&package, isf(Structure::AgentOfCouncil)).budget_pays;
        assert_eq!(as_agent_of_council, pence("422.50"));
        assert_eq!(as_agent_of_council - pence("420.00"), pence("2.50"));
    }

    #[test]
    fn example_5_an_exempt_holder_as_principal_loses_the_vat() {
        let cost = confirmed("108.00", Class::D, true, isf(Structure::PrincipalExempt));
        assert_eq!((cost.budget_pays, cost.vat_lost()), (pence("129.60"), pence("21.60")));
        assert_eq!(cost.recovered_by, Some(RecoveredBy::Nobody));
    }

    #[test]
    fn example_6_the_cheapest_differs_by_form() {
        assert_eq!(
            (pays("112.00", Class::B, direct()), pays("100.00", Class::D, direct())),
            ("112.00".into(), "120.00".into())
        );
        assert_eq!(
            (pays("112.00", Class::B, managed()), pays("100.00", Class::D, managed())),
            ("112.00".into(), "100.00".into())
        );
    }

    #[test]
    fn example_7_the_reduced_rate() {
        let course = confirmed("45.00", Class::E5, true, direct());
        assert_eq!((course.vat_charged, course.budget_pays), (pence("2.25"), pence("47.25")));
    }

    #[test]
    fn example_8_the_hoist() {
        let declared = confirmed("850.00", Class::G, true, direct());
        assert_eq!(cell_of(&declared), "0.00 0.00 - 850.00");
        assert_eq!(declared.category, Category::ZeroRated);
        assert_eq!(cell_of(&confirmed("850.00", Class::G, true, managed())), "170.00 0.00 council 850.00");
        assert_eq!(cell_of(&confirmed("850.00", Class::G, false, direct())), "170.00 0.00 nobody 1020.00");
    }

    #[test]
    fn traps_5_6_and_9_the_day_club() {
        assert_eq!(confirmed("264.00", Class::C, true, direct()).vat_charged, Pence::ZERO);
        assert_eq!(confirmed("108.00", Class::D, true, direct()).vat_charged, pence("21.60"));
        assert_eq!(confirmed("108.00", Class::B, true, direct()).vat_charged, Pence::ZERO);
        assert_eq!(pays("108.00", Class::D, direct()), "129.60");
        assert_eq!(pays("108.00", Class::D, managed()), "108.00");
        assert_eq!(pays("108.00", Class::D, isf(Structure::PrincipalExempt)), "129.60");
        assert_eq!(pays("108.00", Class::D, isf(Structure::AgentOfCouncil)), "108.00");
    }

    #[test]
    fn traps_10_and_11_the_fee_is_taxed() {
        let fee = confirmed("25.20", Class::F, true, direct());
        assert_eq!((fee.vat_charged, fee.budget_pays), (pence("5.04"), pence("30.24")));
        assert_eq!(pence("420.00") - fee.budget_pays, pence("389.76"));
    }

    #[test]
    fn a_package_rounds_once_per_provider_and_its_lines_add_up() {
        let one_provider = vec![line(1, "10.03", Class::D); 3];
        let costed = costing(&one_provider, direct(), Recovery::Confirmed, on()).unwrap();
        assert_eq!(costed.total.vat_charged, pence("6.02"));
        let shares: Vec<String> = costed.lines.iter().map(|line| line.vat_charged.decimal()).collect();
        assert_eq!(shares, ["2.01", "2.01", "2.00"]);
        let three_providers = [1, 2, 3].map(|provider| line(provider, "10.03", Class::D));
        assert_eq!(package_cost(&three_providers, direct()).vat_charged, pence("6.03"));
        let onward = package_cost(&three_providers, isf(Structure::PrincipalTaxable));
        assert_eq!((onward.vat_charged, onward.onward_vat), (pence("6.03"), pence("6.02")));
        assert_eq!(onward.budget_pays, pence("30.09"));
        assert_eq!(package_cost(&[], direct()), Totals::default());
    }

    #[test]
    fn the_worked_account_of_four_weeks_leaves_156() {
        let week = [
            line(1, "264.00", Class::C),
            line(2, "54.00", Class::D),
            line(3, "18.00", Class::A),
            line(4, "24.00", Class::B),
            line(1, "8.50", Class::F),
        ];
        let total = package_cost(&week, isf(Structure::AgentOfPerson));
        assert_eq!((total.budget_pays, total.vat_charged), (pence("381.00"), pence("12.50")));
        assert_eq!(pence("420.00").times(4) - total.budget_pays.times(4), pence("156.00"));
    }
}
