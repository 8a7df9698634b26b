//! Signs before lines, as session scripts and pasted transcripts have them.

/// Whose a marked line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// `> `, or `>` alone: the host sends the line and its terminator.
    Host,
    /// `>| `: the host sends these bytes.
    HostRaw,
    /// `< ` and `<? `: the modem's line.
    Modem,
    /// `<! `: the modem's line, awaited whenever it comes.
    ModemUnsolicited,
    /// `<| `: the modem sends these bytes.
    ModemRaw,
}

const SIGNS: [(&[u8], Mark); 6] = [
    (b">| ", Mark::HostRaw),
    (b"<| ", Mark::ModemRaw),
    (b"<! ", Mark::ModemUnsolicited),
    (b"<? ", Mark::Modem),
    (b"< ", Mark::Modem),
    (b"> ", Mark::Host),
];

/// The sign that `line` begins with, a modem's name before it allowed, and where the text behind it begins.
pub(super) fn mark(line: &[u8]) -> Option<(Mark, usize)> {
    let name = match line.first() {
        Some(b'a'..=b'z') => {
            line.iter().take(32).take_while(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')).count()
        }
        _ => 0,
    };
    let rest = &line[name..];
    if rest == b">" {
        return Some((Mark::Host, line.len()));
    }
    SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)).map(|&(sign, mark)| (mark, name + sign.len()))
}

/// Whether a script's value stands in `line`: `{*}`, `{imei}`, `{:int}`, `{imei:imei}`. A module's JSON is none.
pub(super) fn has_value(line: &[u8]) -> bool {
    let is_value = |inner: &[u8]| {
        inner == b"*" || inner.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b':' | b'.'))
    };
    let mut rest = line;
    while let Some(open) = memchr::memchr(b'{', rest) {
        rest = &rest[open + 1..];
        if let Some(close) = memchr::memchr(b'}', rest)
            && close > 0
            && is_value(&rest[..close])
        {
            return true;
        }
    }
    false
}

/// What a script's own line does, by its sign; `sure` where other lines have shown that this is a script.
pub(super) fn script_line(line: &[u8], sure: bool) -> Option<&'static str> {
    match line {
        b"..." => Some("any lines"),
        [b'#', b' ', ..] | [b'#'] => Some("a comment"),
        [b'#', next, ..] if sure && !next.is_ascii_alphabetic() => Some("a comment"),
        [b'@', b' ', b'a'..=b'z', ..] => Some("a directive"),
        [b'~', b' ', b'0'..=b'9', ..] => Some("time passes"),
        [b'*', b' ', b'a'..=b'z', ..] => Some("a stage direction"),
        [b'?', b' ', _, ..] => Some("a check"),
        _ => None,
    }
}

/// Whether `line` can stand in a script's header: TOML.
pub(super) fn header_line(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'[' | b'#' | b'"' | b'a'..=b'z'))
        && !line.starts_with(b"at")
        && (matches!(line.first(), Some(b'[' | b'#')) || memchr::memchr(b'=', line).is_some())
}

/// Whether `line` is a command line: `AT…` in either case, or `A/`.
pub(super) fn command_line(line: &[u8]) -> bool {
    line.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"AT")) || line.eq_ignore_ascii_case(b"A/")
}
