//! The official schemas of Open Referral UK 3.0, asked about the demonstration's feed as the official validator asks.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::{LISTS, contents, ids, open};
use crate::support::app::{Engine, TestApp};
use crate::support::parts;
use crate::support::visitor::Visitor;

/// The published schemas, with every reference in place.
pub(super) struct Official {
    files: BTreeMap<String, Value>,
}

impl Official {
    /// Reads them, where the real data is.
    pub(super) fn read() -> Option<Self> {
        let folder = parts::data()?.join("open-referral-uk/schemas");
        let read = |file: std::fs::DirEntry| (file.file_name().into_string().unwrap(), json_of(&file.path()));
        let files = std::fs::read_dir(folder).unwrap().map(|file| read(file.unwrap())).collect();
        Some(Self { files })
    }

    fn file(&self, name: &str) -> &Value {
        self.files.get(name).unwrap_or_else(|| panic!("no schema {name}"))
    }

    /// A schema whose references to other files and to components are replaced by what they lead to.
    fn whole(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    let inside = reference.strip_prefix('#').map(|place| self.file("openapi.json").pointer(place));
                    let found = inside.unwrap_or_else(|| Some(self.file(reference.rsplit('/').next().unwrap())));
                    return self.whole(found.unwrap());
                }
                let mut members: serde_json::Map<String, Value> =
                    members.iter().map(|(name, value)| (name.clone(), self.whole(value))).collect();
                // The published description puts the page's own schema among the properties.
                let page = members.get_mut("properties").and_then(Value::as_object_mut);
                if let Some(page) = page.and_then(|properties| properties.remove("allOf")) {
                    members.insert("allOf".to_owned(), page);
                }
                Value::Object(members)
            }
            Value::Array(all) => all.iter().map(|one| self.whole(one)).collect(),
            plain => plain.clone(),
        }
    }

    fn validator(&self, schema: &Value) -> Validator {
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        options.build(&self.whole(schema)).unwrap()
    }

    /// The schema of a path's answer, by the published description.
    fn answer(&self, path: &str) -> Validator {
        let get = &self.file("openapi.json")["paths"][path]["get"];
        self.validator(&get["responses"]["200"]["content"]["application/json"]["schema"])
    }

    /// One of the compiled schemas.
    pub(super) fn compiled(&self, name: &str) -> Validator {
        self.validator(self.file(name))
    }

    /// What each thing of a list, and each thing by itself, must be; the description's own and the compiled ones, which do
    /// not always ask for the same.
    fn of(&self, list: &str) -> (Vec<Validator>, Vec<Validator>) {
        let page_of = |name: &str| {
            let page = self.file("openapi.json").pointer("/components/schemas/Page").unwrap().clone();
            let mut all = page.clone();
            all["required"] = page["properties"].as_object().unwrap().keys().cloned().collect();
            json!({ "allOf": [all], "properties": { "contents": { "type": "array", "items": self.file(name) } } })
        };
        let (listed, nested) = match list {
            "services" => ("service_list.json", "service.json"),
            "service_at_locations" => ("service_at_location_list.json", "service_at_location.json"),
            "organizations" => ("organization_list.json", "organization.json"),
            "taxonomies" => ("taxonomy.json", "taxonomy.json"),
            _ => ("taxonomy_term.json", "taxonomy_term.json"),
        };
        let (mut lists, mut ones) = (vec![self.validator(&page_of(listed))], vec![self.compiled(nested)]);
        if list != "organizations" {
            lists.push(self.answer(&format!("/{list}")));
            ones.push(self.answer(&format!("/{list}/{{id}}")));
        }
        (lists, ones)
    }
}

