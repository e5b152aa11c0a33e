//! The domain's numbers: golden documents, the four weeks of the worked account, who is addressed and who decides.

use proptest::prelude::*;

use super::*;
use crate::auth::rights::{Authority, Mandate, Membership, Role, Scopes};
use crate::ids::{
    AgreementId, DocumentId, FundId, InvoiceId, MandateId, OrderId, OrderLineId, PackageId, PersonId, UserId,
};
use crate::money::UnitPrice;
use crate::packages::{OrderLineKind, OrderStatus};
use crate::vat::{Arrangement, Class, Recovery, Structure};

pub(crate) const HOLDER: i64 = 2;
pub(crate) const DAY_CLUB: i64 = 3;
const COUNCIL: i64 = 1;

fn day(text: &str) -> NaiveDate {
    calendar::parse_date(text).unwrap()
}

fn pounds(text: &str) -> Pence {
    Pence::parse(text).unwrap()
}

fn line(id: i64, price: &str, class: Class) -> OrderLine {
    OrderLine {
        id: OrderLineId::new(id),
        order: OrderId::new(1),
        kind: OrderLineKind::Service,
        service: None,
        provider: OrganisationId::new(DAY_CLUB),
        provider_name: "Day club".to_owned(),
        description: format!("Line {id}"),
        unit: "hour".to_owned(),
        unit_price: UnitPrice::parse(price).unwrap(),
        class,
        declaration: false,
        quantity: Quantity::whole(40),
        net: Pence::ZERO,
        budget: Pence::ZERO,
        times: crate::packages::Times::default(),
    }
}

fn isf(structure: Structure) -> TaxTerms {
    let arrangement = Arrangement::new(Form::IndividualServiceFund, Some(structure)).unwrap();
    TaxTerms { arrangement, recovery: Recovery::Confirmed }
}

fn drafted(billed: &[(OrderLine, &str)], terms: TaxTerms) -> Result<Vec<InvoiceLine>, Refusal> {
    let billed: Vec<Billed<'_>> =
        billed.iter().map(|(line, quantity)| Billed::by_quantity(line, Quantity::parse(quantity).unwrap())).collect();
    draft(&billed, terms, day("2026-11-30"))
}

/// "net | groups | VAT | total" of a document to the person.
fn golden(billed: &[(OrderLine, &str)]) -> String {
    let lines = drafted(billed, isf(Structure::AgentOfPerson)).unwrap();
    let sums = sums(&lines);
    let group = |group: VatGroup| {
        let rate = if group.category == Category::Taxed { group.rate.decimal() } else { String::new() };
        format!("{}{rate} {} -> {}", group.category.code(), group.net.decimal(), group.vat.decimal())
    };
    let groups: Vec<String> = groups(&lines).into_iter().map(group).collect();
    format!("{} | {} | {} | {}", sums.net.decimal(), groups.join("; "), sums.vat.decimal(), sums.total.decimal())
}

#[test]
fn golden_documents_have_their_totals() {
    let g1 = [(line(1, "26.40", Class::C), "10"), (line(2, "54.00", Class::D), "2")];
    assert_eq!(golden(&g1), "372.00 | E 264.00 -> 0.00; S20 108.00 -> 21.60 | 21.60 | 393.60");
    assert_eq!(golden(&[(line(1, "18.00", Class::A), "1")]), "18.00 | O 18.00 -> 0.00 | 0.00 | 18.00");
    let g4 = [(line(1, "45.00", Class::E5), "1"), (line(2, "54.00", Class::D), "1")];
    assert_eq!(golden(&g4), "99.00 | S5 45.00 -> 2.25; S20 54.00 -> 10.80 | 13.05 | 112.05");
    let g6 = [1, 2, 3].map(|id| (line(id, "10.03", Class::D), "1"));
    assert_eq!(golden(&g6), "30.09 | S20 30.09 -> 6.02 | 6.02 | 36.11");
}

