//! The first start, later ones, and the end.

use std::time::Instant;

use super::*;
use crate::server::auth::credentials;

fn options(folder: &tempfile::TempDir) -> ServeOptions {
    ServeOptions::loopback(format!("sqlite:{}", folder.path().join("a.db").display()))
}

#[tokio::test]
async fn l0_the_first_start_makes_a_backend_admin_and_later_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = prepare(options(&folder)).await.unwrap();
    let admin = first.first_admin.unwrap();
    let actor =
        credentials::find(&first.backend.store, admin.token.expose(), jiff::Timestamp::now())
            .await
            .unwrap();
    let actor = actor.unwrap();
    assert!(actor.backend_admin && actor.email == admin.email);
    first.backend.store.close().await;
    first.hold.release();
    let second = prepare(options(&folder)).await.unwrap();
    assert!(second.first_admin.is_none());
}

#[tokio::test]
async fn l0_a_start_that_fails_takes_no_token_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let busy = ServeOptions { listen: taken.local_addr().unwrap(), ..options(&folder) };
    assert!(matches!(prepare(busy).await, Err(ServeError::Listen { .. })));
    let nobody = ServeOptions { mail_from: "nobody".to_owned(), ..options(&folder) };
    assert!(matches!(prepare(nobody).await, Err(ServeError::Mail(_))));
    let first = prepare(options(&folder)).await.unwrap();
    assert!(first.first_admin.is_some(), "nobody was told of one before");
}

#[tokio::test]
async fn a_database_is_served_by_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = prepare(options(&folder)).await.unwrap();
    let refused = prepare(options(&folder)).await.err().unwrap();
    assert!(refused.to_string().contains("another hublink serves this database"), "{refused}");
    first.hold.release();
    assert!(prepare(options(&folder)).await.is_ok());
}

#[tokio::test]
async fn a_database_with_data_ignores_the_world_file_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("world.toml");
    std::fs::write(
        &world,
        "now = \"2026-03-01T09:00:00Z\"\n\
         [[people]]\nemail = \"fay@acme.example\"\nname = \"Fay\"\ntoken = \"dev-fay\"\n",
    )
    .unwrap();
    let options = ServeOptions { world: Some(world), ..options(&folder) };
    let first = prepare(options.clone()).await.unwrap();
    assert!(!first.world_ignored && first.first_admin.is_none());
    assert!(
        credentials::find(&first.backend.store, "dev-fay", jiff::Timestamp::now())
            .await
            .unwrap()
            .is_some()
    );
    assert!(first.backend.clock.now().to_string().starts_with("2026-03-01T09:00"));
    first.backend.store.close().await;
    first.hold.release();
    assert!(prepare(options).await.unwrap().world_ignored);
}

#[tokio::test]
async fn plain_http_stays_on_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let beyond = ServeOptions { listen: "192.0.2.1:0".parse().unwrap(), ..options(&folder) };
    let refused = prepare(beyond).await.err().unwrap();
    assert!(matches!(refused, ServeError::Plain(_)), "{refused}");
    let mapped =
        ServeOptions { listen: "[::ffff:127.0.0.1]:0".parse().unwrap(), ..options(&folder) };
    assert!(!matches!(prepare(mapped).await, Err(ServeError::Plain(_))), "this is loopback");
}

#[tokio::test]
async fn section_4_an_unspecified_address_needs_the_url_that_mails_lead_to() {
    let folder = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0", "[::ffff:0.0.0.0]:0"] {
        for insecure in [false, true] {
            let listen = listen.parse().unwrap();
            let everywhere = ServeOptions { listen, insecure, ..options(&folder) };
            let refused = prepare(everywhere).await.err().unwrap().to_string();
            assert!(refused.contains("--public-url"), "{refused}");
        }
    }
    let plain = ServeOptions { listen: "0.0.0.0:0".parse().unwrap(), ..options(&folder) };
    let behind_a_proxy =
        ServeOptions { public_url: Some("https://hub.acme.example/".into()), ..plain };
    let prepared = prepare(behind_a_proxy).await.unwrap();
    assert_eq!(prepared.backend.public_url(), "https://hub.acme.example");
}

#[tokio::test]
async fn it_serves_extra_routes_and_ends_soon_with_the_clock_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = prepare(options(&folder)).await.unwrap();
    let backend = prepared.backend.clone();
    backend.clock.advance(Duration::from_hours(24));
    let before = backend.clock.now();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let extra = Router::new().route("/extra", axum::routing::get(|| async { "extra" }));
    let url = format!("http://{}/extra", prepared.address());
    let serving = tokio::spawn(prepared.serve(extra, async {
        let _ = stopped.await;
    }));
    assert_eq!(get(&url).await, "extra");
    let began = Instant::now();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    let again = prepare(options(&folder)).await.unwrap();
    assert!(again.backend.clock.now() >= before);
}

