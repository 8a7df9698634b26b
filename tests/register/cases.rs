//! Cases on both stores: what un-lists a device stays, and what is undone does not.

use crate::server::on_each_store;
use atgate::register::cases::{CaseError, Evidence, NoteKind, Party, Resolution, Standing};
use atgate::register::store::{Address, Mode, NewAct, Scope, Store, Verb};
use atgate::register::{Book, Change, Desk, Entry, HashKey, List, Row, Subject};
use jiff::Timestamp;

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn act(verb: Verb) -> NewAct {
    NewAct { verb, at: now(), who: "qa".into(), reason: None, origin: None }
}

fn party(text: &str) -> Party {
    Party::of(Entry::parse(text).unwrap()).unwrap()
}

fn evidence() -> Evidence {
    Evidence { text: "bought new".into(), file: Some(("receipt.pdf".into(), "00ff".into())) }
}

/// A source's whole block list, as it comes every night.
fn import(store: &mut Store, source: &str, entries: &[&str]) {
    let rows = entries.iter().map(|text| Ok(Change::Put(Row::listed(List::Block, Entry::parse(text).unwrap()))));
    let scope = Scope { book: Book::Lists, list: Some(List::Block), source };
    store.import::<String>(&act(Verb::Import), scope, Mode::Full, false, rows, |_| Ok(())).unwrap();
}

fn put(store: &mut Store, source: &str, list: List, text: &str) {
    let row = Row::listed(list, Entry::parse(text).unwrap());
    store.edit(&act(Verb::Put), source, Book::Lists, vec![Change::Put(row)]).unwrap();
}

/// On which list a device is, with a subscription or without.
fn list(address: &Address, text: &str) -> Option<List> {
    let (party, key) = (party(text), HashKey::new(&[7; 32]).unwrap());
    let desk = Desk::open(address, Some(key), now()).unwrap();
    desk.listed(party.key, party.imsi).map(|listed| listed.list)
}

const DEVICE: &str = "00101700123456";

fn unlist(store: &mut Store, text: &str) -> Result<atgate::register::cases::Resolved, CaseError> {
    let opened = store.open_case(&act(Verb::Case), party(text), None, &evidence()).unwrap();
    store.resolve_case(opened.id, &act(Verb::Case), None, Resolution::Unlist, "typing error")
}

#[test]
fn a_carriers_next_list_does_not_block_a_device_that_was_unlisted() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", &[DEVICE, "00101799"]);
        assert_eq!(list(address, DEVICE), Some(List::Block));
        let done = unlist(&mut store, DEVICE).unwrap();
        assert!(done.remedy.needs_exception && done.remedy.removed.is_empty());
        assert_eq!(done.remedy.overruled[0].source, "carrier");
        assert_eq!(list(address, DEVICE), Some(List::Allow));
        import(&mut store, "carrier", &["00101798"]);
        import(&mut store, "carrier", &[DEVICE, "00101700"]);
        assert_eq!(list(address, DEVICE), Some(List::Allow));
        assert_eq!(list(address, "00101700123457"), Some(List::Block));
        // Who looks at the row finds the case.
        let rows = store.about(Book::Lists, &Entry::parse(DEVICE).unwrap().into()).unwrap();
        assert!(rows.iter().any(|stored| stored.row.reason.as_deref() == Some("case 1")));
        let kept = store.act(done.act).unwrap();
        assert_eq!(
            (kept.verb, kept.added, kept.reason.as_deref()),
            (Verb::Case, 1, Some("case 1, unlisted: typing error"))
        );
    });
}

#[test]
fn rows_of_our_own_are_taken_away_and_wider_ones_stay() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        put(&mut store, "own", List::Block, DEVICE);
        put(&mut store, "own", List::Track, "00101700123456+001010000000001");
        let done = unlist(&mut store, DEVICE).unwrap();
        assert_eq!((done.remedy.removed.len(), done.remedy.needs_exception), (2, false));
        assert_eq!((list(address, DEVICE), list(address, "00101700123456+001010000000001")), (None, None));
        assert_eq!(store.act(done.act).unwrap().removed, 2);

        put(&mut store, "own", List::Block, DEVICE);
        put(&mut store, "own", List::Block, "00101700");
        let done = unlist(&mut store, DEVICE).unwrap();
        assert_eq!((done.remedy.removed.len(), done.remedy.overruled.len()), (1, 1));
        assert_eq!((list(address, DEVICE), list(address, "00101700123457")), (Some(List::Allow), Some(List::Block)));
        // One row in the place of another.
        assert_eq!(store.act(done.act).unwrap().changed, 1);
    });
}

#[test]
fn a_case_of_one_subscription_leaves_the_others() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", &[DEVICE, "00101700123456+001010000000001"]);
        let pair = "00101700123456+001010000000001";
        unlist(&mut store, pair).unwrap();
        assert_eq!((list(address, pair), list(address, DEVICE)), (Some(List::Allow), Some(List::Block)));
    });
}

#[test]
fn a_device_that_is_listed_by_its_hash_is_unlisted_too() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let hash = HashKey::new(&[7; 32]).unwrap().hash(party(DEVICE).key);
        let row = Row::listed(List::Block, Subject::Hash(hash));
        store.edit(&act(Verb::Put), "carrier", Book::Lists, vec![Change::Put(row)]).unwrap();
        assert_eq!(list(address, DEVICE), Some(List::Block));
        let opened = store.open_case(&act(Verb::Case), party(DEVICE), Some(hash), &evidence()).unwrap();
        assert_eq!(opened.listings.len(), 1);
        store.resolve_case(opened.id, &act(Verb::Case), Some(hash), Resolution::Unlist, "wrong").unwrap();
        assert_eq!(list(address, DEVICE), Some(List::Allow));
    });
}

