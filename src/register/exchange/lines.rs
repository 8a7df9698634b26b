//! Lines out of bytes that come in pieces, none longer than the limit.

use super::input::Input;
use super::problem::Problem;
use std::io::Read;
use std::ops::Range;

/// What is held at once, in bytes.
const ROOM: usize = 512 * 1024;
/// The longest record, in bytes: a line, or the lines of a quoted value.
pub(super) const LONGEST: usize = 64 * 1024;
/// What is read to see how a text begins, in bytes: little, since it may have to be decoded in place.
const HEAD: usize = 16;

/// The lines of a text.
pub(super) struct Lines<R: Read> {
    input: Input<R>,
    room: Vec<u8>,
    /// What of `room` is filled and not yet given out.
    rest: Range<usize>,
    /// The record that was given out last.
    record: Range<usize>,
    /// How many lines have ended.
    count: u64,
    ended: bool,
    /// A NUL byte has come.
    nul: bool,
    /// UTF-16 was decoded.
    pub(super) utf16: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn open(inner: R, limit: u64) -> Result<Self, Problem> {
        let input = Input::open(inner, limit)?;
        let room = vec![0; ROOM];
        let mut lines =
            Self { input, room, rest: 0..0, record: 0..0, count: 0, ended: false, nul: false, utf16: false };
        while lines.rest.len() < 4 && lines.fill(HEAD)? {}
        let head = &lines.room[lines.rest.clone()];
        if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
            lines.rest.start += 3;
        } else if let [0xFF, 0xFE, rest @ ..] | [0xFE, 0xFF, rest @ ..] = head {
            lines.input.decode_utf16(head[0] == 0xFE);
            let text = lines.input.decode(rest);
            lines.room[..text.len()].copy_from_slice(&text);
            lines.rest = 0..text.len();
            lines.utf16 = true;
            lines.nul = false;
            // The decoder may hold half a character back at the end.
            while lines.rest.len() < 4 && lines.fill(HEAD)? {}
        }
        Ok(lines)
    }

    /// Takes the next line, without its end; whether there is one. [`number`](Self::number) is its number then, also
    /// after an error.
    pub(super) fn advance(&mut self) -> Result<bool, Problem> {
        match self.line_end(self.rest.start)? {
            Some(end) => {
                self.count += 1;
                let start = self.rest.start;
                self.take(start, end);
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Makes the record longer by the line behind it; whether there is one, and room for it.
    pub(super) fn extend(&mut self) -> Result<bool, Problem> {
        let (start, length) = (self.record.start, self.rest.start - self.record.start);
        // What was given out is still held: it stands right before the rest.
        self.rest.start = start;
        match self.line_end_from(length) {
            Ok(Some(end)) => {
                let start = self.rest.start;
                self.take(start, end);
                Ok(true)
            }
            Ok(None) | Err(Problem::LongLine { .. }) => {
                let start = self.rest.start;
                self.take(start, start + length);
                Ok(false)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Gives back what [`extend`](Self::extend) took, but for the first line.
    pub(super) fn shorten(&mut self) {
        let start = self.record.start;
        let end = memchr::memchr(b'\n', &self.room[start..self.rest.end]).map_or(self.rest.end, |at| start + at + 1);
        self.take(start, end);
    }

    /// The lines that the record has beyond the first.
    pub(super) fn count_extended(&mut self, more: u64) {
        self.count += more;
    }

    pub(super) fn record(&self) -> &[u8] {
        &self.room[self.record.clone()]
    }

    pub(super) fn number(&self) -> u64 {
        self.count.max(1)
    }

    /// Whether a NUL byte may stand in the record.
    pub(super) fn has_nul(&self) -> bool {
        self.nul && memchr::memchr(0, self.record()).is_some()
    }

    fn take(&mut self, start: usize, end: usize) {
        self.rest.start = end;
        let mut stop = end;
        if stop > start && self.room[stop - 1] == b'\n' {
            stop -= 1;
        }
        if stop > start && self.room[stop - 1] == b'\r' {
            stop -= 1;
        }
        self.record = start..stop;
    }

    /// Where the line that begins at `start`, the beginning of the rest, ends, behind its LF.
    fn line_end(&mut self, start: usize) -> Result<Option<usize>, Problem> {
        if let Some(at) = memchr::memchr(b'\n', &self.room[start..self.rest.end])
            && at < LONGEST
        {
            return Ok(Some(start + at + 1));
        }
        self.line_end_from(0)
    }

    /// Where the line ends that begins `from` bytes behind the beginning of the rest.
    fn line_end_from(&mut self, from: usize) -> Result<Option<usize>, Problem> {
        let mut seen = from;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.room[self.rest.start + seen..self.rest.end]) {
                let length = seen + at;
                if length >= LONGEST {
                    return self.too_long(from, length + 1);
                }
                return Ok(Some(self.rest.start + length + 1));
            }
            seen = self.rest.len();
            if seen > LONGEST {
                return self.too_long(from, seen);
            }
            if !self.fill(ROOM)? {
                return Ok((self.rest.len() > from).then_some(self.rest.end));
            }
        }
    }

    /// Skips a line that is too long, of which `length` bytes are held. A record that would get too long by one more line is left
    /// as it is.
    fn too_long(&mut self, from: usize, length: usize) -> Result<Option<usize>, Problem> {
        if from == 0 {
            self.count += 1;
            let mut ended = self.room[self.rest.start + length - 1] == b'\n';
            self.rest.start += length;
            while !ended {
                match memchr::memchr(b'\n', &self.room[self.rest.clone()]) {
                    Some(at) => {
                        self.rest.start += at + 1;
                        ended = true;
                    }
                    None => {
                        self.rest.start = self.rest.end;
                        ended = !self.fill(ROOM)?;
                    }
                }
            }
        }
        Err(Problem::LongLine { limit: LONGEST })
    }

    /// Reads on, `most` bytes; whether anything came. The rest stands at the beginning of the room afterwards.
    fn fill(&mut self, most: usize) -> Result<bool, Problem> {
        if self.ended {
            return Ok(false);
        }
        if self.rest.start > 0 {
            self.room.copy_within(self.rest.clone(), 0);
            self.rest = 0..self.rest.len();
            self.record = 0..0;
        }
        let end = self.room.len().min(self.rest.end + most);
        let came = self.input.read(&mut self.room[self.rest.end..end])?;
        self.ended = came == 0;
        self.nul |= memchr::memchr(0, &self.room[self.rest.end..self.rest.end + came]).is_some();
        self.rest.end += came;
        Ok(came > 0)
    }
}
