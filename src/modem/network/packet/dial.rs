//! Data over a context: `*99#` and `*98#` as they are dialled, `+CGDATA`, and what the network asks for.
//!
//! The line's call is V.250's; here is which context it is for, and that the context is up while the call stands.
//!
//! Source: 3GPP TS 27.007, clauses 10.1.12, 10.1.15, 10.1.16 and 10.2.1.

use std::net::Ipv4Addr;

use super::activation::{lower_unless_last, raise};
use super::context::{Context, addresses};
use super::named;
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::network::Network;
use crate::modem::network::profile::NetworkProfile;
use crate::modem::{Modem, Setting, Tick};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::{CmeError, FinalResult};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CGDATA", data).needs(Needs::Sim),
    Entry::new("+CGANS", answer),
    Entry::new("+CGAUTO", |modem, call| modem.number_setting(call, "+CGAUTO", Setting::PacketAnswer)),
];

/// The only `<L2P>` there is: PPP ends in the modem.
const PROTOCOL: &str = "PPP";

/// The context that a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialled {
    pub(super) cid: u8,
    /// The call stands.
    pub(super) connected: bool,
    /// The call brought it up, and ends it.
    opened: bool,
}

/// What `*99#` and its like name: `*99[*[<address>][*[<L2P>][*<cid>]]]#`, `*98[*<cid>]#`.
///
/// Source: 3GPP TS 27.007, clauses 10.2.1.1 and 10.2.1.2. Hosts write `*98***<cid>#` too.
fn context_of(number: &str) -> Result<Option<u8>, Reply> {
    let inner = number.strip_suffix('#').unwrap_or(number);
    let (service, rest) = inner.split_at_checked(3).ok_or(Reply::Error)?;
    let fields: Vec<&str> = rest.split('*').skip(1).collect();
    let (protocol, cid) = match (service, fields.as_slice()) {
        (_, []) => ("", ""),
        ("*98", [cid]) => ("", *cid),
        (_, [_address]) => ("", ""),
        (_, [_address, protocol]) => (*protocol, ""),
        (_, [_address, protocol, cid]) => (*protocol, *cid),
        (_, [_, _, _, _, ..]) => return Err(Reply::Error),
    };
    // 1 is PPP, as 27.060 numbers them.
    if !matches!(protocol, "" | "1") && !protocol.eq_ignore_ascii_case(PROTOCOL) {
        return Err(Reply::Error);
    }
    match cid.split(',').next() {
        None | Some("") => Ok(None),
        Some(cid) => cid.parse().map(Some).map_err(|_| Reply::Error),
    }
}

impl Network {
    /// A packet call is dialled: says which context it is for.
    ///
    /// # Errors
    /// How the command ends where there is no such context.
    pub(in crate::modem) fn dial(modem: &mut Modem, number: &str) -> Result<(), Reply> {
        let wanted = context_of(number)?;
        choose(modem, wanted).map_err(|_| Reply::Result(FinalResult::NoCarrier))
    }

    /// The network takes the call that was dialled: its context is up from here on.
    ///
    /// # Errors
    /// How the call ends where the network refuses the context.
    pub(in crate::modem) fn connect(modem: &mut Modem, now: Tick) -> Result<(), Reply> {
        let Some(dialled) = modem.network.packet.dialled else { return Err(Reply::Result(FinalResult::NoCarrier)) };
        let cid = dialled.cid;
        // TS 27.007, clause 10.2.1.1: a context that is not defined is asked for with what is known, which is nothing.
        let kind = modem.profile.network.context_type;
        modem.network.packet.contexts.define(cid, kind);
        let stood = modem.network.packet.contexts.of(cid).is_some_and(Context::is_active);
        match raise(modem, now, cid) {
            Ok(()) => {
                modem.network.packet.dialled = Some(Dialled { cid, connected: true, opened: !stood });
                Ok(())
            }
            Err(cause) => {
                modem.network.packet.dialled = None;
                let network = &modem.profile.network;
                let told = network.show.dial_error;
                Err(if told {
                    Reply::Cme(super::cause::error(cause, network))
                } else {
                    Reply::Result(FinalResult::NoCarrier)
                })
            }
        }
    }

