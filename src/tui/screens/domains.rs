//! An organization's domains: adding, proving, claiming them, and taking either back (rules D1 to D3).
//!
//! Owns the list. What can be done with one is `one`'s, adding one `add`'s.

mod add;
mod one;

use super::admins::act;
use super::form::FormScreen;
use super::list::{List, ListScreen, Opens};
use crate::api::call::{ApiError, Reply};
use crate::api::domains::{ListDomains, OrgDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::Organization;
use crate::api::page::PageQuery;
use crate::domain::organization::DomainState;
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Domains",
    about: "Add, prove, claim, release, unverify, remove.",
    offered: Offered::Organization(availability),
    needs: None,
    open: |id| Box::new(ListScreen::new(Domains::new(id))),
};

/// One of its domains, on top of the list once that has come.
pub fn of(organization: &Untrusted, name: &Untrusted) -> Box<dyn Screen> {
    let wanted = Some(name.raw().to_owned());
    Box::new(ListScreen::new(Domains { wanted, ..Domains::new(organization) }))
}

const DOMAINS: &str = "domains";
const ACTS: &str = "acts";

fn availability(organization: &Organization) -> Availability {
    let may = |role: &_| permits(*role, Right::LinkUsers);
    let why = "A full admin of the organization adds, proves and releases its domains.";
    Availability::ready_if(organization.my_roles.iter().any(may), why)
}

/// The list.
struct Domains {
    organization: Untrusted,
    all: Listing<OrgDomain>,
    /// Opened by itself.
    wanted: Option<String>,
}

impl Domains {
    fn new(organization: &Untrusted) -> Self {
        let request = |query: PageQuery, id: &str| ListDomains::call(id.to_owned(), query, Nothing);
        let all = Listing::whole_of(request, organization.raw());
        Self { organization: organization.clone(), all, wanted: None }
    }

    fn open_one(&self, name: &str) -> Flow {
        let found = self.all.items().iter().find(|one| one.name.raw() == name);
        let open = |domain: &OrgDomain| {
            Flow::Push(Box::new(ListScreen::new(one::One::new(&self.organization, domain))))
        };
        found.map_or(Flow::Stay, open)
    }
}

/// A domain's name; its Unicode form beside it where that differs.
fn name(domain: &OrgDomain) -> String {
    match &domain.unicode {
        Some(unicode) => format!("{} ({})", domain.name.shown(), unicode.shown_in(60)),
        None => domain.name.shown().to_string(),
    }
}

/// What a state means, in a few words.
const fn state(domain: &OrgDomain) -> (Tone, &'static str) {
    match domain.state {
        DomainState::Pending => (Tone::Attention, "pending: its record is not seen yet"),
        DomainState::Verified => (Tone::Done, "verified"),
        DomainState::Claimed => (Tone::Done, "verified and claimed"),
    }
}

fn row(domain: &OrgDomain) -> RowSpec {
    let (tone, words) = state(domain);
    let cells = vec![name(domain), words.to_owned()];
    RowSpec { id: domain.name.raw().to_owned(), tone: Tone::Text, end: Some(tone), cells }
}

impl List for Domains {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        let name = look.here.session.name_of(&self.organization).shown().to_string();
        Header { crumbs: vec![name, ENTRY.title.to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "domains",
            "The domains that the organization has added. A verified one spares its people the \
             e-mail; a claimed one keeps other organizations from having people under it. Enter on \
             a domain tells its record and what can be done with it. Which domains a site's people \
             have, and how many, stands in Link users.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let acts = vec![act("add", "Add a domain", "it gives the TXT record to publish")];
        let rows: Vec<RowSpec> = self.all.items().iter().map(row).collect();
        let empty = match (self.all.error(), self.all.wait(here.now_ms)) {
            (Some(_), _) => String::new(),
            (None, Some(wait)) => wait.words("the domains"),
            (None, None) => "The organization has added no domain yet.".to_owned(),
        };
        let mut blocks = vec![
            Block::Rows(Rows { key: DOMAINS, rows, empty }),
            Block::Gap,
            Block::Rows(Rows { key: ACTS, rows: acts, empty: String::new() }),
        ];
        blocks.extend(self.all.error().map(|error| asking::failed(error, here)));
        let same_as = format!("hublink domain list --org {}", quoted(self.organization.raw()));
        Page { blocks, same_as: Some(same_as), ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.all.ask(cx);
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Domains]
    }

    fn can(&self, action: Action) -> Availability {
        Availability::shown_if(action == Action::Add)
    }

    fn act(&mut self, _action: Action, cx: &mut Cx<'_>) -> Flow {
        let name = cx.session.name_of(&self.organization);
        Flow::Push(Box::new(FormScreen::new(add::Add::to(&self.organization, name))))
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        matches!(stop, Stop::Row(..)).then(|| Opens::page("open"))
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        match stop {
            Stop::Row(ACTS, _) => self.act(Action::Add, cx),
            Stop::Row(_, name) => self.open_one(name),
            _ => Flow::Stay,
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        self.all.take(id, result, cx);
        if !self.all.has_come() {
            return Flow::Stay;
        }
        let Some(wanted) = self.wanted.take() else { return Flow::Stay };
        if self.all.items().iter().any(|one| one.name.raw() == wanted) {
            return self.open_one(&wanted);
        }
        // One may sign for a domain that was never added, or that was taken away since: proving it
        // begins with adding it.
        let name = cx.session.name_of(&self.organization);
        let add = add::Add::to(&self.organization, name).of(&wanted);
        Flow::Push(Box::new(FormScreen::new(add)))
    }
}
