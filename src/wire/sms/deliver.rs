//! SMS-DELIVER: a message that comes to the mobile.
//!
//! Source: 3GPP TS 23.040, clause 9.2.2.1.

use super::elements::{Part, Teller, words};
use super::rule::{Parsed, array, octet};
use super::{Address, ProtocolId, Timestamp, UserData};
use crate::wire::text::DataCoding;

/// SMS-DELIVER.
///
/// On the wire: first octet, TP-OA, TP-PID, TP-DCS, TP-SCTS, TP-UDL, TP-UD.
///
/// Source: 3GPP TS 23.040, clause 9.2.2.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deliver<'a> {
    /// TP-MMS: whether more messages wait in the service centre (a 0 on the wire).
    pub more_messages: bool,
    /// TP-LP: whether it was forwarded, and must not be again.
    pub loops: bool,
    /// TP-SRI: whether the sender gets a status report.
    pub report_indicated: bool,
    /// TP-RP: whether an answer may go the same way.
    pub reply_path: bool,
    /// TP-OA: who sent it.
    pub originator: Address,
    /// TP-PID.
    pub protocol: ProtocolId,
    /// TP-SCTS: when the service centre got it.
    pub time: Timestamp,
    /// TP-DCS, TP-UDHI, TP-UDL and TP-UD.
    pub user_data: UserData<'a>,
}

impl<'a> Deliver<'a> {
    /// What follows the first octet.
    pub(super) fn deliver(first: u8) -> impl FnMut(&'a [u8]) -> Parsed<'a, Self> {
        move |input| {
            let (rest, originator) = Address::address("TP-OA")(input)?;
            let (rest, protocol) = octet("TP-PID")(rest)?;
            let (rest, coding) = octet("TP-DCS")(rest)?;
            let (rest, time) = array("TP-SCTS")(rest)?;
            let (rest, user_data) = UserData::user_data(DataCoding(coding), first & 0x40 != 0)(rest)?;
            let deliver = Self {
                more_messages: first & 0x04 == 0,
                loops: first & 0x08 != 0,
                report_indicated: first & 0x20 != 0,
                reply_path: first & 0x80 != 0,
                originator,
                protocol: ProtocolId(protocol),
                time: Timestamp(time),
                user_data,
            };
            Ok((rest, deliver))
        }
    }

    /// The first octet, as `<fo>` has it.
    pub fn first_octet(&self) -> u8 {
        let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        bit(!self.more_messages, 0x04)
            | bit(self.loops, 0x08)
            | bit(self.report_indicated, 0x20)
            | bit(self.user_data.has_header(), 0x40)
            | bit(self.reply_path, 0x80)
    }

    pub(super) fn push(&self, out: &mut Vec<u8>) {
        out.push(self.first_octet());
        self.originator.push(out);
        out.extend_from_slice(&[self.protocol.0, self.user_data.coding().0]);
        out.extend_from_slice(&self.time.0);
        self.user_data.push(out);
    }

    pub(super) fn into_owned(self) -> Deliver<'static> {
        Deliver {
            more_messages: self.more_messages,
            loops: self.loops,
            report_indicated: self.report_indicated,
            reply_path: self.reply_path,
            originator: self.originator,
            protocol: self.protocol,
            time: self.time,
            user_data: self.user_data.into_owned(),
        }
    }

    pub(super) fn tell(&self, teller: &mut Teller) {
        let flags = [
            (self.more_messages, "more wait"),
            (self.loops, "was forwarded"),
            (self.report_indicated, "the sender gets a report"),
            (self.user_data.has_header(), "a header"),
            (self.reply_path, "an answer may go the same way"),
        ];
        teller.add("first octet", 1, Part::Other, words("SMS-DELIVER", &flags));
        teller.address("TP-OA", Part::Originator, &self.originator);
        teller.add("TP-PID", 1, Part::Other, self.protocol.to_string());
        teller.add("TP-DCS", 1, Part::Other, self.user_data.coding().reading().to_string());
        teller.add("TP-SCTS", 7, Part::Other, self.time.to_string());
        teller.user_data(&self.user_data);
    }
}
