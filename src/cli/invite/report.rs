//! What became of a run, to be looked at or handed on: its users, the report, the announcement.
//!
//! Owns how the answers are gathered; the texts are `report`'s. Nothing is sent.

use jiff::tz::TimeZone;

use super::run::one;
use super::{plan, words};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::Page;
use crate::api::plan::ShowPlan;
use crate::api::run::{ListRunItems, RunItem, RunItemsQuery, WatchQuery, WatchRun};
use crate::api::session::{Me, ShowMe};
use crate::api::site::{ShowSite, Site};
use crate::cli::context::{Context, PAGE, all_pages};
use crate::cli::exit::Failure;
use crate::cli::grid::{Cell, Column};
use crate::cli::output::{Format, note};
use crate::client::Client;
use crate::domain::number::count;
use crate::domain::run::ItemState;
use crate::domain::untrusted::Untrusted;
use crate::report::announcement::{Announcement, Recipient};
use crate::report::{Gathered, Report};

const ITEMS: &[Column<RunItem>] = &[
    Column { name: "user_id", cell: |item| Cell::Text(item.user_id.clone()) },
    Column { name: "name", cell: |item| Cell::Text(item.name.clone()) },
    Column { name: "address", cell: |item| Cell::Text(item.address.clone()) },
    Column { name: "outcome", cell: |item| Cell::Word(item.outcome.code()) },
    Column { name: "state", cell: |item| Cell::Word(item.state.code()) },
    Column { name: "reason", cell: |item| Cell::Text(item.reason.clone()) },
    Column { name: "message_id", cell: |item| Cell::maybe(item.message_id.clone(), Cell::Text) },
    Column { name: "at", cell: |item| Cell::At(item.at) },
];

const RECIPIENTS: &[Column<Recipient>] = &[
    Column { name: "user_id", cell: |to| Cell::Text(to.user_id.clone()) },
    Column { name: "name", cell: |to| Cell::Text(to.name.clone()) },
    Column { name: "address", cell: |to| Cell::Text(to.address.clone()) },
];

/// `invite report`.
pub async fn report(
    run: String,
    state: Option<ItemState>,
    cx: &mut Context,
) -> Result<(), Failure> {
    if cx.out.format().is_a_report() {
        if state.is_some() {
            return Err(Failure::usage(
                "--state lists users of one state, and a report tells of all: leave out one of \
                 the two",
            ));
        }
        return page(run, cx).await;
    }
    cx.list_pages(
        |cursor| {
            let query = RunItemsQuery { state, cursor, limit: Some(PAGE) };
            ListRunItems::call(run.clone(), query, Nothing)
        },
        ITEMS,
    )
    .await?;
    // Beside the result, whatever its format: the list does not say it.
    let words = words::without_licence(&watched(&cx.client()?, run).await?);
    if !words.is_empty() {
        note(words.trim());
    }
    Ok(())
}

/// The report as one page.
async fn page(run: String, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let run = watched(&client, run).await?;
    let plan = plan::one(&client, ShowPlan::call(run.plan.clone(), Nothing, Nothing)).await?;
    let site = site(&client, &run.site).await?;
    let mut gathered = Gathered::default();
    // Page by page: a run may have a million people, and the report names a few hundred.
    let query = RunItemsQuery { limit: Some(PAGE), ..RunItemsQuery::default() };
    let mut next = Some(query);
    while let Some(query) = next {
        let call = ListRunItems::call(run.id.clone(), query.clone(), Nothing);
        let Page { items, next: cursor }: Page<RunItem> = client.ask(&call).await?;
        for item in &items {
            gathered.add(item);
        }
        next = match cursor {
            None => None,
            // A cursor that stands still would never end.
            Some(_) if cursor == query.cursor => return Err(Failure::same_page()),
            cursor => Some(RunItemsQuery { cursor, ..query }),
        };
    }
    let written_at = me(&client).await?.backend.now;
    let report = Report { run, plan, site, gathered, written_at, zone: TimeZone::system() };
    let text = match cx.out.format() {
        Format::Html => report.html(),
        _ => report.markdown(),
    };
    cx.out.text(&text)
}

/// `invite announce`.
pub async fn announce(run: String, cx: &mut Context) -> Result<(), Failure> {
    let client = cx.client()?;
    let run = watched(&client, run).await?;
    let site = site(&client, &run.site).await?;
    let items = items(&client, &run.id, Some(ItemState::Linked)).await?;
    let recipients: Vec<Recipient> = items.iter().filter_map(Recipient::of).collect();
    if cx.out.format() == Format::Csv {
        return cx.out.list(recipients.iter(), RECIPIENTS);
    }
    let now = me(&client).await?.backend.now;
    let draft = Announcement::draft(&run, &site, recipients, now, &TimeZone::system());
    if cx.out.format() == Format::Json {
        return cx.out.one(&draft, &[]);
    }
    if draft.recipients.is_empty() {
        note("Nobody was linked silently by this run: there is nobody to tell.");
        return Ok(());
    }
    cx.out.text(&draft.text())?;
    let id = Untrusted::new(&run.id).shown();
    note(&format!(
        "\nA draft for {}; hublink sends nothing. Their list: hublink invite announce {id} \
         --output csv",
        count(draft.recipients.len() as u64, "recipient")
    ));
    if !run.state.is_over() {
        note("The run is not over: more may be linked.");
    }
    Ok(())
}

async fn items(
    client: &Client,
    run: &str,
    state: Option<ItemState>,
) -> Result<Vec<RunItem>, Failure> {
    all_pages(client, |cursor| {
        let query = RunItemsQuery { state, cursor, limit: Some(PAGE) };
        ListRunItems::call(run.to_owned(), query, Nothing)
    })
    .await
}

async fn watched(client: &Client, run: String) -> Result<crate::api::run::Run, Failure> {
    one(client, WatchRun::call(run, WatchQuery::default(), Nothing)).await
}

async fn site(client: &Client, url: &Untrusted) -> Result<Site, Failure> {
    Ok(client.ask(&ShowSite::call(url.raw().to_owned(), Nothing, Nothing)).await?)
}

async fn me(client: &Client) -> Result<Me, Failure> {
    Ok(client.ask(&ShowMe::call(Nothing, Nothing, Nothing)).await?)
}
