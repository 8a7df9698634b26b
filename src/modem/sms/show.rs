//! How messages stand on the line: `+CMGL`, `+CMGR`, `+CMT`, `+CDS`, in both modes.
//!
//! In text mode addresses and texts are in the character set of `+CSCS`; data that is no text, and what has a header, stands in
//! hexadecimal. A message that cannot be read is shown as if it were empty.
//!
//! Source: 3GPP TS 27.005, clauses 3.1 (`<data>`), 3.4.1 to 3.4.3, 4.1 and 4.2.

use std::fmt::Write as _;

use super::is_text;
use super::store::{Stat, Stored};
use crate::modem::{Modem, Setting};
use crate::wire::sms::{Address, Deliver, Pdu, StatusReport, Submit, Tpdu, UserData, Validity, Way};
use crate::wire::text::Form;
use crate::wire::text::hexadecimal::{self, Hexadecimal};

/// Reads a message that was stored.
pub(super) fn read(pdu: &[u8], stat: Stat) -> Option<Pdu<'_>> {
    let way = if stat.is_received() { Way::Stored } else { Way::FromMobile };
    Pdu::decode(pdu, way).ok()
}

/// `<length>`: the octets without the service centre's address.
fn length(pdu: &[u8]) -> usize {
    let centre = pdu.first().map_or(0, |&length| usize::from(length) + 1);
    pdu.len().saturating_sub(centre)
}

/// A message's lines for `+CMGL`.
pub(super) fn listed(modem: &Modem, index: usize, stored: &Stored) -> Vec<u8> {
    let Stored { stat, pdu } = stored;
    if !is_text(modem) {
        return format!("+CMGL: {index},{},,{}\n{}", *stat as u8, length(pdu), Hexadecimal(pdu)).into_bytes();
    }
    let before = format!("+CMGL: {index},\"{}\"", stat.words());
    let full = modem.setting(Setting::TextParameters) != 0;
    let Some(Pdu { centre: _, message }) = read(pdu, *stat) else { return before.into_bytes() };
    match &message {
        Tpdu::Deliver(deliver) => {
            let mut line = format!("{before},{},,\"{}\"", address(modem, &deliver.originator), deliver.time);
            if full {
                let _ = write!(line, ",{},{}", deliver.originator.kind().0, deliver.user_data.length());
            }
            with_data(modem, line, &deliver.user_data)
        }
        Tpdu::Submit(submit) => {
            let mut line = format!("{before},{},,", address(modem, &submit.destination));
            if full {
                let _ = write!(line, ",{},{}", submit.destination.kind().0, submit.user_data.length());
            }
            with_data(modem, line, &submit.user_data)
        }
        Tpdu::StatusReport(report) => format!("{before},{}", reported(modem, report)).into_bytes(),
        Tpdu::Command(command) => format!("{before},{},{}", command.first_octet(), command.kind.0).into_bytes(),
        Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) => before.into_bytes(),
    }
}

/// A message's lines for `+CMGR`.
pub(super) fn shown(modem: &Modem, stored: &Stored) -> Vec<u8> {
    let Stored { stat, pdu } = stored;
    if !is_text(modem) {
        return format!("+CMGR: {},,{}\n{}", *stat as u8, length(pdu), Hexadecimal(pdu)).into_bytes();
    }
    let before = format!("+CMGR: \"{}\"", stat.words());
    let Some(Pdu { centre, message }) = read(pdu, *stat) else { return before.into_bytes() };
    match &message {
        Tpdu::Deliver(deliver) => {
            let line = format!("{before},{}", delivered(modem, centre.as_ref(), deliver));
            with_data(modem, line, &deliver.user_data)
        }
        Tpdu::Submit(submit) => {
            let line = format!("{before},{}", submitted(modem, centre.as_ref(), submit));
            with_data(modem, line, &submit.user_data)
        }
        Tpdu::StatusReport(report) => format!("{before},{}", reported(modem, report)).into_bytes(),
        Tpdu::Command(command) => {
            let mut line = format!("{before},{},{}", command.first_octet(), command.kind.0);
            if modem.setting(Setting::TextParameters) != 0 {
                let (to, data) = (&command.destination, &command.data);
                let _ = write!(
                    line,
                    ",{},{},{},{},{}\n{}",
                    command.protocol.0,
                    command.message,
                    address(modem, to),
                    to.kind().0,
                    data.len(),
                    Hexadecimal(data)
                );
            }
            line.into_bytes()
        }
        Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) => before.into_bytes(),
    }
}

