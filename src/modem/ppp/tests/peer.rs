//! A host that speaks PPP, as pure as the far end that it is to test.

use super::*;
use crate::modem::ppp::automaton::Happening;
use crate::modem::ppp::negotiation::{Layer, Negotiation, Signal, Verdict};
use crate::modem::ppp::sender::Sender;
use crate::wire::ppp::{
    Authentication, Chap, Datagram, Echo, IpcpOption, LcpOption, Options, Pap, Transport, UdpDatagram, chap_md5,
};

const AGAIN: Duration = Duration::from_secs(3);

/// The host.
pub(super) struct Peer {
    decoder: Decoder,
    pub(super) sender: Sender,
    lcp: Negotiation,
    link: PeerLink,
    ipcp: Negotiation,
    pub(super) addresses: PeerAddresses,
    name: &'static str,
    password: &'static str,
    /// PAP: when the request is sent again.
    again: Option<Tick>,
    /// What came once the link was there.
    pub(super) heard: Vec<String>,
    pub(super) finished: bool,
    pub(super) damaged: u32,
}

#[derive(Default)]
struct PeerLink {
    magic: u32,
    asked_to_prove: Option<Protocol>,
    refuses_proof: bool,
    wants: Option<Protocol>,
}

#[derive(Default)]
pub(super) struct PeerAddresses {
    pub(super) own: Option<Ipv4Addr>,
    pub(super) dns: [Option<Ipv4Addr>; 2],
    pub(super) gateway: Option<Ipv4Addr>,
}

impl Layer for PeerLink {
    fn protocol(&self) -> Protocol {
        Protocol::LCP
    }

    fn request(&self, out: &mut Vec<u8>) {
        LcpOption::Mru(1500).write(out);
        LcpOption::Accm(0).write(out);
        LcpOption::Magic(self.magic).write(out);
        LcpOption::ProtocolCompression.write(out);
        LcpOption::AddressCompression.write(out);
    }

    fn judge(&mut self, options: Options<'_>, verdict: &mut Verdict) {
        self.asked_to_prove = None;
        for raw in options {
            if let LcpOption::Authentication(how) = LcpOption::read(raw) {
                let protocol = if how == Authentication::Pap { Protocol::PAP } else { Protocol::CHAP };
                match self.wants {
                    _ if self.refuses_proof => verdict.reject(raw),
                    Some(other) if other != protocol => {
                        verdict.nak(raw, |out| LcpOption::Authentication(Authentication::Pap).write(out));
                    }
                    Some(_) | None => self.asked_to_prove = Some(protocol),
                }
            }
        }
    }

