//! Requests and answers, with modems that live on the test's own runtime: no port, no clock.

use std::sync::{Arc, Mutex};

use super::*;
use crate::modem::{Event, Modem, Profile, Tick};
use crate::register::Office;
use crate::wire::sms::{Address, Pdu, ProtocolId, Submit, Tpdu, UserData};
use crate::wire::text::DataCoding;

/// What a host's message is on its way to the service centre.
fn submitted(number: &str, text: &str) -> Vec<u8> {
    let submit = Submit {
        reject_duplicates: false,
        report_requested: false,
        reply_path: false,
        reference: 0,
        destination: Address::number(number).unwrap(),
        protocol: ProtocolId(0),
        validity: None,
        user_data: UserData::of_text(DataCoding(8), text).unwrap(),
    };
    Pdu { centre: None, message: Tpdu::Submit(submit) }.encode()
}

/// Modems that do nothing but obey, and what is asked of them.
fn answers(modems: u64, lines: &[&str]) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let register = Arc::new(Mutex::new(Office::default()));
        let mut control = Control::new(Arc::clone(&register));
        for n in 0..modems {
            let mut orders = control.modem(&format!("modem{n}"), n);
            tokio::spawn(async move {
                let mut modem = Modem::new(Profile::named("generic-lte", &[]).unwrap(), None, n);
                orders.message_sent("+15550100000", &submitted("+15550100000", &format!("from {n}\tto all")));
                loop {
                    let order = orders.next().await;
                    if let Some((deed, told)) = orders.tell(&modem, order) {
                        deed.to_modem(Tick::ZERO, &mut modem, &mut orders.wire);
                        modem.event(Tick::ZERO, Event::Hangup);
                        drop(told.send(Ok(())));
                    }
                }
            });
        }
        let mut shown = String::new();
        for line in lines {
            shown.push_str(&format!("> {line}\n{}", control.answer(line).await));
        }
        shown
    })
}

#[test]
fn each_request_has_an_answer_that_ends_in_its_verdict() {
    insta::assert_snapshot!(answers(2, &[
        "modems",
        "modem1* network deny 6",
        "modem2* network deny 6",
        "network deny",
        "modem0* answer \"AT+CSQ\" with {imsi}",
        "signal +7dBm",
        "register down",
        "modem0* urc \"{imei}\"",
        "urc \"{board}\"",
        "",
    ]), @r#"
    > modems
    modem0
    modem1
    ok
    > modem1* network deny 6
    ok
    > modem2* network deny 6
    error: no modem is called modem2: there are modem0 to modem1
    > network deny
      --> direction:1:13
       |
     1 | network deny
       |             ^
       |
       = help: write `* network deny 11`
    error: something is missing after `deny`
    > modem0* answer "AT+CSQ" with {imsi}
      --> direction:1:30
       |
     1 | modem0* answer "AT+CSQ" with {imsi}
       |                              ^^^^^^
       |
       = help: it stands in quotation marks: `* answer "AT+CSQ" with "\r\nERROR\r\n"`
    error: a string is missing
    > signal +7dBm
      --> direction:1:8
       |
     1 | signal +7dBm
       |        ^^^^^
       |
       = help: it is one of `-95dBm`, `none`
    error: `+7dBm` is not a strength of the signal
    > register down
    ok
    > modem0* urc "{imei}"
    ok
    > urc "{board}"
    error: `board` is not bound
    > 
      --> direction:1:1
       |
     1 |
       | ^
       |
       = help: write a direction, such as `network deny 6`, or `state`
    error: nothing is asked for
    "#);
}

#[test]
fn what_the_host_sent_is_told_with_the_modems_name_where_there_are_several() {
    insta::assert_snapshot!(answers(1, &["sent", "modem0* sent"]), @r"
    > sent
    +15550100000	from 0\tto all
    ok
    > modem0* sent
    +15550100000	from 0\tto all
    ok
    ");
    insta::assert_snapshot!(answers(2, &["sent", "modem1* sent"]), @r"
    > sent
    modem0	+15550100000	from 0\tto all
    modem1	+15550100000	from 1\tto all
    ok
    > modem1* sent
    +15550100000	from 1\tto all
    ok
    ");
}

#[test]
fn a_direction_reaches_the_modem_that_it_names_and_no_other() {
    let shown = answers(2, &["modem1* network deny 6", "modem1* sim remove", "state json"]);
    let states: Vec<serde_json::Value> =
        shown.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect();
    let seen: Vec<String> = states
        .iter()
        .map(|state| format!("{} {} {}", state["name"], state["network"]["deny"], state["sim"]["present"]))
        .collect();
    assert_eq!(seen, ["\"modem0\" null true", "\"modem1\" 6 false"]);
}

#[test]
fn a_modem_that_has_ended_refuses() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut control = Control::new(Arc::new(Mutex::new(Office::default())));
    drop(control.modem("modem0", 0));
    let answer = runtime.block_on(control.answer("hangup"));
    assert_eq!(answer, "refused: the port of modem0 has gone\n");
}
