//! Whom a wrong password holds up, and whom not (rule P5).

use super::*;

const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const FAY: Tried<'_> = Tried::Address("fay@acme.example");

fn peer(n: u32) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::from_bits(n))
}

#[test]
fn p5_wrong_passwords_count_per_peer_and_address_and_never_lock_the_owner_out_elsewhere() {
    let attempts = Attempts::default();
    let start = Instant::now();
    for _ in 0..PER_ADDRESS {
        attempts.begin_at(PEER, FAY, start).unwrap();
    }
    let refused = attempts.begin_at(PEER, FAY, start).unwrap_err();
    assert_eq!(refused.retry_after, Some(WINDOW.as_secs() + 1));
    attempts.begin_at(peer(7), FAY, start).unwrap();
    attempts.begin_at(PEER, Tried::Address("lee@acme.example"), start).unwrap();
    attempts.begin_at(PEER, FAY, start + WINDOW).unwrap();
}

#[test]
fn p5_beyond_fifty_addresses_the_peer_alone_counts() {
    let attempts = Attempts::default();
    let start = Instant::now();
    let addresses: Vec<String> = (0..ADDRESSES).map(|n| format!("p{n}@acme.example")).collect();
    for address in &addresses {
        attempts.begin_at(PEER, Tried::Address(address), start).unwrap();
    }
    assert!(attempts.begin_at(PEER, FAY, start).is_err());
    assert!(attempts.begin_at(PEER, Tried::Secret("hlt_guess"), start).is_err());
    assert!(attempts.begin_at(peer(7), FAY, start).is_ok());
    assert!(attempts.begin_at(PEER, FAY, start + WINDOW).is_ok());
}

#[test]
fn p5_successes_do_not_count() {
    let attempts = Attempts::default();
    for _ in 0..PER_ADDRESS * 2 {
        let attempt = attempts.begin(PEER, FAY).unwrap();
        attempts.succeeded(&attempt);
    }
    assert!(attempts.lock().is_empty());
}

#[test]
fn p5_what_is_remembered_is_bounded() {
    let attempts = Attempts::default();
    let start = Instant::now();
    for n in 0..PEERS as u32 * 2 {
        let at = start + Duration::from_micros(u64::from(n));
        attempts.begin_at(peer(n), FAY, at).unwrap();
        assert!(attempts.lock().len() <= PEERS);
    }
}

#[test]
fn p5_a_network_of_ipv6_is_one_peer() {
    let attempts = Attempts::default();
    for n in 0..PER_ADDRESS {
        attempts.begin(format!("2001:db8::{n}").parse().unwrap(), FAY).unwrap();
    }
    assert!(attempts.begin("2001:db8::ffff".parse().unwrap(), FAY).is_err());
    assert!(attempts.begin("2001:db8:0:1::1".parse().unwrap(), FAY).is_ok());
}
