//! Questions to a name server, and its answers, in so far as one that knows a few hosts gives them.
//!
//! Source: RFC 1035, clauses 3 and 4; RFC 2308 for names that are there without such a record.

use std::net::Ipv4Addr;

const HEADER: usize = 12;
/// Octets of a name, its dots and counts included.
const LONGEST_NAME: usize = 255;
/// Record type A and class IN.
const A: u16 = 1;
const INTERNET: u16 = 1;
/// For how long an answer holds, in seconds.
const TIME_TO_LIVE: u32 = 60;

/// A question, as far as it can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question<'a> {
    /// What the answer repeats.
    identifier: u16,
    /// QR, Opcode, AA, TC, RD, RA, Z, RCODE.
    flags: u16,
    /// The asked name in lower case, without a dot at its end; `None` where the question cannot be read.
    pub name: Option<String>,
    /// An address of the Internet is asked for.
    pub wants_address: bool,
    /// The question's own octets.
    octets: &'a [u8],
}

/// How a question ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseCode {
    /// 0: with records, or with none of the asked type.
    NoError,
    /// 1: it cannot be read.
    FormatError,
    /// 3: there is no such name.
    NameError,
    /// 4: nobody here does that.
    NotImplemented,
}

impl<'a> Question<'a> {
    /// Reads a message. `None`: it is no question at all, and is not answered.
    #[must_use]
    pub fn read(message: &'a [u8]) -> Option<Self> {
        let (header, body) = message.split_first_chunk::<HEADER>()?;
        let field = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
        let (identifier, flags) = (field(0), field(2));
        if flags & 0x8000 != 0 {
            return None;
        }
        let read = (field(4) == 1).then(|| question(body)).flatten();
        let (name, wants_address, length) = match read {
            Some((name, wants_address, length)) => (Some(name), wants_address, length),
            None => (None, false, 0),
        };
        Some(Question { identifier, flags, name, wants_address, octets: &body[..length] })
    }

    /// A standard query; else it asks for something that is not implemented.
    #[must_use]
    pub const fn is_standard(&self) -> bool {
        self.flags & 0x7800 == 0
    }
}

/// Writes the answer to a question: the addresses, if the code says that all is well.
pub fn answer(question: &Question<'_>, code: ResponseCode, addresses: &[Ipv4Addr], out: &mut Vec<u8>) {
    let (rcode, count) = match code {
        ResponseCode::NoError => (0, u16::try_from(addresses.len()).unwrap_or(0)),
        ResponseCode::FormatError => (1, 0),
        ResponseCode::NameError => (3, 0),
        ResponseCode::NotImplemented => (4, 0),
    };
    // Response, recursion available; opcode and recursion desired as they came.
    let flags = 0x8080 | question.flags & 0x7900 | rcode;
    for field in [question.identifier, flags, u16::from(!question.octets.is_empty()), count, 0, 0] {
        out.extend(field.to_be_bytes());
    }
    out.extend_from_slice(question.octets);
    for address in &addresses[..count.into()] {
        // The name stands in the question, behind the header.
        out.extend([0xC0, 0x0C]);
        out.extend(A.to_be_bytes());
        out.extend(INTERNET.to_be_bytes());
        out.extend(TIME_TO_LIVE.to_be_bytes());
        out.extend([0, 4]);
        out.extend(address.octets());
    }
}

/// Reads the one question: its name, whether it wants an address, its length.
fn question(body: &[u8]) -> Option<(String, bool, usize)> {
    let mut name = String::new();
    let mut at = 0;
    loop {
        let length = usize::from(*body.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        // Two bits set point elsewhere, where nothing can stand before the first name.
        if length > 63 || at + length > LONGEST_NAME {
            return None;
        }
        if !name.is_empty() {
            name.push('.');
        }
        name.extend(body.get(at..at + length)?.iter().map(|octet| char::from(octet.to_ascii_lowercase())));
        at += length;
    }
    let &[a, b, c, d] = body.get(at..at + 4)?.first_chunk::<4>()?;
    let wants_address = u16::from_be_bytes([a, b]) == A && u16::from_be_bytes([c, d]) == INTERNET;
    Some((name, wants_address, at + 4))
}
