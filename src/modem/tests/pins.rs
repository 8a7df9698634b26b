//! Commands that give, change and count PINs, and that ask what is locked.

use super::sim::desk;
use super::*;

#[test]
fn a_pin_is_asked_for_changed_and_turned_off() {
    insta::assert_snapshot!(desk(&["sim.pin=2468"]).play("
        > AT+CPIN?
        > AT+CIMI
        > AT+CCID
        > AT+CLCK=\"SC\",2
        > AT+CRSM=176,28423,0,0,9
        > AT+CPIN=\"12\"
        > AT+CPIN=\"1111\"
        > AT+CPINR
        > AT+CPINR=\"SIM PIN\"
        > AT+CPIN=\"2468\",\"1357\"
        > AT+CPIN=2468
        > AT+CPINR=\"SIM P*\"
        > AT+CIMI
        > AT+CLCK=\"SC\",0,\"2468\"
        > AT+CLCK=\"SC\",0,\"2468\"
        > AT+CLCK=\"SC\",2
        > AT+CPWD=\"SC\",\"2468\",\"1357\"
        > AT+CLCK=\"SC\",1,\"9999\"
        > AT+CLCK=\"SC\",1,\"2468\"
        > AT+CPWD=\"SC\",\"2468\",\"1357\"
        > AT+CPWD=\"P2\",\"5678\",\"8765\"
        > AT+CLCK=?
        > AT+CLCK=\"FD\",2
        > AT+CLCK=\"PN\",2
        > AT+CLCK=\"XX\",2
        > AT+CPWD=?
        * power cycle
        ~ 1s
        > AT+CMEE=1
        > AT+CPIN?
        > AT+CPIN=\"2468\"
        > AT+CPIN=\"1357\"
        > AT+CPIN?
    "), @r#"
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    > AT+CIMI
    < +CME ERROR: 11
    > AT+CCID
    < +CCID: 8999901000000000013
    < OK
    > AT+CLCK="SC",2
    < +CLCK: 1
    < OK
    > AT+CRSM=176,28423,0,0,9
    < +CRSM: 105,130
    < OK
    > AT+CPIN="12"
    < ERROR
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPINR
    < +CPINR: SIM PIN,2,3
    < +CPINR: SIM PUK,10,10
    < +CPINR: SIM PIN2,3,3
    < +CPINR: SIM PUK2,10,10
    < OK
    > AT+CPINR="SIM PIN"
    < +CPINR: SIM PIN,2,3
    < OK
    > AT+CPIN="2468","1357"
    < ERROR
    > AT+CPIN=2468
    < OK
    > AT+CPINR="SIM P*"
    < +CPINR: SIM PIN,3,3
    < +CPINR: SIM PUK,10,10
    < +CPINR: SIM PIN2,3,3
    < +CPINR: SIM PUK2,10,10
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CLCK="SC",0,"2468"
    < OK
    > AT+CLCK="SC",0,"2468"
    < +CME ERROR: 3
    > AT+CLCK="SC",2
    < +CLCK: 0
    < OK
    > AT+CPWD="SC","2468","1357"
    < +CME ERROR: 3
    > AT+CLCK="SC",1,"9999"
    < +CME ERROR: 16
    > AT+CLCK="SC",1,"2468"
    < OK
    > AT+CPWD="SC","2468","1357"
    < OK
    > AT+CPWD="P2","5678","8765"
    < OK
    > AT+CLCK=?
    < +CLCK: (\"SC\",\"FD\",\"PS\",\"PF\",\"PN\",\"PU\",\"PP\",\"PC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\")
    < OK
    > AT+CLCK="FD",2
    < +CLCK: 0
    < OK
    > AT+CLCK="PN",2
    < +CLCK: 0
    < OK
    > AT+CLCK="XX",2
    < +CME ERROR: 4
    > AT+CPWD=?
    < +CPWD: (\"SC\",8),(\"P2\",8)
    < OK
    * power cycle
    ! Restarted
    ~ 1s
    > AT+CMEE=1
    < OK
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    > AT+CPIN="2468"
    < +CME ERROR: 16
    > AT+CPIN="1357"
    < OK
    > AT+CPIN?
    < +CPIN: READY
    < OK
    "#);
}

#[test]
fn three_wrong_pins_block_the_card_and_ten_wrong_puks_end_it() {
    let mut desk = desk(&["sim.pin=2468"]);
    insta::assert_snapshot!(desk.play("
        > AT+CPIN=\"1111\"
        > AT+CPIN=\"1111\"
        > AT+CPIN=\"1111\"
        > AT+CPIN?
        > AT+CIMI
        > AT+CPIN=\"2468\"
        > AT+CLCK=\"SC\",0,\"2468\"
        > AT+CPIN=\"87654321\",\"1357\"
        > AT+CPINR
        > AT+CPIN=\"12345678\",\"1357\"
        > AT+CPIN?
        * sim block
        > AT+CPIN?
    "), @r#"
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPIN="1111"
    < +CME ERROR: 16
    > AT+CPIN="1111"
    < +CME ERROR: 12
    > AT+CPIN?
    < +CPIN: SIM PUK
    < OK
    > AT+CIMI
    < +CME ERROR: 12
    > AT+CPIN="2468"
    < +CME ERROR: 12
    > AT+CLCK="SC",0,"2468"
    < +CME ERROR: 12
    > AT+CPIN="87654321","1357"
    < +CME ERROR: 16
    > AT+CPINR
    < +CPINR: SIM PIN,0,3
    < +CPINR: SIM PUK,9,10
    < +CPINR: SIM PIN2,3,3
    < +CPINR: SIM PUK2,10,10
    < OK
    > AT+CPIN="12345678","1357"
    < OK
    > AT+CPIN?
    < +CPIN: READY
    < OK
    * sim block
    > AT+CPIN?
    < +CPIN: SIM PUK
    < OK
    "#);
    for _ in 0..9 {
        desk.play("> AT+CPIN=\"87654321\",\"1357\"");
    }
    insta::assert_snapshot!(desk.play("
        > AT+CPIN=\"87654321\",\"1357\"
        > AT+CPIN?
        > AT+CIMI
        > AT+CPIN=\"12345678\",\"1357\"
        ?sim.state
    "), @r#"
    > AT+CPIN="87654321","1357"
    < +CME ERROR: 13
    > AT+CPIN?
    < +CME ERROR: 13
    > AT+CIMI
    < +CME ERROR: 13
    > AT+CPIN="12345678","1357"
    < +CME ERROR: 13
    ?sim.state
    = Some(Text("failed"))
    "#);
}

#[test]
fn makers_count_tries_in_their_own_ways() {
    insta::assert_snapshot!(desk(&["sim.pin=2468", "offers=[\"+UPINCNT\",\"+QPINC\",\"#PCT\",\"%XICCID\",\"#CCID\",\"^ICCID\",\"+QCCID\"]", "sim.iccid_filled=true"]).play("
        > AT+UPINCNT
        > AT+QPINC?
        > AT+QPINC=\"SC\"
        > AT#PCT
        > AT%XICCID
        > AT#CCID
        > AT^ICCID?
        > AT+QCCID
    "), @r#"
    > AT+UPINCNT
    < +UPINCNT: 3,3,10,10
    < OK
    > AT+QPINC?
    < +QPINC: \"SC\",3,10
    < +QPINC: \"P2\",3,10
    < OK
    > AT+QPINC="SC"
    < +QPINC: \"SC\",3,10
    < OK
    > AT#PCT
    < #PCT: 3
    < OK
    > AT%XICCID
    < %XICCID: 8999901000000000013F
    < OK
    > AT#CCID
    < #CCID: 8999901000000000013F
    < OK
    > AT^ICCID?
    < ^ICCID: 8999901000000000013F
    < OK
    > AT+QCCID
    < +QCCID: 8999901000000000013F
    < OK
    "#);
}

#[test]
fn each_facility_is_asked_of_whoever_keeps_it() {
    insta::assert_snapshot!(Desk::registered("generic-lte", &[]).play("
        > ATE0+CMEE=1
        > AT+CLCK=\"PS\",2
        > AT+CLCK=\"FD\",2
        > AT+CLCK=\"AO\",2
        > AT+CLCK=\"IR\",2,,7
        > AT+CLCK=\"AO\",2,,0
        > AT+CLCK=\"AO\",2,,7,1
        > AT+CLCK=\"AB\",2
        > AT+CLCK=\"AG\",0,\"0000\"
        > AT+CLCK=\"XX\",2
        > AT+CLCK=\"PN\",3
        * network lose
        > AT+CLCK=\"AO\",2
        * sim lock
        > AT+CLCK=\"AO\",2
        > AT+CLCK=\"SC\",2
        * sim remove
        > AT+CLCK=\"FD\",2
        > AT+CLCK=\"SC\",2
        > AT+CLCK=\"PN\",2
    "), @r#"
    > ATE0+CMEE=1
    < OK
    > AT+CLCK="PS",2
    < +CLCK: 0
    < OK
    > AT+CLCK="FD",2
    < +CLCK: 0
    < OK
    > AT+CLCK="AO",2
    < +CLCK: 0
    < OK
    > AT+CLCK="IR",2,,7
    < +CLCK: 0,7
    < OK
    > AT+CLCK="AO",2,,0
    < ERROR
    > AT+CLCK="AO",2,,7,1
    < ERROR
    > AT+CLCK="AB",2
    < +CME ERROR: 3
    > AT+CLCK="AG",0,"0000"
    < OK
    > AT+CLCK="XX",2
    < +CME ERROR: 4
    > AT+CLCK="PN",3
    < ERROR
    * network lose
    > AT+CLCK="AO",2
    < +CME ERROR: 30
    * sim lock
    > AT+CLCK="AO",2
    < +CME ERROR: 11
    > AT+CLCK="SC",2
    < +CLCK: 1
    < OK
    * sim remove
    > AT+CLCK="FD",2
    < +CME ERROR: 10
    > AT+CLCK="SC",2
    < +CME ERROR: 10
    > AT+CLCK="PN",2
    < +CLCK: 0
    < OK
    "#);
}

#[test]
fn pin2_and_puk2_are_the_cards_own() {
    insta::assert_snapshot!(Desk::registered("generic-lte", &["sim.pin2=2468", "sim.puk2=87654321"]).play(r#"
        > AT+CMEE=1
        > AT+CLCK="FD",1,"5678"
        > AT+CLCK="FD",1,"2468"
        > AT+CLCK="FD",0,"0000"
        > AT+CLCK="FD",0,"0000"
        > AT+CLCK="FD",0,"0000"
        > AT+CPIN?;+CPINR="SIM PUK2"
        > AT+CPIN="12345678","1357"
        > AT+CPIN="87654321","1357"
        > AT+CLCK="FD",0,"1357"
    "#), @r#"
    > AT+CMEE=1
    < OK
    > AT+CLCK="FD",1,"5678"
    < +CME ERROR: 16
    > AT+CLCK="FD",1,"2468"
    < OK
    > AT+CLCK="FD",0,"0000"
    < +CME ERROR: 16
    > AT+CLCK="FD",0,"0000"
    < +CME ERROR: 16
    > AT+CLCK="FD",0,"0000"
    < +CME ERROR: 18
    > AT+CPIN?;+CPINR="SIM PUK2"
    < +CPIN: SIM PUK2
    < +CPINR: SIM PUK2,10,10
    < OK
    > AT+CPIN="12345678","1357"
    < +CME ERROR: 16
    > AT+CPIN="87654321","1357"
    < OK
    > AT+CLCK="FD",0,"1357"
    < OK
    "#);
    for setting in ["sim.pin2=12", "sim.puk2=1234"] {
        let wrong = Profile::named("generic-lte", &[Override::parse(setting).unwrap()]).unwrap_err();
        assert!(wrong.to_string().contains("digits"), "{wrong}");
    }
}
