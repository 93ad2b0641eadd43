//! The shape of a world file (SPEC section 9): TOML, exactly these keys.
//!
//! Owns reading the text. Must not judge what it says beyond what cannot be read.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use super::WorldError;
use super::first_days::Welcome;
use super::selling::{Order, Services, Trial};
use crate::api::session::Secret;
use crate::domain::account_linking::AccountLinking;
use crate::domain::country::Country;
use crate::domain::linking::LinkingMethod;
use crate::domain::organization::{DomainState, OrganizationKind};
use crate::domain::services::Service;
use crate::domain::setup::{PartState, SetupState};
use crate::domain::site::SiteState;
use crate::domain::trial::Vertical;

/// A world file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldFile {
    /// Where the world clock starts; absent: the real time.
    pub now: Option<Timestamp>,
    /// Who can sign in.
    pub people: Vec<Person>,
    /// The organizations.
    pub organizations: Vec<Organization>,
    /// The sites.
    pub sites: Vec<Site>,
    /// The trials.
    pub trials: Vec<Trial>,
    /// The orders.
    pub orders: Vec<Order>,
}

/// Somebody who can sign in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub email: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub token: Option<Secret>,
    #[serde(default)]
    pub backend_admin: bool,
}

/// An organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    pub id: String,
    pub name: String,
    pub kind: OrganizationKind,
    #[serde(default)]
    pub partner: Option<String>,
    #[serde(default, deserialize_with = "day")]
    pub created: Option<Timestamp>,
    #[serde(default)]
    pub partner_admins: Vec<String>,
    #[serde(default)]
    pub full_admins: Vec<String>,
    #[serde(default)]
    pub read_only_admins: Vec<String>,
    #[serde(default)]
    pub members: Vec<String>,
    #[serde(default)]
    pub domains: Vec<Domain>,
    #[serde(default)]
    pub directory_sync: bool,
    #[serde(default)]
    pub sync_paused: bool,
    #[serde(default)]
    pub synced_directory: Directory,
    #[serde(default)]
    pub licences: Vec<Licences>,
    #[serde(default)]
    pub auto_licence: bool,
    #[serde(default)]
    pub country: Option<Country>,
    #[serde(default)]
    pub vertical: Option<Vertical>,
    #[serde(default)]
    pub services: Services,
    pub subdomain: Option<String>,
    #[serde(default)]
    pub setup: Option<SetupState>,
    #[serde(default)]
    pub contact_center: Option<PartState>,
    #[serde(default)]
    pub voice: Option<PartState>,
    #[serde(default)]
    pub chat: Option<PartState>,
    #[serde(default)]
    pub contact_center_country: Option<Country>,
    #[serde(default)]
    pub contact_center_trouble: Option<String>,
    #[serde(default)]
    pub welcome: Option<Welcome>,
}

/// The addresses of a directory, as it spells them: here, or one a line in a file beside.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Directory {
    Here(Vec<String>),
    Beside(String),
    /// What stood beside, as it stands there: of a million lines each would be a text of its own.
    #[serde(skip)]
    Lines(String),
}

impl Default for Directory {
    fn default() -> Self {
        Self::Here(Vec::new())
    }
}

impl Directory {
    /// Reads what stands in a file of this folder.
    pub fn read(&mut self, folder: &Path) -> Result<(), WorldError> {
        if let Self::Beside(name) = self {
            let path = folder.join(name.as_str());
            let text = std::fs::read_to_string(&path)
                .map_err(|source| WorldError::File { path, source })?;
            *self = Self::Lines(text);
        }
        Ok(())
    }

    /// The spellings, each once and in order: what comes in order is quickly written.
    pub fn spellings(&self) -> Vec<&str> {
        let mut all: Vec<&str> = match self {
            Self::Here(all) => all.iter().map(|spelling| spelling.trim()).collect(),
            Self::Lines(text) => {
                text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
            }
            Self::Beside(_) => Vec::new(),
        };
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A domain of an organization.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    pub name: String,
    pub state: DomainState,
}

/// A meeting site.
#[expect(clippy::struct_field_names, reason = "the keys are those of SPEC section 9")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub url: String,
    #[serde(default)]
    pub company: String,
    #[serde(default)]
    pub organization: Option<String>,
    #[serde(default)]
    pub linked_at: Option<Timestamp>,
    #[serde(default)]
    pub organization_hint: String,
    #[serde(default)]
    pub site_admins: Vec<String>,
    #[serde(default = "yes")]
    pub may_link: bool,
    #[serde(default)]
    pub csm: String,
    #[serde(default)]
    pub method: Option<LinkingMethod>,
    #[serde(default)]
    pub agreement: Option<Agreement>,
    #[serde(default)]
    pub account_linking: AccountLinking,
    #[serde(default, deserialize_with = "day")]
    pub auto_link_on: Option<Timestamp>,
    #[serde(default)]
    pub roster: Option<String>,
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Where it stands; absent: enrolled with an organization, not enrolled without.
    #[serde(default)]
    pub state: Option<SiteState>,
    /// When the link under way was begun; absent: now.
    #[serde(default)]
    pub link_started: Option<Timestamp>,
    /// Why the link failed.
    #[serde(default)]
    pub link_reason: String,
    /// How often the next tries to link it shall fail.
    #[serde(default)]
    pub link_fails: u32,
    /// Rule L9: feeds beside this file, of meetings or devices.
    #[serde(default)]
    pub insights: Vec<String>,
}

/// Whose licences a person of the organization has (rule U8).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licences {
    pub email: String,
    pub services: Vec<Service>,
}

/// What was signed for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    pub domains: Vec<String>,
    pub signed_at: Timestamp,
}

fn yes() -> bool {
    true
}

/// A date means 00:00 UTC (SPEC section 1); an empty text means none, a full time is taken as it is.
pub(super) fn day<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)?.filter(|t| !t.is_empty()) else {
        return Ok(None);
    };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(Some(at));
    }
    let date: Date = text.parse().map_err(serde::de::Error::custom)?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).map_err(serde::de::Error::custom)?;
    Ok(Some(zoned.timestamp()))
}
