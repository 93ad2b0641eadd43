//! Welcome: a code from a mail, a password, the terms, signed in (rule T4; SPEC section 3).
//!
//! Owns the way from the code to the session, and where it leads. Code and passwords live here
//! until they are sent and die with the screen: nothing of this way is kept in a draft.

mod code;
pub(super) mod password;
mod refusing;
pub(super) mod terms;
mod view;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use code::{Code, Found};
use password::Passwords;
use refusing::Answer;
use terms::TermsPage;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::problem::code as problem;
use crate::api::session::{Secret, SignInCall};
use crate::api::welcome::{
    AcceptWelcome, AcceptWelcomeCall, LookAtWelcome, LookAtWelcomeCall, WelcomeAccepted,
    WelcomeAsks, WelcomeShown,
};
use crate::domain::address::with_unicode;
use crate::domain::draft::Wizard as Kind;
use crate::domain::role::Role;
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;
use crate::tui::browse::Home;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::screens::contact_center::ContactCenter;
use crate::tui::screens::forgotten::Forgotten;
use crate::tui::screens::sign_in::form::Form;
use crate::tui::sheet::{Done, Sheet};
use crate::tui::wizard;

/// Where one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum At {
    #[default]
    Code,
    /// A new password, or signing in with the one there is.
    Password,
    Terms,
}

impl At {
    const ALL: [Self; 3] = [Self::Code, Self::Password, Self::Terms];
}

/// Whom a code welcomes, if it does.
fn welcomes(found: &Load<Found>) -> Option<&WelcomeShown> {
    match found.get()? {
        Found::Welcome(shown) => Some(shown),
    }
}

/// The screen.
#[derive(Default)]
pub struct Welcome {
    at: At,
    code: Code,
    /// The code came with the way here: there is nothing to ask, it is looked at by itself.
    at_hand: bool,
    found: Load<Found>,
    passwords: Passwords,
    /// How who can sign in already does so.
    form: Form,
    signing: Load<Untrusted>,
    terms: TermsPage,
    accepting: Load<WelcomeAccepted>,
    /// A no, or that the no is taken back.
    answering: Load<WelcomeShown>,
    /// Whoever has declined wants to accept all the same.
    reconsidered: bool,
    /// Why one cannot go on.
    refusal: Option<String>,
    sheet: Sheet,
}

impl Welcome {
    /// With the code at hand, as from a link that was followed.
    pub fn with_code(code: &str) -> Self {
        Self { code: Code::new(code), at_hand: true, ..Self::default() }
    }

    /// What the code is for, once it is known.
    fn shown(&self) -> Option<&WelcomeShown> {
        self.answering.get().or_else(|| welcomes(&self.found))
    }

    fn signs_in(&self) -> bool {
        self.shown().is_some_and(|shown| shown.asks == WelcomeAsks::SignIn)
    }

    fn is_busy(&self) -> bool {
        let asked = self.found.is_waiting() || self.signing.is_waiting();
        asked || self.accepting.is_waiting() || self.answering.is_waiting()
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut page = match (self.at, self.shown()) {
            (At::Password, Some(shown)) if self.has_declined() => {
                return refusing::page(shown, &self.answering, here);
            }
            (At::Password, Some(shown)) if self.signs_in() => {
                password::sign_in_page(shown, &self.form, &self.signing, here)
            }
            (At::Password, Some(shown)) => self.passwords.page(shown, self.accepting.error(), here),
            (At::Terms, Some(shown)) => return self.terms.page(shown, &self.accepting, here),
            _ => return self.code.page(&self.found, here),
        };
        if let Some(row) = self.shown().and_then(refusing::row) {
            page.blocks.extend([Block::Gap, row]);
            page.blocks.push(refusing::outcome(&self.answering, here));
        }
        page
    }

    fn go(&mut self, at: At, cx: &mut Cx<'_>) {
        self.at = at;
        self.refusal = None;
        let page = self.page(cx.here());
        self.sheet.open(page);
    }

    /// Enter: on to the next field, then on to the next page.
    fn next(&mut self, cx: &mut Cx<'_>) {
        let Done::GoOn(edit) = self.sheet.act(Action::Next, cx) else { return };
        if let Some(edit) = edit {
            // A way of signing in was chosen: its field is next.
            self.edit(&edit);
            let page = self.page(cx.here());
            return self.sheet.open(page);
        }
        match self.at {
            At::Code => self.look(cx),
            At::Password if self.signs_in() => self.sign_in(cx),
            At::Password => match self.passwords.check() {
                Ok(()) => self.go(At::Terms, cx),
                Err((field, why)) => self.refuse(field, why),
            },
            At::Terms if !self.terms.agreed => {
                self.refuse(terms::AGREE, "Tick that you accept the terms first: Space ticks.");
            }
            At::Terms => self.accept(cx),
        }
    }

