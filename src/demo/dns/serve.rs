//! The sockets of the demo's DNS: UDP and TCP on one loopback port.
//!
//! Owns framing, limits and the end of both loops. Must not decide an answer: that is the zone's.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{Zone, datagram};

/// How many ports are tried until one is free for both UDP and TCP.
const TRIES: usize = 16;
/// How many TCP connections are served at once.
const CONNECTIONS: usize = 32;
/// How long a TCP peer may think.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a socket rests after an error, so that a lasting one costs nothing.
const REST: Duration = Duration::from_millis(50);
/// What an answer over UDP may take where the asker named no size (RFC 1035).
const PLAIN_UDP: u16 = 512;

/// Two sockets on one loopback port.
#[derive(Debug)]
pub struct Sockets {
    udp: UdpSocket,
    tcp: TcpListener,
    address: SocketAddr,
}

impl Sockets {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port is free for both protocols.
    pub async fn bind() -> io::Result<Self> {
        let mut last = None;
        for _ in 0..TRIES {
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let address = udp.local_addr()?;
            match TcpListener::bind(address).await {
                Ok(tcp) => return Ok(Self { udp, tcp, address }),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    /// Where to ask.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until dropped.
    pub async fn serve(self, zone: Arc<Zone>) {
        tokio::join!(serve_udp(&self.udp, &zone), serve_tcp(&self.tcp, &zone));
    }
}

async fn serve_udp(socket: &UdpSocket, zone: &Zone) {
    let mut buffer = vec![0; 4096];
    loop {
        // An error here is of one datagram (such as a port that is gone), never of the socket.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            sleep(REST).await;
            continue;
        };
        let Some(reply) = zone.answer(&buffer[..length]) else { continue };
        let most = if reply.edns.is_some() { asked_size(&buffer[..length]) } else { PLAIN_UDP };
        if let Ok(bytes) = datagram(&reply, most) {
            let _ = socket.send_to(&bytes, from).await;
        }
    }
}

/// The size that the asker's EDNS record names.
fn asked_size(query: &[u8]) -> u16 {
    hickory_proto::op::Message::from_vec(query).map_or(PLAIN_UDP, |query| query.max_payload())
}

async fn serve_tcp(listener: &TcpListener, zone: &Arc<Zone>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = room.clone().acquire_owned().await else { return };
        if let Ok((stream, _)) = listener.accept().await {
            let zone = zone.clone();
            connections.spawn(async move {
                let _ = converse(stream, &zone).await;
                drop(permit);
            });
        } else {
            sleep(REST).await;
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection: each message is led by its length (RFC 1035 4.2.2).
async fn converse(mut stream: TcpStream, zone: &Zone) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        timeout(PATIENCE, stream.read_exact(&mut length)).await??;
        let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
        timeout(PATIENCE, stream.read_exact(&mut query)).await??;
        let Some(reply) = zone.answer(&query) else { return Ok(()) };
        let bytes = datagram(&reply, u16::MAX).map_err(io::Error::other)?;
        let mut framed = (bytes.len() as u16).to_be_bytes().to_vec();
        framed.extend(bytes);
        timeout(PATIENCE, stream.write_all(&framed)).await??;
    }
}
