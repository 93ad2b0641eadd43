//! The OpenAPI document, and one static page of it for reading.
//!
//! Owns drawing the page from the document, so that the two cannot differ. It needs no script and
//! nothing from elsewhere.

mod codes;
mod described;
mod examples;

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::Json;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color:#1b1f24;background:#fff}h1,h2{line-height:1.2}h2{margin-top:2.5rem}\
    section{border-top:1px solid #d0d7de;padding:1rem 0}code{font:14px ui-monospace,monospace}\
    .m{display:inline-block;min-width:4.5rem;font-weight:600}dl{margin:.5rem 0}\
    dt{float:left;clear:left;width:11rem}dd{margin-left:11.5rem}\
    @media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}\
    section{border-color:#30363d}a{color:#58a6ff}}";

static DOCUMENT: LazyLock<Value> = LazyLock::new(super::openapi);
static PAGE: LazyLock<String> = LazyLock::new(|| page(&DOCUMENT));

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(show_openapi)).routes(routes!(show_docs))
}

/// The OpenAPI 3.1 document of this backend.
#[utoipa::path(get, path = "/openapi.json", tag = "Document",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
async fn show_openapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// The document as a page for reading.
#[utoipa::path(get, path = "/docs", tag = "Document",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
async fn show_docs() -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(PAGE.as_str())).into_response()
}

/// The document that the handlers have written together, completed.
pub fn completed(written: &OpenApi) -> Value {
    let mut document = serde_json::to_value(written).unwrap_or_default();
    described::complete(&mut document);
    document
}

fn page(document: &Value) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><h1>{title}</h1><p>{about}</p>\
         <p>The same for machines: <a href=\"/openapi.json\">/openapi.json</a>.</p>",
        title = escaped(&document["info"]["title"]),
        about = escaped(&document["info"]["description"]),
    );
    let mut tags: Vec<(String, String)> = Vec::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let tag = escaped(&operation["tags"][0]);
            let drawn = section(path, method, operation);
            match tags.iter_mut().find(|(known, _)| *known == tag) {
                Some((_, sections)) => sections.push_str(&drawn),
                None => tags.push((tag, drawn)),
            }
        }
    }
    for (tag, sections) in tags {
        let _ = write!(html, "<h2>{tag}</h2>{sections}");
    }
    html.push_str("</html>");
    html
}

fn section(path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<section><code><span class=\"m\">{}</span> {}</code><p>{} {}</p>",
        method.to_uppercase(),
        escape(path),
        escaped(&operation["summary"]),
        escaped(&operation["description"]),
    );
    let mut rows = String::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        row(&mut rows, &escaped(&parameter["name"]), &escaped(&parameter["description"]));
    }
    let body = &operation["requestBody"]["content"];
    for (media, content) in body.as_object().into_iter().flatten() {
        row(&mut rows, "body", &format!("{} {}", escape(media), schema(&content["schema"])));
    }
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let content = answer["content"].as_object().and_then(|all| all.values().next());
        let shape = content.map_or_else(String::new, |content| schema(&content["schema"]));
        row(&mut rows, status, &format!("{} {shape}", escaped(&answer["description"])));
    }
    let _ = write!(html, "<dl>{rows}</dl></section>");
    html
}

fn row(rows: &mut String, name: &str, words: &str) {
    let _ = write!(rows, "<dt><code>{name}</code></dt><dd>{words}&nbsp;</dd>");
}

fn schema(schema: &Value) -> String {
    let name = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default();
    if name.is_empty() { String::new() } else { format!("<code>{}</code>", escape(name)) }
}

fn escaped(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
