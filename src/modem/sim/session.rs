//! One logical channel: what is selected on it, and the commands that the card takes there.
//!
//! Source: ETSI TS 102 221 clauses 10 and 11; 3GPP TS 51.011 clauses 8 and 9 for class A0.

use super::apdu::{Apdu, check_class};
use super::card::Card;
use super::header;
use super::image::{Image, MASTER, Node, Shape};
use super::issuer::{self, ISSUER};
use super::status::Status;
use super::verify;
use crate::modem::SimProfile;

/// What the card answers: data and status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Response {
    /// The data, without the status.
    pub(super) data: Vec<u8>,
    /// The status word.
    pub(super) status: Status,
}

impl From<Status> for Response {
    fn from(status: Status) -> Self {
        Self { data: Vec::new(), status }
    }
}

/// A logical channel.
#[derive(Debug, Clone)]
pub(super) struct Session {
    directory: u8,
    file: Option<u8>,
    /// The current record, 0 before the first.
    record: u8,
    /// What waits for GET RESPONSE.
    waiting: Vec<u8>,
    /// The application that manages an eUICC's profiles is selected: it has no files.
    is_issuer: bool,
}

impl Default for Session {
    fn default() -> Self {
        Self { directory: MASTER, file: None, record: 0, waiting: Vec::new(), is_issuer: false }
    }
}

impl Session {
    /// Carries out one command.
    pub(super) fn run(&mut self, card: &mut Card, sim: &SimProfile, octets: &[u8]) -> Response {
        let Some(apdu) = Apdu::read(octets) else { return Status::WRONG_LENGTH.into() };
        if let Err(status) = check_class(&apdu) {
            return status.into();
        }
        if apdu.instruction != 0xC0 {
            self.waiting.clear();
        }
        let result = self.carry_out(card, sim, &apdu);
        let mut response = match result {
            Ok(response) => response,
            Err(status) => status.into(),
        };
        if apdu.is_gsm() {
            response.status = response.status.gsm();
        }
        response
    }

    fn carry_out(&mut self, card: &mut Card, sim: &SimProfile, apdu: &Apdu<'_>) -> Result<Response, Status> {
        match apdu.instruction {
            0xA4 => self.select(card, sim, apdu),
            0xE2 if self.is_issuer => Ok(self.hand_out(issuer::answer(sim, apdu.data)?, apdu)),
            0xF2 => self.status(card, apdu),
            0xC0 => self.get_response(apdu),
            0xB0 => {
                let (file, offset) = self.binary_file(apdu)?;
                let wanted = read_length(apdu)?;
                let data = card.read_binary(sim, file, offset, wanted)?;
                // 0 means 256 here, and a card hands out neither more nor less than it is asked for.
                if wanted == 0 && data.len() < 256 {
                    return Err(Status::correct_length(data.len()));
                }
                done(data, apdu)
            }
            0xD6 => {
                let (file, offset) = self.binary_file(apdu)?;
                needs_data(apdu)?;
                card.update_binary(sim, file, offset, apdu.data).map(|()| Status::DONE.into())
            }
            0xB2 => {
                let file = self.file_of_records(apdu)?;
                let number = self.number_of_record(card, file, apdu)?;
                let data = card.read_record(sim, file, number, 0)?;
                let wanted = usize::from(read_length(apdu)?);
                if wanted != data.len() {
                    return Err(Status::correct_length(data.len()));
                }
                self.record = number;
                done(data, apdu)
            }
            0xDC => {
                let file = self.file_of_records(apdu)?;
                needs_data(apdu)?;
                if matches!(card.shape(Image::shared().file(file)), Shape::Cyclic { .. }) {
                    if apdu.p2 & 0x07 != 0x03 {
                        return Err(Status::WRONG_P1_P2);
                    }
                    card.push_record(sim, file, apdu.data)?;
                    self.record = 1;
                } else {
                    let number = self.number_of_record(card, file, apdu)?;
                    card.update_record(sim, file, number, apdu.data)?;
                    self.record = number;
                }
                Ok(Status::DONE.into())
            }
            0x32 => {
                let file = self.file.ok_or(Status::NO_FILE)?;
                needs_data(apdu)?;
                let mut answer = card.increase(sim, file, apdu.data)?;
                self.record = 1;
                answer.extend_from_slice(apdu.data);
                Ok(self.hand_out(answer, apdu))
            }
            0xA2 => self.search(card, sim, apdu),
            0x20 | 0x24 | 0x26 | 0x28 | 0x2C => verify::run(card, apdu),
            // The card holds no key: it cannot answer a challenge, and says so as for a wrong network.
            0x88 if apdu.data.is_empty() => Err(Status::WRONG_LENGTH),
            0x88 => Err(Status::WRONG_MAC),
            // TERMINAL PROFILE, ENVELOPE, TERMINAL RESPONSE: the card has no application toolkit to speak of.
            0x10 | 0xC2 | 0x14 => Ok(Status::DONE.into()),
            0x12 => Err(Status::NO_DIAGNOSIS),
            _ => Err(Status::WRONG_INSTRUCTION),
        }
    }

