//! Looking for services as a fund would pay them, and asking several of their providers.

use chrono::NaiveDate;

use crate::auth::rights::{Actor, Choose};
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::directory::rules::limits as council_limits;
use crate::directory::store::{limits, search, services};
use crate::directory::{Entry, Limit, Listing, Offered, PAGE, PayerKind, Sort, Source, Wanted, rules as directory};
use crate::error::{Error, Invalid};
use crate::ids::{FundId, ServiceId};
use crate::mail::desk::Desk;
use crate::money::UnitPrice;
use crate::packages::store as packages;
use crate::people::store as people;
use crate::places::{Outcode, Postcode, miles_in_metres};
use crate::quotes::forms::{self, Looking};
use crate::quotes::pages::{self, AskingPage, FoundData};
use crate::quotes::store::{self, ToRecord, letters};
use crate::quotes::{Considered, MOST_ASKED, MOST_CONSIDERED, NewRequest, RuleApplied, SearchMade, rules};
use crate::web::form::Fields;
use crate::web::page::{Answer, Submitted, Visit};
use crate::web::parts::Choice;

const NEW: &str = "quotes/new.html";
/// The most services that are kept in view though they are not among what was found.
const MOST_KEPT: usize = 2 * MOST_ASKED;

/// The page on which several are asked.
pub async fn new(visit: Visit, actor: Actor) -> Answer {
    let (query, today) = (visit.query()?, visit.app.clock.today());
    let looking = forms::looking(&query)?;
    let read = move |tx: &mut Tx| asking_page(tx, &actor, looking, today);
    let page = visit.app.db.read(read).await?;
    visit.show(NEW, &page)
}

fn asking_page(tx: &mut Tx, actor: &Actor, looking: Looking, today: NaiveDate) -> Result<AskingPage, Error> {
    let funds = budgets::store::open_funds::<Choose>(tx, actor)?;
    let id = match (looking.fund, funds.as_slice()) {
        (Some(id), _) => id,
        (None, [only]) => only.id,
        (None, []) => return Err(Error::Forbidden(packages::WHO_CHOOSES.to_owned())),
        (None, _) => return Ok(pages::asking(fund_choices(tx, actor, &funds)?, None, today)),
    };
    let from = packages::fund_to_choose_from(tx, actor, id)?;
    let data = look(tx, actor, from.fund(), &looking, today)?;
    Ok(pages::asking(vec![], Some(&data), today))
}

fn fund_choices(tx: &mut Tx, actor: &Actor, funds: &[Fund]) -> Result<Vec<Choice>, Error> {
    let names = store::names_of(tx, &funds.iter().map(|fund| fund.person).collect::<Vec<_>>())?;
    let name = |fund: &Fund| names.get(&fund.person).map_or("", String::as_str);
    Ok(funds.iter().map(|fund| Choice::new(fund.id, words_of(actor, fund, name(fund)))).collect())
}

/// What a fund is and whose.
fn fund_words(tx: &mut Tx, actor: &Actor, fund: &Fund) -> Result<String, Error> {
    Ok(words_of(actor, fund, &people::person_of_record(tx, fund.person)?.name))
}

fn words_of(actor: &Actor, fund: &Fund, name: &str) -> String {
    let of = if actor.person() == Some(fund.person) { String::new() } else { format!(" of {name}") };
    format!("{}{of}, {} per week", fund.form.words(), fund.weekly)
}

