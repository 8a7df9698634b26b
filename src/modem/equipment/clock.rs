//! The real-time clock: `+CCLK`; what the network tells of its time: `+CTZU`, `+CTZR`.
//!
//! It starts at what the profile says and runs with the schedule.
//!
//! Source: 3GPP TS 27.007, clauses 8.15, 8.40 and 8.41; 6.22 for years of four digits.

use jiff::ToSpan;
use jiff::civil::DateTime;

use super::Equipment;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::profile::Profile;
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("+CCLK", clock), Entry::new("+CTZU", zone_update), Entry::new("+CTZR", zone_report)];

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

    /// The local time at `now`.
    fn local(&self, now: Tick) -> DateTime {
        let passed = i64::try_from(now.since(self.since).as_secs()).unwrap_or(i64::MAX);
        self.local.checked_add(passed.min(1_000_000_000).seconds()).unwrap_or(self.local)
    }

    /// The universal time at `now`.
    fn universal(&self, now: Tick) -> DateTime {
        let local = self.local(now);
        local.checked_sub((i64::from(self.zone) * 15).minutes()).unwrap_or(local)
    }

    /// The time at `now`, as it stands on the wire, without quotes.
    pub(in crate::modem) fn text(&self, now: Tick) -> String {
        let local = self.local(now);
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

/// `+CTZU=[<onoff>]`: 1 sets the clock as the network tells it.
fn zone_update(modem: &mut Modem, call: &Call<'_>) -> Reply {
    modem.number_setting(call, "+CTZU", Setting::ZoneUpdate)
}

/// `+CTZR=[<reporting>]`: 1 to 3 report the zone when it changes.
fn zone_report(modem: &mut Modem, call: &Call<'_>) -> Reply {
    modem.number_setting(call, "+CTZR", Setting::ZoneReport)
}

impl Equipment {
    /// The network tells its time, if it does: the clock follows where `+CTZU` is on, and a zone that is new is reported.
    ///
    /// Source: 3GPP TS 22.042; TS 27.007, clauses 8.40 and 8.41.
    pub(in crate::modem) fn network_time(modem: &mut Modem, now: Tick) {
        let profile = Clock::parse(&modem.profile.network.time);
        let profile = profile.map(|(local, zone)| Clock { local, zone, since: Tick::ZERO });
        let Some(told) = profile.map(|profile| modem.equipment.network.unwrap_or(profile)) else { return };
        if modem.setting(Setting::ZoneUpdate) == 1 {
            modem.equipment.clock = told;
        }
        Self::zone_told(modem, now, &told);
    }

    /// The clock is set from outside, as the network does it.
    pub(in crate::modem) fn clock_set(modem: &mut Modem, now: Tick, text: &str) {
        if modem.equipment.clock.set(now, text) {
            let told = modem.equipment.clock;
            modem.equipment.network = Some(told);
            Self::zone_told(modem, now, &told);
        }
    }

    /// `+CTZV: <tz>`, `+CTZE: <tz>,<dst>,<time>` or `+CTZEU: <tz>,<dst>,<utime>`, as each port's `+CTZR` has it.
    fn zone_told(modem: &mut Modem, now: Tick, told: &Clock) {
        let before = modem.equipment.zone.replace(told.zone);
        if before == Some(told.zone) {
            return;
        }
        let (zone, dst) = (format!("{:+03}", told.zone), modem.profile.network.dst);
        let full = |time: DateTime| {
            let (date, time) = (time.date(), time.time());
            format!(
                "{:04}/{:02}/{:02},{:02}:{:02}:{:02}",
                date.year(),
                date.month(),
                date.day(),
                time.hour(),
                time.minute(),
                time.second()
            )
        };
        let (local, universal) = (full(told.local(now)), full(told.universal(now)));
        modem.tell(|modem| match modem.setting(Setting::ZoneReport) {
            1 => Some(format!("+CTZV: \"{zone}\"")),
            2 => Some(format!("+CTZE: \"{zone}\",{dst},\"{local}\"")),
            3 => Some(format!("+CTZEU: \"{zone}\",{dst},\"{universal}\"")),
            _ => None,
        });
    }
}

/// `+CCLK=<time>`, `+CCLK?`
fn clock(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let clock = modem.equipment.clock;
            let (text, year) = (clock.text(call.now), clock.local(call.now).year());
            match modem.has_long_years() {
                // The century stands before the same text.
                true => modem.inform(format_args!("+CCLK: \"{:02}{text}\"", year.div_euclid(100))),
                false => modem.inform(format_args!("+CCLK: \"{text}\"")),
            }
            Reply::Ok
        }
        Form::Set(parameters) => {
            let text = match parameters.text(0) {
                Ok(Some(text)) => String::from_utf8_lossy(&text).into_owned(),
                Ok(None) | Err(_) => return Reply::Malformed,
            };
            let text = match modem.has_long_years() {
                true => match short_year(&text) {
                    Some(text) => text.to_owned(),
                    None => return Reply::Malformed,
                },
                false => text,
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

/// `yyyy/MM/dd,…` as `yy/MM/dd,…`, for a year that the two digits tell.
fn short_year(text: &str) -> Option<&str> {
    let (year, _) = text.split_once('/')?;
    let known = year.len() == 4 && matches!(year.parse(), Ok(1970..=2069));
    known.then(|| &text[2..])
}

impl Modem {
    /// Whether times have four digits of the year: `+CSDF=…,2`.
    fn has_long_years(&self) -> bool {
        self.setting(Setting::TimeFormat) == 2
    }
}
