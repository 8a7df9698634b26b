//! The user data header: what stands before the text.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.24.

use std::fmt;

use crate::wire::text::hexadecimal::Hexadecimal;
use crate::wire::text::{Language, WaitingFor};

/// The elements of a header, without the octet that counts it.
///
/// On the wire: for each element its identifier, how many octets it has, and those. A header whose elements do not fill it is to be
/// ignored whole.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.24.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<'a>(&'a [u8]);

/// One element; one that no table has, or whose length or values are not the standard's, is kept as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeaderElement<'a> {
    /// `00 03 reference total sequence`, `08 04 reference×2 total sequence`
    Concatenation(Concatenation),
    /// `04 02 destination source`, `05 04 destination×2 source×2`
    Ports(Ports),
    /// `01 02 kind count`
    Waiting(SpecialMessage),
    /// `24 01 language`
    Single(Language),
    /// `25 01 language`
    Locking(Language),
    /// Any other.
    Other {
        /// Its identifier.
        identifier: u8,
        /// Its octets.
        data: &'a [u8],
    },
}

/// The number that the parts of one message share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// Of 8 bits.
    Short(u8),
    /// Of 16 bits.
    Long(u16),
}

/// Which part of a longer message this is.
///
/// Source: 3GPP TS 23.040, clauses 9.2.3.24.1 and 9.2.3.24.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Concatenation {
    /// The number that the parts share.
    pub reference: Reference,
    /// How many parts there are, 1 to 255.
    pub total: u8,
    /// Which one it is, 1 to `total`.
    pub sequence: u8,
}

/// The applications that a message is between.
///
/// Source: 3GPP TS 23.040, clauses 9.2.3.24.3 and 9.2.3.24.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ports {
    /// Of 8 bits.
    Short {
        /// The receiver's.
        destination: u8,
        /// The sender's.
        source: u8,
    },
    /// Of 16 bits.
    Long {
        /// The receiver's.
        destination: u16,
        /// The sender's.
        source: u16,
    },
}

/// How many messages wait.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.24.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SpecialMessage {
    /// Bit 8 is whether this message is stored, 7 and 6 the profile's number less one, 5 to 3 the extended kind, 2 and 1
    /// [`WaitingFor`].
    pub kind: u8,
    /// How many wait, 255 for that and more.
    pub count: u8,
}

impl<'a> Header<'a> {
    /// Reads the octets behind the one that counts them; `None` where elements do not fill them.
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        let mut rest = octets;
        while let [_, length, data @ ..] = rest {
            rest = data.get(usize::from(*length)..)?;
        }
        rest.is_empty().then_some(Self(octets))
    }

    /// The elements in order.
    pub fn elements(self) -> impl Iterator<Item = HeaderElement<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let &[identifier, length, ref data @ ..] = rest else { return None };
            let (data, after) = data.split_at_checked(usize::from(length))?;
            rest = after;
            Some(HeaderElement::of(identifier, data))
        })
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Which part of a longer message this is; of two that say so the last one counts.
    pub fn concatenation(self) -> Option<Concatenation> {
        self.elements()
            .filter_map(|element| match element {
                HeaderElement::Concatenation(concatenation) => Some(concatenation),
                HeaderElement::Ports(_)
                | HeaderElement::Waiting(_)
                | HeaderElement::Single(_)
                | HeaderElement::Locking(_)
                | HeaderElement::Other { .. } => None,
            })
            .last()
    }
}

impl<'a> HeaderElement<'a> {
    fn of(identifier: u8, data: &'a [u8]) -> Self {
        let other = Self::Other { identifier, data };
        let part = |reference, total, sequence| {
            // The standard has a part of none ignored.
            let is_part = (1..=total).contains(&sequence);
            if is_part { Self::Concatenation(Concatenation { reference, total, sequence }) } else { other }
        };
        match (identifier, data) {
            (0x00, &[reference, total, sequence]) => part(Reference::Short(reference), total, sequence),
            (0x08, &[high, low, total, sequence]) => {
                part(Reference::Long(u16::from_be_bytes([high, low])), total, sequence)
            }
            (0x01, &[kind, count]) => Self::Waiting(SpecialMessage { kind, count }),
            (0x04, &[destination, source]) => Self::Ports(Ports::Short { destination, source }),
            (0x05, &[high, low, source_high, source_low]) => Self::Ports(Ports::Long {
                destination: u16::from_be_bytes([high, low]),
                source: u16::from_be_bytes([source_high, source_low]),
            }),
            (0x24, &[language]) => Language::from_number(language).map_or(other, Self::Single),
            (0x25, &[language]) => Language::from_number(language).map_or(other, Self::Locking),
            (_, _) => other,
        }
    }

