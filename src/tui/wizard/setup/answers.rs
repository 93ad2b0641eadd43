//! The answers of services setup, as they are saved (rule T5).

use serde::{Deserialize, Serialize};

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Subdomain: as typed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subdomain: String,
    /// Contact Center: the country of operation as typed; nothing: the organization's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}
