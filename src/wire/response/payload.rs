//! Payloads whose length stands before them.
//!
//! The length decides, never the content: a payload may hold `\r\nOK\r\n`.

use std::borrow::Cow;

use super::Fields;

/// A line that announces a payload: its name, which parameter is the length, where the payload begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The line's name, sign included: `+USORD`.
    pub name: &'static [u8],
    /// Which parameter is the length.
    pub length: Length,
    /// How many parameters the head must have for a payload to follow; `None` for any number.
    pub fields: Option<usize>,
    /// Where the payload begins.
    pub place: Place,
}

/// Which parameter of a head is the payload's length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The one at this position, from 0.
    At(usize),
    /// The one before the peer's address, or the last where there is none: `+IPD,0,27,192.0.2.1,443:`.
    BeforeAddress,
}

/// Where a payload begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind the colon that ends the head, in the same line: `+IPD,0,5:hello`.
    Colon,
    /// Inside the quotes that follow the length: `+USORD: 0,5,"hello"`.
    Quotes,
    /// Behind the head's line end: `+QIRD: 5` CR LF `hello`.
    NextLine,
}

/// Heads whose form alone shows that a payload follows.
///
/// Source: u-blox AT commands manuals (`+USORD`, `+USORF`, `+URDFILE`, `+URDBLOCK`), Quectel MQTT application note
/// (`+QMTRECV`), Espressif ESP-AT and SIMCom TCP/IP application notes (`+IPD`, `+RECEIVE`).
pub(super) const SELF_EVIDENT: &[Head] = &[
    Head { name: b"+IPD", length: Length::BeforeAddress, fields: None, place: Place::Colon },
    head(b"+USORD", 1, 3, Place::Quotes),
    head(b"+USORF", 3, 5, Place::Quotes),
    head(b"+URDFILE", 1, 3, Place::Quotes),
    head(b"+URDBLOCK", 1, 3, Place::Quotes),
    head(b"+QMTRECV", 3, 5, Place::Quotes),
    head(b"+RECEIVE", 1, 2, Place::NextLine),
];

/// The heads that a command makes the modem send, of a form that means something else elsewhere.
///
/// Source: Quectel TCP/IP, SSL and FILE application notes; SIMCom TCP/IP, SSL and HTTP application notes; Telit IP easy;
/// Nordic Semiconductor Serial Modem; Thales Cinterion AT command set; Sequans AT commands.
const ASKED: &[(&[u8], Head)] = &[
    (b"+QIRD", head(b"+QIRD", 0, 1, Place::NextLine)),
    (b"+QSSLRECV", head(b"+QSSLRECV", 0, 1, Place::NextLine)),
    (b"+QFDWL", head(b"CONNECT", 0, 1, Place::NextLine)),
    (b"+QFREAD", head(b"CONNECT", 0, 1, Place::NextLine)),
    (b"+CIPRXGET", head(b"+CIPRXGET", 2, 4, Place::NextLine)),
    (b"+CCHRECV", head(b"+CCHRECV", 2, 3, Place::NextLine)),
    (b"+HTTPREAD", head(b"+HTTPREAD", 0, 1, Place::NextLine)),
    (b"+FTPGET", head(b"+FTPGET", 1, 2, Place::NextLine)),
    (b"+SQNSRECV", head(b"+SQNSRECV", 1, 2, Place::NextLine)),
    (b"#SRECV", head(b"#SRECV", 1, 2, Place::NextLine)),
    (b"#XRECV", head(b"#XRECV", 2, 3, Place::NextLine)),
    (b"^SISR", head(b"^SISR", 1, 2, Place::NextLine)),
];

/// The heads to look for after a command line with these names.
pub(super) fn after<'a>(names: impl Iterator<Item = &'a [u8]>) -> Cow<'static, [Head]> {
    let mut heads = Cow::Borrowed(SELF_EVIDENT);
    for name in names {
        let asked = ASKED.iter().filter(|(command, _)| command.eq_ignore_ascii_case(name));
        for (_, head) in asked {
            heads.to_mut().push(*head);
        }
    }
    heads
}

const fn head(name: &'static [u8], length: usize, fields: usize, place: Place) -> Head {
    Head { name, length: Length::At(length), fields: Some(fields), place }
}

/// The payload that a line announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) place: Place,
    /// Where the head ends: behind the colon, behind the opening quote, or at the line's end.
    pub(super) from: usize,
    pub(super) length: usize,
}

/// Whether `line`, perhaps cut off, may be a head.
pub(super) fn may_be(heads: &[Head], line: &[u8]) -> bool {
    heads.iter().any(|head| match (head.name, line) {
        ([_, _, third, ..], [_, _, came, ..]) if third != came => false,
        (name, line) => line.starts_with(name) || name.starts_with(line),
    })
}

/// Reads the head at the begin of `line`: bytes of one line, perhaps with more or less behind.
///
/// `whole` says that the line end stands right behind `line`.
pub(super) fn announced(heads: &[Head], line: &[u8], whole: bool) -> Option<Announced> {
    let head = heads
        .iter()
        .find(|head| line.starts_with(head.name) && matches!(line.get(head.name.len()), Some(b':' | b',' | b' ')))?;
    let start = head.name.len() + 1;
    let rest = &line[start..];
    let (end, from) = match head.place {
        Place::Colon => {
            let colon = start + memchr::memchr(b':', rest)?;
            (colon, colon + 1)
        }
        Place::Quotes => {
            let quote = start + length_quote(rest, head)?;
            (quote + 1, quote + 1)
        }
        Place::NextLine if whole => (line.len(), line.len()),
        Place::NextLine => return None,
    };
    let fields = &line[start..end];
    let fields = fields.strip_suffix(b":").unwrap_or(fields);
    let (count, length) = match head.length {
        Length::At(at) => (Fields::new(fields).count(), Fields::new(fields).nth(at)),
        Length::BeforeAddress => {
            let plain = Fields::new(fields).take_while(|field| !field.text().contains(&b'.'));
            (Fields::new(fields).count(), plain.last())
        }
    };
    if head.fields.is_some_and(|wanted| wanted != count) {
        return None;
    }
    let length = usize::try_from(length?.number()?).ok().filter(|length| *length > 0)?;
    Some(Announced { place: head.place, from, length })
}

/// The quote that opens the payload: the one at the begin of the last parameter that the head has.
fn length_quote(rest: &[u8], head: &Head) -> Option<usize> {
    let last = head.fields?.checked_sub(1)?;
    let mut comma = 0;
    let mut quoted = false;
    for (index, &byte) in rest.iter().enumerate() {
        match byte {
            b'"' if !quoted && comma == last => return Some(index),
            b'"' => quoted = !quoted,
            b',' if !quoted => comma += 1,
            b'\r' | b'\n' => return None,
            _ => {}
        }
    }
    None
}
