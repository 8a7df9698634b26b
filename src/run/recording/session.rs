//! From bytes to the lines of a script.

mod data;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::data::Data;
use super::multiplexed::{Multiplexed, asked_for};
use crate::modem::Tick;
use crate::run::masking::StandIns;
use crate::run::player::{ALSO_UNSOLICITED, Manner, answers, literal_pattern, literal_template};
use crate::script::{Act, Directive, LineKind, Side};
use crate::wire::line::{Assembled, LINE_FEED, LineAssembler};
use crate::wire::response::{Answer, Classes, Connect, Element, Expectation, Framing, Scanner};

/// What has no end within so many bytes is written as it is.
const LONGEST: usize = 1024;

/// So many commands that were sent ahead of an answer wait for it.
const AHEAD: usize = 256;

/// A command that comes so soon after the one before was sent ahead; later, the one before is given up.
const SENT_AHEAD: Duration = Duration::from_secs(1);

/// Data that pause so long are written.
const PAUSE: Duration = Duration::from_millis(200);

/// A modem's line that goes on for so long without its end is none.
const UNFINISHED: Duration = Duration::from_secs(2);

/// They end the text that a prompt asked for: Ctrl-Z sends it, ESC gives it up.
const ENDS_TEXT: [u8; 2] = [0x1a, 0x1b];

/// A line of the script, and when it was complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Since the recording began.
    pub at: Tick,
    /// The line.
    pub line: LineKind,
}

/// What is said on one line between a host and a modem.
///
/// However the bytes are cut, the lines are the same, but that raw bytes are written as they came.
#[derive(Debug)]
pub struct Session {
    /// `None` shows everything.
    stand_ins: Option<Arc<Mutex<StandIns>>>,
    /// What tells this conversation from others with the same stand-ins.
    lane: String,
    told: Vec<Told>,
    state: State,
    manner: Manner,
    assembler: LineAssembler,
    /// What the host has sent of a line, or of the text that a prompt asked for.
    host: Vec<u8>,
    /// When the last of it came.
    host_at: Tick,
    prompted: bool,
    /// A LF right behind the CR of a command line is part of its end.
    ended: bool,
    /// Whether the host ends its lines with CR LF, as the script has it so far.
    feeds: bool,
    open: Option<Open>,
    /// Commands that were sent ahead of an answer: a modem takes each when it comes to it.
    ahead: VecDeque<Vec<u8>>,
    scanner: Scanner,
    heard: Tick,
    /// The modem has given back what was sent to it.
    echoed: bool,
    echo: Option<bool>,
    data: Data,
}

#[derive(Debug)]
enum State {
    Lines,
    /// In a call: the modem's and the host's bytes are data.
    Data,
    /// Frames of 3GPP TS 27.010.
    Multiplexed(Box<Multiplexed>),
}

/// A command that is being answered.
#[derive(Debug)]
struct Open {
    line: Vec<u8>,
    since: Tick,
    /// Nothing has come since.
    fresh: bool,
}

impl Session {
    /// A session at its beginning. With `reveal` no identity is replaced.
    #[must_use]
    pub fn new(reveal: bool) -> Self {
        Self::sharing("", (!reveal).then(Arc::default))
    }

    /// A session that gives equal identities the stand-ins that they have in others.
    pub(super) fn sharing(lane: &str, stand_ins: Option<Arc<Mutex<StandIns>>>) -> Self {
        Session {
            stand_ins,
            lane: lane.to_owned(),
            told: Vec::new(),
            state: State::Lines,
            manner: Manner::default(),
            assembler: LineAssembler::default(),
            host: Vec::new(),
            host_at: Tick::ZERO,
            prompted: false,
            ended: false,
            feeds: false,
            open: None,
            ahead: VecDeque::new(),
            scanner: Scanner::new(Framing::default(), idle()),
            heard: Tick::ZERO,
            echoed: false,
            echo: None,
            data: Data::default(),
        }
    }

    /// Takes what one side sent, cut anywhere.
    pub fn said(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        match side {
            Side::Host => self.host_said(at, bytes),
            Side::Modem => self.modem_said(at, bytes),
        }
    }

    /// Something else happened: a comment. `anew`: whoever comes next finds a modem in command state.
    pub fn note(&mut self, at: Tick, text: &str, anew: bool) {
        if anew {
            self.flush(at);
            self.open = None;
            self.ahead.clear();
            self.prompted = false;
            self.state = State::Lines;
            self.scanner = Scanner::new(self.scanner.framing(), idle());
        }
        let text = match &self.stand_ins {
            Some(stand_ins) => held(stand_ins).text(text),
            None => text.to_owned(),
        };
        self.told.push(Told { at, line: LineKind::Comment(format!(" {}", text.replace(['\r', '\n'], " "))) });
    }

