//! A wizard's answers, and what is known of its subject.
//!
//! Owns the shape that is saved on the backend (and, while it is away, in a file of the operator).
//! Never holds passwords, codes, the agreement's tick or typed confirmations: those live in the
//! steps and die with them.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Way;

/// What the steps of a wizard share.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft<W: Way> {
    /// What it is about, as the backend told last; a step that changes it puts the new one.
    pub about: W::About,
    /// The answers.
    pub answers: W::Answers,
}

/// What is kept in a file while the backend is away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept<A> {
    /// The wizard.
    pub wizard: String,
    /// The subject.
    pub subject: String,
    /// The step.
    pub step: String,
    /// The answers.
    pub answers: A,
    /// The newest revision of the backend's draft that this may replace.
    pub revision: u64,
    /// What was being saved when this was written: it may have become the next revision.
    #[serde(default = "nothing")]
    pub sent: Option<(String, A)>,
}

fn nothing<A>() -> Option<(String, A)> {
    None
}

impl<A: PartialEq> Kept<A> {
    /// Whether this counts over the draft of the backend: nobody has saved anything since, but this
    /// very page.
    pub fn counts_over(&self, revision: u64, saved: &(String, A)) -> bool {
        let own = revision == self.revision + 1 && self.sent.as_ref() == Some(saved);
        revision <= self.revision || own
    }

    /// Whether the backend has these answers.
    pub fn is_same(&self, saved: &(String, A)) -> bool {
        self.answers == saved.1
    }
}

impl<A: Serialize + DeserializeOwned> Kept<A> {
    /// As a file's content.
    pub fn to_bytes(&self) -> Bytes {
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// Reads a file's content; a broken file counts as none.
    pub fn from_bytes(bytes: &[u8], wizard: &str, subject: &str) -> Option<Self> {
        let kept: Self = serde_json::from_slice(bytes).ok()?;
        (kept.wizard == wizard && kept.subject == subject).then_some(kept)
    }
}

/// The name of the file that holds a wizard's answers while the backend is away.
pub fn file_name(wizard: &str, subject: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '_' };
    format!("{wizard}-{}.json", subject.chars().take(120).map(safe).collect::<String>())
}
