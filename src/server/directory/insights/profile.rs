//! One participant's profile: the meetings of the last 30 days, and with what they joined them.

use sqlx::Row;

use super::{Directory, LISTED, Linked, STAY, linked, minutes, people};
use crate::api::insights::{AudioUsage, ProfileDetail, ProfileMeeting};
use crate::domain::insights::AudioType;
use crate::domain::insights::people::is_link;
use crate::domain::insights::quality::Rating;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::users;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis};

/// The most meetings that a profile lists.
const MEETINGS: i64 = 200;
/// The most devices that a profile names.
const DEVICES: i64 = 5;

const JOINED: &str = " JOIN insight_participants p ON p.site = m.site AND p.meeting = m.id
     WHERE p.person = ";

/// Shows it.
pub async fn show(
    directory: &Directory,
    url: &str,
    person: &str,
) -> Result<ProfileDetail, Refusal> {
    let facts = users::site_facts(&directory.store, url).await?;
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, directory.clock.now()).await?;
    let profile = people::one(&mut conn, &site, &facts, person).await?;
    let (history, links) = told(&mut conn, &site, person).await?;
    Ok(ProfileDetail {
        profile: profile.ok_or_else(|| Refusal::not_found("participant"))?,
        audio_types: audio_types(&mut conn, &site, person).await?,
        devices: devices(&mut conn, &site, person).await?,
        meetings: meetings(&mut conn, &site, person).await?,
        history,
        links,
    })
}

/// The work history and the links, as far as the feed has them.
async fn told(
    conn: &mut Conn,
    site: &Linked,
    person: &str,
) -> Result<(Vec<Untrusted>, Vec<Untrusted>), Refusal> {
    let row =
        sqlx::query("SELECT history, links FROM insight_people WHERE site = $1 AND person = $2")
            .bind(site.id)
            .bind(person)
            .fetch_optional(conn)
            .await?;
    let Some(row) = row else { return Ok((Vec::new(), Vec::new())) };
    let history = serde_json::from_str(row.try_get("history")?)?;
    let links: Vec<Untrusted> = serde_json::from_str(row.try_get("links")?)?;
    // What is kept was looked at when it came; a link is looked at once more before it is shown.
    Ok((history, links.into_iter().filter(|link| is_link(link.raw())).collect()))
}

async fn audio_types(
    conn: &mut Conn,
    site: &Linked,
    person: &str,
) -> Result<Vec<AudioUsage>, Refusal> {
    let mut sql = site.with();
    sql.push(" SELECT p.audio_type, count(*) AS participants, sum(").push(STAY);
    sql.push(") AS stay FROM fixed f");
    sql.push(" JOIN insight_meetings m ON ").push(LISTED).push(JOINED).push_bind(person);
    sql.push(" GROUP BY p.audio_type ORDER BY stay DESC, p.audio_type");
    let mut used = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let Some(audio_type) = AudioType::from_code(row.try_get("audio_type")?) else { continue };
        let participants = row.try_get::<i64, _>("participants")?.cast_unsigned();
        used.push(AudioUsage { audio_type, participants, minutes: minutes(row.try_get("stay")?) });
    }
    Ok(used)
}

async fn devices(conn: &mut Conn, site: &Linked, person: &str) -> Result<Vec<Untrusted>, Refusal> {
    let mut sql = site.with();
    sql.push(" SELECT p.device FROM fixed f JOIN insight_meetings m ON ").push(LISTED);
    sql.push(JOINED).push_bind(person).push(" AND p.device <> ''");
    sql.push(" GROUP BY p.device ORDER BY count(*) DESC, p.device LIMIT ").push_bind(DEVICES);
    let names: Vec<(String,)> = sql.build_query_as().fetch_all(conn).await?;
    Ok(names.into_iter().map(|(name,)| name.into()).collect())
}

async fn meetings(
    conn: &mut Conn,
    site: &Linked,
    person: &str,
) -> Result<Vec<ProfileMeeting>, Refusal> {
    let mut sql = site.with();
    sql.push(" SELECT m.id, m.title, p.joined_at, ").push(STAY);
    sql.push(" AS stay, p.audio_rating, p.video_rating FROM fixed f JOIN insight_meetings m ON ");
    sql.push(LISTED).push(JOINED).push_bind(person);
    sql.push(" ORDER BY p.joined_at DESC, m.id LIMIT ").push_bind(MEETINGS);
    let rows = sql.build().fetch_all(conn).await?;
    let read = |row: &SqlRow| -> Result<ProfileMeeting, sqlx::Error> {
        Ok(ProfileMeeting {
            id: Untrusted::new(row.try_get::<&str, _>("id")?),
            title: Untrusted::new(row.try_get::<&str, _>("title")?),
            joined_at: from_millis(row.try_get("joined_at")?),
            minutes: minutes(row.try_get("stay")?),
            audio: Rating::from_code(row.try_get("audio_rating")?),
            video: Rating::from_code(row.try_get("video_rating")?),
        })
    };
    Ok(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?)
}
