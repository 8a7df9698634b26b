//! What a round sees beside the lists: which conditions hold for whom, which cards have left their device, which numbers
//! several devices have.

use super::plan::Screened;
use super::round::View;
use super::sign::{Degree, Key, Sign};
use crate::identity::{Iccid, Imei, ImeiKey, Imsi, Tac};
use crate::register::assess::{self, Candidate, Dimension, Facts, Listing, Standing, assess};
use crate::register::first_held::{self, FirstHeld, Step};
use crate::register::fleet::{self, Cards, Duplicate, Sim};
use crate::register::store::{Database, Filter, Store, StoreError};
use crate::register::{Book, Entry, Subject};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What is so now, and what follows from it for the register's memory of conditions.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) signs: BTreeMap<Key, Shown>,
    /// What is to be remembered, or forgotten.
    pub(super) steps: Vec<(ImeiKey, Step)>,
    /// When the first condition that is in its days of grace begins to block.
    pub(super) next: Option<Timestamp>,
}

/// A sign that is so, with what there is to tell of it.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) degree: Degree,
    pub(super) detail: Detail,
}

/// What there is to tell of a sign.
#[derive(Debug, Clone)]
pub(super) enum Detail {
    Condition { since: Timestamp, until: Option<Timestamp>, reason: Option<String> },
    Differed(Box<Sim>),
    Duplicate(Box<Duplicate>),
}

/// What no assessment changes: read once a round.
pub(super) struct Seen {
    cards: HashMap<ImeiKey, Cards>,
    duplicates: Vec<Duplicate>,
    differed: Vec<Sim>,
    /// With which cards the pairings pair devices of the fleet; empty where no condition asks.
    paired: HashMap<ImeiKey, Vec<Iccid>>,
}

impl Seen {
    /// Reads what is needed. Writes nothing unless a card has left its device: the books are asked about that one then.
    pub(super) fn read(store: &mut Store, view: &View<'_>, fleet: &[Screened]) -> Result<Self, StoreError> {
        let database = store.database();
        let is_ours = |key: ImeiKey| fleet.binary_search_by_key(&key, |device| device.key).is_ok();
        let cards =
            if view.rules.conditions.is_empty() { HashMap::new() } else { fleet::cards_by_device(database, is_ours)? };
        let duplicates = fleet::duplicates_in(database, view.rules.duplicate_cards, view.now)?;
        let differed = if fleet::has_differed(database)? {
            store.in_transaction(|database| fleet::differed(database, view.now))?
        } else {
            Vec::new()
        };
        let asks = view.rules.conditions.iter().flat_map(|condition| &condition.when);
        let mut paired: HashMap<ImeiKey, Vec<Iccid>> = HashMap::new();
        if asks.into_iter().any(|term| term.dimension == Dimension::Pairing) {
            let filter = Filter { book: Some(Book::Pairings), at: Some(view.generation), ..Filter::default() };
            store.rows::<StoreError>(filter, |stored| {
                if let Subject::Entry(Entry::Pair(key, _)) = stored.row.subject
                    && is_ours(key)
                    && stored.row.holds(view.now)
                    && let Some(iccid) = stored.row.field("iccid").and_then(|text| Iccid::parse(text).ok())
                {
                    paired.entry(key).or_default().push(iccid);
                }
                Ok(())
            })?;
        }
        Ok(Self { cards, duplicates, differed, paired })
    }
}

