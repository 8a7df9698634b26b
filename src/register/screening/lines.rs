//! Lines of text, each with an identity in its first column.
//!
//! Nearly all lines of a large file are 14 to 16 digits and nothing else. Those are read eight digits at a time; every
//! other line takes the long way, through [`Spelling`], and comes to the same.

use super::marks::Marks;
use crate::identity::{CheckDigit, Equipment, ImeiKey, Spelling};

/// A longer line, in bytes, is malformed whatever it says.
pub(super) const LONGEST: usize = 4096;

/// An identity that was read, or what came in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Where its text begins in the block.
    pub(super) start: u32,
    /// Its line, counted in the block from 0.
    pub(super) number: u32,
    /// The key, or [`NO_KEY`].
    pub(super) key: u64,
    /// How long its text is.
    pub(super) length: u16,
    pub(super) marks: Marks,
}

/// What stands in the place of a key where there is none.
pub(super) const NO_KEY: u64 = u64::MAX;

impl Line {
    pub(super) fn key(&self) -> Option<ImeiKey> {
        ImeiKey::new(self.key)
    }
}

/// Reads a block of whole lines; the last may lack its line end. Returns how many lines there are, blank ones, comments
/// and a header too.
pub(super) fn read(text: &[u8], is_first: bool, lines: &mut Vec<Line>) -> Lines {
    let mut found = Lines::default();
    let mut at = if is_first && text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    while at < text.len() {
        let start = at as u32;
        if let Some(digits) = digits(&text[at..]) {
            let length = usize::from(digits.length);
            at += length;
            at += match text[at] {
                b'\n' => 1,
                b'\r' => 2,
                _ => line_end(&text[at..]) + 1,
            };
            lines.push(Line {
                start,
                number: found.count,
                key: digits.key,
                length: digits.length,
                marks: digits.marks,
            });
        } else {
            let end = at + line_end(&text[at..]);
            match slow(&text[at..end]) {
                Some((_, _, _)) if is_first && lines.is_empty() && !found.has_header && is_header(&text[at..end]) => {
                    found.has_header = true;
                }
                Some((from, length, judged)) => {
                    let (key, marks) = judged.unwrap_or((NO_KEY, Marks::MALFORMED));
                    lines.push(Line { start: start + from, number: found.count, key, length, marks });
                }
                None => found.skipped += 1,
            }
            at = end + 1;
        }
        found.count += 1;
    }
    found
}

/// What a block holds besides identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lines {
    /// Lines of any kind.
    pub(super) count: u32,
    /// Blank lines and comments.
    pub(super) skipped: u32,
    /// Whether the first line names the columns.
    pub(super) has_header: bool,
}

fn line_end(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).unwrap_or(text.len())
}

/// An identity of plain digits at the beginning of a text, and what follows it is the end of the line or of the column.
struct Digits {
    key: u64,
    length: u16,
    marks: Marks,
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// Reads 14, 15 or 16 digits; `None` sends the line the long way.
fn digits(text: &[u8]) -> Option<Digits> {
    let head = text.first_chunk::<18>()?;
    let (first, second) = (word(head, 0) ^ (b'0' as u64 * ONES), word(head, 8) ^ (b'0' as u64 * ONES));
    if others(first) != 0 {
        return None;
    }
    let length = 8 + (others(second).trailing_zeros() / 8) as usize;
    let is_end = match head.get(length) {
        Some(b'\n' | b',' | b';' | b'\t') => true,
        Some(b'\r') => head.get(length + 1) == Some(&b'\n'),
        Some(_) | None => false,
    };
    if length < 14 || !is_end {
        return None;
    }
    // The six digits of the serial number move up, with two zeros before them.
    let serial = second << 16;
    let key = number(first) * 1_000_000 + number(serial);
    let marks = if length == 15 {
        let found = (second >> 48) as u8;
        let expected = (10 - luhn(first, serial) % 10) % 10;
        Marks::SPARE_DIGIT
            .when(found != expected && found == 0)
            .with(Marks::CHECK_DIGIT.when(found != expected && found != 0))
    } else {
        Marks::NONE
    };
    Some(Digits { key, length: length as u16, marks })
}

fn word(head: &[u8; 18], from: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&head[from..from + 8]);
    u64::from_le_bytes(word)
}

