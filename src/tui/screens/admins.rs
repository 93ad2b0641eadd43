//! Who administers an organization, and who is offered a role in it (rules P1, P3, P5).
//!
//! Owns the list and withdrawing an offer. What can be done with one of them is `holder`'s,
//! offering a role `grant`'s; the mail of a trial or an order is `welcome_mail`'s.

mod access;
mod grant;
mod holder;

use super::form::FormScreen;
use super::list::{List, ListScreen, Opens};
use super::offers::roles;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::offer::{Offer, WithdrawOffer};
use crate::api::organization::{Administrator, Organization, ShowOrganization};
use crate::domain::offer::OfferState;
use crate::domain::role::{Action as Right, Role, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::load::Load;
use crate::tui::loss;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Administrators",
    about: "Who holds or is offered a role; grant, revoke.",
    offered: Offered::Organization(availability),
    needs: None,
    open: |id| Box::new(ListScreen::new(Admins::new(id))),
};

const HOLDERS: &str = "holders";
const OFFERS: &str = "offers";
const ACTS: &str = "acts";
const GRANT: &str = "grant";
const ACCESS: &str = "access";

/// The list.
struct Admins {
    organization: Untrusted,
    known: Load<Organization>,
    withdrawing: Load<Organization>,
    asked: Option<String>,
}

fn availability(organization: &Organization) -> Availability {
    Availability::ready_if(
        may(organization, Right::SeeDetails),
        "A full admin of the organization sees them, and its partner.",
    )
}

fn may(organization: &Organization, right: Right) -> bool {
    organization.my_roles.iter().any(|role| permits(*role, right))
}

/// Why one's own access is not ended.
pub(super) const THIS_IS_YOU: &str =
    "This is you: somebody else ends your access, where it has to end.";

/// Why this person's access is not ended from here: it is one's own, or nobody else could administer
/// the organization then (rules P3, P5).
pub(super) fn access_stays(
    organization: &Organization,
    email: &str,
    here: Here<'_>,
) -> Option<&'static str> {
    let email = loss::canonical(email);
    if here.session.me.as_ref().is_some_and(|me| me.email.raw() == email) {
        return Some(THIS_IS_YOU);
    }
    let mut able = organization
        .administrators
        .iter()
        .filter(|one| one.role == Role::FullAdmin && !one.disabled && !one.cannot_sign_in);
    let only = able.next().is_some_and(|one| one.email.raw() == email) && able.next().is_none();
    only.then_some(
        "They are the only full admin who can sign in: their access stays until another one can.",
    )
}

/// Where one is: the organization, then what about it.
pub(super) fn header(
    known: &Load<Organization>,
    id: &Untrusted,
    what: &str,
    look: &Look<'_>,
) -> Header {
    let known = known.get();
    let name = known.map_or(id, |known| &known.name).shown().to_string();
    let right = known.map(|known| look.here.session.who(&known.my_roles));
    Header { crumbs: vec![name, what.to_owned()], right: right.unwrap_or_default() }
}

/// A row of words that does something.
pub(super) fn act(id: &str, words: &str, about: &str) -> RowSpec {
    let cells = vec![words.to_owned(), about.to_owned()];
    RowSpec { id: id.to_owned(), tone: Tone::Strong, end: None, cells }
}

/// The question before something is lost.
pub(super) fn question_of(loss: loss::Loss, yes: &str) -> Confirm {
    let lines = loss.what.lines().map(str::to_owned).collect();
    Confirm::new(loss.question, lines, yes)
}

/// The same, as a screen.
pub(super) fn question(loss: loss::Loss, yes: &str) -> Box<dyn Screen> {
    Box::new(question_of(loss, yes))
}

impl Admins {
    /// Of the organization with this id.
    fn new(organization: &Untrusted) -> Self {
        Self {
            organization: organization.clone(),
            known: Load::default(),
            withdrawing: Load::default(),
            asked: None,
        }
    }

    fn blocks(known: &Organization, here: Here<'_>) -> Vec<Block> {
        let mut blocks = vec![Block::Heading("Administrators".to_owned())];
        let rows = known.administrators.iter().map(holder_row).collect();
        let empty = "Nobody holds a role here yet.".to_owned();
        blocks.push(Block::Rows(Rows { key: HOLDERS, rows, empty }));
        blocks.extend([Block::Gap, Block::Heading("Offered, not accepted".to_owned())]);
        let rows = known.offers.iter().map(|offer| offer_row(offer, here)).collect();
        let empty = "No role is offered to anybody.".to_owned();
        blocks.push(Block::Rows(Rows { key: OFFERS, rows, empty }));
        blocks.push(Block::Gap);
        let mut acts = Vec::new();
        if may(known, Right::GrantRoles) {
            acts.push(act(GRANT, "Offer a role", "to somebody, by their address"));
        }
        if may(known, Right::EndAccess) {
            acts.push(act(ACCESS, "End somebody's access", "or let them in again"));
        }
        if acts.is_empty() {
            let words = "Full admins of the organization and backend admins change roles.";
            blocks.push(Block::aside(words));
        } else {
            blocks.push(Block::Rows(Rows { key: ACTS, rows: acts, empty: String::new() }));
        }
        blocks
    }

