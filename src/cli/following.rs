//! `hublink site account-linking` and `hublink site auto-link` (rules U7, L11).

use std::fmt::Write as _;

use clap::Args;
use jiff::civil::Date;

use super::context::Context;
use super::exit::Failure;
use super::grid::{Cell, Column, card, local};
use super::values::coded;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::following::{
    AccountLinkingState, AutoLink, AutoLinkState, NewcomersPlan, PlanNewcomers, SetAccountLinking,
    SetAccountLinkingCall, SetAutoLink, SetAutoLinkCall, ShowAccountLinking, ShowAutoLink,
};
use crate::api::plan::PlanState;
use crate::domain::account_linking::AccountLinking;
use crate::domain::number::thousands;
use crate::domain::site::site_url;

/// What becomes of users added later.
#[derive(Debug, Args)]
pub struct AccountLinkingArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The setting; without it, the present one is shown
    #[arg(value_parser = coded(
        AccountLinking::ALL.map(AccountLinking::code),
        AccountLinking::from_code,
    ))]
    setting: Option<AccountLinking>,
    /// Plan for the users added later anew; the plan waits for review
    #[arg(long, conflicts_with = "setting")]
    plan: bool,
}

/// The date on which a site links by itself.
#[derive(Debug, Args)]
pub struct AutoLinkArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The date, such as 2026-06-01, 31 days ahead or more (backend admin)
    #[arg(long, value_name = "DATE", conflicts_with = "off")]
    on: Option<Date>,
    /// No date: the site does not link by itself (backend admin)
    #[arg(long)]
    off: bool,
}

pub(super) const LINKING: &[Column<AccountLinkingState>] = &[
    Column { name: "site", cell: |state| Cell::Text(state.site.clone()) },
    Column { name: "setting", cell: |state| Cell::Word(state.setting.code()) },
    Column { name: "changed_at", cell: |state| Cell::maybe(state.changed_at, Cell::At) },
    Column { name: "changed_by", cell: |state| Cell::maybe(state.changed_by.clone(), Cell::Text) },
    Column { name: "added", cell: |state| Cell::Count(state.added) },
    Column { name: "open", cell: |state| Cell::Count(state.open) },
    Column {
        name: "plan",
        cell: |state| {
            Cell::maybe(state.plan.as_ref().map(|plan| plan.id.as_str()), Cell::plain_text)
        },
    },
];

pub(super) const AUTO: &[Column<AutoLink>] = &[
    Column { name: "site", cell: |auto| Cell::Text(auto.site.clone()) },
    Column { name: "state", cell: |auto| Cell::Word(auto.state.code()) },
    Column { name: "on", cell: |auto| Cell::maybe(auto.on, Cell::At) },
    Column { name: "waits", cell: |auto| Cell::maybe(auto.waits, |w| Cell::Word(w.code())) },
    Column {
        name: "reason",
        cell: |auto| {
            Cell::maybe(Some(&auto.reason).filter(|reason| !reason.is_empty()), |reason| {
                Cell::Text(reason.clone())
            })
        },
    },
    Column { name: "decided_at", cell: |auto| Cell::maybe(auto.decided_at, Cell::At) },
    Column {
        name: "organization",
        cell: |auto| Cell::maybe(auto.organization.as_deref(), Cell::plain_text),
    },
];

/// Shows or sets account linking.
///
/// # Errors
/// What went wrong.
pub async fn account_linking(args: AccountLinkingArgs, cx: &mut Context) -> Result<(), Failure> {
    let call = match args.setting {
        Some(setting) => {
            SetAccountLinkingCall::call(args.site, Nothing, SetAccountLinking { setting })
        }
        None if args.plan => PlanNewcomers::call(args.site, Nothing, Nothing),
        None => ShowAccountLinking::call(args.site, Nothing, Nothing),
    };
    let state: AccountLinkingState = cx.ask(call).await?;
    cx.out.one_as(&state, LINKING, || {
        let mut text = card(&state, LINKING);
        let _ = writeln!(text, "{}", state.setting.meaning());
        if let Some(plan) = &state.plan {
            text.push_str(&plan_words(plan));
        }
        text
    })
}

/// What became of a plan of users added later, and what to do with it.
pub fn plan_words(plan: &NewcomersPlan) -> String {
    let (id, selected, emails) = (&plan.id, thousands(plan.selected), thousands(plan.emails));
    match (plan.state, &plan.run) {
        (_, Some(run)) if plan.applied_itself => {
            format!("Plan {id} of {selected} applied itself as run {run}.\n")
        }
        (_, Some(run)) => format!("Plan {id} of {selected} was applied as run {run}.\n"),
        (PlanState::Expired, None) => {
            format!("Plan {id} of {selected} has expired; make it anew with --plan.\n")
        }
        _ => format!(
            "Plan {id} of {selected} users and {emails} e-mails waits for review:\n  hublink invite \
             show {id}\n  hublink invite apply {id}\n"
        ),
    }
}

/// Shows or sets the date.
///
/// # Errors
/// What went wrong.
pub async fn auto_link(args: AutoLinkArgs, cx: &mut Context) -> Result<(), Failure> {
    let call = if args.off || args.on.is_some() {
        SetAutoLinkCall::call(args.site, Nothing, SetAutoLink { on: args.on })
    } else {
        ShowAutoLink::call(args.site, Nothing, Nothing)
    };
    let auto: AutoLink = cx.ask(call).await?;
    cx.out.one_as(&auto, AUTO, || {
        let mut text = card(&auto, AUTO);
        for told in &auto.announcements {
            let (days, due) = (told.days, local(told.due_at));
            let _ = match told.sent_at {
                Some(at) => writeln!(text, "  told {days} days before: {}", local(at)),
                None if auto.state == AutoLinkState::Planned => {
                    writeln!(text, "  to be told {days} days before: {due}")
                }
                None => writeln!(text, "  not told {days} days before"),
            };
        }
        for (outcome, users) in &auto.users {
            let _ = writeln!(text, "  {outcome}: {}", thousands(*users));
        }
        text
    })
}
