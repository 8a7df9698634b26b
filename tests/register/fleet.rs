//! The fleet in both stores: what is seen is kept once, links move once, declarations count when they change.

use crate::server::on_each_store;
use atgate::identity::{Iccid, ImeiKey, Imsi};
use atgate::register::fleet::{
    self, Device, Happened, Link, LinkEvent, Remark, Seen, Sighting, Step, devices, identify, see, see_all, sims,
};
use atgate::register::store::{Address, NewAct, Store, Verb};
use atgate::register::{Book, Change, Entry, Row};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const CARD: &str = "8999900000000000001";
const OTHER_CARD: &str = "8999900000000000002";
const SUBSCRIPTION: &str = "001010000000001";

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_769_860_800 + minute * 60).unwrap()
}

/// When the tests take place: after all that they saw.
fn now() -> Timestamp {
    at(100_000)
}

/// Devices 1 to 999,999 are of one model.
fn device(number: u64) -> ImeiKey {
    ImeiKey::new(101_700_000_000 + number).unwrap()
}

fn card(text: &str) -> Option<Iccid> {
    Some(Iccid::parse(text).unwrap())
}

fn subscription(text: &str) -> Option<Imsi> {
    Some(Imsi::parse(text).unwrap())
}

fn seen(number: u64, iccid: &str, minute: i64) -> Sighting {
    Sighting { iccid: card(iccid), place: "bench 1".into(), ..Sighting::new(device(number), at(minute)) }
}

fn events(seen: &Seen) -> Vec<&'static str> {
    seen.events.iter().map(|event| event.word()).collect()
}

fn declare(store: &mut Store, book: Book, source: &str, changes: Vec<Change>) -> i64 {
    let act = NewAct { verb: Verb::Put, at: at(0), who: "qa".into(), reason: None, origin: None };
    store.edit(&act, source, book, changes).unwrap().act.unwrap()
}

fn row(number: u64, fields: &[(&str, &str)]) -> Change {
    let fields: BTreeMap<Arc<str>, Arc<str>> =
        fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
    Change::Put(Row { fields: Some(Arc::new(fields)), ..Row::new(Entry::Device(device(number))) })
}

fn link(store: &mut Store, iccid: &str) -> Option<Link> {
    fleet::sim(store, card(iccid), None, now()).unwrap().map(|sim| sim.binding.link)
}

fn step(store: &mut Store, iccid: &str, step: Step, minute: i64) -> Vec<&'static str> {
    let (_, events) = fleet::step(store, card(iccid), None, step, "qa", at(minute)).unwrap();
    events.iter().map(|event| event.word()).collect()
}

#[test]
fn a_card_is_armed_linked_and_differs_once() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let mut told = Vec::new();
        told.push(events(&see(&mut store, &seen(1, CARD, 1), now()).unwrap()));
        assert_eq!(link(&mut store, CARD), Some(Link::Unlinked));
        told.push(step(&mut store, CARD, Step::Arm, 2));
        told.push(events(&see(&mut store, &seen(1, CARD, 3), now()).unwrap()));
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(1))));
        told.push(events(&see(&mut store, &seen(2, CARD, 4), now()).unwrap()));
        assert_eq!(link(&mut store, CARD), Some(Link::Differed(device(1))));
        told.push(events(&see(&mut store, &seen(2, CARD, 5), now()).unwrap()));
        told.push(events(&see(&mut store, &seen(1_000_003, CARD, 6), now()).unwrap()));
        told.push(events(&see(&mut store, &seen(1, CARD, 7), now()).unwrap()));
        assert_eq!(link(&mut store, CARD), Some(Link::Differed(device(1))));
        told.push(step(&mut store, CARD, Step::Link(device(1)), 8));
        told.push(events(&see(&mut store, &seen(1, CARD, 9), now()).unwrap()));
        told.push(step(&mut store, CARD, Step::Unlink, 10));
        assert_eq!(
            told,
            [
                vec!["FIRST"],
                vec!["ARMED"],
                vec!["LINKED"],
                vec!["CHANGE", "DIFFERED"],
                vec![],
                vec!["TAC_CHANGE"],
                vec!["TAC_CHANGE"],
                vec!["LINKED"],
                vec![],
                vec!["UNLINKED"],
            ]
        );
        assert_eq!(link(&mut Store::open(address).unwrap(), CARD), Some(Link::Unlinked));
    });
}

