//! Whose word is taken for the mail server's certificate: the system's CAs, as for HTTPS, and those
//! of `--smtp-ca`.
//!
//! Owns reading that file and the words for a certificate that is not accepted. The host's name is
//! compared always; there is no way to switch that off.

use std::io;
use std::path::{Path, PathBuf};

use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, RootCertStore};

use super::MailError;

/// What a certificate in the binary form begins with.
const DER: u8 = 0x30;

/// The operator's own CAs; the system's are read when they are needed.
#[derive(Debug, Clone, Default)]
pub(super) struct Trust(Vec<CertificateDer<'static>>);

impl Trust {
    /// Reads `--smtp-ca`: one certificate or several, PEM.
    ///
    /// # Errors
    /// [`MailError::Ca`] that names the file, and which of its certificates is wrong.
    pub fn read(file: Option<&Path>) -> Result<Self, MailError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let failed = |why: String| MailError::Ca { path: PathBuf::from(file), why };
        let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
        let mut known = RootCertStore::empty();
        let mut certificates = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(&bytes) {
            let which = certificates.len() + 1;
            let odd = |error: &dyn std::fmt::Display| {
                failed(format!("its certificate {which} cannot be read: {error}"))
            };
            let certificate = certificate.map_err(|error| odd(&error))?;
            known.add(certificate.clone()).map_err(|error| odd(&error))?;
            certificates.push(certificate);
        }
        match (certificates.is_empty(), bytes.first()) {
            (false, _) => Ok(Self(certificates)),
            (true, Some(&DER)) => Err(failed(
                "it is no PEM; `openssl x509 -inform der -in FILE` writes it as PEM".to_owned(),
            )),
            (true, _) => Err(failed(
                "there is no certificate in it; PEM has `-----BEGIN CERTIFICATE-----`".to_owned(),
            )),
        }
    }

    /// What a connection to this host is encrypted and checked with.
    ///
    /// # Errors
    /// [`MailError::NoTrust`] on a system without CAs.
    pub fn parameters(&self, host: &str) -> Result<TlsParameters, MailError> {
        let mut builder = TlsParameters::builder(host.to_owned());
        for certificate in &self.0 {
            let certificate = Certificate::from_der(certificate.to_vec());
            builder = builder
                .add_root_certificate(certificate.map_err(|e| MailError::Tls(e.to_string()))?);
        }
        // Our own were read before: without any, only an empty store can be what is wrong.
        builder.build_rustls().map_err(|error| {
            if self.0.is_empty() { MailError::NoTrust } else { MailError::Tls(error.to_string()) }
        })
    }
}

/// The words for a certificate that is not accepted; none when that is not what failed.
pub(super) fn refused(error: &SmtpError) -> Option<String> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        // An I/O error does not count what it wraps among its sources.
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls.or_else(|| cause.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(why)) => return Some(words(why)),
            _ => source = cause.source(),
        }
    }
    None
}

fn words(why: &CertificateError) -> String {
    let what = match why {
        CertificateError::UnknownIssuer => {
            "is signed by no CA that this system or --smtp-ca names".to_owned()
        }
        CertificateError::NotValidForName => {
            "is for another host name than --smtp's; name the server as it does".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, .. } => {
            format!("is not for {}; name the server as its certificate does", expected.to_str())
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet".to_owned()
        }
        other => format!("is not accepted: {other}"),
    };
    format!("the mail server's certificate {what}")
}

#[cfg(test)]
mod tests;
