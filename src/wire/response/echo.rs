//! Echo: bytes equal to those that were sent, taken out where they come back.
//!
//! ITU-T V.250 clause 5.2.3: with E1 the modem returns what it receives. Compared is what was sent, never "all up to the
//! first line end": a modem without echo, or an unsolicited line in between, would lose its line.

/// What was sent and may still come back, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Echo {
    sent: Vec<u8>,
    at: usize,
}

/// What stands at the begin of an element, compared with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returned {
    /// Nothing of it.
    No,
    /// It may be; more bytes tell.
    Maybe,
    /// So many bytes of text, and so many with their line end.
    Yes { text: usize, taken: usize },
}

/// The most that is kept: an echo longer than this is taken for lines.
const LONGEST: usize = 16 * 1024;

/// Ctrl-Z and ESC end the text behind a prompt.
const ENDS_TEXT: [u8; 2] = [0x1A, 0x1B];

impl Echo {
    pub(super) fn sent(&mut self, bytes: &[u8]) {
        self.sent.drain(..self.at);
        self.at = 0;
        let room = LONGEST - self.sent.len().min(LONGEST);
        self.sent.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    pub(super) fn clear(&mut self) {
        self.sent.clear();
        self.at = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.sent.len()
    }

    /// Compares `bytes`, which begin an element, with the next line that was sent.
    pub(super) fn compare(&mut self, bytes: &[u8], is_end: impl Fn(u8) -> bool) -> Returned {
        while self.sent.get(self.at).is_some_and(|byte| is_end(*byte) || *byte == 0) {
            self.at += 1;
        }
        let awaited = &self.sent[self.at..];
        let line = awaited.iter().position(|byte| is_end(*byte)).unwrap_or(awaited.len());
        if line == 0 {
            return Returned::No;
        }
        let same = bytes.iter().zip(&awaited[..line]).take_while(|(came, sent)| came == sent).count();
        if same == bytes.len() && same < line {
            return Returned::Maybe;
        }
        // Not every modem echoes what ends the text behind a prompt.
        if same > 0 && same + 1 == line && ENDS_TEXT.contains(&awaited[same]) {
            self.at += line;
            return Returned::Yes { text: same, taken: same };
        }
        if same < line {
            return Returned::No;
        }
        if line == awaited.len() {
            self.at += line;
            return Returned::Yes { text: line, taken: line };
        }
        match bytes.get(line) {
            None => Returned::Maybe,
            Some(byte) if is_end(*byte) => {
                self.at += line + 1;
                Returned::Yes { text: line, taken: line + 1 }
            }
            Some(_) => Returned::No,
        }
    }
}
