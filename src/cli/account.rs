//! `hublink login`, `logout`, `whoami`: the session of this user on this machine.
//!
//! Owns how a token or a password gets in: typed without echo, from a private file, or from a
//! pipe; never from the command line. Must not print either.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card, local};
use super::output::note;
use crate::api::call::ApiError;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::{
    HeldRole, Me, Secret, SessionGranted, ShowMe, SignIn, SignInCall, SignOut,
};
use crate::client::endpoint::Endpoint;
use crate::config::credentials::Credential;
use crate::config::{Layer, Usual, private_file};
use crate::domain::untrusted::Untrusted;

/// How to sign in.
#[derive(Debug, Default, Args)]
#[command(
    after_help = "Examples:\n  hublink login --backend https://hub.acme.example\n  hublink login                          asks for a token, or \
    an address and a password\n  hublink login --token-file ~/.hub-token   the file must be mode \
    0600\n  pass show hub | hublink login          from a pipe\n  pass show pw | hublink login \
    --email fay@acme.example\n\nThe backend that --backend names is remembered, for a profile if --profile \
    names one; `hublink logout`\nforgets it. HUBLINK_TOKEN works without \
    signing in."
)]
pub struct LoginArgs {
    /// A file that holds the token and that only you can read
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Sign in with this address and its password, which is asked for, or read from a pipe
    #[arg(long, alias = "person", conflicts_with = "token_file")]
    email: Option<String>,
}

/// Signs in and keeps the session.
///
/// # Errors
/// What went wrong.
pub async fn login(args: LoginArgs, cx: &Context) -> Result<(), Failure> {
    let client = cx.anonymous()?;
    let credentials = cx.settings.credentials();
    // A file that cannot be trusted is found out before a secret is asked for.
    let before = credentials.get(client.endpoint().as_str())?;
    let sign_in = how(args, cx).await?;
    let request = SignInCall::call(Nothing, Nothing, sign_in);
    let answer = client.ask::<SessionGranted>(&request).await;
    let session = answer.map_err(|error| unreached(error, cx))?;
    let email = session.me.email.shown();
    let credential = Credential {
        token: session.token,
        email: session.me.email.raw().to_owned(),
        expires_at: session.expires_at,
    };
    credentials.put(client.endpoint().as_str(), credential)?;
    let (backend, until) = (client.endpoint(), local(session.expires_at));
    note(&format!("Signed in to {backend} as {email} until {until}."));
    if let Some(before) = before.filter(|before| before.email != session.me.email.raw()) {
        let whose = Untrusted::new(before.email);
        let (whose, until) = (whose.shown(), local(before.expires_at));
        note(&format!(
            "It takes the place of the session of {whose} on this machine, which a wizard that runs \
             still has, until {until} at the latest. `hublink logout` first would have ended it."
        ));
    }
    remember(client.endpoint(), cx)?;
    if cx.settings.token.is_some() {
        note("HUBLINK_TOKEN is set: it goes before this session until you unset it.");
    }
    Ok(())
}

/// A backend that does not answer is likely a wrong URL, or not running yet.
fn unreached(error: ApiError, cx: &Context) -> Failure {
    let (ApiError::Unreachable(why) | ApiError::Unanswered(why)) = error else {
        return error.into();
    };
    let way = if cx.settings.backend_is_named { "the URL" } else { "the URL, or give --backend" };
    Failure::told(
        Exit::Unreachable,
        format!(
            "the backend cannot be reached: {}\n  Nobody was signed in. Check {way}; `hublink \
             serve` runs a backend on this machine.",
            why.shown()
        ),
    )
}

/// What `--backend` named is what a plain `hublink` goes to from now on, unless more is configured.
fn remember(backend: &Endpoint, cx: &Context) -> Result<(), Failure> {
    let settings = &cx.settings;
    if !settings.backend_is_named {
        return Ok(());
    }
    let same = |usual: &&Usual| Endpoint::parse(&usual.url, true).as_ref() == Ok(backend);
    if settings.usual.as_ref().is_some_and(|usual| same(&usual)) {
        return Ok(());
    }
    let says = match settings.usual.as_ref().map(|usual| (&usual.url, usual.layer)) {
        Some((url, Layer::Environment)) => Some((url, "HUBLINK_BACKEND".to_owned())),
        Some((url, Layer::File)) => Some((url, settings.paths.config_file().display().to_string())),
        Some((_, Layer::Remembered)) | None => None,
    };
    if let Some((url, says)) = says {
        note(&format!("Where no --backend is given, {url} is used still: {says} says so."));
        return Ok(());
    }
    settings.remembered.remember(settings.profile.as_deref(), backend.as_str())?;
    note(&match &settings.profile {
        Some(name) => format!("The profile {name} uses {backend} from now on."),
        None => format!("`hublink` uses {backend} from now on."),
    });
    Ok(())
}

async fn how(args: LoginArgs, cx: &Context) -> Result<SignIn, Failure> {
    const OTHERWISE: &str = "use --token-file, or pipe the secret in";
    if let Some(path) = args.token_file {
        return Ok(SignIn::Token { token: token(&private_text(&path)?)? });
    }
    let email = match args.email {
        Some(email) => email,
        None if !cx.person.may_ask() => return Ok(SignIn::Token { token: token(&piped()?)? }),
        None => {
            let question = "Token (Enter to use an address and a password): ";
            let token = cx.person.secret(question, OTHERWISE).await?;
            let token = token.expose().trim();
            if !token.is_empty() {
                return Ok(SignIn::Token { token: Secret::new(token) });
            }
            cx.person.line("Address: ", OTHERWISE).await?
        }
    };
    let password = if cx.person.may_ask() {
        cx.person.secret("Password: ", OTHERWISE).await?
    } else {
        password(&piped()?)?
    };
    Ok(SignIn::Password { email, password })
}

