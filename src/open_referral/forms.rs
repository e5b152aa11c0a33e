//! What a program may ask of the feed.

use chrono::{DateTime, NaiveDateTime, NaiveTime};

use super::rules::day_code;
use super::{
    Detail, FeedId, MOST_FULL, MOST_MINIMAL, MOST_PER_PAGE, Named, Paging, Term, USUAL_PER_PAGE, Vocabulary, Wanted,
};
use crate::directory::Day;
use crate::directory::rules::words_of;
use crate::error::Invalid;
use crate::places::Postcode;
use crate::web::form::{Fields, LINE, Reader};

/// The parameters of a list of services.
pub const SERVICES: &[(&str, &str)] = &[
    SEARCH,
    PAGE,
    PER_PAGE,
    ("taxonomy_term_id", "services of which this term is said"),
    ("taxonomy_id", "services of which any term of this taxonomy is said"),
    ("organization_id", "services of this organisation"),
    ("minimum_age", "services whose youngest are at least so old"),
    ("maximum_age", "services whose oldest are at most so old"),
    ("day", "services on a day of the week, MO to SU"),
    ("start_time", "services that open at this time or later, like 09:00"),
    ("end_time", "services that close at this time or before, like 17:00"),
    ("modified_after", "services of which anything changed at this moment or later, like 2026-11-02T10:00:00Z"),
    ("minimal", "true: ids and times of change alone, up to 10,000 in a page; what is missing in it is withdrawn"),
    ("full", "true: everything nested, up to 100 in a page"),
    FORMAT,
];
/// The parameters of a list of services at locations.
pub const SERVICES_AT_LOCATIONS: &[(&str, &str)] = &[
    SEARCH,
    PAGE,
    PER_PAGE,
    ("taxonomy_term_id", "services of which this term is said"),
    ("taxonomy_id", "services of which any term of this taxonomy is said"),
    ("organization_id", "services of this organisation"),
    ("minimum_age", "services whose youngest are at least so old"),
    ("maximum_age", "services whose oldest are at most so old"),
    ("day", "services on a day of the week, MO to SU"),
    ("start_time", "services that open at this time or later, like 09:00"),
    ("end_time", "services that close at this time or before, like 17:00"),
    ("modified_after", "services of which anything changed at this moment or later, like 2026-11-02T10:00:00Z"),
    ("postcode", "what lies in the area of the council there; with proximity, what lies near instead"),
    ("proximity", "within so many metres of the postcode, up to 500000"),
    ("minimal", "true: ids and times of change alone, up to 10,000 in a page; what is missing in it is withdrawn"),
    ("full", "true: everything nested, up to 100 in a page"),
    FORMAT,
];
/// The parameters of the list of organisations.
pub const ORGANISATIONS: &[(&str, &str)] = &[
    ("search", "beginnings of words that are all found in the organisation’s name or in a service of it"),
    PAGE,
    PER_PAGE,
    ("full", "true: with identifiers and services, up to 100 in a page"),
    ("full_service", "true: the same, every service with everything of it"),
    FORMAT,
];
/// The parameters of the list of taxonomies.
pub const TAXONOMIES: &[(&str, &str)] = &[SEARCH_TERMS, PAGE, PER_PAGE, FORMAT];
/// The parameters of the list of terms.
pub const TERMS: &[(&str, &str)] = &[
    SEARCH_TERMS,
    PAGE,
    PER_PAGE,
    ("taxonomy_id", "terms of this taxonomy"),
    ("top_only", "true: terms without one above them; here all are such"),
    ("parent_id", "terms below this one; here none are"),
    FORMAT,
];
const SEARCH: (&str, &str) = ("search", "beginnings of words that must all be found");
const SEARCH_TERMS: (&str, &str) = ("search", "a part of the name");
const PAGE: (&str, &str) = ("page", "which page, from 1; beyond the last one a page is empty");
const PER_PAGE: (&str, &str) = ("per_page", "how many in a page, 1 to 500; 50 when nothing is said");
const FORMAT: (&str, &str) = ("format", "json, or ndjson: everything, a line for each, without pages");

