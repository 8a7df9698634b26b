//! Asks a register, as often as it takes and no longer than it may.

use super::failure::Failure;
use super::pace;
use super::reply::{self, Reply};
use super::target::Target;
use crate::identity::{Imsi, Pei};
use crate::register::{Answer, Inquiry, Policy, Reason};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, StatusCode, Url, redirect};
use std::error::Error;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

/// An answer has some forty bytes, problem details some hundred.
const LARGEST_BODY: usize = 64 << 10;
/// A request is sent on this often.
const MOST_REDIRECTS: u32 = 5;
/// So many requests are on their way at once; the others wait, and their wait counts.
const AT_ONCE: usize = 32;
/// A connection that nobody needs is kept for this long.
const IDLE: Duration = Duration::from_secs(30);
/// A connection of HTTP/2 is asked this often whether it lives, while a request is on it.
const ALIVE: Duration = Duration::from_secs(10);

/// The client of one register. All who ask it share its connections.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    target: Target,
    check: Url,
    room: Semaphore,
}

/// Why there is no client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The certificates cannot be read.
    #[error("cannot read the certificates in {file}: {why}")]
    Certificates {
        /// The file.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The system lacks something: certificates, most of all.
    #[error("cannot ask a register over HTTP: {0}")]
    System(String),
}

impl Client {
    /// A client of the register at `target`.
    ///
    /// # Errors
    /// The certificates of an `https://` address cannot be had.
    pub fn new(target: Target) -> Result<Self, ClientError> {
        // Whoever came first in this process has set one; any will do.
        drop(tokio_rustls::rustls::crypto::ring::default_provider().install_default());
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/problem+json"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("atgate/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            // A register is asked itself, and its redirects are followed here, where they are counted and judged.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .connect_timeout(target.connect)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(AT_ONCE);
        let is_plain = target.root.scheme() == "http";
        builder = match (target.http2, is_plain) {
            (true, _) => builder.http2_prior_knowledge().http2_keep_alive_interval(ALIVE),
            (false, true) => builder.http1_only(),
            (false, false) => builder.http2_keep_alive_interval(ALIVE),
        };
        if let Some(file) = target.authority() {
            builder = builder.tls_certs_only(certificates(file)?);
        } else if is_plain {
            // A machine without certificates can ask it all the same.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| ClientError::System(innermost(&error)))?;
        Ok(Self { http, check: target.check(), target, room: Semaphore::new(AT_ONCE) })
    }

    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Decides about a device: what the register says, else what `policy` does. A register that gave no answer is
    /// reported as a finding.
    pub async fn check(&self, inquiry: &Inquiry, policy: &Policy) -> Answer {
        let pei = match &inquiry.pei {
            None => return policy.answer(Reason::Missing),
            Some(Pei::Other(_)) => return policy.answer(Reason::Malformed),
            Some(pei @ (Pei::Imei(_) | Pei::Imeisv(_) | Pei::Mac { .. } | Pei::Eui64(_))) => pei,
        };
        match self.ask(pei, inquiry.imsi).await {
            Ok(Reply::Listed(list)) => policy.answer(Reason::Remote(list)),
            Ok(Reply::Unknown) => policy.answer(Reason::Unknown),
            Err(failure) => {
                let mut answer = policy.answer(Reason::Failure);
                answer.findings.push(failure.finding());
                answer
            }
        }
    }

    /// Asks what the register says of a device, as it spells itself.
    ///
    /// # Errors
    /// The register gave no answer, though it was asked again where that could help, within the target's `limit`.
    pub async fn ask(&self, pei: &Pei, imsi: Option<Imsi>) -> Result<Reply, Failure> {
        let mut url = self.check.clone();
        url.query_pairs_mut().append_pair("pei", &pei.to_string());
        if let Some(imsi) = imsi {
            url.query_pairs_mut().append_pair("supi", &format!("imsi-{imsi}"));
        }
        let begun = Instant::now();
        let left = || self.target.limit.saturating_sub(begun.elapsed());
        let late = || Failure::TimedOut { at: self.target.to_string(), within: self.target.limit };
        // Never closed: an error is as good as no room in time.
        let Ok(Ok(_room)) = timeout(left(), self.room.acquire()).await else { return Err(late()) };
        let mut tries = 0;
        loop {
            tries += 1;
            let within = self.target.timeout.min(left());
            let (failure, asked) = match timeout(within, self.exchange(url.clone())).await {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(Refused { failure, after })) => (failure, after),
                Err(_) => (Failure::TimedOut { at: self.target.to_string(), within }, None),
            };
            let pause = pace::pause(tries, asked);
            if tries >= self.target.tries || !failure.is_transient() || pause >= left() {
                return Err(failure);
            }
            tracing::debug!("{failure}; asked again in {} ms", pause.as_millis());
            sleep(pause).await;
        }
    }

