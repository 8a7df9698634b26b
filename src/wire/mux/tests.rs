use proptest::prelude::*;

use super::*;

fn dlci(number: u8) -> Dlci {
    Dlci::new(number).unwrap()
}

fn written(framing: Framing, frame: &Frame<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    frame.write(framing, &mut out);
    out
}

/// Every find as text, strays joined: where the input is cut must not show.
fn told(framing: Framing, longest: usize, pieces: &[&[u8]]) -> String {
    let mut decoder = Decoder::new(framing, longest);
    let mut out = String::new();
    let mut stray: Vec<u8> = Vec::new();
    let give = |stray: &mut Vec<u8>, out: &mut String| {
        if !stray.is_empty() {
            out.push_str(&format!("stray {}\n", stray.escape_ascii()));
            stray.clear();
        }
    };
    for piece in pieces {
        decoder.feed(piece, |found| match found {
            Found::Stray(bytes) => stray.extend_from_slice(bytes),
            Found::Damaged(bytes) => {
                give(&mut stray, &mut out);
                out.push_str(&format!("damaged, {bytes} bytes\n"));
            }
            Found::Frame(frame) => {
                give(&mut stray, &mut out);
                let (side, poll) = (if frame.command { "C" } else { "R" }, if frame.poll { " P" } else { "" });
                let text = frame.information.escape_ascii();
                out.push_str(&format!("{} {:?} {side}{poll} {text}\n", frame.channel, frame.kind));
            }
        });
    }
    give(&mut stray, &mut out);
    out
}

#[test]
fn a_basic_frame_is_flags_header_length_text_and_check() {
    let sabm = Frame { channel: Dlci::CONTROL, command: true, kind: FrameKind::Sabm, poll: true, information: &[] };
    assert_eq!(written(Framing::Basic, &sabm), [0xF9, 0x03, 0x3F, 0x01, 0x1C, 0xF9]);
    let data = Frame { channel: dlci(1), command: true, kind: FrameKind::Uih, poll: false, information: b"AT\r" };
    let bytes = written(Framing::Basic, &data);
    assert_eq!(&bytes[..7], [0xF9, 0x07, 0xEF, 0x07, b'A', b'T', b'\r']);
    assert_eq!(told(Framing::Basic, 31, &[&bytes]), "1 Uih C AT\\r\n");
}

#[test]
fn an_advanced_frame_escapes_flags_escapes_and_flow_control() {
    let information = [0x7E, 0x7D, 0x11, 0x13, 0x91, 0x93, b'x'];
    let frame =
        Frame { channel: dlci(2), command: false, kind: FrameKind::Uih, poll: false, information: &information };
    let bytes = written(Framing::Advanced, &frame);
    assert_eq!(
        &bytes[..16],
        [0x7E, 0x09, 0xEF, 0x7D, 0x5E, 0x7D, 0x5D, 0x7D, 0x31, 0x7D, 0x33, 0x7D, 0xB1, 0x7D, 0xB3, b'x']
    );
    assert_eq!(told(Framing::Advanced, 31, &[&bytes]), "2 Uih R ~}\\x11\\x13\\x91\\x93x\n");
}

