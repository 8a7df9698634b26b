//! From values to the connection's bytes.

use super::{IAC, SB, SE, TelnetOption, Verb};

/// Puts data: each IAC in it is doubled. Source: RFC 854.
pub fn escape(data: &[u8], out: &mut Vec<u8>) {
    let mut rest = data;
    while let Some(at) = memchr::memchr(IAC, rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(IAC);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// Puts an offer, a request or a refusal: IAC, the verb, the option.
pub fn negotiate(verb: Verb, option: TelnetOption, out: &mut Vec<u8>) {
    out.extend_from_slice(&[IAC, verb.code(), option.0]);
}

/// Puts what an option says: IAC SB, the option, the bytes with each IAC doubled, IAC SE. Source: RFC 855.
pub fn subnegotiate(option: TelnetOption, said: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[IAC, SB, option.0]);
    escape(said, out);
    out.extend_from_slice(&[IAC, SE]);
}
