//! Attached for packet services, or not: `+CGATT`.
//!
//! Source: 3GPP TS 27.007, clause 10.1.9.

use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Needs, Owner, Pending, Reply};
use crate::modem::network::Network;
use crate::modem::network::host::Answer;
use crate::modem::network::profile::RefusedAnswer;
use crate::wire::command::Form;
use crate::wire::result::{CmeError, FinalResult};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGATT", attach).needs(Needs::Sim)];

/// `+CGATT=[<state>]`: 0 detached, 1 attached.
fn attach(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let show = &modem.profile.network.show;
    let (refused, no_network) = (show.cgatt_refused, CmeError::new(show.no_network));
    match call.form() {
        Form::Read => {
            let attached = u8::from(modem.network.mobility.is_attached());
            modem.inform(format_args!("+CGATT: {attached}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CGATT: (0,1)"));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let wanted = match parameters.number::<u8>(0) {
                Ok(Some(state @ (0 | 1))) if parameters.len() == 1 => state == 1,
                Ok(_) => return Reply::Malformed,
                Err(error) => return error.into(),
            };
            // The modem does one such thing at a time; another port's command is in the middle of it.
            if modem.waiting(Owner::Network).is_some() {
                return Reply::Cme(CmeError::OPERATION_NOT_ALLOWED);
            }
            let limit = call.now + modem.profile.network.timing.answer.0;
            match Network::input(modem, call.now, |mobility, scene| mobility.attach(scene, wanted)) {
                Some(Answer::Refused { .. }) if refused == RefusedAnswer::Silent => {
                    Reply::Later(Pending::by(Owner::Network).until(limit, FinalResult::Cme(no_network)))
                }
                Some(answer) => Network::reply(modem, answer, refused),
                None => Reply::Later(Pending::by(Owner::Network)),
            }
        }
        Form::Execute => Reply::Error,
    }
}
