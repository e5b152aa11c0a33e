//! The description of every URL for programs: OpenAPI 3.1, made from the table of routes and the page structs themselves.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::routes::{ROUTES, Route, Schemas, Who};
use crate::web::{OPEN_FEED, is_open_feed};

/// How a reference to a schema begins.
const COMPONENT: &str = "#/components/schemas/";

/// The description as JSON text, made once.
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| format!("{:#}", describe(ROUTES)))
}

/// The description of the open feed alone, as JSON text, made once.
pub fn feed() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| format!("{:#}", describe_feed()))
}

/// The open feed by itself: its paths as they stand below its own address.
fn describe_feed() -> Value {
    let mut described = describe(ROUTES.iter().filter(|route| is_open_feed(route.path)));
    let paths = described["paths"].as_object().cloned().unwrap_or_default();
    let below = |(path, item): (String, Value)| {
        let below = path.strip_prefix(OPEN_FEED).filter(|rest| !rest.is_empty()).unwrap_or("/");
        (below.replace("{uuid}", "{id}"), renamed_parameter(item))
    };
    described["paths"] = Value::Object(paths.into_iter().map(below).collect());
    described["servers"] = json!([{ "url": OPEN_FEED }]);
    described["info"]["title"] = json!("Tailormade: Open Referral UK 3.0");
    described["info"]["description"] = json!(
        "What providers have published, as Open Referral UK 3.0 (HSDS-UK). For anybody, from any site, without sign-in; \
         filters are cumulative. Members that begin with x_ say what the standard has no word for. A page beyond the last \
         one is empty. What is withdrawn is no longer listed: minimal=true lists every id in one page."
    );
    if let Some(components) = described["components"].as_object_mut() {
        components.remove("securitySchemes");
    }
    described
}

/// The same operations with the id in the path called as the standard calls it.
fn renamed_parameter(mut item: Value) -> Value {
    let parameters = item.pointer_mut("/get/parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "path") {
        parameter["name"] = json!("id");
    }
    item
}

/// Describes a table of routes.
fn describe<'a>(routes: impl IntoIterator<Item = &'a Route>) -> Value {
    let mut components: Map<String, Value> = common_schemas().into_iter().collect();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        let answer = route.answers.map(|answers| {
            let mut schemas = vec![];
            let page = answers(&mut schemas);
            settle(&mut components, &page, &as_json(schemas))
        });
        let operation = operation(route, answer.as_deref());
        paths.entry(route.path).or_default().insert(route.method.to_lowercase(), operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tailormade",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "An open provider marketplace and individual service fund brokerage for personal budgets in \
                English social care. Every page answers as JSON at its own address when asked with Accept: \
                application/json. Money is always a decimal string. A POST may carry an Idempotency-Key: sent again \
                with the same content, it is done once.",
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": { "session": {
                "type": "apiKey", "in": "cookie", "name": "tailormade_access",
                "description": "Set by POST /sign-in; over TLS its name begins with __Host-.",
            } },
        },
    })
}

/// A page's schemas by name.
fn as_json(schemas: Schemas) -> BTreeMap<String, Value> {
    schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())).collect()
}

/// Adds a page's schemas to those of all pages, and gives the page's name there. Two features may call different things
/// by the same name: the later one is then called after its page, as in `InvoicePage.Line`.
fn settle(components: &mut Map<String, Value>, page: &str, schemas: &BTreeMap<String, Value>) -> String {
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let clashes = schemas.iter().find(|(name, schema)| {
            let known = components.get(*name);
            !renamed.contains_key(*name) && known.is_some_and(|known| *known != with_names(schema, &renamed))
        });
        match clashes {
            Some((name, _)) => renamed.insert(name.clone(), format!("{page}.{name}")),
            None => break,
        };
    }
    let settled = |name: &String| renamed.get(name).unwrap_or(name).clone();
    components.extend(schemas.iter().map(|(name, schema)| (settled(name), with_names(schema, &renamed))));
    settled(&page.to_owned())
}

/// A schema whose references lead to the names that things have now.
fn with_names(schema: &Value, renamed: &BTreeMap<String, String>) -> Value {
    match schema {
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let name = value.as_str().and_then(|text| text.strip_prefix(COMPONENT));
                match name.and_then(|name| renamed.get(name)).filter(|_| key == "$ref") {
                    Some(now) => (key.clone(), json!(format!("{COMPONENT}{now}"))),
                    None => (key.clone(), with_names(value, renamed)),
                }
            };
            Value::Object(members.iter().map(member).collect())
        }
        Value::Array(values) => values.iter().map(|value| with_names(value, renamed)).collect(),
        plain => plain.clone(),
    }
}

