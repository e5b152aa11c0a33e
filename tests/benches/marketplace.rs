//! A marketplace of 10,000 invented providers with 50,000 published, priced services, spread over the real outcodes of
//! England, and one person with a fund who is signed in.
//!
//! Everything is written by the stores' own verbs, so the read model of the search is what the program itself makes of it.
//! It is kept in the target folder under a name that holds the fingerprint of the tables and of [`VERSION`].

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tailormade::auth::password;
use tailormade::auth::rights::{Actor, Role, SeeMoney};
use tailormade::auth::store as auth;
use tailormade::budgets::{ContributionMode, NewFund, PaymentFrequency, store as budgets};
use tailormade::config::DatabaseUrl;
use tailormade::db::schema::{organisations, search_entries, users};
use tailormade::db::{Db, Tx, migrate};
use tailormade::directory::store::rates::NewRate;
use tailormade::directory::store::services;
use tailormade::directory::{Category, RateCard, RateTerms, ServiceWords, Unit};
use tailormade::error::Error;
use tailormade::ids::{FundId, OrganisationId, SessionId, UserId};
use tailormade::money::{Pence, UnitPrice};
use tailormade::people::store as people;
use tailormade::people::{Address, NewOrganisation, NewPerson, OrganisationKind, VatRegistration, VatStatus};
use tailormade::places::{
    Country, OutcodePlace, PlaceRow, Point, Postcode, council_by_code, outcodes, store as places,
};
use tailormade::vat::{Answer, CharityStatus, Form, Nature, PriceBasis, Recovery, Structure, VatNumber};
use tailormade::web::token::sha256;

/// Goes up when something below changes what is written.
const VERSION: u32 = 2;
const PROVIDERS: usize = 10_000;
const SERVICES_EACH: usize = 5;
/// Providers that are written in one transaction.
const AT_ONCE: usize = 250;
const DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 2);

/// What is sold: the kind of help, what it is for VAT, and words that people look for.
const HELP: [(Category, Nature, &str); 12] = [
    (Category::CareAtHome, Nature::Welfare, "Personal care"),
    (Category::CareAtHome, Nature::Welfare, "Live-in care"),
    (Category::Household, Nature::Welfare, "Cleaning and laundry"),
    (Category::Household, Nature::Welfare, "Shopping help"),
    (Category::Community, Nature::Welfare, "Support worker"),
    (Category::Community, Nature::Welfare, "Befriending visits"),
    (Category::DayService, Nature::Welfare, "Day club"),
    (Category::ArtsAndLearning, Nature::NotWelfare, "Pottery class"),
    (Category::ArtsAndLearning, Nature::NotWelfare, "Music group"),
    (Category::Work, Nature::Welfare, "Job coaching"),
    (Category::ShortBreaks, Nature::Welfare, "Weekend respite"),
    (Category::Transport, Nature::NotWelfare, "Driver with a lift"),
];
/// For whom; every fourth service is for several.
const WHOM: [&str; 6] = [
    "adults with a learning disability",
    "people who live with dementia",
    "older people",
    "autistic adults",
    "people with a physical disability",
    "carers and their families",
];
const FIRST: [&str; 16] = [
    "Alder", "Birch", "Cedar", "Elm", "Fern", "Gorse", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak", "Poplar",
    "Rowan", "Sorrel", "Willow",
];
const SECOND: [&str; 8] = ["Bridge", "Brook", "Field", "Gate", "Hill", "Lane", "Mill", "Yard"];

/// Words that are looked for, rare and common ones and beginnings; those of [`HELP`] stand in a twelfth of all services
/// each, "support" in more than a third.
pub const WORDS: [&str; 16] = [
    "pottery",
    "day club",
    "support",
    "music",
    "personal care",
    "befriending",
    "clean",
    "dementia",
    "rowan",
    "autistic",
    "job coaching",
    "respite",
    "support dementia",
    "hazel bridge",
    "lift",
    "learning disability",
];

/// A database that is ready, and who is signed in to it.
pub struct Marketplace {
    /// The database.
    pub db: Db,
    /// The person's sign-in.
    pub user: UserId,
    /// Their session.
    pub session: SessionId,
    /// Their fund.
    pub fund: FundId,
}

/// Numbers that look random and are the same at every run (SplitMix64).
pub struct Draw(pub u64);

impl Draw {
    /// A number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((mixed ^ (mixed >> 27)) % bound as u64) as usize
    }

    /// One of a list.
    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// The outcodes of England.
pub fn english() -> Vec<&'static OutcodePlace> {
    outcodes().filter(|place| place.country == Country::England).collect()
}

