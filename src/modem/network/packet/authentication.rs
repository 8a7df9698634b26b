//! Who the user of a context is: `+CGAUTH`.
//!
//! Source: 3GPP TS 27.007, clause 10.1.31.

use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::{Form, Parameters};

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+CGAUTH", authentication)];

/// A user name or a password has up to so many octets: a length octet of PAP (RFC 1334), half of it as modules have it.
const LONGEST: usize = 127;

/// What `+CGAUTH` set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Authentication {
    /// 1 PAP, 2 CHAP.
    protocol: u8,
    user: Box<str>,
    password: Box<str>,
}

impl Authentication {
    /// Whether they are this user's.
    pub(super) fn is(&self, user: &str, password: &str) -> bool {
        self.user.as_ref() == user && self.password.as_ref() == password
    }
}

/// `+CGAUTH=<cid>[,<auth_prot>[,<userid>[,<password>]]]`; with `<cid>` alone, or 0, there is none. The read form does not
/// show a password.
fn authentication(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Read => {
            let known = modem.network.packet.contexts.iter().filter_map(|context| {
                let known = context.authentication.as_ref()?;
                Some(format!("+CGAUTH: {},{},\"{}\",\"\"", context.cid, known.protocol, known.user))
            });
            for line in known.collect::<Vec<_>>() {
                modem.inform(format_args!("{line}"));
            }
            Reply::Ok
        }
        Form::Test => {
            let highest = modem.profile.network.contexts;
            modem.inform(format_args!("+CGAUTH: (1-{highest}),(0-2),(0-{LONGEST}),(0-{LONGEST})"));
            Reply::Ok
        }
        Form::Set(parameters) => set(modem, &parameters).into(),
        Form::Execute => Reply::Error,
    }
}

fn set(modem: &mut Modem, parameters: &Parameters<'_>) -> Result<(), Reply> {
    let cid = parameters.required::<u8>(0)?;
    let protocol = parameters.number::<u8>(1)?.unwrap_or(0);
    let text = |index| -> Result<Box<str>, Reply> {
        let octets = parameters.text(index)?.unwrap_or_default();
        match std::str::from_utf8(&octets) {
            Ok(text) if text.len() <= LONGEST => Ok(text.into()),
            Ok(_) | Err(_) => Err(Reply::Malformed),
        }
    };
    let (user, password) = (text(2)?, text(3)?);
    let context = modem.network.packet.contexts.of_mut(cid);
    let Some(context) = context.filter(|_| protocol <= 2 && parameters.len() <= 4) else {
        return Err(Reply::Malformed);
    };
    context.authentication = (protocol != 0).then_some(Authentication { protocol, user, password });
    Ok(())
}
