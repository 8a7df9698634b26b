//! The grammar of a body, in nom: each function is one rule of V.250 clause 5 and is named after it.

use nom::branch::alt;
use nom::bytes::complete::take_while;
use nom::character::complete::{char, satisfy, space0};
use nom::combinator::{map, opt};
use nom::error::{ErrorKind, ParseError};
use nom::sequence::preceded;
use nom::{IResult, Parser};

use super::dialect::{Dialect, Quoting, Reading};
use super::error::{CommandError, Expected};
use super::parameters::{Parameter, Parameters, Quoted};
use super::scan::find;
use super::{Command, Dial, Family, Form, Name, SAction};

/// The commands of `body` in order: what stands between `AT` and the terminator.
///
/// ```
/// use atgate::wire::command::{Dialect, commands};
///
/// let line: Result<Vec<_>, _> = commands(b"E0V1S0=2&C1+CMEE=1;+CGSN", &Dialect::CELLULAR).collect();
/// assert_eq!(line.expect("six commands").len(), 6);
/// ```
pub fn commands<'a>(body: &'a [u8], dialect: &'a Dialect) -> Commands<'a> {
    Commands::resume(body, 0, dialect)
}

/// The commands of one body, parsed one at a time. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Commands<'a> {
    body: &'a [u8],
    rest: &'a [u8],
    dialect: &'a Dialect,
}

impl<'a> Commands<'a> {
    /// Goes on at `position`, which an earlier iterator over this `body` has given. Past the end there is nothing.
    pub fn resume(body: &'a [u8], position: usize, dialect: &'a Dialect) -> Self {
        let rest = body.get(position..).unwrap_or_default();
        Self { body, rest: separators(rest), dialect }
    }

    /// Where the next command begins: a byte offset into the body, past blanks and semicolons.
    pub const fn position(&self) -> usize {
        self.body.len() - self.rest.len()
    }
}

impl<'a> Iterator for Commands<'a> {
    type Item = Result<Command<'a>, CommandError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        match command(self.rest, self.dialect) {
            Ok((rest, command)) => {
                self.rest = separators(rest);
                Some(Ok(command))
            }
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => {
                let at = self.body.len() - fault.rest.len();
                self.rest = b"";
                Some(Err(CommandError { at, expected: fault.expected }))
            }
            // Every rule is a complete one; should one ask for more all the same, the line ended too early.
            Err(nom::Err::Incomplete(_)) => {
                self.rest = b"";
                Some(Err(CommandError { at: self.body.len(), expected: Expected::Command }))
            }
        }
    }
}

impl std::iter::FusedIterator for Commands<'_> {}

/// Where a rule gave up, and what it wanted there.
#[derive(Debug)]
struct Fault<'a> {
    rest: &'a [u8],
    expected: Expected,
}

impl<'a> ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(rest: &'a [u8], _: ErrorKind) -> Self {
        Self { rest, expected: Expected::Command }
    }

    fn append(_: &'a [u8], _: ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'a, T> = IResult<&'a [u8], T, Fault<'a>>;

fn expected<'a, T>(rest: &'a [u8], expected: Expected) -> Parsed<'a, T> {
    Err(nom::Err::Failure(Fault { rest, expected }))
}

fn blanks(input: &[u8]) -> &[u8] {
    &input[input.iter().take_while(|&&byte| byte == b' ').count()..]
}

/// Blanks and semicolons between commands: one semicolon by the standard, more by hosts.
fn separators(input: &[u8]) -> &[u8] {
    &input[input.iter().take_while(|&&byte| byte == b' ' || byte == b';').count()..]
}

