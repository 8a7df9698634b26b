//! Addresses: numbers in semi-octets, names in septets.
//!
//! Source: 3GPP TS 23.040, clause 9.1.2.

use std::fmt;

use super::Wrong;
use super::rule::{Parsed, give_up, octet, octets};
use crate::wire::text::{Alphabet, pack, unpack};

/// The type of an address.
///
/// On the wire: one octet, bit 8 set, three bits of [`TypeOfNumber`], four of [`NumberingPlan`]; in commands decimal: 145 is an
/// international number, 129 one of which nothing is known.
///
/// Source: 3GPP TS 23.040, clause 9.1.2.5; TS 24.011, clause 8.2.5.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeOfAddress(pub u8);

/// What kind of number an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeOfNumber {
    /// Nothing is known of it.
    Unknown,
    /// With the country's code, and written with `+`.
    International,
    /// Without the country's code.
    National,
    /// The network's own.
    NetworkSpecific,
    /// A subscriber's.
    Subscriber,
    /// A name, in the 7-bit alphabet.
    Alphanumeric,
    /// Abbreviated.
    Abbreviated,
    /// Reserved.
    Reserved,
}

/// Which plan a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberingPlan {
    /// Unknown.
    Unknown,
    /// Telephony: ITU-T E.164.
    Telephone,
    /// Data: ITU-T X.121.
    Data,
    /// Telex.
    Telex,
    /// The service centre's own.
    ServiceCentre,
    /// National.
    National,
    /// Private.
    Private,
    /// Paging: ETSI DE/PS 3 01-3.
    Ermes,
    /// Reserved.
    Reserved,
}

impl TypeOfAddress {
    /// 129: a number of which nothing is known, of the telephone plan.
    pub const UNKNOWN: Self = Self(129);
    /// 145: an international number of the telephone plan.
    pub const INTERNATIONAL: Self = Self(145);
    /// 208: a name.
    pub const ALPHANUMERIC: Self = Self(208);

    /// The type of number.
    pub const fn number(self) -> TypeOfNumber {
        match self.0 >> 4 & 0x07 {
            0 => TypeOfNumber::Unknown,
            1 => TypeOfNumber::International,
            2 => TypeOfNumber::National,
            3 => TypeOfNumber::NetworkSpecific,
            4 => TypeOfNumber::Subscriber,
            5 => TypeOfNumber::Alphanumeric,
            6 => TypeOfNumber::Abbreviated,
            _ => TypeOfNumber::Reserved,
        }
    }

    /// The numbering plan.
    pub const fn plan(self) -> NumberingPlan {
        match self.0 & 0x0F {
            0 => NumberingPlan::Unknown,
            1 => NumberingPlan::Telephone,
            3 => NumberingPlan::Data,
            4 => NumberingPlan::Telex,
            5 | 6 => NumberingPlan::ServiceCentre,
            8 => NumberingPlan::National,
            9 => NumberingPlan::Private,
            10 => NumberingPlan::Ermes,
            _ => NumberingPlan::Reserved,
        }
    }
}

/// The most semi-octets of an address.
const MOST: usize = 20;

/// An address: a number of up to 20 digits, or a name of up to 11 characters.
///
/// On the wire, in a message: how many semi-octets there are, the [`TypeOfAddress`], the semi-octets with the first digit in the
/// lower half of each octet, and F in the last where they are odd. A service centre's counts octets instead, the type's too.
///
/// Source: 3GPP TS 23.040, clauses 9.1.2.3 and 9.1.2.5.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    kind: TypeOfAddress,
    count: u8,
    octets: [u8; MOST / 2],
}

/// A text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It has a character that no semi-octet means.
    #[error("expected digits, `*`, `#`, `a`, `b` or `c` in a number, found {0:?}")]
    Character(char),
    /// It is too long.
    #[error("expected at most 20 digits in a number or 11 characters in a name, found more")]
    TooLong,
    /// It has a character that the 7-bit alphabet does not have.
    #[error("expected a name in the 7-bit alphabet, found {0:?}")]
    Name(char),
}

impl Address {
    /// A number: international where it begins with `+`.
    ///
    /// # Errors
    /// Where it is longer than 20 digits, or has something else in it.
    ///
    /// ```
    /// use atgate::wire::sms::Address;
    ///
    /// let address = Address::number("+15551234567").expect("a number");
    /// assert_eq!(address.to_string(), "+15551234567");
    /// assert_eq!(address.kind().0, 145);
    /// ```
    pub fn number(text: &str) -> Result<Self, AddressError> {
        match text.strip_prefix('+') {
            Some(digits) => Self::of_type(TypeOfAddress::INTERNATIONAL, digits),
            None => Self::of_type(TypeOfAddress::UNKNOWN, text),
        }
    }

