//! Linking a site to an organization (rules L1 to L8).

use std::time::Duration;

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::Nothing;
use crate::api::linking::{
    Candidates, ConnectSite, EnrollSite, Enrollment, LinkJob, LinkPlan, LinkSiteCall, LinkedUser,
    ListCandidates, ListLinkedUsers, PrepareLink, RetryLink, ShowEnrollment, UnlinkSite, WatchLink,
};
use crate::api::page::Page;
use crate::server::auth::attempts::Tried;
use crate::server::auth::{Actor, rates};
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;

/// The longest anybody waits for a change, in seconds.
const LONGEST: u16 = 60;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_enrollment)
        .at(enroll_site)
        .at(connect_site)
        .at(list_candidates)
        .at(prepare_link)
        .at(watch_link)
        .at(link_site)
        .at(unlink_site)
        .at(list_linked_users)
        .at(retry_link)
}

/// Where one stands with a site of one's own: what comes next.
async fn show_enrollment(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, .. }: Asked<ShowEnrollment>,
) -> Result<Enrollment, Refusal> {
    backend.directory.enrollment(&actor.viewer(), &url).await
}

/// Enroll Now. Who is in no organization yet gets the connect mail; it may be asked for again.
async fn enroll_site(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<EnrollSite>,
) -> Result<Enrollment, Refusal> {
    if body.resend {
        rates::count(&backend.store, rates::CONNECT_MAIL, &actor.email).await?;
    }
    backend.directory.enroll(&actor.viewer(), &url, body.resend).await
}

/// Use the code of one's connect mail. Code and link are used together, once.
async fn connect_site(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<ConnectSite>,
) -> Result<Enrollment, Refusal> {
    rates::count(&backend.store, rates::CONNECT_CODE, &actor.email).await?;
    let attempt = backend.attempts.begin(peer, Tried::Secret(body.code.expose()))?;
    let connected = backend.directory.connect(&actor.viewer(), &url, body.code.expose()).await?;
    backend.attempts.succeeded(&attempt);
    Ok(connected)
}

/// The organizations that match the site, each with every reason. Recorded, and limited in number.
async fn list_candidates(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, query, .. }: Asked<ListCandidates>,
) -> Result<Candidates, Refusal> {
    backend.directory.candidates(&actor.viewer(), &url, &query).await
}

/// What linking the site would do, and the agreement with its hash. Changes nothing.
async fn prepare_link(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: target, .. }: Asked<PrepareLink>,
) -> Result<LinkPlan, Refusal> {
    backend.directory.prepare_link(&actor.viewer(), &url, &target).await
}

/// Link Now, for good: with the hash of the agreement that was read, the tick, and the site's URL
/// typed in full.
async fn link_site(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body, .. }: Asked<LinkSiteCall>,
) -> Result<LinkJob, Refusal> {
    let job = backend.directory.link_site(&actor.viewer(), &url, &body).await?;
    Ok(job)
}

/// The site's link job, at once; or, with `after` and `wait`, when it changes.
async fn watch_link(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<WatchLink>,
) -> Result<LinkJob, Refusal> {
    let wait = query.wait.unwrap_or(0);
    if wait > LONGEST {
        return Err(Refusal::invalid("wait", "One can wait for 0 to 60 seconds."));
    }
    if let (Some(after), 1..) = (query.after, wait) {
        let change = backend.directory.link_changed(&url, after);
        tokio::select! {
            changed = tokio::time::timeout(Duration::from_secs(wait.into()), change) => {
                if let Ok(changed) = changed { changed? }
            }
            () = backend.stop.wait() => {}
        }
    }
    backend.directory.link_job(&url).await
}

/// Whom completing the link was for: linked, or reported with the reason.
async fn list_linked_users(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ListLinkedUsers>,
) -> Result<Page<LinkedUser>, Refusal> {
    backend.directory.linked_users(&url, &query).await
}

/// Try a failed link job again now, to the same organization. It is tried again by itself, too.
async fn retry_link(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, .. }: Asked<RetryLink>,
) -> Result<LinkJob, Refusal> {
    let job = backend.directory.retry_link(&actor.viewer(), &url).await?;
    Ok(job)
}

/// There is no unlinking a site: this answers `409 link_permanent`, and says so.
async fn unlink_site(
    State(backend): State<Shared>,
    Asked { path: url, .. }: Asked<UnlinkSite>,
) -> Result<Nothing, Refusal> {
    Err(backend.directory.unlink(&url).await?)
}
