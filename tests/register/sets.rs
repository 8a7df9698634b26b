//! Deltas as sets of files: what one register hands over, another takes, and they say the same then.

use crate::server::{on_each_store, place};
use atgate::register::delta::{self, Became};
use atgate::register::exchange::{Ending, Format, Step};
use atgate::register::fleet::{self, Sighting};
use atgate::register::store::{Address, Filter, NewAct, Store, Verb};
use atgate::register::{Book, Change, Entry, List, Row};
use jiff::Timestamp;
use std::path::Path;
use std::process::{Command, Output};

fn run(register: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.env("ATGATE_REGISTER", register).env("NO_COLOR", "1").env("ATGATE_USER", "qa");
    command.arg("register").args(arguments).output().unwrap()
}

fn done(register: &str, arguments: &[&str]) -> String {
    let output = run(register, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn act() -> NewAct {
    NewAct { verb: Verb::Put, at: time(0), who: "qa".into(), reason: None, origin: None }
}

fn time(days: i64) -> Timestamp {
    Timestamp::from_second(1_767_268_800 + days * 86_400).unwrap()
}

fn row(list: List, text: &str, reason: &str) -> Change {
    Change::Put(Row {
        reason: Some(reason.into()),
        since: Some(time(0)),
        ..Row::listed(list, Entry::parse(text).unwrap())
    })
}

fn gone(text: &str) -> Change {
    Change::Drop(Entry::parse(text).unwrap().into())
}

fn edit(store: &mut Store, source: &str, changes: Vec<Change>) {
    store.edit(&act(), source, Book::Lists, changes).unwrap();
}

/// The files of a folder, their dates taken off, with what stands in them.
fn shown(folder: &Path) -> String {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap()[8..].to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files.iter().map(|(name, text)| format!("{name}\n{text}")).collect::<Vec<_>>().join("\n")
}

/// Hands a whole list over to another register, changes it, and hands over what changed; what the files are then.
fn handed_over(address: &Address, list: List, format: &str, before: Vec<Change>, after: Vec<Change>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (here, there) = (place(address), at("other.db"));
    edit(&mut Store::open(address).unwrap(), "own", before);
    let first = Store::open(address).unwrap().generation().unwrap().to_string();
    let whole = ["export", "--list", list.word(), "--format", format, "--out", &at("full")];
    std::fs::create_dir(at("full")).unwrap();
    done(&here, &whole);
    let full = std::fs::read_dir(at("full")).unwrap().next().unwrap().unwrap().path();
    let full = full.to_str().unwrap();
    done(&there, &["import", "--list", list.word(), "--format", format, "--source", "other", full]);
    edit(&mut Store::open(address).unwrap(), "own", after);
    done(&here, &["export", "--list", list.word(), "--format", format, "--since", &first, "--out", &at("delta/")]);
    let told = done(&there, &["import", "--list", list.word(), "--source", "other", &at("delta")]);
    assert!(told.contains("changes of other"), "{told}");
    let same = ["export", "--list", list.word(), "--format", format];
    assert_eq!(done(&here, &same), done(&there, &same));
    // The same once more changes nothing.
    let told = done(&there, &["import", "--list", list.word(), "--source", "other", &at("delta")]);
    assert!(told.contains("0 added, 0 removed, 0 changed"), "{told}");
    shown(Path::new(&at("delta")))
}

#[test]
fn a_block_list_is_handed_over_in_three_files() {
    on_each_store(|address| {
        let before = vec![
            row(List::Block, "00101700000001", "stolen"),
            row(List::Block, "00101700000002", "lost"),
            row(List::Block, "00101700000003", "lost"),
        ];
        let after = vec![
            gone("00101700000001"),
            row(List::Block, "00101700000002", "stolen"),
            row(List::Block, "00101700000004", "a, \"b\""),
        ];
        let files = handed_over(address, List::Block, "block-list", before, after);
        insta::allow_duplicates! {
            insta::assert_snapshot!(files, @r#"
            _blacklist_delta_1_2_blocked.csv
            imei,block_date,reasons
            00101700000004,2026-01-01T12:00:00Z,"a, ""b"""

            _blacklist_delta_1_2_changed.csv
            imei,block_date,reasons
            00101700000002,2026-01-01T12:00:00Z,stolen

            _blacklist_delta_1_2_unblocked.csv
            imei,block_date,reasons
            00101700000001,2026-01-01T12:00:00Z,stolen
            "#);
        }
    });
}

#[test]
fn notifications_and_exceptions_are_handed_over_with_their_subscriptions() {
    on_each_store(|address| {
        let pair = |serial: u32| format!("0010170000000{serial}+00101000000000{serial}");
        let track = |serial, reason| row(List::Track, &pair(serial), reason);
        let before = vec![track(1, "not registered"), track(2, "not registered"), track(3, "duplicate")];
        let after = vec![
            gone(&pair(1)),
            row(List::Block, "00101700000002", "stolen"),
            gone(&pair(2)),
            track(3, "not registered"),
            track(4, "new"),
        ];
        let files = handed_over(address, List::Track, "notification", before, after);
        insta::allow_duplicates! {
            insta::assert_snapshot!(files, @r"
            _notifications_delta_1_2_blacklisted.csv
            imei,imsi,msisdn,block_date,reasons,amnesty_granted
            00101700000002,001010000000002,,2026-01-01T12:00:00Z,not registered,

            _notifications_delta_1_2_changed.csv
            imei,imsi,msisdn,block_date,reasons,amnesty_granted
            00101700000003,001010000000003,,2026-01-01T12:00:00Z,not registered,

            _notifications_delta_1_2_new.csv
            imei,imsi,msisdn,block_date,reasons,amnesty_granted
            00101700000004,001010000000004,,2026-01-01T12:00:00Z,new,

            _notifications_delta_1_2_no_longer_seen.csv
            imei,imsi,msisdn,block_date,reasons,amnesty_granted

            _notifications_delta_1_2_resolved.csv
            imei,imsi,msisdn,block_date,reasons,amnesty_granted
            00101700000001,001010000000001,,2026-01-01T12:00:00Z,not registered,
            ");
        }
        let allow = |serial: u32| Change::Put(Row::listed(List::Allow, Entry::parse(&pair(serial)).unwrap()));
        let files =
            handed_over(address, List::Allow, "exception", vec![allow(5), allow(6)], vec![gone(&pair(5)), allow(7)]);
        insta::allow_duplicates! {
            insta::assert_snapshot!(files, @r"
            _exceptions_delta_3_4_added.csv
            imei,imsi,msisdn
            00101700000007,001010000000007,

            _exceptions_delta_3_4_removed.csv
            imei,imsi,msisdn
            00101700000005,001010000000005,
            ");
        }
    });
}

#[test]
fn what_one_source_drops_and_another_lists_is_not_unblocked() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        edit(
            &mut store,
            "carrier-a",
            vec![row(List::Block, "00101700000001", "stolen"), row(List::Block, "00101700000002", "stolen")],
        );
        edit(&mut store, "carrier-b", vec![row(List::Block, "00101700000001", "stolen")]);
        let since = store.generation().unwrap();
        edit(&mut store, "carrier-a", vec![gone("00101700000001"), gone("00101700000002")]);
        edit(&mut store, "carrier-b", vec![row(List::Block, "00101700000002", "lost")]);
        let filter = Filter { book: Some(Book::Lists), list: Some(List::Block), ..Filter::default() };
        let mut became = |filter| -> Vec<(Step, String)> {
            let all = delta::between(&mut store, filter, since, Format::BlockList, time(1)).unwrap();
            all.into_iter().map(|Became { step, row, .. }| (step, row.subject.to_string())).collect()
        };
        assert_eq!(became(filter), [(Step::Update, "001017000000029".to_owned())]);
        let of_one = Filter { source: Some(1), ..filter };
        assert_eq!(
            became(of_one),
            [(Step::Remove, "001017000000011".to_owned()), (Step::Remove, "001017000000029".to_owned()),]
        );
    });
}

#[test]
fn why_nobody_has_to_be_told_any_more_is_found_out() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let devices = ["00101700000001", "00101700000002", "00101700000003"];
        edit(&mut store, "own", devices.map(|device| row(List::Track, device, "new")).to_vec());
        let since = store.generation().unwrap();
        edit(&mut store, "own", devices.map(gone).to_vec());
        edit(&mut store, "carrier", vec![row(List::Block, "00101700-000002..00101700-000002", "stolen")]);
        let seen = |text: &str| Sighting {
            imsi: Some("001010000000001".parse().unwrap()),
            ..Sighting::new(atgate::identity::Imei::parse(text).unwrap().key(), time(0))
        };
        fleet::see(&mut store, &seen(devices[2]), time(0)).unwrap();
        let filter = Filter { book: Some(Book::Lists), list: Some(List::Track), ..Filter::default() };
        let mut endings = |days| -> Vec<Ending> {
            let all = delta::between(&mut store, filter, since, Format::Notification, time(days)).unwrap();
            all.into_iter().map(|became| became.ending).collect()
        };
        assert_eq!(endings(180), [Ending::Resolved, Ending::Blacklisted, Ending::Resolved]);
        assert_eq!(endings(181), [Ending::Resolved, Ending::Blacklisted, Ending::NoLongerSeen]);
    });
}

