//! Elements in, told one by one: what each is in the light of what stood before it.

use super::exchange::Exchange;
use super::found::{Found, Kind, Says, Side};
use super::identity::{Identity, Wanted};
use super::marks::{self, Mark};
use super::memo::{self, Key, Memo, Place, Situation};
use super::message::Message;
use super::told::Told;
use super::{json, plain};
use crate::wire::line::{Assembled, BACKSPACE, CARRIAGE_RETURN, LineAssembler};
use crate::wire::meaning::{self, Came};
use crate::wire::response::{Classes, Connect, Element, Expectation, Framing, Scanner};
use crate::wire::result::FinalResult;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line an element, for a person.
    Plain {
        /// With the colours of a terminal.
        coloured: bool,
    },
    /// One JSON object an element, for a program.
    Json,
    /// No text: values, which are taken.
    Values,
}

/// Who sent a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    Host,
    /// It came from the modem: an echo.
    Modem,
    /// Nobody said: an echo where it is what was sent last.
    Either,
}

/// The most that is shown of a run of data; the rest is counted.
const SHOWN: usize = 256;
/// The longest command line that is read, in bytes of its body.
const LONGEST: u16 = 8192;

/// Tells elements, in order.
#[derive(Debug)]
pub(super) struct Teller {
    out: String,
    values: Vec<Told>,
    form: Form,
    told: bool,
    exchange: Exchange,
    /// Data that goes on.
    data: Data,
    assembler: LineAssembler,
    /// For lines behind `< `, which are whole.
    marked: Option<Scanner>,
    header: Header,
    /// After a prompt: what comes is a message's text.
    text_due: bool,
    /// What was told before, where that is text for a person.
    memo: Option<Box<Memo>>,
    /// The situation, where the memory knows it.
    place: Option<Place>,
    /// Lines were told from memory: `exchange` and what belongs to it are those of an earlier situation.
    stale: bool,
}

#[derive(Debug, Default)]
struct Data {
    shown: Vec<u8>,
    offset: u64,
    length: u64,
}

/// A script's header, if the input begins with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// At the begin of the input.
    Possible,
    /// `+++` stood there; the next line tells a header from an escape sequence.
    Opened {
        offset: u64,
    },
    Inside,
    Over,
}

impl Teller {
    pub(super) fn new(form: Form) -> Self {
        Self {
            out: String::new(),
            values: Vec::new(),
            form,
            told: false,
            exchange: Exchange::default(),
            data: Data::default(),
            assembler: LineAssembler::new(LONGEST),
            marked: None,
            header: Header::Possible,
            text_due: false,
            memo: match form {
                Form::Plain { .. } => Some(Box::new(Memo::new())),
                Form::Json | Form::Values => None,
            },
            place: None,
            stale: false,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.out
    }

    /// Tells each line anew, as if none had come before.
    #[cfg(test)]
    pub(super) fn remember_nothing(&mut self) {
        self.memo = None;
    }

    pub(super) fn values(&self) -> &[Told] {
        &self.values
    }

    /// What was told as values.
    pub(super) fn take(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.values)
    }

    pub(super) fn clear(&mut self) {
        self.out.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.told
    }

    pub(super) fn finish(&mut self) {
        self.end_data();
        if let Header::Opened { offset } = self.header {
            self.header = Header::Over;
            self.escape_sequence(offset);
        }
    }

    pub(super) fn write(&mut self, found: &Found<'_>) {
        self.told = true;
        match self.form {
            Form::Json => json::write(&mut self.out, found),
            Form::Plain { coloured } => plain::write(&mut self.out, found, coloured),
            Form::Values => self.values.push(Told::of(found)),
        }
    }

    /// A line of which nobody said whose it is.
    #[inline]
    pub(super) fn either(&mut self, element: &Element<'_>) {
        let offset = element.span.start;
        if let Some(memo) = &self.memo
            && let Some(from) = self.place
            && let Some(marks) = marks_of(element)
            && let Some(to) = memo.tell(Key { from, marks, text: element.text }, offset, &mut self.out)
        {
            self.place = Some(to);
            self.stale = true;
            return;
        }
        self.either_anew(element, offset);
    }

