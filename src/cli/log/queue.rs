//! Lines of the log on their way out: handed over, never waited for.
//!
//! Owns a bounded queue and the one thread that writes. A line that finds no room, or that cannot be
//! written (closed terminal, closed pipe, full disk), is counted and dropped: whoever logs neither
//! fails nor waits. How many were lost is told in the log itself once it can be written again.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::server::LostLines;

/// Lines that wait at most; more are lost.
const ROOM: usize = 4_096;

/// What goes to the thread.
enum Item {
    Line(Vec<u8>),
    /// Answers once everything before it is written or lost.
    Drained(SyncSender<()>),
}

/// The way in. Cheap to clone.
#[derive(Clone)]
pub struct Queue {
    items: SyncSender<Item>,
    lost: LostLines,
}

impl Queue {
    /// A queue before this sink, with its thread.
    ///
    /// # Errors
    /// When there can be no thread.
    pub fn before<W: Write + Send + 'static>(sink: W, lost: LostLines) -> io::Result<Self> {
        let (items, waiting) = sync_channel(ROOM);
        let counted = lost.clone();
        thread::Builder::new()
            .name("log".into())
            .spawn(move || Writing { sink, lost: counted, told: 0, torn: false }.all(&waiting))?;
        Ok(Self { items, lost })
    }

    /// Waits until what was logged so far is written, for so long at most.
    pub fn drain(&self, longest: Duration) {
        let (done, drained) = sync_channel(1);
        if self.items.try_send(Item::Drained(done)).is_ok() {
            // Out of time: a reader that stands still keeps nobody from ending.
            let _ = drained.recv_timeout(longest);
        }
    }
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.items.try_send(Item::Line(line.to_vec())).is_err() {
            self.lost.count();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The thread's side.
struct Writing<W> {
    sink: W,
    lost: LostLines,
    /// So many losses were told.
    told: u64,
    /// The last line was written in part.
    torn: bool,
}

impl<W: Write> Writing<W> {
    fn all(mut self, waiting: &Receiver<Item>) {
        while let Ok(item) = waiting.recv() {
            match item {
                Item::Line(line) => self.one(&line),
                Item::Drained(done) => {
                    // Nobody may wait for it any more.
                    let _ = done.try_send(());
                }
            }
        }
    }

    fn one(&mut self, line: &[u8]) {
        let lost = self.lost.so_far();
        if lost > self.told {
            let line = about_lost(lost - self.told);
            if self.put(line.as_bytes()) {
                self.told = lost;
            }
        }
        if !self.put(line) {
            self.lost.count();
        }
    }

    fn put(&mut self, line: &[u8]) -> bool {
        if self.torn && self.sink.write_all(b"\n").is_err() {
            return false;
        }
        self.torn = false;
        let mut left = line;
        while !left.is_empty() {
            match self.sink.write(left) {
                Ok(0) => break,
                Ok(written) => left = left.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.torn = !left.is_empty() && left.len() < line.len();
        left.is_empty() && self.sink.flush().is_ok()
    }
}

fn about_lost(lines: u64) -> String {
    let now = Timestamp::now();
    let words = format!("{lines} lines of the log could not be written and are lost");
    let line = serde_json::json!({
        "timestamp": now, "level": "WARN", "fields": { "message": words, "lost": lines },
        "target": "hublink::log",
    });
    format!("{line}\n")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;
    use std::sync::{Arc, Mutex, mpsc};

    use super::*;

    /// Long enough for any machine; what is right never waits so long.
    const LONG: Duration = Duration::from_mins(1);

    /// Fails while it is told to, and keeps what it takes.
    #[derive(Clone, Default)]
    struct Flaky(Arc<Mutex<(bool, Vec<u8>)>>);

    impl Write for Flaky {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut inner = self.0.lock().unwrap();
            if inner.0 {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            inner.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A pipe whose reader stands still: each write waits for leave.
    struct Stuck(mpsc::Receiver<()>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn i15_a_line_that_cannot_be_written_is_counted_and_fails_nobody() {
        let (sink, lost) = (Flaky::default(), LostLines::default());
        let mut queue = Queue::before(sink.clone(), lost.clone()).unwrap();
        queue.write_all(b"one\n").unwrap();
        queue.drain(LONG);
        sink.0.lock().unwrap().0 = true;
        queue.write_all(b"two\n").unwrap();
        queue.write_all(b"three\n").unwrap();
        queue.drain(LONG);
        assert_eq!(lost.so_far(), 2);
        sink.0.lock().unwrap().0 = false;
        queue.write_all(b"four\n").unwrap();
        queue.drain(LONG);
        let text = String::from_utf8(sink.0.lock().unwrap().1.clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[2]), (3, "one", "four"), "{text}");
        assert!(lines[1].contains("2 lines of the log"), "{text}");
    }

    #[test]
    fn i15_a_reader_that_stands_still_keeps_nobody_waiting() {
        let (leave, asked): (Sender<()>, _) = mpsc::channel();
        let lost = LostLines::default();
        let mut queue = Queue::before(Stuck(asked), lost.clone()).unwrap();
        for _ in 0..ROOM + 10 {
            queue.write_all(b"line\n").unwrap();
        }
        // One line may be in the thread's hands.
        assert!((9..=10).contains(&lost.so_far()), "{}", lost.so_far());
        queue.drain(Duration::from_millis(1));
        drop(leave);
    }
}
