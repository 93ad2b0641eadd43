//! One who holds a role in an organization: taking it away, mailing a way in, ending their access.
//!
//! Owns what can be done with one person, and why some of it cannot.

use super::{access_stays, header, may, question};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Code, Endpoint as _, Nothing};
use crate::api::organization::{
    Administrator, GrantRole, Organization, RevokeRole, RoleChange, ShowOrganization,
};
use crate::api::person::{DisablePerson, EnablePerson};
use crate::domain::role::{Action as Right, Role};
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::loss;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::screens::list::{List, Opens};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

const ACTS: &str = "acts";

/// What can be done with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Revoke,
    Mail,
    Disable,
    Enable,
}

impl Act {
    const ALL: [Self; 4] = [Self::Revoke, Self::Mail, Self::Disable, Self::Enable];

    const fn code(self) -> &'static str {
        match self {
            Self::Revoke => "revoke",
            Self::Mail => "mail",
            Self::Disable => "disable",
            Self::Enable => "enable",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Revoke => ("Take the role away", "after a question; the last full admin stays"),
            Self::Mail => ("Mail a way in", "a link and a code, for 7 days"),
            Self::Disable => ("End their access", "sessions, tokens and codes end at once"),
            Self::Enable => ("Let them in again", "without a password they need a new token"),
        }
    }
}

/// The list.
pub struct Holder {
    organization: Untrusted,
    email: Untrusted,
    role: Role,
    known: Load<Organization>,
    doing: Load<()>,
    asked: Option<Act>,
    /// What is being done, for the words once it is.
    under_way: Option<Act>,
}

/// The name of a row: one person may hold several roles.
pub fn name(person: &Administrator) -> String {
    format!("{} {}", person.role.code(), person.email.raw())
}

impl Holder {
    /// Somebody who holds a role.
    pub fn new(organization: &Organization, person: &Administrator) -> Self {
        let mut known = Load::default();
        known.set(organization.clone());
        Self {
            organization: Untrusted::new(organization.id.as_str()),
            email: person.email.clone(),
            role: person.role,
            known,
            doing: Load::default(),
            asked: None,
            under_way: None,
        }
    }

    fn person(&self) -> Option<&Administrator> {
        let mut all = self.known.get()?.administrators.iter();
        all.find(|one| one.email == self.email && one.role == self.role)
    }

    /// Whether there is no other full admin.
    fn is_last(&self) -> bool {
        let all = self.known.get().map_or(&[][..], |known| &known.administrators);
        self.role == Role::FullAdmin
            && all.iter().filter(|one| one.role == Role::FullAdmin).count() < 2
    }

    fn is_disabled(&self) -> bool {
        self.person().is_some_and(|person| person.disabled)
    }

    /// Why their access cannot be ended, where it could be but for that.
    fn stays(&self, here: Here<'_>) -> Option<&'static str> {
        let known = self.known.get().filter(|known| may(known, Right::EndAccess))?;
        if self.is_disabled() { None } else { access_stays(known, self.email.raw(), here) }
    }

    fn fits(&self, act: Act, here: Here<'_>) -> bool {
        let right = match act {
            Act::Revoke | Act::Mail => Right::GrantRoles,
            Act::Disable | Act::Enable => Right::EndAccess,
        };
        let may = self.known.get().is_some_and(|known| may(known, right));
        may && match act {
            Act::Revoke => !self.is_last(),
            Act::Mail => self.person().is_some_and(|one| one.cannot_sign_in && !one.disabled),
            Act::Disable => !self.is_disabled() && self.stays(here).is_none(),
            Act::Enable => self.is_disabled(),
        }
    }

    fn change(&self, mail: bool) -> (String, RoleChange) {
        let email = self.email.raw().to_owned();
        (self.organization.raw().to_owned(), RoleChange { email, role: self.role, mail })
    }

    fn command(&self, act: Act) -> String {
        let (id, email) = (quoted(self.organization.raw()), quoted(self.email.raw()));
        let role = self.role.code();
        match act {
            Act::Revoke => format!("hublink org revoke {id} --email {email} --role {role}"),
            Act::Mail => format!("hublink org grant {id} --email {email} --role {role} --mail"),
            Act::Disable => format!("hublink person disable {email}"),
            Act::Enable => format!("hublink person enable {email}"),
        }
    }

    fn send(&mut self, act: Act, cx: &mut Cx<'_>) {
        self.known.cancel(cx);
        let email = self.email.raw().to_owned();
        let request = match act {
            Act::Revoke => {
                let (id, change) = self.change(false);
                RevokeRole::call(
                    (id, Code::new(change.role.code()), change.email),
                    Nothing,
                    Nothing,
                )
            }
            Act::Mail => {
                let (id, change) = self.change(true);
                GrantRole::call(id, Nothing, change)
            }
            Act::Disable => DisablePerson::call(email, Nothing, Nothing),
            Act::Enable => EnablePerson::call(email, Nothing, Nothing),
        };
        self.under_way = Some(act);
        self.doing.ask(request, cx);
    }

    fn done(&mut self, cx: &mut Cx<'_>) -> Flow {
        let email = self.email.shown();
        let words = match self.under_way.take() {
            Some(Act::Revoke) => format!("{email} is no longer {}.", self.role.title()),
            Some(Act::Mail) => format!("A mail with a way in goes to {email}."),
            Some(Act::Disable) => format!("{email} cannot sign in any more."),
            Some(Act::Enable) => format!("{email} may sign in again."),
            None => return Flow::Stay,
        };
        cx.toast(Tone::Done, words);
        Flow::Pop
    }
}

impl List for Holder {
    fn header(&self, look: &Look<'_>) -> Header {
        header(&self.known, &self.organization, "Administrators", look)
    }

