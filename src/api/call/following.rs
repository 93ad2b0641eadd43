//! What follows linking: account linking, the automatic date, directory sync, licences.

use bytes::Bytes;

use super::{Reply, Wire, boxed, read, seg};
use crate::api::directory_sync::SetDirectorySync;
use crate::api::following::{SetAccountLinking, SetAutoLink};
use crate::api::licences::{LicenceExportQuery, LicenceImportQuery};
use crate::api::page::PageQuery;
use crate::domain::directory_sync::SyncStep;

/// Account linking and automatic linking of a site. The string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum FollowingCall {
    /// `GET /v1/sites/{url}/account-linking` -> `AccountLinking`.
    AccountLinking(String),
    /// `PUT /v1/sites/{url}/account-linking` -> `AccountLinking`.
    SetAccountLinking(String, SetAccountLinking),
    /// `POST /v1/sites/{url}/account-linking/plan` -> `AccountLinking` with its plan.
    PlanNewcomers(String),
    /// `GET /v1/sites/{url}/auto-link` -> `AutoLink`.
    AutoLink(String),
    /// `PUT /v1/sites/{url}/auto-link` -> `AutoLink`.
    SetAutoLink(String, SetAutoLink),
}

impl FollowingCall {
    pub(super) fn wire(&self) -> Wire {
        let linking = |url: &str| format!("/v1/sites/{}/account-linking", seg(url));
        let auto = |url: &str| format!("/v1/sites/{}/auto-link", seg(url));
        match self {
            Self::AccountLinking(url) => Wire::get(linking(url)),
            Self::SetAccountLinking(url, body) => Wire::put(linking(url)).json(body),
            Self::PlanNewcomers(url) => Wire::post(format!("{}/plan", linking(url))),
            Self::AutoLink(url) => Wire::get(auto(url)),
            Self::SetAutoLink(url, body) => Wire::put(auto(url)).json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::AccountLinking(_) | Self::SetAccountLinking(..) | Self::PlanNewcomers(_) => {
                boxed(body, Reply::AccountLinking)
            }
            Self::AutoLink(_) | Self::SetAutoLink(..) => boxed(body, Reply::AutoLink),
        }
    }
}

/// Directory sync. The string is the organization's id.
#[derive(Debug, Clone, PartialEq)]
pub enum SyncCall {
    /// `GET /v1/organizations/{id}/directory-sync` -> `DirectorySync`.
    Show(String),
    /// `PUT /v1/organizations/{id}/directory-sync` -> `DirectorySync`.
    Set(String, SetDirectorySync),
    /// `GET /v1/organizations/{id}/directory-sync/users` -> `FailingUsers`.
    Users(String, PageQuery),
    /// `POST /v1/organizations/{id}/directory-sync/{step}` -> `DirectorySync`.
    Step(String, SyncStep),
}

impl SyncCall {
    pub(super) fn wire(&self) -> Wire {
        let sync = |id: &str| format!("/v1/organizations/{}/directory-sync", seg(id));
        match self {
            Self::Show(id) => Wire::get(sync(id)),
            Self::Set(id, body) => Wire::put(sync(id)).json(body),
            Self::Users(id, query) => Wire::get(format!("{}/users", sync(id))).query(query),
            Self::Step(id, step) => Wire::post(format!("{}/{}", sync(id), step.code())),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Users(..) => read(body, Reply::FailingUsers),
            _ => boxed(body, Reply::DirectorySync),
        }
    }
}

/// Licences, as Control Hub's CSV. The first string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum LicenceCall {
    /// `GET /v1/sites/{url}/licences` -> `File`.
    Export(String, LicenceExportQuery),
    /// `POST /v1/sites/{url}/licences/imports` -> `LicenceImport`, a preview.
    Import(String, LicenceImportQuery, Bytes),
    /// `GET /v1/sites/{url}/licences/imports/{id}` -> `LicenceImport`.
    Show(String, String),
    /// `GET /v1/sites/{url}/licences/imports/{id}/rows` -> `LicenceRows`.
    Rows(String, String, PageQuery),
    /// `POST /v1/sites/{url}/licences/imports/{id}/apply` -> `LicenceImport`, done.
    Apply(String, String),
}

impl LicenceCall {
    pub(super) fn wire(&self) -> Wire {
        let licences = |url: &str| format!("/v1/sites/{}/licences", seg(url));
        let import = |url: &str, id: &str| format!("{}/imports/{}", licences(url), seg(id));
        match self {
            Self::Export(url, query) => Wire::get(licences(url)).query(query),
            Self::Import(url, query, file) => {
                Wire::post(format!("{}/imports", licences(url))).query(query).file(file.clone())
            }
            Self::Show(url, id) => Wire::get(import(url, id)),
            Self::Rows(url, id, query) => {
                Wire::get(format!("{}/rows", import(url, id))).query(query)
            }
            Self::Apply(url, id) => Wire::post(format!("{}/apply", import(url, id))),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Export(..) => Ok(Reply::File(body.clone())),
            Self::Rows(..) => read(body, Reply::LicenceRows),
            Self::Import(..) | Self::Show(..) | Self::Apply(..) => {
                boxed(body, Reply::LicenceImport)
            }
        }
    }
}