    /// A line that was not told before in this situation.
    fn either_anew(&mut self, element: &Element<'_>, offset: u64) {
        self.recall();
        let from = self.place.take();
        let before = self.out.len();
        self.either_told(element, offset);
        let Some(mut memo) = self.memo.take() else { return };
        // A script's lines and a run of data are told in the light of more than a situation holds.
        if self.header == Header::Over && self.marked.is_none() && self.data.length == 0 && !self.assembler.is_pending()
        {
            let last = self.assembler.body().to_vec();
            let to = memo.place(&Situation { exchange: self.exchange.clone(), text_due: self.text_due, last });
            self.place = Some(to);
            if let (Some(from), Some(marks)) = (from, marks_of(element))
                && memo.situation(from).is_some()
            {
                memo.remember(Key { from, marks, text: element.text }, offset, &self.out[before..], to);
            }
        }
        self.memo = Some(memo);
    }

    /// Puts the situation back that lines from memory have led to.
    fn recall(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        let situation = self.memo.as_ref().zip(self.place).and_then(|(memo, place)| memo.situation(place));
        let Some(situation) = situation else { return };
        self.exchange.clone_from(&situation.exchange);
        self.text_due = situation.text_due;
        if self.assembler.body() != situation.last {
            self.assembler = LineAssembler::new(LONGEST);
            self.assembler.feed(b"AT", CARRIAGE_RETURN, BACKSPACE);
            self.assembler.feed(&situation.last, CARRIAGE_RETURN, BACKSPACE);
            self.assembler.push(CARRIAGE_RETURN, CARRIAGE_RETURN, BACKSPACE);
        }
    }

    fn either_told(&mut self, element: &Element<'_>, offset: u64) {
        if element.classes.meets(Classes::DATA.with(Classes::OVERFLOW)) {
            return self.modem(element, offset);
        }
        self.end_data();
        let partial = element.classes.contains(Classes::PARTIAL);
        let (line, offset) = match element.text.strip_prefix(b"\xef\xbb\xbf") {
            Some(line) if offset == 0 => (line, 3),
            Some(_) | None => (element.text, offset),
        };
        if self.header_line(line, offset) {
            return;
        }
        if let Some(words) = marks::script_line(line, self.marked.is_some()) {
            return self.write(&Found::new(offset, line, Side::Neither, Kind::Script).saying(words));
        }
        match marks::mark(line) {
            Some((mark, at)) if mark != Mark::Host || self.marked.is_some() || marks::command_line(&line[at..]) => {
                self.marked_line(mark, &line[at..], offset + at as u64, partial);
            }
            Some((Mark::Host, at)) if line.starts_with(b">") => self.prompt(&line[..at], &line[at..], offset),
            Some(_) | None => self.unmarked_line(element, line, offset, partial),
        }
    }

    fn unmarked_line(&mut self, element: &Element<'_>, line: &[u8], offset: u64, partial: bool) {
        let is_text = element.classes.contains(Classes::BODY);
        if !is_text && marks::command_line(line) && element.classes.meets(Classes::ECHO.with(Classes::INFORMATION)) {
            return self.host_line(offset, line, Sender::Either, partial);
        }
        if line == b"+++" {
            return self.escape_sequence(offset);
        }
        // Noise before a command is noise; the command behind it is one.
        if element.classes.contains(Classes::GARBAGE) {
            let noise = line.iter().take_while(|byte| !byte.is_ascii_graphic()).count();
            if noise > 0 && marks::command_line(&line[noise..]) {
                self.write(&Found::new(offset, &line[..noise], Side::Neither, Kind::Garbage));
                return self.host_line(offset + noise as u64, &line[noise..], Sender::Either, partial);
            }
        }
        if self.text_due {
            let is_answer = element.name().is_some() || element.may_be_final();
            self.text_due = !is_answer && memchr::memchr2(0x1a, 0x1b, line).is_none();
            if !is_answer {
                return self.message_text(offset, line);
            }
        }
        self.modem(element, element.span.start);
    }

