//! Conditions, links and duplicates over the days, on both stores: what was found first counts, and each change is told once.

use crate::server::on_each_store;
use atgate::identity::{Iccid, Imei, ImeiKey};
use atgate::register::assess::{Assessment, Candidate, MatchingRatio, Veil, assess};
use atgate::register::fleet::{self, Sighting, Step};
use atgate::register::store::{Address, NewAct, Store, Verb};
use atgate::register::watch::{Delivery, Report, Round, View, Watcher};
use atgate::register::{Book, Change, Desk, DeskFacts, Entry, IndexFacts, RULES, Row, first_held};
use jiff::{SignedDuration, Timestamp};
use std::fmt::Write as _;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(20);
/// Nothing is too much.
const ALL: MatchingRatio = MatchingRatio { limit: 1.0, smallest_fleet: 0 };
const UNREGISTERED: &str = "
[[condition]]
name = 'unregistered'
when = ['not-registered']
grace_days = 14
blocking = true
reason = 'register it first'
";
const CARD: &str = "8999900000000000001";
const OTHER_CARD: &str = "8999900000000000002";

/// Noon of a day of 2026, counted from New Year.
fn day(number: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T12:00:00Z".parse().unwrap();
    first + SignedDuration::from_hours(24 * number)
}

fn act(verb: Verb) -> NewAct {
    NewAct { verb, at: day(0), who: "qa".into(), reason: None, origin: None }
}

fn key(serial: u64) -> ImeiKey {
    ImeiKey::new(101_700_000_000 + serial).unwrap()
}

fn rules(store: &mut Store, text: &str) {
    store.set(&act(Verb::Set), RULES, text).unwrap();
}

fn put(store: &mut Store, book: Book, serials: impl IntoIterator<Item = u64>) {
    let rows = serials.into_iter().map(|serial| Change::Put(Row::new(Entry::Device(key(serial))))).collect();
    store.edit(&act(Verb::Put), "own", book, rows).unwrap();
}

fn take(store: &mut Store, book: Book, serial: u64) {
    let change = Change::Drop(Entry::Device(key(serial)).into());
    store.edit(&act(Verb::Forget), "own", book, vec![change]).unwrap();
}

fn open(address: &Address) -> (Desk, Watcher) {
    (Desk::open(address, None, day(0)).unwrap(), Watcher::new(LEASE))
}

/// With devices 1 to `devices` in the fleet, and one other that is registered.
fn bench(address: &Address, text: &str, devices: u64) -> (Desk, Watcher) {
    let mut store = Store::open(address).unwrap();
    rules(&mut store, text);
    put(&mut store, Book::Registrations, [999]);
    put(&mut store, Book::Fleet, 1..=devices);
    drop(store);
    open(address)
}

/// What `check` does.
fn check(desk: &Desk, serial: u64, now: Timestamp) -> Assessment {
    desk.refresh(now).unwrap();
    let text = Imei::of(key(serial)).to_string();
    let assessment = assess(&Candidate::new(&text, now), &DeskFacts(desk), &desk.rules());
    first_held::keep(&mut desk.store(), &assessment).unwrap();
    assessment
}

/// Its conditions in words.
fn conditions(assessment: &Assessment) -> String {
    let held: Vec<String> = assessment.conditions.iter().map(|held| held.line(&mut Veil::new(true))).collect();
    if held.is_empty() { "none".to_owned() } else { held.join(", ") }
}

fn round_by(watcher: &Watcher, desk: &Desk, now: Timestamp, ratio: MatchingRatio) -> Round {
    desk.refresh(now).unwrap();
    let (index, rules) = (desk.index(), desk.rules());
    let facts = IndexFacts::new(&index, None);
    let view = View { generation: index.generation(), now, facts: &facts, rules: &rules };
    watcher.round(&mut desk.store(), &view, ratio).unwrap()
}

fn round(watcher: &Watcher, desk: &Desk, now: Timestamp) -> Round {
    round_by(watcher, desk, now, ALL)
}

/// What is told now, in words, without the time.
fn told(watcher: &Watcher, desk: &Desk, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    let mut send = |reports: &[Report]| {
        lines.extend(
            reports.iter().map(|report| report.line(false).split_whitespace().skip(2).collect::<Vec<_>>().join(" ")),
        );
        Delivery::Done
    };
    watcher.deliver(&mut desk.store(), &|| now, 1, &mut send, &mut |_| true).unwrap();
    lines
}

