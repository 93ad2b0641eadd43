//! A wizard's answers, and what is known of its subject.
//!
//! Owns the shape that is saved on the backend (and, while it is away, in a file of the operator).
//! Never holds passwords, codes, the agreement's tick or typed confirmations: those live in the
//! steps and die with them.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::api::plan::{Held, Selection};
use crate::api::site::Site;
use crate::domain::linking::LinkingMethod;

/// What the steps of a wizard share.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The site it is about, as the backend told last; a step that changes it puts the new one.
    pub site: Site,
    /// The answers.
    pub answers: Answers,
}

/// The answers of a wizard. A wizard uses some of the fields; the others stay at their default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Link users, method: the one chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<LinkingMethod>,
    /// Link users, domains: those unticked on the agreement's page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_signed: Vec<String>,
    /// Link users, select: who is ticked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// Link users, plan: what to do with the held.
    pub held: Held,
    /// Link users, plan: the plan made from the selection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Link users, invite: the run of that plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// What is kept in a file while the backend is away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The wizard.
    pub wizard: String,
    /// The subject.
    pub subject: String,
    /// The step.
    pub step: String,
    /// The answers.
    pub answers: Answers,
    /// The newest revision of the backend's draft that this may replace.
    pub revision: u64,
}

impl Kept {
    /// As a file's content.
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// Reads a file's content; a broken file counts as none.
    pub fn from_bytes(bytes: &[u8], wizard: &str, subject: &str) -> Option<Self> {
        let kept: Self = serde_json::from_slice(bytes).ok()?;
        (kept.wizard == wizard && kept.subject == subject).then_some(kept)
    }

    /// The file's name.
    pub fn file_name(wizard: &str, subject: &str) -> String {
        let safe =
            |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
        format!("{wizard}-{}.json", subject.chars().take(120).map(safe).collect::<String>())
    }
}
