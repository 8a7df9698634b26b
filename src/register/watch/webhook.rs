//! A receiver of reports over HTTP.
//!
//! On the wire: `POST` with `application/json`, `{"reports":[{"id":"…-7","event":"blocked",…},…]}`, the oldest first; any answer of
//! 2xx takes them all. Each report has an id of its own, by which a receiver drops one that comes twice.

use super::delivery::Delivery;
use super::report::Report;
use crate::register::remote::Token;
use reqwest::header::AUTHORIZATION;
use reqwest::{StatusCode, Url, redirect};
use serde_json::{Value, json};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A receiver of reports.
#[derive(Debug, Clone)]
pub struct Webhook {
    http: reqwest::Client,
    url: Url,
    token: Option<Token>,
    reveal: bool,
}

/// Why there is no receiver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The text is no URL.
    #[error("the address of the webhook is none: {0}")]
    NoUrl(String),
    /// It is neither HTTP nor HTTPS.
    #[error("expected http:// or https://, found `{0}://`")]
    Scheme(String),
    /// The system lacks something: certificates, most of all.
    #[error("cannot send over HTTP: {0}")]
    System(String),
}

impl WebhookError {
    /// What to do next.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoUrl(_) | Self::Scheme(_) => Some("a webhook is such as http://127.0.0.1:8080/reports"),
            Self::System(_) => None,
        }
    }
}

impl Webhook {
    /// A receiver at `url`; each request takes no longer than `timeout`. With `reveal` it is told identities of real devices.
    ///
    /// # Errors
    /// The text is no address, or the certificates of an `https://` address cannot be had.
    pub fn new(url: &str, token: Option<Token>, timeout: Duration, reveal: bool) -> Result<Self, WebhookError> {
        let url = Url::parse(url).map_err(|error| WebhookError::NoUrl(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(WebhookError::Scheme(url.scheme().to_owned()));
        }
        // Whoever came first in this process has set one; any will do.
        drop(tokio_rustls::rustls::crypto::ring::default_provider().install_default());
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("atgate/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(timeout)
            .timeout(timeout);
        if url.scheme() == "http" {
            // A machine without certificates can be told all the same.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| WebhookError::System(innermost(&error)))?;
        Ok(Self { http, url, token, reveal })
    }

    /// What is sent.
    pub fn body(&self, reports: &[Report]) -> Value {
        json!({ "reports": reports.iter().map(|report| report.object(self.reveal)).collect::<Vec<_>>() })
    }

    /// Sends reports, once. Redirections are not followed: nobody else is to hear of devices.
    pub async fn send(&self, reports: &[Report]) -> Delivery {
        let mut request = self.http.post(self.url.clone()).json(&self.body(reports));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.text()));
        }
        match request.send().await {
            Ok(response) => self.answer(response.status()),
            Err(error) => Delivery::Failed(format!("{self}: {}", innermost(&error.without_url()))),
        }
    }

    fn answer(&self, status: StatusCode) -> Delivery {
        if status.is_success() {
            return Delivery::Done;
        }
        let why = format!("{self} answered {status}");
        let later = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
        if status.is_server_error() || later.contains(&status) {
            return Delivery::Failed(why);
        }
        let content = [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNPROCESSABLE_ENTITY];
        Delivery::Refused { why, is_about_content: content.contains(&status) }
    }
}

impl fmt::Display for Webhook {
    /// The server alone: the rest of such an address is often a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the webhook at {}://{}", self.url.scheme(), self.url.host_str().unwrap_or(""))?;
        self.url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The words of what lies behind an error: those of the crate alone say only that there was one.
fn innermost(error: &reqwest::Error) -> String {
    let mut inner: &dyn Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
