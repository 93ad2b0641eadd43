//! `hublink site`: meeting sites, their linking method, the agreement. Linking one is `linking`'s,
//! signing is `agree`'s.

mod agree;
pub mod linking;
pub mod next;

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::context::Context;
use super::exit::Failure;
use super::following::{self, AccountLinkingArgs, AutoLinkArgs};
use super::grid::{Cell, Column, card, local};
use super::insights::{self, InsightsArgs};
use super::standard::hint;
use super::values::coded;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::site::{
    AddSite, EditSite, EditSiteCall, ListSites, NewSite, SetMethod, SetMethodCall, ShowSite, Site,
};
use crate::domain::domain_name::with_unicode;
use crate::domain::linking::LinkingMethod;
use crate::domain::number::thousands;
use crate::domain::site::{SiteState, site_url};

/// Meeting sites.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// List the sites that you see
    List,
    /// Show one site
    Show {
        /// The site's URL
        #[arg(value_name = "SITE-URL", value_parser = site_url)]
        site: String,
    },
    /// Add a site (backend admin)
    #[command(after_help = "Example:\n  hublink site add acme.webex.example --company 'Acme \
        Robotics' \\\n    --site-admin fay@acme.example --csm csm@provider.example")]
    Add(AddArgs),
    /// Change a site; what is not named stays (backend admin)
    Edit(EditArgs),
    /// Enroll Now: the first step of linking a site of yours
    #[command(after_help = "Who is in no organization yet gets a mail; use its link or code \
        before anything else:\n  hublink site connect acme.webex.example abcd-1234-efgh-5678")]
    Enroll(linking::EnrollArgs),
    /// Use the link or code of the mail that enrolling sent
    Connect(linking::ConnectArgs),
    /// List the organizations that match a site of yours, with every reason
    Candidates(linking::CandidatesArgs),
    /// Link a site to an organization, for good; look at its link
    #[command(
        after_help = "Examples:\n  hublink site link acme.webex.example --org acme --review\n  \
        hublink site link acme.webex.example --org acme --agree --confirm acme.webex.example\n  \
        hublink site link acme.webex.example --new --country DE --agree \\\n    --confirm \
        acme.webex.example\n  hublink site link acme.webex.example --status --watch\n\nThis is \
        permanent: a site is linked once, to one organization. There is no unlink."
    )]
    Link(Box<linking::LinkArgs>),
    /// Choose how the site's users prove their addresses; linked users stay linked
    #[command(after_help = "Example:\n  hublink site method acme.webex.example receive_email")]
    Method {
        /// The site's URL
        #[arg(value_name = "SITE-URL", value_parser = site_url)]
        site: String,
        /// The method
        #[arg(value_parser = coded(
            LinkingMethod::ALL.map(LinkingMethod::code),
            LinkingMethod::from_code,
        ))]
        method: LinkingMethod,
    },
    /// Sign the agreement for domains, which covers them for three months
    #[command(
        after_help = "Examples:\n  hublink site agree acme.webex.example --review\n  hublink \
        site agree acme.webex.example --domain acme-labs.example \\\n    --agree --confirm \
        acme.webex.example\n\nUsers of these domains \
        are then linked without a mail to them. You vouch for the\ndomains, and have three months \
        to verify them."
    )]
    Agree(agree::AgreeArgs),
    /// Show or set what becomes of users who are added later
    #[command(after_help = "Examples:\n  hublink site account-linking acme.webex.example\n  \
        hublink site account-linking acme.webex.example receive_email\n\nA plan of at most 25 new \
        users applies itself; a larger one waits for review.")]
    AccountLinking(AccountLinkingArgs),
    /// Show or set the date on which the site links by itself
    #[command(after_help = "Example:\n  hublink site auto-link new.webex.example --on \
        2026-06-01\n\nThe site's administrators are told 30 and 7 days before.")]
    AutoLink(AutoLinkArgs),
    /// Reports, meetings, people and devices of a linked site
    #[command(after_help = "Examples:\n  hublink site insights acme.webex.example --report audio \
        --by week\n  hublink site insights acme.webex.example meetings --in-progress\n  hublink site \
        insights acme.webex.example import meetings.csv")]
    Insights(InsightsArgs),
}

/// A new site.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The company, as the site has it
    #[arg(long)]
    company: String,
    /// An administrator's address; may be given again
    #[arg(long = "site-admin", value_name = "EMAIL")]
    site_admins: Vec<String>,
    /// Link it to this organization from the start, for good
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The site may not link yet
    #[arg(long)]
    may_not_link: bool,
    /// The customer success manager's contact
    #[arg(long, default_value = "")]
    csm: String,
    /// The id of the organization it belongs to, as far as is known
    #[arg(long, value_name = "ID", default_value = "")]
    organization_hint: String,
}

