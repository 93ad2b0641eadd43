//! `hublink welcome`: accepting or declining a welcome mail's code, resending the mail, correcting
//! its address (rules T4, P1).
//!
//! Owns how the code and the password get in: typed without echo, or as lines of a pipe; never
//! from the command line. Must not print either, nor the session they open.

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card, local};
use super::output::note;
use super::secrets::Secrets;
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::{Me, SessionGranted, ShowMe, SignIn, SignInCall};
use crate::api::welcome::{
    AcceptWelcome, AcceptWelcomeCall, CorrectWelcome, CorrectWelcomeCall, DeclineWelcome,
    LiftWelcome, LookAtWelcome, LookAtWelcomeCall, ResendWelcome, Welcome, WelcomeAccepted,
    WelcomeAsks, WelcomeShown,
};
use crate::client::Client;
use crate::config::credentials::Credential;
use crate::domain::address::with_unicode;
use crate::domain::role::Role;
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;

/// The welcome mail.
#[derive(Debug, Subcommand)]
pub enum WelcomeCommand {
    /// Accept with the code of the mail: choose a password, accept the terms, be signed in
    #[command(after_help = "The code and the password are asked for. Without a terminal they are \
        read from\nstandard input, a line each, and --accept-terms is needed.\n\nExample:\n  \
        hublink welcome accept --accept-terms < code-and-password.txt")]
    Accept {
        /// Accept the terms of service without being asked
        #[arg(long)]
        accept_terms: bool,
    },
    /// Decline what the code of the mail offers; the organization cannot offer again until you lift it
    Decline,
    /// Lift what you declined, with the code of the mail: the organization may offer again
    Lift,
    /// Send the mail again; the new link takes the old one's place
    Resend {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
    },
    /// Send it to another address instead, until somebody has accepted
    #[command(after_help = "Example:\n  hublink welcome correct --org acme --email \
        kim@acme.example")]
    Correct {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// The right address
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
}

pub(super) const COLUMNS: &[Column<Welcome>] = &[
    Column { name: "organization", cell: |mail| Cell::plain_text(&mail.organization) },
    Column { name: "email", cell: |mail| Cell::Text(mail.email.clone()) },
    Column { name: "state", cell: |mail| Cell::Word(mail.state.code()) },
    Column { name: "detail", cell: |mail| Cell::maybe(mail.detail.clone(), Cell::Text) },
    Column { name: "mails", cell: |mail| Cell::Count(mail.mails) },
    Column { name: "sent_at", cell: |mail| Cell::maybe(mail.sent_at, Cell::At) },
    Column { name: "expires_at", cell: |mail| Cell::maybe(mail.expires_at, Cell::At) },
    Column { name: "accepted_at", cell: |mail| Cell::maybe(mail.accepted_at, Cell::At) },
];

pub(super) const SHOWN: &[Column<WelcomeShown>] = &[
    Column { name: "organization", cell: |shown| Cell::plain_text(&shown.organization) },
    Column { name: "name", cell: |shown| Cell::Text(shown.organization_name.clone()) },
    Column { name: "email", cell: |shown| Cell::Text(shown.email.clone()) },
    Column {
        name: "roles",
        cell: |shown| Cell::joined(shown.roles.iter().map(|role| role.title())),
    },
    Column { name: "declined", cell: |shown| Cell::yes_no(shown.declined) },
    Column { name: "expires_at", cell: |shown| Cell::At(shown.expires_at) },
];

/// What accepting did, without the session's secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Done {
    organization: String,
    organization_name: Untrusted,
    email: Untrusted,
    setup: SetupState,
    signed_in_until: Option<Timestamp>,
}

pub(super) const DONE: &[Column<Done>] = &[
    Column { name: "organization", cell: |done| Cell::plain_text(&done.organization) },
    Column { name: "name", cell: |done| Cell::Text(done.organization_name.clone()) },
    Column { name: "email", cell: |done| Cell::Text(done.email.clone()) },
    Column { name: "setup", cell: |done| Cell::Word(done.setup.code()) },
    Column { name: "signed_in_until", cell: |done| Cell::maybe(done.signed_in_until, Cell::At) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: WelcomeCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        WelcomeCommand::Accept { accept_terms } => return accept(accept_terms, cx).await,
        WelcomeCommand::Decline => {
            return answer(|body| DeclineWelcome::call(Nothing, Nothing, body), cx).await;
        }
        WelcomeCommand::Lift => {
            return answer(|body| LiftWelcome::call(Nothing, Nothing, body), cx).await;
        }
        WelcomeCommand::Resend { org } => ResendWelcome::call(org, Nothing, Nothing),
        WelcomeCommand::Correct { org, email } => {
            CorrectWelcomeCall::call(org, Nothing, CorrectWelcome { email })
        }
    };
    let mail: Welcome = cx.ask(call).await?;
    cx.out.one_as(&mail, COLUMNS, || card(&mail, COLUMNS))
}

