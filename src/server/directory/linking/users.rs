//! The users whom completing a link is for (rule L8): known to the organization, or confirmed.
//!
//! Owns finding them without reading the whole roster's facts, before the link exists (to count)
//! and when it completes (to link). What happens to each is `domain::site_link`'s.

use jiff::Timestamp;

use super::Linkable;
use crate::domain::account_linking::AccountLinking;
use crate::domain::facts::Fact;
use crate::domain::site_link::Consequences;
use crate::server::directory::users;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// Users in one batch.
pub const BATCH: usize = 500;

/// An organization in which the users are looked at.
#[derive(Debug, Clone)]
pub enum Home<'a> {
    /// One that there is.
    Existing(&'a str),
    /// One that is about to be made, with this operator as its only identity.
    New(&'a str),
}

impl Home<'_> {
    /// Its id; nobody has the empty one.
    fn id(&self) -> &str {
        match self {
            Self::Existing(id) => id,
            Self::New(_) => "",
        }
    }
}

/// The site, seen from the organization as if it were linked there.
pub fn seen_from(site: &Linkable, home: &Home<'_>) -> SiteFacts {
    SiteFacts {
        id: site.id,
        url: site.url.clone(),
        state: site.state,
        organization: Some(home.id().to_owned()),
        organization_name: String::new(),
        method: None,
        account_linking: AccountLinking::default(),
        account_linking_since: 0,
        roster_revision: 0,
        users: 0,
    }
}

/// The next users from a number on, with their facts; fewer than [`BATCH`] are the last.
pub async fn next(
    conn: &mut Conn,
    facts: &SiteFacts,
    home: &Home<'_>,
    from: u32,
    now: Timestamp,
) -> Result<Vec<UserFacts>, Refusal> {
    let mut sql = Sql::new("SELECT u.number FROM site_users u WHERE u.site = ");
    sql.push_bind(facts.id).push(" AND u.number >= ").push_bind(from);
    sql.push(" AND u.address_key IS NOT NULL AND (");
    match home {
        Home::New(operator) => {
            sql.push("u.address_key = ").push_bind((*operator).to_owned());
        }
        Home::Existing(id) => known_or_confirmed(&mut sql, id),
    }
    sql.push(
        " OR EXISTS (SELECT 1 FROM site_answers w WHERE w.site = u.site
                        AND w.address_key = u.address_key AND w.confirmed_at IS NOT NULL)",
    );
    sql.push(") ORDER BY u.number LIMIT ").push_bind(BATCH as i64);
    let numbers: Vec<u32> = sql.build_query_scalar().fetch_all(&mut *conn).await?;
    let mut found = users::among(conn, facts, &numbers, now).await?;
    if let Home::New(operator) = home {
        for user in found.iter_mut().filter(|user| user.address_key.as_deref() == Some(operator)) {
            user.facts = user.facts.with(Fact::Identity, true);
        }
    }
    Ok(found)
}

fn known_or_confirmed(sql: &mut Sql, id: &str) {
    sql.push("EXISTS (SELECT 1 FROM identities d WHERE d.email_key = u.address_key AND d.organization = ");
    sql.push_bind(id.to_owned());
    sql.push(
        ") OR EXISTS (SELECT 1 FROM invitations i
                       WHERE i.address_key = u.address_key AND i.confirmed_at IS NOT NULL
                         AND i.organization = ",
    );
    sql.push_bind(id.to_owned());
    sql.push(")");
}

/// What linking would do, counted.
pub async fn consequences(
    conn: &mut Conn,
    site: &Linkable,
    home: &Home<'_>,
    now: Timestamp,
) -> Result<Consequences, Refusal> {
    let facts = seen_from(site, home);
    let mut counted = Consequences::default();
    let mut from = 0;
    loop {
        let found = next(conn, &facts, home, from, now).await?;
        for user in &found {
            counted.count(user.facts);
        }
        match found.last() {
            Some(last) if found.len() == BATCH => from = last.number + 1,
            _ => break,
        }
    }
    let users = count(conn, site.id).await?;
    counted.untouched += users.saturating_sub(counted.users);
    counted.users = users;
    Ok(counted)
}

/// All users of a site.
pub async fn count(conn: &mut Conn, site: i64) -> Result<u64, sqlx::Error> {
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM site_users WHERE site = $1")
        .bind(site)
        .fetch_one(conn)
        .await?;
    Ok(users as u64)
}
