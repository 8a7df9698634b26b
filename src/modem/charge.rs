//! Advice of charge: what a call costs, counted in units, and the meters on the card.
//!
//! A voice call that stands costs a unit each `[charge] unit`; what has been used up is added to the card's meter when it
//! ends, and a call ends where that meter does.
//!
//! Source: 3GPP TS 22.086; TS 27.007, clauses 7.16 (`+CAOC`), 8.25 (`+CACM`), 8.26 (`+CAMM`), 8.27 (`+CPUC`), 8.28 (`+CCWE`).

use std::time::Duration;

use serde::Deserialize;

use super::command::{Call, Entry, Needs, Reply};
use super::profile::Span;
use super::sim::Price;
use super::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameters};

/// The commands of advice of charge.
pub(super) const COMMANDS: &[&[Entry]] = &[&[
    Entry::new("+CAOC", advice),
    Entry::new("+CACM", meter).needs(Needs::Sim),
    Entry::new("+CAMM", maximum).needs(Needs::Sim),
    Entry::new("+CPUC", price).needs(Needs::Sim),
    Entry::new("+CCWE", warning).needs(Needs::Sim),
]];

/// The current call meter is told no more often than this.
const TOLD: Duration = Duration::from_secs(10);
/// The warning comes so long before the meter ends.
const WARNED: Duration = Duration::from_secs(30);

/// `[charge]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeProfile {
    /// How long a unit lasts; 0: calls cost nothing.
    pub unit: Span,
}

/// The current call meter.
#[derive(Debug, Default)]
pub(super) struct Charge {
    /// The call that stands: when it began, and when its next unit does.
    call: Option<(Tick, Tick)>,
    /// Units of the call that stands, else of the last one.
    units: u32,
    told: Option<Tick>,
    warned: bool,
}

impl Charge {
    /// When [`wake`](Self::wake) has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        self.call.map(|(_, next)| next)
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        let unit = modem.profile.charge.unit.0;
        let Some((since, next)) = modem.charge.call.filter(|&(_, next)| next <= now) else { return };
        modem.charge.call = Some((since, next + unit));
        Self::add(modem, now);
    }

    /// Called after whatever has happened: a call stands now or does no longer.
    pub(super) fn follow(modem: &mut Modem, now: Tick) {
        let unit = modem.profile.charge.unit.0;
        let stands = modem.calls.word() == "voice";
        match (modem.charge.call, stands) {
            (None, true) if !unit.is_zero() => {
                modem.charge = Self { call: Some((now, now + unit)), ..Self::default() };
                Self::add(modem, now);
            }
            (Some(_), false) => {
                let profile = modem.profile.clone();
                let units = modem.charge.units;
                modem.charge.call = None;
                modem.sim.add_units(&profile.sim, units);
                Self::tell(modem);
            }
            (Some(_), true) | (None, true | false) => {}
        }
    }

    /// A unit begins.
    fn add(modem: &mut Modem, now: Tick) {
        let profile = modem.profile.clone();
        modem.charge.units = modem.charge.units.saturating_add(1).min(0x00FF_FFFF);
        if modem.charge.told.is_none_or(|told| now.since(told) >= TOLD) {
            modem.charge.told = Some(now);
            Self::tell(modem);
        }
        let end = modem.sim.call_meter_end(&profile.sim);
        if end == 0 {
            return;
        }
        let left = end.saturating_sub(modem.sim.call_meter(&profile.sim).saturating_add(modem.charge.units));
        if !modem.charge.warned && profile.charge.unit.0 * left <= WARNED {
            modem.charge.warned = true;
            modem.tell(|modem| (modem.setting(Setting::ChargeWarning) == 1).then_some("+CCWV"));
        }
        if left == 0 {
            modem.remote_hangup(now);
        }
    }

    /// `+CCCM: <ccm>`
    fn tell(modem: &mut Modem) {
        let units = modem.charge.units;
        modem.tell(|modem| (modem.setting(Setting::ChargeReport) == 2).then(|| format!("+CCCM: \"{units:06X}\"")));
    }
}

/// `+CAOC[=<mode>]`: 0 asks for the current call meter, 1 and 2 switch its reports off and on.
fn advice(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let mode = match call.form() {
        Form::Execute => Some(0),
        Form::Set(parameters) if parameters.len() > 1 => return Reply::Malformed,
        Form::Set(parameters) => match parameters.number::<u32>(0) {
            Ok(mode) => mode,
            Err(error) => return error.into(),
        },
        Form::Read => {
            let mode = modem.setting(Setting::ChargeReport);
            modem.inform(format_args!("+CAOC: {mode}"));
            return Reply::Ok;
        }
        Form::Test => {
            modem.inform(format_args!("+CAOC: (0-2)"));
            return Reply::Ok;
        }
    };
    match mode.unwrap_or(0) {
        0 => {
            let units = modem.charge.units;
            modem.inform(format_args!("+CAOC: \"{units:06X}\""));
        }
        mode @ (1 | 2) => modem.set(Setting::ChargeReport, mode),
        _ => return Reply::Malformed,
    }
    Reply::Ok
}

