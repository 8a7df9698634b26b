//! `[network]`: what surrounds the modem, and how it shows it.

use serde::Deserialize;

/// `[network]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkProfile {
    /// The operator's name.
    pub operator: String,
    /// MCC and MNC.
    pub plmn: String,
    /// Access technology: `gsm`, `utran`, `lte`, `lte-m`, `nb-iot`, `nr`.
    pub tech: String,
    /// How registration ends: `home`, `roaming`, `denied`, `searching`.
    pub registration: String,
    /// What the antenna receives, in dBm.
    pub signal: i16,
}