    /// The packet call is over: a context that it brought up goes, but for the last one in E-UTRAN.
    pub(in crate::modem) fn hung_up(modem: &mut Modem) {
        if let Some(dialled) = modem.network.packet.dialled.take()
            && dialled.opened
        {
            // Nothing is carried there any more: the time does not count.
            lower_unless_last(modem, Tick::ZERO, dialled.cid);
        }
    }

    /// Whether what the call is for is there.
    pub(in crate::modem) fn carries_call(&self) -> bool {
        let packet = &self.packet;
        let up = |cid| packet.contexts.of(cid).is_some_and(Context::is_active);
        self.serves_packet() && packet.dialled.is_none_or(|dialled| !dialled.connected || up(dialled.cid))
    }
}

impl super::Packet {
    /// The IPv4 address of the context that the call is for; one without has that of its number, which nobody uses.
    pub(in crate::modem::network) fn call_address(&self, profile: &NetworkProfile) -> Ipv4Addr {
        let cid = self.dialled.map_or(profile.show.attach_cid, |dialled| dialled.cid);
        let session = self.contexts.of(cid).and_then(|context| context.session.as_ref());
        let own = || addresses(&profile.session, super::PdpType::Ip, cid).0;
        session.and_then(|session| session.v4).or_else(own).unwrap_or(Ipv4Addr::UNSPECIFIED)
    }
}

/// The context that a call is for: the one named, else that of the attach, else the first.
fn choose(modem: &mut Modem, wanted: Option<u8>) -> Result<(), Reply> {
    let packet = &modem.network.packet;
    let own = modem.profile.network.show.attach_cid;
    let first = || packet.contexts.of(own).or_else(|| packet.contexts.iter().next()).map(|context| context.cid);
    let cid = wanted.or_else(first).filter(|cid| (1..=modem.profile.network.contexts).contains(cid));
    let cid = cid.ok_or(Reply::Malformed)?;
    modem.network.packet.dialled = Some(Dialled { cid, connected: false, opened: false });
    Ok(())
}

/// `+CGDATA[=<L2P>[,<cid>[,<cid>…]]]`: data state over a context.
fn data(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            modem.inform(format_args!("+CGDATA: (\"{PROTOCOL}\")"));
            Reply::Ok
        }
        Form::Execute | Form::Set(_) if !modem.calls.is_idle() => Reply::Result(FinalResult::NoCarrier),
        Form::Execute => match choose(modem, None) {
            Ok(()) => modem.dial_packets(call.now),
            Err(reply) => reply,
        },
        Form::Set(parameters) => match target(modem, &parameters).and_then(|cid| choose(modem, cid)) {
            Ok(()) => modem.dial_packets(call.now),
            Err(reply) => reply,
        },
        Form::Read => Reply::Error,
    }
}

fn target(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<Option<u8>, Reply> {
    let protocol = parameters.text(0)?.unwrap_or_default();
    if !protocol.is_empty() && !protocol.eq_ignore_ascii_case(PROTOCOL.as_bytes()) {
        return Err(Reply::Malformed);
    }
    if parameters.len() < 2 { Ok(None) } else { Ok(named(modem, parameters, 1)?.first().copied()) }
}

/// `+CGANS=[<response>[,<L2P>[,<cid>]]]`: the network has asked for nothing here, and there is nothing to answer.
fn answer(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            modem.inform(format_args!("+CGANS: (0,1),(\"{PROTOCOL}\")"));
            Reply::Ok
        }
        Form::Set(parameters) => match parameters.number::<u8>(0) {
            Ok(None | Some(0 | 1)) => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
            Ok(Some(_)) => Reply::Malformed,
            Err(error) => error.into(),
        },
        Form::Execute => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
        Form::Read => Reply::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_number_names_its_context() {
        let of = |number| context_of(number).ok();
        assert_eq!(of("*99#"), Some(None));
        assert_eq!(of("*99***2#"), Some(Some(2)));
        assert_eq!(of("*99**PPP*3#"), Some(Some(3)));
        assert_eq!(of("*99*10.0.0.1*1*4#"), Some(Some(4)));
        assert_eq!(of("*99***2,3#"), Some(Some(2)));
        assert_eq!(of("*98*5#"), Some(Some(5)));
        assert_eq!(of("*98***5#"), Some(Some(5)));
        assert_eq!(of("*98#"), Some(None));
        assert_eq!(of("*99**X25*3#"), None);
        assert_eq!(of("*99***x#"), None);
        assert_eq!(of("*99****1#"), None);
    }
}
