//! Rule D2 against a real DNS server: what is there, what is not, and what failed.

use super::server::{DnsServer, Says};
use super::*;

const NAME: &str = "_hublink-challenge.acme.example";

async fn dns(server: &DnsServer) -> Txt {
    Dns::new(vec![server.address]).with_patience(Duration::from_millis(300)).txt(NAME).await
}

fn strings(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

#[tokio::test]
async fn d2_all_records_are_read_and_their_strings_joined() {
    let server = DnsServer::start().await;
    server.tell(NAME, Says::Txt(vec![strings(&["v=spf1"]), strings(&["hub", "link", "_x"])]));
    assert_eq!(dns(&server).await, Txt::Values(strings(&["v=spf1", "hublink_x"])));
}

#[tokio::test]
async fn d2_a_cut_answer_is_asked_for_again_over_tcp() {
    let server = DnsServer::start().await;
    let long = "x".repeat(250);
    server.tell(NAME, Says::TxtOverTcp(vec![strings(&[&long, &long, &long])]));
    assert_eq!(dns(&server).await, Txt::Values(vec!["x".repeat(750)]));
    assert_eq!(server.asked(NAME), 2);
}

#[tokio::test]
async fn d2_what_is_not_there_has_the_negative_ttl_of_the_zone() {
    let server = DnsServer::start().await;
    server.tell(NAME, Says::NxDomain { ttl: 3_600, minimum: 300 });
    assert_eq!(dns(&server).await, Txt::None(Some(300)));
    server.tell(NAME, Says::NoData { ttl: 120, minimum: 300 });
    assert_eq!(dns(&server).await, Txt::None(Some(120)));
    server.tell(NAME, Says::NothingAtAll);
    assert_eq!(dns(&server).await, Txt::None(None));
}

#[tokio::test]
async fn d2_nothing_is_remembered_between_look_ups() {
    let server = DnsServer::start().await;
    assert_eq!(dns(&server).await, Txt::None(Some(60)));
    server.publish(NAME, "now");
    assert_eq!(dns(&server).await, Txt::Values(strings(&["now"])));
}

#[tokio::test]
async fn d2_failures_are_told_apart_from_absence() {
    let server = DnsServer::start().await;
    for says in [Says::ServFail, Says::Silent] {
        server.tell(NAME, says.clone());
        assert!(matches!(dns(&server).await, Txt::Failed(_)), "{says:?}");
    }
}

#[tokio::test]
async fn d2_the_next_resolver_is_asked_when_one_fails() {
    let (broken, whole) = (DnsServer::start().await, DnsServer::start().await);
    broken.tell(NAME, Says::ServFail);
    whole.publish(NAME, "here");
    let dns = Dns::new(vec![broken.address, whole.address]);
    assert_eq!(dns.txt(NAME).await, Txt::Values(strings(&["here"])));
}
