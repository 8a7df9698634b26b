//! Calls that the host sets up: `D`, as far as a circuit carries them.
//!
//! Source: 3GPP TS 24.008, clause 5.2.1; TS 27.007, clauses 6.1 to 6.5; TS 22.030, clause 6.5.5.5 (`*31#`, `#31#`).

use std::sync::Arc;
use std::time::Duration;

use super::circuit::{Bearer, CircuitCall, Ending, Party, Stat, Step};
use super::profile::CallAnswer;
use super::release::Cause;
use super::route::CallEffect;
use super::services::{Class, Outgoing, Reason};
use crate::modem::command::{Owner, Pending, Reply};
use crate::modem::{DialOutcome, Modem, Network, Setting, Tick};
use crate::wire::result::FinalResult;

/// What the host dials.
#[derive(Debug)]
pub(in crate::modem) struct Dialled {
    pub(in crate::modem) number: String,
    pub(in crate::modem) voice: bool,
    /// For this call alone: our number is hidden, or shown.
    pub(in crate::modem) hides: Option<bool>,
    /// `@`: that nobody answers is to be told.
    pub(in crate::modem) silence: bool,
}

/// Sets up a call.
pub(in crate::modem) fn set_up(modem: &mut Modem, now: Tick, mut dialled: Dialled) -> Reply {
    let profile = Arc::clone(&modem.profile);
    take_prefix(&mut dialled);
    let bearer = Bearer::of(!dialled.voice);
    let number = dialled.number;
    let usual = if dialled.voice { profile.dial.voice } else { profile.dial.data };
    let outcome = profile.dial.numbers.get(&number).copied().unwrap_or(usual);
    if outcome == DialOutcome::Error {
        return Reply::Error;
    }
    if !modem.calls.circuit.can_dial() {
        return Reply::Result(FinalResult::NoCarrier);
    }
    let emergency = dialled.voice && Network::is_emergency(modem, &number);
    let served = if emergency { Network::begin_emergency(modem) } else { modem.network.serves_voice() };
    let refusal = if number.is_empty() {
        Some(Ending::Released(Cause::INVALID_NUMBER))
    } else if !served {
        Some(Ending::Released(Cause::NETWORK_OUT_OF_ORDER))
    } else if !emergency && is_barred(modem, &number, bearer) {
        intermediate(modem, 5);
        Some(Ending::Released(Cause::FACILITY_REJECTED))
    } else if outcome == DialOutcome::NoDialtone {
        Some(Ending::NoDialtone)
    } else {
        None
    };
    let mut call = CircuitCall::new(Party { number, name: String::new() }, bearer, Stat::Dialling);
    call.emergency = emergency;
    call.port = Some(modem.terminal.port);
    call.silence = dialled.silence;
    call.pending = bearer == Bearer::Data || profile.call.ok == CallAnswer::Connected || refusal.is_some();
    let limit = connect_limit(modem);
    match refusal {
        Some(ending) => call.plan(now, profile.dial.time.0.min(limit), Step::End(ending)),
        None => plan(&mut call, now, outcome, limit, &profile),
    }
    let (pending, number) = (call.pending, call.party.number.clone());
    let Ok((ticket, held)) = modem.calls.circuit.dial(call) else {
        return Reply::Result(FinalResult::NoCarrier);
    };
    modem.take_changes(now, held);
    if refusal.is_none() {
        let hidden = hides_number(modem, dialled.hides);
        let own = Some(profile.sim.msisdn.clone()).filter(|own| !hidden && !own.is_empty());
        modem.call_effect(ticket, CallEffect::Dial { number, from: own, data: bearer == Bearer::Data });
        notify(modem, dialled.hides);
    }
    modem.calls_changed(now);
    if pending { Reply::Later(Pending::by(Owner::Calls).abortable()) } else { Reply::Ok }
}

/// How long the other end may take. V.250 clause 6.3.10 (S7) has the modem give up; makers' 0 is no limit of the modem's
/// own, and the network gives up in its place.
pub(in crate::modem) fn connect_limit(modem: &Modem) -> Duration {
    match modem.setting(Setting::ConnectTime) {
        0 => modem.profile.call.no_answer.0,
        seconds => Duration::from_secs(seconds.into()),
    }
}

