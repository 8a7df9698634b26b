//! The phone books that stand on the card, as the modem reads and writes them.
//!
//! Source: 3GPP TS 31.102 clauses 4.2.24 (EF_FDN), 4.2.26 (EF_MSISDN), 4.4.2.3 (EF_ADN); TS 51.011 clause 10.5.8 (EF_LND).

use super::Sim;
use super::dialling::{BEHIND_NAME, Entry};
use super::image::{Image, Shape};
use super::secret::{Attempt, digits};
use super::status::Status;
use crate::modem::SimProfile;
use crate::wire::result::CmeError;

const EST: &[u16] = &[0x7FFF, 0x6F56];

/// A phone book of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Book {
    /// EF_ADN: who is dialled by a short name.
    Contacts,
    /// EF_FDN: who alone may be dialled where fixed dialling is on.
    Fixed,
    /// EF_LND: who was dialled last, the newest first.
    Dialled,
    /// EF_MSISDN: the numbers of the subscription.
    Own,
}

impl Book {
    const fn path(self) -> &'static [u16] {
        match self {
            Self::Contacts => &[0x7F10, 0x6F3A],
            Self::Fixed => &[0x7FFF, 0x6F3B],
            Self::Dialled => &[0x7F10, 0x6F44],
            Self::Own => &[0x7FFF, 0x6F40],
        }
    }
}

impl Sim {
    /// How many entries a book has room for, and octets of a name.
    pub(in crate::modem) fn book_size(&self, book: Book) -> (u8, u8) {
        let shape = Image::shared().at(book.path()).map(|place| self.card.shape(Image::shared().file(place)));
        let (length, count) = shape.and_then(Shape::records).unwrap_or((0, 0));
        (count, length.saturating_sub(u8::try_from(BEHIND_NAME).unwrap_or(0)))
    }

    /// The entries of a book, each with its place from 1.
    ///
    /// # Errors
    /// The card does not let the modem read it.
    pub(in crate::modem) fn book(&self, sim: &SimProfile, book: Book) -> Result<Vec<(u8, Entry)>, CmeError> {
        let place = Image::shared().at(book.path()).ok_or(CmeError::NOT_FOUND)?;
        // The rights to all records are the same.
        self.card.read_record(sim, place, 1, 0).map_err(|status| self.refused(status))?;
        let (count, name) = self.book_size(book);
        let contents = self.card.contents(sim, place);
        let records = contents.chunks_exact(usize::from(name) + BEHIND_NAME);
        Ok((1..=count).zip(records).filter_map(|(index, record)| Some((index, Entry::of_record(record)?))).collect())
    }

    /// Writes an entry of a book, or empties its place.
    ///
    /// # Errors
    /// The card does not take it: PIN2 is asked for (17), the place is none (21), the entry is too long (24).
    pub(in crate::modem) fn put_in_book(
        &mut self,
        sim: &SimProfile,
        book: Book,
        index: u8,
        entry: Option<&Entry>,
    ) -> Result<(), CmeError> {
        let place = Image::shared().at(book.path()).ok_or(CmeError::NOT_FOUND)?;
        let length = usize::from(self.book_size(book).1) + BEHIND_NAME;
        let record = match entry {
            Some(entry) => entry.record(length).ok_or(CmeError::TEXT_TOO_LONG)?,
            None => vec![0xFF; length],
        };
        let result = self.card.update_record(sim, place, index, &record);
        self.wants_pin2(result)
    }

    /// Puts an entry in front of a cyclic book, where one without room for it has no name.
    ///
    /// # Errors
    /// The card does not take it.
    pub(in crate::modem) fn push_in_book(
        &mut self,
        sim: &SimProfile,
        book: Book,
        entry: &Entry,
    ) -> Result<(), CmeError> {
        let place = Image::shared().at(book.path()).ok_or(CmeError::NOT_FOUND)?;
        let length = usize::from(self.book_size(book).1) + BEHIND_NAME;
        let nameless = || Entry { name: String::new(), ..entry.clone() }.record(length);
        let record = entry.record(length).or_else(nameless).ok_or(CmeError::DIAL_STRING_TOO_LONG)?;
        self.card.push_record(sim, place, &record).map_err(|status| self.refused(status))
    }

