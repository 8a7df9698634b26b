//! The role `modem`: an application that sends what it likes, when it likes.

use std::time::Duration;

use super::script;
use crate::modem::Tick;
use crate::run::matching::Captures;
use crate::run::outcome::Outcome;
use crate::run::plan::Plan;
use crate::run::play::Act;
use crate::run::player::ModemPlayer;
use crate::run::template::Ports;
use crate::run::world::World;
use crate::script::{Line, Script, Span};

/// Plays a script as the modem, against an application that sends these bytes at these milliseconds.
///
/// What the application read comes first, each write with its time; then what became of the script.
fn asked(text: &str, sent: &[(u64, &str)]) -> String {
    let script = script(text);
    let plan = Plan::new(&script, &script.header);
    let mut world = match script.header.modem.is_some() || !script.header.modems.is_empty() {
        true => World::new(&script.header, &script.source, None, 0, None).unwrap(),
        false => World::without_modems(plan.lanes.len(), 0),
    };
    let echo = script.header.echo.as_ref().is_none_or(|echo| echo.value);
    let mut player = ModemPlayer::new(&plan, Captures::default(), Ports::new(), echo);
    let mut sent = sent.iter().map(|(millis, bytes)| (Tick::from_millis(*millis), *bytes)).peekable();
    let mut now = Tick::ZERO;
    let mut told = String::new();
    loop {
        world.wake(now);
        while let Some((_, bytes)) = sent.next_if(|(at, _)| *at <= now) {
            player.receive(now, 0, bytes.as_bytes(), &mut world);
        }
        player.wake(now, &mut world);
        for (_, bytes) in player.transmit() {
            told.push_str(&format!("{now} {}\n", bytes.escape_ascii()));
        }
        if player.is_over() {
            break;
        }
        let next = player.deadline().into_iter().chain(world.deadline()).chain(sent.peek().map(|(at, _)| *at)).min();
        now = next.expect("a script has a limit for everything").max(now);
        assert!(now < Tick::ZERO + Duration::from_secs(600), "it does not end: {told}");
    }
    let act = Act::of(&player.score, false, now);
    match act.outcome {
        Outcome::Failed(failure) => format!("{told}{}", failure.render(false)),
        Outcome::Error(fault) => format!("{told}error: {}", fault.message),
        Outcome::Passed | Outcome::Skipped(_) => {
            let lines = act.lines.into_iter().map(|kind| Line { span: Span::default(), kind }).collect();
            format!("{told}{}", crate::script::format(&Script { lines, ..script.clone() }))
        }
    }
}

const MODEM: &str = "+++\nmodem = \"generic-lte\"\n+++\n";

#[test]
fn the_machine_answers_and_the_script_says_what_it_has_to_say_instead() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> AT+CGMI\n< Example\n< OK\n> AT+CGMM\n< {{:str}}\n< OK\n> AT+CSQ\n< ERROR\n"), &[
            (10, "AT+CGMI\r"),
            (20, "at+cgmm\r"),
            (30, "AT+CSQ\r"),
        ]),
        @r#"
    0.010s AT+CGMI
    0.010s \r
    0.010s \r\nExample\r\n\r\nOK\r\n
    0.020s at+cgmm
    0.020s \r
    0.020s \r\ngeneric-lte\r\n\r\nOK\r\n
    0.030s AT+CSQ
    0.030s \r
    0.030s \r\nERROR\r\n
    +++
    modem = "generic-lte"
    +++
    > AT+CGMI
    < Example
    < OK
    > at+cgmm
    < {:str}
    < OK
    > AT+CSQ
    < ERROR
    "#
    );
}

#[test]
fn a_command_that_is_not_awaited_is_answered_by_the_machine_and_stands_in_the_transcript() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> AT+CGMM\n< OK\n"), &[(10, "ATE0\r"), (20, "AT\r"), (30, "AT+CGMM\r")]),
        @r#"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s \r\nOK\r\n
    0.030s \r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > AT
    < OK
    > AT+CGMM
    < OK
    "#
    );
}

