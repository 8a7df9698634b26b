//! One identity as a list holds it, and what a spreadsheet may have made of it.

use super::problem::Problem;
use crate::identity::{CheckDigit, Equipment, IdentityError, ImeiKey, Kind, ReportingBody, Spelling, Tac};
use crate::register::{Entry, EntryError, KeyedHash, Subject};

/// What is to be counted of the digits of a device that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Fourteen digits that a zero in front makes an IMEI with its check digit, and without which nobody gave them out.
    Lost,
    /// Fourteen digits that a zero in front makes an IMEI with its check digit.
    ShortButFits,
    /// Fourteen digits.
    Short,
    /// Fifteen, of which the last is the check digit.
    Whole,
    /// Fifteen, of which the last is the spare digit 0.
    Spare,
    /// Fifteen, of which the last is wrong.
    Wrong,
    /// Sixteen, or another spelling.
    Other,
}

/// Reads a device.
pub(super) fn device(bytes: &[u8]) -> Result<(ImeiKey, Written), Problem> {
    if let Some(found) = fourteen_or_more(bytes) {
        return Ok(found);
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return match bytes.len() {
            13 => Err(lost("14 or 15 digits", bytes, &[2, 1])),
            12 => Err(lost("14 or 15 digits", bytes, &[2, 3])),
            8 => Err(Problem::TacForImei),
            0 => Err(Problem::NoValue("imei")),
            17 => spelled(bytes),
            found => Err(EntryError::Identity(IdentityError::Length { kind: Kind::Imei, found }).into()),
        };
    }
    suspicion(bytes)?;
    spelled(bytes)
}

/// Reads a TAC.
pub(super) fn tac(bytes: &[u8]) -> Result<Tac, Problem> {
    suspicion(bytes)?;
    if bytes.iter().all(u8::is_ascii_digit) {
        return match bytes.len() {
            8 => eight(bytes),
            7 => Err(lost("8 digits", bytes, &[1])),
            6 => Err(lost("8 digits", bytes, &[2])),
            found => Err(Problem::TacDigits { found }),
        };
    }
    Ok(Tac::parse(text(bytes)?)?)
}

/// Reads whatever stands in a plain list, or in a column that holds anything.
pub(super) fn anything(bytes: &[u8]) -> Result<(Subject, Option<Written>), Problem> {
    if let Some((key, written)) = fourteen_or_more(bytes) {
        return Ok((Entry::Device(key).into(), Some(written)));
    }
    if bytes.len() == 32 && bytes.iter().all(u8::is_ascii_hexdigit) {
        return Ok((Subject::Hash(hash(bytes)?), None));
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        return match bytes.len() {
            8 => Ok((Entry::Tac(eight(bytes)?).into(), None)),
            6 | 7 => tac(bytes).map(|tac| (Entry::Tac(tac).into(), None)),
            _ => device(bytes).map(|(key, written)| (Entry::Device(key).into(), Some(written))),
        };
    }
    suspicion(bytes)?;
    let whole = text(bytes)?;
    match Entry::parse(whole) {
        Ok(Entry::Device(_)) => spelled(bytes).map(|(key, written)| (Entry::Device(key).into(), Some(written))),
        Ok(Entry::Range { low, high }) => {
            // `IMEI,IMSI` and `IMEI,20260131` look like ranges too.
            let parts = low.tac() != high.tac() && (low.serial() != 0 || high.serial() != 999_999);
            if parts { Err(Problem::OddRange) } else { Ok((Entry::Range { low, high }.into(), None)) }
        }
        Ok(entry @ (Entry::Pair(..) | Entry::Tac(_))) => Ok((entry.into(), None)),
        Err(error) => Err(error.into()),
    }
}

/// Reads a keyed hash.
pub(super) fn hash(bytes: &[u8]) -> Result<KeyedHash, Problem> {
    text(bytes)?.parse().map_err(|_| Problem::Hash)
}

/// Reads one end of a range: a device, or a TAC with the serial number that stands at that end.
pub(super) fn end(bytes: &[u8], serial: u64) -> Result<ImeiKey, Problem> {
    if let Some((key, _)) = fourteen_or_more(bytes) {
        return Ok(key);
    }
    if bytes.iter().all(u8::is_ascii_digit) && matches!(bytes.len(), 6..=8) {
        let whole = u64::from(tac(bytes)?.number()) * 1_000_000 + serial;
        return ImeiKey::new(whole).ok_or(Problem::TacDigits { found: 8 });
    }
    device(bytes).map(|(key, _)| key)
}

