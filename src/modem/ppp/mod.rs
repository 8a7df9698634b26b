//! The far end of a packet data call: a peer that speaks PPP.
//!
//! A pure machine like the modem that owns it: bytes and the time in, bytes and the next deadline out. It negotiates the
//! link, lets the host prove itself where that is wished for, gives it an address and name servers, and answers pings and
//! questions for names. What it cannot read it drops and counts.
//!
//! Source: RFC 1661, clause 3 for the phases; 3GPP TS 29.061, clause 11.2.1 for what a packet domain makes of them.

mod address;
mod automaton;
mod internet;
mod link;
mod negotiation;
mod proof;
mod sender;

#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::ops::AddAssign;
use std::sync::Arc;

use super::Tick;
use super::profile::{PppAuthentication, PppProfile, PppStart, Profile};
use crate::wire::ppp::{Code, Decoder, FLAG, Found, Frame, MRU, Packet, Protocol};
use address::Addresses;
use automaton::Happening;
use link::{Link, Method};
use negotiation::{Dropped, Negotiation, Signal};
use proof::{Credentials, Outcome, Proof};
use sender::Sender;

/// The far end of one call.
#[derive(Debug)]
pub(super) struct Ppp {
    profile: Arc<Profile>,
    decoder: Decoder,
    sender: Sender,
    lcp: Negotiation,
    link: Link,
    proof: Option<Proof>,
    ipcp: Negotiation,
    addresses: Addresses,
    /// Of Protocol-Rejects.
    identifier: u8,
    random: fastrand::Rng,
    counts: Counts,
    /// The link has ended, and the call with it.
    over: bool,
}

/// What came and what became of it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// Sound frames.
    pub(super) frames: u64,
    /// What stood between two flags and was no frame.
    pub(super) damaged: u64,
    /// Sound frames that could not be used: at the wrong time, or with something in them that cannot be.
    pub(super) dropped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.frames += other.frames;
        self.damaged += other.damaged;
        self.dropped += other.dropped;
    }
}

impl Ppp {
    /// The far end of a call that begins now and gives the host this address.
    pub(super) fn begin(now: Tick, profile: Arc<Profile>, address: Ipv4Addr, random: &mut fastrand::Rng) -> Self {
        let settings = &profile.data.ppp;
        let method = match settings.authentication {
            PppAuthentication::None => None,
            PppAuthentication::Pap => Some(Method::Pap),
            PppAuthentication::Chap => Some(Method::Chap),
        };
        let passive = settings.start == PppStart::Host;
        let session = &profile.network.session;
        let mut dns = session.dns.iter().copied();
        let addresses = Addresses { peer: address, own: Some(session.gateway), dns: [dns.next(), dns.next()] };
        let mut random = random.fork();
        let mut ppp = Self {
            decoder: Decoder::new(MRU),
            sender: Sender::new(),
            lcp: Negotiation::new(passive),
            link: Link::new(method, settings.user.is_empty(), random.fork()),
            proof: None,
            ipcp: Negotiation::new(false),
            addresses,
            identifier: 0,
            random,
            counts: Counts::default(),
            over: false,
            profile,
        };
        ppp.lcp_happens(now, Happening::Up);
        ppp
    }

    /// Takes what the host sent, cut anywhere, up to the end of a frame: it may be the last one. Says how many bytes.
    pub(super) fn receive(&mut self, now: Tick, bytes: &[u8]) -> usize {
        let taken = memchr::memchr(FLAG, bytes).map_or(bytes.len(), |flag| flag + 1);
        // The decoder is lent to its own frame.
        let mut decoder = std::mem::replace(&mut self.decoder, Decoder::new(MRU));
        decoder.feed(&bytes[..taken], |found| match found {
            Found::Frame(frame) => {
                self.counts.frames += 1;
                if self.frame(now, frame) == Err(Dropped) {
                    self.counts.dropped += 1;
                }
            }
            Found::Damaged(_) => self.counts.damaged += 1,
        });
        // What the peer escapes is settled with the link.
        decoder.set_accm(if self.lcp.is_open() { self.link.accm() } else { u32::MAX });
        self.decoder = decoder;
        taken
    }

