//! What the welcome's pages say: plain words, plain HTML, for a phone and a keyboard too.
//!
//! Owns the texts and the forms. All that comes from outside is shown and escaped. The frame around
//! it, its style and headers are those of all pages.

use crate::api::problem::code;
use crate::api::setup::Setup;
use crate::api::welcome::WelcomeShown;
use crate::domain::address::with_unicode;
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::WebPage;
use crate::server::refusal::Refusal;

const NAME: usize = 80;

fn html(text: &str) -> String {
    Untrusted::new(text).shown_in(NAME).html()
}

fn long(text: &str) -> String {
    Untrusted::new(text).shown().html()
}

fn page(status: u16, title: &str, body: String) -> WebPage {
    WebPage { status, title: title.to_owned(), body }
}

/// What went wrong with the form, beside the field and read out at once.
fn alert(problem: &str) -> String {
    if problem.is_empty() {
        return String::new();
    }
    format!("<p class=\"problem\" id=\"problem\" role=\"alert\">{}</p>", long(problem))
}

fn status(problem: &str) -> u16 {
    if problem.is_empty() { 200 } else { 422 }
}

fn marked(problem: &str) -> &'static str {
    if problem.is_empty() { "" } else { " aria-invalid=\"true\" aria-describedby=\"problem\"" }
}

fn until(shown: &WelcomeShown) -> String {
    let until = shown.expires_at.strftime("%-d %B %Y, %H:%M UTC");
    format!(
        "<p class=\"small\">This link works once, until {until}. It is used when you have \
         accepted the terms, not before.</p>"
    )
}

/// The address, which a browser's password store keeps the password with.
fn address(shown: &WelcomeShown) -> String {
    let value = shown.email.shown();
    let both = with_unicode(&shown.email);
    let beside = if both == value {
        String::new()
    } else {
        format!("<span class=\"small\">{}</span>", both.html())
    };
    format!(
        "<p><label for=\"email\">Your e-mail address</label><input id=\"email\" name=\"email\" \
         type=\"email\" value=\"{}\" autocomplete=\"username\" readonly>{beside}</p>",
        value.html()
    )
}

/// What is offered, by whom, and what accepting means (rule P1).
fn offer(shown: &WelcomeShown) -> String {
    let organization = html(shown.organization_name.raw());
    let roles: Vec<&str> = shown.roles.iter().map(|role| role.title()).collect();
    let roles = roles.join(" and ");
    if shown.held {
        return format!("<p>You are {roles} of <b>{organization}</b>.</p>");
    }
    let by = shown.offered_by.as_ref().map_or_else(
        || format!("You are offered the role of {roles} in <b>{organization}</b>."),
        |by| {
            let by = html(by.raw());
            format!("{by} offers you the role of {roles} in <b>{organization}</b>.")
        },
    );
    let declined = if shown.declined {
        "<p class=\"problem\">You have declined this offer. You can accept it all the same.</p>"
    } else {
        ""
    };
    format!(
        "{declined}<p>{by}</p><p>Accepting makes you a user of {organization}. A person is in one \
         organization at most, so no other organization can take you in from then on.</p>"
    )
}

/// The way to say no, or to take the no back; none for what is held already.
fn decline(shown: &WelcomeShown) -> String {
    let organization = html(shown.organization_name.raw());
    let (answer, button, means) = match (shown.held, shown.declined) {
        (true, _) => return String::new(),
        (false, false) => (
            "decline",
            "Decline this offer",
            format!(
                "Nothing changes for you then, and {organization} cannot offer you anything again \
                 until you allow it here."
            ),
        ),
        (false, true) => (
            "lift",
            "Let them offer again",
            format!("{organization} may then offer you a role again."),
        ),
    };
    format!(
        "<form method=\"post\"><p class=\"small\">{means}</p><p><button class=\"quiet\" \
         name=\"answer\" value=\"{answer}\">{button}</button></p></form>"
    )
}

/// Declined.
pub(super) fn declined(shown: &WelcomeShown) -> WebPage {
    let organization = html(shown.organization_name.raw());
    let lift = decline(shown);
    let body = format!(
        "<p>You have declined. Nothing has changed for you, and {organization} cannot offer you \
         anything again.</p>{lift}"
    );
    page(200, "Declined", body)
}

/// The decline is lifted.
pub(super) fn lifted(shown: &WelcomeShown) -> WebPage {
    let organization = html(shown.organization_name.raw());
    let body = format!("<p>{organization} may offer you a role again. You need do nothing.</p>");
    page(200, "You may be asked again", body)
}

/// Declined, and too late to accept: what is left is to lift it.
pub(super) fn is_over(shown: &WelcomeShown) -> bool {
    shown.declined && shown.roles.is_empty()
}

/// Choose a password.
pub(super) fn password(shown: &WelcomeShown, problem: &str) -> WebPage {
    let (address, until, marked, alert) =
        (address(shown), until(shown), marked(problem), alert(problem));
    let (offer, decline) = (offer(shown), decline(shown));
    page(
        status(problem),
        "Choose a password",
        format!(
            "{offer}<p>Step 1 of 2. Choose the password that you will sign in with.</p>\
             <form method=\"post\"><input type=\"hidden\" name=\"step\" value=\"password\">{address}\
             <p><label for=\"password\">New password, at least 12 characters</label>\
             <input id=\"password\" name=\"password\" type=\"password\" minlength=\"12\" required \
             autofocus autocomplete=\"new-password\"{marked}></p>\
             <p><label for=\"repeat\">The same again</label>\
             <input id=\"repeat\" name=\"repeat\" type=\"password\" minlength=\"12\" required \
             autocomplete=\"new-password\"></p>{alert}\
             <p><button>Next: the terms of service</button></p></form>{until}{decline}"
        ),
    )
}

