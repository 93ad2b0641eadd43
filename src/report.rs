//! What became of a run, to be handed on (rule U5): a report, and an announcement to the untold.
//!
//! Owns what is gathered and from which answers. The words are [`page`]'s, the forms [`html`]'s and
//! [`markdown`]'s. Must not ask for anything, read a clock, or send: a human sends.

pub mod announcement;
pub mod html;
pub mod markdown;
pub mod page;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::plan::Plan;
use crate::api::run::{Run, RunItem};
use crate::api::site::Site;
use crate::domain::domain_name::DomainName;
use crate::domain::outcome::Outcome;
use crate::domain::run::{ItemState, Tally};

/// So many people are named in each list; the rest are counted.
const NAMED: usize = 200;

/// How one domain's people fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fared {
    /// Linked silently.
    pub linked: u64,
    /// E-mailed.
    pub emailed: u64,
    /// Skipped, held or blocked: as they were.
    pub left: u64,
    /// Failed, in doubt, or not processed.
    pub open: u64,
    /// Of `linked`: by a signed agreement, whose deadline runs.
    pub signed: u64,
}

impl Fared {
    /// All of them.
    pub const fn people(self) -> u64 {
        self.linked + self.emailed + self.left + self.open
    }
}

/// What is known of a run's people, added one by one; it holds names of a few hundred at most.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    domains: BTreeMap<String, Fared>,
    open: Named,
    waiting: Named,
    mails: Option<(Timestamp, Timestamp)>,
}

/// People by name, up to a number, and how many there are.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// The first of them.
    pub first: Vec<RunItem>,
    /// All of them.
    pub count: u64,
}

impl Named {
    fn add(&mut self, item: &RunItem) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(item.clone());
        }
    }
}

impl Gathered {
    /// Takes one user of the run.
    pub fn add(&mut self, item: &RunItem) {
        let domain = item.address.raw().trim().rsplit_once('@');
        let domain = domain.and_then(|(_, domain)| DomainName::parse(domain).ok());
        let domain = domain.map(|domain| domain.as_str().to_owned()).unwrap_or_default();
        let fared = self.domains.entry(domain).or_default();
        match item.state.tally() {
            Tally::Linked => {
                fared.linked += 1;
                fared.signed += u64::from(item.outcome == Outcome::LinkProvisional);
            }
            Tally::Emailed => fared.emailed += 1,
            Tally::Skipped | Tally::Held | Tally::Blocked => fared.left += 1,
            Tally::Failed | Tally::Unknown | Tally::NotProcessed => fared.open += 1,
        }
        match item.state.tally() {
            Tally::Failed | Tally::Unknown | Tally::NotProcessed => self.open.add(item),
            Tally::Held | Tally::Blocked => self.waiting.add(item),
            Tally::Linked | Tally::Emailed | Tally::Skipped => {}
        }
        if item.state == ItemState::Accepted {
            let (first, last) = self.mails.unwrap_or((item.at, item.at));
            self.mails = Some((first.min(item.at), last.max(item.at)));
        }
    }
}

/// Everything a report is made of.
#[derive(Debug)]
pub struct Report {
    /// The run.
    pub run: Run,
    /// What was planned.
    pub plan: Plan,
    /// The site as it is now.
    pub site: Site,
    /// Its people.
    pub gathered: Gathered,
    /// When the report is written, on the world clock.
    pub written_at: Timestamp,
    /// The zone in which times are told.
    pub zone: TimeZone,
}

impl Report {
    /// As a page of HTML that needs nothing else.
    pub fn html(&self) -> String {
        html::render(&page::page(self))
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(&page::page(self))
    }

    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%-d %b %Y, %H:%M %Z").to_string()
    }

    /// The domains, those with most people first.
    fn domains(&self) -> Vec<(&str, Fared)> {
        let mut domains: Vec<(&str, Fared)> =
            self.gathered.domains.iter().map(|(name, fared)| (name.as_str(), *fared)).collect();
        domains.sort_by_key(|(_, fared)| std::cmp::Reverse(fared.people()));
        domains
    }
}

/// A file's name for something of a run, of harmless characters only.
pub fn file_name(run: &str, what: &str, kind: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let run: String = run.chars().take(64).map(safe).collect();
    format!("hublink-{run}-{what}.{kind}")
}
