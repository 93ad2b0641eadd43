//! Rules P1 to P4 in random worlds: no act by one organization changes any outcome, candidate list
//! or right in another, but by proof of a domain or the owner's own act.
//!
//! Acts are sent as their actors send them. After each, everything that the *others* see is compared
//! with before. The worlds are numbered, so that one that fails can be run again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::decide;
use crate::server::directory::linking;
use crate::server::directory::linking::hindrance;
use crate::server::fixture::{Fixture, ROOT};

/// Worlds, and acts in each.
const WORLDS: u64 = 12;
const ACTS: usize = 40;

/// Numbers that look random and are the same each time (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// Addresses that everybody names: administrators of each, users of each, strangers.
const ADDRESSES: [&str; 14] = [
    "fay@acme.example",
    "rob@acme.example",
    "zoe@zeta.example",
    "pat@meridian.example",
    "sam@acme.example",
    "ned@new.example",
    "ann@acme.example",
    "bert@dir.example",
    "cleo@zeta.example",
    "dan@home.example",
    "eve@gmail.com",
    " Bert@DIR.example",
    "not usable",
    "kim@new.example",
];

/// An organization, who acts for it, and its site.
const ACTORS: [(&str, &str, &str); 2] =
    [("acme", "fay", "acme.webex.example"), ("zeta", "zoe", "zeta.webex.example")];

async fn world(dice: &mut Dice) -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    world
        .sql(
            "INSERT INTO domains (organization, name, state, token, added_at) VALUES
               ('acme', 'acme.example', 'claimed', 't', 0), ('zeta', 'dir.example', 'verified', 't', 0);
             INSERT INTO site_admins (site, email) VALUES
               (1, 'fay@acme.example'), (2, 'zoe@zeta.example');",
        )
        .await;
    for site in 1..=3 {
        for _ in 0..3 {
            world.user(site, dice.pick(&ADDRESSES)).await;
        }
    }
    world
}

/// What stands for everybody but one organization: outcomes on their sites, who matches a site that
/// is not linked, what each address may do and where it belongs.
type View = BTreeMap<String, String>;

async fn seen_by_others(world: &Fixture, actor: &str) -> View {
    let mut view = View::new();
    let directory = &world.backend.directory;
    let now = world.backend.clock.now();
    let mut conn = world.backend.store.read().await.unwrap();
    for (organization, url) in
        [("acme", "acme.webex.example"), ("zeta", "zeta.webex.example"), ("", "new.webex.example")]
    {
        if organization == actor {
            continue;
        }
        let site = directory.site_facts(url).await.unwrap();
        let numbers: Vec<u32> = (0..site.users).collect();
        for user in directory.users_among(&mut conn, &site, &numbers, now).await.unwrap() {
            for method in LinkingMethod::ALL {
                let outcome = decide(user.facts, method);
                let key = format!("{url} {} {} {method:?}", user.number, user.address);
                view.insert(key, format!("{outcome:?}"));
            }
        }
    }
    let matched = linking::matched(&mut conn, "new.webex.example").await.unwrap();
    view.insert("candidates".to_owned(), format!("{matched:?}"));
    for email in ADDRESSES {
        let held = directory.held(email).await.unwrap();
        let held = held.iter().filter(|role| role.organization.as_deref() != Some(actor));
        view.insert(format!("rights of {email}"), format!("{:?}", held.collect::<Vec<_>>()));
        let home = hindrance::organization_of(&mut conn, email).await.unwrap();
        let home = home.map(|home| home.id).filter(|id| id != actor);
        view.insert(format!("home of {email}"), format!("{home:?}"));
        for id in ["acme", "zeta", "meridian"].into_iter().filter(|id| *id != actor) {
            let elsewhere = super::super::is_elsewhere(&mut conn, email, id).await.unwrap();
            view.insert(format!("{email} is elsewhere for {id}"), elsewhere.to_string());
        }
    }
    view
}

