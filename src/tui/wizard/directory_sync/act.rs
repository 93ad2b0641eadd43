//! Steps two to five: pause, convert, dry-run, resume, each done when one goes on.
//!
//! Owns doing its step of the remedy once, and showing what it did. After the last, who fails is
//! counted again.

use std::borrow::Cow;

use super::{DirectorySync, Draft, Standing, counted};
use crate::api::call::{ApiError, Reply};
use crate::api::directory_sync::{DoDirectoryStep, RemedyStep, StepResult};
use crate::api::endpoint::{Code, Endpoint as _, Nothing};
use crate::domain::directory_sync::SyncStep;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::when::{count, thousands};
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// One of the four.
pub struct Act {
    step: SyncStep,
    doing: Load<Standing>,
}

impl Act {
    /// This step of the remedy.
    pub fn new(step: SyncStep) -> Self {
        Self { step, doing: Load::default() }
    }

    fn stands<'d>(&self, draft: &'d Draft) -> Option<&'d RemedyStep> {
        draft.about.steps.iter().find(|step| step.step == self.step)
    }

    /// Done in this round, with nothing left for it to do.
    fn is_done(&self, draft: &Draft) -> bool {
        let done = self.stands(draft).is_some_and(|step| step.done_at.is_some());
        done && (self.step != SyncStep::Convert || draft.about.failing == 0)
    }

    fn verb(&self) -> &'static str {
        match self.step {
            SyncStep::Pause => "pause",
            SyncStep::Convert => "convert",
            SyncStep::DryRun => "dry-run",
            SyncStep::Resume => "resume",
        }
    }

    fn told(&self, result: StepResult) -> String {
        let StepResult { respelled, added, failing } = result;
        match self.step {
            SyncStep::Pause => String::new(),
            SyncStep::Convert => format!(
                "{} took the directory's spelling; {} noted to be added to it.",
                count(respelled, "address"),
                thousands(added)
            ),
            SyncStep::DryRun => format!(
                "Resuming adds {} to the directory; {} would fail still.",
                count(added, "user"),
                thousands(failing)
            ),
            SyncStep::Resume => format!("{} added to the directory.", count(added, "user")),
        }
    }
}

impl Step<DirectorySync> for Act {
    fn id(&self) -> &'static str {
        self.step.code()
    }

    fn title(&self) -> &'static str {
        match self.step {
            SyncStep::Pause => "Pause",
            SyncStep::Convert => "Convert",
            SyncStep::DryRun => "Dry-run",
            SyncStep::Resume => "Resume",
        }
    }

    fn help(&self) -> &'static str {
        match self.step {
            SyncStep::Pause => {
                "While the sync is paused nobody is blocked by it, and the directory changes \
                 nothing here. It stays paused until you resume it."
            }
            SyncStep::Convert => {
                "The users of the list take the directory's spelling of their address; who is not \
                 in the directory at all is noted, to be added to it. No mail is sent."
            }
            SyncStep::DryRun => {
                "A trial of what resuming would do. It changes nothing, and can be done again."
            }
            SyncStep::Resume => {
                "The sync runs again, with the addresses as they are now. Afterwards everybody is \
                 looked at once more; who is blocked still is counted here."
            }
        }
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        self.doing = Load::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = vec![
            Block::Heading(self.step.title().to_owned()),
            Block::prose(self.step.meaning()),
            Block::Gap,
            counted(&draft.about),
            Block::Gap,
        ];
        // What the dry-run showed is what one resumes by.
        let shown = match self.step {
            SyncStep::Resume if !self.is_done(draft) => SyncStep::DryRun,
            step => step,
        };
        let teller = Self::new(shown);
        if let Some(step) = teller.stands(draft)
            && let Some(at) = step.done_at
        {
            let by = step.done_by.as_ref().map(|by| format!(" by {}", by.shown()));
            let words = step.result.map(|result| teller.told(result)).unwrap_or_default();
            let title = shown.title();
            let by = by.unwrap_or_default();
            let words = format!("{title}: done {}{by}. {words}", here.moment(at));
            blocks.push(Block::notice(Tone::Done, words.trim_end().to_owned()));
        }
        match self.doing.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.doing, self.step.title(), here)));
            }
        }
        let id = &draft.about.organization;
        let same_as = Some(format!("hublink org directory-sync {} {id}", self.verb()));
        Page { blocks, same_as, ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        match self.step {
            SyncStep::Pause => vec![
                "While the sync is paused it blocks nobody, and it takes up no changes.".into(),
                "Until it is resumed, Directory sync opens at the step where you left it.".into(),
            ],
            SyncStep::Convert => vec![
                "An address that differs in case alone takes the directory's spelling on its site."
                    .into(),
                "Nobody is linked and nothing is sent by this.".into(),
            ],
            SyncStep::DryRun => vec!["A dry-run changes nothing.".into()],
            SyncStep::Resume if self.is_done(draft) && draft.about.failing == 0 => {
                vec!["Nobody fails any more: invite them in Link users.".into()]
            }
            SyncStep::Resume => vec!["After it, who fails is counted again.".into()],
        }
    }

    fn acts(&self, draft: &Draft) -> bool {
        !self.is_done(draft)
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.doing.is_waiting() {
            return Err(Refusal::page("This step is being done; wait for the answer."));
        }
        if self.is_done(draft) {
            return Ok(());
        }
        match self.stands(draft).and_then(|step| step.why_not.clone()) {
            Some(why) => Err(Refusal::page(why)),
            None => Ok(()),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        let word = match (self.is_done(draft), self.step) {
            (false, _) => self.verb(),
            (true, SyncStep::Resume) => "finish",
            (true, _) => "next",
        };
        (action == Action::Next).then(|| word.to_owned())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::shown_if(self.doing.error().is_some())),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.on_next(draft, cx),
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if self.is_done(draft) {
            return match self.step {
                SyncStep::Resume => Turn::Leave { finished: true },
                _ => Turn::Next,
            };
        }
        let id = draft.about.organization.clone();
        self.doing
            .ask(DoDirectoryStep::call((id, Code::new(self.step.code())), Nothing, Nothing), cx);
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let Some(standing) = self.doing.answer(id, result) else {
            return Turn::Stay;
        };
        draft.about = standing.clone();
        // The last one stays, so that one sees who fails now.
        if self.step == SyncStep::Resume { Turn::Stay } else { Turn::Next }
    }
}
