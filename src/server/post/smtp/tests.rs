//! The phase table (S1, S2), odd replies (S3), and hostile names (S5), against a server over TCP.

use std::time::Duration;

use proptest::prelude::*;

use super::sink::{Act, Phase, Sink};
use super::*;
use crate::api::session::Secret;
use crate::domain::sentence::wrapped;

fn options(url: &str) -> ServeOptions {
    let mut options = ServeOptions::loopback("sqlite:unused");
    options.smtp = Some(Secret::new(url));
    options
}

fn mailer(url: &str) -> Mailer {
    let short = Duration::from_millis(150);
    Mailer::new(&options(url)).unwrap().with_patience(Patience {
        connect: Duration::from_secs(5),
        command: short,
        body: short,
        dot: short,
    })
}

fn mail(name: &str) -> Mail {
    Mail {
        to: "Lee.Ng@acme.example".into(),
        name: name.into(),
        subject: "Confirm".into(),
        text: "Hello,\n.\n..dots and a line that is quite long, longer than what a mail's line \
               may be without being folded: http://127.0.0.1/i/inv_0\n"
            .into(),
        html: "<p>Hello</p>\n".into(),
        message_id: "run_0.1.1@hublink.example".into(),
    }
}

/// What a delivery came to, without the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Accepted,
    Refused,
    Deferred,
    NotNow,
    Mend,
    Unknown,
}

fn came(delivery: &Delivery) -> Came {
    match delivery {
        Delivery::Accepted(_) => Came::Accepted,
        Delivery::Refused(_) => Came::Refused,
        Delivery::Deferred(_) => Came::Deferred,
        Delivery::NotNow(_) => Came::NotNow,
        Delivery::Mend(_) => Came::Mend,
        Delivery::Unknown(_) => Came::Unknown,
    }
}

/// Delivers with one act at one phase; answers what came of it and how many the sink has.
async fn deliver_with(phase: Phase, act: Act) -> (Delivery, usize) {
    let sink = Sink::start();
    sink.at(phase, act);
    let mailer = mailer(&sink.url());
    let delivery = if phase == Phase::Body {
        deliver_much(&mailer).await
    } else {
        mailer.deliver(&mail("Lee Ng")).await
    };
    (delivery, sink.taken().len())
}

/// More than the system takes at once: the dot cannot have left before a break in the middle.
async fn deliver_much(mailer: &Mailer) -> Delivery {
    let from = mailer.from.email.clone();
    let bytes = b"A line of this message.\r\n".repeat(400_000);
    let message = Rendered { to: mail("").to.parse().unwrap(), from, bytes };
    let mut connection =
        mailer.connection(mailer.server.as_ref().unwrap(), &message).await.unwrap();
    match mailer.introduce(&mut connection, &message).await {
        Ok(()) => mailer.hand_over(&mut connection, &message.bytes).await,
        Err(delivery) => delivery,
    }
}

#[tokio::test]
async fn s1_before_a_recipient_is_named_a_no_is_the_servers_and_then_the_recipients() {
    for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Body) {
        let server = matches!(phase, Phase::Banner | Phase::Ehlo | Phase::Mail);
        let (later, never) =
            if server { (Came::NotNow, Came::Mend) } else { (Came::Deferred, Came::Refused) };
        for (reply, want) in [("451 4.3.0 later", later), ("550 5.1.1 no", never)] {
            let (delivery, taken) = deliver_with(phase, Act::Say(reply.into())).await;
            assert_eq!((came(&delivery), taken), (want, 0), "{phase:?} {reply}");
            let (Delivery::Deferred(words)
            | Delivery::Refused(words)
            | Delivery::NotNow(words)
            | Delivery::Mend(words)) = &delivery
            else {
                panic!("{delivery:?}")
            };
            assert_eq!(words, reply, "{phase:?}: the server's words are kept");
        }
    }
}

