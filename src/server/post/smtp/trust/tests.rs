//! A mail server whose certificate a company's own CA signed (rules of SPEC section 3, TLS).
//!
//! The certificates were made for these tests; they are valid until 2120.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::super::{Delivery, Mail, Mailer};
use super::*;
use crate::api::session::Secret;
use crate::server::ServeOptions;

fn file(name: &str) -> PathBuf {
    let folder = "src/server/post/smtp/trust/tests";
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)
}

fn acceptor(name: &str) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(file(&format!("{name}.pem"))).unwrap();
    let key = PrivateKeyDer::from_pem_file(file(&format!("{name}-key.pem"))).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A mail server with that certificate: encrypted from the first byte, or by `STARTTLS`.
async fn serve(name: &str, wrapped: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, acceptor) = (listener.local_addr().unwrap().port(), acceptor(name));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, acceptor.clone(), wrapped));
        }
    });
    port
}

async fn talk(stream: TcpStream, acceptor: TlsAcceptor, wrapped: bool) -> Option<()> {
    if wrapped {
        let mut stream = BufReader::new(acceptor.accept(stream).await.ok()?);
        stream.write_all(b"220 relay\r\n").await.ok()?;
        return converse(&mut stream).await;
    }
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay\r\n").await.ok()?;
    let mut line = String::new();
    while !line.starts_with("STARTTLS") {
        line.clear();
        stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
        let reply = if line.starts_with("EHLO") { "250-relay\r\n250 STARTTLS" } else { "220 go" };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
    let mut stream = BufReader::new(acceptor.accept(stream.into_inner()).await.ok()?);
    converse(&mut stream).await
}

async fn converse<S>(stream: &mut BufReader<S>) -> Option<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
        let reply = match line.trim_end() {
            "DATA" => {
                stream.write_all(b"354 go ahead\r\n").await.ok()?;
                while line != ".\r\n" {
                    line.clear();
                    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
                }
                "250 taken"
            }
            _ => "250 ok",
        };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
}

fn url(host: &str, port: u16, wrapped: bool) -> String {
    if wrapped {
        format!("smtps://{host}:{port}")
    } else {
        format!("smtp://{host}:{port}?tls=required")
    }
}

async fn deliver(url: String, ca: Option<&str>) -> Delivery {
    let options = ServeOptions {
        smtp: Some(Secret::new(url)),
        smtp_ca: ca.map(file),
        ..ServeOptions::loopback("sqlite:unused")
    };
    let mail = Mail {
        to: "lee@acme.example".into(),
        name: "Lee".into(),
        subject: "Confirm your address".into(),
        text: "Hello\n".into(),
        html: "<p>Hello</p>\n".into(),
        message_id: "run_0.1.1@hublink.example".into(),
    };
    Mailer::new(&options).unwrap().deliver(&mail).await
}

#[tokio::test]
async fn section_3_a_company_s_own_ca_is_taken_from_smtp_ca_and_from_there_alone() {
    for wrapped in [true, false] {
        let port = serve("relay", wrapped).await;
        let url = |host: &str| url(host, port, wrapped);
        for host in ["localhost", "127.0.0.1"] {
            let taken = deliver(url(host), Some("ca.pem")).await;
            assert!(matches!(taken, Delivery::Accepted(_)), "{taken:?}");
        }
        let Delivery::Mend(why) = deliver(url("localhost"), Some("lone.pem")).await else {
            panic!("a certificate that another CA signed was accepted")
        };
        assert!(why.contains("no CA that this system or --smtp-ca names"), "{why}");
    }
}

#[tokio::test]
async fn section_3_a_certificate_for_another_host_is_refused_always() {
    for wrapped in [true, false] {
        let port = serve("other", wrapped).await;
        let url = url("localhost", port, wrapped);
        let Delivery::Mend(why) = deliver(url, Some("ca.pem")).await else {
            panic!("a certificate for another host was accepted")
        };
        assert!(why.contains("is not for localhost"), "{why}");
    }
}

#[test]
fn section_7_a_bad_smtp_ca_names_the_file_and_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme-ca.pem");
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let error = Trust::read(Some(&path)).unwrap_err().to_string();
        assert!(error.contains("acme-ca.pem"), "{error}");
        error
    };
    let good = std::fs::read(file("ca.pem")).unwrap();
    assert!(refused(b"").contains("there is no certificate in it"));
    assert!(refused(&std::fs::read(file("relay-key.pem")).unwrap()).contains("no certificate"));
    assert!(refused(&[0x30, 0x82, 0x01]).contains("openssl x509 -inform der"));
    let odd = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(refused(&[&good[..], odd].concat()).contains("its certificate 2 cannot be read"));
    let cut = good.len() - 30;
    assert!(refused(&good[..cut]).contains("cannot be read"));
    let error = Trust::read(Some(&folder.path().join("none.pem"))).unwrap_err().to_string();
    assert!(error.contains("none.pem") && error.contains("No such file"), "{error}");
    std::fs::write(&path, [&good[..], &good[..]].concat()).unwrap();
    assert_eq!(Trust::read(Some(&path)).unwrap().0.len(), 2);
}
