//! The gate on the writing side of a real port: no line that rewrites the device's identity gets through.
//!
//! What is judged is the line as the modem assembles it, whatever pieces it came in: S3, S5 and `A/` applied, garbage
//! before `AT` skipped. Whether the modem drops the eighth bit, and whether it took a change of S3 or S5, cannot be seen
//! from here, so each possibility is judged. A line's terminator is passed only after the judgement.

use crate::wire::command::{Command, Commands, Dialect, SAction, line_rewrites_identity};
use crate::wire::line::{Assembled, BACKSPACE, CARRIAGE_RETURN, LineAssembler};

/// Lines are assembled up to here; a longer one is judged by this much of it.
const MAXIMUM: u16 = 4096;

/// What a command line was stopped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What the command would have done, in words.
    pub reason: &'static str,
}

/// The gate of one port.
#[derive(Debug)]
pub struct Gate {
    views: [View; 4],
    s3: u8,
    s5: u8,
}

/// The line as one kind of modem would see it.
#[derive(Debug)]
struct View {
    assembler: LineAssembler,
    /// Follows what the lines said of S3 and S5; otherwise they stand at their defaults.
    follows: bool,
    /// How many bytes since the line began, its terminator not counted.
    length: usize,
    /// What was found in the part of a line that is too long to be kept.
    found: Option<Refusal>,
}

impl Default for Gate {
    fn default() -> Self {
        let view = |follows, seven_bits| {
            let mut assembler = LineAssembler::new(MAXIMUM);
            assembler.ignore_eighth_bit(seven_bits);
            View { assembler, follows, length: 0, found: None }
        };
        let views = [view(true, false), view(true, true), view(false, false), view(false, true)];
        Gate { views, s3: CARRIAGE_RETURN, s5: BACKSPACE }
    }
}

impl Gate {
    /// What may be written of the next piece, and why something was left out.
    ///
    /// A refused line leaves nothing behind: what of it was passed in earlier pieces is erased with S5. Many a modem keeps the
    /// `AT` all the same, which would stand before the next line (`ATAT…` answers a call), so the line is ended with what is
    /// a command for none: that modem says ERROR, and one that has erased all hears nothing.
    pub fn pass(&mut self, piece: &[u8]) -> (Vec<u8>, Option<Refusal>) {
        let mut out = Vec::with_capacity(piece.len());
        let mut refused = None;
        for &byte in piece {
            let mut verdict = None;
            let mut settings = None;
            for view in &mut self.views {
                let (s3, s5) = if view.follows { (self.s3, self.s5) } else { (CARRIAGE_RETURN, BACKSPACE) };
                let ended = view.push(byte, s3, s5);
                if ended && view.follows {
                    settings = settings.or_else(|| settings_of(view.assembler.body()));
                }
                verdict = verdict.or_else(|| if ended { view.judge() } else { None });
            }
            let Some((refusal, length)) = verdict else {
                out.push(byte);
                if let Some((s3, s5)) = settings {
                    self.s3 = s3.unwrap_or(self.s3);
                    self.s5 = s5.unwrap_or(self.s5);
                }
                continue;
            };
            let here = length.min(out.len());
            out.truncate(out.len() - here);
            if length > here {
                out.resize(out.len() + length - here, self.s5);
                out.extend([b'+', self.s3]);
            }
            self.views.iter_mut().for_each(View::clear);
            refused = Some(refusal);
        }
        (out, refused)
    }
}

impl View {
    /// Takes a byte; true when it ends a line.
    fn push(&mut self, byte: u8, s3: u8, s5: u8) -> bool {
        let outcome = self.assembler.push(byte, s3, s5);
        if self.assembler.body().len() + 1 >= usize::from(MAXIMUM) && self.found.is_none() {
            self.found = judge(self.assembler.body());
        }
        match outcome {
            Assembled::Line | Assembled::Repeat | Assembled::TooLong => return true,
            Assembled::Pending => self.length += 1,
            Assembled::Ignored | Assembled::Swallowed => {
                self.length = if self.assembler.is_pending() { self.length + 1 } else { 0 };
            }
        }
        false
    }

    /// Judges the line that has ended, and gets ready for the next.
    fn judge(&mut self) -> Option<(Refusal, usize)> {
        let length = std::mem::take(&mut self.length);
        let found = self.found.take().or_else(|| judge(self.assembler.body()));
        found.map(|refusal| (refusal, length))
    }

    fn clear(&mut self) {
        self.assembler.clear();
        self.length = 0;
        self.found = None;
    }
}

/// Whether a command of `body` rewrites an identity, by any reading that a modem may have of the line.
fn judge(body: &[u8]) -> Option<Refusal> {
    line_rewrites_identity(body).map(|write| Refusal { reason: write.reason() })
}

