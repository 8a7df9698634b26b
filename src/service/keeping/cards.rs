//! `/v1/cards`: the fleet's SIM cards, the link of each to its device, and what changes it: by hand, or by being seen.

use super::fleet::{link, said};
use super::{now, reading, text, time};
use crate::identity::{Equipment, Iccid, Imei, Imsi, Spelling};
use crate::register::fleet::{self, LinkEvent, Seen, Sighting, Sim, Step};
use crate::service::door::{Asker, Service};
use crate::service::fault::Fault;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// The most cards of one answer, and sightings of one request.
const MOST: usize = 1000;

/// A card and its link.
#[derive(Serialize)]
pub(super) struct Card {
    iccid: Option<String>,
    imsi: Option<String>,
    link: &'static str,
    /// The device that it is bound to.
    device: Option<String>,
    /// The device that it was last seen in.
    seen: Option<String>,
    /// When it was seen or changed by hand last; null where never.
    moved: Option<String>,
}

impl Card {
    pub(super) fn of(sim: &Sim) -> Self {
        Self {
            iccid: sim.iccid.map(|iccid| iccid.to_string()),
            imsi: sim.imsi.map(|imsi| imsi.to_string()),
            link: sim.binding.link.word(),
            device: sim.binding.link.device().map(|device| Imei::of(device).to_string()),
            seen: sim.binding.seen.map(|device| Imei::of(device).to_string()),
            moved: (sim.moved != Timestamp::UNIX_EPOCH).then(|| sim.moved.to_string()),
        }
    }
}

/// What happened to a card's link.
#[derive(Serialize)]
pub(super) struct Event {
    event: &'static str,
    alarm: bool,
    /// The device that it tells of.
    device: Option<String>,
    /// The one before or beside it.
    former: Option<String>,
}

