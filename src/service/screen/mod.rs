//! Many devices in one request: `POST /v1/screen`, a list in, a verdict for each of its lines out.
//!
//! The list comes as a JSON array, as one JSON value a line, as CSV or as plain lines; the verdicts leave as one JSON object a
//! line, as CSV or as a JSON array. Both stream: what is kept of a list of any length is at most eight megabytes. A client
//! that sends all before it reads may send so much; one with more has to read while it sends.

mod answer;
mod items;
mod rows;

use super::accept;
use super::ahead;
use super::door::Service;
use super::fault::Fault;
use super::reading;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use items::{Form, Items};
pub(super) use rows::by;
use rows::{Rows, Style};
use std::sync::Arc;

const TAKEN: &str = "application/json, application/x-ndjson, text/csv, text/plain";
const OFFERED: [&str; 3] = ["application/x-ndjson", "text/csv", "application/json"];

/// Screens a list.
pub(super) async fn screen(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let form = match reading::media_type(&headers).as_deref() {
        Some("application/json") => Form::Array,
        Some("application/x-ndjson" | "application/jsonl" | "application/ndjson") => Form::Values,
        Some("text/csv") => Form::Csv,
        Some("text/plain") => Form::Lines,
        Some(_) | None => return Err(Fault::media_type(TAKEN)),
    };
    let Some(media) = accept::best(&headers, &OFFERED) else {
        return Err(Fault::not_acceptable(&OFFERED.join(", ")));
    };
    let style = match media {
        "text/csv" => Style::Csv,
        "application/json" => Style::Array,
        _ => Style::Objects,
    };
    let limits = &service.settings.limits;
    reading::bulk_length(&headers, limits)?;
    let place = Arc::clone(&service.batches).try_acquire_owned().map_err(|_| Fault::crowded())?;
    let chunks = ahead::start(body, limits);
    let rows = Rows::new(style, Arc::clone(&service.desk));
    let answer =
        answer::Screened::new(chunks, Items::new(form), rows, Arc::clone(&service.metrics), limits.batch, place);
    let media = HeaderValue::from_static(media);
    Ok(([(CONTENT_TYPE, media)], Body::new(answer)).into_response())
}
