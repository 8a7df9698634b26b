//! Identities in their own digits: runs of them, found by their number and by what the line is about.
//!
//! Rather one too many than one too few: a run of fifteen digits is masked wherever it stands, whether its check digit
//! holds or not.

use std::ops::Range;

use super::identity::{Identity, Kind};
use super::subjects::Subjects;
use super::{Find, What, coded};
use crate::identity::{CheckDigit, Eid, Iccid, Imei, Imsi};

/// A telephone number with fewer digits is a service's, not a person's.
pub(super) const SHORTEST_NUMBER: usize = 7;

/// Everything in `text` that looks like an identity, test ones too.
pub(super) fn finds(text: &[u8], about: Subjects) -> Vec<Find> {
    let mut found = Vec::new();
    let mut words = words(text).peekable();
    while let Some(word) = words.next() {
        if coded::is_text(text, &word, about) {
            coded::text(text, &word, about, &mut found);
            continue;
        }
        if !is_decimal(&text[word.clone()]) {
            mixed(text, &word, about, &mut found);
            continue;
        }
        let mut group = vec![word];
        while let Some(next) = words.peek()
            && joined(text, &group, next)
        {
            group.extend(words.next());
        }
        self::group(text, &group, about, &mut found);
    }
    found
}

/// Runs of letters and digits that hold four digits at least, too short ones left out.
fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() && !text[at].is_ascii_alphanumeric() {
            at += 1;
        }
        let start = at;
        while at < text.len() && text[at].is_ascii_alphanumeric() {
            at += 1;
        }
        (start < at).then_some(start..at)
    })
}

/// Whether labels and manuals would write these as one number: digits, one separator, digits.
fn joined(text: &[u8], group: &[Range<usize>], next: &Range<usize>) -> bool {
    let Some(last) = group.last() else { return false };
    next.start == last.end + 1 && b" -./".contains(&text[last.end]) && is_decimal(&text[next.clone()])
}

fn is_decimal(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit)
}

fn group(text: &[u8], group: &[Range<usize>], about: Subjects, found: &mut Vec<Find>) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let start = first.start;
    let plus = start > 0 && text[start - 1] == b'+' && !(start > 1 && text[start - 2].is_ascii_digit());
    let start = start - usize::from(plus);
    let whole = || {
        let bare: String =
            text[first.start..last.end].iter().filter(|b| b.is_ascii_digit()).map(|&b| char::from(b)).collect();
        let identity = identity(&bare, plus, about)?;
        Some(Find { range: start..last.end, what: What::Plain(identity) })
    };
    if group.len() == 1 {
        match whole() {
            Some(find) => found.push(find),
            None => coded::text(text, first, about, found),
        }
        return;
    }
    let separators: Vec<u8> = group[1..].iter().map(|word| text[word.start - 1]).collect();
    // 10.0.0.1 and 26/01/31 are no numbers of persons or devices.
    let address = separators.iter().all(|&byte| byte == b'.') && group.iter().all(|word| word.len() <= 3);
    let date = separators.contains(&b'/') && group.iter().all(|word| word.len() <= 4);
    if !address
        && !date
        && (plus || about.has(Subjects::NUMBER))
        && let Some(find) = whole()
    {
        found.push(find);
        return;
    }
    let before = found.len();
    for (index, word) in group.iter().enumerate() {
        self::group(text, std::slice::from_ref(word), about, found);
        // A `+` belongs to the first only.
        debug_assert!(index == 0 || text[word.start - 1] != b'+');
    }
    if found.len() == before
        && !address
        && !date
        && let Some(find) = whole()
    {
        found.push(find);
    }
}

/// What so many digits are, where the line is about this.
fn identity(digits: &str, plus: bool, about: Subjects) -> Option<Identity> {
    let count = digits.len();
    let (device, subscriber) = (about.has(Subjects::EQUIPMENT), about.has(Subjects::SUBSCRIBER));
    if plus && (SHORTEST_NUMBER..=15).contains(&count) {
        return Some(Identity::new(Kind::Msisdn, format!("+{digits}")));
    }
    match count {
        32 if about.has(Subjects::EUICC) || is_eid(digits) => return Some(Identity::new(Kind::Eid, digits)),
        18..=20 if about.has(Subjects::CARD) || is_iccid(digits) => return Some(Identity::new(Kind::Iccid, digits)),
        18 | 19 if device => return Some(Identity::new(Kind::Meid, digits)),
        17 if device => return Some(Identity::new(Kind::Imei, &digits[..15])),
        16 if device => return Some(Identity::new(Kind::Imeisv, digits)),
        15 => return Some(fifteen(digits, device, subscriber)),
        14 if device => return Some(Identity::new(Kind::Imei, digits)),
        10..=14 if subscriber => return Some(Identity::new(Kind::Imsi, digits)),
        8 if about.has(Subjects::SERIAL) => return Some(Identity::new(Kind::Esn, digits)),
        _ => {}
    }
    if about.has(Subjects::SECRET) && (4..=8).contains(&count) {
        return Some(Identity::new(Kind::Pin, digits));
    }
    (about.has(Subjects::NUMBER) && (SHORTEST_NUMBER..=15).contains(&count))
        .then(|| Identity::new(Kind::Msisdn, digits))
}

