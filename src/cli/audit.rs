//! `hublink audit`: the append-only record of every change.

use clap::Subcommand;

use super::context::{Context, PAGE};
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column};
use super::output::Format;
use super::progress::Progress;
use crate::api::audit::{
    AnchorQuery, AuditEntry, AuditQuery, AuditVerified, ListAudit, VerifyAudit,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::session::{Me, ShowMe};
use crate::domain::role::Role;

/// The record of every change.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List the changes that you may see
    List {
        /// Only this organization's
        #[arg(long, value_name = "ORG")]
        org: Option<String>,
    },
    /// Check the hash chain; ends with 3 when it does not hold
    Verify {
        /// A line that `hublink audit anchor` printed: the record up to there must be what it was
        #[arg(long, value_name = "LINE")]
        anchor: Option<String>,
    },
    /// Print a line to keep elsewhere: with it, an end that was cut or written anew shows
    Anchor,
}

/// What an anchor's line begins with.
const ANCHOR: &str = "hublink-audit-anchor 1";

const COLUMNS: &[Column<AuditEntry>] = &[
    Column { name: "seq", cell: |entry| Cell::maybe(entry.seq, Cell::Count) },
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
    Column { name: "entries", cell: |verified| Cell::maybe(verified.entries, Cell::Count) },
    Column { name: "broken_at", cell: |verified| Cell::maybe(verified.broken_at, Cell::Count) },
    Column {
        name: "head",
        cell: |verified| Cell::maybe(verified.head.as_deref(), Cell::plain_text),
    },
    Column { name: "anchored", cell: |verified| Cell::maybe(verified.anchored, Cell::yes_no) },
];

/// Does it.
///
/// # Errors
/// What went wrong; that the chain is broken.
pub async fn run(command: AuditCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        AuditCommand::List { org } => {
            // Numbers count the entries of all organizations: who is told none needs no column for them.
            let numbered = match cx.out.format() {
                Format::Table => counts_all(cx).await?,
                _ => true,
            };
            cx.list_pages(
                |cursor| {
                    let organization = org.clone();
                    let query = AuditQuery { organization, cursor, limit: Some(PAGE) };
                    ListAudit::call(Nothing, query, Nothing)
                },
                if numbered { COLUMNS } else { COLUMNS.get(1..).unwrap_or_default() },
            )
            .await
        }
        AuditCommand::Anchor => {
            let verified = ask(AnchorQuery::default(), cx).await?;
            let (Some(entries), Some(head)) = (verified.entries, &verified.head) else {
                return Err(Failure::told(
                    Exit::NotAllowed,
                    "an anchor counts the entries of all organizations; a backend admin could do it",
                ));
            };
            must_hold(&verified)?;
            cx.out.bytes(format!("{ANCHOR} {entries} {head}\n").as_bytes())
        }
        AuditCommand::Verify { anchor } => {
            let anchor = match anchor {
                Some(line) => read(&line)
                    .ok_or_else(|| Failure::usage("that is no line of `hublink audit anchor`"))?,
                None => AnchorQuery::default(),
            };
            let verified = ask(anchor, cx).await?;
            cx.out.one(&verified, VERIFIED)?;
            must_hold(&verified)
        }
    }
}

/// Whether one is told of all organizations.
async fn counts_all(cx: &Context) -> Result<bool, Failure> {
    let me: Me = cx.ask(ShowMe::call(Nothing, Nothing, Nothing)).await?;
    Ok(me.roles.iter().any(|held| held.role == Role::BackendAdmin))
}

async fn ask(anchor: AnchorQuery, cx: &mut Context) -> Result<AuditVerified, Failure> {
    let asked = cx.ask(VerifyAudit::call(Nothing, anchor, Nothing));
    Progress::of(cx).during("Checking the record", "of the backend", asked).await
}

/// An anchor's line.
fn read(line: &str) -> Option<AnchorQuery> {
    let (seq, hash) = line.trim().strip_prefix(ANCHOR)?.trim().split_once(' ')?;
    let good = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then_some(AnchorQuery { seq: Some(seq.parse().ok()?), hash: Some(hash.to_owned()) })
}

fn must_hold(verified: &AuditVerified) -> Result<(), Failure> {
    if verified.ok {
        return Ok(());
    }
    Err(Failure::told(
        Exit::Refused,
        "the audit record was changed from outside; compare it with a backup",
    )
    .coded("something_wrong"))
}

#[cfg(test)]
mod tests;
