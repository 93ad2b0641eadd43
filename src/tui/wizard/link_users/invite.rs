//! Step five: the run under way (rule U5). One watches; the backend works.
//!
//! Owns progress, pausing, going on and cancelling. Leaving stops nothing: losing the client never
//! stops a run (promise I14).

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::Selection;
use crate::api::run::{CancelRun, PauseRun, ResumeRun, Run};
use crate::domain::run::RunState;
use crate::domain::sentence::one_stop;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::notify::Far;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Edit, Page, RowSpec, Rows};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::watching::Watching;
use crate::tui::wizard::{asking, tallies};

/// The row that goes on to the results.
const NEXT: &str = "next";

/// The step.
#[derive(Default)]
pub struct Invite {
    watching: Watching<Run>,
    order: Load<Run>,
    /// What the order under way does, for the words.
    ordered: &'static str,
    /// Whether it was asked if the run shall be cancelled.
    asks: bool,
    /// So many lines has the page.
    height: u16,
}

impl Invite {
    fn order(&mut self, action: Action, cx: &mut Cx<'_>) {
        let Some(run) = self.watching.get() else { return };
        let id = run.id.clone();
        let (words, call) = match action {
            Action::Pause => ("Pausing the run", PauseRun::call(id, Nothing, Nothing)),
            Action::Resume => ("Going on", ResumeRun::call(id, Nothing, Nothing)),
            _ => ("Cancelling the run", CancelRun::call(id, Nothing, Nothing)),
        };
        self.ordered = words;
        self.order.ask(call, cx);
    }

    fn ask_to_cancel(&mut self) -> Turn {
        let Some(run) = self.watching.get() else { return Turn::Stay };
        self.asks = true;
        let left = match run.not_processed {
            1 => "One person is not processed then.".to_owned(),
            n => format!("{} people are not processed then.", thousands(n)),
        };
        let mut lines = vec![
            left,
            "What was sent and linked stays. A cancelled run cannot go on; a new plan can be made \
             of those who are left."
                .to_owned(),
        ];
        if run.in_flight > 0 {
            let mails = count(run.in_flight, "mail");
            lines.push(format!("{mails} in flight cannot be recalled."));
        }
        Turn::Push(Box::new(Confirm::new("Cancel the run?", lines, "Cancel the run")))
    }
}

impl Invite {
    /// Whether the run does more by itself: a paused one waits, and one that is over is over.
    fn goes_on(&self) -> bool {
        let state = self.watching.get().map(|run| run.state);
        matches!(state, Some(RunState::Queued | RunState::Running))
    }
}

