//! A full admin's answer to an order that asks their organization (rule T3).
//!
//! Owns saying what accepting means before it is done. Nothing is chosen at first, and the answer
//! is asked once more: neither can be taken back here.

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{AcceptOrder, DeclineOrder, Order};
use crate::domain::order::OrderWay;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Choice, ChoiceOption, Edit, Page, Piece};
use crate::tui::quantities;
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const ANSWER: &str = "answer";
const ACCEPT: &str = "accept";
const DECLINE: &str = "decline";

/// The form.
pub struct Answer {
    order: Order,
    accepts: Option<bool>,
    sent: Load<Order>,
}

impl Answer {
    /// About an order that asks.
    pub fn new(order: &Order) -> Self {
        Self { order: order.clone(), accepts: None, sent: Load::default() }
    }

    fn organization(&self) -> String {
        let name = self.order.organization_name.as_ref();
        name.map_or_else(|| "your organization".to_owned(), |name| name.shown().to_string())
    }

    /// What accepting does, fact by fact.
    fn means(&self) -> Vec<String> {
        let (partner, organization) = (self.order.partner_name.shown(), self.organization());
        let manages = match &self.order.replaces_partner {
            Some(before) => format!(
                "{partner} manages {organization} from then on, in place of {}.",
                before.shown()
            ),
            None => format!("{partner} manages {organization} from then on."),
        };
        let mut means = vec![manages];
        means.push(format!(
            "{} are added to what you have.",
            quantities::listed(&self.order.services)
        ));
        if let (Some(OrderWay::Candidate), Some(who)) = (self.order.way, &self.order.administrator)
        {
            means.push(format!("{} is offered full admin.", who.shown()));
        }
        means
    }
}

impl Form for Answer {
    fn crumbs(&self) -> Vec<String> {
        let number = Untrusted::new(self.order.number.as_str()).shown();
        vec!["Orders".to_owned(), number.to_string()]
    }

    fn help(&self) -> About {
        About::of(
            "an order that asks",
            "A partner has an order for your organization. Accepting gives it the order's \
             services and makes that partner its manager; declining leaves everything as it is. \
             The partner is told either way.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let order = &self.order;
        let option = |id: &str, label: &str, detail: String| ChoiceOption {
            id: id.to_owned(),
            label: label.to_owned(),
            detail,
            disabled: None,
        };
        let options = vec![
            option(ACCEPT, "Accept: it is ours", self.means().join(" ")),
            option(
                DECLINE,
                "Decline: it is not ours",
                "Nothing changes for you, and you are not asked about this order again.".to_owned(),
            ),
        ];
        let chosen = self.accepts.map(|yes| if yes { ACCEPT } else { DECLINE }.to_owned());
        let fact = |label: &str, value: String| (label.to_owned(), value);
        let since = order.asked_at.map(|at| here.moment(at)).unwrap_or_default();
        let mut blocks = vec![
            Block::prose(format!(
                "{} has this order and thinks that it belongs to {}.",
                order.partner_name.shown(),
                self.organization()
            )),
            Block::Gap,
            Block::Facts(vec![
                fact("Company", format!("{}, {}", order.company.shown(), order.country.name())),
                fact("Services", quantities::listed(&order.services)),
                fact("Asked", since),
            ]),
            Block::Gap,
            Block::Choice(Choice { key: ANSWER, options, chosen }),
            Block::Gap,
        ];
        match self.sent.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => {
                blocks.push(Block::aside(asking::waiting(&self.sent, "Sending your answer", here)));
            }
        }
        let number = Untrusted::new(order.number.as_str()).shown();
        let words = "They are told your answer by e-mail. If you do nothing, nothing changes.";
        let verb = |yes| if yes { ACCEPT } else { DECLINE };
        let same_as = self.accepts.map(|yes| format!("hublink order {} {number}", verb(yes)));
        let consequences = vec![Piece::new(Tone::Muted, words)];
        Page { blocks, same_as, consequences, ..Page::default() }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        match self.accepts {
            Some(_) => Ok(()),
            None => Err(Refusal::field(ANSWER, "Choose an answer.")),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        match (action, self.accepts) {
            (Action::Next, Some(true)) => Some("accept".to_owned()),
            (Action::Next, Some(false)) => Some("decline".to_owned()),
            (Action::Next, None) => Some("answer".to_owned()),
            (Action::Back, _) => Some("not now".to_owned()),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit) {
        // What was refused is about the answers before.
        if !self.sent.is_waiting() {
            self.sent = Load::default();
        }
        if let Edit::Pick { choice: ANSWER, id } = edit {
            self.accepts = Some(id == ACCEPT);
        }
    }

    fn asks(&self) -> Option<Confirm> {
        let company = format!("The order of {}", self.order.company.shown());
        Some(if self.accepts? {
            let mut lines = vec![company, "Accepting it means:".to_owned()];
            lines.extend(self.means());
            Confirm::new("Accept the order?", lines, "Accept it")
        } else {
            let words = "It cannot be mapped to your organization after that.";
            Confirm::new("Decline the order?", vec![company, words.to_owned()], "Decline it")
        })
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let number = self.order.number.clone();
        let call = match self.accepts {
            Some(true) => AcceptOrder::call(number, Nothing, Nothing),
            Some(false) => DeclineOrder::call(number, Nothing, Nothing),
            None => return,
        };
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
        if self.sent.error().is_some() {
            return Answered::Refused(None);
        }
        Answered::Done(if self.accepts == Some(true) {
            format!("Accepted. {} manages the organization now.", self.order.partner_name.shown())
        } else {
            "Declined. Nothing has changed for you.".to_owned()
        })
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
