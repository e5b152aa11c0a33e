//! The story: four weeks of Mary's Individual Service Fund, and Tom's direct payment beside it.
//!
//! It is the worked account of the domain reference (3.4): 420.00 a week, paid four-weekly; a package of 381.00 a week with
//! the holder's fee; 156.00 left at the end.

use chrono::{Days, NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::caller::{Someone, number};
use super::seed::{AGENCY, ART, BROKER, CHARITY, DAY_CLUB, FINANCE, NEIGHBOUR, OFFICER, PERSON, Seeded};
use super::{Story, seed};
use crate::calendar::{Clock, from_london};
use crate::error::Error;
use crate::server::Inside;

/// Everybody at work.
struct Cast<'a> {
    mary: Someone<'a>,
    tom: Someone<'a>,
    broker: Someone<'a>,
    day_club: Someone<'a>,
    agency: Someone<'a>,
    art: Someone<'a>,
    charity: Someone<'a>,
    officer: Someone<'a>,
    finance: Someone<'a>,
}

impl<'a> Cast<'a> {
    async fn sign_in(app: &'a Inside) -> Result<Self, Error> {
        Ok(Self {
            mary: Someone::signs_in(app, &PERSON).await?,
            tom: Someone::signs_in(app, &NEIGHBOUR).await?,
            broker: Someone::signs_in(app, &BROKER).await?,
            day_club: Someone::signs_in(app, &DAY_CLUB).await?,
            agency: Someone::signs_in(app, &AGENCY).await?,
            art: Someone::signs_in(app, &ART).await?,
            charity: Someone::signs_in(app, &CHARITY).await?,
            officer: Someone::signs_in(app, &OFFICER).await?,
            finance: Someone::signs_in(app, &FINANCE).await?,
        })
    }
}

/// What came out of the story: where its papers are found.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Paths of agreements.
    pub agreements: Vec<String>,
    /// Paths of invoices and credit notes, each with the party who may take it.
    pub invoices: Vec<String>,
    /// Paths of the funds, for their statements.
    pub funds: Vec<String>,
    /// The first day of the story.
    pub starts_on: Option<NaiveDate>,
    /// The last day of the story.
    pub ends_on: Option<NaiveDate>,
}

/// One line of the day's plan: what a service is and how much of it a week has.
struct Offer {
    name: &'static str,
    category: &'static str,
    summary: &'static str,
    postcode: &'static str,
    nature: &'static str,
    inside: &'static str,
    unit: &'static str,
    price: &'static str,
    says: &'static [&'static str],
    hours: Option<(&'static str, &'static str)>,
    waiting_weeks: u32,
}

const HOME_CARE: Offer = Offer {
    name: "Personal care at home",
    category: "care_at_home",
    summary: "Help with washing, dressing and meals, at the times you choose.",
    postcode: "DT4 8BG",
    nature: "welfare",
    inside: "yes",
    unit: "hour",
    price: "26.40",
    says: &[
        "at_home",
        "for_older",
        "for_dementia",
        "for_physical",
        "language_en",
        "language_pl",
        "day_monday",
        "day_tuesday",
        "day_wednesday",
        "day_thursday",
        "day_friday",
        "day_saturday",
        "day_sunday",
    ],
    hours: Some(("7am", "10pm")),
    waiting_weeks: 2,
};
const DAY: Offer = Offer {
    name: "Day club",
    category: "day_service",
    summary: "A day with others: cooking, gardening, outings. Lunch is included.",
    postcode: "DT1 1XJ",
    nature: "welfare",
    inside: "no",
    unit: "day",
    price: "54.00",
    says: &[
        "at_premises",
        "for_adults",
        "for_older",
        "for_learning",
        "access_stepfree",
        "access_toilet",
        "access_bus",
        "way_makaton",
        "language_en",
        "day_monday",
        "day_wednesday",
        "day_friday",
    ],
    hours: Some(("9:30", "15:30")),
    waiting_weeks: 0,
};
const PAINTING: Offer = Offer {
    name: "Art class",
    category: "arts_and_learning",
    summary: "Two hours of painting in a group of six. Materials are included.",
    postcode: "DT2 8QF",
    nature: "not_welfare",
    inside: "no",
    unit: "session",
    price: "18.00",
    says: &["at_premises", "for_adults", "for_mental", "access_stepfree", "language_en", "day_thursday"],
    hours: Some(("14:00", "16:00")),
    waiting_weeks: 0,
};
const COMPANY: Offer = Offer {
    name: "Befriending",
    category: "community",
    summary: "Somebody to talk to, or to go for a walk with.",
    postcode: "DT1 1XJ",
    nature: "welfare",
    inside: "no",
    unit: "hour",
    price: "16.00",
    says: &[
        "at_home",
        "at_community",
        "for_older",
        "for_sensory",
        "language_en",
        "day_tuesday",
        "day_saturday",
        "day_sunday",
    ],
    hours: None,
    waiting_weeks: 1,
};

