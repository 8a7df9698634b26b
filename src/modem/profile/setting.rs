//! `[settings]`: defaults, ranges, and what outlives a power cycle.

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::Values;
use crate::modem::setting::Setting;

/// What a setting is at power-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// Its default.
    Volatile,
    /// What `&W` stored.
    Stored,
    /// What it was: the modem saves it by itself.
    Saved,
}

/// One entry of `[settings]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingProfile {
    /// The factory's value.
    pub default: u32,
    /// The values that it may have; none: this modem does not have it.
    pub values: Values,
    /// What it is at power-up.
    pub keep: Keep,
    /// Whether `&F` and `Z` touch it.
    pub factory: bool,
}

/// `[settings]`, by setting.
#[derive(Debug, Clone)]
pub struct SettingsProfile([SettingProfile; Setting::ALL.len()]);

impl SettingsProfile {
    /// What the profile says of a setting.
    #[must_use]
    pub const fn of(&self, setting: Setting) -> &SettingProfile {
        &self.0[setting as usize]
    }
}

impl SettingsProfile {
    /// Whether the modem has this setting at all.
    #[must_use]
    pub fn has(&self, setting: Setting) -> bool {
        !self.of(setting).values.is_empty()
    }
}

impl<'de> Deserialize<'de> for SettingsProfile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entries = HashMap::<String, SettingProfile>::deserialize(deserializer)?;
        let mut known = Vec::with_capacity(Setting::ALL.len());
        for setting in Setting::ALL {
            let name = setting.name();
            let entry = entries.remove(name).ok_or_else(|| D::Error::custom(format!("missing setting \"{name}\"")))?;
            // S1 counts; all others must be able to go back to their default.
            if !entry.values.is_empty() && !entry.values.contain(entry.default) {
                return Err(D::Error::custom(format!(
                    "the default {} of \"{name}\" is none of its values {}",
                    entry.default, entry.values
                )));
            }
            known.push(entry);
        }
        if let Some(name) = entries.keys().next() {
            return Err(D::Error::custom(format!("unknown setting \"{name}\"")));
        }
        let known = known.try_into().map_err(|_| D::Error::custom("too few settings"))?;
        Ok(Self(known))
    }
}
