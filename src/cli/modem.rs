//! `atgate modem`: emulated modems on ports of this machine, until they are told to end.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use clap::Args;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::office::{self, Source};
use super::say;
use super::signals::Signals;
use super::{CliError, Exit};
use crate::identity::{Iccid, Imei, Imsi};
use crate::modem::{AtPort, Modem, Override, Profile, Tick};
use crate::port::{self, Address, Line, Stdio};
use crate::run::control::{Control, Orders};
use crate::run::data::DataRoute;
use crate::run::emulate::{Emulation, Notice, Observer, SharedRegister};
use crate::run::exchange::Exchange;
use crate::run::recording::{About, Log, ModemLog};

/// Descriptors that one modem holds at most, and those of the process itself.
const DESCRIPTORS: u64 = 5;
const OWN_DESCRIPTORS: u64 = 64;

/// More modems than a machine has pseudo-terminals for.
const MOST: u32 = 100_000;

const WORDS: &str = "\
Prints a line for each modem once it answers, such as `ready pty /dev/pts/4 modem0`, `ready tcp 127.0.0.1:5000 modem0`, \
`ready unix @modem modem0` or `ready rfc2217 rfc2217://127.0.0.1:4000 modem0`. Without --tcp, --unix, --rfc2217 or --stdio each modem is on a pseudo-terminal. Ends on SIGINT, SIGTERM \
and SIGHUP, and takes its links and sockets with it. One client at a time on each port; who comes while one is there waits.

--link, --tcp, --unix and --rfc2217 may be given together and more than once: each is an AT port of the same modem, with echo, settings \
and reports of its own. A line is printed for each.

With --count, n in braces in --link and --unix is the modem's number, which is else put at the end; TCP ports, IMEIs, IMSIs, ICCIDs and MSISDNs count up.";

/// The flags of `atgate modem`.
#[derive(Debug, Args)]
#[command(after_help = WORDS)]
pub(super) struct Emulate {
    /// What kind of modem: a name that `atgate profiles` lists, or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "generic-lte")]
    profile: String,

    /// The IMEI, 14 or 15 digits; that of the profile unless given
    #[arg(long)]
    imei: Option<Imei>,

    /// Changes one key of the profile: network.operator=Testnet
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,

    /// A stable name for the pseudo-terminal; a link that a dead modem left is replaced. With --tcp, --unix,
    /// --rfc2217 or another --link each is an AT port of the same modem
    #[arg(long, value_name = "PATH")]
    link: Vec<PathBuf>,

    /// Listen on TCP, on 127.0.0.1 unless a host is named
    #[arg(long, value_name = "[HOST:]PORT", value_parser = tcp, conflicts_with = "stdio")]
    tcp: Vec<Address>,

    /// Listen on a Unix socket
    #[arg(long, value_name = "PATH|@NAME", value_parser = unix, conflicts_with = "stdio")]
    unix: Vec<Address>,

    /// Listen on TCP as a serial port over a network (RFC 2217), with DTR, RTS, CTS, DSR, DCD and RI: what pyserial's
    /// rfc2217:// opens. On 127.0.0.1 unless a host is named
    #[arg(long, value_name = "[HOST:]PORT", value_parser = rfc2217, conflicts_with = "stdio")]
    rfc2217: Vec<Address>,

    /// Talk on standard input and output; ends with the input
    #[arg(long, conflicts_with_all = ["link", "count"])]
    stdio: bool,

    /// Listen on a Unix socket for what happens to the modems while they run: see `atgate ctl`
    #[arg(long, value_name = "unix:PATH", value_parser = control_address)]
    control: Option<Address>,

    /// Where the data of a call go: to a program's standard input (exec:COMMAND, without a shell), or over a TCP connection
    /// (tcp:HOST:PORT). Opened at CONNECT, closed at hang-up; its end is NO CARRIER. Else the modem itself answers a packet
    /// call in PPP
    #[arg(long, value_name = "exec:COMMAND|tcp:HOST:PORT")]
    data: Option<DataRoute>,

