//! SMS-COMMAND: what the mobile asks the service centre to do with a message.
//!
//! Source: 3GPP TS 23.040, clause 9.2.2.4.

use std::borrow::Cow;
use std::fmt;

use super::elements::{Part, Teller, words};
use super::rule::{Parsed, give_up, octet, octets};
use super::{Address, ProtocolId, Wrong};
use crate::wire::text::hexadecimal::Hexadecimal;

/// SMS-COMMAND.
///
/// On the wire: first octet, TP-MR, TP-PID, TP-CT, TP-MN, TP-DA, TP-CDL, TP-CD.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command<'a> {
    /// TP-SRR: whether a status report is asked for.
    pub report_requested: bool,
    /// TP-UDHI: whether the data begins with a header.
    pub has_header: bool,
    /// TP-MR.
    pub reference: u8,
    /// TP-PID.
    pub protocol: ProtocolId,
    /// TP-CT.
    pub kind: CommandType,
    /// TP-MN: the reference of the message that it is about.
    pub message: u8,
    /// TP-DA: whom that message was sent to.
    pub destination: Address,
    /// TP-CD, at most 156 octets.
    pub data: Cow<'a, [u8]>,
}

/// TP-CT: what is to be done.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.19.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommandType(pub u8);

impl CommandType {
    /// Asks what became of the message.
    pub const ENQUIRE: Self = Self(0);
    /// Takes back that a status report was asked for.
    pub const CANCEL_REPORT: Self = Self(1);
    /// Deletes the message.
    pub const DELETE: Self = Self(2);
    /// Asks for a status report.
    pub const REQUEST_REPORT: Self = Self(3);
}

/// The most octets of command data.
const MOST: usize = 156;

impl<'a> Command<'a> {
    /// What follows the first octet.
    pub(super) fn command(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, reference) = octet("TP-MR")(input)?;
            let (rest, protocol) = octet("TP-PID")(rest)?;
            let (rest, kind) = octet("TP-CT")(rest)?;
            let (rest, message) = octet("TP-MN")(rest)?;
            let (rest, destination) = Address::address("TP-DA")(rest)?;
            let (behind, length) = octet("TP-CDL")(rest)?;
            let length = usize::from(length);
            if length > MOST {
                return give_up(rest, Wrong::TooLong { element: "TP-CDL", most: MOST, found: length });
            }
            let (rest, data) = octets("TP-CD", length)(behind)?;
            let command = Self {
                report_requested: first & 0x20 != 0,
                has_header: first & 0x40 != 0,
                reference,
                protocol: ProtocolId(protocol),
                kind: CommandType(kind),
                message,
                destination,
                data: data.into(),
            };
            Ok((rest, command))
        }
    }

    /// The first octet, as `<fo>` has it.
    pub fn first_octet(&self) -> u8 {
        0x02 | if self.report_requested { 0x20 } else { 0 } | if self.has_header { 0x40 } else { 0 }
    }

    /// Data beyond 156 octets is left off.
    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.first_octet(), self.reference, self.protocol.0, self.kind.0, self.message]);
        self.destination.push(out);
        let data = &self.data[..self.data.len().min(MOST)];
        out.push(data.len() as u8);
        out.extend_from_slice(data);
    }

    pub(super) fn into_owned(self) -> Command<'static> {
        Command {
            report_requested: self.report_requested,
            has_header: self.has_header,
            reference: self.reference,
            protocol: self.protocol,
            kind: self.kind,
            message: self.message,
            destination: self.destination,
            data: self.data.into_owned().into(),
        }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        let flags = [(self.report_requested, "a report is asked for"), (self.has_header, "a header")];
        teller.add("first octet", 1, Part::Other, words("SMS-COMMAND", &flags));
        teller.add("TP-MR", 1, Part::Other, self.reference.to_string());
        teller.add("TP-PID", 1, Part::Other, self.protocol.to_string());
        teller.add("TP-CT", 1, Part::Other, self.kind.to_string());
        teller.add("TP-MN", 1, Part::Other, format!("message {}", self.message));
        teller.address("TP-DA", Part::Destination, &self.destination);
        teller.add("TP-CDL", 1, Part::Other, format!("{} octets", self.data.len()));
        if !self.data.is_empty() {
            teller.add("TP-CD", self.data.len(), Part::UserData, Hexadecimal(&self.data).to_string());
        }
    }
}

impl fmt::Display for CommandType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self.0 {
            0 => "asks what became of the message",
            1 => "takes back that a report was asked for",
            2 => "deletes the message",
            3 => "asks for a report",
            0xE0..=0xFF => "the service centre's own",
            _ => "reserved",
        })
    }
}
