//! Step five: the link under way, its failure, and what became of it (rules L7, L8).
//!
//! Owns watching the job and trying it again on demand. There is no cancelling and no way back:
//! Esc leaves, and the link goes on.

mod view;

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::linking::{LinkJob, RetryLink};
use crate::domain::draft::Wizard;
use crate::domain::outcome::Outcome;
use crate::domain::site::SiteState;
use crate::domain::site_link::{EnrollStep, LinkState};
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Edit, Page};
use crate::tui::people::People;
use crate::tui::screen::{Cx, Here};
use crate::tui::screens::people::PeopleScreen;
use crate::tui::wizard;
use crate::tui::wizard::link_site::{Draft, LinkSite};
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::watching::Watching;

use self::view::{AGAIN, FINISH, NEXT, USERS};

/// While time alone moves the bar, it is drawn so often: a hundredth of the whole, in these bounds.
const TICK_MS: (u64, u64) = (1_000, 60_000);

/// The step.
#[derive(Default)]
pub struct Linking {
    watching: Watching<LinkJob>,
    retry: Load<LinkJob>,
    draw_at: u64,
}

impl Linking {
    fn done(&self) -> Option<&LinkJob> {
        self.watching.get().filter(|job| job.state == LinkState::Done)
    }

    fn people(&self, id: &str) -> Turn {
        let (Some(job), Some(outcome)) = (self.done(), Outcome::from_code(id)) else {
            return Turn::Stay;
        };
        let reported = job.result.reported.iter().find(|row| row.outcome == outcome);
        let (title, number) = match reported {
            Some(row) => (outcome.label(), row.users),
            None => ("linked silently", job.result.linked),
        };
        let people = People::Link { site: job.site.raw().to_owned(), outcome: Some(outcome) };
        Turn::Push(Box::new(PeopleScreen::new(people, title, number)))
    }

    fn again(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        if !self.retry.is_waiting() {
            let url = draft.about.site.raw().to_owned();
            self.retry.ask(RetryLink::call(url, Nothing, Nothing), cx);
        }
    }

    /// Step two, in its own wizard.
    fn link_users(draft: &Draft) -> Turn {
        match wizard::open(Wizard::LinkUsers, &draft.about.site) {
            Some(screen) => Turn::Handover(screen),
            None => Turn::Stay,
        }
    }

    /// Whether the organization is made by linking: it has no full admin but who chose Link Now.
    fn is_to_new(&self, draft: &Draft) -> bool {
        self.watching.get().map_or(draft.answers.is_to_new(), |job| job.new_organization)
    }

    /// The site's state follows its job's.
    fn follow(&self, draft: &mut Draft) {
        let Some(job) = self.watching.get() else { return };
        (draft.about.state, draft.about.next) = match job.state {
            LinkState::Running => (SiteState::Linking, EnrollStep::Linking),
            LinkState::Failed => (SiteState::LinkFailed, EnrollStep::Linking),
            LinkState::Done => (SiteState::Enrolled, EnrollStep::Linked),
        };
    }
}

/// Whether a job was ever begun, as far as is known.
fn is_begun(draft: &Draft) -> bool {
    matches!(draft.about.next, EnrollStep::Linking | EnrollStep::Linked)
}

impl Step<LinkSite> for Linking {
    fn id(&self) -> &'static str {
        "linking"
    }

    fn title(&self) -> &'static str {
        "Linking"
    }

    fn help(&self) -> &'static str {
        "The link is made by a job that takes up to 24 hours and goes on by itself, also while \
         you are away. If it fails it says why and is tried again. Once it is done, linking the \
         users is the next step, when you want it."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.watching.stop(cx);
        *self = Self::default();
        if is_begun(draft) {
            self.watching.start(draft.about.site.raw(), cx);
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        view::page(&self.watching, &self.retry, draft, here)
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        if self.done().is_some() || draft.about.next == EnrollStep::Linked {
            return vec![
                "The link is for good; nobody's rights have changed.".into(),
                "Step two, linking the users, gives each of them an account in the organization. \
                 It is optional, at any time, and nothing is sent before you review a plan."
                    .into(),
            ];
        }
        vec![
            "The backend does it, within 24 hours. You may leave, close the terminal, and come \
             back."
                .into(),
            "It cannot be cancelled. Should it fail, it is tried again by itself, to the same \
             organization only."
                .into(),
            if self.is_to_new(draft) {
                view::NOBODY_TOLD.into()
            } else {
                "When it completes, all full admins of the organization are told by e-mail.".into()
            },
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if !is_begun(draft) {
            return Err(Refusal::page("Nothing is being linked yet; go back to the agreement."));
        }
        match self.watching.get() {
            Some(job) if job.state == LinkState::Done => Ok(()),
            Some(_) => Err(Refusal::page("The link is not complete; you may leave, it goes on.")),
            None if draft.about.next == EnrollStep::Linked => Ok(()),
            None => Err(Refusal::page("The link is not loaded yet.")),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let linked = draft.about.next == EnrollStep::Linked;
        match action {
            Action::Next if linked => Some("finish".to_owned()),
            Action::Back | Action::Leave if linked => Some("leave".to_owned()),
            Action::Back | Action::Leave if is_begun(draft) => Some("leave, it goes on".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::Ready),
            Action::Next => Some(Availability::shown_if(draft.about.next == EnrollStep::Linked)),
            _ => None,
        }
    }

    fn acts_on(&self, list: &str, id: &str) -> bool {
        (list, id) == (NEXT, AGAIN)
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Open { list: "tally", id } => self.people(id),
            Edit::Open { list: NEXT, id } => match id.as_str() {
                AGAIN => {
                    self.again(draft, cx);
                    Turn::Stay
                }
                USERS => Self::link_users(draft),
                FINISH => Turn::Leave { finished: true },
                _ => Turn::Stay,
            },
            _ => Turn::Stay,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => {
                self.enter(draft, cx);
                Turn::Stay
            }
            // What is before is over: there is nothing to change any more.
            Action::Back if is_begun(draft) => Turn::Leave { finished: false },
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        Turn::Leave { finished: true }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        if self.watching.take(id, result, cx) {
            self.follow(draft);
        } else if self.retry.take(id, result)
            && self.retry.error().is_none()
            && let Some(job) = self.retry.get()
        {
            self.watching.put(job);
            self.follow(draft);
        }
        Turn::Stay
    }

    fn reconcile(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.watching.reconcile(cx);
        let Some(job) = self.watching.get().filter(|job| job.state == LinkState::Running) else {
            return;
        };
        if cx.now_ms >= self.draw_at {
            let whole = job.due_at.duration_since(job.started_at).as_millis();
            let hundredth = u64::try_from(whole / 100).unwrap_or(TICK_MS.0);
            self.draw_at = cx.now_ms + hundredth.clamp(TICK_MS.0, TICK_MS.1);
        }
        cx.wake_at(self.draw_at);
    }
}
