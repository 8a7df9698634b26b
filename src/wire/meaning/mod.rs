//! What a command is for, and what a line of a modem says, in words.
//!
//! Knows the commands of ITU-T V.250, 3GPP TS 27.007 and TS 27.005 by name, and puts the values of [`super::values`] and
//! [`super::result`] into words. Does not know makers' commands, nor what was sent before a line: where that would
//! decide, both readings are given.

mod titles;

pub use titles::Title;

use crate::wire::command::{Command, Family, NAME_MAXIMUM};
use crate::wire::result::{CmeError, CmsError, FinalResult};
use crate::wire::values::{
    Domain, ExtendedSignal, OperatorList, OperatorSelection, OperatorStatus, PinState, RegistrationLine, RejectCause,
    Seen, SelectionMode, SignalQuality,
};

/// What the standard has `command` for; `None` for a maker's command.
pub fn of_command(command: &Command<'_>) -> Option<Title> {
    match command {
        Command::Basic { family: Family::Plain, letter, .. } => titles::basic(*letter),
        Command::Basic { family: Family::Ampersand, letter, .. } => titles::ampersand(*letter),
        Command::Basic {
            family: Family::Backslash | Family::Percent | Family::Asterisk | Family::Exclamation | Family::Hyphen,
            ..
        } => None,
        Command::SRegister { number, .. } => titles::register(*number),
        Command::Dial(_) => titles::basic(b'D'),
        Command::Extended { name, .. } => titles::extended(name.folded(&mut [0; NAME_MAXIMUM])?),
    }
}

/// What the standard has the command of this name for, its prefix included, in either case.
pub fn of_name(name: &str) -> Option<Title> {
    titles::extended(&name.to_ascii_uppercase())
}

/// What a line of a modem says, without its line ends; `None` where its values are not known.
///
/// ```
/// use atgate::wire::meaning::of_line;
///
/// assert_eq!(of_line(b"+CSQ: 21,99").as_deref(), Some("signal -71 dBm, bit error rate unknown"));
/// ```
pub fn of_line(line: &[u8]) -> Option<String> {
    let line = line.trim_ascii();
    result(line)
        .or_else(|| RegistrationLine::parse(line).ok().map(seen))
        .or_else(|| SignalQuality::parse(line).ok().map(signal))
        .or_else(|| ExtendedSignal::parse(line).ok().map(extended_signal))
        .or_else(|| PinState::parse(line).ok().map(|state| pin(state).to_owned()))
        .or_else(|| operator(line))
        .or_else(|| network_cause(line))
        .or_else(|| choice(line))
}

fn result(line: &[u8]) -> Option<String> {
    if let Some(error) = line.strip_prefix(b"+CME ERROR:") {
        let error = CmeError::parse(error)?;
        return Some(format!(
            "error {} of the equipment: {}",
            error.number(),
            error.text().unwrap_or("the maker's own")
        ));
    }
    if let Some(error) = line.strip_prefix(b"+CMS ERROR:") {
        let error = CmsError::parse(error)?;
        return Some(format!(
            "error {} of the message service: {}",
            error.number(),
            error.text().unwrap_or("the maker's own")
        ));
    }
    let words = match (FinalResult::from_text(line), line) {
        (Some(FinalResult::Ok), _) => "the command line was carried out",
        (Some(FinalResult::Error), _) => "the command line was not carried out, or only up to the command that failed",
        (Some(FinalResult::NoCarrier), _) => "no connection, or its end",
        (Some(FinalResult::NoDialtone), _) => "no dial tone",
        (Some(FinalResult::Busy), _) => "the other side is busy",
        (Some(FinalResult::NoAnswer), _) => "nobody answered",
        (Some(FinalResult::Delayed), _) => "a call to this number has to wait",
        (Some(FinalResult::Blacklisted), _) => "no more calls to this number",
        (Some(FinalResult::Aborted), _) => "a keystroke ended the command",
        (Some(FinalResult::Cme(_) | FinalResult::Cms(_)) | None, b"RING") => "an incoming call",
        (Some(FinalResult::Cme(_) | FinalResult::Cms(_)) | None, _) if line.starts_with(b"CONNECT") => {
            "connected: what follows is data"
        }
        (Some(FinalResult::Cme(_) | FinalResult::Cms(_)) | None, _) => return None,
    };
    Some(words.to_owned())
}

