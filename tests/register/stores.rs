//! Both stores: what is imported stands there, what is undone does not, and nothing is ever half.

use crate::server::on_each_store;
use atgate::identity::{Imei, Imsi};
use atgate::register::store::{
    Act, Address, Counts, Filter, ImportError, Mode, NewAct, Outcome, Scope, Store, StoreError, Verb,
};
use atgate::register::{Book, Change, Entry, KeyedHash, List, Row, Subject};
use jiff::Timestamp;
use std::sync::Arc;

fn act(verb: Verb) -> NewAct {
    let at = Timestamp::from_second(1_700_000_000).unwrap();
    NewAct { verb, at, who: "qa".into(), reason: None, origin: Some("list.csv".into()) }
}

fn row(text: &str) -> Row {
    Row::listed(List::Block, Entry::parse(text).unwrap())
}

fn reasoned(text: &str, reason: &str) -> Row {
    Row { reason: Some(reason.into()), ..row(text) }
}

fn block(source: &str) -> Scope<'_> {
    Scope { book: Book::Lists, list: Some(List::Block), source }
}

fn import(store: &mut Store, source: &str, mode: Mode, changes: Vec<Change>) -> Result<Outcome, ImportError<String>> {
    store.import(&act(Verb::Import), block(source), mode, false, changes.into_iter().map(Ok), |_| Ok(()))
}

fn put(rows: &[Row]) -> Vec<Change> {
    rows.iter().cloned().map(Change::Put).collect()
}

/// The rows as `list subject reason`, at a generation or now.
fn shown(store: &mut Store, at: Option<i64>) -> String {
    let mut lines = Vec::new();
    store
        .rows::<StoreError>(Filter { at, ..Filter::default() }, |stored| {
            let row = stored.row;
            let list = row.list.map_or("-", List::word);
            lines.push(format!("{} {list} {} {}", stored.source, row.subject, row.reason.as_deref().unwrap_or("-")));
            Ok(())
        })
        .unwrap();
    lines.join("\n")
}

fn counts(outcome: Outcome) -> (Option<i64>, i64, i64, i64, i64) {
    let Counts { before, added, removed, changed, .. } = outcome.counts;
    (outcome.act, before, added, removed, changed)
}

#[test]
fn a_full_import_replaces_a_sources_list_and_says_what_it_changed() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let first =
            put(&[reasoned("00101700123456", "stolen"), row("00101701"), row("00101702-000000..00101702-000999")]);
        assert_eq!(counts(import(&mut store, "carrier", Mode::Full, first).unwrap()), (Some(1), 0, 3, 0, 0));
        let other = put(&[row("00101709")]);
        assert_eq!(counts(import(&mut store, "region", Mode::Full, other).unwrap()), (Some(2), 0, 1, 0, 0));
        let second = put(&[reasoned("00101700123456", "lost"), row("00101701"), row("00101703123456")]);
        assert_eq!(counts(import(&mut store, "carrier", Mode::Full, second).unwrap()), (Some(3), 3, 1, 1, 1));
        assert_eq!(
            shown(&mut store, None),
            "1 block 001017001234569 lost\n1 block 00101701 -\n1 block 001017031234563 -\n2 block 00101709 -"
        );
        assert_eq!(
            shown(&mut store, Some(1)),
            "1 block 001017001234569 stolen\n1 block 00101701 -\n1 block 00101702000000..00101702000999 -"
        );
        assert_eq!(shown(&mut store, Some(0)), "");
    });
}

#[test]
fn a_delta_changes_what_it_names_alone() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[row("00101700123456"), row("00101701")])).unwrap();
        let delta = vec![
            Change::Drop(Entry::parse("00101701").unwrap().into()),
            Change::Drop(Entry::parse("00101705").unwrap().into()),
            Change::Put(row("00101702")),
            Change::Put(row("00101700123456")),
        ];
        assert_eq!(counts(import(&mut store, "carrier", Mode::Delta, delta).unwrap()), (Some(2), 2, 1, 1, 0));
        assert_eq!(shown(&mut store, None), "1 block 001017001234569 -\n1 block 00101702 -");
    });
}

#[test]
fn an_act_is_undone_and_the_undoing_too() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[reasoned("00101700123456", "stolen"), row("00101701")]))
            .unwrap();
        let before = shown(&mut store, None);
        import(&mut store, "carrier", Mode::Full, put(&[reasoned("00101700123456", "lost"), row("00101702")])).unwrap();
        let after = shown(&mut store, None);
        assert_eq!(counts(store.undo(2, &act(Verb::Undo)).unwrap()), (Some(3), 0, 1, 1, 1));
        assert_eq!(shown(&mut store, None), before);
        assert_eq!(store.undo(2, &act(Verb::Undo)).unwrap_err().to_string(), "act 2 was undone by act 3");
        assert_eq!(store.undo(9, &act(Verb::Undo)).unwrap_err().to_string(), "there is no act 9");
        store.undo(3, &act(Verb::Undo)).unwrap();
        assert_eq!(shown(&mut store, None), after);
    });
}

