//! Where an order can go (rule T3): (a) where its administrator is one, (b) organizations with such
//! a name and users in the same e-mail domain, (c) a new one.
//!
//! Owns finding them and saying why one cannot be chosen. Mapping asks here again, so that what was
//! not offered cannot be had.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::super::facts::Domains;
use super::super::{Directory, administrators, fields};
use super::Found;
use crate::api::order::{Administered, FindCandidates, OrderCandidate, OrderMatch};
use crate::domain::country::Country;
use crate::domain::matching::CompanyName;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::trial::TrialState;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis};

/// What was found for an order and an administrator's address.
#[derive(Debug, Default)]
pub struct Matches {
    /// (a)
    pub administers: Option<Place>,
    /// (b); empty where (a) holds.
    pub candidates: Vec<Place>,
    /// (c): why there can be no new one.
    pub why_not_create: Option<String>,
}

/// An organization that an order may belong to.
#[derive(Debug)]
pub struct Place {
    pub id: String,
    pub name: String,
    kind: OrganizationKind,
    pub partner: Option<String>,
    created_at: Timestamp,
    country: Option<Country>,
    trial: Option<TrialState>,
    sites: u64,
    last_change: Option<Timestamp>,
    full_admins: u64,
    declined: bool,
}

impl Place {
    /// Whether it must accept first: the order's partner does not manage it.
    pub fn must_accept(&self, order: &Found) -> bool {
        self.partner.as_deref() != Some(&order.partner)
    }

    /// Why the order cannot go there.
    pub fn why_not(&self, order: &Found) -> Option<&'static str> {
        if self.kind == OrganizationKind::Partner {
            return Some("It is a partner's own organization; orders are mapped to customers.");
        }
        if !self.must_accept(order) {
            return None;
        }
        if self.declined {
            return Some("It has declined this order.");
        }
        (self.full_admins == 0).then_some("It has no full admin who could accept.")
    }
}

/// The list for a partner, with what one needs to judge it; audited.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    number: &str,
    asked: &FindCandidates,
) -> Result<OrderMatch, Refusal> {
    let administrator = fields::address("administrator", &asked.administrator)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let order = super::find(&mut tx, number).await?;
    let matches = find(&mut tx, &order, &administrator, now).await?;
    let mut candidates = Vec::with_capacity(matches.candidates.len());
    for place in &matches.candidates {
        let (people, people_in_domain) =
            people(&mut tx, &place.id, domain_of(&administrator)).await?;
        candidates.push(OrderCandidate {
            organization: place.id.clone(),
            name: Untrusted::new(&place.name),
            kind: place.kind,
            trial: place.trial,
            created_at: place.created_at,
            country: place.country,
            people,
            people_in_domain,
            sites: place.sites,
            last_change: place.last_change,
            must_accept: place.must_accept(&order),
            why_not: place.why_not(&order).unwrap_or_default().to_owned(),
        });
    }
    let shown: Vec<&str> = candidates.iter().map(|one| one.organization.as_str()).collect();
    Change::by(now, &viewer.email, "order.candidates_listed")
        .of(&order.partner)
        .about(&order.number)
        .detail(json!({ "administrator": administrator, "candidates": shown }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    let administers = matches.administers.map(|place| {
        let must_accept = place.must_accept(&order);
        Administered {
            organization: (!must_accept).then(|| place.id.clone()),
            name: (!must_accept).then(|| Untrusted::new(&place.name)),
            must_accept,
            why_not: place.why_not(&order).unwrap_or_default().to_owned(),
        }
    });
    Ok(OrderMatch {
        administrator: Untrusted::new(administrator),
        administers,
        candidates,
        may_create: matches.why_not_create.is_none(),
        why_not_create: matches.why_not_create.unwrap_or_default(),
    })
}

/// Finds where an order can go.
pub async fn find(
    conn: &mut Conn,
    order: &Found,
    administrator: &str,
    now: Timestamp,
) -> Result<Matches, Refusal> {
    let taken = administrators::must_be_nobodys(conn, administrator).await.err();
    let why_not_create = taken.map(|refusal| refusal.problem.detail.raw().to_owned());
    if let Some(id) = administered_by(conn, order, administrator).await? {
        let administers = Some(place(conn, order, &id, now).await?);
        return Ok(Matches { administers, candidates: Vec::new(), why_not_create });
    }
    let domain = domain_of(administrator);
    let mut candidates = Vec::new();
    let mut domains = Domains::seen_from(None);
    domains.learn(conn, std::iter::once(domain)).await?;
    if domains.get(domain).consumer {
        // A public mail provider's domain is nobody's: sharing it tells nothing.
        return Ok(Matches { administers: None, candidates, why_not_create });
    }
    for id in alike(conn, &order.company).await? {
        if has_people_in(conn, &id, domain).await? {
            candidates.push(place(conn, order, &id, now).await?);
        }
    }
    Ok(Matches { administers: None, candidates, why_not_create })
}

/// (a) The organization that an address administers. One to which this partner's own trial or order
/// has offered the role counts too, until that was declined or withdrawn: nobody else's does.
async fn administered_by(
    conn: &mut Conn,
    order: &Found,
    administrator: &str,
) -> Result<Option<String>, Refusal> {
    let found: Option<(String, i64)> = sqlx::query_as(
        "SELECT organization, 0 AS rank FROM organization_roles WHERE email = $1
          UNION ALL
         SELECT w.organization, 1 AS rank
           FROM welcomes w JOIN organizations o ON o.id = w.organization
          WHERE w.email = $1 AND o.partner = $2 AND w.origin IN ('created', 'existing')
            AND w.state NOT IN ('accepted', 'declined', 'withdrawn')
            AND EXISTS (SELECT 1 FROM offer_roles r
                         WHERE r.organization = w.organization AND r.email = w.email)
          ORDER BY rank, organization LIMIT 1",
    )
    .bind(administrator)
    .bind(&order.partner)
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(id, _)| id))
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Organizations whose name begins as the company's does, by name.
async fn alike(conn: &mut Conn, company: &str) -> Result<Vec<String>, Refusal> {
    let company = CompanyName::fold(company);
    let all: Vec<(String, String)> =
        sqlx::query_as("SELECT id, name FROM organizations ORDER BY lower(name), id")
            .fetch_all(conn)
            .await?;
    let begins_so =
        |(id, name): (String, String)| CompanyName::fold(&name).starts_as(&company).then_some(id);
    Ok(all.into_iter().filter_map(begins_so).collect())
}

/// The people of an organization: its identities, and the active users of its sites.
const PEOPLE: &str = "
    SELECT email_key AS address FROM identities WHERE organization = $1
     UNION
    SELECT u.address_key FROM site_users u JOIN sites s ON s.id = u.site
     WHERE s.organization = $1 AND u.active = 1 AND u.address_key IS NOT NULL";

/// Whether an organization has users in an e-mail domain.
async fn has_people_in(conn: &mut Conn, id: &str, domain: &str) -> Result<bool, Refusal> {
    let found = sqlx::query(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM identities
                                 WHERE organization = $1 AND email_key LIKE $3 ESCAPE '!')
                     OR EXISTS (SELECT 1 FROM site_users u JOIN sites s ON s.id = u.site
                                 WHERE s.organization = $1 AND u.domain = $2 AND u.active = 1)",
    )
    .bind(id)
    .bind(domain)
    .bind(in_domain(domain))
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// Addresses in a domain, as a pattern; of what a domain may hold only `_` has a meaning in one.
fn in_domain(domain: &str) -> String {
    format!("%@{}", domain.replace('_', "!_"))
}

async fn people(conn: &mut Conn, id: &str, domain: &str) -> Result<(u64, u64), Refusal> {
    let (all, inside): (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT count(*), count(CASE WHEN address LIKE $2 ESCAPE '!' THEN 1 END) FROM ({PEOPLE}) p"
    )))
    .bind(id)
    .bind(in_domain(domain))
    .fetch_one(conn)
    .await?;
    Ok((all as u64, inside as u64))
}

