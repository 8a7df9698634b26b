//! The operator: what `+COPS?` and `+COPS=?` answer.

use std::borrow::Cow;
use std::fmt;

use super::fields::{Fields, after_name, decimal, unquoted};
use super::{AccessTechnology, ValueError};

/// `<mode>` of `+COPS`.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SelectionMode {
    /// 0
    Automatic,
    /// 1
    Manual,
    /// 2: deregister.
    Deregister,
    /// 3: sets `<format>` only; never in an answer.
    FormatOnly,
    /// 4: manual, and automatic where that fails.
    ManualThenAutomatic,
}

impl SelectionMode {
    /// The mode with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Automatic),
            1 => Some(Self::Manual),
            2 => Some(Self::Deregister),
            3 => Some(Self::FormatOnly),
            4 => Some(Self::ManualThenAutomatic),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Automatic => 0,
            Self::Manual => 1,
            Self::Deregister => 2,
            Self::FormatOnly => 3,
            Self::ManualThenAutomatic => 4,
        }
    }
}

/// `<format>` of `+COPS`: how `<oper>` is written.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OperatorFormat {
    /// 0: up to 16 characters.
    #[default]
    Long,
    /// 1: up to 8 characters.
    Short,
    /// 2: the PLMN's digits.
    Numeric,
}

impl OperatorFormat {
    /// The format with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Long),
            1 => Some(Self::Short),
            2 => Some(Self::Numeric),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Long => 0,
            Self::Short => 1,
            Self::Numeric => 2,
        }
    }
}

/// The answer to `+COPS?`.
///
/// On the wire: `+COPS: <mode>[,<format>,<oper>[,<AcT>]]`, `<oper>` in quotes; `<mode>` alone where no operator is selected.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSelection<'a> {
    /// `<mode>`
    pub mode: SelectionMode,
    /// `<format>` and `<oper>`
    pub operator: Option<(OperatorFormat, Cow<'a, str>)>,
    /// `<AcT>`
    pub act: Option<AccessTechnology>,
}

impl<'a> OperatorSelection<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no `+COPS` line with a mode of the standard, or `<oper>` has a format that the standard does not know.
    pub fn parse(line: &'a [u8]) -> Result<Self, ValueError> {
        let mut fields = Fields::new(after_name(line, "+COPS")?);
        let mode = fields.number().and_then(SelectionMode::from_number);
        let mode = mode.ok_or_else(|| ValueError::new("+COPS: and a mode from 0 to 4", line))?;
        let (format, name) = (fields.number(), fields.text());
        let operator = match (format.map(OperatorFormat::from_number), name) {
            (Some(Some(format)), Some(name)) => Some((format, String::from_utf8_lossy(name))),
            (None, _) | (Some(_), None) => None,
            (Some(None), Some(_)) => return Err(ValueError::new("a format from 0 to 2 before the operator", line)),
        };
        Ok(Self { mode, operator, act: fields.number().map(AccessTechnology::from_number) })
    }
}

impl fmt::Display for OperatorSelection<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+COPS: {}", self.mode.number())?;
        let Some((format, name)) = &self.operator else {
            return Ok(());
        };
        write!(out, ",{},\"{name}\"", format.number())?;
        self.act.map_or(Ok(()), |act| write!(out, ",{}", act.number()))
    }
}

/// `<stat>` of one operator in the list.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorStatus {
    /// 0
    Unknown,
    /// 1
    Available,
    /// 2
    Current,
    /// 3
    Forbidden,
}

impl OperatorStatus {
    /// The status with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Unknown),
            1 => Some(Self::Available),
            2 => Some(Self::Current),
            3 => Some(Self::Forbidden),
            _ => None,
        }
    }

    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::Available => 1,
            Self::Current => 2,
            Self::Forbidden => 3,
        }
    }
}

/// One operator of the list.
///
/// On the wire: `(<stat>,"<long>","<short>","<numeric>"[,<AcT>])`.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedOperator<'a> {
    /// `<stat>`
    pub status: OperatorStatus,
    /// The long name.
    pub long: Cow<'a, str>,
    /// The short name.
    pub short: Cow<'a, str>,
    /// The PLMN's digits.
    pub numeric: Cow<'a, str>,
    /// `<AcT>`
    pub act: Option<AccessTechnology>,
}

/// The answer to `+COPS=?`.
///
/// On the wire: `+COPS: <operator>[,<operator>]…[,,(<modes>),(<formats>)]`. Modules leave a blank or a comma where they like, and some leave
/// the tail off: what is no operator is passed over.
///
/// Source: 3GPP TS 27.007, clause 7.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperatorList<'a> {
    /// The operators, in order.
    pub operators: Vec<ListedOperator<'a>>,
    /// The numbers of the supported modes.
    pub modes: Vec<u8>,
    /// The numbers of the supported formats.
    pub formats: Vec<u8>,
}

