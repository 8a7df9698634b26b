//! What exchanged files are called, and into which parts a delta is cut.

use super::format::Format;
use super::writer::Step;
use jiff::civil::Date;

/// Why somebody no longer has to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// What was wrong is no longer.
    Resolved,
    /// The device is on the block list now.
    Blacklisted,
    /// The device was not seen for long.
    NoLongerSeen,
}

/// A part of a delta that is a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Of a block list: what is listed now.
    Blocked,
    /// Of a block list: what is listed no longer.
    Unblocked,
    /// Of a block list or of notifications: what is listed for other reasons now.
    Changed,
    /// Of notifications: who is to be told now.
    New,
    /// Of notifications: who need not be told any more.
    Resolved,
    /// Of notifications: whose device is blocked now.
    Blacklisted,
    /// Of notifications: whose device was not seen for long.
    NoLongerSeen,
    /// Of exceptions: who may now.
    Added,
    /// Of exceptions: who may no longer.
    Removed,
}

impl Part {
    /// Its word in the name of a file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Unblocked => "unblocked",
            Self::Changed => "changed",
            Self::New => "new",
            Self::Resolved => "resolved",
            Self::Blacklisted => "blacklisted",
            Self::NoLongerSeen => "no_longer_seen",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }

    /// The parts into which a delta of a format is cut; none where all of it is one file, with a column `change_type`.
    pub fn all(format: Format) -> &'static [Self] {
        match format {
            Format::BlockList => &[Self::Blocked, Self::Unblocked, Self::Changed],
            Format::Notification => &[Self::New, Self::Resolved, Self::Blacklisted, Self::NoLongerSeen, Self::Changed],
            Format::Exception => &[Self::Added, Self::Removed],
            Format::Plain
            | Format::Csv
            | Format::Ndjson
            | Format::Stolen
            | Format::Barred
            | Format::BarredTac
            | Format::Golden
            | Format::Registration
            | Format::Pairing
            | Format::Association
            | Format::Monitoring
            | Format::GsmaTac
            | Format::Fleet => &[],
        }
    }

    /// The part that a step belongs to; `None` where the format's delta has no parts, or none for this step.
    ///
    /// An exception has nothing that could change but the number beside it: it is added again.
    pub fn of(format: Format, step: Step, ending: Ending) -> Option<Self> {
        let part = match (format, step) {
            (Format::BlockList, Step::Add) => Self::Blocked,
            (Format::BlockList, Step::Remove) => Self::Unblocked,
            (Format::BlockList | Format::Notification, Step::Update) => Self::Changed,
            (Format::Notification, Step::Add) => Self::New,
            (Format::Notification, Step::Remove) => match ending {
                Ending::Resolved => Self::Resolved,
                Ending::Blacklisted => Self::Blacklisted,
                Ending::NoLongerSeen => Self::NoLongerSeen,
            },
            (Format::Exception, Step::Add | Step::Update) => Self::Added,
            (Format::Exception, Step::Remove) => Self::Removed,
            (
                Format::Plain
                | Format::Csv
                | Format::Ndjson
                | Format::Stolen
                | Format::Barred
                | Format::BarredTac
                | Format::Golden
                | Format::Registration
                | Format::Pairing
                | Format::Association
                | Format::Monitoring
                | Format::GsmaTac
                | Format::Fleet,
                _,
            ) => return None,
        };
        Some(part)
    }

    /// Whether its rows take their subjects away: what [`Options::removals`](super::Options::removals) says of a file.
    pub fn is_removal(self) -> bool {
        match self {
            Self::Unblocked | Self::Resolved | Self::Blacklisted | Self::NoLongerSeen | Self::Removed => true,
            Self::Blocked | Self::Changed | Self::New | Self::Added => false,
        }
    }
}