    /// When [`wake`](Self::wake) has work next: what has paused is written.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        let line = (!self.scanner.pending().is_empty()).then(|| self.heard + UNFINISHED);
        let data = (!self.data.bytes.is_empty()).then(|| self.data.at + PAUSE);
        line.into_iter().chain(data).min()
    }

    /// Writes what has paused. Early or repeated, it does nothing.
    pub fn wake(&mut self, now: Tick) {
        if !self.data.bytes.is_empty() && self.data.at + PAUSE <= now {
            self.flush_data();
        }
        if !self.scanner.pending().is_empty() && self.heard + UNFINISHED <= now {
            self.flush_line(now);
        }
    }

    /// The recording is over: what has no end is written as it is.
    pub fn end(&mut self, at: Tick) {
        self.flush(at);
        for line in std::mem::take(&mut self.ahead) {
            self.act(at, Act::Send(literal_template(&line)), Side::Host, &line);
        }
    }

    /// Takes the lines that are complete.
    pub fn take(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    /// Whether the modem gave back what was sent to it when the session began; none as long as that cannot be told.
    #[must_use]
    pub fn echo(&self) -> Option<bool> {
        self.echo
    }

    fn flush(&mut self, at: Tick) {
        self.flush_data();
        self.flush_host();
        self.flush_line(at);
        if let State::Multiplexed(multiplexed) = &mut self.state {
            let mut rest = multiplexed.rest();
            for (side, bytes) in rest.drain(..) {
                self.raw(at, side, &bytes);
            }
        }
    }

    fn host_said(&mut self, at: Tick, bytes: &[u8]) {
        match &mut self.state {
            State::Data => return self.data(at, Side::Host, bytes),
            State::Multiplexed(_) => return self.frames(at, Side::Host, bytes),
            State::Lines => {}
        }
        // A modem echoes the text that a prompt asked for, but not what ends it. With the echo off nothing is taken for one: a
        // list of commands has lines that look like it.
        if self.manner.echo {
            bytes.split(|byte| ENDS_TEXT.contains(byte)).for_each(|text| self.scanner.sent(text));
        }
        for (place, &byte) in bytes.iter().enumerate() {
            if std::mem::take(&mut self.ended) && byte == LINE_FEED {
                continue;
            }
            self.host.push(byte);
            self.host_at = at;
            if self.prompted {
                if ENDS_TEXT.contains(&byte) || self.host.len() >= LONGEST {
                    self.flush_host();
                }
                continue;
            }
            match self.assembler.push(byte, self.manner.s3, self.manner.s5) {
                Assembled::Line | Assembled::TooLong => {
                    self.ended = true;
                    let feeds = bytes.get(place + 1) == Some(&LINE_FEED) && self.manner.s3 != LINE_FEED;
                    self.line_end(at, feeds || bytes.len() == place + 1 && self.feeds);
                }
                Assembled::Repeat => {
                    self.host.clear();
                    self.command(at, b"A/".to_vec());
                }
                Assembled::Pending => {}
                // What is no command line: a bare CR, noise.
                Assembled::Ignored | Assembled::Swallowed => {
                    if byte == self.manner.s3 || self.host.len() >= LONGEST {
                        self.ended = true;
                        self.flush_host();
                    }
                }
            }
        }
    }

    /// A command line is complete.
    fn line_end(&mut self, at: Tick, feeds: bool) {
        let mut raw = std::mem::take(&mut self.host);
        raw.pop();
        let line = [&self.assembler.prefix(), self.assembler.body()].concat();
        // What stood before `AT`; a line that was edited stands as it was meant.
        if let Some(before) = raw.strip_suffix(line.as_slice())
            && !before.is_empty()
        {
            self.raw(at, Side::Host, before);
        }
        if feeds != self.feeds {
            self.feeds = feeds;
            let mut terminator = vec![self.manner.s3];
            terminator.extend(feeds.then_some(LINE_FEED));
            let line = LineKind::Directive(Directive::Terminator(literal_template(&terminator)));
            self.told.push(Told { at, line });
        }
        self.command(at, line);
    }

    fn command(&mut self, at: Tick, line: Vec<u8>) {
        match &self.open {
            Some(open) if at.since(open.since) < SENT_AHEAD && self.ahead.len() < AHEAD => self.ahead.push_back(line),
            Some(_) | None => {
                for given_up in std::mem::take(&mut self.ahead) {
                    self.begin(at, given_up);
                }
                self.begin(at, line);
            }
        }
    }

    fn begin(&mut self, at: Tick, line: Vec<u8>) {
        self.act(at, Act::Send(literal_template(&line)), Side::Host, &line);
        let mut expectation = Expectation::after(&line);
        expectation.answer = Answer::Any;
        self.scanner.expect(expectation);
        self.prompted = false;
        self.open = Some(Open { line, since: at, fresh: true });
    }

    fn modem_said(&mut self, at: Tick, bytes: &[u8]) {
        self.heard = at;
        let mut rest = bytes;
        while matches!(self.state, State::Lines) {
            let Some(element) = self.scanner.next(&mut rest) else { return };
            let Element { text, classes, .. } = element;
            let (text, name) = (text.to_vec(), element.name().map_or(0, <[u8]>::len));
            self.element(at, &text, name, classes);
        }
        match &self.state {
            State::Lines => {}
            State::Data => self.data(at, Side::Modem, rest),
            State::Multiplexed(_) => self.frames(at, Side::Modem, rest),
        }
    }

    fn element(&mut self, at: Tick, text: &[u8], name: usize, classes: Classes) {
        let first = self.open.as_mut().is_some_and(|open| std::mem::take(&mut open.fresh) && open.line == text);
        if classes.is_only(Classes::ECHO) || first {
            self.echoed = true;
            // After a reset it may be on again.
            self.manner.echo = true;
            return;
        }
        if self.prompted {
            self.flush_host();
        }
        if classes.contains(Classes::PROMPT) {
            self.prompted = true;
            self.learn_echo();
            return self.act(at, Act::Expect(literal_pattern(b"> ")), Side::Modem, b"");
        }
        if classes.meets(Classes::DATA | Classes::OVERFLOW | Classes::PARTIAL) {
            return self.raw(at, Side::Modem, text);
        }
        let name = if name == 0 { text } else { text.get(..name).unwrap_or(text) };
        let by_itself = match &self.open {
            None => true,
            Some(open) => {
                let known = classes.is_only(Classes::UNSOLICITED) || ALSO_UNSOLICITED.contains(&name);
                known && !classes.contains(Classes::FINAL) && !answers(&open.line, name)
            }
        };
        let said = self.replaced(Side::Modem, text);
        let pattern = literal_pattern(&said);
        let act = if by_itself { Act::ExpectUrc(pattern) } else { Act::Expect(pattern) };
        self.told.push(Told { at, line: LineKind::Act { modem: None, act } });
        if by_itself {
            return;
        }
        if self.scanner.is_data() {
            self.learn_echo();
            self.open = None;
            self.data = Data { feed_due: true, ..Data::default() };
            self.state = State::Data;
        } else if classes.contains(Classes::FINAL) {
            self.closed(at, text);
        }
    }

    /// The command that was open is answered.
    fn closed(&mut self, at: Tick, result: &[u8]) {
        self.learn_echo();
        self.prompted = false;
        let Some(open) = self.open.take() else { return };
        if matches!(result, b"OK" | b"0") {
            self.manner.follow(&open.line);
            let framing = self.scanner.framing();
            if (framing.s3, framing.s4) != (self.manner.s3, self.manner.s4) {
                self.scanner.frame(Framing { s3: self.manner.s3, s4: self.manner.s4, ..framing });
            }
            if let Some(framing) = asked_for(&open.line) {
                self.state = State::Multiplexed(Box::new(Multiplexed::new(framing)));
            }
        }
        match self.ahead.pop_front() {
            Some(line) => {
                if self.manner.echo {
                    self.scanner.sent(&[line.as_slice(), &[self.manner.s3]].concat());
                }
                self.begin(at, line);
            }
            None => self.scanner.expect(idle()),
        }
    }

    fn learn_echo(&mut self) {
        if self.echo.is_none() {
            self.echo = Some(self.echoed);
            self.manner.echo = self.echoed;
        }
    }

    /// Writes what the host has sent of a line that is none, or of a text.
    fn flush_host(&mut self) {
        if !self.host.is_empty() {
            let bytes = std::mem::take(&mut self.host);
            self.assembler.clear();
            let said = self.replaced(Side::Host, &bytes);
            self.write_raw(self.host_at, Side::Host, &said);
        }
    }

    /// Writes what the modem has sent of a line without its end.
    fn flush_line(&mut self, at: Tick) {
        while let Some(element) = self.scanner.finish() {
            let (text, echo) = (element.text.to_vec(), element.classes.is_only(Classes::ECHO));
            if !echo {
                self.raw(at, Side::Modem, &text);
            }
        }
    }

    fn act(&mut self, at: Tick, act: Act, side: Side, said: &[u8]) {
        let replaced = self.replaced(side, said);
        let act = match act {
            Act::Send(_) if !said.is_empty() => Act::Send(literal_template(&replaced)),
            act => act,
        };
        self.told.push(Told { at, line: LineKind::Act { modem: None, act } });
    }

    fn raw(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        let bytes = match &self.stand_ins {
            Some(stand_ins) => held(stand_ins).data(bytes),
            None => bytes.to_vec(),
        };
        self.write_raw(at, side, &bytes);
    }

    fn write_raw(&mut self, at: Tick, side: Side, bytes: &[u8]) {
        let act = match side {
            Side::Host => Act::SendRaw(literal_template(bytes)),
            Side::Modem => Act::ExpectRaw(literal_template(bytes)),
        };
        self.told.push(Told { at, line: LineKind::Act { modem: None, act } });
    }

    fn replaced(&mut self, side: Side, line: &[u8]) -> Vec<u8> {
        match &self.stand_ins {
            Some(stand_ins) => held(stand_ins).line(&self.lane, side, line),
            None => line.to_vec(),
        }
    }
}

fn held(stand_ins: &Arc<Mutex<StandIns>>) -> MutexGuard<'_, StandIns> {
    stand_ins.lock().unwrap_or_else(PoisonError::into_inner)
}

/// No command is open: whatever comes has come by itself.
fn idle() -> Expectation {
    Expectation { answer: Answer::Nothing, connect: Connect::Lines, ..Expectation::default() }
}
