//! What the pages behind a mail's link say: plain words, plain HTML.
//!
//! Owns the texts. All that comes from outside is shown and escaped. The frame around it, its style
//! and headers are the router's.

use super::{Invitation, State};
use crate::domain::address::with_unicode;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::WebPage;
use crate::server::directory::confirmed::Account;

const NAME: usize = 80;

fn html(text: &str) -> String {
    Untrusted::new(text).shown_in(NAME).html()
}

/// The address asked about, in both alphabets (rule D5).
fn address(invitation: &Invitation) -> String {
    with_unicode(&Untrusted::new(&invitation.address_key)).html()
}

fn page(status: u16, title: &str, body: String) -> WebPage {
    WebPage { status, title: title.to_owned(), body }
}

/// Who asks, what confirming does, and when; and how to decline.
pub(super) fn question(invitation: &Invitation, sites: &[String]) -> WebPage {
    let organization = html(&invitation.name);
    let address = address(invitation);
    let mut places = sites.to_vec();
    places.dedup();
    let places = match places.as_slice() {
        [] => "a meeting site of theirs".to_owned(),
        some => {
            some.iter().map(|url| format!("<b>{}</b>", html(url))).collect::<Vec<_>>().join(", ")
        }
    };
    let until = invitation.expires_at.strftime("%-d %B %Y, %H:%M UTC");
    page(
        200,
        "Is this your e-mail address?",
        format!(
            "<p><b>{organization}</b> manages {places}, where there is an account with the e-mail \
             address <b>{address}</b>.</p>\
             <p>If you confirm that this address is yours, the account is linked to {organization} \
             within 48 hours: you then sign in as a member of {organization}. Your meetings and \
             recordings stay as they are.</p>\
             <form method=\"post\">\
             <p><button name=\"action\" value=\"confirm\">Yes, this is my address: link my account\
             </button></p>\
             <p><button name=\"action\" value=\"decline\" class=\"quiet\">This is not me, or I do \
             not want this</button></p></form>\
             <p class=\"small\">Nothing changes until you choose. You can choose once, until \
             {until}.</p>"
        ),
    )
}

/// Confirmed: what happens next.
pub(super) fn confirmed(invitation: &Invitation, fates: &[(Account, Outcome)]) -> WebPage {
    let organization = html(&invitation.name);
    let mut said = vec![format!(
        "Thank you. You have confirmed that <b>{}</b> is your address.",
        address(invitation)
    )];
    let mut any = false;
    for (account, outcome) in fates {
        let site = html(&account.site);
        if outcome.class() == Class::Blocked {
            said.push(blocked(&site, *outcome, &organization));
        } else {
            any = true;
            said.push(format!(
                "Your account on <b>{site}</b> is linked to {organization} now, within 48 hours \
                 at the latest."
            ));
        }
    }
    if any {
        said.push("There is nothing else to do: sign in as you always do.".to_owned());
    } else if fates.is_empty() {
        said.push(no_account(&organization));
    }
    page(200, "Thank you", format!("<p>{}</p>", said.join("</p><p>")))
}

fn blocked(site: &str, outcome: Outcome, organization: &str) -> String {
    format!(
        "Your account on <b>{site}</b> cannot be linked as things are: {}. Tell the \
         administrators of {organization}.",
        outcome.reason()
    )
}

fn no_account(organization: &str) -> String {
    format!(
        "There is no account with this address any more. Tell the administrators of \
         {organization}."
    )
}

/// How the accounts of somebody stand who has confirmed before.
fn standing(invitation: &Invitation, fates: &[(Account, Outcome)]) -> Vec<String> {
    let organization = html(&invitation.name);
    if fates.is_empty() {
        return vec![no_account(&organization)];
    }
    let said = |(account, outcome): &(Account, Outcome)| {
        let site = html(&account.site);
        match outcome {
            Outcome::AlreadyLinked => {
                format!("Your account on <b>{site}</b> is linked to {organization}.")
            }
            blocks if blocks.class() == Class::Blocked => blocked(&site, *blocks, &organization),
            _ if invitation.is_due => format!(
                "Your account on <b>{site}</b> is linked to {organization} within 48 hours of that."
            ),
            _ => format!(
                "Your account on <b>{site}</b> is not linked by itself any more. An administrator \
                 of {organization} can link it; you need not confirm again."
            ),
        }
    };
    fates.iter().map(said).collect()
}

/// Declined: nothing happens.
pub(super) fn declined(invitation: &Invitation) -> WebPage {
    page(
        200,
        "You have declined",
        format!(
            "<p>Nothing was changed: the account stays as it is, and {0} is not going to ask <b>{1}\
             </b> again by itself.</p><p>If you change your mind, ask an administrator of {0} for a \
             new invitation. You can close this page.</p>",
            html(&invitation.name),
            address(invitation)
        ),
    )
}

/// A link that was used, or is too old: what happened, and what to do.
pub(super) fn over(invitation: &Invitation, fates: &[(Account, Outcome)]) -> WebPage {
    let organization = html(&invitation.name);
    let day = |at: &jiff::Timestamp| at.strftime("%-d %B %Y, %H:%M UTC").to_string();
    let (title, said) = match &invitation.state {
        State::Confirmed(at) => {
            let mut said = vec![format!("The address was confirmed on {}.", day(at))];
            said.extend(standing(invitation, fates));
            let body = format!("<p>{}</p>", said.join("</p><p>"));
            return page(410, "This link was used", body);
        }
        State::Declined(at) => (
            "This link was used",
            format!("<p>The invitation was declined on {}. Nothing was changed.</p>", day(at)),
        ),
        State::Expired | State::Open => (
            "This link is too old",
            format!("<p>It worked until {}. Nothing was changed.</p>", day(&invitation.expires_at)),
        ),
    };
    let ask =
        format!("<p>For a new invitation, ask an administrator of <b>{organization}</b>.</p>");
    page(410, title, said + &ask)
}

/// A link that means nothing.
pub(super) fn not_known() -> WebPage {
    page(
        404,
        "This link does not work",
        "<p>It may be cut off, or a newer mail has taken its place. Open the link of the newest \
         mail, whole; or ask the administrator who invited you for a new invitation.</p>"
            .to_owned(),
    )
}
