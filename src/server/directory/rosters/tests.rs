//! Imports as an upsert: what is compared, what stays, what is revoked.

use super::*;
use crate::server::store::{Store, new_id};
use crate::table::{Limits, Mode, RosterFile, read_roster, rewrite};
use sqlx::Row;

fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn file(text: &str) -> RosterFile {
    read_roster(text.as_bytes(), Mode::Import, &Limits::ROSTER).unwrap()
}

/// The file as it is kept, in pieces so small that no two rows need be in the same.
async fn kept(conn: &mut Conn, site: i64, file: &RosterFile, rows: usize) -> RosterUpload {
    let id = new_id("imp");
    sqlx::query(
        "INSERT INTO imports (id, site, replace_all, preview, roster_revision, created_by, expires_at)
         VALUES ($1, $2, 0, '', 0, 'sam', 0)",
    )
    .bind(&id)
    .bind(site)
    .execute(&mut *conn)
    .await
    .unwrap();
    for (piece, rows) in (0_i64..).zip(file.rows.chunks(rows)) {
        sqlx::query("INSERT INTO import_pieces (import, piece, said) VALUES ($1, $2, $3)")
            .bind(&id)
            .bind(piece)
            .bind(rewrite(&file.layout, rows))
            .execute(&mut *conn)
            .await
            .unwrap();
    }
    RosterUpload::of(conn, &id).await.unwrap()
}

/// What a preview says, however the file is cut.
async fn compare(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
) -> Result<RosterChange, Refusal> {
    let whole = kept(conn, site, file, usize::MAX).await;
    let cut = kept(conn, site, file, 1).await;
    let told = super::compare(conn, site, &whole, replace).await?;
    assert_eq!(told, super::compare(conn, site, &cut, replace).await?);
    Ok(told)
}

/// All of an import at once, in the caller's transaction.
async fn upsert(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
    now: Timestamp,
) -> Result<u64, Refusal> {
    let upload = kept(conn, site, file, 1).await;
    let mut work = work_out(conn, site, &upload, replace).await?;
    ready(conn, site, &mut work, usize::MAX).await?;
    let revision = write(conn, site, (&mut work, usize::MAX), "imp", now).await?;
    assert!(work.is_done());
    revoke_left(conn, site, "imp", usize::MAX / 4, now).await?;
    Ok(revision)
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
    let mut conn = store.begin().await.unwrap();
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
    let told: Vec<(i64, String, bool, String)> = rows
        .iter()
        .map(|r| (r.get("number"), r.get("user_id"), r.get("active"), r.get("extra")))
        .collect();
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
    assert_eq!(rows[0].get::<Option<String>, _>("token_hash"), None);
    let week_ago = to_millis(now()) - 7 * 24 * 3_600_000;
    assert_eq!(
        rows[0].get::<i64, _>("invited_at"),
        week_ago,
        "no longer pending, yet invited once"
    );
    assert_eq!(
        rows[0].get::<Option<i64>, _>("confirmed_at"),
        Some(5),
        "confirmed stays with the old address"
    );
    assert_eq!(rows[1].get::<Option<String>, _>("token_hash").as_deref(), Some("h2"));
}

#[tokio::test]
async fn s9_control_hub_files_find_people_by_address() {
    let (_folder, store) = site().await;
    let mut conn = store.begin().await.unwrap();
    let next = file(
        "First Name,Last Name,Display Name,User ID/Email (Required)\nAnn,A,Ann A,ANN@acme.example\n",
    );
    let told = compare(&mut conn, 1, &next, false).await.unwrap();
    assert_eq!((told.new, told.changed), (0, 1));
}

/// Imports into the site and tells what the preview said.
async fn import(store: &Store, text: &str, replace: bool) -> RosterChange {
    let mut tx = store.begin().await.unwrap();
    let told = compare(&mut tx, 1, &file(text), replace).await.unwrap();
    upsert(&mut tx, 1, &file(text), replace, now()).await.unwrap();
    tx.commit().await.unwrap();
    told
}

