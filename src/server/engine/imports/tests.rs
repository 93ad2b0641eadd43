//! What is kept of an upload, and for how long (SPEC section 9).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use super::*;
use crate::server::fixture::{Answer, Fixture};

const SITE: &str = "/v1/sites/acme.webex.example";

async fn upload(world: &Fixture, query: &str, file: &str) -> Answer {
    let request = Request::post(format!("{SITE}/imports{query}"))
        .header("authorization", "Bearer sam")
        .header("content-type", "application/octet-stream")
        .body(Body::from(file.to_owned()))
        .unwrap();
    world.send_raw(request).await
}

async fn apply(world: &Fixture, preview: &Answer) -> Answer {
    let id = preview.json["id"].as_str().unwrap();
    world.send("POST", &format!("{SITE}/imports/{id}/apply"), "sam", Value::Null).await
}

/// What is kept of each upload, and its preview.
async fn kept(world: &Fixture) -> Vec<(Vec<u8>, String)> {
    sqlx::query_as(
        "SELECT coalesce(p.said, x''), i.preview FROM imports i
           LEFT JOIN import_pieces p ON p.import = i.id ORDER BY i.id, p.piece",
    )
    .fetch_all(&mut *world.backend.store.read().await.unwrap())
    .await
    .unwrap()
}

