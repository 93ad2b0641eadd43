//! `kill -9` of the wizard and of the backend at every page of linking a site: it resumes there
//! (SPEC section 4, promise I14).
//!
//! Owns both processes and their restart. Each terminal has a home of its own, so that what comes
//! back comes from the backend alone.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use hublink::api::draft::{Draft, ShowDraft};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::session::Secret;
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use rustix::process::Signal;
use tokio::runtime::Runtime;

use super::keys::bytes_of;
use super::press;
use super::terminal::{PATIENCE, Start, Terminal};

const SITE: &str = "acme-eu.webex.example";
const WORLD: &str = r#"
now = "2026-03-01T09:00:00Z"

[[people]]
email = "fay@acme.example"
name = "Fay Moss"
token = "dev-fay"

[[people]]
email = "nia@glacier.example"
name = "Nia Halvorsen"
token = "dev-nia"

[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
full_admins = ["fay@acme.example"]

[[sites]]
url = "acme-eu.webex.example"
company = "Acmé Robotics GmbH"
site_admins = ["fay@acme.example", "nia@glacier.example"]
"#;

/// The backend as a process, on the same address each time.
pub struct Backend {
    child: Child,
    folder: tempfile::TempDir,
    url: String,
}

impl Backend {
    pub fn start(world: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("world.toml"), world).unwrap();
        let (child, url) = serve(folder.path(), "127.0.0.1:0");
        Self { child, folder, url }
    }

    /// Killed without a word, and started again.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let address = self.url.trim_start_matches("http://");
        (self.child, _) = serve(self.folder.path(), address);
    }

    /// Waits until the draft is as wanted on the backend.
    fn has(&self, token: &str, wanted: impl Fn(&Draft) -> bool) {
        self.has_draft(token, ("link_site", SITE), wanted);
    }

    /// Waits until the draft of a wizard and a subject is as wanted on the backend.
    pub fn has_draft(
        &self,
        token: &str,
        (wizard, subject): (&str, &str),
        wanted: impl Fn(&Draft) -> bool,
    ) {
        let client = Client::new(Endpoint::parse(&self.url, false).unwrap(), &Options::default());
        let client = client.unwrap().with_token(Some(&Secret::new(token))).unwrap();
        let call = ShowDraft::call((wizard.to_owned(), subject.to_owned()), Nothing, Nothing);
        let deadline = Instant::now() + PATIENCE;
        let runtime = Runtime::new().unwrap();
        let mut last = None;
        while Instant::now() < deadline {
            let reply = runtime.block_on(client.ask(&call.clone()));
            if let Ok(draft) = reply {
                if wanted(&draft) {
                    return;
                }
                last = Some(draft);
            }
        }
        panic!("the backend never had the answers, but {last:?}");
    }

    /// Home, as it begins.
    pub fn home(&self, token: &str) -> Terminal {
        let env = [("HUBLINK_BACKEND", self.url.as_str()), ("HUBLINK_TOKEN", token)];
        Terminal::start(&Start { env: &env, ..Start::hublink(&[]) })
    }

    /// The wizard on the site, where it was left.
    fn open(&self, token: &str, step: &str) -> Terminal {
        let terminal = self.home(token);
        terminal.wait_for("Not linked yet");
        terminal.send(bytes_of("g"));
        terminal.wait_for(&format!("Not linked yet › {SITE}"));
        // An unfinished one is told on home too: the box is what is waited for.
        press(&terminal, "w", "Wizards for");
        press(&terminal, "enter", step);
        terminal
    }

    /// Kills wizard and backend, and comes back.
    fn crash(&mut self, terminal: &Terminal, token: &str, step: &str) -> Terminal {
        terminal.signal(Signal::KILL);
        terminal.wait_exit(PATIENCE);
        self.kill();
        self.open(token, step)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A backend on the folder's database, and the URL that it tells.
fn serve(folder: &Path, listen: &str) -> (Child, String) {
    let database = format!("sqlite:{}", folder.join("hublink.db").display());
    let world = folder.join("world.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hublink"));
    command.env_clear().env("HOME", folder).stdin(Stdio::null()).stdout(Stdio::null());
    command.args(["serve", "--listen", listen, "--database", &database, "--link-delay", "24h"]);
    command.arg("--world").arg(world).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("Serving ")).unwrap();
    let url = line.split("Serving ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    // What is still told must have somebody to read it.
    std::thread::spawn(move || lines.for_each(drop));
    (child, url)
}

#[test]
fn issue_3_every_page_of_linking_a_site_outlives_kill_9() {
    let mut backend = Backend::start(WORLD);
    let fay = "dev-fay";
    let terminal = backend.open(fay, "● Site");
    // Who has only looked has nothing to lose.
    let terminal = backend.crash(&terminal, fay, "● Site");

    press(&terminal, "enter", "○ Acme Robotics");
    press(&terminal, "space", "◉ Acme Robotics");
    terminal.send(bytes_of("end"));
    terminal.wait_for("Organization id  ▏");
    terminal.send("acm");
    backend.has(fay, |draft| {
        draft.answers["chosen"]["organization"] == "acme" && draft.answers["typed_id"] == "acm"
    });
    let terminal = backend.crash(&terminal, fay, "● Organization");
    let text = terminal.wait_for("◉ Acme Robotics");
    assert!(text.contains("acm"), "{text}");

    for _ in 0.."acm".len() {
        terminal.send(bytes_of("end"));
        terminal.send(bytes_of("backspace"));
    }
    terminal.wait_for("Organization id  ▏");
    press(&terminal, "enter", "Link to Acme Robotics");
    press(&terminal, "enter", "I have read it");
    press(&terminal, "enter", "✓ read to its end");
    press(&terminal, "space", "☑ I have read it and agree");
    backend.has(fay, |draft| draft.step == "agreement");
    let terminal = backend.crash(&terminal, fay, "● Agreement");
    terminal.wait_for("☐ I have read it and agree");
    terminal.wait_for("Link to Acme Robotics");

    press(&terminal, "enter", "I have read it");
    press(&terminal, "enter", "✓ read to its end");
    press(&terminal, "space", "☑ I have read it and agree");
    terminal.wait_for("Site URL  ▏");
    terminal.send(SITE);
    terminal.wait_for(&format!("Site URL  {SITE}"));
    press(&terminal, "enter", "● Linking");
    terminal.wait_for("The site is being linked to Acme Robotics");
    terminal.signal(Signal::KILL);
    terminal.wait_exit(PATIENCE);
    backend.kill();
    // The site is the organization's from Link Now on.
    let terminal = backend.home(fay);
    terminal.wait_for("linking 0 %");
    press(&terminal, "tab", "linking to Acme Robotics");
    press(&terminal, "w", "Wizards for");
    press(&terminal, "enter", "The site is being linked to Acme Robotics");
}

#[test]
fn issue_3_the_page_of_the_connect_mail_outlives_kill_9() {
    let mut backend = Backend::start(WORLD);
    let nia = "dev-nia";
    let terminal = backend.open(nia, "Enroll Now sends one e-mail");
    press(&terminal, "enter", "● Connect");
    backend.has(nia, |draft| draft.step == "connect");
    let terminal = backend.crash(&terminal, nia, "● Connect");
    terminal.wait_for("nia@glacier.example");
}
