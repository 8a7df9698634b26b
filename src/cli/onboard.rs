//! `atgate onboard`: boards on a bench, each identified, checked, attached, measured and recorded; many at once.

mod lines;
mod table;

use std::collections::HashMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::office::{self, Source};
use super::send::limit;
use super::signals::Signals;
use super::{CliError, Exit, HELP};
use crate::port::{self, Address};
use crate::register::assess::{Rules, Veil};
use crate::register::{Desk, Office};
use crate::rig::map::{DeviceMap, MapError};
use crate::rig::onboard::report::{Format, Run};
use crate::rig::onboard::{
    Bench, Board, Fault, Journal, Kind, Labels, Limit, Record, Registry, Settings, Steps, Verdict,
};

const WORDS: &str = "\
For each board: wait until it answers AT, turn its radio off, read who it is (+CGSN, +CIMI and what its maker has), check that \
against the register, its label and the other boards, let it into the network, measure, write it down. A board that does not \
pass the check is not attached. What the bench is at fault for (a port that is busy, silent or gone) is tried again; a bad \
board keeps no other waiting.

With --out all that was said and done is kept in a folder: journal.ndjson, written as it happens, and a script of what was said with each board. \
Called again with the same folder, boards that passed are recognised by their IMEI and not done again.

  atgate onboard --port /dev/ttyUSB2 /dev/ttyUSB6 --labels labels.csv --register register.db --out today
  atgate onboard --port unix:/tmp/modem0 --steps identify,check
  atgate onboard --port /dev/ttyUSB2 --limit 'rsrp >= -110 dBm' --limit 'time_to_register <= 30 s'

Exit codes: 0 all boards passed; 1 one failed; 2 the command line or a file is wrong, nothing was sent; 3 the bench is at \
fault for one, or the record could not be written; 4 there was no board; 130 interrupted.";

/// Descriptors that one board holds at most, and those of the process itself.
const DESCRIPTORS: u64 = 3;
const OWN_DESCRIPTORS: u64 = 64;

/// How often it is looked for boards that were plugged in.
const GLANCE: Duration = Duration::from_millis(500);

/// Threads that wait for a register's store.
const WAITING: usize = 4;

/// The flags of `atgate onboard`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Onboard {
    /// Boards by their ports: /dev/ttyUSB2, /dev/ttyUSB2?baud=9600, tcp:HOST:PORT, unix:PATH
    #[arg(long = "port", value_name = "PORT", num_args = 1.., conflicts_with = "devices")]
    ports: Vec<Address>,

    /// Boards by the device map: this file, or else atgate.toml here or in a folder above
    #[arg(long, value_name = "MAP")]
    devices: Option<PathBuf>,

    /// Onboard the map's boards as they are plugged in, until Ctrl-C
    #[arg(long, conflicts_with = "ports")]
    watch: bool,

    /// What the boards' labels say: a CSV file with a header such as port,imei,iccid (or device, or serial)
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,

    /// The register: a database file, postgres://…, a file with lists, or one that speaks TS 29.511 (http://, h2c://, https://)
    #[arg(long, value_name = "WHERE", env = "ATGATE_REGISTER", hide_env_values = true)]
    register: Option<Source>,

    /// What is done where a register that keeps no rules of its own decides nothing: unknown=block, failure=retry
    #[arg(long, value_name = "KEY=VALUE")]
    policy: Vec<String>,

    /// Which steps: identify, check, attach, record
    #[arg(long, value_name = "STEPS", default_value = "identify,check,attach,record")]
    steps: Steps,

    /// Attach a board that does not pass the check all the same
    #[arg(long)]
    attach_anyway: bool,

    /// A limit of what is measured, such as 'rsrp >= -110 dBm', 'rsrq in -15..-3 dB' or 'time_to_register <= 30 s'
    #[arg(long = "limit", value_name = "LIMIT")]
    limits: Vec<Limit>,

    /// How long the network may take to let a board in
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = limit)]
    within: Duration,

    /// How long a board may take until it answers
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = limit)]
    patience: Duration,

    /// How often a board is tried where the bench is at fault
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    tries: u32,

    /// Keep journal and transcripts in this folder, and go on where an earlier run ended
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Do boards again that passed in an earlier run
    #[arg(long, requires = "out")]
    again: bool,

    /// Write a report, by its ending: .xml (JUnit), .json, .csv, .html
    #[arg(long = "report", value_name = "FILE")]
    reports: Vec<PathBuf>,

    /// What this bench is called in the register's fleet and in reports
    #[arg(long, value_name = "NAME", default_value = "")]
    place: String,

    /// Show identities of real devices, cards and subscriptions
    #[arg(long)]
    reveal: bool,
}

