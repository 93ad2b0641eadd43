//! Faults around the real process: what breaks beside it must not break it.
//!
//! Owns what only a process of its own can show: its log's reader gone, its database's file gone.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Stdio};

use serde_json::Value;

use crate::binary::{code, command, told};

/// A backend whose standard error is in the test's hands.
struct Alone {
    child: Child,
    url: String,
    log: Option<BufReader<ChildStderr>>,
    folder: tempfile::TempDir,
}

impl Alone {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("hub.db").display());
        let mut serve = command("", folder.path());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--database", &database]);
        serve.args(["--output", "json"]).env("HUBLINK_LOG", "debug").stdin(Stdio::null());
        serve.stdout(std::fs::File::create(folder.path().join("out")).unwrap());
        let mut child = serve.stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("Serving ") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended");
        }
        let url = line.split(' ').nth(1).unwrap().to_owned();
        Self { child, url, log: Some(log), folder }
    }

    fn token(&self) -> String {
        let first = std::fs::read(self.folder.path().join("out")).unwrap();
        let first: Value = serde_json::from_slice(&first).unwrap();
        first["token"].as_str().unwrap().to_owned()
    }

    /// A command of the administrator's, which must succeed.
    fn run(&self, line: &[&str]) {
        let mut one = command(&self.url, self.folder.path());
        let output = one.args(line).env("HUBLINK_TOKEN", self.token()).output().unwrap();
        assert_eq!(code(&output), 0, "{line:?}: {}", told(&output));
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn i15_a_log_that_nobody_reads_any_more_keeps_nobody_from_an_answer() {
    let mut backend = Alone::start();
    drop(backend.log.take());
    for _ in 0..4 {
        backend.run(&["whoami"]);
    }
    backend.run(&["token", "create", "--note", "written all the same"]);
}
