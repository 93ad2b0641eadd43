//! A DNS server on loopback for tests: UDP and TCP on one port, answering as told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{SOA, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What the server says about a name.
#[derive(Debug, Clone)]
pub enum Says {
    /// These TXT records, each made of these strings.
    Txt(Vec<Vec<String>>),
    /// The same, but cut over UDP.
    TxtOverTcp(Vec<Vec<String>>),
    /// The name is not there; the SOA has this TTL and this minimum.
    NxDomain { ttl: u32, minimum: u32 },
    /// The name is there, without TXT.
    NoData { ttl: u32, minimum: u32 },
    /// Not there, and no SOA to say for how long.
    NothingAtAll,
    /// It failed.
    ServFail,
    /// Nothing, ever.
    Silent,
}

/// The server; it ends with the test's runtime.
#[derive(Debug, Clone)]
pub struct DnsServer {
    pub address: SocketAddr,
    says: Arc<Mutex<HashMap<String, Says>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl DnsServer {
    /// Starts it; unknown names are `NXDOMAIN`.
    pub async fn start() -> Self {
        let (udp, tcp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
                break (udp, tcp);
            }
        };
        let server = Self {
            address: tcp.local_addr().unwrap(),
            says: Arc::default(),
            asked: Arc::default(),
        };
        tokio::spawn(server.clone().over_udp(udp));
        tokio::spawn(server.clone().over_tcp(tcp));
        server
    }

    /// Tells it what to say about a name.
    pub fn tell(&self, name: &str, says: Says) {
        self.says.lock().unwrap().insert(name.into(), says);
    }

    /// One TXT record of one string at a name.
    pub fn publish(&self, name: &str, value: &str) {
        self.tell(name, Says::Txt(vec![vec![value.into()]]));
    }

    /// How often it was asked for a name, over UDP and TCP together.
    pub fn asked(&self, name: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == name).count()
    }

    async fn over_udp(self, socket: UdpSocket) {
        let mut buffer = [0u8; 4096];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = self.answer(&buffer[..length], true) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    }

    async fn over_tcp(self, listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let server = self.clone();
            tokio::spawn(async move {
                while let Ok(length) = stream.read_u16().await {
                    let mut query = vec![0; usize::from(length)];
                    stream.read_exact(&mut query).await.unwrap();
                    let Some(answer) = server.answer(&query, false) else { return };
                    stream.write_u16(answer.len() as u16).await.unwrap();
                    stream.write_all(&answer).await.unwrap();
                }
            });
        }
    }

    fn answer(&self, query: &[u8], udp: bool) -> Option<Vec<u8>> {
        let query = Message::from_vec(query).unwrap();
        let question = query.queries[0].clone();
        let name = question.name().to_ascii().trim_end_matches('.').to_owned();
        self.asked.lock().unwrap().push(name.clone());
        let unknown = Says::NxDomain { ttl: 60, minimum: 60 };
        let says = self.says.lock().unwrap().get(&name).cloned().unwrap_or(unknown);
        let mut answer = Message::response(query.metadata.id, OpCode::Query);
        answer.add_query(question.clone());
        match says {
            Says::Silent => return None,
            Says::ServFail => answer.metadata.response_code = ResponseCode::ServFail,
            Says::NothingAtAll => answer.metadata.response_code = ResponseCode::NXDomain,
            Says::NxDomain { ttl, minimum } => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                answer.add_authority(soa(ttl, minimum));
            }
            Says::NoData { ttl, minimum } => {
                answer.add_authority(soa(ttl, minimum));
            }
            Says::TxtOverTcp(_) if udp => answer.metadata.truncation = true,
            Says::Txt(records) | Says::TxtOverTcp(records) => {
                for strings in records {
                    let data = RData::TXT(TXT::new(strings));
                    answer.add_answer(Record::from_rdata(question.name().clone(), 300, data));
                }
            }
        }
        Some(answer.to_vec().unwrap())
    }
}

fn soa(ttl: u32, minimum: u32) -> Record {
    let name = |text: &str| Name::from_ascii(text).unwrap();
    let data = SOA::new(name("ns.example."), name("root.example."), 1, 2, 3, 4, minimum);
    Record::from_rdata(name("example."), ttl, RData::SOA(data))
}
