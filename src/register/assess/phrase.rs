//! A sentence with identities in it, which are told or veiled when it is written.

use super::veil::Veil;
use crate::identity::{Equipment, Iccid, Imei, ImeiKey, Imsi};
use std::borrow::Cow;

/// A sentence about a device: lowercase, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phrase(Vec<Piece>);

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// The program's own words.
    Own(Cow<'static, str>),
    /// Somebody's words: anything can stand in them.
    Foreign(String),
    Equipment(Equipment),
    Imsi(Imsi),
    Iccid(Iccid),
}

impl Phrase {
    /// Words of the program's own.
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self::default().own(text)
    }

    /// Further words of the program's own.
    pub(super) fn own(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Piece::Own(text.into()));
        self
    }

    /// Words that somebody wrote: a reason, the name of a port.
    pub(super) fn foreign(mut self, text: &str) -> Self {
        self.0.push(Piece::Foreign(text.to_owned()));
        self
    }

    pub(super) fn equipment(mut self, equipment: Equipment) -> Self {
        self.0.push(Piece::Equipment(equipment));
        self
    }

    /// An end of a range, in the fourteen digits that ranges are written with.
    pub(super) fn end(self, key: ImeiKey) -> Self {
        self.equipment(Equipment::Imei(Imei::with_last(key, None)))
    }

    pub(super) fn imsi(mut self, imsi: Imsi) -> Self {
        self.0.push(Piece::Imsi(imsi));
        self
    }

    pub(super) fn iccid(mut self, iccid: Iccid) -> Self {
        self.0.push(Piece::Iccid(iccid));
        self
    }

    /// The sentence as the veil lets it through, in one line.
    pub fn told(&self, veil: &mut Veil) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Own(text) => text.clone().into_owned(),
            Piece::Foreign(text) => veil.foreign(text),
            Piece::Equipment(equipment) => veil.equipment(*equipment),
            Piece::Imsi(imsi) => veil.imsi(*imsi),
            Piece::Iccid(iccid) => veil.iccid(*iccid),
        });
        pieces.collect()
    }
}
