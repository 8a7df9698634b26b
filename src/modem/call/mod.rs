//! Call control: the list of calls, what the network keeps for its subscriber, and the commands of TS 27.007 for both.
//!
//! Knows calls that a circuit carries (or what stands in its place in LTE): voice, and data where a network has it.
//! Packet data, the data state and the results of V.250 are `v250`'s. `list` is a pure machine; `control` tells the host
//! and the world what became of a call; `outgoing` and `incoming` begin one; the other files are commands.
//!
//! Source: 3GPP TS 27.007, clauses 6 and 7; TS 24.008, clause 5; TS 22.030, clause 6.5.5.

mod barring;
mod bearer;
mod circuit;
mod control;
mod forwarding;
mod hold;
mod identification;
mod incoming;
mod list;
mod multiparty;
mod outgoing;
mod profile;
mod release;
mod report;
mod route;
mod services;
mod tones;
mod waiting;

use super::command::Entry;
use super::{Modem, Observed};

pub(super) use barring::{change_password, is_barring, lock};
pub(super) use circuit::Ending;
pub(super) use incoming::Offer;
pub(super) use list::{CallList, NotNow};
pub(super) use outgoing::{Dialled, connect_limit, set_up};
pub use profile::{CallAnswer, CallProfile, HangUp};
pub use release::Cause;
pub(super) use report::ring;
pub use route::{CallEffect, CallEvent};
pub(super) use services::Services;

/// The commands of calls, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[
    report::COMMANDS,
    hold::COMMANDS,
    identification::COMMANDS,
    waiting::COMMANDS,
    forwarding::COMMANDS,
    tones::COMMANDS,
    bearer::COMMANDS,
];

/// What stands behind `call.KEY` in a script's check.
///
/// `count`, `number` and `stat` (of the call that counts most), `held`, `waiting`, `conference` (how many), `tones` (keys
/// that were sent), `cause` (of the last call's end), `forwarded` (where the last one that went on went).
pub(super) fn observe(modem: &Modem, key: &str) -> Option<Observed> {
    use circuit::Stat;
    let list = &modem.calls.circuit;
    let first = || {
        let order = [Stat::Active, Stat::Dialling, Stat::Alerting, Stat::Incoming, Stat::Held, Stat::Waiting];
        order.iter().find_map(|stat| list.first(&[*stat]))
    };
    let count = |wanted: &dyn Fn(&circuit::CircuitCall) -> bool| {
        Observed::from(u32::try_from(list.iter().filter(|call| wanted(call)).count()).unwrap_or(u32::MAX))
    };
    Some(match key {
        "count" => count(&|_| true),
        "number" => first().map(|call| call.party.number.as_str()).into(),
        "stat" => first().map(|call| call.stat.word()).into(),
        "held" => count(&|call| call.stat == Stat::Held),
        "waiting" => count(&|call| call.stat == Stat::Waiting),
        "conference" => count(&|call| call.multiparty),
        "tones" => modem.calls.tones.as_str().into(),
        "cause" => list.last.map(|cause| u32::from(cause.number())).into(),
        "forwarded" => modem.services.forwarded.as_deref().into(),
        _ => return None,
    })
}