const SHORT_VISITS: Offer = Offer {
    name: "Short visits at home",
    category: "care_at_home",
    summary: "Half an hour to get up and have breakfast, or an hour at the weekend.",
    postcode: "DT4 8BG",
    nature: "welfare",
    inside: "yes",
    unit: "hour",
    price: "26.40",
    says: &["at_home", "for_older", "for_physical", "language_en", "day_monday", "day_thursday", "day_sunday"],
    hours: Some(("7am", "10pm")),
    waiting_weeks: 0,
};

/// Plays the story from three weeks before its first Monday on.
pub async fn play(app: &Inside, clock: &Clock, seeded: &Seeded, start: NaiveDate, story: Story) -> Result<Told, Error> {
    let cast = Cast::sign_in(app).await?;
    let offers = list_services(&cast, start).await?;
    let fund = budget_and_fund(&cast, seeded, start).await?;
    let agreement = agreement(&cast, &fund, start).await?;
    let ask = json!({ "rule": "above", "above": "150.00" });
    cast.mary.posts(&format!("/people/{}/consent", seeded.person), &ask).await?;
    set(clock, start - Days::new(14))?;
    money_in(&cast, &fund, start - Days::new(14)).await?;
    let package = package(
        &cast.broker,
        &fund,
        "My week",
        &[(&offers[0], "10"), (&offers[1], "1"), (&offers[2], "1"), (&offers[3], "1.5")],
    )
    .await?;
    let order = order(&cast.broker, &package, start).await?;
    for week in 0..4 {
        deliver_week(&cast, clock, &order, start + Days::new(7 * week)).await?;
    }
    set(clock, start + Days::new(28))?;
    let mut told = Told { agreements: vec![agreement.clone()], starts_on: Some(start), ..Told::default() };
    told.funds.push(fund.clone());
    complaint(&cast, &order).await?;
    told.invoices = bill(&cast, &order).await?;
    match story {
        Story::Whole => {
            for invoice in &told.invoices {
                approve_and_pay(&cast, invoice, start + Days::new(28)).await?;
            }
            told.ends_on = Some(end(&cast, clock, &agreement, start + Days::new(28)).await?);
        }
        Story::Underway => {
            let settled = told.invoices.len() - 2;
            for invoice in &told.invoices[..settled] {
                approve_and_pay(&cast, invoice, start + Days::new(28)).await?;
            }
            next_four_weeks(&cast, &fund, &package, start + Days::new(28)).await?;
            review(&cast, &offers[3]).await?;
            let asked = json!({ "from": start.to_string(), "to": (start + Days::new(27)).to_string() });
            cast.mary.posts(&format!("{fund}/statements"), &asked).await?;
            told.ends_on = Some(start + Days::new(28));
        }
    }
    direct_payment(&cast, clock, seeded, &offers, start, &mut told).await?;
    council_rule(&cast, clock).await?;
    if story == Story::Underway {
        quotes(&cast, clock, &fund).await?;
    }
    if let (Story::Underway, Some(fund)) = (story, told.funds.last()) {
        short_visits(&cast, clock, fund, start).await?;
    }
    Ok(told)
}

/// Moves the story's clock to ten in the morning of a day.
fn set(clock: &Clock, day: NaiveDate) -> Result<(), Error> {
    let ten = NaiveTime::from_hms_opt(10, 0, 0).ok_or_else(|| Error::Internal("ten o'clock".to_owned()))?;
    clock.set(from_london(day.and_time(ten)).map_err(|cause| Error::internal("the story's clock", cause))?);
    Ok(())
}