#[tokio::test]
async fn s2_broken_before_the_dot_is_the_servers_and_after_it_unknown() {
    for phase in Phase::ALL {
        let want = if phase == Phase::Dot { Came::Unknown } else { Came::NotNow };
        for act in [Act::Close { stored: false }, Act::Reset, Act::Hang] {
            let (delivery, taken) = deliver_with(phase, act.clone()).await;
            assert_eq!((came(&delivery), taken), (want, 0), "{phase:?} {act:?}: {delivery:?}");
        }
    }
    // A short message is gone with its dot before the break is seen: nobody can know.
    let sink = Sink::start();
    sink.at(Phase::Body, Act::Close { stored: false });
    assert_eq!(came(&mailer(&sink.url()).deliver(&mail("")).await), Came::Unknown);
    // The same to the sender, and yet it was taken: that is why nobody may send it again.
    let (delivery, taken) = deliver_with(Phase::Dot, Act::Close { stored: true }).await;
    assert_eq!((came(&delivery), taken), (Came::Unknown, 1));
}

#[tokio::test]
async fn s3_replies_that_cannot_be_read_are_unknown_only_after_the_dot() {
    let long = format!("250 {}", "x".repeat(64 * 1024));
    let lines = format!("{}250 ok", "250-more\r\n".repeat(100));
    for (reply, at_mail, at_dot) in [
        (long.as_str(), Came::NotNow, Came::Unknown),
        ("hello there", Came::NotNow, Came::Unknown),
        ("999 what", Came::NotNow, Came::Unknown),
        ("354 go on", Came::NotNow, Came::Unknown),
        (lines.as_str(), Came::Accepted, Came::Accepted),
    ] {
        for (phase, want) in [(Phase::Mail, at_mail), (Phase::Dot, at_dot)] {
            let (delivery, _) = deliver_with(phase, Act::Say(reply.into())).await;
            assert_eq!(came(&delivery), want, "{phase:?} {reply:.20}");
        }
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    for _ in 0..3 {
        assert_eq!(came(&mailer.deliver(&mail("陈伟 \"Chen\", Wei")).await), Came::Accepted);
    }
    assert_eq!(sink.connections(), 1, "a connection serves several mails");
    let taken = sink.taken();
    assert_eq!(taken[0].recipients, ["Lee.Ng@acme.example"]);
    let message = mail_parser::MessageParser::default().parse(&taken[0].message).unwrap();
    let to = message.to().unwrap().first().unwrap();
    assert_eq!(to.address(), Some("Lee.Ng@acme.example"));
    assert_eq!(to.name(), Some("陈伟 \"Chen\", Wei"));
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(text.trim_end(), wrapped(mail("").text.trim_end(), 72));
    assert_eq!(message.message_id(), Some("run_0.1.1@hublink.example"));
}

#[tokio::test]
async fn a_kept_connection_that_has_ended_meanwhile_costs_no_mail_its_turn() {
    for ending in [Act::Say("421 4.4.2 idle".into()), Act::Close { stored: false }] {
        let sink = Sink::start();
        let mailer = mailer(&sink.url());
        assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Accepted);
        let first = std::sync::atomic::AtomicBool::new(true);
        sink.script(move |phase, _| {
            let ends = phase == Phase::Mail && first.swap(false, Ordering::SeqCst);
            if ends { ending.clone() } else { Act::Go }
        });
        assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Accepted);
        assert_eq!((sink.connections(), sink.taken().len()), (2, 2));
    }
}

#[tokio::test]
async fn a_connection_is_kept_only_after_a_mail_that_was_taken() {
    let sink = Sink::start();
    let mailer = mailer(&sink.url());
    assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Accepted);
    sink.at(Phase::Rcpt, Act::Say("550 no".into()));
    assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Refused);
    sink.script(|_, _| Act::Go);
    assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Accepted);
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn s4_tls_that_is_required_and_not_offered_fails_closed() {
    let sink = Sink::start();
    let delivery = mailer(&format!("{}?tls=required", sink.url())).deliver(&mail("")).await;
    assert_eq!(came(&delivery), Came::Mend);
    let secret = mailer(&format!("smtps://u:p@{}", sink.address)).deliver(&mail("")).await;
    assert_eq!(came(&secret), Came::NotNow);
    assert!(sink.taken().is_empty());
}

#[tokio::test]
async fn without_a_server_mails_are_deferred() {
    let mailer = Mailer::new(&ServeOptions::loopback("sqlite:unused")).unwrap();
    assert_eq!(came(&mailer.deliver(&mail("")).await), Came::Mend);
    let mut options = options("smtp://127.0.0.1");
    options.mail_from = "nobody".into();
    assert_eq!(Mailer::new(&options).unwrap_err(), MailError::From);
}

