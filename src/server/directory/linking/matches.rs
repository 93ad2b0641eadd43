//! Which organizations match a site, and what each match rests on (rule L2).
//!
//! Owns the four ways to match: id, verified domain, administrator, name. Must not judge who may
//! choose a match, nor show anything: that is `candidates`'.

use std::collections::BTreeMap;

use sqlx::Row;

use super::Linkable;
use crate::domain::domain_name::DomainName;
use crate::domain::matching::CompanyName;
use crate::domain::number::count;
use crate::domain::site_link::MatchKind;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// One reason, not shown yet: the parts come from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub kind: MatchKind,
    pub evidence: Vec<String>,
    /// Our own words; what comes from outside stands in `evidence`.
    pub text: String,
}

/// Matches by organization: the reasons of each, in the order of [`MatchKind`].
pub type Matches = BTreeMap<String, Vec<Reason>>;

/// Finds all matches; `typed` is an organization's id as the operator typed it in.
pub async fn find(
    conn: &mut Conn,
    site: &Linkable,
    typed: Option<&str>,
) -> Result<Matches, Refusal> {
    let mut found = Matches::new();
    by_id(conn, site, typed, &mut found).await?;
    by_domain(conn, site, &mut found).await?;
    by_administrator(conn, site, &mut found).await?;
    by_name(conn, site, &mut found).await?;
    Ok(found)
}

fn add(found: &mut Matches, organization: String, reason: Reason) {
    found.entry(organization).or_default().push(reason);
}

async fn by_id(
    conn: &mut Conn,
    site: &Linkable,
    typed: Option<&str>,
    found: &mut Matches,
) -> Result<(), Refusal> {
    let hint = Some(site.hint.trim()).filter(|hint| !hint.is_empty());
    let typed = typed.map(str::trim).filter(|typed| !typed.is_empty());
    for id in [hint, typed].into_iter().flatten() {
        let there = sqlx::query("SELECT 1 FROM organizations WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
        if there.is_none() || found.contains_key(id) {
            continue;
        }
        let text = match (hint == Some(id), typed == Some(id)) {
            (true, true) => "The site names this organization's id, and you typed it in",
            (true, false) => "The site names this organization's id",
            (false, _) => "You typed in this organization's id",
        };
        let reason = Reason {
            kind: MatchKind::OrganizationId,
            evidence: vec![id.to_owned()],
            text: text.to_owned(),
        };
        add(found, id.to_owned(), reason);
    }
    Ok(())
}

/// Domains that an organization has verified or claimed, among those of the site's active users.
async fn by_domain(conn: &mut Conn, site: &Linkable, found: &mut Matches) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT d.organization, d.name,
                (SELECT count(*) FROM site_users u
                  WHERE u.site = $1 AND u.domain = d.name AND u.active = 1) AS users
           FROM domains d
          WHERE d.state IN ('verified', 'claimed')
            AND d.name IN (SELECT DISTINCT domain FROM site_users
                            WHERE site = $1 AND domain IS NOT NULL AND active = 1)
          ORDER BY d.organization, users DESC, d.name",
    )
    .bind(site.id)
    .fetch_all(conn)
    .await?;
    let mut by: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for row in &rows {
        let name: String = row.try_get("name")?;
        let unicode = DomainName::parse(&name).ok().and_then(|parsed| parsed.unicode());
        let also = unicode.map(|unicode| format!("{unicode}, ")).unwrap_or_default();
        let users = count(row.try_get::<i64, _>("users")? as u64, "user");
        let (names, told) = by.entry(row.try_get("organization")?).or_default();
        told.push(format!("{name} ({also}{users})"));
        names.push(name);
    }
    for (organization, (evidence, told)) in by {
        let text =
            format!("It has verified domains of the site's users: {}", first(&told).join("; "));
        add(found, organization, Reason { kind: MatchKind::VerifiedDomain, evidence, text });
    }
    Ok(())
}

/// Administrators of the site among those of an organization.
async fn by_administrator(
    conn: &mut Conn,
    site: &Linkable,
    found: &mut Matches,
) -> Result<(), Refusal> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT DISTINCT r.organization, a.email
           FROM site_admins a JOIN organization_roles r ON r.email = a.email
          WHERE a.site = $1 ORDER BY r.organization, a.email",
    )
    .bind(site.id)
    .fetch_all(conn)
    .await?;
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (organization, email) in rows {
        by.entry(organization).or_default().push(email);
    }
    for (organization, evidence) in by {
        let text =
            format!("Administrators of the site administer it: {}", first(&evidence).join(", "));
        add(found, organization, Reason { kind: MatchKind::Administrator, evidence, text });
    }
    Ok(())
}

/// Organizations whose name is the site's company, folded.
async fn by_name(conn: &mut Conn, site: &Linkable, found: &mut Matches) -> Result<(), Refusal> {
    let company = CompanyName::fold(&site.company);
    let all: Vec<(String, String)> =
        sqlx::query_as("SELECT id, name FROM organizations ORDER BY id").fetch_all(conn).await?;
    for (id, name) in all {
        if !company.is_same(&CompanyName::fold(&name)) {
            continue;
        }
        let text = if name == site.company {
            format!("The site's company has the same name: {name}")
        } else {
            format!(
                "The site's company, {}, has the same name, but for case, accents, punctuation or \
                 legal form",
                site.company
            )
        };
        let evidence = vec![site.company.clone(), name];
        add(found, id, Reason { kind: MatchKind::OrganizationName, evidence, text });
    }
    Ok(())
}

/// The first ten, for a sentence.
fn first(all: &[String]) -> &[String] {
    &all[..all.len().min(super::candidates::EVIDENCE)]
}
