//! A new password on a web page, with the code of the mail (rule P5): one form, for who has no
//! terminal at hand.
//!
//! Owns the page. The code is typed or pasted, never part of the address. Setting it is `passwords`'.

use std::collections::HashMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::pages::framed;
use super::{Shared, passwords};
use crate::api::access::UseReset;
use crate::api::session::Secret;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::WebPage;
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;

pub fn routes() -> Router<Shared> {
    Router::new().route("/reset", get(show).post(set))
}

async fn show() -> Response {
    framed(Ok(form("", 200)))
}

async fn set(State(backend): State<Shared>, Peer(peer): Peer, body: Bytes) -> Response {
    let sent: HashMap<String, String> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let field = |name: &str| sent.get(name).map_or("", String::as_str);
    // Mails break codes over lines: blanks count for nothing.
    let code: String = field("code").split_whitespace().collect();
    if code.is_empty() {
        return framed(Ok(form("Paste the code of the mail.", 422)));
    }
    if field("password") != field("repeat") {
        return framed(Ok(form("The two passwords are not the same. Type both again.", 422)));
    }
    let wanted = UseReset { code: Secret::new(code), password: Secret::new(field("password")) };
    let page = match passwords::use_code(&backend, peer, &wanted).await {
        Ok(email) => done(&email),
        Err(refusal) => refused(&refusal),
    };
    framed(Ok(page))
}

fn html(text: &str) -> String {
    Untrusted::new(text).shown().html()
}

/// The form; the code is pasted anew after a problem, for no page gives a secret back.
fn form(problem: &str, status: u16) -> WebPage {
    let (alert, marked) = if problem.is_empty() {
        (String::new(), "")
    } else {
        let alert =
            format!("<p class=\"problem\" id=\"problem\" role=\"alert\">{}</p>", html(problem));
        (alert, " aria-invalid=\"true\" aria-describedby=\"problem\"")
    };
    let body = format!(
        "<p>The code stands in the mail that you asked for. It works once, for 30 minutes; setting \
         a new password ends every session of yours.</p><form method=\"post\">\
         <p><label for=\"code\">Code</label><input id=\"code\" name=\"code\" required autofocus \
         autocomplete=\"one-time-code\" spellcheck=\"false\"{marked}></p>\
         <p><label for=\"password\">New password, at least 12 characters</label>\
         <input id=\"password\" name=\"password\" type=\"password\" minlength=\"12\" required \
         autocomplete=\"new-password\"></p><p><label for=\"repeat\">The same again</label>\
         <input id=\"repeat\" name=\"repeat\" type=\"password\" minlength=\"12\" required \
         autocomplete=\"new-password\"></p>{alert}<p><button>Set the password</button></p></form>"
    );
    WebPage { status, title: "A new password".to_owned(), body }
}

/// Why not: what happened, and what to do.
fn refused(refusal: &Refusal) -> WebPage {
    let problem = &refusal.problem;
    form(&format!("{} {}", problem.detail.raw(), problem.remedy), problem.status)
}

fn done(email: &str) -> WebPage {
    let body = format!(
        "<p>The new password of <b>{}</b> is set, and every session has ended. Sign in with it in \
         hublink.</p>",
        html(email)
    );
    WebPage { status: 200, title: "Your password is set".to_owned(), body }
}