#[test]
fn the_same_sighting_is_one_and_an_older_one_moves_nothing() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        assert!(see(&mut store, &seen(1, CARD, 5), now()).unwrap().is_new);
        let again = see(&mut store, &seen(1, CARD, 5), now()).unwrap();
        assert_eq!((again.is_new, again.events), (false, vec![]));
        step(&mut store, CARD, Step::Arm, 10);
        let late = see(&mut store, &seen(2, CARD, 9), now()).unwrap();
        assert_eq!((late.is_new, late.is_late, late.link), (true, true, Some(Link::Armed)));
        let next = see(&mut store, &seen(3, CARD, 10), now()).unwrap();
        assert_eq!(next.link, Some(Link::Linked(device(3))));
        assert_eq!(Device::read(&mut store, device(2), None, 10, now()).unwrap().sightings().count(), 1);
    });
}

#[test]
fn sightings_are_kept_all_or_none_and_in_the_order_of_their_times() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let future = Sighting { at: now().saturating_add(SignedDuration::from_hours(2)).unwrap(), ..seen(2, CARD, 0) };
        let error = see_all(&mut store, &[seen(1, CARD, 1), future], now()).unwrap_err();
        insta::allow_duplicates! {
            insta::assert_snapshot!(error, @"a device was seen at 2026-04-11T00:40:00Z, but it is 2026-04-10T22:40:00Z");
        }
        let long = Sighting { place: "x".repeat(201).into(), ..seen(2, CARD, 0) };
        assert!(see_all(&mut store, &[seen(1, CARD, 1), long], now()).is_err());
        assert_eq!(link(&mut store, CARD), None);
        let told = see_all(&mut store, &[seen(2, CARD, 2), seen(1, CARD, 1)], now()).unwrap();
        assert_eq!(told.iter().map(events).collect::<Vec<_>>(), [vec!["CHANGE"], vec!["FIRST"]]);
    });
}

#[test]
fn what_was_known_of_a_subscription_goes_over_to_its_card() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let imsi = subscription(SUBSCRIPTION);
        fleet::step(&mut store, None, imsi, Step::Link(device(1)), "qa", at(1)).unwrap();
        see(&mut store, &seen(1, CARD, 2), now()).unwrap();
        assert_eq!(sims(&mut store, None, now()).unwrap().len(), 2);
        let both = Sighting { imsi, ..seen(1, CARD, 3) };
        assert_eq!(see(&mut store, &both, now()).unwrap().link, Some(Link::Linked(device(1))));
        let known = sims(&mut store, None, now()).unwrap();
        assert_eq!((known.len(), known[0].iccid, known[0].imsi), (1, card(CARD), imsi));
        // The subscription moves to another card, and is the old one's no more.
        let moved = Sighting { imsi, ..seen(2, OTHER_CARD, 4) };
        assert_eq!(events(&see(&mut store, &moved, now()).unwrap()), ["FIRST"]);
        let of = |store: &mut Store| fleet::sim(store, None, imsi, now()).unwrap().unwrap().iccid;
        assert_eq!(of(&mut store), card(OTHER_CARD));
        // A report of earlier does not take it back.
        see(&mut store, &Sighting { imsi, ..seen(1, CARD, 3) }, now()).unwrap();
        see(&mut store, &Sighting { imsi, place: "bench 2".into(), ..seen(1, CARD, 3) }, now()).unwrap();
        assert_eq!(of(&mut store), card(OTHER_CARD));
    });
}

#[test]
fn a_declared_card_is_linked_and_what_is_done_by_hand_afterwards_holds() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        declare(&mut store, Book::Fleet, "fleet", vec![row(1, &[("iccid", CARD), ("label", "bench 7")])]);
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(1))));
        assert_eq!(sims(&mut store, Some("linked"), now()).unwrap().len(), 1);
        assert_eq!(events(&see(&mut store, &seen(2, CARD, 1), now()).unwrap()), ["FIRST", "DIFFERED"]);
        step(&mut store, CARD, Step::Link(device(2)), 2);
        see(&mut store, &seen(2, CARD, 3), now()).unwrap();
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(2))));
        // Another label is no other declaration.
        declare(&mut store, Book::Fleet, "fleet", vec![row(1, &[("iccid", CARD), ("label", "bench 8")])]);
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(2))));
        declare(
            &mut store,
            Book::Fleet,
            "fleet",
            vec![row(3, &[("iccid", CARD)]), Change::Drop(Entry::Device(device(1)).into())],
        );
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(3))));
        see(&mut store, &seen(3, CARD, 4), now()).unwrap();
        let gone = declare(&mut store, Book::Fleet, "fleet", vec![Change::Drop(Entry::Device(device(3)).into())]);
        assert_eq!(link(&mut store, CARD), Some(Link::Unlinked));
        let act = NewAct { verb: Verb::Undo, at: at(5), who: "qa".into(), reason: None, origin: None };
        store.undo(gone, &act).unwrap();
        assert_eq!(link(&mut store, CARD), Some(Link::Linked(device(3))));
    });
}

