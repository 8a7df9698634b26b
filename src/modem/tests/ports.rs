//! Several AT ports of one modem.

use std::time::Duration;

use crate::modem::{AtPort, Effect, Event, Modem, Override, Profile, Tick};
use crate::register::{Answer, Reason};

/// A modem with three ports, and what each said.
struct Bench {
    modem: Modem,
    now: Tick,
    ports: [AtPort; 3],
    seen: String,
}

impl Bench {
    fn new(settings: &[&str]) -> Self {
        let settings: Vec<Override> =
            ["sms.apart=0"].iter().chain(settings).map(|text| Override::parse(text).expect("a setting")).collect();
        let mut modem = Modem::new(Profile::named("generic-lte", &settings).expect("a profile"), None, 0);
        let ports = [AtPort::FIRST, modem.add_port(), modem.add_port()];
        assert_eq!(modem.ports().collect::<Vec<_>>(), ports);
        let mut bench = Self { modem, now: Tick::ZERO, ports, seen: String::new() };
        bench.pass(1_000);
        bench.seen.clear();
        bench
    }

    fn pass(&mut self, milliseconds: u64) {
        let until = self.now + Duration::from_millis(milliseconds);
        while let Some(at) = self.modem.deadline().filter(|&at| at <= until) {
            self.now = at;
            self.modem.wake(at);
            self.look();
        }
        self.now = until;
    }

    fn say(&mut self, port: usize, text: &str) {
        self.seen += &format!("{port}> {text}\n");
        self.modem.receive_on(self.ports[port], self.now, format!("{text}\r").as_bytes());
        self.look();
    }

    fn happen(&mut self, port: usize, event: Event) {
        self.modem.event_on(self.ports[port], self.now, event);
        self.look();
    }

    /// Notes what the ports say, and lets the equipment in; echo and line ends left out.
    fn look(&mut self) {
        for (n, port) in self.ports.into_iter().enumerate() {
            let outbox = self.modem.transmit_on(port).expect("the port");
            let text = String::from_utf8_lossy(outbox.bytes()).into_owned();
            let effects: Vec<Effect> = outbox.effects().collect();
            outbox.clear();
            for effect in effects {
                if let Effect::CheckEquipment { ticket, .. } = effect {
                    let answer = Answer::allow(Reason::Unknown);
                    self.modem.event(self.now, Event::Equipment { ticket, answer });
                }
            }
            for line in text.split(['\r', '\n']).filter(|line| !line.is_empty()) {
                if !line.starts_with("AT") {
                    self.seen += &format!("{n}< {line}\n");
                }
            }
        }
    }
}

