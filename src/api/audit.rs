//! The append-only record of every change.

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::Page;
use crate::api::route::Route;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::domain::untrusted::Untrusted;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the record, from 1 on, without gaps; for backend admins, as it counts what all
    /// organizations do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When (world clock).
    pub at: Timestamp,
    /// Who; `system` for the backend itself.
    pub actor: Untrusted,
    /// What, such as `plan.applied`.
    pub action: String,
    /// The organization it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The site it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Untrusted>,
    /// What exactly, such as an id or an address.
    pub subject: Untrusted,
    /// More, as the action has it; never a secret.
    pub detail: serde_json::Value,
    /// HMAC-SHA256 over the hash before and this one, hexadecimal.
    pub hash: String,
}

/// Query of `GET /v1/audit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only this organization's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at the most, 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// Answer of `GET /v1/audit/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditVerified {
    /// Whether the chain holds.
    pub ok: bool,
    /// How many entries there are, for backend admins: they are those of all organizations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// The hash of the last one, for backend admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// The first entry that does not fit, if any, for backend admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_at: Option<u64>,
    /// Whether the anchor that was given is part of the record; absent where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchored: Option<bool>,
}

/// Query of `GET /v1/audit/verify`: an anchor, both or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AnchorQuery {
    /// How many entries there were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The hash of the last of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[ListAudit::ABOUT, VerifyAudit::ABOUT];

/// What was changed, newest first, in the organizations whose record one may read.
#[derive(Debug, ToSchema)]
pub struct ListAudit;

impl Endpoint for ListAudit {
    const ROUTE: Route = Route::get("list_audit", "/v1/audit").tag("Audit");
    type Path = Nothing;
    type Query = AuditQuery;
    type Body = Nothing;
    type Answer = Page<AuditEntry>;
}

/// Whether the record's chain of hashes holds, and an anchor with it. For everyone who may read some of it.
#[derive(Debug, ToSchema)]
pub struct VerifyAudit;

impl Endpoint for VerifyAudit {
    const ROUTE: Route = Route::get("verify_audit", "/v1/audit/verify").tag("Audit").long();
    type Path = Nothing;
    type Query = AnchorQuery;
    type Body = Nothing;
    type Answer = AuditVerified;
}
