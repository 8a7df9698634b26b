//! Whole sessions over a line that cuts, loses and spoils.

use std::fmt::Write as _;
use std::time::Duration;

use super::*;
use crate::modem::{Override, Profile};
use crate::wire::ppp::{Datagram, Echo, Framing, Options, RawOption, Transport};
use peer::Peer;

mod embedded;
mod peer;

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 64, 0, 1);
const NAME_SERVER: Ipv4Addr = Ipv4Addr::new(10, 64, 255, 253);
const DELAY: Duration = Duration::from_millis(5);

/// A question for the address of `server.test`.
const QUESTION: &[u8] = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x06server\x04test\x00\x00\x01\x00\x01";

/// The line between a host and the far end.
struct Wire {
    now: Tick,
    far: Ppp,
    peer: Peer,
    random: fastrand::Rng,
    /// Of a hundred frames so many are lost, and as many spoilt.
    loss: u8,
    /// Bytes on their way: to the far end, and to the host.
    flying: [Vec<(Tick, Vec<u8>)>; 2],
    /// What was said, frame by frame.
    log: Option<String>,
    /// A host that was pulled out.
    silent: bool,
}

impl Wire {
    fn new(settings: &[&str], peer: Peer) -> Self {
        let settings = settings.iter().chain(&["data.ppp.hosts.\"server.test\"=10.64.1.1"]);
        let settings: Vec<Override> = settings.map(|text| Override::parse(text).expect("a setting")).collect();
        let profile = Profile::named("generic-lte", &settings).expect("a profile");
        let far = Ppp::begin(Tick::ZERO, profile, ADDRESS, &mut fastrand::Rng::with_seed(7));
        Self {
            now: Tick::ZERO,
            far,
            peer,
            random: fastrand::Rng::with_seed(0),
            loss: 0,
            flying: [Vec::new(), Vec::new()],
            log: None,
            silent: false,
        }
    }

    fn lossy(mut self, seed: u64, loss: u8) -> Self {
        self.random = fastrand::Rng::with_seed(seed);
        self.loss = loss;
        self
    }

    /// Runs until it holds, or for so long; whether it held.
    fn until(&mut self, span: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + span;
        loop {
            self.collect();
            if holds(self) {
                return true;
            }
            let arrivals = self.flying.iter().filter_map(|flying| flying.first()).map(|(at, _)| *at);
            let host = self.peer.deadline().filter(|_| !self.silent);
            let Some(at) = arrivals.chain(self.far.deadline()).chain(host).min().filter(|at| *at <= end) else {
                self.now = end;
                return false;
            };
            assert!(at >= self.now, "a deadline in the past");
            self.now = at;
            self.far.wake(at);
            if !self.silent {
                self.peer.wake(at);
            }
            self.deliver();
        }
    }

    fn run(&mut self, span: Duration) {
        self.until(span, |_| false);
    }

    /// What both have to say goes on its way.
    fn collect(&mut self) {
        let said = [self.peer.sender.take(), self.far.transmit()];
        for (to, bytes) in said.into_iter().enumerate() {
            if let Some(log) = &mut self.log {
                write_frames(log, if to == 0 { '>' } else { '<' }, &bytes);
            }
            for frame in bytes.split_inclusive(|&byte| byte == FLAG) {
                if frame.len() > 1 && self.random.u8(..100) < self.loss {
                    continue;
                }
                let mut frame = frame.to_vec();
                if frame.len() > 1 && self.random.u8(..100) < self.loss {
                    let at = self.random.usize(..frame.len());
                    frame[at] ^= 1 << self.random.u8(..8);
                }
                while !frame.is_empty() {
                    let cut = if self.loss == 0 { frame.len() } else { self.random.usize(1..=frame.len()) };
                    let rest = frame.split_off(cut);
                    self.flying[to].push((self.now + DELAY, std::mem::replace(&mut frame, rest)));
                }
            }
        }
    }

    fn deliver(&mut self) {
        for to in 0..2 {
            let due = self.flying[to].partition_point(|(at, _)| *at <= self.now);
            for (_, bytes) in self.flying[to].drain(..due) {
                if to == 1 {
                    if !self.silent {
                        self.peer.receive(self.now, &bytes);
                    }
                    continue;
                }
                let mut rest = &bytes[..];
                while !rest.is_empty() && !self.far.is_over() {
                    rest = &rest[self.far.receive(self.now, rest)..];
                }
            }
        }
    }
}