impl Step<LinkUsers> for Invite {
    fn id(&self) -> &'static str {
        "invite"
    }

    fn title(&self) -> &'static str {
        "Invite"
    }

    fn help(&self) -> &'static str {
        "The run does the plan, user by user, once. It goes on when you leave, lose the \
         connection or close the laptop. You can pause it and go on; cancelling leaves the rest \
         untouched."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.watching.stop(cx);
        *self = Self::default();
        if let Some(run) = &draft.answers.run {
            self.watching.start(run, cx);
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        if draft.answers.run.is_none() {
            return Page::new(vec![Block::prose(
                "Nothing is under way: no plan was applied. Esc goes back to the plan.",
            )]);
        }
        let Some(run) = self.watching.get() else {
            return Page::new(vec![self.watching.instead(here)]);
        };
        let mut blocks = vec![state(run, here), progress(run), Block::Gap];
        // While it goes on nothing moves: what is zero keeps its row.
        let rows = if run.state.is_over() { self.height } else { u16::MAX };
        blocks.extend(tallies::within(run, rows));
        blocks.push(Block::Gap);
        blocks.extend(self.watching.trouble());
        blocks.push(match self.order.error() {
            Some(error) => asking::failed(error, here),
            None if self.order.is_waiting() => {
                Block::aside(asking::waiting(&self.order, self.ordered, here))
            }
            None if run.state.is_over() => Block::Rows(Rows {
                key: NEXT,
                rows: vec![RowSpec {
                    id: NEXT.to_owned(),
                    tone: Tone::Strong,
                    end: None,
                    cells: vec!["Results".to_owned(), "what became of everyone".to_owned()],
                }],
                empty: String::new(),
            }),
            None if run.state == RunState::Paused => Block::aside(
                "Nothing is begun while the run is paused. You may leave, close the terminal, and \
                 come back.",
            ),
            None => Block::aside(
                "The run goes on in the backend. You may leave, close the terminal, and come back.",
            ),
        });
        let id = Untrusted::new(run.id.as_str()).shown();
        let same_as = Some(format!("hublink invite status {id}"));
        Page { blocks, same_as, first: Some(NEXT), from_top: true, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Each person is checked once more when their turn comes; who differs from the plan is \
             left alone."
                .into(),
            "A mail whose sending is in doubt counts as “may have been sent” and is never sent \
             again by itself."
                .into(),
            "Pause stops before the next person; mails in flight cannot be recalled.".into(),
        ]
    }

    /// A held Enter that applied the plan would go on into a list of people, and what is under way
    /// would never be seen.
    fn acts_on(&self, list: &str, _id: &str) -> bool {
        list == "tally"
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if draft.answers.run.is_none() {
            return Err(Refusal::page("No plan was applied yet; go back to the plan."));
        }
        match self.watching.get() {
            Some(run) if run.state.is_over() => Ok(()),
            Some(_) => Err(Refusal::page("The results are there when the run has ended.")),
            None => Err(Refusal::page("The run is not loaded yet.")),
        }
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        match action {
            Action::Next => Some("results".to_owned()),
            Action::Leave => self.goes_on().then(|| "leave, it goes on".to_owned()),
            _ => None,
        }
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Run]
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        let state = self.watching.get().map(|run| run.state);
        let runs = matches!(state, Some(RunState::Queued | RunState::Running));
        let shown = match action {
            Action::Yes | Action::No => self.asks,
            Action::Reload => true,
            Action::Pause => runs,
            Action::Resume => state == Some(RunState::Paused),
            Action::Cancel => runs || state == Some(RunState::Paused),
            Action::Rest => state.is_some_and(RunState::is_over),
            Action::Export | Action::Retry | Action::Resolve => false,
            _ => return None,
        };
        if shown && self.order.is_waiting() {
            return Some(Availability::Disabled(
                "Wait for the answer to your last request.".into(),
            ));
        }
        Some(Availability::shown_if(shown))
    }

    fn on_edit(&mut self, edit: &Edit, _draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Open { list: NEXT, .. } => Turn::Next,
            Edit::Open { list: "tally", id } => {
                let people = self.watching.get().and_then(|run| tallies::people(run, id));
                people.map_or(Turn::Stay, |people| Turn::Push(Box::new(people)))
            }
            _ => Turn::Stay,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Pause | Action::Resume => self.order(action, cx),
            Action::Cancel => return self.ask_to_cancel(),
            Action::Yes if std::mem::take(&mut self.asks) => self.order(Action::Cancel, cx),
            Action::No => self.asks = false,
            Action::Reload => self.enter(draft, cx),
            Action::Rest => {
                draft.answers.select(Selection::Rest {});
                draft.answers.plan_again();
                return Turn::Goto("plan");
            }
            _ => {
                if matches!(action, Action::Leave | Action::Back) {
                    cx.notify(Far::Away);
                }
                return Turn::Pass;
            }
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) -> Turn {
        let went = self.watching.get().is_some_and(goes_on);
        if self.watching.take(id, result, cx) {
            if let Some(run) = self.watching.get().filter(|_| went) {
                cx.notify(far(run));
            }
            return Turn::Stay;
        }
        if self.order.take(id, result)
            && self.order.error().is_none()
            && let Some(run) = self.order.get()
        {
            self.watching.put(run);
        }
        Turn::Stay
    }

    fn reconcile(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.watching.reconcile(cx);
        self.height = layout::wizard(cx.body(), false).page.height;
    }
}

/// Where the run stands, in a sentence.
fn state(run: &Run, here: Here<'_>) -> Block {
    let by = run.started_by.shown_in(40);
    let since = format!("applied {} by {by}", here.at(run.started_at));
    let ended = run.ended_at.map(|at| format!(" {}", here.at(at))).unwrap_or_default();
    let resume = here.keys.key(Action::Resume);
    match (run.state, &run.trouble) {
        (RunState::Queued, _) => Block::prose(format!("Queued, {since}. It begins in a moment.")),
        (RunState::Running, None) => Block::prose(format!("Under way, {since}.")),
        (RunState::Running, Some(trouble)) => Block::notice(
            Tone::Attention,
            one_stop(format!("Under way, {since}, slowly. {}", trouble.shown())),
        ),
        (RunState::Paused, Some(trouble)) => Block::notice(
            Tone::Attention,
            one_stop(format!(
                "Paused by itself: {}. Nothing is lost; {resume} goes on.",
                trouble.shown()
            )),
        ),
        (RunState::Paused, None) => {
            Block::notice(Tone::Attention, format!("Paused; {resume} goes on."))
        }
        (RunState::Cancelled, _) => Block::notice(Tone::Attention, format!("Cancelled{ended}.")),
        (RunState::Done, _) => Block::notice(Tone::Done, format!("Done{ended}.")),
    }
}

/// Whether it changes by itself.
fn goes_on(run: &Run) -> bool {
    matches!(run.state, RunState::Queued | RunState::Running)
}

/// How far it has come, for who looks elsewhere.
fn far(run: &Run) -> Far {
    match run.state {
        RunState::Queued | RunState::Running => {
            let open = run.not_processed + run.in_flight;
            Far::of(run.selected.saturating_sub(open), run.selected)
        }
        RunState::Paused => Far::Waits,
        RunState::Cancelled | RunState::Done => Far::Over,
    }
}

/// How far it has come; mails in flight are not done.
fn progress(run: &Run) -> Block {
    let open = run.not_processed + run.in_flight;
    let done = run.selected.saturating_sub(open);
    let words = format!("{} of {} done", thousands(done), count(run.selected, "user"));
    Block::Progress { done, total: run.selected, words }
}
