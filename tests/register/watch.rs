//! The watch over the fleet, on both stores: each change is told once, whatever happens in between.

use crate::server::on_each_store;
use atgate::register::assess::{MatchingRatio, NoFacts};
use atgate::register::store::{Address, NewAct, Store, Verb};
use atgate::register::watch::{Delivered, Delivery, Held, Report, Round, View, Watcher};
use atgate::register::{Book, Change, Desk, Entry, IndexFacts, List, Row};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

const START: i64 = 1_700_000_000;
const LEASE: Duration = Duration::from_secs(20);
/// Nothing is too much.
const ALL: MatchingRatio = MatchingRatio { limit: 1.0, smallest_fleet: 0 };

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

fn put(store: &mut Store, source: &str, book: Book, rows: Vec<Row>) {
    let act = NewAct { verb: Verb::Put, at: time(0), who: "qa".into(), reason: None, origin: None };
    store.edit(&act, source, book, rows.into_iter().map(Change::Put).collect()).unwrap();
}

fn take(store: &mut Store, source: &str, book: Book, text: &str) {
    let act = NewAct { verb: Verb::Forget, at: time(0), who: "qa".into(), reason: None, origin: None };
    store.edit(&act, source, book, vec![Change::Drop(Entry::parse(text).unwrap().into())]).unwrap();
}

fn listed(list: List, text: &str) -> Row {
    Row::listed(list, Entry::parse(text).unwrap())
}

/// A fleet of this many devices, from serial number 0 on.
fn fleet(store: &mut Store, count: u32) {
    let device = |serial| Row::new(Entry::parse(&format!("00101700{serial:06}")).unwrap());
    put(store, "own", Book::Fleet, (0..count).map(device).collect());
}

fn round(watcher: &Watcher, desk: &Desk, now: Timestamp, ratio: MatchingRatio) -> Round {
    desk.refresh(now).unwrap();
    let index = desk.index();
    let (facts, rules) = (IndexFacts::new(&index, None), desk.rules());
    let view = View { generation: index.generation(), now, facts: &facts, rules: &rules };
    watcher.round(&mut desk.store(), &view, ratio).unwrap()
}

/// What is told now, as `word device…`.
fn told(watcher: &Watcher, desk: &Desk, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    let mut send = |reports: &[Report]| {
        // From the third word on: the time is ours.
        lines.extend(
            reports.iter().map(|report| report.line(false).split_whitespace().skip(2).collect::<Vec<_>>().join(" ")),
        );
        Delivery::Done
    };
    let done = watcher.deliver(&mut desk.store(), &|| now, 1, &mut send, &mut |_| true).unwrap();
    assert_eq!((done.failure, done.elsewhere), (None, None));
    lines
}

fn open(address: &Address) -> (Desk, Watcher) {
    (Desk::open(address, None, time(0)).unwrap(), Watcher::new(LEASE))
}

#[test]
fn each_change_is_told_once_and_a_restart_repeats_nothing() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        fleet(&mut desk.store(), 4);
        let labelled = Row {
            fields: Some(std::sync::Arc::new([("label".into(), "board-1".into())].into())),
            ..Row::new(Entry::parse("00101700000001").unwrap())
        };
        put(&mut desk.store(), "own", Book::Fleet, vec![labelled]);
        assert_eq!(round(&watcher, &desk, time(1), ALL), Round { fleet: 4, ..Round::default() });
        assert!(told(&watcher, &desk, time(1)).is_empty());

        let stolen = Row { reason: Some("stolen".into()), ..listed(List::Block, "00101700000001") };
        let range = listed(List::Track, "00101700-000002..00101700-000003");
        put(&mut desk.store(), "carrier", Book::Lists, vec![stolen, range, listed(List::Block, "00101799")]);
        let seen = round(&watcher, &desk, time(2), ALL);
        assert_eq!((seen.blocked, seen.tracked, seen.cleared), (1, 2, 0));
        // It was killed before it told; another one comes.
        drop((desk, watcher));
        let (desk, watcher) = open(address);
        assert_eq!(round(&watcher, &desk, time(3), ALL), Round { fleet: 4, ..Round::default() });
        assert_eq!(
            told(&watcher, &desk, time(3)),
            [
                "blocked 001017000000011 (board-1): on the block list of carrier: stolen",
                "tracked 001017000000029: on the track list of carrier, by 00101700000002..00101700000003",
                "tracked 001017000000037: on the track list of carrier, by 00101700000002..00101700000003",
            ]
        );
        assert!(told(&watcher, &desk, time(3)).is_empty());

        // Another source lists it as well: nothing becomes anything. Then one becomes more, and one less.
        put(&mut desk.store(), "region", Book::Lists, vec![listed(List::Block, "00101700000001")]);
        assert_eq!(round(&watcher, &desk, time(4), ALL), Round { fleet: 4, ..Round::default() });
        take(&mut desk.store(), "region", Book::Lists, "00101700000001");
        put(&mut desk.store(), "own", Book::Lists, vec![listed(List::Allow, "00101700000001")]);
        put(&mut desk.store(), "own", Book::Lists, vec![listed(List::Block, "00101700000002")]);
        round(&watcher, &desk, time(5), ALL);
        assert_eq!(
            told(&watcher, &desk, time(5)),
            ["cleared 001017000000011 (board-1): it was blocked", "blocked 001017000000029: on the block list of own",]
        );
    });
}

