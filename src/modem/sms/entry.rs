//! Messages that the host writes: `+CMGS`, `+CMSS`, `+CMGW`, `+CMGC`, and the text behind their prompt.
//!
//! In PDU mode the text is the service centre's address and a message in hexadecimal, whose length the command has said. In
//! text mode it is in the character set of `+CSCS`, or hexadecimal where `+CSMP` says that it is no text of the 7-bit alphabet.
//!
//! Source: 3GPP TS 27.005, clauses 3.5.1 to 3.5.5 and 4.3 to 4.6.

use super::memory::{place, written_status};
use super::sending::send;
use super::show;
use super::store::{Memory, Stat, Stored};
use super::{GivenUp, Messages, card, centre, is_text, memory, number, reachable, reception, service, wrong};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::Network;
use crate::modem::prompt::{Prompt, Purpose, Typed};
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::{CmsError, FinalResult};
use crate::wire::sms::{Address, Command, CommandType, Pdu, ProtocolId, Submit, Tpdu, Way};
use crate::wire::text::{Alphabet, DataCoding, Form as Written, hexadecimal, pack};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CMGS", |modem, call| written(modem, call, sent)),
    Entry::new("+CMGW", |modem, call| match call.form() {
        Form::Execute if is_text(modem) => bare(modem),
        Form::Execute | Form::Set(_) | Form::Test | Form::Read => written(modem, call, stored),
    }),
    Entry::new("+CMGC", |modem, call| written(modem, call, commanded)),
    Entry::new("+CMSS", |modem, call| written(modem, call, from_memory)),
];

/// The shortest and the longest message that a host can write: seven octets of SMS-SUBMIT, 174 of SMS-COMMAND.
const LENGTHS: std::ops::RangeInclusive<usize> = 7..=174;

/// Octets, and septets, of user data.
const OCTETS: usize = 140;
const SEPTETS: usize = 160;

/// TP-UDHI in a first octet.
const HEADER: u8 = 0x40;

/// What the text at the prompt becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Writing {
    /// A message that is sent: so many octets.
    SendPdu(usize),
    /// A text that is sent there.
    SendText(Address),
    /// A message of so many octets that is stored.
    StorePdu(usize, Stat),
    /// A text to, or from, there that is stored.
    StoreText(Option<Address>, Stat),
    /// An SMS-COMMAND: so many octets.
    CommandPdu(usize),
    /// The data of an SMS-COMMAND.
    CommandText {
        /// Its first octet.
        first: u8,
        /// TP-CT
        kind: CommandType,
        /// TP-PID
        protocol: ProtocolId,
        /// TP-MN
        message: u8,
        /// TP-DA
        to: Address,
    },
    /// An SMS-DELIVER-REPORT of so many octets.
    Acknowledge(usize),
}

type Handler = fn(&mut Modem, &Call<'_>, &Parameters<'_>) -> Result<Reply, CmsError>;

/// What all four have in common: a test form, and no read form.
fn written(modem: &mut Modem, call: &Call<'_>, handler: Handler) -> Reply {
    let result = match call.form() {
        Form::Test => return Reply::Ok,
        Form::Set(parameters) => handler(modem, call, &parameters),
        Form::Execute | Form::Read => return Reply::Error,
    };
    result.unwrap_or_else(Reply::Cms)
}

/// `+CMGW` in text mode: to nobody yet.
fn bare(modem: &Modem) -> Reply {
    match reachable(modem, memory(modem, Setting::WriteMemory)) {
        Ok(()) => ask(Writing::StoreText(None, Stat::Unsent)),
        Err(error) => error.into(),
    }
}

fn ask(writing: Writing) -> Reply {
    Reply::Prompt(Prompt::text(Purpose::Message(writing)))
}

/// `<length>`
fn length(modem: &Modem, parameters: &Parameters<'_>) -> Result<usize, CmsError> {
    let length = parameters.required::<usize>(0).ok().filter(|length| LENGTHS.contains(length));
    length.ok_or_else(|| wrong(modem))
}

/// `<da>[,<toda>]` from there on; `None`: omitted.
fn other(modem: &Modem, parameters: &Parameters<'_>, at: usize) -> Result<Option<Address>, CmsError> {
    let Some(word) = parameters.word(at) else { return Ok(None) };
    let kind = parameters.number::<u8>(at + 1).map_err(|_| wrong(modem))?;
    number(modem, &word, kind).map(Some).ok_or_else(|| wrong(modem))
}

