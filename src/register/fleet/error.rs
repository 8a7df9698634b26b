//! What can go wrong with the fleet.

use super::sighting::LONGEST_PLACE;
use crate::register::store::StoreError;
use jiff::Timestamp;

/// Why a sighting or a step was not kept; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A clock is wrong.
    #[error("a device was seen at {at}, but it is {now}")]
    Future {
        /// When it is said to have been seen.
        at: Timestamp,
        /// What time it is.
        now: Timestamp,
    },
    /// A place whose name is too long.
    #[error("a place has at most {LONGEST_PLACE} characters and no control characters, this has {found}")]
    Place {
        /// How many it has.
        found: usize,
    },
    /// Nothing names the card.
    #[error("expected the card's ICCID or IMSI, found neither")]
    NoSim,
}

impl FleetError {
    /// What to do next.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.help(),
            Self::Future { .. } => {
                Some("set the clock of the machine that saw it: later sightings would count as older".into())
            }
            Self::Place { .. } => Some("name the bench or the slot".into()),
            Self::NoSim => Some("the ICCID is on the card and in `AT+CCID`, the IMSI in `AT+CIMI`".into()),
        }
    }
}
