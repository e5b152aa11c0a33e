//! Reading what other feeds say: liberal in what it takes. Nulls and empty texts are as if they were not there, numbers may
//! be texts and texts numbers, and names of version 1.0 are understood. What is not read stays with what is, so that
//! nothing is lost when it is written again.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::{FeedId, Imported, ImportedCost, Term};
use crate::directory::{Category, ListedVat, Unit};
use crate::places::{Point, Postcode};

/// The longest text that is kept of any one member, in characters.
const LONGEST: usize = 5_000;

type Rest = Map<String, Value>;

/// A service with everything that is nested in it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Service {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    accreditations: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    assured_date: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    alert: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    x_vat_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<Organization>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    service_at_locations: Vec<AtLocation>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    cost_options: Vec<CostOption>,
    #[serde(deserialize_with = "list", skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Attribute>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Organization {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct AtLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Location {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(deserialize_with = "list", alias = "physical_addresses", skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<Address>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Address {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct CostOption {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    option: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    amount_description: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Attribute {
    #[serde(skip_serializing_if = "Option::is_none")]
    taxonomy_term: Option<TaxonomyTerm>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct TaxonomyTerm {
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(deserialize_with = "text", skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(flatten)]
    rest: Rest,
}

/// A text, or a number written as one.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text.chars().take(LONGEST).collect()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// A text without spaces around it, if anything is left.
fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A list of which every member that can be read is taken.
fn list<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(all) => all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect(),
        _ => vec![],
    })
}

/// A value without nulls and empty texts.
fn cleaned(value: Value) -> Value {
    let is_there = |value: &Value| !value.is_null() && value.as_str() != Some("");
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| is_there(value))
            .map(|(name, value)| (name, cleaned(value)))
            .collect(),
        Value::Array(all) => all.into_iter().filter(is_there).map(cleaned).collect(),
        plain => plain,
    }
}

/// One thing of a list: a service, or why it is none.
pub type Read = Result<Box<Service>, String>;

/// What a document holds: a page of a list, a bare list, or one thing; of an organisation its services, of a service at a
/// location the service. What is about something else, such as a taxonomy, is nothing.
#[must_use]
pub fn services(document: Value) -> Vec<Read> {
    let document = cleaned(document);
    let lists = ["contents", "content", "data", "items", "results"];
    let found = lists.iter().find_map(|name| document.get(name).and_then(Value::as_array)).or(document.as_array());
    let all = found.cloned().unwrap_or_else(|| vec![document]);
    all.into_iter().flat_map(services_of).collect()
}

fn services_of(one: Value) -> Vec<Read> {
    if let (Some(service), Some(location)) =
        (one.get("service").filter(|service| service.is_object()), one.get("location"))
    {
        let mut service = service.clone();
        service["service_at_locations"] = serde_json::json!([{ "id": one["id"], "location": location }]);
        return vec![read(service)];
    }
    if let Some(services) = one.get("services").and_then(Value::as_array) {
        let mut organization = one.clone();
        if let Some(members) = organization.as_object_mut() {
            members.remove("services");
        }
        let of = |service: &Value| {
            let mut service = service.clone();
            service["organization"] = organization.clone();
            read(service)
        };
        return services.iter().filter(|service| service.is_object()).map(of).collect();
    }
    let marks = ["status", "organization", "organization_id", "service_at_locations", "cost_options", "last_modified"];
    if one.is_object() && !marks.iter().any(|name| one.get(name).is_some()) {
        // A taxonomy, a term, an organisation without services.
        let named = one.get("name").is_some() || one.get("identifier").is_some();
        return if named { vec![] } else { vec![Err("it says neither what it is called nor what it is".to_owned())] };
    }
    vec![read(one)]
}

fn read(one: Value) -> Read {
    serde_json::from_value(cleaned(one)).map_err(|cause| format!("it is no service: {cause}"))
}