/// A message that is shown as it comes: `+CMT`, `+CDS`.
pub(super) fn direct(modem: &Modem, pdu: &[u8], is_report: bool) -> Vec<u8> {
    if !is_text(modem) {
        let name = if is_report { "+CDS: " } else { "+CMT: ," };
        return format!("{name}{}\n{}", length(pdu), Hexadecimal(pdu)).into_bytes();
    }
    match read(pdu, Stat::Unread) {
        Some(Pdu { message: Tpdu::StatusReport(report), .. }) => {
            format!("+CDS: {}", reported(modem, &report)).into_bytes()
        }
        Some(Pdu { message: Tpdu::Deliver(deliver), centre }) => {
            let line = format!("+CMT: {}", delivered(modem, centre.as_ref(), &deliver));
            with_data(modem, line, &deliver.user_data)
        }
        Some(_) | None => Vec::new(),
    }
}

/// `<oa>,[<alpha>],<scts>[,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>]`
fn delivered(modem: &Modem, centre: Option<&Address>, deliver: &Deliver<'_>) -> String {
    let mut line = format!("{},,\"{}\"", address(modem, &deliver.originator), deliver.time);
    if modem.setting(Setting::TextParameters) != 0 {
        let data = &deliver.user_data;
        let _ = write!(
            line,
            ",{},{},{},{},{},{}",
            deliver.originator.kind().0,
            deliver.first_octet(),
            deliver.protocol.0,
            data.coding().0,
            service_centre(modem, centre),
            data.length()
        );
    }
    line
}

/// `<da>,[<alpha>][,<toda>,<fo>,<pid>,<dcs>,[<vp>],<sca>,<tosca>,<length>]`
fn submitted(modem: &Modem, centre: Option<&Address>, submit: &Submit<'_>) -> String {
    let mut line = format!("{},", address(modem, &submit.destination));
    if modem.setting(Setting::TextParameters) != 0 {
        let data = &submit.user_data;
        let validity = match submit.validity {
            None => String::new(),
            Some(Validity::Relative(period)) => period.to_string(),
            Some(Validity::Absolute(time)) => format!("\"{time}\""),
            Some(Validity::Enhanced(octets)) => format!("\"{}\"", Hexadecimal(&octets)),
        };
        let _ = write!(
            line,
            ",{},{},{},{},{validity},{},{}",
            submit.destination.kind().0,
            submit.first_octet(),
            submit.protocol.0,
            data.coding().0,
            service_centre(modem, centre),
            data.length()
        );
    }
    line
}

/// `<fo>,<mr>,[<ra>],[<tora>],<scts>,<dt>,<st>`
fn reported(modem: &Modem, report: &StatusReport<'_>) -> String {
    format!(
        "{},{},{},{},\"{}\",\"{}\",{}",
        report.first_octet(),
        report.reference,
        address(modem, &report.recipient),
        report.recipient.kind().0,
        report.time,
        report.discharged,
        report.status.0
    )
}

/// `<sca>,<tosca>`
fn service_centre(modem: &Modem, centre: Option<&Address>) -> String {
    let centre = centre.copied().or(modem.messages.service_centre);
    match centre {
        Some(centre) => format!("{},{}", address(modem, &centre), centre.kind().0),
        None => "\"\",129".to_owned(),
    }
}

/// An address between quotes, in the character set of now.
fn address(modem: &Modem, address: &Address) -> String {
    format!("\"{}\"", modem.encode(&address.to_string()))
}

/// The line, and the user data below it.
fn with_data(modem: &Modem, line: String, data: &UserData<'_>) -> Vec<u8> {
    let mut lines = line.into_bytes();
    lines.push(b'\n');
    lines.extend_from_slice(&user_data(modem, data));
    lines
}

/// `<data>`
fn user_data(modem: &Modem, data: &UserData<'_>) -> Vec<u8> {
    let coding = data.coding().reading();
    match data.text() {
        Some(text) if coding.form == Form::Septets && !data.has_header() => modem.encode_octets(&text),
        Some(_) | None => {
            let mut text = String::new();
            hexadecimal::push(data.octets(), &mut text);
            text.into_bytes()
        }
    }
}
