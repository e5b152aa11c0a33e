//! The marketplace: providers, services, rates, areas, search.

pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::ids::{OrganisationId, RegisterLocationId, ServiceId};
use crate::money::UnitPrice;
use crate::places::Point;
use crate::register::Rating;
use crate::vat::Class;
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
    }
}

impl Unit {
    /// As it stands after a price: "per hour".
    #[must_use]
    pub fn per(self) -> String {
        format!("per {}", self.words())
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