#[test]
fn under_strict_a_command_that_is_not_awaited_fails() {
    insta::assert_snapshot!(asked(&format!("{MODEM}@ strict\n> AT+CGMM\n< OK\n"), &[(10, "AT\r")]), @r"
    failed: expected the command ‘AT+CGMM’
     --> a.atg:5:1
      |
    5 | > AT+CGMM
      | ^^^^^^^^^ came: ‘AT’
      |
      = help: under `@ strict` each command needs its `>`
    ");
}

#[test]
fn a_time_out_says_which_awaited_command_came_early() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> AT\n< OK\n@ within 2s\n> AT+CGMM\n...\n"), &[(10, "AT+CGMM\r"), (20, "AT\r")]),
        @r"
    0.010s AT+CGMM
    0.010s \r
    0.010s \r\ngeneric-lte\r\n\r\nOK\r\n
    0.020s AT
    0.020s \r
    0.020s \r\nOK\r\n
    failed: expected the command ‘AT+CGMM’ within 2 s
     --> a.atg:7:1
      |
    7 | > AT+CGMM
      | ^^^^^^^^^ came: nothing; it came early, before the script had come to it
    "
    );
}

#[test]
fn a_command_without_a_line_beneath_is_answered_by_the_machine_alone() {
    insta::assert_snapshot!(asked(&format!("{MODEM}> ATE0\n> AT+CGMM\n> AT\n"), &[(10, "ATE0\r"), (20, "AT+CGMM\r"), (30, "AT\r")]), @r#"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s \r\ngeneric-lte\r\n\r\nOK\r\n
    0.030s \r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > AT+CGMM
    < generic-lte
    < OK
    > AT
    < OK
    "#);
}

#[test]
fn dots_let_the_machines_lines_pass() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0\n...\n> AT+CGMI;+CGMM\n...\n< generic-lte\n< ERROR\n> ATI\n< {{:rest}}\n< OK\n"), &[
            (10, "ATE0\r"),
            (20, "AT+CGMI;+CGMM\r"),
            (30, "ATI\r"),
        ]),
        @r#"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s \r\natgate\r\n\r\ngeneric-lte\r\n\r\nERROR\r\n
    0.030s \r\nManufacturer: atgate\r\n\r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > AT+CGMI;+CGMM
    < atgate
    < generic-lte
    < ERROR
    > ATI
    < {:rest}
    < OK
    "#
    );
}

#[test]
fn a_direction_between_a_command_and_its_answer_acts_first() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0\n> AT+X\n* answer \"AT+X\" with \"+X: now\"\n< +X: {{when}}\n< OK\n"), &[(10, "ATE0\r"), (20, "AT+X\r")]),
        @r#"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s \r\n+X: now\r\n\r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > AT+X
    * answer "AT+X" with "+X: now"
    < +X: now
    < OK
    "#
    );
}

#[test]
fn a_wait_before_a_line_delays_it_and_before_a_command_extends_its_limit() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0\n~ 1s\n< OK\n~ 90s\n> AT\n~ 500ms\n< OK\n"), &[(10, "ATE0\r"), (100_000, "AT\r")]),
        @r#"
    0.010s ATE0
    0.010s \r
    1.010s \r\nOK\r\n
    100.500s \r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    ~ 1s
    < OK
    ~ 90s
    > AT
    ~ 500ms
    < OK
    "#
    );
}

#[test]
fn what_the_machine_says_by_itself_passes_and_is_claimed_or_kept() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0+CEREG=1\n< OK\n<! +CEREG: 1\n* urc \"+X: 1\"\n~ 1s\n> AT\n< OK\n"), &[(10, "ATE0+CEREG=1\r"), (9_000, "AT\r")]),
        @r#"
    0.010s ATE0+CEREG=1
    0.010s \r
    0.010s \r\nOK\r\n
    0.200s \r\n+CEREG: 1\r\n
    0.200s \r\n+X: 1\r\n
    9.000s \r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0+CEREG=1
    < OK
    <! +CEREG: 1
    * urc "+X: 1"
    <! +X: 1
    ~ 1s
    > AT
    < OK
    "#
    );
}

