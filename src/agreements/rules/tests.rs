//! The rules of agreements, by the worked account of the domain reference (3.4, 6.2).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};

use super::super::{
    Agreement, Cause, Choices, FeePosition, NoticeWeeks, Parties, Party, Signature, Status, SurplusRule, Terms,
};
use super::{Refusal, ending, terms, text, *};
use crate::auth::rights::{Authority, Mandate, Membership, Role};
use crate::budgets::{ContributionMode, PaymentFrequency, PersonalBudget};
use crate::error::Error;
use crate::ids::{BudgetId, EntryId, FundId, MandateId, OrganisationId, PersonId};
use crate::ledger::rules as books;
use crate::ledger::{Account, Balances, EntryKind, RecordedEntry};
use crate::vat::{Form, Recovery, Structure};

fn pounds(text: &str) -> Pence {
    Pence::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    calendar::parse_date(text).unwrap()
}

const PERSON: PersonId = PersonId::new(1);
const COUNCIL: OrganisationId = OrganisationId::new(1);
const HOLDER: OrganisationId = OrganisationId::new(2);
const DAY_CLUB: OrganisationId = OrganisationId::new(3);

fn fund(form: Form) -> Fund {
    let organisation = matches!(form, Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund);
    Fund {
        id: FundId::new(1),
        person: PERSON,
        council: COUNCIL,
        form,
        weekly: pounds("420.00"),
        vat_uplift_weekly: Pence::ZERO,
        holder: organisation.then_some(HOLDER),
        nominee: (form == Form::IndirectPayment).then(|| UserId::new(1)),
        recovery: Recovery::Confirmed,
        intended_structure: form.needs_structure().then_some(Structure::AgentOfPerson),
        terms: None,
        payment_frequency: PaymentFrequency::FourWeekly,
        contribution_mode: ContributionMode::HolderCollects,
        starts_on: day("2026-11-02"),
        ended_on: None,
        version: 1,
    }
}

fn budget() -> PersonalBudget {
    PersonalBudget {
        id: BudgetId::new(1),
        person: PERSON,
        council: COUNCIL,
        weekly: pounds("420.00"),
        contribution_weekly: pounds("61.37"),
        starts_on: day("2026-11-02"),
        agreed_note: String::new(),
    }
}

fn choices(structure: Option<Structure>) -> Choices {
    Choices {
        structure,
        starts_on: day("2026-11-02"),
        payment_frequency: PaymentFrequency::FourWeekly,
        advance_days: 14,
        fee_weekly: pounds("8.50"),
        fee_position: FeePosition::FromBudget,
        surplus_rule: SurplusRule::ProRata,
        surplus_cap_weeks: 4,
        notice: NoticeWeeks { person: 4, holder: 8, council: 4 },
    }
}

fn made(choices: &Choices, fund: &Fund) -> Result<Terms, Refusal> {
    terms::terms(choices, fund, Some(&budget()), true, day("2026-11-02"))
}

fn agreement(status: Status) -> Agreement {
    let terms = made(&choices(Some(Structure::AgentOfPerson)), &fund(Form::IndividualServiceFund)).unwrap();
    Agreement {
        id: AgreementId::new(1),
        fund: FundId::new(1),
        status,
        terms,
        document: None,
        in_force_at: None,
        notice_by: None,
        notice_reason: None,
        ends_on: (status == Status::Notice).then(|| day("2026-11-30")),
        version: 1,
    }
}

fn parties() -> Parties {
    Parties {
        person: "Katharine <Example> & Co".to_owned(),
        reference: "TM-7KQ2-M9XA".to_owned(),
        holder: "O'Example Home Care".to_owned(),
        holder_address: Some("1 High Street, Dorchester".to_owned()),
        council: "Example Council".to_owned(),
        council_address: "County Hall".to_owned(),
        fictional: true,
    }
}

fn member(organisation: OrganisationId, role: Role) -> Membership {
    let is_council = organisation == COUNCIL;
    Membership {
        organisation,
        name: "Example".to_owned(),
        roles: vec![role],
        is_council,
        is_provider: !is_council,
        is_holder: !is_council,
        is_broker: false,
    }
}

fn mandated(authority: Authority) -> Mandate {
    Mandate {
        id: MandateId::new(5),
        person: PERSON,
        person_name: "Katharine".to_owned(),
        organisation: None,
        authority,
        scopes: authority.usual(),
        until: None,
        hidden: vec![],
    }
}

fn signature(party: Party, user: i64) -> Signature {
    Signature {
        party,
        user: UserId::new(user),
        name: "Somebody".to_owned(),
        authority: "the person".to_owned(),
        sha256: "a".repeat(64),
        at: DateTime::UNIX_EPOCH,
    }
}