/// # Errors
/// There are more parameters than this.
fn at_most(modem: &Modem, parameters: &Parameters<'_>, most: usize) -> Result<(), CmsError> {
    if parameters.len() <= most { Ok(()) } else { Err(wrong(modem)) }
}

/// `+CMGS=<length>`, in text mode `+CMGS=<da>[,<toda>]`
fn sent(modem: &mut Modem, _call: &Call<'_>, parameters: &Parameters<'_>) -> Result<Reply, CmsError> {
    card(modem)?;
    if is_text(modem) {
        at_most(modem, parameters, 2)?;
        let to = other(modem, parameters, 0)?.ok_or_else(|| wrong(modem))?;
        return Ok(ask(Writing::SendText(to)));
    }
    at_most(modem, parameters, 1)?;
    Ok(ask(Writing::SendPdu(length(modem, parameters)?)))
}

/// `+CMGW=<length>[,<stat>]`, in text mode `+CMGW[=<oa/da>[,<tooa/toda>[,<stat>]]]`
fn stored(modem: &mut Modem, _call: &Call<'_>, parameters: &Parameters<'_>) -> Result<Reply, CmsError> {
    reachable(modem, memory(modem, Setting::WriteMemory))?;
    if is_text(modem) {
        at_most(modem, parameters, 3)?;
        let other = other(modem, parameters, 0)?;
        let stat = written_status(modem, parameters.at(2))?;
        return Ok(ask(Writing::StoreText(other, stat)));
    }
    at_most(modem, parameters, 2)?;
    let stat = written_status(modem, parameters.at(1))?;
    Ok(ask(Writing::StorePdu(length(modem, parameters)?, stat)))
}

/// `+CMGC=<length>`, in text mode `+CMGC=<fo>,<ct>[,<pid>[,<mn>[,<da>[,<toda>]]]]`
fn commanded(modem: &mut Modem, _call: &Call<'_>, parameters: &Parameters<'_>) -> Result<Reply, CmsError> {
    card(modem)?;
    if !is_text(modem) {
        at_most(modem, parameters, 1)?;
        return Ok(ask(Writing::CommandPdu(length(modem, parameters)?)));
    }
    at_most(modem, parameters, 6)?;
    let octet = |index| parameters.number::<u8>(index).map_err(|_| wrong(modem));
    let (Some(first), Some(kind)) = (octet(0)?, octet(1)?) else { return Err(wrong(modem)) };
    let to = other(modem, parameters, 4)?.ok_or_else(|| wrong(modem))?;
    let protocol = ProtocolId(octet(2)?.unwrap_or(0));
    let message = octet(3)?.unwrap_or(0);
    Ok(ask(Writing::CommandText { first, kind: CommandType(kind), protocol, message, to }))
}

/// `+CMSS=<index>[,<da>[,<toda>]]`: a message of the memory is sent, to there where it is said.
fn from_memory(modem: &mut Modem, call: &Call<'_>, parameters: &Parameters<'_>) -> Result<Reply, CmsError> {
    card(modem)?;
    let place = place(modem, parameters, Setting::WriteMemory, 3)?;
    let to = other(modem, parameters, 1)?;
    let stored = modem.messages.store.message(place).cloned().ok_or(CmsError::INVALID_MEMORY_INDEX)?;
    let mut pdu = show::read(&stored.pdu, stored.stat).ok_or(CmsError::MEMORY_FAILURE)?;
    match (&mut pdu.message, to) {
        (Tpdu::Submit(submit), Some(to)) => submit.destination = to,
        (Tpdu::Command(command), Some(to)) => command.destination = to,
        (Tpdu::Submit(_) | Tpdu::Command(_), None) => {}
        // What came in is not sent on.
        (Tpdu::Deliver(_) | Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) | Tpdu::StatusReport(_), _) => {
            return Err(CmsError::OPERATION_NOT_ALLOWED);
        }
    }
    let reply = send(modem, call.now, pdu, "+CMSS");
    if matches!(reply, Reply::Ok | Reply::Later(_)) {
        modem.messages.store.set_stat(place, Stat::Sent);
    }
    Ok(reply)
}

impl Messages {
    /// Called with what was typed at the prompt.
    pub(in crate::modem) fn typed(modem: &mut Modem, now: Tick, writing: Writing, typed: Typed) -> Reply {
        let is_pdu = match writing {
            Writing::SendPdu(_) | Writing::StorePdu(..) | Writing::CommandPdu(_) | Writing::Acknowledge(_) => true,
            Writing::SendText(_) | Writing::StoreText(..) | Writing::CommandText { .. } => false,
        };
        match typed {
            Typed::GivenUp => Reply::Result(match modem.profile.sms.given_up {
                GivenUp::Ok => FinalResult::Ok,
                GivenUp::Error => FinalResult::Error,
            }),
            Typed::TooLong if is_pdu => CmsError::INVALID_PDU_MODE_PARAMETER.into(),
            Typed::TooLong => CmsError::INVALID_TEXT_MODE_PARAMETER.into(),
            Typed::Text(text) => use_text(modem, now, writing, &text).unwrap_or_else(Reply::Cms),
        }
    }
}

