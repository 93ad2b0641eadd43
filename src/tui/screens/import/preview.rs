//! What an import would change, before it does: numbers, then the changes that can hurt first.
//!
//! Owns applying it once; where it deactivates who is not in the file, their number is typed.

use super::command;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::import::{
    ApplyImport, ApplyImportCall, ImportApplied, ImportPreview, ImportSample,
};
use crate::domain::number::{count, thousands};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::msg::RequestId;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::page::{Block, Edit, FieldSpec, Page, Piece, TallyRow};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::Sent;
use crate::tui::screens::form::{Answered, Form};
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::Refusal;

const NUMBER: &str = "number";

/// The page.
pub struct Preview {
    site: Untrusted,
    file: String,
    shown: ImportPreview,
    typed: String,
    sent: Sent<ImportApplied>,
}

impl Preview {
    /// Of this file, for this site.
    pub fn new(site: &Untrusted, file: &str, preview: &ImportPreview) -> Self {
        Self {
            site: site.clone(),
            file: file.to_owned(),
            shown: preview.clone(),
            typed: String::new(),
            sent: Sent::new(&[]),
        }
    }

    /// How many are deactivated because they are not in the file; nothing: nobody is.
    fn replaced(&self) -> Option<u64> {
        let number = self.shown.active_not_in_file;
        (self.shown.replace && number > 0).then_some(number)
    }

    fn changes_nothing(&self) -> bool {
        let preview = &self.shown;
        preview.new + preview.changed == 0 && (!preview.replace || preview.deactivated == 0)
    }

    fn tally(&self) -> Block {
        let preview = &self.shown;
        let row = |number, tone, words: &str, note: &str| TallyRow {
            id: None,
            depth: 1,
            tone,
            number,
            words: words.to_owned(),
            note: note.to_owned(),
        };
        let hurts = Tone::Attention;
        let mut rows = vec![
            row(preview.deactivated, hurts, "deactivated", ""),
            row(
                preview.linked_address_changed,
                hurts,
                "linked or confirmed, with another address",
                "stay linked under the old one",
            ),
            row(preview.bad_addresses, hurts, "without a usable address", "imported and blocked"),
            row(
                preview.new_with_known_address,
                hurts,
                "new, with the address of another account",
                "",
            ),
            row(preview.ambiguous, hurts, "rows that fit several accounts", "change none"),
            row(preview.new, Tone::Text, "new", ""),
            row(preview.changed, Tone::Text, "changed", ""),
            row(preview.address_changed, Tone::Text, "of these with another address", ""),
            row(preview.activated, Tone::Text, "active again", ""),
            row(preview.unchanged, Tone::Muted, "as they are", ""),
        ];
        let stay = if preview.replace { "the active ones are deactivated" } else { "they stay" };
        rows.push(row(preview.not_in_file, Tone::Text, "not in the file", stay));
        Block::Tally(rows)
    }

    fn samples(&self, blocks: &mut Vec<Block>) {
        let preview = &self.shown;
        let lists = [
            (
                "Get another address",
                preview.linked_address_changed,
                &preview.linked_address_samples,
            ),
            (
                "New, and another account has the address",
                preview.new_with_known_address,
                &preview.known_address_samples,
            ),
            ("Cannot be used, and why", preview.bad_addresses, &preview.bad_samples),
            ("Changes", preview.new + preview.changed + preview.ambiguous, &preview.samples),
        ];
        for (title, all, samples) in lists {
            if samples.is_empty() {
                continue;
            }
            blocks.extend([Block::Gap, Block::Heading(title.to_owned())]);
            blocks.push(Block::Facts(samples.iter().map(fact).collect()));
            let more = all.saturating_sub(samples.len() as u64);
            if more > 0 {
                blocks.push(Block::aside(format!("and {} more", thousands(more))));
            }
        }
    }
}

fn fact(sample: &ImportSample) -> (String, String) {
    let (id, name) = (sample.user_id.shown_in(12), sample.name.shown_in(16));
    (format!("{id} {name}").trim_end().to_owned(), sample.change.shown_in(400).to_string())
}

