//! oFono, unmodified: its phonesim driver is a TCP client of the modem, alone or through its own multiplexer.

use std::process::{Command, Stdio};

use crate::bus::{Bus, Daemon, until};
use crate::modem::{IMEI, Modem, installed};

/// An oFono whose modem is powered.
pub(crate) struct Ofono {
    modem: Modem,
    bus: Bus,
    _daemon: Daemon,
}

impl Ofono {
    /// Powered; `settings` are lines of the driver's configuration.
    pub(crate) fn powered(settings: &str, arguments: &[&str]) -> Option<Ofono> {
        let program = installed("ofonod")?;
        let bus = Bus::start()?;
        let mut modem = Modem::start(&[&["--tcp", "0"], arguments].concat());
        let told = modem.line();
        let number: String = told.trim_end_matches(" modem0").rsplit(':').next().unwrap_or_default().to_owned();
        let config = modem.folder().join("phonesim.conf");
        let text = format!("[phonesim]\nDriver=phonesim\nAddress=127.0.0.1\nPort={number}\n{settings}\n");
        std::fs::write(&config, text).expect("its configuration");
        let log = std::fs::File::create(modem.folder().join("ofono.log")).expect("a log");
        let daemon = Command::new(program)
            .args(["-n", "-d"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)
            .env("OFONO_PHONESIM_CONFIG", config)
            .env("OFONO_AT_DEBUG", "1")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("oFono starts");
        let ofono = Ofono { modem, bus, _daemon: Daemon(daemon) };
        until("oFono's modem", || ofono.call("Modem.SetProperty", &["Powered", "<true>"]));
        Some(ofono)
    }

    /// Powered and online.
    pub(crate) fn online(settings: &str, arguments: &[&str]) -> Option<Ofono> {
        let ofono = Ofono::powered(settings, arguments)?;
        until("the modem online", || ofono.call("Modem.SetProperty", &["Online", "<true>"]));
        Some(ofono)
    }

    /// Calls a method of an interface of the modem.
    ///
    /// # Errors
    /// What oFono says instead.
    pub(crate) fn call(&self, method: &str, arguments: &[&str]) -> Result<String, String> {
        self.call_on("/phonesim", method, arguments)
    }

    pub(crate) fn call_on(&self, path: &str, method: &str, arguments: &[&str]) -> Result<String, String> {
        let told = self.bus.call("org.ofono", path, &format!("org.ofono.{method}"), arguments);
        if told.status.success() { Ok(told.stdout) } else { Err(told.stderr) }
    }

    /// Waits until an interface's properties contain this, in GVariant's text form.
    pub(crate) fn comes_to_say(&self, interface: &str, wanted: &str) {
        until(wanted, || {
            let said = self.call(&format!("{interface}.GetProperties"), &[])?;
            if said.contains(wanted) { Ok(()) } else { Err(said) }
        });
    }
}

/// It detaches from packet services where they would roam or the network is lost, and in E-UTRAN alone nothing is left then;
/// in UTRAN the circuit-switched registration stands by itself.
const UTRAN: [&str; 4] = ["--set", "network.tech=utran", "--set", "network.techs=[\"utran\"]"];

#[test]
fn ofono_reports_the_identity_the_card_and_the_network() {
    let Some(ofono) = Ofono::online("", &["--set", "network.operator=Testnet"]) else { return };
    ofono.comes_to_say("Modem", &format!("'Serial': <'{IMEI}'>"));
    ofono.comes_to_say("SimManager", "'SubscriberIdentity': <'001010123456789'>");
    ofono.comes_to_say("SimManager", "'CardIdentifier': <'8999901000000000013'>");
    ofono.comes_to_say("SimManager", "'+15550100001'");
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    // The card's own name for its provider, and the operator's.
    ofono.comes_to_say("NetworkRegistration", "'Name': <'Test Network (Testnet)'>");
    ofono.comes_to_say("NetworkRegistration", "'MobileNetworkCode': <'01'>");
    ofono.comes_to_say("NetworkRegistration", "'Technology': <'lte'>");
}

#[test]
fn ofono_says_denied_of_a_device_on_the_block_list() {
    let Some(ofono) = Ofono::online("", &["--block", IMEI]) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'denied'>");
    ofono.comes_to_say("Modem", &format!("'Serial': <'{IMEI}'>"));
}

#[test]
fn ofono_sees_roaming() {
    let Some(ofono) = Ofono::online("", &[&UTRAN[..], &["--set", "network.plmn=99999"]].concat()) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'roaming'>");
    ofono.comes_to_say("NetworkRegistration", "'MobileCountryCode': <'999'>");
}

#[test]
fn ofono_enters_the_pin_and_it_stays_entered() {
    let Some(ofono) = Ofono::powered("", &["--set", "sim.pin=2468"]) else { return };
    ofono.comes_to_say("SimManager", "'PinRequired': <'pin'>");
    let wrong = ofono.call("SimManager.EnterPin", &["pin", "1111"]).expect_err("it is the wrong one");
    assert!(wrong.contains("org.ofono.Error"), "{wrong}");
    // Its driver waits for a notice of the simulator alone, and may say that it had none: what counts is the card.
    let _ = ofono.call("SimManager.EnterPin", &["pin", "2468"]);
    until("the card", || {
        let state = ofono.modem.ctl(&["state"]).stdout;
        let ready = state.lines().any(|line| line.starts_with("sim.state ") && line.ends_with(" ready"));
        if ready { Ok(()) } else { Err(state) }
    });
}

#[test]
fn ofono_speaks_through_its_own_multiplexer_in_both_options() {
    for modes in ["0-1", "0"] {
        let modes = format!("mux.modes={modes}");
        let Some(ofono) = Ofono::powered("Multiplexer=internal", &["--set", &modes]) else { return };
        ofono.comes_to_say("Modem", &format!("'Serial': <'{IMEI}'>"));
        ofono.comes_to_say("Modem", "'Model': <'generic-lte'>");
    }
}

#[test]
fn ofono_asks_by_ussd() {
    let Some(ofono) = Ofono::online("", &["--set", "network.ussd.'*100#'=Balance: 12.34"]) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    let told = until("an answer", || ofono.call("SupplementaryServices.Initiate", &["*100#"]));
    assert!(told.contains("'USSD', <'Balance: 12.34'>"), "{told}");
}

#[test]
fn ofono_follows_the_network_as_it_changes() {
    let Some(ofono) = Ofono::online("", &UTRAN) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    ofono.modem.does(&["network", "lose"]);
    ofono.comes_to_say("NetworkRegistration", "'Status': <'searching'>");
    ofono.modem.does(&["network", "find"]);
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    ofono.modem.does(&["register", "block", "{imei}"]);
    ofono.modem.does(&["network", "identity-check"]);
    ofono.comes_to_say("NetworkRegistration", "'Status': <'denied'>");
}

#[test]
fn ofono_sends_messages_and_is_told_of_those_that_come() {
    // It keeps what it has not sent with the IMSI, beyond its own end: this one is of this test alone.
    let Some(ofono) = Ofono::online("", &["--set", "sim.imsi=001010123456701"]) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    until("the messages", || ofono.call("MessageManager.GetProperties", &[]));
    let heard = ofono.bus.monitor("org.ofono");
    ofono.modem.does(&["sms", "from", "+15557654321", "hello from the network"]);
    heard.comes_to_hold("IncomingMessage ('hello from the network'");
    heard.comes_to_hold("'Sender': <'+15557654321'>");
    let long = "žluťoučký kůň ".repeat(12);
    ofono.call("MessageManager.SendMessage", &["+15551234567", "an answer"]).expect("it takes it");
    ofono.call("MessageManager.SendMessage", &["+15551234567", long.trim()]).expect("it takes it");
    let wanted = format!("+15551234567\tan answer\n+15551234567\t{}\n", long.trim());
    until(&wanted, || {
        let sent = ofono.modem.ctl(&["sent"]).stdout;
        if sent == wanted { Ok(()) } else { Err(sent) }
    });
}

#[test]
fn ofono_activates_a_context_and_lets_it_go() {
    let Some(ofono) = Ofono::online("", &UTRAN) else { return };
    ofono.comes_to_say("ConnectionManager", "'Attached': <true>");
    let added = until("a context", || ofono.call("ConnectionManager.AddContext", &["internet"]));
    let path = added.split('\'').nth(1).expect("a path").to_owned();
    let set = |name: &str, value: &str| ofono.call_on(&path, "ConnectionContext.SetProperty", &[name, value]);
    set("AccessPointName", "<'internet'>").expect("a name");
    until("the context", || set("Active", "<true>"));
    let state = ofono.modem.ctl(&["state"]).stdout;
    assert!(state.lines().any(|line| line.starts_with("packet.active ") && line.ends_with(" 1")), "{state}");
    let said = ofono.call_on(&path, "ConnectionContext.GetProperties", &[]).expect("its properties");
    assert!(said.contains("'Active': <true>"), "{said}");
    set("Active", "<false>").expect("it goes");
    let state = ofono.modem.ctl(&["state"]).stdout;
    assert!(state.lines().any(|line| line.starts_with("packet.active ") && line.ends_with(" 0")), "{state}");
}

#[test]
fn ofono_calls_and_is_called() {
    let Some(ofono) = Ofono::online("", &[]) else { return };
    ofono.comes_to_say("NetworkRegistration", "'Status': <'registered'>");
    let calls = |wanted: &[&str]| {
        until(&wanted.join(" "), || {
            let calls = ofono.call("VoiceCallManager.GetCalls", &[])?;
            if wanted.iter().all(|wanted| calls.contains(wanted)) { Ok(calls) } else { Err(calls) }
        })
    };
    let path = |calls: &str| calls.split('\'').nth(1).expect("a path").to_owned();
    ofono.call("VoiceCallManager.Dial", &["+15553332222", "''"]).expect("it dials");
    let dialled = calls(&["'State': <'active'>", "'LineIdentification': <'+15553332222'>"]);
    ofono.call_on(&path(&dialled), "VoiceCall.Hangup", &[]).expect("it hangs up");
    until("no call", || {
        let calls = ofono.call("VoiceCallManager.GetCalls", &[])?;
        if calls.contains("voicecall") { Err(calls) } else { Ok(()) }
    });
    ofono.modem.does(&["ring", "from", "+15554443333"]);
    let coming = calls(&["'State': <'incoming'>", "'LineIdentification': <'+15554443333'>"]);
    ofono.call_on(&path(&coming), "VoiceCall.Answer", &[]).expect("it answers");
    calls(&["'State': <'active'>"]);
    // A second one waits, and is taken with the first on hold.
    ofono.modem.does(&["ring", "from", "+15554443334"]);
    calls(&["'State': <'waiting'>"]);
    ofono.call("VoiceCallManager.HoldAndAnswer", &[]).expect("it holds the first one");
    calls(&["'State': <'held'>", "'State': <'active'>"]);
    ofono.call("VoiceCallManager.HangupAll", &[]).expect("they end");
}