#[test]
fn each_port_has_settings_of_its_own_and_all_share_the_equipment() {
    let mut bench = Bench::new(&[]);
    bench.say(1, "ATE0V0");
    bench.say(0, "AT+CMEE=1");
    bench.say(2, "AT+CPBX");
    bench.say(1, "AT+CFUN=4");
    bench.say(0, "AT+CFUN?");
    bench.say(2, "AT+CFUN?");
    insta::assert_snapshot!(bench.seen, @"
    1> ATE0V0
    1< 0
    0> AT+CMEE=1
    0< OK
    2> AT+CPBX
    2< ERROR
    1> AT+CFUN=4
    1< 0
    0> AT+CFUN?
    0< +CFUN: 4
    0< OK
    2> AT+CFUN?
    2< +CFUN: 4
    2< OK
    ");
}

#[test]
fn a_report_comes_where_it_was_asked_for_and_as_it_was_asked_for() {
    let mut bench = Bench::new(&[]);
    bench.say(0, "AT+CEREG=1");
    bench.say(2, "AT+CEREG=2");
    bench.happen(0, Event::Network(crate::modem::NetworkEvent::Lose));
    bench.pass(1_000);
    bench.happen(1, Event::Network(crate::modem::NetworkEvent::Find));
    bench.pass(1_000);
    insta::assert_snapshot!(bench.seen, @r#"
    0> AT+CEREG=1
    0< OK
    2> AT+CEREG=2
    2< OK
    0< +CEREG: 2
    2< +CEREG: 2
    0< +CEREG: 1
    2< +CEREG: 1,"00A1","0001B2C3",7
    "#);
}

#[test]
fn a_command_that_waits_is_answered_on_its_own_port_and_the_others_go_on() {
    let mut bench = Bench::new(&[]);
    bench.say(1, "AT+COPS=?");
    bench.say(0, "AT+CGSN");
    bench.say(2, "AT+CMEE=1;+COPS=?");
    bench.pass(5_000);
    insta::assert_snapshot!(bench.seen, @r#"
    1> AT+COPS=?
    0> AT+CGSN
    0< 001017001234569
    0< OK
    2> AT+CMEE=1;+COPS=?
    2< +CME ERROR: 3
    1< +COPS: (2,"Test Network","Test","00101",7),(3,"Other Network","Other","99970",7),,(0,1,2,3,4),(0,1,2)
    1< OK
    "#);
}

#[test]
fn data_of_one_port_leaves_the_others_in_command_state() {
    let mut bench = Bench::new(&[]);
    bench.say(1, "ATD*99#");
    bench.pass(1_000);
    let lines = bench.ports.map(|port| bench.modem.transmit_on(port).expect("the port").lines().dcd);
    assert_eq!(lines, [false, true, false]);
    bench.say(0, "ATO");
    bench.say(0, "ATD*99#");
    bench.pass(1_000);
    bench.happen(0, Event::Closed);
    bench.say(2, "AT+CREG?");
    bench.happen(1, Event::Closed);
    bench.say(1, "ATO");
    let lines = bench.ports.map(|port| bench.modem.transmit_on(port).expect("the port").lines().dcd);
    assert_eq!(lines, [false; 3]);
    insta::assert_snapshot!(bench.seen, @"
    1> ATD*99#
    1< CONNECT 150000000
    0> ATO
    0< NO CARRIER
    0> ATD*99#
    0< NO CARRIER
    2> AT+CREG?
    2< +CREG: 0,1
    2< OK
    1> ATO
    1< NO CARRIER
    ");
}

#[test]
fn a_call_rings_on_every_port_and_the_first_that_takes_it_has_it() {
    let mut bench = Bench::new(&[]);
    bench.say(2, "ATS0=2");
    bench.happen(0, Event::Ring { from: "+15550100007".to_owned() });
    bench.pass(10_000);
    bench.happen(0, Event::Hangup);
    insta::assert_snapshot!(bench.seen, @"
    2> ATS0=2
    2< OK
    0< RING
    1< RING
    2< RING
    0< RING
    1< RING
    2< RING
    2< NO CARRIER
    ");
}

#[test]
fn power_is_of_all_ports() {
    let mut bench = Bench::new(&["boot.silent=500ms"]);
    bench.say(1, "AT+CMEE=1");
    bench.say(1, "AT+CFUN=1,1");
    bench.say(0, "AT");
    bench.pass(2_000);
    bench.say(0, "AT");
    bench.say(1, "AT+CMEE?");
    insta::assert_snapshot!(bench.seen, @"
    1> AT+CMEE=1
    1< OK
    1> AT+CFUN=1,1
    1< OK
    0> AT
    0> AT
    0< OK
    1> AT+CMEE?
    1< +CMEE: 0
    1< OK
    ");
}

#[test]
fn a_message_is_told_on_each_port_in_its_own_way() {
    let mut bench = Bench::new(&[]);
    bench.say(0, "AT+CNMI=2,1");
    bench.say(1, "AT+CMGF=1;+CNMI=0,1");
    let message = |text: &str| Event::Sms { from: "+15557654321".to_owned(), text: text.to_owned() };
    bench.happen(0, message("stored"));
    bench.say(1, "AT+CNMI=2,2;+CSMS=1");
    bench.happen(0, message("shown"));
    bench.say(0, "AT+CNMA");
    insta::assert_snapshot!(bench.seen, @r#"
    0> AT+CNMI=2,1
    0< OK
    1> AT+CMGF=1;+CNMI=0,1
    1< OK
    0< +CMTI: "SM",1
    1> AT+CNMI=2,2;+CSMS=1
    1< +CSMS: 1,1,1
    1< OK
    1< +CMTI: "SM",1
    1< +CMT: "+15557654321",,"80/01/06,00:00:01+00"
    1< shown
    0> AT+CNMA
    0< OK
    "#);
}

#[test]
fn what_a_port_hangs_up_or_resets_is_its_own() {
    let mut bench = Bench::new(&["call.alerting=0", "call.answer=0"]);
    bench.say(0, "ATE0D*99#");
    bench.pass(1_000);
    bench.say(1, "ATE0H");
    bench.say(2, "ATE0Z");
    let lines = bench.ports.map(|port| bench.modem.transmit_on(port).expect("the port").lines().dcd);
    assert_eq!(lines, [true, false, false]);
    bench.say(1, "ATD+15550100007;");
    bench.pass(1_000);
    bench.say(2, "ATZ");
    bench.say(2, "AT+CLCC");
    bench.say(1, "ATZ");
    bench.say(2, "AT+CLCC");
    insta::assert_snapshot!(bench.seen, @r#"
    0> ATE0D*99#
    0< CONNECT 150000000
    1> ATE0H
    1< OK
    2> ATE0Z
    2< OK
    1> ATD+15550100007;
    1< OK
    2> ATZ
    2< OK
    2> AT+CLCC
    2< +CLCC: 1,0,0,0,0,"+15550100007",145
    2< OK
    1> ATZ
    1< OK
    2> AT+CLCC
    2< OK
    "#);
}
