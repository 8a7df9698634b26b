//! The registration line, in every form of its four commands.

use std::fmt;

use super::fields::{Fields, after_name, decimal};
use super::{AccessTechnology, ActiveTime, Domain, PeriodicUpdate, RegistrationStatus, ValueError};

/// One line of `+CREG`, `+CGREG`, `+CEREG` or `+C5GREG`.
///
/// On the wire, `<n>,` only in the answer to a read:
///
/// | command | fields |
/// |---|---|
/// | `+CREG` | `[<n>,]<stat>[,[<lac>],[<ci>],[<AcT>][,<cause_type>,<reject_cause>]]` |
/// | `+CGREG` | `[<n>,]<stat>[,[<lac>],[<ci>],[<AcT>],[<rac>][,[<cause_type>],[<reject_cause>][,[<Active-Time>],[<Periodic-RAU>],[<GPRS-READY-timer>]]]]` |
/// | `+CEREG` | `[<n>,]<stat>[,[<tac>],[<ci>],[<AcT>][,[<cause_type>],[<reject_cause>][,[<Active-Time>],[<Periodic-TAU>]]]]` |
/// | `+C5GREG` | `[<n>,]<stat>[,[<tac>],[<ci>],[<AcT>],[<Allowed_NSSAI_length>],[<Allowed_NSSAI>][,<cause_type>,<reject_cause>]]` |
///
/// `<lac>` and `<tac>` are 4 hexadecimal digits in quotes (6 in 5GS), `<ci>` 8 (10 in 5GS), `<rac>` 2. Which fields are there
/// follows from `<n>`; omitted ones at the end are left off with their commas.
///
/// Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationLine<'a> {
    /// Which of the four commands.
    pub domain: Domain,
    /// `<n>`, in the answer to a read.
    pub n: Option<u8>,
    /// `<stat>`
    pub stat: RegistrationStatus,
    /// `<lac>` or `<tac>`
    pub area: Option<u32>,
    /// `<ci>`
    pub cell: Option<u64>,
    /// `<AcT>`
    pub act: Option<AccessTechnology>,
    /// `<rac>`, with `+CGREG` only.
    pub rac: Option<u8>,
    /// `<Allowed_NSSAI>`, with `+C5GREG` only: as it stands in its quotes.
    pub nssai: Option<&'a str>,
    /// `<cause_type>`: 0 a cause of the domain's mobility management, 1 the maker's own.
    pub cause_type: Option<u8>,
    /// `<reject_cause>`
    pub reject_cause: Option<u8>,
    /// `<Active-Time>`, with `+CGREG` and `+CEREG` only.
    pub active_time: Option<ActiveTime>,
    /// `<Periodic-RAU>` or `<Periodic-TAU>`, with `+CGREG` and `+CEREG` only.
    pub periodic: Option<PeriodicUpdate>,
    /// `<GPRS-READY-timer>`, with `+CGREG` only: its bits.
    pub ready: Option<u8>,
}

