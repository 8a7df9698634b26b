//! Which options the two ends have agreed on.
//!
//! RFC 1143's way, without its queue: here an option is asked for once and never given up, so no request can follow
//! another one that is not answered yet. Each request is answered at most once, and an answer is never answered: two ends that keep
//! to this cannot go in circles.

use super::{TelnetOption, Verb, negotiate};

/// How it stands with an option at one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    No,
    /// It was asked for, and no answer has come.
    Asked,
    Yes,
}

/// An option at both ends.
#[derive(Debug, Clone, Copy)]
struct Standing {
    option: TelnetOption,
    /// Whether this end does it.
    own: State,
    /// Whether the other end does.
    other: State,
    own_may: bool,
    other_may: bool,
}

/// What a negotiation has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// This end does it from here on, or does it no more; false also says that an offer was refused.
    Own(TelnetOption, bool),
    /// The other end does.
    Other(TelnetOption, bool),
}

/// The options of one connection.
///
/// Source: RFC 855; RFC 1143, section 7.
#[derive(Debug, Default)]
pub struct Negotiator {
    options: Vec<Standing>,
}

impl Negotiator {
    /// Lets this end and the other end do it, where either asks. What is not let is refused.
    pub fn allow(&mut self, option: TelnetOption, own: bool, other: bool) {
        let standing = Standing { option, own: State::No, other: State::No, own_may: own, other_may: other };
        self.options.push(standing);
    }

    /// Offers to do it, unless it is done or was offered already.
    pub fn offer(&mut self, option: TelnetOption, out: &mut Vec<u8>) {
        if let Some(standing) = self.find(option).filter(|standing| standing.own == State::No) {
            standing.own = State::Asked;
            negotiate(Verb::Will, option, out);
        }
    }

    /// Asks the other end to do it, unless it does or was asked already.
    pub fn ask(&mut self, option: TelnetOption, out: &mut Vec<u8>) {
        if let Some(standing) = self.find(option).filter(|standing| standing.other == State::No) {
            standing.other = State::Asked;
            negotiate(Verb::Do, option, out);
        }
    }

    /// Takes what the other end said, and puts the answer where there is to be one.
    pub fn hear(&mut self, verb: Verb, option: TelnetOption, out: &mut Vec<u8>) -> Option<Change> {
        let own = matches!(verb, Verb::Do | Verb::Dont);
        let wanted = matches!(verb, Verb::Do | Verb::Will);
        let (yes, no) = if own { (Verb::Will, Verb::Wont) } else { (Verb::Do, Verb::Dont) };
        let Some(standing) = self.find(option) else {
            if wanted {
                negotiate(no, option, out);
            }
            return None;
        };
        let may = if own { standing.own_may } else { standing.other_may };
        let state = if own { &mut standing.own } else { &mut standing.other };
        let (next, answer) = match (*state, wanted) {
            (State::No, true) if may => (State::Yes, Some(yes)),
            (State::No, true) => (State::No, Some(no)),
            (State::No, false) => (State::No, None),
            (State::Asked | State::Yes, true) => (State::Yes, None),
            (State::Asked, false) => (State::No, None),
            (State::Yes, false) => (State::No, Some(no)),
        };
        let changed = std::mem::replace(state, next) != next;
        if let Some(answer) = answer {
            negotiate(answer, option, out);
        }
        let is_on = next == State::Yes;
        changed.then_some(if own { Change::Own(option, is_on) } else { Change::Other(option, is_on) })
    }

    /// Whether this end does it.
    #[must_use]
    pub fn own(&self, option: TelnetOption) -> bool {
        self.options.iter().any(|standing| standing.option == option && standing.own == State::Yes)
    }

    /// Whether the other end does it.
    #[must_use]
    pub fn other(&self, option: TelnetOption) -> bool {
        self.options.iter().any(|standing| standing.option == option && standing.other == State::Yes)
    }

    fn find(&mut self, option: TelnetOption) -> Option<&mut Standing> {
        self.options.iter_mut().find(|standing| standing.option == option)
    }
}
