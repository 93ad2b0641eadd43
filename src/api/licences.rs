//! Licences as Control Hub's CSV: out, and back in with a preview (rule U8).

mod endpoints;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::{IntoParams, ToSchema};

use crate::domain::code::coded;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// Query of `GET /v1/sites/{url}/licences`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LicenceExportQuery {
    /// All linked users; else those without any licence.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub all: bool,
    /// The services to write as TRUE for users without any licence, codes joined by commas; absent:
    /// those that the organization has, where it assigns licences automatically; `none`: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<String>,
}

/// Query of `POST /v1/sites/{url}/licences/imports`; the body is the file as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LicenceImportQuery {
    /// FALSE takes a licence away; else it leaves it as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remove: bool,
}

/// An import of licences: what it would do, and once applied what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LicenceImport {
    /// Its id, for applying.
    pub id: String,
    /// The site.
    pub site: Untrusted,
    /// How the file was read.
    pub read_as: String,
    /// Whether FALSE takes a licence away.
    pub remove: bool,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that change something.
    pub changes: u64,
    /// Rows that change nothing.
    pub unchanged: u64,
    /// Rows that are refused.
    pub refused: u64,
    /// Licences assigned, by service code.
    pub assigned: BTreeMap<String, u64>,
    /// Licences taken away, by service code.
    pub removed: BTreeMap<String, u64>,
    /// Columns of the file that are no service; they are not read.
    pub ignored_columns: Vec<Untrusted>,
    /// Until when it can be applied, in real time.
    pub expires_at: Timestamp,
    /// When it was applied; absent: a preview.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<Timestamp>,
}

/// What one row of the file does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LicenceRow {
    /// The file's line.
    pub line: u64,
    /// The address, as the file spells it.
    pub address: Untrusted,
    /// What becomes of it.
    pub result: LicenceResult,
    /// The services it gets a licence for.
    pub assign: Vec<Service>,
    /// The services whose licence is taken away.
    pub remove: Vec<Service>,
    /// Why it is refused or not done; empty otherwise.
    pub reason: String,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum LicenceResult {
    /// It would change something.
    Change,
    /// It changed something.
    Changed,
    /// There is nothing to change.
    Unchanged,
    /// It is refused.
    Refused,
    /// It would do something else than the preview said; nothing was done.
    Stale,
}

coded!(LicenceResult);
