//! Services setup, the subdomain, Contact Center, and the welcome mail (rules T4 to T7).

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::contact_center::SetUpContactCenter;
use crate::api::run::WatchQuery;
use crate::api::setup::{FinishSetup, SubdomainQuery, SuggestQuery};
use crate::api::welcome::{AcceptWelcome, CorrectWelcome, LookAtWelcome};

/// Services setup, subdomain and Contact Center. The string is the organization's id.
#[derive(Debug, Clone, PartialEq)]
pub enum SetupCall {
    /// `GET /v1/organizations/{id}/setup` -> `Setup`.
    Show(String),
    /// `POST /v1/organizations/{id}/setup/finish` -> `Setup`, finished.
    Finish(String, FinishSetup),
    /// `GET /v1/organizations/{id}/subdomain?name=` -> `SubdomainCheck`.
    Check(String, SubdomainQuery),
    /// `GET /v1/organizations/{id}/subdomain/suggestions` -> `Suggestions`.
    Suggest(String, SuggestQuery),
    /// `GET /v1/organizations/{id}/contact-center` -> `ContactCenter`, once its revision is
    /// another, or after the wait.
    ContactCenter(String, WatchQuery),
    /// `POST /v1/organizations/{id}/contact-center/set-up` -> `ContactCenter`, under way.
    SetUpContactCenter(String, SetUpContactCenter),
}

impl SetupCall {
    pub(super) fn wire(&self) -> Wire {
        let of = |id: &str, what: &str| format!("/v1/organizations/{}/{what}", seg(id));
        match self {
            Self::Show(id) => Wire::get(of(id, "setup")),
            Self::Finish(id, body) => Wire::post(of(id, "setup/finish")).json(body),
            Self::Check(id, query) => Wire::get(of(id, "subdomain")).query(query),
            Self::Suggest(id, query) => Wire::get(of(id, "subdomain/suggestions")).query(query),
            Self::ContactCenter(id, query) => Wire::get(of(id, "contact-center")).query(query),
            Self::SetUpContactCenter(id, body) => {
                Wire::post(of(id, "contact-center/set-up")).json(body)
            }
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Show(_) | Self::Finish(..) => boxed(body, Reply::Setup),
            Self::Check(..) => boxed(body, Reply::SubdomainCheck),
            Self::Suggest(..) => read(body, Reply::Suggestions),
            Self::ContactCenter(..) | Self::SetUpContactCenter(..) => {
                boxed(body, Reply::ContactCenter)
            }
        }
    }
}

/// The welcome mail. The string is the organization's id.
#[derive(Debug, Clone, PartialEq)]
pub enum WelcomeCall {
    /// `GET /v1/organizations/{id}/welcome` -> `Welcome`.
    Show(String),
    /// `POST /v1/organizations/{id}/welcome/resend` -> `Welcome`, queued.
    Resend(String),
    /// `PUT /v1/organizations/{id}/welcome/address` -> `Welcome`, queued.
    Correct(String, CorrectWelcome),
    /// `POST /v1/welcome/look` -> `WelcomeShown`; needs no session.
    Look(LookAtWelcome),
    /// `POST /v1/welcome/accept` -> `WelcomeAccepted`; needs no session, unless the person can
    /// sign in already.
    Accept(AcceptWelcome),
    /// `POST /v1/welcome/decline` -> `WelcomeShown`, declined; needs no session.
    Decline(LookAtWelcome),
    /// `POST /v1/welcome/lift` -> `WelcomeShown`, not declined any more; needs no session.
    Lift(LookAtWelcome),
}

impl WelcomeCall {
    pub(super) fn wire(&self) -> Wire {
        let of = |id: &str, what: &str| format!("/v1/organizations/{}/welcome{what}", seg(id));
        match self {
            Self::Show(id) => Wire::get(of(id, "")),
            Self::Resend(id) => Wire::post(of(id, "/resend")),
            Self::Correct(id, body) => Wire::put(of(id, "/address")).json(body),
            Self::Look(body) => Wire::post("/v1/welcome/look").json(body),
            Self::Accept(body) => Wire::post("/v1/welcome/accept").json(body),
            Self::Decline(body) => Wire::post("/v1/welcome/decline").json(body),
            Self::Lift(body) => Wire::post("/v1/welcome/lift").json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Show(_) | Self::Resend(_) | Self::Correct(..) => boxed(body, Reply::Welcome),
            Self::Look(_) | Self::Decline(_) | Self::Lift(_) => boxed(body, Reply::WelcomeShown),
            Self::Accept(_) => boxed(body, Reply::WelcomeAccepted),
        }
    }
}
