//! Mail over SMTP, driven step by step, so that the phase of every failure is known.
//!
//! Owns what each phase's failure means: broken before the final dot is surely not sent, broken
//! after it may be sent. Libraries' errors do not tell the two apart (research, findings 2 and 3),
//! nor do their time-outs go beyond connecting: both are kept here.

mod connection;
mod pace;
mod render;
mod server;
#[cfg(test)]
pub(crate) mod sink;
#[cfg(test)]
mod tests;
mod trust;

use std::fmt::Display;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use crate::server::ServeOptions;
use crate::server::post::{Delivery, Mail};
use crate::server::stop::Stop;
use crate::server::store::timed::Timed;
use pace::Pace;
use render::Rendered;
use server::Server;
use trust::Trust;

/// Why mails cannot be sent with these options.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// `--mail-from`.
    #[error("the sender of mails must be an address, such as Control Hub <no-reply@acme.example>")]
    From,
    /// `--smtp`.
    #[error("the mail server must be named as smtp://[USER:PASSWORD@]HOST[:PORT], or smtps://")]
    Url,
    /// TLS.
    #[error("TLS to the mail server cannot be set up: {0}")]
    Tls(String),
    /// `--smtp-ca`.
    #[error("--smtp-ca {}: {why}", path.display())]
    Ca {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A system without CAs.
    #[error(
        "this system has no CA certificates to check the mail server's certificate with: install \
         them (the package is mostly called ca-certificates), or give the server's own CA with \
         --smtp-ca FILE"
    )]
    NoTrust,
}

/// How long each phase may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// Finding and reaching the server.
    pub connect: Duration,
    /// Any one command and its reply.
    pub command: Duration,
    /// Handing over the message.
    pub body: Duration,
    /// The reply to the final dot (RFC 5321, 4.5.3.2.6: ten minutes).
    pub dot: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            command: Duration::from_mins(1),
            body: Duration::from_mins(3),
            dot: Duration::from_mins(10),
        }
    }
}

/// A server that is silent for so long after a message keeps no place among the connections.
const HANGS: Duration = Duration::from_secs(20);
/// How many connections are kept for the next mail: all there are.
const KEPT: usize = pace::CAP;
/// How long one is kept.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// Sends mails through one server.
pub struct Mailer {
    from: Mailbox,
    server: Option<Server>,
    patience: Patience,
    stop: Stop,
    pace: Pace,
    /// How mails came out, and how long they took.
    timed: Timed,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// A step that failed.
#[derive(Debug)]
enum Failure {
    /// The server said no for good.
    Refused(String),
    /// The server said not now.
    Deferred(String),
    /// The server said that it ends.
    Ends(String),
    /// No reply, or none that can be read.
    Broken(String),
    /// Not without somebody mending something.
    Mend(String),
}

impl Failure {
    /// Before a recipient was named: whatever the server says is about itself, and no person's.
    fn of_server(self) -> Delivery {
        match self {
            Self::Refused(words) | Self::Mend(words) => Delivery::Mend(words),
            Self::Deferred(words) | Self::Ends(words) | Self::Broken(words) => {
                Delivery::NotNow(words)
            }
        }
    }

    /// After a recipient was named and before the final dot: surely not sent. What the server says
    /// is about that person; a hang-up or a silence is nobody's refusal.
    fn of_recipient(self) -> Delivery {
        match self {
            Self::Refused(words) => Delivery::Refused(words),
            Self::Deferred(words) => Delivery::Deferred(words),
            Self::Ends(words) | Self::Broken(words) => Delivery::NotNow(words),
            Self::Mend(words) => Delivery::Mend(words),
        }
    }
}

impl Mailer {
    /// Reads `--smtp`, `--smtp-ca` and `--mail-from`.
    ///
    /// # Errors
    /// A [`MailError`] that names the option; it never tells the password.
    pub fn new(options: &ServeOptions) -> Result<Self, MailError> {
        let from = options.mail_from.parse().map_err(|_| MailError::From)?;
        let trust = Trust::read(options.smtp_ca.as_deref())?;
        let server = match &options.smtp {
            Some(url) => Some(Server::parse(url.expose(), options.insecure, trust)?),
            None => None,
        };
        if let Some(server) = server.as_ref().filter(|server| server.surely_encrypts()) {
            // Better not to start than to find out with the first mail.
            server.tls()?;
        }
        let (patience, stop) = (Patience::default(), Stop::default());
        let (pace, timed, idle) = (Pace::default(), Timed::default(), Mutex::default());
        Ok(Self { from, server, patience, stop, pace, timed, idle })
    }