#[test]
fn the_days_of_grace_pass_and_begin_anew_once_it_was_over() {
    on_each_store(|address| {
        let (mut desk, _) = bench(address, UNREGISTERED, 1);
        let mut table = String::new();
        for number in [0, 13, 14, 15, 20, 21, 30, 40] {
            match number {
                15 => put(&mut desk.store(), Book::Registrations, [1]),
                20 => take(&mut desk.store(), Book::Registrations, 1),
                _ => {}
            }
            // Somebody else asks each time.
            desk = open(address).0;
            let assessment = check(&desk, 1, day(number));
            let _ = writeln!(table, "{number:>2} {}  {}", assessment.outcome, conditions(&assessment));
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(table, @r"
             0 fail  unregistered in grace until 2026-01-15, met since 2026-01-01: register it first
            13 fail  unregistered in grace until 2026-01-15, met since 2026-01-01: register it first
            14 fail  unregistered blocks, met since 2026-01-01: register it first
            15 pass  none
            20 fail  unregistered in grace until 2026-02-04, met since 2026-01-21: register it first
            21 fail  unregistered in grace until 2026-02-04, met since 2026-01-21: register it first
            30 fail  unregistered in grace until 2026-02-04, met since 2026-01-21: register it first
            40 fail  unregistered blocks, met since 2026-01-21: register it first
            ");
        }
    });
}

#[test]
fn the_watch_tells_when_a_condition_begins_when_it_blocks_and_when_it_is_over() {
    on_each_store(|address| {
        let (desk, watcher) = bench(address, UNREGISTERED, 2);
        // A check was there three days before the watch.
        check(&desk, 1, day(0));
        let seen = round(&watcher, &desk, day(3));
        assert_eq!((seen.signs, seen.alarms, seen.next), (2, 0, Some(day(14))));
        let mut all = told(&watcher, &desk, day(3));
        let (desk, watcher) = open(address);
        assert_eq!(round(&watcher, &desk, day(13)).signs, 0);
        let seen = round(&watcher, &desk, day(14));
        assert_eq!((seen.signs, seen.alarms, seen.next), (1, 1, Some(day(17))));
        // It was killed before it told; another one comes, and more days have passed.
        let (desk, watcher) = open(address);
        assert_eq!(round(&watcher, &desk, day(15)).signs, 0);
        assert_eq!(round(&watcher, &desk, day(17)).alarms, 1);
        put(&mut desk.store(), Book::Registrations, [1, 2]);
        let seen = round(&watcher, &desk, day(18));
        assert_eq!((seen.signs, seen.alarms, seen.next), (2, 0, None));
        assert_eq!(round(&watcher, &desk, day(19)).signs, 0);
        all.extend(told(&watcher, &desk, day(19)));
        assert!(told(&watcher, &desk, day(19)).is_empty());
        insta::allow_duplicates! {
            insta::assert_snapshot!(all.join("\n"), @r"
            condition-grace 001017000000011: unregistered blocks from 2026-01-15 on, met since 2026-01-01: register it first
            condition-grace 001017000000029: unregistered blocks from 2026-01-18 on, met since 2026-01-04: register it first
            condition-blocks 001017000000011: unregistered blocks, met since 2026-01-01: register it first
            condition-blocks 001017000000029: unregistered blocks, met since 2026-01-04: register it first
            condition-over 001017000000011: unregistered ceased to hold, was blocks
            condition-over 001017000000029: unregistered ceased to hold, was blocks
            ");
        }
        assert!(first_held::of(&mut desk.store(), key(1)).unwrap().is_empty());
    });
}

/// Checks, rounds, restarts and registrations in any order, against a model that is told of each look alone.
#[test]
fn a_condition_holds_since_the_first_look_that_found_it() {
    on_each_store(|address| {
        let (mut desk, mut watcher) = bench(address, UNREGISTERED, 1);
        let (mut is_registered, mut since, mut number, mut seed) = (false, None, 0, 0x2026_u32);
        let mut blocked = 0;
        for _ in 0..150 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            number += 2 * i64::from(seed >> 30);
            match (seed >> 20) % 16 {
                0 if is_registered => {
                    take(&mut desk.store(), Book::Registrations, 1);
                    is_registered = false;
                }
                0 => {
                    put(&mut desk.store(), Book::Registrations, [1]);
                    is_registered = true;
                }
                1 => (desk, watcher) = open(address),
                2..=5 => {
                    round(&watcher, &desk, day(number));
                    since = if is_registered { None } else { since.or(Some(day(number))) };
                }
                _ => {
                    let assessment = check(&desk, 1, day(number));
                    since = if is_registered { None } else { since.or(Some(day(number))) };
                    let held = assessment.condition("unregistered");
                    assert_eq!(held.map(|held| held.since), since, "on day {number}");
                    let blocks = since.is_some_and(|since| since + SignedDuration::from_hours(24 * 14) <= day(number));
                    blocked += u32::from(blocks);
                    assert_eq!(held.is_some_and(|held| held.standing.word() == "blocks"), blocks, "on day {number}");
                }
            }
            let kept = first_held::of(&mut desk.store(), key(1)).unwrap();
            assert_eq!(kept.get("unregistered").copied(), since, "on day {number}");
        }
        assert!(blocked > 10, "the days are too few to say anything: {blocked}");
    });
}

#[test]
fn what_was_not_assessed_is_not_over_and_what_is_met_for_good_stays() {
    on_each_store(|address| {
        let text = "
            [[condition]]
            name = 'label'
            when = ['label']
            [[condition]]
            name = 'once'
            when = ['blocked']
            sticky = true
            blocking = true
        ";
        let (desk, watcher) = bench(address, text, 1);
        let with = |label: &str, number| {
            desk.refresh(day(number)).unwrap();
            let text = Imei::of(key(1)).to_string();
            let candidate = Candidate { label: Some(label), ..Candidate::new(&text, day(number)) };
            let assessment = assess(&candidate, &DeskFacts(&desk), &desk.rules());
            first_held::keep(&mut desk.store(), &assessment).unwrap();
            conditions(&assessment)
        };
        assert_eq!(with("001017000000029", 1), "label holds, met since 2026-01-02");
        // Nobody scans the label, and the watch cannot.
        check(&desk, 1, day(2));
        round(&watcher, &desk, day(3));
        assert_eq!(with("001017000000029", 4), "label holds, met since 2026-01-02");
        assert_eq!(with("001017000000011", 5), "none");
        assert_eq!(with("001017000000029", 6), "label holds, met since 2026-01-07");

        let block = Row::listed(atgate::register::List::Block, Entry::Device(key(1)));
        desk.store().edit(&act(Verb::Put), "own", Book::Lists, vec![Change::Put(block)]).unwrap();
        round(&watcher, &desk, day(7));
        take(&mut desk.store(), Book::Lists, 1);
        assert_eq!(
            conditions(&check(&desk, 1, day(8))),
            "once blocks, met since 2026-01-08, not met any more but for good"
        );
        // The rules no longer know it: nothing is remembered of it, should it come back.
        rules(&mut desk.store(), "");
        let seen = round(&watcher, &desk, day(9));
        assert_eq!(seen.signs, 1);
        assert!(first_held::of(&mut desk.store(), key(1)).unwrap().is_empty());
    });
}

#[test]
fn a_condition_that_holds_for_too_much_of_the_fleet_is_one_alarm() {
    on_each_store(|address| {
        let (desk, watcher) = bench(address, UNREGISTERED, 20);
        let ratio = MatchingRatio::default();
        let seen = round_by(&watcher, &desk, day(0), ratio);
        assert_eq!((seen.signs, seen.held.len(), seen.held_blocking), (0, 1, 1));
        assert_eq!(round_by(&watcher, &desk, day(1), ratio).held.len(), 1);
        put(&mut desk.store(), Book::Registrations, 3..=20);
        let seen = round_by(&watcher, &desk, day(2), ratio);
        assert_eq!((seen.signs, seen.held.len()), (2, 0));
        let lines = told(&watcher, &desk, day(2));
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines.join("\n"), @r"
            condition-alarm the condition unregistered would hit 20 of the 20 devices of the fleet (100 %), more than the 10 % that are allowed; they are not told one by one
            condition-alarm-over the condition unregistered no longer hits too much of the fleet, or may
            condition-grace 001017000000011: unregistered blocks from 2026-01-15 on, met since 2026-01-01: register it first
            condition-grace 001017000000029: unregistered blocks from 2026-01-15 on, met since 2026-01-01: register it first
            ");
        }
        // The rules may allow one condition more than they allow a list.
        rules(&mut desk.store(), &format!("{UNREGISTERED}\nmax_matching_ratio = 1.0"));
        for serial in 3..=20 {
            take(&mut desk.store(), Book::Registrations, serial);
        }
        assert_eq!(round_by(&watcher, &desk, day(3), ratio).signs, 18);
    });
}

