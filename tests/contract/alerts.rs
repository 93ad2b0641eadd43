//! The alerts that are shipped beside the program (`.package/alerts.yml`).

use std::collections::BTreeSet;

use crate::world::{ROOT, World};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::session::ShowMe;

#[tokio::test(flavor = "multi_thread")]
async fn issue_11_alerts_watch_numbers_that_the_backend_tells() {
    let rules = include_str!("../../.package/alerts.yml");
    let words = rules.split(|c: char| !c.is_ascii_lowercase() && c != '_');
    let watched: BTreeSet<&str> = words.filter(|word| word.starts_with("hublink_")).collect();
    assert!(watched.len() > 4, "{watched:?}");
    let world = World::start().await;
    world.client(ROOT).send(&ShowMe::call(Nothing, Nothing, Nothing), None).await.unwrap();
    let told = reqwest::get(format!("{}/metrics", world.url)).await.unwrap().text().await.unwrap();
    for name in watched {
        let series = ["_bucket", "_count"].iter().find_map(|part| name.strip_suffix(part));
        let there = told.contains(&format!("# TYPE {} ", series.unwrap_or(name)));
        assert!(there, "no alert can watch {name}, which is not told:\n{told}");
    }
}