#[test]
fn an_entry_that_ceases_to_hold_clears_a_device() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        fleet(&mut desk.store(), 2);
        let row = Row { until: Some(time(100)), ..listed(List::Block, "00101700000001") };
        put(&mut desk.store(), "carrier", Book::Lists, vec![row]);
        assert_eq!(round(&watcher, &desk, time(99), ALL).blocked, 1);
        assert_eq!(round(&watcher, &desk, time(100), ALL).cleared, 1);
        assert_eq!(told(&watcher, &desk, time(100)).len(), 2);
    });
}

#[test]
fn a_device_that_leaves_the_fleet_is_nobodys_and_one_that_comes_back_is_told_anew() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        fleet(&mut desk.store(), 2);
        put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700000001")]);
        assert_eq!(round(&watcher, &desk, time(1), ALL).blocked, 1);
        take(&mut desk.store(), "own", Book::Fleet, "00101700000001");
        assert_eq!(round(&watcher, &desk, time(2), ALL), Round { fleet: 1, ..Round::default() });
        fleet(&mut desk.store(), 2);
        assert_eq!(round(&watcher, &desk, time(3), ALL).blocked, 1);
        assert_eq!(told(&watcher, &desk, time(4)).len(), 2);
    });
}

#[test]
fn of_two_subscriptions_the_worst_counts() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        let pair = |imsi: &str| Row::new(Entry::parse(&format!("00101700000001+{imsi}")).unwrap());
        put(&mut desk.store(), "own", Book::Fleet, vec![pair("001010000000001"), pair("001010000000002")]);
        let lists = vec![
            listed(List::Block, "00101700000001+001010000000002"),
            listed(List::Allow, "00101700000001+001010000000001"),
            listed(List::Block, "00101700000001+001010000000009"),
        ];
        put(&mut desk.store(), "carrier", Book::Lists, lists);
        let seen = round(&watcher, &desk, time(1), ALL);
        assert_eq!((seen.fleet, seen.blocked), (1, 1));
        take(&mut desk.store(), "carrier", Book::Lists, "00101700000001+001010000000002");
        assert_eq!(round(&watcher, &desk, time(2), ALL).cleared, 1);
    });
}

