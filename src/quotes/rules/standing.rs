//! How the answers to a request stand beside one another, each as this fund would pay it; and the same, kept with the choice.

use chrono::NaiveDate;

use super::Refusal;
use super::weighing::{self, Scores};
use crate::calendar;
use crate::directory::rules::limits;
use crate::directory::{Limit, Offered, Unit, UnitCost, View, rules as directory};
use crate::ids::QuoteAnswerId;
use crate::money::{Pence, line_net};
use crate::quotes::{Ask, AskedThen, Choice, Criterion, QuoteAnswer, QuoteRequest, SearchMade, Snapshot};
use crate::vat;

/// Everything that is known of a request.
#[derive(Clone, Debug)]
pub struct Situation {
    /// The request.
    pub request: QuoteRequest,
    /// What matters.
    pub criteria: Vec<Criterion>,
    /// Who was asked.
    pub asks: Vec<Ask>,
    /// All answers.
    pub answers: Vec<QuoteAnswer>,
    /// How they stand to what matters.
    pub scores: Scores,
    /// The choices, the oldest first; the newest counts.
    pub choices: Vec<Choice>,
    /// As which fund prices are shown.
    pub view: View,
    /// What that fund has a week.
    pub weekly: Pence,
    /// The rules of its council that hold when support begins.
    pub limits: Vec<Limit>,
}

/// What an offer costs a fund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// For one.
    pub one: UnitCost,
    /// What the fund pays for a week.
    pub weekly: Pence,
}

/// How the answer of one provider stands.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// Who was asked.
    pub ask: &'a Ask,
    /// The answer that counts.
    pub answer: Option<&'a QuoteAnswer>,
    /// How it stands, in words.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// What it costs, where it is an offer.
    pub costs: Option<Costs>,
    /// What speaks against it: the rule of the council that takes it out, and that the fund has less.
    pub warnings: Vec<String>,
    /// Whether it can be chosen.
    pub choosable: bool,
    /// How it stands to each thing that matters.
    pub scores: Vec<Option<i64>>,
    /// The weighted sum, once all of it was looked at.
    pub total: Option<i64>,
}

impl Situation {
    /// The choice that counts.
    #[must_use]
    pub fn choice(&self) -> Option<&Choice> {
        self.choices.last()
    }

