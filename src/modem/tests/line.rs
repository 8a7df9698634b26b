//! V.250: the line, its parameters, and what is said on it by itself.

use super::*;

#[test]
fn an_echo_and_its_answer_are_what_a_terminal_expects() {
    let mut desk = Desk::new("generic-lte", &[]);
    insta::assert_snapshot!(desk.bytes(r"AT\r"), @r"AT\r\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"ATE0\r"), @r"ATE0\r\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"AT+CGMI\r\n"), @r"\r\natgate\r\n\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"\n\rAT\r"), @r"\r\nOK\r\n");
}

#[test]
fn numeric_results_end_in_s3_and_information_in_both() {
    let mut desk = Desk::new("generic-lte", &[]);
    insta::assert_snapshot!(desk.bytes(r"ATE0V0\r"), @r"ATE0V0\r0\r");
    insta::assert_snapshot!(desk.bytes(r"AT+CGMI\r"), @r"atgate\r\n0\r");
    insta::assert_snapshot!(desk.bytes(r"AT+NOSUCH\r"), @r"4\r");
    insta::assert_snapshot!(desk.bytes(r"AT+CMEE=1;+CGSN=9\r"), @r"4\r");
    insta::assert_snapshot!(desk.bytes(r"ATQ1\r"), @"");
    insta::assert_snapshot!(desk.bytes(r"AT+CGMI\r"), @r"atgate\r\n");
    insta::assert_snapshot!(desk.bytes(r"ATQ0V1\r"), @r"\r\nOK\r\n");
}

