//! Adding sites and changing them (rules L0, L10), and choosing the linking method (rule U1).
//!
//! Owns the changes and their audit entries; what a site looks like is `sites`'.

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, fields, organizations, sites};
use crate::api::problem::code;
use crate::api::site::{EditSite, NewSite, Site};
use crate::domain::linking::LinkingMethod;
use crate::domain::site::SiteState;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, to_millis};

/// Adds a site, linked to an organization from the start if one is named.
pub async fn add(directory: &Directory, viewer: &Viewer, new: &NewSite) -> Result<Site, Refusal> {
    let url = fields::url("url", &new.url)?;
    let company = fields::name("company", &new.company)?;
    let admins = fields::addresses("site_admins", &new.site_admins)?;
    let csm = fields::optional("csm", &new.csm)?;
    let hint = fields::optional("organization_hint", &new.organization_hint)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    if find(&mut tx, &url).await?.is_some() {
        let remedy = "Look it up, or use another URL.";
        return Err(
            Refusal::conflict(code::EXISTS, "There is a site with this URL.", remedy).at("url")
        );
    }
    if let Some(id) = &new.organization
        && !organizations::exists(&mut tx, id).await?
    {
        return Err(Refusal::invalid("organization", "There is no organization with this id."));
    }
    let state =
        if new.organization.is_some() { SiteState::Enrolled } else { SiteState::NotEnrolled };
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO sites (url, company, organization, state, linked_at, may_link, csm,
           organization_hint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
    )
    .bind(&url)
    .bind(&company)
    .bind(new.organization.as_deref())
    .bind(state.code())
    .bind(new.organization.as_ref().map(|_| to_millis(now)))
    .bind(new.may_link)
    .bind(&csm)
    .bind(&hint)
    .fetch_one(&mut *tx)
    .await?;
    set_admins(&mut tx, id, &admins).await?;
    let detail = serde_json::json!({ "company": company, "site_admins": admins });
    let entry = Entry { action: "site.added", detail, now };
    record(&mut tx, viewer, new.organization.as_deref(), &url, entry).await?;
    let shown = sites::show(&mut tx, viewer, &url, now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Changes what is given; the rest stays.
pub async fn edit(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    edit: &EditSite,
) -> Result<Site, Refusal> {
    let company = edit.company.as_deref().map(|c| fields::name("company", c)).transpose()?;
    let csm = edit.csm.as_deref().map(|c| fields::optional("csm", c)).transpose()?;
    let hint = edit.organization_hint.as_deref();
    let hint = hint.map(|h| fields::optional("organization_hint", h)).transpose()?;
    let admins =
        edit.site_admins.as_deref().map(|all| fields::addresses("site_admins", all)).transpose()?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    sqlx::query(
        "UPDATE sites SET company = coalesce($2, company), may_link = coalesce($3, may_link),
                csm = coalesce($4, csm), organization_hint = coalesce($5, organization_hint)
          WHERE id = $1",
    )
    .bind(site.id)
    .bind(&company)
    .bind(edit.may_link)
    .bind(&csm)
    .bind(&hint)
    .execute(&mut *tx)
    .await?;
    if let Some(admins) = &admins {
        set_admins(&mut tx, site.id, admins).await?;
    }
    let detail = serde_json::json!({
        "company": company, "may_link": edit.may_link, "csm": csm, "site_admins": admins,
        "organization_hint": hint,
    });
    let entry = Entry { action: "site.edited", detail, now };
    record(&mut tx, viewer, site.organization.as_deref(), url, entry).await?;
    let shown = sites::show(&mut tx, viewer, url, now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Rule U1: the method can be changed at any time once the site is linked; who is linked stays so.
pub async fn set_method(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    method: LinkingMethod,
) -> Result<Site, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    site.must_be_enrolled()?;
    sqlx::query("UPDATE sites SET method = $2 WHERE id = $1")
        .bind(site.id)
        .bind(method.code())
        .execute(&mut *tx)
        .await?;
    let detail = serde_json::json!({ "method": method });
    let entry = Entry { action: "site.method_set", detail, now };
    record(&mut tx, viewer, site.organization.as_deref(), url, entry).await?;
    let shown = sites::show(&mut tx, viewer, url, now).await?;
    tx.commit().await?;
    Ok(shown)
}

/// A site as a change needs it.
pub struct Found {
    /// The row.
    pub id: i64,
    /// The organization it is linked to.
    pub organization: Option<String>,
    /// Its state's code.
    state: String,
}

impl Found {
    /// The organization of an enrolled site (rule U2).
    pub fn must_be_enrolled(&self) -> Result<&str, Refusal> {
        match &self.organization {
            Some(id) if self.state == SiteState::Enrolled.code() => Ok(id),
            Some(_) => Err(Refusal::conflict(
                code::SITE_NOT_ENROLLED,
                "The site is being linked; that is not complete yet.",
                "Its users come after that. The link job says how far it is.",
            )),
            None => Err(Refusal::conflict(
                code::SITE_NOT_ENROLLED,
                "The site is not linked to an organization yet.",
                "Link the site first; its users come after that.",
            )),
        }
    }
}

/// Looks a site up.
pub async fn find(conn: &mut Conn, url: &str) -> Result<Option<Found>, sqlx::Error> {
    let row = sqlx::query("SELECT id, organization, state FROM sites WHERE url = $1")
        .bind(url)
        .fetch_optional(conn)
        .await?;
    let read = |row: SqlRow| {
        let (id, organization, state) =
            (row.try_get("id")?, row.try_get("organization")?, row.try_get("state")?);
        Ok(Found { id, organization, state })
    };
    row.map(read).transpose()
}

async fn set_admins(conn: &mut Conn, site: i64, admins: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM site_admins WHERE site = $1").bind(site).execute(&mut *conn).await?;
    for email in admins {
        sqlx::query("INSERT INTO site_admins (site, email) VALUES ($1, $2)")
            .bind(site)
            .bind(email)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

struct Entry {
    action: &'static str,
    detail: serde_json::Value,
    now: Timestamp,
}

async fn record(
    conn: &mut Conn,
    viewer: &Viewer,
    organization: Option<&str>,
    url: &str,
    entry: Entry,
) -> Result<(), Refusal> {
    Change::by(entry.now, &viewer.email, entry.action)
        .of_any(organization)
        .site(url)
        .detail(entry.detail)
        .record(conn)
        .await?;
    Ok(())
}