    /// A line behind its sign.
    fn marked_line(&mut self, mark: Mark, line: &[u8], offset: u64, partial: bool) {
        self.marked.get_or_insert_with(|| {
            let expectation =
                Expectation { connect: Connect::Lines, payloads: [].as_slice().into(), ..Expectation::default() };
            Scanner::new(Framing::default(), expectation)
        });
        match mark {
            Mark::Host if marks::command_line(line) => self.host_line(offset, line, Sender::Host, partial),
            Mark::Host if line.is_empty() => {
                self.write(&Found::new(offset, line, Side::Host, Kind::Command).saying("the line's terminator alone"));
            }
            Mark::Host if self.exchange.sends_text() => self.message_text(offset, line),
            Mark::Host => self.write(&Found::new(offset, line, Side::Host, Kind::Data).saying("no command line")),
            Mark::HostRaw => self.write(&Found::new(offset, line, Side::Host, Kind::Data).saying("raw bytes")),
            Mark::ModemRaw => self.write(&Found::new(offset, line, Side::Modem, Kind::Data).saying("raw bytes")),
            Mark::Modem | Mark::ModemUnsolicited if marks::has_value(line) => {
                let kind = if mark == Mark::ModemUnsolicited { Kind::Unsolicited } else { Kind::Information };
                let words = "a pattern: what stands in braces is not fixed";
                self.write(&Found::new(offset, line, Side::Modem, kind).saying(words));
            }
            Mark::Modem | Mark::ModemUnsolicited => {
                let Some(mut scanner) = self.marked.take() else { return };
                let begin = scanner.position();
                scanner.feed(line, |element| self.marked_element(mark, element, offset, begin));
                scanner.feed(b"\n", |element| self.marked_element(mark, element, offset, begin));
                while let Some(element) = scanner.settle() {
                    self.marked_element(mark, element, offset, begin);
                }
                self.marked = Some(scanner);
            }
        }
    }

    fn marked_element(&mut self, mark: Mark, mut element: Element<'_>, offset: u64, begin: u64) {
        if mark == Mark::ModemUnsolicited && element.may_be_unsolicited() {
            element.classes = Classes::UNSOLICITED;
        }
        self.modem(&element, offset + (element.span.start - begin));
    }

    /// An element that the modem sent.
    pub(super) fn modem(&mut self, element: &Element<'_>, offset: u64) {
        if element.classes.contains(Classes::DATA) {
            // Whoever takes values keeps all of it; a text shows how it begins.
            let most = if self.form == Form::Values { usize::MAX } else { SHOWN };
            return self.data.add(element.text, offset, most);
        }
        self.end_data();
        let partial = element.classes.contains(Classes::PARTIAL);
        let text = element.text;
        let classes = readable(element.classes.without(Classes::PARTIAL), text);
        if classes.contains(Classes::ECHO) && !classes.contains(Classes::BODY) && marks::command_line(text) {
            return self.host_line(offset, text, Sender::Modem, partial);
        }
        // A line with a name is more than a message's text, where either may come.
        let is_pure = classes.is_only(Classes::BODY) || element.name().is_none();
        let (classes, came) = self.exchange.judge(classes, element.name(), text);
        let kind = match Kind::of(classes) {
            Kind::Body if !is_pure => Kind::Either,
            kind => kind,
        };
        let says = match kind {
            Kind::Prompt => Says::Words("the modem awaits text, up to Ctrl-Z"),
            Kind::Body => Message::says("a message: its PDU or its text", text, Side::Modem),
            Kind::Overflow => Says::Words("a part of a line that is longer than 8192 bytes"),
            Kind::Garbage => Says::Words("no modem means these bytes: noise, or another baud rate"),
            Kind::Final | Kind::Either | Kind::Information | Kind::Unsolicited | Kind::Intermediate => {
                match self.identity(element, kind) {
                    Some(identity) => Says::Identity(identity),
                    None => number(text, classes)
                        .or_else(|| meaning::read(text, came).map(Says::Line))
                        .unwrap_or(Says::Nothing),
                }
            }
            Kind::Command | Kind::Echo | Kind::Data | Kind::Script => Says::Nothing,
        };
        let kind = match &says {
            Says::Line(meaning) if kind == Kind::Either => match meaning.came() {
                Came::ByItself => Kind::Unsolicited,
                Came::AsAnswer => Kind::Information,
                Came::Unknown => kind,
            },
            Says::Line(_) | Says::Nothing | Says::Words(_) | Says::Identity(_) => kind,
            Says::Number { .. } | Says::Commands { .. } | Says::Message(_) => kind,
        };
        let ends = kind == Kind::Either && classes.contains(Classes::FINAL) && !matches!(says, Says::Number { .. });
        if kind == Kind::Final || ends {
            self.exchange.close(text);
        }
        self.text_due = kind == Kind::Prompt;
        let fields = (!text.is_empty() && element.name().is_some()).then(|| element.fields());
        let found = Found::new(offset, text, Side::Modem, kind);
        self.write(&Found { classes, partial, name: element.name(), fields, says, ..found });
    }