/// The upper bit of each octet above 9.
fn others(word: u64) -> u64 {
    (((word & (0x7F * ONES)) + 0x76 * ONES) | word) & (0x80 * ONES)
}

/// The number that eight octets of one digit each write, the first in the lowest: pairs, then fours, then all eight.
fn number(digits: u64) -> u64 {
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    (fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF
}

/// The sum of sixteen digits, of which every second is doubled and loses 9 if it then exceeds it. Two zeros before the
/// serial number leave the others in their places.
///
/// Source: ISO/IEC 7812-1 Annex B; 3GPP TS 23.003 Annex B.
fn luhn(first: u64, serial: u64) -> u8 {
    const SECOND: u64 = 0xFF00_FF00_FF00_FF00;
    let doubled = |digits: u64| {
        let doubled = digits + (digits & SECOND);
        let above = ((doubled + 0x76 * ONES) & (0x80 * ONES)) >> 7;
        doubled - above * 9
    };
    ((doubled(first) + doubled(serial)).wrapping_mul(ONES) >> 56) as u8
}

/// What the long way makes of a line: where its text begins and how long it is, and key and marks if it is an identity;
/// `None` for a blank line or a comment.
type Slow = Option<(u32, u16, Option<(u64, Marks)>)>;

fn slow(line: &[u8]) -> Slow {
    let trimmed = line.trim_ascii();
    if trimmed.is_empty() || trimmed == b"#" || trimmed.starts_with(b"# ") || trimmed.starts_with(b"#\t") {
        return None;
    }
    let from = (line.len() - line.trim_ascii_start().len()).min(LONGEST) as u32;
    if line.len() > LONGEST {
        return Some((from, (LONGEST as u32 - from) as u16, None));
    }
    let column = column(trimmed);
    let judged = std::str::from_utf8(column).ok().and_then(|text| Spelling::parse(text).ok()).and_then(|spelling| {
        let (key, marks) = judge(spelling.equipment)?;
        Some((key.number(), marks))
    });
    Some((from, column.len() as u16, judged))
}

/// The first column: up to a comma, a semicolon or a tab that does not stand between quotation marks.
fn column(line: &[u8]) -> &[u8] {
    let mut is_quoted = false;
    let end = line.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        !is_quoted && matches!(byte, b',' | b';' | b'\t')
    });
    line[..end.unwrap_or(line.len())].trim_ascii_end()
}

/// Key and marks of an identity; `None` where it has no IMEI.
fn judge(equipment: Equipment) -> Option<(ImeiKey, Marks)> {
    let check = match equipment {
        Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _) => imei.check(),
        Equipment::Meid(meid) => meid.check(),
        Equipment::Imeisv(_) | Equipment::Esn(_) => CheckDigit::Absent,
    };
    let marks = match check {
        CheckDigit::Right | CheckDigit::Absent => Marks::NONE,
        CheckDigit::Spare { .. } => Marks::SPARE_DIGIT,
        CheckDigit::Wrong { .. } => Marks::CHECK_DIGIT,
    };
    Some((equipment.key()?, marks))
}

