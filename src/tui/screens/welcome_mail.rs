//! The welcome mail as those who may send it see it: resend it, correct its address (rule T4).
//!
//! Owns the two acts and their questions. The code in the mail is never here: it is its addressee's.

mod words;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use words::{acts, again, facts, standing, why_fixed};

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::api::problem::code;
use crate::api::welcome::{
    CorrectWelcome, CorrectWelcomeCall, ResendWelcome, ShowWelcome, Welcome,
};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::{Done, Sheet};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Welcome mail",
    about: "Whether the administrator came; send it again.",
    offered: Offered::Organization(availability),
    needs: None,
    open: |id| Box::new(WelcomeMail::new(id)),
};

const ACTS: &str = "acts";
const RESEND: &str = "resend";
const CORRECT: &str = "correct";
const ADDRESS: &str = "address";

/// What is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Resend,
    Correct,
}

/// The screen.
pub struct WelcomeMail {
    organization: Untrusted,
    known: Load<Organization>,
    welcome: Load<Welcome>,
    changing: Load<Welcome>,
    /// The right address as typed, once one wants to correct it.
    address: Option<String>,
    asked: Option<Act>,
    begun: bool,
    /// While it is on its way: when it is looked at again.
    again_ms: u64,
    sheet: Sheet,
}

/// While the mail is on its way it is looked at again after so many milliseconds.
const AGAIN_MS: u64 = 2_000;

fn availability(organization: &Organization) -> Availability {
    let customer = organization.kind == OrganizationKind::Customer;
    // Where nothing was begun there is no mail to speak of.
    if !customer || organization.setup.is_none() {
        return Availability::Hidden;
    }
    let may = organization.my_roles.iter().any(|role| permits(*role, Right::Welcome));
    Availability::ready_if(may, "Only its full admins and its partner send the welcome mail.")
}

impl WelcomeMail {
    /// The welcome mail of the organization with this id.
    pub fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            known: Load::default(),
            welcome: Load::default(),
            changing: Load::default(),
            address: None,
            asked: None,
            begun: false,
            again_ms: 0,
            sheet: Sheet::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.changing = Load::default();
        self.welcome.ask(ShowWelcome::call(id.clone(), Nothing, Nothing), cx);
        self.known.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    /// A mail on its way arrives by itself.
    fn look_again(&mut self, cx: &mut Cx<'_>) {
        let on_its_way = |welcome: &Welcome| {
            matches!(welcome.state, WelcomeState::Queued | WelcomeState::Sending)
        };
        if self.welcome.is_waiting() || !self.welcome.get().is_some_and(on_its_way) {
            self.again_ms = cx.now_ms + AGAIN_MS;
        } else if cx.now_ms < self.again_ms {
            cx.wake_at(self.again_ms);
        } else {
            let id = self.organization.raw().to_owned();
            self.welcome.ask(ShowWelcome::call(id, Nothing, Nothing), cx);
        }
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![Block::Gap];
        let none = self.welcome.error().is_some_and(|error| error.code() == code::NOT_FOUND);
        match self.welcome.get() {
            _ if none => blocks.push(Block::prose(
                "Nobody was welcomed to this organization: neither a trial nor an order began it.",
            )),
            None => blocks.push(asking::instead_of(&self.welcome, "the welcome mail", here)),
            Some(welcome) => blocks.extend(self.blocks(welcome, here)),
        }
        let first = if self.address.is_some() { ADDRESS } else { ACTS };
        let same_as = self.welcome.get().map(|_| self.same_as());
        Page { blocks, same_as, first: Some(first), ..Page::default() }
    }

    fn blocks(&self, welcome: &Welcome, here: Here<'_>) -> Vec<Block> {
        let mut blocks = vec![standing(welcome, here), Block::Gap];
        blocks.push(Block::Facts(facts(welcome, here)));
        blocks.push(Block::Gap);
        if let Some(address) = &self.address {
            blocks.push(Block::Field(FieldSpec {
                key: ADDRESS,
                label: "The right address".to_owned(),
                kind: Kind::Text,
                value: address.clone(),
                hint: "Enter asks once more before anything is done".to_owned(),
                error: self.wrong_field(),
            }));
        } else {
            let rows = acts(welcome);
            let empty = "There is nothing to send: they are in.".to_owned();
            blocks.push(Block::Rows(Rows { key: ACTS, rows, empty }));
            blocks.push(Block::Gap);
            blocks.extend(why_fixed(welcome).map(Block::aside));
        }
        if let Some(error) = self.changing.error().filter(|_| self.wrong_field().is_none()) {
            blocks.extend([Block::Gap, asking::failed(error, here)]);
        }
        blocks.push(Block::aside(asking::waiting(&self.changing, "Sending", here)));
        blocks.push(Block::aside(format!("same as: {}", self.same_as())));
        blocks
    }

    /// A refusal that belongs beside the field.
    fn wrong_field(&self) -> Option<String> {
        let Some(ApiError::Problem(problem)) = self.changing.error() else { return None };
        let beside = self.address.is_some() && problem.field.as_deref() == Some("email");
        beside.then(|| problem.detail.shown().to_string())
    }

