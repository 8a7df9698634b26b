//! The player: a script as a machine with the modem's own contract. Bytes and the time go in; bytes, directions and the next
//! deadline come out.
//!
//! Knows the plan and the rules of playing; has no clock, no port and no modem. What happens in the modem's world it asks of
//! its [`Stage`].

mod directed;
mod exchange;
mod host;
mod modem;
mod score;

use crate::modem::{Observed, Tick};
use crate::run::resolved::template as resolved_template;

pub(in crate::run) use directed::{Deed, LineFault};
pub(in crate::run) use host::HostPlayer;
pub(in crate::run) use modem::{Machine, Manner, ModemPlayer};
pub(in crate::run) use score::{Score, interval, literal_pattern, literal_template};

/// Whoever can act on the modem's world and look into it.
pub(in crate::run) trait Stage {
    /// Carries out a direction at `now`; `lane` is the modem it concerns, none for all of them.
    ///
    /// # Errors
    /// What is wrong with its argument, a lowercase fragment.
    fn direct(&mut self, now: Tick, lane: Option<usize>, deed: Deed) -> Result<(), String>;

    /// What stands behind a path of a check; `None`: nobody can observe it.
    fn observe(&self, lane: Option<usize>, path: &str) -> Option<Observed>;

    /// Whether lines of this name come by themselves on this modem, as its profile has it.
    fn gives_urc(&self, lane: usize, name: &[u8]) -> bool;

    /// A modem sent this line.
    fn saw(&mut self, _lane: usize, _line: &[u8]) {}
}

/// Names of lines that come by themselves, besides those that only ever do.
///
/// Source: 3GPP TS 27.007, clauses 6.11 (`+CRING`), 6.14 (`+CR`), 7.2 (`+CREG`), 7.6 (`+CLIP`), 7.12 (`+CCWA`), 7.15 (`+CUSD`),
/// 7.30 (`+COLP`), 8.10 (`+CIEV`), 10.1.20 (`+CGREG`), 10.1.22 (`+CEREG`), 10.1.47 (`+C5GREG`), 7.42 (`+CSCON`), 9.1B
/// (`+CNEC`), 8.45 (`+CGEREP`), 7.38 (`+CPSB`), 8.16 (`+CALV`).
pub(in crate::run) const ALSO_UNSOLICITED: &[&[u8]] = &[
    b"+CREG",
    b"+CGREG",
    b"+CEREG",
    b"+C5GREG",
    b"+CRING",
    b"+CR",
    b"+CLIP",
    b"+CCWA",
    b"+CUSD",
    b"+COLP",
    b"+CIEV",
    b"+CSCON",
    b"+CNEC_MM",
    b"+CNEC_GMM",
    b"+CNEC_GSM",
    b"+CNEC_EMM",
    b"+CNEC_ESM",
    b"+CNEC_5GMM",
    b"+CNEC_5GSM",
    b"+CPSB",
    b"+CALV",
    b"+CGEV",
    b"+CMTI",
    b"+CMT",
    b"+CDS",
    b"+CDSI",
    b"+CBM",
    b"+CTZV",
    b"+CTZE",
    b"+CPIN",
    b"+CFUN",
    b"+CCIOTOPTI",
    b"+CEDRXP",
    b"RING",
    b"RDY",
];

/// Whether a line of this name is information that the command asks for.
pub(in crate::run) fn answers(command: &[u8], name: &[u8]) -> bool {
    use crate::wire::command::{Command, Dialect, commands};
    let body = command.get(2..).unwrap_or_default();
    commands(body, &Dialect::default()).map_while(Result::ok).any(|command| match command {
        Command::Extended { name: own, .. } => own.letters().eq(name.iter().map(u8::to_ascii_uppercase)),
        Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => false,
    })
}
