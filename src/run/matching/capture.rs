//! What names are bound to: `[values]`, the columns of a case, and captures.

use std::collections::HashMap;

use crate::identity::{CheckDigit, Eid, Iccid, Imei, ImeiKey, Imeisv, Imsi, Meid, Msisdn, Svn};
use crate::script::Type;

use super::Registration;

/// What one name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// What came, less quotes, name and separators.
    pub text: Vec<u8>,
    /// The type it was matched with; none for `{name}` and for what the header gives.
    pub kind: Option<Type>,
    /// The software version that was written behind an IMEI, for `imei`.
    pub svn: Option<Svn>,
    /// The fields of a registration line, for `reg`.
    pub registration: Option<Box<Registration>>,
    /// The header binds it: `[values]`, a case's column.
    pub header: bool,
    /// Its value was given from outside: the transcript keeps its name.
    pub outside: bool,
}

/// A part of a capture: `imei.check`, `reg.stat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A text: `"wrong"`, `"00101701"`.
    Text(String),
    /// A number.
    Number(i64),
    /// True or false: `imei.spare`.
    Bool(bool),
    /// The value has such a part, but this one left it out.
    Absent,
}

impl Capture {
    /// A text that is bound from outside: `[values]`, a case's column.
    pub fn given(text: &str) -> Self {
        Capture { header: true, ..Capture::of(text.as_bytes()) }
    }

    /// A value of `[values]` that is given from outside: `--value`, `ATGATE_VALUE_NAME`.
    pub fn outside(text: &str) -> Self {
        Capture { outside: true, ..Capture::given(text) }
    }

    /// A text without a type.
    pub fn of(text: &[u8]) -> Self {
        Capture { text: text.to_vec(), kind: None, svn: None, registration: None, header: false, outside: false }
    }

    /// Whether both mean the same: identities by their key, anything else byte for byte.
    pub fn same(&self, other: &Capture) -> bool {
        if self.text == other.text {
            return true;
        }
        let kind = self.kind.or(other.kind);
        let (Ok(mine), Ok(theirs)) = (std::str::from_utf8(&self.text), std::str::from_utf8(&other.text)) else {
            return false;
        };
        match kind {
            Some(Type::Imei | Type::Imeisv) => both(mine, theirs, equipment_key),
            Some(Type::Meid) => both(mine, theirs, |text| Meid::parse(text).ok()),
            Some(Type::Imsi) => both(mine, theirs, |text| Imsi::parse(text).ok()),
            Some(Type::Iccid) => both(mine, theirs, |text| Iccid::parse(text).ok()),
            Some(Type::Eid) => both(mine, theirs, |text| Eid::parse(text).ok()),
            Some(Type::Msisdn) => both(mine, theirs, |text| Msisdn::parse(text).ok()),
            Some(Type::Int) => both(mine, theirs, |text| text.parse::<i64>().ok()),
            Some(Type::Ip) => both(mine, theirs, |text| text.parse::<std::net::IpAddr>().ok()),
            Some(Type::Hex | Type::Str | Type::Pin | Type::Reg | Type::Time | Type::Rest) | None => false,
        }
    }

    /// The part of this name; none if such a value has no such part.
    pub fn part(&self, name: &str) -> Option<Part> {
        let text = std::str::from_utf8(&self.text).ok()?;
        match self.kind {
            Some(Type::Reg) => self.registration.as_ref()?.part(name),
            Some(Type::Imei | Type::Imeisv) => match (name, self.svn) {
                ("svn", Some(svn)) => Some(Part::Text(svn.to_string())),
                (_, _) => equipment_part(text, name),
            },
            Some(Type::Meid) => match name {
                "check" => Some(check(Meid::parse(text).ok()?.check())),
                _ => None,
            },
            Some(Type::Imsi) => match name {
                "mcc" => Some(Part::Text(format!("{:03}", Imsi::parse(text).ok()?.mcc()))),
                _ => None,
            },
            Some(Type::Iccid) => match name {
                "check" => Some(match Iccid::parse(text).ok()?.luhn_holds() {
                    Some(true) => Part::Text("right".into()),
                    Some(false) => Part::Text("wrong".into()),
                    None => Part::Text("absent".into()),
                }),
                _ => None,
            },
            // What the header binds has no type: an IMEI is known by its shape.
            None => equipment_part(text, name),
            Some(
                Type::Int
                | Type::Hex
                | Type::Str
                | Type::Eid
                | Type::Msisdn
                | Type::Pin
                | Type::Ip
                | Type::Time
                | Type::Rest,
            ) => None,
        }
    }
}

fn both<T: PartialEq>(mine: &str, theirs: &str, read: impl Fn(&str) -> Option<T>) -> bool {
    matches!((read(mine), read(theirs)), (Some(mine), Some(theirs)) if mine == theirs)
}

/// The 14 digits by which an IMEI or IMEISV is compared.
pub(super) fn equipment_key(text: &str) -> Option<ImeiKey> {
    Imei::parse(text).map(Imei::key).or_else(|_| Imeisv::parse(text).map(Imeisv::key)).ok()
}

fn equipment_part(text: &str, name: &str) -> Option<Part> {
    if let Ok(imei) = Imei::parse(text) {
        return match name {
            "check" => Some(check(imei.check())),
            "spare" => Some(Part::Bool(matches!(imei.check(), CheckDigit::Spare { .. }))),
            "tac" => Some(Part::Text(imei.tac().to_string())),
            "snr" => Some(Part::Text(format!("{:06}", imei.serial()))),
            "svn" => Some(Part::Absent),
            _ => None,
        };
    }
    let imeisv = Imeisv::parse(text).ok()?;
    match name {
        "check" | "spare" => Some(Part::Absent),
        "tac" => Some(Part::Text(imeisv.tac().to_string())),
        "snr" => Some(Part::Text(format!("{:06}", imeisv.imei().serial()))),
        "svn" => Some(Part::Text(imeisv.svn().to_string())),
        _ => None,
    }
}

fn check(digit: CheckDigit) -> Part {
    Part::Text(digit.word().to_owned())
}

/// All names that are bound.
#[derive(Debug, Clone, Default)]
pub struct Captures {
    names: HashMap<String, Capture>,
}

impl Captures {
    /// What a name is bound to.
    pub fn capture(&self, name: &str) -> Option<&Capture> {
        self.names.get(name)
    }

    /// Binds a name that is not bound; what is bound stays.
    pub fn bind(&mut self, name: &str, capture: Capture) {
        self.names.entry(name.to_owned()).or_insert(capture);
    }

    /// Binds what a match found; what is bound stays, and gets the type that it was matched with if it had none.
    pub fn extend(&mut self, bound: Vec<(String, Capture)>) {
        for (name, capture) in bound {
            let known = self.names.entry(name).or_insert_with(|| capture.clone());
            if known.kind.is_none() {
                *known = Capture {
                    text: std::mem::take(&mut known.text),
                    header: known.header,
                    outside: known.outside,
                    ..capture
                };
            }
        }
    }

    /// Forgets what a try bound that did not hold.
    pub fn unbind(&mut self, name: &str) {
        self.names.remove(name);
    }

    /// Every name and what it is bound to.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Capture)> {
        self.names.iter().map(|(name, capture)| (name.as_str(), capture))
    }
}
