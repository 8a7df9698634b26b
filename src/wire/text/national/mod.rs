//! The national languages and their tables.

mod locking;
mod single;

use std::fmt;

/// The escape to the extension, or to the single shift table.
pub(super) const ESCAPE: u8 = 0x1B;

/// A language with tables of its own.
///
/// In a user data header: its number, one octet; 0 is the default alphabet, 14 and more are reserved.
///
/// Source: 3GPP TS 23.038, clause 6.2.1.2.4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// The default alphabet and its extension.
    #[default]
    Default,
    /// Turkish
    Turkish,
    /// Spanish: a single shift table only.
    Spanish,
    /// Portuguese
    Portuguese,
    /// Bengali
    Bengali,
    /// Gujarati
    Gujarati,
    /// Hindi
    Hindi,
    /// Kannada
    Kannada,
    /// Malayalam
    Malayalam,
    /// Oriya
    Oriya,
    /// Punjabi
    Punjabi,
    /// Tamil
    Tamil,
    /// Telugu
    Telugu,
    /// Urdu
    Urdu,
}

impl Language {
    /// Every language, by its number.
    pub const ALL: [Self; 14] = [
        Self::Default,
        Self::Turkish,
        Self::Spanish,
        Self::Portuguese,
        Self::Bengali,
        Self::Gujarati,
        Self::Hindi,
        Self::Kannada,
        Self::Malayalam,
        Self::Oriya,
        Self::Punjabi,
        Self::Tamil,
        Self::Telugu,
        Self::Urdu,
    ];

    /// The language of a number; `None` for a reserved one.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The number in a user data header.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Whether it has a locking shift table of its own.
    pub const fn locks(self) -> bool {
        !matches!(self, Self::Default | Self::Spanish)
    }

    /// Its name in English.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Turkish => "Turkish",
            Self::Spanish => "Spanish",
            Self::Portuguese => "Portuguese",
            Self::Bengali => "Bengali",
            Self::Gujarati => "Gujarati",
            Self::Hindi => "Hindi",
            Self::Kannada => "Kannada",
            Self::Malayalam => "Malayalam",
            Self::Oriya => "Oriya",
            Self::Punjabi => "Punjabi",
            Self::Tamil => "Tamil",
            Self::Telugu => "Telugu",
            Self::Urdu => "Urdu",
        }
    }

    /// The table that a locking shift puts in the default alphabet's place.
    pub(super) const fn locking(self) -> &'static Table {
        &LOCKING[self as usize]
    }

    /// The table behind the escape.
    pub(super) const fn single(self) -> &'static Table {
        &SINGLE[self as usize]
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// A table of 128 septets, to be read both ways.
#[derive(Debug)]
pub(super) struct Table {
    /// The character of each septet, or 0.
    characters: [u16; 128],
    /// The septet of each character of ASCII, or `NONE`.
    ascii: [u8; 128],
    /// The other characters in order, each with its septet.
    others: [(u16, u8); 128],
    count: usize,
}

/// No septet.
const NONE: u8 = 0xFF;

impl Table {
    const fn of_rows(rows: &locking::Rows) -> Self {
        let mut characters = [0; 128];
        let mut at = 0;
        while at < 128 {
            characters[at] = rows[at / 8][at % 8];
            at += 1;
        }
        Self::of(characters)
    }

    const fn of_runs(shared: single::Runs, own: single::Runs) -> Self {
        let mut characters = [0; 128];
        let mut all = [shared, own];
        let mut list = 0;
        while list < 2 {
            while let [(first, run), rest @ ..] = all[list] {
                let mut at = 0;
                while at < run.len() {
                    characters[*first as usize + at] = run[at];
                    at += 1;
                }
                all[list] = rest;
            }
            list += 1;
        }
        Self::of(characters)
    }

    const fn of(characters: [u16; 128]) -> Self {
        let mut table = Self { characters, ascii: [NONE; 128], others: [(u16::MAX, 0); 128], count: 0 };
        let mut septet: u8 = 0;
        while septet < 128 {
            let character = characters[septet as usize];
            // Of two septets for one character the first is written.
            if character != 0 && character < 128 {
                if table.ascii[character as usize] == NONE {
                    table.ascii[character as usize] = septet;
                }
            } else if character != 0 {
                table = table.with(character, septet);
            }
            septet += 1;
        }
        table
    }

