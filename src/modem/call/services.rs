//! What the network keeps for this subscriber: forwarding, waiting, barring. Power does not change it.
//!
//! Kept for each class on its own, as TS 22.004 annex A groups basic services. Does not know commands.
//!
//! Source: 3GPP TS 22.082 (forwarding), 22.083 (waiting), 22.088 (barring).

use std::time::Duration;

use super::profile::CallProfile;

/// `<classx>`: voice 1, data 2, fax 4, short messages 8, synchronous 16 and asynchronous 32 data circuits, packet 64, PAD
/// 128; their sum is several of them.
///
/// Source: 3GPP TS 27.007, clauses 7.4, 7.11 and 7.12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) struct Class(pub(super) u8);

impl Class {
    pub(super) const VOICE: Self = Self(1);
    /// A data call may be of any of these.
    pub(super) const DATA: Self = Self(2 | 16 | 32);
    /// Where none is given: telephony, data, fax.
    pub(super) const USUAL: Self = Self(7);

    pub(super) fn each(self) -> impl Iterator<Item = (usize, u8)> {
        (0..8).map(|bit| (bit, 1 << bit)).filter(move |(_, class)| self.0 & class != 0)
    }

    pub(super) const fn of(data: bool) -> Self {
        if data { Self::DATA } else { Self::VOICE }
    }
}

/// When calls are forwarded: `<reason>` of `+CCFC`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Reason {
    Unconditional = 0,
    Busy = 1,
    NoReply = 2,
    NotReachable = 3,
}

impl Reason {
    pub(super) const ALL: [Self; 4] = [Self::Unconditional, Self::Busy, Self::NoReply, Self::NotReachable];
}

/// Where calls are forwarded to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Forwarding {
    pub(super) number: Box<str>,
    /// `<type>`: 145 or 129.
    pub(super) kind: u8,
    /// Else it is registered, and rests.
    pub(super) active: bool,
    /// So long it rings before.
    pub(super) time: u8,
}

/// What is barred. Source: 3GPP TS 22.088; the names are those of TS 27.007, clause 7.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modem) enum Barring {
    /// `AO`: all outgoing calls.
    Outgoing = 0,
    /// `OI`: outgoing international calls.
    International = 1,
    /// `OX`: the same, but for those to the home country.
    ExceptHome = 2,
    /// `AI`: all incoming calls.
    Incoming = 3,
    /// `IR`: incoming calls when roaming outside the home country.
    IncomingRoaming = 4,
}

impl Barring {
    pub(super) const ALL: [Self; 5] =
        [Self::Outgoing, Self::International, Self::ExceptHome, Self::Incoming, Self::IncomingRoaming];

    /// Those that a facility of `+CLCK` means; several where it is a group: `AB` all, `AG` outgoing, `AC` incoming.
    pub(super) fn named(facility: &str) -> &'static [Self] {
        match facility {
            "AO" => &[Self::Outgoing],
            "OI" => &[Self::International],
            "OX" => &[Self::ExceptHome],
            "AI" => &[Self::Incoming],
            "IR" => &[Self::IncomingRoaming],
            "AB" => &Self::ALL,
            "AG" => &[Self::Outgoing, Self::International, Self::ExceptHome],
            "AC" => &[Self::Incoming, Self::IncomingRoaming],
            _ => &[],
        }
    }
}

/// A call as barring sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing {
    pub(super) class: Class,
    pub(super) international: bool,
    /// To the country of the home network.
    pub(super) home_country: bool,
}

/// How a password was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Password {
    Right,
    Wrong,
    /// Wrong three times: the network takes none any more. Source: 3GPP TS 22.004, clause 3.
    Blocked,
}

/// What the network keeps.
#[derive(Debug)]
pub(in crate::modem) struct Services {
    /// By reason and class.
    forwarding: Vec<(Reason, u8, Forwarding)>,
    /// Classes for which calls wait.
    waiting: u8,
    /// Classes that are barred.
    barred: [u8; Barring::ALL.len()],
    password: [u8; 4],
    wrong: u8,
    /// Where the last call was forwarded to.
    pub(super) forwarded: Option<String>,
}

