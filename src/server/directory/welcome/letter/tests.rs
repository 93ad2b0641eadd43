//! Tests of what stands in `letter.rs`.

use super::*;
use crate::server::ServeOptions;

fn mail(organization: &str, can_sign_in: bool) -> Mail {
    let desk = Desk::new(&ServeOptions::loopback("sqlite:a"), "https://hub.example");
    compose(&Letter {
        desk: &desk,
        email: "kim@acme.example",
        organization,
        partner: Some("Meridian & Sons"),
        origin: Origin::Created,
        by: "pat@meridian.example",
        roles: &[Role::FullAdmin],
        held: false,
        can_sign_in,
        until: "2026-03-08T09:00:00Z".parse().unwrap(),
        secret: "wel_0",
    })
}

#[test]
fn t4_the_mail_says_who_what_until_when_and_whom_to_ask() {
    let mail = mail("Acme", false);
    for part in [&mail.text, &mail.html] {
        for said in [
            "https://hub.example/welcome/wel_0",
            "8 March 2026, 09:00 UTC",
            "kim@acme.example",
            "can send you a new one",
            "choose a password",
            "I have a code from a mail",
        ] {
            assert!(part.contains(said), "{said} in {part}");
        }
    }
    assert_eq!(mail.to, "kim@acme.example");
    assert!(!mail.message_id.contains("wel_0"), "the link's token stays out of headers");
}

#[test]
fn t4_who_can_sign_in_already_is_not_promised_a_new_password() {
    let mail = mail("Acme", true);
    assert!(mail.text.contains("keep the password you have"));
    assert!(!mail.text.contains("choose a password"));
}

#[test]
fn s5_names_cannot_break_out_of_their_place() {
    let mail = mail("Acme <script>\r\nBcc: all@acme.example", false);
    assert!(!mail.subject.contains('\r') && !mail.text.contains('\r'));
    assert!(mail.html.contains("Acme &lt;script&gt; Bcc: all[at]acme[.]example"));
    assert!(mail.html.contains("Meridian &amp; Sons"));
}

#[test]
fn i15_a_name_hides_nothing_and_links_nowhere() {
    let mail = mail("Acme\u{202e}cnI\u{2066} https://evil.example/x", false);
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(part.contains("AcmecnI evil[.]example/x"), "{part}");
        assert!(!part.contains('\u{202e}') && !part.contains("evil.example"), "{part}");
    }
}