#[tokio::test]
async fn s9_an_upload_is_kept_without_its_passwords_until_it_is_applied() {
    let world = Fixture::new().await;
    world.small_world().await;
    let file = "UserID;Email;Password;Room\n71;kit@acme.example;hunter2;\"r;1\"\n";
    let preview = upload(&world, "", file).await;
    assert_eq!((preview.status, &preview.json["new"]), (StatusCode::CREATED, &Value::from(1)));
    let waiting = kept(&world).await;
    let text = String::from_utf8(waiting[0].0.clone()).unwrap();
    assert!(text.contains("kit@acme.example") && text.contains("r;1"), "{text}");
    assert!(!text.contains("hunter2") && !waiting[0].1.contains("hunter2"), "{text}");
    let applied = apply(&world, &preview).await;
    assert_eq!(applied.json["users"], 1, "{}", applied.json);
    assert_eq!(kept(&world).await, [(Vec::new(), String::new())], "it is in the roster now");
    assert_eq!(apply(&world, &preview).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s9_what_is_never_applied_is_dropped_after_a_day() {
    let world = Fixture::new().await;
    world.small_world().await;
    let preview = upload(&world, "", "UserID,Email\n71,kit@acme.example\n").await;
    forget_old(&world.backend.store).await.unwrap();
    assert_eq!(kept(&world).await.len(), 1);
    world.sql(&format!("UPDATE imports SET expires_at = {}", to_millis(Timestamp::now()))).await;
    forget_old(&world.backend.store).await.unwrap();
    assert_eq!(kept(&world).await, []);
    assert_eq!(apply(&world, &preview).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s9_a_file_without_rows_is_refused_also_as_a_replacement() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "kit@acme.example").await;
    for file in
        ["UserID,Active,Email\r\n", "UserID,Active,Email\r\n,,\r\n , ,\r\n", "sep=;\nUserID;Email"]
    {
        for query in ["", "?replace=true"] {
            let answer = upload(&world, query, file).await;
            assert_eq!(answer.code(), "file_refused", "{file:?}");
            let detail = answer.json["detail"].as_str().unwrap_or_default();
            assert!(detail.contains("no rows"), "{detail}");
        }
    }
    assert_eq!(kept(&world).await, []);
}

#[tokio::test]
async fn s9_a_preview_names_what_can_hurt() {
    let world = Fixture::new().await;
    world.small_world().await;
    for address in ["kit@acme.example", "lu@acme.example", "mo@acme.example"] {
        world.user(1, address).await;
    }
    world.sql("UPDATE site_users SET link = 'linked', linked_at = 1 WHERE number = 0").await;
    let file = "UserID,Email\nu0,kitty@acme.example\nu1,LU@acme.example\n01,lu@acme.example\n\
        9,no\u{ad}one@acme.example\n";
    let preview = upload(&world, "?replace=true", file).await.json;
    let number = |name: &str| preview[name].as_u64().unwrap();
    assert_eq!((number("changed"), number("address_changed")), (1, 1), "{preview}");
    assert_eq!((number("linked_address_changed"), number("unchanged")), (1, 1));
    assert_eq!((number("new"), number("new_with_known_address")), (2, 1));
    assert_eq!((number("active_not_in_file"), number("deactivated")), (1, 1));
    let told = |name: &str| preview[name][0]["change"].as_str().unwrap().to_owned();
    assert_eq!(told("linked_address_samples"), "kit@acme.example, in the file kitty@acme.example");
    assert_eq!(told("known_address_samples"), "lu@acme.example, as u1 has");
    assert!(told("bad_samples").ends_with("U+00AD, a soft hyphen"), "{preview}");
}

#[tokio::test]
async fn s9_an_empty_name_of_a_cohort_is_nobodys_choice() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.sql("UPDATE sites SET method = 'receive_email' WHERE id = 1").await;
    for name in ["", "  "] {
        let selection = serde_json::json!({ "selection": { "kind": "cohort", "name": name } });
        let answer = world.send("POST", &format!("{SITE}/plans"), "fay", selection.clone()).await;
        assert_eq!((answer.code(), &answer.json["field"]), ("invalid", &Value::from("selection")));
        let answer = world.send("PUT", &format!("{SITE}/cohorts/x"), "fay", selection).await;
        assert_eq!((answer.code(), &answer.json["field"]), ("invalid", &Value::from("selection")));
    }
}

#[tokio::test]
async fn p2_an_import_is_one_question_and_the_record_tells_how_many_addresses_it_brought() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "kit@acme.example").await;
    let guesses: String =
        (0..40).map(|n| format!("g{n},guess-{n}@zeta.example\n")).collect::<Vec<_>>().concat();
    let file = format!("UserID,Email\nu0,other@zeta.example\n{guesses}");
    let preview = upload(&world, "", &file).await;
    assert_eq!(apply(&world, &preview).await.status, StatusCode::OK);
    let again = upload(&world, "", &file).await;
    assert_eq!(apply(&world, &again).await.status, StatusCode::OK);
    let trail = world.get("/v1/audit?limit=500", "root").await.json;
    let imports =
        trail["items"].as_array().unwrap().iter().filter(|e| e["action"] == "roster.imported");
    let brought: Vec<&Value> = imports.map(|e| &e["detail"]["new_addresses"]).collect();
    assert_eq!(brought, [0, 41], "newest first");
    world.sql("UPDATE questions SET asked = 30 WHERE span_ms = 60000").await;
    let over = apply(&world, &upload(&world, "", "UserID,Email\ng99,g@zeta.example\n").await).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn s9_whoever_replaces_says_how_many_it_deactivates() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "kit@acme.example").await;
    world.user(1, "lee@acme.example").await;
    let preview = upload(&world, "?replace=true", "UserID,Email\nu0,kit@acme.example\n").await;
    assert_eq!(preview.json["active_not_in_file"], 1);
    let id = preview.json["id"].as_str().unwrap();
    let say = |said: &'static str| {
        let path = format!("{SITE}/imports/{id}/apply{said}");
        let world = &world;
        async move { world.send("POST", &path, "sam", Value::Null).await }
    };
    for said in ["", "?deactivates=0", "?deactivates=2"] {
        let refused = say(said).await;
        assert_eq!((refused.status.as_u16(), &refused.json["field"]), (422, &"deactivates".into()));
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains("deactivates 1 active user"), "{detail}");
    }
    assert_eq!(say("?deactivates=1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn s9_an_import_that_was_cut_off_goes_on_and_its_repeat_is_answered() {
    let world = Fixture::new().await;
    world.small_world().await;
    let file = (0..500).map(|n| format!("n{n},n{n}@acme.example\n")).collect::<Vec<_>>().concat();
    let preview = upload(&world, "", &format!("UserID,Email\n{file}")).await;
    let id = preview.json["id"].as_str().unwrap();
    // As a backend that was killed after its first turn.
    let site = world.backend.directory.site_facts("acme.webex.example").await.unwrap();
    let mut conn = world.backend.store.read().await.unwrap();
    let upload = RosterUpload::of(&mut conn, id).await.unwrap();
    drop(conn);
    let directory = &world.backend.directory;
    let mut work = directory.work_out_roster(&site, &upload, false).await.unwrap();
    directory.ready_roster(&site, (&mut work, 200)).await.unwrap();
    let mut tx = world.backend.store.begin().await.unwrap();
    let now = world.backend.clock.now();
    directory.store_roster(&mut tx, &site, (&mut work, 200), id, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(work.progress(), (200, 500));
    world.sql("UPDATE imports SET begun_at = 1, expires_at = 1").await;
    forget_old(&world.backend.store).await.unwrap();
    look(&world.backend).await.unwrap();
    let users: i64 = sqlx::query_scalar("SELECT count(DISTINCT user_id) FROM site_users")
        .fetch_one(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(users, 500);
    let again = apply(&world, &preview).await;
    assert_eq!((again.status, &again.json["users"]), (StatusCode::OK, &Value::from(500)));
    assert_eq!(kept(&world).await, [(Vec::new(), String::new())]);
}

#[tokio::test]
async fn p6_an_address_that_an_import_has_left_answers_no_invitation_while_it_is_written() {
    let world = Fixture::new().await;
    world.small_world().await;
    world.user(1, "new@acme.example").await;
    let hash = crate::server::store::hash_secret("inv_old");
    world
        .sql(&format!(
            "INSERT INTO invitations (organization, address_key, token_hash, token_expires_at)
               VALUES ('acme', 'old@acme.example', '{hash}', 9000000000000000);
             INSERT INTO imports (id, site, replace_all, preview, roster_revision, created_by,
                                  expires_at, begun_at)
               VALUES ('imp', 1, 0, '{{}}', 1, 'sam@acme.example', 9000000000000000, 1);"
        ))
        .await;
    assert_eq!(world.get("/i/inv_old", "").await.status, StatusCode::OK);
    world.sql("INSERT INTO import_left VALUES ('imp', 'old@acme.example')").await;
    assert_eq!(world.get("/i/inv_old", "").await.status, StatusCode::NOT_FOUND);
    // Another of the organization's users has the address still.
    world.user(1, "old@acme.example").await;
    assert_eq!(world.get("/i/inv_old", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn s9_others_write_while_an_import_is_written() {
    let world = std::sync::Arc::new(Fixture::new().await);
    world.small_world().await;
    let file = (0..3_000).map(|n| format!("n{n},n{n}@acme.example\n")).collect::<Vec<_>>().concat();
    let preview = upload(&world, "", &format!("UserID,Email\n{file}")).await;
    let (other, of) = (world.clone(), preview.json["id"].as_str().unwrap().to_owned());
    let applying = tokio::spawn(async move {
        other.send("POST", &format!("{SITE}/imports/{of}/apply"), "sam", Value::Null).await
    });
    let mut between = 0;
    while !applying.is_finished() {
        let mut tx = world.backend.store.begin().await.unwrap();
        let (begun, done): (i64, i64) =
            sqlx::query_as("SELECT count(begun_at), count(applied_at) FROM imports")
                .fetch_one(&mut *tx)
                .await
                .unwrap();
        between += begun - done;
        tx.rollback().await.unwrap();
    }
    assert_eq!(applying.await.unwrap().status, StatusCode::OK);
    assert!(between > 0, "somebody else had a turn while it was written");
}

#[tokio::test]
async fn i15_a_large_file_is_kept_in_pieces_and_nothing_of_one_that_is_refused_at_its_end() {
    let world = Fixture::new().await;
    world.small_world().await;
    let rows = |many: usize| -> String {
        (0..many).map(|n| format!("n{n},n{n}@acme.example\n")).collect::<Vec<_>>().concat()
    };
    let twice = format!("UserID,Email\n{}n7,other@acme.example\n", rows(5_000));
    let refused = upload(&world, "", &twice).await;
    assert_eq!(refused.code(), "file_refused");
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("5002") || detail.contains("5,002"), "the line is named: {detail}");
    assert_eq!(kept(&world).await, []);
    let preview = upload(&world, "", &format!("UserID,Email\n{}", rows(5_000))).await;
    assert_eq!((&preview.json["new"], &preview.json["rows"]), (&5_000.into(), &5_000.into()));
    assert_eq!(kept(&world).await.len(), 3, "no more than two thousand rows in each");
    assert_eq!(apply(&world, &preview).await.json["users"], 5_000);
    let again = upload(&world, "?replace=true", &format!("UserID,Email\n{}", rows(4_999))).await;
    assert_eq!(
        (&again.json["unchanged"], &again.json["active_not_in_file"]),
        (&4_999.into(), &1.into())
    );
}

#[tokio::test]
async fn s9_files_that_are_refused_put_nobodys_preview_out() {
    let world = Fixture::new().await;
    world.small_world().await;
    let good = upload(&world, "", "UserID,Email\n71,kit@acme.example\n").await;
    for _ in 0..=WAITING {
        assert_eq!(upload(&world, "", "UserID,Email\n1,a\n1,b\n").await.code(), "file_refused");
    }
    for n in 0..WAITING - 1 {
        upload(&world, "", &format!("UserID,Email\n{n},n{n}@acme.example\n")).await;
    }
    assert_eq!(kept(&world).await.len(), WAITING as usize);
    assert_eq!(apply(&world, &good).await.status, StatusCode::OK);
}

#[tokio::test]
async fn section_11_nobody_is_changed_beside_an_import_that_would_undo_it() {
    let world = Fixture::new().await;
    world.small_world().await;
    let rows: String =
        (0..500).map(|n| format!("n{n},n{n}@acme.example\n")).collect::<Vec<_>>().concat();
    let first = upload(&world, "", &format!("UserID,Email\n{rows}")).await;
    assert_eq!(apply(&world, &first).await.status, StatusCode::OK);
    let second = upload(&world, "", "UserID,Email,FirstName\nn7,n7@acme.example,Ann\n").await;
    // As in the middle of its apply.
    world.sql("UPDATE imports SET begun_at = 1 WHERE preview <> ''").await;
    let user = format!("{SITE}/users/n7");
    let edit = serde_json::json!({ "address": "mended@acme.example", "active": false });
    let refused = world.send("PATCH", &user, "sam", edit.clone()).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "unavailable"), "{}", refused.json);
    let new = serde_json::json!({ "user_id": "z1", "address": "z1@acme.example" });
    let refused = world.send("POST", &format!("{SITE}/users"), "sam", new).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (503, "unavailable"), "{}", refused.json);
    look(&world.backend).await.unwrap();
    assert_eq!(world.send("PATCH", &user, "sam", edit).await.status, StatusCode::OK);
    assert_eq!(apply(&world, &second).await.status, StatusCode::OK, "it was carried to its end");
    let shown = world.get(&user, "sam").await.json;
    assert_eq!(shown["user"]["address"], "mended@acme.example", "{shown}");
}

#[tokio::test]
async fn s9_a_preview_that_something_overtook_is_told_as_stale() {
    let world = Fixture::new().await;
    world.small_world().await;
    let [one, two] = ["71", "72"].map(|id| format!("UserID,Email\n{id},n{id}@acme.example\n"));
    let (one, two) = (upload(&world, "", &one).await, upload(&world, "", &two).await);
    assert_eq!(apply(&world, &one).await.status, StatusCode::OK);
    let stale = apply(&world, &two).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "import_stale"), "{}", stale.json);
}
