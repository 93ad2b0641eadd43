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