    fn same_as(&self) -> String {
        let id = self.organization.shown();
        match &self.address {
            None => format!("hublink welcome resend --org {id}"),
            Some(address) => {
                format!("hublink welcome correct --org {id} --email {}", quoted(address.trim()))
            }
        }
    }

    fn resend(&mut self) -> Flow {
        let Some(welcome) = self.welcome.get() else { return Flow::Stay };
        self.asked = Some(Act::Resend);
        Flow::Push(Box::new(Confirm::new(
            "Send the welcome mail again?",
            again(welcome),
            "Send it",
        )))
    }

    fn correct(&mut self, cx: &mut Cx<'_>) -> Flow {
        let (Some(welcome), Some(typed)) = (self.welcome.get(), &self.address) else {
            return Flow::Stay;
        };
        let typed = Untrusted::new(typed.trim());
        if typed.raw().is_empty() {
            cx.toast(Tone::Attention, "Type the right address first.");
            return Flow::Stay;
        }
        self.asked = Some(Act::Correct);
        let lines = vec![
            "The mail goes to".to_owned(),
            typed.shown().to_string(),
            "who is offered full admin of this organization.".to_owned(),
            String::new(),
            "At once the link sent before ends, and so does the offer to".to_owned(),
            welcome.email.shown().to_string(),
        ];
        Flow::Push(Box::new(Confirm::new("Correct the address?", lines, "Correct it")))
    }

    fn act(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        let call = match (self.asked.take(), &self.address) {
            (Some(Act::Resend), _) => ResendWelcome::call(id, Nothing, Nothing),
            (Some(Act::Correct), Some(typed)) => CorrectWelcomeCall::call(
                id,
                Nothing,
                CorrectWelcome { email: typed.trim().to_owned() },
            ),
            _ => return,
        };
        self.changing.ask(call, cx);
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Flow {
        match self.sheet.focused() {
            Some(Stop::Field(_)) => self.correct(cx),
            Some(Stop::Row(_, id)) if id == RESEND => self.resend(),
            Some(Stop::Row(_, id)) if id == CORRECT => {
                self.changing = Load::default();
                self.address = Some(String::new());
                let page = self.page(cx.here());
                self.sheet.open(page);
                Flow::Stay
            }
            _ => Flow::Stay,
        }
    }

    fn edit(&mut self, edit: Option<Edit>) {
        if let Some(Edit::Text { field: ADDRESS, value }) = edit {
            self.address = Some(value);
            self.changing = Load::default();
        }
    }
}

impl Screen for WelcomeMail {
    fn header(&self, look: &Look<'_>) -> Header {
        let known = self.known.get();
        let name = known.map_or(&self.organization, |known| &known.name).shown().to_string();
        let right = known.map(|known| look.here.session.who(&known.my_roles));
        let crumbs = vec![name, "Welcome mail".to_owned()];
        Header { crumbs, right: right.unwrap_or_default() }
    }

    fn help(&self) -> About {
        About::of(
            "welcome mail",
            "The mail with which the customer's administrator comes in, and whether they did. It \
             can be sent again; its address can be corrected until it is accepted. The link of \
             the mail before ends each time.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        let busy = self.changing.is_waiting();
        match action {
            Action::Back | Action::Reload | Action::Yes | Action::No => Availability::Ready,
            Action::Open if self.sheet.focused().is_some() => {
                Availability::ready_if(!busy, "The backend is being asked.")
            }
            Action::Open => Availability::Hidden,
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let in_field = matches!(self.sheet.focused(), Some(Stop::Field(_)));
        match action {
            Action::Open if in_field => Some("correct it".to_owned()),
            Action::Open => Some("take it".to_owned()),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back if self.address.take().is_some() => {
                self.changing = Load::default();
                let page = self.page(cx.here());
                self.sheet.open(page);
            }
            Action::Back => return Flow::Pop,
            Action::Reload => self.ask(cx),
            Action::Yes => self.act(cx),
            Action::No => self.asked = None,
            Action::Open => return self.open(cx),
            action => {
                if let Done::Stay(edit) = self.sheet.act(action, cx) {
                    self.edit(edit);
                }
            }
        }
        Flow::Stay
    }

    fn wants(&self, key: &KeyEvent) -> bool {
        self.sheet.wants(key)
    }

    fn on_text(&mut self, key: &KeyEvent, _cx: &mut Cx<'_>) -> Flow {
        let edit = self.sheet.on_text(key);
        self.edit(edit);
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let edit = self.sheet.on_paste(text, cx);
        self.edit(edit);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.known.take(id, result) || self.welcome.take(id, result) {
            return Flow::Stay;
        }
        if let Some(welcome) = self.changing.answer(id, result).cloned() {
            let words = format!("A mail goes to {}.", welcome.email.shown());
            self.welcome.set(welcome);
            self.address = None;
            let page = self.page(cx.here());
            self.sheet.open(page);
            cx.toast(Tone::Done, words);
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.ask(cx);
        }
        self.look_again(cx);
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