/// One method of one path.
fn operation(route: &Route, answer: Option<&str>) -> Value {
    let is_get = route.method == "GET";
    let mut parameters = path_parameters(route.path);
    if is_get {
        parameters.extend(route.fields.iter().map(|(name, meaning)| {
            json!({ "name": name, "in": "query", "description": meaning, "schema": query_schema(route.path, name) })
        }));
    } else {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
            "description": "Sent again with the same key and content, the request is done once.",
        }));
    }
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.says,
        "description": format!("For {}.", who(route.who)),
        "parameters": parameters,
        "responses": responses(route, answer),
        "security": if route.who == Who::Anyone { json!([]) } else { json!([{ "session": [] }]) },
    });
    if !is_get && !route.fields.is_empty() {
        operation["requestBody"] = body(route.fields);
    }
    operation
}

/// `get_funds_id_statement`: the method and the path, as one word.
fn operation_id(route: &Route) -> String {
    let words = route.path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = std::iter::once(route.method.to_lowercase()).chain(words.map(str::to_owned)).collect();
    words.join("_")
}

/// What a parameter of a query may be: the open feed is read by programs that take the description at its word.
fn query_schema(path: &str, name: &str) -> Value {
    match name {
        _ if !is_open_feed(path) => json!({ "type": "string" }),
        "page" | "per_page" => json!({ "type": "integer", "minimum": 1 }),
        "minimum_age" | "maximum_age" => json!({ "type": "number", "minimum": 0 }),
        "minimal" | "full" | "full_service" | "top_only" => json!({ "type": "boolean" }),
        "taxonomy_term_id" | "taxonomy_id" | "organization_id" | "parent_id" => {
            json!({ "type": "string", "format": "uuid" })
        }
        "modified_after" => json!({ "type": "string", "format": "date-time" }),
        "day" => json!({ "type": "string", "enum": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] }),
        "format" => json!({ "type": "string", "enum": ["json", "ndjson"] }),
        _ => json!({ "type": "string" }),
    }
}

/// The parts of a path in braces: numbers of things, or ids of the open feed.
fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parameter = |name: &str| {
        let schema = match name {
            "uuid" => json!({ "type": "string", "format": "uuid" }),
            _ => json!({ "type": "integer", "format": "int64", "minimum": 1 }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    };
    names.map(parameter).collect()
}

/// What a form or a JSON object may hold.
fn body(fields: &[(&str, &str)]) -> Value {
    let property =
        |(name, meaning): &(&str, &str)| ((*name).to_owned(), json!({ "type": "string", "description": meaning }));
    let properties: Map<String, Value> = fields.iter().map(property).collect();
    let mut form = properties.clone();
    let token = "The one-time token of the page that showed the form.";
    form.insert("form_token".to_owned(), json!({ "type": "string", "description": token }));
    json!({ "required": true, "content": {
        "application/json": { "schema": { "type": "object", "properties": properties } },
        "application/x-www-form-urlencoded": { "schema": { "type": "object", "properties": form } },
    } })
}

fn responses(route: &Route, answer: Option<&str>) -> Value {
    if is_open_feed(route.path) {
        return feed_responses(route, answer);
    }
    let refused = |what: &str| json!({ "description": what, "content": json_of("Refusal") });
    let mut responses = Map::new();
    if route.method == "GET" {
        let mut content = Map::new();
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
        if let Some(answer) = answer {
            content.insert("application/json".to_owned(), json!({ "schema": reference(answer) }));
        }
        responses.insert("200".to_owned(), json!({ "description": route.says, "content": content }));
    } else {
        responses.insert("201".to_owned(), json!({ "description": "Done, for JSON.", "content": json_of("Done") }));
        let onward = "Done, for a form: onward to the page that shows it.";
        responses.insert("303".to_owned(), json!({ "description": onward }));
        responses.insert("409".to_owned(), refused("Somebody was first, or it was decided on an old version."));
    }
    if !route.fields.is_empty() {
        responses.insert("422".to_owned(), refused("What was sent cannot be used, or a rule says no."));
    }
    if route.who != Who::Anyone {
        responses.insert("401".to_owned(), refused("Nobody is signed in."));
        responses.insert("403".to_owned(), refused("It is there, but not for you to do."));
        responses.insert("404".to_owned(), refused("It does not exist, or is not yours to see."));
    }
    Value::Object(responses)
}

/// What the open feed answers: JSON, and 400 where a parameter cannot be used.
fn feed_responses(route: &Route, answer: Option<&str>) -> Value {
    let refused = |what: &str| json!({ "description": what, "content": json_of("Refusal") });
    let mut content = json!({ "application/json": { "schema": answer.map_or(json!({}), reference) } });
    if route.fields.iter().any(|(name, _)| *name == "format") {
        content["application/x-ndjson"] = json!({ "schema": { "type": "string" } });
    }
    let mut responses = json!({ "200": { "description": route.says, "content": content } });
    if !route.fields.is_empty() {
        responses["400"] = refused("A parameter cannot be used.");
    }
    if route.path.contains('{') {
        responses["404"] = refused("Nothing published has this id.");
    }
    responses["429"] = refused("Too much was asked for within a minute.");
    responses
}

fn json_of(schema: &str) -> Value {
    json!({ "application/json": { "schema": reference(schema) } })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("{COMPONENT}{schema}") })
}

