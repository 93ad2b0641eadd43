//! People: listing and adding them (rule L0), disabling and enabling them (rule P5).
//!
//! Owns by what right. What ends with a disabled person is `auth::access`'.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::page::Page;
use crate::api::person::{AddPerson, DisablePerson, EnablePerson, ListPeople, Person};
use crate::api::problem::code;
use crate::domain::address::Address;
use crate::domain::role::Action;
use crate::server::audit::Change;
use crate::server::auth::access::{self, Hand, WayIn};
use crate::server::auth::{Actor, authorize, people};
use crate::server::directory::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
use crate::server::{Backend, paging};

pub fn routes() -> Routes {
    Routes::new().at(list_people).at(add_person).at(disable_person).at(enable_person)
}

/// The people who can sign in, by address. For backend administrators.
async fn list_people(
    State(backend): State<Shared>,
    Asked { query: page, .. }: Asked<ListPeople>,
) -> Result<Page<Person>, Refusal> {
    let limit = paging::limit(page.limit)?;
    let after: Option<String> = paging::after(page.cursor.as_deref())?;
    let mut conn = backend.store.read().await?;
    let people = people::page(&mut conn, &after.unwrap_or_default(), limit).await?;
    paging::page(people, limit, |p| p.email.raw().to_owned(), |p| p)
}

/// Add a person. For backend administrators.
async fn add_person(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<AddPerson>,
) -> Result<Person, Refusal> {
    let email = Address::parse(&new.email)
        .map_err(|e| Refusal::invalid("email", format!("This address cannot be used: {e}.")))?;
    let name = plain("name", &new.name)?;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    if !people::add(&mut tx, email.as_str(), &name, new.backend_admin, now).await? {
        let remedy = "Make a token for them, or use another address.";
        let detail = "There is a person with this address.";
        return Err(Refusal::conflict(code::EXISTS, detail, remedy).at("email"));
    }
    let detail = json!({ "backend_admin": new.backend_admin });
    record(&backend, &mut tx, &actor, "person.added", email.as_str(), detail).await?;
    tx.commit().await?;
    let person = Person {
        email: email.as_str().into(),
        name: name.into(),
        backend_admin: new.backend_admin,
        created_at: now,
        disabled_at: None,
        cannot_sign_in: true,
    };
    Ok(person)
}

pub(super) fn plain(field: &str, text: &str) -> Result<String, Refusal> {
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

/// Disable a person: their sessions, tokens and codes end at once, and they cannot sign in until
/// they are enabled again. Backend administrators disable anybody, full admins the people of their
/// organization who have no rights elsewhere; the last of a kind who can sign in stays.
async fn disable_person(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: email, .. }: Asked<DisablePerson>,
) -> Result<Person, Refusal> {
    let email = address_in_path(&email)?;
    let over = over(&backend, &actor, &email).await?;
    let mut tx = backend.store.begin().await?;
    over.still(&backend, &mut tx, &email).await?;
    let way = WayIn::before(&mut tx, &email).await?;
    if access::disable(&mut tx, &email, over.hand).await? {
        way.must_leave_one(&backend, &mut tx).await?;
        over.record(&backend, &mut tx, &actor, "person.disabled", &email).await?;
        backend.directory.access_ended(&mut tx, &email, &actor.email).await?;
    }
    let person = read_person(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(person)
}

/// Enable a person again. What ended stays ended: with a password they sign in as before, without
/// one they need a new token.
async fn enable_person(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: email, .. }: Asked<EnablePerson>,
) -> Result<Person, Refusal> {
    let email = address_in_path(&email)?;
    let over = over(&backend, &actor, &email).await?;
    let mut tx = backend.store.begin().await?;
    over.still(&backend, &mut tx, &email).await?;
    over.may_enable(&mut tx, &email).await?;
    if access::enable(&mut tx, &email).await? {
        over.record(&backend, &mut tx, &actor, "person.enabled", &email).await?;
    }
    let person = read_person(&mut tx, &email).await?;
    tx.commit().await?;
    Ok(person)
}

fn address_in_path(text: &str) -> Result<String, Refusal> {
    Address::parse(text).map(String::from).map_err(|_| Refusal::not_found("person"))
}

async fn read_person(conn: &mut Conn, email: &str) -> Result<Person, Refusal> {
    people::find(conn, email).await?.ok_or_else(|| Refusal::not_found("person"))
}

/// By what right an actor disables and enables somebody (rule P5).
struct Over {
    hand: Hand,
    /// The person's organization, where it is known.
    organization: Option<String>,
}

async fn over(backend: &Backend, actor: &Actor, email: &str) -> Result<Over, Refusal> {
    let mut conn = backend.store.read().await?;
    let organization = backend.directory.belonging(&mut conn, email).await?.organization;
    drop(conn);
    let hand = if actor.backend_admin { Hand::BackendAdmin } else { Hand::FullAdmin };
    if hand == Hand::FullAdmin {
        let id = organization.as_deref().ok_or_else(|| Refusal::not_found("person"))?;
        authorize(backend, actor, Action::EndAccess, Resource::Organization(id))
            .await
            .map_err(|refusal| refusal.hidden("person"))?;
    }
    Ok(Over { hand, organization })
}

impl Over {
    /// The same, asked in the transaction of the act: a full admin's right ends where another's
    /// begins.
    async fn still(&self, backend: &Backend, conn: &mut Conn, email: &str) -> Result<(), Refusal> {
        let person = read_person(conn, email).await?;
        let belonging = backend.directory.belonging(conn, email).await?;
        let alone = belonging.organization == self.organization && !belonging.elsewhere;
        if self.hand == Hand::BackendAdmin || (alone && !person.backend_admin) {
            return Ok(());
        }
        Err(Refusal::conflict(
            code::RIGHTS_ELSEWHERE,
            "This person has rights that your organization did not give.",
            "Revoke the roles in your organization, or ask a backend admin to disable the person.",
        ))
    }

    /// Whom a backend admin has disabled, a backend admin enables.
    async fn may_enable(&self, conn: &mut Conn, email: &str) -> Result<(), Refusal> {
        if self.hand == Hand::BackendAdmin || !people::disabled_by_backend(conn, email).await? {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::NOT_ALLOWED,
            "A backend admin has disabled this person. Only a backend admin could do it.",
            "Ask a backend admin.",
        ))
    }

    async fn record(
        &self,
        backend: &Backend,
        conn: &mut Conn,
        actor: &Actor,
        action: &'static str,
        email: &str,
    ) -> Result<(), sqlx::Error> {
        Change::by(backend.clock.now(), &actor.email, action)
            .of_any(self.organization.as_deref())
            .about(email)
            .detail(json!({ "as": self.hand.code() }))
            .record(conn)
            .await
    }
}

pub(super) async fn record(
    backend: &Backend,
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    subject: &str,
    detail: serde_json::Value,
) -> Result<(), sqlx::Error> {
    Change::by(backend.clock.now(), &actor.email, action)
        .about(subject)
        .detail(detail)
        .record(conn)
        .await
}
