//! The refusals that every route may answer with, for the OpenAPI document.
//!
//! Owns which statuses reads and writes have in common, and the bearer scheme. What a refusal
//! says is `refusal`'s.

use std::collections::BTreeMap;

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify};

const MALFORMED: (&str, &str) = ("400", "The request could not be read.");
const NOT_SIGNED_IN: (&str, &str) = ("401", "There is no session, or it has ended.");
const NOT_ALLOWED: (&str, &str) = ("403", "Seen, but not allowed; names the role that could.");
const NOT_FOUND: (&str, &str) = ("404", "There is no such thing, or it is not yours to see.");
const CONFLICT: (&str, &str) = (
    "409",
    "The state of things does not allow it; see `code`. With the header `Hublink-Draft` also: \
     somebody else has the draft that the page acts for.",
);
const TOO_LARGE: (&str, &str) = ("413", "The body is too large.");
const MEDIA_TYPE: (&str, &str) = ("415", "The body is of another media type.");
const INVALID: (&str, &str) = ("422", "A field is wrong; `field` names it.");
const TOO_MANY: (&str, &str) = ("429", "Too many requests; see `Retry-After`.");
const INTERNAL: (&str, &str) = ("500", "A fault of the backend.");
const UNAVAILABLE: (&str, &str) = ("503", "Not ready; see `Retry-After`.");

/// What any read may be refused with.
pub struct Reads;

/// What reads that need a linked site may be refused with.
pub struct LinkedReads;

/// What any write may be refused with.
pub struct Writes;

impl IntoResponses for Reads {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            MALFORMED,
            NOT_SIGNED_IN,
            NOT_ALLOWED,
            NOT_FOUND,
            INVALID,
            TOO_MANY,
            INTERNAL,
            UNAVAILABLE,
        ])
    }
}

impl IntoResponses for LinkedReads {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut all = Reads::responses();
        all.extend(problems(&[CONFLICT]));
        all
    }
}

impl IntoResponses for Writes {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        problems(&[
            MALFORMED,
            NOT_SIGNED_IN,
            NOT_ALLOWED,
            NOT_FOUND,
            CONFLICT,
            TOO_LARGE,
            MEDIA_TYPE,
            INVALID,
            TOO_MANY,
            INTERNAL,
            UNAVAILABLE,
        ])
    }
}

fn problems(statuses: &[(&str, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = |words: &str| {
        ResponseBuilder::new()
            .description(words)
            .content("application/problem+json", content())
            .build()
    };
    statuses.iter().map(|(status, words)| ((*status).to_owned(), problem(words).into())).collect()
}

/// Adds the bearer scheme, which most routes ask for.
pub struct Security;

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
