//! What the document says of every operation beyond its handler's own words: the headers that
//! writes take and answers have, what a good answer is, examples.
//!
//! Owns the frame around the operations, so that no handler repeats it. The stable codes come from
//! the route's row.

use serde_json::{Map, Value, json};

use super::examples::example;
use crate::api::call::NOW_HEADER;
use crate::api::draft::HOLD;

/// Where the parts that several operations share stand.
const SCHEMAS: &str = "#/components/schemas/";

/// Completes the document that the handlers have written together.
pub fn complete(document: &mut Value) {
    document["servers"] =
        json!([{ "url": "/", "description": "The backend that serves this document." }]);
    document["components"]["parameters"] = parameters();
    document["components"]["headers"] = headers();
    let schemas = document["components"]["schemas"].as_object().cloned().unwrap_or_default();
    for (path, operations) in objects(&mut document["paths"]) {
        for (method, operation) in objects(operations) {
            takes_headers(method, operation);
            super::codes::document(method, path, operation);
            answers(operation, &schemas);
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                if let Some(shown) = example(&name) {
                    parameter["example"] = shown.into();
                }
            }
        }
    }
    let code = &mut document["components"]["schemas"]["Problem"]["properties"]["code"];
    code["description"] = super::codes::meanings().into();
    for (name, schema) in objects(&mut document["components"]["schemas"]) {
        refer(schema, name, &schemas);
        for (property, schema) in schema.get_mut("properties").into_iter().flat_map(objects) {
            lift(schema);
            show(property, schema);
        }
    }
}

fn objects(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(|object| object.iter_mut())
}

/// Headers that a request may have.
fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Names this act. A repeat with the same key and body gets the first \
                answer and does nothing; the same key with another body is refused. Answers are \
                kept for eight days.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
            "example": "0198c1f2-7c1e-7d3a-9a55-0f3b6f1c2d4e",
        },
        "HublinkDraft": {
            "name": HOLD,
            "in": "header",
            "required": false,
            "description": "The draft that a wizard's page acts for, as WIZARD/SUBJECT/SINCE: the \
                wizard's code (the `wizard` of the draft), what it is about (its `subject`), both \
                percent-encoded as one segment of a path, and since when it is held (its \
                `held_since`) in milliseconds since 1970, UTC; nothing after the second slash \
                before the draft was saved for the first time. The act is refused with \
                `draft_held` once somebody else has the draft, with `draft_stale` once it was \
                taken back or is done with.",
            "schema": { "type": "string", "pattern": "^[^/]+/[^/]+/-?[0-9]*$" },
            "example": "link_users/acme.webex.example/1772444520000",
        },
    })
}

/// Headers that answers have.
fn headers() -> Value {
    json!({
        "RequestId": {
            "description": "The request, for the log of the backend.",
            "schema": { "type": "string" },
            "example": "req_01k9x4m2q7",
        },
        "Now": {
            "description": "The backend's now: business time, RFC 3339.",
            "schema": { "type": "string", "format": "date-time" },
            "example": "2026-03-02T09:42:00Z",
        },
        "RetryAfter": {
            "description": "Seconds to wait before asking again.",
            "schema": { "type": "integer", "minimum": 0 },
            "example": 30,
        },
    })
}

/// Writes of somebody who is signed in are named by a key, and may act for a draft.
fn takes_headers(method: &str, operation: &mut Value) {
    if method == "get" || operation.get("security").is_none() {
        return;
    }
    let shared = ["IdempotencyKey", "HublinkDraft"]
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(all) => all.extend(shared),
        None => operation["parameters"] = json!(shared),
    }
}

/// Every answer says what it is and which headers it has.
fn answers(operation: &mut Value, schemas: &Map<String, Value>) {
    let summary = operation["summary"].clone();
    for (status, answer) in objects(&mut operation["responses"]) {
        if answer["description"].as_str().unwrap_or_default().is_empty() {
            answer["description"] = told(answer, schemas).unwrap_or_else(|| summary.clone());
        }
        answer["headers"] = json!({
            "x-request-id": { "$ref": "#/components/headers/RequestId" },
            NOW_HEADER: { "$ref": "#/components/headers/Now" },
        });
        if matches!(status.as_str(), "429" | "503") {
            answer["headers"]["Retry-After"] = json!({ "$ref": "#/components/headers/RetryAfter" });
        }
    }
}

/// The first paragraph of what the schema of an answer says of itself.
fn told(answer: &Value, schemas: &Map<String, Value>) -> Option<Value> {
    let content = answer["content"].as_object()?.values().next()?;
    let name = content["schema"]["$ref"].as_str()?.strip_prefix(SCHEMAS)?;
    let words = schemas.get(name)?["description"].as_str()?;
    Some(words.split("\n\n").next().unwrap_or(words).replace('\n', " ").into())
}

/// What stands in a schema once more, whole, is the shared one.
fn refer(schema: &mut Value, within: &str, schemas: &Map<String, Value>) {
    match schema {
        Value::Object(object) => {
            for (key, part) in object.iter_mut() {
                let shared = schemas.iter().find(|(name, shared)| {
                    *name != within && shared["type"] == "object" && *shared == part
                });
                match shared {
                    Some((name, _)) if key == "items" => {
                        *part = json!({ "$ref": format!("{SCHEMAS}{name}") });
                    }
                    _ => refer(part, within, schemas),
                }
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| refer(part, within, schemas)),
        _ => {}
    }
}

/// What is said of a property that may be absent stands at the property, where it is looked for.
fn lift(schema: &mut Value) {
    if schema.get("description").is_none()
        && let Some(choice) = schema.pointer_mut("/oneOf/0").and_then(Value::as_object_mut)
        && let Some(words) = choice.remove("description")
    {
        schema["description"] = words;
    }
}

/// Gives a property of text an example, where its name tells what it holds.
fn show(property: &str, schema: &mut Value) {
    let kind = &schema["type"];
    let text = kind == "string"
        || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"));
    let choice = schema.get("oneOf").or_else(|| schema.get("$ref")).is_some();
    if (!text && !choice) || schema.get("enum").is_some() {
        return;
    }
    let shown = match schema["format"].as_str() {
        Some("date-time") => Some("2026-03-02T09:42:00Z"),
        Some("date") => Some("2026-03-02"),
        Some(_) => None,
        None => example(property),
    };
    if let Some(shown) = shown.filter(|_| schema.get("examples").is_none()) {
        schema["examples"] = json!([shown]);
    }
}
