//! The part of the seam for what follows linking: directory sync, licences, single users, the
//! automatic date. A part of [`super::Provider`], apart for its length alone.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Answer, SiteFacts, Viewer};
use crate::api::directory_sync::{DirectorySync, FailingUser, SetDirectorySync};
use crate::api::following::AutoLink;
use crate::api::licences::{LicenceExportQuery, LicenceImport, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::api::user::{EditUser, NewUser, OrgPerson};
use crate::domain::account_linking::AccountLinking;
use crate::domain::directory_sync::SyncStep;
use crate::table::RosterFile;

/// What follows linking.
pub trait Following: Send + Sync {
    // --- directory sync (rule U9) ---

    /// How the sync stands, how many it blocks, and the remedy's steps.
    fn directory_sync<'a>(&'a self, id: &'a str) -> Answer<'a, DirectorySync>;
    /// Switches it, and tells what the directory has.
    fn set_directory_sync<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        set: &'a SetDirectorySync,
    ) -> Answer<'a, DirectorySync>;
    /// Whom it blocks, or would block if it were resumed, and why each.
    fn failing_users<'a>(
        &'a self,
        id: &'a str,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<FailingUser>>;
    /// Does a step of the remedy.
    fn directory_step<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        step: SyncStep,
    ) -> Answer<'a, DirectorySync>;

    // --- licences (rule U8) ---

    /// Linked users as Control Hub's CSV, with a column a service.
    fn export_licences<'a>(
        &'a self,
        url: &'a str,
        query: &'a LicenceExportQuery,
    ) -> Answer<'a, Vec<u8>>;
    /// What a CSV would change; kept for [`Following::apply_licences`].
    fn preview_licences<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        file: &'a RosterFile,
        remove: bool,
    ) -> Answer<'a, LicenceImport>;
    /// An import.
    fn licence_import<'a>(&'a self, url: &'a str, id: &'a str) -> Answer<'a, LicenceImport>;
    /// An import's rows, by line.
    fn licence_rows<'a>(
        &'a self,
        url: &'a str,
        id: &'a str,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<LicenceRow>>;
    /// Does what the preview said, once.
    fn apply_licences<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        id: &'a str,
    ) -> Answer<'a, LicenceImport>;

    // --- users one by one, and account linking (rules U7, L12) ---

    /// The number of a site's user.
    fn user_number<'a>(&'a self, url: &'a str, user_id: &'a str) -> Answer<'a, u32>;
    /// The person behind a site's user, as the organization has them.
    fn person_of<'a>(&'a self, url: &'a str, number: u32) -> Answer<'a, Option<OrgPerson>>;
    /// The preferred site of each of these addresses that has one.
    fn preferred_sites<'a>(
        &'a self,
        site: &'a SiteFacts,
        keys: &'a [String],
    ) -> Answer<'a, HashMap<String, String>>;
    /// Adds a user; answers the number.
    fn add_user<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        new: &'a NewUser,
    ) -> Answer<'a, u32>;
    /// Changes a user; answers the number.
    fn edit_user<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        user_id: &'a str,
        edit: &'a EditUser,
    ) -> Answer<'a, u32>;
    /// Sets what becomes of users added later.
    fn set_account_linking<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        setting: AccountLinking,
    ) -> Answer<'a, ()>;

    // --- automatic linking (rule L11) ---

    /// How automatic linking stands on a site.
    fn auto_link<'a>(&'a self, url: &'a str) -> Answer<'a, AutoLink>;
    /// Sets or takes away the date.
    fn set_auto_link<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        on: Option<Date>,
    ) -> Answer<'a, AutoLink>;
}
