//! For whom a service is, where and when it is given, and whether there is room: what people look for beside its kind.

use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate, NaiveTime};

use crate::calendar;
use crate::communication::Language;
use crate::vocabulary;

vocabulary! {
    /// Where a service is given.
    Place {
        /// Where the person lives.
        Home = "home", "In the person’s own home";
        /// A centre, a club, a home, a farm.
        Premises = "premises", "At the provider’s own place";
        /// Shops, parks, clubs, work.
        Community = "community", "Out and about";
        /// From afar.
        Online = "online", "By telephone or video";
    }
}

vocabulary! {
    /// For whom a service is meant; the words follow the groups that the regulator's register uses.
    ClientGroup {
        /// Children and young people.
        Young = "young", "Children and young people";
        /// Adults under 65.
        Adults = "adults", "Adults under 65";
        /// Adults over 65.
        Older = "older", "Adults over 65";
        /// Dementia.
        Dementia = "dementia", "People living with dementia";
        /// Learning disabilities.
        LearningDisability = "learning", "People with a learning disability";
        /// Autism.
        Autism = "autism", "Autistic people";
        /// Mental health.
        MentalHealth = "mental", "People with a mental health condition";
        /// Physical disability.
        Physical = "physical", "People with a physical disability";
        /// Sight and hearing.
        Sensory = "sensory", "People with sight or hearing loss";
        /// Acquired brain injury.
        BrainInjury = "brain", "People with a brain injury";
        /// Long-term illness and the last months of life.
        Illness = "illness", "People with a long-term illness or at the end of life";
        /// Drugs and alcohol.
        Substance = "substance", "People who misuse drugs or alcohol";
        /// Those who care for somebody.
        Carers = "carers", "Unpaid carers";
    }
}

vocabulary! {
    /// Ways of communicating, beside languages, that those who give a service are used to.
    Communicating {
        /// Makaton signs.
        Makaton = "makaton", "Makaton";
        /// Easy Read.
        EasyRead = "easyread", "Easy Read";
        /// Braille.
        Braille = "braille", "Braille";
        /// The alphabet on the hand.
        Deafblind = "deafblind", "Deafblind manual";
        /// Speaking so that lips can be read.
        LipSpeaking = "lipspeaking", "Speaking for lip readers";
        /// Pictures, objects, devices.
        Aids = "aids", "Pictures, objects or talking devices";
    }
}

vocabulary! {
    /// What makes a place usable.
    Access {
        /// No step from the street.
        StepFree = "stepfree", "No steps from the street";
        /// A toilet for wheelchair users.
        Toilet = "toilet", "Toilet for wheelchair users";
        /// A hoist and a changing bench.
        ChangingPlace = "changing", "Hoist and changing bench";
        /// A hearing loop.
        HearingLoop = "loop", "Hearing loop";
        /// Blue Badge parking.
        Parking = "parking", "Parking for Blue Badge holders";
        /// A room to calm down.
        QuietRoom = "quiet", "Quiet room";
        /// Assistance dogs.
        Dogs = "dogs", "Assistance dogs welcome";
        /// Public transport.
        Transport = "bus", "Bus or train within a short walk";
    }
}

vocabulary! {
    /// A day of the week.
    Day {
        /// Monday.
        Monday = "monday", "Monday";
        /// Tuesday.
        Tuesday = "tuesday", "Tuesday";
        /// Wednesday.
        Wednesday = "wednesday", "Wednesday";
        /// Thursday.
        Thursday = "thursday", "Thursday";
        /// Friday.
        Friday = "friday", "Friday";
        /// Saturday.
        Saturday = "saturday", "Saturday";
        /// Sunday.
        Sunday = "sunday", "Sunday";
    }
}

/// One thing that can be said of a service by a box on a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Where it is given.
    Place(Place),
    /// For whom it is.
    Group(ClientGroup),
    /// A language that is spoken.
    Language(Language),
    /// A way of communicating.
    Communicating(Communicating),
    /// Something that makes the place usable.
    Access(Access),
    /// A day on which it is given.
    Day(Day),
}

