//! `hublink cohort`: named, saved lists of users.

use clap::Subcommand;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, local};
use super::loss::{Loss, Right, Yes, ask_allowed};
use super::output::Format;
use super::output::note;
use super::select::Who;
use super::user::{self, users};
use crate::api::call::ApiError;
use crate::api::cohort::{
    Cohort, CohortUsers, ListCohorts, RemoveCohort, SaveCohort, SaveCohortCall, ShowCohort,
};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::problem::code;
use crate::api::roster::User;
use crate::client::Client;
use crate::domain::number::count;
use crate::domain::role::Action;
use crate::domain::site::site_url;
use crate::roster::choice;

/// Saved lists of users.
#[derive(Debug, Subcommand)]
pub enum CohortCommand {
    /// List a site's cohorts
    List {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
    },
    /// Save users under a name; an older list of that name is replaced, after a question
    #[command(
        after_help = "Example:\n  hublink cohort save --site acme.webex.example 'PoC wave 1' \
        --addresses poc.txt"
    )]
    Save {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// The cohort's name
        #[arg(value_name = "COHORT")]
        name: String,
        #[command(flatten)]
        who: Who,
        /// With --addresses: save nothing unless all of the list are found; ends with 3 then
        #[arg(long, requires = "addresses")]
        strict: bool,
        #[command(flatten)]
        yes: Yes,
    },
    /// Show who is in a cohort
    Show {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// The cohort's name
        #[arg(value_name = "COHORT")]
        name: String,
    },
    /// Remove a cohort, after a question; its users are not touched
    Remove {
        /// The site's URL
        #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// The cohort's name
        #[arg(value_name = "COHORT")]
        name: String,
        #[command(flatten)]
        yes: Yes,
    },
}

pub(super) const COLUMNS: &[Column<Cohort>] = &[
    Column { name: "name", cell: |cohort| Cell::Text(cohort.name.clone()) },
    Column { name: "users", cell: |cohort| Cell::Count(cohort.users) },
    Column { name: "saved_at", cell: |cohort| Cell::At(cohort.saved_at) },
    Column { name: "saved_by", cell: |cohort| Cell::Text(cohort.saved_by.clone()) },
];

/// A cohort with its users spelled out.
#[derive(serde::Serialize)]
struct Members {
    #[serde(flatten)]
    cohort: CohortUsers,
    members: Vec<User>,
}

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: CohortCommand, cx: &mut Context) -> Result<(), Failure> {
    match command {
        CohortCommand::List { site } => {
            cx.list_pages(
                |cursor| ListCohorts::call(site.clone(), PageQuery::at(cursor), Nothing),
                COLUMNS,
            )
            .await
        }
        CohortCommand::Save { site, name, who, strict, yes } => {
            if name.trim().is_empty() {
                return Err(Failure::usage("the cohort's name is empty"));
            }
            let client = cx.client()?;
            let selection = who.selection(&site, strict, &client).await?;
            let right = Right::On(&site, Action::LinkUsers);
            ask_allowed(yes, right, lost(&site, &name, "Replace it?", &client), cx).await?;
            let request = SaveCohortCall::call((site, name), Nothing, SaveCohort { selection });
            let cohort: Cohort = client.ask(&request).await?;
            cx.out.one(&cohort, COLUMNS)
        }
        CohortCommand::Show { site, name } => show(site, name, cx).await,
        CohortCommand::Remove { site, name, yes } => {
            let client = cx.client()?;
            let right = Right::On(&site, Action::LinkUsers);
            ask_allowed(yes, right, lost(&site, &name, "Remove it?", &client), cx).await?;
            let show = ShowCohort::call((site.clone(), name.clone()), Nothing, Nothing);
            let was = client.send(&show, None).await;
            cx.ask::<Nothing>(RemoveCohort::call((site, name), Nothing, Nothing)).await?;
            note(match was {
                Err(ApiError::Problem(problem)) if problem.code == code::NOT_FOUND => {
                    "There is no cohort of this name; nothing was removed."
                }
                _ => "Removed.",
            });
            Ok(())
        }
    }
}

/// The list that goes: how many were ticked, by whom and when.
async fn lost(
    site: &str,
    name: &str,
    question: &str,
    client: &Client,
) -> Result<Option<Loss>, Failure> {
    let request = ShowCohort::call((site.to_owned(), name.to_owned()), Nothing, Nothing);
    let CohortUsers { cohort, .. }: CohortUsers = client.ask(&request).await?;
    let what = format!(
        "“{}” is a list of {}, saved by {} at {}. The list goes; its users are not touched.",
        cohort.name.shown(),
        count(cohort.users, "ticked user"),
        cohort.saved_by.shown(),
        local(cohort.saved_at),
    );
    Ok(Some(Loss { what, question: question.to_owned() }))
}

async fn show(site: String, name: String, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let request = ShowCohort::call((site.clone(), name), Nothing, Nothing);
    let cohort: CohortUsers = client.ask(&request).await?;
    let roster = client.whole_roster(&site).await?;
    let rows = choice::parse(&cohort.numbers, roster.columns.len()).map_err(|error| {
        Failure::told(Exit::Failed, format!("the backend's list cannot be read: {error}"))
    })?;
    if cx.out.format() != Format::Json {
        return cx.out.list(users(&rows, &roster), user::COLUMNS);
    }
    let members = users(&rows, &roster).collect();
    cx.out.one(&Members { cohort, members }, &[])
}
