//! Context: what was sent decides what may come.

use std::borrow::Cow;

use super::payload::{self, Head};
use crate::wire::command::{Command, Dialect, Family, commands};
use crate::wire::line::body_of;

/// How lines are framed on this line, and the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing {
    /// S3, the command line termination character: 0 to 127, default CR (13).
    pub s3: u8,
    /// S4, the response formatting character: 0 to 127, default LF (10).
    pub s4: u8,
    /// Whether a quoted string may hold a line end.
    pub quotes: Quotes,
    /// The longest line in bytes; what is longer comes as [`Classes::OVERFLOW`](super::Classes::OVERFLOW) parts.
    pub longest: usize,
}

impl Default for Framing {
    fn default() -> Self {
        Self { s3: b'\r', s4: b'\n', quotes: Quotes::Tolerant, longest: 8192 }
    }
}

/// What a line end inside a quoted string is.
///
/// Source: ITU-T V.250 (07/2003), clause 5.4.2.2: a string holds no control characters, CR is written `\0D`. Modules send
/// them raw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// By the standard: a line end always ends the line.
    Strict,
    /// As modules do it: in a `+NAME:` line a quote closes only before `,`, `)` or the line's end, and until then line
    /// ends belong to the string. A lost quote costs that line only: the next line that is a result or has a name gives
    /// it up, and so do 4,096 bytes.
    Tolerant,
}

/// What the host awaits, set when a command is sent.
///
/// The default is that of somebody who listens in and knows nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Which information lines belong to the open command.
    pub answer: Answer,
    /// Texts that ask for input and end in no line end; each stands at the begin of a line.
    pub prompts: Vec<Cow<'static, [u8]>>,
    /// What follows a message's header line.
    pub body: Body,
    /// Whether results are numbers (ATV0); `None` where it is not known.
    pub numeric: Option<bool>,
    /// What `CONNECT` begins.
    pub connect: Connect,
    /// Lines that announce a payload of a given length.
    pub payloads: Cow<'static, [Head]>,
}

impl Default for Expectation {
    fn default() -> Self {
        Self {
            answer: Answer::Unknown,
            prompts: vec![Cow::Borrowed(b"> ")],
            body: Body::Unknown,
            numeric: None,
            connect: Connect::Data,
            payloads: Cow::Borrowed(payload::SELF_EVIDENT),
        }
    }
}

impl Expectation {
    /// What may come after this command line: `AT+QIRD=0,1500` awaits a payload, `ATD*99#` data after `CONNECT`.
    #[must_use]
    pub fn after(line: &[u8]) -> Self {
        let body = body_of(line).unwrap_or_default();
        let known: Vec<Command<'_>> = commands(body, &Dialect::CELLULAR).map_while(Result::ok).collect();
        let names = known.iter().filter_map(|command| match command {
            Command::Extended { name, .. } => Some(name.as_bytes()),
            Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) => None,
        });
        let calls = known.iter().any(|command| match command {
            Command::Dial(_) | Command::Basic { family: Family::Plain, letter: b'A' | b'O', .. } => true,
            Command::Extended { name, .. } => CALLS.iter().any(|call| name.is(call)),
            Command::Basic { .. } | Command::SRegister { .. } => false,
        });
        Self {
            answer: Answer::Any,
            connect: if calls { Connect::Data } else { Connect::Lines },
            payloads: payload::after(names),
            ..Self::default()
        }
    }
}

/// Commands that enter data state, besides D, A and O; `CONNECT` to any other asks for data or is a line.
const CALLS: &[&str] =
    &["+CGDATA", "+QISEND", "+QFUPL", "+QHTTPURL", "+QHTTPPOST", "+QIOPEN", "#SD", "#SO", "+KTCPSND"];

/// Which information lines the open command may answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is not known what was sent.
    Unknown,
    /// No command is open: whatever comes is unsolicited.
    Nothing,
    /// Any line.
    Any,
    /// Lines of these names (`+CSQ`) and lines without one; another name is unsolicited.
    Named(Vec<Vec<u8>>),
}

/// What follows `+CMGL:`, `+CMGR:`, `+CMT:`, `+CDS:` and `+CBM:`.
///
/// Source: 3GPP TS 27.005, clauses 3.4.1 and 4.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Not known: the next line may be one.
    Unknown,
    /// PDU mode (`+CMGF=0`): a line of hexadecimal digits.
    Pdu,
    /// Text mode (`+CMGF=1`): a line of text, whatever it looks like.
    Text,
}

/// What comes after `CONNECT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connect {
    /// Data state, until [`Scanner::end_data`](super::Scanner::end_data) is called.
    Data,
    /// Data state, until a line `NO CARRIER`, `OK` or `DISCONNECT` stands in it: for recordings.
    DataUntilResult,
    /// More lines: some modules answer `CONNECT` to commands that stay in command state.
    Lines,
}