#[test]
fn whether_data_state_begins_must_agree() {
    insta::assert_snapshot!(asked(&format!("{MODEM}> ATE0\n> AT\n< CONNECT\n"), &[(10, "ATE0\r"), (20, "AT\r")]), @r"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    failed: expected the virtual modem to end as ‘CONNECT’ does: in data state or not
     --> a.atg:6:1
      |
    6 | < CONNECT
      | ^^^^^^^^^ came: ‘OK’
      |
      = help: `* answer` changes what the machine does; `set`, `network` and `sim` in the header too
    ");
}

#[test]
fn a_pattern_is_no_text_to_send() {
    insta::assert_snapshot!(asked(&format!("{MODEM}> ATE0\n> AT\n< +X: {{n:int}}\n< OK\n"), &[(10, "ATE0\r"), (20, "AT\r")]), @r"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    failed: expected a line of the virtual modem that matches ‘+X: {n:int}’
     --> a.atg:6:1
      |
    6 | < +X: {n:int}
      | ^^^^^^^^^^^^^ came: ‘OK’
      |
      = help: what stands between braces is no text to send: write the line out, or bind the name
    ");
}

#[test]
fn an_exchange_is_repeated_until_the_machine_answers_as_the_script_has_it() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0\n@ until 30s every 1s\n> AT+CEREG?\n< +CEREG: 0,1\n< OK\n> AT\n< OK\n"), &[
            (1, "ATE0\r"),
            (10, "AT+CEREG?\r"),
            (1_010, "AT+CEREG?\r"),
            (1_020, "AT\r"),
        ]),
        @r#"
    0.001s ATE0
    0.001s \r
    0.001s \r\nOK\r\n
    0.010s \r\n+CEREG: 0,2\r\n\r\nOK\r\n
    1.010s \r\n+CEREG: 0,1\r\n\r\nOK\r\n
    1.020s \r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    @ until 30s every 1s
    > AT+CEREG?
    < +CEREG: 0,1
    < OK
    > AT
    < OK
    "#
    );
}

#[test]
fn a_command_that_must_never_come_fails_the_script() {
    insta::assert_snapshot!(
        asked("+++\nmodem = \"generic-lte\"\n+++\n@ never > AT+COPS=0\n> AT\n< OK\n> ATZ\n< OK\n", &[(10, "AT\r"), (20, "AT+COPS=0\r")]),
        @r"
    0.010s AT
    0.010s \r
    0.010s \r\nOK\r\n
    failed: expected no line that matches ‘AT+COPS=0’
     --> a.atg:4:1
      |
    4 | @ never > AT+COPS=0
      | ^^^^^^^^^^^^^^^^^^^ came: ‘AT+COPS=0’
    "
    );
}

#[test]
fn a_prompt_is_answered_by_raw_bytes() {
    insta::assert_snapshot!(
        asked("+++\necho = false\n+++\n> AT+CMGS=\"+15550100\"\n< >\\x20\n>| hello\\x1a\n< +CMGS: 5\n< OK\n", &[
            (10, "AT+CMGS=\"+15550100\"\r"),
            (20, "hel"),
            (30, "lo\x1a"),
        ]),
        @r#"
    0.010s \r\n> 
    0.030s \r\n+CMGS: 5\r\n\r\nOK\r\n
    +++
    echo = false
    +++
    > AT+CMGS="+15550100"
    < >\x20
    >| hello\x1A
    < +CMGS: 5
    < OK
    "#
    );
}

#[test]
fn a_pure_replay_answers_from_the_script_alone() {
    insta::assert_snapshot!(
        asked("> ATE0\n< OK\n> AT+CSQ\n<? +X: 1\n...\n< +CSQ: 20,99\n< OK\n<! RING\n> AT\n< OK\n", &[
            (10, "ATE0\r"),
            (20, "AT + CSQ\r"),
            (30, "AT\r"),
        ]),
        @r"
    0.010s ATE0
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s \r\n+CSQ: 20,99\r\n\r\nOK\r\n
    0.020s \r\nRING\r\n
    0.030s \r\nOK\r\n
    > ATE0
    < OK
    > AT + CSQ
    < +CSQ: 20,99
    < OK
    <! RING
    > AT
    < OK
    "
    );
}

