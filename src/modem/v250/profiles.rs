//! Sets of settings: `Z`, `&F`, `&W`, `&V`.
//!
//! Source: ITU-T V.250, clauses 6.1.1 and 6.1.2; `&W` and `&V` are practice.

use std::fmt::Write as _;

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Profile, Setting};
use crate::wire::values::Domain;

pub(super) const COMMANDS: &[Entry] =
    &[Entry::new("Z", reset), Entry::new("&F", factory), Entry::new("&W", store), Entry::new("&V", view)];

/// `Z`: any call of this port ends, and the stored settings count again.
fn reset(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    modem.hang_up_own(call.now);
    let profile = modem.profile.clone();
    modem.terminal.settings.recall(&profile.settings);
    modem.show_lines();
    Reply::Ok
}

/// `&F`: the factory's settings. A call stays.
fn factory(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    let profile = modem.profile.clone();
    modem.terminal.settings.factory(&profile.settings);
    modem.show_lines();
    Reply::Ok
}

/// `&W`: stores the settings for `Z` and the next power-up.
fn store(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    modem.terminal.settings.store();
    Reply::Ok
}

/// `&V`: shows the settings, those with one letter in one line, the registers in another.
fn view(modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() != 0 {
        return Reply::Error;
    }
    let profile = modem.profile.clone();
    if profile.answer.view_lines {
        // T and P are two commands, and no parameter with a number.
        let shown =
            |setting: &Setting| !setting.is_extended() && *setting != Setting::Pulse && profile.settings.has(*setting);
        for setting in Setting::ALL.into_iter().filter(shown) {
            let value = modem.setting(setting);
            modem.inform(format_args!("{}: {value}", setting.name()));
        }
        return Reply::Ok;
    }
    let (mut letters, mut registers, mut words) = (String::new(), String::new(), String::new());
    for setting in Setting::ALL {
        let (name, value) = (setting.name(), modem.setting(setting));
        // Writing to a string does not fail.
        let _ = if !profile.settings.has(setting) || !is_set_by_a_command(&profile, setting) {
            Ok(())
        } else if setting.is_register() {
            write!(registers, "{name}:{value:03} ")
        } else if setting.is_extended() {
            write!(words, "{name}:{value} ")
        } else {
            write!(letters, "{name}{value} ")
        };
    }
    modem.inform(format_args!(
        "ACTIVE PROFILE:\n{}\n{}\n{}",
        letters.trim_end(),
        registers.trim_end(),
        words.trim_end()
    ));
    Reply::Ok
}

/// Whether the modem has the command that sets it; those of one letter and the registers are in every modem.
fn is_set_by_a_command(profile: &Profile, setting: Setting) -> bool {
    let name = setting.name();
    let command = name.split_once('.').map_or(name, |(command, _)| command);
    let reports = |domain| profile.network.has_report(domain);
    if setting == Setting::EpsReport {
        reports(Domain::Eps)
    } else if setting == Setting::NrReport {
        reports(Domain::FiveGs)
    } else {
        !setting.is_extended() || profile.dispatch(command).is_some_and(|dispatch| dispatch.entry.is_some())
    }
}
