//! Screening against judging each line by itself.

use super::*;
use crate::identity::{CheckDigit, Equipment, Imei, Spelling};
use crate::register::{Book, Entry, Row, Source, Subject};
use jiff::Timestamp;
use proptest::prelude::*;

fn index() -> Index {
    let mut builder = Index::builder(&[Source::new("own", 100), Source::new("north", 0)], Timestamp::UNIX_EPOCH);
    let lists = [
        (List::Block, "00101700000010"),
        (List::Track, "00101700000020"),
        (List::Allow, "00101700000105"),
        (List::Block, "00101700000100..00101700000110"),
        (List::Track, "00101701"),
    ];
    for (list, entry) in lists {
        builder.put(Book::Lists, 0, &Row::listed(list, Entry::parse(entry).unwrap())).unwrap();
    }
    let row = |text: &str| Row::new(Entry::parse(text).unwrap());
    builder.put(Book::Models, 0, &row("00101700")).unwrap();
    builder.put(Book::Registrations, 0, &row("00101700000000..00101700000200")).unwrap();
    builder.build(1)
}

/// What a line of plain input is worth, found the slow way.
fn expected(index: &Index, line: &str, before: &[&str]) -> Option<Marks> {
    let key = |line: &str| Spelling::parse(line).ok().and_then(|spelling| spelling.equipment.key());
    if line.trim().is_empty() {
        return None;
    }
    let Some(own) = key(line) else { return Some(Marks::MALFORMED) };
    let check = match Spelling::parse(line).unwrap().equipment {
        Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _) => imei.check(),
        Equipment::Imeisv(_) | Equipment::Meid(_) | Equipment::Esn(_) => CheckDigit::Absent,
    };
    let mut marks = match check {
        CheckDigit::Right | CheckDigit::Absent => Marks::NONE,
        CheckDigit::Spare { .. } => Marks::SPARE_DIGIT,
        CheckDigit::Wrong { .. } => Marks::CHECK_DIGIT,
    };
    let list = index.listed(own, None, None).map(|listed| listed.list);
    let was_given_out = own.tac().is_reserved_given_out();
    let codes: Vec<&str> = Imei::of(own).findings().iter().map(|finding| finding.code).collect();
    for (mark, is_so) in [
        (
            Marks::BODY_UNKNOWN,
            codes.contains(&"tac.body-unknown") || (codes.contains(&"tac.body-reserved") && !was_given_out),
        ),
        (Marks::BODY_RETIRED, codes.contains(&"tac.body-retired") || was_given_out),
        (Marks::TAC_TEST, codes.contains(&"tac.test") || codes.contains(&"tac.test-body")),
        (Marks::DEFAULT, codes.contains(&"imei.default")),
        (Marks::TAC_UNKNOWN, index.models(own.tac()) == Some(false)),
        (Marks::BLOCKED, list == Some(List::Block)),
        (Marks::TRACKED, list == Some(List::Track)),
        (Marks::NOT_REGISTERED, index.registered(own) == Some(false)),
        (Marks::DUPLICATE, before.iter().any(|line| key(line) == Some(own))),
    ] {
        if is_so {
            marks = marks.with(mark);
        }
    }
    Some(marks)
}

fn screen(screening: &Screening<'_>, text: &str) -> (Vec<(u64, Marks)>, Summary) {
    let mut all = Vec::new();
    let summary = screening
        .text(text.as_bytes(), |block| {
            all.extend(block.lines().map(|line| (line.number, line.marks)));
            Ok(())
        })
        .unwrap();
    (all, summary)
}

fn two() -> NonZero<usize> {
    NonZero::new(2).unwrap()
}

proptest! {
    #[test]
    fn a_file_is_screened_as_each_of_its_lines_is(
        lines in prop::collection::vec(prop_oneof![
            4 => (0u64..300, 0u8..10).prop_map(|(serial, digit)| format!("00101700{serial:06}{digit}")),
            2 => (0u64..300, 0u8..3).prop_map(|(serial, tac)| format!("0010170{tac}{serial:06}")),
            2 => "[0-9]{14}", 1 => "9[89]00[0-9]{10}",
            1 => "(000000000000000|111111111111111|490154203237518|356938035643809|  |x|[+]CGSN: \"001017000000105\")",
        ], 0..60),
    ) {
        let index = index();
        let screening = Screening::new(&index).duplicates(REMEMBERED).threads(two());
        let (found, summary) = screen(&screening, &lines.join("\n"));
        let before: Vec<&str> = lines.iter().map(String::as_str).collect();
        let all: Vec<(u64, Marks)> = lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| Some((at as u64 + 1, expected(&index, line, &before[..at])?)))
            .collect();
        prop_assert_eq!(&found, &all);
        prop_assert_eq!(summary.identities, all.len() as u64);
        prop_assert_eq!(summary.clean, all.iter().filter(|(_, marks)| marks.is_empty()).count() as u64);
        for mark in Marks::all() {
            let count = all.iter().filter(|(_, marks)| marks.contains(mark)).count();
            prop_assert_eq!(summary.marked(mark), count as u64);
        }
    }
}

