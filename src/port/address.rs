//! What a user calls a port: the text after `--port`, `--tcp`, `--unix`, and its parts.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// A port by name.
///
/// Written as a path (`/dev/ttyUSB2`, `COM3`), with settings after a `?` (`/dev/ttyUSB2?baud=9600&framing=7e1&flow=rtscts`),
/// as `tcp:HOST:PORT`, `unix:PATH`, `unix:@NAME` (the abstract namespace), `rfc2217://HOST:PORT` with the same settings, or `-`
/// for stdio.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A serial device or a pseudo-terminal.
    Serial {
        /// The device, or a link to it.
        path: PathBuf,
        /// How fast it runs and how a character looks on the line.
        settings: Settings,
    },
    /// A modem behind a TCP listener.
    Tcp {
        /// A name, an IPv4 address, or an IPv6 address without its brackets.
        host: String,
        /// 1 to 65535; 0 only to listen on any free one.
        port: u16,
    },
    /// A serial port of another machine, settings and modem lines with it.
    Rfc2217 {
        /// As of [`Address::Tcp`].
        host: String,
        /// 1 to 65535; 0 only to listen on any free one.
        port: u16,
        /// How the port is set.
        settings: Settings,
        /// How its server is spoken to.
        manner: Manner,
    },
    /// A Unix stream socket in the file system.
    Unix(PathBuf),
    /// A Unix stream socket in the abstract namespace, named without its leading `@`.
    Abstract(String),
    /// This process's standard input and output.
    Stdio,
}

/// How a serial port is set: `baud=115200&framing=8n1&flow=none` unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Bits a second, 50 to 12,000,000.
    pub baud: u32,
    /// Data bits, parity and stop bits.
    pub framing: Framing,
    /// Who stops whom.
    pub flow: Flow,
}

/// How a server of RFC 2217 is spoken to: `ign_set_control`, `poll_modem` and `timeout=3` behind the `?`, which pyserial has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Manner {
    /// Whether it may leave a change of flow control, break, DTR and RTS unanswered.
    pub ignores_control: bool,
    /// Whether it tells the modem's lines only when it is asked.
    pub polls_modem: bool,
    /// How long it may take to answer, above 0 and up to an hour.
    pub timeout: Duration,
}

/// A character on the line, as in `8n1`: 5 to 8 data bits; parity `n`, `e` or `o`; 1 or 2 stop bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Framing {
    /// 5 to 8.
    pub data_bits: u8,
    /// The parity bit, if any.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

/// The parity bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parity {
    /// `n`: no parity bit.
    None,
    /// `e`: an even number of ones.
    Even,
    /// `o`: an odd number of ones.
    Odd,
}

/// Flow control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Nobody stops anybody.
    None,
    /// `rtscts`: by the lines RTS and CTS.
    RtsCts,
    /// `xonxoff`: by the characters DC1 and DC3.
    XonXoff,
}

/// Why a text names no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error("expected a port, found an empty word")]
    Empty,
    /// A part is missing or malformed.
    #[error("expected {expected}, found `{found}`")]
    Malformed {
        /// What stands there in a good address.
        expected: &'static str,
        /// What came.
        found: String,
    },
    /// A setting that no serial port has.
    #[error("unknown port setting `{0}`")]
    UnknownSetting(String),
    /// A setting given twice.
    #[error("port setting `{0}` is given twice")]
    Repeated(String),
}

impl AddressError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            AddressError::Empty | AddressError::Malformed { .. } => {
                "a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, rfc2217://HOST:PORT, unix:PATH or \
                 unix:@NAME"
            }
            AddressError::UnknownSetting(_) | AddressError::Repeated(_) => {
                "settings are baud=115200, framing=8n1 and flow=none|rtscts|xonxoff, joined by `&`; of rfc2217:// also \
                 ign_set_control, poll_modem and timeout=3"
            }
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let framing = Framing { data_bits: 8, parity: Parity::None, stop_bits: 1 };
        Settings { baud: 115_200, framing, flow: Flow::None }
    }
}

impl Default for Manner {
    fn default() -> Self {
        Manner { ignores_control: false, polls_modem: false, timeout: Duration::from_secs(3) }
    }
}