impl Service {
    /// What it is called in its feed.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether what is nested in a service is there, or must be asked for by its id.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        let nested = ["schedules", "service_areas", "languages", "contacts", "funding"];
        !(self.service_at_locations.is_empty() && self.cost_options.is_empty() && self.attributes.is_empty())
            || nested.iter().any(|name| self.rest.contains_key(*name))
    }

    /// What is kept of it.
    ///
    /// # Errors
    /// Why nothing can be kept: it has no id, no name or no organisation.
    pub fn kept(&self) -> Result<Imported, String> {
        let source_id = self.id.clone().filter(|id| id.len() <= 200).ok_or("it has no id")?;
        let name = trimmed(self.name.as_deref()).ok_or_else(|| format!("the service {source_id} has no name"))?;
        let provider = self.organization.as_ref().and_then(|organization| trimmed(organization.name.as_deref()));
        let provider = provider.ok_or_else(|| format!("the service {source_id} does not say whose it is"))?;
        let place = self.service_at_locations.iter().find_map(|at| at.location.as_ref());
        let address = place.and_then(|place| place.addresses.first());
        let postcode = address.and_then(|address| address.postal_code.as_deref()).map(Postcode::parse);
        let named = place.and_then(|place| place.name.as_deref()).and_then(|name| name.split(',').next());
        let postcode = postcode.and_then(Result::ok).or_else(|| Postcode::parse(named?).ok());
        let url = self.url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        Ok(Imported {
            source_id,
            name,
            description: trimmed(self.description.as_deref()).unwrap_or_default(),
            provider,
            url,
            town: address.and_then(|address| address.city.clone()).unwrap_or_default(),
            postcode: postcode.map(|postcode| postcode.to_string()).unwrap_or_default(),
            point: place.and_then(point),
            category: self.category(),
            terms: self.terms().filter_map(|term| term.name.clone()).collect(),
            costs: self.cost_options.iter().map(CostOption::kept).collect(),
            accreditations: self.accreditations.clone(),
            vat: self.x_vat_status.as_deref().and_then(ListedVat::from_code).unwrap_or(ListedVat::Unknown),
            assured_on: self.assured_date.as_deref().and_then(day),
            modified: self.last_modified.as_deref().and_then(moment),
            gone: matches!(self.status.as_deref(), Some("defunct" | "inactive")),
            fictional: self.alert.as_deref().is_some_and(|alert| alert.contains("from a demonstration")),
        })
    }

    fn terms(&self) -> impl Iterator<Item = &TaxonomyTerm> {
        self.attributes.iter().filter_map(|attribute| attribute.taxonomy_term.as_ref())
    }

    /// The kind of help that a term of ours says, wherever it comes from.
    fn category(&self) -> Category {
        let term = |term: &TaxonomyTerm| match Term::by_id(FeedId::parse(term.id.as_deref()?)?)? {
            Term::Category(category) => Some(category),
            Term::Unit(_) | Term::Feature(_) => None,
        };
        self.terms().find_map(term).unwrap_or(Category::Other)
    }
}

/// Degrees become a point of the grid; what lies outside the United Kingdom is no place here.
fn point(place: &Location) -> Option<Point> {
    let degrees = |name: &str| match place.rest.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    Point::from_degrees(degrees("latitude")?, degrees("longitude")?)
}

impl CostOption {
    fn kept(&self) -> ImportedCost {
        let extra = |name: &str| self.rest.get(name).and_then(Value::as_str).map(str::to_owned);
        let at_any_time =
            self.rest.get("x_band_rule").is_some_and(|rule| rule["days"] == "every" && rule["from"].is_null());
        let whole = at_any_time && !self.rest.contains_key("x_visit_minutes");
        let unit = extra("x_unit").and_then(|code| Unit::from_code(&code)).filter(|unit| whole && *unit != Unit::Mile);
        let terms = || Some((unit?, extra("x_net")?, extra("x_vat_class")?));
        ImportedCost {
            option: self.option.clone().unwrap_or_default(),
            amount: self.rest.get("amount").map(|amount| match amount {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
            description: self.amount_description.clone().unwrap_or_default(),
            from: self.valid_from.as_deref().and_then(day),
            to: self.valid_to.as_deref().and_then(day),
            unit_price: terms(),
        }
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}

fn moment(text: &str) -> Option<NaiveDateTime> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|moment| moment.naive_utc());
    zoned.ok().or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_odd_is_taken_as_far_as_it_can_be_read() {
        let odd = json!({ "content": [
            { "id": 7, "name": "Club", "description": null, "status": "active", "organization": { "name": "Us", "logo": "" },
              "service_at_locations": [{ "location": { "latitude": "50.7148", "longitude": -2.4377,
                  "physical_addresses": [{ "city": "Dorchester", "postal_code": "dt11xj" }] } }, 5, null],
              "cost_options": [{ "amount": "35", "option": null, "valid_to": "2022-12-31T00:00:00Z" }],
              "last_modified": "2023-03-15T10:30:45.123Z" },
            { "id": "8", "name": "Nobody's", "status": "active" },
            { "status": "active" },
            { "id": "9", "name": "A term" },
            "text"
        ] });
        let read: Vec<Result<Imported, String>> =
            services(odd).into_iter().map(|one| one.and_then(|service| service.kept())).collect();
        let club = read[0].clone().unwrap();
        assert_eq!(
            (club.source_id.as_str(), club.postcode.as_str(), club.town.as_str()),
            ("7", "DT1 1XJ", "Dorchester")
        );
        assert_eq!(club.point, Point::from_degrees(50.7148, -2.4377));
        assert_eq!((club.costs[0].amount.as_deref(), club.costs[0].to), (Some("35"), "2022-12-31".parse().ok()));
        assert!(club.modified.is_some() && !club.gone);
        assert_eq!(read[1], Err("the service 8 does not say whose it is".to_owned()));
        assert_eq!(read[2], Err("it has no id".to_owned()));
        assert!(read[3].clone().unwrap_err().starts_with("it is no service"));
        assert_eq!(read.len(), 4, "a term is nothing that is refused");
    }
}