    fn refuse(&mut self, field: &'static str, why: impl Into<String>) {
        self.sheet.go_to(field);
        self.refusal = Some(why.into());
    }

    /// Whether the code is one that is given after signing in.
    fn signs_in_first(&self) -> bool {
        self.at == At::Code && self.found.error().is_some_and(code::connects)
    }

    /// Whether the code sets a new password, which is done on a page of its own.
    fn resets(&self) -> bool {
        self.at == At::Code && self.found.error().is_some_and(code::resets)
    }

    fn look(&mut self, cx: &mut Cx<'_>) {
        match self.code.secret() {
            Some(code) => {
                self.answering = Load::default();
                let call = LookAtWelcomeCall::call(Nothing, Nothing, LookAtWelcome { code });
                self.found.ask(call, cx);
            }
            None => self.refuse(code::FIELD, "Paste or type the code first."),
        }
    }

    fn sign_in(&mut self, cx: &mut Cx<'_>) {
        match self.form.credentials() {
            Ok(credentials) => {
                self.signing.ask(SignInCall::call(Nothing, Nothing, credentials), cx);
            }
            Err((field, why)) => self.refuse(field, why),
        }
    }

    fn accept(&mut self, cx: &mut Cx<'_>) {
        let (Some(code), Some(shown)) = (self.code.secret(), self.shown()) else { return };
        let password = (!self.signs_in()).then(|| Secret::new(self.passwords.first.as_str()));
        let terms_sha256 = shown.terms.sha256.clone();
        let call = AcceptWelcomeCall::call(
            Nothing,
            Nothing,
            AcceptWelcome { code, password, terms_sha256 },
        );
        self.accepting.ask(call, cx);
    }

    /// The code is known: on to the password, or to signing in.
    fn looked(&mut self, cx: &mut Cx<'_>) {
        let Some(shown) = self.shown() else { return };
        if self.found.error().is_some() {
            return;
        }
        self.form = Form::of(shown.email.raw());
        self.reconsidered = false;
        self.terms = TermsPage::default();
        self.go(At::Password, cx);
    }

    /// Signed in as whom the code is for, or as somebody else.
    fn signed_in(&mut self, cx: &mut Cx<'_>) {
        let (Some(who), Some(shown)) = (self.signing.get(), self.shown()) else { return };
        if *who == shown.email {
            self.form.forget();
            return self.go(At::Terms, cx);
        }
        let words = format!(
            "This code is for {}; you signed in as {}. Sign in as the one it is for.",
            with_unicode(&shown.email),
            who.shown()
        );
        self.refusal = Some(words);
    }

    /// Accepting was refused: back to where it can be put right.
    fn refused(&mut self, error: &ApiError, cx: &mut Cx<'_>) {
        let field = match error {
            ApiError::Problem(problem) => problem.field.as_deref(),
            _ => None,
        };
        match error.code() {
            problem::INVALID if field == Some("password") => self.go(At::Password, cx),
            // The newest text is read and ticked anew.
            problem::TERMS_CHANGED | problem::SIGN_IN_FIRST => {
                let why = error.to_string();
                self.look(cx);
                self.refusal = Some(wizard::asking::sentence(&why));
            }
            _ => {}
        }
    }

    /// Who may set services up goes on with that; others have nothing to do there.
    fn leads_on(&self, accepted: &WelcomeAccepted) -> Flow {
        let sets_up = |shown: &WelcomeShown| shown.roles.contains(&Role::FullAdmin);
        if self.shown().is_none_or(sets_up) {
            Self::leads_to(accepted)
        } else {
            Flow::Reset(Box::new(Home::default()))
        }
    }

    /// In: on to services setup or, when that is finished, to the Contact Center card (rule T7).
    pub(super) fn leads_to(accepted: &WelcomeAccepted) -> Flow {
        let organization = Untrusted::new(accepted.organization.as_str());
        let next: Box<dyn Screen> = match accepted.setup {
            SetupState::Finished => Box::new(ContactCenter::new(&organization)),
            SetupState::Pending => match wizard::open(Kind::Setup, &organization) {
                Some(setup) => setup,
                None => return Flow::Reset(Box::new(Home::default())),
            },
        };
        Flow::Begin(Box::new(Home::default()), next)
    }