    /// How many modems
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST)))]
    count: u32,

    /// Put equipment on the register's block list: an IMEI, a TAC, or a range of either (LOW..HIGH, LOW-HIGH)
    #[arg(long, value_name = "IMEI|TAC|RANGE")]
    block: Vec<String>,

    /// The register that the network asks: a file with lists and policies, or the address of one that speaks TS 29.511
    /// (http://, h2c://, https://), with ?timeout=2s&tries=3 and the like behind it; a bearer token for it stands in
    /// ATGATE_REGISTER_TOKEN
    #[arg(long, value_name = "FILE|URL")]
    register: Option<Source>,

    /// What is done where the register decides nothing, as its file would say it: unknown=block-7, failure=retry,
    /// causes.block.nr=3
    #[arg(long, value_name = "KEY=VALUE")]
    policy: Vec<String>,

    /// Write what is said on the ports, and when, as a script that plays again; test identities stand in the place of real ones
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Show the identities of real devices in the log
    #[arg(long, requires = "log")]
    reveal: bool,

    /// The seed of all randomness
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// Tells stderr what a person at the bench should know, and the log everything.
#[derive(Debug)]
struct Watcher {
    name: String,
    /// One for each AT port.
    logs: Vec<ModemLog>,
}

impl Emulate {
    pub(super) fn run(self) -> Result<Exit, CliError> {
        let mut settings = self.settings.iter().map(|text| Override::parse(text)).collect::<Result<Vec<_>, _>>()?;
        if self.data.is_some() {
            // What is set by hand counts more.
            settings.splice(..0, ["data.packet", "data.circuit"].map(|key| Override::text(key, "outside")));
        }
        let profile = profile(&self.profile, &settings)?;
        let imeis = self.imeis(&profile)?;
        let register = Arc::new(Mutex::new(office::open(self.register.as_ref(), &self.block, &self.policy)?));
        let ports = (self.link.len() + self.tcp.len() + self.unix.len() + self.rfc2217.len()).max(1) as u64;
        let wanted = OWN_DESCRIPTORS + DESCRIPTORS * ports * u64::from(self.count);
        if self.count > 1 && port::make_room(wanted) < wanted {
            return Err(CliError::bench(format!("{} modems need {wanted} open files", self.count))
                .help("raise the limit with `ulimit -n`, or start fewer"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CliError::bench(format!("cannot start: {error}")))?;
        let ended = runtime.block_on(self.emulate(&profile, &imeis, &register));
        // A thread may still wait for standard input.
        runtime.shutdown_background();
        ended
    }

    async fn emulate(
        &self,
        profile: &Arc<Profile>,
        imeis: &[Option<Imei>],
        register: &SharedRegister,
    ) -> Result<Exit, CliError> {
        let mut signals = Signals::new()?;
        let mut modems = JoinSet::new();
        let mut ready = Vec::new();
        let cards = Cards::of(profile, imeis.len())?;
        let exchange = Exchange::default();
        let mut control = Control::new(Arc::clone(register));
        #[cfg(unix)]
        let reception = self.control.as_ref().map(port::Reception::bind).transpose()?;
        let lines = self.lines(imeis.len()).await?;
        let log = self.log(&lines)?;
        for (lines, (n, imei)) in lines.into_iter().zip((0..).zip(imeis)) {
            let name = modem_name(&n.to_string());
            let told: Vec<String> =
                lines.iter().map(|line| format!("ready {} {} {name}", line.kind(), line.address())).collect();
            let logs = log
                .iter()
                .flat_map(|log| (0..lines.len()).map(|port| log.modem(&self.log_name(&name, port, lines.len()))));
            let seed = self.seed.wrapping_add(n);
            let orders = if self.control.is_some() { control.modem(&name, seed) } else { Orders::none() };
            let observer = Watcher { logs: logs.collect(), name };
            let modem = Modem::new(cards.profile(profile, n), *imei, seed);
            let mut lines = lines.into_iter();
            let Some(line) = lines.next() else { continue };
            let mut emulation = Emulation::new(modem, line, Arc::clone(register), observer);
            emulation.others = lines.collect();
            emulation.data = self.data.clone();
            // One alone has nobody to call.
            emulation.exchange = (self.count > 1).then(|| exchange.subscribe(&emulation.modem.profile().sim.msisdn));
            let (answers, answering) = oneshot::channel();
            modems.spawn(emulation.obey(orders, answers));
            ready.push((told, answering));
        }
        // Its socket goes with it when the modems end.
        let mut controlled = JoinSet::new();
        #[cfg(unix)]
        if let Some(reception) = reception {
            controlled.spawn(control.serve(reception));
        }
        #[cfg(not(unix))]
        controlled.spawn(async move { drop(control) });
        let starting = async {
            for (told, answering) in ready {
                if answering.await.is_err() {
                    continue;
                }
                for told in told {
                    // Where the line is stdout, nothing else may stand there.
                    if self.stdio {
                        anstream::eprintln!("{told}");
                    } else {
                        say::in_passing(format_args!("{told}\n"))?;
                    }
                }
            }
            Ok::<(), CliError>(())
        };
        tokio::select! {
            () = signals.next() => return Ok(Exit::Passed),
            told = starting => told?,
        }
        tokio::select! {
            () = signals.next() => Ok(Exit::Passed),
            () = async { while modems.join_next().await.is_some() {} } => {
                if self.stdio { Ok(Exit::Passed) } else { Err(CliError::bench("every port has gone")) }
            }
        }
    }

    /// What stands before each sign in the log: nothing for the only port of the only modem.
    fn log_name(&self, modem: &str, port: usize, ports: usize) -> String {
        match (self.count, ports) {
            (1, 1) => String::new(),
            (1, _) => format!("port{port}"),
            (_, 1) => modem.to_owned(),
            (_, _) => format!("{modem}_port{port}"),
        }
    }

    /// The lines of each modem: its first AT port, then the further ones.
    async fn lines(&self, count: usize) -> Result<Vec<Vec<Line>>, CliError> {
        if self.stdio {
            return Ok(vec![vec![Line::Stdio(Stdio::open())]]);
        }
        let mut modems: Vec<Vec<Line>> = (0..count).map(|_| Vec::new()).collect();
        let sockets = || self.tcp.iter().chain(&self.unix).chain(&self.rfc2217);
        if !self.link.is_empty() || sockets().next().is_none() {
            self.ptys(&mut modems)?;
        }
        for address in sockets() {
            if !address.is_local() {
                anstream::eprintln!(
                    "warning: {address} may be reached from other machines; whoever connects is let in"
                );
            }
            for (n, lines) in modems.iter_mut().enumerate() {
                lines.push(Line::listen(&self.numbered_address(address, n)?).await?);
            }
        }
        Ok(modems)
    }

    fn ptys(&self, modems: &mut [Vec<Line>]) -> Result<(), CliError> {
        let ptys = port::Ptys::new()?;
        for (n, lines) in modems.iter_mut().enumerate() {
            let links: Vec<_> = self.link.iter().map(|link| self.numbered(link, n)).collect();
            for link in &links {
                let folder = link.parent().filter(|folder| !folder.as_os_str().is_empty());
                if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
                    let message =
                        format!("cannot make the link {}: there is no folder {}", link.display(), folder.display());
                    return Err(CliError::bench(message));
                }
                lines.push(Line::Pty(Box::new(ptys.create(Some(link))?)));
            }
            if links.is_empty() {
                lines.push(Line::Pty(Box::new(ptys.create(None)?)));
            }
        }
        Ok(())
    }

    fn numbered(&self, path: &Path, n: usize) -> PathBuf {
        let text = path.to_string_lossy();
        match (text.contains("{n}"), self.count) {
            (true, _) => text.replace("{n}", &n.to_string()).into(),
            (false, 1) => path.to_owned(),
            (false, _) => {
                let mut path = path.as_os_str().to_owned();
                path.push(n.to_string());
                path.into()
            }
        }
    }

    fn numbered_address(&self, address: &Address, n: usize) -> Result<Address, CliError> {
        Ok(match address {
            Address::Tcp { host, port } => Address::Tcp { host: host.clone(), port: numbered_port(*port, n)? },
            Address::Rfc2217 { host, port, settings, manner } => {
                let (port, settings, manner) = (numbered_port(*port, n)?, *settings, *manner);
                Address::Rfc2217 { host: host.clone(), port, settings, manner }
            }
            Address::Unix(path) => Address::Unix(self.numbered(path, n)),
            Address::Abstract(name) => {
                Address::Abstract(self.numbered(Path::new(name), n).to_string_lossy().into_owned())
            }
            Address::Serial { .. } | Address::Stdio => address.clone(),
        })
    }

    /// The IMEI of each modem; `None` leaves it to the profile.
    fn imeis(&self, profile: &Profile) -> Result<Vec<Option<Imei>>, CliError> {
        let Some(first) = self.imei.or_else(|| profile.imei.parse().ok()) else {
            return Ok(vec![None; self.count as usize]);
        };
        // The first is as it was given, whatever its check digit; the ones that follow have the right one.
        let following = (1..self.count).map(|n| {
            first.nth(n).map(Some).ok_or_else(|| {
                CliError::usage(format!("{} IMEIs from {first} on are more than its TAC has", self.count))
                    .help("begin with a lower serial number, the 9th to 14th digit")
            })
        });
        std::iter::once(Ok(self.imei)).chain(following).collect()
    }

    fn log(&self, lines: &[Vec<Line>]) -> Result<Option<Log>, CliError> {
        let Some(path) = &self.log else { return Ok(None) };
        let names = lines.iter().enumerate().flat_map(|(n, lines)| {
            let modem = modem_name(&n.to_string());
            (0..lines.len()).map(move |port| self.log_name(&modem, port, lines.len()))
        });
        let about = About {
            title: format!("What the virtual {} said", self.profile),
            revealed: self.reveal,
            modems: names.filter(|name| !name.is_empty()).collect(),
        };
        let log = Log::create(path, &about);
        log.map(Some).map_err(|error| CliError::bench(format!("cannot write {}: {error}", path.display())))
    }
}

/// The port number of the modem of this number; each gets any free one, where the first does.
fn numbered_port(port: u16, n: usize) -> Result<u16, CliError> {
    let next = u16::try_from(n).ok().and_then(|n| port.checked_add(n)).map(|next| if port == 0 { 0 } else { next });
    next.ok_or_else(|| CliError::usage(format!("no port number is left after {port} + {n}")))
}

/// The cards of several modems: IMSI, ICCID and MSISDN count up, as the IMEI does.
struct Cards {
    /// The first one's digits; none where the profile has none.
    imsi: Option<u64>,
    imsi_digits: usize,
    iccid: Option<Iccid>,
    /// What stands before the first number's digits, its digits, and how many they are.
    msisdn: Option<(&'static str, u64, usize)>,
}

impl Cards {
    /// # Errors
    /// So many subscriptions do not fit behind the network's code.
    fn of(profile: &Profile, count: usize) -> Result<Self, CliError> {
        let sim = &profile.sim;
        let imsi: Option<Imsi> = sim.imsi.parse().ok();
        let number = imsi.map(|imsi| imsi.digits().iter().fold(0, |number, digit| number * 10 + u64::from(*digit)));
        let imsi_digits = imsi.map_or(0, |imsi| imsi.digits().len());
        let subscriber = imsi_digits.saturating_sub(3 + usize::from(sim.mnc_digits));
        let room = 10u64.saturating_pow(u32::try_from(subscriber).unwrap_or(u32::MAX));
        if number.is_some_and(|number| number % room.max(1) + (count as u64 - 1) >= room) {
            let message = format!("{count} IMSIs from {} on are more than its network has", sim.imsi);
            return Err(CliError::usage(message).help("set a lower one: --set sim.imsi=001010000000001"));
        }
        let plus = if sim.msisdn.starts_with('+') { "+" } else { "" };
        let digits = &sim.msisdn[plus.len()..];
        let msisdn = digits.parse().ok().map(|number: u64| (plus, number, digits.len()));
        if msisdn.is_some_and(|(_, number, length)| (number + (count as u64 - 1)).to_string().len() > length) {
            let message = format!("{count} numbers from {} on are more than its digits have", sim.msisdn);
            return Err(CliError::usage(message).help("set a lower one: --set sim.msisdn=+15550100001"));
        }
        Ok(Cards { imsi: number, imsi_digits, iccid: sim.iccid.parse().ok(), msisdn })
    }

