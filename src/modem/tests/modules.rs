//! What tells one maker's module from another.

use super::*;

#[test]
fn a_bg95_writes_its_identity_in_its_own_way() {
    let script = "~ 5s\n> AT+CGSN\n> AT+CGSN=1\n> ATI\n> AT+QGMR\n> AT+CMEE?\n> AT&V";
    insta::assert_snapshot!(Desk::new("quectel-bg95", &[]).play(script), @"
    ~ 5s
    < RDY
    < APP RDY
    < +CPIN: READY
    < +QUSIM: 1
    < +QIND: SMS DONE
    > AT+CGSN
    < 001017002345679
    < OK
    > AT+CGSN=1
    < ERROR
    > ATI
    < Quectel
    < BG95-M3
    < Revision: BG95M3LAR02A03
    < OK
    > AT+QGMR
    < BG95M3LAR02A03_01.204.01.204
    < OK
    > AT+CMEE?
    < +CMEE: 1
    < OK
    > AT&V
    < E: 1
    < Q: 0
    < V: 1
    < X: 4
    < &C: 1
    < &D: 2
    < S0: 0
    < S3: 13
    < S4: 10
    < S5: 8
    < S6: 2
    < S7: 0
    < S8: 2
    < S10: 15
    < OK
    ");
}

#[test]
fn a_sara_r5_writes_its_identity_in_its_own_way() {
    let script =
        "~ 2s\n> AT+CGSN\n> AT+CGSN=1\n> AT+CGSN=2\n> AT+CGSN=255\n> ATI\n> ATI9\n> AT+CSCS?\n> AT+CMEE=1;+CFUN=9";
    insta::assert_snapshot!(Desk::new("ublox-sara-r5", &[]).play(script), @r#"
    ~ 2s
    > AT+CGSN
    < 001017003456780
    < OK
    > AT+CGSN=1
    < +CGSN: \"001017003456780\"
    < OK
    > AT+CGSN=2
    < +CGSN: \"0010170034567801\"
    < OK
    > AT+CGSN=255
    < 00101700345678001
    < OK
    > ATI
    < SARA-R510S-01B-00
    < OK
    > ATI9
    < 03.15,A00.01
    < OK
    > AT+CSCS?
    < +CSCS: \"IRA\"
    < OK
    > AT+CMEE=1;+CFUN=9
    < +CME ERROR: 50
    "#);
}

#[test]
fn an_me910_writes_its_identity_in_its_own_way() {
    let script =
        "~ 2s\n> AT+CGSN\n> AT#CGSN\n> AT+IMEISV\n> ATI4\n> AT#SWPKGV\n> AT+CGSN=1\n> AT#REBOOT\n> AT\n~ 2s\n> AT";
    insta::assert_snapshot!(Desk::new("telit-me910", &[]).play(script), @r"
    ~ 2s
    > AT+CGSN
    < 001017004567890
    < OK
    > AT#CGSN
    < #CGSN: 001017004567890
    < OK
    > AT+IMEISV
    < 0010170045678903
    < OK
    > ATI4
    < ME910C1-WW
    < OK
    > AT#SWPKGV
    < 30.00.004.1-P0F.000400
    < M0F.000400
    < P0F.000400
    < A0F.000400
    < OK
    > AT+CGSN=1
    < ERROR
    > AT#REBOOT
    < OK
    ! Restarted
    > AT
    ~ 2s
    > AT
    < OK
    ");
}

#[test]
fn a_modem_starts_as_its_profile_says() {
    let mut desk = Desk::new("quectel-bg95", &[]);
    insta::assert_snapshot!(desk.play(r"
        > AT
        ?modem.state
        ~ 2100ms
        > AT
        ~ 3s
        > AT+QPOWD=1
        ?modem.power
        > AT
        * power on
        ~ 5s
        * reboot
        ~ 10s
    "), @r#"
    > AT
    ?modem.state
    = Some(Text("starting"))
    ~ 2100ms
    < RDY
    > AT
    < OK
    ~ 3s
    < APP RDY
    < +CPIN: READY
    < +QUSIM: 1
    < +QIND: SMS DONE
    > AT+QPOWD=1
    < OK
    < POWERED DOWN
    ! Restarted
    ?modem.power
    = Some(Text("off"))
    > AT
    * power on
    ~ 5s
    < RDY
    < APP RDY
    < +CPIN: READY
    < +QUSIM: 1
    < +QIND: SMS DONE
    * reboot
    ! Restarted
    ~ 10s
    < RDY
    < APP RDY
    < +CPIN: READY
    < +QUSIM: 1
    < +QIND: SMS DONE
    "#);
}

/// What each module shows once the network has refused it as an illegal ME.
fn refused(profile: &str, script: &str) -> String {
    let mut desk = Desk::new(profile, &["network.deny=6"]);
    desk.pass(Duration::from_secs(20));
    desk.seen.clear();
    desk.play(script)
}

#[test]
fn a_refused_bg95_shows_no_cause() {
    insta::assert_snapshot!(refused("quectel-bg95", "> AT+CEREG=?\n> AT+CEREG=3\n> AT+CEREG=4;+CEREG?\n> AT+CREG?\n> AT+CEER\n> AT+CGATT=1"), @r"
    > AT+CEREG=?
    < +CEREG: (0-2,4)
    < OK
    > AT+CEREG=3
    < ERROR
    > AT+CEREG=4;+CEREG?
    < +CEREG: 4,3
    < OK
    > AT+CREG?
    < +CREG: 0,3
    < OK
    > AT+CEER
    < +CEER: Illegal ME
    < OK
    > AT+CGATT=1
    < +CME ERROR: 106
    ");
}

#[test]
fn a_refused_sara_r5_shows_its_cause_at_n_3() {
    insta::assert_snapshot!(refused("ublox-sara-r5", "> AT+CEREG=3;+CEREG?\n> AT+CREG?\n> AT+CGREG?\n> AT+CEER\n> AT+CMEE=1;+CGATT=1"), @r#"
    > AT+CEREG=3;+CEREG?
    < +CEREG: 3,3,,,,0,6
    < OK
    > AT+CREG?
    < +CREG: 0,3
    < OK
    > AT+CGREG?
    < +CGREG: 0,4
    < OK
    > AT+CEER
    < +CEER: \"No report available\",0,\"No cause information available\"
    < OK
    > AT+CMEE=1;+CGATT=1
    < +CME ERROR: 106
    "#);
}

#[test]
fn a_refused_me910_shows_its_cause_by_a_command_of_its_maker() {
    insta::assert_snapshot!(refused("telit-me910", "> AT#CEERNET\n> AT+CEREG=3;+CEREG?\n> AT+CREG?\n> AT+COPS?"), @r"
    > AT#CEERNET
    < #CEERNET: 6
    < OK
    > AT+CEREG=3;+CEREG?
    < +CEREG: 3,3,,,,0,6
    < OK
    > AT+CREG?
    < +CREG: 0,3
    < OK
    > AT+COPS?
    < +COPS: 0
    < OK
    ");
}

#[test]
fn a_registered_module_shows_its_technology_as_its_maker_does() {
    for (profile, shown) in [("quectel-bg95", ",8"), ("ublox-sara-r5", ",7"), ("telit-me910", ",8")] {
        let mut desk = Desk::new(profile, &[]);
        desk.pass(Duration::from_secs(20));
        desk.seen.clear();
        let seen = desk.play("> AT+CEREG=2;+CEREG?");
        assert!(seen.contains(&format!("{shown}\n< OK\n")), "{profile}: {seen}");
    }
}

#[test]
fn each_module_spells_its_iccid() {
    for (profile, command, shown) in [
        ("quectel-bg95", "AT+QCCID", "+QCCID: 8999901000000000013F"),
        ("ublox-sara-r5", "AT+CCID", "+CCID: 8999901000000000013"),
        ("telit-me910", "AT#CCID", "#CCID: 8999901000000000013"),
    ] {
        let mut desk = Desk::new(profile, &[]);
        desk.pass(Duration::from_secs(20));
        desk.seen.clear();
        let seen = desk.play(&format!("> {command}"));
        assert!(seen.contains(&format!("< {shown}\n< OK\n")), "{profile}: {seen}");
    }
}
