//! A register over HTTP/1.1, HTTP/2 and TLS that does as it is told, wrongly too.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a register does instead of answering.
#[derive(Clone)]
pub(crate) enum Fault {
    /// It answers with this status, these headers and this body.
    Says(u16, Vec<(&'static str, String)>, String),
    /// It never answers.
    Hangs,
    /// It answers with a body that does not end.
    Endless,
}

/// One question, as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) token: Option<String>,
    pub(crate) version: Version,
}

#[derive(Default)]
pub(crate) struct Inside {
    /// By the digits of TAC and SNR.
    pub(crate) lists: HashMap<String, &'static str>,
    /// What the next ones get.
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) asked: Vec<Asked>,
}

/// A register on loopback, as long as it is held.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
    serving: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let inside = Arc::new(Mutex::new(Inside::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&inside));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, inside, serving }
    }

    /// The same behind TLS, with a certificate that the authority in `ca.pem` of this folder vouches for. `server.pem` and
    /// `server.key` stand there too.
    pub(crate) async fn start_with_tls(folder: &Path) -> Self {
        certify(folder);
        let inside = Arc::new(Mutex::new(Inside::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&inside));
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let certificates = vec![CertificateDer::from_pem_file(folder.join("server.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(certificates, key);
        let mut config = config.unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, app) = (acceptor.clone(), app.clone());
                tokio::spawn(async move {
                    // A client that does not trust us hangs up.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let io = hyper_util::rt::TokioIo::new(stream);
                    let service = hyper_util::service::TowerToHyperService::new(app);
                    let server = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
                    drop(server.serve_connection(io, service).await);
                });
            }
        });
        Self { address, inside, serving }
    }

    /// Who takes each connection, reads what comes and says these bytes, whatever was asked.
    pub(crate) async fn start_raw(says: &'static [u8]) -> Self {
        let inside = Arc::new(Mutex::new(Inside::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let mut asked = [0; 4096];
                    drop(stream.read(&mut asked).await);
                    drop(stream.write_all(says).await);
                });
            }
        });
        Self { address, inside, serving }
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    pub(crate) fn list(&self, key: &str, status: &'static str) {
        self.inside().lists.insert(key.to_owned(), status);
    }

    pub(crate) fn next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inside().faults.extend(faults);
    }

    pub(crate) fn count(&self) -> usize {
        self.inside().asked.len()
    }
}

/// Makes an authority and a server's certificate that it vouches for; both live as long as the folder.
fn certify(folder: &Path) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "atgate test authority");
    let certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    let signed = server.signed_by(&key, &issuer).unwrap();
    for (name, text) in
        [("ca.pem", certificate.pem()), ("server.pem", signed.pem()), ("server.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// An address at which nobody listens, and nobody can while it is held.
pub(crate) fn nowhere() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

pub(crate) fn says(status: u16, kind: &str, body: &str) -> Fault {
    Fault::Says(status, vec![("content-type", kind.to_owned())], body.to_owned())
}

async fn answer(State(inside): State<Arc<Mutex<Inside>>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let fault = {
        let mut inside = inside.lock().unwrap();
        let token = request.headers().get(header::AUTHORIZATION).and_then(|token| token.to_str().ok());
        inside.asked.push(Asked {
            path: request.uri().path().to_owned(),
            query: query.clone(),
            token: token.map(str::to_owned),
            version: request.version(),
        });
        inside.faults.pop_front()
    };
    match fault {
        Some(Fault::Hangs) => std::future::pending().await,
        Some(Fault::Endless) => {
            let pieces = [0u8; 8].map(|_| "x".repeat(16 << 10)).concat();
            ([(header::CONTENT_TYPE, "application/json")], Body::from(pieces)).into_response()
        }
        Some(Fault::Says(status, headers, body)) => {
            let mut all = HeaderMap::new();
            for (name, value) in headers {
                all.insert(name, value.parse().unwrap());
            }
            (StatusCode::from_u16(status).unwrap(), all, body).into_response()
        }
        None => honest(&inside, request.uri().path(), &query),
    }
}

fn honest(inside: &Mutex<Inside>, path: &str, query: &str) -> Response {
    if !path.ends_with("/n5g-eir-eic/v1/equipment-status") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let pei = query.split('&').find_map(|pair| pair.strip_prefix("pei=")).unwrap_or_default();
    let digits = pei.split_once('-').map_or("", |(_, digits)| digits);
    let status = digits.get(..14).and_then(|key| inside.lock().unwrap().lists.get(key).copied());
    match status {
        Some(status) => {
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"status\":\"{status}\"}}")).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "application/problem+json")],
            "{\"status\":404,\"cause\":\"ERROR_EQUIPMENT_UNKNOWN\"}",
        )
            .into_response(),
    }
}
