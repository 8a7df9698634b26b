//! Command lines, assembled and parsed with their parameters, against splitting the same bytes into lines.

use std::hint::black_box;

use atgate::wire::command::{Command, Dialect, Form, commands};
use atgate::wire::line::{Assembled, BACKSPACE, CARRIAGE_RETURN, LineAssembler};

use crate::corpus::Row;
use crate::{Contender, bar, race};

const PIECE: usize = 64;

pub(crate) fn measure(corpus: &[Row]) -> bool {
    let input = traffic(corpus);
    let size = input.len() as f64;
    let sizes = [1, 7, PIECE, 4096, input.len()];
    println!("command lines: {} bytes", input.len());
    let mut contenders = Vec::new();
    for piece in sizes {
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
    let [_, _, _, _, split, pieces, _, pages, _, whole] = best[..] else { return false };
    let bars = [
        bar("command lines against memchr, both in pieces of 64", pieces / split, 7.0),
        bar("pieces of 64 against the whole", pieces / whole, 1.25),
        bar("pieces of 4096 against the whole", pages / whole, 1.1),
    ];
    bars.into_iter().all(|held| held)
}

/// The command rows as a host would send them: each line ended by CR.
fn traffic(corpus: &[Row]) -> Vec<u8> {
    let mut input = Vec::new();
    for row in corpus.iter().filter(|row| row.kind == "command") {
        input.extend_from_slice(row.bytes.trim_ascii_end());
        input.push(CARRIAGE_RETURN);
    }
    input
}

/// Every line assembled, every command parsed, every parameter looked at.
fn atgate(input: &[u8], piece: usize) -> usize {
    let mut assembler = LineAssembler::default();
    let mut sum = 0;
    for mut piece in input.chunks(piece) {
        while !piece.is_empty() {
            let (taken, outcome) = assembler.feed(piece, CARRIAGE_RETURN, BACKSPACE);
            piece = &piece[taken..];
            if outcome == Assembled::Line {
                sum += commands(assembler.body(), &Dialect::CELLULAR).map(weight).sum::<usize>();
            }
        }
    }
    sum
}

/// Looks at each part of a command: its name, and every parameter.
fn weight<E>(command: Result<Command<'_>, E>) -> usize {
    match command {
        Ok(Command::Extended { name, form }) => black_box(name.as_bytes()).len() + parameters(form),
        Ok(Command::Basic { letter, number, .. }) => {
            usize::from(black_box(letter)) + usize::from(black_box(number).is_some())
        }
        Ok(Command::SRegister { number, .. }) => usize::from(black_box(number) > 0),
        Ok(Command::Dial(dial)) => black_box(dial.raw()).len(),
        Err(_) => 1,
    }
}

fn parameters(form: Form<'_>) -> usize {
    match form {
        Form::Set(parameters) => parameters.iter().map(|parameter| black_box(parameter.raw()).len()).sum(),
        Form::Execute | Form::Read | Form::Test => 0,
    }
}

/// Lines that run over the end of a piece are put together in a buffer, as any reader of a port must.
fn split(input: &[u8], piece: usize) -> usize {
    let mut held: Vec<u8> = Vec::new();
    let mut sum = 0;
    for piece in input.chunks(piece) {
        let mut begin = 0;
        for end in memchr::memchr_iter(CARRIAGE_RETURN, piece) {
            if held.is_empty() {
                sum += black_box(&piece[begin..end]).len();
            } else {
                held.extend_from_slice(&piece[begin..end]);
                sum += black_box(&held[..]).len();
                held.clear();
            }
            begin = end + 1;
        }
        held.extend_from_slice(&piece[begin..]);
    }
    sum
}
