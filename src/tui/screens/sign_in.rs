//! Signing in: with a token, a password, a code from a mail, or in the demo as somebody of its world.
//!
//! Owns the ways in and what is typed; secrets live here until they are sent and die with the
//! screen. Who one is afterwards is the session's.

pub mod form;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use form::Form;

use crate::api::call::{ApiError, Reply, Request};
use crate::api::demo::{DemoPerson, ListDemoPeople};
use crate::api::endpoint::{Endpoint as _, List, Nothing};
use crate::api::problem::code;
use crate::api::session::{Secret, SessionGranted, SignIn as Credentials, SignInCall};
use crate::domain::untrusted::Untrusted;
use crate::tui::browse::Home;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{self, Edit, Page, PageState, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::forgotten::Forgotten;
use crate::tui::screens::welcome::Welcome;
use crate::tui::theme::Tone;

/// The screen.
#[derive(Default)]
pub struct SignIn {
    people: Load<Vec<DemoPerson>>,
    form: Form,
    signing: Load<()>,
    /// Who was signed in until the session ended; their screens are below.
    was: Option<Untrusted>,
    page: PageState,
    shown: Page,
    moved: bool,
}

impl SignIn {
    /// Signs in again after a session has ended; what is below stays.
    pub fn again(was: Option<Untrusted>) -> Self {
        Self { was, ..Self::default() }
    }

    fn people(&self) -> &[DemoPerson] {
        self.people.get().map_or(&[], Vec::as_slice)
    }

    fn send(&mut self, credentials: Credentials, cx: &mut Cx<'_>) {
        self.signing.ask(SignInCall::call(Nothing, Nothing, credentials), cx);
    }

    fn sign_in(&mut self, cx: &mut Cx<'_>) -> Flow {
        match self.page.focused(&self.shown) {
            Some(Stop::Row(_, email)) => {
                let found = self.people().iter().find(|one| one.email.raw() == email);
                if let Some(token) = found.map(|one| one.token.clone()) {
                    self.send(Credentials::Token { token }, cx);
                }
            }
            Some(Stop::Option(_, option)) => {
                if let Some(screen) = self.elsewhere(&option.id) {
                    return Flow::Push(screen);
                }
                self.edit(&Edit::Pick { choice: form::WAY, id: option.id });
                self.refresh(cx.here());
                self.page.go_field(self.form.first_field(), &self.shown);
            }
            _ if self.page.advances_within(&self.shown) => {
                self.page.go_next_block(&self.shown, true);
            }
            _ => match self.form.credentials() {
                Ok(credentials) => self.send(credentials, cx),
                Err((field, why)) => {
                    self.page.go_field(field, &self.shown);
                    cx.toast(Tone::Attention, why);
                }
            },
        }
        Flow::Stay
    }

    /// The screen that a way in leads to, where it is none of this page's.
    fn elsewhere(&mut self, way: &str) -> Option<Box<dyn Screen>> {
        match way {
            form::CODE => Some(Box::new(Welcome::default())),
            form::FORGOTTEN => {
                let screen = Forgotten::of(self.form.email());
                // Back here one signs in with the new password.
                self.edit(&Edit::Pick { choice: form::WAY, id: form::PASSWORD.to_owned() });
                Some(Box::new(screen))
            }
            _ => None,
        }
    }

    fn edit(&mut self, edit: &Edit) {
        self.signing = Load::default();
        self.form.edit(edit);
    }

    fn refresh(&mut self, here: Here<'_>) {
        let ended = self.was.is_some();
        self.shown = self.form.page(self.people(), ended, &self.signing, here);
    }
}

impl Screen for SignIn {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = if self.people().is_empty() {
            look.here.session.backend.shown().to_string()
        } else {
            "demo · nothing here is real".to_owned()
        };
        Header { crumbs: vec!["hublink".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "signing in",
            "Sign in with the address and the password you chose, or with a personal token. Who \
             has got a welcome mail and no password yet takes the code from that mail instead. A \
             forgotten password is set anew with a code that is mailed to you.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::SignIn, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Next if self.signing.is_waiting() => {
                Availability::Disabled("The backend is being asked.".into())
            }
            Action::Next | Action::NextPane | Action::PreviousPane => Availability::Ready,
            Action::Tick => Availability::shown_if(matches!(
                self.page.focused(&self.shown),
                Some(Stop::Option(..))
            )),
            Action::Reload => Availability::shown_if(self.people.error().is_some()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        if action != Action::Next {
            return None;
        }
        Some(match self.page.focused(&self.shown) {
            Some(Stop::Option(..)) => "take this way".to_owned(),
            Some(_) if self.page.advances_within(&self.shown) => "next field".to_owned(),
            _ => "sign in".to_owned(),
        })
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            self.page.go(motion, &self.shown);
            self.moved = true;
            return Flow::Stay;
        }
        match action {
            Action::Next => {
                self.moved = true;
                return self.sign_in(cx);
            }
            Action::NextPane => self.page.go_next_block(&self.shown, true),
            Action::PreviousPane => self.page.go_next_block(&self.shown, false),
            Action::Tick => match self.page.tick(&self.shown) {
                Ok(Some(edit)) => {
                    let leads = match &edit {
                        Edit::Pick { id, .. } => self.elsewhere(id),
                        _ => None,
                    };
                    if let Some(screen) = leads {
                        return Flow::Push(screen);
                    }
                    self.edit(&edit);
                }
                Ok(None) => {}
                Err(why) => cx.toast(Tone::Attention, why),
            },
            Action::Reload => self.people = Load::default(),
            _ => {}
        }
        self.moved = true;
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.page.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        self.moved = true;
        if let Some(edit) = self.page.on_text(key) {
            self.edit(&edit);
        }
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        self.moved = true;
        match self.page.on_paste(text) {
            Ok(Some(edit)) => self.edit(&edit),
            Ok(None) => {}
            Err(why) => cx.toast(Tone::Attention, why),
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Flow {
        let as_people =
            |reply: &Reply| reply.get::<List<DemoPerson>>().map(|people| people.0.clone());
        if self.people.take_by(id, result, as_people) {
            // No demo answers that there is no such thing; then the other ways remain.
            if self.people.error().is_some_and(|error| error.code() == code::NOT_FOUND) {
                self.people.set(Vec::new());
            }
            return Flow::Stay;
        }
        if !self.signing.take_by(id, result, |_| Some(())) {
            return Flow::Stay;
        }
        let granted = result.as_ref().ok().and_then(Reply::get::<SessionGranted>);
        let Some(granted) = granted else { return Flow::Stay };
        self.form.forget();
        let same = self.was.as_ref() == Some(&granted.me.email);
        if same { Flow::Pop } else { Flow::Reset(Box::new(Home::default())) }
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.people.is_untouched() {
            self.people.ask(ListDemoPeople::call(Nothing, Nothing, Nothing), cx);
        }
        self.refresh(cx.here());
        if !self.moved {
            self.page = PageState::opened(&self.shown);
            let first =
                if self.people().is_empty() { self.form.first_field() } else { form::PEOPLE };
            self.page.go_field(first, &self.shown);
        }
        let area = layout::prose(cx.body());
        self.page.sync(&self.shown, area.width, area.height);
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(Told::of(self.shown.clone()))
    }

    fn point(&mut self, at: usize) {
        self.moved = true;
        self.page.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        page::draw(&self.shown, &self.page, look, layout::prose(area), buf);
    }
}

/// Signs in as somebody of the demo's world.
pub fn as_person(token: &Secret) -> Request {
    SignInCall::call(Nothing, Nothing, Credentials::Token { token: token.clone() })
}
