//! Time stamps: seven octets of swapped digits.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.11.

use std::fmt;

/// A point in time with its zone, to the second.
///
/// On the wire: year, month, day, hour, minute, second and zone, an octet of two swapped decimal digits each; the zone counts quarters of
/// an hour from GMT, its sign is bit 4 of the octet (1 is west). Displayed as text mode has it: `yy/MM/dd,hh:mm:ss±zz`, `zz` in
/// quarters. Octets that are no digits are kept.
///
/// Source: 3GPP TS 23.040, clause 9.2.3.11; TS 27.005, clause 3.1 (`<scts>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timestamp(pub [u8; 7]);

impl Timestamp {
    /// Seven octets of zero: what stands there where no time is known.
    pub const NONE: Self = Self([0; 7]);

    /// `[year, month, day, hour, minute, second]`, the year 0 to 99, and the zone in quarters of an hour, −79 to 79; `None` where one
    /// of them has more than two digits.
    ///
    /// ```
    /// use atgate::wire::sms::Timestamp;
    ///
    /// let time = Timestamp::new([26, 11, 22, 12, 0, 59], -8).expect("a time");
    /// assert_eq!(time.to_string(), "26/11/22,12:00:59-08");
    /// ```
    pub fn new(fields: [u8; 6], quarters: i8) -> Option<Self> {
        let swapped = |value: u8| (value / 10) | ((value % 10) << 4);
        if fields.iter().any(|&field| field > 99) || !(-79..=79).contains(&quarters) {
            return None;
        }
        let [year, month, day, hour, minute, second] = fields.map(swapped);
        let sign = if quarters < 0 { 0x08 } else { 0 };
        Some(Self([year, month, day, hour, minute, second, swapped(quarters.unsigned_abs()) | sign]))
    }

    /// `[year, month, day, hour, minute, second]`; `None` where one is no decimal number.
    pub fn fields(self) -> Option<[u8; 6]> {
        let mut fields = [0; 6];
        for (field, octet) in fields.iter_mut().zip(self.0) {
            *field = decimal(octet)?;
        }
        Some(fields)
    }

    /// The zone in quarters of an hour, east positive; `None` where it is no decimal number.
    pub fn quarters(self) -> Option<i8> {
        let [.., zone] = self.0;
        let quarters = i8::try_from(decimal(zone & !0x08)?).ok()?;
        Some(if zone & 0x08 == 0 { quarters } else { -quarters })
    }
}

fn decimal(octet: u8) -> Option<u8> {
    let (tens, units) = (octet & 0x0F, octet >> 4);
    (tens < 10 && units < 10).then_some(tens * 10 + units)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [year, month, day, hour, minute, second, zone] = self.0.map(|octet| octet.rotate_left(4));
        write!(out, "{year:02X}/{month:02X}/{day:02X},{hour:02X}:{minute:02X}:{second:02X}")?;
        let sign = if zone & 0x80 == 0 { '+' } else { '-' };
        write!(out, "{sign}{:02X}", zone & 0x7F)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_time_is_shown_as_it_stands() {
        assert_eq!(Timestamp::NONE.to_string(), "00/00/00,00:00:00+00");
        assert_eq!(Timestamp([0xFF; 7]).to_string(), "FF/FF/FF,FF:FF:FF-7F");
        assert_eq!((Timestamp([0xFF; 7]).fields(), Timestamp([0xFF; 7]).quarters()), (None, None));
        assert_eq!(Timestamp::new([100, 1, 1, 0, 0, 0], 0), None);
        assert_eq!(Timestamp::new([26, 1, 1, 0, 0, 0], 80), None);
    }

    proptest! {
        #[test]
        fn any_time_goes_both_ways(fields in prop::array::uniform6(0_u8..100), quarters in -79_i8..80) {
            let time = Timestamp::new(fields, quarters).expect("two digits each");
            prop_assert_eq!(time.fields(), Some(fields));
            prop_assert_eq!(time.quarters(), Some(quarters));
        }
    }
}
