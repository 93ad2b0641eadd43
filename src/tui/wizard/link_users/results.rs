//! Step six: what became of everyone, and what to do next (rules U5, U3).
//!
//! Owns the way from a run to the next plan: of those who failed or were left over, or of everyone
//! who is not yet linked and was never invited. Names those whom nobody told.

use std::borrow::Cow;

use bytes::Bytes;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::plan::{Plan, Selection};
use crate::api::run::{RetryRun, Run};
use crate::domain::draft::Wizard;
use crate::domain::run::RunState;
use crate::domain::untrusted::Untrusted;
use crate::tui::export::Exported;
use crate::tui::export::handout::{Handout, Kind};
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::{IoError, RequestId};
use crate::tui::page::{Block, Edit, Page, RowSpec, Rows};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::link_users::{Draft, LinkUsers};
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::watching::Watching;
use crate::tui::wizard::{asking, open, tallies};

/// The list of what to do next; a row is named after its action.
const NEXT: &str = "next";
/// The row of that list that leads to the licence CSV.
const LICENCES: &str = "licences";
/// The row of that list that drafts an announcement.
const ANNOUNCE: &str = "announce";

/// The step.
#[derive(Default)]
pub struct Results {
    watching: Watching<Run>,
    retry: Load<Plan>,
    handout: Option<Handout>,
    /// So many lines has the page.
    height: u16,
}

impl Results {
    fn over(&self) -> Option<&Run> {
        self.watching.get().filter(|run| run.state.is_over())
    }

    fn retry_availability(&self) -> Availability {
        let Some(run) = self.over() else { return Availability::Hidden };
        if run.failed + run.not_processed == 0 {
            return Availability::Hidden;
        }
        Availability::ready_if(!self.retry.is_waiting(), "The new plan is being made.")
    }

    fn say(&mut self, exported: Exported, cx: &mut Cx<'_>) {
        if let Exported::Over(tone, words) = exported {
            self.handout = None;
            cx.toast(tone, words);
        }
    }

    fn hand_out(&mut self, kind: Kind, cx: &mut Cx<'_>) {
        if let Some(run) = self.watching.get() {
            self.handout = Some(Handout::start(kind, run, cx));
        }
    }

    /// What to do next, the most likely first.
    fn next(&self, run: &Run, draft: &Draft, here: Here<'_>) -> Rows {
        // Whom a run has left over is planned from that run, without the held.
        let proves = draft.answers.selection.is_some() && draft.answers.retried.is_none();
        let mut rows = Vec::new();
        let mut offer = |id: String, words: String, note: String| {
            rows.push(RowSpec { id, tone: Tone::Strong, end: None, cells: vec![words, note] });
        };
        let key = |action| {
            let chord = here.keys.chord(action, &[Scope::Run]);
            chord.map(|chord| format!("also {chord}")).unwrap_or_default()
        };
        if self.retry_availability() == Availability::Ready {
            let words = match run.failed + run.not_processed {
                1 => "Plan the one left over again".to_owned(),
                n => format!("Plan the {} left over again", thousands(n)),
            };
            offer(Action::Retry.code(), words, key(Action::Retry));
        }
        if run.state.is_over() && run.held > 0 && proves {
            let words = match run.held {
                1 => "Verify the domain of the one held".to_owned(),
                n => format!("Verify the domains of the {} held", thousands(n)),
            };
            offer(Action::Verify.code(), words, "then plan the same people again".to_owned());
        }
        if run.without_licence > 0 {
            let note = match run.without_licence {
                1 => "one linked user has none".to_owned(),
                n => format!("{} linked users have none", thousands(n)),
            };
            offer(LICENCES.to_owned(), "Assign licences by CSV".to_owned(), note);
        }
        if run.state.is_over() {
            let parts = [key(Action::Export), "a page and the list".to_owned()];
            let note = parts.iter().filter(|part| !part.is_empty()).cloned();
            let note = note.collect::<Vec<_>>().join("; ");
            offer(Action::Export.code(), "Write the report to hand on".to_owned(), note);
        }
        if run.state.is_over() && run.linked > 0 {
            let words = match run.linked {
                1 => "Draft a mail to the one whom nobody told".to_owned(),
                n => format!("Draft a mail to the {} whom nobody told", thousands(n)),
            };
            offer(ANNOUNCE.to_owned(), words, "and their list; you send it".to_owned());
        }
        if run.state.is_over() {
            let words = "Plan everyone not yet linked or invited";
            offer(Action::Rest.code(), words.to_owned(), key(Action::Rest));
            offer(
                Action::Next.code(),
                "Finish".to_owned(),
                "the results stay in the runs".to_owned(),
            );
        }
        let empty = "The run goes on in the backend; you may leave.".to_owned();
        Rows { key: NEXT, rows, empty }
    }

