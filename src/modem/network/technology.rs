//! Which radio technologies the modem may use: `+WS46`.
//!
//! Source: 3GPP TS 27.007, clause 5.9.

use super::Network;
use super::domain::Tech;
use crate::modem::Modem;
use crate::modem::command::{Call, Entry, Reply};
use crate::wire::command::Form;

pub(super) const COMMANDS: &[Entry] = &[Entry::new("+WS46", selection)];

/// GERAN, UTRAN, E-UTRAN and NG-RAN, as bits.
const GERAN: u8 = 1;
const UTRAN: u8 = 2;
const EUTRAN: u8 = 4;
const NGRAN: u8 = 8;

/// Everything that the modem has.
const ALL: u8 = 25;

/// `<n>` and what it leaves.
const SELECTIONS: [(u8, u8); 9] = [
    (12, GERAN),
    (22, UTRAN),
    (ALL, GERAN | UTRAN | EUTRAN | NGRAN),
    (28, EUTRAN),
    (29, GERAN | UTRAN),
    (30, GERAN | EUTRAN),
    (31, UTRAN | EUTRAN),
    (36, NGRAN),
    (37, EUTRAN | NGRAN),
];

const fn network_of(tech: Tech) -> u8 {
    match tech {
        Tech::Gsm => GERAN,
        Tech::Utran => UTRAN,
        Tech::Lte | Tech::LteM | Tech::NbIot => EUTRAN,
        Tech::Nr => NGRAN,
    }
}

/// `+WS46=[<n>]`
fn selection(modem: &mut Modem, call: &Call<'_>) -> Reply {
    let own = modem.profile.network.techs.iter().fold(0, |own, &tech| own | network_of(tech));
    let offered = |networks: u8| networks & own == networks;
    let known: Vec<u8> =
        SELECTIONS.into_iter().filter(|&(n, networks)| n == ALL || offered(networks)).map(|(n, _)| n).collect();
    match call.form() {
        Form::Read => {
            let mobility = &modem.network.mobility;
            let left = Tech::ALL
                .into_iter()
                .filter(|&tech| mobility.offers_tech(tech))
                .fold(0, |left, tech| left | network_of(tech));
            let exact = SELECTIONS.into_iter().find(|&(n, networks)| n != ALL && networks == left);
            let n = exact.map_or(ALL, |(n, _)| n);
            modem.inform(format_args!("+WS46: {n}"));
            Reply::Ok
        }
        Form::Test => {
            let known: Vec<String> = known.iter().map(u8::to_string).collect();
            modem.inform(format_args!("+WS46: ({})", known.join(",")));
            Reply::Ok
        }
        Form::Set(parameters) => {
            let n = match parameters.number::<u8>(0) {
                Ok(n) => n.unwrap_or(ALL),
                Err(error) => return error.into(),
            };
            let chosen = SELECTIONS.into_iter().find(|&(code, _)| code == n && known.contains(&code));
            let Some((_, networks)) = chosen.filter(|_| parameters.len() <= 1) else { return Reply::Malformed };
            Network::input(modem, call.now, |mobility, scene| {
                mobility.restrict(scene, |tech| networks & network_of(tech) != 0);
            });
            Reply::Ok
        }
        Form::Execute => Reply::Error,
    }
}
