//! The index against a reading of all rows one after the other.

use super::*;
use crate::register::{HashKey, Row};
use proptest::prelude::*;
use std::collections::HashMap;

/// A row of a book and a source.
type Put = (Book, usize, Row);

fn key(number: u64) -> ImeiKey {
    ImeiKey::new(number).unwrap()
}

fn imsi(number: u8) -> Imsi {
    Imsi::parse(&format!("00101000000000{}", number % 3)).unwrap()
}

fn hash(number: u64) -> KeyedHash {
    HashKey::new(b"0123456789abcdef").unwrap().hash(key(number))
}

fn now() -> Timestamp {
    Timestamp::from_second(1_000).unwrap()
}

fn sources() -> [Source; 4] {
    [Source::new("own", 100), Source::new("north", 0), Source::new("south", 0), Source::new("west", -5)]
}

/// Keys crowd at the border of two TACs, so that everything meets everything.
fn near() -> impl Strategy<Value = u64> {
    prop_oneof![4 => 101_699_999_990..101_700_000_010_u64, 1 => 101_700_000_000..101_701_000_000_u64]
}

fn subject() -> impl Strategy<Value = (u8, u64, u64, u8)> {
    let width = prop_oneof![Just(0), Just(1), 0u64..20, Just(999_999), Just(1_000_000)];
    (0u8..5, near(), width, 0u8..3)
}

fn entry((form, low, width, number): (u8, u64, u64, u8)) -> Subject {
    match form {
        0 => Entry::Device(key(low)).into(),
        1 => Entry::Pair(key(low), imsi(number)).into(),
        2 => Entry::Tac(key(low).tac()).into(),
        3 if number == 0 => Entry::Range { low: key(101_700_000_000), high: key(101_700_999_999) }.into(),
        3 => Entry::Range { low: key(low), high: key(low + width) }.into(),
        _ => Subject::Hash(hash(low)),
    }
}

fn put() -> impl Strategy<Value = Put> {
    let reason = prop_oneof![Just(None), Just(Some("stolen")), Just(Some("lost")), Just(Some("no reason"))];
    let until = prop_oneof![4 => Just(None), 1 => Just(Some(999)), 1 => Just(Some(1_000)), 1 => Just(Some(1_001)), 1 => Just(Some(2_000))];
    let lists = [List::Block, List::Track, List::Allow];
    (0u8..8, 0usize..4, subject(), prop::sample::select(lists.to_vec()), reason, until).prop_map(
        |(book, source, subject, list, reason, until)| {
            let (book, list) = match (book, subject.0) {
                (0..4, _) => (Book::Lists, Some(list)),
                (4, 2 | 3) => (Book::Models, None),
                (5, 0 | 2 | 3) => (Book::Registrations, None),
                (6, 1) => (Book::Pairings, None),
                _ => (Book::Fleet, None),
            };
            let row = Row {
                list,
                reason: reason.map(Into::into),
                until: until.map(|second| Timestamp::from_second(second).unwrap()),
                ..Row::new(entry(subject))
            };
            (book, source, row)
        },
    )
}

fn puts() -> impl Strategy<Value = Vec<Put>> {
    prop::collection::vec(put(), 0..40).prop_map(|puts| {
        // A source has at most one row about a subject in a book: the last one.
        let mut all: Vec<Put> = Vec::new();
        for put in puts {
            all.retain(|(book, source, row)| (*book, *source, row.subject) != (put.0, put.1, put.2.subject));
            all.push(put);
        }
        all
    })
}

fn index(puts: &[Put]) -> Index {
    let mut builder = Index::builder(&sources(), now());
    for (book, source, row) in puts {
        builder.put(*book, *source, row).unwrap();
    }
    builder.build(7)
}

