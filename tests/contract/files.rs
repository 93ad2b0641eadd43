//! Files and lists on the command line: what is refused, what is asked first, what is named.

use serde_json::Value;

use crate::binary::{code, hublink, json, told};
use crate::world::{FAY, SITE, World};

/// Writes a file of the world's folder and gives its path.
fn file(world: &World, name: &str, text: &str) -> String {
    let path = world.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn section_5_an_empty_choice_is_a_usage_error_and_never_everybody() {
    let world = World::start().await;
    let nothing = file(&world, "nothing.txt", "");
    let blank = file(&world, "blank.txt", "\u{feff} \r\n\t\n");
    let header = file(&world, "header.csv", "UserID,Email\r\n,\r\n");
    for who in [
        ["--select", ""],
        ["--select", "  "],
        ["--select", "\"\""],
        ["--cohort", ""],
        ["--cohort", " "],
        ["--addresses", &nothing],
        ["--addresses", &blank],
        ["--addresses", &header],
    ] {
        for act in [&["invite", "plan"][..], &["cohort", "save", "All of them"]] {
            let line = [act, &["--site", SITE], &who].concat();
            let output = hublink(&world, FAY, &line).await;
            assert_eq!(code(&output), 2, "{line:?}: {}", told(&output));
            assert!(told(&output).contains("--all"), "{}", told(&output));
            assert!(output.stdout.is_empty());
        }
    }
    for filter in ["", " ", "!"] {
        let line = ["user", "list", "--site", SITE, "--select", filter];
        assert_eq!(code(&hublink(&world, FAY, &line).await), 2, "{filter:?}");
    }
    assert_eq!(json(&world, &["cohort", "list", "--site", SITE]).await, Value::Array(vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn section_5_a_list_that_is_not_found_whole_is_refused_when_strict() {
    let world = World::start().await;
    let list = file(&world, "poc.txt", "Ann <ANN@acme.example>; u5\n\nnobody@acme.example\nu1\n");
    let line = ["invite", "plan", "--site", SITE, "--addresses", &list];
    let output = hublink(&world, FAY, &[&line[..], &["--strict"]].concat()).await;
    assert_eq!(code(&output), 3, "{}", told(&output));
    assert!(output.stdout.is_empty());
    let said = told(&output);
    assert!(said.contains("2 of 3 found; 1 not found on this site:"), "{said}");
    assert!(said.contains("  line 3: nobody@acme.example"), "{said}");
    assert!(said.contains("  line 4: u1 is "), "a match by UserID is named: {said}");
    let plan = json(&world, &line).await;
    assert_eq!(plan["selected"], 2, "u5 beside an address is nobody's id");
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_a_replacement_wants_the_number_of_those_it_deactivates() {
    let world = World::start().await;
    let roster = file(&world, "new.csv", "UserID,Email\nu0,ann@acme.example\n");
    let line = ["user", "import", "--site", SITE, &roster, "--replace"];
    let preview = json(&world, &[&line[..], &["--dry-run"]].concat()).await;
    let number = preview["active_not_in_file"].as_u64().unwrap();
    assert!(number > 1, "{preview}");
    for (more, exit) in [(&["--yes"][..], 2), (&[], 2), (&["--confirm", "1"], 6)] {
        let output = hublink(&world, FAY, &[&line[..], more].concat()).await;
        assert_eq!(code(&output), exit, "{more:?}: {}", told(&output));
        assert!(told(&output).contains("nothing was changed"), "{}", told(&output));
    }
    let number = number.to_string();
    json(&world, &[&line[..], &["--confirm", &number]].concat()).await;
    let preview = json(&world, &[&line[..], &["--dry-run"]].concat()).await;
    assert_eq!(preview["active_not_in_file"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_who_cannot_be_written_is_left_out_of_an_export_and_named() {
    let world = World::start().await;
    let roster = "UserID,Email,FirstName\nx1,,Nameless\nx2,ANN@acme.example,Twin\n";
    let roster = file(&world, "more.csv", roster);
    json(&world, &["user", "import", "--site", SITE, &roster, "--yes"]).await;
    let line = ["user", "export", "--site", SITE, "--dialect", "control_hub"];
    let output = hublink(&world, FAY, &line).await;
    assert_eq!(code(&output), 0, "{}", told(&output));
    let said = told(&output);
    assert!(said.contains("  x1  Nameless  has no address"), "{said}");
    assert!(said.contains("  x2  Twin  has the address of another account"), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("Nameless") && !text.contains("Twin"), "{text}");
    let again = file(&world, "again.csv", &text);
    let preview = json(&world, &["user", "import", "--site", SITE, &again, "--dry-run"]).await;
    assert_eq!((&preview["new"], &preview["changed"]), (&Value::from(0), &Value::from(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn s9_a_bad_address_says_why_in_the_list_and_the_plan() {
    let world = World::start().await;
    let roster = file(&world, "bad.csv", "UserID,Email\nx1,kit@acme.example\u{200b}\n");
    json(&world, &["user", "import", "--site", SITE, &roster, "--yes"]).await;
    let output = hublink(
        &world,
        FAY,
        &["user", "list", "--site", SITE, "--select", "x1", "--output", "csv"],
    )
    .await;
    let why = "there is a hidden character in the address: U+200B, a zero width space";
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains(why), "{text}");
    let items = world.path("items.csv");
    let items = items.to_str().unwrap();
    json(&world, &["invite", "plan", "--site", SITE, "--select", "x1", "--items", items]).await;
    let text = std::fs::read_to_string(items).unwrap();
    assert!(text.contains("x1,") && text.contains("blocked_bad_address") && text.contains(why));
}
