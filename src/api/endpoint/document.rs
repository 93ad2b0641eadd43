//! An endpoint's operation in the OpenAPI document.
//!
//! Owns what follows from the endpoint alone: parameters, body, the good answer. What every operation
//! says beside that (headers, refusals, examples) is the router's `document`.

use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{RefOr, Required, ResponseBuilder};

use super::content::{Content, Kind};
use super::{Endpoint, Query, path};
use crate::api::route::Right;

/// Schemas by name, as they come.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// The operation, and the schemas that it names.
pub(super) fn operation<E: Endpoint>(schemas: &mut Schemas) -> Operation {
    let route = E::ROUTE;
    let words = words::<E>();
    let (summary, more) = words.split_once("\n\n").unwrap_or((&words, ""));
    let mut operation = OperationBuilder::new()
        .tag(route.tag)
        .operation_id(Some(route.id))
        .summary(Some(summary))
        .description(Some(more).filter(|more| !more.is_empty()));
    for parameter in path::parameters::<E::Path>(route.path, schemas) {
        operation = operation.parameter(parameter);
    }
    for parameter in E::Query::parameters() {
        operation = operation.parameter(parameter);
    }
    if let Some(schema) = E::Body::schema(schemas) {
        let media = match E::Body::KIND {
            Kind::Json | Kind::Nothing => "application/json",
            Kind::File => "application/octet-stream",
        };
        let body = RequestBodyBuilder::new()
            .description(Some(route.sends).filter(|words| !words.is_empty()))
            .content(media, ContentBuilder::new().schema(Some(schema)).build())
            .required(Some(Required::True));
        operation = operation.request_body(Some(body.build()));
    }
    // An endpoint that only refuses has no good answer.
    if route.success != 0 {
        let mut answer = ResponseBuilder::new().description(route.done);
        if let Some(schema) = E::Answer::schema(schemas) {
            answer =
                answer.content(route.media, ContentBuilder::new().schema(Some(schema)).build());
        }
        operation = operation.response(route.success.to_string(), answer.build());
    }
    if route.right != Right::Anybody {
        let bearer = SecurityRequirement::new("bearer", [] as [&str; 0]);
        operation = operation.security(bearer);
    }
    operation.build()
}

/// What the struct says of itself.
fn words<E: ToSchema>() -> String {
    match E::schema() {
        RefOr::T(Schema::Object(object)) => object.description.unwrap_or_default(),
        _ => String::new(),
    }
}
