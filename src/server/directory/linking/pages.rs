//! The page behind a connect mail's link (rule L1): `GET` shows, the button connects.
//!
//! Owns the words. All that comes from outside is shown and escaped; the frame is the router's.

use super::code::{self, Owner, State};
use super::{NAME, enroll};
use crate::domain::address::with_unicode;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Directory;
use crate::server::directory::WebPage;
use crate::server::refusal::Refusal;

/// The page; changes nothing, for mail scanners open links too.
pub async fn show(directory: &Directory, text: &str) -> Result<WebPage, Refusal> {
    let now = directory.clock.now();
    let owner = code::find(&mut *directory.store.read().await?, text, now).await?;
    Ok(match owner {
        None => not_known(),
        Some(owner) if matches!(owner.state, State::Open(_)) => question(&owner),
        Some(owner) => over(&owner),
    })
}

/// Somebody pressed the button.
pub async fn press(directory: &Directory, text: &str) -> Result<WebPage, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let Some(owner) = code::find(&mut tx, text, now).await? else { return Ok(not_known()) };
    if !matches!(owner.state, State::Open(_)) {
        return Ok(over(&owner));
    }
    enroll::take(&mut tx, &owner, now).await?;
    tx.commit().await?;
    Ok(connected(&owner))
}

fn question(owner: &Owner) -> WebPage {
    let (site, email) = (html(&owner.url), with_unicode(&Untrusted::new(&owner.email)).html());
    let until = match owner.state {
        State::Open(at) | State::Expired(at) | State::Used(at) => {
            at.strftime("%-d %B %Y, %H:%M UTC").to_string()
        }
    };
    page(
        200,
        "Connect your site?",
        format!(
            "<p><b>{email}</b> has asked to link the meeting site <b>{site}</b> to an \
             organization. Connecting shows that you read this address; it links nothing yet.</p>\
             <form method=\"post\"><p><button name=\"action\" value=\"confirm\">Connect\
             </button></p></form>\
             <p class=\"small\">You did not ask for this? Close this page: nothing happens. The \
             link works once, until {until}.</p>"
        ),
    )
}

fn connected(owner: &Owner) -> WebPage {
    let site = html(&owner.url);
    page(
        200,
        "You are connected",
        format!(
            "<p>Go back to hublink and go on with <b>{site}</b>: the next page is the \
             organization. You can close this page.</p>"
        ),
    )
}

fn over(owner: &Owner) -> WebPage {
    let said = match owner.state {
        State::Used(at) => format!(
            "<p>It was used on {}. You are connected: go back to hublink and choose the \
             organization.</p>",
            at.strftime("%-d %B %Y, %H:%M UTC")
        ),
        State::Expired(at) | State::Open(at) => format!(
            "<p>It worked until {}. Nothing was changed. Send the mail again from hublink, which \
             you can do yourself.</p>",
            at.strftime("%-d %B %Y, %H:%M UTC")
        ),
    };
    let title = match owner.state {
        State::Used(_) => "This link was used",
        State::Expired(_) | State::Open(_) => "This link is too old",
    };
    page(410, title, said)
}

fn not_known() -> WebPage {
    page(
        404,
        "This link does not work",
        "<p>It may be cut off, or a newer mail has taken its place. Open the link of the newest \
         mail, whole; or send the mail again from hublink.</p>"
            .to_owned(),
    )
}

fn html(text: &str) -> String {
    Untrusted::new(text).shown_in(NAME).html()
}

fn page(status: u16, title: &str, body: String) -> WebPage {
    WebPage { status, title: title.to_owned(), body }
}
