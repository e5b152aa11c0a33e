//! The marketplace: providers, services, rates, areas, search.

pub mod forms;
pub mod handlers;
pub mod import;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::calendar;
use crate::ids::{CouncilRuleId, FundId, OrganisationId, RateId, RegisterLocationId, ServiceId};
use crate::money::UnitPrice;
use crate::people::{Organisation, VatRegistration};
use crate::places::Point;
use crate::register::{Rating, RegisterLocation};
use crate::vat::{Answer, Arrangement, Class, Decision, Ground, Nature, PriceBasis, Recovery};
use crate::vocabulary;

vocabulary! {
    /// What kind of help a service is, as people look for it.
    Category {
        /// Personal care and help in the person's own home.
        CareAtHome = "care_at_home", "Care at home";
        /// Cleaning, cooking, shopping.
        Household = "household", "Help in the household";
        /// Getting out, seeing people, befriending, support worker hours.
        Community = "community", "Support in the community";
        /// Day clubs and day centres.
        DayService = "day_service", "Day clubs and day centres";
        /// Classes and groups: art, music, sport, gardening, cooking.
        ArtsAndLearning = "arts_and_learning", "Arts, learning and leisure";
        /// Help to find and keep a job.
        Work = "work", "Help with work";
        /// Supported living, shared lives, extra care housing.
        SupportedLiving = "supported_living", "Supported living and shared lives";
        /// Homes with or without nursing.
        CareHome = "care_home", "Care homes";
        /// Breaks for people and for those who care for them.
        ShortBreaks = "short_breaks", "Short breaks";
        /// Getting there.
        Transport = "transport", "Transport";
        /// Things that help.
        Equipment = "equipment", "Equipment";
        /// Planning, arranging, holding a fund, payroll.
        Brokerage = "brokerage", "Planning, brokerage and payroll";
        /// Advice, information, advocacy.
        Advice = "advice", "Advice and advocacy";
        /// What fits nowhere else.
        Other = "other", "Other support";
    }
}

vocabulary! {
    /// What a price is for.
    Unit {
        /// Sixty minutes.
        Hour = "hour", "hour";
        /// A session of agreed length.
        Session = "session", "session";
        /// A visit of agreed length.
        Visit = "visit", "visit";
        /// A day.
        Day = "day", "day";
        /// A week.
        Week = "week", "week";
        /// A mile driven.
        Mile = "mile", "mile";
        /// A thing.
        Item = "item", "item";
        /// A minute.
        Minute = "minute", "minute";
        /// A night in which somebody is awake.
        WakingNight = "waking_night", "waking night";
        /// A night in which somebody sleeps there and can be called.
        SleepingNight = "sleeping_night", "sleeping night";
    }
}

impl Unit {
    /// As it stands after a price: "per hour".
    #[must_use]
    pub fn per(self) -> String {
        format!("per {}", self.words())
    }

    /// How many minutes it is for, where it is one of time that visits are counted in.
    #[must_use]
    pub const fn minutes(self) -> Option<i64> {
        match self {
            Self::Hour => Some(60),
            Self::Minute => Some(1),
            _ => None,
        }
    }

    /// More than one of it: "hours".
    #[must_use]
    pub fn plural(self) -> String {
        format!("{}s", self.words())
    }
}

vocabulary! {
    /// What is known of a listed provider's registration for VAT.
    ListedVat {
        /// It says that it is not registered.
        NotRegistered = "not_registered", "Not registered for VAT";
        /// It is registered.
        Registered = "registered", "Registered for VAT";
        /// It has applied.
        AppliedFor = "applied_for", "Has applied to be registered for VAT";
        /// Nobody has said.
        Unknown = "unknown", "VAT status not known";
    }
}

/// Something that a provider sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Who sells it.
    pub organisation: OrganisationId,
    /// What it says.
    pub words: ServiceWords,
    /// Whether its provider has published it.
    pub published: bool,
    /// Counts changes: an edit names the version that it was made from.
    pub version: i64,
}

