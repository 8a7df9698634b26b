//! The network around the modem: one registration per domain, and every command that shows it.
//!
//! Knows 3GPP TS 24.008, 24.301 and 24.501 as far as a modem's host can see them, and TS 27.007's commands for them. Does
//! not know who is on a list (the register says so), what is on the card but its PLMNs and locations, nor how an answer
//! reaches the line.
//!
//! `mobility` is a pure machine: inputs with their time, notices and a deadline out. `attempt` and `host` are the rest of
//! it. The other files are views: each command shows that one state, and none keeps a state of its own beside it.

mod attempt;
mod bars;
mod bearer;
mod card;
mod cause;
mod domain;
mod error_report;
mod events;
mod host;
mod indicators;
mod mobility;
mod modes;
mod operator;
mod packet;
mod profile;
mod registration;
mod reports;
mod saving;
mod service;
mod signal;
mod subscriber;
mod technology;
#[cfg(test)]
mod tests;
mod world;

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::identity::{Imsi, Pei};
use crate::modem::command::{Entry, Owner, Reply};
use crate::modem::equipment::Equipment;
use crate::modem::outbox::Effect;
use crate::modem::sim::Sim;
use crate::modem::{Modem, NetworkEvent, Observed, Profile, Setting, Tick};
use crate::register::{self, Inquiry, Technology};
use crate::wire::result::CmeError;
use crate::wire::values::{Domain, RejectCause};

use bearer::Carried;
use card::Holder;
pub use domain::Tech;
use domain::name_of;
use events::Events;
use host::{Answer, Wish};
use indicators::Indicators;
use mobility::{Decision, Mobility, Notice, Scene};
pub use operator::Aborted;
pub(super) use packet::COMMANDS as PACKET_COMMANDS;
use packet::Packet;
pub use packet::{ApnProfile, PdpType, SessionProfile};
pub use profile::{
    AfterDetach, CgregInLte, Code, CopsAnswers, ErrorNumber, Hex, NeighbourProfile, NetworkProfile, NetworkTiming,
    RefusedAnswer, ShowProfile, Standing,
};
use reports::Shown;
pub(super) use saving::COMMANDS as SAVING_COMMANDS;
use saving::Saving;
pub use saving::{SavingProfile, Wake};
use service::Service;
use subscriber::Preferred;

/// The commands of the network, topic by topic.
pub(super) const COMMANDS: &[&[Entry]] = &[
    reports::COMMANDS,
    operator::COMMANDS,
    signal::COMMANDS,
    events::COMMANDS,
    error_report::COMMANDS,
    indicators::COMMANDS,
    subscriber::COMMANDS,
    technology::COMMANDS,
    modes::COMMANDS,
    bearer::COMMANDS,
];

/// What the modem knows of the network.
#[derive(Debug)]
pub(super) struct Network {
    mobility: Mobility,
    /// What the registration reports showed last.
    shown: [Shown; Domain::ALL.len()],
    /// What the reports of bearer and IMS showed last.
    carried: Carried,
    events: Events,
    packet: Packet,
    saving: Saving,
    indicators: Indicators,
    preferred: Preferred,
}

impl Network {
    /// As the profile has it, before the first power-up.
    pub(super) fn new(profile: &Profile) -> Self {
        Self {
            mobility: Mobility::new(&profile.network),
            shown: [Shown::default(); Domain::ALL.len()],
            carried: Carried::default(),
            events: Events::default(),
            packet: Packet::new(&profile.network),
            saving: Saving::default(),
            indicators: Indicators::default(),
            preferred: Preferred::default(),
        }
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        [self.mobility.deadline(), self.packet.deadline(), self.saving.deadline()].into_iter().flatten().min()
    }

    /// Called at every deadline of the modem: does what is due at `now`, and nothing if nothing is.
    pub(super) fn wake(modem: &mut Modem, now: Tick) {
        if modem.network.mobility.deadline().is_some_and(|due| due <= now) {
            Self::input(modem, now, Mobility::wake);
        }
        Packet::wake(modem, now);
        Saving::wake(modem, now);
    }

    /// Called at power-up, last of all: settings, equipment and card are there.
    pub(super) fn power_on(modem: &mut Modem, now: Tick) {
        modem.network.mobility.power();
        modem.network.shown = [Shown::default(); Domain::ALL.len()];
        modem.network.events = Events::default();
        modem.network.indicators = Indicators::of(modem);
        modem.network.packet.power();
        modem.network.saving.power();
        modem.network.carried = Carried::default();
        let on = has_radio(modem.setting(Setting::Functionality));
        let circuits = modes::has_circuits(modem.setting(Setting::EpsMode));
        Self::input(modem, now, |mobility, scene| {
            mobility.want_circuits(scene, circuits);
            mobility.radio(scene, on, false);
        });
    }

