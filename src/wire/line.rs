//! The command line: bytes from the DTE in, whole `AT…` lines out.
//!
//! V.250 clause 5.2 assembles a line up to S3 (default CR, 13), applies S5 (default BS, 8) on the way, and drops
//! everything before `AT`. `A/` repeats the last line at once, with no S3. This file knows nothing of serial ports,
//! clocks, echo or what a command means.

/// S3 at power-up: carriage return.
///
/// Source: ITU-T V.250, clause 6.2.1.
pub const CARRIAGE_RETURN: u8 = 13;
/// S4 at power-up: line feed.
///
/// Source: ITU-T V.250, clause 6.2.2.
pub const LINE_FEED: u8 = 10;
/// S5 at power-up: backspace.
///
/// Source: ITU-T V.250, clause 6.2.3.
pub const BACKSPACE: u8 = 8;
/// The longest body, in bytes, of an assembler that was not told another. V.250 clause 5.2.1 asks for 40 at least.
pub const DEFAULT_MAXIMUM: u16 = 2048;

/// What one byte, or one piece, did to the line.
///
/// Only [`Swallowed`](Assembled::Swallowed) bytes are not echoed; what a modem echoes is otherwise every byte it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assembled {
    /// Part of a line that has begun: its prefix, a character of its body, or an editing character.
    Pending,
    /// Part of no line: what comes before `AT`, a terminator with no line before it, a control character.
    Ignored,
    /// A line feed that is neither S3 nor S5: hosts put it after CR, some before. It is no data and gets no echo.
    Swallowed,
    /// A line is complete: [`LineAssembler::body`] is its text.
    Line,
    /// `A/`: the last line again. [`LineAssembler::body`] is its text, empty where there was none (the answer is OK).
    Repeat,
    /// A line that was longer than the maximum has ended, or `A/` repeats such a line. The answer is ERROR.
    TooLong,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// At the start of a line, where `A/` counts.
    #[default]
    Start,
    /// In what precedes `AT`.
    Garbage,
    /// After an `A`; `first` says that it was the first character of its line.
    Letter { first: bool },
    /// After `AT`.
    Body,
    /// In a line that is already too long.
    Overlong,
}

/// Assembles command lines, one byte or one piece at a time.
///
/// On the wire: `[garbage]AT<body><S3>`, either letter in either case, or `A/`. The state is all there is between two
/// bytes, so that the cost and the outcome do not depend on how the input is cut. An idle assembler owns no memory;
/// the buffer is taken with the first character of the first body and never exceeds the maximum.
///
/// Source: ITU-T V.250, clauses 5.1, 5.2 and 5.5.
#[derive(Clone, Debug)]
pub struct LineAssembler {
    body: Vec<u8>,
    prefix: [u8; 2],
    state: State,
    maximum: u16,
    seven_bits: bool,
    overlong: bool,
}

impl Default for LineAssembler {
    fn default() -> Self {
        Self::new(DEFAULT_MAXIMUM)
    }
}

impl LineAssembler {
    /// An assembler for bodies of at most `maximum` bytes, after editing.
    pub const fn new(maximum: u16) -> Self {
        Self { body: Vec::new(), prefix: *b"AT", state: State::Start, maximum, seven_bits: false, overlong: false }
    }

    /// Whether the eighth bit of each byte is dropped, as V.250 clause 5.1 has it. Off at first: a modem on an 8-bit
    /// line keeps UTF-8 in strings.
    pub fn ignore_eighth_bit(&mut self, ignored: bool) {
        self.seven_bits = ignored;
    }

    /// Takes one byte, with S3 and S5 as they stand now.
    #[inline]
    pub fn push(&mut self, byte: u8, s3: u8, s5: u8) -> Assembled {
        let byte = if self.seven_bits { byte & 0x7f } else { byte };
        // V.250 clause 5.2.2: S3 is looked for first, then S5.
        if byte == s3 {
            return self.terminate();
        }
        if byte == s5 {
            return self.erase();
        }
        if byte == LINE_FEED {
            return Assembled::Swallowed;
        }
        if byte < b' ' || byte == 0x7f {
            return Assembled::Ignored;
        }
        self.character(byte)
    }

    /// Takes from `bytes` up to and with the first byte that completes a line; says how many bytes that were.
    ///
    /// The outcome is that of the last byte taken. S3 and S5 may change with the line, so the rest is the caller's to
    /// give again.
    pub fn feed(&mut self, bytes: &[u8], s3: u8, s5: u8) -> (usize, Assembled) {
        let mut taken = 0;
        let mut outcome = Assembled::Ignored;
        while taken < bytes.len() {
            if self.state == State::Start && self.take_prefix(&bytes[taken..], s3, s5) {
                taken += 2;
                outcome = Assembled::Pending;
            }
            if self.state == State::Body {
                taken += self.take_plain(&bytes[taken..], s3, s5);
                outcome = Assembled::Pending;
            }
            let Some(&byte) = bytes.get(taken) else { break };
            taken += 1;
            outcome = self.push(byte, s3, s5);
            match outcome {
                Assembled::Line | Assembled::Repeat | Assembled::TooLong => break,
                Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => {}
            }
        }
        (taken, outcome)
    }

