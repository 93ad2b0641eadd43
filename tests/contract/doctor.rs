//! `hublink doctor` and `hublink paths`: what is told where things work, and where they are broken.

use std::process::Stdio;

use serde_json::Value;

use crate::binary::{code, command, hublink, told};
use crate::world::{FAY, World};

/// No DNS server, and no packet leaves this machine.
const NOBODY: &str = "127.0.0.1:9";

fn found<'a>(report: &'a Value, part: &str, name: &str) -> &'a Value {
    let all = report.as_array().unwrap();
    all.iter()
        .find(|finding| finding["part"] == part && finding["name"] == name)
        .unwrap_or_else(|| panic!("{part} {name} in {report}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_the_doctor_tells_who_one_is_where_and_that_all_is_well() {
    let world = World::start().await;
    let (smtp, nobody) = (world.smtp(), world.nobody());
    let line = ["doctor", "--output", "json", "--smtp", &smtp, "--resolver", &nobody];
    let output = hublink(&world, FAY, &line).await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = report.as_array().unwrap();
    let wrong: Vec<&Value> = all.iter().filter(|finding| finding["state"] == "wrong").collect();
    assert!(wrong.len() == 1 && wrong[0]["part"] == "dns", "{wrong:?}");
    assert_eq!(code(&output), 3, "{}", told(&output));
    for (part, name, words) in [
        ("backend", "url", world.url.as_str()),
        ("backend", "clock", "2026"),
        ("backend", "version", env!("CARGO_PKG_VERSION")),
        ("rights", "person", "fay@acme.example"),
        ("configuration", "token", "never shown"),
        ("mail", "hello", "says hello"),
    ] {
        let finding = found(&report, part, name);
        assert!(finding["told"].as_str().unwrap().contains(words), "{finding}");
        assert_ne!(finding["state"], "wrong", "{finding}");
    }
    assert!(!String::from_utf8(output.stdout).unwrap().contains(FAY), "no secret is told");

    let line = ["doctor", "--output", "json", "--resolver", &nobody];
    let output = hublink(&world, "dev-nobody", &line).await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (code(&output), &found(&report, "rights", "session")["state"]),
        (3, &"wrong".into())
    );
}

#[test]
fn section_7_with_a_broken_configuration_paths_and_doctor_work_and_name_the_line() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/hublink");
    std::fs::create_dir_all(&folder).unwrap();
    let text = "ascii = true\ntheem = \"dark\"\n[keys]\nqiut = \"q\"\n";
    std::fs::write(folder.join("config.toml"), text).unwrap();
    let run = |line: &[&str]| {
        let mut command = command("", home.path());
        command.args(line).stdin(Stdio::null()).env_remove("HUBLINK_BACKEND").output().unwrap()
    };
    assert_eq!(code(&run(&["whoami"])), 2);
    let paths = run(&["paths"]);
    assert_eq!(code(&paths), 0, "{}", told(&paths));
    assert!(String::from_utf8(paths.stdout.clone()).unwrap().contains("config.toml"));
    assert!(told(&paths).contains("line 2"), "{}", told(&paths));
    for line in [&["completions", "bash"][..], &["man"], &["openapi"]] {
        assert_eq!(code(&run(line)), 0, "{line:?}");
    }
    let doctor = run(&["doctor", "--output", "json", "--resolver", NOBODY]);
    assert_eq!(code(&doctor), 3, "{}", told(&doctor));
    let report: Value = serde_json::from_slice(&doctor.stdout).unwrap();
    let mistake = found(&report, "configuration", "mistake");
    assert!(mistake["told"].as_str().unwrap().contains("line 2"), "{mistake}");
    assert_eq!(found(&report, "configuration", "ascii")["told"], "true, says config.toml");
    let report = report.to_string();
    assert!(report.contains("line 4") && report.contains("qiut"), "{report}");
}

#[test]
fn section_7_what_does_not_answer_is_wrong_and_has_its_remedy() {
    let home = tempfile::tempdir().unwrap();
    let mut doctor = command("http://127.0.0.1:9", home.path());
    doctor.args(["doctor", "--output", "json", "--smtp", "smtp://127.0.0.1:9"]);
    doctor.args(["--resolver", NOBODY]);
    let output = doctor.stdin(Stdio::null()).output().unwrap();
    assert_eq!(code(&output), 3, "{}", told(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (part, name) in [("backend", "url"), ("mail", "hello")] {
        let finding = found(&report, part, name);
        assert_eq!(finding["state"], "wrong", "{finding}");
        assert!(finding["remedy"].as_str().unwrap().len() > 20, "{finding}");
    }
}
