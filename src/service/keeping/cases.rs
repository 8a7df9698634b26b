//! `/v1/cases`: listings that somebody says are wrong, with evidence, a trail and an end.

use super::{act, reading, text};
use crate::register::cases::{Case, CaseError, Evidence, Listing, Note, Opened, Party, Resolution, Resolved, Standing};
use crate::register::store::Verb;
use crate::register::{KeyedHash, List};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most cases of one answer, and entries of a trail.
const MOST: usize = 1000;
/// The longest evidence, note or reason, in bytes.
const LONGEST_WORDS: usize = 16 << 10;
/// The longest name of a file of evidence, in bytes.
const LONGEST_FILE: usize = 255;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    state: Option<String>,
    after: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Page {
    cases: Vec<Heading>,
    /// What `after` is for the next page; null where this is the last.
    next: Option<i64>,
}

/// A case without its trail.
#[derive(Serialize)]
struct Heading {
    case: i64,
    device: String,
    state: &'static str,
    /// The act that has resolved it; null where it is open.
    act: Option<i64>,
}

impl Heading {
    fn of(case: &Case) -> Self {
        let act = match case.standing {
            Standing::Open => None,
            Standing::Unlisted(act) | Standing::Kept(act) => Some(act),
        };
        Self { case: case.id, device: case.party.entry().to_string(), state: case.standing.word(), act }
    }
}

/// Where a page begins and how long it is.
fn page(after: Option<i64>, limit: Option<usize>) -> Result<(i64, usize), Fault> {
    let (after, limit) = (after.unwrap_or(0), limit.unwrap_or(100));
    if !(1..=MOST).contains(&limit) {
        return Err(reading::wrong_query("limit", format!("expected 1 to {MOST}")));
    }
    if after < 0 {
        return Err(reading::wrong_query("after", "expected what `next` of a page was"));
    }
    Ok((after, limit))
}