#[test]
fn four_weeks_of_the_worked_account_cost_its_1524_pounds() {
    // Domain reference 3.4: each provider's own document; the holder's care and its fee apart.
    let documents = [
        vec![(line(1, "26.40", Class::C), "40")],
        vec![(line(2, "54.00", Class::D), "4")],
        vec![(line(3, "18.00", Class::A), "4")],
        vec![(line(4, "16.00", Class::B), "6")],
        vec![(line(5, "8.50", Class::F), "4")],
    ];
    let all = documents.map(|billed| sums(&drafted(&billed, isf(Structure::AgentOfPerson)).unwrap()));
    assert_eq!(all.map(|sums| sums.total.decimal()), ["1056.00", "259.20", "72.00", "96.00", "40.80"]);
    assert_eq!(all.iter().map(|sums| sums.budget).sum::<Pence>(), pounds("1524.00"));
    let lost: Pence = all.iter().map(|sums| sums.budget - sums.net).sum();
    assert_eq!(lost, pounds("50.00"), "12.50 a week");
}

#[test]
fn the_agent_of_the_council_costs_the_budget_the_net() {
    let lines = drafted(&[(line(2, "54.00", Class::D), "4")], isf(Structure::AgentOfCouncil)).unwrap();
    assert_eq!((sums(&lines).total, sums(&lines).budget), (pounds("259.20"), pounds("216.00")));
    let lines = drafted(&[(line(2, "54.00", Class::D), "4")], isf(Structure::PrincipalExempt)).unwrap();
    assert_eq!(sums(&lines).budget, pounds("259.20"));
}

#[test]
fn what_is_outside_vat_shares_no_document_with_what_is_not() {
    let mixed = [(line(1, "8.50", Class::F), "1"), (line(2, "18.00", Class::A), "1")];
    assert!(matches!(drafted(&mixed, isf(Structure::AgentOfPerson)), Err(Refusal::Vat(_))));
    assert_eq!(drafted(&[], isf(Structure::AgentOfPerson)), Err(Refusal::Nothing));
}

#[test]
fn the_class_must_fit_the_registration_on_the_day_of_delivery() {
    let statement = |status, from: &str| VatRegistration::new(status, None, day(from));
    let history = [statement(VatStatus::NotRegistered, "2026-01-01"), statement(VatStatus::Registered, "2026-12-01")];
    let fits = |line: &OrderLine, on: &str| check_registration(line, &history, day(on));
    let (art, club, own) = (line(1, "18.00", Class::A), line(2, "54.00", Class::D), line(3, "1.00", Class::H));
    assert!(fits(&art, "2026-11-30").is_ok());
    assert!(fits(&club, "2026-12-01").is_ok() && fits(&own, "2026-12-01").is_ok());
    let refused = fits(&art, "2026-12-01").unwrap_err().to_string();
    assert!(refused.starts_with("Line 1 was ordered from a provider not registered for VAT. On 1 December 2026,"));
    assert!(fits(&club, "2026-11-30").is_err());
}

#[test]
fn fees_are_for_weeks_that_have_passed() {
    let order = Order {
        id: OrderId::new(1),
        package: PackageId::new(1),
        fund: FundId::new(1),
        agreement: Some(AgreementId::new(1)),
        form: Form::IndividualServiceFund,
        structure: Some(Structure::AgentOfPerson),
        recovery: Recovery::Confirmed,
        starts_on: day("2026-11-02"),
        weeks: 4,
        budget: pounds("1524.00"),
        status: OrderStatus::Open,
        ordered_by: UserId::new(1),
        authority: String::new(),
        version: 1,
    };
    let passed = ["2026-10-01", "2026-11-08", "2026-11-09", "2026-11-30", "2027-01-01"];
    assert_eq!(passed.map(|today| weeks_passed(&order, day(today))), [0, 0, 1, 4, 4]);
}

// ---- to whom ----

fn named(name: &str) -> Addressee {
    Addressee { name: name.to_owned(), address: vec![format!("{name} Street")] }
}

fn around(holder: bool) -> Around {
    Around {
        person: named("Person"),
        council: named("Council"),
        holder: holder.then(|| (OrganisationId::new(HOLDER), named("Holder"))),
        nominee: Some("Nominee".to_owned()),
    }
}