#[test]
fn a_set_that_is_not_whole_or_not_alone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let register = folder.path().join("register.db").to_str().unwrap().to_owned();
    let delta = folder.path().join("delta");
    std::fs::create_dir(&delta).unwrap();
    let refused = || {
        let output = run(&register, &["import", "--list", "block", delta.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap().replace(delta.to_str().unwrap(), "delta")
    };
    let put = |name: &str| std::fs::write(delta.join(name), "imei,block_date,reasons\n").unwrap();
    let mut all = refused();
    put("20260131_blacklist_delta_4_7_blocked.csv");
    put("20260131_blacklist_delta_4_7_changed.csv");
    all += &refused();
    put("20260131_blacklist_delta_4_7_unblocked.csv");
    put("20260201_blacklist_delta_7_9_blocked.csv");
    all += &refused();
    std::fs::remove_file(delta.join("20260201_blacklist_delta_7_9_blocked.csv")).unwrap();
    put("20260131_blacklist_delta_4_7_blocked.csv.gz");
    all += &refused();
    insta::assert_snapshot!(all, @r"
    error: there is no delta for block in delta
    help: a delta is a set of files such as 20260131_blacklist_delta_4_7_blocked.csv and …_unblocked.csv; name other files one by one
    error: 20260131_blacklist_delta_4_7_unblocked.csv is not in delta
    help: a delta is whole or nothing; name its files one by one to go without
    error: there are several deltas in delta: 20260131_blacklist_delta_4_7 and 20260201_blacklist_delta_7_9
    help: name the files of one, and import them one delta after the other
    error: 20260131_blacklist_delta_4_7_blocked.csv is in delta twice, packed and not
    help: take one of the two away
    ");
    // One of its files alone is taken as what its name says.
    let gone = delta.join("20260131_blacklist_delta_4_7_unblocked.csv");
    std::fs::write(&gone, "imei,block_date,reasons\n001017000000011,20260131,stolen\n").unwrap();
    done(&register, &["block", "001017000000011", "001017000000029", "--reason", "stolen"]);
    let told = done(&register, &["import", "--list", "block", "--source", "own", gone.to_str().unwrap()]);
    assert!(told.contains("0 added, 1 removed, 0 changed; 1 stand there"), "{told}");
}
