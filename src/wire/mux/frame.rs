//! One frame: its channel, its kind, what it carries.

use std::fmt;

use super::fcs;

/// The flag of the basic option.
pub(super) const BASIC_FLAG: u8 = 0xF9;
/// The flag of the advanced option.
pub(super) const ADVANCED_FLAG: u8 = 0x7E;
/// The advanced option's escape: the next byte has its sixth bit turned over.
pub(super) const ESCAPE: u8 = 0x7D;
/// What an escaped byte is changed by.
pub(super) const TURNED: u8 = 0x20;
/// XON and XOFF, which the advanced option escapes too, so that software flow control may stand below it.
const FLOW: [u8; 2] = [0x11, 0x13];

/// The most bytes that a frame of this crate carries: what the length of the basic option can say.
pub(super) const LONGEST: usize = 32_767;

/// How frames are told apart on the line: `<mode>` of `+CMUX`.
///
/// Source: 3GPP TS 27.010, clauses 5.2.1 and 5.2.2; TS 27.007, clause 5.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Framing {
    /// `F9`, address, control, length, information, check, `F9`.
    #[default]
    Basic,
    /// `7E`, address, control, information, check, `7E`; `7D` escapes.
    Advanced,
}

/// A data link connection identifier: a channel, 0 to 63.
///
/// 0 is the multiplexer's own; 62, whose address looks like a flag, and 63 are set aside.
///
/// Source: 3GPP TS 27.010, clause 5.2.1.2 and 5.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Dlci(u8);

impl Dlci {
    /// The control channel.
    pub const CONTROL: Dlci = Dlci(0);

    /// A channel by its number; none beyond 63.
    #[must_use]
    pub const fn new(number: u8) -> Option<Dlci> {
        if number < 64 { Some(Dlci(number)) } else { None }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Dlci {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a frame is.
///
/// On the wire: the control field, its fifth bit (P/F) left out: `2F`, `63`, `0F`, `43`, `EF`, `03`.
///
/// Source: 3GPP TS 27.010, clause 5.2.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// Set asynchronous balanced mode: opens a channel.
    Sabm,
    /// Unnumbered acknowledgement.
    Ua,
    /// Disconnected mode: no such channel.
    Dm,
    /// Disconnect: closes a channel.
    Disc,
    /// Unnumbered information with header check: data, its check byte over the header alone.
    Uih,
    /// Unnumbered information: data, its check byte over the data too.
    Ui,
}

impl FrameKind {
    const ALL: [FrameKind; 6] =
        [FrameKind::Sabm, FrameKind::Ua, FrameKind::Dm, FrameKind::Disc, FrameKind::Uih, FrameKind::Ui];

    pub(super) fn of(control: u8) -> Option<FrameKind> {
        FrameKind::ALL.into_iter().find(|kind| kind.code() == control & !POLL)
    }

    const fn code(self) -> u8 {
        match self {
            FrameKind::Sabm => 0x2F,
            FrameKind::Ua => 0x63,
            FrameKind::Dm => 0x0F,
            FrameKind::Disc => 0x43,
            FrameKind::Uih => 0xEF,
            FrameKind::Ui => 0x03,
        }
    }

    /// Whether the check byte runs over what the frame carries, and not over its header alone.
    pub(super) const fn checks_information(self) -> bool {
        match self {
            FrameKind::Uih => false,
            FrameKind::Sabm | FrameKind::Ua | FrameKind::Dm | FrameKind::Disc | FrameKind::Ui => true,
        }
    }
}

/// The poll or final bit of the control field.
pub(super) const POLL: u8 = 0x10;
/// The last byte of a field says so.
pub(super) const LAST: u8 = 0x01;
/// The command/response bit of the address.
const COMMAND: u8 = 0x02;

/// One frame.
///
/// On the wire: address (EA, C/R, six bits of channel), control, in the basic option a length of one or two bytes,
/// information, check byte, between flags.
///
/// Source: 3GPP TS 27.010, clause 5.2.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its channel.
    pub channel: Dlci,
    /// The C/R bit: set in a command of the side that opened the multiplexer, and in the other side's response to it.
    pub command: bool,
    /// What it is.
    pub kind: FrameKind,
    /// The P/F bit.
    pub poll: bool,
    /// What it carries.
    pub information: &'a [u8],
}

impl Frame<'_> {
    /// Reads address and control; none where they are no frame's.
    pub(super) fn header(address: u8, control: u8) -> Option<Frame<'static>> {
        if address & LAST == 0 {
            return None;
        }
        let channel = Dlci::new(address >> 2)?;
        let kind = FrameKind::of(control)?;
        Some(Frame { channel, command: address & COMMAND != 0, kind, poll: control & POLL != 0, information: &[] })
    }

    fn address(&self) -> u8 {
        self.channel.0 << 2 | if self.command { COMMAND } else { 0 } | LAST
    }

    fn control(&self) -> u8 {
        self.kind.code() | if self.poll { POLL } else { 0 }
    }

    /// Writes the frame, flags included. What it carries beyond 32,767 bytes is left out.
    pub fn write(&self, framing: Framing, out: &mut Vec<u8>) {
        let information = &self.information[..self.information.len().min(LONGEST)];
        let mut header = vec![self.address(), self.control()];
        if framing == Framing::Basic {
            header.extend_from_slice(&length(information.len()));
        }
        let check = if self.kind.checks_information() {
            fcs::of(&[header.as_slice(), information].concat())
        } else {
            fcs::of(&header)
        };
        match framing {
            Framing::Basic => {
                out.reserve(information.len() + header.len() + 3);
                out.push(BASIC_FLAG);
                out.extend_from_slice(&header);
                out.extend_from_slice(information);
                out.push(check);
                out.push(BASIC_FLAG);
            }
            Framing::Advanced => {
                out.push(ADVANCED_FLAG);
                for &byte in header.iter().chain(information).chain([&check]) {
                    if matches!(byte, ADVANCED_FLAG | ESCAPE) || FLOW.contains(&(byte & 0x7F)) {
                        out.extend_from_slice(&[ESCAPE, byte ^ TURNED]);
                    } else {
                        out.push(byte);
                    }
                }
                out.push(ADVANCED_FLAG);
            }
        }
    }
}

/// The length field: seven bits and the last bit set, or fifteen and the first byte's clear.
///
/// Source: 3GPP TS 27.010, clause 5.2.1.5.
fn length(length: usize) -> Vec<u8> {
    let [low, high] = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
    if length < 128 { vec![low << 1 | LAST] } else { vec![low << 1, high << 1 | low >> 7] }
}