/// The farthest from a postcode that may be asked for, in metres.
const FARTHEST: i64 = 500_000;

/// What is looked for in the services, wherever they are.
///
/// # Errors
/// A message for each parameter that cannot be used.
pub fn services(fields: &Fields) -> Result<Wanted, Invalid> {
    let mut reader = Reader::new(fields);
    let words = reader.optional_text("search", "the words", LINE).map(|text| words_of(&text).collect());
    let term = named(&mut reader, fields, "taxonomy_term_id", Term::by_id);
    let taxonomy = named(&mut reader, fields, "taxonomy_id", Vocabulary::by_id);
    let organisation = named(&mut reader, fields, "organization_id", Some);
    let changed_since = moment(&mut reader, fields, "modified_after");
    let ages = (age(&mut reader, fields, "minimum_age"), age(&mut reader, fields, "maximum_age"));
    let times = (time(&mut reader, fields, "start_time"), time(&mut reader, fields, "end_time"));
    let day = day(&mut reader, fields);
    let near = near(&mut reader, fields);
    let paging = paging(&mut reader, fields);
    reader.finish(|| {
        let organisation = match organisation? {
            Named::This(id) => Some(id),
            Named::Any | Named::Unknown => None,
        };
        Some(Wanted {
            words: words?,
            term: term?,
            taxonomy: taxonomy?,
            organisation,
            changed_since: changed_since?,
            minimum_age: ages.0?,
            maximum_age: ages.1?,
            day: day?,
            opens: times.0?,
            closes: times.1?,
            near: near?,
            paging: paging?,
        })
    })
}

/// What is looked for in the organisations: words and a page.
///
/// # Errors
/// A message for each parameter that cannot be used.
pub fn organisations(fields: &Fields) -> Result<(Vec<String>, Paging), Invalid> {
    let mut reader = Reader::new(fields);
    let words = reader.optional_text("search", "the words", LINE).map(|text| words_of(&text).collect());
    let full_service = yes(&mut reader, fields, "full_service");
    let paging = paging(&mut reader, fields);
    reader.finish(|| {
        let paging = paging?;
        let detail = if full_service? { Detail::Full } else { paging.detail };
        Some((words?, Paging { detail, ..paging }))
    })
}

/// What is looked for in the terms: a part of the name, a taxonomy, whether none can be meant, a page.
#[derive(Clone, Debug)]
pub struct TermsWanted {
    /// A part of the name, in small letters.
    pub search: String,
    /// The taxonomy.
    pub taxonomy: Named<Vocabulary>,
    /// Whether terms below another were asked for.
    pub below: bool,
    /// Which page.
    pub paging: Paging,
}

/// What is looked for in the taxonomies or the terms.
///
/// # Errors
/// A message for each parameter that cannot be used.
pub fn terms(fields: &Fields) -> Result<TermsWanted, Invalid> {
    let mut reader = Reader::new(fields);
    let search = reader.optional_text("search", "the words", LINE).map(|text| text.to_lowercase());
    let taxonomy = named(&mut reader, fields, "taxonomy_id", Vocabulary::by_id);
    let below = named(&mut reader, fields, "parent_id", Some);
    let top_only = yes(&mut reader, fields, "top_only");
    let paging = paging(&mut reader, fields);
    reader.finish(|| {
        top_only?;
        let below = below? != Named::Any;
        Some(TermsWanted { search: search?, taxonomy: taxonomy?, below, paging: paging? })
    })
}

fn given(fields: &Fields, name: &str) -> bool {
    fields.get(name).is_some()
}

/// A filter by id: any UUID may be asked for; nothing is found by one that is not of this feed.
fn named<T>(
    reader: &mut Reader<'_>,
    fields: &Fields,
    name: &str,
    find: impl Fn(FeedId) -> Option<T>,
) -> Option<Named<T>> {
    let Some(text) = fields.get(name) else { return Some(Named::Any) };
    match FeedId::parse(text) {
        Some(id) => Some(find(id).map_or(Named::Unknown, Named::This)),
        None => {
            reader.refuse(name, format!("Give {name} as a UUID, like 00000000-0000-8000-8000-000000000000."));
            None
        }
    }
}