    fn help(&self) -> About {
        About::of(
            "an administrator",
            "What can be done with somebody who holds a role. Taking it away leaves their other \
             roles; with the last one they are no user of the organization any more, unless \
             something else made them one. Ending their access ends every session and token of \
             theirs at once. Both ask first.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let mut blocks = vec![
            Block::Prose { tone: Tone::Strong, text: self.email.shown().to_string() },
            Block::aside(format!("They are a {} here.", self.role.title())),
        ];
        if self.is_disabled() {
            let words = "Their access was ended. They cannot sign in until they are let in again.";
            blocks.push(Block::notice(Tone::Attention, words));
        } else if self.person().is_some_and(|person| person.cannot_sign_in) {
            let words = "They cannot sign in yet: they have no password and no token.";
            blocks.push(Block::notice(Tone::Attention, words));
        }
        blocks.push(Block::Gap);
        let acts: Vec<_> = Act::ALL.into_iter().filter(|act| self.fits(*act, here)).collect();
        let stays = self.stays(here);
        // Who may, and can do nothing with this one, reads why.
        if !acts.is_empty() || stays.is_none() {
            let row = |act: &Act| super::act(act.code(), act.words().0, act.words().1);
            let rows = acts.iter().map(row).collect();
            let empty = "Full admins of the organization and backend admins change roles.";
            blocks.push(Block::Rows(Rows { key: ACTS, rows, empty: empty.to_owned() }));
        }
        let changes = self.known.get().is_some_and(|known| may(known, Right::GrantRoles));
        let last = "They are the last full admin: the role stays. Offer it to somebody else first.";
        let last = (self.is_last() && changes).then_some(last);
        let why = [last, stays].into_iter().flatten();
        blocks.extend(why.flat_map(|words| [Block::Gap, Block::aside(words)]));
        match self.doing.error() {
            Some(error) => blocks.extend([Block::Gap, asking::failed(error, here)]),
            None => blocks.push(Block::aside(asking::waiting(&self.doing, "Doing it", here))),
        }
        let same_as = acts.contains(&Act::Revoke).then(|| self.command(Act::Revoke));
        let command = |act: Act| (act.code().to_owned(), self.command(act));
        let rows_same_as = acts.into_iter().map(command).collect();
        Page { blocks, same_as, rows_same_as, ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.known.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let Stop::Row(ACTS, id) = stop else { return None };
        let opens = match id.as_str() {
            "revoke" => Opens::page("take it away"),
            "mail" => Opens::act("mail it", format!("mail {}", self.email.raw())),
            "disable" => Opens::page("end it"),
            _ => Opens::act("let in", format!("enable {}", self.email.raw())),
        };
        Some(opens.unless(self.doing.is_waiting()))
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let Stop::Row(ACTS, id) = stop else { return Flow::Stay };
        let Some(act) = Act::ALL.into_iter().find(|act| act.code() == id) else {
            return Flow::Stay;
        };
        let here = cx.here();
        let moment = |at| here.moment(at);
        let known = self.known.get();
        let lost = match act {
            Act::Revoke => {
                known.and_then(|known| loss::revoked(known, self.email.raw(), self.role, &moment))
            }
            Act::Disable => Some(loss::disabled(self.email.raw())),
            Act::Mail | Act::Enable => None,
        };
        if let Some(lost) = lost {
            self.asked = Some(act);
            return Flow::Push(question(lost, act.words().0));
        }
        self.send(act, cx);
        Flow::Stay
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        if let Some(act) = self.asked.take().filter(|_| yes) {
            self.send(act, cx);
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
        if self.doing.take_by(id, result, |_| Some(())) && result.is_ok() {
            return self.done(cx);
        }
        Flow::Stay
    }
}
