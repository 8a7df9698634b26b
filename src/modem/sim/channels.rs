//! The card's logical channels: the basic one, and up to three more that are opened and closed.
//!
//! Source: ETSI TS 102 221 clauses 10.3 and 11.1.17 (MANAGE CHANNEL).

use super::card::Card;
use super::session::{Response, Session};
use super::status::Status;
use crate::modem::SimProfile;

/// How many channels there are beside the basic one.
const MORE: u8 = 3;

/// The channels that are open.
#[derive(Debug, Default)]
pub(super) struct Channels {
    basic: Session,
    more: Vec<(u8, Session)>,
}

impl Channels {
    /// Carries out a command on the channel that its class names.
    pub(super) fn run(&mut self, card: &mut Card, sim: &SimProfile, octets: &[u8]) -> Response {
        match octets {
            [0x00..=0x03, 0x70, p1, p2, rest @ ..] => self.manage(*p1, *p2, rest),
            [class @ (0x00..=0x03 | 0x80..=0x83), ..] => match self.session(class & 0x03) {
                Some(session) => session.run(card, sim, octets),
                None => Status::NO_CHANNEL.into(),
            },
            _ => self.basic.run(card, sim, octets),
        }
    }

    /// Opens a channel; its number, or `None` where all are open.
    pub(super) fn open(&mut self) -> Option<u8> {
        let free = (1..=MORE).find(|number| self.session(*number).is_none())?;
        self.more.push((free, Session::default()));
        Some(free)
    }

    /// Closes a channel; whether it was open.
    pub(super) fn close(&mut self, number: u8) -> bool {
        let before = self.more.len();
        self.more.retain(|(open, _)| *open != number);
        self.more.len() < before
    }

    /// The channel of this number, if it is open.
    fn session(&mut self, number: u8) -> Option<&mut Session> {
        match number {
            0 => Some(&mut self.basic),
            number => self.more.iter_mut().find(|(open, _)| *open == number).map(|(_, session)| session),
        }
    }

    /// MANAGE CHANNEL: P1 00 opens one, 80 closes the one that P2 names.
    fn manage(&mut self, p1: u8, p2: u8, rest: &[u8]) -> Response {
        match (p1, p2, rest) {
            (0x00, 0x00, [0x01]) => match self.open() {
                Some(number) => Response { data: vec![number], status: Status::DONE },
                None => Status::NOT_SUPPORTED.into(),
            },
            (0x00, 0x00, _) => Status::correct_length(1).into(),
            (0x80, 1..=MORE, [] | [0x00]) if self.close(p2) => Status::DONE.into(),
            (0x80, 1..=MORE, [] | [0x00]) => Status::NO_CHANNEL.into(),
            (_, _, _) => Status::WRONG_P1_P2.into(),
        }
    }
}