impl Address {
    /// Whether only programs of this machine can reach it.
    pub fn is_local(&self) -> bool {
        match self {
            Address::Tcp { host, .. } | Address::Rfc2217 { host, .. } => is_loopback(host),
            Address::Serial { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => true,
        }
    }

    /// Where it stands in this machine's file system, if it does.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Address::Serial { path, .. } | Address::Unix(path) => Some(path),
            Address::Tcp { .. } | Address::Rfc2217 { .. } | Address::Abstract(_) | Address::Stdio => None,
        }
    }

    /// One name for all spellings of an address.
    pub fn key(&self) -> String {
        match self.path() {
            Some(path) => path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string(),
            None => self.to_string().to_ascii_lowercase(),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text == "-" {
            return Ok(Address::Stdio);
        }
        if let Some(rest) = text.strip_prefix("rfc2217:") {
            return rfc2217(rest);
        }
        if let Some(rest) = text.strip_prefix("tcp:") {
            let (host, port) = place(rest, "HOST:PORT after `tcp:`")?;
            return Ok(Address::Tcp { host, port });
        }
        if let Some(rest) = text.strip_prefix("unix:") {
            return unix(rest);
        }
        serial(text)
    }
}

/// The part after `rfc2217:`, as in `//bench:4000?baud=9600&timeout=5`.
fn rfc2217(text: &str) -> Result<Address, AddressError> {
    const EXPECTED: &str = "rfc2217://HOST:PORT";
    let found = || format!("rfc2217:{text}");
    let rest = text.strip_prefix("//").ok_or_else(|| AddressError::Malformed { expected: EXPECTED, found: found() })?;
    let (at, query) = match rest.split_once('?') {
        Some((at, query)) => (at, Some(query)),
        None => (rest, None),
    };
    let (host, port) = place(at.strip_suffix('/').unwrap_or(at), EXPECTED)?;
    let mut manner = Manner::default();
    let settings = query.map_or(Ok(Settings::default()), |query| settings(query, Some(&mut manner)))?;
    Ok(Address::Rfc2217 { host, port, settings, manner })
}

/// A host and a port number, as in `localhost:5000` and `[::1]:5000`.
fn place(text: &str, expected: &'static str) -> Result<(String, u16), AddressError> {
    let malformed = |expected| AddressError::Malformed { expected, found: text.to_owned() };
    let (host, port) = text.rsplit_once(':').ok_or_else(|| malformed(expected))?;
    let port = port.parse().map_err(|_| malformed("a port number of 0 to 65535 after the host"))?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').ok_or_else(|| malformed("a `]` after the IPv6 address"))?,
        None if host.contains(':') => return Err(malformed("brackets round an IPv6 address")),
        None => host,
    };
    if host.is_empty() {
        return Err(malformed("a host before the port number"));
    }
    Ok((host.to_owned(), port))
}

/// The part after `unix:`, as in `/run/modem` and `@abstract:name`.
fn unix(text: &str) -> Result<Address, AddressError> {
    let malformed = |expected| AddressError::Malformed { expected, found: format!("unix:{text}") };
    match text.strip_prefix('@') {
        Some("") => Err(malformed("a name after `unix:@`")),
        Some(name) => Ok(Address::Abstract(name.to_owned())),
        None if text.is_empty() => Err(malformed("a path or @NAME after `unix:`")),
        None => Ok(Address::Unix(text.into())),
    }
}

/// A path with settings, as in `/dev/ttyUSB2?baud=115200`.
fn serial(text: &str) -> Result<Address, AddressError> {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    if path.is_empty() {
        return Err(AddressError::Malformed { expected: "a path before the `?`", found: text.to_owned() });
    }
    let settings = query.map_or(Ok(Settings::default()), |query| settings(query, None))?;
    Ok(Address::Serial { path: path.into(), settings })
}

/// The part after `?`, as in `baud=9600&framing=7e1&flow=rtscts`; with a manner also `ign_set_control&timeout=5`.
fn settings(query: &str, mut manner: Option<&mut Manner>) -> Result<Settings, AddressError> {
    let mut settings = Settings::default();
    let mut seen = Vec::new();
    for part in query.split('&') {
        let split = part.split_once('=');
        let (key, value) = match (split, part, &manner) {
            (Some(split), ..) => split,
            (None, "ign_set_control" | "poll_modem", Some(_)) => (part, ""),
            (None, ..) => {
                let expected = "a setting such as baud=115200";
                return Err(AddressError::Malformed { expected, found: part.to_owned() });
            }
        };
        if seen.contains(&key) {
            return Err(AddressError::Repeated(key.to_owned()));
        }
        seen.push(key);
        let malformed = |expected| AddressError::Malformed { expected, found: part.to_owned() };
        if let Some(manner) = &mut manner {
            match key {
                "ign_set_control" => manner.ignores_control = true,
                "poll_modem" => manner.polls_modem = true,
                "timeout" => {
                    manner.timeout =
                        timeout(value).ok_or_else(|| malformed("a timeout of up to 3600 s, such as 2.5"))?;
                }
                // What pyserial writes of itself.
                "logging" => {}
                _ => own(&mut settings, key, value, part)?,
            }
        } else {
            own(&mut settings, key, value, part)?;
        }
    }
    Ok(settings)
}