fn rendered(name: &str) -> String {
    let from: Mailbox = "Control Hub <no-reply@hublink.example>".parse().unwrap();
    String::from_utf8(render::render(&from, &mail(name)).unwrap().bytes).unwrap()
}

#[test]
fn s5_a_hostile_name_is_left_out_of_the_header() {
    for name in [
        "Eve\r\nBcc: all@acme.example",
        "Eve\nX: y",
        "Eve\0",
        "Eve\x1b[2J",
        "Eve\x7f",
        "Eve\u{202e}",
        "Eve\r\n.\r\nMAIL FROM:<>",
    ] {
        let message = rendered(name);
        assert!(message.contains("\r\nTo: Lee.Ng@acme.example\r\n"), "{name:?}: {message}");
    }
    assert!(rendered("Lee Ng").contains("To: \"Lee Ng\" <Lee.Ng@acme.example>"));
}

#[test]
fn s5_the_render_check_finds_what_is_not_the_rows() {
    let from: Mailbox = "no-reply@hublink.example".parse().unwrap();
    let refused = |mail: &Mail| render::render(&from, mail).unwrap_err();
    let two = Mail { to: "a@acme.example,b@acme.example".into(), ..mail("") };
    assert_eq!(refused(&two), "the recipient is no address");
    let id = Mail { message_id: "a@b>\r\nBcc: <c@d".into(), ..mail("") };
    assert!(!refused(&id).is_empty());
}

proptest! {
    #[test]
    fn s5_any_name_makes_one_message_with_our_headers_alone(name in "\\PC*|.*|[\r\n.=?\\-@<>\"]*") {
        let message = rendered(&name);
        let head = message.split("\r\n\r\n").next().unwrap();
        prop_assert_eq!(head.matches("\r\nTo:").count(), 1);
        prop_assert!(!head.to_ascii_lowercase().contains("\r\nbcc:"));
        prop_assert!(!message.contains("\r\n.\r\n.\r\n"));
    }
}

#[tokio::test]
async fn a_hello_reaches_the_server_and_sends_nothing() {
    let sink = Sink::start();
    let patience = Duration::from_secs(5);
    let said = mailer(&sink.url()).hello(patience).await;
    assert!(said.unwrap().unwrap().contains("says hello"));
    assert_eq!((sink.taken().len(), sink.connections()), (0, 1));
    assert_eq!(Mailer::new(&ServeOptions::loopback("x")).unwrap().hello(patience).await, Ok(None));
    let nobody = mailer("smtp://127.0.0.1:9").hello(patience).await;
    assert!(nobody.unwrap_err().contains("cannot be reached"));
}

/// No line of a mail is too long, and none was broken by hand where the next still fits on it: wrapped
/// once, with the names in their places.
fn is_even(text: &str) {
    let width = unicode_width::UnicodeWidthStr::width;
    for line in text.lines() {
        let whole = !line.contains(' ') && (line.contains('@') || line.contains("://"));
        assert!(width(line) <= 76 || whole || line.is_ascii() && !line.contains(' '), "{line}");
    }
    for (line, next) in text.lines().zip(text.lines().skip(1)) {
        let goes_on = line.ends_with(|c: char| c.is_alphanumeric() || c == ',')
            && next.starts_with(char::is_lowercase);
        let word = next.split(' ').next().unwrap_or_default();
        let a_word = !word.contains(['@', '/', ':']) && !line.ends_with("Hello,");
        let fits = width(line) + 1 + width(word) <= 72;
        assert!(!(goes_on && a_word && fits), "{line:?} is broken before {next:?}\n{text}");
    }
}

#[test]
fn a_mail_is_even_whoever_it_is_about() {
    let names = [
        "A",
        "Acme Inc.",
        "A Company with a Name of Very Many Words and a Half",
        "x".repeat(80).leak(),
        "有限会社アクメロボティクス技術研究所有限会社アクメロボティクス技術研究所有限会社アク",
        "b\u{fc}cher.example (xn--bcher-kva.example)",
    ];
    for name in names {
        let text = format!(
            "Hello {name},\n\n{name} invites you on behalf of {name} to the site {name}, and {name} answers.\n"
        );
        let from: Mailbox = "Hub <hub@hub.example>".parse().unwrap();
        let mail = Mail { text, ..mail("") };
        is_even(&wrapped(&mail.text, 72));
        assert!(super::render::render(&from, &mail).is_ok(), "{name}");
    }
}
