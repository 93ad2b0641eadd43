//! The reference provider's part for what follows linking: each call, to the file that does it.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Reference, automatic, directory_sync, licences, newcomers, persons, rosters, users};
use crate::api::directory_sync::{DirectorySync, FailingUser, SetDirectorySync};
use crate::api::following::AutoLink;
use crate::api::licences::{LicenceExportQuery, LicenceImport, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::api::user::{EditUser, NewUser, OrgPerson};
use crate::domain::account_linking::AccountLinking;
use crate::domain::directory_sync::SyncStep;
use crate::server::provider::{Answer, Following, SiteFacts, Viewer};
use crate::table::RosterFile;

impl Following for Reference {
    fn directory_sync<'a>(&'a self, id: &'a str) -> Answer<'a, DirectorySync> {
        Box::pin(directory_sync::show(self, id))
    }

    fn set_directory_sync<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        set: &'a SetDirectorySync,
    ) -> Answer<'a, DirectorySync> {
        Box::pin(directory_sync::set(self, viewer, id, set))
    }

    fn failing_users<'a>(
        &'a self,
        id: &'a str,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<FailingUser>> {
        Box::pin(directory_sync::users(self, id, page))
    }

    fn directory_step<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        step: SyncStep,
    ) -> Answer<'a, DirectorySync> {
        Box::pin(directory_sync::step(self, viewer, id, step))
    }

    fn export_licences<'a>(
        &'a self,
        url: &'a str,
        query: &'a LicenceExportQuery,
    ) -> Answer<'a, Vec<u8>> {
        Box::pin(licences::export(self, url, query))
    }

    fn preview_licences<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        file: &'a RosterFile,
        remove: bool,
    ) -> Answer<'a, LicenceImport> {
        Box::pin(licences::preview(self, viewer, url, file, remove))
    }

    fn licence_import<'a>(&'a self, url: &'a str, id: &'a str) -> Answer<'a, LicenceImport> {
        Box::pin(licences::show(self, url, id))
    }

    fn licence_rows<'a>(
        &'a self,
        url: &'a str,
        id: &'a str,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<LicenceRow>> {
        Box::pin(licences::rows(self, url, id, page))
    }

    fn apply_licences<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        id: &'a str,
    ) -> Answer<'a, LicenceImport> {
        Box::pin(licences::apply(self, viewer, url, id))
    }

    fn user_number<'a>(&'a self, url: &'a str, user_id: &'a str) -> Answer<'a, u32> {
        Box::pin(
            async move { rosters::number_of(&mut *self.store.read().await?, url, user_id).await },
        )
    }

    fn person_of<'a>(&'a self, url: &'a str, number: u32) -> Answer<'a, Option<OrgPerson>> {
        Box::pin(async move {
            let site = users::site_facts(&self.store, url).await?;
            persons::of_user(&mut *self.store.read().await?, &site, number).await
        })
    }

    fn preferred_sites<'a>(
        &'a self,
        site: &'a SiteFacts,
        keys: &'a [String],
    ) -> Answer<'a, HashMap<String, String>> {
        Box::pin(async move {
            persons::preferred_sites(&mut *self.store.read().await?, site, keys).await
        })
    }

    fn add_user<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        new: &'a NewUser,
    ) -> Answer<'a, u32> {
        Box::pin(async move {
            let now = self.clock.now();
            let mut tx = self.store.begin().await?;
            let number = rosters::add(&mut tx, viewer, url, new, now).await?;
            tx.commit().await?;
            Ok(number)
        })
    }

    fn edit_user<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        user_id: &'a str,
        edit: &'a EditUser,
    ) -> Answer<'a, u32> {
        Box::pin(async move {
            let now = self.clock.now();
            let mut tx = self.store.begin().await?;
            let number = rosters::edit(&mut tx, viewer, url, user_id, edit, now).await?;
            tx.commit().await?;
            Ok(number)
        })
    }

    fn set_account_linking<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        setting: AccountLinking,
    ) -> Answer<'a, ()> {
        Box::pin(newcomers::set(self, viewer, url, setting))
    }

    fn auto_link<'a>(&'a self, url: &'a str) -> Answer<'a, AutoLink> {
        Box::pin(automatic::show(self, url))
    }

    fn set_auto_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        on: Option<Date>,
    ) -> Answer<'a, AutoLink> {
        Box::pin(automatic::set(self, viewer, url, on))
    }
}
