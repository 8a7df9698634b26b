//! `atgate register serve`: the register over HTTP, until it is told to end.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;

use super::{Place, now};
use crate::cli::say;
use crate::cli::signals::{Hangup, Signals};
use crate::cli::{CliError, Exit};
use crate::register::{Desk, List};
use crate::service::{self, Service, Settings, Tls, Tokens, Undecided};

const WORDS: &str = "\
Prints `listening on http://…` once it answers. Ends on SIGINT and SIGTERM, when what was asked is answered. On \
SIGHUP it reads the files of --tokens and --tls again; one that is wrong is told, and what was read before holds.

  GET  /n5g-eir-eic/v1/equipment-status?pei=…   TS 29.511, HTTP/1.1 and HTTP/2 (h2c)
  POST /device-authenticity/v0.1/check-status   CAMARA
  POST /v1/screen                               lists of any length, verdicts as they come
  /v1/lists, /v1/imports, /v1/acts, /v1/devices what is listed, and by whom; /openapi.json says how
  /v1/fleet, /v1/sightings, /v1/cards           the fleet: what is declared of devices, and what was seen
  /v1/cases                                     listings that somebody says are wrong
  GET  /metrics /healthz /readyz                operation

A tokens file is TOML: [[token]] with name, sha256 (of the token: printf %s TOKEN | sha256sum), roles (lookup, screen, edit,
admin) and, where it is to be limited, rate in requests a second.";

/// The flags of `atgate register serve`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Serve {
    /// The address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7511")]
    listen: SocketAddr,

    /// Who may ask what; without it anybody on this machine may ask and do anything
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,

    /// Encrypt: the certificate with its chain, and its key, both PEM
    #[arg(long, value_name = "CERT,KEY", value_parser = pair)]
    tls: Option<(PathBuf, PathBuf)>,

    /// Answer questions alone; then another address than this machine's own needs no tokens
    #[arg(long)]
    read_only: bool,

    /// Requests a second of one client that has no rate of its own
    #[arg(long, value_name = "COUNT")]
    rate: Option<NonZeroU32>,

    /// What TS 29.511's interface answers of a device on no list: not-found, or that it is on block, track or allow; if it is
    /// not given, what the register's rules say, and not-found where they say nothing
    #[arg(long, value_name = "ANSWER", value_parser = undecided)]
    unknown: Option<Undecided>,
}

impl Serve {
    pub(super) fn run(self, place: &Place) -> Result<Exit, CliError> {
        let mut settings = Settings { is_read_only: self.read_only, ..Settings::default() };
        settings.limits.rate = self.rate;
        settings.policies.unknown = self.unknown;
        settings
            .allows(self.listen, self.tokens.is_some())
            .map_err(|error| CliError::usage(error.to_string()).help(error.help()))?;
        let tokens = self.tokens.as_deref().map(tokens).transpose()?;
        let tls = self.tls.as_ref().map(|(cert, key)| Tls::read(cert, key)).transpose();
        let tls = tls.map_err(|error| CliError::usage(error.to_string()).help(error.help()))?.map(Arc::new);
        let desk = place.desk()?;
        let follower = desk.follow(now, |news| match news {
            Ok(index) => tracing::info!(generation = index.generation(), "the register has changed"),
            Err(error) => tracing::warn!(%error, "the register cannot be followed; it is tried again"),
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot start threads: {error}")))?;
        let served = runtime.block_on(self.served(Arc::clone(&desk), settings, tokens, tls));
        // What a client no longer waits for is not waited for either: an act that is not done by then is not done at all.
        runtime.shutdown_timeout(settings.limits.grace);
        desk.close();
        if follower.join().is_err() {
            tracing::warn!("the thread that follows the register broke off");
        }
        served.map(|()| Exit::Passed)
    }

    async fn served(
        &self,
        desk: Arc<Desk>,
        settings: Settings,
        tokens: Option<Tokens>,
        tls: Option<Arc<Tls>>,
    ) -> Result<(), CliError> {
        let (mut signals, hangup) = (Signals::of_a_server()?, Hangup::new()?);
        let listen = |error| {
            CliError::bench(format!("cannot listen on {}: {error}", self.listen))
                .help("name another address or port with --listen; port 0 takes a free one")
        };
        let listener = TcpListener::bind(self.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        say::in_passing(format_args!("listening on {scheme}://{address}\n"))?;
        let service = Service::new(desk, settings, tokens);
        let files = Files { tokens: self.tokens.clone(), tls: tls.clone(), service: Arc::clone(&service) };
        let renewing = tokio::spawn(renewing(hangup, Arc::new(files)));
        service::serve(listener, service, tls, async move { signals.next().await }).await;
        renewing.abort();
        Ok(())
    }
}

/// What SIGHUP has read again.
struct Files {
    tokens: Option<PathBuf>,
    tls: Option<Arc<Tls>>,
    service: Arc<Service>,
}

impl Files {
    /// Reads them again; of one that is wrong what was read before holds.
    fn renew(&self) {
        match self.tokens.as_deref().map(tokens) {
            Some(Ok(tokens)) => {
                self.service.renew_tokens(tokens);
                tracing::info!("the tokens were read again");
            }
            Some(Err(error)) => tracing::warn!("{}; the tokens that were read before hold", error.message),
            None => {}
        }
        match self.tls.as_ref().map(|tls| tls.renew()) {
            Some(Ok(())) => tracing::info!("certificate and key were read again"),
            Some(Err(error)) => tracing::warn!("{error}; certificate and key that were read before hold"),
            None => {}
        }
        if self.tokens.is_none() && self.tls.is_none() {
            tracing::info!("SIGHUP: there are no files of --tokens or --tls to be read again");
        }
    }
}

async fn renewing(mut hangup: Hangup, files: Arc<Files>) {
    loop {
        hangup.next().await;
        let files = Arc::clone(&files);
        if let Err(error) = tokio::task::spawn_blocking(move || files.renew()).await {
            tracing::warn!(%error, "the files could not be read again");
        }
    }
}

fn tokens(path: &Path) -> Result<Tokens, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))?;
    let tokens = Tokens::from_toml(&text)
        .map_err(|error| CliError::usage(format!("{}:{error}", path.display())).help(error.help()))?;
    if tokens.has_plain() {
        tracing::warn!("{} holds tokens as they are: nobody else should be able to read it", path.display());
    }
    Ok(tokens)
}

fn pair(text: &str) -> Result<(PathBuf, PathBuf), String> {
    match text.split_once(',') {
        Some((cert, key)) if !cert.is_empty() && !key.is_empty() => Ok((cert.into(), key.into())),
        Some(_) | None => Err("expected two files with a comma between them: CERT,KEY".to_owned()),
    }
}

fn undecided(text: &str) -> Result<Undecided, String> {
    match text {
        "not-found" => Ok(Undecided::NotFound),
        other => List::from_word(other)
            .map(Undecided::As)
            .ok_or_else(|| "expected not-found, block, track or allow".to_owned()),
    }
}
