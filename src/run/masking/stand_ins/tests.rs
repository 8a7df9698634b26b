use super::*;
use crate::identity::{Imeisv, Imsi, Msisdn};
use crate::wire::sms::{Address, Deliver, Pdu, ProtocolId, Timestamp, Tpdu, UserData};
use crate::wire::text::DataCoding;

/// What becomes of an answer to a command.
fn answered(stand_ins: &mut StandIns, command: &str, answer: &str) -> String {
    stand_ins.line("", Side::Host, command.as_bytes());
    let out = stand_ins.line("", Side::Modem, answer.as_bytes());
    stand_ins.line("", Side::Modem, b"OK");
    assert_eq!(out.len(), answer.len());
    String::from_utf8(out).unwrap()
}

/// The digits of nobody's device, written in two parts.
fn imei() -> String {
    Imei::of(format!("35{}", "209900176148").parse::<u64>().ok().and_then(crate::identity::ImeiKey::new).unwrap())
        .to_string()
}

#[test]
fn an_imei_is_a_test_one_with_its_check_digit_right_and_the_same_wherever_it_stands() {
    let mut stand_ins = StandIns::new();
    let imei = imei();
    assert_eq!(answered(&mut stand_ins, "AT+CGSN", &imei), "001017990000013");
    assert_eq!(answered(&mut stand_ins, "AT+CGSN=1", &format!("+CGSN: \"{imei}\"")), "+CGSN: \"001017990000013\"");
    let imeisv = format!("{}42", &imei[..14]);
    assert_eq!(answered(&mut stand_ins, "AT+CGSN=2", &format!("+CGSN: \"{imeisv}\"")), "+CGSN: \"0010179900000142\"");
    assert!(Imei::parse("001017990000013").unwrap().is_sound());
    assert!(Imeisv::parse("0010179900000142").unwrap().is_test());
    assert_eq!(stand_ins.text(&format!("the device {imei} left")), "the device 001017990000013 left");
}

#[test]
fn a_wrong_check_digit_stays_wrong_and_a_spare_one_spare() {
    let imei = imei();
    let right: u8 = imei[14..].parse().unwrap();
    let wrong = format!("{}{}", &imei[..14], (right + 3) % 10);
    let out = answered(&mut StandIns::new(), "AT+CGSN", &wrong);
    assert!(matches!(Imei::parse(&out).unwrap().check(), CheckDigit::Wrong { .. }), "{out}");
    let spare = format!("{}0", &imei[..14]);
    let out = answered(&mut StandIns::new(), "AT+CGSN", &spare);
    assert!(matches!(Imei::parse(&out).unwrap().check(), CheckDigit::Spare { .. }), "{out}");
}

#[test]
fn cards_subscriptions_and_numbers_become_those_of_tests() {
    let mut stand_ins = StandIns::new();
    let iccid = format!("8949{}", "0200001234567890");
    let swapped: String =
        iccid.as_bytes().chunks(2).flat_map(|pair| [char::from(pair[1]), char::from(pair[0])]).collect();
    let out = answered(&mut stand_ins, "AT+CCID", &format!("+CCID: {iccid}"));
    assert_eq!(&out[..14], "+CCID: 8999999");
    assert!(Iccid::parse(&out[7..]).unwrap().is_test());
    let raw = answered(&mut stand_ins, "AT+CRSM=176,12258,0,0,10", &format!("+CRSM: 144,0,\"{swapped}\""));
    assert_eq!(Iccid::parse(&raw[14..34]).unwrap(), Iccid::parse(&out[7..]).unwrap());
    let out = answered(&mut stand_ins, "AT+CIMI", &format!("262{}", "011234567890"));
    assert!(Imsi::parse(&out).unwrap().is_test(), "{out}");
    let out = answered(&mut stand_ins, "AT+CNUM", "+CNUM: ,\"+4915112345678\",145");
    assert_eq!(out, "+CNUM: ,\"+1555000000001\",145");
    assert!(Msisdn::parse("+1555000000001").unwrap().is_test());
    assert_eq!(stand_ins.line("", Side::Host, b"AT+CPIN=\"7391\""), b"AT+CPIN=\"1357\"");
}

