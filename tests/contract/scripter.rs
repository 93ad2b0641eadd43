//! Thirty things and more that a scripter does, with the habits of gh, kubectl, terraform and GAM: each in one line
//! of a shell, through the real binary against a real `serve`. README tells them in short.

use std::process::Stdio;

use crate::binary::{code, command, told};
use crate::served::Served;
use crate::world::{FAY, FILE, ROSTER, SITE};

/// A habit, the line, and what it prints at its end.
const LINES: [(&str, &str, &str); 39] = [
    (
        "gh auth status",
        "hublink whoami -o json --fields email",
        "\"email\": \"fay@acme.example\"\n}",
    ),
    (
        "kubectl get",
        "hublink site list --fields url -o csv | tail -n +2 | head -1",
        "acme.webex.example",
    ),
    (
        "kubectl get NAME -o json",
        "hublink site show acme.webex.example -o json --fields state",
        "\"enrolled\"\n}",
    ),
    ("kubectl get -o wide", "hublink site list -o wide | head -1", "MY ROLES"),
    (
        "kubectl get --limit",
        "hublink user list acme.webex.example --limit 3 -o ndjson | grep -c user_id",
        "3",
    ),
    (
        "either spelling",
        "hublink site show --site acme.webex.example --fields state -o csv | tail -1",
        "enrolled",
    ),
    (
        "GAM print > sheet",
        "hublink site list -o sites.csv -q && head -c 3 sites.csv | od -An -tx1",
        "ef bb bf",
    ),
    ("an export into a pipe", "hublink user export acme.webex.example | head -c 6", "UserID"),
    ("CSV into a pipe", "hublink site list -o csv | head -c 3", "url"),
    ("one object a line", "hublink site list -o ndjson | grep -c '^{.*}$'", "2"),
    (
        "a selector",
        "hublink user list acme.webex.example --select outcome:blocked --fields user_id -o csv | tail -n +2 | tr '\\n' ' '",
        "u5 u6",
    ),
    (
        "GAM export and import",
        "hublink user export acme.webex.example > users.csv && hublink user import acme.webex.example users.csv --dry-run -o csv --fields new,changed,unchanged | tail -1",
        "0,0,7",
    ),
    (
        "stdin",
        "cat users.csv | hublink user import acme.webex.example - --dry-run -o csv --fields unchanged | tail -1",
        "7",
    ),
    (
        "-o FILE of an export",
        "hublink user export acme.webex.example -o out.csv -q && hublink user export acme.webex.example --encoding product | cmp - out.csv && head -c 2 out.csv | od -An -tx1",
        "ff fe",
    ),
    (
        "a loop",
        "for u in $(hublink user list acme.webex.example --select dept:sales --fields user_id -o csv | tail -n +2); do hublink user show acme.webex.example $u --fields address -o csv | tail -1; done",
        "ann@acme.example",
    ),
    (
        "a list from a pipe",
        "echo ann@acme.example | hublink cohort save acme.webex.example wave1 --addresses - -q -o csv --fields users | tail -1",
        "1",
    ),
    (
        "terraform plan -out",
        "hublink invite plan acme.webex.example --cohort wave1 -o csv --fields id | tail -1 > plan && cut -c1-4 plan",
        "pln_",
    ),
    (
        "terraform show",
        "hublink invite show $(cat plan) -o csv --fields selected,emails | tail -1",
        "1,0",
    ),
    (
        "terraform apply",
        "hublink invite apply $(cat plan) --yes --watch -q -o ndjson | tail -1 | grep -o '\"state\":\"done\"'",
        "\"state\":\"done\"",
    ),
    ("applied once", "hublink invite apply $(cat plan) --yes 2>/dev/null || echo $?", "6"),
    (
        "the newest",
        "hublink invite report $(hublink invite status --limit 1 --fields id -o csv | tail -1) --state linked --fields address -o csv | tail -1",
        "ann@acme.example",
    ),
    (
        "an error's code",
        "hublink org show nowhere -o json 2>&1 >/dev/null | grep -o '\"code\":\"[a-z_]*\"'",
        "\"code\":\"not_found\"",
    ),
    ("a slip's exit code", "hublink site lst 2>/dev/null || echo $?", "2"),
    ("gh api", "hublink api /v1/me | grep -o fay@acme.example | head -1", "fay@acme.example"),
    (
        "gh api --paginate",
        "hublink api sites -f limit=1 --method GET --paginate --fields url -o csv | tail -n +2 | tr '\\n' ' '",
        "acme.webex.example rd.webex.example",
    ),
    (
        "gh api -F",
        "hublink api PATCH organizations/acme -F auto_licence=true -o csv --fields auto_licence | tail -1",
        "true",
    ),
    (
        "gh api --input -",
        "echo '{\"name\":\"more.example\"}' | hublink api POST organizations/acme/domains --input - -o csv --fields name,state | tail -1",
        "more.example,pending",
    ),
    ("gh api -i", "hublink api /v1/sites -i | head -1 | tr -d '\\r'", "HTTP/1.1 200 OK"),
    (
        "retry with a key",
        "for n in 1 2; do hublink domain add acme key.example --key once-1 -q -o csv --fields name | tail -1; done | sort | uniq -c | tr -s ' '",
        "2 key.example",
    ),
    (
        "nothing asks a script",
        "yes | hublink cohort remove acme.webex.example wave1 -o json 2>&1 | grep -o nobody_to_ask",
        "nobody_to_ask",
    ),
    ("a noun alone", "hublink invite -o csv --fields state | tail -1", "done"),
    ("kubectl cluster-info", "hublink clock -o csv --fields may_advance | tail -1", "yes"),
    (
        "an array of objects",
        "hublink site list -o json --fields url | sed -n 2,3p",
        "\"url\": \"acme.webex.example\"",
    ),
    ("a column of nobody's", "hublink audit list | head -1 | cut -c1-2", "AT"),
    (
        "terraform's detailed exit code",
        "hublink subdomain check acme meridian >/dev/null 2>&1 || echo $?",
        "3",
    ),
    (
        "nobody there",
        "HUBLINK_BACKEND=http://127.0.0.1:9 hublink whoami 2>/dev/null || echo $?",
        "5",
    ),
    (
        "a number that is none",
        "hublink site list --limit x 2>&1 | grep -c 'write a whole number'",
        "1",
    ),
    (
        "a file that is not there",
        "hublink user import acme.webex.example nope.csv 2>&1 | tail -1",
        "nope.csv: No such file or directory",
    ),
    ("manual pages", "hublink man --dir man && ls man | grep -c 'hublink-[a-z-]*.[57]$'", "5"),
];

