//! One SMTP conversation, without the socket: lines in, replies and messages out (RFC 5321).
//!
//! Owns the order of commands, who may send, the dot rules and the size cap. A message ends at CRLF dot CRLF and
//! nowhere else, so that no text inside a message can smuggle in a second one. Must not do IO.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::api::session::Secret;

/// As whom the demo's own backend signs in.
pub const USER: &str = "hublink";
/// The most bytes of a message.
pub const MOST_BYTES: usize = 1024 * 1024;
/// The most recipients of a message.
const MOST_RECIPIENTS: usize = 100;
/// The longest command line, CRLF included (RFC 5321 4.5.3.1.4, with room for parameters).
const LONGEST_COMMAND: usize = 2048;

/// What the sink says and does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Read on.
    Silent,
    /// Say this.
    Say(&'static str),
    /// A message is whole: keep it, then say that it was taken.
    Take {
        /// The recipients of the envelope.
        recipients: Vec<String>,
        /// The message, dots unstuffed.
        message: Vec<u8>,
    },
    /// Say this and hang up.
    Quit(&'static str),
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    New,
    Ready,
    Sender,
    Data {
        message: Vec<u8>,
        too_large: bool,
        fresh_line: bool,
    },
}

/// A conversation.
#[derive(Debug)]
pub struct Session<'a> {
    key: &'a Secret,
    /// Whether the other end has shown the key: other users of the host cannot.
    known: bool,
    phase: Phase,
    recipients: Vec<String>,
}

/// What the sink says first.
pub const GREETING: &str = "220 localhost hublink demo, mail goes nowhere from here\r\n";
/// What it says once a message is kept.
pub const TAKEN: &str = "250 2.0.0 kept in the outbox\r\n";

const OK: Step = Step::Say("250 2.0.0 ok\r\n");
const EHLO: Step =
    Step::Say("250-localhost\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SIZE 1048576\r\n");
const KNOWN: Step = Step::Say("235 2.7.0 ok\r\n");
const WRONG_KEY: Step = Step::Say("535 5.7.8 not the demo's own backend\r\n");
const KEY_FIRST: Step = Step::Say("530 5.7.0 only the demo's own backend sends here\r\n");
const NO_SUCH_WAY: Step = Step::Say("504 5.5.4 PLAIN with an initial response only\r\n");
const BAD_SEQUENCE: Step = Step::Say("503 5.5.1 not now\r\n");
const SYNTAX: Step = Step::Say("501 5.5.4 cannot read that\r\n");
const UNKNOWN: Step = Step::Say("500 5.5.2 no such command\r\n");
const TOO_LARGE: Step = Step::Say("552 5.3.4 larger than a megabyte\r\n");
const TOO_MANY: Step = Step::Say("452 4.5.3 too many recipients\r\n");
const GO_ON: Step = Step::Say("354 end with a dot on a line of its own\r\n");

impl<'a> Session<'a> {
    /// A conversation with somebody who has yet to show this key.
    pub fn new(key: &'a Secret) -> Self {
        Self { key, known: false, phase: Phase::default(), recipients: Vec::new() }
    }

    /// How long a line may get before the rest of it is dropped.
    pub fn longest_line(&self) -> usize {
        match self.phase {
            Phase::Data { .. } => MOST_BYTES,
            _ => LONGEST_COMMAND,
        }
    }

    /// Takes one line, its line break included where there was one; `cut` where it was too long.
    pub fn line(&mut self, line: &[u8], cut: bool) -> Step {
        if let Phase::Data { .. } = self.phase {
            return self.data(line, cut);
        }
        if cut {
            return UNKNOWN;
        }
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches(['\r', '\n']);
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.hello(EHLO),
            "HELO" => self.hello(OK),
            "AUTH" => self.auth(rest),
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest),
            "DATA" => self.start_data(),
            "RSET" => {
                self.reset();
                OK
            }
            "NOOP" => OK,
            "QUIT" => Step::Quit("221 2.0.0 bye\r\n"),
            _ => UNKNOWN,
        }
    }

    fn hello(&mut self, reply: Step) -> Step {
        self.phase = Phase::Ready;
        self.recipients.clear();
        reply
    }

    fn auth(&mut self, rest: &str) -> Step {
        if self.phase != Phase::Ready {
            return BAD_SEQUENCE;
        }
        let Some((way, response)) = rest.split_once(' ') else { return NO_SUCH_WAY };
        if !way.eq_ignore_ascii_case("PLAIN") {
            return NO_SUCH_WAY;
        }
        let want = format!("\0{USER}\0{}", self.key.expose());
        self.known = STANDARD.decode(response.trim()).is_ok_and(|told| told == want.as_bytes());
        if self.known { KNOWN } else { WRONG_KEY }
    }

    fn reset(&mut self) {
        if self.phase != Phase::New {
            self.phase = Phase::Ready;
        }
        self.recipients.clear();
    }

    fn mail(&mut self, rest: &str) -> Step {
        if self.phase != Phase::Ready {
            return BAD_SEQUENCE;
        }
        if !self.known {
            return KEY_FIRST;
        }
        let Some((_, parameters)) = path(rest, "FROM:") else { return SYNTAX };
        let size = parameters
            .split(' ')
            .find_map(|p| p.to_ascii_uppercase().strip_prefix("SIZE=")?.parse::<usize>().ok());
        if size.is_some_and(|size| size > MOST_BYTES) {
            return TOO_LARGE;
        }
        self.phase = Phase::Sender;
        OK
    }

    fn recipient(&mut self, rest: &str) -> Step {
        if self.phase != Phase::Sender {
            return BAD_SEQUENCE;
        }
        match path(rest, "TO:") {
            Some((address, _)) if !address.is_empty() => {
                if self.recipients.len() == MOST_RECIPIENTS {
                    return TOO_MANY;
                }
                self.recipients.push(address.to_owned());
                OK
            }
            _ => SYNTAX,
        }
    }

    fn start_data(&mut self) -> Step {
        if self.phase != Phase::Sender || self.recipients.is_empty() {
            return BAD_SEQUENCE;
        }
        self.phase = Phase::Data { message: Vec::new(), too_large: false, fresh_line: true };
        GO_ON
    }

    fn data(&mut self, line: &[u8], cut: bool) -> Step {
        let Phase::Data { message, too_large, fresh_line } = &mut self.phase else {
            return Step::Silent;
        };
        if *fresh_line && line == b".\r\n" {
            let (message, too_large) = (std::mem::take(message), *too_large);
            let recipients = std::mem::take(&mut self.recipients);
            self.phase = Phase::Ready;
            return if too_large { TOO_LARGE } else { Step::Take { recipients, message } };
        }
        let unstuffed = if *fresh_line { line.strip_prefix(b".").unwrap_or(line) } else { line };
        *fresh_line = line.ends_with(b"\r\n");
        *too_large |= cut || message.len() + unstuffed.len() > MOST_BYTES;
        if *too_large {
            message.clear();
        } else {
            message.extend_from_slice(unstuffed);
        }
        Step::Silent
    }
}

/// The address between the angle brackets of `FROM:<..>` or `TO:<..>`, and what follows them.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let rest = rest.trim_start();
    if !rest.get(..keyword.len())?.eq_ignore_ascii_case(keyword) {
        return None;
    }
    let inner = rest[keyword.len()..].trim_start().strip_prefix('<')?;
    let (address, parameters) = inner.split_once('>')?;
    Some((address, parameters.trim_start()))
}
