//! Personal tokens: listing, making and revoking them (rules L0, P5).
//!
//! Owns who may, and that nobody revokes unknowingly what they hold in their hand. A secret leaves
//! once, where it is made.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Routes};
use super::extract::ApiJson;
use super::idempotency::Secretive;
use super::people::{plain, record};
use crate::api::endpoint::Nothing;
use crate::api::page::{Page, PageQuery};
use crate::api::person::{CreateToken, ListMyTokens, ListTokens, RevokeToken, Token, TokenGranted};
use crate::api::problem::code;
use crate::domain::address::Address;
use crate::domain::role::Action;
use crate::server::auth::access::{self, WayIn};
use crate::server::auth::tokens::{self, Life};
use crate::server::auth::{Actor, Credential, authorize, people};
use crate::server::directory::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;
use crate::server::{Backend, paging};

pub fn routes() -> Routes {
    Routes::new()
        .at(list_my_tokens)
        .at(list_tokens)
        .raw::<CreateToken, _>(create_token)
        .at(revoke_token)
}

/// One's personal tokens, without their secrets, the revoked ones included.
async fn list_my_tokens(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListMyTokens>,
) -> Result<Page<Token>, Refusal> {
    list(&backend, &actor, &page, false).await
}

/// One's personal tokens, without their secrets; all people's for backend administrators.
async fn list_tokens(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListTokens>,
) -> Result<Page<Token>, Refusal> {
    list(&backend, &actor, &page, actor.backend_admin).await
}

async fn list(
    backend: &Backend,
    actor: &Actor,
    page: &PageQuery,
    everyone: bool,
) -> Result<Page<Token>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let (at, id): (i64, String) = paging::after(page.cursor.as_deref())?.unwrap_or_default();
    let whose = (!everyone).then_some(actor.email.as_str());
    let mut conn = backend.store.read().await?;
    let mut tokens = tokens::page(&mut conn, whose, (at, &id), limit).await?;
    for token in &mut tokens {
        token.used_at = backend.uses.last(&Credential::Token(token.id.clone()), token.used_at);
        token.in_use = actor.token.as_ref() == Some(&token.id);
    }
    paging::page(tokens, limit, |t| (to_millis(t.created_at), t.id.clone()), |t| t)
}

/// Make a personal token; its secret is shown this once. Others' only by backend administrators,
/// and so are tokens that never expire.
async fn create_token(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<CreateToken>,
) -> Result<Response, Refusal> {
    let person = match &new.person {
        Some(text) => Address::parse(text).map_or_else(|_| text.clone(), String::from),
        None => actor.email.clone(),
    };
    if person != actor.email || new.never_expires {
        authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    }
    let life = Life::asked(new.days, new.never_expires)?;
    let note = if new.note.trim().is_empty() { String::new() } else { plain("note", &new.note)? };
    let mut tx = backend.store.begin().await?;
    if people::find(&mut tx, &person).await?.is_none() {
        return Err(Refusal::invalid("person", "There is no person with this address."));
    }
    if access::is_disabled(&mut tx, &person).await? {
        return Err(disabled(&person));
    }
    let made = tokens::make(&mut tx, &person, &note, life, backend.clock.real_now()).await?;
    let expires_at = made.expires_at.map(|at| at.to_string());
    let detail = serde_json::json!({ "token": made.id, "expires_at": expires_at });
    record(&backend, &mut tx, &actor, "token.made", &person, detail).await?;
    tx.commit().await?;
    let token = Token {
        id: made.id,
        person: person.into(),
        note: note.into(),
        created_at: made.created_at,
        expires_at: made.expires_at,
        used_at: None,
        revoked_at: None,
        in_use: false,
    };
    let granted = TokenGranted { token, secret: made.secret };
    let mut response = (StatusCode::CREATED, ApiJson(granted)).into_response();
    response.extensions_mut().insert(Secretive);
    Ok(response)
}

fn disabled(person: &str) -> Refusal {
    Refusal::conflict(
        code::PERSON_DISABLED,
        format!("{person} is disabled and cannot sign in with a token."),
        "Enable the person first: hublink person enable.",
    )
    .at("person")
}

/// Revoke a personal token; the sessions it opened end. The one in use only with `in_use=true`.
async fn revoke_token(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, query, .. }: Asked<RevokeToken>,
) -> Result<Nothing, Refusal> {
    let owner = tokens::owner(&mut *backend.store.read().await?, &id).await?;
    let owner = owner
        .filter(|person| *person == actor.email || actor.backend_admin)
        .ok_or_else(|| Refusal::not_found("token"))?;
    if actor.token.as_ref() == Some(&id) && !query.in_use {
        return Err(Refusal::conflict(
            code::TOKEN_IN_USE,
            "This is the token you are using: revoking it signs you out here, and wherever else \
             it is used.",
            "Revoke it with in_use=true (hublink token revoke --yes), or make another token first.",
        ));
    }
    let mut tx = backend.store.begin().await?;
    let way = WayIn::before(&mut tx, &owner).await?;
    if tokens::revoke(&mut tx, &id).await? {
        way.must_leave_one(&backend, &mut tx).await?;
        let detail = serde_json::json!({ "token": id });
        record(&backend, &mut tx, &actor, "token.revoked", &owner, detail).await?;
    }
    tx.commit().await?;
    Ok(Nothing)
}
