//! python-gsmmodem, the library of many a test bench: identity, network, messages both ways, USSD, calls.

use std::path::{Path, PathBuf};

use crate::modem::{IMEI, Modem, Outcome, missing, run};

/// Where `.ci/clients-install` puts what comes from PyPI.
fn python() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
    if !python.exists() || !run(&python, ["-c", "import gsmmodem"]).status.success() {
        missing("python-gsmmodem");
        return None;
    }
    Some(python)
}

/// Runs a script with a connected `modem`, and `ctl` to tell the modem what happens.
fn played(modem: &Modem, script: &str) -> Option<Outcome> {
    let python = python()?;
    let script = format!(
        "
import subprocess, threading
from gsmmodem.modem import GsmModem
texts, calls, came = [], [], threading.Event()
def text(message):
    texts.append(message)
    came.set()
def call(call):
    calls.append(call)
    came.set()
def ctl(*words):
    subprocess.run(['{atgate}', 'ctl', '{control}', *words], check=True)
modem = GsmModem('{link}', 115200, smsReceivedCallbackFunc=text, incomingCallCallbackFunc=call)
modem.connect()
modem.waitForNetworkCoverage(20)
{script}
modem.close()
",
        atgate = env!("CARGO_BIN_EXE_atgate"),
        control = modem.control().display(),
        link = modem.link().display(),
    );
    let outcome = run(&python, ["-c", &script]);
    assert!(outcome.status.success(), "{}{}", outcome.stdout, outcome.stderr);
    Some(outcome)
}

#[test]
fn gsmmodem_reads_identity_card_and_network() {
    let modem = Modem::start(&["--set", "network.operator=Testnet"]);
    let script =
        "print(modem.manufacturer, modem.model, modem.imei, modem.imsi, modem.networkName, modem.signalStrength)";
    let Some(seen) = played(&modem, script) else { return };
    assert_eq!(seen.stdout.trim(), format!("atgate generic-lte {IMEI} 001010123456789 Testnet 21"));
}

#[test]
fn gsmmodem_sends_a_message_and_gets_its_report() {
    let modem = Modem::start(&[]);
    let script = "
sent = modem.sendSms('+15551234567', 'hello from the bench', waitForDeliveryReport=True, deliveryTimeout=20)
print(sent.status == sent.DELIVERED)
modem.sendSms('+15551234567', '\\u017elu\\u0165ou\\u010dk\\u00fd k\\u016f\\u0148')";
    let Some(seen) = played(&modem, script) else { return };
    assert_eq!(seen.stdout.trim(), "True");
    assert_eq!(modem.ctl(&["sent"]).stdout, "+15551234567\thello from the bench\n+15551234567\tžluťoučký kůň\n");
}

#[test]
fn gsmmodem_is_told_of_messages_and_reads_them() {
    let modem = Modem::start(&[]);
    let script = "
ctl('sms', 'from', '+15557654321', 'hello')
assert came.wait(20)
print(texts[0].number, texts[0].text)";
    let Some(seen) = played(&modem, script) else { return };
    assert_eq!(seen.stdout.trim(), "+15557654321 hello");
}

#[test]
fn gsmmodem_asks_by_ussd() {
    let modem = Modem::start(&["--set", "network.ussd.'*100#'=Balance: 12.34"]);
    let script = "print(modem.sendUssd('*100#', 20).message)";
    let Some(seen) = played(&modem, script) else { return };
    assert_eq!(seen.stdout.trim(), "Balance: 12.34");
}

#[test]
fn gsmmodem_hears_a_call_with_its_number_and_answers_it() {
    let modem = Modem::start(&[]);
    let script = "
ctl('ring', 'from', '+15557654321')
assert came.wait(20)
print(calls[0].number)
calls[0].answer()
print(calls[0].answered)
calls[0].hangup()";
    let Some(seen) = played(&modem, script) else { return };
    assert_eq!(seen.stdout.trim(), "+15557654321\nTrue");
}
