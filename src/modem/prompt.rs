//! Text behind a command line: the modem asks for it with a prompt, Ctrl-Z ends it, ESC gives it up.
//!
//! A handler asks with `Reply::Prompt`, and is called again through its [`Purpose`] once the text is there. The prompt is
//! `S3 S4 > SP`, and stands again behind every S3 of the text; S5 takes a character back; what is typed is echoed under
//! E1, all but what ends it. Whatever the end, the command ends with a result.
//!
//! Source: 3GPP TS 27.005, clauses 3.5.1 and 4.3.

use super::command::Reply;
use super::exchange::ABORT_AFTER;
use super::sms::{Messages, Writing};
use super::terminal::Mode;
use super::{Modem, Setting, Tick};
use crate::wire::line::LINE_FEED;

/// More than this is not kept, and the text counts as too long.
const LIMIT: usize = 1 << 16;

/// Ends the text.
const CTRL_Z: u8 = 0x1A;
/// Gives it up.
const ESC: u8 = 0x1B;

/// What a command asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Who gets it, and what for.
    pub(super) purpose: Purpose,
    /// So many bytes of any kind, and nothing ends them; `None`: a text that Ctrl-Z ends.
    pub(super) length: Option<usize>,
}

impl Prompt {
    /// A text that Ctrl-Z ends.
    pub(super) const fn text(purpose: Purpose) -> Self {
        Self { purpose, length: None }
    }
}

/// Who gets the text, and what for. It is kept with the line that it is typed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A short message.
    Message(Writing),
}

/// What came of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// This text.
    Text(Vec<u8>),
    /// One that found no room.
    TooLong,
    /// Nothing: it was given up.
    GivenUp,
}

/// A text as it is typed.
#[derive(Debug)]
pub(super) struct Typing {
    prompt: Prompt,
    since: Tick,
    text: Vec<u8>,
    /// Nothing has come yet.
    fresh: bool,
    too_long: bool,
}

impl Typing {
    pub(super) const fn new(prompt: Prompt, now: Tick) -> Self {
        Self { prompt, since: now, text: Vec::new(), fresh: true, too_long: false }
    }

    fn keep(&mut self, byte: u8) {
        if self.text.len() < LIMIT {
            self.text.push(byte);
        } else {
            self.too_long = true;
        }
    }

    /// Whether as many bytes are there as were asked for.
    fn is_full(&self) -> bool {
        self.prompt.length.is_some_and(|length| self.text.len() >= length.min(LIMIT))
    }

    fn typed(self) -> Typed {
        if self.too_long { Typed::TooLong } else { Typed::Text(self.text) }
    }
}

impl Modem {
    /// Asks for a text: what the line has answered so far leaves with the prompt.
    pub(super) fn ask(&mut self, now: Tick, prompt: Prompt, mut answer: Vec<u8>) {
        answer.extend_from_slice(&self.prompt_sign());
        self.terminal.outbox.write(&answer);
        self.terminal.mode = Mode::Prompt(Typing::new(prompt, now));
    }

    /// Takes bytes of a text that was asked for; says how many.
    pub(super) fn prompt_bytes(&mut self, now: Tick, bytes: &[u8]) -> usize {
        let (s3, s5) =
            (self.terminal.settings.character(Setting::Terminator), self.terminal.settings.character(Setting::Editor));
        let (echoes, sign) = (self.setting(Setting::Echo) != 0, self.prompt_sign());
        let Mode::Prompt(typing) = &mut self.terminal.mode else { return bytes.len() };
        let mut echo = Vec::new();
        let mut end = None;
        let mut taken = 0;
        for &byte in bytes {
            taken += 1;
            // A line feed at once belongs to the terminator of the command that led here.
            if std::mem::take(&mut typing.fresh) && byte == LINE_FEED && now.since(typing.since) < ABORT_AFTER {
                continue;
            }
            if typing.prompt.length.is_some() {
                typing.keep(byte);
                if typing.is_full() {
                    end = Some(true);
                    break;
                }
                continue;
            }
            match byte {
                CTRL_Z | ESC => {
                    // What ends a text is echoed as the end of its line, or the answer would begin in the middle of one:
                    // hosts that look for CR LF before an answer would miss it.
                    if echoes {
                        echo.push(s3);
                    }
                    end = Some(byte == CTRL_Z);
                    break;
                }
                _ if byte == s5 => {
                    typing.text.pop();
                }
                _ => typing.keep(byte),
            }
            if echoes {
                echo.push(byte);
            }
            if byte == s3 {
                echo.extend_from_slice(&sign);
            }
        }
        self.terminal.outbox.write(&echo);
        if let Some(given) = end
            && let Mode::Prompt(typing) = std::mem::replace(&mut self.terminal.mode, Mode::Busy)
        {
            let purpose = typing.prompt.purpose;
            self.typed(now, purpose, if given { typing.typed() } else { Typed::GivenUp });
        }
        taken
    }

    /// Gives up the text that was asked for: DTR dropped, or the port was closed.
    pub(super) fn leave_prompt(&mut self, now: Tick) {
        if let Mode::Prompt(typing) = &self.terminal.mode {
            let purpose = typing.prompt.purpose;
            self.terminal.mode = Mode::Busy;
            self.typed(now, purpose, Typed::GivenUp);
        }
    }

    /// Hands the text to whoever asked for it.
    fn typed(&mut self, now: Tick, purpose: Purpose, typed: Typed) {
        let reply: Reply = match purpose {
            Purpose::Message(writing) => Messages::typed(self, now, writing, typed),
        };
        self.resume(now, reply);
    }

    fn prompt_sign(&self) -> [u8; 4] {
        let character = |setting| self.terminal.settings.character(setting);
        [character(Setting::Terminator), character(Setting::Formatter), b'>', b' ']
    }
}