    fn edit(&mut self, edit: &Edit) {
        self.refusal = None;
        match self.at {
            At::Code => {
                (self.found, self.answering) = (Load::default(), Load::default());
                self.code.edit(edit);
            }
            At::Password if self.signs_in() => {
                self.signing = Load::default();
                self.form.edit(edit);
            }
            At::Password => {
                self.accepting = Load::default();
                self.passwords.edit(edit);
            }
            At::Terms => self.terms.edit(edit),
        }
    }
}

impl Screen for Welcome {
    fn header(&self, _look: &Look<'_>) -> Header {
        let name = self.shown().map(|shown| shown.organization_name.shown().to_string());
        let crumbs = std::iter::once("Welcome".to_owned()).chain(name).collect();
        Header { crumbs, right: format!("step {} of 3", self.at as usize + 1) }
    }

    fn help(&self) -> About {
        let text = match self.at {
            At::Code => {
                "Paste the code of the welcome mail, or its whole link. It is for the person it \
                 was sent to, works once, and for 7 days. One that is too old is told so, with \
                 who can send a new one."
            }
            At::Password => {
                "Choose the password with which you sign in from now on; a few words that nobody \
                 would guess are better than one odd word. Who has a password already signs in \
                 with it and keeps it."
            }
            At::Terms => {
                "Page down reads on, Space ticks. What you accept and when is kept. Enter then \
                 signs you in, and leads on to the services setup where it is not finished."
            }
        };
        About::of("welcome", text)
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::SignIn, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Next => Availability::ready_if(!self.is_busy(), "The backend is being asked."),
            Action::Back | Action::Yes | Action::No => Availability::Ready,
            // There is nothing else to go to.
            Action::NextPane | Action::PreviousPane if self.at != At::Password => {
                Availability::Hidden
            }
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = match (action, self.at) {
            (Action::Next, _) if self.signs_in_first() => "sign in",
            (Action::Next, _) if self.resets() => "set a new password",
            (Action::Next, _) if self.focused_answer().is_some() => "choose",
            (Action::Next, _) if self.sheet.has_next_field() => "next field",
            (Action::Next, At::Terms) => "accept and sign in",
            (Action::Next, At::Password) if self.signs_in() => "sign in",
            (Action::Next, _) => "next",
            (Action::Tick, At::Terms) => "tick",
            (Action::Back, At::Code) => "sign in instead",
            (Action::Back, _) => "back",
            _ => return None,
        };
        Some(words.to_owned())
    }

    fn acts(&self, action: Action) -> Option<String> {
        if action == Action::Next && self.focused_answer() == Some(Answer::Lift) {
            return Some("lift".to_owned());
        }
        let accepts = self.at == At::Terms && !self.signs_in_first();
        (action == Action::Next && accepts).then(|| "accept".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match (action, self.at) {
            (Action::Next, _) if self.signs_in_first() => return Flow::Pop,
            (Action::Next, _) if self.resets() => {
                return Flow::Replace(Box::new(Forgotten::with_code(self.code.secret())));
            }
            (Action::Next, _) => match self.focused_answer() {
                Some(answer) => return self.answer(answer, cx),
                None => self.next(cx),
            },
            (Action::No, _) => {}
            (Action::Yes, _) => self.decline(cx),
            (Action::Back, At::Code) => return Flow::Pop,
            (Action::Back, At::Password) => self.go(At::Code, cx),
            (Action::Back, At::Terms) => self.go(At::Password, cx),
            (action, At::Terms) if action.motion().is_some() => {
                let terms = welcomes(&self.found).map(|shown| &shown.terms);
                self.terms.scroll(action.motion(), terms, cx.body());
            }
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
        if self.found.take_by(id, result, Found::read) {
            self.looked(cx);
        } else if self.answering.answer(id, result).is_some() {
            self.answered(cx);
        } else if self.signing.take_by(id, result, password::who) {
            self.signed_in(cx);
        } else if self.accepting.take(id, result) {
            match (result, self.accepting.get()) {
                (Err(error), _) => self.refused(error, cx),
                (Ok(_), Some(accepted)) => return self.leads_on(accepted),
                (Ok(_), None) => {}
            }
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if std::mem::take(&mut self.at_hand) {
            self.look(cx);
        }
        let page = self.page(cx.here());
        self.sheet.show(page, self.room(cx.body()));
        let terms = welcomes(&self.found).map(|shown| &shown.terms);
        self.terms.clamp(terms, cx.body());
    }

    fn told(&self, _here: Here<'_>) -> Option<Told> {
        Some(self.in_lines())
    }

    fn point(&mut self, at: usize) {
        self.sheet.point(at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        self.draw(look, area, buf);
    }
}
