//! Blocks that are kept against the same facts made from scratch, in random worlds and after every
//! kind of write.

use jiff::Timestamp;

use super::*;
use crate::server::directory::{SiteFacts, UserFacts};
use crate::server::fixture::Fixture;
use crate::server::stop::Stop;

const SITES: [&str; 3] = ["acme.webex.example", "zeta.webex.example", "new.webex.example"];

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len() as u64) as usize]
    }
}

/// All users of a site, out of blocks.
async fn kept(world: &Fixture, site: &SiteFacts, now: Timestamp) -> Vec<UserFacts> {
    let (send, mut receive) = tokio::sync::mpsc::channel(64);
    world.backend.directory.users(site, 0, now, send).await.unwrap();
    let mut all = Vec::new();
    while let Some(batch) = receive.recv().await {
        all.extend(batch);
    }
    all
}

/// The same, joined anew from the rows.
async fn from_scratch(world: &Fixture, site: &SiteFacts, now: Timestamp) -> Vec<UserFacts> {
    let mut conn = world.backend.store.read().await.unwrap();
    let numbers: Vec<u32> = (0..site.users).collect();
    let mut all = Vec::new();
    for some in numbers.chunks(1_000) {
        all.extend(world.backend.directory.users_among(&mut conn, site, some, now).await.unwrap());
    }
    all
}

async fn agree(world: &Fixture, after: &str) {
    let now = world.backend.clock.now();
    for url in SITES {
        let site = world.backend.directory.site_facts(url).await.unwrap();
        let (kept, fresh) = (kept(world, &site, now).await, from_scratch(world, &site, now).await);
        assert_eq!(kept.len(), site.users as usize, "{url} after {after}");
        for (kept, fresh) in kept.iter().zip(&fresh) {
            assert_eq!(kept, fresh, "{url} after {after}");
        }
        let mut conn = world.backend.store.read().await.unwrap();
        let whole = whole::read(&mut conn, site.id).await.unwrap();
        let block = rows::keeps(&mut conn, site.id, 0).await.unwrap();
        assert_eq!(whole.block(0), block.rows(), "{url} at once after {after}");
    }
}

/// What the facts of all sites' users hang on, and the facts.
async fn stamps(world: &Fixture) -> Vec<(String, Vec<UserFacts>)> {
    let mut stamps = Vec::new();
    for url in SITES {
        let site = world.backend.directory.site_facts(url).await.unwrap();
        let mut conn = world.backend.store.read().await.unwrap();
        let stamp = manifest::stamp(&mut conn, &site).await.unwrap();
        // One moment for all, so that time changes nothing.
        stamps.push((stamp, from_scratch(world, &site, Timestamp::UNIX_EPOCH).await));
    }
    stamps
}

#[tokio::test]
async fn i6_whatever_changes_a_users_facts_changes_what_they_hang_on() {
    for seed in 100..103 {
        let mut dice = Dice(seed);
        let world = Fixture::new().await;
        world.small_world().await;
        for site in 1..=3 {
            for _ in 0..5 {
                world.user(site, dice.pick(&ADDRESSES)).await;
            }
        }
        let mut before = stamps(&world).await;
        assert_eq!(stamps(&world).await, before);
        let mut changed = 0;
        for act in 0..60 {
            let statement = write(&mut dice);
            world.sql(&statement).await;
            let after = stamps(&world).await;
            for ((stamp, facts), (stamp_after, facts_after)) in before.iter().zip(&after) {
                changed += usize::from(facts != facts_after);
                let told = facts == facts_after || stamp != stamp_after;
                assert!(told, "seed {seed}, act {act}: {statement}");
            }
            before = after;
        }
        assert!(changed > 20, "{changed}");
    }
}

const ADDRESSES: [&str; 12] = [
    "fay@acme.example",
    "zoe@zeta.example",
    "ann@acme.example",
    "Ann@ACME.example ",
    "\u{a0}bert@dir.example\t",
    "eve@gmail.com",
    "jo@büro.example",
    "not usable",
    "",
    "kim@new.example",
    "lee@acme.example",
    "lee@eu.acme.example",
];

