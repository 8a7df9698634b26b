//! What the network gave an active context: `+CGCONTRDP`, `+CGSCONTRDP`, `+CGEQOSRDP`, `+CGEQNEG`.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.8, 10.1.23, 10.1.24 and 10.1.27.

use super::address::{Notation, v4_in};
use super::context::{Context, Session};
use super::profile::SessionProfile;
use super::quality::{Quality, is_guaranteed};
use super::wanted_active;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::profile::NetworkProfile;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CGCONTRDP", primary),
    Entry::new("+CGSCONTRDP", secondary),
    Entry::new("+CGEQOSRDP", eps_quality),
    Entry::new("+CGEQNEG", negotiated),
];

/// `+CGCONTRDP[=<cid>]`: one line, or one for each address family.
fn primary(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match wanted_active(modem, call, "+CGCONTRDP", |context| context.primary.is_none()) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let profile = modem.profile.clone();
    let mut lines = Vec::new();
    for (context, session) in modem.network.packet.contexts.active() {
        if wanted.contains(&context.cid) {
            lines.extend(families(modem, &profile.network, context, session));
        }
    }
    for line in lines {
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}

/// The lines of one context, IPv4 first.
fn families(modem: &Modem, network: &NetworkProfile, context: &Context, session: &Session) -> Vec<String> {
    let profile = &network.session;
    let notation = Notation::of(modem);
    let front = format!("+CGCONTRDP: {},{},\"{}\"", context.cid, session.bearer, full_name(modem, network, session));
    let line = |own: String, gateway: String, dns: Vec<String>, pcscf: Vec<String>| {
        let at = |list: &[String], place: usize| list.get(place).cloned().unwrap_or_default();
        let servers = [at(&dns, 0), at(&dns, 1), at(&pcscf, 0), at(&pcscf, 1)];
        let texts = [own, gateway].into_iter().chain(servers).map(|text| format!("\"{text}\""));
        let numbers = [context.options.signalling().into(), 0, profile.mtu].map(|number| number.to_string());
        // `<cid>`, `<bearer_id>` and `<apn>` stand in front.
        let shown = usize::from(network.show.cgcontrdp_fields).saturating_sub(3);
        let rest: Vec<String> = texts.chain(numbers).take(shown).collect();
        format!("{front},{}", rest.join(","))
    };
    let mut lines = Vec::new();
    if let Some(address) = session.v4 {
        let text = |list: &[std::net::Ipv4Addr]| list.iter().map(ToString::to_string).collect();
        lines.push(line(
            v4_in(address, profile.prefix),
            profile.gateway.to_string(),
            text(&profile.dns),
            text(&profile.pcscf),
        ));
    }
    if let Some(address) = session.v6 {
        let text = |list: &[std::net::Ipv6Addr]| list.iter().map(|&address| notation.v6(address)).collect();
        lines.push(line(
            notation.v6_in(address, profile.prefix_v6),
            notation.v6(profile.gateway_v6),
            text(&profile.dns_v6),
            text(&profile.pcscf_v6),
        ));
    }
    if lines.is_empty() {
        lines.push(line(String::new(), String::new(), Vec::new(), Vec::new()));
    }
    lines
}

/// The APN with its operator's part, where this modem shows it: `internet.mnc001.mcc001.gprs`.
///
/// Source: 3GPP TS 23.003, clause 9.1.2.
fn full_name(modem: &Modem, network: &NetworkProfile, session: &Session) -> String {
    let home = modem.network.mobility.serving().map(|cell| cell.plmn.to_string()).unwrap_or_default();
    match home.split_at_checked(3) {
        Some((mcc, mnc)) if network.show.apn_suffix => format!("{}.mnc{mnc:0>3}.mcc{mcc}.gprs", session.apn),
        Some(_) | None => session.apn.to_string(),
    }
}

/// `+CGSCONTRDP[=<cid>]`
fn secondary(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match wanted_active(modem, call, "+CGSCONTRDP", |context| context.primary.is_some()) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let lines = modem.network.packet.contexts.active().filter_map(|(context, session)| {
        let primary = context.primary.filter(|_| wanted.contains(&context.cid))?;
        let signalling = context.options.signalling();
        Some(format!("+CGSCONTRDP: {},{primary},{},{signalling}", context.cid, session.bearer))
    });
    for line in lines.collect::<Vec<_>>() {
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}

/// `+CGEQOSRDP[=<cid>]`: the class and the rates that the network gave; a class without a guaranteed rate has the
/// aggregate rate of its APN.
fn eps_quality(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match wanted_active(modem, call, "+CGEQOSRDP", |_| true) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let profile = modem.profile.clone();
    let active = modem.network.packet.contexts.active().filter(|(context, _)| wanted.contains(&context.cid));
    let lines = active.map(|(context, session)| eps_line(&profile.network.session, context, session));
    for line in lines.collect::<Vec<_>>() {
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}

fn eps_line(profile: &SessionProfile, context: &Context, session: &Session) -> String {
    let asked = session.qualities[Quality::Eps as usize].as_deref().unwrap_or_default();
    let class = asked.first().and_then(|class| class.parse().ok()).unwrap_or(0);
    let cid = context.cid;
    if is_guaranteed(class) && context.primary.is_some() {
        return format!("+CGEQOSRDP: {cid},{}", asked.join(","));
    }
    // A default bearer has no guaranteed rate, whatever was asked.
    let class = if class == 0 || is_guaranteed(class) { profile.qci } else { class };
    let [down, up] = profile.ambr;
    format!("+CGEQOSRDP: {cid},{class},0,0,0,0,{down},{up}")
}

/// `+CGEQNEG=[<cid>[,<cid>…]]`: the profile of UMTS that the network agreed to, which is what was asked.
fn negotiated(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match wanted_active(modem, call, "+CGEQNEG", |_| true) {
        Ok(wanted) => wanted,
        Err(reply) => return reply,
    };
    let lines = modem.network.packet.contexts.active().filter(|(context, _)| wanted.contains(&context.cid));
    let lines = lines.filter_map(|(context, session)| {
        let values = session.qualities[Quality::Umts as usize].as_ref()?;
        Some(format!("+CGEQNEG: {},{}", context.cid, values.join(",")))
    });
    for line in lines.collect::<Vec<_>>() {
        modem.inform(format_args!("{line}"));
    }
    Reply::Ok
}
