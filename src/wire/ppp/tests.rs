//! Frames as captures have them, round trips, any cut, and noise.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::*;

/// What a decoder finds, one line each.
fn found(decoder: &mut Decoder, bytes: &[u8]) -> String {
    let mut text = String::new();
    decoder.feed(bytes, |found| {
        let _ = match found {
            Found::Frame(frame) => writeln!(text, "{} {}", frame.protocol, hex(frame.information)),
            Found::Damaged(damage) => writeln!(text, "{damage:?}"),
        };
    });
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn framed(framing: &Framing, protocol: Protocol, information: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    framing.write(&mut out, Frame { protocol, information });
    out
}

#[test]
fn a_configure_request_stands_on_the_line_with_its_control_characters_escaped() {
    // Identifier 1, an empty character map, magic number, both compressions: what hosts begin with.
    let request = octets("01 01 00 14 02 06 00 00 00 00 05 06 0A 0B 0C 0D 07 02 08 02");
    let line = framed(&Framing::DEFAULT, Protocol::LCP, &request);
    insta::assert_snapshot!(hex(&line), @"7EFF7D23C0217D217D217D207D347D227D267D207D207D207D207D257D267D2A7D2B7D2C7D2D7D277D227D287D22FE7D2C7E");
    let mut decoder = Decoder::new(MRU);
    assert_eq!(found(&mut decoder, &line), format!("LCP {}\n", hex(&request)));
}

#[test]
fn compressed_fields_are_left_out_and_lcp_never_compresses() {
    let small = Framing { accm: 0, compress_protocol: true, compress_address: true };
    insta::assert_snapshot!(hex(&framed(&small, Protocol::IPV4, b"\x00\x11~}")), @"7E2100117D5E7D5D5DB97E");
    insta::assert_snapshot!(hex(&framed(&small, Protocol::IPCP, b"\x00")), @"7E802100CBF07E");
    insta::assert_snapshot!(hex(&framed(&small, Protocol::LCP, b"\x00")), @"7EFF7D23C0217D20912F7E");
}

#[test]
fn what_is_no_frame_costs_its_own_bytes_alone() {
    let good = framed(&Framing::DEFAULT, Protocol::IPCP, &[1, 2, 3]);
    let mut wrong = good.clone();
    wrong[6] ^= 0x40;
    let mut line = b"NO CARRIER\r\n".to_vec();
    line.extend(&good);
    line.extend(&wrong);
    line.extend(b"abc\x7D\x7E");
    line.extend(&good);
    line.extend(b"x~~~xy~");
    line.extend([b'y'; 2000]);
    line.push(b'~');
    line.extend([b'y'; 2000]);
    line.extend(b"\x7D~");
    line.extend(&good);
    // Sound check octets around an address that is none.
    let nobody = [0xFF, 0x44, 0xC0, 0x21];
    line.extend(nobody.into_iter().chain(fcs::of(nobody.into_iter())));
    line.push(b'~');
    line.extend(&good[1..]);
    let mut decoder = Decoder::new(MRU);
    insta::assert_snapshot!(found(&mut decoder, &line), @"
    IPCP 010203
    Check
    Aborted
    IPCP 010203
    TooShort
    TooShort
    TooLong
    Aborted
    IPCP 010203
    Header
    IPCP 010203
    ");
}

#[test]
fn control_characters_of_the_map_that_were_put_in_on_the_way_do_not_count() {
    let mut line = framed(&Framing::DEFAULT, Protocol::IPV4, b"data");
    line.insert(9, 0x11);
    let mut decoder = Decoder::new(MRU);
    assert_eq!(found(&mut decoder, &line), "IP 64617461\n");
    decoder.set_accm(0);
    assert_eq!(found(&mut decoder, &line), "Check\n");
}

#[test]
fn a_frame_as_long_as_may_be_is_taken_and_one_octet_more_is_not() {
    let mut decoder = Decoder::new(MRU);
    let line = framed(&Framing::DEFAULT, Protocol::IPV4, &[0; MRU]);
    assert!(found(&mut decoder, &line).starts_with("IP 00"));
    let line = framed(&Framing::DEFAULT, Protocol::IPV4, &[0; MRU + 1]);
    assert_eq!(found(&mut decoder, &line), "TooLong\n");
}

#[test]
fn a_length_that_cannot_be_makes_no_packet_and_ends_the_options() {
    assert_eq!(Packet::read(&[1, 2, 0]), None);
    assert_eq!(Packet::read(&[1, 2, 0, 3, 9]), None);
    assert_eq!(Packet::read(&[1, 2, 0, 6, 9]), None);
    assert_eq!(Packet::read(&[1, 2, 0, 5, 9, 9, 9]), Some(Packet { code: 1, identifier: 2, data: &[9] }));
    assert!(Options::are_sound(&[7, 2, 8, 2]));
    for wrong in [&[7, 2, 8][..], &[7, 2, 8, 1], &[7, 0], &[1, 4, 5]] {
        assert!(!Options::are_sound(wrong), "{wrong:?}");
    }
    assert_eq!(LcpOption::read(RawOption { kind: 1, data: &[5] }), LcpOption::Other(RawOption { kind: 1, data: &[5] }));
}

#[test]
fn the_answer_to_a_challenge_is_the_md5_of_rfc_1994() {
    // Identifier, secret and challenge are "abc" together, whose MD5 RFC 1321 gives.
    assert_eq!(hex(&chap_md5(0x61, b"b", b"c")), "900150983CD24FB0D6963F7D28E17F72");
}

#[test]
fn a_ping_is_read_and_answered_with_sound_checksums() {
    let (source, destination) = (Ipv4Addr::new(10, 64, 0, 1), Ipv4Addr::new(10, 64, 0, 9));
    let asked =
        Datagram { source, destination, is_later_fragment: false, is_fragment: false, protocol: 1, payload: &[] };
    let echo = Echo { reply: true, identifier: 7, sequence: 1, data: b"abc" };
    let mut line = Vec::new();
    asked.write_answer(&Transport::Echo(echo), &mut line);
    insta::assert_snapshot!(hex(&line), @"4500001F00004000400126550A4000090A40000100003B9500070001616263");
    let read = Datagram::read(&line).unwrap();
    assert_eq!((read.source, read.destination), (destination, source));
    assert_eq!(read.transport(), Some(Transport::Echo(echo)));
    for at in 0..line.len() {
        let mut other = line.clone();
        other[at] ^= 4;
        let sound =
            Datagram::read(&other).is_some_and(|datagram| datagram.protocol == 1 && datagram.transport().is_some());
        assert!(!sound, "octet {at}");
    }
}

#[test]
fn a_question_is_answered_in_its_own_words() {
    let message = octets("ABCD 0100 0001 0000 0000 0000 05 4D6F64656D 04 74657374 00 0001 0001");
    let question = Question::read(&message).unwrap();
    assert_eq!(
        (question.name.as_deref(), question.wants_address, question.is_standard()),
        (Some("modem.test"), true, true)
    );
    let mut out = Vec::new();
    answer(&question, ResponseCode::NoError, &[Ipv4Addr::new(10, 64, 0, 1)], &mut out);
    insta::assert_snapshot!(hex(&out), @"ABCD81800001000100000000054D6F64656D04746573740000010001C00C000100010000003C00040A400001");
    let pointing = octets("ABCD 0100 0001 0000 0000 0000 C00C 0001 0001");
    assert_eq!(Question::read(&pointing).unwrap().name, None);
    assert_eq!(Question::read(&out), None, "an answer is no question");
}

fn packet() -> impl Strategy<Value = (u8, u8, Vec<u8>)> {
    (any::<u8>(), any::<u8>(), prop::collection::vec(any::<u8>(), 0..40))
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        accm in any::<u32>(), compress_protocol in any::<bool>(), compress_address in any::<bool>(),
        high in prop::sample::select(vec![0x00_u8, 0x80, 0xC0, 0xC2, 0x02]), low in any::<u8>(),
        information in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let protocol = Protocol(u16::from_be_bytes([high, low | 1]));
        // A protocol that looks like an address is never assigned (RFC 1661, clause 6.5).
        prop_assume!(protocol.0 != 0x00FF);
        let framing = Framing { accm, compress_protocol, compress_address };
        let mut decoder = Decoder::new(MRU);
        if protocol != Protocol::LCP {
            decoder.set_accm(accm);
        }
        let line = framed(&framing, protocol, &information);
        prop_assert_eq!(found(&mut decoder, &line), format!("{protocol} {}\n", hex(&information)));
    }

    #[test]
    fn input_cut_anywhere_gives_the_same_frames(
        pieces in prop::collection::vec(prop_oneof![
            packet().prop_map(|(low, _, data)| framed(&Framing::DEFAULT, Protocol(0x8001 | u16::from(low)), &data)),
            prop::collection::vec(prop_oneof![Just(0x7E), Just(0x7D), any::<u8>()], 0..30),
        ], 0..8),
        cuts in prop::collection::vec(0_usize..400, 0..10),
    ) {
        let line = pieces.concat();
        let mut whole = Decoder::new(60);
        let expected = found(&mut whole, &line);
        let mut cut = Decoder::new(60);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(line.len())).chain([0, line.len()]).collect();
        cuts.sort_unstable();
        let seen: String = cuts.windows(2).map(|ends| found(&mut cut, &line[ends[0]..ends[1]])).collect();
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn packets_and_options_are_read_as_they_were_written((code, identifier, data) in packet(), kind in any::<u8>()) {
        let mut out = Vec::new();
        Packet { code, identifier, data: &data }.write(&mut out);
        out.push(0);
        prop_assert_eq!(Packet::read(&out), Some(Packet { code, identifier, data: &data }));
        prop_assert_eq!(Code::from(code).number(), code);
        let raw = RawOption { kind, data: &data };
        let mut written = Vec::new();
        raw.write(&mut written);
        prop_assert_eq!(Options::new(&written).next(), Some(raw));
        for reread in [
            |raw, out: &mut Vec<u8>| LcpOption::read(raw).write(out),
            |raw, out: &mut Vec<u8>| IpcpOption::read(raw).write(out),
            |raw, out: &mut Vec<u8>| Ipv6cpOption::read(raw).write(out),
        ] {
            let mut again = Vec::new();
            reread(raw, &mut again);
            prop_assert_eq!(&again, &written);
        }
    }

    #[test]
    fn noise_is_read_without_a_panic(noise in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = Frame::read(&noise);
        let _ = Options::are_sound(&noise);
        if let Some(packet) = Packet::read(&noise) {
            let _ = (Pap::read(&packet), Chap::read(&packet));
        }
        for code in 1..5 {
            let packet = Packet { code, identifier: 0, data: &noise };
            if let Some(pap) = Pap::read(&packet) {
                let mut out = Vec::new();
                pap.write(9, &mut out);
                prop_assert_eq!(Packet::read(&out).and_then(|packet| Pap::read(&packet)), Some(pap));
            }
            if let Some(chap) = Chap::read(&packet) {
                let mut out = Vec::new();
                chap.write(9, &mut out);
                prop_assert_eq!(Packet::read(&out).and_then(|packet| Chap::read(&packet)), Some(chap));
            }
        }
        for protocol in [1, 17] {
            let ends = Ipv4Addr::LOCALHOST;
            let datagram = Datagram {
                source: ends, destination: ends, is_later_fragment: false, is_fragment: false, protocol, payload: &noise,
            };
            let _ = datagram.transport();
            let mut line = Vec::new();
            datagram.write(&mut line);
            prop_assert_eq!(Datagram::read(&line), Some(datagram));
            let mut out = Vec::new();
            unreachable(ends, 3, &line, &mut out);
            prop_assert!(Datagram::read(&out).is_some());
        }
        let _ = Datagram::read(&noise);
        if let Some(question) = Question::read(&noise) {
            answer(&question, ResponseCode::FormatError, &[], &mut Vec::new());
        }
    }
}