/// What is written of one account.
fn write_account(dice: &mut Dice, what: u64, site: u64, number: u64) -> String {
    match what {
        0 => {
            let link = dice.pick(&["none", "linked", "provisional"]);
            format!(
                "UPDATE site_users SET link = '{link}' WHERE site = {site} AND number = {number}"
            )
        }
        1 => format!(
            "UPDATE site_users SET active = 1 - active WHERE site = {site} AND number = {number}"
        ),
        2 | 3 => {
            let address = dice.pick(&ADDRESSES);
            let (key, domain) = match crate::domain::address::Address::parse(address) {
                Ok(usable) => {
                    (format!("'{}'", usable.as_str()), format!("'{}'", usable.domain_str()))
                }
                Err(_) => ("NULL".to_owned(), "NULL".to_owned()),
            };
            format!(
                "UPDATE site_users SET address = '{address}', address_key = {key},
                   domain = {domain} WHERE site = {site} AND number = {number}"
            )
        }
        _ => format!(
            "UPDATE site_users SET display_name = '{}', department = 'D{}'
              WHERE site = {site} AND number = {number}",
            dice.pick(&["", " ", "Zoë", "\u{2003}"]),
            dice.roll(3)
        ),
    }
}

/// One write, in the words of the database: whatever part of the backend writes, it ends here.
fn write(dice: &mut Dice) -> String {
    let site = dice.roll(3) + 1;
    let number = dice.roll(6);
    let key = |dice: &mut Dice| {
        let address = dice.pick(&ADDRESSES);
        crate::domain::address::Address::parse(address)
            .map_or_else(|_| "ann@acme.example".to_owned(), String::from)
    };
    let organization = dice.pick(&["acme", "zeta", "meridian"]);
    let at = |dice: &mut Dice| match dice.roll(3) {
        0 => "NULL".to_owned(),
        1 => "1".to_owned(),
        _ => (Timestamp::now().as_millisecond() - dice.roll(20) as i64 * 86_400_000).to_string(),
    };
    match dice.roll(18) {
        what @ 0..=4 => write_account(dice, what, site, number),
        5 => format!(
            "INSERT INTO identities (email_key, organization, lasting)
             VALUES ('{}', '{organization}', 1) ON CONFLICT DO NOTHING",
            key(dice)
        ),
        6 => format!(
            "DELETE FROM identities WHERE email_key = '{}' AND organization = '{organization}'",
            key(dice)
        ),
        7 => format!(
            "UPDATE OR IGNORE identities SET organization = '{organization}' WHERE email_key = '{}'",
            key(dice)
        ),
        8 | 9 => format!(
            "INSERT INTO invitations
               (organization, address_key, invited_at, unknown, confirmed_at, declined_at)
             VALUES ('{organization}', '{}', {}, {}, {}, {})
             ON CONFLICT (organization, address_key) DO UPDATE SET
               invited_at = excluded.invited_at, unknown = excluded.unknown,
               confirmed_at = excluded.confirmed_at, declined_at = excluded.declined_at",
            key(dice),
            at(dice),
            dice.roll(2),
            at(dice),
            at(dice)
        ),
        10 => format!("DELETE FROM invitations WHERE address_key = '{}'", key(dice)),
        11 => format!(
            "INSERT INTO site_answers (site, address_key, invited_at, unknown, confirmed_at)
             VALUES ({site}, '{}', {}, 0, {})
             ON CONFLICT (site, address_key) DO UPDATE SET invited_at = excluded.invited_at",
            key(dice),
            at(dice),
            at(dice)
        ),
        12 => format!("DELETE FROM site_answers WHERE site = {site}"),
        13 => format!(
            "INSERT INTO synced_directory VALUES ('{organization}', '{}') ON CONFLICT DO NOTHING",
            dice.pick(&ADDRESSES).trim()
        ),
        14 => format!(
            "DELETE FROM synced_directory WHERE organization = '{organization}'
               AND spelling = '{}'",
            dice.pick(&ADDRESSES).trim()
        ),
        15 => format!(
            "UPDATE organizations SET directory_sync = {}, sync_paused = {} WHERE id = '{organization}'",
            dice.roll(2),
            dice.roll(2)
        ),
        16 => format!(
            "INSERT INTO domains (organization, name, state, token, added_at)
             VALUES ('{organization}', '{}', '{}', 't', 0) ON CONFLICT DO NOTHING",
            dice.pick(&["acme.example", "dir.example", "gmail.com", "xn--bro-hoa.example"]),
            dice.pick(&["pending", "verified", "claimed"])
        ),
        _ => format!(
            "UPDATE sites SET organization = '{organization}', state = 'enrolled'
              WHERE id = 3 AND organization IS NULL"
        ),
    }
}

#[tokio::test]
async fn what_is_kept_is_what_is_joined_anew_in_random_worlds() {
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let world = Fixture::new().await;
        world.small_world().await;
        for site in 1..=3 {
            for _ in 0..5 {
                world.user(site, dice.pick(&ADDRESSES)).await;
            }
        }
        agree(&world, "nothing").await;
        for act in 0..60 {
            if dice.roll(12) == 0 {
                let site = dice.roll(3) as i64 + 1;
                world.user(site, dice.pick(&ADDRESSES)).await;
                agree(&world, &format!("seed {seed}, act {act}: a user added to {site}")).await;
                continue;
            }
            let statement = write(&mut dice);
            world.sql(&statement).await;
            agree(&world, &format!("seed {seed}, act {act}: {statement}")).await;
        }
    }
}