#[test]
fn an_agreement_is_drawn_up_only_where_a_third_party_holds_the_money() {
    for form in Form::ALL {
        let outcome = terms::check_fund(&fund(*form), None);
        let wanted = form.held_by_third_party() || matches!(form, Form::IndirectPayment | Form::TrustFund);
        assert_eq!(outcome.is_ok(), wanted, "{form}");
    }
    let mut ended = fund(Form::TrustFund);
    ended.ended_on = Some(day("2026-12-01"));
    assert_eq!(terms::check_fund(&ended, None), Err(Refusal::FundEnded(day("2026-12-01"))));
    let second = terms::check_fund(&fund(Form::TrustFund), Some(AgreementId::new(3)));
    assert!(second.unwrap_err().to_string().contains("has an agreement already: number 3"));
}

#[test]
fn the_amount_and_the_contribution_follow_from_fund_and_budget() {
    let terms = made(&choices(Some(Structure::AgentOfPerson)), &fund(Form::IndividualServiceFund)).unwrap();
    assert_eq!((terms.weekly, terms.contribution_weekly), (pounds("420.00"), pounds("61.37")));
    assert_eq!(terms.contribution_mode, ContributionMode::HolderCollects);
    let (council, person) = terms::weekly_parts(&terms);
    assert_eq!((council.times(4), person.times(4)), (pounds("1434.52"), pounds("245.48")));
}

#[test]
fn terms_that_are_missing_or_impossible_are_refused_by_field() {
    let isf = fund(Form::IndividualServiceFund);
    let field = |refusal: Refusal| match Error::from(refusal) {
        Error::Invalid(invalid) => invalid.errors[0].field.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(made(&choices(None), &isf).unwrap_err()), "structure");
    let trust = made(&choices(Some(Structure::AgentOfPerson)), &fund(Form::TrustFund));
    assert_eq!(field(trust.unwrap_err()), "structure");
    let agent = choices(Some(Structure::AgentOfPerson));
    let early = Choices { starts_on: day("2026-11-01"), ..agent };
    assert_eq!(made(&early, &isf), Err(Refusal::StartsBeforeFund(day("2026-11-02"))));
    assert_eq!(made(&Choices { starts_on: day("2029-01-01"), ..agent }, &isf), Err(Refusal::StartsTooLate));
    let none = terms::terms(&agent, &isf, None, true, day("2026-11-02"));
    assert_eq!(none, Err(Refusal::NoBudget(day("2026-11-02"))));
    assert_eq!(made(&choices(None), &fund(Form::IndirectPayment)), Err(Refusal::NobodyTakesFee));
    let greedy = Choices { fee_weekly: pounds("350.01"), ..agent };
    let refused = made(&greedy, &isf).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "The fee costs £420.01 per week. The fund is £420.00 per week. Enter a smaller fee."
    );
    assert!(made(&Choices { fee_position: FeePosition::OnTop, ..greedy }, &isf).is_ok());
}

#[test]
fn the_fee_bears_vat_when_the_holder_is_registered() {
    // Domain reference 4.7 example 4: 8.50 + 1.70, which only the council gets back.
    let isf = fund(Form::IndividualServiceFund);
    let fee = |structure, registered| terms::fee(&choices(Some(structure)), &isf, registered).unwrap();
    let person = fee(Structure::AgentOfPerson, true);
    assert_eq!((person.vat_charged, person.budget_pays), (pounds("1.70"), pounds("10.20")));
    assert_eq!(fee(Structure::AgentOfCouncil, true).budget_pays, pounds("8.50"));
    assert_eq!(fee(Structure::AgentOfPerson, false).budget_pays, pounds("8.50"));
}

#[test]
fn the_text_says_the_terms_in_ten_lines() {
    let (fund, parties) = (fund(Form::IndividualServiceFund), parties());
    let terms = made(&choices(Some(Structure::AgentOfPerson)), &fund).unwrap();
    let fee = terms::fee(&terms.choices, &fund, true).unwrap();
    let written = text::text(text::Source { parties: &parties, fund: &fund, terms: &terms, fee: &fee });
    assert_eq!(written.lines.len(), 10);
    for part in [
        "£420.00 each week",
        "£1,434.52 every four weeks, 14 days before",
        "£61.37",
        "£8.50 and £1.70 VAT",
        "£1,680.00 (4 weeks of money)",
    ] {
        assert!(written.lines.iter().any(|line| line.contains(part)), "{part}: {:#?}", written.lines);
    }
}

#[test]
fn the_text_is_read_back_from_its_paper() {
    let paper = "<p>Agreement</p>\n<ol>\n <li class=\"line\">Katharine &amp; O&#39;Example</li>\n</ol>\n<h3>1. Who &lt;agrees&gt;</h3>\n\
                 <p class=\"sentence\">One &amp;amp; two.</p>\n<p class=\"sentence\">Three.</p>";
    let text = text::read_back(paper);
    assert_eq!(text.lines, ["Katharine & O'Example"]);
    assert_eq!(text.clauses[0].heading, "1. Who <agrees>");
    assert_eq!(text.clauses[0].sentences, ["One &amp; two.", "Three."]);
}

