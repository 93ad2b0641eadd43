//! A world into an empty database, in one transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Connection as _;

use super::file::{Organization, Site, WorldFile};
use super::first_days;
use super::linking;
use super::selling;
use super::{Loaded, World, WorldError, key, unreadable};
use crate::domain::agreement;
use crate::domain::domain_name::DomainName;
use crate::domain::role::Role;
use crate::domain::site::{SiteState, site_url};
use crate::server::Progress;
use crate::server::audit::{Change, SYSTEM};
use crate::server::directory::{identities, insights, rosters};
use crate::server::store::{Conn, Sql, bulk, hash_secret, new_id, new_secret, to_millis};

/// Spellings of a directory in one INSERT.
const SPELLINGS: usize = 500;

/// Writes a world. The database must be empty; `now` is the world clock's start.
///
/// # Errors
/// A [`WorldError`] naming what cannot be read; nothing was written then.
pub(super) async fn fill(
    conn: &mut Conn,
    world: &World,
    now: Timestamp,
    progress: &Progress,
) -> Result<Loaded, WorldError> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let conn = &mut *tx;
    let file = &world.file;
    people(conn, file, now).await?;
    let directory = bulk::set_aside(conn, "synced_directory").await?;
    for organization in &file.organizations {
        write_organization(conn, organization, now).await?;
        first_days::write(conn, organization, now).await?;
    }
    // What its triggers would have counted is the age of blocks, of which there is none yet.
    directory.put_back(conn).await?;
    for organization in &file.organizations {
        set_partner(conn, organization).await?;
    }
    progress.begin("loading people", world.rosters.iter().flatten().map(|one| one.lines).sum());
    let indexes = bulk::set_aside(conn, "site_users").await?;
    let mut users = 0;
    let mut agreements = Agreements::new();
    for ((site, roster), feeds) in file.sites.iter().zip(&world.rosters).zip(&world.feeds) {
        let id = write_site(conn, site, now).await?;
        if let Some(roster) = roster {
            users += roster.fill(conn, (id, organization_of(site)), now, progress).await?;
            nobody_was_added_later(conn, id).await?;
        }
        for feed in feeds {
            insights::taken::fill(conn, id, feed, "world file", now).await?;
        }
        collect_agreement(site, &mut agreements)?;
    }
    progress.begin("putting people in order", 0);
    indexes.put_back(conn).await?;
    rosters::mark_all(conn).await?;
    write_agreements(conn, &agreements).await?;
    selling::write(conn, file, now).await?;
    first_days::complete(conn, now).await?;
    let loaded = Loaded {
        organizations: file.organizations.len(),
        sites: file.sites.len(),
        people: file.people.len(),
        users,
    };
    Change::by(now, SYSTEM, "world.loaded")
        .about("world")
        .detail(json!({
            "organizations": loaded.organizations, "sites": loaded.sites, "users": loaded.users,
        }))
        .record(conn)
        .await?;
    tx.commit().await?;
    Ok(loaded)
}

async fn people(conn: &mut Conn, file: &WorldFile, now: Timestamp) -> Result<(), WorldError> {
    for person in &file.people {
        sqlx::query(
            "INSERT INTO people (email, name, backend_admin, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (email) DO NOTHING",
        )
        .bind(key(&person.email))
        .bind(&person.name)
        .bind(person.backend_admin)
        .bind(to_millis(now))
        .execute(&mut *conn)
        .await?;
        let Some(token) = &person.token else { continue };
        sqlx::query(
            "INSERT INTO tokens (id, person, label, hash, created_at)
             VALUES ($1, $2, 'world file', $3, $4)",
        )
        .bind(new_id("tok"))
        .bind(key(&person.email))
        .bind(hash_secret(token.expose()))
        .bind(to_millis(Timestamp::now()))
        .execute(&mut *conn)
        .await
        .map_err(|error| {
            super::unfit(
                error,
                unreadable("the token of", &person.email, "somebody else has the same one"),
            )
        })?;
    }
    Ok(())
}

async fn write_organization(
    conn: &mut Conn,
    organization: &Organization,
    now: Timestamp,
) -> Result<(), WorldError> {
    sqlx::query(
        "INSERT INTO organizations (id, name, kind, created_at, directory_sync, auto_licence,
           sync_paused)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&organization.id)
    .bind(&organization.name)
    .bind(organization.kind.code())
    .bind(to_millis(organization.created.unwrap_or(now)))
    .bind(organization.directory_sync)
    .bind(organization.auto_licence)
    .bind(organization.sync_paused)
    .execute(&mut *conn)
    .await
    .map_err(|error| {
        super::unfit(
            error,
            unreadable("the organization", &organization.id, "there are two with this id"),
        )
    })?;
    for (role, emails) in [
        (Role::PartnerAdmin, &organization.partner_admins),
        (Role::FullAdmin, &organization.full_admins),
        (Role::ReadOnlyAdmin, &organization.read_only_admins),
    ] {
        for email in emails {
            sqlx::query(
                "INSERT INTO organization_roles (organization, email, role) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(&organization.id)
            .bind(key(email))
            .bind(role.code())
            .execute(&mut *conn)
            .await?;
        }
    }
    for address in organization.people() {
        identities::hold(conn, &key(address), &organization.id).await?;
    }
    // Rule P3: an administrator is one by the role, a member whatever becomes of roles.
    for address in &organization.members {
        identities::keep(conn, &key(address), &organization.id).await?;
    }
    for spellings in organization.synced_directory.spellings().chunks(SPELLINGS) {
        let mut query: Sql = Sql::new("INSERT INTO synced_directory (organization, spelling) ");
        query.push_values(spellings, |mut values, spelling| {
            values.push_bind(&organization.id).push_bind(*spelling);
        });
        query.build().execute(&mut *conn).await?;
    }
    write_licences(conn, organization, now).await?;
    write_domains(conn, organization, now).await
}