    /// Does what is due.
    pub(super) fn wake(&mut self, now: Tick) {
        let signal = self.lcp.wake(now, &self.link, &mut self.sender);
        self.lcp_signal(now, signal);
        if let Some(proof) = &mut self.proof {
            let outcome = proof.wake(now, &mut self.sender);
            self.proof_outcome(now, outcome);
        }
        let signal = self.ipcp.wake(now, &self.addresses, &mut self.sender);
        self.ipcp_signal(now, signal);
    }

    /// When [`wake`](Self::wake) has work next.
    pub(super) fn deadline(&self) -> Option<Tick> {
        let proof = self.proof.as_ref().and_then(Proof::deadline);
        [self.lcp.deadline(), proof, self.ipcp.deadline()].into_iter().flatten().min()
    }

    /// The network ends the call: a Terminate-Request where there is a link to end. It is over once the host agrees, or
    /// says nothing.
    pub(super) fn close(&mut self, now: Tick) {
        self.lcp_happens(now, Happening::Close);
        self.over |= !self.lcp.is_ending();
    }

    /// Whether the link has ended, and the call is to.
    pub(super) const fn is_over(&self) -> bool {
        self.over
    }

    /// What is to go to the host.
    pub(super) fn transmit(&mut self) -> Vec<u8> {
        self.sender.take()
    }

