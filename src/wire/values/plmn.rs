//! The identity of a network.

use std::fmt;
use std::str::FromStr;

use super::ValueError;

/// A public land mobile network: country code and network code.
///
/// On the wire: `<mcc><mnc>` in quotes, 3 digits and 2 or 3 (`"00101"`, `"310410"`). In a SIM's files: three octets of BCD, the
/// digits swapped, F in the place of a third network digit that is not there.
///
/// Source: 3GPP TS 23.003, clause 12.1; 3GPP TS 27.007, clause 7.3; 3GPP TS 24.008, clause 10.5.1.3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Plmn {
    digits: [u8; 6],
    length: u8,
}

impl Plmn {
    /// The five or six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..usize::from(self.length)]).unwrap_or_default()
    }

    /// The three digits of the country.
    pub fn mcc(&self) -> &str {
        self.as_str().get(..3).unwrap_or_default()
    }

    /// The two or three digits of the network.
    pub fn mnc(&self) -> &str {
        self.as_str().get(3..).unwrap_or_default()
    }

    /// The three octets of a SIM's file.
    pub fn to_bcd(self) -> [u8; 3] {
        let digit = |place: usize| if place < usize::from(self.length) { self.digits[place] - b'0' } else { 0xf };
        [digit(1) << 4 | digit(0), digit(5) << 4 | digit(2), digit(4) << 4 | digit(3)]
    }

    /// Reads three octets of a SIM's file; `None` where they are empty (`FF FF FF`) or hold no digits.
    pub fn from_bcd(octets: [u8; 3]) -> Option<Self> {
        let [first, second, third] = octets;
        let nibbles = [first & 0xf, first >> 4, second & 0xf, third & 0xf, third >> 4, second >> 4];
        let length = if nibbles[5] == 0xf { 5 } else { 6 };
        nibbles[..usize::from(length)]
            .iter()
            .all(|nibble| *nibble < 10)
            .then(|| Self { digits: nibbles.map(|nibble| if nibble < 10 { b'0' + nibble } else { 0 }), length })
    }
}

impl FromStr for Plmn {
    type Err = ValueError;

    /// Reads `00101`, `310410`, or with a dash or a slash between: `001/01`, `310-410`.
    fn from_str(text: &str) -> Result<Self, ValueError> {
        let error = || ValueError::new("a network: 3 digits and 2 or 3, such as 00101 or 001/01", text.as_bytes());
        let bytes = text.as_bytes();
        let joined: Vec<u8> = match bytes.get(3) {
            Some(b'/' | b'-') => [&bytes[..3], &bytes[4..]].concat(),
            Some(_) | None => bytes.to_vec(),
        };
        if !matches!(joined.len(), 5 | 6) || !joined.iter().all(u8::is_ascii_digit) {
            return Err(error());
        }
        let mut digits = [0; 6];
        digits[..joined.len()].copy_from_slice(&joined);
        Ok(Self { digits, length: u8::try_from(joined.len()).map_err(|_| error())? })
    }
}

impl fmt::Display for Plmn {
    /// The digits, as on the wire without quotes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Plmn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.mcc(), self.mnc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_are_one_network() {
        for (text, octets) in
            [("00101", [0x00, 0xf1, 0x10]), ("999705", [0x99, 0x59, 0x07]), ("99970", [0x99, 0xf9, 0x07])]
        {
            let plmn: Plmn = text.parse().expect("a network");
            assert_eq!(plmn.to_bcd(), octets, "{text}");
            assert_eq!(Plmn::from_bcd(octets), Some(plmn));
            assert_eq!(plmn.to_string(), text);
        }
        assert_eq!(Plmn::from_bcd([0xff; 3]), None);
    }

    #[test]
    fn a_slash_or_a_dash_may_part_the_codes() {
        assert_eq!("001/01".parse::<Plmn>(), "00101".parse());
        assert_eq!("999-70".parse::<Plmn>().map(|plmn| format!("{plmn:?}")), Ok("999/70".to_owned()));
        assert!("99".parse::<Plmn>().is_err() && "0010a".parse::<Plmn>().is_err() && "/////".parse::<Plmn>().is_err());
    }
}
