//! How long a line may take where the script does not say.

use std::time::Duration;

use crate::wire::command::{Command, Dialect, Form, commands};

use super::outcome::Role;

/// A `<` line, where the command is none of those below.
pub const ANSWER: Duration = Duration::from_secs(5);
/// A `>` line, as the modem.
pub(super) const COMMAND: Duration = Duration::from_secs(60);
/// Raw bytes.
pub(super) const RAW: Duration = Duration::from_secs(5);

/// A `<!` line: a real network takes its time, the virtual one does not.
pub(super) const fn urc(role: Role) -> Duration {
    match role {
        Role::Host => Duration::from_secs(180),
        Role::Modem | Role::Both => Duration::from_secs(30),
    }
}

/// Commands that search for a network, attach to it, or turn the radio on.
///
/// Source: 3GPP TS 27.007 puts no figure on them; these are the longest that the modules' manuals state for `+COPS` (180 s),
/// `+CFUN` (180 s), `+CGATT` (140 s), `+CGACT` (150 s), `+CUSD` (120 s) and SMS (`+CMGS`, 120 s).
const SLOW: &[(&str, u64)] = &[
    ("+COPS", 180),
    ("+CFUN", 180),
    ("+CGATT", 140),
    ("+CGACT", 150),
    ("+CUSD", 120),
    ("+CMGS", 120),
    ("+CMSS", 120),
    ("+CLCK", 30),
    ("+CPWD", 30),
    ("+CPIN", 30),
];

/// Dialling and answering: S7 at its default of 50 s, and as long for the far end.
///
/// Source: ITU-T V.250, clauses 6.3.1 and 6.3.10.
const DIALLING: u64 = 100;

/// What the standard lets a command line take; [`ANSWER`] at least.
pub fn answer(line: &[u8]) -> Duration {
    let body = match line.get(..2) {
        Some(prefix) if prefix.eq_ignore_ascii_case(b"AT") => &line[2..],
        Some(_) | None => return ANSWER,
    };
    let mut limit = ANSWER.as_secs();
    for command in commands(body, &Dialect::default()).map_while(Result::ok) {
        limit = limit.max(match command {
            Command::Dial(_) => DIALLING,
            Command::Basic { letter: b'A' | b'O', .. } => DIALLING,
            // Reading what is set takes no network.
            Command::Extended { form: Form::Read, .. } | Command::Basic { .. } | Command::SRegister { .. } => 0,
            Command::Extended { name, .. } => {
                SLOW.iter().find(|(slow, _)| name.is(slow)).map_or(0, |(_, seconds)| *seconds)
            }
        });
    }
    Duration::from_secs(limit)
}

/// `5 s`, `250 ms`, `10 min`: how messages say a duration.
pub fn told(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0 => "0 s".into(),
        _ if micros.is_multiple_of(60_000_000) && micros >= 120_000_000 => format!("{} min", micros / 60_000_000),
        _ if micros.is_multiple_of(1_000_000) => format!("{} s", micros / 1_000_000),
        _ if micros.is_multiple_of(1_000) => format!("{} ms", micros / 1_000),
        _ => format!("{micros} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_a_switch_on_and_a_call_may_take_longer_than_an_answer() {
        let seconds = |line: &str| answer(line.as_bytes()).as_secs();
        assert_eq!(seconds("AT+CSQ"), 5);
        assert_eq!(seconds("at+cops=?"), 180);
        assert_eq!(seconds("AT+COPS?"), 5);
        assert_eq!(seconds("ATE0+CFUN=1"), 180);
        assert_eq!(seconds("ATD*99#"), 100);
        assert_eq!(seconds("hello"), 5);
    }

    #[test]
    fn a_duration_is_told_in_the_largest_unit_that_is_whole() {
        let of = |millis| told(Duration::from_millis(millis));
        assert_eq!([of(250), of(5_000), of(90_000), of(600_000)], ["250 ms", "5 s", "90 s", "10 min"]);
    }
}