/// The providers state their VAT and list their services; answers the services' numbers.
async fn list_services(cast: &Cast<'_>, start: NaiveDate) -> Result<Vec<String>, Error> {
    let from = start - Days::new(90);
    let mut offers = vec![];
    for (provider, vat_number, offer) in [
        (&cast.agency, Some(seed::AGENCY_VAT), &HOME_CARE),
        (&cast.day_club, Some(seed::DAY_CLUB_VAT), &DAY),
        (&cast.art, None, &PAINTING),
        (&cast.charity, Some(seed::CHARITY_VAT), &COMPANY),
    ] {
        if vat_number.is_none() {
            // The art teacher gave her registration back long before anybody booked: something to look at once.
            let before = start - Days::new(720);
            let was = json!({ "vat_status": "registered", "vat_number": seed::ART_FORMER_VAT, "vat_from": before.to_string() });
            provider.posts("/provider/vat", &was).await?;
        }
        let status = if vat_number.is_some() { "registered" } else { "not_registered" };
        let vat = json!({ "vat_status": status, "vat_number": vat_number, "vat_from": from.to_string() });
        provider.posts("/provider/vat", &vat).await?;
        offers.push(list_service(provider, offer, from).await?);
    }
    Ok(offers)
}

async fn list_service(provider: &Someone<'_>, offer: &Offer, from: NaiveDate) -> Result<String, Error> {
    let service = json!({
        "name": offer.name, "category": offer.category, "summary": offer.summary, "postcode": offer.postcode,
        "nature": offer.nature, "inside_regulated_activity": offer.inside,
    });
    let location = provider.posts("/services", &service).await?;
    let id = number(location.trim_end_matches("/edit"))?.to_owned();
    let mut details = json!({ "version": 1 });
    for feature in offer.says {
        details[feature] = "true".into();
    }
    if let Some((opens, closes)) = offer.hours {
        details["opens"] = opens.into();
        details["closes"] = closes.into();
    }
    details["waiting_weeks"] = offer.waiting_weeks.into();
    provider.posts(&format!("/services/{id}/details"), &details).await?;
    let rate = json!({ "unit": offer.unit, "price": offer.price, "basis": "net", "from": from.to_string() });
    provider.posts(&format!("/services/{id}/rates"), &rate).await?;
    let version = version(&provider.sees(&format!("/services/{id}/edit")).await?);
    let publication = json!({ "version": version, "published": "true" });
    provider.posts(&format!("/services/{id}/publication"), &publication).await?;
    Ok(id)
}

/// The version that a page shows.
fn version(page: &Value) -> Value {
    page["version"].clone()
}

/// The council says how much it pays for a day out at most: less than the day club costs a fund that bears the VAT.
async fn council_rule(cast: &Cast<'_>, clock: &Clock) -> Result<(), Error> {
    let rule = json!({
        "kind": "capped", "category": "day_service", "unit": "day", "most": "60.00", "from": clock.today().to_string(),
        "reason": "The council compared the prices of all day services of the county in March.",
    });
    cast.officer.posts("/council-rules", &rule).await?;
    Ok(())
}

/// The council records the budget and the fund; answers the fund's path.
async fn budget_and_fund(cast: &Cast<'_>, seeded: &Seeded, start: NaiveDate) -> Result<String, Error> {
    let budget = json!({
        "weekly": "420.00", "contribution_weekly": "61.37", "starts_on": (start - Days::new(21)).to_string(),
        "agreed_note": "Agreed with Mary at the review",
    });
    cast.officer.posts(&format!("/people/{}/budgets", seeded.person), &budget).await?;
    let fund = json!({
        "form": "individual_service_fund", "weekly": "420.00", "holder": seeded.agency.to_string(),
        "structure": "agent_of_person", "recovery_confirmed": "true", "payment_frequency": "four_weekly",
        "contribution_mode": "holder_collects", "starts_on": start.to_string(),
    });
    cast.officer.posts(&format!("/people/{}/funds", seeded.person), &fund).await
}

