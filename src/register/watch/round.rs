//! One round over the fleet: what changed is kept, and its reports are put into the outbox, in one transaction.

use super::Watcher;
use super::outbox;
use super::plan::{self, Cause as Held, Plan, Screened, State};
use super::report::{Alarm, Cause, Event, Move};
use crate::identity::{ImeiKey, Imsi};
use crate::register::assess::{MatchingRatio, MatchingRatioError};
use crate::register::store::{Database, Filter, Store, StoreError, Value, list_number, list_of, one, reason};
use crate::register::{Book, Entry, Index, List, Listed, Subject};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A watcher whose clock is behind another's by so much waits for its own; by more, one of the clocks is wrong.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// The row that decides about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// On which list it is.
    pub list: List,
    /// Whose row it is.
    pub source: Arc<str>,
    /// What it is about.
    pub entry: Subject,
}

impl Ruling {
    /// What an index says.
    pub fn of(index: &Index, listed: Listed) -> Self {
        let source = index.sources().get(listed.source).map_or_else(|| "somebody".into(), |source| source.name.clone());
        Self { list: listed.list, source, entry: listed.entry }
    }
}

/// The register as it is judged in one round.
pub struct View<'a> {
    /// The act up to which `judge` knows it.
    pub generation: i64,
    /// The time for which `judge` speaks: rows that hold until then hold no longer.
    pub now: Timestamp,
    /// Which row decides about a device.
    pub judge: &'a dyn Fn(ImeiKey, Option<Imsi>) -> Option<Ruling>,
}

/// What a round came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Round {
    /// How many devices the fleet has.
    pub fleet: u64,
    /// How many became blocked.
    pub blocked: u64,
    /// How many became tracked.
    pub tracked: u64,
    /// How many were cleared.
    pub cleared: u64,
    /// The lists that are held because they hit too much of the fleet: those that are new in this round, then those of
    /// which an alarm was told before.
    pub held: Vec<MatchingRatioError>,
    /// How many of them are block lists.
    pub held_blocking: u64,
    /// Somebody else has judged a later state of the register: nothing was done.
    pub is_stale: bool,
}

impl Watcher {
    /// Goes over the fleet. Of a device with several subscriptions the worst that is said counts.
    ///
    /// # Errors
    /// The store fails; nothing was done.
    pub fn round(&self, store: &mut Store, view: &View<'_>, ratio: MatchingRatio) -> Result<Round, StoreError> {
        let fleet = screened(store, view)?;
        // Most rounds find nothing, and write nothing then.
        let (told, alarms) = remembered(store.database())?;
        let plan = plan::plan(&fleet, &told, &alarms, ratio);
        if plan.is_empty() {
            return Ok(summary(&fleet, &plan));
        }
        store.in_transaction(|database| {
            let mark = outbox::begun(database, &self.word)?;
            let is_early = view.now < mark.at && mark.at.duration_since(view.now) <= SKEW;
            if view.generation < mark.generation || view.generation == mark.generation && is_early {
                return Ok(Round { fleet: fleet.len() as u64, is_stale: true, ..Round::default() });
            }
            // Another watcher may have told some of it meanwhile.
            let (told, alarms) = remembered(database)?;
            let plan = plan::plan(&fleet, &told, &alarms, ratio);
            keep(database, view, &fleet, &plan, mark.last)?;
            Ok(summary(&fleet, &plan))
        })
    }
}

fn summary(fleet: &[Screened], plan: &Plan) -> Round {
    let count = |state: State| plan.moves.iter().filter(|(at, _)| fleet[*at].state() == state).count() as u64;
    let held = || plan.raised.iter().chain(&plan.standing);
    Round {
        fleet: fleet.len() as u64,
        blocked: count(State::Blocked),
        tracked: count(State::Tracked),
        cleared: count(State::Clear),
        held: held().map(|(_, error)| error.clone()).collect(),
        held_blocking: held().filter(|((list, _), _)| *list == List::Block).count() as u64,
        is_stale: false,
    }
}

/// The devices of the fleet, each once, in their order.
fn screened(store: &mut Store, view: &View<'_>) -> Result<Vec<Screened>, StoreError> {
    let filter = Filter { book: Some(Book::Fleet), at: Some(view.generation), ..Filter::default() };
    let mut fleet: Vec<Screened> = Vec::new();
    store.rows::<StoreError>(filter, |stored| {
        let row = stored.row;
        let (key, imsi) = match row.subject {
            Subject::Entry(Entry::Device(key)) => (key, None),
            Subject::Entry(Entry::Pair(key, imsi)) => (key, Some(imsi)),
            // A range or a model is no device.
            Subject::Entry(Entry::Range { .. } | Entry::Tac(_)) | Subject::Hash(_) => return Ok(()),
        };
        if !row.holds(view.now) {
            return Ok(());
        }
        let imsi = imsi.or_else(|| row.field("imsi").and_then(|text| Imsi::parse(text).ok()));
        let ruling = (view.judge)(key, imsi).filter(|ruling| State::of(Some(ruling.list)) != State::Clear);
        let label = row.field("label").map(Arc::from);
        match fleet.last_mut().filter(|last| last.key == key) {
            None => fleet.push(Screened { key, label, ruling }),
            Some(last) => {
                last.label = last.label.take().or(label);
                let worse = Screened { key, label: None, ruling };
                if worse.state() > last.state() {
                    last.ruling = worse.ruling;
                }
            }
        }
        Ok(())
    })?;
    Ok(fleet)
}

