//! What exists in a database of before stays as it is.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use super::*;

/// A database as it was at a version, with these rows, taken on to today.
async fn taken_on(version: i64, rows: &'static str) -> SqlitePool {
    let options = SqliteConnectOptions::new().in_memory(true);
    let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    let pool = one.connect_with(options).await.unwrap();
    up_to(version).run(&pool).await.unwrap();
    sqlx::raw_sql(rows).execute(&pool).await.unwrap();
    all().run(&pool).await.unwrap();
    pool
}

#[tokio::test]
async fn p1_identities_of_before_stay_and_so_do_links() {
    let pool = taken_on(
        6,
        "INSERT INTO organizations (id, name, kind, created_at) VALUES
           ('acme', 'Acme', 'customer', 0), ('zeta', 'Zeta', 'customer', 0);
         INSERT INTO organization_roles VALUES ('acme', 'fay@a.example', 'full_admin'),
           ('acme', 'con@a.example', 'full_admin'), ('acme', 'li@a.example', 'full_admin');
         INSERT INTO identities VALUES ('fay@a.example', 'acme'), ('con@a.example', 'acme'),
           ('mem@a.example', 'acme'), ('li@a.example', 'acme');
         INSERT INTO invitations (organization, address_key, confirmed_at)
           VALUES ('acme', 'con@a.example', 1);
         INSERT INTO sites (id, url, company, organization, state) VALUES
           (1, 's', 'S', 'acme', 'enrolled'), (2, 't', 'T', 'zeta', 'enrolled');
         INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
           display_name, address, address_key, department, link, added_revision) VALUES
           (1, 0, 'a', 1, '', '', '', 'li@a.example', 'li@a.example', '', 'linked', 1),
           (1, 1, 'b', 1, '', '', '', 'two@a.example', 'two@a.example', '', 'linked', 1),
           (1, 2, 'c', 1, '', '', '', 'pro@a.example', 'pro@a.example', '', 'provisional', 1),
           (2, 0, 'd', 0, '', '', '', 'two@a.example', 'two@a.example', '', 'linked', 1);",
    )
    .await;
    let found: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT email_key, organization, lasting FROM identities
          ORDER BY email_key, organization",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let found: Vec<_> = found.iter().map(|(e, o, l)| (e.as_str(), o.as_str(), *l)).collect();
    assert_eq!(
        found,
        [
            ("con@a.example", "acme", 1),
            ("fay@a.example", "acme", 0),
            ("li@a.example", "acme", 1),
            ("mem@a.example", "acme", 1),
            ("two@a.example", "acme", 1),
            ("two@a.example", "zeta", 1),
        ]
    );
}

#[tokio::test]
async fn p1_roles_and_open_welcomes_of_before_stay_held() {
    let pool = taken_on(
        7,
        "INSERT INTO organizations (id, name, kind, created_at) VALUES ('acme', 'A', 'customer', 0);
         INSERT INTO organization_roles VALUES ('acme', 'kim@a.example', 'full_admin');
         INSERT INTO identities (email_key, organization) VALUES ('kim@a.example', 'acme');
         INSERT INTO welcomes (organization, email, origin, begun_at, state, sent_at)
           VALUES ('acme', 'kim@a.example', 'created', 5, 'sent', 5);",
    )
    .await;
    let count = async |sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(&pool).await.unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM organization_roles").await, 1);
    assert_eq!(count("SELECT count(*) FROM identities").await, 1);
    assert_eq!(count("SELECT count(*) FROM offer_roles").await, 0);
    let open = "SELECT count(*) FROM welcomes WHERE state = 'sent' AND offered_by = ''";
    assert_eq!(count(open).await, 1);
}