/// The agency draws up the agreement and proposes it; Mary, the agency and the council sign.
async fn agreement(cast: &Cast<'_>, fund: &str, start: NaiveDate) -> Result<String, Error> {
    let terms = json!({
        "structure": "agent_of_person", "starts_on": start.to_string(), "payment_frequency": "four_weekly",
        "advance_days": 14, "fee_weekly": "8.50", "fee_position": "from_budget", "surplus_rule": "pro_rata",
        "surplus_cap_weeks": 4, "notice_person_weeks": 4, "notice_holder_weeks": 8, "notice_council_weeks": 4,
    });
    let agreement = cast.agency.posts(&format!("{fund}/agreements"), &terms).await?;
    let drafted = cast.agency.sees(&agreement).await?;
    cast.agency.posts(&format!("{agreement}/proposal"), &json!({ "version": version(&drafted) })).await?;
    for (signer, party) in [(&cast.mary, "person"), (&cast.agency, "holder"), (&cast.officer, "council")] {
        let shown = signer.sees(&agreement).await?;
        let signature = json!({ "sha256": shown["sha256"], "party": party, "read": "true" });
        signer.posts(&format!("{agreement}/signatures"), &signature).await?;
    }
    Ok(agreement)
}

/// Four weeks' money, two weeks ahead: the council's part and Mary's contribution (domain reference 6.2).
async fn money_in(cast: &Cast<'_>, fund: &str, on: NaiveDate) -> Result<(), Error> {
    let funding = json!({ "amount": "1434.52", "on": on.to_string(), "reference": "Four weeks in advance" });
    cast.finance.posts(&format!("{fund}/funding"), &funding).await?;
    let contribution = json!({ "amount": "245.48", "on": on.to_string(), "reference": "Contribution, four weeks" });
    cast.agency.posts(&format!("{fund}/contributions"), &contribution).await?;
    Ok(())
}

/// A package of services with their weekly quantities; answers its path.
async fn package(who: &Someone<'_>, fund: &str, name: &str, lines: &[(&String, &str)]) -> Result<String, Error> {
    let package = who.posts(&format!("{fund}/packages"), &json!({ "name": name })).await?;
    for (service, quantity) in lines {
        let version = version(&who.sees(&package).await?);
        let line = json!({ "service": service, "weekly_quantity": quantity, "version": version });
        who.posts(&format!("{package}/lines"), &line).await?;
    }
    Ok(package)
}

/// Orders a package for four weeks; answers the order's path.
async fn order(who: &Someone<'_>, package: &str, start: NaiveDate) -> Result<String, Error> {
    let version = version(&who.sees(package).await?);
    let order = json!({ "starts_on": start.to_string(), "weeks": 4, "version": version });
    who.posts(&format!("{package}/orders"), &order).await
}

/// Each provider records its week; Mary confirms all of it at the end.
async fn deliver_week(cast: &Cast<'_>, clock: &Clock, order: &str, monday: NaiveDate) -> Result<(), Error> {
    set(clock, monday + Days::new(5))?;
    for (provider, day, quantity) in
        [(&cast.agency, 4, "10"), (&cast.day_club, 1, "1"), (&cast.art, 2, "1"), (&cast.charity, 3, "1.5")]
    {
        record(provider, order, monday + Days::new(day), quantity).await?;
    }
    confirm_all(&cast.mary, order).await
}

/// A provider records what it gave of an order, on its line of it.
async fn record(provider: &Someone<'_>, order: &str, on: NaiveDate, quantity: &str) -> Result<(), Error> {
    let line = open_line(provider, order).await?;
    let delivery = json!({ "on": on.to_string(), "quantity": quantity, "note": "" });
    provider.posts(&format!("/order-lines/{line}/deliveries"), &delivery).await?;
    Ok(())
}

/// A provider's line of an order under which it can record something.
async fn open_line(provider: &Someone<'_>, order: &str) -> Result<Value, Error> {
    let seen = provider.sees("/deliveries").await?;
    let order: Value = number(order)?.parse::<i64>().map_err(|cause| Error::internal(order, cause))?.into();
    let is_open = |line: &&Value| line["order"] == order && line["may_record"] == true;
    let line = seen["provider"]["lines"].as_array().and_then(|lines| lines.iter().find(is_open));
    let line = line.ok_or_else(|| Error::Internal(format!("no line of order {order}: {seen}")))?;
    Ok(line["line"].clone())
}

async fn confirm_all(person: &Someone<'_>, order: &str) -> Result<(), Error> {
    let seen = person.sees(&format!("{order}/deliveries")).await?;
    let shown = json!({ "seen": seen["seen"] });
    person.posts(&format!("{order}/deliveries/confirmation"), &shown).await?;
    Ok(())
}

