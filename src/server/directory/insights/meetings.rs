//! Meetings in progress and of the last 30 days, and who was in one.
//!
//! Owns the list, newest first, and the detail of one meeting. Older meetings count in reports, but
//! are not listed.
use sqlx::Row;

use super::{Directory, GOES_ON, LISTED, Linked, STAY, linked, measured, minutes};
use crate::api::insights::{Meeting, MeetingDetail, MeetingsQuery, Participant, Ratings};
use crate::api::page::Page;
use crate::domain::insights::AudioType;
use crate::domain::insights::quality::Rating;
use crate::domain::untrusted::Untrusted;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis, to_millis};

/// A page of them, newest first.
pub async fn list(
    directory: &Directory,
    url: &str,
    query: &MeetingsQuery,
) -> Result<Page<Meeting>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(i64, String)> = paging::after(query.cursor.as_deref())?;
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, directory.clock.now()).await?;
    let mut sql = select(&site);
    if let Some(in_progress) = query.in_progress {
        sql.push(if in_progress { " AND " } else { " AND NOT " }).push(GOES_ON);
    }
    if let Some((started_at, id)) = after {
        sql.push(" AND (m.started_at, m.id) < (").push_bind(started_at);
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(" ORDER BY m.started_at DESC, m.id DESC LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let meetings = rows.iter().map(|row| read(row, &site)).collect::<Result<Vec<_>, _>>()?;
    let key = |one: &Meeting| (to_millis(one.started_at), one.id.raw().to_owned());
    paging::page(meetings, limit, key, |one| one)
}

/// One of them with its participants.
pub async fn show(directory: &Directory, url: &str, id: &str) -> Result<MeetingDetail, Refusal> {
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, directory.clock.now()).await?;
    let mut sql = select(&site);
    sql.push(" AND m.id = ").push_bind(id);
    let row = sql.build().fetch_optional(&mut *conn).await?;
    let meeting = read(&row.ok_or_else(|| Refusal::not_found("meeting"))?, &site)?;
    let participants = participants(&mut conn, &site, id).await?;
    Ok(MeetingDetail { meeting, participants })
}

fn select(site: &Linked) -> Sql {
    let mut sql = site.with();
    sql.push(" SELECT m.id, m.title, m.host, m.started_at, m.ended_at, ").push(GOES_ON);
    sql.push(" AS in_progress, (SELECT count(*) FROM insight_participants p");
    sql.push(" WHERE p.site = m.site AND p.meeting = m.id) AS participants");
    for column in ["audio_rating", "video_rating"] {
        for rating in Rating::ALL {
            sql.push(", (SELECT count(*) FROM insight_participants p WHERE p.site = m.site");
            sql.push(" AND p.meeting = m.id AND p.").push(column).push(" = ");
            sql.push_bind(rating.code());
            sql.push(") AS ").push(column).push("_").push(rating.code());
        }
    }
    sql.push(" FROM fixed f JOIN insight_meetings m ON ").push(LISTED).push(" WHERE 1 = 1");
    sql
}

fn read(row: &SqlRow, site: &Linked) -> Result<Meeting, sqlx::Error> {
    let ended: Option<i64> = row.try_get("ended_at")?;
    let (started, in_progress): (i64, bool) =
        (row.try_get("started_at")?, row.try_get("in_progress")?);
    let now = to_millis(site.now);
    let until = if in_progress { Some(now) } else { ended };
    let ratings = |of: &str| -> Result<Ratings, sqlx::Error> {
        let mut ratings = Ratings::default();
        for rating in Rating::ALL {
            let column = format!("{of}_{}", rating.code());
            ratings.add(rating, row.try_get::<i64, _>(column.as_str())?.cast_unsigned());
        }
        Ok(ratings)
    };
    Ok(Meeting {
        id: Untrusted::new(row.try_get::<&str, _>("id")?),
        title: Untrusted::new(row.try_get::<&str, _>("title")?),
        host: Untrusted::new(row.try_get::<&str, _>("host")?),
        started_at: from_millis(started),
        ended_at: ended.map(from_millis),
        in_progress,
        minutes: minutes(until.map_or(0, |until| until - started)),
        participants: row.try_get::<i64, _>("participants")?.cast_unsigned(),
        audio: ratings("audio_rating")?,
        video: ratings("video_rating")?,
    })
}

async fn participants(
    conn: &mut Conn,
    site: &Linked,
    id: &str,
) -> Result<Vec<Participant>, Refusal> {
    let mut sql = site.with();
    sql.push(" SELECT p.person, p.address, p.name, p.joined_at, p.left_at, ").push(STAY);
    sql.push(" AS stay, p.audio_type, p.device, p.audio_loss, p.audio_latency, p.audio_jitter,");
    sql.push(" p.audio_rating, p.video_loss, p.video_latency, p.video_jitter, p.video_rating,");
    sql.push(" p.resolution FROM fixed f JOIN insight_meetings m ON ").push(LISTED);
    sql.push(" JOIN insight_participants p ON p.site = m.site AND p.meeting = m.id");
    sql.push(" WHERE m.id = ").push_bind(id).push(" ORDER BY p.joined_at, p.person");
    let rows = sql.build().fetch_all(conn).await?;
    let read = |row: &SqlRow| -> Result<Participant, sqlx::Error> {
        Ok(Participant {
            person: Untrusted::new(row.try_get::<&str, _>("person")?),
            address: Untrusted::new(row.try_get::<&str, _>("address")?),
            name: Untrusted::new(row.try_get::<&str, _>("name")?),
            joined_at: from_millis(row.try_get("joined_at")?),
            left_at: row.try_get::<Option<i64>, _>("left_at")?.map(from_millis),
            minutes: minutes(row.try_get("stay")?),
            audio_type: AudioType::from_code(row.try_get("audio_type")?),
            device: Untrusted::new(row.try_get::<&str, _>("device")?),
            audio: measured(row, "audio")?,
            video: measured(row, "video")?,
            resolution: row.try_get::<&str, _>("resolution")?.parse().ok(),
        })
    };
    Ok(rows.iter().map(read).collect::<Result<Vec<_>, _>>()?)
}