/// The name of a file: `20260131_blacklist.csv`, `20260131_notifications_operator1.csv`,
/// `20260131_blacklist_delta_4_7_blocked.csv`.
///
/// `operator` stands in the names of lists that are made for one; of it only letters, digits, `-` and `_` are kept.
/// `between` are the generations of a delta. `part` is one of [`Part::all`].
pub fn file_name(
    format: Format,
    date: Date,
    operator: Option<&str>,
    between: Option<(i64, i64)>,
    part: Option<Part>,
) -> String {
    let what = match format {
        Format::BlockList => "blacklist",
        Format::Notification => "notifications",
        Format::Exception => "exceptions",
        Format::Stolen => "stolen_list",
        Format::Barred => "barred_list",
        Format::BarredTac => "barred_tac_list",
        Format::Golden => "golden_list",
        Format::Registration => "registration_list",
        Format::Pairing => "pairing_list",
        Format::Association => "association_list",
        Format::Monitoring => "monitoring_list",
        Format::GsmaTac => "gsma_tac",
        Format::Fleet => "fleet",
        Format::Plain | Format::Csv | Format::Ndjson => "register",
    };
    let ending = match format {
        Format::Plain | Format::GsmaTac => "txt",
        Format::Ndjson => "ndjson",
        Format::Csv
        | Format::Stolen
        | Format::Barred
        | Format::BarredTac
        | Format::Golden
        | Format::Registration
        | Format::Pairing
        | Format::Association
        | Format::Monitoring
        | Format::BlockList
        | Format::Notification
        | Format::Exception
        | Format::Fleet => "csv",
    };
    let mut name = format!("{}_{what}", date.strftime("%Y%m%d"));
    let is_kept = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let operator: String = operator.unwrap_or_default().chars().filter(is_kept).take(64).collect();
    if !operator.is_empty() {
        name = format!("{name}_{operator}");
    }
    if let Some((from, to)) = between {
        name = format!("{name}_delta_{from}_{to}");
    }
    if let Some(part) = part {
        name = format!("{name}_{}", part.word());
    }
    format!("{name}.{ending}")
}

/// What the name of a file says that is a part of a delta.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartName {
    /// What all files of the set have in common: `20260131_blacklist_delta_4_7`.
    pub set: String,
    /// Their format.
    pub format: Format,
    /// Which part it is.
    pub part: Part,
}

impl PartName {
    /// The name of another part of the same set.
    pub fn of(&self, part: Part) -> String {
        format!("{}_{}.csv", self.set, part.word())
    }
}

/// What the name of a file says, if it is that of a part of a delta: `20260131_blacklist_delta_4_7_blocked.csv`, packed or
/// not. Names in which [`file_name`] would write no part are none, whatever else stands in them.
pub fn part_of(name: &str) -> Option<PartName> {
    let name = name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".csv")?;
    let (head, tail) = name.rsplit_once("_delta_")?;
    let (date, what) = head.split_once('_')?;
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let is_named = |word: &str| what.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let format =
        [(Format::BlockList, "blacklist"), (Format::Notification, "notifications"), (Format::Exception, "exceptions")]
            .into_iter()
            .find_map(|(format, word)| is_named(word).then_some(format))?;
    let mut pieces = tail.splitn(3, '_');
    let (from, to, word) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(from) || !is_number(to) {
        return None;
    }
    let part = Part::all(format).iter().copied().find(|part| part.word() == word)?;
    Some(PartName { set: format!("{head}_delta_{from}_{to}"), format, part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_each_part_says_which_it_is() {
        let date = jiff::civil::date(2026, 1, 31);
        let mut count = 0;
        for format in Format::ALL {
            for operator in [None, Some("operator_1")] {
                for &part in Part::all(format) {
                    let name = file_name(format, date, operator, Some((4, 17)), Some(part));
                    let read = part_of(&name).unwrap();
                    assert_eq!((read.format, read.part), (format, part), "{name}");
                    assert_eq!(read.of(part), name);
                    assert_eq!(part_of(&format!("{name}.gz")), Some(read));
                    count += 1;
                }
                assert_eq!(part_of(&file_name(format, date, operator, Some((4, 17)), None)), None);
                assert_eq!(part_of(&file_name(format, date, operator, None, None)), None);
            }
        }
        assert_eq!(count, 20);
        for other in [
            "",
            "blacklist.csv",
            "20260131_blacklist_delta_4_7_added.csv",
            "20260131_blacklisted_delta_4_7_blocked.csv",
            "20260131_blacklist_delta_4_x_blocked.csv",
            "2026013_blacklist_delta_4_7_blocked.csv",
            "20260131_blacklist_delta_4_7_blocked.txt",
        ] {
            assert_eq!(part_of(other), None, "{other}");
        }
    }
}