/// What a provider says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceWords {
    /// Its name.
    pub name: String,
    /// What kind of help it is.
    pub category: Category,
    /// What it is, for whom, where and when.
    pub summary: String,
    /// Where it is given, or from where it comes.
    pub postcode: String,
    /// What it is for VAT.
    pub nature: Nature,
    /// Whether it is inside the activity for which the provider is regulated.
    pub inside_regulated_activity: Answer,
}

/// A rate of a service, from a day on until a newer one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Its id.
    pub id: RateId,
    /// The rate itself.
    pub terms: RateTerms,
    /// Without VAT.
    pub net: UnitPrice,
    /// Everything beside that price.
    pub card: RateCard,
}

impl Rate {
    /// All prices, that for one unit at any time first.
    #[must_use]
    pub fn prices(&self) -> Vec<BandPrice> {
        let base = BandPrice { band: Band::ANY, minutes: None, net: self.net };
        std::iter::once(base).chain(self.card.prices.iter().map(|other| other.price)).collect()
    }
}

/// A rate as a provider states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateTerms {
    /// For what.
    pub unit: Unit,
    /// The price.
    pub price: UnitPrice,
    /// Whether VAT is inside the price.
    pub basis: PriceBasis,
    /// The first day.
    pub from: NaiveDate,
}

/// The days for which a price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BandDays {
    /// Every day that nothing else is said about.
    Every,
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekend,
    /// One day of the week, counted from Monday, which is 0.
    Named(u8),
    /// The bank holidays of England.
    BankHolidays,
    /// One date.
    Special(NaiveDate),
}

impl BandDays {
    /// The days of the week as they are sent and kept, from Monday on.
    pub const NAMED: [&'static str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// The code that is kept and sent; the date of a special day is kept beside it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Weekdays => "weekdays",
            Self::Weekend => "weekend",
            Self::Named(day) => Self::NAMED.get(usize::from(day)).copied().unwrap_or("every"),
            Self::BankHolidays => "bank_holidays",
            Self::Special(_) => "special",
        }
    }

    /// The days of a code; a special day needs its date.
    #[must_use]
    pub fn from_code(code: &str, special: Option<NaiveDate>) -> Option<Self> {
        let named = || Self::NAMED.iter().zip(0..).find(|(known, _)| **known == code).map(|(_, day)| Self::Named(day));
        match code {
            "every" => Some(Self::Every),
            "weekdays" => Some(Self::Weekdays),
            "weekend" => Some(Self::Weekend),
            "bank_holidays" => Some(Self::BankHolidays),
            "special" => special.map(Self::Special),
            _ => named(),
        }
    }

    /// Whether a date is one of them.
    #[must_use]
    pub fn includes(self, date: NaiveDate) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        match self {
            Self::Every => true,
            Self::Weekdays => !weekend,
            Self::Weekend => weekend,
            Self::Named(day) => date.weekday().num_days_from_monday() == u32::from(day),
            Self::BankHolidays => calendar::is_bank_holiday(date),
            Self::Special(day) => day == date,
        }
    }

    /// How specific they are: of two that fit, the higher holds.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Every => 0,
            Self::Weekdays | Self::Weekend => 1,
            Self::Named(_) => 2,
            Self::BankHolidays => 3,
            Self::Special(_) => 4,
        }
    }
}

/// When a price holds: on some days, all day or between two times; a time that ends at or before its beginning goes on
/// after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Band {
    /// On which days. The part of a night after midnight belongs to the day on which it lies.
    pub days: BandDays,
    /// Between which times.
    pub times: Option<(NaiveTime, NaiveTime)>,
}

impl Band {
    /// Every day, all day.
    pub const ANY: Self = Self { days: BandDays::Every, times: None };