#[test]
fn in_a_pure_replay_a_command_that_is_not_the_next_one_fails() {
    insta::assert_snapshot!(asked("> AT\n< OK\n> AT+CSQ\n< OK\n", &[(10, "AT+CSQ\r")]), @r"
    0.010s AT+CSQ
    failed: expected the command ‘AT’
     --> a.atg:1:1
      |
    1 | > AT
      | ^^^^ came: ‘AT+CSQ’
      |
      = help: name a `modem` in the header, and it answers what the script does not
    ");
}

#[test]
fn in_any_order_a_command_is_looked_up_and_each_exchange_is_used_in_its_order() {
    insta::assert_snapshot!(
        asked("+++\necho = false\n+++\n@ any-order\n> AT+A\n< 1\n< OK\n> AT+B\n< OK\n> AT+A\n< 2\n< OK\n", &[
            (10, "AT+B\r"),
            (20, "AT+A\r"),
            (30, "AT+A\r"),
        ]),
        @r"
    0.010s \r\nOK\r\n
    0.020s \r\n1\r\n\r\nOK\r\n
    0.030s \r\n2\r\n\r\nOK\r\n
    +++
    echo = false
    +++
    @ any-order
    > AT+A
    < 1
    < OK
    > AT+B
    < OK
    > AT+A
    < 2
    < OK
    "
    );
}

#[test]
fn one_line_is_not_two() {
    insta::assert_snapshot!(asked("+++\necho = false\n+++\n@ within 1s\n> ATE0;+CMEE=1\n< OK\n", &[(10, "ATE0\rAT+CMEE=1\r")]), @r"
    failed: expected the command ‘ATE0;+CMEE=1’
     --> a.atg:5:1
      |
    5 | > ATE0;+CMEE=1
      | ^^^^^^^^^^^^^^ came: ‘ATE0’
      |
      = help: name a `modem` in the header, and it answers what the script does not
    ");
}

#[test]
fn a_command_that_does_not_come_fails_at_its_limit() {
    insta::assert_snapshot!(asked("> AT\n< OK\n@ within 5s\n> AT+CSQ\n< OK\n", &[(10, "AT\r"), (20, "AT+CS")]), @r"
    0.010s AT
    0.010s \r
    0.010s \r\nOK\r\n
    0.020s AT+CS
    failed: expected the command ‘AT+CSQ’ within 5 s
     --> a.atg:4:1
      |
    4 | > AT+CSQ
      | ^^^^^^^^ came: ‘AT+CS’ without a line end
    ");
}

#[test]
fn before_the_scripts_own_line_dots_let_the_machines_lines_pass() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> ATE0\n> ATI\n...\n< Extra: 1\n< Revision: {{r}}\n< OK\n"), &[(1, "ATE0\r"), (10, "ATI\r")]),
        @r#"
    0.001s ATE0
    0.001s \r
    0.001s \r\nOK\r\n
    0.010s \r\nManufacturer: atgate\r\n\r\nModel: generic-lte\r\n\r\nExtra: 1\r\n\r\nRevision: 1.0\r\n\r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > ATE0
    < OK
    > ATI
    < Manufacturer: atgate
    < Model: generic-lte
    < Extra: 1
    < Revision: 1.0
    < OK
    "#
    );
}

#[test]
fn a_command_in_another_spelling_is_the_same_command() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}@ never > AT+CFUN=4\n> AT\n< OK\n> AT\n< OK\n"), &[(1, "AT\r"), (10, "at +cfun=4\r"), (20, "AT\r")]),
        @r"
    0.001s AT
    0.001s \r
    0.001s \r\nOK\r\n
    failed: expected no line that matches ‘AT+CFUN=4’
     --> a.atg:4:1
      |
    4 | @ never > AT+CFUN=4
      | ^^^^^^^^^^^^^^^^^^^ came: ‘at +cfun=4’
    "
    );
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> AT+CSQ\n? count(> \"AT+CSQ\") == 1\n"), &[(1, "at+csq\r")]),
        @r#"
    0.001s at+csq
    0.001s \r
    0.001s \r\n+CSQ: 21,99\r\n\r\nOK\r\n
    +++
    modem = "generic-lte"
    +++
    > at+csq
    < +CSQ: 21,99
    < OK
    ? count(> "AT+CSQ") == 1
    "#
    );
}

