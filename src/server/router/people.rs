//! People, their passwords and their personal tokens (rule L0).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::idempotency::Secretive;
use super::{Reads, Shared, Writes};
use crate::api::page::{Page, PageQuery};
use crate::api::person::{NewPerson, NewToken, Person, Token, TokenGranted};
use crate::api::problem::code;
use crate::api::session::NewPassword;
use crate::domain::address::Address;
use crate::domain::role::Action;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::auth::{Actor, authorize, credentials, passwords};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};
use crate::server::{Backend, paging};

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_people, add_person))
        .routes(routes!(set_password))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
}

/// The people who can sign in, by address. For backend administrators.
#[utoipa::path(
    get, path = "/v1/people", tag = "People", params(PageQuery),
    responses((status = 200, body = Page<Person>), Reads),
    security(("bearer" = []))
)]
async fn list_people(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Person>>, Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let limit = paging::limit(page.limit)?;
    let after: Option<String> = paging::after(page.cursor.as_deref())?;
    let rows = sqlx::query(
        "SELECT email, name, backend_admin, created_at FROM people
          WHERE email > $1 ORDER BY email LIMIT $2",
    )
    .bind(after.unwrap_or_default())
    .bind(limit as i64 + 1)
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    let people = rows.iter().map(person).collect::<Result<Vec<_>, _>>()?;
    paging::page(people, limit, |p| p.email.raw().to_owned(), |p| p).map(ApiJson)
}

fn person(row: &SqliteRow) -> Result<Person, sqlx::Error> {
    Ok(Person {
        email: Untrusted::new(row.try_get::<&str, _>(0)?),
        name: Untrusted::new(row.try_get::<&str, _>(1)?),
        backend_admin: row.try_get(2)?,
        created_at: from_millis(row.try_get(3)?),
    })
}

/// Add a person. For backend administrators.
#[utoipa::path(
    post, path = "/v1/people", tag = "People",
    request_body = NewPerson,
    responses((status = 201, body = Person, description = "Added."), Writes),
    security(("bearer" = []))
)]
async fn add_person(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewPerson>,
) -> Result<(StatusCode, ApiJson<Person>), Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let email = Address::parse(&new.email)
        .map_err(|e| Refusal::invalid("email", format!("This address cannot be used: {e}.")))?;
    let name = plain("name", &new.name)?;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let added = sqlx::query(
        "INSERT INTO people (email, name, backend_admin, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(email.as_str())
    .bind(&name)
    .bind(new.backend_admin)
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        let remedy = "Make a token for them, or use another address.";
        let detail = "There is a person with this address.";
        return Err(Refusal::conflict(code::EXISTS, detail, remedy).at("email"));
    }
    let detail = serde_json::json!({ "backend_admin": new.backend_admin });
    record(&backend, &mut tx, &actor, "person.added", email.as_str(), detail).await?;
    tx.commit().await?;
    let person = Person {
        email: email.as_str().into(),
        name: name.into(),
        backend_admin: new.backend_admin,
        created_at: now,
    };
    Ok((StatusCode::CREATED, ApiJson(person)))
}

fn plain(field: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let short = (1..=200).contains(&text.chars().count());
    if short && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid(
        field,
        "This needs 1 to 200 characters, none of them a control character.",
    ))
}

/// Set one's own password. One's other sessions end.
#[utoipa::path(
    put, path = "/v1/me/password", tag = "Account",
    request_body = NewPassword,
    responses((status = 204, description = "Set."), Writes),
    security(("bearer" = []))
)]
async fn set_password(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewPassword>,
) -> Result<StatusCode, Refusal> {
    passwords::acceptable(&new.password)?;
    let phc = backend.passwords.hash(&new.password).await?;
    let mut tx = backend.store.begin().await?;
    sqlx::query("UPDATE people SET password_hash = $2 WHERE email = $1")
        .bind(&actor.email)
        .bind(phc)
        .execute(&mut *tx)
        .await?;
    credentials::end_other_sessions(&mut tx, &actor.email, &actor.credential).await?;
    let detail = serde_json::json!({});
    record(&backend, &mut tx, &actor, "person.password_set", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's personal tokens, without their secrets; all people's for backend administrators.
#[utoipa::path(
    get, path = "/v1/tokens", tag = "People", params(PageQuery),
    responses((status = 200, body = Page<Token>), Reads),
    security(("bearer" = []))
)]
async fn list_tokens(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Token>>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let (at, id): (i64, String) = paging::after(page.cursor.as_deref())?.unwrap_or_default();
    let rows = sqlx::query(
        "SELECT id, person, label, created_at, revoked_at FROM tokens
          WHERE (person = $1 OR $2) AND (created_at, id) > ($3, $4)
          ORDER BY created_at, id LIMIT $5",
    )
    .bind(&actor.email)
    .bind(actor.backend_admin)
    .bind(at)
    .bind(id)
    .bind(limit as i64 + 1)
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    let tokens = rows.iter().map(token).collect::<Result<Vec<_>, _>>()?;
    paging::page(tokens, limit, |t| (to_millis(t.created_at), t.id.clone()), |t| t).map(ApiJson)
}

