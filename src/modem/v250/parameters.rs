//! Parameters of one letter, and S-registers.
//!
//! Source: ITU-T V.250, clauses 6.2 and 6.3; L, M and `&C`, `&D` as modules have them.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::{Command, SAction};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("E", |modem, call| basic(modem, call, Setting::Echo)),
    Entry::new("L", |modem, call| basic(modem, call, Setting::Volume)),
    Entry::new("M", |modem, call| basic(modem, call, Setting::Speaker)),
    Entry::new("Q", |modem, call| basic(modem, call, Setting::Quiet)),
    Entry::new("V", |modem, call| basic(modem, call, Setting::Verbose)),
    Entry::new("X", |modem, call| basic(modem, call, Setting::Progress)),
    Entry::new("&C", carrier),
    Entry::new("&D", |modem, call| basic(modem, call, Setting::Terminal)),
    Entry::new("P", |modem, call| dialling(modem, call, 1)),
    Entry::new("T", |modem, call| dialling(modem, call, 0)),
    Entry::new("S", register),
];

/// `<letter>[<value>]`: sets the parameter, or is an error where the modem knows no such value.
fn basic(modem: &mut Modem, call: &Call<'_>, setting: Setting) -> Reply {
    set(modem, setting, call.number())
}

fn set(modem: &mut Modem, setting: Setting, value: u32) -> Reply {
    if !modem.profile.settings.of(setting).values.contain(value) {
        return Reply::Error;
    }
    modem.set(setting, value);
    Reply::Ok
}

/// `&C`: what circuit 109 shows. Source: V.250, clause 6.2.8.
fn carrier(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let reply = basic(modem, call, Setting::Carrier);
    modem.show_lines();
    reply
}

/// `T` and `P` choose how the next number is dialled; a value means nothing to them. Source: V.250, clauses 6.3.2, 6.3.3.
fn dialling(modem: &mut Modem, call: &Call<'_>, pulse: u32) -> Reply {
    match call.command {
        Command::Basic { number: None, .. } => set(modem, Setting::Pulse, pulse),
        Command::Basic { .. } | Command::SRegister { .. } | Command::Dial(_) | Command::Extended { .. } => Reply::Error,
    }
}

/// `S<n>?` with three digits, `S<n>=[<value>]`. Source: V.250, clause 5.3.2.
fn register(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let Command::SRegister { number, bit: None, action } = call.command else {
        return Reply::Error;
    };
    let Some(setting) = setting(number) else {
        return Reply::Error;
    };
    let values = &modem.profile.settings.of(setting).values;
    if values.is_empty() {
        return Reply::Error;
    }
    match action {
        SAction::Read => {
            let value = modem.setting(setting);
            modem.inform(format_args!("{value:03}"));
            Reply::Ok
        }
        SAction::Set(Some(value)) => set(modem, setting, value),
        SAction::Set(None) if modem.profile.answer.empty_is_zero => set(modem, setting, 0),
        SAction::Select if modem.profile.answer.empty_is_zero => Reply::Ok,
        SAction::Set(None) | SAction::Test | SAction::Select => Reply::Error,
    }
}

/// The register's setting; `None` where modems of this kind have no such register.
const fn setting(number: u32) -> Option<Setting> {
    Some(match number {
        0 => Setting::AutoAnswer,
        1 => Setting::RingCount,
        2 => Setting::Escape,
        3 => Setting::Terminator,
        4 => Setting::Formatter,
        5 => Setting::Editor,
        6 => Setting::BlindDial,
        7 => Setting::ConnectTime,
        8 => Setting::Comma,
        10 => Setting::Disconnect,
        12 => Setting::Guard,
        _ => return None,
    })
}
