//! One mail that may have been sent: what a human knows of it (promise I7).
//!
//! Owns the question and the typed word that answers it. A machine never sends such a mail again;
//! a person may, by typing that word. `Reload` is done below once the backend took the answer.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::run::{Resolution, Resolve, ResolveRun};
use crate::domain::address::with_unicode;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{self, Block, Edit, FieldSpec, Page, PageState};
use crate::tui::people::Person;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;

const WORD: &str = "word";

/// The question about one mail.
pub struct Resolving {
    run: String,
    person: Person,
    typed: String,
    wrong: Option<&'static str>,
    sent: Load<()>,
    page: PageState,
}

impl Resolving {
    /// About the mail of one person of a run.
    pub fn new(run: &str, person: &Person) -> Self {
        Self {
            run: run.to_owned(),
            person: person.clone(),
            typed: String::new(),
            wrong: None,
            sent: Load::default(),
            page: PageState::default(),
        }
    }

    fn shown(&self, here: Here<'_>) -> Page {
        let who = with_unicode(&self.person.address);
        let id = self.person.message_id.clone().unwrap_or_else(|| Untrusted::new("unknown"));
        let mut blocks = vec![
            Block::prose(format!(
                "The mail to {who} may have been sent: the mail server's last word never came. \
                 hublink does not send it again by itself, so that nobody is mailed twice."
            )),
            Block::Gap,
            Block::Value {
                label: "Look for this Message-ID in its log".to_owned(),
                value: id.shown(),
            },
            Block::Gap,
            Block::prose(
                "Type sent if the log shows that it went out: the invitation counts from then. Type \
                 resend to send it again, knowing that it may be a second one.",
            ),
            Block::Field(FieldSpec {
                key: WORD,
                label: "sent or resend".to_owned(),
                kind: Kind::Confirmation,
                value: self.typed.clone(),
                hint: "It is recorded who said so, and when.".to_owned(),
                error: self.wrong.map(ToOwned::to_owned),
            }),
            Block::Gap,
        ];
        blocks.push(match self.sent.error() {
            Some(error) => asking::failed(error, here),
            None => Block::aside(asking::waiting(&self.sent, "Recording your answer", here)),
        });
        Page { blocks, first: Some(WORD), ..Page::default() }
    }

    fn answer(&mut self, cx: &mut Cx<'_>) {
        let how = match self.typed.trim() {
            "sent" => Resolution::Sent,
            "resend" => Resolution::Resend,
            _ => {
                self.wrong = Some("type sent or resend, in full; esc leaves it as it is");
                return;
            }
        };
        let user = self.person.user_id.raw().to_owned();
        let call = ResolveRun::call(self.run.clone(), Nothing, Resolve { user, how });
        self.sent.ask(call, cx);
    }
}

impl Screen for Resolving {
    fn header(&self, _look: &Look<'_>) -> Header {
        let name = self.person.name.shown_in(40).to_string();
        Header {
            crumbs: vec![name, "a mail that may have been sent".to_owned()],
            right: String::new(),
        }
    }

    fn help(&self) -> About {
        About::of(
            "resolving",
            "This mail may have been sent: the answer of the mail server was lost. Ask the \
             person, or look into the mail server's log, then say what became of it. Sending it \
             again may send it twice.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Page, Scope::Wizard]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Next | Action::Reload => {
                Availability::ready_if(!self.sent.is_waiting(), "Your answer is being recorded.")
            }
            Action::Back
            | Action::Copy
            | Action::Up
            | Action::Down
            | Action::NextPane
            | Action::PreviousPane => Availability::Ready,
            _ => Availability::Hidden,
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match action {
            Action::Next => Some("answer".to_owned()),
            Action::Back => Some("leave it unknown".to_owned()),
            _ => None,
        }
    }

    fn acts(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "resolve".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        let shown = self.shown(cx.here());
        if let Some(motion) = action.motion() {
            self.page.go(motion, &shown);
            return Flow::Stay;
        }
        match action {
            Action::NextPane | Action::PreviousPane => {
                self.page.go_next_block(&shown, action == Action::NextPane);
            }
            Action::Copy => {
                if let Some(value) = self.page.value(&shown) {
                    cx.copy(value);
                }
            }
            Action::Next | Action::Reload => self.answer(cx),
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.page.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        if let Some(Edit::Text { value, .. }) = self.page.on_text(key) {
            self.typed = value;
            self.wrong = None;
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Err(why) = self.page.on_paste(text) {
            cx.toast(Tone::Attention, why);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if !self.sent.take_by(id, result, |_| Some(())) || self.sent.error().is_some() {
            return Flow::Stay;
        }
        let words = if self.typed.trim() == "sent" {
            "Recorded: it was sent."
        } else {
            "Recorded: it is sent again."
        };
        cx.toast(Tone::Done, words);
        Flow::PopThen(Action::Reload)
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let area = cx.body();
        let shown = self.shown(cx.here());
        self.page.sync(&shown, area.width, area.height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        Some(Told::of(self.shown(here)))
    }

    fn point(&mut self, at: usize) {
        self.page.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        page::draw(&self.shown(look.here), &self.page, look, area, buf);
    }
}
