//! What the council's forms for people, budgets and funds send.

use super::{ContributionMode, NewBudget, NewFund, PaymentFrequency};
use crate::error::Invalid;
use crate::ids::PersonId;
use crate::mail::{EmailAddress, typed};
use crate::people::Address;
use crate::places::Postcode;
use crate::vat::{Form, Recovery, Structure};
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The fields of a new person's form.
pub const PERSON: &[(&str, &str)] = &[
    ("name", "The person's name."),
    ("address_line", "House and street."),
    ("town", "Town."),
    ("postcode", "Postcode."),
    ("email", "The e-mail address to which an invitation to sign in is sent; may be left out."),
];

/// A person to record.
#[derive(Clone, Debug)]
pub struct PersonToRecord {
    /// The name.
    pub name: String,
    /// The address.
    pub address: Address,
    /// Where they are invited to sign in, if they do.
    pub email: Option<EmailAddress>,
}

/// Reads a new person's form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn person(fields: &Fields) -> Result<PersonToRecord, Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("name", "the person’s name", LINE);
    let line = reader.text("address_line", "the house and street", LINE);
    let town = reader.text("town", "the town", LINE);
    let postcode = postcode(&mut reader, fields);
    let email = optional(fields, "email", |_| typed::address(&mut reader, "the e-mail address"));
    reader.finish(|| {
        let address = Address { line: line?, town: town?, postcode: postcode? };
        Some(PersonToRecord { name: name?, address, email: email? })
    })
}

/// The fields of an invitation to sign in as a person.
pub const INVITATION: &[(&str, &str)] = &[("email", "The e-mail address to which the invitation is sent.")];

/// Reads an invitation.
///
/// # Errors
/// A message about the address.
pub fn invitation(fields: &Fields) -> Result<EmailAddress, Invalid> {
    let mut reader = Reader::new(fields);
    let email = typed::address(&mut reader, "the e-mail address");
    reader.finish(|| email)
}

/// A postcode of an area that exists.
fn postcode(reader: &mut Reader<'_>, fields: &Fields) -> Option<String> {
    let Some(text) = fields.get("postcode") else {
        reader.refuse("postcode", "Enter the postcode.");
        return None;
    };
    match Postcode::parse(text) {
        Ok(postcode) if postcode.outcode().place().is_some() => Some(postcode.to_string()),
        Ok(postcode) => {
            reader.refuse("postcode", format!("There is no area {}. Check the postcode.", postcode.outcode()));
            None
        }
        Err(error) => {
            reader.refuse("postcode", error.to_string());
            None
        }
    }
}

/// The fields of a new budget's form.
pub const BUDGET: &[(&str, &str)] = &[
    ("weekly", "The cost of meeting the needs, in pounds per week, the person's part included."),
    ("contribution_weekly", "The most that the person contributes, in pounds per week; empty for nothing."),
    ("starts_on", "From which day."),
    ("agreed_note", "Who agreed it."),
];

/// Reads the form of a new version of a budget.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn budget(fields: &Fields) -> Result<NewBudget, Invalid> {
    let mut reader = Reader::new(fields);
    let weekly = reader.money("weekly", "the amount per week");
    let contribution_weekly = reader.optional_money("contribution_weekly", "the contribution per week");
    let starts_on = reader.date("starts_on", "the first day");
    let agreed_note = reader.text("agreed_note", "who agreed it", TEXT);
    reader.finish(|| {
        Some(NewBudget {
            weekly: weekly?,
            contribution_weekly: contribution_weekly?,
            starts_on: starts_on?,
            agreed_note: agreed_note?,
        })
    })
}

