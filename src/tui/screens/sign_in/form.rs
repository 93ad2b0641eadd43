//! What is typed to sign in, and the page that asks for it.
//!
//! Owns the secrets until they are sent. Welcome asks with it too, for whom it welcomes.

use crate::api::call::ApiError;
use crate::api::demo::DemoPerson;
use crate::api::problem::code;
use crate::api::session::{Secret, SignIn as Credentials};
use crate::domain::untrusted::Untrusted;
use crate::tui::load::Load;
use crate::tui::page::{Block, Choice, ChoiceOption, Edit, FieldSpec, Page, RowSpec, Rows};
use crate::tui::screen::Here;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;

/// The choice of the way in.
pub const WAY: &str = "way";
/// The demo's people.
pub const PEOPLE: &str = "people";
const TOKEN: &str = "token";
const EMAIL: &str = "email";
/// The way of who has a password.
pub const PASSWORD: &str = "password";
/// The way of who has a code.
pub const CODE: &str = "code";
/// The way of who has forgotten the password.
pub const FORGOTTEN: &str = "forgotten";

/// Where a token comes from.
const FROM_WHERE: &str = "From a backend administrator; a new backend prints its first.";

/// The ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Way {
    #[default]
    Token,
    Password,
}

/// What is typed. No `Debug`: there are secrets in it.
#[derive(Default)]
pub struct Form {
    way: Way,
    token: String,
    email: String,
    password: String,
}

impl Form {
    /// For somebody whose address is known.
    pub fn of(email: &str) -> Self {
        Self { way: Way::Password, email: email.to_owned(), ..Self::default() }
    }

    /// Takes what the operator did.
    pub fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Text { field: TOKEN, value } => self.token.clone_from(value),
            Edit::Text { field: EMAIL, value } => self.email.clone_from(value),
            Edit::Text { field: PASSWORD, value } => self.password.clone_from(value),
            Edit::Pick { id, .. } if id == PASSWORD => self.way = Way::Password,
            Edit::Pick { id, .. } if id == TOKEN => self.way = Way::Token,
            _ => {}
        }
    }

    /// Forgets everything typed.
    pub fn forget(&mut self) {
        *self = Self { way: self.way, ..Self::default() };
    }

    /// The address, as far as it is typed.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The first field of the chosen way that is still empty.
    pub fn first_field(&self) -> &'static str {
        match self.way {
            Way::Token => TOKEN,
            Way::Password if self.email.is_empty() => EMAIL,
            Way::Password => PASSWORD,
        }
    }

    /// What was typed, or the field that is empty and what belongs there.
    pub fn credentials(&self) -> Result<Credentials, (&'static str, &'static str)> {
        match self.way {
            Way::Token if self.token.trim().is_empty() => {
                Err((TOKEN, "Paste or type the token first."))
            }
            Way::Token => Ok(Credentials::Token { token: Secret::new(self.token.trim()) }),
            Way::Password if self.email.trim().is_empty() => {
                Err((EMAIL, "Type the e-mail address first."))
            }
            Way::Password if self.password.is_empty() => {
                Err((PASSWORD, "Type the password first."))
            }
            Way::Password => Ok(Credentials::Password {
                email: self.email.trim().to_owned(),
                password: Secret::new(self.password.as_str()),
            }),
        }
    }

    /// The page: in the demo its people first, then the ways in.
    pub fn page(
        &self,
        people: &[DemoPerson],
        ended: bool,
        signing: &Load<()>,
        here: Here<'_>,
    ) -> Page {
        let mut blocks = vec![Block::Gap];
        if ended {
            let words = "Your session has ended. Sign in again; what you were doing is still here.";
            blocks.extend([Block::notice(Tone::Attention, words), Block::Gap]);
        }
        if people.is_empty() {
            blocks.extend([Block::Heading("Sign in".to_owned()), Block::Gap]);
        } else {
            blocks.extend(people_blocks(people));
        }
        blocks.push(Block::Choice(self.ways(true)));
        blocks.push(Block::Gap);
        blocks.extend(self.fields());
        if let Some(error) = signing.error() {
            blocks.extend([Block::Gap, Block::notice(Tone::Refused, self.refused(error))]);
        } else if let Some(wait) = signing.wait(here.now_ms) {
            blocks.extend([Block::Gap, Block::aside(wait.words("your session"))]);
        }
        Page::new(blocks)
    }

    /// Why one is not let in, by the way that was tried: the backend answers all ways alike.
    fn refused(&self, error: &ApiError) -> String {
        if error.code() != code::SIGN_IN_FAILED {
            return refusal(error);
        }
        match self.way {
            Way::Token => "The token is not known, or was revoked. Ask for a new one.",
            Way::Password => {
                "The address and the password do not fit. Check both; \"I have forgotten my \
                 password\" sets a new one."
            }
        }
        .to_owned()
    }

    /// The ways in; `code` for who has no account yet.
    pub fn ways(&self, code: bool) -> Choice {
        let option = |id: &str, label: &str| ChoiceOption {
            id: id.to_owned(),
            label: label.to_owned(),
            detail: String::new(),
            disabled: None,
        };
        let mut options = vec![
            option(TOKEN, "With a personal token"),
            option(PASSWORD, "With e-mail address and password"),
        ];
        if code {
            options.push(option(CODE, "I have a code from a mail"));
            options.push(option(FORGOTTEN, "I have forgotten my password"));
        }
        Choice { key: WAY, options, chosen: Some(self.first_way().to_owned()) }
    }

    fn first_way(&self) -> &'static str {
        match self.way {
            Way::Token => TOKEN,
            Way::Password => PASSWORD,
        }
    }

    /// The fields of the chosen way.
    pub fn fields(&self) -> Vec<Block> {
        let field = |key, label: &str, kind, value: &str| {
            let hint = if key == TOKEN { FROM_WHERE } else { "" };
            Block::Field(FieldSpec {
                key,
                label: label.to_owned(),
                kind,
                value: value.to_owned(),
                hint: hint.to_owned(),
                error: None,
            })
        };
        match self.way {
            Way::Token => vec![field(TOKEN, "Token", Kind::Secret, &self.token)],
            Way::Password => vec![
                field(EMAIL, "E-mail address", Kind::Text, &self.email),
                field(PASSWORD, "Password", Kind::Secret, &self.password),
            ],
        }
    }
}

fn people_blocks(people: &[DemoPerson]) -> Vec<Block> {
    let row = |one: &DemoPerson| RowSpec {
        id: one.email.raw().to_owned(),
        tone: Tone::Text,
        end: None,
        cells: vec![
            one.name.shown().to_string(),
            one.role.shown().to_string(),
            one.email.shown().to_string(),
        ],
    };
    let rows = Rows { key: PEOPLE, rows: people.iter().map(row).collect(), empty: String::new() };
    vec![
        Block::Heading("Welcome to the demo".to_owned()),
        Block::aside(
            "A small fictional world on a backend inside this program: no network, no account, \
             no real mail. Choose who you are; each sees something else.",
        ),
        Block::Gap,
        Block::Rows(rows),
        Block::Gap,
    ]
}

/// Why one is not let in, and what to do.
pub fn refusal(error: &ApiError) -> String {
    match error {
        ApiError::Problem(problem) => {
            let remedy = Untrusted::new(problem.remedy.as_str());
            format!("{} {}", problem.detail.shown(), remedy.shown()).trim().to_owned()
        }
        ApiError::Unanswered(_) => format!("{error}. Enter tries again."),
        ApiError::Unreachable(_) | ApiError::Malformed(_) => {
            format!("{error}. Nothing was changed; Enter tries again.")
        }
    }
}
