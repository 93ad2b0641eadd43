//! The orders that one sees: the partner's own to map, and those that ask one's organization.
//!
//! Owns the list, open ones first, and what opening one leads to: the wizard that maps it, or the
//! answer of a full admin.

pub mod answer;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::answer::Answer;
use super::form::FormScreen;
use super::listed;
use super::trials::sells;
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{ListOrders, Order};
use crate::api::page::PageQuery;
use crate::api::session::HeldRole;
use crate::domain::draft::Wizard;
use crate::domain::order::OrderState;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::services::total;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::overlay::message::Message;
use crate::tui::quantities;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};
use crate::tui::wizard::{self, Entry, Offered};

const COLUMNS: [Column; 6] = [
    Column::whole("Order"),
    Column::text("Company"),
    Column::number("Licences").only_from(60),
    Column::text("Services").only_from(100),
    Column::text("Received").only_from(60),
    Column::text("State"),
];

/// A partner's orders, in its menu.
pub const ENTRY: Entry = Entry {
    title: "Orders",
    about: "Map each to the organization that it belongs to.",
    offered: Offered::Organization(|organization| sells(organization, OrganizationKind::Partner)),
    needs: None,
    open: |_| Box::new(Orders::default()),
};

/// The orders that ask for a customer, in its menu. One that waits is told at home, too.
pub const ASKING: Entry = Entry {
    title: "Orders",
    about: "Accept or decline one that asks for you.",
    offered: Offered::Organization(|organization| {
        let may = |role: &Role| permits(*role, Right::AcceptOrder);
        let customer = organization.kind == OrganizationKind::Customer;
        Availability::shown_if(customer && organization.my_roles.iter().any(may))
    }),
    needs: None,
    open: |_| Box::new(Orders::default()),
};

/// The list.
pub struct Orders {
    list: Listing<Order>,
    /// What is shown: open ones first, oldest first.
    rows: Vec<Order>,
    cursor: Cursor,
}

impl Default for Orders {
    fn default() -> Self {
        Self { list: Listing::whole(request), rows: Vec::new(), cursor: Cursor::default() }
    }
}

fn request(query: PageQuery, _: &str) -> Request {
    ListOrders::call(Nothing, query, Nothing)
}

/// Whether something is to be done about an order by whoever sees it so.
pub fn is_open(order: &Order) -> bool {
    order.may_answer || (order.may_map && order.asked_at.is_none())
}

impl Orders {
    fn chosen(&self) -> Option<&Order> {
        self.rows.get(self.cursor.at)
    }

    fn fill(&mut self) {
        let stays = self.chosen().map(|order| order.number.clone());
        self.rows = self.list.items().to_vec();
        self.rows.sort_by_key(|order| (!is_open(order), order.state == OrderState::Mapped));
        let at = self.rows.iter().position(|order| Some(&order.number) == stays.as_ref());
        self.cursor.at = at.unwrap_or(self.cursor.at);
    }

    fn open(&self, cx: &Cx<'_>) -> Flow {
        let Some(order) = self.chosen() else { return Flow::Stay };
        if order.may_answer {
            return Flow::Push(Box::new(FormScreen::new(Answer::new(order))));
        }
        let is_mine = |held: &HeldRole| {
            held.role == Role::PartnerAdmin
                && held.organization.as_deref() == Some(order.partner.as_str())
        };
        let mine = cx.session.me.iter().any(|me| me.roles.iter().any(is_mine));
        if (order.may_map || mine)
            && let Some(screen) = wizard::open(Wizard::Order, &order.number.as_str().into())
        {
            return Flow::Push(screen);
        }
        let number = Untrusted::new(order.number.as_str()).shown();
        Flow::Push(Box::new(Message::new(number.to_string(), facts(order, cx.here()))))
    }
}

