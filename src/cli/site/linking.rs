//! `hublink site enroll|connect|candidates|link`: linking a site to an organization (L1 to L8).
//!
//! Owns the arguments and the words. Linking is for good: it takes the tick, the site's URL in
//! full, and the agreement as it is at that moment.

use std::fmt::Write as _;

use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{
    Candidate, Candidates, CandidatesQuery, Connect, ConnectSite, Enroll, EnrollSite, Enrollment,
    LinkJob, LinkPlan, LinkSite, LinkSiteCall, LinkTarget, LinkedUser, LinkedUsersQuery,
    ListCandidates, ListLinkedUsers, NewTarget, PrepareLink, RetryLink, WatchLink, WhyNot,
};
use crate::api::run::WatchQuery;
use crate::api::session::Secret;
use crate::cli::context::{Context, PAGE};
use crate::cli::exit::{Exit, Failure};
use crate::cli::grid::{Cell, Column, card, local};
use crate::cli::output::{Format, note};
use crate::cli::standard::hint;
use crate::domain::number::count;
use crate::domain::organization::OrganizationKind;
use crate::domain::site::site_url;
use crate::domain::site_link::{Consequences, EnrollStep, LinkState};
use crate::domain::untrusted::Untrusted;
use clap::{ArgGroup, Args};

/// How long a long poll waits, in seconds.
const WAIT: u16 = 25;

/// Enroll Now.
#[derive(Debug, Args)]
pub struct EnrollArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// Send the connect mail again; its old link and code end
    #[arg(long)]
    resend: bool,
}

/// The connect mail's code.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// The code of the mail, or its whole link; asked for when it is not given
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Which organizations match.
#[derive(Debug, Args)]
pub struct CandidatesArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// Also the organization with this id
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
}

/// Linking, and looking at a link.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true)
    .args(["org", "new", "status", "users", "retry"]))]
pub struct LinkArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// Link it to this organization, in which you are full admin
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// Link it to a new organization, of which you become full admin
    #[arg(long, requires = "country")]
    new: bool,
    /// The new organization's name; absent: the site's company
    #[arg(long, requires = "new")]
    name: Option<String>,
    /// The new organization's country, such as DE
    #[arg(long, requires = "new")]
    country: Option<String>,
    /// Print the agreement with the consequences, and link nothing
    #[arg(long, conflicts_with_all = ["agree", "confirm", "watch"])]
    review: bool,
    /// I have read the agreement and agree to link the site
    #[arg(long, required_unless_present_any = ["review", "status", "users", "retry"])]
    agree: bool,
    /// The site's URL, in full
    #[arg(long, value_name = "SITE-URL",
          required_unless_present_any = ["review", "status", "users", "retry"])]
    confirm: Option<String>,
    /// The hash of the agreement that was read; absent: the agreement as it is now
    #[arg(long, value_name = "SHA256")]
    agreement: Option<String>,
    /// Follow the link until it is done or fails
    #[arg(long)]
    watch: bool,
    /// Show the link job
    #[arg(long)]
    status: bool,
    /// List the users that the link was for: linked, or why not
    #[arg(long)]
    users: bool,
    /// Try a link that failed again, now
    #[arg(long)]
    retry: bool,
}

pub const ENROLLMENT: &[Column<Enrollment>] = &[
    Column { name: "site", cell: |it| Cell::Text(it.site.clone()) },
    Column { name: "company", cell: |it| Cell::Text(it.company.clone()) },
    Column { name: "state", cell: |it| Cell::Word(it.state.code()) },
    Column { name: "next", cell: |it| Cell::Word(it.next.code()) },
    Column {
        name: "connect_mail",
        cell: |it| Cell::maybe(it.connect.as_ref(), |mail| Cell::Word(mail.state.code())),
    },
    Column {
        name: "my_organization",
        cell: |it| Cell::maybe(it.my_organization.as_ref(), |mine| Cell::plain_text(&mine.id)),
    },
];