fn token(row: &SqliteRow) -> Result<Token, sqlx::Error> {
    Ok(Token {
        id: row.try_get(0)?,
        person: Untrusted::new(row.try_get::<&str, _>(1)?),
        label: Untrusted::new(row.try_get::<&str, _>(2)?),
        created_at: from_millis(row.try_get(3)?),
        revoked_at: row.try_get::<Option<i64>, _>(4)?.map(from_millis),
    })
}

/// Make a personal token; its secret is shown this once. Others' only by backend administrators.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "People",
    request_body = NewToken,
    responses((status = 201, body = TokenGranted, description = "Made."), Writes),
    security(("bearer" = []))
)]
async fn create_token(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewToken>,
) -> Result<Response, Refusal> {
    let person = match &new.person {
        Some(text) => Address::parse(text).map_or_else(|_| text.clone(), String::from),
        None => actor.email.clone(),
    };
    if person != actor.email {
        authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    }
    let label =
        if new.label.trim().is_empty() { String::new() } else { plain("label", &new.label)? };
    let mut tx = backend.store.begin().await?;
    let known = sqlx::query("SELECT 1 FROM people WHERE email = $1")
        .bind(&person)
        .fetch_optional(&mut *tx)
        .await?;
    if known.is_none() {
        return Err(Refusal::invalid("person", "There is no person with this address."));
    }
    let made = credentials::make_token(&mut tx, &person, &label).await?;
    let detail = serde_json::json!({ "token": made.id });
    record(&backend, &mut tx, &actor, "token.made", &person, detail).await?;
    tx.commit().await?;
    let token = Token {
        id: made.id,
        person: person.into(),
        label: label.into(),
        created_at: made.created_at,
        revoked_at: None,
    };
    let granted = TokenGranted { token, secret: made.secret };
    let mut response = (StatusCode::CREATED, ApiJson(granted)).into_response();
    response.extensions_mut().insert(Secretive);
    Ok(response)
}

/// Revoke a personal token; the sessions it opened end.
#[utoipa::path(
    delete, path = "/v1/tokens/{id}", tag = "People",
    params(("id" = String, Path, description = "The token's id.")),
    responses((status = 204, description = "Revoked."), Writes),
    security(("bearer" = []))
)]
async fn revoke_token(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<StatusCode, Refusal> {
    let mut tx = backend.store.begin().await?;
    let owner: Option<(String,)> = sqlx::query_as("SELECT person FROM tokens WHERE id = $1")
        .bind(&id)
        .fetch_optional(&mut *tx)
        .await?;
    let (owner,) = owner
        .filter(|(person,)| *person == actor.email || actor.backend_admin)
        .ok_or_else(|| Refusal::not_found("token"))?;
    let revoked =
        sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(&id)
            .bind(to_millis(Timestamp::now()))
            .execute(&mut *tx)
            .await?;
    if revoked.rows_affected() > 0 {
        let detail = serde_json::json!({ "token": id });
        record(&backend, &mut tx, &actor, "token.revoked", &owner, detail).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn record(
    backend: &Backend,
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    subject: &str,
    detail: serde_json::Value,
) -> Result<(), sqlx::Error> {
    let change = Change {
        at: backend.clock.now(),
        actor: &actor.email,
        action,
        organization: None,
        site: None,
        subject,
        detail,
    };
    audit::record(conn, change).await
}
