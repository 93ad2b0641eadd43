//! Opening a connection to the mail server: reach it, greet, encrypt, sign in.
//!
//! Owns the order and the time-outs. Nothing of a mail has left when this fails. A connection that
//! must be encrypted and cannot be is given up: it fails closed.

use std::time::Duration;

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::server::{Security, Server};
use super::{Failure, Patience, failure};

/// A connection that is ready for `MAIL`.
pub(super) async fn open(
    server: &Server,
    patience: &Patience,
) -> Result<AsyncSmtpConnection, Failure> {
    let hello = ClientId::default();
    let mut connection = if server.is_wrapped() {
        let place = (server.host.as_str(), server.port);
        let tls = Some(tls(server)?);
        let opening =
            AsyncSmtpConnection::connect_tokio1(place, Some(patience.connect), &hello, tls, None);
        in_time(patience.connect + patience.command, opening, "connecting").await?
    } else {
        plain(server, patience, &hello).await?
    };
    if let Some(credentials) = &server.credentials {
        let signing_in = connection.auth(DEFAULT_MECHANISMS, credentials);
        in_time(patience.command, signing_in, "AUTH").await?;
    }
    Ok(connection)
}

async fn plain(
    server: &Server,
    patience: &Patience,
    hello: &ClientId,
) -> Result<AsyncSmtpConnection, Failure> {
    let reaching = TcpStream::connect((server.host.as_str(), server.port));
    let stream = match timeout(patience.connect, reaching).await {
        Err(_) => return Err(Failure::Broken("the mail server was not reached in time".into())),
        Ok(Err(error)) => {
            return Err(Failure::Broken(format!("the mail server cannot be reached: {error}")));
        }
        Ok(Ok(stream)) => stream,
    };
    // A message and its dot are two writes: waiting to fill a packet would cost a round trip.
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().map_err(|error| Failure::Broken(error.to_string()))?;
    let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(stream), hello);
    let mut connection = in_time(patience.command, greeting, "the greeting").await?;
    let security = server.security(peer.ip());
    match security {
        Security::Plain => {}
        Security::Offered if !connection.can_starttls() => {}
        Security::Required if !connection.can_starttls() => {
            return Err(Failure::Mend(
                "the mail server offers no STARTTLS, and mail must not travel in the clear: \
                 use smtps://, or say --insecure"
                    .to_owned(),
            ));
        }
        _ => {
            let encrypting = connection.starttls(tls(server)?, hello);
            in_time(patience.command, encrypting, "STARTTLS").await?;
        }
    }
    Ok(connection)
}

fn tls(server: &Server) -> Result<TlsParameters, Failure> {
    server.tls().map_err(|error| Failure::Broken(error.to_string()))
}

async fn in_time<T>(
    longest: Duration,
    step: impl Future<Output = Result<T, SmtpError>>,
    name: &str,
) -> Result<T, Failure> {
    match timeout(longest, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(failure(&error, name)),
        Err(_) => Err(Failure::Broken(format!("no reply to {name} in time"))),
    }
}
