//! The runner: what breaks is tried again, alone; what stops is waited for.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Notify;

use super::*;
use crate::server::fixture::Fixture;

#[derive(Default)]
struct Work {
    looks: AtomicU32,
    begun: AtomicU32,
    bell: Notify,
    looked: Notify,
}

/// A runner over the database of this world, which it has for itself or shares.
fn runner(world: &Fixture, shares: bool) -> (Chores, Stop) {
    let stop = Stop::default();
    let clock = WorldClock::starting_at(Timestamp::UNIX_EPOCH, 1.0);
    let leases = Leases::new(world.backend.store.clone());
    let leases = if shares { leases.shared(Duration::from_millis(20)) } else { leases };
    let pause = |_| Duration::from_millis(1);
    (Chores::pausing(stop.clone(), Arc::new(clock), leases, pause), stop)
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
    let world = Fixture::new().await;
    let (chores, stop) = runner(&world, false);
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
    let world = Fixture::new().await;
    let (chores, stop) = runner(&world, false);
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

/// A chore that goes on until it is cut off.
fn goes_on() -> Chore<Work> {
    Chore::new("goes_on", |work, _| {
        Box::pin(async move {
            work.looks.fetch_add(1, Ordering::SeqCst);
            work.looked.notify_one();
            let _ends = Ends(work);
            std::future::pending().await
        })
    })
}

/// Tells when a look ends, however it does.
struct Ends<'w>(&'w Work);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        self.0.bell.notify_one();
    }
}

#[tokio::test]
async fn section_1_of_several_processes_one_does_a_chore_until_it_is_dead() {
    let world = Fixture::new().await;
    let ((first, stop_first), (second, stop_second)) = (runner(&world, true), runner(&world, true));
    let (one, two) = (Arc::new(Work::default()), Arc::new(Work::default()));
    first.start(one.clone(), goes_on());
    one.looked.notified().await;
    second.start(two.clone(), goes_on());
    let until_asked = async {
        // It has asked for the lease once it has succeeded at nothing.
        while second.board().all()[0].1.succeeded_at.is_none() {
            tokio::task::yield_now().await;
        }
    };
    until_asked.await;
    assert_eq!(two.looks.load(Ordering::SeqCst), 0, "another does it");
    // The first was taken for dead, and the second has it now: what the first had begun ends.
    let over = "UPDATE leases SET epoch = epoch + 1,
                       holder = (SELECT id FROM nodes WHERE id <> leases.holder)";
    world.sql(over).await;
    two.looked.notified().await;
    one.bell.notified().await;
    assert_eq!((one.begun.load(Ordering::SeqCst), two.begun.load(Ordering::SeqCst)), (1, 0));
    // One that ends gives it up, and the other need not wait until it is dead.
    stop_second.stop();
    assert_eq!(second.end(Instant::now()).await, ["goes_on"]);
    one.looked.notified().await;
    assert_eq!(one.looks.load(Ordering::SeqCst), 2);
    stop_first.stop();
    first.end(Instant::now()).await;
}

#[tokio::test]
async fn a_process_alone_writes_a_lease_once() {
    let world = Fixture::new().await;
    let (chores, stop) = runner(&world, false);
    let work = Arc::new(Work::default());
    chores.start(work.clone(), fails_twice("broken", false));
    while work.looks.load(Ordering::SeqCst) < 3 {
        work.looked.notified().await;
    }
    let sql = "SELECT name, epoch, until FROM leases WHERE name = 'broken'";
    let lease: (String, i64, i64) = sqlx::query_as(sql)
        .fetch_one(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(lease, ("broken".to_owned(), 1, i64::MAX));
    stop.stop();
    assert!(chores.end(Instant::now() + LONGEST_PAUSE).await.is_empty());
}