    /// The digits of a number of this type, as a command gives them: `"15551234567",145`.
    ///
    /// # Errors
    /// Where there are more than 20, or something else.
    pub fn of_type(kind: TypeOfAddress, digits: &str) -> Result<Self, AddressError> {
        let mut address = Self { kind, count: 0, octets: [0xFF; MOST / 2] };
        for character in digits.chars() {
            let Some(digit) = semi_octet(character) else { return Err(AddressError::Character(character)) };
            let place = usize::from(address.count);
            let Some(octet) = address.octets.get_mut(place / 2) else { return Err(AddressError::TooLong) };
            *octet = if place % 2 == 0 { 0xF0 | digit } else { *octet & 0x0F | digit << 4 };
            address.count += 1;
        }
        address.blank();
        Ok(address)
    }

    /// A name: up to eleven characters of the 7-bit alphabet.
    ///
    /// # Errors
    /// Where it is longer, or has a character that the alphabet does not have.
    pub fn name(text: &str) -> Result<Self, AddressError> {
        let septets = Alphabet::DEFAULT.encode(text).map_err(|error| AddressError::Name(error.character))?;
        if septets.len() * 7 > MOST * 4 {
            return Err(AddressError::TooLong);
        }
        let mut packed = Vec::new();
        pack(&septets, 0, &mut packed);
        Ok(Self::of(TypeOfAddress::ALPHANUMERIC, (septets.len() * 7).div_ceil(4), &packed))
    }

    /// The semi-octets of a number as a card has them: up to the first F, and nothing but F behind it; `None` for anything else, and for more
    /// than ten octets.
    ///
    /// Source: 3GPP TS 31.102, clause 4.4.2.3.
    pub fn of_semi_octets(kind: TypeOfAddress, octets: &[u8]) -> Option<Self> {
        let nibbles = || octets.iter().flat_map(|octet| [octet & 0x0F, octet >> 4]);
        let count = nibbles().position(|nibble| nibble == 0x0F).unwrap_or(2 * octets.len());
        let is_number = count <= MOST && nibbles().skip(count).all(|nibble| nibble == 0x0F);
        is_number.then(|| Self::of(kind, count, &octets[..count.div_ceil(2)]))
    }

    /// `count` semi-octets, at most [`MOST`], in as many octets as they need.
    fn of(kind: TypeOfAddress, count: usize, given: &[u8]) -> Self {
        let mut octets = [0; MOST / 2];
        let length = given.len().min(octets.len());
        octets[..length].copy_from_slice(&given[..length]);
        Self { kind, count: u8::try_from(count.min(MOST)).unwrap_or(0), octets }
    }

    /// What lies behind the last digit is the same for all.
    fn blank(&mut self) {
        let used = usize::from(self.count).div_ceil(2);
        self.octets[used..].fill(0);
    }

    /// The type.
    pub const fn kind(&self) -> TypeOfAddress {
        self.kind
    }

    /// The semi-octets as they are packed; the last octet's upper half is a filler where the digits are odd.
    pub fn octets(&self) -> &[u8] {
        &self.octets[..usize::from(self.count).div_ceil(2)]
    }

    /// How many digits it has; of a name, how many semi-octets.
    pub const fn digits(&self) -> usize {
        self.count as usize
    }

    /// Whether it is a name.
    pub fn is_name(&self) -> bool {
        self.kind.number() == TypeOfNumber::Alphanumeric
    }

    /// The digits without `+`, or the name: what stands between the quotes beside the type.
    pub fn text(&self) -> String {
        if self.is_name() {
            let septets = unpack(self.octets(), 0, usize::from(self.count) * 4 / 7);
            return Alphabet::DEFAULT.decode(&septets);
        }
        let nibbles = self.octets().iter().flat_map(|octet| [octet & 0x0F, octet >> 4]);
        nibbles
            .take(usize::from(self.count))
            .map(|nibble| char::from(b"0123456789*#abcF"[usize::from(nibble)]))
            .collect()
    }

    /// `TP-OA`, `TP-DA`, `TP-RA`.
    pub(super) fn address<'a>(element: &'static str) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, count) = octet(element)(input)?;
            let count = usize::from(count);
            if count > MOST {
                return give_up(input, Wrong::TooLong { element, most: MOST, found: count });
            }
            let (rest, kind) = octet(element)(rest)?;
            let (rest, digits) = octets(element, count.div_ceil(2))(rest)?;
            Ok((rest, Self::of(TypeOfAddress(kind), count, digits)))
        }
    }

    /// The service centre's: none where its length is 0.
    pub(super) fn service_centre(input: &[u8]) -> Parsed<'_, Option<Self>> {
        const ELEMENT: &str = "the service centre's address";
        let (rest, length) = octet(ELEMENT)(input)?;
        let length = usize::from(length);
        let Some(count) = length.checked_sub(1) else { return Ok((rest, None)) };
        if count > MOST / 2 {
            return give_up(input, Wrong::TooLong { element: ELEMENT, most: MOST / 2 + 1, found: length });
        }
        let (rest, kind) = octet(ELEMENT)(rest)?;
        let (rest, digits) = octets(ELEMENT, count)(rest)?;
        let is_odd = digits.last().is_some_and(|&last| last >> 4 == 0x0F);
        Ok((rest, Some(Self::of(TypeOfAddress(kind), 2 * count - usize::from(is_odd), digits))))
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.count, self.kind.0]);
        out.extend_from_slice(self.octets());
    }

    pub(super) fn push_service_centre(centre: Option<&Self>, out: &mut Vec<u8>) {
        match centre {
            None => out.push(0),
            Some(centre) => {
                let octets = centre.octets();
                // At most ten.
                out.extend_from_slice(&[octets.len() as u8 + 1, centre.kind.0]);
                out.extend_from_slice(octets);
            }
        }
    }

    /// The octets that it takes, the length's too.
    pub(super) fn length(&self) -> usize {
        2 + self.octets().len()
    }
}

