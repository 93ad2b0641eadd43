//! `hublink token`: personal tokens. A secret is printed once, where it is made.
//!
//! Owns asking before one is revoked, with what is lost.

use clap::Subcommand;

use super::context::{Context, all_pages};
use super::exit::Failure;
use super::grid::{Cell, Column, local};
use super::loss::{Yes, ask_first};
use super::output::note;
use crate::api::access::RevokeQuery;
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::person::{
    CreateToken, ListMyTokens, ListTokens, NewToken, RevokeToken, TOKEN_DAYS_MOST, Token,
    TokenGranted,
};
use crate::tui::loss;

/// Personal tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, this once
    #[command(after_help = "Examples:\n  hublink token create --note laptop\n  \
        hublink token create --note ci --expires 30\n  \
        hublink token create --person fay@acme.example --output json | jq -r .secret\n\n\
        Whose token it is gets a mail 14 days before it expires.")]
    Create {
        /// Whose token (others': backend admin); your own when absent
        #[arg(long, alias = "email", value_name = "PERSON")]
        person: Option<String>,
        /// What it is for
        #[arg(long, alias = "label", default_value = "")]
        note: String,
        /// For how many days it works, 1 to 366, or `never` for no end (backend admin)
        #[arg(long, value_name = "DAYS", default_value = "90", value_parser = expires)]
        expires: Expires,
    },
    /// List your tokens, without their secrets
    List {
        /// List everybody's (backend admin)
        #[arg(long)]
        everyone: bool,
    },
    /// Revoke a token, after a question; the sessions it opened end too
    Revoke {
        /// The token's id, as listed
        #[arg(value_name = "TOKEN")]
        id: String,
        #[command(flatten)]
        yes: Yes,
    },
}

/// How long a token works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    /// So many days.
    Days(u16),
    /// Until it is revoked.
    Never,
}

fn expires(text: &str) -> Result<Expires, String> {
    if text == "never" {
        return Ok(Expires::Never);
    }
    match text.strip_suffix('d').unwrap_or(text).parse() {
        Ok(days @ 1..=TOKEN_DAYS_MOST) => Ok(Expires::Days(days)),
        _ => Err("write a number of days from 1 to 366, such as 30, or never".to_owned()),
    }
}

const COLUMNS: &[Column<Token>] = &[
    Column { name: "id", cell: |token| Cell::plain_text(&token.id) },
    Column { name: "person", cell: |token| Cell::Text(token.person.clone()) },
    Column { name: "note", cell: |token| Cell::Text(token.note.clone()) },
    Column { name: "in_use", cell: |token| Cell::yes_no(token.in_use) },
    Column { name: "created_at", cell: |token| Cell::At(token.created_at) },
    Column { name: "expires_at", cell: |token| Cell::maybe(token.expires_at, Cell::At) },
    Column { name: "used_at", cell: |token| Cell::maybe(token.used_at, Cell::At) },
    Column { name: "revoked_at", cell: |token| Cell::maybe(token.revoked_at, Cell::At) },
];

pub(super) const GRANTED: &[Column<TokenGranted>] = &[
    Column { name: "id", cell: |granted| Cell::plain_text(&granted.token.id) },
    Column { name: "person", cell: |granted| Cell::Text(granted.token.person.clone()) },
    Column { name: "note", cell: |granted| Cell::Text(granted.token.note.clone()) },
    Column { name: "expires_at", cell: |granted| Cell::maybe(granted.token.expires_at, Cell::At) },
    Column { name: "secret", cell: |granted| Cell::plain_text(granted.secret.expose()) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: TokenCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { person, note, expires } => create(person, note, expires, cx).await,
        TokenCommand::List { everyone } => cx.list_pages::<Token>(page(everyone), COLUMNS).await,
        TokenCommand::Revoke { id, yes } => revoke(id, yes, cx).await,
    }
}

async fn create(
    person: Option<String>,
    about: String,
    expires: Expires,
    cx: &mut Context,
) -> Result<(), Failure> {
    let (days, never_expires) = match expires {
        Expires::Days(days) => (Some(days), false),
        Expires::Never => (None, true),
    };
    let call =
        CreateToken::call(Nothing, Nothing, NewToken { person, note: about, days, never_expires });
    let granted: TokenGranted = cx.ask(call).await?;
    cx.out.one(&granted, GRANTED)?;
    note("The secret is shown this once; the backend keeps only its hash.");
    Ok(())
}

async fn listed(everyone: bool, cx: &Context) -> Result<Vec<Token>, Failure> {
    all_pages(&cx.client()?, page(everyone)).await
}

fn page(everyone: bool) -> impl Fn(Option<String>) -> Request {
    move |cursor| {
        let query = PageQuery::at(cursor);
        if everyone {
            ListTokens::call(Nothing, query, Nothing)
        } else {
            ListMyTokens::call(Nothing, query, Nothing)
        }
    }
}

async fn revoke(id: String, yes: Yes, cx: &Context) -> Result<(), Failure> {
    let is_it = |token: &Token| token.id == id && token.revoked_at.is_none();
    let found = if yes.is_given() { None } else { listed(true, cx).await?.into_iter().find(is_it) };
    match &found {
        Some(token) if token.in_use && cx.person.may_ask() => type_its_id(token, cx).await?,
        Some(token) => {
            let lost = loss::token(token, &local);
            ask_first(yes, std::future::ready(Ok(Some(lost))), cx).await?;
        }
        None => {}
    }
    let in_use = yes.is_given() || found.is_some_and(|token| token.in_use);
    let call = RevokeToken::call(id, RevokeQuery { in_use }, Nothing);
    cx.ask::<Nothing>(call).await?;
    note("Revoked.");
    Ok(())
}

/// For the token in use a yes is too little: its id is typed.
async fn type_its_id(token: &Token, cx: &Context) -> Result<(), Failure> {
    note(&loss::token(token, &local).what);
    let typed = cx.person.line("Type its id to revoke it: ", "use --yes").await?;
    if typed == token.id { Ok(()) } else { Err(Failure::failed("the token was not revoked")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_a_token_expires_in_days_or_never() {
        assert_eq!(expires("90"), Ok(Expires::Days(90)));
        assert_eq!(expires("30d"), Ok(Expires::Days(30)));
        assert_eq!(expires("never"), Ok(Expires::Never));
        for text in ["", "0", "367", "-1", "1h", "soon", "99999999"] {
            assert!(expires(text).is_err(), "{text}");
        }
    }
}