/// Opens the marketplace, which is made when there is none of this version.
pub fn open(now: DateTime<Utc>) -> Marketplace {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("search-{}.sqlite", fingerprint()));
    if !file.exists() {
        println!("making {PROVIDERS} providers with {SERVICES_EACH} services each, once");
        for old in std::fs::read_dir(folder).unwrap().map(|old| old.unwrap()) {
            if old.file_name().to_string_lossy().starts_with("search-") {
                std::fs::remove_file(old.path()).unwrap();
            }
        }
        let unfinished = folder.join("search-unfinished.sqlite");
        let db = Db::open(&DatabaseUrl::sqlite(&unfinished)).unwrap();
        migrate::up(&db).unwrap();
        fill(&db, now);
        drop(db);
        std::fs::rename(&unfinished, &file).unwrap();
    }
    signed_in(Db::open(&DatabaseUrl::sqlite(&file)).unwrap(), now)
}

/// Makes the marketplace in an empty database, as one finds it that has been there for a while.
pub fn made(url: &DatabaseUrl, now: DateTime<Utc>) -> Marketplace {
    let db = Db::open(url).unwrap();
    migrate::up(&db).unwrap();
    fill(&db, now);
    db.write_now(|tx: &mut Tx| Ok(tx.batch_execute("ANALYZE")?)).unwrap();
    signed_in(db, now)
}

fn signed_in(db: Db, now: DateTime<Utc>) -> Marketplace {
    let (user, session, fund) = db.write_now(move |tx| sign_in(tx, now)).unwrap();
    Marketplace { db, user, session, fund }
}

/// What the tables look like and what is written into them.
fn fingerprint() -> String {
    let steps = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut files: Vec<PathBuf> = std::fs::read_dir(steps).unwrap().map(|step| step.unwrap().path()).collect();
    files.sort();
    let texts = files.iter().map(|step| std::fs::read_to_string(step.join("up.sql")).unwrap());
    sha256(&format!("{VERSION}{}", texts.collect::<String>()))[..12].to_owned()
}

/// Fills an empty database that has its tables.
pub fn fill(db: &Db, now: DateTime<Utc>) {
    let england = english();
    let homes: Vec<PlaceRow> = (0..PROVIDERS).map(|number| home(&england, number)).collect();
    for (batch, homes) in homes.chunks(AT_ONCE).enumerate() {
        let homes = homes.to_vec();
        let add = move |tx: &mut Tx| {
            places::take(tx, &homes)?;
            let numbered = homes.iter().zip(batch * AT_ONCE..);
            numbered.into_iter().try_for_each(|(home, number)| add_provider(tx, number, home, now))
        };
        db.write_now(add).unwrap();
    }
    db.write_now(move |tx| add_person(tx, now)).unwrap();
    let listed: i64 = db.read_now(|tx| Ok(search_entries::table.count().get_result(tx)?)).unwrap();
    assert_eq!(listed, (PROVIDERS * SERVICES_EACH) as i64, "services in the search");
}

