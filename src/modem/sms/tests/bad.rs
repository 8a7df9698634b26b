//! What is no message, no index, no parameter.

use proptest::prelude::*;

use super::play;
use crate::modem::tests::Desk;

#[test]
fn a_pdu_that_is_none_is_refused() {
    let script = r#"
        > AT+CMEE=2
        > AT+CMGS=6
        > AT+CMGS=175
        > AT+CMGS="+15550100002"
        > AT+CMGS=24,1
        > AT+CMGS
        > AT+CMGS?
        > AT+CMGS=23
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF72361\x1a
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF7236XY\x1a
        > AT+CMGS=24
        >| 0031000B915155100000F20000A7FFE8329BFD06DDDF723619\x1a
        > AT+CMGS=24
        >| 0031\x1a000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CMGS=24
        >| 0033000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CMGW=24,1
        >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
        > AT+CMGW=24,4
        > AT+CMGS=24
        >| 0031000B915155100000F20000A70BE8329BFD\r\n06DDDF723619\r\n\x1a
    "#;
    insta::assert_snapshot!(play(&[], script), @r#"
    > AT+CMEE=2
    < OK
    > AT+CMGS=6
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=175
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS="+15550100002"
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24,1
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS
    < ERROR
    > AT+CMGS?
    < ERROR
    > AT+CMGS=23
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF72361\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF72361
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF7236XY\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF7236XY
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A7FFE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A7FFE8329BFD06DDDF723619
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24
    < > 
    >| 0031\x1a000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031
    < +CMS ERROR: invalid PDU mode parameter
    < 000B915155100000F20000A70BE8329BFD06DDDF723619\u{1a}
    > AT+CMGS=24
    < > 
    >| 0033000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0033000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGW=24,1
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD06DDDF723619\x1a
    < 0031000B915155100000F20000A70BE8329BFD06DDDF723619
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGW=24,4
    < +CMS ERROR: invalid PDU mode parameter
    > AT+CMGS=24
    < > 
    >| 0031000B915155100000F20000A70BE8329BFD\r\n06DDDF723619\r\n\x1a
    < 0031000B915155100000F20000A70BE8329BFD
    < > 
    < 06DDDF723619
    < > 
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hello world") 07915155100090F931010B915155100000F20000A70BE8329BFD06DDDF723619
    "#);
}

#[test]
fn a_text_that_is_none_is_refused() {
    let script = r#"
        > AT+CMGF=1;+CMEE=1
        > AT+CMGS=
        > AT+CMGS="+1555 01"
        > AT+CMGS="+15550100002",145,1
        > AT+CMGS="+15550100002",300
        > AT+CSCS="UCS2"
        > AT+CMGS="+15550100002"
        >| not hexadecimal\x1a
        > AT+CMGS="002B00310035003500350030003100300030003000300032"
        >| 00680069\x1a
        > AT+CSCS="IRA";+CSMP=17,167,0,4
        > AT+CMGS="+15550100002"
        >| 123\x1a
        > AT+CMGL="NONE"
        > AT+CMGL=1
        > AT+CMGW="+15550100002",145,"ALL"
        > AT+CPMS="XX"
        > AT+CPMS=
        > AT+CNMI=4
        > AT+CNMI=2,1,0,0,0,0
        > AT+CNMA=1
        > AT+CSMP=3
        > AT+CSCB=0,"5-1"
        > AT+CSCA="x"
        > AT+CMGD=1,5
        > AT+CMGD=51
        > AT+CMGC=2
    "#;
    let long = format!("> AT+CMGF=1\n> AT+CMGS=\"+15550100002\"\n>| {}\\x1a\n", "x".repeat(161));
    insta::assert_snapshot!(format!("{}---\n{}", play(&[], script), play(&[], &long).replace(&"x".repeat(161), "x…")), @r#"
    > AT+CMGF=1;+CMEE=1
    < OK
    > AT+CMGS=
    < +CMS ERROR: 305
    > AT+CMGS="+1555 01"
    < +CMS ERROR: 305
    > AT+CMGS="+15550100002",145,1
    < +CMS ERROR: 305
    > AT+CMGS="+15550100002",300
    < +CMS ERROR: 305
    > AT+CSCS="UCS2"
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| not hexadecimal\x1a
    < not hexadecimal
    < +CMS ERROR: 305
    > AT+CMGS="002B00310035003500350030003100300030003000300032"
    < > 
    >| 00680069\x1a
    < 00680069
    < +CMGS: 1
    < OK
    ! message 1 from +15550100001 to +15550100002: Some("hi") 07915155100090F911010B915155100000F20000A702E834
    > AT+CSCS="IRA";+CSMP=17,167,0,4
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| 123\x1a
    < 123
    < +CMS ERROR: 305
    > AT+CMGL="NONE"
    < +CMS ERROR: 305
    > AT+CMGL=1
    < +CMS ERROR: 305
    > AT+CMGW="+15550100002",145,"ALL"
    < +CMS ERROR: 305
    > AT+CPMS="XX"
    < +CMS ERROR: 303
    > AT+CPMS=
    < +CMS ERROR: 305
    > AT+CNMI=4
    < +CMS ERROR: 303
    > AT+CNMI=2,1,0,0,0,0
    < ERROR
    > AT+CNMA=1
    < +CMS ERROR: 305
    > AT+CSMP=3
    < ERROR
    > AT+CSCB=0,"5-1"
    < ERROR
    > AT+CSCA="x"
    < ERROR
    > AT+CMGD=1,5
    < +CMS ERROR: 305
    > AT+CMGD=51
    < +CMS ERROR: 321
    > AT+CMGC=2
    < +CMS ERROR: 305
    ---
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100002"
    < > 
    >| x…\x1a
    < x…
    < +CMS ERROR: 305
    "#);
}

#[test]
fn more_than_a_text_can_be_is_too_long() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.bytes("ATE0;+CMGF=1\\r");
    desk.bytes("AT+CMGS=\"+15550100002\"\\r");
    for _ in 0..70 {
        assert_eq!(desk.bytes(&"x".repeat(1000)), "");
    }
    insta::assert_snapshot!(desk.bytes("\\x1a"), @r"\r\n+CMS ERROR: 305\r\n");
}

#[test]
fn an_event_that_is_no_message_is_told() {
    use crate::modem::Event;
    let said = |event: Event| event.check().expect_err("no message");
    insta::assert_snapshot!(said(Event::Sms { from: "a number or a name".to_owned(), text: String::new() }), @"expected digits, `*`, `#`, `a`, `b` or `c` in a number, found ' '");
    insta::assert_snapshot!(said(Event::Sms { from: "1".to_owned(), text: "x".repeat(153 * 256) }), @"expected at most 255 parts, found 256");
    insta::assert_snapshot!(said(Event::SmsPdu(vec![0, 4])), @"expected 1 octet of TP-OA, found 0 at octet 2");
    insta::assert_snapshot!(said(Event::SmsPdu(vec![0, 1, 0, 0])), @"expected 7 octets of TP-SCTS, found 1 at octet 3");
}

proptest! {
    #[test]
    fn any_text_at_the_prompt_ends_the_command(text in prop::collection::vec(any::<u8>(), 0..80), mode in 0_u8..2, cut in 1_usize..9) {
        let text: Vec<u8> = text.into_iter().filter(|byte| !matches!(byte, 0x1A | 0x1B)).collect();
        let answer = |cut: usize| {
            let mut desk = Desk::registered("generic-lte", &[]);
            desk.bytes(&format!("AT+CMGF={mode}\\r"));
            let command = if mode == 1 { "AT+CMGS=\"+15550100002\"\r" } else { "AT+CMGS=24\r" };
            let input = [command.as_bytes(), &text, b"\x1a"].concat();
            let escaped = |piece: &[u8]| piece.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
            input.chunks(cut).map(|piece| desk.bytes(&escaped(piece))).collect::<String>()
        };
        let whole = answer(usize::MAX);
        prop_assert!(whole.ends_with("\\r\\nOK\\r\\n") || whole.contains("+CMS ERROR: 30"), "{whole}");
        prop_assert_eq!(answer(cut), whole);
    }
}
