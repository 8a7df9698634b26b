//! `/v1/acts`: what was done to the register, and taking it back.

use super::{Changed, LONGEST_REASON, act, reading, text};
use crate::register::store::{Act, Verb};
use crate::register::{Book, List};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most acts of one answer.
const MOST: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    limit: Option<usize>,
}

#[derive(Serialize)]
struct All {
    acts: Vec<Told>,
}

/// An act, as it stands in the journal.
#[derive(Serialize)]
pub(super) struct Told {
    id: i64,
    verb: &'static str,
    at: String,
    who: String,
    added: i64,
    removed: i64,
    changed: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    book: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<i64>,
}

impl From<Act> for Told {
    fn from(act: Act) -> Self {
        Self {
            id: act.id,
            verb: act.verb.word(),
            at: act.at.to_string(),
            who: act.who,
            added: act.added,
            removed: act.removed,
            changed: act.changed,
            reason: act.reason,
            origin: act.origin,
            book: act.book.map(Book::word),
            list: act.list.map(List::word),
            source: act.source,
            undoes: act.undoes,
            undone_by: act.undone_by,
        }
    }
}

/// The last acts, the newest first.
pub(super) async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Response, Fault> {
    let wanted: Wanted = reading::query(&uri)?;
    let limit = wanted.limit.unwrap_or(20);
    if !(1..=MOST).contains(&limit) {
        return Err(reading::wrong_query("limit", format!("expected 1 to {MOST}")));
    }
    let acts = service.ask(move |store| store.acts(limit)).await?;
    Ok(Json(All { acts: acts.into_iter().map(Told::from).collect() }).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    reason: Option<String>,
}

/// Undoes an act.
pub(super) async fn undo(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let Ok(Path(id)) = path else { return Err(Fault::not_found()) };
    let id: i64 = match id.parse() {
        Ok(id) if id > 0 => id,
        Ok(_) | Err(_) => return Err(Fault::no_entry("an act is a number from 1 on; /v1/acts lists them")),
    };
    let undo: Undo = reading::query(&uri)?;
    if let Some(reason) = &undo.reason {
        text("query reason", reason, LONGEST_REASON)?;
    }
    let told = act(&asker, Verb::Undo, undo.reason);
    Ok(Changed::answer(service.change(move |store| store.undo(id, &told)).await?))
}
