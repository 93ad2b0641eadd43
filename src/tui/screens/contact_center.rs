//! The Contact Center card on a screen of its own, from the organization's menu (rule T7).
//!
//! Owns the keys around the card. What is on it, and what a press does, is `tui::contact_center`'s.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{Organization, ShowOrganization};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, permits};
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::tui::contact_center::Card;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::{Done, Sheet};
use crate::tui::wizard::{Entry, Offered};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Contact Center",
    about: "Where voice and chat stand, and Set Up.",
    offered: Offered::Organization(availability),
    needs: None,
    open: |id| Box::new(ContactCenter::new(id)),
};

const BUTTONS: &str = "buttons";

/// The screen.
pub struct ContactCenter {
    organization: Untrusted,
    known: Load<Organization>,
    card: Card,
    begun: bool,
    sheet: Sheet,
}

fn availability(organization: &Organization) -> Availability {
    if organization.kind != OrganizationKind::Customer {
        return Availability::Hidden;
    }
    if !organization.my_roles.iter().any(|role| permits(*role, Right::SetUpServices)) {
        let why = "Only its full admins and its partner set up Contact Center.";
        return Availability::Disabled(why.into());
    }
    let in_plan = organization.services.iter().any(|line| line.service == Service::ContactCenter);
    Availability::ready_if(
        in_plan,
        "The plan has no Contact Center; on a trial the partner adds it.",
    )
}

impl ContactCenter {
    /// The card of the organization with this id.
    pub fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            known: Load::default(),
            card: Card::default(),
            begun: false,
            sheet: Sheet::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.card.start(&id, cx);
        self.known.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![Block::Gap];
        blocks.extend(self.card.blocks(here));
        if let Some(button) = self.card.button() {
            let rows = Rows { key: BUTTONS, rows: vec![button], empty: String::new() };
            blocks.extend([Block::Gap, Block::Rows(rows)]);
        }
        blocks.extend(
            self.card.answer(here).map(|answer| [Block::Gap, answer]).into_iter().flatten(),
        );
        let same_as = self.card.same_as();
        if let Some(command) = &same_as {
            blocks.extend([Block::Gap, Block::aside(format!("same as: {command}"))]);
        }
        Page { blocks, same_as, first: Some(BUTTONS), ..Page::default() }
    }

    fn edit(&mut self, edit: Option<&Edit>) {
        if let Some(edit) = edit {
            self.card.edit(edit);
        }
    }

    /// Enter on the button or in the field presses Set Up.
    fn on_button(&self) -> bool {
        matches!(self.sheet.focused(), Some(Stop::Row(..) | Stop::Pick(_)))
    }
}

impl Screen for ContactCenter {
    fn header(&self, look: &Look<'_>) -> Header {
        let known = self.known.get();
        let name = known.map_or(&self.organization, |known| &known.name).shown().to_string();
        let right = known.map(|known| look.here.session.who(&known.my_roles));
        let crumbs = vec![name, "Contact Center".to_owned()];
        Header { crumbs, right: right.unwrap_or_default() }
    }

    fn help(&self) -> About {
        About::of(
            "Contact Center",
            "Where voice and chat stand. Setting up is a job of some minutes that goes on by \
             itself. The partner's Set Up makes voice ready; chat needs the customer \
             administrator's own.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open if self.on_button() => {
                Availability::shown_if(self.card.availability() != Availability::Hidden)
            }
            Action::Open => Availability::Hidden,
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let word = if self.sheet.takes() { "choose" } else { "set up" };
        (action == Action::Open).then(|| word.to_owned())
    }

    fn acts(&self, action: Action) -> Option<String> {
        let acts = action == Action::Open && self.on_button() && !self.sheet.takes();
        acts.then(|| "set up".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back => {
                self.card.stop(cx);
                return Flow::Pop;
            }
            Action::Reload => self.ask(cx),
            Action::Open => {
                // What is marked below the field is taken by it, and seen before it is acted on.
                let taken = match self.sheet.act(Action::Next, cx) {
                    Done::GoOn(edit) => edit,
                    _ => None,
                };
                self.edit(taken.as_ref());
                if taken.is_none() {
                    self.card.press(cx);
                }
            }
            action => {
                if let Done::Stay(edit) = self.sheet.act(action, cx) {
                    self.edit(edit.as_ref());
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
        self.edit(edit.as_ref());
        Flow::Stay
    }

    fn on_paste(&mut self, text: &str, cx: &mut Cx<'_>) {
        let edit = self.sheet.on_paste(text, cx);
        self.edit(edit.as_ref());
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        let _ = self.known.take(id, result) || self.card.take(id, result, cx);
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.ask(cx);
        }
        self.card.reconcile(cx);
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