#[test]
fn the_addressee_follows_from_who_pays() {
    let to = |payer, provider, holder| {
        let found = addressee(payer, OrganisationId::new(provider), &around(holder));
        format!("{}: {}", found.name, found.address.join(", "))
    };
    assert_eq!(to(Payer::Person, DAY_CLUB, false), "Person: Person Street");
    assert_eq!(to(Payer::Person, DAY_CLUB, true), "Person: care of Holder, Holder Street");
    assert_eq!(to(Payer::Person, HOLDER, true), "Person: Person Street", "nobody writes to themselves");
    assert_eq!(to(Payer::Nominee, DAY_CLUB, false), "Person: care of Nominee, Person Street");
    assert_eq!(to(Payer::Trust, DAY_CLUB, true), "Holder: Holder Street");
    assert_eq!(to(Payer::Holder, DAY_CLUB, true), "Holder: Holder Street");
    assert_eq!(to(Payer::Holder, HOLDER, true), "Council: Council Street");
    assert_eq!(to(Payer::Council, DAY_CLUB, false), "Council: Council Street");
    assert_eq!(to(Payer::Council, DAY_CLUB, true), "Council: care of Holder, Holder Street");
    assert!(names_person(Payer::Nominee) && !names_person(Payer::Council));
}

// ---- who decides ----

/// What is billed.
const BILL: Pence = Pence::from_pence(12_960);

pub(crate) fn member(organisation: i64) -> Actor {
    let membership = Membership {
        organisation: OrganisationId::new(organisation),
        name: "Example".to_owned(),
        roles: vec![Role::Officer, Role::Coordinator, Role::Finance],
        is_council: organisation == COUNCIL,
        is_provider: organisation != COUNCIL,
        is_holder: organisation == HOLDER,
        is_broker: false,
    };
    Actor::for_test(None, vec![membership], vec![])
}

pub(crate) fn person() -> Actor {
    Actor::for_test(Some(PersonId::new(7)), vec![], vec![])
}

fn attorney() -> Actor {
    let mandate = Mandate {
        id: MandateId::new(5),
        person: PersonId::new(7),
        person_name: "Person".to_owned(),
        organisation: None,
        authority: Authority::Attorney,
        scopes: Authority::Attorney.usual(),
        until: None,
        hidden: vec![],
    };
    Actor::for_test(None, vec![], vec![mandate])
}

pub(crate) fn parties(payer: Payer, provider: i64, form: Form) -> Parties {
    let held = matches!(form, Form::IndividualServiceFund | Form::BrokeredFund | Form::TrustFund);
    Parties {
        provider: OrganisationId::new(provider),
        person: PersonId::new(7),
        council: OrganisationId::new(COUNCIL),
        holder: held.then(|| OrganisationId::new(HOLDER)),
        nominee: None,
        form,
        payer,
    }
}

/// An invoice of £129.60 between some parties.
pub(crate) fn invoice(parties: Parties) -> Invoice {
    Invoice {
        id: InvoiceId::new(1),
        kind: InvoiceKind::Invoice,
        number: 1,
        parties,
        provider_name: "Day club".to_owned(),
        fund: FundId::new(1),
        order: OrderId::new(1),
        credits: None,
        credit_reason: None,
        addressee: Addressee::default(),
        person_reference: String::new(),
        issued_on: day("2026-11-30"),
        period_from: day("2026-11-02"),
        period_to: day("2026-11-29"),
        due_on: day("2026-12-30"),
        net: BILL,
        vat: Pence::ZERO,
        total: BILL,
        budget: BILL,
        status: InvoiceStatus::Issued,
        query_reason: None,
        issued_by: UserId::new(90),
        decided_by: None,
        authority: None,
        decided_on: None,
        paid_on: None,
        payment_reference: None,
        document: DocumentId::new(1),
        version: 1,
    }
}

