//! A running `atgate modem` on a link of its own, and the programs that are pointed at it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// No client may take longer.
const LIMIT: Duration = Duration::from_secs(60);

/// The IMEI of the modems here, of a test TAC.
pub(crate) const IMEI: &str = "001017001234569";

/// A modem; ends with the value.
pub(crate) struct Modem {
    child: Child,
    stdout: Option<BufReader<std::process::ChildStdout>>,
    stderr: Option<std::process::ChildStderr>,
    folder: tempfile::TempDir,
    /// The first line of its stdout.
    pub(crate) ready: String,
}

/// What a client printed, and how it ended.
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Modem {
    /// A modem on a pseudo-terminal with a link, once it answers.
    pub(crate) fn start(arguments: &[&str]) -> Modem {
        let folder = tempfile::tempdir().expect("a folder for the link");
        let link = folder.path().join("modem");
        let link = link.to_str().expect("a path in ASCII");
        let imei: &[&str] = if arguments.contains(&"--imei") { &[] } else { &["--imei", IMEI] };
        let control = folder.path().join("control").display().to_string();
        Modem::start_in(folder, &[imei, &["--link", link, "--control", &control], arguments].concat())
    }

    /// Where it is told what happens to it.
    pub(crate) fn control(&self) -> PathBuf {
        self.folder.path().join("control")
    }

    /// `atgate ctl`, with these words.
    pub(crate) fn ctl(&self, words: &[&str]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
        run_with(command.arg("ctl").arg(self.control()).args(words), b"")
    }

    /// A direction, which is carried out and says nothing.
    pub(crate) fn does(&self, words: &[&str]) {
        let done = self.ctl(words);
        assert_eq!((done.status.code(), done.stdout.as_str()), (Some(0), ""), "{words:?}: {}", done.stderr);
    }

    /// A modem with just these arguments.
    pub(crate) fn start_in(folder: tempfile::TempDir, arguments: &[&str]) -> Modem {
        let mut child = Command::new(env!("CARGO_BIN_EXE_atgate"))
            .arg("modem")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take();
        let mut modem = Modem { child, stdout, stderr, folder, ready: String::new() };
        modem.ready = modem.line();
        assert!(modem.ready.starts_with("ready "), "{}", modem.ready);
        modem
    }

    /// The next line of its stdout.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.as_mut().expect("it is still read").read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// Reads its stdout no more.
    pub(crate) fn close_stdout(&mut self) {
        self.stdout = None;
    }

    /// Ends it, and gives what it said on stderr.
    pub(crate) fn stderr_at_end(&mut self) -> String {
        self.end(Signal::TERM);
        let mut said = String::new();
        self.stderr.take().expect("it was not read before").read_to_string(&mut said).expect("text");
        said
    }

    /// Waits until it is in the network, as a client would before it dials.
    pub(crate) fn registered(&self) {
        let until = Instant::now() + LIMIT;
        let link = self.link();
        let port = link.to_str().expect("a path in ASCII");
        while !run(Path::new(env!("CARGO_BIN_EXE_atgate")), ["send", port, "AT+CGATT?"]).stdout.contains("+CGATT: 1") {
            assert!(Instant::now() < until, "it never registered");
        }
    }

    pub(crate) fn link(&self) -> PathBuf {
        self.folder.path().join("modem")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells it to end, and waits.
    pub(crate) fn end(&mut self, signal: Signal) -> ExitStatus {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("it runs");
        wait(&mut self.child)
    }
}

impl Drop for Modem {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is; `None`, and a word about it, where it is not installed. Fails where CI=true.
pub(crate) fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let found = path
        .split(':')
        .chain(["/usr/sbin", "/sbin"])
        .map(|folder| Path::new(folder).join(program))
        .find(|it| it.exists());
    if found.is_none() {
        missing(program);
    }
    found
}

/// Tells that a client is not installed.
pub(crate) fn missing(program: &str) {
    let words = format!("{program} is not installed: `bash .ci/clients-install` installs it");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{words}");
    eprintln!("skipped: {words}");
}

/// Runs a client to its end.
pub(crate) fn run<S: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = S>) -> Outcome {
    run_with(Command::new(program).args(arguments), b"")
}

/// Runs a client to its end, with this on its standard input.
pub(crate) fn run_with(command: &mut Command, input: &[u8]) -> Outcome {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("LC_ALL", "C")
        .spawn()
        .expect("the client starts");
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    let out = collect(child.stdout.take().expect("stdout is a pipe"));
    let err = collect(child.stderr.take().expect("stderr is a pipe"));
    stdin.write_all(input).expect("the client takes its input");
    drop(stdin);
    let status = wait(&mut child);
    let text = |thread: JoinHandle<String>| thread.join().expect("its output is read");
    Outcome { status, stdout: text(out), stderr: text(err) }
}

/// Reads a pipe to its end while the client runs, or a full one would stop it.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        pipe.read_to_end(&mut all).expect("a pipe can be read");
        String::from_utf8_lossy(&all).into_owned()
    })
}

/// Waits for a process, but not for ever.
fn wait(child: &mut Child) -> ExitStatus {
    let until = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status;
        }
        if Instant::now() > until {
            let _ = child.kill();
            panic!("a client did not end within {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