/// A roster of several blocks.
async fn long(world: &Fixture, users: u32) {
    world
        .sql(&format!(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {users} - 1)
             INSERT INTO site_users (site, number, user_id, active, first_name, last_name,
               display_name, address, address_key, domain, department, added_revision)
             SELECT 1, i, 'u' || i, 1, 'Zoë', 'L' || i, '', 'U' || i || '@acme.example',
               'u' || i || '@acme.example', 'acme.example', 'Sales', 1 FROM n"
        ))
        .await;
}

#[tokio::test]
async fn a_write_makes_its_own_block_anew_and_no_other() {
    let world = Fixture::new().await;
    world.small_world().await;
    long(&world, 3 * ROWS + 5).await;
    let mirror = Mirror::new(world.backend.store.clone());
    let held = async || {
        let mut conn = world.backend.store.read().await.unwrap();
        let made = mirror.made(&mut conn, 1, 4).await.unwrap();
        made.iter().map(|(text, kept)| (text.is_some(), kept.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(held().await, [(false, false); 4]);
    let fill = async || {
        for block in 0..4 {
            mirror.block(1, block).await.unwrap();
        }
        assert_eq!(held().await, [(true, true); 4]);
    };
    fill().await;
    let all = (true, true);
    world.sql(&format!("UPDATE site_users SET link = 'linked' WHERE number = {ROWS}")).await;
    assert_eq!(held().await, [all, (true, false), all, all]);
    fill().await;
    world.sql("UPDATE site_users SET department = 'Legal' WHERE number = 3").await;
    assert_eq!(held().await, [(false, false), all, all, all]);
    fill().await;
    // Row 4: the second account of an address concerns the first one, blocks away.
    world
        .sql(&format!(
            "UPDATE site_users SET address = 'u1@acme.example', address_key = 'u1@acme.example'
              WHERE number = {}",
            3 * ROWS
        ))
        .await;
    assert_eq!(held().await, [(true, false), all, all, (false, false)]);
    agree(&world, "a second account of an address").await;
    fill().await;
    world.sql("UPDATE site_users SET link = link, active = 1").await;
    world
        .sql("UPDATE domains SET state = 'verified'; UPDATE sites SET method = 'verify_now'")
        .await;
    assert_eq!(held().await, [all; 4], "what is folded in at reading makes no block anew");
    world.sql("INSERT INTO synced_directory VALUES ('acme', 'U7@acme.example')").await;
    assert_eq!(held().await, [(true, false); 4], "the directory concerns everybody's spelling");
}

#[tokio::test]
async fn a_start_makes_the_blocks_of_large_rosters_and_of_no_others() {
    let world = Fixture::new().await;
    world.small_world().await;
    long(&world, ROWS + 1).await;
    world.user(2, "zoe@zeta.example").await;
    let mirror = Mirror::new(world.backend.store.clone());
    let held = async |site, blocks| {
        let mut conn = world.backend.store.read().await.unwrap();
        let made = mirror.made(&mut conn, site, blocks).await.unwrap();
        made.iter().all(|(text, kept)| text.is_some() && kept.is_some())
    };
    let stopped = Stop::default();
    stopped.stop();
    warm::all(&mirror, &world.backend.store, &stopped).await.unwrap();
    assert!(!held(1, 1).await);
    warm::all(&mirror, &world.backend.store, &Stop::default()).await.unwrap();
    assert!(held(1, 2).await && !held(2, 1).await);
}

#[tokio::test]
async fn what_is_made_at_once_is_what_is_made_by_itself_over_several_blocks_and_pages() {
    let world = Fixture::new().await;
    world.small_world().await;
    let users = 2 * ROWS + 700;
    long(&world, users).await;
    world
        .sql(
            "UPDATE site_users SET address_key = 'u' || (number / 2) || '@acme.example'
              WHERE number % 7 = 0;
             UPDATE site_users SET active = 0 WHERE number % 5 = 0;
             UPDATE site_users SET address = '', address_key = NULL WHERE number % 11 = 0;
             INSERT INTO identities (email_key, organization, lasting)
             SELECT DISTINCT address_key, CASE number % 3 WHEN 0 THEN 'acme' ELSE 'zeta' END, 1
               FROM site_users WHERE address_key IS NOT NULL AND number % 10 <> 0
             ON CONFLICT DO NOTHING;
             INSERT INTO synced_directory
             SELECT DISTINCT 'acme', CASE number % 3 WHEN 0 THEN upper(address) ELSE address END
               FROM site_users WHERE number % 4 = 0;
             INSERT INTO synced_directory
             SELECT DISTINCT 'acme', address_key FROM site_users
              WHERE address_key IS NOT NULL AND number % 4 = 1 ON CONFLICT DO NOTHING;
             INSERT INTO invitations (organization, address_key, invited_at, unknown, confirmed_at)
             SELECT 'acme', address_key, number, number % 2, CASE number % 3 WHEN 0 THEN 1 END
               FROM site_users WHERE address_key IS NOT NULL ON CONFLICT DO NOTHING;
             INSERT INTO site_answers (site, address_key, invited_at, declined_at)
             SELECT 1, address_key, 4000, CASE number % 3 WHEN 1 THEN 1 END FROM site_users
              WHERE address_key IS NOT NULL AND number % 3 <> 2 ON CONFLICT DO NOTHING;",
        )
        .await;
    let mut conn = world.backend.store.read().await.unwrap();
    let whole = whole::read(&mut conn, 1).await.unwrap();
    assert!(whole.block(3).is_empty());
    for block in 0..3 {
        let by_itself = rows::keeps(&mut conn, 1, block).await.unwrap();
        assert_eq!(whole.block(block), by_itself.rows(), "block {block}");
    }
}

#[tokio::test]
async fn what_is_stored_is_given_after_a_start_as_long_as_nothing_has_changed() {
    let world = Fixture::new().await;
    world.small_world().await;
    long(&world, ROWS + 5).await;
    let (store, never) = (&world.backend.store, Stop::default());
    let mirror = Mirror::new(store.clone());
    warm::all(&mirror, store, &never).await.unwrap();
    let parts = async |mirror: &Mirror| {
        let mut all = Vec::new();
        for block in 0..2 {
            for kind in [Kind::Text, Kind::Kept] {
                all.push(mirror.part(1, block, kind).await.unwrap());
            }
        }
        all
    };
    let before = parts(&mirror).await;
    mirror.store(1, &never).await.unwrap();
    let stored: Vec<(u32, i64, Vec<u8>)> =
        sqlx::query_as("SELECT block, form, bytes FROM roster_parts ORDER BY block, form")
            .fetch_all(&mut *store.read().await.unwrap())
            .await
            .unwrap();
    let bytes: Vec<&[u8]> = stored.iter().map(|(.., bytes)| bytes.as_slice()).collect();
    assert_eq!(bytes, before.iter().map(|frame| frame.bytes.as_ref()).collect::<Vec<_>>());
    // Words that are in none of them tell who gives what is stored.
    world.sql("UPDATE roster_parts SET bytes = x'00' WHERE block = 1").await;
    let after = parts(&Mirror::new(store.clone())).await;
    assert_eq!(after[..2], before[..2]);
    assert!(after[2..].iter().all(|frame| frame.bytes.as_ref() == [0]));
    world.sql(&format!("UPDATE site_users SET link = 'linked' WHERE number = {ROWS}")).await;
    let after = parts(&Mirror::new(store.clone())).await;
    assert_eq!(after[2].bytes.as_ref(), [0], "the text is what it was");
    assert!(after[3].bytes.len() > 20 && after[3] != before[3], "what changed is made anew");
    world.sql("INSERT INTO synced_directory VALUES ('acme', 'U7@acme.example')").await;
    let after = parts(&Mirror::new(store.clone())).await;
    assert!(after[1] != before[1], "the directory concerns all");
}

#[tokio::test]
async fn no_statement_of_the_mirror_scans_a_table() {
    let world = Fixture::new().await;
    world.small_world().await;
    let mut conn = world.backend.store.read().await.unwrap();
    let at_once =
        [whole::USERS, whole::IDENTITIES, whole::DIRECTORY, whole::INVITATIONS, whole::ANSWERS];
    let stored = [stored::FIND, stored::HELD];
    let by_block = [rows::TEXTS, rows::KEEPS, manifest::DOMAINS, MARKS, MARK];
    for statement in by_block.into_iter().chain(at_once).chain(stored) {
        let plan = format!("EXPLAIN QUERY PLAN {statement}");
        let steps = sqlx::query(sqlx::AssertSqlSafe(plan)).fetch_all(&mut *conn).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.try_get("detail").unwrap()).collect();
        assert!(!steps.is_empty());
        for step in &steps {
            // What a statement has made itself, of one block or one domain.
            let own = ["SCAN users", "SCAN next", "SCAN page"];
            let scans = step.starts_with("SCAN") && !own.contains(&step.as_str());
            assert!(!scans && !step.contains("TEMP B-TREE"), "{statement}\n{steps:#?}");
        }
    }
}
