//! What those who run the server ask: is it alive, is it ready, what has it counted.

use super::door::Service;
use super::fault::Fault;
use super::metrics::Holdings;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::sync::Arc;

/// A store that was not heard of for so many seconds is away; look-ups go on as of then.
const STALE: i64 = 60;

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
    generation: i64,
    entries: usize,
}

/// The process answers.
pub(super) async fn alive() -> Response {
    Json(Alive { status: "alive" }).into_response()
}

/// The lists are those of the store.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Result<Response, Fault> {
    let Holdings { generation, entries, confirmed } = Holdings::of(&service.desk);
    let age = Timestamp::now().duration_since(confirmed);
    if age > SignedDuration::from_secs(STALE) {
        let detail = format!("the register's store was last heard of {} seconds ago", age.as_secs());
        return Err(Fault::unavailable(detail));
    }
    Ok(Json(Ready { status: "ready", generation, entries }).into_response())
}

/// The counters, for Prometheus.
pub(super) async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let text = service.metrics.text(&service.desk);
    ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
}
