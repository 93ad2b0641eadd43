//! Numbers of what waits, runs and is over, for `/metrics`: read from the database when asked.
//!
//! Owns the queries and their names. They count states, never people or what was asked.

use std::fmt::Write as _;

use sqlx::Row;

use crate::server::Backend;
use crate::server::store::{Conn, to_millis};

/// A gauge: its name, what it is, and a query with a column for each label and `many`, the number.
/// `$1` is real time now.
struct Gauge {
    name: &'static str,
    help: &'static str,
    labels: &'static [&'static str],
    sql: &'static str,
}

const GAUGES: &[Gauge] = &[
    Gauge {
        name: "hublink_runs",
        help: "Runs by state.",
        labels: &["state"],
        sql: "SELECT state, count(*) AS many FROM runs WHERE $1 = $1 GROUP BY state",
    },
    Gauge {
        name: "hublink_run_items",
        help: "Users of runs that are not over, by where they stand.",
        labels: &["state"],
        sql: "SELECT i.state, count(*) AS many FROM runs r JOIN run_items i ON i.run = r.id
               WHERE r.state IN ('queued', 'running', 'paused') AND $1 = $1 GROUP BY i.state",
    },
    Gauge {
        name: "hublink_mails",
        help: "Mails by queue and state; invitations of runs that are not over.",
        labels: &["queue", "state"],
        sql: "SELECT 'invitations' AS queue, i.state, count(*) AS many
                FROM runs r JOIN run_items i ON i.run = r.id
               WHERE r.state IN ('queued', 'running', 'paused') AND $1 = $1
                 AND i.state IN ('sending', 'accepted', 'failed', 'unknown') GROUP BY i.state
              UNION ALL SELECT 'welcomes', state, count(*) FROM welcomes GROUP BY state
              UNION ALL SELECT 'linking', state, count(*) FROM link_mails GROUP BY state
              UNION ALL SELECT queue, state, count(*) FROM outbox GROUP BY queue, state",
    },
    Gauge {
        name: "hublink_mail_oldest_queued_seconds",
        help: "How long the oldest mail of a queue has waited, in real time; 0 when none waits.",
        labels: &["queue"],
        sql: "SELECT q.queue, coalesce(max(0, ($1 - min(o.queued_at)) / 1000), 0) AS many
                FROM (SELECT 'notices' AS queue UNION ALL SELECT 'passwords') q
                LEFT JOIN outbox o ON o.queue = q.queue AND o.state IN ('queued', 'claimed')
               GROUP BY q.queue",
    },
    Gauge {
        name: "hublink_drafts",
        help: "Drafts of wizards.",
        labels: &[],
        sql: "SELECT count(*) AS many FROM drafts WHERE $1 = $1",
    },
    Gauge {
        name: "hublink_sessions",
        help: "Sessions that have not expired.",
        labels: &[],
        sql: "SELECT count(*) AS many FROM sessions WHERE expires_at > $1",
    },
];

/// All of them, as Prometheus text.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn text(backend: &Backend) -> Result<String, sqlx::Error> {
    let mut text = String::new();
    let mut conn = backend.store.read().await?;
    let now = to_millis(jiff::Timestamp::now());
    for gauge in GAUGES {
        one(&mut text, &mut conn, gauge, now).await?;
    }
    Ok(text)
}

async fn one(
    text: &mut String,
    conn: &mut Conn,
    gauge: &Gauge,
    now: i64,
) -> Result<(), sqlx::Error> {
    let Gauge { name, help, labels, sql } = gauge;
    // Writing to a String cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
    for row in sqlx::query(*sql).bind(now).fetch_all(conn).await? {
        let mut shown = String::new();
        for (at, column) in labels.iter().enumerate() {
            let between = if at == 0 { "" } else { "," };
            let _ = write!(shown, "{between}{column}=\"{}\"", row.try_get::<&str, _>(*column)?);
        }
        let number: i64 = row.try_get("many")?;
        if labels.is_empty() {
            let _ = writeln!(text, "{name} {number}");
        } else {
            let _ = writeln!(text, "{name}{{{shown}}} {number}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::server::fixture::Fixture;

    #[tokio::test]
    async fn section_8_metrics_tell_what_waits_runs_and_is_over() {
        let world = Fixture::new().await;
        world.small_world().await;
        world
            .sql(
                "INSERT INTO outbox (id, queue, recipient, state, queued_at, not_before)
                   VALUES ('n1', 'notices', 'a@b.example', 'queued', 0, 0),
                          ('n2', 'notices', 'a@b.example', 'unknown', 0, 0)",
            )
            .await;
        let text = super::text(&world.backend).await.unwrap();
        for line in [
            "hublink_mails{queue=\"notices\",state=\"queued\"} 1",
            "hublink_mails{queue=\"notices\",state=\"unknown\"} 1",
            "hublink_drafts 0",
            "hublink_sessions ",
            "# TYPE hublink_runs gauge",
            "hublink_mail_oldest_queued_seconds{queue=\"passwords\"} 0",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        let oldest = "hublink_mail_oldest_queued_seconds{queue=\"notices\"} ";
        let waited = text.split_once(oldest).unwrap().1.lines().next().unwrap();
        assert!(waited.parse::<i64>().unwrap() > 1_000_000, "{waited}");
    }
}