    /// Whether it holds at a time in London.
    #[must_use]
    pub fn holds_at(&self, local: NaiveDateTime) -> bool {
        let within = |(from, until): (NaiveTime, NaiveTime)| {
            let time = local.time();
            if from < until { from <= time && time < until } else { from <= time || time < until }
        };
        self.days.includes(local.date()) && self.times.is_none_or(within)
    }
}

/// A price of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandPrice {
    /// When it holds.
    pub band: Band,
    /// For a visit of this many minutes, at a price of its own; without it the price is for one unit.
    pub minutes: Option<u32>,
    /// Without VAT.
    pub net: UnitPrice,
}

vocabulary! {
    /// Which way the minutes of a visit are rounded.
    Rounding {
        /// As they were.
        Exact = "exact", "To the minute";
        /// Begun steps count.
        Up = "up", "Up";
        /// Half a step counts as one.
        Nearest = "nearest", "To the nearest";
        /// Full steps alone count.
        Down = "down", "Down";
    }
}

/// How the minutes of a visit are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// Which way they are rounded.
    pub rounding: Rounding,
    /// To how many minutes.
    pub step_minutes: u32,
    /// A shorter visit is charged as if it had lasted so long.
    pub minimum_minutes: u32,
}

impl Counting {
    /// To the minute, and no minimum.
    pub const EXACT: Self = Self { rounding: Rounding::Exact, step_minutes: 1, minimum_minutes: 0 };

    /// The minutes that are charged for a visit.
    #[must_use]
    pub fn charged(&self, minutes: i64) -> i64 {
        let step = i64::from(self.step_minutes.max(1));
        let rounded = match self.rounding {
            Rounding::Exact => minutes,
            Rounding::Up => (minutes + step - 1).div_euclid(step) * step,
            Rounding::Nearest => (2 * minutes + step).div_euclid(2 * step) * step,
            Rounding::Down => minutes.div_euclid(step) * step,
        };
        rounded.max(i64::from(self.minimum_minutes))
    }
}

vocabulary! {
    /// Who cancelled a visit.
    CancelledBy {
        /// The person, or somebody for them.
        Person = "person", "the person";
        /// The provider.
        Provider = "provider", "the provider";
        /// Nobody could: the person was taken to hospital.
        Hospital = "hospital", "a stay in hospital";
    }
}

/// What is charged for a visit that is cancelled with less notice than so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// With less notice than this, in hours.
    pub hours: u32,
    /// So much of the price is charged, in percent.
    pub percent: u32,
}

/// What is charged for visits that did not take place, as the provider offers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// By notice; of those that a cancellation falls under the highest share counts.
    pub notices: Vec<Notice>,
    /// For how many days a place is kept and charged while the person is in hospital.
    pub hospital_days: u32,
    /// A break of at least so many days is not charged at all when it was announced in time; nothing, when every day is.
    pub free_break_days: Option<u32>,
}

/// What stands in a rate beside its price for one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    /// Other prices: at other times, or for visits of a length. The price for one unit holds wherever none of them does.
    pub prices: Vec<CardPrice>,
    /// How minutes are counted, where the unit is one of time.
    pub counting: Counting,
    /// How many people give it at the same time.
    pub staff: u32,
    /// How many people it is given to at the same time; the price is for each of them.
    pub people: u32,
    /// What a mile costs where travel is charged apart, without VAT; nothing where it is inside the price.
    pub mile_net: Option<UnitPrice>,
    /// What is charged for what does not take place.
    pub cancellation: Cancellation,
}

impl Default for RateCard {
    /// One price at all times, to the minute, one to one, travel inside, nothing said about cancelling.
    fn default() -> Self {
        Self {
            prices: vec![],
            counting: Counting::EXACT,
            staff: 1,
            people: 1,
            mile_net: None,
            cancellation: Cancellation::default(),
        }
    }
}

/// Another price of a card, as it was entered and without VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardPrice {
    /// As it was entered, on the basis of the rate.
    pub entered: UnitPrice,
    /// When it holds, for what length, and the price without VAT.
    pub price: BandPrice,
}

