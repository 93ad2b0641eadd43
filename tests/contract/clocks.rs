//! Dates and clocks, as operators in other time zones have them (SPEC section 1, Time).
//!
//! Owns what is the same everywhere (deadlines, dates) and what is shown in the operator's zone.

use std::process::Stdio;

use serde_json::Value;
use tokio::task::block_in_place;

use crate::binary::{code, command, told};
use crate::world::World;

const FILE: &str = r#"
now = "2026-01-31T23:30:00Z"
[[people]]
email = "root@hub.example"
name = "Root"
token = "root"
backend_admin = true
[[people]]
email = "fay@acme.example"
name = "Fay"
token = "fay"
[[organizations]]
id = "acme"
name = "Acme"
kind = "customer"
full_admins = ["fay@acme.example"]
[[sites]]
url = "acme.webex.example"
company = "Acme"
organization = "acme"
method = "sign_agreement"
roster = "acme.csv"
[[sites]]
url = "new.webex.example"
company = "New"
"#;

/// What a command prints to somebody in this zone.
fn printed(world: &World, zone: &str, who: &str, line: &str) -> String {
    let mut one = command(&world.url, &world.path("home"));
    one.env("TZ", zone).env("HUBLINK_TOKEN", who).stdin(Stdio::null());
    let output = block_in_place(|| one.args(line.split_whitespace()).output().unwrap());
    assert_eq!(code(&output), 0, "{line}: {}", told(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_31_january_and_three_months_is_30_april_in_every_zone() {
    let world = World::start_with(|options| {
        std::fs::write(options.world.as_ref().unwrap(), FILE).unwrap();
    })
    .await;
    let sign = "site agree acme.webex.example --domain oldcorp.example --agree \
                --confirm acme.webex.example --output json";
    // Where this operator is, it is the first of February already.
    let signed: Value =
        serde_json::from_str(&printed(&world, "Pacific/Auckland", "fay", sign)).unwrap();
    let deadline = signed["agreements"][0]["deadline"].as_str().unwrap();
    assert!(deadline.starts_with("2026-04-30T23:3"), "{deadline}");
    let show = |zone: &str| printed(&world, zone, "fay", "site show acme.webex.example");
    // Signed in winter, due in summer.
    for (zone, shown) in [
        ("UTC", "verify by 2026-04-30 23:3"),
        ("Europe/Berlin", "verify by 2026-05-01 01:3"),
        ("America/New_York", "verify by 2026-04-30 19:3"),
        ("Pacific/Auckland", "verify by 2026-05-01 11:3"),
    ] {
        assert!(show(zone).contains(shown), "{zone}: {}", show(zone));
    }
    assert!(show("Europe/Berlin").contains(" CEST"), "{}", show("Europe/Berlin"));
    assert!(printed(&world, "Europe/Berlin", "fay", "clock show").contains(" CET"));

    // A date means 00:00 UTC, whoever names it.
    let on = "site auto-link new.webex.example --on 2026-03-29 --output json";
    let planned = printed(&world, "America/New_York", "root", on);
    let planned: Value = serde_json::from_str(&planned).unwrap();
    assert_eq!(planned["on"].as_str().unwrap(), "2026-03-29T00:00:00Z");

    // The deadline itself is over, to the second, whatever the clocks of Berlin did meanwhile.
    let lapsed = || {
        let site =
            printed(&world, "Europe/Berlin", "fay", "site show acme.webex.example --output json");
        let site: Value = serde_json::from_str(&site).unwrap();
        site["agreements"][0]["lapsed"].as_bool().unwrap()
    };
    printed(&world, "UTC", "root", "clock advance 2135h");
    assert!(!lapsed());
    printed(&world, "UTC", "root", "clock advance 1h");
    assert!(lapsed());
}
