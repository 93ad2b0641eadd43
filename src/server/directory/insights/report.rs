//! Reports: engagement, audio usage and quality, counted from the meetings period by period.
//!
//! Owns the counting. A meeting counts where it began; people and hosts are counted once in each
//! stretch of time. What is good, fair or poor was decided when the feed came in.

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, GOES_ON, Linked, STAY, linked, minutes};
use crate::api::insights::{
    AudioUsage, Engagement, Figures, Quality, ReportPeriod, ReportQuery, SiteReport,
};
use crate::domain::insights::AudioType;
use crate::domain::insights::period::Stretch;
use crate::domain::insights::quality::{Percent, Rating};
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis, to_millis};

/// Makes the report.
pub async fn report(
    directory: &Directory,
    url: &str,
    query: ReportQuery,
) -> Result<SiteReport, Refusal> {
    let count = query.last.unwrap_or_else(|| query.by.usual());
    if count == 0 || count > query.by.most() {
        let most = query.by.most();
        let unit = query.by.code();
        return Err(Refusal::invalid(
            "last",
            format!("A report by {unit} has 1 to {most} periods."),
        ));
    }
    let now = directory.clock.now();
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, now).await?;
    let periods = query.by.last(count, now);
    let mut stretches = periods.clone();
    // After the periods come all of them together, and as long a time before.
    stretches.extend(together(&query.by.last(count.saturating_mul(2), now), count.into()));
    let mut counted = count_all(&mut conn, &site, &stretches).await?;
    let before = counted.pop().unwrap_or_default();
    let total = counted.pop().unwrap_or_default();
    let (fed_at, in_progress) = standing(&mut conn, &site).await?;
    Ok(SiteReport {
        site: Untrusted::new(url),
        by: query.by,
        now,
        fed_at,
        in_progress,
        periods: periods
            .into_iter()
            .zip(counted)
            .map(|(at, figures)| ReportPeriod { from: at.from, until: at.until, figures })
            .collect(),
        total,
        before,
    })
}

/// The second half of these periods as one stretch, and the first half as another.
fn together(double: &[Stretch], count: usize) -> Vec<Stretch> {
    let (before, shown) = double.split_at(count.min(double.len()));
    let whole =
        |half: &[Stretch]| Some(Stretch { from: half.first()?.from, until: half.last()?.until });
    [whole(shown), whole(before)].into_iter().flatten().collect()
}

async fn standing(conn: &mut Conn, site: &Linked) -> Result<(Option<Timestamp>, u64), Refusal> {
    let mut sql = site.with();
    sql.push(" SELECT (SELECT fed_at FROM insight_feeds i WHERE i.site = f.site) AS fed_at,");
    sql.push(" (SELECT count(*) FROM insight_meetings m WHERE m.site = f.site");
    sql.push(" AND m.started_at <= f.now AND ").push(GOES_ON).push(") AS going_on FROM fixed f");
    let row = sql.build().fetch_one(conn).await?;
    let fed_at = row.try_get::<Option<i64>, _>("fed_at")?.map(from_millis);
    Ok((fed_at, row.try_get::<i64, _>("going_on")?.cast_unsigned()))
}

/// Counts what happened in each stretch.
async fn count_all(
    conn: &mut Conn,
    site: &Linked,
    stretches: &[Stretch],
) -> Result<Vec<Figures>, Refusal> {
    let mut gathered: Vec<Gathered> = stretches.iter().map(|_| Gathered::default()).collect();
    for (batch, first) in stretches.chunks(200).zip((0..).step_by(200)) {
        meetings(conn, site, batch, &mut gathered[first..]).await?;
        people(conn, site, batch, &mut gathered[first..]).await?;
        groups(conn, site, batch, &mut gathered[first..]).await?;
    }
    Ok(gathered.into_iter().map(Gathered::figures).collect())
}

/// `WITH` the stretches beside the site, so that one pass over an index counts all of them.
fn with_stretches(site: &Linked, stretches: &[Stretch]) -> Sql {
    let mut sql = site.with();
    sql.push(", stretches (n, since, until) AS (");
    sql.push_values(stretches.iter().zip(0i64..), |mut row, (stretch, n)| {
        row.push_bind(n).push_bind(to_millis(stretch.from)).push_bind(to_millis(stretch.until));
    });
    sql.push(") ");
    sql
}

/// The meetings of each stretch that have begun.
const OF_EACH: &str = " FROM fixed f CROSS JOIN stretches s JOIN insight_meetings m
     ON m.site = f.site AND m.started_at >= s.since AND m.started_at < s.until
    AND m.started_at <= f.now";
/// Their participants.
const WITH_PARTICIPANTS: &str =
    " JOIN insight_participants p ON p.site = m.site AND p.meeting = m.id";