/// The cases, the oldest first.
pub(super) async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Response, Fault> {
    let wanted: Wanted = reading::query(&uri)?;
    let (after, limit) = page(wanted.after, wanted.limit)?;
    let state = match wanted.state.as_deref() {
        None => None,
        Some(word) => Some(
            ["open", "unlisted", "kept"]
                .into_iter()
                .find(|known| *known == word)
                .ok_or_else(|| reading::wrong_query("state", "expected open, unlisted or kept"))?,
        ),
    };
    let (cases, next) = service.ask(move |store| store.cases_after(state, after, limit)).await?;
    Ok(Json(Page { cases: cases.iter().map(Heading::of).collect(), next }).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedCase {
    after: Option<i64>,
    limit: Option<usize>,
}

/// A case with a part of its trail.
#[derive(Serialize)]
struct File {
    #[serde(flatten)]
    heading: Heading,
    trail: Vec<Told>,
    /// What `after` is for the next part of the trail; null where this is the last.
    next: Option<i64>,
}

/// An entry of a trail.
#[derive(Serialize)]
struct Told {
    kind: &'static str,
    at: String,
    who: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<i64>,
}

/// A file of evidence: its name and its SHA-256. The file itself is not kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    name: String,
    sha256: String,
}

impl From<Note> for Told {
    fn from(note: Note) -> Self {
        Self {
            kind: note.kind.word(),
            at: note.at.to_string(),
            who: note.who,
            text: note.text,
            file: note.file.map(|(name, sha256)| Shown { name, sha256 }),
            act: note.act,
            undone_by: note.undone_by,
        }
    }
}

/// A case.
pub(super) async fn case(
    State(service): State<Arc<Service>>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let id = number(path)?;
    let wanted: WantedCase = reading::query(&uri)?;
    let (after, limit) = page(wanted.after, wanted.limit)?;
    let (case, next) = service.ask(move |store| store.case_after(id, after, limit)).await?;
    let heading = Heading::of(&case);
    Ok(Json(File { heading, trail: case.trail.into_iter().map(Told::from).collect(), next }).into_response())
}

fn number(path: Result<Path<String>, PathRejection>) -> Result<i64, Fault> {
    let Ok(Path(id)) = path else { return Err(Fault::not_found()) };
    match id.parse() {
        Ok(id) if id > 0 => Ok(id),
        Ok(_) | Err(_) => Err(Fault::no_entry("a case is a number from 1 on; /v1/cases lists them")),
    }
}

/// A text that a person wrote, of several lines if need be.
fn words(part: &'static str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::unprocessable(part, "it is empty"));
    }
    if text.len() > LONGEST_WORDS {
        return Err(Fault::unprocessable(part, format!("it has more than {LONGEST_WORDS} bytes")));
    }
    if text.chars().any(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t')) {
        return Err(Fault::unprocessable(part, "it has a control character"));
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Open {
    device: String,
    evidence: String,
    file: Option<Shown>,
}

#[derive(Serialize)]
struct OpenedTold {
    case: i64,
    act: i64,
    /// What has the device on a list now; nothing where it is on none.
    listings: Vec<Listed>,
}

/// A row that has a device on a list.
#[derive(Serialize)]
struct Listed {
    entry: String,
    source: String,
    list: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Listing> for Listed {
    fn from(listing: Listing) -> Self {
        let row = listing.row;
        Self {
            entry: row.subject.to_string(),
            source: listing.source,
            list: row.list.map(List::word),
            reason: row.reason.map(|text| text.to_string()),
        }
    }
}

fn hash(service: &Service, party: Party) -> Option<KeyedHash> {
    service.desk.key().map(|secret| secret.hash(party.key))
}

/// Opens a case about a device that is listed wrongly.
pub(super) async fn open(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let open: Open = reading::given(&headers, body, &service.settings.limits).await?;
    let entry = super::entries::entry("/device", &open.device)?;
    let party = Party::of(entry).ok_or_else(|| {
        Fault::unprocessable("/device", "expected a device, or IMEI+IMSI; a case is about neither a range nor a model")
    })?;
    words("/evidence", &open.evidence)?;
    if let Some(file) = &open.file {
        text("/file/name", &file.name, LONGEST_FILE)?;
        let is_digest = file.sha256.len() == 64 && file.sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_digest {
            return Err(Fault::unprocessable("/file/sha256", "expected 64 hexadecimal digits"));
        }
    }
    let file = open.file.map(|file| (file.name, file.sha256.to_ascii_lowercase()));
    let evidence = Evidence { text: open.evidence, file };
    let (told, hash) = (act(&asker, Verb::Case, None), hash(&service, party));
    let opened = service.change(move |store| store.open_case(&told, party, hash, &evidence)).await?;
    let Opened { id, act, listings } = opened;
    let place = [(LOCATION, format!("/v1/cases/{id}"))];
    let told = OpenedTold { case: id, act, listings: listings.into_iter().map(Listed::from).collect() };
    Ok((StatusCode::CREATED, place, Json(told)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    text: String,
}

/// Adds to a case's trail.
pub(super) async fn note(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let id = number(path)?;
    let noted: Noted = reading::given(&headers, body, &service.settings.limits).await?;
    words("/text", &noted.text)?;
    let told = act(&asker, Verb::Case, None);
    let asked = service.ask(move |store| {
        store.note_case(id, &told, &noted.text)?;
        store.case_after(id, 0, 1)
    });
    let (case, _) = asked.await?;
    Ok(Json(Heading::of(&case)).into_response())
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    Unlist,
    Keep,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolve {
    resolution: How,
    reason: String,
}

#[derive(Serialize)]
struct ResolvedTold {
    case: i64,
    act: i64,
    state: &'static str,
    /// Rows of `own` that were taken away.
    removed: Vec<Listed>,
    /// Rows of others, before which the exception stands.
    overruled: Vec<Listed>,
    /// Whether `own` says now that the device is allowed.
    excepted: bool,
}

/// Resolves a case.
pub(super) async fn resolve(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let id = number(path)?;
    let resolve: Resolve = reading::given(&headers, body, &service.settings.limits).await?;
    words("/reason", &resolve.reason)?;
    let (resolution, state) = match resolve.resolution {
        How::Unlist => (Resolution::Unlist, "unlisted"),
        How::Keep => (Resolution::Keep, "kept"),
    };
    let told = act(&asker, Verb::Case, None);
    let asked = Arc::clone(&service);
    let done = service.change(move |store| {
        let (case, _) = store.case_after(id, 0, 1)?;
        store.resolve_case(id, &told, hash(&asked, case.party), resolution, &resolve.reason)
    });
    let Resolved { act, remedy } = done.await?;
    let rows = |rows: Vec<Listing>| rows.into_iter().map(Listed::from).collect();
    let excepted = remedy.needs_exception;
    let (removed, overruled) = (rows(remedy.removed), rows(remedy.overruled));
    Ok(Json(ResolvedTold { case: id, act, state, removed, overruled, excepted }).into_response())
}

impl From<CaseError> for Fault {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => error.into(),
            error @ CaseError::None(_) => Self::no_entry(error.to_string()),
            error @ CaseError::Text(_) => Self::unprocessable("body", error.to_string()),
            error @ (CaseError::Twice(_)
            | CaseError::Resolved { .. }
            | CaseError::Trail(_)
            | CaseError::Outranked { .. }) => Self::conflict(error.to_string()),
        }
    }
}