    fn offer(&self, email: &str) -> Option<&Offer> {
        self.known.get()?.offers.iter().find(|offer| offer.email.raw() == email)
    }
}

fn holder_row(person: &Administrator) -> RowSpec {
    let way_in = match (person.disabled, person.cannot_sign_in) {
        (true, _) => "access ended",
        (false, true) => "cannot sign in yet",
        (false, false) => "",
    };
    let email = person.email.shown_in(40).to_string();
    let cells = vec![email, person.role.title().to_owned(), way_in.to_owned()];
    RowSpec { id: holder::name(person), tone: Tone::Text, end: None, cells }
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

impl List for Admins {
    fn header(&self, look: &Look<'_>) -> Header {
        header(&self.known, &self.organization, "Administrators", look)
    }

    fn help(&self) -> About {
        About::of(
            "administrators",
            "Who holds a role in the organization, and who is offered one. Enter on a person says \
             what can be done: take the role away, mail a way in, end their access. Enter on an \
             offer withdraws it, after a question. A decline is its addressee's to lift. The last \
             full admin stays.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![];
        match self.known.get() {
            None => blocks.push(asking::instead_of(&self.known, "the administrators", here)),
            Some(known) => blocks.extend(Self::blocks(known, here)),
        }
        blocks.extend(asking::stale(&self.known, here));
        if let Some(error) = self.withdrawing.error() {
            blocks.extend([Block::Gap, asking::failed(error, here)]);
        }
        blocks.push(Block::aside(asking::waiting(&self.withdrawing, "Withdrawing", here)));
        let same_as = Some(format!("hublink org show {}", quoted(self.organization.raw())));
        Page { blocks, same_as, ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.known.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let waiting = self.withdrawing.is_waiting();
        match stop {
            Stop::Row(OFFERS, email) => {
                let declined = self.offer(email)?.state == OfferState::Declined;
                let opens = Opens::page("withdraw").unless(waiting);
                Some(if declined {
                    let why = "A decline is its addressee's to lift.";
                    Opens { availability: Availability::Disabled(why.into()), ..opens }
                } else {
                    opens
                })
            }
            Stop::Row(..) => Some(Opens::page("open")),
            _ => None,
        }
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let (Stop::Row(list, id), Some(known)) = (stop, self.known.get()) else {
            return Flow::Stay;
        };
        match (*list, id.as_str()) {
            (OFFERS, email) => {
                let here = cx.here();
                let lost = loss::withdrawn(known, email, &|at| here.moment(at));
                // A lapsed one has nothing to lose: it goes from the list.
                let lost = lost.unwrap_or_else(|| loss::Loss {
                    what: "The offer has lapsed; it goes from the list.".to_owned(),
                    question: "Withdraw it?".to_owned(),
                });
                self.asked = Some(email.to_owned());
                Flow::Push(question(lost, "Withdraw it"))
            }
            (ACTS, GRANT) => Flow::Push(Box::new(FormScreen::new(grant::Grant::new(known)))),
            (ACTS, _) => Flow::Push(Box::new(FormScreen::new(access::Access::new(known)))),
            (_, name) => {
                let held = known.administrators.iter().find(|one| holder::name(one) == *name);
                let Some(held) = held else { return Flow::Stay };
                Flow::Push(Box::new(ListScreen::new(holder::Holder::new(known, held))))
            }
        }
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        if let Some(email) = self.asked.take().filter(|_| yes) {
            // What was asked for on coming back would be older than what this answers.
            self.known.cancel(cx);
            let id = self.organization.raw().to_owned();
            self.withdrawing.ask(WithdrawOffer::call((id, email), Nothing, Nothing), cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if self.known.take(id, result) {
            return Flow::Stay;
        }
        if let Some(known) = self.withdrawing.answer(id, result) {
            self.known.set(known.clone());
            cx.toast(Tone::Done, "The offer is withdrawn.");
        }
        Flow::Stay
    }
}
