//! What a user calls a port: the text after `--port`, `--tcp`, `--unix`, and its parts.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A port by name.
///
/// Written as a path (`/dev/ttyUSB2`, `COM3`), with settings after a `?` (`/dev/ttyUSB2?baud=9600&framing=7e1&flow=rtscts`),
/// as `tcp:HOST:PORT`, `unix:PATH`, `unix:@NAME` (the abstract namespace), or `-` for stdio.
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
    /// A kind of port that this version does not open.
    #[error("RFC 2217 ports are not in this version: `{0}`")]
    Rfc2217(String),
}

impl AddressError {
    /// The next step.
    pub fn help(&self) -> &'static str {
        match self {
            AddressError::Empty | AddressError::Malformed { .. } => {
                "a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, unix:PATH or unix:@NAME"
            }
            AddressError::UnknownSetting(_) | AddressError::Repeated(_) => {
                "settings are baud=115200, framing=8n1 and flow=none|rtscts|xonxoff, joined by `&`"
            }
            AddressError::Rfc2217(_) => "a server such as ser2net can offer the same port raw: tcp:HOST:PORT",
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let framing = Framing { data_bits: 8, parity: Parity::None, stop_bits: 1 };
        Settings { baud: 115_200, framing, flow: Flow::None }
    }
}

impl Address {
    /// Whether only programs of this machine can reach it.
    pub fn is_local(&self) -> bool {
        match self {
            Address::Tcp { host, .. } => is_loopback(host),
            Address::Serial { .. } | Address::Unix(_) | Address::Abstract(_) | Address::Stdio => true,
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
        if text.starts_with("rfc2217:") {
            return Err(AddressError::Rfc2217(text.to_owned()));
        }
        if let Some(rest) = text.strip_prefix("tcp:") {
            return tcp(rest);
        }
        if let Some(rest) = text.strip_prefix("unix:") {
            return unix(rest);
        }
        serial(text)
    }
}

/// The part after `tcp:`, as in `localhost:5000` and `[::1]:5000`.
fn tcp(text: &str) -> Result<Address, AddressError> {
    let malformed = |expected| AddressError::Malformed { expected, found: text.to_owned() };
    let (host, port) = text.rsplit_once(':').ok_or_else(|| malformed("HOST:PORT after `tcp:`"))?;
    let port = port.parse().map_err(|_| malformed("a port number of 0 to 65535 after the host"))?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').ok_or_else(|| malformed("a `]` after the IPv6 address"))?,
        None if host.contains(':') => return Err(malformed("brackets round an IPv6 address")),
        None => host,
    };
    if host.is_empty() {
        return Err(malformed("a host before the port number"));
    }
    Ok(Address::Tcp { host: host.to_owned(), port })
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
    let settings = query.map_or(Ok(Settings::default()), settings)?;
    Ok(Address::Serial { path: path.into(), settings })
}

/// The part after `?`, as in `baud=9600&framing=7e1&flow=rtscts`.
fn settings(query: &str) -> Result<Settings, AddressError> {
    let mut settings = Settings::default();
    let mut seen = Vec::new();
    for part in query.split('&') {
        let (key, value) = part.split_once('=').ok_or_else(|| AddressError::Malformed {
            expected: "a setting such as baud=115200",
            found: part.to_owned(),
        })?;
        if seen.contains(&key) {
            return Err(AddressError::Repeated(key.to_owned()));
        }
        seen.push(key);
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
    }
    Ok(settings)
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
                fmt_settings(settings, f)
            }
            Address::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Address::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Abstract(name) => write!(f, "unix:@{name}"),
            Address::Stdio => f.write_str("-"),
        }
    }
}

/// Writes what differs from the default.
fn fmt_settings(settings: &Settings, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        Flow::None => Ok(()),
        Flow::RtsCts => write!(f, "{sign}flow=rtscts"),
        Flow::XonXoff => write!(f, "{sign}flow=xonxoff"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        match text.parse::<Address>() {
            Ok(address) => format!("{address:?}\n{address}"),
            Err(error) => format!("error: {error}\nhelp: {}", error.help()),
        }
    }

    #[test]
    fn each_kind_of_port_is_understood() {
        insta::assert_snapshot!(show("/dev/ttyUSB2?baud=9600&framing=7E2&flow=rtscts"), @r#"
        Serial { path: "/dev/ttyUSB2", settings: Settings { baud: 9600, framing: Framing { data_bits: 7, parity: Even, stop_bits: 2 }, flow: RtsCts } }
        /dev/ttyUSB2?baud=9600&framing=7e2&flow=rtscts
        "#);
        insta::assert_snapshot!(show("tcp:[::1]:5000"), @r#"
        Tcp { host: "::1", port: 5000 }
        tcp:[::1]:5000
        "#);
        insta::assert_snapshot!(show("unix:@abstract:modem"), @r#"
        Abstract("abstract:modem")
        unix:@abstract:modem
        "#);
        insta::assert_snapshot!(show("unix:run/modem"), @r#"
        Unix("run/modem")
        unix:run/modem
        "#);
    }

    #[test]
    fn a_bad_address_is_told_where_it_goes_wrong() {
        insta::assert_snapshot!(show("tcp:localhost"), @r"
        error: expected HOST:PORT after `tcp:`, found `localhost`
        help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, unix:PATH or unix:@NAME
        ");
        insta::assert_snapshot!(show("tcp:::1:80"), @r"
        error: expected brackets round an IPv6 address, found `::1:80`
        help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, unix:PATH or unix:@NAME
        ");
        insta::assert_snapshot!(show("/dev/ttyUSB0?framing=9n1"), @r"
        error: expected a framing such as 8n1, 7e1 or 8n2, found `framing=9n1`
        help: a port is a path (/dev/ttyUSB2, /dev/ttyUSB2?baud=115200), tcp:HOST:PORT, unix:PATH or unix:@NAME
        ");
        insta::assert_snapshot!(show("/dev/ttyUSB0?speed=9600"), @r"
        error: unknown port setting `speed=9600`
        help: settings are baud=115200, framing=8n1 and flow=none|rtscts|xonxoff, joined by `&`
        ");
        insta::assert_snapshot!(show("rfc2217://bench:4000"), @r"
        error: RFC 2217 ports are not in this version: `rfc2217://bench:4000`
        help: a server such as ser2net can offer the same port raw: tcp:HOST:PORT
        ");
    }

    #[test]
    fn only_loopback_counts_as_local() {
        let local = |text: &str| text.parse::<Address>().is_ok_and(|address| address.is_local());
        assert!(local("tcp:127.0.0.1:1") && local("tcp:localhost:1") && local("tcp:[::1]:1") && local("unix:/run/x"));
        assert!(!local("tcp:0.0.0.0:1") && !local("tcp:[::]:1") && !local("tcp:bench.example:1"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(
            path in "/dev/[a-zA-Z0-9/_.-]{1,20}", baud in 50u32..=12_000_000, data_bits in 5u8..=8, stop_bits in 1u8..=2,
            parity in proptest::sample::select(vec![Parity::None, Parity::Even, Parity::Odd]),
            flow in proptest::sample::select(vec![Flow::None, Flow::RtsCts, Flow::XonXoff]),
        ) {
            let framing = Framing { data_bits, parity, stop_bits };
            let address = Address::Serial { path: path.into(), settings: Settings { baud, framing, flow } };
            proptest::prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<Address>();
        }
    }
}
