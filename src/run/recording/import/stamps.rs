//! The times that logs give their lines: of day, of the epoch, with a date, since the start, since the line before.

use std::time::Duration;

use crate::modem::Tick;

const DAY: Duration = Duration::from_secs(86_400);

/// A stamp that goes back by more than half a day is of the next day.
const HALF_A_DAY: Duration = Duration::from_secs(43_200);

/// Makes of stamps the time since the first.
#[derive(Debug, Default)]
pub(super) struct Clock {
    first: Option<Stamp>,
    last: Tick,
    days: u32,
}

/// What a stamp says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stamp {
    /// Since midnight.
    OfDay(Duration),
    /// Since some moment that all of a log have in common.
    Since(Duration),
}

impl Clock {
    /// The time since the first stamp; none where a stamp goes back.
    fn time(&mut self, stamp: Stamp) -> Option<Tick> {
        let first = *self.first.get_or_insert(stamp);
        let since = match (first, stamp) {
            (Stamp::OfDay(first), Stamp::OfDay(now)) => {
                let mut since = now + DAY * self.days;
                if since + HALF_A_DAY < first + self.last.since(Tick::ZERO) {
                    self.days += 1;
                    since += DAY;
                }
                since.checked_sub(first)?
            }
            (Stamp::Since(first), Stamp::Since(now)) => now.checked_sub(first)?,
            (Stamp::OfDay(_), Stamp::Since(_)) | (Stamp::Since(_), Stamp::OfDay(_)) => return None,
        };
        let at = Tick::ZERO + since;
        if at < self.last {
            return None;
        }
        self.last = at;
        Some(at)
    }

    /// The stamp of a daemon's or a system's log: `[1339849572.153918]`, `12:53:05`, `2026-01-31T12:53:05.123456`.
    pub(super) fn of_log(&mut self, before: &str) -> Option<Tick> {
        let words = || before.split([' ', '\t', '[', ']']).filter(|word| !word.is_empty());
        let epoch = words().find_map(epoch);
        let of_day = || words().find_map(|word| of_day(word.rsplit_once('T').map_or(word, |(_, time)| time)));
        let stamp = epoch.or_else(of_day)?;
        // Messages of several threads may stand a little out of order.
        Some(self.time(stamp).unwrap_or(self.last))
    }

    /// A terminal's stamp, without its brackets.
    ///
    /// # Errors
    /// It goes back, which those do that count from the line before.
    pub(super) fn of_terminal(&mut self, stamp: &str, deltas: bool) -> Option<Result<Tick, ()>> {
        let time = stamp.rsplit(['T', ' ']).next()?;
        let stamp = of_day(time).or_else(|| epoch(stamp))?;
        if deltas {
            let (Stamp::OfDay(pause) | Stamp::Since(pause)) = stamp;
            // The first says how long after the start.
            if self.first.replace(stamp).is_some() {
                self.last += pause;
            }
            return Some(Ok(self.last));
        }
        Some(self.time(stamp).ok_or(()))
    }
}

/// `1339849572.153918`, or seconds alone.
fn epoch(word: &str) -> Option<Stamp> {
    let (seconds, fraction) = word.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(digits(seconds) && digits(fraction)) || seconds.len() < 9 {
        return None;
    }
    Some(Stamp::Since(Duration::from_secs(seconds.parse().ok()?) + fraction_of_a_second(fraction)?))
}

/// `12:53:05`, `12:53:05.123`, with a zone behind it.
fn of_day(word: &str) -> Option<Stamp> {
    let word = word.split(['Z', '+', ',']).next()?;
    let mut parts = word.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if seconds.len() != 2 {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().ok();
    let whole = number(hours)? * 3600 + number(minutes)? * 60 + number(seconds)?;
    Some(Stamp::OfDay(Duration::from_secs(whole) + fraction_of_a_second(fraction)?))
}

fn fraction_of_a_second(digits: &str) -> Option<Duration> {
    let micros = format!("{digits:0<6}");
    let micros = micros.get(..6)?;
    micros.bytes().all(|byte| byte.is_ascii_digit()).then(|| micros.parse().ok()).flatten().map(Duration::from_micros)
}
