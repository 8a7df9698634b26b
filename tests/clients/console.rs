//! `atgate console` at a terminal, which tmux(1) gives it, and on pipes: against the virtual modem.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::modem::{IMEI, Modem, Outcome, installed, run, run_with};

/// Nothing on a screen may take longer.
const LIMIT: Duration = Duration::from_secs(30);

/// A terminal of 90 columns and 24 rows, with a console in it; ends with the value.
struct Terminal {
    tmux: PathBuf,
    socket: PathBuf,
}

impl Terminal {
    fn start(tmux: PathBuf, modem: &Modem, arguments: &str) -> Terminal {
        let terminal = Terminal { tmux, socket: modem.folder().join("tmux") };
        let state = modem.folder().join("state");
        let console = format!(
            "env XDG_STATE_HOME={} TZ=UTC TERM=screen {} console {} {arguments}; echo ended with $?; sleep 60",
            state.display(),
            env!("CARGO_BIN_EXE_atgate"),
            modem.link().display(),
        );
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "24", &console]);
        terminal.until("> ");
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Outcome {
        let socket = self.socket.to_str().expect("a path in ASCII");
        run(&self.tmux, ["-S", socket].iter().chain(arguments))
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// What is on the screen, without times and empty rows.
    fn screen(&self) -> String {
        let screen = self.tmux(&["capture-pane", "-p"]).stdout;
        let rows = screen.lines().map(str::trim_end).filter(|row| !row.is_empty()).map(untimed);
        rows.collect::<Vec<_>>().join("\n")
    }

    /// Waits until the screen ends so, once what is typed stands below it.
    fn until(&self, text: &str) -> String {
        let until = Instant::now() + LIMIT;
        loop {
            let screen = self.screen();
            if (screen.clone() + " ").contains(text) {
                return screen;
            }
            assert!(Instant::now() < until, "‘{text}’ never came:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// `12:34:56.789` is another time on each run.
fn untimed(row: &str) -> String {
    let is_time = row.len() > 12
        && row.bytes().take(12).enumerate().all(|(at, byte)| match at {
            2 | 5 => byte == b':',
            8 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
    if is_time { format!("hh:mm:ss.mmm{}", &row[12..]) } else { row.to_owned() }
}

#[test]
fn a_session_at_a_terminal_is_explained_as_it_goes() {
    let modem = Modem::start(&["--set", "network.registration=denied"]);
    let Some(tmux) = installed("tmux") else { return };
    let terminal = Terminal::start(tmux, &modem, "");
    // Each is answered before the next is typed.
    for (line, answered) in [("AT+CFUN=4", "AT+CFUN=4"), ("AT+CEREG=3", "AT+CEREG=3"), ("+CSQ", "+CSQ: ")] {
        terminal.keys(&[line, "Enter"]);
        terminal.until(answered);
    }
    terminal.keys(&["AT+CFUN=1", "Enter"]);
    terminal.until("<! +CEREG: 3,,,,0,");
    terminal.keys(&["AT+CPINR", "Enter"]);
    terminal.until("SIM PIN");
    terminal.keys(&["at+cme", "Tab"]);
    terminal.until("how errors of the equipment are shown");
    terminal.keys(&["e="]);
    insta::assert_snapshot!(terminal.until("2 words"), @"
    hh:mm:ss.mmm <  OK                            the command line was carried out
    hh:mm:ss.mmm >  AT+CSQ                        signal quality (3GPP TS 27.007, clause 8.5)
    hh:mm:ss.mmm <  +CSQ: 99,99                   signal unknown, bit error rate unknown
    hh:mm:ss.mmm <  OK                            the command line was carried out
    hh:mm:ss.mmm >  AT+CFUN=1                     how much of the equipment is on: set to 1
                                                  (3GPP TS 27.007, clause 8.2)
    hh:mm:ss.mmm <  OK                            the command line was carried out
    hh:mm:ss.mmm <! +CEREG: 2                     EPS: not registered, searching
    hh:mm:ss.mmm <! +CEREG: 3,,,,0,3              EPS: registration denied, cause #3 Illegal
                                                  UE: the network refuses this SIM, or
                                                  authentication failed; no attempt until
                                                  power-off or another SIM
    hh:mm:ss.mmm >  AT+CPINR                      how many tries of each PIN remain (3GPP TS
                                                  27.007, clause 8.65)
    hh:mm:ss.mmm <  +CPINR: SIM PIN,3,3           SIM PIN: 3 tries remain of 3
    hh:mm:ss.mmm <  +CPINR: SIM PUK,10,10         SIM PUK: 10 tries remain of 10
    hh:mm:ss.mmm <  +CPINR: SIM PIN2,3,3          SIM PIN2: 3 tries remain of 3
    hh:mm:ss.mmm <  +CPINR: SIM PUK2,10,10        SIM PUK2: 10 tries remain of 10
    hh:mm:ss.mmm <  OK                            the command line was carried out
    > at+cme
    +CMEC          who operates the equipment
    +CMEE          how errors of the equipment are shown
    +CMER          which events are reported
    > at+cmee=   <n>: 0 ERROR alone, 1 numbers, 2 words
    ");
    terminal.keys(&["C-u", ":quit", "Enter"]);
    terminal.until("ended with 0");
}

#[test]
fn keys_text_and_history_work_at_a_terminal() {
    let modem = Modem::start(&[]);
    modem.registered();
    let Some(tmux) = installed("tmux") else { return };
    let terminal = Terminal::start(tmux, &modem, "--timestamps off");
    terminal.keys(&["AT+CMGF=1", "Enter"]);
    terminal.until("<  OK");
    terminal.keys(&["AT+CMGS=\"+15551234567\"", "Enter"]);
    terminal.until("Ctrl-C gives it up");
    terminal.keys(&["hello", "C-z"]);
    terminal.until("+CMGS: ");
    terminal.keys(&["C-x", "h"]);
    terminal.until("hexadecimal view on");
    terminal.keys(&["AT", "Enter"]);
    terminal.until("..OK..");
    terminal.keys(&["Up", "Up"]);
    insta::assert_snapshot!(terminal.until("> AT+CMGS=\"+15551234567\""), @r#"
    >  AT+CMGF=1                     message format: 0 PDU, 1 text: set to 1 (3GPP TS 27.005,
                                     clause 3.2.3)
    <  OK                            the command line was carried out
    >  AT+CMGS="+15551234567"        sends a message: set to "+15551234567" (3GPP TS 27.005,
                                     clause 3.5.1)
    <  >                             the modem awaits text, up to Ctrl-Z
    #  type the text: Ctrl-Z sends it, Ctrl-C gives it up
    >| hello\x1a                     the text of a message or its PDU
    <  +CMGS: 1
    <  OK                            the command line was carried out
    #  hexadecimal view on
    >  AT                            no command: the answer is OK
    >| 0000  41 54 0d                                         AT.
    <| 0000  41 54 0d 0d 0a 4f 4b 0d 0a                       AT...OK..
    <  OK                            the command line was carried out
    > AT+CMGS="+15551234567"   <length> in PDU mode, "<number>" in text mode; then the text a
    "#);
    terminal.keys(&["C-u", "C-x", "d"]);
    terminal.until("pseudo-terminal");
    terminal.keys(&["C-d"]);
    terminal.until("ended with 0");
}

#[test]
fn a_device_that_is_plugged_in_again_is_found_again() {
    let modem = Modem::start(&[]);
    let Some(tmux) = installed("tmux") else { return };
    let terminal = Terminal::start(tmux, &modem, "--timestamps off");
    modem.does(&["unplug"]);
    terminal.until("went away; waiting for it to come back");
    modem.does(&["plug"]);
    terminal.until("the port is back");
    terminal.keys(&["AT+CGMM", "Enter"]);
    terminal.until("generic-lte");
}

#[test]
fn a_console_that_is_told_to_end_leaves_the_terminal_and_its_files_whole() {
    let modem = Modem::start(&[]);
    let Some(tmux) = installed("tmux") else { return };
    let saved = modem.folder().join("session.atg");
    let pid = modem.folder().join("pid");
    let terminal = Terminal { tmux, socket: modem.folder().join("tmux") };
    let console = format!(
        "env XDG_STATE_HOME={folder} sh -c 'echo $$ > {pid}; exec {atgate} console {port} --save {saved}'; stty -a; sleep 60",
        folder = modem.folder().display(),
        pid = pid.display(),
        atgate = env!("CARGO_BIN_EXE_atgate"),
        port = modem.link().display(),
        saved = saved.display(),
    );
    terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "24", &console]);
    terminal.until("> ");
    terminal.keys(&["AT+CGSN", "Enter"]);
    terminal.until("<  OK");
    let number = std::fs::read_to_string(pid).expect("the shell wrote it").trim().parse().expect("a number");
    kill_process(Pid::from_raw(number).expect("no pid is 0"), Signal::TERM).expect("it runs");
    let screen = terminal.until("icanon");
    assert!(!screen.contains("-icanon") && !screen.contains("-echo "), "{screen}");
    let script = std::fs::read_to_string(saved).expect("the session was saved");
    assert!(script.ends_with(&format!("> AT+CGSN\n< {IMEI}\n< OK\n")), "{script}");
}

fn console(port: &str, arguments: &[&str], input: &str) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atgate"));
    command.arg("console").arg(port).args(arguments).env("TZ", "UTC");
    run_with(&mut command, input.as_bytes())
}

#[test]
fn on_a_pipe_it_reads_commands_and_ends_behind_the_last_answer() {
    let modem = Modem::start(&[]);
    let link = modem.link();
    let outcome = console(
        link.to_str().expect("ASCII"),
        &["--timestamps", "off"],
        "+CMEE=2\nAT+CPIN=\"0000\"\n:time off\nAT+CGMM\n:nonsense\n",
    );
    assert!(outcome.status.success(), "{}", outcome.stderr);
    insta::assert_snapshot!(outcome.stdout, @r#"
    >  AT+CMEE=2                     how errors of the equipment are shown: set to 2 (3GPP TS 27.007, clause 9.1)
    <  OK                            the command line was carried out
    >  AT+CPIN="0000"                which PIN or PUK is awaited, or its entry: set to "0000" (3GPP TS 27.007, clause 8.3)
    <  +CME ERROR: operation not allowed  error 3 of the equipment: operation not allowed
    #  time stamps: off
    >  AT+CGMM                       the equipment's model (3GPP TS 27.007, clause 5.2)
    <  generic-lte
    <  OK                            the command line was carried out
    #  there is no `:nonsense`; `:help` says what there is
    "#);
}

#[test]
fn a_session_is_logged_and_saved_and_the_saved_one_plays_against_the_same_modem() {
    let modem = Modem::start(&[]);
    let (link, folder) = (modem.link(), modem.folder().to_owned());
    let path = |name: &str| folder.join(name).display().to_string();
    let port = link.to_str().expect("ASCII");
    let outcome =
        console(port, &["--log", &path("log"), "--save", &path("session.atg")], "AT+CGSN\nAT+CPIN?\nAT+CIMI\n");
    assert!(outcome.status.success(), "{}", outcome.stderr);
    let log = std::fs::read_to_string(path("log")).expect("a log");
    assert_eq!(log.lines().filter(|line| line.ends_with("< OK")).count(), 3, "{log}");
    let played = run(Path::new(env!("CARGO_BIN_EXE_atgate")), ["run", &path("session.atg"), "--port", port]);
    assert!(played.stdout.contains("1 passed"), "{}\n{}", played.stdout, played.stderr);
}

#[test]
fn a_script_is_played_into_a_session_and_its_verdict_told() {
    let modem = Modem::start(&[]);
    let script = modem.folder().join("ask.atg");
    std::fs::write(&script, "> AT+CGMM\n< generic-lte\n< OK\n").expect("a script");
    let wrong = modem.folder().join("wrong.atg");
    std::fs::write(&wrong, "> AT+CGMM\n< another\n< OK\n").expect("a script");
    let input = format!("AT\n:run {}\nAT\n:run {}\n:run nowhere.atg\nAT\n", script.display(), wrong.display());
    let link = modem.link();
    let outcome = console(link.to_str().expect("ASCII"), &["--timestamps", "off"], &input);
    let shown = outcome.stdout.replace(&modem.folder().display().to_string(), "folder");
    insta::assert_snapshot!(shown, @"
    >  AT                            no command: the answer is OK
    <  OK                            the command line was carried out
    #  playing folder/ask.atg
    >  AT+CGMM                       the equipment's model (3GPP TS 27.007, clause 5.2)
    <  generic-lte
    <  OK                            the command line was carried out
    #  PASS folder/ask.atg
    >  AT                            no command: the answer is OK
    <  OK                            the command line was carried out
    #  playing folder/wrong.atg
    >  AT+CGMM                       the equipment's model (3GPP TS 27.007, clause 5.2)
    <  generic-lte
    <  OK                            the command line was carried out
    #  FAIL folder/wrong.atg
    #  failed: expected a line that matches ‘another’
    #   --> folder/wrong.atg:2:1
    #    |
    #  2 | < another
    #    | ^^^^^^^^^ came: ‘generic-lte’
    #  transcript up to there:
    #      > AT+CGMM
    #      < generic-lte
    #  playing nowhere.atg
    #  error: the script cannot be read: there is no such file
    #   --> nowhere.atg:1:1
    #    |
    #  1 |
    #    | ^
    >  AT                            no command: the answer is OK
    <  OK                            the command line was carried out
    ");
}

#[test]
fn no_command_that_rewrites_an_identity_leaves_by_a_port_that_may_be_real() {
    let folder = tempfile::tempdir().expect("a folder for the socket");
    let path = folder.path().join("modem").display().to_string();
    let shared = folder.path().join("shared").display().to_string();
    let log = folder.path().join("log").display().to_string();
    let _modem = Modem::start_in(folder, &["--imei", IMEI, "--unix", &path]);
    let outcome = console(
        &format!("unix:{path}"),
        &["--timestamps", "off", "--log", &log, "--share", &format!("unix:{shared}")],
        "AT\nATE0+EGMR=1,7,\"001017001234560\"\nAT+CGSN\n",
    );
    let shown = outcome.stdout.replace(&shared, "shared");
    insta::assert_snapshot!(shown, @r#"
    #  shared at unix:shared
    >  AT                            no command: the answer is OK
    <  OK                            the command line was carried out
    >  ATE0+EGMR=1,7,"001017001234560"  2 commands
         E0                          command echo: 0 off, 1 on (ITU-T V.250, clause 6.2.4)
         +EGMR=1,7,"001017001234560"  reads or writes an item of identity; 1,7 would write an IMEI: set to 1, 7, "001017001234560"; TAMPERING: writes the item that holds an IMEI; atgate lets no such command out to a real port (Quectel, MediaTek)
    #  TAMPERING, not sent: `ATE0+EGMR=1,7,"001017001234560"\r`: writes the item that holds an IMEI
    >  AT+CGSN                       the equipment's serial number, IMEI, IMEISV or SVN (3GPP TS 27.007, clause 5.4)
    <  001017001234569               an IMEI, sound; note: the TAC 00101700 belongs to test equipment
    <  OK                            the command line was carried out
    "#);
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("# TAMPERING, not sent: "), "{log}");
}

#[test]
fn a_port_that_is_not_there_is_told_with_a_next_step() {
    let outcome = console("/nonexistent/ttyUSB9", &[], "AT\n");
    assert_eq!(outcome.status.code(), Some(3));
    assert!(outcome.stderr.contains("no port at /nonexistent/ttyUSB9\nhelp: "), "{}", outcome.stderr);
    let shared = console("tcp:127.0.0.1:1", &["--baud", "9600"], "");
    assert_eq!(shared.status.code(), Some(2), "{}", shared.stderr);
}

#[test]
fn a_place_that_cannot_be_written_does_not_take_that_of_the_session() {
    let modem = Modem::start(&[]);
    let (link, saved) = (modem.link(), modem.folder().join("session.atg").display().to_string());
    let input = "AT+CGMM\n:save /nonexistent/session.atg\n";
    let outcome = console(link.to_str().expect("ASCII"), &["--timestamps", "off", "--save", &saved], input);
    assert!(outcome.status.success(), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("not saved: cannot write /nonexistent/session.atg: "), "{}", outcome.stdout);
    let script = std::fs::read_to_string(saved).expect("the session was saved");
    assert!(script.contains("> AT+CGMM\n"), "{script}");
    let unsaved = console(link.to_str().expect("ASCII"), &["--save", "/nonexistent/session.atg"], "AT\n");
    assert_eq!(unsaved.status.code(), Some(3));
    assert!(unsaved.stderr.contains("the session was not saved: cannot write /nonexistent/"), "{}", unsaved.stderr);
    assert!(unsaved.stderr.contains("\nhelp: "), "{}", unsaved.stderr);
}