/// A service with all that decides what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The service.
    pub service: Service,
    /// Who sells it.
    pub organisation: Organisation,
    /// What they ever said about VAT, oldest first.
    pub vat_history: Vec<VatRegistration>,
    /// The rates, oldest first.
    pub rates: Vec<Rate>,
    /// What the register says of the location that is theirs.
    pub location: Option<RegisterLocation>,
    /// Where it is on the grid, and in which council, if that is known.
    pub place: Option<(Point, String)>,
    /// The VAT class on the day for which it was loaded, and why.
    pub decision: Decision,
}

/// Something that a provider must still do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Say whether it is registered for VAT.
    Vat,
    /// Say who it is.
    About,
    /// List a service.
    Services,
    /// Put a service right, which cannot be published for a reason.
    Service(ServiceId, String, String),
    /// Publish a service, which could be.
    Publication(ServiceId, String),
}

/// What one unit costs in each way in which a fund can stand to VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitCosts {
    /// The recipient gets all VAT back: the council, or a taxable holder.
    pub recovered: UnitPrice,
    /// The person is the recipient: VAT is lost, but a disabled person's goods are zero-rated.
    pub person: UnitPrice,
    /// Somebody else is the recipient and gets nothing back: an exempt holder, or a council whose recovery nobody has
    /// confirmed.
    pub holder: UnitPrice,
    /// A taxable holder whose recovery nobody has confirmed: VAT on what it buys and VAT on what it sells on.
    pub onward: UnitPrice,
}

/// How a fund would pay: the part of it that prices depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The fund; without one, prices are shown as a person who holds the money would pay them.
    pub fund: Option<FundId>,
    /// Form and structure.
    pub arrangement: Arrangement,
    /// Whether recovery is confirmed.
    pub recovery: Recovery,
}

impl View {
    /// As a person who holds the money would pay.
    #[must_use]
    pub const fn of_a_person() -> Self {
        Self { fund: None, arrangement: Arrangement::SHOWN[0], recovery: Recovery::Confirmed }
    }
}

/// What one unit costs a fund, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitCost {
    /// The price without VAT.
    pub net: UnitPrice,
    /// The VAT on the provider's invoice.
    pub vat_charged: UnitPrice,
    /// The VAT that a taxable holder charges on.
    pub onward_vat: UnitPrice,
    /// What the fund pays in the end.
    pub pays: UnitPrice,
    /// Why the provider charges VAT or not.
    pub ground: Ground,
}

/// How a fund stands to VAT, and so which of the four costs it pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayerKind {
    /// The recipient gets all VAT back.
    Recovers,
    /// The person is the recipient.
    Person,
    /// Somebody else is, and nothing comes back.
    Bears,
    /// A taxable holder is, and nothing comes back of either VAT.
    BearsTwice,
}

/// A price of a listed service, on the day for which the entry was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedPrice {
    /// For what.
    pub unit: Unit,
    /// Without VAT.
    pub net: UnitPrice,
    /// With what is left of VAT.
    pub costs: UnitCosts,
}

/// Where an entry of the search comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A service that a provider has published.
    Service(ServiceId, OrganisationId),
    /// A location of the regulator's register.
    Register(RegisterLocationId),
}

/// The regulator's judgement as it is shown: always with its date and the regulator's page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownRating {
    /// The judgement; nothing when there is none.
    pub rating: Option<Rating>,
    /// The day on which it was published.
    pub published: Option<NaiveDate>,
    /// The regulator's page.
    pub url: String,
}

