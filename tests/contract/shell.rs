//! The shell: how results are shaped, where they go, and how a script hears of what went wrong.

use std::process::Stdio;

use serde_json::Value;

use crate::binary::{code, command, hublink, told};
use crate::world::{FAY, ROOT, SITE, World};

fn problem(told: &str) -> Value {
    let line = told.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|_| panic!("one line of JSON ends it: {told}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_an_error_under_json_is_a_problem_with_its_stable_code() {
    let world = World::start().await;
    let cases: &[(i32, &str, &str, &[&str])] = &[
        (2, FAY, "unknown_command", &["site", "lst"]),
        (2, FAY, "missing_command", &["setup"]),
        (2, FAY, "unknown_flag", &["site", "list", "--lot"]),
        (2, FAY, "missing_argument", &["user", "list"]),
        (2, FAY, "invalid_value", &["site", "method", SITE, "by_magic"]),
        (2, FAY, "conflicting_flags", &["invite", "plan", "--site", SITE, "--all", "--rest"]),
        (2, FAY, "wrong_usage", &["invite", "plan", "--site", SITE, "--select", "colour:red"]),
        (2, FAY, "nobody_to_ask", &["cohort", "save", "--site", SITE, "poc", "--all"]),
        (2, FAY, "unknown_field", &["site", "list", "--fields", "url,nmae"]),
        (3, FAY, "domain_refused", &["domain", "add", "--org", "acme", "gmail.com"]),
        (4, "", "not_signed_in", &["whoami"]),
        (4, FAY, "not_found", &["org", "show", "nowhere"]),
        (5, FAY, "unreachable", &["whoami", "--backend", "http://127.0.0.1:9"]),
        (2, FAY, "configuration", &["whoami", "--backend", "hub.example"]),
    ];
    // What asks before it replaces a list must have one to replace.
    let line = ["cohort", "save", "--site", SITE, "poc", "--all", "--yes"];
    assert_eq!(code(&hublink(&world, FAY, &line).await), 0);
    for (want, token, stable, line) in cases {
        for format in ["json", "ndjson"] {
            let output = hublink(&world, token, &[line, &["-o", format][..]].concat()).await;
            assert_eq!(code(&output), *want, "{line:?}: {}", told(&output));
            let problem = problem(&told(&output));
            assert_eq!(problem["code"], *stable, "{line:?}: {problem}");
            assert_eq!(problem["exit"], *want, "{line:?}: {problem}");
            assert!(problem["detail"].as_str().is_some_and(|words| !words.is_empty()), "{problem}");
            assert!(output.stdout.is_empty(), "{line:?}");
        }
        let output = hublink(&world, token, line).await;
        assert!(told(&output).starts_with("error: ") || *stable == "missing_command", "{line:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_go_to_a_file_whose_ending_names_the_format_and_csv_opens_in_a_spreadsheet() {
    let world = World::start().await;
    let write = async |name: &str, more: &[&str]| {
        let path = world.path(name);
        let line = [&["site", "list", "-o", path.to_str().unwrap()], more].concat();
        let output = hublink(&world, FAY, &line).await;
        assert_eq!(code(&output), 0, "{}", told(&output));
        assert!(output.stdout.is_empty() && told(&output).contains(name), "{}", told(&output));
        std::fs::read_to_string(path).unwrap()
    };
    let csv = write("sites.csv", &[]).await;
    assert!(csv.starts_with("\u{feff}url,company,"), "{csv}");
    let piped = hublink(&world, FAY, &["site", "list", "-o", "csv"]).await;
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), csv[3..], "a pipe gets no mark");
    let json: Value = serde_json::from_str(&write("sites.json", &[]).await).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    let lines = write("sites.ndjson", &["--fields", "url,state"]).await;
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(lines.lines().next(), Some(r#"{"url":"acme.webex.example","state":"enrolled"}"#));
    assert!(write("sites.txt", &["--fields", "url"]).await.starts_with("URL\nacme."));

    // What broke off leaves the file that was there.
    let path = world.path("sites.csv");
    let line = ["site", "show", "none.webex.example", "-o", path.to_str().unwrap()];
    assert_eq!(code(&hublink(&world, FAY, &line).await), 4);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), csv);
    let line = ["site", "list", "-o", "/nowhere/at/all.csv", "--output", "json"];
    let output = hublink(&world, FAY, &line).await;
    assert_eq!((code(&output), &problem(&told(&output))["code"]), (1, &"not_written".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_as_long_as_was_asked_for_and_says_that_there_is_more() {
    let world = World::start().await;
    let line = ["user", "list", "--site", SITE, "--limit", "2"];
    let output = hublink(&world, FAY, &[&line[..], &["-o", "ndjson"]].concat()).await;
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2);
    let output = hublink(&world, FAY, &[&line[..], &["--fields", "user_id"]].concat()).await;
    assert_eq!(String::from_utf8(output.stdout.clone()).unwrap(), "USER ID\nu0\nu1\n");
    assert!(told(&output).contains("there are more"), "{}", told(&output));
    let quiet = hublink(&world, FAY, &[&line[..], &["--quiet"]].concat()).await;
    assert_eq!((code(&quiet), told(&quiet).as_str()), (0, ""));
    // What comes next stands below a result, for a person.
    for (more, says) in [(&[][..], true), (&["--quiet"], false)] {
        let line = [&["site", "show", SITE][..], more].concat();
        let shown = hublink(&world, FAY, &line).await.stdout;
        assert_eq!(String::from_utf8(shown).unwrap().contains("Next: "), says, "{line:?}");
    }
    let line = ["audit", "list", "--limit", "1", "-o", "ndjson"];
    let one = hublink(&world, ROOT, &line).await;
    assert!(String::from_utf8(one.stdout).unwrap().lines().count() <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_what_its_ending_says_or_refused_before_anything_is_asked() {
    let world = World::start().await;
    let path = |name: &str| world.path(name).display().to_string();
    for noun in ["user", "licence"] {
        let line = [noun, "export", "--site", SITE];
        for more in [
            &["-o", &path("x.json")][..],
            &["--file", &path("x.json")],
            &["-o", "ndjson"],
            &["--fields", "user_id"],
            &["--limit", "1"],
        ] {
            let output = hublink(&world, FAY, &[&line[..], more].concat()).await;
            assert_eq!(code(&output), 2, "{noun} {more:?}: {}", told(&output));
            assert!(output.stdout.is_empty() && !world.path("x.json").exists(), "{more:?}");
            let hint = told(&output);
            assert!(hint.contains(".csv") || hint.contains("leave out"), "{more:?}: {hint}");
        }
        let piped = hublink(&world, FAY, &line).await;
        assert_eq!(code(&piped), 0, "{}", told(&piped));
        let text = String::from_utf8(piped.stdout).unwrap();
        assert!(!text.contains(['\0', '\u{feff}']), "a pipe gets UTF-8 without a mark: {text}");
        for flag in ["-o", "--file"] {
            let file = path("x.csv");
            let output = hublink(&world, FAY, &[&line[..], &[flag, &file]].concat()).await;
            assert_eq!(code(&output), 0, "{}", told(&output));
            let bytes = std::fs::read(&file).unwrap();
            let mark: &[u8] = if noun == "user" { b"\xff\xfe" } else { b"\xef\xbb\xbf" };
            assert!(bytes.starts_with(mark), "{noun} {flag}");
            let own = [&line[..], &["--encoding", "product"]].concat();
            assert_eq!(hublink(&world, FAY, &own).await.stdout, bytes, "{noun} {flag}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_noun_alone_is_its_list_where_that_needs_nothing_else() {
    let world = World::start().await;
    for noun in ["site", "org", "timers", "audit", "trial", "order", "offer", "session", "token"] {
        let format = ["-o", "csv"];
        let bare = hublink(&world, FAY, &[&[noun][..], &format].concat()).await;
        let list = hublink(&world, FAY, &[&[noun, "list"][..], &format].concat()).await;
        assert_eq!(code(&bare), code(&list), "{noun}: {}", told(&bare));
        // When a thing was used last may differ.
        let lines = |output: &std::process::Output| {
            let text = String::from_utf8(output.stdout.clone()).unwrap();
            (text.lines().count(), text.lines().next().map(str::to_owned))
        };
        assert_eq!(lines(&bare), lines(&list), "{noun}");
    }
    // A noun without a list looks in its own word.
    for (noun, look) in [("invite", "status"), ("clock", "show")] {
        let bare = hublink(&world, FAY, &[noun]).await;
        let looked = hublink(&world, FAY, &[noun, look]).await;
        assert_eq!((code(&bare), code(&looked)), (0, 0), "{noun}: {}", told(&bare));
    }
    for noun in ["domain", "setup"] {
        assert_eq!(code(&hublink(&world, FAY, &[noun]).await), 2, "{noun}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_a_check_that_finds_it_is_not_so_ends_with_3() {
    let world = World::start().await;
    let line = ["domain", "add", "--org", "acme", "unproven.example"];
    assert_eq!(code(&hublink(&world, FAY, &line).await), 0);
    let line = ["domain", "verify", "--org", "acme", "unproven.example", "-o", "json"];
    let output = hublink(&world, FAY, &line).await;
    let problem = problem(&told(&output));
    // Where no name server answers, nothing was found out: that is a failure, not a no.
    let want = if problem["code"] == "look_up_failed" { 1 } else { 3 };
    assert_eq!((code(&output), &problem["exit"]), (want, &want.into()), "{problem}");
}

#[test]
fn a_command_of_the_host_says_which_database_it_looked_at() {
    let home = tempfile::tempdir().unwrap();
    let told_by = |line: &[&str], variable: Option<&str>| {
        let mut one = command("", home.path());
        if let Some(name) = variable {
            one.env("HUBLINK_DATABASE", name);
        }
        told(&one.args(line).stdin(Stdio::null()).output().unwrap())
    };
    let copy = home.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    for line in
        [&["backup", copy][..], &["restore", copy], &["clock", "accept"], &["clock", "refuse"]]
    {
        let usual = told_by(line, None);
        assert!(usual.contains("hublink.db (the usual one"), "{line:?}: {usual}");
        let named = told_by(line, Some("sqlite:/nowhere/hub.db"));
        assert!(named.contains("/nowhere/hub.db (HUBLINK_DATABASE)"), "{line:?}: {named}");
        let flag = [line, &["--database", "sqlite:/nowhere/flag.db", "--quiet"]].concat();
        let flag = told_by(&flag, Some("sqlite:/nowhere/hub.db"));
        assert!(flag.contains("/nowhere/flag.db"), "{line:?}: {flag}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_listen_names_the_flag_that_said_where() {
    let world = World::start().await;
    let taken = world.url.trim_start_matches("http://");
    for (line, flag) in [
        (&["--listen", taken][..], "--listen 127"),
        (&["--listen", "127.0.0.1:0", "--metrics", taken], "--metrics 127"),
    ] {
        let database = format!("sqlite:{}", world.path("other.db").display());
        let line = [&["serve", "--database", &database], line].concat();
        let output = hublink(&world, "", &line).await;
        assert_eq!(code(&output), 1, "{}", told(&output));
        assert!(told(&output).contains(flag), "{}", told(&output));
    }
}
