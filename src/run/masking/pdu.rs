//! Short messages as PDUs: the service centre, the other party, and what the text says.
//!
//! Where the addresses and the text stand [`crate::wire::sms`] tells; here is only what of it is somebody's.
//!
//! Source: 3GPP TS 23.040 clause 9.2.

use super::subjects::Subjects;
use super::{Find, card, coded, digits};
use crate::wire::sms::{Part, Pdu, Tpdu, TypeOfAddress, TypeOfNumber, UserData, Way};

/// What is to be masked in a PDU, given in hexadecimal, or none where it cannot be read.
pub(super) fn finds(hex: &[u8]) -> Option<Vec<Find>> {
    let octets = coded::octets(hex)?;
    let pdu = read(&octets)?;
    let mut found = Vec::new();
    for element in pdu.elements() {
        let range = element.octets;
        match element.part {
            Part::ServiceCentre | Part::Originator | Part::Destination | Part::Recipient => {
                // The length and the type stand before the number.
                let (kind, digits) = (*octets.get(range.start + 1)?, range.start + 2..range.end);
                let is_name = TypeOfAddress(kind).number() == TypeOfNumber::Alphanumeric;
                // A service centre has no name.
                if !is_name || element.part == Part::ServiceCentre {
                    found.extend(card::number(kind, octets.get(digits.clone())?, &digits)?);
                }
            }
            // Masked whole where it says an identity.
            Part::UserData => {
                let spelt = pdu.message.user_data().and_then(spelt);
                let spelt = spelt.as_deref().unwrap_or(octets.get(range.clone())?);
                for find in digits::finds(spelt, Subjects::NUMBER) {
                    found.push(Find { range: 2 * range.start..2 * range.end, what: coded::within(find.what) });
                }
            }
            Part::Other => {}
        }
    }
    Some(found)
}

/// Which way it goes is not known: mostly it is a message as a store has it, with what a card fills its record with behind. A command is one
/// that it fits bit by bit, and an answer to a message what is nothing else.
fn read(octets: &[u8]) -> Option<Pdu<'_>> {
    let written = Pdu::decode(octets, Way::FromMobile).ok().filter(|pdu| pdu.encode() == octets);
    match written {
        Some(Pdu { message: Tpdu::Command(_), .. }) => written,
        Some(_) | None => match Pdu::read(octets, Way::Stored) {
            Ok((pdu, rest)) if rest.iter().all(|octet| matches!(octet, 0x00 | 0xFF)) => Some(pdu),
            Ok(_) | Err(_) => written,
        },
    }
}

/// The text, each character one byte: those beyond ASCII are no digits. None where it is no text.
fn spelt(data: &UserData<'_>) -> Option<Vec<u8>> {
    let letter = |letter| match letter {
        ' '..='~' | '\r' | '\n' => u8::try_from(letter).unwrap_or(b'?'),
        _ => b'?',
    };
    Some(data.text()?.chars().map(letter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sms::{
        Address, Command, CommandType, Deliver, DeliverReport, Indicated, ProtocolId, Splitting, StatusReport,
        Timestamp,
    };
    use crate::wire::text::DataCoding;

    const PARTY: &str = "+999510000002";

    fn party() -> Address {
        Address::number(PARTY).expect("a number")
    }

    fn deliver(user_data: UserData<'static>) -> Tpdu<'static> {
        Tpdu::Deliver(Deliver {
            more_messages: false,
            loops: false,
            report_indicated: false,
            reply_path: false,
            originator: party(),
            protocol: ProtocolId::PLAIN,
            time: Timestamp::NONE,
            user_data,
        })
    }

    /// What is found: the digits that are masked, and whose number they are.
    fn found(message: Tpdu<'_>, behind: &str) -> Option<Vec<String>> {
        let (line, _) = Pdu { centre: None, message: message.into_owned() }.line();
        let line = line + behind;
        let told = |find: Find| format!("{} {:?}", &line[find.range], find.what);
        finds(line.as_bytes()).map(|found| found.into_iter().map(told).collect())
    }

    #[test]
    fn a_number_is_found_in_a_text_of_any_alphabet() {
        let number = format!("call {PARTY}, ");
        for text in [number.clone(), format!("{number}ж"), format!("{number}ğğğ"), format!("{number}\u{4F60}\u{597D}")]
        {
            let languages = vec![crate::wire::text::Language::Turkish];
            let parts = Splitting { languages, ..Splitting::default() }.text(&text).expect("one part");
            let found = found(deliver(parts[0].clone()), "").expect("a message");
            assert_eq!(found.len(), 2, "{text}: {found:?}");
        }
        let octets = UserData::of_octets(DataCoding(4), &[], format!("call {PARTY}").as_bytes()).expect("short");
        assert_eq!(found(deliver(octets), "").expect("a message").len(), 2);
    }

    #[test]
    fn what_a_card_fills_its_record_with_hides_nothing_and_anything_else_hides_all() {
        let message = || deliver(UserData::of_text(DataCoding(0), "hello").expect("short"));
        assert_eq!(found(message(), "FFFFFFFF").map(|found| found.len()), Some(1));
        assert_eq!(found(message(), "99990100"), None);
    }

    #[test]
    fn whom_a_command_and_a_status_report_are_about_is_found() {
        let command = Tpdu::Command(Command {
            report_requested: true,
            has_header: false,
            reference: 1,
            protocol: ProtocolId::PLAIN,
            kind: CommandType::DELETE,
            message: 7,
            destination: party(),
            data: Vec::new().into(),
        });
        assert_eq!(found(command, "").map(|found| found.len()), Some(1));
        let report = |user_data: Option<UserData<'static>>| {
            let coding = user_data.as_ref().map(UserData::coding);
            Tpdu::StatusReport(StatusReport {
                more_messages: false,
                loops: false,
                of_command: false,
                reference: 1,
                recipient: party(),
                time: Timestamp::NONE,
                discharged: Timestamp::NONE,
                status: crate::wire::sms::Status::RECEIVED,
                indicated: Some(Indicated { protocol: None, coding, user_data }),
            })
        };
        assert_eq!(found(report(None), "").map(|found| found.len()), Some(1));
        let text = UserData::of_text(DataCoding(0), &format!("{PARTY} has it")).expect("short");
        assert_eq!(found(report(Some(text)), "").map(|found| found.len()), Some(2));
        let taken = Tpdu::DeliverReport(DeliverReport { failure: None, indicated: Indicated::default() });
        assert_eq!(found(taken, ""), Some(Vec::new()));
    }
}
