//! Bugs that are sown on purpose, each of which a test of the rule it breaks must catch.
//!
//! Owns the list. That each can still be sown is checked always; that each is caught takes a build for
//! every one of them, and is done with `HUBLINK_SEEDED=1 cargo test --test seeded -- --nocapture`.

#![expect(clippy::unwrap_used, reason = "a check that cannot read the sources fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A bug: the rule it breaks, where, what stands there, what is put in its place, and the tests of the
/// library that must catch it.
struct Bug {
    rule: &'static str,
    file: &'static str,
    stands: &'static str,
    put: &'static str,
    tests: &'static str,
}

const BUGS: &[Bug] = &[
    Bug {
        rule: "I7: an unknown mail is sent again by a machine",
        file: "src/server/engine/runs/settled.rs",
        stands: "Fate::Unknown(words) => (ItemState::Unknown, cut(words)),",
        put: "Fate::Unknown(words) => (ItemState::Queued, cut(words)),",
        tests: "engine::runs",
    },
    Bug {
        rule: "I1: two mails to an address are in flight at once",
        file: "src/server/engine/runs/invitations.rs",
        stands: "Ok(reserved.rows_affected() == 1)",
        put: "Ok(reserved.rows_affected() < 2)",
        tests: "engine::runs",
    },
    Bug {
        rule: "I7: a mail of the outbox that may have been sent is sent again by a machine",
        file: "src/server/post/outbox.rs",
        stands: "Fate::Unknown(_) => (\"unknown\", \"sending\"),",
        put: "Fate::Unknown(_) => (\"queued\", \"sending\"),",
        tests: "server::post",
    },
    Bug {
        rule: "I1: in the outbox, another attempt's report fits (no fence)",
        file: "src/server/post/outbox.rs",
        stands: "WHERE id = $1 AND claim = $2 AND attempt = $3 AND state",
        put: "WHERE id = $1 AND $2 = $2 AND $3 = $3 AND state",
        tests: "server::post",
    },
    Bug {
        rule: "I1: mails leave before their intents are durable",
        file: "src/server/post/turn.rs",
        stands: "        tx.commit().await?;\n        if let Some(stamp) = stamp {",
        put: "        tx.rollback().await?;\n        if let Some(stamp) = stamp {",
        tests: "server::post",
    },
    Bug {
        rule: "U4: of a second mail that was refused it is said that nobody was mailed",
        file: "src/server/engine/runs/second.rs",
        stands: "(ItemState::Unknown, told(&why))",
        put: "(ItemState::Failed, told(&why))",
        tests: "engine::runs",
    },
    Bug {
        rule: "I1: a node that others take for dead begins mails",
        file: "src/server/post/outbox.rs",
        stands: "AND EXISTS (SELECT 1 FROM nodes WHERE epoch = $2 AND beat_until > $3)",
        put: "AND $3 = $3",
        tests: "server::post",
    },
    Bug {
        rule: "I7: a living process's mails are taken for a dead one's",
        file: "src/server/post/outbox.rs",
        stands: "WHERE epoch = outbox.claim AND beat_until >= $1)",
        put: "WHERE epoch = outbox.claim AND beat_until < $1)",
        tests: "server::post",
    },
    Bug {
        rule: "I9: the record of all organizations is shown to each",
        file: "src/server/router/audit.rs",
        stands: "None => Readers::Person(&actor.email),",
        put: "None => Readers::OfAll,",
        tests: "i9_the_audit_record",
    },
    Bug {
        rule: "I4: acknowledged, but never committed",
        file: "src/server/engine/plans/apply.rs",
        stands: "    tx.commit().await?;\n    backend.runs.ring();\n",
        put: "    backend.runs.ring();\n",
        tests: "engine::plans",
    },
    Bug {
        rule: "U5: a plan is applied though its people fare differently now",
        file: "src/server/engine/plans/apply.rs",
        stands: "if !differences.is_empty() {",
        put: "if differences.capacity() == usize::MAX {",
        tests: "engine::plans",
    },
    Bug {
        rule: "U5: any number confirms a plan",
        file: "src/server/engine/plans/apply.rs",
        stands: "asked.count.is_some_and(|count| count != plan.selected)",
        put: "asked.count.is_some_and(|_| false)",
        tests: "engine::plans",
    },
    Bug {
        rule: "I12: an escape reaches the terminal",
        file: "src/domain/untrusted.rs",
        stands: "if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {",
        put: "if text.bytes().all(|b| (0x01..0x7f).contains(&b)) {",
        tests: "domain::untrusted",
    },
    Bug {
        rule: "Section 9: a spreadsheet runs what a name says",
        file: "src/table/guard.rs",
        stands: "matches!(c, '=' | '+' | '-'",
        put: "matches!(c, '+' | '-'",
        tests: "table::guard",
    },
    Bug {
        rule: "I5: the same key answers another body",
        file: "src/server/router/idempotency.rs",
        stands: "if hash != body_hash && hash != self.body =>",
        put: "if hash.is_empty() =>",
        tests: "router::idempotency",
    },
    Bug {
        rule: "Section 8: a key is not noted in its act's transaction",
        file: "src/server/store/noted.rs",
        stands: "SET carried_out_at = $4",
        put: "SET carried_out_at = nullif($4, $4)",
        tests: "router::idempotency",
    },
    Bug {
        rule: "Row 5: who is another organization's is invited",
        file: "src/domain/outcome.rs",
        stands: "} else if facts.has(Fact::OtherOrganization) {",
        put: "} else if facts.has(Fact::OtherOrganization) && signed {",
        tests: "domain::outcome",
    },
    Bug {
        rule: "L11: a site links by itself though several organizations match",
        file: "src/domain/automatic.rs",
        stands: "[_, _, ..] => Decision::Wait(Waits::SeveralMatches),",
        put: "[first, _, ..] => Decision::Link(*first),",
        tests: "domain::automatic",
    },
    Bug {
        rule: "P5: anybody's word on who asks is believed",
        file: "src/server/router/requests.rs",
        stands: "if !named(near) {",
        put: "if near.is_multicast() {",
        tests: "router::requests",
    },
    Bug {
        rule: "I17: a changed entry of the record does not show",
        file: "src/server/audit.rs",
        stands: "let follows = seq == entries + 1 && hash ==",
        put: "let follows = seq == entries + 1 || hash ==",
        tests: "server::audit",
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sown(bug: &Bug) -> String {
    let text = fs::read_to_string(root().join(bug.file)).unwrap();
    let found = text.matches(bug.stands).count();
    assert_eq!(found, 1, "{}: {:?} stands {found} times", bug.file, bug.stands);
    text.replace(bug.stands, bug.put)
}

#[test]
fn every_bug_can_still_be_sown() {
    assert!(BUGS.len() >= 12);
    for bug in BUGS {
        assert_ne!(sown(bug), fs::read_to_string(root().join(bug.file)).unwrap(), "{}", bug.rule);
    }
}

#[test]
fn every_bug_is_caught() {
    if std::env::var_os("HUBLINK_SEEDED").is_none() {
        println!("skipped: a build for each of {} bugs; set HUBLINK_SEEDED=1", BUGS.len());
        return;
    }
    let field = Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeded");
    for part in
        ["Cargo.toml", "Cargo.lock", "README.md", "src", "themes", "demo", "benches", "tests"]
    {
        copy(&root().join(part), &field.join(part));
    }
    let mut filters: Vec<_> = BUGS.iter().map(|bug| bug.tests).collect();
    filters.dedup();
    let (healthy, said) = tested(&field, &filters);
    assert!(healthy, "without a bug:\n{said}");
    let mut missed = Vec::new();
    for bug in BUGS {
        let file = field.join(bug.file);
        let before = fs::read_to_string(&file).unwrap();
        fs::write(&file, sown(bug)).unwrap();
        let (passed, said) = tested(&field, &[bug.tests]);
        fs::write(&file, before).unwrap();
        // What does not compile is not caught by a test.
        let caught = !passed && said.contains("test result: FAILED");
        println!("{} {}", if caught { "caught" } else { "MISSED" }, bug.rule);
        if !caught {
            missed.push(format!("{}:\n{said}", bug.rule));
        }
    }
    assert!(missed.is_empty(), "{} bugs were not caught\n{}", missed.len(), missed.join("\n"));
}

/// Whether these tests of the library pass there, and what was said.
fn tested(field: &Path, filters: &[&str]) -> (bool, String) {
    let done = Command::new(env!("CARGO"))
        .current_dir(field)
        .env("CARGO_TARGET_DIR", field.join("target"))
        .args(["test", "--locked", "--offline", "--lib", "--"])
        .args(filters)
        .output()
        .unwrap();
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    (done.status.success(), said.concat())
}

/// Copies a file, or a folder with all in it.
fn copy(from: &Path, to: &PathBuf) {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in from.read_dir().unwrap() {
        let name = entry.unwrap().file_name();
        copy(&from.join(&name), &to.join(&name));
    }
}
