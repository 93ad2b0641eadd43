//! Organizations and sites: each call, to the file that does it.

use super::{Directory, Viewer, administrators, agreements, organizations, site_edits, sites};
use crate::api::organization::{EditOrganization, NewOrganization, Organization, RoleChange};
use crate::api::page::{Page, PageQuery};
use crate::api::site::{AgreementText, EditSite, NewSite, Sign, Site, SiteDomain};
use crate::domain::linking::LinkingMethod;
use crate::server::refusal::Refusal;

impl Directory {
    /// The organizations that the viewer sees, by name.
    pub async fn organizations(
        &self,
        viewer: &Viewer,
        page: &PageQuery,
    ) -> Result<Page<Organization>, Refusal> {
        organizations::list(self, viewer, page).await
    }

    /// One organization, with its administrators if the viewer may see them.
    pub async fn organization(&self, viewer: &Viewer, id: &str) -> Result<Organization, Refusal> {
        organizations::show(&mut *self.store.read().await?, viewer, id, self.clock.now()).await
    }

    /// Adds one (rule L0).
    pub async fn add_organization(
        &self,
        viewer: &Viewer,
        new: &NewOrganization,
    ) -> Result<Organization, Refusal> {
        organizations::adding::add(self, viewer, new).await
    }

    /// Changes what is given (rule U8).
    pub async fn edit_organization(
        &self,
        viewer: &Viewer,
        id: &str,
        edit: &EditOrganization,
    ) -> Result<Organization, Refusal> {
        organizations::editing::edit(self, viewer, id, edit).await
    }

    /// Grants a role.
    pub async fn grant(
        &self,
        viewer: &Viewer,
        id: &str,
        change: &RoleChange,
    ) -> Result<Organization, Refusal> {
        administrators::grant(self, viewer, id, change).await
    }

    /// Revokes a role; the last full admin stays.
    pub async fn revoke(
        &self,
        viewer: &Viewer,
        id: &str,
        change: &RoleChange,
    ) -> Result<Organization, Refusal> {
        administrators::revoke(self, viewer, id, change).await
    }

    /// The sites that the viewer sees, by URL.
    pub async fn sites(&self, viewer: &Viewer, page: &PageQuery) -> Result<Page<Site>, Refusal> {
        sites::list(self, viewer, page).await
    }

    /// One site.
    pub async fn site(&self, viewer: &Viewer, url: &str) -> Result<Site, Refusal> {
        sites::show(&mut *self.store.read().await?, viewer, url, self.clock.now()).await
    }

    /// Adds one (rule L0).
    pub async fn add_site(&self, viewer: &Viewer, new: &NewSite) -> Result<Site, Refusal> {
        site_edits::add(self, viewer, new).await
    }

    /// Changes one (rules L0, L10).
    pub async fn edit_site(
        &self,
        viewer: &Viewer,
        url: &str,
        edit: &EditSite,
    ) -> Result<Site, Refusal> {
        site_edits::edit(self, viewer, url, edit).await
    }

    /// Sets the method (rule U1).
    pub async fn set_method(
        &self,
        viewer: &Viewer,
        url: &str,
        method: LinkingMethod,
    ) -> Result<Site, Refusal> {
        site_edits::set_method(self, viewer, url, method).await
    }

    /// The domains of the site's users, most users first (rule D4).
    pub async fn site_domains(&self, url: &str) -> Result<Vec<SiteDomain>, Refusal> {
        agreements::site_domains(self, url).await
    }

    /// What one signs for its domains (rule D4).
    pub async fn agreement_text(&self, url: &str) -> Result<AgreementText, Refusal> {
        agreements::text(self, url).await
    }

    /// Signs for domains (rule D4).
    pub async fn sign(&self, viewer: &Viewer, url: &str, sign: &Sign) -> Result<Site, Refusal> {
        agreements::sign(self, viewer, url, sign).await
    }
}
