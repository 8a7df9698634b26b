//! TLS to PostgreSQL, as an address asks for it: `sslmode` and `sslrootcert`, in libpq's words.
//!
//! | `sslmode` | encrypts | looks at the server's certificate |
//! |---|---|---|
//! | `disable` | never | |
//! | `prefer`, and where nothing is said | where the server can | no |
//! | `require` | or does not connect | its authority, where `sslrootcert` names one |
//! | `verify-ca` | or does not connect | its authority |
//! | `verify-full` | or does not connect | its authority and its host |
//!
//! `sslrootcert=FILE` names the authorities, in PEM; without it, and with `sslrootcert=system`, they are those of the system.
//! A Unix socket is never encrypted.
//!
//! Source: PostgreSQL 17, clauses 32.1.2 and 32.19.

use std::path::Path;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// How much an address wants of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Disable,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    fn of(word: &str) -> Result<Self, String> {
        Ok(match word {
            "disable" => Self::Disable,
            "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            other => {
                let shown = other.escape_debug();
                return Err(format!(
                    "sslmode is `{shown}`, expected disable, prefer, require, verify-ca or verify-full"
                ));
            }
        })
    }
}

/// What an address wants of TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) mode: Mode,
    /// A file of authorities, or `system`.
    root: Option<String>,
}

/// Parts an address: what it wants of TLS, and the rest, whose `sslmode` is one that the driver knows.
///
/// # Errors
/// It wants what there is not; in words.
pub(super) fn part(url: &str) -> Result<(String, Wanted), String> {
    let mut wanted = Wanted { mode: Mode::Prefer, root: None };
    // As the driver reads it: what stands before the first `@` is a user, who may have any sign in his password.
    let query = url.find('@').map_or(0, |at| at + 1);
    let Some(query) = url[query..].find('?').map(|at| query + at) else { return Ok((url.to_owned(), wanted)) };
    let mut others = Vec::new();
    for pair in url[query + 1..].split('&') {
        match pair.split_once('=') {
            Some(("sslmode", word)) => wanted.mode = Mode::of(&decoded(word)?)?,
            Some(("sslrootcert", file)) => wanted.root = Some(decoded(file)?).filter(|file| !file.is_empty()),
            Some(_) | None => others.push(pair),
        }
    }
    match wanted.mode {
        Mode::Disable => others.push("sslmode=disable"),
        Mode::Prefer => others.push("sslmode=prefer"),
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => others.push("sslmode=require"),
    }
    Ok((format!("{}?{}", &url[..query], others.join("&")), wanted))
}

/// Without the percent signs.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let mut byte = *first;
        if byte == b'%' {
            let read = after.split_at_checked(2).and_then(|(digits, after)| {
                let digits = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
                Some((u8::from_str_radix(digits, 16).ok()?, after))
            });
            let wrong = || format!("`{}`: a percent sign stands before two hexadecimal digits", text.escape_debug());
            (byte, rest) = read.ok_or_else(wrong)?;
        }
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| format!("`{}` is not UTF-8", text.escape_debug()))
}

impl Wanted {
    /// What makes the connections.
    ///
    /// # Errors
    /// The authorities cannot be read; in words.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        let provider = Arc::new(ring::default_provider());
        let roots = match (self.mode, &self.root) {
            (Mode::Disable | Mode::Prefer, _) | (Mode::Require, None) => None,
            (Mode::Require | Mode::VerifyCa, Some(root)) if root == "system" => {
                return Err(
                    "with sslrootcert=system anybody's certificate would do, unless sslmode=verify-full".to_owned()
                );
            }
            (Mode::Require | Mode::VerifyCa | Mode::VerifyFull, Some(root)) if root != "system" => {
                Some(file(Path::new(root))?)
            }
            (Mode::Require | Mode::VerifyCa | Mode::VerifyFull, _) => Some(system()?),
        };
        let verifier = |roots: RootCertStore| {
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())
        };
        let chain = roots.map(verifier).transpose()?;
        let verifier: Arc<dyn ServerCertVerifier> = match (self.mode, chain) {
            (Mode::VerifyFull, Some(chain)) => chain,
            (Mode::Disable | Mode::Prefer | Mode::Require | Mode::VerifyCa | Mode::VerifyFull, chain) => {
                Arc::new(AnyHost { chain, provider: Arc::clone(&provider) })
            }
        };
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        // What `sslnegotiation=direct` has to say, and others may.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(MakeRustlsConnect::new(config))
    }
}

/// The authorities of a file.
fn file(path: &Path) -> Result<RootCertStore, String> {
    use tokio_rustls::rustls::pki_types::pem::Error;
    let wrong = |why: String| format!("sslrootcert {}: {why}", path.display());
    let found =
        CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|error| {
            match error {
                Error::Io(error) => wrong(error.to_string()),
                other => wrong(format!("{other:?}").to_lowercase()),
            }
        })?;
    let mut roots = RootCertStore::empty();
    for certificate in found {
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() { Err(wrong("it holds no certificate in PEM".to_owned())) } else { Ok(roots) }
}

/// The authorities of the system.
fn system() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A system may have some that nobody can read; the others hold.
    let (added, _) = roots.add_parsable_certificates(found.certs);
    match found.errors.first() {
        Some(error) if added == 0 => Err(format!("the system's certificates: {error}")),
        None if added == 0 => Err("the system has no certificates; sslrootcert=FILE names some".to_owned()),
        Some(_) | None => Ok(roots),
    }
}

/// Takes a server of any name, whose certificate is of one of the authorities; of anybody where there are none.
#[derive(Debug)]
struct AnyHost {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is looked at last: all else was in order.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_parted_from_what_it_wants_of_tls() {
        let told = |url: &str| match part(url) {
            Ok((url, wanted)) => format!("{url}  {:?} {:?}", wanted.mode, wanted.root),
            Err(error) => error,
        };
        let urls = [
            "postgres://qa@bench/register",
            "postgres://qa:wh?t&sslmode=x@bench/register",
            "postgres://bench/register?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fetc%2Fca%20of%20ours.pem",
            "postgres://bench/register?sslmode=require&sslrootcert=",
            "postgres://bench/register?sslmode=disable",
            "postgres://bench/register?sslmode=allow",
            "postgres://bench/register?sslrootcert=%zz",
        ];
        insta::assert_snapshot!(urls.map(told).join("\n"), @r#"
        postgres://qa@bench/register  Prefer None
        postgres://qa:wh?t&sslmode=x@bench/register  Prefer None
        postgres://bench/register?connect_timeout=3&sslmode=require  VerifyFull Some("/etc/ca of ours.pem")
        postgres://bench/register?sslmode=require  Require None
        postgres://bench/register?sslmode=disable  Disable None
        sslmode is `allow`, expected disable, prefer, require, verify-ca or verify-full
        `%zz`: a percent sign stands before two hexadecimal digits
        "#);
    }

    #[test]
    fn a_weak_mode_does_not_go_with_the_systems_authorities() {
        let (_, wanted) = part("postgres://bench/r?sslmode=require&sslrootcert=system").unwrap();
        assert!(wanted.connector().is_err_and(|why| why.contains("verify-full")));
    }
}
