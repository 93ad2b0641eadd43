//! Step one: what was ordered, and who administers it for the customer (rule T3).
//!
//! Owns the address. Nothing is looked for before Next: the list of candidates is recorded, and
//! limited in how often it can be asked for.

use std::borrow::Cow;

use crate::domain::address::Address;
use crate::domain::order::OrderState;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Stop};
use crate::tui::quantities;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking::sentence;
use crate::tui::wizard::order::{Draft, MapOrder};
use crate::tui::wizard::step::{Refusal, Step, Turn};

const ADMINISTRATOR: &str = "administrator";

/// The step.
#[derive(Default)]
pub struct Details {
    /// The field has had the focus and lost it, or was filled before.
    left: bool,
    focused: bool,
}

impl Details {
    fn wrong(draft: &Draft) -> Option<String> {
        if draft.answers.administrator.trim().is_empty() {
            return Some("The customer administrator's address is needed.".to_owned());
        }
        let error = Address::parse(&draft.answers.administrator).err();
        error.map(|error| sentence(&error.to_string()))
    }
}

impl Step<MapOrder> for Details {
    fn id(&self) -> &'static str {
        "order"
    }

    fn title(&self) -> &'static str {
        "Order"
    }

    fn help(&self) -> &'static str {
        "An order has to be tied to one organization before its services can be used. Type the \
         address of the person who administers it for the customer: it tells whether there is \
         an organization already. Looking it up sends nothing."
    }

    fn enter(&mut self, draft: &mut Draft, _cx: &mut Cx<'_>) {
        self.left = !draft.answers.administrator.is_empty();
        self.focused = false;
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let order = &draft.about;
        let fact = |label: &str, value: String| (label.to_owned(), value);
        let country = format!("{}; data in {}", order.country.name(), order.region.title());
        let mut blocks = vec![Block::Facts(vec![
            fact("Company", order.company.shown().to_string()),
            fact("Country", country),
            fact("Services", quantities::listed(&order.services)),
            fact("", quantities::together(&order.services)),
            fact("Received", here.moment(order.received_at)),
        ])];
        blocks.push(Block::Gap);
        if order.state == OrderState::Refused {
            let when = order.settled_at.map(|at| format!(" {}", here.moment(at)));
            let words = format!(
                "The organization that was asked declined{}. Map the order with another address, \
                 or to another organization.",
                when.unwrap_or_default()
            );
            blocks.push(Block::notice(Tone::Attention, words));
            blocks.push(Block::Gap);
        }
        blocks.push(Block::prose("Who administers this for the customer?"));
        let refusal = draft.answers.refusal().map(str::to_owned);
        blocks.push(Block::Field(FieldSpec {
            key: ADMINISTRATOR,
            label: "E-mail address".to_owned(),
            kind: Kind::Text,
            value: draft.answers.administrator.clone(),
            hint: "it leads to the organization; nothing is sent yet".to_owned(),
            error: refusal.or_else(|| Self::wrong(draft).filter(|_| self.left)),
        }));
        Page { blocks, first: Some(ADMINISTRATOR), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "An administrator of an organization already: the order goes there.".into(),
            "Otherwise you choose among organizations with such a name and people in the same \
             e-mail domain, or make a new one."
                .into(),
            "Looking is recorded, because it shows you organizations that are not yours.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        let refusal = draft.answers.refusal().map(str::to_owned);
        match refusal.or_else(|| Self::wrong(draft)) {
            Some(words) => Err(Refusal::field(ADMINISTRATOR, words)),
            None => Ok(()),
        }
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        let focused = matches!(stop, Some(Stop::Field(_)));
        self.left |= self.focused && !focused;
        self.focused = focused;
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        if let Edit::Text { field: ADMINISTRATOR, value } = edit {
            draft.answers.administrator.clone_from(value);
        }
        Turn::Stay
    }
}
