//! The addressee's answer to an offer (rule P1): accepting makes the roles and the identity,
//! declining stands until it is lifted.
//!
//! Owns what an answer changes. That it comes from the addressee (their code, or their session) the
//! caller has checked.

use jiff::Timestamp;

use super::super::administrators;
use super::{Standing, held, offered, record, shown};
use crate::api::problem::code;
use crate::domain::role::Role;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::directory::OfferAnswer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// Takes what is offered: the roles are held, and the address is an identity of the organization.
/// What would refuse the offer today refuses it now. Answers the roles; none where they were held.
pub async fn take(conn: &mut Conn, id: &str, email: &str) -> Result<Vec<Role>, Refusal> {
    let roles = offered(conn, id, email).await?;
    if roles.is_empty() {
        return Ok(roles);
    }
    if let Err(refusal) = administrators::must_be_free_for(conn, id, email).await {
        return Err(if refusal.problem.code == code::OTHER_ORGANIZATION {
            other_organization(email)
        } else {
            refusal
        });
    }
    for role in &roles {
        administrators::give(conn, id, email, *role).await?;
    }
    sqlx::query("DELETE FROM offer_roles WHERE organization = $1 AND email = $2")
        .bind(id)
        .bind(email)
        .execute(conn)
        .await?;
    Ok(roles)
}

fn other_organization(email: &str) -> Refusal {
    Refusal::conflict(
        code::OTHER_ORGANIZATION,
        format!(
            "The address {} belongs to another organization by now, or its domain does; a person \
             is in one at most.",
            shown(email)
        ),
        "Decline this offer; or ask for one to another address of yours.",
    )
}

/// Takes a no, or takes the no back.
pub async fn answer(
    conn: &mut Conn,
    id: &str,
    email: &str,
    answer: OfferAnswer,
    now: Timestamp,
) -> Result<(), Refusal> {
    let standing = Standing::find(conn, id, email).await?;
    let standing = standing.ok_or_else(|| Refusal::not_found("offer"))?;
    let roles = offered(conn, id, email).await?;
    match (answer, standing.state) {
        (OfferAnswer::Decline, WelcomeState::Declined) => Ok(()),
        (_, WelcomeState::Accepted | WelcomeState::Withdrawn) => Err(Refusal::not_found("offer")),
        (OfferAnswer::Decline, _) if roles.is_empty() => Err(not_offered(conn, id, email).await?),
        (OfferAnswer::Decline, _) => {
            end(conn, id, email, WelcomeState::Declined, now).await?;
            record(conn, now, email, "offer.declined", id, email, &roles).await
        }
        (OfferAnswer::Lift, WelcomeState::Declined) => {
            lift(conn, id, email, &standing, !roles.is_empty()).await?;
            record(conn, now, email, "offer.lifted", id, email, &roles).await
        }
        (OfferAnswer::Lift, _) => Err(Refusal::conflict(
            code::OFFER_STATE,
            "Nothing was declined here, so there is nothing to lift.",
            "Accept the offer, or decline it.",
        )),
    }
}

/// What is held is not declined; it is given up.
async fn not_offered(conn: &mut Conn, id: &str, email: &str) -> Result<Refusal, Refusal> {
    if held(conn, id, email).await?.is_empty() {
        return Ok(Refusal::not_found("offer"));
    }
    Ok(Refusal::conflict(
        code::OFFER_STATE,
        "The role is held already, so there is nothing to decline.",
        "Ask a full admin of the organization to revoke it.",
    ))
}

/// Over, by an answer or by being taken back.
pub(super) async fn end(
    conn: &mut Conn,
    id: &str,
    email: &str,
    state: WelcomeState,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE welcomes SET state = $3, ended_at = $4, detail = '', password_hash = NULL, step_hash = NULL
          WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .bind(state.code())
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// The offer is what it was, for as long as its time runs; without roles there is none any more.
async fn lift(
    conn: &mut Conn,
    id: &str,
    email: &str,
    standing: &Standing,
    offers: bool,
) -> Result<(), Refusal> {
    let state = match (offers, standing.sent_at) {
        (false, _) => WelcomeState::Withdrawn,
        (true, Some(_)) => WelcomeState::Sent,
        (true, None) => WelcomeState::NotMailed,
    };
    let until = standing.expires_at.unwrap_or_else(|| lapses_at(standing.begun_at));
    sqlx::query(
        "UPDATE welcomes SET state = $3, ended_at = NULL, expires_at = $4
          WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .bind(state.code())
    .bind(to_millis(until))
    .execute(conn)
    .await?;
    Ok(())
}
