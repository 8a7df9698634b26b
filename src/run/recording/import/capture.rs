//! What a terminal showed: minicom's captures, tio's and picocom's logs.
//!
//! A terminal keeps what the modem sent, and with it the echo of what was typed. A line that begins with `AT`, or is `A/`, is the
//! echo of a command; what stands behind the prompt `> ` was typed too; all else the modem said. Stamps in brackets before a
//! line are its time; lines of two hexadecimal digits each are tio's hexadecimal mode.

use super::stamps::Clock;
use super::{Log, Pieces, Reading};
use crate::modem::Tick;
use crate::script::{ScriptError, Side};

const ESCAPE: u8 = 0x1b;
const BACKSPACE: u8 = 0x08;
const CONTROL_Z: u8 = 0x1a;

pub(super) fn read(log: &Log<'_>, reading: &Reading) -> Result<Pieces, Box<ScriptError>> {
    let mut pieces = Pieces::default();
    let mut clock = Clock::default();
    let mut now = Tick::ZERO;
    let mut told = Told::default();
    let mut hexadecimal: Option<(Tick, Vec<u8>)> = None;
    let lines: Vec<(usize, &[u8])> = log.lines().collect();
    let is_hexadecimal = lines.iter().any(|(_, line)| bytes_of(behind_stamp(line).1).is_some())
        && lines.iter().all(|(_, line)| {
            let shown = behind_stamp(line).1.trim_ascii();
            shown.is_empty() || bytes_of(shown).is_some() || is_of_the_terminal(shown)
        });
    for (start, line) in lines {
        let (stamp, shown) = behind_stamp(line);
        if let Some(stamp) = stamp {
            match clock.of_terminal(stamp, reading.deltas) {
                Some(Ok(at)) => now = at,
                Some(Err(())) => {
                    let error = log.error(start..start + stamp.len() + 2, "a time before that of the line above");
                    let help = "--deltas, where each counts from the line before";
                    return Err(Box::new(error.help(help)));
                }
                None => {}
            }
        }
        if is_of_the_terminal(shown) {
            pieces.beside += 1;
            continue;
        }
        if is_hexadecimal {
            let (_, bytes) = hexadecimal.get_or_insert((now, Vec::new()));
            bytes.extend(bytes_of(shown.trim_ascii()).unwrap_or_default());
            // What ends a line in the bytes ends one of the capture.
            if let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n') {
                let whole: Vec<u8> = bytes.drain(..=end).collect();
                whole.split(|&byte| byte == b'\n').for_each(|line| told.line(&mut pieces, now, line));
            }
            continue;
        }
        told.line(&mut pieces, now, shown);
    }
    if let Some((_, rest)) = hexadecimal {
        told.line(&mut pieces, now, &rest);
    }
    if told.commands == 0 && !pieces.said.is_empty() {
        pieces
            .warnings
            .push("no command stands in it: with the echo off a terminal shows the answers alone".to_owned());
    }
    Ok(pieces)
}

/// What has been told of the capture.
#[derive(Debug, Default)]
struct Told {
    commands: usize,
}

impl Told {
    fn line(&mut self, pieces: &mut Pieces, at: Tick, shown: &[u8]) {
        let line = edited(shown);
        let line = line.as_slice();
        if line.is_empty() {
            return;
        }
        let begins = line.get(..2).unwrap_or_default();
        // `ATE0` and `AT&F`, and no word of a modem's own.
        let command = begins.eq_ignore_ascii_case(b"AT")
            && line.get(2).is_none_or(|byte| !byte.is_ascii_lowercase() || line[0] == b'a');
        if command || line.eq_ignore_ascii_case(b"A/") {
            self.commands += 1;
            let end: &[u8] = if command { b"\r" } else { b"" };
            let bytes = [line, end].concat();
            pieces.say(at, Side::Host, &bytes);
            pieces.say(at, Side::Modem, &bytes);
        } else if let Some(text) = line.strip_prefix(b">").filter(|text| text.is_empty() || text.starts_with(b" ")) {
            let text = text.strip_prefix(b" ").unwrap_or(text);
            pieces.say(at, Side::Modem, b"\r\n> ");
            if !text.is_empty() {
                let text = text.strip_suffix(&[CONTROL_Z]).unwrap_or(text);
                pieces.say(at, Side::Host, &[text, &[CONTROL_Z]].concat());
                pieces.say(at, Side::Modem, &[text, b"\r\n"].concat());
            }
        } else {
            pieces.say(at, Side::Modem, &[b"\r\n", line, b"\r\n"].concat());
        }
    }
}

/// `[12:34:56.789] `, `[2026-01-31 12:34:56] `, `[1700000000.123456] `: what stands in the brackets, and what behind them.
fn behind_stamp(line: &[u8]) -> (Option<&str>, &[u8]) {
    let stamp = || {
        let inner = line.strip_prefix(b"[")?;
        let end = memchr::memchr(b']', inner)?;
        let stamp = std::str::from_utf8(&inner[..end]).ok()?;
        let of_time = stamp.bytes().all(|byte| byte.is_ascii_digit() || b":.-T +Z,".contains(&byte));
        (of_time && stamp.len() >= 8).then_some((stamp, &inner[end + 1..]))
    };
    match stamp() {
        Some((stamp, rest)) => (Some(stamp), rest.strip_prefix(b" ").unwrap_or(rest)),
        None => (None, line),
    }
}

/// `0d 0a 4f 4b`, of at least two bytes.
fn bytes_of(text: &[u8]) -> Option<Vec<u8>> {
    let words: Vec<&[u8]> = text.split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
    if words.len() < 2 {
        return None;
    }
    let byte = |word: &&[u8]| {
        let word = std::str::from_utf8(word).ok().filter(|word| word.len() == 2)?;
        u8::from_str_radix(word, 16).ok()
    };
    words.iter().map(byte).collect()
}

/// What the terminal itself says: tio's `[12:34:56.789] Connected`, minicom's and picocom's first and last words.
fn is_of_the_terminal(shown: &[u8]) -> bool {
    let words = [
        "tio v",
        "tio ",
        "Press ctrl-",
        "Connected",
        "Disconnected",
        "Welcome to minicom",
        "Terminal ready",
        "picocom v",
        "Thanks for using picocom",
        "Press CTRL-A",
        "OPTIONS:",
        "Compiled on",
        "Waiting for tty device",
        "Port /dev/",
    ];
    words.iter().any(|word| shown.starts_with(word.as_bytes()))
}

/// What was meant: without the escape sequences of terminals, and less what a backspace took back.
fn edited(shown: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(shown.len());
    let mut bytes = shown.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            ESCAPE if bytes.peek() == Some(&b'[') => {
                bytes.next();
                // Parameters, then one letter.
                while bytes.next().is_some_and(|byte| !(0x40..=0x7E).contains(&byte)) {}
            }
            BACKSPACE => {
                out.pop();
                // `\b \b`: the blank only wipes.
                if bytes.peek() == Some(&b' ') {
                    let wiped = bytes.clone().nth(1) == Some(BACKSPACE);
                    if wiped {
                        bytes.next();
                        bytes.next();
                    }
                }
            }
            b'\r' | 0 => {}
            byte => out.push(byte),
        }
    }
    let end = out.iter().rposition(|&byte| byte != b' ').map_or(0, |last| last + 1);
    // The blank of a prompt stays.
    if out.starts_with(b"> ") {
        out.truncate(end.max(2))
    } else {
        out.truncate(end)
    }
    out
}
