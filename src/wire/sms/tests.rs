//! Golden PDUs, and the laws that hold for all of them.

use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::wire::text::{DataCoding, Language, hexadecimal};

/// Each element with its octets, or why it cannot be read.
fn told(hex: &str, way: Way) -> String {
    let octets = hexadecimal::read(hex.as_bytes()).expect("hexadecimal");
    let pdu = match Pdu::decode(&octets, way) {
        Ok(pdu) => pdu,
        Err(error) => return error.to_string(),
    };
    let (line, length) = pdu.line();
    assert_eq!(line, hex, "what was read is written again");
    let mut out = format!("length {length}\n");
    let mut at = 0;
    for Element { name, octets: range, says, .. } in pdu.elements() {
        assert_eq!(range.start, at, "elements stand one behind the other");
        at = range.end;
        out += &format!("{name}: {} · {says}\n", hexadecimal::Hexadecimal(&octets[range]));
    }
    assert_eq!(at, octets.len(), "and are all of it");
    out
}

#[test]
fn a_delivered_message_in_septets() {
    let pdu = "07915155009099F9040B915155674523F10000621122210000001653FA5B5E2683C465F35B5E06CDE961391D449301";
    insta::assert_snapshot!(told(pdu, Way::Stored), @r#"
    length 39
    service centre: 07915155009099F9 · +15550009999 (international, 145)
    first octet: 04 · SMS-DELIVER
    TP-OA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 00 · 7-bit
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    TP-UDL: 16 · 22 septets
    TP-UD: 53FA5B5E2683C465F35B5E06CDE961391D449301 · "Stored before start 42"
    "#);
    let pdu = "07915155009099F9040B915155001011F100006211222100000019CCB4BDAC03154001D00685DFA4401B5E7EE3036DCA35";
    insta::assert_snapshot!(told(pdu, Way::ToMobile), @r#"
    length 41
    service centre: 07915155009099F9 · +15550009999 (international, 145)
    first octet: 04 · SMS-DELIVER
    TP-OA: 0B915155001011F1 · +15550001111 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 00 · 7-bit
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    TP-UDL: 19 · 25 septets
    TP-UD: CCB4BDAC03154001D00685DFA4401B5E7EE3036DCA35 · "Live: é £ {x} [y] €5"
    "#);
}

#[test]
fn a_delivered_message_in_ucs2() {
    let pdu = "07915155009099F9040B915155001011F100086211222100000018041F044004380432043504420020043C0438044000202603";
    insta::assert_snapshot!(told(pdu, Way::Stored), @r#"
    length 43
    service centre: 07915155009099F9 · +15550009999 (international, 145)
    first octet: 04 · SMS-DELIVER
    TP-OA: 0B915155001011F1 · +15550001111 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 08 · UCS2
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    TP-UDL: 18 · 24 octets
    TP-UD: 041F044004380432043504420020043C0438044000202603 · "Привет мир ☃"
    "#);
}

#[test]
fn a_submitted_message_with_each_validity() {
    insta::assert_snapshot!(told("0011000B915155674523F10000AA05E8329BFD06", Way::FromMobile), @r#"
    length 19
    service centre: 00 · the one that is set (+CSCA)
    first octet: 11 · SMS-SUBMIT
    TP-MR: 00 · 0
    TP-DA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 00 · 7-bit
    TP-VP: AA · for 4 days
    TP-UDL: 05 · 5 septets
    TP-UD: E8329BFD06 · "hello"
    "#);
    insta::assert_snapshot!(told("0039070B915155674523F100F66211222100000802C001", Way::FromMobile), @"
    length 22
    service centre: 00 · the one that is set (+CSCA)
    first octet: 39 · SMS-SUBMIT: a report is asked for
    TP-MR: 07 · 7
    TP-DA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: F6 · 8-bit, class 2, for the SIM
    TP-VP: 62112221000008 · until 26/11/22,12:00:00-00
    TP-UDL: 02 · 2 octets
    TP-UD: C001 · C001
    ");
    insta::assert_snapshot!(told("000D070B915155674523F1004142FF000000000002E834", Way::FromMobile), @r#"
    length 22
    service centre: 00 · the one that is set (+CSCA)
    first octet: 0D · SMS-SUBMIT: duplicates are refused
    TP-MR: 07 · 7
    TP-DA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 41 · 7-bit, deletes itself once read
    TP-VP: 42FF0000000000 · for 255 seconds, one try
    TP-UDL: 02 · 2 septets
    TP-UD: E834 · "hi"
    "#);
}

#[test]
fn a_part_of_a_long_message() {
    let parts = Splitting { reference: Reference::Short(7), ..Splitting::default() };
    let parts = parts.text(&"0123456789".repeat(17)).expect("two parts");
    let message = Tpdu::Submit(Submit {
        reject_duplicates: false,
        report_requested: true,
        reply_path: false,
        reference: 1,
        destination: Address::number("+15551234567").expect("a number"),
        protocol: ProtocolId::PLAIN,
        validity: None,
        user_data: parts[1].clone(),
    });
    let (line, length) = Pdu { centre: None, message }.line();
    assert_eq!(length, 34);
    insta::assert_snapshot!(told(&line, Way::FromMobile), @r#"
    length 34
    service centre: 00 · the one that is set (+CSCA)
    first octet: 61 · SMS-SUBMIT: a report is asked for, a header
    TP-MR: 01 · 1
    TP-DA: 0B915155214365F7 · +15551234567 (international, 145)
    TP-PID: 00 · a plain message
    TP-DCS: 00 · 7-bit
    TP-UDL: 18 · 24 septets
    TP-UD: 05000307020266B49AED86CBC162B219AD66BBE172 · part 2 of 2 of message 7, "34567890123456789"
    "#);
}

#[test]
fn a_message_from_a_name_in_turkish() {
    let [data] =
        &Splitting { languages: vec![Language::Turkish], ..Splitting::default() }.text("Günaydın ş").expect("one")[..]
    else {
        panic!("one part")
    };
    let message = Tpdu::Deliver(Deliver {
        more_messages: false,
        loops: true,
        report_indicated: true,
        reply_path: true,
        originator: Address::name("Testnet").expect("a name"),
        protocol: ProtocolId(0x41),
        time: Timestamp::new([26, 11, 22, 12, 0, 59], -20).expect("a time"),
        user_data: data.clone(),
    });
    let (line, _) = Pdu { centre: Address::number("+15550009999").ok(), message }.line();
    insta::assert_snapshot!(told(&line, Way::Stored), @r#"
    length 34
    service centre: 07915155009099F9 · +15550009999 (international, 145)
    first octet: EC · SMS-DELIVER: was forwarded, the sender gets a report, a header, an answer may go the same way
    TP-OA: 0DD0D4F29CEE2ED301 · "Testnet"
    TP-PID: 41 · replaces the last one of type 1
    TP-DCS: 00 · 7-bit
    TP-SCTS: 6211222100950A · 26/11/22,12:00:59-20
    TP-UDL: 0F · 15 septets
    TP-UD: 0325010138FADDE13CF9E0067500 · locking shift table: Turkish, "Günaydın ş"
    "#);
}

#[test]
fn reports_and_commands() {
    // A status report, as +CDS has it; one with a text.
    insta::assert_snapshot!(told("07915155009099F906070B915155674523F1621122210000006211222100030000", Way::Stored), @"
    length 25
    service centre: 07915155009099F9 · +15550009999 (international, 145)
    first octet: 06 · SMS-STATUS-REPORT
    TP-MR: 07 · message 7
    TP-RA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    TP-DT: 62112221000300 · 26/11/22,12:00:30+00
    TP-ST: 00 · received
    ");
    insta::assert_snapshot!(told("0026070B915155674523F162112221000000621122210003004607000402E834", Way::ToMobile), @"
    length 31
    service centre: 00 · the one that is set (+CSCA)
    first octet: 26 · SMS-STATUS-REPORT: about a command
    TP-MR: 07 · message 7
    TP-RA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    TP-DT: 62112221000300 · 26/11/22,12:00:30+00
    TP-ST: 46 · failed: validity period expired
    TP-PI: 07 · there follow: TP-PID, TP-DCS, TP-UD
    TP-PID: 00 · a plain message
    TP-DCS: 04 · 8-bit
    TP-UDL: 02 · 2 octets
    TP-UD: E834 · E834
    ");
    // Answers to a message: taken, refused; from the service centre.
    insta::assert_snapshot!(told("000000", Way::FromMobile), @"
    length 2
    service centre: 00 · the one that is set (+CSCA)
    first octet: 00 · SMS-DELIVER-REPORT
    TP-PI: 00 · nothing follows
    ");
    insta::assert_snapshot!(told("0000D3060002E834", Way::FromMobile), @r#"
    length 7
    service centre: 00 · the one that is set (+CSCA)
    first octet: 00 · SMS-DELIVER-REPORT
    TP-FCS: D3 · Memory Capacity Exceeded
    TP-PI: 06 · there follow: TP-DCS, TP-UD
    TP-DCS: 00 · 7-bit
    TP-UDL: 02 · 2 septets
    TP-UD: E834 · "hi"
    "#);
    insta::assert_snapshot!(told("0001C50062112221000000", Way::ToMobile), @"
    length 10
    service centre: 00 · the one that is set (+CSCA)
    first octet: 01 · SMS-SUBMIT-REPORT
    TP-FCS: C5 · SM Rejected-Duplicate SM
    TP-PI: 00 · nothing follows
    TP-SCTS: 62112221000000 · 26/11/22,12:00:00+00
    ");
    // A command.
    insta::assert_snapshot!(told("0022080002070B915155674523F10201FF", Way::FromMobile), @"
    length 16
    service centre: 00 · the one that is set (+CSCA)
    first octet: 22 · SMS-COMMAND: a report is asked for
    TP-MR: 08 · 8
    TP-PID: 00 · a plain message
    TP-CT: 02 · deletes the message
    TP-MN: 07 · message 7
    TP-DA: 0B915155674523F1 · +15557654321 (international, 145)
    TP-CDL: 02 · 2 octets
    TP-CD: 01FF · 01FF
    ");
}

#[test]
fn what_a_card_fills_a_record_with_is_no_part_of_the_message() {
    for pdu in [
        "07915155009099F9040B915155674523F100006211222100000004E170380C",
        "07915155009099F906070B915155674523F1621122210000006211222100030000",
    ] {
        let mut octets = hexadecimal::read(pdu.as_bytes()).expect("hexadecimal");
        let length = octets.len();
        octets.resize(175, 0xFF);
        let (pdu, rest) = Pdu::read(&octets, Way::Stored).expect("a PDU");
        assert_eq!(rest.len(), 175 - length);
        assert_eq!(pdu.encode(), octets[..length]);
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let wrong = [
        "",
        "07915155",
        "0D915155009099F9",
        "00",
        "0003",
        "000415",
        "0001001591",
        "0001000B9151556745",
        "00010004915155000001",
        "00010004915155000005E834",
        "000100049151550000FF",
        "0001000491515500088D",
        "00010004915155000002E83400",
    ];
    let said = wrong.map(|pdu| format!("{pdu}: {}\n", told(pdu, Way::FromMobile)));
    insta::assert_snapshot!(said.concat(), @"
    : expected 1 octet of the service centre's address, found 0 at octet 0
    07915155: expected 6 octets of the service centre's address, found 2 at octet 2
    0D915155009099F9: expected a length of at most 11 in the service centre's address, found 13 at octet 0
    00: expected 1 octet of the message, found 0 at octet 1
    0003: expected TP-MTI 0, 1 or 2, found the reserved type 3 at octet 1
    000415: expected 1 octet of TP-PID, found 0 at octet 3
    0001001591: expected a length of at most 20 in TP-DA, found 21 at octet 3
    0001000B9151556745: expected 6 octets of TP-DA, found 4 at octet 5
    00010004915155000001: expected 1 octet of TP-UD, found 0 at octet 10
    00010004915155000005E834: expected 5 octets of TP-UD, found 2 at octet 10
    000100049151550000FF: expected a length of at most 160 in TP-UDL, found 255 at octet 9
    0001000491515500088D: expected a length of at most 140 in TP-UDL, found 141 at octet 9
    00010004915155000002E83400: expected the end of the message, found 1 octet more at octet 12
    ");
}

#[test]
fn what_a_host_writes_is_told_by_what_it_can_be() {
    let kind = |hex: &str| {
        let octets = hexadecimal::read(hex.as_bytes()).expect("hexadecimal");
        let (pdu, rest) = Pdu::of_host(&octets).expect("a PDU");
        assert!(rest.is_empty());
        pdu.elements()[1].says.clone()
    };
    assert_eq!(kind("0011000B915155674523F10000AA05E8329BFD06"), "SMS-SUBMIT");
    assert_eq!(kind("0022080002070B915155674523F10201FF"), "SMS-COMMAND: a report is asked for");
    assert_eq!(kind("000000"), "SMS-DELIVER-REPORT");
    assert_eq!(kind("00040B915155674523F100006211222100000004E170380C"), "SMS-DELIVER");
}

fn any_address() -> impl Strategy<Value = Address> {
    prop_oneof![
        r"\+?[0-9*#abc]{0,20}".prop_map(|text| Address::number(&text).expect("a number")),
        "[ -Z]{0,11}".prop_map(|text| Address::name(&text).expect("a name")),
    ]
}

fn any_user_data() -> impl Strategy<Value = UserData<'static>> {
    let text = prop_oneof![r"[a-z€ ]{0,400}", r"[a-zğı]{0,200}", "[жa]{0,200}"];
    (text, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(text, which, is_octets)| {
        let splitting = Splitting { languages: vec![Language::Turkish], ..Splitting::default() };
        let parts = if is_octets {
            splitting.octets(text.as_bytes()).expect("few")
        } else {
            splitting.text(&text).expect("few")
        };
        parts[which.index(parts.len())].clone()
    })
}

fn any_indicated() -> impl Strategy<Value = Indicated<'static>> {
    (any::<Option<u8>>(), prop::option::of(any_user_data())).prop_map(|(protocol, user_data)| Indicated {
        protocol: protocol.map(ProtocolId),
        coding: user_data.as_ref().map(UserData::coding),
        user_data,
    })
}

/// A message, and a way that it goes.
fn any_message() -> impl Strategy<Value = (Tpdu<'static>, Way)> {
    let time = || any::<[u8; 7]>().prop_map(Timestamp);
    let failure = || prop::option::of((0x80_u8..).prop_map(FailureCause));
    let validity = prop_oneof![
        Just(None),
        any::<u8>().prop_map(|octet| Some(Validity::Relative(octet))),
        any::<[u8; 7]>().prop_map(|octets| Some(Validity::Absolute(Timestamp(octets)))),
        any::<[u8; 7]>().prop_map(|octets| Some(Validity::Enhanced(octets))),
    ];
    prop_oneof![
        (any::<[bool; 4]>(), any_address(), any::<u8>(), time(), any_user_data()).prop_map(
            |([more_messages, loops, report_indicated, reply_path], originator, protocol, time, user_data)| {
                let protocol = ProtocolId(protocol);
                let message = Deliver {
                    more_messages,
                    loops,
                    report_indicated,
                    reply_path,
                    originator,
                    protocol,
                    time,
                    user_data,
                };
                (Tpdu::Deliver(message), Way::ToMobile)
            }
        ),
        (any::<[bool; 3]>(), any_address(), any::<[u8; 2]>(), validity, any_user_data()).prop_map(
            |(
                [reject_duplicates, report_requested, reply_path],
                destination,
                [reference, protocol],
                validity,
                user_data,
            )| {
                let protocol = ProtocolId(protocol);
                let message = Submit {
                    reject_duplicates,
                    report_requested,
                    reply_path,
                    reference,
                    destination,
                    protocol,
                    validity,
                    user_data,
                };
                (Tpdu::Submit(message), Way::FromMobile)
            }
        ),
        (any::<[bool; 3]>(), any_address(), any::<[u8; 2]>(), (time(), time()), prop::option::of(any_indicated()))
            .prop_map(
                |(
                    [more_messages, loops, of_command],
                    recipient,
                    [reference, status],
                    (time, discharged),
                    indicated,
                )| {
                    let status = Status(status);
                    let message = StatusReport {
                        more_messages,
                        loops,
                        of_command,
                        reference,
                        recipient,
                        time,
                        discharged,
                        status,
                        indicated,
                    };
                    (Tpdu::StatusReport(message), Way::ToMobile)
                }
            ),
        (failure(), any_indicated()).prop_map(|(failure, indicated)| {
            (Tpdu::DeliverReport(DeliverReport { failure, indicated }), Way::FromMobile)
        }),
        (failure(), time(), any_indicated()).prop_map(|(failure, time, indicated)| {
            (Tpdu::SubmitReport(SubmitReport { failure, time, indicated }), Way::ToMobile)
        }),
        (any::<[bool; 2]>(), any_address(), any::<[u8; 4]>(), prop::collection::vec(any::<u8>(), 0..157)).prop_map(
            |([report_requested, has_header], destination, [reference, protocol, kind, message], data)| {
                let command = Command {
                    report_requested,
                    has_header,
                    reference,
                    protocol: ProtocolId(protocol),
                    kind: CommandType(kind),
                    message,
                    destination,
                    data: Cow::Owned(data),
                };
                (Tpdu::Command(command), Way::FromMobile)
            }
        ),
    ]
}

fn any_way() -> impl Strategy<Value = Way> {
    prop::sample::select(vec![Way::ToMobile, Way::FromMobile, Way::Stored])
}

proptest! {
    #[test]
    fn every_message_is_written_and_read_again((message, way) in any_message(), centre in prop::option::of(r"\+?[0-9]{0,20}")) {
        let centre = centre.map(|digits| Address::number(&digits).expect("a number"));
        let pdu = Pdu { centre, message };
        let octets = pdu.encode();
        prop_assert_eq!(&Pdu::decode(&octets, way), &Ok(pdu.clone()));
        let (line, length) = pdu.line();
        prop_assert_eq!(hexadecimal::read(line.as_bytes()), Ok(octets.clone()));
        let mut message = Vec::new();
        pdu.message.encode(&mut message);
        prop_assert_eq!(message.len(), length);
        prop_assert_eq!(message[0], pdu.message.first_octet());
        prop_assert_eq!(Tpdu::decode(&message, way).map(Tpdu::into_owned), Ok(pdu.message.clone()));
        prop_assert_eq!(pdu.elements().last().map(|last| last.octets.end), Some(octets.len()));
        // A piece of it is none, and it says so.
        for end in 0..octets.len() {
            prop_assert!(Pdu::decode(&octets[..end], way).is_err() || matches!(pdu.message, Tpdu::StatusReport(_)));
        }
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200), way in any_way()) {
        match Pdu::read(&octets, way) {
            Ok((pdu, rest)) => {
                let length = octets.len() - rest.len();
                let elements = pdu.elements();
                prop_assert_eq!(elements.last().map(|last| last.octets.end), Some(length));
                // Reserved bits of the first octet, and of TP-PI, are not kept; what was written once stays.
                let written = pdu.encode();
                prop_assert_eq!(written.len(), length);
                prop_assert_eq!(Pdu::decode(&written, way), Ok(pdu));
            }
            Err(error) => prop_assert!(error.at <= octets.len()),
        }
        let _ = Pdu::of_host(&octets);
    }

    #[test]
    fn octets_that_look_like_a_message_are_read_or_refused(
        first in any::<u8>(), length in 0_u8..22, coding in any::<u8>(), octets in prop::collection::vec(any::<u8>(), 30..180), way in any_way(),
    ) {
        let mut pdu = vec![0, first];
        if first & 3 == 1 { pdu.push(0) }
        pdu.extend_from_slice(&[length, 0x91]);
        pdu.extend_from_slice(&octets[..usize::from(length).div_ceil(2)]);
        pdu.extend_from_slice(&[0, coding]);
        pdu.extend_from_slice(&octets[usize::from(length).div_ceil(2)..]);
        if let Ok((pdu, _)) = Pdu::read(&pdu, way) {
            pdu.elements();
            prop_assert_eq!(&pdu.clone().into_owned(), &pdu);
            let data = DataCoding(coding).reading();
            prop_assert_eq!(DataCoding::of(data).reading(), data);
        }
    }
}
