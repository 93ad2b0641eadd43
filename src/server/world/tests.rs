//! What the loader refuses, and that everything else is stored as given.

use std::fs;

use super::*;
use crate::server::store::Store;
use sqlx::Row;

const WORLD: &str = r#"
now = "2026-03-01T09:00:00Z"
[[people]]
email = "Fay@acme.example"
name = "Fay Moss"
token = "dev-fay"
[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
partner = "meridian"
created = "2024-05-01"
full_admins = ["fay@acme.example"]
members = ["lee@acme.example"]
domains = [{ name = "Bücher.example", state = "claimed" }, { name = "acme.example", state = "pending" }]
directory_sync = true
synced_directory = [" Lee@acme.example"]
[[organizations]]
id = "meridian"
name = "Meridian Networks"
kind = "partner"
partner_admins = ["pat@meridian.example"]
[[sites]]
url = "acme.webex.example"
company = "Acme Robotics Inc"
organization = "acme"
site_admins = ["fay@acme.example"]
method = "sign_agreement"
agreement = { domains = ["acme-labs.example"], signed_at = "2026-01-10T08:00:00Z" }
roster = "acme.csv"
"#;

const ROSTER: &str = "UserID,Active,Email,Linked,Confirmed,Invited,Room\n\
    1,Y,Lee@acme.example,Y,N,,12\n\
    2,Y,amara@acme.example,N,Y,2026-02-20T00:00:00Z,13\n\
    3,N,amara@acme.example,N,N,2026-02-25T00:00:00Z,14\n\
    4,Y,nobody,N,Y,,15\n";

async fn load_text(world: &str, roster: &str) -> (tempfile::TempDir, Result<Store, WorldError>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("world.toml"), world).unwrap();
    fs::write(folder.path().join("acme.csv"), roster).unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let loaded = load(&store, &folder.path().join("world.toml"), &Progress::default()).await;
    (folder, loaded.map(|_| store))
}

const SOLD: &str = r#"
now = "2026-03-01T09:00:00Z"
[[organizations]]
id = "meridian"
name = "Meridian Networks"
kind = "partner"
[[organizations]]
id = "nova"
name = "Nova Labs"
kind = "customer"
partner = "meridian"
full_admins = ["Nia@nova.example"]
country = "DE"
vertical = "technology"
services = { calling = 5, messaging = 80 }
[[sites]]
url = "nova.webex.example"
organization = "nova"
time_zone = "Europe/Berlin"
[[trials]]
organization = "nova"
site = "nova.webex.example"
days = 60
started = "2026-02-01"
[[orders]]
number = "so-1"
partner = "meridian"
company = "Acme"
country = "FR"
services = { meetings = 3 }
"#;