const CANDIDATES: &[Column<Candidate>] = &[
    Column { name: "id", cell: |it| Cell::plain_text(&it.id) },
    Column { name: "name", cell: |it| Cell::Text(it.name.clone()) },
    Column { name: "kind", cell: |it| Cell::Word(it.kind.code()) },
    Column { name: "created_at", cell: |it| Cell::At(it.created_at) },
    Column {
        name: "reasons",
        cell: |it| Cell::joined(it.reasons.iter().map(|reason| reason.kind.title())),
    },
    Column { name: "choosable", cell: |it| Cell::yes_no(it.choosable) },
    Column { name: "full_admins", cell: |it| Cell::Count(it.full_admins) },
    Column { name: "ask", cell: |it| Cell::joined(it.ask.iter().map(Untrusted::raw)) },
];

const JOB: &[Column<LinkJob>] = &[
    Column { name: "site", cell: |job| Cell::Text(job.site.clone()) },
    Column { name: "organization", cell: |job| Cell::plain_text(&job.organization) },
    Column { name: "state", cell: |job| Cell::Word(job.state.code()) },
    Column { name: "progress", cell: |job| Cell::Count(job.progress.into()) },
    Column { name: "started_at", cell: |job| Cell::At(job.started_at) },
    Column { name: "started_by", cell: |job| Cell::Text(job.started_by.clone()) },
    Column { name: "due_at", cell: |job| Cell::At(job.due_at) },
    Column { name: "ended_at", cell: |job| Cell::maybe(job.ended_at, Cell::At) },
    Column { name: "failures", cell: |job| Cell::Count(job.failures.into()) },
    Column { name: "reason", cell: |job| Cell::maybe(job.reason.clone(), Cell::Text) },
    Column { name: "retry_at", cell: |job| Cell::maybe(job.retry_at, Cell::At) },
    Column { name: "waits", cell: |job| Cell::maybe(job.waits.clone(), Cell::Text) },
    Column { name: "linked", cell: |job| Cell::Count(job.result.linked) },
    Column { name: "reported", cell: |job| Cell::Count(reported(&job.result)) },
    Column { name: "notices_sent", cell: |job| Cell::Count(job.notices.sent) },
    Column { name: "notices", cell: |job| Cell::Count(job.notices.total) },
];

const USERS: &[Column<LinkedUser>] = &[
    Column { name: "user_id", cell: |user| Cell::Text(user.user_id.clone()) },
    Column { name: "name", cell: |user| Cell::Text(user.name.clone()) },
    Column { name: "address", cell: |user| Cell::Text(user.address.clone()) },
    Column { name: "outcome", cell: |user| Cell::Word(user.outcome.code()) },
    Column { name: "reason", cell: |user| why(user) },
];

fn why(user: &LinkedUser) -> Cell {
    Cell::plain_text(&user.outcome.reason_for(user.address.raw()))
}

fn reported(what: &Consequences) -> u64 {
    what.reported.iter().map(|row| row.users).sum()
}

/// `site enroll`.
pub async fn enroll(args: EnrollArgs, cx: &mut Context) -> Result<(), Failure> {
    enrolled(EnrollSite::call(args.site, Nothing, Enroll { resend: args.resend }), cx).await
}

/// `site connect`.
pub async fn connect(args: ConnectArgs, cx: &mut Context) -> Result<(), Failure> {
    let code = match args.code {
        Some(code) => Secret::new(code),
        None => cx.person.secret("Code of the mail: ", "give the code after the URL").await?,
    };
    enrolled(ConnectSite::call(args.site, Nothing, Connect { code }), cx).await
}

async fn enrolled(request: Request, cx: &mut Context) -> Result<(), Failure> {
    let shown: Enrollment = cx.ask(request).await?;
    cx.out.one_as(&shown, ENROLLMENT, || {
        let mut text = card(&shown, ENROLLMENT);
        hint(&mut text, &next(&shown));
        text
    })
}

