//! `[sim]`: the card.

use serde::Deserialize;

/// `[sim]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimProfile {
    /// A card is in the holder.
    pub present: bool,
    /// The IMSI; empty: an eUICC without a profile.
    pub imsi: String,
    /// The ICCID, 19 or 20 digits.
    pub iccid: String,
    /// The EID, 32 digits; empty: no eUICC.
    pub eid: String,
    /// The PIN; empty: it is not asked for.
    pub pin: String,
    /// The PUK.
    pub puk: String,
    /// The own number; empty: none on the card.
    pub msisdn: String,
}
