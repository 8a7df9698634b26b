//! That a device was seen with a card.

use super::error::FleetError;
use super::link::{Link, LinkEvent};
use crate::identity::{Iccid, ImeiKey, Imsi, Svn};
use crate::register::store::{StoreError, Value};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The longest name of a place, in characters.
pub const LONGEST_PLACE: usize = 200;
/// A clock that is ahead by no more is taken as it is.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);

/// A device was seen, with the card that was in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The device.
    pub device: ImeiKey,
    /// Its software version, where it said its IMEISV.
    pub svn: Option<Svn>,
    /// The card.
    pub iccid: Option<Iccid>,
    /// Its subscription.
    pub imsi: Option<Imsi>,
    /// Its number, in the words of whoever saw it; empty where nobody knows.
    pub msisdn: Arc<str>,
    /// Where: a bench, a slot, an operator. Empty where nobody knows.
    pub place: Arc<str>,
    /// When, to the second.
    pub at: Timestamp,
}

impl Sighting {
    /// A device alone.
    pub fn new(device: ImeiKey, at: Timestamp) -> Self {
        Self { device, svn: None, iccid: None, imsi: None, msisdn: "".into(), place: "".into(), at }
    }

    /// Whether it can be kept.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), FleetError> {
        if self.at > now.saturating_add(AHEAD).unwrap_or(now) {
            return Err(FleetError::Future { at: self.at, now });
        }
        for text in [&self.place, &self.msisdn] {
            let found = text.chars().count();
            if found > LONGEST_PLACE || text.chars().any(char::is_control) {
                return Err(FleetError::Place { found });
            }
        }
        Ok(())
    }

    /// Whether they have two cards for sure: by their ICCIDs where both are known (a card may change its subscription),
    /// else by their IMSIs.
    pub fn has_another_card(&self, other: &Self) -> bool {
        match (self.iccid, other.iccid, self.imsi, other.imsi) {
            (Some(one), Some(other), _, _) => one != other,
            (_, _, Some(one), Some(other)) => one != other,
            (_, _, _, _) => false,
        }
    }

    /// Its columns in a query.
    pub(super) const COLUMNS: &str = "g.imei, g.svn, g.iccid, g.imsi, g.msisdn, g.place, g.at";

    pub(super) fn read(row: &[Value]) -> Result<Self, StoreError> {
        let [imei, svn, iccid, imsi, msisdn, place, at, ..] = row else {
            return Err(StoreError::Damaged("a sighting has too few columns".into()));
        };
        Ok(Self {
            device: key(imei.int()?)?,
            svn: svn.opt_int()?.and_then(|number| u8::try_from(number).ok()).and_then(Svn::new),
            iccid: iccid_of(iccid.str()?)?,
            imsi: imsi_of(imsi.str()?)?,
            msisdn: msisdn.str()?.into(),
            place: place.str()?.into(),
            at: time(at.int()?)?,
        })
    }
}

/// What became of a sighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Whether it was not known yet.
    pub is_new: bool,
    /// Whether it is older than what moved its card last: it is in the history and moved nothing.
    pub is_late: bool,
    /// The card's link now; `None` where no card was seen.
    pub link: Option<Link>,
    /// What it did to the link.
    pub events: Vec<LinkEvent>,
}

/// A device by its number.
pub(super) fn key(number: i64) -> Result<ImeiKey, StoreError> {
    let key = u64::try_from(number).ok().and_then(ImeiKey::new);
    key.ok_or_else(|| StoreError::Damaged(format!("an identity of {number}")))
}

/// A device's number.
pub(super) fn number(device: ImeiKey) -> i64 {
    i64::try_from(device.number()).unwrap_or(i64::MAX)
}

pub(super) fn iccid_of(text: &str) -> Result<Option<Iccid>, StoreError> {
    let read = (!text.is_empty()).then(|| Iccid::parse(text)).transpose();
    read.map_err(|error| StoreError::Damaged(format!("an ICCID: {error}")))
}

pub(super) fn imsi_of(text: &str) -> Result<Option<Imsi>, StoreError> {
    let read = (!text.is_empty()).then(|| Imsi::parse(text)).transpose();
    read.map_err(|error| StoreError::Damaged(format!("an IMSI: {error}")))
}

pub(super) fn time(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|_| StoreError::Damaged(format!("a time of {seconds} seconds")))
}

/// As it is kept: an empty text where nothing is known.
pub(super) fn text(identity: Option<impl ToString>) -> String {
    identity.map(|identity| identity.to_string()).unwrap_or_default()
}