/// Seconds.
fn timeout(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 3600.0)?;
    Duration::try_from_secs_f64(seconds).ok().filter(|timeout| !timeout.is_zero())
}

/// A setting of the port itself.
fn own(settings: &mut Settings, key: &str, value: &str, part: &str) -> Result<(), AddressError> {
    let malformed = |expected| AddressError::Malformed { expected, found: part.to_owned() };
    match key {
        "baud" => {
            let baud = value.parse().ok().filter(|baud| (50..=12_000_000).contains(baud));
            settings.baud = baud.ok_or_else(|| malformed("a baud of 50 to 12000000"))?;
        }
        "framing" => {
            settings.framing = framing(value).ok_or_else(|| malformed("a framing such as 8n1, 7e1 or 8n2"))?;
        }
        "flow" => {
            settings.flow = match value {
                "none" => Flow::None,
                "rtscts" => Flow::RtsCts,
                "xonxoff" => Flow::XonXoff,
                _ => return Err(malformed("flow=none, flow=rtscts or flow=xonxoff")),
            };
        }
        _ => return Err(AddressError::UnknownSetting(part.to_owned())),
    }
    Ok(())
}

/// `8n1`: data bits, parity, stop bits.
fn framing(text: &str) -> Option<Framing> {
    let &[data, parity, stop] = text.as_bytes() else { return None };
    let data_bits = data.checked_sub(b'0').filter(|bits| (5..=8).contains(bits))?;
    let stop_bits = stop.checked_sub(b'0').filter(|bits| (1..=2).contains(bits))?;
    let parity = match parity.to_ascii_lowercase() {
        b'n' => Parity::None,
        b'e' => Parity::Even,
        b'o' => Parity::Odd,
        _ => return None,
    };
    Some(Framing { data_bits, parity, stop_bits })
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Serial { path, settings } => {
                write!(f, "{}", path.display())?;
                fmt_settings(settings, f).map(drop)
            }
            Address::Rfc2217 { host, port, settings, manner } => {
                let (left, right) = if host.contains(':') { ("[", "]") } else { ("", "") };
                write!(f, "rfc2217://{left}{host}{right}:{port}")?;
                let sign = fmt_settings(settings, f)?;
                fmt_manner(manner, sign, f)
            }
            Address::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Abstract(name) => write!(f, "unix:@{name}"),
            Address::Stdio => f.write_str("-"),
        }
    }
}

/// Writes what differs from the default behind this sign.
fn fmt_manner(manner: &Manner, mut sign: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (is_set, key) in [(manner.ignores_control, "ign_set_control"), (manner.polls_modem, "poll_modem")] {
        if is_set {
            write!(f, "{sign}{key}")?;
            sign = '&';
        }
    }
    if manner.timeout != Manner::default().timeout {
        write!(f, "{sign}timeout={}", manner.timeout.as_secs_f64())?;
    }
    Ok(())
}

/// Writes what differs from the default, and says which sign stands before anything more.
fn fmt_settings(settings: &Settings, f: &mut fmt::Formatter<'_>) -> Result<char, fmt::Error> {
    let usual = Settings::default();
    let mut sign = '?';
    if settings.baud != usual.baud {
        write!(f, "{sign}baud={}", settings.baud)?;
        sign = '&';
    }
    if settings.framing != usual.framing {
        let Framing { data_bits, parity, stop_bits } = settings.framing;
        let parity = match parity {
            Parity::None => 'n',
            Parity::Even => 'e',
            Parity::Odd => 'o',
        };
        write!(f, "{sign}framing={data_bits}{parity}{stop_bits}")?;
        sign = '&';
    }
    match settings.flow {
        Flow::None => return Ok(sign),
        Flow::RtsCts => write!(f, "{sign}flow=rtscts")?,
        Flow::XonXoff => write!(f, "{sign}flow=xonxoff")?,
    }
    Ok('&')
}

#[cfg(test)]
mod tests;
