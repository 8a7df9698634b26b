//! How bodies are read: as long as they may be, as late as they may come.

use super::fault::Fault;
use super::settings::Limits;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Query;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::borrow::Cow;
use std::error::Error;

/// The media type of a body, without its parameters, in small letters; `None` where nobody said or it is not ASCII.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
}

/// Takes JSON alone.
///
/// # Errors
/// The body says that it is something else, or does not say what it is.
pub(super) fn expect_json(headers: &HeaderMap) -> Result<(), Fault> {
    match media_type(headers).as_deref() {
        Some("application/json") => Ok(()),
        Some(_) | None => Err(Fault::media_type("application/json")),
    }
}

/// A short body, whole.
///
/// # Errors
/// It is too long, does not come in time, or ends early.
pub(super) async fn whole(body: Body, limits: &Limits) -> Result<Bytes, Fault> {
    match tokio::time::timeout(limits.head, to_bytes(body, limits.body)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_long(&error) => Err(Fault::too_large(limits.body as u64)),
        Ok(Err(_)) => Err(Fault::invalid("INVALID_MSG_FORMAT", "", "the body broke off")),
        Err(_) => Err(late()),
    }
}

/// A long body that says how long it is: what is known to be too long is not begun with.
///
/// # Errors
/// It is too long.
pub(super) fn bulk_length(headers: &HeaderMap, limits: &Limits) -> Result<(), Fault> {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limits.bulk) { Err(Fault::too_large(limits.bulk)) } else { Ok(()) }
}

/// A query's parameters.
///
/// # Errors
/// One is missing, unknown, comes twice, or is not of its type.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Fault> {
    let query = Query::<T>::try_from_uri(uri);
    query.map(|Query(asked)| asked).map_err(|rejection| {
        // The innermost error says what is wrong; those around it say that something is.
        let mut error: &dyn Error = &rejection;
        while let Some(source) = error.source() {
            error = source;
        }
        Fault::invalid("INVALID_QUERY_PARAM", "query", error.to_string())
    })
}

/// A query parameter that is not what it has to be.
pub(super) fn wrong_query(name: &str, reason: impl Into<Cow<'static, str>>) -> Fault {
    Fault::invalid("INVALID_QUERY_PARAM", format!("query {name}"), reason)
}

/// A short body that says that it is JSON, and is.
///
/// # Errors
/// Those of [`expect_json`], [`whole`] and [`json`].
pub(super) async fn given<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<T, Fault> {
    expect_json(headers)?;
    json(&whole(body, limits).await?)
}

/// A body of JSON.
///
/// # Errors
/// It is none, or of another shape.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Data => Fault::invalid("INVALID_MSG_FORMAT", "body", error.to_string()),
        Category::Io | Category::Syntax | Category::Eof => {
            Fault::invalid("INVALID_MSG_FORMAT", "body", format!("expected JSON; {error}"))
        }
    })
}

/// 408: the body does not come.
pub(super) fn late() -> Fault {
    let detail = "the body did not come in time";
    Fault::new(StatusCode::REQUEST_TIMEOUT, "TIMED_OUT_REQUEST", detail)
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        // The type stands in a crate that axum does not name; its text is fixed.
        if error.to_string() == "length limit exceeded" {
            return true;
        }
        source = error.source();
    }
    false
}