impl Onboard {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        self.is_sound()?;
        let labels = self.labels()?;
        let formats =
            self.reports.iter().map(|path| Format::of(path)).collect::<Result<Vec<_>, _>>().map_err(CliError::usage)?;
        let map = match self.map() {
            // A map's own words, with their places, are whole.
            Err(MapError::Wrong(errors)) => {
                anstream::eprintln!("{}", errors.render(super::scripts::coloured()));
                return Ok(Exit::Usage);
            }
            Err(error) => {
                let help = error.help().map(str::to_owned);
                return Err(CliError { help, ..CliError::usage(error.to_string()) });
            }
            Ok(None) if self.ports.is_empty() => {
                return Err(CliError::usage("no board is named: there is no --port, and no atgate.toml here or above")
                    .help("atgate onboard --port /dev/ttyUSB2, or --devices with a device map; `atgate ports` lists what is there"));
            }
            Ok(map) => map,
        };
        let count = self.ports.len().max(map.as_ref().map_or(0, |map| map.devices.len())) as u64;
        let started = Timestamp::now();
        let wanted = OWN_DESCRIPTORS + DESCRIPTORS * count;
        if port::make_room(wanted) < wanted {
            return Err(CliError::bench(format!("{count} boards need {wanted} open files"))
                .help("raise the limit with `ulimit -n`"));
        }
        let journal = match &self.out {
            Some(folder) => Some(
                Journal::open(folder, self.reveal, Timestamp::now())
                    .map_err(|error| CliError::bench(error.to_string()).help(error.help()))?,
            ),
            None => None,
        };
        // A register's store is opened and closed outside of the runtime: one on a server has a runtime of its own.
        let registry = self.registry()?;
        if self.steps.record && matches!(registry, Registry::Office(..)) {
            anstream::eprintln!(
                "{HELP}note{HELP:#}: this register is asked and keeps no fleet: boards are not written down in it; a database file does, or postgres://"
            );
        }
        let desk = match &registry {
            Registry::Kept(desk) => Some(Arc::clone(desk)),
            Registry::Nobody | Registry::Office(..) => None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WAITING)
            .build()
            .map_err(|error| CliError::bench(format!("cannot start: {error}")))?;
        let veil = Arc::new(Mutex::new(Veil::new(self.reveal)));
        let is_table = std::io::stdout().is_terminal() && std::env::var_os("TERM").is_some_and(|term| term != "dumb");
        let ended = runtime.block_on(self.work(registry, labels, journal, map.as_ref(), &veil, is_table));
        drop(runtime);
        drop(desk);
        let (records, mut problems, was_interrupted) = ended?;
        let records: Vec<Record> = {
            let mut veil = veil.lock().unwrap_or_else(PoisonError::into_inner);
            records.iter().map(|record| record.veiled(&mut veil)).collect()
        };
        let known = problems.clone();
        let run = Run { place: &self.place, started, ended: Timestamp::now(), records: &records, problems: &known };
        for (format, path) in formats.into_iter().zip(&self.reports) {
            let written =
                format.render(&run).and_then(|text| std::fs::write(path, text).map_err(|error| error.to_string()));
            problems.extend(written.err().map(|error| format!("{}: {error}", path.display())));
        }
        if is_table {
            lines::details(&records)?;
        }
        lines::summary(&records, &problems)?;
        Ok(exit(&records, &problems, was_interrupted))
    }

    async fn work(
        &self,
        registry: Registry,
        labels: Labels,
        journal: Option<Journal>,
        map: Option<&DeviceMap>,
        veil: &Arc<Mutex<Veil>>,
        is_table: bool,
    ) -> Result<(Vec<Record>, Vec<String>, bool), CliError> {
        let mut signals = Signals::new()?;
        let (boards, coming) = mpsc::unbounded_channel();
        let veil = Arc::clone(veil);
        let bench = if is_table {
            Bench::new(self.settings(), registry, labels, journal, self.out.clone(), table::listener(veil))
        } else {
            Bench::new(self.settings(), registry, labels, journal, self.out.clone(), lines::listener(veil))
        };
        let bench = bench.map_err(|error| CliError::bench(format!("cannot start a thread: {error}")))?;
        let mut arrivals = Arrivals { bench: &bench, there: HashMap::new() };
        for port in &self.ports {
            // The receiver stands above.
            let _ = boards.send(Board::at(port.clone()));
        }
        if let Some(map) = map {
            arrivals.look(map, &boards, !self.watch)?;
        }
        let mut boards = Some(boards).filter(|_| self.watch);
        let mut running = std::pin::pin!(bench.run(coming));
        let mut glances = tokio::time::interval(GLANCE);
        let mut was_interrupted = false;
        let records = loop {
            tokio::select! {
                records = &mut running => break records,
                () = signals.next(), if !was_interrupted => {
                    was_interrupted = true;
                    boards = None;
                    bench.interrupt();
                }
                _ = glances.tick(), if boards.is_some() => {
                    if let (Some(map), Some(boards)) = (map, &boards) {
                        arrivals.look(map, boards, false)?;
                    }
                }
            }
        };
        // Who watches ends so; only boards that were at work were interrupted.
        Ok((records, bench.problems(), was_interrupted && !self.watch))
    }

    /// Whether each port that is named can be a board's own.
    fn is_sound(&self) -> Result<(), CliError> {
        for (at, port) in self.ports.iter().enumerate() {
            if matches!(port, Address::Stdio) {
                return Err(CliError::usage("no board stands behind `-`")
                    .help("name its port: /dev/ttyUSB2, tcp:HOST:PORT, unix:PATH"));
            }
            if self.ports.iter().take(at).any(|before| before == port) {
                return Err(CliError::usage(format!("the port {port} is named twice"))
                    .help("each board has a port of its own: leave one of them out"));
            }
        }
        Ok(())
    }

    /// The map, unless ports are named.
    fn map(&self) -> Result<Option<DeviceMap>, MapError> {
        match &self.devices {
            _ if !self.ports.is_empty() => Ok(None),
            Some(path) => DeviceMap::read(path).map(Some),
            None => DeviceMap::find(),
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            steps: self.steps,
            attach_anyway: self.attach_anyway,
            patience: self.patience,
            registration: self.within,
            tries: self.tries,
            limits: self.limits.clone(),
            again: self.again,
            reveal: self.reveal,
            place: self.place.clone(),
            ..Settings::default()
        }
    }

    fn labels(&self) -> Result<Labels, CliError> {
        let Some(path) = &self.labels else { return Ok(Labels::default()) };
        let shown = path.display();
        let text = std::fs::read(path).map_err(|error| CliError::usage(format!("cannot read {shown}: {error}")))?;
        let labels =
            Labels::read(&text).map_err(|error| CliError::usage(format!("{shown}: {error}")).help(error.help()))?;
        for finding in &labels.findings {
            anstream::eprintln!("{HELP}note{HELP:#}: {shown}: {finding}");
        }
        Ok(labels)
    }

    fn registry(&self) -> Result<Registry, CliError> {
        match &self.register {
            None if self.policy.is_empty() => Ok(Registry::Nobody),
            Some(Source::Store(address)) if self.policy.is_empty() => {
                Ok(Registry::Kept(Arc::new(Desk::open(address, None, Timestamp::now())?)))
            }
            Some(Source::Store(address)) => {
                Err(CliError::usage(format!("the register {address} has rules of its own"))
                    .help("`atgate register rules` shows and changes them"))
            }
            source => {
                let mut office = office::open(source.as_ref(), &[], &self.policy)?;
                let mut rules = Rules::default();
                rules.policy = match &mut office {
                    Office::Memory(register) => *register.policy(),
                    Office::Remote { policy, .. } => *policy,
                    Office::Kept(_) => rules.policy,
                };
                Ok(Registry::Office(Mutex::new(office), Box::new(rules)))
            }
        }
    }
}

