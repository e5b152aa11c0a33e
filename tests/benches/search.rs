//! What a search page costs the server beside the sum of its parts, with 50,000 services, on SQLite and, with
//! `--features postgres`, on a throw-away PostgreSQL: in CPU time of this process, and in time one after the other, in which
//! what PostgreSQL does is counted too.
//!
//! `cargo bench --features postgres --bench search` asks 400 different searches (words, distance of 10 or 25 miles, price in this fund, sorted
//! by price or distance), each signed in and through all layers, and measures beside it, in the same run and over the same
//! searches:
//! - an empty page: an app of the same framework with one handler that answers nothing, asked with the same headers;
//! - the queries: the session's, the funds' and the search's own (the place, the rules of the fund's council, what is found),
//!   called as the page calls them;
//! - the rendering of the same pages.
//!
//! Not counted among the parts, though the page does them: reading the query's fields, checking the session's signature,
//! making the page's struct, a fresh form token, the cross-site check and the headers.
//! Then it asks the search's queries on SQLite in every combination of filters and orders, and prints the slowest.
//!
//! What is searched is made by [`marketplace`]. Each figure is the smallest of several rounds, because another program on
//! the same machine can only make a round slower.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, dead_code, missing_docs)]

mod marketplace;
#[path = "../support/parts.rs"]
mod parts;
#[path = "../support/postgres.rs"]
mod postgres;

use std::cell::Cell;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::{HttpResponse, test, web};
use chrono::{DateTime, Utc};
use cpu_time::ProcessTime;
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use marketplace::{Draw, Marketplace, WORDS, english};
use tailormade::auth::rights::SeeMoney;
use tailormade::auth::{identify, store as auth};
use tailormade::budgets::store as budgets;
use tailormade::calendar::Clock;
use tailormade::config::{Config, DatabaseUrl};
use tailormade::db::{Db, Tx};
use tailormade::directory::forms;
use tailormade::directory::looking::look;
use tailormade::directory::pages::{self, FundChoice, Located, Rules, Search, Seen};
use tailormade::directory::rules::asking::Place;
use tailormade::directory::store::search;
use tailormade::directory::{Sort, View, Wanted, rules};
use tailormade::error::Error;
use tailormade::people::store as people;
use tailormade::places::miles_in_metres;
use tailormade::render::{Frame, Link};
use tailormade::server;
use tailormade::web::form::Fields;
use tailormade::web::token::Keys;
use tailormade::web::{App, assets};

const SEARCHES: usize = 400;
const ROUNDS: usize = 7;

/// How many statements all connections were given that were opened after counting began.
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

fn now() -> DateTime<Utc> {
    "2026-11-02T10:00:00Z".parse().unwrap()
}

/// The queries of different searches.
fn searches(market: &Marketplace) -> Vec<String> {
    let (england, mut draw) = (english(), Draw(7));
    let mut search = |number: usize| {
        let words = WORDS[number % WORDS.len()].replace(' ', "+");
        let (place, within) = (draw.of(&england).outcode, draw.of(&[10, 25]));
        let (sort, most) = (["price", "distance"][number / WORDS.len() % 2], 15 + draw.below(60));
        format!("words={words}&place={place}&within={within}&fund={}&max_price={most}&sort={sort}", market.fund)
    };
    (0..SEARCHES).map(&mut search).collect()
}

fn fields(query: &str) -> Fields {
    Fields::from_pairs(serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap())
}

/// What a search looks for, as the page finds it out.
fn wanted(query: &str, view: &View) -> Wanted {
    let asked = forms::search(&fields(query)).unwrap();
    let point = asked.place.map(|place| match place {
        Place::Outcode(outcode) => outcode.place().unwrap().point,
        _ => unreachable!("the searches name outcodes"),
    });
    Wanted {
        words: asked.words,
        category: asked.category,
        near: point.map(|point| (point, miles_in_metres(asked.within))),
        council: None,
        vat: asked.vat,
        most: asked.most,
        unit: asked.unit,
        features: asked.features,
        room: asked.room,
        rating: asked.rating,
        sort: asked.sort.unwrap_or(Sort::Price),
        payer: rules::payer_kind(view.arrangement, view.recovery),
        page: asked.page,
        without: vec![],
    }
}

fn app(db: Db) -> App {
    let config = Config::from_values(|_| None).unwrap();
    App::new(db, config, Clock::stopped_at(now()), Keys::random().unwrap(), vec![]).unwrap()
}

