//! One modem's lines, as the host: where the player stands, what is open, what came and was not claimed.

use std::time::Duration;

use crate::modem::Tick;
use crate::run::plan::Plan;
use crate::script::Act;
use crate::wire::command::{Command, Dialect, commands};
use crate::wire::line::{Assembled, BACKSPACE, CARRIAGE_RETURN, LineAssembler};
use crate::wire::response::{Connect, Expectation, Framing, Scanner};

use super::tries::Try;
use crate::run::player::answers;
use crate::run::player::exchange::{delayed, extends};
use crate::run::player::score::Tried;

/// Where the player stands in one modem's lines.
#[derive(Debug)]
pub(super) struct Lane {
    /// The next line, as an index of the lane's steps.
    pub(super) at: usize,
    /// When the player came to it.
    pub(super) arrived: Tick,
    pub(super) scanner: Scanner,
    assembler: LineAssembler,
    /// S3, as the player's own lines have set it.
    s3: u8,
    /// The command whose final result is to come.
    pub(super) open: Option<Open>,
    /// The last command that closed with a prompt: what is sent raw opens it again.
    pub(super) prompted: Option<Open>,
    /// A command from before `@ finally` that is still to be answered, and how long that is waited for.
    pub(super) stale: Option<Tick>,
    /// The modem is in data state, as far as the player knows.
    pub(super) data: bool,
    /// Lines that came by themselves and that nothing has claimed.
    pub(super) unclaimed: Vec<Unclaimed>,
    /// The `<` that is waited for, and since when.
    pub(super) target: Option<(usize, Tick)>,
    /// When a `~` at this place is over.
    pub(super) waiting: Option<Tick>,
    /// Where the part of it that is not told yet begins: a line that came by itself has parted it.
    pub(super) parted: Option<Tick>,
    pub(super) trying: Option<Try>,
    /// Bytes that a `<|` waits on.
    pub(super) raw: Vec<u8>,
    /// Bytes behind those that a `<|` took, to be read before any others.
    pub(super) held_back: Vec<u8>,
    /// The last line ended in CR: its LF is no data.
    pub(super) feed_due: bool,
    /// Raw bytes were sent and are not yet delivered.
    pub(super) in_flight: bool,
    /// What was sent last, for raw bytes that begin with its echo.
    pub(super) echo: Vec<u8>,
    /// The last step that is done.
    pub(super) last: Option<usize>,
}

/// A command that was sent.
#[derive(Debug, Clone)]
pub(super) struct Open {
    /// Its step.
    pub(super) step: usize,
    /// The line, without its terminator.
    pub(super) line: Vec<u8>,
    pub(super) since: Tick,
    /// How long its answer may take.
    pub(super) limit: Duration,
    /// It was sent raw: it need not be answered.
    pub(super) raw: bool,
}

/// A line that nothing claimed.
#[derive(Debug)]
pub(super) struct Unclaimed {
    pub(super) line: Vec<u8>,
    pub(super) anchor: Anchor,
    /// A `<!` may still claim it.
    pub(super) claimable: bool,
}

/// Who may claim the next line.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The next `<`.
    pub(super) target: Option<usize>,
    /// The `<?` before it.
    pub(super) optional: Vec<usize>,
    /// The `<!` that wait, the oldest first.
    pub(super) waiting: Vec<usize>,
    /// `...`, if it stands before the next `<`.
    pub(super) rest: Option<usize>,
}

impl Lane {
    pub(super) fn new() -> Self {
        // The player itself knows from the script when bytes are raw.
        let expectation = Expectation { connect: Connect::Lines, ..Expectation::default() };
        Lane {
            at: 0,
            arrived: Tick::ZERO,
            scanner: Scanner::new(Framing::default(), expectation),
            assembler: LineAssembler::default(),
            s3: CARRIAGE_RETURN,
            open: None,
            prompted: None,
            stale: None,
            data: false,
            unclaimed: Vec::new(),
            target: None,
            waiting: None,
            parted: None,
            trying: None,
            raw: Vec::new(),
            held_back: Vec::new(),
            feed_due: false,
            in_flight: false,
            echo: Vec::new(),
            last: None,
        }
    }

    /// Goes on to the next line.
    pub(super) fn move_on(&mut self, now: Tick) {
        self.at += 1;
        self.arrived = now;
        self.waiting = None;
        self.parted = None;
    }

    /// The character that ends the player's own lines: S3.
    pub(super) const fn terminator(&self) -> u8 {
        self.s3
    }

    /// Takes note of bytes that go out; says whether they end a command line, and which.
    pub(super) fn sending(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        if self.data {
            return None;
        }
        self.scanner.sent(bytes);
        self.echo.clear();
        self.echo.extend_from_slice(bytes);
        let mut line = None;
        let mut rest = bytes;
        while !rest.is_empty() {
            let (taken, outcome) = self.assembler.feed(rest, self.s3, BACKSPACE);
            rest = &rest[taken.max(1)..];
            match outcome {
                Assembled::Line | Assembled::Repeat | Assembled::TooLong => {
                    let body = self.assembler.body().to_vec();
                    self.follow_s3(&body);
                    line = Some([b"AT", body.as_slice()].concat());
                }
                Assembled::Pending | Assembled::Ignored | Assembled::Swallowed => {}
            }
        }
        line
    }

