//! What a card holds of its owner: the profile's `[sim]` as octets.
//!
//! Source: 3GPP TS 31.102 clause 4.2; TS 24.008 clause 10.5.4.7 for numbers.

use super::dialling::{BEHIND_NAME, Entry};
use super::image::{Content, File, Personal, Shape};
use crate::identity::{Iccid, Imsi, Msisdn, Plmn};
use crate::modem::SimProfile;
use crate::wire::text::Alphabet;

/// A file's contents as the card left its issuer.
pub(super) fn contents(file: &File, sim: &SimProfile) -> Vec<u8> {
    if file.is_contacts {
        return contacts(sim);
    }
    let mut octets = Vec::with_capacity(file.shape.size());
    for piece in &file.content {
        match piece {
            Content::Octets(plain) => octets.extend_from_slice(plain),
            Content::Personal(personal) => octets.extend(personal_octets(*personal, sim)),
            Content::Fill(end) => octets.resize(usize::from(*end), 0xFF),
        }
    }
    octets
}

/// The home network: the IMSI's first digits, as many as `sim.mnc_digits` says.
pub(super) fn home(sim: &SimProfile) -> Option<Plmn> {
    sim.home()
}

/// How EF_ADN is built.
pub(super) fn contacts_shape(sim: &SimProfile) -> Shape {
    let length = sim.contacts_name.saturating_add(u8::try_from(BEHIND_NAME).unwrap_or(0));
    Shape::Linear { length, count: sim.contacts_size }
}

/// EF_ADN: each entry in its record, or in the first that is free.
fn contacts(sim: &SimProfile) -> Vec<u8> {
    let shape = contacts_shape(sim);
    let length = shape.records().map_or(1, |(length, _)| usize::from(length));
    let mut octets = vec![0xFF; shape.size()];
    for contact in &sim.contacts {
        let free = || octets.chunks_exact(length).position(|record| Entry::of_record(record).is_none());
        let place = contact.index.map_or_else(free, |index| usize::from(index).checked_sub(1));
        let record = contact.entry().and_then(|entry| entry.record(length));
        if let (Some(place), Some(record)) = (place, record)
            && let Some(room) = octets.chunks_exact_mut(length).nth(place)
        {
            room.copy_from_slice(&record);
        }
    }
    octets
}

fn personal_octets(personal: Personal, sim: &SimProfile) -> Vec<u8> {
    let imsi = Imsi::parse(&sim.imsi).ok();
    let mut octets = match personal {
        Personal::Iccid => Iccid::parse(&sim.iccid).map_or_else(|_| Vec::new(), |iccid| iccid.to_octets().to_vec()),
        Personal::Language => sim.language.bytes().take(2).collect(),
        Personal::Imsi => imsi.map_or_else(Vec::new, |imsi| imsi.to_octets().to_vec()),
        Personal::Msisdn => number_record(&sim.msisdn),
        Personal::Smsp => parameters_record(&sim.smsc),
        Personal::Spn => name(&sim.spn),
        Personal::Acc => imsi.map_or_else(Vec::new, |imsi| {
            let class = imsi.digits().last().copied().unwrap_or(0);
            (1_u16 << class).to_be_bytes().to_vec()
        }),
        Personal::Ad => vec![0, 0, 0, sim.mnc_digits],
        Personal::Home => home(sim).map_or_else(Vec::new, |home| home.to_octets().to_vec()),
    };
    octets.resize(personal.size(), 0xFF);
    octets
}

/// EF_SPN: whether the name is shown with the network's, then 16 octets of the GSM alphabet.
fn name(name: &str) -> Vec<u8> {
    if name.is_empty() {
        return Vec::new();
    }
    std::iter::once(0x01).chain(Alphabet::DEFAULT.encode_lossy(name).into_iter().take(16)).collect()
}

/// EF_MSISDN: 14 octets of name (none), length, type of number, ten octets of digits, two identifiers (none).
fn number_record(number: &str) -> Vec<u8> {
    let mut record = vec![0xFF; 14];
    record.extend(number_octets(number, 11));
    record
}

/// EF_SMSP: 14 octets of name (none), which parameters are there, destination (none), service centre, PID, DCS, validity.
fn parameters_record(centre: &str) -> Vec<u8> {
    let mut record = vec![0xFF; 14];
    let there = if centre.is_empty() { 0xE3 } else { 0xE1 };
    record.push(there);
    record.extend([0xFF; 12]);
    let mut number = number_octets(centre, 11);
    number.resize(12, 0xFF);
    record.extend(number);
    record.extend([0x00, 0x00, 0xFF]);
    record
}

/// Length, type of number and digits with swapped nibbles; nothing where there is no number.
fn number_octets(number: &str, most: usize) -> Vec<u8> {
    let Ok(number) = Msisdn::parse(number) else { return Vec::new() };
    let digits: Vec<u8> = number.digits().bytes().map(|byte| byte - b'0').collect();
    let mut octets = vec![0, number.type_of_number()];
    octets.extend(digits.chunks(2).map(|pair| pair.get(1).copied().unwrap_or(0x0F) << 4 | pair[0]));
    octets.truncate(1 + most);
    octets[0] = u8::try_from(octets.len() - 1).unwrap_or(0);
    octets
}