    /// Called when the supply goes: switch-off for every reject.
    pub(super) fn power_off(modem: &mut Modem, _now: Tick) {
        modem.network.mobility.power();
        modem.network.packet.power();
        modem.network.saving.power();
    }

    /// Called when `+CFUN` has a new level, after the setting has it and the card was told.
    pub(super) fn functionality(modem: &mut Modem, now: Tick, _from: u32, to: u32) {
        let equipment = &modem.profile.equipment;
        let switched_off = match to {
            0 => equipment.cfun0_is_switch_off,
            4 => equipment.cfun4_is_switch_off,
            _ => false,
        };
        Self::input(modem, now, |mobility, scene| mobility.radio(scene, has_radio(to), switched_off));
    }

    /// Called by the card when it came, went, was unlocked or locked.
    pub(super) fn sim_changed(modem: &mut Modem, now: Tick) {
        let removed = Sim::inserted(modem).is_err_and(|error| error == CmeError::SIM_NOT_INSERTED);
        Self::input(
            modem,
            now,
            |mobility, scene| {
                if removed { mobility.card_removed(scene) } else { mobility.card_changed(scene) }
            },
        );
    }

    /// Called for what the network does.
    pub(super) fn event(modem: &mut Modem, now: Tick, event: NetworkEvent) {
        Self::input(modem, now, |mobility, scene| mobility.event(scene, &event));
    }

    /// Called when what the antenna receives changes; `None`: nothing.
    pub(super) fn signal(modem: &mut Modem, now: Tick, level: Option<i16>) {
        Self::input(modem, now, |mobility, scene| mobility.signal(scene, level));
    }

    /// Called with the register's answer to the `Effect::CheckEquipment` with this ticket.
    pub(super) fn equipment(modem: &mut Modem, now: Tick, ticket: u32, answer: register::Answer) {
        let technology = modem.network.mobility.cell().map_or(Technology::Lte, |cell| match cell.tech {
            Tech::Gsm => Technology::Gsm,
            Tech::Utran => Technology::Utran,
            Tech::Lte | Tech::LteM | Tech::NbIot => Technology::Lte,
            Tech::Nr => Technology::Nr,
        });
        let decision = Decision {
            verdict: answer.verdict,
            refusal: answer.refusal.map(|refusal| RejectCause::new(refusal.cause(technology))),
        };
        Self::input(modem, now, |mobility, scene| mobility.answered(scene, ticket, decision));
    }

    /// A keystroke aborts the command that waits for the network: how it ends.
    pub(super) fn abort(modem: &mut Modem, _now: Tick) -> Reply {
        modem.network.mobility.abort();
        Reply::Result(modem.profile.network.show.aborted.result())
    }

    /// Whether a voice call can be set up now, or come in.
    pub(super) fn serves_voice(&self) -> bool {
        self.mobility.service() == Service::Full && !self.is_asleep()
    }

    /// Whether the modem is attached for an emergency call alone.
    pub(super) fn serves_emergency(&self) -> bool {
        self.mobility.is_in_emergency()
    }

    /// An emergency call begins, where there is a cell at all: in limited service the modem attaches for it alone.
    pub(super) fn begin_emergency(modem: &mut Modem) -> bool {
        let begun = modem.network.mobility.begin_emergency().is_ok();
        reports::give(modem);
        begun
    }

    /// A call has ended.
    pub(super) fn end_emergency(modem: &mut Modem) {
        modem.network.mobility.end_emergency();
        reports::give(modem);
    }

    /// Calls have come, gone or changed.
    pub(super) fn calls_changed(modem: &mut Modem) {
        indicators::give(modem);
    }

    /// Whether the modem is registered away from its home network.
    pub(super) fn roams(&self) -> bool {
        Domain::ALL.into_iter().any(|domain| self.mobility.registration(domain).name() == "roaming")
    }

    /// Whether a number is that of the emergency services, whatever the card says.
    ///
    /// Source: 3GPP TS 22.101, clause 10.1.1.
    pub(super) fn is_emergency(modem: &Modem, number: &str) -> bool {
        let without_card = Sim::inserted(modem).is_err_and(|error| error == CmeError::SIM_NOT_INSERTED);
        matches!(number, "112" | "911")
            || without_card && matches!(number, "000" | "08" | "110" | "118" | "119" | "999")
    }

    /// Whether packet data can be carried now.
    pub(super) fn serves_packet(&self) -> bool {
        self.mobility.is_attached()
    }

    /// The IPv4 address of the context that the packet call is for.
    pub(super) fn address(modem: &Modem) -> Ipv4Addr {
        modem.network.packet.call_address(&modem.profile.network)
    }