/// Writes frames in words and their octets.
fn write_frames(log: &mut String, sign: char, bytes: &[u8]) {
    let mut decoder = Decoder::new(MRU);
    decoder.set_accm(0);
    decoder.feed(bytes, |found| {
        let Found::Frame(frame) = found else { panic!("the sender damages its own frames") };
        let hex: String = frame.information.iter().map(|octet| format!("{octet:02X}")).collect();
        let code = frame.information.first().copied().map(Code::from);
        let _ = match frame.protocol {
            Protocol::LCP | Protocol::IPCP => writeln!(log, "{sign} {} {:?} {hex}", frame.protocol, code.unwrap()),
            other => writeln!(log, "{sign} {other} {hex}"),
        };
    });
}

#[test]
fn a_whole_session() {
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.log = Some(String::new());
    wire.peer.begin(Tick::ZERO);
    assert!(wire.until(Duration::from_secs(1), |wire| wire.peer.is_up() && wire.far.ipcp.is_open()));
    wire.peer.ping(Ipv4Addr::new(10, 64, 3, 4), 1);
    wire.peer.ask(NAME_SERVER, 53, QUESTION);
    let echo = [1, 2, 3, 4, b'h', b'i'];
    wire.peer.sender.send(Protocol::LCP, &Packet { code: 9, identifier: 5, data: &echo });
    wire.peer.sender.send(Protocol(0x80FD), &Packet { code: 1, identifier: 1, data: &[26, 4, 0x78, 0] });
    wire.run(Duration::from_secs(1));
    wire.peer.close(wire.now);
    assert!(wire.until(Duration::from_secs(4), |wire| wire.far.is_over()));
    insta::assert_snapshot!(wire.log.take().unwrap(), @"
    > LCP ConfigureRequest 01010018010405DC02060000000005060A0B0C0D07020802
    < LCP ConfigureRequest 0101001402060000000005065379681F07020802
    < LCP ConfigureAck 02010018010405DC02060000000005060A0B0C0D07020802
    > LCP ConfigureAck 0201001402060000000005065379681F07020802
    > IPCP ConfigureRequest 01010016030600000000810600000000830600000000
    < IPCP ConfigureRequest 0101000A03060A40FFFE
    < IPCP ConfigureNak 0301001603060A40000181060A40FFFD83060A40FFFC
    > IPCP ConfigureAck 0201000A03060A40FFFE
    > IPCP ConfigureRequest 0102001603060A40000181060A40FFFD83060A40FFFC
    < IPCP ConfigureAck 0202001603060A40000181060A40FFFD83060A40FFFC
    > IP 4500002000004000400123590A4000010A400304080019250009000170696E67
    > IP 4500003900004000401126360A4000010A40FFFD9C4000350025FD511234010000010000000000000673657276657204746573740000010001
    > LCP EchoRequest 0905000A010203046869
    > CCP 010100081A047800
    < IP 4500002000004000400123590A4003040A400001000021250009000170696E67
    < IP 4500004900004000401126260A40FFFD0A40000100359C400035ECE41234818000010001000000000673657276657204746573740000010001C00C000100010000003C00040A400101
    < LCP EchoReply 0A05000A5379681F6869
    < LCP ProtocolReject 0801000E80FD010100081A047800
    > LCP TerminateRequest 05020004
    < LCP TerminateAck 06020004
    ");
    assert_eq!(wire.far.counts(), Counts { frames: 10, damaged: 0, dropped: 0 });
    assert!(wire.peer.finished);
}

#[test]
fn the_far_end_is_silent_until_the_host_speaks_unless_it_is_to_begin() {
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.run(Duration::from_secs(60));
    assert_eq!((wire.far.transmit().len(), wire.far.deadline()), (0, None));
    let mut wire = Wire::new(&["data.ppp.start=modem"], Peer::new("", ""));
    assert!(wire.far.transmit().len() > 20);
    wire.peer.begin(wire.now);
    assert!(wire.until(Duration::from_secs(10), |wire| wire.peer.is_up()));
}

#[test]
fn a_host_that_falls_silent_is_asked_ten_times_and_given_up() {
    let mut wire = Wire::new(&["data.ppp.start=modem"], Peer::new("", ""));
    wire.silent = true;
    wire.log = Some(String::new());
    assert!(!wire.until(Duration::from_millis(29_999), |wire| wire.far.is_over()));
    assert!(wire.until(Duration::from_millis(1), |wire| wire.far.is_over()));
    assert_eq!(wire.log.unwrap().lines().count(), 10);
}

#[test]
fn the_network_ends_a_session_that_stands_and_waits_for_the_host_to_agree() {
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.peer.begin(Tick::ZERO);
    assert!(wire.until(Duration::from_secs(1), |wire| wire.far.ipcp.is_open()));
    wire.far.close(wire.now);
    assert!(!wire.far.is_over());
    assert!(wire.until(Duration::from_secs(1), |wire| wire.far.is_over()));
    assert!(!wire.peer.is_up());

    // A host that does not answer is waited for twice.
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.peer.begin(Tick::ZERO);
    assert!(wire.until(Duration::from_secs(1), |wire| wire.far.ipcp.is_open()));
    wire.silent = true;
    wire.far.close(wire.now);
    assert!(!wire.until(Duration::from_millis(5_900), |wire| wire.far.is_over()));
    assert!(wire.until(Duration::from_millis(200), |wire| wire.far.is_over()));

    // One that never spoke has nothing to agree to.
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.far.close(wire.now);
    assert!(wire.far.is_over());
}

/// How a session with these settings goes: up, over, or neither within a minute, and what the host was told.
fn proof(settings: &[&str], peer: Peer) -> (bool, bool, Vec<String>) {
    let mut wire = Wire::new(settings, peer);
    wire.peer.begin(Tick::ZERO);
    wire.until(Duration::from_secs(60), |wire| wire.peer.is_up() || wire.far.is_over());
    (wire.peer.is_up(), wire.far.is_over(), wire.peer.heard)
}

#[test]
fn a_host_proves_itself_as_the_profile_asks() {
    let (up, nobody) = ((true, false, vec![]), "data.ppp.user=");
    for method in ["pap", "chap"] {
        let asked = format!("data.ppp.authentication={method}");
        let guarded = [asked.as_str(), "data.ppp.user=me", "data.ppp.password=secret"];
        // Anybody may come, whatever it says, and even one that says nothing.
        assert_eq!(proof(&[&asked, nobody], Peer::new("you", "?")), up);
        assert_eq!(proof(&[&asked, nobody], Peer::new("you", "?").without_proof()), up);
        assert_eq!(proof(&guarded, Peer::new("me", "secret")), up);
        assert_eq!(proof(&guarded, Peer::new("me", "secret").with_pap_alone()), up);
        let (up, over, told) = proof(&guarded, Peer::new("me", "wrong"));
        assert_eq!((up, over), (false, true));
        assert_eq!(told[0], format!("{} not authenticated", method.to_uppercase()));
        let (up, over, _) = proof(&guarded, Peer::new("me", "secret").without_proof());
        assert_eq!((up, over), (false, true));
    }
}

#[test]
fn an_address_of_the_network_answers_and_any_other_is_unreachable() {
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.peer.begin(Tick::ZERO);
    assert!(wire.until(Duration::from_secs(1), |wire| wire.peer.is_up() && wire.far.ipcp.is_open()));
    assert_eq!(wire.peer.addresses.own, Some(ADDRESS));
    let near = Ipv4Addr::new(10, 64, 9, 9);
    wire.peer.ping(near, 1);
    wire.peer.ping(Ipv4Addr::new(192, 0, 2, 1), 2);
    wire.peer.ping(NAME_SERVER, 3);
    wire.peer.ping(Ipv4Addr::new(224, 0, 0, 1), 4);
    wire.peer.ask(near, 53, QUESTION);
    wire.peer.ask(NAME_SERVER, 54, QUESTION);
    let unknown: Vec<u8> = QUESTION.iter().map(|octet| if *octet == b's' { b'x' } else { *octet }).collect();
    wire.peer.ask(NAME_SERVER, 53, &unknown);
    wire.peer.ask(NAME_SERVER, 53, &QUESTION[..20]);
    wire.peer.ask(NAME_SERVER, 53, &QUESTION[..11]);
    wire.peer.datagram(near, &Transport::Other(6));
    wire.run(Duration::from_secs(1));
    insta::assert_snapshot!(wire.peer.heard.join("\n"), @r"
    10.64.9.9 echo 1 reply true
    10.64.255.254 icmp 3 code 0
    10.64.255.253 echo 3 reply true
    10.64.9.9 icmp 3 code 3
    10.64.255.253 icmp 3 code 3
    10.64.255.253 port 53: \x124\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00\x06xerver\x04text\x00\x00\x01\x00\x01
    10.64.255.253 port 53: \x124\x81\x81\x00\x00\x00\x00\x00\x00\x00\x00
    10.64.9.9 icmp 3 code 2
    ");
    assert_eq!(wire.far.counts().dropped, 2);
}

#[test]
fn options_that_nobody_knows_are_rejected_and_advice_ends_after_five_times() {
    let mut wire = Wire::new(&[], Peer::new("", ""));
    wire.log = Some(String::new());
    let mut options = Vec::new();
    RawOption { kind: 99, data: b"x" }.write(&mut options);
    RawOption { kind: 1, data: &[0, 9] }.write(&mut options);
    wire.peer.sender.send(Protocol::LCP, &Packet { code: 1, identifier: 1, data: &options });
    for identifier in 2..9 {
        wire.peer.sender.send(Protocol::LCP, &Packet { code: 1, identifier, data: &[1, 4, 0, 9] });
    }
    // Lengths that cannot be, a code that nobody knows, and an answer that nobody asked for.
    wire.peer.sender.send(Protocol::LCP, &Packet { code: 1, identifier: 9, data: &[1, 4, 5] });
    wire.peer.sender.frame(Protocol::LCP, &[1, 1, 0, 99]);
    wire.peer.sender.send(Protocol::LCP, &Packet { code: 77, identifier: 10, data: b"?" });
    wire.peer.sender.send(Protocol::LCP, &Packet { code: 2, identifier: 200, data: b"" });
    wire.silent = true;
    wire.run(Duration::from_secs(1));
    let log = wire.log.take().unwrap();
    let said: Vec<&str> = log.lines().filter(|line| line.starts_with('<')).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    < LCP ConfigureRequest 0101001402060000000005065379681F07020802
    < LCP ConfigureReject 04010007630378
    < LCP ConfigureNak 0302000801040080
    < LCP ConfigureNak 0303000801040080
    < LCP ConfigureNak 0304000801040080
    < LCP ConfigureNak 0305000801040080
    < LCP ConfigureNak 0306000801040080
    < LCP ConfigureReject 0407000801040009
    < LCP ConfigureReject 0408000801040009
    < LCP CodeReject 070200094D0A00053F
    ");
    assert_eq!(wire.far.counts(), Counts { frames: 12, damaged: 0, dropped: 3 });
}

#[test]
fn a_line_that_loses_and_spoils_frames_is_survived() {
    let mut ends = String::new();
    for loss in [0, 5, 15, 30] {
        let (mut up, mut answered, mut over, mut slowest) = (0, 0, 0, Duration::ZERO);
        for seed in 0..100 {
            let method = ["none", "pap", "chap"][usize::try_from(seed % 3).unwrap()];
            let asked = format!("data.ppp.authentication={method}");
            let mut wire = Wire::new(&[&asked], Peer::new("me", "secret")).lossy(seed, loss);
            wire.peer.begin(Tick::ZERO);
            let open = wire.until(Duration::from_secs(120), |wire| wire.peer.is_up() && wire.far.ipcp.is_open());
            up += u32::from(open);
            if open {
                slowest = slowest.max(wire.now.since(Tick::ZERO));
                for sequence in 0..20 {
                    wire.peer.ping(Ipv4Addr::new(10, 64, 0, 9), sequence);
                }
                wire.run(Duration::from_millis(100));
                answered += wire.peer.heard.len();
            }
            wire.peer.close(wire.now);
            over += u32::from(wire.until(Duration::from_secs(120), |wire| wire.far.is_over()));
        }
        let _ =
            writeln!(ends, "{loss}%: {up} of 100 came up within {slowest:?}, {answered} of 2000 pings, {over} ended");
    }
    // Where both Terminate-Requests are lost the far end cannot know: DTR tells it.
    insta::assert_snapshot!(ends, @"
    0%: 100 of 100 came up within 50ms, 2000 of 2000 pings, 100 ended
    5%: 100 of 100 came up within 21.035s, 1649 of 2000 pings, 100 ended
    15%: 100 of 100 came up within 60.06s, 1027 of 2000 pings, 94 ended
    30%: 53 of 100 came up within 117.08s, 258 of 2000 pings, 77 ended
    ");
}

#[test]
fn an_idle_far_end_is_small() {
    let size = size_of::<Ppp>();
    assert!(size < 700, "{size} bytes");
}

mod any {
    use proptest::prelude::*;

    use super::*;

    /// Frames of every kind, right and wrong, and noise.
    fn said() -> impl Strategy<Value = Vec<u8>> {
        let protocol =
            prop::sample::select(vec![0xC021_u16, 0xC021, 0xC023, 0xC223, 0x8021, 0x8021, 0x21, 0x57, 0x8057, 0x80FD]);
        let frame = (protocol, 1_u8..14, 0_u8..4, prop::collection::vec(any::<u8>(), 0..24), any::<bool>()).prop_map(
            |(protocol, code, identifier, data, sound)| {
                let mut information = Vec::new();
                Packet { code, identifier, data: &data }.write(&mut information);
                if !sound && !information.is_empty() {
                    information[3] ^= 2;
                }
                let mut out = Vec::new();
                Framing::DEFAULT.write(&mut out, Frame { protocol: Protocol(protocol), information: &information });
                out
            },
        );
        let configure =
            (any::<bool>(), prop::collection::vec(0_u8..10, 0..4), 1_u8..4).prop_map(|(link, kinds, code)| {
                let mut data = Vec::new();
                for kind in kinds {
                    let length = [0, 2, 4, 4, 4, 4, 0, 0, 0, 1][usize::from(kind)];
                    RawOption { kind, data: &[1, 2, 3, 4][..length] }.write(&mut data);
                }
                let mut sender = Sender::new();
                let protocol = if link { Protocol::LCP } else { Protocol::IPCP };
                sender.send(protocol, &Packet { code, identifier: 1, data: &data });
                sender.take()
            });
        prop_oneof![3 => frame, 3 => configure, 1 => prop::collection::vec(any::<u8>(), 0..40)]
    }

    fn play(bytes: &[Vec<u8>], cuts: &[usize], pauses: &[u64]) -> (Vec<u8>, Counts, bool) {
        let wire = Wire::new(&["data.ppp.authentication=chap"], Peer::new("", ""));
        let (mut far, mut now, mut heard) = (wire.far, Tick::ZERO, Vec::new());
        for (index, bytes) in bytes.iter().enumerate() {
            let cut = cuts.get(index).copied().unwrap_or(0).min(bytes.len());
            for piece in [&bytes[..cut], &bytes[cut..]] {
                let mut rest = piece;
                while !rest.is_empty() {
                    rest = &rest[far.receive(now, rest)..];
                }
            }
            now += Duration::from_millis(pauses.get(index).copied().unwrap_or(0));
            let mut steps = 0;
            while let Some(at) = far.deadline().filter(|at| *at <= now) {
                far.wake(at);
                steps += 1;
                assert!(steps < 100, "it wakes and wakes");
            }
            heard.extend(far.transmit());
        }
        // Whatever was said, it comes to rest.
        let mut steps = 0;
        while let Some(at) = far.deadline().filter(|_| !far.is_over()) {
            far.wake(at);
            heard.extend(far.transmit());
            steps += 1;
            assert!(steps < 100, "it never rests");
        }
        (heard, far.counts(), far.is_over())
    }

    proptest! {
        #[test]
        fn whatever_the_host_says_cut_anywhere_is_answered_the_same_and_comes_to_rest(
            bytes in prop::collection::vec(said(), 0..20), cuts in prop::collection::vec(0_usize..40, 20),
            pauses in prop::collection::vec(0_u64..4_000, 20),
        ) {
            prop_assert_eq!(play(&bytes, &cuts, &pauses), play(&bytes, &[], &pauses));
        }
    }

    #[test]
    fn options_end_where_their_lengths_do() {
        assert_eq!(Options::new(&[1, 4, 0, 9, 2]).count(), 1);
    }
}
