//! One line, as the modem: where the player stands, which command is being answered.

use std::collections::VecDeque;

use crate::modem::Tick;
use crate::run::plan::Until;
use crate::wire::line::LineAssembler;
use crate::wire::response::{Framing, Scanner};

use super::reply::{Manner, lines_only};
use crate::run::player::score::{Score, Spot};

/// One line, as the modem.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) at: usize,
    pub(super) arrived: Tick,
    pub(super) waiting: Option<Tick>,
    pub(super) assembler: LineAssembler,
    /// As a pure replay follows the settings.
    pub(super) manner: Manner,
    /// Bytes of the application that were not looked at yet.
    pub(super) inbox: VecDeque<u8>,
    /// The awaited command that is being answered.
    pub(super) open: Option<Exchange>,
    /// A command that was not awaited, and that the machine answers.
    pub(super) aside: Option<Vec<u8>>,
    pub(super) scanner: Scanner,
    /// What the machine said by itself and no `<!` has claimed.
    pub(super) unclaimed: Vec<(Spot, Vec<u8>)>,
    /// Commands that came before the script had come to them.
    pub(super) early: Vec<Vec<u8>>,
    pub(super) last: Option<usize>,
    /// `@ until`, and since when.
    pub(super) trying: Option<Trying>,
    /// A pure replay is in data state.
    pub(super) data: bool,
    /// With `@ any-order`: where the player goes on after an exchange that was looked up.
    pub(super) order: Vec<usize>,
    /// Where it goes on once the line at hand is done.
    pub(super) back_to: Option<usize>,
    /// A line has just ended with CR: the LF of an application that ends its lines with both is no byte of what follows.
    pub(super) feed_due: bool,
}

/// A command and the machine's answer to it.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) step: usize,
    /// Where in the lane it begins.
    pub(super) from: usize,
    pub(super) line: Vec<u8>,
    pub(super) since: Tick,
    /// The byte that ends the line, as long as the machine has not got it: directions come first.
    pub(super) terminator: Option<u8>,
    /// The machine's lines that nothing has taken.
    pub(super) lines: Vec<Vec<u8>>,
    /// The machine's result.
    pub(super) result: Option<Vec<u8>>,
    /// The machine's answer as it was said.
    pub(super) raw: Vec<Vec<u8>>,
    /// `...` stands before the next `<`.
    pub(super) rest: Option<usize>,
    /// A `<` of the script has been sent.
    pub(super) scripted: bool,
    /// What is to go out in one write.
    pub(super) pending: Vec<u8>,
    /// How `...` writes the machine's lines.
    pub(super) manner: Manner,
    /// The machine has had its time.
    pub(super) given_up: bool,
}

/// An exchange under `@ until`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trying {
    pub(super) until: Until,
    /// When it was first awaited.
    pub(super) begun: Tick,
    /// The step of its command.
    pub(super) step: usize,
}

impl Lane {
    pub(super) fn new(echo: bool) -> Self {
        Lane {
            at: 0,
            arrived: Tick::ZERO,
            waiting: None,
            assembler: LineAssembler::default(),
            manner: Manner { echo, ..Manner::default() },
            inbox: VecDeque::new(),
            open: None,
            aside: None,
            scanner: Scanner::new(Framing::default(), lines_only()),
            unclaimed: Vec::new(),
            early: Vec::new(),
            last: None,
            trying: None,
            data: false,
            order: Vec::new(),
            back_to: None,
            feed_due: false,
        }
    }

    /// Where a line stands in the transcript that the script has not; `steps` are those of this lane.
    pub(super) fn spot(&self, score: &Score<'_, '_>, steps: &[usize]) -> Spot {
        let here = steps.get(self.at).copied().filter(|&step| score.done[step]);
        match self.trying {
            Some(trying) => Spot::Tried(score.next_tried(trying.step)),
            // A direction that is done, and from which the player has not moved on yet.
            None => Spot::after(here.max(self.last)),
        }
    }
}

impl Exchange {
    pub(super) fn new(step: usize, from: usize, line: &[u8], since: Tick, terminator: Option<u8>) -> Self {
        Exchange {
            step,
            from,
            line: line.to_vec(),
            since,
            terminator,
            lines: Vec::new(),
            result: None,
            raw: Vec::new(),
            rest: None,
            scripted: false,
            pending: Vec::new(),
            manner: Manner::default(),
            given_up: false,
        }
    }
}
