//! Automatic linking date: when a site links by itself (rule L11).
//!
//! Owns the date's form, for backend admins. What is decided at the date is the backend's.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::step::{Refusal, Step, Turn};
use super::taken::said;
use super::{Offered, Way, WizardSpec, asking};
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::following::{
    Announcement, AutoLink as Standing, AutoLinkState, SetAutoLink, SetAutoLinkCall, ShowAutoLink,
};
use crate::api::site::Site;
use crate::domain::act::Act;
use crate::domain::automatic::announcement_due;
use crate::domain::draft::Wizard;
use crate::domain::role::{Action as Right, permits};
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;

const DATE: &str = "on";

/// The way through the form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AutoLink {}

type Draft = super::draft::Draft<AutoLink>;

/// The form in the menus.
pub const SPEC: WizardSpec = WizardSpec::of::<AutoLink>(
    "The day on which this site links by itself.",
    Offered::Site(availability),
)
.needs(Act::Sites);

/// What the operator has answered so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// The date as typed; absent: as the site has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl Way for AutoLink {
    type About = Standing;
    type Answers = Answers;
    const KIND: Wizard = Wizard::AutoLink;
    const TITLE: &'static str = "Automatic linking date";

    fn steps() -> Vec<Box<dyn Step<Self>>> {
        vec![Box::<DateStep>::default(), Box::new(Announced)]
    }

    fn ask(subject: &str) -> Request {
        ShowAutoLink::call(subject.to_owned(), Nothing, Nothing)
    }

    fn told(answers: &Answers) -> Vec<(&'static str, String)> {
        vec![("Date", answers.on.as_deref().map_or_else(|| "as the site has it".to_owned(), said))]
    }

    fn crumb(_standing: &Standing) -> Option<Untrusted> {
        None
    }
}

/// Rule L0: backend admins set it; others are told that there is one.
fn availability(site: &Site) -> Availability {
    if site.state != SiteState::NotEnrolled {
        return Availability::Hidden;
    }
    if site.my_roles.iter().any(|role| permits(*role, Right::Provision)) {
        return Availability::Ready;
    }
    match site.auto_link_on {
        Some(on) => {
            let date = on.strftime("%-d %B %Y");
            let words = format!("It links by itself on {date}. A backend admin sets the date.");
            Availability::Disabled(words.into())
        }
        None => Availability::Hidden,
    }
}

/// The date as it would be saved.
fn typed(draft: &Draft) -> String {
    let present = || draft.about.on.map(|on| on.strftime("%Y-%m-%d").to_string());
    draft.answers.on.clone().or_else(present).unwrap_or_default()
}

/// What becomes of an announcement whose day is past, for the date was set late: the last of those
/// that are due goes out at once.
fn late(on: Timestamp, told: &Announcement, now: Timestamp) -> Option<&'static str> {
    if told.due_at > now {
        return None;
    }
    let next = announcement_due(on, now) == Some(told.days);
    Some(if next {
        "being told; it links 7 days after that at the earliest"
    } else {
        "left out, for it was set later"
    })
}

/// When an announcement goes out.
fn to_be_told(standing: &Standing, told: &Announcement, here: Here<'_>) -> String {
    let late = standing.on.zip(here.now()).and_then(|(on, now)| late(on, told, now));
    late.map_or_else(|| format!("to be told {}", here.moment(told.due_at)), str::to_owned)
}

/// Where it stands, and what was or will be announced.
fn standing(standing: &Standing, here: Here<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let date = standing.on.map(|on| format!("{} 00:00 UTC", on.strftime("%-d %b %Y")));
    let mut facts = vec![("Date".to_owned(), date.unwrap_or_else(|| "none".to_owned()))];
    for told in &standing.announcements {
        let when = match told.sent_at {
            Some(at) => format!("told {}", here.moment(at)),
            None if standing.state == AutoLinkState::Planned => to_be_told(standing, told, here),
            None => "not told".to_owned(),
        };
        facts.push((format!("{} days before", told.days), when));
    }
    if let Some(organization) = &standing.organization {
        facts.push(("Organization".to_owned(), organization.clone()));
    }
    blocks.push(Block::Facts(facts));
    if standing.state == AutoLinkState::Waiting {
        blocks.push(Block::notice(Tone::Attention, standing.reason.shown().to_string()));
    }
    blocks.push(Block::Gap);
    blocks
}

