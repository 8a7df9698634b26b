//! The plan of a round against a model that forgets nothing and knows no short cut; and the words of each report.

use super::plan::{Plan, Screened, State, plan};
use super::report::{Alarm, Cause, Event, Move, Report};
use super::round::Ruling;
use crate::identity::{Imei, ImeiKey};
use crate::register::assess::MatchingRatio;
use crate::register::{Entry, List};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn key(serial: u64) -> ImeiKey {
    ImeiKey::new(101_700_000_000 + serial).unwrap()
}

fn device(serial: u64, listed: Option<(List, &str)>) -> Screened {
    let ruling =
        listed.map(|(list, source)| Ruling { list, source: source.into(), entry: Entry::Device(key(serial)).into() });
    Screened { key: key(serial), label: None, ruling }
}

/// The fleet of one round: by serial number, on which list of whom.
fn a_fleet() -> impl Strategy<Value = BTreeMap<u64, Option<(List, &'static str)>>> {
    let list = prop_oneof![Just(List::Block), Just(List::Track)];
    let source = prop_oneof![Just("carrier-a"), Just("carrier-b")];
    proptest::collection::btree_map(0..24_u64, proptest::option::of((list, source)), 0..24)
}

proptest! {
    /// Every device is told as what it is, once, unless its list is held; and a list is told to be held once, until it is not.
    #[test]
    fn what_is_told_follows_what_is(rounds in proptest::collection::vec((a_fleet(), any::<bool>()), 1..12)) {
        let (mut told, mut alarms) = (BTreeMap::new(), BTreeSet::new());
        for (fleet, is_all_allowed) in rounds {
            let ratio = MatchingRatio { limit: if is_all_allowed { 1.0 } else { 0.3 }, smallest_fleet: 5 };
            let screened: Vec<Screened> = fleet.iter().map(|(serial, listed)| device(*serial, *listed)).collect();
            let Plan { moves, gone, raised, standing, ended } = plan(&screened, &told, &alarms, ratio);

            // The model: who is held.
            let rises = |serial: &u64, listed: &Option<(List, &str)>| {
                let was = told.get(&key(*serial)).copied().unwrap_or(State::Clear);
                State::of(listed.map(|(list, _)| list)) > was
            };
            let mut held = BTreeSet::new();
            for list in [List::Block, List::Track] {
                for source in ["carrier-a", "carrier-b"] {
                    let hit = fleet.iter().filter(|(serial, listed)| **listed == Some((list, source)) && rises(serial, listed)).count();
                    if fleet.len() >= 5 && hit as f64 / fleet.len() as f64 > ratio.limit {
                        held.insert((list, Arc::<str>::from(source)));
                    }
                }
            }
            let now: BTreeSet<_> = raised.iter().chain(&standing).map(|(cause, _)| cause.clone()).collect();
            prop_assert_eq!(&now, &held);
            prop_assert!(raised.iter().all(|(cause, _)| !alarms.contains(cause)));
            prop_assert!(standing.iter().all(|(cause, _)| alarms.contains(cause)));
            let over: BTreeSet<_> = alarms.difference(&held).cloned().collect();
            prop_assert_eq!(ended.into_iter().collect::<BTreeSet<_>>(), over);

            // The model: what is told then.
            let mut expected = BTreeMap::new();
            for (serial, listed) in &fleet {
                let was = told.get(&key(*serial)).copied().unwrap_or(State::Clear);
                let is_held = rises(serial, listed) && listed.is_some_and(|(list, source)| held.contains(&(list, Arc::from(source))));
                expected.insert(key(*serial), if is_held { was } else { State::of(listed.map(|(list, _)| list)) });
            }
            expected.retain(|_, state| *state != State::Clear);
            let mut seen = BTreeSet::new();
            for (at, was) in moves {
                let device = &screened[at];
                prop_assert!(seen.insert(device.key), "told twice in one round");
                prop_assert_eq!(told.get(&device.key).copied().unwrap_or(State::Clear), was);
                prop_assert_ne!(device.state(), was);
                told.insert(device.key, device.state());
            }
            for key in gone {
                prop_assert!(!fleet.keys().any(|serial| self::key(*serial) == key));
                told.remove(&key);
            }
            told.retain(|_, state| *state != State::Clear);
            prop_assert_eq!(&told, &expected);
            alarms = held;
        }
    }
}

fn report(event: Event) -> Report {
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    Report { number: 7, id: "00c0ffee00c0ffee-7".into(), at, generation: 12, event }
}

