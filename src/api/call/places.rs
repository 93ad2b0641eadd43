//! Organizations, domains, sites and their users.

use bytes::Bytes;

use super::{Method, Reply, Wire, boxed, read, seg};
use crate::api::domains::NewDomain;
use crate::api::import::{ApplyImport, ImportQuery};
use crate::api::organization::{EditOrganization, NewOrganization, RoleChange};
use crate::api::page::PageQuery;
use crate::api::site::{EditSite, NewSite, SetMethod, Sign};
use crate::api::user::{EditUser, NewUser};

/// Organizations.
#[derive(Debug, Clone, PartialEq)]
pub enum OrganizationCall {
    /// `GET /v1/organizations` -> `Organizations`.
    List(PageQuery),
    /// `POST /v1/organizations` -> `Organization`.
    Add(NewOrganization),
    /// `GET /v1/organizations/{id}` -> `Organization`.
    Show(String),
    /// `PATCH /v1/organizations/{id}` -> `Organization`.
    Edit(String, EditOrganization),
    /// `POST /v1/organizations/{id}/roles` -> `Organization`.
    Grant(String, RoleChange),
    /// `DELETE /v1/organizations/{id}/roles/{role}/{email}` -> `Organization`.
    Revoke(String, RoleChange),
}

impl OrganizationCall {
    pub(super) fn wire(&self) -> Wire {
        match self {
            Self::List(query) => Wire::get("/v1/organizations").query(query),
            Self::Add(body) => Wire::post("/v1/organizations").json(body),
            Self::Show(id) => Wire::get(format!("/v1/organizations/{}", seg(id))),
            Self::Edit(id, body) => {
                Wire::new(Method::Patch, format!("/v1/organizations/{}", seg(id))).json(body)
            }
            Self::Grant(id, body) => {
                Wire::post(format!("/v1/organizations/{}/roles", seg(id))).json(body)
            }
            Self::Revoke(id, change) => Wire::delete(format!(
                "/v1/organizations/{}/roles/{}/{}",
                seg(id),
                change.role.code(),
                seg(&change.email)
            )),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Organizations),
            Self::Add(_) | Self::Show(_) | Self::Edit(..) | Self::Grant(..) | Self::Revoke(..) => {
                boxed(body, Reply::Organization)
            }
        }
    }
}

/// An organization's domains. The first string is the organization's id, the second the domain.
#[derive(Debug, Clone, PartialEq)]
pub enum DomainCall {
    /// `GET /v1/organizations/{id}/domains` -> `Domains`.
    List(String, PageQuery),
    /// `POST /v1/organizations/{id}/domains` -> `Domain`.
    Add(String, NewDomain),
    /// `POST .../domains/{name}/verify` -> `Domain` with its `last_check`.
    Verify(String, String),
    /// `POST .../domains/{name}/claim` -> `Domain`.
    Claim(String, String),
    /// `POST .../domains/{name}/release` -> `Domain`, verified.
    Release(String, String),
    /// `POST .../domains/{name}/unverify` -> `Domain`, pending.
    Unverify(String, String),
    /// `GET /v1/consumer-domains` -> `ConsumerDomains`.
    Consumers(PageQuery),
    /// `POST /v1/consumer-domains` -> `ConsumerDomain`.
    AddConsumer(NewDomain),
}

impl DomainCall {
    pub(super) fn wire(&self) -> Wire {
        let domains = |id: &str| format!("/v1/organizations/{}/domains", seg(id));
        let act = |id: &str, name: &str, act: &str| {
            Wire::post(format!("{}/{}/{act}", domains(id), seg(name)))
        };
        match self {
            Self::List(id, query) => Wire::get(domains(id)).query(query),
            Self::Add(id, body) => Wire::post(domains(id)).json(body),
            Self::Verify(id, name) => act(id, name, "verify"),
            Self::Claim(id, name) => act(id, name, "claim"),
            Self::Release(id, name) => act(id, name, "release"),
            Self::Unverify(id, name) => act(id, name, "unverify"),
            Self::Consumers(query) => Wire::get("/v1/consumer-domains").query(query),
            Self::AddConsumer(body) => Wire::post("/v1/consumer-domains").json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(..) => read(body, Reply::Domains),
            Self::Consumers(_) => read(body, Reply::ConsumerDomains),
            Self::AddConsumer(_) => read(body, Reply::ConsumerDomain),
            _ => boxed(body, Reply::Domain),
        }
    }
}

/// Sites. The string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum SiteCall {
    /// `GET /v1/sites` -> `Sites`: all that the actor sees.
    List(PageQuery),
    /// `POST /v1/sites` -> `Site`.
    Add(NewSite),
    /// `GET /v1/sites/{url}` -> `Site`.
    Show(String),
    /// `PATCH /v1/sites/{url}` -> `Site`.
    Edit(String, EditSite),
    /// `PUT /v1/sites/{url}/method` -> `Site`.
    SetMethod(String, SetMethod),
    /// `GET /v1/sites/{url}/domains` -> `SiteDomains`, most users first.
    Domains(String),
    /// `GET /v1/sites/{url}/agreements` -> `AgreementText`.
    Agreement(String),
    /// `POST /v1/sites/{url}/agreements` -> `Site`.
    Sign(String, Sign),
}