/// Where an order stands, in a few words.
fn state(order: &Order, here: Here<'_>) -> Cell {
    match order.state {
        _ if order.may_answer => (Tone::Attention, "asks you".to_owned()),
        OrderState::Waiting => match order.asked_at {
            Some(at) => (Tone::Muted, format!("asked {}", here.date(at))),
            None => (Tone::Accent, "to be mapped".to_owned()),
        },
        OrderState::Refused => (Tone::Refused, "declined, map it".to_owned()),
        OrderState::Mapped => (Tone::Done, "mapped".to_owned()),
    }
}

fn cells(order: &Order, here: Here<'_>) -> Vec<Cell> {
    vec![
        (Tone::Text, Untrusted::new(order.number.as_str()).shown().to_string()),
        (Tone::Text, order.company.shown().to_string()),
        (Tone::Muted, thousands(total(&order.services))),
        (Tone::Muted, quantities::listed(&order.services)),
        (Tone::Muted, here.date(order.received_at)),
        state(order, here),
    ]
}

/// All about an order, in one line.
fn detail(order: &Order) -> String {
    let to = order.organization_name.as_ref().map(|name| format!("→ {}", name.shown()));
    let parts = [
        Some(order.company.shown().to_string()),
        Some(order.country.name().to_owned()),
        Some(quantities::listed(&order.services)),
        to,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// All about an order, line by line.
fn facts(order: &Order, here: Here<'_>) -> String {
    let mut lines = vec![
        format!("Company: {}, {}", order.company.shown(), order.country.name()),
        format!("Partner: {}", order.partner_name.shown()),
        format!("Services: {}", quantities::listed(&order.services)),
        format!("Received: {}", here.moment(order.received_at)),
        format!("State: {}", state(order, here).1),
    ];
    let name = order.organization_name.as_ref();
    lines.extend(name.map(|name| format!("Organization: {}", name.shown())));
    let who = order.administrator.as_ref();
    lines.extend(who.map(|who| format!("Administrator: {}", who.shown())));
    lines.join("\n")
}

impl Orders {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the orders",
            empty: "There are no orders. They come from outside, one by one; an order that belongs \
                    to an organization of yours, or asks one, stands here.",
            wait: self.list.wait(here.now_ms),
            error: self.list.error(),
            is_empty: self.rows.is_empty(),
        }
    }
}

impl Screen for Orders {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Orders".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "orders",
            "Orders, those that wait for you first. A partner maps each to the organization that \
             it belongs to; a full admin accepts or declines one that asks for theirs.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open | Action::Copy => Availability::shown_if(self.chosen().is_some()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        let order = self.chosen().filter(|_| action == Action::Open)?;
        let words = match order {
            order if order.may_answer => "answer",
            order if is_open(order) => "map it",
            _ => "look",
        };
        Some(words.to_owned())
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.rows.len(), height);
            return Flow::Stay;
        }
        match action {
            Action::Open => return self.open(cx),
            Action::Reload => self.list.ask(cx),
            Action::Copy => {
                if let Some(order) = self.chosen() {
                    cx.copy(Untrusted::new(order.number.as_str()).shown());
                }
            }
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.list.take(id, result, cx) {
            self.fill();
        }
        Flow::Stay
    }

    fn on_return(&mut self, cx: &mut Cx<'_>) {
        self.list.ask(cx);
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.list.is_untouched() {
            self.list.ask(cx);
        }
        self.cursor.clamp(self.rows.len(), table::height(listed::place(cx.body())));
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let said = self.said(here);
        let cells = |at: usize| cells(&self.rows[at], here);
        Some(listed::as_data(&said, (self.rows.len(), &self.cursor), cells, "", here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let said = self.said(look.here);
        let line = self.chosen().map(detail).unwrap_or_default();
        let Some(place) = listed::view(&said, &line, look, area, buf) else { return };
        let row = |at: usize| cells(&self.rows[at], look.here);
        table::view(&COLUMNS, (self.rows.len(), &self.cursor), row, look.theme, place, buf);
    }
}
