//! What linking a site would do, and the text that is agreed to (rule L5).
//!
//! Owns the checks of a target (rules L2 to L4) and the text with its hash. Changes nothing:
//! committing asks for the same once more, in its transaction, and compares the hashes.

use jiff::Timestamp;

use super::super::roles::full_admins;
use super::Linkable;
use super::advice::{hindered, new_choice, whom, whom_to_ask};
use super::enroll::must_be_connected;
use super::hindrance::{Target, organization_of};
use super::users::{self, Home};
use crate::api::linking::{LinkPlan, LinkTarget};
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::site_link::{Terms, agreement};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::{Directory, fields};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, sha256};

/// Where a site goes, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An organization in which the operator is full admin.
    Existing { id: String },
    /// One to be made, for an operator who has none.
    New { name: String, country: Country },
}

/// A plan: what is shown, and what committing needs.
#[derive(Debug)]
pub struct Planned {
    pub site: Linkable,
    pub place: Place,
    pub shown: LinkPlan,
}

/// Works out what linking the site to the target would do.
pub async fn prepare(
    directory: &Directory,
    conn: &mut Conn,
    viewer: &Viewer,
    url: &str,
    target: &LinkTarget,
    now: Timestamp,
) -> Result<Planned, Refusal> {
    let site = Linkable::find(conn, url).await?;
    site.must_be_free(conn).await?;
    must_be_connected(conn, viewer, &site).await?;
    let (place, name, kind) = checked(conn, viewer, &site, target, now).await?;
    let home = match &place {
        Place::Existing { id } => Home::Existing(id),
        Place::New { .. } => Home::New(&viewer.email),
    };
    let mut consequences = users::consequences(conn, &site, &home, now).await?;
    let (organization, country) = match &place {
        Place::Existing { id } => (Some(id.clone()), None),
        Place::New { country, .. } => (None, Some(*country)),
    };
    let notified = match &organization {
        Some(id) => full_admins(conn, id).await?,
        None => Vec::new(),
    };
    consequences.notified = notified.len() as u64;
    let text = agreement(&Terms {
        site: &site.url,
        organization: &name,
        partner: kind == OrganizationKind::Partner,
        new_in: country.map(Country::name),
        consequences: &consequences,
    });
    let shown = LinkPlan {
        site: Untrusted::new(&site.url),
        organization,
        organization_name: Untrusted::new(name),
        organization_kind: kind,
        country: country.map(|country| country.code().to_owned()),
        consequences,
        notified: notified.into_iter().map(Untrusted::new).collect(),
        takes_seconds: directory.links.delay.as_secs(),
        text_sha256: sha256(text.as_bytes()),
        text: Untrusted::new(text),
    };
    Ok(Planned { site, place, shown })
}

async fn checked(
    conn: &mut Conn,
    viewer: &Viewer,
    site: &Linkable,
    target: &LinkTarget,
    now: Timestamp,
) -> Result<(Place, String, OrganizationKind), Refusal> {
    let mine = organization_of(conn, &viewer.email).await?;
    match target {
        LinkTarget::Organization(id) => {
            let target = Target::find(conn, id.trim()).await?;
            if let Some(why) = target.hindrance(conn, &viewer.email, mine.as_ref(), now).await? {
                return Err(hindered(&why, &whom(conn, site, &target).await?));
            }
            Ok((Place::Existing { id: target.id }, target.name, target.kind))
        }
        LinkTarget::NewOrganization(new) => {
            let ask = whom_to_ask(&[], &site.csm);
            if let Some(why) = new_choice(&site.company, mine.as_ref(), &ask).why_not {
                return Err(hindered(&why, ""));
            }
            let name = new.name.as_deref().unwrap_or(&site.company);
            let name = fields::name("target.new_organization.name", name)?;
            let country = Country::parse(&new.country).map_err(|why| {
                let field = "target.new_organization.country";
                Refusal::invalid(field, format!("This {why}."))
            })?;
            Ok((Place::New { name: name.clone(), country }, name, OrganizationKind::Customer))
        }
    }
}
