//! VAT on one document: once per category and rate, half up, as EN 16931 has it (BR-CO-17), and allotted back to the lines.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Category, Class, Recipient, Refusal, Treatment};
use crate::money::{BasisPoints, Pence};

/// One line of a document, with its net amount already rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentLine {
    /// The line's amount without VAT.
    pub net: Pence,
    /// The class of the service.
    pub class: Class,
    /// For goods (class G): whether the person's declaration is held.
    pub declaration: bool,
}

/// The lines of a document that share a category and a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Category, rate and ground.
    #[serde(flatten)]
    pub treatment: Treatment,
    /// The sum of the lines (BT-116).
    pub net: Pence,
    /// The VAT on that sum (BT-117).
    pub vat: Pence,
}

/// The VAT of a whole document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentVat {
    /// The groups, in the order in which their first lines come.
    pub groups: Vec<Group>,
    /// How each line is taxed, in the order of the lines.
    pub line_treatments: Vec<Treatment>,
    /// Each line's part of its group's VAT, in the order of the lines; they add up to `vat`.
    pub line_vat: Vec<Pence>,
    /// The sum of the lines (BT-106).
    pub net: Pence,
    /// All VAT (BT-110).
    pub vat: Pence,
    /// The total with VAT (BT-112).
    pub gross: Pence,
}

/// The VAT of a document to a recipient, by its tax point.
///
/// Refused where a line can have no invoice, or where lines outside the scope of VAT would share it with others.
pub fn document(lines: &[DocumentLine], recipient: Recipient, tax_point: NaiveDate) -> Result<DocumentVat, Refusal> {
    let treatment = |line: &DocumentLine| line.class.treatment(line.declaration, recipient, tax_point);
    let treatments: Vec<Treatment> = lines.iter().map(treatment).collect::<Result<_, _>>()?;
    let outside = treatments.iter().filter(|treatment| treatment.category == Category::OutsideScope).count();
    if outside > 0 && outside < treatments.len() {
        return Err(Refusal::CannotShareDocument);
    }
    let taxed = lines.iter().zip(&treatments);
    let keyed = taxed.map(|(line, taxed)| ((taxed.category, taxed.rate), line.net, taxed.rate));
    let line_vat = vat_by_group(&keyed.collect::<Vec<_>>());
    let mut groups: Vec<Group> = Vec::new();
    for ((line, treatment), vat) in lines.iter().zip(&treatments).zip(&line_vat) {
        add_to_group(&mut groups, *treatment, line.net, *vat);
    }
    let net: Pence = lines.iter().map(|line| line.net).sum();
    let vat: Pence = groups.iter().map(|group| group.vat).sum();
    Ok(DocumentVat { groups, line_treatments: treatments, line_vat, net, vat, gross: net + vat })
}

/// Adds a line to the group of its category and rate, opening it where it is the first.
fn add_to_group(groups: &mut Vec<Group>, treatment: Treatment, net: Pence, vat: Pence) {
    let same =
        |group: &&mut Group| (group.treatment.category, group.treatment.rate) == (treatment.category, treatment.rate);
    match groups.iter_mut().find(same) {
        Some(group) => {
            group.net += net;
            group.vat += vat;
        }
        None => groups.push(Group { treatment, net, vat }),
    }
}