fn private_text(path: &Path) -> Result<String, Failure> {
    private_file::read_secret(path)?
        .ok_or_else(|| Failure::usage(format!("{}: there is no such file", path.display())))
}

fn piped() -> Result<String, Failure> {
    use std::io::IsTerminal as _;
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "nothing may be asked here; use --token-file, or pipe the secret in",
        ));
    }
    let mut text = String::new();
    // A token is short: whatever is longer is not one.
    let read = stdin.lock().take(4096).read_to_string(&mut text);
    read.map_err(|error| Failure::failed(format!("standard input: {error}")))?;
    Ok(text)
}

fn token(text: &str) -> Result<Secret, Failure> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Err(Failure::usage(
            "there is no token: one word is expected, and nothing else; the first start of \
             `hublink serve` prints one, and a backend admin makes others with `hublink token \
             create --person YOU`",
        ));
    }
    Ok(Secret::new(text))
}

/// A password may hold blanks, at its ends too; the end of the line is not part of it.
fn password(text: &str) -> Result<Secret, Failure> {
    match text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)) {
        None if text.is_empty() => Err(Failure::usage("there is no password on standard input")),
        Some(line) if line.is_empty() || line.contains('\n') => {
            Err(Failure::usage("one line with the password is expected on standard input"))
        }
        line => Ok(Secret::new(line.unwrap_or(text))),
    }
}

/// Ends the stored session, on the backend too. What `login` remembered is forgotten.
///
/// # Errors
/// What went wrong; the session is forgotten on this machine in any case.
pub async fn logout(cx: &Context) -> Result<(), Failure> {
    let client = cx.anonymous()?;
    let credentials = cx.settings.credentials();
    let backend = client.endpoint().clone();
    let Some(credential) = credentials.get(backend.as_str())? else {
        note(&format!("There is no session of {backend} on this machine."));
        return forget(&backend, cx);
    };
    let signed_in = client.with_token(Some(&credential.token))?;
    let ended = signed_in.send(&SignOut::call(Nothing, Nothing, Nothing), None).await;
    credentials.remove(backend.as_str())?;
    match ended {
        Err(ApiError::Unreachable(_) | ApiError::Unanswered(_)) => Err(Failure::told(
            Exit::Unreachable,
            format!(
                "forgotten here, but the backend could not be told; the session ends there at {}",
                local(credential.expires_at)
            ),
        )),
        // An expired session is as good as an ended one.
        Ok(_) => Ok(()),
        Err(error) if Failure::from(error.clone()).exit() == Exit::NotAllowed => Ok(()),
        Err(error) => Err(error.into()),
    }?;
    note(&format!("Signed out of {backend}."));
    forget(&backend, cx)
}

/// Undoes [`remember`].
fn forget(backend: &Endpoint, cx: &Context) -> Result<(), Failure> {
    if cx.settings.remembered.forget(backend.as_str())? {
        note(&format!(
            "`hublink` has no backend of its own now; to come back: hublink login --backend \
             {backend}"
        ));
    }
    Ok(())
}

const COLUMNS: &[Column<Me>] = &[
    Column { name: "email", cell: |me| Cell::Text(me.email.clone()) },
    Column { name: "name", cell: |me| Cell::Text(me.name.clone()) },
    Column { name: "roles", cell: |me| Cell::joined(me.roles.iter().map(role)) },
    Column { name: "provider", cell: |me| Cell::plain_text(&me.backend.provider) },
    Column { name: "version", cell: |me| Cell::plain_text(&me.backend.version) },
    Column { name: "demo", cell: |me| Cell::yes_no(me.backend.demo) },
    Column { name: "now", cell: |me| Cell::At(me.backend.now) },
];

/// Prints who one is, with which roles, on which backend.
///
/// # Errors
/// What went wrong.
pub async fn whoami(cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let me: Me = client.ask(&ShowMe::call(Nothing, Nothing, Nothing)).await?;
    let words = || format!("{}backend   {}\n", card(&me, COLUMNS), client.endpoint());
    cx.out.one_as(&me, COLUMNS, words)
}

fn role(held: &HeldRole) -> String {
    let whereof = held.organization.as_ref().or(held.site.as_ref());
    match whereof {
        Some(whereof) => format!("{} of {whereof}", held.role.title()),
        None => held.role.title().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piped_password_is_one_line_with_its_blanks() {
        assert_eq!(password(" two words \r\n").unwrap().expose(), " two words ");
        assert_eq!(password("bare").unwrap().expose(), "bare");
        for text in ["", "\n", "a\nb\n"] {
            assert_eq!(password(text).unwrap_err().exit() as u8, 2);
        }
    }

    #[test]
    fn a_token_is_one_word() {
        assert_eq!(token(" dev-fay\n").unwrap().expose(), "dev-fay");
        for text in ["", "\n", "two words", "a\nb"] {
            assert_eq!(token(text).unwrap_err().exit() as u8, 2);
        }
    }
}
