//! What is measured of a board: a value with its unit, and the limits that it must keep.

use serde::{Deserialize, Serialize};

use super::dialog::{Dialog, Said};
use super::fault::{Fault, Kind};
use super::vendor::Vendor;
use crate::rig::limit::{Limit, unit};
use crate::wire::values::{ExtendedSignal, SignalQuality};

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

impl Measurement {
    /// A value, held against the limits that are of it.
    pub(super) fn new(name: &'static str, value: f64, limits: &[Limit]) -> Self {
        let unit = unit(name);
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
    fn the_closest_of_several_limits_holds() {
        let limits: Vec<Limit> =
            ["rsrp >= -110", "rsrp >= -100", "rssi <= -50"].iter().map(|text| text.parse().unwrap()).collect();
        let weak = Measurement::new("rsrp", -105.0, &limits);
        assert_eq!((weak.low, weak.high, weak.pass), (Some(-100.0), None, false));
        insta::assert_snapshot!(weak.fault().unwrap().words, @"expected rsrp of at least -100 dBm, measured -105 dBm");
        assert!(Measurement::new("rsrp", -100.0, &limits).pass);
    }
}
