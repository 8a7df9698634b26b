//! Saving power: connection, power saving mode, eDRX.

use super::*;

#[test]
fn a_connection_comes_with_traffic_and_goes_without() {
    insta::assert_snapshot!(play(r#"
        > AT+CSCON=?;+CSCON?
        > AT+CSCON=1
        ~ 5s
        > AT+CSCON?
        ? network.rrc
        ~ 1m
        > AT+CSCON?
        > AT+CSCON=3
        > AT+CGDCONT=2,"IP","test.apn"
        > AT+CGACT=1,2
        ~ 1s
        > AT+CSCON?
        ~ 1m
        > AT+CSCON=2
        > ATD*99***2#
        ~ 30s
        * key
        ~ 5s
        ? network.rrc
        * hangup
        > AT+CSCON?
        > AT+CSCON=4
    "#), @r#"
    > AT+CSCON=?;+CSCON?
    < +CSCON: (0-3)
    < +CSCON: 0,0
    < OK
    > AT+CSCON=1
    < OK
    ~ 5s
    < +CSCON: 1
    > AT+CSCON?
    < +CSCON: 1,1
    < OK
    ? network.rrc
    = connected
    ~ 1m
    < +CSCON: 0
    > AT+CSCON?
    < +CSCON: 1,0
    < OK
    > AT+CSCON=3
    < OK
    > AT+CGDCONT=2,"IP","test.apn"
    < OK
    > AT+CGACT=1,2
    ~ 1s
    < OK
    < +CSCON: 1,7,4
    > AT+CSCON?
    < +CSCON: 3,1,7,4
    < OK
    ~ 1m
    < +CSCON: 0
    > AT+CSCON=2
    < OK
    > ATD*99***2#
    ~ 30s
    < CONNECT 150000000
    * key
    ~ 5s
    ? network.rrc
    = connected
    * hangup
    < +CSCON: 1,7
    < NO CARRIER
    > AT+CSCON?
    < +CSCON: 2,1,7
    < OK
    > AT+CSCON=4
    < ERROR
    "#);
}

#[test]
fn a_modem_that_saves_power_sleeps_after_its_active_time_and_reports_its_timers() {
    insta::assert_snapshot!(play(r#"
        > AT+CEREG=4;+CSCON=1;+CPSMS?;+CPSMS=?
        ~ 20s
        > AT+CPSMS=1,,,"10000010","00000101"
        > AT+CPSMS?;+CEREG?
        ? network.psm
        ~ 19s
        > AT
        ~ 2s
        ? network.psm
        ? network.attached
        > AT
        > AT+CEREG?
        * ring
        ? modem.lost
        ~ 40s
        ? network.psm
        > AT+CEREG?
        ~ 30s
        ? network.psm
        * power on
        > AT
        > AT+CPSMS=0
        ~ 10m
        > AT+CEREG?;+CPSMS?
        > AT+CPSMS=
        > AT+CPSMS?
    "#), @r#"
    > AT+CEREG=4;+CSCON=1;+CPSMS?;+CPSMS=?
    < +CPSMS: 0,,,,
    < +CPSMS: (0-2),("00000000"-"11111111"),("00000000"-"11111111"),("00000000"-"11111111"),("00000000"-"11111111")
    < OK
    ~ 20s
    < +CSCON: 1
    < +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000"
    < +CSCON: 0
    > AT+CPSMS=1,,,"10000010","00000101"
    < OK
    < +CSCON: 1
    < +CEREG: 1,"00A1","0001B2C3",7,,,"00000101","10000010"
    > AT+CPSMS?;+CEREG?
    < +CPSMS: 1,,,"10000010","00000101"
    < +CEREG: 4,1,"00A1","0001B2C3",7,,,"00000101","10000010"
    < OK
    ? network.psm
    = on
    ~ 19s
    < +CSCON: 0
    > AT
    < OK
    ~ 2s
    ? network.psm
    = asleep
    ? network.attached
    = true
    > AT
    > AT+CEREG?
    * ring
    ? modem.lost
    = 13
    ~ 40s
    ? network.psm
    = asleep
    > AT+CEREG?
    ~ 30s
    < +CSCON: 1
    < +CSCON: 0
    ? network.psm
    = asleep
    * power on
    < +CSCON: 1
    > AT
    < OK
    > AT+CPSMS=0
    < OK
    < +CEREG: 1,"00A1","0001B2C3",7,,,"11100000","11100000"
    ~ 10m
    < +CSCON: 0
    > AT+CEREG?;+CPSMS?
    < +CEREG: 4,1,"00A1","0001B2C3",7,,,"11100000","11100000"
    < +CPSMS: 0,,,"10000010","00000101"
    < OK
    > AT+CPSMS=
    < OK
    < +CSCON: 1
    > AT+CPSMS?
    < +CPSMS: 0,,,,
    < OK
    "#);
}

#[test]
fn the_profile_says_what_wakes_a_modem() {
    let script = r#"
        > AT+CPSMS=1,,,"00111000","00000000"
        ~ 20s
        ? network.psm
        * dtr off
        * dtr on
        > AT
        ~ 20s
        * key
        > AT
        ~ 20s
        * power on
        > AT
    "#;
    insta::assert_snapshot!(play(script), @r#"
    > AT+CPSMS=1,,,"00111000","00000000"
    < OK
    ~ 20s
    ? network.psm
    = asleep
    * dtr off
    * dtr on
    > AT
    < OK
    ~ 20s
    * key
    > AT
    ~ 20s
    * power on
    > AT
    < OK
    "#);
    insta::assert_snapshot!(
        Desk::new("generic-lte", &["network.saving.wakes_by=[\"data\"]", "network.saving.asleep_urc=ASLEEP", "network.saving.awake_urc=AWAKE"]).play(script), @r#"
    > AT+CPSMS=1,,,"00111000","00000000"
    < OK
    ~ 20s
    < ASLEEP
    ? network.psm
    = asleep
    * dtr off
    * dtr on
    > AT
    < AWAKE
    ~ 20s
    < ASLEEP
    * key
    < AWAKE
    > AT
    < OK
    ~ 20s
    < ASLEEP
    * power on
    > AT
    < AWAKE
    "#);
    // A start: boot messages, and settings as at power-up.
    insta::assert_snapshot!(Desk::new("quectel-bg95", &["sim.busy=0"]).play(r#"
        ~ 30s
        > ATE0
        > AT+CPSMS=1,,,"00111000","00000001"
        ~ 30s
        > AT
        * power on
        > AT
        ~ 4s
        > AT+CPSMS?;+CEREG?
        ~ 20s
        ? network.psm
    "#), @r#"
    ~ 30s
    < RDY
    < APP RDY
    < +QUSIM: 1
    < +QIND: SMS DONE
    > ATE0
    < ATE0
    < OK
    > AT+CPSMS=1,,,"00111000","00000001"
    < OK
    ~ 30s
    < PSM POWER DOWN
    > AT
    * power on
    > AT
    ~ 4s
    < RDY
    < APP RDY
    < +QUSIM: 1
    < +QIND: SMS DONE
    > AT+CPSMS?;+CEREG?
    < AT+CPSMS?;+CEREG?
    < +CPSMS: 1,,,"00111000","00000001"
    < +CEREG: 0,1
    < OK
    ~ 20s
    < PSM POWER DOWN
    ? network.psm
    = asleep
    "#);
}

#[test]
fn what_the_network_grants_is_the_profiles_say() {
    let timers = [
        "network.saving.granted_tau=00111000",
        "network.saving.granted_active=00100010",
        "network.saving.granted_urc=+QPSMTIMER: {tau},{active}",
    ];
    insta::assert_snapshot!(Desk::new("generic-lte", &timers).play(r#"
        > AT+CPSMS=1,,,"00000001","00000001"
        > AT+CEREG=5
        ~ 1s
        > AT+CPSMS=1,"00000001"
        > AT+CPSMS=3
        > AT+CPSMS=1,,,"0000001"
        > AT+CPSMS=1,,,"00000001","00000001",1
        > AT+CPSMS?
    "#), @r#"
    > AT+CPSMS=1,,,"00000001","00000001"
    < OK
    > AT+CEREG=5
    < OK
    ~ 1s
    < +QPSMTIMER: 86400,120
    < +CEREG: 1,"00A1","0001B2C3",7,,,"00100010","00111000"
    > AT+CPSMS=1,"00000001"
    < OK
    > AT+CPSMS=3
    < ERROR
    > AT+CPSMS=1,,,"0000001"
    < ERROR
    > AT+CPSMS=1,,,"00000001","00000001",1
    < ERROR
    > AT+CPSMS?
    < +CPSMS: 1,"00000001",,"00000001","00000001"
    < OK
    "#);
    let none = ["network.saving.psm=false", "network.saving.edrx=false"];
    insta::assert_snapshot!(Desk::new("generic-lte", &none).play(r#"
        > AT+CPSMS=1;+CEDRXS=2,4,"0101"
        ~ 10m
        > AT+CEDRXRDP
        ? network.psm
    "#), @r#"
    > AT+CPSMS=1;+CEDRXS=2,4,"0101"
    < OK
    ~ 10m
    > AT+CEDRXRDP
    < +CEDRXRDP: 0
    < OK
    ? network.psm
    = off
    "#);
}

#[test]
fn nothing_sleeps_that_has_something_to_do() {
    insta::assert_snapshot!(play(r#"
        > AT+CPSMS=1,,,"00111000","00000001"
        ~ 1s
        > ATD+15550100002;
        ~ 10m
        ? network.psm
        > ATH
        ~ 10s
        ? network.psm
    "#), @r#"
    > AT+CPSMS=1,,,"00111000","00000001"
    < OK
    ~ 1s
    > ATD+15550100002;
    < OK
    ~ 10m
    ? network.psm
    = on
    > ATH
    < OK
    ~ 10s
    ? network.psm
    = asleep
    "#);
}

#[test]
fn a_modem_that_sleeps_notices_what_happened_when_it_wakes() {
    insta::assert_snapshot!(play(r#"
        > AT+CEREG=1;+CPSMS=1,,,"00111000","00000001"
        ~ 1m
        * lose
        ~ 1m
        > AT
        * power on
        > AT+CEREG?
        * find
        ~ 1s
    "#), @r#"
    > AT+CEREG=1;+CPSMS=1,,,"00111000","00000001"
    < OK
    ~ 1m
    < +CEREG: 1
    * lose
    ~ 1m
    > AT
    * power on
    < +CEREG: 2
    > AT+CEREG?
    < +CEREG: 1,2
    < OK
    * find
    ~ 1s
    < +CEREG: 1
    "#);
}

#[test]
fn edrx_is_asked_for_and_granted_by_technology() {
    let settings = ["network.techs=[\"lte\",\"nb-iot\"]"];
    insta::assert_snapshot!(Desk::new("generic-lte", &settings).play(r#"
        > AT+CEDRXS=?;+CEDRXS?
        > AT+CEDRXS=2,4,"0101"
        ~ 1s
        > AT+CEDRXS?;+CEDRXRDP
        > AT+CEDRXS=1,5
        > AT+CEDRXS?
        > AT+CEDRXS=2,4,"1001"
        > AT+CEDRXS=0
        > AT+CEDRXRDP
        > AT+CEDRXS=3
        > AT+CEDRXS?
        > AT+CEDRXS=1,2
        > AT+CEDRXS=1,4,"01"
        > AT+CEDRXS=4
    "#), @r#"
    > AT+CEDRXS=?;+CEDRXS?
    < +CEDRXS: (0-3),(4,5),("0000"-"1111")
    < OK
    > AT+CEDRXS=2,4,"0101"
    < OK
    ~ 1s
    < +CEDRXP: 4,"0101","0101","0011"
    > AT+CEDRXS?;+CEDRXRDP
    < +CEDRXS: 4,"0101"
    < +CEDRXRDP: 4,"0101","0101","0011"
    < OK
    > AT+CEDRXS=1,5
    < OK
    > AT+CEDRXS?
    < +CEDRXS: 4,"0101"
    < +CEDRXS: 5,"0010"
    < OK
    > AT+CEDRXS=2,4,"1001"
    < OK
    < +CEDRXP: 4,"1001","1001","0011"
    > AT+CEDRXS=0
    < OK
    > AT+CEDRXRDP
    < +CEDRXRDP: 0
    < OK
    > AT+CEDRXS=3
    < OK
    > AT+CEDRXS?
    < OK
    > AT+CEDRXS=1,2
    < ERROR
    > AT+CEDRXS=1,4,"01"
    < ERROR
    > AT+CEDRXS=4
    < ERROR
    "#);
}

#[test]
fn a_modem_that_is_woken_by_data_loses_one_byte_however_they_come() {
    let said = |cut: usize| {
        let mut desk = Desk::new("generic-lte", &["network.saving.wakes_by=[\"data\"]"]);
        desk.send("AT+CPSMS=1,,,\"00111000\",\"00000001\"");
        desk.pass(Duration::from_secs(60));
        assert_eq!(desk.observed("network.psm"), "asleep");
        for piece in b"AT\rAT+CPSMS?\r".chunks(cut) {
            desk.modem.receive(desk.now, piece);
        }
        (desk.look(), desk.observed("modem.lost"))
    };
    let expected = (vec!["+CPSMS: 1,,,\"00111000\",\"00000001\"".to_owned(), "OK".to_owned()], "1".to_owned());
    for cut in [1, 2, 3, 5, 64] {
        assert_eq!(said(cut), expected, "{cut}");
    }
}
