//! `hublink password`: a new one, in place of the old one or with a code from a mail (rule P5).
//!
//! Owns how they get in: typed without echo, or as lines of standard input; never from the command
//! line.

use clap::Subcommand;

use super::context::Context;
use super::exit::Failure;
use super::output::note;
use super::secrets::Secrets;
use crate::api::access::{
    AskReset, AskResetCall, PasswordReset, SetPassword, UseReset, UseResetCall,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::{NewPassword, Secret};

/// Your password.
#[derive(Debug, Subcommand)]
pub enum PasswordCommand {
    /// Set a new password; the one you have is asked for, and your other sessions end
    #[command(after_help = "For scripts, --stdin reads two lines: the password there is (empty \
        where there is\nnone), and the new one.\n\nExample:\n  \
        hublink password change --stdin < old-and-new.txt")]
    Change {
        /// Read both from standard input, a line each
        #[arg(long)]
        stdin: bool,
    },
    /// Set a password you have forgotten anew, with a code that is mailed to you
    #[command(
        after_help = "Examples:\n  hublink password reset fay@acme.example  mails a code, if \
        somebody has the address\n  hublink password reset --code             asks for the code \
        and a new password\n\nThe code works once, for 30 minutes. Without a terminal, --code reads \
        two lines from\nstandard input: the code, and the new password."
    )]
    Reset {
        /// The address that the code is mailed to
        #[arg(value_name = "PERSON", required_unless_present = "code", conflicts_with = "code")]
        email: Option<String>,
        /// Use the code of the mail; it is asked for
        #[arg(long)]
        code: bool,
    },
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: PasswordCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        PasswordCommand::Change { stdin } => change(stdin, cx).await,
        PasswordCommand::Reset { email: Some(email), .. } => ask(email, cx).await,
        PasswordCommand::Reset { email: None, .. } => reset(cx).await,
    }
}

async fn change(stdin: bool, cx: &Context) -> Result<(), Failure> {
    let mut secrets = match (stdin, cx.person.may_ask()) {
        (true, _) => Secrets::Lines,
        (false, true) => Secrets::Person(cx.person),
        (false, false) => {
            return Err(Failure::usage("there is no terminal to ask at; use --stdin"));
        }
    };
    let old = secrets.or_nothing("The password you have (Enter if you have none): ").await?;
    let password = secrets.new_password().await?;
    let old = (!old.expose().is_empty()).then_some(old);
    let new = NewPassword { password, old };
    cx.ask::<Nothing>(SetPassword::call(Nothing, Nothing, new)).await?;
    note("Your password is set, and your other sessions have ended.");
    Ok(())
}

async fn ask(email: String, cx: &Context) -> Result<(), Failure> {
    let request = AskResetCall::call(Nothing, Nothing, AskReset { email });
    cx.anonymous()?.send(&request, None).await?;
    note(
        "If somebody can sign in with this address, a mail with a code is on its way there. The code \
         works for 30 minutes: hublink password reset --code",
    );
    Ok(())
}

async fn reset(cx: &Context) -> Result<(), Failure> {
    let client = cx.anonymous()?;
    let mut secrets = Secrets::of(cx);
    let code = secrets.secret("Code of the mail: ").await?;
    let code: String = code.expose().split_whitespace().collect();
    let password = secrets.new_password().await?;
    let body = UseReset { code: Secret::new(code), password };
    let request = UseResetCall::call(Nothing, Nothing, body);
    let reset: PasswordReset = client.ask(&request).await?;
    let email = reset.email.shown();
    note(&format!(
        "The password of {email} is set, and all their sessions have ended. Sign in: hublink login \
         --email {email}"
    ));
    Ok(())
}
