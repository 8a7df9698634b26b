//! Who takes the data of a call: the modem's own far end, which speaks PPP; whoever runs the modem; or nobody.
//!
//! It lives as long as the call: the escape sequence and `O` keep it, and what it says while its port takes commands is
//! held, up to a limit. A call without data state costs nothing here.

use std::net::Ipv4Addr;
use std::sync::Arc;

use super::ppp::{Counts, Ppp};
use super::profile::Carrier;
use super::{AtPort, Effect, Mode, Modem, Network, Observed, Tick};
use crate::wire::ppp::FLAG;

/// So much of what the far end says waits for data state; more is lost, by whole frames in PPP.
const HELD: usize = 16 * 1024;

/// So much of what comes from outside waits for the line in data state.
const WAITING: usize = 64 * 1024;

/// Who takes the data of the call that stands.
#[derive(Debug, Default)]
pub(super) struct Data {
    carried: Option<Carried>,
    /// Calls whose data went outside so far: the number of the last one.
    calls: u32,
    /// Of the far ends that have gone.
    counts: Counts,
}

#[derive(Debug)]
struct Carried {
    /// The port whose data it is.
    port: AtPort,
    far: Far,
    /// What came while that port took commands.
    held: Vec<u8>,
}

#[derive(Debug)]
enum Far {
    /// The modem's own far end. `closing`: the network has gone, and it takes leave.
    Ppp { ppp: Box<Ppp>, closing: bool },
    /// Whoever runs the modem, and what is to go there.
    Outside { call: u32, up: Vec<u8> },
}

impl Data {
    pub(super) fn deadline(&self) -> Option<Tick> {
        match &self.carried.as_ref()?.far {
            Far::Ppp { ppp, .. } => ppp.deadline(),
            Far::Outside { .. } => None,
        }
    }

    /// What stands behind `ppp` and the counts beneath it.
    pub(super) fn observe(&self, key: &str) -> Observed {
        let far = self.carried.as_ref().map(|carried| &carried.far);
        let ppp = match far {
            Some(Far::Ppp { ppp, .. }) => Some(&**ppp),
            Some(Far::Outside { .. }) | None => None,
        };
        let now = ppp.map(Ppp::counts).unwrap_or_default();
        let count = match key {
            "ppp.frames" => now.frames + self.counts.frames,
            "ppp.damaged" => now.damaged + self.counts.damaged,
            "ppp.dropped" => now.dropped + self.counts.dropped,
            _ => return ppp.map_or("none", Ppp::word).into(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a count that a script compares; exact up to 2^53")]
        Observed::Number(count as f64)
    }

    /// Bytes that belong together: behind the end of a frame the call may be over.
    pub(super) fn piece<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        match self.carried.as_ref().map(|carried| &carried.far) {
            Some(Far::Ppp { .. }) => memchr::memchr(FLAG, bytes).map_or(bytes, |flag| &bytes[..=flag]),
            Some(Far::Outside { .. }) | None => bytes,
        }
    }

    /// Takes what the host sent as data. What is said to it waits for [`Modem::data_given`].
    pub(super) fn take(&mut self, now: Tick, mut bytes: &[u8]) {
        match self.carried.as_mut().map(|carried| &mut carried.far) {
            Some(Far::Ppp { ppp, .. }) => {
                while !bytes.is_empty() && !ppp.is_over() {
                    bytes = &bytes[ppp.receive(now, bytes)..];
                }
            }
            Some(Far::Outside { up, .. }) => up.extend_from_slice(bytes),
            None => {}
        }
    }
}

impl Modem {
    /// How much of what comes from outside ([`Event::Data`](super::Event::Data)) is taken now: more is lost. Nothing where
    /// no call stands whose data go there.
    #[must_use]
    pub fn data_room(&self) -> usize {
        let Some(carried) = self.data.carried.as_ref().filter(|carried| matches!(carried.far, Far::Outside { .. }))
        else {
            return 0;
        };
        let terminals = || std::iter::once(&self.terminal).chain(&self.others);
        match terminals().find(|terminal| terminal.port == carried.port) {
            Some(terminal) if matches!(terminal.mode, Mode::Online(_)) => {
                // A channel's bytes wait on the line that carries it.
                let waiting = terminals().map(|terminal| terminal.outbox.bytes().len()).sum();
                WAITING.saturating_sub(waiting)
            }
            Some(_) | None => HELD.saturating_sub(carried.held.len()),
        }
    }

