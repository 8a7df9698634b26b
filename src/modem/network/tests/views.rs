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
