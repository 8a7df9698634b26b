//! What a user sets on a phone: who may operate it, `+CMEC`; how dates look, `+CSDF`; silence, `+CSIL`; its greeting, `+CSGT`;
//! where its voice mail is, `+CSVM`.
//!
//! The numbers are settings; the texts are kept here, and outlive power and `&F`.
//!
//! Source: 3GPP TS 27.007, clauses 8.6, 6.22, 6.23, 8.32 and 7.33.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameters};

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CMEC", |modem, call| numbers(modem, call, "+CMEC", &CONTROL)),
    Entry::new("+CSDF", |modem, call| numbers(modem, call, "+CSDF", &[Setting::DateFormat, Setting::TimeFormat])),
    Entry::new("+CSIL", |modem, call| modem.number_setting(call, "+CSIL", Setting::Silence)),
    Entry::new("+CSGT", greeting),
    Entry::new("+CSVM", voice_mail),
];

/// Keypad, display, indicators, touch screen: 0 the equipment alone, 1 the TE alone, 2 both.
const CONTROL: [Setting; 4] =
    [Setting::KeypadControl, Setting::DisplayControl, Setting::IndicatorControl, Setting::TouchControl];

/// The longest greeting, in characters.
const GREETING: usize = 40;

/// The most digits of a number, as of an entry of a phone book.
const NUMBER: usize = 40;

/// The texts.
#[derive(Debug, Default)]
pub(in crate::modem) struct User {
    greeting: String,
    /// The number of the voice mail, and its type of address.
    voice_mail: String,
    voice_mail_type: Option<u8>,
}

/// A command of several numbers, each a setting; one that is left out stays as it is.
fn numbers(modem: &mut Modem, call: &Call<'_>, name: &str, settings: &[Setting]) -> Reply {
    match call.form() {
        Form::Read => {
            let values: Vec<String> = settings.iter().map(|&setting| modem.setting(setting).to_string()).collect();
            modem.inform(format_args!("{name}: {}", values.join(",")));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let values: Vec<String> =
                settings.iter().map(|&setting| format!("({})", profile.settings.of(setting).values)).collect();
            modem.inform(format_args!("{name}: {}", values.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => match chosen(modem, &parameters, settings) {
            Ok(values) => {
                for (&setting, value) in settings.iter().zip(values) {
                    modem.set(setting, value);
                }
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn chosen(modem: &Modem, parameters: &Parameters<'_>, settings: &[Setting]) -> Result<Vec<u32>, Reply> {
    if parameters.len() > settings.len() {
        return Err(Reply::Malformed);
    }
    let value = |(place, &setting): (usize, &Setting)| {
        let value = parameters.number::<u32>(place)?.unwrap_or_else(|| modem.setting(setting));
        let known = modem.profile.settings.of(setting).values.contain(value);
        if known { Ok(value) } else { Err(Reply::Malformed) }
    };
    settings.iter().enumerate().map(value).collect()
}

/// `+CSGT=<mode>[,<text>]`, `+CSGT: <text>,<mode>`
fn greeting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let (text, mode) = (modem.encode(&modem.equipment.user.greeting), modem.setting(Setting::Greeting));
            modem.inform(format_args!("+CSGT: \"{text}\",{mode}"));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let modes = &profile.settings.of(Setting::Greeting).values;
            modem.inform(format_args!("+CSGT: ({modes}),{GREETING}"));
            Reply::Ok
        }
        Form::Set(parameters) => set_greeting(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set_greeting(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let mode = parameters.required::<u32>(0)?;
    let text = match parameters.text(1)? {
        Some(text) => Some(modem.decode(&text).ok_or(Reply::Malformed)?),
        None => None,
    };
    let fits = text.as_ref().is_none_or(|text| text.chars().count() <= GREETING);
    if parameters.len() > 2 || !fits || !modem.profile.settings.of(Setting::Greeting).values.contain(mode) {
        return Err(Reply::Malformed);
    }
    if let Some(text) = text {
        modem.equipment.user.greeting = text;
    }
    modem.set(Setting::Greeting, mode);
    Ok(())
}

/// `+CSVM=<mode>[,<number>[,<type>]]`, `+CSVM: <mode>,<number>,<type>`
fn voice_mail(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let user = &modem.equipment.user;
            let kind = user.voice_mail_type.unwrap_or(UNKNOWN);
            let (mode, number) = (modem.setting(Setting::VoiceMail), modem.encode(&user.voice_mail));
            modem.inform(format_args!("+CSVM: {mode},\"{number}\",{kind}"));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let modes = &profile.settings.of(Setting::VoiceMail).values;
            modem.inform(format_args!("+CSVM: ({modes}),({UNKNOWN},{INTERNATIONAL},{NATIONAL})"));
            Reply::Ok
        }
        Form::Set(parameters) => set_voice_mail(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

/// Types of address. Source: 3GPP TS 24.008, clause 10.5.4.7.
const UNKNOWN: u8 = 129;
const INTERNATIONAL: u8 = 145;
const NATIONAL: u8 = 161;

fn set_voice_mail(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let mode = parameters.required::<u32>(0)?;
    let number = match parameters.text(1)? {
        Some(number) => Some(modem.decode(&number).ok_or(Reply::Malformed)?),
        None => None,
    };
    let kind = parameters.number::<u8>(2)?;
    let is_number = |number: &String| {
        let digits = number.strip_prefix('+').unwrap_or(number);
        digits.len() <= NUMBER && digits.bytes().all(|byte| byte.is_ascii_digit() || b"*#".contains(&byte))
    };
    let known = modem.profile.settings.of(Setting::VoiceMail).values.contain(mode);
    let typed = kind.is_none_or(|kind| number.is_some() && matches!(kind, UNKNOWN | INTERNATIONAL | NATIONAL));
    if parameters.len() > 3 || !known || !typed || !number.as_ref().is_none_or(is_number) {
        return Err(Reply::Malformed);
    }
    if let Some(number) = number {
        let plain = if number.starts_with('+') { INTERNATIONAL } else { UNKNOWN };
        let user = &mut modem.equipment.user;
        (user.voice_mail_type, user.voice_mail) = (Some(kind.unwrap_or(plain)), number);
    }
    modem.set(Setting::VoiceMail, mode);
    Ok(())
}
