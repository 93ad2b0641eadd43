//! TLS of our own, for who has no proxy in front: TLS 1.2 and 1.3 by rustls.
//!
//! Owns reading the certificate chain and the key, at the start and again on SIGHUP. Must not hold
//! other secrets.

use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::server::stop::Stop;

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file holds no PEM of that kind, or cannot be read.
    #[error("{}: no {what} can be read from it: {source}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// Why.
        source: pem::Error,
    },
    /// Others can read the key.
    #[error("{}: everybody on this machine may read this key; run: chmod o= {}", .0.display(), .0.display())]
    Mode(PathBuf),
    /// Key and certificate do not go together.
    #[error("the certificate cannot be used: {0}")]
    Unfit(#[from] rustls::Error),
}

/// Accepts TLS connections. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    files: Arc<(PathBuf, PathBuf)>,
    acceptor: Arc<RwLock<TlsAcceptor>>,
}

impl Tls {
    /// Reads a certificate chain and its key, both PEM.
    ///
    /// # Errors
    /// A [`TlsError`] that names the file.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, TlsError> {
        let acceptor = Arc::new(RwLock::new(acceptor(chain, key)?));
        Ok(Self { files: Arc::new((chain.to_owned(), key.to_owned())), acceptor })
    }

    /// Reads both files again, for the connections from now on. What cannot be read changes nothing.
    ///
    /// # Errors
    /// As [`Tls::read`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let anew = acceptor(&self.files.0, &self.files.1)?;
        *self.acceptor.write().unwrap_or_else(PoisonError::into_inner) = anew;
        Ok(())
    }

    /// Shakes hands.
    ///
    /// # Errors
    /// When the other end does not.
    pub async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let acceptor = self.acceptor.read().unwrap_or_else(PoisonError::into_inner).clone();
        acceptor.accept(stream).await
    }
}

/// On SIGHUP the certificate is read again, as whoever renews it asks for.
pub(super) async fn reloads(tls: Tls, stop: Stop) {
    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
    loop {
        tokio::select! {
            told = hangups.recv() => if told.is_none() { return },
            () = stop.wait() => return,
        }
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate stays what it was"),
        }
    }
}

fn acceptor(chain: &Path, key_file: &Path) -> Result<TlsAcceptor, TlsError> {
    let failed = |path: &Path, what| {
        let path = path.to_owned();
        move |source| TlsError::Pem { path, what, source }
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(failed(chain, "certificate"))?;
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(failed(key_file, "private key"))?;
    let mode = std::fs::metadata(key_file).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        return Err(TlsError::Mode(key_file.to_owned()));
    }
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
