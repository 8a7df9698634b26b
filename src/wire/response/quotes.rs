//! Quotes, as modules write them: a quote opens at the begin of a parameter and closes before a comma, a parenthesis or the
//! line's end; between the two it is text.

/// Whether a quote is open at the end of `line`, whose first quote stands at `quote`.
pub(super) fn is_open(line: &[u8], quote: usize) -> bool {
    !closed_by_last(line) && open_after(&line[quote + 1..], opens(&line[..quote]))
}

/// Whether a quote is open at the end of `part`, if one was open (or not) at its begin.
pub(super) fn open_after(part: &[u8], mut open: bool) -> bool {
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'"', &part[from..]) {
        let at = from + found;
        from = at + 1;
        open = if open { !closes(&part[from..]) } else { at > 0 && opens(&part[..at]) };
    }
    open
}

/// Whether the last quote of `line` stands where a string ends and not where one begins: then none is open.
fn closed_by_last(line: &[u8]) -> bool {
    match memchr::memrchr(b'"', line) {
        Some(last) => closes(&line[last + 1..]) && !opens(&line[..last]),
        None => true,
    }
}

fn opens(before: &[u8]) -> bool {
    matches!(before.trim_ascii_end().last(), None | Some(b',' | b'(' | b':' | b'='))
}

fn closes(behind: &[u8]) -> bool {
    matches!(behind.trim_ascii_start().first(), None | Some(b',' | b')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(line: &str) -> bool {
        line.find('"').is_some_and(|quote| is_open(line.as_bytes(), quote))
    }

    #[test]
    fn a_lost_quote_is_open_and_a_closed_one_is_not() {
        assert!(open(r#"+COPS: 0,0,"Lost"#));
        assert!(open(r#"+X: 1,""#));
        assert!(open(r#"+X: "a","b"#));
        assert!(!open(r#"+X: "a","b""#));
        assert!(!open(r#"+X: """#));
        assert!(!open(r#"+X: "", 1"#));
        assert!(!open(r#"+CPMS: (ME", "SR"), ("ME", "SR"), ("ME")"#));
        assert!(!open(r#"+QMTRECV: 1,0,"t",16,"{"cmd": "blink"}""#));
        assert!(!open(r#"+X: 5" display"#));
    }
}
