//! Who administers an organization, and who is offered a role in it; withdrawing an offer (P1).
//!
//! Owns the list and that one act. Granting and revoking are the command line's; the mail of a
//! trial or an order is `welcome_mail`'s.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::offers::roles;
use crate::api::call::{ApiError, OfferCall, OrganizationCall, Reply, Request};
use crate::api::offer::Offer;
use crate::api::organization::{Administrator, Organization};
use crate::domain::offer::OfferState;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::layout;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::sheet::Sheet;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Administrators",
    about: "Who holds a role, and who is offered one.",
    offered: Offered::Organization(availability),
    open: |id| Box::new(Admins::new(id)),
};

const OFFERS: &str = "offers";

/// The screen.
pub struct Admins {
    organization: Untrusted,
    known: Load<Organization>,
    withdrawing: Load<Organization>,
    asked: Option<String>,
    begun: bool,
    sheet: Sheet,
}

fn availability(organization: &Organization) -> Availability {
    let may = organization.my_roles.iter().any(|role| permits(*role, Right::SeeDetails));
    Availability::ready_if(may, "A full admin of the organization sees them, and its partner.")
}

fn as_organization(reply: &Reply) -> Option<Organization> {
    match reply {
        Reply::Organization(organization) => Some((**organization).clone()),
        _ => None,
    }
}

impl Admins {
    /// Of the organization with this id.
    pub fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            known: Load::default(),
            withdrawing: Load::default(),
            asked: None,
            begun: false,
            sheet: Sheet::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.withdrawing = Load::default();
        self.known.ask(Request::Organization(OrganizationCall::Show(id)), cx);
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![Block::Gap];
        match self.known.get() {
            None => blocks.push(asking::instead_of(&self.known, "the administrators", here)),
            Some(known) => blocks.extend(blocks_of(known, here)),
        }
        if let Some(error) = self.withdrawing.error() {
            blocks.extend([Block::Gap, asking::failed(error, here)]);
        }
        blocks.push(Block::aside(asking::waiting(&self.withdrawing, "Withdrawing", here)));
        let id = self.organization.shown();
        let same_as = Some(format!("hublink org show {id}"));
        Page { blocks, same_as, first: Some(OFFERS), ..Page::default() }
    }

    fn focused(&self) -> Option<&Offer> {
        let Some(Stop::Row(_, email)) = self.sheet.focused() else { return None };
        self.known.get()?.offers.iter().find(|offer| offer.email.raw() == email)
    }

    fn open(&mut self) -> Flow {
        let Some(offer) = self.focused() else { return Flow::Stay };
        let lines = vec![
            format!("{} is offered {}.", offer.email.shown(), roles(offer)),
            String::new(),
            "The link and the code of the mail end at once.".to_owned(),
        ];
        let email = offer.email.raw().to_owned();
        self.asked = Some(email);
        Flow::Push(Box::new(Confirm::new("Withdraw the offer?", lines, "Withdraw it")))
    }
}

fn admin(person: &Administrator) -> (String, String) {
    let way_in = if person.cannot_sign_in { ", cannot sign in yet" } else { "" };
    (person.role.title().to_owned(), format!("{}{way_in}", person.email.shown()))
}

fn offer_row(offer: &Offer, here: Here<'_>) -> RowSpec {
    let standing = match offer.state {
        OfferState::Open => format!("open until {}", here.moment(offer.expires_at)),
        OfferState::Lapsed => "lapsed, may be offered again".to_owned(),
        OfferState::Declined => "declined".to_owned(),
    };
    let tone = if offer.state == OfferState::Open { Tone::Text } else { Tone::Muted };
    let cells = vec![offer.email.shown_in(40).to_string(), roles(offer), standing];
    RowSpec { id: offer.email.raw().to_owned(), tone, end: None, cells }
}

fn blocks_of(known: &Organization, here: Here<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Administrators".to_owned())];
    if known.administrators.is_empty() {
        blocks.push(Block::prose("Nobody holds a role here yet."));
    }
    blocks.push(Block::Facts(known.administrators.iter().map(admin).collect()));
    blocks.extend([Block::Gap, Block::Heading("Offered, not accepted".to_owned())]);
    let rows = known.offers.iter().map(|offer| offer_row(offer, here)).collect();
    let empty = "No role is offered to anybody.".to_owned();
    blocks.push(Block::Rows(Rows { key: OFFERS, rows, empty }));
    let id = Untrusted::new(known.id.as_str());
    let id = id.shown();
    blocks.push(Block::Gap);
    blocks.push(Block::aside(format!(
        "To offer a role: hublink org grant {id} --email ADDRESS --role full_admin"
    )));
    blocks
}

impl Screen for Admins {
    fn header(&self, look: &Look<'_>) -> Header {
        let known = self.known.get();
        let name = known.map_or(&self.organization, |known| &known.name).shown().to_string();
        let right = known.map(|known| look.here.session.who(&known.my_roles));
        let crumbs = vec![name, "Administrators".to_owned()];
        Header { crumbs, right: right.unwrap_or_default() }
    }

    fn help(&self) -> About {
        About::of(
            "administrators",
            "Who holds a role in the organization, and who is offered one. Enter on an offer \
             withdraws it, after a question: whoever made it may, and who may grant roles. A \
             decline is its addressee's to lift.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::Page]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload | Action::Yes | Action::No => Availability::Ready,
            Action::Open => match self.focused() {
                None => Availability::Hidden,
                Some(offer) if offer.state == OfferState::Declined => {
                    Availability::Disabled("A decline is its addressee's to lift.".into())
                }
                Some(_) => {
                    let free = !self.withdrawing.is_waiting();
                    Availability::ready_if(free, "The backend is being asked.")
                }
            },
            action => self.sheet.availability(action),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Open).then(|| "withdraw".to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        match action {
            Action::Back => return Flow::Pop,
            Action::Reload => self.ask(cx),
            Action::No => self.asked = None,
            Action::Yes => {
                if let Some(email) = self.asked.take() {
                    let id = self.organization.raw().to_owned();
                    self.withdrawing.ask(Request::Offer(OfferCall::Withdraw(id, email)), cx);
                }
            }
            Action::Open => return self.open(),
            action => drop(self.sheet.act(action, cx)),
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.known.take(id, result, as_organization) {
            return Flow::Stay;
        }
        if let Some(known) = self.withdrawing.answer(id, result, as_organization) {
            self.known.set(known.clone());
            cx.toast(Tone::Done, "The offer is withdrawn.");
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.ask(cx);
        }
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
