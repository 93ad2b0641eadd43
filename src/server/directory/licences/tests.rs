//! Rule U8 through the API: the CSV out, changed, and back in.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::server::fixture::{Answer, Fixture};

const LICENCES: &str = "/v1/sites/acme.webex.example/licences";

/// Ann, Bob and Eve are linked, Bob has a licence; Cid is not linked.
async fn world() -> Fixture {
    let world = Fixture::new().await;
    world.small_world().await;
    for name in ["ann", "bob", "cid", "eve"] {
        world.user(1, &format!("{name}@acme.example")).await;
    }
    world
        .sql(
            "UPDATE site_users SET link = 'linked' WHERE number <> 2;
             UPDATE site_users SET first_name = '=HYPERLINK(1)' WHERE number = 3;
             INSERT INTO identities (email_key, organization) VALUES
               ('ann@acme.example', 'acme'), ('bob@acme.example', 'acme'),
               ('eve@acme.example', 'acme');
             INSERT INTO licences VALUES ('acme', 'bob@acme.example', 'meetings', 0, 'world');",
        )
        .await;
    world
}

async fn export(world: &Fixture, query: &str) -> String {
    let request = Request::get(format!("{LICENCES}{query}"))
        .header("authorization", "Bearer fay")
        .body(Body::empty())
        .unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn import(world: &Fixture, query: &str, file: &str) -> Answer {
    let request = Request::post(format!("{LICENCES}/imports{query}"))
        .header("authorization", "Bearer fay")
        .header("content-type", "application/octet-stream")
        .body(Body::from(file.to_owned()))
        .unwrap();
    world.send_raw(request).await
}

async fn apply(world: &Fixture, preview: &Answer) -> Answer {
    let id = preview.json["id"].as_str().unwrap();
    world.send("POST", &format!("{LICENCES}/imports/{id}/apply"), "fay", Value::Null).await
}

async fn rows(world: &Fixture, preview: &Answer) -> Vec<Value> {
    let id = preview.json["id"].as_str().unwrap();
    let page = world.get(&format!("{LICENCES}/imports/{id}/rows"), "fay").await.json;
    page["items"].as_array().unwrap().clone()
}

const HEADER: &str = "First Name,User ID/Email (Required),Messaging,Meetings\n";

#[tokio::test]
async fn u8_the_csv_has_the_linked_without_a_licence_in_control_hubs_columns() {
    let world = world().await;
    let csv = export(&world, "").await;
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    assert_eq!(
        lines.next().unwrap(),
        "First Name,Last Name,Display Name,User ID/Email (Required),User Status,Department,\
         Messaging,Meetings,Calling,Contact Center"
    );
    let rest: Vec<&str> = lines.collect();
    assert_eq!(rest[0], "F,L,,ann@acme.example,Active,Sales,FALSE,FALSE,FALSE,FALSE");
    assert!(rest[1].starts_with("'=HYPERLINK(1),"), "a formula is guarded: {}", rest[1]);
    assert_eq!(rest.len(), 2, "neither Bob, who has one, nor Cid, who is not linked");
    assert!(export(&world, "?all=true").await.contains("bob@acme.example,Active,Sales,FALSE,TRUE"));
}

#[tokio::test]
async fn u8_where_licences_are_automatic_the_csv_assigns_what_linking_left_out() {
    let world = world().await;
    world.sql("UPDATE organizations SET auto_licence = 1 WHERE id = 'acme'").await;
    assert!(export(&world, "").await.contains("ann@acme.example,Active,Sales,TRUE,TRUE,FALSE"));
    world.sql("INSERT INTO organization_services VALUES ('acme', 'calling', 5)").await;
    assert!(export(&world, "").await.contains("Sales,FALSE,FALSE,TRUE,FALSE"));
    assert!(export(&world, "?assign=messaging").await.contains("Sales,TRUE,FALSE,FALSE,FALSE"));
    assert!(export(&world, "?assign=none").await.contains("Sales,FALSE,FALSE,FALSE,FALSE"));
    assert!(export(&world, "?assign=tea").await.contains("The services are messaging"));
}

#[tokio::test]
async fn u8_a_full_admin_sees_and_changes_whether_licences_are_automatic() {
    let world = world().await;
    let path = "/v1/organizations/acme";
    for on in [true, false] {
        let edited = world.send("PATCH", path, "fay", json!({ "auto_licence": on })).await;
        assert_eq!(edited.json["auto_licence"], on, "{edited:?}");
        assert_eq!(world.get(path, "fay").await.json["auto_licence"], on);
        let csv = export(&world, "").await;
        assert_eq!(csv.contains("ann@acme.example,Active,Sales,TRUE,TRUE"), on, "{csv}");
        let again = world.send("PATCH", path, "fay", json!({ "auto_licence": on })).await;
        assert_eq!(again.status, 200);
    }
    let audit = world.get("/v1/audit?organization=acme", "fay").await.json;
    let edits = audit["items"].as_array().unwrap().iter();
    let edits = edits.filter(|entry| entry["action"] == "organization.edited").count();
    assert_eq!(edits, 2, "what is so already is no change");
}

#[tokio::test]
async fn u8_out_and_back_in_assigns_with_a_preview_and_a_result_for_each_row() {
    let world = world().await;
    let csv = export(&world, "?assign=messaging,meetings").await;
    let preview = import(&world, "", &csv).await;
    assert_eq!(preview.json["changes"], 2, "{preview:?}");
    assert_eq!(preview.json["assigned"], json!({ "messaging": 2, "meetings": 2 }));
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM licences")
        .fetch_one(&mut *world.backend.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(held, 1, "a preview changes nothing");
    let done = apply(&world, &preview).await;
    assert!(done.json["applied_at"].is_string());
    let told = rows(&world, &preview).await;
    assert!(told.iter().all(|row| row["result"] == "changed"), "{told:?}");
    assert_eq!(apply(&world, &preview).await.code(), "import_stale", "once");
    let again = import(&world, "", &csv).await;
    assert_eq!((&again.json["changes"], &again.json["unchanged"]), (&json!(0), &json!(2)));
    let user = world.get("/v1/sites/acme.webex.example/users/u0", "fay").await.json;
    assert_eq!(user["person"]["licences"], json!(["messaging", "meetings"]));
}

#[tokio::test]
async fn u8_false_leaves_a_licence_unless_taking_away_was_asked_for() {
    let world = world().await;
    let file = format!("{HEADER}B,Bob@ACME.example,,false\n");
    let keep = import(&world, "", &file).await;
    assert_eq!(keep.json["unchanged"], 1);
    let take = import(&world, "?remove=true", &file).await;
    assert_eq!(take.json["removed"], json!({ "meetings": 1 }));
    apply(&world, &take).await;
    assert!(export(&world, "").await.contains("bob@acme.example"), "without a licence now");
}

#[tokio::test]
async fn u8_each_refused_row_says_why_and_the_others_are_done() {
    let world = world().await;
    world
        .sql("INSERT INTO organization_services VALUES ('acme', 'meetings', 2), ('acme', 'messaging', 9)")
        .await;
    let file = format!(
        "{HEADER}A,ann@acme.example,TRUE,maybe\nE,eve@acme.example,TRUE,TRUE\n\
         C,cid@acme.example,TRUE,\nZ,zoe@zeta.example,TRUE,\nX,nonsense,TRUE,\n\
         F,fay@acme.example,,TRUE\n"
    );
    let preview = import(&world, "", &file).await;
    let told = rows(&world, &preview).await;
    let reason = |line: usize| told[line - 2]["reason"].as_str().unwrap().to_owned();
    assert_eq!(reason(2), "Meetings is neither TRUE nor FALSE.");
    assert_eq!(told[1]["assign"], json!(["messaging", "meetings"]));
    assert_eq!(reason(4), "Nobody with this address is linked in the organization.");
    assert_eq!(reason(5), reason(4), "of another organization nothing is told");
    assert!(reason(6).starts_with("This address cannot be used"));
    assert_eq!(reason(7), "All 2 licences of Meetings are taken.", "Bob has one, Eve gets one");
    let done = apply(&world, &preview).await.json;
    assert_eq!((&done["changes"], &done["refused"]), (&json!(1), &json!(5)));
    let none =
        import(&world, "", "User ID/Email (Required),Calling\nann@acme.example,TRUE\n").await;
    assert_eq!(rows(&world, &none).await[0]["reason"], "The organization does not have Calling.");
}

#[tokio::test]
async fn u8_a_row_that_would_do_something_else_by_now_is_not_done() {
    let world = world().await;
    let preview = import(&world, "", &format!("{HEADER}A,ann@acme.example,TRUE,TRUE\n")).await;
    world
        .sql("INSERT INTO licences VALUES ('acme', 'ann@acme.example', 'meetings', 0, 'csv')")
        .await;
    let done = apply(&world, &preview).await.json;
    assert_eq!((&done["changes"], &done["refused"]), (&json!(0), &json!(1)));
    assert_eq!(rows(&world, &preview).await[0]["result"], "stale");
}

#[tokio::test]
async fn u8_a_file_that_is_none_is_refused_as_a_whole() {
    let world = world().await;
    for (file, why) in [
        ("UserID,Email\nu1,a@acme.example\n", "Site Administration"),
        ("User ID/Email (Required),Shoe Size\na@acme.example,9\n", "No column is a service"),
        ("User ID/Email (Required),Messaging\na@acme.example\n", "line 2"),
        ("User ID/Email (Required),Messaging\na@b.example,TRUE\nA@B.example,TRUE\n", "already"),
    ] {
        let refused = import(&world, "", file).await;
        assert_eq!(refused.code(), "file_refused", "{file}");
        assert!(refused.json["detail"].as_str().unwrap().contains(why), "{refused:?}");
    }
    let ignored = import(
        &world,
        "",
        "User ID/Email (Required),User Status,Shoe Size,messaging\nann@acme.example,Active,9,TRUE\n",
    )
    .await;
    assert_eq!(ignored.json["ignored_columns"], json!(["Shoe Size"]));
    assert_eq!(ignored.json["changes"], 1);
}

#[tokio::test]
async fn s9_a_licence_file_that_nobody_applied_is_dropped_after_a_day() {
    let world = world().await;
    let file = "User ID/Email (Required),Messaging\nold@acme.example,TRUE\n";
    let preview = import(&world, "", file).await;
    assert_eq!(rows(&world, &preview).await.len(), 1);
    world.sql("UPDATE licence_imports SET expires_at = 1").await;
    super::import::forget_old(&world.backend.store).await.unwrap();
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM licence_imports) + (SELECT count(*) FROM licence_import_rows)",
    )
    .fetch_one(&mut *world.backend.store.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn u8_a_file_of_many_pieces_is_judged_and_done_as_one() {
    let world = world().await;
    world.sql("INSERT INTO organization_services VALUES ('acme', 'meetings', 2)").await;
    // More than one piece of strangers lies between the two, who share what one licence is left.
    let stranger = |n: usize| format!("S,s{n}@zeta.example,,TRUE\n");
    let strangers = (0..1_200).map(stranger).collect::<Vec<_>>().concat();
    let file = format!("{HEADER}A,ann@acme.example,,TRUE\n{strangers}E,eve@acme.example,,TRUE\n");
    let preview = import(&world, "", &file).await;
    let counts = (&preview.json["rows"], &preview.json["changes"], &preview.json["refused"]);
    assert_eq!(counts, (&json!(1_202), &json!(1), &json!(1_201)), "{preview:?}");
    let done = apply(&world, &preview).await.json;
    assert_eq!((&done["changes"], &done["refused"]), (&json!(1), &json!(1_201)));
    assert_eq!(apply(&world, &preview).await.code(), "import_stale");
}

#[tokio::test]
async fn i4_an_import_of_licences_that_was_cut_off_goes_on_where_it_was() {
    let world = world().await;
    let file = format!("{HEADER}A,ann@acme.example,,TRUE\nE,eve@acme.example,,TRUE\n");
    let preview = import(&world, "", &file).await;
    // The first row is done, and the process ends.
    world
        .sql(
            "UPDATE licence_imports SET begun_by = 'fay@acme.example', done_through = 2,
                    expires_at = 1;
             UPDATE licence_import_rows SET result = 'changed' WHERE line = 2;
             INSERT INTO licences VALUES ('acme', 'ann@acme.example', 'meetings', 0, 'csv');",
        )
        .await;
    super::import::keep_forgetting(&world.backend.directory).await.unwrap();
    let id = preview.json["id"].as_str().unwrap();
    let done = world.get(&format!("{LICENCES}/imports/{id}"), "fay").await.json;
    assert!(done["applied_at"].is_string(), "{done}");
    assert_eq!((&done["changes"], &done["refused"]), (&json!(2), &json!(0)));
}

#[tokio::test]
async fn s8_a_killed_applys_own_key_is_answered_what_the_licences_came_to() {
    let file = format!("{HEADER}A,ann@acme.example,,TRUE\nE,eve@acme.example,,TRUE\n");
    // Killed before it was done, where it goes on by itself or is asked again first, and after.
    for (done, goes_on) in [(false, true), (false, false), (true, false)] {
        let world = world().await;
        let preview = import(&world, "", &file).await;
        let path = format!("{LICENCES}/imports/{}/apply", preview.json["id"].as_str().unwrap());
        let key = [("idempotency-key", "kill")];
        if done {
            let first = world.send_with("POST", &path, "fay", Value::Null, &key).await;
            assert_eq!(first.status, 200, "{first:?}");
            world.sql("UPDATE idempotency SET status = NULL, body = NULL").await;
        } else {
            world.sql("UPDATE licence_imports SET begun_by = 'fay@acme.example'").await;
            let known = format!(
                "INSERT INTO idempotency (actor, route, key, body_hash, created_at, carried_out_at)
                 VALUES ('fay@acme.example', 'POST {path}', 'kill', '', 1, 1)"
            );
            world.sql(&known).await;
        }
        super::RESUMED.recall_unanswered(&world.backend.store).await.unwrap();
        if goes_on {
            super::keep_forgetting(&world.backend.directory).await.unwrap();
        }
        let again = world.send_with("POST", &path, "fay", Value::Null, &key).await;
        assert_eq!((again.status.as_u16(), &again.json["changes"]), (200, &json!(2)), "{again:?}");
        let kept = world.send_with("POST", &path, "fay", Value::Null, &key).await;
        assert_eq!(kept.json, again.json, "it is kept now");
    }
}
