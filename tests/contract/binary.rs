//! The binary itself, as a script would use it: results, exit codes, files.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustix::process::{Pid, Signal};
use serde_json::Value;

use crate::world::{FAY, PAT, SITE, World};

/// Runs the binary off the async threads and waits for it.
pub async fn hublink(world: &World, token: &str, line: &[&str]) -> Output {
    let mut command = command(&world.url, &world.path("home"));
    command.args(line).env("HUBLINK_TOKEN", token).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

pub fn command(url: &str, home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hublink"));
    command.env_clear().env("HOME", home).env("HUBLINK_BACKEND", url).env("TZ", "UTC");
    command
}

pub async fn json(world: &World, line: &[&str]) -> Value {
    let output = hublink(world, FAY, &[line, &["--output", "json"]].concat()).await;
    assert_eq!(code(&output), 0, "{line:?}: {}", told(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_plan_and_run_have_the_keys_that_were_promised() {
    let world = World::start().await;
    let items = world.path("items.csv");
    let line = ["invite", "plan", "--site", SITE, "--select", "bob", "--items"];
    let plan = json(&world, &[&line[..], &[items.to_str().unwrap()]].concat()).await;
    for key in
        ["id", "site", "organization", "method", "emails", "second_invitations", "expires_at"]
    {
        assert!(!plan[key].is_null(), "{key} in {plan}");
    }
    assert_eq!(plan["selected"], 1);
    assert_eq!(plan["outcomes"].as_object().unwrap().len(), 14);
    assert_eq!(plan["outcomes"]["email_consumer"], 1);
    let items = std::fs::read_to_string(items).unwrap();
    let mut lines = items.lines();
    assert_eq!(lines.next(), Some("user_id,address,outcome,reason"));
    assert_eq!(
        lines.next(),
        Some("u1,bob@gmail.com,email_consumer,a consumer domain is always e-mailed")
    );

    let id = plan["id"].as_str().unwrap();
    let run = json(&world, &["invite", "apply", id, "--yes", "--watch"]).await;
    assert_eq!((&run["plan"], &run["state"]), (&plan["id"], &Value::from("done")));
    let eight =
        ["linked", "emailed", "skipped", "held", "blocked", "failed", "unknown", "not_processed"];
    let sum: u64 = eight.iter().map(|key| run[key].as_u64().unwrap()).sum();
    assert_eq!((sum, run["selected"].as_u64()), (1, Some(1)));
    assert_eq!(run["emailed"], 1);

    let again = hublink(&world, FAY, &["invite", "apply", id, "--yes"]).await;
    assert_eq!(code(&again), 6, "{}", told(&again));
    assert!(told(&again).contains(run["id"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_exit_codes() {
    let world = World::start().await;
    let cases: &[(i32, &str, &[&str])] = &[
        (0, FAY, &["site", "list"]),
        (2, FAY, &["site", "lost"]),
        (2, FAY, &["invite", "apply", "pln_1"]),
        (2, FAY, &["invite", "plan", "--site", SITE, "--select", "colour:red"]),
        (3, FAY, &["domain", "add", "--org", "acme", "gmail.com"]),
        (4, "", &["whoami"]),
        (4, "wrong", &["whoami"]),
        (4, PAT, &["site", "show", "rd.webex.example"]),
        (4, PAT, &["invite", "plan", "--site", SITE, "--all"]),
        (5, FAY, &["whoami", "--backend", "http://127.0.0.1:9"]),
    ];
    for (want, token, line) in cases {
        let output = hublink(&world, token, line).await;
        assert_eq!(code(&output), *want, "{line:?}: {}", told(&output));
        assert_eq!(output.stdout.is_empty(), *want != 0, "{line:?}");
        assert_eq!(told(&output).is_empty(), *want == 0, "{line:?}");
    }
}

#[test]
fn section_7_the_wizard_without_a_terminal_says_so_in_one_line() {
    let home = tempfile::tempdir().unwrap();
    for line in [&[][..], &["demo"], &["--backend", "http://127.0.0.1:9"]] {
        let output = command("", home.path()).args(line).stdin(Stdio::null()).output().unwrap();
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{line:?}");
        assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    }
}

#[test]
fn section_4_serve_does_not_start_where_its_mails_would_lead_nowhere_or_could_not_leave() {
    let home = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", home.path().join("new.db").display());
    let refused = |line: &[&str], words: &str| {
        let mut command = command("", home.path());
        command.args(["serve", "--database", &database]).args(line).stdin(Stdio::null());
        // A bare container: no CA of the system anywhere.
        command.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere");
        let output = command.output().unwrap();
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{line:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{line:?}: {}", told(&output));
        assert!(!home.path().join("new.db").exists(), "nothing was begun");
    };
    for listen in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        refused(&["--listen", listen], "--public-url");
        refused(&["--listen", listen, "--insecure"], "--public-url");
    }
    refused(&["--public-url", "https://0.0.0.0:7070"], "every address of a machine");
    refused(&["--smtp", "smtps://mail.acme.example"], "no CA certificates");
    refused(&["--smtp", "smtp://mail.acme.example"], "--smtp-ca");
    let missing = home.path().join("acme-ca.pem");
    let line = ["--smtp", "smtps://mail.acme.example", "--smtp-ca", missing.to_str().unwrap()];
    refused(&line, "acme-ca.pem: No such file");
    let mut whoami = command("https://hub.acme.example", home.path());
    whoami.args(["whoami"]).env("HUBLINK_TOKEN", FAY).stdin(Stdio::null());
    let output =
        whoami.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere").output().unwrap();
    assert!(told(&output).contains("this system has no CA certificates"), "{}", told(&output));
}

#[test]
fn section_9_serve_does_not_start_with_files_for_half_of_its_work() {
    let home = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", home.path().join("new.db").display());
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 32; exec \"$0\" serve --listen 127.0.0.1:0 --database \"$1\""]);
    shell.arg(env!("CARGO_BIN_EXE_hublink")).arg(&database).env("HOME", home.path());
    let output = shell.stdin(Stdio::null()).output().unwrap();
    assert_eq!((code(&output), output.stdout.len()), (1, 0), "{}", told(&output));
    assert!(told(&output).contains("only 32 files"), "{}", told(&output));
    assert!(told(&output).contains("ulimit -n 1024"), "{}", told(&output));
    assert!(!home.path().join("new.db").exists(), "nothing was begun");
}

#[test]
fn section_7_serve_has_no_public_url_that_is_none() {
    let home = tempfile::tempdir().unwrap();
    for url in ["nope", "ftp://hub.example", "https://fay:secret@hub.example"] {
        let mut serve = command("", home.path());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--public-url", url]);
        let output = serve.stdin(Stdio::null()).output().unwrap();
        assert_eq!((code(&output), output.stdout.len()), (2, 0), "{url}");
        assert!(!told(&output).contains("secret"), "{}", told(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_a_watched_run_that_leaves_something_open_ends_with_3() {
    let world = World::start().await;
    let plan = json(&world, &["invite", "plan", "--site", SITE, "--select", "lou"]).await;
    let id = plan["id"].as_str().unwrap();
    let line = ["invite", "apply", id, "--yes", "--watch", "--output", "json"];
    let output = hublink(&world, FAY, &line).await;
    assert_eq!(code(&output), 3, "{}", told(&output));
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&run["unknown"], &run["emailed"]), (&Value::from(1), &Value::from(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_watching_ends_when_the_run_pauses_by_itself() {
    let world = World::start_with(|options| options.smtp = None).await;
    let plan = json(&world, &["invite", "plan", "--site", SITE, "--select", "sol"]).await;
    let id = plan["id"].as_str().unwrap();
    let line = ["invite", "apply", id, "--yes", "--watch", "--output", "json"];
    let output = hublink(&world, FAY, &line).await;
    assert_eq!(code(&output), 3, "{}", told(&output));
    assert!(told(&output).contains("hublink invite resume run_"), "{}", told(&output));
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&run["state"], &run["not_processed"]), (&Value::from("paused"), &Value::from(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_addresses_tells_what_it_did_not_find() {
    let world = World::start().await;
    let list = world.path("poc.txt");
    // As a spreadsheet saves it: with a byte order mark.
    let text = "\u{feff}ANN@acme.example\nnobody@acme.example\n\x1b[2Jx@acme.example\n";
    std::fs::write(&list, text).unwrap();
    let line = ["invite", "plan", "--site", SITE, "--addresses", list.to_str().unwrap()];
    let output = hublink(&world, FAY, &[&line[..], &["--output", "json"]].concat()).await;
    assert_eq!(code(&output), 0, "{}", told(&output));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&plan["selected"], &plan["outcomes"]["link_now"]),
        (&Value::from(1), &Value::from(1))
    );
    assert!(told(&output).contains("1 of 3") && told(&output).contains("nobody@acme.example"));
    assert!(!told(&output).contains('\x1b'));
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_filtered_and_safe_for_a_spreadsheet() {
    let world = World::start().await;
    let users =
        json(&world, &["user", "list", "--site", SITE, "--select", "outcome:blocked"]).await;
    let ids: Vec<&str> =
        users.as_array().unwrap().iter().map(|user| user["user_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["u5", "u6"]);
    let output = hublink(&world, FAY, &["user", "list", "--site", SITE, "--output", "csv"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("number,user_id,name,address,department,active,state,outcome,reason\n")
    );
    assert!(text.contains(",'=1+1,"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_shown_first_and_never_done_unasked() {
    let world = World::start().await;
    let file = world.path("more.csv");
    let text =
        "UserID,Active (Y/N),FirstName,LastName,UserName,Email\nn1,Y,New,One,n,n@acme.example\n";
    std::fs::write(&file, text).unwrap();
    let line = ["user", "import", "--site", SITE, file.to_str().unwrap()];
    assert_eq!(code(&hublink(&world, FAY, &line).await), 2);
    let preview = json(&world, &[&line[..], &["--dry-run"]].concat()).await;
    assert_eq!((&preview["new"], &preview["not_in_file"]), (&Value::from(1), &Value::from(7)));
    let applied = json(&world, &[&line[..], &["--yes"]].concat()).await;
    assert_eq!(applied["users"], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_kept_in_a_private_file_and_ended() {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::start().await;
    let home = world.path("home");
    let (url, file) = (world.url.clone(), home.join(".config/hublink/credentials.toml"));
    let run = move |line: &'static [&'static str], input: &'static str| {
        let mut command = command(&url, &home);
        command.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        })
    };
    assert_eq!(code(&run(&["login"], "wrong\n").await.unwrap()), 4);
    let output = run(&["login"], "dev-fay\n").await.unwrap();
    assert_eq!(code(&output), 0, "{}", told(&output));
    assert!(!told(&output).contains("dev-fay"));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains("dev-fay"));
    assert_eq!(code(&run(&["whoami"], "").await.unwrap()), 0);
    assert_eq!(code(&run(&["logout"], "").await.unwrap()), 0);
    assert_eq!(code(&run(&["whoami"], "").await.unwrap()), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_failure() {
    let world = World::start().await;
    let mut command = command(&world.url, &world.path("home"));
    command.args(["keys"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    });
    let output = output.await.unwrap();
    assert_eq!((code(&output), told(&output).as_str()), (0, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_an_interrupted_watch_ends_with_130_and_the_run_goes_on() {
    let world = World::start().await;
    let plan = json(&world, &["invite", "plan", "--site", SITE, "--select", "sol"]).await;
    let id = plan["id"].as_str().unwrap().to_owned();
    let mut command = command(&world.url, &world.path("home"));
    command.args(["invite", "apply", &id, "--yes", "--watch"]).env("HUBLINK_TOKEN", FAY);
    let (exit, run) = interrupted(command, "invite status ", Signal::INT).await;
    assert_eq!(exit, 130);
    let run = json(&world, &["invite", "status", &run]).await;
    // While its mail is on its way to be put off, it is not known whether it was sent.
    let open = ["not_processed", "unknown"].map(|key| run[key].as_u64().unwrap());
    assert_eq!((&run["state"], open.iter().sum()), (&Value::from("running"), 1), "{run}");
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_serve_ends_on_sigterm_and_prints_the_first_token_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("new.db").display());
    let serve = || {
        let mut command = command("", folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", &database]);
        command.stdout(std::fs::File::create(folder.path().join("out")).unwrap());
        command
    };
    assert_eq!(interrupted(serve(), "Serving ", Signal::TERM).await.0, 0);
    let first = std::fs::read_to_string(folder.path().join("out")).unwrap();
    assert!(first.contains("admin@") && first.contains("token"), "{first}");
    assert_eq!(interrupted(serve(), "Serving ", Signal::INT).await.0, 130);
    assert_eq!(std::fs::read_to_string(folder.path().join("out")).unwrap(), "");
}

/// Runs until a line of standard error has this text, then sends a signal. Answers the exit code
/// and the first word behind the text.
async fn interrupted(mut command: Command, text: &'static str, signal: Signal) -> (i32, String) {
    use std::io::{BufRead as _, BufReader};
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let waited = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let line = lines.find(|line| line.contains(text)).unwrap();
        let word = line.split(text).nth(1).unwrap().split(' ').next().unwrap().to_owned();
        rustix::process::kill_process(Pid::from_child(&child), signal).unwrap();
        // What is still told must have somebody to read it.
        lines.for_each(drop);
        (child.wait().unwrap().code().unwrap(), word)
    });
    waited.await.unwrap()
}
