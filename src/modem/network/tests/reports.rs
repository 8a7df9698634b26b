//! The registration reports, in each of their forms.

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
fn cgreg_in_lte_speaks_of_what_the_profile_says() {
    for (kind, expected) in [("follows", "+CGREG: 0,1"), ("unknown", "+CGREG: 0,4"), ("off", "+CGREG: 0,0")] {
        let setting = [format!("network.show.cgreg_in_lte={kind}")];
        let mut desk = Desk::new("generic-lte", &setting.each_ref().map(String::as_str));
        desk.pass(Duration::from_secs(1));
        assert_eq!(desk.send("AT+CGREG?")[0], expected, "{kind}");
        assert_eq!(desk.observed("registration.ps"), if kind == "follows" { "home" } else { "off" });
    }
}