impl Feature {
    /// The lists that features come from, as they are named in forms, in columns and in searches.
    pub const LISTS: [&'static str; 6] = ["at", "for", "language", "way", "access", "day"];

    /// Every feature, list by list.
    pub fn all() -> impl Iterator<Item = Self> {
        let places = Place::ALL.iter().copied().map(Self::Place);
        let groups = ClientGroup::ALL.iter().copied().map(Self::Group);
        let languages = Language::ALL.iter().copied().filter(|one| *one != Language::Another).map(Self::Language);
        let ways = Communicating::ALL.iter().copied().map(Self::Communicating);
        let access = Access::ALL.iter().copied().map(Self::Access);
        let days = Day::ALL.iter().copied().map(Self::Day);
        places.chain(groups).chain(languages).chain(ways).chain(access).chain(days)
    }

    /// The list that it is from.
    #[must_use]
    pub const fn list(self) -> &'static str {
        match self {
            Self::Place(_) => "at",
            Self::Group(_) => "for",
            Self::Language(_) => "language",
            Self::Communicating(_) => "way",
            Self::Access(_) => "access",
            Self::Day(_) => "day",
        }
    }

    /// Its code within its list.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Place(one) => one.code(),
            Self::Group(one) => one.code(),
            Self::Language(one) => one.code(),
            Self::Communicating(one) => one.code(),
            Self::Access(one) => one.code(),
            Self::Day(one) => one.code(),
        }
    }

    /// The words a person reads.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Place(one) => one.words(),
            Self::Group(one) => one.words(),
            Self::Language(one) => one.words(),
            Self::Communicating(one) => one.words(),
            Self::Access(one) => one.words(),
            Self::Day(one) => one.words(),
        }
    }

    /// List and code in one word, as it is kept, sent and searched: "for_dementia".
    #[must_use]
    pub fn code(self) -> String {
        format!("{}_{}", self.list(), self.value())
    }

    /// The feature of a code, or nothing.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all()
            .find(|one| code.strip_prefix(one.list()).and_then(|rest| rest.strip_prefix('_')) == Some(one.value()))
    }
}

/// After how many months without a word from its provider a listing says so and sinks in every search; Open Referral UK
/// asks for the same.
pub const CONFIRMED_FOR: Months = Months::new(3);
/// The longest wait that is told apart, in weeks.
pub const LONGEST_WAIT: u32 = 104;

/// For whom, where, when, and whether there is room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// What boxes say.
    pub features: BTreeSet<Feature>,
    /// Between which times.
    pub hours: Option<(NaiveTime, NaiveTime)>,
    /// From which age on, in years.
    pub minimum_age: Option<u32>,
    /// Up to which age, in years.
    pub maximum_age: Option<u32>,
    /// How far the provider travels, in miles.
    pub reach_miles: Option<u32>,
    /// How many places are free, if that can be counted.
    pub places_left: Option<u32>,
    /// How long one waits, in weeks; 0 means that it can begin at once.
    pub waiting_weeks: Option<u32>,
}

/// How soon a service can begin, as searches sort it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// There is room now.
    Now,
    /// After so many weeks.
    Weeks(u32),
    /// No place is free, and nobody says when one will be.
    Full,
    /// The provider has not said.
    Unknown,
}

impl Wait {
    /// As a whole number that sorts alike.
    #[must_use]
    pub fn order(self) -> i64 {
        match self {
            Self::Now => 0,
            Self::Weeks(weeks) => i64::from(weeks),
            Self::Full => 500,
            Self::Unknown => 999,
        }
    }

    /// The wait of such a number.
    #[must_use]
    pub fn from_order(order: i64) -> Self {
        match order {
            0 => Self::Now,
            500 => Self::Full,
            weeks => {
                u32::try_from(weeks).ok().filter(|weeks| *weeks <= LONGEST_WAIT).map_or(Self::Unknown, Self::Weeks)
            }
        }
    }