/// Which boards of the map are there.
struct Arrivals<'a> {
    bench: &'a Arc<Bench>,
    there: HashMap<String, String>,
}

impl Arrivals<'_> {
    /// Looks at the ports: what has come is begun, what has left is forgotten. With `is_last` a board that is not there is
    /// told as the bench's fault.
    fn look(&mut self, map: &DeviceMap, boards: &mpsc::UnboundedSender<Board>, is_last: bool) -> Result<(), CliError> {
        let assignment = map.assign(&port::list()?);
        let now: HashMap<String, String> = assignment
            .plugged
            .iter()
            .map(|plugged| (plugged.device.name.clone(), plugged.address.to_string()))
            .collect();
        self.there.retain(|name, address| {
            let stays = now.get(name) == Some(address);
            if !stays {
                self.bench.left(name);
            }
            stays
        });
        for plugged in &assignment.plugged {
            let name = plugged.device.name.clone();
            if self.there.insert(name, plugged.address.to_string()).is_none() {
                // Nobody hears once it ends.
                let _ = boards.send(Board::from(plugged));
            }
        }
        if is_last {
            for finding in &assignment.findings {
                for device in finding.devices() {
                    self.bench.cannot(
                        device,
                        Fault::new(Kind::Bench, finding.code(), finding.to_string()).help(finding.help()),
                    );
                }
            }
        }
        Ok(())
    }
}

/// The worst of all boards; a bench that could not keep its record is at fault too.
fn exit(records: &[Record], problems: &[String], was_interrupted: bool) -> Exit {
    let of = |record: &Record| match record.verdict {
        Verdict::Pass | Verdict::Warn => Exit::Passed,
        Verdict::Fail => Exit::Failed,
        Verdict::Error => Exit::Bench,
        Verdict::Interrupted => Exit::Interrupted,
    };
    let own = match () {
        () if was_interrupted => Exit::Interrupted,
        () if !problems.is_empty() => Exit::Bench,
        () if records.is_empty() => Exit::NothingRan,
        () => Exit::Passed,
    };
    records.iter().map(of).fold(own, Exit::max)
}