/// What is found for a fund: everything with a price around a place, with what the rules of its council hide.
fn look(tx: &mut Tx, actor: &Actor, fund: &Fund, looking: &Looking, today: NaiveDate) -> Result<FoundData, Error> {
    let before = match looking.service {
        Some(service) => Some(packages::offered_service(tx, service, today)?),
        None => None,
    };
    let category = looking.category.or(before.map(|listing| listing.service.words.category));
    let outcode = outcode(tx, fund, looking)?;
    let view = store::view_of(fund)?;
    let payer = directory::payer_kind(view.arrangement, view.recovery);
    let point = outcode.place().map(|place| place.point);
    let wanted = Wanted {
        words: looking.beginnings(),
        category,
        near: point.map(|point| (point, miles_in_metres(looking.within))),
        council: None,
        vat: None,
        // What has any price at all: a location of the register alone has none, and nobody there who answers.
        most: Some(UnitPrice::from_hundredths_of_a_penny(i64::MAX)),
        unit: None,
        features: vec![],
        room: false,
        rating: None,
        sort: Sort::Distance,
        payer,
        page: 1,
        without: vec![],
    };
    let limits = limits::of_fund(tx, fund.id, today)?;
    // Counted over all that was found, not over what is kept of it.
    let hid = council_limits::count(&search::taken_out(tx, &wanted, &limits)?, &limits);
    let (found, entries) = found(tx, wanted)?;
    let considered: Vec<Considered> =
        entries.iter().filter_map(|entry| considered(entry, payer, &limits)).take(MOST_CONSIDERED).collect();
    let missing = |id: &&ServiceId| !considered.iter().any(|one| one.service == **id);
    let mut kept = vec![];
    for id in looking.picked.iter().chain(&looking.service).filter(missing).take(MOST_KEPT) {
        let listing = match services::listing(tx, *id, today) {
            Err(Error::NotFound) => continue,
            found => found?,
        };
        kept.extend(considered_listing(&listing, payer, &limits, today));
    }
    let search = SearchMade {
        on: calendar::full(today),
        words: looking.words.clone(),
        kind: category.map(|one| one.words().to_owned()).unwrap_or_default(),
        near: outcode.to_string(),
        within_miles: looking.within,
        fund: format!("{}, {}", view.arrangement.words(), view.recovery),
        found,
        rules: limits.iter().filter_map(|limit| applied(limit, *hid.get(&limit.id)?)).collect(),
        considered,
    };
    let fund_words = fund_words(tx, actor, fund)?;
    let wanted = looking.picked.iter().chain(&looking.service).copied().collect();
    let says = limits.iter().map(|limit| (limit.id, council_limits::says(limit))).collect();
    Ok(FoundData { fund: fund.id, fund_words, category, wanted, kept, says, all: looking.all, search })
}

/// Around where is looked: what was typed, else the first half of the person's own postcode.
fn outcode(tx: &mut Tx, fund: &Fund, looking: &Looking) -> Result<Outcode, Error> {
    if let Some(place) = &looking.place {
        return Ok(place.clone());
    }
    let person = people::person_of_record(tx, fund.person)?;
    let own = Postcode::parse(&person.address.postcode).map(|postcode| postcode.outcode());
    let nowhere = || Invalid::field("place", "Enter the first half of a postcode, like DT1.").into();
    own.ok().filter(|outcode| outcode.place().is_some()).ok_or_else(nowhere)
}

/// The pages of a search up to the most that is considered, and how many there are in all.
fn found(tx: &mut Tx, mut wanted: Wanted) -> Result<(i64, Vec<Entry>), Error> {
    let (mut all, mut entries): (i64, Vec<Entry>) = (0, vec![]);
    loop {
        let page = search::find(tx, &wanted)?;
        all = all.max(page.count);
        let last = (page.entries.len() as i64) < PAGE;
        entries.extend(page.entries);
        if last || entries.len() >= MOST_CONSIDERED {
            return Ok((all, entries));
        }
        wanted.page += 1;
    }
}

fn considered(entry: &Entry, payer: PayerKind, limits: &[Limit]) -> Option<Considered> {
    let Source::Service(service, provider) = entry.source else { return None };
    let price = entry.price?;
    let hidden_by = council_limits::limit_on(&council_limits::offered(entry, payer), limits).map(|limit| limit.id);
    Some(Considered {
        service,
        name: entry.name.clone(),
        provider,
        provider_name: entry.provider_name.clone(),
        unit: price.unit.words().to_owned(),
        net: price.net.decimal(),
        pays: directory::cost_for(&price.costs, payer).decimal(),
        hidden_by,
    })
}

/// A service that was ticked, or looked at before, and is not among what was found.
fn considered_listing(listing: &Listing, payer: PayerKind, limits: &[Limit], today: NaiveDate) -> Option<Considered> {
    let (service, provider) = (&listing.service, &listing.organisation);
    let rate = directory::rate_on(&listing.rates, today).filter(|_| service.published)?;
    let pays = directory::cost_for(&directory::unit_costs(rate.net, listing.decision.class?, today).ok()?, payer);
    let pays_for = Some((rate.terms.unit, pays));
    let offered = Offered { organisation: Some(provider.id), category: service.words.category, pays: pays_for };
    Some(Considered {
        service: service.id,
        name: service.words.name.clone(),
        provider: provider.id,
        provider_name: provider.name.clone(),
        unit: rate.terms.unit.words().to_owned(),
        net: rate.net.decimal(),
        pays: pays.decimal(),
        hidden_by: council_limits::limit_on(&offered, limits).map(|limit| limit.id),
    })
}