/// `command = basic | s-register | dial | extended`, by its first character.
#[inline]
fn command<'a>(input: &'a [u8], dialect: &Dialect) -> Parsed<'a, Command<'a>> {
    let Some((&first, after)) = input.split_first() else {
        return expected(input, Expected::Command);
    };
    match first {
        b'D' | b'd' => Ok(dial(after)),
        b'S' | b's' => s_register(after),
        b'A'..=b'Z' | b'a'..=b'z' => basic(Family::Plain, input),
        _ => match dialect.reading(first) {
            Some(Reading::Extended) => extended(input, dialect.quoting),
            Some(Reading::Basic) => prefixed_basic(input),
            Some(Reading::LookAhead) if looks_basic(after) => prefixed_basic(input),
            Some(Reading::LookAhead) => extended(input, dialect.quoting),
            None => expected(input, Expected::Command),
        },
    }
}

/// Whether what follows `%`, `*`, `!` or `-` is one letter and its digits, with neither `=` nor `?` behind.
fn looks_basic(after: &[u8]) -> bool {
    let rule = |input| -> Parsed<'_, ()> {
        let (rest, (_, number)) = (letter, digits).parse(input)?;
        match blanks(rest).first() {
            Some(b'=' | b'?') => expected(rest, Expected::Letter),
            Some(byte) if number.is_empty() && byte.is_ascii_alphabetic() => expected(rest, Expected::Letter),
            Some(_) | None => Ok((rest, ())),
        }
    };
    rule(blanks(after)).is_ok()
}

fn prefixed_basic(input: &[u8]) -> Parsed<'_, Command<'_>> {
    let family = match input.first() {
        Some(b'&') => Family::Ampersand,
        Some(b'\\') => Family::Backslash,
        Some(b'%') => Family::Percent,
        Some(b'*') => Family::Asterisk,
        Some(b'!') => Family::Exclamation,
        Some(b'-') => Family::Hyphen,
        Some(_) | None => return expected(input, Expected::Command),
    };
    basic(family, blanks(&input[1..]))
}

/// `basic = letter [number]` (V.250 clause 5.3.1).
fn basic(family: Family, input: &[u8]) -> Parsed<'_, Command<'_>> {
    let Some((letter, after)) = input.split_first().filter(|(letter, _)| letter.is_ascii_alphabetic()) else {
        return expected(input, Expected::Letter);
    };
    let (rest, number) = opt_number(after)?;
    match blanks(rest).first() {
        Some(b'=' | b'?') => expected(blanks(rest), Expected::NoForm),
        Some(_) | None => Ok((rest, Command::Basic { family, letter: letter.to_ascii_uppercase(), number })),
    }
}

/// `number = {digit}`, with blanks before it. Leading zeros mean nothing.
fn opt_number(input: &[u8]) -> Parsed<'_, Option<u32>> {
    let start = blanks(input);
    let (rest, number) = digits(start)?;
    if number.is_empty() {
        return Ok((input, None));
    }
    let value =
        number.iter().try_fold(0_u32, |value, digit| value.checked_mul(10)?.checked_add(u32::from(digit - b'0')));
    match value {
        Some(value) => Ok((rest, Some(value))),
        None => expected(start, Expected::SmallerNumber),
    }
}

/// `s-register = "S" number ["." bit] ["?" | "=?" | "=" [number]]` (V.250 clause 5.3.2).
fn s_register(after: &[u8]) -> Parsed<'_, Command<'_>> {
    let (rest, number) = opt_number(after)?;
    let Some(number) = number else {
        return expected(blanks(after), Expected::Register);
    };
    let (rest, bit) = opt(bit).parse(rest)?;
    let (rest, action) = match opt(s_form).parse(blanks(rest))? {
        (_, None) => (rest, SAction::Select),
        (rest, Some(action)) => (rest, action),
    };
    Ok((rest, Command::SRegister { number, bit, action }))
}

/// `bit = "." digit`
fn bit(input: &[u8]) -> Parsed<'_, u8> {
    map(preceded(char('.'), satisfy(|digit| digit.is_ascii_digit())), |digit| digit as u8 - b'0').parse(input)
}

/// `"?" | "=?" | "=" [number]`
fn s_form(input: &[u8]) -> Parsed<'_, SAction> {
    let read = map(char('?'), |_| SAction::Read);
    let test = map((char('='), space0, char('?')), |_| SAction::Test);
    let set = map(preceded(char('='), opt_number), SAction::Set);
    alt((read, test, set)).parse(input)
}

