//! `hublink audit`: the append-only record of every change.

use clap::Subcommand;

use super::context::{Context, PAGE, all_pages};
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column};
use crate::api::audit::{AuditEntry, AuditQuery, AuditVerified};
use crate::api::call::{AccountCall, Reply, Request};

/// The record of every change.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List the changes that you may see
    List {
        /// Only this organization's
        #[arg(long, value_name = "ID")]
        org: Option<String>,
    },
    /// Check the hash chain; ends with 1 when it does not hold
    Verify,
}

const COLUMNS: &[Column<AuditEntry>] = &[
    Column { name: "seq", cell: |entry| Cell::Count(entry.seq) },
    Column { name: "at", cell: |entry| Cell::At(entry.at) },
    Column { name: "actor", cell: |entry| Cell::Text(entry.actor.clone()) },
    Column { name: "action", cell: |entry| Cell::plain_text(&entry.action) },
    Column {
        name: "organization",
        cell: |entry| Cell::maybe(entry.organization.as_deref(), Cell::plain_text),
    },
    Column { name: "site", cell: |entry| Cell::maybe(entry.site.clone(), Cell::Text) },
    Column { name: "subject", cell: |entry| Cell::Text(entry.subject.clone()) },
];

const VERIFIED: &[Column<AuditVerified>] = &[
    Column { name: "ok", cell: |verified| Cell::yes_no(verified.ok) },
    Column { name: "entries", cell: |verified| Cell::Count(verified.entries) },
    Column { name: "broken_at", cell: |verified| Cell::maybe(verified.broken_at, Cell::Count) },
    Column { name: "head", cell: |verified| Cell::plain_text(&verified.head) },
];

/// Does it.
///
/// # Errors
/// What went wrong; that the chain is broken.
pub async fn run(command: AuditCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        AuditCommand::List { org } => {
            let entries = all_pages(
                &cx.client()?,
                |cursor| {
                    let organization = org.clone();
                    let query = AuditQuery { organization, cursor, limit: Some(PAGE) };
                    Request::Account(AccountCall::Audit(query))
                },
                |reply| match reply {
                    Reply::Audit(page) => Some(page),
                    _ => None,
                },
            )
            .await?;
            cx.out.list(entries.iter(), COLUMNS)
        }
        AuditCommand::Verify => {
            let request = Request::Account(AccountCall::VerifyAudit);
            let Reply::AuditVerified(verified) = cx.ask(request).await? else {
                return Err(Failure::odd_reply());
            };
            cx.out.one(&verified, VERIFIED)?;
            if verified.ok {
                return Ok(());
            }
            Err(Failure::told(
                Exit::Failed,
                "the audit record was changed from outside; compare it with a backup",
            ))
        }
    }
}