/// Sign in with the password there is.
pub(super) fn sign_in(shown: &WelcomeShown, problem: &str) -> WebPage {
    let (address, until, marked, alert) =
        (address(shown), until(shown), marked(problem), alert(problem));
    let (offer, decline) = (offer(shown), decline(shown));
    page(
        status(problem),
        "Sign in",
        format!(
            "{offer}<p>Step 1 of 2. You can sign in already, and keep the password you have.</p>\
             <form method=\"post\"><input type=\"hidden\" name=\"step\" value=\"sign_in\">{address}\
             <p><label for=\"password\">Your password, or a personal token</label>\
             <input id=\"password\" name=\"password\" type=\"password\" required autofocus \
             autocomplete=\"current-password\"{marked}></p>{alert}\
             <p><button>Sign in, then the terms of service</button></p></form>{until}{decline}"
        ),
    )
}

/// The terms of service.
pub(super) fn terms(shown: &WelcomeShown, tie: &str, problem: &str) -> WebPage {
    let organization = html(shown.organization_name.raw());
    let parts: Vec<String> = shown.terms.text.split("\n\n").map(|part| long(part.trim())).collect();
    let text = parts.join("</p><p>");
    let (version, sha256) = (html(&shown.terms.version), html(&shown.terms.sha256));
    let (tie, marked, alert) = (long(tie), marked(problem), alert(problem));
    page(
        status(problem),
        "Terms of service",
        format!(
            "<p>Step 2 of 2. You accept these terms for <b>{organization}</b>. That you did, and \
             when, is kept with the text.</p>\
             <div class=\"text\" tabindex=\"0\" role=\"region\" aria-label=\"Terms of service\">\
             <p>{text}</p></div><p class=\"small\">Version {version}</p>\
             <form method=\"post\"><input type=\"hidden\" name=\"step\" value=\"terms\">\
             <input type=\"hidden\" name=\"tie\" value=\"{tie}\">\
             <input type=\"hidden\" name=\"terms_sha256\" value=\"{sha256}\">\
             <p><label class=\"tick\"><input type=\"checkbox\" name=\"accept\" value=\"yes\" \
             required{marked}> I have read the terms and accept them</label></p>{alert}\
             <p><button>Accept and sign in</button></p></form>"
        ),
    )
}

/// Signed in, and how to go on.
pub(super) fn signed_in(email: &str, url: &str, setups: &[Setup]) -> WebPage {
    let next: Vec<String> = setups.iter().map(next).collect();
    let (email, next, url) = (html(email), next.concat(), long(url));
    let said = format!(
        "<p>You are signed in as <b>{email}</b>.</p>{next}\
         <h2>How to go on</h2><p>The rest is done in a terminal. Start</p>\
         <pre>hublink --backend {url}</pre><p>and sign in with your address and your password.</p>\
         <form method=\"post\" action=\"welcome/sign-out\"><p><button class=\"quiet\">Sign out of \
         this page</button></p></form>"
    );
    page(200, "You are signed in", said)
}

/// What waits in one organization: services setup or, when that is finished, the card.
fn next(setup: &Setup) -> String {
    let organization = html(setup.organization_name.raw());
    let heading = format!("<h2>{organization}</h2>");
    if setup.state == SetupState::Pending {
        return format!(
            "{heading}<p>Next: set up the services of {organization}: review the plan, choose the \
             subdomain, finish. hublink offers it when you open {organization}.</p>"
        );
    }
    let lines = setup.contact_center.lines();
    let lines: Vec<String> = lines.iter().map(|line| long(line)).collect();
    let lines = lines.join("</li><li>");
    format!("{heading}<p>Services setup is finished. Contact Center:</p><ul><li>{lines}</li></ul>")
}

/// Nobody is signed in with this browser.
pub(super) fn nobody() -> WebPage {
    page(
        200,
        "You are not signed in here",
        "<p>If you have a welcome mail, open its link. If you have accepted already, sign in with \
         hublink in a terminal: your address and your password.</p>"
            .to_owned(),
    )
}

/// A link that does not open: what happened, and who can send a new one.
pub(super) fn refused(refusal: &Refusal) -> WebPage {
    let problem = &refusal.problem;
    let title = match problem.code.as_str() {
        code::CODE_USED => "This link was used",
        code::OFFER_WITHDRAWN => "This offer was withdrawn",
        code::CODE_EXPIRED => "This link is too old",
        code::CODE_UNKNOWN => "This link does not work",
        code::TOO_MANY => "Too many attempts",
        _ => "That did not work",
    };
    let status = match problem.code.as_str() {
        code::CODE_USED | code::CODE_EXPIRED | code::OFFER_WITHDRAWN => 410,
        _ => problem.status,
    };
    let body = format!("<p>{}</p><p>{}</p>", long(problem.detail.raw()), long(&problem.remedy));
    page(status, title, body)
}
