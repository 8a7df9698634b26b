//! Lines without a name: result codes, and what modules say at power-up and power-down.

use crate::wire::result::FinalResult;

/// What `line` says, if it is one of those.
///
/// Source: ITU-T V.250, Table 1; the makers' manuals for the others.
pub(super) fn read(line: &[u8]) -> Option<&'static str> {
    if let Some(result) = FinalResult::from_text(line) {
        return Some(result_code(result));
    }
    Some(match line {
        b"RING" => "an incoming call",
        b"CONNECT OK" => "the socket is connected",
        b"CONNECT FAIL" => "the socket could not be connected",
        b"ALREADY CONNECT" => "the socket was connected already",
        b"CLOSED" => "the other side closed the socket",
        b"CLOSE OK" => "the socket is closed",
        b"SHUT OK" => "the packet context is closed",
        b"SEND OK" => "the data was sent",
        b"SEND FAIL" => "the data was not sent",
        b"RDY" | b"READY" | b"Ready" | b"ready" => "booted: the module takes commands",
        b"APP RDY" => "booted: the application of the module runs",
        b"SMS DONE" | b"SMS READY" | b"SMS Ready" => "booted: messages can be read and sent",
        b"Call Ready" | b"CALL READY" => "booted: calls can be made",
        b"PB DONE" | b"PB READY" => "booted: the phone book was read from the SIM",
        b"SIM READY" => "booted: the SIM was read",
        b"POWERED DOWN" | b"NORMAL POWER DOWN" => "the module switches itself off, as it was told to",
        b"PSM POWER DOWN" => "the module sleeps in power saving mode; it answers no AT until it wakes",
        b"UNDER-VOLTAGE POWER DOWN" => "the supply is too low: the module switches itself off",
        b"UNDER-VOLTAGE WARNNING" => "the supply is low",
        b"OVER-VOLTAGE POWER DOWN" => "the supply is too high: the module switches itself off",
        b"OVER-VOLTAGE WARNNING" => "the supply is high",
        _ if line.starts_with(b"CONNECT") => "connected: what follows is data",
        _ => return None,
    })
}

/// What a final result says.
pub(super) const fn result_code(result: FinalResult) -> &'static str {
    match result {
        FinalResult::Ok => "the command line was carried out",
        FinalResult::Error => "the command line was not carried out, or only up to the command that failed",
        FinalResult::NoCarrier => "no connection, or its end",
        FinalResult::NoDialtone => "no dial tone",
        FinalResult::Busy => "the other side is busy",
        FinalResult::NoAnswer => "nobody answered",
        FinalResult::Delayed => "a call to this number has to wait",
        FinalResult::Blacklisted => "no more calls to this number",
        FinalResult::Aborted => "a keystroke ended the command",
        FinalResult::Cme(_) => "an error of the equipment",
        FinalResult::Cms(_) => "an error of the message service",
    }
}
