//! A line cut where something is to be masked: bytes, the script's own values, and the places of masks.

use super::{Find, HOLE};
use crate::script::{Item, Part, Type};

/// A piece of a text that is being masked.
pub(super) enum Piece<T> {
    Bytes(Vec<u8>),
    Kept(T),
    Mask(Find, Vec<u8>),
}

pub(super) fn part_bytes(part: &Part) -> Option<&[u8]> {
    match part {
        Part::Bytes(bytes) => Some(bytes),
        Part::Name(_) | Part::Port(_) => None,
    }
}

pub(super) fn item_bytes(item: &Item) -> Option<&[u8]> {
    match item {
        Item::Bytes(bytes) => Some(bytes),
        Item::Value(_) => None,
    }
}

/// All bytes in a row, one for each value between them.
pub(super) fn flat<T>(items: &[T], bytes: fn(&T) -> Option<&[u8]>) -> Vec<u8> {
    items.iter().flat_map(|item| bytes(item).unwrap_or(&[HOLE]).iter().copied()).collect()
}

/// The pieces of a text, cut where something was found. What holds a value is cut no further.
pub(super) fn pieces<T: Clone>(
    items: &[T],
    bytes: fn(&T) -> Option<&[u8]>,
    flat: &[u8],
    found: &[Find],
) -> Vec<Piece<T>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    for item in items {
        let Some(literal) = bytes(item) else {
            pieces.push(Piece::Kept(item.clone()));
            at += 1;
            continue;
        };
        let (start, end) = (at, at + literal.len());
        // A find that reaches over a value is cut at it; the value itself shows nothing.
        for find in found.iter().filter(|find| find.range.start < end && find.range.end > start) {
            let range = find.range.start.max(at)..find.range.end.min(end);
            if at < range.start {
                pieces.push(Piece::Bytes(flat[at..range.start].to_vec()));
            }
            at = range.end;
            pieces.push(Piece::Mask(find.clone(), flat[range].to_vec()));
        }
        if at < end {
            pieces.push(Piece::Bytes(flat[at..end].to_vec()));
        }
        at = end;
    }
    pieces
}

/// A text that a value of this type matches.
pub(super) fn sample(kind: Option<Type>) -> &'static [u8] {
    match kind {
        None | Some(Type::Str | Type::Rest) => b"x",
        Some(Type::Int | Type::Hex | Type::Reg) => b"1",
        Some(Type::Imei) => b"001017001234569",
        Some(Type::Imeisv) => b"0010170012345601",
        Some(Type::Meid) => b"AF0123450ABCDE",
        Some(Type::Imsi) => b"001010123456789",
        Some(Type::Iccid) => b"8999901000000000016",
        Some(Type::Eid) => b"89001012012341234012345678901224",
        Some(Type::Msisdn) => b"+15550100001",
        Some(Type::Pin) => b"1234",
        Some(Type::Ip) => b"192.0.2.1",
        Some(Type::Time) => b"26/01/01,00:00:00+00",
    }
}