    /// One question, to wherever the register sends it on.
    async fn exchange(&self, mut url: Url) -> Result<Reply, Refused> {
        let at = self.target.to_string();
        for _ in 0..=MOST_REDIRECTS {
            let mut request = self.http.get(url.clone());
            // The token is for the register that was named, and for nobody whom it names.
            if let Some(token) = self.target.token.as_ref().filter(|_| url.origin() == self.check.origin()) {
                let mut value = HeaderValue::try_from(format!("Bearer {}", token.text()))
                    .map_err(|_| Failure::Denied { at: at.clone(), status: 401 })?;
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
            let mut response = request.send().await.map_err(|error| broken(&at, error))?;
            let status = response.status();
            let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
            if matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                url = onward(&at, &url, header(LOCATION))?;
                continue;
            }
            let content = header(CONTENT_TYPE).map(str::to_owned);
            let after = header(RETRY_AFTER).and_then(pace::retry_after);
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(|error| broken(&at, error))? {
                if body.len() + chunk.len() > LARGEST_BODY {
                    let why = format!("its answer has more than {} KiB", LARGEST_BODY >> 10);
                    return Err(Failure::NoRegister { at, why }.into());
                }
                body.extend_from_slice(&chunk);
            }
            return reply::read(&at, status.as_u16(), content.as_deref(), &body).map_err(|failure| {
                let failure = match failure {
                    Failure::Busy { at, after: _ } => Failure::Busy { at, after },
                    other => other,
                };
                Refused { failure, after }
            });
        }
        Err(Failure::Redirected { at, why: format!("more than {MOST_REDIRECTS} times") }.into())
    }
}

/// Why one question had no answer, and how long the server wants to be left alone.
struct Refused {
    failure: Failure,
    after: Option<Duration>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { failure, after: None }
    }
}

/// Where a redirect leads.
fn onward(at: &str, from: &Url, location: Option<&str>) -> Result<Url, Failure> {
    let wrong = |why: &str| Failure::Redirected { at: at.to_owned(), why: why.to_owned() };
    let to = location.ok_or_else(|| wrong("it did not say where to"))?;
    let to = from.join(to).map_err(|_| wrong("what it named is no address"))?;
    if to.scheme() != from.scheme() {
        return Err(wrong(&format!("from {}:// to {}://", from.scheme(), to.scheme())));
    }
    Ok(to)
}

/// What became of a request that had no answer. The address is left out: it holds the identity.
fn broken(at: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let (at, why) = (at.to_owned(), innermost(&error));
    match (is_of_tls(&error), error.is_connect()) {
        (true, _) => Failure::Untrusted { at, why },
        (false, true) => Failure::Unreachable { at, why },
        (false, false) => Failure::Broken { at, why },
    }
}

/// Whether TLS was not agreed upon because of a certificate.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    if let Some(found) = error.downcast_ref::<tokio_rustls::rustls::Error>() {
        return matches!(found, tokio_rustls::rustls::Error::InvalidCertificate(_));
    }
    // What an error of the system holds is not its source, but the source's.
    let inside = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
    inside.is_some_and(|inside| is_of_tls(inside)) || error.source().is_some_and(is_of_tls)
}

/// The words of what lies at the bottom of an error: those above it only repeat where it happened.
fn innermost(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(deeper) = deepest.source() {
        deepest = deeper;
    }
    deepest.to_string()
}

fn certificates(file: &std::path::Path) -> Result<Vec<Certificate>, ClientError> {
    let wrong = |why: String| ClientError::Certificates { file: file.display().to_string(), why };
    let pem = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if found.is_empty() => Err(wrong("it holds none in PEM".to_owned())),
        Ok(found) => Ok(found),
        Err(error) => Err(wrong(innermost(&error))),
    }
}
