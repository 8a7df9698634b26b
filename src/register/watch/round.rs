//! One round over the fleet: what changed is kept, and its reports are put into the outbox, in one transaction.

use super::Watcher;
use super::outbox;
use super::plan::{self, Cause as Held, Plan, Screened, State};
use super::report::{Alarm, Cause, Event, Move};
use super::scene::{Scene, Seen};
use super::sign::{self, Degree, Key, Sign, SignPlan};
use super::signs;
use crate::identity::{Iccid, ImeiKey, Imsi};
use crate::register::assess::{Facts, MatchingRatio, MatchingRatioError, Rules};
use crate::register::store::{Database, Filter, Store, StoreError, Value, list_number, list_of, one, reason};
use crate::register::{Book, Entry, List, Subject};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A watcher whose clock is behind another's by so much waits for its own; by more, one of the clocks is wrong.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// The row that decides about a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ruling {
    /// On which list it is.
    pub(super) list: List,
    /// Whose row it is.
    pub(super) source: Arc<str>,
    /// What it is about.
    pub(super) entry: Subject,
}

/// The register as it is judged in one round.
pub struct View<'a> {
    /// The act up to which `facts` know it.
    pub generation: i64,
    /// The time for which `facts` speak: rows that hold until then hold no longer.
    pub now: Timestamp,
    /// What the register's index says of a device; cards, sightings and what was remembered are read off the store.
    pub facts: &'a dyn Facts,
    /// The register's rules: their conditions are judged, and what they call a duplicate is one.
    pub rules: &'a Rules,
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
    /// How many conditions began to hold for a device, to block it, or ceased; how many cards have left their device or are no
    /// longer held to have; how many numbers are found to be several devices', or no longer.
    pub signs: u64,
    /// How many of them are nothing good: a condition that blocks, a card that has left, a number of several devices.
    pub alarms: u64,
    /// When the next condition that is in its days of grace will block: a round is due then.
    pub next: Option<Timestamp>,
    /// The lists and conditions that are held because they hit too much of the fleet: those that are new in this round, then those of
    /// which an alarm was told before.
    pub held: Vec<MatchingRatioError>,
    /// How many of them are block lists, or conditions that block.
    pub held_blocking: u64,
    /// Somebody else has judged a later state of the register: nothing was done.
    pub is_stale: bool,
}

impl Watcher {
    /// Goes over the fleet. Of a device with several subscriptions the worst that is said counts. What is found of conditions
    /// is remembered as well: a condition's days of grace begin with the round that finds it, or with an earlier check.
    ///
    /// # Errors
    /// The store fails; nothing was done.
    pub fn round(&self, store: &mut Store, view: &View<'_>, ratio: MatchingRatio) -> Result<Round, StoreError> {
        let fleet = screened(store, view)?;
        let seen = Seen::read(store, view, &fleet)?;
        // Most rounds find nothing, and write nothing then.
        let found = Found::read(store.database(), view, &fleet, &seen, ratio)?;
        if found.is_empty() {
            return Ok(found.summary(&fleet, view.rules));
        }
        store.in_transaction(|database| {
            let mark = outbox::begun(database, &self.word)?;
            let is_early = view.now < mark.at && mark.at.duration_since(view.now) <= SKEW;
            if view.generation < mark.generation || view.generation == mark.generation && is_early {
                return Ok(Round { fleet: fleet.len() as u64, is_stale: true, ..Round::default() });
            }
            // Another watcher may have told some of it meanwhile.
            let found = Found::read(database, view, &fleet, &seen, ratio)?;
            keep(database, view, &fleet, &found, mark.last)?;
            Ok(found.summary(&fleet, view.rules))
        })
    }
}

/// What is so, what was told, and what follows.
struct Found {
    plan: Plan,
    scene: Scene,
    signs: SignPlan,
}

impl Found {
    fn read(
        database: &mut dyn Database,
        view: &View<'_>,
        fleet: &[Screened],
        seen: &Seen,
        ratio: MatchingRatio,
    ) -> Result<Self, StoreError> {
        let (told, alarms) = remembered(database)?;
        let plan = plan::plan(fleet, &told, &alarms, ratio);
        let scene = Scene::read(database, view, fleet, seen)?;
        let (told, alarms) = signs::remembered(database)?;
        let now: BTreeMap<Key, Degree> = scene.signs.iter().map(|(key, shown)| (key.clone(), shown.degree)).collect();
        // What the rules allow a condition is its own; what somebody allows by hand is for all.
        let limit = |name: &str| match view.rules.conditions.iter().find(|condition| condition.name == name) {
            Some(condition) if ratio == view.rules.matching_ratio => ratio.or(condition.max_matching_ratio),
            Some(_) | None => ratio,
        };
        let is_of_fleet = |key| fleet.binary_search_by_key(&key, |device| device.key).is_ok();
        let signs = sign::plan(&now, &told, &alarms, fleet.len() as u64, &is_of_fleet, &limit);
        Ok(Self { plan, scene, signs })
    }

