//! The OpenAPI document says of every operation what a client needs, and refusals keep to it.

use serde_json::{Value, json};

use crate::api::problem::code;
use crate::api::route::ROUTES;
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
    for route in ROUTES.iter().filter(|route| !route.codes.is_empty()) {
        let method = format!("{:?}", route.method).to_lowercase();
        let answers = document["paths"][route.path][&method]["responses"].to_string();
        for code in route.codes {
            assert!(answers.contains(&format!("\"{code}\"")), "{method} {}: {code}", route.path);
        }
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
