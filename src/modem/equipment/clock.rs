//! The real-time clock: `+CCLK`.
//!
//! It starts at what the profile says and runs with the schedule.
//!
//! Source: 3GPP TS 27.007, clause 8.15.

use jiff::ToSpan;
use jiff::civil::DateTime;

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::profile::Profile;
use crate::modem::{Modem, Tick};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CCLK", clock)];

/// A clock that was set once and runs since.
///
/// On the wire: `"yy/MM/dd,hh:mm:ss±zz"`, `zz` the difference to GMT in quarters of an hour, −96 to +96.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct Clock {
    local: DateTime,
    /// Quarters of an hour.
    zone: i8,
    since: Tick,
}

impl Clock {
    /// The profile's time.
    pub(super) fn at_power_up(profile: &Profile, now: Tick) -> Self {
        let (local, zone) =
            Self::parse(&profile.equipment.clock).unwrap_or((DateTime::constant(1980, 1, 6, 0, 0, 0, 0), 0));
        Self { local, zone, since: now }
    }

    /// Reads `yy/MM/dd,hh:mm:ss[±zz]`; years 70 to 99 are the last century's.
    pub(in crate::modem) fn parse(text: &str) -> Option<(DateTime, i8)> {
        let (date, time) = text.trim_matches('"').split_once(',')?;
        let (time, zone) = time.split_at_checked(8)?;
        let two = |text: &str| -> Option<i8> {
            let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        };
        let mut date = date.split('/').map(two);
        let mut time = time.split(':').map(two);
        let (Some(year), Some(month), Some(day), None) = (date.next()?, date.next()?, date.next()?, date.next()) else {
            return None;
        };
        let (Some(hour), Some(minute), Some(second), None) = (time.next()?, time.next()?, time.next()?, time.next())
        else {
            return None;
        };
        let century = if year >= 70 { 1900 } else { 2000 };
        let zone = match zone {
            "" => 0,
            zone => {
                let quarters = two(zone.get(1..)?)?;
                match zone.as_bytes()[0] {
                    b'+' => quarters,
                    b'-' => -quarters,
                    _ => return None,
                }
            }
        };
        let local = DateTime::new(century + i16::from(year), month, day, hour, minute, second, 0).ok()?;
        (-96..=96).contains(&zone).then_some((local, zone))
    }

    /// Sets the clock; a text that is no time changes nothing. A text without a zone keeps it.
    pub(in crate::modem) fn set(&mut self, now: Tick, text: &str) -> bool {
        let Some((local, zone)) = Self::parse(text) else {
            return false;
        };
        let zoned = text.trim_matches('"').len() > "yy/MM/dd,hh:mm:ss".len();
        *self = Self { local, zone: if zoned { zone } else { self.zone }, since: now };
        true
    }

    /// The time at `now`, as it stands on the wire, without quotes.
    pub(in crate::modem) fn text(&self, now: Tick) -> String {
        let passed = i64::try_from(now.since(self.since).as_secs()).unwrap_or(i64::MAX);
        let local = self.local.checked_add(passed.min(1_000_000_000).seconds()).unwrap_or(self.local);
        let sign = if self.zone < 0 { '-' } else { '+' };
        format!(
            "{:02}/{:02}/{:02},{:02}:{:02}:{:02}{sign}{:02}",
            local.year().rem_euclid(100),
            local.month(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second(),
            self.zone.unsigned_abs()
        )
    }
}

/// `+CCLK=<time>`, `+CCLK?`
fn clock(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let text = modem.equipment.clock.text(call.now);
            modem.inform(format_args!("+CCLK: \"{text}\""));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let text = match parameters.text(0) {
                Ok(Some(text)) => String::from_utf8_lossy(&text).into_owned(),
                Ok(None) | Err(_) => return Reply::Malformed,
            };
            if parameters.len() == 1 && modem.equipment.clock.set(call.now, &text) {
                Reply::Ok
            } else {
                Reply::Malformed
            }
        }
        Form::Test => Reply::Ok,
        Form::Execute => Reply::Error,
    }
}
