//! A text that is longer than a message, in parts.
//!
//! Source: 3GPP TS 23.040, clause 9.2.3.24.1; TS 23.038, clauses 6.2.1.2 and 6.2.3.

use super::user_data::{OCTETS, header_octets};
use super::{Concatenation, HeaderElement, Ports, Reference, UserData};
use crate::wire::text::{Alphabet, Coding, DataCoding, Form, Language, MessageClass, ucs2};

/// How a text, or octets, become messages.
///
/// ```
/// use atgate::wire::sms::Splitting;
///
/// let splitting = Splitting::default();
/// assert_eq!(splitting.text(&"a".repeat(160)).expect("one part").len(), 1);
/// assert_eq!(splitting.text(&"a".repeat(306)).expect("two parts of 153").len(), 2);
/// assert_eq!(splitting.text(&"я".repeat(71)).expect("two parts of 67").len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Splitting {
    /// The languages whose tables may be used, besides the default alphabet's.
    pub languages: Vec<Language>,
    /// The number that the parts share.
    pub reference: Reference,
    /// The applications that it is between.
    pub ports: Option<Ports>,
    /// Where it is meant for.
    pub class: Option<MessageClass>,
}

/// A text that takes more parts than a header can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected at most 255 parts, found {0}")]
pub struct TooManyParts(pub usize);

impl Default for Splitting {
    fn default() -> Self {
        Self { languages: Vec::new(), reference: Reference::Short(0), ports: None, class: None }
    }
}

/// One way to write a text.
struct Attempt {
    header: Vec<HeaderElement<'static>>,
    cuts: Vec<usize>,
    units: usize,
    body: Body,
}

enum Body {
    Septets(Vec<u8>),
    Units(Vec<u16>),
}

