//! Rule L11 from the date to the last user; workers are driven by hand, so that nobody waits.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::server::directory::linking;
use crate::server::fixture::{Answer, Fixture};
use crate::server::stop::Stop;

const SITE: &str = "/v1/sites/new.webex.example";

struct Stage {
    world: Fixture,
    directory: Directory,
}

impl Stage {
    /// The new site, with Ned as its admin and a CSM; its job takes a minute.
    async fn new() -> Self {
        let world = Fixture::new().await;
        world.small_world().await;
        world.sql("UPDATE sites SET csm = 'csm@provider.example' WHERE id = 3").await;
        let directory = Self::process(&world);
        Self { world, directory }
    }

    /// The directory as a process has it; a second one is what a restart makes.
    fn process(world: &Fixture) -> Directory {
        world.directory()
    }

    fn restart(&mut self) {
        self.directory = Self::process(&self.world);
    }

    /// Sets the date so many days from today.
    async fn date(&self, days: i64) -> Answer {
        let now = self.world.backend.clock.now();
        let on = now.checked_add(SignedDuration::from_hours(24 * days)).unwrap();
        let on = on.strftime("%Y-%m-%d").to_string();
        self.world.send("PUT", &format!("{SITE}/auto-link"), "root", json!({ "on": on })).await
    }

    async fn look(&self) {
        tick::look(&self.directory, &Stop::default()).await.unwrap();
    }

    async fn days(&self, days: u64) {
        self.world.backend.clock.advance(Duration::from_hours(24 * days));
        self.look().await;
    }

    /// The relay takes what is queued, now.
    async fn taken(&self) {
        let now = to_millis(self.world.backend.clock.now());
        let sql = "UPDATE outbox SET state = 'sent', taken_at = ";
        self.world.sql(&format!("{sql}{now} WHERE state = 'queued'")).await;
        self.look().await;
    }

    /// A date is set, announced, and comes.
    async fn come(&self) {
        self.date(40).await;
        self.days(33).await;
        self.taken().await;
        self.days(8).await;
    }

    /// The date comes, the job completes, the users are looked at.
    async fn link(&self) {
        self.come().await;
        self.world.backend.clock.advance(Duration::from_mins(2));
        linking::work_through(&self.directory).await;
        self.look().await;
    }

    async fn show(&self) -> Value {
        self.world.get(&format!("{SITE}/auto-link"), "ned").await.json
    }

    /// Who was told what.
    async fn told(&self) -> Vec<(String, String)> {
        sqlx::query_as(
            "SELECT a.kind, a.recipient FROM announcements a JOIN outbox n ON n.id = a.notice
              ORDER BY a.kind, a.recipient",
        )
        .fetch_all(&mut *self.world.backend.store.read().await.unwrap())
        .await
        .unwrap()
    }

    async fn one<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
    {
        sqlx::query_scalar(sql)
            .fetch_one(&mut *self.world.backend.store.read().await.unwrap())
            .await
            .unwrap()
    }
}

fn ned(kind: &str) -> (String, String) {
    (kind.to_owned(), "ned@new.example".to_owned())
}

#[tokio::test]
async fn l11_the_sites_admins_are_told_30_and_7_days_before_each_once() {
    let mut stage = Stage::new().await;
    let set = stage.date(40).await;
    assert_eq!((&set.json["state"], set.status), (&json!("planned"), StatusCode::OK));
    stage.look().await;
    assert!(stage.told().await.is_empty());
    stage.days(11).await;
    assert_eq!(stage.told().await, [ned("announced_30")]);
    stage.look().await;
    stage.restart();
    stage.days(10).await;
    assert_eq!(stage.told().await.len(), 1, "once");
    stage.days(13).await;
    stage.look().await;
    assert_eq!(stage.told().await, [ned("announced_30"), ned("announced_7")]);
}

#[tokio::test]
async fn l11_no_site_links_before_the_relay_took_the_second_announcement_and_7_days_after() {
    let stage = Stage::new().await;
    stage.world.sql("UPDATE sites SET organization_hint = 'acme' WHERE id = 3").await;
    stage.date(40).await;
    stage.days(11).await;
    stage.taken().await;
    stage.days(23).await;
    let told = [ned("announced_30"), ned("announced_7")];
    assert_eq!(stage.told().await, told);
    let on = stage.show().await["on"].clone();
    stage.days(20).await;
    assert_eq!(stage.show().await["state"], "planned", "the relay is away: nothing happens");
    stage.taken().await;
    let moved = stage.show().await;
    assert_eq!(moved["state"], "planned");
    let at = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let left = at(&moved["on"]).duration_since(stage.world.backend.clock.now()).as_hours();
    assert!((7 * 24..8 * 24).contains(&left), "{left} hours from {on} to {}", moved["on"]);
    assert!(moved["announcements"][1]["sent_at"].is_string(), "{moved}");
    stage.days(6).await;
    assert_eq!(stage.show().await["state"], "planned");
    assert_eq!(stage.told().await, told, "a moved date needs no second letter");
    stage.days(2).await;
    assert_eq!(stage.show().await["state"], "linking");
}