    const fn with(mut self, character: u16, septet: u8) -> Self {
        let mut at = self.count;
        while at > 0 && self.others[at - 1].0 > character {
            at -= 1;
        }
        if at > 0 && self.others[at - 1].0 == character {
            return self;
        }
        let mut last = self.count;
        while last > at {
            self.others[last] = self.others[last - 1];
            last -= 1;
        }
        self.others[at] = (character, septet);
        self.count += 1;
        self
    }

    /// The character of a septet; `None` where the table has none.
    #[inline]
    pub(super) fn character(&self, septet: u8) -> Option<char> {
        let code = self.characters[usize::from(septet & 0x7F)];
        if code == 0 { None } else { char::from_u32(u32::from(code)) }
    }

    /// Appends the septets of a text up to the first character that is not ASCII, or not in the table; says how many
    /// bytes of text that were. Nearly all of nearly every message is of this kind.
    pub(super) fn push_plain(&self, text: &str, septets: &mut Vec<u8>) -> usize {
        let before = septets.len();
        let septet = |&byte: &u8| self.ascii.get(usize::from(byte)).copied().filter(|&septet| septet != NONE);
        septets.extend(text.as_bytes().iter().map_while(septet));
        septets.len() - before
    }

    /// Appends the text of septets up to the first one that is not ASCII, or no character; says how many that were.
    pub(super) fn push_plain_text(&self, septets: &[u8], text: &mut String) -> usize {
        let mut taken = 0;
        let mut piece = [0; 64];
        loop {
            let mut count = 0;
            for (place, septet) in piece.iter_mut().zip(&septets[taken..]) {
                match self.characters[usize::from(septet & 0x7F)] {
                    code @ 1..=0x7F if septet & 0x7F != ESCAPE => *place = code as u8,
                    _ => break,
                }
                count += 1;
            }
            // They are ASCII.
            text.push_str(std::str::from_utf8(&piece[..count]).unwrap_or_default());
            taken += count;
            if count < piece.len() {
                return taken;
            }
        }
    }

    /// The septet of a character; `None` where the table does not have it.
    #[inline]
    pub(super) fn septet(&self, character: char) -> Option<u8> {
        let code = u16::try_from(u32::from(character)).ok()?;
        if let Some(&septet) = self.ascii.get(usize::from(code)) {
            return (septet != NONE).then_some(septet);
        }
        let others = &self.others[..self.count];
        others.binary_search_by_key(&code, |&(code, _)| code).ok().map(|at| others[at].1)
    }
}

const DEFAULT: Table = Table::of_rows(&locking::DEFAULT);

static LOCKING: [Table; 14] = [
    DEFAULT,
    Table::of_rows(&locking::TURKISH),
    DEFAULT,
    Table::of_rows(&locking::PORTUGUESE),
    Table::of_rows(&locking::BENGALI),
    Table::of_rows(&locking::GUJARATI),
    Table::of_rows(&locking::HINDI),
    Table::of_rows(&locking::KANNADA),
    Table::of_rows(&locking::MALAYALAM),
    Table::of_rows(&locking::ORIYA),
    Table::of_rows(&locking::PUNJABI),
    Table::of_rows(&locking::TAMIL),
    Table::of_rows(&locking::TELUGU),
    Table::of_rows(&locking::URDU),
];