#[test]
fn a_result_code_is_written_with_the_characters_that_its_line_has_set() {
    let mut desk = Desk::new("generic-lte", &[]);
    // The line that sets S3 still ends with the one before; its result has the new one.
    insta::assert_snapshot!(desk.bytes(r"ATE0S3=30\r"), @r"ATE0S3=30\r\x1e\nOK\x1e\n");
    insta::assert_snapshot!(desk.bytes(r"ATS4=36\x1e"), @r"\x1e$OK\x1e$");
    insta::assert_snapshot!(desk.bytes(r"ATS3?\x1e"), @r"\x1e$030\x1e$\x1e$OK\x1e$");
    insta::assert_snapshot!(desk.bytes(r"AT&F\x1e"), @r"\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"AT\r"), @r"AT\r\r\nOK\r\n");
}

#[test]
fn a_line_is_edited_repeated_and_refused() {
    insta::assert_snapshot!(play(r"
        >| AT+CGMMX\x08\r
        >| A/
        > AT
        >| A/
        > at+cgmi
        > AtE0
        > garbage AT+CGMM
        > no such thing
        >
        > AT
    "), @r"
    >| AT+CGMMX\x08\r
    < generic-lte
    < OK
    >| A/
    < generic-lte
    < OK
    > AT
    < OK
    >| A/
    < OK
    > at+cgmi
    < atgate
    < OK
    > AtE0
    < OK
    > garbage AT+CGMM
    < generic-lte
    < OK
    > no such thing
    >
    > AT
    < OK
    ");
}

#[test]
fn a_line_that_is_too_long_is_an_error_and_the_next_one_is_clean() {
    let mut desk = Desk::new("generic-lte", &["answer.longest_line=60"]);
    let long = format!("ATE0V1{}\\r", "Q0".repeat(60));
    assert!(desk.bytes(&long).ends_with(r"\r\nERROR\r\n"));
    insta::assert_snapshot!(desk.bytes(r"ATE0\r"), @r"ATE0\r\r\nOK\r\n");
}

#[test]
fn the_first_error_ends_a_line_and_only_one_result_is_given() {
    insta::assert_snapshot!(play(r"
        > ATE0V1S0=2&C1+CMEE=1;+CGMI;+CGMM
        > ATS0?
        > AT+CGMM;+NOSUCH;S0=7
        > ATS0?
        > ATS0=3S99=1S0=9
        > ATS0?
        > ATE0+
        > AT\Q3E0V1
        > ATV?
        > AT=
    "), @r"
    > ATE0V1S0=2&C1+CMEE=1;+CGMI;+CGMM
    < atgate
    < generic-lte
    < OK
    > ATS0?
    < 002
    < OK
    > AT+CGMM;+NOSUCH;S0=7
    < generic-lte
    < ERROR
    > ATS0?
    < 002
    < OK
    > ATS0=3S99=1S0=9
    < ERROR
    > ATS0?
    < 003
    < OK
    > ATE0+
    < ERROR
    > AT\Q3E0V1
    < OK
    ! FlowControl { by_dte: 2, by_dce: 2 }
    > ATV?
    < ERROR
    > AT=
    < ERROR
    ");
}

#[test]
fn registers_have_three_digits_and_ranges() {
    insta::assert_snapshot!(play(r"
        > ATS0?;S3?S4?S5?S6?S7?S8?S10?S12?
        > ATS3=128
        > ATS6=1
        > ATS7=0
        > ATS7=255
        > ATS0=5
        > ATS0=
        > ATS0?
        > ATS9?
        > ATE2
        > ATX5
        > ATS7
        > AT&C2
    "), @r"
    > ATS0?;S3?S4?S5?S6?S7?S8?S10?S12?
    < 000
    < 013
    < 010
    < 008
    < 002
    < 060
    < 002
    < 001
    < 050
    < OK
    > ATS3=128
    < ERROR
    > ATS6=1
    < ERROR
    > ATS7=0
    < ERROR
    > ATS7=255
    < OK
    > ATS0=5
    < OK
    > ATS0=
    < OK
    > ATS0?
    < 000
    < OK
    > ATS9?
    < ERROR
    > ATE2
    < ERROR
    > ATX5
    < ERROR
    > ATS7
    < OK
    > AT&C2
    < ERROR
    ");
    let mut desk = Desk::new("generic-lte", &["answer.empty_is_zero=false"]);
    insta::assert_snapshot!(desk.play("> ATS0="), @r"
    > ATS0=
    < ERROR
    ");
}

#[test]
fn settings_are_stored_recalled_and_reset() {
    insta::assert_snapshot!(play(r"
        > ATS0=4+CMEE=2
        > AT&W
        > ATS0=9
        > ATZ
        > ATS0?+CMEE?
        > AT&F
        > ATS0?+CMEE?
        * power cycle
        > ATS0?+CMEE?
        > AT&V
        > ATZ1
        > AT&F1
        > AT&W1
    "), @"
    > ATS0=4+CMEE=2
    < OK
    > AT&W
    < OK
    > ATS0=9
    < OK
    > ATZ
    < OK
    > ATS0?+CMEE?
    < 004
    < +CMEE: 2
    < OK
    > AT&F
    < OK
    > ATS0?+CMEE?
    < 000
    < +CMEE: 0
    < OK
    * power cycle
    ! Restarted
    > ATS0?+CMEE?
    < 004
    < +CMEE: 2
    < OK
    > AT&V
    < ACTIVE PROFILE:
    < E1 L0 M0 P0 Q0 V1 X4 &C1 &D2
    < S0:004 S1:000 S2:043 S3:013 S4:010 S5:008 S6:002 S7:060 S8:002 S10:001 S12:050
    < +CMEE:2 +CSCS:0 +IPR:0 +ICF.format:3 +ICF.parity:3 +IFC.dte:2 +IFC.dce:2 +ILRR:0 +CFUN:1 +CREG:0 +CGREG:0 +CEREG:0 +CGEREP:0 +CGEREP.bfr:0 +CGPIAF.format:0 +CGPIAF.subnet:0 +CGPIAF.zeros:0 +CGPIAF.compress:0 +CGAUTO:3 +CSCON:0 +CNEC:0 +CEMODE:2 +CPSB:0 +CIREG:0 +CIREP:0 +COPS.format:0 +CMER:0 +CMER.ind:0 +CMER.bfr:0 +CIND:63 +CRC:0 +CLIP:0 +CAOC:1 +CCWE:0 +CUSD:0 +CSMS:0 +CMGF:0 +CSDH:0 +CSMP.fo:17 +CSMP.vp:167 +CSMP.pid:0 +CSMP.dcs:0 +CNMI.mode:0 +CNMI.mt:0 +CNMI.bm:0 +CNMI.ds:0 +CNMI.bfr:0 +CPMS.mem1:0 +CPMS.mem2:0 +CPMS.mem3:0 +CGSMS:3 +CMMS:0 +CLIR:0 +COLP:0 +CDIP:0 +CNAP:0 +CCWA:0 +CSSN.n:0 +CSSN.m:0 +CVHU:0 +VTD:0 +CSTA:129 +CMOD:0 +CBST.speed:0 +CBST.name:0 +CBST.ce:1 +CRLP.iws:61 +CRLP.mws:61 +CRLP.t1:48 +CRLP.n2:6 +CALM:0 +CRSL:3 +CLVL:3 +CMUT:0 +CLAE:0 +CMEC.keyp:2 +CMEC.disp:0 +CMEC.ind:0 +CMEC.tscrn:0 +CSDF:1 +CSDF.aux:1 +CSIL:0 +CSGT:0 +CSVM:0 +CTZU:0 +CTZR:0
    < OK
    > ATZ1
    < ERROR
    > AT&F1
    < ERROR
    > AT&W1
    < ERROR
    ");
}

#[test]
fn what_is_sent_ahead_waits_for_the_answer() {
    let mut desk = Desk::new("generic-lte", &["timing.commands.+CGMI=300ms"]);
    insta::assert_snapshot!(desk.play(r"
        > ATE0
        >| AT+CGMI\rAT+CGMM\rAT+CG
        ~ 299ms
        ~ 1ms
        >| MI;+CGMM\r
        ~ 1s
    "), @r"
    > ATE0
    < OK
    >| AT+CGMI\rAT+CGMM\rAT+CG
    ~ 299ms
    ~ 1ms
    < atgate
    < OK
    < generic-lte
    < OK
    >| MI;+CGMM\r
    ~ 1s
    < atgate
    < generic-lte
    < OK
    ");
}

#[test]
fn chance_is_the_seed_s() {
    let profile = Profile::named("generic-lte", &[Override::text("timing.jitter", "1s")]).unwrap();
    let due = |seed| {
        let mut modem = Modem::new(Arc::clone(&profile), None, seed);
        modem.receive(Tick::ZERO, b"AT+CGMI\r");
        modem.terminal.exchange.deadline()
    };
    assert_eq!(due(1), due(1));
    assert_ne!((due(1), due(2)), (due(3), due(3)));
}

#[test]
fn the_last_client_goes_and_the_next_one_finds_a_sane_modem() {
    insta::assert_snapshot!(play(r"
        > ATE0+CMEE=2
        > ATD*99#
        ~ 1s
        * closed
        ?modem.state
        ?modem.call
        >| AT+CG
        * closed
        > AT+CMEE?
        > ATD*99#
        * closed
        ~ 10s
        > AT
    "), @r#"
    > ATE0+CMEE=2
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * closed
    ?modem.state
    = Some(Text("command"))
    ?modem.call
    = Some(Text("none"))
    >| AT+CG
    * closed
    > AT+CMEE?
    < +CMEE: 2
    < OK
    > ATD*99#
    * closed
    ~ 10s
    > AT
    < OK
    "#);
}

#[test]
fn unsolicited_results_wait_until_the_line_is_free() {
    insta::assert_snapshot!(play(r"
        * urc +TEST: 1
        >| AT+CG
        * urc +TEST: 2
        ~ 1s
        >| MM\r
        >| AT
        * urc +TEST: 3
        ~ 2s
        >| \r
        > ATD*99#
        ~ 1s
        * urc +TEST: 4
        >| data
        ~ 1s
        >| +++
        ~ 1s
        > ATQ1
        * urc +TEST: 5
    "), @r"
    * urc +TEST: 1
    < +TEST: 1
    >| AT+CG
    * urc +TEST: 2
    ~ 1s
    >| MM\r
    < generic-lte
    < OK
    < +TEST: 2
    >| AT
    * urc +TEST: 3
    ~ 2s
    < +TEST: 3
    >| \r
    < OK
    > ATD*99#
    ~ 1s
    < CONNECT 150000000
    * urc +TEST: 4
    >| data
    ~ 1s
    >| +++
    ~ 1s
    < OK
    < +TEST: 4
    > ATQ1
    * urc +TEST: 5
    ");
}

#[test]
fn speed_framing_and_flow_control_change_behind_the_result() {
    insta::assert_snapshot!(play(r"
        > AT+IPR=?
        > AT+IPR=9600
        > AT+IPR?
        > AT+IPR=9601
        > AT+ICF=3,1;+ICF?
        > AT+ICF=?
        > AT+IFC=0
        > AT+IFC?
        > AT+IFC=3,3
        > AT&K3
        > AT\Q0
        > AT+FCLASS=0;+FCLASS?
        > AT+FCLASS=1
    "), @r"
    > AT+IPR=?
    < +IPR: (9600,19200,38400,57600,115200,230400,460800,921600),(0,9600,19200,38400,57600,115200,230400,460800,921600)
    < OK
    > AT+IPR=9600
    < OK
    ! LineSpeed(9600)
    > AT+IPR?
    < +IPR: 9600
    < OK
    > AT+IPR=9601
    < ERROR
    > AT+ICF=3,1;+ICF?
    < +ICF: 3,1
    < OK
    ! Framing { format: 3, parity: 1 }
    > AT+ICF=?
    < +ICF: (0-6),(0-3)
    < OK
    > AT+IFC=0
    < OK
    ! FlowControl { by_dte: 0, by_dce: 2 }
    > AT+IFC?
    < +IFC: 0,2
    < OK
    > AT+IFC=3,3
    < ERROR
    > AT&K3
    < OK
    ! FlowControl { by_dte: 2, by_dce: 2 }
    > AT\Q0
    < OK
    ! FlowControl { by_dte: 0, by_dce: 0 }
    > AT+FCLASS=0;+FCLASS?
    < 0
    < OK
    > AT+FCLASS=1
    < ERROR
    ");
}

#[test]
fn what_was_sent_ahead_comes_before_what_follows_an_abort() {
    let mut desk = Desk::registered("generic-lte", &["timing.command=5ms", "network.timing.list=10s"]);
    // The first line waits for its latency while the second one comes; the blank then ends the list.
    insta::assert_snapshot!(desk.play(r"
        >| AT+COPS=?\rAT+CS
        ~ 1s
        >| \x20Q\r
        ~ 1s
    "), @r"
    >| AT+COPS=?\rAT+CS
    < AT+COPS=?
    ~ 1s
    >| \x20Q\r
    < OK
    < AT+CSQ
    ~ 1s
    < +CSQ: 21,99
    < OK
    ");
}

#[test]
fn the_eighth_bit_is_kept_or_ignored() {
    let parity = r"\xC1\xD4\x2B\xC3\xD3\xD1\x8D";
    assert_eq!(Desk::new("generic-lte", &[]).bytes(parity), r"\xc1\xd4+\xc3\xd3\xd1\x8d");
    let mut desk = Desk::registered("generic-lte", &["answer.seven_bits=true"]);
    assert_eq!(desk.bytes(parity), r"\xc1\xd4+\xc3\xd3\xd1\x8d\r\n+CSQ: 21,99\r\n\r\nOK\r\n");
}
