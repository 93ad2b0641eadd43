//! One user of a site, added or changed by hand (rules U7, L12).
//!
//! Owns the form. Where somebody is changed, what is left as it is is not sent.

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::roster::User;
use crate::api::user::{AddUser, EditUser, EditUserCall, NewUser, ShowUser, UserDetail};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, Page, Piece};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::{Sent, tick};
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::Refusal;

const ID: &str = "user_id";
const ADDRESS: &str = "address";
const FIRST: &str = "first_name";
const LAST: &str = "last_name";
const NAME: &str = "display_name";
const DEPARTMENT: &str = "department";
const ACTIVE: &str = "active";

/// What is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Answers {
    id: String,
    address: String,
    first: String,
    last: String,
    name: String,
    department: String,
    active: bool,
}

/// The form.
pub struct Single {
    site: Untrusted,
    /// Who is changed; nothing: somebody is added.
    changes: Option<Untrusted>,
    known: Load<User>,
    answers: Answers,
    sent: Sent<UserDetail>,
}

/// A text that was given, without blanks around it.
fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl Single {
    /// Adds a user to a site.
    pub fn new(site: &Untrusted) -> Self {
        Self {
            site: site.clone(),
            changes: None,
            known: Load::default(),
            answers: Answers { active: true, ..Answers::default() },
            sent: Sent::new(&[ID, ADDRESS, FIRST, LAST, NAME, DEPARTMENT, ACTIVE]),
        }
    }

    /// Changes a user of a site.
    pub fn of(site: &Untrusted, user: &Untrusted) -> Self {
        Self { changes: Some(user.clone()), ..Self::new(site) }
    }

    /// What differs from what the user has; the names are sent where they are written.
    fn edit(&self) -> EditUser {
        let new = &self.answers;
        let Some(was) = self.known.get() else { return EditUser::default() };
        let changed = |now: &str, was: &Untrusted| {
            Some(now.trim()).filter(|now| *now != was.raw().trim()).map(str::to_owned)
        };
        EditUser {
            address: changed(&new.address, &was.address),
            first_name: given(&new.first),
            last_name: given(&new.last),
            display_name: changed(&new.name, &was.name),
            department: changed(&new.department, &was.department),
            active: (new.active != was.active).then_some(new.active),
        }
    }

    fn added(&self) -> NewUser {
        let new = &self.answers;
        let text = |text: &str| text.trim().to_owned();
        NewUser {
            user_id: text(&new.id),
            address: text(&new.address),
            first_name: text(&new.first),
            last_name: text(&new.last),
            display_name: text(&new.name),
            department: text(&new.department),
            active: new.active,
        }
    }

    fn command(&self) -> String {
        fn or<'a>(text: &'a str, or: &'a str) -> &'a str {
            if text.is_empty() { or } else { text }
        }
        let mut words = Vec::new();
        let mut flag = |name: &str, value: Option<&str>| {
            words.extend(value.map(|value| format!(" --{name} {}", quoted(value))));
        };
        let new = self.added();
        let (verb, id) = if let Some(user) = &self.changes {
            let edit = self.edit();
            flag("address", edit.address.as_deref());
            flag("first-name", edit.first_name.as_deref());
            flag("last-name", edit.last_name.as_deref());
            flag("display-name", edit.display_name.as_deref());
            flag("department", edit.department.as_deref());
            flag("active", edit.active.map(|on| if on { "true" } else { "false" }));
            ("edit", quoted(user.raw()))
        } else {
            flag("address", Some(or(&new.address, "ADDRESS")));
            flag("first-name", given(&new.first_name).as_deref());
            flag("last-name", given(&new.last_name).as_deref());
            flag("display-name", given(&new.display_name).as_deref());
            flag("department", given(&new.department).as_deref());
            ("add", quoted(or(&new.user_id, "USER-ID")))
        };
        format!("hublink user {verb} --site {} {id}{}", quoted(self.site.raw()), words.concat())
    }

    fn blocks(&self, here: Here<'_>) -> Vec<Block> {
        let (sent, new) = (&self.sent, &self.answers);
        let is_new = self.changes.is_none();
        let mut blocks = Vec::new();
        if is_new {
            let hint = "unique on the site; it never changes";
            blocks.push(Block::Field(sent.field(ID, "UserID", &new.id, hint)));
        }
        let other = if is_new { "" } else { "another one revokes the invitation of the old one" };
        let stays = if is_new { "" } else { "empty: as it is" };
        let shown = if is_new { "empty: first and last name" } else { "" };
        blocks.extend([
            Block::Field(sent.field(ADDRESS, "Address", &new.address, other)),
            Block::Field(sent.field(FIRST, "First name", &new.first, stays)),
            Block::Field(sent.field(LAST, "Last name", &new.last, stays)),
            Block::Field(sent.field(NAME, "Shown as", &new.name, shown)),
            Block::Field(sent.field(DEPARTMENT, "Department", &new.department, "")),
        ]);
        if !is_new {
            blocks.push(tick(ACTIVE, new.active, "Active", "else nobody invites or links them"));
        }
        blocks.extend([Block::Gap, sent.told("Saving the user", here)]);
        blocks
    }
}

