//! The fleet: which card is in which device, what was seen of both, and what may be wrong with them.
//!
//! Knows what is *observed*: sightings of devices with their cards, the link between a card and its device, and the
//! events of that link. What is *declared* of a device (label, cards, warranty) are rows of the fleet's book, imported and
//! undone as any book's. Knows no list and no decision.
//!
//! **Sightings** are written once and never changed; the same one told again is no second. One row each: a bench that
//! looks every few seconds thins them with [`prune`], which leaves the first of each device, and of each device with each card the last.
//!
//! **A card** is known by its ICCID or by its IMSI. Once both are seen together they are one card: what was known under
//! the IMSI alone goes over to it. A card may change its subscription, and a subscription its card; an IMSI is that of the
//! card with which it was seen last.
//!
//! **The link** of a card is UNLINKED, ARMED, LINKED or DIFFERED ([`Link`]); [`Binding::step`] is the machine. What moves
//! it, in the order in which it happens:
//! - A sighting. One that is older than the last that moved the card, or than what was last done by hand, is kept in
//!   the history and moves nothing: a file of last week's sightings does not bind a card that was armed today.
//! - `arm`, `link` and `unlink` by hand.
//! - A declaration. A card that the fleet's book or a pairing names for one device is LINKED to it; one that they name for
//!   several is ARMED. Of several sources the one with the highest precedence declares. It counts when it *changes*: what
//!   is done by hand afterwards holds until the card is declared otherwise. A declaration is taken into account when its card
//!   is next touched (seen, shown, armed…), and a list shows it as if it had been: its events have that time.

mod declare;
mod declared;
mod device;
mod duplicate;
mod error;
mod find;
mod keep;
mod link;
mod page;
mod remark;
mod sighting;
mod sim;

pub use declare::{FIELDS, FieldError, declare, field};
pub use device::{Activity, Device, Happened};
pub use duplicate::{Duplicate, duplicates};
pub use error::FleetError;
pub use find::{Mark, devices, first_seen, identify, mark, sightings, sim, sims};
pub use keep::{prunable, prune, see, see_all, step};
pub use link::{Binding, Declared, Link, LinkEvent, Step};
pub use page::{LOOKED, Member, Named, cards, members};
pub use remark::{Remark, Warranty, remarks};
pub use sighting::{LONGEST_PLACE, Seen, Sighting};
pub use sim::Sim;

pub(in crate::register) use duplicate::found as duplicates_in;
pub(in crate::register) use find::{Cards, cards_by_device, differed, has_differed};
