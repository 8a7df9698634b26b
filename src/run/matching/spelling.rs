//! How the vendors write a typed value: with or without quotes, a name before it, separators in it.
//!
//! Types check the shape, not the truth: an IMEI with a wrong check digit is an IMEI.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::identity::{CheckDigit, Eid, Equipment, Iccid, Imei, Imeisv, Imsi, Meid, Msisdn, Spelling, Svn};
use crate::script::Type;

use super::registration::Registration;

/// No identity or address is written with more characters than this, separators included.
const LONGEST: usize = 80;

/// One way to read a typed value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Candidate<'a> {
    /// One past the last byte that it takes, quotes included.
    pub(super) end: usize,
    /// What it binds: what came, less quotes, name and separators.
    pub(super) text: Cow<'a, [u8]>,
}

/// Every way to read a value of this type at this place, the one to try first first.
///
/// `whole` says that the value is all of the pattern: then the line's name may stand before it.
pub(super) fn candidates(kind: Type, line: &[u8], at: usize, whole: bool) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    if whole {
        whole_line(kind, line, &mut found);
    }
    match kind {
        Type::Rest => found.push(Candidate { end: line.len(), text: Cow::Borrowed(&line[at..]) }),
        Type::Reg => registration(line, at, &mut found),
        Type::Str => string(line, at, &mut found),
        Type::Int => digits(line, at, &mut found, is_int),
        Type::Hex => digits(line, at, &mut found, is_hex),
        Type::Pin => digits(line, at, &mut found, is_pin),
        Type::Time => digits(line, at, &mut found, is_time),
        Type::Ip => digits(line, at, &mut found, is_ip),
        Type::Imei | Type::Imeisv | Type::Meid | Type::Imsi | Type::Iccid | Type::Eid | Type::Msisdn => {
            identity(kind, line, at, &mut found);
        }
    }
    found
}

/// `+CGSN: "490154203237518"`, `490154203237518,SERIAL`, `+CIMI: 001010000000001`.
fn whole_line<'a>(kind: Type, line: &'a [u8], found: &mut Vec<Candidate<'a>>) {
    let end = line.len();
    if matches!(kind, Type::Imei | Type::Imeisv | Type::Meid) {
        let read = std::str::from_utf8(line).ok().and_then(|line| Spelling::parse(line).ok());
        let text = match (kind, read.map(|spelling| spelling.equipment)) {
            (Type::Imei, Some(Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _))) => Some(imei.to_string()),
            (Type::Imeisv, Some(Equipment::Imeisv(imeisv))) => Some(imeisv.to_string()),
            (Type::Imeisv, Some(Equipment::ImeiAndSvn(imei, svn))) => Some(Imeisv::new(imei.key(), svn).to_string()),
            (Type::Meid, Some(Equipment::Meid(meid))) => Some(checked(meid)),
            _ => None,
        };
        found.extend(text.map(|text| Candidate { end, text: Cow::Owned(text.into_bytes()) }));
    }
    if matches!(kind, Type::Rest | Type::Reg) {
        return;
    }
    let Some(start) = name(line) else { return };
    // The value behind the name must be all of the rest.
    found.extend(candidates(kind, line, start, false).into_iter().filter(|candidate| candidate.end == end));
}

/// Where the value begins behind `+NAME: `.
fn name(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', line)?;
    let name = line[..colon].strip_prefix(b"+").or_else(|| line[..colon].split_first().map(|(_, rest)| rest))?;
    let signed = matches!(line.first(), Some(b'+' | b'#' | b'^' | b'%' | b'*' | b'$' | b'!' | b'@' | b'_'));
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"!%-./_ ".contains(byte);
    if name.is_empty() && signed || !name.iter().all(word) || !signed && !line[0].is_ascii_alphabetic() {
        return None;
    }
    let blanks = line[colon + 1..].iter().take_while(|byte| **byte == b' ').count();
    Some(colon + 1 + blanks)
}

/// The line's name, sign included: `+CEREG`; empty where it has none.
pub(super) fn line_name(line: &[u8]) -> &[u8] {
    match memchr::memchr(b':', line) {
        Some(colon) if line.first() == Some(&b'+') => &line[..colon],
        Some(_) | None => &[],
    }
}

/// All fields up to the end, whether the line's name stands before them or in the pattern.
fn registration<'a>(line: &'a [u8], at: usize, found: &mut Vec<Candidate<'a>>) {
    let start = if at == 0 { name(line).unwrap_or(0) } else { at };
    let text = &line[start..];
    if Registration::parse(line_name(line), text).is_some() {
        found.push(Candidate { end: line.len(), text: Cow::Borrowed(text) });
    }
}

/// A quoted string, or bare text that does not cross a comma.
fn string<'a>(line: &'a [u8], at: usize, found: &mut Vec<Candidate<'a>>) {
    if line.get(at) == Some(&b'"') {
        // Modules send quotes inside quotes raw: any later one may be the closing one.
        for close in memchr::memchr_iter(b'"', &line[at + 1..]) {
            let close = at + 1 + close;
            found.push(Candidate { end: close + 1, text: Cow::Borrowed(&line[at + 1..close]) });
        }
        return;
    }
    let limit = super::comma(line, at);
    found.extend((at..=limit).map(|end| Candidate { end, text: Cow::Borrowed(&line[at..end]) }));
}

