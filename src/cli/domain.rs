//! `hublink domain`: an organization's e-mail domains and their proof (rules D1 to D3).

mod loss;

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card, local};
use super::loss::{Right, Yes, ask_allowed};
use crate::api::call::Request;
use crate::api::domains::{
    AddConsumerDomain, AddDomain, Check, CheckResult, ClaimDomain, ConsumerDomain,
    ListConsumerDomains, ListDomains, NewDomain, OrgDomain, ReleaseDomain, RemoveDomain,
    UnverifyDomain, VerifyDomain,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::domain::role::Action;
use crate::domain::untrusted::Untrusted;

/// E-mail domains and their proof.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// List an organization's domains
    List {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
    },
    /// Add a domain and print the TXT record to publish
    #[command(after_help = "Example:\n  hublink domain add --org acme acme.example")]
    Add(DomainArgs),
    /// Look the TXT record up, now; ends with 3 when the domain is not proven
    Verify(DomainArgs),
    /// Claim a verified domain: no other organization may have identities under it
    Claim(DomainArgs),
    /// Release a claim, after a question; the domain stays verified
    Release(LosingArgs),
    /// Undo a verification, after a question; what is linked stays linked
    Unverify(LosingArgs),
    /// Remove a pending domain, after a question
    Remove(LosingArgs),
    /// List the public mail providers that were added to the built-in list
    Consumers,
    /// Add a public mail provider's domain: its people are always e-mailed
    AddConsumer {
        /// The domain, such as post.example
        #[arg(value_name = "DOMAIN")]
        name: String,
    },
}

/// One domain of one organization.
#[derive(Debug, Args)]
pub struct DomainArgs {
    /// The organization's id
    #[arg(long, value_name = "ORG")]
    org: String,
    /// The domain, such as acme.example
    #[arg(value_name = "DOMAIN")]
    name: String,
}

/// One domain, of which something is lost.
#[derive(Debug, Args)]
pub struct LosingArgs {
    #[command(flatten)]
    domain: DomainArgs,
    #[command(flatten)]
    yes: Yes,
}

pub(super) const COLUMNS: &[Column<OrgDomain>] = &[
    Column { name: "name", cell: |domain| Cell::Text(domain.name.clone()) },
    Column { name: "unicode", cell: |domain| Cell::maybe(domain.unicode.clone(), Cell::Text) },
    Column { name: "state", cell: |domain| Cell::Word(domain.state.code()) },
    Column { name: "record_name", cell: |domain| Cell::Text(domain.challenge.record_name.clone()) },
    Column {
        name: "record_value",
        cell: |domain| Cell::Text(domain.challenge.record_value.clone()),
    },
    Column { name: "added_at", cell: |domain| Cell::At(domain.added_at) },
    Column {
        name: "last_check",
        cell: |domain| Cell::maybe(domain.last_check.as_ref(), |check| Cell::At(check.at)),
    },
    Column {
        name: "result",
        cell: |domain| {
            Cell::maybe(domain.last_check.as_ref(), |check| Cell::Word(check.result.code()))
        },
    },
    Column { name: "hint", cell: |domain| Cell::maybe(hint(domain), Cell::Text) },
];

/// What is wrong with a domain's record, and what to do.
fn hint(domain: &OrgDomain) -> Option<Untrusted> {
    let check = domain.last_check.as_ref()?;
    (!domain.state.proves() && !check.detail.is_empty()).then(|| check.detail.clone())
}

pub(super) const CONSUMER: &[Column<ConsumerDomain>] =
    &[Column { name: "name", cell: |domain| Cell::Text(domain.name.clone()) }];

