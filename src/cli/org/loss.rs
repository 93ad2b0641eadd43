//! What taking a role away, or withdrawing an offer, ends: looked up, to be asked about first.

use crate::api::call::{OrganizationCall, Reply, Request};
use crate::api::organization::Organization;
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
    Ok(loss::revoked(&*organization(id, cx).await?, email, role, &local))
}

/// Which offer goes, with its link and its code.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn withdrawn(id: &str, email: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    Ok(loss::withdrawn(&*organization(id, cx).await?, email, &local))
}

async fn organization(id: &str, cx: &Context) -> Result<Box<Organization>, Failure> {
    match cx.ask(Request::Organization(OrganizationCall::Show(id.to_owned()))).await? {
        Reply::Organization(org) => Ok(org),
        _ => Err(Failure::odd_reply()),
    }
}
