//! The domains of a site's users, and signing for them (rule D4).
//!
//! Owns which domains may be ticked and why not, and that what was read is what is kept; the text
//! and the deadline are the domain's, the outcome of a covered user the outcome table's.

mod timers;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::facts::Domains;
use super::sites::push_ids;
use super::{Directory, site_edits, sites};
use crate::api::problem::code;
use crate::api::site::{Agreement, AgreementText, DomainStanding, Sign, Site, SiteDomain};
use crate::domain::agreement::{self, Standing};
use crate::domain::domain_name::DomainName;
use crate::domain::kept::DomainFacts;
use crate::domain::organization::DomainState;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis, sha256, to_millis};
pub use timers::timers;

/// The agreements that bear on these sites: of their organization, for domains of their users or
/// signed there, not proven since; soonest deadline first.
pub async fn bearing_on(
    conn: &mut Conn,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<(i64, Agreement)>, Refusal> {
    let mut sql = Sql::new(
        "SELECT s.id, a.domain, a.signed_at, a.deadline, a.signed_by, a.text_hash
           FROM sites s JOIN agreements a ON a.organization = s.organization
          WHERE (a.site = s.url OR EXISTS (SELECT 1 FROM site_users u
                                            WHERE u.site = s.id AND u.domain = a.domain))
            AND NOT EXISTS (SELECT 1 FROM domains d
                             WHERE d.organization = a.organization AND d.name = a.domain
                               AND d.state IN ('verified', 'claimed'))
            AND s.id IN (",
    );
    push_ids(&mut sql, ids);
    sql.push(" ORDER BY a.deadline, a.domain");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let deadline = from_millis(row.try_get("deadline")?);
        let shown = Agreement {
            domain: Untrusted::new(row.try_get::<&str, _>("domain")?),
            signed_at: from_millis(row.try_get("signed_at")?),
            deadline,
            lapsed: agreement::standing(Some(deadline), now) == Standing::Lapsed,
            signed_by: Untrusted::new(row.try_get::<&str, _>("signed_by")?),
            text_sha256: row.try_get("text_hash")?,
        };
        found.push((row.try_get("id")?, shown));
    }
    Ok(found)
}

/// The domains of the site's active users, most users first.
pub async fn site_domains(directory: &Directory, url: &str) -> Result<Vec<SiteDomain>, Refusal> {
    let now = directory.clock.now();
    let mut conn = directory.store.read().await?;
    let site = site_edits::find(&mut conn, url).await?;
    let site = site.ok_or_else(|| Refusal::not_found("site"))?;
    let rows = sqlx::query(
        "SELECT coalesce(domain, '') AS name, count(*) AS users,
                sum(CASE WHEN link = 'none' THEN 0 ELSE 1 END) AS linked
           FROM site_users WHERE site = $1 AND active = 1
          GROUP BY domain ORDER BY users DESC, name",
    )
    .bind(site.id)
    .fetch_all(&mut *conn)
    .await?;
    let organization = site.organization.as_deref();
    let mut domains = Domains::seen_from(organization);
    let mut names = Vec::with_capacity(rows.len());
    for row in &rows {
        names.push(row.try_get::<&str, _>("name")?);
    }
    domains.learn(&mut conn, names.into_iter().filter(|name| !name.is_empty())).await?;
    let added = states(&mut conn, organization).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let name: &str = row.try_get("name")?;
        let state = added.iter().find(|(added, _)| added == name).map(|(_, state)| *state);
        let seen = Seen { facts: domains.get(name), state, linked: organization.is_some() };
        let counts =
            (row.try_get::<i64, _>("users")? as u64, row.try_get::<i64, _>("linked")? as u64);
        found.push(site_domain(name, counts, seen, now));
    }
    Ok(found)
}

