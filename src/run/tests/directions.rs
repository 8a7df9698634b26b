//! Directions, several modems, includes and cases.

use std::path::Path;

use super::{played, script, told, virtually};
use crate::run::play;
use crate::script::{Files, load_text};

#[test]
fn a_direction_acts_before_the_answer_is_composed() {
    insta::assert_snapshot!(played("> AT+X\n* answer \"AT+X\" with \"+X: now\"\n< +X: now\n< OK\n"), @r#"
    > AT+X
    * answer "AT+X" with "+X: now"
    < +X: now
    < OK
    "#);
}

#[test]
fn the_register_decides_and_the_modem_says_so() {
    insta::assert_snapshot!(played(
        "+++\nimei = \"001017001234569\"\nregister = { block = [\"00101700123456\"] }\n+++\n> AT+CEREG=3\n< OK\n<! +CEREG: 3,,,,0,6\n\
         ? registration.eps == \"denied\" and cause == 6 and register.decision == \"block\"\n\
         > AT+CGSN=1\n< {imei:imei}\n< OK\n* register allow {imei}\n* power cycle\n\
         @ until 60s every 1s\n> AT+CEREG?\n< +CEREG: {:int},1{*}\n< OK\n"
    ), @r#"
    +++
    imei = "001017001234569"
    register = { block = ["00101700123456"] }
    +++
    > AT+CEREG=3
    < OK
    <! +CEREG: 3,,,,0,6
    ? registration.eps == "denied" and cause == 6 and register.decision == "block"
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    * register allow 001017001234569
    * power cycle
    > AT+CEREG?
    < +CEREG: 0,2
    < OK
    ~ 1s
    > AT+CEREG?
    < +CEREG: {:int},1{*}
    < OK
    "#);
}

#[test]
fn a_fault_on_the_line_is_put_in_and_counted_from_the_next_byte() {
    insta::assert_snapshot!(played("> ATE0\n< OK\n* fault drop 4\n> AT\n@ within 1s\n< OK\n"), @r"
    failed: expected a line that matches ‘OK’ within 1 s
     --> a.atg:6:1
      |
    6 | < OK
      | ^^^^ came: nothing
    transcript up to there:
        > ATE0
        < OK
        * fault drop 4
        > AT
    ");
    insta::assert_snapshot!(played("> ATE0\n< OK\n* fault interleave \"\\r\\n+CEREG: 5\\r\\n\" after 2\n> AT+CGMM\n< {:str}\n< OK\n"), @r#"
    failed: expected a line that matches ‘OK’
     --> a.atg:6:1
      |
    6 | < OK
      | ^^^^ came: ‘generic-lte’
    transcript up to there:
        > ATE0
        < OK
        * fault interleave "\r\n+CEREG: 5\r\n" after 2
        > AT+CGMM
        < {:str}
        < generic-lte
    "#);
    insta::assert_snapshot!(played("> ATE0\n< OK\n* fault split 6\n> AT+CGMM\n< {:str}\n< OK\n"), @r"
    > ATE0
    < OK
    * fault split 6
    > AT+CGMM
    < {:str}
    < OK
    ");
    insta::assert_snapshot!(played("* fault stall 3s\n> AT\n< OK\n"), @r"
    * fault stall 3s
    > AT
    < OK
    ");
    insta::assert_snapshot!(played("* unplug\n> AT\n@ within 1s\n< OK\n"), @r"
    failed: expected a line that matches ‘OK’ within 1 s
     --> a.atg:4:1
      |
    4 | < OK
      | ^^^^ came: nothing
    transcript up to there:
        * unplug
        > AT
    ");
}

#[test]
fn a_wrong_argument_is_the_scripts_fault() {
    insta::assert_snapshot!(played("> AT\n< OK\n* register block nobody\n"), @"
    error: error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `n`
     --> a.atg:3:18
      |
    3 | * register block nobody
      |                  ^^^^^^
      |
      = help: an entry is a TAC (`00101700`), an IMEI (`001017001234569`), a range of either (`00101700..00101709`) or an IMEI with an IMSI (`001017001234569+001010000000001`)
    ");
}

#[test]
fn what_a_name_brings_into_a_direction_is_judged_when_it_is_played() {
    let with = |direction: &str| played(&format!("+++\nvalues = {{ it = \"rubbish\" }}\n+++\n* {direction}\n"));
    insta::assert_snapshot!(with("register block {it}"), @"
    error: error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `r`
     --> a.atg:4:1
      |
    4 | * register block {it}
      | ^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(with("network deny {it}"), @"
    error: error: a reject cause of 1 to 255 was expected, or 0 to deny nobody any more; ‘rubbish’ came
     --> a.atg:4:1
      |
    4 | * network deny {it}
      | ^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(with("clock \"{it}\""), @r#"
    error: error: a time such as `26/01/31,12:00:00+00` was expected, `rubbish` came
     --> a.atg:4:1
      |
    4 | * clock "{it}"
      | ^^^^^^^^^^^^^^
    "#);
    insta::assert_snapshot!(with("network roam {it}"), @"
    error: error: a network such as `99970` was expected: a PLMN has 5 or 6 digits, but character 1 is `r`
     --> a.atg:4:1
      |
    4 | * network roam {it}
      | ^^^^^^^^^^^^^^^^^^^
    ");
}

#[test]
fn several_modems_keep_their_order_each_for_itself() {
    insta::assert_snapshot!(played(
        "+++\n[modems.left]\nimei = \"001017020000173\"\n[modems.right]\nimei = \"001017020000181\"\n+++\n\
         left> AT+CGSN=1\nright> AT+CGSN=1\nright< {r:imei}\nleft< {l:imei}\nleft< OK\nright< OK\nleft? l != r\n"
    ), @r#"
    +++
    [modems.left]
    imei = "001017020000173"
    [modems.right]
    imei = "001017020000181"
    +++
    left> AT+CGSN=1
    right> AT+CGSN=1
    right< +CGSN: "001017020000181"
    left< +CGSN: "001017020000173"
    left< OK
    right< OK
    left? "001017020000173" != "001017020000181"
    "#);
}

#[test]
fn a_direction_comes_after_the_line_above_and_before_all_below_whoever_they_are() {
    insta::assert_snapshot!(played(
        "+++\n[modems.a]\n[modems.b]\n+++\na> AT\na< OK\na* answer \"AT+X\" with \"+X: 1\"\na~ 2s\nb* answer \"AT+X\" with \"+X: 2\"\n\
         b> AT+X\nb< +X: {two}\nb< OK\na> AT+X\na< +X: {one}\na< OK\nb? one == 1 and two == 2\n"
    ), @r#"
    +++
    [modems.a]
    [modems.b]
    +++
    a> AT
    a< OK
    a* answer "AT+X" with "+X: 1"
    a~ 2s
    b* answer "AT+X" with "+X: 2"
    b> AT+X
    b< +X: 2
    b< OK
    a> AT+X
    a< +X: 1
    a< OK
    b? "1" == 1 and "2" == 2
    "#);
}

#[test]
fn a_case_is_a_play_with_its_own_columns() {
    let script = script(
        "+++\ntitle = \"t\"\ncases = [{ name = \"one\", imei = \"001017020000173\", label = \"1\" }, { imei = \"001017020000181\", label = \"2\" }]\n+++\n\
         > AT+CGSN=1\n< {imei:imei}\n< OK\n? label in [1, 2]\n",
    );
    let told: Vec<String> =
        play(&script, &virtually()).iter().map(|report| format!("{}\n{}", report.name(), told(report))).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    a.atg (one)
    +++
    title = "t"
    imei = "001017020000173"

    [values]
    label = "1"
    +++
    > AT+CGSN=1
    < +CGSN: "001017020000173"
    < OK
    ? label in [1, 2]

    a.atg (2)
    +++
    title = "t"
    imei = "001017020000181"

    [values]
    label = "2"
    +++
    > AT+CGSN=1
    < +CGSN: "001017020000181"
    < OK
    ? label in [1, 2]
    "#);
}

#[test]
fn a_value_without_a_value_skips_the_script_unless_it_is_given() {
    let script = script("+++\n[values]\nsecret = {}\n+++\n> AT+CGMM\n< {:str}\n< OK\n> AT+X={secret}\n< ERROR\n");
    let mut options = virtually();
    let skipped = play(&script, &options);
    options.values.insert("secret".into(), "1234".into());
    let given = play(&script, &options);
    insta::assert_snapshot!(format!("{}\n{}", told(&skipped[0]), told(&given[0])), @r"
    skipped: `secret` has no value: give it by --value secret=… or ATGATE_VALUE_SECRET
    +++
    [values]
    secret = {}
    +++
    > AT+CGMM
    < {:str}
    < OK
    > AT+X={secret}
    < ERROR
    ");
}

#[test]
fn a_fixture_that_the_bench_lacks_skips_the_script() {
    insta::assert_snapshot!(played("+++\nrequires = [\"antenna\"]\n+++\n> AT\n< OK\n"), @"skipped: it requires the fixture `antenna`, which this bench does not offer");
}

#[test]
fn a_message_comes_and_one_goes_between_two_modems() {
    insta::assert_snapshot!(played("> AT+CMGF=1;+CNMI=2,2\n< OK\n* sms from +15550100002 \"hello\"\n<! +CMT: {*}\n<! hello\n? sms.last.text == \"hello\" and sms.last.number == \"+15550100002\"\n"), @r#"
    > AT+CMGF=1;+CNMI=2,2
    < OK
    * sms from +15550100002 "hello"
    <! +CMT: {*}
    <! hello
    ? sms.last.text == "hello" and sms.last.number == "+15550100002"
    "#);
    let two = "+++\n[modems.a]\nset = { \"sim.msisdn\" = \"+15550100011\" }\n[modems.b]\nset = { \"sim.msisdn\" = \"+15550100012\" }\n+++\n\
         a~ 1s\na> AT+CMGF=1\na< OK\nb> AT+CMGF=1;+CNMI=2,1\nb< OK\na> AT+CMGS=\"+15550100012\"\na< >\\x20\na>| to b\\x1a\na< +CMGS: 1\na< OK\n\
         b<! +CMTI: \"SM\",1\nb> AT+CMGR=1\nb< +CMGR: \"REC UNREAD\",\"+15550100011\",,{*}\nb< to b\nb< OK\na? sms.sent == 1\nb? sms.received == 1\n";
    insta::assert_snapshot!(played(two), @r#"
    +++
    [modems.a]
    set = { "sim.msisdn" = "+15550100011" }
    [modems.b]
    set = { "sim.msisdn" = "+15550100012" }
    +++
    a~ 1s
    a> AT+CMGF=1
    a< OK
    b> AT+CMGF=1;+CNMI=2,1
    b< OK
    a> AT+CMGS="+15550100012"
    a< >\x20
    a>| to b\x1A
    a< +CMGS: 1
    a< OK
    b<! +CMTI: "SM",1
    b> AT+CMGR=1
    b< +CMGR: "REC UNREAD","+15550100011",,{*}
    b< to b
    b< OK
    a? sms.sent == 1
    b? sms.received == 1
    "#);
}

#[test]
fn a_profile_or_a_key_that_is_wrong_is_shown_in_the_header() {
    insta::assert_snapshot!(played("+++\nmodem = \"generic-lt\"\n+++\n> AT\n< OK\n"), @r#"
    error: error: no such profile
     --> a.atg:2:9
      |
    2 | modem = "generic-lt"
      |         ^^^^^^^^^^^^
      |
      = help: did you mean generic-lte?
    "#);
    insta::assert_snapshot!(played("+++\nset.equipment.modle = \"x\"\n+++\n> AT\n< OK\n"), @r#"
    error: error: unknown key `equipment.modle`
     --> a.atg:2:15
      |
    2 | set.equipment.modle = "x"
      |               ^^^^^
      |
      = help: did you mean equipment.model?
    "#);
    insta::assert_snapshot!(played("+++\nregister = { block = [\"nobody\"] }\n+++\n> AT\n< OK\n"), @r#"
    error: error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `n`
     --> a.atg:2:23
      |
    2 | register = { block = ["nobody"] }
      |                       ^^^^^^^^
      |
      = help: an entry is a TAC (`00101700`), an IMEI (`001017001234569`), a range of either (`00101700..00101709`) or an IMEI with an IMSI (`001017001234569+001010000000001`)
    "#);
}

struct Beside;

impl Files for Beside {
    fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        match path.to_str() {
            Some("inner.atg") => Ok("# inside\n@ timeout 1s\n> AT+CGSN=1\n< {imei:imei}\n< OK\n".into()),
            _ => Err("no such file".into()),
        }
    }
}

#[test]
fn an_include_stands_in_its_place_with_its_captures_and_its_own_timeout() {
    let script = load_text("a.atg", "@ include \"inner.atg\"\n> AT+CGSN=1\n< {imei:imei}\n< OK\n", &Beside).unwrap();
    insta::assert_snapshot!(told(&play(&script, &virtually())[0]), @r#"
    # inside
    > AT+CGSN=1
    @ within 1s
    < +CGSN: "001017001234569"
    @ within 1s
    < OK
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    "#);
}

#[test]
fn a_failure_in_an_include_names_both_places() {
    let script = load_text("a.atg", "> AT+CGSN=1\n< {x:int}\n< OK\n@ include \"inner.atg\"\n> AT\n< OK\n* answer \"AT+CGSN=1\" with \"ERROR\"\n@ include \"inner.atg\"\n", &Beside).unwrap();
    insta::assert_snapshot!(told(&play(&script, &virtually())[0]), @r#"
    failed: expected a line that matches ‘{imei:imei}’
     --> inner.atg:4:1
      |
    4 | < {imei:imei}
      | ^^^^^^^^^^^^^ came: ‘ERROR’
      |
      = note: included from a.atg:8:1
    transcript up to there:
        > AT+CGSN=1
        < +CGSN: "001017001234569"
        < OK
        # inside
        > AT+CGSN=1
        @ within 1s
        < +CGSN: "001017001234569"
        @ within 1s
        < OK
        > AT
        < OK
        * answer "AT+CGSN=1" with "ERROR"
        # inside
        > AT+CGSN=1
        < ERROR
    "#);
}

#[test]
fn a_bound_name_that_cannot_be_played_is_shown_where_it_stands() {
    insta::assert_snapshot!(played("+++\n[values]\ndevice = \"nothing\"\n+++\n> AT\n< OK\n* register block {device}\n"), @"
    error: error: an equipment identity has 14 to 17 digits, or 14 hexadecimal ones, but character 1 is `n`
     --> a.atg:7:1
      |
    7 | * register block {device}
      | ^^^^^^^^^^^^^^^^^^^^^^^^^
    ");
    insta::assert_snapshot!(played("> AT\n<? +X: {a}\n< OK\n> AT+X={a}\n< OK\n"), @"
    error: error: `a` is not bound
     --> a.atg:4:1
      |
    4 | > AT+X={a}
      | ^^^^^^^^^^
    ");
}

#[test]
fn a_value_that_replaces_the_scripts_own_stands_in_the_transcript() {
    let mut options = super::virtually();
    options.values.insert("level".into(), "-90".into());
    let text = "+++\n[values]\nlevel = \"-70\"\n+++\n> AT+X={level}\n< ERROR\n";
    let reports = super::super::play(&super::script(text), &options);
    insta::assert_snapshot!(super::told(&reports[0]), @r#"
    +++

    [values]
    level = "-90"
    +++
    > AT+X=-90
    < ERROR
    "#);
}

#[test]
fn a_modem_that_starts_anew_ends_its_lines_as_it_always_did() {
    insta::assert_snapshot!(played("> ATS3=30\n< OK\n> AT\n< OK\n* power cycle\n~ 10s\n> AT\n< OK\n"), @"
    > ATS3=30
    < OK
    > AT
    < OK
    * power cycle
    ~ 10s
    > AT
    < OK
    ");
}