fn all() -> Vec<Report> {
    let cause = |entry: &str, reason: Option<&str>| {
        Some(Cause { source: "carrier-a".into(), entry: entry.into(), reason: reason.map(str::to_owned) })
    };
    // The model of a public sample, which is no test equipment.
    let real = Imei::parse("35693803000001").unwrap().key();
    let test = Move { label: Some("board-7".into()), ..Move::new(key(1), 1, State::Clear, State::Blocked) };
    let theirs = Move { label: Some("rack 3".into()), ..Move::new(real, 2, State::Clear, State::Blocked) };
    vec![
        report(Event::Move(Move { cause: cause("00101700000001", Some("stolen")), ..test.clone() })),
        report(Event::Move(Move {
            cause: cause("00101700", None),
            is: State::Tracked,
            was: State::Blocked,
            ..test.clone()
        })),
        report(Event::Move(Move { is: State::Clear, was: State::Tracked, ..test })),
        report(Event::Move(Move { cause: cause("35693803000001", Some("as 35693803000002 is")), ..theirs.clone() })),
        report(Event::Move(Move { cause: cause("35693803000001+001010000000001", None), ..theirs.clone() })),
        report(Event::Move(Move { cause: cause("35693803000000..35693803000099", None), ..theirs.clone() })),
        report(Event::Move(Move { cause: cause("00112233445566778899aabbccddeeff", None), ..theirs })),
        report(Event::Alarm(Alarm::new(List::Block, "carrier-a", 30, 100, Some(0.1)))),
        report(Event::AlarmOver(Alarm::new(List::Block, "carrier-a", 30, 100, None))),
    ]
}

#[test]
fn a_report_is_a_line_in_which_devices_have_names() {
    let lines: Vec<String> = all().iter().map(|report| report.line(false)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    2026-03-01 12:00:00Z  blocked     001017000000011 (board-7): on the block list of carrier-a: stolen
    2026-03-01 12:00:00Z  tracked     001017000000011 (board-7): on the track list of carrier-a, by 00101700
    2026-03-01 12:00:00Z  cleared     001017000000011 (board-7): it was tracked
    2026-03-01 12:00:00Z  blocked     {device_2} (rack 3): on the block list of carrier-a: as {imei} is
    2026-03-01 12:00:00Z  blocked     {device_2} (rack 3): on the block list of carrier-a, by {device_2}+001010000000001
    2026-03-01 12:00:00Z  blocked     {device_2} (rack 3): on the block list of carrier-a, by {imei}..{imei_2}
    2026-03-01 12:00:00Z  blocked     {device_2} (rack 3): on the block list of carrier-a, by 00112233445566778899aabbccddeeff
    2026-03-01 12:00:00Z  alarm       the block list of carrier-a would hit 30 of the 100 devices of the fleet (30 %), more than the 10 % that are allowed; they are not told one by one
    2026-03-01 12:00:00Z  alarm-over  the block list of carrier-a no longer hits too much of the fleet, or may
    ");
    assert!(all()[3].line(true).contains("35693803000001"));
}

#[test]
fn a_report_is_an_object_with_the_same_names() {
    let lines: Vec<String> = all().iter().map(|report| report.object(false).to_string()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"at":"2026-03-01T12:00:00Z","device":"001017000000011","entry":"001017000000011","event":"blocked","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocked","label":"board-7","number":7,"reason":"stolen","source":"carrier-a","was":"clear"}
    {"at":"2026-03-01T12:00:00Z","device":"001017000000011","entry":"00101700","event":"tracked","generation":12,"id":"00c0ffee00c0ffee-7","is":"tracked","label":"board-7","number":7,"reason":null,"source":"carrier-a","was":"blocked"}
    {"at":"2026-03-01T12:00:00Z","device":"001017000000011","entry":null,"event":"cleared","generation":12,"id":"00c0ffee00c0ffee-7","is":"clear","label":"board-7","number":7,"reason":null,"source":null,"was":"tracked"}
    {"at":"2026-03-01T12:00:00Z","device":"{device_2}","entry":"{device_2}","event":"blocked","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocked","label":"rack 3","number":7,"reason":"as {imei} is","source":"carrier-a","was":"clear"}
    {"at":"2026-03-01T12:00:00Z","device":"{device_2}","entry":"{device_2}+001010000000001","event":"blocked","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocked","label":"rack 3","number":7,"reason":null,"source":"carrier-a","was":"clear"}
    {"at":"2026-03-01T12:00:00Z","device":"{device_2}","entry":"{imei}..{imei_2}","event":"blocked","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocked","label":"rack 3","number":7,"reason":null,"source":"carrier-a","was":"clear"}
    {"at":"2026-03-01T12:00:00Z","device":"{device_2}","entry":"00112233445566778899aabbccddeeff","event":"blocked","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocked","label":"rack 3","number":7,"reason":null,"source":"carrier-a","was":"clear"}
    {"at":"2026-03-01T12:00:00Z","event":"alarm","fleet":100,"generation":12,"hit":30,"id":"00c0ffee00c0ffee-7","limit":0.1,"list":"block","number":7,"source":"carrier-a"}
    {"at":"2026-03-01T12:00:00Z","event":"alarm-over","fleet":100,"generation":12,"hit":30,"id":"00c0ffee00c0ffee-7","limit":null,"list":"block","number":7,"source":"carrier-a"}
    "#);
}

#[test]
fn a_report_comes_back_from_the_store_as_it_went() {
    for report in all() {
        let text = serde_json::to_string(&report.event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), report.event);
    }
}
