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
use utoipa::openapi::path::HttpMethod;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{Modify, OpenApi as _};

use super::asked::Routes;
use crate::api::call::Method;
use crate::api::endpoint;
use crate::api::probes::{ShowDocs, ShowOpenapi};
use crate::api::problem::Problem;
use crate::domain::outcome::Class;
use crate::domain::run::ItemState;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem;color:#1b1f24;background:#fff}h1,h2{line-height:1.2}h2{margin-top:2.5rem}\
    section{border-top:1px solid #d0d7de;padding:1rem 0}code{font:14px ui-monospace,monospace}\
    .m{display:inline-block;min-width:4.5rem;font-weight:600}dl{margin:.5rem 0}\
    dt{float:left;clear:left;width:11rem}dd{margin-left:11.5rem}\
    @media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}\
    section{border-color:#30363d}a{color:#58a6ff}}";

static DOCUMENT: LazyLock<Value> = LazyLock::new(super::openapi);
static PAGE: LazyLock<String> = LazyLock::new(|| page(&DOCUMENT));

pub fn routes() -> Routes {
    Routes::new().raw::<ShowOpenapi, _>(show_openapi).raw::<ShowDocs, _>(show_docs)
}

/// The OpenAPI 3.1 document of this backend.
async fn show_openapi() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// The document as a page for reading.
async fn show_docs() -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(PAGE.as_str())).into_response()
}

/// The document's frame; the endpoints add themselves.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "hublink backend",
        description = "Brings customers onto a Webex-style Control Hub. Errors are problem details \
                       (RFC 9457) with a stable `code`. Writes take `Idempotency-Key`. Lists page \
                       by an opaque cursor.",
    ),
    components(schemas(Problem, Class, ItemState)),
    modifiers(&Security)
)]
struct Frame;

/// Adds the bearer scheme, which most routes ask for.
struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A session's token, or a personal token."))
            .build();
        openapi
            .components
            .get_or_insert_with(Components::new)
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// What the endpoints say of themselves. The demo's own have no chapter, and are nobody's to call.
pub fn of_endpoints() -> OpenApi {
    let mut document = Frame::openapi();
    let mut schemas = Vec::new();
    for about in endpoint::all().filter(|about| !about.route.tag.is_empty()) {
        let method = match about.route.method {
            Method::Get => HttpMethod::Get,
            Method::Post => HttpMethod::Post,
            Method::Put => HttpMethod::Put,
            Method::Patch => HttpMethod::Patch,
            Method::Delete => HttpMethod::Delete,
        };
        let operation = (about.operation)(&mut schemas);
        document.paths.add_path_operation(about.route.path, vec![method], operation);
    }
    document.components.get_or_insert_with(Components::new).schemas.extend(schemas);
    document
}

/// The document that the endpoints have written together, completed.
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
            let drawn = section(document, path, method, operation);
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

fn section(document: &Value, path: &str, method: &str, operation: &Value) -> String {
    let mut html = format!(
        "<section><code><span class=\"m\">{}</span> {}</code><p>{} {}</p>",
        method.to_uppercase(),
        escape(path),
        escaped(&operation["summary"]),
        escaped(&operation["description"]),
    );
    let mut rows = String::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(document, parameter);
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

/// What several operations share stands in one place of the document.
fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    let place = part["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(part)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issue_8_the_page_tells_parameters_that_operations_share_at_each_of_them() {
        assert!(!PAGE.contains("<code></code>"), "a row without a name");
        let rows = PAGE.matches("<dt><code>Idempotency-Key</code></dt><dd>Names this act.").count();
        let shared = DOCUMENT["paths"].to_string();
        assert!(rows > 0);
        assert_eq!(rows, shared.matches("#/components/parameters/IdempotencyKey").count());
    }
}
