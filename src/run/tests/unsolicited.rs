//! Lines that come by themselves.

use super::played;

#[test]
fn a_urc_is_awaited_at_its_place() {
    insta::assert_snapshot!(played("* answer \"AT+X\" with \"OK\"\n* urc \"+X: 5\"\n<! +X: {n:int}\n? n == 5\n"), @r#"
    * answer "AT+X" with "OK"
    * urc "+X: 5"
    <! +X: 5
    ? "5" == 5
    "#);
}

#[test]
fn a_urc_that_came_earlier_is_claimed_at_once_the_oldest_first() {
    insta::assert_snapshot!(
        played("* urc \"+X: 1\"\n~ 1s\n> AT\n< OK\n<! +X: {a}\n~ 30s\n"),
        @r#"
    * urc "+X: 1"
    ~ 1s
    > AT
    < OK
    <! +X: 1
    ~ 30s
    "#
    );
}

#[test]
fn an_unclaimed_urc_stands_after_the_exchange_or_the_wait_that_it_came_in() {
    insta::assert_snapshot!(played("> AT\n* urc \"+CEREG: 5\"\n< OK\n> AT\n< OK\n* urc \"+X: 2\"\n~ 1s\n> AT\n< OK\n"), @r#"
    > AT
    * urc "+CEREG: 5"
    < OK
    <! +CEREG: 5
    > AT
    < OK
    * urc "+X: 2"
    ~ 1s
    > AT
    < OK
    <! +X: 2
    "#);
}

#[test]
fn a_urc_that_does_not_come_fails_at_its_limit() {
    insta::assert_snapshot!(played("> AT\n< OK\n<! +X: 1\n"), @r"
    failed: expected a line that matches ‘+X: 1’ within 30 s
     --> a.atg:3:1
      |
    3 | <! +X: 1
      | ^^^^^^^^ came: nothing
    transcript up to there:
        > AT
        < OK
    ");
    insta::assert_snapshot!(played("> AT\n* urc \"+X: 2\"\n< OK\n@ within 1s\n<! +X: 1\n"), @r#"
    failed: expected a line that matches ‘+X: 1’ within 1 s
     --> a.atg:5:1
      |
    5 | <! +X: 1
      | ^^^^^^^^ came: nothing; ‘+X: 2’ came by itself
    transcript up to there:
        > AT
        * urc "+X: 2"
        < OK
        <! +X: 2
    "#);
}

#[test]
fn an_awaited_urc_may_come_before_the_result_of_the_command_above_it() {
    insta::assert_snapshot!(played("> AT+CGMM\n* urc \"+CEREG: 5\"\n<! +CEREG: 5\n< generic-lte\n< OK\n"), @r#"
    > AT+CGMM
    * urc "+CEREG: 5"
    <! +CEREG: 5
    < generic-lte
    < OK
    "#);
}

#[test]
fn a_direction_forgets_what_is_unclaimed() {
    insta::assert_snapshot!(played("* urc \"+X: 1\"\n~ 1s\n* urc \"+Y: 1\"\n<! +Y: 1\n@ within 1s\n<! +X: 1\n"), @r#"
    failed: expected a line that matches ‘+X: 1’ within 1 s
     --> a.atg:6:1
      |
    6 | <! +X: 1
      | ^^^^^^^^ came: nothing
    transcript up to there:
        * urc "+X: 1"
        <! +X: 1
        ~ 1s
        * urc "+Y: 1"
        <! +Y: 1
    "#);
}

#[test]
fn a_name_that_the_script_awaits_or_names_is_a_urc_inside_an_answer() {
    insta::assert_snapshot!(played("@ urc +HELLO\n> AT+CGMM\n* urc \"+HELLO: 1\"\n< generic-lte\n< OK\n"), @r#"
    @ urc +HELLO
    > AT+CGMM
    * urc "+HELLO: 1"
    < generic-lte
    < OK
    <! +HELLO: 1
    "#);
    insta::assert_snapshot!(played("> AT+CGMM\n* urc \"+HELLO: 1\"\n< generic-lte\n< OK\n<! +HELLO: 1\n"), @r#"
    > AT+CGMM
    * urc "+HELLO: 1"
    < generic-lte
    < OK
    <! +HELLO: 1
    "#);
}

#[test]
fn strict_tolerates_nothing_that_is_not_expected() {
    insta::assert_snapshot!(played("@ strict\n> AT\n< OK\n* urc \"+X: 1\"\n~ 1s\n> AT\n< OK\n"), @r#"
    failed: expected no line that is not expected (@ strict)
     --> a.atg:5:1
      |
    5 | ~ 1s
      | ^^^^ came: ‘+X: 1’
      |
      = help: under `@ strict` a line that comes by itself needs a `<!`
    transcript up to there:
        @ strict
        > AT
        < OK
        * urc "+X: 1"
        < +X: 1
    "#);
    insta::assert_snapshot!(played("+++\nstrict = true\n+++\n> AT\n< OK\n* urc \"+X: 1\"\n<! +X: 1\n"), @r#"
    +++
    strict = true
    +++
    > AT
    < OK
    * urc "+X: 1"
    <! +X: 1
    "#);
}

#[test]
fn a_urc_parts_the_wait_before_a_direction() {
    insta::assert_snapshot!(
        played("* fault stall 300ms\n* urc \"+X: 1\"\n~ 1s\n~ 2s\n* signal -90dBm\n> AT\n< OK\n"),
        @r#"
    * fault stall 300ms
    * urc "+X: 1"
    ~ 300ms
    <! +X: 1
    ~ 700ms
    ~ 2s
    * signal -90dBm
    > AT
    < OK
    "#
    );
}

#[test]
fn what_the_script_makes_the_modem_say_by_itself_is_no_answer() {
    insta::assert_snapshot!(played("* urc \"+UNHEARD: 1\"\n> AT+CGMM\n< generic-lte\n< OK\n"), @r#"
    * urc "+UNHEARD: 1"
    > AT+CGMM
    < generic-lte
    < OK
    <! +UNHEARD: 1
    "#);
}
