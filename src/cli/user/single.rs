//! One user of a site: shown, added, changed (rules U7, L12).

use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::user::{AddUser, EditUser, EditUserCall, NewUser, ShowUser, UserDetail};
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::following::plan_words;
use crate::cli::grid::{Cell, Column, card};
use crate::domain::site::site_url;
use clap::Args;

/// Which user.
#[derive(Debug, Args)]
pub struct OneArgs {
    /// The site's URL
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The `UserID`
    user_id: String,
}

/// A user to add.
#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    which: OneArgs,
    /// The address
    #[arg(long, value_name = "EMAIL")]
    address: String,
    /// First name
    #[arg(long, default_value = "", hide_default_value = true)]
    first_name: String,
    /// Last name
    #[arg(long, default_value = "", hide_default_value = true)]
    last_name: String,
    /// The name as displayed
    #[arg(long, default_value = "", hide_default_value = true)]
    display_name: String,
    /// The department
    #[arg(long, default_value = "", hide_default_value = true)]
    department: String,
}

/// What changes of a user.
#[derive(Debug, Args)]
pub struct EditArgs {
    #[command(flatten)]
    which: OneArgs,
    /// The address; another one revokes the pending invitation of the old one
    #[arg(long, value_name = "EMAIL")]
    address: Option<String>,
    /// First name
    #[arg(long)]
    first_name: Option<String>,
    /// Last name
    #[arg(long)]
    last_name: Option<String>,
    /// The name as displayed
    #[arg(long)]
    display_name: Option<String>,
    /// The department
    #[arg(long)]
    department: Option<String>,
    /// Whether the account is active
    #[arg(long, value_name = "true|false")]
    active: Option<bool>,
}

pub const COLUMNS: &[Column<UserDetail>] = &[
    Column { name: "number", cell: |of| Cell::Count(of.user.number.into()) },
    Column { name: "user_id", cell: |of| Cell::Text(of.user.user_id.clone()) },
    Column { name: "name", cell: |of| Cell::Text(of.user.name.clone()) },
    Column { name: "address", cell: |of| Cell::Text(of.user.address.clone()) },
    Column { name: "department", cell: |of| Cell::Text(of.user.department.clone()) },
    Column { name: "active", cell: |of| Cell::yes_no(of.user.active) },
    Column { name: "state", cell: |of| Cell::Word(of.user.state.code()) },
    Column {
        name: "outcome",
        cell: |of| Cell::maybe(of.user.outcome, |outcome| Cell::Word(outcome.code())),
    },
    Column {
        name: "organization",
        cell: |of| Cell::maybe(of.person.as_ref(), |p| Cell::plain_text(&p.organization)),
    },
    Column {
        name: "preferred_site",
        cell: |of| Cell::maybe(of.user.preferred_site.clone(), Cell::Text),
    },
    Column {
        name: "sites",
        cell: |of| {
            Cell::maybe(of.person.as_ref(), |person| {
                Cell::joined(person.sites.iter().map(crate::domain::untrusted::Untrusted::raw))
            })
        },
    },
    Column {
        name: "licences",
        cell: |of| Cell::maybe(of.person.as_ref(), |person| Cell::joined(&person.licences)),
    },
];

/// Shows a user.
///
/// # Errors
/// What went wrong.
pub async fn show(args: OneArgs, cx: &mut Context) -> Result<(), Failure> {
    act(ShowUser::call((args.site, args.user_id), Nothing, Nothing), cx).await
}

/// Adds a user.
///
/// # Errors
/// What went wrong.
pub async fn add(args: AddArgs, cx: &mut Context) -> Result<(), Failure> {
    let AddArgs { which, address, first_name, last_name, display_name, department } = args;
    let OneArgs { site, user_id } = which;
    let new =
        NewUser { user_id, address, first_name, last_name, display_name, department, active: true };
    act(AddUser::call(site, Nothing, new), cx).await
}

/// Changes a user.
///
/// # Errors
/// What went wrong.
pub async fn edit(args: EditArgs, cx: &mut Context) -> Result<(), Failure> {
    let EditArgs { which, address, first_name, last_name, display_name, department, active } = args;
    let edit = EditUser { address, first_name, last_name, display_name, department, active };
    if edit == EditUser::default() {
        return Err(Failure::usage("nothing to change; see hublink user edit --help"));
    }
    act(EditUserCall::call((which.site, which.user_id), Nothing, edit), cx).await
}

async fn act(request: Request, cx: &mut Context) -> Result<(), Failure> {
    let detail: UserDetail = cx.ask(request).await?;
    cx.out.one_as(&detail, COLUMNS, || {
        let mut text = card(&detail, COLUMNS);
        if let Some(plan) = &detail.plan {
            text.push_str(&plan_words(plan));
        }
        text
    })
}
