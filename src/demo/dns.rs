//! The demo's DNS: the TXT records a presenter published, and the answer to any question.
//!
//! Owns the one zone, which is authoritative for every name there is, and what it answers: what
//! was published, or a denial with an SOA, so that the negative TTL of rule D2 shows. Must not ask
//! anybody else: the demo never touches the network. The sockets are in [`serve`].

pub mod serve;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use hickory_proto::ProtoError;
use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{SOA, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

/// How long a denial may be remembered, in seconds: five minutes, as many zones have it.
pub const NEGATIVE_TTL: u32 = 300;
/// How long a published record may be remembered, in seconds.
const TTL: u32 = 60;
/// The most records of one name; a challenge needs one.
const MOST_VALUES: usize = 16;
/// The longest value: what fits a TXT record with room for its name.
const LONGEST_VALUE: usize = 4096;

/// Why a record is not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Not a name that DNS can hold.
    #[error("this is not a name that DNS can hold")]
    Name,
    /// Empty, or too long.
    #[error("a value has 1 to {LONGEST_VALUE} bytes")]
    Value,
    /// Too many of one name.
    #[error("a name has at most {MOST_VALUES} records here")]
    TooMany,
}

/// Every TXT record that was published, by lower-case name.
#[derive(Debug, Default)]
pub struct Zone {
    records: Mutex<BTreeMap<Name, Vec<String>>>,
}

impl Zone {
    /// Publishes a TXT record beside those the name has; the same value twice is one record.
    ///
    /// # Errors
    /// A [`PublishError`]; nothing is published then.
    pub fn publish(&self, name: &str, value: &str) -> Result<(), PublishError> {
        let absolute = format!("{}.", name.trim().trim_end_matches('.'));
        let name = Name::from_str(&absolute).map_err(|_| PublishError::Name)?.to_lowercase();
        if name.is_root() {
            return Err(PublishError::Name);
        }
        if value.is_empty() || value.len() > LONGEST_VALUE {
            return Err(PublishError::Value);
        }
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let values = records.entry(name).or_default();
        if values.iter().any(|known| known == value) {
            return Ok(());
        }
        if values.len() == MOST_VALUES {
            return Err(PublishError::TooMany);
        }
        values.push(value.to_owned());
        Ok(())
    }

    /// The answer to a message as it came over the wire; `None` where silence is the answer.
    pub fn answer(&self, bytes: &[u8]) -> Option<Message> {
        match Message::from_vec(bytes) {
            Ok(query) if query.metadata.message_type == MessageType::Query => {
                Some(self.reply(&query))
            }
            Ok(_) => None,
            Err(_) => {
                let id = u16::from_be_bytes([*bytes.first()?, *bytes.get(1)?]);
                let is_query = bytes.get(2)? & 0x80 == 0;
                is_query.then(|| Message::error_msg(id, OpCode::Query, ResponseCode::FormErr))
            }
        }
    }

    fn reply(&self, query: &Message) -> Message {
        let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
        reply.metadata = Metadata::response_from_request(&query.metadata);
        reply.metadata.recursion_available = true;
        reply.add_queries(query.queries.iter().cloned());
        if query.edns.is_some() {
            let mut edns = Edns::new();
            edns.set_max_payload(1232);
            reply.set_edns(edns);
        }
        if query.metadata.op_code != OpCode::Query {
            reply.metadata.response_code = ResponseCode::NotImp;
            return reply;
        }
        let [question] = query.queries.as_slice() else {
            reply.metadata.response_code = ResponseCode::FormErr;
            return reply;
        };
        if !matches!(question.query_class(), DNSClass::IN | DNSClass::ANY) {
            reply.metadata.response_code = ResponseCode::Refused;
            return reply;
        }
        reply.metadata.authoritative = true;
        self.fill(&mut reply, question.name(), question.query_type());
        reply
    }

    fn fill(&self, reply: &mut Message, name: &Name, kind: RecordType) {
        let wanted = name.to_lowercase();
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let values = records.get(&wanted).map(Vec::as_slice).unwrap_or_default();
        if matches!(kind, RecordType::TXT | RecordType::ANY) && !values.is_empty() {
            let answer = |value: &String| Record::from_rdata(name.clone(), TTL, txt(value));
            reply.add_answers(values.iter().map(answer));
            return;
        }
        // A name with records below it exists, though it has none itself.
        let zone = if records.keys().any(|known| wanted.zone_of(known)) {
            wanted.trim_to(2)
        } else {
            reply.metadata.response_code = ResponseCode::NXDomain;
            wanted.base_name().trim_to(2)
        };
        if wanted == zone && kind == RecordType::SOA {
            reply.add_answer(soa(&zone));
        } else {
            reply.add_authority(soa(&zone));
        }
    }
}

/// A value as a TXT record: strings of at most 255 bytes, which the reader joins again.
fn txt(value: &str) -> RData {
    RData::TXT(TXT::from_bytes(value.as_bytes().chunks(255).collect()))
}

fn soa(zone: &Name) -> Record {
    let under = |label: &str| {
        Name::from_str(label)
            .and_then(|name| name.append_domain(zone))
            .unwrap_or_else(|_| zone.clone())
    };
    let data = SOA::new(under("ns"), under("hostmaster"), 1, 7200, 900, 1_209_600, NEGATIVE_TTL);
    Record::from_rdata(zone.clone(), NEGATIVE_TTL, RData::SOA(data))
}

/// The bytes of an answer, cut to what its asker can take over UDP.
///
/// # Errors
/// When the message cannot be encoded.
pub fn datagram(reply: &Message, most: u16) -> Result<Vec<u8>, ProtoError> {
    let bytes = reply.to_vec()?;
    if bytes.len() <= usize::from(most) { Ok(bytes) } else { reply.truncate().to_vec() }
}

#[cfg(test)]
mod tests;
