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
    let loaded = load(&store, &folder.path().join("world.toml")).await;
    (folder, loaded.map(|_| store))
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
    assert_eq!(rows[0].get::<String, _>(0), "Lee@acme.example", "U9 needs the spelling");
    assert_eq!(rows[0].get::<String, _>(1), "lee@acme.example");
    assert_eq!(rows[0].get::<String, _>(2), "linked");
    assert_eq!(rows[1].get::<String, _>(3), r#"["13"]"#);
    assert_eq!(rows[3].get::<Option<String>, _>(1), None);
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
