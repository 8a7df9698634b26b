//! Speed, framing and flow control of the line: `+IPR`, `+ICF`, `+IFC`, `+ILRR`.
//!
//! They take effect behind the result code, which still leaves as the command came.
//!
//! Source: ITU-T V.250, clauses 6.2.10 to 6.2.13.

use crate::modem::command::{Call, Entry, Reply};
use crate::modem::outbox::Effect;
use crate::modem::{Modem, Setting};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::ResultCode;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+IPR", rate),
    Entry::new("+ICF", framing),
    Entry::new("+IFC", flow_control),
    Entry::new("+ILRR", |modem, call| modem.number_setting(call, "+ILRR", Setting::RateReport)),
    Entry::new("+FCLASS", service_class),
    Entry::new("&K", |modem, call| flow_control_letter(modem, call, &[(0, 0), (3, 2), (4, 1)])).vendor(),
    Entry::new("\\Q", |modem, call| flow_control_letter(modem, call, &[(0, 0), (1, 1), (3, 2)])).vendor(),
    Entry::new("&S", data_set_ready).vendor(),
];

/// `+IPR=<rate>`: bit/s, 0 for detection.
fn rate(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let rate = modem.setting(Setting::Speed);
            modem.inform(format_args!("+IPR: {rate}"));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let speeds = &profile.equipment.speeds;
            let list = |detected: bool| {
                let rates = speeds.iter().filter(|&&rate| !detected || rate != 0);
                rates.map(ToString::to_string).collect::<Vec<_>>().join(",")
            };
            // Where detection is there, every speed can be detected.
            let detected = if speeds.contains(&0) { list(true) } else { String::new() };
            modem.inform(format_args!("+IPR: ({detected}),({})", list(false)));
            Reply::Ok
        }
        Form::Set(parameters) => match parameters.required::<u32>(0) {
            Ok(rate) if modem.profile.equipment.speeds.contains(&rate) && parameters.len() == 1 => {
                modem.set(Setting::Speed, rate);
                modem.afterwards(Effect::LineSpeed(rate));
                Reply::Ok
            }
            Ok(_) | Err(_) => Reply::Malformed,
        },
        Form::Execute => Reply::Error,
    }
}

impl Modem {
    /// `+ILRR: <rate>`, where the host wants it before `CONNECT`. A rate that is detected counts as the usual one.
    pub(in crate::modem) fn write_rate(&self, out: &mut Vec<u8>) {
        if self.setting(Setting::RateReport) != 0 {
            let rate = match self.setting(Setting::Speed) {
                0 => 115_200,
                rate => rate,
            };
            self.format().write_result(out, ResultCode::Extended(&format!("+ILRR: {rate}")));
        }
    }
}

/// `+ICF=[<format>[,<parity>]]`
fn framing(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let pair = [Setting::Format, Setting::Parity];
    match call.form() {
        Form::Set(parameters) => match set_pair(modem, parameters, pair) {
            Ok([format, parity]) => {
                modem.afterwards(Effect::Framing { format, parity });
                Reply::Ok
            }
            Err(reply) => reply,
        },
        form => show_pair(modem, "+ICF", form, pair),
    }
}

/// `+IFC=[<DCE_by_DTE>[,<DTE_by_DCE>]]`
fn flow_control(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let pair = [Setting::FlowByDte, Setting::FlowByDce];
    match call.form() {
        Form::Set(parameters) => match set_pair(modem, parameters, pair) {
            Ok([by_dte, by_dce]) => {
                modem.afterwards(Effect::FlowControl { by_dte, by_dce });
                Reply::Ok
            }
            Err(reply) => reply,
        },
        form => show_pair(modem, "+IFC", form, pair),
    }
}

/// `&K<n>` and `\Q<n>`, as makers had them before `+IFC`: one number for both directions.
fn flow_control_letter(modem: &mut Modem, call: &Call<'_>, known: &[(u32, u8)]) -> Reply {
    match known.iter().find(|(number, _)| *number == call.number()) {
        Some(&(_, by)) => {
            modem.set(Setting::FlowByDte, by.into());
            modem.set(Setting::FlowByDce, by.into());
            modem.afterwards(Effect::FlowControl { by_dte: by, by_dce: by });
            Reply::Ok
        }
        None => Reply::Error,
    }
}

/// `&S<n>`, makers' own: 0 circuit 107 always ON. 1, ON with a call, is taken and changes nothing here.
fn data_set_ready(_modem: &mut Modem, call: &Call<'_>) -> Reply {
    if call.number() <= 1 { Reply::Ok } else { Reply::Error }
}

/// `+FCLASS=<class>`: 0 data, the only one there is. Source: ITU-T T.31, clause 8.2.
fn service_class(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read | Form::Test => {
            modem.inform(format_args!("0"));
            Reply::Ok
        }
        Form::Set(parameters) => match parameters.required::<u32>(0) {
            Ok(0) if parameters.len() == 1 => Reply::Ok,
            Ok(_) | Err(_) => Reply::Malformed,
        },
        Form::Execute => Reply::Error,
    }
}

/// Sets two numbers; an omitted one stays as it is.
fn set_pair(modem: &mut Modem, parameters: Parameters<'_>, pair: [Setting; 2]) -> Result<[u8; 2], Reply> {
    if parameters.len() > pair.len() {
        return Err(Reply::Malformed);
    }
    let mut values = [0; 2];
    for (index, setting) in pair.into_iter().enumerate() {
        let value = parameters.number::<u32>(index)?.unwrap_or_else(|| modem.setting(setting));
        if !modem.profile.settings.of(setting).values.contain(value) {
            return Err(Reply::Malformed);
        }
        values[index] = value;
    }
    for (setting, value) in pair.into_iter().zip(values) {
        modem.set(setting, value);
    }
    Ok(values.map(|value| u8::try_from(value).unwrap_or(u8::MAX)))
}

fn show_pair(modem: &mut Modem, name: &str, form: Form<'_>, pair: [Setting; 2]) -> Reply {
    match form {
        Form::Read => {
            let [first, second] = pair.map(|setting| modem.setting(setting));
            modem.inform(format_args!("{name}: {first},{second}"));
            Reply::Ok
        }
        Form::Test => {
            let profile = modem.profile.clone();
            let [first, second] = pair.map(|setting| &profile.settings.of(setting).values);
            modem.inform(format_args!("{name}: ({first}),({second})"));
            Reply::Ok
        }
        Form::Execute | Form::Set(_) => Reply::Error,
    }
}