/// Whether a line names columns: the first one's name has `imei` in it and no digit.
fn is_header(line: &[u8]) -> bool {
    let column = column(line.trim_ascii());
    let is_name = column.windows(4).any(|four| four.eq_ignore_ascii_case(b"imei"));
    is_name && !column.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        let found = read(text, true, &mut lines);
        let line = |line: &Line| {
            let from = line.start as usize;
            let column = String::from_utf8_lossy(&text[from..from + usize::from(line.length)]);
            let key = line.key().map_or_else(|| "no key".to_owned(), |key| key.to_string());
            format!("{} [{column}] {key} {}", line.number, line.marks).trim_end().to_owned()
        };
        let head = format!("{} lines, {} skipped, header: {}", found.count, found.skipped, found.has_header);
        std::iter::once(head).chain(lines.iter().map(line)).collect()
    }

    #[test]
    fn each_line_gives_its_key_and_what_is_wrong_with_it() {
        let text = "\u{feff}IMEI;model\n# a comment\n\n  \r\n001017001234569\n00101700123456\r\n0010170012345601\n001017001234560\n\
                    001017001234568\n001017001234569,rest,of it\n001017001234569;a\tb\n\"001017001234569\",x\n 00-101700-123456-9 \n\
                    +CGSN: \"001017001234569\"\n#CGSN: 001017001234569\nimeisv-0010170012345601\n00101700123456901\n\
                    AF0123450ABCDE\n1017001234569\n3.50E+14\n001O17001234569\n00101700123456\u{b2}\n#\n001017001234569";
        insta::assert_snapshot!(told(text.as_bytes()).join("\n"), @r#"
        24 lines, 4 skipped, header: true
        4 [001017001234569] 00101700123456
        5 [00101700123456] 00101700123456
        6 [0010170012345601] 00101700123456
        7 [001017001234560] 00101700123456 spare-digit
        8 [001017001234568] 00101700123456 check-digit
        9 [001017001234569] 00101700123456
        10 [001017001234569] 00101700123456
        11 ["001017001234569"] 00101700123456
        12 [00-101700-123456-9] 00101700123456
        13 [+CGSN: "001017001234569"] 00101700123456
        14 [#CGSN: 001017001234569] 00101700123456
        15 [imeisv-0010170012345601] 00101700123456
        16 [00101700123456901] 00101700123456
        17 [AF0123450ABCDE] no key malformed
        18 [1017001234569] no key malformed
        19 [3.50E+14] no key malformed
        20 [001O17001234569] no key malformed
        21 [00101700123456²] no key malformed
        23 [001017001234569] 00101700123456
        "#);
    }

    #[test]
    fn a_long_line_is_malformed_and_the_next_is_read() {
        let text = format!("{}\n{}\n001017001234569\n", "0".repeat(LONGEST), "0".repeat(LONGEST + 1));
        let told = told(text.as_bytes());
        assert!(told[1].ends_with("no key malformed") && told[2].ends_with("no key malformed"));
        assert_eq!(told[3], "2 [001017001234569] 00101700123456");
    }

    proptest! {
        #[test]
        fn the_short_way_comes_to_the_same_as_the_long_one(
            identity in prop_oneof![6 => "[0-9]{13,17}", 1 => "[0-9]{14}0", 1 => "[0-9:/]{14,16}", 1 => "[\u{80}-\u{ff}0-9]{14,16}"],
            end in prop_oneof![Just("\n"), Just("\r\n"), Just(",x\n"), Just(";\"\n"), Just("\t\n"), Just(" \n"), Just("\r")],
        ) {
            let text = format!("{identity}{end}padding that makes the text long enough");
            let line = text.split('\n').next().unwrap_or("");
            let long = slow(line.as_bytes()).and_then(|(_, length, judged)| Some((length, judged?)));
            if let Some(short) = digits(text.as_bytes()) {
                prop_assert_eq!(Some((short.length, (short.key, short.marks))), long);
            } else {
                let is_plain = (14..=16).contains(&identity.len()) && identity.bytes().all(|byte| byte.is_ascii_digit());
                prop_assert!(!is_plain || end == " \n" || end == "\r", "{:?}", text);
            }
        }

        #[test]
        fn any_bytes_are_read(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'0'), Just(b'"'), any::<u8>()], 0..300)) {
            let mut lines = Vec::new();
            let found = read(&text, false, &mut lines);
            let expected = text.split(|byte| *byte == b'\n').count() - usize::from(text.ends_with(b"\n") || text.is_empty());
            prop_assert_eq!(found.count as usize, expected);
            prop_assert_eq!(lines.len() + found.skipped as usize, expected);
            for line in lines {
                prop_assert!(line.start as usize + usize::from(line.length) <= text.len());
            }
        }
    }
}