/// Mary complains about the day club, which says that it looks into it, and answers. Whether it is settled is hers to say.
/// Her art teacher worries about something, which nobody but the safeguarding team learns.
async fn complaint(cast: &Cast<'_>, order: &str) -> Result<(), Error> {
    let contacts = json!({
        "complaints_team": "County Hall, Dorchester DT1 1XJ, complaints@examplevale.example",
        "care_line": "01632 960001, at night and at weekends 01632 960002",
    });
    cast.officer.posts("/concerns/contacts", &contacts).await?;
    let about = format!("order-{}", number(order)?);
    let form = cast.mary.sees(&format!("/concerns/new?about={about}")).await?;
    let is_club = |choice: &&Value| choice["label"].as_str().is_some_and(|label| label.contains("Day Club"));
    let club = form["whom"].as_array().and_then(|choices| choices.iter().find(is_club));
    let club = club.ok_or_else(|| Error::Internal(format!("no day club: {form}")))?;
    let complaint = json!({
        "person": form["person"], "about": about, "whom": club["value"],
        "what": "The outing was moved to another week and nobody told me. I had packed lunch. I would like to be told before.",
    });
    let complaint = cast.mary.posts("/concerns", &complaint).await?;
    let seen = json!({ "version": version(&cast.day_club.sees(&complaint).await?) });
    cast.day_club.posts(&format!("{complaint}/acknowledgement"), &seen).await?;
    let answer = json!({
        "version": version(&cast.day_club.sees(&complaint).await?),
        "text": "You are right, and we are sorry. From now on somebody rings you the day before when a plan changes.",
    });
    cast.day_club.posts(&format!("{complaint}/answer"), &answer).await?;
    let art = cast.art.sees("/safeguarding/new").await?;
    let concern = json!({
        "person": art["people"][0]["value"],
        "what": "Mary told me that she cannot find her bank card, and did not want to talk about it. I may be wrong.",
        "about_words": "I do not know",
    });
    cast.art.posts("/safeguarding", &concern).await?;
    Ok(())
}

/// Everybody sends the invoice for the four weeks; the agency one for care and one for its fee. Answers their paths.
async fn bill(cast: &Cast<'_>, order: &str) -> Result<Vec<String>, Error> {
    let mut invoices = vec![];
    for (provider, subject) in [
        (&cast.agency, "support"),
        (&cast.agency, "fee"),
        (&cast.art, "support"),
        (&cast.charity, "support"),
        (&cast.day_club, "support"),
    ] {
        invoices.push(provider.posts(&format!("{order}/invoices"), &json!({ "subject": subject })).await?);
    }
    Ok(invoices)
}

async fn approve_and_pay(cast: &Cast<'_>, invoice: &str, on: NaiveDate) -> Result<(), Error> {
    // The agency approves what Mary need not be asked about; on the rest, and on the agency's own invoices, she decides.
    let shown = cast.agency.sees(invoice).await?;
    let seen = json!({ "version": version(&shown) });
    let decides = if shown["may_approve"] == true { &cast.agency } else { &cast.mary };
    decides.posts(&format!("{invoice}/approval"), &seen).await?;
    pay(&cast.agency, invoice, on).await
}

async fn pay(payer: &Someone<'_>, invoice: &str, on: NaiveDate) -> Result<(), Error> {
    let version = version(&payer.sees(invoice).await?);
    let payment = json!({ "version": version, "on": on.to_string(), "reference": "Bank transfer" });
    payer.posts(&format!("{invoice}/payment"), &payment).await?;
    Ok(())
}

/// The next four weeks are paid in and ordered; what is delivered today waits for Mary.
async fn next_four_weeks(cast: &Cast<'_>, fund: &str, package: &str, monday: NaiveDate) -> Result<(), Error> {
    money_in(cast, fund, monday).await?;
    let order = order(&cast.broker, package, monday).await?;
    record(&cast.agency, &order, monday, "2").await?;
    record(&cast.art, &order, monday, "1").await
}

