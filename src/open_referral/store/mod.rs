//! What is read for the feed: the installation's code, and what is asked for in the words of the listings.

pub mod imported;

use chrono::{NaiveTime, Timelike};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::feed_identity;
use crate::directory::Feature;
use crate::directory::rules::marks;
use crate::directory::store::published::Asked;
use crate::error::Error;
use crate::ids::OrganisationId;
use crate::open_referral::{Identity, Kind, Named, Vocabulary, Wanted, rules};
use crate::places::store as places;

/// The installation's own part of its ids.
///
/// # Errors
/// When the database fails or was never brought up to date.
pub fn identity(tx: &mut Tx) -> Result<Identity, Error> {
    let code: String = feed_identity::table.select(feed_identity::code).first(tx)?;
    let mut bytes = [0; 6];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let digits = code.get(2 * place..2 * place + 2).unwrap_or_default();
        *byte = u8::from_str_radix(digits, 16).map_err(|cause| Error::internal("the feed's own code", cause))?;
    }
    Ok(Identity(bytes))
}

/// What is wanted, as the listings can be asked for it: here a term becomes what it stands for in them.
///
/// # Errors
/// When the database fails.
pub fn asked(tx: &mut Tx, identity: Identity, wanted: &Wanted) -> Result<Asked, Error> {
    let minute = |time: NaiveTime| i64::from(time.num_seconds_from_midnight() / 60);
    let taxonomy = match wanted.taxonomy {
        Named::This(vocabulary) => Some(vocabulary),
        Named::Any | Named::Unknown => None,
    };
    let mut asked = Asked {
        words: wanted.words.clone(),
        changed_since: wanted.changed_since,
        // Of the kinds of help every service has one; of the units of price what has a price has one.
        priced: taxonomy == Some(Vocabulary::UnitsOfPrice),
        list: taxonomy.and_then(Vocabulary::list),
        minimum_age: wanted.minimum_age,
        maximum_age: wanted.maximum_age,
        opens: wanted.opens.map(minute),
        closes: wanted.closes.map(minute),
        impossible: wanted.term == Named::Unknown || wanted.taxonomy == Named::Unknown,
        ..Asked::default()
    };
    if let Named::This(term) = wanted.term {
        asked.marks.push(term.mark());
    }
    asked.marks.extend(wanted.day.map(|day| marks::feature(Feature::Day(day))));
    if let Some(id) = wanted.organisation {
        asked.organisation = rules::number(identity, Kind::Organisation, id).map(OrganisationId::new);
        asked.impossible |= asked.organisation.is_none();
    }
    if let Some((postcode, metres)) = &wanted.near {
        match (places::place_of(tx, postcode)?, metres) {
            (None, _) => asked.impossible = true,
            (Some((point, _)), Some(metres)) => asked.near = Some((point, *metres)),
            (Some((_, council)), None) => asked.la_code = Some(council),
        }
    }
    Ok(asked)
}
