//! Reading values of the command line: codes, times, addresses, URLs.
//!
//! Owns the parsers that several commands share. Errors say what to write instead.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use ipnet::IpNet;
use jiff::{Span, SpanRelativeTo, Unit};

/// A parser of one of our codes; the help lists them.
pub fn coded<T: Clone + Send + Sync + 'static>(
    codes: impl IntoIterator<Item = &'static str>,
    read: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(codes).try_map(move |code| read(&code).ok_or("is not known"))
}

/// A parser of `on` and `off`.
pub fn on_off() -> impl TypedValueParser<Value = bool> {
    coded(["on", "off"], |code| Some(code == "on"))
}

/// A span of time such as `90s`, `2h30m` or `7d`, in seconds. A day has 24 hours.
///
/// # Errors
/// What to write.
pub fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "write a time such as 90s, 2h30m or 7d".to_owned();
    let span: Span = text.parse().map_err(|_| wrong())?;
    let whole = SpanRelativeTo::days_are_24_hours();
    let seconds = span.total((Unit::Second, whole)).map_err(|_| wrong())?;
    if seconds.fract() == 0.0 && (0.0..=1e12).contains(&seconds) {
        Ok(seconds as u64)
    } else {
        Err(wrong())
    }
}

/// Whether a URL contains a password.
pub fn holds_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// An address to listen on, such as 127.0.0.1:7070 or localhost:7070.
///
/// # Errors
/// What to write.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| "write an address with a port, such as 127.0.0.1:7070".to_owned())
}

/// A DNS server's address; the port is 53 unless it is given.
///
/// # Errors
/// What to write.
pub fn resolver(text: &str) -> Result<SocketAddr, String> {
    let with_port = text.parse().ok();
    let without = || text.parse().ok().map(|ip: IpAddr| SocketAddr::from((ip, 53)));
    with_port
        .or_else(without)
        .ok_or_else(|| "write an IP address, such as 9.9.9.9 or 127.0.0.1:5353".to_owned())
}

/// The address of one machine, or of a network such as 10.2.0.0/16.
///
/// # Errors
/// What to write.
pub fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse().ok().map(|ip: IpAddr| IpNet::from(ip));
    let net = text.parse().ok().or_else(one);
    net.filter(|net: &IpNet| net.prefix_len() > 0)
        .ok_or_else(|| "write an IP address or a network, such as 127.0.0.1 or 10.2.0.0/16".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, want) in [("90s", 90), ("2h30m", 9000), ("7d", 604_800), ("1w", 604_800)] {
            assert_eq!(seconds(text), Ok(want), "{text}");
        }
        for text in ["", "7", "soon", "-3s", "1.5s", "1mo"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn i16_passwords_in_urls_are_seen() {
        assert!(holds_password("smtp://mailer:hunter2@mail.example:587"));
        assert!(holds_password("smtps://a:b@c@mail.example"));
        for fine in ["smtp://mail.example:587", "sqlite:/var/a:b@c.db", "smtp://user@mail.example"]
        {
            assert!(!holds_password(fine), "{fine}");
        }
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(address("127.0.0.1:0"), Ok(SocketAddr::from(([127, 0, 0, 1], 0))));
        assert!(address("127.0.0.1").is_err());
        assert_eq!(resolver("9.9.9.9"), Ok(SocketAddr::from(([9, 9, 9, 9], 53))));
        assert_eq!(resolver("127.0.0.1:5353"), Ok(SocketAddr::from(([127, 0, 0, 1], 5353))));
        assert!(resolver("dns.example").is_err());
        assert!(network("10.2.0.0/16").unwrap().contains(&IpAddr::from([10, 2, 3, 4])));
        assert_eq!(network("::1").unwrap().prefix_len(), 128);
        for wrong in ["proxy.example", "10.2.0.0/33", "0.0.0.0/0", ""] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
