//! Sessions, people, tokens, the audit record; the demo's routes and the clock.

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::access::{AskReset, RevokeQuery, UseReset};
use crate::api::audit::{AnchorQuery, AuditQuery};
use crate::api::demo::{Advance, AnswerMail, OutboxQuery, PublishTxt};
use crate::api::page::PageQuery;
use crate::api::person::{NewPerson, NewToken};
use crate::api::session::{NewPassword, SignIn};

/// Sessions, people, tokens, audit.
#[derive(Debug, Clone, PartialEq)]
pub enum AccountCall {
    /// `POST /v1/sessions` -> `Session`.
    SignIn(SignIn),
    /// `DELETE /v1/sessions/current` -> `Done`.
    SignOut,
    /// `GET /v1/me` -> `Me`.
    Me,
    /// `PUT /v1/me/password` -> `Done`.
    SetPassword(NewPassword),
    /// `POST /v1/password-resets` -> `Done`; needs no session.
    AskReset(AskReset),
    /// `POST /v1/password-resets/use` -> `PasswordReset`; needs no session.
    UseReset(UseReset),
    /// `GET /v1/me/sessions` -> `Sessions`.
    Sessions(PageQuery),
    /// `DELETE /v1/me/sessions/{id}` -> `Done`.
    EndSession(String),
    /// `DELETE /v1/me/sessions` -> `Done`: all but the one in use.
    EndSessions,
    /// `GET /v1/me/tokens` -> `Tokens`.
    MyTokens(PageQuery),
    /// `GET /v1/people` -> `People`.
    People(PageQuery),
    /// `POST /v1/people` -> `Person`.
    AddPerson(NewPerson),
    /// `POST /v1/people/{email}/disable` -> `Person`.
    Disable(String),
    /// `POST /v1/people/{email}/enable` -> `Person`.
    Enable(String),
    /// `GET /v1/tokens` -> `Tokens`.
    Tokens(PageQuery),
    /// `POST /v1/tokens` -> `TokenGranted`.
    CreateToken(NewToken),
    /// `DELETE /v1/tokens/{id}` -> `Done`.
    RevokeToken(String, RevokeQuery),
    /// `GET /v1/audit` -> `Audit`.
    Audit(AuditQuery),
    /// `GET /v1/audit/verify` -> `AuditVerified`.
    VerifyAudit(AnchorQuery),
}

impl AccountCall {
    pub(super) fn wire(&self) -> Wire {
        match self {
            Self::SignIn(body) => Wire::post("/v1/sessions").json(body),
            Self::SignOut => Wire::delete("/v1/sessions/current"),
            Self::Me => Wire::get("/v1/me"),
            Self::SetPassword(body) => Wire::put("/v1/me/password").json(body),
            Self::AskReset(body) => Wire::post("/v1/password-resets").json(body),
            Self::UseReset(body) => Wire::post("/v1/password-resets/use").json(body),
            Self::Sessions(query) => Wire::get("/v1/me/sessions").query(query),
            Self::EndSession(id) => Wire::delete(format!("/v1/me/sessions/{}", seg(id))),
            Self::EndSessions => Wire::delete("/v1/me/sessions"),
            Self::MyTokens(query) => Wire::get("/v1/me/tokens").query(query),
            Self::People(query) => Wire::get("/v1/people").query(query),
            Self::AddPerson(body) => Wire::post("/v1/people").json(body),
            Self::Disable(email) => Wire::post(format!("/v1/people/{}/disable", seg(email))),
            Self::Enable(email) => Wire::post(format!("/v1/people/{}/enable", seg(email))),
            Self::Tokens(query) => Wire::get("/v1/tokens").query(query),
            Self::CreateToken(body) => Wire::post("/v1/tokens").json(body),
            Self::RevokeToken(id, query) => {
                Wire::delete(format!("/v1/tokens/{}", seg(id))).query(query)
            }
            Self::Audit(query) => Wire::get("/v1/audit").query(query),
            Self::VerifyAudit(anchor) => Wire::get("/v1/audit/verify").query(anchor),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::SignIn(_) => boxed(body, Reply::Session),
            Self::SignOut
            | Self::SetPassword(_)
            | Self::AskReset(_)
            | Self::EndSession(_)
            | Self::EndSessions
            | Self::RevokeToken(..) => Ok(Reply::Done),
            Self::Me => boxed(body, Reply::Me),
            Self::UseReset(_) => read(body, Reply::PasswordReset),
            Self::Sessions(_) => read(body, Reply::Sessions),
            Self::People(_) => read(body, Reply::People),
            Self::AddPerson(_) | Self::Disable(_) | Self::Enable(_) => read(body, Reply::Person),
            Self::Tokens(_) | Self::MyTokens(_) => read(body, Reply::Tokens),
            Self::CreateToken(_) => boxed(body, Reply::TokenGranted),
            Self::Audit(_) => read(body, Reply::Audit),
            Self::VerifyAudit(_) => read(body, Reply::AuditVerified),
        }
    }
}

/// The demo's routes and the clock.
#[derive(Debug, Clone, PartialEq)]
pub enum DemoCall {
    /// `GET /v1/clock` -> `Clock`.
    Clock,
    /// `POST /v1/clock/advance` -> `Clock`.
    Advance(Advance),
    /// `GET /v1/demo/people` -> `DemoPeople`; needs no session.
    People,
    /// `GET /v1/demo/outbox?before=ID` -> `Outbox`, so many as [`OUTBOX_PAGE`] says.
    ///
    /// [`OUTBOX_PAGE`]: crate::api::demo::OUTBOX_PAGE
    Outbox(OutboxQuery),
    /// `POST /v1/demo/outbox/{id}/answer` -> `Outbox`.
    Answer(u64, AnswerMail),
    /// `POST /v1/demo/dns` -> `Done`.
    PublishTxt(PublishTxt),
}

impl DemoCall {
    pub(super) fn wire(&self) -> Wire {
        match self {
            Self::Clock => Wire::get("/v1/clock"),
            Self::Advance(body) => Wire::post("/v1/clock/advance").json(body),
            Self::People => Wire::get("/v1/demo/people"),
            Self::Outbox(query) => Wire::get("/v1/demo/outbox").query(query),
            Self::Answer(id, body) => Wire::post(format!("/v1/demo/outbox/{id}/answer")).json(body),
            Self::PublishTxt(body) => Wire::post("/v1/demo/dns").json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Clock | Self::Advance(_) => read(body, Reply::Clock),
            Self::People => read(body, Reply::DemoPeople),
            Self::Outbox(_) | Self::Answer(..) => read(body, Reply::Outbox),
            Self::PublishTxt(_) => Ok(Reply::Done),
        }
    }
}