    /// What was sent comes back no more.
    pub(super) fn forget_echo(&mut self) {
        self.scanner.forget_echo();
        self.echo.clear();
    }

    /// The modem starts anew, and with it S3.
    pub(super) fn restart(&mut self) {
        self.s3 = CARRIAGE_RETURN;
        self.scanner.frame(Framing { s3: self.s3, ..self.scanner.framing() });
    }

    /// `S3=n` in the player's own line ends the next one, and the answer's lines too.
    fn follow_s3(&mut self, body: &[u8]) {
        use crate::wire::command::SAction;
        for command in commands(body, &Dialect::default()).map_while(Result::ok) {
            match command {
                Command::SRegister { number: 3, action: SAction::Set(Some(value)), .. } => {
                    if let Some(s3) = u8::try_from(value).ok().filter(u8::is_ascii) {
                        self.s3 = s3;
                    }
                }
                Command::Basic { family: crate::wire::command::Family::Plain, letter: b'Z', .. } => {
                    self.s3 = CARRIAGE_RETURN;
                }
                Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) | Command::Extended { .. } => {}
            }
        }
        self.scanner.frame(Framing { s3: self.s3, ..self.scanner.framing() });
    }

    /// Who may claim the next line, from where the player stands.
    pub(super) fn window(&self, lane: usize, plan: &Plan<'_>, done: &[bool]) -> Window {
        let mut window = Window::default();
        let steps = &plan.lanes[lane].steps;
        for (position, &index) in steps.iter().enumerate().skip(self.at) {
            if done[index] {
                continue;
            }
            match plan.steps[index].act {
                Some(Act::Expect(_)) => {
                    window.target = Some(index);
                    break;
                }
                Some(Act::ExpectUrc(_)) => window.waiting.push(index),
                Some(Act::ExpectOptional(_)) => window.optional.push(index),
                Some(Act::Rest) => window.rest = Some(index),
                Some(Act::Wait(_)) if extends(plan, lane, position) => {}
                Some(
                    Act::Wait(_)
                    | Act::Send(_)
                    | Act::SendRaw(_)
                    | Act::ExpectRaw(_)
                    | Act::Direction(_)
                    | Act::Check(_),
                )
                | None => break,
            }
        }
        window
    }

    /// Whether a `<` is still to come in the exchange that stands here.
    pub(super) fn expects_more(&self, lane: usize, plan: &Plan<'_>, done: &[bool]) -> bool {
        self.window(lane, plan, done).target.is_some()
    }

    /// Whether a line of this name answers the open command.
    pub(super) fn is_own(&self, name: &[u8]) -> bool {
        let Some(open) = &self.open else { return false };
        answers(&open.line, name)
    }

    /// Where a line stands in the transcript that comes by itself now.
    pub(super) fn anchor(&self, lane: usize, plan: &Plan<'_>) -> Anchor {
        if self.open.is_some() || self.trying.is_some() {
            return Anchor::Exchange;
        }
        let after_last = self.last.map_or(Anchor::Begin, Anchor::After);
        let Some(&index) = plan.lanes[lane].steps.get(self.at) else { return after_last };
        match plan.steps[index].act {
            Some(Act::ExpectUrc(_) | Act::Expect(_) | Act::ExpectRaw(_)) => Anchor::After(index),
            // Right behind a `~` that delays, it would turn the delay into a limit when the transcript is played again.
            Some(Act::Wait(_)) => match delayed(plan, lane, self.at) {
                Some((_, Act::Send(_) | Act::SendRaw(_))) => Anchor::Exchange,
                Some((_, Act::Direction(_))) => Anchor::Inside(index),
                Some((next, Act::Check(_))) => Anchor::After(next),
                Some((
                    _,
                    Act::ExpectRaw(_)
                    | Act::Expect(_)
                    | Act::ExpectUrc(_)
                    | Act::ExpectOptional(_)
                    | Act::Rest
                    | Act::Wait(_),
                ))
                | None => Anchor::After(index),
            },
            Some(
                Act::Send(_) | Act::SendRaw(_) | Act::ExpectOptional(_) | Act::Rest | Act::Direction(_) | Act::Check(_),
            )
            | None => after_last,
        }
    }

    /// The exchange is over: what came by itself in it stands after its last line.
    pub(super) fn close(&mut self, step: usize) {
        self.open = None;
        self.target = None;
        self.settle_strays(Anchor::After(step));
    }

    /// Lines that came by themselves while an exchange was open, or before it, have their place now.
    pub(super) fn settle_strays(&mut self, anchor: Anchor) {
        for stray in self.unclaimed.iter_mut().filter(|stray| stray.anchor == Anchor::Exchange) {
            stray.anchor = anchor;
        }
    }
}

/// Where a line that nothing claimed stands in the transcript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// After the final result of the exchange that is open, or of the next one.
    Exchange,
    /// After this step.
    After(usize),
    /// Inside this `~`, which it parts: before a direction, which forgets it, it can stand nowhere else.
    Inside(usize),
    /// Among the lines of a try that did not hold.
    Tried(Tried),
    /// It is told already, where it came in a try that did not hold.
    Told,
    /// Before all.
    Begin,
}
