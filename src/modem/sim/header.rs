//! What the card says of a file that is selected: the FCP template, and the GSM application's older form.
//!
//! Source: ETSI TS 102 221 clause 11.1.1.3 (FCP); 3GPP TS 51.011 clause 9.2.1 (GSM).

use super::card::Card;
use super::image::{Access, File, Image, MASTER, Node, Shape};
use super::secret::Secret;

/// The file control parameters of a directory or file, tag 62.
pub(super) fn fcp(card: &Card, node: Node) -> Vec<u8> {
    let body = match node {
        Node::Directory(place) => {
            let directory = Image::shared().directory(place);
            let mut body = tlv(0x82, &[0x78, 0x21]);
            body.extend(tlv(0x83, &directory.id.to_be_bytes()));
            if let Some(aid) = &directory.aid {
                body.extend(tlv(0x84, aid));
            }
            body.extend(tlv(0xA5, &[0x80, 0x01, 0x71]));
            body.extend(tlv(0x8A, &[0x05]));
            body.extend(tlv(0x8B, &[0x2F, 0x06, 0x05]));
            let enabled = u8::from(card.pin.is_enabled()) << 7 | u8::from(card.pin2.is_enabled()) << 6;
            body.extend(tlv(0xC6, &[0x90, 0x01, enabled, 0x83, 0x01, 0x01, 0x83, 0x01, 0x81]));
            body
        }
        Node::File(place) => {
            let file = Image::shared().file(place);
            let shape = card.shape(file);
            let mut body = match shape {
                Shape::Transparent { .. } => tlv(0x82, &[0x41, 0x21]),
                Shape::Linear { length, count } => tlv(0x82, &[0x42, 0x21, 0x00, length, count]),
                Shape::Cyclic { length, count } => tlv(0x82, &[0x46, 0x21, 0x00, length, count]),
            };
            body.extend(tlv(0x83, &file.id.to_be_bytes()));
            body.extend(tlv(0x8A, &[0x05]));
            body.extend(tlv(0x8B, &[0x2F, 0x06, rule(file)]));
            body.extend(tlv(0x80, &size(shape).to_be_bytes()));
            body.extend(match file.short {
                Some(short) => tlv(0x88, &[short << 3]),
                None => tlv(0x88, &[]),
            });
            body
        }
    };
    tlv(0x62, &body)
}

/// The header as the GSM application gives it: 15 octets of a file, 22 of a directory.
pub(super) fn gsm(card: &Card, node: Node) -> Vec<u8> {
    match node {
        Node::File(place) => {
            let file = Image::shared().file(place);
            let shape = card.shape(file);
            let [high, low] = size(shape).to_be_bytes();
            let [id_high, id_low] = file.id.to_be_bytes();
            let access = gsm_access(file.read) << 4 | gsm_access(file.update);
            let (structure, length) = match shape {
                Shape::Transparent { .. } => (0x00, 0x00),
                Shape::Linear { length, .. } => (0x01, length),
                Shape::Cyclic { length, .. } => (0x03, length),
            };
            // Bit 7 of octet 8: INCREASE is allowed.
            let increase = if matches!(shape, Shape::Cyclic { .. }) { 0x40 } else { 0x00 };
            vec![0, 0, high, low, id_high, id_low, 0x04, increase, access, 0xFF, 0x44, 0x01, 0x02, structure, length]
        }
        Node::Directory(place) => {
            let [id_high, id_low] = Image::shared().directory(place).id.to_be_bytes();
            let kind = if place == MASTER { 0x01 } else { 0x02 };
            let characteristics = u8::from(!card.pin.is_enabled()) << 7 | 0x13;
            let (directories, files) = Image::shared().counts(place);
            let counter = |tries: u8| 0x80 | tries & 0x0F;
            let secrets = [&card.pin, &card.pin2]
                .map(|secret: &Secret| [counter(secret.tries()), counter(secret.puk_tries())])
                .concat();
            let mut header = vec![0, 0, 0, 0, id_high, id_low, kind, 0, 0, 0, 0, 0, 0x09];
            header.extend([characteristics, directories, files, 0x04, 0x00]);
            header.extend(secrets);
            header
        }
    }
}

fn size(shape: Shape) -> u16 {
    u16::try_from(shape.size()).unwrap_or(u16::MAX)
}

/// The record of EF_ARR that has the file's access rules.
fn rule(file: &File) -> u8 {
    match (file.read, file.update) {
        (Access::Always, Access::Never) => 1,
        (Access::Always, Access::Always | Access::Pin | Access::Pin2) => 2,
        (Access::Always, Access::Adm) => 5,
        (Access::Pin | Access::Pin2 | Access::Adm | Access::Never, Access::Pin2) => 6,
        (Access::Pin | Access::Pin2 | Access::Adm | Access::Never, Access::Always | Access::Pin) => 3,
        (Access::Pin | Access::Pin2 | Access::Adm | Access::Never, Access::Adm | Access::Never) => 4,
    }
}

fn gsm_access(access: Access) -> u8 {
    match access {
        Access::Always => 0x0,
        Access::Pin => 0x1,
        Access::Pin2 => 0x2,
        Access::Adm => 0x4,
        Access::Never => 0xF,
    }
}

/// Tag, length, value; the values here are all shorter than 128 octets.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut octets = vec![tag, u8::try_from(value.len()).unwrap_or(0x7F)];
    octets.extend_from_slice(value);
    octets
}