/// How close a row is to a device, where it covers it.
fn covers(subject: Subject, number: u64, with: Option<Imsi>, hashed: Option<KeyedHash>) -> Option<u64> {
    let (close, covers) = match subject {
        Subject::Entry(Entry::Pair(key, imsi)) => (0, key.number() == number && Some(imsi) == with),
        Subject::Entry(Entry::Device(key)) => (1, key.number() == number),
        Subject::Hash(hash) => (1, Some(hash) == hashed),
        Subject::Entry(entry @ Entry::Range { low, high }) => {
            (1 + entry.span(), (low.number()..=high.number()).contains(&number))
        }
        Subject::Entry(entry @ Entry::Tac(tac)) => (1 + entry.span(), u64::from(tac.number()) == number / 1_000_000),
    };
    covers.then_some(close)
}

/// What decides, found by reading every row: precedence, closeness and list.
fn scan(puts: &[Put], number: u64, with: Option<Imsi>, hashed: Option<KeyedHash>) -> Option<(i32, u64, List)> {
    puts.iter()
        .filter(|(book, _, row)| *book == Book::Lists && row.holds(now()))
        .filter_map(|(_, source, row)| {
            let close = covers(row.subject, number, with, hashed)?;
            Some((Reverse(sources()[*source].precedence), close, row.list?))
        })
        .min()
        .map(|(Reverse(precedence), close, list)| (precedence, close, list))
}

fn check(index: &Index, puts: &[Put]) -> Result<(), TestCaseError> {
    let held = |wanted: Book| puts.iter().filter(move |(book, _, row)| *book == wanted && row.holds(now()));
    let numbers: Vec<u64> = (101_699_999_985..101_700_000_035).chain([101_700_500_000, 101_701_000_001]).collect();
    for &number in &numbers {
        for (with, hashed) in
            [(None, None), (Some(imsi(1)), None), (None, Some(hash(number))), (Some(imsi(0)), Some(hash(number)))]
        {
            let found = index.listed(key(number), with, hashed);
            let expected = scan(puts, number, with, hashed);
            prop_assert_eq!(
                found.map(|found| {
                    let close = covers(found.entry, number, with, hashed).unwrap();
                    (sources()[found.source].precedence, close, found.list)
                }),
                expected,
                "{}",
                number
            );
            if let Some(found) = found {
                let is_row = held(Book::Lists).any(|(_, source, row)| {
                    let category = row.reason.as_deref().map_or(Category::Unspecified, Category::of);
                    (*source, row.list, row.subject, category)
                        == (found.source, Some(found.list), found.entry, found.category)
                });
                prop_assert!(is_row, "{:?} is the row of nobody", found);
            }
        }
        let registered = held(Book::Registrations).any(|(_, _, row)| covers(row.subject, number, None, None).is_some());
        let is_kept = held(Book::Registrations).count() > 0;
        prop_assert_eq!(index.registered(key(number)), is_kept.then_some(registered));
        let paired: Vec<Imsi> = held(Book::Pairings)
            .filter_map(|(_, _, row)| match row.subject {
                Subject::Entry(Entry::Pair(key, imsi)) if key.number() == number => Some(imsi),
                _ => None,
            })
            .collect();
        prop_assert_eq!(index.paired(key(number), imsi(1)), (!paired.is_empty()).then(|| paired.contains(&imsi(1))));
    }
    for tac in 101_698..101_703 {
        let known = held(Book::Models).any(|(_, _, row)| match row.subject {
            Subject::Entry(Entry::Tac(known)) => known.number() == tac,
            Subject::Entry(Entry::Range { low, high }) => (low.tac().number()..=high.tac().number()).contains(&tac),
            Subject::Entry(Entry::Device(_) | Entry::Pair(..)) | Subject::Hash(_) => false,
        });
        let is_kept = held(Book::Models).count() > 0;
        prop_assert_eq!(index.models(Tac::from_number(tac.into())), is_kept.then_some(known));
    }
    let keys: Vec<ImeiKey> = numbers.iter().map(|&number| key(number)).cycle().take(300).collect();
    let (mut lists, mut registered) = (vec![None; keys.len()], vec![false; keys.len()]);
    index.lists(&keys, &mut lists);
    index.all_registered(&keys, &mut registered);
    for ((&key, list), registered) in keys.iter().zip(lists).zip(registered) {
        prop_assert_eq!(list, index.listed(key, None, None).map(|listed| listed.list));
        prop_assert_eq!(registered, index.registered(key).unwrap_or(false));
    }
    Ok(())
}

