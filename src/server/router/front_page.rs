//! What a browser gets where there is nothing for it: at `/` and at paths that lead nowhere.
//!
//! Owns the words, and who is meant: whoever accepts HTML and no less gladly than JSON. Clients of
//! the API get a problem. Must not answer anything but `GET` and `HEAD`.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::pages::framed;
use crate::api::problem::code;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::WebPage;
use crate::server::refusal::Refusal;

/// The answer where no route is.
pub fn no_such_route(
    backend: &Backend,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    let asks = matches!(*method, Method::GET | Method::HEAD);
    let mut response = if asks && wants_page(headers) {
        framed(Ok(page(uri.path(), &backend.public_url())))
    } else {
        problem(uri).into_response()
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// The page of a backend that is starting, for who asks for a page; it comes again by itself.
pub fn starting(how_far: &str, method: &Method, headers: &HeaderMap) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) || !wants_page(headers) {
        return None;
    }
    let how_far = Untrusted::new(how_far).shown().html();
    let mut response = framed(Ok(WebPage {
        status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
        title: "hublink is starting".to_owned(),
        body: format!(
            "<p>{how_far}</p><p>Nothing is lost meanwhile. This page asks again by itself and goes \
             on when the backend is ready.</p>"
        ),
    }));
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    headers.insert(header::REFRESH, HeaderValue::from_static("2"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    Some(response)
}

fn problem(uri: &Uri) -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        code::NOT_FOUND,
        format!("There is nothing at {}.", uri.path()),
        "The routes are listed at /docs and in /openapi.json.",
    )
}

fn page(path: &str, url: &str) -> WebPage {
    let root = path == "/";
    let url = Untrusted::new(url.trim_end_matches('/')).shown().html();
    let (status, title, nothing) = if root {
        (StatusCode::OK, "hublink backend", "")
    } else {
        let nothing = "<p>This address leads nowhere. If you followed a link of a mail, look whether \
                       it is whole: some mail programs break it in two.</p>";
        (StatusCode::NOT_FOUND, "There is no page here", nothing)
    };
    WebPage {
        status: status.as_u16(),
        title: title.to_owned(),
        body: format!(
            "{nothing}<p>hublink brings organizations onto Control Hub and links the users of their \
             meeting sites. This is its backend; people work with it in a terminal.</p>\
             <h2>How to start</h2><pre>hublink --backend {url}</pre>\
             <p>The first page signs you in; it takes the code of a welcome mail too. A forgotten \
             password is set anew <a href=\"{url}/reset\">on this page</a>.</p>\
             <h2>Where to read more</h2>\
             <p><code>hublink --help</code> tells what there is, and <code>?</code> explains every \
             page of it. For programs there is the <a href=\"{url}/docs\">documentation of the \
             API</a>.</p>"
        ),
    }
}

/// Whether a page is asked for: HTML is named, and JSON is not asked for before it.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (mut html, mut json) = (0.0, 0.0);
    for range in accepted.flat_map(|line| line.split(',')) {
        let (kind, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameters.split(';').find_map(|one| one.trim().strip_prefix("q="));
        let quality: f32 = quality.map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
        match kind.trim().to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" => html = quality.max(html),
            "application/json" | "application/problem+json" => json = quality.max(json),
            _ => {}
        }
    }
    html > 0.0 && html >= json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        wants_page(&headers)
    }

    #[test]
    fn browsers_get_pages_and_clients_problems() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html",
            "application/json;q=0.5, TEXT/HTML",
        ] {
            assert!(wants(accept), "{accept}");
        }
        for accept in
            ["*/*", "application/json", "text/html;q=0", "application/json, text/html;q=0.9"]
        {
            assert!(!wants(accept), "{accept}");
        }
        assert!(!wants_page(&HeaderMap::new()));
    }

    #[test]
    fn a_path_is_never_part_of_the_page() {
        let page = page("/<script>alert(1)</script>", "https://hub.example/base/");
        assert!(!page.body.contains("alert") && page.status == 404, "{}", page.body);
        assert!(page.body.contains("hublink --backend https://hub.example/base<"), "{}", page.body);
    }
}
