//! What can be wrong with a file, where, and what to do about it.

use super::format::Format;
use super::target::Target;
use crate::identity::IdentityError;
use crate::register::EntryError;
use std::fmt;

/// A place in a file: line and column in bytes, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The byte in the line.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// An error of a file: nothing of it may be applied.
///
/// Its text holds no whole identity, and no line of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct LineError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

impl LineError {
    /// What to do next, where there is something to do.
    pub fn help(&self) -> Option<String> {
        self.problem.help()
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes could not be had.
    #[error("cannot read on: {0}")]
    Read(String),
    /// A zip archive, which spreadsheets are too.
    #[error("expected text or gzip, found a zip archive (a spreadsheet's own format is one)")]
    Zip,
    /// A file of a kind that is no text.
    #[error("expected text or gzip, found {0}")]
    Binary(&'static str),
    /// Gzip that does not unpack.
    #[error("the gzip file is damaged: {0}")]
    Gzip(&'static str),
    /// More came than is allowed.
    #[error("the file unpacks to more than {limit} bytes")]
    TooLarge {
        /// How much is.
        limit: u64,
    },
    /// A gzip file that grows out of proportion.
    #[error("the file unpacks to more than {ratio} times its size")]
    Bomb {
        /// How much is allowed.
        ratio: u64,
    },
    /// More rows than are allowed.
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// How many are.
        limit: u64,
    },
    /// There is nothing in it.
    #[error("expected a header or an identity, found an empty file")]
    Empty,
    /// A line that does not end.
    #[error("a line has at most {limit} bytes, this is longer")]
    LongLine {
        /// The limit.
        limit: usize,
    },
    /// A NUL byte.
    #[error("expected text, found a NUL byte")]
    Nul,
    /// Lines that end with CR alone.
    #[error("expected lines that end with LF or CR LF, found a CR alone")]
    BareCr,
    /// A JSON array instead of lines.
    #[error("expected one JSON object a line, found an array")]
    JsonArray,
    /// A line that is no JSON object.
    #[error("expected a JSON object of names and plain values: {0}")]
    Json(&'static str),
    /// A JSON object that has a name twice.
    #[error("the name `{0}` comes twice")]
    RepeatedName(String),
    /// A header of which no column is known.
    #[error("expected a header or an identity, found the unknown column `{found}`")]
    UnknownHeader {
        /// The column.
        found: String,
        /// What may be meant.
        nearest: Option<&'static str>,
    },
    /// A column whose name is nearly that of another.
    #[error("the column `{found}` is not known")]
    UnknownColumn {
        /// The column.
        found: String,
        /// What may be meant.
        nearest: &'static str,
    },
    /// A name whose spelling is nearly that of another.
    #[error("the name `{found}` is not known")]
    UnknownName {
        /// The name.
        found: String,
        /// What may be meant.
        nearest: &'static str,
    },
    /// A column that comes twice.
    #[error("the column `{0}` comes twice, or under two names")]
    RepeatedColumn(String),
    /// More columns than are allowed.
    #[error("a table has at most {limit} columns, this has more")]
    TooManyColumns {
        /// How many are.
        limit: usize,
    },
    /// A column that has to be there.
    #[error("a file of the format {format} has the column `{column}`, which this lacks")]
    MissingColumn {
        /// The format.
        format: Format,
        /// The column.
        column: &'static str,
    },
    /// No column says what the rows are about.
    #[error("no column says which device or TAC a row is about")]
    NoSubjectColumn,
    /// A file that does not belong there.
    #[error("expected rows of `{target}`, found a file of the format {format}")]
    Mismatch {
        /// The format.
        format: Format,
        /// Where it was to be read to.
        target: Target,
    },
    /// A format of which the register has no use.
    #[error("expected a list of devices, found {0}")]
    NoDevices(&'static str),
    /// Columns without a header.
    #[error("expected one identity a line, found {found} columns and no header")]
    NoHeader {
        /// How many.
        found: usize,
    },
    /// Something else beside the identity.
    #[error("expected one identity, found {found} values")]
    SeveralValues {
        /// How many.
        found: usize,
    },
    /// Too few or too many columns.
    #[error("expected {expected} columns as in the header, found {found}")]
    Columns {
        /// How many the header has.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A quote that is never closed.
    #[error("the quote that opens here is never closed")]
    OpenQuote,
    /// A quote where none can stand.
    #[error("a quote stands in the middle of a value")]
    StrayQuote,
    /// Nothing where something has to be.
    #[error("expected a value for `{0}`, found nothing")]
    NoValue(&'static str),
    /// An identity that is none.
    #[error("{0}")]
    Entry(#[from] EntryError),
    /// Another identity that is none.
    #[error("{0}")]
    Identity(#[from] IdentityError),
    /// A TAC where a device has to be.
    #[error("expected an IMEI, found 8 digits, as many as a TAC has")]
    TacForImei,
    /// A device where a TAC has to be.
    #[error("expected a TAC, 8 digits, found {found}")]
    TacDigits {
        /// How many digits came.
        found: usize,
    },
    /// A row about something that the book does not hold.
    #[error("expected {expected}, found {found}")]
    Subject {
        /// What it holds.
        expected: &'static str,
        /// What came.
        found: &'static str,
    },
    /// A row about two things at once.
    #[error("the row names both `{0}` and `{1}`")]
    TwoSubjects(&'static str, &'static str),
    /// Digits that a spreadsheet took for a number.
    #[error("expected {expected}, found {found} digits: a spreadsheet took leading zeros away")]
    LostZero {
        /// What was expected.
        expected: &'static str,
        /// How many digits came.
        found: usize,
        /// What it probably was, masked.
        likely: String,
    },
    /// A file most of which has lost its zeros.
    #[error("{short} of {rows} rows have lost their leading zeros: the file went through a spreadsheet")]
    LostZeros {
        /// How many.
        short: u64,
        /// Of how many.
        rows: u64,
    },
    /// Rows of 14 digits among rows of 15 that are whole with a zero in front.
    #[error(
        "{short} of the IMEIs have 14 digits that a leading zero makes whole with their check digit, all others have 15"
    )]
    ShortAmongWhole {
        /// How many.
        short: u64,
    },
    /// A number as a spreadsheet shows it.
    #[error("expected an identity, found a number in scientific notation")]
    Scientific,
    /// A number with decimals.
    #[error("expected an identity, found a number with a decimal point")]
    Decimal,
    /// Something that no register lists.
    #[error("expected an IMEI, found {0}, which registers do not list")]
    NotListable(&'static str),
    /// 32 hexadecimal digits that are none.
    #[error("a keyed hash has 32 hexadecimal digits, this is another text")]
    Hash,
    /// A range without one of its ends.
    #[error("a range has both `low` and `high`, this has one")]
    HalfRange,
    /// Two columns without a header that look like a range.
    #[error("a range from one device to another of another model begins and ends with whole models")]
    OddRange,
    /// No date.
    #[error("expected a date (`20260131`, `2026-01-31` or RFC 3339), found `{0}`")]
    Date(String),
    /// A column that no file of sightings has.
    #[error("expected columns of sightings, found `{0}`")]
    SightingColumn(String),
    /// A column that every file of sightings has.
    #[error("a file of sightings has the column `{0}`, which this lacks")]
    NoSightingColumn(&'static str),
    /// A value that is too long, or has control characters.
    #[error("a value for `{name}` has at most {limit} characters and no control characters")]
    LongValue {
        /// Its column.
        name: &'static str,
        /// The limit.
        limit: usize,
    },
    /// No list.
    #[error("expected `block`, `track` or `allow`, found `{0}`")]
    List(String),
    /// A list that is not the one that was asked.
    #[error("expected rows of `{expected}`, found one of `{found}`")]
    OtherList {
        /// What was asked.
        expected: Target,
        /// What came.
        found: &'static str,
    },
    /// No change.
    #[error("expected `add`, `remove` or `update`, found `{0}`")]
    ChangeType(String),
    /// An earlier row says otherwise.
    #[error("line {earlier} says otherwise about the same subject")]
    Contradiction {
        /// Its line.
        earlier: u64,
    },
    /// There were more errors than are shown.
    #[error("more errors follow; {shown} are shown")]
    More {
        /// How many are.
        shown: usize,
    },
}

impl Problem {
    /// What to do next, where there is something to do.
    pub fn help(&self) -> Option<String> {
        let plain = match self {
            Self::Read(_)
            | Self::RepeatedColumn(_)
            | Self::RepeatedName(_)
            | Self::HalfRange
            | Self::TooManyColumns { .. }
            | Self::TwoSubjects(..) => return None,
            Self::Zip => "unpack it, or save the sheet as CSV with its identities formatted as text",
            Self::Binary(_) => "save the list as CSV, one JSON object a line, or one identity a line",
            Self::Gzip(_) => "fetch the file again and compare its size with the original's; nothing of it was read",
            Self::TooLarge { .. } | Self::Bomb { .. } => "if that is no mistake, unpack it first and split it",
            Self::TooManyRows { .. } => "split the file",
            Self::Empty => "a list without rows has its header; to empty a list on purpose, import the header alone",
            Self::LongLine { .. } => "is it a text file whose lines end with LF?",
            Self::Nul => "is it UTF-16 without a byte-order mark, or no text at all? save it as UTF-8",
            Self::BareCr => "save it with line ends of LF",
            Self::JsonArray => "write each object on a line of its own, without the brackets and the commas between",
            Self::Json(_) => "for example {\"imei\":\"001017001234569\",\"reason\":\"lost\"}",
            Self::UnknownHeader { nearest: Some(nearest), .. } => {
                return Some(format!("is `{nearest}` meant? known headers are {}", Format::headers()));
            }
            Self::UnknownHeader { nearest: None, .. } | Self::NoSubjectColumn => {
                return Some(format!("known headers are {}", Format::headers()));
            }
            Self::UnknownColumn { nearest, .. } | Self::UnknownName { nearest, .. } => {
                return Some(format!("is `{nearest}` meant?"));
            }
            Self::MissingColumn { format, .. } => {
                let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
                return Some(format!("its header is `{}`", names.join(&char::from(format.delimiter()).to_string())));
            }
            Self::Mismatch { format, .. } => {
                let fitting = Target::ALL.into_iter().filter(|&target| format.fits(target) && target != Target::Lists);
                let words: Vec<String> = fitting.map(|target| format!("`--list {target}`")).collect();
                return Some(format!("it fits {}", words.join(", ")));
            }
            Self::NoDevices(_) => "`--list pair` takes `imei,imsi,msisdn`, `--list fleet` takes `uid,imei`",
            Self::NoHeader { .. } => {
                return Some(format!("name the columns in the first line; known headers are {}", Format::headers()));
            }
            Self::SeveralValues { .. } => {
                "a plain list has one entry a line; columns need their names in the first line"
            }
            Self::Columns { .. } => "a value that has the delimiter in it stands in quotes",
            Self::OpenQuote | Self::StrayQuote => "a quote inside a quoted value is written twice: `\"\"`",
            Self::NoValue("change_type") => "in a delta every row has `add`, `remove` or `update`",
            Self::NoValue(_) => "take the row out or fill it in",
            Self::Entry(EntryError::Digits { found: 6 | 7 | 12 | 13 }) => LOST,
            Self::Entry(error) => return error.help().map(str::to_owned),
            Self::Identity(error) => return error.help().map(str::to_owned),
            Self::TacForImei => "a TAC stands in a column `tac`",
            Self::TacDigits { .. } => "a device stands in a column `imei`",
            Self::Subject { .. } => {
                "lists of devices go to `block`, `track`, `allow`, `registration` or `fleet`, TACs to `tac`"
            }
            Self::LostZero { likely, .. } => {
                return Some(format!("it was probably {likely}; {LOST}"));
            }
            Self::LostZeros { .. } => LOST,
            Self::ShortAmongWhole { .. } => {
                "export the list with its identities as text; if they are IMEIs without check digit, say that short rows are meant"
            }
            Self::Scientific | Self::Decimal => {
                "digits are lost: export the list again with its identities as text, not as numbers"
            }
            Self::NotListable(_) => "take the row out; only the fourteen digits of an IMEI can be listed",
            Self::Hash => "the golden list has IMEIs, or HMAC-SHA-256 cut to 32 hexadecimal digits",
            Self::OddRange => {
                "if the second column is something else, name the columns in the first line; a range is also written `LOW..HIGH`"
            }
            Self::Date(_) => "in UTC if it has no zone; day and month by number",
            Self::SightingColumn(_) | Self::NoSightingColumn(_) => {
                "its header is `date,imei,imsi,msisdn,rat`; `iccid` and `place` may stand there too, imsi and what follows may be missing"
            }
            Self::LongValue { .. } => "is a delimiter or a quote missing?",
            Self::List(_) | Self::OtherList { .. } => "import each list by itself, or all with `--list lists`",
            Self::ChangeType(_) => "take the column out for a full list",
            Self::Contradiction { .. } => "keep the row that holds",
            Self::More { .. } => "mend these and try again",
        };
        Some(plain.to_owned())
    }

    /// Whether nothing can be read behind it.
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Read(_)
                | Self::Zip
                | Self::Binary(_)
                | Self::Gzip(_)
                | Self::TooLarge { .. }
                | Self::Bomb { .. }
                | Self::TooManyRows { .. }
                | Self::Empty
                | Self::BareCr
                | Self::JsonArray
                | Self::UnknownHeader { .. }
                | Self::UnknownColumn { .. }
                | Self::RepeatedColumn(_)
                | Self::TooManyColumns { .. }
                | Self::MissingColumn { .. }
                | Self::NoSubjectColumn
                | Self::Mismatch { .. }
                | Self::NoDevices(_)
                | Self::NoHeader { .. }
                | Self::More { .. }
        )
    }
}

const LOST: &str = "export the list again with its identities as text, not as numbers";

/// At most so many characters of a value are shown.
const SHOWN: usize = 24;

/// A value as an error may show it: short, control characters escaped, and of long runs of digits the first eight.
pub(super) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text.get(..SHOWN * 8).unwrap_or(text));
    let mut out = String::new();
    let mut run = 0;
    for (count, character) in text.trim().chars().enumerate() {
        run = if character.is_ascii_hexdigit() { run + 1 } else { 0 };
        if count == SHOWN || run > 8 {
            out.push('…');
            break;
        }
        if character == '`' { out.push('\'') } else { out.extend(character.escape_debug()) }
    }
    out
}
