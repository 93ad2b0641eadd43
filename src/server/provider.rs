//! The seam to the directory elsewhere: what a provider can do there, and the acts it carries out.
//!
//! Owns the words alone. What is planned over is ours and lies in `server::directory`; a provider does
//! what was decided here, and says what became of it in the outbox's words. Nothing of ours crosses: no
//! connection, no HTTP status, no row number. Sites, organizations and accounts go by the names that
//! they have outside, and each call says as whom it is made.

mod accounts;
pub mod reference;
mod sites;

use std::fmt;
use std::future::ready;

use futures_util::future::BoxFuture;

pub use crate::domain::act::Act;
use crate::domain::linking::LinkingMethod;
pub use accounts::{Account, Accounts, Observed, ProviderError, Restore};
pub use sites::Sites;

/// A directory elsewhere.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What it is called.
    fn name(&self) -> &str;
    /// How an act is done there.
    fn can(&self, act: Act) -> How;
    /// Its accounts.
    fn accounts(&self) -> &dyn Accounts;
    /// Its sites.
    fn sites(&self) -> &dyn Sites;

    /// Looks how users prove their addresses on a site, where that is chosen by hand; none where
    /// nothing is chosen.
    fn method<'a>(
        &'a self,
        _as_whom: &'a Credentials,
        _on: &'a Target,
    ) -> BoxFuture<'a, Result<Option<LinkingMethod>, ProviderError>> {
        Box::pin(ready(Ok(None)))
    }
}

/// How an act is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By the provider.
    Automated,
    /// By the operator, elsewhere.
    Guided {
        /// Where.
        link: String,
        /// What is looked at afterwards, such as "the site's type is read back".
        check: String,
    },
    /// Not at all.
    Unavailable {
        /// Why.
        why: String,
    },
}

/// As whom a call is made: a provider has its own way from the person to what opens the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The canonical address of who began it.
    pub actor: String,
}

/// Where an act is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The organization's id.
    pub organization: String,
    /// The site's URL.
    pub site: String,
}