    /// In words; nothing where the provider has not said.
    #[must_use]
    pub fn words(self) -> Option<String> {
        match self {
            Self::Now => Some("Can begin now".to_owned()),
            Self::Weeks(1) => Some("Can begin in about a week".to_owned()),
            Self::Weeks(weeks) => Some(format!("Can begin in about {weeks} weeks")),
            Self::Full => Some("No place free at present".to_owned()),
            Self::Unknown => None,
        }
    }
}

impl Details {
    /// How soon it can begin.
    #[must_use]
    pub fn wait(&self) -> Wait {
        match (self.places_left, self.waiting_weeks) {
            (Some(0), None | Some(0)) => Wait::Full,
            (_, Some(weeks)) if weeks > 0 => Wait::Weeks(weeks.min(LONGEST_WAIT)),
            (Some(_), _) | (None, Some(_)) => Wait::Now,
            (None, None) => Wait::Unknown,
        }
    }

    /// The features of one list, in its order.
    pub fn of_list(&self, list: &'static str) -> impl Iterator<Item = Feature> {
        self.features.iter().copied().filter(move |feature| feature.list() == list)
    }
}

/// The day on which a listing that was confirmed on a day begins to sink.
#[must_use]
pub fn sinks_on(confirmed_on: NaiveDate) -> NaiveDate {
    confirmed_on
        .checked_add_months(CONFIRMED_FOR)
        .and_then(|day| day.checked_add_days(Days::new(1)))
        .unwrap_or(confirmed_on)
}

/// Whether nobody has confirmed a listing for too long.
#[must_use]
pub fn is_stale(confirmed_on: NaiveDate, today: NaiveDate) -> bool {
    sinks_on(confirmed_on) <= today
}

/// When a listing was confirmed, in a sentence.
#[must_use]
pub fn confirmed(confirmed_on: NaiveDate, today: NaiveDate) -> String {
    let day = calendar::full(confirmed_on);
    if is_stale(confirmed_on, today) {
        format!("Not confirmed by its provider since {day}. Ask whether it still is so.")
    } else {
        format!("Confirmed by its provider on {day}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_feature_comes_back_from_its_code() {
        let all: Vec<Feature> = Feature::all().collect();
        for feature in &all {
            assert_eq!(Feature::from_code(&feature.code()), Some(*feature));
            assert!(feature.code().chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'), "{feature:?}");
            assert_eq!(feature.value().replace('_', ""), feature.value(), "a search looks for codes of one word");
        }
        let codes: BTreeSet<String> = all.iter().map(|one| one.code()).collect();
        assert_eq!(codes.len(), all.len());
        assert_eq!(Feature::from_code("for_nobody"), None);
    }

    #[test]
    fn a_listing_sinks_when_three_months_have_passed() {
        let confirmed_on = day("2026-08-21");
        assert!(!is_stale(confirmed_on, day("2026-11-21")), "three months old is not yet older than three months");
        assert!(is_stale(confirmed_on, day("2026-11-22")));
        assert_eq!(sinks_on(day("2026-11-30")), day("2027-03-01"), "February has no 30th");
    }

    #[test]
    fn a_free_place_counts_before_a_guess() {
        let wait = |places_left, waiting_weeks| Details { places_left, waiting_weeks, ..Details::default() }.wait();
        assert_eq!(wait(Some(2), None), Wait::Now);
        assert_eq!(wait(None, Some(0)), Wait::Now);
        assert_eq!(wait(Some(0), None), Wait::Full);
        assert_eq!(wait(Some(0), Some(6)), Wait::Weeks(6));
        assert_eq!(wait(None, None), Wait::Unknown);
        assert!(Wait::Now < Wait::Weeks(1) && Wait::Weeks(104) < Wait::Full && Wait::Full < Wait::Unknown);
        for one in [Wait::Now, Wait::Weeks(3), Wait::Full, Wait::Unknown] {
            assert_eq!(Wait::from_order(one.order()), one);
        }
    }
}