    /// Appends it; of data that is longer than 255 octets the rest is left off.
    pub fn push(&self, out: &mut Vec<u8>) {
        match *self {
            Self::Concatenation(Concatenation { reference, total, sequence }) => match reference {
                Reference::Short(reference) => out.extend_from_slice(&[0x00, 3, reference, total, sequence]),
                Reference::Long(reference) => {
                    let [high, low] = reference.to_be_bytes();
                    out.extend_from_slice(&[0x08, 4, high, low, total, sequence]);
                }
            },
            Self::Ports(Ports::Short { destination, source }) => {
                out.extend_from_slice(&[0x04, 2, destination, source]);
            }
            Self::Ports(Ports::Long { destination, source }) => {
                out.extend_from_slice(&[0x05, 4]);
                out.extend_from_slice(&destination.to_be_bytes());
                out.extend_from_slice(&source.to_be_bytes());
            }
            Self::Waiting(SpecialMessage { kind, count }) => out.extend_from_slice(&[0x01, 2, kind, count]),
            Self::Single(language) => out.extend_from_slice(&[0x24, 1, language.number()]),
            Self::Locking(language) => out.extend_from_slice(&[0x25, 1, language.number()]),
            Self::Other { identifier, data } => {
                let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
                out.extend_from_slice(&[identifier, length]);
                out.extend_from_slice(&data[..usize::from(length)]);
            }
        }
    }
}

impl SpecialMessage {
    /// What waits.
    pub const fn what(self) -> WaitingFor {
        WaitingFor::of_bits(self.kind)
    }

    /// Whether the message that says it is stored.
    pub const fn is_stored(self) -> bool {
        self.kind & 0x80 != 0
    }

    /// The subscriber's profile, 1 to 4.
    pub const fn profile(self) -> u8 {
        (self.kind >> 5 & 0x03) + 1
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short(reference) => reference.fmt(out),
            Self::Long(reference) => write!(out, "{reference} (16 bits)"),
        }
    }
}

impl fmt::Display for HeaderElement<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Concatenation(Concatenation { reference, total, sequence }) => {
                write!(out, "part {sequence} of {total} of message {reference}")
            }
            Self::Ports(Ports::Short { destination, source }) => write!(out, "from port {source} to {destination}"),
            Self::Ports(Ports::Long { destination, source }) => {
                write!(out, "from port {source} to {destination} (16 bits)")
            }
            Self::Waiting(special) => write!(out, "waiting, {}: {}", special.what(), special.count),
            Self::Single(language) => write!(out, "single shift table: {language}"),
            Self::Locking(language) => write!(out, "locking shift table: {language}"),
            Self::Other { identifier, data } => {
                match title(identifier) {
                    Some(title) => out.write_str(title)?,
                    None => write!(out, "element {identifier:02X}")?,
                }
                if data.is_empty() { Ok(()) } else { write!(out, ": {}", Hexadecimal(data)) }
            }
        }
    }
}

/// What an element is for.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.24.
const fn title(identifier: u8) -> Option<&'static str> {
    Some(match identifier {
        0x00 | 0x08 => "concatenation",
        0x01 => "waiting messages",
        0x04 | 0x05 => "ports",
        0x06 => "service centre control",
        0x07 => "source of the header",
        0x09 => "wireless control message protocol",
        0x0A => "text formatting",
        0x0B => "predefined sound",
        0x0C => "user defined sound",
        0x0D => "predefined animation",
        0x0E => "large animation",
        0x0F => "small animation",
        0x10 => "large picture",
        0x11 => "small picture",
        0x12 => "variable picture",
        0x13 => "user prompt",
        0x14 => "extended object",
        0x15 => "reused extended object",
        0x16 => "compression control",
        0x17 => "object distribution",
        0x18 => "standard WVG object",
        0x19 => "character size WVG object",
        0x1A => "extended object data request",
        0x20 => "e-mail header",
        0x21 => "hyperlink",
        0x22 => "reply address",
        0x23 => "enhanced voice mail",
        0x24 => "single shift table",
        0x25 => "locking shift table",
        0x70..=0x7F => "SIM toolkit security",
        0x80..=0x9F => "for the ends alone",
        0xC0..=0xDF => "the service centre's own",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_in_words() {
        let octets = [
            0x00, 3, 42, 2, 1, 0x08, 4, 1, 0, 3, 3, 0x05, 4, 0x0B, 0x84, 0x23, 0xF0, 0x04, 2, 240, 1, 0x01, 2, 0x80, 3,
            0x24, 1, 1, 0x25, 1, 13, 0x25, 1, 99, 0x00, 3, 42, 2, 0, 0x0A, 2, 0, 5, 0xEE, 0, 0x70, 0,
        ];
        let header = Header::read(&octets).expect("elements that fill it");
        let words: Vec<String> = header.elements().map(|element| element.to_string()).collect();
        insta::assert_snapshot!(words.join("\n"), @r"
        part 1 of 2 of message 42
        part 3 of 3 of message 256 (16 bits)
        from port 9200 to 2948 (16 bits)
        from port 1 to 240
        waiting, voice mail: 3
        single shift table: Turkish
        locking shift table: Urdu
        locking shift table: 63
        concatenation: 2A0200
        text formatting: 0005
        element EE
        SIM toolkit security
        ");
        let reference = header.concatenation().expect("the last one").reference;
        assert_eq!(reference, Reference::Long(256));
        assert_eq!(Header::read(&[0x00, 3, 42, 2]), None);
        assert_eq!(Header::read(&[0x00]), None);
        let special = SpecialMessage { kind: 0xA2, count: 1 };
        assert_eq!((special.what(), special.is_stored(), special.profile()), (WaitingFor::Email, true, 2));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_again(octets in prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 3, 4, 5, 8, 0x24, 0x25, 0xFF]), 0..30)) {
            if let Some(header) = Header::read(&octets) {
                let mut out = Vec::new();
                header.elements().for_each(|element| element.push(&mut out));
                prop_assert_eq!(out, octets);
            }
        }
    }
}