async fn accept(accept_terms: bool, cx: &mut Context) -> Result<(), Failure> {
    if !cx.person.may_ask() && !accept_terms {
        return Err(Failure::usage("there is no terminal to ask at; use --accept-terms"));
    }
    let anonymous = cx.anonymous()?;
    // A file that cannot be trusted is found out before a secret is asked for.
    cx.settings.credentials().get(anonymous.endpoint().as_str())?;
    let mut input = Secrets::of(cx);
    let code = input.secret("Code of the mail: ").await?;
    let look = LookAtWelcomeCall::call(Nothing, Nothing, LookAtWelcome { code: code.clone() });
    let shown: WelcomeShown = anonymous.ask(&look).await?;
    note(&offered(&shown));
    let (client, password) = match shown.asks {
        WelcomeAsks::Password => (anonymous, Some(input.new_password().await?)),
        WelcomeAsks::SignIn => (signed_in(&shown, &mut input, cx).await?, None),
    };
    if !accept_terms && !agreed(&shown, cx).await? {
        return Err(Failure::failed("the terms were not accepted; the code can still be used"));
    }
    let terms_sha256 = shown.terms.sha256.clone();
    let body = AcceptWelcome { code, password, terms_sha256 };
    let request = AcceptWelcomeCall::call(Nothing, Nothing, body);
    let accepted: WelcomeAccepted = client.ask(&request).await?;
    told(accepted, &shown, &client, cx)
}

/// What a code, or an offer, is about; and what accepting means.
pub(super) fn offered(shown: &WelcomeShown) -> String {
    let (email, name) = (with_unicode(&shown.email), shown.organization_name.shown_in(80));
    let roles: Vec<&str> = shown.roles.iter().map(|role| role.title()).collect();
    let roles = roles.join(" and ");
    if shown.held {
        return format!("{email} is {roles} of {name}.");
    }
    let by = shown.offered_by.as_ref().map_or(String::new(), |by| format!(" by {}", by.shown()));
    format!(
        "{email} is offered the role of {roles} in {name}{by}.\nAccepting makes you a user of {name}; \
         a person is in one organization at most, so no other\none can take you in from then on."
    )
}

/// Declines, or lifts that, with the code of the mail.
async fn answer(call: fn(LookAtWelcome) -> Request, cx: &mut Context) -> Result<(), Failure> {
    let code = Secrets::of(cx).secret("Code of the mail: ").await?;
    let request = call(LookAtWelcome { code });
    let shown: WelcomeShown = cx.anonymous()?.ask(&request).await?;
    let name = shown.organization_name.shown_in(80);
    note(&if shown.declined {
        format!("Declined. {name} cannot offer you anything until: hublink welcome lift")
    } else {
        format!("{name} may offer you a role again.")
    });
    cx.out.one(&shown, SHOWN)
}

pub(super) fn told(
    accepted: WelcomeAccepted,
    shown: &WelcomeShown,
    client: &Client,
    cx: &mut Context,
) -> Result<(), Failure> {
    let done = Done {
        organization: accepted.organization,
        organization_name: accepted.organization_name,
        email: shown.email.clone(),
        setup: accepted.setup,
        signed_in_until: accepted.session.as_ref().map(|session| session.expires_at),
    };
    if let Some(session) = accepted.session {
        keep(session, client, cx)?;
    }
    let org = Untrusted::new(&done.organization);
    let org = org.shown();
    note(&match done.setup {
        _ if !shown.roles.contains(&Role::FullAdmin) => format!("Next: hublink org show {org}"),
        SetupState::Pending => format!("Next: hublink setup show --org {org}"),
        SetupState::Finished => format!("Next: hublink contact-center show --org {org}"),
    });
    cx.out.one(&done, DONE)
}

/// Keeps the session, as `hublink login` does.
fn keep(session: SessionGranted, client: &Client, cx: &Context) -> Result<(), Failure> {
    let credential = Credential {
        token: session.token,
        email: session.me.email.raw().to_owned(),
        expires_at: session.expires_at,
    };
    cx.settings.credentials().put(client.endpoint().as_str(), credential)?;
    note(&format!("Signed in until {}.", local(session.expires_at)));
    Ok(())
}

/// A client that is signed in as the welcomed person: with the session there is, or a new one.
async fn signed_in(
    shown: &WelcomeShown,
    input: &mut Secrets,
    cx: &Context,
) -> Result<Client, Failure> {
    let client = cx.client()?;
    if client.is_signed_in()
        && let Ok(me) = client.ask::<Me>(&ShowMe::call(Nothing, Nothing, Nothing)).await
        && me.email == shown.email
    {
        return Ok(client);
    }
    if cx.settings.token.is_some() {
        return Err(Failure::told(
            Exit::NotAllowed,
            "HUBLINK_TOKEN is somebody else's; unset it, or set it to the welcomed person's",
        ));
    }
    note("You can sign in already, and keep the password you have.");
    let password = input.secret("Password: ").await?;
    let sign_in = SignIn::Password { email: shown.email.raw().to_owned(), password };
    let request = SignInCall::call(Nothing, Nothing, sign_in);
    let session: SessionGranted = client.ask(&request).await?;
    let client = client.with_token(Some(&session.token))?;
    keep(session, &client, cx)?;
    Ok(client)
}

pub(super) async fn agreed(shown: &WelcomeShown, cx: &Context) -> Result<bool, Failure> {
    note(&format!(
        "\nTerms of service, version {}\n",
        Untrusted::new(&shown.terms.version).shown()
    ));
    for line in shown.terms.text.lines() {
        note(Untrusted::new(line).shown().as_str());
    }
    let question = "\nDo you accept these terms for your organization?";
    cx.person.agrees(question, "use --accept-terms").await
}
