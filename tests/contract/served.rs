//! A bare `hublink serve` of its own: no world file, an empty database, the first-start token.
//!
//! Owns the process and how commands are given to it. Dropping it kills it, as `kill -9` does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use serde_json::Value;

use crate::binary::{code, command, told};

/// The process.
pub struct Served {
    child: Child,
    pub url: String,
    home: PathBuf,
}

impl Served {
    /// Starts it, with its database and its secrets in this folder, and waits until it serves.
    pub fn start(folder: &Path, more: &[&str]) -> Self {
        let database = format!("sqlite:{}", folder.join("hub.db").display());
        let mut serve = command("", folder);
        serve.args(["serve", "--listen", "127.0.0.1:0", "--database", &database, "--test-clock"]);
        serve.args(more).args(["--output", "json"]);
        let out = std::fs::File::options().append(true).create(true).open(folder.join("out"));
        serve.stdin(Stdio::null()).stdout(out.unwrap()).stderr(Stdio::piped());
        let mut child = serve.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.find(|line| line.starts_with("Serving ")).unwrap();
        // What is still told must have somebody to read it.
        std::thread::spawn(move || lines.for_each(drop));
        let url = line.split(' ').nth(1).unwrap().to_owned();
        Self { child, url, home: folder.to_owned() }
    }

    /// What the process was begun with.
    #[cfg(target_os = "linux")]
    pub fn environment(&self) -> String {
        let all = std::fs::read(format!("/proc/{}/environ", self.child.id())).unwrap();
        String::from_utf8_lossy(&all).into_owned()
    }

    /// The token that the first start printed.
    pub fn first_token(&self) -> String {
        let first = std::fs::read_to_string(self.home.join("out")).unwrap();
        let first: Value = serde_json::from_str(&first).unwrap();
        first["token"].as_str().unwrap().to_owned()
    }

    /// A new token of a person, made by the backend administrator.
    pub fn token(&self, root: &str, person: &str) -> String {
        let made = self.run(root, &format!("token create --person {person} --note test"));
        made["secret"].as_str().unwrap().to_owned()
    }

    /// A command as somebody, whatever becomes of it. Without a token it is whoever is signed in
    /// at this home.
    pub fn end(&self, home: &str, token: &str, line: &[&str], input: &str) -> Output {
        let home = self.home.join(home);
        std::fs::create_dir_all(&home).unwrap();
        let mut one = command(&self.url, &home);
        one.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if !token.is_empty() {
            one.env("HUBLINK_TOKEN", token);
        }
        let mut child = one.spawn().unwrap();
        // Who reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// A command that succeeds; its JSON.
    pub fn run(&self, token: &str, line: &str) -> Value {
        self.words(token, &line.split_whitespace().collect::<Vec<_>>())
    }

    /// The same, word by word, for words with blanks in them.
    pub fn words(&self, token: &str, line: &[&str]) -> Value {
        let output = self.end("", token, &[line, &["--output", "json"]].concat(), "");
        assert_eq!(code(&output), 0, "{line:?}: {}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A command that ends with this code; what it tells.
    pub fn refused(&self, token: &str, line: &str, want: i32) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = self.end("", token, &words, "");
        assert_eq!(code(&output), want, "{line}: {}", told(&output));
        told(&output)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
