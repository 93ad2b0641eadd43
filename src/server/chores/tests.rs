//! The runner: what breaks is tried again, alone; what stops is waited for.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Notify;

use super::*;

#[derive(Default)]
struct Work {
    looks: AtomicU32,
    begun: AtomicU32,
    bell: Notify,
    looked: Notify,
}

fn runner() -> (Chores, Stop) {
    let stop = Stop::default();
    let clock = WorldClock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
    (Chores::pausing(stop.clone(), Arc::new(clock), |_| Duration::from_millis(1)), stop)
}

fn fails_twice(name: &'static str, panics: bool) -> Chore<Work> {
    let look: Look<Work> = if panics {
        |work, _| {
            Box::pin(async move {
                let look = work.looks.fetch_add(1, Ordering::SeqCst);
                work.looked.notify_one();
                assert!(look >= 2, "a seeded panic");
                Ok(Next::rung())
            })
        }
    } else {
        |work, _| {
            Box::pin(async move {
                let look = work.looks.fetch_add(1, Ordering::SeqCst);
                work.looked.notify_one();
                if look < 2 {
                    return Err(Refusal::not_found("seeded fault"));
                }
                Ok(Next::rung())
            })
        }
    };
    Chore::new(name, look).rung(|work| Box::pin(work.bell.notified())).beginning(|work| {
        Box::pin(async move {
            work.begun.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    })
}

#[tokio::test]
async fn i8_a_fault_or_a_panic_is_counted_and_tried_again_and_the_others_go_on() {
    let (chores, stop) = runner();
    let (broken, panics) = (Arc::new(Work::default()), Arc::new(Work::default()));
    chores.start(broken.clone(), fails_twice("broken", false));
    chores.start(panics.clone(), fails_twice("panics", true));
    for work in [&broken, &panics] {
        while work.looks.load(Ordering::SeqCst) < 3 {
            work.looked.notified().await;
        }
        // Rung, it looks again.
        work.bell.notify_one();
        while work.looks.load(Ordering::SeqCst) < 4 {
            work.looked.notified().await;
        }
    }
    stop.stop();
    assert!(chores.end(Instant::now() + LONGEST_PAUSE).await.is_empty());
    let all = chores.board().all();
    let counts = |name| {
        let (_, standing) = all.iter().find(|(other, _)| *other == name).unwrap();
        (standing.failures, standing.panics, standing.in_a_row, standing.succeeded_at.is_some())
    };
    assert_eq!(counts("broken"), (2, 0, 0, true));
    assert_eq!(counts("panics"), (2, 2, 0, true));
    // What a panic left half done is put right before the next look; a fault leaves nothing so.
    assert_eq!(broken.begun.load(Ordering::SeqCst), 1);
    assert_eq!(panics.begun.load(Ordering::SeqCst), 3);
    assert!(chores.board().late().is_empty());
}

#[tokio::test]
async fn section_8_a_task_that_keeps_failing_or_falls_silent_is_late() {
    let (chores, stop) = runner();
    let look: Look<Work> = |work, _| {
        Box::pin(async {
            work.looked.notify_one();
            Err(Refusal::internal(&"the disk is on fire"))
        })
    };
    let fails = Arc::new(Work::default());
    chores.start(fails.clone(), Chore::new("fails", look));
    chores.stand("silent", Duration::from_secs(10), Arc::new(Work::default()), |work| async move {
        work.bell.notified().await;
    });
    // Looked twice, it has failed once at least.
    fails.looked.notified().await;
    fails.looked.notified().await;
    let at = |seconds| chores.board().late_at(Instant::now() + Duration::from_secs(seconds));
    assert!(at(50).is_empty());
    let late: Vec<_> = at(75).into_iter().map(|(name, _)| name).collect();
    assert_eq!(late, ["fails", "silent"]);
    let late = at(65);
    assert!(late.len() == 1 && late[0].1.contains("internal"), "{late:?}");
    stop.stop();
    // One that heeds nothing is cut off, and named.
    assert_eq!(chores.end(Instant::now()).await, ["silent"]);
}

#[test]
fn pauses_double_up_to_a_minute_and_differ_a_little() {
    for (in_a_row, want) in [(1, 1), (2, 2), (4, 8), (7, 60), (u32::MAX, 60)] {
        let (whole, pause) = (Duration::from_secs(want), pause_after(in_a_row));
        assert!(pause <= whole && pause >= whole.mul_f32(0.75), "{in_a_row}: {pause:?}");
    }
}
