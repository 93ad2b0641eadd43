//! One who can sign in: disabling, enabling, a token for them (rule P5).

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::person::{DisablePerson, EnablePerson, Person};
use crate::tui::load::Load;
use crate::tui::loss;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::screens::access::NewTokenForm;
use crate::tui::screens::admins::{THIS_IS_YOU, act, question};
use crate::tui::screens::form::FormScreen;
use crate::tui::screens::list::{List, Opens};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

const ACTS: &str = "acts";
const DISABLE: &str = "disable";
const ENABLE: &str = "enable";
const TOKEN: &str = "token";

/// The page.
pub struct One {
    person: Person,
    doing: Load<Person>,
}

impl One {
    /// About somebody.
    pub fn new(person: &Person) -> Self {
        Self { person: person.clone(), doing: Load::default() }
    }

    fn is_disabled(&self) -> bool {
        self.person.disabled_at.is_some()
    }

    /// Nobody ends their own access: they could not undo it.
    fn is_me(&self, here: Here<'_>) -> bool {
        let me = here.session.me.as_ref();
        me.is_some_and(|me| me.email.raw() == loss::canonical(self.person.email.raw()))
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let email = self.person.email.raw().to_owned();
        let call = if self.is_disabled() {
            EnablePerson::call(email, Nothing, Nothing)
        } else {
            DisablePerson::call(email, Nothing, Nothing)
        };
        self.doing.ask(call, cx);
    }
}

impl List for One {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        let email = self.person.email.shown().to_string();
        Header { crumbs: vec!["People who sign in".to_owned(), email], right }
    }

    fn help(&self) -> About {
        About::of(
            "one who signs in",
            "Disabling ends every session, token and code of theirs at once, for good; they cannot \
             sign in until they are enabled again. The last backend admin and the last full admin \
             of an organization stay. A token made here is theirs: hand its secret over with care.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let standing = match self.person.disabled_at {
            Some(at) => format!("disabled {}", here.moment(at)),
            None if self.person.cannot_sign_in => {
                "cannot sign in: no password, no token that works".to_owned()
            }
            None => "may sign in".to_owned(),
        };
        let kind = if self.person.backend_admin { "backend admin" } else { "by their roles" };
        let facts = vec![
            ("Name".to_owned(), self.person.name.shown().to_string()),
            ("Address".to_owned(), self.person.email.shown().to_string()),
            ("Rights".to_owned(), kind.to_owned()),
            ("Added".to_owned(), here.moment(self.person.created_at)),
            ("Now".to_owned(), standing),
        ];
        let (verb, turn) = if self.is_disabled() {
            let note = "without a password they need a new token";
            (ENABLE, act(ENABLE, "Enable them again", note))
        } else {
            let note = "sessions, tokens and codes end at once";
            (DISABLE, act(DISABLE, "Disable them", note))
        };
        // What takes away comes last: Enter on a page just opened must not begin it.
        let mut rows = Vec::new();
        if !self.is_disabled() {
            rows.push(act(TOKEN, "Make them a token", "its secret is shown once"));
        }
        let mut blocks = vec![Block::Facts(facts), Block::Gap];
        let stays = self.is_me(here) && !self.is_disabled();
        if !stays {
            rows.push(turn);
        }
        blocks.push(Block::Rows(Rows { key: ACTS, rows, empty: String::new() }));
        blocks.push(Block::Gap);
        if stays {
            blocks.push(Block::aside(THIS_IS_YOU));
        }
        match self.doing.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(&self.doing, "Doing it", here))),
        }
        let email = quoted(self.person.email.raw());
        let same_as = (!stays).then(|| format!("hublink person {verb} {email}"));
        let token = (TOKEN.to_owned(), format!("hublink token create --person {email}"));
        Page { blocks, same_as, rows_same_as: vec![token], ..Page::default() }
    }

    fn ask(&mut self, _cx: &mut Cx<'_>) {}

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let Stop::Row(ACTS, id) = stop else { return None };
        let opens = match id.as_str() {
            ENABLE => Opens::act("enable", format!("enable {}", self.person.email.raw())),
            DISABLE => Opens::page("disable"),
            _ => Opens::page("open"),
        };
        Some(opens.unless(self.doing.is_waiting()))
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let Stop::Row(ACTS, id) = stop else { return Flow::Stay };
        match id.as_str() {
            ENABLE => self.send(cx),
            DISABLE => {
                let lost = loss::disabled(self.person.email.raw());
                return Flow::Push(question(lost, "Disable them"));
            }
            _ => {
                let form = NewTokenForm::of(&self.person.email);
                return Flow::Push(Box::new(FormScreen::new(form)));
            }
        }
        Flow::Stay
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        if yes && !self.is_disabled() {
            self.send(cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if let Some(person) = self.doing.answer(id, result) {
            self.person = person.clone();
            let email = self.person.email.shown();
            let words =
                if self.is_disabled() { "cannot sign in any more" } else { "may sign in again" };
            cx.toast(Tone::Done, format!("{email} {words}."));
        }
        Flow::Stay
    }
}