/// Does it.
///
/// # Errors
/// What went wrong; that the record was not found.
pub async fn run(command: DomainCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        DomainCommand::List { org } => list(org, cx).await,
        DomainCommand::Add(DomainArgs { org, name }) => {
            let domain = one(AddDomain::call(org.clone(), Nothing, NewDomain { name }), cx).await?;
            show(&org, &domain, cx)
        }
        DomainCommand::Verify(DomainArgs { org, name }) => {
            let domain = one(VerifyDomain::call((org.clone(), name), Nothing, Nothing), cx).await?;
            show(&org, &domain, cx)?;
            match &domain.last_check {
                Some(check) if !domain.state.proves() => Err(not_proven(check)),
                _ => Ok(()),
            }
        }
        DomainCommand::Claim(DomainArgs { org, name }) => {
            act(&org, ClaimDomain::call((org.clone(), name), Nothing, Nothing), cx).await
        }
        DomainCommand::Release(LosingArgs { domain: DomainArgs { org, name }, yes }) => {
            let right = Right::In(&org, Action::LinkUsers);
            ask_allowed(yes, right, loss::released(&org, &name, cx), cx).await?;
            act(&org, ReleaseDomain::call((org.clone(), name), Nothing, Nothing), cx).await
        }
        DomainCommand::Unverify(LosingArgs { domain: DomainArgs { org, name }, yes }) => {
            let right = Right::In(&org, Action::LinkUsers);
            ask_allowed(yes, right, loss::unverified(&org, &name, cx), cx).await?;
            act(&org, UnverifyDomain::call((org.clone(), name), Nothing, Nothing), cx).await
        }
        DomainCommand::Remove(LosingArgs { domain: DomainArgs { org, name }, yes }) => {
            let right = Right::In(&org, Action::LinkUsers);
            ask_allowed(yes, right, loss::removed(&org, &name, cx), cx).await?;
            let domain: OrgDomain =
                cx.ask(RemoveDomain::call((org, name), Nothing, Nothing)).await?;
            cx.out.one_as(&domain, COLUMNS, || format!("{} is removed.\n", domain.name.shown()))
        }
        DomainCommand::Consumers => consumers(cx).await,
        DomainCommand::AddConsumer { name } => {
            let request = AddConsumerDomain::call(Nothing, Nothing, NewDomain { name });
            let added: ConsumerDomain = cx.ask(request).await?;
            cx.out.one(&added, CONSUMER)
        }
    }
}

async fn list(org: String, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(|cursor| ListDomains::call(org.clone(), PageQuery::at(cursor), Nothing), COLUMNS)
        .await
}

async fn consumers(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| ListConsumerDomains::call(Nothing, PageQuery::at(cursor), Nothing),
        CONSUMER,
    )
    .await
}

async fn act(org: &str, request: Request, cx: &mut Context) -> Result<(), Failure> {
    let domain = one(request, cx).await?;
    show(org, &domain, cx)
}

async fn one(request: Request, cx: &Context) -> Result<OrgDomain, Failure> {
    cx.ask(request).await
}

fn show(org: &str, domain: &OrgDomain, cx: &mut Context) -> Result<(), Failure> {
    cx.out.one_as(domain, COLUMNS, || {
        let mut text = card(domain, COLUMNS);
        if !domain.state.proves() {
            let (org, name) = (Untrusted::new(org).shown(), domain.name.shown());
            let _ = writeln!(
                text,
                "Publish the record as TXT, then: hublink domain verify --org {org} {name}"
            );
        }
        text
    })
}

/// The words of rule D2: what was found, and from when on looking again is of use.
fn not_proven(check: &Check) -> Failure {
    let mut text = match check.result {
        CheckResult::Found => "the record was found, but the domain is not verified".to_owned(),
        CheckResult::NotFound => "there is no such TXT record yet".to_owned(),
        CheckResult::WrongToken => "the TXT record there has another value".to_owned(),
        CheckResult::Failed => {
            format!("the look-up failed, which changes nothing: {}", check.detail.shown())
        }
    };
    if check.result != CheckResult::Failed && !check.detail.is_empty() {
        let _ = write!(text, "\n  {}", check.detail.shown());
    }
    for seen in &check.seen {
        let _ = write!(text, "\n  found: {}", seen.shown_in(120));
    }
    if let Some(at) = check.not_before {
        let _ = write!(text, "\n  looking again is of no use before {}", local(at));
    }
    match check.result {
        CheckResult::Failed => Failure::told(Exit::Failed, text).coded("look_up_failed"),
        _ => Failure::told(Exit::Refused, text).coded("not_proven"),
    }
}
