//! Whatever a command tells a terminal passes the one way out (promise I12, architecture rule 9).
//!
//! Owns a hostile text, every place where the command line takes such a text from, and a backend
//! whose answers hold it. On the terminal then stands no control character but line ends, nothing
//! hidden and nothing that reorders; that the text was told at all is checked too.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::thread;

use hublink::domain::untrusted::is_hostile;

use crate::terminal::{PATIENCE, Start, Terminal};

/// Clears the screen, sets a title, rings, colours by a C1 byte, turns round, hides, breaks lines.
const EVIL: &str =
    "\u{1b}[2J\u{1b}]0;t\u{7}\u{8}\u{9b}31m\u{202e}evil\u{2028}\u{200b}\u{feff}\u{7f}\tx\ry";
/// What of it is to be read on the terminal.
const SEEN: &str = "<U+202E>evil<U+2028>";

/// Runs a command to its end in a terminal, and answers what was written.
fn told(args: &[&str], env: &[(&str, &str)], before: impl Fn(&Path)) -> String {
    let home = tempfile::tempdir().unwrap();
    before(home.path());
    let home = home.path().to_str().unwrap();
    let mut all = vec![("HOME", home), ("HUBLINK_BACKEND", "http://127.0.0.1:9")];
    all.extend(env);
    let start = Start { env: &all, size: (400, 60), ..Start::hublink(args) };
    let terminal = Terminal::start(&start);
    terminal.wait_exit(PATIENCE);
    String::from_utf8(terminal.bytes()).unwrap()
}

fn assert_clean(text: &str, of: &str) {
    let text = text.replace("\r\n", "\n");
    let found = text.chars().find(|c| *c != '\n' && is_hostile(*c));
    assert_eq!(found, None, "{of}: {text:?}");
}

/// The list of themes without the question for the terminal's ground, and without what stands between
/// the first colour of a line and the last.
fn without_samples(text: &str) -> String {
    let text = text.strip_prefix("\x1b]11;?\x1b\\\x1b[c").unwrap_or(text);
    let line = |line: &str| match (line.find("\x1b[38;2;"), line.rfind("\x1b[0m")) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &line[..from], &line[to + 4..]),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn assert_told(args: &[&str], env: &[(&str, &str)]) {
    assert_told_after(args, env, |_| ());
}

fn assert_told_after(args: &[&str], env: &[(&str, &str)], before: impl Fn(&Path)) {
    let text = told(args, env, before);
    assert_clean(&text, &format!("{args:?} {env:?}"));
    assert!(text.contains(SEEN), "{args:?} {env:?} does not name it: {text:?}");
}

/// The site that most commands want.
const SITE: [&str; 2] = ["--site", "acme.webex.example"];

