//! Waits until a board answers, and gives it the settings that its answers are read with.
//!
//! A board that was just plugged in boots, loses the first line while it finds the speed, echoes, and announces itself.

use std::time::Duration;

use tokio::time::Instant;

use super::dialog::{Dialog, Said, told};
use super::fault::{Fault, Kind};
use super::record::Record;
use super::settings::Settings;
use crate::port::Address;
use crate::rig::talk::Ended;

/// Between two knocks, the first ones closer: a modem that finds the speed by itself wants several.
const KNOCK: Duration = Duration::from_millis(500);
const KNOCK_LATER: Duration = Duration::from_secs(1);

/// The speeds at which modules are delivered, the commonest first.
const SPEEDS: [u32; 8] = [115_200, 9_600, 57_600, 460_800, 921_600, 230_400, 38_400, 19_200];

/// Waits until the board answers `AT` with `OK`; turns echo off, and errors by number on.
pub(super) async fn wait(dialog: &mut Dialog, settings: &Settings, record: &mut Record) -> Result<(), Fault> {
    let until = Instant::now() + settings.patience;
    let mut knocks = 0;
    while !dialog.knock(if knocks < 4 { KNOCK } else { KNOCK_LATER }).await? {
        knocks += 1;
        if Instant::now() >= until {
            return Err(unanswered(dialog, settings));
        }
        // A board that says ERROR, or noise, at once must not be asked in a tight circle.
        dialog.listen(Duration::from_millis(50), |_| false).await?;
    }
    if knocks > 0 {
        dialog.hush().await?;
    }
    record.mark(dialog.now(), "answers AT");
    // An echo is seen and cannot be asked for.
    if dialog.came().has_echo {
        dialog.put_back("ATE1");
    }
    if !dialog.ask("ATE0").await?.ended.is_success() {
        record.notes.push("it keeps its echo: ATE0 was refused".to_owned());
    }
    // Results as words: a number may then be an answer, as that of +CCHO is.
    dialog.get("ATV1").await?;
    dialog.remember("+CMEE").await?;
    let by_number = dialog.ask("AT+CMEE=1").await?.ended.is_success();
    if !by_number && !dialog.ask("AT+CMEE=2").await?.ended.is_success() {
        record.notes.push("it gives no reasons for errors: +CMEE was refused".to_owned());
    }
    for (at, line) in dialog.heard() {
        record.mark(at, line);
    }
    dialog.prepared();
    Ok(())
}

/// Turns the radio off, so that nothing attaches before it is checked, or any more; `when` says which of the two where
/// that is refused. Whether it is off.
pub(super) async fn radio_off(dialog: &mut Dialog, record: &mut Record, when: &str) -> Result<bool, Fault> {
    for command in ["AT+CFUN=4", "AT+CFUN=0"] {
        if matches!(dialog.get(command).await?, Said::Lines(_)) {
            record.mark(dialog.now(), format!("radio off: {command}"));
            return Ok(true);
        }
    }
    record.notes.push(format!("its radio could not be turned off {when}: +CFUN=4 and +CFUN=0 were refused"));
    Ok(false)
}

/// Turns the radio on.
pub(super) async fn radio_on(dialog: &mut Dialog, record: &mut Record) -> Result<(), Fault> {
    let reply = dialog.ask("AT+CFUN=1").await?;
    if reply.ended.is_success() {
        record.mark(dialog.now(), "radio on: AT+CFUN=1");
        return Ok(());
    }
    let said = match reply.ended {
        Ended::Final(result) => told(&result),
        Ended::Otherwise(text) => text,
        Ended::Connect | Ended::Prompt => "something that is no result".to_owned(),
    };
    Err(Fault::new(Kind::Modem, "radio", format!("AT+CFUN=1 was answered with {said}: the radio stays off"))
        .help("does the board need its card or its antenna first?"))
}

/// What the line says of a board that did not answer.
fn unanswered(dialog: &Dialog, settings: &Settings) -> Fault {
    let came = dialog.came();
    let waited = settings.patience.as_secs_f64();
    if came.noise * 4 > came.bytes {
        return Fault::new(
            Kind::Bench,
            "noise",
            format!(
                "{} of {} bytes that came in {waited} s are no text: the speed is likely another",
                came.noise, came.bytes
            ),
        )
        .help("give the port its speed: /dev/ttyUSB2?baud=9600");
    }
    if came.bytes > 0 {
        return Fault::new(Kind::Bench, "no-ok", format!("{} bytes came in {waited} s, but no OK to AT", came.bytes))
            .help("is it the module's AT port? `atgate console` shows what it says")
            .passing();
    }
    Fault::new(Kind::Bench, "silent", format!("not a byte came in {waited} s"))
        .help("is it powered, and is it the module's AT port? --patience waits longer")
        .passing()
}

/// For a board that sends noise: the speed at which it answers, if there is one. Only a serial port has a speed.
pub(super) async fn speed(address: &Address) -> Option<u32> {
    for baud in SPEEDS {
        let mut address = address.clone();
        match &mut address {
            Address::Serial { settings, .. } | Address::Rfc2217 { settings, .. } if settings.baud != baud => {
                settings.baud = baud;
            }
            Address::Serial { .. } | Address::Rfc2217 { .. } => continue,
            Address::Tcp { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => return None,
        }
        let Ok(mut dialog) = Dialog::open(&address, None, Instant::now()).await else { continue };
        for _ in 0..2 {
            if matches!(dialog.knock(KNOCK).await, Ok(true)) {
                return Some(baud);
            }
        }
    }
    None
}