    fn nak(&mut self, _: Options<'_>) {}

    fn reject(&mut self, _: Options<'_>) {}
}

impl Layer for PeerAddresses {
    fn protocol(&self) -> Protocol {
        Protocol::IPCP
    }

    fn request(&self, out: &mut Vec<u8>) {
        let of = |address: Option<Ipv4Addr>| address.unwrap_or(Ipv4Addr::UNSPECIFIED);
        IpcpOption::Address(of(self.own)).write(out);
        IpcpOption::FirstDns(of(self.dns[0])).write(out);
        IpcpOption::SecondDns(of(self.dns[1])).write(out);
    }

    fn judge(&mut self, options: Options<'_>, _: &mut Verdict) {
        for raw in options {
            if let IpcpOption::Address(address) = IpcpOption::read(raw) {
                self.gateway = Some(address);
            }
        }
    }

    fn nak(&mut self, options: Options<'_>) {
        for raw in options {
            match IpcpOption::read(raw) {
                IpcpOption::Address(address) => self.own = Some(address),
                IpcpOption::FirstDns(address) => self.dns[0] = Some(address),
                IpcpOption::SecondDns(address) => self.dns[1] = Some(address),
                IpcpOption::Other(_) => panic!("a far end that naks {raw:?}"),
            }
        }
    }

    fn reject(&mut self, options: Options<'_>) {
        panic!("a far end that rejects {options:?}");
    }
}

impl Peer {
    pub(super) fn new(name: &'static str, password: &'static str) -> Self {
        Self {
            decoder: Decoder::new(MRU),
            sender: Sender::new(),
            lcp: Negotiation::new(false),
            link: PeerLink { magic: 0x0A0B_0C0D, ..PeerLink::default() },
            ipcp: Negotiation::new(false),
            addresses: PeerAddresses::default(),
            name,
            password,
            again: None,
            heard: Vec::new(),
            finished: false,
            damaged: 0,
        }
    }

    /// A host that proves itself with PAP alone.
    pub(super) fn with_pap_alone(mut self) -> Self {
        self.link.wants = Some(Protocol::PAP);
        self
    }

    pub(super) fn without_proof(mut self) -> Self {
        self.link.refuses_proof = true;
        self
    }

    pub(super) fn begin(&mut self, now: Tick) {
        self.lcp_happens(now, Happening::Up);
    }

    pub(super) fn close(&mut self, now: Tick) {
        self.lcp_happens(now, Happening::Close);
    }

    pub(super) fn is_up(&self) -> bool {
        self.ipcp.is_open()
    }

    pub(super) fn deadline(&self) -> Option<Tick> {
        [self.lcp.deadline(), self.again, self.ipcp.deadline()].into_iter().flatten().min()
    }

    pub(super) fn wake(&mut self, now: Tick) {
        let signal = self.lcp.wake(now, &self.link, &mut self.sender);
        self.lcp_signal(now, signal);
        if self.again.is_some_and(|at| at <= now) {
            self.prove(now);
        }
        let _ = self.ipcp.wake(now, &self.addresses, &mut self.sender);
    }

    pub(super) fn receive(&mut self, now: Tick, bytes: &[u8]) {
        let mut decoder = std::mem::replace(&mut self.decoder, Decoder::new(MRU));
        decoder.feed(bytes, |found| match found {
            Found::Frame(frame) => self.frame(now, frame),
            Found::Damaged(_) => self.damaged += 1,
        });
        decoder.set_accm(0);
        self.decoder = decoder;
    }

    pub(super) fn ping(&mut self, to: Ipv4Addr, sequence: u16) {
        let echo = Echo { reply: false, identifier: 9, sequence, data: b"ping" };
        self.datagram(to, &Transport::Echo(echo));
    }

    pub(super) fn ask(&mut self, to: Ipv4Addr, port: u16, message: &[u8]) {
        self.datagram(to, &Transport::Udp(UdpDatagram { source: 40_000, destination: port, data: message }));
    }

    pub(super) fn datagram(&mut self, to: Ipv4Addr, transport: &Transport<'_>) {
        let own = self.addresses.own.unwrap_or(Ipv4Addr::UNSPECIFIED);
        // Written as the answer to one that came from there.
        let from = Datagram {
            source: to,
            destination: own,
            is_later_fragment: false,
            is_fragment: false,
            protocol: 0,
            payload: &[],
        };
        let mut out = Vec::new();
        from.write_answer(transport, &mut out);
        self.sender.frame(Protocol::IPV4, &out);
    }

    fn frame(&mut self, now: Tick, frame: Frame<'_>) {
        let Frame { protocol, information } = frame;
        if protocol == Protocol::IPV4 {
            let datagram = Datagram::read(information).expect("a sound datagram");
            assert_eq!(Some(datagram.destination), self.addresses.own);
            self.heard.push(match datagram.transport().expect("sound") {
                Transport::Echo(echo) => format!("{} echo {} reply {}", datagram.source, echo.sequence, echo.reply),
                Transport::Icmp(kind) => format!("{} icmp {kind} code {}", datagram.source, datagram.payload[1]),
                Transport::Udp(udp) => format!("{} port {}: {}", datagram.source, udp.source, udp.data.escape_ascii()),
                Transport::Other(number) => format!("{} protocol {number}", datagram.source),
            });
            return;
        }
        let packet = Packet::read(information).expect("a packet");
        match protocol {
            Protocol::LCP if packet.code > 7 => {
                self.heard.push(format!("LCP {:?} {}", Code::from(packet.code), packet.data.escape_ascii()));
            }
            Protocol::LCP => {
                let signal = self.lcp.receive(now, &packet, &mut self.link, &mut self.sender).ok().flatten();
                self.lcp_signal(now, signal);
            }
            Protocol::PAP => match Pap::read(&packet).expect("PAP") {
                Pap::Ack(_) => {
                    self.again = None;
                    self.ipcp_up(now);
                }
                Pap::Nak(message) => self.heard.push(format!("PAP {}", message.escape_ascii())),
                Pap::Request { .. } => panic!("the far end proves itself"),
            },
            Protocol::CHAP => match Chap::read(&packet).expect("CHAP") {
                Chap::Challenge { value, .. } => {
                    let value = chap_md5(packet.identifier, self.password.as_bytes(), value);
                    let mut out = Vec::new();
                    Chap::Response { value: &value, name: self.name.as_bytes() }.write(packet.identifier, &mut out);
                    self.sender.frame(Protocol::CHAP, &out);
                }
                Chap::Success(_) => self.ipcp_up(now),
                Chap::Failure(message) => self.heard.push(format!("CHAP {}", message.escape_ascii())),
                Chap::Response { .. } => panic!("the far end proves itself"),
            },
            Protocol::IPCP => {
                // The acknowledgement of the proof may have been lost, and this says the same.
                self.again = None;
                self.ipcp_up(now);
                let _ = self.ipcp.receive(now, &packet, &mut self.addresses, &mut self.sender);
            }
            other => panic!("a far end that speaks {other}"),
        }
    }

    fn ipcp_up(&mut self, now: Tick) {
        let _ = self.ipcp.happen(now, Happening::Up, &self.addresses, &mut self.sender);
    }

    fn prove(&mut self, now: Tick) {
        let mut out = Vec::new();
        Pap::Request { name: self.name.as_bytes(), password: self.password.as_bytes() }.write(1, &mut out);
        self.sender.frame(Protocol::PAP, &out);
        self.again = Some(now + AGAIN);
    }

    fn lcp_happens(&mut self, now: Tick, happening: Happening) {
        let signal = self.lcp.happen(now, happening, &self.link, &mut self.sender);
        self.lcp_signal(now, signal);
    }

    fn lcp_signal(&mut self, now: Tick, signal: Option<Signal>) {
        match signal {
            Some(Signal::Up) => {
                self.sender.framing = Framing { accm: 0, compress_protocol: true, compress_address: true };
                match self.link.asked_to_prove {
                    Some(Protocol::PAP) => self.prove(now),
                    Some(_) => {}
                    None => self.ipcp_up(now),
                }
            }
            Some(Signal::Down) => {
                self.sender.reset();
                self.again = None;
                let _ = self.ipcp.happen(now, Happening::Down, &self.addresses, &mut self.sender);
            }
            Some(Signal::Finished) => self.finished = true,
            None => {}
        }
    }
}
