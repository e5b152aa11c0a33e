//! What a provider sends of a service beside its words and prices: for whom, where, when, whether there is room. Each box is
//! a field of its own, named for its feature.

use chrono::NaiveTime;

use super::Change;
use crate::directory::{Details, Feature, LONGEST_WAIT};
use crate::error::Invalid;
use crate::web::form::{Fields, Reader};

/// The fields.
pub const DETAILS: &[(&str, &str)] = &[
    ("version", "The version that you saw."),
    ("at_home", "true, if it is given there: in the person’s own home."),
    ("at_premises", "true, if it is given there: at the provider’s own place."),
    ("at_community", "true, if it is given there: out and about."),
    ("at_online", "true, if it is given there: by telephone or video."),
    ("for_young", "true, if it is for them: children and young people."),
    ("for_adults", "true, if it is for them: adults under 65."),
    ("for_older", "true, if it is for them: adults over 65."),
    ("for_dementia", "true, if it is for them: people living with dementia."),
    ("for_learning", "true, if it is for them: people with a learning disability."),
    ("for_autism", "true, if it is for them: autistic people."),
    ("for_mental", "true, if it is for them: people with a mental health condition."),
    ("for_physical", "true, if it is for them: people with a physical disability."),
    ("for_sensory", "true, if it is for them: people with sight or hearing loss."),
    ("for_brain", "true, if it is for them: people with a brain injury."),
    ("for_illness", "true, if it is for them: people with a long-term illness or at the end of life."),
    ("for_substance", "true, if it is for them: people who misuse drugs or alcohol."),
    ("for_carers", "true, if it is for them: unpaid carers."),
    ("language_en", "true, if English is spoken."),
    ("language_bfi", "true, if British Sign Language is spoken."),
    ("language_ar", "true, if Arabic is spoken."),
    ("language_bn", "true, if Bengali is spoken."),
    ("language_yue", "true, if Cantonese is spoken."),
    ("language_fr", "true, if French is spoken."),
    ("language_el", "true, if Greek is spoken."),
    ("language_gu", "true, if Gujarati is spoken."),
    ("language_hi", "true, if Hindi is spoken."),
    ("language_it", "true, if Italian is spoken."),
    ("language_ku", "true, if Kurdish is spoken."),
    ("language_lt", "true, if Lithuanian is spoken."),
    ("language_cmn", "true, if Mandarin is spoken."),
    ("language_ne", "true, if Nepali is spoken."),
    ("language_ps", "true, if Pashto is spoken."),
    ("language_fa", "true, if Persian is spoken."),
    ("language_pl", "true, if Polish is spoken."),
    ("language_pt", "true, if Portuguese is spoken."),
    ("language_pa", "true, if Punjabi is spoken."),
    ("language_ro", "true, if Romanian is spoken."),
    ("language_ru", "true, if Russian is spoken."),
    ("language_so", "true, if Somali is spoken."),
    ("language_es", "true, if Spanish is spoken."),
    ("language_syl", "true, if Sylheti is spoken."),
    ("language_ta", "true, if Tamil is spoken."),
    ("language_tr", "true, if Turkish is spoken."),
    ("language_uk", "true, if Ukrainian is spoken."),
    ("language_ur", "true, if Urdu is spoken."),
    ("language_vi", "true, if Vietnamese is spoken."),
    ("language_cy", "true, if Welsh is spoken."),
    ("way_makaton", "true, if they are used to it: Makaton."),
    ("way_easyread", "true, if they are used to it: Easy Read."),
    ("way_braille", "true, if they are used to it: Braille."),
    ("way_deafblind", "true, if they are used to it: Deafblind manual."),
    ("way_lipspeaking", "true, if they are used to it: Speaking for lip readers."),
    ("way_aids", "true, if they are used to it: Pictures, objects or talking devices."),
    ("access_stepfree", "true, if the place has it: no steps from the street."),
    ("access_toilet", "true, if the place has it: toilet for wheelchair users."),
    ("access_changing", "true, if the place has it: hoist and changing bench."),
    ("access_loop", "true, if the place has it: hearing loop."),
    ("access_parking", "true, if the place has it: parking for Blue Badge holders."),
    ("access_quiet", "true, if the place has it: quiet room."),
    ("access_dogs", "true, if the place has it: assistance dogs welcome."),
    ("access_bus", "true, if the place has it: bus or train within a short walk."),
    ("day_monday", "true, if it is given on a Monday."),
    ("day_tuesday", "true, if it is given on a Tuesday."),
    ("day_wednesday", "true, if it is given on a Wednesday."),
    ("day_thursday", "true, if it is given on a Thursday."),
    ("day_friday", "true, if it is given on a Friday."),
    ("day_saturday", "true, if it is given on a Saturday."),
    ("day_sunday", "true, if it is given on a Sunday."),
    ("opens", "From what time, like 9am or 9:00."),
    ("closes", "Until what time."),
    ("minimum_age", "From which age on, in years."),
    ("maximum_age", "Up to which age, in years."),
    ("reach_miles", "How far you travel, in miles."),
    ("places_left", "How many places are free."),
    ("waiting_weeks", "How many weeks one waits; 0 when it can begin at once."),
];
/// The fields of a confirmation.
pub const CONFIRMATION: &[(&str, &str)] = &[("version", "The version that you saw.")];