#[test]
fn undoing_lists_the_device_again_and_opens_the_case() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", &[DEVICE]);
        put(&mut store, "own", List::Block, DEVICE);
        let done = unlist(&mut store, DEVICE).unwrap();
        assert_eq!(store.case(1).unwrap().standing, Standing::Unlisted(done.act));
        let undone = store.undo(done.act, &act(Verb::Undo)).unwrap().act.unwrap();
        assert_eq!(list(address, DEVICE), Some(List::Block));
        let case = store.case(1).unwrap();
        assert_eq!((case.standing, case.trail[1].undone_by), (Standing::Open, Some(undone)));
        assert_eq!(store.cases(false).unwrap().len(), 1);
        // The undoing is undone.
        store.undo(undone, &act(Verb::Undo)).unwrap();
        assert_eq!(list(address, DEVICE), Some(List::Allow));
        let case = store.case(1).unwrap();
        assert_eq!((case.standing, case.trail[1].undone_by), (Standing::Unlisted(done.act), None));
        assert!(store.cases(false).unwrap().is_empty());
    });
}

#[test]
fn a_source_that_decides_before_own_is_named_and_nothing_is_done() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "region", &[DEVICE]);
        for (precedence, is_refused) in [(200, true), (100, true), (99, false)] {
            store.rank(&act(Verb::Set), "region", precedence).unwrap();
            let before = store.generation().unwrap();
            let id = match store.open_case(&act(Verb::Case), party(DEVICE), None, &evidence()) {
                Ok(opened) => opened.id,
                Err(CaseError::Twice(id)) => id,
                Err(error) => panic!("{error}"),
            };
            let done = store.resolve_case(id, &act(Verb::Case), None, Resolution::Unlist, "wrong");
            assert_eq!(done.is_err(), is_refused, "{done:?}");
            if let Err(error) = done {
                assert_eq!(
                    error.to_string(),
                    format!(
                        "region has precedence {precedence} and decides before own, which has 100: the device would stay listed"
                    )
                );
                assert!(error.help().unwrap().contains("source region --precedence 99"));
                assert!(store.generation().unwrap() <= before + 1);
            }
        }
        assert_eq!(list(address, DEVICE), Some(List::Allow));
    });
}

#[test]
fn a_case_has_its_trail_and_ends_once() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        let opened = store.open_case(&act(Verb::Case), party(DEVICE), None, &evidence()).unwrap();
        assert!(opened.listings.is_empty());
        let again = store.open_case(&act(Verb::Case), party("001017001234569"), None, &evidence()).unwrap_err();
        assert_eq!(again.to_string(), "case 1 about it is open");
        store.note_case(1, &act(Verb::Case), "carrier says it is right").unwrap();
        let kept = store.resolve_case(1, &act(Verb::Case), None, Resolution::Keep, "it is stolen").unwrap();
        store.note_case(1, &act(Verb::Case), "the police has it").unwrap();
        let case = store.case(1).unwrap();
        assert_eq!(case.standing, Standing::Kept(kept.act));
        let trail: Vec<(NoteKind, &str)> = case.trail.iter().map(|note| (note.kind, note.text.as_str())).collect();
        assert_eq!(
            trail,
            [
                (NoteKind::Opened, "bought new"),
                (NoteKind::Note, "carrier says it is right"),
                (NoteKind::Kept, "it is stolen"),
                (NoteKind::Note, "the police has it"),
            ]
        );
        assert_eq!(case.trail[0].file, Some(("receipt.pdf".into(), "00ff".into())));
        let error = store.resolve_case(1, &act(Verb::Case), None, Resolution::Unlist, "x").unwrap_err();
        assert_eq!(error.to_string(), "case 1 is resolved: kept");
        assert_eq!(
            error.help(),
            Some("`atgate register undo 2` opens it again; a new case can be opened as well".into())
        );
        for (error, words) in [
            (store.case(2).unwrap_err(), "there is no case 2"),
            (store.note_case(2, &act(Verb::Case), "x").unwrap_err(), "there is no case 2"),
            (
                store.note_case(1, &act(Verb::Case), " ").unwrap_err(),
                "a text of a case has 1 to 16384 bytes, this has 1",
            ),
        ] {
            assert_eq!(error.to_string(), words);
        }
        // A second case about the same device, and nothing to un-list.
        let done = unlist(&mut store, DEVICE).unwrap();
        assert!(done.remedy.is_empty());
        assert_eq!(store.cases(true).unwrap().len(), 2);
    });
}

#[test]
fn of_many_who_resolve_a_case_one_does() {
    on_each_store(|address| {
        let mut store = Store::open(address).unwrap();
        import(&mut store, "carrier", &[DEVICE]);
        store.open_case(&act(Verb::Case), party(DEVICE), None, &evidence()).unwrap();
        let done: Vec<bool> = std::thread::scope(|scope| {
            let resolve = |_| {
                scope.spawn(|| {
                    let mut store = Store::open(address).unwrap();
                    store.resolve_case(1, &act(Verb::Case), None, Resolution::Unlist, "wrong").is_ok()
                })
            };
            let threads: Vec<_> = (0..4).map(resolve).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(done.iter().filter(|is_done| **is_done).count(), 1);
        assert_eq!(store.case(1).unwrap().trail.len(), 2);
    });
}