/// What every deed and every refusal answers.
fn common_schemas() -> [(String, Value); 2] {
    let done = json!({ "type": "object", "required": ["location", "done"], "properties": {
        "location": { "type": "string", "description": "Where the result is." },
        "done": { "type": "string", "description": "What was done, in a sentence." },
    } });
    let error = json!({ "type": "object", "required": ["field", "message"], "properties": {
        "field": { "type": "string", "description": "The field; empty when it is about the whole." },
        "message": { "type": "string", "description": "What to do, in a sentence." },
    } });
    let refusal = json!({ "type": "object", "required": ["errors"], "properties": {
        "errors": { "type": "array", "items": error },
        "reference": { "type": "string", "description": "The request's reference, as the log has it." },
    } });
    [("Done".to_owned(), done), ("Refusal".to_owned(), refusal)]
}

const fn who(who: Who) -> &'static str {
    match who {
        Who::Anyone => "anybody",
        Who::SignedIn => "anybody who is signed in",
        Who::PersonOrMandate => "the person, or somebody who acts for them under a mandate",
        Who::Provider => "members of a provider",
        Who::Holder => "members of an organisation that holds funds",
        Who::Council => "officers of a council",
        Who::Operator => "whoever runs the installation",
        Who::Party => "whoever it concerns: the person, a mandate, the holder, the provider, the council",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_route_is_described() {
        let described = describe(ROUTES);
        for route in ROUTES {
            let operation = &described["paths"][route.path][route.method.to_lowercase()];
            assert_eq!(operation["summary"], route.says, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        let described = describe(ROUTES);
        let mut found = BTreeSet::new();
        references(&described, &mut found);
        for reference in found {
            let name = reference.strip_prefix("#/components/schemas/").unwrap();
            assert!(described["components"]["schemas"][name].is_object(), "nothing is called {name}");
        }
    }

    #[test]
    fn within_a_page_no_two_things_share_a_name() {
        for answers in ROUTES.iter().filter_map(|route| route.answers) {
            let mut schemas: Schemas = vec![];
            let page = answers(&mut schemas);
            let mut seen: BTreeMap<String, Value> = BTreeMap::new();
            for (name, schema) in schemas {
                let schema = serde_json::to_value(schema).unwrap();
                let before = seen.insert(name.clone(), schema.clone());
                assert!(
                    before.is_none_or(|before| before == schema),
                    "{page} holds two different things called {name}: name one with #[schema(as = ...)]"
                );
            }
        }
    }

    #[test]
    fn a_name_that_another_page_took_is_called_after_its_page() {
        let mut components = Map::new();
        let line = |what: &str| json!({ "type": what });
        let row = json!({ "items": { "$ref": "#/components/schemas/Line" } });
        let first = BTreeMap::from([("Line".to_owned(), line("string")), ("Row".to_owned(), row.clone())]);
        let second = BTreeMap::from([("Line".to_owned(), line("object")), ("Row".to_owned(), row)]);
        assert_eq!(settle(&mut components, "Row", &first), "Row");
        assert_eq!(settle(&mut components, "Row", &second), "Row.Row");
        assert_eq!(components["Row"]["items"]["$ref"], "#/components/schemas/Line");
        assert_eq!(components["Row.Row"]["items"]["$ref"], "#/components/schemas/Row.Line");
        assert_eq!((&components["Line"], &components["Row.Line"]), (&line("string"), &line("object")));
    }

    #[test]
    fn no_two_operations_share_an_id() {
        let ids: BTreeSet<String> = ROUTES.iter().map(operation_id).collect();
        assert_eq!(ids.len(), ROUTES.len());
    }
}
