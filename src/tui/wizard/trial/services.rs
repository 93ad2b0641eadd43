//! Step two: which services, how many of each, and for how long (rule T1).
//!
//! Owns the quantities, the site of the meetings and the duration. Without meetings no site is
//! asked for, and what was answered about it is kept.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::api::call::{ApiError, Reply};
use crate::domain::services::{Service, ServicesError};
use crate::domain::trial::{LENGTHS, days_later};
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Choice, ChoiceOption, Edit, FieldSpec, Page, Stop};
use crate::tui::pickers;
use crate::tui::screen::{Cx, Here};
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::trial::{Checking, Draft, Trial};

const FIELDS: [&str; 7] = [
    Service::Messaging.code(),
    Service::Meetings.code(),
    Service::Calling.code(),
    Service::ContactCenter.code(),
    SITE,
    ZONE,
    DAYS,
];
const SITE: &str = "site_url";
const ZONE: &str = "time_zone";
const DAYS: &str = "days";

/// The step.
#[derive(Default)]
pub struct Services {
    checking: Checking,
}

impl Services {
    fn field(&self, key: &'static str, label: &str, hint: &str, draft: &Draft) -> FieldSpec {
        FieldSpec {
            key,
            label: label.to_owned(),
            kind: Kind::Text,
            value: draft.answers.value(key),
            hint: hint.to_owned(),
            error: self.checking.wrong(key, &draft.answers),
        }
    }

    /// The site of the meetings.
    fn site(&self, draft: &Draft) -> Vec<Block> {
        let site = self.field(SITE, "Site URL", "a new site, such as acme.webex.example", draft);
        let zone = self.field(ZONE, "Time zone", "", draft);
        vec![
            Block::Gap,
            Block::Field(site),
            Block::Pick(pickers::zone(zone, draft.answers.country())),
        ]
    }

    fn refusal(&self, draft: &Draft) -> Option<Refusal> {
        let answers = &draft.answers;
        if answers.quantities.lines() == Err(ServicesError::None) {
            let words = "Give a number of licences for at least one service.";
            return Some(Refusal::field(Service::Messaging.code(), words));
        }
        let wrong = self.checking.first_wrong(&FIELDS, answers);
        wrong.map(|(field, words)| Refusal::field(field, words))
    }
}

impl Step<Trial> for Services {
    fn id(&self) -> &'static str {
        "services"
    }

    fn title(&self) -> &'static str {
        "Services"
    }

    fn help(&self) -> &'static str {
        "Say how many licences of each service the customer tries, at least one of one service. \
         Meetings need a site: its URL must be free, and its time zone is that of the customer. \
         The trial ends by itself after the days you choose; it can be extended."
    }

    fn enter(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) {
        self.checking.enter(&FIELDS, &draft.answers, cx);
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let answers = &draft.answers;
        let wrong = |service: Service| self.checking.wrong(service.code(), answers);
        let mut blocks = vec![
            Block::prose("How long does the trial run?"),
            Block::Choice(duration(answers.days, here)),
            Block::Gap,
            Block::prose("How many licences of each service?"),
        ];
        blocks.extend(answers.quantities.blocks(wrong));
        if answers.has_meetings() {
            blocks.extend(self.site(draft));
        }
        blocks.extend(self.checking.trouble(here));
        let refused = answers.refused.as_ref();
        let refused = refused.and_then(|refused| FIELDS.iter().find(|key| **key == refused.field));
        let first = refused.copied().unwrap_or(Service::Messaging.code());
        Page { blocks, first: Some(first), ..Page::default() }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        let mut facts: Vec<Cow<'static, str>> = Vec::new();
        if draft.answers.has_meetings() {
            facts.push(
                "Meetings come with a site of their own. It begins enrolled and without users."
                    .into(),
            );
        }
        facts.push(
            "The services can be changed while the trial runs, and the trial can be extended."
                .into(),
        );
        facts
            .push("When it has expired the organization is read-only until it is extended.".into());
        facts
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        self.refusal(draft).map_or(Ok(()), Err)
    }

    fn on_focus(&mut self, stop: Option<&Stop>) {
        self.checking.on_focus(stop);
    }

    fn on_edit(&mut self, edit: &Edit, draft: &mut Draft, _cx: &mut Cx<'_>) -> Turn {
        let answers = &mut draft.answers;
        match edit {
            Edit::Text { field: SITE, value } => answers.site_url.clone_from(value),
            Edit::Text { field: ZONE, value } => answers.time_zone.clone_from(value),
            Edit::Text { field, value } => {
                answers.quantities.set(field, value);
            }
            Edit::Pick { choice: ZONE, id } => answers.time_zone.clone_from(id),
            Edit::Pick { choice: DAYS, id } => {
                answers.days = id.parse().unwrap_or(answers.days);
            }
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

/// For how long, each with the day on which it would end.
fn duration(days: u16, here: Here<'_>) -> Choice {
    let until = |now: Timestamp, days| format!(", until {}", here.date(days_later(now, days)));
    let options = LENGTHS.map(|days| ChoiceOption {
        id: days.to_string(),
        label: format!("{days} days{}", here.now().map(|now| until(now, days)).unwrap_or_default()),
        detail: String::new(),
        disabled: None,
    });
    Choice { key: DAYS, options: options.into(), chosen: Some(days.to_string()) }
}