static SINGLE: [Table; 14] = [
    Table::of_runs(&[], single::DEFAULT),
    Table::of_runs(&[], single::TURKISH),
    Table::of_runs(&[], single::SPANISH),
    Table::of_runs(&[], single::PORTUGUESE),
    Table::of_runs(single::INDIC, single::BENGALI),
    Table::of_runs(single::INDIC, single::GUJARATI),
    Table::of_runs(single::INDIC, single::HINDI),
    Table::of_runs(single::INDIC, single::KANNADA),
    Table::of_runs(single::INDIC, single::MALAYALAM),
    Table::of_runs(single::INDIC, single::ORIYA),
    Table::of_runs(single::INDIC, single::PUNJABI),
    Table::of_runs(single::INDIC, single::TAMIL),
    Table::of_runs(single::INDIC, single::TELUGU),
    Table::of_runs(single::INDIC, single::URDU),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_of_each_locking_table_is_the_standards() {
        let sample = [
            (Language::Default, "@Δ ¡P¿pà"),
            (Language::Turkish, "@Δ İPçpà"),
            (Language::Portuguese, "@Δ ÍP~pà"),
            (Language::Bengali, "\u{981}\u{990} 0\u{9AC}\u{9BE}\u{9CE}p\u{9F1}"),
            (Language::Gujarati, "\u{A81}\u{A90} 0\u{AAC}\u{ABE}\u{AD0}p\u{AF1}"),
            (Language::Hindi, "\u{901}\u{910} 0\u{92C}\u{93E}\u{950}p\u{97F}"),
            (Language::Kannada, "\u{C90} 0\u{CAC}\u{CBE}\u{CD5}p\u{CE3}"),
            (Language::Malayalam, "\u{D10} 0\u{D2C}\u{D3E}\u{D57}p\u{D79}"),
            (Language::Oriya, "\u{B01}\u{B10} 0\u{B2C}\u{B3E}\u{B56}p\u{B63}"),
            (Language::Punjabi, "\u{A01}\u{A10} 0\u{A2C}\u{A3E}\u{A51}p\u{A74}"),
            (Language::Tamil, "\u{B90} 0\u{BBE}\u{BD0}p\u{BF9}"),
            (Language::Telugu, "\u{C01}\u{C10} 0\u{C2C}\u{C3E}\u{C55}p\u{C63}"),
            (Language::Urdu, "\u{627}\u{62B} 0\u{635}\u{6BA}\u{654}p\u{670}"),
        ];
        for (language, characters) in sample {
            let table = language.locking();
            // 00, 10, 20, … 70 and 7F, where the table has something there.
            let codes = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x7F];
            let row: String = codes.iter().filter_map(|&code| table.character(code)).collect();
            let latin = matches!(language, Language::Default | Language::Turkish | Language::Portuguese);
            let wanted = if latin { characters.replacen(' ', " 0", 1) } else { characters.to_owned() };
            assert_eq!(row, wanted, "{language}");
        }
    }

    #[test]
    fn what_printings_of_the_standard_had_wrong_is_right_here() {
        assert_eq!(Language::Kannada.locking().character(0x24), Some('\u{CA1}'));
        assert_eq!(Language::Tamil.single().character(0x24), Some('\u{BEE}'));
        assert_eq!(Language::Telugu.single().character(0x22), Some('\u{C6C}'));
        assert_eq!(Language::Telugu.single().character(0x23), Some('\u{C6D}'));
        assert_eq!(Language::Malayalam.locking().character(0x2E), Some('.'));
        assert_eq!(Language::Kannada.single().character(0x3C), Some('['));
    }

    #[test]
    fn a_sample_of_each_single_shift_table_is_the_standards() {
        let sample = [
            (Language::Default, 0x65, '€'),
            (Language::Turkish, 0x49, 'İ'),
            (Language::Spanish, 0x55, 'Ú'),
            (Language::Portuguese, 0x1F, 'Ê'),
            (Language::Bengali, 0x34, '\u{9FA}'),
            (Language::Gujarati, 0x25, '\u{AEF}'),
            (Language::Hindi, 0x3A, '\u{971}'),
            (Language::Kannada, 0x2A, '\u{CF2}'),
            (Language::Malayalam, 0x2E, '\u{D7A}'),
            (Language::Oriya, 0x2C, '\u{B71}'),
            (Language::Punjabi, 0x2D, '\u{A75}'),
            (Language::Tamil, 0x2E, '\u{BFA}'),
            (Language::Telugu, 0x32, '\u{C7F}'),
            (Language::Urdu, 0x3F, '\u{6D4}'),
        ];
        for (language, septet, character) in sample {
            assert_eq!(language.single().character(septet), Some(character), "{language}");
            assert_eq!(language.single().septet(character), Some(septet), "{language}");
        }
    }

    #[test]
    fn every_character_of_every_table_is_found_again() {
        for language in Language::ALL {
            for table in [language.locking(), language.single()] {
                for septet in 0..128 {
                    let Some(character) = table.character(septet) else { continue };
                    let found = table.septet(character).expect("a character of the table");
                    assert_eq!(table.character(found), Some(character), "{language} {septet:#x}");
                    assert!(found <= septet, "{language} {septet:#x}: the first is written");
                }
                assert_eq!(table.character(ESCAPE), None);
                assert!(table.others[..table.count].is_sorted());
            }
            assert_eq!(Language::from_number(language.number()), Some(language));
        }
        assert_eq!(Language::from_number(14), None);
    }
}
