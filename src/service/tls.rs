//! TLS: a certificate and its key, from PEM files that may be read anew.
//!
//! Source: RFC 8446, RFC 5246; ALPN `h2` and `http/1.1` (RFC 7301).

use arc_swap::ArcSwap;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of the kind.
    #[error("{path}: {message}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, a lowercase fragment.
        message: String,
    },
    /// Certificate and key do not belong together, or are of a kind that nobody takes.
    #[error("{cert} and {key} make no TLS server: {message}")]
    Pair {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        message: String,
    },
}

impl TlsError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        "`--tls CERT,KEY` takes two PEM files: the certificate with its chain behind it, and its private key"
    }
}

/// A certificate and its key.
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    acceptor: ArcSwap<TlsAcceptor>,
}

impl Tls {
    /// Reads the certificate with its chain, and the key.
    ///
    /// # Errors
    /// A file is not there or not PEM, or the two do not belong together.
    pub fn read(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let acceptor = acceptor(cert, key)?;
        Ok(Self { cert: cert.to_owned(), key: key.to_owned(), acceptor: ArcSwap::from_pointee(acceptor) })
    }

    /// Reads them again, for connections from now on. On an error the old ones stay.
    ///
    /// # Errors
    /// As for [`Tls::read`].
    pub fn renew(&self) -> Result<(), TlsError> {
        self.acceptor.store(Arc::new(acceptor(&self.cert, &self.key)?));
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::clone(&self.acceptor.load())
    }
}

fn acceptor(cert: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let file = |path: &Path, error: rustls_pki_types::pem::Error| {
        let message = match error {
            rustls_pki_types::pem::Error::Io(error) => error.to_string().to_lowercase(),
            rustls_pki_types::pem::Error::NoItemsFound => "there is none of it in this file".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        TlsError::File { path: path.to_owned(), message }
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| file(cert, error))?;
    if chain.is_empty() {
        return Err(file(cert, rustls_pki_types::pem::Error::NoItemsFound));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| file(key, error))?;
    let pair = |error: tokio_rustls::rustls::Error| TlsError::Pair {
        cert: cert.to_owned(),
        key: key.to_owned(),
        message: error.to_string(),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(pair)?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
