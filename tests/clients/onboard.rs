//! `atgate onboard` against `atgate modem`: reports, journals, kills, resumed benches, cables that are pulled.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::modem::{IMEI, Modem, Outcome, installed, run, run_with};

/// Nothing here takes longer.
const LIMIT: Duration = Duration::from_secs(60);

fn atgate() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.env_remove("ATGATE_REGISTER");
    command
}

fn onboard(arguments: &[&str]) -> Outcome {
    run_with(atgate().arg("onboard").args(arguments), b"")
}

/// Modems on abstract sockets of this name; ends with the value.
fn modems(name: &str, arguments: &[&str]) -> (Modem, Vec<String>) {
    let socket = format!("@atgate-onboard-{}-{name}-{{n}}", std::process::id());
    let folder = tempfile::tempdir().expect("a folder");
    let control = folder.path().join("control").display().to_string();
    let modem =
        Modem::start_in(folder, &[&["--unix", &socket, "--control", &control, "--imei", IMEI], arguments].concat());
    let count = arguments
        .iter()
        .position(|word| *word == "--count")
        .map_or(1, |at| arguments[at + 1].parse().expect("a number"));
    let ports = (0..count).map(|n| format!("unix:{}", socket.replace("{n}", &n.to_string())));
    (modem, ports.collect())
}

fn words<'a>(ports: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    ["--port"].into_iter().chain(ports.iter().map(String::as_str)).chain(more.iter().copied()).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in ASCII")
}

/// Waits until a file says so.
fn says(path: &Path, what: &str) -> String {
    let until = Instant::now() + LIMIT;
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.contains(what) {
            return text;
        }
        assert!(Instant::now() < until, "{} never said {what}: {text}", path.display());
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait(child: &mut Child) -> Option<i32> {
    let until = Instant::now() + LIMIT;
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status.code();
        }
        if Instant::now() > until {
            let _ = child.kill();
            panic!("it did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_bench_has_one_exit_code_a_report_of_each_kind_and_its_fleet() {
    let (_modem, ports) = modems("whole", &["--count", "3", "--block", "00101700123457"]);
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let (register, out) = (at("register.db"), at("out"));
    let reports: Vec<PathBuf> = ["report.xml", "report.json", "report.csv", "report.html"].map(at).into();
    let mut more = vec!["--register", text(&register), "--out", text(&out), "--place", "bench 1"];
    reports.iter().for_each(|path| more.extend(["--report", text(path)]));
    let shown = onboard(&words(&ports, &more));
    assert_eq!(shown.status.code(), Some(1), "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.contains("Summary 3 boards: 2 passed, 1 failed"), "{}", shown.stdout);
    assert!(shown.stdout.contains("#6 Illegal ME") && shown.stdout.contains("refused by: device"), "{}", shown.stdout);

    let read = |path: &Path| std::fs::read_to_string(path).expect("it was written");
    assert!(
        read(&reports[0]).contains("tests=\"3\" skipped=\"0\" failures=\"1\" errors=\"0\""),
        "{}",
        read(&reports[0])
    );
    let json: serde_json::Value = serde_json::from_str(&read(&reports[1])).expect("JSON");
    assert_eq!((&json["version"], &json["counts"]["passed"]), (&1.into(), &2.into()));
    assert_eq!(read(&reports[2]).lines().count(), 4);
    assert!(read(&reports[3]).contains("<svg"));
    assert_eq!(std::fs::read_dir(&out).expect("a folder").count(), 4, "a journal and three logs");

    let fleet = run_with(atgate().args(["register", "--register", text(&register), "device", "list"]), b"");
    assert_eq!(fleet.stdout.lines().count(), 3, "{}", fleet.stdout);
}

#[test]
fn a_second_run_recognises_the_boards_that_passed_and_does_the_others_again() {
    // A refusal for good outlives all but a switch-off: here the radio's is one.
    let switch_off = "equipment.cfun4_is_switch_off=true";
    let (modem, ports) = modems("again", &["--count", "2", "--block", "00101700123457", "--set", switch_off]);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let first = onboard(&words(&ports, &["--out", text(&out)]));
    assert_eq!(first.status.code(), Some(1), "{}", first.stdout);
    modem.does(&["register", "forget", "00101700123457"]);
    let second = onboard(&words(&ports, &["--out", text(&out)]));
    assert_eq!(second.status.code(), Some(0), "{}", second.stdout);
    assert!(second.stdout.contains("2 passed, 1 of them recognised from an earlier run"), "{}", second.stdout);
    let third = onboard(&words(&ports, &["--out", text(&out), "--again"]));
    assert!(third.stdout.contains("Summary 2 boards: 2 passed\n"), "{}", third.stdout);
}

#[test]
fn a_bench_that_is_killed_has_a_whole_record_and_goes_on() {
    let (_modem, ports) = modems("killed", &["--count", "2"]);
    let nobody = tempfile::tempdir().expect("a folder");
    let silent = nobody.path().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).expect("a socket that says nothing");
    let out = nobody.path().join("out");
    let silent = format!("unix:{}", silent.display());
    let all: Vec<String> = ports.iter().cloned().chain([silent]).collect();
    let mut child = atgate()
        .arg("onboard")
        .args(words(&all, &["--out", text(&out)]))
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let journal = out.join("journal.ndjson");
    let until = Instant::now() + LIMIT;
    while says(&journal, "\"done\"").matches("\"event\":\"done\"").count() < 2 {
        assert!(Instant::now() < until, "two boards were never done");
        std::thread::sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&child), Signal::KILL).expect("it runs");
    wait(&mut child);
    let written = says(&journal, "done");
    assert!(
        written.ends_with('\n') && written.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    let again = onboard(&words(&ports, &["--out", text(&out)]));
    assert_eq!(again.status.code(), Some(0), "{}", again.stdout);
    assert!(again.stdout.contains("2 of them recognised"), "{}", again.stdout);
}

#[test]
fn an_interrupted_bench_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let silent = folder.path().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).expect("a socket that says nothing");
    let out = folder.path().join("out");
    let port = format!("unix:{}", silent.display());
    let mut child = atgate()
        .args(["onboard", "--port", &port, "--out", text(&out)])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    says(&out.join("journal.ndjson"), "prepare");
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    assert_eq!(wait(&mut child), Some(130));
    says(&out.join("journal.ndjson"), "\"verdict\":\"interrupted\"");
}