/// `+` and the digits, the digits alone, or the name.
impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind.number() == TypeOfNumber::International {
            out.write_str("+")?;
        }
        out.write_str(&self.text())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({:?}, {})", self.text(), self.kind.0)
    }
}

fn semi_octet(character: char) -> Option<u8> {
    Some(match character {
        '0'..='9' => character as u8 - b'0',
        '*' => 10,
        '#' => 11,
        'a'..='c' => character as u8 - b'a' + 12,
        'A'..='C' => character as u8 - b'A' + 12,
        _ => return None,
    })
}

impl fmt::Display for TypeOfNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unknown => "unknown",
            Self::International => "international",
            Self::National => "national",
            Self::NetworkSpecific => "the network's own",
            Self::Subscriber => "a subscriber's",
            Self::Alphanumeric => "a name",
            Self::Abbreviated => "abbreviated",
            Self::Reserved => "of a reserved type",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_packed_with_its_digits_swapped() {
        let mut out = Vec::new();
        Address::number("+15551234567").expect("a number").push(&mut out);
        assert_eq!(out, [11, 0x91, 0x51, 0x55, 0x21, 0x43, 0x65, 0xF7]);
        out.clear();
        Address::push_service_centre(Address::number("+15550009999").ok().as_ref(), &mut out);
        assert_eq!(out, [7, 0x91, 0x51, 0x55, 0x00, 0x90, 0x99, 0xF9]);
        assert_eq!(Address::number("*100#").expect("a service").to_string(), "*100#");
        assert_eq!(Address::number("").expect("nothing").length(), 2);
    }

    #[test]
    fn a_name_is_packed_in_septets() {
        let name = Address::name("Testnet One").expect("eleven characters");
        assert_eq!((name.digits(), name.octets().len(), name.to_string()), (20, 10, "Testnet One".to_owned()));
        let name = Address::name("Seven77").expect("seven");
        assert_eq!((name.digits(), name.to_string()), (13, "Seven77".to_owned()));
        assert_eq!(Address::name("twelve chars"), Err(AddressError::TooLong));
        assert_eq!(Address::name("ж"), Err(AddressError::Name('ж')));
        assert_eq!(Address::number("+1555-1"), Err(AddressError::Character('-')));
        assert_eq!(Address::number(&"5".repeat(21)), Err(AddressError::TooLong));
    }

    #[test]
    fn a_number_on_a_card_ends_with_its_fillers() {
        let number = |octets: &[u8]| {
            Address::of_semi_octets(TypeOfAddress::INTERNATIONAL, octets).map(|number| number.to_string())
        };
        assert_eq!(number(&[0x51, 0x55, 0xF1, 0xFF]).as_deref(), Some("+15551"));
        assert_eq!(number(&[0x51, 0x55]).as_deref(), Some("+1555"));
        assert_eq!(number(&[0xFF; 12]).as_deref(), Some("+"));
        assert_eq!((number(&[0x5F, 0x55]), number(&[0x11; 11])), (None, None));
    }

    #[test]
    fn types_are_told_apart() {
        let words: Vec<String> = (0..8).map(|kind| TypeOfAddress(0x81 | kind << 4).number().to_string()).collect();
        insta::assert_snapshot!(words.join(", "), @"unknown, international, national, the network's own, a subscriber's, a name, abbreviated, of a reserved type");
        assert_eq!(TypeOfAddress::INTERNATIONAL.plan(), NumberingPlan::Telephone);
        assert!(Address::name("x").expect("a name").is_name());
    }

    proptest! {
        #[test]
        fn any_number_goes_both_ways(text in r"\+?[0-9*#abc]{0,20}") {
            let address = Address::number(&text).expect("a number");
            prop_assert_eq!(address.to_string(), text);
            let mut out = Vec::new();
            address.push(&mut out);
            prop_assert_eq!(out.len(), address.length());
            let (rest, read) = Address::address("TP-OA")(&out).expect("its own");
            prop_assert!(rest.is_empty());
            prop_assert_eq!(read, address);
            out.clear();
            Address::push_service_centre(Some(&address), &mut out);
            prop_assert_eq!(Address::service_centre(&out).expect("its own").1, Some(address));
        }

        #[test]
        fn any_name_goes_both_ways(text in "[ -Z]{0,11}") {
            prop_assert_eq!(Address::name(&text).expect("a name").text(), text);
        }
    }
}