#[test]
fn section_7_thirty_things_a_scripter_does_each_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
    std::fs::write(folder.path().join("acme.csv"), ROSTER).unwrap();
    let world = folder.path().join("world.toml");
    let served = Served::start(folder.path(), &["--world", world.to_str().unwrap()]);
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_hublink"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    let desk = folder.path().join("desk");
    std::fs::create_dir(&desk).unwrap();
    for (habit, line, want) in LINES {
        let mut shell = std::process::Command::new("sh");
        // The environment of every command, and the tools of any shell.
        for (name, value) in command(&served.url, folder.path()).get_envs() {
            shell.env(name, value.unwrap());
        }
        shell.env("PATH", &path).env("HUBLINK_TOKEN", FAY).env_remove("HUBLINK_PROFILE");
        shell.current_dir(&desk).args(["-c", line]).stdin(Stdio::null());
        let output = shell.output().unwrap();
        let printed = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(code(&output), 0, "{habit}: {line}\n{printed}\n{}", told(&output));
        assert!(printed.trim().ends_with(want), "{habit}: {line}\n{printed}\n{}", told(&output));
    }
}

#[test]
fn the_bearer_goes_to_the_backend_alone() {
    use std::io::{Read as _, Write as _};
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = format!("http://{}/v1/me", other.local_addr().unwrap());
    let backend = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", backend.local_addr().unwrap());
    let home = tempfile::tempdir().unwrap();
    let api = |words: &[&str]| {
        let mut one = command(&url, home.path());
        one.arg("api").args(words).env("HUBLINK_TOKEN", FAY).stdin(Stdio::null()).output().unwrap()
    };
    let output = api(&[&elsewhere, "-o", "json"]);
    assert_eq!(code(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("other_host"), "{}", told(&output));

    // A backend that sends its callers there.
    let to = elsewhere.clone();
    let answering = std::thread::spawn(move || {
        let (mut caller, _) = backend.accept().unwrap();
        let mut asked = [0; 4096];
        let read = caller.read(&mut asked).unwrap();
        let answer =
            format!("HTTP/1.1 307 Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        caller.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&asked[..read]).into_owned()
    });
    let output = api(&["/v1/me"]);
    assert_eq!(code(&output), 1, "{}", told(&output));
    assert!(told(&output).contains("redirects"), "{}", told(&output));
    assert!(answering.join().unwrap().contains(FAY), "the backend itself has it");
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err(), "nobody else was asked");
}

#[test]
fn names_come_at_tab_from_the_backend_and_silence_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
    std::fs::write(folder.path().join("acme.csv"), ROSTER).unwrap();
    let world = folder.path().join("world.toml");
    let served = Served::start(folder.path(), &["--world", world.to_str().unwrap()]);
    let saved = served.end(
        "",
        FAY,
        &["cohort", "save", SITE, "pilots", "--addresses", "-"],
        "ann@acme.example\n",
    );
    assert_eq!(code(&saved), 0, "{}", told(&saved));
    let planned = served.end("", FAY, &["invite", "plan", SITE, "--cohort", "pilots"], "");
    assert_eq!(code(&planned), 0, "{}", told(&planned));
    let at_tab = |url: &str, line: &str| {
        let mut one = command(url, folder.path());
        let words: Vec<&str> = line.split(' ').collect();
        one.env("HUBLINK_TOKEN", FAY).env("HUBLINK_COMPLETE", "bash").env("_CLAP_IFS", "\n");
        one.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
        one.env("_CLAP_COMPLETE_COMP_TYPE", "9").arg("--").args(&words);
        let output = one.stdin(Stdio::null()).output().unwrap();
        assert_eq!((code(&output), told(&output).as_str()), (0, ""), "{line}");
        String::from_utf8(output.stdout).unwrap()
    };
    for (line, want) in [
        ("hublink site show ", "acme.webex.example\n"),
        ("hublink user list --site rd", "rd.webex.example"),
        ("hublink org show ac", "acme"),
        ("hublink domain list --org ", "acme"),
        ("hublink si", "site"),
        ("hublink invite plan --sel", "--select"),
        ("hublink help fi", "filter"),
        ("hublink help in", "invite"),
        ("hublink help site me", "method"),
        ("hublink man exit", "exit-codes"),
        ("hublink site list -o nd", "ndjson"),
        ("hublink demo --tour hand", "hand-over"),
        ("hublink domain verify --org acme acme", "acme.example"),
        ("hublink user list ", "acme.webex.example"),
        ("hublink user list ac", "acme.webex.example"),
        ("hublink domain list ac", "acme"),
        ("hublink domain verify acme acme", "acme.example"),
        ("hublink cohort show acme.webex.example ", "pilots"),
        ("hublink invite apply ", "pln_"),
    ] {
        let found = at_tab(&served.url, line);
        assert!(found.contains(want), "{line}: {found}");
    }
    let nobody = at_tab("http://127.0.0.1:9", "hublink site show acme");
    assert!(!nobody.contains("acme."), "{nobody}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let mut one = command(&served.url, folder.path());
        let output = one.args(["completions", shell]).stdin(Stdio::null()).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("HUBLINK_COMPLETE"), "{shell}: {script}");
    }
}
