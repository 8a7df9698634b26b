//! Barred calls, as `+CLCK` and `+CPWD` reach them: the network's facilities, with the network's password.
//!
//! Source: 3GPP TS 27.007, clauses 7.4 and 7.5; TS 22.088.

use super::services::{Barring, Class, Password};
use crate::modem::Modem;
use crate::modem::command::Reply;
use crate::wire::result::CmeError;

/// `+CLCK="AO",<mode>[,<passwd>[,<class>]]` and its kin: 0 unlocks, 1 locks, 2 asks.
pub(in crate::modem) fn lock(
    modem: &mut Modem,
    facility: &str,
    mode: u8,
    password: Option<&[u8]>,
    class: Option<u8>,
) -> Reply {
    if !modem.network.serves_voice() {
        return Reply::Cme(CmeError::new(modem.profile.network.show.no_network));
    }
    let barrings = Barring::named(facility);
    let (asked, class) = (class, Class(class.unwrap_or(Class::USUAL.0)));
    match (barrings, mode) {
        (&[barring], 2) => {
            let barred = Class(modem.services.barred(barring).0 & class.0);
            match asked {
                Some(class) if barred.0 == 0 => modem.inform(format_args!("+CLCK: 0,{class}")),
                None if barred.0 == 0 => modem.inform(format_args!("+CLCK: 0")),
                Some(_) | None => {}
            }
            for (_, class) in barred.each() {
                modem.inform(format_args!("+CLCK: 1,{class}"));
            }
            Reply::Ok
        }
        // A group is only unlocked.
        (_, 2) | ([] | [_, _, ..], 1) => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
        (barrings, _) => {
            let Some(password) = password else { return Reply::Malformed };
            match modem.services.check_password(password) {
                Password::Right => {
                    modem.services.bar(barrings, class, mode == 1);
                    Reply::Ok
                }
                Password::Wrong => Reply::Cme(CmeError::INCORRECT_PASSWORD),
                Password::Blocked => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
            }
        }
    }
}

/// `+CPWD="AB",<oldpwd>,<newpwd>`: one password for all barring.
pub(in crate::modem) fn change_password(modem: &mut Modem, old: &[u8], new: &[u8]) -> Reply {
    if !modem.network.serves_voice() {
        return Reply::Cme(CmeError::new(modem.profile.network.show.no_network));
    }
    let Some(new) = <[u8; 4]>::try_from(new).ok().filter(|new| new.iter().all(u8::is_ascii_digit)) else {
        return Reply::Malformed;
    };
    match modem.services.check_password(old) {
        Password::Right => {
            modem.services.set_password(new);
            Reply::Ok
        }
        Password::Wrong => Reply::Cme(CmeError::INCORRECT_PASSWORD),
        Password::Blocked => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
    }
}

/// Whether a facility of `+CLCK` and `+CPWD` is one of these.
pub(in crate::modem) fn is_barring(facility: &str) -> bool {
    !Barring::named(facility).is_empty()
}
