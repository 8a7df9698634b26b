//! Commands that give, change and count PINs: `+CPIN`, `+CLCK`, `+CPWD`, `+CPINR`, and the makers' counters.
//!
//! Source: 3GPP TS 27.007 clauses 7.4 (`+CLCK`), 7.5 (`+CPWD`), 8.3 (`+CPIN`), 8.65 (`+CPINR`).

use super::secret::{Attempt, Digits, Secret, Which, digits};
use super::{Sim, State};
use crate::modem::command::{Call, Entry, Needs, Reply};
use crate::modem::{Modem, call as call_control};
use crate::wire::command::{Form, Parameters};
use crate::wire::result::CmeError;
use crate::wire::values::PinState;

pub(super) const COMMANDS: &[Entry] = &[
    Entry::new("+CPIN", pin),
    Entry::new("+CLCK", lock),
    Entry::new("+CPWD", password).needs(Needs::Card),
    Entry::new("+CPINR", tries).needs(Needs::Card),
    Entry::new("+UPINCNT", tries_ublox).needs(Needs::Card).vendor(),
    Entry::new("+QPINC", tries_quectel).needs(Needs::Card).vendor(),
    Entry::new("#PCT", tries_telit).needs(Needs::Card).vendor(),
];

/// `+CPIN=<pin>[,<newpin>]`: the PIN, or the PUK and a new PIN.
fn pin(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let state = modem.sim.state(&modem.profile.sim);
    match call.form() {
        Form::Test => Reply::Ok,
        Form::Execute => Reply::Unknown,
        Form::Read => match state.pin_state(&modem.profile.sim).map(|awaited| pin2_state(modem).unwrap_or(awaited)) {
            Ok(awaited) => {
                modem.inform(format_args!("+CPIN: {}", awaited.code()));
                Reply::Ok
            }
            Err(error) => Reply::Cme(error),
        },
        Form::Set(parameters) => match (state, parameters.len()) {
            (State::Absent | State::Off | State::Busy | State::Failed, _) => {
                state.pin_state(&modem.profile.sim).map_or_else(Reply::Cme, |_| Reply::Error)
            }
            (State::Ready, count) => match (pin2_state(modem), count) {
                (Some(PinState::SimPuk2), 2) => give(modem, call, Which::Pin2, unblock),
                (Some(PinState::SimPuk2), 1) => Reply::Cme(CmeError::SIM_PUK2_REQUIRED),
                (Some(_), 1) => give(modem, call, Which::Pin2, |secret, pin, _| secret.verify(pin)),
                (Some(_), _) => Reply::Malformed,
                (None, _) => Reply::Cme(CmeError::new(modem.profile.sim.pin_when_ready)),
            },
            (State::Pin, 1) => give(modem, call, Which::Pin, |secret, pin, _| secret.verify(pin)),
            (State::Puk, 2) => give(modem, call, Which::Pin, unblock),
            (State::Puk, 1) => Reply::Cme(CmeError::SIM_PUK_REQUIRED),
            (State::Pin | State::Puk, _) => Reply::Malformed,
        },
    }
}

/// What is asked for since a command failed for want of PIN2.
fn pin2_state(modem: &Modem) -> Option<PinState> {
    let blocked = modem.sim.card.pin2.tries() == 0;
    modem.sim.pin2_wanted.then_some(if blocked { PinState::SimPuk2 } else { PinState::SimPin2 })
}

fn unblock(secret: &mut Secret, puk: Digits, new: Option<Digits>) -> Attempt {
    // The number of parameters was counted before.
    new.map_or(Attempt::Idle, |new| secret.unblock(puk, new))
}

/// Reads one or two PINs from the first parameters on and tries them. A text that is no PIN spends no try.
fn give(
    modem: &mut Modem,
    call: &Call<'_>,
    which: Which,
    attempt: impl FnOnce(&mut Secret, Digits, Option<Digits>) -> Attempt,
) -> Reply {
    give_from(modem, call, which, 0, attempt)
}

fn give_from(
    modem: &mut Modem,
    call: &Call<'_>,
    which: Which,
    at: usize,
    attempt: impl FnOnce(&mut Secret, Digits, Option<Digits>) -> Attempt,
) -> Reply {
    let Some(parameters) = call.parameters() else { return Reply::Malformed };
    let read = |index: usize| parameters.word(index).map(|text| digits(&text));
    let (Some(Some(first)), second) = (read(at), read(at + 1)) else { return Reply::Malformed };
    let second = match second {
        Some(None) => return Reply::Malformed,
        Some(Some(second)) => Some(second),
        None => None,
    };
    let result = attempt(modem.sim.card.secret(which), first, second);
    let secret = modem.sim.card.secret(which);
    let reply = match (result, which) {
        (Attempt::Right, _) => Reply::Ok,
        (Attempt::Idle, _) => Reply::Cme(CmeError::OPERATION_NOT_ALLOWED),
        (Attempt::Wrong { .. } | Attempt::Blocked, _) if secret.puk_tries() == 0 => Reply::Cme(CmeError::SIM_FAILURE),
        (Attempt::Wrong { left: 0 } | Attempt::Blocked, Which::Pin) => Reply::Cme(CmeError::SIM_PUK_REQUIRED),
        (Attempt::Wrong { left: 0 } | Attempt::Blocked, Which::Pin2) => Reply::Cme(CmeError::SIM_PUK2_REQUIRED),
        (Attempt::Wrong { .. }, _) => Reply::Cme(CmeError::INCORRECT_PASSWORD),
    };
    // TS 27.007, clause 8.3: `+CPIN?` asks for PUK2 once a command has failed for want of it.
    if which == Which::Pin2 {
        modem.sim.pin2_wanted =
            reply == Reply::Cme(CmeError::SIM_PUK2_REQUIRED) || modem.sim.pin2_wanted && reply != Reply::Ok;
    }
    Sim::changed(modem, call.now);
    reply
}