impl Splitting {
    /// The user data of each part, in order: in the default alphabet where that has every character; else in the fewest parts of
    /// what the languages' tables and UCS2 allow. No cut parts an escape from its character, nor a pair of surrogates.
    ///
    /// # Errors
    /// Where it takes more than 255 parts.
    pub fn text(&self, text: &str) -> Result<Vec<UserData<'static>>, TooManyParts> {
        let attempt = match self.septets(Alphabet::DEFAULT, text) {
            Some(attempt) => attempt,
            None => {
                let locked = |&language: &Language| language.locks();
                let single = self.languages.iter().map(|&single| (Language::Default, single));
                let locking = self.languages.iter().filter(|language| locked(language)).flat_map(|&locking| {
                    let own = self.languages.iter().copied();
                    std::iter::once((locking, Language::Default)).chain(own.map(move |single| (locking, single)))
                });
                let national = single
                    .chain(locking)
                    .filter_map(|(locking, single)| self.septets(Alphabet { locking, single }, text))
                    .chain(std::iter::once(self.units(text)));
                // Of two that are as long the first, so a single shift comes before a locking one.
                match national.min_by_key(|attempt| (attempt.cuts.len(), attempt.units)) {
                    Some(attempt) => attempt,
                    None => self.units(text),
                }
            }
        };
        self.parts(attempt)
    }

    /// The user data of each part of octets.
    ///
    /// # Errors
    /// Where it takes more than 255 parts.
    pub fn octets(&self, octets: &[u8]) -> Result<Vec<UserData<'static>>, TooManyParts> {
        let coding = self.coding(Form::Octets);
        let header = self.header(&[]);
        let room = OCTETS - header_octets(&header).len();
        let single = octets.len() <= room;
        let room = if single { room } else { OCTETS - header_octets(&self.header_of(&header, 1, 1)).len() };
        let total = octets.len().div_ceil(room).max(1);
        let last = u8::try_from(total).map_err(|_| TooManyParts(total))?;
        let mut pieces = octets.chunks(room);
        (1..=last)
            .map(|sequence| {
                let header = if single { header.clone() } else { self.header_of(&header, last, sequence) };
                let piece = pieces.next().unwrap_or_default();
                // It was cut to fit.
                UserData::of_octets(coding, &header, piece).map_err(|_| TooManyParts(total))
            })
            .collect()
    }

    fn coding(&self, form: Form) -> DataCoding {
        DataCoding::of(Coding { form, class: self.class, ..Coding::default() })
    }

    /// What every part's header has.
    fn header(&self, alphabet: &[HeaderElement<'static>]) -> Vec<HeaderElement<'static>> {
        self.ports.map(HeaderElement::Ports).into_iter().chain(alphabet.iter().copied()).collect()
    }

    /// One part's.
    fn header_of(&self, common: &[HeaderElement<'static>], total: u8, sequence: u8) -> Vec<HeaderElement<'static>> {
        let part = Concatenation { reference: self.reference, total, sequence };
        std::iter::once(HeaderElement::Concatenation(part)).chain(common.iter().copied()).collect()
    }

    fn septets(&self, alphabet: Alphabet, text: &str) -> Option<Attempt> {
        let septets = alphabet.encode(text).ok()?;
        let mut tables = Vec::new();
        if alphabet.single != Language::Default {
            tables.push(HeaderElement::Single(alphabet.single));
        }
        if alphabet.locking != Language::Default {
            tables.push(HeaderElement::Locking(alphabet.locking));
        }
        let header = self.header(&tables);
        let cuts = self.cuts(
            &header,
            septets.len(),
            |octets| octets * 8 / 7,
            |at, room| Alphabet::whole(&septets[at..], room),
        );
        Some(Attempt { header, cuts, units: septets.len() * 7, body: Body::Septets(septets) })
    }

    fn units(&self, text: &str) -> Attempt {
        let units: Vec<u16> = text.encode_utf16().collect();
        let header = self.header(&[]);
        let cuts = self.cuts(&header, units.len(), |octets| octets / 2, |at, room| ucs2::whole(&units[at..], room));
        Attempt { header, cuts, units: units.len() * 16, body: Body::Units(units) }
    }

    /// Where the parts end. `fit` says how many units so many octets hold, `whole` how many from a place on can stay together.
    fn cuts(
        &self,
        header: &[HeaderElement<'static>],
        units: usize,
        fit: impl Fn(usize) -> usize,
        whole: impl Fn(usize, usize) -> usize,
    ) -> Vec<usize> {
        if units <= fit(OCTETS - header_octets(header).len()) {
            return vec![units];
        }
        let room = fit(OCTETS - header_octets(&self.header_of(header, 1, 1)).len());
        let (mut cuts, mut at) = (Vec::new(), 0);
        while at < units {
            // What stays together is two units; there is room for many more.
            at += whole(at, room).max(1);
            cuts.push(at);
        }
        cuts
    }

    fn parts(&self, attempt: Attempt) -> Result<Vec<UserData<'static>>, TooManyParts> {
        let Attempt { header: common, cuts, units: _, body } = attempt;
        let total = u8::try_from(cuts.len()).map_err(|_| TooManyParts(cuts.len()))?;
        let mut from = 0;
        cuts.iter()
            .zip(1..)
            .map(|(&end, sequence)| {
                let header = if total == 1 { common.clone() } else { self.header_of(&common, total, sequence) };
                let range = std::mem::replace(&mut from, end)..end;
                let data = match &body {
                    Body::Septets(septets) => {
                        UserData::of_septets(self.coding(Form::Septets), &header, &septets[range])
                    }
                    Body::Units(units) => {
                        let octets: Vec<u8> = units[range].iter().flat_map(|unit| unit.to_be_bytes()).collect();
                        UserData::of_octets(self.coding(Form::Ucs2), &header, &octets)
                    }
                };
                // It was cut to fit.
                data.map_err(|_| TooManyParts(cuts.len()))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sms::join;
    use proptest::prelude::*;

    fn lengths(splitting: &Splitting, text: &str) -> Vec<u8> {
        splitting.text(text).expect("few parts").iter().map(UserData::length).collect()
    }

    #[test]
    fn limits_are_the_standards() {
        let plain = Splitting::default();
        assert_eq!(lengths(&plain, ""), [0]);
        assert_eq!(lengths(&plain, &"a".repeat(160)), [160]);
        assert_eq!(lengths(&plain, &"a".repeat(161)), [160, 15]);
        assert_eq!(lengths(&plain, &"a".repeat(307)), [160, 160, 8]);
        assert_eq!(lengths(&plain, &"я".repeat(70)), [140]);
        assert_eq!(lengths(&plain, &"я".repeat(71)), [140, 14]);
        let wide = Splitting { reference: Reference::Long(1), ..Splitting::default() };
        assert_eq!(lengths(&wide, &"a".repeat(305)), [160, 160, 9]);
        assert_eq!(lengths(&wide, &"я".repeat(133)), [139, 139, 9]);
        assert_eq!(plain.octets(&[0; 141]).expect("two").len(), 2);
        assert_eq!(plain.octets(&[]).expect("one").len(), 1);
        insta::assert_snapshot!(plain.text(&"a".repeat(40_000)).expect_err("too long"), @"expected at most 255 parts, found 262");
        insta::assert_snapshot!(plain.octets(&[0; 40_000]).expect_err("too long"), @"expected at most 255 parts, found 299");
    }

    #[test]
    fn what_belongs_together_is_not_cut() {
        let plain = Splitting::default();
        // The escape would be the 153rd septet.
        let text = format!("{}€{}", "a".repeat(152), "b".repeat(10));
        assert_eq!(lengths(&plain, &text), [159, 19]);
        let text = format!("{}😀{}", "я".repeat(66), "я".repeat(10));
        assert_eq!(lengths(&plain, &text), [138, 30]);
    }

    #[test]
    fn a_national_table_is_taken_where_it_is_allowed_and_shorter() {
        let turkish = Splitting { languages: vec![Language::Turkish], ..Splitting::default() };
        let text = "ğış".repeat(30);
        let [data] = &turkish.text(&text).expect("one")[..] else { panic!("one part") };
        assert_eq!(data.alphabet(), Alphabet { locking: Language::Turkish, single: Language::Default });
        assert_eq!(data.text(), Some(text.clone()));
        assert_eq!(Splitting::default().text(&text).expect("in UCS2").len(), 2);
        // One letter alone is cheaper behind the escape than in a longer header, and as long in either.
        let [data] = &turkish.text("Iğdır").expect("one")[..] else { panic!("one part") };
        assert_eq!(data.alphabet().locking, Language::Turkish);
        let [data] = &turkish.text("plain").expect("one")[..] else { panic!("one part") };
        assert!(!data.has_header());
        let [data] = &turkish.text("ж").expect("one")[..] else { panic!("one part") };
        assert_eq!(data.coding(), DataCoding(8));
    }

    #[test]
    fn ports_and_a_class_stand_in_every_part() {
        let splitting = Splitting {
            ports: Some(Ports::Long { destination: 2948, source: 9200 }),
            class: Some(MessageClass::Flash),
            ..Splitting::default()
        };
        for data in splitting.text(&"a".repeat(300)).expect("few parts") {
            assert_eq!(data.coding(), DataCoding(0x10));
            assert!(data.header().elements().any(|element| matches!(element, HeaderElement::Ports(_))));
        }
    }

    proptest! {
        #[test]
        fn a_text_is_split_and_joined_again(
            text in prop_oneof![r"[a-z€\[ ]{0,900}", r"[a-zğışİ€]{0,900}", r"[a-z😀я]{0,500}", any::<String>()],
            languages in prop::collection::vec(prop::sample::select(Language::ALL.to_vec()), 0..3),
            long in any::<bool>(),
        ) {
            let reference = if long { Reference::Long(777) } else { Reference::Short(7) };
            let splitting = Splitting { languages, reference, ..Splitting::default() };
            let parts = splitting.text(&text).expect("few parts");
            for (part, sequence) in parts.iter().zip(1..) {
                prop_assert!(part.octets().len() <= 140);
                let expected = (parts.len() > 1).then_some(sequence);
                prop_assert_eq!(part.header().concatenation().map(|part| part.sequence), expected);
                // Each part is a text of its own: nothing was cut through.
                let is_cut = part.text().expect("a text").contains(char::REPLACEMENT_CHARACTER);
                prop_assert!(!is_cut || text.contains(char::REPLACEMENT_CHARACTER));
            }
            prop_assert_eq!(parts.iter().filter_map(UserData::text).collect::<String>(), text.clone());
            prop_assert_eq!(join(&parts), Some(text));
        }

        #[test]
        fn octets_are_split_and_joined_again(octets in prop::collection::vec(any::<u8>(), 0..900)) {
            let parts = Splitting::default().octets(&octets).expect("few parts");
            prop_assert_eq!(parts.iter().flat_map(|part| part.body().to_vec()).collect::<Vec<_>>(), octets);
        }
    }
}