fn amendments(from: &[Put], to: &[Put]) -> Vec<Amendment> {
    let mut all = HashMap::new();
    for (book, _, row) in from {
        all.entry((*book, row.subject)).or_insert_with(Vec::new);
    }
    for (book, source, row) in to {
        all.entry((*book, row.subject)).or_insert_with(Vec::new).push((*source, row.clone()));
    }
    all.into_iter().map(|((book, subject), rows)| Amendment { book, subject, rows }).collect()
}

fn snapshot(index: &Index) -> Vec<u8> {
    let mut bytes = Vec::new();
    index.write_to(&mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn a_look_up_finds_what_reading_all_rows_finds(puts in puts()) {
        let index = index(&puts);
        check(&index, &puts)?;
        let expiry = puts.iter().filter(|(book, _, row)| *book != Book::Fleet && row.holds(now())).filter_map(|(_, _, row)| row.until).min();
        prop_assert_eq!(index.next_expiry(), expiry);
    }

    #[test]
    fn an_index_and_its_changes_are_an_index_of_the_outcome(steps in prop::collection::vec(puts(), 1..5)) {
        let mut old = Vec::new();
        let mut amended = index(&old);
        for step in &steps {
            // Only some of it changes.
            let new: Vec<Put> = step.iter().chain(old.iter().filter(|(book, source, row)| {
                !step.iter().any(|other| (other.0, other.1, other.2.subject) == (*book, *source, row.subject)) && *source != 1
            })).cloned().collect();
            amended = amended.apply(8, &sources(), now(), &amendments(&old, &new)).unwrap();
            check(&amended, &new)?;
            prop_assert_eq!(amended.generation(), 8);
            prop_assert_eq!(amended.len(), index(&new).len());
            old = new;
        }
        prop_assert_eq!(&Index::read_from(&*snapshot(&amended)).unwrap(), &amended);
    }

    #[test]
    fn a_snapshot_is_read_as_it_was_written(puts in puts()) {
        let index = index(&puts);
        prop_assert_eq!(&Index::read_from(&*snapshot(&index)).unwrap(), &index);
    }

    #[test]
    fn a_snapshot_that_was_changed_or_cut_is_refused(puts in puts(), at in any::<prop::sample::Index>(), by in 1u8..) {
        let mut bytes = snapshot(&index(&puts));
        let at = at.index(bytes.len());
        prop_assert!(matches!(Index::read_from(&bytes[..at]), Err(SnapshotError::Short)));
        bytes[at] ^= by;
        prop_assert!(Index::read_from(&*bytes).is_err());
        bytes[at] ^= by;
        bytes.push(by);
        prop_assert!(matches!(Index::read_from(&*bytes), Err(SnapshotError::Damaged)));
    }

    #[test]
    fn any_bytes_are_a_snapshot_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut dressed = b"atgidx\r\n\x01\0\0\0".to_vec();
        dressed.extend(&bytes);
        prop_assert!(Index::read_from(&*dressed).is_err());
        prop_assert!(Index::read_from(&*bytes).is_err());
    }
}