fn yes(reader: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<bool> {
    match fields.get(name) {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some(_) => {
            reader.refuse(name, format!("Give {name} as true or false."));
            None
        }
    }
}

fn moment(reader: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<Option<NaiveDateTime>> {
    let Some(text) = fields.get(name) else { return Some(None) };
    // A plus in an address arrives as a space.
    let text = text.replace(' ', "+");
    let zoned = DateTime::parse_from_rfc3339(&text).map(|moment| moment.naive_utc());
    let day = || text.parse::<chrono::NaiveDate>().ok()?.and_hms_opt(0, 0, 0);
    let found = zoned.ok().or_else(|| text.parse().ok()).or_else(day);
    if found.is_none() {
        reader.refuse(name, format!("Give {name} as a date and time with its zone, like 2026-11-02T10:00:00Z."));
    }
    found.map(Some)
}

fn age(reader: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<Option<i64>> {
    if given(fields, name) { reader.whole(name, name, 0..=200).map(Some) } else { Some(None) }
}

fn time(reader: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<Option<NaiveTime>> {
    let Some(text) = fields.get(name) else { return Some(None) };
    let forms = ["%H:%M", "%H:%M:%S", "%H:%MZ", "%H:%M:%SZ"];
    let found = forms.iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok());
    if found.is_none() {
        reader.refuse(name, format!("Give {name} as a time of day, like 09:00."));
    }
    found.map(Some)
}

fn day(reader: &mut Reader<'_>, fields: &Fields) -> Option<Option<Day>> {
    let Some(text) = fields.get("day") else { return Some(None) };
    let found = Day::ALL.iter().copied().find(|day| day_code(*day) == text);
    if found.is_none() {
        reader.refuse("day", "Give day as one of MO, TU, WE, TH, FR, SA, SU.");
    }
    found.map(Some)
}

fn near(reader: &mut Reader<'_>, fields: &Fields) -> Option<Option<(Postcode, Option<u32>)>> {
    let metres = if given(fields, "proximity") {
        Some(reader.whole("proximity", "proximity", 1..=FARTHEST).and_then(|metres| u32::try_from(metres).ok())?)
    } else {
        None
    };
    let Some(text) = fields.get("postcode") else {
        if metres.is_some() {
            reader.refuse("postcode", "Give the postcode that proximity is counted from.");
            return None;
        }
        return Some(None);
    };
    match Postcode::parse(text) {
        Ok(postcode) => Some(Some((postcode, metres))),
        Err(error) => {
            reader.refuse("postcode", format!("{error}."));
            None
        }
    }
}

fn paging(reader: &mut Reader<'_>, fields: &Fields) -> Option<Paging> {
    let page = if given(fields, "page") { reader.whole("page", "page", 1..=1_000_000_000) } else { Some(1) };
    let (minimal, full) = (yes(reader, fields, "minimal"), yes(reader, fields, "full"));
    let detail = match (minimal?, full?) {
        (true, true) => {
            reader.refuse("minimal", "Ask for minimal or for full, not for both.");
            return None;
        }
        (true, false) => Detail::Minimal,
        (false, true) => Detail::Full,
        (false, false) => Detail::Usual,
    };
    let (usual, most) = match detail {
        Detail::Usual => (USUAL_PER_PAGE, MOST_PER_PAGE),
        Detail::Minimal => (MOST_MINIMAL, MOST_MINIMAL),
        Detail::Full => (USUAL_PER_PAGE, MOST_FULL),
    };
    let per_page = if given(fields, "per_page") { reader.whole("per_page", "per_page", 1..=most) } else { Some(usual) };
    let lines = match fields.get("format") {
        None | Some("json") => false,
        Some("ndjson") => true,
        Some(_) => {
            reader.refuse("format", "Give format as json or ndjson.");
            return None;
        }
    };
    Some(Paging { page: page?, per_page: per_page?, detail, lines })
}
