//! Signal and indicators.

use super::*;

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

#[test]
fn changes_of_indicators_are_kept_discarded_or_given_afterwards() {
    insta::assert_snapshot!(play("
        ~ 1s
        > AT+CMER=0,0,0,1
        * signal -113
        * signal -51
        > AT+CMER=2,0,0,1,1
        > AT+CMER=3,0,0,1,1
        > ATD*99#
        ~ 1s
        * signal -113
        * lose
        ~ 1m
    "), @"
    ~ 1s
    > AT+CMER=0,0,0,1
    < OK
    * signal -113
    * signal -51
    > AT+CMER=2,0,0,1,1
    < OK
    < +CIEV: 2,4
    < +CIEV: 3,1
    < +CIEV: 2,1
    < +CIEV: 2,5
    > AT+CMER=3,0,0,1,1
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * signal -113
    * lose
    ~ 1m
    < +CIEV: 4,1
    < +CIEV: 2,1
    < +CIEV: 2,0
    < +CIEV: 3,0
    < NO CARRIER
    < +CIEV: 4,0
    ");
}