    /// SELECT: P1 00 by identifier, 03 the parent, 04 by application, 08 by path from the master file, 09 by path from here.
    fn select(&mut self, card: &Card, sim: &SimProfile, apdu: &Apdu<'_>) -> Result<Response, Status> {
        if apdu.p1 == 0x04 && !apdu.is_gsm() && apdu.data == ISSUER && !sim.eid.is_empty() {
            *self = Self { is_issuer: true, ..Self::default() };
            let mut name = vec![0x6F, 0x12, 0x84, 0x10];
            name.extend(ISSUER);
            return Ok(self.hand_out(name, apdu));
        }
        let here = self.directory;
        let (directory, node) = match (apdu.p1, apdu.data) {
            (0x00, []) if !apdu.is_gsm() => (MASTER, Node::Directory(MASTER)),
            (0x00, &[high, low]) => (here, self.reach(u16::from_be_bytes([high, low])).ok_or(Status::FILE_NOT_FOUND)?),
            (0x00, _) => return Err(Status::WRONG_LENGTH),
            (_, _) if apdu.is_gsm() => return Err(Status::WRONG_P1_P2),
            (0x03, []) => (here, Node::Directory(Image::shared().directory(here).parent)),
            (0x04, aid) => (here, Node::Directory(Image::shared().application(aid).ok_or(Status::FILE_NOT_FOUND)?)),
            (0x08, path) => walk(MASTER, here, path)?,
            (0x09, path) => walk(here, here, path)?,
            (_, _) => return Err(Status::WRONG_P1_P2),
        };
        let answer = match (apdu.is_gsm(), apdu.p2 & 0x1C) {
            (true, 0x00) => header::gsm(card, node),
            (true, _) => return Err(Status::WRONG_P1_P2),
            (false, 0x04) => header::fcp(card, node),
            (false, 0x0C | 0x00) => Vec::new(),
            (false, _) => return Err(Status::WRONG_P1_P2),
        };
        self.enter(directory, node);
        self.is_issuer = false;
        Ok(self.hand_out(answer, apdu))
    }

    /// Makes a directory the current one, or a file in it.
    fn enter(&mut self, directory: u8, node: Node) {
        self.record = 0;
        (self.directory, self.file) = match node {
            Node::Directory(directory) => (directory, None),
            Node::File(file) => (directory, Some(file)),
        };
    }

    /// The directory or file that an identifier means here: itself, below, beside, above, the master file, the USIM.
    ///
    /// Source: ETSI TS 102 221, clause 8.4.1.
    fn reach(&self, id: u16) -> Option<Node> {
        let image = Image::shared();
        let here = image.directory(self.directory);
        match id {
            0x3F00 => Some(Node::Directory(MASTER)),
            0x7FFF => Some(Node::Directory(image.usim())),
            id if id == here.id => Some(Node::Directory(self.directory)),
            id => image
                .child(self.directory, id)
                .or_else(|| {
                    let beside = image.child(here.parent, id);
                    beside.filter(|node| matches!(node, Node::Directory(_)))
                })
                .or_else(|| (image.directory(here.parent).id == id).then_some(Node::Directory(here.parent))),
        }
    }

