//! Automatic licences: whether new people of an organization get licences by themselves (rule U8).
//!
//! Owns the page, the one switch on it, and saying that linking gives none either way. Licences
//! themselves are the licence CSV's.

use super::admins::header;
use super::list::{List, ListScreen, Opens};
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::organization::{
    EditOrganization, EditOrganizationCall, Organization, ShowOrganization,
};
use crate::domain::role::{Action as Right, permits};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Availability;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::{Entry, Offered, asking};

/// Its row in an organization's menu.
pub const ENTRY: Entry = Entry {
    title: "Automatic licences",
    about: "Whether new people get licences by themselves.",
    offered: Offered::Organization(availability),
    needs: None,
    open: |id| Box::new(ListScreen::new(AutoLicence::new(id))),
};

const SWITCH: &str = "switch";

/// The screen.
pub struct AutoLicence {
    organization: Untrusted,
    known: Load<Organization>,
    saving: Load<Organization>,
}

/// For full admins; others are told who could.
fn availability(organization: &Organization) -> Availability {
    let may = organization.my_roles.iter().any(|role| permits(*role, Right::LinkUsers));
    Availability::ready_if(may, "Only a full admin of the organization can do this.")
}

impl AutoLicence {
    /// The setting of the organization with this id.
    pub fn new(organization: &Untrusted) -> Self {
        Self { organization: organization.clone(), known: Load::default(), saving: Load::default() }
    }

    fn turn(&mut self, cx: &mut Cx<'_>) {
        let Some(known) = self.known.get() else { return };
        let edit = EditOrganization { auto_licence: Some(!known.auto_licence) };
        let call = EditOrganizationCall::call(known.id.clone(), Nothing, edit);
        self.saving.ask(call, cx);
    }

    fn blocks(&self, here: Here<'_>) -> Page {
        let Some(known) = self.known.get() else {
            let block = asking::instead_of(&self.known, "the organization", here);
            return Page::new(vec![block]);
        };
        let (now, turn, flag) = if known.auto_licence {
            ("get the organization's licences by themselves", "Turn it off", "off")
        } else {
            ("get no licence by themselves", "Turn it on", "on")
        };
        let row = RowSpec {
            id: SWITCH.to_owned(),
            tone: Tone::Strong,
            end: None,
            cells: vec![turn.to_owned(), "for people who are added from now on".to_owned()],
        };
        let mut blocks = vec![
            Block::prose(format!("People who are added to {} {now}.", known.name.shown_in(50))),
            Block::Gap,
            Block::prose(
                "Users who are created by linking get no licence, whether this is on or off. \
                 Licence CSV, in the menu of a linked site on the first screen, writes the file that \
                 assigns them, and reads it back.",
            ),
            Block::Gap,
            Block::Rows(Rows { key: SWITCH, rows: vec![row], empty: String::new() }),
            Block::Gap,
        ];
        blocks.extend(asking::stale(&self.known, here));
        match self.saving.error() {
            Some(error) => blocks.push(asking::failed(error, here)),
            None => blocks.push(Block::aside(asking::waiting(&self.saving, "Saving", here))),
        }
        let id = quoted(&known.id);
        let same_as = format!("hublink org edit {id} --auto-licence {flag}");
        Page { blocks, same_as: Some(same_as), first: Some(SWITCH), ..Page::default() }
    }
}

impl List for AutoLicence {
    fn header(&self, look: &Look<'_>) -> Header {
        header(&self.known, &self.organization, ENTRY.title, look)
    }

    fn help(&self) -> About {
        About::of(
            "automatic licences",
            "Whether people who are added to the organization get its licences by themselves. \
             Users who are created by linking never do: the licence CSV assigns theirs. Nobody's \
             licences change when this is turned on or off.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        self.blocks(here)
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        self.known.ask(ShowOrganization::call(id, Nothing, Nothing), cx);
    }

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let on = self.known.get().is_some_and(|known| known.auto_licence);
        let words = if on { "turn off" } else { "turn on" };
        let is_switch = matches!(stop, Stop::Row(SWITCH, _));
        is_switch.then(|| Opens::act(words, "licences").unless(self.saving.is_waiting()))
    }

    fn open(&mut self, _stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        self.turn(cx);
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        if let Some(saved) = self.saving.answer(id, result).cloned() {
            let now = if saved.auto_licence { "on" } else { "off" };
            cx.toast(Tone::Done, format!("Automatic licences are {now}."));
            self.known.set(saved);
        } else {
            self.known.take(id, result);
        }
        Flow::Stay
    }
}