fn seen(seen: Seen<'_>) -> String {
    match seen {
        Seen::Unsolicited(line) => registration(&line),
        Seen::Answer(line) => format!("{}; reporting n = {}", registration(&line), line.n.unwrap_or_default()),
        Seen::Either(urc, answer) => {
            let n = answer.n.unwrap_or_default();
            format!(
                "either unsolicited: {}; or an answer: {}; reporting n = {n}",
                registration(&urc),
                registration(&answer)
            )
        }
    }
}

fn registration(line: &RegistrationLine<'_>) -> String {
    let domain = match line.domain {
        Domain::Cs => "circuit-switched",
        Domain::Ps => "packet-switched",
        Domain::Eps => "EPS",
        Domain::FiveGs => "5GS",
    };
    let mut words = format!("{domain}: {}", line.stat);
    let mut add = |part: Option<String>| words.extend(part.into_iter().flat_map(|part| [", ".to_owned(), part]));
    add(line.area.map(|area| format!("area {area:04X}")));
    add(line.cell.map(|cell| format!("cell {cell:08X}")));
    add(line.act.map(|act| act.to_string()));
    add(line.reject_cause.map(|number| match line.cause_type {
        Some(0) | None => cause(RejectCause::new(number), line.domain),
        Some(_) => format!("the maker's cause {number}"),
    }));
    add(line
        .active_time
        .map(|timer| timer.seconds().map_or("no active time".into(), |time| format!("active time {time} s"))));
    add(line.periodic.map(|timer| {
        timer.seconds().map_or("no periodic update".into(), |time| format!("periodic update every {time} s"))
    }));
    words
}

fn cause(cause: RejectCause, domain: Domain) -> String {
    let number = cause.number();
    match (cause.name(domain), cause.meaning()) {
        (Some(name), Some(meaning)) => format!("cause #{number} {name}: {meaning}"),
        (None, Some(_)) => format!("cause #{number}, which this domain does not have"),
        (_, None) => format!("cause #{number}, which no standard names"),
    }
}

/// `+CNEC_EMM: 6` and its kin.
fn network_cause(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line.strip_prefix(b"+CNEC_")?).ok()?;
    let (kind, rest) = text.split_once(':')?;
    let domain = match kind {
        "MM" => Domain::Cs,
        "GMM" => Domain::Ps,
        "EMM" => Domain::Eps,
        "5GMM" => Domain::FiveGs,
        _ => return None,
    };
    let number = rest.split(',').next()?.trim().parse().ok()?;
    Some(format!("{kind} {}", cause(RejectCause::new(number), domain)))
}

fn signal(signal: SignalQuality) -> String {
    let strength = signal.dbm().map_or("signal unknown".into(), |dbm| format!("signal {dbm} dBm"));
    match signal.ber {
        0..=7 => format!("{strength}, bit error class {}", signal.ber),
        _ => format!("{strength}, bit error rate unknown"),
    }
}

fn extended_signal(signal: ExtendedSignal) -> String {
    let decibels =
        |tenths: i16| format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
    let parts = [
        signal.rxlev_dbm().map(|dbm| format!("GERAN RXLEV {dbm} dBm")),
        signal.rscp_dbm().map(|dbm| format!("UTRA RSCP {dbm} dBm")),
        signal.rsrp_dbm().map(|dbm| format!("E-UTRA RSRP {dbm} dBm")),
        signal.rsrq_decibels().map(|tenths| format!("E-UTRA RSRQ {} dB", decibels(tenths))),
        signal.ss_rsrp_dbm().map(|dbm| format!("NR SS-RSRP {dbm} dBm")),
    ];
    let known: Vec<String> = parts.into_iter().flatten().collect();
    if known.is_empty() { "signal unknown".to_owned() } else { known.join(", ") }
}