#[test]
fn a_board_whose_cable_is_pulled_is_tried_again_when_it_is_back() {
    let modem = Modem::start(&["--set", "network.timing.register=4s"]);
    let link = modem.link();
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let mut child = atgate()
        .args(["onboard", "--port", text(&link), "--out", text(&out)])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    says(&out.join("journal.ndjson"), "\"attach\"");
    modem.does(&["unplug"]);
    says(&out.join("journal.ndjson"), "\"again\"");
    modem.does(&["plug"]);
    assert_eq!(wait(&mut child), Some(0));
    let journal = says(&out.join("journal.ndjson"), "\"done\"");
    assert!(journal.contains("\"attempts\":2") && journal.contains("\"code\":\"vanished\""), "{journal}");
}

#[test]
fn a_disk_that_is_full_is_told_and_the_boards_are_done_all_the_same() {
    let (_modem, ports) = modems("full", &[]);
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink("/dev/full", folder.path().join("journal.ndjson")).expect("a link");
    let shown = onboard(&words(&ports, &["--out", text(folder.path()), "--report", "/dev/full/report.xml"]));
    assert_eq!(shown.status.code(), Some(3), "{}", shown.stderr);
    assert!(
        shown.stdout.contains("1 passed") && shown.stderr.contains("the record is not whole"),
        "{}{}",
        shown.stdout,
        shown.stderr
    );
}

