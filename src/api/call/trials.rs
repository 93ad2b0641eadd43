//! Trials and orders.

use bytes::Bytes;

use super::{Method, Reply, Wire, boxed, read, seg};
use crate::api::order::{FindCandidates, MapOrder, NewOrder};
use crate::api::page::PageQuery;
use crate::api::trial::{CheckTrial, EditTrial, ExtendTrial, StartTrial};

/// Trials. The string is the customer's organization, but for `Start` and `Check` the partner.
#[derive(Debug, Clone, PartialEq)]
pub enum TrialCall {
    /// `GET /v1/trials` -> `Trials`, soonest end first.
    List(PageQuery),
    /// `POST /v1/organizations/{id}/trials` -> `Trial`.
    Start(String, StartTrial),
    /// `POST /v1/organizations/{id}/trials/check` -> `TrialCheck`; keeps nothing.
    Check(String, CheckTrial),
    /// `GET /v1/trials/{organization}` -> `Trial`.
    Show(String),
    /// `PATCH /v1/trials/{organization}` -> `Trial`.
    Edit(String, EditTrial),
    /// `POST /v1/trials/{organization}/extend` -> `Trial`.
    Extend(String, ExtendTrial),
}

impl TrialCall {
    pub(super) fn wire(&self) -> Wire {
        let trial = |id: &str| format!("/v1/trials/{}", seg(id));
        let of = |partner: &str| format!("/v1/organizations/{}/trials", seg(partner));
        match self {
            Self::List(query) => Wire::get("/v1/trials").query(query),
            Self::Start(partner, body) => Wire::post(of(partner)).json(body),
            Self::Check(partner, body) => Wire::post(format!("{}/check", of(partner))).json(body),
            Self::Show(id) => Wire::get(trial(id)),
            Self::Edit(id, body) => Wire::new(Method::Patch, trial(id)).json(body),
            Self::Extend(id, body) => Wire::post(format!("{}/extend", trial(id))).json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Trials),
            Self::Check(..) => read(body, Reply::TrialCheck),
            _ => boxed(body, Reply::Trial),
        }
    }
}

/// Orders. The string is the order's number.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderCall {
    /// `GET /v1/orders` -> `Orders`: those of one's partner, and those that ask one's organization.
    List(PageQuery),
    /// `POST /v1/orders` -> `Order`.
    Add(NewOrder),
    /// `GET /v1/orders/{number}` -> `Order`.
    Show(String),
    /// `POST /v1/orders/{number}/candidates` -> `OrderMatch`; audited and rate-limited.
    Candidates(String, FindCandidates),
    /// `POST /v1/orders/{number}/map` -> `Order`: mapped, or an organization is asked.
    Map(String, MapOrder),
    /// `POST /v1/orders/{number}/accept` -> `Order`: by the asked organization's full admin.
    Accept(String),
    /// `POST /v1/orders/{number}/decline` -> `Order`.
    Decline(String),
}

impl OrderCall {
    pub(super) fn wire(&self) -> Wire {
        let order = |number: &str| format!("/v1/orders/{}", seg(number));
        match self {
            Self::List(query) => Wire::get("/v1/orders").query(query),
            Self::Add(body) => Wire::post("/v1/orders").json(body),
            Self::Show(number) => Wire::get(order(number)),
            Self::Candidates(number, body) => {
                Wire::post(format!("{}/candidates", order(number))).json(body)
            }
            Self::Map(number, body) => Wire::post(format!("{}/map", order(number))).json(body),
            Self::Accept(number) => Wire::post(format!("{}/accept", order(number))),
            Self::Decline(number) => Wire::post(format!("{}/decline", order(number))),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Orders),
            Self::Candidates(..) => boxed(body, Reply::OrderMatch),
            _ => boxed(body, Reply::Order),
        }
    }
}