/// One act of an organization's own people; in words, for a failure.
async fn act(world: &Fixture, dice: &mut Dice, (id, who, url): (&str, &str, &str)) -> String {
    let address = dice.pick(&ADDRESSES);
    let role = dice.pick(&["full_admin", "read_only_admin"]);
    let roles = format!("/v1/organizations/{id}/roles");
    let (method, path, body) = match dice.roll(7) {
        0 => {
            let user = format!("/v1/sites/{url}/users/u{}", dice.roll(3));
            ("PATCH", user, json!({ "address": address }))
        }
        1 => {
            let user_id = format!("n{}", dice.roll(1_000_000));
            (
                "POST",
                format!("/v1/sites/{url}/users"),
                json!({ "user_id": user_id, "address": address }),
            )
        }
        2 | 3 => ("POST", roles, json!({ "email": address.trim(), "role": role })),
        4 => {
            let email = address.trim().replace(' ', "%20");
            ("DELETE", format!("{roles}/{role}/{email}"), Value::Null)
        }
        5 => {
            let user = format!("/v1/sites/{url}/users/u{}", dice.roll(3));
            ("PATCH", user, json!({ "active": dice.roll(2) == 0 }))
        }
        _ => return link(world, dice, url).await,
    };
    let answer = world.send(method, &path, who, body.clone()).await;
    assert_ne!(answer.status.as_u16(), 500, "{method} {path} {body}: {}", answer.json);
    format!("{who}: {method} {path} {body}: {}", answer.status)
}

/// An account is linked as L11 or an agreement links it, without a proof.
async fn link(world: &Fixture, dice: &mut Dice, url: &str) -> String {
    use crate::server::directory::users::{self, Bond};
    let bond = if dice.roll(2) == 0 { Bond::Account } else { Bond::Provisional };
    let site = users::site_facts(&world.backend.store, url).await.unwrap();
    let number = dice.roll(3) as u32;
    let mut tx = world.backend.store.begin().await.unwrap();
    users::link(&mut tx, &site, &[number], bond, world.backend.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    format!("{url}: {number} linked, {bond:?}")
}

/// Rule P3: an end of one's own identities may free somebody, and never takes anybody.
fn only_frees(before: &str, after: &str) -> bool {
    before == "true" && after == "false"
        || before.contains("BlockedOtherOrganization")
        || before.contains("Some(") && after == "None"
}

#[tokio::test]
async fn p1_to_p4_no_act_of_one_changes_what_others_see() {
    for seed in 0..WORLDS {
        let mut dice = Dice(seed);
        let world = world(&mut dice).await;
        let mut told = Vec::new();
        for _ in 0..ACTS {
            let actor = ACTORS[dice.roll(ACTORS.len())];
            let before = seen_by_others(&world, actor.0).await;
            told.push(act(&world, &mut dice, actor).await);
            let after = seen_by_others(&world, actor.0).await;
            let freeing = told.last().is_some_and(|told| told.contains("DELETE"));
            for (what, was) in &before {
                let is = &after[what];
                let fine = is == was || freeing && only_frees(was, is);
                assert!(fine, "world {seed}: {what} was {was} and is {is}\n{}", told.join("\n"));
            }
        }
        assert!(told.iter().any(|act| act.ends_with("200 OK") || act.ends_with("201 Created")));
    }
}

#[tokio::test]
async fn p1_a_partners_trials_name_and_take_nobody() {
    for seed in 0..WORLDS {
        let mut dice = Dice(1_000 + seed);
        let world = world(&mut dice).await;
        for n in 0..6 {
            let before = seen_by_others(&world, "meridian").await;
            let address = dice.pick(&ADDRESSES).trim();
            let body = json!({
                "company": format!("Nova {seed} {n}"), "administrator": address,
                "vertical": "technology", "country": "DE", "supported_location": true,
                "services": [{ "service": "messaging", "quantity": 5 }], "days": 30,
            });
            let answer = world.send("POST", "/v1/organizations/meridian/trials", "pat", body).await;
            assert_ne!(answer.status.as_u16(), 500, "{}", answer.json);
            let after = seen_by_others(&world, "meridian").await;
            let differs: Vec<_> =
                before.iter().filter(|(what, was)| after[*what] != **was).collect();
            assert!(differs.is_empty(), "world {seed}: {address}: {differs:?} {}", answer.json);
        }
        let root = world.get("/v1/organizations", ROOT).await;
        assert!(root.json["items"].as_array().unwrap().len() >= 3, "{}", root.json);
    }
}