    /// STATUS: the current directory once more.
    fn status(&mut self, card: &Card, apdu: &Apdu<'_>) -> Result<Response, Status> {
        let node = Node::Directory(self.directory);
        let answer = match (apdu.is_gsm(), apdu.p1, apdu.p2) {
            (true, 0, 0) => header::gsm(card, node),
            (false, 0..=2, 0x00) => header::fcp(card, node),
            (false, 0..=2, 0x01) => {
                let aid = Image::shared().directory(self.directory).aid.as_deref().unwrap_or_default();
                let mut name = vec![0x84, u8::try_from(aid.len()).unwrap_or(0)];
                name.extend_from_slice(aid);
                name
            }
            (false, 0..=2, 0x0C) => return Ok(Status::DONE.into()),
            (_, _, _) => return Err(Status::WRONG_P1_P2),
        };
        let wanted = usize::from(apdu.p3);
        match wanted {
            0 => Err(Status::correct_length(answer.len())),
            wanted if wanted > answer.len() => Err(Status::correct_length(answer.len())),
            wanted => done(answer[..wanted].to_vec(), apdu),
        }
    }

    fn get_response(&mut self, apdu: &Apdu<'_>) -> Result<Response, Status> {
        if apdu.p1 != 0 || apdu.p2 != 0 {
            return Err(Status::WRONG_P1_P2);
        }
        let wanted = if apdu.p3 == 0 { 256 } else { usize::from(apdu.p3) };
        match self.waiting.len() {
            0 => Err(Status::NOT_SATISFIED),
            there if apdu.p3 != 0 && wanted > there => Err(Status::correct_length(there)),
            there => {
                let data: Vec<u8> = self.waiting.drain(..wanted.min(there)).collect();
                let status = if self.waiting.is_empty() { Status::DONE } else { Status::waiting(self.waiting.len()) };
                Ok(Response { data, status })
            }
        }
    }

    /// Data for a command that had data itself: at once where it is wanted back, else by GET RESPONSE.
    fn hand_out(&mut self, answer: Vec<u8>, apdu: &Apdu<'_>) -> Response {
        if answer.is_empty() {
            return Status::DONE.into();
        }
        if apdu.data.is_empty() && !apdu.is_gsm() && apdu.p3 != 0 && usize::from(apdu.p3) != answer.len() {
            return Status::correct_length(answer.len()).into();
        }
        if apdu.wants_back || apdu.data.is_empty() && !apdu.is_gsm() && apdu.p3 != 0 {
            return Response { data: answer, status: Status::DONE };
        }
        self.waiting = answer;
        Status::waiting(self.waiting.len()).into()
    }

    /// The file of READ BINARY and UPDATE BINARY, and where in it: P1 may hold a short file identifier.
    fn binary_file(&mut self, apdu: &Apdu<'_>) -> Result<(u8, u16), Status> {
        if apdu.p1 & 0x80 == 0 || apdu.is_gsm() {
            return Ok((self.file.ok_or(Status::NO_FILE)?, apdu.offset()));
        }
        if apdu.p1 & 0x60 != 0 {
            return Err(Status::WRONG_P1_P2);
        }
        let file = self.by_short(apdu.p1 & 0x1F)?;
        Ok((file, u16::from(apdu.p2)))
    }

    /// The file of READ RECORD and UPDATE RECORD: P2 may hold a short file identifier.
    fn file_of_records(&mut self, apdu: &Apdu<'_>) -> Result<u8, Status> {
        match apdu.p2 >> 3 {
            0 => self.file.ok_or(Status::NO_FILE),
            short => self.by_short(short),
        }
    }

