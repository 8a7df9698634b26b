//! Whole files, in and out.

use super::*;
use crate::identity::{Imei, ImeiKey};
use crate::register::{Change, Entry, Fields, HashKey, KeyedHash, List, Row, Subject};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Read, Write as _};
use std::sync::Arc;

const BLOCK: Target = Target::List(List::Block);

/// What a reader says of a file: its changes, errors and warnings, one a line.
fn says(input: impl Read, options: Options) -> String {
    let mut reader = Reader::new(input, options);
    let mut said = Vec::new();
    for item in reader.by_ref() {
        match item {
            Ok(located) => said.push(format!("{}:{} {}", located.line, located.column, change(&located))),
            Err(error) => {
                said.push(format!("error {error}"));
                said.extend(error.help().map(|help| format!("  help: {help}")));
            }
        }
    }
    for warning in reader.warnings() {
        said.push(format!("warning {warning}"));
        said.extend(warning.help().map(|help| format!("  help: {help}")));
    }
    said.join("\n").replace(&Format::headers(), "{headers}")
}

fn change(located: &Located) -> String {
    let list = located.list.map_or(String::new(), |list| format!(" {list}"));
    match &located.change {
        Change::Put(row) => {
            let mut text = format!("put{list} {}", row.subject);
            if let Some(reason) = &row.reason {
                text += &format!(" reason={reason}");
            }
            if let Some(since) = row.since {
                text += &format!(" since={since}");
            }
            if let Some(until) = row.until {
                text += &format!(" until={until}");
            }
            for (name, value) in row.fields.iter().flat_map(|fields| fields.iter()) {
                text += &format!(" {name}={value}");
            }
            text
        }
        Change::Drop(subject) => format!("drop{list} {subject}"),
    }
}

fn read(text: impl AsRef<[u8]>, target: Target) -> String {
    says(text.as_ref(), Options::new(target))
}

