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
    for (status, codes) in codes {
        let words = WORDS.iter().find(|(known, _)| *known == status);
        let words = words.map_or("Refused.", |(_, words)| *words);
        let answer = answers.entry(status).or_insert_with(|| json!({}));
        answer["description"] = format!("{words} Codes: {}.", quoted(&codes)).into();
        // For programs. An `enum` of its own would give generated clients a type for each refusal.
        answer["x-codes"] = json!(codes);
        answer["content"]["application/problem+json"]["schema"] =
            json!({ "$ref": "#/components/schemas/Problem" });
    }
}

/// What a refusal of each status is.
const WORDS: &[(&str, &str)] = &[
    ("400", "The request could not be read."),
    ("401", "There is no session, or it has ended."),
    ("403", "Seen, but not allowed; names the role that could."),
    ("404", "There is no such thing, or it is not yours to see."),
    (
        "409",
        "The state of things does not allow it; see `code`. With the header `Hublink-Draft` also: \
         somebody else has the draft that the page acts for.",
    ),
    ("413", "The body is too large."),
    ("415", "The body is of another media type."),
    ("422", "A field is wrong; `field` names it."),
    ("429", "Too many requests; see `Retry-After`."),
    ("500", "A fault of the backend."),
    ("503", "Not ready; see `Retry-After`."),
];

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