    /// The same, given up before the message is handed over once the backend stops.
    #[must_use]
    pub fn heeding(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Sends one mail to one recipient.
    pub async fn deliver(&self, mail: &Mail) -> Delivery {
        let Some(server) = &self.server else {
            return Delivery::Mend("no mail server is configured".to_owned());
        };
        let rendered = match render::render(&self.from, mail) {
            Ok(rendered) => rendered,
            Err(why) => return Delivery::Refused(format!("render check: {why}")),
        };
        let stopping = || Delivery::NotNow("the backend stops".to_owned());
        let place = tokio::select! {
            place = self.pace.place() => place,
            () = self.stop.wait() => return stopping(),
        };
        if let Some((_, why)) = self.rest() {
            return Delivery::NotNow(why);
        }
        // Before the message nothing has left: the backend need not wait for a server that hangs.
        let began = Instant::now();
        let ready = tokio::select! {
            ready = self.ready(server, &rendered) => ready,
            () = self.stop.wait() => return stopping(),
        };
        let delivery = match ready {
            Ok(connection) => {
                let mut sending = pin!(self.send(connection, &rendered));
                if let Ok(delivery) = timeout(HANGS, &mut sending).await {
                    delivery
                } else {
                    // It is waited for, and others need not wait with it.
                    drop(place);
                    sending.await
                }
            }
            Err(delivery) => delivery,
        };
        self.timed.count(delivery.word(), began.elapsed());
        self.pace.note(&delivery, rendered.to.domain());
        delivery
    }

    /// Whether a server is configured.
    pub fn has_server(&self) -> bool {
        self.server.is_some()
    }

    /// How mails came out, and how long they took.
    pub fn timed(&self) -> &Timed {
        &self.timed
    }

    /// For how long the server is left alone, and why.
    pub fn rest(&self) -> Option<(Duration, String)> {
        self.pace.rest()
    }

    /// Asks the server anew at once, whatever it said before.
    pub fn ask_anew(&self) {
        self.pace.forget();
    }

    /// A connection over which the message may follow.
    async fn ready(
        &self,
        server: &Server,
        mail: &Rendered,
    ) -> Result<AsyncSmtpConnection, Delivery> {
        let opened = self.connection(server, mail).await;
        let mut connection = opened.map_err(Failure::of_server)?;
        self.introduce(&mut connection, mail).await?;
        Ok(connection)
    }

    async fn send(&self, mut connection: AsyncSmtpConnection, mail: &Rendered) -> Delivery {
        let delivery = self.hand_over(&mut connection, &mail.bytes).await;
        if matches!(delivery, Delivery::Accepted(_)) && !connection.has_broken() {
            self.keep(connection);
        }
        delivery
    }

    /// Reaches the server, greets it, encrypts and signs in as for a mail, and takes leave; nothing
    /// is sent. Answers whom it spoke to, in words; nobody, where no server is configured.
    ///
    /// # Errors
    /// What the server or the way to it said, in words.
    pub async fn hello(&self, patience: Duration) -> Result<Option<String>, String> {
        let Some(server) = &self.server else { return Ok(None) };
        let patience = Patience { connect: patience, command: patience, ..self.patience };
        let mut connection = match connection::open(server, &patience).await {
            Ok(connection) => connection,
            Err(
                Failure::Refused(why)
                | Failure::Deferred(why)
                | Failure::Ends(why)
                | Failure::Broken(why)
                | Failure::Mend(why),
            ) => return Err(why),
        };
        let encrypted = if connection.is_encrypted() { ", encrypted" } else { "" };
        let signed = if server.credentials.is_some() { ", signed in" } else { "" };
        // Whether the farewell arrives changes nothing.
        let _ = timeout(patience.command, connection.quit()).await;
        Ok(Some(format!("{server:?} says hello{encrypted}{signed}")))
    }

    /// To whom, up to where the message may follow.
    async fn introduce(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &Rendered,
    ) -> Result<(), Delivery> {
        let to = Rcpt::new(mail.to.clone(), Vec::new());
        let complete = Severity::PositiveCompletion;
        let go_ahead = Severity::PositiveIntermediate;
        let of_recipient = self.step(connection, to, complete, "RCPT").await;
        of_recipient.map_err(Failure::of_recipient)?;
        let data = self.step(connection, Data, go_ahead, "DATA").await;
        data.map_err(Failure::of_recipient)
    }

    async fn step(
        &self,
        connection: &mut AsyncSmtpConnection,
        command: impl Display,
        want: Severity,
        name: &str,
    ) -> Result<(), Failure> {
        let reply = timeout(self.patience.command, connection.command(command)).await;
        match reply {
            Err(_) => Err(Failure::Broken(format!("no reply to {name} in time"))),
            Ok(Err(error)) => Err(failure(&error, name)),
            Ok(Ok(reply)) if reply.code().severity == want => Ok(()),
            Ok(Ok(reply)) => Err(Failure::Broken(format!("{} to {name}", words(&reply)))),
        }
    }

    /// The message and the final dot: the one moment after which nothing is sure without a reply.
    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, message: &[u8]) -> Delivery {
        let dotted = AtomicBool::new(false);
        let parts = Parts { message: Some(message), dotted: &dotted };
        let mut handing_over = pin!(connection.message_iter(parts));
        let mut reply = timeout(self.patience.body, &mut handing_over).await;
        if reply.is_err() && dotted.load(Ordering::SeqCst) {
            reply = timeout(self.patience.dot, &mut handing_over).await;
        }
        let sent = dotted.load(Ordering::SeqCst);
        match reply {
            Ok(Ok(reply)) if reply.code().severity == Severity::PositiveCompletion => {
                Delivery::Accepted(words(&reply))
            }
            Ok(Ok(reply)) => Delivery::Unknown(format!("{} after the message", words(&reply))),
            Ok(Err(error)) => match failure(&error, "the message") {
                Failure::Broken(words) if sent => Delivery::Unknown(words),
                failure => failure.of_recipient(),
            },
            Err(_) if sent => Delivery::Unknown("no reply after the message in time".to_owned()),
            Err(_) => Delivery::NotNow("the message was not taken in time".to_owned()),
        }
    }

