//! The roles that one is offered oneself, and one's answer (rule P1).
//!
//! Owns the list, declining and lifting that. Accepting has the terms to read, on a screen of its
//! own. What others are offered in an organization is `admins`'.

mod accepting;

use accepting::Accepting;

use super::list::{List, ListScreen, Opens};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::offer::{DeclineOffer, LiftOffer, Offer};
use crate::api::session::{Me, ShowMe};
use crate::domain::offer::OfferState;
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

const ACTS: &str = "acts";

/// What can be answered, on the offer of the organization with this place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Accept,
    Decline,
    Lift,
}

impl Act {
    const ALL: [Self; 3] = [Self::Accept, Self::Decline, Self::Lift];

    const fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Decline => "decline",
            Self::Lift => "lift",
        }
    }

    const fn fits(self, state: OfferState) -> bool {
        match self {
            Self::Accept => matches!(state, OfferState::Open),
            Self::Decline => matches!(state, OfferState::Open | OfferState::Lapsed),
            Self::Lift => matches!(state, OfferState::Declined),
        }
    }
}

/// The screen.
pub fn screen() -> Box<dyn Screen> {
    Box::new(ListScreen::new(OffersList::default()))
}

/// The list.
#[derive(Default)]
struct OffersList {
    list: Load<Vec<Offer>>,
    answering: Load<Offer>,
    /// Of which organization declining was asked about.
    asked: Option<String>,
}

fn as_offers(reply: &Reply) -> Option<Vec<Offer>> {
    reply.get::<Me>().map(|me| me.offers.clone())
}

/// `full admin and partner admin`.
pub(super) fn roles(offer: &Offer) -> String {
    let titles: Vec<&str> = offer.roles.iter().map(|role| role.title()).collect();
    titles.join(" and ")
}

/// What an offer is, in a sentence.
fn sentence(offer: &Offer, here: Here<'_>) -> (Tone, String) {
    let name = offer.organization_name.shown_in(60);
    let until = here.moment(offer.expires_at);
    match offer.state {
        OfferState::Open => {
            let by = offer.offered_by.as_ref().map(|by| format!(", by {}", by.shown()));
            let by = by.unwrap_or_default();
            (
                Tone::Accent,
                format!("{name} offers you the role of {}{by}, until {until}.", roles(offer)),
            )
        }
        OfferState::Lapsed => {
            (Tone::Muted, format!("{name} offered you the role of {} until {until}.", roles(offer)))
        }
        OfferState::Declined => (
            Tone::Muted,
            format!("You have declined. {name} cannot offer you anything until you allow it."),
        ),
    }
}

impl OffersList {
    fn blocks(&self, here: Here<'_>) -> Page {
        let mut blocks = match self.list.get() {
            None => vec![asking::instead_of(&self.list, "your offers", here)],
            Some(offers) => blocks_of(offers, here),
        };
        if let Some(error) = self.answering.error() {
            blocks.extend([Block::Gap, asking::failed(error, here)]);
        }
        blocks.push(Block::aside(asking::waiting(&self.answering, "Answering", here)));
        let same_as = Some("hublink offer list".to_owned());
        Page { blocks, same_as, first: Some(ACTS), ..Page::default() }
    }
}

/// The act of a row, and the organization it is about.
fn meant(stop: &Stop) -> Option<(Act, String)> {
    let Stop::Row(ACTS, id) = stop else { return None };
    let (act, id) = id.split_once(' ')?;
    let act = Act::ALL.into_iter().find(|one| one.code() == act)?;
    Some((act, id.to_owned()))
}

fn blocks_of(offers: &[Offer], here: Here<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if offers.iter().any(|offer| offer.state == OfferState::Open) {
        blocks.push(Block::prose(
            "Accepting makes you a user of the organization. A person is in one organization at \
             most: no other one can take you in from then on.",
        ));
        blocks.push(Block::Gap);
    }
    for offer in offers {
        let (tone, text) = sentence(offer, here);
        blocks.push(Block::Prose { tone, text });
    }
    blocks.push(Block::Gap);
    let row = |act: Act, offer: &Offer| {
        let name = offer.organization_name.shown_in(60);
        let words = match act {
            Act::Accept => format!("Accept the role in {name}"),
            Act::Decline => format!("Decline the offer of {name}"),
            Act::Lift => format!("Let {name} offer you a role again"),
        };
        let id = format!("{} {}", act.code(), offer.organization);
        RowSpec { id, tone: Tone::Strong, end: None, cells: vec![words] }
    };
    let fitting = offers.iter().flat_map(|offer| {
        let fits = Act::ALL.into_iter().filter(|act| act.fits(offer.state));
        fits.map(move |act| row(act, offer))
    });
    let empty = "Nobody offers you a role.".to_owned();
    blocks.push(Block::Rows(Rows { key: ACTS, rows: fitting.collect(), empty }));
    blocks
}

impl List for OffersList {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Offers to you".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "offers",
            "Roles that organizations offer you. Nothing changes before you accept. A decline \
             stands until you lift it here: until then the organization cannot offer you \
             anything. An offer lapses after 7 days.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        self.blocks(here)
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.list.ask(ShowMe::call(Nothing, Nothing, Nothing), cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let (act, id) = meant(stop)?;
        let opens = match act {
            Act::Lift => Opens::act("take it", id),
            Act::Accept | Act::Decline => Opens::page("take it"),
        };
        Some(opens.unless(self.answering.is_waiting()))
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let Some((act, id)) = meant(stop) else { return Flow::Stay };
        let offers = self.list.get().map(Vec::as_slice).unwrap_or_default();
        let Some(offer) = offers.iter().find(|one| one.organization == id) else {
            return Flow::Stay;
        };
        let name = offer.organization_name.shown_in(60);
        match act {
            Act::Accept => Flow::Push(Box::new(Accepting::new(&Untrusted::new(id)))),
            Act::Decline => {
                let lines = vec![
                    "Nothing changes for you.".to_owned(),
                    format!("{name} cannot offer you anything again until you allow it here."),
                ];
                self.asked = Some(id);
                Flow::Push(Box::new(Confirm::new("Decline the offer?", lines, "Decline it")))
            }
            Act::Lift => {
                self.answering.ask(LiftOffer::call(id, Nothing, Nothing), cx);
                Flow::Stay
            }
        }
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        if let Some(id) = self.asked.take().filter(|_| yes) {
            self.answering.ask(DeclineOffer::call(id, Nothing, Nothing), cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.list.take_by(id, result, as_offers) {
            return Flow::Stay;
        }
        if let Some(offer) = self.answering.answer(id, result) {
            let name = offer.organization_name.shown_in(60);
            let words = match offer.state {
                OfferState::Declined => format!("You have declined the offer of {name}."),
                _ => format!("{name} may offer you a role again."),
            };
            cx.toast(Tone::Done, words);
            self.ask(cx);
        }
        Flow::Stay
    }
}
