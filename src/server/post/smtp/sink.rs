//! A scriptable SMTP server for tests, over TCP: it can break off at each step.
//!
//! Owns its own record of what it took, which is the oracle of the tests: independent of what the
//! sender believes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;

/// Where in the conversation a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Banner,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// Within the message, before the final dot.
    Body,
    /// After the final dot.
    Dot,
}

impl Phase {
    pub const ALL: [Self; 7] =
        [Self::Banner, Self::Ehlo, Self::Mail, Self::Rcpt, Self::Data, Self::Body, Self::Dot];
}

/// What the sink does at a phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// The usual thing; a message is stored, then acknowledged.
    Go,
    /// This reply; a message is not stored.
    Say(String),
    /// Closes the connection; a message is stored first or not.
    Close { stored: bool },
    /// Resets the connection.
    Reset,
    /// Says nothing more.
    Hang,
    /// Stores the message and waits for [`Sink::open_gate`] before it acknowledges.
    Gate,
    /// The same, and then closes the connection instead.
    GateClose,
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub recipients: Vec<String>,
    pub message: String,
}

impl Taken {
    /// The link in the text part.
    pub fn token(&self) -> String {
        let message = mail_parser::MessageParser::default().parse(&self.message).unwrap();
        let text = message.body_text(0).unwrap().into_owned();
        let (_, rest) = text.split_once("/i/").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

type Script = dyn Fn(Phase, &str) -> Act + Send + Sync;

/// The server; it ends with the test.
pub(crate) struct Sink {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    script: Arc<Mutex<Arc<Script>>>,
    gate: watch::Sender<bool>,
    dots: watch::Sender<usize>,
    connections: Arc<Mutex<usize>>,
}

impl Sink {
    /// Listens and takes everything.
    pub fn start() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Little is buffered, so that a client cannot be far ahead of what the sink has read.
        socket.set_recv_buffer_size(4_096).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            script: Arc::new(Mutex::new(Arc::new(|_, _: &str| Act::Go))),
            gate: watch::Sender::new(false),
            dots: watch::Sender::new(0),
            connections: Arc::default(),
        };
        let talk = Talk {
            taken: sink.taken.clone(),
            script: sink.script.clone(),
            gate: sink.gate.subscribe(),
            dots: sink.dots.clone(),
        };
        let connections = sink.connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                tokio::spawn(talk.clone().run(stream));
            }
        });
        sink
    }

    /// What `--smtp` would say.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Acts by the phase and the recipient (empty before `RCPT`).
    pub fn script(&self, script: impl Fn(Phase, &str) -> Act + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// Acts so at one phase.
    pub fn at(&self, phase: Phase, act: Act) {
        self.script(move |at, _| if at == phase { act.clone() } else { Act::Go });
    }

    /// All messages taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How many messages an address got.
    pub fn count(&self, address: &str) -> usize {
        self.taken().iter().filter(|taken| taken.recipients == [address]).count()
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// Waits until so many final dots have come.
    pub async fn dots(&self, so_many: usize) {
        self.dots.subscribe().wait_for(|dots| *dots >= so_many).await.unwrap();
    }

    /// Lets go of what waits at [`Act::Gate`].
    pub fn open_gate(&self) {
        self.gate.send_replace(true);
    }
}

#[derive(Clone)]
struct Talk {
    taken: Arc<Mutex<Vec<Taken>>>,
    script: Arc<Mutex<Arc<Script>>>,
    gate: watch::Receiver<bool>,
    dots: watch::Sender<usize>,
}

/// The connection is over.
struct Over;

impl Talk {
    async fn run(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        // The client going away is part of what is tested.
        let _ = self.converse(&mut stream).await;
    }

    async fn converse(&self, stream: &mut BufReader<TcpStream>) -> Result<(), Over> {
        self.act(Phase::Banner, "", "220 sink ready", stream).await?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return Err(Over);
            }
            match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => self.act(Phase::Ehlo, "", "250-sink\r\n250 8BITMIME", stream).await?,
                "MAIL" => self.act(Phase::Mail, "", "250 ok", stream).await?,
                "RCPT" => {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                    self.act(Phase::Rcpt, &to, "250 ok", stream).await?;
                }
                "DATA" => {
                    self.act(Phase::Data, &to, "354 go ahead", stream).await?;
                    self.message(&to, stream).await?;
                }
                "QUIT" => return say(stream, "221 bye").await,
                _ => say(stream, "250 ok").await?,
            }
        }
    }

    async fn message(&self, to: &str, stream: &mut BufReader<TcpStream>) -> Result<(), Over> {
        if self.decide(Phase::Body, to) != Act::Go {
            let mut some = [0u8; 16];
            stream.read_exact(&mut some).await.map_err(|_| Over)?;
            self.act(Phase::Body, to, "", stream).await?;
        }
        let mut message = String::new();
        loop {
            let from = message.len();
            if stream.read_line(&mut message).await.unwrap_or(0) == 0 {
                return Err(Over);
            }
            if &message[from..] == ".\r\n" {
                message.truncate(from);
                break;
            }
            if message[from..].starts_with('.') {
                message.remove(from);
            }
        }
        let act = self.decide(Phase::Dot, to);
        let stored =
            matches!(act, Act::Go | Act::Gate | Act::GateClose | Act::Close { stored: true });
        if stored {
            let taken = Taken { recipients: vec![to.to_owned()], message };
            self.taken.lock().unwrap().push(taken);
        }
        self.dots.send_modify(|dots| *dots += 1);
        self.act(Phase::Dot, to, "250 taken", stream).await
    }

    fn decide(&self, phase: Phase, to: &str) -> Act {
        let script = self.script.lock().unwrap().clone();
        script(phase, to)
    }

    async fn act(
        &self,
        phase: Phase,
        to: &str,
        usual: &str,
        stream: &mut BufReader<TcpStream>,
    ) -> Result<(), Over> {
        match self.decide(phase, to) {
            Act::Go => say(stream, usual).await,
            Act::Say(reply) => say(stream, &reply).await,
            Act::Close { .. } => Err(Over),
            Act::Reset => {
                let _ = stream.get_ref().set_zero_linger();
                Err(Over)
            }
            Act::Hang => std::future::pending().await,
            Act::Gate => {
                let _ = self.gate.clone().wait_for(|open| *open).await;
                say(stream, usual).await
            }
            Act::GateClose => {
                let _ = self.gate.clone().wait_for(|open| *open).await;
                Err(Over)
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, reply: &str) -> Result<(), Over> {
    if reply.is_empty() {
        return Ok(());
    }
    stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await.map_err(|_| Over)
}
