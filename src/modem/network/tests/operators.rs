//! Operators, technologies, and what belongs to the subscription.

use super::*;

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
        > AT+CPOL=3,2,\"00101\",1
        > AT+CRSM=176,28512,0,0,15
        > AT+CPLS=1;+CPOL?;+CPLS?
        > AT+CPOL=2,2,\"00102\"
        > AT+CPLS=2;+CPOL?;+CPOL=?
        > AT+CPLS=0
        > AT+CRSM=214,28512,0,0,5,\"FFFFFF0000\"
        > AT+CPOL?
        > AT+CPOL=,2,\"00102\",0,0,0,0,1;+CPOL?
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
    < +CPOL: 2,2,"99970",1,0,1,1
    < OK
    > AT+CPOL=1
    < OK
    > AT+CPOL=,0;+CPOL?
    < +CPOL: 2,0,"Other Network",1,0,1,1
    < OK
    > AT+CPOL=9,2,"00101"
    < +CME ERROR: 21
    > AT+CPOL=1,0,"Nobody"
    < +CME ERROR: 22
    > AT+CPOL=3,2,"00101",1
    < OK
    > AT+CRSM=176,28512,0,0,15
    < +CRSM: 144,0,"FFFFFF000099F907C08000F1100080"
    < OK
    > AT+CPLS=1;+CPOL?;+CPLS?
    < +CPOL: 1,0,"Test Network",0,0,0,1
    < +CPLS: 1
    < OK
    > AT+CPOL=2,2,"00102"
    < +CME ERROR: 3
    > AT+CPLS=2;+CPOL?;+CPOL=?
    < +CPOL: 1,0,"Test Network",0,0,0,1
    < +CPOL: (1-1),(0-2)
    < OK
    > AT+CPLS=0
    < OK
    > AT+CRSM=214,28512,0,0,5,"FFFFFF0000"
    < +CRSM: 144,0
    < OK
    > AT+CPOL?
    < +CPOL: 2,0,"Other Network",1,0,1,1
    < +CPOL: 3,0,"Test Network",1,0,0,0
    < OK
    > AT+CPOL=,2,"00102",0,0,0,0,1;+CPOL?
    < +CPOL: 1,0,"00102",0,0,0,0
    < +CPOL: 2,0,"Other Network",1,0,1,1
    < +CPOL: 3,0,"Test Network",1,0,0,0
    < OK
    "#);
}
