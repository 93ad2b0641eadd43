//! Step one: what linking this site is and is not, and Enroll Now (rules L1, L10).
//!
//! Owns saying what is sent before it is sent, and whom to ask while the site may not link.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{Enroll, EnrollSite, Enrollment};
use crate::domain::organization::OrganizationKind;
use crate::domain::site_link::EnrollStep;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::link_site::{Draft, LinkSite};
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::{Way, asking};

/// The step.
#[derive(Default)]
pub struct SiteStep {
    me: Untrusted,
    asked: Load<Enrollment>,
    /// Enroll Now was pressed; else one only looks again.
    enrolls: bool,
}

impl SiteStep {
    fn look_again(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.enrolls = false;
        self.asked.ask(LinkSite::ask(draft.about.site.raw()), cx);
    }
}

impl Step<LinkSite> for SiteStep {
    fn id(&self) -> &'static str {
        "site"
    }

    fn title(&self) -> &'static str {
        "Site"
    }

    fn help(&self) -> &'static str {
        "Linking hands the site's users to one organization, for good: there is no way back. \
         This page says what the site is and whether it may be linked; the next ones choose the \
         organization and ask you twice before anything is done."
    }

    fn enter(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.me = cx.session.me.as_ref().map(|me| me.email.clone()).unwrap_or_default();
        self.asked = Load::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let about = &draft.about;
        let mut blocks = if about.next == EnrollStep::AskCsm {
            may_not(about, here)
        } else {
            let mut blocks = what_it_is();
            blocks.push(self.what_is_sent(about));
            blocks
        };
        let doing = if self.enrolls { "Enrolling the site" } else { "Looking again" };
        blocks.push(match self.asked.error() {
            Some(error) => asking::failed(error, here),
            None => Block::aside(asking::waiting(&self.asked, doing, here)),
        });
        let same_as = (about.next != EnrollStep::AskCsm)
            .then(|| format!("hublink site enroll {}", about.site.shown()));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        if draft.about.next == EnrollStep::AskCsm {
            return vec![
                "Your provider decides when a site may link. Nothing is lost meanwhile: the site \
                 stays in Site Administration as it is."
                    .into(),
            ];
        }
        vec![
            "You choose the organization next, and see what linking would do, before anything is \
             done."
                .into(),
            "Nothing is linked before you have read the agreement, ticked it and typed the site's \
             URL."
                .into(),
        ]
    }

    fn acts(&self, draft: &Draft) -> bool {
        matches!(draft.about.next, EnrollStep::Enroll | EnrollStep::Organization)
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.asked.is_waiting() {
            return Err(Refusal::page("Wait for the backend's answer."));
        }
        if draft.about.next != EnrollStep::AskCsm {
            return Ok(());
        }
        Err(Refusal::page(format!("This site may not link yet; ask {}.", csm(&draft.about))))
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let enrolls = matches!(draft.about.next, EnrollStep::Enroll | EnrollStep::Organization);
        (action == Action::Next && enrolls).then(|| "enroll now".to_owned())
    }

    fn availability(&self, action: Action, draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::Ready),
            Action::Next if draft.about.next == EnrollStep::AskCsm => Some(Availability::Hidden),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload if self.enrolls && self.asked.error().is_some() => {
                self.on_next(draft, cx)
            }
            Action::Reload => {
                self.look_again(draft, cx);
                Turn::Stay
            }
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match draft.about.next {
            EnrollStep::Enroll | EnrollStep::Organization => {
                self.enrolls = true;
                let url = draft.about.site.raw().to_owned();
                self.asked.ask(EnrollSite::call(url, Nothing, Enroll::default()), cx);
                Turn::Stay
            }
            EnrollStep::Linking | EnrollStep::Linked => Turn::Goto("linking"),
            EnrollStep::AskCsm => Turn::Stay,
            EnrollStep::Connect => Turn::Next,
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if !self.asked.take(id, result) || self.asked.error().is_some() {
            return Turn::Stay;
        }
        if let Some(enrollment) = self.asked.get() {
            draft.about = enrollment.clone();
        }
        let on = self.enrolls && draft.about.next != EnrollStep::AskCsm;
        if on { Turn::Next } else { Turn::Stay }
    }
}

/// What linking is, what it is not, and that it is for good.
fn what_it_is() -> Vec<Block> {
    let fact = |text: &str| Block::notice(Tone::Text, text);
    vec![
        Block::prose(
            "Linking binds this site to one organization, for good: there is no unlinking. It \
             takes up to 24 hours.",
        ),
        Block::Gap,
        Block::Heading("What it does".to_owned()),
        fact("The organization's admins see the site's reports, meetings and their quality."),
        fact(
            "Users whom the organization has already, and users who have confirmed their address, \
             are linked, without an e-mail.",
        ),
        Block::Gap,
        Block::Heading("What it does not do".to_owned()),
        fact("It gives nobody a right and takes none away."),
        fact("It sends the users no e-mail. Linking the rest of them is step two, and optional."),
        Block::Gap,
    ]
}

/// Rule L10: whom to ask.
fn may_not(about: &Enrollment, here: Here<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::notice(Tone::Refused, "This site may not link yet."), Block::Gap];
    if about.csm.is_empty() {
        blocks.push(Block::prose(
            "Your provider has to allow it first. No customer success manager is on record for \
             this site; ask whoever you have the site from.",
        ));
    } else {
        blocks.extend([
            Block::prose(
                "The site's customer success manager can allow it. Write to them, and name the \
                 site:",
            ),
            Block::Gap,
            Block::Value { label: "Customer success manager".to_owned(), value: about.csm.shown() },
        ]);
    }
    let key = here.keys.key(Action::Reload);
    blocks.extend([Block::Gap, Block::aside(format!("{key} looks whether it is allowed by now."))]);
    blocks
}

impl SiteStep {
    /// Every page says what it will send before it sends.
    fn what_is_sent(&self, about: &Enrollment) -> Block {
        let me = self.me.shown();
        match (about.next, &about.my_organization) {
            (EnrollStep::Enroll, _) => Block::notice(
                Tone::Attention,
                format!(
                    "Enroll Now sends one e-mail, to you: {me} is in no organization yet, so you \
                     confirm the address first."
                ),
            ),
            (EnrollStep::Connect, _) => {
                Block::aside(format!("A mail to {me} waits to be answered; go on to that."))
            }
            (_, Some(mine)) if mine.kind == OrganizationKind::Partner => Block::notice(
                Tone::Attention,
                format!(
                    "Your account is in {}, a partner, and Enroll Now sends nothing. A customer's \
                     site is linked by a full admin of the customer's own organization; the next \
                     page says whom to ask.",
                    mine.name.shown_in(40)
                ),
            ),
            (_, Some(mine)) => Block::aside(format!(
                "Enroll Now sends nothing: your account is in {}.",
                mine.name.shown_in(40)
            )),
            (_, None) => {
                Block::aside(format!("Enroll Now sends nothing: {me} is confirmed already."))
            }
        }
    }
}

fn csm(about: &Enrollment) -> String {
    if about.csm.is_empty() {
        "whoever you have the site from".to_owned()
    } else {
        about.csm.shown_in(60).to_string()
    }
}