#[test]
fn i12_the_names_of_files() {
    let file = &format!("/dev/null/{EVIL}");
    let database = &format!("sqlite:/dev/null/{EVIL}/a.db");
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    let serve = |more: &[&'static str]| [&listen[..], more].concat();
    let cases: Vec<Vec<&str>> = vec![
        vec!["demo", "--play", file],
        vec!["demo", "--record", file],
        vec!["demo", "--users", "20", "--data", "/dev/null", "--play", file],
        vec!["login", "--token-file", file],
        [serve(&["--world"]), vec![file, "--database", "sqlite:world.db"]].concat(),
        [serve(&["--smtp-file"]), vec![file]].concat(),
        [serve(&["--database"]), vec![database]].concat(),
        [serve(&["--database", "sqlite:world.db", "--tls-cert"]), vec![file, "--tls-key", file]]
            .concat(),
        [&["user", "import"], &SITE[..], &[file]].concat(),
        [&["licence", "import"], &SITE[..], &[file]].concat(),
        vec!["site", "insights", "acme.webex.example", "import", file],
        [&["invite", "plan"], &SITE[..], &["--addresses", file]].concat(),
        [&["cohort", "save"], &SITE[..], &["PoC", "--addresses", file]].concat(),
        vec!["man", "--dir", file],
    ];
    for args in cases {
        assert_told(&args, &[]);
    }
}

#[test]
fn i12_what_was_typed() {
    for args in [
        &[EVIL][..],
        &["site", EVIL],
        &["site", "show", EVIL],
        &["site", "list", "--output", EVIL],
        &["completions", EVIL],
        &["whoami", "--profile", EVIL],
        &["whoami", "--backend", EVIL],
        &["serve", "--listen", EVIL],
        &["serve", "--database", EVIL],
        &["serve", "--link-delay", EVIL],
        &["serve", "--resolver", EVIL],
        &["invite", "show", "pln_1", "--class", EVIL],
        &["user", "list", "--quiet", "--site", "acme.webex.example", "--select", EVIL],
    ] {
        assert_clean(&told(args, &[], |_| ()), &format!("{args:?}"));
    }
}

#[test]
fn i12_the_environment() {
    let folder = &format!("/nowhere/{EVIL}");
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
        for output in ["table", "csv"] {
            assert_told(&["paths", "--output", output], &[(name, folder)]);
        }
        let json = told(&["paths", "--output", "json"], &[(name, folder)], |_| ());
        assert_clean(&json, name);
        assert!(json.contains("\\u202eevil\\u2028"), "{json}");
    }
    for name in [
        "HUBLINK_BACKEND",
        "HUBLINK_PROXY",
        "HUBLINK_LOG",
        "HUBLINK_PROFILE",
        "HUBLINK_INSECURE",
        "HUBLINK_TOKEN",
        "TERM",
        "HOME",
    ] {
        assert_clean(&told(&["whoami"], &[(name, EVIL)], |_| ()), name);
        assert_clean(&told(&[], &[(name, EVIL), ("HUBLINK_THEME", EVIL)], |_| ()), name);
    }
    for name in ["HUBLINK_DATABASE", "HUBLINK_SMTP"] {
        let serve = ["serve", "--listen", "127.0.0.1:9999999"];
        assert_clean(&told(&serve, &[(name, EVIL)], |_| ()), name);
        assert_clean(&told(&serve[..1], &[(name, EVIL)], |_| ()), name);
    }
}

#[test]
fn i12_what_files_of_ours_hold() {
    let quoted = serde_json::to_string(EVIL).unwrap();
    let quoted = quoted.replace('\u{7f}', "\\u007f");
    for config in [
        format!("{quoted} = 1\n"),
        format!("theme = {EVIL}\n"),
        format!("backend = {quoted}\n"),
        format!("profile = {quoted}\n"),
        format!("[keys]\n{quoted} = [\"q\"]\n"),
        format!("[keys]\nquit = [{quoted}]\n"),
        format!("[profiles.{quoted}]\nbackend = \"x\"\n{EVIL}"),
    ] {
        let write = |home: &Path| {
            let folder = home.join(".config/hublink");
            std::fs::create_dir_all(folder.join("themes")).unwrap();
            std::fs::write(folder.join("config.toml"), &config).unwrap();
            let theme = EVIL.replace('\t', " ");
            std::fs::write(folder.join(format!("themes/{theme}.toml")), &theme).unwrap();
        };
        for args in [&["keys"][..], &["themes"], &["themes", "--output", "csv"], &["whoami"]] {
            // The colours of the samples are ours: each is given, and none beyond.
            let text = told(args, &[], write);
            let text = if args == ["themes"] { without_samples(&text) } else { text };
            assert_clean(&text, &format!("{args:?} {config:?}"));
        }
    }
}

