//! Making plans and reviewing them.

use std::path::Path;

use super::words::{self, PLAN};
use super::{PlanArgs, ShowArgs};
use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::{
    ListPlanItems, MakePlan, NewPlan, Plan, PlanItem, PlanItemsQuery, ShowPlan,
};
use crate::cli::context::{Context, PAGE, all_pages};
use crate::cli::exit::Failure;
use crate::cli::grid::{Cell, Column};
use crate::cli::output::note;
use crate::cli::progress::Progress;
use crate::client::Client;
use crate::config::private_file;
use crate::table::write_csv;

const ITEMS: &[Column<PlanItem>] = &[
    Column { name: "user_id", cell: |item| Cell::Text(item.user_id.clone()) },
    Column { name: "name", cell: |item| Cell::Text(item.name.clone()) },
    Column { name: "address", cell: |item| Cell::Text(item.address.clone()) },
    Column { name: "outcome", cell: |item| Cell::Word(item.outcome.code()) },
    Column { name: "second", cell: |item| Cell::yes_no(item.second) },
    Column { name: "reason", cell: |item| Cell::Text(item.reason.clone()) },
];

/// `invite plan`.
pub async fn make(args: PlanArgs, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let progress = Progress::of(cx);
    let site = args.site;
    let chosen = args.who.selection(&site, args.strict, &client);
    let selection = progress.during("Reading the users", &site, chosen).await?;
    let body = NewPlan { selection, held: args.held.unwrap_or_default() };
    let made = one(&client, MakePlan::call(site.clone(), Nothing, body));
    let plan = progress.during("Planning", &site, made).await?;
    print(&plan, cx)?;
    match args.items {
        Some(file) => write_items(&plan, &file, &client).await,
        None => Ok(()),
    }
}

/// `invite show`.
pub async fn show(args: ShowArgs, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let plan = one(&client, ShowPlan::call(args.plan, Nothing, Nothing)).await?;
    if args.class.is_none() && args.outcome.is_none() {
        print(&plan, cx)?;
    } else {
        let query = PlanItemsQuery {
            class: args.class,
            outcome: args.outcome,
            ..PlanItemsQuery::default()
        };
        cx.list_pages(page(plan.id.clone(), query), ITEMS).await?;
    }
    match args.items {
        Some(file) => write_items(&plan, &file, &client).await,
        None => Ok(()),
    }
}

/// Asks for one plan.
pub async fn one(client: &Client, call: Request) -> Result<Plan, Failure> {
    Ok(client.ask(&call).await?)
}

/// Prints a plan.
pub fn print(plan: &Plan, cx: &mut Context) -> Result<(), Failure> {
    cx.out.one_as(plan, PLAN, || words::plan(plan))
}

async fn items(
    client: &Client,
    plan: &str,
    query: PlanItemsQuery,
) -> Result<Vec<PlanItem>, Failure> {
    all_pages(client, page(plan.to_owned(), query)).await
}

fn page(plan: String, query: PlanItemsQuery) -> impl Fn(Option<String>) -> Request {
    move |cursor| {
        let query = PlanItemsQuery { cursor, limit: Some(PAGE), ..query.clone() };
        ListPlanItems::call(plan.clone(), query, Nothing)
    }
}

async fn write_items(plan: &Plan, file: &Path, client: &Client) -> Result<(), Failure> {
    let items = items(client, &plan.id, PlanItemsQuery::default()).await?;
    let rows = items.iter().map(|item| {
        [item.user_id.raw(), item.address.raw(), item.outcome.code(), item.reason.raw()]
    });
    let text = write_csv(&["user_id", "address", "outcome", "reason"], rows);
    private_file::export(file, text.as_bytes()).map_err(|error| {
        Failure::failed(format!(
            "{}: {error}; the plan stands, and its users can be written again: hublink invite \
             show {} --items FILE",
            file.display(),
            plan.id
        ))
    })?;
    note(&format!("{} users written to {}.", items.len(), file.display()));
    Ok(())
}
