//! What takes longer than a second: a line on standard error that says so, with an estimate.
//!
//! Owns when it is drawn: on a terminal, not with `--quiet`, not line by line (accessible mode), and
//! only after a second. What is counted has a bar and the time that is left by its pace; what cannot
//! be counted is told beside the time that it took the last time, here. Results are never touched.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use super::context::Context;
use super::standard::notes_are_seen;
use super::wizard;
use crate::config::private_file;
use crate::domain::untrusted::Untrusted;
use crate::tui::theme::glyphs::Glyphs;

/// Before that nothing is drawn.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a line is drawn anew.
const STEP: Duration = Duration::from_millis(200);
/// So many durations are remembered.
const REMEMBERED: usize = 200;
/// The widest that words beside a bar get.
const WORDS: usize = 120;

/// Who may be shown progress, and how.
#[derive(Clone)]
pub struct Progress {
    seen: bool,
    ascii: bool,
    last_times: PathBuf,
}

impl Progress {
    /// As the process's terminal and settings have it.
    pub fn of(cx: &Context) -> Self {
        let settings = &cx.settings;
        let ascii = !matches!(wizard::glyphs(settings), Glyphs::Unicode);
        let seen = notes_are_seen() && settings.accessible != Some(true);
        Self { seen, ascii, last_times: settings.paths.durations_file() }
    }

    /// Does something that cannot be counted. `what` says what, such as `Planning`; `of` whereof.
    pub async fn during<T>(&self, what: &str, of: &str, doing: impl Future<Output = T>) -> T {
        if !self.seen {
            return doing.await;
        }
        let mut doing = std::pin::pin!(doing);
        let began = Instant::now();
        if let Ok(done) = tokio::time::timeout(PATIENCE, &mut doing).await {
            return done;
        }
        let kind = format!("{what} {of}");
        let last = self.last_times().get(&kind).copied();
        let bar = self.line("{spinner} {msg}", None);
        let done = loop {
            bar.set_message(words(what, began.elapsed(), last));
            bar.tick();
            if let Ok(done) = tokio::time::timeout(STEP, &mut doing).await {
                break done;
            }
        };
        bar.finish_and_clear();
        self.remember(kind, began.elapsed());
        done
    }

    /// Something that is counted as it goes on.
    pub fn counting(&self) -> Counting {
        Counting { progress: self.clone(), began: Instant::now(), bar: None }
    }

    fn line(&self, template: &str, length: Option<u64>) -> ProgressBar {
        let (ticks, signs) = if self.ascii {
            ("-\\|/ ", "=> ")
        } else {
            ("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", "█▌ ")
        };
        // A template of ours that could not be read would draw the library's own.
        let style = ProgressStyle::with_template(template)
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .tick_chars(ticks)
            .progress_chars(signs);
        ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(5))
            .with_style(style)
            .with_finish(ProgressFinish::AndClear)
    }

    /// How many seconds things took the last time; a file that cannot be read knows nothing.
    fn last_times(&self) -> BTreeMap<String, u64> {
        let text = std::fs::read(&self.last_times).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn remember(&self, kind: String, took: Duration) {
        let mut times = self.last_times();
        if times.len() >= REMEMBERED {
            times.clear();
        }
        times.insert(kind, took.as_secs().max(1));
        if let Ok(text) = serde_json::to_vec(&times) {
            // Without it the next time has no estimate, and nothing else.
            if let Some(dir) = self.last_times.parent() {
                let _ = std::fs::create_dir_all(dir);
            }
            let _ = private_file::export(&self.last_times, &text);
        }
    }
}

/// The words of what is not counted.
fn words(what: &str, elapsed: Duration, last: Option<u64>) -> String {
    let seconds = elapsed.as_secs();
    match last {
        Some(last) if last > seconds => {
            format!("{what}: {seconds} s; about {} s more, as the last time", last - seconds)
        }
        Some(last) => format!("{what}: {seconds} s; the last time it took {last} s"),
        None => format!("{what}: {seconds} s"),
    }
}

/// A bar that comes after a second, with the time that is left.
pub struct Counting {
    progress: Progress,
    began: Instant,
    bar: Option<ProgressBar>,
}

impl Counting {
    /// So much is done, of so much; `words` stand beside it.
    pub fn show(&mut self, done: u64, of: u64, words: &str) {
        if !self.progress.seen || (self.bar.is_none() && self.began.elapsed() < PATIENCE) {
            return;
        }
        let progress = &self.progress;
        let bar = self.bar.get_or_insert_with(|| {
            let bar =
                progress.line("{spinner} {bar:20} {percent}% {msg}, about {eta} left", Some(of));
            bar.enable_steady_tick(STEP);
            bar
        });
        bar.set_length(of);
        bar.set_position(done);
        bar.set_message(Untrusted::new(words).shown_in(WORDS).to_string());
    }

    /// Takes the line away, so that something else can be told.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(seen: bool, folder: &std::path::Path) -> Progress {
        Progress { seen, ascii: true, last_times: folder.join("state/durations.json") }
    }

    #[test]
    fn what_is_not_counted_is_told_beside_the_last_time() {
        let at = |elapsed, last| words("Planning", Duration::from_secs(elapsed), last);
        assert_eq!(at(2, None), "Planning: 2 s");
        assert_eq!(at(2, Some(9)), "Planning: 2 s; about 7 s more, as the last time");
        assert_eq!(at(12, Some(9)), "Planning: 12 s; the last time it took 9 s");
    }

    #[test]
    fn how_long_it_took_is_remembered_and_a_broken_file_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let progress = progress(true, folder.path());
        assert!(progress.last_times().is_empty());
        progress.remember("Planning x".to_owned(), Duration::from_millis(3_700));
        assert_eq!(progress.last_times().get("Planning x"), Some(&3));
        std::fs::write(&progress.last_times, "no json").unwrap();
        assert!(progress.last_times().is_empty());
        for number in 0..=REMEMBERED {
            progress.remember(format!("Planning {number}"), PATIENCE);
        }
        assert!(progress.last_times().len() <= REMEMBERED);
    }

    #[tokio::test]
    async fn who_is_not_to_be_shown_progress_is_shown_none_and_nothing_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let progress = progress(false, folder.path());
        assert_eq!(progress.during("Planning", "x", std::future::ready(7)).await, 7);
        let mut counting = progress.counting();
        counting.began -= PATIENCE * 2;
        counting.show(1, 2, "words");
        assert!(counting.bar.is_none() && !progress.last_times.exists());
    }
}
