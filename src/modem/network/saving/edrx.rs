//! Extended discontinuous reception: `+CEDRXS`, `+CEDRXRDP`, `+CEDRXP`.
//!
//! Source: 3GPP TS 27.007, clauses 7.40 and 7.41; TS 24.008, clause 10.5.5.32.

use super::Saving;
use super::profile::SavingProfile;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::modem::network::domain::Tech;
use crate::wire::command::{Form, Parameters};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CEDRXS", setting), Entry::new("+CEDRXRDP", dynamic)];

/// `<AcT-type>`: 2 GSM, 3 UTRAN, 4 E-UTRAN, 5 NB-IoT, as indices.
const KINDS: usize = 6;

/// What the host wants of eDRX, and what the network gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Edrx {
    /// `<mode>`: 0 off, 1 on, 2 on with reports.
    mode: u8,
    /// The cycle asked for, 4 bits, by `<AcT-type>`.
    wanted: [Option<u8>; KINDS],
    pub(super) granted: Option<Granted>,
}

/// What the network gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Granted {
    kind: u8,
    wanted: u8,
    cycle: u8,
    window: u8,
}

impl Edrx {
    /// What the network gives in a cell of this technology.
    pub(super) fn granted(&self, profile: &SavingProfile, tech: Tech) -> Option<Granted> {
        let kind = kind(tech)?;
        let wanted = self.wanted.get(usize::from(kind)).copied().flatten()?;
        let cycle = bits(profile.edrx_value.as_bytes()).unwrap_or(wanted);
        let window = bits(profile.paging_window.as_bytes()).unwrap_or(0);
        (profile.edrx && self.mode != 0).then_some(Granted { kind, wanted, cycle, window })
    }

    /// Whether changes are reported.
    pub(super) const fn is_reported(&self) -> bool {
        self.mode == 2
    }
}

/// `<AcT-type>[,<Requested_eDRX_value>[,<NW-provided_eDRX_value>[,<Paging_time_window>]]]`; 0: eDRX is not used here.
pub(super) fn shown(granted: Option<Granted>) -> String {
    granted.map_or_else(
        || "0".to_owned(),
        |Granted { kind, wanted, cycle, window }| format!("{kind},\"{wanted:04b}\",\"{cycle:04b}\",\"{window:04b}\""),
    )
}

/// Four binary digits.
pub(super) fn bits(digits: &[u8]) -> Option<u8> {
    let binary = digits.len() == 4 && digits.iter().all(|digit| matches!(digit, b'0' | b'1'));
    binary.then(|| digits.iter().fold(0, |bits, digit| bits << 1 | (digit - b'0')))
}

/// `<AcT-type>` of a technology; NG-RAN has none.
const fn kind(tech: Tech) -> Option<u8> {
    match tech {
        Tech::Gsm => Some(2),
        Tech::Utran => Some(3),
        Tech::Lte | Tech::LteM => Some(4),
        Tech::NbIot => Some(5),
        Tech::Nr => None,
    }
}

fn kinds(modem: &Modem) -> Vec<u8> {
    let mut kinds: Vec<u8> = modem.profile.network.techs.iter().filter_map(|&tech| kind(tech)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// `+CEDRXS=[<mode>[,<AcT-type>[,<Requested_eDRX_value>]]]`: 0 off, 1 on, 2 on with `+CEDRXP`, 3 off and forgotten.
fn setting(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let wanted = modem.network.saving.edrx.wanted;
            for (kind, value) in wanted.into_iter().enumerate() {
                if let Some(value) = value {
                    modem.inform(format_args!("+CEDRXS: {kind},\"{value:04b}\""));
                }
            }
            Reply::Ok
        }
        Form::Test => {
            let kinds: Vec<String> = kinds(modem).iter().map(u8::to_string).collect();
            modem.inform(format_args!("+CEDRXS: (0-3),({}),(\"0000\"-\"1111\")", kinds.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => match set(modem, &parameters) {
            Ok(()) => {
                Saving::asked(modem, call.now);
                Reply::Ok
            }
            Err(reply) => reply,
        },
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let (mode, kind) = (parameters.number::<u8>(0)?.unwrap_or(0), parameters.number::<u8>(1)?);
    let value = match parameters.text(2)? {
        None => None,
        Some(digits) => Some(bits(&digits).ok_or(Reply::Malformed)?),
    };
    let known = kinds(modem);
    if parameters.len() > 3 || mode > 3 || kind.is_some_and(|kind| !known.contains(&kind)) {
        return Err(Reply::Malformed);
    }
    let edrx = &mut modem.network.saving.edrx;
    if mode == 3 {
        (edrx.mode, edrx.wanted) = (0, [None; KINDS]);
        return Ok(());
    }
    edrx.mode = mode;
    let named = |index: usize| {
        kind.map_or_else(|| known.iter().any(|&kind| usize::from(kind) == index), |kind| usize::from(kind) == index)
    };
    for (index, wanted) in edrx.wanted.iter_mut().enumerate() {
        if named(index) && mode != 0 {
            // 20.48 s is what a modem asks for by itself.
            *wanted = value.or(*wanted).or(Some(0b0010));
        } else if named(index) && value.is_some() {
            *wanted = value;
        }
    }
    Ok(())
}

/// `+CEDRXRDP`: what the network gave in this cell.
fn dynamic(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let text = shown(modem.network.saving.edrx.granted);
            modem.inform(format_args!("+CEDRXRDP: {text}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Error,
    }
}
