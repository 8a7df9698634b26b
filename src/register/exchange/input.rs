//! The bytes of a file: unpacked where they are gzip (RFC 1952), decoded where they are UTF-16, and never without a limit.

use super::problem::Problem;
use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use std::io::{self, Chain, Cursor, ErrorKind, Read};

/// Packed bytes up to which no ratio is looked at, and the ratio from which on a file is a bomb. Lists of identities
/// shrink to a tenth; gzip's own limit is 1032.
const RATIO_FROM: u64 = 64 * 1024;
const RATIO: u64 = 300;

/// What UTF-16 is decoded from at once, in bytes; three bytes of UTF-8 come of two, or of one and what was held back.
const PIECE: usize = 64 * 1024;

/// A source of text.
pub(super) struct Input<R: Read> {
    source: Source<R>,
    limit: u64,
    came: u64,
    utf16: Option<Utf16>,
}

type Sniffed<R> = Chain<Cursor<Vec<u8>>, R>;

enum Source<R: Read> {
    Plain(Sniffed<R>),
    Packed(Box<MultiGzDecoder<Counted<Sniffed<R>>>>),
}

struct Utf16 {
    decoder: Decoder,
    piece: Vec<u8>,
    done: bool,
}

impl<R: Read> Input<R> {
    /// Looks at the first bytes.
    pub(super) fn open(mut inner: R, limit: u64) -> Result<Self, Problem> {
        let head = head(&mut inner)?;
        let packed = head.starts_with(&[0x1F, 0x8B]);
        if let Some(problem) = foreign(&head) {
            return Err(problem);
        }
        let sniffed = Cursor::new(head).chain(inner);
        let source = if packed {
            Source::Packed(Box::new(MultiGzDecoder::new(Counted { inner: sniffed, count: 0 })))
        } else {
            Source::Plain(sniffed)
        };
        Ok(Self { source, limit, came: 0, utf16: None })
    }

    /// What follows the byte-order mark of UTF-16 is decoded.
    pub(super) fn decode_utf16(&mut self, big_endian: bool) {
        let encoding = if big_endian { UTF_16BE } else { UTF_16LE };
        self.utf16 =
            Some(Utf16 { decoder: encoding.new_decoder_without_bom_handling(), piece: Vec::new(), done: false });
    }

    /// Decodes what was already read of UTF-16.
    pub(super) fn decode(&mut self, raw: &[u8]) -> Vec<u8> {
        let mut out = vec![0; raw.len() * 2 + 16];
        let Some(utf16) = &mut self.utf16 else { return raw.to_vec() };
        let (_, _, written, _) = utf16.decoder.decode_to_utf8(raw, &mut out, false);
        out.truncate(written);
        out
    }

    /// Reads text into `out`, which has room for 16 bytes at least; 0 at the end.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, Problem> {
        let Some(mut utf16) = self.utf16.take() else { return self.raw(out) };
        let mut written = 0;
        while written == 0 && !utf16.done {
            utf16.piece.resize(PIECE.min(out.len() / 3), 0);
            let count = self.raw(&mut utf16.piece)?;
            utf16.done = count == 0;
            let (result, _, now, _) = utf16.decoder.decode_to_utf8(&utf16.piece[..count], out, utf16.done);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            written = now;
        }
        self.utf16 = Some(utf16);
        Ok(written)
    }

    fn raw(&mut self, out: &mut [u8]) -> Result<usize, Problem> {
        let count = loop {
            let result = match &mut self.source {
                Source::Plain(inner) => inner.read(out).map_err(|error| (error, false)),
                Source::Packed(inner) => inner.read(out).map_err(|error| (error, true)),
            };
            match result {
                Ok(count) => break count,
                Err((error, _)) if error.kind() == ErrorKind::Interrupted => {}
                Err((error, packed)) => return Err(failure(&error, packed)),
            }
        };
        self.came += count as u64;
        if self.came > self.limit {
            return Err(Problem::TooLarge { limit: self.limit });
        }
        if let Source::Packed(inner) = &self.source {
            let packed = inner.get_ref().count.max(RATIO_FROM);
            if self.came / RATIO > packed {
                return Err(Problem::Bomb { ratio: RATIO });
            }
        }
        Ok(count)
    }
}

fn head(inner: &mut impl Read) -> Result<Vec<u8>, Problem> {
    let mut head = vec![0; 8];
    let mut filled = 0;
    while filled < head.len() {
        match inner.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(failure(&error, false)),
        }
    }
    head.truncate(filled);
    Ok(head)
}

/// What is neither text nor gzip, by its first bytes.
fn foreign(head: &[u8]) -> Option<Problem> {
    let known: [(&[u8], Problem); 8] = [
        (b"PK\x03\x04", Problem::Zip),
        (b"PK\x05\x06", Problem::Zip),
        (b"\xD0\xCF\x11\xE0", Problem::Binary("a spreadsheet in its own format")),
        (b"PAR1", Problem::Binary("a Parquet file")),
        (b"\x28\xB5\x2F\xFD", Problem::Binary("a zstd file")),
        (b"\xFD7zXZ", Problem::Binary("an xz file")),
        (b"BZh", Problem::Binary("a bzip2 file")),
        (b"SQLite f", Problem::Binary("an SQLite database")),
    ];
    known.into_iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, problem)| problem)
}

fn failure(error: &io::Error, packed: bool) -> Problem {
    match error.kind() {
        ErrorKind::UnexpectedEof if packed => Problem::Gzip("it ends too soon"),
        ErrorKind::InvalidInput | ErrorKind::InvalidData if packed => {
            Problem::Gzip("its bytes or its check sum are wrong")
        }
        _ => Problem::Read(error.to_string()),
    }
}

/// Counts what was read.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.count += count as u64;
        Ok(count)
    }
}
