//! Numbers of what waits, runs and is over, for `/metrics`: read from the database when asked.
//!
//! Owns the queries and their names. They count states, never people or what was asked.

use std::fmt::Write as _;

use sqlx::Row;

use crate::domain::outcome::{Class, Outcome};
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
        help: "Mails by queue and state (sending: on their way); invitations of runs that are not over.",
        labels: &["queue", "state"],
        sql: "SELECT queue, stands AS state, count(*) AS many
                FROM (SELECT 'invitations' AS queue,
                             CASE i.state WHEN 'claimed' THEN 'queued' WHEN 'accepted' THEN 'sent'
                                          WHEN 'failed' THEN 'refused' ELSE i.state END AS stands
                        FROM runs r JOIN run_items i ON i.run = r.id
                       WHERE r.state IN ('queued', 'running', 'paused') AND $1 = $1
                         AND i.outcome IN ({emailed})
                         AND i.state IN ('queued', 'claimed', 'sending', 'accepted', 'failed',
                                         'unknown')
                      UNION ALL
                      SELECT queue, CASE state WHEN 'claimed' THEN 'queued' ELSE state END
                        FROM outbox WHERE queue <> 'invitations') mails
               GROUP BY queue, stands",
    },
    Gauge {
        name: "hublink_mail_oldest_queued_seconds",
        help: "How long the oldest mail of a queue has waited, in real time; 0 when none waits.",
        labels: &["queue"],
        sql: "SELECT q.queue, coalesce(max(0, ($1 - min(o.queued_at)) / 1000), 0) AS many
                FROM (SELECT 'passwords' AS queue UNION ALL SELECT 'linking'
                       UNION ALL SELECT 'welcomes' UNION ALL SELECT 'notices') q
                LEFT JOIN outbox o ON o.queue = q.queue AND o.state IN ('queued', 'claimed')
               GROUP BY q.queue
              UNION ALL
              SELECT 'invitations', coalesce(max(0, ($1 - min(r.applied_at)) / 1000), 0) FROM runs r
               WHERE r.state IN ('queued', 'running')
                 AND EXISTS (SELECT 1 FROM run_items i
                              WHERE i.run = r.id AND i.state IN ('queued', 'claimed')
                                AND i.outcome IN ({emailed}))",
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
    // The codes are our own.
    let sql = sqlx::AssertSqlSafe(sql.replace("{emailed}", &emailed()));
    for row in sqlx::query(sql).bind(now).fetch_all(conn).await? {
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

/// The outcomes that a mail is sent for, as a list of SQL.
fn emailed() -> String {
    let emailed = Outcome::ALL.into_iter().filter(|outcome| outcome.class() == Class::Emailed);
    let codes: Vec<_> = emailed.map(|outcome| format!("'{}'", outcome.code())).collect();
    codes.join(", ")
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
                          ('n2', 'notices', 'a@b.example', 'unknown', 0, 0),
                          ('n3', 'linking', 'a@b.example', 'claimed', 0, 0),
                          ('n4', 'welcomes', 'a@b.example', 'sending', 0, 0);
                 INSERT INTO plans VALUES ('pln', 1, 'acme', 'verify_now', 'hold', 1, 0, 0, '{}',
                   '[]', '[]', 0, 'd', 0, 'fay@acme.example', 0, 'method');
                 INSERT INTO runs (id, plan, site, organization, state, started_at, started_by,
                   applied_at) VALUES ('run', 'pln', 1, 'acme', 'running', 0, 'fay@acme.example', 0);
                 INSERT INTO run_items (run, number, address, outcome, state, updated_at) VALUES
                   ('run', 0, 'a@b.example', 'email', 'claimed', 0),
                   ('run', 1, 'b@b.example', 'email', 'queued', 0),
                   ('run', 2, 'c@b.example', 'email', 'accepted', 0),
                   ('run', 3, 'd@b.example', 'link_now', 'queued', 0)",
            )
            .await;
        let text = super::text(&world.backend).await.unwrap();
        for line in [
            "hublink_mails{queue=\"notices\",state=\"queued\"} 1",
            "hublink_mails{queue=\"notices\",state=\"unknown\"} 1",
            "hublink_mails{queue=\"linking\",state=\"queued\"} 1",
            "hublink_mails{queue=\"welcomes\",state=\"sending\"} 1",
            "hublink_mails{queue=\"invitations\",state=\"queued\"} 2",
            "hublink_mails{queue=\"invitations\",state=\"sent\"} 1",
            "hublink_drafts 0",
            "hublink_sessions ",
            "# TYPE hublink_runs gauge",
            "hublink_mail_oldest_queued_seconds{queue=\"passwords\"} 0",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
        for queue in ["notices", "linking", "invitations"] {
            let oldest = format!("hublink_mail_oldest_queued_seconds{{queue=\"{queue}\"}} ");
            let waited = text.split_once(&oldest).unwrap().1.lines().next().unwrap();
            assert!(waited.parse::<i64>().unwrap() > 1_000_000, "{queue}: {waited}");
        }
    }
}
