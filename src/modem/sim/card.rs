//! The card: its PINs, and its files with what was written to them.
//!
//! The file system itself is shared; a card keeps a copy of its own of each file that somebody wrote to.
//!
//! Source: ETSI TS 102 221 clause 11.1 (what reading and writing a file demands).

use std::borrow::Cow;

use super::image::{Access, File, Image, Shape};
use super::issue;
use super::secret::{Secret, Which, digits};
use super::status::Status;
use crate::modem::SimProfile;

/// The PIN of a card that does not ask for one, until it is told to.
const SLEEPING_PIN: &[u8] = b"1234";

/// A card. It outlives the modem's power, and keeps what was written when it is taken out.
#[derive(Debug, Clone)]
pub(super) struct Card {
    /// PIN and PUK.
    pub(super) pin: Secret,
    /// PIN2 and PUK2.
    pub(super) pin2: Secret,
    /// How EF_ADN is built.
    contacts: Shape,
    written: Vec<(u8, Box<[u8]>)>,
}

impl Card {
    /// A card as its issuer gave it out.
    pub(super) fn new(sim: &SimProfile) -> Self {
        let known = |text: &[u8]| digits(text).unwrap_or([0xFF; 8]);
        let asks = !sim.pin.is_empty();
        let pin = if asks { sim.pin.as_bytes() } else { SLEEPING_PIN };
        let puk = known(sim.puk.as_bytes());
        Self {
            pin: Secret::new(known(pin), puk, asks),
            pin2: Secret::new(known(sim.pin2.as_bytes()), known(sim.puk2.as_bytes()), true),
            contacts: issue::contacts_shape(sim),
            written: Vec::new(),
        }
    }

    /// The card has lost its power.
    pub(super) fn reset(&mut self) {
        self.pin.reset();
        self.pin2.reset();
    }

    /// One of its PINs.
    pub(super) fn secret(&mut self, which: Which) -> &mut Secret {
        match which {
            Which::Pin => &mut self.pin,
            Which::Pin2 => &mut self.pin2,
        }
    }

    /// How a file is built.
    pub(super) fn shape(&self, file: &File) -> Shape {
        if file.is_contacts { self.contacts } else { file.shape }
    }