/// What was told: of devices that are not clear, and of lists.
fn remembered(database: &mut dyn Database) -> Result<(BTreeMap<ImeiKey, State>, BTreeSet<Held>), StoreError> {
    let (mut told, mut alarms) = (BTreeMap::new(), BTreeSet::new());
    database.query("SELECT device, state FROM watched WHERE state <> 0", &[], &mut |row| {
        let [device, state, ..] = row else { return Err(StoreError::Damaged("a state has too few columns".into())) };
        told.insert(key(device.int()?)?, state_of(state.int()?)?);
        Ok(())
    })?;
    database.query("SELECT list, source FROM watch_alarm", &[], &mut |row| {
        let [list, source, ..] = row else { return Err(StoreError::Damaged("an alarm has too few columns".into())) };
        alarms.insert((list_from(list.int()?)?, source.str()?.into()));
        Ok(())
    })?;
    Ok((told, alarms))
}

fn key(number: i64) -> Result<ImeiKey, StoreError> {
    u64::try_from(number)
        .ok()
        .and_then(ImeiKey::new)
        .ok_or_else(|| StoreError::Damaged(format!("an identity of {number}")))
}

fn state_of(number: i64) -> Result<State, StoreError> {
    State::from_number(number).ok_or_else(|| StoreError::Damaged(format!("a state {number}")))
}

fn list_from(number: i64) -> Result<List, StoreError> {
    list_of(number).ok_or_else(|| StoreError::Damaged(format!("a list {number}")))
}

/// Writes a plan down; `last` is the number of the last report.
fn keep(
    database: &mut dyn Database,
    view: &View<'_>,
    fleet: &[Screened],
    plan: &Plan,
    mut last: i64,
) -> Result<(), StoreError> {
    let mut put = |database: &mut dyn Database, event: &Event| {
        last += 1;
        outbox::put(database, last, view.generation, view.now, event)
    };
    for (list, source) in &plan.ended {
        let about = [list_number(*list).into(), (&**source).into()];
        let told = one(database, "SELECT hit, fleet FROM watch_alarm WHERE list = $1 AND source = $2", &about)?;
        let count = |at: usize| {
            told.as_ref().and_then(|row| row.get(at)?.int().ok()).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
        };
        let (hit, all) = (count(0), count(1));
        put(database, &Event::AlarmOver(Alarm::new(*list, source, hit, all, None)))?;
        database.execute("DELETE FROM watch_alarm WHERE list = $1 AND source = $2", &about)?;
    }
    for ((list, source), error) in &plan.raised {
        put(database, &Event::Alarm(Alarm::new(*list, source, error.hit, error.fleet, Some(error.limit))))?;
        let number = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
        database.execute(
            "INSERT INTO watch_alarm (list, source, hit, fleet) VALUES ($1, $2, $3, $4)",
            &[list_number(*list).into(), (&**source).into(), number(error.hit), number(error.fleet)],
        )?;
    }
    let mut names = Names::read(database)?;
    let mut reasons: HashMap<(Subject, Arc<str>), Option<String>> = HashMap::new();
    for (at, was) in &plan.moves {
        let device = &fleet[*at];
        let is = device.state();
        let mut told = Move::new(device.key, names.told(database, device.key, is)?, *was, is);
        told.label = device.label.as_deref().map(str::to_owned);
        if let Some(ruling) = &device.ruling {
            let about = (ruling.entry, Arc::clone(&ruling.source));
            let why = match reasons.get(&about) {
                Some(known) => known.clone(),
                None => {
                    let why = reason(database, &ruling.entry, &ruling.source)?;
                    reasons.insert(about, why.clone());
                    why
                }
            };
            let (source, entry) = (ruling.source.to_string(), ruling.entry.to_string());
            told.cause = Some(Cause { source, entry, reason: why });
        }
        put(database, &Event::Move(told))?;
    }
    for key in &plan.gone {
        names.told(database, *key, State::Clear)?;
    }
    outbox::mark(database, last, view.generation, view.now)
}

/// Gives devices the numbers under which masked reports name them.
struct Names {
    last: i64,
}

impl Names {
    fn read(database: &mut dyn Database) -> Result<Self, StoreError> {
        let last = one(database, "SELECT coalesce(max(name), 0) FROM watched", &[])?;
        Ok(Self { last: last.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? })
    }

    /// Remembers what is told of a device, and gives its number.
    fn told(&mut self, database: &mut dyn Database, key: ImeiKey, state: State) -> Result<i64, StoreError> {
        let device = Value::from(i64::try_from(key.number()).unwrap_or(i64::MAX));
        let state = Value::from(state.number());
        let known = one(database, "SELECT name FROM watched WHERE device = $1", std::slice::from_ref(&device))?;
        if let Some(name) = known.as_deref().and_then(<[Value]>::first) {
            database.execute("UPDATE watched SET state = $2 WHERE device = $1", &[device, state])?;
            return name.int();
        }
        self.last += 1;
        let values = [device, self.last.into(), state];
        database.execute("INSERT INTO watched (device, name, state) VALUES ($1, $2, $3)", &values)?;
        Ok(self.last)
    }
}