#[test]
fn every_form_and_structure_has_its_text() {
    let parties = parties();
    let structures = |form: Form| {
        if form.needs_structure() { Structure::ALL.iter().copied().map(Some).collect() } else { vec![None] }
    };
    for form in [Form::IndirectPayment, Form::TrustFund, Form::BrokeredFund, Form::IndividualServiceFund] {
        for structure in structures(form) {
            let fund = fund(form);
            let none = Choices { fee_weekly: Pence::ZERO, ..choices(structure) };
            let terms = made(&none, &fund).unwrap();
            let fee = terms::fee(&none, &fund, false).unwrap();
            let written = text::text(text::Source { parties: &parties, fund: &fund, terms: &terms, fee: &fee });
            assert_eq!((written.lines.len(), written.clauses.len()), (10, 15));
            assert!(written.clauses.iter().all(|clause| !clause.sentences.is_empty()));
        }
    }
}

#[test]
fn who_signs_and_who_draws_up() {
    let isf = fund(Form::IndividualServiceFund);
    let person = Actor::for_test(Some(PERSON), vec![], vec![]);
    assert_eq!(binder(&person, &isf, None).unwrap().party(), Party::Person);
    assert!(matches!(drafter(&person, &isf), Err(Error::Forbidden(_))));
    let broker = Actor::for_test(None, vec![], vec![mandated(Authority::Broker)]);
    assert!(drafter(&broker, &isf).is_ok());
    let refused = binder(&broker, &isf, Some(Party::Person)).unwrap_err();
    assert!(
        matches!(&refused, Error::Forbidden(why) if why.contains("broker arranges and does not sign")),
        "{refused:?}"
    );
    let attorney = Actor::for_test(None, vec![], vec![mandated(Authority::Attorney)]);
    assert_eq!(binder(&attorney, &isf, None).unwrap().authority(), "attorney under mandate 5");
    let holder = Actor::for_test(None, vec![member(HOLDER, Role::Coordinator)], vec![]);
    assert_eq!(binder(&holder, &isf, None).unwrap().party(), Party::Holder);
    assert!(matches!(binder(&holder, &isf, Some(Party::Council)), Err(Error::Forbidden(_))));
    let reader = Actor::for_test(None, vec![member(HOLDER, Role::Reader)], vec![]);
    assert!(matches!(binder(&reader, &isf, None), Err(Error::Forbidden(_))));
    let officer = Actor::for_test(None, vec![member(COUNCIL, Role::Officer)], vec![]);
    assert_eq!(binder(&officer, &isf, None).unwrap().party(), Party::Council);
    let nominee = Actor::for_test(None, vec![], vec![mandated(Authority::NominatedPerson)]);
    let indirect = fund(Form::IndirectPayment);
    assert!(matches!(binder(&nominee, &indirect, None), Err(Error::Invalid(_))), "two sides: it must be said which");
    assert_eq!(binder(&nominee, &indirect, Some(Party::Holder)).unwrap().authority(), "holds the money for the person");
    assert!(
        accountant(&person, &isf).is_err() && accountant(&holder, &isf).is_ok() && accountant(&officer, &isf).is_ok()
    );
}

#[test]
fn each_party_signs_the_shown_text_once_and_nobody_for_two() {
    let (waiting, shown) = (agreement(Status::AwaitingSignatures), "a".repeat(64));
    let check = |before: &[Signature], party, user| {
        check_signature(&waiting, (&shown, &shown), before, party, UserId::new(user))
    };
    assert_eq!(check(&[], Party::Person, 1), Ok(()));
    let before = [signature(Party::Person, 1)];
    assert_eq!(check(&before, Party::Person, 2), Err(Refusal::AlreadySigned("The person")));
    assert_eq!(check(&before, Party::Holder, 1), Err(Refusal::SignedForAnother("the person".to_owned())));
    assert_eq!(check(&before, Party::Holder, 2), Ok(()));
    assert_eq!(missing(&before), [Party::Holder, Party::Council]);
    let other = check_signature(&waiting, ("b", &shown), &[], Party::Person, UserId::new(1));
    assert_eq!(other, Err(Refusal::OtherText));
    let draft = check_signature(&agreement(Status::Drafting), (&shown, ""), &[], Party::Person, UserId::new(1));
    assert!(matches!(Error::from(draft.unwrap_err()), Error::Conflict(_)));
}