/// The fields of a new fund's form.
pub const FUND: &[(&str, &str)] = &[
    ("form", "direct_payment, indirect_payment, trust_fund, brokered_fund, individual_service_fund or care_managed."),
    ("weekly", "The amount in pounds per week, the person's contribution included."),
    ("vat_uplift_weekly", "What the council gives on top for VAT, in pounds per week; empty for nothing."),
    ("holder", "The number of the organisation that holds it: trust fund, brokered fund, individual service fund."),
    ("nominee", "The number of the user who holds it: indirect payment."),
    (
        "structure",
        "What the holder of a brokered fund or individual service fund is: agent_of_person, agent_of_council, \
         principal_exempt or principal_taxable.",
    ),
    ("recovery_confirmed", "true when a VAT officer has confirmed that VAT comes back."),
    ("payment_frequency", "weekly, two_weekly, four_weekly or monthly."),
    ("contribution_mode", "council_invoices, holder_collects or person_pays_in."),
    ("starts_on", "From which day."),
];

/// Reads a new fund's form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn fund(fields: &Fields, person: PersonId) -> Result<NewFund, Invalid> {
    let mut reader = Reader::new(fields);
    let form = reader.choice("form", "one of the six forms", Form::parse);
    let weekly = reader.money("weekly", "the amount per week");
    let vat_uplift_weekly = reader.optional_money("vat_uplift_weekly", "the amount for VAT per week");
    let holder = optional(fields, "holder", |name| reader.id(name, "the holder"));
    let nominee = optional(fields, "nominee", |name| reader.id(name, "the person who holds the money"));
    let structure = optional(fields, "structure", |name| reader.choice(name, "the structure", Structure::parse));
    let payment_frequency =
        reader.choice("payment_frequency", "how often money is paid in", PaymentFrequency::from_code);
    let contribution_mode =
        reader.choice("contribution_mode", "how the contribution is paid", ContributionMode::from_code);
    let starts_on = reader.date("starts_on", "the first day");
    let recovery = if reader.flag("recovery_confirmed") { Recovery::Confirmed } else { Recovery::NotConfirmed };
    reader.finish(|| {
        Some(NewFund {
            person,
            form: form?,
            weekly: weekly?,
            vat_uplift_weekly: vat_uplift_weekly?,
            holder: holder?,
            nominee: nominee?,
            recovery,
            intended_structure: structure?,
            payment_frequency: payment_frequency?,
            contribution_mode: contribution_mode?,
            starts_on: starts_on?,
        })
    })
}

/// A field that may be left empty; what is typed in it must be right.
fn optional<T>(fields: &Fields, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if fields.get(name).is_none() { Some(None) } else { read(name).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn wrong(invalid: Invalid) -> Vec<String> {
        invalid.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_wrong_field_of_a_person_is_named() {
        let sent = fields(&[("name", ""), ("address_line", "2 Mill Lane"), ("postcode", "ZZ99 9ZZ")]);
        assert_eq!(wrong(person(&sent).unwrap_err()), ["name", "town", "postcode"]);
        let sent = fields(&[
            ("name", "Example Person"),
            ("address_line", "2 Mill Lane"),
            ("town", "Dorchester"),
            ("postcode", "dt11xj"),
        ]);
        assert_eq!(person(&sent).unwrap().address.postcode, "DT1 1XJ");
    }

    #[test]
    fn a_fund_leaves_empty_what_its_form_has_not() {
        let direct = [
            ("form", "direct_payment"),
            ("weekly", "420"),
            ("structure", ""),
            ("holder", ""),
            ("payment_frequency", "four_weekly"),
            ("contribution_mode", "person_pays_in"),
            ("starts_on", "2 11 2026"),
        ];
        let new = fund(&fields(&direct), PersonId::new(1)).unwrap();
        assert_eq!((new.holder, new.intended_structure, new.recovery), (None, None, Recovery::NotConfirmed));
        let sent = [("form", "isf"), ("weekly", "-1"), ("holder", "x"), ("structure", "agent"), ("nominee", "1.5")];
        let named = wrong(fund(&fields(&sent), PersonId::new(1)).unwrap_err());
        assert_eq!(
            named,
            ["form", "weekly", "holder", "nominee", "structure", "payment_frequency", "contribution_mode", "starts_on"]
        );
    }
}
