//! The sink in a conversation, and with a real client.

use std::sync::Arc;

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::serve::Sink;
use super::session::{MOST_BYTES, Session, Step};
use super::*;

fn outbox() -> Outbox {
    let now: Timestamp = "2026-03-30T08:42:00Z".parse().unwrap();
    Outbox::new(Box::new(move || now))
}

type Taken = (Vec<String>, Vec<u8>);

const KEY: &str = "demo_0123";
/// `hublink` and the key, as PLAIN has them.
const AUTH: &str = "AUTH PLAIN AGh1YmxpbmsAZGVtb18wMTIz\r\n";

/// Talks and collects the codes of the replies, and the messages.
fn talk(lines: &[&str]) -> (Vec<String>, Vec<Taken>) {
    let key = Secret::new(KEY);
    let (mut session, mut codes, mut taken) = (Session::new(&key), Vec::new(), Vec::new());
    for line in lines {
        match session.line(line.as_bytes(), false) {
            Step::Silent => {}
            Step::Say(reply) | Step::Quit(reply) => codes.push(reply[..3].to_owned()),
            Step::Take { recipients, message } => taken.push((recipients, message)),
        }
    }
    (codes, taken)
}

const OPEN: [&str; 5] = [
    "EHLO a\r\n",
    AUTH,
    "MAIL FROM:<no-reply@hublink.example> SIZE=100\r\n",
    "RCPT TO:<a@b.example>\r\n",
    "DATA\r\n",
];

#[test]
fn dots_are_unstuffed_and_only_crlf_dot_crlf_ends_a_message() {
    let body = ["Subject: x\r\n", "\r\n", "..two\r\n", "bare\n", ".\r\n", "\r\n", ".\n", ".\r\n"];
    let (codes, taken) = talk(&[OPEN.as_slice(), &body, &[".\r\n", "QUIT\r\n"]].concat());
    assert_eq!(codes, ["250", "235", "250", "250", "354", "221"]);
    let message = b"Subject: x\r\n\r\n.two\r\nbare\n.\r\n\r\n\n.\r\n".to_vec();
    assert_eq!(taken, [(vec!["a@b.example".to_owned()], message)]);
}

#[test]
fn commands_out_of_order_and_unreadable_ones_are_refused() {
    let cases: [(&[&str], &str); 9] = [
        (&["MAIL FROM:<>\r\n"], "503"),
        (&["HELO a\r\n", AUTH, "RCPT TO:<a@b.example>\r\n"], "503"),
        (&["HELO a\r\n", AUTH, "MAIL FROM:<>\r\n", "DATA\r\n"], "503"),
        (&["HELO a\r\n", AUTH, "MAIL a@b.example\r\n"], "501"),
        (&["HELO a\r\n", AUTH, "MAIL FROM:<>\r\n", "RCPT TO:<>\r\n"], "501"),
        (&["HELO a\r\n", AUTH, "MAIL FROM:<> SIZE=99999999\r\n"], "552"),
        (&["HELO a\r\n", AUTH, "MAIL FROM:<>\r\n", "RSET\r\n", "DATA\r\n"], "503"),
        (&["EXPN everybody\r\n"], "500"),
        (&["\u{1b}[2J\r\n"], "500"),
    ];
    for (lines, want) in cases {
        assert_eq!(talk(lines).0.last().map(String::as_str), Some(want), "{lines:?}");
    }
}

#[test]
fn section_4_only_the_demo_s_own_backend_puts_mails_into_the_outbox() {
    let guess = "AUTH PLAIN AGh1YmxpbmsAZ3Vlc3M=\r\n";
    for lines in [
        ["EHLO a\r\n", "MAIL FROM:<>\r\n", "NOOP\r\n"],
        ["EHLO a\r\n", guess, "MAIL FROM:<>\r\n"],
        ["EHLO a\r\n", "AUTH PLAIN\r\n", "MAIL FROM:<>\r\n"],
        ["EHLO a\r\n", "AUTH LOGIN\r\n", "MAIL FROM:<>\r\n"],
    ] {
        let (codes, taken) = talk(&lines);
        assert!(codes.iter().any(|code| code == "530") && taken.is_empty(), "{lines:?} {codes:?}");
    }
}

#[test]
fn a_message_over_the_cap_is_refused_and_the_next_one_taken() {
    let line = format!("{}\r\n", "x".repeat(998));
    let big = vec![line.as_str(); MOST_BYTES / 1000 + 2];
    let lines = [OPEN.as_slice(), &big, &[".\r\n"], &OPEN[2..], &["hi\r\n", ".\r\n"]].concat();
    let (codes, taken) = talk(&lines);
    assert_eq!(codes, ["250", "235", "250", "250", "354", "552", "250", "250", "354"]);
    assert_eq!(taken.len(), 1);
}

#[test]
fn links_are_found_without_the_sentence_around_them() {
    let cases = [
        ("Go to http://127.0.0.1:9/i/abc.", Some("http://127.0.0.1:9/i/abc")),
        ("<https://a.example/x?y=z>\nhttp://later.example", Some("https://a.example/x?y=z")),
        ("no link", None),
    ];
    for (text, want) in cases {
        assert_eq!(link_in(text), want);
    }
}

#[test]
fn the_newest_are_kept_and_all_are_counted() {
    let outbox = outbox();
    for n in 0..KEPT + 5 {
        outbox.take(&["a@b.example".to_owned()], format!("Subject: {n}\r\n\r\nhi").as_bytes());
    }
    assert_eq!(outbox.total(), KEPT as u64 + 5);
    assert!(outbox.mail(5).is_none() && outbox.mail(6).is_some());
    assert_eq!(outbox.newest(None, 2)[0].subject.raw(), (KEPT + 4).to_string());
    outbox.answered(6, Answer::Confirm, None);
    assert_eq!(outbox.mail(6).unwrap().answered, Some(Answer::Confirm));
}

#[tokio::test]
async fn a_real_client_is_understood() {
    let sink = Sink::bind().await.unwrap();
    let (address, outbox) = (sink.address(), Arc::new(outbox()));
    let server = tokio::spawn(sink.serve(outbox.clone(), Secret::new(KEY)));
    let relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .credentials(Credentials::new("hublink".to_owned(), KEY.to_owned()))
        .build();
    let to: Mailbox = "陈伟 Chen Wei <chen.wei@gmail.com>".parse().unwrap();
    let text = "Guten Tag, Zoë.\n.\nhttp://127.0.0.1:8080/invitation/abc\n";
    let mail = Message::builder()
        .from("Control Hub <no-reply@hublink.example>".parse().unwrap())
        .to(to)
        .subject("Bestätigen Sie Ihre Adresse")
        .multipart(MultiPart::alternative_plain_html(text.to_owned(), "<p>x</p>".to_owned()))
        .unwrap();
    relay.send(mail).await.unwrap();
    let [mail] = outbox.newest(None, 10).try_into().unwrap();
    assert_eq!(mail.to.raw(), "chen.wei@gmail.com");
    assert_eq!(mail.subject.raw(), "Bestätigen Sie Ihre Adresse");
    assert_eq!(mail.text.raw().replace("\r\n", "\n").trim_end(), text.trim_end());
    assert_eq!(mail.link.unwrap().raw(), "http://127.0.0.1:8080/invitation/abc");
    server.abort();
}
