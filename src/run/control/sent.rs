//! The messages that a modem's host has sent: what a test asks for behind the application's back.

use std::collections::VecDeque;
use std::fmt;

use crate::wire::sms::{Assembler, Pdu, Tpdu, Way, join};

/// So many are kept; the oldest goes first.
const MOST: usize = 10_000;

/// What the host sent, in order.
#[derive(Debug, Clone, Default)]
pub struct SentMessages {
    messages: VecDeque<SentMessage>,
    /// Of messages in several parts those whose last part has not come.
    parts: Assembler,
}

/// One short message that the host sent.
///
/// Printed as `NUMBER`, a tab, `TEXT`, in which control characters and backslashes are escaped as in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// To whom: the destination address, as the host gave it.
    pub number: String,
    /// What it says, its parts joined.
    pub text: String,
}

impl SentMessages {
    /// The host has sent this PDU: the service centre's address and SMS-SUBMIT. It is a message, or the part that
    /// completes one; what is no text stands as its octets in hexadecimal.
    pub(super) fn take(&mut self, number: &str, pdu: &[u8]) {
        let Ok(Pdu { message: Tpdu::Submit(submit), .. }) = Pdu::decode(pdu, Way::FromMobile) else { return };
        if let Some(parts) = self.parts.take(&submit.destination, submit.user_data) {
            let octets =
                || parts.iter().flat_map(|part| part.body().to_vec()).map(|octet| format!("{octet:02X}")).collect();
            self.push(number, join(&parts).unwrap_or_else(octets));
        }
    }

    /// The host has sent one.
    pub fn push(&mut self, number: impl Into<String>, text: impl Into<String>) {
        if self.messages.len() == MOST {
            self.messages.pop_front();
        }
        self.messages.push_back(SentMessage { number: number.into(), text: text.into() });
    }

    /// All that are kept, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &SentMessage> {
        self.messages.iter()
    }
}

impl fmt::Display for SentMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}", Escaped(&self.number), Escaped(&self.text))
    }
}

/// A text on one line, as the script language writes it; letters outside ASCII stay letters.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for c in self.0.chars() {
            match c {
                '\r' => f.write_str(r"\r")?,
                '\n' => f.write_str(r"\n")?,
                '\t' => f.write_str(r"\t")?,
                '\\' => f.write_str(r"\\")?,
                c if c.is_control() => {
                    let mut bytes = [0; 4];
                    c.encode_utf8(&mut bytes).bytes().try_for_each(|byte| write!(f, r"\x{byte:02X}"))?;
                }
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_stands_in_it() {
        let mut sent = SentMessages::default();
        sent.push("+15551234567", "two\nlines\tand \\ a grüß\u{1b}\u{85}");
        let lines: Vec<String> = sent.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["+15551234567\ttwo\\nlines\\tand \\\\ a grüß\\x1B\\xC2\\x85"]);
    }

    #[test]
    fn the_last_ten_thousand_are_kept() {
        let mut sent = SentMessages::default();
        (0..MOST + 5).for_each(|n| sent.push("+15550100000", n.to_string()));
        assert_eq!(sent.iter().count(), MOST);
        assert_eq!(sent.iter().next().map(|message| message.text.as_str()), Some("5"));
    }
}