#[test]
fn i12_the_scripts_that_are_loaded() {
    let quoted = serde_json::to_string(EVIL).unwrap().replace('\u{7f}', "\\u007f");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it.toml");
    let path = path.to_str().unwrap();
    let database = "sqlite:world.db";
    for text in [
        format!("title = \"x\"\n[[step]]\n{quoted} = 1\n"),
        format!("title = \"x\"\n{EVIL}\n"),
        format!("title = \"x\"\n[[step]]\npress = [{quoted}]\n"),
        format!("title = {quoted}\n[[step]]\ncaption = {quoted}\nwait = [{quoted}]\nrest = 99\n"),
    ] {
        std::fs::write(path, &text).unwrap();
        if !text.contains("press") {
            assert_clean(&told(&["demo", "--play", path], &[], |_| ()), &text);
        }
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database", database, "--world", path];
        assert_clean(&told(&serve, &[], |_| ()), &text);
    }
    let world =
        format!("[[sites]]\nurl = \"a.webex.example\"\ncompany = \"A\"\nroster = {quoted}\n");
    std::fs::write(path, world).unwrap();
    assert_told(
        &["serve", "--listen", "127.0.0.1:0", "--database", database, "--world", path],
        &[],
    );
}

#[test]
fn i12_names_that_are_no_text() {
    let mut name = OsString::from("/nowhere/").into_vec();
    name.extend(b"\xff\x9b31m\x1b[2J");
    let name = OsString::from_vec(name);
    for args in [vec!["demo", "--play"], vec!["login", "--token-file"], vec!["site"], vec![]] {
        let mut all: Vec<OsString> = args.iter().map(OsString::from).collect();
        all.push(name.clone());
        let words: Vec<String> = all.iter().map(|word| quoted_for_shell(word)).collect();
        let line = format!("exec {} {}", env!("CARGO_BIN_EXE_hublink"), words.join(" "));
        let start = Start {
            program: Path::new("/bin/sh"),
            args: &["-c", &line],
            env: &[("HUBLINK_BACKEND", "http://127.0.0.1:9")],
            size: (400, 60),
            ..Start::hublink(&[])
        };
        let terminal = Terminal::start(&start);
        terminal.wait_exit(PATIENCE);
        assert_clean(&String::from_utf8(terminal.bytes()).unwrap(), &line);
    }
}

/// A word that the shell makes of octal escapes.
fn quoted_for_shell(word: &std::ffi::OsStr) -> String {
    let octal = |byte: &u8| format!("\\{byte:03o}");
    let escapes: String = word.as_encoded_bytes().iter().map(octal).collect();
    format!("\"$(printf '{escapes}')\"")
}

#[test]
fn i12_the_program_under_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let name = EVIL.replace('\r', "");
    let link = folder.path().join(&name);
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_hublink"), &link).unwrap();
    for args in [&["--help"][..], &["help", "invite"], &["--version"], &["invite"], &["--no-such"]]
    {
        let start =
            Start { program: &link, args, env: &[("NO_COLOR", "1")], size: (200, 60), ground: "" };
        let terminal = Terminal::start(&start);
        terminal.wait_exit(PATIENCE);
        assert_clean(&String::from_utf8(terminal.bytes()).unwrap(), &format!("{args:?}"));
    }
}

#[test]
fn i12_help_has_no_sequences_but_colours() {
    let text = told(&["invite", "plan", "--help"], &[], |_| ());
    assert!(text.contains("\u{1b}[1m") && text.contains("Usage"), "{text:?}");
    assert_eq!(crate::escapes::first_refused(text.as_bytes()), None);
    assert!(!text.contains("^["), "{text}");
}

/// A backend that answers everything with this.
fn answering(status: &str, kind: &str, body: &str) -> String {
    answering_each(status, kind, &[("", body)])
}

/// The same, whose answer is the first of those whose text stands in the request's path.
fn answering_each(status: &str, kind: &str, bodies: &[(&'static str, &str)]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = |(path, body): &(&'static str, &str)| {
        let length = body.len();
        let head = format!("content-type: {kind}\r\ncontent-length: {length}\r\nconnection: close");
        (*path, format!("HTTP/1.1 {status}\r\n{head}\r\n\r\n{body}"))
    };
    let answers: Vec<(&str, String)> = bodies.iter().map(answer).collect();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 8192];
            // One packet holds a request without a body; who closes early has seen enough.
            let _ = stream.read(&mut request);
            let request = String::from_utf8_lossy(&request);
            let line = request.lines().next().unwrap_or_default();
            if let Some((_, answer)) = answers.iter().find(|(path, _)| line.contains(path)) {
                let _ = stream.write_all(answer.as_bytes());
            }
        }
    });
    url
}

