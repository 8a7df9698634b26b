//! gammu(1): a phone manager, which probes what it talks to with vendors' commands first.

use crate::modem::{IMEI, Modem, Outcome, installed, run};

fn gammu(modem: &Modem, command: &str) -> Option<Outcome> {
    let gammu = installed("gammu")?;
    let configuration = modem.folder().join("gammurc");
    let text = format!("[gammu]\ndevice={}\nconnection=at115200\n", modem.link().display());
    std::fs::write(&configuration, text).expect("a configuration file");
    Some(run(&gammu, ["-c", configuration.to_str().expect("a path in ASCII"), command]))
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
