//! What is recorded of a session plays again, in either role.

use std::time::Duration;

use super::{played, script};
use crate::modem::Tick;
use crate::run::matching::Captures;
use crate::run::outcome::Outcome;
use crate::run::plan::Plan;
use crate::run::play::Act;
use crate::run::player::{Machine, ModemPlayer};
use crate::run::recording::{About, Paper, Session};
use crate::run::template::Ports;
use crate::run::world::World;
use crate::script::Side;

const MODEM: &str = "+++\nmodem = \"generic-lte\"\n+++\n";

/// What an application sends, and how many milliseconds after what it sent before.
type Sent = Vec<(u64, Vec<u8>)>;

/// A session of such an application with the virtual modem: the script of the recording, and what the modem sent.
fn recorded(sent: &Sent) -> (String, Vec<u8>) {
    let with_modem = script(MODEM);
    let mut world = World::new(&with_modem.header, &with_modem.source, None, 0, None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.atg");
    let mut paper = Paper::create(&path, false, &About::default()).unwrap();
    let mut session = Session::new(false);
    let mut said = Vec::new();
    let mut at = Tick::ZERO;
    let mut sent = sent.iter().map(|(pause, bytes)| {
        at += Duration::from_millis(*pause);
        (at, bytes.as_slice())
    });
    let mut next = sent.next();
    let mut now = Tick::ZERO;
    let mut last = Tick::ZERO;
    loop {
        world.wake(now);
        while let Some((_, bytes)) = next.filter(|(at, _)| *at <= now) {
            session.said(now, Side::Host, bytes);
            world.feed(now, 0, bytes);
            next = sent.next();
            last = now;
        }
        for write in world.said(now, 0) {
            session.said(now, Side::Modem, &write);
            said.extend(write);
        }
        session.wake(now);
        // What takes longer than a day is no part of it.
        let due = [next.map(|(at, _)| at), world.deadline(), session.deadline()].into_iter().flatten().min();
        match due.filter(|due| *due < last + Duration::from_secs(200) || next.is_some()) {
            Some(due) => now = due.max(now),
            None => break,
        }
        paper.write("", &session.take()).unwrap();
    }
    session.end(now);
    paper.write("", &session.take()).unwrap();
    if let Some(echo) = session.echo() {
        paper.set_echo(echo).unwrap();
    }
    (std::fs::read_to_string(path).unwrap(), said)
}

/// Plays a recording as the modem to the same application: what it is sent, or why the recording failed.
fn replayed(text: &str, sent: &Sent) -> Result<Vec<u8>, String> {
    let script = script(text);
    let plan = Plan::new(&script, &script.header);
    let mut world = World::without_modems(plan.lanes.len(), 0);
    let echo = script.header.echo.as_ref().is_none_or(|echo| echo.value);
    let mut player = ModemPlayer::new(&plan, Captures::default(), Ports::new(), echo);
    let mut out = Vec::new();
    let mut now = Tick::ZERO;
    let mut at = Tick::ZERO;
    let mut sent = sent.iter().map(|(pause, bytes)| {
        at += Duration::from_millis(*pause);
        (at, bytes)
    });
    let mut next = sent.next();
    loop {
        while let Some((_, bytes)) = next.filter(|(at, _)| *at <= now) {
            player.receive(now, 0, bytes, &mut world);
            next = sent.next();
        }
        player.wake(now, &mut world);
        out.extend(player.transmit().into_iter().flat_map(|(_, bytes)| bytes));
        if player.is_over() {
            break;
        }
        now = player.deadline().into_iter().chain(next.map(|(at, _)| at)).min().unwrap_or(now).max(now);
    }
    match Act::of(&player.score, false, now).outcome {
        Outcome::Passed => Ok(out),
        Outcome::Failed(failure) => Err(failure.render(false)),
        Outcome::Error(fault) => Err(fault.message),
        Outcome::Skipped(reason) => Err(reason.to_string()),
    }
}

/// Plays a recording as the host to a virtual modem that has been on as long as the recorded one was; what became of it, if it
/// did not pass.
fn asked_again(text: &str, sent: &Sent) -> Option<String> {
    let (header, lines) = text.strip_prefix("+++\n").and_then(|text| text.split_once("+++\n")).unwrap();
    let on = sent.first().map_or(0, |(pause, _)| *pause);
    let told = played(&format!("{}{header}+++\n~ {on}ms\n{lines}", MODEM.strip_suffix("+++\n").unwrap_or_default()));
    (told.starts_with("failed") || told.starts_with("error") || told.starts_with("skipped")).then_some(told)
}

/// Bytes as they are shown, and between lines one line end only: how many a modem puts between the lines of an answer a
/// recording does not keep.
fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\r\\n\\r\\n", "\\r\\n")
}

