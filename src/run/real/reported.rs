//! What a real modem has reported: checks read the last line that said it.
//!
//! Source: 3GPP TS 27.007, clauses 7.2 (`+CREG`), 8.5 (`+CSQ`), 8.2 (`+CFUN`), 10.1.20, 10.1.22 and 10.1.47.

use std::collections::HashMap;

use crate::modem::{Observed, Tick};
use crate::run::matching::Registration;
use crate::run::player::{Deed, Stage};

/// The last that each modem said of itself.
#[derive(Debug, Default)]
pub(super) struct Reported {
    seen: HashMap<(usize, String), Observed>,
}

impl Stage for Reported {
    fn direct(&mut self, _now: Tick, _lane: Option<usize>, _deed: Deed) -> Result<(), String> {
        Err("no command of this bench does that".into())
    }

    fn observe(&self, lane: Option<usize>, path: &str) -> Option<Observed> {
        match lane {
            Some(lane) => self.seen.get(&(lane, path.to_owned())).cloned(),
            None => None,
        }
    }

    fn gives_urc(&self, _lane: usize, _name: &[u8]) -> bool {
        false
    }

    fn saw(&mut self, lane: usize, line: &[u8]) {
        let Some(colon) = memchr::memchr(b':', line) else { return };
        let (name, fields) = (&line[..colon], line[colon + 1..].trim_ascii_start());
        let domain = match name {
            b"+CREG" => "cs",
            b"+CGREG" => "ps",
            b"+CEREG" => "eps",
            b"+C5GREG" => "5gs",
            b"+CSQ" => return self.signal(lane, fields),
            _ => return,
        };
        let Some(registration) = Registration::parse(name, fields) else { return };
        if let Some(word) = word(registration.stat) {
            self.seen.insert((lane, format!("registration.{domain}")), word.into());
        }
        if let Some(cause) = registration.cause {
            #[expect(clippy::cast_precision_loss, reason = "a cause has three digits")]
            self.seen.insert((lane, "cause".into()), Observed::Number(cause as f64));
        }
    }
}

impl Reported {
    /// `<rssi>,<ber>`: 0 to 31 is −113 to −51 dBm, 99 unknown.
    fn signal(&mut self, lane: usize, fields: &[u8]) {
        let rssi = fields.split(|byte| *byte == b',').next().and_then(|rssi| std::str::from_utf8(rssi).ok());
        let level = match rssi.and_then(|rssi| rssi.trim().parse::<u8>().ok()) {
            Some(rssi @ 0..=31) => Observed::Number(f64::from(rssi) * 2.0 - 113.0),
            Some(99) => Observed::Nothing,
            Some(_) | None => return,
        };
        self.seen.insert((lane, "signal".into()), level);
    }
}

/// `<stat>` as a word of the checks.
fn word(stat: i64) -> Option<&'static str> {
    match stat {
        0 => Some("off"),
        1 | 6 | 9 => Some("home"),
        2 => Some("searching"),
        3 => Some("denied"),
        5 | 7 | 10 => Some("roaming"),
        8 => Some("emergency"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_reads_the_last_line_that_reported_it() {
        let mut reported = Reported::default();
        for line in ["+CEREG: 2", "+CEREG: 3,,,,0,6", "+CSQ: 21,99", "OK"] {
            reported.saw(0, line.as_bytes());
        }
        assert_eq!(reported.observe(Some(0), "registration.eps"), Some("denied".into()));
        assert_eq!(reported.observe(Some(0), "cause"), Some(Observed::Number(6.0)));
        assert_eq!(reported.observe(Some(0), "signal"), Some(Observed::Number(-71.0)));
        assert_eq!(reported.observe(Some(0), "registration.cs"), None);
        assert_eq!(reported.observe(Some(1), "signal"), None);
    }
}