/// The session's queries, as the layer around the pages asks them.
fn session_queries(market: &Marketplace, app: &App) {
    let session = market.session;
    app.db.read_now(|tx| auth::actor(tx, session, now(), app.clock.today())).unwrap().unwrap();
}

/// The funds' queries: those that can be chosen, and whose they are.
fn fund_queries(tx: &mut Tx, market: &Marketplace, app: &App) -> Result<(Vec<FundChoice>, View), Error> {
    let actor = auth::actor(tx, market.session, now(), app.clock.today())?.unwrap();
    let choices = budgets::open_funds::<SeeMoney>(tx, &actor)?;
    let fund = choices[0].clone();
    let choices = pages::fund_choices(choices, &people::people_acted_for(tx, &actor)?, &actor);
    let view = View { fund: Some(fund.id), arrangement: fund.arrangement().unwrap(), recovery: fund.recovery };
    Ok((choices, view))
}

/// The page's struct of every search.
fn page_of(query: &str, seen: &Seen, choices: &[FundChoice], app: &App) -> Search {
    pages::search(&fields(query), choices, Some(seen), app.clock.today())
}

/// The frame that the page has.
fn frame(market: &Marketplace, app: &App, query: &str) -> Frame {
    let link = |(label, href): (&str, &str)| Link { label: label.to_owned(), href: href.to_owned(), current: false };
    Frame {
        user_name: Some("A person".to_owned()),
        nav: [("Home", "/"), ("Find support", "/search"), ("Invoices", "/invoices")].map(link).into(),
        form_token: app.keys.form_token(market.user).unwrap(),
        style_href: assets::address("style.css").to_owned(),
        script_href: assets::address("script.js").to_owned(),
        icon_href: assets::address("icon.svg").to_owned(),
        path: format!("/search?{query}"),
        ..Frame::default()
    }
}

/// What one of many costs on average, in microseconds.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// CPU time of this process.
    cpu: f64,
    /// From asking to the answer, one after the other: with what the database's own processes do.
    elapsed: f64,
}

/// What each search costs on average.
async fn cost<T, F: Future<Output = ()>>(of: &[T], one: impl Fn(usize) -> F) -> Cost {
    let (cpu, elapsed) = (ProcessTime::now(), Instant::now());
    for number in 0..of.len() {
        one(number).await;
    }
    let each = |all: Duration| all.as_secs_f64() * 1e6 / of.len() as f64;
    Cost { cpu: each(cpu.elapsed()), elapsed: each(elapsed.elapsed()) }
}

/// The smallest cost of each part so far.
#[derive(Default)]
struct Costs {
    page: Cell<Cost>,
    empty: Cell<Cost>,
    session: Cell<Cost>,
    funds: Cell<Cost>,
    search: Cell<Cost>,
    structs: Cell<Cost>,
    rendering: Cell<Cost>,
}

fn keep(cell: &Cell<Cost>, cost: Cost) {
    let least = |so_far: f64, now: f64| if so_far == 0.0 { now } else { so_far.min(now) };
    let so_far = cell.get();
    cell.set(Cost { cpu: least(so_far.cpu, cost.cpu), elapsed: least(so_far.elapsed, cost.elapsed) });
}

