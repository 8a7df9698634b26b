//! The plan of a round against a model that forgets nothing and knows no short cut; and the words of each report.

use super::plan::{Plan, Screened, State, plan};
use super::report::{Alarm, Cause, Event, Move, Report};
use super::round::Ruling;
use super::sign::{self, Degree, Key, Sign};
use super::told::{Condition, ConditionAlarm, Differed, Duplicate, Named};
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
    Screened { key: key(serial), label: None, imsi: None, iccids: Vec::new(), ruling }
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

/// The signs of one round: which there are, and how far each is.
fn some_signs() -> impl Strategy<Value = BTreeMap<Key, Degree>> {
    let sign = prop_oneof![
        Just(Sign::Condition("a".into())),
        Just(Sign::Condition("b".into())),
        (0..3_i64).prop_map(Sign::Differed),
        Just(Sign::Duplicate),
    ];
    let degree = prop_oneof![Just(Degree::Holds), Just(Degree::InGrace), Just(Degree::Blocks)];
    proptest::collection::btree_map(((0..8_u64).prop_map(key), sign), degree, 0..16)
}

proptest! {
    /// Every sign is told as what it is, once, unless its condition is held; of who has left the fleet no condition is told.
    #[test]
    fn what_is_told_of_signs_follows_what_is(
        rounds in proptest::collection::vec((some_signs(), 0..8_u64, any::<bool>()), 1..12),
    ) {
        let (mut told, mut alarms) = (BTreeMap::new(), BTreeSet::new());
        for (signs, first, is_all_allowed) in rounds {
            let ratio = MatchingRatio { limit: if is_all_allowed { 1.0 } else { 0.3 }, smallest_fleet: 0 };
            let is_of_fleet = |device: ImeiKey| device >= key(first);
            // Only the fleet is asked for conditions.
            let now: BTreeMap<Key, Degree> = signs
                .into_iter()
                .filter(|((device, sign), _)| is_of_fleet(*device) || !matches!(sign, Sign::Condition(_)))
                .collect();
            let plan = sign::plan(&now, &told, &alarms, 8, &is_of_fleet, &|_| ratio);
            let mut held = BTreeSet::new();
            for name in ["a", "b"] {
                let sign = Sign::Condition(name.into());
                let hit = now.keys().filter(|key| key.1 == sign && !told.contains_key(*key)).count();
                if hit as f64 / 8.0 > ratio.limit {
                    held.insert(Arc::<str>::from(name));
                }
            }
            let says: BTreeSet<_> = plan.raised.iter().chain(&plan.standing).map(|(name, _)| Arc::clone(name)).collect();
            prop_assert_eq!(&says, &held);
            prop_assert!(plan.raised.iter().all(|(name, _)| !alarms.contains(name)));
            prop_assert_eq!(
                plan.ended.iter().cloned().collect::<BTreeSet<_>>(),
                alarms.difference(&held).cloned().collect::<BTreeSet<_>>()
            );
            let is_held = |sign: &Sign| matches!(sign, Sign::Condition(name) if held.contains(name));
            let expected: BTreeMap<Key, Degree> = now
                .iter()
                .filter(|(key, _)| told.contains_key(*key) || !is_held(&key.1))
                .map(|(key, degree)| (key.clone(), *degree))
                .collect();
            let mut heard = BTreeSet::new();
            for (key, was, is) in plan.moves {
                prop_assert!(heard.insert(key.clone()), "told twice in one round");
                prop_assert_eq!(told.get(&key).copied().unwrap_or(Degree::None), was);
                prop_assert_ne!(was, is);
                told.insert(key, is);
            }
            for key in plan.gone {
                prop_assert!(!is_of_fleet(key.0) && matches!(key.1, Sign::Condition(_)));
                told.remove(&key);
            }
            told.retain(|_, degree| *degree != Degree::None);
            prop_assert_eq!(&told, &expected);
            alarms = held;
        }
    }
}