/// What a line makes of S3 and S5.
fn settings_of(body: &[u8]) -> Option<(Option<u8>, Option<u8>)> {
    let (mut s3, mut s5) = (None, None);
    for command in Commands::resume(body, 0, &Dialect::CELLULAR) {
        match command {
            Ok(Command::SRegister { number: 3, bit: None, action: SAction::Set(value) }) => s3 = character(value),
            Ok(Command::SRegister { number: 5, bit: None, action: SAction::Set(value) }) => s5 = character(value),
            Ok(Command::Basic { letter: b'Z', .. }) => (s3, s5) = (Some(CARRIAGE_RETURN), Some(BACKSPACE)),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    (s3.is_some() || s5.is_some()).then_some((s3, s5))
}

/// S3 and S5 are characters of 0 to 127.
fn character(value: Option<u32>) -> Option<u8> {
    u8::try_from(value.unwrap_or(0)).ok().filter(u8::is_ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What gets through of pieces written one after the other.
    fn through(pieces: &[&[u8]]) -> String {
        let mut gate = Gate::default();
        let mut out = Vec::new();
        for piece in pieces {
            let (passed, refused) = gate.pass(piece);
            out.push(passed.escape_ascii().to_string());
            out.extend(refused.map(|refusal| format!("refused: {}", refusal.reason)));
        }
        out.join(" | ")
    }

    #[test]
    fn ordinary_traffic_passes_as_it_is() {
        assert_eq!(
            through(&[b"ATE0\rAT+CGSN\r", b"AT+CMGS=3\r", b"text\x1a", b"A/"]),
            r"ATE0\rAT+CGSN\r | AT+CMGS=3\r | text\x1a | A/"
        );
    }

    #[test]
    fn of_a_line_that_rewrites_an_imei_nothing_is_written() {
        assert_eq!(
            through(&[b"AT\rAT+EGMR=1,7,\"001017001234569\"\rATI\r"]),
            r"AT\rATI\r | refused: writes the item that holds an IMEI"
        );
    }

    #[test]
    fn what_was_passed_of_it_in_pieces_is_erased() {
        assert_eq!(
            through(&[b"AT+EG", b"MR=1,7", b",\"0\"\r", b"ATI\r"]),
            r"AT+EG | MR=1,7 | \x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08+\r | refused: writes the item that holds an IMEI | ATI\r"
        );
    }

    #[test]
    fn what_follows_a_refused_line_is_a_line_of_its_own() {
        let mut gate = Gate::default();
        let (s3, s5) = (CARRIAGE_RETURN, BACKSPACE);
        let mut modem = LineAssembler::new(MAXIMUM);
        let mut lines = Vec::new();
        for byte in b"AT+EGMR=1,7,\"1\"\rAT+CGMI\r" {
            for passed in gate.pass(&[*byte]).0 {
                if modem.push(passed, s3, s5) == Assembled::Line {
                    lines.push(modem.body().escape_ascii().to_string());
                    modem.clear();
                }
            }
        }
        assert_eq!(lines, ["+", "+CGMI"]);
    }

    #[test]
    fn no_spelling_slips_through() {
        for line in [
            &b"at+egmr=1,7,\"001017001234569\"\r"[..],
            b"AT+CGMI;+EGMR=1,7,\"1\"\r",
            b"xxAT+EGMX\x08R=1,7,\"1\"\r",
            b"ATS3=10\rAT+EGMR=1,7,\"1\"\n",
            b"ATS3=10\rAT+EGMR=1,7,\"1\"\r",
            b"ATS5=42\rAT+EGMX*R=1,7,\"1\"\r",
            b"A\xd4+EGMR=1,7,\"1\"\r",
            b"AT+=;+EGMR=1,7,\"1\"\r",
        ] {
            for cut in 0..line.len() {
                let (before, after) = line.split_at(cut);
                let shown = through(&[before, after]);
                assert!(shown.contains("refused"), "{}: {shown}", line.escape_ascii());
            }
        }
    }

    #[test]
    fn reading_is_no_rewriting() {
        assert!(!through(&[b"AT+EGMR=0,7\rAT+EGMR?\rAT+EGMR=?\r"]).contains("refused"));
    }

    #[test]
    fn a_refused_line_cannot_be_repeated() {
        assert_eq!(through(&[b"AT+EGMR=1,7,\"1\"\r", b"A/"]), r" | refused: writes the item that holds an IMEI | A/");
    }

    #[test]
    fn a_line_beyond_every_bound_is_judged_by_its_beginning() {
        let mut long = b"AT+EGMR=1,7,\"1\"".to_vec();
        long.resize(100_000, b' ');
        long.push(b'\r');
        assert!(through(&[&long]).contains("refused"));
    }

    proptest::proptest! {
        #[test]
        fn where_it_is_cut_does_not_matter_to_what_the_modem_keeps(
            text in "(AT|A/|\\+EGMR=1|,7|\r|\n|\\x08|;|[A-Z]|\"1\"){0,30}", cut in 0usize..60,
        ) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let (mut whole, mut parts) = (Gate::default(), Gate::default());
            let (_, refused) = whole.pass(bytes);
            let (_, first) = parts.pass(&bytes[..cut]);
            let (_, second) = parts.pass(&bytes[cut..]);
            proptest::prop_assert_eq!(refused.is_some(), first.or(second).is_some());
        }
    }
}
