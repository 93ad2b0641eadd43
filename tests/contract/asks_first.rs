//! What takes something away says in numbers what, and is done with `--yes` or after a yes alone.

use serde_json::Value;

use crate::binary::{code, hublink, json, told};
use crate::world::{FAY, PAT, ROOT, SITE, World};

/// Nobody can be asked here: it says what would be lost, and changes nothing. Then it is meant.
async fn asks(world: &World, line: &[&str], says: &[&str]) {
    let output = hublink(world, FAY, line).await;
    assert_eq!((code(&output), output.stdout.len()), (2, 0), "{line:?}: {}", told(&output));
    for words in says.iter().chain(&["Nothing was changed", "--yes"]) {
        assert!(told(&output).contains(words), "{line:?} without {words:?}: {}", told(&output));
    }
    let output = hublink(world, FAY, &[line, &["--yes"]].concat()).await;
    assert_eq!(code(&output), 0, "{line:?}: {}", told(&output));
}

/// Nothing is lost: nobody is asked, and it ends like this.
async fn asks_nothing(world: &World, line: &[&str], want: i32) {
    let output = hublink(world, FAY, line).await;
    assert_eq!(code(&output), want, "{line:?}: {}", told(&output));
    assert!(!told(&output).contains("--yes"), "{line:?}: {}", told(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_giving_a_domain_up_names_the_users_it_is_about() {
    let world = World::start().await;
    let act = |act: &'static str| ["domain", act, "--org", "acme", "ACME.example"];
    asks_nothing(&world, &act("unverify"), 3).await;
    asks(&world, &act("release"), &["2 users of 1 site", "2 of them not linked yet"]).await;
    asks_nothing(&world, &act("release"), 3).await;
    let says = ["something else to 1 of the 2 users under acme.example", "1  e-mail"];
    asks(&world, &act("unverify"), &says).await;
    asks_nothing(&world, &act("unverify"), 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_domain_that_was_just_added_waits_now_and_its_removal_is_told_beforehand_by_name() {
    let world = World::start().await;
    let act = |act: &'static str| ["domain", act, "--org", "acme", "acme-works.example"];
    asks_nothing(&world, &act("add"), 0).await;
    let timers = hublink(&world, FAY, &["timers", "list", "--output", "table"]).await;
    let table = String::from_utf8(timers.stdout).unwrap();
    let row = table.lines().find(|line| line.contains("acme-works.example")).unwrap();
    assert!(row.starts_with("now ") && !row.contains("overdue"), "{table}");
    asks(&world, &act("remove"), &["acme-works.example leaves the organization: its record"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_nobody_can_be_asked_about_is_named_in_the_hint() {
    let world = World::start().await;
    let output = hublink(&world, FAY, &["invite", "apply", "pln_1"]).await;
    assert!(told(&output).contains("`hublink invite show pln_1`"), "{}", told(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_list_is_not_lost_unasked() {
    let world = World::start().await;
    let on = |act: &'static str| ["cohort", act, "--site", SITE, "PoC"];
    let save = [&on("save")[..], &["--select", "dept:ops"]].concat();
    // Who removes what is not there has what they wanted.
    let nothing = hublink(&world, FAY, &on("remove")).await;
    assert_eq!(code(&nothing), 0);
    assert!(told(&nothing).contains("no cohort of this name; nothing was removed"));
    asks_nothing(&world, &save, 0).await;
    let one = [&on("save")[..], &["--select", "ann"]].concat();
    asks(&world, &one, &["“PoC”", "5 ticked users", "fay@acme.example"]).await;
    asks(&world, &on("remove"), &["“PoC”", "1 ticked user,"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u9_directory_sync_is_not_switched_and_its_list_not_replaced_unasked() {
    let world = World::start().await;
    let file = world.path("directory.txt");
    std::fs::write(&file, "ann@acme.example\n\nfay@acme.example\n").unwrap();
    let set = |on: &'static str| ["org", "directory-sync", "set", "acme", "--on", on];
    asks_nothing(&world, &set("false"), 0).await;
    let file = ["--directory", file.to_str().unwrap()];
    let blocks = "not in the directory of 2 addresses is blocked";
    asks(&world, &[&set("true")[..], &file].concat(), &[blocks]).await;
    asks_nothing(&world, &set("true"), 0).await;
    let replaced = "list of 2 addresses is replaced by one of 2";
    asks(&world, &[&set("true")[..], &file].concat(), &[replaced]).await;
    asks(&world, &set("false"), &["The sync stops", "can be invited"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_role_are_not_taken_unasked() {
    let world = World::start().await;
    let token = json(&world, &["token", "create", "--note", "laptop"]).await;
    let revoke = ["token", "revoke", token["id"].as_str().unwrap()];
    asks(&world, &revoke, &["“laptop” of fay@acme.example"]).await;
    asks_nothing(&world, &["token", "revoke", "tok_none"], 4).await;
    let role = |act: &'static str| {
        ["org", act, "acme", "--email", "lee@acme.example", "--role", "read_only_admin"]
    };
    let granted = hublink(&world, ROOT, &role("grant")).await;
    assert_eq!(code(&granted), 0, "{}", told(&granted));
    let says = ["lee@acme.example stops being read-only admin of Acme Robotics", "0 read-only"];
    asks(&world, &role("revoke"), &says).await;
    let last = ["org", "revoke", "acme", "--email", "fay@acme.example", "--role", "full_admin"];
    asks_nothing(&world, &last, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_not_ended_and_a_no_is_not_cleared_unasked() {
    let world = World::start().await;
    let plan = json(&world, &["invite", "plan", "--site", SITE, "--select", "sol"]).await;
    let apply = ["invite", "apply", plan["id"].as_str().unwrap(), "--yes"];
    let run = json(&world, &apply).await;
    let cancel = ["invite", "cancel", run["id"].as_str().unwrap()];
    asks(&world, &cancel, &["Not processed yet: ", " of 1 user;"]).await;
    let status = json(&world, &["invite", "status", run["id"].as_str().unwrap()]).await;
    assert_ne!(status["state"], Value::from("running"), "{status}");
    let clear = ["invite", "clear-decline", "--org", "acme", "dee@oldcorp.example"];
    asks(&world, &clear, &["dee@oldcorp.example said no", "1 person"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i9_who_lacks_the_right_is_refused_and_not_asked() {
    let world = World::start().await;
    for line in [
        &["domain", "unverify", "--org", "acme", "acme.example"][..],
        &["org", "revoke", "acme", "--email", "fay@acme.example", "--role", "full_admin"],
        &["org", "directory-sync", "convert", "acme"],
    ] {
        let output = hublink(&world, PAT, line).await;
        assert_eq!(code(&output), 4, "{line:?}: {}", told(&output));
        assert!(!told(&output).contains("--yes"), "{line:?}: {}", told(&output));
    }
}
