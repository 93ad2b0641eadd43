//! Who was in meetings of the last 30 days, the most active first.
//!
//! Owns a profile's figures and the account behind it. The meetings of one profile are
//! `profile`'s.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, LISTED, Linked, STAY, linked, minutes};
use crate::api::insights::{Profile, ProfileUser, Ratings};
use crate::api::page::{Page, PageQuery};
use crate::domain::insights::quality::Rating;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::SiteFacts;
use crate::server::directory::users;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// A page of them, those with the most minutes first.
pub async fn list(
    directory: &Directory,
    url: &str,
    query: &PageQuery,
) -> Result<Page<Profile>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(i64, String)> = paging::after(query.cursor.as_deref())?;
    let facts = users::site_facts(&directory.store, url).await?;
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, directory.clock.now()).await?;
    let mut sql = select(&site);
    sql.push(" GROUP BY p.person, f.site, f.month_ago, f.now");
    if let Some((stay, person)) = after {
        sql.push(" HAVING sum(").push(STAY).push(") < ").push_bind(stay);
        sql.push(" OR (sum(").push(STAY).push(") = ").push_bind(stay);
        sql.push(" AND p.person > ").push_bind(person).push(")");
    }
    sql.push(" ORDER BY sum(").push(STAY).push(") DESC, p.person LIMIT ");
    sql.push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push((row.try_get::<i64, _>("stay")?, read(row)?));
    }
    let key = |(stay, one): &(i64, Profile)| (*stay, one.person.raw().to_owned());
    let mut page = paging::page(found, limit, key, |(_, profile)| profile)?;
    with_users(&mut conn, &facts, &mut page.items, site.now).await?;
    Ok(page)
}

/// One of them.
pub(super) async fn one(
    conn: &mut Conn,
    site: &Linked,
    facts: &SiteFacts,
    person: &str,
) -> Result<Option<Profile>, Refusal> {
    let mut sql = select(site);
    sql.push(" AND p.person = ").push_bind(person);
    sql.push(" GROUP BY p.person, f.site, f.month_ago, f.now");
    let row = sql.build().fetch_optional(&mut *conn).await?;
    let mut found: Vec<Profile> = row.iter().map(read).collect::<Result<_, _>>()?;
    with_users(conn, facts, &mut found, site.now).await?;
    Ok(found.pop())
}

fn select(site: &Linked) -> Sql {
    let mut sql = site.with();
    sql.push(" SELECT p.person, max(p.address) AS address, max(p.name) AS name,");
    sql.push(" count(DISTINCT p.meeting) AS meetings,");
    sql.push(" (SELECT count(*) FROM insight_meetings h WHERE h.site = f.site");
    sql.push(" AND h.host_key = p.person AND h.started_at > f.month_ago");
    sql.push(" AND h.started_at <= f.now) AS hosted, sum(").push(STAY);
    sql.push(") AS stay, max(p.joined_at) AS last_seen_at");
    for column in ["audio_rating", "video_rating"] {
        for rating in Rating::ALL {
            sql.push(", sum(CASE WHEN p.").push(column).push(" = ");
            sql.push_bind(rating.code()).push(" THEN 1 ELSE 0 END) AS ");
            sql.push(column).push("_").push(rating.code());
        }
    }
    for column in ["title", "company"] {
        sql.push(", coalesce((SELECT w.").push(column).push(" FROM insight_people w");
        sql.push(" WHERE w.site = f.site AND w.person = p.person), '') AS ").push(column);
    }
    sql.push(" FROM fixed f JOIN insight_meetings m ON ").push(LISTED);
    sql.push(" JOIN insight_participants p ON p.site = m.site AND p.meeting = m.id WHERE 1 = 1");
    sql
}

fn read(row: &SqlRow) -> Result<Profile, sqlx::Error> {
    let count = |column: &str| -> Result<u64, sqlx::Error> {
        Ok(row.try_get::<i64, _>(column)?.max(0).cast_unsigned())
    };
    let ratings = |of: &str| -> Result<Ratings, sqlx::Error> {
        let mut ratings = Ratings::default();
        for rating in Rating::ALL {
            ratings.add(rating, count(&format!("{of}_{}", rating.code()))?);
        }
        Ok(ratings)
    };
    Ok(Profile {
        person: Untrusted::new(row.try_get::<&str, _>("person")?),
        address: Untrusted::new(row.try_get::<&str, _>("address")?),
        name: Untrusted::new(row.try_get::<&str, _>("name")?),
        meetings: count("meetings")?,
        hosted: count("hosted")?,
        minutes: minutes(row.try_get("stay")?),
        last_seen_at: from_millis(row.try_get("last_seen_at")?),
        audio: ratings("audio_rating")?,
        video: ratings("video_rating")?,
        user: None,
        title: Untrusted::new(row.try_get::<&str, _>("title")?),
        company: Untrusted::new(row.try_get::<&str, _>("company")?),
    })
}

/// The accounts on the site's roster that have these addresses; an active one before others.
async fn with_users(
    conn: &mut Conn,
    site: &SiteFacts,
    profiles: &mut [Profile],
    now: Timestamp,
) -> Result<(), Refusal> {
    if profiles.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("SELECT address_key, number FROM site_users WHERE address_key IN (");
    let mut keys = sql.separated(", ");
    for profile in profiles.iter() {
        keys.push_bind(profile.person.raw().to_owned());
    }
    keys.push_unseparated(") AND site = ");
    sql.push_bind(site.id).push(" ORDER BY active, number DESC");
    let rows: Vec<(String, u32)> = sql.build_query_as().fetch_all(&mut *conn).await?;
    let numbers: HashMap<String, u32> = rows.into_iter().collect();
    let mut wanted: Vec<u32> = numbers.values().copied().collect();
    wanted.sort_unstable();
    let facts = users::among(conn, site, &wanted, now).await?;
    for profile in profiles {
        let number = numbers.get(profile.person.raw());
        let user = number.and_then(|number| facts.iter().find(|user| user.number == *number));
        profile.user = user.map(|user| ProfileUser {
            user_id: user.user_id.as_str().into(),
            department: user.department.as_str().into(),
            state: user.state,
        });
    }
    Ok(())
}
