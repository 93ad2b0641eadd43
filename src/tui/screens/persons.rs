//! The people who can sign in, for the backend admin (rules L0, P5).
//!
//! Owns the list and finding somebody in it. What can be done with one is `one`'s, adding one `add`'s.

mod add;
mod one;

use super::access::AccessList;
use super::admins::act;
use super::form::FormScreen;
use super::list::{List, ListScreen, Opens};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::person::{ListPeople, Person};
use crate::domain::fold::fold;
use crate::tui::keymap::Availability;
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::tui::when::thousands;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in every menu of a backend admin.
pub const ENTRY: Entry = Entry {
    title: "People who sign in",
    about: "Add, disable, enable; tokens of theirs.",
    offered: Offered::Session(for_backend_admins),
    needs: None,
    open: |_| Box::new(ListScreen::new(Persons::default())),
};

const FIND: &str = "find";
const PEOPLE: &str = "people";
const ACTS: &str = "acts";
const ADD: &str = "add";
/// So many are shown at once; more are found by typing.
const SHOWN: usize = 200;

/// What only a backend admin does: others are not bothered with it.
pub(super) fn for_backend_admins(session: &Session) -> Availability {
    Availability::shown_if(session.is_backend_admin())
}

/// The list.
struct Persons {
    people: Listing<Person>,
    find: String,
}

impl Default for Persons {
    fn default() -> Self {
        let request = |query: PageQuery, _: &str| ListPeople::call(Nothing, query, Nothing);
        Self { people: Listing::whole(request), find: String::new() }
    }
}

impl Persons {
    fn found(&self) -> Vec<&Person> {
        let words: Vec<String> = self.find.split_whitespace().map(fold).collect();
        let is_found = |person: &&Person| {
            let text = fold(&format!("{} {}", person.email.raw(), person.name.raw()));
            words.iter().all(|word| text.contains(word))
        };
        self.people.items().iter().filter(is_found).collect()
    }

    fn rows(&self, here: Here<'_>) -> Vec<Block> {
        let found = self.found();
        let more = found.len().saturating_sub(SHOWN) as u64;
        let rows: Vec<RowSpec> =
            found.into_iter().take(SHOWN).map(|person| row(person, here)).collect();
        let empty = match (self.people.error(), self.people.wait(here.now_ms)) {
            (Some(_), _) => String::new(),
            (None, Some(wait)) => wait.words("the people"),
            (None, None) => "Nobody has these words in their name or address.".to_owned(),
        };
        let mut blocks = vec![Block::Rows(Rows { key: PEOPLE, rows, empty })];
        if more > 0 {
            let words = format!("and {} more; type to find somebody", thousands(more));
            blocks.push(Block::aside(words));
        }
        blocks
    }
}

fn row(person: &Person, here: Here<'_>) -> RowSpec {
    let standing = match person.disabled_at {
        Some(at) => format!("disabled {}", here.moment(at)),
        None if person.backend_admin => "backend admin".to_owned(),
        None => String::new(),
    };
    let tone = if person.disabled_at.is_some() { Tone::Muted } else { Tone::Text };
    let (email, name) = (person.email.shown_in(40).to_string(), person.name.shown_in(30));
    let cells = vec![email, name.to_string(), standing];
    RowSpec { id: person.email.raw().to_owned(), tone, end: None, cells }
}

impl List for Persons {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec![ENTRY.title.to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "people who sign in",
            "Everybody who can sign in to the backend. Type into the first field to find somebody. \
             Enter on a person: disable or enable them, make them a token. A site's users are no \
             such people: they are behind u.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let find = FieldSpec {
            key: FIND,
            label: "Find".to_owned(),
            kind: Kind::Text,
            value: self.find.clone(),
            hint: "a name or an address".to_owned(),
            error: None,
        };
        let acts = vec![
            act(ADD, "Add a person", "who can sign in from then on"),
            act("tokens", "Everybody's tokens", "to revoke one"),
        ];
        let mut blocks = vec![
            Block::Rows(Rows { key: ACTS, rows: acts, empty: String::new() }),
            Block::Field(find),
        ];
        blocks.extend(self.rows(here));
        blocks.extend(self.people.error().map(|error| asking::failed(error, here)));
        let same_as = Some("hublink person list".to_owned());
        Page { blocks, same_as, ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.people.ask(cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        matches!(stop, Stop::Row(..)).then(|| Opens::page("open"))
    }

    fn open(&mut self, stop: &Stop, _cx: &mut Cx<'_>) -> Flow {
        match stop {
            Stop::Row(ACTS, id) if id == ADD => {
                Flow::Push(Box::new(FormScreen::new(add::Add::default())))
            }
            Stop::Row(ACTS, _) => Flow::Push(Box::new(ListScreen::new(AccessList::of_everyone()))),
            Stop::Row(_, email) => {
                let found = self.people.items().iter().find(|one| one.email.raw() == email);
                let open = |one| Flow::Push(Box::new(ListScreen::new(one::One::new(one))));
                found.map_or(Flow::Stay, open)
            }
            _ => Flow::Stay,
        }
    }

    fn on_edit(&mut self, edit: &Edit) {
        if let Edit::Text { field: FIND, value } = edit {
            self.find.clone_from(value);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        self.people.take(id, result, cx);
        Flow::Stay
    }
}
