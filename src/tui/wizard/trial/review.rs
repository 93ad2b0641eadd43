//! Step three: exactly what will be made and sent, then doing it (rule T1).
//!
//! Owns starting the trial, once. What the backend refuses goes back beside its field, with every
//! answer kept.

use std::borrow::Cow;

use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::trial::{StartTrial, StartTrialCall, Trial as Started};
use crate::domain::trial::days_later;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability};
use crate::tui::load::Load;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, Piece, TallyRow};
use crate::tui::quantities;
use crate::tui::screen::{Cx, Here};
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;
use crate::tui::wizard::step::{Refusal, Step, Turn};
use crate::tui::wizard::trial::{Draft, Refused, Trial, page_of, start_command};

/// The step.
#[derive(Default)]
pub struct Review {
    starting: Load<Started>,
}

impl Review {
    /// The backend ended in the middle of it: whether it was started is not known.
    fn may_be_done(&self) -> bool {
        self.starting.error().is_some_and(ApiError::may_be_done)
    }
}

impl Step<Trial> for Review {
    fn id(&self) -> &'static str {
        "review"
    }

    fn title(&self) -> &'static str {
        "Review"
    }

    fn help(&self) -> &'static str {
        "Read what starting the trial does: the organization and the site it makes, the \
         licences, the one e-mail it sends. Nothing is done before you press Enter here. Esc \
         goes back to change something."
    }

    fn enter(&mut self, draft: &mut Draft, _cx: &mut Cx<'_>) {
        self.starting = Load::default();
        draft.answers.refused = None;
    }

    fn page(&self, draft: &Draft, here: Here<'_>) -> Page {
        let Some(start) = draft.answers.to_start() else {
            return Page::new(vec![Block::prose(
                "Something is missing on the pages before. Esc goes back to it.",
            )]);
        };
        let mut blocks = vec![
            Block::prose(if self.starting.is_waiting() {
                "This is what starting the trial does. It is being started.".to_owned()
            } else if self.may_be_done() {
                let menu = here.keys.key(Action::Wizards);
                format!(
                    "This is what starting the trial does. Trials, behind {menu} on the first screen, \
                     tells whether it was started."
                )
            } else {
                "This is what starting the trial does. Nothing has been sent yet.".to_owned()
            }),
            Block::Gap,
            Block::Tally(numbers(&start, draft)),
            Block::Gap,
            Block::Facts(facts(&start, draft, here)),
            Block::Gap,
        ];
        if let Some(error) = self.starting.error() {
            blocks.push(asking::failed(error, here));
        } else {
            let words = asking::waiting(&self.starting, "Starting the trial", here);
            blocks.push(Block::aside(words));
        }
        let words = format!(
            "→ 1 e-mail to {}, as soon as you start it",
            Untrusted::new(start.administrator.as_str()).shown()
        );
        Page {
            blocks,
            same_as: Some(start_command(&draft.about.id, &start)),
            consequences: vec![Piece::new(Tone::Text, words)],
            ..Page::default()
        }
    }

    fn happens_next(&self, draft: &Draft) -> Vec<Cow<'static, str>> {
        vec![
            "The welcome mail holds a Get Started link that works once, for 7 days. It leads to \
             choosing a password and accepting the terms of service."
                .into(),
            format!(
                "You and the other partner admins of {} can go on at once: the services can be \
                 set up before the mail is read.",
                draft.about.name.shown()
            )
            .into(),
        ]
    }

    fn acts(&self, _draft: &Draft) -> bool {
        true
    }

    fn check(&self, draft: &Draft) -> Result<(), Refusal> {
        if self.starting.is_waiting() {
            return Err(Refusal::page("The trial is being started; wait for the answer."));
        }
        match draft.answers.to_start() {
            Some(_) => Ok(()),
            None => Err(Refusal::page("Something is missing on the pages before; esc goes back.")),
        }
    }

    fn label(&self, action: Action, _draft: &Draft) -> Option<String> {
        match action {
            Action::Next => Some("start the trial".to_owned()),
            Action::Back if self.may_be_done() => Some("back".to_owned()),
            Action::Back => Some("back, nothing is sent".to_owned()),
            _ => None,
        }
    }

    fn availability(&self, action: Action, _draft: &Draft) -> Option<Availability> {
        match action {
            Action::Back if self.starting.is_waiting() => {
                let why = "The trial is being started; wait for the answer, or leave the wizard.";
                Some(Availability::Disabled(why.into()))
            }
            Action::Reload => Some(Availability::shown_if(self.starting.error().is_some())),
            _ => None,
        }
    }

    fn on_action(&mut self, action: Action, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        match action {
            Action::Reload => self.on_next(draft, cx),
            _ => Turn::Pass,
        }
    }

    fn on_next(&mut self, draft: &mut Draft, cx: &mut Cx<'_>) -> Turn {
        if let Some(start) = draft.answers.to_start() {
            let call = StartTrialCall::call(draft.about.id.clone(), Nothing, start);
            self.starting.ask(call, cx);
        }
        Turn::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        draft: &mut Draft,
        _cx: &mut Cx<'_>,
    ) -> Turn {
        if !self.starting.take(id, result) {
            return Turn::Stay;
        }
        match (self.starting.error(), self.starting.get()) {
            (Some(error), _) => refused(error, draft),
            (None, Some(trial)) => {
                draft.answers.started = Some(trial.organization.clone());
                Turn::Next
            }
            (None, None) => Turn::Stay,
        }
    }
}

/// To the page of the field that was refused; other refusals stay here.
fn refused(error: &ApiError, draft: &mut Draft) -> Turn {
    let ApiError::Problem(problem) = error else { return Turn::Stay };
    let Some(field) = problem.field.clone() else { return Turn::Stay };
    let words = asking::both(problem);
    let page = page_of(&field);
    let value = draft.answers.value(&field);
    draft.answers.refused = Some(Refused { field, value, words });
    Turn::Goto(page)
}

/// The number that can hurt first.
fn numbers(start: &StartTrial, draft: &Draft) -> Vec<TallyRow> {
    let row = |number: u64, words: &str, note: String| TallyRow {
        id: None,
        depth: 0,
        tone: Tone::Strong,
        number,
        words: words.to_owned(),
        note,
    };
    let shown = |text: &str| Untrusted::new(text).shown().to_string();
    let site = start.site_url.as_deref().map(shown);
    let licences = crate::domain::services::total(&start.services);
    vec![
        row(1, "e-mail", format!("the welcome mail, to {}", shown(&start.administrator))),
        row(
            1,
            "new organization",
            format!("{}, managed by {}", shown(&start.company), draft.about.name.shown()),
        ),
        row(u64::from(site.is_some()), "new site", site.unwrap_or_default()),
        row(licences, "licences", quantities::listed(&start.services)),
    ]
}

fn facts(start: &StartTrial, draft: &Draft, here: Here<'_>) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
    if let Some(country) = draft.answers.country() {
        let region = country.region().title();
        fact("Country", format!("{}; the data is kept in {region}", country.name()));
    }
    fact("Industry", start.vertical.title().to_owned());
    if let Some(zone) = &start.time_zone {
        fact("Time zone", format!("{zone}, of the site"));
    }
    let ends = here.now().map(|now| days_later(now, start.days));
    let until = ends.map(|at| format!(", until {}", here.moment(at))).unwrap_or_default();
    fact("Duration", format!("{} days{until}", start.days));
    let administrator = Untrusted::new(start.administrator.as_str()).shown();
    fact("Full admin", format!("offered to {administrator}"));
    facts
}