#[tokio::test]
async fn s9_trials_and_orders_are_stored_as_given() {
    let (_folder, store) = load_text(SOLD, ROSTER).await;
    let store = store.unwrap();
    let mut conn = store.read().await.unwrap();
    let trial: (String, i64, i64, bool) =
        sqlx::query_as("SELECT administrator, site, ends_at, expiry_recorded FROM trials")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    let ends: jiff::Timestamp = "2026-04-02T00:00:00Z".parse().unwrap();
    assert_eq!(trial, ("nia@nova.example".into(), 1, ends.as_millisecond(), false));
    let order: (String, String, i64) = sqlx::query_as(
        "SELECT o.number, o.state, s.quantity FROM orders o JOIN order_services s
           ON s.number = o.number WHERE s.service = 'meetings'",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    assert_eq!(order, ("SO-1".into(), "waiting".into(), 3));
    let facts: (String, String, i64) = sqlx::query_as(
        "SELECT country, vertical, (SELECT count(*) FROM organization_services) FROM organizations
          WHERE id = 'nova'",
    )
    .fetch_one(&mut *conn)
    .await
    .unwrap();
    assert_eq!(facts, ("DE".into(), "technology".into(), 2));
}

#[tokio::test]
async fn s9_trials_and_orders_that_cannot_be_read_are_named() {
    for (from, to, named) in [
        ("organization = \"nova\"\nsite", "organization = \"nobody\"\nsite", "the trial of"),
        ("partner = \"meridian\"\ncompany", "partner = \"nobody\"\ncompany", "the order"),
        ("Europe/Berlin", "Berlin", "the site"),
    ] {
        assert!(SOLD.contains(from), "{from}");
        let (_folder, store) = load_text(&SOLD.replace(from, to), ROSTER).await;
        let error = store.err().unwrap().to_string();
        assert!(error.contains(named), "{error}");
    }
}

#[tokio::test]
async fn s9_facts_are_stored_as_given() {
    let (_folder, store) = load_text(WORLD, ROSTER).await;
    let mut conn = store.unwrap().read().await.unwrap();
    let domains: Vec<(String, String)> =
        sqlx::query_as("SELECT name, state FROM domains ORDER BY name")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert_eq!(domains[1], ("xn--bcher-kva.example".into(), "claimed".into()));
    let deadline: i64 =
        sqlx::query_scalar("SELECT deadline FROM agreements").fetch_one(&mut *conn).await.unwrap();
    let want: Timestamp = "2026-04-10T08:00:00Z".parse().unwrap();
    assert_eq!(deadline, want.as_millisecond(), "D4");
    let rows =
        sqlx::query("SELECT address, address_key, link, extra FROM site_users ORDER BY number")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    assert_eq!(rows[0].get::<String, _>("address"), "Lee@acme.example", "U9 needs the spelling");
    assert_eq!(rows[0].get::<String, _>("address_key"), "lee@acme.example");
    assert_eq!(rows[0].get::<String, _>("link"), "linked");
    assert_eq!(rows[1].get::<String, _>("extra"), r#"["13"]"#);
    assert_eq!(rows[3].get::<Option<String>, _>("address_key"), None);
    let invited: Vec<(String, Option<i64>, Option<i64>)> =
        sqlx::query_as("SELECT address_key, invited_at, confirmed_at FROM invitations")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let last: Timestamp = "2026-02-25T00:00:00Z".parse().unwrap();
    assert_eq!(invited.len(), 1, "an unusable address has no facts");
    assert_eq!(invited[0].1, Some(last.as_millisecond()), "the last one, deactivated included");
    assert!(invited[0].2.is_some());
    let partner: String = sqlx::query_scalar("SELECT partner FROM organizations WHERE id = 'acme'")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(partner, "meridian", "named before it is described");
}

#[tokio::test]
async fn s9_answers_on_a_site_that_is_not_linked_yet_stay_with_the_site() {
    let world = WORLD
        .replace("organization = \"acme\"\nsite_admins", "site_admins")
        .replace("agreement = { domains", "# agreement = { domains");
    let (_folder, loaded) = load_text(&world, ROSTER).await;
    let store = loaded.unwrap();
    let mut conn = store.read().await.unwrap();
    let asked: Vec<(String, bool, Option<i64>)> = sqlx::query_as(
        "SELECT address_key, confirmed_at IS NOT NULL, invited_at FROM site_answers
          ORDER BY address_key",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let latest: Timestamp = "2026-02-25T00:00:00Z".parse().unwrap();
    let amara = ("amara@acme.example".to_owned(), true, Some(latest.as_millisecond()));
    assert_eq!(asked, [amara], "facts of the address, over all its accounts");
    let invitations: i64 =
        sqlx::query_scalar("SELECT count(*) FROM invitations").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(invitations, 0, "they are no organization's yet");
}

#[tokio::test]
async fn l9_a_world_brings_feeds_of_insights() {
    let feed = "MeetingID,Start,End,Email\nm1,2026-02-27T09:00:00Z,,lee@acme.example\n";
    let world = format!("{WORLD}insights = [\"meetings.csv\"]\n");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("world.toml"), world).unwrap();
    fs::write(folder.path().join("acme.csv"), ROSTER).unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let refused = load(&store, &folder.path().join("world.toml"), &Progress::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("meetings.csv"), "{refused}");
    fs::write(folder.path().join("meetings.csv"), feed.replace("2026-02-27", "soon")).unwrap();
    let refused = load(&store, &folder.path().join("world.toml"), &Progress::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.contains("meetings.csv: line 2, column 2 (Start)"), "{refused}");
    fs::write(folder.path().join("meetings.csv"), feed).unwrap();
    load(&store, &folder.path().join("world.toml"), &Progress::default()).await.unwrap();
    let counted: (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM insight_meetings), (SELECT count(*) FROM insight_participants)",
    )
    .fetch_one(&mut *store.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(counted, (1, 1));
}

#[tokio::test]
async fn s9_one_address_in_two_organizations_is_refused() {
    let world = WORLD.replace("pat@meridian.example", "LEE@ACME.example");
    let (_folder, refused) = load_text(&world, ROSTER).await;
    let Err(WorldError::TwoOrganizations { address, first, second }) = refused else {
        panic!("loaded")
    };
    assert_eq!(
        (address.as_str(), first.as_str(), second.as_str()),
        ("lee@acme.example", "acme", "meridian")
    );
}

#[tokio::test]
async fn s9_what_cannot_be_read_names_its_place_and_leaves_nothing() {
    let cases = [
        (WORLD.replace("method = \"sign", "method = \"sing"), ROSTER.to_owned(), "method"),
        (WORLD.replace("members", "membres"), ROSTER.to_owned(), "membres"),
        (WORLD.replace("acme-labs.example\"", "acme labs\""), ROSTER.to_owned(), "acme labs"),
        (WORLD.replace("acme.csv", "other.csv"), ROSTER.to_owned(), "other.csv"),
        (WORLD.to_owned(), ROSTER.replace("2026-02-20T00:00:00Z", "soon"), "line 3"),
    ];
    for (world, roster, told) in cases {
        let (folder, refused) = load_text(&world, &roster).await;
        let message = refused.err().unwrap().to_string();
        assert!(message.contains(told), "{message}");
        let name = format!("sqlite:{}", folder.path().join("a.db").display());
        let store = Store::open(&name).await.unwrap();
        let people: i64 = sqlx::query_scalar("SELECT count(*) FROM people")
            .fetch_one(&mut *store.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(people, 0);
    }
}

#[tokio::test]
async fn s9_sites_on_their_way_have_their_job() {
    type Row = (String, String, Option<String>, i64, Option<String>, Option<String>);
    let sites = r#"
[[sites]]
url = "way.webex.example"
organization = "acme"
state = "linking"
link_started = "2026-02-28T09:00:00Z"
link_fails = 2
[[sites]]
url = "lost.webex.example"
organization = "acme"
state = "link_failed"
link_reason = "The line was dead."
[[sites]]
url = "free.webex.example"
state = "not_enrolled"
"#;
    let (_folder, store) = load_text(&format!("{WORLD}{sites}"), ROSTER).await;
    let mut conn = store.unwrap().read().await.unwrap();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT s.url, s.state, s.organization, s.link_fails, j.state, j.reason
           FROM sites s LEFT JOIN link_jobs j ON j.site = s.id WHERE s.id > 1 ORDER BY s.id",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    let text = |text: &str| Some(text.to_owned());
    let want = [
        ("way.webex.example".into(), "linking".into(), text("acme"), 2, text("running"), text("")),
        (
            "lost.webex.example".into(),
            "link_failed".into(),
            text("acme"),
            0,
            text("failed"),
            text("The line was dead."),
        ),
        ("free.webex.example".into(), "not_enrolled".into(), None, 0, None, None),
    ];
    assert_eq!(rows, want);
    let started: i64 = sqlx::query_scalar("SELECT min(started_at) FROM link_jobs")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(started, 1_772_269_200_000);
}

#[tokio::test]
async fn s9_a_state_that_does_not_fit_is_refused() {
    for keys in
        ["state = 'linking'", "state = 'enrolled'", "organization = 'acme'\nstate = 'not_enrolled'"]
    {
        let sites = format!("{WORLD}[[sites]]\nurl = 'odd.webex.example'\n{keys}\n");
        let (_folder, store) = load_text(&sites, ROSTER).await;
        assert!(store.unwrap_err().to_string().contains("odd.webex.example"), "{keys}");
    }
}

/// The keys of a customer's first days, stored as given.
#[tokio::test]
async fn s9_first_days_are_stored_as_given() {
    let keys = r#"
        subdomain = "AcmeRobotics"
        setup = "pending"
        contact_center = "ready"
        voice = "failed"
        chat = "under_way"
        contact_center_country = "de"
        contact_center_trouble = "No room."
        welcome = { email = "Fay@acme.example", state = "unknown", code = "wel_1", origin = "existing" }
    "#;
    let world = WORLD.replace("kind = \"partner\"", &format!("kind = \"partner\"\n{keys}"));
    let (_folder, store) = load_text(&world, ROSTER).await;
    let mut conn = store.unwrap().read().await.unwrap();
    let setup: (String, Option<i64>) =
        sqlx::query_as("SELECT subdomain, finished_at FROM setups WHERE organization = 'meridian'")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    assert_eq!(setup, ("acmerobotics".into(), None));
    let parts: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT part, state, reason FROM contact_center_parts ORDER BY part")
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let part = |part: &str, state: &str, reason: Option<&str>| {
        (part.to_owned(), state.to_owned(), reason.map(str::to_owned))
    };
    assert_eq!(
        parts,
        [
            part("chat", "under_way", None),
            part("contact_center", "ready", None),
            part("voice", "failed", Some("No room.")),
        ]
    );
    let country: String = sqlx::query_scalar("SELECT country FROM contact_centers")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let welcome: (String, String, String) =
        sqlx::query_as("SELECT email, state, origin FROM welcomes")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
    let links: i64 = sqlx::query_scalar("SELECT count(*) FROM welcome_links")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    let told = ("fay@acme.example".into(), "unknown".into(), "existing".into());
    assert_eq!((country.as_str(), welcome, links), ("DE", told, 1));
}

#[tokio::test]
async fn s9_first_days_that_cannot_be_read_are_refused() {
    for (key, told) in [
        ("subdomain = \"acme-robotics\"", "character 5"),
        ("setup = \"begun\"", "setup"),
        ("voice = \"loud\"", "voice"),
        ("contact_center_country = \"Atlantis\"", "Atlantis"),
        ("welcome = { state = \"sent\" }", "email"),
    ] {
        let world = WORLD.replace("kind = \"partner\"", &format!("kind = \"partner\"\n{key}"));
        let (_folder, refused) = load_text(&world, ROSTER).await;
        let message = refused.err().unwrap().to_string();
        assert!(message.contains(told), "{message}");
    }
    let twice = WORLD
        .replace("kind = \"partner\"", "kind = \"partner\"\nsubdomain = \"one\"")
        .replace("kind = \"customer\"", "kind = \"customer\"\nsubdomain = \"ONE\"");
    let (_folder, refused) = load_text(&twice, ROSTER).await;
    assert!(refused.err().unwrap().to_string().contains("two organizations have it"));
}

#[test]
fn i19_a_fault_of_the_database_is_not_taken_for_a_row_that_is_there_twice() {
    let twice = || unreadable("the site", "acme.webex.example", "it is there twice");
    assert!(matches!(unfit(sqlx::Error::PoolTimedOut, twice()), WorldError::Database(_)));
    let broken = sqlx::Error::Io(std::io::Error::other("the disk"));
    assert!(matches!(unfit(broken, twice()), WorldError::Database(_)));
}
