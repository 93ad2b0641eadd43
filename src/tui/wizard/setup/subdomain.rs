//! Step two: the subdomain, checked as one types (rule T6).
//!
//! Owns the field, when it is asked about, and that an answer is only ever shown for the text it
//! was given to.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::setup::{Availability as Answer, CheckSubdomain, SubdomainCheck, SubdomainQuery};
use crate::domain::subdomain;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, RowSpec, Rows};
use crate::tui::screen::{Cx, Here};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::asking;
use crate::tui::wizard::setup::{Draft, SetUpServices};
use crate::tui::wizard::step::{Refusal, Step, Turn};

/// Its name in the saved draft.
const ID: &str = "subdomain";
const FIELD: &str = "subdomain";
const FREE: &str = "free";
/// So many milliseconds of rest before what is typed is asked about.
const REST_MS: u64 = 250;

/// The step.
#[derive(Default)]
pub struct Subdomain {
    check: Load<SubdomainCheck>,
    /// When what is typed is asked about.
    due_ms: Option<u64>,
    /// Enter was pressed before the answer came: go on once it is free.
    going_on: bool,
}

impl Subdomain {
    /// The answer about what stands in the field; one about another text counts for nothing.
    fn answer(&self, draft: &Draft) -> Option<&SubdomainCheck> {
        let about = |check: &&SubdomainCheck| check.asked.raw() == draft.answers.subdomain;
        self.check.get().filter(|_| !self.check.is_waiting()).filter(about)
    }

    fn ask(&mut self, draft: &Draft, cx: &mut Cx<'_>) {
        self.due_ms = None;
        let organization = draft.about.setup.organization.clone();
        let query = SubdomainQuery { name: draft.answers.subdomain.clone() };
        self.check.ask(CheckSubdomain::call(organization, query, Nothing), cx);
    }

    /// Another text: what was known about the one before counts for nothing.
    fn changed(&mut self, rest_ms: u64, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.check.cancel(cx);
        self.check = Load::default();
        self.going_on = false;
        let empty = draft.answers.subdomain.trim().is_empty();
        self.due_ms = (!empty).then_some(cx.now_ms + rest_ms);
        if let Some(at) = self.due_ms {
            cx.wake_at(at);
        }
    }

    fn field(&self, draft: &Draft) -> FieldSpec {
        let refused = draft.about.refused.as_ref();
        let refused = refused.filter(|refused| refused.name == draft.answers.subdomain);
        let (hint, error) = match (self.answer(draft), refused) {
            (Some(check), _) if check.availability == Answer::Available => {
                (format!("✓ {}", check.detail.shown()), None)
            }
            (Some(check), _) => (String::new(), Some(check.detail.shown().to_string())),
            (None, Some(refused)) => (String::new(), Some(refused.words.shown().to_string())),
            (None, None) => (self.hint(draft), None),
        };
        FieldSpec {
            key: FIELD,
            label: "Subdomain".to_owned(),
            kind: Kind::Text,
            value: draft.answers.subdomain.clone(),
            hint,
            error,
        }
    }

    fn hint(&self, draft: &Draft) -> String {
        let looking = self.check.is_waiting() || self.due_ms.is_some();
        let words = match draft.answers.subdomain.trim() {
            "" => "letters a to z and digits, 1 to 63; it stays as it is",
            _ if looking => "looking whether it is free …",
            _ => "",
        };
        words.to_owned()
    }

    /// Free names: for the one that is not, else those to begin with.
    fn free<'a>(&'a self, draft: &'a Draft) -> &'a [String] {
        if let Some(check) = self.answer(draft) {
            return &check.suggestions;
        }
        match &draft.about.refused {
            Some(refused) if refused.name == draft.answers.subdomain => &refused.suggestions,
            _ if draft.answers.subdomain.trim().is_empty() => &draft.about.setup.suggestions,
            _ => &[],
        }
    }
}

impl Step<SetUpServices> for Subdomain {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "Subdomain"
    }

    fn help(&self) -> &'static str {
        "The organization's services are found under its subdomain: letters a to z and digits, \
         one for each organization in the world. It is checked as you type; where it is taken, \
         three free ones are offered. It is taken at Finish, not before."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        *self = Self::default();
        let refused = draft.about.refused.as_ref();
        if refused.is_none_or(|refused| refused.name != draft.answers.subdomain) {
            self.changed(0, draft, cx);
        }
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let mut blocks = vec![
            Block::prose(
                "Which subdomain shall the organization have? Its services are found under it.",
            ),
            Block::Gap,
            Block::Field(self.field(draft)),
        ];
        if let Some(error) = self.check.error() {
            blocks.extend([Block::Gap, asking::failed(error, here)]);
        }
        let free = self.free(draft);
        if !free.is_empty() {
            let row = |name: &String| RowSpec {
                id: name.clone(),
                tone: Tone::Text,
                end: None,
                cells: vec![Untrusted::new(name.as_str()).shown().to_string()],
            };
            let rows = free.iter().map(row).collect();
            blocks.extend([
                Block::Gap,
                Block::aside("Free now; Enter takes one into the field:"),
                Block::Rows(Rows { key: FREE, rows, empty: String::new() }),
            ]);
        }
        let id = Untrusted::new(draft.about.setup.organization.as_str());
        let same_as = match draft.answers.subdomain.trim() {
            "" => format!("hublink subdomain suggest --org {}", id.shown()),
            name => format!("hublink subdomain check --org {} {}", id.shown(), quoted(name)),
        };
        Page { blocks, same_as: Some(same_as), first: Some(FIELD), ..Page::default() }
    }

    fn happens_next(&self, _draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "No two organizations have the same subdomain; upper and lower case are the same."
                .into(),
            "It is taken at Finish, not before: until then somebody else may take it.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if let Err(error) = subdomain::Subdomain::parse(&draft.answers.subdomain) {
            return Err(Refusal::field(FIELD, asking::sentence(&error.to_string())));
        }
        if let Some(check) = self.answer(draft)
            && check.availability != Answer::Available
        {
            let words = "Choose a name that is free, such as one of those below the field.";
            return Err(Refusal::field(FIELD, words));
        }
        Ok(())
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        (action == Action::Reload).then(|| Availability::shown_if(self.check.error().is_some()))
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let (name, rest_ms) = match edit {
            Edit::Text { field: FIELD, value } => (value, REST_MS),
            Edit::Open { list: FREE, id } => (id, 0),
            _ => return Turn::Stay,
        };
        if draft.answers.subdomain != *name {
            draft.answers.subdomain.clone_from(name);
            self.changed(rest_ms, draft, cx);
        }
        Turn::Stay
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if action != Action::Reload {
            return Turn::Pass;
        }
        self.ask(draft, cx);
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if self.answer(draft).is_some() {
            return Turn::Next;
        }
        if !self.check.is_waiting() {
            self.ask(draft, cx);
        }
        self.going_on = true;
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        let mine = self.check.take(id, result);
        if !mine {
            return Turn::Stay;
        }
        let free = self.answer(draft).is_some_and(|one| one.availability == Answer::Available);
        if std::mem::take(&mut self.going_on) && free { Turn::Next } else { Turn::Stay }
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        if self.due_ms.is_some_and(|at| cx.now_ms >= at) {
            self.ask(draft, cx);
        }
    }
}