    /// Whether the modem sleeps in power saving mode: it hears nothing, and says nothing.
    pub(super) const fn is_asleep(&self) -> bool {
        self.saving.is_asleep()
    }

    /// Something that may wake the modem happens.
    pub(super) fn rouse(modem: &mut Modem, now: Tick, by: Wake) {
        Saving::rouse(modem, now, by);
    }

    /// Data are sent or received.
    pub(super) fn traffic(modem: &mut Modem, now: Tick) {
        if modem.network.serves_packet() {
            Saving::signalled(modem, now);
        }
    }

    /// Whether short messages can be sent now, through the domain that `+CGSMS` names: 0 packet, 1 circuit-switched, else either.
    ///
    /// Source: 3GPP TS 27.007, clause 7.21.
    pub(super) fn serves_messages(modem: &Modem, domain: u32) -> bool {
        let mobility = &modem.network.mobility;
        let circuit = mobility.registration(Domain::Cs).is_registered();
        let packet = [Domain::Ps, Domain::Eps, Domain::FiveGs]
            .into_iter()
            .any(|domain| mobility.registration(domain).is_registered());
        match domain {
            0 => packet,
            1 => circuit,
            _ => packet || circuit,
        }
    }

    /// The text of `{operator}`, `{plmn}`, `{cause}` and `{stat}`.
    pub(super) fn text(modem: &Modem, name: &str) -> String {
        let mobility = &modem.network.mobility;
        match name {
            "operator" => mobility.operator().map_or_else(String::new, |(long, _)| long.to_owned()),
            "plmn" => mobility.serving().map_or_else(String::new, |cell| cell.plmn.to_string()),
            "cause" => mobility.refused().map_or(0, |refused| refused.cause.number()).to_string(),
            "stat" => {
                let domain =
                    if mobility.registration(Domain::FiveGs).is_registered() { Domain::FiveGs } else { Domain::Eps };
                reports::line(&modem.profile.network, mobility, domain).stat.number().to_string()
            }
            _ => String::new(),
        }
    }

    /// What stands behind `registration.…`, `cause`, `signal`, `attempts`, `register.decision`, `packet.KEY` and
    /// `network.KEY` in a script's check: the whole path is given.
    ///
    /// `network.KEY`: `plmn`, `operator`, `tech`, `area` and `cell` (of the cell that serves), `service` (`none`,
    /// `limited`, `full`), `attached`, `covered`, `deny`, `selection` (the mode of `+COPS`), `rrc` (`idle`, `connected`), `psm`
    /// (`off`, `on`, `asleep`).
    pub(super) fn observe(modem: &Modem, path: &str) -> Option<Observed> {
        let mobility = &modem.network.mobility;
        let number = |number: u8| Observed::from(u32::from(number));
        if let Some(name) = path.strip_prefix("registration.") {
            let domain = Domain::ALL.into_iter().find(|&domain| name_of(domain) == name)?;
            return Some(mobility.registration(domain).name().into());
        }
        if let Some(key) = path.strip_prefix("packet.") {
            return modem.network.packet.observe(&modem.profile.network.session, key);
        }
        Some(match path {
            "cause" => mobility.refused().map(|refused| u32::from(refused.cause.number())).into(),
            "signal" => mobility.level().map_or(Observed::Nothing, |level| Observed::Number(f64::from(level))),
            "attempts" => mobility.attempts().into(),
            "register.decision" => mobility.decision().map(|decision| decision.verdict.word()).into(),
            "network.plmn" => mobility.serving().map(|cell| cell.plmn.to_string()).into(),
            "network.operator" => mobility.operator().map(|(long, _)| long).into(),
            "network.tech" => mobility.serving().map(|cell| cell.tech.name()).into(),
            "network.area" => mobility.serving().map(|cell| format!("{:04X}", cell.area)).into(),
            "network.cell" => mobility.serving().map(|cell| format!("{:08X}", cell.identity)).into(),
            "network.service" => match mobility.service() {
                Service::None => "none",
                Service::Limited => "limited",
                Service::Full => "full",
            }
            .into(),
            "network.attached" => mobility.is_attached().into(),
            "network.covered" => mobility.is_covered().into(),
            "network.deny" => mobility.denies().map_or(Observed::Nothing, |cause| number(cause.number())),
            "network.rrc" => modem.network.saving.connection().into(),
            "network.psm" => modem.network.saving.observe(mobility.granted.is_some()).into(),
            "network.selection" => number(mobility.selection().mode().number()),
            _ => return None,
        })
    }

    /// Called after whatever has happened: reports the indicators that have changed.
    pub(super) fn indicate(modem: &mut Modem) {
        indicators::give(modem);
    }