#[test]
fn a_subscription_that_is_paired_with_several_devices_waits_for_one() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let imsi = Imsi::parse(SUBSCRIPTION).unwrap();
        let pair = |number| Change::Put(Row::new(Entry::Pair(device(number), imsi)));
        declare(&mut store, Book::Pairings, "pairs", vec![pair(1), pair(2)]);
        let state = |store: &mut Store| fleet::sim(store, None, Some(imsi), now()).unwrap().unwrap().binding.link;
        assert_eq!(state(&mut store), Link::Armed);
        // A source that is believed first says which.
        declare(&mut store, Book::Fleet, "own", vec![row(2, &[("imsi", SUBSCRIPTION)])]);
        assert_eq!(state(&mut store), Link::Linked(device(2)));
        declare(&mut store, Book::Fleet, "own", vec![Change::Drop(Entry::Device(device(2)).into())]);
        let sighting = Sighting { imsi: Some(imsi), ..Sighting::new(device(1), at(1)) };
        assert_eq!(events(&see(&mut store, &sighting, now()).unwrap()), ["FIRST", "LINKED"]);
        assert_eq!(state(&mut store), Link::Linked(device(1)));
    });
}

#[test]
fn a_device_is_found_by_whatever_names_it() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        declare(&mut store, Book::Fleet, "fleet", vec![row(1, &[("label", "bench 7"), ("iccid", CARD)])]);
        see(&mut store, &Sighting { imsi: subscription(SUBSCRIPTION), ..seen(2, OTHER_CARD, 1) }, now()).unwrap();
        for (named, expected) in [
            ("bench 7", vec![device(1)]),
            (CARD, vec![device(1)]),
            (OTHER_CARD, vec![device(2)]),
            (SUBSCRIPTION, vec![device(2)]),
            ("00101700000001", vec![device(1)]),
            ("+CGSN: \"0010170000000178\"", vec![device(1)]),
            ("00101700000009", vec![device(9)]),
            ("bench 8", vec![]),
        ] {
            assert_eq!(identify(&mut store, named).unwrap(), expected, "{named}");
        }
        let mut all = Vec::new();
        devices(&mut store, |device| all.push(device)).unwrap();
        assert_eq!(all, [device(1), device(2)]);
    });
}

#[test]
fn a_devices_activity_is_in_the_order_of_time() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        declare(&mut store, Book::Fleet, "fleet", vec![row(1, &[("iccid", CARD), ("warranty", "2026-02-01")])]);
        see(&mut store, &seen(1, CARD, 1), now()).unwrap();
        see(&mut store, &Sighting { place: "bench 2".into(), ..seen(1, OTHER_CARD, 4) }, now()).unwrap();
        see(&mut store, &seen(2, CARD, 6), now()).unwrap();
        declare(
            &mut store,
            Book::Lists,
            "own",
            vec![Change::Put(Row::listed(atgate::register::List::Track, Entry::Device(device(1))))],
        );
        let file = Device::read(&mut store, device(1), None, 100, now()).unwrap();
        let log: Vec<String> = file
            .activity
            .iter()
            .map(|activity| match &activity.happened {
                Happened::Seen(sighting) => format!("seen at {}", sighting.place),
                Happened::Link { event, who, .. } => format!("{} by {who}", event.word()),
                Happened::Put(version) => format!("{} in act {}", version.stored.book, version.opened.id),
                Happened::Taken(_, act) => format!("taken in act {act}"),
            })
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(log.join("\n"), @"
            fleet in act 1
            lists in act 2
            seen at bench 1
            LINKED by declaration
            FIRST by sighting
            seen at bench 2
            FIRST by sighting
            CHANGE by sighting
            DIFFERED by sighting
            ");
        }
        let remarks = fleet::remarks(&file, now());
        assert!(matches!(
            remarks[..],
            [Remark::Cards { count: 2 }, Remark::Places { .. }, Remark::Differed { .. }, Remark::Warranty(_)]
        ));
        let cards = fleet::sightings(&mut store, device(1)).unwrap();
        assert_eq!(
            cards.iter().map(|seen| (seen.iccid, seen.last)).collect::<Vec<_>>(),
            [(card(CARD), at(1)), (card(OTHER_CARD), at(4))]
        );
        assert_eq!(fleet::first_seen(&mut store, device(1)).unwrap(), Some(at(1)));
        assert_eq!(fleet::first_seen(&mut store, device(9)).unwrap(), None);
    });
}

