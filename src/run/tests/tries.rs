//! Exchanges under `@ until`: every try is in the transcript, and what came by itself meanwhile is not lost.

use super::played;

#[test]
fn a_urc_that_comes_between_two_tries_stands_after_the_next_one_and_can_be_claimed_later() {
    let tries = "> AT+CREG=1\n< OK\n@ until 5s every 70ms\n> AT+CEREG?\n< +CEREG: 0,1\n< OK\n";
    insta::assert_snapshot!(played(tries), @"
    > AT+CREG=1
    < OK
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,1
    < OK
    <! +CREG: 1
    ");
    insta::assert_snapshot!(played(&format!("{tries}<! +CREG: {{stat}}\n")), @"
    > AT+CREG=1
    < OK
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 70ms
    > AT+CEREG?
    < +CEREG: 0,1
    < OK
    <! +CREG: 1
    ");
}

#[test]
fn a_urc_of_the_commands_own_name_is_told_from_the_answer_that_follows_it() {
    // Registration and the second try fall on the same tick.
    insta::assert_snapshot!(
        played("> AT+CEREG=1\n< OK\n@ until 10s every 200ms\n> AT+CEREG?\n< +CEREG: 1,1\n< OK\n<! +CEREG: 1\n"),
        @"
    > AT+CEREG=1
    < OK
    > AT+CEREG?
    < +CEREG: 1,2
    < OK
    ~ 200ms
    > AT+CEREG?
    <! +CEREG: 1
    < +CEREG: 1,1
    < OK
    ~ 200ms
    > AT+CEREG?
    < +CEREG: 1,1
    < OK
    "
    );
}

#[test]
fn a_try_that_is_not_answered_is_told_as_raw_bytes() {
    insta::assert_snapshot!(played("* fault drop 9\n@ until 30s every 500ms\n> AT\n< OK\n"), @r"
    * fault drop 9
    >| AT\r
    ~ 5500ms
    > AT
    < OK
    ");
    insta::assert_snapshot!(played("* fault drop 9\n@ until 30s every 500ms\n> AT\n@ within 1s\n< OK\n"), @r"
    * fault drop 9
    >| AT\r
    ~ 1500ms
    > AT
    @ within 1s
    < OK
    ");
}

#[test]
fn a_try_whose_answer_is_cut_short_keeps_what_came() {
    insta::assert_snapshot!(
        played("* fault interleave \"\\r\\n+CSQ: 1,1\\r\\n\" after 0\n* fault drop 40\n@ until 30s every 500ms\n> AT+CSQ\n< +CSQ: {rssi:int},99\n< OK\n? rssi == 21\n"),
        @r#"
    * fault interleave "\r\n+CSQ: 1,1\r\n" after 0
    * fault drop 40
    >| AT+CSQ\r
    < +CSQ: 1,1
    ~ 5500ms
    > AT+CSQ
    < Q: 21,99
    < OK
    ~ 500ms
    > AT+CSQ
    < +CSQ: 21,99
    < OK
    ? "21" == 21
    "#
    );
}

#[test]
fn raw_bytes_need_no_answer_but_one_that_comes_must_be_claimed() {
    insta::assert_snapshot!(played("* fault drop 9\n>| AT\\r\n~ 1s\n> AT\n< OK\n"), @r"
    * fault drop 9
    >| AT\r
    ~ 1s
    > AT
    < OK
    ");
    insta::assert_snapshot!(played(">| AT\\r\n~ 1s\n> AT\n< OK\n"), @r"
    failed: expected no final result that no `<` claims
     --> a.atg:1:1
      |
    1 | >| AT\r
      | ^^^^^^^ came: ‘OK’
      |
      = help: write what the modem answers beneath the command: `<` lines, or `...` for whatever comes
    transcript up to there:
        >| AT\r
        < OK
    ");
}