    /// Gives the machine an input, and the rest of the modem what came of it.
    fn input<R>(modem: &mut Modem, now: Tick, input: impl FnOnce(&mut Mobility, &mut Scene<'_>) -> R) -> R {
        let profile = Arc::clone(&modem.profile);
        let ready = Sim::ready(modem).is_ok();
        let bearer = Packet::refusal_at_attach(modem, now).is_none();
        let Modem { network, sim, .. } = modem;
        let mut card = Holder { sim, profile: &profile.sim, ready };
        let mut scene = Scene { now, profile: &profile.network, card: &mut card, bearer };
        let result = input(&mut network.mobility, &mut scene);
        Self::tell(modem, now, &profile.network);
        result
    }

    fn tell(modem: &mut Modem, now: Tick, profile: &NetworkProfile) {
        for notice in modem.network.mobility.notices() {
            if !matches!(notice, Notice::Answer { .. } | Notice::Detached) {
                Saving::signalled(modem, now);
            }
            match notice {
                Notice::Check { ticket } => {
                    let pei = modem.equipment.imeisv(&modem.profile).map(Pei::Imeisv);
                    let pei = pei.or_else(|| modem.equipment.imei().map(Pei::Imei));
                    let imsi = Imsi::parse(&Sim::text(modem, "imsi")).ok();
                    modem.terminal.outbox.effect(Effect::CheckEquipment { ticket, inquiry: Inquiry { pei, imsi } });
                }
                Notice::Rejected { tech, domains, cause } => {
                    modem.network.packet.forget_refusal();
                    if cause == cause::ESM_FAILURE {
                        Packet::refused_at_attach(modem, now);
                    }
                    error_report::rejected(modem, tech.procedures(), domains, cause);
                }
                Notice::NetworkDetach => events::give(modem, "NW DETACH"),
                Notice::HostDetach => events::give(modem, "ME DETACH"),
                Notice::Attached => {
                    Packet::attached(modem, now);
                    Equipment::network_time(modem, now);
                }
                Notice::Detached => Packet::detached(modem, now),
                Notice::Answer { wish, answer } => {
                    let Some(port) = modem.waiting(Owner::Network) else { continue };
                    modem.at(port, |modem| {
                        let reply = match wish {
                            Wish::List => operator::inform_list(modem),
                            Wish::Selection => Self::reply(modem, answer, profile.show.cops_refused),
                            Wish::Attach => Packet::attach_ended(modem, now, answer)
                                .unwrap_or_else(|| Self::reply(modem, answer, profile.show.cgatt_refused)),
                        };
                        // A context that waited for the attach has its own answer to wait for now.
                        if !matches!(reply, Reply::Later(_)) {
                            modem.complete(now, Owner::Network, reply);
                        }
                    });
                }
            }
        }
        Saving::follow(modem);
        reports::give(modem);
        bearer::give(modem);
        modem.calls_follow_the_network(now);
    }

    /// What an answer of the network looks like here; `refused` says how a refusal is shown.
    fn reply(modem: &Modem, answer: Answer, refused: RefusedAnswer) -> Reply {
        let no_network = CmeError::new(modem.profile.network.show.no_network);
        match (answer, refused) {
            (Answer::Done | Answer::List, _) | (Answer::Refused { .. }, RefusedAnswer::Ok) => Reply::Ok,
            (Answer::Unserved, _) | (Answer::Refused { .. }, RefusedAnswer::Silent) => Reply::Cme(no_network),
            (Answer::Refused { .. }, RefusedAnswer::Error) => Reply::Error,
            (Answer::Refused { .. }, RefusedAnswer::Number(number)) => Reply::Cme(CmeError::new(number)),
            // The context of the attach was refused, and says why.
            (Answer::Refused { cause }, RefusedAnswer::Cause) if cause == cause::ESM_FAILURE => {
                Reply::Cme(modem.network.packet.refusal_error(&modem.profile.network).unwrap_or(no_network))
            }
            // TS 27.007, clause 9.2.2.1: these have a number of their own, 100 and the cause.
            (Answer::Refused { cause }, RefusedAnswer::Cause) => Reply::Cme(match cause.number() {
                number @ (3 | 6..=8 | 11..=15 | 22 | 25) => CmeError::new(100 + u16::from(number)),
                _ => CmeError::EMERGENCY_CALLS_ONLY,
            }),
        }
    }
}

/// Whether the radio is on at this level of `+CFUN`: 0 is minimum functionality, 2 to 4 switch transmitter, receiver or both
/// off; what is above is the maker's, and on.
///
/// Source: 3GPP TS 27.007, clause 8.2.
const fn has_radio(level: u32) -> bool {
    !matches!(level, 0 | 2..=4)
}
