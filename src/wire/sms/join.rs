//! The parts of a longer message, joined again.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.24.1.

use super::{Address, Concatenation, Reference, UserData};
use crate::wire::text::{Alphabet, Form, ucs2};

/// The text of parts that stand in order; `None` where one of them is compressed, or octets.
///
/// Parts that are written alike are joined before they are read: some senders cut through a pair of surrogates.
pub fn join(parts: &[UserData<'_>]) -> Option<String> {
    let mut text = String::new();
    let mut open = Open::Nothing;
    for part in parts {
        let coding = part.coding().reading();
        if coding.compressed {
            return None;
        }
        open = match (open, coding.form) {
            (Open::Septets(alphabet, mut septets), Form::Septets) if alphabet == part.alphabet() => {
                septets.extend(part.septets());
                Open::Septets(alphabet, septets)
            }
            (Open::Ucs2(mut octets), Form::Ucs2) if octets.len().is_multiple_of(2) => {
                octets.extend_from_slice(part.body());
                Open::Ucs2(octets)
            }
            (open, form) => {
                open.close(&mut text);
                match form {
                    Form::Septets => Open::Septets(part.alphabet(), part.septets()),
                    Form::Ucs2 => Open::Ucs2(part.body().to_vec()),
                    Form::Octets => return None,
                }
            }
        };
    }
    open.close(&mut text);
    Some(text)
}

enum Open {
    Nothing,
    Septets(Alphabet, Vec<u8>),
    Ucs2(Vec<u8>),
}

impl Open {
    fn close(self, text: &mut String) {
        match self {
            Self::Nothing => {}
            Self::Septets(alphabet, septets) => text.push_str(&alphabet.decode(&septets)),
            Self::Ucs2(octets) => text.push_str(&ucs2::decode(&octets)),
        }
    }
}

/// Collects parts, in any order and from any number of senders, until a message is whole.
///
/// A part that came already is passed over. Of messages whose parts never come all, the oldest makes room: at most
/// [`MOST`](Self::MOST) are open at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembler {
    /// The oldest first.
    open: Vec<Message>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    from: Address,
    reference: Reference,
    /// By their sequence.
    parts: Vec<Option<UserData<'static>>>,
    missing: usize,
}

impl Assembler {
    /// The messages that may be open at once.
    pub const MOST: usize = 32;

    /// Takes a part; gives the message's parts in order once the last one has come, and a message of one part at once.
    pub fn take(&mut self, from: &Address, data: UserData<'_>) -> Option<Vec<UserData<'static>>> {
        let Some(part) = data.header().concatenation() else { return Some(vec![data.into_owned()]) };
        let Concatenation { reference, total, sequence } = part;
        let total = usize::from(total);
        let is_same =
            |message: &Message| message.from == *from && message.reference == reference && message.parts.len() == total;
        let place = match self.open.iter().position(is_same) {
            Some(place) => place,
            None => {
                if self.open.len() == Self::MOST {
                    self.open.remove(0);
                }
                self.open.push(Message { from: *from, reference, parts: vec![None; total], missing: total });
                self.open.len() - 1
            }
        };
        let message = &mut self.open[place];
        // A sequence is 1 to the total.
        let slot = message.parts.get_mut(usize::from(sequence).saturating_sub(1))?;
        if slot.is_none() {
            *slot = Some(data.into_owned());
            message.missing -= 1;
        }
        if message.missing > 0 {
            return None;
        }
        Some(self.open.remove(place).parts.into_iter().flatten().collect())
    }

    /// How many messages are open.
    pub const fn open(&self) -> usize {
        self.open.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sms::{HeaderElement, Splitting};
    use crate::wire::text::DataCoding;
    use proptest::prelude::*;

    fn part(sequence: u8, total: u8, octets: &[u8]) -> UserData<'static> {
        let concatenation = Concatenation { reference: Reference::Short(1), total, sequence };
        UserData::of_octets(DataCoding(8), &[HeaderElement::Concatenation(concatenation)], octets).expect("short")
    }

    #[test]
    fn a_pair_of_surrogates_that_a_sender_cut_is_whole_again() {
        let parts = [part(1, 2, &[0x00, 0x41, 0xD8, 0x3D]), part(2, 2, &[0xDE, 0x00])];
        assert_eq!(join(&parts).as_deref(), Some("A😀"));
        let mixed = [part(1, 2, &[0x00, 0x41]), UserData::of_text(DataCoding(0), "b").expect("short")];
        assert_eq!(join(&mixed).as_deref(), Some("Ab"));
        assert_eq!(join(&[UserData::of_octets(DataCoding(4), &[], &[1]).expect("short")]), None);
    }

    #[test]
    fn messages_that_never_end_make_room() {
        let mut assembler = Assembler::default();
        for number in 0..100 {
            let from = Address::number(&format!("+1555{number:07}")).expect("a number");
            assert_eq!(assembler.take(&from, part(1, 2, &[0, 0x41])), None);
        }
        assert_eq!(assembler.open(), Assembler::MOST);
        let last = Address::number("+15550000099").expect("a number");
        assert_eq!(assembler.take(&last, part(2, 2, &[0, 0x42])).map(|parts| parts.len()), Some(2));
        let first = Address::number("+15550000000").expect("a number");
        assert_eq!(assembler.take(&first, part(2, 2, &[0, 0x42])), None);
    }

    proptest! {
        #[test]
        fn parts_in_any_order_and_twice_are_joined(text in "[a-zж]{0,900}", order in any::<prop::sample::Index>(), seed in any::<u64>()) {
            let parts = Splitting::default().text(&text).expect("few parts");
            let from = Address::number("+15551234567").expect("a number");
            let mut assembler = Assembler::default();
            // Some order of them, with the first ones again in between.
            let mut places: Vec<usize> = (0..parts.len()).collect();
            places.rotate_left(order.index(parts.len()));
            places.sort_by_key(|place| seed.rotate_left(u32::try_from(place * 7).unwrap_or(0)) & 0xFF);
            let mut whole = None;
            for (index, &place) in places.iter().enumerate() {
                prop_assert_eq!(whole.clone(), None);
                if index > 0 {
                    prop_assert_eq!(assembler.take(&from, parts[places[index - 1]].clone()), None);
                }
                whole = assembler.take(&from, parts[place].clone());
            }
            prop_assert_eq!(whole.and_then(|parts| join(&parts)), Some(text));
            prop_assert_eq!(assembler.open(), 0);
        }
    }
}
