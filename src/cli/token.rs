//! `hublink token`: personal tokens. A secret is printed once, where it is made.

use clap::Subcommand;

use super::context::{Context, all_pages};
use super::exit::Failure;
use super::grid::{Cell, Column};
use super::output::note;
use crate::api::call::{AccountCall, Reply, Request};
use crate::api::page::PageQuery;
use crate::api::person::{NewToken, Token, TokenGranted};

/// Personal tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, this once
    #[command(after_help = "Examples:\n  hublink token create --label laptop\n  \
        hublink token create --person fay@acme.example --output json | jq -r .secret")]
    Create {
        /// Whose token; your own when absent
        #[arg(long)]
        person: Option<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List tokens, without their secrets
    List,
    /// Revoke a token; its sessions end too
    Revoke {
        /// The token's id, as listed
        id: String,
    },
}

const COLUMNS: &[Column<Token>] = &[
    Column { name: "id", cell: |token| Cell::plain_text(&token.id) },
    Column { name: "person", cell: |token| Cell::Text(token.person.clone()) },
    Column { name: "label", cell: |token| Cell::Text(token.label.clone()) },
    Column { name: "created_at", cell: |token| Cell::At(token.created_at) },
    Column { name: "revoked_at", cell: |token| Cell::maybe(token.revoked_at, Cell::At) },
];

const GRANTED: &[Column<TokenGranted>] = &[
    Column { name: "id", cell: |granted| Cell::plain_text(&granted.token.id) },
    Column { name: "person", cell: |granted| Cell::Text(granted.token.person.clone()) },
    Column { name: "label", cell: |granted| Cell::Text(granted.token.label.clone()) },
    Column { name: "secret", cell: |granted| Cell::plain_text(granted.secret.expose()) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: TokenCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { person, label } => {
            let call = AccountCall::CreateToken(NewToken { person, label });
            let Reply::TokenGranted(granted) = cx.ask(Request::Account(call)).await? else {
                return Err(Failure::odd_reply());
            };
            cx.out.one(&*granted, GRANTED)?;
            note("The secret is shown this once; the backend keeps only its hash.");
        }
        TokenCommand::List => {
            let tokens = all_pages(
                &cx.client()?,
                |cursor| Request::Account(AccountCall::Tokens(PageQuery::at(cursor))),
                |reply| match reply {
                    Reply::Tokens(page) => Some(page),
                    _ => None,
                },
            )
            .await?;
            cx.out.list(tokens.iter(), COLUMNS)?;
        }
        TokenCommand::Revoke { id } => {
            cx.ask(Request::Account(AccountCall::RevokeToken(id))).await?;
            note("Revoked.");
        }
    }
    Ok(())
}