/// What the state says all the while.
const NOT_YET: &str = "The site stays not_enrolled until it is linked to an organization.\n";

/// What comes next, as a command.
fn next(shown: &Enrollment) -> String {
    let site = shown.site.shown();
    match shown.next {
        EnrollStep::AskCsm => format!("This site may not link yet; ask {}.", shown.csm.shown()),
        EnrollStep::Enroll => format!("Next: hublink site enroll {site}"),
        EnrollStep::Connect => {
            let to = shown.connect.as_ref().map(|mail| mail.to.shown().to_string());
            let to = to.unwrap_or_default();
            format!(
                "{NOT_YET}A mail goes to {to}. Use its link, or: hublink site connect {site} CODE"
            )
        }
        EnrollStep::Organization => format!("{NOT_YET}Next: hublink site candidates {site}"),
        EnrollStep::Linking => format!("Under way: hublink site link {site} --status"),
        EnrollStep::Linked => {
            format!("Linked. Its users are next: hublink user list --site {site}")
        }
    }
}

/// `site candidates`.
pub async fn candidates(args: CandidatesArgs, cx: &mut Context) -> Result<(), Failure> {
    let query = CandidatesQuery { organization: args.org };
    let request = ListCandidates::call(args.site, query, Nothing);
    let found: Candidates = cx.ask(request).await?;
    if cx.out.format() == Format::Json {
        return cx.out.one(&found, &[]);
    }
    cx.out.list(found.items.iter(), CANDIDATES)?;
    if cx.out.format() == Format::Table {
        note(explained(&found).trim_end());
    }
    Ok(())
}

/// What a table has no room for: every reason, why not, and a new organization.
fn explained(found: &Candidates) -> String {
    let mut text = String::new();
    for item in &found.items {
        let _ = writeln!(text, "{} ({})", item.name.shown(), item.id);
        for reason in &item.reasons {
            let _ = writeln!(text, "  {}: {}", reason.kind.title(), reason.text.shown());
        }
        if item.choosable && item.kind == OrganizationKind::Partner {
            let _ = writeln!(
                text,
                "  A partner's own organization: a customer's site linked to it stays with the \
                 partner, for good."
            );
        }
        if let Some(why) = &item.why_not {
            refused(&mut text, why);
            if item.ask.is_empty() && !found.csm.is_empty() {
                let _ = writeln!(text, "  Whom to ask: {}", found.csm.shown());
            }
        }
    }
    if found.more > 0 {
        let _ = writeln!(text, "and {} more", found.more);
    }
    if found.typed_id_found == Some(false) {
        let _ = writeln!(text, "No organization has the id you gave.");
    }
    match &found.new_organization.why_not {
        None => {
            let name = found.new_organization.name.shown();
            let _ = writeln!(text, "Or a new organization, {name}: --new --country CODE");
        }
        Some(why) => {
            let _ = writeln!(text, "A new organization is not offered.");
            refused(&mut text, why);
        }
    }
    text
}

fn refused(text: &mut String, why: &WhyNot) {
    let _ = writeln!(text, "  Not for you: {} {}", why.text.shown(), why.remedy.shown());
}

