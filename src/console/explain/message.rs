//! A message's line: its text, or its PDU with what each element says.

use super::found::{Says, Side};
use crate::wire::sms::{Element, Pdu, Way};
use crate::wire::text::hexadecimal;

/// Fewer digits may as well be a text.
const SHORTEST: usize = 20;

/// A PDU in its line.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// How it came to stand there.
    pub(super) words: &'static str,
    /// Where its first digit stands in the line.
    pub(super) at: usize,
    /// What it says, or why it is none.
    pub(super) told: Result<Vec<Element>, String>,
}

impl Message {
    /// What a line says of which `words` hold: of digits that may be a PDU what that says, of anything else the words.
    pub(super) fn says<'a>(words: &'static str, line: &[u8], side: Side) -> Says<'a> {
        let is_around = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0x1A | 0x1B);
        let at = line.iter().take_while(|byte| is_around(byte)).count();
        let length = line[at..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (hex, rest) = line[at..].split_at(length);
        if length < SHORTEST || !rest.iter().all(is_around) {
            return Says::Words(words);
        }
        let told = match hexadecimal::read(hex) {
            Err(error) => Err(error.to_string()),
            Ok(octets) => {
                let read = match side {
                    Side::Host => Pdu::of_host(&octets),
                    Side::Modem | Side::Neither => Pdu::read(&octets, Way::Stored),
                };
                match read {
                    Err(error) => Err(error.to_string()),
                    Ok((pdu, [])) => Ok(pdu.elements()),
                    Ok((_, rest)) => Err(format!("octets behind the message's end: {}", rest.len())),
                }
            }
        };
        Says::Message(Self { words, at, told })
    }

    /// The elements; none where it is no PDU.
    pub(super) fn elements(&self) -> &[Element] {
        self.told.as_deref().unwrap_or_default()
    }
}
