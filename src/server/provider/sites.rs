//! The sites elsewhere, and linking one to an organization for good.
//!
//! Owns what crosses. What an intent and its outcome are is the outbox's to say.

use futures_util::future::BoxFuture;

use super::{Credentials, Observed, ProviderError, Target};
use crate::server::post::{Fate, Intent};

/// Sites, and linking them.
pub trait Sites: Send + Sync {
    /// Links the site to the organization, for good, under an intent that is durable. May be dropped
    /// at any point.
    fn link<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Fate>;

    /// Looks whether the site is linked to that organization, which may have been done under that
    /// intent.
    fn look<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
    ) -> BoxFuture<'a, Result<Observed, ProviderError>>;
}
