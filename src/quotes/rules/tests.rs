use chrono::{DateTime, Utc};

use super::standing::Situation;
use super::*;
use crate::directory::{Category, Unit, View};
use crate::ids::{CriterionId, FundId, QuoteAnswerId, QuoteAskId, QuoteRequestId, ServiceId, UserId};
use crate::money::{Pence, Quantity, UnitPrice};
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
        category: Category::DayService,
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
            unit: Unit::Day,
            quantity: Quantity::whole(2),
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

fn criterion(id: i64, words: &str) -> Criterion {
    Criterion { id: CriterionId::new(id), is_price: id == 1, words: words.to_owned(), weight: Weight::Much }
}

fn situation(form: Form) -> Situation {
    // domain.md trap 27: a company at 100.00 and VAT, a charity at 112.00.
    Situation {
        request: request(),
        criteria: vec![criterion(1, "The price"), criterion(2, "A quiet place")],
        asks: vec![ask(1), ask(2)],
        answers: vec![
            offered(1, 1, "90.00", Class::D),
            offered(1, 2, "100.00", Class::D),
            offered(2, 1, "112.00", Class::B),
        ],
        scores: weighing::Scores::new(),
        choices: vec![],
        weekly: Pence::from_pence(50_000),
        limits: vec![],
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
    let score = |answer, criterion: i64, score| ((answer, CriterionId::new(criterion)), score);
    situation.scores =
        [score(company, 1, 3), score(charity, 1, 4), score(company, 2, 5), score(charity, 2, 5)].into_iter().collect();
    assert!(situation.stands_best(charity, today) && !situation.stands_best(company, today));
    situation.criteria.truncate(1);
    assert!(!situation.stands_best(charity, today), "the price never chooses by itself");
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
    let mattered = [("The price".to_owned(), 2), ("A quiet place".to_owned(), 2)];
    assert_eq!((kept.chosen.unwrap().number(), kept.criteria.as_slice()), (21, &mattered[..]));
    assert_eq!(kept.needs, "Company. 2 days a week from 1 December 2026. Tuesdays");
}

#[test]
fn feedback_tells_nothing_of_the_others() {
    assert_eq!(check_feedback("The times did not fit. Thank you.", &["Sunrise Days"]), Ok(()));
    assert!(check_feedback("sunrise days was nearer", &["Sunrise Days"]).is_err());
    assert!(check_feedback("Somebody asked only £90", &["Sunrise Days"]).is_err());
}

#[test]
fn something_must_matter_beside_the_price() {
    let refusal = check_criteria(&[]).unwrap_err();
    assert_eq!((refusal.field(), &refusal), ("criterion_1", &Refusal::NothingMatters));
    assert_eq!(check_criteria(&[("A quiet place".to_owned(), Weight::Little)]), Ok(()));
}

#[test]
fn no_more_is_asked_for_than_a_week_holds() {
    for (most, unit) in
        [(168, Unit::Hour), (7, Unit::Day), (100, Unit::Session), (100, Unit::Visit), (10_080, Unit::Minute)]
    {
        assert_eq!(check_week(Quantity::whole(most), unit), Ok(()), "{unit:?}");
        let above = Quantity::from_hundredths(most * 100 + 1);
        assert_eq!(check_week(above, unit), Err(Refusal::MoreThanAWeek(most, unit)));
    }
    assert_eq!(check_week(Quantity::whole(500), Unit::Mile), Ok(()));
}

#[test]
fn answers_come_before_help_begins() {
    let today = day("2026-11-02");
    let by = |answer_by: &str, starts_on: &str| check_answer_by(day(answer_by), Some(day(starts_on)), today);
    assert_eq!(by("2026-11-30", "2026-12-01"), Ok(()));
    for late in ["2026-12-01", "2026-12-02"] {
        assert_eq!(by(late, "2026-12-01"), Err(Refusal::AnswersTooLate(day("2026-12-01"))));
    }
    assert!(matches!(by("2026-11-01", "2026-12-01"), Err(Refusal::AnswerBy(..))));
    assert_eq!(by("2026-11-30", "2026-11-01"), Ok(()), "that it would begin in the past is said of its own day");
}

#[test]
fn who_is_of_neither_side_reads_whose_a_message_is() {
    let of = |reader| [Side::Asker, Side::Provider].map(|side| said_by(side, reader));
    assert_eq!(of(None), ["The person, or somebody who acts for them", "The provider"]);
    assert_eq!(of(Some(Side::Asker)), ["You, or a colleague", "The provider"]);
    assert_eq!(of(Some(Side::Provider)), ["Who asks", "You, or a colleague"]);
}
