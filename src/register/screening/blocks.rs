//! Input in blocks: whole lines of a text, or the keys of a range.

use super::lines::{LONGEST, Line, Lines, read};
use super::marks::Marks;
use crate::identity::ImeiKey;
use std::io::{self, Read};

/// Bytes that are read at once.
const PIECE: usize = 1 << 18;
/// Keys of a range in a block.
const KEYS: u64 = 1 << 14;

/// A block on its way from the input to the one who wants to know.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// Its place among all blocks.
    pub(super) place: u64,
    /// Whole lines, at most two [`PIECE`]s; empty for a range.
    pub(super) text: Vec<u8>,
    /// How many bytes of the input it took.
    pub(super) bytes: u64,
    pub(super) lines: Vec<Line>,
    pub(super) found: Lines,
}

/// What gives blocks.
pub(super) trait Feed: Send {
    /// Fills a block; `false` where there is no more.
    fn fill(&mut self, job: &mut Job) -> io::Result<bool>;
}

/// Whole lines of a text.
pub(super) struct Text<R> {
    from: R,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
    /// In the midst of a line of which all that counts was given out.
    is_skipping: bool,
}

impl<R: Read + Send> Text<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, rest: Vec::new(), is_skipping: false }
    }
}

impl<R: Read + Send> Feed for Text<R> {
    fn fill(&mut self, job: &mut Job) -> io::Result<bool> {
        job.lines.clear();
        job.text.clear();
        job.bytes = 0;
        let text = &mut job.text;
        text.append(&mut self.rest);
        loop {
            let read = self.from.by_ref().take(PIECE as u64).read_to_end(text)?;
            job.bytes += read as u64;
            if self.is_skipping {
                match memchr::memchr(b'\n', text) {
                    Some(end) => {
                        text.drain(..=end);
                        self.is_skipping = false;
                    }
                    None => text.clear(),
                }
            }
            if read < PIECE {
                // The end of the input: the last line need not have its own.
                return Ok(!text.is_empty() || job.bytes > 0);
            }
            match memchr::memrchr(b'\n', text) {
                Some(end) => {
                    self.rest.extend_from_slice(&text[end + 1..]);
                    text.truncate(end + 1);
                    return Ok(true);
                }
                None if text.is_empty() => {}
                None => {
                    // What comes of this line does not matter any more.
                    text.truncate(LONGEST + 1);
                    text.push(b'\n');
                    self.is_skipping = true;
                    return Ok(true);
                }
            }
        }
    }
}

impl Job {
    /// Reads the lines of its text.
    pub(super) fn read(&mut self) {
        if !self.text.is_empty() {
            self.found = read(&self.text, self.place == 0, &mut self.lines);
        } else if self.lines.is_empty() {
            self.found = Lines::default();
        }
    }
}

/// The keys from one to another, both included.
pub(super) struct Range {
    next: u64,
    last: u64,
}

impl Range {
    pub(super) fn new(low: ImeiKey, high: ImeiKey) -> Self {
        Self { next: low.number(), last: high.number() }
    }
}

impl Feed for Range {
    fn fill(&mut self, job: &mut Job) -> io::Result<bool> {
        job.lines.clear();
        job.bytes = 0;
        let keys = self.next..(self.last + 1).min(self.next + KEYS);
        self.next = keys.end.max(self.next);
        let line = |(number, key)| Line { start: 0, number, key, length: 0, marks: Marks::NONE };
        job.lines.extend((0..).zip(keys).map(line));
        job.found = Lines { count: job.lines.len() as u32, ..Lines::default() };
        Ok(!job.lines.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader that gives a few bytes at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(to.len()).min(self.0.len());
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn blocks(mut feed: impl Feed) -> Vec<Vec<u8>> {
        let (mut job, mut all) = (Job::default(), Vec::new());
        while feed.fill(&mut job).unwrap() {
            assert!(job.text.len() <= 2 * PIECE + LONGEST);
            all.push(job.text.clone());
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn blocks_are_whole_lines_and_together_the_input(
            lines in prop::collection::vec(prop_oneof![Just(15), Just(0), Just(5_000), Just(100_000)], 0..20),
            drip in prop_oneof![Just(1_000), Just(PIECE), Just(1 << 20)],
        ) {
            let text: Vec<u8> = lines.iter().flat_map(|length| "0".repeat(*length).into_bytes().into_iter().chain([b'\n'])).collect();
            let all = blocks(Text::new(Drip(&text, drip)));
            prop_assert!(all.iter().rev().skip(1).all(|block| block.ends_with(b"\n")));
            prop_assert!(all.concat() == text);
        }
    }

    #[test]
    fn a_line_without_end_takes_no_memory_and_what_follows_it_is_read() {
        let mut text = vec![b'x'; 5 * PIECE + 17];
        text.extend(b"\n001017001234569\n");
        let all = blocks(Text::new(Drip(&text, 777)));
        assert_eq!(all[0].len(), LONGEST + 2);
        assert_eq!(all[1..].concat(), b"001017001234569\n");
        assert_eq!(blocks(Text::new(&text[..3 * PIECE])).concat().len(), LONGEST + 2);
        assert!(blocks(Text::new(&b""[..])).is_empty());
    }

    #[test]
    fn a_range_gives_each_of_its_keys_once() {
        let mut feed = Range::new(ImeiKey::new(7).unwrap(), ImeiKey::new(7 + 40_000).unwrap());
        let (mut job, mut keys) = (Job::default(), Vec::new());
        while feed.fill(&mut job).unwrap() {
            keys.extend(job.lines.iter().map(|line| line.key));
        }
        assert!(keys.into_iter().eq(7..=40_007));
    }
}
