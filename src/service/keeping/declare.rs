//! Declaring what is known of a device: `PUT`, `PATCH` and `DELETE` of `/v1/fleet/{imei}`.

use super::fleet::{LONGEST_FIELD, of_path, said};
use super::{Changed, LONGEST_NAME, LONGEST_REASON, act, reading, text, time};
use crate::register::fleet::{self, FieldError};
use crate::register::store::{OWN, Outcome, Verb};
use crate::register::{Entry, Fields, Row};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declare {
    fields: BTreeMap<String, Option<String>>,
    reason: Option<String>,
    source: Option<String>,
    until: Option<String>,
}

/// How a declaration is written down.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// In the place of what was declared.
    Put,
    /// Field by field: null takes one away, the others stay.
    Patch,
}

/// Declares what is known of a device, in the place of what its source declared.
pub(super) async fn put(
    state: State<Arc<Service>>,
    asker: Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    declare(state, asker, path, headers, body, Way::Put).await
}

/// Changes some fields of what a source declares of a device.
pub(super) async fn patch(
    state: State<Arc<Service>>,
    asker: Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    declare(state, asker, path, headers, body, Way::Patch).await
}

async fn declare(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
    way: Way,
) -> Result<Response, Fault> {
    let device = of_path(path)?;
    let declared: Declare = reading::given(&headers, body, &service.settings.limits).await?;
    let source = source(declared.source, "/source")?;
    if let Some(reason) = &declared.reason {
        text("/reason", reason, LONGEST_REASON)?;
    }
    let until = declared.until.as_deref().map(|text| time("/until", text)).transpose()?;
    let mut fields: BTreeMap<Arc<str>, Option<Arc<str>>> = BTreeMap::new();
    for (name, given) in &declared.fields {
        fields.insert(name.as_str().into(), field(name, given.as_deref(), way)?);
    }
    let told = act(&asker, Verb::Put, declared.reason.clone());
    let reason: Option<Arc<str>> = declared.reason.map(Into::into);
    let change = move |old: Option<&Row>| {
        let before = old.filter(|_| way == Way::Patch);
        let mut all: Fields = before.and_then(|row| row.fields.as_deref()).cloned().unwrap_or_default();
        for (name, text) in &fields {
            match text {
                Some(text) => drop(all.insert(Arc::clone(name), Arc::clone(text))),
                None => drop(all.remove(name)),
            }
        }
        let row = before.cloned().unwrap_or_else(|| Row::new(Entry::Device(device)));
        Some(Row {
            reason: reason.clone().or(row.reason),
            until: until.or(row.until),
            fields: (!all.is_empty()).then(|| Arc::new(all)),
            ..row
        })
    };
    let outcome = service.change(move |store| fleet::declare(store, &told, &source, device, change)).await?;
    Ok(Changed::answer(outcome))
}

fn field(name: &str, given: Option<&str>, way: Way) -> Result<Option<Arc<str>>, Fault> {
    let part = format!("/fields/{name}");
    let Some(given) = given else {
        return match way {
            Way::Patch if fleet::FIELDS.contains(&name) => Ok(None),
            Way::Patch => Err(Fault::unprocessable(part, FieldError::Unknown.to_string())),
            Way::Put => Err(Fault::unprocessable(part, "expected a text; leave the field out, or PATCH it")),
        };
    };
    text(part.clone(), given, LONGEST_FIELD)?;
    let read = fleet::field(name, given.trim()).map_err(|error| {
        let reason = match &error {
            FieldError::Identity(error) => said(error),
            FieldError::Unknown | FieldError::Warranty => error.to_string(),
        };
        Fault::unprocessable(part, reason)
    })?;
    Ok(Some(read))
}

fn source(given: Option<String>, part: &'static str) -> Result<String, Fault> {
    let source = given.unwrap_or_else(|| OWN.to_owned());
    text(part, &source, LONGEST_NAME)?;
    Ok(source)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forget {
    reason: String,
    source: Option<String>,
}

/// Forgets what a source declares of a device. What was seen of it stays in its history.
pub(super) async fn forget(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let device = of_path(path)?;
    let forget: Forget = reading::query(&uri)?;
    text("query reason", &forget.reason, LONGEST_REASON)?;
    let source = source(forget.source, "query source")?;
    let told = act(&asker, Verb::Forget, Some(forget.reason));
    let outcome: Outcome = service.change(move |store| fleet::declare(store, &told, &source, device, |_| None)).await?;
    if outcome.act.is_none() {
        return Err(Fault::no_entry("this source declares nothing of this device"));
    }
    Ok(Changed::answer(outcome))
}