/// Bea asks three providers for company on Saturdays: one makes an offer, one cannot, one has not answered yet.
async fn quotes(cast: &Cast<'_>, clock: &Clock, fund: &str) -> Result<(), Error> {
    let today = clock.today();
    let form = cast.broker.sees(&format!("/quotes/new?fund={}&within=25&rules=shown", number(fund)?)).await?;
    let picks = form["picks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |name: &str| {
        let is_theirs = |pick: &&Value| pick["label"].as_str().is_some_and(|label| label.contains(name));
        picks.iter().find(is_theirs).map(|pick| format!("service_{}", pick["id"]))
    };
    let mut request = json!({
        "fund": number(fund)?, "within": "25", "rules": "shown",
        "what": "Somebody to go out with on Saturdays: the market, a café, the garden centre. She likes to paint.",
        "quantity": "3", "unit": "hour", "times": "Saturdays, from ten to one",
        "starts_on": (today + Days::new(19)).to_string(), "answer_by": (today + Days::new(12)).to_string(),
        "price_weight": "1", "criterion_1": "The same helper every week", "weight_1": "3",
        "criterion_2": "Somebody who likes art", "weight_2": "2",
    });
    for name in ["Befriending", "Art class", "Day club"] {
        let field = of(name).ok_or_else(|| Error::Internal(format!("no {name} to ask: {form}")))?;
        request[field] = "yes".into();
    }
    cast.broker.posts("/quotes", &request).await?;
    let ask = cast.charity.sees("/quotes").await?["asks"][0]["href"].clone();
    let offer = json!({
        "kind": "offered", "price": "17.50", "basis": "net", "times": "Saturdays from ten to one, always the same helper",
        "note": "Our helper used to teach art in a school.", "valid_until": (today + Days::new(19)).to_string(),
    });
    cast.charity.posts(&format!("{}/answers", ask.as_str().unwrap_or_default()), &offer).await?;
    let ask = cast.day_club.sees("/quotes").await?["asks"][0]["href"].clone();
    let decline = json!({ "kind": "declined", "because": "times", "note": "We are closed on Saturdays." });
    cast.day_club.posts(&format!("{}/answers", ask.as_str().unwrap_or_default()), &decline).await?;
    Ok(())
}

/// Mary says how the befriending was; the council lets everybody read it, and the charity’s answer too.
async fn review(cast: &Cast<'_>, service: &str) -> Result<(), Error> {
    let review = json!({
        "as_agreed": "5", "on_time": "4", "respect": "5", "again": "5",
        "words": "We walk by the river and talk. Once it rained and we had tea instead, which was just as good.",
    });
    let review = cast.mary.posts(&format!("/services/{service}/reviews"), &review).await?;
    cast.officer.posts(&format!("{review}/decision"), &json!({ "decision": "shown" })).await?;
    let reply = json!({ "text": "Thank you. We pass this on to the volunteer, who will be glad." });
    cast.charity.posts(&format!("{review}/reply"), &reply).await?;
    // It is the first answer of the story.
    let let_through = json!({ "reply": "1", "answer_decision": "shown" });
    cast.officer.posts(&format!("{review}/reply/decision"), &let_through).await?;
    Ok(())
}

/// Mary ends the agreement with four weeks' notice; the agency makes the final account. Answers its day.
async fn end(cast: &Cast<'_>, clock: &Clock, agreement: &str, on: NaiveDate) -> Result<NaiveDate, Error> {
    let version_now = version(&cast.mary.sees(agreement).await?);
    let ending =
        json!({ "version": version_now, "party": "person", "cause": "notice", "reason": "Mary moves to her sister's" });
    cast.mary.posts(&format!("{agreement}/ending"), &ending).await?;
    let day = on + Days::new(29);
    set(clock, day)?;
    let version = version(&cast.agency.sees(agreement).await?);
    cast.agency.posts(&format!("{agreement}/final-account"), &json!({ "version": version })).await?;
    Ok(day)
}

