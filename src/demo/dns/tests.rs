//! The zone's answers, and the sockets asked by a real resolver.

use std::sync::Arc;

use hickory_proto::op::Query;

use super::serve::Sockets;
use super::*;

fn question(name: &str, kind: RecordType) -> Message {
    let mut message = Message::query();
    message.add_query(Query::query(Name::from_str(name).unwrap(), kind));
    message
}

fn ask(zone: &Zone, name: &str, kind: RecordType) -> Message {
    zone.answer(&question(name, kind).to_vec().unwrap()).unwrap()
}

fn values(reply: &Message) -> Vec<String> {
    let text = |record: &Record| match &record.data {
        RData::TXT(txt) => Some(String::from_utf8(txt.txt_data.concat()).unwrap()),
        _ => None,
    };
    reply.answers.iter().filter_map(text).collect()
}

fn negative_ttl(reply: &Message) -> Option<u32> {
    reply.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(soa.minimum.min(record.ttl)),
        _ => None,
    })
}

const CHALLENGE: &str = "_hublink-challenge.acme-design.example";

#[test]
fn d2_what_is_not_published_is_denied_with_a_negative_ttl() {
    let zone = Zone::default();
    let reply = ask(&zone, &format!("{CHALLENGE}."), RecordType::TXT);
    assert_eq!(reply.metadata.response_code, ResponseCode::NXDomain);
    assert!(reply.metadata.authoritative);
    assert_eq!(negative_ttl(&reply), Some(NEGATIVE_TTL));
    assert_eq!(reply.authorities[0].name.to_ascii(), "acme-design.example.");
}

#[test]
fn d2_what_is_published_is_found_in_any_case() {
    let zone = Zone::default();
    zone.publish(CHALLENGE, "wrong").unwrap();
    zone.publish("_HUBLINK-challenge.Acme-Design.EXAMPLE.", "right").unwrap();
    zone.publish(CHALLENGE, "right").unwrap();
    let reply = ask(&zone, "_hublink-CHALLENGE.acme-design.example.", RecordType::TXT);
    assert_eq!(reply.metadata.response_code, ResponseCode::NoError);
    assert_eq!(values(&reply), ["wrong", "right"]);
    let parent = ask(&zone, "acme-design.example.", RecordType::TXT);
    assert_eq!(parent.metadata.response_code, ResponseCode::NoError);
    assert_eq!((parent.answers.len(), negative_ttl(&parent)), (0, Some(NEGATIVE_TTL)));
    let address = ask(&zone, &format!("{CHALLENGE}."), RecordType::A);
    assert_eq!(address.metadata.response_code, ResponseCode::NoError);
    assert!(address.answers.is_empty());
}

#[test]
fn a_long_value_is_split_and_cut_for_a_small_datagram() {
    let zone = Zone::default();
    let long = "x".repeat(1000);
    zone.publish(CHALLENGE, &long).unwrap();
    let reply = ask(&zone, &format!("{CHALLENGE}."), RecordType::TXT);
    assert_eq!(values(&reply), [long]);
    let cut = Message::from_vec(&datagram(&reply, 512).unwrap()).unwrap();
    assert!(cut.metadata.truncation && cut.answers.is_empty());
}

#[test]
fn what_cannot_be_published_is_refused() {
    let zone = Zone::default();
    let label = "x".repeat(64);
    for name in ["", ".", "a..example", label.as_str()] {
        assert_eq!(zone.publish(name, "v"), Err(PublishError::Name), "{name}");
    }
    assert_eq!(zone.publish("a.example", ""), Err(PublishError::Value));
    let long = "v".repeat(LONGEST_VALUE + 1);
    assert_eq!(zone.publish("a.example", &long), Err(PublishError::Value));
    for n in 0..MOST_VALUES {
        zone.publish("a.example", &n.to_string()).unwrap();
    }
    assert_eq!(zone.publish("a.example", "one more"), Err(PublishError::TooMany));
}

#[test]
fn odd_messages_get_an_error_or_silence() {
    let zone = Zone::default();
    assert!(zone.answer(&[]).is_none());
    assert!(zone.answer(&[1, 2, 0x80, 0]).is_none(), "a broken answer is not answered");
    let broken = zone.answer(&[1, 2, 0, 0, 0, 9]).unwrap();
    assert_eq!(broken.metadata.id, 0x0102);
    assert_eq!(broken.metadata.response_code, ResponseCode::FormErr);
    let none = zone.answer(&Message::query().to_vec().unwrap()).unwrap();
    assert_eq!(none.metadata.response_code, ResponseCode::FormErr);
    let mut chaos = question("version.bind.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    let chaos = zone.answer(&chaos.to_vec().unwrap()).unwrap();
    assert_eq!(chaos.metadata.response_code, ResponseCode::Refused);
    let answer = ask(&zone, "a.example.", RecordType::A);
    assert!(zone.answer(&answer.to_vec().unwrap()).is_none(), "answers are not answered");
}

#[tokio::test]
async fn d2_a_real_resolver_asks_over_udp_and_falls_back_to_tcp() {
    use hickory_resolver::Resolver;
    use hickory_resolver::config::{NameServerConfig, ResolverConfig};
    use hickory_resolver::net::runtime::TokioRuntimeProvider;

    let sockets = Sockets::bind().await.unwrap();
    let (zone, address) = (Arc::new(Zone::default()), sockets.address());
    let long = "y".repeat(3000);
    zone.publish(CHALLENGE, &long).unwrap();
    zone.publish("short.example", "hello").unwrap();
    let server = tokio::spawn(sockets.serve(zone));
    let mut name_server = NameServerConfig::udp_and_tcp(address.ip());
    for connection in &mut name_server.connections {
        connection.port = address.port();
    }
    let config = ResolverConfig::from_parts(None, vec![], vec![name_server]);
    let resolver =
        Resolver::builder_with_config(config, TokioRuntimeProvider::default()).build().unwrap();
    for (name, want) in [("short.example.", "hello"), (CHALLENGE, long.as_str())] {
        let found = resolver.txt_lookup(name).await.unwrap();
        let texts: Vec<_> = found
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(txt) => Some(String::from_utf8(txt.txt_data.concat()).unwrap()),
                _ => None,
            })
            .collect();
        assert_eq!(texts, [want]);
    }
    let denied = resolver.txt_lookup("nothing.example.").await.unwrap_err();
    assert!(denied.is_nx_domain(), "{denied:?}");
    server.abort();
}
