//! What a browser gets where there is nothing for it, and what a client gets there.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;

use crate::server::fixture::Fixture;

async fn get(world: &Fixture, path: &str, accept: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
    let response = world.app.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_browser_without_a_page_is_told_what_this_is_and_how_to_start() {
    let world = Fixture::new().await;
    let accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (path, status) in [("/", StatusCode::OK), ("/nowhere/<script>", StatusCode::NOT_FOUND)] {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        let (told, headers, text) = get(&world, &path, accept).await;
        assert_eq!(told, status, "{path}");
        assert!(text.contains("hublink --backend ") && text.contains("/docs"), "{text}");
        assert!(!text.contains("script"), "{text}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(headers[name], value, "{path}");
        }
    }
}

#[tokio::test]
async fn a_client_without_a_route_gets_a_problem() {
    let world = Fixture::new().await;
    for accept in ["*/*", "application/json", "application/json, text/html;q=0.5"] {
        let (status, headers, text) = get(&world, "/", accept).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{accept}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json", "{accept}");
        assert!(text.contains("\"not_found\""), "{text}");
    }
}
