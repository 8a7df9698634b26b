//! `atgate ports`: the serial ports of this machine, and the modems that are emulated on it; which of them answer AT, and what comes
//! and goes.

mod asked;
mod shown;

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::Args;

use super::signals::Signals;
use super::{CliError, Exit};
use crate::port::{Change, Changes, Grip, Listed, Lock, grips, holders, list};
use crate::rig::map::{DeviceMap, MapError, Plugged};

use shown::Row;

const WARNING: Style = AnsiColor::Yellow.on_default();
const HELP: Style = AnsiColor::Cyan.on_default();

/// How often --watch looks. The system tells of no change in /sys, and of none among pseudo-terminals, to who waits for one.
const GLANCE: Duration = Duration::from_millis(200);

const WORDS: &str = "\
Opens and asks no port, but those that --probe names. A board of the device map may be named there by its name in the map.

  atgate ports --probe /dev/ttyUSB0 /dev/ttyUSB1 /dev/ttyUSB2 /dev/ttyUSB3
  atgate ports --watch --json | jq --unbuffered 'select(.event == \"plugged\")'

Exit codes: 0 listed, the watch ended, or a port that was asked answers AT; 1 none of those that were asked does; 2 the command line or \
the device map is wrong; 3 a port that was asked cannot be used.";

/// The flags of `atgate ports`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Ports {
    /// One JSON object a line
    #[arg(long)]
    json: bool,

    /// Tell of each port that comes and goes, until a signal ends it
    #[arg(long, conflicts_with = "probe")]
    watch: bool,

    /// Send AT and ATI to these ports, and tell which ones answer
    #[arg(long, value_name = "PORT", num_args = 1..)]
    probe: Vec<String>,

    /// The device map that names boards; unless given, atgate.toml of this folder or one above
    #[arg(long, value_name = "MAP")]
    devices: Option<PathBuf>,
}

impl Ports {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let (map, is_sound) = self.map()?;
        // Who is to be asked stands in the map, perhaps; a look harms nobody.
        if !is_sound && !self.probe.is_empty() {
            return Ok(Exit::Usage);
        }
        let ended = match (self.watch, self.probe.is_empty()) {
            (true, _) => runtime()?.block_on(self.watch(map.as_ref())),
            (false, false) => runtime()?.block_on(asked::ask(&self.probe, map.as_ref(), self.json)),
            (false, true) => self.list(map.as_ref()),
        }?;
        Ok(if is_sound { ended } else { ended.max(Exit::Usage) })
    }

    /// The map, and whether it could be used. One that was only found does not stand in the way of a look at the ports.
    fn map(&self) -> Result<(Option<DeviceMap>, bool), CliError> {
        let read = match &self.devices {
            Some(path) => DeviceMap::read(path).map(Some),
            None => DeviceMap::find(),
        };
        match (read, &self.devices) {
            (Ok(map), _) => Ok((map, true)),
            (Err(MapError::Wrong(errors)), _) => {
                anstream::eprintln!("{}", errors.render(super::scripts::coloured()));
                Ok((None, false))
            }
            (Err(error), _) => {
                let help = error.help().map(str::to_owned);
                Err(CliError { help, ..CliError::usage(error.to_string()) })
            }
        }
    }

    fn list(&self, map: Option<&DeviceMap>) -> Result<Exit, CliError> {
        let ports = list()?;
        let assignment = map.map(|map| map.assign(&ports)).unwrap_or_default();
        let looked = ports.iter().zip(holders(&ports)).zip(grips(&ports));
        let rows: Vec<Row> = looked
            .map(|((port, holders), grip)| {
                let owner = Lock::owner(&address(port));
                Row { port, device: named(&assignment.plugged, port), holders, owner, grip }
            })
            .collect();
        shown::rows(&rows, self.json);
        for finding in &assignment.findings {
            anstream::eprintln!("{WARNING}warning{WARNING:#}: {finding}\n{HELP}help{HELP:#}: {}", finding.help());
        }
        if !self.json {
            advise(&rows);
        }
        Ok(Exit::Passed)
    }

    async fn watch(&self, map: Option<&DeviceMap>) -> Result<Exit, CliError> {
        let mut signals = Signals::new()?;
        let mut changes = Changes::default();
        // What the map called the boards that are there: one that has gone is told by it.
        let mut boards: HashMap<PathBuf, String> = HashMap::new();
        let mut glances = tokio::time::interval(GLANCE);
        loop {
            tokio::select! {
                () = signals.next() => return Ok(Exit::Passed),
                _ = glances.tick() => {}
            }
            let ports = list()?;
            let plugged = map.map(|map| map.assign(&ports).plugged).unwrap_or_default();
            for change in changes.look(ports) {
                let (event, port) = match &change {
                    Change::There(port) => ("there", port),
                    Change::Plugged(port) => ("plugged", port),
                    Change::Unplugged(port) => ("unplugged", port),
                };
                let device = match &change {
                    Change::There(_) | Change::Plugged(_) => {
                        let device = named(&plugged, port).map(str::to_owned);
                        boards.extend(device.clone().map(|device| (port.path.clone(), device)));
                        device
                    }
                    Change::Unplugged(_) => boards.remove(&port.path),
                };
                shown::event(event, port, device.as_deref(), self.json);
            }
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| CliError::bench(format!("cannot wait for a port: {error}")))
}

/// The port as it is opened, with the usual settings.
fn address(port: &Listed) -> crate::port::Address {
    crate::port::Address::Serial { path: port.path.clone(), settings: crate::port::Settings::default() }
}

/// What the map calls the board on this port.
fn named<'a>(plugged: &'a [Plugged], port: &Listed) -> Option<&'a str> {
    plugged.iter().find(|one| one.port.as_ref() == Some(port)).map(Plugged::name)
}

/// What to do next about what was shown.
fn advise(rows: &[Row<'_>]) {
    if rows.is_empty() {
        anstream::eprintln!("no serial ports here, and no emulated modem; `atgate modem` starts one");
    }
    let mut rules: Vec<String> =
        rows.iter().filter(|row| row.grip == Grip::MayTake).filter_map(|row| row.port.udev_rule()).collect();
    rules.sort();
    rules.dedup();
    if !rules.is_empty() {
        anstream::eprintln!(
            "{HELP}help{HELP:#}: to keep ModemManager away, write into /etc/udev/rules.d/78-atgate.rules\n{}\n\
             and have it read: udevadm control --reload && udevadm trigger && systemctl restart ModemManager",
            rules.join("\n")
        );
    }
}
