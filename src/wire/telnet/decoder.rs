//! From the connection's bytes to data and commands, cut anywhere.

use super::{IAC, SB, SE, TelnetOption, Verb};

/// A subnegotiation carries at most so many bytes; a longer one is dropped whole.
///
/// A port's own are five bytes long; only a signature is free text.
pub const LONGEST: usize = 1024;

/// What the decoder found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// Bytes of the port.
    Data(&'a [u8]),
    /// An option is offered, asked for or refused.
    Negotiation(Verb, TelnetOption),
    /// What an option says, a doubled IAC undone.
    Subnegotiation(TelnetOption, &'a [u8]),
    /// A command that is neither, by its byte: 241 nothing, 243 break, 246 are you there.
    Command(u8),
    /// A subnegotiation that was longer than [`LONGEST`], or that another command cut short: dropped.
    Damaged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Data,
    /// After an IAC in the data.
    Iac,
    /// After IAC and a verb.
    Verb(Verb),
    /// In a subnegotiation, its option's number first.
    Inside,
    /// After an IAC in a subnegotiation.
    InsideIac,
}

/// Tells data from commands.
///
/// Its memory is bounded by [`LONGEST`], and an idle one owns none.
///
/// Source: RFC 854, RFC 855.
#[derive(Debug)]
pub struct Decoder {
    state: State,
    /// The subnegotiation as far as it has come.
    inside: Vec<u8>,
    overlong: bool,
    /// A NUL behind a CR is filler, as it is without binary transmission.
    drops_nul: bool,
    after_cr: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Decoder { state: State::Data, inside: Vec::new(), overlong: false, drops_nul: false, after_cr: false }
    }
}

impl Decoder {
    /// Whether a NUL behind a CR is filler: so it is in the data of a network virtual terminal, and so it is not once the
    /// other end transmits in binary.
    pub fn drop_nul_behind_cr(&mut self, drops: bool) {
        self.drops_nul = drops;
    }

    /// Takes bytes, cut anywhere; tells what they complete. What `tell` answers says whether NULs are dropped from here on.
    pub fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(Item<'_>) -> Option<bool>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.state == State::Data {
                rest = self.data(rest, &mut tell);
                continue;
            }
            let (run, iac) = match self.state {
                State::Inside => run(rest),
                State::Data | State::Iac | State::Verb(_) | State::InsideIac => (0, false),
            };
            if run > 0 || iac {
                self.keep(&rest[..run]);
                self.state = if iac { State::InsideIac } else { State::Inside };
                rest = &rest[run + usize::from(iac)..];
            } else if let Some((&byte, behind)) = rest.split_first() {
                self.command(byte, &mut tell);
                rest = behind;
            }
        }
    }

    /// Hands out data up to the next IAC, and gives what stands behind it.
    fn data<'a>(&mut self, bytes: &'a [u8], tell: &mut impl FnMut(Item<'_>) -> Option<bool>) -> &'a [u8] {
        let (length, iac) = run(bytes);
        let mut data = &bytes[..length];
        while self.drops_nul && !data.is_empty() {
            if std::mem::take(&mut self.after_cr) && data.first() == Some(&0) {
                data = &data[1..];
                continue;
            }
            let piece = memchr::memchr(b'\r', data).map_or(data.len(), |at| at + 1);
            self.after_cr = data.get(piece - 1) == Some(&b'\r');
            self.told(Item::Data(&data[..piece]), tell);
            data = &data[piece..];
        }
        if !data.is_empty() {
            self.told(Item::Data(data), tell);
        }
        if iac {
            self.state = State::Iac;
        }
        &bytes[length + usize::from(iac)..]
    }

    /// Takes a byte that is no plain data.
    fn command(&mut self, byte: u8, tell: &mut impl FnMut(Item<'_>) -> Option<bool>) {
        self.state = match self.state {
            State::Data | State::Inside => self.state,
            State::Iac => match (byte, Verb::of(byte)) {
                (IAC, _) => {
                    self.after_cr = false;
                    self.told(Item::Data(&[IAC]), tell);
                    State::Data
                }
                (SB, _) => State::Inside,
                (_, Some(verb)) => State::Verb(verb),
                (_, None) => {
                    self.told(Item::Command(byte), tell);
                    State::Data
                }
            },
            State::Verb(verb) => {
                self.told(Item::Negotiation(verb, TelnetOption(byte)), tell);
                State::Data
            }
            State::InsideIac => match byte {
                IAC => {
                    self.keep(&[IAC]);
                    State::Inside
                }
                SE => {
                    self.end(tell);
                    State::Data
                }
                // Something else began before the end: what came so far is worth nothing, and that is not lost with it.
                _ => {
                    self.forget();
                    self.told(Item::Damaged, tell);
                    self.state = State::Iac;
                    self.command(byte, tell);
                    self.state
                }
            },
        };
    }

    fn keep(&mut self, bytes: &[u8]) {
        // The option's number is not counted.
        if self.inside.len() + bytes.len() > LONGEST + 1 {
            self.overlong = true;
        } else {
            self.inside.extend_from_slice(bytes);
        }
    }

    fn end(&mut self, tell: &mut impl FnMut(Item<'_>) -> Option<bool>) {
        let inside = std::mem::take(&mut self.inside);
        let item = match inside.split_first() {
            Some((&option, said)) if !self.overlong => Item::Subnegotiation(TelnetOption(option), said),
            Some(_) | None => Item::Damaged,
        };
        self.overlong = false;
        self.told(item, tell);
    }

    fn told(&mut self, item: Item<'_>, tell: &mut impl FnMut(Item<'_>) -> Option<bool>) {
        if let Some(drops) = tell(item) {
            self.drops_nul = drops;
            self.after_cr &= drops;
        }
    }

    fn forget(&mut self) {
        self.inside = Vec::new();
        self.overlong = false;
    }
}

/// How many bytes stand before an IAC, and whether there is one.
fn run(bytes: &[u8]) -> (usize, bool) {
    match memchr::memchr(IAC, bytes) {
        Some(at) => (at, true),
        None => (bytes.len(), false),
    }
}