/// Text of few characters with or without quotes around it, the longest first.
fn digits<'a>(line: &'a [u8], at: usize, found: &mut Vec<Candidate<'a>>, shaped: fn(&[u8]) -> bool) {
    let quoted = line.get(at) == Some(&b'"');
    let start = at + usize::from(quoted);
    if quoted {
        let Some(close) = memchr::memchr(b'"', &line[start..]).map(|close| start + close) else { return };
        if shaped(&line[start..close]) {
            found.push(Candidate { end: close + 1, text: Cow::Borrowed(&line[start..close]) });
        }
        return;
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.:/,".contains(byte);
    let run = line[start..].iter().take(LONGEST).take_while(|byte| allowed(byte)).count();
    for length in (1..=run).rev() {
        let text = &line[start..start + length];
        if shaped(text) {
            found.push(Candidate { end: start + length, text: Cow::Borrowed(text) });
        }
    }
}

/// `-?[0-9]+`
fn is_int(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Hexadecimal digits, `0x` before them or not.
fn is_hex(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")).unwrap_or(text);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

/// 4 to 8 digits (3GPP TS 31.101 clause 9.5.1).
fn is_pin(text: &[u8]) -> bool {
    (4..=8).contains(&text.len()) && text.iter().all(u8::is_ascii_digit)
}

/// `yy/MM/dd,hh:mm:ss±zz`, with a year of two or four digits, the zone or the seconds left out (3GPP TS 27.007 clause 8.15).
fn is_time(text: &[u8]) -> bool {
    let Some((date, time)) = std::str::from_utf8(text).ok().and_then(|text| text.split_once(',')) else { return false };
    let (clock, zone) = match time.find(['+', '-']) {
        Some(sign) => (&time[..sign], Some(&time[sign + 1..])),
        None => (time, None),
    };
    let numbers = |text: &str, separator: char, lengths: &[&[usize]]| {
        let parts: Vec<&str> = text.split(separator).collect();
        parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
            && lengths.iter().any(|lengths| parts.iter().map(|part| part.len()).eq(lengths.iter().copied()))
    };
    numbers(date, '/', &[&[2, 2, 2], &[4, 2, 2]])
        && numbers(clock, ':', &[&[2, 2, 2], &[2, 2]])
        && zone.is_none_or(|zone| numbers(zone, ':', &[&[2], &[2, 2]]))
}

/// IPv4, IPv6, or IPv6 as sixteen numbers with dots (3GPP TS 27.007 clause 10.1.1).
fn is_ip(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    text.parse::<IpAddr>().is_ok()
        || text.split('.').count() == 16 && text.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// An identity in the midst of a line: separators are taken, quotes must close.
fn identity<'a>(kind: Type, line: &'a [u8], at: usize, found: &mut Vec<Candidate<'a>>) {
    let quoted = line.get(at) == Some(&b'"');
    let start = at + usize::from(quoted);
    let run = if quoted {
        match memchr::memchr(b'"', &line[start..]) {
            Some(length) => length,
            None => return,
        }
    } else {
        let allowed = |byte: &u8| byte.is_ascii_hexdigit() || b" -/.+xX".contains(byte);
        line[start..].iter().take(LONGEST).take_while(|byte| allowed(byte)).count()
    };
    let shortest = if quoted { run } else { 1 };
    for length in (shortest..=run).rev() {
        let bytes = &line[start..start + length];
        // Separators stand between digits, never at the ends.
        let outer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        if !(outer(bytes.last()) && (outer(bytes.first()) || bytes.first() == Some(&b'+'))) {
            continue;
        }
        if let Some(text) = std::str::from_utf8(bytes).ok().and_then(|text| canonical(kind, text)) {
            let text = if text.as_bytes() == bytes { Cow::Borrowed(bytes) } else { Cow::Owned(text.into_bytes()) };
            found.push(Candidate { end: start + length + usize::from(quoted), text });
        }
    }
}

/// An MEID with its check digit, as it came, where it had one.
fn checked(meid: Meid) -> String {
    match meid.check() {
        CheckDigit::Absent => meid.to_string(),
        CheckDigit::Right => format!("{meid}{:X}", meid.check_digit()),
        CheckDigit::Spare { .. } => format!("{meid}0"),
        CheckDigit::Wrong { found, .. } => format!("{meid}{found:X}"),
    }
}

/// The software version behind an IMEI: `49015420323751801`, `490154203237518 SV: 01`.
pub(super) fn svn(written: &[u8]) -> Option<Svn> {
    match Spelling::parse(std::str::from_utf8(written).ok()?).ok()?.equipment {
        Equipment::ImeiAndSvn(_, svn) => Some(svn),
        Equipment::Imei(_) | Equipment::Imeisv(_) | Equipment::Meid(_) | Equipment::Esn(_) => None,
    }
}

/// What came, less its separators, if it has the shape of the type.
fn canonical(kind: Type, text: &str) -> Option<String> {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    match kind {
        Type::Imei if digits == 17 => match Spelling::parse(text).ok()?.equipment {
            Equipment::ImeiAndSvn(imei, _) => Some(imei.to_string()),
            Equipment::Imei(_) | Equipment::Imeisv(_) | Equipment::Meid(_) | Equipment::Esn(_) => None,
        },
        Type::Imei => Imei::parse(text).ok().map(|imei| imei.to_string()),
        Type::Imeisv => Imeisv::parse(text).ok().map(|imeisv| imeisv.to_string()),
        Type::Meid => Meid::parse(text).ok().map(|meid| if digits < 18 { checked(meid) } else { meid.to_string() }),
        Type::Imsi => Imsi::parse(text).ok().map(|imsi| imsi.to_string()),
        Type::Iccid => Iccid::parse(text).ok().map(|_| text.replace([' ', '-'], "")),
        Type::Eid => Eid::parse(text).ok().map(|eid| eid.to_string()),
        Type::Msisdn => Msisdn::parse(text).ok().map(|msisdn| msisdn.to_string()),
        Type::Int | Type::Hex | Type::Str | Type::Pin | Type::Reg | Type::Ip | Type::Time | Type::Rest => None,
    }
}
