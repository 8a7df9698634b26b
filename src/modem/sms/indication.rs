//! What the host is told of messages: `+CNMI`, and the indications that it asks for.
//!
//! `<mode>` 0 keeps them until another mode is set, 1 drops them while data is on the line, 2 keeps them so long. Each AT
//! port has settings and a buffer of its own. What an indication looks like is decided when it is given.
//!
//! Source: 3GPP TS 27.005, clause 3.4.1.

use std::collections::VecDeque;

use super::store::Memory;
use super::{set, show};
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::terminal::Mode;
use crate::modem::unsolicited::Urc;
use crate::modem::{AtPort, Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmsError;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CNMI", indications)];

/// More than this is not buffered: the oldest go.
const LIMIT: usize = 64;

const PARAMETERS: [Setting; 5] = [
    Setting::IndicationMode,
    Setting::MessageIndication,
    Setting::BroadcastIndication,
    Setting::ReportIndication,
    Setting::IndicationBuffer,
];

/// What is said of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Indication {
    /// `+CMTI`, of a report `+CDSI`: it was stored.
    Stored {
        /// It is a status report.
        report: bool,
        /// Where.
        memory: Memory,
        /// At which index.
        index: usize,
    },
    /// `+CMT`, of a report `+CDS`: the message itself.
    Direct {
        /// It is a status report.
        report: bool,
        /// The message.
        pdu: Vec<u8>,
    },
}

/// Those that are buffered, with the port that will get them.
#[derive(Debug, Default)]
pub(super) struct Indications(VecDeque<(AtPort, Indication)>);

impl Indications {
    pub(super) fn forget(&mut self) {
        self.0 = VecDeque::new();
    }
}

/// Whether the line of the port that is served carries data.
pub(super) fn is_reserved(modem: &Modem) -> bool {
    matches!(modem.terminal.mode, Mode::Online(_))
}

/// Says it on each port that `wants` it, or keeps it for that one, as its `<mode>` has it.
pub(super) fn indicate(modem: &mut Modem, indication: &Indication, wants: impl Fn(&Modem) -> bool) {
    modem.at_each(|modem| {
        if !wants(modem) {
            return;
        }
        match modem.setting(Setting::IndicationMode) {
            0 => {
                let port = modem.terminal.port;
                let buffer = &mut modem.messages.indications.0;
                if buffer.len() == LIMIT {
                    buffer.pop_front();
                }
                buffer.push_back((port, indication.clone()));
            }
            1 if is_reserved(modem) => {}
            _ => say(modem, indication),
        }
    });
}

/// Says it on the port that is served.
fn say(modem: &mut Modem, indication: &Indication) {
    let urc = match indication {
        &Indication::Stored { report, memory, index } => {
            let name = if report { "+CDSI" } else { "+CMTI" };
            Urc::from(format!("{name}: \"{}\",{index}", memory.word()))
        }
        Indication::Direct { report, pdu } => Urc::Whole(show::direct(modem, pdu, *report)),
    };
    modem.unsolicited_here(urc);
}

/// `+CNMI=[<mode>[,<mt>[,<bm>[,<ds>[,<bfr>]]]]]`
fn indications(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let values = PARAMETERS.map(|setting| modem.setting(setting).to_string()).join(",");
            modem.inform(format_args!("+CNMI: {values}"));
            Reply::Ok
        }
        Form::Test => {
            let values = PARAMETERS.map(|setting| format!("({})", modem.profile.settings.of(setting).values));
            modem.inform(format_args!("+CNMI: {}", values.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => set_indications(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set_indications(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    if parameters.len() > PARAMETERS.len() {
        return Err(Reply::Malformed);
    }
    let mut values = PARAMETERS.map(|setting| modem.setting(setting));
    for (index, (value, setting)) in values.iter_mut().zip(PARAMETERS).enumerate() {
        *value = parameters.number::<u32>(index)?.unwrap_or(*value);
        if !modem.profile.settings.of(setting).values.contain(*value) {
            return Err(CmsError::OPERATION_NOT_SUPPORTED.into());
        }
    }
    for (setting, value) in PARAMETERS.into_iter().zip(values) {
        set(modem, setting, value);
    }
    let [mode, .., buffer] = values;
    if mode != 0 {
        let port = modem.terminal.port;
        let kept = std::mem::take(&mut modem.messages.indications.0);
        let (own, others) = kept.into_iter().partition(|(owner, _)| *owner == port);
        modem.messages.indications.0 = others;
        let own: VecDeque<_> = own;
        if buffer == 0 {
            // Given behind the result code: the line is taken until then.
            own.iter().for_each(|(_, indication)| say(modem, indication));
        }
    }
    Ok(())
}
