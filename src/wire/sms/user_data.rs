//! The user data: a header, and a text or octets.
//!
//! Source: 3GPP TS 23.040, clauses 9.2.3.16 and 9.2.3.24.

use std::borrow::Cow;

use super::rule::{Parsed, give_up, octet, octets};
use super::{Header, HeaderElement, Wrong};
use crate::wire::text::{Alphabet, DataCoding, Form, Language, fill_bits, pack, ucs2, unpack};

/// TP-UDL and TP-UD, with TP-UDHI and TP-DCS, which say how to read them.
///
/// On the wire: the length, in septets where the text is 7-bit and not compressed (0 to 160) and in octets otherwise (0 to 140), the
/// header's septets or octets counted; then at most 140 octets. Where there is a header, its first octet counts the rest of
/// it, and a 7-bit text begins at the next septet's border.
///
/// Source: 3GPP TS 23.040, clauses 9.2.3.16 and 9.2.3.24.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserData<'a> {
    coding: DataCoding,
    has_header: bool,
    length: u8,
    octets: Cow<'a, [u8]>,
}

/// More than fits in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at most {OCTETS} octets of user data, found {0}")]
pub struct TooMuch(pub usize);

/// The most octets of user data.
pub(super) const OCTETS: usize = 140;

fn counts_septets(coding: DataCoding) -> bool {
    let coding = coding.reading();
    coding.form == Form::Septets && !coding.compressed
}

impl<'a> UserData<'a> {
    const LENGTH: &'static str = "TP-UDL";
    const DATA: &'static str = "TP-UD";

    /// Octets, or a text that was encoded already, behind a header of these elements.
    ///
    /// # Errors
    /// Where it is more than fits.
    pub fn of_octets(coding: DataCoding, header: &[HeaderElement<'_>], body: &[u8]) -> Result<Self, TooMuch> {
        let mut octets = header_octets(header);
        octets.extend_from_slice(body);
        // Of septets the length is told by what they fill.
        let length = if counts_septets(coding) { octets.len() * 8 / 7 } else { octets.len() };
        Self::checked(coding, !header.is_empty(), length, octets)
    }

    /// Septets of an alphabet behind a header of these elements, which has to name the alphabet.
    ///
    /// # Errors
    /// Where it is more than fits.
    pub fn of_septets(coding: DataCoding, header: &[HeaderElement<'_>], septets: &[u8]) -> Result<Self, TooMuch> {
        let mut octets = header_octets(header);
        let before = octets.len();
        pack(septets, fill_bits(before), &mut octets);
        let length = (before * 8).div_ceil(7) + septets.len();
        // The bits that fill the header's last septet are counted, and are there, even where no text follows.
        octets.resize((length * 7).div_ceil(8), 0);
        Self::checked(coding, before > 0, length, octets)
    }

    fn checked(coding: DataCoding, has_header: bool, length: usize, octets: Vec<u8>) -> Result<Self, TooMuch> {
        match u8::try_from(length) {
            Ok(length) if octets.len() <= OCTETS => Ok(Self { coding, has_header, length, octets: octets.into() }),
            Ok(_) | Err(_) => Err(TooMuch(octets.len())),
        }
    }

    /// A text without a header: in the default alphabet, or in UCS2 where `coding` says so; a character that the default alphabet does
    /// not have is a question mark.
    ///
    /// # Errors
    /// Where it is more than fits.
    pub fn of_text(coding: DataCoding, text: &str) -> Result<Self, TooMuch> {
        match coding.reading().form {
            Form::Septets => Self::of_septets(coding, &[], &Alphabet::DEFAULT.encode_lossy(text)),
            Form::Ucs2 => Self::of_octets(coding, &[], &ucs2::encode(text)),
            Form::Octets => Self::of_octets(coding, &[], text.as_bytes()),
        }
    }

    /// Nothing.
    pub const fn empty(coding: DataCoding) -> Self {
        Self { coding, has_header: false, length: 0, octets: Cow::Borrowed(&[]) }
    }

    /// TP-UDL and what it counts.
    pub(super) fn user_data(coding: DataCoding, has_header: bool) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, length) = octet(Self::LENGTH)(input)?;
            let (most, count) = match counts_septets(coding) {
                true => (OCTETS * 8 / 7, (usize::from(length) * 7).div_ceil(8)),
                false => (OCTETS, usize::from(length)),
            };
            if count > OCTETS {
                return give_up(input, Wrong::TooLong { element: Self::LENGTH, most, found: usize::from(length) });
            }
            let (rest, data) = octets(Self::DATA, count)(rest)?;
            Ok((rest, Self { coding, has_header, length, octets: data.into() }))
        }
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.push(self.length);
        out.extend_from_slice(&self.octets);
    }

    /// How it is written.
    pub const fn coding(&self) -> DataCoding {
        self.coding
    }

    /// TP-UDHI: whether a header stands before the text.
    pub const fn has_header(&self) -> bool {
        self.has_header
    }

    /// TP-UDL: the septets or octets, the header's too.
    pub const fn length(&self) -> u8 {
        self.length
    }

    /// TP-UD as it stands, the header too.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// How many octets the header has, the one that counts it too.
    pub fn header_length(&self) -> usize {
        match self.octets.first() {
            Some(&count) if self.has_header => (usize::from(count) + 1).min(self.octets.len()),
            Some(_) | None => 0,
        }
    }

    /// The header; an empty one where there is none, or none that can be read.
    pub fn header(&self) -> Header<'_> {
        self.octets.get(1..self.header_length()).and_then(Header::read).unwrap_or_default()
    }

    /// Whether there is a header that cannot be read.
    pub fn is_header_spoilt(&self) -> bool {
        self.has_header
            && match self.octets.split_first() {
                Some((&count, rest)) => rest.get(..usize::from(count)).and_then(Header::read).is_none(),
                None => true,
            }
    }

    /// The octets behind the header.
    pub fn body(&self) -> &[u8] {
        self.octets.get(self.header_length()..).unwrap_or_default()
    }

    /// The septets behind the header.
    pub fn septets(&self) -> Vec<u8> {
        let header = self.header_length();
        let count = usize::from(self.length).saturating_sub((header * 8).div_ceil(7));
        unpack(self.body(), fill_bits(header), count)
    }

    /// The alphabet that the header names; of two tables the last one counts.
    pub fn alphabet(&self) -> Alphabet {
        let (mut locking, mut single) = (Language::Default, Language::Default);
        for element in self.header().elements() {
            match element {
                HeaderElement::Locking(language) => locking = language,
                HeaderElement::Single(language) => single = language,
                HeaderElement::Concatenation(_)
                | HeaderElement::Ports(_)
                | HeaderElement::Waiting(_)
                | HeaderElement::Other { .. } => {}
            }
        }
        Alphabet { locking, single }
    }

    /// The text behind the header; `None` where it is compressed, or octets.
    pub fn text(&self) -> Option<String> {
        let coding = self.coding.reading();
        if coding.compressed {
            return None;
        }
        match coding.form {
            Form::Septets => Some(self.alphabet().decode(&self.septets())),
            Form::Ucs2 => Some(ucs2::decode(self.body())),
            Form::Octets => None,
        }
    }

    /// With octets of its own, to be kept.
    pub fn into_owned(self) -> UserData<'static> {
        let Self { coding, has_header, length, octets } = self;
        UserData { coding, has_header, length, octets: Cow::Owned(octets.into_owned()) }
    }
}

