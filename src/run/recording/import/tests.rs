use super::*;
use crate::run::recording::About;

/// The script that is made of a log.
fn script(format: Format, log: &str, reading: &Reading) -> String {
    let pieces = match read(format, "log", log.as_bytes(), reading) {
        Ok(pieces) => pieces,
        Err(error) => return error.render(false),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.atg");
    let mut paper = Paper::create(&path, false, &About::default()).unwrap();
    let about = format!("# {} lines beside it {:?}\n", pieces.beside, pieces.warnings);
    write(&[pieces], Session::new(false), &mut paper).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    crate::script::parse("session.atg", &text).unwrap();
    let (header, body) = text.split_once("+++\n").unwrap().1.split_once("+++\n").unwrap();
    let echo = header.lines().last().unwrap().trim_end();
    format!("{echo}\n{body}{about}")
}

fn plain(format: Format, log: &str) -> String {
    script(format, log, &Reading::default())
}

#[test]
fn the_daemons_log_of_today_and_of_old_is_read() {
    let new = "\
ModemManager[1]: <info> [1700000000.000000] ModemManager (version 1.20) starting...
ModemManager[1]: <debug> [1700000001.000000] [ttyUSB2/at] --> 'ATE0<CR>'
ModemManager[1]: <debug> [1700000001.020000] [ttyUSB2/at] <-- 'ATE0<CR><CR><LF>OK<CR><LF>'
ModemManager[1]: <debug> [1700000001.300000] [modem0/ttyUSB2/at] --> 'AT+CSQ<CR>'
ModemManager[1]: <debug> [1700000001.310000] [modem0/ttyUSB2/at] <-- '<CR><LF>+CSQ: 2'
ModemManager[1]: <debug> [1700000001.320000] [modem0/ttyUSB2/at] <-- '1,99<CR><LF><CR><LF>OK<CR><LF>'
";
    insta::assert_snapshot!(plain(Format::ModemManager, new), @r#"
    echo  = true
    > ATE0
    ~ 20ms
    < OK
    ~ 280ms
    > AT+CSQ
    ~ 20ms
    < +CSQ: 21,99
    < OK
    # 1 lines beside it []
    "#);
    let old = "\
Oct 27 12:53:05 bench modem-manager[4580]: <debug> [mm-generic-gsm.c:4988] simple_state_machine(): (ttyACM0): simple connect state 2
Oct 27 12:53:05 bench modem-manager[4580]: <debug> [mm-at-serial-port.c:298] debug_log(): (ttyACM0): --> 'AT+CREG?<CR>'
Oct 27 12:53:06 bench modem-manager[4580]: <debug> [mm-at-serial-port.c:298] debug_log(): (ttyACM0): <-- '<CR><LF>+CREG: 2,1<CR><LF><CR><LF>OK<CR><LF>'
";
    insta::assert_snapshot!(plain(Format::ModemManager, old), @r#"
    echo = false
    > AT+CREG?
    ~ 1s
    < +CREG: 2,1
    < OK
    # 1 lines beside it []
    "#);
    let oldest = "** (modem-manager:2543): DEBUG: (ttyUSB0): --> 'AT<CR>'\n** (modem-manager:2543): DEBUG: (ttyUSB0): <-- 'AT<CR><CR><LF>OK<CR><LF>'\n";
    insta::assert_snapshot!(plain(Format::ModemManager, oldest), @r#"
    echo  = true
    > AT
    < OK
    # 0 lines beside it ["the log has no times: nothing pauses in the recording"]
    "#);
}

#[test]
fn of_several_ports_one_is_chosen_and_what_is_cut_is_told_with_its_place() {
    let two = "[ttyUSB2/at] --> 'AT<CR>'\n[ttyUSB3/at] --> 'ATI<CR>'\n[ttyUSB3/at] <-- '<CR><LF>OK<CR><LF>'\n[ttyUSB1/qcdm] --> '0c'\n";
    insta::assert_snapshot!(plain(Format::ModemManager, two), @r"
    error: the traffic of several ports: ttyUSB2 (1 lines), ttyUSB3 (2 lines)
     --> log:1:1
      |
    1 | [ttyUSB2/at] --> 'AT<CR>'
      | ^
      |
      = help: choose one: --only ttyUSB2
    ");
    let only = Reading { only: Some("/dev/ttyUSB3".to_owned()), deltas: false };
    insta::assert_snapshot!(script(Format::ModemManager, two, &only), @r#"
    echo = false
    > ATI
    < OK
    # 2 lines beside it ["the log has no times: nothing pauses in the recording"]
    "#);
    insta::assert_snapshot!(plain(Format::ModemManager, "[ttyUSB2/at] --> 'AT<C\n"), @r"
    error: expected ' at the end of what was said
     --> log:1:23
      |
    1 | [ttyUSB2/at] --> 'AT<C
      |                       ^
      |
      = help: was the line cut? a line of traffic ends with an apostrophe
    ");
}

#[test]
fn a_script_of_umockdev_is_read_with_its_escapes_and_times() {
    let log = "d 0 /dev/ttyUSB2\nw 0 AT^M\nr 8 AT^M^M^JOK^M^J\nw 1500 AT+X=^`\"^M\nr 3 ^M^J^`BOOT^M^J^M^JERROR^M^J\n";
    insta::assert_snapshot!(plain(Format::Umockdev, log), @r#"
    echo  = true
    > AT
    ~ 8ms
    < OK
    ~ 1500ms
    > AT+X=^"
    ~ 3ms
    <! ^BOOT
    < ERROR
    # 1 lines beside it []
    "#);
    insta::assert_snapshot!(plain(Format::Umockdev, "w 0 AT^M\nr x OK\n"), @r"
    error: expected a number of milliseconds
     --> log:2:3
      |
    2 | r x OK
      |   ^
      |
      = help: as in `w 0 AT^M`
    ");
    insta::assert_snapshot!(plain(Format::Umockdev, "w 0 AT^m\n"), @r"
    error: `^` and no letter of a control character behind it
     --> log:1:7
      |
    1 | w 0 AT^m
      |       ^^
      |
      = help: `^` itself is written ^`
    ");
    insta::assert_snapshot!(plain(Format::Umockdev, "@DEV /dev/ttyUSB2\nTIOCMGET 0\n"), @r"
    error: an operation that is not known
     --> log:1:1
      |
    1 | @DEV /dev/ttyUSB2
      | ^^^^
      |
      = help: this is a trace of ioctls; what is said on a port is recorded with --script=/dev/ttyUSB2=FILE
    ");
}

#[test]
fn a_terminals_capture_is_read_with_what_was_typed_and_taken_back() {
    let log = "\nWelcome to minicom 2.8\n\nAT+CSX\x08 \x08Q\r\n+CSQ: 21,99\r\n\r\nOK\r\nAT+CMGS=\"+15551234567\"\r\n> hello\r\n+CMGS: 1\r\n\r\nOK\r\n\x1b[0mRING\r\n";
    insta::assert_snapshot!(plain(Format::Minicom, log), @r#"
    echo  = true
    > AT+CSQ
    < +CSQ: 21,99
    < OK
    > AT+CMGS="+15551234567"
    < >\x20
    >| hello\x1A
    < +CMGS: 1
    < OK
    <! RING
    # 1 lines beside it []
    "#);
}

#[test]
fn the_stamps_of_terminals_become_pauses() {
    let log = "[23:59:59.500] AT\r\n[23:59:59.520] OK\r\n[00:00:01.000] RING\r\n";
    insta::assert_snapshot!(plain(Format::Tio, log), @r"
    echo  = true
    > AT
    ~ 20ms
    < OK
    ~ 1480ms
    <! RING
    # 0 lines beside it []
    ");
    let iso = "[2026-01-31T12:00:00.000] AT\n[2026-01-31T12:00:00.250] OK\n";
    insta::assert_snapshot!(plain(Format::Tio, iso), @r"
    echo  = true
    > AT
    ~ 250ms
    < OK
    # 0 lines beside it []
    ");
    let deltas = "[00:00:03.000] AT\n[00:00:00.250] OK\n";
    insta::assert_snapshot!(plain(Format::Tio, deltas), @r"
    error: a time before that of the line above
     --> log:2:1
      |
    2 | [00:00:00.250] OK
      | ^^^^^^^^^^^^^^
      |
      = help: --deltas, where each counts from the line before
    ");
    insta::assert_snapshot!(script(Format::Tio, deltas, &Reading { deltas: true, only: None }), @r"
    echo  = true
    > AT
    ~ 250ms
    < OK
    # 0 lines beside it []
    ");
}

#[test]
fn hexadecimal_lines_are_the_bytes_that_they_spell() {
    let log = "[12:00:00.000] Connected\n[12:00:00.100] 41 54 0d 0d 0a 4f 4b 0d 0a\n";
    insta::assert_snapshot!(plain(Format::Tio, log), @"
    echo  = true
    > AT
    < OK
    # 1 lines beside it []
    ");
}

#[test]
fn identities_are_replaced_and_a_log_without_traffic_is_told() {
    let imei = format!("35{}", "2099001761481");
    let log = format!("w 0 AT+CGSN^M\nr 1 ^M^J{imei}^M^J^M^JOK^M^J\n");
    insta::assert_snapshot!(plain(Format::Umockdev, &log), @r"
    echo = false
    > AT+CGSN
    ~ 1ms
    < 001017990000013
    < OK
    # 0 lines beside it []
    ");
    insta::assert_snapshot!(plain(Format::ModemManager, "<info> starting\n"), @r"
    error: no AT traffic in it
     --> log:1:1
      |
    1 | <info> starting
      | ^
      |
      = help: the daemon tells its traffic with --debug, or after `mmcli --set-logging=DEBUG`
    ");
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_a_log_is_read_or_told(log in "([a-zA-Z \\^<>'\\[\\]():.0-9/-]|\n|<CR>|--> '|r 1 |w 0 ){0,80}") {
        for format in [Format::ModemManager, Format::Umockdev, Format::Minicom, Format::Tio] {
            let _ = read(format, "log", log.as_bytes(), &Reading::default());
        }
    }
}