const fn pin(state: PinState) -> &'static str {
    match state {
        PinState::Ready => "no PIN is awaited",
        PinState::SimPin => "the SIM awaits its PIN",
        PinState::SimPuk => "the SIM is blocked and awaits its PUK",
        PinState::PhSimPin => "the equipment is locked to another SIM and awaits its password",
        PinState::PhFsimPin => "the equipment is locked to its first SIM and awaits its password",
        PinState::PhFsimPuk => "the equipment is locked to its first SIM, blocked, and awaits its unblocking password",
        PinState::SimPin2 => "the SIM awaits its PIN2",
        PinState::SimPuk2 => "the SIM's PIN2 is blocked and it awaits its PUK2",
        PinState::PhNetPin => "the equipment is locked to a network and awaits its password",
        PinState::PhNetPuk => "the network lock is blocked and awaits its unblocking password",
        PinState::PhNetsubPin => "the equipment is locked to a network subset and awaits its password",
        PinState::PhNetsubPuk => "the network subset lock is blocked and awaits its unblocking password",
        PinState::PhSpPin => "the equipment is locked to a service provider and awaits its password",
        PinState::PhSpPuk => "the service provider lock is blocked and awaits its unblocking password",
        PinState::PhCorpPin => "the equipment is locked to a corporation and awaits its password",
        PinState::PhCorpPuk => "the corporate lock is blocked and awaits its unblocking password",
    }
}

fn operator(line: &[u8]) -> Option<String> {
    let list = OperatorList::parse(line).ok()?;
    if list.operators.is_empty() {
        let selection = OperatorSelection::parse(line).ok()?;
        let mode = match selection.mode {
            SelectionMode::Automatic => "operator chosen automatically",
            SelectionMode::Manual => "operator chosen by hand",
            SelectionMode::Deregister => "deregistered by hand",
            SelectionMode::FormatOnly => "only the format was set",
            SelectionMode::ManualThenAutomatic => "operator chosen by hand, automatically where that fails",
        };
        let act = selection.act.map_or(String::new(), |act| format!(" on {act}"));
        return Some(match selection.operator {
            Some((_, name)) => format!("{mode}: {name}{act}"),
            None => format!("{mode}: no operator"),
        });
    }
    let each = list.operators.iter().map(|operator| {
        let status = match operator.status {
            OperatorStatus::Unknown => "unknown",
            OperatorStatus::Available => "available",
            OperatorStatus::Current => "current",
            OperatorStatus::Forbidden => "forbidden",
        };
        let act = operator.act.map_or(String::new(), |act| format!(" on {act}"));
        format!("{} {}{act} {status}", operator.numeric, operator.long)
    });
    Some(format!("operators: {}", each.collect::<Vec<_>>().join("; ")))
}

