//! Whose timers one sees, in which order, and that each names what it is about.

use serde_json::Value;

use crate::server::fixture::{Fixture, ROOT};

const DAY: i64 = 86_400_000;

/// Everything that time runs for, around the world's now.
async fn world() -> Fixture {
    let world = Fixture::with(|options| options.test_clock = true).await;
    world.small_world().await;
    world.user(1, "ann@acme-labs.example").await;
    world.user(1, "bob@oldcorp.example").await;
    let now = world.backend.clock.now().as_millisecond();
    let real = jiff::Timestamp::now().as_millisecond();
    let soon = jiff::Timestamp::from_millisecond(real + 600_000).unwrap();
    let past = jiff::Timestamp::from_millisecond(real - 600_000).unwrap();
    let check = |not_before: jiff::Timestamp| {
        format!(
            r#"{{"result":"not_found","at":"{past}","seen":[],"not_before":"{not_before}","detail":""}}"#
        )
    };
    world
        .sql(&format!(
            "INSERT INTO agreements (organization, domain, site, signed_at, deadline, signed_by,
               text_hash) VALUES
               ('acme', 'acme-labs.example', 'acme.webex.example', 0, {in_40}, 'fay', ''),
               ('acme', 'acme-old.example', 'acme.webex.example', 0, {ago}, 'fay', ''),
               ('acme', 'acme-done.example', 'acme.webex.example', 0, {in_40}, 'fay', '');
             INSERT INTO domains (organization, name, state, token, added_at, last_check) VALUES
               ('acme', 'acme-done.example', 'verified', 't', 0, NULL),
               ('acme', 'acme-wait.example', 'pending', 't', 0, '{wait}'),
               ('acme', 'acme-free.example', 'pending', 't', 0, '{free}');
             INSERT INTO invitations (organization, address_key, confirmed_at, link_due_at)
               VALUES ('acme', 'bob@oldcorp.example', {ago}, {in_1});
             UPDATE sites SET auto_link_on = {in_40} WHERE id = 3;
             INSERT INTO sites (id, url, company, state, auto_link_on, may_link) VALUES
               (4, 'late.webex.example', 'Late', 'not_enrolled', {ago}, 1),
               (5, 'never.webex.example', 'Never', 'not_enrolled', {ago}, 0);
             INSERT INTO sites (id, url, company, organization, state) VALUES
               (6, 'rd.webex.example', 'Acme', 'acme', 'linking'),
               (7, 'ops.webex.example', 'Acme', 'acme', 'link_failed');
             INSERT INTO site_links (site, organization, made_organization, agreed_by, agreed_at,
               text_hash, text) VALUES
               (6, 'acme', 0, 'sam', 0, '', ''), (7, 'acme', 0, 'sam', 0, '', '');
             INSERT INTO link_jobs (site, organization, state, started_at, due_at, reason) VALUES
               (6, 'acme', 'running', 0, {in_1}, ''),
               (7, 'acme', 'failed', 0, NULL, 'The directory was away.');
             INSERT INTO auto_links (site, state, waits) VALUES
               (4, 'waiting', 'several_matches');
             INSERT INTO site_connects (site, email, code_hash, expires_at) VALUES
               (3, 'ned@new.example', 'h', {in_1});
             INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
               VALUES ('zeta', 'zoe@zeta.example', 30, 0, 'pat', {in_10});
             INSERT INTO welcomes (organization, email, origin, begun_at, state, expires_at,
               accepted_at) VALUES
               ('zeta', 'old@zeta.example', 'created', 1, 'sent', {in_1}, NULL),
               ('zeta', 'zed@zeta.example', 'created', 2, 'sent', {in_1}, NULL),
               ('acme', 'fay@acme.example', 'existing', 2, 'accepted', {in_1}, 3);
             INSERT INTO contact_center_parts (organization, part, state, due_at) VALUES
               ('zeta', 'voice', 'under_way', {in_1}), ('zeta', 'chat', 'not_started', NULL);
             INSERT INTO site_admins (site, email) VALUES (4, 'ned@new.example');",
            in_40 = now + 40 * DAY,
            in_1 = now + DAY,
            in_10 = now + 10 * DAY,
            ago = now - DAY,
            wait = check(soon),
            free = check(past),
        ))
        .await;
    world
}

