//! Questions to the person at the terminal.
//!
//! Owns when one may ask (never without a terminal, never with `--no-input`) and reading without
//! echo. Questions go to standard error, so that results stay clean. Must not print results.

use std::io::{self, IsTerminal as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::exit::Failure;
use super::standard::{error as tell, is_read, question as ask};
use crate::api::session::Secret;

/// The person at the terminal, if there is one.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    may_ask: bool,
}

impl Person {
    /// Whoever is at the process's terminal.
    pub fn of_process(no_input: bool) -> Self {
        Self { may_ask: !no_input && io::stdin().is_terminal() && is_read() }
    }

    /// Whether there is anybody to ask.
    pub fn may_ask(self) -> bool {
        self.may_ask
    }

    /// Asks for a line.
    ///
    /// # Errors
    /// With nobody to ask, `otherwise` says which flag answers instead.
    pub async fn line(self, question: &str, otherwise: &str) -> Result<String, Failure> {
        self.must_be_there(otherwise)?;
        ask(question);
        Ok(read_line().await?.trim().to_owned())
    }

    /// Asks yes or no; only a clear yes counts.
    ///
    /// # Errors
    /// As [`Person::line`].
    pub async fn agrees(self, question: &str, otherwise: &str) -> Result<bool, Failure> {
        let answer = self.line(&format!("{question} [y/N] "), otherwise).await?;
        Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks for a secret, without echo. Blanks are part of it, the end of the line is not.
    ///
    /// # Errors
    /// As [`Person::line`].
    pub async fn secret(self, question: &str, otherwise: &str) -> Result<Secret, Failure> {
        self.must_be_there(otherwise)?;
        // Before the question, for some type as soon as they see it. Held by this future, not by
        // the reading thread: an interruption drops it at once.
        let quiet = Quiet::start()?;
        ask(question);
        let answer = read_line().await;
        drop(quiet);
        tell("");
        answer.map(Secret::new)
    }

    fn must_be_there(self, otherwise: &str) -> Result<(), Failure> {
        if self.may_ask {
            return Ok(());
        }
        let why = format!("there is no terminal to ask at; {otherwise}");
        Err(Failure::usage(why).coded("nobody_to_ask"))
    }
}

/// While this lives, the terminal does not echo.
struct Quiet(Termios);

impl Quiet {
    fn start() -> Result<Self, Failure> {
        let failed = |error| Failure::failed(format!("the terminal cannot be silenced: {error}"));
        let before = tcgetattr(io::stdin()).map_err(failed)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet).map_err(failed)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// Reads without echo; where that cannot be, nothing is read.
pub fn silently<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    let quiet = Quiet::start().ok()?;
    let answer = read();
    drop(quiet);
    tell("");
    answer
}

/// A line without its end.
pub fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// Reads a line off the async threads, so that an interruption is noticed meanwhile.
async fn read_line() -> Result<String, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|bytes| (bytes > 0).then_some(line))
    });
    match read.await {
        Ok(Ok(Some(line))) => Ok(without_end(&line).to_owned()),
        Ok(Ok(None)) => Err(Failure::failed("there was no answer; nothing was done")),
        Ok(Err(error)) => Err(Failure::failed(format!("standard input: {error}"))),
        Err(_) => Err(Failure::failed("the answer could not be read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn section_7_nothing_prompts_without_a_terminal() {
        let nobody = Person { may_ask: false };
        let failure = nobody.agrees("Go on?", "use --yes").await.unwrap_err();
        assert_eq!(failure.exit() as u8, 2);
        assert!(failure.text().contains("--yes"));
        assert_eq!(nobody.secret("Token: ", "use --token-file").await.unwrap_err().exit() as u8, 2);
    }
}