#[test]
fn an_act_that_others_build_on_is_not_undone() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[reasoned("00101700123456", "stolen")])).unwrap();
        import(&mut store, "carrier", Mode::Delta, put(&[reasoned("00101700123456", "lost")])).unwrap();
        let error = store.undo(1, &act(Verb::Undo)).unwrap_err();
        assert_eq!(error.to_string(), "act 1 cannot be undone: 1 of its rows were changed since, by act 2");
        assert_eq!(error.help().as_deref(), Some("undo act 2 first"));
        // Taken away, and put there anew by somebody else.
        import(&mut store, "carrier", Mode::Delta, vec![Change::Drop(row("00101700123456").subject)]).unwrap();
        import(&mut store, "carrier", Mode::Delta, put(&[row("00101700123456")])).unwrap();
        assert_eq!(
            store.undo(3, &act(Verb::Undo)).unwrap_err().to_string(),
            "act 3 cannot be undone: 1 of its rows were changed since, by act 4"
        );
    });
}

#[test]
fn a_refused_import_leaves_nothing() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[row("00101701")])).unwrap();
        let failing = [Ok(Change::Put(row("00101702"))), Err("line 2 is wrong")];
        let refused =
            store.import(&act(Verb::Import), block("carrier"), Mode::Full, false, failing.into_iter(), |_| Ok(()));
        assert_eq!(refused.unwrap_err().to_string(), "line 2 is wrong");
        let twice = put(&[row("00101702"), row("00101703123456"), reasoned("00101703123456", "again")]);
        assert_eq!(
            import(&mut store, "carrier", Mode::Full, twice).unwrap_err().to_string(),
            "the device with TAC 00101703 stands twice in one import"
        );
        let unwanted =
            store.import(&act(Verb::Import), block("carrier"), Mode::Full, false, std::iter::empty(), |counts| {
                assert_eq!((counts.before, counts.removed, counts.after()), (1, 1, 0));
                Err("it would take all away".to_owned())
            });
        assert_eq!(unwanted.unwrap_err().to_string(), "it would take all away");
        let dry = store
            .import::<String>(&act(Verb::Import), block("carrier"), Mode::Full, true, std::iter::empty(), |_| Ok(()))
            .unwrap();
        assert_eq!(counts(dry), (None, 1, 0, 1, 0));
        assert_eq!(shown(&mut store, None), "1 block 00101701 -");
        assert_eq!(store.generation().unwrap(), 1);
    });
}

#[test]
fn every_field_of_a_row_comes_back() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let at = |seconds| Some(Timestamp::from_second(seconds).unwrap());
        let fields =
            [("make".into(), "Ünï \"q\"\t\\N\r\n".into()), ("model".into(), "a,b|c".into())].into_iter().collect();
        let whole = Row {
            reason: Some("stolen \\ at\tnight\nNULL".into()),
            since: at(1_600_000_000),
            until: at(1_900_000_000),
            fields: Some(Arc::new(fields)),
            ..row("00101700123456")
        };
        let hash = Row::listed(List::Track, Subject::Hash(KeyedHash(u128::MAX - 7)));
        let pair = Entry::Pair(Imei::parse("00101700123456").unwrap().key(), Imsi::parse("001010000000001").unwrap());
        let all = [whole, hash, Row::listed(List::Allow, pair), row("00000000-000000..99999999-999999")];
        store
            .import::<String>(
                &act(Verb::Import),
                Scope { book: Book::Lists, list: None, source: "carrier" },
                Mode::Full,
                false,
                all.iter().cloned().map(|row| Ok(Change::Put(row))),
                |_| Ok(()),
            )
            .unwrap();
        let mut back = Vec::new();
        store
            .rows::<StoreError>(Filter::default(), |stored| {
                back.push(stored.row);
                Ok(())
            })
            .unwrap();
        for row in &all {
            assert!(back.contains(row), "{row:?} did not come back among {back:?}");
        }
        assert_eq!(back.len(), all.len());
        let covering = store.covering(Imei::parse("00101700123456").unwrap().key()).unwrap();
        assert_eq!(covering.len(), 3, "{covering:?}");
        let again = put(&all);
        let same = store.import::<String>(
            &act(Verb::Import),
            Scope { book: Book::Lists, list: None, source: "carrier" },
            Mode::Full,
            false,
            again.into_iter().map(Ok),
            |_| Ok(()),
        );
        assert_eq!(counts(same.unwrap()), (Some(2), 4, 0, 0, 0));
    });
}