/// Where a provider is: an invented postcode within two or three kilometres of the middle of a real outcode.
fn home(england: &[&'static OutcodePlace], number: usize) -> PlaceRow {
    let mut draw = Draw(number as u64);
    let outcode = england[number % england.len()];
    let postcode = format!("{} {}AA", outcode.outcode, (number / england.len()) % 10);
    let off = |draw: &mut Draw| i32::try_from(draw.below(5_000)).unwrap() - 2_500;
    let point =
        Point { easting: outcode.point.easting + off(&mut draw), northing: outcode.point.northing + off(&mut draw) };
    let postcode = Postcode::parse(&postcode).unwrap();
    PlaceRow { line: number as u64, postcode, point, council_code: outcode.main_council_code }
}

fn organisation(name: String, kind: OrganisationKind, home: &PlaceRow) -> NewOrganisation {
    let town = council_by_code(home.council_code).map_or("", |council| council.name.as_str());
    NewOrganisation {
        name,
        kind,
        is_provider: kind != OrganisationKind::Council,
        is_holder: false,
        is_broker: false,
        address: Address {
            line: "1 Invented Street".to_owned(),
            town: town.to_owned(),
            postcode: home.postcode.to_string(),
        },
        about: "An invented organisation.".to_owned(),
        la_code: (kind == OrganisationKind::Council).then(|| home.council_code.to_owned()),
        charity_status: if kind == OrganisationKind::Charity {
            CharityStatus::Registered
        } else {
            CharityStatus::NotACharity
        },
        charity_number: None,
        regulated: kind == OrganisationKind::Company,
        fictional: true,
    }
}

/// A new organisation with one member, who is signed in.
fn member(
    tx: &mut Tx,
    new: &NewOrganisation,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(OrganisationId, Actor), Error> {
    let id = people::add_organisation(tx, new, now)?;
    let email = format!("member-{id}@example.org");
    let user = auth::add_user(tx, &email, "A member", "", now)?;
    auth::add_membership(tx, user, id, role, now)?;
    let (session, _) = auth::begin_session(tx, user, "bench", now)?;
    Ok((id, auth::actor(tx, session, now, DAY.unwrap())?.unwrap()))
}

fn add_provider(tx: &mut Tx, number: usize, home: &PlaceRow, now: DateTime<Utc>) -> Result<(), Error> {
    let mut draw = Draw(number as u64 + 1_000_000);
    let kind = draw.of(&[OrganisationKind::Company, OrganisationKind::SoleTrader, OrganisationKind::Charity]);
    let name = format!("{} {} {number}", draw.of(&FIRST), draw.of(&SECOND));
    let (id, actor) = member(tx, &organisation(name, kind, home), Role::Coordinator, now)?;
    let registered = draw.below(3) == 0;
    let status = if registered { VatStatus::Registered } else { VatStatus::NotRegistered };
    let statement = VatRegistration::new(status, registered.then(|| vat_number(number)), DAY.unwrap());
    people::add_vat_registration(tx, id, &statement, Some(actor.user()), now)?;
    let provider = actor.provider_member()?;
    for _ in 0..SERVICES_EACH {
        let service = services::add(tx, &provider, &words(&mut draw, home), (now, now.date_naive()))?;
        let net = UnitPrice::from_hundredths_of_a_penny(100 * (900 + draw.below(6_000) as i64));
        let unit = draw.of(&[Unit::Hour, Unit::Hour, Unit::Session, Unit::Visit, Unit::Day]);
        let rate = RateTerms { unit, price: net, basis: PriceBasis::Net, from: DAY.unwrap() };
        let rate = NewRate { terms: &rate, net, card: &RateCard::default() };
        services::add_rate(tx, &provider, service, &rate, (now, DAY.unwrap()))?;
        services::set_published(tx, &provider, service, 1, true, DAY.unwrap())?;
    }
    Ok(())
}

fn words(draw: &mut Draw, home: &PlaceRow) -> ServiceWords {
    let (category, nature, help) = draw.of(&HELP);
    let whom = draw.of(&WHOM);
    let how = draw.of(&["A small team.", "Support that begins within a week.", "One to one."]);
    ServiceWords {
        name: format!("{help} for {whom}"),
        category,
        summary: format!("{help} for {whom}, on weekdays and by arrangement. {how}"),
        postcode: home.postcode.to_string(),
        nature,
        inside_regulated_activity: Answer::No,
    }
}

/// An invented number with the check digits that belong to it.
fn vat_number(number: usize) -> VatNumber {
    let digits = format!("{:07}", number + 1_000_000);
    let sum: usize =
        digits.bytes().zip([8, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    VatNumber::parse(&format!("{digits}{:02}", 97 - sum % 97)).unwrap()
}

/// The email address of the person with the fund.
pub const PERSON: &str = "person@example.org";
/// Their password.
pub const PASSWORD: &str = "nobody's real password";

/// A council and a person with one fund, which an exempt holder would spend as principal.
fn add_person(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    let home = home(&english(), 0);
    let new = organisation("An invented council".to_owned(), OrganisationKind::Council, &home);
    let (council, officer) = member(tx, &new, Role::Officer, now)?;
    let (holder, _) =
        member(tx, &organisation("A holder".to_owned(), OrganisationKind::Charity, &home), Role::Coordinator, now)?;
    let user = auth::add_user(tx, PERSON, "A person", &password::hash(PASSWORD)?, now)?;
    let person =
        NewPerson { user: Some(user), name: "A person".to_owned(), address: new.address, council, fictional: true };
    let fund = NewFund {
        person: people::add_person(tx, &person, now)?,
        form: Form::IndividualServiceFund,
        weekly: Pence::from_pence(42_000),
        vat_uplift_weekly: Pence::from_pence(0),
        holder: Some(holder),
        nominee: None,
        recovery: Recovery::Confirmed,
        intended_structure: Some(Structure::PrincipalExempt),
        payment_frequency: PaymentFrequency::FourWeekly,
        contribution_mode: ContributionMode::CouncilInvoices,
        starts_on: DAY.unwrap(),
    };
    budgets::add_fund(tx, &officer.council_officer()?, &fund, now)?;
    Ok(())
}

/// A new session of the person.
fn sign_in(tx: &mut Tx, now: DateTime<Utc>) -> Result<(UserId, SessionId, FundId), Error> {
    let user: UserId = users::table.filter(users::email.eq(PERSON)).select(users::id).first(tx)?;
    let (session, _) = auth::begin_session(tx, user, "bench", now)?;
    let actor = auth::actor(tx, session, now, DAY.unwrap())?.unwrap();
    let fund = budgets::open_funds::<SeeMoney>(tx, &actor)?.pop().unwrap();
    assert!(organisations::table.count().get_result::<i64>(tx)? > PROVIDERS as i64);
    Ok((user, session, fund.id))
}
