//! Dates as lists write them.

use super::problem::{Problem, shown};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Reads `20260131`, `2026-01-31`, `31-Jan-2026` (GSMA's file), or a moment by RFC 3339; a date is midnight in UTC.
pub(super) fn read(bytes: &[u8]) -> Result<Timestamp, Problem> {
    let wrong = || Problem::Date(shown(bytes));
    let text = std::str::from_utf8(bytes).map_err(|_| wrong())?;
    if text.contains(['T', 't', ' ']) && text.len() > 11 {
        return text.parse().map_err(|_| wrong());
    }
    let date = match (text.len(), text.contains('-')) {
        (8, false) if text.bytes().all(|byte| byte.is_ascii_digit()) => Date::strptime("%Y%m%d", text),
        (10, true) => Date::strptime("%Y-%m-%d", text),
        (11, true) => Date::strptime("%d-%b-%Y", text),
        (_, _) => return Err(wrong()),
    };
    let zoned = date.and_then(|date| date.to_zoned(TimeZone::UTC)).map_err(|_| wrong())?;
    Ok(zoned.timestamp())
}

/// `20260131`, if it is midnight in UTC that day.
pub(super) fn compact(time: Timestamp) -> Option<String> {
    let zoned = time.to_zoned(TimeZone::UTC);
    (zoned.datetime().time() == jiff::civil::Time::midnight()).then(|| zoned.strftime("%Y%m%d").to_string())
}
