//! `hublink contact-center`: the card, and its Set Up (rule T7).

use clap::Subcommand;

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card};
use super::output::note;
use crate::api::call::Request;
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::run::WatchQuery;
use crate::api::setup::{SetUpContactCenterCall, ShowContactCenter};
use crate::domain::setup::{CenterPart, PartState};
use crate::domain::untrusted::Untrusted;

/// Contact Center.
#[derive(Debug, Subcommand)]
pub enum CenterCommand {
    /// Show the card: Contact Center, voice and chat
    Show {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// Follow what is under way to its end
        #[arg(long)]
        watch: bool,
    },
    /// Set up voice; chat too where you are the customer's own full admin
    #[command(after_help = "Example:\n  hublink contact-center set-up --org acme --country DE \
        --watch")]
    SetUp {
        /// The organization's id
        #[arg(long, value_name = "ORG")]
        org: String,
        /// Country of operation, a code or a name; the order's or trial's without
        #[arg(long, value_name = "COUNTRY")]
        country: Option<String>,
        /// Follow it to its end; ends with 3 when a part has failed
        #[arg(long)]
        watch: bool,
    },
}

pub(super) const COLUMNS: &[Column<ContactCenter>] = &[
    Column { name: "organization", cell: |center| Cell::plain_text(&center.organization) },
    Column {
        name: "country",
        cell: |center| Cell::maybe(center.country, |country| Cell::Word(country.code())),
    },
    Column {
        name: "contact_center",
        cell: |center| Cell::Word(center.contact_center.state.code()),
    },
    Column { name: "voice", cell: |center| Cell::Word(center.voice.state.code()) },
    Column { name: "chat", cell: |center| Cell::Word(center.chat.state.code()) },
    Column {
        name: "would_begin",
        cell: |center| Cell::joined(center.would_begin.iter().map(|part| part.code())),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong; that a watched part has failed.
pub async fn run(command: CenterCommand, cx: &mut Context) -> Result<(), Failure> {
    let (mut center, watch) = match command {
        CenterCommand::Show { org, watch } => {
            (one(ShowContactCenter::call(org, WatchQuery::default(), Nothing), cx).await?, watch)
        }
        CenterCommand::SetUp { org, country, watch } => {
            let body = SetUpContactCenter { country };
            (one(SetUpContactCenterCall::call(org, Nothing, body), cx).await?, watch)
        }
    };
    if watch {
        center = follow(center, cx).await?;
    }
    cx.out.one_as(&center, COLUMNS, || {
        let mut text = card(&center, COLUMNS);
        for line in center.lines() {
            text.push_str(&line);
            text.push('\n');
        }
        text
    })?;
    let failed = CenterPart::ALL.into_iter().find(|p| center.part(*p).state == PartState::Failed);
    match failed.filter(|_| watch) {
        Some(part) => Err(Failure::told(Exit::Refused, center.line(part)).coded("not_done")),
        None => Ok(()),
    }
}

async fn follow(mut center: ContactCenter, cx: &Context) -> Result<ContactCenter, Failure> {
    if center.is_under_way() {
        let org = Untrusted::new(center.organization.as_str());
        note(&format!(
            "It goes on without this command: hublink contact-center show --org {}",
            org.shown()
        ));
    }
    while center.is_under_way() {
        let query = WatchQuery { after: Some(center.revision), wait: Some(20) };
        center = one(ShowContactCenter::call(center.organization, query, Nothing), cx).await?;
    }
    Ok(center)
}

async fn one(request: Request, cx: &Context) -> Result<ContactCenter, Failure> {
    cx.ask(request).await
}
