use chrono::{DateTime, Utc};

use super::standing::Situation;
use super::*;
use crate::directory::{Unit, View};
use crate::ids::{CriterionId, FundId, QuoteAnswerId, QuoteAskId, QuoteRequestId, ServiceId, UserId};
use crate::money::{Quantity, UnitPrice};
use crate::quotes::{Criterion, Needs, SearchMade, Weight};
use crate::vat::{Arrangement, Class, Form, PriceBasis, Recovery};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn request() -> QuoteRequest {
    QuoteRequest {
        id: QuoteRequestId::new(1),
        fund: FundId::new(1),
        needs: Needs {
            what: "Company".to_owned(),
            quantity: Quantity::whole(2),
            unit: Unit::Day,
            times: "Tuesdays".to_owned(),
            starts_on: day("2026-12-01"),
            answer_by: day("2026-11-20"),
        },
        outcode: "DT1".to_owned(),
        search_document: "{}".to_owned(),
        asked_by: UserId::new(1),
        asked_by_name: String::new(),
        authority: String::new(),
        mandate: None,
        at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn ask(id: i64) -> Ask {
    Ask {
        id: QuoteAskId::new(id),
        request: QuoteRequestId::new(1),
        provider: OrganisationId::new(id),
        provider_name: format!("Provider {id}"),
        service: ServiceId::new(id),
        service_name: String::new(),
    }
}

fn offered(id: i64, number: i64, net: &str, class: Class) -> QuoteAnswer {
    let net = UnitPrice::parse(net).unwrap();
    QuoteAnswer {
        id: QuoteAnswerId::new(10 * id + number),
        ask: QuoteAskId::new(id),
        number,
        kind: AnswerKind::Offered,
        offer: Some(Offer {
            entered: net,
            basis: PriceBasis::Net,
            net,
            class,
            valid_until: day("2026-11-30"),
            holds_until: None,
        }),
        times: String::new(),
        note: String::new(),
        declined_because: None,
        at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn situation(form: Form) -> Situation {
    // domain.md trap 27: a company at 100.00 and VAT, a charity at 112.00.
    Situation {
        request: request(),
        criteria: vec![Criterion {
            id: CriterionId::new(1),
            is_price: true,
            words: "The price".to_owned(),
            weight: Weight::Much,
        }],
        asks: vec![ask(1), ask(2)],
        answers: vec![
            offered(1, 1, "90.00", Class::D),
            offered(1, 2, "100.00", Class::D),
            offered(2, 1, "112.00", Class::B),
        ],
        scores: weighing::Scores::new(),
        choice: None,
        view: View { fund: None, arrangement: Arrangement::new(form, None).unwrap(), recovery: Recovery::Confirmed },
    }
}

#[test]
fn the_same_answers_cost_two_funds_different_amounts() {
    let weekly = |form| {
        let situation = situation(form);
        let standings = situation.standings(day("2026-11-21")).unwrap();
        let costs = standings.iter().map(|standing| standing.costs.unwrap());
        costs.map(|costs| (costs.one.pays.decimal(), costs.weekly.decimal())).collect::<Vec<_>>()
    };
    let text = |rows: [(&str, &str); 2]| rows.map(|(one, week)| (one.to_owned(), week.to_owned())).to_vec();
    assert_eq!(weekly(Form::DirectPayment), text([("120.00", "240.00"), ("112.00", "224.00")]));
    assert_eq!(weekly(Form::CareManaged), text([("100.00", "200.00"), ("112.00", "224.00")]));
}

#[test]
fn the_newest_answer_counts_and_can_be_chosen_until_its_day() {
    let situation = situation(Form::DirectPayment);
    assert_eq!(latest(&situation.answers, &situation.asks[0]).unwrap().number, 2);
    assert_eq!(situation.seen(), "12,21");
    let ids = |on: &str| situation.choosable(day(on)).iter().map(|id| id.number()).collect::<Vec<_>>();
    assert_eq!((ids("2026-11-30"), ids("2026-12-01")), (vec![12, 21], vec![]));
    let old = &situation.answers[1];
    assert_eq!(check_choosable(Some(old), day("2026-12-01")), Err(Refusal::Expired(day("2026-11-30"))));
    assert_eq!(check_choosable(None, day("2026-11-21")), Err(Refusal::NoOffer));
}

#[test]
fn a_choice_needs_words_unless_it_stands_best_by_the_weights() {
    let mut situation = situation(Form::DirectPayment);
    let (today, [company, charity]) = (day("2026-11-21"), [12, 21].map(QuoteAnswerId::new));
    assert!(!situation.stands_best(company, today), "nothing was looked at");
    situation.scores = [((company, CriterionId::new(1)), 3), ((charity, CriterionId::new(1)), 4)].into();
    assert!(situation.stands_best(charity, today) && !situation.stands_best(company, today));
    assert_eq!(check_reason(true, true, ""), Ok(()));
    assert_eq!(check_reason(true, false, ""), Err(Refusal::NeedsReason));
    assert_eq!(check_reason(false, false, ""), Err(Refusal::NeedsReason), "choosing nobody as well");
    assert_eq!(check_reason(true, false, "I know the people there."), Ok(()));
}

#[test]
fn what_was_before_whoever_chose_is_kept() {
    let situation = situation(Form::DirectPayment);
    let chosen = (Some(QuoteAnswerId::new(21)), "I know them.");
    let at = (day("2026-11-21"), "today".to_owned());
    let kept = situation.snapshot(SearchMade::default(), chosen, ("Pat", "the person"), at).unwrap();
    assert_eq!(kept.asked.iter().map(|one| one.pays.clone().unwrap()).collect::<Vec<_>>(), ["120.00", "112.00"]);
    assert_eq!((kept.chosen.unwrap().number(), kept.criteria.as_slice()), (21, &[("The price".to_owned(), 2)][..]));
    assert_eq!(kept.needs, "Company. 2 days a week from 1 December 2026. Tuesdays");
}

#[test]
fn feedback_tells_nothing_of_the_others() {
    assert_eq!(check_feedback("The times did not fit. Thank you.", &["Sunrise Days"]), Ok(()));
    assert!(check_feedback("sunrise days was nearer", &["Sunrise Days"]).is_err());
    assert!(check_feedback("Somebody asked only £90", &["Sunrise Days"]).is_err());
}