    /// `CONNECT` has been said on the port that is served: the data of a new call find their far end, those of one that is
    /// taken up again come out.
    pub(super) fn data_state_begins(&mut self, now: Tick) {
        let port = self.terminal.port;
        if let Some(carried) = self.data.carried.as_mut().filter(|carried| carried.port == port) {
            let held = std::mem::take(&mut carried.held);
            self.terminal.outbox.write(&held);
            return;
        }
        let packet = self.calls.is_packet();
        let carrier = if packet { self.profile.data.packet } else { self.profile.data.circuit };
        let mut said = Vec::new();
        let far = match carrier {
            Carrier::Count => return,
            Carrier::Ppp => {
                let address = self.address_of_call();
                let mut ppp = Ppp::begin(now, Arc::clone(&self.profile), address, &mut self.random);
                said = ppp.transmit();
                Far::Ppp { ppp: Box::new(ppp), closing: false }
            }
            Carrier::Outside => {
                self.data.calls = self.data.calls.wrapping_add(1);
                let call = self.data.calls;
                self.terminal.outbox.effect(Effect::DataBegins { call });
                Far::Outside { call, up: Vec::new() }
            }
        };
        self.data.carried = Some(Carried { port, far, held: Vec::new() });
        self.terminal.outbox.write(&said);
    }

    /// The call has ended.
    pub(super) fn data_ends(&mut self) {
        match self.data.carried.take().map(|carried| carried.far) {
            Some(Far::Ppp { ppp, .. }) => self.data.counts += ppp.counts(),
            Some(Far::Outside { call, .. }) => self.terminal.outbox.effect(Effect::DataEnds { call }),
            None => {}
        }
    }

    /// The call is to end. Where the far end can take leave it does so first: true, and the call may end with that.
    pub(super) fn data_takes_leave(&mut self, now: Tick) -> bool {
        let Some(carried) = self.data.carried.as_mut() else { return false };
        let port = carried.port;
        let online = self.at(port, |modem| matches!(modem.terminal.mode, Mode::Online(_))) == Some(true);
        let Some(Far::Ppp { ppp, closing }) = self.data.carried.as_mut().map(|carried| &mut carried.far) else {
            return false;
        };
        if !online || std::mem::replace(closing, true) {
            return false;
        }
        ppp.close(now);
        let stays = !ppp.is_over();
        self.data_said();
        stays
    }

    /// What came from outside for the call of this number.
    pub(super) fn data_from_outside(&mut self, number: u32, bytes: &[u8]) {
        let room = self.data_room();
        if self.is_outside(number)
            && let Some(port) = self.data.carried.as_ref().map(|carried| carried.port)
        {
            let (taken, lost) = bytes.split_at(room.min(bytes.len()));
            self.give_data(port, taken);
            self.at(port, |modem| modem.terminal.overrun += lost.len() as u64);
        }
    }

    /// Outside there is nobody any more for the call of this number: it ends.
    pub(super) fn data_ended_outside(&mut self, now: Tick, number: u32) {
        if self.is_outside(number) {
            self.data_call_over(now);
        }
    }

    /// What the far end does by itself.
    pub(super) fn data_due(&mut self, at: Tick) {
        if self.data.deadline().is_some_and(|due| due <= at) {
            if let Some(Far::Ppp { ppp, .. }) = self.data.carried.as_mut().map(|carried| &mut carried.far) {
                ppp.wake(at);
            }
            self.data_given(at);
        }
    }

    /// Data were given to the far end: what it says goes out, and the call ends if it has ended.
    pub(super) fn data_given(&mut self, now: Tick) {
        self.data_said();
        if let Some(Far::Ppp { ppp, .. }) = self.data.carried.as_ref().map(|carried| &carried.far)
            && ppp.is_over()
        {
            self.data_call_over(now);
        }
    }

    /// What the far end has to say goes to the host, and what the host has said goes outside.
    fn data_said(&mut self) {
        let Some(carried) = self.data.carried.as_mut() else { return };
        let port = carried.port;
        match &mut carried.far {
            Far::Ppp { ppp, .. } => {
                let said = ppp.transmit();
                self.give_data(port, &said);
            }
            Far::Outside { up, .. } if up.is_empty() => {}
            Far::Outside { call, up } => {
                let (call, bytes) = (*call, std::mem::take(up));
                self.terminal.outbox.data(call, bytes);
            }
        }
    }

    /// Gives data to the host of this port, or holds them.
    fn give_data(&mut self, port: AtPort, bytes: &[u8]) {
        let online = self.at(port, |modem| {
            let online = matches!(modem.terminal.mode, Mode::Online(_));
            if online {
                modem.terminal.outbox.write(bytes);
            }
            online
        });
        if online == Some(true) {
            return;
        }
        let Some(carried) = self.data.carried.as_mut() else { return };
        if carried.held.len() + bytes.len() <= HELD {
            carried.held.extend_from_slice(bytes);
        } else {
            self.at(port, |modem| modem.terminal.overrun += bytes.len() as u64);
        }
    }

    fn is_outside(&self, number: u32) -> bool {
        let far = self.data.carried.as_ref().map(|carried| &carried.far);
        matches!(far, Some(Far::Outside { call, .. }) if *call == number)
    }

    /// The far end has gone.
    fn data_call_over(&mut self, now: Tick) {
        if let Some(Far::Ppp { closing, .. }) = self.data.carried.as_mut().map(|carried| &mut carried.far) {
            *closing = true;
        }
        self.data_call_ends(now);
    }

    /// The address of the context that was dialled.
    fn address_of_call(&self) -> Ipv4Addr {
        Network::address(self)
    }
}
