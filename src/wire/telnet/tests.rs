use proptest::prelude::*;

use super::*;

/// What a decoder makes of pieces, data that belong together joined.
fn decoded(pieces: &[&[u8]], drops_nul: bool) -> String {
    let mut decoder = Decoder::default();
    decoder.drop_nul_behind_cr(drops_nul);
    let mut out: Vec<String> = Vec::new();
    let mut data = Vec::new();
    for piece in pieces {
        decoder.feed(piece, |item| {
            let other = match item {
                Item::Data(bytes) => {
                    data.extend_from_slice(bytes);
                    return None;
                }
                Item::Subnegotiation(TelnetOption::COM_PORT, said) => format!("{:?}", ComPort::read(said)),
                other => format!("{other:?}"),
            };
            if !data.is_empty() {
                out.push(std::mem::take(&mut data).escape_ascii().to_string());
            }
            out.push(other);
            None
        });
    }
    if !data.is_empty() {
        out.push(data.escape_ascii().to_string());
    }
    out.join("\n")
}

#[test]
fn data_commands_and_options_are_told_apart() {
    let said =
        b"AT\xff\xff\r\xff\xfb\x2cOK\xff\xf6\xff\xfa\x2c\x01\x00\x01\xc2\x00\xff\xf0\xff\xfa\x18\x01\xff\xff\xff\xf0";
    insta::assert_snapshot!(decoded(&[said], false), @r"
    AT\xff\r
    Negotiation(Will, TelnetOption(44))
    OK
    Command(246)
    Some((Client, BaudRate(Some(115200))))
    Subnegotiation(TelnetOption(24), [1, 255])
    ");
}

#[test]
fn a_baud_with_an_iac_in_it_is_read_as_it_was_written() {
    let mut out = Vec::new();
    ComPort::BaudRate(Some(0x00ff_00ff)).write(Sender::Client, &mut out);
    assert_eq!(out, b"\xff\xfa\x2c\x01\x00\xff\xff\x00\xff\xff\xff\xf0");
    assert_eq!(decoded(&[&out], false), "Some((Client, BaudRate(Some(16711935))))");
}

#[test]
fn what_a_command_cuts_short_is_dropped_and_the_command_is_not() {
    insta::assert_snapshot!(decoded(&[b"\xff\xfa\x2c\x05\xff\xfd\x00AT\xff\xfa\xff\xf0\xff\xf0."], false), @r"
    Damaged
    Negotiation(Do, TelnetOption(0))
    AT
    Damaged
    Command(240)
    .
    ");
}

#[test]
fn a_subnegotiation_beyond_its_bound_costs_no_memory_and_what_follows_is_heard() {
    let mut said = b"\xff\xfa\x2c\x00".to_vec();
    said.resize(said.len() + 1_000_000, b'x');
    let mut decoder = Decoder::default();
    decoder.feed(&said, |item| panic!("{item:?}"));
    let mut told = Vec::new();
    decoder.feed(b"\xff\xf0OK", |item| {
        told.push(format!("{item:?}"));
        None
    });
    assert_eq!(told, ["Damaged", "Data([79, 75])"]);

    let longest: Vec<u8> = std::iter::repeat_n(b'x', LONGEST).collect();
    for (length, comes) in [(LONGEST, true), (LONGEST + 1, false)] {
        let mut out = Vec::new();
        subnegotiate(TelnetOption(9), &longest.repeat(2)[..length], &mut out);
        let mut came = false;
        Decoder::default().feed(&out, |item| {
            came = matches!(item, Item::Subnegotiation(..));
            None
        });
        assert_eq!(came, comes, "{length}");
    }
}

#[test]
fn without_binary_transmission_a_nul_behind_a_cr_is_filler() {
    assert_eq!(decoded(&[b"AT\r\0\0\r", b"\0", b"AT\r\n\0"], true), r"AT\r\x00\rAT\r\n\x00");
    assert_eq!(decoded(&[b"AT\r\0"], false), r"AT\r\x00");
    // It is filler up to the moment at which the other end begins to transmit in binary.
    let mut decoder = Decoder::default();
    decoder.drop_nul_behind_cr(true);
    let mut data = Vec::new();
    decoder.feed(b"\r\0\r\xff\xfb\0\0\r\0", |item| match item {
        Item::Data(bytes) => {
            data.extend_from_slice(bytes);
            None
        }
        Item::Negotiation(Verb::Will, TelnetOption::BINARY) => Some(false),
        other => panic!("{other:?}"),
    });
    assert_eq!(data, b"\r\r\0\r\0");
}

/// What one end answers, and what it comes to.
fn negotiated(negotiator: &mut Negotiator, verb: Verb, option: TelnetOption) -> String {
    let mut out = Vec::new();
    let change = negotiator.hear(verb, option, &mut out);
    let mut answers = Vec::new();
    Decoder::default().feed(&out, |item| {
        answers.push(format!("{item:?}"));
        None
    });
    format!("{answers:?} {change:?}")
}

#[test]
fn what_is_allowed_is_agreed_to_once_and_anything_else_refused() {
    let mut end = Negotiator::default();
    end.allow(TelnetOption::BINARY, true, false);
    insta::assert_snapshot!([
        negotiated(&mut end, Verb::Do, TelnetOption::BINARY),
        negotiated(&mut end, Verb::Do, TelnetOption::BINARY),
        negotiated(&mut end, Verb::Will, TelnetOption::BINARY),
        negotiated(&mut end, Verb::Dont, TelnetOption::BINARY),
        negotiated(&mut end, Verb::Dont, TelnetOption::BINARY),
        negotiated(&mut end, Verb::Do, TelnetOption(24)),
        negotiated(&mut end, Verb::Wont, TelnetOption(24)),
    ].join("\n"), @r#"
    ["Negotiation(Will, TelnetOption(0))"] Some(Own(TelnetOption(0), true))
    [] None
    ["Negotiation(Dont, TelnetOption(0))"] None
    ["Negotiation(Wont, TelnetOption(0))"] Some(Own(TelnetOption(0), false))
    [] None
    ["Negotiation(Wont, TelnetOption(24))"] None
    [] None
    "#);
}

#[test]
fn an_offer_is_made_once_and_its_refusal_is_told() {
    let mut end = Negotiator::default();
    end.allow(TelnetOption::COM_PORT, true, true);
    let mut out = Vec::new();
    end.offer(TelnetOption::COM_PORT, &mut out);
    end.offer(TelnetOption::COM_PORT, &mut out);
    assert_eq!(out, b"\xff\xfb\x2c");
    assert_eq!(negotiated(&mut end, Verb::Dont, TelnetOption::COM_PORT), "[] Some(Own(TelnetOption(44), false))");
    assert!(!end.own(TelnetOption::COM_PORT) && !end.other(TelnetOption::COM_PORT));
}

#[test]
fn changes_of_the_modems_lines_are_told_with_them() {
    let idle = ModemState::of(false, false, true, true);
    assert_eq!(idle, ModemState(0x30));
    let rings = ModemState::of(false, true, true, true).after(idle);
    assert_eq!(rings, ModemState(0x70), "that RI comes on is no change");
    let quiet = idle.after(rings);
    assert_eq!(quiet, ModemState(0x34));
    let carries = ModemState::of(true, false, true, true).after(quiet);
    assert_eq!(carries, ModemState(0xb8));
    assert_eq!(ModemState::of(false, false, false, false).after(carries), ModemState(0x0b));
}

fn com_port() -> impl Strategy<Value = ComPort> {
    let byte = any::<u8>();
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(ComPort::Signature),
        any::<u32>().prop_map(|baud| ComPort::BaudRate((baud != 0).then_some(baud))),
        proptest::option::of(5u8..=8).prop_map(ComPort::DataSize),
        (0u8..20).prop_map(|code| ComPort::read(&[5, code]).unwrap().1),
        (0u8..6).prop_map(|code| ComPort::read(&[3, code]).unwrap().1),
        (0u8..4).prop_map(|code| ComPort::read(&[4, code]).unwrap().1),
        proptest::option::of(any::<u8>()).prop_map(|state| ComPort::LineState(state.map(LineState))),
        proptest::option::of(any::<u8>()).prop_map(|state| ComPort::ModemState(state.map(ModemState))),
        Just(ComPort::Suspend),
        Just(ComPort::Resume),
        byte.prop_map(ComPort::LineStateMask),
        any::<u8>().prop_map(ComPort::ModemStateMask),
        (1u8..4).prop_map(|code| ComPort::read(&[12, code]).unwrap().1),
        (13u8..100, proptest::collection::vec(any::<u8>(), 0..9))
            .prop_map(|(number, value)| ComPort::Unknown { number, value }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(said in com_port(), is_server: bool) {
        let sender = if is_server { Sender::Server } else { Sender::Client };
        let mut out = Vec::new();
        said.write(sender, &mut out);
        let mut read = Vec::new();
        Decoder::default().feed(&out, |item| {
            match item {
                Item::Subnegotiation(TelnetOption::COM_PORT, said) => read.extend(ComPort::read(said)),
                other => panic!("{other:?}"),
            }
            None
        });
        prop_assert_eq!(read, [(sender, said)]);
    }

    #[test]
    fn data_arrive_as_they_were_sent(data: Vec<u8>) {
        let mut out = Vec::new();
        escape(&data, &mut out);
        let mut read = Vec::new();
        Decoder::default().feed(&out, |item| {
            match item {
                Item::Data(bytes) => read.extend_from_slice(bytes),
                other => panic!("{other:?}"),
            }
            None
        });
        prop_assert_eq!(read, data);
    }

    #[test]
    fn where_it_is_cut_does_not_matter(
        said in proptest::collection::vec(prop_oneof![
            Just(255u8), Just(250), Just(240), 251u8..=254, Just(44), Just(0), Just(13), 0u8..13, any::<u8>(),
        ], 0..60),
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6),
        drops_nul: bool,
    ) {
        let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(said.len() + 1)).chain([0, said.len()]).collect();
        at.sort_unstable();
        let pieces: Vec<_> = at.windows(2).map(|pair| &said[pair[0]..pair[1]]).collect();
        prop_assert_eq!(decoded(&[&said], drops_nul), decoded(&pieces, drops_nul));
    }

    #[test]
    fn two_ends_come_to_rest_whatever_they_may_and_want(
        left in proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()), 3),
        right in proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()), 3),
    ) {
        let begin = |wishes: &[(bool, bool, bool, bool)]| {
            let (mut end, mut out) = (Negotiator::default(), Vec::new());
            for (&(own, other, offers, asks), number) in wishes.iter().zip(0..) {
                end.allow(TelnetOption(number), own, other);
                if offers && own {
                    end.offer(TelnetOption(number), &mut out);
                }
                if asks && other {
                    end.ask(TelnetOption(number), &mut out);
                }
            }
            (end, out)
        };
        let (mut left, mut to_right) = begin(&left);
        let (mut right, mut to_left) = begin(&right);
        let mut rounds = 0;
        while !to_right.is_empty() || !to_left.is_empty() {
            let (mut from_right, mut from_left) = (Vec::new(), Vec::new());
            Decoder::default().feed(&to_right, |item| {
                let Item::Negotiation(verb, option) = item else { panic!("{item:?}") };
                right.hear(verb, option, &mut from_right);
                None
            });
            Decoder::default().feed(&to_left, |item| {
                let Item::Negotiation(verb, option) = item else { panic!("{item:?}") };
                left.hear(verb, option, &mut from_left);
                None
            });
            (to_right, to_left) = (from_left, from_right);
            rounds += 1;
            prop_assert!(rounds < 5, "they go on for ever");
        }
        for option in (0..3).map(TelnetOption) {
            prop_assert_eq!(left.own(option), right.other(option));
            prop_assert_eq!(left.other(option), right.own(option));
        }
    }
}