impl Services {
    pub(in crate::modem) fn new(profile: &CallProfile) -> Self {
        Self {
            forwarding: Vec::new(),
            waiting: profile.waiting,
            barred: [0; Barring::ALL.len()],
            // The profile was checked when it was read.
            password: profile.password.as_bytes().try_into().unwrap_or(*b"0000"),
            wrong: 0,
            forwarded: None,
        }
    }

    pub(super) const fn waits(&self, class: Class) -> bool {
        self.waiting & class.0 != 0
    }

    pub(super) const fn waiting(&self) -> Class {
        Class(self.waiting)
    }

    pub(super) const fn set_waiting(&mut self, class: Class, on: bool) {
        self.waiting = if on { self.waiting | class.0 } else { self.waiting & !class.0 };
    }

    /// What is registered for this reason and single class.
    pub(super) fn registered(&self, reason: Reason, class: u8) -> Option<&Forwarding> {
        self.forwarding.iter().find(|(known, of, _)| *known == reason && *of == class).map(|(.., to)| to)
    }

    /// Where a call of these classes goes for this reason, and after what time.
    pub(super) fn forwards(&self, reason: Reason, class: Class) -> Option<(&str, Duration)> {
        let active = class.each().find_map(|(_, class)| self.registered(reason, class).filter(|to| to.active))?;
        Some((&active.number, Duration::from_secs(active.time.into())))
    }

    /// Whether anything is active for one of these reasons.
    pub(super) fn any_forwarding(&self, reasons: &[Reason]) -> bool {
        self.forwarding.iter().any(|(reason, _, to)| to.active && reasons.contains(reason))
    }

    /// Registers for each class; what was there is replaced.
    pub(super) fn register(&mut self, reason: Reason, class: Class, to: &Forwarding) {
        self.erase(reason, class);
        self.forwarding.extend(class.each().map(|(_, class)| (reason, class, to.clone())));
    }

    /// Switches what is registered on or off; true if anything was.
    pub(super) fn activate(&mut self, reason: Reason, class: Class, on: bool) -> bool {
        let mut any = false;
        for (_, _, to) in self.forwarding.iter_mut().filter(|(known, of, _)| *known == reason && class.0 & of != 0) {
            to.active = on;
            any = true;
        }
        any
    }

    pub(super) fn erase(&mut self, reason: Reason, class: Class) {
        self.forwarding.retain(|(known, of, _)| *known != reason || class.0 & of == 0);
    }

    /// The classes for which this is barred.
    pub(super) const fn barred(&self, barring: Barring) -> Class {
        Class(self.barred[barring as usize])
    }

    pub(super) fn bar(&mut self, barrings: &[Barring], class: Class, on: bool) {
        for &barring in barrings {
            let classes = &mut self.barred[barring as usize];
            *classes = if on { *classes | class.0 } else { *classes & !class.0 };
        }
    }

    /// Whether a call that the host sets up is barred.
    pub(super) fn bars_outgoing(&self, call: Outgoing) -> bool {
        let barred = |barring: Barring| self.barred[barring as usize] & call.class.0 != 0;
        barred(Barring::Outgoing)
            || call.international
                && (barred(Barring::International) || !call.home_country && barred(Barring::ExceptHome))
    }

    /// Whether a call that comes in is barred.
    pub(super) const fn bars_incoming(&self, class: Class, abroad: bool) -> bool {
        self.barred[Barring::Incoming as usize] & class.0 != 0
            || abroad && self.barred[Barring::IncomingRoaming as usize] & class.0 != 0
    }

    pub(super) fn check_password(&mut self, password: &[u8]) -> Password {
        if self.wrong >= 3 {
            Password::Blocked
        } else if password == self.password {
            self.wrong = 0;
            Password::Right
        } else {
            self.wrong += 1;
            Password::Wrong
        }
    }

    pub(super) const fn set_password(&mut self, password: [u8; 4]) {
        self.password = password;
    }
}
