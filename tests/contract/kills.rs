//! Fault F1: the backend is killed twenty times in the middle of a run, over a real mail server.
//!
//! Owns what must hold whatever the moment: no second mail (I1, which the mail server itself asserts),
//! every person accounted for (I3), what was acknowledged still there (I4), no more in doubt than was in
//! flight at each kill (I7), and a record whose chain fits (I17).

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::task::block_in_place;

use crate::binary::{code, told};
use crate::mail_server::MailServer;
use crate::served::Served;

const KILLS: usize = 20;
const PEOPLE: usize = 400;
const SITE: &str = "acme.webex.example";
/// Mails that one run sends at once, at the most.
const AT_ONCE: u64 = 8;

/// A roster of people of a consumer domain: each is e-mailed.
fn roster() -> String {
    let head = "UserID,Active (Y/N),FirstName,LastName,UserName,Email,HostPrivilege\n".to_owned();
    (0..PEOPLE).fold(head, |text, at| {
        text + &format!("u{at},Y,Ann,Number {at},ann{at},ann{at}@gmail.com,N\n")
    })
}

/// Some number of mails, 1 to 9, the same in each run of this test.
fn some(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % 9 + 1
}

/// A linked site with its roster; the token of its full admin.
fn linked(served: &Served, home: &std::path::Path) -> String {
    let root = served.first_token();
    let ask = |line: &str| served.run(&root, line);
    ask("person add --email fay@acme.example --name Fay");
    let fay = served.token(&root, "fay@acme.example");
    ask("org add --name Acme --id acme");
    ask("org grant acme --email fay@acme.example --role full_admin");
    ask("site add acme.webex.example --company Acme --site-admin fay@acme.example");
    let file = home.join("roster.csv");
    std::fs::write(&file, roster()).unwrap();
    served.run(&fay, &format!("user import --site {SITE} {} --yes", file.display()));
    served.run(&fay, &format!("site enroll {SITE}"));
    served.run(&fay, &format!("site link {SITE} --org acme --agree --confirm {SITE} --watch"));
    served.run(&fay, &format!("site method {SITE} receive_email"));
    fay
}

#[tokio::test(flavor = "multi_thread")]
async fn f1_twenty_kills_send_no_second_mail_and_lose_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    let mail = MailServer::start().await;
    let relay = mail.url();
    let more = ["--smtp", &relay, "--link-delay", "1s"];
    let mut served = block_in_place(|| Served::start(home, &more));
    let fay = block_in_place(|| linked(&served, home));
    let run = block_in_place(|| {
        let plan = served.run(&fay, &format!("invite plan --site {SITE} --all"));
        assert_eq!(plan["emails"], PEOPLE, "{plan}");
        let apply = format!("invite apply {} --yes", plan["id"].as_str().unwrap());
        served.run(&fay, &apply)["id"].as_str().unwrap().to_owned()
    });
    let (mut seed, mut came) = (7, mail.taken().len());
    for _ in 0..KILLS {
        came = (came + some(&mut seed)).min(PEOPLE);
        mail.came(came).await;
        // Dropping it is SIGKILL.
        drop(served);
        served = block_in_place(|| Served::start(home, &more));
        came = came.max(mail.taken().len());
    }
    let ended = block_in_place(|| {
        let watch = ["invite", "status", &run, "--watch", "--output", "json"];
        let output = served.end("", &fay, &watch, "");
        assert!(matches!(code(&output), 0 | 3), "{}", told(&output));
        served.run(&fay, &format!("invite status {run}"))
    });
    let count = |name: &str| ended[name].as_u64().unwrap();
    let classes =
        ["linked", "emailed", "skipped", "held", "blocked", "failed", "unknown", "not_processed"];
    let sum: u64 = classes.iter().map(|class| count(class)).sum();
    assert_eq!(ended["state"], "done", "{ended}");
    assert_eq!((sum, count("selected")), (PEOPLE as u64, PEOPLE as u64), "{ended}");
    assert_eq!((count("failed"), count("not_processed")), (0, 0), "{ended}");
    assert!(count("unknown") <= KILLS as u64 * AT_ONCE, "{ended}");
    // Who counts as e-mailed has the mail, and nobody has it who counts as something else.
    let got: BTreeSet<String> =
        mail.taken().into_keys().filter(|to| to.starts_with("ann")).collect();
    assert!(got.len() as u64 >= count("emailed"), "{} mails, {ended}", got.len());
    assert!(
        got.len() as u64 <= count("emailed") + count("unknown"),
        "{} mails, {ended}",
        got.len()
    );
    let verified: Value = block_in_place(|| served.run(&fay, "audit verify"));
    assert_eq!(verified["ok"], true);
}