    /// What is going on below the numbers.
    fn below(&self, here: Here<'_>) -> Option<Block> {
        if let Some(error) = self.retry.error() {
            return Some(asking::failed(error, here));
        }
        let words = match &self.handout {
            Some(handout) => handout.words(),
            None => asking::waiting(&self.retry, "Making the new plan", here),
        };
        (!words.is_empty()).then(|| Block::aside(words))
    }
}

impl Step<LinkUsers> for Results {
    fn id(&self) -> &'static str {
        "results"
    }

    fn title(&self) -> &'static str {
        "Results"
    }

    fn help(&self) -> &'static str {
        "What became of everybody in the plan. Enter on a line lists its people with the \
         reason. Nobody told those who were linked silently: a mail to them can be drafted, with \
         their list; hublink sends none. The report can be handed on: it names people. \
         What failed can be planned again; what may have been sent waits for your word."
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
                "There are no results: no plan was applied. Esc goes back.",
            )]);
        }
        let Some(run) = self.watching.get() else {
            return Page::new(vec![self.watching.instead(here)]);
        };
        let mut blocks = vec![headline(run, here), Block::Gap];
        blocks.extend(tallies::within(run, self.height));
        blocks.push(Block::Gap);
        blocks.extend(self.watching.trouble());
        blocks.extend(open_ends(run, here));
        blocks.push(Block::Rows(self.next(run, draft, here)));
        blocks.extend(self.below(here));
        let id = Untrusted::new(run.id.as_str()).shown();
        let same_as = Some(format!("hublink invite report {id} --output html"));
        Page { blocks, same_as, first: Some(NEXT), from_top: true, ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "Who was e-mailed has 7 days to confirm and is linked within 48 hours of it; after \
             that they can be invited again."
                .into(),
            "Who was linked silently can sign in at once, but nobody told them.".into(),
            "The run and its results stay in the list of the site's runs.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if draft.answers.run.is_some() && self.over().is_none() {
            let words = "The run is not over; you may leave, and it goes on.";
            return Err(Refusal::page(words));
        }
        Ok(())
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        match action {
            Action::Next => Some("finish".to_owned()),
            Action::Export => Some("report".to_owned()),
            _ => None,
        }
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Run]
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        Some(match action {
            Action::Reload => Availability::Ready,
            Action::Retry => self.retry_availability(),
            Action::Rest => Availability::shown_if(self.over().is_some()),
            Action::Export if self.watching.get().is_none() => Availability::Hidden,
            Action::Export => {
                Availability::ready_if(self.handout.is_none(), "The files are being written.")
            }
            Action::Pause | Action::Resume | Action::Cancel | Action::Resolve => {
                Availability::Hidden
            }
            _ => return None,
        })
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match edit {
            Edit::Open { list: NEXT, id } if id == LICENCES => {
                open(Wizard::Licences, &draft.about.url).map_or(Turn::Stay, Turn::Handover)
            }
            Edit::Open { list: NEXT, id } if id == ANNOUNCE => {
                if self.handout.is_none() {
                    self.hand_out(Kind::Announcement, cx);
                }
                Turn::Stay
            }
            Edit::Open { list: NEXT, id } => match Action::from_code(id) {
                Some(Action::Next) => self.on_next(draft, cx),
                Some(action) => self.on_action(action, draft, cx),
                None => Turn::Stay,
            },
            Edit::Open { list: "tally", id } => {
                let people = self.watching.get().and_then(|run| tallies::people(run, id));
                people.map_or(Turn::Stay, |people| Turn::Push(Box::new(people)))
            }
            _ => Turn::Stay,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let Some(run) = draft.answers.run.clone() else { return Turn::Pass };
        match action {
            Action::Reload => self.watching.start(&run, cx),
            Action::Retry => {
                self.retry.ask(RetryRun::call(run, Nothing, Nothing), cx);
            }
            Action::Rest => {
                draft.answers.select(Selection::Rest {});
                draft.answers.plan_again();
                return Turn::Goto("plan");
            }
            Action::Verify => {
                draft.answers.plan_again();
                draft.answers.proving = true;
                return Turn::Goto("domains");
            }
            Action::Export => self.hand_out(Kind::Report, cx),
            _ => return Turn::Pass,
        }
        Turn::Stay
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
            return Turn::Stay;
        }
        if let Some(handout) = &mut self.handout {
            let exported = handout.on_reply(id, result, cx);
            self.say(exported, cx);
        }
        if self.retry.take(id, result)
            && self.retry.error().is_none()
            && let (Some(plan), Some(run)) = (self.retry.get(), draft.answers.run.clone())
        {
            draft.answers.retry(&run, &plan.id);
            return Turn::Goto("plan");
        }
        Turn::Stay
    }

    fn on_file(
        &mut self,
        id: RequestId,
        result: &Result<Option<Bytes>, IoError>,
        _draft: &mut Draft,
        cx: &mut Cx<'_>,
    ) {
        if let Some(handout) = &mut self.handout {
            let exported = handout.on_file(id, result);
            self.say(exported, cx);
        }
    }

    fn reconcile(&mut self, _draft: &mut Draft, cx: &mut Cx<'_>) {
        self.watching.reconcile(cx);
        self.height = layout::wizard(cx.body(), false).page.height;
    }
}

