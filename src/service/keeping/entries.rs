//! `/v1/lists/{list}/entries`: entries one by one, or some at a time, as by hand.

use super::{Changed, LONGEST_NAME, LONGEST_REASON, act, reading, text, time};
use crate::register::store::{ImportError, NoPlace, OWN, Place, Store, StoreError, Stored, Verb};
use crate::register::{Book, Change, Entry, List, Row, Subject};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;

/// The most entries of one answer, and of one request.
const MOST: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    source: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Page {
    entries: Vec<Told>,
    /// What `after` is for the next page; null where this is the last.
    next: Option<String>,
}

/// An entry, as it stands on a list.
#[derive(Serialize)]
struct Told {
    entry: String,
    source: String,
    act: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// A list's entries, in the order of the devices.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let list = named(path)?;
    let wanted: Wanted = reading::query(&uri)?;
    let limit = wanted.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(reading::wrong_query("limit", format!("expected 1 to {MOST}")));
    }
    if let Some(source) = &wanted.source {
        text("query source", source, LONGEST_NAME)?;
    }
    let after = wanted.after.as_deref().map(str::parse).transpose();
    let after: Option<Place> =
        after.map_err(|_: NoPlace| reading::wrong_query("after", "expected what `next` of a page was"))?;
    let page = service.ask(move |store| page(store, list, wanted.source.as_deref(), after.as_ref(), limit)).await?;
    Ok(Json(page).into_response())
}

fn page(
    store: &mut Store,
    list: List,
    source: Option<&str>,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, StoreError> {
    let names: HashMap<i64, String> = store.sources()?.into_iter().map(|source| (source.id, source.name)).collect();
    let source = match source {
        None => None,
        Some(name) => match names.iter().find(|(_, known)| *known == name) {
            Some((id, _)) => Some(*id),
            None => return Ok(Page { entries: Vec::new(), next: None }),
        },
    };
    // One more, which says whether others follow.
    let mut rows = store.page(list, source, after, limit + 1)?;
    let follow = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| follow).map(|last| Place::behind(last).to_string());
    Ok(Page { entries: rows.into_iter().map(|stored| told(stored, &names)).collect(), next })
}

fn told(stored: Stored, names: &HashMap<i64, String>) -> Told {
    let row = stored.row;
    Told {
        entry: row.subject.to_string(),
        source: names.get(&stored.source).cloned().unwrap_or_default(),
        act: stored.from,
        reason: row.reason.map(|text| text.to_string()),
        since: row.since.map(|time| time.to_string()),
        until: row.until.map(|time| time.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    entries: Vec<PutEntry>,
    reason: String,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PutEntry {
    entry: String,
    until: Option<String>,
}

/// Puts entries on a list, in one act. An entry of the same source on another list moves.
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let list = named(path)?;
    let put: Put = reading::given(&headers, body, &service.settings.limits).await?;
    text("/reason", &put.reason, LONGEST_REASON)?;
    let source = put.source.unwrap_or_else(|| OWN.to_owned());
    text("/source", &source, LONGEST_NAME)?;
    if put.entries.is_empty() || put.entries.len() > MOST {
        return Err(Fault::unprocessable("/entries", format!("expected 1 to {MOST} of them")));
    }
    let reason: Arc<str> = put.reason.as_str().into();
    let mut changes = Vec::with_capacity(put.entries.len());
    for (at, given) in put.entries.iter().enumerate() {
        let entry = entry(format!("/entries/{at}/entry"), &given.entry)?;
        let until = match &given.until {
            None => None,
            Some(text) => Some(time(format!("/entries/{at}/until"), text)?),
        };
        let row = Row { reason: Some(Arc::clone(&reason)), until, ..Row::listed(list, entry) };
        changes.push(Change::Put(row));
    }
    let told = act(&asker, Verb::Put, Some(put.reason));
    let outcome = service.change(move |store| store.edit(&told, &source, Book::Lists, changes)).await?;
    Ok(Changed::answer(outcome))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forget {
    entry: String,
    reason: String,
    source: Option<String>,
}

/// Takes an entry off a list.
pub(super) async fn forget(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let list = named(path)?;
    let forget: Forget = reading::query(&uri)?;
    text("query reason", &forget.reason, LONGEST_REASON)?;
    let source = forget.source.unwrap_or_else(|| OWN.to_owned());
    text("query source", &source, LONGEST_NAME)?;
    let subject = Subject::from(entry("query entry", &forget.entry)?);
    let told = act(&asker, Verb::Forget, Some(forget.reason));
    let outcome = service
        .change(move |store| {
            let id = store.sources()?.into_iter().find(|known| known.name == source).map(|known| known.id);
            let stands = store
                .about(Book::Lists, &subject)?
                .iter()
                .any(|stored| Some(stored.source) == id && stored.row.list == Some(list));
            if !stands {
                let detail =
                    format!("{source} does not have this entry on its {list} list; a range or a TAC may cover it");
                return Err(Fault::no_entry(detail));
            }
            let done = store.edit(&told, &source, Book::Lists, vec![Change::Drop(subject)]);
            done.map_err(|error: ImportError<StoreError>| error.into())
        })
        .await?;
    Ok(Changed::answer(outcome))
}

/// An entry as it is written.
///
/// # Errors
/// It is none.
pub(super) fn entry(part: impl Into<std::borrow::Cow<'static, str>>, text: &str) -> Result<Entry, Fault> {
    Entry::parse(text).map_err(|error| {
        let reason = match error.help() {
            Some(help) => format!("{error}; {help}"),
            None => error.to_string(),
        };
        Fault::unprocessable(part, reason)
    })
}

fn named(path: Result<Path<String>, PathRejection>) -> Result<List, Fault> {
    let Ok(Path(word)) = path else { return Err(Fault::not_found()) };
    List::from_word(&word).ok_or_else(|| Fault::no_entry("there are the lists block, track and allow"))
}
