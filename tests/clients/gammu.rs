//! gammu(1): a phone manager, which probes what it talks to with vendors' commands first.

use crate::modem::{IMEI, Modem, Outcome, installed, run};

fn gammu(modem: &Modem, command: &str) -> Option<Outcome> {
    gammu_with(modem, &[command])
}

fn gammu_with(modem: &Modem, words: &[&str]) -> Option<Outcome> {
    let gammu = installed("gammu")?;
    let configuration = modem.folder().join("gammurc");
    let text = format!("[gammu]\ndevice={}\nconnection=at115200\n", modem.link().display());
    std::fs::write(&configuration, text).expect("a configuration file");
    let configuration = configuration.to_str().expect("a path in ASCII");
    Some(run(&gammu, ["-c", configuration].iter().chain(words).copied()))
}

#[test]
fn gammu_identifies_the_modem() {
    let modem = Modem::start(&[]);
    let Some(gammu) = gammu(&modem, "identify") else { return };
    assert!(gammu.status.success(), "{}{}", gammu.stdout, gammu.stderr);
    assert!(gammu.stdout.contains("Manufacturer         : atgate"), "{}", gammu.stdout);
    assert!(gammu.stdout.contains(&format!("IMEI                 : {IMEI}")), "{}", gammu.stdout);
}

#[test]
fn gammu_sees_the_home_network() {
    let modem = Modem::start(&[]);
    let Some(gammu) = gammu(&modem, "networkinfo") else { return };
    assert!(gammu.status.success(), "{}{}", gammu.stdout, gammu.stderr);
    assert!(gammu.stdout.contains("Network state        : home network"), "{}", gammu.stdout);
    assert!(gammu.stdout.contains("GPRS                 : attached"), "{}", gammu.stdout);
}

#[test]
fn gammu_sees_that_a_blocked_device_is_denied() {
    let modem = Modem::start(&["--block", IMEI]);
    let Some(gammu) = gammu(&modem, "networkinfo") else { return };
    assert!(gammu.stdout.contains("Network state        : registration to network denied"), "{}", gammu.stdout);
}

#[test]
fn gammu_sends_messages_plain_long_and_in_unicode() {
    let modem = Modem::start(&[]);
    modem.registered();
    let long = "word after word ".repeat(20);
    let words = ["sendsms", "TEXT", "+15551234567", "-text", "hello"];
    let Some(sent) = gammu_with(&modem, &words) else { return };
    assert!(sent.status.success(), "{}{}", sent.stdout, sent.stderr);
    let words = ["sendsms", "TEXT", "+15551234567", "-len", "400", "-text", long.trim()];
    let Some(sent) = gammu_with(&modem, &words) else { return };
    assert!(sent.status.success(), "{}{}", sent.stdout, sent.stderr);
    assert_eq!(modem.ctl(&["sent"]).stdout, format!("+15551234567\thello\n+15551234567\t{}\n", long.trim()));
}

#[test]
fn gammu_reads_what_came_and_deletes_it() {
    let modem = Modem::start(&[]);
    modem.registered();
    modem.does(&["sms", "from", "+15557654321", "first of all"]);
    modem.does(&["sms", "from", "+15557654322", "second of all"]);
    let Some(read) = gammu(&modem, "getallsms") else { return };
    assert!(read.stdout.contains("first of all") && read.stdout.contains("second of all"), "{}", read.stdout);
    assert!(read.stdout.contains("\"+15557654321\""), "{}", read.stdout);
    assert!(read.stdout.contains("UnRead"), "{}", read.stdout);
    let Some(gone) = gammu_with(&modem, &["deleteallsms", "1"]) else { return };
    assert!(gone.status.success(), "{}{}", gone.stdout, gone.stderr);
    let state = modem.ctl(&["state"]).stdout;
    assert!(state.lines().any(|line| line.starts_with("sms.stored ") && line.ends_with(" 0")), "{state}");
}

#[test]
fn gammu_asks_by_ussd_and_reads_the_phone_book() {
    let contacts = "sim.contacts=[{ number = \"+15550100007\", name = \"Gate\" }]";
    let modem = Modem::start(&["--set", "network.ussd.'*100#'=Balance: 12.34", "--set", contacts]);
    modem.registered();
    let Some(asked) = gammu_with(&modem, &["getussd", "*100#"]) else { return };
    assert!(asked.stdout.contains("Balance: 12.34"), "{}{}", asked.stdout, asked.stderr);
    let Some(book) = gammu_with(&modem, &["getmemory", "SM", "1"]) else { return };
    assert!(book.stdout.contains("+15550100007") && book.stdout.contains("Gate"), "{}{}", book.stdout, book.stderr);
}

#[test]
fn gammu_enters_the_pin() {
    let modem = Modem::start(&["--set", "sim.pin=2468"]);
    let Some(locked) = gammu(&modem, "getsecuritystatus") else { return };
    assert!(locked.stdout.contains("Waiting for PIN"), "{}{}", locked.stdout, locked.stderr);
    let Some(wrong) = gammu_with(&modem, &["entersecuritycode", "PIN", "1111"]) else { return };
    assert!(!wrong.status.success(), "{}{}", wrong.stdout, wrong.stderr);
    let Some(right) = gammu_with(&modem, &["entersecuritycode", "PIN", "2468"]) else { return };
    assert!(right.status.success(), "{}{}", right.stdout, right.stderr);
    let Some(open) = gammu(&modem, "getsecuritystatus") else { return };
    assert!(open.stdout.contains("Nothing to enter"), "{}{}", open.stdout, open.stderr);
}