impl Form for Single {
    fn crumbs(&self) -> Vec<String> {
        let site = self.site.shown().to_string();
        match &self.changes {
            Some(user) => vec![site, format!("Change {}", user.shown_in(40))],
            None => vec![site, "Add a user".to_owned()],
        }
    }

    fn help(&self) -> About {
        About::of(
            "one user",
            "One account of the site. Nobody is invited or linked by this; where account linking \
             is on, a plan is made for somebody who is added, and waits or applies itself as \
             that setting says. Another address revokes the pending invitation of the old one.",
        )
    }

    fn begin(&mut self, cx: &mut Cx<'_>) {
        if let Some(user) = &self.changes {
            let call = ShowUser::call(
                (self.site.raw().to_owned(), user.raw().to_owned()),
                Nothing,
                Nothing,
            );
            self.known.ask(call, cx);
        }
    }

    fn page(&self, here: Here<'_>) -> Page {
        if self.changes.is_some() && self.known.get().is_none() {
            return Page::new(vec![asking::instead_of(&self.known, "the user", here)]);
        }
        let words = match (&self.changes, self.edit().address) {
            (None, _) => "→ one more user of the site · nobody is told",
            (Some(_), Some(_)) => "→ what differs is saved · an invitation to the old address ends",
            (Some(_), None) => "→ what differs is saved · nobody is told",
        };
        Page {
            blocks: self.blocks(here),
            same_as: Some(self.command()),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: Some(if self.changes.is_some() { ADDRESS } else { ID }),
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.changes.is_some() {
            return match self.known.get() {
                None => Err(Refusal::page("The user is being loaded.")),
                Some(_) if self.edit() == EditUser::default() => {
                    Err(Refusal::page("Nothing differs from what the user has."))
                }
                Some(_) => Ok(()),
            };
        }
        if self.answers.id.trim().is_empty() {
            return Err(Refusal::field(ID, "Write the UserID."));
        }
        if self.answers.address.trim().is_empty() {
            return Err(Refusal::field(ADDRESS, "Write the e-mail address."));
        }
        Ok(())
    }

    fn label(&self, action: Action) -> Option<String> {
        let words = if self.changes.is_some() { "save it" } else { "add them" };
        (action == Action::Next).then(|| words.to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        let new = &mut self.answers;
        match edit {
            Edit::Text { field: ID, value } => new.id.clone_from(value),
            Edit::Text { field: ADDRESS, value } => new.address.clone_from(value),
            Edit::Text { field: FIRST, value } => new.first.clone_from(value),
            Edit::Text { field: LAST, value } => new.last.clone_from(value),
            Edit::Text { field: NAME, value } => new.name.clone_from(value),
            Edit::Text { field: DEPARTMENT, value } => new.department.clone_from(value),
            Edit::Tick { list: ACTIVE, on, .. } => new.active = *on,
            _ => {}
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let site = self.site.raw().to_owned();
        let call = match &self.changes {
            Some(user) => EditUserCall::call((site, user.raw().to_owned()), Nothing, self.edit()),
            None => AddUser::call(site, Nothing, self.added()),
        };
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        let known = |reply: &Reply| reply.get::<UserDetail>().map(|detail| detail.user.clone());
        if let Some(user) = self.known.answer_by(id, result, known) {
            self.answers = Answers {
                address: user.address.raw().to_owned(),
                name: user.name.raw().to_owned(),
                department: user.department.raw().to_owned(),
                active: user.active,
                ..Answers::default()
            };
            return Answered::NotMine;
        }
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(detail)) => {
                let name = detail.user.name.shown_in(60);
                let done = if self.changes.is_some() { "changed" } else { "added" };
                Answered::Done(match &detail.plan {
                    Some(plan) if plan.applied_itself => {
                        format!("{name} is {done}. A plan for them applied itself.")
                    }
                    Some(_) => {
                        format!("{name} is {done}. A plan for them waits: w, Account linking.")
                    }
                    None => format!("{name} is {done}."),
                })
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