#[tokio::test]
async fn l11_whom_no_mail_server_takes_waits_for_a_human() {
    for mail in ["refused", "unknown"] {
        let stage = Stage::new().await;
        stage.date(40).await;
        stage.days(33).await;
        stage.world.sql(&format!("UPDATE outbox SET state = '{mail}'")).await;
        stage.days(8).await;
        let shown = stage.show().await;
        assert_eq!(
            (&shown["state"], &shown["waits"]),
            (&json!("waiting"), &json!("not_announced")),
            "{mail}"
        );
    }
    let stage = Stage::new().await;
    stage.world.sql("DELETE FROM site_admins WHERE site = 3").await;
    stage.date(40).await;
    stage.days(41).await;
    let waits: String = stage.one("SELECT waits FROM auto_links").await;
    assert_eq!(waits, "not_announced", "nobody administers it");
    assert_eq!(stage.told().await, [("waits".to_owned(), "csm@provider.example".to_owned())]);
}

#[tokio::test]
async fn l11_a_clock_that_jumps_tells_the_latest_and_a_new_date_is_told_anew() {
    let stage = Stage::new().await;
    stage.date(40).await;
    stage.days(35).await;
    assert_eq!(stage.told().await, [ned("announced_7")], "30 days before is over");
    stage.date(31).await;
    assert!(stage.told().await.is_empty(), "what was not sent yet is taken back");
    stage.look().await;
    assert!(stage.told().await.is_empty(), "31 days ahead");
    stage.days(90).await;
    assert_eq!(stage.told().await, [ned("announced_7")], "never unannounced, however it jumps");
    assert_eq!(stage.show().await["state"], "planned");
    let path = format!("{SITE}/auto-link");
    let off = stage.world.send("PUT", &path, "root", json!({ "on": null })).await;
    assert_eq!(off.json["state"], "off");
    stage.days(30).await;
    assert_eq!(stage.one::<String>("SELECT state FROM sites WHERE id = 3").await, "not_enrolled");
}

#[tokio::test]
async fn l11_the_date_is_31_days_ahead_or_more_and_not_for_linked_sites() {
    let stage = Stage::new().await;
    assert_eq!(stage.date(0).await.json["field"], "on");
    for days in [-3, 30] {
        let refused = stage.date(days).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        assert!(refused.json["detail"].as_str().unwrap().contains("31 days ahead"));
    }
    assert_eq!(stage.date(31).await.status, StatusCode::OK);
    let linked = "/v1/sites/acme.webex.example/auto-link";
    let refused = stage.world.send("PUT", linked, "root", json!({ "on": "2999-01-01" })).await;
    assert_eq!(refused.code(), "link_permanent");
}

