//! Frames on their way to the peer.

use crate::wire::ppp::{Frame, Framing, MRU, Packet, Protocol};

/// Puts packets into frames as the peer wants them.
#[derive(Debug)]
pub(super) struct Sender {
    /// What the peer asked for.
    pub(super) framing: Framing,
    /// The longest information that it takes.
    pub(super) mru: usize,
    bytes: Vec<u8>,
}

impl Sender {
    pub(super) const fn new() -> Self {
        Self { framing: Framing::DEFAULT, mru: MRU, bytes: Vec::new() }
    }

    /// As before anything was negotiated.
    pub(super) const fn reset(&mut self) {
        self.framing = Framing::DEFAULT;
        self.mru = MRU;
    }

    /// Sends a packet of a control protocol; one that the peer would not take is cut to what it takes.
    pub(super) fn send(&mut self, protocol: Protocol, packet: &Packet<'_>) {
        let data = &packet.data[..packet.data.len().min(self.mru - 4)];
        let mut information = Vec::with_capacity(data.len() + 4);
        Packet { data, ..*packet }.write(&mut information);
        self.frame(protocol, &information);
    }

    /// Sends any information. One that is too long for the peer is not sent.
    pub(super) fn frame(&mut self, protocol: Protocol, information: &[u8]) {
        if information.len() <= self.mru {
            self.framing.write(&mut self.bytes, Frame { protocol, information });
        }
    }

    /// What is to go out.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}
