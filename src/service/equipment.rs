//! TS 29.511, `GET /n5g-eir-eic/v1/equipment-status`: the question of every registration, and the one that has to be fast.
//!
//! The bodies are written beforehand, the query is read where it stands, and the lists are looked at once.
//!
//! Source: 3GPP TS 29.511 clauses 5.2.2.2 and 6.1; TS 29.500 clause 5.2.7.2 for the causes.

use super::accept;
use super::body::Answer;
use super::door::Service;
use super::fault::{Fault, Shape};
use super::mask::Masked;
use super::metrics::{Decided, Interface};
use super::query::{self, Device};
use super::settings::Undecided;
use crate::register::List;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};

/// Where it is asked.
pub(super) const PATH: &str = "/n5g-eir-eic/v1/equipment-status";

const ALLOW: &str = "GET, HEAD";

/// Answers a request for [`PATH`] by whoever may ask.
pub(super) fn answer(service: &Service, parts: &Parts) -> Response<Answer> {
    match decide(service, parts) {
        Ok(list) => status(list),
        Err(fault) => fault.answer(Shape::Problem, PATH),
    }
}

fn decide(service: &Service, parts: &Parts) -> Result<List, Fault> {
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return Err(Fault::method(ALLOW));
    }
    if !accept::takes_json(&parts.headers) {
        return Err(Fault::not_acceptable("application/json"));
    }
    let asked = query::read(parts.uri.query().unwrap_or(""))?;
    let (decided, answer) = match asked.device {
        Device::Key(key) => match service.desk.listed(key, asked.imsi) {
            Some(listing) => {
                tracing::debug!(device = %Masked(key), list = %listing.list, "asked");
                (decided(listing.list), Ok(listing.list))
            }
            None => {
                tracing::debug!(device = %Masked(key), "asked; on no list");
                (Decided::Unknown, undecided(unknown(service), Reason::Unknown))
            }
        },
        Device::Other => (Decided::Unknown, undecided(unknown(service), Reason::Unknown)),
        Device::Malformed => (Decided::Malformed, undecided(service.settings.policies.malformed, Reason::Malformed)),
    };
    service.metrics.decided(Interface::Equipment, decided, 1);
    answer
}

/// What is answered of equipment on no list: as this server was told, else as the register's rules say.
fn unknown(service: &Service) -> Undecided {
    let told = service.settings.policies.unknown;
    told.or_else(|| service.desk.unknown().map(Undecided::of)).unwrap_or(Undecided::NotFound)
}

#[derive(Clone, Copy)]
enum Reason {
    Unknown,
    Malformed,
}

/// What a policy answers.
fn undecided(policy: Undecided, reason: Reason) -> Result<List, Fault> {
    match policy {
        Undecided::As(list) => Ok(list),
        Undecided::NotFound => {
            let detail = match reason {
                Reason::Unknown => "this equipment is on no list",
                Reason::Malformed => "what was asked for is no equipment identity",
            };
            Err(Fault::new(StatusCode::NOT_FOUND, "ERROR_EQUIPMENT_UNKNOWN", detail))
        }
        Undecided::Refuse => {
            let reason = "expected `imei-` and 14 or 15 digits, `imeisv-` and 16, `mac-…` or `eui-…`";
            Err(Fault::invalid("MANDATORY_QUERY_PARAM_INCORRECT", "query pei", reason))
        }
    }
}

pub(super) fn decided(list: List) -> Decided {
    match list {
        List::Block => Decided::Block,
        List::Track => Decided::Track,
        List::Allow => Decided::Allow,
    }
}

fn status(list: List) -> Response<Answer> {
    let body: &'static [u8] = match list {
        List::Allow => br#"{"status":"WHITELISTED"}"#,
        List::Track => br#"{"status":"GREYLISTED"}"#,
        List::Block => br#"{"status":"BLACKLISTED"}"#,
    };
    let mut response = Response::new(Answer::whole(Bytes::from_static(body)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