/// Step one.
#[derive(Default)]
struct DateStep {
    saving: Load<Standing>,
}

impl Step<AutoLink> for DateStep {
    fn id(&self) -> &'static str {
        "date"
    }

    fn title(&self) -> &'static str {
        "Date"
    }

    fn help(&self) -> &'static str {
        "Set the day on which this site links by itself; leave it empty, and it never does. Its \
         administrators can link it themselves at any time before. A site that may not link yet \
         is never linked by itself."
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        self.saving = Load::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = standing(&draft.about, here);
        let error = self.saving.error().filter(|e| e.code() == "invalid").map(ToString::to_string);
        let refused = error.is_some();
        blocks.push(Block::Field(FieldSpec {
            key: DATE,
            label: "Links by itself on".into(),
            kind: Kind::Text,
            value: typed(draft),
            hint: "Such as 2026-06-01, 31 days ahead or more; or empty.".into(),
            error,
        }));
        blocks.push(Block::aside(
            "Its administrators are told 30 and 7 days before, and it links no sooner than 7 days \
             after they were told. Linking is permanent; where it is not clear which organization \
             is meant, a human decides.",
        ));
        match self.saving.error().filter(|_| !refused) {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.saving, "Saving the date", here)));
            }
        }
        let flag = match typed(draft).trim() {
            "" => "--off".to_owned(),
            date => format!("--on {}", Untrusted::new(date).shown()),
        };
        let same_as = Some(format!("hublink site auto-link {} {flag}", draft.about.site.shown()));
        Page { blocks, same_as, first: Some(DATE), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "The site's administrators are told 30 and 7 days before.".into(),
            "On the day it links where exactly one customer matches by id, or by a verified \
             domain of more than half of its active users. Any other match waits for a human."
                .into(),
            "Linking is permanent. Its users are then linked without an e-mail.".into(),
        ]
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.saving.is_waiting() {
            return Err(Refusal::page("The date is being saved; wait for the answer."));
        }
        let typed = typed(draft);
        if typed.trim().is_empty() || typed.trim().parse::<Date>().is_ok() {
            return Ok(());
        }
        Err(Refusal::field(DATE, "Write the date as year-month-day, such as 2026-06-01."))
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Text { field: DATE, value } = edit {
            draft.answers.on = Some(value.clone());
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let on: Option<Date> = typed(draft).trim().parse().ok();
        let url = draft.about.site.raw().to_owned();
        self.saving.ask(SetAutoLinkCall::call(url, Nothing, SetAutoLink { on }), cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let Some(standing) = self.saving.answer(id, result) else {
            return Turn::Stay;
        };
        draft.about = standing.clone();
        Turn::Next
    }
}

/// Step two: what follows.
struct Announced;

impl Step<AutoLink> for Announced {
    fn id(&self) -> &'static str {
        "announced"
    }

    fn title(&self) -> &'static str {
        "Announced"
    }

    fn help(&self) -> &'static str {
        "The day is kept. Here is when it was or will be announced, and, once the day has come, \
         what became of it. The wizard can be opened again to change it."
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = standing(&draft.about, here);
        blocks.push(Block::prose(match draft.about.on {
            Some(_) => "The date is set. A human can link the site at any time before.",
            None => "The site does not link by itself.",
        }));
        Page::new(blocks)
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec!["The timers show the date; where a human has to decide, they say why.".into()]
    }

    fn check(&self, _draft: &Draft) -> Result<(), Refusal> {
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        (action == Action::Next).then(|| "finish".to_owned())
    }

    fn on_next(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        Turn::Leave { finished: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::automatic::announced_at;

    #[test]
    fn l11_a_date_set_late_says_what_goes_out_and_what_is_left_out() {
        let on: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let said = |days, now: &str| {
            let told = Announcement { days, due_at: announced_at(on, days), sent_at: None };
            late(on, &told, now.parse().unwrap())
        };
        assert_eq!(said(30, "2026-05-01T00:00:00Z"), None);
        assert_eq!(
            said(30, "2026-05-03T00:00:00Z"),
            Some("being told; it links 7 days after that at the earliest")
        );
        assert_eq!(said(7, "2026-05-03T00:00:00Z"), None);
        assert_eq!(said(30, "2026-05-26T00:00:00Z"), Some("left out, for it was set later"));
        assert_eq!(
            said(7, "2026-05-26T00:00:00Z"),
            Some("being told; it links 7 days after that at the earliest")
        );
    }
}