#[tokio::test]
async fn p5_tokens_and_sessions_of_before_stay_and_have_no_new_end() {
    let pool = taken_on(
        7,
        "INSERT INTO people (email, name, created_at) VALUES ('fay@a.example', 'Fay', 0);
         INSERT INTO tokens (id, person, label, hash, created_at)
           VALUES ('tok', 'fay@a.example', 'laptop', 'x', 0);
         INSERT INTO sessions (id, person, token, hash, created_at, expires_at)
           VALUES ('ses', 'fay@a.example', 'tok', 'y', 0, 4102444800000);",
    )
    .await;
    let kept: (Option<i64>, Option<i64>, Option<i64>, i64) = sqlx::query_as(
        "SELECT t.expires_at, t.revoked_at, p.disabled_at, s.expires_at
           FROM people p JOIN tokens t ON t.person = p.email JOIN sessions s ON s.token = t.id",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(kept, (None, None, None, 4_102_444_800_000));
    let until: i64 =
        sqlx::query_scalar("SELECT until FROM ways_in").fetch_one(&pool).await.unwrap();
    assert_eq!(until, i64::MAX);
}

#[tokio::test]
async fn i7_runs_of_a_database_of_before_go_on_and_what_was_being_sent_is_found_in_the_outbox() {
    let pool = taken_on(
        29,
        "INSERT INTO organizations (id, name, kind, created_at) VALUES ('acme', 'A', 'customer', 0);
         INSERT INTO sites (id, url, company, state) VALUES (1, 's', 'S', 'enrolled');
         INSERT INTO plans VALUES ('pln', 1, 'acme', 'verify_now', 'hold', 3, 0, 0, '{}',
           '[]', '[]', 0, 'd', 0, 'fay@acme.example', 0, 'method');
         INSERT INTO runs (id, plan, site, organization, state, started_at, started_by, applied_at)
           VALUES ('run', 'pln', 1, 'acme', 'running', 0, 'fay@acme.example', 7);
         INSERT INTO run_items (run, number, address, address_key, outcome, state, attempt, epoch,
                                message_id, updated_at)
           VALUES ('run', 0, 'A@b.example', 'a@b.example', 'email', 'sending', 2, 5, 'run.0.2@h', 0),
                  ('run', 1, 'c@b.example', NULL, 'email', 'claimed', 0, 5, NULL, 0),
                  ('run', 2, 'd@b.example', 'd@b.example', 'email', 'accepted', 1, 5, 'run.2.1@h', 0);
         INSERT INTO sending VALUES ('acme', 'a@b.example', 'run', 0);",
    )
    .await;
    let items: Vec<(String, i64, Option<String>)> =
        sqlx::query_as("SELECT state, attempt, mail FROM run_items ORDER BY number")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mail = Some("mal_run_0".to_owned());
    assert_eq!(
        items,
        [
            ("sending".to_owned(), 2, mail.clone()),
            ("queued".to_owned(), 0, None),
            ("accepted".to_owned(), 1, None)
        ]
    );
    let mails: Vec<(Option<String>, String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT id, about, recipient, state, claim, attempt FROM outbox WHERE queue = 'invitations'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let (about, to) = ("run/0".to_owned(), "a@b.example".to_owned());
    assert_eq!(mails, [(mail, about, to, "sending".to_owned(), 0, 1)]);
}

#[tokio::test]
async fn i1_mails_that_waited_in_a_database_of_before_are_in_the_outbox() {
    let pool = taken_on(
        21,
        "INSERT INTO sites (id, url, company, state) VALUES (1, 's', 'S', 'enrolled');
         INSERT INTO notices (id, recipient, subject, text, state, tries, queued_at, not_before)
           VALUES ('n1', 'a@b.example', 's', 't', 'queued', 2, 5, 6),
                  ('n2', 'c@b.example', 's', 't', 'sending', 1, 5, 5),
                  ('n3', 'd@b.example', 's', 't', 'sent', 1, 5, 5);
         INSERT INTO announcements VALUES (1, 'waits', 7, 'a@b.example', 'n1', 8);
         INSERT INTO password_resets (id, email, asked_from, asked_at, state, not_before)
           VALUES ('r1', 'a@b.example', 'x', 3, 'asked', 4),
                  ('r2', 'b@b.example', 'x', 3, 'mailed', 4);
         INSERT INTO organizations (id, name, kind, created_at) VALUES ('acme', 'A', 'customer', 0);
         INSERT INTO welcomes (organization, email, origin, begun_at, state, attempt, message_id)
           VALUES ('acme', 'k@b.example', 'created', 5, 'sending', 1, 'm1'),
                  ('acme', 'l@b.example', 'created', 5, 'queued', 0, NULL),
                  ('acme', 'm@b.example', 'created', 5, 'sent', 1, 'm2');
         INSERT INTO site_connects (site, email) VALUES (1, 'a@b.example');
         INSERT INTO link_mails (id, kind, site, email, state, asked_at, updated_at)
           VALUES ('l1', 'connect', 1, 'a@b.example', 'queued', 9, 9),
                  ('l2', 'notice', 1, 'b@b.example', 'unknown', 9, 9);",
    )
    .await;
    let found: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
        "SELECT queue, recipient, state, attempt, claim FROM outbox ORDER BY queue, recipient",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let found: Vec<_> =
        found.iter().map(|(q, r, s, a, c)| (q.as_str(), r.as_str(), s.as_str(), *a, *c)).collect();
    assert_eq!(
        found,
        [
            ("linking", "a@b.example", "queued", 0, 0),
            ("linking", "b@b.example", "unknown", 0, 0),
            ("notices", "a@b.example", "queued", 2, 0),
            ("notices", "c@b.example", "sending", 1, 0),
            ("notices", "d@b.example", "sent", 1, 0),
            ("passwords", "a@b.example", "queued", 0, 0),
            ("welcomes", "k@b.example", "sending", 1, 0),
            ("welcomes", "l@b.example", "queued", 0, 0),
        ]
    );
    let told: String = sqlx::query_scalar(
        "SELECT n.subject FROM announcements a JOIN outbox n ON n.id = a.notice",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(told, "s");
    let asked: i64 =
        sqlx::query_scalar("SELECT asked_at FROM site_connects").fetch_one(&pool).await.unwrap();
    assert_eq!(asked, 9);
}
