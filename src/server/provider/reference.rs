//! The reference provider: there is no directory elsewhere, and every act is done as soon as asked.
//!
//! Owns nothing: what an act comes to is written down by who asked for it.

use std::future::ready;

use futures_util::future::BoxFuture;

use super::{
    Account, Accounts, Act, Credentials, How, Observed, Provider, ProviderError, Sites, Target,
};
use crate::server::post::{Fate, Intent};

/// The reference provider.
#[derive(Debug, Clone, Copy)]
pub struct Reference;

impl Provider for Reference {
    fn name(&self) -> &'static str {
        "reference"
    }

    fn can(&self, _: Act) -> How {
        How::Automated
    }

    fn accounts(&self) -> &dyn Accounts {
        self
    }

    fn sites(&self) -> &dyn Sites {
        self
    }
}

impl Accounts for Reference {
    fn carry_out<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
        _: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Vec<Fate>> {
        Box::pin(ready(accounts.iter().map(|_| Fate::Accepted(String::new())).collect()))
    }

    /// What was not written down was not done.
    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
        _: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Result<Vec<Observed>, ProviderError>> {
        Box::pin(ready(Ok(vec![Observed::NotDone; accounts.len()])))
    }
}

impl Sites for Reference {
    fn link<'a>(&'a self, _: &'a Credentials, _: &'a Target, _: &'a Intent) -> BoxFuture<'a, Fate> {
        Box::pin(ready(Fate::Accepted(String::new())))
    }

    /// What was not written down was not done.
    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Target,
        _: &'a Intent,
    ) -> BoxFuture<'a, Result<Observed, ProviderError>> {
        Box::pin(ready(Ok(Observed::NotDone)))
    }
}
