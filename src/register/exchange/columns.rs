//! The names of columns, and which of them make which format.

/// A column that means something to the register, whatever the format it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Column {
    Imei,
    Approved,
    Golden,
    Tac,
    Low,
    High,
    Entry,
    Hash,
    Imsi,
    Msisdn,
    Uid,
    List,
    Reason,
    Reasons,
    Status,
    Since,
    ReportingDate,
    BlockDate,
    AllocationDate,
    Until,
    ChangeType,
    Label,
    Iccid,
    Eid,
    Warranty,
    Note,
    Make,
    Model,
    ModelName,
    ModelNumber,
    BrandName,
    DeviceType,
    RadioInterface,
    DeviceId,
    Manufacturer,
    Bands,
    OptionalFields,
    Amnesty,
    Date,
    Rat,
}

impl Column {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; 40] = [
        Self::Imei,
        Self::Approved,
        Self::Golden,
        Self::Tac,
        Self::Low,
        Self::High,
        Self::Entry,
        Self::Hash,
        Self::Imsi,
        Self::Msisdn,
        Self::Uid,
        Self::List,
        Self::Reason,
        Self::Reasons,
        Self::Status,
        Self::Since,
        Self::ReportingDate,
        Self::BlockDate,
        Self::AllocationDate,
        Self::Until,
        Self::ChangeType,
        Self::Label,
        Self::Iccid,
        Self::Eid,
        Self::Warranty,
        Self::Note,
        Self::Make,
        Self::Model,
        Self::ModelName,
        Self::ModelNumber,
        Self::BrandName,
        Self::DeviceType,
        Self::RadioInterface,
        Self::DeviceId,
        Self::Manufacturer,
        Self::Bands,
        Self::OptionalFields,
        Self::Amnesty,
        Self::Date,
        Self::Rat,
    ];

    /// The name in a header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Imei => "imei",
            Self::Approved => "approved_imei",
            Self::Golden => "golden_imei",
            Self::Tac => "tac",
            Self::Low => "low",
            Self::High => "high",
            Self::Entry => "entry",
            Self::Hash => "hash",
            Self::Imsi => "imsi",
            Self::Msisdn => "msisdn",
            Self::Uid => "uid",
            Self::List => "list",
            Self::Reason => "reason",
            Self::Reasons => "reasons",
            Self::Status => "status",
            Self::Since => "since",
            Self::ReportingDate => "reporting_date",
            Self::BlockDate => "block_date",
            Self::AllocationDate => "allocation_date",
            Self::Until => "until",
            Self::ChangeType => "change_type",
            Self::Label => "label",
            Self::Iccid => "iccid",
            Self::Eid => "eid",
            Self::Warranty => "warranty",
            Self::Note => "note",
            Self::Make => "make",
            Self::Model => "model",
            Self::ModelName => "model_name",
            Self::ModelNumber => "model_number",
            Self::BrandName => "brand_name",
            Self::DeviceType => "device_type",
            Self::RadioInterface => "radio_interface",
            Self::DeviceId => "device_id",
            Self::Manufacturer => "manufacturer",
            Self::Bands => "bands",
            Self::OptionalFields => "optional_fields",
            Self::Amnesty => "amnesty_granted",
            Self::Date => "date",
            Self::Rat => "rat",
        }
    }

    /// The name of the further field of a row that it becomes.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::ModelName => "model",
            Self::Uid => "label",
            Self::Imei
            | Self::Approved
            | Self::Golden
            | Self::Tac
            | Self::Low
            | Self::High
            | Self::Entry
            | Self::Hash
            | Self::Imsi
            | Self::Msisdn
            | Self::List
            | Self::Reason
            | Self::Reasons
            | Self::Status
            | Self::Since
            | Self::ReportingDate
            | Self::BlockDate
            | Self::AllocationDate
            | Self::Until
            | Self::ChangeType
            | Self::Label
            | Self::Iccid
            | Self::Eid
            | Self::Warranty
            | Self::Note
            | Self::Make
            | Self::Model
            | Self::ModelNumber
            | Self::BrandName
            | Self::DeviceType
            | Self::RadioInterface
            | Self::DeviceId
            | Self::Manufacturer
            | Self::Bands
            | Self::OptionalFields
            | Self::Amnesty
            | Self::Date
            | Self::Rat => self.name(),
        }
    }

    /// The column that a header's cell names: case, blanks around it and what parts its words do not count.
    pub(super) fn from_name(text: &str) -> Option<Self> {
        let name = plain(text);
        Self::ALL.into_iter().find(|column| column.name() == name).or(match &*name {
            "identity" => Some(Self::Entry),
            _ => None,
        })
    }

    /// The known name that is closest to an unknown one, if it is close enough to be meant.
    pub(super) fn nearest(text: &str) -> Option<&'static str> {
        let name = plain(text);
        let most = if name.len() <= 6 { 1 } else { 2 };
        let all = Self::ALL.into_iter().map(|column| (distance(&name, column.name()), column.name()));
        all.filter(|&(steps, _)| steps <= most).min().map(|(_, name)| name)
    }
}

/// A header's name as it is compared: `Reporting Date` is `reporting_date`.
pub(super) fn plain(text: &str) -> String {
    let mut name = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    name.truncate(name.char_indices().nth(MOST_OF_A_NAME).map_or(name.len(), |(at, _)| at));
    name
}

/// Names of columns are told apart by this many characters.
const MOST_OF_A_NAME: usize = 64;

/// Whether two characters side by side have changed places.
fn is_swapped(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut apart = (0..one.len().min(other.len())).filter(|&at| one[at] != other[at]);
    match (apart.next(), apart.next(), apart.next()) {
        (Some(first), Some(second), None) if one.len() == other.len() => {
            second == first + 1 && one[first] == other[second] && one[second] == other[first]
        }
        (_, _, _) => false,
    }
}

/// How many characters have to be put in, taken out or changed to make one name of the other.
fn distance(one: &str, other: &str) -> usize {
    if is_swapped(one, other) {
        return 1;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, character) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (place, &of_other) in other.iter().enumerate() {
            let changed = diagonal + usize::from(character != of_other);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}