    /// The profile with the card of the modem of this number.
    fn profile(&self, first: &Arc<Profile>, n: u64) -> Arc<Profile> {
        if n == 0 {
            return Arc::clone(first);
        }
        let mut own = Profile::clone(first);
        if let Some(imsi) = self.imsi {
            own.sim.imsi = format!("{:0width$}", imsi + n, width = self.imsi_digits);
        }
        if let Some(iccid) = self.iccid {
            own.sim.iccid = following(iccid, n).unwrap_or(own.sim.iccid);
        }
        if let Some((plus, number, length)) = self.msisdn {
            own.sim.msisdn = format!("{plus}{:0length$}", number + n);
        }
        Arc::new(own)
    }
}

/// The `n`th ICCID after this one; with the right check digit, where this one has one.
fn following(first: Iccid, n: u64) -> Option<String> {
    let text = first.to_string();
    let checked = first.luhn_holds() == Some(true);
    let body = &text[..text.len() - usize::from(checked)];
    let (issuer, account) = body.split_at_checked(7)?;
    let width = account.len();
    let next = account.parse::<u64>().ok()?.checked_add(n)? % 10u64.pow(u32::try_from(width).ok()?);
    let body = format!("{issuer}{next:0width$}");
    if !checked {
        return Some(body);
    }
    (0..10).map(|digit| format!("{body}{digit}")).find(|text| {
        let read: Result<Iccid, _> = text.parse();
        read.is_ok_and(|iccid| iccid.luhn_holds() == Some(true))
    })
}

impl Observer for Watcher {
    fn notice(&mut self, at: Tick, port: AtPort, notice: Notice) {
        let name = &self.name;
        match &notice {
            Notice::Unread(_) | Notice::Tamper(_) | Notice::NoFarEnd(_) | Notice::NoRegister(_) => {
                tracing::warn!("{name}: {at}: {notice}")
            }
            // It may have another name now: told as at the start, whether or not anybody still reads.
            Notice::Plugged(place) => drop(say::in_passing(format_args!("ready {place} {name}\n"))),
            Notice::Opened
            | Notice::Closed
            | Notice::Decision(_)
            | Notice::Restarted
            | Notice::Unplugged
            | Notice::FarEnd(_) => {
                tracing::info!("{name}: {at}: {notice}");
            }
            Notice::FromHost(_) | Notice::ToHost(_) => {}
        }
        if let Some(log) = self.logs.get_mut(usize::try_from(port.number()).unwrap_or(usize::MAX)) {
            log.notice(at, &notice);
        }
    }

