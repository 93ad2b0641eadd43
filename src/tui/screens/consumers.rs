//! The domains of public mail providers that are listed here beside those known (rule D3), for the
//! backend admin.
//!
//! Owns the list; adding one is `add`'s. Nobody can prove such a domain: its people are always e-mailed.

mod add;

use super::admins::act;
use super::form::FormScreen;
use super::list::{List, ListScreen, Opens};
use super::persons::for_backend_admins;
use crate::api::call::{ApiError, Reply};
use crate::api::domains::{ConsumerDomain, ListConsumerDomains};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in every menu of a backend admin.
pub const ENTRY: Entry = Entry {
    title: "Consumer domains",
    about: "Public mail providers' domains; add one.",
    offered: Offered::Session(for_backend_admins),
    needs: None,
    open: |_| Box::new(ListScreen::new(Consumers::default())),
};

const DOMAINS: &str = "domains";
const ACTS: &str = "acts";

/// The list.
struct Consumers {
    all: Listing<ConsumerDomain>,
}

impl Default for Consumers {
    fn default() -> Self {
        let request =
            |query: PageQuery, _: &str| ListConsumerDomains::call(Nothing, query, Nothing);
        Self { all: Listing::whole(request) }
    }
}

impl List for Consumers {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec![ENTRY.title.to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "consumer domains",
            "Domains of public mail providers that were added here, beside those that hublink knows, \
             such as gmail.com. Nobody can verify or sign for one; its people always get an e-mail.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let row = |domain: &ConsumerDomain| RowSpec {
            id: domain.name.raw().to_owned(),
            tone: Tone::Text,
            end: None,
            cells: vec![domain.name.shown().to_string()],
        };
        let rows: Vec<RowSpec> = self.all.items().iter().map(row).collect();
        let empty = match (self.all.error(), self.all.wait(here.now_ms)) {
            (Some(_), _) => String::new(),
            (None, Some(wait)) => wait.words("the consumer domains"),
            (None, None) => "None was added beside those that are known.".to_owned(),
        };
        let acts = vec![act("add", "Add one", "its people are always e-mailed from then on")];
        let mut blocks = vec![
            Block::Rows(Rows { key: ACTS, rows: acts, empty: String::new() }),
            Block::Gap,
            Block::Heading("Added here".to_owned()),
            Block::Rows(Rows { key: DOMAINS, rows, empty }),
        ];
        blocks.extend(self.all.error().map(|error| asking::failed(error, here)));
        Page { blocks, same_as: Some("hublink domain consumers".to_owned()), ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.all.ask(cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        matches!(stop, Stop::Row(ACTS, _)).then(|| Opens::page("open"))
    }

    fn open(&mut self, stop: &Stop, _cx: &mut Cx<'_>) -> Flow {
        if !matches!(stop, Stop::Row(ACTS, _)) {
            return Flow::Stay;
        }
        Flow::Push(Box::new(FormScreen::new(add::Add::default())))
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        self.all.take(id, result, cx);
        Flow::Stay
    }
}