#[test]
fn of_the_reserved_body_what_was_given_out_is_retired() {
    let index = index();
    let (found, _) =
        screen(&Screening::new(&index), "98000100000000\n98007800999999\n98007801000000\n98000099999999\n");
    let told: Vec<String> = found.iter().map(|(_, marks)| marks.to_string()).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    body-retired tac-unknown not-registered
    body-retired tac-unknown not-registered
    body-unknown tac-unknown not-registered
    body-unknown tac-unknown not-registered
    ");
}

#[test]
fn many_blocks_on_many_threads_come_in_order() {
    let index = index();
    let mut text = String::new();
    for n in 0..120_000_u64 {
        text.push_str(&format!("00101700{:06}\n", n * 7 % 1_000));
        if n % 1_000 == 0 {
            text.push_str("# a comment\n\n");
        }
    }
    let (one, summary) = screen(&Screening::new(&index), &text);
    assert!(one.is_sorted_by_key(|(number, _)| *number) && one.len() == 120_000);
    for threads in [2, 5] {
        let threads = NonZero::new(threads).unwrap();
        let many = screen(&Screening::new(&index).threads(threads), &text);
        assert!(many == (one.clone(), summary));
    }
    let told: Vec<String> = summary.all_marked().map(|(mark, count)| format!("{mark} {count}")).collect();
    insta::assert_snapshot!(told.join(", "), @"tac-test 120000, blocked 1320, tracked 120, not-registered 95880");
    assert_eq!((summary.lines, summary.skipped, summary.has_header), (120_240, 240, false));
}

#[test]
fn a_range_is_screened_like_its_devices() {
    let index = index();
    let (low, high) = (ImeiKey::new(101_700_000_000).unwrap(), ImeiKey::new(101_700_099_999).unwrap());
    let mut all = Vec::new();
    let summary = Screening::new(&index)
        .threads(two())
        .range(low, high, |block| {
            all.extend(block.lines().map(|line| (line.number, line.key)));
            Ok(())
        })
        .unwrap();
    assert_eq!((summary.identities, summary.marked(Marks::BLOCKED), summary.marked(Marks::TRACKED)), (100_000, 11, 1));
    assert!(
        all.iter().enumerate().all(|(at, (number, key))| {
            *number == at as u64 + 1 && *key == ImeiKey::new(101_700_000_000 + at as u64)
        })
    );
}

#[test]
fn devices_are_found_by_their_keyed_hash() {
    let key = HashKey::new(b"0123456789abcdef").unwrap();
    let mut builder = Index::builder(&[Source::new("own", 0)], Timestamp::UNIX_EPOCH);
    let hashed = Subject::Hash(key.hash(ImeiKey::new(101_700_123_456).unwrap()));
    builder.put(Book::Lists, 0, &Row::listed(List::Block, hashed)).unwrap();
    let index = builder.build(1);
    let text = "001017001234569\n001017001234577\n";
    let (_, summary) = screen(&Screening::new(&index).hashed_with(key), text);
    assert_eq!(summary.marked(Marks::BLOCKED), 1);
    let (_, summary) = screen(&Screening::new(&index), text);
    assert_eq!(summary.marked(Marks::BLOCKED), 0);
}

#[test]
fn what_came_too_late_to_be_remembered_is_counted() {
    let index = index();
    let text = "00101700000001\n00101700000002\n00101700000003\n00101700000001\n00101700000003\n";
    let (found, summary) = screen(&Screening::new(&index).duplicates(2), text);
    let twice: Vec<u64> =
        found.iter().filter(|(_, marks)| marks.contains(Marks::DUPLICATE)).map(|(number, _)| *number).collect();
    assert_eq!((twice, summary.not_remembered), (vec![4], 2));
}

#[test]
fn an_input_that_breaks_off_and_an_output_that_fails_are_told() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let text = "00101700000001\n".repeat(200_000);
    let index = index();
    let mut lines = 0;
    let screening = Screening::new(&index).threads(two());
    let error = screening.text(text.as_bytes()[..600_000].chain(Broken), |block| {
        lines += block.lines().len();
        Ok(())
    });
    insta::assert_snapshot!(error.unwrap_err(), @"the input cannot be read beyond byte 524288: the disk is gone");
    assert!(lines > 0 && lines < 40_000);
    let mut blocks = 0;
    let error = screening.text(text.as_bytes(), |_| {
        blocks += 1;
        if blocks == 3 { Err(io::Error::other("no space left")) } else { Ok(()) }
    });
    insta::assert_snapshot!(error.unwrap_err(), @"the verdicts cannot be written: no space left");
    assert_eq!(blocks, 3);
}

#[test]
fn a_panic_of_the_one_who_writes_ends_all_threads() {
    let index = index();
    let text = "00101700000001\n".repeat(500_000);
    let ended = std::panic::catch_unwind(|| {
        let screening = Screening::new(&index).threads(NonZero::new(3).unwrap());
        let _ = screening.text(text.as_bytes(), |_| panic!("on purpose"));
    });
    assert!(ended.is_err());
}