    fn wants_traffic(&self) -> bool {
        !self.logs.is_empty()
    }
}

/// The embedded profile of that name, or the one in that file.
fn profile(name: &str, settings: &[Override]) -> Result<Arc<Profile>, CliError> {
    let is_path = name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|end| end == "toml");
    if is_path {
        return Ok(Profile::parse(name, &read(Path::new(name))?, settings)?);
    }
    Ok(Profile::named(name, settings)?)
}

fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|error| CliError::usage(format!("cannot read {}: {error}", path.display())))
}

/// `5000`, `:5000` or `HOST:5000`.
pub(super) fn tcp(text: &str) -> Result<Address, port::AddressError> {
    match text.strip_prefix(':').unwrap_or(text) {
        number if number.parse::<u16>().is_ok() => format!("tcp:127.0.0.1:{number}").parse(),
        _ if !text.contains(':') => {
            let expected = "a port number, or HOST:PORT";
            Err(port::AddressError::Malformed { expected, found: text.to_owned() })
        }
        _ => format!("tcp:{text}").parse(),
    }
}

/// The same places, with the lines of a serial port.
fn rfc2217(text: &str) -> Result<Address, port::AddressError> {
    let Address::Tcp { host, port } = tcp(text)? else {
        let expected = "a port number, or HOST:PORT";
        return Err(port::AddressError::Malformed { expected, found: text.to_owned() });
    };
    Ok(Address::Rfc2217 { host, port, settings: port::Settings::default(), manner: port::Manner::default() })
}

/// What a modem is called: by its number, from 0; a name stays one.
pub(super) fn modem_name(number: &str) -> String {
    if number.bytes().all(|byte| byte.is_ascii_digit()) { format!("modem{number}") } else { number.to_owned() }
}

/// `unix:PATH`, `unix:@NAME`, or just `PATH` or `@NAME`: a control socket is never reached from another machine.
pub(super) fn control_address(text: &str) -> Result<Address, String> {
    let address = match text.split_once(':') {
        Some(("unix", _)) => text.parse(),
        Some(("tcp" | "rfc2217", _)) => {
            return Err("a control socket is a Unix socket, unix:PATH or unix:@NAME: who reaches it may do everything"
                .to_owned());
        }
        Some(_) | None => unix(text),
    };
    address.map_err(|error| error.to_string())
}

pub(super) fn unix(text: &str) -> Result<Address, port::AddressError> {
    format!("unix:{text}").parse()
}