    /// What came and what became of it.
    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    /// How far it is, in one word.
    pub(super) fn word(&self) -> &'static str {
        if self.over || self.lcp.is_ending() {
            "ending"
        } else if !self.lcp.is_open() {
            "link"
        } else if self.proof.as_ref().is_some_and(|proof| !proof.is_proved()) {
            "authentication"
        } else if self.ipcp.is_open() {
            "open"
        } else {
            "addresses"
        }
    }

    fn settings(&self) -> &PppProfile {
        &self.profile.data.ppp
    }

    /// # Errors
    /// The frame cannot be used.
    fn frame(&mut self, now: Tick, frame: Frame<'_>) -> Result<(), Dropped> {
        let Frame { protocol, information } = frame;
        if protocol == Protocol::LCP {
            return self.lcp_packet(now, &Packet::read(information).ok_or(Dropped)?);
        }
        // RFC 1661, clause 3.4: nothing but LCP before the link is there.
        if !self.lcp.is_open() {
            return Err(Dropped);
        }
        if let Some(proof) = self.proof.as_mut().filter(|proof| proof.protocol() == protocol) {
            let outcome = proof.receive(&Packet::read(information).ok_or(Dropped)?, &mut self.sender);
            self.proof_outcome(now, outcome.ok_or(Dropped)?);
            return Ok(());
        }
        // RFC 1661, clause 3.5: and nothing of the network before the peer has proved itself.
        if self.proof.as_ref().is_some_and(|proof| !proof.is_proved()) {
            return Err(Dropped);
        }
        match protocol {
            Protocol::IPCP => {
                let packet = Packet::read(information).ok_or(Dropped)?;
                let signal = self.ipcp.receive(now, &packet, &mut self.addresses, &mut self.sender)?;
                self.ipcp_signal(now, signal);
            }
            Protocol::IPV4 => self.datagram(information)?,
            // RFC 1661, clause 5.7.
            other => {
                let mut rejected = other.0.to_be_bytes().to_vec();
                rejected.extend_from_slice(information);
                self.identifier = self.identifier.wrapping_add(1);
                let packet =
                    Packet { code: Code::ProtocolReject.number(), identifier: self.identifier, data: &rejected };
                self.sender.send(Protocol::LCP, &packet);
            }
        }
        Ok(())
    }

    /// # Errors
    /// The packet cannot be used.
    fn lcp_packet(&mut self, now: Tick, packet: &Packet<'_>) -> Result<(), Dropped> {
        match Code::from(packet.code) {
            Code::EchoRequest => {
                let (&magic, rest) = packet.data.split_first_chunk::<4>().ok_or(Dropped)?;
                let own = self.link.magic();
                // The own number comes from a line that is looped back: RFC 1661, clause 6.4.
                if !self.lcp.is_open() || own != 0 && u32::from_be_bytes(magic) == own {
                    return Err(Dropped);
                }
                let data = [&own.to_be_bytes()[..], rest].concat();
                self.sender.send(Protocol::LCP, &Packet { code: Code::EchoReply.number(), data: &data, ..*packet });
            }
            Code::ProtocolReject => match packet.data.first_chunk::<2>().map(|number| u16::from_be_bytes(*number)) {
                Some(number) if Protocol(number) == Protocol::IPCP => {
                    let happening = Happening::FatallyRejected;
                    let signal = self.ipcp.happen(now, happening, &self.addresses, &mut self.sender);
                    self.ipcp_signal(now, signal);
                }
                Some(number) if Protocol(number) == Protocol::LCP => {
                    self.lcp_happens(now, Happening::FatallyRejected);
                }
                Some(_) => self.lcp_happens(now, Happening::Rejected),
                None => return Err(Dropped),
            },
            // Nothing is asked that an Echo-Reply would answer; the others are words for people (RFC 1570).
            Code::EchoReply | Code::DiscardRequest | Code::Identification | Code::TimeRemaining => {}
            Code::ConfigureRequest
            | Code::ConfigureAck
            | Code::ConfigureNak
            | Code::ConfigureReject
            | Code::TerminateRequest
            | Code::TerminateAck
            | Code::CodeReject
            | Code::Unknown(_) => {
                let signal = self.lcp.receive(now, packet, &mut self.link, &mut self.sender)?;
                self.lcp_signal(now, signal);
                if self.link.refuses_proof {
                    self.lcp_happens(now, Happening::Close);
                }
            }
        }
        Ok(())
    }

    fn lcp_happens(&mut self, now: Tick, happening: Happening) {
        let signal = self.lcp.happen(now, happening, &self.link, &mut self.sender);
        self.lcp_signal(now, signal);
    }

    fn lcp_signal(&mut self, now: Tick, signal: Option<Signal>) {
        match signal {
            Some(Signal::Up) => {
                self.sender.framing = self.link.framing;
                self.sender.mru = self.link.mru;
                match self.link.method {
                    Some(method) => {
                        let PppProfile { user, password, .. } = self.settings();
                        let credentials =
                            Credentials { user: user.as_str().into(), password: password.as_str().into() };
                        let proof = Proof::begin(now, method, credentials, &mut self.random, &mut self.sender);
                        self.proof = Some(proof);
                    }
                    None => self.ipcp_happens(now, Happening::Up),
                }
            }
            Some(Signal::Down) => {
                self.sender.reset();
                self.proof = None;
                self.ipcp_happens(now, Happening::Down);
            }
            Some(Signal::Finished) => self.over = true,
            None => {}
        }
    }

    fn proof_outcome(&mut self, now: Tick, outcome: Outcome) {
        match outcome {
            Outcome::Waits => {}
            Outcome::Proved => self.ipcp_happens(now, Happening::Up),
            Outcome::Failed => self.lcp_happens(now, Happening::Close),
        }
    }

    fn ipcp_happens(&mut self, now: Tick, happening: Happening) {
        let signal = self.ipcp.happen(now, happening, &self.addresses, &mut self.sender);
        self.ipcp_signal(now, signal);
    }

    fn ipcp_signal(&mut self, now: Tick, signal: Option<Signal>) {
        match signal {
            // Nothing is left that the link could carry.
            Some(Signal::Finished) => self.lcp_happens(now, Happening::Close),
            Some(Signal::Up | Signal::Down) | None => {}
        }
    }

    /// # Errors
    /// The datagram is not answered.
    fn datagram(&mut self, octets: &[u8]) -> Result<(), Dropped> {
        if !self.ipcp.is_open() {
            return Err(Dropped);
        }
        let (session, hosts) = (&self.profile.network.session, &self.settings().hosts);
        let mut out = Vec::new();
        internet::respond(octets, self.addresses.peer, &session.dns, session.gateway, hosts, &mut out)
            .ok_or(Dropped)?;
        self.sender.frame(Protocol::IPV4, &out);
        Ok(())
    }
}
