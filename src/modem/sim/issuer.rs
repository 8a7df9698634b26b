//! What an eUICC's ISD-R answers: the EID, and which profiles there are. It is selected as an application and has no files.
//!
//! The eUICC holds one profile at most: the card's own subscription, enabled, where there is one.
//!
//! Source: GSMA SGP.22, clauses 5.7.2 (STORE DATA), 5.7.15 (GetProfilesInfo) and 5.7.20 (GetEuiccData).

use super::status::Status;
use crate::identity::{Eid, Iccid};
use crate::modem::SimProfile;

/// The application identifier. Source: GSMA SGP.02, clause 2.2.3.
pub(super) const ISSUER: [u8; 16] = [0xA0, 0, 0, 5, 0x59, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x89, 0, 0, 1, 0];
/// That of the profile, the first there can be.
const PROFILE: [u8; 16] = [0xA0, 0, 0, 5, 0x59, 0x10, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x89, 0, 0, 0x10, 0];

/// The answer to STORE DATA.
///
/// # Errors
/// The request is none that is answered here.
pub(super) fn answer(sim: &SimProfile, request: &[u8]) -> Result<Vec<u8>, Status> {
    let eid: Eid = sim.eid.parse().map_err(|_| Status::NO_SUCH_KEY)?;
    match request {
        [0xBF, 0x3E, 0x03, 0x5C, 0x01, 0x5A] => Ok(tlv(&[0xBF, 0x3E], &tlv(&[0x5A], &eid.to_octets()))),
        // Whatever it asks to be told of them: the usual is told.
        [0xBF, 0x2D, length, rest @ ..] if usize::from(*length) == rest.len() => {
            Ok(tlv(&[0xBF, 0x2D], &tlv(&[0xA0], &profile(sim))))
        }
        [] => Err(Status::WRONG_LENGTH),
        _ => Err(Status::NO_SUCH_KEY),
    }
}

/// The one profile: ICCID, application, state enabled, names, class operational.
fn profile(sim: &SimProfile) -> Vec<u8> {
    if sim.imsi.is_empty() {
        return Vec::new();
    }
    let iccid = Iccid::parse(&sim.iccid).map_or_else(|_| Vec::new(), |iccid| iccid.to_octets().to_vec());
    let name = |tag| tlv(&[tag], sim.spn.get(..32).unwrap_or(&sim.spn).as_bytes());
    let parts = [
        tlv(&[0x5A], &iccid),
        tlv(&[0x4F], &PROFILE),
        tlv(&[0x9F, 0x70], &[1]),
        name(0x91),
        name(0x92),
        tlv(&[0x95], &[2]),
    ];
    tlv(&[0xE3], &parts.concat())
}

/// Tag, length, value; the length of what is longer than 127 octets takes two.
fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    let long: &[u8] = if length > 0x7F { &[0x81] } else { &[] };
    [tag, long, &[length], value].concat()
}