/// A rule with how much of all that was found it hid; nothing, for one that hid nothing.
fn applied(limit: &Limit, hid: i64) -> Option<RuleApplied> {
    (hid > 0).then(|| RuleApplied {
        rule: limit.id,
        cause: limit.cause.code().to_owned(),
        cause_words: limit.cause.words().to_owned(),
        says: council_limits::says(limit),
        hid,
    })
}

/// Asks several providers.
pub async fn ask(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let today = visit.app.clock.today();
    may_ask(&visit, &actor, &sent.fields).await?;
    if forms::only_looks(&sent.fields) && !visit.wants_json() {
        return look_again(&visit, actor, &sent.fields).await;
    }
    let (app, who) = (visit.app.clone(), actor.clone());
    let form = forms::request(&sent.fields, today);
    let outcome = visit
        .write_form(actor.user(), &sent, form, move |tx, (looking, new)| {
            record(tx, &Desk::of(&app), &who, looking, new)
        })
        .await;
    visit.app.wake.wake();
    match outcome {
        Ok(location) => Ok(visit.done(&location, "They are asked. This page shows their answers.")),
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        Err(error) => {
            let looking = forms::looking(&sent.fields).unwrap_or_else(|_| forms::barely_looking(&sent.fields));
            let page = visit.app.db.read(move |tx| asking_page(tx, &actor, looking, today)).await?;
            visit.show_again(error, NEW, &page)
        }
    }
}

/// Looks for more to ask: nothing is asked yet, and all that was typed about what is needed is kept.
async fn look_again(visit: &Visit, actor: Actor, fields: &Fields) -> Answer {
    let (looking, today) = (forms::looking(fields), visit.app.clock.today());
    let readable = looking.as_ref().map_or_else(|_| forms::barely_looking(fields), Clone::clone);
    let page = visit.app.db.read(move |tx| asking_page(tx, &actor, readable, today)).await?;
    match looking {
        Ok(_) => visit.show_typed("", NEW, &page),
        Err(invalid) => visit.show_again(invalid.into(), NEW, &page),
    }
}

/// The right is looked at before the form, which may be wrong.
async fn may_ask(visit: &Visit, actor: &Actor, fields: &Fields) -> Result<(), Error> {
    let (who, fund): (Actor, Option<FundId>) = (actor.clone(), fields.get("fund").and_then(|text| text.parse().ok()));
    let may = move |tx: &mut Tx| {
        if budgets::store::open_funds::<Choose>(tx, &who)?.is_empty() {
            return Err(Error::Forbidden(packages::WHO_CHOOSES.to_owned()));
        }
        fund.map_or(Ok(()), |fund| match packages::fund_to_choose_from(tx, &who, fund) {
            Err(Error::NotFound) | Ok(_) => Ok(()),
            Err(other) => Err(other),
        })
    };
    visit.app.db.read(may).await
}

fn record(
    tx: &mut Tx,
    desk: &Desk<'_>,
    actor: &Actor,
    looking: &Looking,
    new: &NewRequest,
) -> Result<crate::web::page::Done, Error> {
    let today = calendar::london(desk.now).date();
    let none = || Error::from(Invalid::field("fund", "Choose a fund from the list."));
    let id = looking.fund.ok_or_else(none)?;
    let from = match packages::fund_to_choose_from(tx, actor, id) {
        Err(Error::NotFound) => return Err(none()),
        found => found?,
    };
    if new.picked.len() > MOST_ASKED {
        return Err(rules::Refusal::TooMany.into());
    }
    let data = look(tx, actor, from.fund(), looking, today)?;
    let mut listings: Vec<Listing> = vec![];
    for service in &new.picked {
        let offered = services::listing(tx, *service, today)
            .and_then(|listing| if listing.service.published { Ok(listing) } else { Err(Error::NotFound) });
        listings.push(match offered {
            Err(Error::NotFound) => {
                let name = format!("service_{service}");
                return Err(Invalid::field(&name, "This service is not offered. Choose another one.").into());
            }
            found => found?,
        });
    }
    let document = serde_json::to_string(&data.search).map_err(|cause| Error::internal("a search", cause))?;
    let outcode = data.search.near.as_str();
    let record = ToRecord { new, listings: &listings, outcode, search_document: &document };
    let request = store::add(tx, actor, &from, &record, (desk.now, today))?;
    let kept = store::request(tx, actor, request)?;
    for ask in &kept.asks {
        letters::to_provider(tx, desk, ask, &letters::asked(&kept.request, ask))?;
    }
    let says = format!("asked {} providers in", kept.asks.len());
    Ok(super::done(format!("/quotes/{request}"), (request, kept.fund.person), ("quote.asked", &says)))
}
