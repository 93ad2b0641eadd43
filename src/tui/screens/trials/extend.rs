//! Extending a trial (rule T8).
//!
//! Owns saying first what an extension does: it replaces the time that is left. Where that ends the
//! trial earlier than now, a tick is needed.

use jiff::Timestamp;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::trial::{ExtendTrial, ExtendTrialCall, Trial};
use crate::domain::trial::{EXTENSION, Extension, TrialState};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece, TickRow, Ticks};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::screens::trials::left;
use crate::tui::theme::Tone;
use crate::tui::when::{count, days_left, distance};
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const EARLIER: &str = "earlier";

/// The form.
pub struct Extend {
    trial: Trial,
    accepts: bool,
    sent: Load<Trial>,
    /// When it ends, in words: said once it is done.
    new_end: String,
}

impl Extend {
    /// About a trial.
    pub fn new(trial: &Trial) -> Self {
        Self { trial: trial.clone(), accepts: false, sent: Load::default(), new_end: String::new() }
    }

    /// What extending it does now.
    fn extension(&self, here: Here<'_>) -> Extension {
        here.now().map_or(self.trial.extension, |now| Extension::at(now, self.trial.ends_at))
    }

    fn ends(&self, here: Here<'_>) -> String {
        let at = self.trial.ends_at;
        let (verb, rest) = match (self.trial.state, here.now()) {
            (TrialState::Expired, Some(now)) => ("ended", format!(", {}", distance(at, now))),
            (TrialState::Expired, None) => ("ended", String::new()),
            (TrialState::Active, Some(now)) => ("ends", format!("; {} left", left(at, now))),
            (TrialState::Active, None) => ("ends", String::new()),
        };
        format!("It {verb} {}{rest}.", here.moment(at))
    }
}

/// "That is 35 days earlier than it ends now."
fn how_much(new_end: Timestamp, present: Timestamp) -> String {
    match days_left(present, new_end) {
        0 => "That is earlier than it ends now, by less than a day.".to_owned(),
        days => format!("That is {} earlier than it ends now.", count(days, "day")),
    }
}

impl Form for Extend {
    fn crumbs(&self) -> Vec<String> {
        vec![self.trial.company.shown().to_string(), "Extend the trial".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "extending a trial",
            "An extension replaces the time that is left by 30 days from today. Where that is \
             earlier than the present end, the page says so first. Nothing is sent.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let extension = self.extension(here);
        let new_end = here.moment(extension.ends_at);
        let mut blocks = vec![
            Block::prose(self.ends(here)),
            Block::Gap,
            Block::prose(format!(
                "An extension replaces the time that is left by {EXTENSION} days from today: the \
                 trial would end {new_end}."
            )),
            Block::Gap,
        ];
        if self.trial.state == TrialState::Expired {
            blocks.push(Block::prose("With it the organization can be changed again."));
            blocks.push(Block::Gap);
        }
        if extension.earlier {
            let words = how_much(extension.ends_at, self.trial.ends_at);
            let words = format!("{words} Extending it now would shorten the trial.");
            blocks.push(Block::notice(Tone::Attention, words));
            let row = TickRow {
                id: EARLIER.to_owned(),
                ticked: self.accepts,
                label: "End it earlier all the same".to_owned(),
                number: None,
                end: None,
                note: String::new(),
                disabled: None,
            };
            blocks.push(Block::Ticks(Ticks { key: EARLIER, rows: vec![row] }));
            blocks.push(Block::Gap);
        }
        match self.sent.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.sent, "Extending the trial", here)));
            }
        }
        let id = Untrusted::new(self.trial.organization.as_str()).shown();
        let earlier = if extension.earlier { " --accept-earlier" } else { "" };
        let words = format!("→ ends {new_end} · nothing is sent");
        Page {
            blocks,
            consequences: vec![Piece::new(Tone::Text, words)],
            same_as: Some(format!("hublink trial extend {id}{earlier}")),
            ..Page::default()
        }
    }

    fn check(&self, here: Here<'_>) -> Result<(), Refusal> {
        if self.extension(here).earlier && !self.accepts {
            let words = "The trial would end earlier than it does now; tick it if that is meant.";
            return Err(Refusal::field(EARLIER, words));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Next => Some("extend".to_owned()),
            Action::Back => Some("leave it as it is".to_owned()),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit) {
        // What was refused is about the answers before.
        if !self.sent.is_waiting() {
            self.sent = Load::default();
        }
        if let Edit::Tick { list: EARLIER, on, .. } = edit {
            self.accepts = *on;
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let extension = self.extension(cx.here());
        self.new_end = cx.here().moment(extension.ends_at);
        let body = ExtendTrial { accept_earlier: extension.earlier && self.accepts };
        let call = ExtendTrialCall::call(self.trial.organization.clone(), Nothing, body);
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        if !self.sent.take(id, result) {
            return Answered::NotMine;
        }
        match self.sent.error() {
            Some(_) => Answered::Refused(None),
            None => Answered::Done(format!(
                "The trial of {} ends {}.",
                self.trial.company.shown(),
                self.new_end
            )),
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
