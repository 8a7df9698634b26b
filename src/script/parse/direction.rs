//! Stage directions: `sim remove`, `network deny 11`, `fault drop 3 to host`.

use nom::{Err, Input};

use super::input::{Fault, Parsed, Text, fail};
use super::word::{arg, blank, one_of, string, unknown};
use super::{item, number};
use crate::script::check::{Side, Unit};
use crate::script::direction::{Arg, Bytes, Direction, Fault as LineFault, Network, Peer, Power, Register, Sim};

const WORDS: [&str; 15] = [
    "power",
    "sim",
    "signal",
    "network",
    "register",
    "urc",
    "sms from",
    "ring from",
    "hangup",
    "peer",
    "clock",
    "unplug",
    "plug",
    "fault",
    "answer",
];

/// `direction`, up to the line's end.
pub(super) fn direction(input: Text<'_>) -> Parsed<'_, Direction> {
    let word = input.word();
    let rest = input.take_from(word.bytes.len());
    let parsed = match word.bytes {
        b"power" => power(rest),
        b"sim" => sim(rest),
        b"signal" => signal(rest),
        b"network" => network(rest),
        b"register" => register(rest),
        b"urc" => string(rest, "`urc`", r#"* urc "+CREG: 5""#).map(|(rest, text)| (rest, Direction::Urc(text))),
        b"sms" => sms(rest),
        b"ring" => ring(rest),
        b"hangup" => Ok((rest, Direction::Hangup)),
        b"peer" => peer(rest),
        b"clock" => string(rest, "`clock`", r#"* clock "26/01/31,12:00:00+00""#)
            .map(|(rest, text)| (rest, Direction::Clock(text))),
        b"unplug" => Ok((rest, Direction::Unplug)),
        b"plug" => Ok((rest, Direction::Plug)),
        b"fault" => fault(rest),
        b"answer" => answer(rest),
        _ => return unknown(word, "a direction", &WORDS),
    };
    let (rest, direction) = parsed?;
    super::word::end(rest, &input.take(rest.offset - input.offset).shown())?;
    Ok((rest, direction))
}

fn power(input: Text<'_>) -> Parsed<'_, Direction> {
    let input = blank(input, "`power`", "* power cycle")?;
    let (rest, power) =
        one_of(input, "a state of the power", &[("on", Power::On), ("off", Power::Off), ("cycle", Power::Cycle)])?;
    Ok((rest, Direction::Power(power)))
}

fn sim(input: Text<'_>) -> Parsed<'_, Direction> {
    let input = blank(input, "`sim`", "* sim remove")?;
    let words = [
        ("insert", Sim::Insert),
        ("remove", Sim::Remove),
        ("ready", Sim::Ready),
        ("lock", Sim::Lock),
        ("block", Sim::Block),
    ];
    let (rest, sim) = one_of(input, "a state of the SIM", &words)?;
    Ok((rest, Direction::Sim(sim)))
}

fn peer(input: Text<'_>) -> Parsed<'_, Direction> {
    let input = blank(input, "`peer`", "* peer answer")?;
    let words = [
        ("ring", Peer::Ring),
        ("answer", Peer::Answer),
        ("busy", Peer::Busy),
        ("reject", Peer::Reject),
        ("hold", Peer::Hold),
        ("retrieve", Peer::Retrieve),
        ("join", Peer::Join),
    ];
    let (rest, peer) = one_of(input, "what the far end does", &words)?;
    Ok((rest, Direction::Peer(peer)))
}

/// `signal SP (quantity|"none")`
fn signal(input: Text<'_>) -> Parsed<'_, Direction> {
    let input = blank(input, "`signal`", "* signal -95dBm")?;
    if input.word().bytes == b"none" {
        return Ok((input.take_from(4), Direction::Signal(None)));
    }
    if !input.peek().is_some_and(|byte| byte.is_ascii_digit() || byte == b'-') {
        let word = input.word();
        return unknown(word, "a strength of the signal", &["-95dBm", "none"]);
    }
    let (rest, quantity) = number::quantity(input)?;
    match quantity.unit {
        Some(Unit::DecibelMilliwatts) | None => Ok((rest, Direction::Signal(Some(quantity)))),
        Some(Unit::Microseconds | Unit::Milliseconds | Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Percent) => {
            fail(
                input.span_to(rest),
                "a signal is given in dBm",
                "write `* signal -95dBm`, or `* signal none`".to_owned(),
            )
        }
    }
}

fn network(input: Text<'_>) -> Parsed<'_, Direction> {
    const WORDS: [&str; 6] = ["lose", "find", "identity-check", "detach", "deny", "roam"];
    let input = blank(input, "`network`", "* network lose")?;
    let word = input.word();
    let rest = input.take_from(word.bytes.len());
    let (rest, network) = match word.bytes {
        b"lose" => (rest, Network::Lose),
        b"find" => (rest, Network::Find),
        b"identity-check" => (rest, Network::IdentityCheck),
        b"detach" => (rest, Network::Detach),
        b"deny" => taking(arg(rest, "`deny`", "* network deny 11"), Network::Deny)?,
        b"roam" => taking(arg(rest, "`roam`", "* network roam 99970"), Network::Roam)?,
        _ => return unknown(word, "what a network does", &WORDS),
    };
    Ok((rest, Direction::Network(network)))
}

fn register(input: Text<'_>) -> Parsed<'_, Direction> {
    const WORDS: [&str; 6] = ["block", "track", "allow", "forget", "down", "up"];
    let input = blank(input, "`register`", "* register block {imei}")?;
    let word = input.word();
    let rest = input.take_from(word.bytes.len());
    let (rest, register) = match word.bytes {
        b"block" => taking(arg(rest, "`block`", "* register block {imei}"), Register::Block)?,
        b"track" => taking(arg(rest, "`track`", "* register track {imei}"), Register::Track)?,
        b"allow" => taking(arg(rest, "`allow`", "* register allow {imei}"), Register::Allow)?,
        b"forget" => taking(arg(rest, "`forget`", "* register forget {imei}"), Register::Forget)?,
        b"down" => (rest, Register::Down),
        b"up" => (rest, Register::Up),
        _ => return unknown(word, "what a register does", &WORDS),
    };
    Ok((rest, Direction::Register(register)))
}

fn taking<'a, T>(parsed: Parsed<'a, Arg>, kind: fn(Arg) -> T) -> Parsed<'a, T> {
    parsed.map(|(rest, arg)| (rest, kind(arg)))
}

/// `"from" SP arg SP string`, after `sms`.
fn sms(input: Text<'_>) -> Parsed<'_, Direction> {
    const EXAMPLE: &str = r#"* sms from +15550100 "text""#;
    let input = from(input, "`sms`", EXAMPLE)?;
    let (rest, from) = arg(input, "`from`", EXAMPLE)?;
    let (rest, text) = string(rest, "the number", EXAMPLE)?;
    Ok((rest, Direction::Sms { from, text }))
}

/// `"from" SP arg`, after `ring`.
fn ring(input: Text<'_>) -> Parsed<'_, Direction> {
    const EXAMPLE: &str = "* ring from +15550100";
    let input = from(input, "`ring`", EXAMPLE)?;
    let (rest, from) = arg(input, "`from`", EXAMPLE)?;
    Ok((rest, Direction::Ring { from }))
}

fn from<'a>(input: Text<'a>, before: &str, example: &str) -> Result<Text<'a>, Err<Fault>> {
    let input = blank(input, before, example)?;
    let word = input.word();
    if word.bytes == b"from" {
        return Ok(input.take_from(4));
    }
    fail(word.span(), format!("`from` is missing after {before}"), format!("write `{example}`"))
}

/// `"answer" SP string SP ("with" SP string | "again")`, after the first word.
fn answer(input: Text<'_>) -> Parsed<'_, Direction> {
    const EXAMPLE: &str = r#"* answer "AT+CSQ" with "\r\nERROR\r\n""#;
    let (rest, command) = string(input, "`answer`", EXAMPLE)?;
    let rest = blank(rest, "the command", EXAMPLE)?;
    let word = rest.word();
    let after = rest.take_from(word.bytes.len());
    match word.bytes {
        b"with" => {
            let (rest, text) = string(after, "`with`", EXAMPLE)?;
            Ok((rest, Direction::Answer { command, with: Some(text) }))
        }
        b"again" => Ok((after, Direction::Answer { command, with: None })),
        _ => unknown(word, "how a command is answered", &["with", "again"]),
    }
}

/// `fault`, after the first word.
fn fault(input: Text<'_>) -> Parsed<'_, Direction> {
    const WORDS: [&str; 8] = ["drop", "garble", "duplicate", "split", "stall", "baud", "reboot", "interleave"];
    let input = blank(input, "`fault`", "* fault drop 3")?;
    let word = input.word();
    let rest = input.take_from(word.bytes.len());
    let (rest, fault) = match word.bytes {
        b"drop" => bytes(rest, "drop", LineFault::Drop)?,
        b"garble" => bytes(rest, "garble", LineFault::Garble)?,
        b"duplicate" => bytes(rest, "duplicate", LineFault::Duplicate)?,
        b"split" => bytes(rest, "split", LineFault::Split)?,
        b"stall" => {
            let (rest, interval) = number::duration(blank(rest, "`stall`", "* fault stall 2s")?)?;
            (rest, LineFault::Stall(interval))
        }
        b"baud" => {
            let (rest, rate) = number::count(blank(rest, "`baud`", "* fault baud 9600")?)?;
            (rest, LineFault::Baud(rate))
        }
        b"reboot" => (rest, LineFault::Reboot),
        b"interleave" => interleave(rest)?,
        _ => return unknown(word, "a fault", &WORDS),
    };
    Ok((rest, Direction::Fault(fault)))
}

/// `digits [SP "to" SP ("host"|"modem")]`
fn bytes<'a>(input: Text<'a>, word: &str, kind: fn(Bytes) -> LineFault) -> Parsed<'a, LineFault> {
    let (rest, count) = number::count(blank(input, &format!("`{word}`"), &format!("* fault {word} 3 to host"))?)?;
    if rest.is_empty() {
        return Ok((rest, kind(Bytes { count, to: Side::Host })));
    }
    let rest = blank(rest, "the number", &format!("* fault {word} 3 to host"))?;
    let to = rest.word();
    if to.bytes != b"to" {
        return unknown(to, "what may follow the number", &["to"]);
    }
    let rest = blank(rest.take_from(2), "`to`", &format!("* fault {word} 3 to host"))?;
    let (rest, to) = one_of(rest, "an end of the line", &[("host", Side::Host), ("modem", Side::Modem)])?;
    Ok((rest, kind(Bytes { count, to })))
}

/// `string SP "after" SP digits`
fn interleave(input: Text<'_>) -> Parsed<'_, LineFault> {
    const EXAMPLE: &str = r#"* fault interleave "\r\nRING\r\n" after 4"#;
    let input = blank(input, "`interleave`", EXAMPLE)?;
    if input.peek() != Some(b'"') {
        return fail(input.span(), "a string is missing", format!("it stands in quotation marks: `{EXAMPLE}`"));
    }
    let (rest, text) = item::string(input)?;
    let rest = blank(rest, "the string", EXAMPLE)?;
    if rest.word().bytes != b"after" {
        return unknown(rest.word(), "what may follow the string", &["after"]);
    }
    let rest = blank(rest.take_from(5), "`after`", EXAMPLE)?;
    if rest.word().bytes == b"0" {
        return Ok((rest.take_from(1), LineFault::Interleave { text, after: 0 }));
    }
    let (rest, after) = number::count(rest)?;
    Ok((rest, LineFault::Interleave { text, after }))
}
