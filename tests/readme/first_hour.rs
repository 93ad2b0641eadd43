//! The first real hour: what README says under "Run it for real", run as it stands there.
//!
//! Owns a bare home, a mail sink, and a shell that is given README's own lines, block by block. A
//! person's part is played alone where README says so: the token that was printed is typed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

/// The section's title, up to the next.
const SECTION: &str = "\n## Run it for real\n";
/// The port that README serves on; the test takes one that is free.
const PORT: &str = "7070";

/// The shell blocks of the section, in their order.
fn blocks() -> Vec<String> {
    let text = super::readme();
    let section = text.split_once(SECTION).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let fenced = section.split("```sh\n").skip(1);
    fenced.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

/// A bare machine.
struct Machine {
    home: tempfile::TempDir,
    port: String,
    smtp: String,
}

impl Machine {
    fn new(smtp: String) -> Self {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        let program = env!("CARGO_BIN_EXE_hublink");
        std::os::unix::fs::symlink(program, bin.join("hublink")).unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port().to_string();
        Self { home, port, smtp }
    }

    /// A shell that runs this block and ends at the first line that fails.
    fn shell(&self, block: &str) -> Command {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-e", "-c", &block.replace(PORT, &self.port)]).env_clear();
        let path = format!("{}:/usr/bin:/bin", self.home.path().join("bin").display());
        shell.env("PATH", path).env("HOME", self.home.path()).env("TZ", "UTC");
        shell.env("HUBLINK_SMTP", &self.smtp).current_dir(self.home.path());
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell
    }

    /// Runs a block to its good end, this being typed; what it printed and what it told.
    fn run(&self, block: &str, typed: &str) -> (String, String) {
        let mut child = self.shell(block).spawn().unwrap();
        // Who asks for nothing may have ended already.
        let _ = writeln!(child.stdin.take().unwrap(), "{typed}");
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let (printed, told) = (text(output.stdout), text(output.stderr));
        assert!(output.status.success(), "{block}\nprinted:\n{printed}\ntold:\n{told}");
        (printed, told)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.run(&format!("{line} --output json"), "").0).unwrap()
    }

    /// Runs the block that serves, until the end of the test; the token that it printed.
    fn serve(&self, block: &str) -> (Serving, String) {
        let mut child = self.shell(block).process_group(0).spawn().unwrap();
        let told = BufReader::new(child.stderr.take().unwrap());
        let printed = BufReader::new(child.stdout.take().unwrap());
        let serving = Serving(child);
        let mut told = told.lines().map(Result::unwrap);
        let next = told.find(|line| line.starts_with("Sign in with the token")).unwrap();
        let login = format!("hublink login --backend http://127.0.0.1:{}", self.port);
        assert!(next.ends_with(&login), "{next}");
        // What is still told must have somebody to read it.
        thread::spawn(move || told.for_each(drop));
        let mut printed = printed.lines().map(Result::unwrap);
        let token = printed.find_map(|line| token_of(&line)).unwrap();
        (serving, token)
    }
}

/// The backend, ended with the shell around it.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let group = Pid::from_child(&self.0);
        let _ = kill_process_group(group, Signal::TERM);
        let _ = self.0.wait();
    }
}

/// The token in a text.
fn token_of(text: &str) -> Option<String> {
    text.split_whitespace().find(|word| word.starts_with("hlt_")).map(str::to_owned)
}

/// How many mails came to each address.
type Mails = Arc<Mutex<BTreeMap<String, u32>>>;

/// A mail server that takes everything.
fn mail_sink() -> (String, Mails) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mails = Mails::default();
    let taken = Arc::clone(&mails);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let taken = Arc::clone(&taken);
            thread::spawn(move || session(&stream.unwrap(), &taken));
        }
    });
    (url, mails)
}

fn session(stream: &TcpStream, taken: &Mails) {
    let answer = |text: &str| (&*stream).write_all(format!("{text}\r\n").as_bytes());
    let mut to = String::new();
    let mut in_text = false;
    let _ = answer("220 sink");
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let _ = match (in_text, line.as_str(), word.as_str()) {
            (true, ".", _) => {
                in_text = false;
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                *taken.entry(to.clone()).or_default() += 1;
                answer("250 taken")
            }
            (true, ..) => Ok(()),
            (false, _, "RCPT") => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                address.clone_into(&mut to);
                answer("250 fine")
            }
            (false, _, "DATA") => {
                in_text = true;
                answer("354 go on")
            }
            (false, _, "QUIT") => {
                let _ = answer("221 bye");
                return;
            }
            _ => answer("250 fine"),
        };
    }
}

#[test]
fn the_first_real_hour_is_one_unbroken_path() {
    let (smtp, mails) = mail_sink();
    let machine = Machine::new(smtp);
    let mut serving = None;
    let mut token = String::new();
    let mut last = String::new();
    for block in blocks() {
        if block.starts_with("cargo install") {
            assert_eq!(block, "cargo install --profile dist --path .\n");
        } else if block.starts_with("hublink serve") {
            let (process, first) = machine.serve(&block);
            (serving, token) = (Some(process), first);
        } else {
            last = machine.run(&block, &token).0;
            // Somebody's way in, for whoever signs in next.
            token = last.lines().filter_map(token_of).next_back().unwrap_or(token);
        }
    }
    assert!(serving.is_some(), "README says how to serve");
    assert!(last.contains("hublink invite apply pln_"), "the last block makes a plan:\n{last}");

    let plan = machine.json("hublink invite plan --site acme.webex.example --all");
    assert_eq!(
        (&plan["site"], &plan["organization"]),
        (&Value::from("acme.webex.example"), &Value::from("acme"),)
    );
    assert_eq!((&plan["selected"], &plan["emails"]), (&Value::from(4), &Value::from(2)), "{plan}");
    for (outcome, users) in
        [("already_linked", 1), ("email", 1), ("email_consumer", 1), ("blocked_inactive", 1)]
    {
        assert_eq!(plan["outcomes"][outcome], users, "{outcome} in {plan}");
    }
    let taken = || mails.lock().unwrap().clone();
    let before = taken();
    for address in ["ann@acme.example", "bob@gmail.com"] {
        assert_eq!(before.get(address), None, "a plan sends nothing");
    }
    let printed = last.lines().find_map(|line| line.split_once("To do exactly this, once: "));
    let run = machine.json(&format!("{} --watch", printed.unwrap().1));
    assert_eq!((&run["state"], &run["emailed"]), (&Value::from("done"), &Value::from(2)), "{run}");
    let after = taken();
    for address in ["ann@acme.example", "bob@gmail.com"] {
        assert_eq!(after.get(address), Some(&1), "{after:?}");
    }
}
