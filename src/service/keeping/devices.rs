//! `/v1/devices/{imei}`: what the register says of a device, and all that was ever written about it.

use crate::identity::{Equipment, Imei, ImeiKey, Spelling};
use crate::register::store::Version;
use crate::register::{Index, List, Listed};
use crate::service::door::Service;
use crate::service::fault::Fault;
use crate::service::screen;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct Device {
    imei: String,
    tac: String,
    /// What decides, or null where it is on no list.
    listed: Option<Decides>,
    /// Whether its model was given its TAC; null where the register holds no models.
    model: Option<bool>,
    /// Whether it is registered; null where the register holds no registrations.
    registered: Option<bool>,
    findings: Vec<Found>,
    history: Vec<Told>,
}

#[derive(Serialize)]
struct Decides {
    list: &'static str,
    by: &'static str,
    entry: String,
    source: String,
    category: &'static str,
}

#[derive(Serialize)]
struct Found {
    severity: &'static str,
    code: &'static str,
    text: String,
}

/// A row that stands or stood in a book.
#[derive(Serialize)]
pub(super) struct Told {
    act: i64,
    at: String,
    who: String,
    book: &'static str,
    entry: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// The act that took it away; null where it still stands.
    closed: Option<i64>,
}

impl From<Version> for Told {
    fn from(version: Version) -> Self {
        let row = version.stored.row;
        Self {
            act: version.opened.id,
            at: version.opened.at.to_string(),
            who: version.opened.who,
            book: version.stored.book.word(),
            entry: row.subject.to_string(),
            source: version.source,
            list: row.list.map(List::word),
            reason: row.reason.map(|text| text.to_string()),
            until: row.until.map(|time| time.to_string()),
            closed: version.closed,
        }
    }
}

/// What is known of a device.
pub(super) async fn device(
    State(service): State<Arc<Service>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let Ok(Path(text)) = path else { return Err(Fault::not_found()) };
    let (equipment, key) = of_path(&text)?;
    let index = service.desk.index();
    let hash = service.desk.key().map(|secret| secret.hash(key));
    let history = service.ask(move |store| store.history(key, hash)).await?;
    let listed = index.listed(key, None, service.desk.hash(&index, key));
    let device = Device {
        imei: Imei::of(key).to_string(),
        tac: key.tac().to_string(),
        listed: listed.map(|listed| decides(&index, &listed)),
        model: index.models(key.tac()),
        registered: index.registered(key),
        findings: equipment
            .findings()
            .into_iter()
            .map(|found| Found { severity: found.severity.word(), code: found.code, text: found.text.into_owned() })
            .collect(),
        history: history.into_iter().map(Told::from).collect(),
    };
    Ok(Json(device).into_response())
}

/// The device of 14 to 16 digits.
pub(super) fn equipment(text: &str) -> Option<(Equipment, ImeiKey)> {
    let is_imei = matches!(text.len(), 14..=16) && text.bytes().all(|byte| byte.is_ascii_digit());
    let spelled = Some(text).filter(|_| is_imei).and_then(|text| Spelling::parse(text).ok())?;
    Some((spelled.equipment, spelled.equipment.key()?))
}

/// The device that a path names.
///
/// # Errors
/// It names none.
pub(super) fn of_path(text: &str) -> Result<(Equipment, ImeiKey), Fault> {
    equipment(text).ok_or_else(|| {
        let reason = "expected 14 to 16 digits: an IMEI, with its last digit or without, or an IMEISV";
        Fault::invalid("INVALID_RESOURCE_URI", "path imei", reason)
    })
}

fn decides(index: &Index, listed: &Listed) -> Decides {
    Decides {
        list: listed.list.word(),
        by: screen::by(listed),
        entry: listed.entry.to_string(),
        source: index.sources().get(listed.source).map_or_else(String::new, |source| source.name.to_string()),
        category: listed.category.word(),
    }
}
