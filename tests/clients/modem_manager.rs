//! ModemManager, unmodified: what it says of the modem through mmcli.
//!
//! Each daemon has a bus of its own and finds its modem on an abstract socket, as a module whose port is given to it.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bus::{Bus, Daemon, until};
use crate::modem::{IMEI, Modem, Outcome, installed, run_with};

const NAME: &str = "org.freedesktop.ModemManager1";

/// A ModemManager that has found its modem.
pub(crate) struct Manager {
    modem: Modem,
    bus: Bus,
    mmcli: std::path::PathBuf,
    _daemon: Daemon,
}

impl Manager {
    pub(crate) fn start(arguments: &[&str]) -> Option<Manager> {
        let (program, mmcli) = (installed("ModemManager")?, installed("mmcli")?);
        let bus = Bus::start()?;
        let folder = tempfile::tempdir().expect("a folder");
        let socket = format!("abstract:{}", folder.path().display());
        let modem = Modem::start(&[&["--unix", &format!("@{socket}")], arguments].concat());
        let log = std::fs::File::create(modem.folder().join("manager.log")).expect("a log");
        let daemon = Command::new(program)
            .args(["--test-session", "--test-enable", "--test-no-udev", "--test-no-suspend-resume"])
            .args(["--test-no-qrtr", "--no-auto-scan", "--debug"])
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("ModemManager starts");
        let manager = Manager { modem, bus, mmcli, _daemon: Daemon(daemon) };
        let profile = [NAME, "/org/freedesktop/ModemManager1", "org.freedesktop.ModemManager1.Test.SetProfile"];
        until("ModemManager", || {
            let [name, path, method] = profile;
            let told = manager.bus.call(name, path, method, &["ID", "generic", &format!("['{socket}']")]);
            if told.status.success() { Ok(()) } else { Err(told.stderr) }
        });
        until("the modem", || {
            let listed = manager.mmcli(&["-L"]);
            if listed.stdout.contains("/Modem/") { Ok(()) } else { Err(listed.stdout + &listed.stderr) }
        });
        Some(manager)
    }

    /// The same, enabled.
    pub(crate) fn enabled(arguments: &[&str]) -> Option<Manager> {
        let manager = Manager::start(arguments)?;
        manager.enable();
        Some(manager)
    }

    pub(crate) fn enable(&self) {
        let told = self.mmcli(&["-m", "any", "-e"]);
        assert!(told.status.success(), "{}{}", told.stderr, self.log());
    }

    pub(crate) fn mmcli(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(&self.mmcli);
        command.arg("--test-session").args(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus.address);
        run_with(&mut command, b"")
    }

    /// What it says of the modem, by a pointer into mmcli's JSON.
    pub(crate) fn says(&self, pointer: &str) -> String {
        text(&self.json(&["-m", "any"]), &format!("/modem{pointer}"))
    }