impl<'a> OperatorList<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no `+COPS` line.
    pub fn parse(line: &'a [u8]) -> Result<Self, ValueError> {
        let mut list = Self::default();
        let mut tail = Vec::new();
        for field in Fields::new(after_name(line, "+COPS")?) {
            let Some(group) = field.strip_prefix(b"(").and_then(|field| field.strip_suffix(b")")) else {
                continue;
            };
            match ListedOperator::from_group(group) {
                Some(operator) => list.operators.push(operator),
                None => tail.push(ranges(group)),
            }
        }
        let mut tail = tail.into_iter();
        list.modes = tail.next().unwrap_or_default();
        list.formats = tail.next().unwrap_or_default();
        Ok(list)
    }
}

impl<'a> ListedOperator<'a> {
    fn from_group(group: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::new(group);
        let status = OperatorStatus::from_number(fields.number()?)?;
        let mut name = || fields.next().filter(|name| name.is_empty() || name.starts_with(b"\"")).map(unquoted);
        let [long, short, numeric] = [name()?, name()?, name()?].map(String::from_utf8_lossy);
        Some(Self { status, long, short, numeric, act: fields.number().map(AccessTechnology::from_number) })
    }
}

/// `0-2,4` → 0, 1, 2, 4
fn ranges(group: &[u8]) -> Vec<u8> {
    let one = |field: &[u8]| -> Option<std::ops::RangeInclusive<u8>> {
        let mut ends = field.split(|&byte| byte == b'-').map(|end| decimal(end.trim_ascii()));
        let first = ends.next()??;
        Some(first..=ends.next().unwrap_or(Some(first))?)
    };
    Fields::new(group).filter_map(one).flatten().collect()
}

impl fmt::Display for ListedOperator<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, long, short, numeric, act } = self;
        write!(out, "({},\"{long}\",\"{short}\",\"{numeric}\"", status.number())?;
        act.map_or(Ok(()), |act| write!(out, ",{}", act.number()))?;
        out.write_str(")")
    }
}

impl fmt::Display for OperatorList<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("+COPS: ")?;
        for (place, operator) in self.operators.iter().enumerate() {
            write!(out, "{}{operator}", if place > 0 { "," } else { "" })?;
        }
        if self.modes.is_empty() && self.formats.is_empty() {
            return Ok(());
        }
        let join = |numbers: &[u8]| numbers.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
        write!(out, ",,({}),({})", join(&self.modes), join(&self.formats))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_operator_is_written_and_read_again() {
        for line in ["+COPS: 0", "+COPS: 0,2,\"00101\",7", "+COPS: 1,0,\"Test, \"", "+COPS: 4,1,\"Testnet\",9"] {
            let read = OperatorSelection::parse(line.as_bytes()).expect("a line");
            assert_eq!(read.to_string(), line);
        }
        insta::assert_snapshot!(OperatorSelection::parse(b"+COPS: 7").expect_err("no mode"), @"expected +COPS: and a mode from 0 to 4, found `+COPS: 7`");
    }

    #[test]
    fn the_list_is_written_and_read_again() {
        let line =
            "+COPS: (2,\"Testnet One\",\"Testnet\",\"00101\",7),(3,\"Other\",\"Oth\",\"99970\"),,(0,1,2,3,4),(0,1,2)";
        let list = OperatorList::parse(line.as_bytes()).expect("a list");
        assert_eq!(list.operators.len(), 2);
        assert_eq!(list.modes, [0, 1, 2, 3, 4]);
        assert_eq!(list.to_string(), line);
        let ranged = OperatorList::parse(b"+COPS: (1,\"A\",\"A\",\"00101\", 9 ) , ,(0-4),(0,2)").expect("a list");
        insta::assert_snapshot!(ranged, @r#"+COPS: (1,"A","A","00101",9),,(0,1,2,3,4),(0,2)"#);
    }

    #[test]
    fn a_spoilt_entry_costs_that_entry_only() {
        let line = br#"+COPS: (2,"","Test","00101",0),(2,"T - M","T - M","99970"),2),(1,"A&T","A&T","99971"),0)"#;
        let list = OperatorList::parse(line).expect("a list");
        insta::assert_snapshot!(list, @r#"+COPS: (2,"","Test","00101",0),(2,"T - M","T - M","99970"),(1,"A&T","A&T","99971")"#);
    }

    #[test]
    fn an_operator_without_names_is_one() {
        let list = OperatorList::parse(br#"+COPS: (1,,,"00101",7)"#).expect("a list");
        assert_eq!(list.operators[0].numeric, "00101");
    }
}