#[tokio::test]
async fn l11_one_customer_by_id_links_and_its_users_without_an_e_mail() {
    let stage = Stage::new().await;
    for address in
        ["ann@new.example", "bob@gmail.com", "nonsense", "zoe@zeta.example", "declined@new.example"]
    {
        stage.world.user(3, address).await;
    }
    stage
        .world
        .sql(
            "UPDATE sites SET organization_hint = 'acme' WHERE id = 3;
             UPDATE organizations SET auto_licence = 1 WHERE id = 'acme';
             UPDATE site_users SET host_privilege = 'HOST' WHERE site = 3 AND number = 0;
             INSERT INTO invitations (organization, address_key, declined_at)
               VALUES ('acme', 'declined@new.example', 0);",
        )
        .await;
    stage.link().await;
    let shown = stage.show().await;
    assert_eq!(
        (&shown["state"], &shown["organization"]),
        (&json!("done"), &json!("acme")),
        "{shown}"
    );
    assert_eq!(
        shown["users"],
        json!({ "linked": 2, "blocked_bad_address": 1, "blocked_other_organization": 1, "declined": 1 })
    );
    let site = stage.world.get(SITE, "ned").await.json;
    assert_eq!((&site["state"], &site["method"]), (&json!("enrolled"), &json!("receive_email")));
    assert_eq!(site["account_linking"], "receive_email");
    assert_eq!(stage.one::<i64>("SELECT count(*) FROM run_items").await, 0, "no mail to them");
    // Rule P1: nobody has proven new.example or confirmed, so that the links bind the accounts alone.
    let ann = "SELECT count(*) FROM identities WHERE email_key = 'ann@new.example'";
    assert_eq!(stage.one::<i64>(ann).await, 0);
    let licences: Vec<(String, String)> = sqlx::query_as("SELECT email_key, service FROM licences")
        .fetch_all(&mut *stage.world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    let kept = ("ann@new.example".to_owned(), "meetings".to_owned());
    assert_eq!(licences, [kept], "the host's carries over, none are added");
    let later = json!({ "user_id": "late", "address": "late@new.example" });
    let added = stage.world.send("POST", &format!("{SITE}/users"), "ned", later).await.json;
    assert_eq!(added["plan"]["emails"], 1, "who is added later must confirm");
}

#[tokio::test]
async fn l11_the_verified_domain_of_more_than_half_links_and_of_half_does_not() {
    for (others, links) in [(1, true), (2, false)] {
        let stage = Stage::new().await;
        for n in 0..2 {
            stage.world.user(3, &format!("u{n}@zeta.example")).await;
        }
        for n in 0..others {
            stage.world.user(3, &format!("o{n}@elsewhere.example")).await;
        }
        stage
            .world
            .sql(
                "INSERT INTO domains (organization, name, state, token, added_at)
                 VALUES ('zeta', 'zeta.example', 'verified', 't', 0)",
            )
            .await;
        stage.link().await;
        let shown = stage.show().await;
        if links {
            assert_eq!(shown["organization"], "zeta", "{shown}");
        } else {
            assert_eq!(
                (&shown["state"], &shown["waits"]),
                (&json!("waiting"), &json!("weak_match"))
            );
        }
    }
}

#[tokio::test]
async fn l11_any_other_match_waits_and_its_admins_and_the_csm_are_told() {
    let stage = Stage::new().await;
    stage.world.sql("UPDATE sites SET company = 'ACME ROBOTICS Inc.' WHERE id = 3").await;
    stage.come().await;
    let shown = stage.show().await;
    assert_eq!((&shown["state"], &shown["waits"]), (&json!("waiting"), &json!("weak_match")));
    assert!(shown["reason"].as_str().unwrap().contains("Enroll Now"));
    let waits = |to: &str| ("waits".to_owned(), to.to_owned());
    let told = [ned("announced_7"), waits("csm@provider.example"), waits("ned@new.example")];
    assert_eq!(stage.told().await, told);
    stage.days(30).await;
    assert_eq!(stage.told().await, told, "once");
    let site = stage.world.get(SITE, "ned").await.json;
    assert_eq!(
        (&site["state"], &site["auto_link_waits"]),
        (&json!("not_enrolled"), &json!("weak_match"))
    );
    assert_eq!(stage.one::<i64>("SELECT count(*) FROM site_links").await, 0);
}

#[tokio::test]
async fn l11_several_strong_matches_and_an_expired_trial_wait() {
    let stage = Stage::new().await;
    stage.world.user(3, "u@zeta.example").await;
    stage
        .world
        .sql(
            "UPDATE sites SET organization_hint = 'acme' WHERE id = 3;
             INSERT INTO domains (organization, name, state, token, added_at)
               VALUES ('zeta', 'zeta.example', 'claimed', 't', 0);",
        )
        .await;
    stage.link().await;
    assert_eq!(stage.show().await["waits"], "several_matches");
    let stage = Stage::new().await;
    stage
        .world
        .sql(
            "UPDATE sites SET organization_hint = 'acme' WHERE id = 3;
             INSERT INTO trials (organization, administrator, days, started_at, started_by, ends_at)
               VALUES ('acme', 'fay@acme.example', 30, 0, 'pat@meridian.example', 1);",
        )
        .await;
    stage.link().await;
    assert_eq!(stage.show().await["waits"], "trial_expired");
}

#[tokio::test]
async fn l11_no_match_makes_an_organization_whose_full_admins_are_the_sites() {
    let stage = Stage::new().await;
    stage.world.user(3, "ann@new.example").await;
    stage
        .world
        .sql(
            "INSERT INTO site_admins (site, email) VALUES (3, 'lee@acme.example');
        INSERT INTO identities (email_key, organization) VALUES ('lee@acme.example', 'acme')",
        )
        .await;
    stage.link().await;
    let shown = stage.show().await;
    assert_eq!((&shown["state"], &shown["organization"]), (&json!("done"), &json!("newcomer")));
    let organization = stage.world.get("/v1/organizations/newcomer", "ned").await.json;
    assert_eq!(organization["name"], "Newcomer");
    assert_eq!(
        organization["administrators"],
        json!([{ "email": "ned@new.example", "role": "full_admin" }]),
        "Lee is in another organization already"
    );
    let told: String =
        stage.one("SELECT recipient FROM outbox WHERE subject LIKE '%new organization%'").await;
    assert_eq!(told, "ned@new.example", "its full admins are told");
    assert_eq!(shown["users"], json!({ "linked": 1 }));
}

#[tokio::test]
async fn l11_without_anybody_to_own_a_new_organization_it_waits() {
    let stage = Stage::new().await;
    stage
        .world
        .sql("INSERT INTO identities (email_key, organization) VALUES ('ned@new.example', 'zeta')")
        .await;
    stage.link().await;
    assert_eq!(stage.show().await["waits"], "nobody_to_own");
}

#[tokio::test]
async fn l10_a_site_that_may_not_link_is_never_linked_by_itself() {
    let stage = Stage::new().await;
    stage.world.sql("UPDATE sites SET organization_hint = 'acme', may_link = 0 WHERE id = 3").await;
    stage.link().await;
    let shown = stage.show().await;
    assert_eq!((&shown["state"], &shown["waits"]), (&json!("waiting"), &json!("may_not_link")));
    assert!(shown["reason"].as_str().unwrap().contains("csm@provider.example"));
    assert!(stage.told().await.is_empty(), "nor announced");
    stage.world.sql("UPDATE sites SET may_link = 1 WHERE id = 3").await;
    stage.look().await;
    assert_eq!(stage.told().await, [ned("announced_7")], "once it may, it is announced");
    assert_eq!(stage.show().await["state"], "planned");
}

#[tokio::test]
async fn l11_a_site_that_a_human_linked_before_the_date_is_left_alone() {
    let stage = Stage::new().await;
    stage.date(40).await;
    stage
        .world
        .sql("UPDATE sites SET organization = 'zeta', state = 'enrolled', linked_at = 0 WHERE id = 3")
        .await;
    stage.days(50).await;
    let site = stage.world.get(SITE, "ned").await.json;
    assert_eq!((&site["organization"], &site["method"]), (&json!("zeta"), &Value::Null));
    assert_eq!(stage.show().await["state"], "done");
}

#[tokio::test]
async fn l11_waits_while_an_administrator_of_the_site_has_an_open_offer() {
    let stage = Stage::new().await;
    stage.date(40).await;
    stage.days(33).await;
    stage.taken().await;
    stage.days(6).await;
    let body = json!({ "email": "ned@new.example", "role": "full_admin" });
    let granted = stage.world.send("POST", "/v1/organizations/zeta/roles", "zoe", body).await;
    assert_eq!(granted.status, StatusCode::OK, "{granted:?}");
    stage.days(2).await;
    let shown = stage.show().await;
    assert_eq!((&shown["state"], &shown["waits"]), (&json!("waiting"), &json!("open_offer")));
    assert!(shown["reason"].as_str().unwrap().contains("offered a role"), "{shown}");
    // Nobody has to press anything: it goes on once the offer is answered, or over.
    stage.world.send("POST", "/v1/offers/zeta/decline", "ned", Value::Null).await;
    stage.look().await;
    assert_eq!(stage.show().await["organization"], "newcomer");
}

#[tokio::test]
async fn l11_full_admins_who_cannot_sign_in_are_mailed_a_way_in() {
    let stage = Stage::new().await;
    stage.world.sql("INSERT INTO site_admins (site, email) VALUES (3, 'eva@new.example')").await;
    stage.link().await;
    let mut conn = stage.world.backend.store.read().await.unwrap();
    let mailed: Vec<(String, String)> =
        sqlx::query_as("SELECT email, origin FROM welcomes WHERE organization = 'newcomer'")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert_eq!(mailed, [("eva@new.example".to_owned(), "automatic".to_owned())]);
    drop(conn);
    let shown = stage.world.get("/v1/organizations/newcomer", "ned").await.json;
    let admins = shown["administrators"].as_array().unwrap();
    assert_eq!((admins.len(), &admins[0]["cannot_sign_in"]), (2, &json!(true)), "held at once");
}
