//! What was said in a session, kept so that it can be written as a script.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use crate::run::masking::{self, Card};
use crate::run::matching::Captures;
use crate::script;

/// The most that is kept, in bytes of lines; the oldest lines go first.
const LONGEST: usize = 32 << 20;

/// A pause of the host that is worth a line.
const PAUSE: Duration = Duration::from_secs(1);

/// How a line stands in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `> `
    Host,
    /// `>| `
    HostRaw,
    /// `< `
    Modem,
    /// `<! `
    Unsolicited,
    /// `<| `
    ModemRaw,
    /// `# `
    Note,
}

impl Sign {
    /// The sign, without its blank.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Host => ">",
            Self::HostRaw => ">|",
            Self::Modem => "<",
            Self::Unsolicited => "<!",
            Self::ModemRaw => "<|",
            Self::Note => "#",
        }
    }
}

/// The lines of a session.
#[derive(Clone, Debug, Default)]
pub struct Record {
    lines: VecDeque<(Duration, Sign, Vec<u8>)>,
    bytes: usize,
    /// So many lines were dropped.
    dropped: usize,
    /// So many were added at all.
    added: usize,
}

impl Record {
    pub(super) fn add(&mut self, at: Duration, sign: Sign, line: &[u8]) {
        self.bytes += line.len() + 64;
        self.added += 1;
        self.lines.push_back((at, sign, line.to_vec()));
        while self.bytes > LONGEST {
            let Some((_, _, line)) = self.lines.pop_front() else { break };
            self.bytes -= line.len() + 64;
            self.dropped += 1;
        }
    }

    /// The host's line that was added last did not go out.
    pub(super) fn withdraw(&mut self, line: &[u8]) {
        let is_last = |last: &(Duration, Sign, Vec<u8>)| last.1 == Sign::Host && last.2 == line;
        if self.lines.back().is_some_and(is_last) {
            self.lines.pop_back();
            self.bytes -= line.len() + 64;
            self.added -= 1;
        }
    }

    /// How many lines there have been; what was dropped counts.
    #[must_use]
    pub fn count(&self) -> usize {
        self.added
    }

    /// The lines from the one of this number on, with when they were said.
    pub fn since(&self, number: usize) -> impl Iterator<Item = (Duration, Sign, &[u8])> {
        let from = number.saturating_sub(self.dropped);
        self.lines.range(from.min(self.lines.len())..).map(|(at, sign, line)| (*at, *sign, line.as_slice()))
    }

    /// The session as a script, with the identities of real devices masked so that it still plays, unless they are to be
    /// revealed. `about` is its title.
    ///
    /// # Errors
    ///
    /// What was written is no script: a defect, whose place the text tells.
    pub fn script(&self, about: &str, reveal: bool) -> Result<String, String> {
        let text = self.text(about);
        let parsed = script::parse_alone("session.atg", &text).map_err(|errors| errors.render(false))?;
        if reveal {
            return Ok(script::format(&parsed));
        }
        let (masked, _) = masking::script(parsed, &Captures::default(), Card::Real);
        Ok(script::format(&masked))
    }

    fn text(&self, about: &str) -> String {
        let mut out = String::from("+++\ntitle = \"");
        for letter in about.chars() {
            match letter {
                '"' | '\\' => out.extend(['\\', letter]),
                letter if letter.is_control() => out.push(' '),
                letter => out.push(letter),
            }
        }
        out.push_str("\"\n+++\n\n");
        if self.dropped > 0 {
            let _ = writeln!(out, "# {} lines stood before; a session keeps its last {LONGEST} bytes.", self.dropped);
        }
        let mut before = self.lines.front().map(|(at, ..)| *at).unwrap_or_default();
        for (at, sign, line) in &self.lines {
            let pause = at.saturating_sub(before);
            if matches!(sign, Sign::Host | Sign::HostRaw) && pause >= PAUSE {
                let _ = writeln!(out, "~ {}.{}s", pause.as_secs(), pause.subsec_millis() / 100);
            }
            before = *at;
            out.push_str(sign.text());
            if !line.is_empty() {
                out.push(' ');
            }
            match sign {
                // A note may hold anything; a comment is one line of text.
                Sign::Note => {
                    out.extend(String::from_utf8_lossy(line).chars().map(|c| if c.is_control() { ' ' } else { c }));
                }
                Sign::Host | Sign::HostRaw | Sign::Modem | Sign::Unsolicited | Sign::ModemRaw => spell(&mut out, line),
            }
            out.push('\n');
        }
        out
    }
}

/// As a script spells it.
fn spell(out: &mut String, line: &[u8]) {
    for (at, &byte) in line.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = match byte {
            b'\r' => out.write_str(r"\r"),
            b'\n' => out.write_str(r"\n"),
            b'\t' => out.write_str(r"\t"),
            b'\\' => out.write_str(r"\\"),
            b'{' => out.write_str("{{"),
            b'}' => out.write_str("}}"),
            b' ' if at + 1 == line.len() => out.write_str(r"\x20"),
            b' '..=b'~' => out.write_char(char::from(byte)),
            _ => write!(out, r"\x{byte:02X}"),
        };
    }
}
