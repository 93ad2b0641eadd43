//! A forgotten password: the address, the code of a mail, a new password (rule P5).
//!
//! Owns the way from the address to the new password. Codes and passwords live here until they are
//! sent and die with the screen. Whether anybody has the address it never learns.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::sign_in::form::refusal;
use super::welcome::password::Passwords;
use crate::api::access::{AskReset, AskResetCall, UseReset, UseResetCall};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::{Done, Sheet};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;

const EMAIL: &str = "email";
const CODE: &str = "code";

/// Where one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum At {
    /// Whom the mail goes to.
    #[default]
    Address,
    /// The code, and the new password.
    Code,
}

/// The screen. No `Debug`: there are secrets in it.
#[derive(Default)]
pub struct Forgotten {
    at: At,
    email: String,
    /// The address that a code was asked for.
    asked: Option<String>,
    code: String,
    passwords: Passwords,
    asking: Load<()>,
    setting: Load<()>,
    sheet: Sheet,
}

impl Forgotten {
    /// For somebody who has typed an address already, or none.
    pub fn of(email: &str) -> Self {
        Self { email: email.trim().to_owned(), ..Self::default() }
    }

    /// With the code of the mail at hand.
    pub fn with_code(code: Option<Secret>) -> Self {
        let code = code.map_or_else(String::new, |code| code.expose().to_owned());
        Self { at: At::Code, code, ..Self::default() }
    }

    fn is_busy(&self) -> bool {
        self.asking.is_waiting() || self.setting.is_waiting()
    }

    fn page(&self, here: Here<'_>) -> Page {
        match self.at {
            At::Address => self.address(here),
            At::Code => self.new_password(here),
        }
    }

    fn address(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![
            Block::Gap,
            Block::Heading("A new password".to_owned()),
            Block::prose(
                "A mail with a code goes to your address; with the code you choose a new password.",
            ),
            Block::Gap,
            field(EMAIL, "E-mail address", &self.email, "empty, if you have a code already"),
        ];
        blocks.extend(told(&self.asking, "Asking for the mail", here));
        let same_as = Some("hublink password reset ADDRESS".to_owned());
        Page { blocks, same_as, first: Some(EMAIL), ..Page::default() }
    }

    fn new_password(&self, here: Here<'_>) -> Page {
        let words = match &self.asked {
            // The same whoever asks for whatever address.
            Some(email) => format!(
                "If somebody can sign in as {}, a mail with a code is on its way there. Look into \
                 the spam folder too.",
                Untrusted::new(email.as_str()).shown()
            ),
            None => "The code stands in the mail that you asked for.".to_owned(),
        };
        let mut blocks = vec![
            Block::Gap,
            Block::prose(words),
            Block::Gap,
            field(CODE, "Code", &self.code, "works once, for 30 minutes"),
        ];
        blocks.extend(self.passwords.fields("New password", self.setting.error()));
        blocks.extend([
            Block::Gap,
            Block::aside("Setting it ends every session of yours; then you sign in with it."),
        ]);
        blocks.extend(told(&self.setting, "Setting the password", here));
        let same_as = Some("hublink password reset --code".to_owned());
        Page { blocks, same_as, first: Some(CODE), ..Page::default() }
    }

    fn go(&mut self, at: At, cx: &mut Cx<'_>) {
        self.at = at;
        let page = self.page(cx.here());
        self.sheet.open(page);
    }

    /// Enter: on to the next field, then to what the page is for.
    fn next(&mut self, cx: &mut Cx<'_>) {
        let Done::GoOn(edit) = self.sheet.act(Action::Next, cx) else { return };
        if let Some(edit) = edit {
            self.edit(&edit);
        }
        match self.at {
            At::Address if self.email.trim().is_empty() => {
                self.asked = None;
                self.go(At::Code, cx);
            }
            At::Address => {
                let email = self.email.trim().to_owned();
                let call = AskResetCall::call(Nothing, Nothing, AskReset { email });
                self.asking.ask(call, cx);
            }
            At::Code => self.set(cx),
        }
    }

