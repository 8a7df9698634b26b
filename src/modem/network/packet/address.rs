//! Addresses of contexts, and how they are written: `+CGPADDR`, `+CGPIAF`.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.14 and 10.1.29 (`+CGPIAF`: clause 8.66).

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGPADDR", addresses), Entry::new("+CGPIAF", format)];

/// The four settings of `+CGPIAF`, in its order.
const SETTINGS: [Setting; 4] =
    [Setting::AddressColons, Setting::AddressPrefix, Setting::AddressZeros, Setting::AddressCompressed];

/// How IPv6 addresses are written.
///
/// Source: 3GPP TS 27.007, clause 8.66.
#[derive(Debug, Clone, Copy)]
pub(super) struct Notation {
    /// `2001:DB8:0:CD30:0:0:0:0`, else sixteen decimal numbers parted by dots.
    colons: bool,
    /// `/60`, else the mask is written out.
    prefix: bool,
    /// Leading zeros.
    zeros: bool,
    /// `::`
    compressed: bool,
}

impl Notation {
    pub(super) fn of(modem: &Modem) -> Self {
        let [colons, prefix, zeros, compressed] = SETTINGS.map(|setting| modem.setting(setting) != 0);
        Self { colons, prefix, zeros, compressed }
    }

    /// An IPv6 address.
    pub(super) fn v6(self, address: Ipv6Addr) -> String {
        if !self.colons {
            return dotted(&address.octets());
        }
        if self.compressed && !self.zeros {
            return address.to_string().to_ascii_uppercase();
        }
        let segments = address.segments();
        let text = |segments: &[u16]| -> String {
            let word = |segment: &u16| if self.zeros { format!("{segment:04X}") } else { format!("{segment:X}") };
            segments.iter().map(word).collect::<Vec<_>>().join(":")
        };
        match longest_zeros(&segments).filter(|_| self.compressed) {
            Some((start, end)) => format!("{}::{}", text(&segments[..start]), text(&segments[end..])),
            None => text(&segments),
        }
    }

    /// An IPv6 address and the bits of its network.
    pub(super) fn v6_in(self, address: Ipv6Addr, prefix: u8) -> String {
        if self.prefix && self.colons {
            return format!("{}/{prefix}", self.v6(address));
        }
        let mask = Ipv6Addr::from(u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0));
        let sign = if self.colons { ' ' } else { '.' };
        format!("{}{sign}{}", self.v6(address), self.v6(mask))
    }
}

/// An IPv4 address and its mask: `10.64.0.1.255.255.255.0`.
pub(super) fn v4_in(address: Ipv4Addr, prefix: u8) -> String {
    let mask = Ipv4Addr::from(u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0));
    format!("{address}.{mask}")
}

fn dotted(octets: &[u8]) -> String {
    octets.iter().map(u8::to_string).collect::<Vec<_>>().join(".")
}

/// The longest run of zero segments, two at least.
fn longest_zeros(segments: &[u16; 8]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut start = 0;
    while start < segments.len() {
        let end = start + segments[start..].iter().take_while(|&&segment| segment == 0).count();
        if end - start >= 2 && best.is_none_or(|(from, to)| end - start > to - from) {
            best = Some((start, end));
        }
        start = end + 1;
    }
    best
}

/// `+CGPADDR[=<cid>[,<cid>…]]`
fn addresses(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let named = match call.form() {
        Form::Execute => Ok(modem.network.packet.contexts.iter().map(|context| context.cid).collect()),
        Form::Set(parameters) => super::named(modem, &parameters, 0),
        Form::Test => {
            let cids: Vec<String> =
                modem.network.packet.contexts.iter().map(|context| context.cid.to_string()).collect();
            modem.inform(format_args!("+CGPADDR: ({})", cids.join(",")));
            return Reply::Ok;
        }
        Form::Read => return Reply::Error,
    };
    let named = match named {
        Ok(named) => named,
        Err(reply) => return reply,
    };
    let notation = Notation::of(modem);
    for cid in named {
        let mut line = format!("+CGPADDR: {cid}");
        if let Some(session) = modem.network.packet.contexts.of(cid).and_then(|context| context.session.as_ref()) {
            // Writing to a string does not fail.
            if let Some(address) = session.v4 {
                let _ = write!(line, ",\"{address}\"");
            }
            if let Some(address) = session.v6 {
                let _ = write!(line, ",\"{}\"", notation.v6(address));
            }
        }
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}

/// `+CGPIAF=[<format>[,<subnet>[,<leading zeros>[,<compressed>]]]]`
fn format(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let [colons, prefix, zeros, compressed] = SETTINGS.map(|setting| modem.setting(setting));
            modem.inform(format_args!("+CGPIAF: {colons},{prefix},{zeros},{compressed}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CGPIAF: (0,1),(0,1),(0,1),(0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let mut values = [0; SETTINGS.len()];
            for (value, index) in values.iter_mut().zip(0..) {
                match parameters.number::<u32>(index) {
                    Ok(number @ (None | Some(0 | 1))) => *value = number.unwrap_or(0),
                    Ok(Some(_)) => return Reply::Malformed,
                    Err(error) => return error.into(),
                }
            }
            if parameters.len() > SETTINGS.len() {
                return Reply::Malformed;
            }
            for (setting, value) in SETTINGS.into_iter().zip(values) {
                modem.set(setting, value);
            }
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notation(flags: [bool; 4]) -> Notation {
        let [colons, prefix, zeros, compressed] = flags;
        Notation { colons, prefix, zeros, compressed }
    }

    #[test]
    fn each_notation_of_an_ipv6_address_is_as_the_standard_shows_it() {
        let address: Ipv6Addr = "fd64:0:0:cd30::7".parse().expect("an address");
        let written = |flags| notation(flags).v6_in(address, 64);
        assert_eq!(
            written([false; 4]),
            "253.100.0.0.0.0.205.48.0.0.0.0.0.0.0.7.255.255.255.255.255.255.255.255.0.0.0.0.0.0.0.0"
        );
        assert_eq!(written([true, false, false, false]), "FD64:0:0:CD30:0:0:0:7 FFFF:FFFF:FFFF:FFFF:0:0:0:0");
        assert_eq!(written([true, true, false, false]), "FD64:0:0:CD30:0:0:0:7/64");
        assert_eq!(written([true, true, true, false]), "FD64:0000:0000:CD30:0000:0000:0000:0007/64");
        assert_eq!(written([true, true, false, true]), "FD64:0:0:CD30::7/64");
        assert_eq!(written([true, true, true, true]), "FD64:0000:0000:CD30::0007/64");
        assert_eq!(notation([true, false, false, true]).v6_in(Ipv6Addr::LOCALHOST, 0), "::1 ::");
        assert_eq!(v4_in(Ipv4Addr::new(10, 64, 0, 1), 16), "10.64.0.1.255.255.0.0");
        assert_eq!(v4_in(Ipv4Addr::new(10, 64, 0, 1), 0), "10.64.0.1.0.0.0.0");
        assert_eq!(v4_in(Ipv4Addr::new(10, 64, 0, 1), 32), "10.64.0.1.255.255.255.255");
    }
}