/// Who of person, attorney, holder, council and provider may.
fn allowed(may: impl Fn(&Actor) -> bool) -> String {
    let actors = [
        ("person", person()),
        ("attorney", attorney()),
        ("holder", member(HOLDER)),
        ("council", member(COUNCIL)),
        ("provider", member(DAY_CLUB)),
    ];
    let names: Vec<&str> = actors.iter().filter(|(_, actor)| may(actor)).map(|(name, _)| *name).collect();
    names.join(" ")
}

#[test]
fn whoever_pays_decides_and_nobody_on_their_own() {
    let isf = Form::IndividualServiceFund;
    let rows = [
        (Payer::Person, DAY_CLUB, Form::DirectPayment, "person attorney"),
        (Payer::Person, DAY_CLUB, isf, "person attorney holder"),
        (Payer::Person, HOLDER, isf, "person attorney"),
        (Payer::Trust, DAY_CLUB, Form::TrustFund, "person attorney holder"),
        (Payer::Holder, DAY_CLUB, isf, "holder"),
        (Payer::Holder, HOLDER, isf, "person attorney"),
        (Payer::Council, DAY_CLUB, Form::CareManaged, "council"),
        (Payer::Council, DAY_CLUB, isf, "holder council"),
        (Payer::Council, HOLDER, isf, "council"),
    ];
    for (payer, provider, form, expected) in rows {
        let parties = parties(payer, provider, form);
        assert_eq!(
            allowed(|actor| may_approve(actor, &parties, BILL).is_ok()),
            expected,
            "{payer:?} {provider} {form:?}"
        );
    }
    let own = may_approve(&member(HOLDER), &parties(Payer::Person, HOLDER, isf), BILL);
    assert_eq!(own, Err(Refusal::OwnInvoice));
    let authority = may_approve(&attorney(), &parties(Payer::Person, DAY_CLUB, isf), BILL).unwrap();
    assert_eq!(authority, "attorney under mandate 5");
}

#[test]
fn the_person_may_always_query_and_whoever_holds_the_money_pays() {
    let parties_of = |payer, form| parties(payer, DAY_CLUB, form);
    let held = parties_of(Payer::Holder, Form::IndividualServiceFund);
    assert_eq!(allowed(|actor| may_query(actor, &held).is_ok()), "person attorney holder");
    assert_eq!(allowed(|actor| may_pay(actor, &held).is_ok()), "holder");
    let direct = parties_of(Payer::Person, Form::DirectPayment);
    assert_eq!(allowed(|actor| may_pay(actor, &direct).is_ok()), "person attorney");
    let managed = parties_of(Payer::Council, Form::CareManaged);
    assert_eq!(allowed(|actor| may_pay(actor, &managed).is_ok()), "council");
    let trust = parties_of(Payer::Trust, Form::TrustFund);
    assert_eq!(allowed(|actor| may_pay(actor, &trust).is_ok()), "holder");
    assert_eq!(allowed(|actor| sees(actor, &held)), "person attorney holder council provider");
    assert_eq!(allowed(|actor| sees_fund(actor, &held)), "person attorney holder council");
}