fn headline(run: &Run, here: Here<'_>) -> Block {
    let ended = run.ended_at.map(|at| format!(" {}", here.at(at))).unwrap_or_default();
    let left = run.failed + run.unknown + run.not_processed;
    match run.state {
        RunState::Done if left == 0 && run.emailed > 0 => {
            let words = format!("Done{ended}; nothing failed. E-mails can be answered for 7 days.");
            Block::notice(Tone::Done, words)
        }
        RunState::Done if left == 0 => {
            Block::notice(Tone::Done, format!("Done{ended}; nothing is left open."))
        }
        RunState::Done => {
            let words = format!("Done{ended}; {} left open.", count(left, "user"));
            Block::notice(Tone::Attention, words)
        }
        RunState::Cancelled => {
            let words = format!("Cancelled{ended}; what was sent and linked stays.");
            Block::notice(Tone::Attention, words)
        }
        RunState::Queued | RunState::Running | RunState::Paused => {
            Block::notice(Tone::Text, "The run is not over; these are its numbers so far.")
        }
    }
}

/// What is still open about those whom nobody told, and those of whom nobody knows.
fn open_ends(run: &Run, here: Here<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if run.without_licence > 0 {
        let who = match run.without_licence {
            1 => "One of the linked has".to_owned(),
            n => format!("{} of the linked have", thousands(n)),
        };
        blocks.push(Block::prose(format!("{who} no licence: linking assigns none.")));
    }
    let unknown = run.unknown.saturating_sub(run.in_flight);
    if unknown > 0 {
        let mails = match unknown {
            1 => "One mail may have been sent".to_owned(),
            n => format!("{} mails may have been sent", thousands(n)),
        };
        let open = here.keys.key(Action::Open);
        blocks.push(Block::prose(format!("{mails}: {open} on that line says what is known.")));
    }
    blocks
}