#[test]
fn a_snapshot_says_why_it_is_refused() {
    let bytes = snapshot(&index(&[]));
    let mut other_version = bytes.clone();
    other_version[8] = 9;
    let mut damaged = bytes.clone();
    damaged[15] ^= 1;
    let all = [&b"imei,reporting_date,status"[..], &other_version, &bytes[..20], &damaged].map(|bytes| {
        let error = Index::read_from(bytes).unwrap_err();
        format!("{error}; {}", error.help())
    });
    insta::assert_snapshot!(all.join("\n"), @"
    this is no snapshot of an index; nothing is lost: the index is built of the register itself
    the snapshot has version 9, this program writes 1; nothing is lost: delete it, and the index is built of the register itself
    the snapshot was cut short; nothing is lost: delete it, and the index is built of the register itself
    the snapshot is damaged; nothing is lost: delete it, and the index is built of the register itself
    ");
}

#[test]
fn a_row_that_its_book_does_not_speak_of_is_refused_and_the_others_stay() {
    let mut builder = Index::builder(&sources(), now());
    let device = Row::listed(List::Block, Entry::Device(key(101_700_000_000)));
    let hashed = Row::new(Subject::Hash(hash(1)));
    let all = [
        builder.put(Book::Lists, 4, &device),
        builder.put(Book::Lists, 0, &Row::new(device.subject)),
        builder.put(Book::Models, 0, &device),
        builder.put(Book::Registrations, 0, &hashed),
        builder.put(Book::Pairings, 0, &Row::new(Entry::Tac(key(1).tac()))),
        builder.put_device(Book::Models, 0, key(1), None, None),
    ]
    .map(|refused| refused.unwrap_err().to_string());
    insta::assert_snapshot!(all.join("\n"), @"
    there is no source 4, only 4 of them
    a row of the lists is on no list
    the book tac has no rows about a device
    the book registration has no rows about a keyed hash
    the book pair has no rows about a range or a TAC
    the book tac has no rows about a device
    ");
    builder.put(Book::Lists, 0, &device).unwrap();
    let index = builder.build(1);
    assert_eq!(index.len(), (1, 0));
    let others = [Source::new("own", 99)];
    assert_eq!(index.apply(2, &others, now(), &[]), Err(IndexError::Sources));
}

#[test]
fn a_source_of_higher_precedence_overrules_a_closer_row() {
    let device = key(101_700_000_005);
    let mut builder = Index::builder(&sources(), now());
    builder.put_device(Book::Lists, 1, device, Some(List::Block), Some("stolen on Monday")).unwrap();
    let listed = |list, entry: Entry| Row::listed(list, entry);
    builder.put(Book::Lists, 0, &listed(List::Allow, Entry::Tac(device.tac()))).unwrap();
    builder.put(Book::Lists, 3, &listed(List::Track, Entry::Pair(device, imsi(1)))).unwrap();
    let index = builder.build(1);
    let found = index.listed(device, Some(imsi(1)), None).unwrap();
    assert_eq!((found.list, found.entry, found.source), (List::Allow, Entry::Tac(device.tac()).into(), 0));
    // Without it the device decides, since its source comes before that of the pair.
    let gone = Amendment { book: Book::Lists, subject: found.entry, rows: Vec::new() };
    let index = index.apply(2, &sources(), now(), &[gone]).unwrap();
    let found = index.listed(device, Some(imsi(1)), None).unwrap();
    assert_eq!((found.list, found.source, found.category), (List::Block, 1, Category::Stolen));
    assert_eq!((index.len(), index.generation()), ((1, 0), 2));
}

#[test]
fn many_changes_are_put_together_with_the_rest_in_the_end() {
    let mut builder = Index::builder(&sources(), now());
    for number in 0..2_000 {
        builder.put_device(Book::Lists, 1, key(number), Some(List::Block), None).unwrap();
    }
    let mut index = builder.build(0);
    for step in 1..=4 {
        let amendments: Vec<Amendment> = (step * 1_000..step * 1_000 + 2_000)
            .map(|number| {
                let row = Row::listed(List::Track, Entry::Device(key(number)));
                let is_kept = number % 3 > 0;
                let rows = if is_kept { vec![(2, row.clone())] } else { Vec::new() };
                Amendment { book: Book::Lists, subject: row.subject, rows }
            })
            .collect();
        index = index.apply(1, &sources(), now(), &amendments).unwrap();
    }
    assert!(index.listed.overlay.count < 4_096 && index.listed.devices.count > 2_000);
    let of = |number| index.listed(key(number), None, None).map(|listed| listed.list);
    assert_eq!((0..6_000).filter(|number| of(*number) == Some(List::Block)).count(), 1_000);
    assert!((1_000..6_000).all(|number| of(number) == (number % 3 > 0).then_some(List::Track)));
    assert_eq!((0..6_000).filter(|number| of(*number).is_some()).count(), index.len().0);
}