    /// What mmcli says, as JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let told = self.mmcli(&[arguments, &["-J"]].concat());
        serde_json::from_str(&told.stdout).unwrap_or_else(|_| Value::String(told.stdout + &told.stderr))
    }

    /// Waits until it says this of the modem.
    pub(crate) fn comes_to_say(&self, pointer: &str, wanted: &str) {
        until(&format!("{pointer} {wanted}"), || {
            let said = self.says(pointer);
            if said == wanted { Ok(()) } else { Err(said) }
        });
    }

    pub(crate) fn modem(&self) -> &Modem {
        &self.modem
    }

    fn log(&self) -> String {
        let log = std::fs::read_to_string(self.modem.folder().join("manager.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

/// What stands at a pointer, strings without their quotes.
pub(crate) fn text(json: &Value, pointer: &str) -> String {
    match json.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => format!("nothing at {pointer} in {json}"),
    }
}

#[test]
fn the_manager_reports_the_identity_the_card_and_the_network() {
    let Some(manager) = Manager::enabled(&["--set", "network.operator=Testnet", "--set", "sim.msisdn=+15550100042"])
    else {
        return;
    };
    manager.comes_to_say("/3gpp/registration-state", "home");
    assert_eq!(manager.says("/generic/equipment-identifier"), IMEI);
    assert_eq!(manager.says("/3gpp/imei"), IMEI);
    assert_eq!(manager.says("/generic/manufacturer"), "atgate");
    assert_eq!(manager.says("/3gpp/operator-code"), "00101");
    manager.comes_to_say("/3gpp/operator-name", "Testnet");
    assert_eq!(manager.says("/generic/own-numbers"), r#"["+15550100042"]"#);
    manager.comes_to_say("/generic/state", "registered");
    manager.comes_to_say("/generic/access-technologies", r#"["lte"]"#);
    manager.comes_to_say("/generic/signal-quality/value", "80");
    let sim = manager.json(&["-i", &manager.says("/generic/sim")]);
    assert_eq!(text(&sim, "/sim/properties/imsi"), "001010123456789");
    assert_eq!(text(&sim, "/sim/properties/iccid"), "8999901000000000013");
    assert_eq!(text(&sim, "/sim/properties/operator-code"), "00101");
}

#[test]
fn the_manager_says_denied_of_a_device_on_the_block_list() {
    let Some(manager) = Manager::enabled(&["--block", IMEI]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "denied");
    assert_eq!(manager.says("/generic/state"), "enabled");
    assert_eq!(manager.says("/3gpp/packet-service-state"), "detached");
    assert_eq!(manager.says("/3gpp/imei"), IMEI);
}

#[test]
fn the_manager_sees_roaming_and_a_network_out_of_reach() {
    let Some(manager) = Manager::enabled(&["--set", "network.plmn=99999", "--set", "network.operator=Far"]) else {
        return;
    };
    manager.comes_to_say("/3gpp/registration-state", "roaming");
    assert_eq!(manager.says("/3gpp/operator-code"), "99999");
    drop(manager);
    let Some(manager) = Manager::enabled(&["--set", "network.coverage=false"]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "searching");
    assert_eq!(manager.says("/generic/state"), "searching");
}

#[test]
fn the_manager_unlocks_a_card_with_its_pin_and_counts_wrong_ones() {
    let Some(manager) = Manager::start(&["--set", "sim.pin=2468"]) else { return };
    manager.comes_to_say("/generic/state", "locked");
    assert_eq!(manager.says("/generic/unlock-required"), "sim-pin");
    let sim = until("the card", || {
        let sim = manager.says("/generic/sim");
        if sim.starts_with('/') { Ok(sim) } else { Err(sim) }
    });
    let wrong = manager.mmcli(&["-i", &sim, "--pin=1111"]);
    assert!(!wrong.status.success(), "{}", wrong.stdout);
    assert!(wrong.stderr.contains("IncorrectPassword"), "{}", wrong.stderr);
    until("the count of tries", || {
        let left = manager.says("/generic/unlock-retries");
        if left.contains("sim-pin (2)") { Ok(()) } else { Err(left) }
    });
    let right = manager.mmcli(&["-i", &sim, "--pin=2468"]);
    assert!(right.status.success(), "{}", right.stderr);
    manager.comes_to_say("/generic/state", "disabled");
    manager.enable();
    manager.comes_to_say("/3gpp/registration-state", "home");
}

#[test]
fn the_manager_finds_the_networks_in_reach() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let found = manager.mmcli(&["-m", "any", "--3gpp-scan", "--timeout=50"]).stdout;
    assert!(found.contains("00101 - Test Network (lte, current)"), "{found}");
    assert!(found.contains("99970 - Other Network (lte, forbidden)"), "{found}");
}

#[test]
fn the_manager_follows_the_network_as_it_changes() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let modem = manager.modem();
    modem.does(&["network", "lose"]);
    manager.comes_to_say("/3gpp/registration-state", "searching");
    modem.does(&["network", "find"]);
    manager.comes_to_say("/3gpp/registration-state", "home");
    modem.does(&["network", "roam", "99999"]);
    manager.comes_to_say("/3gpp/registration-state", "roaming");
    manager.comes_to_say("/3gpp/operator-code", "99999");
    modem.does(&["register", "block", "{imei}"]);
    modem.does(&["network", "identity-check"]);
    manager.comes_to_say("/3gpp/registration-state", "denied");
}

#[test]
fn the_manager_asks_by_ussd_through_a_menu() {
    let menu = r#"network.ussd.'*123#'={ text = "1 balance\n2 help", replies = { "1" = "Account: 12.34" } }"#;
    let Some(manager) = Manager::enabled(&["--set", menu, "--set", "network.ussd.'*100#'=Balance: 12.34"]) else {
        return;
    };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let asked = manager.mmcli(&["-m", "any", "--3gpp-ussd-initiate=*100#"]);
    assert!(asked.stdout.contains("Balance: 12.34"), "{}{}", asked.stdout, asked.stderr);
    let asked = manager.mmcli(&["-m", "any", "--3gpp-ussd-initiate=*123#"]);
    assert!(asked.stdout.contains("1 balance"), "{}{}", asked.stdout, asked.stderr);
    let answered = manager.mmcli(&["-m", "any", "--3gpp-ussd-respond=1"]);
    assert!(answered.stdout.contains("Account: 12.34"), "{}{}", answered.stdout, answered.stderr);
}

impl Manager {
    /// The one message that has this at a pointer into mmcli's JSON, with its path.
    fn message(&self, pointer: &str, wanted: &str) -> (String, Value) {
        until(wanted, || {
            let list = self.json(&["-m", "any", "--messaging-list-sms"]);
            let paths = list.pointer("/modem.messaging.sms").and_then(Value::as_array).cloned().unwrap_or_default();
            let mut seen = format!("{list}");
            for path in paths.iter().filter_map(Value::as_str) {
                let message = self.json(&["-s", path]);
                if text(&message, pointer) == wanted {
                    return Ok((path.to_owned(), message));
                }
                seen += &message.to_string();
            }
            Err(seen)
        })
    }

    /// Makes a message and sends it; its path.
    fn send(&self, words: &str) -> String {
        let made = self.mmcli(&["-m", "any", &format!("--messaging-create-sms={words}")]);
        let path = made.stdout.split_whitespace().find(|word| word.contains("/SMS/")).unwrap_or_default().to_owned();
        assert!(!path.is_empty(), "{}{}", made.stdout, made.stderr);
        let sent = self.mmcli(&["-s", &path, "--send"]);
        assert!(sent.status.success(), "{}{}", sent.stderr, self.log());
        path
    }
}

#[test]
fn the_manager_is_told_of_messages_reads_and_deletes_them() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    manager.modem().does(&["sms", "from", "+15557654321", "hello"]);
    let (path, message) = manager.message("/sms/content/text", "hello");
    assert_eq!(text(&message, "/sms/content/number"), "+15557654321");
    assert_eq!(text(&message, "/sms/properties/state"), "received");
    let long = "one word after the other, ".repeat(12);
    manager.modem().does(&["sms", "from", "+15557654322", long.trim()]);
    manager.message("/sms/content/text", long.trim());
    let deleted = manager.mmcli(&["-m", "any", &format!("--messaging-delete-sms={path}")]);
    assert!(deleted.status.success(), "{}", deleted.stderr);
    until("one less", || {
        let stored = manager.modem().ctl(&["state", "--json"]).stdout;
        if stored.contains("\"received\":4") && stored.contains("\"stored\":3") { Ok(()) } else { Err(stored) }
    });
}

#[test]
fn the_manager_sends_messages_and_hears_that_they_came() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let path = manager.send("text='an answer',number='+15551234567',delivery-report-request='yes'");
    let sent = manager.json(&["-s", &path]);
    assert_eq!(text(&sent, "/sms/properties/state"), "sent");
    // It keeps the report as a message of its own, with the reference of the one that it is of.
    let (_, report) = manager.message("/sms/properties/delivery-state", "completed-received");
    assert_eq!(text(&report, "/sms/properties/message-reference"), text(&sent, "/sms/properties/message-reference"));
    let long = "a long answer with many words in it, one after the other; ".repeat(5);
    manager.send(&format!("text='{}',number='+15551234567'", long.trim()));
    let sent = manager.modem().ctl(&["sent"]).stdout;
    assert_eq!(sent, format!("+15551234567\tan answer\n+15551234567\t{}\n", long.trim()));
}

