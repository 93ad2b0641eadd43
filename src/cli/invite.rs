//! `hublink invite`: plan, review, apply once, watch, and what a run left open (rules U4, U5).

mod plan;
mod report;
mod run;
pub mod words;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use self::run::Order;
use super::context::Context;
use super::exit::Failure;
use super::loss::Yes;
use super::select::Who;
use super::values::coded;
use crate::api::plan::Held;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::ItemState;
use crate::domain::site::site_url;

/// Plans and runs.
#[derive(Debug, Subcommand)]
pub enum InviteCommand {
    /// Compute what an invitation would do to each user, and freeze it for 24 hours
    #[command(after_help = "Examples:\n  hublink invite plan --site acme.webex.example --all\n  \
        hublink invite plan --site acme.webex.example --select 'dept:sales !status:linked'\n  \
        hublink invite plan --site acme.webex.example --addresses poc.txt --strict --items \
        review.csv\n\n\
        Nothing is sent. The plan is applied by: hublink invite apply PLAN")]
    Plan(PlanArgs),
    /// Show a plan, or its users of one class or outcome
    Show(ShowArgs),
    /// Do exactly what the plan says, once
    #[command(after_help = "Example:\n  hublink invite apply pln_7q2k --yes --watch\n\nEnds with \
        6 when the plan is stale, expired or was applied already; with 3 when a watched\nrun ends \
        with users who failed, are unknown or were not processed.")]
    Apply(ApplyArgs),
    /// Show a run, or list the runs
    Status {
        /// The run's id; all runs when absent
        run: Option<String>,
        /// Only this site's runs
        #[arg(long, value_name = "SITE-URL", value_parser = site_url, conflicts_with = "run")]
        site: Option<String>,
        /// Follow the run to its end, or until it pauses, as `apply --watch` does
        #[arg(long, requires = "run")]
        watch: bool,
    },
    /// Stop before the next user; mails in flight cannot be recalled
    Pause {
        /// The run's id
        run: String,
    },
    /// Go on with a paused run
    Resume {
        /// The run's id
        run: String,
        /// The database was restored: what is known of the run's mails since the copy was made
        #[arg(long, value_name = "MAILS", num_args = 0..=1, default_missing_value = "unknown")]
        after_restore: Option<run::Since>,
    },
    /// End a run, after a question; who was not processed stays as they are
    Cancel {
        /// The run's id
        run: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// Make a plan of those who failed or were not processed, never of the unknown
    Retry {
        /// The run's id
        run: String,
    },
    /// Say what is known of a mail that may have been sent
    #[command(
        after_help = "Example:\n  hublink invite resolve run_5f --user u-1042 --sent\n\nLook \
        the Message-ID up in the mail server's log first: hublink invite report run_5f --state unknown"
    )]
    Resolve(ResolveArgs),
    /// Clear a person's refusal, after a question, so that they can be invited again
    ClearDecline {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// The person's address
        #[arg(value_name = "PERSON")]
        address: String,
        #[command(flatten)]
        yes: Yes,
    },
    /// List what became of each user of a run, or write a report to hand on
    #[command(
        after_help = "Examples:\n  hublink invite report run_5f --state linked --output csv\n  \
        hublink invite report run_5f -o report.html\n  \
        hublink invite report run_5f -o report.md\n\n\
        The page needs no network, prints well, and names people."
    )]
    Report {
        /// The run's id
        run: String,
        /// Only users in this state
        #[arg(long, value_parser = coded(
            ItemState::ALL.map(ItemState::code),
            ItemState::from_code,
        ))]
        state: Option<ItemState>,
    },
    /// Draft an announcement to those who were linked silently; hublink sends nothing
    #[command(after_help = "Examples:\n  hublink invite announce run_5f -o draft.md\n  \
        hublink invite announce run_5f -o recipients.csv\n\n\
        With --output json: subject, body and recipients.")]
    Announce {
        /// The run's id
        run: String,
    },
}

/// Who, and how.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The site's URL
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    #[command(flatten)]
    who: Who,
    /// With --addresses: plan nothing unless all of the list are found; ends with 3 then
    #[arg(long, requires = "addresses")]
    strict: bool,
    /// `email`: those who would be held get an e-mail, in this plan
    #[arg(long, value_name = "email", value_parser = held)]
    held: Option<Held>,
    /// Also write every user with the outcome and its reason to this file
    #[arg(long, value_name = "FILE.csv")]
    items: Option<PathBuf>,
}

/// Which plan, and which of its users.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The plan's id
    plan: String,
    /// List the users of this class
    #[arg(long, value_parser = coded(Class::ALL.map(Class::code), Class::from_code))]
    class: Option<Class>,
    /// List the users with this outcome
    #[arg(long, value_parser = coded(Outcome::ALL.map(Outcome::code), Outcome::from_code))]
    outcome: Option<Outcome>,
    /// Also write every user with the outcome and its reason to this file
    #[arg(long, value_name = "FILE.csv")]
    items: Option<PathBuf>,
}

/// Which plan, and whether it was reviewed.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// The plan's id
    plan: String,
    /// The plan was reviewed; without it how many are selected is asked for
    #[arg(long)]
    yes: bool,
    /// Follow the run to its end
    #[arg(long)]
    watch: bool,
}

/// Which mail, and what is known of it.
#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// The run's id
    run: String,
    /// The user's id on the site
    #[arg(long, value_name = "ID")]
    user: String,
    #[command(flatten)]
    known: Known,
}

/// What is known.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Known {
    /// It was sent: the mail server's log says so
    #[arg(long)]
    sent: bool,
    /// Send it again, though it may be a second one
    #[arg(long)]
    resend: bool,
}

fn held(text: &str) -> Result<Held, String> {
    match text {
        "email" => Ok(Held::Email),
        "hold" => Ok(Held::Hold),
        _ => Err("write email, or leave --held out: they stay held then".to_owned()),
    }
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: InviteCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        InviteCommand::Plan(args) => plan::make(args, cx).await,
        InviteCommand::Show(args) => plan::show(args, cx).await,
        InviteCommand::Apply(args) => run::apply(args, cx).await,
        InviteCommand::Status { run: Some(run), watch, .. } => run::status(run, watch, cx).await,
        InviteCommand::Status { run: None, site, .. } => run::list(site, cx).await,
        InviteCommand::Pause { run } => run::order(Order::Pause, run, cx).await,
        InviteCommand::Resume { run, after_restore: None } => {
            run::order(Order::Resume, run, cx).await
        }
        InviteCommand::Resume { run, after_restore: Some(since) } => {
            run::resume_restored(run, since, cx).await
        }
        InviteCommand::Cancel { run, yes } => run::cancel(run, yes, cx).await,
        InviteCommand::Retry { run } => run::retry(run, cx).await,
        InviteCommand::Resolve(args) => run::resolve(args, cx).await,
        InviteCommand::ClearDecline { org, address, yes } => {
            run::clear_decline(org, address, yes, cx).await
        }
        InviteCommand::Report { run, state } => report::report(run, state, cx).await,
        InviteCommand::Announce { run } => report::announce(run, cx).await,
    }
}
