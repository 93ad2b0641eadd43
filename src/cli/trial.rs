//! `hublink trial`: starting, listing, extending and editing trials (rules T1, T8).

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::{Exit, Failure};
use super::grid::{Cell, Column, card, local};
use super::output::note;
use super::services::{self, ServiceArgs};
use super::values::coded;
use crate::api::call::ApiError;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::session::{Me, ShowMe};
use crate::api::trial::{
    CheckTrial, CheckTrialCall, EditTrial, EditTrialCall, ExtendTrial, ExtendTrialCall, ListTrials,
    ShowTrial, StartTrial, StartTrialCall, Trial, TrialCheck,
};
use crate::domain::role::Role;
use crate::domain::site::site_url;
use crate::domain::trial::{EXTENSION, TrialState, Vertical};
use crate::domain::untrusted::Untrusted;

/// Trials.
#[derive(Debug, Subcommand)]
pub enum TrialCommand {
    /// Start a trial for a new customer (partner admin)
    #[command(after_help = "Example:\n  hublink trial start --company 'Nova Labs' \
        --administrator nia@nova.example \\\n    --vertical technology --country DE \
        --supported-location --service messaging=80 \\\n    --service meetings=50 --site-url \
        nova.webex.example --time-zone Europe/Berlin --days 60\n\nThe administrator gets a welcome \
        mail. Then set the services up: hublink setup --help")]
    Start(Box<StartArgs>),
    /// List the trials that you see, soonest end first
    List,
    /// Show one trial, with what extending it now would do
    Show {
        /// The id of the customer's organization
        #[arg(value_name = "ORG")]
        org: String,
    },
    /// Change the services of a trial: those named are all it has then
    #[command(after_help = "Example:\n  hublink trial edit nova-labs --service messaging=120 \
        --service calling=10")]
    Edit(EditArgs),
    /// Replace the time that is left by 30 days from today
    #[command(after_help = "Where more than 30 days are left the trial would end earlier than it \
        does now; that\nneeds --accept-earlier.")]
    Extend {
        /// The id of the customer's organization
        #[arg(value_name = "ORG")]
        org: String,
        /// The new end may be earlier than the present one
        #[arg(long)]
        accept_earlier: bool,
    },
}

/// A new trial.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// The customer company's name
    #[arg(long)]
    company: String,
    /// The customer administrator's address
    #[arg(long, value_name = "EMAIL")]
    administrator: String,
    /// The customer's line of business
    #[arg(long, value_parser = coded(Vertical::ALL.map(Vertical::code), Vertical::from_code))]
    vertical: Vertical,
    /// The customer's country, which decides where its data is kept: a code, or an English name
    #[arg(long)]
    country: String,
    /// The customer is in a supported location
    #[arg(long, required = true)]
    supported_location: bool,
    #[command(flatten)]
    services: ServiceArgs,
    /// With meetings: the URL of the new site
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site_url: Option<String>,
    /// With meetings: the site's time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// For how many days: 30, 60 or 90
    #[arg(long, default_value_t = 30)]
    days: u16,
    /// Your partner organization's id; not needed where you are partner admin of one
    #[arg(long, value_name = "ID")]
    partner: Option<String>,
}

/// The services as they shall be.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The id of the customer's organization
    #[arg(value_name = "ORG")]
    org: String,
    #[command(flatten)]
    services: ServiceArgs,
    /// With meetings that it has no site for yet: the URL of the new site
    #[arg(long, value_name = "SITE-URL", value_parser = site_url)]
    site_url: Option<String>,
    /// The new site's time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
}