    /// The identity that the line holds.
    fn identity(&mut self, element: &Element<'_>, kind: Kind) -> Option<Identity> {
        match element.name() {
            Some(name) => Identity::of(Wanted::of_name(name)?, element.text, element.value()),
            None if kind == Kind::Information => match self.exchange.identity() {
                Some(wanted) => Identity::of(wanted, element.text, element.text),
                None => Identity::of_digits(element.text),
            },
            None => None,
        }
    }

    /// The host's line, as it stands in a file: whole, editing included.
    pub(super) fn host_line(&mut self, offset: u64, line: &[u8], sender: Sender, partial: bool) {
        let mut assembler = std::mem::take(&mut self.assembler);
        let (taken, mut outcome) = assembler.feed(line, CARRIAGE_RETURN, BACKSPACE);
        if taken == line.len() && matches!(outcome, Assembled::Pending | Assembled::Ignored | Assembled::Swallowed) {
            outcome = assembler.push(CARRIAGE_RETURN, CARRIAGE_RETURN, BACKSPACE);
        }
        match outcome {
            Assembled::Line => self.command_line(offset, line, assembler.body(), sender, partial),
            Assembled::Repeat => self.repeat(offset, line, assembler.body()),
            Assembled::TooLong | Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => {
                let found = Found::new(offset, line, Side::Host, Kind::Overflow);
                self.write(&found.saying("a command line that is too long: the answer is ERROR"));
            }
        }
        self.assembler = assembler;
    }

    /// A command line with its body.
    pub(super) fn command_line(&mut self, offset: u64, line: &[u8], body: &[u8], sender: Sender, partial: bool) {
        self.text_due = false;
        let came_back = sender != Sender::Host && self.exchange.takes_echo(body);
        if !came_back {
            self.exchange.open(body);
        }
        let (side, kind) = match sender {
            Sender::Modem => (Side::Modem, Kind::Echo),
            Sender::Either if came_back => (Side::Modem, Kind::Echo),
            Sender::Host | Sender::Either => (Side::Host, Kind::Command),
        };
        let at = line.get(2..).filter(|rest| rest.starts_with(body)).map(|_| offset + 2);
        let says = match came_back {
            true => Says::Words("the host's line, coming back"),
            false => Says::Commands { body, at, repeated: false },
        };
        self.write(&Found { partial, says, ..Found::new(offset, line, side, kind) });
    }

    /// `A/`
    pub(super) fn repeat(&mut self, offset: u64, line: &[u8], body: &[u8]) {
        self.exchange.open(body);
        let says = Says::Commands { body, at: None, repeated: true };
        self.write(&Found { says, ..Found::new(offset, line, Side::Host, Kind::Command) });
    }

