//! From the line's bytes to frames, cut anywhere.
//!
//! A frame whose check byte is wrong, or that is none, costs its own bytes and nothing more: the decoder looks for the
//! next flag. What stands between frames, such as the text of a modem that has started anew, is handed out as it came.

use super::fcs;
use super::frame::{ADVANCED_FLAG, BASIC_FLAG, ESCAPE, Frame, Framing, LAST, LONGEST, TURNED};

/// What the decoder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// A sound frame.
    Frame(Frame<'a>),
    /// Bytes that are part of no frame.
    Stray(&'a [u8]),
    /// A frame began and did not end soundly: so many bytes of it are lost.
    Damaged(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between frames.
    Between,
    /// After a flag, before an address.
    Begin,
    /// In a frame.
    Inside,
    /// In a frame of the advanced option, after its escape.
    Escaped,
    /// The basic option's information and check byte are complete: the closing flag follows.
    Closing,
}

/// Finds frames in the bytes of a line.
///
/// Its memory is bounded by the longest frame that it is told to take, and an idle one owns none.
#[derive(Debug)]
pub struct Decoder {
    framing: Framing,
    longest: usize,
    state: State,
    /// The frame as far as it has come: address, control, in the basic option the length, information, check.
    frame: Vec<u8>,
    /// Bytes between frames that are still to be handed out.
    stray: Vec<u8>,
}

impl Decoder {
    /// A decoder for frames that carry at most so many bytes (N1), 32,767 at the most.
    #[must_use]
    pub fn new(framing: Framing, longest: usize) -> Self {
        Decoder { framing, longest: longest.min(LONGEST), state: State::Between, frame: Vec::new(), stray: Vec::new() }
    }

    /// Takes bytes, cut anywhere; tells what they complete.
    pub fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(Found<'_>)) {
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            match self.take(rest) {
                0 => {
                    self.push(byte, &mut tell);
                    rest = behind;
                }
                taken => rest = &rest[taken..],
            }
        }
        self.give_stray(&mut tell);
    }

    /// Takes what is a frame's information and nothing else, in pieces as long as there are; says how many bytes.
    fn take(&mut self, bytes: &[u8]) -> usize {
        if self.state != State::Inside {
            return 0;
        }
        match self.framing {
            Framing::Basic => {
                let Some((carried, header)) = self.carried() else { return 0 };
                let room = (header + carried).saturating_sub(self.frame.len()).min(bytes.len());
                self.frame.extend_from_slice(&bytes[..room]);
                room
            }
            // Its header has checks of its own.
            Framing::Advanced if self.frame.len() < 2 => 0,
            Framing::Advanced => self.take_escaped(bytes),
        }
    }

    /// The same of the advanced option, escapes undone; it stops before a flag, and before a byte that makes the frame too long.
    fn take_escaped(&mut self, bytes: &[u8]) -> usize {
        let longest = self.longest + 3;
        let mut rest = bytes;
        while self.frame.len() < longest {
            match *rest {
                [ESCAPE, turned, ref behind @ ..] if turned != ADVANCED_FLAG => {
                    self.frame.push(turned ^ TURNED);
                    rest = behind;
                }
                [] | [ESCAPE | ADVANCED_FLAG, ..] => break,
                _ => {
                    let piece = rest.get(..longest - self.frame.len()).unwrap_or(rest);
                    let run = memchr::memchr2(ADVANCED_FLAG, ESCAPE, piece).unwrap_or(piece.len());
                    self.frame.extend_from_slice(&piece[..run]);
                    rest = &rest[run..];
                }
            }
        }
        bytes.len() - rest.len()
    }

    fn push(&mut self, byte: u8, tell: &mut impl FnMut(Found<'_>)) {
        self.state = match (self.framing, self.state) {
            (_, State::Between) if byte == self.flag() => {
                self.give_stray(tell);
                State::Begin
            }
            (_, State::Between) => {
                self.stray.push(byte);
                State::Between
            }
            // Flags may follow one another, and one may end a frame and begin the next.
            (_, State::Begin) if byte == self.flag() => State::Begin,
            (Framing::Advanced, State::Begin | State::Inside) if byte == ESCAPE => State::Escaped,
            (Framing::Advanced, State::Inside | State::Escaped) if byte == ADVANCED_FLAG => {
                self.end(tell);
                State::Begin
            }
            (Framing::Advanced, State::Escaped) => self.inside(byte ^ TURNED, tell),
            (Framing::Advanced | Framing::Basic, State::Begin | State::Inside) => self.inside(byte, tell),
            (_, State::Closing) if byte == BASIC_FLAG => {
                self.end(tell);
                State::Begin
            }
            (_, State::Closing | State::Escaped) => self.give_up(tell),
        };
    }

    const fn flag(&self) -> u8 {
        match self.framing {
            Framing::Basic => BASIC_FLAG,
            Framing::Advanced => ADVANCED_FLAG,
        }
    }

    /// One more byte of a frame.
    fn inside(&mut self, byte: u8, tell: &mut impl FnMut(Found<'_>)) -> State {
        self.frame.push(byte);
        let known = match *self.frame.as_slice() {
            [address, control, ..] => Frame::header(address, control).is_some(),
            [address] => address & LAST != 0,
            [] => true,
        };
        // Address, control and check; in the basic option its length field says the rest.
        let too_long = match (self.framing, self.carried()) {
            (Framing::Basic, Some((carried, _))) => carried > self.longest,
            (Framing::Basic, None) => false,
            (Framing::Advanced, _) => self.frame.len() > self.longest + 3,
        };
        if !known || too_long {
            return self.give_up(tell);
        }
        match (self.framing, self.carried()) {
            (Framing::Basic, Some((carried, header))) if self.frame.len() == header + carried + 1 => State::Closing,
            (Framing::Basic | Framing::Advanced, _) => State::Inside,
        }
    }

    /// How many bytes a frame of the basic option carries and how many stand before them, once its length field is there.
    fn carried(&self) -> Option<(usize, usize)> {
        match *self.frame.as_slice() {
            [_, _, low, ..] if low & LAST != 0 => Some((usize::from(low >> 1), 3)),
            [_, _, low, high, ..] => Some((usize::from(high) << 7 | usize::from(low >> 1), 4)),
            _ => None,
        }
    }

    /// A closing flag has come.
    fn end(&mut self, tell: &mut impl FnMut(Found<'_>)) {
        let frame = std::mem::take(&mut self.frame);
        tell(read(self.framing, &frame).map_or(Found::Damaged(frame.len()), Found::Frame));
        if frame.capacity() <= 512 {
            self.frame = frame;
            self.frame.clear();
        }
    }

    /// What was taken for a frame is none.
    fn give_up(&mut self, tell: &mut impl FnMut(Found<'_>)) -> State {
        let lost = std::mem::take(&mut self.frame).len();
        tell(Found::Damaged(lost));
        State::Between
    }

    fn give_stray(&mut self, tell: &mut impl FnMut(Found<'_>)) {
        if !self.stray.is_empty() {
            tell(Found::Stray(&std::mem::take(&mut self.stray)));
        }
    }
}

/// Reads what stood between two flags.
fn read(framing: Framing, bytes: &[u8]) -> Option<Frame<'_>> {
    let (&check, body) = bytes.split_last()?;
    let (&[address, control], rest) = body.split_first_chunk::<2>()?;
    let frame = Frame::header(address, control)?;
    let header = match (framing, rest) {
        (Framing::Advanced, _) => 2,
        (Framing::Basic, [low, ..]) if low & LAST != 0 => 3,
        (Framing::Basic, [_, _, ..]) => 4,
        (Framing::Basic, _) => return None,
    };
    let information = body.get(header..)?;
    let checked = if frame.kind.checks_information() { body } else { body.get(..header)? };
    fcs::holds(checked, check).then_some(Frame { information, ..frame })
}