impl Scene {
    /// Looks at all of the fleet; `database` knows what is remembered.
    pub(super) fn read(
        database: &mut dyn Database,
        view: &View<'_>,
        fleet: &[Screened],
        seen: &Seen,
    ) -> Result<Self, StoreError> {
        let mut scene = Self::default();
        let memory = first_held::all(database)?;
        let none = FirstHeld::new();
        // Nothing was ever remembered and nothing could be: the fleet need not be gone through.
        if !view.rules.conditions.is_empty() {
            for device in fleet {
                scene.device(view, device, seen, memory.get(&device.key).unwrap_or(&none));
            }
        }
        // What the rules have no name for any more is nobody's.
        for (key, known) in &memory {
            for name in known.keys() {
                if view.rules.conditions.iter().all(|condition| *condition.name != **name) {
                    scene.steps.push((*key, Step::Over(Arc::clone(name))));
                }
            }
        }
        for sim in &seen.differed {
            if let Some(device) = sim.binding.link.device() {
                let shown = Shown { degree: Degree::Holds, detail: Detail::Differed(Box::new(*sim)) };
                scene.signs.insert((device, Sign::Differed(sim.id)), shown);
            }
        }
        for duplicate in &seen.duplicates {
            let shown = Shown { degree: Degree::Holds, detail: Detail::Duplicate(Box::new(duplicate.clone())) };
            scene.signs.insert((duplicate.device, Sign::Duplicate), shown);
        }
        Ok(scene)
    }

    fn device(&mut self, view: &View<'_>, device: &Screened, seen: &Seen, known: &FirstHeld) {
        let cards = seen.cards.get(&device.key);
        let equipment = Imei::of(device.key).to_string();
        let last = cards.and_then(|cards| cards.sightings.last());
        // What is in it now, as far as anybody has seen; else what it was declared with.
        let (imsi, iccid) = last.map_or((device.imsi, device.iccids.first().copied()), |seen| (seen.imsi, seen.iccid));
        let candidate = Candidate { imsi, iccid, ..Candidate::new(&equipment, view.now) };
        let paired = seen.paired.get(&device.key).map_or(&[][..], Vec::as_slice);
        let facts = OfDevice { facts: view.facts, device, cards, paired, known };
        let assessment = assess(&candidate, &facts, view.rules);
        for held in &assessment.conditions {
            let (degree, until) = match held.standing {
                Standing::Informs => (Degree::Holds, None),
                Standing::Grace { until } => (Degree::InGrace, Some(until)),
                Standing::Blocks => (Degree::Blocks, None),
            };
            if let Some(until) = until {
                self.next = Some(self.next.map_or(until, |next| next.min(until)));
            }
            let detail = Detail::Condition { since: held.since, until, reason: held.reason.clone() };
            self.signs.insert((device.key, Sign::Condition(held.name.as_str().into())), Shown { degree, detail });
        }
        self.steps.extend(Step::between(known, &assessment).into_iter().map(|step| (device.key, step)));
    }
}

/// What is known of one device of the fleet: what the round has read already, and all else from the register.
struct OfDevice<'a> {
    facts: &'a dyn Facts,
    device: &'a Screened,
    cards: Option<&'a Cards>,
    paired: &'a [Iccid],
    known: &'a FirstHeld,
}

impl Facts for OfDevice<'_> {
    /// The worst that is said of any of its subscriptions, as the lists' own reports have it.
    fn listed(&self, key: ImeiKey, imsi: Option<Imsi>) -> Option<Listing> {
        match &self.device.ruling {
            Some(ruling) => {
                Some(Listing { source: Some(Arc::clone(&ruling.source)), ..Listing::new(ruling.list, ruling.entry) })
            }
            None => self.facts.listed(key, imsi),
        }
    }

    fn models(&self, tac: Tac) -> Option<bool> {
        self.facts.models(tac)
    }

    fn registered(&self, key: ImeiKey) -> Option<bool> {
        self.facts.registered(key)
    }

    fn paired(&self, key: ImeiKey, imsi: Imsi) -> Option<bool> {
        self.facts.paired(key, imsi)
    }

    fn paired_card(&self, _: ImeiKey, iccid: Iccid, _: Timestamp) -> Option<bool> {
        let mut cards = self.device.iccids.iter().chain(self.paired).peekable();
        cards.peek()?;
        Some(cards.any(|card| *card == iccid))
    }

    fn sightings(&self, _: ImeiKey) -> Vec<assess::Sighting> {
        self.cards.map(|cards| cards.sightings.clone()).unwrap_or_default()
    }

    fn first_seen(&self, _: ImeiKey) -> Option<Timestamp> {
        self.cards.and_then(|cards| cards.first_seen)
    }

    fn first_held(&self, condition: &str, _: ImeiKey) -> Option<Timestamp> {
        self.known.get(condition).copied()
    }
}