/// The body of a `GET`, by hand: the server's tests need no client.
async fn get(url: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[tokio::test]
async fn p5_whoever_has_the_host_makes_another_token_for_the_first_admin() {
    let folder = tempfile::tempdir().unwrap();
    let first = prepare(options(&folder)).await.unwrap();
    let admin = first.first_admin.unwrap();
    let mut tx = first.backend.store.begin().await.unwrap();
    sqlx::query("UPDATE tokens SET revoked_at = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    first.backend.store.close().await;
    first.hold.release();
    let options = ServeOptions { new_admin_token: true, ..options(&folder) };
    let second = prepare(options).await.unwrap();
    let store = &second.backend.store;
    let again = second.first_admin.unwrap();
    assert_eq!(again.email, admin.email);
    assert!(
        credentials::find(store, admin.token.expose(), jiff::Timestamp::now())
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        credentials::find(store, again.token.expose(), jiff::Timestamp::now())
            .await
            .unwrap()
            .unwrap()
            .backend_admin
    );
    let last: String = sqlx::query_scalar("SELECT action FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_one(&mut *store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(last, "token.made");
}

#[tokio::test]
async fn section_8_ready_means_that_a_write_would_work_and_tells_of_a_doubt() {
    let world = crate::server::fixture::Fixture::new().await;
    let ready = async || world.get("/readyz", "").await;
    assert_eq!(ready().await.status.as_u16(), 200);
    world.backend.clock.restored();
    assert_eq!(ready().await.status.as_u16(), 200, "it says so, and is ready");
    let path = world.backend.options.database.strip_prefix("sqlite:").unwrap().to_owned();
    std::fs::rename(&path, format!("{path}.away")).unwrap();
    let gone = ready().await;
    assert_eq!((gone.status.as_u16(), gone.code()), (503, "unavailable"));
    assert!(gone.json["detail"].as_str().unwrap().contains("removed"), "{:?}", gone.json);
    std::fs::rename(format!("{path}.away"), &path).unwrap();
    assert_eq!(ready().await.status.as_u16(), 200);
}

#[tokio::test]
async fn i1_a_restored_database_starts_with_everything_held_and_only_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = prepare(options(&folder)).await.unwrap();
    assert!(first.restored.is_none());
    let copy = folder.path().join("copy.db");
    let name = first.backend.options.database.clone();
    crate::server::store::copy::make(&name, &copy).await.unwrap();
    let served = crate::server::store::copy::put_back(&name, &copy).await.unwrap_err();
    assert!(served.to_string().contains("another hublink serves"), "{served}");
    first.backend.store.close().await;
    first.hold.release();
    let kept = crate::server::store::copy::put_back(&name, &copy).await.unwrap().unwrap();
    assert!(kept.exists());
    let second = prepare(options(&folder)).await.unwrap();
    assert_eq!(second.restored.unwrap().why, Restored::Backup);
    assert!(!second.backend.clock.is_sure());
    second.backend.clock.accept();
    second.backend.clock.save(&second.backend.store).await.unwrap();
    second.backend.store.close().await;
    second.hold.release();
    let third = prepare(options(&folder)).await.unwrap();
    assert!(third.restored.is_none() && third.backend.clock.is_sure());
}

#[tokio::test]
async fn section_8_numbers_beyond_loopback_want_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let metrics = Some(SocketAddr::from(([0, 0, 0, 0], 0)));
    let open = prepare(ServeOptions { metrics, ..options(&folder) }).await;
    assert!(matches!(open, Err(ServeError::OpenMetrics(_))));
    let insecure = prepare(ServeOptions { metrics, insecure: true, ..options(&folder) }).await;
    assert!(insecure.is_ok(), "it was said");
}

#[tokio::test]
async fn section_8_metrics_want_their_token_or_are_elsewhere() {
    use crate::api::session::Secret;
    use crate::server::fixture::Fixture;
    let world = Fixture::with(|options| options.metrics_token = Some(Secret::new("tally"))).await;
    assert_eq!(world.get("/metrics", "").await.status.as_u16(), 401);
    assert_eq!(world.get("/metrics", "root").await.status.as_u16(), 401, "no person's");
    // Rule P5: its own token is no wrong one of a session, however often it is shown; others count.
    for _ in 0..12 {
        assert_eq!(world.get("/metrics", "tally").await.status.as_u16(), 200);
    }
    let guesses = 0..60;
    let guessed: Vec<u16> = futures_util::future::join_all(guesses.map(|guess| {
        let world = &world;
        async move { world.get("/metrics", &format!("guess-{guess}")).await.status.as_u16() }
    }))
    .await;
    assert!(guessed.contains(&429), "{guessed:?}");
    assert_eq!(world.get("/metrics", "tally").await.status.as_u16(), 200);
    let folder = tempfile::tempdir().unwrap();
    let metrics = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let prepared = prepare(ServeOptions { metrics, ..options(&folder) }).await.unwrap();
    let (there, here) =
        (prepared.numbers.as_ref().unwrap().local_addr().unwrap(), prepared.address());
    let stop = prepared.backend.stop.clone();
    let serving = tokio::spawn(prepared.serve(Router::new(), std::future::pending()));
    let text = get(&format!("http://{there}/metrics")).await;
    assert!(text.contains("hublink_task_last_success_seconds{task=\"runs\"}"), "{text}");
    assert!(text.contains("hublink_database_turn_seconds_count{outcome=\"ok\"}"), "{text}");
    assert!(get(&format!("http://{here}/metrics")).await.contains("not_found"));
    stop.stop();
    serving.await.unwrap().unwrap();
}