    /// What a file holds, whoever asks.
    pub(super) fn contents<'a>(&'a self, sim: &SimProfile, place: u8) -> Cow<'a, [u8]> {
        match self.written.iter().find(|(written, _)| *written == place) {
            Some((_, octets)) => Cow::Borrowed(octets),
            None => Cow::Owned(issue::contents(Image::shared().file(place), sim)),
        }
    }

    /// Changes a file, whoever asks: what the network and the modem itself write.
    pub(super) fn write(&mut self, sim: &SimProfile, place: u8, change: impl FnOnce(&mut [u8])) {
        let before = self.contents(sim, place);
        let mut after = before.clone().into_owned().into_boxed_slice();
        change(&mut after);
        if *after == *before {
            return;
        }
        match self.written.iter_mut().find(|(written, _)| *written == place) {
            Some((_, octets)) => *octets = after,
            None => self.written.push((place, after)),
        }
    }

    /// READ BINARY: `length` octets, 0 all up to 256.
    pub(super) fn read_binary(&self, sim: &SimProfile, place: u8, offset: u16, length: u8) -> Result<Vec<u8>, Status> {
        let file = self.readable(place)?;
        let Shape::Transparent { size } = self.shape(file) else { return Err(Status::WRONG_STRUCTURE) };
        let rest = size.checked_sub(offset).filter(|&rest| rest > 0).ok_or(Status::WRONG_OFFSET)?;
        let available = usize::from(rest.min(256));
        let wanted = if length == 0 { available } else { usize::from(length) };
        if wanted > available {
            return Err(Status::correct_length(available));
        }
        let octets = self.contents(sim, place);
        Ok(octets.iter().skip(usize::from(offset)).take(wanted).copied().collect())
    }

    /// UPDATE BINARY.
    pub(super) fn update_binary(
        &mut self,
        sim: &SimProfile,
        place: u8,
        offset: u16,
        data: &[u8],
    ) -> Result<(), Status> {
        let file = self.writable(place)?;
        let Shape::Transparent { size } = self.shape(file) else { return Err(Status::WRONG_STRUCTURE) };
        let start = usize::from(offset);
        if start >= usize::from(size) {
            return Err(Status::WRONG_OFFSET);
        }
        if data.is_empty() || start + data.len() > usize::from(size) {
            return Err(Status::WRONG_LENGTH);
        }
        self.write(sim, place, |octets| octets[start..start + data.len()].copy_from_slice(data));
        Ok(())
    }

    /// READ RECORD, by its number from 1; `length` must be the record's, or 0.
    pub(super) fn read_record(&self, sim: &SimProfile, place: u8, number: u8, length: u8) -> Result<Vec<u8>, Status> {
        let range = record(self.shape(self.readable(place)?), number, usize::from(length))?;
        Ok(self.contents(sim, place).get(range).unwrap_or_default().to_vec())
    }

    /// UPDATE RECORD, by its number from 1. A cyclic file takes new records only ([`push_record`](Self::push_record)).
    pub(super) fn update_record(&mut self, sim: &SimProfile, place: u8, number: u8, data: &[u8]) -> Result<(), Status> {
        let shape = self.shape(self.writable(place)?);
        if matches!(shape, Shape::Cyclic { .. }) {
            return Err(Status::WRONG_STRUCTURE);
        }
        let range = record(shape, number, 0)?;
        if range.len() != data.len() {
            return Err(Status::WRONG_LENGTH);
        }
        self.write(sim, place, |octets| octets[range].copy_from_slice(data));
        Ok(())
    }

    /// UPDATE RECORD of a cyclic file, mode *previous*: the oldest record becomes the first, and is this one.
    pub(super) fn push_record(&mut self, sim: &SimProfile, place: u8, data: &[u8]) -> Result<(), Status> {
        let Shape::Cyclic { length, .. } = self.shape(self.writable(place)?) else {
            return Err(Status::WRONG_STRUCTURE);
        };
        if usize::from(length) != data.len() {
            return Err(Status::WRONG_LENGTH);
        }
        self.push(sim, place, data);
        Ok(())
    }

    fn push(&mut self, sim: &SimProfile, place: u8, data: &[u8]) {
        self.write(sim, place, |octets| {
            octets.rotate_right(data.len());
            octets[..data.len()].copy_from_slice(data);
        });
    }

    /// INCREASE: the first record of a cyclic file and `data` make a new first one, which is returned.
    ///
    /// Source: ETSI TS 102 221, clause 11.1.8.
    pub(super) fn increase(&mut self, sim: &SimProfile, place: u8, data: &[u8]) -> Result<Vec<u8>, Status> {
        // Who may read it may add to it, though not set it.
        let Shape::Cyclic { length, .. } = self.shape(self.readable(place)?) else {
            return Err(Status::WRONG_STRUCTURE);
        };
        if data.is_empty() || data.len() > usize::from(length) {
            return Err(Status::WRONG_LENGTH);
        }
        let mut sum = self.contents(sim, place).get(..usize::from(length)).unwrap_or_default().to_vec();
        let mut carry = 0;
        for (at, octet) in sum.iter_mut().rev().enumerate() {
            let added = data.len().checked_sub(at + 1).and_then(|at| data.get(at)).copied().unwrap_or(0);
            let total = u16::from(*octet) + u16::from(added) + carry;
            let [high, low] = total.to_be_bytes();
            (*octet, carry) = (low, u16::from(high));
        }
        if carry != 0 {
            return Err(Status::MAXIMUM);
        }
        self.push(sim, place, &sum);
        Ok(sum)
    }

    fn readable(&self, place: u8) -> Result<&'static File, Status> {
        let file = Image::shared().file(place);
        self.allows(file.read).map(|()| file)
    }

    fn writable(&self, place: u8) -> Result<&'static File, Status> {
        let file = Image::shared().file(place);
        self.allows(file.update).map(|()| file)
    }

    fn allows(&self, access: Access) -> Result<(), Status> {
        let open = match access {
            Access::Always => true,
            Access::Pin => self.pin.is_satisfied(),
            Access::Pin2 => self.pin.is_satisfied() && self.pin2.is_satisfied(),
            Access::Adm | Access::Never => false,
        };
        if open { Ok(()) } else { Err(Status::SECURITY) }
    }
}

/// Where a record stands in its file.
fn record(shape: Shape, number: u8, length: usize) -> Result<std::ops::Range<usize>, Status> {
    let Some((each, count)) = shape.records() else { return Err(Status::WRONG_STRUCTURE) };
    if number == 0 || number > count {
        return Err(Status::RECORD_NOT_FOUND);
    }
    if length != 0 && length != usize::from(each) {
        return Err(Status::correct_length(usize::from(each)));
    }
    let start = (usize::from(number) - 1) * usize::from(each);
    Ok(start..start + usize::from(each))
}
