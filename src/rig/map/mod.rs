//! The device map, `atgate.toml`: which boards a bench has, how each one's port is known again, and what stands with it.
//!
//! Knows the file, and which of the ports that are there belongs to which board. Asks nobody anything: what a board says
//! of itself is compared by [`Plugged::suits`], once somebody has asked.
//!
//! ```toml
//! [limits]                                    # what is measured of every board must keep to these
//! rsrp             = ">= -110 dBm"
//! time_to_register = "<= 30 s"
//!
//! [[device]]
//! name    = "board-1"                         # letters, digits, `-`, `_` and `.`; no two the same
//! match   = { serial = "0123456789ABCDEF", interface = 2 }
//! baud    = 115200                            # 115200
//! framing = "8n1"                             # 8n1
//! flow    = "rtscts"                          # none
//! sim     = { iccid = "8999901000000000013", imsi = "001010123456789", pin_env = "SIM_1_PIN" }
//! antenna = "2 m cable to the roof"
//! power   = { on = "uhubctl -l 1-1 -p 2 -a on", off = "uhubctl -l 1-1 -p 2 -a off" }
//! label   = { imei = "001017001234569", model = "BG95-M3", firmware = "BG95M3LAR02A03" }
//! limits  = { rsrp = ">= -95 dBm" }           # in place of the map's limit of that name
//!
//! [[device]]
//! name    = "virtual"
//! address = "unix:/tmp/modem0"                # in place of `match`: any port, as after --port
//! ```
//!
//! `match` has at least one of `serial`, `by_id`, `by_path` and `path` (each with `*` and `?` for what may be anything), `usb =
//! "2c7c:0125"` and `interface`; all that stand there must hold. `tac` there, a TAC or a list of them, finds no port: it is what the board must
//! say once it is asked. `power.cycle` is `off`, `off_seconds` (2) and `on` unless it
//! is a command of its own; a command may take `power.limit_seconds` (30).
//!
//! A limit is `>=`, `<=` or `in LOW..HIGH` and a value with its unit, of what `atgate onboard --limit` takes; where that flag names one
//! too, both must be kept.

mod assign;
mod device;
mod glob;
mod power;
mod read;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use assign::{Assignment, Finding, Plugged};
pub use device::{Device, Fixtures, Label, Place, Rule, Sim};
pub use power::{Power, PowerError, Switch};

use crate::script::ScriptErrors;

/// What the file is called where nobody says otherwise.
pub const NAME: &str = "atgate.toml";

/// A map is no longer than this, in bytes.
const LONGEST: u64 = 1 << 20;

/// The boards of a bench.
#[derive(Debug, Clone)]
pub struct DeviceMap {
    /// The file that it was read from.
    pub path: PathBuf,
    /// In the order of the file.
    pub devices: Vec<Arc<Device>>,
}

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unread {
        /// The file.
        path: String,
        /// The system's own words.
        source: std::io::Error,
    },
    /// It is longer than any map is.
    #[error("{path} has {bytes} bytes, a device map has at most {LONGEST}")]
    TooLong {
        /// The file.
        path: String,
        /// Its length.
        bytes: u64,
    },
    /// Its text is wrong, with the places.
    #[error(transparent)]
    Wrong(#[from] ScriptErrors),
}

impl MapError {
    /// The next step, where the message does not have it already.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            MapError::Unread { .. } => Some("name a file with `[[device]]` tables, or put one called atgate.toml here"),
            MapError::TooLong { .. } => Some("is it another file? a map has a few lines a board"),
            MapError::Wrong(_) => None,
        }
    }
}

impl DeviceMap {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, is too long, or its text is wrong: no TOML, an unknown key, a value out of its range, two devices of
    /// one name or one address, a device whose port nothing tells.
    pub fn read(path: &Path) -> Result<Self, MapError> {
        let shown = || path.display().to_string();
        let unread = |source| MapError::Unread { path: shown(), source };
        let bytes = path.metadata().map_err(unread)?.len();
        if bytes > LONGEST {
            return Err(MapError::TooLong { path: shown(), bytes });
        }
        let text = std::fs::read_to_string(path).map_err(unread)?;
        Self::from_toml(path, text)
    }

    /// Reads a file's text; `path` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), but for the file's own.
    pub fn from_toml(path: &Path, text: String) -> Result<Self, MapError> {
        let devices = read::devices(path.display().to_string(), text)?;
        Ok(DeviceMap { path: path.to_owned(), devices })
    }

    /// The map that stands in this folder or in the nearest one above it that has one.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read): a map that is there and wrong is not passed over.
    pub fn find_from(folder: &Path) -> Result<Option<Self>, MapError> {
        let found = folder.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file());
        found.map(|path| Self::read(&path)).transpose()
    }

    /// The map of the working folder.
    ///
    /// # Errors
    ///
    /// As [`find_from`](Self::find_from).
    pub fn find() -> Result<Option<Self>, MapError> {
        let folder = std::env::current_dir();
        Self::find_from(&folder.map_err(|source| MapError::Unread { path: NAME.to_owned(), source })?)
    }

    /// The device of that name.
    pub fn device(&self, name: &str) -> Option<&Arc<Device>> {
        self.devices.iter().find(|device| device.name == name)
    }
}
