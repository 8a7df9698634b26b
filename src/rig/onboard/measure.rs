//! What is measured of a board: a value with its unit, and the limits that it must keep.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::dialog::{Dialog, Said};
use super::fault::{Fault, Kind};
use super::vendor::Vendor;
use crate::wire::values::{ExtendedSignal, SignalQuality};

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

/// Something that was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// What: `rsrp`.
    pub name: String,
    /// How much.
    pub value: f64,
    /// Of what: `dBm`, `dB`, `s`.
    pub unit: String,
    /// The least that passes.
    pub low: Option<f64>,
    /// The most that passes.
    pub high: Option<f64>,
    /// Whether it keeps the limits.
    pub pass: bool,
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
            let known: Vec<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "nothing is measured under the name `{}`; there are {}",
                name.escape_debug(),
                known.join(", ")
            ));
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

impl Measurement {
    /// A value, held against the limits that are of it.
    pub(super) fn new(name: &'static str, value: f64, limits: &[Limit]) -> Self {
        let unit = KNOWN.iter().find(|(known, _)| *known == name).map_or("", |(_, unit)| unit);
        let of_it = || limits.iter().filter(|limit| limit.name == name);
        let low = of_it().filter_map(|limit| limit.low).reduce(f64::max);
        let high = of_it().filter_map(|limit| limit.high).reduce(f64::min);
        let pass = low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high);
        Self { name: name.to_owned(), value, unit: unit.to_owned(), low, high, pass }
    }

    /// The fault of one that does not keep its limits.
    pub(super) fn fault(&self) -> Option<Fault> {
        let Self { name, value, unit, low, high, pass } = self;
        if *pass {
            return None;
        }
        let wanted = match (low, high) {
            (Some(low), Some(high)) => format!("{low} to {high} {unit}"),
            (Some(low), None) => format!("at least {low} {unit}"),
            (None, Some(high)) => format!("at most {high} {unit}"),
            (None, None) => return None,
        };
        let kind = if name == "boot" { Kind::Modem } else { Kind::Network };
        Some(Fault::new(kind, "limit", format!("expected {name} of {wanted}, measured {value} {unit}")).help(
            if unit == "s" {
                "is it slower than others of its model?"
            } else {
                "is the antenna connected, and the fixture's attenuation right?"
            },
        ))
    }
}

impl std::fmt::Display for Measurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.name, self.value, self.unit)
    }
}

/// Reads how well the board hears the network.
pub(super) async fn signal(dialog: &mut Dialog, vendor: &Vendor, limits: &[Limit]) -> Result<Vec<Measurement>, Fault> {
    let mut found = Vec::new();
    let mut put = |name, value: Option<f64>| found.extend(value.map(|value| Measurement::new(name, value, limits)));
    if let Said::Lines(lines) = dialog.get("AT+CSQ").await?
        && let Some(quality) = lines.iter().find_map(|line| SignalQuality::parse(line.as_bytes()).ok())
    {
        put("rssi", quality.dbm().map(f64::from));
    }
    if let Said::Lines(lines) = dialog.get("AT+CESQ").await?
        && let Some(signal) = lines.iter().find_map(|line| ExtendedSignal::parse(line.as_bytes()).ok())
    {
        put("rxlev", signal.rxlev_dbm().map(f64::from));
        put("rscp", signal.rscp_dbm().map(f64::from));
        put("rsrp", signal.rsrp_dbm().map(f64::from));
        put("rsrq", signal.rsrq_decibels().map(|tenths| f64::from(tenths) / 10.0));
        put("ss_rsrp", signal.ss_rsrp_dbm().map(f64::from));
    }
    for (command, reading) in vendor.signal {
        if let Said::Lines(lines) = dialog.get(command).await? {
            put("sinr", lines.iter().find_map(|line| reading(line)));
        }
    }
    Ok(found)
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

    #[test]
    fn the_closest_of_several_limits_holds() {
        let limits: Vec<Limit> =
            ["rsrp >= -110", "rsrp >= -100", "rssi <= -50"].iter().map(|text| text.parse().unwrap()).collect();
        let weak = Measurement::new("rsrp", -105.0, &limits);
        assert_eq!((weak.low, weak.high, weak.pass), (Some(-100.0), None, false));
        insta::assert_snapshot!(weak.fault().unwrap().words, @"expected rsrp of at least -100 dBm, measured -105 dBm");
        assert!(Measurement::new("rsrp", -100.0, &limits).pass);
    }
}