fn seen(serial: u64, card: &str, place: &str, at: Timestamp) -> Sighting {
    Sighting { iccid: Some(card.parse().unwrap()), place: place.into(), ..Sighting::new(key(serial), at) }
}

#[test]
fn a_card_that_left_its_device_is_told_once_and_once_more_when_it_is_bound_anew() {
    on_each_store(|address| {
        let (desk, watcher) = bench(address, "", 2);
        let card: Iccid = CARD.parse().unwrap();
        let step = |step, at| fleet::step(&mut desk.store(), Some(card), None, step, "qa", at).unwrap();
        step(Step::Link(key(1)), day(0));
        assert_eq!(round(&watcher, &desk, day(0)).signs, 0);
        let before = fleet::mark(&mut desk.store()).unwrap();
        fleet::see(&mut desk.store(), &seen(2, CARD, "bench 1", day(1)), day(1)).unwrap();
        assert_ne!(fleet::mark(&mut desk.store()).unwrap(), before);
        let found = round(&watcher, &desk, day(1));
        assert_eq!((found.signs, found.alarms), (1, 1));
        let (desk, watcher) = open(address);
        assert_eq!(round(&watcher, &desk, day(2)).signs, 0);
        // It is seen elsewhere still, and then at home: it stays what it is until somebody says otherwise.
        fleet::see(&mut desk.store(), &seen(1, CARD, "bench 1", day(3)), day(3)).unwrap();
        assert_eq!(round(&watcher, &desk, day(3)).signs, 0);
        fleet::step(&mut desk.store(), Some(card), None, Step::Link(key(2)), "qa", day(4)).unwrap();
        let found = round(&watcher, &desk, day(4));
        assert_eq!((found.signs, found.alarms), (1, 0));
        assert_eq!(round(&watcher, &desk, day(5)).signs, 0);
        let lines = told(&watcher, &desk, day(5));
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines.join("\n"), @r"
            differed 001017000000011: its card ICCID 8999900000000000001 was seen in 001017000000029
            differed-over 001017000000011: its card ICCID 8999900000000000001 is no longer held to be away
            ");
        }
    });
}