#[test]
fn i12_the_answers_of_a_backend() {
    let problem = serde_json::json!({
        "type": "about:blank", "title": EVIL, "status": 409, "code": EVIL, "detail": EVIL,
        "field": EVIL, "remedy": EVIL, "request_id": EVIL, "suggestions": [EVIL], "run": EVIL,
    });
    let me = serde_json::json!({
        "email": EVIL, "name": EVIL, "backend_admin": false, "roles": [],
        "backend": { "provider": EVIL, "version": EVIL, "demo": false,
                     "now": "2026-03-01T09:00:00Z" },
    });
    for (status, kind, body) in [
        ("409 Conflict", "application/problem+json", problem.to_string()),
        ("500 Internal Server Error", "text/plain", EVIL.to_owned()),
        ("200 OK", "application/json", me.to_string()),
        ("200 OK", "application/json", format!("{{\"{EVIL}\":")),
        ("200 OK", "text/html", format!("<p>{EVIL}")),
    ] {
        let url = answering(status, kind, &body);
        for output in ["table", "json", "csv"] {
            let args = ["whoami", "--backend", &url, "--output", output];
            assert_clean(&told(&args, &[], |_| ()), &format!("{output} {body}"));
        }
        let line = ["site", "show", "--backend", &url, "a.webex.example"];
        assert_clean(&told(&line, &[], |_| ()), &body);
    }
}

#[test]
fn section_7_what_takes_away_is_asked_at_the_terminal() {
    let cohort = serde_json::json!({
        "name": "PoC", "users": 40, "saved_at": "2026-03-01T09:00:00Z",
        "saved_by": "fay@acme.example", "numbers": "0-39",
    });
    let site = serde_json::json!({
        "url": "acme.webex.example", "company": "Acme", "state": "enrolled", "may_link": true,
        "csm": "", "site_admins": [], "roster_revision": 1, "my_roles": ["full_admin"],
        "users": {
            "total": 40, "deactivated": 0, "linked": 0, "provisional": 0, "invited": 0,
            "lapsed": 0, "confirmed": 0, "declined": 0, "unknown": 0, "unlinked": 40,
        },
    });
    let (cohort, site) = (cohort.to_string(), site.to_string());
    let answers = [("/cohorts/", cohort.as_str()), ("/v1/sites/", site.as_str())];
    let url = answering_each("200 OK", "application/json", &answers);
    for (typed, refused) in [("n\r", true), ("\r", true), ("yes\r", false)] {
        let args = [&["cohort", "remove"], &SITE[..], &["PoC", "--backend", &url]].concat();
        let terminal = Terminal::start(&Start::hublink(&args));
        terminal.wait_for("40 ticked users, saved by fay@acme.example");
        terminal.wait_for("Remove it? [y/N]");
        terminal.send(typed);
        let exit = terminal.wait_exit(PATIENCE);
        assert_eq!(terminal.text().contains("nothing was changed"), refused, "{typed:?}");
        assert_eq!(exit.exit_code() == 1 && refused, refused, "{typed:?}");
    }
}

#[test]
fn without_a_backend_hublink_tells_three_ways_to_begin() {
    let terminal = Terminal::start(&Start::hublink(&[]));
    terminal.wait_for("Which one? 1, 2 or 3; Enter leaves:");
    for way in
        ["hublink demo --tour", "(hublink demo)", "hublink login --backend URL", "hublink serve"]
    {
        assert!(terminal.text().contains(way), "{way}: {}", terminal.text());
    }
    terminal.send("\r");
    assert_eq!(terminal.wait_exit(PATIENCE).exit_code(), 2);
}