/// What locks a facility, and who has to be asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Facility {
    /// The card, by its PIN.
    Card,
    /// The modem, for one card, network, provider or company. This modem has no such lock set.
    Personalisation,
    /// Fixed dialling, by the card's PIN2.
    FixedDialling,
    /// One kind of call, by the network.
    Barring,
    /// Several kinds of call at once; only to be unlocked.
    Barrings,
}

/// What `+CLCK` can lock, as the test form lists it.
const FACILITIES: [(&str, Facility); 16] = [
    ("SC", Facility::Card),
    ("FD", Facility::FixedDialling),
    ("PS", Facility::Personalisation),
    ("PF", Facility::Personalisation),
    ("PN", Facility::Personalisation),
    ("PU", Facility::Personalisation),
    ("PP", Facility::Personalisation),
    ("PC", Facility::Personalisation),
    ("AO", Facility::Barring),
    ("OI", Facility::Barring),
    ("OX", Facility::Barring),
    ("AI", Facility::Barring),
    ("IR", Facility::Barring),
    ("AB", Facility::Barrings),
    ("AG", Facility::Barrings),
    ("AC", Facility::Barrings),
];

/// `+CLCK=<fac>,<mode>[,<passwd>[,<class>]]`: mode 0 unlocks, 1 locks, 2 asks.
fn lock(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            let all = FACILITIES.map(|(name, _)| format!("\"{name}\"")).join(",");
            modem.inform(format_args!("+CLCK: ({all})"));
            Reply::Ok
        }
        Form::Set(parameters) => set_lock(modem, call, &parameters),
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

fn set_lock(modem: &mut Modem, call: &Call<'_>, parameters: &Parameters<'_>) -> Reply {
    let Some(facility) = parameters.word(0).map(|word| String::from_utf8_lossy(&word).to_ascii_uppercase()) else {
        return Reply::Malformed;
    };
    let Some((name, facility)) = FACILITIES.into_iter().find(|&(name, _)| name == facility) else {
        return Reply::Cme(CmeError::OPERATION_NOT_SUPPORTED);
    };
    let (mode, class) = match (parameters.number::<u8>(1), parameters.number::<u8>(3)) {
        (Ok(Some(mode @ 0..=2)), Ok(class)) if parameters.len() <= 4 && class != Some(0) => (mode, class),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => return Reply::Malformed,
    };
    let there = match facility {
        // A lock of the modem's own is there without a card.
        Facility::Personalisation => Ok(()),
        Facility::Card => Sim::inserted(modem),
        Facility::FixedDialling | Facility::Barring | Facility::Barrings => Sim::ready(modem),
    };
    if let Err(error) = there {
        return Reply::Cme(error);
    }
    match (facility, mode) {
        (Facility::Card, 2) => {
            let locked = u8::from(modem.sim.card.pin.is_enabled());
            modem.inform(format_args!("+CLCK: {locked}"));
            Reply::Ok
        }
        (Facility::Card, _) => {
            if modem.sim.state(&modem.profile.sim) == State::Puk {
                return Reply::Cme(CmeError::SIM_PUK_REQUIRED);
            }
            give_from(modem, call, Which::Pin, 2, |secret, pin, _| secret.enable(pin, mode == 1))
        }
        (Facility::Personalisation, 2) => {
            modem.inform(format_args!("+CLCK: 0"));
            Reply::Ok
        }
        (Facility::FixedDialling, 2) => {
            let on = u8::from(modem.sim.fixed_dialling(&modem.profile.sim));
            modem.inform(format_args!("+CLCK: {on}"));
            Reply::Ok
        }
        (Facility::FixedDialling, _) => {
            match give_from(modem, call, Which::Pin2, 2, |secret, pin, _| secret.verify(pin)) {
                Reply::Ok => {
                    let profile = modem.profile.clone();
                    modem.sim.set_fixed_dialling(&profile.sim, mode == 1).map_err(Reply::from).into()
                }
                reply => reply,
            }
        }
        (Facility::Barring | Facility::Barrings, _) => {
            call_control::lock(modem, name, mode, parameters.word(2).as_deref(), class)
        }
        (Facility::Personalisation, _) => Reply::Cme(CmeError::OPERATION_NOT_SUPPORTED),
    }
}