    fn is_empty(&self) -> bool {
        self.plan.is_empty() && self.signs.is_empty() && self.scene.steps.is_empty()
    }

    fn summary(&self, fleet: &[Screened], rules: &Rules) -> Round {
        let Self { plan, scene, signs } = self;
        let count = |state: State| plan.moves.iter().filter(|(at, _)| fleet[*at].state() == state).count() as u64;
        let held = || plan.raised.iter().chain(&plan.standing);
        let conditions = || signs.raised.iter().chain(&signs.standing);
        let blocks = |name: &str| rules.conditions.iter().any(|condition| condition.name == name && condition.blocking);
        let is_alarm = |(key, _, is): &&(Key, Degree, Degree)| match (&key.1, is) {
            (_, Degree::None) | (Sign::Condition(_), Degree::Holds | Degree::InGrace) => false,
            (Sign::Condition(_), Degree::Blocks) | (Sign::Differed(_) | Sign::Duplicate, _) => true,
        };
        Round {
            fleet: fleet.len() as u64,
            blocked: count(State::Blocked),
            tracked: count(State::Tracked),
            cleared: count(State::Clear),
            signs: signs.moves.len() as u64,
            alarms: signs.moves.iter().filter(is_alarm).count() as u64,
            next: scene.next,
            held: held().map(|(_, error)| error.clone()).chain(conditions().map(|(_, error)| error.clone())).collect(),
            held_blocking: held().filter(|((list, _), _)| *list == List::Block).count() as u64
                + conditions().filter(|(name, _)| blocks(name)).count() as u64,
            is_stale: false,
        }
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
        let listing = view.facts.listed(key, imsi).filter(|listing| State::of(Some(listing.list)) != State::Clear);
        let ruling = listing.map(|listing| Ruling {
            list: listing.list,
            source: listing.source.unwrap_or_else(|| "somebody".into()),
            entry: listing.entry,
        });
        let label = row.field("label").map(Arc::from);
        let iccid = row.field("iccid").and_then(|text| Iccid::parse(text).ok());
        match fleet.last_mut().filter(|last| last.key == key) {
            None => fleet.push(Screened { key, label, imsi, iccids: iccid.into_iter().collect(), ruling }),
            Some(last) => {
                last.label = last.label.take().or(label);
                last.imsi = last.imsi.or(imsi);
                last.iccids.extend(iccid);
                let is_worse = State::of(ruling.as_ref().map(|ruling| ruling.list)) > last.state();
                if is_worse {
                    last.ruling = ruling;
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

pub(super) fn key(number: i64) -> Result<ImeiKey, StoreError> {
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
    found: &Found,
    mut last: i64,
) -> Result<(), StoreError> {
    let plan = &found.plan;
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
    signs::keep(database, view, fleet, (&found.scene, &found.signs), &mut names, &mut put)?;
    for (key, step) in &found.scene.steps {
        step.keep(database, *key)?;
    }
    outbox::mark(database, last, view.generation, view.now)
}

/// Gives devices the numbers under which masked reports name them.
pub(super) struct Names {
    last: i64,
}

impl Names {
    fn read(database: &mut dyn Database) -> Result<Self, StoreError> {
        let last = one(database, "SELECT coalesce(max(name), 0) FROM watched", &[])?;
        Ok(Self { last: last.as_deref().and_then(<[Value]>::first).map_or(Ok(0), Value::int)? })
    }

    /// The number of a device, of which nothing more is told than was.
    pub(super) fn of(&mut self, database: &mut dyn Database, key: ImeiKey) -> Result<i64, StoreError> {
        let device = Value::from(i64::try_from(key.number()).unwrap_or(i64::MAX));
        match one(database, "SELECT name FROM watched WHERE device = $1", &[device])?
            .as_deref()
            .and_then(<[Value]>::first)
        {
            Some(name) => name.int(),
            None => self.told(database, key, State::Clear),
        }
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