    /// Which record READ RECORD and UPDATE RECORD mean: P2 has the mode.
    fn number_of_record(&self, card: &Card, file: u8, apdu: &Apdu<'_>) -> Result<u8, Status> {
        let shape = card.shape(Image::shared().file(file));
        let Some((_, count)) = shape.records() else { return Err(Status::WRONG_STRUCTURE) };
        let number = match (apdu.p2 & 0x07, apdu.p1) {
            (0x02, _) => self.record.checked_add(1).filter(|&next| next <= count),
            (0x03, _) => match self.record {
                0 => Some(count),
                record => Some(record - 1),
            },
            (0x04, 0) => Some(self.record),
            (0x04, number) => Some(number),
            (_, _) => return Err(Status::WRONG_P1_P2),
        };
        match number {
            Some(0) | None => Err(Status::RECORD_NOT_FOUND),
            Some(number) => Ok(number),
        }
    }

    fn by_short(&mut self, short: u8) -> Result<u8, Status> {
        let file = Image::shared().short(self.directory, short).ok_or(Status::FILE_NOT_FOUND)?;
        self.enter(self.directory, Node::File(file));
        Ok(file)
    }

    /// SEARCH RECORD, simple: the numbers of the records that contain the pattern, forward (04) or backward (05) from P1.
    fn search(&mut self, card: &Card, sim: &SimProfile, apdu: &Apdu<'_>) -> Result<Response, Status> {
        if apdu.is_gsm() {
            return Err(Status::NOT_SUPPORTED);
        }
        let file = self.file_of_records(apdu)?;
        let Some((length, count)) = card.shape(Image::shared().file(file)).records() else {
            return Err(Status::WRONG_STRUCTURE);
        };
        if apdu.data.is_empty() || apdu.data.len() > usize::from(length) {
            return Err(Status::WRONG_LENGTH);
        }
        let from = apdu.p1.max(1);
        let numbers: Vec<u8> = match apdu.p2 & 0x07 {
            0x04 => (from..=count).collect(),
            0x05 => (1..=from.min(count)).rev().collect(),
            _ => return Err(Status::NOT_SUPPORTED),
        };
        let mut found = Vec::new();
        for number in numbers {
            let record = card.read_record(sim, file, number, 0)?;
            if record.windows(apdu.data.len()).any(|window| window == apdu.data) {
                found.push(number);
            }
        }
        if let Some(&first) = found.first() {
            self.record = first;
        }
        Ok(self.hand_out(found, apdu))
    }
}

fn done(data: Vec<u8>, apdu: &Apdu<'_>) -> Result<Response, Status> {
    if apdu.data.is_empty() { Ok(Response { data, status: Status::DONE }) } else { Err(Status::WRONG_LENGTH) }
}

fn read_length(apdu: &Apdu<'_>) -> Result<u8, Status> {
    if apdu.data.is_empty() { Ok(apdu.p3) } else { Err(Status::WRONG_LENGTH) }
}

fn needs_data(apdu: &Apdu<'_>) -> Result<(), Status> {
    if apdu.data.is_empty() { Err(Status::WRONG_LENGTH) } else { Ok(()) }
}

/// Follows a path of identifiers to a directory or file, and the directory that this one stands in.
fn walk(from: u8, here: u8, path: &[u8]) -> Result<(u8, Node), Status> {
    let (ids, rest) = path.as_chunks::<2>();
    if ids.is_empty() || !rest.is_empty() {
        return Err(Status::WRONG_LENGTH);
    }
    let image = Image::shared();
    // The application that is active on this channel, else the USIM.
    let active = if image.directory(here).aid.is_some() { here } else { image.usim() };
    let mut at = (from, Node::Directory(from));
    for (step, id) in ids.iter().map(|id| u16::from_be_bytes(*id)).enumerate() {
        let Node::Directory(directory) = at.1 else { return Err(Status::FILE_NOT_FOUND) };
        at = match id {
            0x3F00 if step == 0 && from == MASTER => at,
            0x7FFF if directory == MASTER => (active, Node::Directory(active)),
            id => (directory, image.child(directory, id).ok_or(Status::FILE_NOT_FOUND)?),
        };
    }
    Ok(at)
}
