//! The second page: a new password, or signing in with the one there is (rule T4).
//!
//! Owns the rules beside the fields. Who can sign in already is never offered a new password.

use crate::api::call::{ApiError, Reply};
use crate::api::session::SessionGranted;
use crate::api::welcome::WelcomeShown;
use crate::domain::address::with_unicode;
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::page::{Block, Edit, FieldSpec, Page};
use crate::tui::screen::Here;
use crate::tui::screens::sign_in::form::{Form, refusal};
use crate::tui::theme::Tone;
use crate::tui::when::count;
use crate::tui::widget::field::Kind;

const FIRST: &str = "password";
const AGAIN: &str = "again";
/// The fewest characters; the backend holds the rule.
const LEAST: usize = 12;

/// The password, twice. No `Debug`: they are secrets.
#[derive(Default)]
pub(in crate::tui::screens) struct Passwords {
    /// As typed first.
    pub first: String,
    again: String,
}

impl Passwords {
    /// Takes what the operator wrote.
    pub fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Text { field: FIRST, value } => self.first.clone_from(value),
            Edit::Text { field: AGAIN, value } => self.again.clone_from(value),
            _ => {}
        }
    }

    /// Whether they will do, or the field to look at and what it lacks.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        match missing(&self.first) {
            0 if self.first == self.again => Ok(()),
            0 if self.again.is_empty() => Err((AGAIN, "Type the password once more.".to_owned())),
            0 => Err((AGAIN, "The two differ; type the second one again.".to_owned())),
            n => Err((FIRST, format!("The password needs {} more.", count(n as u64, "character")))),
        }
    }

    /// The page.
    pub fn page(&self, shown: &WelcomeShown, refused: Option<&ApiError>, here: Here<'_>) -> Page {
        let until = here.moment(shown.expires_at);
        let mut blocks = vec![
            Block::prose(format!(
                "{} Choose a password; you sign in with it and this address:",
                greeting(shown)
            )),
            Block::Prose { tone: Tone::Strong, text: with_unicode(&shown.email).to_string() },
            Block::Gap,
        ];
        blocks.extend(self.fields("Password", refused));
        blocks.extend([Block::Gap, Block::aside(format!("The code works until {until}."))]);
        Page { blocks, first: Some(FIRST), ..Page::default() }
    }

    /// The two fields, with what is refused about the first.
    pub fn fields(&self, label: &str, refused: Option<&ApiError>) -> [Block; 2] {
        let field = |key, label: &str, value: &str, hint, error| {
            Block::Field(FieldSpec {
                key,
                label: label.to_owned(),
                kind: Kind::Secret,
                value: value.to_owned(),
                hint,
                error,
            })
        };
        let (same, differ) = self.same();
        [
            field(FIRST, label, &self.first, self.length(), refused_words(refused)),
            field(AGAIN, "Once more", &self.again, same, differ),
        ]
    }

    fn length(&self) -> String {
        match (self.first.is_empty(), missing(&self.first)) {
            (true, _) => format!("at least {LEAST} characters; a few words make a good one"),
            (false, 0) => "✓ long enough".to_owned(),
            (false, n) => format!("{} more", count(n as u64, "character")),
        }
    }

    /// Whether they are the same; that they differ only once that is sure.
    fn same(&self) -> (String, Option<String>) {
        if self.again.is_empty() {
            ("the same again, so that no slip locks you out".to_owned(), None)
        } else if self.first == self.again {
            ("✓ the same".to_owned(), None)
        } else if self.first.starts_with(&self.again) {
            (String::new(), None)
        } else {
            (String::new(), Some("this differs from the one above".to_owned()))
        }
    }
}

fn missing(password: &str) -> usize {
    LEAST.saturating_sub(password.chars().count())
}

fn refused_words(error: Option<&ApiError>) -> Option<String> {
    match error {
        Some(ApiError::Problem(problem)) if problem.field.as_deref() == Some("password") => {
            Some(problem.detail.shown().to_string())
        }
        _ => None,
    }
}

/// What one is welcomed to: a role that is held, or one that is offered (rule P1).
fn greeting(shown: &WelcomeShown) -> String {
    let name = shown.organization_name.shown_in(60);
    if shown.held {
        return format!("Welcome to {name}.");
    }
    let roles: Vec<&str> = shown.roles.iter().map(|role| role.title()).collect();
    let by = shown.offered_by.as_ref().map_or_else(
        || "You are offered".to_owned(),
        |by| format!("Welcome. {} offers you", by.shown_in(60)),
    );
    format!("{by} the role of {} in {name}.", roles.join(" and "))
}

/// The page for who can sign in already.
pub(super) fn sign_in_page(
    shown: &WelcomeShown,
    form: &Form,
    signing: &Load<Untrusted>,
    here: Here<'_>,
) -> Page {
    let mut blocks = vec![
        Block::prose(format!(
            "{} You can sign in already, and keep your password. Sign in as",
            greeting(shown)
        )),
        Block::Prose { tone: Tone::Strong, text: with_unicode(&shown.email).to_string() },
        Block::Gap,
        Block::Choice(form.ways(false)),
        Block::Gap,
    ];
    blocks.extend(form.fields());
    if let Some(error) = signing.error() {
        blocks.extend([Block::Gap, Block::notice(Tone::Refused, refusal(error))]);
    } else if let Some(wait) = signing.wait(here.now_ms) {
        blocks.extend([Block::Gap, Block::aside(wait.words("your session"))]);
    }
    Page { blocks, first: Some(form.first_field()), ..Page::default() }
}

/// Who signed in.
pub(super) fn who(reply: &Reply) -> Option<Untrusted> {
    reply.get::<SessionGranted>().map(|granted| granted.me.email.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t4_the_rules_stand_beside_the_field() {
        let typed = |first: &str, again: &str| Passwords {
            first: first.to_owned(),
            again: again.to_owned(),
        };
        assert_eq!(typed("short", "").length(), "7 characters more");
        assert_eq!(typed("correct horse", "").check().unwrap_err().0, AGAIN);
        assert_eq!(typed("correct horse", "correct horsf").check().unwrap_err().0, AGAIN);
        assert_eq!(typed("short", "short").check().unwrap_err().0, FIRST);
        assert_eq!(typed("correct horse", "correct horse").check(), Ok(()));
        assert_eq!(typed("correct horse", "corr").same().1, None, "on the way to the same");
        assert!(typed("correct horse", "cort").same().1.is_some());
        assert_eq!(typed("zwölf Zeichen", "").length(), "✓ long enough", "letters, not bytes");
    }
}