#[test]
fn a_register_elsewhere_that_does_not_answer_decides_by_its_policy() {
    let (_modem, ports) = modems("elsewhere", &[]);
    let nobody = "http://127.0.0.1:9?tries=1&timeout=200ms";
    let open = onboard(&words(&ports, &["--register", nobody]));
    assert_eq!(open.status.code(), Some(0), "{}{}", open.stdout, open.stderr);
    assert!(open.stdout.contains("the register gave no answer"), "{}", open.stdout);
    let closed = onboard(&words(&ports, &["--register", nobody, "--policy", "failure=block"]));
    assert_eq!(closed.status.code(), Some(3), "{}", closed.stdout);
    assert!(closed.stdout.contains("its radio stays off"), "{}", closed.stdout);
}

#[test]
fn a_map_names_the_boards_and_what_is_not_there_is_the_benchs_fault() {
    let (_modem, ports) = modems("map", &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let map = folder.path().join("atgate.toml");
    let device = |name: &str, place: &str| format!("[[device]]\nname = \"{name}\"\n{place}\n");
    let here = device("slot-1", &format!("address = \"{}\"\nlabel = {{ imei = \"001017001234577\" }}", ports[0]));
    let gone = device("slot-2", "match = { serial = \"nobody-has-this\" }");
    std::fs::write(&map, here + &gone).expect("it is written");
    let shown = onboard(&["--devices", text(&map)]);
    assert_eq!(shown.status.code(), Some(3), "{}{}", shown.stdout, shown.stderr);
    assert!(shown.stdout.contains("slot-1") && shown.stdout.contains("the label says"), "{}", shown.stdout);
    assert!(shown.stdout.contains("bench[absent]: slot-2 is not there"), "{}", shown.stdout);
}

#[test]
fn who_watches_sees_a_board_each_time_that_it_is_plugged_in() {
    let modem = Modem::start(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let (map, out) = (folder.path().join("atgate.toml"), folder.path().join("out"));
    std::fs::write(&map, format!("[[device]]\nname = \"slot-1\"\naddress = \"{}\"\n", text(&modem.link())))
        .expect("it is written");
    let mut child = atgate()
        .args(["onboard", "--watch", "--devices", text(&map), "--out", text(&out)])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let journal = out.join("journal.ndjson");
    says(&journal, "\"event\":\"done\"");
    modem.does(&["unplug"]);
    // Longer than it takes to look twice.
    std::thread::sleep(Duration::from_secs(2));
    modem.does(&["plug"]);
    let until = Instant::now() + LIMIT;
    while says(&journal, "done").matches("\"event\":\"done\"").count() < 2 {
        assert!(Instant::now() < until, "it was not seen again");
        std::thread::sleep(Duration::from_millis(20));
    }
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    assert_eq!(wait(&mut child), Some(0));
    assert!(!says(&journal, "done").contains("\"code\":\"duplicate\""));
}

#[test]
fn what_is_wrong_with_the_command_line_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let labels = folder.path().join("labels.csv");
    std::fs::write(&labels, "colour\nred\n").expect("it is written");
    for (arguments, said) in [
        (vec!["--port", "unix:@none", "--labels", text(&labels)], "line 1: expected a header"),
        (vec!["--port", "unix:@none", "--report", "report.txt"], "expected a file that ends in .xml"),
        (vec!["--port", "unix:@none", "--limit", "speed >= 3"], "nothing is measured under the name"),
        (vec!["--port", "unix:@none", "--steps", "guess"], "there is no step `guess`"),
        (vec!["--devices", "/nonexistent/atgate.toml"], "cannot read /nonexistent/atgate.toml"),
    ] {
        let shown = onboard(&arguments);
        assert_eq!(shown.status.code(), Some(2), "{}", shown.stderr);
        assert!(shown.stderr.contains(said), "{}", shown.stderr);
    }
}

/// A terminal of 100 columns in which boards are onboarded; ends with the value.
struct Terminal {
    tmux: PathBuf,
    socket: PathBuf,
}

impl Terminal {
    fn start(tmux: PathBuf, folder: &Path, map: &Path) -> Terminal {
        let terminal = Terminal { tmux, socket: folder.join("tmux") };
        let command = format!(
            "env -u ATGATE_REGISTER -u NO_COLOR TERM=screen {} onboard --devices {}; echo ended with $?; sleep 60",
            env!("CARGO_BIN_EXE_atgate"),
            text(map),
        );
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "24", &command]);
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Outcome {
        run(&self.tmux, ["-S", text(&self.socket)].iter().chain(arguments))
    }

    /// Waits until the screen says so; what is on it, with its colours if they are wanted.
    fn until(&self, what: &str, is_coloured: bool) -> String {
        let until = Instant::now() + LIMIT;
        let flags: &[&str] = if is_coloured { &["capture-pane", "-p", "-e"] } else { &["capture-pane", "-p"] };
        loop {
            let screen = self.tmux(flags).stdout;
            if screen.contains(what) {
                return screen;
            }
            assert!(Instant::now() < until, "‘{what}’ never came:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// A screen without the times that boards took, and without empty rows.
fn steady(screen: &str) -> String {
    let untimed = |word: &str| {
        let number = word.trim_start_matches('[').trim_end_matches("s]");
        let is_time = number.contains('.')
            && number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if is_time { word.replace(number, "0.0") } else { word.to_owned() }
    };
    let rows = screen.lines().map(str::trim_end).filter(|row| !row.is_empty());
    let rows = rows.map(|row| row.split(' ').map(untimed).collect::<Vec<_>>().join(" "));
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_terminal_shows_a_line_for_each_board_with_its_verdict_in_colour() {
    let (_modem, mut ports) = modems("table", &["--count", "3", "--block", "00101700123457"]);
    let Some(tmux) = installed("tmux") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let silent = folder.path().join("silent");
    let _listener = std::os::unix::net::UnixListener::bind(&silent).expect("a socket that says nothing");
    ports.push(format!("unix:{}", silent.display()));
    let map = folder.path().join("atgate.toml");
    let device = |(at, port): (usize, &String)| format!("[[device]]\nname = \"slot-{at}\"\naddress = \"{port}\"\n");
    std::fs::write(&map, ports.iter().enumerate().map(device).collect::<String>()).expect("it is written");
    let terminal = Terminal::start(tmux, folder.path(), &map);
    let whole = "2 passed, 1 not, 1 at work";
    insta::assert_snapshot!(steady(&terminal.until(whole, false)), @"
    2 passed, 1 not, 1 at work
     PASS   slot-0     0.0 s  generic-lte  001017001234569  Test Network  rsrp -99 dBm
     FAIL   slot-1     0.0 s  EPS: registration denied, #6 Illegal ME: the network refuses the device it
     PASS   slot-2     0.0 s  generic-lte  001017001234585  Test Network  rsrp -99 dBm
     ...    slot-3  prepare
    ");
    let coloured = terminal.until(whole, true);
    let cell = |word: &str| coloured.lines().find_map(|row| Some(row.split_once(word)?.0.to_owned()));
    let (pass, fail) = (cell(" PASS "), cell(" FAIL "));
    // Reversed, and green or red.
    assert!(pass.is_some_and(|codes| codes.contains('7') && codes.ends_with("[32m")), "{coloured:?}");
    assert!(fail.is_some_and(|codes| codes.contains('7') && codes.ends_with("[31m")), "{coloured:?}");
    terminal.tmux(&["send-keys", "C-c"]);
    insta::assert_snapshot!(steady(&terminal.until("ended with", false)), @"
    2 passed, 1 not, 1 at work
    PASS  [   0.0s] slot-0  generic-lte  001017001234569  Test Network  rsrp -99 dBm
    FAIL  [   0.0s] slot-1  generic-lte  001017001234577
          network[denied]: EPS: registration denied, #6 Illegal ME: the network refuses the device itsel
    f, as for an IMEI on a block list; no attempt until power-off or another SIM (refused by: device)
          help: the network blocks this IMEI: `atgate register check` says what your lists have; after u
    n-listing, switch it off and on
          note: it is refused: its radio is off
    PASS  [   0.0s] slot-2  generic-lte  001017001234585  Test Network  rsrp -99 dBm
    ENDED [   0.0s] slot-3
      Summary 4 boards: 2 passed, 1 failed, 1 interrupted
    ended with 130
    ");
}