async fn states(
    conn: &mut Conn,
    organization: Option<&str>,
) -> Result<Vec<(String, DomainState)>, Refusal> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT name, state FROM domains WHERE organization = $1")
            .bind(organization)
            .fetch_all(conn)
            .await?;
    let read = |(name, code): (String, String)| Some((name, DomainState::from_code(&code)?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// A domain as one site's organization sees it.
#[derive(Clone, Copy)]
struct Seen {
    facts: DomainFacts,
    state: Option<DomainState>,
    /// Whether the site has an organization at all.
    linked: bool,
}

impl Seen {
    fn standing(&self, name: &str, now: Timestamp) -> DomainStanding {
        match self.state {
            _ if name.is_empty() => DomainStanding::Unusable,
            Some(DomainState::Claimed) => DomainStanding::Claimed,
            Some(DomainState::Verified) => DomainStanding::Verified,
            _ if self.facts.proven_elsewhere => DomainStanding::OtherOrganization,
            _ if self.facts.consumer => DomainStanding::Consumer,
            state => match agreement::standing(self.facts.deadline, now) {
                Standing::Current => DomainStanding::Signed,
                Standing::Lapsed => DomainStanding::Lapsed,
                Standing::None if state.is_some() => DomainStanding::Pending,
                Standing::None => DomainStanding::Unproven,
            },
        }
    }
}

fn site_domain(name: &str, counts: (u64, u64), seen: Seen, now: Timestamp) -> SiteDomain {
    use DomainStanding as S;
    let standing = seen.standing(name, now);
    let open = matches!(standing, S::Pending | S::Unproven);
    let signed = matches!(standing, S::Signed | S::Lapsed);
    let unicode = DomainName::parse(name).ok().and_then(|n| n.unicode());
    SiteDomain {
        name: name.into(),
        unicode: unicode.map(Untrusted::new),
        users: counts.0,
        linked: counts.1,
        standing,
        state: seen.state,
        deadline: seen.facts.deadline,
        may_sign: seen.linked && open,
        may_verify: seen.linked && (open || signed),
        why_not: why_not(standing, seen.linked).into(),
    }
}

fn why_not(standing: DomainStanding, linked: bool) -> &'static str {
    match standing {
        DomainStanding::Unusable => "These users have no usable address.",
        DomainStanding::Consumer => {
            "A public mail provider's domain: nobody can prove it. Its users get an e-mail."
        }
        DomainStanding::OtherOrganization => "Another organization has verified this domain.",
        _ if !linked => "Link the site to an organization first.",
        DomainStanding::Claimed => "Claimed already; there is nothing to sign for.",
        DomainStanding::Verified => "Verified already; there is nothing to sign for.",
        DomainStanding::Signed => "Signed for already; verify it before the deadline.",
        DomainStanding::Lapsed => "The agreement has lapsed, and there is no second; verify it.",
        DomainStanding::Pending | DomainStanding::Unproven => "",
    }
}

/// What one signs for the domains of a site.
pub async fn text(directory: &Directory, url: &str) -> Result<AgreementText, Refusal> {
    text_now(&mut *directory.store.read().await?, url, directory.clock.now()).await
}

async fn text_now(conn: &mut Conn, url: &str, now: Timestamp) -> Result<AgreementText, Refusal> {
    let site = site_edits::find(conn, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let (name, signed_before): (String, bool) = sqlx::query_as(
        "SELECT name, EXISTS (SELECT 1 FROM agreements WHERE site = $2 AND organization = $1)
           FROM organizations WHERE id = $1",
    )
    .bind(site.must_be_enrolled()?)
    .bind(url)
    .fetch_one(conn)
    .await?;
    let text = agreement::text(&name, url);
    Ok(AgreementText {
        site: url.into(),
        organization_name: Untrusted::new(name),
        text_sha256: sha256(text.as_bytes()),
        text: Untrusted::new(text),
        deadline: agreement::deadline(now),
        signed_before,
    })
}

/// Signs for domains until three calendar months later.
pub async fn sign(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    sign: &Sign,
) -> Result<Site, Refusal> {
    if !sign.agree {
        return Err(Refusal::invalid(
            "agree",
            "Nothing is signed without the tick that one agrees.",
        ));
    }
    if !sign.confirm.trim().eq_ignore_ascii_case(url) {
        return Err(Refusal::invalid("confirm", "Type the site's URL in full to confirm."));
    }
    let mut names = BTreeSet::new();
    for text in &sign.domains {
        names.insert(DomainName::typed(text).map_err(|error| refused(text, &error.to_string()))?);
    }
    if names.is_empty() {
        return Err(Refusal::invalid("domains", "Name at least one domain to sign for."));
    }
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = site_edits::find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let organization = site.must_be_enrolled()?;
    let text = text_now(&mut tx, url, now).await?;
    if !sign.text_sha256.trim().eq_ignore_ascii_case(&text.text_sha256) {
        return Err(Refusal::conflict(
            code::AGREEMENT_STALE,
            "What was read is not the agreement as it is now; nothing was signed.",
            "Read the agreement again, as it is now, and sign that.",
        )
        .at("text_sha256"));
    }
    let mut domains = Domains::seen_from(Some(organization));
    domains.learn(&mut tx, names.iter().map(DomainName::as_str)).await?;
    for name in &names {
        may_sign(&mut tx, site.id, name.as_str(), domains.get(name.as_str())).await?;
    }
    for name in &names {
        insert(&mut tx, (organization, &text), name.as_str(), viewer, now).await?;
    }
    Change::by(now, &viewer.email, "agreement.signed")
        .of(organization)
        .site(url)
        .detail(json!({
            "domains": names.iter().map(DomainName::as_str).collect::<Vec<_>>(),
            "deadline": text.deadline,
            "text_sha256": text.text_sha256,
        }))
        .record(&mut tx)
        .await?;
    let shown = sites::show(&mut tx, viewer, url, now).await?;
    tx.commit().await?;
    Ok(shown)
}

async fn may_sign(
    conn: &mut Conn,
    site: i64,
    name: &str,
    facts: DomainFacts,
) -> Result<(), Refusal> {
    if facts.proven {
        return Err(refused(name, "is verified already; there is nothing to sign for"));
    }
    if facts.proven_elsewhere {
        return Err(refused(name, "belongs to another organization"));
    }
    if facts.consumer {
        return Err(refused(name, "is a public mail provider's domain; nobody can prove it"));
    }
    if facts.deadline.is_some() {
        return Err(Refusal::conflict(
            code::AGREEMENT_EXISTS,
            format!("An agreement names {name} already, and there is no second."),
            "Verify the domain instead.",
        )
        .at("domains"));
    }
    let used = sqlx::query("SELECT 1 FROM site_users WHERE site = $1 AND domain = $2 LIMIT 1")
        .bind(site)
        .bind(name)
        .fetch_optional(conn)
        .await?;
    if used.is_none() {
        return Err(refused(name, "is no domain of this site's users"));
    }
    Ok(())
}

async fn insert(
    conn: &mut Conn,
    (organization, text): (&str, &AgreementText),
    name: &str,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO agreements
           (organization, domain, site, signed_at, deadline, signed_by, text_hash, text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(organization)
    .bind(name)
    .bind(text.site.raw())
    .bind(to_millis(now))
    .bind(to_millis(text.deadline))
    .bind(&viewer.email)
    .bind(&text.text_sha256)
    .bind(text.text.raw())
    .execute(conn)
    .await?;
    Ok(())
}

fn refused(name: &str, why: &str) -> Refusal {
    Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        code::DOMAIN_REFUSED,
        format!("{name} {why}."),
        "Leave this domain out; the site's domains say which may be signed for.",
    )
    .at("domains")
}

#[cfg(test)]
mod tests;
