//! V.250: the line, its parameters, calls and data state.

use super::*;

#[test]
fn an_echo_and_its_answer_are_what_a_terminal_expects() {
    let mut desk = Desk::new("generic-lte", &[]);
    insta::assert_snapshot!(desk.bytes(r"AT\r"), @r"AT\r\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"ATE0\r"), @r"ATE0\r\r\nOK\r\n");
    insta::assert_snapshot!(desk.bytes(r"AT+CGMI\r\n"), @r"\r\natgate\r\n\r\nOK\r\n");
}

#[test]
fn a_data_call_and_back() {
    insta::assert_snapshot!(play("> ATD*99#\n~ 4s\n>| +++\n~ 1s\n> ATH"), @r"
    > ATD*99#
    ~ 4s
    < CONNECT 150000000
    >| +++
    ~ 1s
    < OK
    > ATH
    < OK
    ");
}
