//! The meters of advice of charge, as the card keeps them.
//!
//! Source: 3GPP TS 31.102 clauses 4.2.10 (EF_ACMmax), 4.2.9 (EF_ACM), 4.2.14 (EF_PUCT).

use super::Sim;
use super::image::Image;
use crate::modem::SimProfile;
use crate::wire::result::CmeError;
use crate::wire::text::Alphabet;

const ACM: &[u16] = &[0x7FFF, 0x6F39];
const ACM_MAX: &[u16] = &[0x7FFF, 0x6F37];
const PUCT: &[u16] = &[0x7FFF, 0x6F41];

/// A price per unit: so many times a power of ten, in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::modem) struct Price {
    /// Three letters.
    pub(in crate::modem) currency: String,
    /// 0 to 4095.
    pub(in crate::modem) mantissa: u16,
    /// −7 to 7.
    pub(in crate::modem) exponent: i8,
}

impl Sim {
    /// The accumulated call meter: units, 0 to FFFFFF.
    pub(in crate::modem) fn call_meter(&self, sim: &SimProfile) -> u32 {
        self.three(sim, ACM)
    }

    /// Where it ends; 0: nowhere.
    pub(in crate::modem) fn call_meter_end(&self, sim: &SimProfile) -> u32 {
        self.three(sim, ACM_MAX)
    }

    /// Adds the units of a call; the meter stays at its end where there is no more room.
    pub(in crate::modem) fn add_units(&mut self, sim: &SimProfile, units: u32) {
        if let Some(place) = Image::shared().at(ACM) {
            let room = 0x00FF_FFFF - self.call_meter(sim);
            let [_, octets @ ..] = units.min(room).to_be_bytes();
            // A card that is locked is not written.
            let _ = self.card.increase(sim, place, &octets);
        }
    }

    /// Sets the meter to zero.
    ///
    /// # Errors
    /// PIN2 was not given.
    pub(in crate::modem) fn reset_call_meter(&mut self, sim: &SimProfile) -> Result<(), CmeError> {
        let place = Image::shared().at(ACM).ok_or(CmeError::NOT_FOUND)?;
        let result = self.card.push_record(sim, place, &[0; 3]);
        self.wants_pin2(result)
    }

    /// Sets where the meter ends.
    ///
    /// # Errors
    /// PIN2 was not given.
    pub(in crate::modem) fn end_call_meter(&mut self, sim: &SimProfile, end: u32) -> Result<(), CmeError> {
        let [_, octets @ ..] = end.min(0x00FF_FFFF).to_be_bytes();
        self.put_checked(sim, ACM_MAX, &octets)
    }

    /// The price of a unit; `None`: none was ever set.
    pub(in crate::modem) fn price(&self, sim: &SimProfile) -> Option<Price> {
        let octets = self.card.contents(sim, Image::shared().at(PUCT)?);
        let &[a, b, c, high, low] = octets.as_ref() else { return None };
        let exponent = i8::try_from(low >> 5).unwrap_or(0);
        let price = Price {
            currency: Alphabet::DEFAULT.decode(&[a, b, c]),
            mantissa: u16::from(high) << 4 | u16::from(low & 0x0F),
            exponent: if low & 0x10 == 0 { exponent } else { -exponent },
        };
        (a != 0xFF).then_some(price)
    }

    /// Sets the price of a unit.
    ///
    /// # Errors
    /// PIN2 was not given.
    pub(in crate::modem) fn set_price(&mut self, sim: &SimProfile, price: &Price) -> Result<(), CmeError> {
        let mut octets = Alphabet::DEFAULT.encode_lossy(&price.currency);
        octets.resize(3, b' ');
        let [high, low] = (price.mantissa << 4).to_be_bytes();
        let sign = u8::from(price.exponent < 0) << 4;
        octets.extend([high, low >> 4 | sign | price.exponent.unsigned_abs() << 5]);
        self.put_checked(sim, PUCT, &octets)
    }

    fn three(&self, sim: &SimProfile, path: &[u16]) -> u32 {
        let octets = Image::shared().at(path).map(|place| self.card.contents(sim, place));
        let octets = octets.and_then(|octets| octets.first_chunk::<3>().copied()).unwrap_or_default();
        octets.iter().fold(0, |units, octet| units << 8 | u32::from(*octet))
    }

    fn put_checked(&mut self, sim: &SimProfile, path: &[u16], octets: &[u8]) -> Result<(), CmeError> {
        let place = Image::shared().at(path).ok_or(CmeError::NOT_FOUND)?;
        let result = self.card.update_binary(sim, place, 0, octets);
        self.wants_pin2(result)
    }
}
