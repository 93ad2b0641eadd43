//! Step three: mapped; or waiting for the organization's answer (rule T3).
//!
//! Owns what is said meanwhile, and looking again. Next leads into services setup, once the order
//! is mapped and not before.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{Order, ShowOrder};
use crate::domain::draft::Wizard;
use crate::domain::order::{OrderState, OrderWay};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page};
use crate::tui::quantities;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::order::{Draft, MapOrder};
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::{self, asking};

/// While an organization is asked the order is looked at again after so many milliseconds.
const AGAIN_MS: u64 = 15_000;

/// The step.
#[derive(Default)]
pub struct Mapped {
    looking: Load<Order>,
    due: Option<u64>,
}

impl Mapped {
    fn look(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        let call = ShowOrder::call(draft.about.number.clone(), Nothing, Nothing);
        self.looking.ask(call, cx);
        self.due = None;
    }
}

fn waits(draft: &Draft) -> bool {
    draft.about.state == OrderState::Waiting
}

impl Step<MapOrder> for Mapped {
    fn id(&self) -> &'static str {
        "mapped"
    }

    fn title(&self) -> &'static str {
        "Mapped"
    }

    fn help(&self) -> &'static str {
        "The order belongs to the organization, or its full admins have been asked by e-mail. \
         While they have not answered you see only the order; you are told by mail when they \
         have. You may leave meanwhile."
    }

    fn enter(&mut self, _draft: &mut Draft, _cx: &mut Cx<'_>) {
        *self = Self::default();
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let order = &draft.about;
        let mut blocks = match order.state {
            OrderState::Mapped => mapped(order),
            OrderState::Waiting => waiting(order, here),
            OrderState::Refused => declined(order, here),
        };
        blocks.push(Block::Gap);
        blocks.extend(self.looking.error().map(|error| asking::failed(error, here)));
        let number = Untrusted::new(order.number.as_str()).shown();
        Page { blocks, same_as: Some(format!("hublink order show {number}")), ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        match draft.about.state {
            OrderState::Mapped => vec![
                "Setup is a few minutes: review the plan, choose the subdomain, start Contact \
                 Center."
                    .into(),
                "It is best finished before you hand over.".into(),
            ],
            OrderState::Waiting => vec![
                "If they accept, the organization is your customer, and services setup opens."
                    .into(),
                "If they decline, you can map the order to another organization.".into(),
                "If they do nothing, nothing changes.".into(),
            ],
            OrderState::Refused => {
                vec!["The organization that declined is not asked again about this order.".into()]
            }
        }
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        match draft.about.state {
            OrderState::Mapped => Ok(()),
            _ => Err(Refusal::page("The order is not mapped.")),
        }
    }

    fn label(&self, action: Action, draft: &Draft) -> Option<String> {
        match (action, draft.about.state) {
            (Action::Next, _) => Some("set up services".to_owned()),
            (Action::Back, OrderState::Mapped) => Some("later".to_owned()),
            (Action::Back, _) => Some("another organization".to_owned()),
            (Action::Leave, _) => Some("leave it waiting".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, draft: &Draft) -> Option<Availability> {
        match (action, draft.about.state) {
            (Action::Next, OrderState::Waiting) => Some(Availability::Disabled(
                "The organization has not answered yet; services setup opens once it accepts."
                    .into(),
            )),
            (Action::Next, OrderState::Refused) => Some(Availability::Disabled(
                "The organization declined; esc goes back to choose another.".into(),
            )),
            (Action::Reload, OrderState::Waiting) => Some(Availability::Ready),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match (action, draft.about.state) {
            (Action::Reload, _) => {
                self.look(draft, cx);
                Turn::Stay
            }
            // What is mapped cannot be gone back on.
            (Action::Back, OrderState::Mapped) => Turn::Leave { finished: true },
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        let id = draft.about.organization.as_deref();
        match id.and_then(|id| wizard::open(Wizard::Setup, &id.into())) {
            Some(setup) => Turn::Handover(setup),
            None => Turn::Leave { finished: true },
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if self.looking.take(id, result)
            && self.looking.error().is_none()
            && let Some(order) = self.looking.get()
        {
            draft.about = order.clone();
        }
        Turn::Stay
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        if !waits(draft) || self.looking.is_waiting() {
            return;
        }
        let due = *self.due.get_or_insert_with(|| {
            cx.wake_at(cx.now_ms + AGAIN_MS);
            cx.now_ms + AGAIN_MS
        });
        if cx.now_ms >= due {
            self.look(draft, cx);
        }
    }
}

fn mapped(order: &Order) -> Vec<Block> {
    let fact = |label: &str, value: String| (label.to_owned(), value);
    let organization = order.organization_name.as_ref().map(|name| name.shown().to_string());
    let organization = organization.unwrap_or_else(|| "the organization".to_owned());
    let number = Untrusted::new(order.number.as_str()).shown();
    let how = match order.way {
        Some(OrderWay::New) => "a new organization",
        Some(OrderWay::Candidate) => "chosen among those that looked like it",
        Some(OrderWay::Administrator) | None => "its administrator was known",
    };
    let mut facts = vec![
        fact("Organization", format!("{organization}, {how}")),
        fact("Services", quantities::listed(&order.services)),
    ];
    let who = order.administrator.as_ref();
    facts.extend(who.map(|who| fact("Welcome mail", format!("on its way to {}", who.shown()))));
    vec![
        Block::notice(Tone::Done, format!("Order {number} is mapped to {organization}.")),
        Block::Gap,
        Block::Facts(facts),
        Block::Gap,
        Block::prose("Its services setup comes next. Enter goes on to it."),
    ]
}

fn waiting(order: &Order, here: Here<'_>) -> Vec<Block> {
    let since = order.asked_at.map(|at| here.moment(at)).unwrap_or_default();
    let partner = order.partner_name.shown();
    vec![
        Block::notice(
            Tone::Attention,
            format!("Waiting for the organization's answer since {since}."),
        ),
        Block::Gap,
        Block::prose(format!(
            "Its full admins were asked by e-mail whether the order is theirs: {partner} does not \
             manage their organization yet. Until one of them accepts you see only the order."
        )),
        Block::Gap,
        Block::prose(format!(
            "You may leave with {}; nothing is lost. You get a mail when they have answered, and \
             {} looks again now.",
            here.keys.key(Action::Leave),
            here.keys.key(Action::Reload)
        )),
        Block::Gap,
        Block::aside("Esc chooses another organization; asking that one withdraws this question."),
    ]
}

fn declined(order: &Order, here: Here<'_>) -> Vec<Block> {
    let when = order.settled_at.map(|at| format!(" {}", here.moment(at))).unwrap_or_default();
    vec![
        Block::notice(Tone::Refused, format!("The organization declined the order{when}.")),
        Block::Gap,
        Block::prose(
            "Nothing has changed anywhere. Esc goes back: use another administrator's address, \
             choose another organization, or make a new one.",
        ),
    ]
}
