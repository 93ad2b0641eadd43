//! Meeting sites, their linking method and agreements.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::List;
use crate::api::page::Page;
use crate::api::site::{
    AddSite, AgreementText, EditSiteCall, ListSiteDomains, ListSites, SetMethodCall, ShowAgreement,
    ShowSite, SignAgreement, Site, SiteDomain,
};
use crate::server::auth::Actor;
use crate::server::engine::provided;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_sites)
        .at(add_site)
        .at(show_site)
        .at(edit_site)
        .at(set_method)
        .at(list_site_domains)
        .at(show_agreement)
        .at(sign_agreement)
}

/// The sites one sees, by URL.
async fn list_sites(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListSites>,
) -> Result<Page<Site>, Refusal> {
    backend.directory.sites(&actor.viewer(), &page).await
}

/// Add a site, linked to an organization from the start if one is named. For backend
/// administrators.
async fn add_site(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<AddSite>,
) -> Result<Site, Refusal> {
    let added = backend.directory.add_site(&actor.viewer(), &new).await?;
    Ok(added)
}

/// One site.
async fn show_site(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, .. }: Asked<ShowSite>,
) -> Result<Site, Refusal> {
    backend.directory.site(&actor.viewer(), &url).await
}

/// Change a site: what is given changes, the rest stays. For backend administrators.
async fn edit_site(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: edit, .. }: Asked<EditSiteCall>,
) -> Result<Site, Refusal> {
    backend.directory.edit_site(&actor.viewer(), &url, &edit).await
}

/// Choose how the site's users prove their addresses. Who is linked stays linked.
async fn set_method(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<SetMethodCall>,
) -> Result<Site, Refusal> {
    provided::is_chosen(&backend, &actor.email, &url, body.method).await?;
    backend.directory.set_method(&actor.viewer(), &url, body.method).await
}

/// The domains of the site's users, most users first, with what may be done about each.
async fn list_site_domains(
    State(backend): State<Shared>,
    Asked { path: url, .. }: Asked<ListSiteDomains>,
) -> Result<List<SiteDomain>, Refusal> {
    backend.directory.site_domains(&url).await.map(List)
}

/// What one signs for domains: the text and its hash. The page shows it, and signing keeps it.
async fn show_agreement(
    State(backend): State<Shared>,
    Asked { path: url, .. }: Asked<ShowAgreement>,
) -> Result<AgreementText, Refusal> {
    backend.directory.agreement_text(&url).await
}

/// Sign for domains until three calendar months later. One agreement per domain, no second.
async fn sign_agreement(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: sign, .. }: Asked<SignAgreement>,
) -> Result<Site, Refusal> {
    backend.directory.sign(&actor.viewer(), &url, &sign).await
}
