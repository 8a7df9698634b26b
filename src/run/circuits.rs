//! The modem's lines as its clients see them, where a client can: which have been shown, and what is new.

use crate::modem::{AtPort, Modem};
use crate::port::Signals;

/// How the modem's end of a port stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    /// What the modem drives.
    pub(super) signals: Signals,
    /// Whether it sends nothing while RTS is off.
    pub(super) heeds_rts: bool,
}

/// The ports whose clients see lines, and what they were shown last.
#[derive(Debug)]
pub(super) struct Circuits(Vec<(AtPort, Option<Shown>)>);

impl Circuits {
    /// Those of these ports; nothing was shown on them yet.
    pub(super) fn of(ports: impl Iterator<Item = AtPort>) -> Self {
        Self(ports.map(|port| (port, None)).collect())
    }

    /// How the lines of this port stand, where they have changed since this was last asked.
    pub(super) fn news(&mut self, port: AtPort, modem: &mut Modem) -> Option<Shown> {
        let (_, last) = self.0.iter_mut().find(|(known, _)| *known == port)?;
        let heeds_rts = modem.heeds_rts(port);
        let lines = modem.transmit_on(port)?.lines();
        let signals = Signals { cts: lines.cts, dsr: lines.dsr, dcd: lines.dcd, ri: lines.ri };
        let shown = Shown { signals, heeds_rts };
        (last.replace(shown) != Some(shown)).then_some(shown)
    }

    /// Nothing was shown on this port: it is another one now.
    pub(super) fn forget(&mut self, port: AtPort) {
        self.0.iter_mut().filter(|(known, _)| *known == port).for_each(|(_, last)| *last = None);
    }
}
