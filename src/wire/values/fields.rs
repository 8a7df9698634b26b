//! The fields of an information line: `+NAME: 1,"a,b",,(2,3)`.

use super::ValueError;

/// What follows `<name>:` in `line`, blanks at both ends dropped; the blank after the colon may be missing.
pub(super) fn after_name<'a>(line: &'a [u8], name: &'static str) -> Result<&'a [u8], ValueError> {
    let line = line.trim_ascii();
    let head = line.get(..name.len()).filter(|head| head.eq_ignore_ascii_case(name.as_bytes()));
    match head.and_then(|_| line[name.len()..].trim_ascii_start().strip_prefix(b":")) {
        Some(rest) => Ok(rest.trim_ascii()),
        None => Err(ValueError::new(name, line)),
    }
}

/// The fields, parted by commas that stand neither in quotes nor in brackets, blanks around them dropped.
///
/// A bracket or a quote that is never closed ends with the line.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a>(Option<&'a [u8]>);

impl<'a> Fields<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self(Some(text))
    }

    /// The next field without its quotes; `None` where it is omitted or the line has ended.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        self.next().map(unquoted).filter(|field| !field.is_empty())
    }

    /// The next field as a decimal number; `None` where it is omitted or something else.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.text().and_then(decimal)
    }

    /// The next field as a hexadecimal number, in quotes or not; `None` where it is omitted or something else.
    pub(super) fn hexadecimal(&mut self) -> Option<u64> {
        let text = std::str::from_utf8(self.text()?).ok()?;
        u64::from_str_radix(text.trim_start_matches("0x"), 16).ok()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.0?;
        let (mut quoted, mut depth) = (false, 0_usize);
        let comma = text.iter().position(|&byte| {
            match byte {
                b'"' => quoted = !quoted,
                b'(' if !quoted => depth += 1,
                b')' if !quoted => depth = depth.saturating_sub(1),
                _ => {}
            }
            byte == b',' && !quoted && depth == 0
        });
        self.0 = comma.map(|comma| &text[comma + 1..]);
        Some(text[..comma.unwrap_or(text.len())].trim_ascii())
    }
}

/// The field without its quotes.
pub(super) fn unquoted(field: &[u8]) -> &[u8] {
    let inner = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
    inner.unwrap_or(field)
}

/// The field as a decimal number without a sign.
pub(super) fn decimal<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(field).ok()?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