/// One organization, with what is shown of it.
pub async fn place(
    conn: &mut Conn,
    order: &Found,
    id: &str,
    now: Timestamp,
) -> Result<Place, Refusal> {
    let row = sqlx::query(
        "SELECT o.id, o.name, o.kind, o.partner, o.created_at, o.country, t.ends_at,
                (SELECT count(*) FROM sites s WHERE s.organization = o.id) AS sites,
                (SELECT max(at) FROM audit a WHERE a.organization = o.id) AS last_change,
                (SELECT count(*) FROM organization_roles r
                  WHERE r.organization = o.id AND r.role = $3) AS full_admins,
                EXISTS (SELECT 1 FROM order_declines d
                         WHERE d.number = $2 AND d.organization = o.id) AS declined
           FROM organizations o LEFT JOIN trials t ON t.organization = o.id WHERE o.id = $1",
    )
    .bind(id)
    .bind(&order.number)
    .bind(Role::FullAdmin.code())
    .fetch_one(conn)
    .await?;
    read(&row, now)
}

fn read(row: &SqlRow, now: Timestamp) -> Result<Place, Refusal> {
    let time =
        |column: &str| row.try_get::<Option<i64>, _>(column).map(|millis| millis.map(from_millis));
    let country = row.try_get::<Option<&str>, _>("country")?;
    Ok(Place {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        kind: OrganizationKind::from_code(row.try_get("kind")?)
            .ok_or_else(|| Refusal::internal(&"an organization's kind is unknown"))?,
        partner: row.try_get("partner")?,
        created_at: from_millis(row.try_get("created_at")?),
        country: country.and_then(|code| Country::parse(code).ok()),
        trial: time("ends_at")?.map(|ends_at| TrialState::at(now, ends_at)),
        sites: row.try_get::<i64, _>("sites")? as u64,
        last_change: time("last_change")?,
        full_admins: row.try_get::<i64, _>("full_admins")? as u64,
        declined: row.try_get("declined")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::address::Address;

    #[test]
    fn a_pattern_matches_its_domain_alone() {
        assert_eq!(in_domain("a_b.example"), "%@a!_b.example");
        assert_eq!(domain_of(Address::parse("Kim@ACME.example").unwrap().as_str()), "acme.example");
    }
}
