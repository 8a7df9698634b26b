//! Contexts as the host defines them: `+CGDCONT`, and `+CGDSCONT` for those that share another one's address.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.1 and 10.1.2.

use std::fmt::Write as _;

use super::context::{Context, OPTIONS, Options, PdpType};
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGDCONT", define), Entry::new("+CGDSCONT", define_secondary)];

/// An APN has up to 100 octets (3GPP TS 23.003, clause 9.1).
const APN_MAXIMUM: usize = 100;

/// An IPv6 address in dotted form with its mask is the longest.
const ADDRESS_MAXIMUM: usize = 150;

/// `<cid>,<PDP_type>,<APN>,<PDP_addr>` stand in front of the options.
const FRONT: usize = 4;

/// `+CGDCONT=<cid>[,<PDP_type>[,<APN>[,…]]]`; with `<cid>` alone the context is undefined again.
fn define(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let contexts = modem.network.packet.contexts.iter().filter(|context| context.primary.is_none());
            let lines: Vec<String> = contexts.map(|context| line(modem, context)).collect();
            for line in lines {
                modem.inform(format_args!("{line}"));
            }
            Reply::Ok
        }
        Form::Test => {
            let network = &modem.profile.network;
            let (highest, shown) = (network.contexts, shown_options(modem));
            let ranges: String = OPTIONS[..shown].iter().fold(String::new(), |mut ranges, option| {
                // Writing to a string does not fail.
                let _ = match option {
                    Some(most) => write!(ranges, ",(0-{most})"),
                    None => write!(ranges, ","),
                };
                ranges
            });
            for kind in network.types.clone() {
                modem.inform(format_args!("+CGDCONT: (1-{highest}),\"{}\",,{ranges}", kind.name()));
            }
            Reply::Ok
        }
        Form::Set(parameters) => set(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

/// How many of the options the profile shows.
fn shown_options(modem: &Modem) -> usize {
    usize::from(modem.profile.network.show.cgdcont_fields).saturating_sub(FRONT).min(OPTIONS.len())
}

fn line(modem: &Modem, context: &Context) -> String {
    let network = &modem.profile.network;
    let mut address = context.address.to_string();
    if let Some(session) = context.session.as_ref().filter(|_| network.show.cgdcont_address) {
        address = session.v4.map(|address| address.to_string()).unwrap_or_default();
    }
    if address.is_empty() {
        address.clone_from(&network.show.no_address);
    }
    let mut line = format!("+CGDCONT: {},\"{}\",\"{}\",\"{address}\"", context.cid, context.kind.name(), context.apn);
    let options = &context.options;
    // What was set is shown, however many parameters this modem shows as a rule.
    let set = OPTIONS.iter().zip(&options.numbers).rposition(|(kind, &number)| match kind {
        Some(_) => number != 0,
        None => !options.slice.is_empty(),
    });
    let shown = shown_options(modem).max(set.map_or(0, |last| last + 1));
    for (kind, number) in OPTIONS.iter().zip(&options.numbers).take(shown) {
        // Writing to a string does not fail.
        let _ = match kind {
            Some(_) => write!(line, ",{number}"),
            None => write!(line, ",\"{}\"", options.slice),
        };
    }
    line
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let cid = cid(modem, parameters)?;
    if parameters.len() == 1 {
        return undefine(modem, cid, |_| true);
    }
    let kind = match parameters.text(1)? {
        None => Some(PdpType::Ip),
        Some(name) => PdpType::of(&name).filter(|kind| modem.profile.network.types.contains(kind)),
    };
    let (apn, address) = (text(parameters, 2, APN_MAXIMUM)?, text(parameters, 3, ADDRESS_MAXIMUM)?);
    let options = options(parameters)?;
    let Some(kind) = kind.filter(|_| parameters.len() <= FRONT + OPTIONS.len()) else { return Err(Reply::Malformed) };
    let contexts = &mut modem.network.packet.contexts;
    if contexts.of(cid).is_some_and(|context| context.primary.is_some() && context.is_active()) {
        return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
    }
    let context = contexts.define(cid, kind);
    // A context that is active stays so: what it is now is asked for at its next activation, as hosts that dial expect,
    // who define the context of the attach anew before they do.
    (context.primary, context.kind, context.apn, context.address, context.options) =
        (None, kind, apn, address, options);
    Ok(())
}

fn cid(modem: &Modem, parameters: &Parameters<'_>) -> Result<u8, Reply> {
    let cid = parameters.number::<u8>(0)?.unwrap_or(1);
    if (1..=modem.profile.network.contexts).contains(&cid) { Ok(cid) } else { Err(Reply::Malformed) }
}

/// Forgets a context, unless it is active.
fn undefine(modem: &mut Modem, cid: u8, of_kind: impl Fn(&Context) -> bool) -> Result<(), Reply> {
    let contexts = &mut modem.network.packet.contexts;
    let belongs = |context: &Context| context.cid == cid || context.primary == Some(cid);
    if contexts.active().any(|(context, _)| belongs(context)) {
        return Err(Reply::Cme(CmeError::OPERATION_NOT_ALLOWED));
    }
    if contexts.of(cid).is_some_and(of_kind) {
        contexts.remove(cid);
    }
    Ok(())
}

fn text(parameters: &Parameters<'_>, index: usize, longest: usize) -> Result<Box<str>, Reply> {
    let octets = parameters.text(index)?.unwrap_or_default();
    match std::str::from_utf8(&octets) {
        Ok(text) if text.len() <= longest && !text.contains(['"', '\r', '\n']) => Ok(text.into()),
        Ok(_) | Err(_) => Err(Reply::Malformed),
    }
}

fn options(parameters: &Parameters<'_>) -> Result<Options, Reply> {
    let mut options = Options::default();
    for ((kind, number), index) in OPTIONS.iter().zip(&mut options.numbers).zip(FRONT..) {
        match kind {
            Some(most) => {
                *number = parameters.number(index)?.unwrap_or(0);
                if *number > *most {
                    return Err(Reply::Malformed);
                }
            }
            None => options.slice = text(parameters, index, ADDRESS_MAXIMUM)?,
        }
    }
    Ok(options)
}

/// `+CGDSCONT=<cid>[,<p_cid>[,<d_comp>[,<h_comp>[,<IM_CN_Signalling_Flag_Ind>]]]]`; with `<cid>` alone it is undefined.
fn define_secondary(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let secondary = modem.network.packet.contexts.iter().filter_map(|context| {
                let (cid, primary, options) = (context.cid, context.primary?, &context.options);
                let [d_comp, h_comp, ..] = options.numbers;
                Some(format!("+CGDSCONT: {cid},{primary},{d_comp},{h_comp},{}", options.signalling()))
            });
            for line in secondary.collect::<Vec<_>>() {
                modem.inform(format_args!("{line}"));
            }
            Reply::Ok
        }
        Form::Test => {
            let active = modem.network.packet.contexts.active().filter(|(context, _)| context.primary.is_none());
            let active: Vec<String> = active.map(|(context, _)| context.cid.to_string()).collect();
            let highest = modem.profile.network.contexts;
            modem.inform(format_args!("+CGDSCONT: (1-{highest}),({}),(0-2),(0-3),(0-1)", active.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => set_secondary(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set_secondary(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let cid = cid(modem, parameters)?;
    if parameters.len() == 1 {
        return undefine(modem, cid, |context| context.primary.is_some());
    }
    let primary = parameters.required::<u8>(1)?;
    let [d_comp, h_comp] = [parameters.number::<u8>(2)?.unwrap_or(0), parameters.number::<u8>(3)?.unwrap_or(0)];
    let signalling = parameters.number::<u8>(4)?.unwrap_or(0);
    let contexts = &mut modem.network.packet.contexts;
    let owner = contexts.of(primary).filter(|context| context.primary.is_none()).map(|context| context.kind);
    let taken = contexts.of(cid).is_some_and(|context| context.primary.is_none());
    let fits = parameters.len() <= 5 && d_comp <= 2 && h_comp <= 3 && signalling <= 1;
    let Some(kind) = owner.filter(|_| fits && cid != primary && !taken) else { return Err(Reply::Malformed) };
    let context = contexts.define(cid, kind);
    (context.primary, context.kind) = (Some(primary), kind);
    context.options.numbers = [0; OPTIONS.len()];
    context.options.numbers[0] = d_comp;
    context.options.numbers[1] = h_comp;
    context.options.numbers[5] = signalling;
    Ok(())
}