impl Form for Preview {
    fn crumbs(&self) -> Vec<String> {
        vec![self.site.shown().to_string(), "Import users".to_owned(), "preview".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "the preview of an import",
            "What the file would change, those that can hurt first. Nothing is changed yet; \
             importing does exactly this, and is refused where the site has changed meanwhile. A \
             changed address revokes the pending invitation of the old one. Where the file replaces \
             the users, the number of those it deactivates is typed.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let preview = &self.shown;
        let mut blocks = Vec::new();
        if let Some(number) = self.replaced() {
            let words = format!(
                "It deactivates the {} who are not in the file. Type their number to go on.",
                count(number, "active user")
            );
            let field = self.sent.field(NUMBER, "Their number", &self.typed, "");
            blocks.extend([
                Block::notice(Tone::Attention, words),
                Block::Field(FieldSpec { kind: Kind::Count, ..field }),
                Block::Gap,
            ]);
        }
        let read_as = Untrusted::new(preview.read_as.as_str()).shown();
        blocks
            .push(Block::prose(format!("{} in the file: {read_as}", count(preview.rows, "user"))));
        if self.changes_nothing() {
            blocks.push(Block::notice(Tone::Done, "Nothing changes."));
        }
        blocks.push(self.tally());
        blocks.push(self.sent.told("Importing", here));
        self.samples(&mut blocks);
        let yes = match self.replaced() {
            Some(number) => format!(" --confirm {number}"),
            None => " --yes".to_owned(),
        };
        let words = format!(
            "→ {} deactivated · {} new · {} changed · nobody is told",
            thousands(preview.deactivated),
            thousands(preview.new),
            thousands(preview.changed),
        );
        Page {
            blocks,
            same_as: Some(command(&self.site, &self.file, preview.replace, &yes)),
            consequences: vec![Piece::new(Tone::Text, words)],
            first: self.replaced().map(|_| NUMBER),
            from_top: true,
            ..Page::default()
        }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.changes_nothing() {
            return Err(Refusal::page("Nothing changes; there is nothing to import."));
        }
        match self.replaced() {
            Some(number) if self.typed.replace(',', "").trim() != number.to_string() => {
                let number = thousands(number);
                let words = format!("Type the number of those who are deactivated: {number}.");
                Err(Refusal::field(NUMBER, words))
            }
            _ => Ok(()),
        }
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "import them".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        if let Edit::Text { field: NUMBER, value } = edit {
            self.typed.clone_from(value);
        }
    }

    fn asks(&self) -> Option<Confirm> {
        let shared = self.shown.new_with_known_address;
        // A replacement is confirmed by its number.
        if shared == 0 || self.replaced().is_some() {
            return None;
        }
        let lines = vec![
            format!(
                "{} of the file {} new and {} an address that another account has.",
                count(shared, "user"),
                if shared == 1 { "is" } else { "are" },
                if shared == 1 { "has" } else { "have" },
            ),
            "While both accounts are active, neither can be invited. A UserID may have lost its \
             leading zeros in the file."
                .to_owned(),
        ];
        Some(Confirm::new("Import them all the same?", lines, "Import them"))
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let said = ApplyImport { deactivates: self.replaced() };
        let (site, id) = (self.site.raw().to_owned(), self.shown.id.clone());
        self.sent.ask(ApplyImportCall::call((site, id), said, Nothing), cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        match self.sent.take(id, result) {
            Err(answered) => answered,
            Ok(None) => Answered::Refused(None),
            Ok(Some(applied)) => {
                let users = count(applied.users, "user");
                Answered::Ends(match &applied.plan {
                    Some(plan) if plan.applied_itself => {
                        format!(
                            "Imported: the site has {users}. A plan of new ones applied itself."
                        )
                    }
                    Some(_) => format!(
                        "Imported: the site has {users}. A plan of new ones waits: w, Account linking."
                    ),
                    None => format!("Imported: the site has {users}."),
                })
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
