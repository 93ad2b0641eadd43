//! A mail server with moods: `lost` is cut off after the message, `slow` is put off, the rest is
//! taken. Counts what it took, by address and subject, and keeps the newest mail of each address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

type Taken = Arc<Mutex<BTreeMap<(String, String), u32>>>;
type Newest = watch::Sender<BTreeMap<String, String>>;

/// The mail server.
pub struct MailServer {
    address: SocketAddr,
    nobody: SocketAddr,
    taken: Taken,
    newest: Newest,
    served: JoinHandle<()>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let unused = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = unused.local_addr().unwrap();
        let taken = Taken::default();
        let newest = Newest::default();
        let (counts, kept) = (Arc::clone(&taken), newest.clone());
        let served = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(session(socket, Arc::clone(&counts), kept.clone()));
            }
        });
        Self { address, nobody, taken, newest, served }
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The text of the newest mail to an address, once there is one.
    pub async fn text(&self, to: &str) -> String {
        let mut newest = self.newest.subscribe();
        let newest = newest.wait_for(|newest| newest.contains_key(to)).await.unwrap();
        let parsed = mail_parser::MessageParser::default().parse(newest[to].as_bytes()).unwrap();
        parsed.body_text(0).unwrap().into_owned()
    }

    /// The code of the newest connect mail to an address, once there is one.
    pub async fn code(&self, to: &str) -> String {
        let text = self.text(to).await;
        text.split_once("Code: ").unwrap().1.split_whitespace().next().unwrap().to_owned()
    }

    /// Waits until so many addresses have got a mail.
    pub async fn came(&self, addresses: usize) {
        let mut newest = self.newest.subscribe();
        newest.wait_for(|newest| newest.len() >= addresses).await.unwrap();
    }

    /// Who got how many mails.
    pub fn taken(&self) -> BTreeMap<String, u32> {
        let mut all = BTreeMap::new();
        for ((to, _), times) in self.taken.lock().unwrap().iter() {
            *all.entry(to.clone()).or_default() += times;
        }
        all
    }

    /// An address at which nobody listens.
    pub fn nobody(&self) -> SocketAddr {
        self.nobody
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.served.abort();
        let taken = self.taken.lock().unwrap();
        assert!(taken.values().all(|times| *times == 1), "a mail was sent twice: {taken:?}");
    }
}

/// One connection. Ends by itself where the other side goes.
async fn session(socket: TcpStream, taken: Taken, newest: Newest) -> std::io::Result<()> {
    let (reader, mut writer) = socket.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.example\r\n").await?;
    let (mut to, mut subject, mut in_message) = (String::new(), String::new(), false);
    let mut message = String::new();
    while let Some(line) = lines.next_line().await? {
        if in_message {
            if line != "." {
                if let Some(words) = line.strip_prefix("Subject: ") {
                    words.clone_into(&mut subject);
                }
                // A dot at the start of a line was doubled on its way.
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.push_str("\r\n");
                continue;
            }
            in_message = false;
            if to.starts_with("lost@") {
                return Ok(());
            }
            *taken.lock().unwrap().entry((to.clone(), subject.clone())).or_default() += 1;
            writer.write_all(b"250 taken\r\n").await?;
            let whole = std::mem::take(&mut message);
            newest.send_modify(|newest| {
                newest.insert(to.clone(), whole);
            });
            continue;
        }
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                if to.starts_with("slow@") { "451 later" } else { "250 fine" }
            }
            "DATA" => {
                in_message = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
