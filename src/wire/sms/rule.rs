//! What all messages are made of, in nom: single octets, runs of them, and how a rule gives up.

use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Parser};

use super::{PduError, Wrong};

/// Where a rule gave up, and why.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    rest: &'a [u8],
    wrong: Wrong,
}

impl<'a> ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(rest: &'a [u8], _: ErrorKind) -> Self {
        Self { rest, wrong: Wrong::Left(rest.len()) }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

pub(super) type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

/// Gives up: a PDU is read in one way only.
pub(super) fn give_up<'a, T>(rest: &'a [u8], wrong: Wrong) -> Parsed<'a, T> {
    Err(nom::Err::Failure(Fault { rest, wrong }))
}

/// `count` octets of an element.
pub(super) fn octets<'a>(element: &'static str, count: usize) -> impl FnMut(&'a [u8]) -> Parsed<'a, &'a [u8]> {
    move |input| match input.split_at_checked(count) {
        Some((octets, rest)) => Ok((rest, octets)),
        None => give_up(input, Wrong::Ends { element, needs: count, has: input.len() }),
    }
}

/// `N` octets of an element.
pub(super) fn array<'a, const N: usize>(element: &'static str) -> impl FnMut(&'a [u8]) -> Parsed<'a, [u8; N]> {
    move |input| match input.split_first_chunk::<N>() {
        Some((octets, rest)) => Ok((rest, *octets)),
        None => give_up(input, Wrong::Ends { element, needs: N, has: input.len() }),
    }
}

/// One octet of an element.
pub(super) fn octet<'a>(element: &'static str) -> impl FnMut(&'a [u8]) -> Parsed<'a, u8> {
    move |input| array::<1>(element).map(|[octet]| octet).parse(input)
}

/// What a rule has read from the front of `input`, and the rest.
pub(super) fn run<'a, T>(
    input: &'a [u8],
    mut rule: impl FnMut(&'a [u8]) -> Parsed<'a, T>,
) -> Result<(T, &'a [u8]), PduError> {
    match rule(input) {
        Ok((rest, value)) => Ok((value, rest)),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
            Err(PduError { at: input.len() - fault.rest.len(), wrong: fault.wrong })
        }
        // Every rule is a complete one.
        Err(nom::Err::Incomplete(_)) => Err(PduError { at: input.len(), wrong: Wrong::Left(0) }),
    }
}
