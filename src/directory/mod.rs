//! The marketplace: providers, services, rates, areas, search.

pub mod bulk;
pub mod forms;
pub mod handlers;
pub mod import;
pub mod looking;
mod nouns;
pub mod pages;
pub mod photos;
pub mod rules;
pub mod store;

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::ids::{CouncilRuleId, FundId, ImportedListingId, OrganisationId, RateId, RegisterLocationId, ServiceId};
use crate::money::UnitPrice;
use crate::people::{Organisation, VatRegistration};
use crate::places::Point;
use crate::register::{Rating, RegisterLocation};
use crate::vat::{Answer, Arrangement, Class, Decision, Ground, Nature, PriceBasis, Recovery};
use crate::vocabulary;

pub use nouns::cards::{
    Band, BandDays, BandPrice, Cancellation, CancelledBy, CardPrice, Counting, Notice, RateCard, Rounding,
};
pub use nouns::details::{
    Access, CONFIRMED_FOR, ClientGroup, Communicating, Day, Details, Feature, LONGEST_WAIT, Place, Wait, confirmed,
    is_stale, sinks_on,
};
pub use nouns::documents::DocumentKind;
pub use nouns::files::{FileUse, MOST_DOCUMENTS, MOST_PHOTOS, ServiceFile};
pub use nouns::overrides::{ClassOverride, FormerWords, NewOverride};
pub use nouns::reviews::{Marks, Question, ShownReview};
pub use nouns::visits::{
    AskedVisit, Became, Charge, LONGEST_VISIT, MOST_MILES, MOST_STAFF, Outcome, PricePart, SameVisits, Tariff, Visit,
};

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
        /// Planning, arranging, holding a fund.
        Brokerage = "brokerage", "Planning and brokerage";
        /// Advice and information.
        Advice = "advice", "Advice and information";
        /// Personal assistants: finding, introducing, covering for them.
        PersonalAssistants = "personal_assistants", "Personal assistants";
        /// Training for those whom a person employs.
        PaTraining = "pa_training", "Training for personal assistants";
        /// Running payroll for people who employ somebody.
        Payroll = "payroll", "Payroll for people who employ";
        /// Checks of criminal records for people who employ.
        RecordChecks = "record_checks", "Criminal-record checks";
        /// Company, befriending, sitting with somebody.
        Companionship = "companionship", "Company and befriending";
        /// Meals brought or cooked together.
        Meals = "meals", "Meals";
        /// Changes to a home.
        Adaptations = "adaptations", "Changes to the home";
        /// People who have been through the same.
        PeerSupport = "peer_support", "Support from people in the same place";
        /// Somebody who speaks up with or for a person.
        Advocacy = "advocacy", "Advocacy";
        /// Groups, neighbours, volunteers; nothing to pay.
        FreeHelp = "free_help", "Free help from the community";
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
    /// For whom, where and when, and whether there is room.
    pub details: Details,
    /// When its provider last said that all of this is still so.
    pub confirmed_on: NaiveDate,
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

    /// The price of a mile as it was entered, on the basis of the others. Only what is left of it without VAT is kept: what was
    /// entered with VAT inside was whole pence, in the relation that the price of one unit has.
    #[must_use]
    pub fn mile_entered(&self) -> Option<UnitPrice> {
        let net = self.card.mile_net?;
        let (entered, without) = (self.terms.price.hundredths_of_a_penny(), self.net.hundredths_of_a_penny());
        if self.terms.basis == PriceBasis::Net || without == 0 {
            return Some(net);
        }
        let product = i128::from(net.hundredths_of_a_penny()) * i128::from(entered);
        let pence = (product + i128::from(without) * 50) / (i128::from(without) * 100);
        Some(UnitPrice::from_hundredths_of_a_penny(i64::try_from(pence * 100).ok()?))
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

/// A service with all that decides what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The service.
    pub service: Service,
    /// Who sells it.
    pub organisation: Organisation,
    /// What they ever said about VAT, oldest first.
    pub vat_history: Vec<VatRegistration>,
    /// What the provider decided itself of its VAT class, oldest first.
    pub overrides: Vec<ClassOverride>,
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
    /// What another feed lists.
    Imported(ImportedListingId),
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

/// A location that is on the regulator's register no longer, or not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostLocation {
    /// Its name.
    pub name: String,
    /// Since when, as far as it is known: the day on which it closed, or of the register in which it was missing.
    pub since: Option<NaiveDate>,
    /// Whether all that is known is that it was missing.
    pub is_missing: bool,
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
    /// One word for each thing that narrows a search.
    pub marks: String,
    /// The provider's registration for VAT.
    pub vat: ListedVat,
    /// The class of the service for VAT.
    pub class: Option<Class>,
    /// What it costs; nothing where no price is in force.
    pub price: Option<ListedPrice>,
    /// The next day on which the entry must be made again: a rate, a registration or its end begins to hold.
    pub next_change_on: Option<NaiveDate>,
    /// When its provider last said that all of this is so; nothing for a location of the register.
    pub confirmed_on: Option<NaiveDate>,
    /// Whether it comes after everything else, because nobody has confirmed it for too long.
    pub sunk: bool,
    /// How soon it can begin.
    pub wait: Wait,
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
        /// What can begin first.
        Soonest = "soonest", "Soonest available";
        /// The regulator's best judgement first.
        Rating = "rating", "The regulator’s rating";
    }
}

/// The kind of the job that tells everybody who plans with a service that its price changes.
pub const RATE_ANNOUNCED: &str = "rate_announced";
/// The distances that may be chosen, in miles.
pub const DISTANCES: [u32; 4] = [5, 10, 25, 50];
/// How many services stand side by side.
pub const MOST_COMPARED: usize = 4;
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
    /// In the area of which council, by its code.
    pub council: Option<&'static str>,
    /// The provider's registration for VAT.
    pub vat: Option<ListedVat>,
    /// The most that one unit may cost the fund.
    pub most: Option<UnitPrice>,
    /// What the price must be for.
    pub unit: Option<Unit>,
    /// What must be said of it.
    pub features: Vec<Feature>,
    /// Whether there must be room now.
    pub room: bool,
    /// The regulator's rating must be this or better.
    pub rating: Option<Rating>,
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
    /// How often each mark stands among the first [`MOST_FOUND`] of them.
    pub marks: HashMap<String, i64>,
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
