//! Tests of what stands in `clock.rs`.

use super::*;
use std::sync::Arc;

#[tokio::test]
async fn who_waits_is_woken_when_the_clock_is_moved_on() {
    let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    let clock = Arc::new(WorldClock::starting_at(start, 1.0));
    let waiting = clock.clone();
    let later = start.checked_add(jiff::SignedDuration::from_hours(48)).unwrap();
    let waiter = tokio::spawn(async move { waiting.until(later).await });
    tokio::task::yield_now().await;
    assert!(!waiter.is_finished());
    clock.advance(Duration::from_hours(48));
    waiter.await.unwrap();
}

#[test]
fn who_is_told_of_real_time_sees_one_clock() {
    let start: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    let clock = WorldClock::starting_at(start, 1.0);
    let told = |seconds: i64| {
        let real = Timestamp::now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        (clock.at(real).as_second() - start.as_second() - seconds).abs()
    };
    assert!(told(-600) <= 2 && told(0) <= 2 && told(240) <= 2);
}

#[tokio::test]
async fn time_never_runs_back_across_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let first: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    let clock = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    clock.advance(Duration::from_hours(30 * 24));
    let before = clock.now();
    clock.save(&store).await.unwrap();
    let again = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    assert!(again.now() >= before);
    assert!(again.real_until(before) == Duration::ZERO);
}

/// Rewrites when, in real time, the clock was written down: the machine's own clock was another.
async fn written_down(store: &Store, later_by: Duration, back: bool) {
    let (text,): (String,) = sqlx::query_as("SELECT value FROM meta WHERE name = 'world_clock'")
        .fetch_one(&mut *store.read().await.unwrap())
        .await
        .unwrap();
    let (world, real) = parse_saved(&text).unwrap();
    let by = i64::try_from(later_by.as_millis()).unwrap();
    let real = if back { real + by } else { real - by };
    let mut tx = store.begin().await.unwrap();
    sqlx::query("UPDATE meta SET value = $1 WHERE name = 'world_clock'")
        .bind(format!("{world} {real}"))
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_backend_restarted_in_another_year_goes_on_and_never_back() {
    const YEAR: Duration = Duration::from_hours(365 * 24);
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let first: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    WorldClock::resume(&store, Some(first), 1.0).await.unwrap().save(&store).await.unwrap();
    written_down(&store, YEAR, false).await;
    let later = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    // So much is not believed until somebody has said so.
    assert!(later.now().duration_since(first).as_hours() < 1);
    assert!(matches!(later.doubt(), Some(Doubt::Held(_))) && !later.is_sure());
    // What people sign in with lasts by what is believed: no token ends, and no session goes on for a
    // year once the host is right again.
    let ahead = Timestamp::now().duration_since(later.real_now()).as_hours();
    assert!((365 * 24 - 1..=365 * 24).contains(&ahead), "{ahead} hours");
    later.save(&store).await.unwrap();
    let later = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    assert!(matches!(later.doubt(), Some(Doubt::Held(_))), "also the next time");
    later.accept();
    assert!(later.is_sure());
    assert!(Timestamp::now().duration_since(later.real_now()).as_secs().abs() < 60);
    let passed = later.now().duration_since(first).as_hours();
    assert!((365 * 24..366 * 24).contains(&passed), "a year has passed: {passed} hours");
    later.save(&store).await.unwrap();
    // The machine's clock is a year behind now, and the world's stays where it was.
    let before = later.now();
    later.save(&store).await.unwrap();
    written_down(&store, YEAR, true).await;
    let again = WorldClock::resume(&store, Some(first), 1.0).await.unwrap().now();
    let gone = again.duration_since(before).as_secs();
    assert!((0..60).contains(&gone), "neither back nor on: {gone} seconds");
}

#[tokio::test]
async fn a_clock_that_cannot_be_written_down_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let clock = WorldClock::starting_at(Timestamp::now(), 1.0);
    clock.save(&store).await.unwrap();
    assert!(clock.is_written());
    store.close().await;
    assert!(clock.save(&store).await.is_err());
    assert!(!clock.is_written(), "readiness tells it");
}

#[tokio::test]
async fn time_does_not_run_back_behind_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let first: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
    let clock = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    clock.save(&store).await.unwrap();
    // Killed before it was written down again, and the machine's clock is behind.
    clock.advance(Duration::from_secs(9));
    let recorded = clock.now();
    let mut tx = store.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO audit (seq, at, actor, action, subject, detail, hash)
         VALUES (1, $1, 'fay@acme.example', 'role.granted', 'x', '{}', '')",
    )
    .bind(to_millis(recorded))
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    written_down(&store, Duration::from_hours(1), true).await;
    let again = WorldClock::resume(&store, Some(first), 1.0).await.unwrap();
    assert!(again.now() >= recorded, "{} is before {recorded}", again.now());
}

#[tokio::test]
async fn section_1_what_is_said_on_the_host_is_heard_once() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let clock = WorldClock::starting_at(Timestamp::now(), 1.0);
    clock.restored();
    assert_eq!(clock.doubt(), Some(Doubt::Restored));
    crate::server::store::copy::say_of_clock(&name, true).await.unwrap();
    clock.hear(&store).await.unwrap();
    assert!(clock.is_sure());
    clock.restored();
    clock.hear(&store).await.unwrap();
    assert!(!clock.is_sure(), "it was said of what was then");
}

#[tokio::test]
async fn an_idle_backend_leaves_the_disk_alone() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let clock = WorldClock::starting_at(Timestamp::now(), 1.0);
    clock.keep(&store).await.unwrap();
    let before = store.written();
    clock.keep(&store).await.unwrap();
    assert_eq!(store.written(), before);
    let mut tx = store.begin().await.unwrap();
    meta::put(&mut tx, "a", "b").await.unwrap();
    tx.commit().await.unwrap();
    let between = store.written();
    clock.keep(&store).await.unwrap();
    assert_ne!(store.written(), between, "with what is written the clock is");
}
