//! The roles `host` and `modem` on real pseudo-terminals: against a virtual modem, and against an application.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up ends the test")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use atgate::modem::{AtPort, Modem, Profile, Tick};
use atgate::port::{Line, Ptys};
use atgate::register::Office;
use atgate::run::emulate::{Emulation, Notice, Observer};
use atgate::run::{CaseReport, Options, Outcome, Role, play};
use atgate::script::parse;

struct Nobody;

impl Observer for Nobody {
    fn notice(&mut self, _at: Tick, _port: AtPort, _notice: Notice) {}
}

/// Starts a virtual modem on a pseudo-terminal; it lives as long as the test.
fn modem() -> String {
    let (path, given) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pty = Ptys::new().unwrap().create(None).unwrap();
            path.send(pty.path().display().to_string()).unwrap();
            let modem = Modem::new(Profile::named("generic-lte", &[]).unwrap(), None, 0);
            let register = Arc::new(Mutex::new(Office::default()));
            let emulation = Emulation::new(modem, Line::Pty(Box::new(pty)), register, Nobody);
            let (answers, _) = tokio::sync::oneshot::channel();
            emulation.live(answers).await;
        });
    });
    given.recv().unwrap()
}

fn on(port: &str, text: &str) -> CaseReport {
    let options = Options { ports: HashMap::from([(String::new(), port.to_owned())]), ..Options::default() };
    assert_eq!(options.role(), Role::Host);
    play(&parse("a.atg", text).unwrap(), &options).remove(0)
}

fn with(command: &str, text: &str) -> CaseReport {
    let options = Options { exec: Some(command.to_owned()), ..Options::default() };
    assert_eq!(options.role(), Role::Modem);
    play(&parse("a.atg", text).unwrap(), &options).remove(0)
}

fn told(report: &CaseReport) -> String {
    match &report.outcome {
        Outcome::Passed => report.transcript.clone(),
        Outcome::Failed(failure) => failure.render(false),
        Outcome::Skipped(reason) => format!("skipped: {reason}"),
        Outcome::Error(fault) => format!("error: {}", fault.message),
    }
}

#[test]
fn a_script_is_played_as_the_host_on_a_port() {
    let port = modem();
    let report = on(
        &port,
        "> ATE0\n< OK\n> AT+CGSN=1\n< {imei:imei}\n< OK\n@ until 10s every 100ms\n> AT+CEREG?\n< +CEREG: {:int},1\n< OK\n\
         ? imei.check == \"right\" and registration.eps == \"home\"\n? modem.model == \"generic-lte\"\n",
    );
    insta::assert_snapshot!(told(&report), @r#"
    > ATE0
    < OK
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    @ until 10s every 100ms
    > AT+CEREG?
    < +CEREG: {:int},1
    < OK
    ? "right" == "right" and registration.eps == "home"
    ? modem.model == "generic-lte"
    "#);
    assert_eq!(report.unchecked.len(), 1, "nobody can look into a real modem");
}

#[test]
fn as_the_host_a_line_that_does_not_come_fails() {
    let port = modem();
    insta::assert_snapshot!(told(&on(&port, "> AT\n< OK\n@ within 100ms\n<! RING\n")), @r"
    failed: expected a line that matches ‘RING’ within 100 ms
     --> a.atg:4:1
      |
    4 | <! RING
      | ^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
    ");
}

#[test]
fn as_the_host_a_direction_that_the_bench_cannot_carry_out_skips_the_script() {
    insta::assert_snapshot!(told(&on("/dev/null", "> AT\n< OK\n* power cycle\n")), @"skipped: `* power cycle` is bound to no command of this bench");
}

#[test]
fn a_port_that_is_missing_is_the_benchs_fault() {
    insta::assert_snapshot!(told(&on("/dev/atgate-no-such-port", "> AT\n< OK\n")), @"error: no port at /dev/atgate-no-such-port");
}

const APPLICATION: &str = r#"sh -c 'exec 3<>"$ATGATE_PORT"
ask() { printf "%s\r" "$1" >&3; while IFS= read -r line <&3; do case "$line" in *OK*|*ERROR*) return;; *) echo "read $line";; esac; done; }
ask ATE0; ask AT+CGMM; ask AT+CSQ; sleep 60'"#;

#[test]
fn a_script_is_played_as_the_modem_against_an_application() {
    let report = with(
        APPLICATION,
        "+++\nmodem = \"generic-lte\"\n+++\n> ATE0\n< OK\n> AT+CGMM\n< Example-1\n< OK\n> AT+CSQ\n...\n",
    );
    insta::assert_snapshot!(told(&report), @r#"
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > AT+CGMM
    < Example-1
    < OK
    > AT+CSQ
    < +CSQ: 21,99
    < OK
    "#);
    assert!(report.output.as_deref().unwrap_or_default().contains("read Example-1"), "{:?}", report.output);
}

#[test]
fn an_application_that_ends_early_with_another_status_than_0_fails_the_script() {
    insta::assert_snapshot!(told(&with("sh -c 'exit 3'", "> AT\n< OK\n")), @r"
    failed: expected the command ‘AT’
     --> a.atg:1:1
      |
    1 | > AT
      | ^^^^ came: the application ended: exit status: 3
    ");
    insta::assert_snapshot!(told(&with("true", "> AT\n< OK\n")), @r"
    failed: expected the command ‘AT’
     --> a.atg:1:1
      |
    1 | > AT
      | ^^^^ came: the application ended: exit status: 0
    ");
}

#[test]
fn an_application_that_cannot_be_started_is_the_benchs_fault() {
    insta::assert_snapshot!(told(&with("/no/such/program {port}", "> AT\n< OK\n")), @"error: `/no/such/program` cannot be started: No such file or directory (os error 2)");
}

#[test]
fn an_application_that_does_not_heed_sigterm_is_killed_with_all_that_it_started() {
    let report = with(
        "sh -c 'trap \"\" TERM; sleep 1000 & printf \"AT\\r\" > {port}; while :; do sleep 1000; done'",
        "+++\necho = false\n+++\n> AT\n< OK\n",
    );
    assert_eq!(report.outcome, Outcome::Passed);
}
