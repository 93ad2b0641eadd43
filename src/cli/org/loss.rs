//! What taking a role away, or withdrawing an offer, ends: looked up, to be asked about first.

use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::grid::local;
use crate::domain::role::Role;
use crate::tui::loss::{self, Loss};

/// Who loses which role, and how many keep it, or which offer goes.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn revoked(
    id: &str,
    email: &str,
    role: Role,
    cx: &Context,
) -> Result<Option<Loss>, Failure> {
    Ok(loss::revoked(&organization(id, cx).await?, email, role, &local))
}

/// Which offer goes, with its link and its code.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn withdrawn(id: &str, email: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    Ok(loss::withdrawn(&organization(id, cx).await?, email, &local))
}

async fn organization(id: &str, cx: &Context) -> Result<Organization, Failure> {
    cx.ask(ShowOrganization::call(id.to_owned(), Nothing, Nothing)).await
}
