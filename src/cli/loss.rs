//! Acts that take something away: what is lost is named in numbers, and asked about first.
//!
//! Owns the one question, `--yes`, and the refusal where nobody can be asked. What is lost is
//! looked up by each command, and only where somebody must be asked. Must not do the act.

use std::future::Future;

use clap::Args;

use super::context::Context;
use super::exit::Failure;
use super::standard::error;
use crate::api::call::ApiError;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::api::problem::code;
use crate::api::site::{ShowSite, Site};
use crate::domain::role::{Action, permits};
pub use crate::tui::loss::Loss;

/// What answers in the place of a person.
const OTHERWISE: &str = "if it is meant, use --yes";

/// The answer given beforehand.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Yes {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Yes {
    /// Whether it was given.
    pub fn is_given(self) -> bool {
        self.yes
    }
}

/// What somebody must be allowed to, before they are asked whether they mean it.
#[derive(Debug, Clone, Copy)]
pub enum Right<'a> {
    /// In the organization with this id.
    In(&'a str, Action),
    /// On the site with this URL.
    On(&'a str, Action),
}

impl Right<'_> {
    /// Whether the roles of who asks give it. Where the place cannot be seen they do not.
    ///
    /// # Errors
    /// What went wrong with the look-up.
    pub async fn is_held(self, cx: &Context) -> Result<bool, Failure> {
        let (roles, action) = match self {
            Self::In(id, action) => {
                let request = ShowOrganization::call(id.to_owned(), Nothing, Nothing);
                (cx.ask::<Organization>(request).await?.my_roles, action)
            }
            Self::On(url, action) => {
                let request = ShowSite::call(url.to_owned(), Nothing, Nothing);
                (cx.ask::<Site>(request).await?.my_roles, action)
            }
        };
        Ok(roles.iter().any(|role| permits(*role, action)))
    }
}

/// As [`ask_first`], of who has the right alone: whoever lacks it is refused by the act itself,
/// without a question before.
///
/// # Errors
/// As [`ask_first`].
pub async fn ask_allowed(
    yes: Yes,
    right: Right<'_>,
    lost: impl Future<Output = Result<Option<Loss>, Failure>>,
    cx: &Context,
) -> Result<(), Failure> {
    let lost = async { if right.is_held(cx).await? { lost.await } else { Ok(None) } };
    ask_first(yes, lost, cx).await
}

/// Asks before something is lost. Where nothing is, or what is meant is not there, nobody is
/// asked: the act itself says so.
///
/// # Errors
/// That it was not agreed to, that nobody can be asked (exit 2), or what the look-up said.
pub async fn ask_first(
    yes: Yes,
    lost: impl Future<Output = Result<Option<Loss>, Failure>>,
    cx: &Context,
) -> Result<(), Failure> {
    if yes.is_given() {
        return Ok(());
    }
    let Loss { what, question } = match lost.await {
        Ok(Some(loss)) => loss,
        Ok(None) => return Ok(()),
        Err(Failure::Api(ApiError::Problem(problem))) if problem.code == code::NOT_FOUND => {
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    if !cx.person.may_ask() {
        return Err(Failure::usage(format!(
            "{what}\n  Nothing was changed, for there is no terminal to ask at; {OTHERWISE}."
        ))
        .coded("nobody_to_ask"));
    }
    error(&what);
    if cx.person.agrees(&question, OTHERWISE).await? {
        Ok(())
    } else {
        Err(Failure::failed("nothing was changed"))
    }
}