/// What a registration line is when nobody knows which command stood before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// Unsolicited: it begins with `<stat>`.
    Unsolicited(RegistrationLine<'a>),
    /// The answer to a read: it begins with `<n>,<stat>`.
    Answer(RegistrationLine<'a>),
    /// Two numbers and no more: both are possible.
    Either(RegistrationLine<'a>, RegistrationLine<'a>),
}

impl<'a> RegistrationLine<'a> {
    /// A line that says `<stat>` and nothing else.
    pub const fn new(domain: Domain, stat: RegistrationStatus) -> Self {
        Self {
            domain,
            n: None,
            stat,
            area: None,
            cell: None,
            act: None,
            rac: None,
            nssai: None,
            cause_type: None,
            reject_cause: None,
            active_time: None,
            periodic: None,
            ready: None,
        }
    }

    /// The same line as `<n>` lets it be seen: location from 2 on, cause at 3 and 5, timers at 4 and 5.
    ///
    /// Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.
    #[must_use]
    pub fn as_seen_at(self, n: u8) -> Self {
        let bare = Self { n: self.n, ..Self::new(self.domain, self.stat) };
        let location =
            Self { area: self.area, cell: self.cell, act: self.act, rac: self.rac, nssai: self.nssai, ..bare };
        let cause = Self { cause_type: self.cause_type, reject_cause: self.reject_cause, ..location };
        match n {
            0 | 1 => bare,
            2 => location,
            3 => cause,
            4 => Self { cause_type: None, reject_cause: None, ..self },
            _ => self,
        }
    }

    /// Reads an unsolicited line: `+CEREG: 3,,,,0,6`.
    ///
    /// # Errors
    /// Where it has another name, or no number for `<stat>`. Any other field that cannot be read counts as omitted.
    pub fn parse_unsolicited(line: &'a [u8]) -> Result<Self, ValueError> {
        let (domain, text) = domain_and_text(line)?;
        Self::from_fields(domain, None, Fields::new(text)).ok_or_else(|| ValueError::new("<stat>", line))
    }

    /// Reads the answer to a read: `+CEREG: 3,3,,,,0,6`.
    ///
    /// # Errors
    /// Where it has another name, or no numbers for `<n>` and `<stat>`.
    pub fn parse_answer(line: &'a [u8]) -> Result<Self, ValueError> {
        let (domain, text) = domain_and_text(line)?;
        let mut fields = Fields::new(text);
        let n = fields.number().ok_or_else(|| ValueError::new("<n>", line))?;
        Self::from_fields(domain, Some(n), fields).ok_or_else(|| ValueError::new("<stat>", line))
    }

    /// Reads a line out of its context.
    ///
    /// A second field in quotes, or an omitted one, tells an unsolicited line; a third field tells an answer.
    ///
    /// # Errors
    /// Where it has another name, or no number for `<stat>`.
    pub fn parse(line: &'a [u8]) -> Result<Seen<'a>, ValueError> {
        let (_, text) = domain_and_text(line)?;
        let mut fields = Fields::new(text).skip(1);
        let second = fields.next().filter(|second| second.len() <= 2 && decimal::<u8>(second).is_some());
        match (second, fields.next()) {
            (None, _) => Self::parse_unsolicited(line).map(Seen::Unsolicited),
            (Some(_), Some(_)) => Self::parse_answer(line).map(Seen::Answer),
            (Some(_), None) => {
                let unsolicited = Self::parse_unsolicited(line)?;
                let bare = Self { area: None, ..unsolicited };
                Ok(Seen::Either(bare, Self::parse_answer(line)?))
            }
        }
    }

    fn from_fields(domain: Domain, n: Option<u8>, mut fields: Fields<'a>) -> Option<Self> {
        let stat = RegistrationStatus::from_number(fields.number()?);
        let mut line = Self { n, ..Self::new(domain, stat) };
        line.area = fields.hexadecimal().and_then(|area| u32::try_from(area).ok());
        line.cell = fields.hexadecimal();
        line.act = fields.number().map(AccessTechnology::from_number);
        match domain {
            Domain::Cs | Domain::Eps => {}
            Domain::Ps => line.rac = fields.hexadecimal().and_then(|rac| u8::try_from(rac).ok()),
            Domain::FiveGs => {
                fields.next();
                line.nssai = fields.text().and_then(|nssai| std::str::from_utf8(nssai).ok());
            }
        }
        line.cause_type = fields.number();
        line.reject_cause = fields.number();
        if matches!(domain, Domain::Ps | Domain::Eps) {
            line.active_time = fields.text().and_then(ActiveTime::parse);
            line.periodic = fields.text().and_then(PeriodicUpdate::parse);
        }
        if domain == Domain::Ps {
            line.ready = fields.text().and_then(|bits| u8::from_str_radix(std::str::from_utf8(bits).ok()?, 2).ok());
        }
        Some(line)
    }

    /// The fields after `<stat>`, as they are written; omitted ones empty.
    fn optional_fields(&self) -> Vec<String> {
        let five = self.domain == Domain::FiveGs;
        let (area_digits, cell_digits) = if five { (6, 10) } else { (4, 8) };
        let mut fields = vec![
            self.area.map(|area| format!("\"{area:0area_digits$X}\"")),
            self.cell.map(|cell| format!("\"{cell:0cell_digits$X}\"")),
            self.act.map(|act| act.number().to_string()),
        ];
        match self.domain {
            Domain::Cs | Domain::Eps => {}
            Domain::Ps => fields.push(self.rac.map(|rac| format!("\"{rac:02X}\""))),
            Domain::FiveGs => {
                fields.push(self.nssai.map(|nssai| nssai_length(nssai).to_string()));
                fields.push(self.nssai.map(|nssai| format!("\"{nssai}\"")));
            }
        }
        fields.push(self.cause_type.map(|kind| kind.to_string()));
        fields.push(self.reject_cause.map(|cause| cause.to_string()));
        if matches!(self.domain, Domain::Ps | Domain::Eps) {
            fields.push(self.active_time.map(|timer| format!("\"{timer}\"")));
            fields.push(self.periodic.map(|timer| format!("\"{timer}\"")));
        }
        if self.domain == Domain::Ps {
            fields.push(self.ready.map(|bits| format!("\"{bits:08b}\"")));
        }
        fields.into_iter().map(Option::unwrap_or_default).collect()
    }
}

impl fmt::Display for RegistrationLine<'_> {
    /// The line as it goes out, without line ends.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: ", self.domain.command())?;
        if let Some(n) = self.n {
            write!(out, "{n},")?;
        }
        write!(out, "{}", self.stat.number())?;
        let fields = self.optional_fields();
        let last = fields.iter().rposition(|field| !field.is_empty());
        fields.iter().take(last.map_or(0, |last| last + 1)).try_for_each(|field| write!(out, ",{field}"))
    }
}

/// `<Allowed_NSSAI_length>`: the octets of the S-NSSAIs in `nssai`. Each `.` and `:` parts; two hexadecimal digits are one octet.
fn nssai_length(nssai: &str) -> usize {
    nssai.bytes().filter(u8::is_ascii_hexdigit).count() / 2
}

fn domain_and_text(line: &[u8]) -> Result<(Domain, &[u8]), ValueError> {
    let found = Domain::ALL.into_iter().find_map(|domain| Some((domain, after_name(line, domain.command()).ok()?)));
    found.ok_or_else(|| ValueError::new("a registration line: +CREG, +CGREG, +CEREG or +C5GREG", line))
}

#[cfg(test)]
mod tests;
