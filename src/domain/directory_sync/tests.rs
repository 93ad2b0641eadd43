//! Tests of what stands in `directory_sync.rs`.

use super::*;

#[test]
fn u9_the_steps_follow_each_other() {
    use SyncStep::{Convert, DryRun, Pause, Resume};
    let off = Remedy::default();
    let running = Remedy { on: true, ..off };
    let paused = Remedy { paused: true, ..running };
    let checked = Remedy { checked: true, ..paused };
    for (remedy, want) in [
        (off, vec![]),
        (running, vec![Pause]),
        (paused, vec![Convert, DryRun]),
        (checked, vec![Convert, DryRun, Resume]),
    ] {
        let allowed: Vec<_> =
            SyncStep::ALL.into_iter().filter(|step| remedy.allows(*step).is_ok()).collect();
        assert_eq!(allowed, want, "{remedy:?}");
    }
}

#[test]
fn codes_read_back() {
    for step in SyncStep::ALL {
        assert_eq!(SyncStep::from_code(step.code()), Some(step));
    }
}