#[test]
fn the_file_of_an_imsi_says_the_one_that_is_said_elsewhere() {
    let mut stand_ins = StandIns::new();
    let real = format!("262{}", "011234567890");
    let said = answered(&mut stand_ins, "AT+CIMI", &real);
    let hex: String = Imsi::parse(&real).unwrap().to_octets().iter().map(|octet| format!("{octet:02X}")).collect();
    let out = answered(&mut stand_ins, "AT+CRSM=176,28423,0,0,9", &format!("+CRSM: 144,0,\"{hex}\""));
    let octets = coded::octets(&out.as_bytes()[14..32]).unwrap();
    assert_eq!(Imsi::from_octets(&octets).unwrap().to_string(), said);
}

#[test]
fn a_message_is_one_from_a_test_number_and_says_it_in_septets_too() {
    let mut stand_ins = StandIns::new();
    let party = "+999510000002";
    let text = format!("call {party} now");
    let message = Tpdu::Deliver(Deliver {
        more_messages: false,
        loops: false,
        report_indicated: false,
        reply_path: false,
        originator: Address::number(party).unwrap(),
        protocol: ProtocolId::PLAIN,
        time: Timestamp::NONE,
        user_data: UserData::of_text(DataCoding(0), &text).unwrap(),
    });
    let (line, _) = Pdu { centre: None, message }.line();
    stand_ins.line("", Side::Host, b"AT+CMGR=1");
    stand_ins.line("", Side::Modem, b"+CMGR: 1,,40");
    let out = stand_ins.line("", Side::Modem, line.as_bytes());
    assert_eq!(out.len(), line.len());
    let octets = coded::octets(&out).unwrap();
    let pdu = Pdu::decode(&octets, crate::wire::sms::Way::ToMobile).unwrap();
    let Tpdu::Deliver(deliver) = pdu.message else { panic!("no message of the network") };
    assert_eq!(deliver.originator.text(), "155500000001");
    assert_eq!(deliver.user_data.text().unwrap(), "call +155500000001 now");
}

#[test]
fn what_is_nobodys_stays_and_stand_ins_stand_for_themselves() {
    let mut stand_ins = StandIns::new();
    assert_eq!(answered(&mut stand_ins, "AT+CGSN", "001017001234569"), "001017001234569");
    assert_eq!(answered(&mut stand_ins, "AT+CSQ", "+CSQ: 21,99"), "+CSQ: 21,99");
    let mut again = StandIns::new();
    let once = answered(&mut stand_ins, "AT+CGSN", &imei());
    assert_eq!(answered(&mut again, "AT+CGSN", &once), once);
}

#[test]
fn what_cannot_be_read_is_hidden_in_its_length() {
    let mut stand_ins = StandIns::new();
    assert_eq!(
        answered(&mut stand_ins, "AT+CRSM=176,20000,0,0,4", "+CRSM: 144,0,\"A0B1C2D3\""),
        "+CRSM: 144,0,\"FFFFFFFF\""
    );
}

proptest::proptest! {
    #[test]
    fn whatever_is_said_keeps_its_length(
        said in proptest::collection::vec(("(AT\\+CGSN|AT\\+CIMI|AT\\+CMGR=1|\\+CMGR: 1|[0-9A-F]{14,44}|\\+?[0-9]{4,20}|.{0,20})", proptest::bool::ANY), 1..12)
    ) {
        let mut stand_ins = StandIns::new();
        for (line, host) in said {
            let side = if host { Side::Host } else { Side::Modem };
            proptest::prop_assert_eq!(stand_ins.line("", side, line.as_bytes()).len(), line.len());
        }
    }
}
