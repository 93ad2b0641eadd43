//! Which stable codes each operation can be refused with, from the route's row.
//!
//! Owns the refusals of the document. That the rows are whole is proven: a debug build answers a
//! refusal that its route does not list with a fault (`requests::listed`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::call::Method;
use crate::api::problem::code;
use crate::api::route::Route;

/// Says at each refusal of the operation which codes it may have.
pub fn document(method: &str, path: &str, operation: &mut Value) {
    let Some(route) = of(method, path) else { return };
    let Some(answers) = operation["responses"].as_object_mut() else { return };
    let mut codes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for one in route.refusals() {
        for status in code::statuses(one) {
            codes.entry(status.to_string()).or_default().push(one);
        }
    }
    let problem = |answer: &Value| answer["content"].get("application/problem+json").is_some();
    answers.retain(|status, answer| !problem(answer) || codes.contains_key(status));
    for (status, codes) in codes {
        let answer = answers.entry(status).or_insert_with(|| json!({ "description": "Refused." }));
        let words = answer["description"].as_str().unwrap_or_default();
        answer["description"] = format!("{words} Codes: {}.", quoted(&codes)).into();
        // For programs. An `enum` of its own would give generated clients a type for each refusal.
        answer["x-codes"] = json!(codes);
        answer["content"]["application/problem+json"]["schema"] =
            json!({ "$ref": "#/components/schemas/Problem" });
    }
}

fn of(method: &str, path: &str) -> Option<&'static Route> {
    let method = match method {
        "get" => Method::Get,
        "post" => Method::Post,
        "put" => Method::Put,
        "patch" => Method::Patch,
        "delete" => Method::Delete,
        _ => return None,
    };
    Route::of(method, path)
}

fn quoted(codes: &[&str]) -> String {
    codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
}

/// What every code means, for the schema of a problem.
pub fn meanings() -> String {
    let mut words = String::from("The stable code:");
    for (code, said) in code::ALL {
        let said: Vec<&str> = said.iter().map(|line| line.trim()).collect();
        words.push_str(&format!("\n- `{code}`: {}", said.join(" ")));
    }
    words
}