/// `dial = "D" {any but ";"} [";"]` (V.250 clause 6.3.1); a semicolon in the quotes of `>"name"` is part of the name.
fn dial(after: &[u8]) -> (&[u8], Command<'_>) {
    let name = after.len() - quoted_name(after).map_or(after.len(), <[u8]>::len);
    match memchr::memchr(b';', &after[name..]) {
        Some(end) => (&after[name + end + 1..], Command::Dial(Dial::new(&after[..name + end], true))),
        None => (b"", Command::Dial(Dial::new(after, false))),
    }
}

/// What follows `>"name"`, where the dial string begins so.
fn quoted_name(after: &[u8]) -> Option<&[u8]> {
    let name = blanks(blanks(after).strip_prefix(b">")?).strip_prefix(b"\"")?;
    memchr::memchr(b'"', name).map(|end| &name[end + 1..])
}

/// `extended = name ["?" | "=?" | "=" parameters]`, up to a semicolon or the end (V.250 clauses 5.4.3 to 5.4.5).
#[inline]
fn extended(input: &[u8], quoting: Quoting) -> Parsed<'_, Command<'_>> {
    let (rest, name) = name(input)?;
    let (rest, form) = match rest.first() {
        Some(b'?') => (blanks(&rest[1..]), Form::Read),
        Some(b'=') => match test(&rest[1..]) {
            Some(rest) => (rest, Form::Test),
            None => {
                let (rest, parameters) = parameters(&rest[1..], quoting)?;
                (rest, Form::Set(parameters))
            }
        },
        Some(_) | None => (rest, Form::Execute),
    };
    match rest.first() {
        Some(b';') | None => Ok((rest, Command::Extended { name, form })),
        Some(_) if form == Form::Execute => expected(rest, Expected::Form),
        Some(_) => expected(rest, Expected::Semicolon),
    }
}

/// `name = prefix letter {letter | digit | one of "!%-./:_"}` (V.250 clause 5.4.1), blanks in it ignored.
#[inline]
fn name(input: &[u8]) -> Parsed<'_, Name<'_>> {
    let (rest, _) = letter(blanks(&input[1..]))?;
    let (rest, _) = name_characters(rest)?;
    Ok((rest, Name::new(input[..input.len() - rest.len()].trim_ascii_end())))
}

/// The letter that a name begins with.
fn letter(input: &[u8]) -> Parsed<'_, u8> {
    match input.split_first() {
        Some((&letter, rest)) if letter.is_ascii_alphabetic() => Ok((rest, letter)),
        Some(_) | None => expected(input, Expected::Word),
    }
}

/// The characters of a name after its first letter.
fn name_characters(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (word, rest) = input.split_at(find(input, *b"=?;"));
    if word.iter().fold(true, |all, &byte| all & is_name_character(byte)) {
        return Ok((rest, word));
    }
    take_while(is_name_character).parse(input)
}

fn is_name_character(byte: u8) -> bool {
    NAME_CHARACTERS[usize::from(byte)]
}

/// A look-up costs one load a byte, and names are most of what hosts send.
const NAME_CHARACTERS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        let mark = matches!(byte, b' ' | b'!' | b'%' | b'-' | b'.' | b'/' | b':' | b'_');
        table[byte as usize] = mark || byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// `digits = {digit}`, perhaps none.
fn digits(input: &[u8]) -> Parsed<'_, &[u8]> {
    take_while(|byte: u8| byte.is_ascii_digit()).parse(input)
}

/// The `?` of `=?`, with nothing but blanks up to the semicolon or the end: what follows it.
fn test(after: &[u8]) -> Option<&[u8]> {
    let rest = blanks(blanks(after).strip_prefix(b"?")?);
    matches!(rest, [] | [b';', ..]).then_some(rest)
}

