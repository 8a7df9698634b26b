//! What a service centre makes of a message: SMS-DELIVER for the receiver, SMS-STATUS-REPORT for the sender.
//!
//! Source: 3GPP TS 23.040, clauses 3.2.1, 3.2.9, 9.2.2.1 to 9.2.2.4.

use super::{Address, Command, Deliver, Status, StatusReport, Submit, Timestamp};

impl<'a> Submit<'a> {
    /// What the receiver gets: the user data, the protocol and the reply path are the sender's; whether more wait is the centre's to say.
    #[must_use]
    pub fn deliver(&self, originator: Address, time: Timestamp) -> Deliver<'a> {
        Deliver {
            more_messages: false,
            loops: false,
            report_indicated: self.report_requested,
            reply_path: self.reply_path,
            originator,
            protocol: self.protocol,
            time,
            user_data: self.user_data.clone(),
        }
    }

    /// What the sender is told, where it asked: `time` is when the centre got the message, `discharged` when this became of it.
    #[must_use]
    pub fn report(&self, time: Timestamp, discharged: Timestamp, status: Status) -> StatusReport<'static> {
        StatusReport {
            more_messages: false,
            loops: false,
            of_command: false,
            reference: self.reference,
            recipient: self.destination,
            time,
            discharged,
            status,
            indicated: None,
        }
    }
}

impl Command<'_> {
    /// What the sender is told of the message that the command is about.
    #[must_use]
    pub fn report(&self, time: Timestamp, discharged: Timestamp, status: Status) -> StatusReport<'static> {
        StatusReport {
            more_messages: false,
            loops: false,
            of_command: true,
            reference: self.reference,
            recipient: self.destination,
            time,
            discharged,
            status,
            indicated: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pdu, Splitting, Tpdu, UserData, Way};
    use super::*;
    use crate::wire::text::DataCoding;
    use proptest::prelude::*;

    fn submit(user_data: UserData<'_>, flags: u8) -> Submit<'_> {
        Submit {
            reject_duplicates: flags & 1 != 0,
            report_requested: flags & 2 != 0,
            reply_path: flags & 4 != 0,
            reference: 200,
            destination: Address::number("+15550100002").expect("a number"),
            protocol: Default::default(),
            validity: None,
            user_data,
        }
    }

    fn at(second: u8) -> Timestamp {
        Timestamp::new([26, 11, 22, 12, 0, second], 4).expect("a time")
    }

    fn sender() -> Address {
        Address::number("+15550100001").expect("a number")
    }

    #[test]
    fn the_receiver_gets_what_the_sender_wrote() {
        let submit = submit(UserData::of_text(DataCoding(0x10), "flash").expect("short"), 2);
        let deliver = Pdu { centre: None, message: Tpdu::Deliver(submit.deliver(sender(), at(1))) };
        insta::assert_snapshot!(deliver.line().0, @"00240B915155100000F1001062112221001040056676788E06");
    }

    #[test]
    fn the_sender_is_told_what_became_of_it() {
        let report = submit(UserData::empty(DataCoding(0)), 2).report(at(1), at(3), Status(0x46));
        let report = Pdu { centre: None, message: Tpdu::StatusReport(report) };
        let told: Vec<String> =
            report.elements().iter().map(|element| format!("{}: {}\n", element.name, element.says)).collect();
        insta::assert_snapshot!(told.concat(), @"
        service centre: the one that is set (+CSCA)
        first octet: SMS-STATUS-REPORT
        TP-MR: message 200
        TP-RA: +15550100002 (international, 145)
        TP-SCTS: 26/11/22,12:00:01+04
        TP-DT: 26/11/22,12:00:03+04
        TP-ST: failed: validity period expired
        ");
    }

    proptest! {
        #[test]
        fn every_part_arrives_as_it_was_written(text in any::<String>(), flags in 0_u8..8) {
            for part in Splitting::default().text(&text).expect("it fits") {
                let octets = Pdu { centre: None, message: Tpdu::Submit(submit(part.clone(), flags)) }.encode();
                let Pdu { message: Tpdu::Submit(sent), .. } = Pdu::decode(&octets, Way::FromMobile).expect("its own") else {
                    panic!("a submit")
                };
                let deliver = Pdu { centre: None, message: Tpdu::Deliver(sent.deliver(sender(), at(1))) }.encode();
                let Pdu { message: Tpdu::Deliver(got), .. } = Pdu::decode(&deliver, Way::ToMobile).expect("its own") else {
                    panic!("a deliver")
                };
                prop_assert_eq!(&got.user_data, &part);
                prop_assert_eq!((got.originator, got.report_indicated), (sender(), flags & 2 != 0));
            }
        }
    }
}