fn use_text(modem: &mut Modem, now: Tick, writing: Writing, text: &[u8]) -> Result<Reply, CmsError> {
    const WRONG_PDU: CmsError = CmsError::INVALID_PDU_MODE_PARAMETER;
    match writing {
        Writing::SendPdu(length) => {
            let octets = octets(text, length)?;
            let pdu = Pdu::decode(&octets, Way::FromMobile).map_err(|_| WRONG_PDU)?;
            match &pdu.message {
                Tpdu::Submit(submit) if submit.destination.digits() > 0 => Ok(send(modem, now, pdu, "+CMGS")),
                _ => Err(WRONG_PDU),
            }
        }
        Writing::SendText(to) => {
            let message = submit(modem, to, text)?;
            let pdu = Pdu::decode(&message, Way::FromMobile).map_err(|_| CmsError::INVALID_TEXT_MODE_PARAMETER)?;
            Ok(send(modem, now, pdu, "+CMGS"))
        }
        Writing::StorePdu(length, stat) => {
            let octets = octets(text, length)?;
            let pdu = show::read(&octets, stat).ok_or(WRONG_PDU)?;
            let fits = match pdu.message {
                Tpdu::Deliver(_) | Tpdu::StatusReport(_) => stat.is_received(),
                Tpdu::Submit(_) | Tpdu::Command(_) => !stat.is_received(),
                Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) => false,
            };
            if fits { store(modem, octets, stat) } else { Err(WRONG_PDU) }
        }
        Writing::StoreText(other, stat) => {
            let message = match other {
                // An address without digits.
                None => {
                    with(modem, now, Address::of_type(crate::wire::sms::TypeOfAddress::UNKNOWN, "").ok(), stat, text)
                }
                other => with(modem, now, other, stat, text),
            }?;
            store(modem, message, stat)
        }
        Writing::CommandPdu(length) => {
            let octets = octets(text, length)?;
            let pdu = Pdu::decode(&octets, Way::FromMobile).map_err(|_| WRONG_PDU)?;
            match &pdu.message {
                Tpdu::Command(_) => Ok(send(modem, now, pdu, "+CMGC")),
                _ => Err(WRONG_PDU),
            }
        }
        Writing::CommandText { first, kind, protocol, message, to } => {
            let data = hexadecimal_data(text)?;
            let command = Command {
                report_requested: first & 0x20 != 0,
                has_header: first & HEADER != 0,
                reference: 0,
                protocol,
                kind,
                message,
                destination: to,
                data: data.into(),
            };
            Ok(send(modem, now, Pdu { centre: None, message: Tpdu::Command(command) }, "+CMGC"))
        }
        Writing::Acknowledge(length) => {
            // The report has no service centre before it.
            let octets = hexadecimal::read(&without_blanks(text)).ok().filter(|octets| octets.len() == length);
            let octets = octets.ok_or(WRONG_PDU)?;
            match Tpdu::decode(&octets, Way::FromMobile) {
                Ok(Tpdu::DeliverReport(_)) => reception::acknowledged(modem),
                Ok(_) | Err(_) => Err(WRONG_PDU),
            }
        }
    }
}

/// The octets of a message in hexadecimal, where it has the length that was said.
fn octets(text: &[u8], length: usize) -> Result<Vec<u8>, CmsError> {
    let octets = hexadecimal::read(&without_blanks(text)).map_err(|_| CmsError::INVALID_PDU_MODE_PARAMETER)?;
    let centre = octets.first().map_or(0, |&length| usize::from(length) + 1);
    if octets.len() == centre + length { Ok(octets) } else { Err(CmsError::INVALID_PDU_MODE_PARAMETER) }
}