async fn measure(market: &Marketplace, queries: &[String]) -> Costs {
    let app = app(market.db.clone());
    let inside = server::inside(app.clone()).await;
    let cookie = identify::access_cookie(&app, market.user, market.session).unwrap();
    let cookie = format!("{}={}", cookie.name(), cookie.value());
    let empty = web::get().to(|| async { HttpResponse::Ok().finish() });
    let empty = test::init_service(actix_web::App::new().route("/search", empty)).await;
    let (inside, cookie, app, empty) = (&inside, &cookie, &app, &empty);

    let (choices, view) = app.db.read_now(|tx| fund_queries(tx, market, app)).unwrap();
    let actor = app.db.read_now(|tx| auth::actor(tx, market.session, now(), app.clock.today())).unwrap().unwrap();
    let asked = |query: &String| (forms::search(&fields(query)).unwrap(), fields(query));
    let askeds: Vec<_> = queries.iter().map(asked).collect();
    let wanteds: Vec<Wanted> = queries.iter().map(|query| wanted(query, &view)).collect();
    let found = |wanted: &Wanted| app.db.read_now(|tx| search::find(tx, wanted)).unwrap();
    let seens: Vec<Seen> = wanteds
        .iter()
        .map(|wanted| Seen {
            found: found(wanted),
            wanted: wanted.clone(),
            view,
            sells: false,
            located: Located::default(),
            misspelt: None,
            unsaid: vec![],
            rules: Rules::default(),
        })
        .collect();
    let structs: Vec<Search> =
        queries.iter().zip(&seens).map(|(query, seen)| page_of(query, seen, &choices, app)).collect();
    let frames: Vec<Frame> = queries.iter().map(|query| frame(market, app, query)).collect();
    let shown: usize = seens.iter().map(|seen| seen.found.entries.len()).sum();
    println!("{} searches, {:.1} results shown on a page", queries.len(), shown as f64 / queries.len() as f64);

    let costs = Costs::default();
    for _ in 0..ROUNDS {
        let ask = |number: usize| async move {
            let reply = inside.ask(&format!("/search?{}", queries[number]), "text/html", cookie, None).await.unwrap();
            assert_eq!(reply.status, 200);
            assert!(reply.body.contains("Prices as this fund pays them"));
        };
        keep(&costs.page, cost(queries, ask).await);
        let ask = |number: usize| async move {
            let request = test::TestRequest::get().uri(&format!("/search?{}", queries[number]));
            let request = request.insert_header(("accept", "text/html")).insert_header(("sec-fetch-site", "none"));
            let request = request.insert_header(("cookie", cookie.as_str())).to_request();
            let reply = test::call_service(empty, request).await;
            to_bytes(reply.into_body()).await.unwrap();
        };
        keep(&costs.empty, cost(queries, ask).await);
        keep(&costs.session, cost(queries, |_| async { session_queries(market, app) }).await);
        let funds = |tx: &mut Tx| {
            budgets::open_funds::<SeeMoney>(tx, &actor)?;
            people::people_acted_for(tx, &actor)?;
            budgets::fund(tx, &actor, market.fund)
        };
        keep(
            &costs.funds,
            cost(queries, |_| async {
                let _funds = app.db.read_now(funds).unwrap();
            })
            .await,
        );
        let find = |number: usize| {
            let (asked, typed) = &askeds[number];
            drop(app.db.read_now(|tx| look(tx, (view, false), asked.clone(), typed, app.clock.today())).unwrap());
            std::future::ready(())
        };
        keep(&costs.search, cost(queries, find).await);
        let make = |number: usize| {
            drop(page_of(&queries[number], &seens[number], &choices, app));
            std::future::ready(())
        };
        keep(&costs.structs, cost(queries, make).await);
        let render = |number: usize| {
            let html =
                app.renderer.render_form("directory/search.html", &structs[number], &frames[number], None).unwrap();
            assert!(html.len() > 1_000);
            std::future::ready(())
        };
        keep(&costs.rendering, cost(queries, render).await);
    }
    costs
}

/// Every combination of filters and orders, around the middle of London, where most is near; with a query that says so.
fn combinations(market: &Marketplace) -> Vec<String> {
    let choices: [&[&str]; 7] = [
        &["", "words=pottery", "words=support", "words=support+dementia", "words=hazel+bridge", "words=c"],
        &["", "place=WC2N&within=10", "place=WC2N&within=25", "place=WC2N&within=50", "place=TR18&within=25"],
        &["", "category=arts_and_learning"],
        &["", "vat=registered", "vat=applied_for"],
        &["", "unit=hour", "unit=mile"],
        &["", "max_price=10", "max_price=50"],
        &["sort=name", "sort=price", "sort=distance", "sort=name&page=20"],
    ];
    let mut queries = vec![format!("fund={}", market.fund)];
    for choice in choices {
        let longer = |query: &String| choice.iter().map(|more| format!("{query}&{more}")).collect::<Vec<_>>();
        queries = queries.iter().flat_map(longer).collect();
    }
    queries.retain(|query| query.contains("place=") || !query.contains("sort=distance"));
    queries
}

