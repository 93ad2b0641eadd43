//! Step one: who the customer is (rule T1).
//!
//! Owns the fields about the company and its administrator, and the tick. Every field says beside
//! itself what is wrong with it; the country says where the data is kept.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::domain::country::Country;
use crate::domain::trial::Vertical;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Stop, TickRow, Ticks};
use crate::tui::pickers;
use crate::tui::screen::{Cx, Here};
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::trial::{Checking, Draft, Trial};

const FIELDS: [&str; 4] = ["company", "vertical", "country", "administrator"];
const LOCATION: &str = "supported_location";

/// The step.
#[derive(Default)]
pub struct Customer {
    checking: Checking,
}

impl Customer {
    fn field(&self, key: &'static str, label: &str, hint: String, draft: &Draft) -> FieldSpec {
        FieldSpec {
            key,
            label: label.to_owned(),
            kind: Kind::Text,
            value: draft.answers.value(key),
            hint,
            error: self.checking.wrong(key, &draft.answers),
        }
    }

    fn refusal(&self, draft: &Draft) -> Option<Refusal> {
        let wrong = self.checking.first_wrong(&FIELDS, &draft.answers);
        wrong.map(|(field, words)| Refusal::field(field, words))
    }
}

impl Step<Trial> for Customer {
    fn id(&self) -> &'static str {
        "customer"
    }

    fn title(&self) -> &'static str {
        "Customer"
    }

    fn help(&self) -> &'static str {
        "Name the company, and the person there who will administer it: they get the welcome \
         mail when the trial starts, and are offered full admin of the organization with it. \
         The country decides where the data is kept. Each field is checked as you leave it; what \
         is wrong stands below it."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.checking.enter(&FIELDS, &draft.answers, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let answers = &draft.answers;
        let kept = answers.country().map(|country| {
            format!("the data is kept in {}; the country decides that", country.region().title())
        });
        let find = "type a few letters of its name, or its code".to_owned();
        let gets = "gets the welcome mail and is offered full admin".to_owned();
        let tick = TickRow {
            id: LOCATION.to_owned(),
            ticked: answers.supported_location,
            label: "The customer is in a supported location".to_owned(),
            number: None,
            end: None,
            note: String::new(),
            disabled: None,
        };
        let company = self.field("company", "Company", String::new(), draft);
        let vertical = self.field("vertical", "Industry", String::new(), draft);
        let mut blocks = vec![
            Block::prose("Who is going to try the services?"),
            Block::Gap,
            Block::Field(company),
            Block::Pick(pickers::vertical(vertical)),
            Block::Pick(pickers::country(self.field(
                "country",
                "Country",
                kept.unwrap_or(find),
                draft,
            ))),
            Block::Ticks(Ticks { key: LOCATION, rows: vec![tick] }),
            Block::Field(self.field("administrator", "Administrator", gets, draft)),
            Block::Gap,
        ];
        blocks.extend(self.checking.trouble(here));
        let refused = answers.refused.as_ref();
        let refused = refused.and_then(|refused| FIELDS.iter().find(|key| **key == refused.field));
        Page { blocks, first: Some(refused.unwrap_or(&"company")), ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            format!(
                "The trial makes a new organization for the customer, managed by {}.",
                draft.about.name.shown()
            )
            .into(),
            "Its administrator must not be in another organization: one organization per identity."
                .into(),
            "Nothing is sent or made before the review.".into(),
        ]
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal(draft) {
            return Err(refusal);
        }
        if draft.answers.supported_location {
            return Ok(());
        }
        let words = "Tick that the customer is in a supported location.";
        Err(Refusal::field(LOCATION, words))
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        self.checking.on_focus(stop);
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        let answers = &mut draft.answers;
        match edit {
            Edit::Text { field: "company", value } => answers.company.clone_from(value),
            Edit::Text { field: "administrator", value } => answers.administrator.clone_from(value),
            Edit::Text { field: "vertical", value } => answers.vertical.clone_from(value),
            Edit::Text { field: "country", value } => answers.country.clone_from(value),
            Edit::Pick { choice: "vertical", id } => {
                let title = Vertical::from_code(id).map(Vertical::title);
                answers.vertical = title.unwrap_or_default().to_owned();
            }
            Edit::Pick { choice: "country", id } => {
                let name = Country::parse(id).map(Country::name);
                answers.country = name.unwrap_or_default().to_owned();
            }
            Edit::Tick { list: LOCATION, on, .. } => answers.supported_location = *on,
            _ => {}
        }
        Turn::Stay
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        let ready = self.checking.go_on(&FIELDS, &draft.about.id, &draft.answers, cx);
        if ready { Turn::Next } else { Turn::Stay }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if !self.checking.take(id, result) {
            return Turn::Stay;
        }
        self.refusal(draft).map_or(Turn::Next, Turn::Refuse)
    }

    fn reconcile(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.checking.reconcile(&draft.about.id, &draft.answers, cx);
    }
}
