//! Levels, states and lists: `+CFUN +CPAS +CBC +CMEE +CLAC +GCAP`.
//!
//! Source: 3GPP TS 27.007, clauses 8.1, 8.2, 8.4, 8.37 and 9.1; ITU-T V.250, clause 6.1.9.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::exchange::Then;
use crate::modem::{Modem, Network, Setting, Sim};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CFUN", functionality),
    Entry::new("+CPAS", activity),
    Entry::new("+CBC", battery),
    Entry::new("+CMEE", errors),
    Entry::new("+CLAC", commands),
    Entry::new("+GCAP", capabilities),
];

/// `+CFUN=[<fun>[,<rst>]]`: 0 minimum, 1 full, 4 radio off; `<rst>` 1 starts the modem anew.
fn functionality(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let equipment = &modem.profile.equipment;
    match call.form() {
        Form::Read => {
            let level = modem.setting(Setting::Functionality);
            modem.inform(format_args!("+CFUN: {level}"));
            Reply::Ok
        }
        Form::Test => {
            let (levels, reset) = (equipment.functionality.clone(), equipment.reset.clone());
            if reset.is_empty() {
                modem.inform(format_args!("+CFUN: ({levels})"));
            } else {
                modem.inform(format_args!("+CFUN: ({levels}),({reset})"));
            }
            Reply::Ok
        }
        Form::Set(parameters) => {
            let (level, reset) = match (parameters.number::<u32>(0), parameters.number::<u32>(1)) {
                (Ok(level), Ok(reset)) => (level.unwrap_or(1), reset.unwrap_or(0)),
                (Err(error), _) | (_, Err(error)) => return error.into(),
            };
            let knows = equipment.functionality.contain(level) && (reset == 0 || equipment.reset.contain(reset));
            if parameters.is_empty() || parameters.len() > 2 || !knows {
                return Reply::Malformed;
            }
            if reset == 1 || equipment.reset_levels.contain(level) {
                modem.then(Then::Restart);
                return Reply::Ok;
            }
            set(modem, call, level)
        }
        Form::Execute => Reply::Error,
    }
}

/// A level that is the modem's already changes nothing.
fn set(modem: &mut Modem, call: &Call<'_>, level: u32) -> Reply {
    let before = modem.setting(Setting::Functionality);
    if before != level {
        modem.set(Setting::Functionality, level);
        // No radio, no call.
        if level != 1 {
            modem.no_radio(call.now);
        }
        Sim::functionality(modem, call.now, before, level);
        Network::functionality(modem, call.now, before, level);
    }
    Reply::Ok
}

/// `+CPAS`: 0 ready, 3 ringing, 4 call in progress, 5 asleep (minimum functionality).
fn activity(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let state = if modem.calls.is_ringing() {
                3
            } else if !modem.calls.is_idle() {
                4
            } else if modem.setting(Setting::Functionality) == 0 {
                5
            } else {
                0
            };
            modem.inform(format_args!("+CPAS: {state}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CPAS: (0,3-5)"));
            Reply::Ok
        }
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+CBC`: `<bcs>` 0 battery, 1 connected but not powering, 2 none, 3 fault; `<bcl>` 0 to 100 percent.
fn battery(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let [status, charge] = modem.profile.equipment.battery;
            modem.inform(format_args!("+CBC: {status},{charge}"));
            Reply::Ok
        }
        Form::Test => {
            modem.inform(format_args!("+CBC: (0-3),(0-100)"));
            Reply::Ok
        }
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+CMEE=[<n>]`: 0 `ERROR`, 1 numbers, 2 texts.
fn errors(modem: &mut Modem, call: &Call<'_>) -> Reply {
    modem.number_setting(call, "+CMEE", Setting::Errors)
}

/// `+CLAC`: every command there is, one a line.
fn commands(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let profile = modem.profile.clone();
            for name in profile.command_names() {
                if name == "S" {
                    let known = |setting: &Setting| setting.is_register() && profile.settings.has(*setting);
                    for register in Setting::ALL.into_iter().filter(known) {
                        modem.inform(format_args!("AT{}", register.name()));
                    }
                } else {
                    modem.inform(format_args!("AT{name}"));
                }
            }
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

/// `+GCAP`: `+GCAP: <name>[,<name>]…`
fn capabilities(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let profile = modem.profile.clone();
            modem.inform(format_args!("+GCAP: {}", profile.equipment.capabilities.join(",")));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}

impl Modem {
    /// A command that is one number: read, test and set form from its entry in `[settings]`.
    pub(in crate::modem) fn number_setting(&mut self, call: &Call<'_>, name: &str, setting: Setting) -> Reply {
        match call.form() {
            Form::Read => {
                let value = self.setting(setting);
                self.inform(format_args!("{name}: {value}"));
                Reply::Ok
            }
            Form::Test => {
                let values = self.profile.settings.of(setting).values.clone();
                self.inform(format_args!("{name}: ({values})"));
                Reply::Ok
            }
            Form::Set(parameters) => match parameters.number::<u32>(0) {
                Ok(value) => self.set_number(setting, value, parameters.len()),
                Err(error) => error.into(),
            },
            Form::Execute => Reply::Error,
        }
    }

    /// Sets a setting to a value of its range; without a value, to its default.
    fn set_number(&mut self, setting: Setting, value: Option<u32>, parameters: usize) -> Reply {
        let known = self.profile.settings.of(setting);
        let value = value.unwrap_or(known.default);
        if parameters > 1 || !known.values.contain(value) {
            return Reply::Malformed;
        }
        self.set(setting, value);
        Reply::Ok
    }
}
