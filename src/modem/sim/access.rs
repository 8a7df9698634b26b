//! `+CRSM`, `+CSIM` and the logical channels: the card's files and commands through the modem.
//!
//! Source: 3GPP TS 27.007 clauses 8.17 (`+CSIM`), 8.18 (`+CRSM`), 8.43 (`+CGLA`), 8.45 and 8.46 (`+CCHO`, `+CCHC`); TS 31.102 and ETSI TS 102 221 for what they carry.

use super::Sim;
use super::header;
use super::hexadecimal::{self, Hexadecimal};
use super::image::{Image, MASTER, Node};
use super::session::Response;
use super::status::Status;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::{FileHeader, Modem};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CRSM", restricted).needs(Needs::Card),
    Entry::new("+CSIM", generic).needs(Needs::Card),
    Entry::new("+CCHO", open_channel).needs(Needs::Card),
    Entry::new("+CGLA", on_channel).needs(Needs::Card),
    Entry::new("+CCHC", close_channel).needs(Needs::Card),
];

/// At most this many octets of a command: header, 255 of data, and how much is wanted back.
const LONGEST_COMMAND: usize = 5 + 255 + 1;

/// `+CSIM=<length>,<command>`: a command to the card, and what it answers. The length counts characters.
fn generic(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let Some(octets) = command(&parameters, 0) else { return Reply::Malformed };
            send(modem, call, "+CSIM", &octets)
        }
        Form::Test => Reply::Ok,
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

/// Hands a command to the card, and what it answers to the host.
fn send(modem: &mut Modem, call: &Call<'_>, name: &str, octets: &[u8]) -> Reply {
    let sim = &mut modem.sim;
    let Response { mut data, status } = sim.channels.run(&mut sim.card, &modem.profile.sim, octets);
    data.extend(status.0.to_be_bytes());
    modem.inform(format_args!("{name}: {},\"{}\"", data.len() * 2, Hexadecimal(&data)));
    // VERIFY and its kin open and lock the card.
    Sim::changed(modem, call.now);
    Reply::Ok
}

/// `<length>,<command>` from this parameter on, the last ones there are.
fn command(parameters: &Parameters<'_>, at: usize) -> Option<Vec<u8>> {
    let length = parameters.required::<usize>(at).ok()?;
    let text = parameters.word(at + 1)?;
    let octets = hexadecimal::read(&text).filter(|octets| (4..=LONGEST_COMMAND).contains(&octets.len()))?;
    (length == text.len() && parameters.len() == at + 2).then_some(octets)
}

