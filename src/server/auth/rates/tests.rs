//! How often one may ask (rules P2, T6).

use jiff::SignedDuration;

use super::*;
use crate::server::fixture::Fixture;

const PAT: Asked<'_> = Asked { actor: "pat@meridian.example", question: None };

fn typed(question: &str) -> Asked<'_> {
    Asked { actor: "pat@meridian.example", question: Some(question) }
}

fn later(start: Timestamp, seconds: i64) -> Timestamp {
    start.checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

#[tokio::test]
async fn p2_thirty_a_minute_and_three_hundred_a_day() {
    let world = Fixture::new().await;
    let store = &world.backend.store;
    let start = Timestamp::now();
    for minute in 0..10 {
        let now = later(start, minute * 60);
        for _ in 0..30 {
            count_at(store, OTHERS, PAT, now).await.unwrap();
        }
        let over = count_at(store, OTHERS, PAT, later(now, 20)).await.unwrap_err();
        assert!(over.first);
        if minute < 9 {
            assert_eq!((over.refusal.problem.status, over.refusal.retry_after), (429, Some(40)));
            assert!(!count_at(store, OTHERS, PAT, later(now, 21)).await.unwrap_err().first);
        }
    }
    let over = count_at(store, OTHERS, PAT, later(start, 3_600)).await.unwrap_err();
    assert_eq!(over.refusal.retry_after, Some(23 * 3_600));
    assert_eq!(over.refusal.problem.remedy, "Ask again in 23 hours; nothing else is held up.");
    let zoe = Asked { actor: "zoe@zeta.example", question: None };
    assert!(count_at(store, OTHERS, zoe, start).await.is_ok());
    assert!(count_at(store, NAMES, PAT, start).await.is_ok());
    assert!(count_at(store, OTHERS, PAT, later(start, 86_400)).await.is_ok());
}

#[tokio::test]
async fn p2_neither_a_restart_nor_a_clock_set_back_forgives() {
    let world = Fixture::new().await;
    let store = &world.backend.store;
    let start = Timestamp::now();
    for _ in 0..30 {
        count_at(store, OTHERS, PAT, start).await.unwrap();
    }
    assert!(count_at(store, OTHERS, PAT, later(start, 59)).await.is_err());
    assert!(count_at(store, OTHERS, PAT, later(start, -3_600)).await.is_err());
}

#[tokio::test]
async fn t6_what_is_asked_again_while_typing_is_no_new_question() {
    let world = Fixture::new().await;
    let store = &world.backend.store;
    let start = Timestamp::now();
    for _ in 0..100 {
        count_at(store, OTHERS, typed("olga@nordwind.example"), start).await.unwrap();
    }
    for n in 0..29 {
        let address = format!("{n}@nordwind.example");
        count_at(store, OTHERS, typed(&address), start).await.unwrap();
    }
    assert!(count_at(store, OTHERS, typed("one@more.example"), start).await.is_err());
    forget_old(store).await.unwrap();
    assert!(count_at(store, OTHERS, typed("one@more.example"), start).await.is_err());
}