#[test]
fn what_is_no_frame_costs_its_own_bytes_and_nothing_more() {
    let good = written(
        Framing::Basic,
        &Frame { channel: dlci(3), command: true, kind: FrameKind::Ui, poll: false, information: b"hello" },
    );
    let mut bad = good.clone();
    bad[5] ^= 1;
    let input = [b"\r\nRDY\r\n".as_slice(), &good, &bad, &good, b"\xF9\xF9", &good].concat();
    insta::assert_snapshot!(told(Framing::Basic, 31, &[&input]), @r"
    stray \r\nRDY\r\n
    3 Ui C hello
    damaged, 9 bytes
    3 Ui C hello
    3 Ui C hello
    ");
    // Longer than was agreed.
    assert!(told(Framing::Basic, 4, &[&good]).starts_with("damaged"), "{}", told(Framing::Basic, 4, &[&good]));
}

#[test]
fn messages_of_the_control_channel_are_read_and_written() {
    // Modem status of channel 1: DTR and RTS are on.
    let (message, rest) = Message::read(&[0xE3, 0x05, 0x07, 0x0D]).unwrap();
    assert!(rest.is_empty());
    assert_eq!((message.kind, message.command), (Ok(MessageKind::ModemStatus), true));
    let (channel, signals) = Signals::read(message.value).unwrap();
    assert_eq!(channel.number(), 1);
    assert!(signals.ready_to_communicate && signals.ready_to_receive && !signals.data_valid && !signals.stop);
    assert_eq!(signals.bytes(channel), [0x07, 0x0D]);
    let mut out = Vec::new();
    message.write(&mut out);
    assert_eq!(out, [0xE3, 0x05, 0x07, 0x0D]);
    // A type that nobody knows keeps its octet, for the answer that it is not supported.
    let (message, _) = Message::read(&[0x07, 0x01]).unwrap();
    assert_eq!((message.kind, message.type_octet()), (Err(0x04), 0x07));
    assert_eq!(Message::read(&[0x83, 0x11, 0x01]), None);
    let parameters = Parameters::read(&[2, 0, 7, 10, 31, 0, 3, 2]).unwrap();
    assert_eq!((parameters.channel.number(), parameters.longest, parameters.repeats), (2, 31, 3));
    assert_eq!(parameters.bytes(), [2, 0, 7, 10, 31, 0, 3, 2]);
}

fn frames() -> impl Strategy<Value = (u8, bool, FrameKind, bool, Vec<u8>)> {
    let kind = prop::sample::select(vec![
        FrameKind::Sabm,
        FrameKind::Ua,
        FrameKind::Dm,
        FrameKind::Disc,
        FrameKind::Uih,
        FrameKind::Ui,
    ]);
    // The address of channel 62 looks like the basic option's flag: that is why it is set aside.
    (0_u8..62, any::<bool>(), kind, any::<bool>(), prop::collection::vec(any::<u8>(), 0..300))
}

proptest! {
    #[test]
    fn a_frame_that_is_written_is_read_as_it_was(
        advanced in any::<bool>(),
        frames in prop::collection::vec(frames(), 1..6),
    ) {
        let framing = if advanced { Framing::Advanced } else { Framing::Basic };
        let mut bytes = Vec::new();
        for (channel, command, kind, poll, information) in &frames {
            let (command, kind, poll) = (*command, *kind, *poll);
            Frame { channel: dlci(*channel), command, kind, poll, information }.write(framing, &mut bytes);
        }
        let mut read = Vec::new();
        Decoder::new(framing, 300).feed(&bytes, |found| {
            if let Found::Frame(frame) = found {
                let Frame { channel, command, kind, poll, information } = frame;
                read.push((channel.number(), command, kind, poll, information.to_vec()));
            }
        });
        prop_assert_eq!(read, frames);
    }

    #[test]
    fn any_cut_of_any_bytes_gives_the_same_frames(
        advanced in any::<bool>(),
        noise in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xF9), Just(0x7E), Just(0x7D), Just(0x03), Just(0xEF)], 0..200),
        frame in frames(),
        cuts in prop::collection::vec(0_usize..600, 0..12),
    ) {
        let framing = if advanced { Framing::Advanced } else { Framing::Basic };
        let (channel, command, kind, poll, information) = &frame;
        let (command, kind, poll) = (*command, *kind, *poll);
        let mut bytes = noise;
        Frame { channel: dlci(*channel), command, kind, poll, information }.write(framing, &mut bytes);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        pieces.push(&bytes[from..]);
        prop_assert_eq!(told(framing, 300, &pieces), told(framing, 300, &[&bytes]));
    }

    #[test]
    fn messages_of_any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut rest = bytes.as_slice();
        while let Some((message, behind)) = Message::read(rest) {
            prop_assert!(behind.len() < rest.len());
            let mut out = Vec::new();
            message.write(&mut out);
            prop_assert_eq!(Message::read(&out).map(|(again, _)| again), Some(message));
            rest = behind;
        }
    }
}