    /// `> `, and what was typed behind it.
    fn prompt(&mut self, prompt: &[u8], typed: &[u8], offset: u64) {
        self.exchange.judge(Classes::PROMPT, None, b"> ");
        let found = Found::new(offset, prompt, Side::Modem, Kind::Prompt);
        self.write(&found.saying("the modem awaits text, up to Ctrl-Z"));
        self.text_due = memchr::memchr2(0x1a, 0x1b, typed).is_none();
        if !typed.is_empty() {
            self.message_text(offset + prompt.len() as u64, typed);
        }
    }

    fn message_text(&mut self, offset: u64, text: &[u8]) {
        let found = Found::new(offset, text, Side::Host, Kind::Data);
        self.write(&found.saying_message("the text of a message or its PDU"));
    }

    /// Whether the line belongs to a script's header.
    fn header_line(&mut self, line: &[u8], offset: u64) -> bool {
        let header = |offset, line| Found::new(offset, line, Side::Neither, Kind::Script).saying("the script's header");
        match self.header {
            Header::Over => false,
            Header::Possible => {
                self.header = if line == b"+++" { Header::Opened { offset } } else { Header::Over };
                line == b"+++"
            }
            Header::Opened { offset: opened } if line == b"+++" || marks::header_line(line) => {
                self.header = if line == b"+++" { Header::Over } else { Header::Inside };
                self.write(&header(opened, b"+++".as_slice()));
                self.write(&header(offset, line));
                true
            }
            Header::Opened { offset: opened } => {
                self.header = Header::Over;
                self.escape_sequence(opened);
                false
            }
            Header::Inside => {
                if line == b"+++" {
                    self.header = Header::Over;
                }
                self.write(&header(offset, line));
                true
            }
        }
    }

    fn escape_sequence(&mut self, offset: u64) {
        let found = Found::new(offset, b"+++", Side::Host, Kind::Data);
        self.write(&found.saying("the escape sequence: back to command state"));
    }

    pub(super) fn end_data(&mut self) {
        if self.data.length > 0 {
            let data = std::mem::take(&mut self.data);
            let found = Found::new(data.offset, &data.shown, Side::Modem, Kind::Data);
            self.write(&Found { length: data.length, ..found }.saying("raw bytes"));
        }
    }
}

impl Data {
    fn add(&mut self, text: &[u8], offset: u64, most: usize) {
        if self.length == 0 {
            self.offset = offset;
        }
        self.length += text.len() as u64;
        let room = most - self.shown.len().min(most);
        self.shown.extend_from_slice(&text[..text.len().min(room)]);
    }
}

/// What of an element, besides its text, decides how it is told; `None` where its place or its neighbours do too.
#[inline]
fn marks_of(element: &Element<'_>) -> Option<u64> {
    let alone = element.text.len() <= memo::LONGEST
        && element.payload().is_none()
        && !element.classes.meets(Classes::DATA.with(Classes::OVERFLOW));
    let name = element.name().map_or(0, <[u8]>::len);
    alone.then(|| u64::from(element.classes.bits()) | (name as u64) << 16)
}

/// Letters of another alphabet are no garbage.
fn readable(classes: Classes, text: &[u8]) -> Classes {
    let has_controls = || text.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t');
    if classes == Classes::INFORMATION.with(Classes::GARBAGE) && !has_controls() && std::str::from_utf8(text).is_ok() {
        return Classes::INFORMATION;
    }
    classes
}

/// A result by number.
fn number<'a>(text: &[u8], classes: Classes) -> Option<Says<'a>> {
    let is_result = text.len() == 1 && !classes.is_only(Classes::INFORMATION);
    let digits = std::str::from_utf8(text).ok().filter(|_| is_result)?;
    let result = FinalResult::from_number(digits.parse().ok()?)?;
    let certain = !classes.meets(Classes::INFORMATION.with(Classes::UNSOLICITED));
    Some(Says::Number { result, certain })
}