pub(super) fn json_of(file: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[track_caller]
pub(super) fn must_obey(validator: &Validator, what: &str, instance: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{instance:#}");
}

/// Every list from its first page to its last, each thing by itself.
fn crawl(official: &Official, visitor: &Visitor) {
    for list in LISTS {
        let (lists, ones) = official.of(list);
        let mut page = 1;
        loop {
            let path = format!("/{list}?page={page}&per_page=3");
            let answer = open(visitor, &path);
            lists.iter().for_each(|schema| must_obey(schema, &path, &answer));
            assert!(!contents(&answer).is_empty(), "{path} is empty");
            for id in ids(&answer) {
                let path = format!("/{list}/{id}");
                let one = open(visitor, &path);
                ones.iter().for_each(|schema| must_obey(schema, &path, &one));
                assert_eq!(one["id"].as_str(), Some(id.as_str()));
            }
            if answer["last_page"] == true {
                break;
            }
            page += 1;
        }
        let full = open(visitor, &format!("/{list}?full=true"));
        for one in contents(&full) {
            ones.iter().for_each(|schema| must_obey(schema, &format!("/{list}?full=true"), one));
        }
    }
}

#[test]
fn every_endpoint_of_the_demo_obeys_the_official_schemas_and_none_is_empty() {
    let Some(official) = Official::read() else { return };
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        let visitor = app.visitor();
        let root = open(&visitor, "");
        must_obey(&official.answer("/"), "/", &root);
        assert_eq!(root["version"], "HSDS-UK-3.0");
        for member in ["profile", "openapi_url"] {
            assert!(root[member].as_str().unwrap().contains("://"), "{root}");
        }
        crawl(&official, &visitor);
    }
}

#[test]
fn the_published_examples_obey_the_same_schemas() {
    let Some(official) = Official::read() else { return };
    let folder = parts::data().unwrap().join("open-referral-uk/examples");
    let examples = [
        ("services", "service_list", "service_full"),
        ("service_at_locations", "service_at_location_list", "service_at_location_full"),
        ("organizations", "organization_list", "organization_full"),
        ("taxonomies", "taxonomy_list", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term_list", "taxonomy_term"),
    ];
    for (list, page, one) in examples {
        let (lists, ones) = official.of(list);
        let read = |name: &str| json_of(&folder.join(format!("{name}.json")));
        lists.iter().for_each(|schema| must_obey(schema, page, &read(page)));
        // The description asks of a service at its location what a service has: the published example has not.
        must_obey(&ones[0], one, &read(one));
    }
}

#[test]
fn the_schemas_refuse_what_they_should() {
    let Some(official) = Official::read() else { return };
    let service = official.compiled("service.json");
    let sound = json!({ "id": "01234567-89ab-8001-8000-000000000007", "name": "A", "status": "active" });
    must_obey(&service, "a service", &sound);
    for (member, wrong) in [
        ("id", json!("7")),
        ("email", json!("nobody")),
        ("url", json!("example")),
        ("last_modified", json!("yesterday")),
        ("description", Value::Null),
        ("status", json!("open")),
    ] {
        let mut broken = sound.clone();
        broken[member] = wrong;
        assert!(!service.is_valid(&broken), "{member} is not looked at");
    }
}

#[test]
fn the_feed_is_described_for_programs() {
    let app = TestApp::start(Engine::Sqlite);
    let described = open(&app.visitor(), "/openapi.json");
    let paths: Vec<&String> = described["paths"].as_object().unwrap().keys().collect();
    for list in LISTS {
        assert!(paths.contains(&&format!("/{list}")) && paths.contains(&&format!("/{list}/{{id}}")), "{paths:?}");
        let parameters = described["paths"][format!("/{list}")]["get"]["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|one| one["name"] == "page" && one["schema"]["type"] == "integer"), "{list}");
    }
    assert!(paths.contains(&&"/".to_owned()), "{paths:?}");
    assert_eq!(described["servers"][0]["url"], "/open-referral");
    let text = described.to_string();
    for (_, rest) in text.match_indices("#/components/schemas/").map(|(at, _)| text.split_at(at)) {
        let name = rest["#/components/schemas/".len()..].split('"').next().unwrap();
        assert!(described["components"]["schemas"][name].is_object(), "nothing is called {name}");
    }
}
