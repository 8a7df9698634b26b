//! Calls and data state: V.250, clause 6.3.

use super::*;

#[test]
fn a_data_call_and_back() {
    insta::assert_snapshot!(play(r"
        > ATD*99#
        ~ 4s
        ?modem.dcd
        >| +++
        ~ 999ms
        ~ 1ms
        > ATO
        >| some data
        ~ 2s
        >| +++
        ~ 1s
        > ATH
        ?modem.dcd
        ?modem.data
        > ATO
    "), @r"
    > ATD*99#
    ~ 4s
    < CONNECT 150000000
    ?modem.dcd
    = Some(Truth(true))
    >| +++
    ~ 999ms
    ~ 1ms
    < OK
    > ATO
    < CONNECT 150000000
    >| some data
    ~ 2s
    >| +++
    ~ 1s
    < OK
    > ATH
    < OK
    ?modem.dcd
    = Some(Truth(false))
    ?modem.data
    = Some(Number(15.0))
    > ATO
    < NO CARRIER
    ");
}

#[test]
fn an_escape_sequence_needs_its_guard_times() {
    insta::assert_snapshot!(play(r"
        > ATD*99***1#
        ~ 1s
        >| x+++
        ~ 2s
        >| +++x
        ~ 2s
        >| ++
        ~ 2s
        >| +
        ~ 2s
        >| ++++
        ~ 2s
        ?modem.state
        >| +
        ~ 200ms
        >| +
        ~ 200ms
        >| +
        ~ 1s
        ?modem.state
    "), @r#"
    > ATD*99***1#
    ~ 1s
    < CONNECT 150000000
    >| x+++
    ~ 2s
    >| +++x
    ~ 2s
    >| ++
    ~ 2s
    >| +
    ~ 2s
    >| ++++
    ~ 2s
    ?modem.state
    = Some(Text("online"))
    >| +
    ~ 200ms
    >| +
    ~ 200ms
    >| +
    ~ 1s
    < OK
    ?modem.state
    = Some(Text("command"))
    "#);
    // S12 = 0 needs none; above 127, S2 has no character.
    insta::assert_snapshot!(play(r"
        > ATS12=0D*99#
        ~ 1s
        >| data+++
        > ATS2=128O
        >| +++
        ~ 5s
        ?modem.state
    "), @r#"
    > ATS12=0D*99#
    ~ 1s
    < CONNECT 150000000
    >| data+++
    < OK
    > ATS2=128O
    < CONNECT 150000000
    >| +++
    ~ 5s
    ?modem.state
    = Some(Text("online"))
    "#);
}

#[test]
fn the_rate_of_the_line_is_told_before_connect() {
    insta::assert_snapshot!(play("
        > ATE0+ILRR=?
        > AT+ILRR=1;+ILRR?
        > ATD*99#
        ~ 2s
        >| +++
        ~ 2s
        > AT+IPR=9600;V0
        > ATO
        ~ 2s
        >| +++
        ~ 2s
        > ATQ1V1O
    "), @"
    > ATE0+ILRR=?
    < +ILRR: (0-1)
    < OK
    > AT+ILRR=1;+ILRR?
    < +ILRR: 1
    < OK
    > ATD*99#
    ~ 2s
    < +ILRR: 115200
    < CONNECT 150000000
    >| +++
    ~ 2s
    < OK
    > AT+IPR=9600;V0
    < 0
    ! LineSpeed(9600)
    > ATO
    < +ILRR: 9600
    < 1
    ~ 2s
    >| +++
    ~ 2s
    < 0
    > ATQ1V1O
    ");
}

#[test]
fn a_keystroke_aborts_dialling() {
    let mut desk = Desk::registered("generic-lte", &["dial.packet=no-answer"]);
    insta::assert_snapshot!(desk.play(r"
        > ATD*99#
        ~ 124ms
        >| \n
        ~ 1ms
        >| x
        > AT
        > ATD*99#
        ~ 59s
        ~ 1s
        > ATS7=5D*99#@
        ~ 5s
    "), @r"
    > ATD*99#
    ~ 124ms
    >| \n
    ~ 1ms
    >| x
    < NO CARRIER
    > AT
    < OK
    > ATD*99#
    ~ 59s
    ~ 1s
    < NO CARRIER
    > ATS7=5D*99#@
    ~ 5s
    < NO ANSWER
    ");
}

#[test]
fn a_call_ends_as_its_number_and_x_say() {
    let mut desk = Desk::registered(
        "generic-lte",
        &[
            "dial.numbers.+15550101=busy",
            "dial.numbers.+15550102=no-dialtone",
            "dial.numbers.+15550103=error",
            "dial.data=connect",
        ],
    );
    insta::assert_snapshot!(desk.play(r"
        > ATD+15550101
        ~ 1s
        > ATX0D+15550101
        ~ 1s
        > ATX2DT+15550102
        ~ 1s
        > ATDP+15550102;
        ~ 1s
        > ATD+15550103
        > ATX0D+15550104
        ~ 1s
        * hangup
        > ATX4DL
        ~ 1s
        * dtr off
        > ATDT
        ~ 1s
        > ATD>ME1;
        > ATD+15550100;
        > AT+CPAS
        > ATH
    "), @r"
    > ATD+15550101
    ~ 1s
    < BUSY
    > ATX0D+15550101
    ~ 1s
    < NO CARRIER
    > ATX2DT+15550102
    ~ 1s
    < NO DIALTONE
    > ATDP+15550102;
    ~ 1s
    < NO DIALTONE
    > ATD+15550103
    < ERROR
    > ATX0D+15550104
    ~ 1s
    < CONNECT
    * hangup
    < NO CARRIER
    > ATX4DL
    ~ 1s
    < CONNECT 150000000
    * dtr off
    < NO CARRIER
    > ATDT
    ~ 1s
    < NO CARRIER
    > ATD>ME1;
    < ERROR
    > ATD+15550100;
    < OK
    > AT+CPAS
    < +CPAS: 4
    < OK
    > ATH
    < OK
    ");
}

#[test]
fn rings_are_repeated_counted_and_answered() {
    insta::assert_snapshot!(play(r"
        * ring
        ?modem.ri
        ~ 4s
        > ATS1?
        > ATA
        ?modem.call
        ~ 10s
        * hangup
        ?modem.call
        > ATS0=2
        * ring
        ~ 4s
        ?modem.call
        > ATH
        > ATS0=0
        * ring
        * hangup
        ~ 10s
        > ATA
        > ATV0
        * ring
    "), @r#"
    * ring
    < RING
    ?modem.ri
    = Some(Truth(true))
    ~ 4s
    < RING
    > ATS1?
    < 002
    < OK
    > ATA
    < OK
    ?modem.call
    = Some(Text("voice"))
    ~ 10s
    * hangup
    < NO CARRIER
    ?modem.call
    = Some(Text("none"))
    > ATS0=2
    < OK
    * ring
    < RING
    ~ 4s
    < RING
    ?modem.call
    = Some(Text("voice"))
    > ATH
    < OK
    > ATS0=0
    < OK
    * ring
    < RING
    * hangup
    ~ 10s
    > ATA
    < NO CARRIER
    > ATV0
    < 0
    * ring
    < 2
    "#);
    let mut desk = Desk::registered("generic-lte", &["dial.incoming_data=true", "settings.S0.default=1"]);
    insta::assert_snapshot!(desk.play("* ring\n?modem.state\n?modem.dcd\n* hangup\n?modem.dcd\n> AT"), @r#"
    * ring
    < RING
    < CONNECT 150000000
    ?modem.state
    = Some(Text("online"))
    ?modem.dcd
    = Some(Truth(true))
    * hangup
    < NO CARRIER
    ?modem.dcd
    = Some(Truth(false))
    > AT
    < OK
    "#);
}

#[test]
fn dtr_ends_a_call_as_the_parameter_has_it() {
    let call = "> ATD*99#\n~ 1s\n* dtr off\n?modem.state\n?modem.call\n* dtr on";
    insta::assert_snapshot!(play(&format!("> AT&D2\n{call}")), @r#"
    > AT&D2
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * dtr off
    < NO CARRIER
    ?modem.state
    = Some(Text("command"))
    ?modem.call
    = Some(Text("none"))
    * dtr on
    "#);
    insta::assert_snapshot!(play(&format!("> AT&D1\n{call}")), @r#"
    > AT&D1
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * dtr off
    < OK
    ?modem.state
    = Some(Text("command"))
    ?modem.call
    = Some(Text("data"))
    * dtr on
    "#);
    insta::assert_snapshot!(play(&format!("> AT&D0\n{call}")), @r#"
    > AT&D0
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * dtr off
    ?modem.state
    = Some(Text("online"))
    ?modem.call
    = Some(Text("data"))
    * dtr on
    "#);
}

#[test]
fn a_call_ends_with_what_carried_it_after_the_time_of_s10() {
    insta::assert_snapshot!(play("
        > ATE0S10=20
        > ATD*99#
        ~ 2s
        * network lose
        ~ 1900ms
        ? call
        ~ 200ms
        ? call
        * network find
        ~ 1s
        > ATD*99#
        ~ 2s
        * network detach
        ~ 3s
        ? call
        >| +++
        ~ 2s
        > AT+CGATT=0
        ~ 3s
        > ATO
        > AT+CGATT=1
        ~ 1s
        > ATD12345;
        * network lose
        ~ 3s
        * network find
        ~ 1s
        * ring
        * network lose
        ~ 10s
        > ATA
    "), @"
    > ATE0S10=20
    < OK
    > ATD*99#
    ~ 2s
    < CONNECT 150000000
    * network lose
    ~ 1900ms
    ? call
    = None
    ~ 200ms
    < NO CARRIER
    ? call
    = None
    * network find
    ~ 1s
    > ATD*99#
    ~ 2s
    < CONNECT 150000000
    * network detach
    ~ 3s
    ? call
    = None
    >| +++
    ~ 2s
    < OK
    > AT+CGATT=0
    < OK
    ~ 3s
    < NO CARRIER
    > ATO
    < NO CARRIER
    > AT+CGATT=1
    ~ 1s
    < OK
    > ATD12345;
    < OK
    * network lose
    ~ 3s
    < NO CARRIER
    * network find
    ~ 1s
    * ring
    < RING
    * network lose
    ~ 10s
    > ATA
    < NO CARRIER
    ");
}

#[test]
fn s7_ends_a_call_that_takes_too_long() {
    let mut desk = Desk::registered("generic-lte", &["dial.time=90s", "dial.numbers.1=no-answer"]);
    insta::assert_snapshot!(desk.play("
        > ATE0S7=5
        > ATD*99#
        ~ 4900ms
        ~ 100ms
        > ATD1
        ~ 5s
    "), @"
    > ATE0S7=5
    < OK
    > ATD*99#
    ~ 4900ms
    ~ 100ms
    < NO CARRIER
    > ATD1
    ~ 5s
    < NO CARRIER
    ");
    let mut desk = Desk::registered("quectel-bg95", &["dial.numbers.1=no-answer"]);
    desk.pass(Duration::from_secs(20));
    desk.seen.clear();
    insta::assert_snapshot!(desk.play("
        > ATE0S7?
        > ATD1;
        ~ 59s
        ~ 1s
    "), @"
    > ATE0S7?
    < 000
    < OK
    > ATD1;
    < OK
    ~ 59s
    ~ 1s
    < NO CARRIER
    ");
}
