//! Taking a feed in: an upsert, so that a feed sent again brings nothing new.
//!
//! Owns the rows of what feeds told. A participant is known by meeting, person and joining; what a
//! feed does not name stays as it was. Ratings are computed here, once.

use jiff::Timestamp;
use serde_json::json;

use super::{Directory, linked};
use crate::api::insights::FeedTaken;
use crate::domain::insights::feed::{FedDevice, FedMeeting, FedParticipant, Feed};
use crate::domain::insights::people::FedPerson;
use crate::domain::insights::quality::{Rating, Resolution, Sample};
use crate::domain::insights::{AudioType, DeviceKind};
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, to_millis};

/// Rows of one INSERT; 18 values each, well under the database's limit of values.
const BATCH: usize = 250;

/// Takes a feed for a linked site, audited.
pub async fn take(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    feed: &Feed,
) -> Result<FeedTaken, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let site = linked(&mut tx, url, now).await?;
    let taken = fill(&mut tx, site.id, feed, &viewer.email, now).await?;
    Change::by(now, &viewer.email, "insights.fed")
        .of_any(site.organization.as_deref())
        .site(url)
        .detail(json!(taken))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(taken)
}

/// Writes a feed's rows for a site, linked or not.
///
/// # Errors
/// When the database cannot be written.
pub async fn fill(
    conn: &mut Conn,
    site: i64,
    feed: &Feed,
    by: &str,
    now: Timestamp,
) -> Result<FeedTaken, sqlx::Error> {
    let before = counted(conn, site).await?;
    for batch in feed.meetings.chunks(BATCH) {
        meetings(conn, site, batch).await?;
    }
    let rows: Vec<_> = feed
        .meetings
        .iter()
        .flat_map(|meeting| meeting.participants.iter().map(move |one| (meeting, one)))
        .collect();
    for batch in rows.chunks(BATCH) {
        participants(conn, site, batch).await?;
    }
    for batch in feed.devices.chunks(BATCH) {
        devices(conn, site, batch).await?;
    }
    for batch in feed.people.chunks(BATCH) {
        people(conn, site, batch).await?;
    }
    sqlx::query(
        "INSERT INTO insight_feeds (site, fed_at, fed_by) VALUES ($1, $2, $3)
         ON CONFLICT (site) DO UPDATE SET fed_at = excluded.fed_at, fed_by = excluded.fed_by",
    )
    .bind(site)
    .bind(to_millis(now))
    .bind(by)
    .execute(&mut *conn)
    .await?;
    let after = counted(conn, site).await?;
    Ok(FeedTaken {
        meetings: feed.meetings.len() as u64,
        new_meetings: after.0.saturating_sub(before.0),
        participants: rows.len() as u64,
        devices: feed.devices.len() as u64,
        new_devices: after.1.saturating_sub(before.1),
        people: feed.people.len() as u64,
        links_left_out: feed
            .people
            .iter()
            .map(|person| person.links.len() - person.shown_links().count())
            .sum::<usize>() as u64,
    })
}

/// How many meetings and devices are known.
async fn counted(conn: &mut Conn, site: i64) -> Result<(u64, u64), sqlx::Error> {
    let counted: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM insight_meetings WHERE site = $1),
                (SELECT count(*) FROM insight_devices WHERE site = $1)",
    )
    .bind(site)
    .fetch_one(conn)
    .await?;
    Ok((counted.0.cast_unsigned(), counted.1.cast_unsigned()))
}

async fn meetings(conn: &mut Conn, site: i64, batch: &[FedMeeting]) -> Result<(), sqlx::Error> {
    let mut sql = Sql::new(
        "INSERT INTO insight_meetings (site, id, title, host, host_key, started_at, ended_at) ",
    );
    sql.push_values(batch, |mut row, meeting| {
        row.push_bind(site)
            .push_bind(meeting.id.raw().trim())
            .push_bind(meeting.title.raw().trim())
            .push_bind(meeting.host.raw().trim())
            .push_bind(meeting.host_key())
            .push_bind(to_millis(meeting.started_at))
            .push_bind(meeting.ended_at.map(to_millis));
    });
    sql.push(
        " ON CONFLICT (site, id) DO UPDATE SET title = excluded.title, host = excluded.host,
            host_key = excluded.host_key, started_at = excluded.started_at,
            ended_at = excluded.ended_at",
    );
    sql.build().execute(conn).await.map(drop)
}

