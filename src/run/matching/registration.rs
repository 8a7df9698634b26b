//! The fields of a registration line: `+CREG`, `+CGREG`, `+CEREG`, `+C5GREG`, unsolicited or as an answer.
//!
//! Source: 3GPP TS 27.007, clauses 7.2, 10.1.20, 10.1.22 and 10.1.47.

use super::Part;

/// A registration line's fields, in any of its forms: `3,,,,0,6` (unsolicited), `3,3,,,,0,6` (the answer to a read).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// `<n>`, of an answer.
    pub n: Option<i64>,
    /// `<stat>`: 0 to 11, or a vendor's own.
    pub stat: i64,
    /// `<lac>` or `<tac>`, hexadecimal.
    pub tac: Option<String>,
    /// `<ci>`, hexadecimal.
    pub ci: Option<String>,
    /// `<AcT>`: 7 is E-UTRAN.
    pub act: Option<i64>,
    /// `<cause_type>`: 0 is the standard's own.
    pub cause_type: Option<i64>,
    /// `<reject_cause>`
    pub cause: Option<i64>,
    /// `<rac>`, hexadecimal, in GERAN and UTRAN.
    pub rac: Option<String>,
    /// `<Active-Time>`, T3324 as eight bits.
    pub active_time: Option<String>,
    /// `<Periodic-TAU>`, T3412 as eight bits.
    pub periodic_tau: Option<String>,
}

impl Registration {
    /// Reads the fields; `name` is the line's (`+CEREG`), where it has one.
    ///
    /// An answer has `<n>` before `<stat>`: a short bare number where an unsolicited line has the `<lac>`, which is quoted,
    /// omitted or longer.
    pub fn parse(name: &[u8], fields: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(fields).ok()?;
        let mut fields: Vec<&str> = text.split(',').map(str::trim).collect();
        let bare = |field: &&str| (1..=2).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit());
        let n = match fields.get(1) {
            Some(second) if bare(second) => Some(fields.remove(0).parse().ok()?),
            Some(_) | None => None,
        };
        let stat = fields.first()?.parse().ok()?;
        let text = |at: usize| fields.get(at).map(|field| field.trim_matches('"')).filter(|field| !field.is_empty());
        let number = |at: usize| text(at).and_then(|field| field.parse().ok());
        // `<rac>` stands before the cause in GERAN and UTRAN, the allowed NSSAI and its length in 5GS.
        let cause = match name {
            b"+CGREG" => 5,
            b"+C5GREG" => 6,
            _ => 4,
        };
        Some(Self {
            n,
            stat,
            tac: text(1).map(str::to_owned),
            ci: text(2).map(str::to_owned),
            act: number(3),
            cause_type: number(cause),
            cause: number(cause + 1),
            rac: if name == b"+CGREG" { text(4).map(str::to_owned) } else { None },
            active_time: text(cause + 2).map(str::to_owned),
            periodic_tau: text(cause + 3).map(str::to_owned),
        })
    }

    /// The part of this name: `n`, `stat`, `tac` or `lac`, `ci`, `act`, `rac`, `cause_type`, `cause`,
    /// `active_time`, `periodic_tau`.
    pub fn part(&self, name: &str) -> Option<Part> {
        let number = |value: Option<i64>| value.map_or(Part::Absent, Part::Number);
        let text = |value: &Option<String>| value.clone().map_or(Part::Absent, Part::Text);
        match name {
            "n" => Some(number(self.n)),
            "stat" => Some(Part::Number(self.stat)),
            "tac" | "lac" => Some(text(&self.tac)),
            "ci" => Some(text(&self.ci)),
            "act" => Some(number(self.act)),
            "cause_type" => Some(number(self.cause_type)),
            "cause" => Some(number(self.cause)),
            "rac" => Some(text(&self.rac)),
            "active_time" => Some(text(&self.active_time)),
            "periodic_tau" => Some(text(&self.periodic_tau)),
            _ => None,
        }
    }
}
