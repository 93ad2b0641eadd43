//! A line as the program understands it: as it stands, with a noun alone for what it lists or shows, or in
//! the other spelling of what it names.
//!
//! Owns the order in which these are tried. What parses already is never touched. Must not do anything.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _};

use super::{Cli, spelling};

/// What a noun alone does, the first that needs nothing else: it looks, and changes nothing.
const LOOKS: [&str; 3] = ["list", "status", "show"];

impl Cli {
    /// Reads a line, in either spelling of what it names.
    ///
    /// # Errors
    /// Why it is none.
    pub(super) fn read(line: Vec<OsString>) -> Result<Self, clap::Error> {
        let mut error = match Self::as_written(&line) {
            Ok(cli) => return Ok(cli),
            Err(error) if !error.use_stderr() => return Err(error),
            Err(error) => error,
        };
        let mut line = line;
        if is_bare(error.kind()) {
            for look in LOOKS {
                let line = line.iter().cloned().chain([OsString::from(look)]).collect::<Vec<_>>();
                if let Ok(cli) = Self::as_written(&line) {
                    return Ok(cli);
                }
            }
        }
        // Each of the kinds may stand in its other spelling.
        for _ in 0..3 {
            let Some(other) = spelling::respelled(Self::command(), line.clone()) else { break };
            match Self::as_written(&other) {
                Ok(cli) => return Ok(cli),
                Err(help) if !help.use_stderr() => return Err(help),
                // What is still wrong then is what is wrong: the other spelling is none.
                Err(left) => (error, line) = (left, other),
            }
        }
        let error = spelling::plain::in_plain_words(error);
        Err(spelling::near::guessed(Self::command(), &line, error))
    }

    /// Reads a line as it stands.
    fn as_written(line: &[OsString]) -> Result<Self, clap::Error> {
        let mut command = spelling::told(Self::command());
        let matches = command.try_get_matches_from_mut(line)?;
        let mut cli =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let (mut words, mut at) = (Vec::new(), &matches);
        while let Some((word, below)) = at.subcommand() {
            words.push(word);
            at = below;
        }
        cli.path = words.join(" ");
        Ok(cli)
    }
}

/// Whether a line ends before it says what to do.
fn is_bare(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(line: &str) -> Result<String, ErrorKind> {
        let words = line.split(' ').map(OsString::from).collect();
        Cli::read(words).map(|cli| cli.path).map_err(|error| error.kind())
    }

    #[test]
    fn section_7_a_noun_alone_looks_and_one_that_needs_more_tells_its_commands() {
        for (noun, want) in [
            ("site", "site list"),
            ("token", "token list"),
            ("timers", "timers list"),
            ("invite", "invite status"),
            ("clock", "clock show"),
        ] {
            assert_eq!(path(&format!("hublink {noun}")).as_deref(), Ok(want));
        }
        for noun in ["user", "domain", "cohort", "setup", "password", "licence"] {
            assert!(is_bare(path(&format!("hublink {noun}")).unwrap_err()), "{noun}");
        }
    }
}
