//! What whoever keeps the register does over HTTP: entries, imports, acts, what is known of a device; the fleet, its cards, what
//! was seen of them; and cases.
//!
//! Everything here asks the store or changes it, on threads that may wait.

mod acts;
mod cards;
mod cases;
mod declare;
mod devices;
mod entries;
mod fleet;
mod imports;

use super::door::{Asker, Service};
use super::fault::Fault;
use super::reading;
use crate::register::store::{ImportError, NewAct, Outcome, StoreError, Verb};
use axum::Json;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// The longest name of a source, in bytes.
const LONGEST_NAME: usize = 64;
/// The longest reason, in bytes.
const LONGEST_REASON: usize = 512;

/// The paths of this room.
pub(super) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/v1/lists/{list}/entries", get(entries::list).post(entries::put).delete(entries::forget))
        .route("/v1/imports", post(imports::import))
        .route("/v1/acts", get(acts::list))
        .route("/v1/acts/{id}/undo", post(acts::undo))
        .route("/v1/devices/{imei}", get(devices::device))
        .route("/v1/fleet", get(fleet::list))
        .route("/v1/fleet/{imei}", get(fleet::device).put(declare::put).patch(declare::patch).delete(declare::forget))
        .route("/v1/sightings", post(cards::see))
        .route("/v1/cards", get(cards::list))
        .route("/v1/cards/{sim}", get(cards::card))
        .route("/v1/cards/{sim}/arm", post(cards::arm))
        .route("/v1/cards/{sim}/link", post(cards::link_to))
        .route("/v1/cards/{sim}/unlink", post(cards::unlink))
        .route("/v1/cases", get(cases::list).post(cases::open))
        .route("/v1/cases/{id}", get(cases::case))
        .route("/v1/cases/{id}/notes", post(cases::note))
        .route("/v1/cases/{id}/resolve", post(cases::resolve))
}

/// What an act changed; `act` is null where nothing had to be changed.
#[derive(Serialize)]
struct Changed {
    act: Option<i64>,
    added: i64,
    removed: i64,
    changed: i64,
}

impl Changed {
    fn answer(outcome: Outcome) -> Response {
        let counts = outcome.counts;
        let (added, removed, changed) = (counts.added, counts.removed, counts.changed);
        Json(Self { act: outcome.act, added, removed, changed }).into_response()
    }
}

/// The time, to the second, as the store keeps it: what is told of a moment at once is what is told of it later.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// An act of whoever asked.
fn act(asker: &Asker, verb: Verb, reason: Option<String>) -> NewAct {
    NewAct { verb, at: Timestamp::now(), who: asker.name().to_owned(), reason, origin: None }
}

/// A text that a person wrote: not empty, not too long, and without control characters.
///
/// # Errors
/// It is none.
fn text(part: impl Into<Cow<'static, str>>, text: &str, longest: usize) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::unprocessable(part, "it is empty"));
    }
    if text.len() > longest {
        return Err(Fault::unprocessable(part, format!("it has more than {longest} bytes")));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::unprocessable(part, "it has a control character"));
    }
    Ok(())
}

/// A moment by RFC 3339.
///
/// # Errors
/// It is none.
fn time(part: impl Into<Cow<'static, str>>, text: &str) -> Result<Timestamp, Fault> {
    let reason = "expected a time with its zone: 2027-01-31T12:00:00Z";
    text.parse().map_err(|_| Fault::unprocessable(part, reason))
}

impl From<ImportError<StoreError>> for Fault {
    fn from(error: ImportError<StoreError>) -> Self {
        match error {
            ImportError::Store(error) | ImportError::Given(error) | ImportError::Unwanted(error) => error.into(),
            ImportError::Twice(_) => Self::unprocessable("/entries", "one of them stands twice in this request"),
        }
    }
}
