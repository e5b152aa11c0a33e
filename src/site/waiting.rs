//! What waits for somebody, whatever they are here: one list, the oldest first, each with its reason and its one action.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::pages::{DeskNumber, Waiting};
use super::store;
use crate::auth::rights::Actor;
use crate::calendar;
use crate::concerns;
use crate::db::Tx;
use crate::deliveries::{self, Delivery, DeliveryStatus};
use crate::error::Error;
use crate::ids::OrderId;
use crate::invoices::{self, Step, asking, steps};
use crate::mandates::{self, Recorder};
use crate::packages;
use crate::quotes;
use crate::reviews;

/// How many things the list shows; the numbers above it count all.
const SHOWN: usize = 20;

/// What waits, with the numbers above.
#[derive(Default)]
pub(super) struct List {
    things: Vec<(NaiveDate, Waiting)>,
    numbers: Vec<DeskNumber>,
}

impl List {
    /// Collects what waits for an actor.
    pub(super) fn of(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Self, Error> {
        let mut list = Self::default();
        list.offers(tx, actor, today)?;
        list.signatures(tx, actor)?;
        list.deliveries(tx, actor)?;
        list.queries(tx, actor)?;
        list.bills(tx, actor)?;
        list.invoices(tx, actor, today)?;
        list.quotes(tx, actor, today)?;
        list.complaints(tx, actor)?;
        list.safeguarding(tx, actor)?;
        list.things.sort_by_key(|(since, _)| *since);
        Ok(list)
    }

    /// How many things wait.
    pub(super) fn count_all(&self) -> usize {
        self.numbers.iter().map(|number| number.count).sum()
    }

    /// The numbers, and the oldest things.
    pub(super) fn shown(self) -> (Vec<DeskNumber>, Vec<Waiting>) {
        (self.numbers, self.things.into_iter().take(SHOWN).map(|(_, thing)| thing).collect())
    }

    fn add(&mut self, since: NaiveDate, what: String, why: String, action: &str, href: String) {
        self.things.push((since, Waiting { what, why, since: calendar::long(since), action: action.to_owned(), href }));
    }

    /// A number that leads to the first of its things where there is no list of them.
    fn count(&mut self, count: usize, one: &str, many: &str, href: &str) {
        if count > 0 {
            let label = if count == 1 { one } else { many };
            self.numbers.push(DeskNumber { count, label: label.to_owned(), href: href.to_owned() });
        }
    }

    /// Whoever is asked to act for somebody finds it here, also before they are anything else here. The name stands on the
    /// page of the offer, where the look is recorded.
    fn offers(&mut self, tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<(), Error> {
        let found = mandates::store::offers::waiting_for(tx, actor, today)?;
        if let [first, ..] = found.as_slice() {
            let href = format!("/mandate-offers/{}", first.id);
            self.count(found.len(), "offer to say yes or no to", "offers to say yes or no to", &href);
        }
        let names = store::names_of(tx, &found.iter().map(|offer| offer.person).collect::<Vec<_>>())?;
        for offer in found {
            let letters = mandates::rules::offers::initials(names.get(&offer.person).map_or("", String::as_str));
            let what = format!("To act for {letters}, as {}", offer.authority.words());
            let why = match offer.offered_as {
                Recorder::Person => "The person asks you. Nothing begins before you say yes.".to_owned(),
                Recorder::Officer => format!("{} asks you. Nothing begins before you say yes.", offer.by.1),
            };
            let since = calendar::london(offer.at).date();
            self.add(since, what, why, "Read it, say yes or no", format!("/mandate-offers/{}", offer.id));
        }
        Ok(())
    }

    fn signatures(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        let found = store::to_sign(tx, actor)?;
        if let [first, ..] = found.as_slice() {
            let href = format!("/agreements/{}", first.agreement);
            self.count(found.len(), "agreement to sign", "agreements to sign", &href);
        }
        for wanted in found {
            let what = format!("Agreement {} for {}", wanted.agreement, wanted.person);
            let why = format!("It waits for your signature {}.", wanted.signs_for);
            self.add(wanted.since, what, why, "Read and sign", format!("/agreements/{}", wanted.agreement));
        }
        Ok(())
    }

    fn deliveries(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        let open = by_order(deliveries::store::to_confirm(tx, actor)?);
        let whom = deliveries::store::for_whom(tx, &open.keys().copied().collect::<Vec<_>>())?;
        let mut count = 0;
        for (order, (since, number)) in open {
            let Some(whom) = whom.get(&order) else { continue };
            count += number;
            let name = if actor.person() == Some(whom.person) { "you" } else { whom.name.as_str() };
            let what = format!("{} for {name}", deliveries_words(number));
            let why = "Recorded by the provider. Nothing is billed before somebody says that it is right.".to_owned();
            self.add(since, what, why, "Confirm or query", format!("/orders/{order}/deliveries"));
        }
        self.count(count, "delivery to confirm", "deliveries to confirm", "/deliveries");
        Ok(())
    }

    /// Queries wait for whoever runs a provider's daily work.
    fn queries(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        if actor.provider_member().is_err() {
            return Ok(());
        }
        let queried = by_order(deliveries::store::queried(tx, actor)?);
        self.count(
            queried.values().map(|(_, count)| count).sum(),
            "query to answer",
            "queries to answer",
            "/deliveries",
        );
        for (order, (since, number)) in queried {
            let what = format!("{} of order {order}", deliveries_words(number));
            let why = "The person says that something is not right.".to_owned();
            self.add(since, what, why, "Answer the query", format!("/orders/{order}/deliveries"));
        }
        Ok(())
    }

    /// What was delivered waits for whoever bills.
    fn bills(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        if !actor.bills() {
            return Ok(());
        }
        let lines = packages::store::lines_for_providers(tx, actor)?;
        let ids: Vec<_> = lines.iter().map(|(_, line)| line.id).collect();
        let quantities = deliveries::store::quantities(tx, &ids)?;
        let confirmed = |line| quantities.get(line).is_some_and(|some| some.contains_key(&DeliveryStatus::Confirmed));
        let to_bill: BTreeMap<OrderId, NaiveDate> = lines
            .iter()
            .filter(|(_, line)| confirmed(&line.id))
            .map(|(order, _)| (order.id, order.starts_on))
            .collect();
        self.count(to_bill.len(), "order to bill", "orders to bill", "/deliveries");
        for (order, since) in to_bill {
            let why = "What you delivered is confirmed.".to_owned();
            self.add(since, format!("Order {order}"), why, "Make the invoice", format!("/orders/{order}/invoices/new"));
        }
        Ok(())
    }

    /// What a provider is asked waits for its answer, a choice for whoever signs for the person, a review for the council.
    fn quotes(&mut self, tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<(), Error> {
        let asked = quotes::store::waiting_for_provider(tx, actor, today)?;
        self.count(asked.len(), "request for a quote to answer", "requests for a quote to answer", "/quotes");
        for (request, ask) in asked {
            let why = format!("It can be answered until {}.", calendar::full(request.needs.answer_by));
            let since = calendar::london(request.at).date();
            self.add(
                since,
                format!("A quote for {}", ask.service_name),
                why,
                "Read and answer",
                format!("/quote-asks/{}", ask.id),
            );
        }
        let chosen = quotes::store::choices::to_accept(tx, actor, today)?;
        self.count(chosen.len(), "choice to accept", "choices to accept", "/quotes");
        for (request, since) in chosen {
            let why = "A provider was chosen. It learns who it is only when you accept.".to_owned();
            let what = format!("The choice in request for quotes {request}");
            self.add(since, what, why, "Look at it, then accept or not", format!("/quotes/{request}"));
        }
        self.quotes_to_choose(tx, actor, today)?;
        if let Ok(officer) = actor.council_officer() {
            let unread = reviews::store::unread(tx, &officer)?;
            self.count(
                unread,
                "review or answer to read before it is shown",
                "reviews and answers to read before they are shown",
                "/reviews",
            );
        }
        Ok(())
    }

    /// Offers, messages and refused choices wait for whoever may choose.
    fn quotes_to_choose(&mut self, tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<(), Error> {
        let found = quotes::store::waiting::to_choose(tx, actor, today)?;
        let one = "request for quotes with offers to choose from";
        self.count(found.to_choose.len(), one, "requests for quotes with offers to choose from", "/quotes");
        for (request, since) in found.to_choose {
            let what = format!("The offers in request for quotes {request}");
            let why = "Providers have made offers. Nothing is chosen yet.".to_owned();
            self.add(since, what, why, "Look at them and choose", format!("/quotes/{request}"));
        }
        let one = "message about a quote to answer";
        self.count(found.to_answer.len(), one, "messages about quotes to answer", "/quotes");
        for (ask, request, since) in found.to_answer {
            let what = format!("A message in request for quotes {request}");
            let why = "A provider has written. Nobody has answered yet.".to_owned();
            self.add(since, what, why, "Read and answer", format!("/quote-asks/{ask}"));
        }
        self.count(found.refused.len(), "choice was refused", "choices were refused", "/quotes");
        for (request, since) in found.refused {
            let what = format!("The refused choice in request for quotes {request}");
            let why = "What was chosen was not accepted. The request is open again.".to_owned();
            self.add(since, what, why, "Read why, and choose anew", format!("/quotes/{request}"));
        }
        Ok(())
    }

    /// Complaints wait for who must answer, and for the person once there is an answer.
    fn complaints(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        let (mut to_answer, mut answered) = (0, 0);
        for complaint in concerns::store::complaints::waiting(tx, actor)? {
            let Some(action) = concerns::rules::complaints::waits_for(actor, &complaint) else { continue };
            let last = complaint.deadlines.answer_by;
            let (count, why) = if complaint.status.waits_for_answer() {
                (&mut to_answer, format!("It waits for your answer until {}.", calendar::full(last)))
            } else {
                (&mut answered, "It is answered. Say whether it is settled, or take it further.".to_owned())
            };
            *count += 1;
            let what = format!("Complaint {}: {}", complaint.id, complaint.about_words);
            self.add(complaint.raised_on, what, why, action, format!("/concerns/{}", complaint.id));
        }
        let one = "complaint waits for your answer";
        self.count(to_answer, one, "complaints wait for your answer", "/concerns");
        self.count(answered, "complaint is answered", "complaints are answered", "/concerns");
        Ok(())
    }

    /// Numbers alone, for safeguarding people alone: what it is, is seen where the look is recorded.
    fn safeguarding(&mut self, tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
        let (concerns, signals) = concerns::store::safeguarding::waiting(tx, actor)?;
        self.count(concerns, "safeguarding concern is open", "safeguarding concerns are open", "/safeguarding");
        self.count(signals, "signal waits to be judged", "signals wait to be judged", "/safeguarding");
        Ok(())
    }

    fn invoices(&mut self, tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<(), Error> {
        let (open, _) = invoices::store::list(tx, actor)?;
        let wait = asking::open_among(tx, actor, &open, today)?;
        let (mut count, mut asked) = (0, 0);
        for invoice in open {
            let step = steps::next_step(actor, &invoice, wait.contains(&invoice.id));
            let why = match step {
                Step::Nothing => continue,
                Step::Wait(_) => "The person must say yes first, or somebody who may for them.",
                Step::Act(_) => invoices::rules::status_words(invoice.kind, invoice.status),
            };
            *if matches!(step, Step::Wait(_)) { &mut asked } else { &mut count } += 1;
            let kind = invoice.kind.words();
            let what = format!("{kind} {} of {}, {}", invoice.number_text(), invoice.provider_name, invoice.total);
            self.add(invoice.issued_on, what, why.to_owned(), step.words(), format!("/invoices/{}", invoice.id));
        }
        self.count(count, "invoice to decide or to pay", "invoices to decide or to pay", "/invoices");
        self.count(asked, "invoice waits for a yes first", "invoices wait for a yes first", "/invoices");
        Ok(())
    }
}

/// The oldest day and the number of some deliveries, by order.
fn by_order(some: Vec<Delivery>) -> BTreeMap<OrderId, (NaiveDate, usize)> {
    let mut orders: BTreeMap<OrderId, (NaiveDate, usize)> = BTreeMap::new();
    for delivery in some {
        let (since, count) = orders.entry(delivery.order).or_insert((delivery.on, 0));
        *since = (*since).min(delivery.on);
        *count += 1;
    }
    orders
}

fn deliveries_words(count: usize) -> String {
    if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}