/// The agency lists short visits with a card of prices; Tom plans some by days and times. The first was made today and waits
/// for him; the next one he has called off in time.
async fn short_visits(cast: &Cast<'_>, clock: &Clock, fund: &str, start: NaiveDate) -> Result<(), Error> {
    let today = clock.today();
    let service = list_service(&cast.agency, &SHORT_VISITS, start - Days::new(90)).await?;
    let card = json!({
        "unit": "hour", "price": "26.40", "basis": "net", "from": today.to_string(), "days_1": "weekdays", "minutes_1": "30",
        "price_1": "14.20", "days_2": "weekend", "price_2": "31.00", "days_3": "bank_holidays", "price_3": "52.80",
        "rounding": "up", "step_minutes": "5", "minimum_minutes": "15", "notice_hours_1": "24", "notice_percent_1": "100",
        "notice_hours_2": "48", "notice_percent_2": "50",
    });
    cast.agency.posts(&format!("/services/{service}/rates"), &card).await?;
    let package = package(&cast.tom, fund, "Short visits", &[(&service, "1")]).await?;
    let visits = json!({
        "version": version(&cast.tom.sees(&package).await?), "days_1": "monday", "start_1": "8:30am", "minutes_1": "30",
        "days_2": "thursday", "start_2": "8:30am", "minutes_2": "30", "days_3": "sunday", "start_3": "10am", "minutes_3": "60",
    });
    cast.tom.posts(&format!("{package}/lines/{service}/visits"), &visits).await?;
    let order = order(&cast.tom, &package, today).await?;
    let line = open_line(&cast.agency, &order).await?;
    let made = json!({ "on": today.to_string(), "start": "8:34am", "minutes": "28", "note": "All well." });
    cast.agency.posts(&format!("/order-lines/{line}/deliveries"), &made).await?;
    let off = json!({
        "on": (today + Days::new(3)).to_string(), "start": "8:30am", "minutes": "30", "outcome": "cancelled_by_person",
        "cancelled_on": today.to_string(), "cancelled_at": "9am", "note": "Tom has an appointment.",
    });
    cast.agency.posts(&format!("/order-lines/{line}/deliveries"), &off).await?;
    Ok(())
}

/// Tom buys day club with his direct payment; one of four days did not happen and is credited; he reports what else he spent.
async fn direct_payment(
    cast: &Cast<'_>,
    clock: &Clock,
    seeded: &Seeded,
    offers: &[String],
    start: NaiveDate,
    told: &mut Told,
) -> Result<(), Error> {
    let today = clock.today();
    let budget = json!({
        "weekly": "150.00", "contribution_weekly": "0.00", "starts_on": (start - Days::new(21)).to_string(),
        "agreed_note": "Agreed with Tom",
    });
    cast.officer.posts(&format!("/people/{}/budgets", seeded.neighbour), &budget).await?;
    let fund = json!({
        "form": "direct_payment", "weekly": "150.00", "recovery_confirmed": "false",
        "payment_frequency": "four_weekly", "contribution_mode": "council_invoices", "starts_on": start.to_string(),
    });
    let fund = cast.officer.posts(&format!("/people/{}/funds", seeded.neighbour), &fund).await?;
    let funding = json!({ "amount": "600.00", "on": today.to_string(), "reference": "Four weeks" });
    cast.finance.posts(&format!("{fund}/funding"), &funding).await?;
    let package = package(&cast.tom, &fund, "Tuesdays out", &[(&offers[1], "1")]).await?;
    let order = order(&cast.tom, &package, today).await?;
    record(&cast.day_club, &order, today, "2").await?;
    confirm_all(&cast.tom, &order).await?;
    let invoice = cast.day_club.posts(&format!("{order}/invoices"), &json!({ "subject": "support" })).await?;
    let seen = cast.tom.sees(&invoice).await?;
    let query = json!({ "version": version(&seen), "reason": "The second day was cancelled by the club." });
    cast.tom.posts(&format!("{invoice}/query"), &query).await?;
    let seen = cast.day_club.sees(&invoice).await?;
    let credit = json!({ "version": version(&seen), "reason": "One day did not take place", "line-1": "1" });
    let credit_note = cast.day_club.posts(&format!("{invoice}/credit"), &credit).await?;
    let seen = cast.tom.sees(&invoice).await?;
    cast.tom.posts(&format!("{invoice}/approval"), &json!({ "version": version(&seen) })).await?;
    pay(&cast.tom, &invoice, today).await?;
    let spent = json!({ "amount": "12.50", "on": today.to_string(), "what": "Bus fares" });
    cast.tom.posts(&format!("{fund}/spending"), &spent).await?;
    told.invoices.extend([invoice, credit_note]);
    told.funds.push(fund);
    Ok(())
}
