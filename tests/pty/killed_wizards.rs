//! `kill -9` of wizard and backend in every wizard: it resumes there (SPEC section 4, promise I14).
//!
//! Owns one page of each, in a real terminal; every page of every wizard is walked through in
//! tests/contract/drafts.rs, and those of linking a site in `killed`.

use hublink::api::draft::Draft;
use rustix::process::Signal;

use super::keys::bytes_of;
use super::killed::Backend;
use super::terminal::{PATIENCE, Terminal};

const WORLD: &str = r#"
now = "2026-03-01T09:00:00Z"

[[people]]
email = "root@hub.example"
name = "Root"
token = "dev-root"
backend_admin = true
[[people]]
email = "fay@acme.example"
name = "Fay Moss"
token = "dev-fay"
[[people]]
email = "pat@meridian.example"
name = "Pat Ray"
token = "dev-pat"

[[organizations]]
id = "meridian"
name = "Meridian Networks"
kind = "partner"
partner_admins = ["pat@meridian.example"]
[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
partner = "meridian"
full_admins = ["fay@acme.example"]
directory_sync = true
services = { messaging = 10 }
setup = "pending"

[[sites]]
url = "acme.webex.example"
company = "Acme Robotics Inc"
organization = "acme"
linked_at = "2025-11-02T10:00:00Z"
site_admins = ["fay@acme.example"]
method = "receive_email"
[[sites]]
url = "rd.webex.example"
company = "Acme Research"
csm = "csm@provider.example"

[[orders]]
number = "SO-1"
partner = "meridian"
company = "Kestrel Freight Ltd"
country = "GB"
services = { messaging = 75 }
received = "2026-02-27T12:30:00Z"
"#;

/// A key, or text after `=`; and what is then seen.
type Press = (&'static str, &'static str);

/// A wizard that is left in the middle.
struct Case {
    token: &'static str,
    draft: (&'static str, &'static str),
    /// From home to the wizard, wherever it was left.
    open: &'static [Press],
    /// What is answered there.
    answer: &'static [Press],
    /// Whether the backend has it.
    saved: fn(&Draft) -> bool,
    /// What is there again.
    back: &'static [&'static str],
}

const CASES: [Case; 8] = [
    Case {
        token: "dev-pat",
        draft: ("trial", "meridian"),
        open: &[("N", "● Customer")],
        answer: &[("=Nordwind", "Nordwind▏")],
        saved: |draft| draft.answers["company"] == "Nordwind",
        back: &["● Customer", "Nordwind"],
    },
    Case {
        token: "dev-pat",
        draft: ("order", "SO-1"),
        open: &[("O", "▌ SO-1"), ("enter", "● Order")],
        answer: &[("=kit@kestrel.example", "kit@kestrel.example▏")],
        saved: |draft| draft.answers["administrator"] == "kit@kestrel.example",
        back: &["● Order", "kit@kestrel.example"],
    },
    Case {
        token: "dev-fay",
        draft: ("setup", "acme"),
        open: &[("s", "step ")],
        answer: &[("enter", "● Subdomain"), ("=robots", "robots▏")],
        saved: |draft| draft.answers["subdomain"] == "robots",
        back: &["● Subdomain", "robots"],
    },
    Case {
        token: "dev-fay",
        draft: ("link_users", "acme.webex.example"),
        open: &[(":", " Actions "), ("=link users", "link users▏"), ("enter", "step ")],
        answer: &[("down", "▌ ○ Verify domains now"), ("space", "◉ Verify domains now")],
        saved: |draft| draft.answers["method"] == "verify_now",
        back: &["● Method", "◉ Verify domains now"],
    },
    Case {
        token: "dev-fay",
        draft: ("account_linking", "acme.webex.example"),
        open: &[(":", " Actions "), ("=account linking", "account linking▏"), ("enter", "step ")],
        answer: &[("down", "▌ ○ Verify"), ("space", "◉ Verify")],
        saved: |draft| draft.answers["setting"] == "verify",
        back: &["● Setting", "◉ Verify"],
    },
    Case {
        token: "dev-fay",
        draft: ("licences", "acme.webex.example"),
        open: &[(":", " Actions "), ("=licence csv", "licence csv▏"), ("enter", "step ")],
        answer: &[("space", "☑ Messaging")],
        saved: |draft| draft.answers["assign"][0] == "messaging",
        back: &["● Export", "☑ Messaging"],
    },
    Case {
        token: "dev-fay",
        draft: ("directory_sync", "acme"),
        open: &[(":", " Actions "), ("=directory sync", "directory sync▏"), ("enter", "step ")],
        answer: &[("enter", "● Pause")],
        saved: |draft| draft.step == "pause",
        back: &["● Pause"],
    },
    Case {
        token: "dev-root",
        draft: ("auto_link", "rd.webex.example"),
        open: &[
            ("g", "Not linked yet › rd.webex.example"),
            ("w", "Automatic linking date"),
            ("enter", "step "),
        ],
        answer: &[("=2026-06-01", "2026-06-01▏")],
        saved: |draft| draft.answers["on"] == "2026-06-01",
        back: &["● Date", "2026-06-01"],
    },
];

fn press(terminal: &Terminal, presses: &[Press]) {
    for (key, then) in presses {
        if let Some(text) = key.strip_prefix('=') {
            terminal.send(text);
        } else {
            terminal.let_count(key);
            terminal.send(bytes_of(key));
        }
        terminal.wait_for(then);
    }
}

fn open(backend: &Backend, case: &Case) -> Terminal {
    let terminal = backend.home(case.token);
    terminal.wait_for("Acme Robotics › acme.webex.example");
    press(&terminal, case.open);
    terminal
}

#[test]
fn issue_3_every_wizard_outlives_kill_9() {
    let mut backend = Backend::start(WORLD);
    for case in &CASES {
        let terminal = open(&backend, case);
        press(&terminal, case.answer);
        backend.has_draft(case.token, case.draft, case.saved);
        terminal.signal(Signal::KILL);
        terminal.wait_exit(PATIENCE);
        backend.kill();
        let terminal = open(&backend, case);
        for words in case.back {
            terminal.wait_for(words);
        }
        assert!(terminal.wait_for("step ").contains(case.back[0]), "{:?}", case.draft);
    }
}