/// Number, id, active, first name, department, address: of all users in order.
async fn users(store: &Store) -> Vec<(i64, String, bool, String, String, String)> {
    let sql = "SELECT number, user_id, active, first_name, department, address FROM site_users
                ORDER BY number";
    sqlx::query_as(sql).fetch_all(&mut *store.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn s9_a_column_that_is_not_in_the_file_says_nothing() {
    let (_folder, store) = site().await;
    import(&store, "UserID,Email,Active\n2,bob@acme.example,N\n", false).await;
    let told = import(&store, "UserID,Email\n1,ann@acme.example\n2,bo@acme.example\n", false).await;
    assert_eq!((told.changed, told.unchanged, told.activated, told.deactivated), (1, 1, 0, 0));
    // An empty cell under Active is neither yes nor no.
    let told =
        import(&store, "UserID,Email,Active\n2,bo@acme.example,\n9,n@acme.example,\n", false).await;
    assert_eq!((told.new, told.changed), (1, 0));
    let hub = "User ID/Email (Required),Title\nbo@acme.example,Lead\nann@acme.example,Dr\n";
    let told = import(&store, hub, false).await;
    assert_eq!((told.new, told.changed, told.activated), (0, 2, 0));
    let users = users(&store).await;
    let sales = |n, id: &str, active, name: &str, address: &str| {
        (n, id.to_owned(), active, name.to_owned(), "Sales".to_owned(), address.to_owned())
    };
    assert_eq!(users[0], sales(0, "1", true, "Ann", "ann@acme.example"));
    assert_eq!(users[1], sales(1, "2", false, "Bob", "bo@acme.example"));
    assert!(users[3].2, "new users are active");
}

#[tokio::test]
async fn s9_a_respelled_address_is_no_change_and_is_kept_as_spelled() {
    let (_folder, store) = site().await;
    import(&store, "UserID,Email\n1,ann@b\u{fc}cher.example\n", false).await;
    for spelled in ["ANN@xn--bcher-kva.example", " ann@B\u{dc}CHER.example\u{a0}"] {
        let told = import(&store, &format!("UserID,Email\n1,{spelled}\n"), false).await;
        assert_eq!((told.changed, told.address_changed, told.unchanged), (0, 0, 1), "{spelled}");
        assert_eq!(told.samples, []);
        assert_eq!(users(&store).await[0].5, spelled, "rule U9 goes by the spelling");
    }
}

#[tokio::test]
async fn s9_an_account_known_by_its_address_takes_on_a_later_user_id() {
    let (_folder, store) = site().await;
    let hub = "First Name,User ID/Email (Required)\nKit,Kit@acme.example\nLu,lu@acme.example\n";
    import(&store, hub, false).await;
    let site = "UserID,Email,FirstName\n0071,kit@acme.example,Kit\n\
        lu@acme.example,lu@acme.example,Lu\n0073,lu@acme.example,Lu\n";
    let told = import(&store, site, false).await;
    // Lu keeps the id that a row names exactly: the other row is somebody else.
    assert_eq!((told.new, told.changed, told.unchanged), (1, 1, 1), "{told:?}");
    assert!(told.samples[0].change.contains("takes on this UserID, was Kit@acme.example"));
    let users = users(&store).await;
    let ids: Vec<_> = users.iter().skip(3).map(|user| (user.0, user.1.as_str())).collect();
    assert_eq!(ids, [(3, "0071"), (4, "lu@acme.example"), (5, "0073")]);
    let told = import(&store, hub, false).await;
    assert_eq!(told.new, 0, "and is found by the address again");
}

#[tokio::test]
async fn s9_who_was_rehired_is_the_active_account_in_a_control_hub_file() {
    let (_folder, store) = site().await;
    let rehired = "UserID,Active,Email,Department\n1,N,ann@acme.example,Old\n\
        8,Y,ann@acme.example,New\n";
    let told = import(&store, rehired, false).await;
    assert_eq!((told.new, told.new_with_known_address), (1, 1));
    let hub = "User ID/Email (Required),User Status,Department\nann@acme.example,Active,Board\n";
    let told = import(&store, hub, true).await;
    assert_eq!((told.new, told.changed, told.activated), (0, 1, 0));
    assert_eq!((told.not_in_file, told.active_not_in_file), (2, 2), "bob and cid alone");
    let users = users(&store).await;
    let told: Vec<_> = users.iter().map(|u| (u.1.as_str(), u.2, u.4.as_str())).collect();
    let want =
        [("1", false, "Old"), ("2", false, "Sales"), ("3", false, "Legal"), ("8", true, "Board")];
    assert_eq!(told, want);
}

#[tokio::test]
async fn s9_a_row_that_means_several_accounts_changes_none() {
    let (_folder, store) = site().await;
    import(&store, "UserID,Email\n2,ann@acme.example\n", false).await;
    let before = users(&store).await;
    let hub = "User ID/Email (Required),User Status\nann@acme.example,Inactive\n";
    let told = import(&store, hub, false).await;
    assert_eq!((told.ambiguous, told.new, told.changed, told.not_in_file), (1, 0, 0, 1));
    assert_eq!(users(&store).await, before);
}

#[tokio::test]
async fn s9_new_users_with_a_known_address_are_counted_before_anything_is_written() {
    let (_folder, store) = site().await;
    let mut conn = store.begin().await.unwrap();
    let next = file("UserID,Email\n01,ann@acme.example\n02,BOB@acme.example\n7,new@acme.example\n");
    let told = compare(&mut conn, 1, &next, false).await.unwrap();
    assert_eq!((told.new, told.new_with_known_address), (3, 2));
    assert_eq!(told.known_address_samples[1].change, "BOB@acme.example, as 2 has");
}

#[tokio::test]
async fn p4_another_address_of_a_linked_or_confirmed_account_is_a_class_of_its_own() {
    let (_folder, store) = site().await;
    let mut tx = store.begin().await.unwrap();
    for sql in [
        "UPDATE site_users SET link = 'linked', linked_at = 5 WHERE user_id = '1'",
        "INSERT INTO invitations (organization, address_key, invited_at, confirmed_at)
         VALUES ('o', 'bob@acme.example', 1, 5)",
    ] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut conn = store.begin().await.unwrap();
    let next =
        file("UserID,Email\n1,anna@acme.example\n2,robert@acme.example\n3,sid@acme.example\n");
    let told = compare(&mut conn, 1, &next, false).await.unwrap();
    assert_eq!((told.address_changed, told.linked_address_changed), (3, 2));
    let told: Vec<_> = told.linked_address_samples.iter().map(|s| s.change.as_str()).collect();
    let want = [
        "ann@acme.example, in the file anna@acme.example",
        "bob@acme.example, in the file robert@acme.example",
    ];
    assert_eq!(told, want);
    let respelled = file("UserID,Email\n1,ANN@acme.example\n");
    let told = compare(&mut conn, 1, &respelled, false).await.unwrap();
    assert_eq!((told.address_changed, told.linked_address_changed), (0, 0));
}

#[tokio::test]
async fn s9_a_preview_says_why_each_address_is_bad() {
    let (_folder, store) = site().await;
    let mut conn = store.begin().await.unwrap();
    let next = file(
        "UserID,Email\n11,\u{200f}kit@acme.example\n12,\n13,a@b@acme.example\n\
         1\u{200b},ok@acme.example\n",
    );
    let told = compare(&mut conn, 1, &next, false).await.unwrap();
    assert_eq!(told.bad_addresses, 3);
    let why: Vec<_> = told.bad_samples.iter().map(|s| s.change.as_str()).collect();
    assert!(why[0].ends_with("a hidden character in the address: U+200F, a right-to-left mark"));
    assert_eq!(why[1], "there is no address");
    assert!(why[2].ends_with("there is more than one @ in the address"));
    assert!(why[3].ends_with("in the UserID: U+200B, a zero width space"), "{why:?}");
}

/// Rosters with all that an export could lose: both dialects read their own back as no change.
#[tokio::test]
async fn s9_what_our_own_export_wrote_comes_back_unchanged_in_both_dialects() {
    let (_folder, store) = site().await;
    import(
        &store,
        "UserID;Active;FirstName;LastName;UserName;Email;HostPrivilege;Department;room ;Note\n\
         1;N;Ann;\"Abel, Dr.\";aabel;ann@acme.example;ADMN;\"R&D; \"\"Lab\"\"\";r1;\"a\nb\"\n\
         4;Y;'-Dash;=1+2;;+dd@acme.example;HOST;@home;;-x\n\
         5;Y;'Quote;=Q;;;HOST;;;\n\
         6;Y;Fay;Moss;;j\u{f6}rg@b\u{fc}cher.example;;x;;\n\
         7;Y;Bob;Best;; BOB@Acme.example ;;;;\n",
        false,
    )
    .await;
    import(
        &store,
        "First Name,Display Name,User ID/Email (Required),User Status,ROOM\n\
         Lu,Lu L,lu@acme.example,Verified,r9\nMo,Mo M,mo@acme.example,Inactive,\n",
        false,
    )
    .await;
    // A site file deactivates somebody whom Control Hub called verified.
    import(&store, "UserID,Email,Active\nlu@acme.example,lu@acme.example,N\n", false).await;
    let before = users(&store).await;
    for dialect in [Dialect::ControlHub, Dialect::SiteAdministration, Dialect::ControlHub] {
        let bytes = export(&mut store.read().await.unwrap(), 1, dialect).await.unwrap();
        let again = read_roster(&bytes, Mode::Import, &Limits::ROSTER).unwrap();
        let mut tx = store.begin().await.unwrap();
        let told = compare(&mut tx, 1, &again, false).await.unwrap();
        assert_eq!((told.new, told.changed, told.deactivated), (0, 0, 0), "{dialect}: {told:?}");
        upsert(&mut tx, 1, &again, false, now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(users(&store).await, before, "{dialect}");
        // Without an address, or with one that another active account has: no row there.
        let left = if dialect == Dialect::ControlHub { 2 } else { 0 };
        assert_eq!(again.rows.len() + left, before.len(), "{dialect}");
    }
}

#[tokio::test]
async fn s9_an_export_reads_back_the_same() {
    let (_folder, store) = site().await;
    let mut conn = store.begin().await.unwrap();
    let bytes = export(&mut conn, 1, Dialect::SiteAdministration).await.unwrap();
    let again = read_roster(&bytes, Mode::Import, &Limits::ROSTER).unwrap();
    assert_eq!(again.source.to_string(), "Site Administration export, UTF-16LE, tab");
    let same = compare(&mut conn, 1, &again, false).await.unwrap();
    assert_eq!(same.unchanged, 3, "{same:?}");
}