#[test]
fn a_sign_comes_back_from_its_columns() {
    for sign in [Sign::Condition("new: 1".into()), Sign::Differed(7), Sign::Duplicate] {
        let (kind, what) = sign.columns();
        assert_eq!(Sign::of(kind, &what), Some(sign));
    }
    assert_eq!((Sign::of("differed", "x"), Sign::of("other", "")), (None, None));
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

fn more() -> Vec<Report> {
    let real = Named::new(Imei::parse("35693803000001").unwrap().key(), 2);
    let test = Named::new(key(1), 1);
    let day = |text: &str| Some(text.parse::<jiff::Timestamp>().unwrap().as_second());
    let grace = Condition {
        device: real,
        label: Some("rack 3".into()),
        condition: "unregistered".into(),
        was: Degree::None,
        is: Degree::InGrace,
        since: day("2026-03-01T12:00:00Z"),
        until: day("2026-03-15T12:00:00Z"),
        reason: Some("register 35693803000001 first".into()),
    };
    let away = Differed {
        device: test,
        label: Some("board-7".into()),
        is_over: false,
        iccid: Some("8944000000000000000".into()),
        imsi: Some("001010000000001".into()),
        seen: Some(real),
    };
    let twice = Duplicate {
        device: real,
        label: None,
        is_over: false,
        cards: 2,
        places: Some(("bench 1".into(), "bench 2".into())),
    };
    let alarm =
        ConditionAlarm { condition: "unregistered".into(), is_blocking: true, hit: 30, fleet: 100, limit: Some(0.1) };
    vec![
        report(Event::Condition(grace.clone())),
        report(Event::Condition(Condition { was: Degree::InGrace, is: Degree::Blocks, until: None, ..grace.clone() })),
        report(Event::Condition(Condition { is: Degree::Holds, until: None, reason: None, ..grace.clone() })),
        report(Event::Condition(Condition {
            was: Degree::Blocks,
            is: Degree::None,
            since: None,
            until: None,
            reason: None,
            ..grace
        })),
        report(Event::Differed(away.clone())),
        report(Event::Differed(Differed { is_over: true, seen: None, iccid: None, ..away })),
        report(Event::Duplicate(twice.clone())),
        report(Event::Duplicate(Duplicate { is_over: true, cards: 0, places: None, ..twice })),
        report(Event::ConditionAlarm(alarm.clone())),
        report(Event::ConditionAlarm(ConditionAlarm { limit: None, ..alarm })),
    ]
}

#[test]
fn what_is_no_lists_is_told_in_lines_and_objects_of_the_same_form() {
    let lines: Vec<String> = more().iter().map(|report| report.line(false)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    2026-03-01 12:00:00Z  condition-grace  {device_2} (rack 3): unregistered blocks from 2026-03-15 on, met since 2026-03-01: register {imei} first
    2026-03-01 12:00:00Z  condition-blocks  {device_2} (rack 3): unregistered blocks, met since 2026-03-01: register {imei} first
    2026-03-01 12:00:00Z  condition-holds  {device_2} (rack 3): unregistered holds, met since 2026-03-01
    2026-03-01 12:00:00Z  condition-over  {device_2} (rack 3): unregistered ceased to hold, was blocks
    2026-03-01 12:00:00Z  differed    001017000000011 (board-7): its card ICCID {iccid}, IMSI 001010000000001 was seen in {device_2}
    2026-03-01 12:00:00Z  differed-over  001017000000011 (board-7): its card IMSI 001010000000001 is no longer held to be away
    2026-03-01 12:00:00Z  duplicate   {device_2}: several devices may have its number: it came with 2 cards and was at bench 1 and bench 2 at one time
    2026-03-01 12:00:00Z  duplicate-over  {device_2}: nothing says any more that several devices have its number
    2026-03-01 12:00:00Z  condition-alarm  the condition unregistered would hit 30 of the 100 devices of the fleet (30 %), more than the 10 % that are allowed; they are not told one by one
    2026-03-01 12:00:00Z  condition-alarm-over  the condition unregistered no longer hits too much of the fleet, or may
    ");
    let objects: Vec<String> = more().iter().map(|report| report.object(false).to_string()).collect();
    insta::assert_snapshot!(objects.join("\n"), @r#"
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","device":"{device_2}","event":"condition-grace","generation":12,"id":"00c0ffee00c0ffee-7","is":"in-grace","label":"rack 3","number":7,"reason":"register {imei} first","since":"2026-03-01T12:00:00Z","until":"2026-03-15T12:00:00Z","was":"none"}
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","device":"{device_2}","event":"condition-blocks","generation":12,"id":"00c0ffee00c0ffee-7","is":"blocks","label":"rack 3","number":7,"reason":"register {imei} first","since":"2026-03-01T12:00:00Z","until":null,"was":"in-grace"}
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","device":"{device_2}","event":"condition-holds","generation":12,"id":"00c0ffee00c0ffee-7","is":"holds","label":"rack 3","number":7,"reason":null,"since":"2026-03-01T12:00:00Z","until":null,"was":"none"}
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","device":"{device_2}","event":"condition-over","generation":12,"id":"00c0ffee00c0ffee-7","is":"none","label":"rack 3","number":7,"reason":null,"since":null,"until":null,"was":"blocks"}
    {"at":"2026-03-01T12:00:00Z","device":"001017000000011","event":"differed","generation":12,"iccid":"{iccid}","id":"00c0ffee00c0ffee-7","imsi":"001010000000001","label":"board-7","number":7,"seen":"{device_2}"}
    {"at":"2026-03-01T12:00:00Z","device":"001017000000011","event":"differed-over","generation":12,"iccid":null,"id":"00c0ffee00c0ffee-7","imsi":"001010000000001","label":"board-7","number":7,"seen":null}
    {"at":"2026-03-01T12:00:00Z","cards":2,"device":"{device_2}","event":"duplicate","generation":12,"id":"00c0ffee00c0ffee-7","label":null,"number":7,"places":["bench 1","bench 2"]}
    {"at":"2026-03-01T12:00:00Z","cards":0,"device":"{device_2}","event":"duplicate-over","generation":12,"id":"00c0ffee00c0ffee-7","label":null,"number":7,"places":null}
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","event":"condition-alarm","fleet":100,"generation":12,"hit":30,"id":"00c0ffee00c0ffee-7","limit":0.1,"number":7}
    {"at":"2026-03-01T12:00:00Z","condition":"unregistered","event":"condition-alarm-over","fleet":100,"generation":12,"hit":30,"id":"00c0ffee00c0ffee-7","limit":null,"number":7}
    "#);
    let alarming: Vec<bool> = more().iter().map(Report::is_blocking).collect();
    assert_eq!(alarming, [false, true, false, false, true, false, true, false, true, false]);
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
    for report in all().into_iter().chain(more()) {
        let text = serde_json::to_string(&report.event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), report.event);
    }
}
