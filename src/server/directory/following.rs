//! What follows linking: directory sync, licences, single users, the automatic date; each call, to the
//! file that does it.

use std::collections::HashMap;

use axum::body::Bytes;
use jiff::civil::Date;

use super::{Directory, automatic, directory_sync, licences, newcomers, persons, rosters, users};
use crate::api::directory_sync::{DirectorySync, FailingUser, SetDirectorySync};
use crate::api::following::AutoLink;
use crate::api::licences::{LicenceExportQuery, LicenceImport, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::api::user::{EditUser, NewUser, OrgPerson};
use crate::domain::account_linking::AccountLinking;
use crate::domain::directory_sync::SyncStep;
use crate::server::directory::{SiteFacts, Viewer};
use crate::server::refusal::Refusal;

impl Directory {
    // --- directory sync (rule U9) ---

    /// How the sync stands, how many it blocks, and the remedy's steps.
    pub async fn directory_sync(&self, id: &str) -> Result<DirectorySync, Refusal> {
        directory_sync::show(self, id).await
    }

    /// Switches it, and tells what the directory has.
    pub async fn set_directory_sync(
        &self,
        viewer: &Viewer,
        id: &str,
        set: &SetDirectorySync,
    ) -> Result<DirectorySync, Refusal> {
        directory_sync::set(self, viewer, id, set).await
    }

    /// Whom it blocks, or would block if it were resumed, and why each.
    pub async fn failing_users(
        &self,
        id: &str,
        page: &PageQuery,
    ) -> Result<Page<FailingUser>, Refusal> {
        directory_sync::users(self, id, page).await
    }

    /// Does a step of the remedy.
    pub async fn directory_step(
        &self,
        viewer: &Viewer,
        id: &str,
        step: SyncStep,
    ) -> Result<DirectorySync, Refusal> {
        directory_sync::step(self, viewer, id, step).await
    }

    // --- licences (rule U8) ---

    /// Linked users as Control Hub's CSV, with a column a service.
    pub async fn export_licences(
        &self,
        url: &str,
        query: &LicenceExportQuery,
    ) -> Result<Vec<u8>, Refusal> {
        licences::export(self, url, query).await
    }

    /// What a CSV would change; kept for [`Directory::apply_licences`].
    pub async fn preview_licences(
        &self,
        viewer: &Viewer,
        url: &str,
        file: Bytes,
        remove: bool,
    ) -> Result<LicenceImport, Refusal> {
        licences::preview(self, viewer, url, file, remove).await
    }

    /// An import.
    pub async fn licence_import(&self, url: &str, id: &str) -> Result<LicenceImport, Refusal> {
        licences::show(self, url, id).await
    }

    /// An import's rows, by line.
    pub async fn licence_rows(
        &self,
        url: &str,
        id: &str,
        page: &PageQuery,
    ) -> Result<Page<LicenceRow>, Refusal> {
        licences::rows(self, url, id, page).await
    }

    /// Does what the preview said, once.
    pub async fn apply_licences(
        &self,
        viewer: &Viewer,
        url: &str,
        id: &str,
    ) -> Result<LicenceImport, Refusal> {
        licences::apply(self, viewer, url, id).await
    }

    // --- users one by one, and account linking (rules U7, L12) ---

    /// The number of a site's user.
    pub async fn user_number(&self, url: &str, user_id: &str) -> Result<u32, Refusal> {
        rosters::number_of(&mut *self.store.read().await?, url, user_id).await
    }

    /// The person behind a site's user, as the organization has them.
    pub async fn person_of(&self, url: &str, number: u32) -> Result<Option<OrgPerson>, Refusal> {
        let site = users::site_facts(&self.store, url).await?;
        persons::of_user(&mut *self.store.read().await?, &site, number).await
    }

    /// The preferred site of each of these addresses that has one.
    pub async fn preferred_sites(
        &self,
        site: &SiteFacts,
        keys: &[String],
    ) -> Result<HashMap<String, String>, Refusal> {
        persons::preferred_sites(&mut *self.store.read().await?, site, keys).await
    }

    /// Adds a user; answers the number.
    pub async fn add_user(
        &self,
        viewer: &Viewer,
        url: &str,
        new: &NewUser,
    ) -> Result<u32, Refusal> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let number = rosters::add(&mut tx, viewer, url, new, now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Changes a user; answers the number.
    pub async fn edit_user(
        &self,
        viewer: &Viewer,
        url: &str,
        user_id: &str,
        edit: &EditUser,
    ) -> Result<u32, Refusal> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let number = rosters::edit(&mut tx, viewer, url, user_id, edit, now).await?;
        tx.commit().await?;
        Ok(number)
    }

    /// Sets what becomes of users added later.
    pub async fn set_account_linking(
        &self,
        viewer: &Viewer,
        url: &str,
        setting: AccountLinking,
    ) -> Result<(), Refusal> {
        newcomers::set(self, viewer, url, setting).await
    }

    // --- automatic linking (rule L11) ---

    /// How automatic linking stands on a site.
    pub async fn auto_link(&self, url: &str) -> Result<AutoLink, Refusal> {
        automatic::show(self, url).await
    }

    /// Sets or takes away the date.
    pub async fn set_auto_link(
        &self,
        viewer: &Viewer,
        url: &str,
        on: Option<Date>,
    ) -> Result<AutoLink, Refusal> {
        automatic::set(self, viewer, url, on).await
    }
}