#[test]
fn a_list_that_hits_too_much_of_the_fleet_is_one_alarm() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        let ratio = MatchingRatio::default();
        fleet(&mut desk.store(), 20);
        put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700")]);
        put(&mut desk.store(), "own", Book::Lists, vec![listed(List::Block, "00101700000003")]);
        let seen = round(&watcher, &desk, time(1), ratio);
        assert_eq!((seen.blocked, seen.held.len(), seen.held_blocking), (1, 1, 1));
        // It stands, and is not told again.
        let seen = round(&watcher, &desk, time(2), ratio);
        assert_eq!((seen.blocked, seen.held.len()), (0, 1));
        assert_eq!(
            told(&watcher, &desk, time(2)),
            [
                "alarm the block list of carrier would hit 19 of the 20 devices of the fleet (95 %), more than the 10 % that are \
                 allowed; they are not told one by one",
                "blocked 001017000000037: on the block list of own",
            ]
        );
        // It is taken back: nobody was blocked, as far as was told.
        take(&mut desk.store(), "carrier", Book::Lists, "00101700");
        round(&watcher, &desk, time(3), ratio);
        assert_eq!(
            told(&watcher, &desk, time(3)),
            ["alarm-over the block list of carrier no longer hits too much of the fleet, or may"]
        );
        // It comes again, and is right.
        put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700")]);
        round(&watcher, &desk, time(4), ratio);
        assert_eq!(round(&watcher, &desk, time(5), ratio.or(Some(0.99))).blocked, 19);
        assert_eq!(told(&watcher, &desk, time(5)).len(), 2 + 19);
        // What was let through does not come back as an alarm.
        assert_eq!(round(&watcher, &desk, time(6), ratio), Round { fleet: 20, ..Round::default() });
    });
}

#[test]
fn who_knows_an_older_register_says_nothing() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        let (late, other) = open(address);
        fleet(&mut desk.store(), 3);
        late.refresh(time(1)).unwrap();
        let index = late.index();
        put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700000001")]);
        assert_eq!(round(&watcher, &desk, time(2), ALL).blocked, 1);
        let (facts, rules) = (IndexFacts::new(&index, None), late.rules());
        let view = View { generation: index.generation(), now: time(3), facts: &facts, rules: &rules };
        assert!(other.round(&mut late.store(), &view, ALL).unwrap().is_stale);
        // The same act, but a clock that is behind; one that was wrong by a day stops nobody.
        let mut view = View { generation: desk.index().generation(), now: time(1), facts: &NoFacts, rules: &rules };
        assert!(other.round(&mut late.store(), &view, ALL).unwrap().is_stale);
        view.now = time(-86_400);
        assert_eq!(other.round(&mut late.store(), &view, ALL).unwrap().cleared, 1);
    });
}

#[test]
fn many_watchers_tell_each_report_once() {
    on_each_store(|address| {
        let (desk, _) = open(address);
        fleet(&mut desk.store(), 300);
        put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700-000000..00101700-000249")]);
        let heard = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let (desk, watcher) = open(address);
                    for turn in 0..50 {
                        round(&watcher, &desk, time(turn), ALL);
                        let mut send = |reports: &[Report]| {
                            heard.lock().unwrap().extend(reports.iter().map(|report| report.number));
                            Delivery::Done
                        };
                        watcher.deliver(&mut desk.store(), &|| time(turn), 1, &mut send, &mut |_| true).unwrap();
                    }
                });
            }
        });
        assert_eq!(heard.into_inner().unwrap(), (1..=250).collect::<Vec<i64>>(), "each once, in their order");
    });
}

#[test]
fn a_lease_is_one_watchers_until_it_runs_out() {
    on_each_store(|address| {
        let (desk, watcher) = open(address);
        let (theirs, other) = open(address);
        assert_eq!(watcher.hold(&mut desk.store(), time(0)).unwrap(), Held::Here);
        assert_eq!(watcher.hold(&mut desk.store(), time(5)).unwrap(), Held::Here);
        assert_eq!(other.hold(&mut theirs.store(), time(24)).unwrap(), Held::Elsewhere(time(25)));
        assert_eq!(other.hold(&mut theirs.store(), time(25)).unwrap(), Held::Here);
        // Ours is over: letting go of it takes nothing from the other.
        watcher.let_go(&mut desk.store()).unwrap();
        assert_eq!(watcher.hold(&mut desk.store(), time(26)).unwrap(), Held::Elsewhere(time(45)));
        other.let_go(&mut theirs.store()).unwrap();
        assert_eq!(watcher.hold(&mut desk.store(), time(26)).unwrap(), Held::Here);
        // A lease of a clock that was years ahead is none.
        watcher.hold(&mut desk.store(), time(1_000_000_000)).unwrap();
        assert_eq!(other.hold(&mut theirs.store(), time(27)).unwrap(), Held::Here);
    });
}

