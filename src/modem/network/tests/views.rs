//! Each view, in each of its forms.

use super::*;

#[test]
fn a_modem_registers_within_300_ms_of_power_up() {
    insta::assert_snapshot!(play("
        > AT+CEREG=2;+CREG=1;+CGREG=1
        > AT+CEREG?
        ~ 300ms
        > AT+CEREG?;+CREG?;+CGREG?;+COPS?;+CGATT?;+CSQ
        ? registration.eps
        ? attempts
        ? register.decision
    "), @r#"
    > AT+CEREG=2;+CREG=1;+CGREG=1
    < OK
    > AT+CEREG?
    < +CEREG: 2,2
    < OK
    ~ 300ms
    < +CREG: 1
    < +CGREG: 1
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+CEREG?;+CREG?;+CGREG?;+COPS?;+CGATT?;+CSQ
    < +CEREG: 2,1,"00A1","0001B2C3",7
    < +CREG: 1,1
    < +CGREG: 1,1
    < +COPS: 0,0,"Test Network",7
    < +CGATT: 1
    < +CSQ: 21,99
    < OK
    ? registration.eps
    = home
    ? attempts
    = 1
    ? register.decision
    = allow
    "#);
}

#[test]
fn a_blocked_device_says_so_in_every_view() {
    insta::assert_snapshot!(Desk::with("generic-lte", &[], Verdict::Block).play("
        > AT+CMEE=2;+CREG=3;+CGREG=3;+CEREG=5;+CNEC=24
        ~ 300ms
        > AT+CREG?;+CGREG?;+CEREG?;+COPS?;+CGATT?;+CEER;+CSQ
        > AT+CGATT=1
        > AT+COPS=0
        ? registration.cs
        ? registration.ps
        ? registration.eps
        ? registration.5gs
        ? cause
        ? network.service
        ~ 24h
        ? attempts
        > AT+CFUN=4
        > AT+CFUN=1
        ~ 1s
        ? attempts
        * register allow
        > AT+CFUN=0
        > AT+CFUN=1
        ~ 1s
        ? attempts
        ? register.decision
    "), @r#"
    > AT+CMEE=2;+CREG=3;+CGREG=3;+CEREG=5;+CNEC=24
    < OK
    ~ 300ms
    < +CNEC_EMM: 6
    < +CREG: 3,,,,0,6
    < +CGREG: 3,,,,,0,6
    < +CEREG: 3,,,,0,6
    > AT+CREG?;+CGREG?;+CEREG?;+COPS?;+CGATT?;+CEER;+CSQ
    < +CREG: 3,3,,,,0,6
    < +CGREG: 3,3,,,,,0,6
    < +CEREG: 5,3,,,,0,6
    < +COPS: 0
    < +CGATT: 0
    < +CEER: Illegal ME
    < +CSQ: 21,99
    < OK
    > AT+CGATT=1
    < +CME ERROR: Illegal ME
    > AT+COPS=0
    < +CME ERROR: network not allowed - emergency calls only
    ? registration.cs
    = denied
    ? registration.ps
    = denied
    ? registration.eps
    = denied
    ? registration.5gs
    = off
    ? cause
    = 6
    ? network.service
    = limited
    ~ 24h
    ? attempts
    = 1
    > AT+CFUN=4
    < OK
    < +CREG: 0
    < +CGREG: 0
    < +CEREG: 0
    > AT+CFUN=1
    < OK
    < +CREG: 3,,,,0,6
    < +CGREG: 3,,,,,0,6
    < +CEREG: 3,,,,0,6
    ~ 1s
    ? attempts
    = 1
    * register allow
    > AT+CFUN=0
    < OK
    < +CREG: 0
    < +CGREG: 0
    < +CEREG: 0
    > AT+CFUN=1
    < OK
    < +CREG: 2
    < +CGREG: 2
    < +CEREG: 2
    ~ 1s
    < +CREG: 1,"00A1","0001B2C3",7
    < +CGREG: 1,"00A1","0001B2C3",7
    < +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000"
    ? attempts
    = 2
    ? register.decision
    = allow
    "#);
}

/// The command of a domain, and the technology in which it speaks.
const REPORTS: [(&str, &str, u8); 4] =
    [("+CREG", "gsm", 3), ("+CGREG", "gsm", 5), ("+CEREG", "lte", 5), ("+C5GREG", "nr", 3)];

#[test]
fn each_report_has_each_form_of_its_own_n() {
    let mut table = String::new();
    for (command, tech, highest) in REPORTS {
        for n in 0..=highest {
            let settings = [format!("network.tech={tech}"), format!("network.techs=[\"{tech}\"]")];
            let mut desk = Desk::new("generic-lte", &settings.each_ref().map(String::as_str));
            let _ = writeln!(table, "{command}={n}");
            desk.send(&format!("AT{command}={n}"));
            let mut stage = |name: &str, desk: &mut Desk, said: Vec<String>| {
                let said: Vec<String> = said.into_iter().filter(|line| line.starts_with(command)).collect();
                let read = desk.send(&format!("AT{command}?")).remove(0);
                let _ = writeln!(table, "  {name:<11}{:<38} {read}", said.join(" | "));
            };
            let said = desk.pass(Duration::from_millis(300));
            stage("registered", &mut desk, said);
            let said = desk.network(NetworkEvent::Lose);
            stage("lost", &mut desk, said);
            let said = desk.network(NetworkEvent::Find);
            stage("found", &mut desk, said);
            desk.pass(Duration::from_secs(1));
            let said = desk.network(NetworkEvent::Deny(22));
            stage("congested", &mut desk, said);
            desk.event(Event::Power(Power::Cycle));
            desk.send(&format!("ATE0{command}={n}"));
            desk.verdict = Verdict::Block;
            let said = desk.pass(Duration::from_millis(300));
            stage("illegal ME", &mut desk, said);
            let said = desk.send("AT+CFUN=4");
            stage("CFUN=4", &mut desk, said);
        }
    }
    insta::assert_snapshot!(table, @r#"
    +CREG=0
      registered                                        +CREG: 0,1
      lost                                              +CREG: 0,2
      found                                             +CREG: 0,2
      congested                                         +CREG: 0,2
      illegal ME                                        +CREG: 0,3
      CFUN=4                                            +CREG: 0,0
    +CREG=1
      registered +CREG: 1                               +CREG: 1,1
      lost       +CREG: 2                               +CREG: 1,2
      found                                             +CREG: 1,2
      congested  +CREG: 2                               +CREG: 1,2
      illegal ME +CREG: 3                               +CREG: 1,3
      CFUN=4     +CREG: 0                               +CREG: 1,0
    +CREG=2
      registered +CREG: 1,"00A1","0001B2C3",0           +CREG: 2,1,"00A1","0001B2C3",0
      lost       +CREG: 2                               +CREG: 2,2
      found                                             +CREG: 2,2
      congested  +CREG: 2                               +CREG: 2,2
      illegal ME +CREG: 3                               +CREG: 2,3
      CFUN=4     +CREG: 0                               +CREG: 2,0
    +CREG=3
      registered +CREG: 1,"00A1","0001B2C3",0           +CREG: 3,1,"00A1","0001B2C3",0
      lost       +CREG: 2                               +CREG: 3,2
      found                                             +CREG: 3,2
      congested  +CREG: 2,,,,0,22                       +CREG: 3,2,,,,0,22
      illegal ME +CREG: 3,,,,0,6                        +CREG: 3,3,,,,0,6
      CFUN=4     +CREG: 0                               +CREG: 3,0
    +CGREG=0
      registered                                        +CGREG: 0,1
      lost                                              +CGREG: 0,2
      found                                             +CGREG: 0,2
      congested                                         +CGREG: 0,2
      illegal ME                                        +CGREG: 0,3
      CFUN=4                                            +CGREG: 0,0
    +CGREG=1
      registered +CGREG: 1                              +CGREG: 1,1
      lost       +CGREG: 2                              +CGREG: 1,2
      found                                             +CGREG: 1,2
      congested  +CGREG: 2                              +CGREG: 1,2
      illegal ME +CGREG: 3                              +CGREG: 1,3
      CFUN=4     +CGREG: 0                              +CGREG: 1,0
    +CGREG=2
      registered +CGREG: 1,"00A1","0001B2C3",0,"01"     +CGREG: 2,1,"00A1","0001B2C3",0,"01"
      lost       +CGREG: 2                              +CGREG: 2,2
      found                                             +CGREG: 2,2
      congested  +CGREG: 2                              +CGREG: 2,2
      illegal ME +CGREG: 3                              +CGREG: 2,3
      CFUN=4     +CGREG: 0                              +CGREG: 2,0
    +CGREG=3
      registered +CGREG: 1,"00A1","0001B2C3",0,"01"     +CGREG: 3,1,"00A1","0001B2C3",0,"01"
      lost       +CGREG: 2                              +CGREG: 3,2
      found                                             +CGREG: 3,2
      congested  +CGREG: 2,,,,,0,22                     +CGREG: 3,2,,,,,0,22
      illegal ME +CGREG: 3,,,,,0,6                      +CGREG: 3,3,,,,,0,6
      CFUN=4     +CGREG: 0                              +CGREG: 3,0
    +CGREG=4
      registered +CGREG: 1,"00A1","0001B2C3",0,"01",,,"11100000","11100000" +CGREG: 4,1,"00A1","0001B2C3",0,"01",,,"11100000","11100000"
      lost       +CGREG: 2                              +CGREG: 4,2
      found                                             +CGREG: 4,2
      congested  +CGREG: 2                              +CGREG: 4,2
      illegal ME +CGREG: 3                              +CGREG: 4,3
      CFUN=4     +CGREG: 0                              +CGREG: 4,0
    +CGREG=5
      registered +CGREG: 1,"00A1","0001B2C3",0,"01",,,"11100000","11100000" +CGREG: 5,1,"00A1","0001B2C3",0,"01",,,"11100000","11100000"
      lost       +CGREG: 2                              +CGREG: 5,2
      found                                             +CGREG: 5,2
      congested  +CGREG: 2,,,,,0,22                     +CGREG: 5,2,,,,,0,22
      illegal ME +CGREG: 3,,,,,0,6                      +CGREG: 5,3,,,,,0,6
      CFUN=4     +CGREG: 0                              +CGREG: 5,0
    +CEREG=0
      registered                                        +CEREG: 0,1
      lost                                              +CEREG: 0,2
      found                                             +CEREG: 0,2
      congested                                         +CEREG: 0,2
      illegal ME                                        +CEREG: 0,3
      CFUN=4                                            +CEREG: 0,0
    +CEREG=1
      registered +CEREG: 1                              +CEREG: 1,1
      lost       +CEREG: 2                              +CEREG: 1,2
      found                                             +CEREG: 1,2
      congested  +CEREG: 2                              +CEREG: 1,2
      illegal ME +CEREG: 3                              +CEREG: 1,3
      CFUN=4     +CEREG: 0                              +CEREG: 1,0
    +CEREG=2
      registered +CEREG: 1,"00A1","0001B2C3",7          +CEREG: 2,1,"00A1","0001B2C3",7
      lost       +CEREG: 2                              +CEREG: 2,2
      found                                             +CEREG: 2,2
      congested  +CEREG: 2                              +CEREG: 2,2
      illegal ME +CEREG: 3                              +CEREG: 2,3
      CFUN=4     +CEREG: 0                              +CEREG: 2,0
    +CEREG=3
      registered +CEREG: 1,"00A1","0001B2C3",7          +CEREG: 3,1,"00A1","0001B2C3",7
      lost       +CEREG: 2                              +CEREG: 3,2
      found                                             +CEREG: 3,2
      congested  +CEREG: 2,,,,0,22                      +CEREG: 3,2,,,,0,22
      illegal ME +CEREG: 3,,,,0,6                       +CEREG: 3,3,,,,0,6
      CFUN=4     +CEREG: 0                              +CEREG: 3,0
    +CEREG=4
      registered +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000" +CEREG: 4,1,"00A1","0001B2C3",7,,,"11100000","11100000"
      lost       +CEREG: 2                              +CEREG: 4,2
      found                                             +CEREG: 4,2
      congested  +CEREG: 2                              +CEREG: 4,2
      illegal ME +CEREG: 3                              +CEREG: 4,3
      CFUN=4     +CEREG: 0                              +CEREG: 4,0
    +CEREG=5
      registered +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000" +CEREG: 5,1,"00A1","0001B2C3",7,,,"11100000","11100000"
      lost       +CEREG: 2                              +CEREG: 5,2
      found                                             +CEREG: 5,2
      congested  +CEREG: 2,,,,0,22                      +CEREG: 5,2,,,,0,22
      illegal ME +CEREG: 3,,,,0,6                       +CEREG: 5,3,,,,0,6
      CFUN=4     +CEREG: 0                              +CEREG: 5,0
    +C5GREG=0
      registered                                        +C5GREG: 0,1
      lost                                              +C5GREG: 0,2
      found                                             +C5GREG: 0,2
      congested                                         +C5GREG: 0,2
      illegal ME                                        +C5GREG: 0,3
      CFUN=4                                            +C5GREG: 0,0
    +C5GREG=1
      registered +C5GREG: 1                             +C5GREG: 1,1
      lost       +C5GREG: 2                             +C5GREG: 1,2
      found                                             +C5GREG: 1,2
      congested  +C5GREG: 2                             +C5GREG: 1,2
      illegal ME +C5GREG: 3                             +C5GREG: 1,3
      CFUN=4     +C5GREG: 0                             +C5GREG: 1,0
    +C5GREG=2
      registered +C5GREG: 1,"0000A1","000001B2C3",11,1,"01" +C5GREG: 2,1,"0000A1","000001B2C3",11,1,"01"
      lost       +C5GREG: 2                             +C5GREG: 2,2
      found                                             +C5GREG: 2,2
      congested  +C5GREG: 2                             +C5GREG: 2,2
      illegal ME +C5GREG: 3                             +C5GREG: 2,3
      CFUN=4     +C5GREG: 0                             +C5GREG: 2,0
    +C5GREG=3
      registered +C5GREG: 1,"0000A1","000001B2C3",11,1,"01" +C5GREG: 3,1,"0000A1","000001B2C3",11,1,"01"
      lost       +C5GREG: 2                             +C5GREG: 3,2
      found                                             +C5GREG: 3,2
      congested  +C5GREG: 2,,,,,,0,22                   +C5GREG: 3,2,,,,,,0,22
      illegal ME +C5GREG: 3,,,,,,0,6                    +C5GREG: 3,3,,,,,,0,6
      CFUN=4     +C5GREG: 0                             +C5GREG: 3,0
    "#);
}

#[test]
fn a_report_refuses_an_n_that_it_does_not_have() {
    insta::assert_snapshot!(play("
        > AT+CREG=?;+CGREG=?;+CEREG=?;+CMEE=1
        > AT+CREG=4
        > AT+CEREG=6
        > AT+CEREG=-1
        > AT+CEREG=\"1\"
        > AT+CEREG=1,1
        > AT+C5GREG?
        > AT+CEREG?
    "), @r#"
    > AT+CREG=?;+CGREG=?;+CEREG=?;+CMEE=1
    < +CREG: (0-3)
    < +CGREG: (0-5)
    < +CEREG: (0-5)
    < OK
    > AT+CREG=4
    < ERROR
    > AT+CEREG=6
    < ERROR
    > AT+CEREG=-1
    < ERROR
    > AT+CEREG="1"
    < ERROR
    > AT+CEREG=1,1
    < ERROR
    > AT+C5GREG?
    < ERROR
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    "#);
}

#[test]
fn a_report_comes_when_something_changes_and_not_else() {
    insta::assert_snapshot!(play("
        ~ 1s
        > AT+CEREG=2
        > AT+CEREG=3
        > AT+CFUN=1
        > AT+CGATT=1
        * find
        * roam 00101
        > AT+CEREG=1
        * roam 00102
        ~ 1s
    "), @r"
    ~ 1s
    > AT+CEREG=2
    < OK
    > AT+CEREG=3
    < OK
    > AT+CFUN=1
    < OK
    > AT+CGATT=1
    < OK
    * find
    * roam 00101
    > AT+CEREG=1
    < OK
    * roam 00102
    < +CEREG: 2
    ~ 1s
    < +CEREG: 5
    ");
}

#[test]
fn operators_are_selected_by_the_modem_by_hand_or_not_at_all() {
    insta::assert_snapshot!(play("
        > AT+CREG=1;+CMEE=1
        ~ 1s
        > AT+COPS=2
        > AT+COPS?;+CGATT?
        > AT+COPS=1,0,\"Other\"
        ~ 1s
        > AT+COPS?;+CREG?
        > AT+COPS=4,1,\"Other\"
        ~ 1s
        > AT+COPS=3,1
        > AT+COPS?
        > AT+COPS=1,2,\"99988\"
        ~ 1s
        > AT+COPS?
        > AT+COPS=1,2,\"00101\",2
        ~ 1s
        > AT+COPS=1,2,\"00101\",7
        ~ 1s
        > AT+COPS=0
        > AT+COPS=1,0,\"Nobody\"
        > AT+COPS=3,3
        > AT+COPS=5
        > AT+COPS=1,2
        > AT+COPS=1,2,\"1\"
        > AT+COPN
    "), @r#"
    > AT+CREG=1;+CMEE=1
    < OK
    ~ 1s
    < +CREG: 1
    > AT+COPS=2
    < OK
    < +CREG: 0
    > AT+COPS?;+CGATT?
    < +COPS: 2
    < +CGATT: 0
    < OK
    > AT+COPS=1,0,"Other"
    ~ 1s
    < +CME ERROR: 32
    < +CREG: 2
    < +CREG: 3
    > AT+COPS?;+CREG?
    < +COPS: 1
    < +CREG: 1,3
    < OK
    > AT+COPS=4,1,"Other"
    ~ 1s
    < OK
    < +CREG: 2
    < +CREG: 1
    > AT+COPS=3,1
    < OK
    > AT+COPS?
    < +COPS: 0,1,"Test",7
    < OK
    > AT+COPS=1,2,"99988"
    ~ 1s
    < +CME ERROR: 30
    < +CREG: 2
    > AT+COPS?
    < +COPS: 1
    < OK
    > AT+COPS=1,2,"00101",2
    ~ 1s
    < +CME ERROR: 30
    > AT+COPS=1,2,"00101",7
    ~ 1s
    < OK
    < +CREG: 1
    > AT+COPS=0
    < OK
    > AT+COPS=1,0,"Nobody"
    < +CME ERROR: 22
    > AT+COPS=3,3
    < ERROR
    > AT+COPS=5
    < ERROR
    > AT+COPS=1,2
    < ERROR
    > AT+COPS=1,2,"1"
    < ERROR
    > AT+COPN
    < +COPN: "00101","Test Network"
    < +COPN: "99970","Other Network"
    < OK
    "#);
}

#[test]
fn a_keystroke_ends_the_list_of_operators() {
    insta::assert_snapshot!(play("
        ~ 1s
        > AT+COPS=?
        ~ 500ms
        * key
        ~ 10s
        > AT
        > AT+CSCS=\"UCS2\";+COPS?
        > AT+COPS=?
        ~ 1s
    "), @r#"
    ~ 1s
    > AT+COPS=?
    ~ 500ms
    * key
    < OK
    ~ 10s
    > AT
    < OK
    > AT+CSCS="UCS2";+COPS?
    < +COPS: 0,0,"00540065007300740020004E006500740077006F0072006B",7
    < OK
    > AT+COPS=?
    ~ 1s
    < +COPS: (2,"00540065007300740020004E006500740077006F0072006B","0054006500730074","00101",7),(3,"004F00740068006500720020004E006500740077006F0072006B","004F0074006800650072","99970",7),,(0,1,2,3,4),(0,1,2)
    < OK
    "#);
}

#[test]
fn without_a_cell_a_selection_waits_for_its_limit() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.coverage=false", "network.timing.answer=30s"]).play("
        > AT+CMEE=1;+CREG?;+CSQ;+CESQ
        > AT+COPS=0
        ~ 29s
        ~ 1s
        > AT+CGATT=1
        ~ 10s
        * find
        ~ 300ms
    "), @r"
    > AT+CMEE=1;+CREG?;+CSQ;+CESQ
    < +CREG: 0,2
    < +CSQ: 99,99
    < +CESQ: 99,99,255,255,255,255
    < OK
    > AT+COPS=0
    ~ 29s
    ~ 1s
    < +CME ERROR: 30
    > AT+CGATT=1
    ~ 10s
    * find
    ~ 300ms
    < OK
    ");
}

#[test]
fn strength_is_shown_by_technology() {
    let mut table = String::new();
    for tech in ["gsm", "utran", "lte", "lte-m", "nb-iot", "nr"] {
        let settings = [
            format!("network.tech={tech}"),
            format!("network.techs=[\"{tech}\"]"),
            "network.show.cesq_fields=9".to_owned(),
        ];
        let mut desk = Desk::new("generic-lte", &settings.each_ref().map(String::as_str));
        let _ = writeln!(table, "{tech:<7} {}", desk.send("AT+CSQ;+CESQ").join(" | "));
    }
    insta::assert_snapshot!(table, @r"
    gsm     +CSQ: 21,99 | +CESQ: 40,99,255,255,255,255,255,255,255 | OK
    utran   +CSQ: 21,99 | +CESQ: 99,99,42,33,255,255,255,255,255 | OK
    lte     +CSQ: 21,99 | +CESQ: 99,99,255,255,18,42,255,255,255 | OK
    lte-m   +CSQ: 21,99 | +CESQ: 99,99,255,255,18,51,255,255,255 | OK
    nb-iot  +CSQ: 21,99 | +CESQ: 99,99,255,255,18,59,255,255,255 | OK
    nr      +CSQ: 21,99 | +CESQ: 99,99,255,255,255,255,65,55,255 | OK
    ");
    insta::assert_snapshot!(play("
        > AT+CSQ=?;+CESQ=?
        * signal none
        > AT+CSQ;+CESQ
        ? signal
        * signal -130
        > AT+CSQ;+CESQ
        ? signal
        * signal -20
        > AT+CSQ;+CESQ
        > AT+CFUN=4
        > AT+CSQ
    "), @r"
    > AT+CSQ=?;+CESQ=?
    < +CSQ: (0-31,99),(0-7,99)
    < +CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)
    < OK
    * signal none
    > AT+CSQ;+CESQ
    < +CSQ: 99,99
    < +CESQ: 99,99,255,255,255,255
    < OK
    ? signal
    = none
    * signal -130
    > AT+CSQ;+CESQ
    < +CSQ: 0,99
    < +CESQ: 99,99,255,255,18,0
    < OK
    ? signal
    = -130
    * signal -20
    > AT+CSQ;+CESQ
    < +CSQ: 31,99
    < +CESQ: 99,99,255,255,18,93
    < OK
    > AT+CFUN=4
    < OK
    > AT+CSQ
    < +CSQ: 99,99
    < OK
    ");
}

#[test]
fn attachment_is_the_hosts_to_give_up_and_to_ask_for() {
    insta::assert_snapshot!(play("
        > AT+CEREG=1;+CREG=1;+CGEREP=1;+CMEE=1
        ~ 1s
        > AT+CGATT=0
        > AT+CGATT?
        ~ 1h
        > AT+CGATT=1
        ~ 1s
        > AT+CGATT?;+CGATT=?
        > AT+CGATT=2
        > AT+CFUN=4
        > AT+CGATT=1
    "), @r"
    > AT+CEREG=1;+CREG=1;+CGEREP=1;+CMEE=1
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    < +CREG: 1
    < +CEREG: 1
    > AT+CGATT=0
    < OK
    < +CGEV: ME DETACH
    < +CREG: 0
    < +CEREG: 0
    > AT+CGATT?
    < +CGATT: 0
    < OK
    ~ 1h
    > AT+CGATT=1
    ~ 1s
    < OK
    < +CREG: 2
    < +CEREG: 2
    < +CGEV: ME PDN ACT 1
    < +CREG: 1
    < +CEREG: 1
    > AT+CGATT?;+CGATT=?
    < +CGATT: 1
    < +CGATT: (0,1)
    < OK
    > AT+CGATT=2
    < ERROR
    > AT+CFUN=4
    < OK
    < +CGEV: ME DETACH
    < +CREG: 0
    < +CEREG: 0
    > AT+CGATT=1
    < +CME ERROR: 30
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.tech=gsm", "network.techs=[\"gsm\"]"]).play("
        > AT+CGREG=1;+CREG=1;+CGEREP=1
        ~ 1s
        > AT+CGATT=0
        > AT+CREG?;+CGREG?
        > AT+CGATT=1
        ~ 1s
    "), @r"
    > AT+CGREG=1;+CREG=1;+CGEREP=1
    < OK
    ~ 1s
    < +CREG: 1
    < +CGREG: 1
    > AT+CGATT=0
    < OK
    < +CGEV: ME DETACH
    < +CGREG: 0
    > AT+CREG?;+CGREG?
    < +CREG: 1,1
    < +CGREG: 1,0
    < OK
    > AT+CGATT=1
    ~ 1s
    < OK
    < +CGREG: 2
    < +CGREG: 1
    ");
}

#[test]
fn what_a_refusal_answers_is_the_profiles_say() {
    let mut table = String::new();
    for refused in ["cause", "error", "ok", "silent", "3", "30", "100", "148"] {
        let setting = [format!("network.show.cgatt_refused={refused}")];
        let mut desk = Desk::with("generic-lte", &setting.each_ref().map(String::as_str), Verdict::Block);
        desk.send("AT+CMEE=1");
        desk.pass(Duration::from_secs(1));
        let at_once = desk.send("AT+CGATT=1").join(" | ");
        let later = desk.pass(Duration::from_secs(180)).join(" | ");
        let attempts = desk.observed("attempts");
        let _ = writeln!(table, "{refused:<7} {at_once:<18} {later:<16} {attempts}");
    }
    insta::assert_snapshot!(table, @r"
    cause   +CME ERROR: 106                     1
    error   ERROR                               1
    ok      OK                                  1
    silent                     +CME ERROR: 30   1
    3       +CME ERROR: 3                       1
    30      +CME ERROR: 30                      1
    100     +CME ERROR: 100                     1
    148     +CME ERROR: 148                     1
    ");
}

#[test]
fn stat_3_may_become_0_after_a_while_and_the_bar_stays() {
    insta::assert_snapshot!(Desk::with("generic-lte", &["network.show.denied_for=240s"], Verdict::Block).play("
        > AT+CEREG=3
        ~ 1s
        ~ 240s
        > AT+CEREG?
        ? registration.eps
        * register allow
        ~ 24h
        ? attempts
    "), @r"
    > AT+CEREG=3
    < OK
    ~ 1s
    < +CEREG: 3,,,,0,6
    ~ 240s
    < +CEREG: 0
    > AT+CEREG?
    < +CEREG: 3,0
    < OK
    ? registration.eps
    = off
    * register allow
    ~ 24h
    ? attempts
    = 1
    ");
}

#[test]
fn a_refused_modem_may_show_where_it_stands() {
    insta::assert_snapshot!(Desk::with("generic-lte", &["network.show.denied_location=true", "network.show.cell_padded=false"], Verdict::Block).play("
        > AT+CEREG=3
        ~ 1s
        > AT+CEREG?
        * register allow
        * power cycle
        > ATE0+CEREG=2
        ~ 1s
    "), @r#"
    > AT+CEREG=3
    < OK
    ~ 1s
    < +CEREG: 3,"00A1","1B2C3",7,0,6
    > AT+CEREG?
    < +CEREG: 3,3,"00A1","1B2C3",7,0,6
    < OK
    * register allow
    * power cycle
    > ATE0+CEREG=2
    < ATE0+CEREG=2
    < OK
    ~ 1s
    < +CEREG: 1,"00A1","1B2C3",7
    "#);
}

#[test]
fn error_codes_are_told_to_who_asked_for_them() {
    insta::assert_snapshot!(play("
        > AT+CNEC=?;+CNEC?
        > AT+CNEC=8
        ~ 1s
        * deny 15
        > AT+CEER
        > AT+CNEC=7
    "), @r"
    > AT+CNEC=?;+CNEC?
    < +CNEC: (0,8,16,24)
    < +CNEC: 0
    < OK
    > AT+CNEC=8
    < OK
    ~ 1s
    * deny 15
    < +CNEC_EMM: 15
    > AT+CEER
    < +CEER: No suitable cells in tracking area
    < OK
    > AT+CNEC=7
    < ERROR
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.tech=gsm", "network.techs=[\"gsm\"]", "settings.+CNEC.values=0-7"]).play("
        > AT+CNEC=3
        ~ 1s
        * deny 6
    "), @r"
    > AT+CNEC=3
    < OK
    ~ 1s
    * deny 6
    < +CNEC_MM: 6
    < +CNEC_GMM: 6
    ");
}

#[test]
fn events_of_the_packet_domain_are_kept_while_nobody_wants_them() {
    insta::assert_snapshot!(play("
        > AT+CGEREP?;+CGEREP=?
        ~ 1s
        > AT+CGATT=0
        > AT+CGATT=1
        ~ 1s
        > AT+CGEREP=2,1
        > AT+CGEREP=0
        > AT+CGATT=0
        > AT+CGEREP=1,0
        > AT+CGEREP=3
    "), @r"
    > AT+CGEREP?;+CGEREP=?
    < +CGEREP: 0,0
    < +CGEREP: (0-2),(0-1)
    < OK
    ~ 1s
    > AT+CGATT=0
    < OK
    > AT+CGATT=1
    ~ 1s
    < OK
    > AT+CGEREP=2,1
    < OK
    < +CGEV: ME PDN ACT 1
    < +CGEV: ME DETACH
    < +CGEV: ME PDN ACT 1
    > AT+CGEREP=0
    < OK
    > AT+CGATT=0
    < OK
    > AT+CGEREP=1,0
    < OK
    > AT+CGEREP=3
    < ERROR
    ");
}

#[test]
fn a_context_is_defined_activated_and_gone_with_the_attach() {
    insta::assert_snapshot!(play("
        > AT+CGEREP=1;+CMEE=1
        > AT+CGDCONT=?
        > AT+CGDCONT?;+CGACT?;+CGPADDR
        ~ 1s
        > AT+CGDCONT?;+CGACT?;+CGPADDR=1
        > AT+CGDCONT=2,\"IP\",\"test.apn\"
        > AT+CGACT=1,2
        > AT+CGPADDR;+CGPADDR=?;+CGACT=?
        > AT+CGDCONT=2
        > AT+CGACT=0,2
        > AT+CGDCONT=2
        > AT+CGDCONT=12,\"IP\"
        > AT+CGDCONT=2,\"PPP\"
        > AT+CGACT=1,5
        > AT+CGATT=0
        > AT+CGACT?
        > AT+CGACT=1,1
    "), @r#"
    > AT+CGEREP=1;+CMEE=1
    < OK
    > AT+CGDCONT=?
    < +CGDCONT: (1-11),"IP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV6",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV4V6",,,(0-2),(0-3)
    < OK
    > AT+CGDCONT?;+CGACT?;+CGPADDR
    < +CGDCONT: 1,"IP","internet","",0,0
    < +CGACT: 1,0
    < +CGPADDR: 1
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDCONT?;+CGACT?;+CGPADDR=1
    < +CGDCONT: 1,"IP","internet","10.64.0.1",0,0
    < +CGACT: 1,1
    < +CGPADDR: 1,"10.64.0.1"
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    < OK
    < +CGEV: ME PDN ACT 2
    > AT+CGPADDR;+CGPADDR=?;+CGACT=?
    < +CGPADDR: 1,"10.64.0.1"
    < +CGPADDR: 2,"10.64.0.2"
    < +CGPADDR: (1,2)
    < +CGACT: (0,1)
    < OK
    > AT+CGDCONT=2
    < +CME ERROR: 3
    > AT+CGACT=0,2
    < OK
    < +CGEV: ME PDN DEACT 2
    > AT+CGDCONT=2
    < OK
    > AT+CGDCONT=12,"IP"
    < ERROR
    > AT+CGDCONT=2,"PPP"
    < ERROR
    > AT+CGACT=1,5
    < ERROR
    > AT+CGATT=0
    < OK
    < +CGEV: ME DETACH
    > AT+CGACT?
    < +CGACT: 1,0
    < OK
    > AT+CGACT=1,1
    < +CME ERROR: 148
    "#);
}

#[test]
fn technologies_are_restricted_to_what_the_modem_has() {
    insta::assert_snapshot!(play("> AT+WS46=?;+WS46?\n> AT+WS46=28\n> AT+WS46?\n> AT+WS46=12"), @r"
    > AT+WS46=?;+WS46?
    < +WS46: (25,28)
    < +WS46: 25
    < OK
    > AT+WS46=28
    < OK
    > AT+WS46?
    < +WS46: 28
    < OK
    > AT+WS46=12
    < ERROR
    ");
    insta::assert_snapshot!(Desk::new("generic-lte", &["network.techs=[\"lte\",\"gsm\"]"]).play("
        > AT+CREG=2;+CEREG=2;+WS46=?
        ~ 1s
        > AT+WS46=12
        ~ 1s
        > AT+WS46?;+COPS?
        > AT+WS46=25
        ~ 1s
    "), @r#"
    > AT+CREG=2;+CEREG=2;+WS46=?
    < +WS46: (12,25,28,30)
    < OK
    ~ 1s
    < +CREG: 1,"00A1","0001B2C3",7
    < +CEREG: 1,"00A1","0001B2C3",7
    > AT+WS46=12
    < OK
    < +CREG: 2
    < +CEREG: 0
    ~ 1s
    > AT+WS46?;+COPS?
    < +WS46: 12
    < +COPS: 0
    < OK
    > AT+WS46=25
    < OK
    < +CEREG: 2
    ~ 1s
    < +CREG: 1,"00A1","0001B2C3",7
    < +CEREG: 1,"00A1","0001B2C3",7
    "#);
}

#[test]
fn the_subscription_has_a_number_and_preferred_operators() {
    insta::assert_snapshot!(play("
        > AT+CMEE=1
        ~ 1s
        > AT+CNUM
        > AT+CPLS=0;+CPOL=,2;+CPOL?;+CPOL=?;+CPLS?;+CPLS=?
        > AT+CPOL=1,2,\"00101\",0,0,1,1
        > AT+CPOL=,0,\"Other\"
        > AT+CPOL?
        > AT+CPOL=1
        > AT+CPOL=,0;+CPOL?
        > AT+CPOL=9,2,\"00101\"
        > AT+CPOL=1,0,\"Nobody\"
    "), @r#"
    > AT+CMEE=1
    < OK
    ~ 1s
    > AT+CNUM
    < +CNUM: "","+15550100001",145
    < OK
    > AT+CPLS=0;+CPOL=,2;+CPOL?;+CPOL=?;+CPLS?;+CPLS=?
    < +CPOL: (1-8),(0-2)
    < +CPLS: 0
    < +CPLS: (0-2)
    < OK
    > AT+CPOL=1,2,"00101",0,0,1,1
    < OK
    > AT+CPOL=,0,"Other"
    < OK
    > AT+CPOL?
    < +CPOL: 1,2,"00101",0,0,1,1
    < +CPOL: 2,2,"99970"
    < OK
    > AT+CPOL=1
    < OK
    > AT+CPOL=,0;+CPOL?
    < +CPOL: 2,0,"Other Network"
    < OK
    > AT+CPOL=9,2,"00101"
    < ERROR
    > AT+CPOL=1,0,"Nobody"
    < +CME ERROR: 22
    "#);
}

#[test]
fn cgreg_in_lte_speaks_of_what_the_profile_says() {
    for (kind, expected) in [("follows", "+CGREG: 0,1"), ("unknown", "+CGREG: 0,4"), ("off", "+CGREG: 0,0")] {
        let setting = [format!("network.show.cgreg_in_lte={kind}")];
        let mut desk = Desk::new("generic-lte", &setting.each_ref().map(String::as_str));
        desk.pass(Duration::from_secs(1));
        assert_eq!(desk.send("AT+CGREG?")[0], expected, "{kind}");
        assert_eq!(desk.observed("registration.ps"), if kind == "follows" { "home" } else { "off" });
    }
}

#[test]
fn indicators_show_signal_service_and_roaming() {
    insta::assert_snapshot!(play("
        > AT+CIND=?;+CMER=?
        ~ 1s
        > AT+CIND?;+CMER?
        > AT+CMER=3,0,0,1
        * signal -113
        * roam 99970
        ~ 1s
        * signal none
        > AT+CIND=0,0,1
        * signal -71
        ~ 1s
        > AT+CIND?;+CMER?
        > AT+CMER=3,1
        > AT+CMER=0
        * lose
    "), @r#"
    > AT+CIND=?;+CMER=?
    < +CIND: ("battchg",(0-5)),("signal",(0-5)),("service",(0,1)),("call",(0,1)),("roam",(0,1)),("smsfull",(0,1))
    < +CMER: (0-3),(0),(0),(0-2),(0,1)
    < OK
    ~ 1s
    > AT+CIND?;+CMER?
    < +CIND: 5,4,1,0,0,0
    < +CMER: 0,0,0,0,0
    < OK
    > AT+CMER=3,0,0,1
    < OK
    * signal -113
    < +CIEV: 2,1
    * roam 99970
    < +CIEV: 3,0
    ~ 1s
    < +CIEV: 3,1
    < +CIEV: 5,1
    * signal none
    < +CIEV: 2,0
    < +CIEV: 3,0
    < +CIEV: 5,0
    > AT+CIND=0,0,1
    < OK
    * signal -71
    ~ 1s
    < +CIEV: 3,1
    < +CIEV: 5,1
    > AT+CIND?;+CMER?
    < +CIND: 5,4,1,0,1,0
    < +CMER: 3,0,0,1,0
    < OK
    > AT+CMER=3,1
    < ERROR
    > AT+CMER=0
    < OK
    * lose
    "#);
}
