//! CAMARA's device authenticity: `POST /device-authenticity/v0.1/check-status`.
//!
//! Source: CAMARA DeviceAuthenticity, device-authenticity.yaml, in the version that its release plan calls 0.1.0; the design
//! guide for the path of an initial version (`v0.1`), for `x-correlator` and for the errors. Its `reportedDate` is called
//! required in one place and optional in another; it is left out where nobody said when.

use super::door::Service;
use super::fault::Fault;
use super::mask::Masked;
use super::metrics::{Decided, Interface};
use super::reading;
use crate::identity::{Imei, ImeiKey};
use crate::register::store::StoreError;
use crate::register::{Book, List, Listed};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where it is asked.
pub(super) const PATH: &str = "/device-authenticity/v0.1/check-status";

#[derive(Deserialize)]
struct Asked {
    imei: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    imei: &'a str,
    operational_status: &'static str,
    last_checked: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reported_date: Option<String>,
}

/// The header that ties a question to what it is part of: up to 256 letters, digits and `-_:;./<>{}`.
///
/// # Errors
/// It has something else, or more of it.
pub(super) fn correlator(headers: &HeaderMap) -> Result<Option<HeaderValue>, Fault> {
    let mut all = headers.get_all("x-correlator").iter();
    let Some(value) = all.next() else { return Ok(None) };
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:;./<>{}".contains(byte);
    if value.len() > 256 || !value.as_bytes().iter().all(is_plain) || all.next().is_some() {
        let reason = "expected one of at most 256 letters, digits and -_:;./<>{}";
        return Err(Fault::invalid("INVALID_ARGUMENT", "header x-correlator", reason));
    }
    Ok(Some(value.clone()))
}

/// Answers a question.
pub(super) async fn check(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    reading::expect_json(&headers)?;
    let body = reading::whole(body, &service.settings.limits).await?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|error| {
        // serde_json's own words may quote the body, which holds an identity.
        let place = format!("line {} column {}", error.line(), error.column());
        let reason = match error.classify() {
            serde_json::error::Category::Data => "expected an object with `imei`, a string of 15 digits",
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => "expected JSON",
        };
        Fault::invalid("INVALID_ARGUMENT", "/imei", format!("{reason}, found something else at {place}"))
    })?;
    let is_imei = asked.imei.len() == 15 && asked.imei.bytes().all(|byte| byte.is_ascii_digit());
    let imei = Some(&asked.imei).filter(|_| is_imei).and_then(|text| Imei::parse(text).ok());
    let Some(imei) = imei else {
        return Err(Fault::invalid("INVALID_ARGUMENT", "/imei", "an IMEI has 15 digits"));
    };
    let key = imei.key();
    if let Some(why) = key.default_of() {
        let detail = format!("this is nobody's device: {why}");
        return Err(Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "SERVICE_NOT_APPLICABLE", detail));
    }
    answer(&service, &asked.imei, key).await
}

async fn answer(service: &Arc<Service>, imei: &str, key: ImeiKey) -> Result<Response, Fault> {
    let index = service.desk.index();
    let listing = index.listed(key, None, service.desk.hash(&index, key));
    let decided = listing.map_or(Decided::Unknown, |listing| super::equipment::decided(listing.list));
    service.metrics.decided(Interface::Authenticity, decided, 1);
    tracing::debug!(device = %Masked(key), decided = decided.word(), "asked");
    if listing.is_none() && index.models(key.tac()) == Some(false) {
        let detail = "this device is on no list, and its TAC was given to nobody";
        return Err(Fault::new(StatusCode::NOT_FOUND, "IDENTIFIER_NOT_FOUND", detail).code("IDENTIFIER_NOT_FOUND"));
    }
    let now = Timestamp::now();
    let since = match listing.filter(|listing| listing.list == List::Block) {
        Some(listing) => reported(service, listing).await?,
        None => None,
    };
    let status = Status {
        imei,
        operational_status: listing.map_or("unknown", |listing| listing.category.operational_status(listing.list)),
        last_checked: millis(now),
        reported_date: since.filter(|date| *date < now).map(millis),
    };
    let text = serde_json::to_vec(&status).unwrap_or_default();
    Ok(([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response())
}

/// Since when the source has it on its list, where it says so.
async fn reported(service: &Arc<Service>, listing: Listed) -> Result<Option<Timestamp>, Fault> {
    let source = i64::try_from(listing.source).unwrap_or(i64::MAX).saturating_add(1);
    service
        .ask(move |store| {
            let rows = store.about(Book::Lists, &listing.entry)?;
            Ok::<_, StoreError>(rows.into_iter().find(|row| row.source == source).and_then(|row| row.row.since))
        })
        .await
}

/// CAMARA's clocks count milliseconds.
fn millis(time: Timestamp) -> String {
    format!("{time:.3}")
}
