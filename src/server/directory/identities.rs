//! Whose an address is (rules P1 and P3): identities, and what made them.
//!
//! Owns the table. An address becomes an identity by its owner's own act, by a link whose domain
//! the organization has proven, or by the world file; who calls here has seen to that. What a role
//! alone made ends with the last role; everything else lasts. Must not read rosters for facts: that
//! an account names an address says nothing of whose the address is.

use crate::server::store::{Conn, Sql};

/// Whether an address is an identity of another organization than this one.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_elsewhere(conn: &mut Conn, email: &str, id: &str) -> Result<bool, sqlx::Error> {
    let found =
        sqlx::query("SELECT 1 FROM identities WHERE email_key = $1 AND organization <> $2 LIMIT 1")
            .bind(email)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(found.is_some())
}

/// A role is held: its holder is an identity, at least as long as they hold one.
///
/// # Errors
/// When the database cannot be written.
pub async fn hold(conn: &mut Conn, email: &str, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO identities (email_key, organization, lasting) VALUES ($1, $2, 0)
         ON CONFLICT DO NOTHING",
    )
    .bind(email)
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Something else than a role made the address an identity: it confirmed, or the world file says so.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep(conn: &mut Conn, email: &str, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO identities (email_key, organization, lasting) VALUES ($1, $2, 1)
         ON CONFLICT (email_key, organization) DO UPDATE SET lasting = 1",
    )
    .bind(email)
    .bind(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for the addresses of a site's users: of these numbers, or of all that are linked.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep_users(
    conn: &mut Conn,
    (site, organization): (i64, &str),
    numbers: Option<&[u32]>,
) -> Result<(), sqlx::Error> {
    let mut sql =
        Sql::new("INSERT INTO identities (email_key, organization, lasting) SELECT address_key, ");
    sql.push_bind(organization.to_owned());
    sql.push(", 1 FROM site_users WHERE address_key IS NOT NULL AND link = 'linked' AND site = ");
    sql.push_bind(site);
    if let Some(numbers) = numbers {
        sql.push(" AND number IN (");
        let mut list = sql.separated(", ");
        for number in numbers {
            list.push_bind(*number);
        }
        list.push_unseparated(")");
    }
    // In the order of their addresses: a million at once are a third of the work.
    sql.push(
        " GROUP BY address_key ON CONFLICT (email_key, organization) DO UPDATE SET lasting = 1",
    );
    sql.build().execute(conn).await?;
    Ok(())
}

/// A domain is verified: whom the organization has linked under it are its identities from now on
/// (rules D4 and P1), under the addresses they were linked with.
///
/// # Errors
/// When the database cannot be written.
pub async fn keep_domain(conn: &mut Conn, id: &str, domain: &str) -> Result<(), sqlx::Error> {
    for linked in [
        "SELECT u.address_key, s.organization, 1
           FROM site_users u JOIN sites s ON s.id = u.site
          WHERE s.organization = $1 AND u.domain = $2 AND u.link <> 'none'
          GROUP BY u.address_key, s.organization",
        "SELECT f.address_key, s.organization, 1
           FROM former_links f JOIN sites s ON s.id = f.site
          WHERE s.organization = $1 AND f.domain = $2
          GROUP BY f.address_key, s.organization",
    ] {
        let sql = format!(
            "INSERT INTO identities (email_key, organization, lasting) {linked}
             ON CONFLICT (email_key, organization) DO UPDATE SET lasting = 1"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(domain).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Rule P3: ends what roles alone made, once none is left.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_if_nothing_else(
    conn: &mut Conn,
    email: &str,
    id: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM identities WHERE organization = $1 AND email_key = $2 AND lasting = 0
            AND NOT EXISTS (SELECT 1 FROM organization_roles
                             WHERE organization = $1 AND email = $2)",
    )
    .bind(id)
    .bind(email)
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