    /// The body: what stands between `AT` and S3, edited, without control characters.
    ///
    /// After [`Assembled::Line`] it stays until the next `AT`, so that `A/` can repeat it.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The prefix of the last line that began, as it was written: `AT`, `at`.
    pub fn prefix(&self) -> [u8; 2] {
        self.prefix
    }

    /// Whether a line has begun and has not ended.
    pub fn is_pending(&self) -> bool {
        match self.state {
            State::Start | State::Garbage => false,
            State::Letter { .. } | State::Body | State::Overlong => true,
        }
    }

    /// Drops a line that has begun, the line that `A/` would repeat, and the memory of both.
    pub fn clear(&mut self) {
        self.body = Vec::new();
        self.state = State::Start;
        self.overlong = false;
    }

    fn begin(&mut self) {
        self.body.clear();
        self.overlong = false;
        self.state = State::Body;
    }

    /// Begins a line where both letters of the prefix come together; says whether they did.
    fn take_prefix(&mut self, bytes: &[u8], s3: u8, s5: u8) -> bool {
        let letter = |byte: u8| byte != s3 && byte != s5;
        let there =
            matches!(*bytes, [first @ (b'A' | b'a'), second @ (b'T' | b't'), ..] if letter(first) && letter(second));
        if there {
            self.prefix.copy_from_slice(&bytes[..2]);
            self.begin();
        }
        there
    }

    /// Takes what needs no look, as far as there is room; says how many bytes that was.
    fn take_plain(&mut self, bytes: &[u8], s3: u8, s5: u8) -> usize {
        let room = usize::from(self.maximum).saturating_sub(self.body.len());
        let run = plain_run(bytes, s3, s5).min(room);
        self.body.extend_from_slice(&bytes[..run]);
        run
    }

    fn terminate(&mut self) -> Assembled {
        let outcome = match self.state {
            State::Start | State::Garbage | State::Letter { .. } => Assembled::Ignored,
            State::Body => Assembled::Line,
            State::Overlong => Assembled::TooLong,
        };
        self.state = State::Start;
        outcome
    }

    fn erase(&mut self) -> Assembled {
        match self.state {
            State::Start | State::Garbage => Assembled::Ignored,
            State::Letter { first } => {
                self.state = if first { State::Start } else { State::Garbage };
                Assembled::Pending
            }
            State::Body => {
                self.body.pop();
                Assembled::Pending
            }
            State::Overlong => Assembled::Pending,
        }
    }

    fn character(&mut self, byte: u8) -> Assembled {
        match (self.state, byte) {
            (State::Letter { .. }, b'T' | b't') => {
                self.prefix[1] = byte;
                self.begin();
                Assembled::Pending
            }
            // V.250 clause 5.2.4: no terminator, and nothing that follows can edit it.
            (State::Letter { first: true }, b'/') => {
                self.state = State::Start;
                if self.overlong { Assembled::TooLong } else { Assembled::Repeat }
            }
            (State::Start, b'A' | b'a') => {
                self.prefix[0] = byte;
                self.state = State::Letter { first: true };
                Assembled::Pending
            }
            (State::Garbage | State::Letter { .. }, b'A' | b'a') => {
                self.prefix[0] = byte;
                self.state = State::Letter { first: false };
                Assembled::Pending
            }
            (State::Start, b' ') => Assembled::Ignored,
            (State::Start | State::Garbage | State::Letter { .. }, _) => {
                self.state = State::Garbage;
                Assembled::Ignored
            }
            (State::Body, _) if self.body.len() < usize::from(self.maximum) => {
                self.body.push(byte);
                Assembled::Pending
            }
            (State::Body, _) => {
                self.body.clear();
                self.overlong = true;
                self.state = State::Overlong;
                Assembled::Pending
            }
            (State::Overlong, _) => Assembled::Pending,
        }
    }
}

/// How many bytes at the start need no look at all: printable ASCII, neither S3 nor S5.
fn plain_run(bytes: &[u8], s3: u8, s5: u8) -> usize {
    let plain = |&byte: &u8| (b' '..0x7f).contains(&byte) && byte != s3 && byte != s5;
    let (words, _) = bytes.as_chunks::<8>();
    let mut run = 0;
    // Eight at a time, as long as S3 and S5 are control characters.
    if s3 < b' ' && s5 < b' ' {
        for word in words {
            let special = not_printable(u64::from_le_bytes(*word));
            if special != 0 {
                return run + special.trailing_zeros() as usize / 8;
            }
            run += 8;
        }
    }
    run + bytes[run..].iter().take_while(|byte| plain(byte)).count()
}

/// Eight bytes at once: the top bit of each that is not 20 to 7E. What stands above the lowest such byte may be wrong.
const fn not_printable(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below = word.wrapping_sub(EACH * 0x20) & !word;
    let above = ((word & (EACH * 0x7f)) + EACH) | word;
    (below | above) & (EACH * 0x80)
}

/// The body of one complete line: what follows the first `AT` of `line`, less the terminator and control characters
/// at its end. `None` where no `AT` stands in it.
///
/// `line` is text as a script or a log has it; nothing in it is edited.
pub fn body_of(line: &[u8]) -> Option<&[u8]> {
    let start = line.windows(2).position(|pair| pair.eq_ignore_ascii_case(b"AT"))? + 2;
    let body = &line[start..];
    let end = body.iter().rposition(|byte| !byte.is_ascii_control()).map_or(0, |last| last + 1);
    Some(&body[..end])
}

#[cfg(test)]
mod tests;