fn session(lines: &[(u64, &str)]) -> Sent {
    lines.iter().map(|(pause, bytes)| (*pause, bytes.as_bytes().to_vec())).collect()
}

#[test]
fn a_session_that_waits_for_the_network_plays_in_either_role() {
    let sent = session(&[
        (0, "ATE0\r"),
        (100, "AT+CEREG=2\r"),
        (100, "AT+CFUN=4\r"),
        (500, "AT+CFUN=1\r"),
        (9000, "AT+CEREG?\r"),
        (100, "AT+CGSN=1\r\n"),
    ]);
    let (text, said) = recorded(&sent);
    insta::assert_snapshot!(text, @r#"
    +++
    title = ""
    tags = ["recording"]
    echo  = true
    +++
    > ATE0
    < OK
    ~ 100ms
    > AT+CEREG=2
    < OK
    ~ 100ms
    > AT+CFUN=4
    <! +CEREG: 1,"00A1","0001B2C3",7
    < OK
    <! +CEREG: 0
    ~ 500ms
    > AT+CFUN=1
    < OK
    <! +CEREG: 2
    ~ 200ms
    <! +CEREG: 1,"00A1","0001B2C3",7
    ~ 8800ms
    > AT+CEREG?
    < +CEREG: 2,1,"00A1","0001B2C3",7
    < OK
    ~ 100ms
    @ terminator \r\n
    > AT+CGSN=1
    < +CGSN: "001017001234569"
    < OK
    "#);
    assert_eq!(replayed(&text, &sent).unwrap().escape_ascii().to_string(), said.escape_ascii().to_string());
    assert_eq!(asked_again(&text, &sent), None);
}

#[test]
fn a_message_is_sent_again_from_a_recording() {
    let sent = session(&[
        (5000, "AT+CMGF=1\r"),
        (100, "AT+CMGS=\"+15551234567\"\r"),
        (100, "hello\r"),
        (100, "world\x1a"),
        (5000, "AT\r"),
    ]);
    let (text, said) = recorded(&sent);
    assert_eq!(replayed(&text, &sent).unwrap().escape_ascii().to_string(), said.escape_ascii().to_string());
    assert_eq!(asked_again(&text, &sent), None, "{text}");
}

#[test]
fn a_call_with_data_and_its_end_plays_in_either_role() {
    let sent = session(&[(6000, "ATD*99#\r"), (2000, "+++"), (2000, "ATH\r"), (500, "AT\r")]);
    let (text, said) = recorded(&sent);
    assert!(text.contains("< CONNECT") && text.contains(">| +++"), "{text}");
    assert_eq!(replayed(&text, &sent).unwrap().escape_ascii().to_string(), said.escape_ascii().to_string(), "{text}");
}

#[test]
fn a_line_of_an_answer_that_reads_like_the_command_is_no_echo() {
    let sent = session(&[(5000, "ATE0\r"), (100, "AT+CLAC\r"), (100, "ATE1\r"), (100, "AT+CLAC\r")]);
    let (text, _) = recorded(&sent);
    assert_eq!(text.matches("> AT+CLAC\n").count(), 2, "{text}");
    assert_eq!(text.matches("\n< AT+CLAC\n").count(), 2, "{text}");
    assert_eq!(asked_again(&text, &sent), None, "{text}");
}

/// Commands of every kind; none that ends later than the next is sent.
const COMMANDS: &[&str] = &[
    "AT\r",
    "ATE0\r",
    "ATE1\r",
    "AT+CGMM\r",
    "AT+CLAC\r",
    "AT+CSQ\r",
    "at+cgmi;+cgmm\r",
    "AT+CMEE=1\r",
    "AT+NOSUCHCOMMAND\r",
    "AT+CEREG=2\r",
    "AT+CEREG?\r",
    "AT+CGSN=1\r",
    "ATI\r",
    "AT+CIMI\r",
    "AT+CFUN=4\r",
    "AT+CFUN=1\r",
    "AT+CPIN?\r",
    "AT+COPS?\r",
    "A/",
    "AT\r\n",
    "\r",
    "AT+CMGF=1\r",
    "AT+CGDCONT?\r",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 48, ..Default::default() })]

    #[test]
    fn a_recording_says_the_same_bytes_again_and_asks_the_same_again(
        said in proptest::collection::vec((1u64..9000, proptest::sample::select(COMMANDS)), 1..12),
    ) {
        let sent = session(&said.iter().map(|(pause, command)| (2000 + pause, *command)).collect::<Vec<_>>());
        let (text, bytes) = recorded(&sent);
        let again = replayed(&text, &sent);
        proptest::prop_assert_eq!(again.map(|again| shown(&again)), Ok(shown(&bytes)), "{}", text);
        proptest::prop_assert_eq!(asked_again(&text, &sent), None, "{}", text);
    }
}
