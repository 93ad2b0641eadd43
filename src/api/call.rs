//! Requests and replies as data: what the client may ask, and what the backend answers.
//!
//! Owns neither's shape: an endpoint says how it is asked and how its answer is read
//! ([`Endpoint`](super::endpoint::Endpoint)). Must not do: IO. A test sends a request of every endpoint
//! to the real router.

mod error;
mod reply;
mod request;

use std::sync::Arc;

use bytes::Bytes;

pub use error::ApiError;
pub use reply::Reply;
pub use request::Request;
pub(super) use request::seg;

use super::roster::RosterHead;
use crate::roster::Columns;

/// The header of every answer that tells the backend's now, in RFC 3339 (SPEC section 1, Time).
pub const NOW_HEADER: &str = "x-hublink-now";

/// A roster as far as it has come.
#[derive(Debug, Clone)]
pub struct RosterPart {
    /// Which roster, and how many users it has in all.
    pub head: RosterHead,
    /// The users so far. Later parts share what they have in common.
    pub columns: Arc<Columns>,
    /// Whether this is all of them.
    pub complete: bool,
}

impl PartialEq for RosterPart {
    /// Rosters are large: the same part is told by being the same, not by comparing users.
    fn eq(&self, other: &Self) -> bool {
        self.head == other.head && Arc::ptr_eq(&self.columns, &other.columns)
    }
}

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes something, or does something.
    Post,
    /// Sets something whole.
    Put,
    /// Changes parts of something.
    Patch,
    /// Removes something.
    Delete,
}

/// A request's body.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// JSON.
    Json(Bytes),
    /// A file as it is (`application/octet-stream`).
    File(Bytes),
}
