//! The OpenAPI document says of every operation what a client needs, and refusals keep to it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::endpoint;
use crate::api::problem::code;
use crate::api::route::routes;
use crate::server::fixture::Fixture;

/// Path, method and operation, each.
fn operations(document: &Value) -> Vec<(&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = |(path, all)| {
        let all: &serde_json::Map<String, Value> = Value::as_object(all).unwrap();
        all.iter().map(move |(method, operation)| (path, method, operation))
    };
    paths.iter().flat_map(each).collect()
}

#[test]
fn issue_8_every_operation_says_where_its_parameters_are_and_what_its_answers_mean() {
    let document = crate::server::router::openapi();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let Some(name) = parameter["name"].as_str() else { continue };
            let in_path = path.contains(&format!("{{{name}}}"));
            assert_eq!(parameter["in"] == "path", in_path, "{at}: {name}");
            assert!(parameter["description"].is_string(), "{at}: {name}");
        }
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let words = answer["description"].as_str().unwrap_or_default();
            assert!(!words.is_empty(), "{at}: {status}");
        }
        let shared = operation["parameters"].to_string();
        let writes = method != "get" && operation.get("security").is_some();
        assert_eq!(shared.contains("#/components/parameters/IdempotencyKey"), writes, "{at}");
    }
}

#[test]
fn issue_8_every_code_of_a_route_is_one_with_a_status_and_stands_in_the_document() {
    for (code, _) in code::ALL {
        assert!(!code::statuses(code).is_empty(), "{code} is said without a status");
    }
    let document = crate::server::router::openapi();
    for route in routes().filter(|route| !route.codes.is_empty()) {
        let method = format!("{:?}", route.method).to_lowercase();
        let answers = document["paths"][route.path][&method]["responses"].to_string();
        for code in route.codes {
            assert!(answers.contains(&format!("\"{code}\"")), "{method} {}: {code}", route.path);
        }
    }
}

#[test]
fn issue_8_no_schema_hides_another_of_the_same_name() {
    let mut seen = BTreeMap::new();
    for about in endpoint::all() {
        let mut schemas = Vec::new();
        (about.operation)(&mut schemas);
        for (name, schema) in schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let known = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*known, schema, "{name}, of {}", about.route.id);
        }
    }
}

#[test]
fn every_endpoint_has_words_and_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for about in endpoint::all() {
        let (route, id) = (&about.route, about.route.id);
        assert!(names.insert(id), "{id}");
        let operation = serde_json::to_value((about.operation)(&mut Vec::new())).unwrap();
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{id}");
        let asked = operation["parameters"]
            .as_array()
            .map_or(0, |all| all.iter().filter(|parameter| parameter["in"] == "path").count());
        assert_eq!(asked, route.path.matches('{').count(), "{id} has a type for each parameter");
        let file = operation["requestBody"]["content"].get("application/octet-stream").is_some();
        assert_eq!(route.file, file, "{id}");
    }
}

#[tokio::test]
async fn p2_an_answer_to_an_offer_tells_nothing_of_the_organization() {
    let world = Fixture::new().await;
    world.small_world().await;
    for organization in ["zeta", "nowhere"] {
        for act in ["accept", "decline", "lift"] {
            let body = if act == "accept" { json!({ "terms_sha256": "0" }) } else { json!({}) };
            let path = format!("/v1/offers/{organization}/{act}");
            let answer = world.send("POST", &path, "ned", body).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{path}");
        }
    }
}
