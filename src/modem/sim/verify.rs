//! The card's commands about its PINs: VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN.
//!
//! Source: ETSI TS 102 221 clauses 11.1.9 to 11.1.13.

use super::apdu::Apdu;
use super::card::Card;
use super::secret::{Attempt, Digits, Which};
use super::session::Response;
use super::status::Status;

/// VERIFY, CHANGE, DISABLE, ENABLE and UNBLOCK PIN.
pub(super) fn run(card: &mut Card, apdu: &Apdu<'_>) -> Result<Response, Status> {
    let which = match (apdu.instruction, apdu.is_gsm(), apdu.p1, apdu.p2) {
        (0x2C, true, 0, 0x00) | (_, true, 0, 0x01) | (_, false, 0, 0x01) => Which::Pin,
        (_, true, 0, 0x02) | (_, false, 0, 0x81) => Which::Pin2,
        (_, _, 0, _) => return Err(Status::NO_SUCH_KEY),
        (_, _, _, _) => return Err(Status::WRONG_P1_P2),
    };
    let secret = card.secret(which);
    if apdu.data.is_empty() && apdu.p3 != 0 {
        return Err(Status::WRONG_LENGTH);
    }
    let (first, second) = blocks(apdu.data)?;
    let attempt = match (apdu.instruction, first, second) {
        // Without data: how many tries are left, or that none is needed.
        (0x20, None, None) if secret.is_satisfied() => return Ok(Status::DONE.into()),
        (0x20, None, None) if secret.tries() == 0 => return Err(Status::BLOCKED),
        (0x20, None, None) => return Err(Status::tries(secret.tries())),
        (0x2C, None, None) if secret.puk_tries() == 0 => return Err(Status::BLOCKED),
        (0x2C, None, None) => return Err(Status::tries(secret.puk_tries())),
        (0x20, Some(pin), None) => secret.verify(pin),
        (0x24, Some(old), Some(new)) => secret.change(old, acceptable(new)?),
        (0x26, Some(pin), None) => secret.enable(pin, false),
        (0x28, Some(pin), None) => secret.enable(pin, true),
        (0x2C, Some(puk), Some(new)) => secret.unblock(puk, acceptable(new)?),
        (_, _, _) => return Err(Status::WRONG_LENGTH),
    };
    match attempt {
        Attempt::Right => Ok(Status::DONE.into()),
        Attempt::Wrong { left } => Err(Status::tries(left)),
        Attempt::Blocked => Err(Status::BLOCKED),
        Attempt::Idle if apdu.instruction == 0x28 || apdu.instruction == 0x26 => Err(Status::NOT_SATISFIED),
        Attempt::Idle => Err(Status::DISABLED),
    }
}

/// None, one or two blocks of eight octets.
fn blocks(data: &[u8]) -> Result<(Option<Digits>, Option<Digits>), Status> {
    let (blocks, rest) = data.as_chunks::<8>();
    match (blocks, rest) {
        ([], []) => Ok((None, None)),
        ([first], []) => Ok((Some(*first), None)),
        ([first, second], []) => Ok((Some(*first), Some(*second))),
        (_, _) => Err(Status::WRONG_LENGTH),
    }
}

/// A new PIN has four to eight digits, filled with FF.
fn acceptable(new: Digits) -> Result<Digits, Status> {
    let length = new.iter().position(|&octet| octet == 0xFF).unwrap_or(new.len());
    let (digits, filling) = new.split_at(length);
    let fits = length >= 4 && digits.iter().all(u8::is_ascii_digit) && filling.iter().all(|&octet| octet == 0xFF);
    if fits { Ok(new) } else { Err(Status(0x6A80)) }
}
