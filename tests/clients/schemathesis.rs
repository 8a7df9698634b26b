//! Schemathesis reads `/openapi.json` and asks whatever it allows, whatever it does not, and one thing after the other.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::modem::{missing, run_with};

/// A server with a register of its own; it ends with this.
struct Served {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start() -> (Self, String) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let atgate = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
            command.arg("register").arg("--register").arg(folder.path().join("register.db"));
            command
        };
        let listed = atgate().args(["block", "--reason", "stolen", "001017001234569", "00101702"]).output();
        assert!(listed.expect("it runs").status.success());
        let serve = atgate().args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn();
        let mut served = Self { child: serve.expect("it runs"), folder };
        let mut line = String::new();
        let out = served.child.stdout.as_mut().expect("stdout is a pipe");
        BufReader::new(out).read_line(&mut line).expect("it says where it listens");
        let url = line.trim().strip_prefix("listening on ").expect("it listens").to_owned();
        (served, url)
    }
}

#[test]
fn the_server_does_what_its_document_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schemathesis = root.join("target/clients/bin/schemathesis");
    if !schemathesis.exists() {
        missing("schemathesis");
        return;
    }
    let (served, url) = Served::start();
    let mut command = Command::new(schemathesis);
    command.arg("--config-file").arg(root.join("tests/clients/schemathesis.toml"));
    command.args(["run", "--no-color", &format!("{url}/openapi.json")]);
    // What it remembers of a run stays with the run.
    let outcome = run_with(command.current_dir(served.folder.path()), b"");
    assert!(outcome.status.success(), "{}{}", outcome.stdout, outcome.stderr);
    assert!(outcome.stdout.contains("Tested: 29"), "{}", outcome.stdout);
}
