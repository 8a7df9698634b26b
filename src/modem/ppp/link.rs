//! The link control protocol: what the far end asks for and grants.
//!
//! Source: RFC 1661, clause 6; RFC 1662, clause 7.1.

use super::negotiation::{Layer, Verdict};
use crate::wire::ppp::{Authentication, Framing, LcpOption, MRU, Options, Protocol};

/// No peer takes less; a smaller maximum is a mistake.
const SMALLEST_MRU: u16 = 128;

/// How the peer is to prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Pap,
    Chap,
}

/// What LCP asks for, and what it has granted.
#[derive(Debug)]
pub(super) struct Link {
    /// Asked for: who speaks.
    magic: Option<u32>,
    /// Asked for: the control characters that the peer is to escape.
    accm: Option<u32>,
    protocol_compression: bool,
    address_compression: bool,
    /// Asked for: the peer proves itself.
    pub(super) method: Option<Method>,
    /// The peer may go without.
    pub(super) method_is_optional: bool,
    /// The peer will not prove itself, but has to.
    pub(super) refuses_proof: bool,
    /// What to choose a new number from.
    random: fastrand::Rng,
    /// Granted.
    pub(super) framing: Framing,
    pub(super) mru: usize,
}

impl Link {
    pub(super) fn new(method: Option<Method>, method_is_optional: bool, mut random: fastrand::Rng) -> Self {
        let magic = Some(random.u32(1..));
        Self {
            magic,
            accm: Some(0),
            protocol_compression: true,
            address_compression: true,
            method,
            method_is_optional,
            refuses_proof: false,
            random,
            framing: Framing::DEFAULT,
            mru: MRU,
        }
    }

    /// The own magic number; zero where there is none.
    pub(super) fn magic(&self) -> u32 {
        self.magic.unwrap_or(0)
    }

    /// The map of control characters that count only where they are escaped.
    pub(super) fn accm(&self) -> u32 {
        self.accm.unwrap_or(u32::MAX)
    }
}

impl Layer for Link {
    fn protocol(&self) -> Protocol {
        Protocol::LCP
    }

    fn request(&self, out: &mut Vec<u8>) {
        let method = self.method.map(|method| match method {
            Method::Pap => Authentication::Pap,
            Method::Chap => Authentication::ChapMd5,
        });
        let options = [
            self.accm.map(LcpOption::Accm),
            method.map(LcpOption::Authentication),
            self.magic.map(LcpOption::Magic),
            self.protocol_compression.then_some(LcpOption::ProtocolCompression),
            self.address_compression.then_some(LcpOption::AddressCompression),
        ];
        for option in options.into_iter().flatten() {
            option.write(out);
        }
    }

    fn judge(&mut self, options: Options<'_>, verdict: &mut Verdict) {
        self.framing = Framing::DEFAULT;
        self.mru = MRU;
        for raw in options {
            match LcpOption::read(raw) {
                LcpOption::Mru(octets) if octets < SMALLEST_MRU => {
                    verdict.nak(raw, |out| LcpOption::Mru(SMALLEST_MRU).write(out));
                }
                LcpOption::Mru(octets) => self.mru = usize::from(octets).min(MRU),
                LcpOption::Accm(map) => self.framing.accm = map,
                // Zero is no number, and the own one comes from a line that is looped back.
                LcpOption::Magic(number) if number == 0 || Some(number) == self.magic => {
                    let other = self.random.u32(1..);
                    verdict.nak(raw, |out| LcpOption::Magic(other).write(out));
                }
                LcpOption::Magic(_) => {}
                LcpOption::ProtocolCompression => self.framing.compress_protocol = true,
                LcpOption::AddressCompression => self.framing.compress_address = true,
                // The far end of a modem proves itself to nobody.
                LcpOption::Authentication(_) | LcpOption::Other(_) => verdict.reject(raw),
            }
        }
    }

    fn nak(&mut self, options: Options<'_>) {
        for raw in options {
            match LcpOption::read(raw) {
                LcpOption::Accm(map) => self.accm = self.accm.map(|own| own | map),
                LcpOption::Magic(_) => self.magic = self.magic.map(|_| self.random.u32(1..)),
                LcpOption::Authentication(Authentication::Pap) => self.method = self.method.map(|_| Method::Pap),
                LcpOption::Authentication(Authentication::ChapMd5) => self.method = self.method.map(|_| Method::Chap),
                LcpOption::Authentication(Authentication::Other(_)) => {}
                LcpOption::Mru(_)
                | LcpOption::ProtocolCompression
                | LcpOption::AddressCompression
                | LcpOption::Other(_) => {}
            }
        }
    }

    fn reject(&mut self, options: Options<'_>) {
        for raw in options {
            match LcpOption::read(raw) {
                LcpOption::Accm(_) => self.accm = None,
                LcpOption::Magic(_) => self.magic = None,
                LcpOption::ProtocolCompression => self.protocol_compression = false,
                LcpOption::AddressCompression => self.address_compression = false,
                LcpOption::Authentication(_) if self.method_is_optional => self.method = None,
                LcpOption::Authentication(_) => self.refuses_proof = true,
                LcpOption::Mru(_) | LcpOption::Other(_) => {}
            }
        }
    }
}