/// One entry of the search, with everything that its card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it comes from.
    pub source: Source,
    /// The service's name, or the location's.
    pub name: String,
    /// Who gives it.
    pub provider_name: String,
    /// What it is, in a sentence or two.
    pub summary: String,
    /// What kind of help it is.
    pub category: Category,
    /// The town.
    pub town: String,
    /// The postcode, if known.
    pub postcode: String,
    /// The code of the council there, if known.
    pub la_code: String,
    /// Where it is on the grid.
    pub point: Option<Point>,
    /// Everything that a search by words looks at, normalised.
    pub words: String,
    /// The provider's registration for VAT.
    pub vat: ListedVat,
    /// The class of the service for VAT.
    pub class: Option<Class>,
    /// What it costs; nothing where no price is in force.
    pub price: Option<ListedPrice>,
    /// The next day on which the entry must be made again: a rate, a registration or its end begins to hold.
    pub next_change_on: Option<NaiveDate>,
    /// The regulator's rating.
    pub rating: ShownRating,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
}

vocabulary! {
    /// In which order results come.
    Sort {
        /// The nearest first.
        Distance = "distance", "Distance";
        /// The lowest price first, unit by unit.
        Price = "price", "Price";
        /// By name.
        Name = "name", "Name";
    }
}

/// The distances that may be chosen, in miles.
pub const DISTANCES: [u32; 4] = [5, 10, 25, 50];
/// How many results a page shows.
pub const PAGE: i64 = 20;
/// Beyond this many, results are not counted and not shown.
pub const MOST_FOUND: i64 = 1_000;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Beginnings of words that must all be found.
    pub words: Vec<String>,
    /// What kind of help.
    pub category: Option<Category>,
    /// Where, and within how many metres.
    pub near: Option<(Point, u32)>,
    /// The provider's registration for VAT.
    pub vat: Option<ListedVat>,
    /// The most that one unit may cost the fund.
    pub most: Option<UnitPrice>,
    /// What the price must be for.
    pub unit: Option<Unit>,
    /// In which order.
    pub sort: Sort,
    /// Which of the four costs is the fund's.
    pub payer: PayerKind,
    /// Which page, from 1.
    pub page: i64,
    /// What a council's rules take out of it.
    pub without: Vec<Limit>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// One page of it.
    pub entries: Vec<Entry>,
    /// How many there are, counted to one more than [`MOST_FOUND`].
    pub count: i64,
}

vocabulary! {
    /// What a rule of a council restrains: everything that hides or caps something has exactly one (domain reference 8,
    /// indicator 4).
    Cause {
        /// Where people can be supported.
        Where = "where", "where people are supported";
        /// How: tasks, times, the shortest visit.
        How = "how", "how people are supported";
        /// By whom: lists of providers.
        Who = "who", "by whom people are supported";
        /// How much money there is for a time: the most that is paid, until when it must be used.
        HowMuch = "how_much", "how much money there is";
        /// In which form the money is held.
        Form = "form", "the form in which the money is held";
    }
}

/// A rule of a council that takes services out of a search in one of its funds, unless the visitor wants to see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Which rule.
    pub id: CouncilRuleId,
    /// The council's name.
    pub council: String,
    /// What it takes out.
    pub on: LimitOn,
    /// What it restrains.
    pub cause: Cause,
    /// Why the council made it.
    pub reason: String,
    /// Since when.
    pub from: NaiveDate,
    /// The last day, if there is one.
    pub until: Option<NaiveDate>,
}

impl Limit {
    /// The provider of whom it takes everything out, where it does.
    #[must_use]
    pub fn provider(&self) -> Option<OrganisationId> {
        match self.on {
            LimitOn::Provider(provider, _) => Some(provider),
            LimitOn::Price(..) => None,
        }
    }
}

/// What a rule of a council takes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitOn {
    /// Everything that a provider sells.
    Provider(OrganisationId, String),
    /// What costs the fund more than this for one.
    Price(Category, Unit, UnitPrice),
}

/// As much of an entry as a rule of a council looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Who sells it; nobody, for a location that is in the register alone.
    pub organisation: Option<OrganisationId>,
    /// What kind of help it is.
    pub category: Category,
    /// For what the price is, and what the fund pays; nothing where no price is in force.
    pub pays: Option<(Unit, UnitPrice)>,
}
