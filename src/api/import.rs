//! Importing a roster: a preview first, then the upsert it described (SPEC section 9).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::{IntoParams, ToSchema};

use crate::domain::code::coded;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// Query of `POST /v1/sites/{url}/imports`; the body is the file as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// Deactivate the users who are not in the file.
    #[serde(default)]
    pub replace: bool,
}

/// What an import would do. Nothing is changed until it is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportPreview {
    /// Its id, for applying.
    pub id: String,
    /// The site.
    pub site: Untrusted,
    /// How the file was read, such as "Site Administration export, UTF-16LE, tab".
    pub read_as: String,
    /// Users in the file.
    pub rows: u64,
    /// Users the site does not have yet.
    pub new: u64,
    /// Users with changed facts.
    pub changed: u64,
    /// Of these, users with another address: their pending invitation is revoked. The same address
    /// in another spelling is no change.
    pub address_changed: u64,
    /// Of these, users who are linked or have confirmed the old address (rule P4): what was linked
    /// stays linked under the old address, and the account counts as unlinked under the new one.
    pub linked_address_changed: u64,
    /// Users who become deactivated.
    pub deactivated: u64,
    /// Users who become active again.
    pub activated: u64,
    /// Users who stay as they are.
    pub unchanged: u64,
    /// Rows whose address several active accounts have: they change none of them.
    pub ambiguous: u64,
    /// Users of the site who are not in the file; they stay, unless `replace`.
    pub not_in_file: u64,
    /// Of these, the active ones: whom `replace` deactivates.
    pub active_not_in_file: u64,
    /// New users whose address another account has: a `UserID` may have lost its leading zeros.
    pub new_with_known_address: u64,
    /// Users in the file without a usable address; they are imported, and blocked.
    pub bad_addresses: u64,
    /// Whether those not in the file are deactivated.
    pub replace: bool,
    /// The first changes, for reading.
    pub samples: Vec<ImportSample>,
    /// The first of `linked_address_changed`: the old address and the new one.
    pub linked_address_samples: Vec<ImportSample>,
    /// The first of `new_with_known_address`: the address, and the `UserID` that has it.
    pub known_address_samples: Vec<ImportSample>,
    /// The first bad addresses and hidden characters, each with why it is bad.
    pub bad_samples: Vec<ImportSample>,
    /// Until when it can be applied, in real time.
    pub expires_at: Timestamp,
}

/// Query of `POST /v1/sites/{url}/imports/{id}/apply`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ApplyImport {
    /// Of an import that replaces: how many active users it deactivates because they are not in the
    /// file. Whoever applies one says the number, as the preview told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivates: Option<u64>,
}

/// One change of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportSample {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// What changes, in words.
    pub change: Untrusted,
}

/// What an applied import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportApplied {
    /// The import.
    pub id: String,
    /// The roster's revision now.
    pub roster_revision: u64,
    /// How many users the site has now.
    pub users: u64,
    /// The plan that the new users made, where account linking is on (rule U7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<super::following::NewcomersPlan>,
}

/// Whose columns an export has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// `site_administration` (UTF-16LE, tab) or `control_hub` (UTF-8, comma).
    #[serde(default)]
    #[param(inline)]
    pub dialect: DialectName,
}

/// A dialect of CSV.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DialectName {
    #[default]
    /// UTF-16LE, tab.
    SiteAdministration,
    /// UTF-8, comma.
    ControlHub,
}

coded!(DialectName);
