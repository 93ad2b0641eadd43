//! The demo's mail: a loopback sink that takes every message, and the outbox that keeps them.
//!
//! Owns what a mail says and which is still kept. Must not deliver anything anywhere: the demo
//! never touches the network. SMTP itself is in [`session`], the socket in [`serve`].

pub mod serve;
pub mod session;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use mail_parser::MessageParser;

use crate::api::demo::{Answer, OutboxMail};
use crate::api::session::Secret;
use crate::domain::untrusted::Untrusted;

/// How many mails are kept; older ones are only counted.
const KEPT: usize = 1000;
/// The longest text of a mail that is kept, in characters.
const LONGEST_TEXT: usize = 20_000;

/// What tells the time; the world clock in the demo.
pub type Now = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// All mails that came, the newest of them whole.
pub struct Outbox {
    mails: Mutex<Mails>,
    now: Now,
}

#[derive(Debug, Default)]
struct Mails {
    kept: VecDeque<OutboxMail>,
    total: u64,
}

impl Outbox {
    /// An empty outbox.
    pub fn new(now: Now) -> Self {
        Self { mails: Mutex::default(), now }
    }

    /// Takes a message as it came after DATA, once for each recipient of the envelope.
    pub fn take(&self, recipients: &[String], message: &[u8]) {
        let parsed = MessageParser::default().parse(message);
        let subject = parsed.as_ref().and_then(|m| m.subject()).unwrap_or("(no subject)");
        let body = parsed.as_ref().and_then(|m| m.body_text(0)).unwrap_or_default();
        let text: String = body.chars().take(LONGEST_TEXT).collect();
        let (at, link) = ((self.now)(), link_in(&text));
        let mut mails = self.lock();
        for to in recipients {
            mails.total += 1;
            let id = mails.total;
            if mails.kept.len() == KEPT {
                mails.kept.pop_back();
            }
            mails.kept.push_front(OutboxMail {
                id,
                to: Untrusted::from(to.as_str()),
                subject: subject.into(),
                text: text.as_str().into(),
                link: link.map(Untrusted::from),
                code: link.and_then(welcome_code),
                at,
                answered: None,
                password: None,
            });
        }
    }

    /// The newest mails, newest first; of those that came before one, where it is given.
    pub fn newest(&self, before: Option<u64>, most: usize) -> Vec<OutboxMail> {
        let mails = self.lock();
        let older = mails.kept.iter().filter(|mail| before.is_none_or(|id| mail.id < id));
        older.take(most).cloned().collect()
    }

    /// A mail that is still kept.
    pub fn mail(&self, id: u64) -> Option<OutboxMail> {
        self.lock().kept.iter().find(|mail| mail.id == id).cloned()
    }

    /// How many came since the start, kept or not.
    pub fn total(&self) -> u64 {
        self.lock().total
    }

    /// Notes what the addressee answered, and the password that was chosen for them.
    pub fn answered(&self, id: u64, answer: Answer, password: Option<Secret>) {
        if let Some(mail) = self.lock().kept.iter_mut().find(|mail| mail.id == id) {
            mail.answered = Some(answer);
            mail.password = password;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Mails> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("total", &self.total()).finish_non_exhaustive()
    }
}

/// The code of a welcome's link: its last part.
fn welcome_code(link: &str) -> Option<Secret> {
    let (before, code) = link.rsplit_once('/')?;
    (before.ends_with("/welcome") && !code.is_empty()).then(|| Secret::new(code))
}

/// The first link of a text, without what ends the sentence around it.
fn link_in(text: &str) -> Option<&str> {
    let start = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()?;
    let rest = &text[start..];
    let end = rest.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches(['.', ',', ';', ':', ')', '!', '?']))
}

#[cfg(test)]
mod tests;
