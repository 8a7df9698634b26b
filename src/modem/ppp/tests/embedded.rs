//! The PPP client of embedded firmware, written by others: ppproto.

use ppproto::pppos::{PPPoS, PPPoSAction};
use ppproto::{Config, Phase};

use super::*;

/// Lets the client and a far end with these settings talk until neither has more to say; the client, and pings answered.
fn meet(settings: &[&str], password: &'static [u8]) -> (Phase, Option<[String; 4]>, usize) {
    let mut far = Wire::new(settings, Peer::new("", "")).far;
    let mut client = PPPoS::new(Config { username: b"me", password });
    client.open().expect("it is new");
    let (mut out, mut inside) = ([0; 4096], [0; 4096]);
    let (mut pinged, mut answered) = (false, 0);
    for _ in 0..200 {
        let mut said = Vec::new();
        match client.poll(&mut out, &mut inside) {
            PPPoSAction::Transmit(count) => said.extend_from_slice(&out[..count]),
            PPPoSAction::Received(range) => {
                let datagram = Datagram::read(&inside[range]).expect("a sound datagram");
                answered +=
                    usize::from(matches!(datagram.transport(), Some(Transport::Echo(Echo { reply: true, .. }))));
            }
            PPPoSAction::None => {}
        }
        if client.status().phase == Phase::Open && !std::mem::replace(&mut pinged, true) {
            let mut ping = Vec::new();
            let to = Ipv4Addr::new(10, 64, 7, 7);
            let from = Datagram {
                source: to,
                destination: ADDRESS,
                is_later_fragment: false,
                is_fragment: false,
                protocol: 1,
                payload: &[],
            };
            let echo = Echo { reply: false, identifier: 1, sequence: 1, data: &[0x7E, 0x7D, 0x11, 0] };
            from.write_answer(&Transport::Echo(echo), &mut ping);
            let count = client.send(&ping, &mut out).expect("there is room");
            said.extend_from_slice(&out[..count]);
        }
        let mut rest = &said[..];
        while !rest.is_empty() {
            rest = &rest[far.receive(Tick::ZERO, rest)..];
        }
        let answer = far.transmit();
        let mut rest = &answer[..];
        while !rest.is_empty() {
            let taken = client.consume(rest, &mut inside);
            rest = &rest[taken..];
            match client.poll(&mut out, &mut inside) {
                PPPoSAction::Transmit(count) => {
                    let mut said = &out[..count];
                    while !said.is_empty() {
                        said = &said[far.receive(Tick::ZERO, said)..];
                    }
                }
                PPPoSAction::Received(range) => {
                    let datagram = Datagram::read(&inside[range]).expect("a sound datagram");
                    let echo = matches!(datagram.transport(), Some(Transport::Echo(Echo { reply: true, .. })));
                    answered += usize::from(echo);
                }
                PPPoSAction::None => {}
            }
        }
    }
    let told = client.status().ipv4.map(|told| {
        [told.address, told.peer_address, told.dns_servers[0], told.dns_servers[1]]
            .map(|address| address.map_or_else(|| "none".to_owned(), |address| address.to_string()))
    });
    (client.status().phase, told, answered)
}

#[test]
fn the_client_of_embedded_firmware_gets_its_addresses_and_its_pings_answered() {
    let all = ["10.64.0.1", "10.64.255.254", "10.64.255.253", "10.64.255.252"].map(str::to_owned);
    let guarded = ["data.ppp.authentication=pap", "data.ppp.user=me", "data.ppp.password=secret"];
    for settings in [&[][..], &["data.ppp.start=modem"], &["data.ppp.authentication=pap"], &guarded] {
        let (phase, told, answered) = meet(settings, b"secret");
        assert_eq!((phase, told, answered), (Phase::Open, Some(all.clone()), 1), "{settings:?}");
    }
    let (phase, told, answered) = meet(&guarded, b"wrong");
    assert!(phase != Phase::Open && told.is_none() && answered == 0, "{phase:?}");
}
