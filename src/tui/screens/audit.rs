//! The record of every change, newest first as the backend gives it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listed;
use crate::api::audit::{AuditEntry, AuditQuery, ListAudit};
use crate::api::call::{ApiError, Reply, Request};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::Listing;
use crate::tui::msg::RequestId;
use crate::tui::overlay::message::Message;
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look, Screen, Told};
use crate::tui::theme::Tone;
use crate::tui::widget::rows::Cursor;
use crate::tui::widget::table::{self, Cell, Column};

const COLUMNS: [Column; 4] = [
    Column::text("When"),
    Column::whole("What").only_from(50),
    Column::whole("About"),
    Column::whole("Who").only_from(78),
];

/// The record.
pub struct Audit {
    entries: Listing<AuditEntry>,
    cursor: Cursor,
}

impl Default for Audit {
    fn default() -> Self {
        Self { entries: Listing::window(request, ""), cursor: Cursor::default() }
    }
}

fn request(query: PageQuery, _: &str) -> Request {
    let query = AuditQuery { organization: None, cursor: query.cursor, limit: query.limit };
    ListAudit::call(Nothing, query, Nothing)
}

fn cells(entry: &AuditEntry, here: Here<'_>) -> Vec<Cell> {
    vec![
        (Tone::Muted, here.moment(entry.at)),
        (Tone::Text, Untrusted::new(entry.action.as_str()).shown().to_string()),
        (Tone::Text, entry.subject.shown().to_string()),
        (Tone::Muted, entry.actor.shown().to_string()),
    ]
}

/// What it was about, where, what was done and by whom: each once, whole.
fn about(entry: &AuditEntry) -> String {
    let action = Untrusted::new(entry.action.as_str());
    let all = [Some(&entry.subject), entry.site.as_ref(), Some(&action), Some(&entry.actor)];
    let mut told: Vec<&Untrusted> = Vec::new();
    for one in all.into_iter().flatten().filter(|one| !one.is_empty()) {
        if !told.contains(&one) {
            told.push(one);
        }
    }
    told.iter().map(|one| one.shown().to_string()).collect::<Vec<_>>().join(" · ")
}

/// What else is on record, a line each.
fn more(detail: &serde_json::Value) -> Vec<String> {
    let shown = |text: &str| Untrusted::new(text).shown().to_string();
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    };
    match detail {
        serde_json::Value::Object(facts) => facts
            .iter()
            .map(|(name, fact)| format!("{}: {}", shown(&name.replace('_', " ")), value(fact)))
            .collect(),
        other => vec![format!("more: {}", value(other))],
    }
}

fn whole(entry: &AuditEntry, here: Here<'_>) -> String {
    let mut lines = vec![
        match entry.seq {
            Some(seq) => format!("number {seq} · {}", here.moment(entry.at)),
            None => here.moment(entry.at),
        },
        format!("who: {}", entry.actor.shown()),
        format!("what: {}", Untrusted::new(entry.action.as_str()).shown()),
        format!("about: {}", entry.subject.shown()),
    ];
    if let Some(organization) = &entry.organization {
        lines.push(format!("organization: {}", Untrusted::new(organization.as_str()).shown()));
    }
    lines.extend(entry.site.as_ref().map(|site| format!("site: {}", site.shown())));
    if !entry.detail.is_null() {
        lines.extend(more(&entry.detail));
    }
    lines.push(format!("hash: {}", Untrusted::new(entry.hash.as_str()).shown()));
    lines.join("\n")
}

impl Audit {
    fn said(&self, here: Here<'_>) -> listed::Said<'_> {
        listed::Said {
            what: "the record",
            empty: "Nothing was changed yet.",
            wait: self.entries.wait(here.now_ms),
            error: self.entries.error(),
            is_empty: self.entries.items().is_empty(),
        }
    }
}

impl Screen for Audit {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        Header { crumbs: vec!["Audit".to_owned()], right }
    }

    fn help(&self) -> About {
        About::of(
            "audit",
            "The record of every change: who, when, what. Nobody can change it; hublink audit \
             verify checks that nobody has.",
        )
    }

    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Screen, Scope::List]
    }

    fn availability(&self, action: Action) -> Availability {
        match action {
            Action::Back | Action::Reload => Availability::Ready,
            Action::Open => Availability::shown_if(!self.entries.items().is_empty()),
            _ => Availability::shown_if(action.motion().is_some()),
        }
    }

    fn on_action(&mut self, action: Action, cx: &mut Cx<'_>) -> Flow {
        if let Some(motion) = action.motion() {
            let height = table::height(listed::place(cx.body()));
            self.cursor.go(motion, self.entries.items().len(), height);
            self.entries.near(self.cursor.at, cx);
            return Flow::Stay;
        }
        match action {
            Action::Reload => self.entries.ask(cx),
            Action::Open => {
                if let Some(entry) = self.entries.items().get(self.cursor.at) {
                    let text = whole(entry, cx.here());
                    return Flow::Push(Box::new(Message::new("One entry of the record", text)));
                }
            }
            _ => return Flow::Pop,
        }
        Flow::Stay
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        self.entries.take(id, result, cx);
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        if self.entries.is_untouched() {
            self.entries.ask(cx);
        }
        let height = table::height(listed::place(cx.body()));
        self.cursor.clamp(self.entries.items().len(), height);
    }

    fn told(&self, here: Here<'_>) -> Option<Told> {
        let (entries, said) = (self.entries.items(), self.said(here));
        let cells = |at: usize| cells(&entries[at], here);
        Some(listed::as_data(&said, (entries.len(), &self.cursor), cells, "", here))
    }

    fn point(&mut self, at: usize) {
        listed::point(&mut self.cursor, at);
    }

    fn view(&self, look: &Look<'_>, area: Rect, buf: &mut Buffer) {
        let entries = self.entries.items();
        let said = self.said(look.here);
        let detail = entries.get(self.cursor.at).map(about).unwrap_or_default();
        let Some(place) = listed::view(&said, &detail, look, area, buf) else { return };
        let row = |at: usize| cells(&entries[at], look.here);
        table::view(&COLUMNS, (entries.len(), &self.cursor), row, look.theme, place, buf);
    }
}
