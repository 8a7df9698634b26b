//! `[network.saving]`: what the network grants a modem that wants to save power, and what becomes of its line then.

use serde::Deserialize;

use crate::modem::profile::Span;
use crate::wire::values::{ActiveTime, PeriodicUpdate};

/// `[network.saving]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavingProfile {
    /// The signalling connection is released after so long without traffic.
    pub inactivity: Span,
    /// The network grants power saving mode.
    pub psm: bool,
    /// T3412 extended that the modem asks for by itself, 8 bits.
    pub tau: String,
    /// T3324 that it asks for by itself, 8 bits.
    pub active: String,
    /// T3412 extended that the network grants, 8 bits; empty: as it was asked for.
    pub granted_tau: String,
    /// T3324 that it grants, 8 bits; empty: as it was asked for.
    pub granted_active: String,
    /// What wakes a modem that sleeps, beside T3412.
    pub wakes_by: Vec<Wake>,
    /// Waking is a start: boot messages, settings as at power-up.
    pub wake_boots: bool,
    /// What it says when the network has granted its timers, with `{tau}` and `{active}` in seconds; empty: nothing.
    pub granted_urc: String,
    /// What it says before it sleeps; empty: nothing.
    pub asleep_urc: String,
    /// What it says once it is awake; empty: nothing.
    pub awake_urc: String,
    /// The network grants eDRX.
    pub edrx: bool,
    /// The cycle that it grants, 4 bits; empty: as it was asked for.
    pub edrx_value: String,
    /// The paging time window that it grants, 4 bits.
    pub paging_window: String,
}

/// What wakes a modem that sleeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wake {
    /// The power key: `power on`.
    Power,
    /// Circuit 108 goes ON.
    Dtr,
    /// Bytes on the line; they are lost.
    Data,
}

impl SavingProfile {
    /// Checks what no type can.
    ///
    /// # Errors
    /// The key whose value does not fit, and why.
    pub(in crate::modem) fn check(&self) -> Result<(), (&'static str, String)> {
        let eight = |text: &str| ActiveTime::parse(text.as_bytes()).is_some();
        let four = |text: &str| super::edrx::bits(text.as_bytes()).is_some();
        let granted = [&self.granted_tau, &self.granted_active];
        let wrong = [&self.tau, &self.active].into_iter().chain(granted.into_iter().filter(|text| !text.is_empty()));
        if let Some(text) = wrong.into_iter().find(|text| !eight(text)) {
            return Err(("network.saving", format!("a timer has eight binary digits, not \"{text}\"")));
        }
        let cycles = [&self.edrx_value, &self.paging_window];
        if let Some(text) = cycles.into_iter().find(|text| !text.is_empty() && !four(text)) {
            return Err(("network.saving", format!("a cycle has four binary digits, not \"{text}\"")));
        }
        Ok(())
    }
}

/// Timers of power saving mode.
///
/// Source: 3GPP TS 24.008, tables 10.5.163 and 10.5.163a.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem::network) struct Timers {
    /// T3412 extended.
    pub(in crate::modem::network) tau: PeriodicUpdate,
    /// T3324.
    pub(in crate::modem::network) active: ActiveTime,
}