/// A measurement as stored: loss, latency, jitter, and the rating's code.
type Stored = (Option<u16>, Option<u32>, Option<u32>, &'static str);

fn stored(sample: Option<Sample>) -> Stored {
    let loss = sample.map(|sample| sample.packet_loss_percent.hundredths());
    let (latency, jitter) = (sample.map(|s| s.latency_ms), sample.map(|s| s.jitter_ms));
    (loss, latency, jitter, sample.map_or("", |sample| Rating::code(sample.rating())))
}

async fn participants(
    conn: &mut Conn,
    site: i64,
    batch: &[(&FedMeeting, &FedParticipant)],
) -> Result<(), sqlx::Error> {
    let mut sql = Sql::new(
        "INSERT INTO insight_participants (site, meeting, person, joined_at, left_at, address, name,
           audio_type, device, audio_loss, audio_latency, audio_jitter, audio_rating,
           video_loss, video_latency, video_jitter, video_rating, resolution) ",
    );
    sql.push_values(batch, |mut row, (meeting, one)| {
        let (audio, video) = (stored(one.audio), stored(one.video));
        row.push_bind(site)
            .push_bind(meeting.id.raw().trim())
            .push_bind(one.key())
            .push_bind(to_millis(one.joined_at))
            .push_bind(one.left_at.map(to_millis))
            .push_bind(one.address.raw().trim())
            .push_bind(one.name.raw().trim())
            .push_bind(one.audio_type.map_or("", AudioType::code))
            .push_bind(one.device.raw().trim());
        for (loss, latency, jitter, rating) in [audio, video] {
            row.push_bind(loss).push_bind(latency).push_bind(jitter).push_bind(rating);
        }
        row.push_bind(one.resolution.map(|size: Resolution| size.to_string()).unwrap_or_default());
    });
    sql.push(
        " ON CONFLICT (site, meeting, person, joined_at) DO UPDATE SET left_at = excluded.left_at,
            address = excluded.address, name = excluded.name, audio_type = excluded.audio_type,
            device = excluded.device, audio_loss = excluded.audio_loss,
            audio_latency = excluded.audio_latency, audio_jitter = excluded.audio_jitter,
            audio_rating = excluded.audio_rating, video_loss = excluded.video_loss,
            video_latency = excluded.video_latency, video_jitter = excluded.video_jitter,
            video_rating = excluded.video_rating, resolution = excluded.resolution",
    );
    sql.build().execute(conn).await.map(drop)
}

async fn devices(conn: &mut Conn, site: i64, batch: &[FedDevice]) -> Result<(), sqlx::Error> {
    let mut sql = Sql::new(
        "INSERT INTO insight_devices (site, id, name, kind, model, place, used_by, state, software,
           registered_at, last_seen_at) ",
    );
    sql.push_values(batch, |mut row, device| {
        row.push_bind(site)
            .push_bind(device.id.raw().trim())
            .push_bind(device.name.raw().trim())
            .push_bind(DeviceKind::code(device.kind))
            .push_bind(device.model.raw().trim())
            .push_bind(device.place.raw().trim())
            .push_bind(device.user.raw().trim())
            .push_bind(device.state.code())
            .push_bind(device.software.raw().trim())
            .push_bind(device.registered_at.map(to_millis))
            .push_bind(device.last_seen_at.map(to_millis));
    });
    sql.push(
        " ON CONFLICT (site, id) DO UPDATE SET name = excluded.name, kind = excluded.kind,
            model = excluded.model, place = excluded.place, used_by = excluded.used_by,
            state = excluded.state, software = excluded.software, registered_at = excluded.registered_at,
            last_seen_at = excluded.last_seen_at",
    );
    sql.build().execute(conn).await.map(drop)
}

async fn people(conn: &mut Conn, site: i64, batch: &[FedPerson]) -> Result<(), sqlx::Error> {
    let json = |texts: Vec<&str>| serde_json::Value::from(texts).to_string();
    let mut sql =
        Sql::new("INSERT INTO insight_people (site, person, title, company, history, links) ");
    sql.push_values(batch, |mut row, person| {
        let history = person.history.iter().map(|line| line.raw().trim()).collect();
        row.push_bind(site)
            .push_bind(person.key())
            .push_bind(person.title.raw().trim())
            .push_bind(person.company.raw().trim())
            .push_bind(json(history))
            .push_bind(json(person.shown_links().collect()));
    });
    sql.push(
        " ON CONFLICT (site, person) DO UPDATE SET title = excluded.title,
            company = excluded.company, history = excluded.history, links = excluded.links",
    );
    sql.build().execute(conn).await.map(drop)
}
