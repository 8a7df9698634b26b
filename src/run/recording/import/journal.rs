//! ModemManager's debug log: `--> 'AT+CSQ<CR>'` and `<-- '<CR><LF>OK<CR><LF>'`, whatever stands before.
//!
//! Before the arrow stand the port, as `(ttyUSB2):`, `[ttyUSB2/at]` or `[modem0/ttyUSB2/at]`, and somewhere a time, as the
//! daemon's `[1339849572.153918]`, or that of the system's log. Ports that carry no AT (`/qcdm`, `/gps`, `[/dev/cdc-wdm0]`) are
//! passed over, as all other messages of the daemon are, and counted.

use super::stamps::Clock;
use super::{Log, Pieces, Reading};
use crate::modem::Tick;
use crate::script::{ScriptError, Side};

/// One line of traffic.
struct Line<'a> {
    port: &'a str,
    side: Side,
    at: Option<Tick>,
    bytes: Vec<u8>,
}

pub(super) fn read(log: &Log<'_>, reading: &Reading) -> Result<Pieces, Box<ScriptError>> {
    let mut pieces = Pieces::default();
    let mut clock = Clock::default();
    let mut lines = Vec::new();
    for (start, bytes) in log.lines() {
        match line(log, start, bytes, &mut clock)? {
            Some(line) => lines.push(line),
            None => pieces.beside += usize::from(!bytes.trim_ascii().is_empty()),
        }
    }
    let mut ports: Vec<(&str, usize)> = Vec::new();
    for line in &lines {
        match ports.iter_mut().find(|(port, _)| *port == line.port) {
            Some((_, count)) => *count += 1,
            None => ports.push((line.port, 1)),
        }
    }
    let told = || ports.iter().map(|(port, count)| format!("{port} ({count} lines)")).collect::<Vec<_>>().join(", ");
    let wanted = match (&reading.only, ports.as_slice()) {
        (None, [] | [_]) => None,
        (None, [(first, _), ..]) => {
            let help = format!("choose one: --only {first}");
            return Err(Box::new(log.error(0..0, format!("the traffic of several ports: {}", told())).help(help)));
        }
        (Some(only), _) => {
            let only = only.strip_prefix("/dev/").unwrap_or(only);
            if !ports.iter().any(|(port, _)| *port == only) {
                let help = if ports.is_empty() {
                    "it has no AT traffic at all".to_owned()
                } else {
                    format!("it has that of {}", told())
                };
                return Err(Box::new(log.error(0..0, format!("no traffic of a port {only}")).help(help)));
            }
            Some(only)
        }
    };
    for line in &lines {
        if wanted.is_none_or(|wanted| line.port == wanted) {
            pieces.say(
                line.at.unwrap_or_else(|| pieces.said.last().map_or(Tick::ZERO, |last| last.0)),
                line.side,
                &line.bytes,
            );
        } else {
            pieces.beside += 1;
        }
    }
    if lines.iter().all(|line| line.at.is_none()) && !lines.is_empty() {
        pieces.warnings.push("the log has no times: nothing pauses in the recording".to_owned());
    }
    Ok(pieces)
}

fn line<'a>(
    log: &Log<'_>,
    start: usize,
    bytes: &'a [u8],
    clock: &mut Clock,
) -> Result<Option<Line<'a>>, Box<ScriptError>> {
    let arrow = |arrow: &str| memchr::memmem::find(bytes, arrow.as_bytes());
    let (at, side) = match (arrow("--> '"), arrow("<-- '")) {
        (Some(host), modem) if modem.is_none_or(|modem| host < modem) => (host, Side::Host),
        (_, Some(modem)) => (modem, Side::Modem),
        (_, None) => return Ok(None),
    };
    let before = String::from_utf8_lossy(&bytes[..at]);
    let Some(port) = port(&bytes[..at]) else { return Ok(None) };
    let text = at + "--> '".len();
    let line_end = bytes.strip_suffix(b"\r").unwrap_or(bytes).trim_ascii_end().len();
    let end = line_end.checked_sub(1).filter(|&end| end >= text && bytes[end] == b'\'');
    let Some(end) = end else {
        let error = log.error(start + line_end..start + line_end, "expected ' at the end of what was said");
        return Err(Box::new(error.help("was the line cut? a line of traffic ends with an apostrophe")));
    };
    Ok(Some(Line { port, side, at: clock.of_log(&before), bytes: unescaped(&bytes[text..end]) }))
}

/// The AT port that stands before an arrow; none where the line is about another kind of port.
fn port(before: &[u8]) -> Option<&str> {
    let before = std::str::from_utf8(before).ok()?.trim_end().trim_end_matches(':').trim_end();
    if let Some(inner) = before.strip_suffix(')') {
        return inner.rsplit('(').next().filter(|port| !port.is_empty());
    }
    let inner = before.strip_suffix(']')?.rsplit('[').next()?;
    let mut parts = inner.rsplit('/');
    (parts.next()? == "at").then(|| parts.next()).flatten()
}

/// `<CR>` and `<LF>` are bytes; all else is itself.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, behind @ ..] = rest {
        (rest, ()) = if let Some(behind) = rest.strip_prefix(b"<CR>") {
            (behind, out.push(b'\r'))
        } else if let Some(behind) = rest.strip_prefix(b"<LF>") {
            (behind, out.push(b'\n'))
        } else {
            (behind, out.push(*first))
        };
    }
    out
}