pub(super) const COLUMNS: &[Column<Trial>] = &[
    Column { name: "organization", cell: |trial| Cell::plain_text(&trial.organization) },
    Column { name: "company", cell: |trial| Cell::Text(trial.company.clone()) },
    Column { name: "state", cell: |trial| Cell::Word(trial.state.code()) },
    Column { name: "ends_at", cell: |trial| Cell::At(trial.ends_at) },
    Column { name: "services", cell: |trial| services::cell(&trial.services) },
    Column {
        name: "site",
        cell: |trial| Cell::maybe(trial.site.as_ref(), |site| Cell::Text(site.url.clone())),
    },
    Column { name: "administrator", cell: |trial| Cell::Text(trial.administrator.clone()) },
    Column {
        name: "country",
        cell: |trial| Cell::maybe(trial.country, |country| Cell::Word(country.code())),
    },
    Column {
        name: "region",
        cell: |trial| Cell::maybe(trial.region, |region| Cell::Word(region.code())),
    },
    Column { name: "started_at", cell: |trial| Cell::At(trial.started_at) },
    Column { name: "started_by", cell: |trial| Cell::Text(trial.started_by.clone()) },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: TrialCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        TrialCommand::List => return list(cx).await,
        TrialCommand::Start(args) => return start(*args, cx).await,
        TrialCommand::Show { org } => ShowTrial::call(org, Nothing, Nothing),
        TrialCommand::Edit(args) => EditTrialCall::call(
            args.org,
            Nothing,
            EditTrial {
                services: args.services.services,
                site_url: args.site_url,
                time_zone: args.time_zone,
            },
        ),
        TrialCommand::Extend { org, accept_earlier } => {
            ExtendTrialCall::call(org, Nothing, ExtendTrial { accept_earlier })
        }
    };
    let trial: Trial = cx.ask(call).await?;
    cx.out.one_as(&trial, COLUMNS, || words(&trial))
}

async fn start(args: StartArgs, cx: &mut Context) -> Result<(), Failure> {
    let partner = match args.partner {
        Some(partner) => partner,
        None => own_partner(cx).await?,
    };
    let new = StartTrial {
        company: args.company,
        administrator: args.administrator,
        vertical: args.vertical,
        country: args.country,
        supported_location: args.supported_location,
        services: args.services.services,
        site_url: args.site_url,
        time_zone: args.time_zone,
        days: args.days,
    };
    let call = StartTrialCall::call(partner.clone(), Nothing, new.clone());
    let trial: Trial = match cx.ask(call).await {
        Ok(trial) => trial,
        Err(Failure::Api(ApiError::Problem(problem))) => {
            tell_others(partner, new, problem.field.as_deref(), cx).await;
            return Err(Failure::Api(ApiError::Problem(problem)));
        }
        Err(failure) => return Err(failure),
    };
    cx.out.one_as(&trial, COLUMNS, || words(&trial))?;
    let org = Untrusted::new(trial.organization.as_str());
    note(&format!("Next: hublink setup show --org {}", org.shown()));
    Ok(())
}

/// A refusal names the first field that is wrong; here are the others.
async fn tell_others(partner: String, new: StartTrial, told: Option<&str>, cx: &Context) {
    if told.is_none() {
        return;
    }
    let check = CheckTrial {
        company: Some(new.company),
        administrator: Some(new.administrator),
        country: Some(new.country),
        services: Some(new.services),
        site_url: new.site_url,
        time_zone: new.time_zone,
        days: Some(new.days),
    };
    // It is a courtesy: the refusal itself is told in any case.
    let asked = cx.ask::<TrialCheck>(CheckTrialCall::call(partner, Nothing, check));
    if let Ok(found) = asked.await {
        for other in found.problems.iter().filter(|one| Some(one.field.as_str()) != told) {
            let field = Untrusted::new(other.field.as_str());
            note(&format!("{}: {}", field.shown(), other.detail.shown()));
        }
    }
}

/// The partner that one is admin of.
async fn own_partner(cx: &Context) -> Result<String, Failure> {
    let me: Me = cx.ask(ShowMe::call(Nothing, Nothing, Nothing)).await?;
    let partner = me.roles.into_iter().find(|held| held.role == Role::PartnerAdmin);
    partner.and_then(|held| held.organization).ok_or_else(|| {
        Failure::told(
            Exit::NotAllowed,
            "you are partner admin of no organization; a partner admin could do it",
        )
    })
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(|cursor| ListTrials::call(Nothing, PageQuery::at(cursor), Nothing), COLUMNS).await
}

fn words(trial: &Trial) -> String {
    let text = card(trial, COLUMNS);
    if !trial.may_edit {
        return text;
    }
    let end = local(trial.extension.ends_at);
    let words = match (trial.state, trial.extension.earlier) {
        (TrialState::Expired, _) => format!(
            "The trial has expired; the organization is read-only. Extended now, it ends {end}.\n"
        ),
        (TrialState::Active, true) => format!(
            "Extended now, it would end {end}: earlier than it does, since an extension is \
             {EXTENSION} days from today.\n"
        ),
        (TrialState::Active, false) => format!("Extended now, it would end {end}.\n"),
    };
    text + &words
}
