//! umockdev's scripts: an operation, a number and data in each line.
//!
//! `r 12 ^M^JOK^M^J` was read by the program 12 ms after the line before, `w 0 AT^M` written by it. A control character is `^`
//! and the letter 64 above it, `^` itself ``^` ``. `d 0 /dev/ttyUSB2` names the device, `f 20 -` lets a replay differ, `#` begins
//! a comment.

use super::{Log, Pieces};
use crate::modem::Tick;
use crate::script::{ScriptError, Side};

pub(super) fn read(log: &Log<'_>) -> Result<Pieces, Box<ScriptError>> {
    let mut pieces = Pieces::default();
    let mut now = Tick::ZERO;
    let mut device: Option<&[u8]> = None;
    for (start, line) in log.lines() {
        if line.is_empty() || line.starts_with(b"#") {
            pieces.beside += usize::from(!line.is_empty());
            continue;
        }
        let error =
            |range: std::ops::Range<usize>, message: &str| log.error(start + range.start..start + range.end, message);
        let mut words = line.splitn(3, |&byte| byte == b' ');
        let operation = words.next().unwrap_or_default();
        let number = words.next().unwrap_or_default();
        let data = words.next().unwrap_or_default();
        let (number_at, data_at) = (operation.len() + 1, operation.len() + number.len() + 2);
        let side = match operation {
            b"r" => Side::Modem,
            b"w" => Side::Host,
            b"d" => {
                if device.replace(data).is_some_and(|before| before != data) {
                    let help = "record each device into a file of its own: --script=/dev/ttyUSB2=FILE";
                    return Err(Box::new(error(data_at..line.len(), "a second device in one script").help(help)));
                }
                pieces.beside += 1;
                continue;
            }
            b"f" => {
                pieces.beside += 1;
                continue;
            }
            _ => {
                let help = match operation {
                    b"P:" | b"N:" | b"E:" | b"A:" | b"H:" | b"L:" | b"S:" => {
                        "this is a description of devices; what is said on one is recorded with --script=/dev/ttyUSB2=FILE"
                    }
                    name if name.starts_with(b"@") || name.iter().all(u8::is_ascii_uppercase) => {
                        "this is a trace of ioctls; what is said on a port is recorded with --script=/dev/ttyUSB2=FILE"
                    }
                    _ => "a line begins with `r`, `w`, `d`, `f` or `#`",
                };
                return Err(Box::new(error(0..operation.len(), "an operation that is not known").help(help)));
            }
        };
        let pause = std::str::from_utf8(number).ok().and_then(|number| number.parse::<u32>().ok());
        let Some(pause) = pause else {
            let at = number_at.min(line.len());
            return Err(Box::new(
                error(at..at + number.len(), "expected a number of milliseconds").help("as in `w 0 AT^M`"),
            ));
        };
        now += std::time::Duration::from_millis(pause.into());
        let bytes = unescaped(data).map_err(|at| {
            let at = data_at + at;
            Box::new(
                error(at..(at + 2).min(line.len()), "`^` and no letter of a control character behind it")
                    .help("`^` itself is written ^`"),
            )
        })?;
        pieces.say(now, side, &bytes);
    }
    Ok(pieces)
}

/// # Errors
/// Where an escape is none.
fn unescaped(data: &[u8]) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&byte) = data.get(at) {
        if byte != b'^' {
            out.push(byte);
            at += 1;
            continue;
        }
        match data.get(at + 1) {
            Some(b'`') => out.push(b'^'),
            Some(&letter @ 0x3F..=0x5F) => out.push(letter ^ 0x40),
            Some(_) | None => return Err(at),
        }
        at += 2;
    }
    Ok(out)
}