/// The VAT of each line when it is worked out once per group: the group's net is summed, its VAT rounded once, and split
/// over its lines by their net amounts. Each line comes as its group's key, its net amount and the group's rate.
pub(super) fn vat_by_group<K: Ord + Copy>(lines: &[(K, Pence, BasisPoints)]) -> Vec<Pence> {
    let mut members: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (index, (key, ..)) in lines.iter().enumerate() {
        members.entry(*key).or_default().push(index);
    }
    let mut vat = vec![Pence::ZERO; lines.len()];
    for indices in members.into_values() {
        let weights: Vec<i64> = indices.iter().map(|index| lines[*index].1.pence()).collect();
        let net: Pence = indices.iter().map(|index| lines[*index].1).sum();
        let rate = indices.first().map_or(BasisPoints::ZERO, |first| lines[*first].2);
        for (index, part) in indices.into_iter().zip(net.share(rate).split(&weights)) {
            vat[index] = part;
        }
    }
    vat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;
    use crate::money::{Quantity, UnitPrice, line_net, line_net_per};

    fn pence(text: &str) -> Pence {
        Pence::parse_signed(text).unwrap()
    }

    fn of_lines(lines: &[(Pence, Class)]) -> Result<DocumentVat, Refusal> {
        let line = |(net, class): &(Pence, Class)| DocumentLine { net: *net, class: *class, declaration: true };
        let lines: Vec<DocumentLine> = lines.iter().map(line).collect();
        document(&lines, Recipient::Person, parse_date("2026-11-21").unwrap())
    }

    /// "net | category rate net vat; ... | VAT | gross", and that the lines add up.
    fn shown(lines: &[(Pence, Class)]) -> String {
        let document = of_lines(lines).unwrap();
        assert_eq!(document.line_vat.iter().sum::<Pence>(), document.vat);
        let group = |group: &Group| {
            let rate = group.treatment.percent().map_or("none".to_owned(), |rate| rate.decimal());
            format!("{} {rate} {} {}", group.treatment.category.code(), group.net.decimal(), group.vat.decimal())
        };
        let groups: Vec<String> = document.groups.iter().map(group).collect();
        format!(
            "{} | {} | {} | {}",
            document.net.decimal(),
            groups.join("; "),
            document.vat.decimal(),
            document.gross.decimal()
        )
    }

    fn times(price: &str, quantity: &str) -> Pence {
        line_net(UnitPrice::parse(price).unwrap(), Quantity::parse(quantity).unwrap())
    }

    #[test]
    fn golden_documents() {
        let g1 = [(times("26.40", "10"), Class::C), (times("54.00", "2"), Class::D)];
        assert_eq!(shown(&g1), "372.00 | E 0 264.00 0.00; S 20 108.00 21.60 | 21.60 | 393.60");
        assert_eq!(of_lines(&g1).unwrap().gross - pence("61.37"), pence("332.23"), "G1 less what was collected");
        let g2 = [(times("18.00", "1"), Class::A)];
        assert_eq!(shown(&g2), "18.00 | O none 18.00 0.00 | 0.00 | 18.00");
        let g3 = [(times("25.00", "2"), Class::D)];
        assert_eq!(shown(&g3), "50.00 | S 20 50.00 10.00 | 10.00 | 60.00");
        let g4 = [(pence("45.00"), Class::E5), (pence("54.00"), Class::D)];
        assert_eq!(shown(&g4), "99.00 | S 5 45.00 2.25; S 20 54.00 10.80 | 13.05 | 112.05");
        let by_minutes = line_net_per(UnitPrice::parse("26.40").unwrap(), Quantity::whole(25), Quantity::whole(60));
        assert_eq!(shown(&[(by_minutes, Class::C)]), "11.00 | E 0 11.00 0.00 | 0.00 | 11.00");
        let g6 = [(pence("10.03"), Class::D); 3];
        assert_eq!(shown(&g6), "30.09 | S 20 30.09 6.02 | 6.02 | 36.11");
    }

    #[test]
    fn trap_3_vat_is_rounded_per_group_and_allotted_to_the_lines() {
        let document = of_lines(&[(pence("10.03"), Class::D); 3]).unwrap();
        assert_eq!(document.line_vat, [pence("2.01"), pence("2.01"), pence("2.00")]);
        let per_line: Pence = [pence("10.03"); 3].iter().map(|net| net.pro_rata(20, 100)).sum();
        assert_eq!(per_line, pence("6.03"), "what rounding per line would make of it");
    }

    #[test]
    fn trap_4_half_pennies_at_five_per_cent_go_up() {
        assert_eq!(of_lines(&[(pence("10.10"), Class::E5)]).unwrap().vat, pence("0.51"));
    }

    #[test]
    fn trap_8_what_is_outside_vat_cannot_share_a_document() {
        let fee_and_disbursement = [(pence("8.50"), Class::F), (pence("18.00"), Class::A)];
        assert_eq!(of_lines(&fee_and_disbursement), Err(Refusal::CannotShareDocument));
        assert_eq!(of_lines(&fee_and_disbursement[..1]).unwrap().gross, pence("10.20"));
        assert_eq!(of_lines(&fee_and_disbursement[1..]).unwrap().gross, pence("18.00"));
        assert!(of_lines(&[(pence("1.00"), Class::D), (pence("1.00"), Class::B)]).is_ok(), "S and E may");
    }

    #[test]
    fn a_line_that_takes_back_carries_its_vat() {
        let document = of_lines(&[(pence("100.00"), Class::D), (pence("-50.00"), Class::F)]).unwrap();
        assert_eq!(document.groups.len(), 1, "one group for one category and rate");
        assert_eq!(document.line_vat, [pence("20.00"), pence("-10.00")]);
        assert_eq!(document.gross, pence("60.00"));
    }

    #[test]
    fn trap_24_a_credit_leaves_the_right_rest() {
        let sent = of_lines(&[(pence("500.00"), Class::D)]).unwrap();
        let credited = of_lines(&[(times("25.00", "2"), Class::D)]).unwrap();
        assert_eq!((sent.net - credited.net, sent.vat - credited.vat), (pence("450.00"), pence("90.00")));
    }

    #[test]
    fn an_invoice_of_what_has_no_invoice_is_refused() {
        assert_eq!(of_lines(&[(pence("1.00"), Class::J)]), Err(Refusal::EmployedAssistant));
        assert_eq!(of_lines(&[]).map(|document| document.gross), Ok(Pence::ZERO));
    }
}