#[test]
fn who_decides_and_who_pays_is_said_to_the_person_themself_and_to_others() {
    let isf = Form::IndividualServiceFund;
    let decides = [
        (Payer::Person, DAY_CLUB, Form::DirectPayment),
        (Payer::Nominee, DAY_CLUB, Form::IndirectPayment),
        (Payer::Person, DAY_CLUB, isf),
        (Payer::Trust, DAY_CLUB, Form::TrustFund),
        (Payer::Holder, HOLDER, isf),
        (Payer::Holder, DAY_CLUB, isf),
        (Payer::Council, DAY_CLUB, isf),
        (Payer::Council, DAY_CLUB, Form::CareManaged),
    ];
    let said = |own| decides.map(|(payer, provider, form)| who_decides(&parties(payer, provider, form), own));
    let (alone, with_holder) =
        ("the person, or somebody who acts for them", "the person, somebody who acts for them, or the fund holder");
    let holder = "the fund holder";
    let council = ["the council’s finance officer, or the fund holder as its agent", "the council’s finance officer"];
    let [agent, officer] = council;
    assert_eq!(said(false), [alone, alone, with_holder, with_holder, alone, holder, agent, officer]);
    let (alone, with_holder) =
        ("you, or somebody who acts for you", "you, somebody who acts for you, or the fund holder");
    assert_eq!(said(true), [alone, alone, with_holder, with_holder, alone, holder, agent, officer]);
    let forms = [
        (Form::DirectPayment, "the person, or somebody who acts for them", "you, or somebody who acts for you"),
        (Form::IndirectPayment, "the person who holds the payment", "the person who holds the payment for you"),
        (Form::TrustFund, "the trustees", "the trustees"),
        (Form::BrokeredFund, holder, holder),
        (isf, holder, holder),
        (Form::CareManaged, "the council", "the council"),
    ];
    for (form, to_others, to_the_person) in forms {
        assert_eq!([false, true].map(|own| who_pays(form, own)), [to_others, to_the_person]);
    }
}

// ---- credit ----

fn credit_of(line: &InvoiceLine, before: &str, now: &str) -> CreditLine {
    CreditLine {
        line: line.clone(),
        declaration: false,
        before: Quantity::parse(before).unwrap(),
        now: Quantity::parse(now).unwrap(),
    }
}

#[test]
fn trap_24_and_golden_3_two_hours_are_credited_with_their_vat() {
    let terms = isf(Structure::AgentOfPerson);
    let sent = drafted(&[(line(1, "25.00", Class::D), "20")], terms).unwrap();
    assert_eq!((sums(&sent).net, sums(&sent).vat), (pounds("500.00"), pounds("100.00")));
    let credited = credit_lines(&[credit_of(&sent[0], "0", "2")], terms, day("2026-11-30")).unwrap();
    let taken = sums(&credited);
    assert_eq!((taken.net, taken.vat, taken.total), (pounds("50.00"), pounds("10.00"), pounds("60.00")));
    assert_eq!(sums(&sent).less(taken).total, pounds("540.00"));
    assert_eq!(taken.budget, pounds("60.00"));
}

#[test]
fn no_more_is_credited_than_was_billed() {
    let terms = isf(Structure::AgentOfPerson);
    let sent = drafted(&[(line(1, "25.00", Class::D), "20")], terms).unwrap();
    let refused = credit_lines(&[credit_of(&sent[0], "19", "2")], terms, day("2026-11-30")).unwrap_err();
    assert_eq!(refused.to_string(), "1 hour of “Line 1” can still be credited. Enter that much or less.");
    let refused = credit_lines(&[credit_of(&sent[0], "0", "0")], terms, day("2026-11-30")).unwrap_err();
    assert_eq!(refused, Refusal::NothingCredited);
    assert!(is_whole(&[credit_of(&sent[0], "19", "1")]));
    assert_eq!(after_credit(InvoiceStatus::Paid, true), InvoiceStatus::Credited);
    assert_eq!(after_credit(InvoiceStatus::Queried, false), InvoiceStatus::Issued);
}

#[test]
fn the_difference_is_a_sentence() {
    let agreed = line(1, "54.00", Class::D);
    let billed = drafted(&[(agreed.clone(), "4")], isf(Structure::AgentOfPerson)).unwrap().remove(0);
    let none = Quantity::from_hundredths(0);
    let four = Some(Quantity::whole(4));
    let (sentence, differs) = difference(&billed, &agreed, four, none);
    assert_eq!(
        (sentence.as_str(), differs),
        ("No difference: billed is what was confirmed, at the agreed price.", false)
    );
    let (sentence, differs) = difference(&billed, &agreed, Some(Quantity::whole(3)), Quantity::ONE);
    assert_eq!(
        (sentence.as_str(), differs),
        ("1 hour more was billed than was confirmed. 1 hour of it was credited.", true)
    );
}