/// `site link`.
pub async fn link(args: LinkArgs, cx: &mut Context) -> Result<(), Failure> {
    let LinkArgs { site, org, name, country, agreement, .. } = args;
    let target = match (org, country) {
        (Some(id), _) => LinkTarget::Organization(id),
        (None, Some(country)) => LinkTarget::NewOrganization(NewTarget { name, country }),
        (None, None) if args.users => return users(site, cx).await,
        (None, None) => {
            let call = if args.retry {
                RetryLink::call(site, Nothing, Nothing)
            } else {
                WatchLink::call(site, WatchQuery::default(), Nothing)
            };
            let job = one(call, cx).await?;
            return told(job, args.watch, cx).await;
        }
    };
    if args.review {
        let plan = plan(site, target, cx).await?;
        return cx.out.one_as(&plan, &[], || reviewed(&plan));
    }
    cx.out.expects(JOB)?;
    let confirm = args.confirm.unwrap_or_default();
    // Typed in full, as on the page: a scheme or a slash in front is not what one was asked for.
    if confirm != site {
        return Err(Failure::usage(format!(
            "--confirm is not the site's URL in full; nothing was linked. Type: --confirm {site}"
        )));
    }
    let text_sha256 = if let Some(hash) = agreement {
        hash
    } else {
        let plan = plan(site.clone(), target.clone(), cx).await?;
        note(&reviewed(&plan));
        plan.text_sha256
    };
    let body = LinkSite { target, text_sha256, agree: args.agree, confirm };
    let job = one(LinkSiteCall::call(site, Nothing, body), cx).await?;
    told(job, args.watch, cx).await
}

async fn plan(site: String, target: LinkTarget, cx: &Context) -> Result<LinkPlan, Failure> {
    cx.ask(PrepareLink::call(site, Nothing, target)).await
}

fn reviewed(plan: &LinkPlan) -> String {
    let mut text = String::new();
    // The text's paragraphs are our own; within a paragraph nothing breaks a line.
    for line in plan.text.raw().lines() {
        let _ = writeln!(text, "{}", Untrusted::new(line).shown());
    }
    let notified: Vec<String> =
        plan.notified.iter().map(|email| email.shown().to_string()).collect();
    if !notified.is_empty() {
        let _ = writeln!(text, "\nTold by e-mail: {}", notified.join(", "));
    }
    let _ = writeln!(text, "\nagreement {}", plan.text_sha256);
    text
}

async fn one(request: Request, cx: &Context) -> Result<LinkJob, Failure> {
    cx.ask(request).await
}

/// Prints the job, once it is over if it is to be followed.
async fn told(mut job: LinkJob, watch: bool, cx: &mut Context) -> Result<(), Failure> {
    while watch && job.state == LinkState::Running {
        let query = WatchQuery { after: Some(job.revision), wait: Some(WAIT) };
        job = one(WatchLink::call(job.site.raw().to_owned(), query, Nothing), cx).await?;
    }
    cx.out.one_as(&job, JOB, || words(&job))?;
    match &job.reason {
        Some(reason) if watch && job.state == LinkState::Failed => {
            let again = job.retry_at.map(local).unwrap_or_default();
            let reason = reason.shown();
            let message = format!("the link failed: {reason}\n  it is tried again at {again}");
            Err(Failure::told(Exit::Refused, message).coded("not_done"))
        }
        _ => Ok(()),
    }
}

fn words(job: &LinkJob) -> String {
    let mut text = card(job, JOB);
    let site = job.site.shown();
    for row in &job.result.reported {
        let _ =
            writeln!(text, "  {} not linked: {}", count(row.users, "user"), row.outcome.reason());
    }
    if job.state == LinkState::Done && job.result.linked > 0 {
        let linked = count(job.result.linked, "user");
        let _ = writeln!(
            text,
            "  {linked} linked got no licence by it: hublink licence export --site {site}"
        );
    }
    let next = match job.state {
        LinkState::Running => format!("Follow it: hublink site link {site} --status --watch"),
        LinkState::Failed => format!("Try it now: hublink site link {site} --retry"),
        LinkState::Done => format!(
            "Linked. Linking its users is a second step, and optional: hublink site method {site} \
             receive_email"
        ),
    };
    let _ = writeln!(text, "{next}");
    text
}

async fn users(site: String, cx: &mut Context) -> Result<(), Failure> {
    cx.list_pages(
        |cursor| {
            let query = LinkedUsersQuery { outcome: None, cursor, limit: Some(PAGE) };
            ListLinkedUsers::call(site.clone(), query, Nothing)
        },
        USERS,
    )
    .await
}