async fn seen(world: &Fixture, who: &str) -> Vec<(String, String)> {
    let answer = world.get("/v1/timers", who).await;
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    let text = |timer: &Value, key: &str| timer[key].as_str().unwrap().to_owned();
    let items = answer.json["items"].as_array().unwrap().clone();
    items.iter().map(|timer| (text(timer, "urgency"), text(timer, "what"))).collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(urgency, what)| ((*urgency).to_owned(), (*what).to_owned())).collect()
}

#[tokio::test]
async fn timers_are_one_list_the_most_urgent_first() {
    let world = world().await;
    let mut wanted = pairs(&[
        ("overdue", "ops.webex.example linking failed"),
        ("overdue", "acme-free.example needs its TXT value"),
        ("overdue", "acme-old.example: agreement lapsed"),
        ("soon", "1 person is to be linked"),
        ("later", "verify acme-labs.example"),
        ("under_way", "rd.webex.example is being linked"),
        ("under_way", "acme-wait.example: its record is looked up again"),
    ]);
    assert_eq!(seen(&world, "fay").await, wanted);
    // Who cannot publish it is not told that it is missing.
    wanted.remove(1);
    for who in ["rob", "pat"] {
        assert_eq!(seen(&world, who).await, wanted, "{who}");
    }
    let all = world.get("/v1/timers", "fay").await.json["items"].clone();
    let meaning = all[0]["meaning"].as_str().unwrap();
    assert!(meaning.starts_with("The directory was away. The site is not linked"), "{meaning}");
    let first = all[2].clone();
    assert_eq!(first["organization_name"], "Acme Robotics");
    assert_eq!(first["site"], "acme.webex.example");
    assert!(first["meaning"].as_str().unwrap().starts_with("From then on the domain"));
    assert_eq!(first["remedy"], "Publish the domain's record and verify it.");
}

#[tokio::test]
async fn i9_nobody_sees_timers_of_others() {
    let world = world().await;
    let zoe = pairs(&[
        ("soon", "the welcome mail to zed@zeta.example expires"),
        ("soon", "the trial of Zeta Foods ends"),
        ("under_way", "Contact Center voice is being set up"),
    ]);
    assert_eq!(seen(&world, "zoe").await, zoe);
    // A site's admin sees what bears on that site, not the organization's domains.
    let sam = pairs(&[
        ("overdue", "acme-old.example: agreement lapsed"),
        ("soon", "1 person is to be linked"),
        ("later", "verify acme-labs.example"),
    ]);
    assert_eq!(seen(&world, "sam").await, sam);
    let ned = pairs(&[
        ("overdue", "late.webex.example waits to be linked"),
        ("soon", "the connect mail to ned@new.example expires"),
        ("later", "new.webex.example links by itself"),
    ]);
    assert_eq!(seen(&world, "ned").await, ned, "L11: a site that may not link has no timer");
    let root = seen(&world, ROOT).await;
    assert!(root.iter().all(|(_, what)| !what.contains("person")), "all, without users: {root:?}");
    assert_eq!(root.len(), 9, "{root:?}");
}

#[tokio::test]
async fn timers_move_with_the_clock_and_page_by_cursor() {
    let world = world().await;
    world.backend.clock.advance(std::time::Duration::from_hours(20 * 24));
    let soon = ("soon".to_owned(), "verify acme-labs.example".to_owned());
    assert!(seen(&world, "fay").await.contains(&soon), "D4: louder in the last 30 days");
    let (mut path, mut paged) = ("/v1/timers?limit=1".to_owned(), Vec::new());
    loop {
        let page = world.get(&path, "fay").await.json;
        paged.push(page["items"][0]["what"].as_str().unwrap().to_owned());
        // What DNS waits for is told from now on: its time, not its place, is another on each page.
        world.backend.clock.advance(std::time::Duration::from_millis(5));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/timers?limit=1&cursor={next}");
    }
    let whole: Vec<_> = seen(&world, "fay").await.into_iter().map(|(_, what)| what).collect();
    assert_eq!(paged, whole, "each once, in the list's order");
}