    fn set(&mut self, cx: &mut Cx<'_>) {
        // Mails break codes over lines: blanks count for nothing.
        let code: String = self.code.split_whitespace().collect();
        if code.is_empty() {
            return self.refuse(CODE, "Paste or type the code of the mail first.", cx);
        }
        if let Err((field, why)) = self.passwords.check() {
            return self.refuse(field, &why, cx);
        }
        let password = Secret::new(self.passwords.first.as_str());
        let call =
            UseResetCall::call(Nothing, Nothing, UseReset { code: Secret::new(code), password });
        self.setting.ask(call, cx);
    }

    fn refuse(&mut self, field: &'static str, why: &str, cx: &mut Cx<'_>) {
        self.sheet.go_to(field);
        cx.toast(Tone::Attention, why);
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Text { field: EMAIL, value } => {
                self.asking = Load::default();
                self.email.clone_from(value);
            }
            Edit::Text { field: CODE, value } => {
                self.setting = Load::default();
                self.code.clone_from(value);
            }
            edit => {
                self.setting = Load::default();
                self.passwords.edit(edit);
            }
        }
    }
}

fn field(key: &'static str, label: &str, value: &str, hint: &str) -> Block {
    Block::Field(FieldSpec {
        key,
        label: label.to_owned(),
        kind: Kind::Text,
        value: value.to_owned(),
        hint: hint.to_owned(),
        error: None,
    })
}

/// What became of what was asked.
fn told(load: &Load<()>, doing: &str, here: Here<'_>) -> Vec<Block> {
    let words = match load.error() {
        Some(ApiError::Problem(problem))
            if problem.code == code::INVALID && problem.field.as_deref() == Some("password") =>
        {
            return Vec::new();
        }
        Some(error) => return vec![Block::Gap, Block::notice(Tone::Refused, refusal(error))],
        None => asking::waiting(load, doing, here),
    };
    vec![Block::Gap, Block::aside(words)]
}

impl Screen for Forgotten {
    fn header(&self, look: &Look<'_>) -> Header {
        let crumbs = vec!["hublink".to_owned(), "forgotten password".to_owned()];
        Header { crumbs, right: look.here.session.backend.shown().to_string() }
    }

    fn help(&self) -> About {
        About::of(
            "a forgotten password",
            "Type the address you sign in with: a mail with a code goes there, if somebody can sign \
             in with it; what you see here is the same for every address. The code works once, for \
             30 minutes. With it you choose a new password, and every session of yours ends. Who \
             was disabled gets no mail.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::SignIn, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Next => Availability::ready_if(!self.is_busy(), "The backend is being asked."),
            Action::Back => Availability::Ready,
            Action::NextPane | Action::PreviousPane if self.at == At::Address => {
                Availability::Hidden
            }
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = match (action, self.at) {
            (Action::Next, _) if self.sheet.has_next_field() => "next field",
            (Action::Next, At::Address) if self.email.trim().is_empty() => "I have a code",
            (Action::Next, At::Address) => "mail me a code",
            (Action::Next, At::Code) => "set it",
            (Action::Back, At::Address) => "sign in instead",
            (Action::Back, At::Code) => "back",
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match (action, self.at) {
            (Action::Next, _) => self.next(cx),
            (Action::Back, At::Address) => return Flow::Pop,
            (Action::Back, At::Code) => self.go(At::Address, cx),
            (action, _) => {
                if let Done::Stay(Some(edit)) = self.sheet.act(action, cx) {
                    self.edit(&edit);
                }
            }
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.sheet.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        if let Some(edit) = self.sheet.on_text(key) {
            self.edit(&edit);
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        if let Some(edit) = self.sheet.on_paste(text, cx) {
            self.edit(&edit);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.asking.take_by(id, result, |_| Some(())) {
            if result.is_ok() {
                self.asked = Some(self.email.trim().to_owned());
                self.go(At::Code, cx);
            }
        } else if self.setting.take_by(id, result, |_| Some(())) && result.is_ok() {
            cx.toast(Tone::Done, "Your password is set. Sign in with it.");
            return Flow::Pop;
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        let page = self.page(cx.here());
        self.sheet.show(page, layout::prose(cx.body()));
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.sheet.told())
    }

    fn point(&mut self, at: usize) {
        self.sheet.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.sheet.view(look, layout::prose(area), buf);
    }
}