/// Hosts end a line before they end the text.
fn without_blanks(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn hexadecimal_data(text: &[u8]) -> Result<Vec<u8>, CmsError> {
    let octets = hexadecimal::read(&without_blanks(text)).ok().filter(|octets| octets.len() <= OCTETS);
    octets.ok_or(CmsError::INVALID_TEXT_MODE_PARAMETER)
}

/// An SMS-SUBMIT, or an SMS-DELIVER where the status says that it came in.
fn with(modem: &Modem, now: Tick, other: Option<Address>, stat: Stat, text: &[u8]) -> Result<Vec<u8>, CmsError> {
    let other = other.ok_or(CmsError::INVALID_TEXT_MODE_PARAMETER)?;
    if !stat.is_received() {
        return submit(modem, other, text);
    }
    let (first, coding) = (octet(modem, Setting::FirstOctet), octet(modem, Setting::Coding));
    // Of a submit's first octet the header and the reply path mean the same.
    let mut message = head(modem, first & 0xC0 | 0x04, other);
    message.extend([octet(modem, Setting::Protocol), coding]);
    message.extend(centre::timestamp(modem, now).0);
    message.extend(user_data(modem, first, DataCoding(coding), text)?);
    Ok(message)
}

/// An SMS-SUBMIT as `+CSMP` has it.
///
/// # Errors
/// The text is none of its character set, or too long (305).
fn submit(modem: &Modem, to: Address, text: &[u8]) -> Result<Vec<u8>, CmsError> {
    let (first, coding) = (octet(modem, Setting::FirstOctet), DataCoding(octet(modem, Setting::Coding)));
    let data = user_data(modem, first, coding, text)?;
    // What is no first octet of an SMS-SUBMIT has its other bits for something else.
    let first = if first & 0x03 == 0x01 { first } else { first & HEADER | 0x01 };
    let empty = Submit {
        reject_duplicates: first & 0x04 != 0,
        report_requested: first & 0x20 != 0,
        reply_path: first & 0x80 != 0,
        reference: 0,
        destination: to,
        protocol: ProtocolId(octet(modem, Setting::Protocol)),
        validity: service::validity(modem, u32::from(first)),
        user_data: crate::wire::sms::UserData::empty(coding),
    };
    let mut message = Pdu { centre: modem.messages.service_centre, message: Tpdu::Submit(empty) }.encode();
    let at = message.first().map_or(0, |&length| usize::from(length) + 1);
    if let Some(octet) = message.get_mut(at) {
        *octet |= first & HEADER;
    }
    message.pop();
    message.extend(data);
    Ok(message)
}

/// The service centre, the first octet and an address.
fn head(modem: &Modem, first: u8, other: Address) -> Vec<u8> {
    let centre = modem.messages.service_centre;
    let mut octets = Vec::with_capacity(176);
    match centre {
        Some(centre) => {
            let digits = centre.octets();
            octets.extend([u8::try_from(digits.len() + 1).unwrap_or(0), centre.kind().0]);
            octets.extend_from_slice(digits);
        }
        None => octets.push(0),
    }
    octets.extend([first, u8::try_from(other.digits()).unwrap_or(0), other.kind().0]);
    octets.extend_from_slice(other.octets());
    octets
}

/// TP-UDL and TP-UD.
fn user_data(modem: &Modem, first: u8, coding: DataCoding, text: &[u8]) -> Result<Vec<u8>, CmsError> {
    const WRONG: CmsError = CmsError::INVALID_TEXT_MODE_PARAMETER;
    let reading = coding.reading();
    let counts_septets = reading.form == Written::Septets && !reading.compressed;
    let mut data = vec![0];
    let length = if counts_septets && first & HEADER == 0 {
        let septets = Alphabet::DEFAULT.encode_lossy(&modem.decode(text).ok_or(WRONG)?);
        if septets.len() > SEPTETS {
            return Err(WRONG);
        }
        pack(&septets, 0, &mut data);
        septets.len()
    } else {
        data.extend(hexadecimal_data(text)?);
        let octets = data.len() - 1;
        if counts_septets { octets * 8 / 7 } else { octets }
    };
    data[0] = u8::try_from(length).map_err(|_| WRONG)?;
    Ok(data)
}

fn octet(modem: &Modem, setting: Setting) -> u8 {
    u8::try_from(modem.setting(setting)).unwrap_or(0)
}

/// Puts a message into the memory for what is written.
fn store(modem: &mut Modem, pdu: Vec<u8>, stat: Stat) -> Result<Reply, CmsError> {
    let memory: Memory = memory(modem, Setting::WriteMemory);
    let own = &mut modem.messages.store;
    let place = own.put(memory, Stored { stat, pdu: pdu.into() }).ok_or(CmsError::MEMORY_FULL)?;
    let index = own.index(memory, place);
    modem.inform(format_args!("+CMGW: {index}"));
    Network::indicate(modem);
    Ok(Reply::Ok)
}
