//! A mail as bytes, checked before anything is sent (promises I2, I15).
//!
//! Owns the headers: all of them are ours, and no name from outside can add one, end one, or break
//! the library that writes them. The finished message is parsed again and compared with the row.

use std::panic::{AssertUnwindSafe, catch_unwind};

use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};
use mail_parser::MessageParser;

use crate::domain::sentence::{one_stop, wrapped};
use crate::domain::untrusted::{Untrusted, shown_lines};
use crate::server::post::Mail;

/// The most columns of a recipient's name.
const NAME: usize = 60;
/// The headers a message has, each once.
const HEADERS: [&str; 8] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "auto-submitted",
    "mime-version",
    "content-type",
];
/// The text's lines: they fit the box in which a terminal of 80 columns shows a mail.
const COLUMNS: usize = 72;
/// RFC 5322, 2.1.1.
const LONGEST_LINE: usize = 998;

/// A message and its envelope.
#[derive(Debug)]
pub(super) struct Rendered {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

/// Renders and checks.
pub(super) fn render(from: &Mailbox, mail: &Mail) -> Result<Rendered, String> {
    // Whatever a letter was made of: nothing in it hides, or reorders what stands around it.
    let mail = &Mail {
        subject: Untrusted::new(mail.subject.as_str()).shown().as_str().to_owned(),
        text: wrapped(&one_stop(shown_lines(&mail.text)), COLUMNS),
        html: one_stop(shown_lines(&mail.html)),
        ..mail.clone()
    };
    let to: Address = mail.to.parse().map_err(|_| "the recipient is no address".to_owned())?;
    // A library may panic on what it did not expect; that must cost one mail, not the worker.
    let built = catch_unwind(AssertUnwindSafe(|| build(from, &to, mail)))
        .map_err(|_| "the message could not be written".to_owned())?;
    let mut bytes = built?;
    if bytes.ends_with(b"\r\n") {
        // The end of the last line is written with the final dot.
        bytes.truncate(bytes.len() - 2);
    }
    check(from, mail, &bytes)?;
    Ok(Rendered { from: from.email.clone(), to, bytes })
}

fn build(from: &Mailbox, to: &Address, mail: &Mail) -> Result<Vec<u8>, String> {
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(display_name(&mail.name), to.clone()))
        .subject(mail.subject.clone())
        .message_id(Some(format!("<{}>", mail.message_id)))
        .date_now()
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|error| error.to_string())?;
    Ok(message.formatted())
}

/// The name for the header; none where showing it would change it: such a name is not repeated.
fn display_name(name: &str) -> Option<String> {
    let name = Untrusted::new(name.trim());
    if name.is_empty() || name.is_suspicious() {
        return None;
    }
    Some(name.shown_in(NAME).as_str().to_owned())
}

/// Reads the message as a receiver would, and compares it with what was to be sent.
fn check(from: &Mailbox, mail: &Mail, bytes: &[u8]) -> Result<(), String> {
    transparent(bytes)?;
    let message = MessageParser::default().parse(bytes).ok_or("the message cannot be read")?;
    let names: Vec<String> =
        message.headers().iter().map(|header| header.name().to_ascii_lowercase()).collect();
    let unknown = names.iter().find(|name| !HEADERS.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err(format!("there is a header {name} that is not ours"));
    }
    if names.len() != HEADERS.len() {
        return Err("a header is missing or repeated".to_owned());
    }
    let one = |address: Option<&mail_parser::Address<'_>>, want: &str| {
        address.is_some_and(|list| {
            let mut all = list.iter();
            all.next().and_then(|one| one.address()) == Some(want) && all.next().is_none()
        })
    };
    let unfolded = |text: Option<std::borrow::Cow<'_, str>>, want: &str| {
        text.is_some_and(|text| text.replace("\r\n", "\n").trim_end() == want.trim_end())
    };
    let sender = from.email.to_string();
    let parts = message.text_body_count() == 1
        && message.html_body_count() == 1
        && message.attachment_count() == 0;
    let checks = [
        (one(message.to(), &mail.to), "the recipient"),
        (one(message.from(), &sender), "the sender"),
        (message.subject() == Some(mail.subject.as_str()), "the subject"),
        (message.message_id() == Some(mail.message_id.as_str()), "the Message-ID"),
        (parts, "the number of parts"),
        (unfolded(message.body_text(0), &mail.text), "the text"),
        (unfolded(message.body_html(0), &mail.html), "the HTML"),
    ];
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(format!("{what} in the message is not the row's")),
        None => Ok(()),
    }
}

/// Nothing in it that a lenient server could take for the end, or for a second message.
fn transparent(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the message is not ASCII")?;
    let plain = |c: char| matches!(c, '\r' | '\n' | '\t' | ' '..='~');
    if !text.chars().all(plain) {
        return Err("the message has a character that is not plain ASCII".to_owned());
    }
    for line in text.split("\r\n") {
        if line.contains(['\r', '\n']) {
            return Err("the message has a bare line end".to_owned());
        }
        if line.len() > LONGEST_LINE {
            return Err("the message has a line that is too long".to_owned());
        }
    }
    Ok(())
}