fn all(cases: &[(&str, Target)]) -> String {
    let one =
        |(text, target): &(&str, Target)| format!("--- {target}: {}\n{}", text.escape_debug(), read(text, *target));
    cases.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn every_format_is_known_by_its_header() {
    insta::assert_snapshot!(
        "every_format",
        all(&[
            (
                "imei,reporting_date,status\n00101700123456,20260131,\n00101700123457,2026-01-31,blacklist\n00101700123458,,lost\n00101700123459,,pending\n",
                BLOCK
            ),
            ("imei\n00101700123456\n", BLOCK),
            ("imei\n00101700123456\n", Target::List(List::Track)),
            ("imei\n00101700123456\n", Target::Registrations),
            ("tac\n00101700\n", BLOCK),
            ("golden_imei\n00101700123456\n0123456789abcdef0123456789ABCDEF\n", Target::List(List::Allow)),
            (
                "approved_imei,make,model,status,model_number,brand_name,device_type,radio_interface,device_id\n00101700123456,Maker,M1,whitelist,M-1,Brand,Module,LTE,7\n",
                Target::Registrations
            ),
            ("imei,imsi,msisdn\n00101700123456,001010000000001,+15550001\n", Target::Pairings),
            ("imei,imsi,msisdn\n00101700123456,001010000000001,+15550001\n", Target::List(List::Allow)),
            ("uid,imei\nasset 7,00101700123456\n", Target::Fleet),
            (
                "tac|manufacturer|model_name|bands|allocation_date|device_type|optional_fields|nfc\n00101700|Maker|M1|B3,B20|31-Jan-2026|Module||yes\n",
                Target::Models
            ),
            ("imei,block_date,reasons\n00101700123456,20260131,duplicate|stolen\n", BLOCK),
            (
                "imei,imsi,msisdn,block_date,reasons,amnesty_granted\n00101700123456,001010000000001,15550001,20260131,not registered,True\n",
                Target::List(List::Track)
            ),
            (
                "IMEI;Label;ICCID;IMSI;EID;MSISDN;Warranty;Note\n001017001234569;bench 7;8944200053671052499;001010000000001;;;2027-01-31;\"a; b\"\n",
                Target::Fleet
            ),
            (
                "imei,tac,low,high,hash,list,reason,since,until\n,,00101700000000,00101700000999,,track,trial,2026-01-31T10:00:00Z,2027-01-31\n",
                Target::Lists
            ),
            (
                "{\"imei\":\"001017001234569\",\"reason\":\"lost\",\"since\":\"2026-01-31\"}\n{\"tac\":\"00101700\",\"note\":null}\n",
                BLOCK
            ),
            (
                "# our own\n00101700123456 # one\n001017001234569\n0010170012345799\n00101701\n00101702000000,00101702000999\n00101703-00101704\n00101705..00101706\n00101700123456+001010000000001\n0123456789abcdef0123456789abcdef\n",
                BLOCK
            ),
            ("imei,change_type\n00101700123456,add\n00101700123457,REMOVE\n00101700123458,update\n", BLOCK),
            ("imei,reporting_date,status,change_type\n00101700123456,20260131,recovered,update\n", BLOCK),
        ])
    );
}

#[test]
fn what_is_wrong_with_a_header_is_told_with_the_likely_name() {
    insta::assert_snapshot!(
        "headers",
        all(&[
            ("", BLOCK),
            ("\n# nothing\n\n", BLOCK),
            ("imei\n", BLOCK),
            ("imie\n00101700123456\n", BLOCK),
            ("serial,colour\n1,2\n", BLOCK),
            ("imei,reporting_dat\n00101700123456,20260131\n", BLOCK),
            ("imei,colour,shape\n00101700123456,red,round\n", BLOCK),
            ("imei,imei\n1,2\n", BLOCK),
            ("imei,approved_imei\n1,2\n", BLOCK),
            ("reason,since\nlost,20260131\n", BLOCK),
            ("uid,imsi\n1,001010000000001\n", Target::Fleet),
            ("date,imei,imsi,msisdn\n20260131,00101700123456,001010000000001,15550001\n", Target::Pairings),
            ("approved_imei,make\n00101700123456,Maker\n", BLOCK),
            ("golden_imei\n00101700123456\n", Target::Fleet),
            ("001017001234569,20260131,lost\n", BLOCK),
            ("00101700123456,lost\n", BLOCK),
            ("00101700123456\n00101700123457,lost\n", BLOCK),
            ("[{\"imei\":\"001017001234569\"}]\n", BLOCK),
            (&format!("imei{}\n", ",x".repeat(100)), BLOCK),
        ])
    );
    let asked =
        |text: &str, format, target| says(text.as_bytes(), Options { format: Some(format), ..Options::new(target) });
    let all = [
        asked("imei,reporting_date\n", Format::BlockList, BLOCK),
        asked("00101700123456\n", Format::Stolen, BLOCK),
        asked("imei\n00101700123456\n", Format::GsmaTac, BLOCK),
        asked("imei\n00101700123456\n", Format::Plain, BLOCK),
    ];
    insta::assert_snapshot!("asked_formats", all.join("\n---\n"));
}

#[test]
fn what_is_wrong_with_a_row_is_told_with_its_place() {
    insta::assert_snapshot!(
        "rows",
        all(&[
            ("imei\n1017001234569\n", BLOCK),
            ("imei\n101700123456\n", BLOCK),
            ("imei\n12345678912341\n", BLOCK),
            ("tac\n101700\n1017001\n101\n", BLOCK),
            ("1017001\n", BLOCK),
            ("imei\n4.90154E+14\n3.50E+14\n4,90154E+14\n5E14\n490154203237518.0\n", BLOCK),
            ("imei\n00101700\nAF0123450ABCDE\n00101700*\n0010170#\nnothing\n\"\"\n0010170012345\u{e9}\n", BLOCK),
            ("golden_imei\n0123456789abcdef0123456789abcdeg\n", Target::List(List::Allow)),
            (
                "imei,reporting_date,status\n00101700123456,20260231,\n00101700123457,31.01.2026,\n00101700123458,001017001234569,\n",
                BLOCK
            ),
            (
                "imei,reporting_date,status\n00101700123456,20260131\n00101700123457,20260131,,\n00101700123458,20260131,lost,more\n",
                BLOCK
            ),
            ("imei,label\n\"00101700123456,never closed\n00101700123457,fine\n", Target::Fleet),
            ("imei,label\n00101700123456,\"two\nlines, and \"\"quotes\"\"\"\n00101700123457,next\n", Target::Fleet),
            ("imei,label\n00101700123456,mid\"dle\n00101700123457,\"closed\"behind\n", Target::Fleet),
            ("imei,change_type\n00101700123456,\n00101700123457,insert\n", BLOCK),
            ("imei\n00101700123456\n001017001234569\n001017001234560\n001017001234561\n", BLOCK),
            ("imei,reporting_date,status\n00101700123456,20260131,lost\n00101700123456,20260131,stolen\n", BLOCK),
            ("imei,change_type\n00101700123456,add\n00101700123456,remove\n", BLOCK),
            (
                "imei,imsi,msisdn\n00101700123456,,15550001\n00101700123457,12,15550001\n00101700123458,001010000000001,tel\n",
                Target::Pairings
            ),
            ("imei,iccid,eid\n00101700123456,8.94E+18,\n00101700123457,12,\n00101700123458,,12\n", Target::Fleet),
            ("low,high\n00101700000000,\n00101700000999,00101700000000\n00101700,00101701\n", BLOCK),
            ("imei,tac\n00101700123456,00101700\n", BLOCK),
            ("tac,imsi\n00101700,001010000000001\n", BLOCK),
            ("imei,list\n00101700123456,track\n00101700123457,grey\n", BLOCK),
            ("imei,list\n00101700123456,\n", Target::Lists),
            ("00101700123456\n", Target::Models),
            ("00101700\n", Target::Fleet),
            ("001017001234569,999990000000001\n00101700123456,20260131\n00101700000999,00101700000000\n", BLOCK),
            (
                "{\"imei\":\"001017001234569\"\n{\"imei\":[1]}\n{\"imei\":3.5e14}\n{\"reson\":1}\n{\"imei\":\"00101700123456\",\"imei\":\"00101700123457\"}\n{\"imei\":490154203237518}\n7\n",
                BLOCK
            ),
            ("imei\n=\"001017001234569\"\n", BLOCK),
        ])
    );
}

#[test]
fn bytes_that_are_no_plain_text_are_told_of_or_decoded() {
    let utf16 = |text: &str, little: bool| {
        let mark = '\u{feff}';
        let units = std::iter::once(mark).chain(text.chars()).map(|character| character as u16);
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect::<Vec<u8>>()
    };
    let gzip = packed(b"imei\n00101700123456\n");
    let mut broken = gzip.clone();
    let at = broken.len() - 6;
    broken[at] ^= 0xFF;
    let mut garbage = gzip[..10].to_vec();
    garbage.extend([0xFF; 40]);
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("byte-order mark", b"\xEF\xBB\xBFimei\n00101700123456\n".to_vec()),
        ("utf-16, little end first", utf16("imei,label\n00101700123456,Pr\u{fc}fstand\n", true)),
        ("utf-16, big end first", utf16("imei\n00101700123456\n", false)),
        ("utf-16 without a mark", utf16("imei\n00101700123456\n", true)[2..].to_vec()),
        ("cr lf", b"imei\r\n00101700123456\r\n\r\n00101700123457\r\n".to_vec()),
        ("cr alone", b"imei\r00101700123456\r".to_vec()),
        ("latin-1", b"imei,label\n00101700123456,Pr\xFCfstand\n00101700123457,plain\n".to_vec()),
        ("latin-1 over two lines", b"imei,label\n00101700123456,\"Pr\xFCf\nstand\"\n00101700123457,plain\n".to_vec()),
        ("nul", b"imei\n00101700123456\n00101700\x00123457\n00101700123458\n".to_vec()),
        ("gzip", gzip.clone()),
        ("two gzip members", [gzip.clone(), packed(b"00101700123457\n")].concat()),
        ("gzip cut off", gzip[..gzip.len() - 12].to_vec()),
        ("gzip with a wrong check sum", broken),
        ("gzip and garbage", garbage),
        ("zip", b"PK\x03\x04and so on".to_vec()),
        ("parquet", b"PAR1and so on".to_vec()),
        ("a long line", [b"imei\n".to_vec(), vec![b'1'; 200_000], b"\n00101700123456\n".to_vec()].concat()),
        ("a long line and no more", vec![b'1'; 2_000_000]),
        (
            "an open quote over much",
            [b"imei,label\n00101700123456,\"open\n".to_vec(), b"00101700123457,x\n".repeat(6000)].concat(),
        ),
    ];
    let read = |(what, bytes): &(&str, Vec<u8>)| {
        let said = says(&bytes[..], Options::new(if *what == "cr lf" { BLOCK } else { Target::Fleet }));
        let lines: Vec<&str> = said.lines().filter(|line| !line.contains("put ") || line.len() < 80).take(8).collect();
        format!("--- {what}\n{}", lines.join("\n"))
    };
    insta::assert_snapshot!("bytes", files.iter().map(read).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_gzip_bomb_is_refused_and_so_is_what_is_larger_than_allowed() {
    let bomb = packed(&[&b"#".repeat(999)[..], b"\n"].concat().repeat(25_000));
    let said = read(&bomb, BLOCK);
    assert!(said.contains(":1: the file unpacks to more than 300 times its size\n"), "{said}");
    let limits = Limits { unpacked: 1000, ..Limits::default() };
    let large = says(&b"00101700123456\n".repeat(100)[..], Options { limits, ..Options::new(BLOCK) });
    insta::assert_snapshot!(large, @"
    error 1:1: the file unpacks to more than 1000 bytes
      help: if that is no mistake, unpack it first and split it
    ");
    let limits = Limits { rows: 1, ..Limits::default() };
    let many = says(&b"00101700123456\n00101700123457\n"[..], Options { limits, ..Options::new(BLOCK) });
    insta::assert_snapshot!(many, @"
    1:1 put block 001017001234569
    error 2:1: the file has more than 1 rows
      help: split the file
    ");
}

#[test]
fn errors_end_after_twenty_and_a_file_that_lost_its_zeros_is_told_as_one() {
    let lost: String = (0..50).map(|at| format!("10170012345{at:02}\n")).collect();
    let said = read(format!("imei\n{lost}"), BLOCK);
    assert_eq!(said.lines().filter(|line| line.starts_with("error")).count(), 22);
    let end: Vec<&str> = said.lines().rev().take(4).collect();
    insta::assert_snapshot!(end.into_iter().rev().collect::<Vec<_>>().join("\n"), @"
    error 2:1: 21 of 21 rows have lost their leading zeros: the file went through a spreadsheet
      help: export the list again with its identities as text, not as numbers
    error 22:1: more errors follow; 20 are shown
      help: mend these and try again
    ");
}

#[test]
fn short_rows_among_whole_ones_are_an_error_unless_they_are_meant() {
    // A device of TAC 03569380 that lost its zero has fourteen digits, and looks like one of TAC 35693803.
    let key = ImeiKey::new(3_569_380_356_438).unwrap();
    let short = format!("{}{}", key.number(), key.check_digit());
    let text = format!("imei\n001017001234569\n{short}\n001017001234577\n");
    insta::assert_snapshot!(read(&text, BLOCK).replace(&short, "{short}").lines().skip(1).filter(|line| !line.contains("put")).collect::<Vec<_>>().join("\n"), @"
    error 3:1: 1 of the IMEIs have 14 digits that a leading zero makes whole with their check digit, all others have 15
      help: export the list with its identities as text; if they are IMEIs without check digit, say that short rows are meant
    ");
    let meant = says(text.as_bytes(), Options { short_rows: true, ..Options::new(BLOCK) });
    assert!(!meant.contains("error"), "{meant}");
    let lost = says(&b"imei\n12345678912341\n"[..], Options { short_rows: true, ..Options::new(BLOCK) });
    assert!(!lost.contains("error"), "{lost}");
}

#[test]
fn no_error_holds_a_whole_identity() {
    let digits = ["001017001234569", "49015420323751", "0010170012345601", "1017001234569", "999990000000001"];
    let wrong = ["", "x", "0", "E+14", ".0", ",20260131", "\"", ",,,", "+12", "*", "..1"];
    let headers = [
        "",
        "imei\n",
        "imei,reporting_date,status\n",
        "golden_imei\n",
        "tac\n",
        "low,high\n",
        "imei,imsi,msisdn\n",
        "entry,list,change_type\n",
    ];
    for at in 0..headers.len() * digits.len() * wrong.len() {
        let (header, rest) = (headers[at % headers.len()], at / headers.len());
        let (digits, wrong) = (digits[rest % digits.len()], wrong[rest / digits.len()]);
        for line in
            [format!("{digits}{wrong}"), format!("{wrong}{digits}"), format!("1,{digits}{wrong},{digits}{wrong}")]
        {
            for target in Target::ALL {
                let said = read(format!("{header}{line}\n"), target);
                let errors = said.lines().filter(|line| line.contains("error") || line.contains("help"));
                for error in errors.filter(|line| !line.contains("an entry is") && !line.contains("for example {")) {
                    assert!(!error.contains(digits), "{header}{line}: {error}");
                }
            }
        }
    }
}

#[test]
fn a_part_of_a_delta_that_takes_away_is_read_so() {
    let options = Options { removals: true, ..Options::new(BLOCK) };
    let said = says(&b"imei,block_date,reasons\n00101700123456,20260131,stolen\n"[..], options);
    insta::assert_snapshot!(said, @"2:1 drop block 001017001234569");
}

fn written(format: Format, options: WriteOptions, rows: &[Row]) -> (String, Written) {
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, format, options).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    let written = writer.finish().unwrap();
    (String::from_utf8(out).unwrap(), written)
}

fn fields(pairs: &[(&str, &str)]) -> Option<Arc<Fields>> {
    let fields: Fields = pairs.iter().map(|(name, text)| (Arc::from(*name), Arc::from(*text))).collect();
    (!fields.is_empty()).then(|| Arc::new(fields))
}

#[test]
fn every_format_is_written_and_says_what_it_cannot_hold() {
    let parse = |text: &str| Entry::parse(text).unwrap();
    let since = "2026-01-31T00:00:00Z".parse().ok();
    let rows = [
        Row {
            reason: Some("lost, \"found\"".into()),
            since,
            fields: fields(&[("note", "a"), ("model", "M1"), ("msisdn", "15550001")]),
            ..Row::listed(List::Block, parse("00101700123456"))
        },
        Row { until: since, ..Row::listed(List::Block, parse("00101700000000,00101700000999")) },
        Row::listed(List::Block, parse("00101701")),
        Row { reason: Some("trial".into()), ..Row::listed(List::Block, parse("00101700123456+001010000000001")) },
        Row::listed(List::Block, Subject::Hash(KeyedHash(7))),
    ];
    let one = |format: Format| {
        let (text, written) = written(format, WriteOptions::default(), &rows);
        let losses: String = written.losses.iter().map(|loss| format!("{loss}\n")).collect();
        format!("--- {format}, {} rows\n{text}{losses}", written.rows)
    };
    insta::assert_snapshot!("writers", Format::ALL.map(one).join(""));
}

#[test]
fn check_digits_hashes_and_steps_are_written_when_asked() {
    let rows = [Row::listed(List::Allow, Entry::parse("00101700123456").unwrap())];
    let with = WriteOptions { check_digit: true, ..WriteOptions::default() };
    assert_eq!(written(Format::Golden, with, &rows).0, "golden_imei\n001017001234569\n");
    let key = HashKey::new(b"0123456789abcdef").unwrap();
    let hash = key.hash(ImeiKey::new(101_700_123_456).unwrap());
    let hashed = WriteOptions { key: Some(key), ..WriteOptions::default() };
    assert_eq!(written(Format::Golden, hashed.clone(), &rows).0, format!("golden_imei\n{hash}\n"));
    assert_eq!(
        written(Format::Barred, hashed, &rows).1.losses[0].to_string(),
        "1 × left out, about a keyed hash, which the format cannot hold: row 1"
    );
    let mut out = Vec::new();
    let delta = WriteOptions { delta: true, ..WriteOptions::default() };
    let mut writer = Writer::new(&mut out, Format::Barred, delta).unwrap();
    for step in [Step::Add, Step::Remove, Step::Update] {
        writer.step(step, &rows[0]).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(out, b"imei,change_type\n00101700123456,add\n00101700123456,remove\n00101700123456,update\n");
}

#[test]
fn files_are_named_by_date_operator_generations_and_part() {
    let date = jiff::civil::date(2026, 1, 31);
    let mut names: Vec<String> = Format::ALL.map(|format| file_name(format, date, None, None, None)).to_vec();
    names.push(file_name(Format::Notification, date, Some("operator/1"), None, None));
    for format in [Format::BlockList, Format::Notification, Format::Exception] {
        names.extend(
            Part::all(format).iter().map(|&part| file_name(format, date, Some("op1"), Some((4, 7)), Some(part))),
        );
    }
    insta::assert_snapshot!("file_names", names.join("\n"));
}

fn target_of(format: Format) -> Target {
    match format {
        Format::Plain | Format::Stolen | Format::Barred | Format::BarredTac | Format::BlockList => BLOCK,
        Format::Csv | Format::Ndjson => Target::Lists,
        Format::Golden | Format::Exception => Target::List(List::Allow),
        Format::Monitoring | Format::Notification => Target::List(List::Track),
        Format::Registration => Target::Registrations,
        Format::Pairing => Target::Pairings,
        Format::GsmaTac => Target::Models,
        Format::Association | Format::Fleet => Target::Fleet,
    }
}

/// Kind of subject, number, width of a range, IMSI, reason, days since 1970, half hours since then, texts.
type Parts = (u8, u64, u64, String, Option<String>, Option<i32>, Option<i32>, Vec<String>);

/// A row of a target's book with all that any format may say of it.
fn any_row() -> impl Strategy<Value = Parts> {
    let text = "[a-zA-Z][a-zA-Z0-9 ,;|\"é\n'-]{0,12}[a-z.]";
    (
        0u8..5,
        0u64..100_000_000,
        0u64..500,
        "001010[0-9]{9}",
        prop::option::of(text),
        prop::option::of(0i32..40_000),
        prop::option::of(0i32..4_000_000),
        prop::collection::vec(text, 3),
    )
}

fn row_of(target: Target, format: Format, (kind, number, span, imsi, reason, since, until, texts): Parts) -> Row {
    // Test TACs.
    let key = ImeiKey::new(101_700_000_000 + number).unwrap();
    let high = ImeiKey::new(key.number() + span.min(999_999 - u64::from(key.serial()))).unwrap();
    let subject: Subject = match (target, kind) {
        (Target::Models, _) | (_, 3) => Entry::Tac(key.tac()).into(),
        (Target::Pairings, _) | (_, 1) => Entry::Pair(key, imsi.parse().unwrap()).into(),
        (_, 2) => Entry::Range { low: key, high }.into(),
        (_, 4) => Subject::Hash(KeyedHash(u128::from(number) << 64 | u128::from(span))),
        _ => Entry::Device(key).into(),
    };
    let list = match target {
        Target::Lists => Some([List::Block, List::Track, List::Allow][usize::from(kind % 3)]),
        _ => target.list(),
    };
    let names: &[&str] = match target.book() {
        crate::register::Book::Lists if format == Format::Ndjson => &["note", "case_number", "msisdn"],
        crate::register::Book::Lists => &[],
        crate::register::Book::Models => &["manufacturer", "model", "bands"],
        crate::register::Book::Registrations => &["make", "brand_name", "device_id"],
        crate::register::Book::Pairings => &[],
        crate::register::Book::Fleet => &["label", "note", "warranty"],
    };
    let number_of =
        names.iter().zip(&texts).map(|(name, text)| (*name, if *name == "msisdn" { "15550001" } else { text }));
    let at = |seconds: i64| jiff::Timestamp::from_second(seconds).unwrap();
    Row {
        subject,
        list,
        reason: reason.map(Arc::from),
        since: since.map(|days| at(i64::from(days) * 86_400)),
        until: until.map(|hours| at(i64::from(hours) * 1800)),
        fields: fields(&number_of.collect::<Vec<_>>()),
    }
}

proptest! {
    #[test]
    fn what_a_format_can_hold_is_read_again_and_the_rest_is_told_of(
        rows in prop::collection::vec(any_row(), 0..12),
        check_digit: bool,
        at in 0usize..Format::ALL.len(),
    ) {
        let format = Format::ALL[at];
        let target = target_of(format);
        let mut rows: Vec<Row> = rows.into_iter().map(|row| row_of(target, format, row)).filter(|row| target.holds(&row.subject)).collect();
        let mut subjects = Vec::new();
        rows.retain(|row| !subjects.contains(&row.subject) && { subjects.push(row.subject); true });
        let (text, written) = written(format, WriteOptions { check_digit, ..WriteOptions::default() }, &rows);
        let mut reader = Reader::new(text.as_bytes(), Options { format: Some(format), ..Options::new(target) });
        let mut read = Vec::new();
        for item in reader.by_ref() {
            match item {
                Ok(Located { change: Change::Put(row), .. }) => read.push(row),
                Ok(other) => prop_assert!(false, "{other:?}"),
                Err(error) => prop_assert!(rows.is_empty() || written.rows == 0 && error.problem == Problem::Empty, "{error}\n{text}"),
            }
        }
        // What was lost is taken from the rows, and only that.
        for loss in written.losses.iter().filter(|loss| !loss.is_row) {
            for row in &mut rows {
                match &*loss.what {
                    "reason" => row.reason = None,
                    "since" => row.since = None,
                    "until" => row.until = None,
                    name => {
                        let mut left = row.fields.as_deref().cloned().unwrap_or_default();
                        left.remove(name);
                        row.fields = (!left.is_empty()).then(|| Arc::new(left));
                    }
                }
            }
        }
        let left_out: u64 = written.losses.iter().filter(|loss| loss.is_row).map(|loss| loss.count).sum();
        prop_assert_eq!(written.rows + left_out, rows.len() as u64);
        let dropped = |row: &Row| written.losses.iter().any(|loss| loss.is_row && loss.what == subjects::what(&row.subject));
        rows.retain(|row| !dropped(row));
        for row in &mut rows {
            // A stolen list says that its devices were stolen, if it says nothing else.
            if format == Format::Stolen && row.reason.is_none() {
                row.reason = Some("stolen".into());
            }
        }
        prop_assert_eq!(read, rows, "{}", text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"imei,;|\"\n\r#0123456789.E+{}:\0\xFF\xFE".to_vec())], 0..400),
        header in prop::sample::select(vec!["", "imei\n", "imei,label\n", "low,high,list\n", "{", "\u{feff}", "golden_imei;change_type\n"]),
        target in prop::sample::select(Target::ALL.to_vec()),
        squeezed: bool,
    ) {
        let whole = [header.as_bytes(), &bytes].concat();
        let whole = if squeezed { packed(&whole) } else { whole };
        let mut reader = Reader::new(&whole[..], Options::new(target));
        let errors = reader.by_ref().filter(Result::is_err).count();
        prop_assert!(errors <= 24);
        prop_assert!(reader.next().is_none());
    }

    #[test]
    fn it_does_not_matter_how_the_bytes_come(
        rows in prop::collection::vec("[0-9]{13,16}|\"[a-z\n]{0,3}\"?|,{0,3}", 0..30),
        sizes in prop::collection::vec(1usize..7, 1..8),
    ) {
        struct Pieces<'a>(&'a [u8], std::iter::Cycle<std::vec::IntoIter<usize>>);
        impl Read for Pieces<'_> {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                let count = self.1.next().unwrap_or(1).min(out.len()).min(self.0.len());
                out[..count].copy_from_slice(&self.0[..count]);
                self.0 = &self.0[count..];
                Ok(count)
            }
        }
        let text = format!("imei\n{}\n", rows.join("\n"));
        let pieces = Pieces(text.as_bytes(), sizes.into_iter().cycle());
        prop_assert_eq!(says(pieces, Options::new(BLOCK)), read(&text, BLOCK));
    }
}

#[test]
fn many_rows_with_the_same_words_share_them() {
    let text: String = (0..100)
        .map(|at| format!("{},20260131,lost\n", Imei::of(ImeiKey::new(101_700_000_000 + at).unwrap())))
        .collect();
    let text = format!("imei,reporting_date,status\n{text}");
    let reader = Reader::new(text.as_bytes(), Options::new(BLOCK));
    let reasons: Vec<Arc<str>> = reader
        .map(|item| match item.unwrap().change {
            Change::Put(row) => row.reason.unwrap(),
            Change::Drop(_) => "".into(),
        })
        .collect();
    assert!(reasons.iter().all(|reason| Arc::ptr_eq(reason, &reasons[0])));
}