async fn meetings(
    conn: &mut Conn,
    site: &Linked,
    stretches: &[Stretch],
    into: &mut [Gathered],
) -> Result<(), Refusal> {
    let mut sql = with_stretches(site, stretches);
    sql.push("SELECT s.n, count(*) AS meetings,");
    sql.push(" count(DISTINCT CASE WHEN m.host = '' THEN NULL ELSE m.host_key END) AS hosts");
    sql.push(OF_EACH).push(" GROUP BY s.n");
    for row in sql.build().fetch_all(conn).await? {
        let engagement = &mut into[place(&row)?].engagement;
        engagement.meetings = number(&row, "meetings")?;
        engagement.active_hosts = number(&row, "hosts")?;
    }
    Ok(())
}

async fn people(
    conn: &mut Conn,
    site: &Linked,
    stretches: &[Stretch],
    into: &mut [Gathered],
) -> Result<(), Refusal> {
    let mut sql = with_stretches(site, stretches);
    sql.push("SELECT s.n, count(DISTINCT p.person) AS people");
    sql.push(OF_EACH).push(WITH_PARTICIPANTS).push(" GROUP BY s.n");
    for row in sql.build().fetch_all(conn).await? {
        into[place(&row)?].engagement.people = number(&row, "people")?;
    }
    Ok(())
}

async fn groups(
    conn: &mut Conn,
    site: &Linked,
    stretches: &[Stretch],
    into: &mut [Gathered],
) -> Result<(), Refusal> {
    let mut sql = with_stretches(site, stretches);
    sql.push("SELECT s.n, p.audio_type, p.audio_rating, p.video_rating, count(*) AS participants,");
    sql.push(" sum(");
    sql.push(STAY).push(
        ") AS stay,
         sum(CASE WHEN p.video_rating <> '' OR p.resolution <> '' THEN 1 ELSE 0 END) AS with_video,
         coalesce(sum(p.audio_loss), 0) AS audio_loss,
         coalesce(sum(p.audio_latency), 0) AS audio_latency,
         coalesce(sum(p.audio_jitter), 0) AS audio_jitter,
         coalesce(sum(p.video_loss), 0) AS video_loss,
         coalesce(sum(p.video_latency), 0) AS video_latency,
         coalesce(sum(p.video_jitter), 0) AS video_jitter",
    );
    sql.push(OF_EACH).push(WITH_PARTICIPANTS);
    sql.push(" GROUP BY s.n, p.audio_type, p.audio_rating, p.video_rating");
    for row in sql.build().fetch_all(conn).await? {
        let gathered = &mut into[place(&row)?];
        let (count, stay) = (number(&row, "participants")?, row.try_get::<i64, _>("stay")?);
        gathered.engagement.participants += count;
        gathered.engagement.with_video += number(&row, "with_video")?;
        gathered.stay += stay;
        if let Some(audio_type) = AudioType::from_code(row.try_get("audio_type")?) {
            let used = &mut gathered.audio[audio_type as usize];
            *used = (used.0 + count, used.1 + stay);
        }
        for (medium, quality) in [("audio", &mut gathered.heard), ("video", &mut gathered.seen)] {
            let column = format!("{medium}_rating");
            let Some(rating) = Rating::from_code(row.try_get(column.as_str())?) else { continue };
            quality.ratings.add(rating, count);
            for (what, sum) in ["loss", "latency", "jitter"].iter().zip(&mut quality.sums) {
                *sum += number(&row, &format!("{medium}_{what}"))?;
            }
        }
    }
    Ok(())
}

fn place(row: &SqlRow) -> Result<usize, sqlx::Error> {
    Ok(row.try_get::<i64, _>("n")? as usize)
}

fn number(row: &SqlRow, column: &str) -> Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.max(0).cast_unsigned())
}

/// What was counted of one stretch.
#[derive(Default)]
struct Gathered {
    engagement: Engagement,
    /// Milliseconds that all participants were there.
    stay: i64,
    /// Participants and milliseconds by type.
    audio: [(u64, i64); AudioType::ALL.len()],
    heard: Sums,
    seen: Sums,
}

/// Ratings, and the sums of loss, latency and jitter over those who were rated.
#[derive(Default)]
struct Sums {
    ratings: crate::api::insights::Ratings,
    sums: [u64; 3],
}

impl Gathered {
    fn figures(self) -> Figures {
        let usage = |(audio_type, (participants, stay)): (AudioType, (u64, i64))| AudioUsage {
            audio_type,
            participants,
            minutes: minutes(stay),
        };
        Figures {
            engagement: Engagement { minutes: minutes(self.stay), ..self.engagement },
            audio: AudioType::ALL.into_iter().zip(self.audio).map(usage).collect(),
            audio_quality: self.heard.quality(),
            video_quality: self.seen.quality(),
        }
    }
}

impl Sums {
    fn quality(self) -> Quality {
        let mean = |sum: u64| {
            let rated = self.ratings.rated();
            (sum + rated / 2).checked_div(rated).unwrap_or_default()
        };
        let [loss, latency_ms, jitter_ms] = self.sums.map(mean);
        let packet_loss_percent = Percent::from_hundredths(loss);
        Quality { ratings: self.ratings, packet_loss_percent, latency_ms, jitter_ms }
    }
}
