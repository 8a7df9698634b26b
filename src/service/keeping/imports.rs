//! `POST /v1/imports`: a list file as the body, taken in whole or not at all.

use super::{LONGEST_NAME, LONGEST_REASON, act, reading, text};
use crate::register::exchange::{Format, Target, Warning};
use crate::register::store::{Mode, Verb};
use crate::register::{Intake, IntakeError, Taken, take};
use crate::service::ahead::{self, Chunk, Cut};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, Read};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;

/// After an error so much of the rest is still read, in bytes, so that the answer reaches a client that is still sending.
const REST: u64 = 64 * 1024 * 1024;
/// What an import is called that came without a name.
const BODY: &str = "body";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    list: String,
    source: Option<String>,
    format: Option<String>,
    mode: Option<String>,
    name: Option<String>,
    reason: Option<String>,
    dry_run: Option<bool>,
    remove: Option<bool>,
    short_rows: Option<bool>,
    allow_shrink: Option<bool>,
    allow_ratio: Option<f64>,
}

#[derive(Serialize)]
struct Imported {
    /// Null where nothing was kept: a dry run.
    act: Option<i64>,
    mode: &'static str,
    rows: u64,
    before: i64,
    after: i64,
    added: i64,
    removed: i64,
    changed: i64,
    /// Devices of the fleet that it blocks.
    hits: u64,
    warnings: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    code: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'static str>,
}

impl From<&Warning> for Told {
    fn from(warning: &Warning) -> Self {
        Self { code: warning.code.word(), text: warning.to_string(), help: warning.help() }
    }
}

/// Takes a list in.
pub(super) async fn import(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let wanted: Wanted = reading::query(&uri)?;
    let (intake, name) = intake(&wanted)?;
    let limits = &service.settings.limits;
    reading::bulk_length(&headers, limits)?;
    let place = Arc::clone(&service.batches).try_acquire_owned().map_err(|_| Fault::crowded())?;
    let body =
        Piped { chunks: RefCell::new(ahead::start(body, limits)), open: RefCell::default(), cut: RefCell::default() };
    let mut told = act(&asker, Verb::Import, wanted.reason);
    told.origin = Some(name.clone());
    let rules = service.desk.rules();
    let taken = service
        .change(move |store| {
            let _place = place;
            let taken = take(store, &rules, &told, &intake, vec![(name, &body)]);
            taken.map_err(|error| {
                let cut = *body.cut.borrow();
                if cut.is_none() {
                    // What cannot be read to its end is left unread: the error is told all the same.
                    let _ = io::copy(&mut (&body).take(REST), &mut io::sink());
                }
                cut.map_or_else(|| fault(error), cut_off)
            })
        })
        .await?;
    Ok(Json(imported(&taken)).into_response())
}

fn intake(wanted: &Wanted) -> Result<(Intake, String), Fault> {
    let target = Target::from_word(&wanted.list).ok_or_else(|| {
        let words = Target::ALL.map(Target::word).join(", ");
        reading::wrong_query("list", format!("expected one of {words}"))
    })?;
    let source = wanted.source.as_deref().unwrap_or("imported");
    text("query source", source, LONGEST_NAME)?;
    let name = wanted.name.as_deref().unwrap_or(BODY);
    text("query name", name, LONGEST_REASON)?;
    if let Some(reason) = &wanted.reason {
        text("query reason", reason, LONGEST_REASON)?;
    }
    let format = match wanted.format.as_deref() {
        None => None,
        Some(word) => Some(Format::from_word(word).ok_or_else(|| {
            let words = Format::ALL.map(Format::word).join(", ");
            reading::wrong_query("format", format!("expected one of {words}"))
        })?),
    };
    let mode = match wanted.mode.as_deref() {
        None => None,
        Some("full") => Some(Mode::Full),
        Some("delta") => Some(Mode::Delta),
        Some(_) => return Err(reading::wrong_query("mode", "expected full or delta")),
    };
    if wanted.allow_ratio.is_some_and(|ratio| !(0.0..=1.0).contains(&ratio)) {
        return Err(reading::wrong_query("allow_ratio", "expected 0 to 1"));
    }
    let removals = wanted.remove.unwrap_or(false);
    if removals && mode == Some(Mode::Full) {
        return Err(Fault::unprocessable("query remove", "a full list takes nothing away by name"));
    }
    let intake = Intake {
        format,
        mode,
        removals,
        is_dry: wanted.dry_run.unwrap_or(false),
        allow_ratio: wanted.allow_ratio,
        allow_shrink: wanted.allow_shrink.unwrap_or(false),
        short_rows: wanted.short_rows.unwrap_or(false),
        ..Intake::new(target, source)
    };
    Ok((intake, name.to_owned()))
}

fn imported(taken: &Taken) -> Imported {
    let counts = taken.outcome.counts;
    Imported {
        act: taken.outcome.act,
        mode: match taken.mode {
            Mode::Full => "full",
            Mode::Delta => "delta",
        },
        rows: taken.files.iter().map(|(_, summary, _)| summary.rows).sum(),
        before: counts.before,
        after: counts.after(),
        added: counts.added,
        removed: counts.removed,
        changed: counts.changed,
        hits: taken.hits,
        warnings: taken.files.iter().flat_map(|(_, _, warnings)| warnings).map(Told::from).collect(),
    }
}

/// Why a list was not taken in, with every place.
fn fault(error: IntakeError) -> Fault {
    match error {
        IntakeError::Store(error) => error.into(),
        IntakeError::Size(error) => Fault::conflict(format!("{error}; `allow_shrink=true` takes it all the same")),
        IntakeError::Ratio(error) => Fault::conflict(format!("{error}; `allow_ratio=1` takes it all the same")),
        IntakeError::Lines(errors) => {
            let count = errors.len();
            let detail = format!("nothing was imported: {count} {}", if count == 1 { "error" } else { "errors" });
            let fault = Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE", detail);
            errors.into_iter().fold(fault, |fault, (_, error)| {
                let place = format!("line {} column {}", error.place.line, error.place.column);
                let reason = match error.help() {
                    Some(help) => format!("{}; {help}", error.problem),
                    None => error.problem.to_string(),
                };
                fault.about(place, reason)
            })
        }
        error @ (IntakeError::Mixed(_) | IntakeError::Twice(_)) => {
            let detail = format!("nothing was imported: {error}");
            Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE", detail)
        }
    }
}

/// The list did not come to its end.
fn cut_off(cut: Cut) -> Fault {
    match cut {
        Cut::Broken => Fault::invalid("INVALID_MSG_FORMAT", "", "the list broke off; nothing was imported"),
        Cut::Late => reading::late(),
        Cut::TooLong(most) => Fault::too_large(most),
    }
}

/// A body that a thread reads as it comes.
struct Piped {
    chunks: RefCell<UnboundedReceiver<Result<Chunk, Cut>>>,
    open: RefCell<Option<Chunk>>,
    cut: RefCell<Option<Cut>>,
}

impl Read for &Piped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut open = self.open.borrow_mut();
        loop {
            if let Some(chunk) = open.as_mut().filter(|chunk| !chunk.bytes.is_empty()) {
                let length = buffer.len().min(chunk.bytes.len());
                buffer[..length].copy_from_slice(&chunk.bytes.split_to(length));
                return Ok(length);
            }
            *open = match self.chunks.borrow_mut().blocking_recv() {
                None => return Ok(0),
                Some(Ok(chunk)) => Some(chunk),
                Some(Err(cut)) => {
                    *self.cut.borrow_mut() = Some(cut);
                    return Err(io::Error::other(cut.words()));
                }
            };
        }
    }
}