/// A device in 14, 15 or 16 plain digits, as nearly all come.
fn fourteen_or_more(bytes: &[u8]) -> Option<(ImeiKey, Written)> {
    if !matches!(bytes.len(), 14..=16) {
        return None;
    }
    let mut number = 0_u64;
    let mut other = 0_u8;
    for &byte in &bytes[..14] {
        let digit = byte.wrapping_sub(b'0');
        other |= u8::from(digit > 9);
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    if other != 0 || !bytes[14..].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let key = ImeiKey::new(number)?;
    let written = match bytes {
        [.., last] if bytes.len() == 15 => {
            let sum = sum(&bytes[..14]);
            match (usize::from(last - b'0'), (10 - sum % 10) % 10) {
                (found, expected) if found == expected => Written::Whole,
                (0, _) => Written::Spare,
                (_, _) => Written::Wrong,
            }
        }
        [body @ .., last] if bytes.len() == 14 => {
            // A zero in front changes no sum: it is doubled to zero, and what follows stands where it stood.
            let fits = bytes[0] != b'0' && (sum_behind_a_zero(body) + usize::from(last - b'0')).is_multiple_of(10);
            match fits {
                true if !is_plausible(key) => Written::Lost,
                true => Written::ShortButFits,
                false => Written::Short,
            }
        }
        _ => Written::Other,
    };
    Some((key, written))
}

/// The Luhn sum of fourteen digits: every second doubled, the last among them.
fn sum(digits: &[u8]) -> usize {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let pairs = digits.chunks_exact(2);
    pairs.map(|pair| usize::from(pair[0] - b'0') + usize::from(DOUBLED[usize::from(pair[1] - b'0')])).sum()
}

/// The Luhn sum of thirteen digits with a zero in front.
fn sum_behind_a_zero(digits: &[u8]) -> usize {
    let mut whole = [b'0'; 14];
    for (to, from) in whole[1..].iter_mut().zip(digits) {
        *to = *from;
    }
    sum(&whole)
}

fn spelled(bytes: &[u8]) -> Result<(ImeiKey, Written), Problem> {
    // Modules write a serial number behind a comma; in a list that is another column.
    let parts = bytes.iter().filter(|byte| matches!(byte, b',' | b';' | b'|' | b'\t')).count();
    if parts > 0 {
        return Err(Problem::SeveralValues { found: parts + 1 });
    }
    let text = text(bytes)?;
    let equipment = match Spelling::parse(text) {
        Ok(spelling) => spelling.equipment,
        Err(IdentityError::Length { kind: Kind::Equipment, found: found @ (6 | 7 | 12 | 13) }) => {
            return Err(EntryError::Digits { found }.into());
        }
        Err(error) => return Err(EntryError::Identity(error).into()),
    };
    let key = equipment.key().ok_or(Problem::NotListable(equipment.name()))?;
    let written = match equipment {
        Equipment::Imei(imei) | Equipment::ImeiAndSvn(imei, _) => match imei.check() {
            CheckDigit::Right => Written::Whole,
            CheckDigit::Absent => Written::Short,
            CheckDigit::Spare { .. } => Written::Spare,
            CheckDigit::Wrong { .. } => Written::Wrong,
        },
        Equipment::Imeisv(_) | Equipment::Meid(_) | Equipment::Esn(_) => Written::Other,
    };
    Ok((key, written))
}

/// Numbers as spreadsheets show them, and what has the shape of no digits at all. `490154203237518.0` would else be read
/// as sixteen digits.
pub(super) fn suspicion(bytes: &[u8]) -> Result<(), Problem> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let point = usize::from(matches!(bytes.get(digits), Some(b'.' | b',')));
    let decimals = bytes[digits + point..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &bytes[digits + point + decimals..];
    if digits > 0 && digits + decimals < 18 {
        if let [b'E' | b'e', b'+', exponent @ ..] = rest
            && !exponent.is_empty()
            && exponent.iter().all(u8::is_ascii_digit)
        {
            return Err(Problem::Scientific);
        }
        if let [b'E' | b'e', exponent @ ..] = rest
            && (point == 1 || bytes.len() < 14)
            && !exponent.is_empty()
            && exponent.iter().all(u8::is_ascii_digit)
        {
            return Err(Problem::Scientific);
        }
        // Labels group by dots in other places: `490154.20.323751.8`.
        if rest.is_empty() && bytes.get(digits) == Some(&b'.') && digits >= 7 && decimals <= 2 {
            return Err(Problem::Decimal);
        }
    }
    if bytes.iter().any(|byte| matches!(byte, b'*' | b'#')) && bytes.len() <= 16 {
        return Err(Problem::NotListable("an identity with `*` or `#` in it"));
    }
    Ok(())
}

pub(super) fn lost(expected: &'static str, bytes: &[u8], zeros: &[usize]) -> Problem {
    let mut likely = String::new();
    for (at, &zeros) in zeros.iter().enumerate() {
        let whole = "0".repeat(zeros) + &String::from_utf8_lossy(bytes);
        // A TAC names no device.
        let masked = if whole.len() > 8 { format!("`{}…`", &whole[..8]) } else { format!("`{whole}`") };
        likely += &format!("{}{masked} ({} digits)", if at == 0 { "" } else { " or " }, whole.len());
    }
    Problem::LostZero { expected, found: bytes.len(), likely }
}

fn eight(bytes: &[u8]) -> Result<Tac, Problem> {
    Ok(Tac::parse(text(bytes)?)?)
}

fn text(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| Problem::NotListable("bytes that are no text"))
}

/// Whether somebody gave out numbers that begin like this.
fn is_plausible(key: ImeiKey) -> bool {
    match key.tac().reporting_body() {
        ReportingBody::Unknown | ReportingBody::Retired("DECT devices") => false,
        ReportingBody::Test
        | ReportingBody::Ctia
        | ReportingBody::TuvSud
        | ReportingBody::Taf
        | ReportingBody::Reserved
        | ReportingBody::GlobalHexadecimal
        | ReportingBody::Retired(_) => true,
    }
}