/// What becomes of a call that nobody but the profile carries.
fn plan(call: &mut CircuitCall, now: Tick, outcome: DialOutcome, limit: Duration, profile: &crate::modem::Profile) {
    let (alerting, answer) = match call.bearer {
        Bearer::Voice => (profile.call.alerting.0, profile.call.alerting.0 + profile.call.answer.0),
        Bearer::Data => (profile.dial.time.0, profile.dial.time.0),
    };
    let end = |cause| Step::End(Ending::Released(cause));
    let steps: &[(Duration, Step)] = match outcome {
        DialOutcome::Connect => &[(alerting, Step::Alert), (answer, Step::Answer)],
        DialOutcome::NoAnswer => &[(alerting, Step::Alert), (limit, end(Cause::NO_ANSWER))],
        DialOutcome::Busy => &[(alerting, end(Cause::BUSY))],
        DialOutcome::NoCarrier | DialOutcome::NoDialtone | DialOutcome::Error => &[(alerting, end(Cause::UNSPECIFIED))],
    };
    for &(after, step) in steps.iter().filter(|(after, _)| *after <= limit) {
        call.plan(now, after, step);
    }
    if steps.iter().any(|(after, _)| *after > limit) {
        call.plan(now, limit, end(Cause::NO_ANSWER));
    }
}

/// `*31#` and `#31#` before a number: our number is shown, or hidden, this time.
fn take_prefix(dialled: &mut Dialled) {
    for (prefix, hides) in [("*31#", false), ("#31#", true)] {
        if let Some(number) = dialled.number.strip_prefix(prefix).filter(|number| !number.is_empty()) {
            dialled.number = number.to_owned();
            dialled.hides = dialled.hides.or(Some(hides));
        }
    }
}

/// Whether the other end does not see who calls: the modifier of this call, else `+CLIR`, else the subscription.
///
/// Source: 3GPP TS 22.081, clause 2.
fn hides_number(modem: &Modem, wish: Option<bool>) -> bool {
    let provision = modem.profile.call.clir;
    let wish = wish.or(match modem.setting(Setting::CallerHidden) {
        1 => Some(true),
        2 => Some(false),
        _ => None,
    });
    match provision {
        0 => false,
        1 => true,
        _ => wish.unwrap_or(provision == 3),
    }
}

/// What the network says of our own services while it sets up a call. Source: 3GPP TS 27.007, clause 7.17.
fn notify(modem: &mut Modem, wish: Option<bool>) {
    let services = &modem.services;
    let unconditional = services.any_forwarding(&[Reason::Unconditional]);
    let conditional = services.any_forwarding(&[Reason::Busy, Reason::NoReply, Reason::NotReachable]);
    let shown = wish == Some(false) || wish.is_none() && modem.setting(Setting::CallerHidden) == 2;
    let refused = shown && modem.profile.call.clir == 1;
    for (applies, code) in [(unconditional, 0), (conditional, 1), (refused, 7)] {
        if applies {
            intermediate(modem, code);
        }
    }
}

/// `+CSSI: <code1>` is an intermediate result: the port that dials has it, before the result of its dial command.
fn intermediate(modem: &mut Modem, code: u8) {
    if modem.setting(Setting::ServiceIntermediate) != 0 {
        modem.inform(format_args!("+CSSI: {code}"));
    }
}

fn is_barred(modem: &Modem, number: &str, bearer: Bearer) -> bool {
    let code = number.strip_prefix('+').or_else(|| number.strip_prefix("00")).map(country_code);
    let home = modem.profile.sim.msisdn.strip_prefix('+').map(country_code);
    let home_country = code == home;
    let international = code.is_some() && (modem.network.roams() || !home_country);
    let class = Class::of(bearer == Bearer::Data);
    modem.services.bars_outgoing(Outgoing { class, international, home_country })
}

/// The country code that these digits begin with: one digit for the zones 1 and 7, two for those that ITU-T E.164 has
/// given two, else three.
fn country_code(digits: &str) -> &str {
    let two = digits.get(..2).unwrap_or(digits);
    let length = match two.as_bytes() {
        [b'1' | b'7', ..] => 1,
        b"20" | b"27" | b"30" | b"31" | b"32" | b"33" | b"34" | b"36" | b"39" | b"40" | b"41" | b"43" | b"44"
        | b"45" | b"46" | b"47" | b"48" | b"49" | b"51" | b"52" | b"53" | b"54" | b"55" | b"56" | b"57" | b"58"
        | b"60" | b"61" | b"62" | b"63" | b"64" | b"65" | b"66" | b"81" | b"82" | b"84" | b"86" | b"90" | b"91"
        | b"92" | b"93" | b"94" | b"95" | b"98" => 2,
        _ => 3,
    };
    digits.get(..length).unwrap_or(digits)
}

#[cfg(test)]
mod tests {
    use super::country_code;

    #[test]
    fn a_country_code_ends_where_e164_ends_it() {
        assert_eq!(["15550100", "4420", "35315", "7", ""].map(country_code), ["1", "44", "353", "7", ""]);
    }
}
