//! Responses with their parameters, against splitting the same bytes into lines, and against atat's digest.

use std::hint::black_box;
use std::sync::LazyLock;

use atat::digest::{AtDigester, DigestResult, Digester, ParseError, Parser};
use atgate::wire::response::{Connect, Expectation, Framing, Scanner, unsolicited};

use crate::corpus::Row;
use crate::{Contender, bar, race};

const PIECE: usize = 64;

/// The sizes of pieces, and what a byte may cost in them, in costs of a byte of the whole.
///
/// It ought to be 1, and is not: these limits stand a little above what is reached, to show when it grows. No byte is read
/// twice for a cut, but each piece costs a call, and each line that is cut is put together. Counted in instructions, the
/// whole takes 34 for a byte; a piece adds 52 where it is one byte, some 200 where it is 7, some 400 where it is 64 (a line
/// begins in it and ends in the next). Splitting with memchr, which does nothing else, pays 11, 3.5 and 1.3 times its whole
/// for the same cuts. What is left is to be had at 7 and 64, in the way from the piece to the bytes held and back.
const CUT: [(usize, f64); 4] = [(1, 3.0), (7, 2.6), (PIECE, 1.7), (4096, 1.1)];

pub(crate) fn measure(corpus: &[Row]) -> bool {
    let input = traffic(corpus);
    let size = input.len() as f64;
    let sizes = CUT.map(|(piece, _)| piece).into_iter().chain([input.len()]);
    println!("responses: {} bytes", input.len());
    let mut contenders = vec![Contender::new("atat digest, pieces of 64", || atat(&input, PIECE))];
    for piece in sizes.clone() {
        let input = &input;
        contenders.push(Contender::new(format!("memchr, pieces of {piece}"), move || split(input, piece)));
        contenders.push(Contender::new(format!("atgate, pieces of {piece}"), move || atgate(input, piece)));
    }
    race(&mut contenders);
    for contender in &contenders {
        let best = contender.best.as_secs_f64();
        println!("  {:26} {:8.3} ns/byte {:8.1} MB/s", contender.name, best * 1e9 / size, size / best / 1e6);
    }
    let best: Vec<f64> = contenders.iter().map(|contender| contender.best.as_secs_f64()).collect();
    let [peer, pairs @ ..] = &best[..] else { return false };
    let mut held = true;
    for (piece, pair) in sizes.zip(pairs.chunks(2)) {
        let [split, own] = pair else { continue };
        held &= bar(&format!("responses against memchr, both in pieces of {piece}"), own / split, 5.0);
        if piece == PIECE {
            held &= bar("responses against atat, both in pieces of 64", own / peer, 0.1);
        }
    }
    if let [.., whole] = pairs {
        for ((piece, at_most), pair) in CUT.into_iter().zip(pairs.chunks(2)) {
            let [_, own] = pair else { continue };
            held &= bar(&format!("pieces of {piece} against the whole"), own / whole, at_most);
        }
    }
    held
}

/// The response rows as a modem would send them: framed, and each ended by a result.
fn traffic(corpus: &[Row]) -> Vec<u8> {
    let mut input = Vec::new();
    for row in corpus.iter().filter(|row| row.kind == "response") {
        if row.exact {
            input.extend_from_slice(&row.bytes);
        } else {
            for line in row.bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                input.extend_from_slice(b"\r\n");
                input.extend_from_slice(line);
                input.extend_from_slice(b"\r\n");
            }
        }
        input.extend_from_slice(b"\r\nOK\r\n");
    }
    input
}

fn atgate(input: &[u8], piece: usize) -> usize {
    let expectation = Expectation { connect: Connect::Lines, ..Expectation::default() };
    let mut scanner = Scanner::new(Framing::default(), expectation);
    let mut sum = 0;
    for mut piece in input.chunks(piece) {
        while let Some(element) = scanner.next(&mut piece) {
            for field in element.fields() {
                sum += black_box(field.raw).len();
            }
        }
    }
    sum
}

/// What splitting costs: the lines that are not empty, as they end, put together where they were cut.
fn split(input: &[u8], piece: usize) -> usize {
    let mut sum = 0;
    let mut held: Vec<u8> = Vec::new();
    let mut line = |line: &[u8]| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            sum += black_box(line).len();
        }
    };
    for piece in input.chunks(piece) {
        let mut begin = 0;
        for end in memchr::memchr_iter(b'\n', piece) {
            if held.is_empty() {
                line(&piece[begin..end]);
            } else {
                held.extend_from_slice(&piece[begin..end]);
                line(&held);
                held.clear();
            }
            begin = end + 1;
        }
        held.extend_from_slice(&piece[begin..]);
    }
    sum
}

/// The unsolicited lines that an application of atat declares: those that the scanner tells apart by itself, so that both do
/// the same work.
struct Urcs;

static TOKENS: LazyLock<Vec<&'static str>> = LazyLock::new(|| unsolicited().collect());

impl Parser for Urcs {
    fn parse(buf: &[u8]) -> Result<(&[u8], usize), ParseError> {
        for token in TOKENS.iter().copied() {
            if let Some(found) = atat::digest::parser::try_urc(
                atat::digest::parser::urc_helper::<_, atat::nom::error::Error<&[u8]>>(token),
                buf,
            ) {
                return found;
            }
        }
        Err(ParseError::NoMatch)
    }
}

fn atat(input: &[u8], piece: usize) -> usize {
    let mut digester = AtDigester::<Urcs>::new();
    let mut sum = 0;
    let mut held: Vec<u8> = Vec::new();
    for piece in input.chunks(piece) {
        held.extend_from_slice(piece);
        loop {
            let (result, taken) = digester.digest(&held);
            let found = match result {
                DigestResult::None => false,
                DigestResult::Urc(line) => {
                    sum += black_box(line).len();
                    true
                }
                DigestResult::Response(Ok(text)) => {
                    sum += black_box(text).len();
                    true
                }
                DigestResult::Response(Err(_)) | DigestResult::Prompt(_) => true,
            };
            held.drain(..taken);
            if !found || taken == 0 {
                break;
            }
        }
    }
    sum
}
