//! A register's interfaces, and who comes in at the door.
//!
//! Every request passes here: its length, its sender's token and limit are looked at, then it goes to TS 29.511's interface at
//! once or to the router. Faults get the shape of the interface that was asked.

use super::activity::Activity;
use super::body::{Answer, never};
use super::clients::{Clients, Limiter};
use super::fault::{Fault, Shape};
use super::metrics::{Interface, Metrics};
use super::settings::Settings;
use super::store::Stores;
use super::tokens::{Holder, Permission, Tokens};
use super::{camara, equipment, router};
use crate::register::Desk;
use arc_swap::ArcSwapOption;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use hyper::body::Incoming;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::Semaphore;
use tower::ServiceExt;

/// The interfaces of a register.
pub struct Service {
    pub(super) desk: Arc<Desk>,
    pub(super) settings: Settings,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stores: Stores,
    pub(super) batches: Arc<Semaphore>,
    tokens: ArcSwapOption<Tokens>,
    clients: Option<Clients>,
}

impl Service {
    /// Interfaces to this register; without tokens anybody may ask anything.
    pub fn new(desk: Arc<Desk>, settings: Settings, tokens: Option<Tokens>) -> Arc<Self> {
        Arc::new(Self {
            desk,
            stores: Stores::default(),
            settings,
            metrics: Arc::default(),
            batches: Arc::new(Semaphore::new(settings.limits.batches)),
            tokens: ArcSwapOption::from_pointee(tokens),
            clients: settings.limits.rate.map(Clients::new),
        })
    }

    /// Takes other tokens from now on. A server that had none cannot get some, nor the other way round.
    pub fn renew_tokens(&self, tokens: Tokens) {
        if self.tokens.load().is_some() {
            self.tokens.store(Some(Arc::new(tokens)));
        }
    }

    /// Whether who asks needs a token.
    pub fn has_tokens(&self) -> bool {
        self.tokens.load().is_some()
    }
}

/// Who asked, for handlers that note it. `None` where nobody needs a token.
#[derive(Debug, Clone)]
pub(super) struct Asker(pub(super) Option<Arc<Holder>>);

impl Asker {
    /// What the journal calls them: their token's name, or `http` where nobody needs one.
    pub(super) fn name(&self) -> &str {
        self.0.as_ref().map_or("http", |holder| &holder.name)
    }
}

/// One connection's door to the service.
#[derive(Clone)]
pub(super) struct Door {
    service: Arc<Service>,
    router: axum::Router,
    limiter: Option<Arc<Limiter>>,
    activity: Arc<Activity>,
}

/// What a path is about and who may ask there.
struct Place {
    interface: Interface,
    shape: Shape,
    /// `None` where everybody may.
    permission: Option<Permission>,
    realm: &'static str,
}

impl Place {
    fn of(method: &Method, path: &str) -> Self {
        let reads = method == Method::GET || method == Method::HEAD;
        let problem = |interface, permission| Self { interface, shape: Shape::Problem, permission, realm: "atgate" };
        if path.starts_with("/n5g-eir-eic/") {
            Self { realm: "n5g-eir-eic", ..problem(Interface::Equipment, Some(Permission::Equipment)) }
        } else if path.starts_with("/device-authenticity/") {
            let permission = Some(Permission::Authenticity);
            let interface = Interface::Authenticity;
            Self { interface, shape: Shape::ErrorInfo, permission, realm: "device-authenticity" }
        } else if path == "/v1/screen" {
            problem(Interface::Screen, Some(Permission::Screen))
        } else if path.starts_with("/v1/") {
            let permission = match (reads, path.starts_with("/v1/imports") || path.starts_with("/v1/acts/")) {
                (true, _) => Permission::Read,
                (false, true) => Permission::Import,
                (false, false) => Permission::Edit,
            };
            problem(Interface::Administration, Some(permission))
        } else if path == "/metrics" {
            problem(Interface::Operation, Some(Permission::Metrics))
        } else {
            problem(Interface::Operation, None)
        }
    }
}

impl Door {
    pub(super) fn new(service: &Arc<Service>, router: axum::Router, peer: SocketAddr, activity: Arc<Activity>) -> Self {
        let limiter = service.clients.as_ref().map(|clients| clients.limiter(peer.ip()));
        Self { service: Arc::clone(service), router, limiter, activity }
    }

    /// Whoever may pass, with who they are.
    fn admit(&self, place: &Place, parts: &axum::http::request::Parts) -> Result<Asker, Fault> {
        let service = &self.service;
        let limits = &service.settings.limits;
        let length = parts.uri.path_and_query().map_or(0, |text| text.as_str().len());
        if length > limits.uri {
            let detail = format!("a path and query of at most {} bytes is read", limits.uri);
            return Err(Fault::new(StatusCode::URI_TOO_LONG, "URI_TOO_LONG", detail));
        }
        let tokens = service.tokens.load();
        let Some(tokens) = &*tokens else {
            self.limit(None)?;
            if place.interface != Interface::Equipment {
                own_page(&parts.headers, &parts.uri, service.settings.is_read_only)?;
            }
            return writable(service, place).map(|()| Asker(None));
        };
        let Some(permission) = place.permission else {
            return self.limit(None).map(|()| Asker(None));
        };
        let holder = match bearer(&parts.headers) {
            None => Err(Fault::unauthenticated(place.realm, false)),
            Some(token) => tokens.find(token).ok_or_else(|| Fault::unauthenticated(place.realm, true)),
        };
        // Who guesses tokens is limited by the address.
        let holder = holder.inspect_err(|_| tracing::debug!("a request without a token of ours"));
        let holder = match holder {
            Ok(holder) => holder,
            Err(fault) => return self.limit(None).and(Err(fault)),
        };
        self.limit(Some(holder))?;
        if !holder.may(permission) {
            return Err(Fault::forbidden(permission.scope()));
        }
        writable(service, place).map(|()| Asker(Some(Arc::clone(holder))))
    }