/// `+CPWD=<fac>,<oldpwd>,<newpwd>`
fn password(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Test => {
            modem.inform(format_args!("+CPWD: (\"SC\",8),(\"P2\",8)"));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let facility = parameters.word(0).map(|word| word.to_ascii_uppercase());
            let which = match facility.as_deref() {
                Some(b"SC") => Which::Pin,
                Some(b"P2") => Which::Pin2,
                Some(name) if call_control::is_barring(&String::from_utf8_lossy(name)) => {
                    let (Some(old), Some(new), 3) = (parameters.word(1), parameters.word(2), parameters.len()) else {
                        return Reply::Malformed;
                    };
                    return call_control::change_password(modem, &old, &new);
                }
                Some(_) => return Reply::Cme(CmeError::OPERATION_NOT_SUPPORTED),
                None => return Reply::Malformed,
            };
            if parameters.len() != 3 {
                return Reply::Malformed;
            }
            // The second is there, or `give_from` has said that it is not one.
            give_from(modem, call, which, 1, |secret, old, new| {
                new.map_or(Attempt::Idle, |new| secret.change(old, new))
            })
        }
        Form::Execute | Form::Read => Reply::Unknown,
    }
}

/// `+CPINR[=<sel_code>]`: `+CPINR: <code>,<retries>,<default_retries>`, a line for each; `SIM*` selects by its beginning.
fn tries(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let selected = match call.form() {
        Form::Execute => None,
        Form::Set(parameters) => match parameters.word(0) {
            Some(word) if parameters.len() == 1 => Some(String::from_utf8_lossy(&word).to_ascii_uppercase()),
            Some(_) | None => return Reply::Malformed,
        },
        Form::Test => return Reply::Ok,
        Form::Read => return Reply::Unknown,
    };
    let wanted = |code: &str| match selected.as_deref() {
        None => true,
        Some(selected) => match selected.strip_suffix('*') {
            Some(beginning) => code.starts_with(beginning),
            None => code == selected,
        },
    };
    let counters = counters(modem);
    for (code, left, all) in counters.into_iter().filter(|(code, ..)| wanted(code)) {
        modem.inform(format_args!("+CPINR: {code},{left},{all}"));
    }
    Reply::Ok
}

/// Code, tries left, tries in all.
fn counters(modem: &Modem) -> [(&'static str, u8, u8); 4] {
    let (pin, pin2) = (&modem.sim.card.pin, &modem.sim.card.pin2);
    [
        ("SIM PIN", pin.tries(), Secret::TRIES),
        ("SIM PUK", pin.puk_tries(), Secret::PUK_TRIES),
        ("SIM PIN2", pin2.tries(), Secret::TRIES),
        ("SIM PUK2", pin2.puk_tries(), Secret::PUK_TRIES),
    ]
}

/// `+UPINCNT: <PIN>,<PIN2>,<PUK>,<PUK2>`, of u-blox.
fn tries_ublox(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let [(_, pin, _), (_, puk, _), (_, pin2, _), (_, puk2, _)] = counters(modem);
            modem.inform(format_args!("+UPINCNT: {pin},{pin2},{puk},{puk2}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}

/// `+QPINC: "SC",<PIN>,<PUK>` and the same for `"P2"`, of Quectel.
fn tries_quectel(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let wanted = match call.form() {
        Form::Execute | Form::Read => None,
        Form::Set(parameters) => parameters.word(0).map(|word| word.to_ascii_uppercase()),
        Form::Test => {
            modem.inform(format_args!("+QPINC: (\"SC\",\"P2\")"));
            return Reply::Ok;
        }
    };
    let [(_, pin, _), (_, puk, _), (_, pin2, _), (_, puk2, _)] = counters(modem);
    match wanted.as_deref() {
        None | Some(b"SC" | b"P2") => {
            for (facility, left, puk_left) in [("SC", pin, puk), ("P2", pin2, puk2)] {
                if wanted.as_deref().is_none_or(|wanted| wanted == facility.as_bytes()) {
                    modem.inform(format_args!("+QPINC: \"{facility}\",{left},{puk_left}"));
                }
            }
            Reply::Ok
        }
        Some(_) => Reply::Malformed,
    }
}

/// `#PCT: <n>`: tries left of what `+CPIN?` asks for, of Telit.
fn tries_telit(modem: &mut Modem, call: &Call<'_>) -> Reply {
    match call.form() {
        Form::Execute => {
            let [(_, pin, _), (_, puk, _), ..] = counters(modem);
            let left = if pin == 0 { puk } else { pin };
            modem.inform(format_args!("#PCT: {left}"));
            Reply::Ok
        }
        Form::Test => Reply::Ok,
        Form::Read | Form::Set(_) => Reply::Unknown,
    }
}