#[test]
fn the_log_of_a_device_tells_who_listed_it_and_when() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[row("00101700"), row("00101799123456")])).unwrap();
        store.edit(&act(Verb::Put), "own", Book::Lists, put(&[reasoned("00101700123456", "stolen")])).unwrap();
        store.edit(&act(Verb::Forget), "own", Book::Lists, vec![Change::Drop(row("00101700123456").subject)]).unwrap();
        let log: Vec<String> = store
            .history(Imei::parse("00101700123456").unwrap().key(), None)
            .unwrap()
            .iter()
            .map(|version| {
                let Act { id, verb, who, .. } = &version.opened;
                format!(
                    "{} {} by {who} in {id} {verb}, closed {:?}",
                    version.source, version.stored.row.subject, version.closed
                )
            })
            .collect();
        assert_eq!(
            log,
            ["carrier 00101700 by qa in 1 import, closed None", "own 001017001234569 by qa in 2 put, closed Some(3)"]
        );
        let acts: Vec<(i64, Verb, i64, i64)> =
            store.acts(2).unwrap().iter().map(|act| (act.id, act.verb, act.added, act.removed)).collect();
        assert_eq!(acts, [(3, Verb::Forget, 0, 1), (2, Verb::Put, 1, 0)]);
    });
}

#[test]
fn what_changed_between_two_generations_is_told() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[row("00101701"), reasoned("00101702", "lost")])).unwrap();
        import(&mut store, "carrier", Mode::Full, put(&[row("00101703"), reasoned("00101702", "stolen")])).unwrap();
        import(&mut store, "carrier", Mode::Delta, put(&[row("00101704")])).unwrap();
        import(&mut store, "carrier", Mode::Delta, vec![Change::Drop(row("00101704").subject)]).unwrap();
        let mut told = Vec::new();
        store
            .changes::<StoreError>(Filter::default(), 1, 4, |is_put, stored| {
                told.push(format!("{} {}", if is_put { "+" } else { "-" }, stored.row.subject));
                Ok(())
            })
            .unwrap();
        told.sort();
        assert_eq!(told, ["+ 00101702", "+ 00101703", "- 00101701", "- 00101702"]);
    });
}

#[test]
fn sources_and_settings_are_kept() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        store.edit(&act(Verb::Put), "own", Book::Lists, put(&[row("00101701")])).unwrap();
        store.rank(&act(Verb::Set), "carrier", 10).unwrap();
        store.rank(&act(Verb::Set), "carrier", 20).unwrap();
        store.set(&act(Verb::Set), "rules", "unknown = 'block'").unwrap();
        let sources: Vec<(i64, String, i64)> =
            store.sources().unwrap().into_iter().map(|source| (source.id, source.name, source.precedence)).collect();
        assert_eq!(sources, [(1, "own".to_owned(), 100), (2, "carrier".to_owned(), 20)]);
        drop(store);
        let mut store = Store::open(address).unwrap();
        assert_eq!(store.setting("rules").unwrap().as_deref(), Some("unknown = 'block'"));
        assert_eq!(store.setting("none").unwrap(), None);
        assert_eq!(store.generation().unwrap(), 4);
    });
}

#[test]
fn many_writers_lose_nothing_and_each_act_has_its_number() {
    on_each_store(|address| {
        std::thread::scope(|scope| {
            for writer in 0..6 {
                scope.spawn(move || {
                    let mut store = Store::open(address).unwrap();
                    for n in 0..5 {
                        let device = format!("00101700{:06}", writer * 100 + n);
                        store.edit(&act(Verb::Put), "own", Book::Lists, put(&[row(&device)])).unwrap();
                    }
                });
            }
        });
        let mut store = Store::open(address).unwrap();
        assert_eq!(store.generation().unwrap(), 30);
        assert_eq!(shown(&mut store, None).lines().count(), 30);
    });
}

#[test]
fn who_waits_hears_of_a_change_by_somebody_else() {
    on_each_store(|address| {
        let mut reader = Store::open(address).unwrap();
        let before = reader.generation().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut writer = Store::open(address).unwrap();
                writer.edit(&act(Verb::Put), "own", Book::Lists, put(&[row("00101701")])).unwrap();
            });
            for _ in 0..20 {
                reader.wait(std::time::Duration::from_secs(1)).unwrap();
                if reader.generation().unwrap() != before {
                    break;
                }
            }
        });
        assert_eq!(reader.generation().unwrap(), before + 1);
    });
}

#[test]
fn what_is_no_register_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is a text and no register at all, however long it may be".repeat(100)).unwrap();
    let error = Store::open(&Address::File(path.clone())).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot open the register {}: the file is no register", path.display()));
    assert_eq!(std::fs::read(&path).unwrap().len(), 6100);
    let nowhere = Store::open(&"postgres://qa:secret@127.0.0.1:1/none".parse().unwrap()).unwrap_err().to_string();
    assert!(nowhere.starts_with("cannot open the register postgres://qa@127.0.0.1:1/none: "), "{nowhere}");
}
