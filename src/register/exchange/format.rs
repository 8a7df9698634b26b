//! The formats by name, and the columns of each.

use super::columns::Column;
use super::target::Target;
use crate::register::{Book, List};
use std::fmt;

/// A format in which a book is exchanged.
///
/// All CSV formats may have a `change_type` column with `add`, `remove` or `update`: they are a delta then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One identity, TAC, range, `imei+imsi` or keyed hash a line; `#` begins a comment.
    Plain,
    /// The register's own table: `imei,tac,low,high,hash,imsi,list,reason,since,until` and the further fields, in any order.
    Csv,
    /// One JSON object a line, with the names of [`Csv`](Self::Csv).
    Ndjson,
    /// `imei,reporting_date,status`.
    Stolen,
    /// `imei`.
    Barred,
    /// `tac`.
    BarredTac,
    /// `golden_imei`: an IMEI, or a keyed hash of 32 hexadecimal digits.
    Golden,
    /// `approved_imei,make,model,status,model_number,brand_name,device_type,radio_interface,device_id`.
    Registration,
    /// `imei,imsi,msisdn`, and `iccid` where the card is known too.
    Pairing,
    /// `uid,imei`: who uses which device. Read into the fleet, the user as its label.
    Association,
    /// `imei`.
    Monitoring,
    /// GSMA's file of TACs: `tac|manufacturer|model_name|bands|allocation_date|device_type|optional_fields`, and whatever
    /// further columns it has.
    GsmaTac,
    /// `imei,block_date,reasons`: what operators have to block.
    BlockList,
    /// `imei,imsi,msisdn,block_date,reasons`: whom an operator has to tell.
    Notification,
    /// `imei,imsi,msisdn`: who may go on with a listed device.
    Exception,
    /// `imei,label,iccid,imsi,eid,msisdn,warranty,note`, in any order.
    Fleet,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Plain,
        Self::Csv,
        Self::Ndjson,
        Self::Stolen,
        Self::Barred,
        Self::BarredTac,
        Self::Golden,
        Self::Registration,
        Self::Pairing,
        Self::Association,
        Self::Monitoring,
        Self::GsmaTac,
        Self::BlockList,
        Self::Notification,
        Self::Exception,
        Self::Fleet,
    ];

    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Stolen => "stolen",
            Self::Barred => "barred",
            Self::BarredTac => "barred-tac",
            Self::Golden => "golden",
            Self::Registration => "registration",
            Self::Pairing => "pairing",
            Self::Association => "association",
            Self::Monitoring => "monitoring",
            Self::GsmaTac => "gsma-tac",
            Self::BlockList => "block-list",
            Self::Notification => "notification",
            Self::Exception => "exception",
            Self::Fleet => "fleet",
        }
    }

    /// The format that [`word`](Self::word) names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The format in which a book is exported unless another is asked.
    pub fn of(target: Target) -> Self {
        match target {
            Target::List(_) | Target::Lists => Self::Csv,
            Target::Models => Self::GsmaTac,
            Target::Registrations => Self::Registration,
            Target::Pairings => Self::Pairing,
            Target::Fleet => Self::Fleet,
        }
    }

    /// Whether its rows belong into a book.
    pub fn fits(self, target: Target) -> bool {
        match (self, target.book()) {
            (Self::Plain | Self::Csv | Self::Ndjson, _)
            | (
                Self::Stolen
                | Self::Barred
                | Self::BarredTac
                | Self::Golden
                | Self::Monitoring
                | Self::BlockList
                | Self::Notification
                | Self::Exception,
                Book::Lists,
            )
            | (Self::Registration | Self::Barred | Self::Monitoring, Book::Registrations)
            | (Self::GsmaTac | Self::BarredTac, Book::Models)
            | (Self::Pairing | Self::Exception, Book::Pairings)
            | (Self::Fleet | Self::Association | Self::Barred | Self::Monitoring, Book::Fleet) => true,
            (
                Self::Stolen
                | Self::Barred
                | Self::BarredTac
                | Self::Golden
                | Self::Registration
                | Self::Pairing
                | Self::Association
                | Self::Monitoring
                | Self::GsmaTac
                | Self::BlockList
                | Self::Notification
                | Self::Exception
                | Self::Fleet,
                Book::Lists | Book::Models | Book::Registrations | Book::Pairings | Book::Fleet,
            ) => false,
        }
    }

    /// What parts its columns when it is written.
    pub(super) fn delimiter(self) -> u8 {
        if self == Self::GsmaTac { b'|' } else { b',' }
    }

    /// Its columns in order, without `change_type`; none where it has no header.
    pub(super) fn columns(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::Plain => &[],
            Self::Csv | Self::Ndjson => {
                &[C::Imei, C::Tac, C::Low, C::High, C::Hash, C::Imsi, C::List, C::Reason, C::Since, C::Until]
            }
            Self::Stolen => &[C::Imei, C::ReportingDate, C::Status],
            Self::Barred | Self::Monitoring => &[C::Imei],
            Self::BarredTac => &[C::Tac],
            Self::Golden => &[C::Golden],
            Self::Registration => &[
                C::Approved,
                C::Make,
                C::Model,
                C::Status,
                C::ModelNumber,
                C::BrandName,
                C::DeviceType,
                C::RadioInterface,
                C::DeviceId,
            ],
            Self::Pairing | Self::Exception => &[C::Imei, C::Imsi, C::Msisdn],
            Self::Association => &[C::Uid, C::Imei],
            Self::GsmaTac => {
                &[C::Tac, C::Manufacturer, C::ModelName, C::Bands, C::AllocationDate, C::DeviceType, C::OptionalFields]
            }
            Self::BlockList => &[C::Imei, C::BlockDate, C::Reasons],
            Self::Notification => &[C::Imei, C::Imsi, C::Msisdn, C::BlockDate, C::Reasons, C::Amnesty],
            Self::Fleet => &[C::Imei, C::Label, C::Iccid, C::Imsi, C::Eid, C::Msisdn, C::Warranty, C::Note],
        }
    }

    /// The columns without which a file is not of this format.
    pub(super) fn needs(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::Plain | Self::Csv | Self::Ndjson => &[],
            Self::Stolen | Self::Barred | Self::Monitoring | Self::Fleet => &[C::Imei],
            Self::BarredTac | Self::GsmaTac => &[C::Tac],
            Self::Golden => &[C::Golden],
            Self::Registration => &[C::Approved],
            Self::Pairing | Self::Exception | Self::Notification => &[C::Imei, C::Imsi],
            Self::Association => &[C::Uid, C::Imei],
            Self::BlockList => &[C::Imei, C::Reasons],
        }
    }

    /// The format of a table with these columns.
    pub(super) fn of_columns(columns: &[Column], delimiter: u8, target: Target) -> Self {
        use Column as C;
        let has = |column| columns.contains(&column);
        let own = [C::Tac, C::Low, C::High, C::Entry, C::Hash, C::List, C::Reason, C::Since, C::Until];
        if delimiter == b'|' && has(C::Tac) || has(C::Tac) && has(C::AllocationDate) {
            Self::GsmaTac
        } else if has(C::Golden) {
            Self::Golden
        } else if has(C::Approved) {
            Self::Registration
        } else if columns.iter().all(|&column| matches!(column, C::Tac | C::ChangeType)) {
            Self::BarredTac
        } else if own.into_iter().any(has) {
            Self::Csv
        } else if has(C::Reasons) {
            if has(C::Imsi) { Self::Notification } else { Self::BlockList }
        } else if has(C::ReportingDate) {
            Self::Stolen
        } else if has(C::Uid) {
            Self::Association
        } else if target == Target::Pairings && has(C::Imsi) {
            // A pairing may name the card beside its subscription.
            Self::Pairing
        } else if [C::Label, C::Iccid, C::Eid, C::Warranty, C::Note].into_iter().any(has) || target == Target::Fleet {
            Self::Fleet
        } else if has(C::Imsi) {
            Self::Exception
        } else if columns.iter().all(|&column| matches!(column, C::Imei | C::ChangeType)) {
            if target == Target::List(List::Track) { Self::Monitoring } else { Self::Barred }
        } else {
            Self::Csv
        }
    }

    /// The headers by which formats are known, as a help prints them.
    pub(super) fn headers() -> String {
        let mut all: Vec<String> = Vec::new();
        for format in Self::ALL {
            let columns = format.columns();
            let delimiter = char::from(format.delimiter()).to_string();
            let header = columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(&delimiter);
            if !columns.is_empty() && !all.contains(&header) {
                all.push(header);
            }
        }
        all.iter().map(|header| format!("`{header}`")).collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
