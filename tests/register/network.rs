//! A kept register behind a virtual network: what others change in it, the next attempt of the device sees.

use crate::server::{on_each_store, place};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Modem {
    child: Child,
    port: String,
    _folder: tempfile::TempDir,
}

impl Drop for Modem {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn atgate(arguments: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_atgate")).args(arguments).output().unwrap();
    String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr)
}

impl Modem {
    fn start(register: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = folder.path().join("modem").display().to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_atgate"))
            .args(["modem", "--imei", "001017001234569", "--link", &port, "--register", register])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let modem = Self { child, port, _folder: folder };
        let end = Instant::now() + Duration::from_secs(60);
        while !std::path::Path::new(&modem.port).exists() {
            assert!(Instant::now() < end, "the modem did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        modem
    }

    /// Asks how it is registered until that is told, within a minute.
    fn is_registered_as(&self, told: &str) {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let answer = atgate(&["send", &self.port, "AT+CEREG=3;+CEREG?"]);
            if answer.contains(told) {
                return;
            }
            assert!(Instant::now() < end, "expected {told}, and the last answer was {answer}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

#[test]
fn an_unlisting_reaches_a_running_modem() {
    on_each_store(|address| {
        let register = place(address);
        let on = |arguments: &[&str]| atgate(&[&["register", "--register", &register], arguments].concat());
        let blocked = on(&["block", "001017001234569", "--reason", "stolen"]);
        assert!(blocked.starts_with("1 added"), "{blocked}");
        let modem = Modem::start(&register);
        modem.is_registered_as("+CEREG: 3,3,,,,0,6");
        let forgotten = on(&["forget", "001017001234569", "--reason", "found again"]);
        assert!(forgotten.contains("1 removed"), "{forgotten}");
        // Illegal ME holds until switch-off, whatever the register says by now.
        modem.is_registered_as("+CEREG: 3,3,,,,0,6");
        std::thread::sleep(Duration::from_millis(1500));
        assert!(atgate(&["send", &modem.port, "AT+CFUN=1,1"]).contains("OK"));
        modem.is_registered_as("+CEREG: 3,1,");
    });
}
