//! Drafts: a wizard's answers, kept on the backend after every step (SPEC section 4).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::seg;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// A wizard's draft. One per wizard and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The wizard, such as `link_users`.
    pub wizard: String,
    /// What it is about, such as the site's URL.
    pub subject: Untrusted,
    /// The step one was at.
    pub step: String,
    /// The answers; the wizard's own shape.
    pub answers: serde_json::Value,
    /// Grows with every save.
    pub revision: u64,
    /// Who holds it.
    pub holder: Untrusted,
    /// Since when.
    pub held_since: Timestamp,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// A draft in the list of one's own: which, and how far. Its answers stay where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnfinishedDraft {
    /// The wizard, such as `link_users`.
    pub wizard: String,
    /// What it is about: a site's URL, an organization's id, an order's number.
    pub subject: Untrusted,
    /// The step one was at.
    pub step: String,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// The header that every write of a wizard's page carries: the hold on a draft that it acts under.
pub const HOLD: &str = "hublink-draft";

/// A hold on a draft: whose page this is. After a take-over an act under the former one is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The wizard, such as `link_users`.
    pub wizard: String,
    /// What it is about.
    pub subject: String,
    /// Since when the draft is held; `None` before it was saved for the first time.
    pub since: Option<Timestamp>,
}

impl Hold {
    /// As the header's value: `link_users/acme.webex.example/1767225600000`, the subject as one
    /// segment of a path.
    pub fn to_header(&self) -> String {
        let since = self.since.map_or(String::new(), |since| since.as_millisecond().to_string());
        format!("{}/{}/{since}", seg(&self.wizard), seg(&self.subject))
    }

    /// Reads [`Hold::to_header`]; `None` for anything else.
    pub fn from_header(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (wizard, subject, since) = (parts.next()?, parts.next()?, parts.next()?);
        let read = |part| {
            let plain = percent_encoding::percent_decode_str(part).decode_utf8().ok()?;
            (!plain.is_empty()).then(|| plain.into_owned())
        };
        let since = match since {
            "" => None,
            millis => Some(Timestamp::from_millisecond(millis.parse().ok()?).ok()?),
        };
        let hold = Self { wizard: read(wizard)?, subject: read(subject)?, since };
        parts.next().is_none().then_some(hold)
    }
}

/// Body of `PUT /v1/drafts/{wizard}/{subject}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The step one is at.
    pub step: String,
    /// The answers, at most 256 KiB.
    pub answers: serde_json::Value,
    /// The revision one has; 0 for a new draft. `409 draft_stale` when it is not the newest.
    pub revision: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_a_hold_reads_back() {
        for (subject, since) in [("a.example", None), ("SO/1 ü", Timestamp::from_second(9).ok())] {
            let hold = Hold { wizard: "order".into(), subject: subject.into(), since };
            assert_eq!(Hold::from_header(&hold.to_header()), Some(hold));
        }
        for bad in ["", "order", "order/SO-1", "order//", "order/SO-1/x", "order/SO-1/1/2"] {
            assert_eq!(Hold::from_header(bad), None, "{bad}");
        }
    }
}
