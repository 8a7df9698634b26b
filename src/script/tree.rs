//! The tree of a script: what its text says, line by line, each with its place.
//!
//! Two trees are equal when they say the same; places and the wording of the source stand aside. Nothing here knows how a
//! line is played.

use std::sync::Arc;
use std::time::Duration;

use super::check::Check;
use super::direction::Direction;
use super::header::Header;

/// Where something stands in its source: byte offsets, the end excluded.
///
/// Any two spans are equal, so that trees compare by what they say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// From `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The span as a range, to slice the source with.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

/// A text and the name it goes by in messages: mostly a file's path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// What messages call it: a path, or `<stdin>`.
    pub name: String,
    /// The whole text, a leading byte order mark included.
    pub text: String,
}

impl Source {
    /// The line and column of a byte offset, both counted from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let mark = if start == 0 && self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let columns = before[start..].iter().skip(mark).filter(|&&byte| byte & 0xC0 != 0x80).count();
        (line, columns + 1)
    }
}

/// One script: its header and its lines.
#[derive(Debug, Clone)]
pub struct Script {
    /// The text it was read from.
    pub source: Arc<Source>,
    /// What stands between the two `+++`; empty without them.
    pub header: Header,
    /// Every line after the header, blank ones and comments included.
    pub lines: Vec<Line>,
}

impl PartialEq for Script {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header && self.lines == other.lines
    }
}

/// One line of a script.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The line without its end.
    pub span: Span,
    /// What it says.
    pub kind: LineKind,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub enum LineKind {
    /// Nothing.
    Blank,
    /// `# text`: what follows the `#`, blanks at its end dropped.
    Comment(String),
    /// `@ …`
    Directive(Directive),
    /// A line with a sign, which is played.
    Act {
        /// The modem it concerns, of `[modems]`; always there with several modems, never with one.
        modem: Option<Name>,
        /// What is played.
        act: Act,
    },
}

/// A line that is played.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// `> text`: the host's line, to which the terminator is added; `>` alone is the terminator only.
    Send(Template),
    /// `>| text`: the host's bytes, nothing added.
    SendRaw(Template),
    /// `<| text`: the modem's bytes, nothing added.
    ExpectRaw(Template),
    /// `< pattern`: the modem's next line.
    Expect(Pattern),
    /// `<! pattern`: an unsolicited line, awaited here until it has come.
    ExpectUrc(Pattern),
    /// `<? pattern`: a line that may come.
    ExpectOptional(Pattern),
    /// `...`: as few lines as will do.
    Rest,
    /// `~ duration`
    Wait(Interval),
    /// `* direction`
    Direction(Direction),
    /// `? check`
    Check(Check),
}

/// `@ …`: how what follows is played.
#[derive(Debug, Clone, PartialEq)]
pub enum Directive {
    /// `@ timeout 5s`: the limit of every line, to the end of the file.
    Timeout(Interval),
    /// `@ within 5s`: the limit of the next line.
    Within(Interval),
    /// `@ until 60s every 1s`: the next exchange again and again until it holds.
    Until {
        /// How long it is tried.
        limit: Interval,
        /// From one try to the next.
        every: Interval,
    },
    /// `@ never > pattern`: fails if the host sends such a line from here on.
    NeverSend(Pattern),
    /// `@ never < pattern`: fails if the modem sends such a line from here on.
    NeverExpect(Pattern),
    /// `@ always`: ends what `@ never` forbade.
    Always,
    /// `@ include "path"`
    Include(Include),
    /// `@ label "heading"`
    Label(Template),
    /// `@ strict`: what is not expected fails.
    Strict,
    /// `@ any-order`: a pure replay looks a command up among its exchanges.
    AnyOrder,
    /// `@ urc +NAME`: lines of this name are unsolicited.
    Urc(String),
    /// `@ terminator \r\n`: what ends each of the host's lines from here on.
    Terminator(Template),
    /// `@ finally`: what follows is played whatever the verdict.
    Finally,
}

/// `@ include "path"`: another file's lines, here.
#[derive(Debug, Clone)]
pub struct Include {
    /// The path, relative to the file that it stands in.
    pub path: String,
    /// The path's place, quotes included.
    pub span: Span,
    /// The file's tree, once it has been loaded; its header is empty.
    pub script: Option<Arc<Script>>,
}

impl PartialEq for Include {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

/// A name: of a value or a modem. A small letter, then small letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name itself.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// What is sent, and what stands between quotes: bytes, and names whose values are put in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    /// The pieces; no two neighbours are bytes.
    pub parts: Vec<Part>,
    /// Its place; for a string, quotes included.
    pub span: Span,
}

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    Bytes(Vec<u8>),
    /// `{name}`: the bound value.
    Name(Name),
    /// `{port.NAME}`: the path of that modem's port.
    Port(Name),
}

/// What is expected: matches one whole line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern {
    /// The pieces; no two neighbours are bytes, nor untyped values.
    pub items: Vec<Item>,
    /// Its place.
    pub span: Span,
}

/// A piece of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A value.
    Value(Value),
}

/// A value in what is expected.
///
/// `{name}` and `{name:type}` match and bind, or are equal to what is bound; `{*}` and `{:type}` match and bind nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The name, if it binds.
    pub name: Option<Name>,
    /// The type, if it has one; with neither name nor type it is `{*}`.
    pub kind: Option<Type>,
    /// Its place, braces included.
    pub span: Span,
}

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// A whole number.
    Int,
    /// Hexadecimal digits.
    Hex,
    /// A string, quoted or bare; does not cross a comma outside quotes.
    Str,
    /// A device's identity, in any vendor's spelling.
    Imei,
    /// An identity with a software version number.
    Imeisv,
    /// A CDMA device's identity.
    Meid,
    /// A subscription's identity.
    Imsi,
    /// A card's identity.
    Iccid,
    /// An eUICC's identity.
    Eid,
    /// A telephone number.
    Msisdn,
    /// A PIN or PUK.
    Pin,
    /// The fields of a registration line, in any of its forms.
    Reg,
    /// An IP address.
    Ip,
    /// A date and time as `+CCLK` writes it.
    Time,
    /// Everything to the end of the line.
    Rest,
}

/// A duration as it was written: `1.5s`, `250ms`, `10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// How long; whole microseconds.
    pub duration: Duration,
    /// The unit it is written in.
    pub unit: TimeUnit,
}

/// The units of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// `us`
    Microseconds,
    /// `ms`
    Milliseconds,
    /// `s`
    Seconds,
    /// `m`
    Minutes,
    /// `h`
    Hours,
}
