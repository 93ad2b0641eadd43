//! Step one: who fails, and why each, with both spellings.
//!
//! Owns the list, page by page as one asks for more.

use std::borrow::Cow;

use super::{DirectorySync, Draft, counted};
use crate::api::call::{ApiError, Reply};
use crate::api::directory_sync::{FailingUser, ListFailingUsers};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::{Page as ListPage, PageQuery};
use crate::domain::directory_sync::Mismatch;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, RowSpec, Rows, Stop, Window};
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};

const LIST: &str = "failing";
const MORE: &str = "more";
/// Rows drawn at a time.
const SHOWN: usize = 8;

/// The step.
#[derive(Default)]
pub struct UsersStep {
    page: Load<ListPage<FailingUser>>,
    users: Vec<FailingUser>,
    focused: String,
    /// The focus is on somebody, who is there to be looked at.
    on_user: bool,
}

impl UsersStep {
    fn ask(&mut self, cursor: Option<String>, draft: &Draft, cx: &mut Cx<'_>) {
        let id = draft.about.organization.clone();
        let query = PageQuery { cursor, limit: Some(100) };
        self.page.ask(ListFailingUsers::call(id, query, Nothing), cx);
    }
}

fn row(user: &FailingUser) -> RowSpec {
    let why = match (&user.in_directory, user.why) {
        (Some(spelling), _) => format!("directory has {}", spelling.shown_in(40)),
        (None, why) => why.title().to_owned(),
    };
    let tone = if user.why == Mismatch::Absent { Tone::Attention } else { Tone::Text };
    let address = user.address.shown_in(40).to_string();
    RowSpec {
        id: format!("{} {}", user.site.raw(), user.number),
        tone,
        end: None,
        cells: vec![address, why],
    }
}

impl Step<DirectorySync> for UsersStep {
    fn id(&self) -> &'static str {
        "users"
    }

    fn title(&self) -> &'static str {
        "Users"
    }

    fn help(&self) -> &'static str {
        "While directory sync is on, a user whose address is not spelled exactly so in the \
         directory cannot be linked. This page lists them, with why. The next one remedies it, \
         step by step."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.users.clear();
        self.ask(None, draft, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = vec![counted(&draft.about), Block::Gap];
        match self.page.get() {
            Some(page) => {
                let mut rows: Vec<RowSpec> = self.users.iter().map(row).collect();
                if page.next.is_some() {
                    let cells = vec!["More …".to_owned()];
                    rows.push(RowSpec { id: MORE.to_owned(), tone: Tone::Muted, end: None, cells });
                }
                let empty = "Nobody fails: every address is in the directory as it is spelled.";
                blocks.push(Block::Rows(Rows { key: LIST, rows, empty: empty.to_owned() }));
            }
            None => blocks.push(asking::instead_of(&self.page, "who fails", here)),
        }
        blocks.push(Block::Gap);
        blocks.push(asking::go_on(if draft.about.failing == 0 {
            "Go on"
        } else {
            "Go on to the remedy: pause the sync"
        }));
        let id = &draft.about.organization;
        let same_as = Some(format!("hublink org directory-sync users {id}"));
        let around = self.focused.clone();
        let window = Some(Window { list: LIST, around, most: SHOWN, fills: true });
        Page { blocks, same_as, window, first: Some(asking::GO_ON), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "The directory counts addresses exactly as they are spelled, capitals included.".into(),
            "The remedy has four steps: pause the sync, convert, dry-run, resume.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if draft.about.on {
            return Ok(());
        }
        Err(Refusal::page("Directory sync is off in this organization; it blocks nobody."))
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Reload => Some(Availability::Ready),
            Action::Open if self.on_user => Some(Availability::Hidden),
            _ => None,
        }
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if asking::goes_on(edit) {
            return match self.check(draft) {
                Ok(()) => self.on_next(draft, cx),
                Err(refusal) => {
                    cx.toast(Tone::Attention, refusal.text);
                    Turn::Stay
                }
            };
        }
        if let Edit::Open { list: LIST, id } = edit
            && id == MORE
        {
            let cursor = self.page.get().and_then(|page| page.next.clone());
            self.ask(cursor, draft, cx);
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action == Action::Reload {
            self.enter(draft, cx);
            return Turn::Stay;
        }
        Turn::Pass
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        self.on_user = false;
        if let Some(Stop::Row(LIST, id)) = stop {
            self.on_user = id != MORE;
            self.focused.clone_from(id);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if self.page.take(id, result)
            && self.page.error().is_none()
            && let Some(page) = self.page.get()
        {
            self.users.extend_from_slice(&page.items);
        }
        Turn::Stay
    }
}
