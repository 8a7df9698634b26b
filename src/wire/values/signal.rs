//! Signal strength and quality.

use std::fmt;

use super::ValueError;
use super::fields::{Fields, after_name};

/// Signal quality as `+CSQ` reports it.
///
/// On the wire: `+CSQ: <rssi>,<ber>`, both decimal, no leading zeros. `rssi` 0 to 31 or 99: dBm = 2 · rssi − 113, both ends
/// open, 99 unknown. `ber` 0 to 7 or 99: RXQUAL class, 99 unknown.
///
/// Source: 3GPP TS 27.007, clause 8.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignalQuality {
    /// `<rssi>`, as it stands on the wire.
    pub rssi: u8,
    /// `<ber>`, as it stands on the wire.
    pub ber: u8,
}

impl SignalQuality {
    /// Nothing is known: `+CSQ: 99,99`.
    pub const UNKNOWN: Self = Self { rssi: 99, ber: 99 };

    /// The value of a received strength in dBm, the bit error rate unknown. What lies beyond either end is put at that end.
    pub fn from_dbm(dbm: i16) -> Self {
        let steps = (dbm.clamp(-113, -51) + 113) / 2;
        Self { rssi: u8::try_from(steps).unwrap_or(99), ber: 99 }
    }

    /// The strength in dBm, −113 to −51; `None` where it is unknown.
    pub fn dbm(self) -> Option<i16> {
        (self.rssi <= 31).then(|| 2 * i16::from(self.rssi) - 113)
    }

    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no `+CSQ` line with two numbers.
    pub fn parse(line: &[u8]) -> Result<Self, ValueError> {
        let mut fields = Fields::new(after_name(line, "+CSQ")?);
        match (fields.number(), fields.number()) {
            (Some(rssi), Some(ber)) => Ok(Self { rssi, ber }),
            (_, _) => Err(ValueError::new("+CSQ: <rssi>,<ber>", line)),
        }
    }
}

impl fmt::Display for SignalQuality {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+CSQ: {},{}", self.rssi, self.ber)
    }
}

/// Signal quality as `+CESQ` reports it, each technology in its own fields.
///
/// On the wire: `+CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>[,<ss_rsrq>,<ss_rsrp>,<ss_sinr>]`, all decimal; 99 is unknown in the first
/// two, 255 in the others. The last three belong to NR and are written where one of them is known.
///
/// Source: 3GPP TS 27.007, clause 8.69.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExtendedSignal {
    /// 0 to 63, GERAN: 0 below −110 dBm, 63 from −48 dBm on.
    pub rxlev: u8,
    /// 0 to 7, GERAN: RXQUAL class.
    pub ber: u8,
    /// 0 to 96, UTRA: 0 below −120 dBm, 96 from −25 dBm on.
    pub rscp: u8,
    /// 0 to 49, UTRA: 0 below −24 dB, 49 from 0 dB on, steps of 0.5 dB.
    pub ecno: u8,
    /// 0 to 34, E-UTRA: 0 below −19.5 dB, 34 from −3 dB on, steps of 0.5 dB.
    pub rsrq: u8,
    /// 0 to 97, E-UTRA: 0 below −140 dBm, 97 from −44 dBm on.
    pub rsrp: u8,
    /// 0 to 126, NR: 0 below −43 dB, 126 from 20 dB on, steps of 0.5 dB.
    pub ss_rsrq: u8,
    /// 0 to 126, NR: 0 below −156 dBm, 126 from −31 dBm on.
    pub ss_rsrp: u8,
    /// 0 to 127, NR: 0 below −23 dB, 127 from 40 dB on, steps of 0.5 dB.
    pub ss_sinr: u8,
}

