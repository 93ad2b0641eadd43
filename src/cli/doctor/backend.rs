//! The backend: whether it answers, who one is there, its version and its clock.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::super::context::Context;
use super::super::exit::{Failure, has_token, sign_in};
use super::super::grid::local;
use super::finding;
use super::report::{Finding, State};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::api::session::{Me, ShowMe};
use crate::client::retry::RetryPolicy;
use crate::client::{Client, Options};
use crate::domain::act::Act;
use crate::domain::untrusted::Untrusted;

const PART: &str = "backend";
/// What does not answer within this time is told as that.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Clocks that differ by less are the same.
const SAME: SignedDuration = SignedDuration::from_secs(120);

/// Looks at it.
pub async fn look(cx: &Context) -> Vec<Finding> {
    let Some(url) = cx.settings.backend.as_deref() else {
        return vec![finding(PART, "url", State::Look, "no backend is configured").remedy(
            "`hublink login --backend URL` signs in to one and remembers it; `hublink demo` \
                 needs none.",
        )];
    };
    let client = match client(cx) {
        Ok(client) => client,
        Err(error) => {
            let told = error.text();
            let told = told.trim_start_matches("error: ").trim_end();
            return vec![finding(PART, "url", State::Wrong, format!("{url}: {told}"))];
        }
    };
    let asked = Instant::now();
    let me = ShowMe::call(Nothing, Nothing, Nothing);
    let Ok((now, answer)) = tokio::time::timeout(PATIENCE, client.send_dated(&me, None)).await
    else {
        let told = format!("{} did not answer within 10 s", client.endpoint());
        return vec![unreached(told, cx)];
    };
    let took = asked.elapsed().as_millis();
    if let Err(ApiError::Unreachable(why)) = &answer {
        return vec![unreached(why.shown().to_string(), cx)];
    }
    if let Err(ApiError::Malformed(why)) = &answer {
        return vec![
            finding(PART, "answer", State::Wrong, why.shown().to_string())
                .remedy("Something else than a hublink backend may answer there: check the URL."),
        ];
    }
    let mut found =
        vec![finding(PART, "url", State::Fine, format!("{} in {took} ms", client.endpoint()))];
    found.extend(now.map(clock));
    match answer.as_ref().map(Reply::get::<Me>) {
        Ok(Some(me)) => {
            found.push(version(me));
            found.extend(directory(me));
            found.extend(rights(me));
        }
        Ok(None) => {}
        Err(error) => found.push(session(&client, error)),
    }
    found
}

fn client(cx: &Context) -> Result<Client, Failure> {
    let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let options = Options { proxy: cx.settings.proxy.clone(), retry, ..Options::default() };
    let client = Client::new(cx.endpoint()?, &options)?;
    let token = if cx.settings.token.is_some() {
        cx.settings.token.clone()
    } else {
        let stored = cx.settings.credentials().get(client.endpoint().as_str())?;
        stored.map(|credential| credential.token)
    };
    Ok(client.with_token(token.as_ref())?)
}

fn unreached(told: String, cx: &Context) -> Finding {
    let proxy = match &cx.settings.proxy {
        Some(_) => "the proxy that is set, ",
        None => "",
    };
    finding(PART, "url", State::Wrong, told).remedy(format!(
        "Check the URL, {proxy}and that it runs there; `hublink serve` runs a backend on this \
         machine."
    ))
}

/// Business time is the backend's; only who reads dates here with another clock may be surprised.
fn clock(now: Timestamp) -> Finding {
    let ahead = now.duration_since(Timestamp::now());
    let told = local(now);
    if ahead.abs() < SAME {
        return finding(PART, "clock", State::Fine, told);
    }
    let hours = ahead.as_hours().abs();
    let by = match hours {
        0 => format!("{} minutes", ahead.as_mins().abs()),
        1..=47 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    };
    let way = if ahead.is_negative() { "behind" } else { "ahead of" };
    finding(PART, "clock", State::Look, format!("{told}, {by} {way} this machine's"))
        .remedy("Deadlines follow the backend's clock; a demo's and a test's may be moved.")
}

fn version(me: &Me) -> Finding {
    let ours = env!("CARGO_PKG_VERSION");
    let theirs = Untrusted::new(&me.backend.version).shown_in(40);
    let provider = Untrusted::new(&me.backend.provider).shown_in(40);
    let told = format!("{theirs}, provider {provider}");
    if me.backend.version == ours {
        return finding(PART, "version", State::Fine, told);
    }
    finding(PART, "version", State::Look, format!("{told}; this is {ours}"))
        .remedy("Requests that only the newer of the two knows are refused: use the same version.")
}

/// What its directory does not do by itself.
fn directory(me: &Me) -> impl Iterator<Item = Finding> {
    let how = |act: Act| me.backend.capabilities.of(act).why_not(act);
    Act::ALL.into_iter().filter_map(how).map(|why| finding(PART, "directory", State::Fine, why))
}

fn rights(me: &Me) -> Vec<Finding> {
    let who = me.email.shown();
    let mut found = vec![finding("rights", "person", State::Fine, who.to_string())];
    if me.roles.is_empty() {
        let offered = me.offers.is_empty();
        let remedy = if offered {
            "Ask a full admin of the organization for a role."
        } else {
            "You are offered one: `hublink offer list`."
        };
        found.push(finding("rights", "roles", State::Wrong, "none").remedy(remedy));
    }
    for held in &me.roles {
        let whereof = held.organization.as_ref().or(held.site.as_ref());
        let whereof = whereof.map(|name| format!(" of {}", Untrusted::new(name).shown_in(60)));
        let told = format!("{}{}", held.role.title(), whereof.unwrap_or_default());
        found.push(finding("rights", "role", State::Fine, told));
    }
    found
}

fn session(client: &Client, error: &ApiError) -> Finding {
    let ApiError::Problem(problem) = error else {
        return finding("rights", "session", State::Wrong, error.to_string());
    };
    let told = problem.detail.shown().to_string();
    match problem.code.as_str() {
        code::NOT_SIGNED_IN if !client.is_signed_in() => {
            finding("rights", "session", State::Look, "nobody is signed in on this machine")
                .remedy("`hublink login`, or set HUBLINK_TOKEN.")
        }
        code::NOT_SIGNED_IN => finding("rights", "session", State::Wrong, told)
            .remedy(if has_token() { sign_in(true) } else { "Sign in anew: `hublink login`." }),
        _ => finding("rights", "session", State::Wrong, told).remedy(problem.remedy.clone()),
    }
}