#[test]
fn a_delay_before_a_urc_of_the_scripts_own_counts_once() {
    insta::assert_snapshot!(
        asked(&format!("{MODEM}> AT\n< OK\n~ 3s\n@ within 1s\n<! +FOO: 1\n"), &[(1, "AT\r")]),
        @r#"
    0.001s AT
    0.001s \r
    0.001s \r\nOK\r\n
    4.001s \r\n+FOO: 1\r\n
    +++
    modem = "generic-lte"
    +++
    > AT
    < OK
    ~ 3s
    @ within 1s
    <! +FOO: 1
    "#
    );
}

/// What a script asks for, and what the application sends at that place, one after the other.
const TURNS: &[(&str, &[&str])] = &[
    ("> AT\n< OK\n", &["AT\r"]),
    ("> ATI\n...\n< Extra\n< Revision: {*}\n< OK\n", &["ATI\r"]),
    ("> ATI\n<? Model: {m}\n...\n< OK\n", &["ATI\r"]),
    ("> ATI\n...\n", &["ATI\r"]),
    ("> AT+CSQ\n", &["AT+CSQ\r"]),
    ("> AT+CSQ\n< +CSQ: {*}\n", &["AT+CSQ\r"]),
    ("> AT+NEW=1\n< +NEW: yes\n< OK\n", &["AT+NEW=1\r"]),
    ("> AT+NEW=2\n~ 30ms\n* urc \"+X: 1\"\n< +CME ERROR: 3\n", &["AT+NEW=2\r"]),
    ("", &["AT+CGMM\r"]),
    ("* urc \"+X: 1\"\n<! +X: {n}\n", &[]),
    ("* urc \"+Y: 1\"\n", &[]),
    ("~ 5ms\n* urc \"+Y: 2\"\n~ 7ms\n", &[]),
    ("@ until 30s every 1s\n> AT+CEREG?\n< +CEREG: 0,1\n< OK\n", &["AT+CEREG?\r"; 5]),
    ("> AT+CEREG=1\n< OK\n", &["AT+CEREG=1\r"]),
    (">| AT\\r\n< OK\n", &["AT\r"]),
    ("# A word.\n", &[]),
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(256))]
    #[test]
    fn what_was_played_to_an_application_played_to_it_again_gives_itself(
        turns in proptest::collection::vec(proptest::sample::select(TURNS), 1..10)
    ) {
        let text: String = turns.iter().map(|(text, _)| *text).collect();
        let sent = turns.iter().flat_map(|(_, sent)| *sent);
        let sent: Vec<(u64, &str)> = sent.enumerate().map(|(at, sent)| (100 * (at as u64 + 1), *sent)).collect();
        let first = asked(&format!("{MODEM}{text}"), &sent);
        if let Some(from) = first.find(MODEM) {
            let again = asked(&first[from..], &sent);
            proptest::prop_assert_eq!(again, first, "of the script\n{}", text);
        }
    }
}

#[test]
fn a_command_is_told_as_it_was_written_whether_it_was_awaited_or_not() {
    insta::assert_snapshot!(asked("> AT+CSQ\n< +CSQ: 1,99\n< OK\n", &[(1, "a"), (2, "t+csq\r")]), @r"
    0.001s a
    0.002s t+csq
    0.002s \r
    0.002s \r\n+CSQ: 1,99\r\n\r\nOK\r\n
    > at+csq
    < +CSQ: 1,99
    < OK
    ");
}