/// `+CACM=[<passwd>]` sets the card's meter to zero; `+CACM?` reads it.
fn meter(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    match call.form() {
        Form::Read => {
            let units = modem.sim.call_meter(&profile.sim);
            modem.inform(format_args!("+CACM: \"{units:06X}\""));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Set(parameters) if parameters.len() > 1 => Reply::Malformed,
        Form::Set(parameters) => {
            let given = password(modem, &parameters, 0);
            given.and_then(|()| Ok(modem.sim.reset_call_meter(&profile.sim)?)).into()
        }
        Form::Execute => modem.sim.reset_call_meter(&profile.sim).map_err(Reply::from).into(),
    }
}

/// `+CAMM=[<acmmax>[,<passwd>]]`: where the card's meter ends, six hexadecimal digits; 0: nowhere.
fn maximum(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    match call.form() {
        Form::Read => {
            let units = modem.sim.call_meter_end(&profile.sim);
            modem.inform(format_args!("+CAMM: \"{units:06X}\""));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Set(parameters) => {
            let text = parameters.word(0).unwrap_or_default();
            let text = std::str::from_utf8(&text).ok().filter(|text| text.len() <= 6 && parameters.len() <= 2);
            let units = match text {
                Some("") => Some(0),
                Some(text) => u32::from_str_radix(text, 16).ok().filter(|_| !text.starts_with('+')),
                None => None,
            };
            let Some(units) = units else { return Reply::Malformed };
            let given = password(modem, &parameters, 1);
            given.and_then(|()| Ok(modem.sim.end_call_meter(&profile.sim, units)?)).into()
        }
        Form::Execute => Reply::Error,
    }
}

/// `+CPUC=<currency>,<ppu>[,<passwd>]`: what a unit costs: `"EUR","0.25"`.
fn price(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let profile = modem.profile.clone();
    match call.form() {
        Form::Read => {
            let (currency, amount) = match modem.sim.price(&profile.sim) {
                Some(price) => (modem.encode(&price.currency), amount(&price)),
                None => (String::new(), "0".to_owned()),
            };
            modem.inform(format_args!("+CPUC: \"{currency}\",\"{amount}\""));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Set(parameters) => {
            let (Some(currency), Some(amount)) = (parameters.word(0), parameters.word(1)) else {
                return Reply::Malformed;
            };
            let currency = modem.decode(&currency).filter(|name| name.chars().count() == 3 && parameters.len() <= 3);
            let amount = std::str::from_utf8(&amount).ok().and_then(mantissa);
            let (Some(currency), Some((mantissa, exponent))) = (currency, amount) else { return Reply::Malformed };
            let given = password(modem, &parameters, 2);
            let price = Price { currency, mantissa, exponent };
            given.and_then(|()| Ok(modem.sim.set_price(&profile.sim, &price)?)).into()
        }
        Form::Execute => Reply::Error,
    }
}

/// `+CCWE=[<mode>]`: 1 warns before the card's meter ends: `+CCWV`.
fn warning(modem: &mut Modem, call: &Call<'_>) -> Reply {
    modem.number_setting(call, "+CCWE", Setting::ChargeWarning)
}

/// PIN2, where it is given.
fn password(modem: &mut Modem, parameters: &Parameters<'_>, at: usize) -> Result<(), Reply> {
    match parameters.word(at).filter(|word| !word.is_empty()) {
        Some(password) => Ok(modem.sim.give_pin2(&password)?),
        None => Ok(()),
    }
}

/// `2.66` → 266 and −2; `None` where that is more than 4095.
fn mantissa(text: &str) -> Option<(u16, i8)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = digits(whole) && digits(part) && !whole.is_empty() && part.len() <= 7;
    let mantissa = format!("{whole}{part}").parse::<u16>().ok().filter(|mantissa| fits && *mantissa <= 0x0FFF)?;
    Some((mantissa, -i8::try_from(part.len()).ok()?))
}

fn amount(price: &Price) -> String {
    let decimals = usize::from(price.exponent.min(0).unsigned_abs());
    let mut digits = format!("{:0width$}", price.mantissa, width = decimals + 1);
    if decimals > 0 {
        digits.insert(digits.len() - decimals, '.');
    }
    digits.extend(std::iter::repeat_n('0', usize::try_from(price.exponent.max(0)).unwrap_or(0)));
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modem::tests::Desk;

    #[test]
    fn a_call_costs_units_that_the_card_counts_until_its_meter_ends() {
        let mut desk = Desk::registered("generic-lte", &["charge.unit=10s", "dial.time=0"]);
        insta::assert_snapshot!(desk.play(r#"
            > AT+CMEE=1
            > AT+CAOC=?;+CAOC?;+CAOC
            > AT+CAOC=2
            > AT+CCWE=1
            > AT+CACM?;+CAMM?;+CPUC?
            > AT+CAMM="000008"
            > AT+CAMM="000008","5678"
            > AT+CPUC="EUR","0.25"
            > AT+CPUC="EUR","4.096"
            > AT+CPUC?
            > ATD+15550100;
            ~ 25s
            > AT+CAOC
            > ATH
            > AT+CACM?
            > AT+CRSM=178,28473,1,4,3
            > ATD+15550100;
            ~ 60s
            > AT+CACM?
            > AT+CACM=
            > AT+CACM?
        "#), @r#"
        > AT+CMEE=1
        < OK
        > AT+CAOC=?;+CAOC?;+CAOC
        < +CAOC: (0-2)
        < +CAOC: 1
        < +CAOC: \"000000\"
        < OK
        > AT+CAOC=2
        < OK
        > AT+CCWE=1
        < OK
        > AT+CACM?;+CAMM?;+CPUC?
        < +CACM: \"000000\"
        < +CAMM: \"000000\"
        < +CPUC: \"\",\"0\"
        < OK
        > AT+CAMM="000008"
        < +CME ERROR: 17
        > AT+CAMM="000008","5678"
        < OK
        > AT+CPUC="EUR","0.25"
        < OK
        > AT+CPUC="EUR","4.096"
        < ERROR
        > AT+CPUC?
        < +CPUC: \"EUR\",\"0.25\"
        < OK
        > ATD+15550100;
        < OK
        ~ 25s
        < +CCCM: \"000001\"
        < +CCCM: \"000002\"
        < +CCCM: \"000003\"
        > AT+CAOC
        < +CAOC: \"000003\"
        < OK
        > ATH
        < OK
        < +CCCM: \"000003\"
        > AT+CACM?
        < +CACM: \"000003\"
        < OK
        > AT+CRSM=178,28473,1,4,3
        < +CRSM: 144,0,\"000003\"
        < OK
        > ATD+15550100;
        < OK
        ~ 60s
        < +CCCM: \"000001\"
        < +CCCM: \"000002\"
        < +CCWV
        < +CCCM: \"000003\"
        < +CCCM: \"000004\"
        < +CCCM: \"000005\"
        < NO CARRIER
        < +CCCM: \"000005\"
        > AT+CACM?
        < +CACM: \"000008\"
        < OK
        > AT+CACM=
        < OK
        > AT+CACM?
        < +CACM: \"000000\"
        < OK
        "#);
    }

    #[test]
    fn a_meter_is_increased_by_the_card_s_own_command() {
        let mut desk = Desk::registered("generic-lte", &[]);
        insta::assert_snapshot!(desk.play(r#"
            > AT+CSIM=14,"00A40804047FFF6F39"
            > AT+CSIM=18,"00A40804047FFF6F39"
            > AT+CSIM=16,"0032000003000005"
            > AT+CSIM=10,"00C0000006"
            > AT+CSIM=10,"00B2010403"
            > AT+CSIM=10,"00B2020403"
            > AT+CSIM=16,"0032000003FFFFFF"
            > AT+CSIM=16,"00DC000303000001"
            > AT+CSIM=26,"00200081083536373 8FFFFFFFF"
            > AT+CSIM=26,"002000810835363738FFFFFFFF"
            > AT+CSIM=16,"00DC000303000001"
            > AT+CSIM=16,"00DC010403000001"
            > AT+CSIM=10,"00B2010403"
        "#), @r#"
        > AT+CSIM=14,"00A40804047FFF6F39"
        < ERROR
        > AT+CSIM=18,"00A40804047FFF6F39"
        < +CSIM: 4,\"611B\"
        < OK
        > AT+CSIM=16,"0032000003000005"
        < +CSIM: 4,\"6106\"
        < OK
        > AT+CSIM=10,"00C0000006"
        < +CSIM: 16,\"0000050000059000\"
        < OK
        > AT+CSIM=10,"00B2010403"
        < +CSIM: 10,\"0000059000\"
        < OK
        > AT+CSIM=10,"00B2020403"
        < +CSIM: 10,\"0000009000\"
        < OK
        > AT+CSIM=16,"0032000003FFFFFF"
        < +CSIM: 4,\"9850\"
        < OK
        > AT+CSIM=16,"00DC000303000001"
        < +CSIM: 4,\"6982\"
        < OK
        > AT+CSIM=26,"00200081083536373 8FFFFFFFF"
        < ERROR
        > AT+CSIM=26,"002000810835363738FFFFFFFF"
        < +CSIM: 4,\"9000\"
        < OK
        > AT+CSIM=16,"00DC000303000001"
        < +CSIM: 4,\"9000\"
        < OK
        > AT+CSIM=16,"00DC010403000001"
        < +CSIM: 4,\"6A86\"
        < OK
        > AT+CSIM=10,"00B2010403"
        < +CSIM: 10,\"0000019000\"
        < OK
        "#);
    }

    #[test]
    fn a_price_is_read_as_it_was_written() {
        for text in ["0", "1", "2.66", "0.25", "4095", "0.0000001", "10"] {
            let (mantissa, exponent) = mantissa(text).unwrap();
            assert_eq!(amount(&Price { currency: String::new(), mantissa, exponent }), text);
        }
        for wrong in ["", ".5", "4096", "x", "+1", "0.00000001"] {
            assert_eq!(mantissa(wrong), None, "{wrong}");
        }
    }
}