#[test]
fn a_history_that_is_thinned_keeps_the_last_of_each_card() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let all: Vec<Sighting> =
            (0..10).map(|minute| seen(1, if minute < 3 { OTHER_CARD } else { CARD }, minute)).collect();
        see_all(&mut store, &all, now()).unwrap();
        assert_eq!(fleet::prunable(&mut store, at(8)).unwrap(), (6, 10));
        assert_eq!(fleet::prune(&mut store, at(8)).unwrap(), 6);
        let left = Device::read(&mut store, device(1), None, 100, now()).unwrap();
        assert_eq!(left.sightings().map(|seen| seen.at).collect::<Vec<_>>(), [at(0), at(2), at(8), at(9)]);
        assert_eq!(fleet::prune(&mut store, at(8)).unwrap(), 0);
    });
}

#[test]
fn sightings_from_many_at_once_lose_nothing_and_tell_each_change_once() {
    on_each_store(|address| {
        drop(Store::open(address).unwrap());
        let told: Vec<Seen> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4_u64)
                .map(|thread| {
                    scope.spawn(move || {
                        let mut store = Store::open(address).unwrap();
                        // All tell of one card in one device at the same times, and each of devices of its own.
                        (0..20)
                            .flat_map(|minute| {
                                let shared = see(&mut store, &seen(1, CARD, minute), now()).unwrap();
                                let own = seen(100 + thread, &format!("899990000000000010{thread}"), minute);
                                [shared, see(&mut store, &own, now()).unwrap()]
                            })
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(told.iter().filter(|seen| seen.is_new).count(), 20 + 4 * 20);
        assert_eq!(
            told.iter().flat_map(|seen| &seen.events).filter(|event| matches!(event, LinkEvent::First(_))).count(),
            5
        );
        let mut store = Store::open(address).unwrap();
        for (number, count) in [(1, 20), (100, 20), (101, 20), (102, 20), (103, 20)] {
            assert_eq!(Device::read(&mut store, device(number), None, 1000, now()).unwrap().sightings().count(), count);
        }
    });
}

/// What a card has been through, looked at as a whole each time.
#[derive(Debug, Clone, Default)]
struct Model {
    kept: Vec<(u64, i64)>,
    moved: Option<i64>,
    last: Option<u64>,
    armed: bool,
    bound: Option<u64>,
    differed: bool,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_sightings_in_any_order_end_as_a_naive_model_says(
        steps in prop::collection::vec((0..2_usize, prop::sample::select(vec![1_u64, 2, 1_000_001]), 0..30_i64, prop::bool::weighted(0.15)), 1..40)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&Address::File(folder.path().join("register.db"))).unwrap();
        let mut models: HashMap<usize, Model> = HashMap::new();
        for (which, number, minute, arms) in steps {
            let name = [CARD, OTHER_CARD][which];
            let model = models.entry(which).or_default();
            if arms {
                step(&mut store, name, Step::Arm, minute);
                (model.armed, model.bound, model.differed) = (true, None, false);
                model.moved = Some(model.moved.map_or(minute, |moved| moved.max(minute)));
                continue;
            }
            let told = see(&mut store, &seen(number, name, minute), now()).unwrap();
            let mut expected = Vec::new();
            let is_new = !model.kept.contains(&(number, minute));
            if is_new {
                model.kept.push((number, minute));
                if model.moved.is_none_or(|moved| minute >= moved) {
                    match model.last {
                        None => expected.push("FIRST"),
                        Some(last) if last == number => {}
                        Some(last) if last / 1_000_000 == number / 1_000_000 => expected.push("CHANGE"),
                        Some(_) => expected.push("TAC_CHANGE"),
                    }
                    if model.armed {
                        (model.armed, model.bound) = (false, Some(number));
                        expected.push("LINKED");
                    } else if model.bound.is_some_and(|bound| bound != number) && !model.differed {
                        model.differed = true;
                        expected.push("DIFFERED");
                    }
                    (model.last, model.moved) = (Some(number), Some(minute));
                }
            }
            prop_assert_eq!(told.is_new, is_new);
            prop_assert_eq!(events(&told), expected);
            let link = match (model.armed, model.bound, model.differed) {
                (true, _, _) => Link::Armed,
                (false, None, _) => Link::Unlinked,
                (false, Some(bound), false) => Link::Linked(device(bound)),
                (false, Some(bound), true) => Link::Differed(device(bound)),
            };
            prop_assert_eq!(told.link, Some(link));
        }
    }
}
