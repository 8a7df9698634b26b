//! A message bus of the test's own, and what is asked over it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::modem::{Outcome, installed, run_with};

/// Nothing that a daemon is waited for takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// A bus; ends with the value.
pub(crate) struct Bus {
    daemon: Child,
    gdbus: PathBuf,
    pub(crate) address: String,
}

impl Bus {
    /// `None`, and a word about it, where the programs are not installed.
    pub(crate) fn start() -> Option<Bus> {
        let (daemon, gdbus) = (installed("dbus-daemon")?, installed("gdbus")?);
        let mut daemon = Command::new(daemon)
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the bus starts");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().expect("its stdout")).read_line(&mut address).expect("its address");
        Some(Bus { daemon, gdbus, address: address.trim().to_owned() })
    }

    /// Calls a method; arguments are in GVariant's text form.
    pub(crate) fn call(&self, destination: &str, path: &str, method: &str, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(&self.gdbus);
        command.args([
            "call",
            "--address",
            &self.address,
            "--timeout",
            "50",
            "-d",
            destination,
            "-o",
            path,
            "-m",
            method,
        ]);
        run_with(command.args(arguments), b"")
    }
}

/// What was heard on the bus so far.
pub(crate) struct Heard {
    _monitor: Daemon,
    file: tempfile::NamedTempFile,
}

impl Heard {
    /// Waits until this was said.
    pub(crate) fn comes_to_hold(&self, text: &str) {
        until(text, || {
            let heard = std::fs::read_to_string(self.file.path()).unwrap_or_default();
            if heard.contains(text) { Ok(()) } else { Err(heard) }
        });
    }
}

impl Bus {
    /// Listens to what a daemon tells.
    pub(crate) fn monitor(&self, destination: &str) -> Heard {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let output = file.reopen().expect("the file");
        let monitor = Command::new(&self.gdbus)
            .args(["monitor", "--address", &self.address, "--dest", destination])
            .stdout(output)
            .stderr(Stdio::null())
            .spawn()
            .expect("the monitor starts");
        let heard = Heard { _monitor: Daemon(monitor), file };
        heard.comes_to_hold("is owned by");
        heard
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A daemon, which ends with the value.
pub(crate) struct Daemon(pub(crate) Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until `look` finds what it looks for; what it saw last where it never does.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        match look() {
            Ok(found) => return found,
            Err(seen) => assert!(Instant::now() < end, "{what} never came; last was: {seen}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
