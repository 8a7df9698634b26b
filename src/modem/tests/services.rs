//! What the network keeps for calls: forwarding, barring, who sees whose number.

use super::*;
use crate::modem::{CallEffect, CallEvent};

/// A call comes in that a runner brings; what the modem said, and what it told the runner.
fn offered(desk: &mut Desk, from: &str) -> String {
    let what = CallEvent::Offered { from: from.to_owned(), name: String::new(), data: false, forwarded: false };
    desk.modem.event(desk.now, Event::Call { ticket: Some(1 << 31), what });
    effects(desk)
}

fn effects(desk: &mut Desk) -> String {
    let mut seen = String::new();
    let outbox = desk.modem.transmit();
    for line in String::from_utf8_lossy(outbox.bytes()).split(['\r', '\n']).filter(|line| !line.is_empty()) {
        let _ = writeln!(seen, "< {line}");
    }
    let told: Vec<Effect> = outbox.effects().collect();
    outbox.clear();
    for effect in told {
        if let Effect::Call { what, .. } = effect {
            let _ = writeln!(seen, "! {what:?}");
        }
    }
    seen
}

#[test]
fn forwarding_is_registered_switched_asked_for_and_erased() {
    insta::assert_snapshot!(play(r#"
        > ATE0+CMEE=1
        > AT+CCFC=?
        > AT+CCFC=0,2
        > AT+CCFC=0,1
        > AT+CCFC=0,3,"+15550199"
        > AT+CCFC=0,2
        > AT+CCFC=0,0,,,2
        > AT+CCFC=0,2,,,7
        > AT+CCFC=0,1;+CCFC=0,2,,,2
        > AT+CCFC=2,3,"5550198",129,1,,,15
        > AT+CCFC=2,2,,,1
        > AT+CCFC=4,2
        > AT+CCFC=4,4
        > AT+CCFC=0,2;+CCFC=2,2
        > AT+CCFC=6,2
        > AT+CCFC=0,3
        > AT+CCFC=0,3,"x"
        > AT+CCFC=2,3,"1",129,1,,,31
    "#), @r#"
    > ATE0+CMEE=1
    < OK
    > AT+CCFC=?
    < +CCFC: (0-5)
    < OK
    > AT+CCFC=0,2
    < +CCFC: 0,7
    < OK
    > AT+CCFC=0,1
    < +CME ERROR: 3
    > AT+CCFC=0,3,"+15550199"
    < OK
    > AT+CCFC=0,2
    < +CCFC: 1,1,\"+15550199\",145
    < +CCFC: 1,2,\"+15550199\",145
    < +CCFC: 1,4,\"+15550199\",145
    < OK
    > AT+CCFC=0,0,,,2
    < OK
    > AT+CCFC=0,2,,,7
    < +CCFC: 1,1,\"+15550199\",145
    < +CCFC: 1,4,\"+15550199\",145
    < OK
    > AT+CCFC=0,1;+CCFC=0,2,,,2
    < +CCFC: 1,2,\"+15550199\",145
    < OK
    > AT+CCFC=2,3,"5550198",129,1,,,15
    < OK
    > AT+CCFC=2,2,,,1
    < +CCFC: 1,1,\"5550198\",129,,,15
    < OK
    > AT+CCFC=4,2
    < +CME ERROR: 3
    > AT+CCFC=4,4
    < OK
    > AT+CCFC=0,2;+CCFC=2,2
    < +CCFC: 0,7
    < +CCFC: 0,7
    < OK
    > AT+CCFC=6,2
    < ERROR
    > AT+CCFC=0,3
    < ERROR
    > AT+CCFC=0,3,"x"
    < ERROR
    > AT+CCFC=2,3,"1",129,1,,,31
    < ERROR
    "#);
}

#[test]
fn a_forwarded_call_goes_where_its_reason_says() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.play(r#"> ATE0+CCFC=2,3,"+15550192",145,1,,,5"#);
    insta::assert_snapshot!(offered(&mut desk, "+15550101"), @"
    < RING
    ! Alerting
    ");
    desk.modem.wake(desk.now + Duration::from_secs(5));
    desk.now += Duration::from_secs(5);
    insta::assert_snapshot!(effects(&mut desk), @r#"
    < RING
    ! Forwarded { to: "+15550192" }
    "#);
    desk.play("> AT+CCFC=1,3,\"+15550191\"\n> AT+CCWA=0,0\n> ATD+15550102;\n~ 5s");
    insta::assert_snapshot!(offered(&mut desk, "+15550101"), @r#"! Forwarded { to: "+15550191" }"#);
    desk.play("> ATH\n> AT+CCFC=3,3,\"+15550193\"");
    desk.modem.event(desk.now, Event::Power(Power::Cycle));
    insta::assert_snapshot!(offered(&mut desk, "+15550101"), @r#"! Forwarded { to: "+15550193" }"#);
    desk.pass(Duration::from_secs(2));
    desk.play("> AT+CCFC=0,3,\"+15550190\"");
    insta::assert_snapshot!(offered(&mut desk, "+15550101"), @r#"! Forwarded { to: "+15550190" }"#);
    insta::assert_snapshot!(desk.play("? call.forwarded\n> ATE0+CSSN=1\n> ATD+15550103;\n~ 1s"), @r#"
    ? call.forwarded
    = Some(Text("+15550190"))
    > ATE0+CSSN=1
    < OK
    > ATD+15550103;
    < +CSSI: 0
    < +CSSI: 1
    < OK
    ~ 1s
    "#);
}

#[test]
fn barred_calls_are_not_set_up_and_do_not_ring() {
    let mut desk = Desk::registered("generic-lte", &[]);
    insta::assert_snapshot!(desk.play(r#"
        > ATE0+CMEE=1;+CSSN=1
        > AT+CLCK="AO",2
        > AT+CLCK="AO",1
        > AT+CLCK="AO",1,"1111"
        > AT+CLCK="AO",1,"0000",1
        > AT+CLCK="AO",2
        > ATD5550101;
        ~ 1s
        > AT+CEER
        > AT+CLCK="AG",1,"0000"
        > AT+CLCK="AG",2
        > AT+CLCK="AB",0,"0000"
        > AT+CLCK="OI",1,"0000"
        > ATD+4420;
        ~ 1s
        > ATD+15550101;
        ~ 1s
        > ATH
        > AT+CPWD="AB","0000","1234"
        > AT+CLCK="AI",1,"0000"
        > AT+CLCK="AI",1,"1234"
        > AT+CLCK="AI",2,,1
    "#), @r#"
    > ATE0+CMEE=1;+CSSN=1
    < OK
    > AT+CLCK="AO",2
    < +CLCK: 0
    < OK
    > AT+CLCK="AO",1
    < ERROR
    > AT+CLCK="AO",1,"1111"
    < +CME ERROR: 16
    > AT+CLCK="AO",1,"0000",1
    < OK
    > AT+CLCK="AO",2
    < +CLCK: 1,1
    < OK
    > ATD5550101;
    ~ 1s
    < +CSSI: 5
    < NO CARRIER
    > AT+CEER
    < +CEER: Facility rejected
    < OK
    > AT+CLCK="AG",1,"0000"
    < +CME ERROR: 3
    > AT+CLCK="AG",2
    < +CME ERROR: 3
    > AT+CLCK="AB",0,"0000"
    < OK
    > AT+CLCK="OI",1,"0000"
    < OK
    > ATD+4420;
    ~ 1s
    < +CSSI: 5
    < NO CARRIER
    > ATD+15550101;
    < OK
    ~ 1s
    > ATH
    < OK
    > AT+CPWD="AB","0000","1234"
    < OK
    > AT+CLCK="AI",1,"0000"
    < +CME ERROR: 16
    > AT+CLCK="AI",1,"1234"
    < OK
    > AT+CLCK="AI",2,,1
    < +CLCK: 1,1
    < OK
    "#);
    insta::assert_snapshot!(offered(&mut desk, "+15550101"), @"! Released { cause: 21 }");
    insta::assert_snapshot!(desk.play(r#"
        > AT+CLCK="IR",1,"1";+CLCK="AI",2
        > AT+CLCK="IR",1,"1"
        > AT+CLCK="IR",1,"1"
        > AT+CLCK="AB",0,"1234"
    "#), @r#"
    > AT+CLCK="IR",1,"1";+CLCK="AI",2
    < +CME ERROR: 16
    > AT+CLCK="IR",1,"1"
    < +CME ERROR: 16
    > AT+CLCK="IR",1,"1"
    < +CME ERROR: 16
    > AT+CLCK="AB",0,"1234"
    < +CME ERROR: 3
    "#);
}

#[test]
fn our_number_is_shown_or_hidden_as_call_setting_and_subscription_have_it() {
    let dialled = |settings: &[&str], lines: &str| {
        let mut desk = Desk::registered("generic-lte", settings);
        let (before, last) = lines.rsplit_once('\n').unwrap_or(("", lines));
        desk.play(before);
        desk.modem.receive(desk.now, format!("ATE0{last}\r").as_bytes());
        let told: Vec<Effect> = desk.modem.transmit().effects().collect();
        told.into_iter().find_map(|effect| match effect {
            Effect::Call { what: CallEffect::Dial { number, from, .. }, .. } => Some((number, from.is_some())),
            _ => None,
        })
    };
    let call = |number: &str, shown: bool| Some((number.to_owned(), shown));
    assert_eq!(dialled(&[], "D5550101;"), call("5550101", true));
    assert_eq!(dialled(&[], "D5550101I;"), call("5550101", false));
    assert_eq!(dialled(&[], "D#31#5550101;"), call("5550101", false));
    assert_eq!(dialled(&[], "> AT+CLIR=1\nD5550101;"), call("5550101", false));
    assert_eq!(dialled(&[], "> AT+CLIR=1\nD5550101i;"), call("5550101", true));
    assert_eq!(dialled(&["call.clir=1"], "D5550101i;"), call("5550101", false));
    assert_eq!(dialled(&["call.clir=0"], "D5550101I;"), call("5550101", true));
    assert_eq!(dialled(&["call.clir=3"], "> AT+CLIR=2\nDT555,0101G;"), call("5550101", true));
    insta::assert_snapshot!(play("
        > ATE0
        > AT+CLIR=1;+CLIR?;+CLIR=?;+COLP?;+CDIP?;+CNAP?
        * network lose
        > AT+CLIR?;+CLIP?
        > AT+CLCK=\"AO\",2
        > AT+CCFC=0,2
        > AT+CCWA=1,2
    "), @r#"
    > ATE0
    < OK
    > AT+CLIR=1;+CLIR?;+CLIR=?;+COLP?;+CDIP?;+CNAP?
    < +CLIR: 1,4
    < +CLIR: (0-2)
    < +COLP: 0,1
    < +CDIP: 0,0
    < +CNAP: 0,1
    < OK
    * network lose
    > AT+CLIR?;+CLIP?
    < +CLIR: 1,2
    < +CLIP: 0,2
    < OK
    > AT+CLCK="AO",2
    < ERROR
    > AT+CCFC=0,2
    < ERROR
    > AT+CCWA=1,2
    < ERROR
    "#);
}
