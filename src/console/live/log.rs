//! The log of a session: each line is written as soon as it is said, so that nothing is lost with the process.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use super::LiveError;
use crate::console::explain::Escaped;
use crate::console::session::{Session, Sign};
use crate::run::masking::Masks;
use crate::script::Side;

/// The file in which each line stands as soon as it is said: its time, and the line as a script has it.
pub(super) struct Log {
    file: File,
    path: String,
    masks: Option<Masks>,
    told: usize,
}

impl Log {
    /// Appends to the file at `path`, which is made where there is none.
    pub(super) fn create(path: &Path, reveal: bool) -> Result<Self, LiveError> {
        let shown = path.display().to_string();
        let file = File::options().create(true).append(true).open(path);
        let file = file.map_err(|source| LiveError::File { path: shown.clone(), source })?;
        Ok(Self { file, path: shown, masks: (!reveal).then(Masks::new), told: 0 })
    }

    /// Writes what has been said since the last time.
    pub(super) fn follow(&mut self, session: &Session) -> Result<(), LiveError> {
        let mut text = String::new();
        for (at, sign, line) in session.record().since(self.told) {
            let side = match sign {
                Sign::Host | Sign::HostRaw => Side::Host,
                Sign::Modem | Sign::Unsolicited | Sign::ModemRaw | Sign::Note => Side::Modem,
            };
            let line = match (&mut self.masks, sign) {
                (None, _) => line.to_vec(),
                (Some(masks), Sign::Note) => masks.text(&String::from_utf8_lossy(line)).into_bytes(),
                (Some(masks), Sign::Host | Sign::HostRaw | Sign::Modem | Sign::Unsolicited | Sign::ModemRaw) => {
                    masks.line("", side, line)
                }
            };
            let line = Escaped(&line).to_string();
            let blank = if line.is_empty() { "" } else { " " };
            text.push_str(&format!("{}.{:03}s {}{blank}{line}\n", at.as_secs(), at.subsec_millis(), sign.text()));
        }
        self.told = session.record().count();
        let written = self.file.write_all(text.as_bytes());
        written.map_err(|source| LiveError::File { path: self.path.clone(), source })
    }
}
