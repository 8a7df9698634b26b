//! The card from outside.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::{Desk, Override, Profile};

/// A modem with these settings, its card read.
pub(super) fn desk(settings: &[&str]) -> Desk {
    let mut desk = Desk::new("generic-lte", settings);
    desk.play("> AT+CMEE=1\n~ 1s");
    desk
}

#[test]
fn a_card_is_busy_then_ready_and_says_who_it_is() {
    insta::assert_snapshot!(Desk::new("generic-lte", &["sim.busy=50ms"]).play("
        > AT+CMEE=1
        > AT+CPIN?
        > AT+CIMI
        > AT+CRSM=176,12258,0,0,10
        ~ 50ms
        > AT+CPIN?
        > AT+CPIN=?
        > AT+CIMI
        > AT+CCID
        > AT+ICCID
        > AT+QCCID
        > AT+CPIN=\"1234\"
        ?sim.state
    "), @r#"
    > AT+CMEE=1
    < OK
    > AT+CPIN?
    < +CME ERROR: 14
    > AT+CIMI
    < +CME ERROR: 14
    > AT+CRSM=176,12258,0,0,10
    < +CME ERROR: 14
    ~ 50ms
    > AT+CPIN?
    < +CPIN: READY
    < OK
    > AT+CPIN=?
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CCID
    < +CCID: 8999901000000000013
    < OK
    > AT+ICCID
    < +ICCID: 8999901000000000013
    < OK
    > AT+QCCID
    < ERROR
    > AT+CPIN="1234"
    < +CME ERROR: 3
    ?sim.state
    = Some(Text("ready"))
    "#);
}

#[test]
fn a_network_daemon_reads_the_card_with_crsm() {
    insta::assert_snapshot!(desk(&[]).play("
        > AT+CRSM=176,12258,0,0,10
        > AT+CRSM=176,28589,0,0,4
        > AT+CRSM=176,28486,0,0,17
        > AT+CRSM=176,28478,0,0,0
        > AT+CRSM=176,12037,0,0,2
        > AT+CRSM=192,12258
        > AT+CRSM=192,28421
        > AT+CRSM=192,28480
        > AT+CRSM=178,28480,1,4,28
        > AT+CRSM=192,28590
        > AT+CRSM=192,20256
        > AT+CRSM=176,28542,0,0,11,,\"3F007FFF\"
        > AT+CRSM=176,28542,0,0,11,,\"7F20\"
        > AT+CRSM=242
        > AT+CUAD
        > AT+CRSM=?
    "), @r#"
    > AT+CRSM=176,12258,0,0,10
    < +CRSM: 144,0,\"989909010000000010F3\"
    < OK
    > AT+CRSM=176,28589,0,0,4
    < +CRSM: 144,0,\"00000002\"
    < OK
    > AT+CRSM=176,28486,0,0,17
    < +CRSM: 144,0,\"0154657374204E6574776F726BFFFFFFFF\"
    < OK
    > AT+CRSM=176,28478,0,0,0
    < +CRSM: 106,130
    < OK
    > AT+CRSM=176,12037,0,0,2
    < +CRSM: 144,0,\"656E\"
    < OK
    > AT+CRSM=192,12258
    < +CRSM: 144,0,\"62178202412183022FE28A01058B032F06018002000A880110\"
    < OK
    > AT+CRSM=192,28421
    < +CRSM: 144,0,\"62178202412183026F058A01058B032F060280020004880110\"
    < OK
    > AT+CRSM=192,28480
    < +CRSM: 144,0,\"621982054221001C0183026F408A01058B032F06038002001C8800\"
    < OK
    > AT+CRSM=178,28480,1,4,28
    < +CRSM: 144,0,\"FFFFFFFFFFFFFFFFFFFFFFFFFFFF07915155100000F1FFFFFFFFFFFF\"
    < OK
    > AT+CRSM=192,28590
    < +CRSM: 106,130
    < OK
    > AT+CRSM=192,20256
    < +CRSM: 106,130
    < OK
    > AT+CRSM=176,28542,0,0,11,,"3F007FFF"
    < +CRSM: 144,0,\"C000000100F11000A1FF00\"
    < OK
    > AT+CRSM=176,28542,0,0,11,,"7F20"
    < +CRSM: 144,0,\"C000000100F11000A1FF00\"
    < OK
    > AT+CRSM=242
    < +CRSM: 144,0,\"62328202782183027FFF8410A0000000871002FFFFFFFF8900000100A5038001718A01058B032F0605C609900140830101830181\"
    < OK
    > AT+CUAD
    < +CUAD: 61184F10A0000000871002FFFFFFFF890000010050045553494DFFFFFFFFFFFF
    < OK
    > AT+CRSM=?
    < OK
    "#);
    insta::assert_snapshot!(desk(&["sim.file_header=gsm"]).play("
        > AT+CRSM=192,12258
        > AT+CRSM=192,28480,0,0,15
    "), @r#"
    > AT+CRSM=192,12258
    < +CRSM: 144,0,\"0000000A2FE204000FFF4401020000\"
    < OK
    > AT+CRSM=192,28480,0,0,15
    < +CRSM: 144,0,\"0000001C6F40040011FF440102011C\"
    < OK
    "#);
}

#[test]
fn crsm_writes_what_may_be_written_and_refuses_the_rest() {
    insta::assert_snapshot!(desk(&[]).play("
        > AT+CRSM=214,28539,0,0,12,\"00F110FFFFFFFFFFFFFFFFFF\"
        ?sim.forbidden
        > AT+CRSM=176,28539,0,0,12
        > AT+CRSM=214,28539,0,0,3,\"FFFFFF\"
        ?sim.forbidden
        > AT+CRSM=214,12258,0,0,1,\"00\"
        > AT+CRSM=220,28480,1,4,28,\"4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF\"
        > AT+CRSM=178,28480,1,4,28
        > AT+CRSM=178,28480,2,4,28
        > AT+CRSM=178,28480,1,4,27
        > AT+CRSM=176,28480,0,0,1
        > AT+CRSM=164,28480,0,0,0
        > AT+CRSM=214,28539,0,0,12,\"00F\"
        > AT+CRSM=\"176\"
        > AT+CRSM
    "), @r#"
    > AT+CRSM=214,28539,0,0,12,"00F110FFFFFFFFFFFFFFFFFF"
    < +CRSM: 144,0
    < OK
    ?sim.forbidden
    = Some(Text("00101"))
    > AT+CRSM=176,28539,0,0,12
    < +CRSM: 144,0,\"00F110FFFFFFFFFFFFFFFFFF\"
    < OK
    > AT+CRSM=214,28539,0,0,3,"FFFFFF"
    < +CRSM: 144,0
    < OK
    ?sim.forbidden
    = Some(Text(""))
    > AT+CRSM=214,12258,0,0,1,"00"
    < +CRSM: 105,130
    < OK
    > AT+CRSM=220,28480,1,4,28,"4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF"
    < +CRSM: 144,0
    < OK
    > AT+CRSM=178,28480,1,4,28
    < +CRSM: 144,0,\"4F776EFFFFFFFFFFFFFFFFFFFFFF07915155214365F7FFFFFFFFFFFF\"
    < OK
    > AT+CRSM=178,28480,2,4,28
    < +CRSM: 106,131
    < OK
    > AT+CRSM=178,28480,1,4,27
    < +CRSM: 108,28
    < OK
    > AT+CRSM=176,28480,0,0,1
    < +CRSM: 105,129
    < OK
    > AT+CRSM=164,28480,0,0,0
    < ERROR
    > AT+CRSM=214,28539,0,0,12,"00F"
    < ERROR
    > AT+CRSM="176"
    < ERROR
    > AT+CRSM
    < ERROR
    "#);
}

#[test]
fn csim_carries_commands_to_the_card() {
    insta::assert_snapshot!(desk(&["sim.pin=2468"]).play("
        > AT+CSIM=10,\"0020000100\"
        > AT+CSIM=10,\"002C000100\"
        > AT+CSIM=10,\"0020008100\"
        > AT+CSIM=10,\"002C008100\"
        > AT+CSIM=14,\"00A40804047FFF\"
        > AT+CSIM=18,\"00A40804047FFF6F07\"
        > AT+CSIM=10,\"00B0000009\"
        > AT+CPIN?
        > AT+CSIM=26,\"002000010832343638FFFFFFFF\"
        > AT+CPIN?
        > AT+CSIM=10,\"00B0000009\"
        > AT+CSIM=9,\"0020000100\"
        > AT+CSIM=10,\"002000010\"
        > AT+CSIM=4,\"00A4\"
        > AT+CSIM=?
    "), @r#"
    > AT+CSIM=10,"0020000100"
    < +CSIM: 4,\"63C3\"
    < OK
    > AT+CSIM=10,"002C000100"
    < +CSIM: 4,\"63CA\"
    < OK
    > AT+CSIM=10,"0020008100"
    < +CSIM: 4,\"63C3\"
    < OK
    > AT+CSIM=10,"002C008100"
    < +CSIM: 4,\"63CA\"
    < OK
    > AT+CSIM=14,"00A40804047FFF"
    < +CSIM: 4,\"6700\"
    < OK
    > AT+CSIM=18,"00A40804047FFF6F07"
    < +CSIM: 4,\"6119\"
    < OK
    > AT+CSIM=10,"00B0000009"
    < +CSIM: 4,\"6982\"
    < OK
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    > AT+CSIM=26,"002000010832343638FFFFFFFF"
    < +CSIM: 4,\"9000\"
    < OK
    > AT+CPIN?
    < +CPIN: READY
    < OK
    > AT+CSIM=10,"00B0000009"
    < +CSIM: 22,\"0809101010325476989000\"
    < OK
    > AT+CSIM=9,"0020000100"
    < ERROR
    > AT+CSIM=10,"002000010"
    < ERROR
    > AT+CSIM=4,"00A4"
    < ERROR
    > AT+CSIM=?
    < OK
    "#);
}

#[test]
fn a_card_comes_and_goes_and_keeps_what_was_written() {
    insta::assert_snapshot!(desk(&["sim.urc=+CPIN: {pin}", "sim.busy=50ms"]).play("
        > AT+CRSM=214,28539,0,0,12,\"00F110FFFFFFFFFFFFFFFFFF\"
        * sim remove
        > AT+CPIN?
        > AT+CIMI
        > AT+CRSM=176,28539,0,0,12
        > AT+CPINR
        * sim remove
        * sim insert
        > AT+CPIN?
        ~ 50ms
        > AT+CPIN?
        > AT+CRSM=176,28539,0,0,12
        * sim lock
        > AT+CPIN?
        > AT+CPIN=\"1234\"
        * sim lock
        * sim ready
        > AT+CPIN?
    "), @r#"
    > AT+CRSM=214,28539,0,0,12,"00F110FFFFFFFFFFFFFFFFFF"
    < +CRSM: 144,0
    < OK
    * sim remove
    < +CPIN: NOT INSERTED
    > AT+CPIN?
    < +CME ERROR: 10
    > AT+CIMI
    < +CME ERROR: 10
    > AT+CRSM=176,28539,0,0,12
    < +CME ERROR: 10
    > AT+CPINR
    < +CME ERROR: 10
    * sim remove
    * sim insert
    > AT+CPIN?
    < +CME ERROR: 14
    ~ 50ms
    < +CPIN: READY
    > AT+CPIN?
    < +CPIN: READY
    < OK
    > AT+CRSM=176,28539,0,0,12
    < +CRSM: 144,0,\"00F110FFFFFFFFFFFFFFFFFF\"
    < OK
    * sim lock
    < +CPIN: SIM PIN
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    > AT+CPIN="1234"
    < OK
    < +CPIN: READY
    * sim lock
    < +CPIN: SIM PIN
    * sim ready
    < +CPIN: READY
    > AT+CPIN?
    < +CPIN: READY
    < OK
    "#);
}

#[test]
fn the_network_goes_with_the_card_and_comes_back_with_it() {
    for busy in ["sim.busy=0", "sim.busy=2s"] {
        let mut desk = desk(&[busy, "sim.pin=2468"]);
        desk.play("> AT+CPIN=\"2468\"\n~ 5s\n> AT+CPIN=\"2468\"\n~ 5s");
        assert!(desk.play("> AT+CEREG?").contains("+CEREG: 0,1"), "{busy}");
        desk.play("* sim remove\n~ 5s");
        assert!(!desk.play("> AT+CEREG?").contains("+CEREG: 0,1"), "{busy}");
        desk.play("* sim insert\n~ 5s");
        assert!(!desk.play("> AT+CEREG?").contains("+CEREG: 0,1"), "{busy}: it asks for its PIN again");
        desk.play("> AT+CPIN=\"2468\"\n~ 5s");
        assert!(desk.play("> AT+CEREG?").contains("+CEREG: 0,1"), "{busy}");
    }
    let mut desk = desk(&[]);
    desk.play("~ 5s\n* sim remove\n~ 5s\n* sim insert\n~ 5s");
    assert!(desk.play("> AT+CEREG?").contains("+CEREG: 0,1"));
}

#[test]
fn a_modem_without_a_card_or_with_a_broken_one_says_so() {
    insta::assert_snapshot!(desk(&["sim.present=false"]).play("
        > AT+CPIN?
        > AT+CIMI
        > AT+CCID
        > AT+CLCK=\"SC\",2
        > AT+CPIN=\"1234\"
        ?sim.state
    "), @r#"
    > AT+CPIN?
    < +CME ERROR: 10
    > AT+CIMI
    < +CME ERROR: 10
    > AT+CCID
    < +CME ERROR: 10
    > AT+CLCK="SC",2
    < +CME ERROR: 10
    > AT+CPIN="1234"
    < +CME ERROR: 10
    ?sim.state
    = Some(Text("absent"))
    "#);
    insta::assert_snapshot!(desk(&["sim.broken=true"]).play("
        > AT+CPIN?
        > AT+CIMI
        > AT+CCID
        ?sim.state
    "), @r#"
    > AT+CPIN?
    < +CME ERROR: 13
    > AT+CIMI
    < +CME ERROR: 13
    > AT+CCID
    < +CME ERROR: 13
    ?sim.state
    = Some(Text("failed"))
    "#);
    insta::assert_snapshot!(desk(&["sim.imsi="]).play("
        > AT+CPIN?
        > AT+CIMI
        > AT+CCID
    "), @"
    > AT+CPIN?
    < +CME ERROR: 13
    > AT+CIMI
    < +CME ERROR: 13
    > AT+CCID
    < +CCID: 8999901000000000013
    < OK
    ");
}

#[test]
fn minimum_functionality_takes_the_cards_power() {
    insta::assert_snapshot!(desk(&["sim.pin=2468", "sim.busy=50ms"]).play("
        > AT+CPIN=\"2468\"
        > AT+CFUN=4
        > AT+CIMI
        > AT+CFUN=0
        > AT+CPIN?
        > AT+CIMI
        > AT+CFUN=1
        > AT+CPIN?
        ~ 50ms
        > AT+CPIN?
    "), @r#"
    > AT+CPIN="2468"
    < OK
    > AT+CFUN=4
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CFUN=0
    < OK
    > AT+CPIN?
    < +CME ERROR: 13
    > AT+CIMI
    < +CME ERROR: 13
    > AT+CFUN=1
    < OK
    > AT+CPIN?
    < +CME ERROR: 14
    ~ 50ms
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    "#);
}

#[test]
fn the_eid_is_read_from_the_euicc_on_a_channel_of_its_own() {
    insta::assert_snapshot!(desk(&["sim.eid=89001012012341234012345678901224"]).play("
        > AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"
        > AT+CGLA=1,22,\"81E2910006BF3E035C015A\"
        > AT+CGLA=1,10,\"01C0000015\"
        > AT+CGLA=1,10,\"01B0000001\"
        > AT+CCHC=1
        > AT+CCHC=1
        > AT+CGLA=1,10,\"01C0000015\"
        > AT+CCHO=\"A0000000871002\"
        > AT+CGLA=1,18,\"00A4000C026F07\"
        > AT+CGLA=1,14,\"00A4000C026F07\"
        > AT+CGLA=1,10,\"00B0000009\"
        > AT+CCHO=\"A0000000FF\"
        > AT+CGLA=0,10,\"00B0000009\"
    "), @r#"
    > AT+CCHO="A0000005591010FFFFFFFF8900000100"
    < 1
    < OK
    > AT+CGLA=1,22,"81E2910006BF3E035C015A"
    < +CGLA: 4,\"6115\"
    < OK
    > AT+CGLA=1,10,"01C0000015"
    < +CGLA: 46,\"BF3E125A10890010120123412340123456789012249000\"
    < OK
    > AT+CGLA=1,10,"01B0000001"
    < +CGLA: 4,\"6986\"
    < OK
    > AT+CCHC=1
    < OK
    > AT+CCHC=1
    < +CME ERROR: 21
    > AT+CGLA=1,10,"01C0000015"
    < +CGLA: 4,\"6881\"
    < OK
    > AT+CCHO="A0000000871002"
    < 1
    < OK
    > AT+CGLA=1,18,"00A4000C026F07"
    < ERROR
    > AT+CGLA=1,14,"00A4000C026F07"
    < +CGLA: 4,\"9000\"
    < OK
    > AT+CGLA=1,10,"00B0000009"
    < +CGLA: 22,\"0809101010325476989000\"
    < OK
    > AT+CCHO="A0000000FF"
    < +CME ERROR: 22
    > AT+CGLA=0,10,"00B0000009"
    < ERROR
    "#);
    insta::assert_snapshot!(desk(&[]).play("> AT+CCHO=\"A0000005591010FFFFFFFF8900000100\""), @r#"
    > AT+CCHO="A0000005591010FFFFFFFF8900000100"
    < +CME ERROR: 22
    "#);
}

/// Read once: reading a profile takes longer than a case.
static LOCKED: LazyLock<Arc<Profile>> = LazyLock::new(|| {
    let pin = Override::parse("sim.pin=1234").expect("a setting");
    Profile::named("generic-lte", &[pin]).expect("a profile")
});

proptest! {
    #[test]
    fn no_parameters_make_the_card_or_the_modem_panic(
        lines in prop::collection::vec(
            prop_oneof![
                "AT\\+CRSM=(176|178|192|214|220|242|203)(,[0-9]{0,6}){0,5}(,\"?[0-9A-F]{0,40}\"?){0,2}",
                "AT\\+CRSM=(176|178|192|214|220),(28539|28480|28589|12258),[0-3],[0-5],[0-9]{1,3},\"([0-9A-F]{2}){0,30}\"",
                "AT\\+CSIM=[0-9]{1,3},\"[0-9A-F]{0,60}\"",
                "AT\\+C(PIN|PWD|LCK|PINR|CHO|GLA|CHC)=\"?[A-Z0-9]{0,9}\"?(,\"?[0-9]{0,9}\"?){0,3}",
            ],
            1..20,
        )
    ) {
        let mut desk = Desk::with(Arc::clone(&LOCKED));
        desk.play("~ 1s");
        for line in lines {
            desk.play(&format!("> {line}"));
        }
        let alive = desk.play("> AT");
        prop_assert!(alive.ends_with("< OK\n"));
    }
}

#[test]
fn a_modem_with_two_slots_uses_one_card_or_the_other() {
    let two = ["equipment.slots=2", "sim2.present=true", "sim2.pin=2468", "sim2.imsi=999700123456789", "sim.eid="];
    insta::assert_snapshot!(desk(&two).play("
        > AT+CSUS=?;+CSUS?
        > AT+CIMI
        > AT+CSUS=1
        > AT+CFUN=0
        > AT+CSUS=2
        > AT+CSUS=1
        > AT+CFUN=1
        > AT+CSUS?
        > AT+CPIN?
        > AT+CPIN=\"2468\"
        > AT+CIMI;+CCID;+CNUM
        > AT+CPBW=1,\"1\",129,\"second\"
        ?sim.slot
        ?sim.home
        > AT+CFUN=0;+CSUS=0;+CFUN=1
        > AT+CIMI
        > AT+CPBS?
        * sim remove
        > AT+CSUS=1
        > AT+CPIN=\"2468\"
        > AT+CPBR=1
        > AT+CSUS=0
        > AT+CPIN?
    "), @r#"
    > AT+CSUS=?;+CSUS?
    < +CSUS: (0-1)
    < +CSUS: 0
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CSUS=1
    < +CME ERROR: 3
    > AT+CFUN=0
    < OK
    > AT+CSUS=2
    < ERROR
    > AT+CSUS=1
    < OK
    > AT+CFUN=1
    < OK
    > AT+CSUS?
    < +CSUS: 1
    < OK
    > AT+CPIN?
    < +CPIN: SIM PIN
    < OK
    > AT+CPIN="2468"
    < OK
    > AT+CIMI;+CCID;+CNUM
    < 999700123456789
    < +CCID: 8999901000000000021
    < +CNUM: \"\",\"+15550100002\",145
    < OK
    > AT+CPBW=1,"1",129,"second"
    < OK
    ?sim.slot
    = Some(Number(1.0))
    ?sim.home
    = Some(Text("99970"))
    > AT+CFUN=0;+CSUS=0;+CFUN=1
    < OK
    > AT+CIMI
    < 001010123456789
    < OK
    > AT+CPBS?
    < +CPBS: \"SM\",0,250
    < OK
    * sim remove
    > AT+CSUS=1
    < OK
    > AT+CPIN="2468"
    < OK
    > AT+CPBR=1
    < +CPBR: 1,\"1\",129,\"second\"
    < OK
    > AT+CSUS=0
    < +CME ERROR: 3
    > AT+CPIN?
    < +CPIN: READY
    < OK
    "#);
    let vendor = [r#"offers=["+QUIMSLOT"]"#, "equipment.slots=2", "sim2.present=true", "sim.urc=+CPIN: {pin}"];
    insta::assert_snapshot!(desk(&vendor).play("
        > AT+QUIMSLOT=?;+QUIMSLOT?
        > AT+QUIMSLOT=2
        > AT+CIMI
        > AT+CREG?
        ~ 1s
        > AT+CREG?
        * sim remove
        > AT+QUIMSLOT=1
        > AT+QUIMSLOT=2
    "), @"
    > AT+QUIMSLOT=?;+QUIMSLOT?
    < +QUIMSLOT: (1-2)
    < +QUIMSLOT: 1
    < OK
    > AT+QUIMSLOT=2
    < OK
    < +CPIN: READY
    > AT+CIMI
    < 001010123456780
    < OK
    > AT+CREG?
    < +CREG: 0,2
    < OK
    ~ 1s
    > AT+CREG?
    < +CREG: 0,1
    < OK
    * sim remove
    < +CPIN: NOT INSERTED
    > AT+QUIMSLOT=1
    < OK
    < +CPIN: READY
    > AT+QUIMSLOT=2
    < OK
    < +CPIN: NOT INSERTED
    ");
    insta::assert_snapshot!(desk(&[]).play("> AT+CSUS=?;+CSUS?\n> AT+CSUS=1"), @"
    > AT+CSUS=?;+CSUS?
    < +CSUS: (0)
    < +CSUS: 0
    < OK
    > AT+CSUS=1
    < ERROR
    ");
}

#[test]
fn an_empty_euicc_has_no_subscription_but_an_eid() {
    let empty = ["sim.imsi=", "sim.eid=89001012012341234012345678901224", "sim.empty=10"];
    insta::assert_snapshot!(desk(&empty).play("
        > AT+CPIN?
        > AT+CIMI
        > AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"
        > AT+CGLA=1,22,\"81E2910006BF3E035C015A\"
        > AT+CGLA=1,10,\"81C0000015\"
        > AT+CGLA=1,16,\"81E2910003BF2D00\"
        > AT+CGLA=1,10,\"01C0000005\"
        > AT+CCHC=1
        > AT+CREG?
    "), @r#"
    > AT+CPIN?
    < +CME ERROR: 10
    > AT+CIMI
    < +CME ERROR: 10
    > AT+CCHO="A0000005591010FFFFFFFF8900000100"
    < 1
    < OK
    > AT+CGLA=1,22,"81E2910006BF3E035C015A"
    < +CGLA: 4,\"6115\"
    < OK
    > AT+CGLA=1,10,"81C0000015"
    < +CGLA: 46,\"BF3E125A10890010120123412340123456789012249000\"
    < OK
    > AT+CGLA=1,16,"81E2910003BF2D00"
    < +CGLA: 4,\"6105\"
    < OK
    > AT+CGLA=1,10,"01C0000005"
    < +CGLA: 14,\"BF2D02A0009000\"
    < OK
    > AT+CCHC=1
    < OK
    > AT+CREG?
    < +CREG: 0,0
    < OK
    "#);
}

#[test]
fn an_euicc_tells_of_its_profile() {
    insta::assert_snapshot!(desk(&["sim.eid=89001012012341234012345678901224"]).play("
        > AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"
        > AT+CGLA=1,18,\"81E2910003BF2D0000\"
    "), @r#"
    > AT+CCHO="A0000005591010FFFFFFFF8900000100"
    < 1
    < OK
    > AT+CGLA=1,18,"81E2910003BF2D0000"
    < +CGLA: 148,\"BF2D45A043E3415A0A989909010000000010F34F10A0000005591010FFFFFFFF89000010009F700101910C54657374204E6574776F726B920C54657374204E6574776F726B9501029000\"
    < OK
    "#);
}