    /// A connection on which this sender has begun a mail: a kept one that still answers, or a new
    /// one. One that has ended meanwhile says nothing of the server.
    async fn connection(
        &self,
        server: &Server,
        mail: &Rendered,
    ) -> Result<AsyncSmtpConnection, Failure> {
        while let Some(mut kept) = self.kept() {
            let begun = timeout(self.patience.connect, self.begin(&mut kept, mail)).await;
            match begun {
                Ok(Ok(())) => return Ok(kept),
                Ok(Err(Failure::Broken(_) | Failure::Ends(_))) | Err(_) => {}
                Ok(Err(failure)) => return Err(failure),
            }
        }
        let mut opened = connection::open(server, &self.patience).await?;
        self.begin(&mut opened, mail).await?;
        Ok(opened)
    }

    /// From whom.
    async fn begin(
        &self,
        connection: &mut AsyncSmtpConnection,
        mail: &Rendered,
    ) -> Result<(), Failure> {
        let from = MailFrom::new(Some(mail.from.clone()), Vec::new());
        self.step(connection, from, Severity::PositiveCompletion, "MAIL").await
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < KEPT_FOR);
        idle.pop().map(|(_, connection)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT {
            idle.push((Instant::now(), connection));
        }
    }
}

/// The message as one part. The library writes and flushes each part before it asks for the next,
/// and writes the final dot when there is none: so that is when the dot may have left.
struct Parts<'a> {
    message: Option<&'a [u8]>,
    dotted: &'a AtomicBool,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let part = self.message.take();
        if part.is_none() {
            self.dotted.store(true, Ordering::SeqCst);
        }
        part
    }
}

fn failure(error: &SmtpError, phase: &str) -> Failure {
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) if error.is_permanent() => Failure::Refused(format!("{code} {said}")),
        Some(code) if u16::from(code) == 421 => Failure::Ends(format!("{code} {said}")),
        Some(code) => Failure::Deferred(format!("{code} {said}")),
        None => match trust::refused(error) {
            Some(words) => Failure::Mend(words),
            None => Failure::Broken(format!("the connection broke at {phase}: {error}")),
        },
    }
}

fn words(reply: &Response) -> String {
    let lines: Vec<&str> = reply.message().collect();
    format!("{} {}", reply.code(), lines.join(" "))
}