/// The search's queries of every combination: how many take long, and which take longest.
fn slowest(market: &Marketplace) {
    let app = app(market.db.clone());
    let (_, view) = app.db.read_now(|tx| fund_queries(tx, market, &app)).unwrap();
    let cost = |query: &String| {
        let wanted = wanted(query, &view);
        let once = || {
            let started = ProcessTime::now();
            let found = app.db.read_now(|tx| search::find(tx, &wanted)).unwrap();
            (started.elapsed().as_secs_f64() * 1e3, found.count)
        };
        let costs = [once(), once(), once()];
        (costs.iter().fold(f64::MAX, |least, (cost, _)| least.min(*cost)), costs[0].1, query.clone())
    };
    let mut costs: Vec<(f64, i64, String)> = combinations(market).iter().map(cost).collect();
    costs.sort_by(|left, right| right.0.total_cmp(&left.0));
    let over = costs.iter().filter(|(cost, ..)| *cost > 5.0).count();
    let mean = costs.iter().map(|(cost, ..)| cost).sum::<f64>() / costs.len() as f64;
    println!("{} combinations of filters and orders: {mean:.2} ms on average, {over} over 5 ms", costs.len());
    for (cost, count, query) in costs.iter().take(8) {
        println!("  {cost:>5.1} ms, {count:>4} found: {}", query.replace("&&", "&"));
    }
}

/// Counts statements, not the connections' own affairs.
struct Counter;

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The fewest and the most statements that any of the pages takes, `BEGIN` and `ROLLBACK` included.
async fn statements(market: &Marketplace, queries: &[String]) -> (u64, u64) {
    set_default_instrumentation(|| Some(Box::new(Counter))).unwrap();
    let app = app(Db::open(market.db.url()).unwrap());
    let inside = server::inside(app.clone()).await;
    let cookie = identify::access_cookie(&app, market.user, market.session).unwrap();
    let cookie = format!("{}={}", cookie.name(), cookie.value());
    let (mut fewest, mut most) = (u64::MAX, 0);
    for query in queries {
        let before = STATEMENTS.load(Ordering::Relaxed);
        inside.ask(&format!("/search?{query}"), "text/html", &cookie, None).await.unwrap();
        let taken = STATEMENTS.load(Ordering::Relaxed) - before;
        (fewest, most) = (fewest.min(taken), most.max(taken));
    }
    (fewest, most)
}

/// Measures the page and its parts on one engine, and prints them.
fn engine(name: &str, market: &Marketplace, queries: &[String]) {
    println!(
        "{name}, 50,000 services of 10,000 providers; microseconds: CPU time of this process, time one after the other"
    );
    server::block_on(async {
        let costs = measure(market, queries).await;
        let queried = [&costs.session, &costs.funds, &costs.search];
        let sum = |parts: &[&Cell<Cost>]| Cost {
            cpu: parts.iter().map(|part| part.get().cpu).sum(),
            elapsed: parts.iter().map(|part| part.get().elapsed).sum(),
        };
        let line = |what: &str, cost: Cost| println!("  {what:<50} {:>9.1} {:>9.1}", cost.cpu, cost.elapsed);
        line("the whole page", costs.page.get());
        line("an empty page through actix", costs.empty.get());
        line("the session's queries", costs.session.get());
        line("the funds' queries", costs.funds.get());
        line("the search's queries", costs.search.get());
        line("the rendering", costs.rendering.get());
        line("(in no sum: making the page's struct)", costs.structs.get());
        let page = costs.page.get();
        let ratio = |what: &str, parts: Cost| {
            println!("  {what:<50} {:>9.2} {:>9.2}", page.cpu / parts.cpu, page.elapsed / parts.elapsed);
        };
        let around = sum(&[&costs.empty, &costs.rendering]);
        let (all, search) = (sum(&queried), costs.search.get());
        let with = |queries: Cost| Cost { cpu: around.cpu + queries.cpu, elapsed: around.elapsed + queries.elapsed };
        ratio("page / (empty page + all its queries + rendering)", with(all));
        ratio("page / (empty page + search's queries + rendering)", with(search));
        let (fewest, most) = statements(market, queries).await;
        println!("  statements of a page: {fewest} to {most}");
    });
}

fn main() {
    let market = marketplace::open(now());
    let queries = searches(&market);
    engine("SQLite", &market, &queries);
    slowest(&market);
    match postgres::Cluster::get().and_then(postgres::Cluster::empty_database) {
        Ok(database) => {
            let market = marketplace::made(&DatabaseUrl::parse(&database.url).unwrap(), now());
            engine("PostgreSQL", &market, &searches(&market));
        }
        Err(why) => println!("PostgreSQL was not measured: {why}"),
    }
}