/// `+CCHO=<dfname>`: opens a channel to an application; answers with the channel's number alone.
fn open_channel(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let name = parameters.word(0).and_then(|text| hexadecimal::read(&text));
            let Some(name) = name.filter(|name| (1..=16).contains(&name.len()) && parameters.len() == 1) else {
                return Reply::Malformed;
            };
            let sim = &mut modem.sim;
            let Some(number) = sim.channels.open() else { return Reply::Cme(CmeError::MEMORY_FULL) };
            let mut select = vec![number, 0xA4, 0x04, 0x0C, u8::try_from(name.len()).unwrap_or(16)];
            select.extend(name);
            let response = sim.channels.run(&mut sim.card, &modem.profile.sim, &select);
            if !matches!(response.status.first(), 0x90 | 0x61) {
                sim.channels.close(number);
                return Reply::Cme(CmeError::NOT_FOUND);
            }
            modem.inform(format_args!("{number}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

/// `+CGLA=<sessionid>,<length>,<command>`: as `+CSIM`, on an open channel, whose number goes into the class.
fn on_channel(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let (Ok(number), Some(mut octets)) = (parameters.required::<u8>(0), command(&parameters, 1)) else {
                return Reply::Malformed;
            };
            match octets.first_mut() {
                Some(class) if (1..=3).contains(&number) => *class = *class & 0xFC | number,
                Some(_) | None => return Reply::Malformed,
            }
            send(modem, call, "+CGLA", &octets)
        }
        Form::Test => Reply::Ok,
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

/// `+CCHC=<sessionid>`: closes a channel.
fn close_channel(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => match parameters.required::<u8>(0) {
            Ok(number) if parameters.len() == 1 && modem.sim.channels.close(number) => Reply::Ok,
            Ok(_) if parameters.len() == 1 => Reply::Cme(CmeError::INVALID_INDEX),
            Ok(_) | Err(_) => Reply::Malformed,
        },
        Form::Test => Reply::Ok,
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

/// What `+CRSM` asks of the card.
struct Request {
    instruction: u8,
    file: Option<u16>,
    p1: u8,
    p2: u8,
    /// `None` where it was left out: as much as there is.
    p3: Option<u8>,
    data: Vec<u8>,
    path: Option<Vec<u16>>,
}

/// `+CRSM=<command>[,<fileid>[,<P1>,<P2>,<P3>[,<data>[,<pathid>]]]]`
fn restricted(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Set(parameters) => {
            let Some(request) = request(&parameters) else { return Reply::Malformed };
            let (data, status) = match carry_out(modem, &request) {
                Ok(data) => (data, Status::DONE),
                Err(status) => (Vec::new(), status),
            };
            let (first, second) = (status.first(), status.second());
            let data = Hexadecimal(&data);
            match (data.0.is_empty(), modem.profile.sim.crsm_quoted) {
                (true, _) => modem.inform(format_args!("+CRSM: {first},{second}")),
                (false, true) => modem.inform(format_args!("+CRSM: {first},{second},\"{data}\"")),
                (false, false) => modem.inform(format_args!("+CRSM: {first},{second},{data}")),
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

fn request(parameters: &Parameters<'_>) -> Option<Request> {
    let data = match parameters.word(5) {
        Some(text) => hexadecimal::read(&text)?,
        None => Vec::new(),
    };
    let path = match parameters.word(6) {
        Some(text) if text.is_empty() => None,
        Some(text) => {
            let octets = hexadecimal::read(&text)?;
            let (ids, rest) = octets.as_chunks::<2>();
            rest.is_empty().then_some(())?;
            Some(ids.iter().map(|id| u16::from_be_bytes(*id)).collect())
        }
        None => None,
    };
    let instruction = parameters.required(0).ok()?;
    // Source: TS 27.007, clause 8.18: these and no others.
    let known = matches!(instruction, 0xB0 | 0xB2 | 0xC0 | 0xD6 | 0xDC | 0xF2 | 0xCB | 0xDB);
    (known && parameters.len() <= 7).then_some(())?;
    Some(Request {
        instruction,
        file: parameters.number(1).ok()?,
        p1: parameters.number(2).ok()?.unwrap_or(0),
        p2: parameters.number(3).ok()?.unwrap_or(0),
        p3: parameters.number(4).ok()?,
        data,
        path,
    })
}

fn carry_out(modem: &mut Modem, request: &Request) -> Result<Vec<u8>, Status> {
    let profile = std::sync::Arc::clone(&modem.profile);
    let (sim, card) = (&profile.sim, &mut modem.sim.card);
    if request.instruction == 0xF2 && request.file.is_none_or(|id| id == 0) {
        return Ok(describe(modem, Node::Directory(Image::shared().usim()), None));
    }
    let node = find(request)?;
    let file = match node {
        Node::File(file) => Ok(file),
        Node::Directory(_) => Err(Status::WRONG_STRUCTURE),
    };
    let length = request.p3.unwrap_or(0);
    match request.instruction {
        0xB0 => card.read_binary(sim, file?, u16::from_be_bytes([request.p1, request.p2]), length),
        0xB2 => card.read_record(sim, file?, record(request)?, length),
        0xD6 => {
            fits(request)?;
            card.update_binary(sim, file?, u16::from_be_bytes([request.p1, request.p2]), &request.data)
                .map(|()| Vec::new())
        }
        0xDC => {
            fits(request)?;
            card.update_record(sim, file?, record(request)?, &request.data).map(|()| Vec::new())
        }
        0xC0 | 0xF2 => Ok(describe(modem, node, request.p3)),
        _ => Err(Status::WRONG_INSTRUCTION),
    }
}

/// The header of a file as the profile's modems hand it out.
fn describe(modem: &Modem, node: Node, length: Option<u8>) -> Vec<u8> {
    let card = &modem.sim.card;
    match modem.profile.sim.file_header {
        FileHeader::Uicc => header::fcp(card, node),
        FileHeader::Gsm => {
            let mut octets = header::gsm(card, node);
            if let Some(length) = length.filter(|&length| length > 0) {
                octets.truncate(usize::from(length));
            }
            octets
        }
    }
}

/// Where a file stands: at its path, or where the modem looks for it without one, the USIM first.
fn find(request: &Request) -> Result<Node, Status> {
    let image = Image::shared();
    let id = request.file.ok_or(Status::FILE_NOT_FOUND)?;
    let Some(path) = &request.path else {
        return match id {
            0x3F00 => Ok(Node::Directory(MASTER)),
            0x7FFF => Ok(Node::Directory(image.usim())),
            id => {
                let telecom = image.child(MASTER, 0x7F10);
                let below = |node: Option<Node>| match node {
                    Some(Node::Directory(directory)) => image.child(directory, id),
                    Some(Node::File(_)) | None => None,
                };
                image
                    .child(image.usim(), id)
                    .or_else(|| image.child(MASTER, id))
                    .or_else(|| below(telecom))
                    .ok_or(Status::FILE_NOT_FOUND)
            }
        };
    };
    let mut directory = MASTER;
    for &step in path.iter().skip_while(|&&step| step == 0x3F00) {
        directory = match image.child(directory, step) {
            Some(Node::Directory(found)) => found,
            Some(Node::File(_)) | None => return Err(Status::FILE_NOT_FOUND),
        };
    }
    if id == image.directory(directory).id {
        return Ok(Node::Directory(directory));
    }
    image.child(directory, id).ok_or(Status::FILE_NOT_FOUND)
}

/// The record that P1 names; P2 must be the absolute mode, and 0 is taken for it.
fn record(request: &Request) -> Result<u8, Status> {
    match request.p2 {
        0x00 | 0x04 => Ok(request.p1),
        _ => Err(Status::WRONG_P1_P2),
    }
}

/// P3 is the length of the data.
fn fits(request: &Request) -> Result<(), Status> {
    let length = request.p3.map_or(request.data.len(), usize::from);
    if length == request.data.len() && length > 0 { Ok(()) } else { Err(Status::WRONG_LENGTH) }
}