proptest! {
    /// What was ordered is frozen as one sum and billed in documents that are each exact: quantity times price and the VAT on
    /// that. They come to little more than half a penny more or less for the line and as much for its VAT, on each document,
    /// and the books take that from what is free or give it back.
    #[test]
    fn several_documents_stay_within_pennies_of_one(
        price in 1_i64..2_000_000, parts in prop::collection::vec(1_i64..500, 1..12), taxed in any::<bool>(),
    ) {
        let class = if taxed { Class::D } else { Class::C };
        let price = UnitPrice::from_hundredths_of_a_penny(price);
        let ordered = OrderLine { unit_price: price, ..line(1, "1.00", class) };
        let billed = |hundredths: i64| {
            let some = Billed::by_quantity(&ordered, Quantity::from_hundredths(hundredths));
            sums(&draft(&[some], isf(Structure::AgentOfPerson), day("2026-11-30")).unwrap()).budget
        };
        let documents = i64::try_from(parts.len()).unwrap();
        let (frozen, all) = (billed(parts.iter().sum()), parts.iter().map(|part| billed(*part)).sum::<Pence>());
        // Half a penny of the line, a fifth of that and half a penny of VAT, on each of them and on the one sum.
        prop_assert!((all - frozen).pence().abs() * 10 <= 11 * (documents + 1), "{} and {}", all, frozen);
    }

    /// Whatever the parts, all credit notes of an invoice together take back exactly the invoice.
    #[test]
    fn credits_add_up_to_the_invoice(
        prices in prop::collection::vec(1_i64..2_000_000, 1..4), parts in prop::collection::vec(1_i64..500, 1..6),
        taxed in any::<bool>(), council in any::<bool>(),
    ) {
        let terms = isf(if council { Structure::AgentOfCouncil } else { Structure::AgentOfPerson });
        let class = if taxed { Class::D } else { Class::C };
        let whole: i64 = parts.iter().sum();
        let ordered: Vec<OrderLine> = prices.iter().enumerate().map(|(place, price)| OrderLine {
            unit_price: UnitPrice::from_hundredths_of_a_penny(*price),
            ..line(i64::try_from(place).unwrap(), "1.00", class)
        }).collect();
        let billed: Vec<Billed<'_>> =
            ordered.iter().map(|line| Billed::by_quantity(line, Quantity::from_hundredths(whole))).collect();
        let sent = draft(&billed, terms, day("2026-11-30")).unwrap();
        let mut left = sums(&sent);
        let mut before = 0;
        for part in parts {
            let lines: Vec<CreditLine> = sent.iter().map(|line| CreditLine {
                line: line.clone(), declaration: false,
                before: Quantity::from_hundredths(before), now: Quantity::from_hundredths(part),
            }).collect();
            left = left.less(sums(&credit_lines(&lines, terms, day("2026-11-30")).unwrap()));
            prop_assert!(!left.total.is_negative() && !left.budget.is_negative());
            before += part;
        }
        prop_assert_eq!(left, Sums::default());
    }
}

#[test]
fn a_mandate_reaches_bills_of_up_to_its_amount_and_a_broker_prepares() {
    let with = |authority: Authority, approve: Approval| {
        let scopes = Scopes { approve, ..authority.usual() };
        let mandate = Mandate { authority, scopes, ..attorney().mandates()[0].clone() };
        Actor::for_test(None, vec![], vec![mandate])
    };
    let own = parties(Payer::Person, DAY_CLUB, Form::DirectPayment);
    let carer = with(Authority::Carer, Approval::UpTo(Pence::from_pence(10_000)));
    assert!(may_approve(&carer, &own, Pence::from_pence(10_000)).is_ok());
    let beyond = may_approve(&carer, &own, Pence::from_pence(10_001));
    assert_eq!(beyond, Err(Refusal::BeyondMandate(Pence::from_pence(10_000))));
    assert!(may_query(&carer, &own).is_ok());
    let broker = with(Authority::Broker, Authority::Broker.usual().approve);
    assert!(sees(&broker, &own));
    assert!(may_approve(&broker, &own, Pence::ZERO).is_err() && may_query(&broker, &own).is_err());
}