/// Fifteen digits are an IMEI or an IMSI: by what was asked, else by the check digit, else by the country code.
fn fifteen(digits: &str, device: bool, subscriber: bool) -> Identity {
    let imei = Identity::new(Kind::Imei, digits);
    let imsi = Identity::new(Kind::Imsi, digits);
    match (device, subscriber) {
        (true, false) => return imei,
        (false, true) => return imsi,
        (true, true) | (false, false) => {}
    }
    if !device && (imei.is_public() || imsi.is_public()) {
        // Nobody knows which it is, and as one of them it may be shown.
        return if imei.is_public() { imei } else { imsi };
    }
    if Imei::parse(digits).is_ok_and(|imei| imei.check() == CheckDigit::Right) {
        return imei;
    }
    let country = Imsi::parse(digits).map_or(0, Imsi::mcc);
    if matches!(country, 1 | 200..=799 | 901 | 999) { imsi } else { imei }
}

fn is_iccid(digits: &str) -> bool {
    (digits.starts_with("89") || digits.starts_with("98") && digits.len() == 20) && Iccid::parse(digits).is_ok()
}

fn is_eid(digits: &str) -> bool {
    // UCS2 of ASCII begins with 00, and one in 97 has the right check digits.
    digits.starts_with("89") || !digits.starts_with("00") && Eid::parse(digits).is_ok_and(Eid::is_sound)
}

/// A word with letters in it: hexadecimal digits, or digits behind a name.
fn mixed(text: &[u8], word: &Range<usize>, about: Subjects, found: &mut Vec<Find>) {
    let bytes = &text[word.clone()];
    let prefixed = bytes.len() > 2 && bytes[0] == b'0' && bytes[1].eq_ignore_ascii_case(&b'x');
    let bare = if prefixed { word.start + 2..word.end } else { word.clone() };
    if text[bare.clone()].iter().all(u8::is_ascii_hexdigit) {
        let before = found.len();
        match hexadecimal(&text[bare.clone()], prefixed, about) {
            Some(identity) => found.push(Find { range: bare.clone(), what: What::Plain(identity) }),
            None => coded::text(text, &bare, about, found),
        }
        // A to F are also keys of a telephone, and A to D stand in dial strings.
        if found.len() > before || bare.len() > 16 {
            return;
        }
    }
    let mut at = word.start;
    while at < word.end {
        let run = text[at..word.end].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let enough = if about.has(Subjects::NUMBER) { SHORTEST_NUMBER } else { 14 };
        if run >= enough
            && let Ok(digits) = std::str::from_utf8(&text[at..at + run])
            && let Some(identity) = identity(digits, false, about)
        {
            found.push(Find { range: at..at + run, what: What::Plain(identity) });
        }
        at += run.max(1);
    }
}

/// Hexadecimal digits of which one is a letter at least, or that stand behind `0x`.
fn hexadecimal(digits: &[u8], prefixed: bool, about: Subjects) -> Option<Identity> {
    let text = std::str::from_utf8(digits).ok()?;
    let device = about.has(Subjects::EQUIPMENT);
    match text.len() {
        7 | 8 if device && (prefixed || about.has(Subjects::SERIAL)) => Some(Identity::new(Kind::Esn, text)),
        14 | 15 if device => Some(Identity::new(Kind::Meid, text)),
        16 if device && prefixed => Some(Identity::new(Kind::Meid, text)),
        18..=20 if about.has(Subjects::CARD) || filled(text) => Some(Identity::new(Kind::Iccid, text)),
        _ => None,
    }
    .filter(|identity| identity.kind != Kind::Iccid || Iccid::parse(text).is_ok())
}

/// An ICCID with the F that fills its twentieth place, nibbles swapped or not.
fn filled(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    letters == 1
        && text.len() == 20
        && (text.starts_with("89") && bytes[19].eq_ignore_ascii_case(&b'F')
            || text.starts_with("98") && bytes[18].eq_ignore_ascii_case(&b'F'))
}
