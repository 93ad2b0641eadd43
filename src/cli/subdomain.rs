//! `hublink subdomain`: whether one is free, and which are (rule T6).

use clap::Subcommand;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::setup::{
    Availability, CheckSubdomain, SubdomainCheck, SubdomainQuery, SuggestQuery, SuggestSubdomains,
    Suggestions,
};

/// Subdomains.
#[derive(Debug, Subcommand)]
pub enum SubdomainCommand {
    /// Check whether a subdomain is available; ends with 3 when it is not
    #[command(after_help = "Example:\n  hublink subdomain check --org acme acmerobotics")]
    Check {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// The subdomain
        name: String,
    },
    /// Suggest three that are free
    Suggest {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// A name to begin from; the organization's own name without
        name: Option<String>,
    },
}

const CHECKED: &[Column<SubdomainCheck>] = &[
    Column { name: "asked", cell: |check| Cell::Text(check.asked.clone()) },
    Column { name: "name", cell: |check| Cell::maybe(check.name.as_deref(), Cell::plain_text) },
    Column { name: "availability", cell: |check| Cell::Word(check.availability.code()) },
    Column { name: "detail", cell: |check| Cell::Text(check.detail.clone()) },
    Column {
        name: "suggestions",
        cell: |check| Cell::maybe(check.suggestions.first(), |_| Cell::joined(&check.suggestions)),
    },
];

const SUGGESTED: &[Column<Suggestions>] =
    &[Column { name: "suggestions", cell: |free| Cell::joined(&free.suggestions) }];

/// Does it.
///
/// # Errors
/// What went wrong; that the name is not to be had.
pub async fn run(command: SubdomainCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        SubdomainCommand::Check { org, name } => check(org, name, cx).await,
        SubdomainCommand::Suggest { org, name } => {
            let call = SuggestSubdomains::call(org, SuggestQuery { name }, Nothing);
            let free: Suggestions = cx.ask(call).await?;
            cx.out.one_as(&free, SUGGESTED, || free.suggestions.join("\n") + "\n")
        }
    }
}

async fn check(org: String, name: String, cx: &mut Context) -> Result<(), Failure> {
    let call = CheckSubdomain::call(org, SubdomainQuery { name }, Nothing);
    let check: SubdomainCheck = cx.ask(call).await?;
    cx.out.one_as(&check, CHECKED, || card(&check, CHECKED))?;
    match check.availability {
        Availability::Available => Ok(()),
        _ => Err(Failure::told(Exit::Refused, check.detail.shown().to_string())),
    }
}