#[test]
fn the_last_day_follows_from_the_notice_or_is_today() {
    let (notice, today) = (choices(None).notice, day("2026-11-02"));
    assert_eq!(ending::last_day(Cause::Notice, Party::Person, notice, today), day("2026-11-30"));
    assert_eq!(ending::last_day(Cause::Notice, Party::Holder, notice, today), day("2026-12-28"));
    assert_eq!(ending::last_day(Cause::Fraud, Party::Holder, notice, today), today);
    assert!(ending::check_ending(&agreement(Status::Drafting), Cause::Notice, today).is_err());
    assert!(ending::check_ending(&agreement(Status::InForce), Cause::Notice, today).is_ok());
    let leaving = agreement(Status::Notice);
    assert_eq!(ending::check_ending(&leaving, Cause::Notice, today), Err(Refusal::AlreadyEnding(day("2026-11-30"))));
    assert!(ending::check_ending(&leaving, Cause::Death, today).is_ok(), "sooner, for a reason that ends it at once");
    assert_eq!(ending::check_closing(&leaving, vec![], day("2026-11-29")), Err(Refusal::NotEnded(day("2026-11-30"))));
    assert_eq!(ending::check_closing(&leaving, vec![], day("2026-11-30")), Ok(day("2026-11-30")));
}

#[test]
fn what_is_open_is_said_and_two_debts_do_not_cancel_out() {
    let mut balances = Balances::default();
    balances.add(&books::money_in(books::Funder::Council, pounds("100.00")));
    balances.add(&books::reserve(pounds("30.00")));
    balances.add(&books::deliver(pounds("20.00")));
    let owed = [
        (Account::Payable, "A".to_owned(), pounds("5.00")),
        (Account::Payable, "B".to_owned(), -pounds("5.00")),
        (Account::RecoverableVat, "A".to_owned(), pounds("1.00")),
    ];
    let open = ending::unsettled(&balances, &owed);
    assert_eq!(
        Refusal::Unsettled(open).to_string(),
        "The final account cannot be made yet: £20.00 of support was delivered and is not billed yet; A owes £5.00 back; \
         £5.00 is owed to B; £1.00 of VAT on A's invoices has not come back yet."
    );
}

fn entry(kind: EntryKind, postings: Vec<crate::ledger::Posting>) -> RecordedEntry {
    RecordedEntry {
        id: EntryId::new(1),
        fund: FundId::new(1),
        kind,
        on: day("2026-11-30"),
        description: String::new(),
        source: ("test".to_owned(), 1),
        postings,
    }
}

#[test]
fn the_final_account_of_the_worked_journey_owns_every_penny() {
    // Domain reference 3.4: in 1,680.00, out 1,524.00, surplus 156.00.
    let bill = |provider, is_fee, net: &str, total: &str| books::Bill {
        provider,
        is_fee,
        net: pounds(net),
        total: pounds(total),
        budget: pounds(total),
    };
    let bills = [bill(HOLDER, false, "1056.00", "1056.00"), bill(DAY_CLUB, false, "216.00", "259.20")];
    let others = [bill(OrganisationId::new(4), false, "168.00", "168.00"), bill(HOLDER, true, "34.00", "40.80")];
    let mut entries = vec![
        entry(EntryKind::FundingReceived, books::money_in(books::Funder::Council, pounds("1434.52"))),
        entry(EntryKind::ContributionReceived, books::money_in(books::Funder::Person, pounds("245.48"))),
    ];
    entries.extend(bills.iter().chain(&others).map(|bill| entry(EntryKind::InvoiceApproved, books::approve(bill))));
    let (council, person) = ending::shares(SurplusRule::ProRata, pounds("156.00"), pounds("1434.52"), pounds("245.48"));
    assert_eq!((council, person), (pounds("133.21"), pounds("22.79")));
    entries.push(entry(EntryKind::Returned, books::returned(council, person)));
    let names = BTreeMap::from([(HOLDER, "Home Care".to_owned()), (DAY_CLUB, "Day Club".to_owned())]);
    let account = ending::final_account(&entries, &names, &parties());
    assert_eq!(account.came_in_total, pounds("1680.00"));
    assert_eq!(account.spent_total, pounds("1524.00"));
    assert_eq!(account.went_back_total, pounds("156.00"));
    assert_eq!(account.came_in_total, account.spent_total + account.went_back_total);
    let spent: Vec<_> = account.spent.iter().map(|line| (line.what.as_str(), line.amount)).collect();
    assert_eq!(spent[1], ("Support from Day Club", pounds("216.00")));
    assert_eq!(spent.last().unwrap().1, pounds("50.00"), "VAT that was lost: 43.20 + 6.80");
    let first = ending::shares(SurplusRule::CouncilFirst, pounds("156.00"), pounds("100.00"), pounds("245.48"));
    assert_eq!(first, (pounds("100.00"), pounds("56.00")));
}
