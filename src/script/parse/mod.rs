//! From text to tree: the file's header and its lines, each on its own, so that every wrong line is told at once.

pub(super) mod case;
mod check;
mod direction;
pub(super) mod header;
mod input;
mod item;
mod line;
mod number;
mod word;

use std::sync::Arc;

use self::input::{Fault, Text};
use super::direction::Direction;
use super::error::ScriptError;
use super::header::Header;
use super::tree::{Interval, Line, LineKind, Name, Source, Span};

/// After so many errors the rest of a file is not looked at.
const MOST_ERRORS: usize = 100;

/// The header's first and last line.
const FENCE: &str = "+++";

/// What a file says, as far as it could be read, and what is wrong with it.
pub(super) struct File {
    pub(super) header: Header,
    /// Each line, or the place of one that could not be read.
    pub(super) lines: Vec<Result<Line, Span>>,
    pub(super) errors: Vec<ScriptError>,
    /// The header's first fence, if there is one.
    pub(super) fence: Option<Span>,
}

/// Reads `source`; what concerns several lines or files at once is not judged here.
pub(super) fn file(source: &Arc<Source>) -> File {
    let text = source.text.as_str();
    let mut file = File { header: Header::default(), lines: Vec::new(), errors: Vec::new(), fence: None };
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some((first, next)) = next_line(text, at)
        && text[first.range()].starts_with(FENCE)
    {
        file.fence = Some(first);
        at = header(source, first, next, &mut file);
    }
    while let Some((span, next)) = next_line(text, at) {
        at = next;
        match one(text, span) {
            Ok(kind) => file.lines.push(Ok(Line { span, kind })),
            Err(fault) => {
                file.lines.push(Err(span));
                file.errors.push(error(source, fault));
            }
        }
        if file.errors.len() >= MOST_ERRORS {
            let rest = Span::new(span.end, span.end);
            file.errors.push(ScriptError::new(source, rest, "too many errors: the lines from here on were not read"));
            break;
        }
    }
    file
}

/// One direction that stands by itself, with the modem that it concerns.
///
/// # Errors
///
/// What is wrong with its text.
pub fn direction(source: &Arc<Source>) -> Result<(Option<Name>, Direction), ScriptError> {
    match line::alone(Text::new(&source.text, 0)) {
        Ok(found) => Ok(found),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(error(source, fault)),
        Err(nom::Err::Incomplete(_)) => {
            let span = Span::new(0, source.text.len());
            Err(ScriptError::new(source, span, "the direction is not complete"))
        }
    }
}

/// `duration`, where a header gives one; `offset` is the place of its first character.
pub(super) fn interval(text: &str, offset: usize) -> Result<Interval, (Span, String, Option<String>)> {
    let input = Text::new(text, offset);
    match number::duration(input) {
        Ok((rest, interval)) if rest.is_empty() => Ok(interval),
        Ok((rest, _)) => Err((rest.span(), "nothing may follow the duration".to_owned(), None)),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err((fault.span, fault.message, fault.help)),
        Err(nom::Err::Incomplete(_)) => Err((input.span(), "the duration is not complete".to_owned(), None)),
    }
}

/// Reads the header whose first fence is `first`; returns where the lines begin.
fn header(source: &Arc<Source>, first: Span, after: usize, file: &mut File) -> usize {
    let text = source.text.as_str();
    if &text[first.range()] != FENCE {
        let help = "the line holds nothing else, not even a blank";
        file.errors.push(ScriptError::new(source, first, "the header begins with a line `+++`").help(help));
    }
    let mut at = after;
    while let Some((span, next)) = next_line(text, at) {
        if &text[span.range()] == FENCE {
            file.header = self::header::header(source, Span::new(after, span.start), &mut file.errors);
            return next;
        }
        at = next;
    }
    let help = "it ends with a line `+++` of its own";
    file.errors.push(ScriptError::new(source, first, "the header is not closed").help(help));
    text.len()
}

/// The line at `at` without its end (LF or CR LF), and where the next one begins; nothing at the text's end.
fn next_line(text: &str, at: usize) -> Option<(Span, usize)> {
    if at >= text.len() {
        return None;
    }
    let bytes = text.as_bytes();
    let (end, next) =
        memchr::memchr(b'\n', &bytes[at..]).map_or((bytes.len(), bytes.len()), |lf| (at + lf, at + lf + 1));
    let end = if next > end && end > at && bytes[end - 1] == b'\r' { end - 1 } else { end };
    Some((Span::new(at, end), next))
}

fn one(text: &str, span: Span) -> Result<LineKind, Fault> {
    let line = &text[span.range()];
    if let Some(at) = memchr::memchr(b'\r', line.as_bytes()) {
        let at = span.start + at;
        let help = r"a line ends with LF or CR LF; in a text CR is written `\r`".to_owned();
        return Err(Fault { span: Span::new(at, at + 1), message: "a CR stands alone".to_owned(), help: Some(help) });
    }
    let input = Text::new(line, span.start);
    match line::line(input) {
        Ok(kind) => Ok(kind),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault),
        Err(nom::Err::Incomplete(_)) => Err(Fault { span, message: String::new(), help: None }),
    }
}

fn error(source: &Arc<Source>, fault: Fault) -> ScriptError {
    let message = if fault.message.is_empty() { "the line cannot be read".to_owned() } else { fault.message };
    ScriptError { source: Arc::clone(source), span: fault.span, message, help: fault.help }
}
