//! Tests of what stands in `server.rs`.

use super::Security::{Offered, Plain, Required, Wrapped};
use super::*;

fn read(url: &str) -> (String, u16, bool) {
    let server = Server::parse(url, false, Trust::default()).unwrap();
    (server.host, server.port, server.credentials.is_some())
}

#[test]
fn section_7_mail_servers_are_named_by_url() {
    assert_eq!(read("smtp://127.0.0.1:2525"), ("127.0.0.1".into(), 2525, false));
    assert_eq!(read("smtps://mail.acme.example/"), ("mail.acme.example".into(), 465, false));
    assert_eq!(read("smtp://u:p%40ss@mail.example"), ("mail.example".into(), 25, true));
    assert_eq!(read("smtp://[::1]:25"), ("::1".into(), 25, false));
    for bad in [
        "",
        "mail.example",
        "http://a",
        "smtp://",
        "smtp://a:b",
        "smtp://u@a",
        "smtp://a?tls=none",
        "smtp://a b",
        "smtp://[::1",
    ] {
        assert!(
            matches!(Server::parse(bad, false, Trust::default()), Err(MailError::Url)),
            "{bad}"
        );
    }
    let debug = format!(
        "{:?}",
        Server::parse("smtp://u:secret@a.example", false, Trust::default()).unwrap()
    );
    assert!(!debug.contains("secret"), "i16: {debug}");
}

#[test]
fn section_3_plain_smtp_goes_to_loopback_only() {
    let peers = ["127.0.0.9", "::1", "192.0.2.1"].map(|ip| ip.parse::<IpAddr>().unwrap());
    let security = |url: &str, insecure| {
        let server = Server::parse(url, insecure, Trust::default()).unwrap();
        peers.map(|peer| server.security(peer))
    };
    assert_eq!(security("smtp://a.example", false), [Plain, Plain, Required]);
    assert_eq!(security("smtp://a.example", true), [Plain, Plain, Offered]);
    assert_eq!(security("smtp://a.example?tls=required", true), [Required; 3]);
    assert_eq!(security("smtps://a.example", true), [Wrapped; 3]);
}

#[test]
fn section_3_the_system_s_cas_are_asked_for_where_a_mail_surely_needs_them() {
    let surely = |url: &str, insecure| {
        Server::parse(url, insecure, Trust::default()).unwrap().surely_encrypts()
    };
    assert!(surely("smtps://127.0.0.1", true) && surely("smtp://localhost?tls=required", true));
    assert!(surely("smtp://mail.acme.example", false) && surely("smtp://192.0.2.1", false));
    for plain in ["smtp://127.0.0.1:25", "smtp://[::1]", "smtp://LOCALHOST:2525"] {
        assert!(!surely(plain, false), "{plain}");
    }
    assert!(!surely("smtp://mail.acme.example", true));
}
