//! Where secrets come from: the person, without echo, or the lines of standard input.
//!
//! Owns that none stands on a command line. Must not print any.

use std::io::{BufRead as _, Read as _};

use super::context::Context;
use super::exit::Failure;
use super::prompt::{Person, without_end};
use crate::api::session::Secret;

/// The most bytes of a line: secrets are short.
const LONGEST: u64 = 4_096;

/// Who gives the secrets.
pub enum Secrets {
    /// The person at the terminal.
    Person(Person),
    /// Standard input, a line each.
    Lines,
}

impl Secrets {
    /// The person, where one may be asked.
    pub fn of(cx: &Context) -> Self {
        if cx.person.may_ask() { Self::Person(cx.person) } else { Self::Lines }
    }

    /// The next secret. Blanks are part of it; a line without anything is none.
    ///
    /// # Errors
    /// That there is none.
    pub async fn secret(&mut self, question: &str) -> Result<Secret, Failure> {
        let secret = self.or_nothing(question).await?;
        match (&self, secret.expose().trim().is_empty()) {
            (_, false) => Ok(secret),
            (Self::Person(_), true) => Err(Failure::usage("nothing was typed; nothing was done")),
            (Self::Lines, true) => Err(Failure::usage(
                "standard input has no more lines; each secret stands on a line of its own, in the \
                 order they are asked for",
            )),
        }
    }

    /// The next secret, which may be empty.
    ///
    /// # Errors
    /// That it cannot be read.
    pub async fn or_nothing(&mut self, question: &str) -> Result<Secret, Failure> {
        match self {
            Self::Person(person) => person.secret(question, "pipe it in").await,
            Self::Lines => {
                let mut line = String::new();
                let read = std::io::stdin().lock().take(LONGEST).read_line(&mut line);
                read.map_err(|error| Failure::failed(format!("standard input: {error}")))?;
                Ok(Secret::new(without_end(&line)))
            }
        }
    }

    /// A new password; a person types it twice.
    ///
    /// # Errors
    /// That the two differ.
    pub async fn new_password(&mut self) -> Result<Secret, Failure> {
        let password = self.secret("New password, at least 12 characters: ").await?;
        if matches!(self, Self::Person(_)) && self.secret("The same again: ").await? != password {
            return Err(Failure::failed("the two are not the same; nothing was changed"));
        }
        Ok(password)
    }
}