impl Event {
    pub(super) fn of(event: LinkEvent) -> Self {
        let (device, former) = event.devices();
        Self {
            event: event.word(),
            alarm: event.is_alarm(),
            device: device.map(|device| Imei::of(device).to_string()),
            former: former.map(|device| Imei::of(device).to_string()),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    link: Option<String>,
    after: Option<i64>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Page {
    cards: Vec<Card>,
    /// What `after` is for the next page; null where this is the last.
    next: Option<i64>,
}

/// The cards that were seen or changed by hand.
pub(super) async fn list(State(service): State<Arc<Service>>, uri: Uri) -> Result<Response, Fault> {
    let wanted: Wanted = reading::query(&uri)?;
    let limit = wanted.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(reading::wrong_query("limit", format!("expected 1 to {MOST}")));
    }
    let after = wanted.after.unwrap_or(0);
    if after < 0 {
        return Err(reading::wrong_query("after", "expected what `next` of a page was"));
    }
    let link = wanted.link.as_deref().map(link).transpose()?;
    let page = service.ask(move |store| fleet::cards(store, link, after, limit, Timestamp::now()));
    let (sims, next) = page.await?;
    Ok(Json(Page { cards: sims.iter().map(Card::of).collect(), next }).into_response())
}

/// The card that a path names: by its ICCID, which has 18 digits at least, or its IMSI, which has 15 at most.
fn named(path: Result<Path<String>, PathRejection>) -> Result<(Option<Iccid>, Option<Imsi>), Fault> {
    let Ok(Path(text)) = path else { return Err(Fault::not_found()) };
    let refuse = |error| Fault::unprocessable("path sim", said(&error));
    if text.chars().filter(char::is_ascii_hexdigit).count() > 15 {
        return Iccid::parse(&text).map(|iccid| (Some(iccid), None)).map_err(refuse);
    }
    Imsi::parse(&text).map(|imsi| (None, Some(imsi))).map_err(refuse)
}

/// A card, as it is now.
pub(super) async fn card(
    State(service): State<Arc<Service>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    let (iccid, imsi) = named(path)?;
    let known = service.ask(move |store| fleet::sim(store, iccid, imsi, Timestamp::now())).await?;
    match known {
        Some(sim) => Ok(Json(Card::of(&sim)).into_response()),
        None => Err(Fault::no_entry("the card was never seen nor declared")),
    }
}

#[derive(Serialize)]
struct Stepped {
    card: Card,
    /// What changed; nothing where it was so already.
    events: Vec<Event>,
}

/// Binds a card to the next device that it is seen in.
pub(super) async fn arm(
    state: State<Arc<Service>>,
    asker: Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    by_hand(state, asker, path, |_| Ok(Step::Arm)).await
}

/// Binds a card to nothing.
pub(super) async fn unlink(
    state: State<Arc<Service>>,
    asker: Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, Fault> {
    by_hand(state, asker, path, |_| Ok(Step::Unlink)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkTo {
    imei: Option<String>,
}

/// Binds a card to a device; to the one that it was last seen in where none is given.
pub(super) async fn link_to(
    state: State<Arc<Service>>,
    asker: Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Fault> {
    let to: LinkTo = reading::query(&uri)?;
    let device = match &to.imei {
        None => None,
        Some(text) => {
            let reason = "expected 14 to 16 digits: an IMEI or an IMEISV";
            let read = super::devices::equipment(text).ok_or_else(|| reading::wrong_query("imei", reason))?;
            Some(read.1)
        }
    };
    by_hand(state, asker, path, move |sim| {
        let seen = sim.and_then(|sim| sim.binding.seen);
        device.or(seen).map(Step::Link).ok_or_else(|| {
            Fault::conflict(
                "the card was never seen in a device; say which with `imei`, or arm it: the next is its own",
            )
        })
    })
    .await
}

/// Takes a step that may depend on the card.
async fn by_hand(
    State(service): State<Arc<Service>>,
    Extension(asker): Extension<Asker>,
    path: Result<Path<String>, PathRejection>,
    step: impl FnOnce(Option<&Sim>) -> Result<Step, Fault> + Send + 'static,
) -> Result<Response, Fault> {
    let (iccid, imsi) = named(path)?;
    let who = asker.name().to_owned();
    let stepped = service.ask(move |store| {
        let now = now();
        let known = fleet::sim(store, iccid, imsi, now)?;
        let step = step(known.as_ref())?;
        let (sim, events) = fleet::step(store, iccid, imsi, step, &who, now)?;
        Ok::<_, Fault>(Stepped { card: Card::of(&sim), events: events.into_iter().map(Event::of).collect() })
    });
    Ok(Json(stepped.await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    sightings: Vec<ToldSighting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldSighting {
    imei: String,
    iccid: Option<String>,
    imsi: Option<String>,
    msisdn: Option<String>,
    place: Option<String>,
    at: Option<String>,
}

#[derive(Serialize)]
struct Outcomes {
    sightings: Vec<Outcome>,
}

/// What became of a sighting.
#[derive(Serialize)]
struct Outcome {
    /// Whether it was not known yet.
    new: bool,
    /// Whether it is older than what moved its card last: then it is history, and moved nothing.
    late: bool,
    /// The card's link now; null where no card was seen.
    link: Option<&'static str>,
    events: Vec<Event>,
}

impl From<Seen> for Outcome {
    fn from(seen: Seen) -> Self {
        Self {
            new: seen.is_new,
            late: seen.is_late,
            link: seen.link.map(fleet::Link::word),
            events: seen.events.into_iter().map(Event::of).collect(),
        }
    }
}

/// Writes down that devices were seen with their cards: all of it, or nothing.
pub(super) async fn see(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let told: Told = reading::given(&headers, body, &service.settings.limits).await?;
    if told.sightings.is_empty() || told.sightings.len() > MOST {
        return Err(Fault::unprocessable("/sightings", format!("expected 1 to {MOST} of them")));
    }
    let now = now();
    let sightings = told.sightings.iter().enumerate().map(|(at, told)| sighting(at, told, now));
    let sightings: Vec<Sighting> = sightings.collect::<Result<_, _>>()?;
    let seen = service.ask(move |store| fleet::see_all(store, &sightings, now)).await?;
    Ok(Json(Outcomes { sightings: seen.into_iter().map(Outcome::from).collect() }).into_response())
}

fn sighting(at: usize, told: &ToldSighting, now: Timestamp) -> Result<Sighting, Fault> {
    let part = |name: &str| -> Cow<'static, str> { format!("/sightings/{at}/{name}").into() };
    let refuse = |name, error| Fault::unprocessable(part(name), said(&error));
    let spelled = Spelling::parse(&told.imei).map_err(|error| refuse("imei", error))?.equipment;
    let svn = match &spelled {
        Equipment::Imeisv(version) => Some(version.svn()),
        Equipment::ImeiAndSvn(_, svn) => Some(*svn),
        Equipment::Imei(_) | Equipment::Meid(_) | Equipment::Esn(_) => None,
    };
    let device = spelled.key().ok_or_else(|| Fault::unprocessable(part("imei"), "expected an IMEI or an IMEISV"))?;
    let iccid = told.iccid.as_deref().map(Iccid::parse).transpose().map_err(|error| refuse("iccid", error))?;
    let imsi = told.imsi.as_deref().map(Imsi::parse).transpose().map_err(|error| refuse("imsi", error))?;
    let written = |name: &'static str, given: &Option<String>| -> Result<Arc<str>, Fault> {
        match given {
            None => Ok("".into()),
            Some(given) => text(part(name), given, fleet::LONGEST_PLACE).map(|()| given.as_str().into()),
        }
    };
    let (msisdn, place) = (written("msisdn", &told.msisdn)?, written("place", &told.place)?);
    let at = told.at.as_deref().map(|text| time(part("at"), text)).transpose()?.unwrap_or(now);
    Ok(Sighting { svn, iccid, imsi, msisdn, place, ..Sighting::new(device, at) })
}