/// The elements behind the octet that counts them; nothing for none.
pub(super) fn header_octets(elements: &[HeaderElement<'_>]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(OCTETS);
    if !elements.is_empty() {
        octets.push(0);
        elements.iter().for_each(|element| element.push(&mut octets));
        // What is longer does not fit in a message either.
        octets[0] = u8::try_from(octets.len() - 1).unwrap_or(u8::MAX);
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_behind_a_header_begins_at_a_septets_border() {
        let element = HeaderElement::Other { identifier: 0x0A, data: &[1] };
        let data = UserData::of_septets(DataCoding(0), &[element], b"hi").expect("short");
        // Three bits fill the fifth septet.
        assert_eq!(data.octets(), [3, 0x0A, 1, 1, 0x40, 0xA7, 0x01]);
        assert_eq!((data.length(), data.header_length(), data.text().as_deref()), (7, 4, Some("hi")));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(UserData::of_text(DataCoding(0), &"a".repeat(160)).is_ok());
        insta::assert_snapshot!(UserData::of_text(DataCoding(0), &"a".repeat(161)).expect_err("161"), @"expected at most 140 octets of user data, found 141");
        assert!(UserData::of_text(DataCoding(8), &"я".repeat(70)).is_ok());
        insta::assert_snapshot!(UserData::of_text(DataCoding(8), &"я".repeat(71)).expect_err("71"), @"expected at most 140 octets of user data, found 142");
    }

    #[test]
    fn a_header_that_lies_is_ignored_and_nothing_else_is() {
        let data = UserData::of_octets(DataCoding(4), &[], &[9, 1, 2]).expect("short");
        let lying = UserData { has_header: true, ..data };
        assert!(lying.is_header_spoilt() && lying.header().is_empty());
        assert_eq!((lying.header_length(), lying.body()), (3, &[][..]));
        let empty = UserData { has_header: true, ..UserData::empty(DataCoding(0)) };
        assert_eq!((empty.text().as_deref(), empty.is_header_spoilt()), (Some(""), true));
    }

    proptest! {
        #[test]
        fn septets_behind_any_header_are_read_again(length in 0_usize..60, septets in prop::collection::vec(0_u8..128, 0..90)) {
            let filler = vec![7; length];
            let header = [HeaderElement::Other { identifier: 0x0A, data: &filler }];
            let data = UserData::of_septets(DataCoding(0), &header, &septets).expect("it fits");
            prop_assert_eq!(data.septets(), septets);
            let mut out = Vec::new();
            data.push(&mut out);
            let (rest, read) = UserData::user_data(DataCoding(0), true)(&out).expect("its own");
            prop_assert!(rest.is_empty());
            prop_assert_eq!(read, data);
        }
    }
}