    /// How the answers stand on a day, in the order in which the providers were asked.
    ///
    /// # Errors
    /// When the law of VAT knows no invoice for one of them, or no rate.
    pub fn standings(&self, today: NaiveDate) -> Result<Vec<Standing<'_>>, vat::Refusal> {
        self.asks.iter().map(|ask| self.standing(ask, today)).collect()
    }

    fn standing<'a>(&'a self, ask: &'a Ask, today: NaiveDate) -> Result<Standing<'a>, vat::Refusal> {
        let answer = super::latest(&self.answers, ask);
        let until = super::answers_until(&self.request, self.choice(), today);
        let (state, tone) = super::state(answer, until, today);
        let scored = answer.filter(|answer| answer.offer.is_some());
        let score = |criterion: &Criterion| self.scores.get(&(scored?.id, criterion.id)).copied();
        Ok(Standing {
            ask,
            answer,
            state,
            tone,
            costs: self.costs(answer)?,
            warnings: self.warnings(answer)?,
            choosable: self.check_choosable(answer, today).is_ok(),
            scores: self.criteria.iter().map(score).collect(),
            total: scored.and_then(|answer| weighing::total(answer.id, &self.criteria, &self.scores)),
        })
    }

    /// What an answer costs this fund, with VAT by its class and the fund’s arrangement, on the day on which support begins.
    fn costs(&self, answer: Option<&QuoteAnswer>) -> Result<Option<Costs>, vat::Refusal> {
        let Some(offer) = answer.and_then(|answer| answer.offer.as_ref()) else { return Ok(None) };
        let (view, needs) = (&self.view, &self.request.needs);
        let net = line_net(offer.net, offer.quantity);
        let weekly = vat::cost(net, offer.class, true, view.arrangement, view.recovery, needs.starts_on)?.budget_pays;
        Ok(Some(Costs { one: directory::unit_cost(offer.net, offer.class, view, needs.starts_on)?, weekly }))
    }

    /// What the rule of the council says that takes an offer out, at its price or by whose it is: from such a one nothing can be
    /// ordered for this fund.
    fn taken_out(&self, answer: &QuoteAnswer) -> Result<Option<String>, vat::Refusal> {
        let ask = self.asks.iter().find(|ask| ask.id == answer.ask);
        let (Some(ask), Some(offer), Some(costs)) = (ask, answer.offer.as_ref(), self.costs(Some(answer))?) else {
            return Ok(None);
        };
        let pays = Some((offer.unit, costs.one.pays));
        let offered = Offered { organisation: Some(ask.provider), category: ask.category, pays };
        Ok(limits::limit_on(&offered, &self.limits).map(limits::says))
    }

    /// What speaks against an answer, in sentences.
    ///
    /// # Errors
    /// As [`Situation::standings`].
    pub fn warnings(&self, answer: Option<&QuoteAnswer>) -> Result<Vec<String>, vat::Refusal> {
        let Some(answer) = answer else { return Ok(vec![]) };
        let taken_out = self.taken_out(answer)?.map(|says| Refusal::TakenOut(says).to_string());
        let above = self.costs(Some(answer))?.map(|costs| costs.weekly).filter(|weekly| *weekly > self.weekly);
        let above = above.map(|weekly| format!("It costs {weekly} a week. This fund has {} a week.", self.weekly));
        Ok(taken_out.into_iter().chain(above).collect())
    }

    /// Whether an answer can be chosen on a day: an offer that counts, is not over, and is not taken out by a rule of the council.
    ///
    /// # Errors
    /// Why not.
    pub fn check_choosable(&self, answer: Option<&QuoteAnswer>, today: NaiveDate) -> Result<(), Refusal> {
        super::check_choosable(answer, today)?;
        match answer.map(|answer| self.taken_out(answer)) {
            Some(Ok(Some(says))) => Err(Refusal::TakenOut(says)),
            _ => Ok(()),
        }
    }

    /// The answers that can be chosen on a day.
    #[must_use]
    pub fn choosable(&self, today: NaiveDate) -> Vec<QuoteAnswerId> {
        let latest = self.asks.iter().filter_map(|ask| super::latest(&self.answers, ask));
        latest.filter(|answer| self.check_choosable(Some(answer), today).is_ok()).map(|answer| answer.id).collect()
    }

    /// Whether an answer stands best of those that can be chosen, with all of them looked at.
    #[must_use]
    pub fn stands_best(&self, answer: QuoteAnswerId, today: NaiveDate) -> bool {
        weighing::stands_best(answer, &self.choosable(today), &self.criteria, &self.scores)
    }

    /// The answers that somebody sees now.
    #[must_use]
    pub fn seen(&self) -> String {
        let latest: Vec<_> = self.asks.iter().map(|ask| super::latest(&self.answers, ask)).collect();
        super::seen(&latest)
    }

    /// What is needed, in a sentence.
    #[must_use]
    pub fn needs_words(&self) -> String {
        let needs = &self.request.needs;
        let (quantity, unit) = (needs.quantity.decimal(), needs.unit.plural());
        format!("{}. {quantity} {unit} a week from {}. {}", needs.what, calendar::full(needs.starts_on), needs.times)
    }

    /// Everything that whoever chooses has before them, to be kept.
    ///
    /// # Errors
    /// As [`Situation::standings`].
    pub fn snapshot(
        &self,
        search: SearchMade,
        (chosen, reason): (Option<QuoteAnswerId>, &str),
        (chosen_by, authority): (&str, &str),
        (today, at): (NaiveDate, String),
    ) -> Result<Snapshot, vat::Refusal> {
        let criteria = self.criteria.iter().map(|one| (one.words.clone(), one.weight.times())).collect();
        let asked =
            self.standings(today)?.into_iter().map(|standing| then(standing, self.request.needs.unit)).collect();
        Ok(Snapshot {
            request: self.request.id,
            needs: self.needs_words(),
            search,
            criteria,
            asked,
            chosen,
            reason: reason.to_owned(),
            chosen_by: chosen_by.to_owned(),
            authority: authority.to_owned(),
            at,
        })
    }
}

fn then(standing: Standing<'_>, asked: Unit) -> AskedThen {
    let (ask, answer) = (standing.ask, standing.answer);
    let unit = answer.and_then(|answer| answer.offer.as_ref()).map(|offer| offer.unit).filter(|unit| *unit != asked);
    AskedThen {
        provider: ask.provider,
        provider_name: ask.provider_name.clone(),
        service: ask.service,
        service_name: ask.service_name.clone(),
        answer: answer.map(|answer| answer.id),
        state: standing.state,
        warnings: standing.warnings,
        net: standing.costs.map(|costs| costs.one.net.decimal()),
        vat: standing.costs.map(|costs| costs.one.vat_charged.decimal()),
        unit: unit.map(|unit| unit.words().to_owned()),
        pays: standing.costs.map(|costs| costs.one.pays.decimal()),
        pays_weekly: standing.costs.map(|costs| costs.weekly.decimal()),
        times: answer.map(|answer| answer.times.clone()).unwrap_or_default(),
        note: answer.map(|answer| answer.note.clone()).unwrap_or_default(),
        scores: standing.scores,
        total: standing.total,
    }
}
