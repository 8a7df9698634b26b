//! What stands in the way of an answer, in the shape of the interface that was asked.
//!
//! Source: 3GPP TS 29.571 clause 5.2.4.1 (`ProblemDetails`, RFC 9457); TS 29.500 table 5.2.7.2-1 for the causes; RFC 6750 for
//! `WWW-Authenticate`; CAMARA's design guide for `ErrorInfo`.

use super::body::Answer;
use axum::body::Bytes;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use std::borrow::Cow;

/// How an interface writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `application/problem+json`, with a cause.
    Problem,
    /// CAMARA's `ErrorInfo`: status, code, message.
    ErrorInfo,
}

/// Why a request is not answered as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    /// The cause of TS 29.500, or of the interface itself.
    cause: &'static str,
    /// CAMARA's code where the status alone does not say it.
    code: Option<&'static str>,
    detail: Cow<'static, str>,
    invalid: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, cause: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, cause, code: None, detail: detail.into(), invalid: Vec::new(), headers: Vec::new() }
    }

    /// 400, and which part of the request it is about: `query pei`, `header x-correlator`, `/imei`.
    pub(super) fn invalid(
        cause: &'static str,
        part: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (part, reason) = (part.into(), reason.into());
        let detail = match part.strip_prefix("query ").or_else(|| part.strip_prefix("header ")) {
            Some(name) => format!("{name}: {reason}"),
            None if part.is_empty() => reason.to_string(),
            None => format!("{part}: {reason}"),
        };
        Self { invalid: vec![(part, reason)], ..Self::new(StatusCode::BAD_REQUEST, cause, detail) }
    }

    /// 401: nobody said who asks, or nobody knows them.
    pub(super) fn unauthenticated(realm: &str, is_wrong: bool) -> Self {
        let (error, detail) = match is_wrong {
            true => (", error=\"invalid_token\"", "nobody has this token"),
            false => ("", "a bearer token is needed: `Authorization: Bearer TOKEN`"),
        };
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", detail)
            .header(header::WWW_AUTHENTICATE, &format!("Bearer realm=\"{realm}\"{error}"))
    }

    /// 403: who asks may not.
    pub(super) fn forbidden(scope: &'static str) -> Self {
        let fault = Self::new(StatusCode::FORBIDDEN, "UNAUTHORIZED", format!("this token does not have `{scope}`"));
        fault.header(
            header::WWW_AUTHENTICATE,
            &format!("Bearer realm=\"atgate\", error=\"insufficient_scope\", scope=\"{scope}\""),
        )
    }

    /// 405, and what is allowed.
    pub(super) fn method(allow: &'static str) -> Self {
        let detail = format!("allowed here: {allow}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail).header(header::ALLOW, allow)
    }

    /// 429, and after how many seconds to come again.
    pub(super) fn too_many(seconds: u64) -> Self {
        let detail = "more requests than this client may make";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "NF_CONGESTION_RISK", detail).retry_after(seconds)
    }

    /// 503: what has to be asked is busy or away.
    pub(super) fn unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "NF_FAILOVER", detail).retry_after(1)
    }

    /// 500: our own fault.
    pub(super) fn failure(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_FAILURE", detail)
    }

    pub(super) fn not_found() -> Self {
        let detail = "there is nothing here; /openapi.json lists what there is";
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_URI_STRUCTURE_NOT_FOUND", detail)
    }

    /// 404: the place is right, and what is asked for is not there.
    pub(super) fn no_entry(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", detail)
    }

    /// 422: what was written is understood and cannot be.
    pub(super) fn unprocessable(part: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, ..Self::invalid("UNPROCESSABLE", part, reason) }
    }

    /// 503: as many long lists are being read as may be at a time.
    pub(super) fn crowded() -> Self {
        let detail = "as many lists are being read as may be at a time; come again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "NF_CONGESTION", detail).retry_after(1)
    }

    /// One more part of the request that it is about.
    pub(super) fn about(mut self, part: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        self.invalid.push((part.into(), reason.into()));
        self
    }

    /// 409: what stands there does not let it be done.
    pub(super) fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "CONFLICT", detail)
    }

    pub(super) fn too_large(most: u64) -> Self {
        let detail = format!("a body of at most {most} bytes is read here");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "INCORRECT_LENGTH", detail)
    }

    pub(super) fn not_acceptable(offered: &str) -> Self {
        let detail = format!("answers come as {offered}");
        Self::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", detail)
    }

    pub(super) fn media_type(taken: &'static str) -> Self {
        let detail = format!("expected a body of {taken}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail).header(header::ACCEPT, taken)
    }

    pub(super) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    pub(super) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, &seconds.to_string())
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        // What stands in these headers is written in this room, in ASCII.
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer, to a request for `path`; a query may hold identities and is left out.
    pub(super) fn answer(&self, shape: Shape, path: &str) -> Response<Answer> {
        let (kind, text) = match shape {
            Shape::Problem => ("application/problem+json", serde_json::to_vec(&self.problem(path))),
            Shape::ErrorInfo => ("application/json", serde_json::to_vec(&self.error_info())),
        };
        // Strings and numbers always have a JSON text.
        let text = text.unwrap_or_default();
        let mut response = Response::new(Answer::whole(Bytes::from(text)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        response
    }

    fn problem<'a>(&'a self, path: &'a str) -> ProblemDetails<'a> {
        ProblemDetails {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance: path,
            cause: self.cause,
            invalid_params: self.invalid.iter().map(|(param, reason)| InvalidParam { param, reason }).collect(),
        }
    }

    fn error_info(&self) -> ErrorInfo<'_> {
        let code = self.code.unwrap_or(match self.status.as_u16() {
            400 | 413 | 414 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            405 => "METHOD_NOT_ALLOWED",
            406 => "NOT_ACCEPTABLE",
            408 => "TIMEOUT",
            415 => "UNSUPPORTED_MEDIA_TYPE",
            422 => "SERVICE_NOT_APPLICABLE",
            429 => "TOO_MANY_REQUESTS",
            503 => "UNAVAILABLE",
            _ => "INTERNAL",
        });
        ErrorInfo { status: self.status.as_u16(), code, message: &self.detail }
    }
}

/// A handler's fault travels to the guard at the door, which knows the shape of the interface.
impl IntoResponse for Fault {
    fn into_response(self) -> axum::response::Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}

#[derive(Serialize)]
struct ProblemDetails<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    cause: &'static str,
    #[serde(rename = "invalidParams", skip_serializing_if = "Vec::is_empty")]
    invalid_params: Vec<InvalidParam<'a>>,
}

#[derive(Serialize)]
struct InvalidParam<'a> {
    param: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct ErrorInfo<'a> {
    status: u16,
    code: &'static str,
    message: &'a str,
}