/// Blocks three of five devices, and gives what delivers with this receiver.
fn with_three(address: &Address) -> (Desk, Watcher) {
    let (desk, watcher) = open(address);
    fleet(&mut desk.store(), 5);
    put(&mut desk.store(), "carrier", Book::Lists, vec![listed(List::Block, "00101700-000000..00101700-000002")]);
    assert_eq!(round(&watcher, &desk, time(1), ALL).blocked, 3);
    (desk, watcher)
}

fn deliver(watcher: &Watcher, desk: &Desk, send: &mut dyn FnMut(&[Report]) -> Delivery) -> (Delivered, Vec<Duration>) {
    let mut pauses = Vec::new();
    let mut pause = |time| {
        pauses.push(time);
        true
    };
    let done = watcher.deliver(&mut desk.store(), &|| time(2), 3, send, &mut pause).unwrap();
    (done, pauses)
}

#[test]
fn a_receiver_that_fails_is_tried_again_and_no_report_is_lost() {
    on_each_store(|address| {
        let (desk, watcher) = with_three(address);
        let (done, pauses) = deliver(&watcher, &desk, &mut |_| Delivery::Failed("503".into()));
        assert_eq!((done.reports, done.failure.as_deref()), (0, Some("503")));
        assert_eq!(pauses, [Duration::from_millis(500), Duration::from_secs(1)]);
        assert_eq!(watcher.waiting(&mut desk.store()).unwrap().reports, 3);
        let mut left = 2;
        let (done, _) = deliver(&watcher, &desk, &mut |_| {
            left -= 1;
            if left > 0 { Delivery::Failed("503".into()) } else { Delivery::Done }
        });
        assert_eq!((done.reports, done.blocking, done.failure), (3, 3, None));
    });
}

#[test]
fn a_report_that_is_never_wanted_is_set_aside_and_the_others_pass_it() {
    on_each_store(|address| {
        let (desk, watcher) = with_three(address);
        let mut heard = Vec::new();
        let mut refuse = |reports: &[Report]| {
            if reports.iter().any(|report| report.number == 2) {
                return Delivery::Refused { why: "422".into(), is_about_content: true };
            }
            heard.extend(reports.iter().map(|report| report.number));
            Delivery::Done
        };
        for turn in 1..=5 {
            let (done, pauses) = deliver(&watcher, &desk, &mut refuse);
            assert_eq!((done.failure.as_deref(), done.aside, pauses.len()), (Some("422"), u64::from(turn == 5), 0));
        }
        let waiting = watcher.waiting(&mut desk.store()).unwrap();
        assert_eq!((waiting.reports, waiting.aside), (0, 1));
        assert_eq!(deliver(&watcher, &desk, &mut refuse).0, Delivered::default());
        assert_eq!(heard, [1, 3]);
        assert_eq!(watcher.take_up(&mut desk.store()).unwrap(), 1);
        assert_eq!(deliver(&watcher, &desk, &mut |_| Delivery::Done).0.reports, 1);
    });
}

#[test]
fn a_receiver_that_is_none_is_asked_once_a_round() {
    on_each_store(|address| {
        let (desk, watcher) = with_three(address);
        let mut asked = 0;
        let (done, _) = deliver(&watcher, &desk, &mut |_| {
            asked += 1;
            Delivery::Refused { why: "404".into(), is_about_content: false }
        });
        assert_eq!((asked, done.failure.as_deref()), (1, Some("404")));
    });
}

#[test]
fn what_comes_again_has_the_same_id_and_the_same_words() {
    on_each_store(|address| {
        let (desk, watcher) = with_three(address);
        let words = |reports: Vec<Report>| -> BTreeMap<String, String> {
            reports.iter().map(|report| (report.id.clone(), report.object(false).to_string())).collect()
        };
        let first = words(watcher.next(&mut desk.store(), 0, 2).unwrap());
        let (desk, watcher) = open(address);
        let again = words(watcher.next(&mut desk.store(), 0, 10).unwrap());
        assert_eq!(again.len(), 3);
        assert!(first.iter().all(|(id, words)| again.get(id) == Some(words)));
    });
}
