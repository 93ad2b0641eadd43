//! Imports as an upsert: what is compared, what stays, what is revoked.

use super::*;
use crate::server::store::Store;
use crate::table::{Limits, Mode, read_roster};
use sqlx::Row;

fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn file(text: &str) -> RosterFile {
    read_roster(text.as_bytes(), Mode::Import, &Limits::ROSTER).unwrap()
}

async fn site() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("sqlite:{}", folder.path().join("a.db").display());
    let store = Store::open(&name).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO organizations (id, name, kind, created_at) VALUES ('o', 'O', 'customer', 0)",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO sites (id, url, company, organization, state)
         VALUES (1, 's.webex.example', 'S', 'o', 'enrolled')",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    upsert(&mut tx, 1, &file(FIRST), false, now()).await.unwrap();
    tx.commit().await.unwrap();
    (folder, store)
}

const FIRST: &str = "UserID,Active,FirstName,Email,Department,Room\n\
    1,Y,Ann,ann@acme.example,Sales,r1\n\
    2,Y,Bob,bob@acme.example,Sales,r2\n\
    3,Y,Cid,cid@acme.example,Legal,r3\n";

#[tokio::test]
async fn s9_a_preview_tells_new_changed_deactivated_and_not_in_file() {
    let (_folder, store) = site().await;
    let mut conn = store.read().await.unwrap();
    let next = file(
        "UserID;Email;Active;FirstName;Department;Floor\n\
         2;robert@acme.example;Y;Bob;Sales;\n4;dan;Y;Dan;Legal;\n1;ann@acme.example;N;Ann;Sales;\n",
    );
    let told = compare(&mut conn, 1, &next, true).await.unwrap();
    assert_eq!(
        (told.new, told.changed, told.address_changed, told.deactivated, told.not_in_file),
        (1, 2, 1, 2, 1)
    );
    assert_eq!(told.bad_addresses, 1);
    assert_eq!(told.samples[0].change, "address, was bob@acme.example");
    let same = compare(&mut conn, 1, &file(FIRST), false).await.unwrap();
    assert_eq!((same.unchanged, same.changed, same.new), (3, 0, 0));
}

#[tokio::test]
async fn s9_numbers_never_change_hands_and_unknown_columns_stay() {
    let (_folder, store) = site().await;
    let mut tx = store.begin().await.unwrap();
    let next = file("UserID,Email,Floor\n9,new@acme.example,f9\n1,ann@acme.example,f1\n");
    let revision = upsert(&mut tx, 1, &next, true, now()).await.unwrap();
    assert_eq!(revision, 2);
    let rows = sqlx::query("SELECT number, user_id, active, extra FROM site_users ORDER BY number")
        .fetch_all(&mut *tx)
        .await
        .unwrap();
    let told: Vec<(i64, String, bool, String)> =
        rows.iter().map(|r| (r.get(0), r.get(1), r.get(2), r.get(3))).collect();
    assert_eq!(told[0], (0, "1".into(), true, r#"["r1","f1"]"#.into()));
    assert!(!told[1].2, "--replace deactivates who is not in the file");
    assert_eq!(told[3], (3, "9".into(), true, r#"["","f9"]"#.into()));
}

#[tokio::test]
async fn s9_a_changed_address_revokes_the_pending_invitation_and_keeps_the_answers() {
    let (_folder, store) = site().await;
    let mut tx = store.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO invitations
           (organization, address_key, invited_at, confirmed_at, token_hash)
         VALUES ('o', 'ann@acme.example', $1, 5, 'h1'), ('o', 'bob@acme.example', $1, NULL, 'h2')",
    )
    .bind(to_millis(now()))
    .execute(&mut *tx)
    .await
    .unwrap();
    let next = file("UserID,Email\n1,anna@acme.example\n");
    upsert(&mut tx, 1, &next, false, now()).await.unwrap();
    let rows = sqlx::query(
        "SELECT token_hash, invited_at, confirmed_at FROM invitations ORDER BY address_key",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    assert_eq!(rows[0].get::<Option<String>, _>(0), None);
    let week_ago = to_millis(now()) - 7 * 24 * 3_600_000;
    assert_eq!(rows[0].get::<i64, _>(1), week_ago, "no longer pending, yet invited once");
    assert_eq!(rows[0].get::<Option<i64>, _>(2), Some(5), "confirmed stays with the old address");
    assert_eq!(rows[1].get::<Option<String>, _>(0).as_deref(), Some("h2"));
}

#[tokio::test]
async fn s9_control_hub_files_find_people_by_address() {
    let (_folder, store) = site().await;
    let mut conn = store.read().await.unwrap();
    let next = file(
        "First Name,Last Name,Display Name,User ID/Email (Required)\nAnn,A,Ann A,ANN@acme.example\n",
    );
    let told = compare(&mut conn, 1, &next, false).await.unwrap();
    assert_eq!((told.new, told.changed), (0, 1));
}

#[tokio::test]
async fn s9_an_export_reads_back_the_same() {
    let (_folder, store) = site().await;
    let mut conn = store.read().await.unwrap();
    let bytes = export(&mut conn, 1, Dialect::SiteAdministration).await.unwrap();
    let again = read_roster(&bytes, Mode::Import, &Limits::ROSTER).unwrap();
    assert_eq!(again.source.to_string(), "Site Administration export, UTF-16LE, tab");
    let same = compare(&mut conn, 1, &again, false).await.unwrap();
    assert_eq!(same.unchanged, 3, "{same:?}");
}
