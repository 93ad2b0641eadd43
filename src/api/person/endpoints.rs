//! The endpoints of people and tokens.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{NewPerson, NewToken, Person, Token, TokenGranted};
use crate::api::access::RevokeQuery;
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ListPeople::ABOUT,
    AddPerson::ABOUT,
    DisablePerson::ABOUT,
    EnablePerson::ABOUT,
    ListMyTokens::ABOUT,
    ListTokens::ABOUT,
    CreateToken::ABOUT,
    RevokeToken::ABOUT,
];

/// The people who can sign in, by address. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct ListPeople;

impl Endpoint for ListPeople {
    const ROUTE: Route =
        Route::get("list_people", "/v1/people").tag("People").may(Action::Provision, On::Backend);
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Person>;
}

/// Add a person. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct AddPerson;

impl Endpoint for AddPerson {
    const ROUTE: Route = Route::post("add_person", "/v1/people")
        .tag("People")
        .may(Action::Provision, On::Backend)
        .answers_with(201, "Added.")
        .keeps()
        .refuses(&[code::EXISTS]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewPerson;
    type Answer = Person;
}

/// Disable a person: their sessions, tokens and codes end at once, and they cannot sign in until
/// they are enabled again. Backend administrators disable anybody, full admins the people of their
/// organization who have no rights elsewhere; the last of a kind who can sign in stays.
#[derive(Debug, ToSchema)]
pub struct DisablePerson;

impl Endpoint for DisablePerson {
    const ROUTE: Route = Route::post("disable_person", "/v1/people/{email}/disable")
        .tag("People")
        .keeps()
        .refuses(&[code::LAST_BACKEND_ADMIN, code::LAST_FULL_ADMIN, code::RIGHTS_ELSEWHERE]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Person;
}

/// Enable a person again. What ended stays ended: with a password they sign in as before, without
/// one they need a new token.
#[derive(Debug, ToSchema)]
pub struct EnablePerson;

impl Endpoint for EnablePerson {
    const ROUTE: Route =
        Route::post("enable_person", "/v1/people/{email}/enable").tag("People").keeps();
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Person;
}

/// One's personal tokens, without their secrets, the revoked ones included.
#[derive(Debug, ToSchema)]
pub struct ListMyTokens;

impl Endpoint for ListMyTokens {
    const ROUTE: Route = Route::get("list_my_tokens", "/v1/me/tokens").tag("Account");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Token>;
}

/// One's personal tokens, without their secrets; all people's for backend administrators.
#[derive(Debug, ToSchema)]
pub struct ListTokens;

impl Endpoint for ListTokens {
    const ROUTE: Route = Route::get("list_tokens", "/v1/tokens").tag("People");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Token>;
}

/// Make a personal token; its secret is shown this once. Others' only by backend administrators,
/// and so are tokens that never expire.
#[derive(Debug, ToSchema)]
pub struct CreateToken;

impl Endpoint for CreateToken {
    const ROUTE: Route = Route::post("create_token", "/v1/tokens")
        .tag("People")
        .answers_with(201, "Made.")
        .keeps()
        .refuses(&[code::PERSON_DISABLED]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewToken;
    type Answer = TokenGranted;
}

/// Revoke a personal token; the sessions it opened end. The one in use only with `in_use=true`.
#[derive(Debug, ToSchema)]
pub struct RevokeToken;

impl Endpoint for RevokeToken {
    const ROUTE: Route = Route::delete("revoke_token", "/v1/tokens/{id}")
        .tag("People")
        .answers_with(204, "Revoked.")
        .keeps()
        .refuses(&[code::LAST_FULL_ADMIN, code::TOKEN_IN_USE]);
    type Path = String;
    type Query = RevokeQuery;
    type Body = Nothing;
    type Answer = Nothing;
}
