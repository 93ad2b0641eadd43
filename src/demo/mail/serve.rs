//! The socket of the demo's mail sink.
//!
//! Owns reading lines under a limit, time-outs and the end of the loop. Must not know SMTP: that is
//! the session's.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::Outbox;
use super::session::{GREETING, Session, Step, TAKEN};
use crate::api::session::Secret;

/// How many connections are served at once.
const CONNECTIONS: usize = 64;
/// How long a peer may think (RFC 5321 4.5.3.2.7).
const PATIENCE: Duration = Duration::from_mins(5);
/// How long the listener rests after an error, so that a lasting one costs nothing.
const REST: Duration = Duration::from_millis(50);

/// A listening sink.
#[derive(Debug)]
pub struct Sink {
    listener: TcpListener,
    address: SocketAddr,
}

impl Sink {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there is none.
    pub async fn bind() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where to send mail.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes mail from who has the key, until dropped.
    pub async fn serve(self, outbox: Arc<Outbox>, key: Secret) {
        let room = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let Ok(permit) = room.clone().acquire_owned().await else { return };
            if let Ok((stream, _)) = self.listener.accept().await {
                let (outbox, key) = (outbox.clone(), key.clone());
                connections.spawn(async move {
                    let _ = converse(stream, &outbox, &key).await;
                    drop(permit);
                });
            } else {
                sleep(REST).await;
            }
            while connections.try_join_next().is_some() {}
        }
    }
}

async fn converse(stream: TcpStream, outbox: &Outbox, key: &Secret) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read);
    let mut session = Session::new(key);
    let mut line = Vec::new();
    write.write_all(GREETING.as_bytes()).await?;
    loop {
        let most = session.longest_line();
        let Some(cut) = timeout(PATIENCE, read_line(&mut reader, &mut line, most)).await?? else {
            return Ok(());
        };
        let reply = match session.line(&line, cut) {
            Step::Silent => continue,
            Step::Say(reply) => reply,
            Step::Take { recipients, message } => {
                outbox.take(&recipients, &message);
                TAKEN
            }
            Step::Quit(reply) => {
                write.write_all(reply.as_bytes()).await?;
                return write.shutdown().await;
            }
        };
        write.write_all(reply.as_bytes()).await?;
    }
}

/// Reads to the next line feed, keeping at most `most` bytes; answers whether more were dropped,
/// and nothing at the end.
async fn read_line(
    reader: &mut (impl AsyncBufRead + Unpin),
    line: &mut Vec<u8>,
    most: usize,
) -> io::Result<Option<bool>> {
    line.clear();
    let (mut cut, mut any) = (false, false);
    loop {
        let buffer = reader.fill_buf().await?;
        if buffer.is_empty() {
            return Ok(any.then_some(cut));
        }
        any = true;
        let feed = memchr::memchr(b'\n', buffer);
        let length = feed.map_or(buffer.len(), |at| at + 1);
        let room = most.saturating_sub(line.len()).min(length);
        line.extend_from_slice(&buffer[..room]);
        cut |= room < length;
        reader.consume(length);
        if feed.is_some() {
            return Ok(Some(cut));
        }
    }
}