async fn write_licences(
    conn: &mut Conn,
    organization: &Organization,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    for person in &organization.licences {
        for service in &person.services {
            sqlx::query(
                "INSERT INTO licences (organization, email_key, service, assigned_at, source)
                 VALUES ($1, $2, $3, $4, 'world') ON CONFLICT DO NOTHING",
            )
            .bind(&organization.id)
            .bind(key(&person.email))
            .bind(service.code())
            .bind(to_millis(now))
            .execute(&mut *conn)
            .await?;
        }
    }
    Ok(())
}

async fn write_domains(
    conn: &mut Conn,
    organization: &Organization,
    now: Timestamp,
) -> Result<(), WorldError> {
    for domain in &organization.domains {
        let name = domain_name(&domain.name)?;
        sqlx::query(
            "INSERT INTO domains (organization, name, state, token, added_at, verified_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&organization.id)
        .bind(name.as_str())
        .bind(domain.state.code())
        .bind(new_secret("hublink"))
        .bind(to_millis(now))
        .bind(domain.state.proves().then(|| to_millis(now)))
        .execute(&mut *conn)
        .await
        .map_err(|error| {
            let why = "two organizations cannot both have proved it";
            super::unfit(error, unreadable("the domain", &domain.name, why))
        })?;
    }
    Ok(())
}

async fn set_partner(conn: &mut Conn, organization: &Organization) -> Result<(), WorldError> {
    let Some(partner) = organization.partner.as_ref().filter(|p| !p.is_empty()) else {
        return Ok(());
    };
    sqlx::query("UPDATE organizations SET partner = $1 WHERE id = $2")
        .bind(partner)
        .bind(&organization.id)
        .execute(conn)
        .await
        .map_err(|error| {
            super::unfit(error, unreadable("the partner", partner, "no organization has this id"))
        })?;
    Ok(())
}

/// Rule U7: who is in the world from the start was not added later.
async fn nobody_was_added_later(conn: &mut Conn, site: i64) -> Result<(), WorldError> {
    sqlx::query("UPDATE sites SET account_linking_since = roster_revision WHERE id = $1")
        .bind(site)
        .execute(conn)
        .await?;
    Ok(())
}

/// The organization that a site is linked to.
fn organization_of(site: &Site) -> Option<&str> {
    site.organization.as_deref().filter(|organization| !organization.is_empty())
}

/// Writes a site; gives its row id.
async fn write_site(conn: &mut Conn, site: &Site, now: Timestamp) -> Result<i64, WorldError> {
    let url = site_url(&site.url).map_err(|why| unreadable("the site", &site.url, why))?;
    let organization = organization_of(site);
    let state = linking::state(site, organization)?;
    let enrolled = organization.filter(|_| state == SiteState::Enrolled);
    let linked_at = enrolled.map(|_| to_millis(site.linked_at.unwrap_or(now)));
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO sites (url, company, organization, state, linked_at, organization_hint,
           may_link, csm, method, account_linking, auto_link_on, link_fails)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(&url)
    .bind(&site.company)
    .bind(enrolled)
    .bind(SiteState::code(if enrolled.is_some() { state } else { SiteState::NotEnrolled }))
    .bind(linked_at)
    .bind(&site.organization_hint)
    .bind(site.may_link)
    .bind(&site.csm)
    .bind(site.method.map(crate::domain::linking::LinkingMethod::code))
    .bind(site.account_linking.code())
    .bind(site.auto_link_on.map(to_millis))
    .bind(site.link_fails)
    .fetch_one(&mut *conn)
    .await
    .map_err(|error| {
        let why = "it is there twice, or its organization is not";
        super::unfit(error, unreadable("the site", &site.url, why))
    })?;
    for email in &site.site_admins {
        sqlx::query("INSERT INTO site_admins (site, email) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(key(email))
            .execute(&mut *conn)
            .await?;
    }
    if let Some(organization) = organization
        && enrolled.is_none()
    {
        linking::write_job(conn, site, (id, organization), state, now).await?;
    }
    Ok(id)
}

/// By organization and domain: when it was signed first, and at which site.
type Agreements = BTreeMap<(String, String), (Timestamp, String)>;

/// One agreement per domain and organization: where two sites name one, the first signed holds.
fn collect_agreement(site: &Site, into: &mut Agreements) -> Result<(), WorldError> {
    let Some(agreement) = &site.agreement else { return Ok(()) };
    let Some(organization) = organization_of(site) else {
        let why = "an agreement needs the organization that the site is linked to";
        return Err(unreadable("the site", &site.url, why));
    };
    for domain in &agreement.domains {
        let key = (organization.to_owned(), String::from(domain_name(domain)?));
        let signed = (agreement.signed_at, site.url.clone());
        let entry = into.entry(key).or_insert_with(|| signed.clone());
        if signed.0 < entry.0 {
            *entry = signed;
        }
    }
    Ok(())
}

async fn write_agreements(conn: &mut Conn, all: &Agreements) -> Result<(), WorldError> {
    for ((organization, domain), (signed_at, site)) in all {
        sqlx::query(
            "INSERT INTO agreements
               (organization, domain, site, signed_at, deadline, signed_by, text_hash)
             VALUES ($1, $2, $3, $4, $5, 'world file', '')",
        )
        .bind(organization)
        .bind(domain)
        .bind(site)
        .bind(to_millis(*signed_at))
        .bind(to_millis(agreement::deadline(*signed_at)))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

fn domain_name(text: &str) -> Result<DomainName, WorldError> {
    DomainName::parse(text).map_err(|why| unreadable("the domain", text, why))
}
