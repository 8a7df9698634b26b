//! What is asked for on a control socket: one line, read.

use std::sync::Arc;

use crate::run::judge;
use crate::script::{self, Direction, ScriptError, Source, Span};

/// A request, and the modem that it concerns; all of them unless it says one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) modem: Option<String>,
    pub(super) what: What,
}

/// What is to be done or told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// Something happens to the modem or its world.
    Direction(Direction),
    /// `state [json] [reveal]`: all that can be observed.
    State {
        /// As one object; else in lines.
        json: bool,
        /// Identities are not masked.
        reveal: bool,
    },
    /// `sent`: the messages that the host sent.
    Sent,
    /// `modems`: the names there are.
    Modems,
}

/// The words that ask and change nothing.
const QUESTIONS: [&str; 3] = ["state", "sent", "modems"];

impl Request {
    /// Reads a line. A direction is judged as in a script, but for what its names stand for.
    ///
    /// # Errors
    /// What is wrong with its text, at its place.
    pub(super) fn read(line: &str) -> Result<Self, ScriptError> {
        let line = line.trim();
        let source = Arc::new(Source { name: "direction".to_owned(), text: line.to_owned() });
        let (modem, rest) = prefixed(line);
        let mut words = rest.split(' ').filter(|word| !word.is_empty());
        let question = words.next().and_then(|word| QUESTIONS.into_iter().find(|known| *known == word));
        let Some(question) = question else {
            if line.is_empty() {
                let error = ScriptError::new(&source, Span::default(), "nothing is asked for");
                return Err(error.help("write a direction, such as `network deny 6`, or `state`"));
            }
            let (modem, direction) = script::direction(&source).map_err(or_a_question)?;
            let span = Span::new(0, line.len());
            judge::direction(&direction, &source, span)?;
            return Ok(Self { modem: modem.map(|name| name.text), what: What::Direction(direction) });
        };
        let mut what = match question {
            "state" => What::State { json: false, reveal: false },
            "sent" => What::Sent,
            _ => What::Modems,
        };
        for word in words {
            match (&mut what, word) {
                (What::State { json, .. }, "json") => *json = true,
                (What::State { reveal, .. }, "reveal") => *reveal = true,
                (What::State { .. } | What::Sent | What::Modems | What::Direction(_), _) => {
                    let start = line.rfind(word).unwrap_or(0);
                    let span = Span::new(start, start + word.len());
                    let error = ScriptError::new(&source, span, format!("`{word}` cannot follow `{question}`"));
                    let help = match question {
                        "state" => "behind it may stand `json` and `reveal`",
                        _ => "nothing may stand behind it",
                    };
                    return Err(error.help(help));
                }
            }
        }
        Ok(Self { modem: modem.map(str::to_owned), what })
    }

    /// What the names in a direction stand for is each modem's own.
    pub(super) fn is_named(direction: &Direction) -> bool {
        let mut named = false;
        direction.asks(&mut |_| named = true);
        named
    }
}

/// Where the words that there are stand in a help, the questions stand there too.
fn or_a_question(mut error: ScriptError) -> ScriptError {
    if let Some(help) = &mut error.help
        && error.message.ends_with("is not a direction")
        && help.starts_with("it is one of ")
    {
        help.push_str(", or of `state`, `sent`, `modems`");
    }
    error
}

/// `[[NAME]"* "]` before the words.
fn prefixed(line: &str) -> (Option<&str>, &str) {
    let is_name = |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match line.split_once("* ") {
        Some(("", rest)) => (None, rest),
        Some((name, rest)) if is_name(name) => (Some(name), rest),
        Some(_) | None => (None, line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        match Request::read(line) {
            Ok(Request { modem, what }) => {
                let modem = modem.unwrap_or_else(|| "all".to_owned());
                match what {
                    What::Direction(direction) => format!("{modem}: {direction}"),
                    other => format!("{modem}: {other:?}"),
                }
            }
            Err(error) => error.render(false),
        }
    }

    #[test]
    fn a_request_is_a_direction_or_a_question_for_one_modem_or_for_all() {
        for (line, meant) in [
            ("network deny 6", "all: network deny 6"),
            ("* sim remove\r", "all: sim remove"),
            ("modem1* urc \"+CREG: 5\"", "modem1: urc \"+CREG: 5\""),
            ("state", "all: State { json: false, reveal: false }"),
            ("modem0* state json reveal", "modem0: State { json: true, reveal: true }"),
            ("sent", "all: Sent"),
            ("modems", "all: Modems"),
        ] {
            assert_eq!(read(line), meant);
        }
    }

    #[test]
    fn a_wrong_request_is_told_at_its_place() {
        insta::assert_snapshot!(read("state jsom"), @r"
        error: `jsom` cannot follow `state`
         --> direction:1:7
          |
        1 | state jsom
          |       ^^^^
          |
          = help: behind it may stand `json` and `reveal`
        ");
        insta::assert_snapshot!(read("modem1* register block 12"), @"
        error: expected a TAC (8 digits), an IMEI (14 or 15) or an IMEISV (16), found 2 digits
         --> direction:1:24
          |
        1 | modem1* register block 12
          |                        ^^
          |
          = help: an entry is a TAC (`00101700`), an IMEI (`001017001234569`), a range of either (`00101700..00101709`) or an IMEI with an IMSI (`001017001234569+001010000000001`)
        ");
        insta::assert_snapshot!(read("network deny six"), @r"
        error: a reject cause of 1 to 255 was expected, or 0 to deny nobody any more; ‘six’ came
         --> direction:1:14
          |
        1 | network deny six
          |              ^^^
        ");
        insta::assert_snapshot!(read("> AT"), @"
        error: `>` is not a direction
         --> direction:1:1
          |
        1 | > AT
          | ^
          |
          = help: it is one of `power`, `sim`, `signal`, `network`, `register`, `urc`, `sms from`, `ring from`, `hangup`, `peer`, `clock`, `unplug`, `plug`, `fault`, `answer`, or of `state`, `sent`, `modems`
        ");
        insta::assert_snapshot!(read(""), @"
        error: nothing is asked for
         --> direction:1:1
          |
        1 |
          | ^
          |
          = help: write a direction, such as `network deny 6`, or `state`
        ");
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,60}") {
            let _ = Request::read(&line);
        }
    }
}