impl SiteCall {
    pub(super) fn wire(&self) -> Wire {
        let site = |url: &str| format!("/v1/sites/{}", seg(url));
        match self {
            Self::List(query) => Wire::get("/v1/sites").query(query),
            Self::Add(body) => Wire::post("/v1/sites").json(body),
            Self::Show(url) => Wire::get(site(url)),
            Self::Edit(url, body) => Wire::new(Method::Patch, site(url)).json(body),
            Self::SetMethod(url, body) => Wire::put(format!("{}/method", site(url))).json(body),
            Self::Domains(url) => Wire::get(format!("{}/domains", site(url))),
            Self::Agreement(url) => Wire::get(format!("{}/agreements", site(url))),
            Self::Sign(url, body) => Wire::post(format!("{}/agreements", site(url))).json(body),
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::List(_) => read(body, Reply::Sites),
            Self::Domains(_) => read(body, Reply::SiteDomains),
            Self::Agreement(_) => boxed(body, Reply::AgreementText),
            _ => boxed(body, Reply::Site),
        }
    }
}

/// A site's users. The first string is the site's URL.
#[derive(Debug, Clone, PartialEq)]
pub enum RosterCall {
    /// `GET /v1/sites/{url}/roster?after=N`: an NDJSON stream, see [`crate::api::roster`].
    /// The client reads it line by line and answers several times.
    Stream {
        /// The site.
        site: String,
        /// Resume after this number.
        after: Option<u32>,
    },
    /// `GET /v1/sites/{url}/roster/blocks?text=...&kept=...`: see [`crate::api::blocks`]. The
    /// client asks for them when it is asked for a [`RosterCall::Stream`].
    Blocks {
        /// The site.
        site: String,
        /// Whose text, as ranges of blocks; absent: all.
        text: Option<String>,
        /// Of whom what is kept, as ranges of blocks; absent: all.
        kept: Option<String>,
    },
    /// `GET /v1/sites/{url}/users` -> `Users`.
    Users(String, PageQuery),
    /// `POST /v1/sites/{url}/imports` -> `ImportPreview`.
    Import(String, ImportQuery, Bytes),
    /// `POST /v1/sites/{url}/imports/{id}/apply` -> `ImportApplied`.
    ApplyImport(String, String, ApplyImport),
    /// `GET /v1/sites/{url}/export?dialect=...` -> `File`;
    /// `site_administration` or `control_hub`.
    Export(String, String),
    /// `GET /v1/sites/{url}/users/{user_id}` -> `User`.
    User(String, String),
    /// `POST /v1/sites/{url}/users` -> `User`.
    AddUser(String, NewUser),
    /// `PATCH /v1/sites/{url}/users/{user_id}` -> `User`.
    EditUser(String, String, EditUser),
}

impl RosterCall {
    pub(super) fn wire(&self) -> Wire {
        let site = |url: &str| format!("/v1/sites/{}", seg(url));
        match self {
            Self::Stream { site: url, after: None } => Wire::get(format!("{}/roster", site(url))),
            Self::Stream { site: url, after: Some(n) } => {
                Wire::get(format!("{}/roster?after={n}", site(url)))
            }
            Self::Blocks { site: url, text, kept } => {
                let asked = [("text", text), ("kept", kept)];
                let asked =
                    asked.iter().filter_map(|(name, ranges)| Some((name, (*ranges).as_ref()?)));
                let asked: Vec<String> =
                    asked.map(|(name, ranges)| format!("{name}={ranges}")).collect();
                let query = if asked.is_empty() { "" } else { "?" };
                Wire::get(format!("{}/roster/blocks{query}{}", site(url), asked.join("&")))
            }
            Self::Users(url, query) => Wire::get(format!("{}/users", site(url))).query(query),
            Self::Import(url, query, file) => {
                Wire::post(format!("{}/imports", site(url))).query(query).file(file.clone())
            }
            Self::ApplyImport(url, id, query) => {
                Wire::post(format!("{}/imports/{}/apply", site(url), seg(id))).query(query)
            }
            Self::Export(url, dialect) => {
                Wire::get(format!("{}/export?dialect={}", site(url), seg(dialect)))
            }
            Self::User(url, id) => Wire::get(format!("{}/users/{}", site(url), seg(id))),
            Self::AddUser(url, body) => Wire::post(format!("{}/users", site(url))).json(body),
            Self::EditUser(url, id, body) => {
                Wire::new(Method::Patch, format!("{}/users/{}", site(url), seg(id))).json(body)
            }
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Stream { .. } | Self::Blocks { .. } | Self::Export(..) => {
                Ok(Reply::File(body.clone()))
            }
            Self::Users(..) => read(body, Reply::Users),
            Self::Import(..) => boxed(body, Reply::ImportPreview),
            Self::ApplyImport(..) => read(body, Reply::ImportApplied),
            Self::User(..) | Self::AddUser(..) | Self::EditUser(..) => boxed(body, Reply::User),
        }
    }
}
