//! The browser against a small server of its own.

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::get;

use super::*;

const PAGE: &str = r#"<form method="post" action="answer">
    <button name="answer" value="confirm">Yes</button></form>"#;

async fn site() -> String {
    let gone = || async { (StatusCode::GONE, Html("<body><p>This link was used.</p>")) };
    let answered = |Form(fields): Form<Vec<(String, String)>>| async move {
        assert_eq!(fields, [("answer".to_owned(), "confirm".to_owned())]);
        Redirect::to("/thanks")
    };
    let app = Router::new()
        .route("/invitation/page", get(|| async { Html(PAGE) }))
        .route("/invitation/answer", axum::routing::post(answered))
        .route("/thanks", get(|| async { "thank you" }))
        .route("/used", get(gone))
        .route("/away", get(|| async { Redirect::to("http://192.0.2.1/") }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn u6_the_page_is_fetched_and_its_form_sent() {
    let url = site().await;
    let browser = Browser::new(&url).unwrap();
    browser.answer(&format!("{url}/invitation/page"), Answer::Confirm).await.unwrap();
    let declined = browser.answer(&format!("{url}/invitation/page"), Answer::Decline).await;
    assert!(matches!(declined, Err(BrowserError::NoForm(_))));
}

#[tokio::test]
async fn u6_a_used_link_is_told_in_the_pages_own_words() {
    let url = site().await;
    let browser = Browser::new(&url).unwrap();
    let error = browser.answer(&format!("{url}/used"), Answer::Confirm).await.unwrap_err();
    assert_eq!(error.to_string(), "the page answers 410: This link was used.");
}

#[tokio::test]
async fn the_browser_never_leaves_the_demo() {
    let url = site().await;
    let browser = Browser::new(&url).unwrap();
    for link in ["http://192.0.2.1/x", "https://127.0.0.1/", "file:///etc/passwd", "nonsense"] {
        let error = browser.answer(link, Answer::Confirm).await.unwrap_err();
        assert!(matches!(error, BrowserError::Elsewhere), "{link}: {error}");
    }
    let error = browser.answer(&format!("{url}/away"), Answer::Confirm).await.unwrap_err();
    assert!(matches!(error, BrowserError::Refused { status: 303, .. }), "{error}");
}

const CHOOSE: &str = r#"<form method="post"><input type="hidden" name="step" value="password">
    <input type="password" name="password"><button>Next</button></form>"#;
const TERMS: &str = r#"<form method="post"><input type="hidden" name="step" value="terms">
    <input type="checkbox" name="accept" value="yes"><button>Accept</button></form>"#;

#[tokio::test]
async fn t4_a_welcome_is_gone_through_to_its_last_page() {
    let next = |Form(fields): Form<Vec<(String, String)>>| async move {
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        match (field("step"), field("password"), field("accept")) {
            (Some("password"), Some("a secret"), None) => Html(TERMS),
            (Some("terms"), None, Some("yes")) => Html("<body><p>You are signed in.</p>"),
            _ => Html("<body><p>That did not work.</p>"),
        }
    };
    let endless = || async { Html(CHOOSE) };
    let app = Router::new()
        .route("/welcome/abc", get(|| async { Html(CHOOSE) }).post(next))
        .route("/welcome/endless", get(endless).post(endless));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let browser = Browser::new(&url).unwrap();
    browser.walk_through(&format!("{url}/welcome/abc"), "a secret").await.unwrap();
    let endless = browser.walk_through(&format!("{url}/welcome/endless"), "a secret").await;
    assert!(matches!(endless, Err(BrowserError::NoForm(_))));
}