    fn limit(&self, holder: Option<&Holder>) -> Result<(), Fault> {
        let own = holder.and_then(|holder| holder.limiter.as_ref());
        match own.or(self.limiter.as_deref()) {
            Some(limiter) => limiter.take().map_err(Fault::too_many),
            None => Ok(()),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
}

fn writable(service: &Service, place: &Place) -> Result<(), Fault> {
    match place.permission {
        Some(Permission::Edit | Permission::Import) if service.settings.is_read_only => {
            Err(Fault::new(StatusCode::FORBIDDEN, "MODIFICATION_NOT_ALLOWED", "this server answers questions alone"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Without tokens the address is this machine's own, where any page in a browser could ask too: what comes from one, or asks
/// for a host that is not this machine, is turned away.
fn own_page(headers: &HeaderMap, uri: &Uri, is_read_only: bool) -> Result<(), Fault> {
    if is_read_only {
        return Ok(());
    }
    let refuse = |detail| Err(Fault::new(StatusCode::FORBIDDEN, "UNAUTHORIZED", detail));
    if headers.contains_key(ORIGIN) {
        return refuse("a page in a browser asks; without tokens none may");
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let Some(authority) = uri.authority().or(host.as_ref()) else { return Ok(()) };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let is_own = match host.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    if is_own {
        Ok(())
    } else {
        refuse("asked for a host that is not this machine; without tokens only `localhost` is")
    }
}

impl hyper::service::Service<Request<Incoming>> for Door {
    type Response = Response<Answer>;
    type Error = axum::Error;
    type Future = Reply;

    fn call(&self, request: Request<Incoming>) -> Reply {
        let began = Instant::now();
        self.activity.request();
        let (parts, body) = request.into_parts();
        let place = Place::of(&parts.method, parts.uri.path());
        let asker = match self.admit(&place, &parts) {
            Ok(asker) => asker,
            Err(fault) => {
                let mut response = fault.answer(place.shape, parts.uri.path());
                if place.shape == Shape::ErrorInfo
                    && let Ok(Some(correlator)) = camara::correlator(&parts.headers)
                {
                    response.headers_mut().insert("x-correlator", correlator);
                }
                return self.done(&place, began, response);
            }
        };
        if parts.uri.path() == equipment::PATH {
            let response = equipment::answer(&self.service, &parts);
            return self.done(&place, began, response);
        }
        let mut request = Request::from_parts(parts, Body::new(body));
        request.extensions_mut().insert(asker);
        let (router, activity) = (self.router.clone(), Arc::clone(&self.activity));
        let service = Arc::clone(&self.service);
        Reply::Later(Box::pin(async move {
            let handler = activity.handler();
            let mut response = routed(router, &place, request).await?;
            drop(handler);
            response.body_mut().keep(activity.answer());
            service.metrics.answered(place.interface, response.status().as_u16(), began.elapsed());
            Ok(response)
        }))
    }
}

impl Door {
    fn done(&self, place: &Place, began: Instant, response: Response<Answer>) -> Reply {
        self.service.metrics.answered(place.interface, response.status().as_u16(), began.elapsed());
        Reply::Now(Some(response))
    }
}

/// What the router answers, its faults in the interface's shape.
async fn routed(router: axum::Router, place: &Place, request: Request<Body>) -> Result<Response<Answer>, axum::Error> {
    let path = request.uri().path().to_owned();
    let correlator = match place.shape {
        Shape::Problem => Ok(None),
        Shape::ErrorInfo => camara::correlator(request.headers()),
    };
    let correlator = match correlator {
        Ok(correlator) => correlator,
        Err(fault) => return Ok(fault.answer(place.shape, &path)),
    };
    let response = router.oneshot(request).await.map_err(never)?;
    let (mut parts, body) = response.into_parts();
    let mut response = match parts.extensions.remove::<Arc<Fault>>() {
        Some(fault) => {
            let mut response = fault.answer(place.shape, &path);
            if let Some(allow) = parts.headers.remove(axum::http::header::ALLOW) {
                response.headers_mut().insert(axum::http::header::ALLOW, allow);
            }
            response
        }
        None => Response::from_parts(parts, Answer::routed(body)),
    };
    if let Some(correlator) = correlator {
        response.headers_mut().insert("x-correlator", correlator);
    }
    if place.interface == Interface::Administration {
        response.headers_mut().insert(axum::http::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// The answer to a request: there at once, or later.
pub(super) enum Reply {
    Now(Option<Response<Answer>>),
    Later(Pin<Box<dyn Future<Output = Result<Response<Answer>, axum::Error>> + Send>>),
}

impl Future for Reply {
    type Output = Result<Response<Answer>, axum::Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Now(response) => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            Self::Later(future) => future.as_mut().poll(context),
        }
    }
}

/// Checks what a router is made of once, when a server starts.
pub(super) fn doors(service: &Arc<Service>) -> axum::Router {
    router::router(Arc::clone(service))
}
