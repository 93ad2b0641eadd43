//! The second pane: the sites of the chosen organization.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::links::Links;
use super::pane::PaneRow;
use crate::api::linking::LinkJob;
use crate::api::site::{Agreement, Site};
use crate::domain::site::SiteState;
use crate::tui::keymap::Action;
use crate::tui::layout;
use crate::tui::screen::{Here, Look};
use crate::tui::screens::import::may_import;
use crate::tui::theme::Tone;
use crate::tui::when::{days_left, distance, thousands};
use crate::tui::widget::text;

/// Within so many days a deadline is loud (rule D4).
const LOUD_DAYS: u64 = 30;

/// A site.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// The site.
    pub site: Site,
    /// Its link under way, as far as that is known.
    job: Option<LinkJob>,
}

/// The sites of an organization; `None`: those without one.
pub fn rows(sites: &[Site], links: &Links, organization: Option<&str>) -> Vec<SiteRow> {
    let mine = sites.iter().filter(|site| site.organization.as_deref() == organization);
    let row = |site: &Site| SiteRow { site: site.clone(), job: links.of(site).cloned() };
    mine.map(row).collect()
}

/// The agreement whose deadline comes next.
pub fn next_deadline(site: &Site) -> Option<&Agreement> {
    site.agreements.iter().filter(|one| !one.lapsed).min_by_key(|one| one.deadline)
}

/// How loud a deadline is.
pub fn deadline_tone(deadline: Timestamp, now: Option<Timestamp>) -> Tone {
    match now.map(|now| days_left(deadline, now)) {
        Some(days) if days < LOUD_DAYS => Tone::Attention,
        _ => Tone::Muted,
    }
}

impl SiteRow {
    /// "enrolled", or "linking 62 %" while that goes on.
    fn state(&self) -> String {
        let title = self.site.state.title();
        match &self.job {
            Some(job) if self.site.state == SiteState::Linking => {
                format!("{title} {} %", job.progress)
            }
            _ => title.to_owned(),
        }
    }

    /// Where the link stands, whole.
    fn link(&self, here: Here<'_>) -> String {
        let site = &self.site;
        if let (SiteState::Enrolled, Some(at)) = (site.state, site.linked_at) {
            return format!("linked {}, for good", here.date(at));
        }
        let Some(job) = &self.job else { return self.state() };
        let name = job.organization_name.shown_in(40);
        if site.state == SiteState::Linking {
            let when = here.now().filter(|now| *now < job.due_at);
            let when = when.map(|now| format!(", complete {}", distance(job.due_at, now)));
            return format!("linking to {name}, {} %{}", job.progress, when.unwrap_or_default());
        }
        let why = job.reason.as_ref().map(|why| format!(": {}", why.shown_in(80)));
        let again = job.retry_at.map(|at| format!(", tried again {}", here.moment(at)));
        format!("linking to {name} failed{}{}", why.unwrap_or_default(), again.unwrap_or_default())
    }
}

impl PaneRow for SiteRow {
    fn key(&self) -> String {
        self.site.url.raw().to_owned()
    }

    fn words(&self) -> String {
        format!("{} {}", self.site.url.shown(), self.site.company.shown())
    }

    fn height(&self) -> u16 {
        if next_deadline(&self.site).is_some() { 3 } else { 2 }
    }

    fn view(&self, chosen: bool, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let site = &self.site;
        let tone = if chosen { Tone::Strong } else { Tone::Text };
        let url = site.url.shown_in(area.width.into());
        text::put(buf, area, url.as_str(), look.ink(tone));
        let state_tone = match site.state {
            SiteState::LinkFailed => Tone::Refused,
            SiteState::Linking => Tone::Attention,
            SiteState::Enrolled | SiteState::NotEnrolled => Tone::Muted,
        };
        if let Some(row) = layout::row(area, 1) {
            let words = format!("{} · {}", self.state(), thousands(site.users.total));
            text::put(buf, row, &words, look.ink(state_tone));
        }
        if let (Some(next), Some(row)) = (next_deadline(site), layout::row(area, 2)) {
            let tone = deadline_tone(next.deadline, look.here.now());
            let words = format!("domain due {}", look.here.date(next.deadline));
            text::put(buf, row, &words, look.ink(tone));
        }
    }

    fn detail(&self, here: Here<'_>) -> String {
        let site = &self.site;
        // What is under way matters most: it stands before what may be cut.
        let (company, link) = (site.company.shown().to_string(), self.link(here));
        let mut facts =
            Vec::from(if self.job.is_some() { [link, company] } else { [company, link] });
        if site.users.total == 0 && site.state != SiteState::Linking {
            let words = if may_import(site) {
                let menu = here.keys.key(Action::Wizards);
                format!("no users yet: {menu}, Import users, takes them in")
            } else {
                "no users yet: its administrators import them".to_owned()
            };
            facts.insert(0, words);
        }
        facts.push(match site.method {
            Some(method) => format!("method: {}", method.title().to_lowercase()),
            None => "no linking method chosen".to_owned(),
        });
        if let (Some(next), Some(now)) = (next_deadline(site), here.now()) {
            facts.push(format!("{} due {}", next.domain.shown(), distance(next.deadline, now)));
        }
        if !site.may_link && site.organization.is_none() {
            facts.push(format!("may not link yet; ask {}", site.csm.shown()));
        }
        facts.join(" · ")
    }
}