#[test]
fn a_card_that_was_known_by_its_subscription_is_not_told_again_under_its_own_name() {
    on_each_store(|address| {
        let (desk, watcher) = bench(address, "", 2);
        let imsi: atgate::identity::Imsi = "001010000000001".parse().unwrap();
        fleet::see(&mut desk.store(), &seen(1, CARD, "", day(0)), day(0)).unwrap();
        fleet::step(&mut desk.store(), None, Some(imsi), Step::Link(key(1)), "qa", day(0)).unwrap();
        let away = Sighting { imsi: Some(imsi), ..Sighting::new(key(2), day(1)) };
        fleet::see(&mut desk.store(), &away, day(1)).unwrap();
        assert_eq!(round(&watcher, &desk, day(1)).alarms, 1);
        let both = Sighting { imsi: Some(imsi), ..seen(2, CARD, "", day(2)) };
        fleet::see(&mut desk.store(), &both, day(2)).unwrap();
        assert_eq!(fleet::sims(&mut desk.store(), Some("differed"), day(2)).unwrap().len(), 1);
        assert_eq!(round(&watcher, &desk, day(2)).signs, 0);
        assert_eq!(told(&watcher, &desk, day(2)).len(), 1);
    });
}

#[test]
fn a_number_of_several_devices_is_told_once_and_once_more_when_it_is_long_ago() {
    on_each_store(|address| {
        let (desk, watcher) = bench(address, "[duplicate_cards]\nfrom = 2\nwithin_days = 30", 2);
        let minute = |number: i64, minutes: i64| day(number) + SignedDuration::from_mins(minutes);
        let all = [
            seen(1, CARD, "bench 1", minute(0, 0)),
            // On the same card in two places: two devices.
            seen(2, OTHER_CARD, "bench 1", minute(0, 0)),
            seen(2, OTHER_CARD, "bench 2", minute(0, 5)),
        ];
        fleet::see_all(&mut desk.store(), &all, day(1)).unwrap();
        assert_eq!(round(&watcher, &desk, day(1)).alarms, 1);
        fleet::see(&mut desk.store(), &seen(1, OTHER_CARD, "bench 1", day(3)), day(3)).unwrap();
        assert_eq!(round(&watcher, &desk, day(3)).alarms, 1);
        let (desk, watcher) = open(address);
        assert_eq!(round(&watcher, &desk, day(4)).signs, 0);
        let rule = desk.rules().duplicate_cards;
        let shown = |now| -> Vec<String> {
            let found = fleet::duplicates(&mut desk.store(), rule, now).unwrap();
            found.iter().map(|one| format!("{} {} {}", one.device, one.cards.len(), one.places.is_some())).collect()
        };
        assert_eq!(shown(day(4)), ["00101700000001 2 false", "00101700000002 0 true"]);
        assert_eq!(shown(day(32)), Vec::<String>::new());
        let found = round(&watcher, &desk, day(32));
        assert_eq!((found.signs, found.alarms), (2, 0));
        let lines = told(&watcher, &desk, day(32));
        insta::allow_duplicates! {
            insta::assert_snapshot!(lines.join("\n"), @r"
            duplicate 001017000000029: several devices may have its number: it was at bench 1 and bench 2 at one time
            duplicate 001017000000011: several devices may have its number: it came with 2 cards
            duplicate-over 001017000000011: nothing says any more that several devices have its number
            duplicate-over 001017000000029: nothing says any more that several devices have its number
            ");
        }
    });
}
