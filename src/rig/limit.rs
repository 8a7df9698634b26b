//! What a measurement must keep to, as a command line and a device map write it.

use std::str::FromStr;

/// What can be measured, and in which unit.
const KNOWN: &[(&str, &str)] = &[
    ("boot", "s"),
    ("time_to_register", "s"),
    ("rssi", "dBm"),
    ("rxlev", "dBm"),
    ("rscp", "dBm"),
    ("rsrp", "dBm"),
    ("rsrq", "dB"),
    ("ss_rsrp", "dBm"),
    ("sinr", "dB"),
];

/// The unit of what is measured under that name; none where nothing is.
pub(super) fn unit(name: &str) -> &'static str {
    KNOWN.iter().find(|(known, _)| *known == name).map_or("", |(_, unit)| unit)
}

/// Whether something is measured under that name.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == name)
}

/// What can be measured, to be told.
pub(super) fn names() -> String {
    let names: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
    format!("there are {}", names.join(", "))
}

/// What a measurement must keep to.
///
/// In text: `rsrp >= -110 dBm`, `time_to_register <= 30 s`, `rsrq in -15..-3 dB`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What: `rsrp`.
    pub name: String,
    /// The least that passes.
    pub low: Option<f64>,
    /// The most that passes.
    pub high: Option<f64>,
}

// What stands in a limit is a finite number: `nan` is none.
impl Eq for Limit {}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || {
            format!(
                "expected a limit such as `rsrp >= -110 dBm` or `rsrq in -15..-3 dB`, found `{}`",
                text.escape_debug()
            )
        };
        let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).ok_or_else(shape)?;
        let (name, rest) = text.split_at(end);
        let Some((name, unit)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            return Err(format!("nothing is measured under the name `{}`; {}", name.escape_debug(), names()));
        };
        let rest = rest.trim();
        let split = rest.find(|letter: char| letter.is_ascii_digit() || letter == '-').ok_or_else(shape)?;
        let (operator, rest) = rest.split_at(split);
        let rest = match rest.trim_end().strip_suffix(unit) {
            Some(value) => value.trim_end(),
            None if rest.trim_end().ends_with(|letter: char| letter.is_alphabetic()) => {
                return Err(format!("{name} is measured in {unit}, found `{}`", text.escape_debug()));
            }
            None => rest.trim_end(),
        };
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(shape);
        let (low, high) = match operator.trim() {
            ">=" => (Some(number(rest)?), None),
            "<=" => (None, Some(number(rest)?)),
            "in" => {
                let (low, high) = rest.split_once("..").ok_or_else(shape)?;
                (Some(number(low)?), Some(number(high)?))
            }
            _ => return Err(shape()),
        };
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            return Err(format!("nothing lies between the two ends of `{}`", text.escape_debug()));
        }
        Ok(Self { name: (*name).to_owned(), low, high })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_name_a_bound_and_a_unit() {
        let read = |text: &str| text.parse::<Limit>().map(|limit| (limit.name, limit.low, limit.high));
        assert_eq!(read("rsrp >= -110 dBm"), Ok(("rsrp".into(), Some(-110.0), None)));
        assert_eq!(read("rsrp>=-110"), Ok(("rsrp".into(), Some(-110.0), None)));
        assert_eq!(read("time_to_register <= 30 s"), Ok(("time_to_register".into(), None, Some(30.0))));
        assert_eq!(read("rsrq in -15..-3 dB"), Ok(("rsrq".into(), Some(-15.0), Some(-3.0))));
        let wrong = ["", "rsrp", "speed >= 3", "rsrp > -3 dBm", "rsrp >= -3 dB", "rsrp in 3..-3 dBm", "rsrp >= nan"];
        let told: Vec<String> = wrong.iter().map(|text| text.parse::<Limit>().unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        expected a limit such as `rsrp >= -110 dBm` or `rsrq in -15..-3 dB`, found ``
        expected a limit such as `rsrp >= -110 dBm` or `rsrq in -15..-3 dB`, found `rsrp`
        nothing is measured under the name `speed`; there are boot, time_to_register, rssi, rxlev, rscp, rsrp, rsrq, ss_rsrp, sinr
        expected a limit such as `rsrp >= -110 dBm` or `rsrq in -15..-3 dB`, found `rsrp > -3 dBm`
        rsrp is measured in dBm, found `rsrp >= -3 dB`
        nothing lies between the two ends of `rsrp in 3..-3 dBm`
        expected a limit such as `rsrp >= -110 dBm` or `rsrq in -15..-3 dB`, found `rsrp >= nan`
        ");
    }
}
