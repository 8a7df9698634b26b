//! Voice calls: set up, taken, put beside each other, ended, and who hears of it.

use super::*;
use crate::modem::CallEvent;

fn ring(number: &str) -> Event {
    Event::Ring { from: number.to_owned() }
}

fn there(what: CallEvent) -> Event {
    Event::Call { ticket: None, what }
}

impl Desk {
    /// Somebody calls, or the other end does something; returns what the modem said.
    fn happens(&mut self, event: Event) -> String {
        self.modem.event(self.now, event);
        self.look(b"");
        std::mem::take(&mut self.seen)
    }
}

#[test]
fn a_voice_call_is_dialled_alerts_and_is_answered() {
    insta::assert_snapshot!(play("
        > ATE0
        > ATD+15553332222;
        > AT+CLCC;+CPAS;+CIND?
        ? modem.call
        ~ 500ms
        > AT+CLCC
        ~ 3s
        > AT+CLCC;+CPAS;+CIND?
        ? modem.call
        ? call.number
        > AT+CHUP
        > AT+CLCC;+CEER
        > AT+CHUP;+CHUP=?
    "), @r#"
    > ATE0
    < OK
    > ATD+15553332222;
    < OK
    > AT+CLCC;+CPAS;+CIND?
    < +CLCC: 1,0,2,0,0,\"+15553332222\",145
    < +CPAS: 4
    < +CIND: 5,4,1,0,0,0
    < OK
    ? modem.call
    = Some(Text("dialling"))
    ~ 500ms
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"+15553332222\",145
    < OK
    ~ 3s
    > AT+CLCC;+CPAS;+CIND?
    < +CLCC: 1,0,0,0,0,\"+15553332222\",145
    < +CPAS: 4
    < +CIND: 5,4,1,1,0,0
    < OK
    ? modem.call
    = Some(Text("voice"))
    ? call.number
    = Some(Text("+15553332222"))
    > AT+CHUP
    < OK
    > AT+CLCC;+CEER
    < +CEER: Normal call clearing
    < OK
    > AT+CHUP;+CHUP=?
    < OK
    "#);
}

#[test]
fn ok_comes_at_connect_where_the_profile_has_it_so() {
    let mut desk = Desk::registered("generic-lte", &["call.ok=connected", "dial.numbers.+15550101=busy"]);
    insta::assert_snapshot!(desk.play(r"
        > ATE0+COLP=1
        > ATD+15550100;
        ~ 3s
        ~ 500ms
        > ATH
        > ATD+15550101;
        ~ 500ms
        > AT+CEER
        > ATD+15550100;
        ~ 1s
        >| x
        > AT+CLCC
    "), @r#"
    > ATE0+COLP=1
    < OK
    > ATD+15550100;
    ~ 3s
    ~ 500ms
    < +COLP: \"+15550100\",145
    < OK
    > ATH
    < OK
    > ATD+15550101;
    ~ 500ms
    < BUSY
    > AT+CEER
    < +CEER: User busy
    < OK
    > ATD+15550100;
    ~ 1s
    >| x
    < NO CARRIER
    > AT+CLCC
    < OK
    "#);
}

#[test]
fn how_a_call_ended_is_told_as_x_has_it_and_by_its_cause() {
    let mut desk = Desk::registered(
        "generic-lte",
        &["dial.numbers.1=busy", "dial.numbers.2=no-answer", "dial.numbers.3=no-carrier", "dial.numbers.4=no-dialtone"],
    );
    insta::assert_snapshot!(desk.play("
        > ATE0
        > AT+CEER
        > ATD1;
        ~ 1s
        > AT+CEER
        > ATX0D1;
        ~ 1s
        > ATX4D2;
        ~ 30s
        > AT+CLCC
        ~ 30s
        > AT+CEER
        > ATS7=10D2@;
        ~ 10s
        > ATD3;
        ~ 1s
        > ATD4;
        ~ 1s
        ? call.cause
    "), @r#"
    > ATE0
    < OK
    > AT+CEER
    < +CEER: No cause information available
    < OK
    > ATD1;
    < OK
    ~ 1s
    < BUSY
    > AT+CEER
    < +CEER: User busy
    < OK
    > ATX0D1;
    < OK
    ~ 1s
    < NO CARRIER
    > ATX4D2;
    < OK
    ~ 30s
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"2\",129
    < OK
    ~ 30s
    < NO CARRIER
    > AT+CEER
    < +CEER: User alerting, no answer
    < OK
    > ATS7=10D2@;
    < OK
    ~ 10s
    < NO ANSWER
    > ATD3;
    < OK
    ~ 1s
    < NO CARRIER
    > ATD4;
    ~ 1s
    < NO DIALTONE
    ? call.cause
    = Some(Number(38.0))
    "#);
}

#[test]
fn a_call_that_comes_in_says_who_calls_on_every_ring() {
    insta::assert_snapshot!(play("
        > ATE0+CLIP=1;+CRC=1
        * ring
        > AT+CLCC;+CPAS
        ~ 4s
        > ATA
        > AT+CLCC
        * hangup
        > AT+CLCC;+CEER
        > AT+CLIP?;+CLIP=?;+CRC?
        > AT+CRC=0
        * ring
        > AT+CHUP
        ~ 10s
        > AT+CEER
    "), @r#"
    > ATE0+CLIP=1;+CRC=1
    < OK
    * ring
    < +CRING: VOICE
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    > AT+CLCC;+CPAS
    < +CLCC: 1,1,4,0,0,\"+15550100\",145
    < +CPAS: 3
    < OK
    ~ 4s
    < +CRING: VOICE
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    > ATA
    < OK
    > AT+CLCC
    < +CLCC: 1,1,0,0,0,\"+15550100\",145
    < OK
    * hangup
    < NO CARRIER
    > AT+CLCC;+CEER
    < +CEER: Normal call clearing
    < OK
    > AT+CLIP?;+CLIP=?;+CRC?
    < +CLIP: 1,1
    < +CLIP: (0-1)
    < +CRC: 1
    < OK
    > AT+CRC=0
    < OK
    * ring
    < RING
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    > AT+CHUP
    < OK
    ~ 10s
    > AT+CEER
    < +CEER: Call rejected
    < OK
    "#);
    let mut desk = Desk::registered("generic-lte", &["call.cdip=1"]);
    desk.play("> ATE0+CLIP=1;+CDIP=1;+CNAP=1");
    let offered =
        CallEvent::Offered { from: "+15550101".to_owned(), name: "Bench".to_owned(), data: false, forwarded: false };
    insta::assert_snapshot!(desk.happens(there(offered)), @r#"
    < RING
    < +CLIP: \"+15550101\",145,\"\",,\"Bench\",0
    < +CDIP: \"+15550100001\",145
    < +CNAP: \"Bench\",0
    "#);
    desk.play("> ATH");
    insta::assert_snapshot!(desk.happens(ring("")), @r#"
    < RING
    < +CLIP: \"\",128,\"\",,\"\",1
    < +CDIP: \"+15550100001\",145
    "#);
}

#[test]
fn nobody_rings_for_ever() {
    insta::assert_snapshot!(play("
        > ATE0
        * ring
        ~ 10s
        ~ 49s
        ~ 1s
        ? modem.call
        ? call.cause
    "), @r#"
    > ATE0
    < OK
    * ring
    < RING
    ~ 10s
    < RING
    < RING
    ~ 49s
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    < RING
    ~ 1s
    ? modem.call
    = Some(Text("none"))
    ? call.cause
    = Some(Number(19.0))
    "#);
}

#[test]
fn a_waiting_call_is_told_and_taken_and_calls_are_swapped_joined_and_parted() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.play("> ATE0+CCWA=1;+CSSN=1,1\n> ATD+15550101;\n~ 5s");
    insta::assert_snapshot!(desk.happens(ring("+15550102")), @r#"< +CCWA: \"+15550102\",145,1,\"\",0"#);
    insta::assert_snapshot!(desk.play("
        > AT+CHLD=?
        > AT+CLCC
        > AT+CHLD=3
        > AT+CHLD=2
        > AT+CLCC
        > AT+CHLD=2
        > AT+CLCC
        > AT+CHLD=3
        > AT+CLCC
        ? call.conference
        > AT+CHLD=22
        > AT+CLCC
        > AT+CHLD=21
        > AT+CHLD=2x
        > AT+CHLD=12
        > AT+CLCC
        > AT+CHLD=1
        > AT+CLCC
        > AT+CHLD=1;+CHLD=0
        > AT+CHLD=0
    "), @r#"
    > AT+CHLD=?
    < +CHLD: (0,1,1x,2,2x,3,4)
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < +CLCC: 2,1,5,0,0,\"+15550102\",145
    < OK
    > AT+CHLD=3
    < ERROR
    > AT+CHLD=2
    < OK
    > AT+CLCC
    < +CLCC: 1,0,1,0,0,\"+15550101\",145
    < +CLCC: 2,1,0,0,0,\"+15550102\",145
    < OK
    > AT+CHLD=2
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < +CLCC: 2,1,1,0,0,\"+15550102\",145
    < OK
    > AT+CHLD=3
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,1,\"+15550101\",145
    < +CLCC: 2,1,0,0,1,\"+15550102\",145
    < OK
    ? call.conference
    = Some(Number(2.0))
    > AT+CHLD=22
    < OK
    > AT+CLCC
    < +CLCC: 1,0,1,0,0,\"+15550101\",145
    < +CLCC: 2,1,0,0,0,\"+15550102\",145
    < OK
    > AT+CHLD=21
    < ERROR
    > AT+CHLD=2x
    < ERROR
    > AT+CHLD=12
    < OK
    > AT+CLCC
    < +CLCC: 1,0,1,0,0,\"+15550101\",145
    < OK
    > AT+CHLD=1
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < OK
    > AT+CHLD=1;+CHLD=0
    < ERROR
    > AT+CHLD=0
    < ERROR
    "#);
}

#[test]
fn a_third_call_finds_no_place_and_the_waiting_one_rings_once_it_is_alone() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.play("> ATE0+CCWA=1\n> ATD+15550101;\n~ 5s");
    desk.happens(ring("+15550102"));
    insta::assert_snapshot!(desk.happens(ring("+15550103")), @"");
    insta::assert_snapshot!(desk.play("
        > ATD+15550104;
        > AT+CHLD=0
        > AT+CLCC;+CEER
    "), @r#"
    > ATD+15550104;
    < NO CARRIER
    > AT+CHLD=0
    < OK
    > AT+CLCC;+CEER
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < +CEER: User busy
    < OK
    "#);
    desk.happens(ring("+15550105"));
    insta::assert_snapshot!(desk.play("
        > AT+CHUP
        > AT+CLCC
        > ATA
        > AT+CHLD=4
        > ATD+15550106;
        > AT+CLCC
        ~ 5s
        > AT+CHLD=4
        > AT+CLCC
    "), @r#"
    > AT+CHUP
    < OK
    > AT+CLCC
    < RING
    < +CLCC: 2,1,4,0,0,\"+15550105\",145
    < OK
    > ATA
    < OK
    > AT+CHLD=4
    < ERROR
    > ATD+15550106;
    < OK
    > AT+CLCC
    < +CLCC: 1,0,2,0,0,\"+15550106\",145
    < +CLCC: 2,1,1,0,0,\"+15550105\",145
    < OK
    ~ 5s
    > AT+CHLD=4
    < OK
    > AT+CLCC
    < OK
    "#);
    insta::assert_snapshot!(desk.play("
        > AT+CCWA=1,0
        > AT+CCWA=1,2;+CCWA?;+CCWA=?
        > ATD+15550101;
        ~ 5s
        * ring
        > AT+CLCC
    "), @r#"
    > AT+CCWA=1,0
    < OK
    > AT+CCWA=1,2;+CCWA?;+CCWA=?
    < +CCWA: 0,7
    < +CCWA: 1
    < +CCWA: (0-1)
    < OK
    > ATD+15550101;
    < OK
    ~ 5s
    * ring
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < OK
    "#);
}

#[test]
fn keys_are_sent_in_a_call_alone_and_take_their_time() {
    insta::assert_snapshot!(play(r"
        > ATE0
        > AT+VTS=1
        > AT+VTD?;+VTS=?
        > ATD+15550101;
        ~ 5s
        > AT+VTS=1;+VTS=#
        ~ 200ms
        > AT+VTD=5
        > AT+VTS={9,2}
        ~ 200ms
        > AT+VTS=E
        > AT+VTS=*
        ~ 499ms
        ~ 1ms
        ? call.tones
    "), @r#"
    > ATE0
    < OK
    > AT+VTS=1
    < ERROR
    > AT+VTD?;+VTS=?
    < +VTD: 0
    < +VTS: (0-9,*,#,A,B,C,D)
    < OK
    > ATD+15550101;
    < OK
    ~ 5s
    > AT+VTS=1;+VTS=#
    ~ 200ms
    < OK
    > AT+VTD=5
    < OK
    > AT+VTS={9,2}
    ~ 200ms
    < OK
    > AT+VTS=E
    < ERROR
    > AT+VTS=*
    ~ 499ms
    ~ 1ms
    < OK
    ? call.tones
    = Some(Text("1#9*"))
    "#);
}

#[test]
fn the_other_end_can_do_what_it_likes() {
    let mut desk = Desk::registered("generic-lte", &["dial.voice=no-answer"]);
    desk.play("> ATE0+CSSN=1,1\n> ATD+15550101;\n~ 5s");
    insta::assert_snapshot!(desk.play("> AT+CLCC"), @r#"
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"+15550101\",145
    < OK
    "#);
    let mut seen = String::new();
    for event in [
        CallEvent::Forwarded,
        CallEvent::Answered,
        CallEvent::Held,
        CallEvent::Retrieved,
        CallEvent::Joined,
        CallEvent::Released { cause: 16 },
        CallEvent::Released { cause: 16 },
        CallEvent::Answered,
    ] {
        let _ = write!(seen, "{event:?}\n{}", desk.happens(there(event.clone())));
    }
    insta::assert_snapshot!(seen, @"
    Forwarded
    < +CSSI: 2
    Answered
    Held
    < +CSSU: 2
    Retrieved
    < +CSSU: 3
    Joined
    < +CSSU: 4
    Released { cause: 16 }
    < NO CARRIER
    Released { cause: 16 }
    Answered
    ");
    desk.play("> ATD+15550101;");
    insta::assert_snapshot!(desk.happens(there(CallEvent::Released { cause: 21 })), @"< NO CARRIER");
    insta::assert_snapshot!(desk.play("> AT+CEER"), @"
    > AT+CEER
    < +CEER: Call rejected
    < OK
    ");
}

#[test]
fn a_call_that_is_routed_and_forgotten_ends_by_itself() {
    let mut desk = Desk::registered("generic-lte", &[]);
    desk.play("> ATE0\n> ATD+15550101;");
    desk.happens(there(CallEvent::Routed));
    insta::assert_snapshot!(desk.play("
        ~ 30s
        > AT+CLCC
        ~ 30s
        ? modem.call
    "), @r#"
    ~ 30s
    > AT+CLCC
    < +CLCC: 1,0,2,0,0,\"+15550101\",145
    < OK
    ~ 30s
    < NO CARRIER
    ? modem.call
    = Some(Text("none"))
    "#);
}

#[test]
fn h_and_dtr_do_to_a_voice_call_what_cvhu_says() {
    insta::assert_snapshot!(play("
        > ATE0+CVHU=1;+CVHU?;+CVHU=?
        > ATD+15550101;
        ~ 5s
        > ATH
        * dtr off
        ? modem.call
        > AT+CVHU=0
        > ATH
        ? modem.call
    "), @r#"
    > ATE0+CVHU=1;+CVHU?;+CVHU=?
    < +CVHU: 1
    < +CVHU: (0-2)
    < OK
    > ATD+15550101;
    < OK
    ~ 5s
    > ATH
    < OK
    * dtr off
    ? modem.call
    = Some(Text("voice"))
    > AT+CVHU=0
    < OK
    > ATH
    < OK
    ? modem.call
    = Some(Text("none"))
    "#);
}

#[test]
fn an_emergency_call_is_set_up_beside_barring_and_without_a_registration() {
    insta::assert_snapshot!(play(r#"
        > ATE0
        > AT+CLCK="AO",1,"0000"
        > ATD+15550101;
        ~ 1s
        > ATD112;
        ~ 5s
        > AT+CLCC
        > ATH
        * network deny 6
        * network detach
        ~ 5s
        > ATD911;
        ~ 5s
        ? registration.eps
        > AT+CLCC
        > AT+CHUP
        ? registration.eps
    "#), @r#"
    > ATE0
    < OK
    > AT+CLCK="AO",1,"0000"
    < OK
    > ATD+15550101;
    ~ 1s
    < NO CARRIER
    > ATD112;
    < OK
    ~ 5s
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"112\",129
    < OK
    > ATH
    < OK
    * network deny 6
    * network detach
    ~ 5s
    > ATD911;
    < OK
    ~ 5s
    ? registration.eps
    = Some(Text("emergency"))
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"911\",129
    < OK
    > AT+CHUP
    < OK
    ? registration.eps
    = Some(Text("denied"))
    "#);
}

#[test]
fn voice_goes_beside_packet_data() {
    insta::assert_snapshot!(play(r"
        > ATE0+CLIP=1
        > ATD*99#
        ~ 2s
        * ring
        >| +++
        ~ 1s
        > ATA
        > AT+CLCC
        ? modem.call
        > AT+CHUP
        > ATO
        ? modem.call
    "), @r#"
    > ATE0+CLIP=1
    < OK
    > ATD*99#
    ~ 2s
    < CONNECT 150000000
    * ring
    >| +++
    ~ 1s
    < OK
    < RING
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    > ATA
    < OK
    > AT+CLCC
    < +CLCC: 1,1,0,0,0,\"+15550100\",145
    < OK
    ? modem.call
    = Some(Text("voice"))
    > AT+CHUP
    < OK
    > ATO
    < CONNECT 150000000
    ? modem.call
    = Some(Text("data"))
    "#);
}

#[test]
fn what_a_call_has_of_settings() {
    insta::assert_snapshot!(play(r"
        > ATE0
        > AT+CMUT?;+CLVL?;+CLVL=?;+CRSL=?;+CALM=?;+CSTA?;+CMOD=?;+CBST?;+CBST=?;+CRLP?;+CRLP=?
        > AT+CMUT=1
        > AT+CLVL=5;+CLVL?;+CBST=71,0,1;+CBST?;+CRLP=30;+CRLP?
        > AT+CLVL=6
        > AT+CSTA=145
        > ATD15550101;
        ~ 5s
        > AT+CMUT=1;+CMUT?
        > AT+CLCC
    "), @r#"
    > ATE0
    < OK
    > AT+CMUT?;+CLVL?;+CLVL=?;+CRSL=?;+CALM=?;+CSTA?;+CMOD=?;+CBST?;+CBST=?;+CRLP?;+CRLP=?
    < +CMUT: 0
    < +CLVL: 3
    < +CLVL: (0-5)
    < +CRSL: (0-5)
    < +CALM: (0-1)
    < +CSTA: 129
    < +CMOD: (0)
    < +CBST: 0,0,1
    < +CBST: (0,7,12,14,71,75),(0),(0-3)
    < +CRLP: 61,61,48,6
    < +CRLP: (0-61),(0-61),(38-255),(1-255)
    < OK
    > AT+CMUT=1
    < ERROR
    > AT+CLVL=5;+CLVL?;+CBST=71,0,1;+CBST?;+CRLP=30;+CRLP?
    < +CLVL: 5
    < +CBST: 71,0,1
    < +CRLP: 30,61,48,6
    < OK
    > AT+CLVL=6
    < ERROR
    > AT+CSTA=145
    < OK
    > ATD15550101;
    < OK
    ~ 5s
    > AT+CMUT=1;+CMUT?
    < +CMUT: 1
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15550101\",145
    < OK
    "#);
}

/// What a desktop's modem daemon does with a voice call, as it was seen to do it.
#[test]
fn a_modem_daemon_calls_is_called_and_hangs_up() {
    insta::assert_snapshot!(play("
        > ATE0
        > AT+CLIP=1
        > AT+CRC=1
        > AT+CCWA=1
        > AT+CLCC=?
        > ATH
        > ATD+15553332222;
        > AT+CLCC
        ~ 2s
        > AT+CLCC
        ~ 2s
        > AT+CLCC
        > AT+CHUP
        > AT+CLCC
        * ring
        ~ 4s
        > AT+CLCC
        > ATA
        > AT+CLCC
        * hangup
        > AT+CLCC
        > AT+CLIP=0
        > AT+CRC=0
        > AT+CCWA=0
    "), @r#"
    > ATE0
    < OK
    > AT+CLIP=1
    < OK
    > AT+CRC=1
    < OK
    > AT+CCWA=1
    < OK
    > AT+CLCC=?
    < OK
    > ATH
    < OK
    > ATD+15553332222;
    < OK
    > AT+CLCC
    < +CLCC: 1,0,2,0,0,\"+15553332222\",145
    < OK
    ~ 2s
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"+15553332222\",145
    < OK
    ~ 2s
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15553332222\",145
    < OK
    > AT+CHUP
    < OK
    > AT+CLCC
    < OK
    * ring
    < +CRING: VOICE
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    ~ 4s
    < +CRING: VOICE
    < +CLIP: \"+15550100\",145,\"\",,\"\",0
    > AT+CLCC
    < +CLCC: 1,1,4,0,0,\"+15550100\",145
    < OK
    > ATA
    < OK
    > AT+CLCC
    < +CLCC: 1,1,0,0,0,\"+15550100\",145
    < OK
    * hangup
    < NO CARRIER
    > AT+CLCC
    < OK
    > AT+CLIP=0
    < OK
    > AT+CRC=0
    < OK
    > AT+CCWA=0
    < OK
    "#);
}

/// What a telephony daemon does: its settings at the start, a call polled each half second, one that comes in, one that
/// waits, tones, services.
#[test]
fn a_telephony_daemon_polls_holds_and_sends_tones() {
    let mut desk = Desk::registered("generic-lte", &["call.answer=1s"]);
    insta::assert_snapshot!(desk.play("
        > ATE0+CMEE=1
        > AT+CRC=1
        > AT+CLIP=1
        > AT+CDIP=1
        > AT+CNAP=1
        > AT+COLP=1
        > AT+CSSN=1,1
        > AT+VTD?
        > AT+CCWA=1
        > AT+CHLD=?
        > AT+CLCC
        > AT+CMUT?
        > AT+CLVL=?
        > AT+CLVL?
        > AT+CCFC=0,2
        > AT+CCWA=1,2,1
        > AT+CLIR?
        > AT+COLP?
        > AT+CLIP?
        > ATD+15551112222;
        > AT+CLCC
        ~ 500ms
        > AT+CLCC
        ~ 500ms
        > AT+CLCC
        ~ 500ms
        > AT+CLCC
        > AT+VTS=1;+VTS=2
        ~ 200ms
    "), @r#"
    > ATE0+CMEE=1
    < OK
    > AT+CRC=1
    < OK
    > AT+CLIP=1
    < OK
    > AT+CDIP=1
    < OK
    > AT+CNAP=1
    < OK
    > AT+COLP=1
    < OK
    > AT+CSSN=1,1
    < OK
    > AT+VTD?
    < +VTD: 0
    < OK
    > AT+CCWA=1
    < OK
    > AT+CHLD=?
    < +CHLD: (0,1,1x,2,2x,3,4)
    < OK
    > AT+CLCC
    < OK
    > AT+CMUT?
    < +CMUT: 0
    < OK
    > AT+CLVL=?
    < +CLVL: (0-5)
    < OK
    > AT+CLVL?
    < +CLVL: 3
    < OK
    > AT+CCFC=0,2
    < +CCFC: 0,7
    < OK
    > AT+CCWA=1,2,1
    < +CCWA: 1,1
    < OK
    > AT+CLIR?
    < +CLIR: 0,4
    < OK
    > AT+COLP?
    < +COLP: 1,1
    < OK
    > AT+CLIP?
    < +CLIP: 1,1
    < OK
    > ATD+15551112222;
    < OK
    > AT+CLCC
    < +CLCC: 1,0,2,0,0,\"+15551112222\",145
    < OK
    ~ 500ms
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"+15551112222\",145
    < OK
    ~ 500ms
    > AT+CLCC
    < +CLCC: 1,0,3,0,0,\"+15551112222\",145
    < OK
    ~ 500ms
    < +COLP: \"+15551112222\",145
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15551112222\",145
    < OK
    > AT+VTS=1;+VTS=2
    ~ 200ms
    < OK
    "#);
    insta::assert_snapshot!(desk.happens(ring("+15553334444")), @r#"< +CCWA: \"+15553334444\",145,1,\"\",0"#);
    insta::assert_snapshot!(desk.play("
        > AT+CLCC
        > AT+CHLD=2
        > AT+CLCC
        > AT+CHLD=3
        > AT+CLCC
        > AT+CHLD=11
        > AT+CLCC
        > AT+CHUP
        > AT+CLCC
    "), @r#"
    > AT+CLCC
    < +CLCC: 1,0,0,0,0,\"+15551112222\",145
    < +CLCC: 2,1,5,0,0,\"+15553334444\",145
    < OK
    > AT+CHLD=2
    < OK
    > AT+CLCC
    < +CLCC: 1,0,1,0,0,\"+15551112222\",145
    < +CLCC: 2,1,0,0,0,\"+15553334444\",145
    < OK
    > AT+CHLD=3
    < OK
    > AT+CLCC
    < +CLCC: 1,0,0,0,1,\"+15551112222\",145
    < +CLCC: 2,1,0,0,1,\"+15553334444\",145
    < OK
    > AT+CHLD=11
    < OK
    > AT+CLCC
    < +CLCC: 2,1,0,0,0,\"+15553334444\",145
    < OK
    > AT+CHUP
    < OK
    > AT+CLCC
    < OK
    "#);
    insta::assert_snapshot!(desk.happens(ring("")), @r#"
    < +CRING: VOICE
    < +CLIP: \"\",128,\"\",,\"\",1
    "#);
    insta::assert_snapshot!(desk.play("> ATA\n> AT+CLCC\n* hangup\n> AT+CLCC\n> AT+CEER"), @r#"
    > ATA
    < OK
    > AT+CLCC
    < +CLCC: 1,1,0,0,0,\"\",128
    < OK
    * hangup
    < NO CARRIER
    > AT+CLCC
    < OK
    > AT+CEER
    < +CEER: Normal call clearing
    < OK
    "#);
}
