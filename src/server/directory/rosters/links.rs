//! The link of an account whose address changes (rule P4).
//!
//! Owns `former_links`: what was linked stays linked under the old address, and the account counts
//! as unlinked at its new one, so that the next plan asks or links. A link was made to an address;
//! whoever edits a roster must not carry it to somebody else's.

use crate::domain::address::Address;
use crate::server::store::Conn;
use crate::table::address_key;

/// A user's address changed from one spelling to another. A respelling changes nothing; back at an
/// address that it was linked under, the account is linked again.
///
/// # Errors
/// When the database cannot be written.
pub async fn readdress(
    conn: &mut Conn,
    (site, number): (i64, u32),
    before: &str,
    after: &str,
) -> Result<(), sqlx::Error> {
    let (before, after) = (Under::of(before), Under::of(after));
    if before.key == after.key {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO former_links (site, number, address_key, domain, link, linked_at)
         SELECT site, number, $3, $4, link, linked_at FROM site_users
          WHERE site = $1 AND number = $2 AND link <> 'none'
         ON CONFLICT (site, number, address_key)
         DO UPDATE SET link = excluded.link, linked_at = excluded.linked_at",
    )
    .bind(site)
    .bind(number)
    .bind(&before.key)
    .bind(&before.domain)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE site_users SET
           link = coalesce((SELECT f.link FROM former_links f WHERE f.site = site_users.site
                             AND f.number = site_users.number AND f.address_key = $3), 'none'),
           linked_at = (SELECT f.linked_at FROM former_links f WHERE f.site = site_users.site
                         AND f.number = site_users.number AND f.address_key = $3)
         WHERE site = $1 AND number = $2",
    )
    .bind(site)
    .bind(number)
    .bind(&after.key)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM former_links WHERE site = $1 AND number = $2 AND address_key = $3")
        .bind(site)
        .bind(number)
        .bind(&after.key)
        .execute(conn)
        .await?;
    Ok(())
}

/// What an address is known under: its canonical form, or what was written, in small letters, where
/// that will not do.
struct Under {
    key: String,
    domain: Option<String>,
}

impl Under {
    fn of(spelled: &str) -> Self {
        match Address::parse(spelled) {
            Ok(address) => {
                let domain = Some(address.domain_str().to_owned());
                Self { key: address.into(), domain }
            }
            Err(_) => Self { key: address_key(spelled), domain: None },
        }
    }
}
