//! Packet services: attached, events, contexts, and what a refusal looks like.

use super::*;

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
        ~ 100ms
        > AT+CGPADDR;+CGPADDR=?;+CGACT=?
        > AT+CGDCONT=2
        > AT+CGACT=0,2
        > AT+CGDCONT=2
        > AT+CGDCONT=12,\"IP\"
        > AT+CGDCONT=2,\"X.25\"
        > AT+CGACT=1,5
        > AT+CGATT=0
        > AT+CGACT?
        > AT+CGACT=1,1
        ~ 1s
    "), @r#"
    > AT+CGEREP=1;+CMEE=1
    < OK
    > AT+CGDCONT=?
    < +CGDCONT: (1-11),"IP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"PPP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV6",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"IPV4V6",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"Non-IP",,,(0-2),(0-3)
    < +CGDCONT: (1-11),"Ethernet",,,(0-2),(0-3)
    < OK
    > AT+CGDCONT?;+CGACT?;+CGPADDR
    < +CGDCONT: 1,"IP","internet","",0,0
    < +CGACT: 1,0
    < +CGPADDR: 1
    < OK
    ~ 1s
    < +CGEV: ME PDN ACT 1
    > AT+CGDCONT?;+CGACT?;+CGPADDR=1
    < +CGDCONT: 1,"IP","internet","",0,0
    < +CGACT: 1,1
    < +CGPADDR: 1,"10.64.0.1"
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    ~ 100ms
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
    > AT+CGDCONT=2,"X.25"
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
    ~ 1s
    < OK
    < +CGEV: ME PDN ACT 1
    "#);
}

#[test]
fn the_context_of_the_attach_may_be_defined_anew_while_it_is_active() {
    insta::assert_snapshot!(play("
        ~ 1s
        > AT+CGDCONT=1,\"IP\",\"other.apn\"
        > AT+CGDCONT?;+CGACT?
        > ATD*99#
    "), @r#"
    ~ 1s
    > AT+CGDCONT=1,"IP","other.apn"
    < OK
    > AT+CGDCONT?;+CGACT?
    < +CGDCONT: 1,"IP","other.apn","",0,0
    < +CGACT: 1,1
    < OK
    > ATD*99#
    "#);
}
