//! Commands and their answers.

use super::played;

#[test]
fn a_command_and_its_answer() {
    insta::assert_snapshot!(played("# a comment\n\n> AT\n< OK\n> AT+CMEE=1\n< OK\n"), @r"
    # a comment

    > AT
    < OK
    > AT+CMEE=1
    < OK
    ");
}

#[test]
fn the_first_line_that_does_not_hold_is_shown_with_what_was_played() {
    insta::assert_snapshot!(played("> AT\n< OK\n> AT+NOSUCH\n< OK\n> AT\n< OK\n"), @r"
    failed: expected a line that matches ‘OK’
     --> a.atg:4:1
      |
    4 | < OK
      | ^^^^ came: ‘ERROR’
    transcript up to there:
        > AT
        < OK
        > AT+NOSUCH
        < ERROR
    ");
}

#[test]
fn echo_is_no_line_whether_it_is_on_or_off() {
    insta::assert_snapshot!(played("> ATE0\n< OK\n> AT\n< OK\n> ATE1\n< OK\n> AT\n< OK\n"), @r"
    > ATE0
    < OK
    > AT
    < OK
    > ATE1
    < OK
    > AT
    < OK
    ");
}

#[test]
fn a_result_that_no_line_claims_fails_the_script() {
    insta::assert_snapshot!(played("> AT\n> AT\n< OK\n"), @r"
    failed: expected no final result that no `<` claims
     --> a.atg:1:1
      |
    1 | > AT
      | ^^^^ came: ‘OK’
      |
      = help: write what the modem answers beneath the command: `<` lines, or `...` for whatever comes
    transcript up to there:
        > AT
        < OK
    ");
    insta::assert_snapshot!(played("> AT+CGMM\n< {:str}\n"), @r"
    failed: expected no final result that no `<` claims
     --> a.atg:1:1
      |
    1 | > AT+CGMM
      | ^^^^^^^^^ came: ‘OK’
      |
      = help: write what the modem answers beneath the command: `<` lines, or `...` for whatever comes
    transcript up to there:
        > AT+CGMM
        < {:str}
        < OK
    ");
}

#[test]
fn a_line_too_many_in_an_answer_fails_the_script() {
    insta::assert_snapshot!(played("> AT+CGMM\n< OK\n"), @r"
    failed: expected a line that matches ‘OK’
     --> a.atg:2:1
      |
    2 | < OK
      | ^^^^ came: ‘generic-lte’
    transcript up to there:
        > AT+CGMM
        < generic-lte
    ");
}

#[test]
fn an_answer_that_does_not_come_fails_at_its_limit() {
    insta::assert_snapshot!(played("> AT\n< OK\n< +X: 1\n"), @r"
    failed: expected a line that matches ‘+X: 1’ within 5 s
     --> a.atg:3:1
      |
    3 | < +X: 1
      | ^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
    ");
    insta::assert_snapshot!(played("@ timeout 2s\n> AT\n< OK\n< +X: 1\n"), @r"
    failed: expected a line that matches ‘+X: 1’ within 2 s
     --> a.atg:4:1
      |
    4 | < +X: 1
      | ^^^^^^^ came: nothing
    transcript up to there:
        @ timeout 2s
        > AT
        < OK
    ");
    insta::assert_snapshot!(played("> AT\n< OK\n@ within 300ms\n< +X: 1\n"), @r"
    failed: expected a line that matches ‘+X: 1’ within 300 ms
     --> a.atg:4:1
      |
    4 | < +X: 1
      | ^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
    ");
    insta::assert_snapshot!(played("> AT\n< OK\n~ 2s\n~ 500ms\n< +X: 1\n"), @r"
    failed: expected a line that matches ‘+X: 1’ within 7500 ms
     --> a.atg:5:1
      |
    5 | < +X: 1
      | ^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
        ~ 2s
        ~ 500ms
    ");
}

#[test]
fn dots_take_what_comes_and_give_way_to_it() {
    insta::assert_snapshot!(played("> AT+CGMI;+CGMM;+CGMR\n...\n> AT+CGMI;+CGMM\n...\n< OK\n> ATI\n< {*}\n...\n"), @r"
    > AT+CGMI;+CGMM;+CGMR
    < atgate
    < generic-lte
    < 1.0
    < OK
    > AT+CGMI;+CGMM
    < atgate
    < generic-lte
    < OK
    > ATI
    < {*}
    < Model: generic-lte
    < Revision: 1.0
    < IMEI: 001017001234569
    < +GCAP: +CGSM,+FCLASS
    < OK
    ");
}

#[test]
fn dots_never_take_a_final_result_that_the_next_line_does_not_match() {
    insta::assert_snapshot!(played("> AT+CGMM;+NOSUCH\n...\n< OK\n"), @r"
    failed: expected a line that matches ‘OK’
     --> a.atg:3:1
      |
    3 | < OK
      | ^^^^ came: ‘ERROR’
    transcript up to there:
        > AT+CGMM;+NOSUCH
    ");
}

#[test]
fn an_optional_line_that_comes_is_kept_and_one_that_does_not_is_not() {
    insta::assert_snapshot!(played("> AT+CGMM\n<? +CGMM: {*}\n<? {model:str}\n< OK\n"), @r"
    > AT+CGMM
    < generic-lte
    < OK
    ");
}

#[test]
fn what_is_captured_is_sent_and_compared_and_printed_as_what_came() {
    insta::assert_snapshot!(
        played("> AT+CGSN=1\n< {imei:imei}\n< OK\n> AT+CGSN=0\n< {imei}\n< OK\n? imei.check == \"right\" and imei != \"356938035643809\"\n"),
        @r#"
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    > AT+CGSN=0
    < 001017001234569
    < OK
    ? "right" == "right" and "001017001234569" != "356938035643809"
    "#
    );
}

#[test]
fn what_nobody_cares_about_stays_the_pattern() {
    insta::assert_snapshot!(played("> AT+CGSN=1\n< +CGSN: \"{*}\"\n< OK\n> AT+CGSN=1\n< {:imei}\n< OK\n"), @r#"
    > AT+CGSN=1
    < +CGSN: "{*}"
    < OK
    > AT+CGSN=1
    < {:imei}
    < OK
    "#);
}

#[test]
fn a_slash_repeats_at_once_and_adds_no_terminator() {
    insta::assert_snapshot!(played("> AT+CGMM\n...\n> A/\n< {model:str}\n< OK\n"), @r"
    > AT+CGMM
    < generic-lte
    < OK
    > A/
    < generic-lte
    < OK
    ");
}

#[test]
fn s3_is_followed_in_the_players_own_lines() {
    insta::assert_snapshot!(played("> ATS3=30\n< OK\n> AT\n< OK\n> ATS3=13\n< OK\n> AT\n< OK\n"), @r"
    > ATS3=30
    < OK
    > AT
    < OK
    > ATS3=13
    < OK
    > AT
    < OK
    ");
}

#[test]
fn a_terminator_of_ones_own_is_sent_from_there_on() {
    insta::assert_snapshot!(played("@ terminator \\r\\n\n> AT\n< OK\n> AT\n< OK\n"), @r"
    @ terminator \r\n
    > AT
    < OK
    > AT
    < OK
    ");
}

#[test]
fn raw_bytes_are_sent_as_they_are_and_a_line_among_them_is_a_command() {
    insta::assert_snapshot!(played(">| A\n>| T\\r\n< OK\n"), @r"
    >| A
    >| T\r
    < OK
    ");
}

#[test]
fn raw_bytes_are_expected_as_they_are() {
    insta::assert_snapshot!(played("> ATE0\n< OK\n> AT\n<| \\r\\nOK\\r\\n\n> AT\n< OK\n"), @r"
    > ATE0
    < OK
    > AT
    <| \r\nOK\r\n
    > AT
    < OK
    ");
    insta::assert_snapshot!(played("> AT\n<| \\r\\nOK\\r\\n\n"), @r"
    > AT
    <| \r\nOK\r\n
    ");
    insta::assert_snapshot!(played("> ATE0\n< OK\n> AT\n<| \\r\\nERROR\\r\\n\n"), @r"
    failed: expected the bytes ‘\r\nERROR\r\n’
     --> a.atg:4:1
      |
    4 | <| \r\nERROR\r\n
      | ^^^^^^^^^^^^^^^^ came: ‘\r\nOK\r\n’
    transcript up to there:
        > ATE0
        < OK
        > AT
    ");
}

#[test]
fn a_terminator_alone_is_no_command() {
    insta::assert_snapshot!(played(">\n> AT\n< OK\n"), @r"
    >
    > AT
    < OK
    ");
}

#[test]
fn connect_closes_a_command_and_data_is_no_line() {
    insta::assert_snapshot!(played("@ until 10s every 200ms\n> AT+CGATT?\n< +CGATT: 1\n< OK\n> ATD*99#\n< CONNECT{*}\n>| hello\n~ 2s\n>| +++\n~ 2s\n< OK\n> ATH\n< OK\n"), @"
    > AT+CGATT?
    < +CGATT: 0
    < OK
    ~ 200ms
    > AT+CGATT?
    < +CGATT: 1
    < OK
    > ATD*99#
    < CONNECT{*}
    >| hello
    ~ 2s
    >| +++
    ~ 2s
    < OK
    > ATH
    < OK
    ");
}

#[test]
fn numeric_results_close_a_command_too() {
    insta::assert_snapshot!(played("> ATV0\n< 0\n> AT+NOSUCH\n< 4\n> ATV1\n< OK\n"), @r"
    > ATV0
    < 0
    > AT+NOSUCH
    < 4
    > ATV1
    < OK
    ");
}

#[test]
fn an_exchange_is_tried_until_it_holds() {
    insta::assert_snapshot!(played("* answer \"AT+X\" with \"+X: 1\"\n@ until 10s every 1s\n> AT+X\n< +X: {n}\n< OK\n? n == 1\n"), @r#"
    * answer "AT+X" with "+X: 1"
    > AT+X
    < +X: 1
    < OK
    ? "1" == 1
    "#);
    insta::assert_snapshot!(played("@ until 3s every 1s\n> AT+NOSUCH\n< OK\n"), @"
    failed: expected a line that matches ‘OK’, tried for 3 s
     --> a.atg:3:1
      |
    3 | < OK
      | ^^^^ came: ‘ERROR’
    transcript up to there:
        > AT+NOSUCH
        < ERROR
        ~ 1s
        > AT+NOSUCH
        < ERROR
        ~ 1s
        > AT+NOSUCH
        < ERROR
        ~ 1s
        > AT+NOSUCH
        < ERROR
    ");
}

#[test]
fn a_wait_delays_what_is_sent_next() {
    let report = super::report("> AT\n< OK\n~ 1.5s\n> AT\n< OK\n~ 10m\n");
    assert_eq!(report.duration.as_millis(), 601_500);
    insta::assert_snapshot!(report.transcript, @r"
    > AT
    < OK
    ~ 1.5s
    > AT
    < OK
    ~ 10m
    ");
}

#[test]
fn a_line_that_must_never_come_fails_the_script_until_always() {
    insta::assert_snapshot!(played("@ never < ERROR\n> AT\n< OK\n> AT+NOSUCH\n< ERROR\n"), @r"
    failed: expected no line that matches ‘ERROR’
     --> a.atg:1:1
      |
    1 | @ never < ERROR
      | ^^^^^^^^^^^^^^^ came: ‘ERROR’
    transcript up to there:
        @ never < ERROR
        > AT
        < OK
        > AT+NOSUCH
        < ERROR
    ");
    insta::assert_snapshot!(played("@ never < ERROR\n> AT\n< OK\n@ always\n> AT+NOSUCH\n< ERROR\n"), @r"
    @ never < ERROR
    > AT
    < OK
    @ always
    > AT+NOSUCH
    < ERROR
    ");
    insta::assert_snapshot!(played("@ never > AT+CGMM\n> AT\n< OK\n> AT+CGMM\n...\n"), @r"
    failed: expected no line that matches ‘AT+CGMM’
     --> a.atg:1:1
      |
    1 | @ never > AT+CGMM
      | ^^^^^^^^^^^^^^^^^ came: ‘AT+CGMM’
    transcript up to there:
        @ never > AT+CGMM
        > AT
        < OK
        > AT+CGMM
    ");
}

#[test]
fn what_follows_finally_is_played_whatever_the_verdict() {
    insta::assert_snapshot!(played("> AT\n< ERROR\n> AT\n< OK\n@ finally\n> ATZ\n< OK\n"), @r"
    failed: expected a line that matches ‘ERROR’
     --> a.atg:2:1
      |
    2 | < ERROR
      | ^^^^^^^ came: ‘OK’
    transcript up to there:
        > AT
        < OK
        @ finally
        > ATZ
        < OK
    ");
    insta::assert_snapshot!(played("> AT\n< OK\n@ finally\n> ATZ\n< OK\n"), @r"
    > AT
    < OK
    @ finally
    > ATZ
    < OK
    ");
}

#[test]
fn a_script_that_is_to_fail_passes_only_if_it_fails() {
    insta::assert_snapshot!(played("+++\nexpect = \"failed\"\n+++\n> AT\n< ERROR\n> AT\n< OK\n"), @r#"
    +++
    expect = "failed"
    +++
    > AT
    < ERROR
    > AT
    < OK
    failed: expected a line that matches ‘ERROR’
     --> a.atg:5:1
      |
    5 | < ERROR
      | ^^^^^^^ came: ‘OK’
    transcript up to there:
        > AT
        < ERROR
        > AT
        < OK
    "#);
    insta::assert_snapshot!(played("+++\nexpect = \"failed\"\n+++\n> AT\n< OK\n"), @r#"
    failed: expected the script to fail (expect = "failed")
     --> a.atg:2:10
      |
    2 | expect = "failed"
      |          ^^^^^^^^ came: every line held
    transcript up to there:
        > AT
        < OK
    "#);
}

#[test]
fn a_check_that_does_not_hold_says_what_it_saw() {
    insta::assert_snapshot!(played("> AT+CGSN=1\n< {imei:imei}\n< OK\n? imei.check == \"wrong\" or modem.cmee == 7\n"), @r#"
    failed: expected `imei.check == "wrong" or modem.cmee == 7`
     --> a.atg:4:1
      |
    4 | ? imei.check == "wrong" or modem.cmee == 7
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ came: imei.check is "right", modem.cmee is 0
    transcript up to there:
        > AT+CGSN=1
        < +CGSN: "001017001234569"
        < OK
    "#);
}

#[test]
fn lines_are_counted_by_checks() {
    insta::assert_snapshot!(played("> AT\n< OK\n> AT\n< OK\n? count(> \"AT\") == 2 and count(< \"OK\") >= 2 and not count(< \"ERROR\")\n"), @r#"
    > AT
    < OK
    > AT
    < OK
    ? count(> "AT") == 2 and count(< "OK") >= 2 and not count(< "ERROR")
    "#);
}

#[test]
fn what_nobody_can_observe_is_unchecked() {
    // A text is refused that asks for what no modem has; a script that was made asks for it all the same.
    let text = "> AT\n< OK\n? modem.nosuch == 1\n? modem.model matches \"^[a-z]+-\" or modem.nosuch == 1\n";
    let script = crate::script::parse_alone("a.atg", text).unwrap();
    let report = crate::run::play(&script, &super::virtually()).remove(0);
    assert_eq!((report.unchecked.len(), report.outcome.word()), (1, "passed"));
}

#[test]
fn a_limit_for_the_next_line_is_for_the_next_that_is_waited_for() {
    insta::assert_snapshot!(played("> AT\n< OK\n@ within 700ms\n* signal -90dBm\n~ 1s\n? attempts >= 0\n<! +X: 1\n"), @"
    failed: expected a line that matches ‘+X: 1’ within 700 ms
     --> a.atg:7:1
      |
    7 | <! +X: 1
      | ^^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
        @ within 700ms
        * signal -90dBm
        ~ 1s
        ? attempts >= 0
    ");
}

#[test]
fn a_failure_in_what_is_played_at_the_end_is_told_beside_the_verdict() {
    let report = super::report("> AT\n< NO\n@ finally\n> AT+CGMM\n< another\n< OK\n> AT\n< OK\n");
    insta::assert_snapshot!(format!("{}\n{}", super::told(&report), report.notes.join("\n")), @"
    failed: expected a line that matches ‘NO’
     --> a.atg:2:1
      |
    2 | < NO
      | ^^^^ came: ‘OK’
    transcript up to there:
        > AT
        < OK
        @ finally
        > AT+CGMM
        < OK
        > AT
        < OK

    a.atg:5:1: after `@ finally`: expected a line that matches ‘another’; came: ‘generic-lte’
    ");
}

#[test]
fn a_name_bound_by_an_imei_matches_the_same_device_with_its_software_version() {
    insta::assert_snapshot!(
        played("> AT+CGSN=1\n< {imei:imei}\n< OK\n> AT+CGSN=2\n< {imei}\n< OK\n> AT+CGSN=2\n< +CGSN: \"{imei}\"\n< OK\n"),
        @r#"
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    > AT+CGSN=2
    < +CGSN: "0010170012345601"
    < OK
    > AT+CGSN=2
    < +CGSN: "0010170012345601"
    < OK
    "#
    );
    insta::assert_snapshot!(
        played("> AT+CGSN=2\n< {imei:imeisv}\n< OK\n> AT+CGSN\n< {imei}\n< OK\n? imei.svn == \"01\"\n"),
        @r#"
    > AT+CGSN=2
    < +CGSN: "0010170012345601"
    < OK
    > AT+CGSN
    < 001017001234569
    < OK
    ? "01" == "01"
    "#
    );
}

#[test]
fn whatever_a_script_may_ask_about_a_modem_can_observe_and_the_other_way_round() {
    use crate::modem::{Modem, Profile, Setting};
    use crate::script::Observed;
    let modem = Modem::new(Profile::named("generic-lte", &[]).unwrap(), None, 0);
    for observed in Observed::ALL {
        let word = observed.word();
        let paths: Vec<String> = match observed.keys() {
            [] => vec![word.to_owned()],
            keys => keys.iter().map(|key| format!("{word}.{key}")).collect(),
        };
        for path in paths {
            assert!(modem.observe(&path).is_some(), "{path}");
        }
    }
    for setting in Setting::ALL {
        let key = setting.name().trim_start_matches(['+', '&']).to_lowercase();
        assert!(Observed::Modem.keys().contains(&key.as_str()), "{key}");
    }
}

#[test]
fn what_must_never_be_sent_is_not_sent_even_at_the_end() {
    insta::assert_snapshot!(played("@ never > AT+CFUN=4\n> AT\n< OK\n@ finally\n> AT+CFUN=4\n< OK\n> ATE0\n< OK\n"), @"
    failed: expected no line that matches ‘AT+CFUN=4’
     --> a.atg:1:1
      |
    1 | @ never > AT+CFUN=4
      | ^^^^^^^^^^^^^^^^^^^ came: ‘AT+CFUN=4’
    transcript up to there:
        @ never > AT+CFUN=4
        > AT
        < OK
        > AT+CFUN=4
        @ finally
        > ATE0
        < OK
    ");
    insta::assert_snapshot!(played("@ never > AT+CFUN=4\n>| AT+CFUN=4\\r\n< OK\n"), @"
    failed: expected no line that matches ‘AT+CFUN=4’
     --> a.atg:1:1
      |
    1 | @ never > AT+CFUN=4
      | ^^^^^^^^^^^^^^^^^^^ came: ‘AT+CFUN=4’
    ");
}

#[test]
fn a_name_that_was_never_bound_costs_the_end_one_line_and_not_the_verdict() {
    let report = super::report("> AT+CSQ\n< +CSQX: {a}\n< OK\n@ finally\n> AT+X={a}\n< ERROR\n> ATE0\n< OK\n");
    insta::assert_snapshot!(format!("{}\n{}", super::told(&report), report.notes.join("\n")), @"
    failed: expected a line that matches ‘+CSQX: {a}’
     --> a.atg:2:1
      |
    2 | < +CSQX: {a}
      | ^^^^^^^^^^^^ came: ‘+CSQ: 21,99’
    transcript up to there:
        > AT+CSQ
        < +CSQ: 21,99
        @ finally
        > ATE0
        < OK

    a.atg:5:1: after `@ finally`: not played: `a` is not bound
    ");
}

#[test]
fn lines_that_may_come_stand_in_the_order_in_which_they_came() {
    insta::assert_snapshot!(played("* answer \"AT+X\" with \"A\\nB\"\n> AT+X\n<? B\n<? A\n< OK\n"), @r#"
    * answer "AT+X" with "A\nB"
    > AT+X
    < A
    < B
    < OK
    "#);
    insta::assert_snapshot!(played("> AT\n<? OK\n> AT\n<? OK\n"), @"
    > AT
    < OK
    > AT
    < OK
    ");
}

#[test]
fn a_case_sets_limits_and_strictness_too() {
    let reports = super::super::play(
        &super::script(
            "+++\ncases = [ { timeout = \"2s\" }, { strict = true } ]\n+++\n> AT\n< OK\n* urc \"+FOO: 1\"\n<! +FOO: 1\n* urc \"+FOO: 1\"\n<! +BAR\n",
        ),
        &super::virtually(),
    );
    let told: Vec<String> = reports.iter().map(super::told).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    failed: expected a line that matches ‘+BAR’ within 2 s
     --> a.atg:9:1
      |
    9 | <! +BAR
      | ^^^^^^^ came: nothing; ‘+FOO: 1’ came by itself
    transcript up to there:
        > AT
        < OK
        * urc "+FOO: 1"
        <! +FOO: 1
        * urc "+FOO: 1"
        <! +FOO: 1

    failed: expected no line that is not expected (@ strict)
     --> a.atg:9:1
      |
    9 | <! +BAR
      | ^^^^^^^ came: ‘+FOO: 1’
      |
      = help: under `@ strict` a line that comes by itself needs a `<!`
    transcript up to there:
        > AT
        < OK
        * urc "+FOO: 1"
        <! +FOO: 1
        * urc "+FOO: 1"
        < +FOO: 1
    "#);
}

#[test]
fn a_urc_without_a_sign_before_its_name_is_known_by_its_first_word() {
    insta::assert_snapshot!(
        played("@ urc HELLO\n> AT+CSQ\n* urc \"HELLO: 1\"\n* urc \"HELLO 5\"\n< +CSQ: {*}\n< OK\n"),
        @r#"
    @ urc HELLO
    > AT+CSQ
    * urc "HELLO: 1"
    * urc "HELLO 5"
    < +CSQ: {*}
    < OK
    <! HELLO: 1
    <! HELLO 5
    "#
    );
}

#[test]
fn a_port_has_a_name_in_virtual_time_too() {
    let text =
        "+++\n[modems.left]\n[modems.right]\n+++\nleft> AT+X=\"{port.right}\"\nleft< ERROR\nright> AT\nright< OK\n";
    insta::assert_snapshot!(played(text), @r#"
    +++
    [modems.left]
    [modems.right]
    +++
    left> AT+X="{port.right}"
    left< ERROR
    right> AT
    right< OK
    "#);
}

#[test]
fn a_count_is_of_the_modem_whose_check_it_is() {
    let text = "+++\n[modems.left]\n[modems.right]\n+++\nleft> AT\nleft< OK\nright> AT\nright< OK\nleft? count(> \"AT\") == 1\n";
    insta::assert_snapshot!(played(text), @r#"
    +++
    [modems.left]
    [modems.right]
    +++
    left> AT
    left< OK
    right> AT
    right< OK
    left? count(> "AT") == 1
    "#);
}

#[test]
fn an_answer_that_is_no_text_is_refused() {
    insta::assert_snapshot!(played("* answer \"AT+X\" with \"a\\x80b\"\n> AT+X\n< a\n< OK\n"), @r#"
    error: error: expected text in UTF-8, found the byte 80
     --> a.atg:1:10
      |
    1 | * answer "AT+X" with "a\x80b"
      |          ^^^^^^
    "#);
}

#[test]
fn a_text_behind_a_prompt_in_raw_bytes_has_no_echo_either() {
    let text = "@ strict\n~ 1s\n> AT+CMGF=1\n< OK\n> AT+CMGS=\"+15550100\"\n<| \\r\\n>\\x20\n>| hello\\x1A\n< +CMGS: 1\n< OK\n";
    insta::assert_snapshot!(played(text), @r#"
    @ strict
    ~ 1s
    > AT+CMGF=1
    < OK
    > AT+CMGS="+15550100"
    <| \r\n>\x20
    >| hello\x1A
    < +CMGS: 1
    < OK
    "#);
}
