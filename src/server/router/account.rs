//! Signing in and out, and who one is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Routes};
use super::extract::ApiJson;
use super::idempotency::Secretive;
use crate::api::endpoint::Nothing;
use crate::api::problem::code;
use crate::api::session::{
    Backend as About, HeldRole, Me, Secret, SessionGranted, ShowMe, SignIn, SignInCall, SignOut,
};
use crate::domain::address::Address;
use crate::domain::role::Role;
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::credentials::NewSession;
use crate::server::auth::credentials::ShownToken;
use crate::server::auth::{Actor, Credential, access, credentials, people};
use crate::server::engine::provided;
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;

pub fn routes() -> Routes {
    Routes::new().raw::<SignInCall, _>(sign_in).at(sign_out).at(show_me)
}

/// Sign in, with a password or with a personal token.
async fn sign_in(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    body: Result<ApiJson<SignIn>, Refusal>,
) -> Result<Response, Refusal> {
    let ApiJson(body) = body.map_err(either_or)?;
    rehearsal::enough()?;
    let (person, token) = match &body {
        SignIn::Password { email, password } => {
            let key = Address::parse(email).map_or_else(|_| email.clone(), String::from);
            let attempt = backend.attempts.begin(peer, Tried::Address(&key))?;
            let person = by_password(&backend, &key, password).await?.ok_or_else(refused)?;
            backend.attempts.succeeded(&attempt);
            (person, None)
        }
        SignIn::Token { token } => {
            let attempt = backend.attempts.begin(peer, Tried::Secret(token.expose()))?;
            let now = backend.clock.real_now();
            let found = credentials::find_token(&backend.store, token.expose(), now).await?;
            let found = found.ok_or_else(refused)?;
            backend.attempts.succeeded(&attempt);
            let actor = working(found)?;
            backend.uses.note(&actor);
            (actor.email, actor.token)
        }
    };
    let mut tx = backend.store.begin().await?;
    let now = backend.clock.real_now();
    let session = credentials::open_session(&mut tx, &person, token.as_deref(), now).await?;
    tx.commit().await?;
    let granted = ApiJson(granted(&backend, session).await?);
    let mut response = (StatusCode::CREATED, granted).into_response();
    response.extensions_mut().insert(Secretive);
    Ok(response)
}

/// A session just opened, as it is answered.
pub(super) async fn granted(
    backend: &Backend,
    session: NewSession,
) -> Result<SessionGranted, Refusal> {
    let now = backend.clock.real_now();
    let actor = credentials::find(&backend.store, session.secret.expose(), now).await?;
    let me = me(backend, &actor.ok_or_else(refused)?).await?;
    Ok(SessionGranted { token: session.secret, expires_at: session.expires_at, me })
}

/// The person with that password, if it is theirs; takes as long for a person who does not exist.
pub(super) async fn by_password(
    backend: &Backend,
    email: &str,
    password: &Secret,
) -> Result<Option<String>, Refusal> {
    let (known, phc) = people::password(&mut *backend.store.read().await?, email).await?;
    let right = backend.passwords.check(password, phc).await?;
    Ok((known && right).then(|| email.to_owned()))
}

/// The token's person; a right token that does not work any more is told so.
fn working(found: ShownToken) -> Result<Actor, Refusal> {
    match found {
        ShownToken::Works(actor) => Ok(actor),
        ShownToken::Disabled => Err(access::disabled_refusal()),
        ShownToken::Expired(at) => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::TOKEN_EXPIRED,
            format!("This token expired on {}.", at.strftime("%-d %B %Y, %H:%M UTC")),
            "Sign in with a password and make a new token, or ask a backend administrator for one.",
        )),
    }
}

fn refused() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        code::SIGN_IN_FAILED,
        "The address and the password, or the token, do not fit.",
        "Check them. A forgotten password is set anew with hublink password reset; a backend \
         administrator can make a new token.",
    )
}

fn either_or(refusal: Refusal) -> Refusal {
    if refusal.problem.code != code::INVALID {
        return refusal;
    }
    let mut refusal = refusal.whole();
    refusal.problem.detail = "Send either email and password, or token, and nothing else.".into();
    refusal
}

async fn sign_out(
    State(backend): State<Shared>,
    actor: Actor,
    _: Asked<SignOut>,
) -> Result<Nothing, Refusal> {
    if let Credential::Session(id) = &actor.credential {
        let mut tx = backend.store.begin().await?;
        credentials::end_session(&mut tx, id).await?;
        tx.commit().await?;
    }
    Ok(Nothing)
}

async fn show_me(
    State(backend): State<Shared>,
    actor: Actor,
    _: Asked<ShowMe>,
) -> Result<Me, Refusal> {
    me(&backend, &actor).await
}

async fn me(backend: &Backend, actor: &Actor) -> Result<Me, Refusal> {
    let mut roles = backend.directory.held(&actor.email).await?;
    if actor.backend_admin {
        roles.insert(0, HeldRole { role: Role::BackendAdmin, organization: None, site: None });
    }
    let offers = backend.directory.offers_to(&actor.email).await?;
    let provider = &backend.options.provider;
    Ok(Me {
        offers,
        email: actor.email.as_str().into(),
        name: actor.name.as_str().into(),
        roles,
        backend: About {
            version: env!("CARGO_PKG_VERSION").into(),
            provider: provider.name().into(),
            now: backend.clock.now(),
            demo: backend.options.demo,
            capabilities: provided::capabilities(&**provider),
        },
    })
}
