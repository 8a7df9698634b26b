//! Traffic flow templates: which packets a context is for. `+CGTFT`, `+CGTFTRDP`.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.3 and 10.1.25; TS 23.060, clause 15.3.

use std::fmt::Write as _;

use super::context::Context;
use super::wanted_active;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGTFT", template), Entry::new("+CGTFTRDP", dynamic)];

/// 144: two filters of one address have the same precedence.
const SEMANTIC_ERROR: CmeError = CmeError::new(144);

/// Filters of one template, at most. Source: 3GPP TS 24.008, clause 10.5.6.12.
const MOST: u8 = 16;

/// One packet filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    identifier: u8,
    precedence: u8,
    /// `<remote address and subnet mask>`
    remote: Box<str>,
    protocol: Option<u8>,
    local_ports: Box<str>,
    remote_ports: Box<str>,
    /// `<spi>`, up to eight hexadecimal digits.
    security: Box<str>,
    /// `<type of service and mask>`
    service: Box<str>,
    /// `<flow label>`, up to five hexadecimal digits.
    label: Box<str>,
    direction: u8,
    /// `<local address and subnet mask>`
    local: Box<str>,
}

impl Filter {
    /// What stands behind `<cid>`; `network`: the identifier that the network gave.
    fn write(&self, out: &mut String, network: Option<u8>) {
        let Self { identifier, precedence, remote, local_ports, remote_ports, security, service, label, .. } = self;
        let protocol = self.protocol.map_or_else(String::new, |number| number.to_string());
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "{identifier},{precedence},\"{remote}\",{protocol},\"{local_ports}\",\"{remote_ports}\",{security},\"{service}\",\
             {label},{}",
            self.direction
        );
        if let Some(network) = network {
            let _ = write!(out, ",{network}");
        }
        let _ = write!(out, ",\"{}\"", self.local);
    }
}

/// `+CGTFT=<cid>[,<packet filter identifier>,<evaluation precedence index>[,…]]`; with `<cid>` alone every filter of the
/// context is undefined.
fn template(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let mut lines = Vec::new();
            for context in modem.network.packet.contexts.iter() {
                for filter in &context.filters {
                    let mut line = format!("+CGTFT: {},", context.cid);
                    filter.write(&mut line, None);
                    lines.push(line);
                }
            }
            for line in lines {
                modem.inform(format_args!("{line}"));
            }
            Reply::Ok
        }
        Form::Test => {
            for kind in modem.profile.network.types.clone() {
                if kind.has_v4() || kind.has_v6() {
                    let name = kind.name();
                    modem.inform(format_args!(
                        "+CGTFT: \"{name}\",(1-{MOST}),(0-255),,(0-255),,,(00000000-FFFFFFFF),,(00000-FFFFF),(0-3)"
                    ));
                }
            }
            Reply::Ok
        }
        Form::Set(parameters) => set(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let cid = parameters.required::<u8>(0)?;
    let contexts = &mut modem.network.packet.contexts;
    if contexts.of(cid).is_none() || parameters.len() > 12 {
        return Err(Reply::Malformed);
    }
    if parameters.len() == 1 {
        if let Some(context) = contexts.of_mut(cid) {
            context.filters.clear();
        }
        return Ok(());
    }
    let filter = read(parameters)?;
    let group = contexts.of(cid).map_or(cid, address_of);
    let clash = contexts.iter().filter(|context| address_of(context) == group).any(|context| {
        let same = |other: &Filter| context.cid == cid && other.identifier == filter.identifier;
        context.filters.iter().any(|other| other.precedence == filter.precedence && !same(other))
    });
    if clash {
        return Err(Reply::Cme(SEMANTIC_ERROR));
    }
    if let Some(context) = contexts.of_mut(cid) {
        context.filters.retain(|other| other.identifier != filter.identifier);
        let place = context.filters.partition_point(|other| other.identifier < filter.identifier);
        context.filters.insert(place, filter);
    }
    Ok(())
}

/// The context whose address this one has.
fn address_of(context: &Context) -> u8 {
    context.primary.unwrap_or(context.cid)
}

fn read(parameters: &Parameters<'_>) -> Result<Filter, Reply> {
    let dotted = |index| text(parameters, index, |text| numbers(text, '.').is_some_and(|all| matches!(all, 8 | 32)));
    let ports = |index| {
        text(parameters, index, |text| {
            let bounds: Vec<Option<u16>> = text.split('.').map(|bound| bound.parse().ok()).collect();
            matches!(bounds[..], [Some(low), Some(high)] if low <= high)
        })
    };
    let hexadecimal = |index: usize, digits: usize| -> Result<Box<str>, Reply> {
        let word = parameters.word(index).unwrap_or_default();
        let fits = word.len() <= digits && word.iter().all(u8::is_ascii_hexdigit);
        let word = String::from_utf8_lossy(&word).to_ascii_uppercase();
        if fits { Ok(word.into()) } else { Err(Reply::Malformed) }
    };
    let filter = Filter {
        identifier: parameters.required(1)?,
        precedence: parameters.required(2)?,
        remote: dotted(3)?,
        protocol: parameters.number(4)?,
        local_ports: ports(5)?,
        remote_ports: ports(6)?,
        security: hexadecimal(7, 8)?,
        service: text(parameters, 8, |text| numbers(text, '.') == Some(2))?,
        label: hexadecimal(9, 5)?,
        direction: parameters.number(10)?.unwrap_or(0),
        local: dotted(11)?,
    };
    let known = (1..=MOST).contains(&filter.identifier) && filter.direction <= 3;
    if known { Ok(filter) } else { Err(Reply::Malformed) }
}

/// A string that is empty or as it should be.
fn text(parameters: &Parameters<'_>, index: usize, fits: impl Fn(&str) -> bool) -> Result<Box<str>, Reply> {
    let octets = parameters.text(index)?.unwrap_or_default();
    match std::str::from_utf8(&octets) {
        Ok(text) if text.is_empty() || fits(text) => Ok(text.into()),
        Ok(_) | Err(_) => Err(Reply::Malformed),
    }
}

/// How many numbers of one octet a text is, parted by this sign.
fn numbers(text: &str, sign: char) -> Option<usize> {
    text.split(sign).map(|number| number.parse::<u8>().ok()).collect::<Option<Vec<u8>>>().map(|all| all.len())
}

/// `+CGTFTRDP[=<cid>]`: the filters of active contexts as the network has them.
fn dynamic(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match wanted_active(modem, call, "+CGTFTRDP", |_| true) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let mut lines = Vec::new();
    for (context, session) in
        modem.network.packet.contexts.active().filter(|(context, _)| wanted.contains(&context.cid))
    {
        for (filter, network) in session.filters.iter().zip(1..) {
            let mut line = format!("+CGTFTRDP: {},", context.cid);
            filter.write(&mut line, Some(network));
            lines.push(line);
        }
    }
    for line in lines {
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}
