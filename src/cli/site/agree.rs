//! `hublink site agree`: the agreement for a site's domains (rule D4).
//!
//! Owns the arguments, the typed URL, and what one reads before: the text, and the domains of the
//! site's users with what may be signed for. Which those are is the backend's to say.

use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;

use crate::api::call::Request;
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::site::{
    AgreementText, ListSiteDomains, ShowAgreement, Sign, SignAgreement, SiteDomain,
};
use crate::cli::context::Context;
use crate::cli::exit::Failure;
use crate::cli::grid::{Cell, Column, local, table};
use crate::cli::output::{Format, note};
use crate::domain::site::site_url;
use crate::domain::untrusted::Untrusted;

/// The agreement.
#[derive(Debug, Args)]
pub struct AgreeArgs {
    /// The site's URL
    #[arg(value_name = "SITE-URL", value_parser = site_url)]
    site: String,
    /// Print the agreement and the domains of the site's users, and sign nothing
    #[arg(long, conflicts_with_all = ["domains", "agree", "confirm"])]
    review: bool,
    /// A domain to sign for; may be given again
    #[arg(long = "domain", value_name = "DOMAIN", required_unless_present = "review")]
    domains: Vec<String>,
    /// I have read the agreement and agree
    #[arg(long, required_unless_present = "review")]
    agree: bool,
    /// The site's URL, in full
    #[arg(long, value_name = "SITE-URL", required_unless_present = "review")]
    confirm: Option<String>,
    /// The hash of the agreement that was read; absent: the agreement as it is now, which is printed
    #[arg(long, value_name = "SHA256", conflicts_with = "review")]
    agreement: Option<String>,
}

const COLUMNS: &[Column<SiteDomain>] = &[
    Column { name: "name", cell: |domain| Cell::Text(domain.name.clone()) },
    Column { name: "unicode", cell: |domain| Cell::maybe(domain.unicode.clone(), Cell::Text) },
    Column { name: "users", cell: |domain| Cell::Count(domain.users) },
    Column { name: "linked", cell: |domain| Cell::Count(domain.linked) },
    Column { name: "deadline", cell: |domain| Cell::maybe(domain.deadline, Cell::At) },
    Column { name: "may_sign", cell: |domain| Cell::yes_no(domain.may_sign) },
    Column { name: "why_not", cell: |domain| Cell::plain_text(&domain.why_not) },
];

/// What signing sends; nothing where it was only to be read, which is printed.
///
/// # Errors
/// What went wrong; that the URL is not the site's in full.
pub async fn run(args: AgreeArgs, cx: &mut Context) -> Result<Option<Request>, Failure> {
    let AgreeArgs { site, review, domains, agree, confirm, agreement } = args;
    if review {
        return read(site, cx).await.map(|()| None);
    }
    cx.out.expects(super::COLUMNS)?;
    // Typed in full, as on the page: a scheme or a slash in front is not what one was asked for.
    let Some(confirm) = confirm.filter(|confirm| *confirm == site) else {
        return Err(Failure::usage(format!(
            "--confirm is not the site's URL in full; nothing was signed. Type: --confirm {site}"
        )));
    };
    let text_sha256 = if let Some(hash) = agreement {
        hash
    } else {
        let text = text(&site, cx).await?;
        note(worded(&text).trim_end());
        text.text_sha256
    };
    Ok(Some(SignAgreement::call(site, Nothing, Sign { domains, text_sha256, agree, confirm })))
}

/// What one signs, and what for, to be read.
#[derive(Serialize)]
struct Review<'a> {
    #[serde(flatten)]
    agreement: &'a AgreementText,
    domains: &'a [SiteDomain],
}

async fn text(site: &str, cx: &Context) -> Result<AgreementText, Failure> {
    cx.ask(ShowAgreement::call(site.to_owned(), Nothing, Nothing)).await
}

/// The text as it is hashed, then its hash.
fn worded(agreement: &AgreementText) -> String {
    let mut text = String::new();
    // The text's paragraphs are our own; within a paragraph nothing breaks a line.
    for line in agreement.text.raw().lines() {
        let _ = writeln!(text, "{}", Untrusted::new(line).shown());
    }
    let _ = writeln!(text, "\nagreement {}", agreement.text_sha256);
    text
}

async fn read(site: String, cx: &mut Context) -> Result<(), Failure> {
    let agreement = text(&site, cx).await?;
    let List(domains): List<SiteDomain> =
        cx.ask(ListSiteDomains::call(site.clone(), Nothing, Nothing)).await?;
    match cx.out.format() {
        Format::Csv => return cx.out.list(domains.iter(), COLUMNS),
        Format::Table if cx.out.has_fields() => return cx.out.list(domains.iter(), COLUMNS),
        Format::Json => {
            let review = Review { agreement: &agreement, domains: &domains };
            return cx.out.one(&review, &[]);
        }
        Format::Table | Format::Md | Format::Html => {}
    }
    let mut text = format!("{}\n{}", worded(&agreement), table(domains.iter(), COLUMNS, None));
    let free: Vec<_> = domains.iter().filter(|domain| domain.may_sign).collect();
    if domains.is_empty() {
        text.push_str("\nThe site has no users yet.\n");
    } else if free.is_empty() {
        text.push_str("\nNone of them may be signed for.\n");
    } else {
        text.push_str("\nTo sign for all that may be: hublink site agree ");
        text.push_str(&site);
        for domain in free {
            let _ = write!(text, " --domain {}", domain.name.shown());
        }
        let _ = writeln!(text, " --agree --confirm {site} --agreement {}", agreement.text_sha256);
    }
    let _ = writeln!(text, "Signed now, it covers them until {}.", local(agreement.deadline));
    if let Some(next) = domains.iter().filter_map(|domain| domain.deadline).min() {
        let _ = writeln!(text, "The next deadline of what was signed for: {}.", local(next));
    }
    cx.out.text(&text)
}
