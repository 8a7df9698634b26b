//! The recording of emulated modems: what their ports said, in one script.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::paper::{About, Paper};
use super::session::Session;
use crate::modem::Tick;
use crate::run::emulate::Notice;
use crate::run::masking::StandIns;
use crate::script::Side;

/// A recording that several modems share. Each line is written as soon as it is known, so that nothing is lost with the process.
#[derive(Debug, Clone)]
pub struct Log(Arc<Mutex<Shared>>);

#[derive(Debug)]
struct Shared {
    paper: Paper,
    /// `None` shows everything.
    stand_ins: Option<Arc<Mutex<StandIns>>>,
    failed: bool,
}

/// What one port of a modem adds to it.
#[derive(Debug)]
pub struct ModemLog {
    log: Log,
    /// What stands before each sign; nothing where there is one port.
    name: String,
    session: Session,
    last: Tick,
}

impl Log {
    /// A new one at `path`, in the place of an old one.
    ///
    /// # Errors
    /// The system's, where the file cannot be written.
    pub fn create(path: &Path, about: &About) -> io::Result<Self> {
        let stand_ins = (!about.revealed).then(Arc::default);
        let paper = Paper::create(path, true, about)?;
        Ok(Self(Arc::new(Mutex::new(Shared { paper, stand_ins, failed: false }))))
    }

    /// The log of the port with this name, one of [`About::modems`]; nothing where it is the only one.
    #[must_use]
    pub fn modem(&self, name: &str) -> ModemLog {
        let stand_ins = self.0.lock().unwrap_or_else(PoisonError::into_inner).stand_ins.clone();
        let session = Session::sharing(name, stand_ins);
        ModemLog { log: self.clone(), name: name.to_owned(), session, last: Tick::ZERO }
    }
}

impl ModemLog {
    /// Takes what happened at `at`.
    pub fn notice(&mut self, at: Tick, notice: &Notice) {
        self.last = at;
        self.session.wake(at);
        match notice {
            Notice::FromHost(bytes) => self.session.said(at, Side::Host, bytes),
            Notice::ToHost(bytes) => self.session.said(at, Side::Modem, bytes),
            // Whoever comes next finds command state, and nothing that is still to be answered.
            Notice::Opened | Notice::Closed | Notice::Restarted => self.session.note(at, &notice.to_string(), true),
            Notice::Unread(_)
            | Notice::Tamper(_)
            | Notice::Decision(_)
            | Notice::NoRegister(_)
            | Notice::Unplugged
            | Notice::Plugged(_)
            | Notice::FarEnd(_)
            | Notice::NoFarEnd(_) => self.session.note(at, &notice.to_string(), false),
        }
        self.write();
    }

    fn write(&mut self) {
        let told = self.session.take();
        if told.is_empty() {
            return;
        }
        let mut shared = self.log.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.failed {
            return;
        }
        // Several modems have one header: the first that echoes, or does not, says it for all.
        let echo = self.session.echo().map_or(Ok(()), |echo| shared.paper.set_echo(echo));
        if let Err(error) = shared.paper.write(&self.name, &told).and(echo) {
            shared.failed = true;
            tracing::warn!("the log cannot be written any more: {error}");
        }
    }
}

impl Drop for ModemLog {
    fn drop(&mut self) {
        self.session.end(self.last);
        self.write();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Notice {
        Notice::FromHost(text.as_bytes().to_vec())
    }

    fn modem(text: &str) -> Notice {
        Notice::ToHost(text.as_bytes().to_vec())
    }

    #[test]
    fn several_modems_write_one_script() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.atg");
        let imei = format!("35{}", "2099001761481");
        let names = ["modem0", "modem1"];
        let about = About { title: "Two".to_owned(), modems: names.map(str::to_owned).to_vec(), ..About::default() };
        let log = Log::create(&path, &about).unwrap();
        let mut modems = names.map(|name| log.modem(name));
        for (modem_of, (millis, notice)) in [0, 1, 0, 1, 0, 1, 1, 1].into_iter().zip([
            (0, Notice::Opened),
            (0, Notice::Opened),
            (5, host("AT+CGSN\r")),
            (7, host("AT+CGSN\r")),
            (9, modem(&format!("AT+CGSN\r\r\n{imei}\r\n\r\nOK\r\n"))),
            (10, modem(&format!("AT+CGSN\r\r\n{imei}\r\n\r\nOK\r\n"))),
            (20, host("AT+C")),
            (1020, Notice::Closed),
        ]) {
            modems[modem_of].notice(Tick::from_millis(millis), &notice);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        crate::script::parse("log.atg", &text).unwrap();
        insta::assert_snapshot!(text, @r#"
        +++
        title = "Two"
        tags = ["recording"]
        echo  = true
        [modems.modem0]
        [modems.modem1]
        +++
        # modem0: a client opened the port
        # modem1: a client opened the port
        modem0~ 5ms
        modem0> AT+CGSN
        modem1~ 7ms
        modem1> AT+CGSN
        modem0~ 4ms
        modem0< 001017990000013
        modem0< OK
        modem1~ 3ms
        modem1< 001017990000013
        modem1< OK
        modem1~ 10ms
        modem1>| AT+C
        modem1~ 1s
        # modem1: the last client closed the port
        "#);
    }
}