impl ExtendedSignal {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        rxlev: 99,
        ber: 99,
        rscp: 255,
        ecno: 255,
        rsrq: 255,
        rsrp: 255,
        ss_rsrq: 255,
        ss_rsrp: 255,
        ss_sinr: 255,
    };

    /// `<rxlev>` of a strength in dBm.
    pub fn rxlev_from_dbm(dbm: i16) -> u8 {
        step(dbm, -111, 63)
    }

    /// `<rscp>` of a strength in dBm.
    pub fn rscp_from_dbm(dbm: i16) -> u8 {
        step(dbm, -121, 96)
    }

    /// `<rsrp>` of a strength in dBm.
    pub fn rsrp_from_dbm(dbm: i16) -> u8 {
        step(dbm, -141, 97)
    }

    /// `<rsrq>` of a quality in tenths of a dB.
    pub fn rsrq_from_decibels(tenths: i16) -> u8 {
        step(tenths.div_euclid(5), -40, 34)
    }

    /// `<ss_rsrp>` of a strength in dBm.
    pub fn ss_rsrp_from_dbm(dbm: i16) -> u8 {
        step(dbm, -157, 126)
    }

    /// RSRP in dBm, the lower end of its step; `None` where it is unknown.
    pub fn rsrp_dbm(self) -> Option<i16> {
        (self.rsrp <= 97).then(|| i16::from(self.rsrp) - 141)
    }

    /// RSRQ in tenths of a dB, the lower end of its step; `None` where it is unknown.
    pub fn rsrq_decibels(self) -> Option<i16> {
        (self.rsrq <= 34).then(|| i16::from(self.rsrq) * 5 - 200)
    }

    /// RSCP in dBm, the lower end of its step; `None` where it is unknown.
    pub fn rscp_dbm(self) -> Option<i16> {
        (self.rscp <= 96).then(|| i16::from(self.rscp) - 121)
    }

    /// RXLEV in dBm, the lower end of its step; `None` where it is unknown.
    pub fn rxlev_dbm(self) -> Option<i16> {
        (self.rxlev <= 63).then(|| i16::from(self.rxlev) - 111)
    }

    /// SS-RSRP in dBm, the lower end of its step; `None` where it is unknown.
    pub fn ss_rsrp_dbm(self) -> Option<i16> {
        (self.ss_rsrp <= 126).then(|| i16::from(self.ss_rsrp) - 157)
    }

    /// Reads a line, with or without the fields of NR.
    ///
    /// # Errors
    /// Where it is no `+CESQ` line with six numbers.
    pub fn parse(line: &[u8]) -> Result<Self, ValueError> {
        let mut fields = Fields::new(after_name(line, "+CESQ")?);
        let mut six = [255; 6];
        for field in &mut six {
            *field = fields.number().ok_or_else(|| ValueError::new("+CESQ: and six numbers", line))?;
        }
        let [rxlev, ber, rscp, ecno, rsrq, rsrp] = six;
        let [ss_rsrq, ss_rsrp, ss_sinr] = [(); 3].map(|()| fields.number().unwrap_or(255));
        Ok(Self { rxlev, ber, rscp, ecno, rsrq, rsrp, ss_rsrq, ss_rsrp, ss_sinr })
    }
}

impl fmt::Display for ExtendedSignal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "+CESQ: {},{},{},{}", self.rxlev, self.ber, self.rscp, self.ecno)?;
        write!(out, ",{},{}", self.rsrq, self.rsrp)?;
        if [self.ss_rsrq, self.ss_rsrp, self.ss_sinr] == [255; 3] {
            return Ok(());
        }
        write!(out, ",{},{},{}", self.ss_rsrq, self.ss_rsrp, self.ss_sinr)
    }
}

/// The step that `value` falls into, where step 0 lies below `lowest` + 1 and `highest` is open upwards.
fn step(value: i16, lowest: i16, highest: u8) -> u8 {
    u8::try_from(value.saturating_sub(lowest).clamp(0, i16::from(highest))).unwrap_or(highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dbm_and_rssi_agree_at_both_ends_and_in_between() {
        for (dbm, rssi) in [(-150, 0), (-113, 0), (-111, 1), (-71, 21), (-53, 30), (-51, 31), (0, 31)] {
            assert_eq!(SignalQuality::from_dbm(dbm).rssi, rssi, "{dbm} dBm");
        }
        for rssi in 0..=31 {
            let dbm = SignalQuality { rssi, ber: 0 }.dbm().expect("known");
            assert_eq!(SignalQuality::from_dbm(dbm).rssi, rssi);
        }
        assert_eq!(SignalQuality::UNKNOWN.dbm(), None);
    }

    #[test]
    fn the_steps_of_the_extended_report_are_those_of_the_standard() {
        assert_eq!([-141, -140, -100, -44, -20].map(ExtendedSignal::rsrp_from_dbm), [0, 1, 41, 97, 97]);
        assert_eq!([-200, -195, -190, -30, 0].map(ExtendedSignal::rsrq_from_decibels), [0, 1, 2, 34, 34]);
        assert_eq!([-121, -120, -25].map(ExtendedSignal::rscp_from_dbm), [0, 1, 96]);
        assert_eq!([-111, -110, -48].map(ExtendedSignal::rxlev_from_dbm), [0, 1, 63]);
        assert_eq!([-157, -156, -31].map(ExtendedSignal::ss_rsrp_from_dbm), [0, 1, 126]);
    }

    #[test]
    fn a_line_is_written_and_read_again() {
        for line in ["+CSQ: 21,99", "+CSQ: 99,99"] {
            assert_eq!(SignalQuality::parse(line.as_bytes()).expect("a line").to_string(), line);
        }
        for line in ["+CESQ: 99,99,255,255,20,45", "+CESQ: 99,99,255,255,255,255,86,90,70"] {
            assert_eq!(ExtendedSignal::parse(line.as_bytes()).expect("a line").to_string(), line);
        }
    }

    #[test]
    fn extra_parameters_and_a_missing_blank_are_ignored() {
        assert_eq!(SignalQuality::parse(b"+CSQ:9,0,1,2"), Ok(SignalQuality { rssi: 9, ber: 0 }));
        insta::assert_snapshot!(SignalQuality::parse(b"+CSQ: x,0").expect_err("no number"), @"expected +CSQ: <rssi>,<ber>, found `+CSQ: x,0`");
        insta::assert_snapshot!(SignalQuality::parse(b"+CREG: 1").expect_err("another line"), @"expected +CSQ, found `+CREG: 1`");
    }
}