#[test]
fn the_manager_connects_a_context_and_disconnects_it() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let connected = manager.mmcli(&["-m", "any", "--simple-connect=apn=internet"]);
    assert!(connected.status.success(), "{}{}", connected.stderr, manager.log());
    manager.comes_to_say("/generic/state", "connected");
    let bearer = manager.says("/generic/bearers").replace(['[', ']', '"'], "");
    let bearer = manager.json(&["-b", &bearer]);
    assert_eq!(text(&bearer, "/bearer/status/connected"), "yes");
    assert_eq!(text(&bearer, "/bearer/properties/apn"), "internet");
    let gone = manager.mmcli(&["-m", "any", "--simple-disconnect"]);
    assert!(gone.status.success(), "{}", gone.stderr);
    manager.comes_to_say("/generic/state", "registered");
}

#[test]
fn the_manager_says_why_a_context_is_refused() {
    let apns = "network.apns=[{ name = \"internet\" }]";
    let Some(manager) = Manager::enabled(&["--set", apns]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let refused = manager.mmcli(&["-m", "any", "--simple-connect=apn=nowhere"]);
    assert!(!refused.status.success(), "{}", refused.stdout);
    manager.comes_to_say("/generic/state", "registered");
}

#[test]
fn the_manager_calls_and_is_called() {
    let Some(manager) = Manager::enabled(&[]) else { return };
    manager.comes_to_say("/3gpp/registration-state", "home");
    let made = manager.mmcli(&["-m", "any", "--voice-create-call=number=+15553332222"]);
    let path = made.stdout.split_whitespace().find(|word| word.contains("/Call/")).unwrap_or_default().to_owned();
    let started = manager.mmcli(&["-o", &path, "--start"]);
    assert!(started.status.success(), "{}{}", started.stderr, manager.log());
    let state = |path: &str, wanted: &str| {
        until(wanted, || {
            let call = manager.json(&["-o", path]);
            if text(&call, "/call/properties/state") == wanted { Ok(call) } else { Err(call.to_string()) }
        })
    };
    state(&path, "active");
    let ended = manager.mmcli(&["-o", &path, "--hangup"]);
    assert!(ended.status.success(), "{}", ended.stderr);
    state(&path, "terminated");

    manager.modem().does(&["ring", "from", "+15554443333"]);
    let coming = until("the call that comes in", || {
        let list = manager.json(&["-m", "any", "--voice-list-calls"]);
        let paths = list.pointer("/modem.voice.call").and_then(Value::as_array).cloned().unwrap_or_default();
        let coming = paths.iter().filter_map(Value::as_str).find(|other| **other != path);
        coming.map(str::to_owned).ok_or_else(|| list.to_string())
    });
    let call = state(&coming, "ringing-in");
    assert_eq!(text(&call, "/call/properties/direction"), "incoming");
    until("its number", || {
        let number = text(&manager.json(&["-o", &coming]), "/call/properties/number");
        if number == "+15554443333" { Ok(()) } else { Err(number) }
    });
    let taken = manager.mmcli(&["-o", &coming, "--accept"]);
    assert!(taken.status.success(), "{}", taken.stderr);
    state(&coming, "active");
    manager.modem().does(&["hangup"]);
    state(&coming, "terminated");
}

#[test]
fn the_manager_unblocks_a_card_with_its_puk() {
    let Some(manager) = Manager::start(&["--set", "sim.pin=2468", "--set", "sim.puk=13572468"]) else { return };
    manager.comes_to_say("/generic/state", "locked");
    manager.modem().does(&["sim", "block"]);
    // It makes a new object of the card whenever that locks in another way.
    let enter = |words: &[&str]| {
        let sim = until("the card", || {
            let sim = manager.says("/generic/sim");
            if sim.starts_with('/') { Ok(sim) } else { Err(sim) }
        });
        manager.mmcli(&[&["-i", &sim], words].concat())
    };
    // It asks the card again when it has been refused a PIN.
    let refused = enter(&["--pin=2468"]);
    assert!(!refused.status.success(), "{}", refused.stdout);
    manager.comes_to_say("/generic/unlock-required", "sim-puk");
    let wrong = enter(&["--puk=00000000", "--pin=1111"]);
    assert!(!wrong.status.success(), "{}", wrong.stdout);
    let right = enter(&["--puk=13572468", "--pin=1111"]);
    assert!(right.status.success(), "{}", right.stderr);
    manager.comes_to_say("/generic/state", "disabled");
}