    /// The first number of the subscription, whoever asks; empty: there is none.
    pub(super) fn own_number(&self, sim: &SimProfile) -> String {
        let place = Image::shared().at(Book::Own.path());
        let first = place.and_then(|place| {
            let (_, name) = self.book_size(Book::Own);
            Entry::of_record(self.card.contents(sim, place).get(..usize::from(name) + BEHIND_NAME)?)
        });
        first.map_or_else(String::new, |entry| entry.number.text())
    }

    /// Whether fixed dialling is on: the card then lets only the numbers of [`Book::Fixed`] be dialled.
    ///
    /// Source: 3GPP TS 31.102, clause 4.2.47 (EF_EST, service 1).
    pub(in crate::modem) fn fixed_dialling(&self, sim: &SimProfile) -> bool {
        let est = Image::shared().at(EST).map(|place| self.card.contents(sim, place));
        self.present && est.and_then(|octets| octets.first().copied()).is_some_and(|services| services & 1 != 0)
    }

    /// Switches fixed dialling, which takes PIN2.
    ///
    /// # Errors
    /// PIN2 was not given.
    pub(super) fn set_fixed_dialling(&mut self, sim: &SimProfile, on: bool) -> Result<(), CmeError> {
        let place = Image::shared().at(EST).ok_or(CmeError::NOT_FOUND)?;
        let services = self.card.contents(sim, place).first().copied().unwrap_or(0) & 0xFE | u8::from(on);
        self.card.update_binary(sim, place, 0, &[services]).map_err(|status| self.refused(status))
    }

    /// The emergency numbers that the card names.
    ///
    /// Source: 3GPP TS 31.102, clause 4.2.21 (EF_ECC).
    pub(in crate::modem) fn emergency_numbers(&self, sim: &SimProfile) -> Vec<String> {
        let contents = Image::shared().at(&[0x7FFF, 0x6FB7]).map(|place| self.card.contents(sim, place));
        let number = |record: &[u8]| {
            let nibbles = record.iter().take(3).flat_map(|octet| [octet & 0x0F, octet >> 4]);
            nibbles.map_while(|nibble| char::from_digit(u32::from(nibble), 10)).collect::<String>()
        };
        let numbers = contents.iter().flat_map(|octets| octets.chunks(6)).map(number);
        numbers.filter(|number| !number.is_empty()).collect()
    }

    /// PIN2, given beside another command.
    ///
    /// # Errors
    /// It is wrong (16), or blocked (18).
    pub(in crate::modem) fn give_pin2(&mut self, text: &[u8]) -> Result<(), CmeError> {
        let pin = digits(text).ok_or(CmeError::INCORRECT_PASSWORD)?;
        match self.card.pin2.verify(pin) {
            Attempt::Right | Attempt::Idle => {
                self.pin2_wanted = false;
                Ok(())
            }
            Attempt::Wrong { left: 0 } | Attempt::Blocked => Err(CmeError::SIM_PUK2_REQUIRED),
            Attempt::Wrong { .. } => Err(CmeError::INCORRECT_PASSWORD),
        }
    }

    /// What the card said to an attempt to write; `+CPIN?` asks for PIN2 where that was missing.
    pub(super) fn wants_pin2(&mut self, result: Result<(), Status>) -> Result<(), CmeError> {
        self.pin2_wanted |= result == Err(Status::SECURITY) && self.card.pin.is_satisfied();
        result.map_err(|status| self.refused(status))
    }

    /// What the card said, as the modem's host is told.
    pub(super) fn refused(&self, status: Status) -> CmeError {
        match status {
            Status::SECURITY if !self.card.pin.is_satisfied() => CmeError::SIM_PIN_REQUIRED,
            Status::SECURITY if self.card.pin2.tries() == 0 => CmeError::SIM_PUK2_REQUIRED,
            Status::SECURITY => CmeError::SIM_PIN2_REQUIRED,
            Status::RECORD_NOT_FOUND => CmeError::INVALID_INDEX,
            _ => CmeError::SIM_FAILURE,
        }
    }
}