/// `parameters = [parameter] {"," [parameter]}`, up to a semicolon outside quotes or the end.
///
/// Only quotes can be wrong in a list, and only they hide a semicolon: what stands between them is not looked at here.
#[inline]
fn parameters(input: &[u8], quoting: Quoting) -> Parsed<'_, Parameters<'_>> {
    let input = blanks(input);
    let mut rest = input;
    loop {
        rest = &rest[find(rest, *b";;\"")..];
        if rest.first() != Some(&b'"') {
            break;
        }
        let before = &input[..input.len() - rest.len()];
        rest = match before.trim_ascii_end().last() {
            Some(b',') | None => string(rest, quoting)?.0,
            Some(_) => protected(rest)?.0,
        };
    }
    Ok((rest, Parameters::new(&input[..input.len() - rest.len()], quoting)))
}

/// Quotes in the middle of a constant, with what they protect.
fn protected(input: &[u8]) -> Parsed<'_, ()> {
    match input[1..].iter().position(|&byte| byte == b'"') {
        Some(length) => Ok((&input[length + 2..], ())),
        None => expected(input, Expected::ClosingQuote),
    }
}

/// The first parameter of a list that [`parameters`] has accepted, and what follows its comma.
#[inline]
pub(super) fn next_parameter(input: &[u8], quoting: Quoting) -> (Parameter<'_>, Option<&[u8]>) {
    match parameter(input, quoting) {
        Ok((rest, parameter)) => {
            (parameter, rest.split_first().filter(|(byte, _)| **byte == b',').map(|(_, after)| after))
        }
        Err(nom::Err::Error(_) | nom::Err::Failure(_) | nom::Err::Incomplete(_)) => (Parameter::Omitted, None),
    }
}

/// `parameter = string | constant | nothing`, with the blanks around it.
#[inline]
fn parameter(input: &[u8], quoting: Quoting) -> Parsed<'_, Parameter<'_>> {
    let input = blanks(input);
    match input.first() {
        Some(b'"') => string(input, quoting),
        Some(_) | None => constant(input),
    }
}

/// `string = '"' {character | escape} '"'` (V.250 clause 5.4.2.2).
#[inline]
fn string(input: &[u8], quoting: Quoting) -> Parsed<'_, Parameter<'_>> {
    let inner = &input[1..];
    let Some(end) = closing_quote(inner, quoting) else {
        return expected(input, Expected::ClosingQuote);
    };
    let rest = blanks(&inner[end + 1..]);
    match rest.first() {
        Some(b',' | b';') | None => Ok((rest, Parameter::Text(Quoted::new(&inner[..end], quoting)))),
        Some(_) => expected(rest, Expected::Separator),
    }
}

/// Where the string ends by the dialect's rule.
fn closing_quote(inner: &[u8], quoting: Quoting) -> Option<usize> {
    match quoting {
        Quoting::Standard | Quoting::Literal => Some(find(inner, *b"\"\"\"")).filter(|&end| end < inner.len()),
        Quoting::Backslash => {
            let mut escaped = false;
            inner.iter().position(|&byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            })
        }
        Quoting::Loose => memchr::memchr_iter(b'"', inner)
            .find(|&end| matches!(blanks(&inner[end + 1..]).first(), Some(b',' | b';') | None)),
    }
}

/// `constant = {any but "," and ";"}`; quotes in the middle protect both.
#[inline]
fn constant(input: &[u8]) -> Parsed<'_, Parameter<'_>> {
    let mut rest = &input[find(input, *b",;\"")..];
    while rest.first() == Some(&b'"') {
        rest = protected(rest)?.0;
        rest = &rest[find(rest, *b",;\"")..];
    }
    let text = input[..input.len() - rest.len()].trim_ascii_end();
    let parameter = match text {
        [] => Parameter::Omitted,
        text if text.iter().fold(true, |all, byte| all & byte.is_ascii_digit()) => Parameter::Number(text),
        text => Parameter::Bare(text),
    };
    Ok((rest, parameter))
}