/// Lines whose first value alone says it.
///
/// Source: 3GPP TS 27.007, clauses 8.1, 8.2 and 10.1.9.
fn choice(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let (name, values) = text.split_once(':')?;
    let first = values.split(',').next()?.trim();
    let words = match (name, first) {
        ("+CFUN", "0") => "minimum functionality",
        ("+CFUN", "1") => "full functionality",
        ("+CFUN", "4") => "radio off",
        ("+CPAS", "0") => "ready",
        ("+CPAS", "2") => "activity unknown",
        ("+CPAS", "3") => "ringing",
        ("+CPAS", "4") => "a call is in progress",
        ("+CPAS", "5") => "asleep",
        ("+CGATT", "0") => "detached from the packet domain",
        ("+CGATT", "1") => "attached to the packet domain",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::command::{Dialect, commands};

    #[test]
    fn the_names_are_in_order_so_that_each_is_found() {
        assert!(titles::EXTENDED.is_sorted_by_key(|(name, _)| *name));
        assert!(titles::EXTENDED.iter().all(|(name, title)| titles::extended(name) == Some(*title)));
    }

    #[test]
    fn a_line_of_commands_is_told_one_by_one() {
        let body = b"E0V1S0=2&C1+cfun=1;+CEREG?;^SYSCFG;\\Q3";
        let told = commands(body, &Dialect::CELLULAR).map_while(Result::ok).map(|command| {
            let title = of_command(&command);
            let words = title.map_or("-".to_owned(), |title| format!("{} ({})", title.purpose, title.source));
            format!("{command}: {words}")
        });
        insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
        E0: command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4)
        V1: result codes: 0 numeric, 1 verbose (ITU-T V.250, clause 6.2.6)
        S0=2: rings before an automatic answer, 0 never (ITU-T V.250, clause 6.3.8)
        &C1: DCD: 0 always on, 1 follows the carrier (ITU-T V.250, clause 6.2.8)
        +CFUN=1: how much of the equipment is on (3GPP TS 27.007, clause 8.2)
        +CEREG?: registration in EPS (3GPP TS 27.007, clause 10.1.22)
        ^SYSCFG: -
        \Q3: -
        ");
    }

    #[test]
    fn a_line_is_told_in_words() {
        let lines = [
            "OK",
            "RING",
            "CONNECT 115200",
            "NO CARRIER",
            "+CME ERROR: 106",
            "+CME ERROR: SIM not inserted",
            "+CME ERROR: 999",
            "+CMS ERROR: 38",
            "+CEREG: 3,,,,0,6",
            "+CEREG: 3,3",
            "+CREG: 2,1,\"00A1\",\"0001B2C3\",7",
            "+CEREG: 1,\"76C1\",\"0102DA04\",7,,,\"00100011\",\"11100000\"",
            "+CGREG: 3,,,,,1,200",
            "+C5GREG: 3,,,,,,0,8",
            "+CSQ: 21,99",
            "+CSQ: 99,99",
            "+CESQ: 99,99,255,255,20,45",
            "+CESQ: 99,99,255,255,255,255",
            "+CPIN: SIM PUK",
            "+COPS: 0,2,\"00101\",7",
            "+COPS: 0",
            "+COPS: (2,\"Testnet One\",\"Testnet\",\"00101\",7),(3,\"Other\",\"Oth\",\"99970\"),,(0-4),(0-2)",
            "+CNEC_EMM: 6",
            "+CNEC_ESM: 27",
            "+CFUN: 4",
            "+CGATT: 1",
            "+QIND: SMS DONE",
            "Revision: 1",
        ];
        let told =
            lines.map(|line| format!("{line}\n  {}", of_line(line.as_bytes()).unwrap_or_else(|| "-".to_owned())));
        insta::assert_snapshot!(told.join("\n"), @r#"
        OK
          the command line was carried out
        RING
          an incoming call
        CONNECT 115200
          connected: what follows is data
        NO CARRIER
          no connection, or its end
        +CME ERROR: 106
          error 106 of the equipment: Illegal ME
        +CME ERROR: SIM not inserted
          error 10 of the equipment: SIM not inserted
        +CME ERROR: 999
          error 999 of the equipment: the maker's own
        +CMS ERROR: 38
          error 38 of the message service: Network out of order
        +CEREG: 3,,,,0,6
          EPS: registration denied, cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
        +CEREG: 3,3
          either unsolicited: EPS: registration denied; or an answer: EPS: registration denied; reporting n = 3
        +CREG: 2,1,"00A1","0001B2C3",7
          circuit-switched: registered, home network, area 00A1, cell 0001B2C3, E-UTRAN (LTE); reporting n = 2
        +CEREG: 1,"76C1","0102DA04",7,,,"00100011","11100000"
          EPS: registered, home network, area 76C1, cell 0102DA04, E-UTRAN (LTE), active time 180 s, no periodic update
        +CGREG: 3,,,,,1,200
          packet-switched: registration denied, the maker's cause 200
        +C5GREG: 3,,,,,,0,8
          5GS: registration denied, cause #8, which this domain does not have
        +CSQ: 21,99
          signal -71 dBm, bit error rate unknown
        +CSQ: 99,99
          signal unknown, bit error rate unknown
        +CESQ: 99,99,255,255,20,45
          E-UTRA RSRP -96 dBm, E-UTRA RSRQ -10.0 dB
        +CESQ: 99,99,255,255,255,255
          signal unknown
        +CPIN: SIM PUK
          the SIM is blocked and awaits its PUK
        +COPS: 0,2,"00101",7
          operator chosen automatically: 00101 on E-UTRAN (LTE)
        +COPS: 0
          operator chosen automatically: no operator
        +COPS: (2,"Testnet One","Testnet","00101",7),(3,"Other","Oth","99970"),,(0-4),(0-2)
          operators: 00101 Testnet One on E-UTRAN (LTE) current; 99970 Other forbidden
        +CNEC_EMM: 6
          EMM cause #6 Illegal ME: the network refuses the device itself, as for an IMEI on a block list; no attempt until power-off or another SIM
        +CNEC_ESM: 27
          -
        +CFUN: 4
          radio off
        +CGATT: 1
          attached to the packet domain
        +QIND: SMS DONE
          -
        Revision: 1
          -
        "#);
    }
}