/// Reads for whom, where and when a service is.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn details(fields: &Fields) -> Result<Change<Details>, Invalid> {
    let mut reader = Reader::new(fields);
    let version = super::version(&mut reader);
    let features = Feature::all().filter(|feature| reader.flag(&feature.code())).collect();
    let hours = hours(&mut reader, fields);
    let minimum_age = number(&mut reader, fields, ("minimum_age", "the age"), 150);
    let maximum_age = number(&mut reader, fields, ("maximum_age", "the age"), 150);
    let reach_miles = number(&mut reader, fields, ("reach_miles", "the miles"), 500);
    let places_left = number(&mut reader, fields, ("places_left", "the places"), 100_000);
    let waiting_weeks = number(&mut reader, fields, ("waiting_weeks", "the weeks"), LONGEST_WAIT);
    if let (Some(Some(least)), Some(Some(most))) = (minimum_age, maximum_age)
        && least > most
    {
        reader.refuse("maximum_age", "The highest age must not be below the lowest.");
    }
    reader.finish(|| {
        let to = Details {
            features,
            hours: hours?,
            minimum_age: minimum_age?,
            maximum_age: maximum_age?,
            reach_miles: reach_miles?,
            places_left: places_left?,
            waiting_weeks: waiting_weeks?,
        };
        Some(Change { version: version?, to })
    })
}

/// Reads a confirmation: the version that its author saw.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn confirmation(fields: &Fields) -> Result<Change<()>, Invalid> {
    let mut reader = Reader::new(fields);
    let version = super::version(&mut reader);
    reader.finish(|| Some(Change { version: version?, to: () }))
}

/// Two times, or none.
fn hours(reader: &mut Reader<'_>, fields: &Fields) -> Option<Option<(NaiveTime, NaiveTime)>> {
    if fields.get("opens").is_none() && fields.get("closes").is_none() {
        return Some(None);
    }
    let (opens, closes) = (reader.time("opens", "from what time"), reader.time("closes", "until what time"));
    if opens.is_some() && opens == closes {
        reader.refuse("closes", "Enter a time that is not the one from which it begins.");
        return None;
    }
    Some(Some((opens?, closes?)))
}

/// A whole number that may be left out.
fn number(reader: &mut Reader<'_>, fields: &Fields, (name, label): (&str, &str), most: u32) -> Option<Option<u32>> {
    match fields.get(name) {
        None => Some(None),
        Some(_) => Some(u32::try_from(reader.whole(name, label, 0..=i64::from(most))?).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{ClientGroup, Day};

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_box_is_described() {
        for feature in Feature::all() {
            assert!(DETAILS.iter().any(|(name, _)| *name == feature.code()), "{}", feature.code());
        }
        assert_eq!(DETAILS.len(), Feature::all().count() + 8);
    }

    #[test]
    fn what_is_ticked_and_typed_is_read() {
        let sent =
            [("version", "3"), ("for_dementia", "true"), ("day_sunday", "true"), ("opens", "9am"), ("closes", "16:30")];
        let change = details(&fields(&[&sent[..], &[("places_left", "2"), ("minimum_age", "18")]].concat())).unwrap();
        assert_eq!(change.version, 3);
        let expected = [Feature::Group(ClientGroup::Dementia), Feature::Day(Day::Sunday)];
        assert_eq!(change.to.features.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(change.to.hours.unwrap().1, NaiveTime::from_hms_opt(16, 30, 0).unwrap());
        assert_eq!((change.to.places_left, change.to.waiting_weeks, change.to.minimum_age), (Some(2), None, Some(18)));
    }

    #[test]
    fn what_does_not_fit_is_said_at_its_field() {
        let wrong = |pairs: &[(&str, &str)]| -> Vec<String> {
            let sent = [&[("version", "1")], pairs].concat();
            details(&fields(&sent)).unwrap_err().errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(wrong(&[("opens", "9am")]), ["closes"]);
        assert_eq!(wrong(&[("opens", "9am"), ("closes", "9:00")]), ["closes"]);
        assert_eq!(wrong(&[("minimum_age", "65"), ("maximum_age", "18")]), ["maximum_age"]);
        assert_eq!(wrong(&[("waiting_weeks", "105"), ("places_left", "-1")]), ["places_left", "waiting_weeks"]);
    }
}
