//! The commands: each one an entry of a topic's table, all of them found by name.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::prompt::Prompt;
use super::{Modem, Tick, call, charge, equipment, mux, network, phonebook, power, sim, sms, ussd, v250};
use crate::wire::command::{Command, Form, NAME_MAXIMUM, ParameterError, Parameters, SAction};
use crate::wire::result::{CmeError, CmsError, FinalResult};

/// A command that is built in.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its name in upper case, prefix included: `E`, `&C`, `S`, `D`, `+CFUN`.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) run: fn(&mut Modem, &Call<'_>) -> Reply,
    /// What must be there, except for its test form.
    pub(super) needs: Needs,
    /// Whether every modem has it, or only those whose profile `offers` it.
    pub(super) vendor: bool,
}

impl Entry {
    /// A command that every modem has and that needs nothing.
    pub(super) const fn new(name: &'static str, run: fn(&mut Modem, &Call<'_>) -> Reply) -> Self {
        Self { name, run, needs: Needs::Nothing, vendor: false }
    }

    /// The same, needing this.
    pub(super) const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// The same, for modems whose profile offers it.
    pub(super) const fn vendor(self) -> Self {
        Self { vendor: true, ..self }
    }
}

/// What a command needs before it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// A card in the holder, locked or not: `Sim::inserted` is asked.
    Card,
    /// A card that has let its user in: `Sim::ready` is asked.
    Sim,
}

/// A command on its way to its handler.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    /// When it is carried out.
    pub(super) now: Tick,
    /// What was sent.
    pub(super) command: Command<'a>,
    /// Its bytes in the line.
    pub(super) text: &'a [u8],
}

impl<'a> Call<'a> {
    /// The form of an extended command; a basic one is executed, or set where it has a number.
    pub(super) fn form(&self) -> Form<'a> {
        match self.command {
            Command::Extended { form, .. } => form,
            Command::SRegister { action: SAction::Read, .. } => Form::Read,
            Command::SRegister { .. } | Command::Basic { .. } | Command::Dial(_) => Form::Execute,
        }
    }

    /// The number of a basic command; none is 0 (V.250 clause 5.3.1).
    pub(super) fn number(&self) -> u32 {
        match self.command {
            Command::Basic { number, .. } => number.unwrap_or(0),
            Command::SRegister { .. } | Command::Dial(_) | Command::Extended { .. } => 0,
        }
    }

    /// The parameters of a set command.
    pub(super) fn parameters(&self) -> Option<Parameters<'a>> {
        match self.form() {
            Form::Set(parameters) => Some(parameters),
            Form::Execute | Form::Read | Form::Test => None,
        }
    }
}

/// How a command ended, or that it has not ended yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    /// Done; the line's next command follows.
    Ok,
    /// `ERROR`
    Error,
    /// The modem knows no such command, or no such form of it: as the profile's `unknown`.
    Unknown,
    /// A parameter is missing, is of the wrong kind or out of range: as the profile's `malformed`.
    Malformed,
    /// `+CME ERROR`
    Cme(CmeError),
    /// `+CMS ERROR`
    Cms(CmsError),
    /// Any other result code.
    Result(FinalResult),
    /// `CONNECT`: data state begins.
    Connect,
    /// Its result comes later: at its time, or by `Modem::complete`.
    Later(Pending),
    /// It asks for text; its result comes from whoever gets that.
    Prompt(Prompt),
}

impl From<ParameterError> for Reply {
    fn from(_: ParameterError) -> Self {
        Self::Malformed
    }
}

impl From<CmsError> for Reply {
    fn from(error: CmsError) -> Self {
        Self::Cms(error)
    }
}

impl From<CmeError> for Reply {
    fn from(error: CmeError) -> Self {
        Self::Cme(error)
    }
}

impl From<Result<(), Reply>> for Reply {
    fn from(result: Result<(), Reply>) -> Self {
        match result {
            Ok(()) => Self::Ok,
            Err(reply) => reply,
        }
    }
}

/// A command whose result comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pending {
    /// Who will end it, and is told if a keystroke aborts it.
    pub(super) by: Owner,
    /// Whether a keystroke aborts it (V.250 clause 5.6.1).
    pub(super) abortable: bool,
    /// It ends by itself at this time, with this result.
    pub(super) until: Option<(Tick, FinalResult)>,
}

impl Pending {
    /// Ended by its owner through `Modem::complete`.
    pub(super) const fn by(owner: Owner) -> Self {
        Self { by: owner, abortable: false, until: None }
    }

    /// Ended by a keystroke too: the owner's `abort` then says how.
    pub(super) const fn abortable(self) -> Self {
        Self { abortable: true, ..self }
    }

    /// Ended with this result at this time, if not before.
    pub(super) const fn until(self, at: Tick, result: FinalResult) -> Self {
        Self { until: Some((at, result)), ..self }
    }
}

/// Who ends a pending command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A call that is being set up.
    Calls,
    /// Keys that are being sent.
    Tones,
    /// The network.
    Network,
    /// A message that is being sent.
    Messages,
}

/// Every built-in command by its name.
static TABLE: LazyLock<HashMap<&'static str, &'static Entry>> =
    LazyLock::new(|| entries().map(|entry| (entry.name, entry)).collect());

/// Every built-in command, topic by topic.
pub(super) fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        v250::COMMANDS,
        call::COMMANDS,
        equipment::COMMANDS,
        power::COMMANDS,
        sim::COMMANDS,
        network::COMMANDS,
        network::PACKET_COMMANDS,
        network::SAVING_COMMANDS,
        mux::COMMANDS,
        phonebook::COMMANDS,
        ussd::COMMANDS,
        charge::COMMANDS,
        sms::COMMANDS,
    ]
    .into_iter()
    .flatten()
    .copied()
    .flatten()
}

/// The built-in command of this name.
pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    TABLE.get(name).copied()
}

/// A command's name as the tables have it, on the stack.
pub(super) struct Key {
    bytes: [u8; NAME_MAXIMUM],
    length: usize,
}

impl Key {
    /// The key of a command; `None` where its name is longer than any.
    pub(super) fn of(command: &Command<'_>) -> Option<Self> {
        let mut bytes = [0; NAME_MAXIMUM];
        let length = match command {
            Command::Basic { family, letter, .. } => {
                let prefix = family.prefix();
                if let Some(prefix) = prefix {
                    bytes[0] = prefix;
                }
                let at = usize::from(prefix.is_some());
                bytes[at] = letter.to_ascii_uppercase();
                at + 1
            }
            Command::SRegister { .. } => {
                bytes[0] = b'S';
                1
            }
            Command::Dial(_) => {
                bytes[0] = b'D';
                1
            }
            Command::Extended { name, .. } => name.folded(&mut bytes)?.len(),
        };
        Some(Self { bytes, length })
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
