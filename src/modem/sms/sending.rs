//! Messages on their way to the service centre.
//!
//! A command has its result, with the reference, once `sms.send` is over; then the service centre has the message.
//!
//! Source: 3GPP TS 27.005, clauses 3.5.1 and 3.5.2; TS 23.040, clause 9.2.3.6 (TP-MR).

use crate::modem::command::{Owner, Pending, Reply};
use crate::modem::network::Network;
use crate::modem::{Modem, Setting, Tick};
use crate::wire::result::{CmsError, FinalResult};
use crate::wire::sms::{Address, Pdu, Tpdu};

use super::{card, centre, service};

/// A message that the service centre gets.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) at: Tick,
    pdu: Vec<u8>,
}

/// Sends a message: the modem's reference, and the service centre of `+CSCA` where it names none. `command` is what the result
/// is called.
pub(super) fn send(modem: &mut Modem, now: Tick, mut pdu: Pdu<'_>, command: &str) -> Reply {
    if let Err(error) = may_send(modem, &mut pdu) {
        return error.into();
    }
    let reference = modem.messages.reference.wrapping_add(1);
    match &mut pdu.message {
        Tpdu::Submit(submit) => submit.reference = reference,
        Tpdu::Command(command) => command.reference = reference,
        Tpdu::Deliver(_) | Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) | Tpdu::StatusReport(_) => {
            return CmsError::OPERATION_NOT_ALLOWED.into();
        }
    }
    modem.messages.reference = reference;
    let at = now + modem.profile.sms.send.0;
    modem.inform(format_args!("{command}: {reference}"));
    service::keep_link(modem, at);
    if at == now {
        centre::take(modem, now, &pdu.encode());
        return Reply::Ok;
    }
    modem.messages.outgoing.push_back(Outgoing { at, pdu: pdu.encode() });
    Reply::Later(Pending::by(Owner::Messages).until(at, FinalResult::Ok))
}

/// # Errors
/// No card that is ready, no service centre (330), no network (331), or the service centre refuses the number.
fn may_send(modem: &Modem, pdu: &mut Pdu<'_>) -> Result<(), CmsError> {
    card(modem)?;
    pdu.centre = pdu.centre.or(modem.messages.service_centre);
    if pdu.centre.is_none() {
        return Err(CmsError::SMSC_ADDRESS_UNKNOWN);
    }
    let to: &Address = match &pdu.message {
        Tpdu::Submit(submit) => &submit.destination,
        Tpdu::Command(command) => &command.destination,
        Tpdu::Deliver(_) | Tpdu::DeliverReport(_) | Tpdu::SubmitReport(_) | Tpdu::StatusReport(_) => return Ok(()),
    };
    // A draft may stand in the memory without one.
    if to.digits() == 0 {
        return Err(CmsError::INVALID_PDU_MODE_PARAMETER);
    }
    if !Network::serves_messages(modem, modem.setting(Setting::MessageDomain)) {
        return Err(CmsError::NO_NETWORK_SERVICE);
    }
    match modem.profile.sms.refused.get(&to.to_string()) {
        Some(&error) => Err(CmsError::new(error)),
        None => Ok(()),
    }
}

/// Hands over what is due.
pub(super) fn due(modem: &mut Modem, now: Tick) {
    while let Some(outgoing) = modem.messages.outgoing.front().filter(|outgoing| outgoing.at <= now) {
        let at = outgoing.at;
        if let Some(outgoing) = modem.messages.outgoing.pop_front() {
            centre::take(modem, at, &outgoing.pdu);
        }
    }
}
