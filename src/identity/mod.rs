//! Who a device and its SIM say they are: IMEI, IMEISV, MEID, IMSI, ICCID, EID, TAC.
//!
//! Knows the values, their check digits and the spellings in which modules write them (3GPP TS 23.003, ITU-T E.118,
//! GSMA TS.06 and SGP.02). Knows no list, no modem and no port.
//!
//! A value is read if its *shape* is right; whether it is also *true* (check digit, reporting body, reserved numbers)
//! its `findings()` say, each with a severity, a stable code and a sentence. An identity with a wrong check digit is
//! still read: finding it is what this program is for.

mod digits;
mod eid;
mod finding;
mod iccid;
mod imei;
mod imeisv;
mod imsi;
mod luhn;
mod meid;
mod msisdn;
mod pei;
mod plmn;
mod spelling;
mod tac;

pub use digits::{IdentityError, Kind};
pub use eid::Eid;
pub use finding::{Finding, Severity};
pub use iccid::Iccid;
pub use imei::{CheckDigit, Imei, ImeiKey};
pub use imeisv::{Imeisv, Svn};
pub use imsi::Imsi;
pub use meid::{Esn, Meid};
pub use msisdn::Msisdn;
pub use pei::Pei;
pub use plmn::Plmn;
pub use spelling::{Equipment, Spelling, SpellingForm};
pub use tac::{ReportingBody, Tac};