/// What changes.
#[derive(Debug, Args)]
pub struct EditArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The company
    #[arg(long)]
    company: Option<String>,
    /// An administrator's address; may be given again; replaces all there were
    #[arg(long = "site-admin", value_name = "EMAIL")]
    site_admins: Vec<String>,
    /// Whether the site may link
    #[arg(long, value_name = "true|false")]
    may_link: Option<bool>,
    /// The customer success manager's contact
    #[arg(long)]
    csm: Option<String>,
    /// The id of the organization it belongs to, as far as is known
    #[arg(long, value_name = "ID")]
    organization_hint: Option<String>,
}

/// The deadline that comes next of what was signed for; where all have lapsed, the last of them.
fn next_deadline(site: &Site) -> Option<Timestamp> {
    let open = site.agreements.iter().filter(|one| !one.lapsed).map(|one| one.deadline).min();
    open.or_else(|| site.agreements.iter().map(|one| one.deadline).max())
}

pub(super) const COLUMNS: &[Column<Site>] = &[
    Column { name: "url", cell: |site| Cell::Text(site.url.clone()) },
    Column { name: "company", cell: |site| Cell::Text(site.company.clone()) },
    Column { name: "state", cell: |site| Cell::Word(site.state.code()) },
    Column {
        name: "organization",
        cell: |site| Cell::maybe(site.organization.as_deref(), Cell::plain_text),
    },
    Column {
        name: "method",
        cell: |site| Cell::maybe(site.method, |method| Cell::Word(method.code())),
    },
    Column { name: "users", cell: |site| Cell::Count(site.users.total) },
    Column { name: "linked", cell: |site| Cell::Count(site.users.linked) },
    Column { name: "invited", cell: |site| Cell::Count(site.users.invited) },
    Column { name: "domain_due_at", cell: |site| Cell::maybe(next_deadline(site), Cell::At) },
    Column {
        name: "my_roles",
        cell: |site| Cell::joined(site.my_roles.iter().map(|role| role.title())),
    },
];

/// Does it.
///
/// # Errors
/// What went wrong.
pub async fn run(command: SiteCommand, cx: &mut Context) -> Result<(), Failure> {
    let call = match command {
        SiteCommand::List => return list(cx).await,
        SiteCommand::AccountLinking(args) => return following::account_linking(args, cx).await,
        SiteCommand::AutoLink(args) => return following::auto_link(args, cx).await,
        SiteCommand::Enroll(args) => return linking::enroll(args, cx).await,
        SiteCommand::Connect(args) => return linking::connect(args, cx).await,
        SiteCommand::Candidates(args) => return linking::candidates(args, cx).await,
        SiteCommand::Link(args) => return linking::link(*args, cx).await,
        SiteCommand::Insights(args) => return insights::run(args, cx).await,
        SiteCommand::Show { site } => ShowSite::call(site, Nothing, Nothing),
        SiteCommand::Add(args) => AddSite::call(
            Nothing,
            Nothing,
            NewSite {
                url: args.site,
                company: args.company,
                site_admins: args.site_admins,
                organization: args.org,
                may_link: !args.may_not_link,
                csm: args.csm,
                organization_hint: args.organization_hint,
            },
        ),
        SiteCommand::Edit(args) => {
            let edit = EditSite {
                company: args.company,
                site_admins: Some(args.site_admins).filter(|admins| !admins.is_empty()),
                may_link: args.may_link,
                csm: args.csm,
                organization_hint: args.organization_hint,
            };
            if edit == EditSite::default() {
                return Err(Failure::usage("nothing to change; see hublink site edit --help"));
            }
            EditSiteCall::call(args.site, Nothing, edit)
        }
        SiteCommand::Method { site, method } => {
            SetMethodCall::call(site, Nothing, SetMethod { method })
        }
        SiteCommand::Agree(args) => match agree::run(args, cx).await? {
            Some(sign) => sign,
            None => return Ok(()),
        },
    };
    let site: Site = cx.ask(call).await?;
    cx.out.one_as(&site, COLUMNS, || words(&site))
}

async fn list(cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(|cursor| ListSites::call(Nothing, PageQuery::at(cursor), Nothing), COLUMNS).await
}

fn words(site: &Site) -> String {
    let mut text = card(site, COLUMNS);
    for agreement in &site.agreements {
        let lapsed = if agreement.lapsed { "lapsed" } else { "signed, verify by" };
        let (domain, deadline) = (with_unicode(&agreement.domain), local(agreement.deadline));
        let _ = writeln!(text, "  {domain}  {lapsed} {deadline}");
    }
    if matches!(site.state, SiteState::Linking | SiteState::LinkFailed) {
        let url = site.url.shown();
        let _ = writeln!(text, "Its link: hublink site link {url} --status");
    }
    if !site.may_link {
        let _ = writeln!(text, "This site may not link yet; ask {}.", site.csm.shown());
    }
    let users = &site.users;
    if users.unknown > 0 {
        let count = thousands(users.unknown);
        let _ = writeln!(text, "{count} may have been sent a mail; see hublink invite resolve.");
    }
    if let Some(next) = next::next(site) {
        hint(&mut text, &format!("Next: {next}"));
    } else if let Some(others) = next::others(site) {
        hint(&mut text, &others);
    }
    text
}
