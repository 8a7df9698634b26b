//! The serving cell as makers' own commands report it: system, operator, band, signal.

use std::fmt;

use super::words::Said;
use crate::wire::response::Fields;

/// What a maker's line says of the cell; what it leaves out is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell<'a> {
    /// The radio system, as the maker spells it.
    system: &'a str,
    /// `Online`, where it is told.
    mode: Option<&'a str>,
    operator: Option<&'a str>,
    band: Option<&'a str>,
    channel: Option<&'a str>,
    cell: Option<&'a str>,
    area: Option<&'a str>,
    /// In tenths of a dBm.
    rssi: Option<i64>,
    /// In tenths of a dBm.
    rsrp: Option<i64>,
    /// In tenths of a dB.
    rsrq: Option<i64>,
    /// In tenths of a dB.
    sinr: Option<i64>,
}

/// `+CPSI: LTE,Online,<mcc-mnc>,<tac>,<cell>,<pci>,<band>,<earfcn>,<dl>,<ul>,<rsrq>,<rsrp>,<rssi>,<rssnr>`.
///
/// Modules of the SIM7000 family give dB, those of the SIM7600 family tenths of it: an RSRP below -200 tells.
///
/// Source: SIMCom's AT command manuals, `+CPSI`.
pub(super) fn simcom(value: &[u8]) -> Option<Said<'_>> {
    let fields: Vec<&str> = texts(value)?;
    let text = |at: usize| fields.get(at).copied().filter(|text| !text.is_empty());
    let system = text(0)?;
    let mode = text(1);
    if system == "NO SERVICE" || !system.starts_with("LTE") {
        return Some(Said::Cell(Cell { system, mode, operator: text(2), ..Cell::default() }));
    }
    let number = |at: usize| text(at)?.parse::<i64>().ok();
    let tenths = number(11).is_some_and(|rsrp| rsrp < -200);
    let scaled = |at: usize| number(at).map(|number| if tenths { number } else { number * 10 });
    Some(Said::Cell(Cell {
        system,
        mode,
        operator: text(2),
        area: text(3),
        cell: text(4),
        band: text(6),
        channel: text(7),
        rsrq: scaled(10),
        rsrp: scaled(11),
        rssi: scaled(12),
        sinr: None,
    }))
}

/// `+QNWINFO: "<system>","<operator>","<band>",<channel>`, or `No Service`.
///
/// Source: Quectel's AT commands manuals for LTE modules, `+QNWINFO`.
pub(super) fn quectel_network(value: &[u8]) -> Option<Said<'_>> {
    let fields = texts(value)?;
    let text = |at: usize| fields.get(at).copied().filter(|text| !text.is_empty());
    let system = text(0)?;
    Some(Said::Cell(Cell { system, operator: text(1), band: text(2), channel: text(3), ..Cell::default() }))
}

/// `+QCSQ: "<system>",<rssi>,<rsrp>,<sinr>,<rsrq>` in LTE, `"GSM",<rssi>`, `"NOSERVICE"`.
///
/// The SINR is in fifths of a dB above -20 dB.
///
/// Source: Quectel's AT commands manual of the BG95 and BG77, `+QCSQ`.
pub(super) fn quectel_signal(value: &[u8]) -> Option<Said<'_>> {
    let fields = texts(value)?;
    let system = fields.first().copied().filter(|text| !text.is_empty())?;
    let number = |at: usize| fields.get(at)?.parse::<i64>().ok();
    Some(Said::Cell(Cell {
        system,
        rssi: number(1).map(|dbm| dbm * 10),
        rsrp: number(2).map(|dbm| dbm * 10),
        sinr: number(3).map(|fifths| fifths * 2 - 200),
        rsrq: number(4).map(|db| db * 10),
        ..Cell::default()
    }))
}

fn texts(value: &[u8]) -> Option<Vec<&str>> {
    Fields::new(value).take(16).map(|field| std::str::from_utf8(field.text()).ok().map(str::trim)).collect()
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.system.replace(' ', "").eq_ignore_ascii_case("NOSERVICE") {
            "no service"
        } else {
            self.system
        })?;
        let words = [
            ("", self.mode),
            (" by ", self.operator),
            (", band ", self.band),
            (", channel ", self.channel),
            (", area ", self.area),
            (", cell ", self.cell),
        ];
        for (before, word) in words {
            match word {
                Some("Online") if before.is_empty() => {}
                Some(word) if before.is_empty() => write!(out, " ({word})")?,
                Some(word) => write!(out, "{before}{word}")?,
                None => {}
            }
        }
        let figures = [
            ("RSRP", self.rsrp, "dBm"),
            ("RSRQ", self.rsrq, "dB"),
            ("RSSI", self.rssi, "dBm"),
            ("SINR", self.sinr, "dB"),
        ];
        for (name, tenths, unit) in figures {
            let Some(tenths) = tenths else { continue };
            let sign = if tenths < 0 { "-" } else { "" };
            let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
            match part {
                0 => write!(out, ", {name} {sign}{whole} {unit}")?,
                _ => write!(out, ", {name} {sign}{whole}.{part} {unit}")?,
            }
        }
        Ok(())
    }
}
